/*  Every total of the 维修扣款汇总, from the tables and not from its sheets: the sheets are held against it.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  WAR-22; 审定 ＋ 管理费 = 扣款 ＋ 索赔 ＋ 公司承担 ＋ 争议冻结 ＋ 暂停 (outputs 5.1).  */
with stood as (
    select
        coalesce(sum(standing.settled_amount) filter (where standing.outcome not in ('未到结算', '已入账', '自修结案')), 0)
            as settled_amount,
        coalesce(sum(standing.settled_amount) filter (where standing.outcome = '争议冻结'), 0) as disputed_amount,
        coalesce(sum(standing.settled_amount) filter (where standing.outcome = '暂停'), 0) as stopped_amount,
        count(*) filter (where standing.outcome = '争议冻结')::integer as disputed_count,
        count(*) filter (where standing.outcome = '暂停')::integer as stopped_count,
        count(*) filter (where standing.outcome = '未到结算')::integer as open_count,
        count(*) filter (where standing.outcome = '自修结案')::integer as self_count
    from repairs.standing
    where
        standing.workflow = 'deposit_chargebacks'
        and standing.site_id = %(site_id)s
        and standing.base_on = %(starts_on)s
),

treated as (
    select
        count(*) filter (where planned.contractor_id <> '')::integer as a_count,
        count(*) filter (where planned.contractor_id = '')::integer as b_count,
        coalesce(sum(planned.amount) filter (where planned.contractor_id <> ''), 0) as a_settled_amount,
        coalesce(sum(planned.amount) filter (where planned.contractor_id = ''), 0) as b_settled_amount,
        coalesce(-sum(planned.deposit_amount), 0) as deducted_amount,
        coalesce(sum(planned.claim_amount), 0) as claimed_amount,
        coalesce(sum(planned.company_amount), 0) as company_amount,
        coalesce(sum(planned.company_amount) filter (where planned.contractor_id <> ''), 0) as a_company_amount,
        coalesce(sum(planned.company_amount) filter (where planned.contractor_id = ''), 0) as b_company_amount,
        coalesce(sum(planned.management_amount), 0) as management_amount
    from repairs.planned
    where
        planned.site_id = %(site_id)s
        and planned.base_on = %(starts_on)s
        and planned.entry_kind in ('结算', '转公司承担')
),

-- the same month from the ledger's own lines, before as after the booking
booked as (
    select
        coalesce(sum(line.amount) filter (where line.amount > 0 and line.entry_kind <> '期初'), 0) as debit_amount,
        coalesce(-sum(line.amount) filter (where line.amount < 0 and line.entry_kind <> '期初'), 0) as credit_amount,
        coalesce(
            sum(line.amount) filter (where line.entry_kind = '结算' and line.account in ('质保金', '冻结质保金')), 0
        ) as ledger_deducted_amount
    from repairs.month_line(%(site_id)s::text, %(starts_on)s::date) as line
),

moved as (
    select
        coalesce(sum(movement.opening_amount), 0) as moved_opening_amount,
        coalesce(sum(movement.added_amount), 0) as moved_added_amount,
        coalesce(sum(movement.deducted_amount), 0) as moved_deducted_amount,
        coalesce(sum(movement.reversed_amount), 0) as moved_reversed_amount,
        coalesce(sum(movement.returned_amount), 0) as moved_returned_amount,
        coalesce(sum(movement.closing_amount), 0) as moved_closing_amount,
        coalesce(sum(movement.reserved_amount), 0) as moved_reserved_amount,
        count(*) filter (
            where
            movement.opening_amount - movement.deducted_amount + movement.reversed_amount + movement.added_amount
            - movement.returned_amount <> movement.closing_amount
        )::integer as broken_count,
        count(*) filter (where movement.closing_amount < movement.reserved_amount or movement.reserved_amount < 0)::integer
            as overdrawn_count,
        count(*)::integer as contract_count
    from repairs.movement(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as movement
),

claimed as (
    select
        coalesce(sum(claim.open_amount), 0) as claim_open_amount,
        coalesce(sum(claim.claimed_amount) filter (where claim.open_amount <> 0 or claim.is_moved), 0) as claim_listed_amount
    from repairs.claim(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as claim
),

team as (
    select
        coalesce(sum(team_account.owed_amount), 0) as owed_amount,
        coalesce(sum(team_account.paid_amount), 0) as paid_amount
    from repairs.team_account(%(site_id)s::text, %(starts_on)s::date) as team_account
    where team_account.is_moved or team_account.owed_amount <> team_account.paid_amount
),

before as (
    select
        count(*) filter (where planned.contractor_id <> '')::integer as before_a_count,
        count(*) filter (where planned.contractor_id = '')::integer as before_b_count,
        coalesce(-sum(planned.deposit_amount), 0) as before_deducted_amount,
        coalesce(sum(planned.claim_amount), 0) as before_claimed_amount,
        coalesce(sum(planned.company_amount), 0) as before_company_amount
    from repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as edition
    inner join repairs.planned
        on
            edition.site_id = planned.site_id
            and edition.before_on = planned.base_on
            and planned.entry_kind in ('结算', '转公司承担')
)

select
    stood.*,
    treated.*,
    booked.*,
    moved.*,
    claimed.*,
    team.*,
    before.*,
    (
        select count(*)::integer
        from repairs.uncertified(
            %(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz, %(is_preview)s::boolean
        )
    ) as certify_count,
    (
        select edition.before_on is not null
        from repairs.edition(%(site_id)s::text, %(starts_on)s::date, %(known_at)s::timestamptz) as edition
    ) as has_before
from stood
cross join treated
cross join booked
cross join moved
cross join claimed
cross join team
cross join before
