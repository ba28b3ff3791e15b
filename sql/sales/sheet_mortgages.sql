/*  The sheet 按揭进度: loans that are not paid out at the period's end, or were in the period; where each one lies.

    Grain:  one row per contract and kind of loan.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  SAL-12 approved and not paid out is no receipt; the days of stay count from the last stage reached.  */
with loan as (
    select
        mortgage.*,
        contract.unit_no as place_no,
        contract.signed_on,
        case when mortgage.complete_on <= %(last_on)s then mortgage.complete_on end as complete_by,
        case when mortgage.submitted_on <= %(last_on)s then mortgage.submitted_on end as submitted_by,
        case when mortgage.approved_on <= %(last_on)s then mortgage.approved_on end as approved_by,
        case when mortgage.paid_on <= %(last_on)s then mortgage.paid_on end as paid_by
    from sales.contract_at(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as contract
    inner join sales.mortgage
        on
            contract.site_id = mortgage.site_id
            and contract.contract_no = mortgage.contract_no
            and mortgage.recorded_at <= %(known_at)s
            and %(known_at)s < mortgage.superseded_at
    where contract.cancelled_on is null
)

select
    loan.place_no as unit_no,
    loan.contract_no,
    loan.bank_name,
    loan.loan_kind,
    loan.amount,
    loan.signed_on,
    loan.complete_by as complete_on,
    loan.submitted_by as submitted_on,
    loan.approved_by as approved_on,
    loan.paid_by as paid_on,
    case
        when loan.paid_by is not null then '已放款'
        when loan.approved_by is not null then '待放款'
        when loan.submitted_by is not null then '待批贷'
        when loan.complete_by is not null then '待送审'
        else '待资料'
    end as stage,
    case
        when loan.paid_by is null
            then %(last_on)s - coalesce(loan.approved_by, loan.submitted_by, loan.complete_by, loan.signed_on)
    end as stay_days,
    case when loan.paid_by is null then loan.amount end as unpaid_amount,
    sales.masked_text(loan.reason) as reason
from loan
where loan.paid_by is null or loan.paid_by >= %(starts_on)s
order by loan.paid_by is not null, stay_days desc, loan.contract_no, loan.loan_kind
