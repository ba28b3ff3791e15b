"""一周奖罚公布, edge by edge: what was not known then, whose week and site it is, and who stands in it at all."""

import pytest

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.payroll.conftest import day, hire, put, slip
from tests.rules.payroll.test_rewards import KNOWN, praise, present, receive, reckon, sell, sign

PARAMETERS = {"site_id": "GM", "starts_on": "2026-10-12", "last_on": "2026-10-18", "known_at": KNOWN}


def sheet(books: Books, name: str, **other: str) -> list[dict]:
    return rows(books.connection, f"rewards/{name}", PARAMETERS | other)


def test_what_was_withdrawn_of_praise_receptions_and_consultants_is_not_announced(house: Books):
    gone = {"superseded_at": "2026-10-19 09:00"}
    hire(house, "ann")
    present(house, "ann")
    put(house, "attendance.praise", {"slip_no": "P1", "employee_id": "ann", "event_on": "2026-10-12", "cause": "热心",
        "issued_by": "王经理"}, **gone)  # fmt: skip
    praise(house, "P2", "ann", "2026-10-13")
    receive(house, "ann", "2026-10-12 09:00", **gone)
    sell(house)
    put(house, "sales.consultant", {"consultant_id": "ann", "effective_from": "2026-01-01", "consultant_name": "ann",
        "site_id": "XM", "grade": "置业顾问"}, **gone)  # fmt: skip
    reckon(house)
    house.expect("attendance.reward_line\npraise_count | reception_count | deal_count\n1 | - | -")
    assert [str(row["event_on"]) for row in sheet(house, "sheet_praises")] == ["2026-10-13"]
    present(house, "bob")
    receive(house, "bob", "2026-10-12 10:00", recorded_at="2026-10-20 09:00")
    reckon(house, known_at="2026-10-20 10:00")
    house.expect("attendance.reward_line\nemployee_id | reception_count\nann | 0\nbob | 1", where="revision = 2")


def test_a_register_of_receptions_that_came_later_is_none_yet(house: Books):
    present(house, "ann")
    receive(house, "ann", "2026-10-12 09:00", recorded_at="2026-10-20")
    reckon(house)
    house.expect("attendance.reward_line\nreception_count\n-")


def test_praise_stands_where_the_person_worked_on_the_day_and_withdrawn_praise_nowhere(house: Books):
    hire(house, "ann")
    put(house, "book.employee", {"employee_id": "ann", "effective_from": "2026-10-15", "employee_name": "ann",
        "site_id": "HO", "joined_on": "2020-01-01"})  # fmt: skip
    put(house, "book.employee", {"employee_id": "ann", "effective_from": "2026-10-01", "employee_name": "ann",
        "site_id": "HQ", "joined_on": "2020-01-01"}, superseded_at="2026-10-02")  # fmt: skip
    praise(house, "P1", "ann", "2026-10-14")
    praise(house, "P2", "ann", "2026-10-15")
    praise(house, "P3", "ann", "2026-10-16")
    reckon(house, "2026-W42", "GM", "HO", "HQ")
    house.expect("attendance.reward_line\nsite_id | employee_id | praise_count\nGM | ann | 1\nHO | ann | 2")
    listed = {
        site: [f"{row['event_on']:%d}" for row in sheet(house, "sheet_praises", site_id=site)] for site in ("GM", "HO")
    }
    assert listed == {"GM": ["14"], "HO": ["15", "16"]}, "the sheet lists what the line counts"


def test_who_only_has_a_slip_or_praise_or_received_somebody_stands_in_the_week_by_name(house: Books):
    for number in ("c1", "p1", "r1"):
        for since, name, also in (
            ("2020-01-01", "旧", {}),
            ("2024-01-01", "今", {}),
            ("2025-01-01", "误", {"superseded_at": "2026-10-02"}),
            ("2025-01-02", "后", {"recorded_at": "2026-10-20"}),
        ):
            put(house, "book.employee", {"employee_id": number, "effective_from": since, "employee_name": name + number,
                "site_id": "GM", "joined_on": "2020-01-01"}, **also)  # fmt: skip
    slip(house, "1", "c1", "2026-10-12", "20.00")
    praise(house, "P1", "p1", "2026-10-12")
    receive(house, "r1", "2026-10-12 09:00")
    reckon(house)
    house.expect(
        """
        attendance.reward_line
        employee_name | conduct_count | fine_amount | praise_count | reception_count
        今c1          | 1             | 20.00       | 0            | 0
        今p1          | 0             | 0.00        | 1            | 0
        今r1          | 0             | 0.00        | 0            | 1
        """
    )


def test_a_consultant_of_part_of_the_week_has_deals_and_one_of_another_week_a_dash(house: Books):
    sell(house)
    for name, since, until in (
        ("ann", "2026-01-01", "2026-10-12"),
        ("bob", "2026-10-18", "-"),
        ("cyd", "2026-01-01", "2026-10-11"),
        ("dan", "2026-10-19", "-"),
    ):
        present(house, name)
        put(house, "sales.consultant", {"consultant_id": name, "effective_from": since, "consultant_name": name,
            "site_id": "XM", "grade": "置业顾问", "left_on": until})  # fmt: skip
    put(house, "sales.subscription", {"site_id": "XM", "subscription_no": "R1", "unit_no": "1", "customer_name": "李某",
        "phone": "1", "deposit_amount": "0", "subscribed_on": "2026-10-12", "area": "100",
        "amount": "1000000", "consultant_id": "ann"})  # fmt: skip
    sign(house, "H1", "ann", "2026-10-12")
    reckon(house)
    house.expect("attendance.reward_line\nemployee_id | deal_count\nann | 1.00\nbob | 0.00\ncyd | -\ndan | -")


def test_the_figures_of_one_week_are_not_those_of_the_next_nor_of_another_site(house: Books):
    hire(house, "ann")
    for on in ("2026-10-12", "2026-10-19"):
        present(house, "ann", on, employee_name="张伟")
    present(house, "bob", "2026-10-20", employee_name="张伟", site="HO")
    slip(house, "1", "ann", "2026-10-12", "20.00")
    praise(house, "P1", "ann", "2026-10-19")
    receive(house, "ann", "2026-10-12 10:00")
    sell(house, "ann")
    sign(house, "H1", "ann", "2026-10-20")
    reckon(house, "2026-10-12..2026-10-25", "GM", "HO", known_at="2026-10-26 10:00")
    house.expect(
        """
        attendance.reward_line
        base_on    | employee_id | employee_name | conduct_count | fine_amount | praise_count
        2026-10-12 | ann         | 张伟          | 1             | 20.00       | 0
        2026-10-19 | ann         | 张伟          | 0             | 0.00        | 1
        2026-10-19 | bob         | 张伟          | 0             | 0.00        | 0
        """
    )
    house.expect(
        """
        attendance.reward_line
        base_on    | employee_id | reception_count | deal_count
        2026-10-12 | ann         | 1               | 0.00
        2026-10-19 | ann         | 0               | 1.00
        2026-10-19 | bob         | -               | -
        """
    )


def test_the_close_of_another_site_closes_nothing_here(house: Books):
    present(house, "ann")
    run = reckon(house)
    house.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id) "
        "select workflow, 'HO', period, known_at, 'test', run_id from ops.run where run_id = %s",
        [run],
    )
    day(house, "ann", "2026-10-13")
    reckon(house, known_at="2026-10-20 10:00")
    house.expect("attendance.reward_line\nrevision | late_count\n1 | 0\n2 | 1")


@pytest.mark.parametrize("what", ["praise", "deal", "reception"])
def test_each_figure_that_changes_makes_a_revision_and_the_sheets_are_of_the_one_that_was_known(house: Books, what):
    hire(house, "ann")
    present(house, "ann")
    receive(house, "ann", "2026-10-12 08:00")
    sell(house, "ann")
    reckon(house)
    if what == "praise":
        praise(house, "P1", "ann", "2026-10-13")
    elif what == "deal":
        sign(house, "H1", "ann", "2026-10-13")
    else:
        receive(house, "ann", "2026-10-13 09:00")
    reckon(house, known_at="2026-10-20 10:00")
    reckon(house, known_at="2026-10-21 10:00")
    house.expect("attendance.reward_line\nrevision\n1\n2")
    column = {"praise": "praise_count", "deal": "deal_count", "reception": "reception_count"}[what]
    first, second = (len(sheet(house, "sheet_lines", known_at=known)) for known in (KNOWN, "2026-10-20 10:00"))
    assert (first, second) == (1, 1)
    name = column.replace("deal_count", "deal_quantity")
    said = [int(sheet(house, "sheet_totals", known_at=known)[0][name]) for known in (KNOWN, "2026-10-20 10:00")]
    assert said[1] - said[0] == 1


def test_the_grounds_name_the_clause_of_the_day_and_only_fines_of_the_week_and_site_that_count(house: Books):
    house.connection.execute("update book.rule set valid_to = '2026-10-12' where parameter = 'late_fine_amount'")
    house.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | GM-A2 | late_fine_amount | 20.00 | 2026-10-13 | 新条文"
    )
    for on in ("2026-10-11", "2026-10-12", "2026-10-13", "2026-10-19"):
        day(house, "ann", on)
    day(house, "ann", "2026-10-14", site="HO")
    slip(house, "1", "ann", "2026-10-14", "50.00")
    slip(house, "2", "ann", "2026-10-14", "70.00", site="HO")
    house.connection.execute("update attendance.conduct_fine set state = '同因重复' where slip_no = '1'")
    reckon(house)
    assert [(row["item"], row["clause"]) for row in sheet(house, "sheet_grounds")] == [
        ("2026-10-12 考勤", "迟到30分钟以内罚款10元"),
        ("2026-10-13 考勤", "新条文"),
    ]


def test_what_waits_is_listed_of_this_site_and_as_it_was_known(house: Books):
    present(house, "ann", "2026-10-12", status="缺卡", pending_until="2026-10-25")
    present(house, "far", "2026-10-13", site="HO", status="待确认")
    slip(house, "1", "far", "2026-10-14", "50.00", site="HO")
    house.connection.execute("update attendance.conduct_fine set state = '待确认'")
    run = reckon(house)
    for site, on, known_at in (
        ("GM", "2026-10-12", KNOWN),
        ("HO", "2026-10-13", KNOWN),
        ("GM", "2026-10-14", "2026-10-20"),
    ):
        house.connection.execute(
            "insert into ops.result (workflow, site_id, base_on, revision, result_hash, state, run_id, as_of_on,"
            " known_at, row_count) values ('daily_attendance', %s, %s, 1, md5(%s), 'computed', %s, %s, %s, 1)",
            [site, on, on, run, on, known_at],
        )
    listed = [(row["subject"], row["problem"][:8]) for row in sheet(house, "sheet_exceptions")]
    assert listed == [(f"2026-10-{on}", "当日没有考勤结果") for on in range(13, 19)] + [
        ("2026-10-12", "1人次待确认或进")
    ]
