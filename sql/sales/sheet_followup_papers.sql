/*  The sheet 当日成交资料未交 of the 每日客户跟进表: deals whose papers the manager has not got.

    Grain:  one row per subscription, or per contract once it is signed.
    Rerun:  safe; only reads.
    Rules:  the papers are handed in on the day of the deal; days late count from that day.  */
select
    followup.consultant_id,
    coalesce(staff.consultant_name, followup.consultant_id, '—') as consultant_name,
    followup.detail ->> 'deal_kind' as deal_kind,
    followup.detail ->> 'deal_no' as deal_text,
    followup.detail ->> 'unit_no' as unit_text,
    followup.customer_name,
    followup.phones as phone,
    followup.due_on,
    followup.amount as deal_amount,
    followup.late_days as late_count,
    case when followup.late_days = 0 then '当日须交' else '已逾期' end as state_text
from sales.followup
left join
    sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as staff
    on followup.consultant_id = staff.consultant_id
where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
    and followup.kind = '资料未交'
order by consultant_name, followup.consultant_id, followup.due_on, followup.item_no
