/*  The sheet 暂存现金 of the 每日客户跟进表: customers' money outside finance.

    Grain:  one row per holding.
    Rerun:  safe; only reads.
    Rules:  SA-B6 a consultant keeps none; a manager, in all and for so long, as the rule book says. Hours to the end of the day.  */
select
    followup.consultant_id,
    followup.detail ->> 'holder_kind' as holder_kind,
    coalesce(staff.consultant_name, followup.consultant_id) as consultant_name,
    followup.item_no as holding_text,
    followup.amount as held_amount,
    (followup.detail ->> 'held_at')::timestamptz as held_at,
    (followup.detail ->> 'due_at')::timestamptz as due_at,
    (followup.detail ->> 'handed_at')::timestamptz as handed_at,
    (followup.detail ->> 'held_hours')::numeric as held_hours,
    case when (followup.detail ->> 'is_wrong')::boolean then '不符' else '正常' end as verdict,
    followup.detail ->> 'state_text' as state_text
from sales.followup
left join
    sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as staff
    on followup.consultant_id = staff.consultant_id
where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
    and followup.kind = '暂存现金'
order by holder_kind desc, consultant_name, held_at, followup.item_no
