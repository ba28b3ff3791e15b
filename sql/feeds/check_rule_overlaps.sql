/*  Finds overlaps and gaps between the versions of one parameter of a rule set.

    Grain:  one row per offending line of the file.
    Rules:  first and last day of validity are both included; a version that has a successor ends the day before it. */
with run as (
    select %(file_id)s::integer as file_id
),

version as (
    select
        rule.*,
        lead(rule.valid_from) over of_parameter as next_from,
        lead(rule.line_no) over of_parameter as next_line_no,
        lead(rule.file_id) over of_parameter as next_file_id
    from book.rule
    where
        rule.superseded_at = 'infinity'
        and (rule.rule_set, rule.parameter) in (
            select changed.rule_set, changed.parameter
            from book.rule as changed
            cross join run
            where changed.file_id = run.file_id
        )
    window of_parameter as (partition by rule.rule_set, rule.parameter order by rule.valid_from)
)

select
    case when version.next_file_id = run.file_id then version.next_line_no else version.line_no end as line_no,
    case
        when version.valid_to is null or version.valid_to >= version.next_from then
            format(
                '%%s 的 %%s 有两个版本重叠：%%s 起至%%s，与 %%s 起的版本',
                version.rule_set, version.parameter, version.valid_from,
                coalesce(' ' || version.valid_to::text, '今'), version.next_from
            )
        else
            format(
                '%%s 的 %%s 有空档：%%s 之后到 %%s 之前没有规定',
                version.rule_set, version.parameter, version.valid_to, version.next_from
            )
    end as reason,
    format('前一版本的失效日期应填 %%s', version.next_from - 1) as advice
from version
cross join run
where version.valid_to is distinct from version.next_from - 1 and version.next_from is not null
order by line_no
