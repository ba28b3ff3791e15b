/*  Marks projects of the run whose period before is not issued yet, and groups over a project that waits.

    Grain:  one row per place that waits.
    Rerun:  safe; a place whose period before was issued meanwhile waits no longer.
    Rules:  what of earlier days became known late counts once, in the period that follows the last issued one; a period
            before one that was issued can no longer come. A group shows what its projects show, so it waits for each.  */
with open_base as materialized (
    select
        run_period.workflow,
        run_period.site_id,
        run_period.base_on,
        run_period.last_on
    from sales.run_period
    where
        run_period.run_id = %(run_id)s
        and not exists (
            select from ops.period_close
            where
                period_close.workflow = run_period.workflow
                and period_close.site_id = run_period.site_id
                and period_close.period @> run_period.base_on
        )
),

waiting_project as materialized (
    select
        first_base.workflow,
        first_base.site_id,
        first_base.base_on,
        concat(
            sales.period_text(first_base.workflow, before.missing_on),
            case
                when before.is_later then '的销售报表已经发布，本期间不能再补出：其资料已计入项目累计'
                else '的销售报表尚未发布，请先完成该期间，再用“重算”重跑本期间'
            end
        ) as missing
    from (
        select distinct on (open_base.site_id) open_base.*
        from open_base
        order by open_base.site_id, open_base.base_on
    ) as first_base
    cross join lateral sales.period_before(first_base.workflow, first_base.site_id, first_base.base_on) as before
),

waiting_group as (
    select
        open_base.site_id,
        min(open_base.base_on) as base_on,
        concat(
            '项目', string_agg(distinct project.project_name, '、'), '尚未出', max(sales.period_text(open_base.workflow, open_base.base_on)),
            '的销售报表，请先完成该项目，再用“重算”重跑集团'
        ) as missing
    from open_base
    cross join lateral sales.projects_of(open_base.site_id, %(known_at)s) as project
    where
        project.is_group
        and project.opens_on <= open_base.last_on
        and (
            exists (select from waiting_project where waiting_project.site_id = project.site_id)
            or not (
                exists (
                    select from open_base as own
                    where own.site_id = project.site_id and own.base_on = open_base.base_on
                )
                or exists (
                    select from ops.result
                    where
                        result.workflow = open_base.workflow
                        and result.site_id = project.site_id
                        and result.base_on = open_base.base_on
                )
            )
        )
    group by open_base.site_id
),

waiting as (
    select
        waiting_project.site_id,
        waiting_project.base_on,
        waiting_project.missing
    from waiting_project
    union all
    select waiting_group.*
    from waiting_group
),

gone as (
    delete from ops.run_gap
    where run_gap.run_id = %(run_id)s and run_gap.site_id not in (select waiting.site_id from waiting)
)

insert into ops.run_gap (run_id, site_id, base_on, missing)
select
    %(run_id)s as run_id,
    waiting.site_id,
    waiting.base_on,
    waiting.missing
from waiting
on conflict (run_id, site_id, base_on) do nothing
