/*  Finds readings that run backwards without 过零, that say 过零 without running backwards, or that the dials cannot show.

    Grain:  one row per offending row of the file (a row check: it reads feed_row, the typed rows of the file).
    Rules:  BIL-05 no negative bill and no absolute value: the row goes back. What is known counts before what is new, in
            both directions: a reading that comes late must not be greater than a known one after it.
    Method: readings of a meter between two 过零 only grow; each is held against the greatest before it and the
            smallest after it, first among the known ones, then among those of this file that passed. */
with stated as materialized (
    select
        feed_row.row_no,
        feed_row.meter_no,
        feed_row.read_on,
        feed_row.reading,
        feed_row.is_rollover
    from feed_row
    where feed_row.fault_no = 0 and feed_row.fate = 'new'
),

held as materialized (
    select
        reading.meter_no,
        reading.read_on,
        reading.reading,
        reading.is_rollover
    from fees.reading
    where
        reading.superseded_at = 'infinity'
        and reading.meter_no in (select stated.meter_no from stated)
        and not exists (
            select from stated
            where stated.meter_no = reading.meter_no and stated.read_on = reading.read_on
        )
),

turned as materialized (
    select
        either.*,
        count(*) filter (where either.is_rollover) over (partition by either.meter_no order by either.read_on) as turn_no
    from (
        select
            stated.row_no,
            stated.meter_no,
            stated.read_on,
            stated.reading,
            stated.is_rollover
        from stated
        union all
        select
            null as row_no,
            held.meter_no,
            held.read_on,
            held.reading,
            held.is_rollover
        from held
    ) as either
),

against_known as materialized (
    select
        turned.*,
        max(turned.reading) filter (where turned.row_no is null) over before_it as known_before,
        min(turned.reading) filter (where turned.row_no is null) over after_it as known_after
    from turned
    window
        before_it as (
            partition by turned.meter_no, turned.turn_no order by turned.read_on
            rows between unbounded preceding and 1 preceding
        ),
        after_it as (
            partition by turned.meter_no, turned.turn_no order by turned.read_on
            rows between 1 following and unbounded following
        )
),

passed as (
    select against_known.*
    from against_known
    where
        against_known.row_no is null
        or not coalesce(against_known.reading < against_known.known_before, false)
        and not coalesce(against_known.reading > against_known.known_after, false)
),

in_file as (
    select
        passed.row_no,
        max(passed.reading) over of_turn as all_before,
        lag(passed.reading) over (partition by passed.meter_no order by passed.read_on) as one_before
    from passed
    window of_turn as (
        partition by passed.meter_no, passed.turn_no order by passed.read_on
        rows between unbounded preceding and 1 preceding
    )
),

judged as (
    select
        against_known.*,
        meter.dials,
        against_known.reading >= power(10::numeric, meter.dials) as is_beyond_dials,
        against_known.is_rollover and against_known.reading >= in_file.one_before as is_rollover_in_vain,
        coalesce(against_known.reading < greatest(against_known.known_before, in_file.all_before), false) as is_backward,
        coalesce(against_known.reading > against_known.known_after, false) as is_overtaken
    from against_known
    inner join fees.meter on against_known.meter_no = meter.meter_no and meter.superseded_at = 'infinity'
    left join in_file on against_known.row_no = in_file.row_no
    where against_known.row_no is not null
)

select distinct on (judged.row_no)
    judged.row_no,
    case when judged.is_beyond_dials or judged.is_backward or judged.is_overtaken then 'reading' else 'is_rollover' end as column_name,
    case
        when judged.is_beyond_dials then
            format('读数%%s超出表%%s的%%s位表盘', trim_scale(judged.reading), judged.meter_no, judged.dials)
        when judged.is_backward then
            format(
                '表%%s的读数%%s小于%%s的%%s，没有标明过零', judged.meter_no, trim_scale(judged.reading),
                neighbour.read_on, trim_scale(neighbour.reading)
            )
        when judged.is_overtaken then
            format(
                '表%%s的读数%%s大于后来%%s的%%s', judged.meter_no, trim_scale(judged.reading),
                neighbour.read_on, trim_scale(neighbour.reading)
            )
        else
            format('表%%s标明过零，读数%%s却没有小于上一次的读数', judged.meter_no, trim_scale(judged.reading))
    end as reason,
    case
        when judged.is_beyond_dials then '请核对读数，只填表盘上的数；位数登记错了的，请更正《表计登记》的表位数'
        when judged.is_backward then
            '请核对读数；表盘走满归零的，过零填 是；换了新表的，登记新表号；以前的读数有误（例如估算偏高）的，连同那一次一起更正'
        when judged.is_overtaken then '请核对读数和日期；后来的读数有误的，连同那一次一起更正'
        else '请核对读数；没有过零的，过零填 否'
    end as advice
from judged
left join turned as neighbour
    on
        judged.meter_no = neighbour.meter_no
        and judged.turn_no = neighbour.turn_no
        and (
            judged.is_backward and neighbour.read_on < judged.read_on and neighbour.reading > judged.reading
            or not judged.is_backward and judged.is_overtaken
            and neighbour.read_on > judged.read_on and neighbour.reading < judged.reading and neighbour.row_no is null
        )
where judged.is_beyond_dials or judged.is_backward or judged.is_overtaken or judged.is_rollover_in_vain
order by judged.row_no, abs(neighbour.read_on - judged.read_on)
