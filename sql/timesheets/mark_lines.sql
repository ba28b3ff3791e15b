/*  Marks the month of everybody who was judged at a site, or bears something of an earlier month there.

    Grain:  one row per site, month, revision and person: the revision that record_results records next.
    Rerun:  safe; lines that say what the newest revision says are not written again. Issued months stand (OPS-21), and
            so does the draft of a month that cannot be settled yet.
    Rules:  ATT-19 calendar days = due + 公休 + 法定节假日 + 未在职; due = attended + leave + absent + pending. A day that was
            computed and does not name a person is 未在职 there; one never computed is 待确认 for who was employed.
            ATT-10, ATT-14 what an earlier month left behind stands in columns of its own.
    Marks:  one symbol a day, the first that holds: ? pending; 节, 休; × all of a day absent; 半 part of it; leave by its
            type; 缺; 迟; 早; 公; 培; 夜; √. Of a day with two spells each has its own, × is then half a day.
    Joins:  hashed
    Speed:  the month's days are read once, and sorted when they are marked: `offset 0` keeps the marking out of the sort,
            which else would carry all that it looks at.  */
insert into attendance.month_line (
    site_id, month_on, revision, employee_id, employee_name, department, post, rule_set, joined_on, left_on, marks,
    afternoon_marks, calendar_days, due_days, attended_days, rest_days, statutory_days, unemployed_days, leave_days,
    outing_days, gathering_count, absent_days, pending_days, late_count, late_minutes, early_count, missing_count,
    signed_count, night_count, workday_overtime_hours, rest_overtime_hours, statutory_overtime_hours,
    adjusted_absent_days, adjusted_leave_days, late_fine_amount, early_fine_amount, gathering_fine_amount,
    conduct_fine_amount, call_charge_amount, call_fine_amount, waived_amount, adjusted_fine_amount, remark
)
with site_month as materialized (
    select distinct
        run_day.site_id,
        date_trunc('month', run_day.day_on)::date as month_on
    from ops.run_day
    where run_day.run_id = %(run_id)s
),

asked as materialized (
    select
        site_month.site_id,
        site_month.month_on,
        (site_month.month_on + interval '1 month')::date as next_on,
        (site_month.month_on + interval '1 month')::date - site_month.month_on as day_count
    from site_month
    where
        not exists (
            select from ops.period_close
            where
                period_close.workflow = 'monthly_attendance'
                and period_close.site_id = site_month.site_id
                and period_close.period @> site_month.month_on
        )
        and not exists (
            select from ops.run_gap
            where
                run_gap.run_id = %(run_id)s
                and run_gap.site_id = site_month.site_id
                and run_gap.base_on = site_month.month_on
        )
),

-- days on which the site was open and bound to rules, and of which there is no result
silent_day as materialized (
    select distinct
        asked.site_id,
        asked.month_on,
        day_at::date as day_on
    from asked
    cross join
        lateral generate_series(asked.month_on::timestamp, asked.next_on - interval '1 day', interval '1 day') as day_at
    inner join book.site
        on
            asked.site_id = site.site_id
            and day_at::date between coalesce(site.opened_on, '-infinity') and coalesce(site.closed_on, 'infinity')
            and site.recorded_at <= %(known_at)s
            and %(known_at)s < site.superseded_at
    inner join book.site_rule_set
        on
            asked.site_id = site_rule_set.site_id
            and day_at::date between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and site_rule_set.recorded_at <= %(known_at)s
            and %(known_at)s < site_rule_set.superseded_at
    where
        (asked.site_id, day_at::date) not in (
            select
                result.site_id,
                result.base_on
            from ops.result
            where
                result.workflow = 'daily_attendance'
                and result.site_id = any(array(select asked.site_id from asked))
                and result.base_on between %(first_on)s and %(last_on)s
        )
),

-- what the month adds to the ledger of fines: one reckoning for the sheet and for the books
booked as materialized (
    select
        asked.site_id,
        asked.month_on,
        fine_due.employee_id,
        fine_due.entry_kind,
        fine_due.fine_kind,
        fine_due.event_on,
        fine_due.amount,
        fine_due.event_on < asked.month_on as is_earlier
    from asked
    cross join lateral attendance.fine_due(asked.site_id, asked.month_on, %(known_at)s) as fine_due
    where fine_due.entry_kind in ('罚款', '减免', '上月调整') and fine_due.fine_kind <> '制度罚款'
),

-- What is said of a day beside its verdict: meetings and trainings that people came to; what was found beside the clock,
-- of which lateness counts beside the clock's (YJ-A4), unless it became absence; whether lateness was fined.
beside as materialized (
    select
        told.employee_id,
        told.work_on,
        bool_or(told.is_trained) as is_trained,
        sum(told.gathering_count) as gathering_count,
        sum(told.late_minutes) as late_minutes,
        count(*) filter (where told.late_minutes > 0) as late_count,
        count(*) filter (where told.early_minutes > 0) as early_count,
        bool_or(told.is_fined_late) as is_fined_late
    from (
        select
            gathering_attendee.employee_id,
            (gathering.starts_at at time zone 'Asia/Shanghai')::date as work_on,
            gathering.gathering_kind = '培训' as is_trained,
            1 as gathering_count,
            0 as late_minutes,
            0 as early_minutes,
            false as is_fined_late
        from attendance.gathering
        inner join attendance.gathering_attendee on gathering.gathering_no = gathering_attendee.gathering_no
        where
            gathering.starts_at >= %(first_on)s::date::timestamptz
            and gathering.starts_at < (%(last_on)s::date + 1)::timestamptz
            and gathering_attendee.signed_in_at is not null
            and gathering.recorded_at <= %(known_at)s
            and %(known_at)s < gathering.superseded_at
            and gathering_attendee.recorded_at <= %(known_at)s
            and %(known_at)s < gathering_attendee.superseded_at
        union all
        select
            offence.employee_id,
            offence.work_on,
            false,
            0,
            offence.late_minutes,
            offence.early_minutes,
            false
        from attendance.offence
        where
            offence.site_id = any(array(select asked.site_id from asked))
            and offence.work_on between %(first_on)s and %(last_on)s
            and offence.absent_days = 0
            and (offence.late_minutes > 0 or offence.early_minutes > 0)
        union all
        select
            booked.employee_id,
            booked.event_on,
            false,
            0,
            0,
            0,
            true
        from booked
        where booked.entry_kind = '罚款' and booked.fine_kind = '迟到'
    ) as told
    group by told.employee_id, told.work_on
),

judged as (
    select
        asked.month_on,
        attendance_day.work_on - asked.month_on + 1 as day_no,
        attendance_day.*,
        coalesce(beside.late_count, 0) as found_late_count,
        coalesce(beside.late_minutes, 0) as found_late_minutes,
        coalesce(beside.early_count, 0) as found_early_count,
        coalesce(beside.is_trained, false) as is_trained,
        coalesce(beside.gathering_count, 0) as gathering_count,
        coalesce(leave_kind.symbol, '假') as leave_symbol,
        coalesce(beside.is_fined_late, false) as is_fined_late,
        attendance_day.day_kind = '' or attendance_day.pending_days > 0 as is_pending,
        attendance_day.leave_days > 0 and attendance_day.day_kind <> '' as is_leave,
        attendance_day.second_due_in_at is not null and attendance_day.leave_days < 1 and attendance_day.absent_days < 1
        and attendance_day.pending_days < 1 and attendance_day.day_kind = '应出勤' as is_split
    from asked
    inner join attendance.attendance_day
        on
            asked.site_id = attendance_day.site_id
            and attendance_day.work_on >= asked.month_on
            and attendance_day.work_on < asked.next_on
    left join beside on attendance_day.employee_id = beside.employee_id and attendance_day.work_on = beside.work_on
    left join attendance.leave_kind on attendance_day.leave_type = leave_kind.leave_type
    where
        attendance_day.site_id = any(array(select site_month.site_id from site_month))
        and attendance_day.work_on between %(first_on)s and %(last_on)s
),

-- Two spells: the half that leave covers, and how bad the other ones are, so that half a day of absence finds its half.
halved as (
    select
        judged.*,
        spell.*
    from judged
    cross join lateral (
        select
            case
                when not judged.is_split or judged.leave_days = 0 then ''
                when judged.due_in_at is null or judged.due_in_at >= judged.second_due_in_at then '上午'
                else '下午'
            end as leave_half,
            case
                when not judged.is_split then 0
                when judged.in_at is null and judged.out_at is null then 1440
                else greatest(0, ceil(date_part('epoch', date_trunc('minute', judged.in_at) - judged.due_in_at) / 60))
            end as morning_minutes,
            case
                when not judged.is_split then 0
                when judged.second_in_at is null and judged.second_out_at is null then 1440
                else
                    greatest(
                        0, ceil(date_part('epoch', date_trunc('minute', judged.second_in_at) - judged.second_due_in_at) / 60)
                    )
            end as afternoon_minutes
    ) as spell
),

weighed as (
    select
        halved.*,
        case
            when not halved.is_split then null
            when halved.leave_half = '上午' then '下午'
            when halved.leave_half = '下午' then '上午'
            when coalesce(halved.morning_minutes, 0) >= coalesce(halved.afternoon_minutes, 0) then '上午'
            else '下午'
        end as worse_half
    from halved
),

marked as (
    select
        weighed.*,
        case
            when weighed.is_split and not (
                (weighed.worse_half = '上午' and (weighed.is_pending or weighed.absent_days > 0 or weighed.status = '缺卡'))
                or weighed.leave_half = '上午'
            )
                then case when weighed.late_minutes > 0 and weighed.morning_minutes between 1 and 1439 then '迟' else plain.mark end
            when weighed.is_split and weighed.leave_half = '上午' then weighed.leave_symbol
            when weighed.is_pending then '?'
            when weighed.day_kind = '法定节假日' then '节'
            when weighed.day_kind = '公休' then '休'
            when weighed.absent_days >= 1 or (weighed.is_split and weighed.absent_days > 0) then '×'
            when weighed.absent_days > 0 then '半'
            when weighed.leave_days > 0 then weighed.leave_symbol
            when weighed.status = '缺卡' then '缺'
            when weighed.late_minutes > 0 then '迟'
            when weighed.early_minutes > 0 then '早'
            else plain.mark
        end as mark,
        case
            when not weighed.is_split then ''
            when weighed.leave_half = '下午' then weighed.leave_symbol
            when weighed.worse_half = '下午' and weighed.is_pending then '?'
            when weighed.worse_half = '下午' and weighed.absent_days > 0 then '×'
            when weighed.worse_half = '下午' and weighed.status = '缺卡' then '缺'
            when weighed.late_minutes > 0 and weighed.afternoon_minutes between 1 and 1439 then '迟'
            when weighed.early_minutes > 0 then '早'
            else plain.mark
        end as afternoon_mark,
        -- lateness that became absence is no lateness
        case
            when weighed.late_minutes <= 0 then 0
            when weighed.is_split
                then
                    greatest(
                        case when weighed.status = '迟到' or weighed.is_fined_late then 1 else 0 end,
                        case
                            when
                                weighed.morning_minutes between 1 and 1439
                                and not (weighed.absent_days > 0 and weighed.worse_half = '上午') then 1
                            else 0
                        end
                        + case
                            when
                                weighed.afternoon_minutes between 1 and 1439
                                and not (weighed.absent_days > 0 and weighed.worse_half = '下午') then 1
                            else 0
                        end
                    )
            when weighed.absent_days = 0 or weighed.status = '迟到' or weighed.is_fined_late then 1
            else 0
        end as own_late_count
    from weighed
    cross join lateral (
        select
            case
                when weighed.status = '公出' then '公'
                when weighed.is_trained then '培'
                when weighed.is_night then '夜'
                else '√'
            end as mark
    ) as plain
    offset 0
),

summed as materialized (
    select
        marked.site_id,
        marked.month_on,
        marked.employee_id,
        count(*)::integer as row_count,
        array_agg(marked.day_no order by marked.day_no) as days,
        array_agg(marked.mark order by marked.day_no) as marks,
        array_agg(marked.afternoon_mark order by marked.day_no) as afternoon_marks,
        (array_agg(marked.employee_name order by marked.day_no))[count(*)] as employee_name,
        (array_agg(marked.department order by marked.day_no))[count(*)] as department,
        (array_agg(marked.post order by marked.day_no))[count(*)] as post,
        (array_agg(marked.rule_set order by marked.day_no))[count(*)] as rule_set,
        array_agg(marked.leave_days order by marked.day_no) filter (where marked.is_leave) as leave_shares,
        array_agg(marked.leave_type order by marked.day_no) filter (where marked.is_leave) as leave_types,
        array_agg(marked.leave_slip_no order by marked.day_no) filter (where marked.is_leave) as leave_slips,
        bool_or(marked.is_split) as has_spells,
        sum(case when marked.day_kind = '' then 1 else marked.due_days end) as due_days,
        sum(marked.attended_days) filter (where marked.day_kind <> '') as attended_days,
        count(*) filter (where marked.day_kind = '公休') as rest_days,
        count(*) filter (where marked.day_kind = '法定节假日') as statutory_days,
        sum(marked.absent_days) filter (where marked.day_kind <> '') as absent_days,
        sum(case when marked.day_kind = '' then 1 else marked.pending_days end) as pending_days,
        sum(marked.attended_days) filter (where marked.status = '公出') as outing_days,
        sum(marked.gathering_count) as gathering_count,
        sum(marked.own_late_count + marked.found_late_count) as late_count,
        sum(
            case when marked.own_late_count > 0 then marked.late_minutes else 0 end + marked.found_late_minutes
        ) as late_minutes,
        sum(case when marked.early_minutes > 0 then 1 else 0 end + marked.found_early_count) as early_count,
        count(*) filter (where marked.status = '缺卡') as missing_count,
        sum(cardinality(string_to_array(marked.missed_punch_slip_no, '、')))
            filter (where marked.missed_punch_slip_no <> '' and marked.reason <> '补卡超过当月次数') as signed_count,
        count(*) filter (where marked.is_night and marked.attended_days > 0) as night_count,
        sum(marked.overtime_hours) filter (where marked.overtime_kind = '平日') as workday_overtime_hours,
        sum(marked.overtime_hours) filter (where marked.overtime_kind = '休息日') as rest_overtime_hours,
        sum(marked.overtime_hours) filter (where marked.overtime_kind = '法定节假日') as statutory_overtime_hours
    from marked
    group by marked.employee_id, marked.site_id, marked.month_on
),

-- A day of two slips is shared between their types; a type that nobody wrote down says so.
leave_share as (
    select
        summed.site_id,
        summed.month_on,
        summed.employee_id,
        coalesce(leave_kind.counted_as, nullif(typed.leave_type, ''), '未注明假别') as counted_as,
        case typed.nth
            when 1 then on_leave.leave_days - round(on_leave.leave_days / typed.type_count, 2) * (typed.type_count - 1)
            else round(on_leave.leave_days / typed.type_count, 2)
        end as days
    from summed
    cross join
        lateral unnest(summed.leave_shares, summed.leave_types, summed.leave_slips)
            as on_leave (leave_days, leave_type, leave_slip_no)
    cross join lateral (
        select
            either.leave_type,
            count(*) over () as type_count,
            row_number() over (order by either.leave_type) as nth
        from (
            select on_leave.leave_type
            where on_leave.leave_days < 1 or on_leave.leave_slip_no not like '%%、%%'
            union
            select leave.leave_type
            from attendance.leave
            where
                on_leave.leave_days = 1
                and on_leave.leave_slip_no like '%%、%%'
                and leave.slip_no = any(string_to_array(on_leave.leave_slip_no, '、'))
                and leave.recorded_at <= %(known_at)s
                and %(known_at)s < leave.superseded_at
        ) as either
    ) as typed
    left join attendance.leave_kind on typed.leave_type = leave_kind.leave_type
    where summed.leave_shares is not null
),

leave_sum as (
    select
        leave_share.site_id,
        leave_share.month_on,
        leave_share.employee_id,
        leave_share.counted_as,
        trim_scale(sum(leave_share.days)) as days
    from leave_share
    group by 1, 2, 3, 4
),

on_leave as (
    select
        leave_sum.site_id,
        leave_sum.month_on,
        leave_sum.employee_id,
        jsonb_object_agg(leave_sum.counted_as, leave_sum.days) as leave_days,
        string_agg(concat(leave_sum.counted_as, leave_sum.days, '天'), '、' order by leave_sum.counted_as)
            filter (where leave_sum.counted_as not in (select leave_kind.counted_as from attendance.leave_kind)) as others
    from leave_sum
    group by 1, 2, 3
),

adjusted as (
    select
        asked.site_id,
        asked.month_on,
        adjustment.employee_id,
        sum(adjustment.absent_days_delta) as absent_days,
        sum(adjustment.leave_days_delta) as leave_days
    from asked
    inner join attendance.adjustment on asked.site_id = adjustment.site_id and asked.month_on = adjustment.counted_in
    group by 1, 2, 3
),

-- what is about a day of an earlier month stands in a column of its own; what a call cost is no fine, whenever it was
fined as (
    select
        booked.site_id,
        booked.month_on,
        booked.employee_id,
        sum(booked.amount) filter (where levied.is_own and booked.fine_kind = '迟到') as late_amount,
        sum(booked.amount) filter (where levied.is_own and booked.fine_kind = '早退') as early_amount,
        sum(booked.amount) filter (where levied.is_own and booked.fine_kind = '会议培训') as gathering_amount,
        sum(booked.amount) filter (where levied.is_own and booked.fine_kind = '违纪') as conduct_amount,
        sum(booked.amount) filter (where levied.is_own and booked.fine_kind = '收费电话') as call_amount,
        sum(booked.amount) filter (where booked.fine_kind = '收费电话费') as charge_amount,
        -sum(booked.amount) filter (where booked.entry_kind = '减免' and not booked.is_earlier) as waived_amount,
        sum(booked.amount) filter (
            where booked.fine_kind <> '收费电话费' and (booked.entry_kind = '上月调整' or booked.is_earlier)
        ) as adjusted_amount
    from booked
    cross join lateral (
        select booked.entry_kind = '罚款' and not booked.is_earlier as is_own
    ) as levied
    group by 1, 2, 3
),

-- everybody who was judged, and who bears something without having been there this month
person as materialized (
    select
        summed.site_id,
        summed.month_on,
        summed.employee_id
    from summed
    union
    select
        adjusted.site_id,
        adjusted.month_on,
        adjusted.employee_id
    from adjusted
    union
    select
        fined.site_id,
        fined.month_on,
        fined.employee_id
    from fined
),

version as materialized (
    select
        employee.employee_id,
        employee.employee_name,
        employee.site_id,
        employee.department,
        employee.post,
        employee.joined_on,
        employee.left_on,
        case
            when lag(employee.effective_from) over as_known is null then '-infinity'
            else employee.effective_from
        end as holds_from,
        coalesce(lead(employee.effective_from) over as_known, 'infinity') as holds_until
    from book.employee
    where
        employee.recorded_at <= %(known_at)s
        and %(known_at)s < employee.superseded_at
        and employee.employee_id in (select person.employee_id from person)
    window as_known as (partition by employee.employee_id order by employee.effective_from)
),

employment as (
    select distinct on (asked.month_on, version.employee_id)
        asked.month_on,
        version.*
    from (
        select distinct
            asked.month_on,
            asked.next_on
        from asked
    ) as asked
    inner join version on version.holds_from < asked.next_on
    order by asked.month_on, version.employee_id, version.holds_from desc
),

-- days never computed, of people who were employed there: nobody knows yet whether they are due
unheard as (
    select
        silent_day.site_id,
        silent_day.month_on,
        version.employee_id,
        array_agg(silent_day.day_on - silent_day.month_on + 1) as days
    from silent_day
    inner join version
        on
            silent_day.site_id = version.site_id
            and silent_day.day_on >= version.holds_from
            and silent_day.day_on < version.holds_until
            and silent_day.day_on between version.joined_on and coalesce(version.left_on, 'infinity')
    group by 1, 2, 3
),

-- who is not of this site all the month
parted as materialized (
    select summed.employee_id
    from summed
    inner join asked on summed.site_id = asked.site_id and summed.month_on = asked.month_on
    where summed.row_count < asked.day_count
),

elsewhere as (
    select
        asked.site_id,
        asked.month_on,
        attendance_day.employee_id,
        concat(
            '调动：', to_char(min(attendance_day.work_on), 'MM-DD'), '至', to_char(max(attendance_day.work_on), 'MM-DD'), '在',
            coalesce(max(site.site_name), attendance_day.site_id)
        ) as words
    from attendance.attendance_day
    inner join summed on attendance_day.employee_id = summed.employee_id and attendance_day.site_id <> summed.site_id
    inner join asked
        on
            summed.site_id = asked.site_id
            and summed.month_on = asked.month_on
            and attendance_day.work_on >= asked.month_on
            and attendance_day.work_on < asked.next_on
    left join book.site
        on
            attendance_day.site_id = site.site_id
            and site.recorded_at <= %(known_at)s
            and %(known_at)s < site.superseded_at
    where
        attendance_day.employee_id = any(array(select parted.employee_id from parted))
        and attendance_day.work_on between %(first_on)s and %(last_on)s
    group by asked.site_id, asked.month_on, attendance_day.employee_id, attendance_day.site_id
),

moved as (
    select
        elsewhere.site_id,
        elsewhere.month_on,
        elsewhere.employee_id,
        string_agg(elsewhere.words, '；' order by elsewhere.words) as words
    from elsewhere
    group by 1, 2, 3
),

filled as (
    select
        person.site_id,
        person.month_on,
        person.employee_id,
        asked.day_count,
        summed.employee_name,
        summed.department,
        summed.post,
        summed.rule_set,
        coalesce(summed.row_count, 0) as row_count,
        case when summed.row_count = asked.day_count then 0 else coalesce(blank.pending_count, 0) end as unheard_count,
        case when summed.row_count = asked.day_count then summed.marks else blank.marks end as marks,
        case
            when not coalesce(summed.has_spells, false) then null
            when summed.row_count = asked.day_count then summed.afternoon_marks
            else blank.afternoon_marks
        end as afternoon_marks
    from person
    inner join asked on person.site_id = asked.site_id and person.month_on = asked.month_on
    left join summed
        on
            person.site_id = summed.site_id
            and person.month_on = summed.month_on
            and person.employee_id = summed.employee_id
    left join unheard
        on
            person.site_id = unheard.site_id
            and person.month_on = unheard.month_on
            and person.employee_id = unheard.employee_id
    left join lateral (
        select
            count(*) filter (where marked.mark is null and day_no = any(unheard.days)) as pending_count,
            array_agg(coalesce(marked.mark, case when day_no = any(unheard.days) then '?' else '○' end) order by day_no)
                as marks,
            array_agg(coalesce(marked.afternoon_mark, '') order by day_no) as afternoon_marks
        from generate_series(1, asked.day_count) as day_no
        left join lateral (
            select
                summed.marks[array_position(summed.days, day_no)] as mark,
                summed.afternoon_marks[array_position(summed.days, day_no)] as afternoon_mark
        ) as marked on true
        where summed.row_count is distinct from asked.day_count
    ) as blank on true
),

reckoned as materialized (
    select
        filled.site_id,
        filled.month_on,
        filled.employee_id,
        coalesce(filled.employee_name, employment.employee_name, filled.employee_id) as employee_name,
        coalesce(filled.department, employment.department, '') as department,
        coalesce(filled.post, employment.post, '') as post,
        coalesce(filled.rule_set, '') as rule_set,
        employment.joined_on,
        employment.left_on,
        filled.marks,
        filled.afternoon_marks,
        filled.day_count::numeric(5, 2) as calendar_days,
        (coalesce(summed.due_days, 0) + filled.unheard_count)::numeric(5, 2) as due_days,
        coalesce(summed.attended_days, 0)::numeric(5, 2) as attended_days,
        coalesce(summed.rest_days, 0)::numeric(5, 2) as rest_days,
        coalesce(summed.statutory_days, 0)::numeric(5, 2) as statutory_days,
        (filled.day_count - filled.row_count - filled.unheard_count)::numeric(5, 2) as unemployed_days,
        coalesce(on_leave.leave_days, '{}') as leave_days,
        coalesce(summed.outing_days, 0)::numeric(5, 2) as outing_days,
        coalesce(summed.gathering_count, 0)::integer as gathering_count,
        coalesce(summed.absent_days, 0)::numeric(5, 2) as absent_days,
        (coalesce(summed.pending_days, 0) + filled.unheard_count)::numeric(5, 2) as pending_days,
        coalesce(summed.late_count, 0)::integer as late_count,
        coalesce(summed.late_minutes, 0)::integer as late_minutes,
        coalesce(summed.early_count, 0)::integer as early_count,
        coalesce(summed.missing_count, 0)::integer as missing_count,
        coalesce(summed.signed_count, 0)::integer as signed_count,
        coalesce(summed.night_count, 0)::integer as night_count,
        coalesce(summed.workday_overtime_hours, 0)::numeric(7, 2) as workday_overtime_hours,
        coalesce(summed.rest_overtime_hours, 0)::numeric(7, 2) as rest_overtime_hours,
        coalesce(summed.statutory_overtime_hours, 0)::numeric(7, 2) as statutory_overtime_hours,
        coalesce(adjusted.absent_days, 0)::numeric(6, 2) as adjusted_absent_days,
        coalesce(adjusted.leave_days, 0)::numeric(6, 2) as adjusted_leave_days,
        coalesce(fined.late_amount, 0)::numeric(14, 2) as late_fine_amount,
        coalesce(fined.early_amount, 0)::numeric(14, 2) as early_fine_amount,
        coalesce(fined.gathering_amount, 0)::numeric(14, 2) as gathering_fine_amount,
        coalesce(fined.conduct_amount, 0)::numeric(14, 2) as conduct_fine_amount,
        coalesce(fined.charge_amount, 0)::numeric(14, 2) as call_charge_amount,
        coalesce(fined.call_amount, 0)::numeric(14, 2) as call_fine_amount,
        coalesce(fined.waived_amount, 0)::numeric(14, 2) as waived_amount,
        coalesce(fined.adjusted_amount, 0)::numeric(14, 2) as adjusted_fine_amount,
        concat_ws(
            '；',
            moved.words,
            case when summed.row_count is null then '本月未在本案场任职，仅上月调整或违纪单' end,
            '其他假：' || on_leave.others
        ) as remark
    from filled
    left join summed
        on filled.site_id = summed.site_id and filled.month_on = summed.month_on and filled.employee_id = summed.employee_id
    left join employment on filled.month_on = employment.month_on and filled.employee_id = employment.employee_id
    left join on_leave
        on
            filled.site_id = on_leave.site_id
            and filled.month_on = on_leave.month_on
            and filled.employee_id = on_leave.employee_id
    left join adjusted
        on
            filled.site_id = adjusted.site_id
            and filled.month_on = adjusted.month_on
            and filled.employee_id = adjusted.employee_id
    left join fined
        on
            filled.site_id = fined.site_id
            and filled.month_on = fined.month_on
            and filled.employee_id = fined.employee_id
    left join moved
        on
            filled.site_id = moved.site_id
            and filled.month_on = moved.month_on
            and filled.employee_id = moved.employee_id
),

newest as materialized (
    select
        asked.site_id,
        asked.month_on,
        coalesce(max(result.revision), 0) as revision
    from asked
    left join ops.result
        on
            asked.site_id = result.site_id
            and asked.month_on = result.base_on
            and result.workflow = 'monthly_attendance'
    group by 1, 2
),

kept as (
    select month_line.*
    from newest
    inner join attendance.month_line
        on
            newest.site_id = month_line.site_id
            and newest.month_on = month_line.month_on
            and newest.revision = month_line.revision
),

changed as (
    select distinct
        coalesce(reckoned.site_id, kept.site_id) as site_id,
        coalesce(reckoned.month_on, kept.month_on) as month_on
    from reckoned
    full join kept
        on
            reckoned.site_id = kept.site_id
            and reckoned.month_on = kept.month_on
            and reckoned.employee_id = kept.employee_id
    where
        reckoned.employee_id is null
        or kept.employee_id is null
        or (
            reckoned.employee_name, reckoned.department, reckoned.post, reckoned.rule_set, reckoned.joined_on, reckoned.left_on,
            reckoned.marks, reckoned.afternoon_marks, reckoned.calendar_days, reckoned.due_days, reckoned.attended_days,
            reckoned.rest_days, reckoned.statutory_days, reckoned.unemployed_days, reckoned.leave_days, reckoned.outing_days,
            reckoned.gathering_count, reckoned.absent_days, reckoned.pending_days, reckoned.late_count,
            reckoned.late_minutes, reckoned.early_count, reckoned.missing_count, reckoned.signed_count,
            reckoned.night_count, reckoned.workday_overtime_hours, reckoned.rest_overtime_hours,
            reckoned.statutory_overtime_hours, reckoned.adjusted_absent_days, reckoned.adjusted_leave_days,
            reckoned.late_fine_amount, reckoned.early_fine_amount, reckoned.gathering_fine_amount,
            reckoned.conduct_fine_amount, reckoned.call_charge_amount, reckoned.call_fine_amount, reckoned.waived_amount,
            reckoned.adjusted_fine_amount, reckoned.remark
        ) is distinct from (
            kept.employee_name, kept.department, kept.post, kept.rule_set, kept.joined_on, kept.left_on, kept.marks,
            kept.afternoon_marks, kept.calendar_days, kept.due_days, kept.attended_days, kept.rest_days,
            kept.statutory_days, kept.unemployed_days, kept.leave_days, kept.outing_days, kept.gathering_count,
            kept.absent_days, kept.pending_days, kept.late_count, kept.late_minutes, kept.early_count,
            kept.missing_count, kept.signed_count, kept.night_count, kept.workday_overtime_hours,
            kept.rest_overtime_hours, kept.statutory_overtime_hours, kept.adjusted_absent_days,
            kept.adjusted_leave_days, kept.late_fine_amount, kept.early_fine_amount, kept.gathering_fine_amount,
            kept.conduct_fine_amount, kept.call_charge_amount, kept.call_fine_amount, kept.waived_amount,
            kept.adjusted_fine_amount, kept.remark
        )
)

select
    reckoned.site_id,
    reckoned.month_on,
    newest.revision + 1 as revision,
    reckoned.employee_id,
    reckoned.employee_name,
    reckoned.department,
    reckoned.post,
    reckoned.rule_set,
    reckoned.joined_on,
    reckoned.left_on,
    reckoned.marks,
    reckoned.afternoon_marks,
    reckoned.calendar_days,
    reckoned.due_days,
    reckoned.attended_days,
    reckoned.rest_days,
    reckoned.statutory_days,
    reckoned.unemployed_days,
    reckoned.leave_days,
    reckoned.outing_days,
    reckoned.gathering_count,
    reckoned.absent_days,
    reckoned.pending_days,
    reckoned.late_count,
    reckoned.late_minutes,
    reckoned.early_count,
    reckoned.missing_count,
    reckoned.signed_count,
    reckoned.night_count,
    reckoned.workday_overtime_hours,
    reckoned.rest_overtime_hours,
    reckoned.statutory_overtime_hours,
    reckoned.adjusted_absent_days,
    reckoned.adjusted_leave_days,
    reckoned.late_fine_amount,
    reckoned.early_fine_amount,
    reckoned.gathering_fine_amount,
    reckoned.conduct_fine_amount,
    reckoned.call_charge_amount,
    reckoned.call_fine_amount,
    reckoned.waived_amount,
    reckoned.adjusted_fine_amount,
    reckoned.remark
from reckoned
inner join newest on reckoned.site_id = newest.site_id and reckoned.month_on = newest.month_on
inner join changed on reckoned.site_id = changed.site_id and reckoned.month_on = changed.month_on
