/*  The sheet 客户归属判定, of the 每日客户跟进表 (what was decided since the day before) and of the sales reports (in the period).

    Grain:  one row per customer about whom more than one consultant is concerned, whom the manager decided about, or who
            became public.
    Rerun:  safe; only reads.
    Rules:  SA-B3; SAL-07 the rule that decided stands beside it. SAL-21 names and numbers in full only where `is_masked` is
            false. The person of a row is the owner, of a public customer the last one.  */
with staff as materialized (
    select *
    from sales.staff_on(%(last_on)s::date, %(known_at)s::timestamptz)
)

select
    coalesce(decided.owner_id, decided.former_id) as consultant_id,
    case
        when %(is_masked)s::boolean then sales.masked_name(decided.customer_name)
        else coalesce(nullif(decided.customer_name, ''), '未登记姓名')
    end as customer_name,
    case
        when %(is_masked)s::boolean
            then (select string_agg(sales.masked_phone(number.phone), '、') from unnest(decided.phones) as number (phone))
        else array_to_string(decided.phones, '、')
    end as phone,
    coalesce(
        (
            select string_agg(coalesce(other.consultant_name, involved.consultant_id), '、' order by involved.consultant_id)
            from unnest(decided.contested_with || array[coalesce(decided.owner_id, decided.former_id)]) as involved (consultant_id)
            left join staff as other on involved.consultant_id = other.consultant_id
        ),
        '—'
    ) as involved,
    coalesce(owner.consultant_name, decided.owner_id, '公共客户') as owner_name,
    decided.verdict,
    decided.decision,
    concat_ws(' ', nullif(decided.rule_id, ''), nullif(decided.rule_set_name, ''), nullif(decided.rule_text, '')) as basis,
    decided.registered_at,
    decided.valid_until as valid_until_on,
    decided.protected_until as protected_until_on,
    decided.decided_on,
    decided.decided_by
from
    sales.decisions(
        %(workflow)s::text,
        %(site_id)s::text,
        %(starts_on)s::date,
        %(starts_on)s::date - case when %(workflow)s::text = 'customer_followup' then 1 else 0 end,
        %(last_on)s::date
    ) as decided
left join staff as owner on decided.owner_id = owner.consultant_id
order by decided.decided_on, decided.customer_key
