/*  The sheet 未计入跟进 of the 每日客户跟进表: follow-ups that were entered too late to count.

    Grain:  one row per follow-up, for a week from its entry.
    Rerun:  safe; only reads.
    Rules:  SAL-09.  */
select
    followup.consultant_id,
    coalesce(staff.consultant_name, followup.consultant_id, '—') as consultant_name,
    coalesce(nullif(followup.customer_name, ''), '—') as customer_name,
    followup.phones as phone,
    followup.touched_at as followed_at,
    followup.due_on,
    (followup.detail ->> 'entered_on')::date as entered_on,
    followup.late_days as late_count,
    followup.last_content
from sales.followup
left join
    sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as staff
    on followup.consultant_id = staff.consultant_id
where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
    and followup.kind = '未计入跟进'
order by consultant_name, followup.consultant_id, followup.touched_at, followup.item_no
