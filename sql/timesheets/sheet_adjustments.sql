/*  The sheet 上月调整: what became known of earlier months after their close, and this month bears.

    Grain:  one row per day that is judged otherwise, per conduct slip and per waiver that came late.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  Q7, ATT-10 (b, c), ATT-14 outside the sums of ATT-19.  */
with document as (
    select
        %(site_id)s::text as site_id,
        %(starts_on)s::date as starts_on,
        %(last_on)s::date as last_on,
        %(known_at)s::timestamptz as known_at
),

line as materialized (
    select line.*
    from document
    cross join lateral attendance.known_month(document.site_id, document.starts_on, document.known_at) as line
),

told as (
    select
        adjustment.employee_id,
        adjustment.work_on as event_on,
        adjustment.old_status as old_verdict,
        adjustment.new_status as new_verdict,
        adjustment.absent_days_delta as absent_days,
        adjustment.leave_days_delta as leave_days,
        adjustment.fine_amount_delta as fine_amount,
        nullif(
            concat_ws(
                '、',
                '平日' || to_char(nullif(adjustment.workday_overtime_delta, 0), 'FMSG9990.00'),
                '休息日' || to_char(nullif(adjustment.rest_overtime_delta, 0), 'FMSG9990.00'),
                '法定节假日' || to_char(nullif(adjustment.statutory_overtime_delta, 0), 'FMSG9990.00')
            ), ''
        ) as overtime_text,
        adjustment.reason,
        coalesce(slip.approver, signature.signer) as approver
    from document
    inner join attendance.adjustment
        on document.site_id = adjustment.site_id and document.starts_on = adjustment.counted_in
    left join lateral (
        select leave.approver
        from attendance.leave
        where
            leave.employee_id = adjustment.employee_id
            and leave.starts_at < (adjustment.work_on + 1)::timestamptz
            and leave.ends_at > adjustment.work_on::timestamptz
            and leave.recorded_at <= document.known_at
            and document.known_at < leave.superseded_at
        order by leave.recorded_at desc
        limit 1
    ) as slip on true
    left join lateral (
        select missed_punch.signer
        from attendance.missed_punch
        where
            missed_punch.employee_id = adjustment.employee_id
            and missed_punch.work_on = adjustment.work_on
            and missed_punch.recorded_at <= document.known_at
            and document.known_at < missed_punch.superseded_at
        order by missed_punch.signed_at desc
        limit 1
    ) as signature on true
    union all
    select
        conduct_fine.employee_id,
        conduct_fine.event_on,
        null,
        '违纪单' || conduct_fine.slip_no,
        0,
        0,
        conduct_fine.fine_amount,
        null,
        concat(
            conduct_fine.reason, '，关账后计入',
            case when conduct_fine.charge_amount > 0 then concat('，另赔偿话费', conduct_fine.charge_amount, '元') end
        ),
        conduct_slip.issued_by
    from document
    inner join attendance.conduct_fine
        on document.site_id = conduct_fine.site_id and document.starts_on = conduct_fine.counted_in
    left join attendance.conduct_slip
        on
            conduct_fine.slip_no = conduct_slip.slip_no
            and conduct_slip.recorded_at <= document.known_at
            and document.known_at < conduct_slip.superseded_at
    where conduct_fine.event_on < document.starts_on and conduct_fine.state = '有效'
    union all
    select
        fine_due.employee_id,
        fine_due.event_on,
        fine_due.fine_kind || '罚款',
        '减免单' || fine_due.source_no,
        0,
        0,
        fine_due.amount,
        null,
        fine_due.reason,
        nullif(fine_due.approver, '')
    from document
    cross join lateral attendance.fine_due(document.site_id, document.starts_on, document.known_at) as fine_due
    where
        (fine_due.entry_kind = '减免' and fine_due.event_on < document.starts_on)
        or (fine_due.entry_kind = '上月调整' and fine_due.fine_kind not in ('考勤', '制度罚款'))
)

select
    line.employee_name,
    told.event_on,
    told.old_verdict,
    told.new_verdict,
    told.absent_days,
    told.leave_days,
    told.fine_amount,
    told.overtime_text,
    told.reason,
    told.approver
from told
inner join line on told.employee_id = line.employee_id
order by told.event_on, line.employee_id, told.new_verdict
