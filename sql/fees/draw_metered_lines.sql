/*  Draws what meters counted since they were billed last: electricity and water, at the prices of the days.

    Grain:  one row per contract, chain of meters and price, into draft_line; one row 待抄表 where a reading is missing.
    Rerun:  safe; adds to a table of this transaction only.
    Rules:  FE-C2, FE-C7 prices of the rule book, VAT contained. BIL-03 a price that changes inside a stretch: by the
            reading on the day, else by days, quantities rounded to 0.01 and the last part taking the rest (估算).
            BIL-04 a replaced meter's use is added to its successor's. BIL-05 a meter that passes its last number counts
            on only where the reading says so. BIL-06 no reading near the 20th: 待抄表, the next month bills both;
            a reading that came and was sent back is named with file and line.
            Shared meters: amount and quantity by key, rounded down, what is left by largest remainder.
    Days:   a reading belongs to the day that ends: use between two readings covers the days after the first through
            the second.
    Parts:  fees/list_parts  */
insert into draft_line
with recursive tower as materialized (
    select tower.*
    from fees.tower
    inner join fees.open_scope on tower.site_id = open_scope.site_id
    where
        open_scope.run_id = %(run_id)s
        and tower.recorded_at <= %(known_at)s
        and %(known_at)s < tower.superseded_at
),

meter as materialized (
    select
        meter.meter_no,
        meter.site_id,
        meter.utility,
        meter.dials,
        meter.multiplier,
        meter.replaces,
        tower.property_payee_id,
        tower.reading_days,
        -- the 20th before the house's first notice: what was counted up to then was billed elsewhere
        (tower.opens_with - interval '1 month')::date + 19 as opened_on
    from tower
    inner join fees.meter on tower.site_id = meter.site_id
    where meter.recorded_at <= %(known_at)s and %(known_at)s < meter.superseded_at
),

-- A meter that replaced another is known by the first of them.
chain as (
    select
        meter.meter_no,
        meter.meter_no as root_no,
        1 as place
    from meter
    where meter.replaces is null or meter.replaces not in (select known.meter_no from meter as known)
    union all
    select
        meter.meter_no,
        chain.root_no,
        chain.place + 1
    from chain
    inner join meter on chain.meter_no = meter.replaces
    where chain.place < 20
),

placed as materialized (
    select
        meter.*,
        chain.root_no,
        chain.place,
        chain.place < max(chain.place) over (partition by chain.root_no) as is_replaced
    from meter
    inner join chain on meter.meter_no = chain.meter_no
),

-- How far each meter is billed: most were last month, which is read in one piece; the others are looked up one by one.
billed_last_month as materialized (
    select distinct on (effective_line.meter_no)
        effective_line.meter_no,
        effective_line.base_on,
        effective_line.current_on,
        effective_line.current_reading
    from fees.effective_line
    inner join fees.bill
        on
            effective_line.site_id = bill.site_id
            and effective_line.base_on = bill.base_on
            and effective_line.contract_no = bill.contract_no
    where
        effective_line.meter_no = any(array(select placed.meter_no from placed))
        and effective_line.base_on = (%(first_on)s::date - interval '1 month')::date
        and effective_line.meter_no <> ''
        and effective_line.current_on is not null
        and bill.status <> '异常未出单'
    order by effective_line.meter_no, effective_line.current_on desc
),

billed_meter as (
    select
        placed.root_no,
        placed.place,
        billed_last_month.base_on,
        billed_last_month.current_on,
        billed_last_month.current_reading
    from placed
    inner join billed_last_month on placed.meter_no = billed_last_month.meter_no
    union all
    select
        placed.root_no,
        placed.place,
        last_line.base_on,
        last_line.current_on,
        last_line.current_reading
    from placed
    cross join lateral (
        select
            effective_line.base_on,
            effective_line.current_on,
            effective_line.current_reading
        from fees.effective_line
        inner join fees.bill
            on
                effective_line.site_id = bill.site_id
                and effective_line.base_on = bill.base_on
                and effective_line.contract_no = bill.contract_no
        where
            effective_line.meter_no = placed.meter_no
            and effective_line.meter_no <> ''
            and effective_line.base_on < %(first_on)s
            and effective_line.current_on is not null
            and bill.status <> '异常未出单'
        order by effective_line.base_on desc, effective_line.current_on desc
        limit 1
    ) as last_line
    where placed.meter_no not in (select billed_last_month.meter_no from billed_last_month)
),

-- How far each chain is billed: from there it counts on, whatever is corrected afterwards.
billed as materialized (
    select distinct on (billed_meter.root_no)
        billed_meter.root_no,
        billed_meter.place,
        billed_meter.current_on as read_on,
        billed_meter.current_reading as reading
    from billed_meter
    order by billed_meter.root_no, billed_meter.base_on desc, billed_meter.current_on desc
),

counting as materialized (
    select
        placed.*,
        case when placed.place = billed.place then billed.read_on end as billed_on,
        billed.reading as billed_reading,
        coalesce(
            case when placed.place = billed.place then billed.read_on end,
            (
                select max(before.read_on)
                from fees.reading as before
                where
                    before.meter_no = placed.meter_no
                    and before.read_on <= placed.opened_on
                    and before.recorded_at <= %(known_at)s
                    and %(known_at)s < before.superseded_at
            ),
            '-infinity'
        ) as counts_from
    from placed
    left join billed on placed.root_no = billed.root_no
    where billed.place is null or placed.place >= billed.place
),

-- Readings from the one billed last: that counts as it was billed, a later correction of it is a correction (BIL-19).
known_reading as materialized (
    select
        counting.meter_no,
        counting.root_no,
        counting.place,
        counting.utility,
        counting.dials,
        counting.multiplier,
        counting.is_replaced,
        counting.reading_days,
        reading.read_on,
        case
            when reading.read_on = counting.billed_on then counting.billed_reading
            else reading.reading
        end as reading,
        reading.source,
        reading.reader,
        reading.is_rollover,
        reading.file_id,
        reading.line_no
    from counting
    cross join lateral (
        select reading.*
        from fees.reading
        where
            reading.meter_no = counting.meter_no
            and reading.read_on between counting.counts_from and %(as_of_on)s
            and reading.recorded_at <= %(known_at)s
            and %(known_at)s < reading.superseded_at
        offset 0
    ) as reading
),

-- Up to the newest reading near the 20th; a replaced meter is read for the last time on any day.
followed as (
    select
        known_reading.*,
        lag(known_reading.read_on) over of_meter as previous_on,
        lag(known_reading.reading) over of_meter as previous_reading,
        max(known_reading.read_on) filter (
            where known_reading.is_replaced or known_reading.read_on > %(as_of_on)s::date - known_reading.reading_days - 1
        ) over (partition by known_reading.meter_no) as newest_on
    from known_reading
    window of_meter as (partition by known_reading.meter_no order by known_reading.read_on)
),

stretch as materialized (
    select
        followed.*,
        followed.multiplier * (
            followed.reading - followed.previous_reading
            + case
                when followed.is_rollover and followed.reading < followed.previous_reading then power(10::numeric, followed.dials)
                else 0
            end
        ) as quantity
    from followed
    where followed.previous_on is not null and followed.read_on <= followed.newest_on
),

-- Numbers that run backwards are nobody's use: the chain waits for a person (they are refused when they are loaded).
usable as (
    select stretch.*
    from stretch
    where stretch.root_no not in (select backward.root_no from stretch as backward where backward.quantity < 0)
),

-- A tower's own price goes before the house's for the days on which it holds.
tariff as materialized (
    select
        tower.site_id,
        known.utility,
        lower(held.during) as valid_from,
        coalesce(upper(held.during) - 1, 'infinity') as valid_to,
        known.unit_price,
        known.vat_rate,
        known.vat_method,
        known.rule_id,
        left(md5(concat_ws('|', known.unit_price, known.vat_rate, known.valid_from, known.valid_to)), 8) as rule_version
    from tower
    inner join fees.tariff as known on known.site_id in (tower.site_id, '*')
    cross join lateral (
        select range_agg(daterange(own.valid_from, own.valid_to, '[]')) as covered
        from fees.tariff as own
        where
            known.site_id = '*'
            and own.site_id = tower.site_id
            and own.utility = known.utility
            and own.recorded_at <= %(known_at)s
            and %(known_at)s < own.superseded_at
    ) as before_it
    cross join lateral unnest(
        datemultirange(daterange(known.valid_from, known.valid_to, '[]')) - coalesce(before_it.covered, '{}')
    ) as held (during)
    where known.recorded_at <= %(known_at)s and %(known_at)s < known.superseded_at
),

parted as (
    select
        usable.*,
        placed.site_id,
        tariff.valid_from as rule_from,
        tariff.valid_to as rule_to,
        tariff.unit_price,
        tariff.vat_rate,
        tariff.vat_method,
        tariff.rule_id,
        tariff.rule_version,
        count(*) over of_stretch as part_count,
        row_number() over (partition by usable.meter_no, usable.read_on order by tariff.valid_from desc) as from_last,
        round(
            usable.quantity
            * (least(usable.read_on, tariff.valid_to) - greatest(usable.previous_on + 1, tariff.valid_from) + 1)
            / (usable.read_on - usable.previous_on),
            2
        ) as part_quantity
    from usable
    inner join placed on usable.meter_no = placed.meter_no
    inner join tariff
        on
            placed.site_id = tariff.site_id
            and placed.utility = tariff.utility
            and tariff.valid_from <= usable.read_on
            and tariff.valid_to > usable.previous_on
    window of_stretch as (partition by usable.meter_no, usable.read_on)
),

part as materialized (
    select
        parted.*,
        case
            when parted.part_count = 1 then parted.quantity
            when parted.from_last = 1 then parted.quantity - coalesce(
                sum(parted.part_quantity) filter (where parted.from_last > 1)
                    over (partition by parted.meter_no, parted.read_on),
                0
            )
            else parted.part_quantity
        end as use_quantity
    from parted
),

-- Who was behind the meter while it counted, with the days, so that a change between two readings is shared by days.
used_by as (
    select
        part.*,
        meter_share.contract_no,
        meter_share.share_key,
        meter_share.starts_on as share_from,
        meter_share.ends_on as share_to,
        greatest(
            least(meter_share.ends_on, part.read_on, part.rule_to)
            - greatest(meter_share.starts_on, part.previous_on + 1, part.rule_from) + 1,
            0
        ) as part_days,
        least(meter_share.ends_on, part.read_on) - greatest(meter_share.starts_on, part.previous_on + 1) + 1 as all_days
    from part
    inner join fees.meter_share
        on
            part.meter_no = meter_share.meter_no
            and meter_share.starts_on <= part.read_on
            and meter_share.ends_on > part.previous_on
    where meter_share.recorded_at <= %(known_at)s and %(known_at)s < meter_share.superseded_at
),

-- by the days of the price; where nobody was there on any of them, who came after bears it: nobody read the meter for him
counted as (
    select
        used_by.*,
        used_by.share_key
        * case when max(used_by.part_days) over of_part > 0 then used_by.part_days else used_by.all_days end as weight
    from used_by
    window of_part as (partition by used_by.meter_no, used_by.read_on, used_by.rule_from)
),

weighed as (
    select
        counted.*,
        greatest(
            counted.previous_on + 1, counted.rule_from, case when counted.part_days > 0 then counted.share_from end
        ) as used_from,
        least(
            counted.read_on, counted.rule_to, case when counted.part_days > 0 then counted.share_to end
        ) as used_to,
        counted.share_from > greatest(counted.previous_on + 1, counted.rule_from)
        or counted.share_to < least(counted.read_on, counted.rule_to) as is_in_part,
        count(*) over of_part = 1 as is_alone,
        counted.use_quantity * counted.weight / sum(counted.weight) over of_part as exact_quantity
    from counted
    where counted.weight > 0
    window of_part as (partition by counted.meter_no, counted.read_on, counted.rule_from)
),

-- One line per chain, contract and price.
gathered as materialized (
    select
        weighed.site_id,
        weighed.root_no,
        weighed.contract_no,
        weighed.utility,
        weighed.rule_from,
        weighed.unit_price,
        weighed.vat_rate,
        weighed.vat_method,
        weighed.rule_id,
        weighed.rule_version,
        min(weighed.used_from) as used_from,
        max(weighed.used_to) as used_to,
        bool_and(weighed.is_alone) as is_alone,
        bool_or(weighed.is_in_part) as is_in_part,
        min(weighed.previous_on) as previous_on,
        max(weighed.read_on) as current_on,
        (array_agg(weighed.previous_reading order by weighed.place, weighed.read_on))[1] as previous_reading,
        (array_agg(weighed.reading order by weighed.place desc, weighed.read_on desc))[1] as current_reading,
        (array_agg(weighed.meter_no order by weighed.place desc, weighed.read_on desc))[1] as meter_no,
        (array_agg(weighed.multiplier order by weighed.place desc, weighed.read_on desc))[1] as multiplier,
        (array_agg(weighed.source order by weighed.place desc, weighed.read_on desc))[1] as reading_source,
        (array_agg(weighed.reader order by weighed.place desc, weighed.read_on desc))[1] as reader,
        (array_agg(weighed.file_id order by weighed.place desc, weighed.read_on desc))[1] as file_id,
        (array_agg(weighed.line_no order by weighed.place desc, weighed.read_on desc))[1] as line_no,
        (array_agg(weighed.share_key order by weighed.read_on desc))[1] as share_key,
        sum(weighed.exact_quantity) as exact_quantity,
        coalesce(sum(weighed.exact_quantity) filter (where weighed.is_replaced), 0) as replaced_quantity,
        bool_or(weighed.part_count > 1 or weighed.source = '估算' or weighed.is_in_part) as is_estimated,
        max(weighed.part_count) as part_count
    from weighed
    group by
        weighed.site_id, weighed.root_no, weighed.contract_no, weighed.utility, weighed.rule_from, weighed.unit_price,
        weighed.vat_rate, weighed.vat_method, weighed.rule_id, weighed.rule_version
),

totalled as (
    select
        gathered.*,
        count(*) over of_price as sharer_count,
        sum(gathered.share_key) over of_price as share_of,
        sum(gathered.exact_quantity) over of_price as total_quantity,
        round(sum(gathered.exact_quantity) over of_price * gathered.unit_price, 2) as total_amount
    from gathered
    -- who had the meter to himself, up to a reading or from one on, shares with nobody (BIL-20)
    window of_price as (
        partition by gathered.root_no, gathered.rule_from, case when gathered.is_alone then gathered.contract_no end
    )
),

floored as (
    select
        totalled.*,
        case
            when totalled.total_quantity = 0 then 0
            else trunc(totalled.total_amount * totalled.exact_quantity / totalled.total_quantity, 2)
        end as least_amount,
        case
            when totalled.total_quantity = 0 then 0
            else totalled.total_amount * totalled.exact_quantity / totalled.total_quantity
                - trunc(totalled.total_amount * totalled.exact_quantity / totalled.total_quantity, 2)
        end as amount_left,
        trunc(totalled.exact_quantity, 2) as least_quantity,
        totalled.exact_quantity - trunc(totalled.exact_quantity, 2) as quantity_left
    from totalled
    where totalled.sharer_count > 1
),

allotted as (
    select
        totalled.*,
        totalled.total_amount as amount,
        round(totalled.exact_quantity, 2) as quantity
    from totalled
    where totalled.sharer_count = 1
    union all
    select
        floored.site_id,
        floored.root_no,
        floored.contract_no,
        floored.utility,
        floored.rule_from,
        floored.unit_price,
        floored.vat_rate,
        floored.vat_method,
        floored.rule_id,
        floored.rule_version,
        floored.used_from,
        floored.used_to,
        floored.is_alone,
        floored.is_in_part,
        floored.previous_on,
        floored.current_on,
        floored.previous_reading,
        floored.current_reading,
        floored.meter_no,
        floored.multiplier,
        floored.reading_source,
        floored.reader,
        floored.file_id,
        floored.line_no,
        floored.share_key,
        floored.exact_quantity,
        floored.replaced_quantity,
        floored.is_estimated,
        floored.part_count,
        floored.sharer_count,
        floored.share_of,
        floored.total_quantity,
        floored.total_amount,
        floored.least_amount + case
            when
                row_number() over (
                    partition by floored.root_no, floored.rule_from
                    order by floored.amount_left desc, floored.contract_no
                ) <= 100 * (
                    floored.total_amount - sum(floored.least_amount) over (partition by floored.root_no, floored.rule_from)
                ) then 0.01
            else 0
        end as amount,
        floored.least_quantity + case
            when
                row_number() over (
                    partition by floored.root_no, floored.rule_from
                    order by floored.quantity_left desc, floored.contract_no
                ) <= 100 * (
                    round(floored.total_quantity, 2)
                    - sum(floored.least_quantity) over (partition by floored.root_no, floored.rule_from)
                ) then 0.01
            else 0
        end as quantity
    from floored
),

-- Readings near the 20th that came and were sent back; the newest of each meter, for whoever has to mend it.
sent_back as materialized (
    select distinct on (split_part(quarantine.row_key, E'\x1f', 1))
        split_part(quarantine.row_key, E'\x1f', 1) as meter_no,
        split_part(quarantine.row_key, E'\x1f', 2) as read_text,
        quarantine.reason,
        landing_file.file_id,
        landing_file.file_name,
        quarantine.line_no
    from ops.landing_file
    inner join ops.quarantine on landing_file.file_id = quarantine.file_id
    where
        landing_file.feed = 'readings'
        and landing_file.received_at <= %(known_at)s
        and split_part(quarantine.row_key, E'\x1f', 2)
        between to_char(%(as_of_on)s::date - 31, 'YYYY-MM-DD') and to_char(%(as_of_on)s::date, 'YYYY-MM-DD')
    order by
        split_part(quarantine.row_key, E'\x1f', 1),
        split_part(quarantine.row_key, E'\x1f', 2) desc,
        landing_file.received_at desc,
        landing_file.file_id desc,
        quarantine.line_no desc
),

-- Meters in use on the 20th that nobody read near it, or that ran backwards.
unread as materialized (
    select placed.*
    from placed
    where
        not placed.is_replaced
        and not exists (
            select from usable
            where usable.meter_no = placed.meter_no and usable.read_on > %(as_of_on)s::date - placed.reading_days - 1
        )
),

missing as (
    select
        unread.*,
        meter_share.contract_no,
        meter_share.share_key,
        newest.read_on as last_on,
        newest.reading as last_reading,
        sent_back.read_text as returned_on,
        sent_back.reason as returned_reason,
        sent_back.file_name as returned_file,
        sent_back.file_id as returned_file_id,
        sent_back.line_no as returned_line,
        exists (
            select from stretch
            where stretch.root_no = unread.root_no and stretch.quantity < 0
        ) as is_backward
    from unread
    inner join fees.meter_share on unread.meter_no = meter_share.meter_no
    left join (
        select distinct on (known_reading.meter_no)
            known_reading.meter_no,
            known_reading.read_on,
            known_reading.reading
        from known_reading
        where known_reading.meter_no in (select waiting.meter_no from unread as waiting)
        order by known_reading.meter_no, known_reading.read_on desc
    ) as newest on unread.meter_no = newest.meter_no
    left join sent_back
        on
            unread.meter_no = sent_back.meter_no
            and sent_back.read_text > to_char(%(as_of_on)s::date - unread.reading_days - 1, 'YYYY-MM-DD')
    where
        meter_share.meter_no = any(array(select waiting.meter_no from unread as waiting))
        and meter_share.starts_on <= %(as_of_on)s
        and meter_share.ends_on >= %(as_of_on)s
        and meter_share.recorded_at <= %(known_at)s
        and %(known_at)s < meter_share.superseded_at
)

select
    allotted.site_id,
    %(first_on)s::date as base_on,
    allotted.contract_no,
    allotted.utility as charge_kind,
    allotted.utility || '（' || allotted.root_no || '）' as item,
    '上月' as timing,
    allotted.used_from as starts_on,
    allotted.used_to as ends_on,
    allotted.used_to - allotted.used_from + 1 as day_count,
    null::integer as month_days,
    allotted.quantity::numeric(14, 2) as quantity,
    case allotted.utility when '电费' then '千瓦时' else '吨' end as unit,
    allotted.unit_price,
    allotted.amount::numeric(14, 2) as amount,
    allotted.vat_rate,
    allotted.vat_method,
    placed.property_payee_id as payee_id,
    case when allotted.is_estimated then '估算' else '' end as mark,
    allotted.meter_no,
    allotted.previous_on,
    allotted.previous_reading,
    allotted.current_on,
    allotted.current_reading,
    allotted.multiplier,
    allotted.replaced_quantity::numeric(14, 2) as replaced_quantity,
    case when allotted.sharer_count > 1 then allotted.share_key end as share_key,
    case when allotted.sharer_count > 1 then allotted.share_of end::numeric(14, 4) as share_of,
    case when allotted.sharer_count > 1 then allotted.total_quantity end::numeric(14, 2) as shared_quantity,
    allotted.reading_source,
    coalesce(allotted.reader, '') as reader,
    allotted.rule_id,
    allotted.rule_from,
    allotted.rule_version,
    concat(
        '表', allotted.meter_no, '：', trim_scale(allotted.previous_reading), '（', to_char(allotted.previous_on, 'YYYY-MM-DD'),
        '）→', trim_scale(allotted.current_reading), '（', to_char(allotted.current_on, 'YYYY-MM-DD'), '）',
        case when allotted.multiplier <> 1 then '×倍率' || trim_scale(allotted.multiplier) end,
        case when allotted.replaced_quantity <> 0 then '，含换表前用量' || trim_scale(allotted.replaced_quantity) end,
        case
            when allotted.sharer_count > 1 and allotted.is_in_part
                then concat('，共用', trim_scale(round(allotted.total_quantity, 2)), '，期间换租户，按使用天数划分')
            when allotted.sharer_count > 1 then concat(
                '，共用', trim_scale(round(allotted.total_quantity, 2)), '，按',
                trim_scale(allotted.share_key), '÷', trim_scale(allotted.share_of), '分摊'
            )
        end,
        case when allotted.part_count > 1 then '，期间调价按天数划分' end,
        '，用量', trim_scale(allotted.quantity), '×', trim_scale(allotted.unit_price), '元，应收',
        to_char(allotted.amount, 'FM999,999,990.00'), '元'
    ) as grounds,
    allotted.file_id,
    allotted.line_no as source_line
from allotted
inner join placed on allotted.root_no = placed.meter_no

union all

select
    missing.site_id,
    %(first_on)s::date as base_on,
    missing.contract_no,
    missing.utility as charge_kind,
    missing.utility || '（' || missing.root_no || '）' as item,
    '上月' as timing,
    coalesce(missing.last_on + 1, %(first_on)s::date) as starts_on,
    %(as_of_on)s::date as ends_on,
    0 as day_count,
    null as month_days,
    null as quantity,
    case missing.utility when '电费' then '千瓦时' else '吨' end as unit,
    null as unit_price,
    null as amount,
    0 as vat_rate,
    '一般计税' as vat_method,
    missing.property_payee_id as payee_id,
    '待抄表' as mark,
    missing.meter_no,
    missing.last_on as previous_on,
    missing.last_reading as previous_reading,
    null as current_on,
    null as current_reading,
    missing.multiplier,
    0 as replaced_quantity,
    null as share_key,
    null as share_of,
    null as shared_quantity,
    '' as reading_source,
    '' as reader,
    'FE-C2' as rule_id,
    null as rule_from,
    '' as rule_version,
    case
        when missing.is_backward then concat('表', missing.meter_no, '的读数小于上次读数，未标明过零，请核实后补报')
        when missing.returned_file is not null then concat(
            '表', missing.meter_no, '在', right(missing.returned_on, 5), '的抄表已退回（', missing.returned_file, '第',
            missing.returned_line, '行）：', missing.returned_reason, '，请更正后补报'
        )
        else concat('表', missing.meter_no, '在', to_char(%(as_of_on)s::date, 'MM-DD'), '前', missing.reading_days, '天内没有抄表，请补抄')
    end as grounds,
    missing.returned_file_id as file_id,
    missing.returned_line as source_line
from missing
