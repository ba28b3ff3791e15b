"""Make the sample month: October 2026 of 云栖置业集团, a made-up group with six sites, and the kit for a new site.

    python sample/make_sample.py            write sample/inbox, sample/later and sample/new_site
    python sample/make_sample.py --check    say whether the tree equals what this script makes

Most people are punctual on most days: their punches come from a hash of badge and day. What is told about
somebody stands in the tables below, first the days, then the slips; everything else follows from them.
Nobody in here is real. README.md is the tour; tests/workflows/test_sample.py holds both against the rules. Three more
sites, and the registers that wages need, come from make_attendance.py. The fee notices of the same month come from make_fees.py, the repairs and deposits from make_repairs.py, the case sites' registers
from make_sales.py.
"""

import argparse
import hashlib
import io
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import make_attendance
import make_fees
import make_repairs
import make_sales
from filing import csv_bytes, csv_table, table, xlsx_table

HERE = Path(__file__).resolve().parent
#: the calendars of the kit are the originals: downloaded, never made
CALENDARS = HERE / "new_site"
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)

# The story ------------------------------------------------------------------------------------------------

#: The punches of a day on which something happens. `-` none; @2 the second device; + the next morning.
DAYS = """
who  | day   | punches                        | what is told
G002 | 10-12 | 08:30:00                       | on time to the second
G003 | 10-13 | 08:30:59                       | the seconds of a minute are dropped: still on time
G004 | 10-12 | 08:47                          | 17 minutes late
G005 | 10-12 | 09:00:00                       | exactly 30 minutes late
G006 | 10-13 | 09:00:59                       | 30 minutes and 59 seconds are 30 minutes
G007 | 10-14 | 09:01:00                       | 31 minutes late
G008 | 10-14 | -                              | does not come and asks for no leave
G010 | 10-09 | 08:20:14 17:20:30              | leaves early, where a punch shows it
G011 | 10-12 | 08:21:10@1 08:21:12@2          | two devices within seconds
G008 | 10-15 | 10:45                          | an outing on business covers the start of the shift
G009 | 10-23 | 08:50                          | an outing that nobody agreed to covers nothing
G002 | 10-20 | 13:25                          | morning leave, back in time
G004 | 10-22 | 13:40                          | morning leave, 10 minutes late in the afternoon
G005 | 10-13 | 08:25:40                       | afternoon leave
G006 | 10-21 | -                              | a day of leave
G011 | 10-27 | -                              | two days of leave, the first
G011 | 10-28 | -                              | two days of leave, the second
G012 | 10-22 | -                              | a day of leave beyond the approver's level
G013 | 10-14 | -                              | two days of leave beyond the approver's level
G013 | 10-15 | -                              | the second of them
G009 | 10-15 | -                              | leave asked for afterwards
G014 | 10-08 | -                              | leave asked for by somebody else
G002 | 10-14 | -                              | leave slip filed late
G012 | 10-13 | -                              | sick leave, slip afterwards
G007 | 10-09 | -                              | time off in lieu, asked for the same morning
G010 | 10-13 | -                              | time off in lieu, asked for the day before
G008 | 10-22 | -                              | leave slip never filed
G004 | 10-16 | 08:22:31                       | leave refused, came to work all the same
G006 | 10-29 | -                              | leave whose slip was corrected
G014 | 10-20 | 08:55                          | last day: exempt from lateness
G002 | 10-31 | 08:45                          | 15 minutes late on the last day of the old rule
G003 | 10-31 | 08:46                          | 16 minutes late on the last day of the old rule
G002 | 11-01 | 08:45                          | 15 minutes late under the new rule
G003 | 11-01 | 08:46                          | 16 minutes late under the new rule
H006 | 10-03 | 08:52:07 12:10:40              | works on a statutory holiday
H008 | 10-10 | -                              | does not come on the make-up working day
H009 | 10-12 | 08:41 17:36:20                 | late where the house has no fine
H010 | 10-14 | 09:15 17:41:05                 | 45 minutes late where the house has no fine
H011 | 10-13 | 11:05 17:38:51                 | an outing on business covers the start
H008 | 10-23 | 08:19:25                       | an outing on business covers the end
H011 | 10-16 | 08:24:09 17:10                 | leaves early
H007 | 10-19 | 08:26:33 17:29:59              | the seconds of leaving are dropped, too
H012 | 10-20 | 08:15:48                       | forgets to punch out, no slip
H006 | 10-21 | 17:45:12                       | forgets to punch in, slip signed
H004 | 10-26 | -                              | three days of annual leave
H004 | 10-27 | -                              | the second
H004 | 10-28 | -                              | the third
H005 | 10-15 | 08:21:50 12:05                 | an afternoon of sick leave
W014 | 10-12 | 09:20 18:06:10                 | first day: exempt from lateness
W005 | 10-16 | 09:12 18:20:44                 | late where the house has no fine
W012 | 10-22 | 08:51:30 17:40                 | leaves early
W007 | 10-06 | 18:12:27                       | missed punch, signed: the 1st
W007 | 10-13 | 08:47:19                       | missed punch, signed: the 2nd
W007 | 10-20 | 18:09:55                       | missed punch, signed: the 3rd
W007 | 10-27 | 08:52:03                       | missed punch, signed: a 4th, the quota is 3
W008 | 10-21 | 08:44:36                       | missed punch signed by the wrong level
W013 | 10-19 | 18:15:02                       | missed punch without a slip
W011 | 10-20 | -                              | does not come
W002 | 10-20 | -                              | a day of leave
W009 | 10-27 | -                              | leave refused
W010 | 10-19 | 18:41 +08:04:11                | night watch, 11 minutes late
W010 | 10-31 | 18:21:37 +08:05:20             | night watch over the turn of the month
"""

#: What differs from the rotation: 休 rest, - no entry at all, X a code that nobody defined.
ROSTER_CHANGES = """
who  | day   | code | what is told
G009 | 10-17 | 休   | rest on a Saturday, nobody approved
G005 | 10-21 | 休   | with the 22nd two rest days in a row, without the chairman
W014 | 10-12 | H    | first day
W006 | 10-23 | -    | nobody planned this day
W012 | 10-29 | X    | a code that the table of shifts does not know
"""

#: 调班: a second roster file, in long form, with the approver of each change.
ROSTER_APPROVED = """
工号 | 日期       | 班次代码 | 批准人 | 批准人级别
G003 | 2026-10-18 | 休       | 韩知远 | 销售部经理
G003 | 2026-10-20 | A        | 韩知远 | 销售部经理
G007 | 2026-10-20 | 休       | 周怀山 | 董事长
"""

#: 考勤号 of the export of this day is missing: names only (ATT-20).
NAMES_ONLY_ON = date(2026, 10, 14)

UNKNOWN_BADGE = ("9527", ["2026-10-12 08:17:45", "2026-10-13 08:19:02", "2026-10-14 08:16:30"])

#: Lines that a device of 国贸 wrote in error; the place counts lines of the file.
BAD_PUNCH_LINES = [
    (60, "0105,顾南乔,销售部,2026/10/32 08:21:00,1"),
    (230, ",许星河,客服部,2026/10/16 08:24:18,2"),
]
#: Lines that were sent twice, by their place in the file.
REPEATED_LINES = {"GM01": (20, 21, 90), "HO01": (100, 101, 102), "WX01": (33, 200)}

# People ---------------------------------------------------------------------------------------------------

PEOPLE = """
工号 | 姓名   | 案场编号 | 部门       | 岗位         | 考勤号 | 入职日期   | 离职日期   | 生效日期
G001 | 韩知远 | GM01     | 销售部     | 销售部经理   | 0101   | 2021-03-01 |            |
G002 | 苏晚晴 | GM01     | 销售部     | 置业顾问     | 0102   | 2022-04-11 |            |
G003 | 程予安 | GM01     | 销售部     | 置业顾问     | 0103   | 2022-07-18 |            |
G004 | 白若溪 | GM01     | 销售部     | 置业顾问     | 0104   | 2023-02-06 |            |
G005 | 顾南乔 | GM01     | 销售部     | 置业顾问     | 0105   | 2023-05-15 |            |
G006 | 林见微 | GM01     | 销售部     | 置业顾问     | 0106   | 2023-09-01 |            |
G007 | 陶景行 | GM01     | 销售部     | 置业顾问     | 0107   | 2024-03-04 |            |
G008 | 叶青禾 | GM01     | 销售部     | 置业顾问     | 0108   | 2024-06-17 |            |
G009 | 江亦舟 | GM01     | 销售部     | 置业顾问     | 0109   | 2025-02-10 |            |
G010 | 温以宁 | GM01     | 客服部     | 客服专员     | 0110   | 2024-11-04 |            |
G010 | 温以宁 | WX01     | 客服部     | 客服助理     | 3015   | 2024-11-04 |            | 2026-10-16
G011 | 纪云舒 | GM01     | 客服部     | 前台接待     | 0111   | 2023-03-13 |            |
G012 | 许星河 | GM01     | 客服部     | 前台接待     | 0112   | 2024-08-05 |            |
G013 | 秦书瑶 | GM01     | 客服部     | 水吧服务     | 0113   | 2025-05-06 |            |
G014 | 罗小满 | GM01     | 策划部     | 策划专员     | 0114   | 2025-07-01 | 2026-10-20 |
H001 | 贺云帆 | HO01     | 总经办     | 总经理       | 1      | 2018-05-02 |            |
H002 | 宋清禾 | HO01     | 人事行政部 | 人事行政经理 | 2      | 2019-03-11 |            |
H003 | 梁念真 | HO01     | 人事行政部 | 考勤员       | 3      | 2022-02-14 |            |
H004 | 唐书言 | HO01     | 财务部     | 财务经理     | 4      | 2019-08-19 |            |
H005 | 曹若谷 | HO01     | 财务部     | 会计         | 5      | 2021-06-01 |            |
H006 | 袁初夏 | HO01     | 财务部     | 出纳         | 6      | 2023-04-03 |            |
H007 | 邓怀瑾 | HO01     | 运营部     | 运营经理     | 7      | 2020-10-12 |            |
H008 | 潘之遥 | HO01     | 运营部     | 运营专员     | 8      | 2024-01-08 |            |
H009 | 杜若飞 | HO01     | 运营部     | 数据专员     | 9      | 2024-07-22 |            |
H010 | 钟静姝 | HO01     | 总经办     | 文秘         | 10     | 2023-11-06 |            |
H011 | 卢望舒 | HO01     | 工程部     | 土建工程师   | 11     | 2020-04-20 |            |
H012 | 汪子墨 | HO01     | 工程部     | 机电工程师   | 12     | 2022-09-05 |            |
W001 | 谢长风 | WX01     | 项目部     | 项目总监     | 3001   | 2020-01-06 |            |
W002 | 傅思齐 | WX01     | 客服部     | 客服主管     | 3002   | 2021-04-12 |            |
W003 | 张伟   | WX01     | 客服部     | 客服助理     | 3003   | 2023-06-05 |            |
W004 | 张伟   | WX01     | 工程部     | 维修技工     | 3004   | 2024-02-19 |            |
W005 | 丁若兰 | WX01     | 客服部     | 客服助理     | 3005   | 2024-09-02 |            |
W006 | 魏北辰 | WX01     | 工程部     | 工程主管     | 3006   | 2020-08-10 |            |
W007 | 姜小川 | WX01     | 工程部     | 维修技工     | 3007   | 2022-03-07 |            |
W008 | 范亦凡 | WX01     | 工程部     | 维修技工     | 3008   | 2023-10-16 |            |
W009 | 石敬之 | WX01     | 秩序部     | 秩序队长     | 3009   | 2021-01-18 |            |
W010 | 龙启明 | WX01     | 秩序部     | 夜班秩序员   | 3010   | 2022-12-05 |            |
W011 | 邵安然 | WX01     | 环境部     | 保洁领班     | 3011   | 2021-07-26 |            |
W012 | 孟听雨 | WX01     | 环境部     | 保洁员       | 3012   | 2025-03-10 |            |
W013 | 金雨桐 | WX01     | 客服部     | 前台接待     | 3013   | 2025-08-04 |            |
W014 | 尹向晚 | WX01     | 客服部     | 客服助理     | 3014   | 2026-10-12 |            |
"""

# Slips ----------------------------------------------------------------------------------------------------

LEAVE_GM = """
假条号     | 工号 | 姓名   | 请假类型 | 开始时间         | 结束时间         | 天数 | 申请时间         | 申请人 | 批准人 | 批准人级别 | 交条日期   | 状态
QJ-2610-01 | G002 | 苏晚晴 | 事假     | 2026-10-20 08:30 | 2026-10-20 12:00 | 0.5  | 2026-10-18 16:10 | 本人   | 韩知远 | 销售部经理 | 2026-10-20 | 批准
QJ-2610-02 | G004 | 白若溪 | 事假     | 2026-10-22 08:30 | 2026-10-22 12:00 | 0.5  | 2026-10-20 17:20 | 本人   | 韩知远 | 销售部经理 | 2026-10-22 | 批准
QJ-2610-03 | G006 | 林见微 | 事假     | 2026-10-21 08:30 | 2026-10-21 18:00 | 1    | 2026-10-20 09:40 | 本人   | 贺云帆 | 总经理     | 2026-10-22 | 批准
QJ-2610-04 | G011 | 纪云舒 | 事假     | 2026-10-27 08:30 | 2026-10-28 18:00 | 2    | 2026-10-24 10:00 | 本人   | 周怀山 | 董事长     | 2026-10-29 | 批准
QJ-2610-05 | G012 | 许星河 | 事假     | 2026-10-22 08:30 | 2026-10-22 18:00 | 1    | 2026-10-21 15:30 | 本人   | 韩知远 | 销售部经理 | 2026-10-23 | 批准
QJ-2610-06 | G013 | 秦书瑶 | 事假     | 2026-10-14 08:30 | 2026-10-15 18:00 | 2    | 2026-10-13 11:15 | 本人   | 贺云帆 | 总经理     | 2026-10-16 | 批准
QJ-2610-07 | G009 | 江亦舟 | 事假     | 2026-10-15 08:30 | 2026-10-15 18:00 | 1    | 2026-10-15 14:00 | 本人   | 贺云帆 | 总经理     | 2026-10-16 | 批准
QJ-2610-08 | G014 | 罗小满 | 事假     | 2026-10-08 08:30 | 2026-10-08 18:00 | 1    | 2026-10-07 19:30 | 他人   | 贺云帆 | 总经理     | 2026-10-09 | 批准
QJ-2610-09 | G002 | 苏晚晴 | 事假     | 2026-10-14 08:30 | 2026-10-14 18:00 | 1    | 2026-10-13 16:45 | 本人   | 贺云帆 | 总经理     | 2026-10-17 | 批准
QJ-2610-10 | G005 | 顾南乔 | 事假     | 2026-10-13 13:30 | 2026-10-13 18:00 | 0.5  | 2026-10-12 17:05 | 本人   | 韩知远 | 销售部经理 | 2026-10-15 | 批准
QJ-2610-11 | G012 | 许星河 | 病假     | 2026-10-13 08:30 | 2026-10-13 18:00 | 1    | 2026-10-13 08:05 | 本人   | 贺云帆 | 总经理     | 2026-10-14 | 批准
QJ-2610-12 | G007 | 陶景行 | 调休     | 2026-10-09 08:30 | 2026-10-09 18:00 | 1    | 2026-10-09 07:30 | 本人   | 贺云帆 | 总经理     | 2026-10-10 | 批准
QJ-2610-13 | G010 | 温以宁 | 调休     | 2026-10-13 08:30 | 2026-10-13 18:00 | 1    | 2026-10-12 14:20 | 本人   | 贺云帆 | 总经理     | 2026-10-13 | 批准
QJ-2610-14 | G008 | 叶青禾 | 事假     | 2026-10-22 08:30 | 2026-10-22 18:00 | 1    | 2026-10-21 10:10 | 本人   | 贺云帆 | 总经理     |            | 批准
QJ-2610-15 | G004 | 白若溪 | 事假     | 2026-10-16 08:30 | 2026-10-16 18:00 | 1    | 2026-10-15 17:50 | 本人   | 贺云帆 | 总经理     | 2026-10-16 | 驳回
QJ-2610-16 | G006 | 林见微 | 年假     | 2026-10-29 08:30 | 2026-10-29 18:00 | 1    | 2026-10-27 09:00 | 本人   | 韩知远 | 销售部经理 | 2026-10-30 | 批准
QJ-2610-17 | G013 | 秦书瑶 | 事假     | 2026-10-30 08:30 | 2026-10-30 18:00 | 1    | 2026-10-27 15:00 | 本人   | 贺云帆 | 总经理     | 2026-10-29 | 批准
"""

#: 更正: a slip by the same number replaces the one before; -17 was not needed after all.
LEAVE_GM_CORRECTED = """
假条号     | 工号 | 姓名   | 请假类型 | 开始时间         | 结束时间         | 天数 | 申请时间         | 申请人 | 批准人 | 批准人级别 | 交条日期   | 状态
QJ-2610-16 | G006 | 林见微 | 年假     | 2026-10-29 08:30 | 2026-10-29 18:00 | 1    | 2026-10-27 09:00 | 本人   | 贺云帆 | 总经理     | 2026-10-30 | 批准
QJ-2610-17 | G013 | 秦书瑶 | 事假     | 2026-10-30 08:30 | 2026-10-30 18:00 | 1    | 2026-10-27 15:00 | 本人   | 贺云帆 | 总经理     | 2026-10-29 | 撤销
"""

LEAVE_HO = """
请假单号   | 员工编号 | 姓名     | 假别   | 请假开始时间     | 请假结束时间     | 请假天数 | 审批人 | 审批状态 | 销假时间
ZB-2610-01 | H004     | 唐书言   | 年休假 | 2026-10-26 08:30 | 2026-10-28 17:30 | 3        | 贺云帆 | 审批通过 | 2026-10-29 08:40
ZB-2610-02 | H005     | 曹若谷   | 病假   | 2026-10-15 13:00 | 2026-10-15 17:30 | 0.5      | 唐书言 | 审批通过 |
"""

LEAVE_WX = """
假条号     | 工号 | 姓名   | 类型 | 开始             | 结束             | 批准人 | 状态
WX-2610-01 | W002 | 傅思齐 | 事   | 2026-10-20 09:00 | 2026-10-20 18:00 | 谢长风 | 同意
WX-2610-02 | W009 | 石敬之 | 事   | 2026-10-27 09:00 | 2026-10-27 18:00 | 谢长风 | 不同意
"""

OUTINGS_GM = """
工号 | 姓名   | 因公/因私 | 批准人 | 外出时间         | 返回时间         | 去向           | 查岗结果
G008 | 叶青禾 | 因公      | 韩知远 | 2026-10-15 08:10 | 2026-10-15 10:40 | 房管局备案     | 在外，属实
G009 | 江亦舟 | 因公      |        | 2026-10-23 08:15 | 2026-10-23 08:45 | 客户公司       | 无人知晓
G011 | 纪云舒 | 因私      | 韩知远 | 2026-10-13 12:05 | 2026-10-13 12:50 | 午餐           | 离岗45分钟
G006 | 林见微 | 用餐      | 韩知远 | 2026-10-19 12:00 | 2026-10-19 12:46 | 楼下快餐       |
G012 | 许星河 | 用餐      | 韩知远 | 2026-10-20 12:05 | 2026-10-20 12:45 | 楼下快餐       |
"""

OUTINGS_HO = """
工号 | 姓名   | 外出类型 | 审批人 | 外出时间         | 返回时间         | 外出地点
H011 | 卢望舒 | 公出     | 贺云帆 | 2026-10-13 08:00 | 2026-10-13 11:00 | 城东地块工地
H008 | 潘之遥 | 公出     | 邓怀瑾 | 2026-10-23 15:00 |                  | 威新国际大厦
"""

MISSED_HO = """
单号       | 工号 | 姓名   | 补卡日期   | 类型   | 原因           | 签字人 | 签字时间         | 状态
BK-2610-01 | H006 | 袁初夏 | 2026-10-21 | 上班卡 | 一早去银行对账 | 唐书言 | 2026-10-21 17:50 | 同意
"""

MISSED_WX = """
补卡单号   | 工号 | 姓名   | 日期       | 上班/下班 | 原因             | 签字人 | 签字人级别 | 签字时间         | 状态
WB-2610-01 | W007 | 姜小川 | 2026-10-06 | 上班      | 十八层漏水抢修   | 谢长风 | 项目总监   | 2026-10-07 09:10 | 批准
WB-2610-02 | W007 | 姜小川 | 2026-10-13 | 下班      | 配电房停电检修   | 谢长风 | 项目总监   | 2026-10-14 09:05 | 批准
WB-2610-03 | W007 | 姜小川 | 2026-10-20 | 上班      | 电梯困人救援     | 谢长风 | 项目总监   | 2026-10-21 09:20 | 批准
WB-2610-04 | W007 | 姜小川 | 2026-10-27 | 下班      | 地库排水抢修     | 谢长风 | 项目总监   | 2026-10-28 09:15 | 批准
WB-2610-05 | W008 | 范亦凡 | 2026-10-21 | 下班      | 空调机房检修     | 魏北辰 | 部门经理   | 2026-10-22 10:00 | 批准
"""

CONDUCT_GM = """
违纪单号   | 发生日     | 工号 | 姓名   | 事由                         | 金额  | 话费 | 开单人 | 当事人签字
WJ-2610-01 | 2026-10-11 | G012 | 许星河 | 前台坐着接待客户             |       |      | 韩知远 | 是
WJ-2610-02 | 2026-10-22 | G013 | 秦书瑶 | 前台坐着与客户交谈           |       |      | 韩知远 | 是
WJ-2610-03 | 2026-10-16 | G009 | 江亦舟 | 工作延误：未按时交客户回访表 |       |      | 韩知远 | 是
WJ-2610-04 | 2026-10-21 | G007 | 陶景行 | 休息区外休息                 | 50.00 |      | 韩知远 | 是
WJ-2610-05 | 2026-10-20 | G011 | 纪云舒 | 拨打收费电话                 |       | 6.35 | 韩知远 | 是
WJ-2610-06 | 2026-10-23 | G004 | 白若溪 | 工作差错：销控表登记错房号   |       |      | 韩知远 | 否
WJ-2610-07 | 2026-10-12 | G004 | 白若溪 | 10月12日迟到                 | 10.00 |      | 韩知远 | 是
WJ-2610-08 | 2026-10-24 | G008 | 叶青禾 | 工作延误：样板间未按时开灯   |       |      | 韩知远 | 是
WJ-2610-08 | 2026-10-24 | G008 | 叶青禾 | 工作延误：样板间未按时开灯   |       |      | 韩知远 | 是
"""

#: The secretary sent slip 08 once more.
CONDUCT_GM_AGAIN = """
违纪单号   | 发生日     | 工号 | 姓名   | 事由                         | 金额 | 话费 | 开单人 | 当事人签字
WJ-2610-08 | 2026-10-24 | G008 | 叶青禾 | 工作延误：样板间未按时开灯   |      |      | 韩知远 | 是
"""

# Rule book ------------------------------------------------------------------------------------------------

SITES = """
案场编号 | 案场名称     | 城市 | 未登记人员照常出表 | 罚款人数上限比例 | 启用日期
GM01     | 国贸大厦     | 云州 | 否                 | 0.5              | 2021-03-01
HO01     | 云栖置业总部 | 云州 | 否                 | 0.5              | 2018-05-02
WX01     | 威新国际大厦 | 云州 | 否                 | 0.5              | 2020-01-06
"""

RULE_SETS = """
制度编号 | 制度名称                 | 优先级 | 出处
guomao   | 国贸大厦案场管理制度     | 10     | 000 第3部分 第二至五章
office   | 房地产企业管理制度       | 10     | 002 考勤制度
huaqing  | 华清物业威新国际大厦制度 | 10     | 003 第5部分
shouce   | 公司行政管理手册         | 20     | 公司行政管理手册（2026年10月20日起）
"""

OFFICE_RULES = """
制度编号 | 规则编号 | 参数                      | 取值         | 生效日期   | 失效日期   | 条款原文                             | 出处
office   | OF-A1    | works_calendar            | official     | 2018-01-01 |            | 周一至周五上班，节假日按国务院安排   | 002 考勤制度
office   | OF-A1    | is_in_required            | 是           | 2018-01-01 |            | 上班签到                             | 002 考勤制度
office   | OF-A1    | is_out_required           | 是           | 2018-01-01 |            | 下班签退                             | 002 考勤制度
office   | OF-A1    | seconds_mode              | minute_floor | 2018-01-01 |            | 按分钟计，秒数舍去                   | 集团设定
office   | OF-A1    | late_limit_minutes        | 0            | 2018-01-01 |            | 迟到只计次数和分钟，不罚款           | 002 考勤制度
office   | OF-A1    | missing_punch_absent_days | 0.5          | 2018-01-01 |            | 缺卡未补，记旷工半天                 | 集团设定
office   | OF-A2    | no_show_absent_days       | 1            | 2018-01-01 |            | 事先请假，事后销假；按实际出勤计薪   | 002 考勤制度
office   | OF-A2    | invalid_leave_absent_days | 1            | 2018-01-01 |            | 未经批准的请假不计出勤               | 002 考勤制度
office   | OF-A2    | close_workday             | 5            | 2018-01-01 |            | 考勤表按规定日期报办公室             | 002 考勤制度
"""

RULES = (
    OFFICE_RULES
    + """
guomao   | GM-A3    | works_calendar            | roster       | 2026-01-01 |            | 每周工作六天，周一至周五轮休         | 000 第3部分
guomao   | GM-A3    | rest_day_rotation         | 1-5          | 2026-01-01 |            | 周一至周五轮休，周六周日正常上班     | 000 第3部分
guomao   | GM-A1    | is_in_required            | 是           | 2026-01-01 |            | 到岗后及时打卡                       | 000 第3部分
guomao   | GM-A1    | is_out_required           | 否           | 2026-01-01 |            | 到岗后及时打卡（下班不要求）         | 000 第3部分
guomao   | GM-A1    | seconds_mode              | minute_floor | 2026-01-01 |            | 按分钟计，秒数舍去                   | 集团设定
guomao   | GM-A2    | late_limit_minutes        | 30           | 2026-01-01 | 2026-10-31 | 迟到30分钟以内记迟到一次并罚款10元   | 000 第3部分
guomao   | GM-A2    | late_limit_minutes        | 15           | 2026-11-01 |            | 迟到15分钟以内记迟到一次并罚款20元   | 2026年11月修订
guomao   | GM-A2    | late_fine_amount          | 10.00        | 2026-01-01 | 2026-10-31 | 迟到30分钟以内记迟到一次并罚款10元   | 000 第3部分
guomao   | GM-A2    | late_fine_amount          | 20.00        | 2026-11-01 |            | 迟到15分钟以内记迟到一次并罚款20元   | 2026年11月修订
guomao   | GM-A2    | late_over_absent_days     | 0.5          | 2026-01-01 |            | 超过上限的，记旷工半天               | 000 第3部分
guomao   | GM-A7    | no_show_absent_days       | 1            | 2026-01-01 |            | 未请假又未到岗，记旷工一天           | 000 第3部分
guomao   | GM-A4    | leave_checks_request      | 是           | 2026-01-01 |            | 不得代请，不得事后补请               | 000 第3部分
guomao   | GM-A4    | leave_slip_days           | 1            | 2026-01-01 |            | 假条最迟在请假后第二天交             | 000 第3部分
guomao   | GM-A4    | leave_level1_days         | 0.5          | 2026-01-01 |            | 半天以内由销售部经理批准             | 000 第3部分
guomao   | GM-A4    | leave_level2_days         | 1            | 2026-01-01 |            | 一天以内由总经理批准，以上由董事长   | 000 第3部分
guomao   | GM-A4    | invalid_leave_absent_days | 1            | 2026-01-01 |            | 凡是未按时请假的，记作旷工一天       | 000 第3部分
guomao   | GM-A9    | seated_slip_amount        | 10.00        | 2026-01-01 |            | 前台坐着与客户交谈，每次罚款10元     | 000 第3部分
guomao   | GM-A9    | late_work_slip_amount     | 20.00        | 2026-01-01 |            | 工作延误或差错开违纪单               | 000 第3部分
guomao   | GM-A9    | call_fine_factor          | 2            | 2026-01-01 |            | 收费电话照价赔偿，另按话费两倍罚款   | 000 第3部分
guomao   | GM-A1    | close_workday             | 5            | 2026-01-01 |            | 次月第五个工作日关账                 | 集团设定
huaqing  | HQ-A1    | works_calendar            | roster       | 2026-01-01 |            | 按排班出勤                           | 003 第5部分
huaqing  | HQ-A1    | is_in_required            | 是           | 2026-01-01 |            | 上下班均须打卡                       | 003 第5部分
huaqing  | HQ-A1    | is_out_required           | 是           | 2026-01-01 |            | 上下班均须打卡                       | 003 第5部分
huaqing  | HQ-A1    | seconds_mode              | minute_floor | 2026-01-01 |            | 按分钟计，秒数舍去                   | 集团设定
huaqing  | HQ-A1    | late_limit_minutes        | 0            | 2026-01-01 |            | 迟到只计次数和分钟，不罚款           | 003 第5部分
huaqing  | HQ-A1    | no_show_absent_days       | 1            | 2026-01-01 |            | 无打卡无请假，记无故旷工             | 003 第5部分
huaqing  | HQ-A1    | invalid_leave_absent_days | 1            | 2026-01-01 |            | 未经批准的请假，记无故旷工           | 003 第5部分
huaqing  | HQ-A1    | missing_punch_absent_days | 1            | 2026-01-01 |            | 漏打卡无项目总监签字，记无故旷工一次 | 003 第5部分
huaqing  | HQ-A1    | missed_punch_quota        | 3            | 2026-01-01 |            | 每人每月补卡不超过三次               | 集团设定
huaqing  | HQ-A1    | missed_punch_signer_level | 项目总监     | 2026-01-01 |            | 因公漏打卡须项目总监签字             | 003 第5部分
huaqing  | HQ-A1    | close_workday             | 5            | 2026-01-01 |            | 次月第五个工作日关账                 | 集团设定
shouce   | SC-A9    | seated_slip_amount        | 20.00        | 2026-10-20 |            | 坐着接待客户，每次罚款20元           | 公司行政管理手册
"""
)

BINDINGS = """
案场编号 | 制度编号 | 生效日期   | 失效日期
GM01     | guomao   | 2026-01-01 |
GM01     | shouce   | 2026-10-20 |
HO01     | office   | 2018-01-01 |
WX01     | huaqing  | 2026-01-01 |
"""

SHIFTS = """
案场编号 | 班次代码 | 班次名称 | 上班时间 | 下班时间 | 午休开始 | 午休结束 | 是否默认 | 两段班 | 巡查岗 | 生效日期
GM01     | A        | 案场班   | 08:30    | 18:00    | 12:00    | 13:30    | 是       | 否     | 否     | 2026-01-01
HO01     | O        | 行政班   | 08:30    | 17:30    | 12:00    | 13:00    | 是       | 否     | 否     | 2018-01-01
WX01     | H        | 物业班   | 09:00    | 18:00    | 12:00    | 13:30    | 是       | 否     | 否     | 2026-01-01
WX01     | N        | 夜班     | 18:30    | 08:00    |          |          | 否       | 否     | 否     | 2026-01-01
"""

RECIPIENTS = """
单据             | 案场编号 | 收件人     | 部门       | 邮箱                      | 生效日期
daily_attendance | GM01     | 国贸案场经理 | 销售部     | guomao.manager@example.cn | 2026-01-01
daily_attendance | GM01     | 国贸人事行政 | 人事行政部 | guomao.hr@example.cn      | 2026-01-01
daily_attendance | HO01     | 总部部门经理 | 总经办     | office.manager@example.cn | 2026-01-01
daily_attendance | HO01     | 总部人事行政 | 人事行政部 | office.hr@example.cn      | 2026-01-01
daily_attendance | WX01     | 威新项目总监 | 项目部     | weixin.manager@example.cn | 2026-01-01
daily_attendance | WX01     | 威新人事行政 | 人事行政部 | weixin.hr@example.cn      | 2026-01-01
daily_attendance | *        | 集团人事   | 人事行政部 | group.hr@example.cn       | 2026-01-01
returned_rows    | GM01     | 国贸资料报送 | 销售部     | guomao.clerk@example.cn   | 2026-01-01
returned_rows    | HO01     | 总部考勤员 | 人事行政部 | office.clerk@example.cn   | 2026-01-01
returned_rows    | WX01     | 威新资料报送 | 客服部     | weixin.clerk@example.cn   | 2026-01-01
briefing         | *        | 运维       | 信息部     | ops@example.cn            | 2026-01-01
failure          | *        | 运维       | 信息部     | ops@example.cn            | 2026-01-01
"""

NEW_SITES = """
案场编号 | 案场名称   | 未登记人员照常出表 | 罚款人数上限比例
ZK01     | 打卡机直连 | 是                 | 1
"""
NEW_RULE_SETS = """
制度编号 | 制度名称           | 优先级 | 出处
office   | 房地产企业管理制度 | 10     | 002 考勤制度
"""
NEW_BINDINGS = """
案场编号 | 制度编号 | 生效日期
ZK01     | office   | 2018-01-01
"""
NEW_SHIFTS = """
案场编号 | 班次代码 | 班次名称 | 上班时间 | 下班时间 | 午休开始 | 午休结束 | 是否默认 | 生效日期
ZK01     | O        | 行政班   | 08:30    | 17:30    | 12:00    | 13:00    | 是       | 2018-01-01
"""
NEW_RECIPIENTS = """
单据             | 案场编号 | 收件人   | 部门       | 邮箱                | 生效日期
daily_attendance | ZK01     | 部门经理 | 总经办     | manager@example.com | 2018-01-01
daily_attendance | *        | 人事行政 | 人事行政部 | hr@example.com      | 2018-01-01
returned_rows    | ZK01     | 考勤员   | 人事行政部 | clerk@example.com   | 2018-01-01
briefing         | *        | 运维     | 信息部     | ops@example.com     | 2018-01-01
failure          | *        | 运维     | 信息部     | ops@example.com     | 2018-01-01
"""

# From the tables to days ----------------------------------------------------------------------------------


def day_of(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


PERSONS = table(PEOPLE)
TOLD = {
    (row["who"], day_of(row["day"])): row["punches"].split()
    for row in [*table(DAYS), *table(make_attendance.DAYS_GM)]
}
CHANGED = {(row["who"], day_of(row["day"])): row["code"] for row in table(ROSTER_CHANGES)}
APPROVED = {(row["工号"], date.fromisoformat(row["日期"])): row["班次代码"] for row in table(ROSTER_APPROVED)}
DUE = {
    "A": (time(8, 30), time(18)),
    "O": (time(8, 30), time(17, 30)),
    "H": (time(9), time(18)),
    "N": (time(18, 30), time(8)),
}
OFFICE_OFF = {date(2026, 10, day) for day in range(1, 8)}
OFFICE_MAKE_UP = {date(2026, 10, 10)}


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def employed(site: str, day: date) -> list[dict[str, str]]:
    """Who belongs to a site on a day, by the latest version of each person that has taken effect."""
    of_person = {}
    for row in PERSONS:
        if not row["生效日期"] or date.fromisoformat(row["生效日期"]) <= day:
            of_person[row["工号"]] = row
    return [
        row
        for row in of_person.values()
        if row["案场编号"] == site
        and date.fromisoformat(row["入职日期"]) <= day
        and (not row["离职日期"] or day <= date.fromisoformat(row["离职日期"]))
    ]


def rotation(row: dict[str, str], day: date) -> str:
    """国贸: one rest day a week, moving on from Monday to Friday. 威新: two fixed rest days a week, one man at night."""
    number = int(row["工号"][1:])
    if row["案场编号"] == "GM01":
        return "休" if day.weekday() == (number + day.isocalendar().week) % 5 else "A"
    number = 16 if row["工号"] == "G010" else number
    return "休" if day.weekday() in (number % 7, (number + 3) % 7) else "N" if row["岗位"].startswith("夜班") else "H"


def planned(row: dict[str, str], day: date) -> str:
    """The cell of the roster matrix, empty where nobody planned."""
    code = CHANGED.get((row["工号"], day)) or rotation(row, day)
    return "" if code == "-" else code


def shift_of(row: dict[str, str], day: date) -> str:
    """What the person works by: after approved changes, and by the official calendar in the office."""
    if row["案场编号"] == "HO01":
        is_off = day not in OFFICE_MAKE_UP and (day in OFFICE_OFF or day.weekday() > 4)
        return "休" if is_off else "O"
    code = APPROVED.get((row["工号"], day)) or planned(row, day)
    return "H" if code in ("", "X") else code


def punches_of(row: dict[str, str], day: date) -> list[tuple[datetime, str]]:
    """The punches of one person and attendance day, as (instant, device)."""
    told = TOLD.get((row["工号"], day))
    code = shift_of(row, day)
    if told is not None:
        return [_told_punch(day, text) for text in told if text != "-"]
    if code == "休":
        return []
    starts, ends = DUE[code]
    chance = hashlib.sha256(f"{row['考勤号']} {day}".encode()).digest()
    due_in = datetime.combine(day, starts)
    due_out = datetime.combine(day + timedelta(days=ends <= starts), ends)
    device = str(1 + chance[0] % 2) if row["案场编号"] == "GM01" else "1"
    found = [(due_in - timedelta(minutes=3 + chance[1] % 20, seconds=chance[2] % 60), device)]
    if row["案场编号"] != "GM01" or chance[3] % 3 == 0:
        found.append((due_out + timedelta(minutes=2 + chance[4] % 35, seconds=chance[5] % 60), device))
    return found


def _told_punch(day: date, text: str) -> tuple[datetime, str]:
    text, _, device = text.partition("@")
    clock = time.fromisoformat(text.lstrip("+"))
    return datetime.combine(day + timedelta(days=text.startswith("+")), clock), device or "1"


def site_punches(site: str, first: date = FIRST, last: date = LAST) -> list[tuple[datetime, str, dict[str, str]]]:
    """Everything the devices of a site saw of the attendance days, in order."""
    found = [
        (at, device, row)
        for day in days(first, last)
        for row in employed(site, day)
        for at, device in punches_of(row, day)
    ]
    return sorted(found, key=lambda punch: (punch[0], punch[2]["考勤号"], punch[1]))


# From days to files ---------------------------------------------------------------------------------------


def employees_file() -> bytes:
    header = ["序号", "工号", "姓名", "案场编号", "部门", "岗位", "考勤号", "入职日期", "离职日期", "生效日期", "备注"]
    lines = []
    for number, row in enumerate([*PERSONS, *make_attendance.PERSONS], 1):
        told = [date.fromisoformat(row[name]) if row[name] else "" for name in ("入职日期", "离职日期", "生效日期")]
        note = "由国贸大厦调入" if row["生效日期"] else "10月20日离职" if row["离职日期"] else ""
        plain = [row[name] for name in ("工号", "姓名", "案场编号", "部门", "岗位", "考勤号")]
        lines.append([number, *plain, *told, note])
    return xlsx_table("云栖置业集团花名册", header, lines, [6, 8, 10, 10, 12, 14, 8, 12, 12, 12, 16])


def gm_punches(first: date, last: date, *, is_october: bool) -> bytes:
    """国贸: the CSV of the device's software, GB18030, with what was sent twice and two lines that are broken."""
    seen = [
        (at, f"{row['考勤号']},{row['姓名']},{row['部门']},{at:%Y/%m/%d %H:%M:%S},{device}")
        for at, device, row in site_punches("GM01", first, last)
    ]
    if is_october:
        badge, times = UNKNOWN_BADGE
        stamps = [datetime.fromisoformat(text) for text in times]
        seen += [(at, f"{badge},,,{at:%Y/%m/%d %H:%M:%S},2") for at in stamps]
    lines = [line for _, line in sorted(seen)]
    if is_october:
        lines += [lines[place] for place in REPEATED_LINES["GM01"]]
        for place, line in BAD_PUNCH_LINES:
            lines.insert(place, line)
    return "\r\n".join(["考勤号,姓名,部门,打卡时间,机号", *lines, ""]).encode("gb18030")


def ho_punches() -> bytes:
    """总部: attlog.dat as a ZKTeco device gives it: ids pushed right, tabs, CRLF."""
    lines = [
        f"{row['考勤号']:>9}\t{at:%Y-%m-%d %H:%M:%S}\t{device}\t0\t1\t0" for at, device, row in site_punches("HO01")
    ]
    lines += [lines[place] for place in REPEATED_LINES["HO01"]]
    return "\r\n".join([*lines, ""]).encode("ascii")


def wx_punches(*, names_only: bool) -> bytes:
    """威新: XLSX with real date cells; of one day there are only names."""
    seen = [punch for punch in site_punches("WX01") if (punch[0].date() == NAMES_ONLY_ON) == names_only]
    if names_only:
        lines = [[row["姓名"], row["部门"], at] for at, _, row in seen]
        return xlsx_table("威新国际大厦 考勤机导出（按姓名）", ["姓名", "部门", "打卡时间"], lines, [10, 10, 20])
    lines = [[row["考勤号"], row["姓名"], row["部门"], at, device] for at, device, row in seen]
    lines += [lines[place] for place in REPEATED_LINES["WX01"]]
    header = ["人员编号", "姓名", "部门", "打卡时间", "机号"]
    return xlsx_table("威新国际大厦 考勤机导出", header, lines, [10, 10, 10, 20, 6])


def roster_lines(site: str, first: date, last: date) -> list[tuple[dict[str, str], list[str]]]:
    people = {row["工号"]: row for day in days(first, last) for row in employed(site, day)}
    return [
        (row, [planned(row, day) if row in employed(site, day) else "" for day in days(first, last)])
        for row in people.values()
    ]


def gm_roster(first: date, last: date) -> bytes:
    header = ["序号", "工号", "姓名", "岗位", *(day.day for day in days(first, last))]
    lines = [
        [number, row["工号"], row["姓名"], row["岗位"], *cells]
        for number, (row, cells) in enumerate(roster_lines("GM01", first, last), 1)
    ]
    lines.append(["说明：A=案场班08:30-18:00，休=休息"])
    return xlsx_table(f"国贸大厦{first:%Y年%m月}排班表", header, lines, [6, 8, 10, 12, *[4] * 31])


def wx_roster() -> bytes:
    header = ["月份", "工号", "姓名", "部门", *(f"{day.day}日({'一二三四五六日'[day.weekday()]})" for day in days())]
    lines = [
        ["2026-10", row["工号"], row["姓名"], row["部门"], *cells] for row, cells in roster_lines("WX01", FIRST, LAST)
    ]
    return csv_bytes(header, lines, "utf-8-sig")


def ho_leave() -> bytes:
    def cell(name: str, text: str) -> object:
        return (text and datetime.fromisoformat(text)) if name.endswith("时间") else float(text) if name == "请假天数" else text

    rows = table(LEAVE_HO)
    lines = [[cell(name, text) for name, text in row.items()] for row in rows]
    return xlsx_table("总部请假登记 2026年10月", list(rows[0]), lines, [14, 10, 10, 8, 20, 20, 10, 10, 10, 20])


def inbox() -> dict[str, bytes]:
    """Every file of sample/inbox."""
    november = date(2026, 11, 1), date(2026, 11, 30)
    return {
        "2026.json": (CALENDARS / "2026.json").read_bytes(),
        **make_attendance.inbox(),
        **make_fees.inbox(),
        **make_repairs.inbox(),
        **make_sales.inbox(),
        "审批人名单.csv": csv_table(make_repairs.APPROVERS, make_sales.APPROVERS, make_attendance.APPROVERS),
        "案场登记表.csv": csv_table(SITES, make_attendance.SITES),
        "花名册.xlsx": employees_file(),
        "制度清单.csv": csv_table(
            RULE_SETS, make_repairs.RULE_SETS, make_sales.RULE_SETS, make_attendance.RULE_SETS
        ),
        "制度参数.csv": csv_table(RULES, make_repairs.RULES, make_sales.RULES, make_attendance.RULES),
        "案场适用制度.csv": csv_table(BINDINGS, make_repairs.BINDINGS, make_sales.BINDINGS, make_attendance.BINDINGS),
        "班次表.csv": csv_table(SHIFTS, make_attendance.SHIFTS),
        "收件人.csv": csv_table(
            RECIPIENTS,
            make_fees.RECIPIENTS,
            make_repairs.RECIPIENTS,
            make_sales.RECIPIENTS,
            make_attendance.RECIPIENTS,
        ),
        "GM01/2026年10月打卡记录.csv": gm_punches(FIRST, LAST, is_october=True),
        "GM01/2026年11月1日打卡记录.csv": gm_punches(LAST, november[0], is_october=False),
        "GM01/2026-10排班表.xlsx": gm_roster(FIRST, LAST),
        "GM01/2026-10排班表-调班.csv": csv_table(ROSTER_APPROVED, encoding="gb18030"),
        "GM01/2026-11排班表.xlsx": gm_roster(*november),
        "GM01/2026-10请假登记.csv": csv_table(LEAVE_GM, encoding="gb18030"),
        "GM01/2026-10请假登记-更正.csv": csv_table(LEAVE_GM_CORRECTED, encoding="gb18030"),
        "GM01/2026-10外出登记.csv": csv_table(OUTINGS_GM, encoding="gb18030"),
        "GM01/2026-10违纪单.csv": csv_table(CONDUCT_GM, encoding="gb18030"),
        "GM01/2026-10违纪单-补交.csv": csv_table(CONDUCT_GM_AGAIN, encoding="gb18030"),
        "HO01/1_attlog.dat": ho_punches(),
        "HO01/2026-10请假登记.xlsx": ho_leave(),
        "HO01/2026-10外出登记.csv": csv_table(OUTINGS_HO),
        "HO01/2026-10补卡登记.csv": csv_table(MISSED_HO),
        "WX01/2026-10打卡记录.xlsx": wx_punches(names_only=False),
        "WX01/2026-10-14打卡记录-仅姓名.xlsx": wx_punches(names_only=True),
        "WX01/排班表.csv": wx_roster(),
        "WX01/2026-10请假登记.csv": csv_table(LEAVE_WX),
        "WX01/2026-10补卡登记.csv": csv_table(MISSED_WX),
    }


def new_site() -> dict[str, bytes]:
    """Every file of sample/new_site, a site that runs from its punch log alone."""
    return {
        **{path.name: path.read_bytes() for path in sorted(CALENDARS.glob("20[0-9][0-9].json"))},
        "案场登记表.csv": csv_table(NEW_SITES),
        "制度清单.csv": csv_table(NEW_RULE_SETS),
        "制度参数.csv": csv_table(OFFICE_RULES),
        "案场适用制度.csv": csv_table(NEW_BINDINGS),
        "班次表.csv": csv_table(NEW_SHIFTS),
        "收件人.csv": csv_table(NEW_RECIPIENTS),
        "ZK01/.gitkeep": b"",
    }


def made_later() -> dict[str, bytes]:
    """Every file of sample/later."""
    return {**make_attendance.later(), **make_fees.later(), **make_repairs.later(), **make_sales.later()}


def tree() -> dict[Path, bytes]:
    return {
        **{HERE / "inbox" / name: content for name, content in inbox().items()},
        **{HERE / "later" / name: content for name, content in made_later().items()},
        **{HERE / "new_site" / name: content for name, content in new_site().items()},
    }


def content_of(name: str, content: bytes) -> object:
    """What must be equal: the bytes, or of a workbook those of its parts (zlib may pack them otherwise)."""
    if not name.endswith(".xlsx"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def differences() -> list[str]:
    """Files that are missing, other than made, or not made by this script."""
    made = tree()
    there = {path for folder in ("inbox", "later", "new_site") for path in (HERE / folder).rglob("*") if path.is_file()}
    found = [f"missing: {path.relative_to(HERE)}" for path in sorted(made.keys() - there)]
    found += [f"not ours: {path.relative_to(HERE)}" for path in sorted(there - made.keys())]
    found += [
        f"differs: {path.relative_to(HERE)}"
        for path in sorted(made.keys() & there)
        if content_of(path.name, made[path]) != content_of(path.name, path.read_bytes())
    ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the tree differs")
    if parser.parse_args().check:
        found = differences()
        print("\n".join(found) or "sample: as made")
        return 1 if found else 0
    for path, content in tree().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or content_of(path.name, path.read_bytes()) != content_of(path.name, content):
            path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
