/*  The sheet 审批记录 of the 维修扣款汇总: who approved repairs, who certified the list, who decided, with which opinions.

    Grain:  one row per approver, level and duty; per certifier and opinion; per decision.
    Rerun:  safe; only reads what was known at `known_at`, and what was certified and decided about the month.
    Rules:  WA-D6 the opinion is obligatory; WA-D8. Each order's own approval is on its line of the detail sheets.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on,
        %(is_preview)s::boolean as is_preview
    from ops.artifact
    where artifact.artifact_id = %(artifact_id)s
),

settled as materialized (
    select
        planned.order_no,
        planned.amount
    from document
    inner join repairs.planned
        on
            document.site_id = planned.site_id
            and document.base_on = planned.base_on
            and planned.entry_kind in ('结算', '转公司承担')
),

told (
    place, step, approver_name, duty, verdict, opinion, decided_at, approved_text, version_code
) as (
    select
        1,
        concat('维修审批（第', approval.level_no, '级）'),
        approval.approver,
        case approval.level_no
            when 1 then '客户服务部经理'
            when 2 then case approval.duty when '审核' then '副总工程师' else '副总经理' end
            else '总经理'
        end || '（' || approval.duty || '）',
        approval.verdict,
        string_agg(distinct approval.opinion, '；'),
        max(approval.approved_on)::timestamptz,
        concat(count(*), '单，', to_char(sum(approval.approved_amount), 'FM999,999,999,990.00'), '元'),
        null::text
    from document
    cross join settled
    inner join repairs.approval
        on
            settled.order_no = approval.order_no
            and approval.recorded_at <= document.known_at
            and document.known_at < approval.superseded_at
    group by approval.level_no, approval.approver, approval.duty, approval.verdict
    union all
    select
        2,
        '结算认定',
        certification.certifier,
        '副总工程师',
        case certification.verdict when '认定' then '同意' else '剔除' end,
        certification.opinion,
        max(coalesce(case when certification.run_id is not null then certification.recorded_at end, certification.certified_on::timestamptz)),
        concat(
            count(*), '单，', to_char(sum(certification.certified_amount), 'FM999,999,999,990.00'), '元',
            case when certification.verdict = '剔除' then '：' || string_agg(certification.order_no, '、' order by certification.order_no) end
        ),
        null
    from document
    inner join repairs.standing
        on
            standing.workflow = document.workflow
            and document.site_id = standing.site_id
            and document.base_on = standing.base_on
    inner join lateral (
        select known.*
        from repairs.certification as known
        left join ops.run on known.run_id = run.run_id
        where
            known.order_no = standing.order_no
            and (
                (known.recorded_at <= document.known_at and document.known_at < known.superseded_at)
                or (not document.is_preview and run.workflow = document.workflow and run.period @> document.base_on)
            )
        order by known.recorded_at desc
        limit 1
    ) as certification on true
    where certification.verdict = '剔除' or standing.order_no in (select settled.order_no from settled)
    group by certification.certifier, certification.verdict, certification.opinion
    union all
    select
        3,
        '结算认定',
        '副总工程师',
        null,
        '待认定',
        '尚未认定',
        null,
        concat(count(*), '单，', to_char(sum(waiting.amount), 'FM999,999,999,990.00'), '元'),
        left(document.content_hash, 8)
    from document
    cross join lateral
        repairs.uncertified(document.site_id, document.base_on, document.known_at, document.is_preview) as waiting
    group by document.content_hash
    union all
    select
        4,
        '本月清单认定',
        decision.decided_by,
        '副总工程师',
        case decision.verdict when 'approved' then '同意' else '驳回' end,
        decision.opinion,
        decision.decided_at,
        concat(result.totals ->> 'a_count', '单A类、', result.totals ->> 'b_count', '单B类（含在办）'),
        left(decision.content_hash, 8)
    from document
    inner join ops.decision
        on
            document.workflow = decision.workflow
            and document.site_id = decision.site_id
            and document.period = decision.period
    inner join lateral (
        select result.totals
        from ops.result
        where
            result.workflow = document.workflow
            and result.site_id = document.site_id
            and result.base_on = document.base_on
            and md5(result.base_on::text || result.result_hash) = decision.content_hash
        order by result.revision desc
        limit 1
    ) as result on true
    where not document.is_preview
)

select
    told.step,
    told.approver_name,
    told.duty,
    told.verdict,
    told.opinion,
    told.decided_at,
    told.approved_text,
    told.version_code
from told
order by told.place, told.step, told.decided_at, told.approver_name, told.verdict, told.opinion
