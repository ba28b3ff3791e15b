/*  The sheet 表扬: the praise of the week, slip by slip.

    Grain:  one row per slip.
    Rerun:  safe; only reads what was known at `known_at`.
    Rules:  praise stands at the site where the person worked on its day, as record_results counts it.  */
select
    praise.event_on,
    reward_line.employee_name,
    praise.cause,
    praise.amount,
    praise.issued_by
from attendance.edition('weekly_rewards', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
inner join attendance.reward_line
    on
        reward_line.site_id = %(site_id)s
        and reward_line.base_on = %(starts_on)s
        and edition.revision = reward_line.revision
        and reward_line.praise_count > 0
inner join attendance.praise
    on
        reward_line.employee_id = praise.employee_id
        and praise.event_on between %(starts_on)s and %(last_on)s
        and praise.recorded_at <= %(known_at)s
        and %(known_at)s < praise.superseded_at
where reward_line.site_id = book.site_on(praise.employee_id, praise.event_on, %(known_at)s)
order by praise.event_on, reward_line.employee_id, praise.slip_no
