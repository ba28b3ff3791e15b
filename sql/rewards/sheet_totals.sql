/*  The totals under the sheet 一周奖罚.

    Grain:  one row.
    Rerun:  safe; only reads what was known at `known_at`.  */
select
    coalesce(sum(reward_line.late_count), 0) as late_count,
    coalesce(sum(reward_line.absent_days), 0) as absent_days,
    coalesce(sum(reward_line.conduct_count), 0) as conduct_count,
    coalesce(sum(reward_line.fine_amount), 0) as fine_amount,
    coalesce(sum(reward_line.praise_count), 0) as praise_count,
    sum(reward_line.reception_count) as reception_count,
    sum(reward_line.deal_count) as deal_quantity
from attendance.edition('weekly_rewards', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
inner join attendance.reward_line
    on
        reward_line.site_id = %(site_id)s
        and reward_line.base_on = %(starts_on)s
        and edition.revision = reward_line.revision
