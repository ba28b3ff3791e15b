/*  The red and blue entries that are booked in a tower's month, on its notices.

    Grain:  one row per entry.
    Rerun:  safe; only reads what is frozen.  */
select
    entry.contract_no,
    entry.entry_kind,
    entry.charge_kind,
    entry.about_on,
    entry.amount,
    entry.notice_no as number,
    original.notice_no as original_no,
    run.reason
from fees.entry
inner join ops.run on entry.run_id = run.run_id
inner join fees.notice
    on
        entry.site_id = notice.site_id
        and entry.base_on = notice.base_on
        and entry.contract_no = notice.contract_no
inner join fees.notice as original
    on
        entry.site_id = original.site_id
        and entry.about_on = original.base_on
        and entry.contract_no = original.contract_no
        and original.revision = 1
where
    entry.entry_kind in ('红字', '蓝字')
    and notice.site_id = %(site_id)s
    and notice.base_on = %(base_on)s
    and notice.revision = %(revision)s
    and notice.sequence_no %% %(parts)s = %(part)s
order by entry.contract_no, entry.about_on, entry.entry_kind, entry.line_no
