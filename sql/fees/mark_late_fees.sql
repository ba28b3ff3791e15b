/*  Marks the late fees (违约金) that ran since they were last charged, up to and including the 20th.

    Grain:  one row per item and stretch of days with the same principal; rounded per stretch.
    Rerun:  safe; a row that says the same already is not touched.
    Rules:  民法典 585 only by contract. BIL-09 the due day is not counted, the 20th is; a due day off moves (203).
            BIL-10 simple, never on late fees; what was paid on a day lowers the principal from the next. BIL-11 a rate
            above the house's limit is flagged; all late fees of an item together stop at its amount.
    Joins:  hashed; temporary tables carry no statistics, and a loop over them would be quadratic.
    Parts:  fees/list_parts  */
with scope as materialized (
    select tower.*
    from fees.tower
    inner join fees.open_scope on tower.site_id = open_scope.site_id
    where
        open_scope.run_id = %(run_id)s
        and not open_scope.is_closed
        and tower.recorded_at <= %(known_at)s
        and %(known_at)s < tower.superseded_at
),

charged_before as materialized (
    select
        bill_late_fee.contract_no,
        bill_late_fee.item_key,
        max(bill_late_fee.counts_to) as counts_to,
        sum(bill_late_fee.amount) as amount
    from fees.bill_late_fee
    inner join fees.bill
        on
            bill_late_fee.site_id = bill.site_id
            and bill_late_fee.base_on = bill.base_on
            and bill_late_fee.contract_no = bill.contract_no
    where
        bill_late_fee.site_id = any(array(select scope.site_id from scope))
        and bill.site_id = any(array(select scope.site_id from scope))
        and bill_late_fee.base_on < %(first_on)s
        and bill.base_on < %(first_on)s
        and bill.status <> '异常未出单'
    group by bill_late_fee.contract_no, bill_late_fee.item_key
),

-- What is corrected this month was never owed: it bears no late fee from now on.
corrected as materialized (
    select
        entry.contract_no,
        concat_ws('|', 'YS', entry.charge_kind, to_char(entry.about_on, 'YYYY-MM')) as item_key,
        sum(entry.amount) as amount
    from fees.entry
    where
        entry.site_id = any(array(select scope.site_id from scope))
        and entry.base_on = %(first_on)s
        and entry.entry_kind in ('红字', '蓝字')
    group by entry.contract_no, entry.charge_kind, entry.about_on
),

-- asked once a day and not once an item: there are few due days
rolled as materialized (
    select
        due.due_rule,
        due.due_on,
        fees.rolled_due(due.due_on, due.due_rule, %(known_at)s) as rolled_on
    from (
        select distinct
            scope.due_rule,
            settlement.due_on
        from settlement
        inner join scope on settlement.site_id = scope.site_id
        where settlement.due_on < %(as_of_on)s
    ) as due
),

settled as (
    select
        settlement.site_id,
        settlement.contract_no,
        settlement.item_key,
        settlement.base_month,
        settlement.charge_kind,
        settlement.due_on,
        settlement.item_amount + coalesce(corrected.amount, 0) as item_amount,
        contract.late_rate,
        contract.late_clause,
        scope.late_rate_limit,
        coalesce(charged_before.amount, 0) as charged_amount,
        greatest(rolled.rolled_on, charged_before.counts_to) as overdue_from,
        settlement.settled_on,
        settlement.settled_amount
    from settlement
    inner join scope on settlement.site_id = scope.site_id
    inner join rolled on scope.due_rule = rolled.due_rule and settlement.due_on = rolled.due_on
    inner join fees.contract on settlement.contract_no = contract.contract_no
    left join corrected
        on settlement.contract_no = corrected.contract_no and settlement.item_key = corrected.item_key
    left join charged_before
        on settlement.contract_no = charged_before.contract_no and settlement.item_key = charged_before.item_key
    where
        settlement.item_key <> ''
        and left(settlement.charge_kind, 3) <> '违约金'
        and settlement.due_on < %(as_of_on)s
        -- most is paid at once and in time: that needs no further look
        and (
            settlement.settled_amount < settlement.item_amount
            or settlement.settled_on > greatest(rolled.rolled_on, charged_before.counts_to)
            or corrected.contract_no is not null
        )
        and contract.site_id = any(array(select open_tower.site_id from scope as open_tower))
        and contract.late_rate > 0
        and contract.recorded_at <= %(known_at)s
        and %(known_at)s < contract.superseded_at
),

-- what was settled before it was overdue bears nothing, whatever comes later
item as materialized (
    select
        settled.site_id,
        settled.contract_no,
        settled.item_key,
        settled.base_month,
        settled.charge_kind,
        settled.due_on,
        settled.item_amount,
        settled.late_rate,
        settled.late_clause,
        settled.late_rate_limit,
        settled.charged_amount,
        settled.overdue_from
    from settled
    group by
        settled.site_id, settled.contract_no, settled.item_key, settled.base_month, settled.charge_kind, settled.due_on,
        settled.item_amount, settled.late_rate, settled.late_clause, settled.late_rate_limit, settled.charged_amount,
        settled.overdue_from
    having
        settled.item_amount
        > coalesce(sum(settled.settled_amount) filter (where settled.settled_on <= settled.overdue_from), 0)
        and settled.overdue_from < %(as_of_on)s
),

turn as (
    select
        item.contract_no,
        item.item_key,
        item.overdue_from as turned_on,
        0 as amount
    from item
    union all
    -- what was settled before counts from the first day on
    select
        item.contract_no,
        item.item_key,
        greatest(settlement.settled_on, item.overdue_from) as turned_on,
        settlement.settled_amount as amount
    from item
    inner join settlement on item.contract_no = settlement.contract_no and item.item_key = settlement.item_key
    where settlement.settled_on < %(as_of_on)s
),

stretch as (
    select
        turn.contract_no,
        turn.item_key,
        turn.turned_on as counts_from,
        lead(turn.turned_on, 1, %(as_of_on)s::date) over of_item as counts_to,
        sum(sum(turn.amount)) over of_item as settled_amount
    from turn
    group by turn.contract_no, turn.item_key, turn.turned_on
    window of_item as (partition by turn.contract_no, turn.item_key order by turn.turned_on)
),

principal as (
    select
        item.*,
        stretch.counts_from,
        stretch.counts_to,
        item.item_amount - stretch.settled_amount as principal
    from stretch
    inner join item on stretch.contract_no = item.contract_no and stretch.item_key = item.item_key
),

charged as (
    select
        principal.*,
        principal.counts_to - principal.counts_from as day_count,
        round(principal.principal * principal.late_rate * (principal.counts_to - principal.counts_from), 2) as full_amount
    from principal
    where principal.principal > 0
),

capped as (
    select
        charged.*,
        greatest(
            least(
                charged.full_amount,
                charged.item_amount - charged.charged_amount - coalesce(
                    sum(charged.full_amount) over (
                        partition by charged.contract_no, charged.item_key
                        order by charged.counts_from
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                )
            ),
            0
        ) as amount
    from charged
),

reckoned as materialized (
    select
        capped.site_id,
        %(first_on)s::date as base_on,
        capped.contract_no,
        capped.item_key,
        row_number() over (
            partition by capped.contract_no, capped.item_key order by capped.counts_from
        )::integer as stretch_no,
        capped.base_month,
        capped.charge_kind,
        capped.due_on,
        capped.counts_from,
        capped.counts_to,
        capped.day_count,
        capped.principal::numeric(14, 2) as principal,
        capped.late_rate,
        capped.late_clause,
        capped.amount::numeric(14, 2) as amount,
        capped.amount < capped.full_amount as is_capped,
        concat_ws(
            '；',
            case when capped.amount < capped.full_amount then '已达本金，不再增加' end,
            case
                when capped.late_rate > capped.late_rate_limit
                    then concat('日率', trim_scale(capped.late_rate * 100), '%%偏高，诉讼时可能被调减（民法典585条）')
            end
        ) as hint
    from capped
),

kept as materialized (
    select bill_late_fee.*
    from fees.bill_late_fee
    where
        bill_late_fee.site_id = any(array(select scope.site_id from scope))
        and bill_late_fee.base_on = %(first_on)s
),

gone as (
    delete from fees.bill_late_fee
    using kept
    where
        bill_late_fee.site_id = kept.site_id
        and bill_late_fee.base_on = kept.base_on
        and bill_late_fee.contract_no = kept.contract_no
        and bill_late_fee.item_key = kept.item_key
        and bill_late_fee.stretch_no = kept.stretch_no
        and not exists (
            select from reckoned
            where
                reckoned.contract_no = kept.contract_no
                and reckoned.item_key = kept.item_key
                and reckoned.stretch_no = kept.stretch_no
                and row(reckoned.*) is not distinct from row(kept.*)
        )
    returning bill_late_fee.contract_no
)

insert into fees.bill_late_fee
-- nothing to compare with: as they come, which is the order of the key
select reckoned.*
from reckoned
where not exists (select from kept)
union all
select reckoned.*
from reckoned
where
    -- what goes has gone before the first row comes
    (select count(*) from gone) >= 0
    and exists (select from kept)
    and not exists (
        select from kept
        where
            kept.contract_no = reckoned.contract_no
            and kept.item_key = reckoned.item_key
            and kept.stretch_no = reckoned.stretch_no
            and row(reckoned.*) is not distinct from row(kept.*)
    )
