/*  Orders for which a release form of a day holds money back: reserved, disputed, or confirmed and not booked yet.

    Grain:  one row per contract and order; of a balance that does not cover them all the last get the rest.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-07, WAR-14 what is disputed is not paid out.  */
with document as (
    select
        artifact.*,
        lower(artifact.period) as base_on
    from ops.artifact
    where artifact.artifact_id = %(artifact_id)s
),

reserved as materialized (
    select
        entry_line.contract_no,
        entry.order_no,
        -sum(entry_line.amount) as amount
    from document
    inner join repairs.entry on document.site_id = entry.site_id
    inner join ops.run on entry.run_id = run.run_id and run.known_at <= document.known_at
    inner join repairs.entry_line on entry.entry_id = entry_line.entry_id and entry_line.account = '冻结质保金'
    group by entry_line.contract_no, entry.order_no
    having sum(entry_line.amount) <> 0
),

stood as materialized (
    select
        standing.*,
        work_order.place_text,
        work_order.reported_on
    from document
    inner join repairs.standing
        on
            standing.workflow = 'repair_orders'
            and document.site_id = standing.site_id
            and document.base_on = standing.base_on
    inner join repairs.work_order
        on
            standing.order_no = work_order.order_no
            and work_order.recorded_at <= document.known_at
            and document.known_at < work_order.superseded_at
),

held as (
    select
        coalesce(stood.contract_no, reserved.contract_no) as contract_no,
        coalesce(stood.order_no, reserved.order_no) as order_no,
        coalesce(stood.place_text, '') as place_text,
        case
            when stood.outcome = '争议冻结' then stood.missing
            when stood.outcome in ('扣款', '待认定') then '已确认，待入账'
            else '已冻结，待处理'
        end as reason,
        coalesce((stood.answered_at at time zone 'Asia/Shanghai')::date, stood.reported_on) as since_on,
        greatest(
            coalesce(reserved.amount, 0),
            case
                when
                    stood.outcome = '争议冻结'
                    or (
                        stood.outcome in ('扣款', '待认定') and stood.order_class = 'A'
                        and stood.reported_on <= stood.liability_until_on
                    )
                    then stood.contractor_amount + stood.management_amount
                else 0
            end
        ) as amount
    from stood
    full join reserved on stood.contract_no = reserved.contract_no and stood.order_no = reserved.order_no
),

laid as (
    select
        held.*,
        sum(held.amount) over (partition by held.contract_no order by held.order_no) as until_amount,
        terms.balance_amount
    from held
    cross join document
    inner join repairs.release_terms(document.site_id, document.base_on, document.known_at) as terms
        on held.contract_no = terms.contract_no
    where held.amount > 0
)

select
    laid.contract_no,
    laid.order_no,
    regexp_replace(laid.place_text, '\s+', ' ', 'g') as place_text,
    laid.reason,
    laid.since_on,
    greatest(least(laid.amount, laid.balance_amount - laid.until_amount + laid.amount), 0) as amount
from laid
where laid.balance_amount > laid.until_amount - laid.amount
order by laid.contract_no, laid.order_no
