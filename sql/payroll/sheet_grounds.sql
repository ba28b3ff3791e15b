/*  The sheet 计算依据 of the 工资扣款核对表: each deduction as a sentence with its figures, each fine with its clause.

    Grain:  one row per person and reckoning, and per entry of the month.
    Rerun:  safe; only reads what was known at `known_at`.  */
with deduction as materialized (
    select deduction.*
    from attendance.wage_deduction(%(site_id)s, %(starts_on)s, %(known_at)s) as deduction
),

terms as (
    select terms.*
    from attendance.wage_terms(%(site_id)s, %(starts_on)s, %(known_at)s) as terms
),

wage_line as (
    select
        wage.employee_id,
        wage.file_id,
        wage.line_no
    from attendance.wage
    where
        wage.month_on = %(starts_on)s
        and wage.recorded_at <= %(known_at)s
        and %(known_at)s < wage.superseded_at
),

money (format) as (
    values ('FM999,999,999,990.00')
),

ground as (
    select
        1 as rank,
        deduction.employee_id,
        null::date as sort_on,
        concat(deduction.employee_id, ' ', deduction.employee_name) as subject,
        '缺勤减发' as item,
        to_char(deduction.absence_amount, money.format) || '元' as outcome,
        concat(
            '月工资', to_char(deduction.monthly_wage_amount, money.format), '元×旷工', trim_scale(deduction.absent_days), '天÷',
            trim_scale(deduction.wage_days), '＝', to_char(deduction.absence_amount, money.format), '元（一次取整到分）'
        ) as reasoning,
        coalesce(terms.rule_set_name, '默认') as rule_book,
        coalesce(terms.clause, '月计薪天数21.75（人社部发〔2025〕2号）') as clause,
        terms.rule_id,
        terms.rule_from as rule_from_on,
        wage_line.file_id,
        wage_line.line_no,
        null::text as adjusted_by
    from deduction
    cross join terms
    cross join money
    left join wage_line on deduction.employee_id = wage_line.employee_id
    where deduction.absent_days > 0 and deduction.absence_amount is not null
    union all
    select
        2,
        deduction.employee_id,
        null,
        concat(deduction.employee_id, ' ', deduction.employee_name),
        '扣款上限',
        to_char(deduction.cap_amount, money.format) || '元',
        concat(
            '应发', to_char(deduction.payable_wage_amount, money.format), '元×', trim_scale(deduction.cap_rate * 100), '%%＝',
            to_char(round(deduction.payable_wage_amount * deduction.cap_rate, 2), money.format), '元；应发－最低工资',
            to_char(deduction.minimum_wage_amount, money.format), '元＝',
            to_char(deduction.payable_wage_amount - deduction.minimum_wage_amount, money.format), '元；取小，不低于0，为',
            to_char(deduction.cap_amount, money.format), '元',
            case when deduction.taken_amount > 0 then concat('，其中赔偿及其他案场先占', to_char(deduction.taken_amount, money.format), '元') end,
            '；应执行罚款', to_char(deduction.fine_amount - deduction.settled_amount, money.format), '元，可扣',
            to_char(deduction.deductible_amount, money.format), '元，不得扣', to_char(deduction.withheld_amount, money.format), '元',
            case when deduction.pending_amount > 0 then concat('，待确认', to_char(deduction.pending_amount, money.format), '元') end
        ),
        terms.region,
        terms.law,
        null,
        terms.valid_from,
        wage_line.file_id,
        wage_line.line_no,
        deduction.confirmed_text
    from deduction
    cross join terms
    cross join money
    left join wage_line on deduction.employee_id = wage_line.employee_id
    where deduction.fine_amount > deduction.settled_amount and deduction.cap_amount is not null
    union all
    select
        3,
        fine_entry.employee_id,
        fine_entry.event_on,
        concat(fine_entry.employee_id, ' ' || deduction.employee_name),
        concat(fine_entry.event_on, ' ', fine_entry.fine_kind),
        concat(fine_entry.entry_kind, to_char(fine_entry.amount, money.format), '元'),
        concat_ws('，', '单号' || nullif(fine_entry.source_no, ''), nullif(fine_entry.reason, '')),
        clause.rule_set_name,
        clause.clause,
        nullif(fine_entry.rule_id, ''),
        clause.valid_from,
        paper.file_id,
        paper.line_no,
        nullif(fine_entry.approver, '')
    from attendance.fine_entry
    inner join ops.run on fine_entry.run_id = run.run_id and run.known_at <= %(known_at)s
    cross join money
    left join deduction on fine_entry.employee_id = deduction.employee_id
    left join lateral (
        select
            stretch.rule_set_name,
            stretch.clause,
            stretch.valid_from
        from book.rule_stretch(%(site_id)s, %(known_at)s) as stretch
        where
            stretch.rule_id = fine_entry.rule_id
            and fine_entry.event_on between stretch.valid_from and stretch.valid_to
        order by stretch.parameter like '%%fine%%' desc, stretch.parameter
        limit 1
    ) as clause on true
    left join lateral (
        select
            conduct_slip.file_id,
            conduct_slip.line_no
        from attendance.conduct_slip
        where
            fine_entry.entry_kind = '罚款'
            and conduct_slip.slip_no = fine_entry.source_no
            and conduct_slip.recorded_at <= %(known_at)s
            and %(known_at)s < conduct_slip.superseded_at
        union all
        select
            fine_waiver.file_id,
            fine_waiver.line_no
        from attendance.fine_waiver
        where
            fine_entry.entry_kind = '减免'
            and fine_waiver.waiver_no = fine_entry.source_no
            and fine_waiver.recorded_at <= %(known_at)s
            and %(known_at)s < fine_waiver.superseded_at
        union all
        select
            fine_execution.file_id,
            fine_execution.line_no
        from attendance.fine_execution
        where
            fine_entry.entry_kind in ('不执行', '已执行')
            and fine_execution.execution_no = fine_entry.source_no
            and fine_execution.recorded_at <= %(known_at)s
            and %(known_at)s < fine_execution.superseded_at
        limit 1
    ) as paper on true
    where fine_entry.site_id = %(site_id)s and fine_entry.month_on = %(starts_on)s
)

select
    ground.subject,
    ground.item,
    ground.outcome,
    ground.reasoning,
    ground.rule_book,
    ground.clause,
    ground.rule_id,
    ground.rule_from_on,
    landing_file.file_name,
    ground.line_no,
    ground.adjusted_by,
    null::timestamptz as adjusted_at
from ground
left join ops.landing_file on ground.file_id = landing_file.file_id
order by ground.employee_id, ground.rank, ground.sort_on, ground.item
