/*  The sheet 工资扣款核对: what unpaid time takes off a wage, and what of the fines it may bear; never in one column.

    Grain:  one row per person on the final month sheet, or with a fine that the month bears.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  ATT-17, ATT-18: attendance.wage_deduction. What is not known is empty, and the last columns say why.  */
select
    deduction.employee_id,
    deduction.employee_name,
    deduction.monthly_wage_amount,
    deduction.payable_wage_amount,
    deduction.daily_wage_amount,
    deduction.absent_days,
    deduction.absence_amount,
    nullif(deduction.adjusted_absent_days, 0) as adjusted_absent_days,
    deduction.adjusted_absence_amount,
    deduction.fine_amount,
    deduction.adjusted_fine_amount,
    nullif(deduction.settled_amount, 0) as settled_amount,
    nullif(deduction.charge_amount, 0) as charge_amount,
    deduction.region,
    deduction.minimum_wage_amount,
    deduction.cap_amount,
    deduction.deductible_amount,
    deduction.withheld_amount,
    deduction.pending_amount,
    concat_ws(
        '；',
        case when deduction.faults <> '{}' then '必须处理：' || array_to_string(deduction.faults, '、') end,
        case
            when deduction.payable_wage_amount < deduction.minimum_wage_amount then '应发工资低于当地最低工资，不得扣罚款'
        end,
        case
            when deduction.fine_amount - deduction.settled_amount < 0 then '制度罚款合计为负，冲减台账；已扣过的应退还'
            when deduction.deductible_amount > 0 and deduction.withheld_amount > 0 then '按上限扣，超出部分不得扣，留在罚款台账'
            when deduction.withheld_amount > 0 then '不得扣，留在罚款台账'
            when deduction.deductible_amount > 0 then '可扣'
        end,
        case when deduction.pending_amount > 0 then '待人事/法务确认，确认前不从工资扣除' end,
        case when deduction.settled_amount > 0 then '不执行或已另行缴纳的不再扣' end,
        case when deduction.charge_amount > 0 then '赔偿话费不是罚款，按劳动合同约定另行处理，先占扣款上限' end,
        case when deduction.taken_amount > deduction.charge_amount then '本月在其他案场也有罚款或赔偿，扣款上限按人合计' end,
        case when deduction.absent_days > 0 then '旷工不计薪' end,
        case when deduction.adjusted_absent_days <> 0 then '更正以前月份的旷工' end
    ) as opinion,
    coalesce(
        deduction.confirmed_text,
        case
            when deduction.pending_amount > 0 then '待人事/法务确认'
            when deduction.profile = '限额扣除' and deduction.fine_amount > deduction.settled_amount then '按地区规定限额扣除'
            when deduction.fine_amount <= deduction.settled_amount then '无须确认'
        end
    ) as confirmed_text
from attendance.wage_deduction(%(site_id)s, %(starts_on)s, %(known_at)s) as deduction
order by deduction.employee_id
