/*  Grants the missed punches that somebody signed for, up to the month's quota.

    Grain:  one row per employee and attendance day.
    Rerun:  safe; fills a table of this transaction only (granted).
    Rules:  HQ-A1, ATT-12 a missed punch needs a signature, of a level and up to a number a month.  */
create temp table granted on commit drop as
with signed_once as materialized (
    select distinct on (missed_punch.employee_id, missed_punch.work_on, missed_punch.punch_kind, missed_punch.signer_level)
        missed_punch.employee_id,
        missed_punch.work_on,
        missed_punch.punch_kind,
        missed_punch.signer_level,
        missed_punch.slip_no,
        coalesce(missed_punch.signed_at, 'infinity') as signed_at
    from attendance.missed_punch
    where
        missed_punch.recorded_at <= %(known_at)s
        and %(known_at)s < missed_punch.superseded_at
        and missed_punch.status = '批准'
        and missed_punch.signer is not null
    order by
        missed_punch.employee_id, missed_punch.work_on, missed_punch.punch_kind, missed_punch.signer_level,
        missed_punch.signed_at, missed_punch.slip_no
),

-- On the day of each, the level that its rules ask for decides which slips of the month count, and how many may.
signed_slip as (
    select
        missed_punch.employee_id,
        missed_punch.work_on,
        missed_punch.punch_kind,
        missed_punch.slip_no,
        count(*) > policy.missed_punch_quota as is_over_quota
    from signed_once as missed_punch
    inner join identity
        on
            missed_punch.employee_id = identity.employee_id
            and missed_punch.work_on >= identity.holds_from
            and missed_punch.work_on < identity.holds_until
    inner join policy on identity.site_id = policy.site_id and missed_punch.work_on = policy.work_on
    inner join signed_once as of_month
        on
            missed_punch.employee_id = of_month.employee_id
            and date_trunc('month', missed_punch.work_on) = date_trunc('month', of_month.work_on)
            and (of_month.signed_at, of_month.slip_no) <= (missed_punch.signed_at, missed_punch.slip_no)
            and (
                policy.missed_punch_signer_level is null
                or of_month.signer_level = policy.missed_punch_signer_level
            )
    where
        policy.missed_punch_signer_level is null
        or missed_punch.signer_level = policy.missed_punch_signer_level
    group by
        missed_punch.employee_id, missed_punch.work_on, missed_punch.punch_kind, missed_punch.slip_no,
        policy.missed_punch_quota
)

select
    employee_id,
    work_on,
    bool_or(punch_kind = '上班') filter (where not is_over_quota) as grants_in,
    bool_or(punch_kind = '下班') filter (where not is_over_quota) as grants_out,
    bool_or(is_over_quota) as is_over_quota,
    string_agg(slip_no, '、' order by slip_no) as slip_no
from signed_slip
group by employee_id, work_on
