/*  The rule book becomes the house's: rule sets, their parameters and where they hold move from attendance to book.

    Charge-backs are judged by the same kind of rules as attendance: dated, with clause and source, bound to a place. */

alter table attendance.rule_set set schema book;
alter table attendance.rule set schema book;
alter table attendance.site_rule_set set schema book;
alter table attendance.rule_parameter set schema book;
alter function attendance.is_rule_value(text, text, text) set schema book;
alter function attendance.is_yes(text) set schema book;

-- Its text names the tables, so it is said again.
create or replace function attendance.close_instant(of_site text, of_day date, known_at timestamptz)
returns timestamptz
language sql
stable
as $$
    with next_month as (
        select (date_trunc('month', of_day) + interval '1 month')::date as starts_on
    ),

    closing as (
        select coalesce(
            (
                select rule.value::integer
                from book.site_rule_set
                inner join book.rule_set on site_rule_set.rule_set = rule_set.rule_set
                inner join book.rule on rule_set.rule_set = rule.rule_set
                cross join next_month
                where site_rule_set.site_id = of_site
                    and rule.parameter = 'close_workday'
                    and next_month.starts_on - 1 between site_rule_set.valid_from and coalesce(site_rule_set.valid_to, 'infinity')
                    and next_month.starts_on - 1 between rule.valid_from and coalesce(rule.valid_to, 'infinity')
                    and site_rule_set.recorded_at <= $3 and $3 < site_rule_set.superseded_at
                    and rule_set.recorded_at <= $3 and $3 < rule_set.superseded_at
                    and rule.recorded_at <= $3 and $3 < rule.superseded_at
                order by rule_set.rank desc
                limit 1
            ), 5
        ) as nth
    ),

    workday as (
        select
            day_at::date as day_on,
            row_number() over (order by day_at) as nth
        from next_month
        cross join lateral generate_series(starts_on::timestamp, starts_on + interval '27 days', interval '1 day') as day_at
        where book.is_workday(day_at::date, $3)
    )

    select (workday.day_on + 1)::timestamp at time zone 'Asia/Shanghai'
    from workday
    inner join closing on workday.nth = closing.nth
    where exists (
        select from book.calendar_day cross join next_month
        where calendar_day.year_no = extract(year from next_month.starts_on)
            and calendar_day.recorded_at <= $3
            and $3 < calendar_day.superseded_at
    )
$$;
