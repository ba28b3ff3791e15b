/*  The letter that brings a 工资扣款核对表: the variables of templates/payroll/deductions.

    Grain:  one row.
    Rerun:  safe; only reads what was known to the run that issued the document.
    Privacy: a letter is read on telephones and forwarded: it counts people and days and adds up fines, which the month sheet
            shows anyway; no figure from which a wage could be told stands in it.  */
with document as materialized (
    select head.*
    from attendance.letter_head(%(artifact_id)s) as head
),

total as (
    select
        count(*) as person_count,
        count(*) filter (where deduction.faults <> '{}') as fault_count,
        count(*) filter (where deduction.absent_days > 0) as absent_count,
        count(*) filter (where deduction.withheld_amount > 0) as withheld_count,
        coalesce(sum(deduction.absent_days), 0) as absent_days,
        coalesce(sum(deduction.fine_amount), 0) as fine_amount,
        coalesce(sum(deduction.pending_amount), 0) as pending_amount
    from document
    cross join lateral attendance.wage_deduction(document.site_id, document.starts_on, document.known_at) as deduction
)

select
    '工资扣款核对表' as title,
    document.scope_text,
    to_char(document.starts_on, 'YYYY"年"FMMM"月"') as period_text,
    concat(
        total.person_count, '人 旷工', trim_scale(total.absent_days), '天 制度罚款', to_char(total.fine_amount, 'FM999,999,990.00'),
        '元 待补资料', total.fault_count, '人'
    ) as headline,
    concat('这是', document.scope_text, '的工资扣款核对表，按考勤月报表定稿编制，只供人事薪酬和财务核对工资，请勿转发案场。') as about,
    jsonb_build_array(
        jsonb_build_array('人数', total.person_count::text),
        jsonb_build_array('旷工（缺勤减发）', concat(total.absent_count, '人 ', trim_scale(total.absent_days), '天')),
        jsonb_build_array('制度罚款合计(元)', to_char(total.fine_amount, 'FM999,999,990.00')),
        jsonb_build_array('其中待人事/法务确认(元)', to_char(total.pending_amount, 'FM999,999,990.00')),
        jsonb_build_array('超过扣款上限', concat(total.withheld_count, '人')),
        jsonb_build_array('资料不全、没有计算', concat(total.fault_count, '人'))
    ) as figures,
    case
        when total.fault_count > 0
            then '请人事薪酬在发薪前补报“异常”页所缺的工资标准或扣款参数，并按“处理意见”逐人核对；缺勤减发与罚款分开处理。'
        else '请人事薪酬在发薪前按“处理意见”逐人核对；缺勤减发与罚款分开处理，“不得扣”的不从工资扣除；执行后登记“罚款执行登记”。'
    end as action,
    document.file_name,
    document.file_code,
    case when document.revision > 1 then concat('第', document.revision, '版(更正)') else '定稿' end as revision_text,
    document.as_of_on,
    document.known_text,
    document.contact,
    document.correction
from document
cross join total
