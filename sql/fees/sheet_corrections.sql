/*  The sheet 红蓝字: corrections booked in this month, and those of this month booked later.

    Grain:  one row per corrected notice, charge and month of booking.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  BIL-19 a correction is booked in the first open month, with reference to the original.  */
with edition as materialized (
    select *
    from fees.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz)
)

select
    original.notice_no as original_no,
    notice.notice_no,
    contract.unit_no,
    to_char(entry.about_on, 'YYYY-MM') as about_text,
    entry.charge_kind,
    coalesce(sum(entry.amount) filter (where entry.entry_kind = '红字'), 0) as red_amount,
    coalesce(sum(entry.amount) filter (where entry.entry_kind = '蓝字'), 0) as blue_amount,
    sum(entry.amount) as net_amount,
    to_char(entry.base_on, 'YYYY-MM') as booked_text,
    coalesce(nullif(max(run.reason), ''), '资料更正') as reason,
    max(decision.decided_by) as approver
from edition
inner join fees.entry
    on
        edition.site_id = entry.site_id
        and edition.base_on in (entry.base_on, entry.about_on)
        and entry.entry_kind in ('红字', '蓝字')
inner join ops.run
    on
        entry.run_id = run.run_id
        and run.known_at <= edition.known_at
        and run.run_id is distinct from %(before_run)s::bigint
inner join fees.notice on entry.notice_no = notice.notice_no
left join fees.notice as original
    on
        notice.site_id = original.site_id
        and notice.base_on = original.base_on
        and notice.contract_no = original.contract_no
        and original.revision = 1
left join fees.contract
    on
        entry.contract_no = contract.contract_no
        and contract.recorded_at <= edition.known_at
        and edition.known_at < contract.superseded_at
left join lateral (
    select decision.decided_by
    from ops.artifact
    inner join ops.decision
        on
            artifact.workflow = decision.workflow
            and artifact.site_id = decision.site_id
            and artifact.period = decision.period
            and artifact.content_hash = decision.content_hash
    where artifact.run_id = entry.run_id and artifact.site_id = entry.site_id
    limit 1
) as decision on true
group by original.notice_no, notice.notice_no, contract.unit_no, entry.about_on, entry.base_on, entry.charge_kind
order by entry.about_on, notice.notice_no, entry.charge_kind, entry.base_on
