/*  Finds projects of the run for which the rule book does not say what their report needs.

    Grain:  one row per project.
    Rerun:  safe; only reads.
    Rules:  OPS-25 figures are rules, none is assumed; the quotas of SA-B8 are asked for by the month only.  */
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
        rule_parameter.parameter <> 'contract_source' as is_monthly
    from book.rule_parameter
    where rule_parameter.parameter in (
        'contract_source', 'target_version', 'contract_pass_rate', 'meeting_rate', 'meetings_per_day', 'training_quota',
        'survey_quota', 'satisfaction_rate'
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
