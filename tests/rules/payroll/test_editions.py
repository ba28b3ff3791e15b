"""A further edition of payroll's documents rests on the sheet as issued: what came since is of the next month."""

import pytest

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.payroll.conftest import day, decide, deductions, document, lines, pay, release, waive
from tests.rules.payroll.test_deductions import parts
from tests.rules.payroll.test_wages import two  # noqa: F401

AT_ISSUE, LATER = "2026-11-08", "2026-11-21"


def exceptions(books: Books, month: str, known_at: str, last: str) -> list[tuple[str, str]]:
    parameters = {"site_id": "GM", "starts_on": month + "-01", "last_on": last, "known_at": known_at}
    return [(row["subject"], row["problem"]) for row in rows(books.connection, "payroll/sheet_exceptions", parameters)]


def content(books: Books, known_at: str) -> str:
    parameters = {"site_id": "GM", "starts_on": "2026-10-01", "known_at": known_at}
    return rows(books.connection, "payroll/find_content", parameters)[0]["content_hash"]


@pytest.mark.parametrize("decision", ["不执行", "已执行"])
def test_a_paper_that_is_withdrawn_after_the_sheet_makes_nothing_deductible_there(house: Books, decision):
    """The ledger of the month still says that it was executed; the next month takes it back."""
    pay(house, "ann", "3050.00", "4000.00")
    day(house, "ann", "2026-10-12", "100.00")
    decide(house, "Z1", "ann", "2026-10", decision, "100.00", recorded_at="2026-11-01", superseded_at="2026-11-20")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    before, after = (deductions(house, "2026-10", known_at=known)["ann"] for known in (AT_ISSUE, LATER))
    assert before == after
    assert (after["settled_amount"], *parts(after)) == ("100.00", "0.00", "0.00", "0.00")
    assert content(house, AT_ISSUE) == content(house, LATER)


@pytest.mark.parametrize("decision", ["不执行", "已执行"])
def test_a_paper_that_lands_after_the_sheet_is_not_told_beside_what_it_did_not_change(house: Books, decision):
    pay(house, "ann", "3050.00", "4000.00")
    day(house, "ann", "2026-10-12", "100.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    decide(house, "Z1", "ann", "2026-10", decision, "100.00", recorded_at="2026-11-10")
    assert deductions(house, "2026-10", known_at=LATER)["ann"]["confirmed_text"] == "按地区规定限额扣除"
    assert content(house, AT_ISSUE) == content(house, LATER)


def test_papers_that_land_after_the_sheet_are_no_exceptions_of_its_further_edition(house: Books):
    """They said 没有对应的罚款 of a fine that is there, and that is waived with the next month."""
    pay(house, "ann", "3050.00", "4000.00")
    day(house, "ann", "2026-10-12", "100.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    decide(house, "Z1", "ann", "2026-10", "不执行", "50.00", recorded_at="2026-11-10")
    waive(house, "W1", "ann", "2026-10-12", amount="50.00", recorded_at="2026-11-10")
    assert exceptions(house, "2026-10", LATER, "2026-10-31") == []


def test_what_another_site_gave_back_in_a_later_month_leaves_the_room_of_this_one_as_it_was(two: Books):  # noqa: F811
    day(two, "ann", "2026-10-05", "300.00", site="GM")
    day(two, "ann", "2026-10-25", "60.00", site="HO")
    decide(two, "Z1", "ann", "2026-10", "已执行", "100.00", recorded_at="2026-11-01", superseded_at="2026-11-20")
    for site in ("HO", "GM"):
        release(two, "2026-10", site, run_id=lines(two, "2026-10", "ann", site=site))
    room = "select taken_amount from attendance.wage_deduction('HO', '2026-10-01', '2026-11-08')"
    before = two.query(room)
    for site in ("GM", "HO"):
        release(two, "2026-11", site, run_id=lines(two, "2026-11", "ann", site=site))
    assert [str(row["taken_amount"]) for row in before] == ["260.00"]
    assert two.query(room) == before


def test_what_was_paid_is_held_against_the_edition_that_knew_the_wage(house: Books):
    """The first edition had no wage, and so no 可扣; the second one has."""
    day(house, "ann", "2026-10-12", "100.00")
    run_id = release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    document(house, run_id, "2026-10")
    pay(house, "ann", "3050.00", "4000.00", recorded_at="2026-11-10")
    pay(house, "ann", "3050.00", "4000.00", month="2026-11")
    artifact = document(house, run_id, "2026-10", revision=2)
    house.connection.execute("update ops.artifact set known_at = '2026-11-11' where artifact_id = %s", [artifact])
    decide(house, "Z1", "ann", "2026-10", "已执行", "100.00", recorded_at="2026-11-20")
    release(house, "2026-11", run_id=lines(house, "2026-11", "ann"))
    assert exceptions(house, "2026-11", "2026-12-08", "2026-11-30") == []
    house.connection.execute("update attendance.fine_execution set amount = 101")
    assert "ann 2026-10" in [subject for subject, _ in exceptions(house, "2026-11", "2026-12-08", "2026-11-30")]
