/*  The sheet 质保金退还时限: deposits whose return was asked for, by when to verify and to pay, and how much.

    Grain:  one row per request that is not paid, or was paid on the day.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-14; WA-D11 every department with a written opinion.  */
select
    terms.request_no,
    coalesce(contractor.contractor_name, terms.contractor_id) as contractor_name,
    terms.contract_no,
    terms.received_on,
    terms.verify_by_on,
    terms.pay_by_on,
    terms.pay_basis,
    terms.reminded_on,
    terms.deemed_on,
    terms.balance_amount,
    terms.reserved_amount,
    terms.disputed_amount,
    terms.charged_amount,
    terms.payable_amount,
    terms.missing_text,
    terms.quality_text,
    terms.cooperation_text,
    case
        when terms.paid_on is not null then concat(terms.paid_on, '已退还')
        when terms.is_deemed_accepted then concat(terms.deemed_on, '视为认可，应退还')
        when terms.pay_by_on < %(last_on)s then concat('逾期', %(last_on)s::date - terms.pay_by_on, '天未退还')
        when terms.missing_text is not null and terms.verify_by_on < %(last_on)s
            then concat('核实逾期', %(last_on)s::date - terms.verify_by_on, '天')
        when terms.missing_text is not null then concat('核实中，还有', terms.verify_by_on - %(last_on)s::date, '天')
        when terms.refused_count > 0 then '有部门不同意，请协商'
        else concat('待付款，还有', terms.pay_by_on - %(last_on)s::date, '天')
    end as state_text,
    coalesce(terms.late_return_clause, '合同没有约定') as late_clause
from repairs.release_terms(%(site_id)s::text, %(last_on)s::date, %(known_at)s::timestamptz) as terms
left join repairs.contractor
    on
        terms.contractor_id = contractor.contractor_id
        and contractor.recorded_at <= %(known_at)s
        and %(known_at)s < contractor.superseded_at
where terms.paid_on is null or terms.paid_on >= %(starts_on)s
order by terms.pay_by_on, terms.request_no
