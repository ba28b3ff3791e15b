/*  Tells, tower by tower, what a run did and proves that nothing was done twice (重跑结果单, outputs 6.5).

    Grain:  one row per tower of the run.
    Rerun:  safe; only reads; the households are those that the run told before (ops.run_line, sheet 逐户).
    Rules:  BIL-18 per tenant and revision one notice, per recipient and revision one letter, numbers without gaps, and
            what was released is what was approved.  */
with scope as materialized (
    select
        run_scope.run_id,
        run_scope.site_id,
        run_scope.period,
        lower(run_scope.period) as base_on,
        run.started_at,
        run_gap.missing
    from ops.run_scope
    inner join ops.run on run_scope.run_id = run.run_id
    left join ops.run_gap
        on
            run_scope.run_id = run_gap.run_id
            and run_scope.site_id = run_gap.site_id
            and run_gap.base_on = lower(run_scope.period)
    where run_scope.run_id = %(run_id)s
),

account as (
    select told.*
    from ops.run_line
    cross join lateral jsonb_to_record(run_line.line) as told (
        site_id text, action text, old_amount numeric, new_amount numeric, delta_amount numeric
    )
    where run_line.run_id = %(run_id)s and run_line.sheet = '逐户'
),

counted as (
    select
        account.site_id,
        count(*) filter (where account.action not in ('无需出单', '异常未出单')) as due_count,
        count(*) filter (where account.action = '已发不变') as kept_count,
        count(*) filter (where account.action = '本次新开') as new_count,
        count(*) filter (where account.action = '本次替换') as replaced_count,
        count(*) filter (where account.action in ('更正', '待更正')) as corrected_count,
        count(*) filter (where account.action in ('待发布', '本次替换')) as waiting_count,
        count(*) filter (where account.action = '无需出单') as idle_count,
        count(*) filter (where account.action = '异常未出单') as unbilled_count,
        count(*) filter (where account.action = '已发，有差异未改') as differing_count,
        coalesce(sum(account.delta_amount) filter (where account.action = '已发，有差异未改'), 0) as differing_amount,
        coalesce(sum(account.old_amount), 0) as old_amount,
        coalesce(sum(account.new_amount), 0) as new_amount
    from account
    group by account.site_id
),

numbered as (
    select
        notice.site_id,
        min(notice.notice_no) as first_no,
        max(notice.notice_no) as last_no,
        max(notice.sequence_no) - min(notice.sequence_no) + 1 - count(*) as gap_count
    from scope
    inner join fees.notice
        on scope.site_id = notice.site_id and scope.base_on = notice.base_on and notice.revision = 1
    group by notice.site_id
),

doubled as (
    select
        twice.site_id,
        count(*) as notice_count
    from (
        select notice.site_id
        from scope
        inner join fees.notice on scope.site_id = notice.site_id and scope.base_on = notice.base_on
        group by notice.site_id, notice.contract_no, notice.revision
        having count(*) > 1
    ) as twice
    group by twice.site_id
),

letter as materialized (
    select
        scope.site_id,
        scope.run_id,
        scope.started_at,
        outbox.document_key,
        outbox.revision,
        outbox.recipient,
        outbox.state,
        coalesce(outbox.sent_at, outbox.resolved_at) as sent_at
    from scope
    inner join ops.artifact
        on
            artifact.workflow = 'fee_notices'
            and scope.site_id = artifact.site_id
            and scope.period = artifact.period
    inner join ops.outbox on artifact.artifact_id = outbox.artifact_id
),

mailed as (
    select
        letter.site_id,
        count(*) filter (where letter.state = 'sent' and letter.sent_at < letter.started_at) as sent_before_count,
        count(*) filter (where letter.state = 'sent' and letter.sent_at >= letter.started_at) as sent_now_count,
        count(*) filter (where letter.state in ('reserved', 'ready', 'sending')) as open_count,
        count(*) filter (where letter.state = 'unclear') as unclear_count,
        count(*) filter (where letter.state = 'refused') as refused_count
    from letter
    group by letter.site_id
),

mailed_twice as (
    select
        twice.site_id,
        count(*) as letter_count
    from (
        select letter.site_id
        from letter
        where letter.state = 'sent'
        group by letter.site_id, letter.document_key, letter.revision, letter.recipient
        having count(*) > 1
    ) as twice
    group by twice.site_id
),

released as (
    select
        scope.site_id,
        count(*) as edition_count,
        count(decision.decision_id) as approved_count
    from scope
    inner join ops.artifact
        on
            artifact.document_kind = 'fee_notices'
            and scope.site_id = artifact.site_id
            and scope.period = artifact.period
    left join ops.decision
        on
            artifact.workflow = decision.workflow
            and artifact.site_id = decision.site_id
            and artifact.period = decision.period
            and artifact.content_hash = decision.content_hash
            and decision.verdict = 'approved'
    group by scope.site_id
)

select
    coalesce(place.site_name, scope.site_id) as site_name,
    scope.missing,
    coalesce(counted.due_count, 0) as due_count,
    coalesce(counted.kept_count, 0) as kept_count,
    coalesce(counted.new_count, 0) as new_count,
    coalesce(counted.replaced_count, 0) as replaced_count,
    coalesce(counted.corrected_count, 0) as corrected_count,
    coalesce(counted.waiting_count, 0) as waiting_count,
    coalesce(counted.idle_count, 0) as idle_count,
    coalesce(counted.unbilled_count, 0) as unbilled_count,
    coalesce(counted.differing_count, 0) as differing_count,
    coalesce(counted.differing_amount, 0) as differing_amount,
    coalesce(counted.old_amount, 0) as old_amount,
    coalesce(counted.new_amount, 0) as new_amount,
    coalesce(counted.new_amount, 0) - coalesce(counted.old_amount, 0) as delta_amount,
    numbered.first_no,
    numbered.last_no,
    coalesce(numbered.gap_count, 0) as gap_count,
    coalesce(mailed.sent_before_count, 0) as sent_before_count,
    coalesce(mailed.sent_now_count, 0) as sent_now_count,
    coalesce(mailed.open_count, 0) as open_count,
    coalesce(mailed.unclear_count, 0) as unclear_count,
    coalesce(mailed.refused_count, 0) as refused_count,
    case
        when released.edition_count is null then '尚未发布'
        when released.edition_count = released.approved_count then '是'
        else '否'
    end as approved_text,
    coalesce(doubled.notice_count, 0) as doubled_count,
    coalesce(mailed_twice.letter_count, 0) as mailed_twice_count
from scope
left join counted on scope.site_id = counted.site_id
left join numbered on scope.site_id = numbered.site_id
left join doubled on scope.site_id = doubled.site_id
left join mailed on scope.site_id = mailed.site_id
left join mailed_twice on scope.site_id = mailed_twice.site_id
left join released on scope.site_id = released.site_id
left join book.place on scope.site_id = place.site_id and place.superseded_at = 'infinity'
order by scope.site_id
