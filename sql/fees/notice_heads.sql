/*  What the notices of a tower's month say once each: whom they are for, until when, and the sums.

    Grain:  one row per notice of the revision, of one part of so many parts of the tower.
    Rerun:  safe; only reads what is frozen.
    Rules:  BIL-19 a correction names the notice that it replaces, of which its red and blue are. BIL-13 a notice over
            nothing does not say how to pay (付款说明).  */
with wording as (
    select distinct on (place)
        place,
        sentence
    from fees.wording
    where
        site_id in (%(site_id)s, '*')
        and valid_from <= %(base_on)s::date + 19
        and recorded_at <= %(known_at)s
        and %(known_at)s < superseded_at
    order by place, site_id = '*', valid_from desc
)

select
    notice.notice_no,
    notice.contract_no,
    notice.revision,
    notice.released_on,
    notice.due_on,
    notice.payable_amount,
    notice.base_on,
    tower.tower_name,
    tower.contact,
    tower.objection_days,
    tower.owner_payee_id,
    tower.property_payee_id,
    bill.unit_no,
    bill.tenant_name,
    bill.opening_amount,
    bill.charge_amount,
    bill.late_fee_amount,
    bill.correction_amount,
    bill.credit_brought,
    bill.credit_applied,
    original.notice_no as original_no,
    original.payable_amount as original_amount,
    coalesce(
        (
            select array_agg(wording.sentence order by wording.place)
            from wording
            where wording.place <> '付款说明' or notice.payable_amount > 0
        ),
        '{}'
    ) as sentences
from fees.notice
inner join lateral (
    select before.*
    from fees.notice as before
    where
        before.site_id = notice.site_id
        and before.base_on = notice.base_on
        and before.contract_no = notice.contract_no
        and (before.revision < notice.revision or before.revision = 1)
    order by before.revision desc
    limit 1
) as original on true
inner join fees.bill
    on
        notice.site_id = bill.site_id
        and notice.base_on = bill.base_on
        and notice.contract_no = bill.contract_no
inner join fees.tower
    on
        notice.site_id = tower.site_id
        and tower.recorded_at <= %(known_at)s
        and %(known_at)s < tower.superseded_at
where
    notice.site_id = %(site_id)s
    and notice.base_on = %(base_on)s
    and notice.revision = %(revision)s
    and notice.sequence_no %% %(parts)s = %(part)s
order by notice.sequence_no
