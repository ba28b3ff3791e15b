"""What the daily sheets say of nights, spells, overtime and days that wait: words and figures that people read."""

from backoffice.database import rows
from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"
ASKED = {"site_id": "HQ", "starts_on": DAY, "last_on": "2026-10-13", "known_at": "2026-10-20 09:30"}


def sheet(house, name, key="employee_name", **asked):
    """The sheet's rows by a column of them."""
    return {row[key]: row for row in rows(house.connection, f"attendance/{name}", ASKED | asked)}


def given_shifts(house):
    house.given(
        """
        attendance.shift
        site_id | shift_code | shift_name | starts_at | break_starts_at | break_ends_at | ends_at | is_split
        HQ      | N          | 夜班       | 18:30     | -               | -             | 08:00   | no
        HQ      | S          | 两段       | 09:00     | 12:00           | 13:30         | 18:00   | yes
        """,
        valid_from="2026-01-01",
    )
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter                 | value | valid_from | clause
        huaqing  | HQ-A1   | late_limit_minutes        | 30    | 2026-01-01 | 迟到30分钟以内罚款
        huaqing  | HQ-A1   | late_fine_amount          | 10    | 2026-01-01 | 迟到30分钟以内罚款
        huaqing  | HQ-A1   | late_over_absent_days     | 0.5   | 2026-01-01 | 迟到30分钟以内罚款
        """
    )


def test_both_spells_are_shown_and_reasoned_with_their_figures(house, staff):
    given_shifts(house)
    staff("ann", "bob", site="HQ", shift="S")
    for hour in ("09:10", "12:01", "14:05", "18:02"):
        punches(house, f"ann | {DAY} {hour}", site="HQ")
    punches(house, f"bob | {DAY} 08:55\nbob | {DAY} 18:02", site="HQ")
    compute(house, DAY, "HQ", known_at=ASKED["known_at"])
    days = sheet(house, "sheet_days", last_on=DAY)
    times = ("due_time", "in_time", "out_time", "second_in_time", "second_out_time")
    assert [days["ann"][name] for name in times] == ["09:00", "09:10", "12:01", "14:05", "18:02"]
    assert [days["bob"][name] for name in times] == ["09:00", "08:55", "本岗不要求", "本岗不要求", "18:02"]
    grounds = sheet(house, "sheet_grounds", "subject", last_on=DAY)
    assert grounds["ann ann"]["reasoning"] == (
        "10月12日9:10打卡，应到9:00，迟到10分钟≤30分钟；第二段14:05打卡，应到13:30，迟到35分钟，超过30分钟；"
        "两段合计旷工0.5天，罚款10.00元"
    )


def test_what_waits_says_why_what_it_will_be_and_who_signs(house, staff):
    given_shifts(house)
    staff("ann", site="HQ", shift="N")
    house.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | H")
    staff("bob", site="HQ", shift="N", on="2026-10-13")
    staff("cid", site="HQ", shift=None)
    punches(house, f"ann | {DAY} 18:28\nann | 2026-10-13 08:03\nann | 2026-10-13 18:02", site="HQ")
    punches(house, "bob | 2026-10-13 18:28", site="HQ")
    house.given(
        """
        attendance.swap
        swap_no | swap_kind | first_employee_id | second_employee_id | first_on   | second_on  | status
        S1      | 换班      | ann               | bob                | 2026-10-13 | 2026-10-13 | 未批准
        """
    )
    compute(house, f"{DAY}..2026-10-13", "HQ", known_at="2026-10-13 23:30")
    waiting = [
        (row["employee_name"], str(row["work_on"])[8:], row["matter"], row["verdict_otherwise"])
        for row in rows(house.connection, "attendance/sheet_pending", ASKED | {"known_at": "2026-10-13 23:30"})
    ]
    assert ("ann", "13", "打卡归属不明：缺上班卡", "旷工1天（经人工认定后）") in waiting
    assert ("bob", "13", "夜班未结束", "缺卡") in waiting
    assert ("cid", "12", "未排班", "不作判定，须人工确认") in waiting
    [unheard] = [line for line in waiting if line[0] == "ann" and line[2].startswith("换班未获批：换班单S1")]
    assert unheard[3] == "各按本人排班判定"
    grounds = {(row["subject"], row["item"]): row for row in rows(house.connection, "attendance/sheet_grounds", ASKED)}
    assert grounds["ann ann", "2026-10-13"]["reasoning"].startswith("10月13日两班之间的打卡归属不明，缺上班卡")


def test_overtime_and_rulings_are_reasoned_with_their_hours_and_names(house, staff):
    staff("ann", site="HQ", shift="H")
    staff("bob", site="HQ", shift=None)
    staff("cid", site="HQ", shift="H", on="2026-10-01")
    punches(house, f"ann | {DAY} 08:55\nann | {DAY} 20:20\ncid | 2026-10-01 08:55\ncid | 2026-10-01 18:02", site="HQ")
    house.given(
        f"""
        attendance.overtime
        slip_no | employee_id | work_on | starts_at   | ends_at     | status | compensation
        O1      | ann         | {DAY}   | {DAY} 18:00 | {DAY} 21:00 | 批准   | 加班费
        """,
        f"""
        attendance.day_ruling
        ruling_no | employee_id | work_on | verdict | reason     | approver | decided_on
        R1        | bob         | {DAY}   | 旷工    | 查无此班次 | 王某     | 2026-10-13
        """,
    )
    for day in ("2026-10-01", DAY):
        compute(house, day, "HQ", known_at=ASKED["known_at"])
    days = sheet(house, "sheet_days", last_on=DAY)
    assert (days["ann"]["overtime_kind"], str(days["ann"]["overtime_hours"])) == ("平日", "2.33")
    assert days["bob"]["handled"] == "认定单R1"
    grounds = sheet(house, "sheet_grounds", "subject", last_on=DAY)
    assert grounds["ann ann"]["reasoning"] == "10月12日按加班单，计平日加班2.33小时"
    assert grounds["bob bob"]["reasoning"] == "10月12日制度无判定，按认定单R1由王某认定为旷工（查无此班次），记旷工1天"
    grounds = sheet(house, "sheet_grounds", "subject", starts_on="2026-10-01", last_on="2026-10-01")
    assert grounds["cid cid"]["reasoning"] == "10月1日法定节假日在岗，按实际在岗时间，计法定节假日加班7.5小时"
