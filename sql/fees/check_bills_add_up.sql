/*  Finds bills whose parts do not add up, and contracts in force that have neither a bill nor a named reason.

    Grain:  one row per offending contract.
    Rerun:  safe; only reads.
    Rules:  OPS-10 notices and named exceptions make up all contracts; lines sum to the bill, the bill to what is payable.
    Method: no join between two lists of bills: bills that were just written have no statistics yet, and the planner would
            take them for one row and loop over them.  */
with run as (
    select
        run_id,
        known_at,
        as_of_on
    from ops.run
    where run_id = %(run_id)s
),

billed as (
    select bill.*
    from run
    inner join fees.open_scope on run.run_id = open_scope.run_id
    inner join fees.bill on open_scope.site_id = bill.site_id and open_scope.base_on = bill.base_on
),

summed as (
    select
        billed.contract_no,
        billed.charge_amount,
        coalesce(sum(bill_line.amount), 0) as line_amount
    from billed
    left join fees.bill_line
        on
            billed.site_id = bill_line.site_id
            and billed.base_on = bill_line.base_on
            and billed.contract_no = bill_line.contract_no
    group by billed.contract_no, billed.charge_amount
)

select
    concat(
        '合同', summed.contract_no, '的明细合计', summed.line_amount, '元，与应收', summed.charge_amount,
        '元不符。请联系系统管理员，并附上本次运行编号。'
    ) as problem
from summed
where summed.line_amount <> summed.charge_amount

union all

select
    concat(
        '合同', contract_no, '：期初', opening_amount, '+本期', charge_amount, '+红蓝字', correction_amount,
        '+违约金', late_fee_amount, '-预收抵扣', credit_applied, '，不等于应缴', payable_amount,
        '。请联系系统管理员，并附上本次运行编号。'
    )
from billed
where
    opening_amount + charge_amount + correction_amount + late_fee_amount - credit_applied
    <> payable_amount
    and opening_amount + charge_amount + correction_amount + late_fee_amount > 0

union all

select concat('合同', contract.contract_no, '在期内有效，却既没有账单也没有未出单的原因。请联系系统管理员，并附上本次运行编号。')
from run
inner join fees.open_scope on run.run_id = open_scope.run_id
inner join fees.contract
    on
        open_scope.site_id = contract.site_id
        and contract.starts_on <= run.as_of_on
        and contract.ends_on >= open_scope.base_on
        and contract.recorded_at <= run.known_at
        and run.known_at < contract.superseded_at
where contract.contract_no not in (select billed.contract_no from billed)
order by 1
