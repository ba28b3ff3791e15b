/*  The sheet 拆单预警: orders for the same place, defect and contractor that make up a group.

    Grain:  one row per order of a group.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-03 the group takes the level of its sum; WAR-20 two orders for one defect are both kept.  */
select
    known.group_no,
    known.order_no,
    known.place_text,
    known.defect,
    nullif(known.contractor_name, '') as contractor_name,
    known.reported_on,
    known.amount,
    known.amount_basis,
    known.group_amount,
    concat('第', known.level_no, '级') as level_text,
    case when known.approved_level = 0 then '未审批' else concat('第', known.approved_level, '级') end as approved_text,
    case
        when known.approved_level >= known.level_no then '已按合计审批'
        else concat('须补第', known.level_no, '级审批')
    end as hint
from
    repairs.known_order(
        %(workflow)s::text, %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, true
    ) as known
where known.group_no is not null
order by known.group_no, known.reported_on, known.order_no
