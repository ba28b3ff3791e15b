"""What a month charges: rent by days, meters by readings and prices, VAT contained."""

from decimal import Decimal

import pytest

from tests.rules.fees.conftest import charge, metered, reckon, release


@pytest.mark.parametrize(
    ("utility", "used", "amount"),
    [
        ("电费", "10", "8.25"),
        ("电费", "30", "24.74"),
        ("电费", "150", "123.68"),
        ("水费", "0.25", "1.53"),
        ("水费", "2.75", "16.78"),
    ],
)
def test_BIL_01_use_times_price_is_rounded_half_up_to_the_cent(tower, rented, utility, used, amount):
    rented("301")
    metered(tower, "D1", "2026-09-20 100", f"2026-10-20 {100 + Decimal(used)}", utility=utility)
    reckon(tower, "2026-10")
    tower.expect(f"fees.bill_line\ncharge_kind | quantity | amount\n{utility} | {Decimal(used):.2f} | {amount}")


def test_BIL_02_three_meters_are_three_lines_that_add_up(tower, rented):
    rented("301")
    for meter in ("D1", "D2", "D3"):
        metered(tower, meter, "2026-09-20 0", "2026-10-20 10")
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        meter_no | quantity | amount
        D1       | 10.00    | 8.25
        D2       | 10.00    | 8.25
        D3       | 10.00    | 8.25
        """
    )
    tower.expect("fees.bill\ncontract_no | status | charge_amount | payable_amount\n301 | 出单 | 24.75 | 24.75")


def test_BIL_03_a_price_that_changes_is_told_apart_by_the_reading_on_the_day(tower, rented):
    rented("301")
    metered(tower, "D1", "2026-09-20 900", "2026-10-20 1000")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-10-31 | 1060\nD1 | 2026-11-20 | 1150")
    reckon(tower, "2026-11")
    tower.expect(
        """
        fees.bill_line
        quantity | unit_price | amount | mark
        60.00    | 0.824500   | 49.47  | -
        90.00    | 0.860000   | 77.40  | -
        """,
        "base_on = '2026-11-01'",
    )


def test_BIL_03_without_that_reading_by_days_and_marked_as_estimated(tower, rented):
    rented("301")
    metered(tower, "D1", "2026-09-20 900", "2026-10-20 1000")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-11-20 | 1150")
    reckon(tower, "2026-11")
    tower.expect(
        """
        fees.bill_line
        quantity | unit_price | amount | mark | starts_on  | ends_on    | day_count
        53.23    | 0.824500   | 43.89  | 估算 | 2026-10-21 | 2026-10-31 | 11
        96.77    | 0.860000   | 83.22  | 估算 | 2026-11-01 | 2026-11-20 | 20
        """,
        "base_on = '2026-11-01'",
    )


def test_BIL_04_a_replaced_meter_counts_to_its_end_and_its_successor_from_its_start(tower, rented):
    rented("301")
    metered(tower, "D1", "2026-09-20 9950", "2026-10-05 9990")
    metered(tower, "D2", "2026-10-05 5", "2026-10-20 35")
    tower.connection.execute("update fees.meter set replaces = 'D1' where meter_no = 'D2'")
    run = reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        meter_no | previous_reading | current_reading | replaced_quantity | quantity | amount
        D2       | 9950.00          | 35.00           | 40.00             | 70.00    | 57.72
        """
    )
    release(tower, run, "2026-10")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD2 | 2026-10-31 | 45")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD2 | 2026-11-20 | 65")
    reckon(tower, "2026-11")
    assert tower.query("select sum(quantity) as used from fees.bill_line where base_on = '2026-11-01'") == [
        {"used": Decimal("30.00")}
    ]


def test_BIL_05_a_meter_that_passed_its_last_number_counts_on_where_the_reading_says_so(tower, rented):
    rented("301", "302")
    metered(tower, "D1", "2026-09-20 99980", "2026-10-20 30 R")
    metered(tower, "D2", "2026-09-20 99980", "2026-10-20 30", contract="302")
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        contract_no | quantity | amount | mark
        301         | 50.00    | 41.23  | -
        302         | -        | -      | 待抄表
        """
    )


def test_BIL_06_a_missing_reading_holds_up_its_line_and_nothing_else_and_is_made_up_for(tower, rented):
    rented("301", "302")
    metered(tower, "D1", "2026-09-20 1000")
    metered(tower, "W1", "2026-09-20 10", "2026-10-20 12", utility="水费")
    metered(tower, "D2", "2026-09-20 0", "2026-10-20 10", contract="302")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    tower.expect(
        """
        fees.bill_line
        contract_no | charge_kind | amount | mark
        301         | 电费        | -      | 待抄表
        301         | 水费        | 12.20  | -
        302         | 电费        | 8.25   | -
        """
    )
    tower.expect("fees.bill\ncontract_no | status | payable_amount\n301 | 出单 | 12.20\n302 | 出单 | 8.25")
    tower.given(
        """
        fees.reading
        meter_no | read_on    | reading
        D1       | 2026-10-31 | 1060
        D1       | 2026-11-20 | 1150
        W1       | 2026-11-20 | 12
        D2       | 2026-11-20 | 10
        """
    )
    reckon(tower, "2026-11")
    tower.expect(
        """
        fees.bill_line
        charge_kind | quantity | unit_price | amount
        电费        | 60.00    | 0.824500   | 49.47
        电费        | 90.00    | 0.860000   | 77.40
        水费        | 0.00     | 6.100000   | 0.00
        """,
        "base_on = '2026-11-01' and contract_no = '301'",
    )


def test_BIL_07_nothing_to_charge_and_nothing_owed_is_no_notice_but_a_row(tower, rented):
    rented("301")
    metered(tower, "D1", "2026-09-20 10", "2026-10-20 10")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    tower.expect("fees.bill\ncontract_no | status | payable_amount\n301 | 无需出单 | 0.00")
    assert tower.query("select * from fees.notice") == []


@pytest.mark.parametrize(
    ("starts_on", "month", "timing", "days", "amount"),
    [
        ("2026-11-16", "2026-10", "下月", 15, "1500.00"),
        ("2026-02-24", "2026-02", "本月", 5, "535.71"),
        ("2020-01-01", "2026-10", "下月", 30, "3000.00"),
    ],
)
def test_BIL_08_rent_is_asked_for_by_the_days_as_they_are(tower, rented, starts_on, month, timing, days, amount):
    tower.connection.execute("update fees.tower set opens_with = '2026-02-01'")
    if month == "2026-10":
        tower.connection.execute("update fees.tower set opens_with = '2026-10-01'")
    rented("301", starts_on=starts_on)
    charge(tower, "301", "3000", timing=timing)
    reckon(tower, month)
    tower.expect(f"fees.bill_line\nday_count | amount\n{days} | {amount}")


def test_BIL_08_two_tenants_of_one_month_pay_it_exactly(tower, rented):
    rented("301a", ends_on="2026-10-16")
    rented("301b", starts_on="2026-10-17")
    for contract in ("301a", "301b"):
        charge(tower, contract, "3000", timing="本月")
    reckon(tower, "2026-10")
    tower.expect("fees.bill_line\ncontract_no | day_count | amount\n301a | 16 | 1548.39\n301b | 15 | 1451.61")


def test_a_contract_that_became_known_late_is_asked_for_the_months_that_no_notice_asked_for(tower, rented):
    rented("301")
    charge(tower, "301", "3000")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    rented("302", starts_on="2026-10-22")
    charge(tower, "302", "3100")
    reckon(tower, "2026-11")
    tower.expect(
        """
        fees.bill_line
        contract_no | starts_on  | ends_on    | amount
        301         | 2026-12-01 | 2026-12-31 | 3000.00
        302         | 2026-10-22 | 2026-10-31 | 1000.00
        302         | 2026-11-01 | 2026-11-30 | 3100.00
        302         | 2026-12-01 | 2026-12-31 | 3100.00
        """,
        "base_on = '2026-11-01'",
    )


def test_days_free_of_rent_and_a_step_of_the_rent_are_seen(tower, rented):
    rented("301")
    charge(tower, "301", "3000", valid_to="2026-11-15")
    charge(tower, "301", "3600", valid_from="2026-11-16")
    tower.given("fees.rent_free\ncontract_no | charge_kind | starts_on | ends_on\n301 | 租金 | 2026-11-01 | 2026-11-05")
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        starts_on  | ends_on    | day_count | amount
        2026-11-01 | 2026-11-15 | 10        | 1000.00
        2026-11-16 | 2026-11-30 | 15        | 1800.00
        """
    )


def test_BIL_23_VAT_is_told_apart_by_rate_and_net_and_tax_make_the_price(tower, rented):
    rented("301")
    charge(tower, "301", "3000")
    charge(tower, "301", "1060", kind="物业费", vat_rate="0.06")
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        charge_kind | payee_id | amount  | net_amount | vat_amount
        租金        | OWN      | 3000.00 | 2752.29    | 247.71
        物业费      | WY       | 1060.00 | 1000.00    | 60.00
        """
    )


def test_a_shared_meter_is_allotted_by_key_to_the_cent_and_the_last_cents_by_largest_remainder(tower, rented):
    rented("301", "302", "303")
    tower.given(
        "fees.meter\nmeter_no | site_id | utility | dials\nG1 | WX | 电费 | 5",
        """
        fees.meter_share
        meter_no | contract_no | starts_on  | ends_on    | share_key
        G1       | 301         | 2020-01-01 | 2030-12-31 | 1
        G1       | 302         | 2020-01-01 | 2030-12-31 | 1
        G1       | 303         | 2020-01-01 | 2030-12-31 | 1
        """,
        "fees.reading\nmeter_no | read_on | reading\nG1 | 2026-09-20 | 0\nG1 | 2026-10-20 | 100",
    )
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        contract_no | quantity | amount | shared_quantity
        301         | 33.34    | 27.49  | 100.00
        302         | 33.33    | 27.48  | 100.00
        303         | 33.33    | 27.48  | 100.00
        """
    )


def test_a_multiplier_counts_and_a_tenant_change_with_a_hand_over_reading_is_told_apart(tower, rented):
    rented("301a", ends_on="2026-10-11")
    rented("301b", starts_on="2026-10-12")
    tower.given(
        "fees.meter\nmeter_no | site_id | utility | dials | multiplier\nD1 | WX | 电费 | 5 | 40",
        """
        fees.meter_share
        meter_no | contract_no | starts_on  | ends_on
        D1       | 301a        | 2020-01-01 | 2026-10-11
        D1       | 301b        | 2026-10-12 | 2030-12-31
        """,
        """
        fees.reading
        meter_no | read_on    | reading
        D1       | 2026-09-20 | 0
        D1       | 2026-10-11 | 2
        D1       | 2026-10-20 | 3
        """,
    )
    reckon(tower, "2026-10")
    tower.expect(
        "fees.bill_line\ncontract_no | quantity | amount | mark\n301a | 80.00 | 65.96 | -\n301b | 40.00 | 32.98 | -"
    )


def test_BIL_20_each_tenant_pays_to_the_cent_what_the_meter_counted_up_to_his_own_reading(tower, rented):
    rented("601a", ends_on="2026-10-09")
    rented("601b", starts_on="2026-10-10")
    tower.given(
        "fees.meter\nmeter_no | site_id | utility | dials\nD1 | WX | 电费 | 5",
        """
        fees.meter_share
        meter_no | contract_no | starts_on  | ends_on
        D1       | 601a        | 2020-01-01 | 2026-10-09
        D1       | 601b        | 2026-10-10 | 2030-12-31
        """,
        """
        fees.reading
        meter_no | read_on    | reading
        D1       | 2026-09-20 | 500
        D1       | 2026-10-09 | 530
        D1       | 2026-10-20 | 560
        """,
    )
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        contract_no | starts_on  | ends_on    | quantity | amount | mark | share_of
        601a        | 2026-09-21 | 2026-10-09 | 30.00    | 24.74  | -    | -
        601b        | 2026-10-10 | 2026-10-20 | 30.00    | 24.74  | -    | -
        """
    )


def test_tenants_who_change_without_a_reading_share_by_their_days_and_pay_each_price_for_its_own_days(tower, rented):
    rented("601a", ends_on="2026-10-31")
    rented("601b", starts_on="2026-11-01")
    metered(tower, "D1", "2026-10-20 1000", "2026-11-20 1150", contract="601a")
    tower.connection.execute("update fees.meter_share set ends_on = '2026-10-31'")
    tower.given("fees.meter_share\nmeter_no | contract_no | starts_on | ends_on\nD1 | 601b | 2026-11-01 | 2030-12-31")
    reckon(tower, "2026-11")
    # 11 of 31 days at the old price are the first one's, the 20 at the new price the second one's
    tower.expect(
        """
        fees.bill_line
        contract_no | starts_on  | ends_on    | quantity | unit_price | amount | mark
        601a        | 2026-10-21 | 2026-10-31 | 53.23    | 0.824500   | 43.89  | 估算
        601b        | 2026-11-01 | 2026-11-20 | 96.77    | 0.860000   | 83.22  | 估算
        """
    )


def test_a_tower_s_own_price_goes_before_the_house_s_for_its_days_and_no_other(tower, rented):
    rented("301")
    metered(tower, "S1", "2026-09-20 100", "2026-09-30 104", "2026-10-20 112", utility="水费")
    tower.given(
        """
        fees.tariff
        utility | site_id | valid_from | valid_to | unit_price | vat_rate | rule_id | clause
        水费    | WX      | 2026-10-01 | -        | 9.00       | 0.09     | FE-C2   | 本楼水费每吨9元
        """
    )
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill_line
        starts_on  | ends_on    | quantity | unit_price | amount
        2026-09-21 | 2026-09-30 | 4.00     | 6.100000   | 24.40
        2026-10-01 | 2026-10-20 | 8.00     | 9.000000   | 72.00
        """
    )


def test_OPS_10_what_cannot_be_billed_is_named_and_the_others_go_out(tower, rented):
    rented("301", "302", "303")
    for contract in ("301", "302"):
        charge(tower, contract, "3000")
    tower.connection.execute("delete from fees.tenant where tenant_id = '302'")
    reckon(tower, "2026-10")
    tower.expect(
        """
        fees.bill
        contract_no | status     | reason
        301         | 出单       | -
        302         | 异常未出单 | 租户302没有登记
        303         | 异常未出单 | 没有任何收费项目
        """
    )


def test_reckoning_again_writes_no_row_and_a_correction_only_its_own(tower, rented):
    rented("301", "302")
    charge(tower, "301", "3000")
    charge(tower, "302", "3000")
    metered(tower, "D1", "2026-09-20 0", "2026-10-20 10")
    tables = ("fees.bill", "fees.bill_line", "fees.bill_arrear", "fees.bill_late_fee")
    reckon(tower, "2026-10")
    before = tower.row_versions(*tables)
    reckon(tower, "2026-10")
    assert tower.row_versions(*tables) == before
    tower.connection.execute("update fees.reading set reading = 11 where read_on = '2026-10-20'")
    reckon(tower, "2026-10")
    after = tower.row_versions(*tables)
    assert {table: len(set(before[table]) - set(after[table])) for table in tables} == {
        "fees.bill": 1, "fees.bill_line": 1, "fees.bill_arrear": 0, "fees.bill_late_fee": 0,
    }  # fmt: skip
