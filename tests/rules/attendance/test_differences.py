"""The sheet 差异 of a second edition: what changed, by which line of which file, who asked and who agreed."""

import pytest

from backoffice.database import execute, rows
from backoffice.runs import parameters
from tests.rules.attendance.conftest import compute, punches

DAY = "2026-10-12"
FILES = ("请假.csv", "调班.csv", "制度.csv")


def edition(house, known_at):
    """Compute the day and issue it; returns the document's number."""
    run_id = compute(house, DAY, "GM", known_at=known_at)
    return house.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select 'daily_attendance', 'daily_attendance', 'GM', period, 1 + (select count(*) from ops.artifact), 'h',
            '考勤日报', as_of_on, known_at, run_id
        from ops.run where run_id = %s
        returning artifact_id
        """,
        [run_id],
    ).fetchone()[0]


def landed(house):
    """Three files that arrived after the first edition; their numbers by name."""
    return {
        name: house.connection.execute(
            "insert into ops.landing_file (feed, site_id, file_name, sha256, byte_count, state, received_at) "
            "values ('x', 'GM', %s, %s, 1, 'landed', '2026-10-14 09:00+08') returning file_id",
            [name, name],
        ).fetchone()[0]
        for name in FILES
    }


def differences(house, artifact_id):
    """(who, item) to (old, new, reason, source, asked, agreed)."""
    names = ("old_value", "new_value", "reason", "source", "proposed_by", "approved_by")
    return {
        (row["subject"].split()[0], row["item"].split()[1]): tuple(row[name] for name in names)
        for row in rows(house.connection, "attendance/sheet_differences", {"artifact_id": artifact_id})
    }


def test_every_change_names_the_line_that_brought_it_and_who_stands_behind_it(house, staff):
    staff("ann", "bob", "cid")
    punches(house, f"bob | {DAY} 08:20\ncid | {DAY} 08:40")
    edition(house, "2026-10-13 09:30")
    files = landed(house)
    late = {"recorded_at": "2026-10-14 09:30"}
    house.given(
        "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | asked_at | asked_by | approver | "
        "approver_level | submitted_on | status | line_no\n"
        f"J1 | ann | 事假 | {DAY} 08:30 | {DAY} 18:00 | 2026-10-10 | 本人 | 王某 | 总经理 | 2026-10-13 | 批准 | 7",
        **late,
        file_id=files["请假.csv"],
    )
    house.connection.execute(
        "update attendance.roster set superseded_at = '2026-10-14 09:30' where employee_id = 'bob'"
    )
    house.given(
        f"attendance.roster\nemployee_id | work_on | shift_code | approver | line_no\nbob | {DAY} | 休 | 李某 | 8",
        **late,
        file_id=files["调班.csv"],
    )
    house.connection.execute(
        "update book.rule set superseded_at = '2026-10-14 09:30' where parameter = 'late_fine_amount'"
    )
    house.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause | line_no\n"
        "guomao | GM-A2 | late_fine_amount | 15.00 | 2026-01-01 | 迟到罚款15元 | 9",
        **late,
        file_id=files["制度.csv"],
    )
    found = differences(house, edition(house, "2026-10-15 09:30"))
    came = "（10-14 09:00到）"
    assert found["ann", "状态"] == ("旷工", "请假", "假条到达或撤销", f"请假.csv 第7行{came}", "本人", "王某")
    assert found["ann", "假条判定"][:2] == (None, "按时")
    assert found["bob", "班次"] == ("案场班", "休", "排班更正", f"调班.csv 第8行{came}", None, "李某")
    assert found["cid", "制度罚款"] == ("10.00", "15.00", "制度资料更正", f"制度.csv 第9行{came}", None, None)
    assert found["cid", "条款内容"][:2] == ("迟到30分钟以内罚款10元", "迟到罚款15元")


def test_a_deadline_that_passed_says_that_no_file_came(house, staff):
    staff("ann", site="GM")
    house.given(
        "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | asked_at | asked_by | approver | "
        "approver_level | status\n"
        f"J1 | ann | 事假 | {DAY} 08:30 | {DAY} 18:00 | 2026-10-10 09:00 | 本人 | 王某 | 总经理 | 批准"
    )
    edition(house, "2026-10-13 09:30")
    found = differences(house, edition(house, "2026-10-15 09:30"))
    assert found["ann", "状态"] == ("请假", "旷工", "补正期限已过", "无新资料，按期限判定", "—", "—")


def test_a_ruling_and_an_overtime_slip_that_arrive_later_are_named_with_who_agreed(house, staff):
    staff("ann", shift=None)
    punches(house, f"ann | {DAY} 08:20\nann | {DAY} 19:40")
    edition(house, "2026-10-13 09:30")
    files = landed(house)
    late = {"recorded_at": "2026-10-14 09:30"}
    house.given(
        "attendance.day_ruling\nruling_no | employee_id | verdict | reason | approver | decided_on | line_no\n"
        "R1 | ann | 休息 | 漏排班 | 王某 | 2026-10-14 | 3",
        **late,
        work_on=DAY,
        file_id=files["制度.csv"],
    )
    house.given(
        "attendance.overtime\nslip_no | employee_id | starts_at | ends_at | approver | status | compensation\n"
        f"O1 | ann | {DAY} 09:00 | {DAY} 12:00 | 李某 | 批准 | 加班费",
        line_no=4,
        **late,
        work_on=DAY,
        file_id=files["调班.csv"],
    )
    found = differences(house, edition(house, "2026-10-15 09:30"))
    assert found["ann", "状态"][:2] == ("待确认", "休息")
    assert found["ann", "待确认天数"][:2] == ("1", "0")
    assert found["ann", "加班小时"][:2] == ("0", "3")
    assert found["ann", "认定单"][1:3] == ("R1", "加班单到达或更正；认定单到达")
    assert "制度.csv 第3行" in found["ann", "认定单"][3] and "调班.csv 第4行" in found["ann", "认定单"][3]
    assert set(found["ann", "认定单"][5].split("、")) == {"李某", "王某"}


#: what the workbook lists without a figure of the day that it changes, and how 差异 names it
LISTED = {
    "外出登记": (
        (
            "attendance.outing\nemployee_id | out_at | back_at | outing_kind | approver\n"
            f"ann | {DAY} 10:00 | {DAY} 10:20 | 因私 | 孙经理"
        ),
        "因私 10:00至10:20",
    ),
    "查岗": (
        f"attendance.spot_check\nemployee_id | checked_at | finding | checker\nann | {DAY} 10:00 | 在岗 | 孙经理",
        "10:00 在岗",
    ),
    "会议签到": (
        f"attendance.gathering_attendee\ngathering_no | employee_id | signed_in_at\nM1 | ann | {DAY} 15:00",
        "周例会 15:00",
    ),
    "接待登记": (
        (
            "attendance.reception\nsite_id | employee_id | came_at | customer | customer_kind | outcome\n"
            f"GM | ann | {DAY} 10:00 | 甲 | 新客 | 接待"
        ),
        "10:00 接待",
    ),
}


@pytest.mark.parametrize("title", LISTED)
def test_what_the_workbook_lists_and_costs_nothing_makes_an_edition_that_names_it(house, staff, title):
    late, said = LISTED[title]
    staff("ann")
    punches(house, f"ann | {DAY} 08:20")
    house.given(
        "attendance.gathering\nsite_id | gathering_no | gathering_kind | gathering_name | starts_at | ends_at\n"
        f"GM | M1 | 会议 | 周例会 | {DAY} 15:00 | {DAY} 16:00"
    )
    edition(house, "2026-10-13 09:30")
    edition(house, "2026-10-14 09:00")
    assert hashes(house) == 1, "nothing came"
    house.given(late, recorded_at="2026-10-14 09:30")
    artifact_id = edition(house, "2026-10-14 10:00")
    assert hashes(house) == 2
    told = {item: row for (_, item), row in differences(house, artifact_id).items()}
    assert {item: row[:2] for item, row in told.items()} == {title: (None, said)}

    # and what is taken back makes one more, which names it, too
    table = late.split("\n")[0]
    house.connection.execute(f"update {table} set superseded_at = '2026-10-15 09:00' where employee_id = 'ann'")
    told = differences(house, edition(house, "2026-10-15 10:00"))
    assert hashes(house) == 3 and [row[:3] for row in told.values()] == [(said, None, "登记撤销或更正")]


def test_an_offence_that_costs_nothing_and_the_turns_of_a_day_are_part_of_its_content(house, staff):
    staff("ann")
    punches(house, f"ann | {DAY} 08:20")
    house.given(
        f"attendance.spot_check\nemployee_id | checked_at | finding | checker\nann | {DAY} 10:00 | 不在岗 | 孙经理"
    )
    house.given(
        "attendance.reception\nsite_id | employee_id | came_at | customer | customer_kind | outcome\n"
        f"GM | ann | {DAY} 10:00 | 甲 | 新客 | 接待"
    )
    run_id = compute(house, DAY, "GM", known_at="2026-10-13 09:30")
    again = parameters(house.connection, run_id)
    [offence] = house.query("select absent_days, fine_amount from attendance.offence")
    assert (offence["absent_days"], offence["fine_amount"]) == (0, 0)
    for number, change in enumerate(
        (
            "update attendance.offence set reason = reason || '。'",
            "update attendance.reception_turn set not_counted_reason = '代接'",
            "update attendance.reception_place set passed_over_count = 1",
        ),
        start=1,
    ):
        execute(house.connection, "attendance/record_results", again)
        assert hashes(house) == number, change
        house.connection.execute(change)
        execute(house.connection, "attendance/record_results", again)
        assert hashes(house) == number + 1, change


def hashes(house) -> int:
    """How many revisions of the day's result there are."""
    [row] = house.query("select count(*) as n from ops.result where site_id = 'GM'")
    return row["n"]
