/*  The sheet 扣款明细(A类): what the month takes from deposits or claims from contractors, in the order of booking.

    Grain:  one row per order that is settled.
    Rerun:  safe; only reads what was known at `known_at`; of what is certified a preview knows nothing.
    Rules:  WA-D9, WAR-09 what the deposit does not cover is claimed, WAR-19 a shared cause, WAR-21 a management charge.  */
select
    known.order_no,
    known.project_name,
    known.place_text,
    known.contractor_name,
    known.contract_no,
    known.supplement_no,
    known.defect,
    concat_ws(' ', known.cause, known.inspection_no) as cause_text,
    known.reported_on,
    known.inspected_on,
    known.approved_text,
    known.started_on,
    known.completed_on,
    known.signed_on,
    known.called_back_on,
    known.estimate_amount,
    known.account_amount,
    planned.amount as settled_amount,
    known.audited_by,
    known.asked_on,
    known.confirm_text,
    known.certified_on,
    nullif(planned.management_amount, 0) as management_amount,
    -planned.deposit_amount as deducted_amount,
    planned.claim_amount as claimed_amount,
    nullif(planned.company_amount, 0) as company_amount,
    planned.balance_before as before_amount,
    planned.balance_after as after_amount,
    entry.entry_no
from repairs.planned
inner join
    repairs.known_order(
        'deposit_chargebacks', %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(is_preview)s::boolean
    ) as known
    on planned.order_no = known.order_no
left join repairs.entry
    on
        not %(is_preview)s
        and planned.site_id = entry.site_id
        and planned.base_on = entry.base_on
        and planned.entry_kind = entry.entry_kind
        and planned.order_no = entry.order_no
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(starts_on)s
    and planned.entry_kind = '结算'
    and planned.contractor_id <> ''
order by planned.line_no
