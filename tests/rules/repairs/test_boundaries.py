"""The last cent, the last day and the last order that a rule still covers, and the first that it does not."""

import pytest

from backoffice.database import rows
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.repairs.conftest import (
    SETTLE,
    answer,
    approve,
    balances,
    charged,
    contract,
    moved,
    order,
    reckon,
    settle,
    standing,
)


def test_WA_D7_who_audits_goes_by_the_larger_of_account_and_audited_amount(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "19000", estimate="21000")
    house.connection.execute("update repairs.final_account set amount = 20000.01")
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["stop"], found["department"]) == ("暂停", "待审核", "审计核算部")
    house.connection.execute("update repairs.final_account set amount = 20000")
    reckon(house)
    assert standing(house, "A1")["stop"] != "待审核"


@pytest.mark.parametrize(("approved_on", "stop"), [("2026-10-20", ""), ("2026-10-21", "待审批")])
def test_WA_D6_an_approval_of_the_day_on_which_the_repair_begins_is_in_time(house: Books, approved_on, stop):
    contract(house, deposit="60000")
    order(house, "A1", "900", without="审批", started_on="2026-10-20")
    approve(house, "A1", 1, "900", on=approved_on)
    reckon(house)
    assert standing(house, "A1")["stop"] == stop


@pytest.mark.parametrize(("estimate", "stop"), [("499.99", ""), ("500.00", "待勘察")])
def test_WA_D2_from_500_on_the_contractor_is_at_the_inspection(house: Books, estimate, stop):
    contract(house, deposit="60000")
    order(house, "A1", estimate, is_contractor_present="no")
    reckon(house)
    assert standing(house, "A1")["stop"] == stop


@pytest.mark.parametrize(("reported_on", "outcome"), [("2026-10-07", "索赔"), ("2026-10-08", "公司承担")])
def test_WAR_12_the_last_day_of_the_warranty_is_in_it(house: Books, reported_on, outcome):
    contract(house, deposit="60000", accepted_on="2024-10-07", liability_months="12")
    order(house, "A1", "900", reported_on=reported_on)
    reckon(house)
    assert standing(house, "A1")["outcome"] == outcome


@pytest.mark.parametrize(
    ("amount", "share", "his"),
    [("0.03", "0.5", "0.01"), ("3333.33", "0.4", "1333.33"), ("100.01", "0.333333", "33.34")],
)
def test_WAR_19_of_two_alike_remainders_the_cent_is_the_companys(house: Books, amount, share, his):
    contract(house, deposit="60000")
    order(house, "A1", amount, contractor_share=share, asked=his)
    settle(house)
    assert charged(house)["A1"][0] == his


def test_WAR_21_a_management_charge_is_rounded_half_up(house: Books):
    contract(house, deposit="60000", management_rate="0.0725", management_clause="补充协议5.2")
    order(house, "A1", "100.10", asked="107.36")
    order(house, "A2", "2.00", asked="2.15")  # 0.145
    settle(house)
    assert {number: values[0] for number, values in charged(house).items()} == {"A1": "107.36", "A2": "2.15"}


def test_WAR_06_natural_wear_is_the_companys_cost_too(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", cause="自然损耗")
    settle(house)
    assert charged(house) == {"A1": ("0.00", "0.00", "900.00")}


def test_WAR_10_of_many_orders_those_after_the_last_cent_are_claims_in_full(house: Books):
    contract(house, deposit="1500")
    for number, minute in (("A1", 3), ("A2", 2), ("A3", 1), ("A4", 4)):
        order(house, number, "1000", confirmed=f"2026-10-25 10:0{minute}")
    settle(house)
    assert charged(house) == {
        "A3": ("1000.00", "0.00", "0.00"),
        "A2": ("500.00", "500.00", "0.00"),
        "A1": ("0.00", "1000.00", "0.00"),
        "A4": ("0.00", "1000.00", "0.00"),
    }


def test_WAR_11_what_one_contract_is_charged_is_not_missing_in_another(house: Books):
    contract(house, deposit="1000")
    contract(house, "HT2", deposit="1000")
    order(house, "A1", "900")
    order(house, "A2", "900", contract_no="HT2")
    settle(house)
    assert charged(house) == {"A1": ("900.00", "0.00", "0.00"), "A2": ("900.00", "0.00", "0.00")}


@pytest.mark.parametrize(("amount", "left"), [("3800.00", "1200.00"), ("3800.01", "5000.00")])
def test_what_is_available_is_paid_out_to_the_cent_and_what_is_reserved_is_not(house: Books, amount, left):
    contract(house, deposit="5000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-09-28 09:00", reported_on="2026-09-01",
          inspected_on="2026-09-02")  # fmt: skip
    settle(house, known_at="2026-11-05 09:00")
    moved(house, f"TH-1 退还 2026-11-20 {amount}", recorded_at="2026-11-21")
    settle(house, "2026-11", known_at="2026-12-05 09:00")
    assert balances(house) == {"HT1": (left, "1200.00")}


def test_what_is_paid_out_is_not_there_for_the_charges_of_the_month(house: Books):
    contract(house, deposit="5000")
    moved(house, "TH-1 退还 2026-10-20 4500")
    order(house, "A1", "1200")
    settle(house)
    assert charged(house) == {"A1": ("500.00", "700.00", "0.00")}


def test_what_moves_after_the_month_is_booked_in_the_next(house: Books):
    contract(house, deposit="1000")
    order(house, "A1", "1200")
    settle(house, "2026-10", known_at="2026-11-05 09:00")
    moved(house, "BJ-1 补缴 2026-12-01 700", "BJ-2 补缴 2026-11-30 50")
    house.given(
        "repairs.claim_receipt\nreceipt_no | order_no | amount | received_on\n"
        "SK-1 | A1 | 20 | 2026-12-01\nSK-2 | A1 | 30 | 2026-11-30",
        "repairs.team_payment\npayment_no | order_no | amount | paid_on\n"
        "FK-1 | A1 | 40 | 2026-12-01\nFK-2 | A1 | 60 | 2026-11-30",
    )
    settle(house, "2026-11")
    settle(house, "2026-12")
    house.expect(
        """
        repairs.entry
        movement_no | base_on
        HT1-期初    | 2026-10-01
        BJ-2        | 2026-11-01
        SK-2        | 2026-11-01
        FK-2        | 2026-11-01
        BJ-1        | 2026-12-01
        SK-1        | 2026-12-01
        FK-1        | 2026-12-01
        """,
        where="movement_no <> ''",
    )


def test_a_correction_below_nothing_is_said_before_anybody_certifies(house: Books):
    contract(house, deposit="1000")
    moved(house, "GZ-1 更正 2026-10-10 -1000.01")
    with pytest.raises(AssertionError, match="低于零"):
        reckon(house)


def test_a_confirmation_after_the_month_is_none_yet(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900", confirmed=None)
    house.connection.execute("update repairs.letter set deadline_on = '2026-11-10' where letter_kind = '扣款确认函'")
    answer(house, "A1", "2026-11-01 00:00", "确认")
    reckon(house)
    assert standing(house, "A1")["confirm_state"] == "待答复"
    house.connection.execute("update repairs.answer set answered_at = '2026-10-31 23:59:59'")
    reckon(house)
    assert standing(house, "A1")["outcome"] == "扣款"


def test_WA_D7_an_audit_that_turns_out_to_be_customer_services_stops_the_booking_above_the_limit(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "20000.01")
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    assert rows(house.connection, "repairs/check_audit", given) == []
    house.connection.execute("update repairs.audit set department = '客户服务部'")
    assert len(rows(house.connection, "repairs/check_audit", given)) == 1


def test_WA_D8_what_was_certified_at_another_amount_is_certified_anew(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900")
    house.connection.execute("update repairs.certification set certified_amount = 899.99")
    reckon(house)
    assert standing(house, "A1")["outcome"] == "待认定"


def test_WAR_07_a_reservation_that_goes_on_is_not_booked_again(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    settle(house, "2026-11")
    assert house.query("select * from repairs.entry where base_on = '2026-11-01'") == []
    assert balances(house) == {"HT1": ("3000.00", "1200.00")}


def test_WAR_16_what_a_reversal_gives_back_is_there_for_the_charges_of_its_month(house: Books):
    contract(house, deposit="1200")
    order(house, "A1", "1200")
    settle(house, known_at="2026-11-05 09:00")
    house.connection.execute("update repairs.work_order set cause = '第三方'")
    order(house, "A2", "700", recorded_at="2026-11-06")
    settle(house, "2026-11")
    assert charged(house)["A2"] == ("700.00", "0.00", "0.00")
    assert balances(house) == {"HT1": ("500.00", "0.00")}


def test_WAR_07_of_a_reservation_only_what_is_too_much_is_set_free(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    house.connection.execute("update repairs.audit set audited_amount = 800")
    house.connection.execute("update repairs.letter set amount = 800 where letter_kind = '扣款确认函'")
    settle(house, "2026-11")
    house.expect("repairs.planned\nentry_kind | amount\n解冻 | 400.00", where="base_on = '2026-11-01'")
    assert balances(house) == {"HT1": ("3000.00", "800.00")}


def test_WA_D6_an_approval_of_a_lower_level_does_not_let_a_higher_amount_through(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1000.01")
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    house.connection.execute("delete from repairs.approval")
    approve(house, "A1", 1, "1000.01")
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    assert len(rows(house.connection, "repairs/check_approval", given)) == 1
