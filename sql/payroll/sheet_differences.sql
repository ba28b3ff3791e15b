/*  The sheet 差异 of a corrected 工资扣款核对表: figure by figure what it says otherwise than the revision before.

    Grain:  one row per person and figure that changed.
    Rerun:  safe; only reads what was known at the cut-offs of the two revisions.  */
with document as (
    select
        artifact.site_id,
        lower(artifact.period) as month_on,
        artifact.known_at,
        before.known_at as known_before,
        run.reason,
        run.requested_by
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    inner join ops.artifact as before
        on
            artifact.document_kind = before.document_kind
            and artifact.site_id = before.site_id
            and artifact.period = before.period
            and artifact.revision = before.revision + 1
    where artifact.artifact_id = %(artifact_id)s
),

said as (
    select
        edition.is_new,
        deduction.employee_id,
        deduction.employee_name,
        figure.line_no,
        figure.title,
        figure.amount
    from document
    cross join lateral (values (false, document.known_before), (true, document.known_at)) as edition (is_new, known_at)
    cross join lateral attendance.wage_deduction(document.site_id, document.month_on, edition.known_at) as deduction
    cross join
        lateral (
            values
            (1, '月工资标准', deduction.monthly_wage_amount),
            (2, '应发工资', deduction.payable_wage_amount),
            (3, '旷工天数', deduction.absent_days),
            (4, '缺勤减发', deduction.absence_amount),
            (5, '上月调整减发', deduction.adjusted_absence_amount),
            (6, '制度罚款合计', deduction.fine_amount),
            (7, '赔偿话费', deduction.charge_amount),
            (8, '扣款上限', deduction.cap_amount),
            (9, '可扣', deduction.deductible_amount),
            (10, '不得扣', deduction.withheld_amount),
            (11, '待人事/法务确认', deduction.pending_amount)
        ) as figure (line_no, title, amount)
),

compared as (
    select
        said.employee_id,
        max(said.employee_name) as employee_name,
        said.line_no,
        said.title,
        bool_and(said.is_new) as is_added,
        not bool_or(said.is_new) as is_gone,
        max(said.amount) filter (where not said.is_new) as old_amount,
        max(said.amount) filter (where said.is_new) as new_amount
    from said
    group by said.employee_id, said.line_no, said.title
)

select
    concat(compared.employee_id, ' ', compared.employee_name) as subject,
    null::text as slip_number,
    compared.title as item,
    trim_scale(compared.old_amount)::text as old_value,
    trim_scale(compared.new_amount)::text as new_value,
    case when compared.title <> '旷工天数' then compared.new_amount - compared.old_amount end as delta_amount,
    case when compared.is_added then '新增' when compared.is_gone then '取消' else '变更' end as change_kind,
    coalesce(nullif(document.reason, ''), '资料补到或更正') as reason,
    null::text as source,
    document.requested_by as proposed_by,
    null::text as approved_by,
    '随本版邮件通知' as is_notified
from compared
cross join document
where compared.old_amount is distinct from compared.new_amount
order by compared.employee_id, compared.line_no
