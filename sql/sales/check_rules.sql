/*  Finds projects of the run for which the rule book does not say what their report needs.

    Grain:  one row per project.
    Rerun:  safe; only reads.
    Rules:  OPS-25 figures are rules, none is assumed; the quotas of SA-B8 are asked for by the month only.
            Protection by days is a house's choice (Q10), and so is a day of signing beside that of the subscription.  */
with needed as (
    select distinct
        project.site_id,
        project.project_name,
        run.workflow,
        run.as_of_on,
        run.known_at
    from ops.run_scope
    inner join ops.run on run_scope.run_id = run.run_id
    cross join lateral sales.projects_of(run_scope.site_id, run.known_at) as project
    where run_scope.run_id = %(run_id)s and project.opens_on <= run.as_of_on
),

parameter as (
    select
        rule_parameter.parameter,
        rule_parameter.parameter in (
            'target_version', 'contract_pass_rate', 'meeting_rate', 'meetings_per_day', 'training_quota', 'survey_quota',
            'satisfaction_rate', 'plan_day'
        ) as is_monthly
    from book.rule_parameter
    where rule_parameter.parameter in (
        'target_version', 'contract_pass_rate', 'meeting_rate', 'meetings_per_day', 'training_quota', 'survey_quota',
        'satisfaction_rate', 'plan_day', 'contract_source', 'registration_months', 'visitor_follow_days',
        'caller_follow_days', 'entry_lag_days', 'reveal_days', 'lapse_warning_days', 'counts_same_day_return',
        'counts_buyer_visit', 'counts_on_behalf', 'cash_limit_amount', 'cash_limit_hours', 'price_step_low_rate',
        'price_step_high_rate', 'grant_consultant', 'grant_supervisor', 'grant_manager'
    )
),

stated as (
    select
        needed.site_id,
        stretch.parameter
    from needed
    cross join lateral book.rule_stretch(needed.site_id, needed.known_at) as stretch
    where needed.as_of_on between stretch.valid_from and stretch.valid_to
)

select
    needed.site_id,
    format(
        '%%s 在 %%s 没有生效的制度参数：%%s。请在《制度参数》补上，并在《案场适用制度》登记该项目适用的制度，再重新触发。',
        needed.project_name, needed.as_of_on, string_agg(parameter.parameter, '、' order by parameter.parameter)
    ) as problem
from needed
inner join parameter on needed.workflow = 'monthly_sales' or not parameter.is_monthly
left join stated on needed.site_id = stated.site_id and parameter.parameter = stated.parameter
where stated.parameter is null
group by needed.site_id, needed.project_name, needed.as_of_on
