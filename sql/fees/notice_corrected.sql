/*  Why a notice was corrected, and by how much: the red and blue entries that its revision booked.

    Grain:  one row per corrected notice.
    Rerun:  safe; only reads what is frozen.  */
select
    notice.contract_no,
    run.reason,
    sum(entry.amount) filter (where entry.entry_kind = '红字') as red_amount,
    sum(entry.amount) filter (where entry.entry_kind = '蓝字') as blue_amount
from fees.notice
inner join ops.run on notice.run_id = run.run_id
inner join fees.entry on notice.notice_no = entry.notice_no and entry.entry_kind in ('红字', '蓝字')
where
    notice.site_id = %(site_id)s
    and notice.base_on = %(base_on)s
    and notice.revision = %(revision)s
    and notice.revision > 1
    and notice.sequence_no %% %(parts)s = %(part)s
group by notice.contract_no, run.reason
order by notice.contract_no
