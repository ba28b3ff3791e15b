/*  Tells, company by company, what a run did and proves that nothing was done twice (重跑结果单, outputs 6.5).

    Grain:  one row per company of the run.
    Rerun:  safe; only reads; the orders are those that the run told before (ops.run_line, sheet 逐户).
    Rules:  each order is settled once a turn, each entry adds up to zero, no deposit is overdrawn, papers are numbered
            without gaps, per recipient and revision one letter, and what was booked is what was certified (WA-D8).  */
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

told as (
    select line.*
    from ops.run_line
    cross join lateral jsonb_to_record(run_line.line) as line (
        site_id text, action text, old_amount numeric, new_amount numeric
    )
    where run_line.run_id = %(run_id)s and run_line.sheet = '逐户'
),

counted as (
    select
        told.site_id,
        count(*) filter (where told.action in ('已入账不变', '本次入账', '待入账', '待认定')) as due_count,
        count(*) filter (where told.action = '已入账不变') as kept_count,
        count(*) filter (where told.action = '本次入账') as new_count,
        count(*) filter (where told.action in ('待入账', '待认定')) as waiting_count,
        count(*) filter (where told.action in ('本次冲回', '已冲回不变', '待冲回')) as reversed_count,
        count(*) filter (where told.action = '争议冻结') as disputed_count,
        count(*) filter (where told.action = '暂停') as stopped_count,
        count(*) filter (where told.action = '未到结算') as unready_count,
        coalesce(sum(told.old_amount), 0) as old_amount,
        coalesce(sum(told.new_amount), 0) as new_amount
    from told
    group by told.site_id
),

doubled as (
    select
        twice.site_id,
        count(*) as order_count
    from (
        select entry.site_id
        from repairs.entry
        where entry.entry_kind = '结算' and entry.site_id in (select scope.site_id from scope)
        group by entry.site_id, entry.order_no, entry.turn_no
        having count(*) > 1
    ) as twice
    group by twice.site_id
),

unbalanced as (
    select
        off.site_id,
        count(*) as entry_count
    from (
        select entry.site_id
        from scope
        inner join repairs.entry on scope.site_id = entry.site_id and scope.base_on = entry.base_on
        left join repairs.entry_line on entry.entry_id = entry_line.entry_id
        group by entry.site_id, entry.entry_id
        having coalesce(sum(entry_line.amount), 1) <> 0
    ) as off
    group by off.site_id
),

numbered as (
    select
        by_kind.site_id,
        sum(by_kind.last_number - by_kind.paper_count) as gap_count,
        sum(by_kind.paper_count) as paper_count
    from (
        select
            paper.site_id,
            max(paper.sequence_no) as last_number,
            count(*) as paper_count
        from scope
        inner join repairs.paper on scope.site_id = paper.site_id and scope.base_on = paper.base_on
        where paper.workflow = 'deposit_chargebacks'
        group by paper.site_id, paper.paper_kind
    ) as by_kind
    group by by_kind.site_id
),

letter as materialized (
    select
        scope.site_id,
        scope.started_at,
        outbox.letter_kind,
        outbox.document_key,
        outbox.revision,
        outbox.recipient,
        outbox.state,
        coalesce(outbox.sent_at, outbox.resolved_at) as sent_at
    from scope
    inner join ops.artifact
        on
            artifact.workflow = 'deposit_chargebacks'
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
        count(*) filter (where letter.state = 'unclear') as unclear_count
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
        group by letter.site_id, letter.letter_kind, letter.document_key, letter.revision, letter.recipient
        having count(*) > 1
    ) as twice
    group by twice.site_id
),

booked as (
    select
        scope.site_id,
        count(*) as entry_count,
        count(*) filter (
            where exists (
                select from repairs.certification
                where
                    certification.order_no = planned.order_no
                    and certification.verdict = '认定'
                    and certification.certified_amount = planned.amount
            )
        ) as certified_count
    from scope
    inner join repairs.entry
        on
            scope.site_id = entry.site_id
            and scope.base_on = entry.base_on
            and entry.entry_kind in ('结算', '转公司承担')
    inner join repairs.planned
        on
            entry.site_id = planned.site_id
            and entry.base_on = planned.base_on
            and entry.entry_kind = planned.entry_kind
            and entry.order_no = planned.order_no
    group by scope.site_id
)

select
    coalesce(place.site_name, scope.site_id) as site_name,
    scope.missing,
    coalesce(counted.due_count, 0) as due_count,
    coalesce(counted.kept_count, 0) as kept_count,
    coalesce(counted.new_count, 0) as new_count,
    coalesce(counted.waiting_count, 0) as waiting_count,
    coalesce(counted.reversed_count, 0) as reversed_count,
    coalesce(counted.disputed_count, 0) as disputed_count,
    coalesce(counted.stopped_count, 0) as stopped_count,
    coalesce(counted.unready_count, 0) as unready_count,
    coalesce(counted.old_amount, 0) as old_amount,
    coalesce(counted.new_amount, 0) as new_amount,
    coalesce(counted.new_amount, 0) - coalesce(counted.old_amount, 0) as delta_amount,
    coalesce(numbered.paper_count, 0) as paper_count,
    coalesce(numbered.gap_count, 0) as gap_count,
    coalesce(doubled.order_count, 0) as doubled_count,
    coalesce(unbalanced.entry_count, 0) as unbalanced_count,
    coalesce(mailed.sent_before_count, 0) as sent_before_count,
    coalesce(mailed.sent_now_count, 0) as sent_now_count,
    coalesce(mailed.open_count, 0) as open_count,
    coalesce(mailed.unclear_count, 0) as unclear_count,
    coalesce(mailed_twice.letter_count, 0) as mailed_twice_count,
    case
        when booked.entry_count is null then '尚未入账'
        when booked.entry_count = booked.certified_count then '是'
        else '否'
    end as approved_text
from scope
left join counted on scope.site_id = counted.site_id
left join doubled on scope.site_id = doubled.site_id
left join unbalanced on scope.site_id = unbalanced.site_id
left join numbered on scope.site_id = numbered.site_id
left join mailed on scope.site_id = mailed.site_id
left join mailed_twice on scope.site_id = mailed_twice.site_id
left join booked on scope.site_id = booked.site_id
left join book.place on scope.site_id = place.site_id and place.superseded_at = 'infinity'
order by scope.site_id
