/*  The sheet 计算依据 of the 一周奖罚公布: each fine of the week with its clause; absence has none here.

    Grain:  one row per fined day, and per conduct slip that counts.
    Rerun:  safe; only reads.
    Privacy: announced to everybody: why somebody was absent is between him and his manager.  */
with fine (employee_id, event_on, item, amount, reasoning, rule_id) as (
    select
        attendance_day.employee_id,
        attendance_day.work_on,
        '考勤',
        attendance_day.fine_amount,
        concat_ws(
            '，',
            case when attendance_day.late_minutes > 0 then concat('迟到', attendance_day.late_minutes, '分钟') end,
            case when attendance_day.early_minutes > 0 then concat('早退', attendance_day.early_minutes, '分钟') end,
            concat('罚款', attendance_day.fine_amount, '元')
        ),
        attendance_day.rule_id
    from attendance.attendance_day
    where
        attendance_day.site_id = %(site_id)s
        and attendance_day.work_on between %(starts_on)s and %(last_on)s
        and attendance_day.fine_amount > 0
    union all
    select
        conduct_fine.employee_id,
        conduct_fine.event_on,
        concat('违纪单', conduct_fine.slip_no),
        conduct_fine.fine_amount,
        concat(conduct_fine.reason, '，罚款', conduct_fine.fine_amount, '元'),
        conduct_fine.rule_id
    from attendance.conduct_fine
    where
        conduct_fine.site_id = %(site_id)s
        and conduct_fine.event_on between %(starts_on)s and %(last_on)s
        and conduct_fine.state = '有效'
)

select
    reward_line.employee_name as subject,
    concat(fine.event_on, ' ', fine.item) as item,
    concat('罚款', fine.amount, '元') as outcome,
    fine.reasoning,
    clause.rule_set_name as rule_book,
    clause.clause,
    nullif(fine.rule_id, '') as rule_id,
    clause.valid_from as rule_from_on,
    null::text as file_name,
    null::integer as line_no,
    null::text as adjusted_by,
    null::timestamptz as adjusted_at
from attendance.edition('weekly_rewards', %(site_id)s, %(starts_on)s, %(known_at)s) as edition
inner join attendance.reward_line
    on
        reward_line.site_id = %(site_id)s
        and reward_line.base_on = %(starts_on)s
        and edition.revision = reward_line.revision
inner join fine on reward_line.employee_id = fine.employee_id
left join lateral (
    select
        stretch.rule_set_name,
        stretch.clause,
        stretch.valid_from
    from book.rule_stretch(%(site_id)s, %(known_at)s) as stretch
    where stretch.rule_id = fine.rule_id and fine.event_on between stretch.valid_from and stretch.valid_to
    order by stretch.parameter like '%%fine%%' desc, stretch.parameter
    limit 1
) as clause on true
order by reward_line.employee_id, fine.event_on, fine.item
