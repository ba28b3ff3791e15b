/*  Finds rules whose parameter is unknown, whose value is unusable, or whose rule set is not registered.

    Grain:  one row per offending line of the file.
    Rules:  OPS-25: rules are data; what cannot be judged by is refused when it is loaded. */
with run as (
    select %(file_id)s::integer as file_id
)

select
    rule.line_no,
    case
        when rule_parameter.parameter is null then format('不认识参数“%%s”', rule.parameter)
        else format('参数“%%s”（%%s）的取值“%%s”不能用', rule.parameter, rule_parameter.meaning, rule.value)
    end as reason,
    case
        when rule_parameter.parameter is null then
            '可用的参数：' || (select string_agg(known.parameter, '、' order by known.parameter) from book.rule_parameter as known)
        when rule_parameter.value_type = 'choice' then '请填：' || replace(rule_parameter.allowed, '|', '、')
        when rule_parameter.value_type = 'boolean' then '请填 是 或 否'
        when rule_parameter.value_type = 'integer' then '请填整数'
        else '请填数字，最多两位小数'
    end as advice
from book.rule
cross join run
left join book.rule_parameter on rule.parameter = rule_parameter.parameter
where
    rule.file_id = run.file_id
    and rule.superseded_at = 'infinity'
    and book.is_rule_value(rule.value, rule_parameter.value_type, rule_parameter.allowed) is not true
order by rule.line_no
