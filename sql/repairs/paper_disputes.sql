/*  Orders in dispute at the end of a month, with what is reserved for each.

    Grain:  one row per contract and order for which something is reserved.
    Rerun:  safe; only reads the ledger, and what was known at `known_at`.
    Rules:  WAR-07.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on
    from ops.artifact
    where artifact.artifact_id = %(artifact_id)s
),

reserved as (
    select
        entry_line.contract_no,
        entry.order_no,
        -sum(entry_line.amount) as amount
    from document
    inner join repairs.entry on document.site_id = entry.site_id and entry.base_on <= document.base_on
    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '冻结质保金'
    group by entry_line.contract_no, entry.order_no
    having sum(entry_line.amount) <> 0
)

select
    reserved.contract_no,
    reserved.order_no,
    reserved.amount,
    regexp_replace(work_order.place_text, '\s+', ' ', 'g') as place_text,
    coalesce(reply.reason, '') as reason,
    coalesce((reply.answered_at at time zone 'Asia/Shanghai')::date, document.as_of_on) as disputed_on
from reserved
cross join document
inner join repairs.work_order
    on
        reserved.order_no = work_order.order_no
        and work_order.recorded_at <= document.known_at
        and document.known_at < work_order.superseded_at
left join lateral (
    select
        answer.reason,
        answer.answered_at
    from repairs.answer
    where
        answer.order_no = reserved.order_no
        and answer.answer_kind = '异议'
        and answer.recorded_at <= document.known_at
        and document.known_at < answer.superseded_at
    order by answer.answered_at desc
    limit 1
) as reply on true
order by reserved.contract_no, reserved.order_no
