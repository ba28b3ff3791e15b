/*  Finds rule sets of equal rank that hold at one site on the same day, and rule sets that nobody registered.

    Grain:  one row per offending line of the file.
    Rules:  GM-A11: where two sets speak of the same thing the higher rank wins, so ranks must differ. */
with run as (
    select %(file_id)s::integer as file_id
),

bound as (
    select
        site_rule_set.site_id,
        site_rule_set.rule_set,
        site_rule_set.valid_from,
        site_rule_set.file_id,
        site_rule_set.line_no,
        rule_set.rank,
        daterange(site_rule_set.valid_from, site_rule_set.valid_to, '[]') as validity
    from book.site_rule_set
    left join book.rule_set
        on site_rule_set.rule_set = rule_set.rule_set and rule_set.superseded_at = 'infinity'
    where site_rule_set.superseded_at = 'infinity'
)

select
    bound.line_no,
    format('制度 %%s 没有登记', bound.rule_set) as reason,
    '请先把该制度加到《制度清单》，或改正制度编号' as advice
from bound
cross join run
where bound.file_id = run.file_id and bound.rank is null

union all

select
    bound.line_no,
    format(
        '案场 %%s 同时适用 %%s 和 %%s（优先级同为 %%s）：%%s 起的与 %%s 起的重叠',
        bound.site_id, other.rule_set, bound.rule_set, bound.rank, other.valid_from, bound.valid_from
    ) as reason,
    '请填上前一制度的失效日期，或在《制度清单》里分出优先级' as advice
from bound
cross join run
inner join bound as other
    on
        bound.site_id = other.site_id
        and bound.rank = other.rank
        and bound.validity && other.validity
        and (other.rule_set, other.valid_from) <> (bound.rule_set, bound.valid_from)
        and (other.file_id <> bound.file_id or other.line_no < bound.line_no)
where bound.file_id = run.file_id
order by line_no
