/*  What the notices of a tower's month say once each: whom they are for, until when, and the sums.

    Grain:  one row per notice of the revision, of one part of so many parts of the tower.
    Rerun:  safe; only reads what is frozen.  */
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
    coalesce((select array_agg(wording.sentence order by wording.place) from wording), '{}') as sentences
from fees.notice
inner join fees.notice as original
    on
        notice.site_id = original.site_id
        and notice.base_on = original.base_on
        and notice.contract_no = original.contract_no
        and original.revision = 1
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
