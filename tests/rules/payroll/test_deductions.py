"""工资扣款核对表: what wages may bear (ATT-17), what unpaid time takes off them (ATT-18), and what is never guessed."""

import pytest

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.payroll.conftest import adjust, day, decide, deductions, lines, pay, put, release, slip, waive


def fined(books: Books, fine: str, payable: str, *, site: str = "GM", monthly: str = "3050.00", **also: str) -> dict:
    """The row of somebody with one conduct slip of that amount."""
    slip(books, "1", "ann", "2026-10-12", fine, site=site)
    pay(books, "ann", monthly, payable)
    release(books, "2026-10", site, run_id=lines(books, "2026-10", "ann", site=site, **also))
    return deductions(books, "2026-10", site)["ann"]


def parts(row: dict) -> tuple[str, str, str]:
    return row["deductible_amount"], row["withheld_amount"], row["pending_amount"]


# -- ATT-17 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fine", "payable", "cap", "deductible", "withheld"),
    [
        ("600.00", "2800.00", "310.00", "310.00", "290.00"),  # the minimum wage binds
        ("310.00", "2800.00", "310.00", "310.00", "0.00"),
        ("310.01", "2800.00", "310.00", "310.00", "0.01"),
        ("900.00", "4000.00", "800.00", "800.00", "100.00"),  # a fifth binds
        ("900.00", "3112.50", "622.50", "622.50", "277.50"),  # both at once: 3,112.50 less 2,490.00 is a fifth of it
        ("900.00", "3333.33", "666.67", "666.67", "233.33"),  # half up, once
        ("50.00", "2490.00", "0.00", "0.00", "50.00"),
        ("50.00", "2490.01", "0.01", "0.01", "49.99"),
        ("50.00", "2000.00", "0.00", "0.00", "50.00"),  # below the minimum: never less than nothing
    ],
)
def test_ATT_17_a_wage_bears_fines_up_to_a_fifth_and_down_to_the_minimum(
    house: Books, fine, payable, cap, deductible, withheld
):
    row = fined(house, fine, payable)
    assert row["fine_amount"] == fine
    assert row["cap_amount"] == cap
    assert parts(row) == (deductible, withheld, "0.00")


def test_ATT_17_under_the_national_profile_nothing_is_deducted_before_hr_and_legal_confirm(house: Books):
    row = fined(house, "600.00", "2800.00", site="HO")
    assert parts(row) == ("0.00", "0.00", "600.00")
    assert row["confirmed_text"] == "待人事/法务确认"


def test_of_what_lands_after_the_sheet_a_wage_makes_a_further_edition_and_a_confirmation_does_not(
    house: Books,
):
    slip(house, "1", "ann", "2026-10-12", "600.00", site="HO")
    release(house, "2026-10", "HO", run_id=lines(house, "2026-10", "ann", site="HO"))
    unknown = content(house)
    decide(house, "Z1", "ann", "2026-10", recorded_at="2026-11-08")
    assert content(house) == unknown
    pay(house, "ann", "3050.00", "2800.00", recorded_at="2026-11-09")
    assert content(house) != unknown and content(house, "2026-11-08") == unknown
    assert parts(deductions(house, "2026-10", "HO")["ann"]) == ("0.00", "0.00", "600.00"), "the next month tells of it"


def content(books: Books, known_at: str = "2026-12-01") -> str:
    """What the documents of the site HO say of October."""
    given = {"site_id": "HO", "starts_on": "2026-10-01", "last_on": "2026-10-31", "known_at": known_at}
    [found] = rows(books.connection, "payroll/find_content", given)
    return found["content_hash"]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("-", ("310.00", "290.00", "0.00")),  # all of it: never more than the cap
        ("200.00", ("200.00", "0.00", "400.00")),
        ("400.00", ("310.00", "90.00", "200.00")),
        ("900.00", ("310.00", "290.00", "0.00")),  # more than was levied
    ],
)
def test_ATT_17_what_was_confirmed_is_deducted_up_to_the_cap_and_the_rest_waits(house: Books, amount, expected):
    decide(house, "Z1", "ann", "2026-10", "已确认", amount)
    assert parts(fined(house, "600.00", "2800.00", site="HO")) == expected


def test_ATT_17_a_confirmation_that_was_not_known_yet_confirms_nothing(house: Books):
    decide(house, "Z1", "ann", "2026-10", recorded_at="2026-11-08")
    fined(house, "600.00", "2800.00", site="HO")
    row = deductions(house, "2026-10", "HO", known_at="2026-11-07")["ann"]
    assert parts(row) == ("0.00", "0.00", "600.00")


def test_ATT_17_what_hr_takes_back_is_neither_deducted_nor_withheld(house: Books):
    decide(house, "Z1", "ann", "2026-10", "不执行", "400.00")
    row = fined(house, "600.00", "2800.00")
    assert (row["fine_amount"], row["settled_amount"]) == ("600.00", "400.00")
    assert parts(row) == ("200.00", "0.00", "0.00")


def test_ATT_17_the_limit_is_that_of_the_months_last_day(house: Books):
    put(house, "attendance.wage_limit", {"region": "江苏", "valid_from": "2026-10-20", "profile": "限额扣除",
        "minimum_wage_amount": "2700.00", "cap_rate": "0.2", "law": "新标准"})  # fmt: skip
    put(house, "attendance.wage_limit", {"region": "江苏", "valid_from": "2026-11-01", "profile": "限额扣除",
        "minimum_wage_amount": "2790.00", "cap_rate": "0.2", "law": "更新的标准"})  # fmt: skip
    assert parts(fined(house, "600.00", "2800.00")) == ("100.00", "500.00", "0.00")


@pytest.mark.parametrize(
    ("profile", "minimum", "rate", "expected"),
    [
        ("待确认", "-", "0.2", ("-", "-", "0.00")),
        ("待确认", "2490.00", "-", ("-", "-", "0.00")),
    ],
)
def test_ATT_17_without_a_minimum_wage_or_a_rate_there_is_no_cap_and_no_guess(
    house: Books, profile, minimum, rate, expected
):
    put(house, "attendance.wage_limit", {"region": "全国", "valid_from": "2026-06-01", "profile": profile,
        "minimum_wage_amount": minimum, "cap_rate": rate, "law": "某地"})  # fmt: skip
    decide(house, "Z1", "ann", "2026-10")
    row = fined(house, "600.00", "2800.00", site="HO")
    assert row["cap_amount"] == "-"
    assert parts(row) == expected
    assert "必须处理：地区没有登记最低工资或扣款上限" in row["opinion"]


def test_ATT_17_without_a_region_nothing_is_deducted_and_the_row_says_so(house: Books):
    row = fined(house, "600.00", "2800.00", site="HQ")
    assert (row["region"], row["minimum_wage_amount"], row["cap_amount"]) == ("-", "-", "-")
    assert parts(row) == ("-", "-", "-")
    assert row["opinion"].startswith("必须处理：案场没有登记地区")
    assert row["fine_amount"] == "600.00"  # what was levied is known all the same


def test_without_a_wage_every_figure_of_it_is_a_dash_with_a_reason(house: Books):
    slip(house, "1", "ann", "2026-10-12", "600.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", "bob", absent_days="0.5"))
    pay(house, "bob", "3050.00", "-")
    rows = deductions(house, "2026-10")
    ann = rows["ann"]
    for name in ("monthly_wage", "payable_wage", "daily_wage", "absence", "cap", "deductible", "withheld"):
        assert ann[f"{name}_amount"] == "-", name
    assert ann["opinion"].startswith("必须处理：没有本月工资标准")
    assert rows["bob"]["absence_amount"] == "70.11"
    assert rows["bob"]["cap_amount"] == "-" and "没有本月应发工资" in rows["bob"]["opinion"]


def test_a_wage_that_came_later_or_was_replaced_is_not_the_one_of_the_sheet(house: Books):
    pay(house, "ann", "9000.00", "9000.00", superseded_at="2026-11-01")
    pay(house, "bob", "3050.00", "2800.00", recorded_at="2026-11-09")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", "bob"))
    known = deductions(house, "2026-10", known_at="2026-11-07")
    assert (known["ann"]["payable_wage_amount"], known["bob"]["payable_wage_amount"]) == ("-", "-")


def test_the_cost_of_a_call_is_no_fine_and_comes_off_the_cap_first(house: Books):
    slip(house, "2", "ann", "2026-10-20", "12.70", "6.35")
    row = fined(house, "600.00", "2800.00")
    assert (row["fine_amount"], row["charge_amount"]) == ("612.70", "6.35")
    assert parts(row) == ("303.65", "309.05", "0.00")
    assert "赔偿话费不是罚款" in row["opinion"]


def test_adjustments_and_waivers_are_part_of_the_months_fines(house: Books):
    day(house, "ann", "2026-10-12")
    day(house, "ann", "2026-10-13")
    waive(house, "W1", "ann", "2026-10-13")
    adjust(house, "ann", "2026-09-30", "2026-10-01", fine="10.00")
    row = fined(house, "50.00", "5000.00")
    assert (row["adjusted_fine_amount"], row["fine_amount"]) == ("10.00", "70.00")
    assert parts(row) == ("70.00", "0.00", "0.00")


def test_a_month_that_gives_back_more_than_it_levies_deducts_nothing(house: Books):
    adjust(house, "ann", "2026-09-30", "2026-10-01", fine="-30.00")
    row = fined(house, "10.00", "5000.00")
    assert row["fine_amount"] == "-20.00"
    assert parts(row) == ("0.00", "0.00", "0.00")
    assert "应退还" in row["opinion"]


def test_one_wage_has_one_cap_whatever_sites_it_was_earned_at(house: Books):
    house.connection.execute("update book.site set region = '江苏' where site_id = 'HO'")
    day(house, "ann", "2026-10-05", "300.00", site="GM")
    day(house, "ann", "2026-10-25", "100.00", site="HO")
    pay(house, "ann", "3050.00", "2800.00")
    release(house, "2026-10", "GM", run_id=lines(house, "2026-10", "ann", site="GM"))
    release(house, "2026-10", "HO", run_id=lines(house, "2026-10", "ann", site="HO"))
    assert parts(deductions(house, "2026-10", "GM")["ann"]) == ("300.00", "0.00", "0.00")
    row = deductions(house, "2026-10", "HO")["ann"]
    assert parts(row) == ("10.00", "90.00", "0.00")
    assert "扣款上限按人合计" in row["opinion"]


def test_who_left_before_the_month_and_is_fined_in_it_stands_below_the_others(house: Books):
    slip(house, "7", "old", "2026-09-12", "20.00", month="2026-10-01")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann"))
    rows = deductions(house, "2026-10")
    assert list(rows) == ["ann", "old"]
    assert "不在本月考勤表" in rows["old"]["opinion"]
    assert rows["old"]["fine_amount"] == "20.00"


# -- ATT-18 ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("monthly", "absent", "deducted", "daily"),
    [
        ("3050.00", "0.5", "70.11", "140.23"),  # rounding the day first would give 70.12
        ("3050.00", "1", "140.23", "140.23"),
        ("3050.00", "2.5", "350.57", "140.23"),
        ("4350.00", "0.5", "100.00", "200.00"),
        ("4567.89", "1.5", "315.03", "210.02"),
        ("0.00", "1", "0.00", "0.00"),
        ("3050.00", "0", "0.00", "140.23"),
    ],
)
def test_ATT_18_unpaid_time_is_rounded_once(house: Books, monthly, absent, deducted, daily):
    pay(house, "ann", monthly, monthly)
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", absent_days=absent))
    row = deductions(house, "2026-10")["ann"]
    assert (row["absence_amount"], row["daily_wage_amount"]) == (deducted, daily)


def test_ATT_18_the_days_of_a_wage_are_a_setting(house: Books):
    house.given(
        """
        book.rule
        rule_set | rule_id | parameter | value | valid_from | clause
        guomao   | GM-W1   | wage_days | 26    | 2026-10-31 | 月计薪26天
        """
    )
    pay(house, "ann", "3050.00", "3050.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", absent_days="0.5"))
    assert deductions(house, "2026-10")["ann"]["absence_amount"] == "58.65"


def test_ATT_18_leave_without_pay_is_not_absence(house: Books):
    pay(house, "ann", "3050.00", "3050.00")
    release(house, "2026-10", run_id=lines(house, "2026-10", "ann", leave_days='{"事假": 2}'))
    assert deductions(house, "2026-10")["ann"]["absence_amount"] == "0.00"


def test_ATT_18_an_absence_taken_back_gives_back_what_was_deducted_to_the_cent(house: Books):
    # 1.5 days were 210.34; half a day is 70.11: 140.23 come back at the wage of October, not of November
    day(house, "ann", "2026-10-12", "0", absent_days="1")
    day(house, "ann", "2026-10-13", "0", absent_days="0.5")
    pay(house, "ann", "3050.00", "3050.00")
    pay(house, "ann", "9000.00", "9000.00", month="2026-11")
    adjust(house, "ann", "2026-10-12", "2026-11-01", absent="-1.0")
    release(house, "2026-11", run_id=lines(house, "2026-11", "ann", adjusted_absent_days="-1.0"))
    row = deductions(house, "2026-11")["ann"]
    assert (row["absence_amount"], row["adjusted_absence_amount"]) == ("0.00", "-140.23")


def test_ATT_18_what_is_given_back_in_two_months_is_all_that_was_taken(house: Books):
    day(house, "ann", "2026-10-12", "0", absent_days="0.5")
    day(house, "ann", "2026-10-13", "0", absent_days="0.5")
    for month in ("2026-10", "2026-11", "2026-12"):
        pay(house, "ann", "3050.00", "3050.00", month=month)
    adjust(house, "ann", "2026-10-12", "2026-11-01", absent="-0.5")
    adjust(house, "ann", "2026-10-13", "2026-12-01", absent="-0.5")
    release(house, "2026-11", run_id=lines(house, "2026-11", "ann", adjusted_absent_days="-0.5"))
    release(house, "2026-12", run_id=lines(house, "2026-12", "ann", adjusted_absent_days="-0.5"))
    given_back = [deductions(house, month)["ann"]["adjusted_absence_amount"] for month in ("2026-11", "2026-12")]
    assert given_back == ["-70.12", "-70.11"]  # together the 140.23 of a whole day


def test_without_the_old_wage_nothing_is_given_back_by_guess(house: Books):
    day(house, "ann", "2026-10-12", "0", absent_days="1")
    pay(house, "ann", "9000.00", "9000.00", month="2026-11")
    adjust(house, "ann", "2026-10-12", "2026-11-01", absent="-1.0")
    release(house, "2026-11", run_id=lines(house, "2026-11", "ann", adjusted_absent_days="-1.0"))
    row = deductions(house, "2026-11")["ann"]
    assert row["adjusted_absence_amount"] == "-" and "没有被调整月份的工资标准" in row["opinion"]
