/*  The sheet 差异 of a corrected 一周奖罚公布: figure by figure what it says otherwise than the revision before.

    Grain:  one row per person and figure that changed.
    Rerun:  safe; only reads the lines of the two revisions.  */
with document as (
    select
        artifact.site_id,
        lower(artifact.period) as base_on,
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
        told.is_new,
        reward_line.employee_id,
        reward_line.employee_name,
        figure.*
    from document
    cross join lateral (values (false, document.known_before), (true, document.known_at)) as told (is_new, known_at)
    cross join
        lateral attendance.edition('weekly_rewards', document.site_id, document.base_on, told.known_at) as edition
    inner join attendance.reward_line
        on
            document.site_id = reward_line.site_id
            and document.base_on = reward_line.base_on
            and edition.revision = reward_line.revision
    cross join
        lateral (
            values
            (1, '迟到', reward_line.late_count::numeric),
            (2, '旷工', reward_line.absent_days),
            (3, '违纪', reward_line.conduct_count),
            (4, '罚款', reward_line.fine_amount),
            (5, '表扬', reward_line.praise_count),
            (6, '接待', reward_line.reception_count),
            (7, '成交', reward_line.deal_count)
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
    compared.employee_name as subject,
    null::text as slip_number,
    compared.title as item,
    trim_scale(compared.old_amount)::text as old_value,
    trim_scale(compared.new_amount)::text as new_value,
    case when compared.title = '罚款' then compared.new_amount - compared.old_amount end as delta_amount,
    case when compared.is_added then '新增' when compared.is_gone then '取消' else '变更' end as change_kind,
    coalesce(nullif(document.reason, ''), '资料补到，按制度重新判定') as reason,
    '以考勤日报为准' as source,
    document.requested_by as proposed_by,
    '—' as approved_by,
    '随本版邮件通知' as is_notified
from compared
cross join document
where compared.old_amount is distinct from compared.new_amount
order by compared.employee_id, compared.line_no
