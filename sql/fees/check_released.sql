/*  Finds released bills that would come out otherwise, for a run that may not change them.

    Grain:  one row per contract and kind of charge.
    Rerun:  safe; only reads.
    Rules:  OPS-21 a released month changes only by 更正; who asked for 重算 or 续跑 is told what would change. A trial, a
            backfill and the timetable compare in silence (OPS-06).  */
select
    concat(
        place.site_name, to_char(found_difference.base_on, 'YYYY"年"FMMM"月"'), '已发布，不能重算：', bill.unit_no, ' ',
        bill.tenant_name, ' ', found_difference.charge_kind, to_char(found_difference.old_amount, 'FM999,999,990.00'),
        '元应为', to_char(found_difference.new_amount, 'FM999,999,990.00'), '元。请用重跑单选择“更正”并写明原因；',
        '还没有发布的楼宇，请在“范围”里只填它们再重算。'
    ) as problem
from ops.run
inner join fees.found_difference on run.run_id = found_difference.run_id
inner join fees.bill
    on
        found_difference.site_id = bill.site_id
        and found_difference.base_on = bill.base_on
        and found_difference.contract_no = bill.contract_no
left join book.place on found_difference.site_id = place.site_id and place.superseded_at = 'infinity'
where run.run_id = %(run_id)s and run.mode in ('recompute', 'resume')
order by found_difference.site_id, fees.unit_order(bill.unit_no), found_difference.charge_kind
