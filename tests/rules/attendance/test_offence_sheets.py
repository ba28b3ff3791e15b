"""What readers see of it: 外出登记 with spot checks, 异常 with offences and missing summaries (YJ-A4)."""

import pytest

from backoffice.database import statement
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_offences import GUOMAO, YIJING, check, out


@pytest.fixture
def yijing(house):
    """Site YJ, where each group hands in a summary of the day; site GM, where none does."""
    house.given(GUOMAO, *YIJING)
    return house


def sheet(books, name: str, site: str = "GM", *, last_on: str = "2026-10-12", known_at: str = "2026-11-03 09:30"):
    return books.query(
        statement(f"attendance/{name}"), site_id=site, starts_on="2026-10-12", last_on=last_on, known_at=known_at
    )


def summary(books, drawn: str, **bookkeeping: str) -> None:
    books.given(
        "attendance.work_summary\nsite_id | group_name | summary_on | handed_in_at\n" + drawn,
        **bookkeeping,
    )


def missing_summaries(books, **document: str) -> list[str]:
    return [
        f"{row['subject']} {row['problem']}"
        for row in sheet(books, "sheet_exceptions", "YJ", **document)
        if "工作小结" in row["problem"]
    ]


def test_GM_A8_the_sheet_of_outings_shows_checks_by_person_and_time_and_what_was_said(house, staff):
    house.given(GUOMAO)
    staff("ann", "bob", "cid", "dan", "eve")
    for who in ("ann", "bob", "cid", "dan", "eve"):
        punches(house, f"{who} | 2026-10-12 08:20")
    out(
        house,
        """
        ann | 2026-10-12 10:00 | 2026-10-12 11:00 | 因公 | 孙经理 | - | -
        bob | 2026-10-12 10:10 | 2026-10-12 11:00 | 因私 | -      | - | -
        cid | 2026-10-12 12:00 | 2026-10-12 12:50 | 用餐 | 孙经理 | - | -
        dan | 2026-10-12 12:01 | -                | 用餐 | 孙经理 | - | -
        """,
    )
    check(
        house,
        *("ann 2026-10-12 10:30 不在岗", "eve 2026-10-12 14:00 不在岗", "eve 2026-10-12 14:30 在岗"),
        *("eve 2026-10-12 15:00 违纪", "eve 2026-10-12 12:30 不在岗"),
    )
    compute(house, "2026-10-12", "GM")
    rows = sheet(house, "sheet_outings")
    assert [(row["employee_name"], row["outing_kind"], row["check_result"], row["verdict"]) for row in rows] == [
        ("ann", "因公", "10-12 10:30不在岗（孙经理）", "正常"),
        ("bob", "因私", None, "脱岗，旷工1天"),
        ("cid", "用餐", None, "用餐超时，仅登记"),
        ("dan", "用餐", None, "用餐时长不明，仅登记"),
        ("eve", "查岗", "10-12 12:30不在岗（孙经理）", "不计"),
        ("eve", "查岗", "10-12 14:00不在岗（孙经理）", "脱岗，旷工1天"),
        ("eve", "查岗", "10-12 14:30在岗（孙经理）", "正常"),
        ("eve", "查岗", "10-12 15:00违纪（孙经理）", "以违纪单为准"),
    ]


def test_an_offence_stands_among_the_exceptions_with_its_figures_and_its_source(house, staff):
    house.given(GUOMAO)
    staff("ann")
    punches(house, "ann | 2026-10-12 08:20")
    house.given(
        "attendance.spot_check\nemployee_id | checked_at | finding | checker | file_id | line_no\n"
        "ann | 2026-10-12 10:20 | 不在岗 | 孙经理 | 7 | 12"
    )
    compute(house, "2026-10-12", "GM")
    [row] = [row for row in sheet(house, "sheet_exceptions") if "脱岗" in row["problem"]]
    assert (row["severity"], row["subject"], row["line_no"]) == ("请核对", "ann ann", 12)
    assert row["problem"] == "2026-10-12 脱岗：10:20查岗不在岗（查岗人孙经理），无外出登记，记旷工1天"


def test_YJ_A4_every_group_with_somebody_at_work_hands_in_a_summary_of_the_day(yijing, staff):
    staff("ann", "bob", "cid", "dan", "eve", site="YJ", shift="Y")
    for who, group in (("ann", "销售一组"), ("bob", "销售二组"), ("cid", "销售三组"), ("dan", "销售三组")):
        yijing.connection.execute(
            "update book.employee set department = %s where employee_id = %s",
            [group, who],
        )
    yijing.connection.execute("update attendance.roster set shift_code = '休' where employee_id = 'dan'")
    for who in ("ann", "bob", "eve"):
        punches(yijing, f"{who} | 2026-10-12 08:20\n{who} | 2026-10-12 18:10", site="YJ")
    summary(yijing, "YJ | 销售一组 | 2026-10-12 | 2026-10-12 18:30")
    compute(yijing, "2026-10-12", "YJ")
    assert missing_summaries(yijing) == ["销售二组 2026-10-12 未交工作小结"], (
        "group three has nobody there, and eve belongs to no group"
    )


def test_YJ_A4_a_summary_that_came_later_is_missing_until_then_and_other_houses_ask_for_none(yijing, staff):
    staff("ann", site="YJ", shift="Y")
    staff("bob")
    yijing.connection.execute("update book.employee set department = '销售一组' where employee_id in ('ann', 'bob')")
    punches(yijing, "ann | 2026-10-12 08:20\nann | 2026-10-12 18:10", site="YJ")
    punches(yijing, "bob | 2026-10-12 08:20")
    summary(yijing, "YJ | 销售一组 | 2026-10-12 | 2026-10-12 18:30", recorded_at="2026-10-14 09:00")
    compute(yijing, "2026-10-12", "YJ", "GM")
    assert missing_summaries(yijing, known_at="2026-10-14 08:59") == ["销售一组 2026-10-12 未交工作小结"]
    assert missing_summaries(yijing, known_at="2026-10-14 09:00") == []
    assert not [row for row in sheet(yijing, "sheet_exceptions") if "工作小结" in row["problem"]]
