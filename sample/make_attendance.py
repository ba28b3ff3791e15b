"""Attendance complete: October 2026 at three more sites of the sample, and what wages need of all six.

售楼部 (SL01) works two spells a day, 售楼处 (SC01) early and late shifts, 城南壹号 (CN01) posts by day, a night watch and
patrols. Most people are punctual on most days: their punches come from a hash of badge and day, as in make_sample.py.
What is told about somebody stands in the tables below. Nobody in here is real.
"""

import hashlib
from datetime import date, datetime, time, timedelta

from filing import csv_bytes, csv_table, table, xlsx_table

SITES_HERE = ("SL01", "SC01", "CN01")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)

# The story ------------------------------------------------------------------------------------------------

#: The punches of a day on which something happens. `-` none; + the next morning.
DAYS = """
who  | day   | punches                           | what is told
S003 | 10-12 | 08:41 18:05:12                    | 11 minutes late where the house has no fine
S004 | 10-13 | 08:26:30 17:20                    | leaves early
S005 | 10-14 | -                                 | does not come
S006 | 10-15 | 08:24:10 18:07:31                 | found away by a spot check, no entry in the log
S007 | 10-15 | 08:22:44 18:03:05                 | found away by a spot check, on business
S009 | 10-15 | 08:25:02 18:11:40                 | out in private with a slip, a spot check in between
S005 | 10-16 | 08:27:15 18:04:22                 | out in private without a slip
S010 | 10-16 | -                                 | stays away for a rest day that nobody announced
S009 | 10-16 | 08:21:50 18:02:10                 | and comes in his place
S009 | 10-17 | -                                 | the same the other way round
S010 | 10-17 | 08:23:33 18:06:48                 | and comes in her place
S007 | 10-19 | 08:25:20 18:08:09                 | late for the meeting, not for work
S004 | 10-19 | 08:27:41 18:03:56                 | misses the meeting
S004 | 10-24 | 08:12 20:04:10                    | late by the launch's timetable, on time by the ordinary one
S002 | 10-24 | 07:56:20 20:06:31                 | on time by it
S006 | 10-27 | 08:24:16 12:02:40 14:20:11 18:05  | four punches, two spells
S005 | 10-27 | 08:26:09 12:05:33 14:47 18:07:20  | back late for the second spell
S002 | 10-28 | -                                 | a day of leave
S010 | 10-28 | 18:02:15                          | forgets to punch in
R002 | 10-17 | 08:16:05 17:05:10                 | signs in first
R004 | 10-17 | 08:18:30 17:02:41                 | second
R006 | 10-17 | 08:21:10 17:03:12                 | third: the same second as the next, the smaller number goes first
R008 | 10-17 | 08:21:10 17:08:29                 | fourth
R004 | 10-12 | 08:43 17:04:11                    | late on the early shift
R005 | 10-13 | 12:22 20:33:05                    | late on the late shift
R006 | 10-14 | 08:19:27 16:35                    | leaves the early shift early
R007 | 10-20 | -                                 | does not come
R008 | 10-22 | 08:22:10                          | forgets to punch out
N008 | 10-06 | 18:41 +08:05:13                   | night watch, 11 minutes late
N002 | 10-19 | -                                 | a day of leave
N005 | 10-12 | 09:25 17:41:08                    | 45 minutes late where the house has no fine
N003 | 10-16 | 08:21:30 17:50                    | leaves early
N010 | 10-21 | 08:11:05                          | forgets to punch out, no slip
N009 | 10-22 | -                                 | a patrol nobody saw: nobody is absent from patrol times
N001 | 10-23 | 09:50:12                          | late for a patrol time is not late
N008 | 10-14 | 18:28:04 +08:03:27                | night watch, and a day shift behind it
N008 | 10-15 | 08:27:50 18:35:22                 | the day shift, with both its punches
N007 | 10-20 | 18:27:16 +08:03:09                | night watch, and a day shift behind it
N007 | 10-21 | 18:36:40                          | one punch in the morning for two shifts
N002 | 10-27 | 18:24:31 +08:06:12                | swapped: the night
N007 | 10-27 | 08:22:08 18:33:54                 | swapped: the day
N004 | 10-02 | 08:35:20 17:41:16                 | works on her rest day, a statutory holiday
N006 | 10-04 | 08:14:10 12:26:33                 | works on his rest day
N006 | 10-14 | 08:12:25 19:24:07                 | two hours longer
N007 | 10-31 | 18:22:10 +08:04:40                | night watch over the turn of the month
"""

#: What differs from the rotation: 休 rest, a code of the site's shifts, - no entry at all.
ROSTER_CHANGES = """
who  | day   | code | what is told
S008 | 10-19 | 休   | rest on a Monday
S008 | 10-23 | Y    | and works in its place
R003 | 10-24 | 休   | rest on a Saturday
R003 | 10-20 | E    | and works in its place
N008 | 10-15 | L    | a day shift right after the night
N007 | 10-21 | L    | the same
"""

#: What people did because of a swap that was approved: their punches follow the shift that they took.
SWAPPED = """
who  | day   | code
S003 | 10-16 | Y
S004 | 10-16 | 休
S003 | 10-17 | 休
S004 | 10-17 | Y
R005 | 10-21 | L
R006 | 10-21 | E
"""

#: 城南壹号's device gave names only on this day; two people are called 李静 (ATT-20).
NAMES_ONLY_ON = date(2026, 10, 20)

PEOPLE = """
工号 | 姓名   | 案场编号 | 部门     | 岗位       | 考勤号 | 入职日期   | 离职日期 | 生效日期
S001 | 霍青云 | SL01     | 办公室   | 销售部经理 | 4001   | 2021-05-10 |          |
S002 | 沈砚秋 | SL01     | 销售一组 | 组长       | 4002   | 2022-03-01 |          |
S003 | 俞知微 | SL01     | 销售一组 | 置业顾问   | 4003   | 2023-04-17 |          |
S004 | 柏星野 | SL01     | 销售一组 | 置业顾问   | 4004   | 2024-02-26 |          |
S005 | 萧景和 | SL01     | 销售一组 | 置业顾问   | 4005   | 2025-03-03 |          |
S006 | 阮清欢 | SL01     | 销售二组 | 组长       | 4006   | 2022-06-06 |          |
S007 | 戚云深 | SL01     | 销售二组 | 置业顾问   | 4007   | 2023-10-09 |          |
S008 | 季晚舟 | SL01     | 销售二组 | 置业顾问   | 4008   | 2024-07-01 |          |
S009 | 虞书白 | SL01     | 销售二组 | 置业顾问   | 4009   | 2025-05-12 |          |
S010 | 盛秋池 | SL01     | 办公室   | 销售秘书   | 4010   | 2023-08-14 |          |
R001 | 晏归舟 | SC01     | 销售部   | 案场经理   | 5001   | 2020-09-01 |          |
R002 | 黎若汐 | SC01     | 销售部   | 置业顾问   | 5002   | 2022-02-21 |          |
R003 | 祁连城 | SC01     | 销售部   | 置业顾问   | 5003   | 2023-03-20 |          |
R004 | 温如许 | SC01     | 销售部   | 置业顾问   | 5004   | 2023-11-13 |          |
R005 | 易水寒 | SC01     | 销售部   | 置业顾问   | 5005   | 2024-04-08 |          |
R006 | 宁采薇 | SC01     | 销售部   | 置业顾问   | 5006   | 2024-09-16 |          |
R007 | 路遥知 | SC01     | 销售部   | 置业顾问   | 5007   | 2025-02-24 |          |
R008 | 凌霜华 | SC01     | 销售部   | 置业顾问   | 5008   | 2025-06-30 |          |
N001 | 聂长歌 | CN01     | 服务部   | 主管       | 6001   | 2021-03-15 |          |
N002 | 荣景澄 | CN01     | 服务部   | 礼宾       | 6002   | 2022-05-09 |          |
N003 | 乔木深 | CN01     | 服务部   | 礼宾       | 6003   | 2023-01-30 |          |
N004 | 李静   | CN01     | 服务部   | 客户接待   | 6004   | 2023-06-12 |          |
N005 | 简疏桐 | CN01     | 服务部   | 客户接待   | 6005   | 2024-03-18 |          |
N006 | 甘棠   | CN01     | 环境部   | 保洁员     | 6006   | 2022-10-24 |          |
N007 | 裴夜阑 | CN01     | 秩序部   | 夜班值守   | 6007   | 2023-12-11 |          |
N008 | 终南山 | CN01     | 秩序部   | 夜班值守   | 6008   | 2024-11-25 |          |
N009 | 匡正时 | CN01     | 工程部   | 维修技工   | 6009   | 2021-08-02 |          |
N010 | 李静   | CN01     | 环境部   | 保洁员     | 6010   | 2025-04-21 |          |
"""

# Rule book ------------------------------------------------------------------------------------------------

SITES = """
案场编号 | 案场名称 | 城市 | 未登记人员照常出表 | 罚款人数上限比例 | 启用日期
SL01     | 售楼部   | 云州 | 否                 | 0.5              | 2021-05-10
SC01     | 售楼处   | 江州 | 否                 | 0.5              | 2020-09-01
CN01     | 城南壹号 | 云州 | 否                 | 0.5              | 2021-03-15
"""

RULE_SETS = """
制度编号 | 制度名称               | 优先级 | 出处
yijing   | 售楼部管理制度         | 10     | 002 售楼部管理制度
shoulou  | 售楼处规章制度         | 10     | 002 售楼处规章制度
chengnan | 城南壹号案场服务岗制度 | 10     | 000 第2部分
"""

#: What the existing sites' houses say beside daily attendance; the group's own settings where a source is silent.
RULES = """
制度编号 | 规则编号 | 参数                      | 取值         | 生效日期   | 失效日期 | 条款原文                                         | 出处
office   | OF-A2    | leave_reports_back        | 是           | 2018-01-01 |          | 事先请假，事后销假                               | 002 考勤制度
office   | OF-A1    | overtime_basis            | slip_and_punches | 2018-01-01 |      | 加班以加班单为准，打卡不足的按打卡               | 集团设定
guomao   | GM-A3    | workdays_a_week           | 6            | 2026-01-01 |          | 每周工作六天                                     | 000 第3部分
guomao   | GM-A4    | leave_level1_approvers    | 销售部经理   | 2026-01-01 |          | 半天以内由销售部经理批准                         | 000 第3部分
guomao   | GM-A4    | leave_level2_approvers    | 总经理       | 2026-01-01 |          | 一天以内由总经理批准                             | 000 第3部分
guomao   | GM-A4    | leave_level3_approvers    | 董事长       | 2026-01-01 |          | 一天以上由董事长批准                             | 000 第3部分
guomao   | GM-A5    | sick_notice_required      | 是           | 2026-01-01 |          | 病假须在班前告知主管，假条后补                   | 000 第3部分
guomao   | GM-A6    | private_swap              | both_absent  | 2026-01-01 |          | 私自换班的，双方当日均按旷工处理                 | 000 第3部分
guomao   | GM-A8    | left_post_absent_days     | 1            | 2026-01-01 |          | 上班时间未经经理同意擅自离岗的，按旷工处理       | 000 第3部分
guomao   | GM-A8    | lunch_limit_minutes       | 40           | 2026-01-01 |          | 外出用餐须告知经理，不超过40分钟                 | 000 第3部分
guomao   | GM-A8    | lunch_over_absent_days    | 0.5          | 2026-01-01 |          | 外出用餐超时，记旷工半天（原文未定，集团设定）   | 集团设定
guomao   | GM-A10   | refusal_pass_rounds       | 2            | 2026-01-01 |          | 推托客户的，轮空两轮                             | 000 第3部分
yijing   | YJ-A1    | works_calendar            | roster       | 2021-01-01 |          | 按排班出勤                                       | 002 售楼部管理制度
yijing   | YJ-A1    | is_in_required            | 是           | 2021-01-01 |          | 上班签到                                         | 002 售楼部管理制度
yijing   | YJ-A1    | is_out_required           | 是           | 2021-01-01 |          | 下班签退                                         | 002 售楼部管理制度
yijing   | YJ-A1    | are_noon_punches_required | 否           | 2021-01-01 |          | 中午下班、上班不要求签到                         | 集团设定
yijing   | YJ-A1    | seconds_mode              | minute_floor | 2021-01-01 |          | 按分钟计，秒数舍去                               | 集团设定
yijing   | YJ-A1    | late_limit_minutes        | 0            | 2021-01-01 |          | 迟到只计次数和分钟，不罚款                       | 002 售楼部管理制度
yijing   | YJ-A1    | missing_punch_absent_days | 0.5          | 2021-01-01 |          | 缺卡未补，记旷工半天                             | 集团设定
yijing   | YJ-A1    | no_show_absent_days       | 1            | 2021-01-01 |          | 未请假又未到岗，记旷工一天                       | 集团设定
yijing   | YJ-A1    | invalid_leave_absent_days | 1            | 2021-01-01 |          | 未经批准的请假不计出勤                           | 集团设定
yijing   | YJ-A1    | close_workday             | 5            | 2021-01-01 |          | 次月第五个工作日关账                             | 集团设定
yijing   | YJ-A2    | no_rest_on                | 1            | 2021-01-01 |          | 周二至周日轮休，周一原则上不排休                 | 002 售楼部管理制度
yijing   | YJ-A2    | workdays_a_week           | 6            | 2021-01-01 |          | 每周工作六天（原文空白，集团设定）               | 集团设定
yijing   | YJ-A3    | left_post_absent_days     | 1            | 2021-01-01 |          | 查岗不在又无外出登记的，按旷工处理               | 002 售楼部管理制度
yijing   | YJ-A3    | private_outing_slip       | 是           | 2021-01-01 |          | 因私外出须有销售部经理批准的外出单               | 002 售楼部管理制度
yijing   | YJ-A4    | rest_swap_absent          | 是           | 2021-01-01 |          | 调休须事先说明，否则缺勤者按旷工处理             | 002 售楼部管理制度
yijing   | YJ-A4    | private_swap              | ignored      | 2021-01-01 |          | 未获批准的换班，各按本人排班                     | 集团设定
yijing   | YJ-A4    | gatherings_count          | 是           | 2021-01-01 |          | 会议、培训计入考勤，迟到、缺席按迟到、早退处理   | 002 售楼部管理制度
yijing   | YJ-A4    | requires_work_summary     | 是           | 2021-01-01 |          | 各组每日交工作小结，由秘书收存                   | 002 售楼部管理制度
shoulou  | SL-A1    | works_calendar            | roster       | 2020-01-01 |          | 早晚班按排班出勤                                 | 002 售楼处规章制度
shoulou  | SL-A1    | is_in_required            | 是           | 2020-01-01 |          | 早晚班须签到，不得代签                           | 002 售楼处规章制度
shoulou  | SL-A1    | is_out_required           | 是           | 2020-01-01 |          | 下班签退                                         | 集团设定
shoulou  | SL-A1    | seconds_mode              | minute_floor | 2020-01-01 |          | 按分钟计，秒数舍去                               | 集团设定
shoulou  | SL-A1    | late_limit_minutes        | 0            | 2020-01-01 |          | 迟到只计次数和分钟，不罚款                       | 集团设定
shoulou  | SL-A1    | missing_punch_absent_days | 0.5          | 2020-01-01 |          | 缺卡未补，记旷工半天                             | 集团设定
shoulou  | SL-A1    | no_show_absent_days       | 1            | 2020-01-01 |          | 未请假又未到岗，记旷工一天                       | 集团设定
shoulou  | SL-A1    | invalid_leave_absent_days | 1            | 2020-01-01 |          | 未经批准的请假不计出勤                           | 集团设定
shoulou  | SL-A1    | close_workday             | 5            | 2020-01-01 |          | 次月第五个工作日关账                             | 集团设定
shoulou  | SL-A1    | no_rest_on                | 6,7,H        | 2020-01-01 |          | 节假日、双休日原则上不休息                       | 002 售楼处规章制度
shoulou  | SL-A2    | refusal_pass_rounds       | 2            | 2020-01-01 |          | 推托客户的，轮空两轮                             | 集团设定
shoulou  | SL-A2    | counts_undeposited_return | 是           | 2020-01-01 |          | 未下定的老客户来访计一轮                         | 002 售楼处规章制度
shoulou  | SL-A2    | counts_repeat_visit       | 否           | 2020-01-01 |          | 同一客户当日多次来访只计一次                     | 002 售楼处规章制度
chengnan | CN-A1    | works_calendar            | roster       | 2021-01-01 |          | 各岗按排班出勤                                   | 000 第2部分
chengnan | CN-A1    | is_in_required            | 是           | 2021-01-01 |          | 到岗打卡                                         | 000 第2部分
chengnan | CN-A1    | is_out_required           | 是           | 2021-01-01 |          | 离岗打卡                                         | 集团设定
chengnan | CN-A1    | seconds_mode              | minute_floor | 2021-01-01 |          | 按分钟计，秒数舍去                               | 集团设定
chengnan | CN-A1    | late_limit_minutes        | 0            | 2021-01-01 |          | 迟到只计次数和分钟，不罚款                       | 集团设定
chengnan | CN-A1    | missing_punch_absent_days | 0.5          | 2021-01-01 |          | 缺卡未补，记旷工半天                             | 集团设定
chengnan | CN-A1    | no_show_absent_days       | 1            | 2021-01-01 |          | 未请假又未到岗，记旷工一天                       | 集团设定
chengnan | CN-A1    | invalid_leave_absent_days | 1            | 2021-01-01 |          | 未经批准的请假不计出勤                           | 集团设定
chengnan | CN-A1    | close_workday             | 5            | 2021-01-01 |          | 次月第五个工作日关账                             | 集团设定
chengnan | CN-A2    | private_swap              | ignored      | 2021-01-01 |          | 未获批准的换班，各按本人排班                     | 集团设定
chengnan | CN-A2    | rest_gap_hours            | 8            | 2021-01-01 |          | 换班后两班之间至少间隔八小时                     | 集团设定
chengnan | CN-A3    | overtime_basis            | slip_and_punches | 2021-01-01 |      | 加班以加班单为准，打卡不足的按打卡               | 集团设定
"""

BINDINGS = """
案场编号 | 制度编号 | 生效日期   | 失效日期
SL01     | yijing   | 2021-01-01 |
SC01     | shoulou  | 2020-01-01 |
CN01     | chengnan | 2021-01-01 |
"""

SHIFTS = """
案场编号 | 班次代码 | 班次名称 | 上班时间 | 下班时间 | 午休开始 | 午休结束 | 是否默认 | 两段班 | 巡查岗 | 生效日期
SL01     | Y        | 两段班   | 08:30    | 18:00    | 12:00    | 14:30    | 是       | 是     | 否     | 2021-01-01
SL01     | K        | 开盘班   | 08:00    | 20:00    | 12:00    | 13:00    | 否       | 否     | 否     | 2021-01-01
SC01     | E        | 早班     | 08:30    | 17:00    | 12:00    | 13:00    | 是       | 否     | 否     | 2020-01-01
SC01     | L        | 晚班     | 12:00    | 20:30    | 17:00    | 18:00    | 否       | 否     | 否     | 2020-01-01
CN01     | L        | 礼宾     | 08:30    | 18:30    | 12:00    | 13:00    | 否       | 否     | 否     | 2021-01-01
CN01     | J        | 客户接待 | 08:40    | 17:30    | 12:00    | 13:00    | 是       | 否     | 否     | 2021-01-01
CN01     | B        | 保洁     | 08:20    | 17:20    | 12:00    | 13:00    | 否       | 否     | 否     | 2021-01-01
CN01     | N        | 夜班     | 18:30    | 08:00    |          |          | 否       | 否     | 否     | 2021-01-01
CN01     | Z        | 主管     | 09:00    | 17:00    |          |          | 否       | 否     | 是     | 2021-01-01
CN01     | W        | 维修     | 09:00    | 18:00    |          |          | 否       | 否     | 是     | 2021-01-01
"""

#: login: one account answers for the office's check of all sheets.
APPROVERS = """
公司编号 | 岗位     | 登录名  | 审批人 | 生效日期
GM01     | 考勤签字 | manager | 韩知远 | 2026-01-01
HO01     | 考勤签字 | manager | 宋清禾 | 2026-01-01
WX01     | 考勤签字 | manager | 谢长风 | 2026-01-01
SL01     | 考勤签字 | manager | 霍青云 | 2026-01-01
SC01     | 考勤签字 | manager | 晏归舟 | 2026-01-01
CN01     | 考勤签字 | manager | 聂长歌 | 2026-01-01
"""

#: Months' sheets to each site's manager and its HR; what speaks of wages to payroll and finance alone.
RECIPIENTS = """
单据               | 案场编号 | 收件人         | 部门       | 邮箱                        | 生效日期
daily_attendance   | SL01     | 售楼部经理     | 办公室     | yijing.manager@example.cn   | 2026-01-01
daily_attendance   | SL01     | 售楼部人事行政 | 人事行政部 | yijing.hr@example.cn        | 2026-01-01
daily_attendance   | SC01     | 售楼处案场经理 | 销售部     | shoulou.manager@example.cn  | 2026-01-01
daily_attendance   | SC01     | 售楼处人事行政 | 人事行政部 | shoulou.hr@example.cn       | 2026-01-01
daily_attendance   | CN01     | 城南壹号主管   | 服务部     | chengnan.manager@example.cn | 2026-01-01
daily_attendance   | CN01     | 城南壹号人事行政 | 人事行政部 | chengnan.hr@example.cn    | 2026-01-01
attendance_draft   | GM01     | 国贸案场经理   | 销售部     | guomao.manager@example.cn   | 2026-01-01
attendance_draft   | HO01     | 总部部门经理   | 总经办     | office.manager@example.cn   | 2026-01-01
attendance_draft   | WX01     | 威新项目总监   | 项目部     | weixin.manager@example.cn   | 2026-01-01
attendance_draft   | SL01     | 售楼部经理     | 办公室     | yijing.manager@example.cn   | 2026-01-01
attendance_draft   | SC01     | 售楼处案场经理 | 销售部     | shoulou.manager@example.cn  | 2026-01-01
attendance_draft   | CN01     | 城南壹号主管   | 服务部     | chengnan.manager@example.cn | 2026-01-01
monthly_attendance | GM01     | 国贸案场经理   | 销售部     | guomao.manager@example.cn   | 2026-01-01
monthly_attendance | HO01     | 总部部门经理   | 总经办     | office.manager@example.cn   | 2026-01-01
monthly_attendance | WX01     | 威新项目总监   | 项目部     | weixin.manager@example.cn   | 2026-01-01
monthly_attendance | SL01     | 售楼部经理     | 办公室     | yijing.manager@example.cn   | 2026-01-01
monthly_attendance | SC01     | 售楼处案场经理 | 销售部     | shoulou.manager@example.cn  | 2026-01-01
monthly_attendance | CN01     | 城南壹号主管   | 服务部     | chengnan.manager@example.cn | 2026-01-01
monthly_attendance | *        | 集团人事       | 人事行政部 | group.hr@example.cn         | 2026-01-01
weekly_rewards     | GM01     | 国贸案场经理   | 销售部     | guomao.manager@example.cn   | 2026-01-01
weekly_rewards     | HO01     | 总部部门经理   | 总经办     | office.manager@example.cn   | 2026-01-01
weekly_rewards     | WX01     | 威新项目总监   | 项目部     | weixin.manager@example.cn   | 2026-01-01
weekly_rewards     | SL01     | 售楼部经理     | 办公室     | yijing.manager@example.cn   | 2026-01-01
weekly_rewards     | SC01     | 售楼处案场经理 | 销售部     | shoulou.manager@example.cn  | 2026-01-01
weekly_rewards     | CN01     | 城南壹号主管   | 服务部     | chengnan.manager@example.cn | 2026-01-01
wage_deductions    | *        | 集团薪酬专员   | 人事行政部 | payroll@example.cn          | 2026-01-01
wage_deductions    | *        | 集团财务       | 财务部     | finance@example.cn          | 2026-01-01
payroll_import     | *        | 集团薪酬专员   | 人事行政部 | payroll@example.cn          | 2026-01-01
payroll_import     | *        | 集团财务       | 财务部     | finance@example.cn          | 2026-01-01
returned_rows      | SL01     | 售楼部秘书     | 办公室     | yijing.clerk@example.cn     | 2026-01-01
returned_rows      | SC01     | 售楼处资料报送 | 销售部     | shoulou.clerk@example.cn    | 2026-01-01
returned_rows      | CN01     | 城南壹号资料报送 | 服务部   | chengnan.clerk@example.cn   | 2026-01-01
"""

WAGE_LIMITS = """
地区 | 生效日期   | 失效日期 | 扣款方式 | 最低工资 | 扣款上限 | 依据
云州 | 2026-01-01 |          | 限额扣除 | 2490.00  | 20%      | 工资支付暂行规定第16条；本省工资支付条例
江州 | 2026-01-01 |          | 待确认   |          |          | 工资支付暂行规定第16条；本省无限额规定
"""

# Registers of 售楼部 --------------------------------------------------------------------------------------

TIMETABLE_SL = """
开始日期   | 结束日期   | 原班次 | 岗位 | 临时班次 | 原因           | 批准人
2026-10-24 | 2026-10-25 |        |      | K        | 二期开盘，两天 | 霍青云
"""

SWAPS_SL = """
单号       | 类型   | 申请人工号 | 姓名   | 对方工号 | 对方姓名 | 换班日期   | 对方日期   | 申请时间         | 申请人签字 | 对方签字 | 批准人 | 批准人级别 | 批准时间         | 状态
TX-2610-01 | 调休   | S003       | 俞知微 | S004     | 柏星野   | 2026-10-16 | 2026-10-17 | 2026-10-14 09:10 | 是         | 是       | 霍青云 | 销售部经理 | 2026-10-14 17:40 | 批准
TX-2610-02 | 换休   | S009       | 虞书白 | S010     | 盛秋池   | 2026-10-16 | 2026-10-17 | 2026-10-16 19:05 | 是         | 是       | 霍青云 | 销售部经理 | 2026-10-16 19:30 | 批准
"""

CHECKS_SL = """
工号 | 姓名   | 查岗时间         | 结果   | 查岗人 | 情况
S003 | 俞知微 | 2026-10-15 15:18 | 在岗   | 霍青云 |
S006 | 阮清欢 | 2026-10-15 15:20 | 不在岗 | 霍青云 | 工位无人，无外出登记
S007 | 戚云深 | 2026-10-15 15:25 | 不在岗 | 霍青云 | 外出登记：陪客户看样板段
S009 | 虞书白 | 2026-10-15 15:30 | 不在岗 | 霍青云 | 外出登记：私事，有外出单
"""

OUTINGS_SL = """
工号 | 姓名   | 因公/因私 | 批准人 | 批准人级别 | 假条号     | 外出时间         | 返回时间         | 去向
S007 | 戚云深 | 因公      | 阮清欢 | 组长       |            | 2026-10-15 14:50 | 2026-10-15 16:30 | 二期样板段
S009 | 虞书白 | 因私      | 霍青云 | 销售部经理 | WC-2610-01 | 2026-10-15 15:00 | 2026-10-15 16:00 | 去银行
S005 | 萧景和 | 因私      | 阮清欢 |            |            | 2026-10-16 15:00 | 2026-10-16 16:00 | 接孩子
"""

GATHERINGS_SL = """
编号       | 类型 | 名称         | 开始时间         | 结束时间
HY-2610-01 | 例会 | 周一例会     | 2026-10-19 08:40 | 2026-10-19 09:20
PX-2610-01 | 培训 | 新品说辞培训 | 2026-10-21 15:00 | 2026-10-21 17:00
"""

ATTENDEES_SL = """
会议编号   | 工号 | 姓名   | 签到时间            | 是否准假
HY-2610-01 | S001 | 霍青云 | 2026-10-19 08:33    | 否
HY-2610-01 | S002 | 沈砚秋 | 2026-10-19 08:34    | 否
HY-2610-01 | S003 | 俞知微 | 2026-10-19 08:36    | 否
HY-2610-01 | S004 | 柏星野 |                     | 否
HY-2610-01 | S005 | 萧景和 | 2026-10-19 08:38    | 否
HY-2610-01 | S006 | 阮清欢 | 2026-10-19 08:35    | 否
HY-2610-01 | S007 | 戚云深 | 2026-10-19 08:52    | 否
HY-2610-01 | S008 | 季晚舟 |                     | 是
HY-2610-01 | S009 | 虞书白 | 2026-10-19 08:39    | 否
HY-2610-01 | S010 | 盛秋池 | 2026-10-19 08:32    | 否
PX-2610-01 | S003 | 俞知微 | 2026-10-21 15:00:30 | 否
PX-2610-01 | S004 | 柏星野 | 2026-10-21 14:57    | 否
PX-2610-01 | S005 | 萧景和 |                     | 是
PX-2610-01 | S009 | 虞书白 | 2026-10-21 14:58    | 否
"""

LEAVE_SL = """
假条号     | 工号 | 姓名   | 请假类型 | 开始时间         | 结束时间         | 批准人 | 状态
SL-2610-01 | S002 | 沈砚秋 | 事假     | 2026-10-28 08:30 | 2026-10-28 18:00 | 霍青云 | 批准
"""

#: Every group hands one in every day; 销售二组 did not on this one (YJ-A4).
GROUPS_SL = ("办公室", "销售一组", "销售二组")
NO_SUMMARY = {("销售二组", date(2026, 10, 22))}

# Registers of 售楼处 --------------------------------------------------------------------------------------

SWAPS_SC = """
单号       | 类型 | 申请人工号 | 对方工号 | 换班日期   | 申请时间         | 申请人签字 | 对方签字 | 批准人 | 批准时间         | 状态
HB-2610-01 | 换班 | R005       | R006     | 2026-10-21 | 2026-10-19 10:00 | 是         | 是       | 晏归舟 | 2026-10-19 18:00 | 批准
"""

#: Saturday 17 October: whose turn it was, and what came of it.
RECEPTIONS_SC = """
工号 | 姓名   | 来访时间         | 客户   | 客户类型   | 结果   | 情况
R002 | 黎若汐 | 2026-10-17 09:05 | 周先生 | 新客       | 接待   |
R004 | 温如许 | 2026-10-17 09:30 | 吴女士 | 未下定老客 | 接待   | 老客户未下定，计一轮
R006 | 宁采薇 | 2026-10-17 09:50 | 郑先生 | 新客       | 未上位 | 叫号未到
R008 | 凌霜华 | 2026-10-17 09:51 | 郑先生 | 新客       | 接待   | 顶上
R002 | 黎若汐 | 2026-10-17 10:20 | 周先生 | 未下定老客 | 接待   | 当日第二次来
R002 | 黎若汐 | 2026-10-17 10:40 | 冯女士 | 新客       | 拒接   | 称手头有事
R004 | 温如许 | 2026-10-17 10:41 | 冯女士 | 新客       | 接待   |
R001 | 晏归舟 | 2026-10-17 14:10 | 陈先生 | 已成交     | 接待   | 办交房手续
R003 | 祁连城 | 2026-10-17 15:00 | 褚女士 | 代接       | 接待   | 代黎若汐
"""

CONDUCT_SC = """
违纪单号   | 发生日     | 工号 | 姓名   | 事由               | 金额   | 开单人 | 当事人签字
WJ-SC-01   | 2026-10-20 | R005 | 易水寒 | 未经同意给客户打折 | 200.00 | 晏归舟 | 是
"""

WAGES_SC = """
工号 | 月份    | 月工资标准 | 应发工资
R001 | 2026-10 | 9000.00    | 9000.00
R002 | 2026-10 | 4200.00    | 4200.00
R003 | 2026-10 | 4200.00    | 4200.00
R004 | 2026-10 | 4000.00    | 4000.00
R005 | 2026-10 | 4000.00    | 3800.00
R006 | 2026-10 | 3800.00    | 3800.00
R007 | 2026-10 | 3600.00    | 3600.00
R008 | 2026-10 | 3600.00    | 3600.00
"""

# Registers of 城南壹号 ------------------------------------------------------------------------------------

SWAPS_CN = """
单号       | 类型 | 申请人工号 | 对方工号 | 换班日期   | 申请时间         | 申请人签字 | 对方签字 | 批准人 | 批准时间         | 状态
CN-2610-01 | 换班 | N002       | N007     | 2026-10-27 | 2026-10-25 10:10 | 是         | 是       | 聂长歌 | 2026-10-25 16:00 | 批准
CN-2610-02 | 换班 | N003       | N008     | 2026-10-13 | 2026-10-12 09:00 | 是         | 否       | 聂长歌 | 2026-10-12 15:00 | 批准
CN-2610-03 | 换班 | N002       | N008     | 2026-10-09 | 2026-10-08 09:30 | 是         | 是       | 聂长歌 | 2026-10-08 15:30 | 批准
"""

OVERTIME_CN = """
加班单号   | 工号 | 姓名 | 加班日期   | 开始时间         | 结束时间         | 事由         | 批准人 | 批准人级别 | 批准时间         | 状态 | 补偿方式
JB-2610-01 | N004 | 李静 | 2026-10-02 | 2026-10-02 08:40 | 2026-10-02 12:00 | 国庆开放日   | 聂长歌 | 主管       | 2026-09-28 10:00 | 批准 | 加班费
JB-2610-05 | N004 | 李静 | 2026-10-02 | 2026-10-02 13:00 | 2026-10-02 17:30 | 国庆开放日   | 聂长歌 | 主管       | 2026-09-28 10:00 | 批准 | 加班费
JB-2610-02 | N006 | 甘棠 | 2026-10-04 | 2026-10-04 08:20 | 2026-10-04 12:20 | 大厅保洁     | 聂长歌 | 主管       | 2026-09-30 10:00 | 批准 | 调休
JB-2610-03 | N006 | 甘棠 | 2026-10-14 | 2026-10-14 17:20 | 2026-10-14 19:20 | 接待活动撤场 | 聂长歌 | 主管       | 2026-10-14 15:00 | 批准 | 加班费
JB-2610-04 | N005 | 简疏桐 | 2026-10-16 | 2026-10-16 17:30 | 2026-10-16 18:30 | 整理资料   | 聂长歌 | 主管       |                  | 驳回 | 调休
"""

LEAVE_CN = """
假条号     | 工号 | 姓名   | 请假类型 | 开始时间         | 结束时间         | 批准人 | 状态
CN-QJ-01   | N002 | 荣景澄 | 事假     | 2026-10-19 08:30 | 2026-10-19 18:30 | 聂长歌 | 批准
"""

RULINGS_CN = """
认定单号   | 工号 | 姓名   | 考勤日期   | 认定结果 | 理由                           | 批准人 | 批准人级别 | 签字日期
RD-CN-01   | N004 | 李静   | 2026-10-20 | 出勤     | 前台签到簿有本人签字           | 聂长歌 | 主管       | 2026-11-02
RD-CN-02   | N010 | 李静   | 2026-10-20 | 出勤     | 保洁巡查表有本人签字           | 聂长歌 | 主管       | 2026-11-02
RD-CN-03   | N007 | 裴夜阑 | 2026-10-21 | 出勤     | 夜班下岗后直接上日班，交接有记录 | 聂长歌 | 主管     | 2026-11-03
"""

WAGES_CN = """
工号 | 月份    | 月工资标准 | 应发工资
N001 | 2026-10 | 6800.00    | 6800.00
N002 | 2026-10 | 4300.00    | 4300.00
N003 | 2026-10 | 4300.00    | 4300.00
N004 | 2026-10 | 4100.00    | 4100.00
N005 | 2026-10 | 4100.00    | 4100.00
N006 | 2026-10 | 3400.00    | 3400.00
N007 | 2026-10 | 3900.00    | 3900.00
N008 | 2026-10 | 3900.00    | 3900.00
N009 | 2026-10 | 5200.00    | 5200.00
N010 | 2026-10 | 3400.00    | 3400.00
"""

# What wages need of the sites of make_sample.py -----------------------------------------------------------

#: told in make_sample.py's way: punches of 国贸 that differ
DAYS_GM = """
who  | day   | punches  | what is told
G013 | 10-27 | -        | stays away: swapped in private
G012 | 10-27 | 08:24:10 | and comes on the rest day
G012 | 10-28 | -        | the other way round
G013 | 10-28 | 08:21:32 | and comes on the rest day
G009 | 10-28 | 08:22:15 | found away by a spot check
"""

SWAPS_GM = """
换班单号   | 换班类型 | 申请人工号 | 对方工号 | 换班日期   | 对方日期   | 申请时间         | 申请人签字 | 对方签字 | 批准人 | 状态
HB-GM-01   | 调休     | G012       | G013     | 2026-10-27 | 2026-10-28 | 2026-10-26 17:50 | 是         | 是       |        | 未批准
"""

CHECKS_GM = """
工号 | 姓名   | 查岗时间         | 查岗结果 | 查岗人 | 情况
G009 | 江亦舟 | 2026-10-28 15:10 | 不在岗   | 韩知远 | 无外出登记
G002 | 苏晚晴 | 2026-10-28 15:12 | 在岗     | 韩知远 |
"""

WAIVERS_GM = """
减免单号   | 工号 | 姓名   | 发生日     | 罚款类型 | 违纪单号   | 减免金额 | 减免原因               | 批准人 | 批准人级别 | 批准日期   | 状态
JM-2610-01 | G005 | 顾南乔 | 2026-10-12 | 迟到     |            |          | 当日大雾封路，有通告   | 贺云帆 | 总经理     | 2026-10-30 | 批准
JM-2610-02 | G007 | 陶景行 | 2026-10-21 | 违纪     | WJ-2610-04 | 20.00    | 初次，已写说明         | 贺云帆 | 总经理     | 2026-10-30 | 批准
JM-2610-03 | G006 | 林见微 | 2026-10-13 | 迟到     |            | 10.00    | 申请减免               | 韩知远 | 销售部经理 | 2026-10-30 | 未批准
"""

#: G012's fine is taken back, G013 paid; both before the month sheet, so that its 状态 says so
EXECUTIONS_GM = """
执行单号   | 工号 | 姓名   | 罚款月份 | 决定   | 金额  | 原因               | 确认人 | 确认日期
ZX-2610-01 | G012 | 许星河 | 2026-10  | 不执行 | 10.00 | 首次，已当面教育   | 贺云帆 | 2026-10-30
ZX-2610-02 | G013 | 秦书瑶 | 2026-10  | 已执行 | 20.00 | 现金已缴，收据0231 | 贺云帆 | 2026-10-30
"""

#: approved in time and left in a drawer: it lands when October is closed
LATE_LEAVE_WX = """
假条号     | 工号 | 姓名   | 请假类型 | 开始时间         | 结束时间         | 申请时间         | 申请人 | 批准人 | 批准人级别 | 交条日期   | 状态
ZB-2610-90 | W011 | 邵安然 | 事假     | 2026-10-20 09:00 | 2026-10-20 18:00 | 2026-10-19 15:00 | 本人   | 谢长风 | 项目总监   | 2026-10-19 | 批准
"""  # noqa: E501 - one slip, one line

PRAISES_GM = """
表扬单号   | 工号 | 姓名   | 发生日     | 事由                 | 奖金   | 开单人
BY-2610-01 | G002 | 苏晚晴 | 2026-10-22 | 拾到客户手机当日归还 | 100.00 | 韩知远
"""

OVERTIME_HO = """
加班单号   | 工号 | 姓名   | 加班日期   | 开始时间         | 结束时间         | 加班事由     | 审批人 | 审批时间         | 审批状态 | 补偿方式
JB-HO-01   | H006 | 袁初夏 | 2026-10-03 | 2026-10-03 09:00 | 2026-10-03 12:00 | 节日资金调拨 | 贺云帆 | 2026-09-30 16:00 | 审批通过 | 加班费
"""

RULINGS_WX = """
认定单号   | 工号 | 姓名   | 考勤日期   | 认定结果 | 理由                         | 批准人 | 批准人级别 | 签字日期
RD-WX-01   | W003 | 张伟   | 2026-10-14 | 出勤     | 客服前台交接班记录有本人签字 | 谢长风 | 项目总监   | 2026-11-02
RD-WX-02   | W004 | 张伟   | 2026-10-14 | 出勤     | 当日维修工单两张，客户已签收 | 谢长风 | 项目总监   | 2026-11-02
RD-WX-03   | W006 | 魏北辰 | 2026-10-23 | 休息     | 排班漏填，当日轮休           | 谢长风 | 项目总监   | 2026-11-03
RD-WX-04   | W012 | 孟听雨 | 2026-10-29 | 出勤     | 班次代码误填，按日班出勤     | 谢长风 | 项目总监   | 2026-11-05
"""

#: G004: fines of 20.00 against what the minimum wage leaves, 15.00; of G010, who was transferred, nobody gave what is
#: payable; G099 is nobody's number and goes back to payroll.
WAGES_GM = """
工号 | 月份    | 月工资标准 | 应发工资
G001 | 2026-10 | 12000.00   | 12000.00
G002 | 2026-10 | 4500.00    | 4293.10
G003 | 2026-10 | 4500.00    | 4490.00
G004 | 2026-10 | 3000.00    | 2505.00
G005 | 2026-10 | 4200.00    | 4190.00
G006 | 2026-10 | 4200.00    | 4103.45
G007 | 2026-10 | 3050.00    | 2839.66
G008 | 2026-10 | 4000.00    | 3632.18
G009 | 2026-10 | 3800.00    | 3450.57
G010 | 2026-10 | 3900.00    |
G011 | 2026-10 | 3900.00    | 3881.00
G012 | 2026-10 | 3600.00    | 3268.97
G013 | 2026-10 | 3500.00    | 3017.24
G014 | 2026-10 | 4800.00    | 2913.20
G099 | 2026-10 | 3700.00    |
"""

# From the tables to days ----------------------------------------------------------------------------------


def _day_of(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


PERSONS = table(PEOPLE)
_TOLD = {(row["who"], _day_of(row["day"])): row["punches"].split() for row in table(DAYS)}
_CHANGED = {(row["who"], _day_of(row["day"])): row["code"] for row in table(ROSTER_CHANGES)}
_TAKEN = {(row["who"], _day_of(row["day"])): row["code"] for row in table(SWAPPED)}
_HOURS = {
    (row["案场编号"], row["班次代码"]): (time.fromisoformat(row["上班时间"]), time.fromisoformat(row["下班时间"]))
    for row in table(SHIFTS)
}
_POSTS = {"主管": "Z", "礼宾": "L", "客户接待": "J", "保洁员": "B", "维修技工": "W"}
_LAUNCH = {date(2026, 10, 24), date(2026, 10, 25)}


def _days() -> list[date]:
    return [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]


def _rotation(row: dict[str, str], day: date) -> str:
    """One rest day a week: at 售楼部 from Tuesday to Sunday, at 售楼处 on no weekend or holiday; nights two by two."""
    number, week = int(row["工号"][1:]), day.isocalendar().week
    if row["案场编号"] == "SL01":
        return "休" if day.weekday() == 1 + (number + week) % 6 else "Y"
    if row["案场编号"] == "SC01":
        rests_on = date(2026, 10, 8 + number % 2) if week == 41 else None
        is_rest = day == rests_on if week <= 41 else day.weekday() == (number + week) % 5
        return "休" if is_rest else "L" if (number + week) % 2 else "E"
    if row["岗位"] == "夜班值守":
        return "N" if (day.toordinal() // 2) % 2 == (number == 8) else "休"
    return "休" if day.weekday() == number % 7 else _POSTS[row["岗位"]]


def _planned(row: dict[str, str], day: date) -> str:
    return _CHANGED.get((row["工号"], day)) or _rotation(row, day)


def _punches_of(row: dict[str, str], day: date) -> list[datetime]:
    """The punches of one person and attendance day: as told, else by the shift that was worked."""
    told = _TOLD.get((row["工号"], day))
    if told is not None:
        return [
            datetime.combine(day + timedelta(days=text.startswith("+")), time.fromisoformat(text.lstrip("+")))
            for text in told
            if text != "-"
        ]
    code = _TAKEN.get((row["工号"], day)) or _planned(row, day)
    if code == "休":
        return []
    site = row["案场编号"]
    starts, ends = _HOURS[site, "K" if site == "SL01" and day in _LAUNCH else code]
    chance = hashlib.sha256(f"{row['考勤号']} {day}".encode()).digest()
    due_in = datetime.combine(day, starts)
    due_out = datetime.combine(day + timedelta(days=ends <= starts), ends)
    return [
        due_in - timedelta(minutes=3 + chance[1] % 17, seconds=chance[2] % 60),
        due_out + timedelta(minutes=2 + chance[4] % 25, seconds=chance[5] % 60),
    ]


def _people_of(site: str) -> list[dict[str, str]]:
    return [row for row in PERSONS if row["案场编号"] == site]


def _seen(site: str) -> list[tuple[datetime, dict[str, str]]]:
    """Everything the device of a site saw, in order."""
    found = [(at, row) for day in _days() for row in _people_of(site) for at in _punches_of(row, day)]
    return sorted(found, key=lambda punch: (punch[0], punch[1]["考勤号"]))


# From days to files ---------------------------------------------------------------------------------------


def _roster(site: str) -> bytes:
    header = ["工号", "姓名", "岗位", *(str(day.day) for day in _days())]
    lines = [
        [row["工号"], row["姓名"], row["岗位"], *(_planned(row, day) for day in _days())] for row in _people_of(site)
    ]
    return csv_bytes(header, lines, "utf-8-sig")


def _sl_punches() -> bytes:
    lines = [[row["考勤号"], row["姓名"], f"{at:%Y-%m-%d %H:%M:%S}"] for at, row in _seen("SL01")]
    return csv_bytes(["考勤号", "姓名", "打卡时间"], lines, "utf-8-sig")


def _sc_punches() -> bytes:
    lines = [[row["考勤号"], row["姓名"], at] for at, row in _seen("SC01")]
    return xlsx_table("售楼处 签到机导出", ["人员编号", "姓名", "打卡时间"], lines, [10, 10, 20])


def _cn_punches(*, names_only: bool) -> bytes:
    """城南壹号: GB18030; of one day there are only names."""
    seen = [punch for punch in _seen("CN01") if (punch[0].date() == NAMES_ONLY_ON) == names_only]
    if names_only:
        lines = [[row["姓名"], row["部门"], f"{at:%Y/%m/%d %H:%M:%S}"] for at, row in seen]
        return csv_bytes(["姓名", "部门", "打卡时间"], lines, "gb18030")
    lines = [[row["考勤号"], row["姓名"], row["部门"], f"{at:%Y/%m/%d %H:%M:%S}"] for at, row in seen]
    return csv_bytes(["考勤号", "姓名", "部门", "打卡时间"], lines, "gb18030")


def _summaries() -> bytes:
    """工作小结 of 售楼部: handed in within the hour after work, by a hash of group and day."""
    lines = []
    for day in _days():
        for group in GROUPS_SL:
            if (group, day) in NO_SUMMARY:
                continue
            chance = hashlib.sha256(f"{group} {day}".encode()).digest()
            ends = time(20) if day in _LAUNCH else time(18)
            handed_in_at = datetime.combine(day, ends) + timedelta(minutes=chance[0] % 55)
            lines.append([group, str(day), f"{handed_in_at:%Y-%m-%d %H:%M}", "盛秋池"])
    return csv_bytes(["组别", "日期", "提交时间", "归档人"], lines, "utf-8-sig")


def inbox() -> dict[str, bytes]:
    """The files of sample/inbox that are made here; the group's lists are joined with the others' by make_sample.py."""
    return {
        "工资扣款参数.csv": csv_table(WAGE_LIMITS),
        "2026-10工资标准.csv": csv_table(WAGES_GM, WAGES_SC, WAGES_CN),
        "GM01/2026-10换班登记.csv": csv_table(SWAPS_GM, encoding="gb18030"),
        "GM01/2026-10查岗记录.csv": csv_table(CHECKS_GM, encoding="gb18030"),
        "GM01/2026-10罚款减免单.csv": csv_table(WAIVERS_GM, encoding="gb18030"),
        "GM01/2026-10罚款执行登记.csv": csv_table(EXECUTIONS_GM, encoding="gb18030"),
        "GM01/2026-10表扬单.csv": csv_table(PRAISES_GM, encoding="gb18030"),
        "HO01/2026-10加班单.csv": csv_table(OVERTIME_HO),
        "WX01/2026-10考勤认定单.csv": csv_table(RULINGS_WX),
        "SL01/2026-10排班表.csv": _roster("SL01"),
        "SL01/2026-10打卡记录.csv": _sl_punches(),
        "SL01/2026-10临时作息.csv": csv_table(TIMETABLE_SL),
        "SL01/2026-10换班登记.csv": csv_table(SWAPS_SL),
        "SL01/2026-10查岗记录.csv": csv_table(CHECKS_SL),
        "SL01/2026-10外出登记.csv": csv_table(OUTINGS_SL),
        "SL01/2026-10会议培训安排.csv": csv_table(GATHERINGS_SL),
        "SL01/2026-10会议培训签到.csv": csv_table(ATTENDEES_SL),
        "SL01/2026-10工作小结.csv": _summaries(),
        "SL01/2026-10请假登记.csv": csv_table(LEAVE_SL),
        "SC01/2026-10排班表.csv": _roster("SC01"),
        "SC01/2026-10打卡记录.xlsx": _sc_punches(),
        "SC01/2026-10换班登记.csv": csv_table(SWAPS_SC),
        "SC01/2026-10接待轮位登记.csv": csv_table(RECEPTIONS_SC),
        "SC01/2026-10违纪单.csv": csv_table(CONDUCT_SC),
        "CN01/2026-10排班表.csv": _roster("CN01"),
        "CN01/2026-10打卡记录.csv": _cn_punches(names_only=False),
        "CN01/2026-10-20打卡记录-仅姓名.csv": _cn_punches(names_only=True),
        "CN01/2026-10换班登记.csv": csv_table(SWAPS_CN),
        "CN01/2026-10加班单.csv": csv_table(OVERTIME_CN),
        "CN01/2026-10请假登记.csv": csv_table(LEAVE_CN),
        "CN01/2026-10考勤认定单.csv": csv_table(RULINGS_CN),
    }


def later() -> dict[str, bytes]:
    """What comes when October's month sheet is final: sample/later."""
    return {"WX01/2026-10请假登记-补交.csv": csv_table(LATE_LEAVE_WX)}
