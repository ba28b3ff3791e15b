/*  The sheets 今日应跟进, 已逾期 and 即将失效 of the 每日客户跟进表: whom each consultant has to see to.

    Grain:  one row per customer of the kind that is asked for.
    Rerun:  safe; only reads.
    Rules:  SA-B4; SA-B3 for what ends soon. Full names and numbers: it goes to the owner and his manager alone (SAL-21).  */
select
    followup.consultant_id,
    coalesce(staff.consultant_name, followup.consultant_id, '—') as consultant_name,
    coalesce(nullif(followup.customer_name, ''), '未登记姓名') as customer_name,
    followup.phones as phone,
    followup.source,
    followup.registered_at::date as registered_on,
    followup.valid_until as valid_until_on,
    followup.protected_until as protected_until_on,
    followup.touched_at,
    followup.last_content,
    followup.due_on,
    followup.late_days as late_count,
    (followup.detail ->> 'left_days')::integer as left_count,
    followup.intent
from sales.followup
left join
    sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as staff
    on followup.consultant_id = staff.consultant_id
where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
    and followup.kind = %(kind)s
order by consultant_name, followup.consultant_id, followup.due_on, followup.touched_at, followup.item_no
