"""What 企业微信 and 钉钉 export is taken as it is: a tap a row; what is no tap by itself goes back and says why."""

import shutil
from datetime import date

import pytest

from backoffice.database import ROOT
from tests.feeds.conftest import Office

#: three days of a real export; see SOURCE beside it
WECOM = ROOT / "tests" / "real" / "wecom" / "上下班打卡_日报_20260207-20260214.xlsx"
WECOM_HEADING = "日期,姓名,账号,所属规则,打卡类型,应打卡时间,实际打卡时间,打卡状态,打卡地点,打卡设备,假勤申请"
DINGTALK_HEADING = [
    "姓名", "考勤组", "部门", "工号", "职位", "UserId", "考勤日期", "考勤时间", "打卡时间", "打卡结果", "打卡地址",
    "打卡备注", "异常打卡原因", "打卡图片1", "打卡图片2", "打卡设备", "管理员修改备注", "管理员修改备注图片1",
]  # fmt: skip


def taps(office: Office) -> list[tuple[str, str, str, str]]:
    return [
        tuple(row.values())
        for row in office.books.query(
            """select site_id, badge_no, to_char(punched_at, 'MM-DD HH24:MI') as at, device_id
            from attendance.punch order by badge_no, punched_at"""
        )
    ]


def returned(office: Office) -> list[tuple[int, str, str]]:
    return [
        tuple(row.values())
        for row in office.books.query("select line_no, column_name, reason from ops.quarantine order by line_no")
    ]


def test_a_daily_report_of_wecom_is_taken_as_it_was_exported(office: Office):
    """Of 65 rows 17 say that a tap was due and not made; four are approved corrections, one of them called 迟到."""
    (office.inbox / "S1").mkdir()
    shutil.copy(WECOM, office.inbox / "S1")
    office.take(date(2026, 10, 20))
    assert office.totals() == [(48, 1, 44, 0, 0, 4)]
    assert returned(office) == [
        (12, "实际打卡时间", "“2026-02-14 18:00（正常(补卡)）”不是看得懂的时间，或没有这个时刻"),
        (23, "实际打卡时间", "“2026-02-14 18:00（正常(补卡)）”不是看得懂的时间，或没有这个时刻"),
        (40, "实际打卡时间", "“2026-02-12 09:00（正常(补卡)）”不是看得懂的时间，或没有这个时刻"),
        (56, "实际打卡时间", "“2026-02-12 09:30（补卡申请）”不是看得懂的时间，或没有这个时刻"),
    ]
    [advice] = office.books.query("select distinct advice from ops.quarantine")
    assert "补卡登记" in advice["advice"]
    # the tap that 企业微信 itself no longer counts was made all the same
    assert ("S1", "ZhouJie", "02-14 16:21", "企业微信") in taps(office)


@pytest.mark.parametrize(
    ("hour", "state", "applied", "lands"),
    [
        ("09:36", "正常", "--", "02-28 09:36"),
        ("9:36", "迟到36分钟", "--", "02-28 09:36"),
        ("次日00:12", "正常", "--", "03-01 00:12"),
        ("次日 00:12", "正常", "--", "03-01 00:12"),
        ("昨日23:50", "正常", "--", "02-27 23:50"),
        # an application for another tap of the day says nothing about this one
        ("18:10", "正常", "补卡申请（02-28 09:00）", "02-28 18:10"),
        ("09:00", "迟到30分钟", "补卡申请（02-28 09:00）", "“2026-02-28 09:00（补卡申请）”"),
        ("09:36", "地点异常", "--", "“2026-02-28 09:36（地点异常）”"),
        # the application may write its tap otherwise, and of one after midnight names the day of the tap
        ("次日00:12", "早退", "补卡申请（03-01 00:12）", "“2026-03-01 00:12（补卡申请）”"),
        ("次日00:12", "早退", "补卡申请（02-28 次日00:12）", "“2026-03-01 00:12（补卡申请）”"),
        ("9:05:20", "迟到", "补卡申请（2/28 09:05）", "“2026-02-28 09:05:20（补卡申请）”"),
        ("次日00:12", "正常", "补卡申请（02-28 18:12）", "03-01 00:12"),
        ("09:36", "正常 设备异常", "--", "“2026-02-28 09:36（正常 设备异常）”"),
        ("25:36", "正常", "--", "“2026-02-28 25:36”"),
        ("九点", "正常", "--", "“2026/02/28 星期六 九点”"),
    ],
)
def test_day_and_hour_of_a_wecom_tap_become_one_instant_or_go_back(office: Office, hour, state, applied, lands):
    line = f"2026/02/28 星期六,甲,JiaYi,规则,上班,09:00,{hour},{state},某处,某机,{applied}"
    office.drop("S1/上下班打卡_日报.csv", f"{WECOM_HEADING}\n{line}\n{line.replace(hour, '--')}\n,,,,,,,,,,")
    office.take(date(2026, 10, 20))
    if lands.startswith("“"):
        assert [reason.split("”")[0] + "”" for _, _, reason in returned(office)] == [lands]
    else:
        assert (taps(office), returned(office)) == ([("S1", "JiaYi", lands, "企业微信")], [])


def test_the_same_tap_in_two_weekly_reports_is_one(office: Office):
    line = "2026/02/28 星期六,甲,JiaYi,规则,上班,09:00,09:36,正常,某处,某机,--"
    office.drop("S1/上下班打卡_日报_1.csv", f"{WECOM_HEADING}\n{line}")
    office.drop("S1/上下班打卡_日报_2.csv", f"{WECOM_HEADING}\n{line.replace('某机', '另一台')}")
    office.take(date(2026, 10, 20))
    assert office.totals() == [(1, 0, 1, 0, 0, 0), (1, 0, 0, 1, 0, 0)]


def test_the_original_records_of_dingtalk_are_taken_by_their_user_id(office: Office):
    """Two of one name are told apart; a tap called invalid was made all the same; an approved correction is none."""

    def line(name: str, user: str, at: str | None, result: str, device: str = "考勤机") -> list[str | None]:
        day = "20-10-12 星期一"
        about = [name, "考勤", None, None, None, user, day, "2020-10-12 08:30"]
        return [*about, at, result, "某处", *[None] * 4, device, None, None]

    office.drop_sheet(
        "S1/某公司_考勤报表_20201012-20201016.xlsx",
        ["原始记录表 统计日期：2020-10-12 至 2020-10-16"],
        ["报表生成时间：2020-10-16 21:00"],
        DINGTALK_HEADING,
        line("张伟", "795646061816874789", "2020-10-12 08:16", "正常"),
        line("张伟", "543425255683642711", "2020-10-12 08:17", "打卡无效:此记录已被更新", ""),
        line("李静", "846130319739759825", "2020-10-12 08:30", "补卡审批通过"),
        line("李静", "846130319739759825", None, "请假"),
        line("李静", "846130319739759825", "2020-10-12 16:30", "管理员某某改为正常"),
        title="原始记录",
    )
    office.take(date(2026, 10, 20))
    assert taps(office) == [
        ("S1", "543425255683642711", "10-12 08:17", "钉钉"),
        ("S1", "795646061816874789", "10-12 08:16", "考勤机"),
    ]
    assert [(line_no, reason.split("”")[0]) for line_no, _, reason in returned(office)] == [
        (6, "“2020-10-12 08:30（补卡审批通过）"),
        (8, "“2020-10-12 16:30（管理员某某改为正常）"),
    ]


def test_a_report_without_the_column_of_the_day_sends_its_taps_back(office: Office):
    office.drop("S1/上下班打卡_日报.csv", "姓名,账号,实际打卡时间\n甲,JiaYi,09:36")
    office.take(date(2026, 10, 20))
    assert len(returned(office)) == 1


@pytest.mark.parametrize("heading", ["实际打卡时间*", "实际 打卡时间", "实际打卡时间（24小时制）", "实际打卡时间"])
def test_headings_of_wecom_are_known_however_they_are_written(office: Office, heading):
    """A heading that the definition knows and the adapter did not made every tap of the file vanish without a word."""
    office.drop(
        "S1/上下班打卡_日报.csv",
        f"账号,日 期,{heading},打卡状态*\nJiaYi,2026/02/28 星期六,09:36,正常\nYiBing,2026/02/28 星期六,09:40,补卡",
    )
    office.take(date(2026, 10, 20))
    assert taps(office) == [("S1", "JiaYi", "02-28 09:36", "企业微信")]
    assert len(returned(office)) == 1


def test_headings_of_dingtalk_are_known_however_they_are_written(office: Office):
    office.drop(
        "S1/原始记录.csv",
        "UserId,打卡时间*,打卡设备 *,打卡 结果\n7956,2020-10-12 08:16,,正常\n8461,2020-10-12 08:30,,补卡审批通过",
    )
    office.take(date(2026, 10, 20))
    assert taps(office) == [("S1", "7956", "10-12 08:16", "钉钉")]
    assert len(returned(office)) == 1


@pytest.mark.parametrize("missing", ["打卡时间", "打卡设备"])
def test_a_report_of_dingtalk_without_a_column_is_refused_by_its_name(office: Office, missing):
    """It stopped the intake of all files with an error that named no column."""
    office.drop("S1/原始记录.csv", "UserId,打卡时间,打卡设备\n7956,2020-10-12 08:16,机".replace(missing, "姓名"))
    [refused] = office.land(date(2026, 10, 20)).refused
    assert f"缺少必需的列：{missing}" in refused.message
