/*  The sheet 审批记录 of the 维修工单日报: who approved which repairs on the day, with which opinion.

    Grain:  one row per approver, level, duty and verdict.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WA-D6 the opinion is obligatory.  */
select
    concat('维修审批（第', approval.level_no, '级）') as step,
    approval.approver as approver_name,
    case approval.level_no
        when 1 then '客户服务部经理'
        when 2 then case approval.duty when '审核' then '副总工程师' else '副总经理' end
        else '总经理'
    end || '（' || approval.duty || '）' as duty,
    approval.verdict,
    string_agg(distinct approval.opinion, '；') as opinion,
    max(approval.approved_on)::timestamptz as decided_at,
    concat(
        count(*), '单，', to_char(sum(approval.approved_amount), 'FM999,999,999,990.00'), '元：',
        string_agg(approval.order_no, '、' order by approval.order_no)
    ) as approved_text,
    null::text as version_code
from repairs.project
inner join repairs.work_order
    on
        project.project_id = work_order.project_id
        and work_order.recorded_at <= %(known_at)s
        and %(known_at)s < work_order.superseded_at
inner join repairs.approval
    on
        work_order.order_no = approval.order_no
        and approval.recorded_at <= %(known_at)s
        and %(known_at)s < approval.superseded_at
where
    project.site_id = %(site_id)s
    and project.recorded_at <= %(known_at)s
    and %(known_at)s < project.superseded_at
    and approval.approved_on between %(starts_on)s and %(last_on)s
group by approval.level_no, approval.approver, approval.duty, approval.verdict
order by approval.level_no, approval.duty = '审批', approval.approver, approval.verdict
