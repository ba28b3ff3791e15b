/*  The sheet 待催款 of the 每日客户跟进表: instalments that are due, under who keeps the customer now.

    Grain:  one row per instalment.
    Rerun:  safe; only reads.
    Rules:  SA-B7; SAL-11 under the current owner; SAL-14 what is due today is listed and not overdue.  */
select
    followup.consultant_id,
    coalesce(staff.consultant_name, followup.consultant_id, '—') as consultant_name,
    followup.customer_name,
    followup.phones as phone,
    followup.detail ->> 'unit_no' as unit_text,
    followup.detail ->> 'contract_no' as contract_text,
    followup.detail ->> 'instalment_kind' as instalment_kind,
    followup.due_on,
    followup.late_days as late_count,
    followup.detail ->> 'bucket' as bucket,
    (followup.detail ->> 'due_amount')::numeric as due_amount,
    (followup.detail ->> 'paid_amount')::numeric as paid_amount,
    followup.amount as open_amount
from sales.followup
left join
    sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz) as staff
    on followup.consultant_id = staff.consultant_id
where followup.site_id = %(site_id)s and followup.base_on = %(last_on)s
    and followup.kind = '待催款'
order by consultant_name, followup.consultant_id, followup.due_on, followup.item_no
