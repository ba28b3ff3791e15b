/*  Names the people of the run's sites as their devices may call them: badge, number, or a name that is one person's alone.

    Grain:  one row per version of an employee, with the days on which it holds.
    Rerun:  safe; fills a table of this transaction only (identity).
    Rules:  ATT-20 two people of one name and a device that knows names only: nobody guesses whose punch it was.  */
create temp table identity on commit drop as
with employed as materialized (
    select
        employee.*,
        case
            when lag(employee.effective_from) over as_known is null then '-infinity'
            else employee.effective_from
        end as holds_from,
        coalesce(lead(employee.effective_from) over as_known, 'infinity') as holds_until
    from book.employee
    where employee.recorded_at <= %(known_at)s and %(known_at)s < employee.superseded_at
    window as_known as (partition by employee.employee_id order by employee.effective_from)
),

-- What a device may call a person: badge, employee number, or the name where the site has it only once.
spoken_of as materialized (
    select
        employed.*,
        min(employed.employee_id) over of_name <> max(employed.employee_id) over of_name as shares_name
    from employed
    where employed.site_id in (select policy.site_id from policy)
    window of_name as (partition by employed.site_id, employed.employee_name)
),

-- A badge belongs to the version of the person that names it: it may be handed on to somebody else later.
called as materialized (
    select
        spoken_of.*,
        array_remove(
            array[
                spoken_of.badge_no,
                case when not spoken_of.shares_name then spoken_of.employee_name end,
                spoken_of.employee_id
            ],
            null
        ) as names
    from spoken_of
)

-- The names that the site's devices did speak. Two people of one name, and a device that knows names only:
-- nobody guesses whose punch it was (ATT-20).
select
    called.*,
    array(
        select distinct spoken.badge_no
        from unnest(called.names) as spoken (badge_no)
        where exists (
            select from attendance.punch
            where punch.site_id = called.site_id and punch.badge_no = spoken.badge_no
        )
    ) as badges,
    called.shares_name and exists (
        select from attendance.punch
        where punch.site_id = called.site_id and punch.badge_no = called.employee_name
    ) as has_namesake
from called
