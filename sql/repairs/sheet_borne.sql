/*  The sheet 公司承担(B类): what the company pays, what was taken back from contractors among it.

    Grain:  one row per order that is settled.
    Rerun:  safe; only reads what was known at `known_at`; of what is certified a preview knows nothing.
    Rules:  WA-D8 class B is certified, too; WAR-06 others' causes; WAR-16 what was taken back, with its own approval.  */
select
    known.order_no,
    known.project_name,
    known.place_text,
    known.component,
    known.defect,
    concat_ws(' ', known.cause, known.inspection_no) as cause_text,
    concat(
        known.class_reason, case when known.given_class = 'A' then '（原报A类）' end,
        case when planned.entry_kind = '转公司承担' then '（冲回转入）' end
    ) as reason_text,
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
    known.certified_on,
    planned.company_amount,
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
    and planned.entry_kind in ('结算', '转公司承担')
    and planned.contractor_id = ''
order by planned.line_no
