/*  Finds what a month planned and did not book, before the month is released and closed.

    Grain:  one row per contractor.
    Rerun:  safe; only reads.
    Rules:  the summary says what stands in the ledger; a month closes when all of it is booked.  */
select
    format(
        '%%s有%%s笔尚未入账，不能发布本月汇总。请先处理“入账”步骤的问题，再清除重跑。',
        coalesce(max(contractor.contractor_name), '公司承担部分'), count(*)
    ) as problem
from repairs.planned
left join repairs.contractor
    on planned.contractor_id = contractor.contractor_id and contractor.superseded_at = 'infinity'
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(base_on)s
    and not exists (
        select from repairs.entry
        where
            entry.site_id = planned.site_id
            and entry.base_on = planned.base_on
            and entry.entry_kind = planned.entry_kind
            and entry.order_no = planned.order_no
            and entry.movement_no = planned.movement_no
    )
group by planned.contractor_id
