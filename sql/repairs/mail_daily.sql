/*  The letter that brings the 维修工单日报: the variables of templates/repairs/daily.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  outputs 0; the figures are those of the cover.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as day_on,
        run.reason,
        run.requested_by,
        company.company_name,
        company.contact
    from ops.artifact
    inner join ops.run on artifact.run_id = run.run_id
    inner join repairs.company
        on
            artifact.site_id = company.site_id
            and company.recorded_at <= artifact.known_at
            and artifact.known_at < company.superseded_at
    where artifact.artifact_id = %(artifact_id)s
)

select
    '维修日报' as title,
    document.company_name as scope_text,
    concat(
        document.day_on, '(周', substr('一二三四五六日', extract(isodow from document.day_on)::integer, 1), ')'
    ) as period_text,
    concat(
        case when document.revision > 1 then concat('第', document.revision, '版 ') end, '在办', counted.order_count, '单 待审批',
        counted.waiting_count, '单 超时效', counted.overdue_count, '单 待发函', counted.to_send_count, '份'
    ) as headline,
    concat(
        '这是', document.company_name, document.day_on, '的维修工单日报，供客户服务部、审计核算部、工程材料部和各级审批人核对。'
    ) as about,
    jsonb_build_array(
        jsonb_build_array('在办工单 A类/B类', concat(counted.a_count, ' / ', counted.b_count)),
        jsonb_build_array(
            '待审批(元)', concat(counted.waiting_count, '单 ', to_char(counted.waiting_amount, 'FM999,999,999,990.00'))
        ),
        jsonb_build_array('待发函', counted.to_send_count::text),
        jsonb_build_array('待答复（已升级）', concat(counted.unanswered_count, '（', counted.escalated_count, '）')),
        jsonb_build_array('超时效工单', counted.overdue_count::text),
        jsonb_build_array('拆单预警组数', counted.group_count::text),
        jsonb_build_array(
            '待月末入账(元)', concat(counted.booking_count, '单 ', to_char(counted.booking_amount, 'FM999,999,999,990.00'))
        )
    ) as figures,
    concat(
        case when counted.waiting_count > 0 then '请各级审批人在系统“待操作”中答复，意见必填（只签名无效）；' end,
        case when counted.to_send_count > 0 then '请责任部门按“待发函”发函；' end,
        '请各部门按“超时效”“异常”处理，补报的资料次日生效。'
    ) as action,
    regexp_replace(coalesce(document.file_path, ''), '^.*/', '') as file_name,
    left(coalesce(document.sha256, ''), 8) as file_code,
    concat('第', document.revision, '版', case when document.revision > 1 then '(更正)' end) as revision_text,
    document.as_of_on::text as as_of_on,
    to_char(document.known_at, 'YYYY-MM-DD HH24:MI') as known_text,
    '客户服务部 ' || document.contact as contact,
    case
        when document.revision > 1
            then
                (
                    select
                        jsonb_build_object(
                            'replaces',
                            concat('第', before.revision, '版（', to_char(before.issued_at, 'YYYY-MM-DD HH24:MI'), '）'),
                            'reason', coalesce(nullif(document.reason, ''), '资料更正'),
                            'asked_by', document.requested_by
                        )
                    from ops.artifact as before
                    where
                        before.document_kind = document.document_kind
                        and before.site_id = document.site_id
                        and before.period = document.period
                        and before.revision = document.revision - 1
                )
    end as correction
from document
cross join lateral repairs.day_counts(document.site_id, document.day_on, document.known_at) as counted
