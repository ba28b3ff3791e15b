"""Whose figures a wage is reckoned with: which limit, region and wage was known, for which days, and at which site."""

import pytest

from tests.drawing import Books
from tests.rules.payroll.conftest import adjust, day, decide, deductions, lines, pay, put, release, run_of, slip, waive
from tests.rules.payroll.test_deductions import fined, parts


def limit(books: Books, minimum: str, *, since: str, until: str = "-", region: str = "江苏", **also: str) -> None:
    """A stretch of 工资扣款参数."""
    put(books, "attendance.wage_limit", {"region": region, "valid_from": since, "valid_to": until,
        "profile": "限额扣除", "minimum_wage_amount": minimum, "cap_rate": "0.2", "law": "标准"}, **also)  # fmt: skip


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        ("2026-10-31", ("310.00", "290.00", "0.00")),  # the month's last day is still within it
        ("2026-10-30", ("-", "-", "0.00")),
    ],
)
def test_ATT_17_a_limit_holds_up_to_and_including_its_last_day(house: Books, until, expected):
    house.connection.execute("update attendance.wage_limit set valid_to = %s", [until])
    row = fined(house, "600.00", "2800.00")
    assert parts(row)[:2] == expected[:2]
    assert ("地区没有登记工资扣款参数" in row["opinion"]) == (expected[0] == "-")


def test_ATT_17_a_limit_that_came_later_or_was_replaced_is_not_the_one_of_the_sheet(house: Books):
    limit(house, "2700.00", since="2026-07-01", superseded_at="2026-11-01")
    limit(house, "2750.00", since="2026-07-01", recorded_at="2026-11-09")
    fined(house, "600.00", "2800.00")
    assert parts(deductions(house, "2026-10", known_at="2026-11-07")["ann"]) == ("310.00", "290.00", "0.00")
    assert parts(deductions(house, "2026-10", known_at="2026-11-09")["ann"]) == ("50.00", "550.00", "0.00")


def test_ATT_17_the_region_is_the_one_that_was_known(house: Books):
    limit(house, "2790.00", since="2026-01-01", region="上海")
    house.connection.execute("update book.site set superseded_at = '2026-11-09' where site_id = 'GM'")
    put(house, "book.site", {"site_id": "GM", "site_name": "国贸大厦", "region": "上海"}, recorded_at="2026-11-09")
    fined(house, "600.00", "2800.00")
    before, after = (deductions(house, "2026-10", known_at=known)["ann"] for known in ("2026-11-07", "2026-11-09"))
    assert (before["region"], *parts(before)) == ("江苏", "310.00", "290.00", "0.00")
    assert (after["region"], *parts(after)) == ("上海", "10.00", "590.00", "0.00")


# -- one person, one cap -----------------------------------------------------------------------------------------------


@pytest.fixture
def two(house: Books) -> Books:
    """GM and HO both in 江苏: ann is paid 2,800.00 and may bear 310.00 of fines, wherever they were levied."""
    house.connection.execute("update book.site set region = '江苏' where site_id = 'HO'")
    pay(house, "ann", "3050.00", "2800.00")
    return house


def settle(books: Books, month: str = "2026-10") -> dict[str, tuple[str, str, str]]:
    """Release both sites with ann on each sheet; what each may deduct."""
    for site in ("GM", "HO"):
        release(books, month, site, run_id=lines(books, month, "ann", site=site))
    return {site: parts(deductions(books, month, site)["ann"]) for site in ("GM", "HO")}


@pytest.mark.parametrize("late", ["slip", "day"])
def test_ATT_17_what_an_earlier_month_left_at_the_former_site_takes_its_room_under_the_one_cap(two: Books, late):
    # transferred on the 1st: no day of October stands at GM, and yet October bears a fine there
    day(two, "ann", "2026-10-12", "100.00", site="HO")
    if late == "slip":
        slip(two, "7", "ann", "2026-09-12", "300.00", month="2026-10-01")
    else:
        adjust(two, "ann", "2026-09-12", "2026-10-01", fine="300.00")
    assert settle(two) == {"GM": ("300.00", "0.00", "0.00"), "HO": ("10.00", "90.00", "0.00")}


def test_ATT_17_a_waiver_that_the_former_site_takes_back_takes_its_room_under_the_one_cap(two: Books):
    day(two, "ann", "2026-09-12", "300.00", site="GM")
    day(two, "ann", "2026-10-12", "100.00", site="HO")
    waive(two, "W1", "ann", "2026-09-12")
    release(two, "2026-09", "GM", run_id=lines(two, "2026-09", "ann", site="GM"))
    two.connection.execute("update attendance.fine_waiver set superseded_at = '2026-10-20'")
    assert settle(two) == {"GM": ("300.00", "0.00", "0.00"), "HO": ("10.00", "90.00", "0.00")}


@pytest.mark.parametrize(
    ("former", "expected"),
    [
        ("400.00", "0.00"),  # more than the cap is left: nothing is, and never less
        ("310.00", "0.00"),
        ("309.99", "0.01"),
    ],
)
def test_ATT_17_fines_of_the_other_site_leave_what_the_one_cap_has_left(two: Books, former, expected):
    day(two, "ann", "2026-10-05", former, site="GM")
    day(two, "ann", "2026-10-25", "100.00", site="HO")
    assert settle(two)["HO"][0] == expected


def test_ATT_17_what_the_other_site_gives_back_makes_no_room_under_the_one_cap(two: Books):
    adjust(two, "ann", "2026-09-30", "2026-10-01", fine="-50.00", site="GM")
    day(two, "ann", "2026-10-25", "400.00", site="HO")
    assert settle(two)["HO"] == ("310.00", "90.00", "0.00")


def test_ATT_17_the_cost_of_a_call_at_either_site_comes_off_the_one_cap_first(two: Books):
    day(two, "ann", "2026-10-05", "300.00", site="GM")
    slip(two, "9", "ann", "2026-10-25", "5.00", "100.00", site="HO")
    assert settle(two) == {"GM": ("210.00", "90.00", "0.00"), "HO": ("0.00", "5.00", "0.00")}


def test_ATT_17_what_is_not_executed_at_the_other_site_takes_no_room_under_the_one_cap(two: Books):
    day(two, "ann", "2026-10-05", "300.00", site="GM")
    day(two, "ann", "2026-10-25", "100.00", site="HO")
    decide(two, "Z1", "ann", "2026-10", "不执行", "300.00")
    assert settle(two) == {"GM": ("0.00", "0.00", "0.00"), "HO": ("100.00", "0.00", "0.00")}


def test_ATT_17_an_older_fine_that_was_paid_at_the_other_site_makes_no_room_for_those_of_the_month(two: Books):
    day(two, "ann", "2026-09-12", "300.00", site="GM")
    release(two, "2026-09", "GM", run_id=lines(two, "2026-09", "ann", site="GM"))
    decide(two, "Z1", "ann", "2026-09", "已执行", "300.00", recorded_at="2026-10-20")
    day(two, "ann", "2026-10-05", "300.00", site="GM")
    day(two, "ann", "2026-10-25", "100.00", site="HO")
    assert settle(two) == {"GM": ("300.00", "0.00", "0.00"), "HO": ("10.00", "90.00", "0.00")}


# -- papers of other months and persons --------------------------------------------------------------------------------


def test_ATT_17_what_was_confirmed_of_another_month_confirms_nothing_of_this_one(house: Books):
    decide(house, "Z1", "ann", "2026-09")
    decide(house, "Z2", "ann", "2026-10", superseded_at="2026-11-01")
    row = fined(house, "600.00", "2800.00", site="HO")
    assert (row["confirmed_text"], *parts(row)) == ("待人事/法务确认", "0.00", "0.00", "600.00")


def test_ATT_17_only_what_was_confirmed_is_deducted_not_what_was_taken_back(house: Books):
    decide(house, "Z1", "ann", "2026-10", "已确认", "100.00")
    decide(house, "Z2", "ann", "2026-10", "不执行", "200.00")
    assert parts(fined(house, "600.00", "2800.00", site="HO")) == ("100.00", "0.00", "300.00")


def test_ATT_17_a_months_fines_that_were_taken_back_after_its_sheet_confirm_nothing(house: Books):
    decide(house, "Z1", "ann", "2026-10", "已确认", "100.00")
    decide(house, "Z2", "ann", "2026-10", "不执行", recorded_at="2026-11-20")
    assert parts(fined(house, "600.00", "2800.00", site="HO")) == ("100.00", "0.00", "500.00")


def test_what_was_paid_of_this_month_is_not_deducted_again_and_what_was_of_another_changes_nothing(house: Books):
    slip(house, "8", "ann", "2026-09-12", "100.00")
    slip(house, "9", "old", "2026-09-12", "40.00")
    release(house, "2026-09", run_id=lines(house, "2026-09", "ann", "old"))
    decide(house, "Z1", "ann", "2026-09", "已执行", "100.00", recorded_at="2026-10-20")
    decide(house, "Z2", "ann", "2026-10", "已执行", "20.00")
    decide(house, "Z3", "old", "2026-09", "已执行", "40.00", recorded_at="2026-10-20")
    row = fined(house, "50.00", "5000.00")
    assert (row["fine_amount"], row["settled_amount"], *parts(row)) == ("50.00", "20.00", "30.00", "0.00", "0.00")
    assert list(deductions(house, "2026-10")) == ["ann"], "who only paid an older fine has nothing to deduct"


def test_a_payment_that_turns_out_to_be_another_persons_is_given_back_by_the_next_month(house: Books):
    """The ledger of the issued month says that it was paid, and so does every edition beside it."""
    decide(house, "Z1", "ann", "2026-10", "已执行", "50.00", superseded_at="2026-11-20")
    fined(house, "50.00", "5000.00")
    decide(house, "Z1", "bob", "2026-10", "已执行", "50.00", recorded_at="2026-11-20")
    before, after = (deductions(house, "2026-10", known_at=known)["ann"] for known in ("2026-11-07", "2026-11-20"))
    assert before == after
    assert (after["settled_amount"], after["deductible_amount"]) == ("50.00", "0.00")
    release(house, "2026-11", run_id=lines(house, "2026-11", "ann"))
    house.expect(
        "attendance.fine_entry\nemployee_id | entry_kind | source_no | amount\nann | 上月调整 | Z1 | 50.00",
        where="month_on = '2026-11-01'",
    )


def test_who_left_and_only_bears_what_a_call_cost_has_a_row_and_the_name_that_was_known(house: Books):
    slip(house, "7", "old", "2026-09-12", "0", "6.35", month="2026-10-01")
    for since, name, also in (
        ("2020-01-01", "旧名", {}),
        ("2024-01-01", "老王", {}),
        ("2025-01-01", "误名", {"superseded_at": "2026-11-01"}),
        ("2025-01-01", "改名", {"recorded_at": "2026-11-20"}),
    ):
        put(house, "book.employee", {"employee_id": "old", "effective_from": since, "employee_name": name,
            "site_id": "GM", "joined_on": "2020-01-01"}, **also)  # fmt: skip
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    row = deductions(house, "2026-10", known_at="2026-11-07")["old"]
    assert (row["employee_name"], row["charge_amount"], row["fine_amount"]) == ("老王", "6.35", "0.00")


def test_an_earlier_edition_is_drawn_again_as_it_was(house: Books):
    pay(house, "ann", "3050.00", "5000.00")
    pay(house, "ann", "2900.00", "4900.00", month="2026-09")
    slip(house, "1", "ann", "2026-10-12", "20.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", absent_days="0.5"))
    slip(house, "2", "ann", "2026-10-13", "30.00")
    anew = run_of(house, "2026-10", known_at="2026-11-10 10:00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", run_id=anew, revision=2, absent_days="1"))
    said = [deductions(house, "2026-10", known_at=known)["ann"] for known in ("2026-11-07", "2026-11-10 10:00")]
    assert [(row["absence_amount"], row["fine_amount"]) for row in said] == [("70.11", "20.00"), ("140.23", "50.00")]


# -- what is given back ------------------------------------------------------------------------------------------------


@pytest.fixture
def corrected(house: Books) -> Books:
    """Two half days of absence of October at GM, of which November takes one back: 140.23 less 70.11 are 70.12."""
    for on in ("2026-10-12", "2026-10-13"):
        day(house, "ann", on, "0", absent_days="0.5")
    adjust(house, "ann", "2026-10-13", "2026-11-01", absent="-0.5")
    for month in ("2026-10", "2026-11"):
        pay(house, "ann", "3050.00", "3050.00", month=month)
    return house


def given_back(books: Books) -> str:
    release(books, "2026-11", run_id=lines(books, "2026-11", "ann", adjusted_absent_days="-0.5"))
    return deductions(books, "2026-11", known_at="2026-12-07")["ann"]["adjusted_absence_amount"]


def test_ATT_18_days_of_other_months_do_not_move_the_cent_that_is_given_back(corrected: Books):
    day(corrected, "ann", "2026-09-30", "0", absent_days="0.5")
    day(corrected, "ann", "2026-11-01", "0", absent_days="0.5")
    adjust(corrected, "ann", "2026-09-29", "2026-10-01", absent="-0.5")
    assert given_back(corrected) == "-70.12"


def test_ATT_18_days_of_other_sites_do_not_move_the_cent_that_is_given_back(corrected: Books):
    day(corrected, "ann", "2026-10-20", "0", site="HO", absent_days="0.5")
    adjust(corrected, "ann", "2026-10-21", "2026-11-01", absent="-1", site="HO")
    assert given_back(corrected) == "-70.12"


def test_ATT_18_what_another_site_took_back_before_does_not_move_the_cent_that_is_given_back(corrected: Books):
    adjust(corrected, "ann", "2026-10-21", "2026-10-01", absent="-0.5", site="HO")
    assert given_back(corrected) == "-70.12"


def test_ATT_18_what_is_given_back_is_reckoned_with_the_wage_and_the_days_of_that_month(corrected: Books):
    pay(corrected, "ann", "9000.00", "9000.00", superseded_at="2026-11-20")
    corrected.connection.execute(
        "insert into attendance.wage select employee_id, month_on, 7000, 7000, '2026-12-20', '2027-01-01', 1, 1 "
        "from attendance.wage where month_on = '2026-10-01' and superseded_at = 'infinity'"
    )
    corrected.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | GM-W1 | wage_days | 26 | 2026-11-01 | 月计薪26天"
    )
    assert given_back(corrected) == "-70.12"


def test_ATT_18_nothing_is_given_back_by_guess_where_this_months_wage_is_missing(corrected: Books):
    corrected.connection.execute("delete from attendance.wage where month_on = '2026-11-01'")
    assert given_back(corrected) == "-"


# -- what is not known, and what is not asked for ----------------------------------------------------------------------


def test_ATT_17_who_is_not_fined_needs_no_cap_but_a_wage(house: Books):
    # the figures of 全国 are not known; of ann nothing is to be deducted anyhow, and of bob there is no wage at all
    put(house, "attendance.wage_limit", {"region": "全国", "valid_from": "2026-06-01", "profile": "待确认",
        "law": "某地"})  # fmt: skip
    pay(house, "ann", "3050.00", "2800.00")
    release(house, "2026-10", "HO", run_id=lines(house, "2026-10", "ann", "bob", site="HO"))
    rows = deductions(house, "2026-10", "HO")
    assert (parts(rows["ann"]), rows["ann"]["opinion"]) == (("0.00", "0.00", "0.00"), "")
    assert (parts(rows["bob"]), rows["bob"]["opinion"]) == (("-", "-", "0.00"), "必须处理：没有本月工资标准")


def test_what_an_old_call_cost_is_charged_and_stands_in_no_sum_of_fines(house: Books):
    slip(house, "2", "ann", "2026-09-20", "12.70", "6.35", month="2026-10-01")
    row = fined(house, "20.00", "5000.00")
    assert (row["adjusted_fine_amount"], row["fine_amount"], row["charge_amount"]) == ("12.70", "32.70", "6.35")
