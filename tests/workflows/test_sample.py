"""The sample month lands, is computed, and says what its tour (sample/README.md) says.

The days below are what the rules ask for, drawn by hand; the tour has to agree with them, and both with the books.
"""

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from backoffice.attendance import close_months
from backoffice.database import ROOT, connect, rows
from backoffice.feeds import AdmissionReport, LandingReport, admit_landed, land_inbox
from backoffice.runs import carry_out
from tests.drawing import Books, as_text, draw
from tests.rules.attendance.conftest import compute
from tests.rules.timesheets.conftest import RECKON, register

SAMPLE = ROOT / "sample"
SITES = ("CN01", "GM01", "HO01", "SC01", "SL01", "WX01")
OCTOBER = "2026-10-01..2026-10-31"
LAST = date(2026, 10, 31)
ORDINARY = ("出勤", "休息", "法定节假日")

DAYS = """
    attendance.attendance_day
    employee_id | work_on    | status     | late_minutes | early_minutes | fine_amount | absent_days | leave_days | says
    G002 | 2026-10-12 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G003 | 2026-10-13 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G011 | 2026-10-12 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G004 | 2026-10-12 | 迟到 | 17 | 0 | 10.00 | 0.00 | 0.00 | -
    G005 | 2026-10-12 | 迟到 | 30 | 0 | 10.00 | 0.00 | 0.00 | -
    G006 | 2026-10-13 | 迟到 | 30 | 0 | 10.00 | 0.00 | 0.00 | -
    G007 | 2026-10-14 | 旷工半天 | 31 | 0 | 0.00 | 0.50 | 0.00 | -
    G008 | 2026-10-14 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    G008 | 2026-10-12 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G009 | 2026-10-17 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G003 | 2026-10-18 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G003 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G005 | 2026-10-22 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G007 | 2026-10-20 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G010 | 2026-10-09 | 早退 | 0 | 40 | 0.00 | 0.00 | 0.00 | -
    G002 | 2026-10-20 | 请假 | 0 | 0 | 0.00 | 0.00 | 0.50 | 有效
    G004 | 2026-10-22 | 迟到 | 10 | 0 | 10.00 | 0.00 | 0.50 | 有效
    G006 | 2026-10-21 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    G011 | 2026-10-27 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    G011 | 2026-10-28 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    G012 | 2026-10-22 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 批准级别不够
    G013 | 2026-10-14 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 批准级别不够
    G013 | 2026-10-15 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 批准级别不够
    G009 | 2026-10-15 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 事后补请
    G014 | 2026-10-08 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 他人代请
    G002 | 2026-10-14 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 假条逾期
    G005 | 2026-10-13 | 请假 | 0 | 0 | 0.00 | 0.00 | 0.50 | 有效
    G008 | 2026-10-22 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 假条未交
    G004 | 2026-10-16 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 未批准
    G012 | 2026-10-13 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    G007 | 2026-10-09 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 未提前一天
    G010 | 2026-10-13 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    G006 | 2026-10-29 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    G013 | 2026-10-30 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G008 | 2026-10-15 | 公出 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G009 | 2026-10-23 | 迟到 | 20 | 0 | 10.00 | 0.00 | 0.00 | -
    G011 | 2026-10-13 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G014 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 入职/离职当日不计迟到早退
    G002 | 2026-10-31 | 迟到 | 15 | 0 | 10.00 | 0.00 | 0.00 | -
    G002 | 2026-11-01 | 迟到 | 15 | 0 | 20.00 | 0.00 | 0.00 | -
    G003 | 2026-10-31 | 迟到 | 16 | 0 | 10.00 | 0.00 | 0.00 | -
    G003 | 2026-11-01 | 旷工半天 | 16 | 0 | 0.00 | 0.50 | 0.00 | -
    G010 | 2026-10-15 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G010 | 2026-10-16 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H005 | 2026-10-01 | 法定节假日 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H006 | 2026-10-03 | 法定节假日 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；加班单JB-HO-01
    H005 | 2026-10-05 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H007 | 2026-10-10 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H008 | 2026-10-10 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    H007 | 2026-10-17 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H009 | 2026-10-12 | 迟到 | 11 | 0 | 0.00 | 0.00 | 0.00 | -
    H010 | 2026-10-14 | 迟到 | 45 | 0 | 0.00 | 0.00 | 0.00 | -
    H011 | 2026-10-16 | 早退 | 0 | 20 | 0.00 | 0.00 | 0.00 | -
    H007 | 2026-10-19 | 早退 | 0 | 1 | 0.00 | 0.00 | 0.00 | -
    H012 | 2026-10-20 | 缺卡 | 0 | 0 | 0.00 | 0.50 | 0.00 | 缺下班卡
    H006 | 2026-10-21 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H004 | 2026-10-26 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    H004 | 2026-10-27 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    H004 | 2026-10-28 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    H005 | 2026-10-15 | 请假 | 0 | 0 | 0.00 | 0.00 | 0.50 | 有效
    H011 | 2026-10-13 | 公出 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    H008 | 2026-10-23 | 公出 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    W003 | 2026-10-14 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 客服前台交接班记录有本人签字
    W004 | 2026-10-14 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 当日维修工单两张，客户已签收
    W001 | 2026-10-14 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    W004 | 2026-10-15 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    W014 | 2026-10-12 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 入职/离职当日不计迟到早退
    W005 | 2026-10-16 | 迟到 | 12 | 0 | 0.00 | 0.00 | 0.00 | -
    W012 | 2026-10-22 | 早退 | 0 | 20 | 0.00 | 0.00 | 0.00 | -
    W007 | 2026-10-06 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    W007 | 2026-10-13 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    W007 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    W007 | 2026-10-27 | 缺卡 | 0 | 0 | 0.00 | 1.00 | 0.00 | 补卡超过当月次数
    W008 | 2026-10-21 | 缺卡 | 0 | 0 | 0.00 | 1.00 | 0.00 | 缺下班卡
    W013 | 2026-10-19 | 缺卡 | 0 | 0 | 0.00 | 1.00 | 0.00 | 缺上班卡
    W011 | 2026-10-20 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    W002 | 2026-10-20 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    W009 | 2026-10-27 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    W006 | 2026-10-23 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 排班漏填，当日轮休
    W012 | 2026-10-29 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 班次代码误填，按日班出勤
    W010 | 2026-10-19 | 迟到 | 11 | 0 | 0.00 | 0.00 | 0.00 | -
    W010 | 2026-10-31 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G006 | 2026-10-19 | 旷工半天 | 0 | 0 | 0.00 | 0.50 | 0.00 | 12:00外出用餐，12:46返回，共46分钟，超过40分钟
    G012 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G009 | 2026-10-28 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 15:10查岗不在岗（查岗人韩知远），无外出登记
    G002 | 2026-10-28 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    G013 | 2026-10-27 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    G012 | 2026-10-27 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；换班单HB-GM-01未采用：未获批准；换班单HB-GM-01未获批准仍自行换班，本人当日休息，不计
    G012 | 2026-10-28 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    G013 | 2026-10-28 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；换班单HB-GM-01未采用：未获批准；换班单HB-GM-01未获批准仍自行换班，本人当日休息，不计
    S003 | 2026-10-12 | 迟到 | 11 | 0 | 0.00 | 0.00 | 0.00 | -
    S004 | 2026-10-13 | 早退 | 0 | 40 | 0.00 | 0.00 | 0.00 | -
    S005 | 2026-10-14 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    S006 | 2026-10-27 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S005 | 2026-10-27 | 迟到 | 17 | 0 | 0.00 | 0.00 | 0.00 | -
    S010 | 2026-10-28 | 缺卡 | 0 | 0 | 0.00 | 0.50 | 0.00 | 缺上班卡
    S004 | 2026-10-24 | 迟到 | 12 | 0 | 0.00 | 0.00 | 0.00 | -
    S002 | 2026-10-24 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S008 | 2026-10-19 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S008 | 2026-10-23 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S006 | 2026-10-15 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 15:20查岗不在岗（查岗人霍青云），无外出登记
    S007 | 2026-10-15 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S009 | 2026-10-15 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S005 | 2026-10-16 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 15:00因私外出至16:00，无批准的外出单
    S003 | 2026-10-16 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S004 | 2026-10-16 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S003 | 2026-10-17 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S004 | 2026-10-17 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S010 | 2026-10-16 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    S009 | 2026-10-16 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；换班单TX-2610-02未采用：未事先说明
    S009 | 2026-10-17 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    S010 | 2026-10-17 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；换班单TX-2610-02未采用：未事先说明
    S007 | 2026-10-19 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 8:40会议“周一例会”，8:52签到，迟到12分钟
    S004 | 2026-10-19 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 8:40至9:20会议“周一例会”缺席，按早退计
    S003 | 2026-10-21 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S005 | 2026-10-21 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    S002 | 2026-10-28 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    R004 | 2026-10-12 | 迟到 | 13 | 0 | 0.00 | 0.00 | 0.00 | -
    R005 | 2026-10-13 | 迟到 | 22 | 0 | 0.00 | 0.00 | 0.00 | -
    R006 | 2026-10-14 | 早退 | 0 | 25 | 0.00 | 0.00 | 0.00 | -
    R007 | 2026-10-20 | 旷工 | 0 | 0 | 0.00 | 1.00 | 0.00 | 无打卡无请假
    R008 | 2026-10-22 | 缺卡 | 0 | 0 | 0.00 | 0.50 | 0.00 | 缺下班卡
    R003 | 2026-10-24 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    R005 | 2026-10-21 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    R006 | 2026-10-21 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N008 | 2026-10-06 | 迟到 | 11 | 0 | 0.00 | 0.00 | 0.00 | -
    N005 | 2026-10-12 | 迟到 | 45 | 0 | 0.00 | 0.00 | 0.00 | -
    N003 | 2026-10-16 | 早退 | 0 | 40 | 0.00 | 0.00 | 0.00 | -
    N010 | 2026-10-21 | 缺卡 | 0 | 0 | 0.00 | 0.50 | 0.00 | 缺下班卡
    N009 | 2026-10-22 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 巡查岗不考勤
    N001 | 2026-10-23 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N002 | 2026-10-19 | 请假 | 0 | 0 | 0.00 | 0.00 | 1.00 | 有效
    N008 | 2026-10-14 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N008 | 2026-10-15 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N007 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N007 | 2026-10-21 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 夜班下岗后直接上日班，交接有记录
    N002 | 2026-10-27 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N007 | 2026-10-27 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
    N003 | 2026-10-13 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 换班单CN-2610-02未采用：缺对方同意
    N008 | 2026-10-13 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 换班单CN-2610-02未采用：缺对方同意
    N002 | 2026-10-09 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 换班单CN-2610-03未采用：间隔不足
    N008 | 2026-10-09 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 换班单CN-2610-03未采用：间隔不足
    N004 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 前台签到簿有本人签字
    N010 | 2026-10-20 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 保洁巡查表有本人签字
    N004 | 2026-10-02 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；加班单JB-2610-01、JB-2610-05
    N006 | 2026-10-04 | 休息 | 0 | 0 | 0.00 | 0.00 | 0.00 | 休息日有打卡；加班单JB-2610-02以调休补偿4小时，不计加班费
    N006 | 2026-10-14 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | 加班单JB-2610-03
    N007 | 2026-10-31 | 出勤 | 0 | 0 | 0.00 | 0.00 | 0.00 | -
"""  # noqa: E501 - a remark of the sheet stands on one line

CONDUCT = """
    attendance.conduct_fine
    slip_no | employee_id | event_on | state | fine_amount | charge_amount | rule_id
    WJ-2610-01 | G012 | 2026-10-11 | 有效 | 10.00 | 0.00 | GM-A9
    WJ-2610-02 | G013 | 2026-10-22 | 有效 | 20.00 | 0.00 | SC-A9
    WJ-2610-03 | G009 | 2026-10-16 | 有效 | 20.00 | 0.00 | GM-A9
    WJ-2610-04 | G007 | 2026-10-21 | 有效 | 50.00 | 0.00 | GM-A9
    WJ-2610-05 | G011 | 2026-10-20 | 有效 | 12.70 | 6.35 | GM-A9
    WJ-2610-06 | G004 | 2026-10-23 | 待确认 | 0.00 | 0.00 | GM-A9
    WJ-2610-07 | G004 | 2026-10-12 | 同因重复 | 0.00 | 0.00 | GM-A9
    WJ-2610-08 | G008 | 2026-10-24 | 有效 | 20.00 | 0.00 | GM-A9
    WJ-SC-01   | R005 | 2026-10-20 | 有效 | 200.00 | 0.00 | -
"""

SAYS = "coalesce(nullif(reason, ''), nullif(slip_verdict, ''), remark)"


@dataclass
class Office:
    """Books into which an inbox was landed, admitted and computed."""

    books: Books
    landing: LandingReport
    admission: AdmissionReport
    known_at: str


def take_in(books: Books, folder: Path, to: Path) -> Office:
    """Land and admit a copy of a folder, as on the last day of October."""
    shutil.copytree(folder, to / "inbox")
    books.connection.commit()
    landing = land_inbox(books.connection, to / "inbox", to / "archive", as_of_on=LAST)
    admission = admit_landed(books.connection, as_of_on=LAST)
    # recorded_at is the clock's: a run knows of the files only from then on, and not before October is over.
    [known] = books.query("select greatest(clock_timestamp(), '2026-11-03 09:30')::text as known_at")
    return Office(books, landing, admission, known["known_at"])


@pytest.fixture(scope="module")
def office(server, tmp_path_factory):
    """The computed sample month, in a database of its own that all tests here read."""
    from tests.conftest import _copy_of_template

    for dsn in _copy_of_template(server):
        with connect(dsn) as connection:
            taken = take_in(Books(connection), SAMPLE / "inbox", tmp_path_factory.mktemp("sample"))
            compute(taken.books, OCTOBER, *SITES, known_at=taken.known_at)
            compute(taken.books, "2026-11-01", "GM01", known_at=taken.known_at)
            connection.commit()
            yield taken
            connection.rollback()


def tour(*headings: str) -> list[dict[str, str]]:
    """Rows of the table of the README that has these headings."""
    blocks = (SAMPLE / "README.md").read_text(encoding="utf-8").split("\n\n")
    for block in blocks:
        drawn = [line.strip("|").split("|") for line in block.splitlines() if line.startswith("|")]
        lines = [[cell.strip() for cell in line] for line in drawn]
        if lines and set(headings) <= set(lines[0]):
            return [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]
    raise AssertionError(f"sample/README.md has no table with the headings {headings}.")


def test_the_tree_is_what_the_script_makes():
    ran = subprocess.run(
        [sys.executable, SAMPLE / "make_sample.py", "--check"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_making_it_twice_gives_the_same_bytes(monkeypatch):
    monkeypatch.syspath_prepend(SAMPLE)
    spec = importlib.util.spec_from_file_location("make_sample", SAMPLE / "make_sample.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert script.tree() == script.tree()


def test_the_calendars_are_the_published_ones(shared_data):
    published = {path.name: path.read_bytes() for path in (shared_data / "holidays" / "holiday-cn").glob("20*.json")}
    assert {path.name: path.read_bytes() for path in (SAMPLE / "new_site").glob("20*.json")} == published
    assert (SAMPLE / "inbox" / "2026.json").read_bytes() == published["2026.json"]


def test_every_file_is_taken_and_only_three_lines_come_back(office):
    assert (office.landing.refused, office.landing.unknown, office.landing.waiting) == ([], [], [])
    assert (office.admission.refused, office.admission.failed) == ([], [])
    found = office.books.query(
        """
        select concat_ws('/', site_id, file_name) as file, line_no::text as line_no, column_name, reason
        from ops.quarantine inner join ops.landing_file on quarantine.file_id = landing_file.file_id
        order by file, quarantine.line_no
        """
    )
    told = [list(row.values()) for row in tour("file", "行号", "列", "原因")]
    # what comes back of the fee, repair and sales files is the other parts'
    others = [
        list(row.values())
        for heading in ("fee file", "repair file", "sales file")
        for row in tour(heading, "行号", "列", "原因")
    ]
    assert [list(row.values()) for row in found if list(row.values()) not in others] == told
    assert len(told) == 3


def test_the_control_totals_of_each_file_add_up_and_are_those_of_the_tour(office):
    counts = ("row_count", "admitted_count", "duplicate_count", "superseding_count", "quarantined_count")
    found = {
        "/".join(filter(None, [file.site_id, file.file_name])): [getattr(file, name) for name in counts]
        for file in office.admission.files
    }
    assert all(total == sum(parts) for total, *parts in found.values())
    headings = ("行数", "入账", "重复", "更正", "退回")
    told = {
        row[heading]: [int(row[name]) for name in headings]
        for heading in ("file", "fee file", "repair file", "sales file")
        for row in tour(heading, *headings)
    }
    assert found == told
    there = {path.relative_to(SAMPLE / "inbox").as_posix() for path in (SAMPLE / "inbox").rglob("*") if path.is_file()}
    assert set(found) == there


def test_the_special_days_are_judged_as_drawn(office):
    _, columns, drawn = draw(DAYS)
    found = {
        (row["employee_id"], as_text(row["work_on"])): [as_text(value) for value in row.values()]
        for row in office.books.query(
            f"select {', '.join(columns[:-1])}, {SAYS} as says from attendance.attendance_day"
        )
    }
    assert [found.get((row[0], row[1])) for row in drawn] == drawn


def test_no_day_with_a_story_is_left_out(office):
    _, _, drawn = draw(DAYS)
    found = office.books.query(
        "select employee_id, work_on::text as work_on from attendance.attendance_day where status <> all(%(ordinary)s)",
        ordinary=list(ORDINARY),
    )
    told = {(row[0], row[1]) for row in drawn if row[2] not in ORDINARY}
    assert {(row["employee_id"], row["work_on"]) for row in found} == told


def test_the_tour_of_the_days_is_the_drawn_one_and_names_people_and_files_rightly(office):
    _, _, drawn = draw(DAYS)
    told = tour("who", "day", "状态", "说明")
    cells = ("状态", "迟到", "早退", "罚款", "旷工", "请假")
    assert [[row["who"].split()[0], row["day"], *(row[c] for c in cells), row["说明"] or "-"] for row in told] == drawn
    named = {
        f"{row['employee_id']} {row['employee_name']}"
        for row in office.books.query("select distinct employee_id, employee_name from attendance.attendance_day")
    }
    assert {row["who"] for row in told} <= named
    assert all((SAMPLE / "inbox" / row["file"]).is_file() for row in told)


def test_the_conduct_slips_are_fined_as_drawn_and_as_in_the_tour(office):
    office.books.expect(CONDUCT)
    told = [
        [row["单号"], row["who"].split()[0], row["day"], row["状态"], row["金额"], row["话费"], row["条款"] or "-"]
        for row in tour("单号", "金额")
    ]
    assert told == draw(CONDUCT)[2]


def test_a_day_of_leave_is_not_printed_as_if_somebody_were_due(office):
    document = {"site_id": "GM01", "starts_on": "2026-10-21", "last_on": "2026-10-21", "known_at": office.known_at}
    told = {row["employee_id"]: row for row in rows(office.books.connection, "attendance/sheet_days", document)}
    on_leave, at_work = told["G006"], told["G007"]
    assert (on_leave["status"], on_leave["due_time"], on_leave["in_time"], on_leave["out_time"]) == (
        "请假",
        "全天假",
        None,
        None,
    )
    assert at_work["due_time"] == "08:30" and at_work["in_time"]


def test_the_sheet_of_exceptions_lists_what_the_tour_says(office):
    document = {"starts_on": "2026-10-01", "last_on": "2026-10-31", "known_at": office.known_at}
    found = [
        (site, row["subject"], row["problem"], f"{site}/{row['file_name']}" if row["file_name"] else "", row["line_no"])
        for site in SITES
        for row in rows(office.books.connection, "attendance/sheet_exceptions", {"site_id": site, **document})
    ]
    told = [
        (row["site"], row["对象"], row["问题"], row["file"], int(row["行号"]) if row["行号"] else None)
        for row in tour("对象", "问题")
    ]
    assert set(told) <= set(found)
    # findings that point to a line of a file: of the roster and of unknown badges there are no others
    assert {finding for finding in found if finding[3]} == {finding for finding in told if finding[3]}


def test_ATT_19_October_can_close_no_day_is_open_and_each_adds_up(office):
    assert (
        office.books.query(
            """
        select employee_id, work_on from attendance.attendance_day
        where work_on <= '2026-10-31' and (
            pending_days <> 0
            or due_days <> attended_days + leave_days + absent_days + pending_days
            or due_days <> (day_kind = '应出勤')::integer
        )
        """
        )
        == []
    )


def test_people_days_and_totals_are_those_of_the_tour_and_no_day_is_held(office):
    found = office.books.query(
        """
        with conduct as (
            select site_id, sum(fine_amount) as fine_amount, sum(charge_amount) as charge_amount
            from attendance.conduct_fine
            group by site_id
        )
        select
            attendance_day.site_id,
            count(distinct employee_id) as person_count,
            count(*) as day_count,
            sum(attendance_day.fine_amount) as fine_amount,
            coalesce(max(conduct.fine_amount), 0.00) as conduct_fine_amount,
            coalesce(max(conduct.charge_amount), 0.00) as conduct_charge_amount,
            sum(absent_days) as absent_days,
            sum(leave_days) as leave_days
        from attendance.attendance_day
        left join conduct on attendance_day.site_id = conduct.site_id
        where work_on between '2026-10-01' and '2026-10-31'
        group by attendance_day.site_id
        order by attendance_day.site_id
        """
    )
    assert [[as_text(value) for value in row.values()] for row in found] == [
        list(row.values()) for row in tour("人数", "人天")
    ]
    [people] = office.books.query("select count(distinct employee_id) as n from attendance.attendance_day")
    assert people["n"] == 68
    states = office.books.query("select state, hold_reason, count(*) as n from ops.result group by 1, 2")
    assert states == [{"state": "computed", "hold_reason": "", "n": 6 * 31 + 1}]
    assert office.books.query("select * from ops.run_gap") == []


def month_run(books: Books, known_at: str, *sites: str) -> None:
    """October settled as the monthly workflow does: closed, its lines marked, its fines entered into the ledger."""
    run_id = register(books, "monthly_attendance", "2026-10", known_at, sites)
    close_months(books.connection, run_id, of_period=True)
    books.connection.execute("discard temp")
    carry_out(books.connection, run_id, RECKON)


def test_what_stands_beside_the_days_is_waived_taken_back_and_paid_as_the_tour_says(office):
    told = {row["who"]: row["what becomes of it"] for row in tour("what", "who", "what becomes of it")}
    with office.books.connection.transaction(force_rollback=True):
        month_run(office.books, office.known_at, *SITES)
        waived = office.books.query(
            "select employee_id, waived_amount from attendance.month_line where waived_amount <> 0 order by 1"
        )
        fines = office.books.query(
            """select employee_id, attendance.fine_total(month_line) as amount from attendance.month_line
            where employee_id in ('G004', 'G012', 'G013', 'R005') order by 1"""
        )
    assert [(row["employee_id"], str(row["waived_amount"])) for row in waived] == [("G005", "10.00"), ("G007", "20.00")]
    assert told["G005, 12 October, 10.00"].startswith("减免 10.00")
    assert told["G007, WJ-2610-04 of 50.00"] == "减免 20.00"
    assert told["G006, 13 October"] == "nothing is waived"
    assert [(row["employee_id"], str(row["amount"])) for row in fines] == [
        ("G004", "20.00"), ("G012", "10.00"), ("G013", "20.00"), ("R005", "200.00"),
    ]  # fmt: skip
    office.books.expect(
        """
        attendance.fine_execution
        execution_no | employee_id | month_on   | decision | amount
        ZX-2610-01   | G012        | 2026-10-01 | 不执行   | 10.00
        ZX-2610-02   | G013        | 2026-10-01 | 已执行   | 20.00
        """
    )
    assert told["G012, 10.00 of October"].startswith("不执行 10.00")
    assert told["G013, 20.00 of October"].startswith("已执行 20.00")
    # what payroll may deduct of G004's fines: what 应发 leaves above the minimum wage
    [wage] = office.books.query("select payable_wage_amount as amount from attendance.wage where employee_id = 'G004'")
    assert (wage["amount"], told["G004: fines 20.00, 应发 2,505.00, minimum 2,490.00"]) == (
        Decimal("2505.00"), "15.00 may be deducted, 5.00 may not",
    )  # fmt: skip
    office.books.expect(
        "attendance.attendance_day\nemployee_id | work_on | overtime_hours\nN005 | 2026-10-16 | 0.00",
        where="employee_id = 'N005' and work_on = '2026-10-16'",
    )


def test_ATT_10_a_slip_that_lands_after_the_close_leaves_October_alone_and_is_borne_by_the_month_then_open(
    own_books, tmp_path
):
    """Only the group's files and one site, so that it is quick."""
    part = tmp_path / "part"
    part.mkdir()
    for path in (SAMPLE / "inbox").iterdir():
        if path.is_file():
            shutil.copy(path, part)
    shutil.copytree(SAMPLE / "inbox" / "WX01", part / "WX01")
    taken = take_in(own_books, part, tmp_path / "first")
    compute(own_books, OCTOBER, "WX01", known_at=taken.known_at)
    month_run(own_books, taken.known_at, "WX01")
    before = own_books.query("select * from attendance.attendance_day order by employee_id, work_on")
    made = "2026-10请假登记-补交.csv"
    (tmp_path / "late" / "WX01").mkdir(parents=True)
    shutil.copy(SAMPLE / "later" / "WX01" / made, tmp_path / "late" / "WX01")
    late = take_in(own_books, tmp_path / "late", tmp_path / "second")
    [file] = late.admission.files
    [said] = tour("later attendance file", "行数", "入账")
    counts = (file.row_count, file.admitted_count, file.duplicate_count, file.superseding_count, file.quarantined_count)
    assert [f"WX01/{file.file_name}", *map(str, counts)] == list(said.values())
    compute(own_books, "2026-10-20", "WX01", known_at=late.known_at)
    assert own_books.query("select * from attendance.attendance_day order by employee_id, work_on") == before
    own_books.expect(
        """
        attendance.adjustment
        employee_id | work_on    | counted_in | absent_days_delta | leave_days_delta | old_status | new_status
        W011        | 2026-10-20 | 2026-11-01 | -1.00             | 1.00             | 旷工       | 请假
        """
    )


def test_every_kind_of_letter_has_its_recipients(office):
    office.books.expect(
        """
        book.recipient
        document_kind      | site_id
        daily_attendance   | GM01
        daily_attendance   | GM01
        daily_attendance   | HO01
        daily_attendance   | HO01
        daily_attendance   | WX01
        daily_attendance   | WX01
        daily_attendance   | *
        returned_rows      | GM01
        returned_rows      | HO01
        returned_rows      | WX01
        returned_rows      | YX01
        returned_rows      | GS01
        returned_rows      | *
        fee_rerun          | *
        fee_notices        | GM01
        fee_notices        | GM01
        fee_notices        | WX01
        fee_notices        | WX01
        fee_notices        | YX01
        fee_notices        | YX01
        fee_handover       | GM01
        fee_handover       | GM01
        fee_handover       | WX01
        fee_handover       | WX01
        fee_handover       | YX01
        fee_handover       | YX01
        fee_preview        | GM01
        fee_preview        | WX01
        fee_preview        | YX01
        repair_daily       | GS01
        repair_daily       | GS01
        repair_daily       | GS01
        chargeback_preview | GS01
        chargeback_preview | GS01
        chargeback_summary | GS01
        chargeback_summary | GS01
        chargeback_summary | GS01
        chargeback_summary | GS01
        chargeback_cover   | GS01
        release_form       | GS01
        chargeback_rerun   | GS01
        chargeback_rerun   | *
        sales_weekly       | YQ01
        sales_weekly       | JN01
        sales_weekly       | CH01
        sales_draft        | YQ01
        sales_draft        | JN01
        sales_draft        | CH01
        sales_monthly      | YQ01
        sales_monthly      | JN01
        sales_monthly      | CH01
        customer_followup  | YQ01
        customer_followup  | JN01
        customer_followup  | CH01
        returned_rows      | YQ01
        returned_rows      | JN01
        returned_rows      | CH01
        sales_weekly       | GS01
        sales_weekly       | GS01
        sales_draft        | YQ01
        sales_draft        | JN01
        sales_draft        | CH01
        sales_monthly      | GS01
        sales_monthly      | GS01
        daily_attendance   | SL01
        daily_attendance   | SL01
        daily_attendance   | SC01
        daily_attendance   | SC01
        daily_attendance   | CN01
        daily_attendance   | CN01
        attendance_draft   | GM01
        attendance_draft   | HO01
        attendance_draft   | WX01
        attendance_draft   | SL01
        attendance_draft   | SC01
        attendance_draft   | CN01
        monthly_attendance | GM01
        monthly_attendance | HO01
        monthly_attendance | WX01
        monthly_attendance | SL01
        monthly_attendance | SC01
        monthly_attendance | CN01
        monthly_attendance | *
        weekly_rewards     | GM01
        weekly_rewards     | HO01
        weekly_rewards     | WX01
        weekly_rewards     | SL01
        weekly_rewards     | SC01
        weekly_rewards     | CN01
        wage_deductions    | *
        wage_deductions    | *
        payroll_import     | *
        payroll_import     | *
        returned_rows      | SL01
        returned_rows      | SC01
        returned_rows      | CN01
        briefing           | *
        failure            | *
        """
    )


def test_the_kit_for_a_new_site_runs_from_a_punch_log_alone(own_books, tmp_path):
    kit = tmp_path / "kit"
    shutil.copytree(SAMPLE / "new_site", kit)
    (kit / "ZK01" / ".gitkeep").unlink()
    (kit / "ZK01" / "1_attlog.dat").write_bytes(
        b"      583\t2026-10-12 08:21:36\t1\t0\t1\t0\r\n"
        b"      583\t2026-10-12 17:41:02\t1\t0\t1\t0\r\n"
        b"       50\t2026-10-12 08:44:10\t1\t0\t1\t0\r\n"
        b"       50\t2026-10-12 17:35:50\t1\t0\t1\t0\r\n"
        b"      583\t2026-10-14 08:20:01\t1\t0\t1\t0\r\n"
        b"      583\t2026-10-14 17:32:19\t1\t0\t1\t0\r\n"
    )
    taken = take_in(own_books, kit, tmp_path)
    assert (taken.landing.refused, taken.landing.unknown, taken.admission.refused) == ([], [], [])
    assert "2027年放假安排尚未公布" in taken.landing.summary
    compute(own_books, "2026-10-12..2026-10-14", "ZK01", known_at=taken.known_at)
    own_books.expect(
        """
        attendance.attendance_day
        employee_id | work_on    | status | late_minutes | absent_days
        ZK01-583    | 2026-10-12 | 出勤   | 0            | 0.00
        ZK01-50     | 2026-10-12 | 迟到   | 14           | 0.00
        ZK01-583    | 2026-10-14 | 出勤   | 0            | 0.00
        """
    )
    # on the 13th nobody was heard of: the file has not arrived, which is not everybody's absence
    own_books.expect("ops.run_gap\nsite_id | base_on | missing\nZK01 | 2026-10-13 | 打卡资料")
