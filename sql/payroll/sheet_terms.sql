/*  The sheet 扣款口径: by which figures wages are reckoned, whose they are and since when.

    Grain:  one row per figure.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  Q8 the minimum wage has no default.  */
select
    figure.item,
    figure.value_text,
    figure.basis,
    figure.valid_from_on,
    figure.valid_until_on
from attendance.wage_terms(%(site_id)s, %(starts_on)s, %(known_at)s) as terms
cross join
    lateral (
        values
        (1, '地区', terms.region, '案场登记表', null::date, null::date),
        (2, '扣款口径', terms.profile, terms.law, terms.valid_from, terms.valid_to),
        (
            3, '当地最低工资（元）', to_char(terms.minimum_wage_amount, 'FM999,999,990.00'), terms.law, terms.valid_from,
            terms.valid_to
        ),
        (4, '扣款上限', trim_scale(terms.cap_rate * 100) || '%%', terms.law, terms.valid_from, terms.valid_to),
        (
            5, '月计薪天数', trim_scale(terms.wage_days)::text,
            coalesce(terms.rule_set_name || ' ' || terms.rule_id || ' ' || terms.clause, '默认（人社部发〔2025〕2号）'), terms.rule_from,
            null
        )
    ) as figure (line_no, item, value_text, basis, valid_from_on, valid_until_on)
order by figure.line_no
