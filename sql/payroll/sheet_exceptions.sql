/*  The sheet 异常 of the 工资扣款核对表: what is missing before a wage can be reckoned, and papers about fines that do not fit.

    Grain:  one row per person with something missing, per region, and per paper.
    Rerun:  safe; only reads what was known at `known_at`.
    Privacy: the letter repeats the first lines: no figure of a wage stands in 问题.  */
with previous as (
    select coalesce(max(result.known_at), '-infinity') as known_at
    from ops.result
    where
        result.workflow = 'monthly_attendance'
        and result.site_id = %(site_id)s
        and result.base_on < %(starts_on)s
        and result.known_at < %(known_at)s
),

deduction as materialized (
    select deduction.*
    from attendance.wage_deduction(%(site_id)s, %(starts_on)s, %(known_at)s) as deduction
),

-- what is said of this month's papers is what the sheet and its ledger knew, also in a further edition
sheet as (
    select edition.known_at
    from attendance.edition('monthly_attendance', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
),

ledger as materialized (
    select fine_entry.*
    from attendance.fine_entry
    inner join ops.run on fine_entry.run_id = run.run_id
    where
        fine_entry.site_id = %(site_id)s
        and fine_entry.month_on <= %(starts_on)s
        and run.known_at <= %(known_at)s
),

-- whose papers are this site's matter
person as materialized (
    select deduction.employee_id from deduction
    union
    select ledger.employee_id from ledger
),

waived as (
    select
        ledger.employee_id,
        ledger.source_no,
        -sum(ledger.amount) as amount
    from ledger
    where
        ledger.entry_kind = '减免'
        or (ledger.entry_kind = '上月调整' and ledger.fine_kind not in ('考勤', '制度罚款'))
    group by ledger.employee_id, ledger.source_no
),

executed as (
    select
        ledger.employee_id,
        ledger.source_no,
        -sum(ledger.amount) as amount
    from ledger
    where ledger.fine_kind = '制度罚款'
    group by ledger.employee_id, ledger.source_no
),

paid as materialized (
    select
        fine_execution.employee_id,
        fine_execution.month_on,
        sum(fine_execution.amount) as amount,
        max(fine_execution.confirmed_on) as confirmed_on
    from person
    inner join attendance.fine_execution on person.employee_id = fine_execution.employee_id
    cross join previous
    where
        fine_execution.decision = '已执行'
        and fine_execution.month_on < %(starts_on)s
        and fine_execution.recorded_at <= %(known_at)s
        and %(known_at)s < fine_execution.superseded_at
    group by fine_execution.employee_id, fine_execution.month_on
    having max(fine_execution.recorded_at) > min(previous.known_at)
),

-- as its newest edition said, a month at a time: wages may have come after the sheet
earlier as materialized (
    select
        paid_month.month_on,
        deduction.employee_id,
        deduction.deductible_amount
    from (select distinct paid.month_on from paid) as paid_month
    cross join
        lateral attendance.edition('monthly_attendance', %(site_id)s, paid_month.month_on, %(known_at)s) as edition
    cross join lateral (
        select coalesce(max(artifact.known_at), edition.known_at) as known_at
        from ops.artifact
        where
            artifact.document_kind = 'wage_deductions'
            and artifact.site_id = %(site_id)s
            and lower(artifact.period) = paid_month.month_on
            and artifact.known_at <= %(known_at)s
    ) as told
    cross join lateral attendance.wage_deduction(%(site_id)s, paid_month.month_on, told.known_at) as deduction
),

finding (rank, severity, employee_id, subject, problem, impact_amount, advice, first_seen_on, file_id, line_no) as (
    select
        1,
        '必须处理',
        deduction.employee_id,
        concat(deduction.employee_id, ' ', deduction.employee_name),
        concat(
            fault.words, case when fault.words like '%%工资%%' then '，相关金额以“—”列示，没有计算' else '，罚款由本月承担' end
        ),
        nullif(deduction.fine_amount - deduction.settled_amount, 0),
        case
            when fault.words like '%%工资%%' then '请人事补报《工资标准》，再用“重算”重出；定稿后的出更正版，考勤月报表不变'
            else '请人事核对该员工的任职与罚款'
        end,
        %(last_on)s::date,
        null::integer,
        null::integer
    from deduction
    cross join lateral (
        select string_agg(each.words, '、' order by each.nth) as words
        from unnest(deduction.faults) with ordinality as each (words, nth)
        where each.words not like '%%地区%%'
    ) as fault
    where fault.words is not null
    union all
    select
        2,
        '必须处理',
        '',
        concat('案场', %(site_id)s::text),
        concat(fault.words, '，', count(*), '人的扣款上限没有计算，不采用任何默认值'),
        nullif(sum(deduction.fine_amount - deduction.settled_amount), 0),
        '请在案场登记表填写地区，并补报《工资扣款参数》，再用“重算”重出；定稿后的出更正版，考勤月报表不变',
        %(last_on)s,
        null,
        null
    from deduction
    cross join lateral unnest(deduction.faults) as fault (words)
    where fault.words like '%%地区%%'
    group by fault.words
    union all
    select
        3,
        '请核对',
        deduction.employee_id,
        concat(deduction.employee_id, ' ', deduction.employee_name),
        '应发工资低于当地最低工资，不得扣罚款',
        null,
        '请薪酬核对应发工资是否齐全',
        %(last_on)s,
        null,
        null
    from deduction
    where deduction.payable_wage_amount < deduction.minimum_wage_amount
    union all
    select
        4,
        '请核对',
        deduction.employee_id,
        concat(deduction.employee_id, ' ', deduction.employee_name),
        '制度罚款合计为负：以前月份多计的罚款退回',
        deduction.fine_amount - deduction.settled_amount,
        '已经扣过的请退还本人，并登记',
        %(last_on)s,
        null,
        null
    from deduction
    where deduction.fine_amount - deduction.settled_amount < 0
    union all
    select
        5,
        '请核对',
        deduction.employee_id,
        concat(deduction.employee_id, ' ', deduction.employee_name),
        '本月在其他案场也有罚款或赔偿，扣款上限按人合计',
        deduction.taken_amount - deduction.charge_amount,
        '请与另一案场的核对表一并核对',
        %(last_on)s,
        null,
        null
    from deduction
    where deduction.taken_amount > deduction.charge_amount
    union all
    -- papers that came since the month before, or are about this one
    select
        6,
        '请核对',
        fine_waiver.employee_id,
        concat('减免单', fine_waiver.waiver_no),
        concat(
            fine_waiver.employee_id, ' ', fine_waiver.event_on, ' ', fine_waiver.fine_kind,
            case when fine_waiver.slip_no is not null then concat(' 单', fine_waiver.slip_no) end,
            case
                when coalesce(waived.amount, 0) = 0 then '：没有对应的罚款，未减免'
                else '：超过该日该项罚款，只减免到罚款额'
            end
        ),
        fine_waiver.amount - coalesce(waived.amount, 0),
        '请核对减免单的日期、类型和单号；确为下月计入的罚款，下月自动减免',
        fine_waiver.approved_on,
        fine_waiver.file_id,
        fine_waiver.line_no
    from person
    inner join attendance.fine_waiver on person.employee_id = fine_waiver.employee_id
    cross join previous
    cross join sheet
    left join waived
        on
            fine_waiver.employee_id = waived.employee_id
            and fine_waiver.waiver_no = waived.source_no
    where
        fine_waiver.status = '批准'
        and fine_waiver.event_on <= %(last_on)s
        and (fine_waiver.event_on >= %(starts_on)s or fine_waiver.recorded_at > previous.known_at)
        and fine_waiver.recorded_at <= sheet.known_at
        and sheet.known_at < fine_waiver.superseded_at
        and coalesce(waived.amount, 0) < coalesce(fine_waiver.amount, 0.01)
    union all
    select
        7,
        '请核对',
        fine_execution.employee_id,
        concat('执行单', fine_execution.execution_no),
        concat(
            fine_execution.employee_id, ' ', to_char(fine_execution.month_on, 'YYYY-MM'), '罚款', fine_execution.decision,
            '：超过未结的罚款，只记到未结额'
        ),
        fine_execution.amount - coalesce(executed.amount, 0),
        '请核对执行单的月份和金额；多扣的请退还本人',
        fine_execution.confirmed_on,
        fine_execution.file_id,
        fine_execution.line_no
    from person
    inner join attendance.fine_execution on person.employee_id = fine_execution.employee_id
    cross join previous
    cross join sheet
    left join executed
        on
            fine_execution.employee_id = executed.employee_id
            and fine_execution.execution_no = executed.source_no
    where
        fine_execution.decision in ('不执行', '已执行')
        and fine_execution.month_on <= %(starts_on)s
        and (fine_execution.month_on = %(starts_on)s or fine_execution.recorded_at > previous.known_at)
        and fine_execution.recorded_at <= sheet.known_at
        and sheet.known_at < fine_execution.superseded_at
        and coalesce(executed.amount, 0) < coalesce(fine_execution.amount, 0.01)
    union all
    -- paid out of the wage of an earlier month, and more than its sheet let it bear
    select
        8,
        '请核对',
        paid.employee_id,
        concat(paid.employee_id, ' ', to_char(paid.month_on, 'YYYY-MM')),
        '登记为已执行的罚款超过该月核对表的可扣额',
        paid.amount - coalesce(earlier.deductible_amount, 0),
        '从工资里扣的，超出部分请退还；另行缴纳的请在执行单注明',
        paid.confirmed_on,
        null,
        null
    from paid
    inner join earlier on paid.month_on = earlier.month_on and paid.employee_id = earlier.employee_id
    where paid.amount > coalesce(earlier.deductible_amount, 0)
    union all
    select
        9,
        '提示',
        fine_execution.employee_id,
        concat('执行单', fine_execution.execution_no),
        concat(
            fine_execution.employee_id, ' ', to_char(fine_execution.month_on, 'YYYY-MM'), '的罚款在该月定稿后才确认，没有自动扣款'
        ),
        fine_execution.amount,
        '从本月工资扣的，与本月罚款合计不得超过本月扣款上限；执行后请登记“已执行”',
        fine_execution.confirmed_on,
        fine_execution.file_id,
        fine_execution.line_no
    from person
    inner join attendance.fine_execution on person.employee_id = fine_execution.employee_id
    cross join previous
    where
        fine_execution.decision = '已确认'
        and fine_execution.month_on < %(starts_on)s
        and fine_execution.recorded_at > previous.known_at
        and fine_execution.recorded_at <= %(known_at)s
        and %(known_at)s < fine_execution.superseded_at
)

select
    finding.severity,
    finding.subject,
    finding.problem,
    finding.impact_amount,
    finding.advice,
    '人事薪酬' as department,
    null::text as person,
    null::date as due_on,
    finding.first_seen_on,
    greatest(%(last_on)s::date - finding.first_seen_on, 0) as lasting_days,
    '未处理' as state,
    landing_file.file_name,
    finding.line_no
from finding
left join ops.landing_file on finding.file_id = landing_file.file_id
order by finding.rank, finding.employee_id, finding.subject
