"""What is still owed on the eve of the 20th, and what lateness costs."""

import pytest

from tests.drawing import Books
from tests.rules.fees.conftest import charge, reckon, release


def owing(tower: Books, *lines: str, contract: str = "301") -> None:
    """Opening balances drawn as `kind month due amount`."""
    for line in lines:
        kind, month, due_on, amount = line.split()
        tower.given(
            "fees.opening\ncontract_no | charge_kind | base_month | due_on | amount\n"
            f"{contract} | {kind} | {month}-01 | {due_on} | {amount}"
        )


def paid(tower: Books, *lines: str, contract: str = "301", recorded_at: str = "2026-01-01") -> None:
    """Receipts drawn as `day amount`."""
    for number, line in enumerate(lines, 1):
        paid_on, amount = line.split()
        tower.given(
            "fees.payment\nreceipt_no | paid_on | amount | contract_no\n"
            f"{contract}-{paid_on}-{number} | {paid_on} | {amount} | {contract}",
            recorded_at=recorded_at,
        )


def late_fees(tower: Books) -> list[tuple]:
    return [
        (row["day_count"], str(row["principal"]), str(row["amount"]))
        for row in tower.query("select * from fees.bill_late_fee order by base_on, item_key, stretch_no")
    ]


@pytest.mark.parametrize(
    ("due_rule", "expected"),
    [
        ("announced", [(20, "1000.00", "10.00")]),
        ("none", [(20, "1000.00", "10.00")]),
        ("all_days_off", [(18, "1000.00", "9.00")]),
    ],
)
def test_BIL_09_late_fee_runs_from_the_day_after_the_due_day_through_the_20th(tower, rented, due_rule, expected):
    tower.connection.execute("update fees.tower set due_rule = %s", [due_rule])
    rented("301", late_rate="0.0005")
    owing(tower, "租金 2026-10 2026-10-31 1000")
    reckon(tower, "2026-11")
    assert late_fees(tower) == expected


def test_BIL_09_paid_on_the_due_day_bears_none(tower, rented):
    rented("301", late_rate="0.0005")
    charge(tower, "301", "0")
    owing(tower, "租金 2026-10 2026-10-31 1000")
    paid(tower, "2026-10-31 1000")
    reckon(tower, "2026-11")
    assert late_fees(tower) == []
    tower.expect("fees.bill\nstatus | opening_amount | payable_amount\n无需出单 | 0.00 | 0.00")


@pytest.mark.parametrize(
    ("due_rule", "total"),
    [
        ("announced", [(10, "1000.00", "5.00"), (10, "600.00", "3.00")]),
        ("all_days_off", [(8, "1000.00", "4.00"), (10, "600.00", "3.00")]),
    ],
)
def test_BIL_10_a_part_paid_lowers_the_principal_from_the_next_day(tower, rented, due_rule, total):
    tower.connection.execute("update fees.tower set due_rule = %s", [due_rule])
    rented("301", late_rate="0.0005")
    owing(tower, "租金 2026-10 2026-10-31 1000")
    paid(tower, "2026-11-10 400")
    reckon(tower, "2026-11")
    assert late_fees(tower) == total


def test_BIL_10_late_fee_is_charged_once_and_bears_no_late_fee(tower, rented):
    rented("301", late_rate="0.0005")
    charge(tower, "301", "0")
    owing(tower, "租金 2026-09 2026-09-30 1000")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    release(tower, reckon(tower, "2026-11"), "2026-11")
    assert late_fees(tower) == [(20, "1000.00", "10.00"), (31, "1000.00", "15.50")]
    tower.expect(
        """
        fees.bill
        base_on    | opening_amount | late_fee_amount | payable_amount
        2026-10-01 | 1000.00        | 10.00           | 1010.00
        2026-11-01 | 1010.00        | 15.50           | 1025.50
        """
    )


def test_BIL_11_without_a_clause_there_is_none_and_a_high_rate_is_flagged_and_stops_at_the_principal(tower, rented):
    rented("301")
    rented("302", late_rate="0.003")
    owing(tower, "租金 2026-01 2026-01-31 1000")
    owing(tower, "租金 2026-09 2026-09-30 100", "租金 2025-01 2025-01-31 100", contract="302")
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_late_fee
        contract_no | base_month | day_count | amount | is_capped
        302         | 2025-01-01 | 627       | 100.00 | yes
        302         | 2026-09-01 | 20        | 6.00   | no
        """
    )
    hints = [row["hint"] for row in tower.query("select hint from fees.bill_late_fee order by base_month")]
    high = "日率0.3%偏高，诉讼时可能被调减（民法典585条）"
    assert hints == [f"已达本金，不再增加；{high}", high]


def test_BIL_13_money_in_advance_lowers_what_is_payable_and_the_rest_stays(tower, rented):
    rented("301", "302")
    charge(tower, "301", "350")
    charge(tower, "302", "150")
    for contract in ("301", "302"):
        paid(tower, "2026-10-05 200", contract=contract)
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill
        contract_no | status | charge_amount | credit_brought | credit_applied | payable_amount
        301         | 出单   | 350.00        | 200.00         | 200.00         | 150.00
        302         | 出单   | 150.00        | 200.00         | 150.00         | 0.00
        """
    )


def test_BIL_14_what_is_not_sold_is_billed_to_the_developer_and_an_owner_has_a_copy_by_agreement(tower, rented):
    rented("301", "302")
    tower.connection.execute("update fees.contract set contract_kind = '未售' where contract_no = '301'")
    tower.connection.execute("update fees.tenant set tenant_name = '开发公司' where tenant_id = '301'")
    tower.connection.execute("update fees.contract set is_owner_copied = true where contract_no = '302'")
    tower.connection.execute("update fees.unit set owner_name = '业主某' where unit_no = '302'")
    for contract in ("301", "302"):
        charge(tower, contract, "1060", kind="物业费", vat_rate="0.06")
    reckon(tower, "2026-10")
    tower.expect("fees.bill\ncontract_no | tenant_name | copied_to\n301 | 开发公司 | -\n302 | 302公司 | 业主某")


@pytest.mark.parametrize(
    ("month", "due_on"), [("2026-06", "2026-06-30"), ("2026-09", "2026-09-30"), ("2026-12", "2026-12-30")]
)
def test_BIL_17_the_20th_stays_the_20th_whatever_day_it_is(tower, rented, month, due_on):
    tower.connection.execute("update fees.tower set opens_with = '2026-06-01'")
    rented("301")
    charge(tower, "301", "100")
    reckon(tower, month)
    tower.expect(f"fees.bill\nbase_on | due_on\n{month}-01 | {due_on}", f"base_on = '{month}-01'")


@pytest.mark.parametrize(("paid_on", "expected"), [("2026-10-08", []), ("2026-10-09", [(1, "1000.00", "0.50")])])
def test_BIL_17_a_due_day_in_the_national_holiday_ends_on_the_next_working_day(tower, rented, paid_on, expected):
    rented("301", late_rate="0.0005")
    owing(tower, "租金 2026-09 2026-10-05 1000")
    paid(tower, f"{paid_on} 1000")
    reckon(tower, "2026-10")
    assert late_fees(tower) == expected


def test_BIL_22_a_waiver_lowers_what_is_owed_from_its_day_and_is_no_payment(tower, rented):
    rented("301", late_rate="0.0005")
    owing(tower, "租金 2026-09 2026-09-30 1000")
    tower.given(
        """
        fees.waiver
        waiver_no | contract_no | charge_kind | amount | effective_on | reason   | approver
        J1        | 301         | 租金        | 300    | 2026-10-10   | 装修影响 | 总经理
        """
    )
    reckon(tower, "2026-10")
    assert late_fees(tower) == [(10, "1000.00", "5.00"), (10, "700.00", "3.50")]
    tower.expect("fees.bill_arrear\namount | settled_amount | open_amount\n1000.00 | 300.00 | 700.00")


def test_OPS_22_payments_count_through_the_eve_of_the_20th(tower, rented):
    rented("301")
    owing(tower, "租金 2026-09 2026-09-30 1000")
    paid(tower, "2026-10-19 100", "2026-10-20 200")
    reckon(tower, "2026-10")
    tower.expect("fees.bill_arrear\nopen_amount\n900.00")


def test_BIL_18_what_came_in_later_counts_only_for_who_knows_it_and_only_if_dated_through_the_eve(tower, rented):
    rented("301", late_rate="0.0005")
    owing(tower, "租金 2026-09 2026-09-30 1000")
    paid(tower, "2026-10-19 100", recorded_at="2026-10-28 09:00")
    paid(tower, "2026-10-25 200", recorded_at="2026-10-28 09:00")
    reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    tower.expect("fees.bill\nopening_amount | late_fee_amount\n1000.00 | 10.00")
    reckon(tower, "2026-10", known_at="2026-11-03 10:00")
    tower.expect("fees.bill\nopening_amount | late_fee_amount\n900.00 | 9.95")


def test_BIL_18_a_late_release_makes_no_notice_overdue_on_arrival_and_bears_no_late_fee_for_our_delay(tower, rented):
    rented("301", late_rate="0.0005")
    charge(tower, "301", "1000")
    release(tower, reckon(tower, "2026-10"), "2026-10", on="2026-11-03")
    tower.expect("fees.notice\nnotice_no | released_on | due_on\nJK-WX-202610-0001 | 2026-11-03 | 2026-11-13")
    reckon(tower, "2026-11")
    assert late_fees(tower) == [(7, "1000.00", "3.50")]


def test_numbers_are_given_in_order_of_unit_without_gaps_and_once(tower, rented):
    rented("302", "301", "303")
    for contract in ("301", "303"):
        charge(tower, contract, "100")
    run = reckon(tower, "2026-10")
    release(tower, run, "2026-10")
    before = tower.row_versions("fees.notice", "fees.entry")
    release(tower, run, "2026-10", on="2026-11-09")
    assert tower.row_versions("fees.notice", "fees.entry") == before
    tower.expect("fees.notice\nnotice_no | contract_no\nJK-WX-202610-0001 | 301\nJK-WX-202610-0002 | 303")


def test_units_are_counted_as_people_count_them(tower, rented):
    units = ("A1001", "1001", "A501", "301", "2001", "1-10-301", "1-2-301")
    rented(*units)
    for contract in units:
        charge(tower, contract, "100")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    told = tower.query("select contract_no from fees.notice order by notice_no")
    assert [row["contract_no"] for row in told] == [
        "1-2-301", "1-10-301", "301", "1001", "2001", "A501", "A1001",
    ]  # fmt: skip


def test_payments_settle_what_was_due_first(tower, rented):
    rented("301")
    owing(tower, "租金 2026-08 2026-08-31 500", "物业费 2026-09 2026-09-30 500")
    owing(tower, "违约金 2026-09 2026-09-30 12.50")
    paid(tower, "2026-10-10 600")
    reckon(tower, "2026-10")
    tower.expect("fees.bill_arrear\ncharge_kind | open_amount\n物业费 | 412.50")
