/*  The sheet 一周奖罚: everybody who works at the site, whether or not there is anything to say of him.

    Grain:  one row per person.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    reward_line.employee_name,
    reward_line.late_count,
    reward_line.absent_days,
    reward_line.conduct_count,
    reward_line.fine_amount,
    reward_line.praise_count,
    reward_line.reception_count,
    reward_line.deal_count as deal_quantity
from attendance.edition('weekly_rewards', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
inner join attendance.reward_line
    on
        reward_line.site_id = %(site_id)s
        and reward_line.base_on = %(starts_on)s
        and edition.revision = reward_line.revision
order by reward_line.employee_id
