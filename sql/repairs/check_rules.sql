/*  Finds companies and months or days of the run for which the rule book or the calendar is not complete.

    Grain:  one row per company and kind of gap.
    Rerun:  safe; only reads.
    Rules:  OPS-19 a calendar that is not loaded stops the run by name; OPS-25 figures are rules, none is assumed.  */
with needed as (
    select
        run_scope.site_id,
        coalesce(place.site_name, run_scope.site_id) as site_name,
        run.as_of_on,
        run.known_at
    from ops.run_scope
    inner join ops.run on run_scope.run_id = run.run_id
    left join book.place
        on run_scope.site_id = place.site_id and place.recorded_at <= run.known_at and run.known_at < place.superseded_at
    where run_scope.run_id = %(run_id)s
),

parameter as (
    select rule_parameter.parameter
    from book.rule_parameter
    where rule_parameter.parameter in (
        'approval_limit_1', 'approval_limit_2', 'audit_limit', 'contractor_inspection_amount', 'answer_days',
        'inspection_days', 'one_trade_days', 'several_trades_days', 'callback_days', 'notice_days', 'confirm_days',
        'split_window_days', 'split_floor_amount', 'deposit_cap_rate', 'verify_days', 'return_days', 'float_amount'
    )
)

select
    needed.site_id,
    format(
        '%%s 在 %%s 没有生效的制度参数：%%s。请在《制度参数》补上，并在《案场适用制度》登记该公司适用的制度，再重新触发。',
        needed.site_name, needed.as_of_on, string_agg(parameter.parameter, '、' order by parameter.parameter)
    ) as problem
from needed
cross join parameter
where
    not exists (
        select from book.site_rule_set
        inner join book.rule on site_rule_set.rule_set = rule.rule_set
        where
            site_rule_set.site_id = needed.site_id
            and rule.parameter = parameter.parameter
            and needed.as_of_on between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
            and needed.as_of_on between rule.valid_from and coalesce(rule.valid_to, 'infinity')
            and site_rule_set.recorded_at <= needed.known_at and needed.known_at < site_rule_set.superseded_at
            and rule.recorded_at <= needed.known_at and needed.known_at < rule.superseded_at
    )
group by needed.site_id, needed.site_name, needed.as_of_on
union all
select
    needed.site_id,
    format(
        '缺少%%s年的放假安排，无法计算%%s的工作日期限。请放入该年的放假安排文件（%%s.json），再重新触发。',
        extract(year from needed.as_of_on), needed.site_name, extract(year from needed.as_of_on)
    ) as problem
from needed
where
    not exists (
        select from book.calendar_day
        where
            calendar_day.year_no = extract(year from needed.as_of_on)
            and calendar_day.recorded_at <= needed.known_at
            and needed.known_at < calendar_day.superseded_at
    )
