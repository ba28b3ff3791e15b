/*  Finds settlements that the deputy chief engineer did not certify at this amount.

    Grain:  one row per offender.
    Rerun:  safe; only reads what holds now: what came to light after the reckoning counts, too; what is booked has passed.
    Rules:  WA-D8 price and technique of both classes are certified.  */
select
    format('派工单%%s（%%s元）未经副总工程师认定，不能入账。请用“重算”重新提交认定。', planned.order_no, planned.amount) as problem
from repairs.planned
where
    planned.site_id = %(site_id)s
    and planned.base_on = %(base_on)s
    and planned.contractor_id = %(contractor_id)s
    and planned.entry_kind in ('结算', '转公司承担')
    and not exists (
        select from repairs.entry as booked
        where
            booked.site_id = planned.site_id
            and booked.base_on = planned.base_on
            and booked.contractor_id = planned.contractor_id
    )
    and not exists (
        select from repairs.certification
        where
            certification.order_no = planned.order_no
            and certification.verdict = '认定'
            and certification.certified_amount = planned.amount
            and certification.superseded_at = 'infinity'
    )
