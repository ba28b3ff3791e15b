"""What is charged to which deposit, and what becomes of the rest."""

import psycopg
import pytest

from backoffice.database import rows
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.repairs.conftest import (
    CHECKS,
    SETTLE,
    answer,
    approve,
    balances,
    certify,
    charged,
    contract,
    moved,
    order,
    post,
    reckon,
    settle,
    standing,
)


def test_a_confirmed_repair_is_deducted_from_its_contracts_deposit(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1200")
    settle(house)
    assert charged(house) == {"A1": ("1200.00", "0.00", "0.00")}
    assert balances(house) == {"HT1": ("58800.00", "0.00")}


def test_WAR_07_a_disputed_amount_is_reserved_and_not_deducted(house: Books):
    contract(house, deposit="5000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-10-28 09:00")
    settle(house)
    assert standing(house, "A1")["outcome"] == "争议冻结"
    assert charged(house) == {}
    assert balances(house) == {"HT1": ("5000.00", "1200.00")}


def test_WAR_07_a_dispute_before_the_booking_counts_even_after_its_deadline(house: Books):
    contract(house, deposit="5000", silence_clause="专用条款12.3")
    order(house, "A1", "1200", confirmed=None, disputed="2026-11-04 09:00")
    settle(house)
    assert balances(house) == {"HT1": ("5000.00", "1200.00")}


def test_WAR_07_a_dispute_that_comes_after_the_reckoning_stops_the_booking(house: Books):
    contract(house, deposit="5000")
    order(house, "A1", "1200")
    run_id = reckon(house, known_at="2026-11-05 09:00")
    answer(house, "A1", "2026-11-05 09:30", "异议", recorded_at="2026-11-05 09:40")
    assert post(house, run_id) == ["派工单A1：施工单位有异议（非我方原因），不能扣款。请用“重算”重新计算后再认定。"]
    assert charged(house) == {}


def test_WAR_07_what_was_reserved_is_used_for_its_order_when_the_dispute_ends(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    answer(house, "A1", "2026-11-20 09:00", "确认", recorded_at="2026-11-20 12:00")
    order(house, "A2", "2500", confirmed="2026-11-10 10:00", recorded_at="2026-11-20 12:00")
    settle(house, "2026-11")
    # A2 was confirmed first and takes what is available; what was reserved for A1 is his
    assert charged(house) == {"A1": ("1200.00", "0.00", "0.00"), "A2": ("1800.00", "700.00", "0.00")}
    assert balances(house) == {"HT1": ("0.00", "0.00")}


def test_WAR_07_a_reservation_ends_when_its_order_becomes_the_companys(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    house.connection.execute("update repairs.work_order set cause = '业主使用'")
    settle(house, "2026-11")
    assert balances(house) == {"HT1": ("3000.00", "0.00")}
    assert charged(house) == {"A1": ("0.00", "0.00", "1200.00")}


def test_WAR_09_what_the_deposit_does_not_cover_becomes_a_claim(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "5000")
    settle(house)
    assert charged(house) == {"A1": ("3000.00", "2000.00", "0.00")}
    assert balances(house) == {"HT1": ("0.00", "0.00")}


def test_WAR_10_orders_are_booked_by_the_instant_of_their_confirmation(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "2000", confirmed="2026-10-25 10:05")
    order(house, "A2", "2500", confirmed="2026-10-25 10:00")
    for _ in range(2):  # planned again, the split is the same
        run_id = reckon(house)
        house.expect(
            """
            repairs.planned
            order_no | deposit_amount | claim_amount | balance_before | balance_after
            A2       | -2500.00       | 0.00         | 3000.00        | 500.00
            A1       | -500.00        | 1500.00      | 500.00         | 0.00
            """,
            where="entry_kind = '结算'",
        )
    assert post(house, run_id) == []
    assert charged(house) == {"A1": ("500.00", "1500.00", "0.00"), "A2": ("2500.00", "0.00", "0.00")}


def test_WAR_10_of_two_confirmed_at_one_instant_the_lower_number_goes_first(house: Books):
    contract(house, deposit="3000")
    for number in ("A2", "A1"):
        order(house, number, "2000")
    settle(house)
    assert charged(house) == {"A1": ("2000.00", "0.00", "0.00"), "A2": ("1000.00", "1000.00", "0.00")}


def test_WAR_11_a_contractors_other_contract_does_not_pay(house: Books):
    contract(house, deposit="1000")
    contract(house, "HT2", deposit="50000", project_id="P2")
    order(house, "A1", "1500")
    settle(house)
    assert charged(house) == {"A1": ("1000.00", "500.00", "0.00")}
    assert balances(house) == {"HT1": ("0.00", "0.00"), "HT2": ("50000.00", "0.00")}


@pytest.mark.parametrize(
    ("reported_on", "component", "expected"),
    [
        ("2026-10-15", "装修", ("900.00", "0.00", "0.00")),
        ("2026-10-16", "装修", ("0.00", "0.00", "900.00")),
        ("2026-10-16", "屋面防水", ("0.00", "900.00", "0.00")),
    ],
)
def test_WAR_12_within_the_liability_period_deducted_within_the_warranty_claimed(
    house: Books, reported_on, component, expected
):
    contract(house, deposit="60000", accepted_on="2024-10-15")
    order(house, "A1", "900", reported_on=reported_on, component=component, inspected_on="2026-10-16",
          inspection_no="KC-1")  # fmt: skip
    settle(house)
    assert charged(house) == {"A1": expected}


def test_WAR_12_a_leak_in_the_fourth_year_is_a_claim_without_a_deposit(house: Books):
    contract(house, accepted_on="2024-10-15")
    days = {"reported_on": "2028-03-01", "inspected_on": "2028-03-02", "started_on": "2028-03-13"}
    order(house, "A1", "900", component="屋面防水", confirmed="2028-03-25 10:00", without="审批通知决算发函",
          completed_on="2028-03-14", signed_on="2028-03-14", **days)  # fmt: skip
    approve(house, "A1", 1, "900", on="2028-03-02")
    house.given(
        "repairs.letter\nletter_no | order_no | letter_kind | sent_on | amount\n"
        "TZ-A1 | A1 | 维修通知   | 2028-03-03 | -\n"
        "QR-A1 | A1 | 扣款确认函 | 2028-03-16 | 900",
        "repairs.final_account\norder_no | amount | captain | submitted_on\nA1 | 900 | 队长 | 2028-03-14",
        "repairs.audit\norder_no | audited_amount | department | auditor | audited_on | opinion\n"
        "A1 | 900 | 客户服务部 | 审核员 | 2028-03-15 | 属实",
        "repairs.answer\nletter_no | order_no | answer_kind | answered_at\nQR-A1 | A1 | 确认 | 2028-03-20 10:00",
    )
    house.connection.execute("update book.calendar_day set year_no = 2028")
    settle(house, "2028-03", known_at="2028-04-05 09:00")
    assert standing(house, "A1")["outcome"] == "索赔"
    assert "保修期至2029-10-15" in standing(house, "A1")["grounds"]
    assert charged(house) == {"A1": ("0.00", "900.00", "0.00")}


def test_WAR_15_an_order_confirmed_after_the_full_release_is_a_claim_on_that_contract(house: Books):
    contract(house, deposit="41000")
    moved(house, "TH-1 退还 2026-10-24 41000")
    order(house, "A1", "1200", confirmed="2026-10-25 10:00")
    settle(house)
    assert charged(house) == {"A1": ("0.00", "1200.00", "0.00")}
    house.expect("repairs.entry\nentry_kind | contract_no | order_no\n期初 | HT1 | -\n退还 | HT1 | -\n结算 | HT1 | A1")


def test_WAR_16_a_charge_that_turns_out_to_be_the_companys_is_reversed_in_the_open_month(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    order(house, "A2", "2500", confirmed="2026-10-25 11:00")
    settle(house, known_at="2026-11-05 09:00")
    assert charged(house) == {"A1": ("1200.00", "0.00", "0.00"), "A2": ("1800.00", "700.00", "0.00")}
    house.connection.execute("update repairs.work_order set cause = '第三方' where order_no = 'A1'")
    run_id = settle(house, "2026-11", known_at="2026-12-05 09:00")
    house.expect(
        """
        repairs.planned
        entry_kind | order_no | deposit_amount | claim_amount | balance_after
        冲回       | A1       | 1200.00        | 0.00         | 1200.00
        """,
        where="base_on = '2026-11-01'",
    )
    # the open claim of A2 stays: a reversal settles no claim by itself
    assert balances(house) == {"HT1": ("1200.00", "0.00")}
    [reversal] = house.query("select * from repairs.entry where entry_kind = '冲回'")
    assert (reversal["run_id"], str(reversal["booked_on"]), reversal["reverses_id"] is not None) == (
        run_id,
        "2026-11-30",
        True,
    )
    # the company bears it only with an approval of its own
    run_id = reckon(house, "2026-12", known_at="2027-01-05 09:00")
    assert (standing(house, "A1")["outcome"], standing(house, "A1")["order_class"]) == ("待认定", "B")
    certify(house, run_id, "2026-12")
    assert post(house, run_id, "2026-12") == []
    house.expect(
        "repairs.entry_line\naccount | amount\n维修成本 | 1200.00\n待处理维修费 | -1200.00",
        where="entry_id in (select entry_id from repairs.entry where entry_kind = '转公司承担')",
    )
    assert (
        sum(
            row["amount"] for row in house.query("select amount from repairs.entry_line where account = '待处理维修费'")
        )
        == 0
    )
    settle(house, "2027-01", known_at="2027-02-05 09:00")
    assert house.query("select * from repairs.entry where base_on = '2027-01-01'") == []


def test_WAR_17_an_order_found_after_the_settlement_is_booked_in_the_next_month_with_its_own_date(house: Books):
    contract(house, deposit="3000")
    settle(house, known_at="2026-11-05 09:00")
    order(house, "A1", "1200", recorded_at="2026-11-06 10:00")
    settle(house, "2026-11", known_at="2026-12-05 09:00")
    house.expect(
        "repairs.entry\norder_no | base_on | booked_on | business_on\nA1 | 2026-11-01 | 2026-11-30 | 2026-10-21",
        where="entry_kind = '结算'",
    )


def test_WAR_19_a_shared_cause_is_split_to_the_cent(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "3333.33", contractor_share="0.6", asked="2000.00")
    settle(house)
    assert charged(house) == {"A1": ("2000.00", "0.00", "1333.33")}


def test_WAR_20_two_orders_for_one_defect_are_flagged_and_each_is_kept(house: Books):
    contract(house, deposit="60000")
    for number in ("A1", "A2"):
        order(house, number, "900", place_text="301室", defect="漏水", levels="1,2")
    settle(house)
    assert {number: standing(house, number)["group_no"] for number in ("A1", "A2")} == {"A1": "A1", "A2": "A1"}
    assert len(charged(house)) == 2


def test_WAR_21_a_management_charge_only_with_its_clause(house: Books):
    contract(house, deposit="60000", management_rate="0.10", management_clause="补充协议5.2")
    contract(house, "HT2", deposit="60000")
    order(house, "A1", "1000", asked="1100.00")
    order(house, "A2", "1000", contract_no="HT2")
    settle(house)
    assert charged(house) == {"A1": ("1100.00", "0.00", "0.00"), "A2": ("1000.00", "0.00", "0.00")}
    house.expect("repairs.entry_line\naccount | amount\n管理费收入 | -100.00", where="account = '管理费收入'")


def test_what_is_paid_out_is_never_more_than_is_available(house: Books):
    contract(house, deposit="5000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-09-28 09:00")
    moved(house, "TH-1 退还 2026-10-20 3900", "TH-2 退还 2026-10-21 1200")
    settle(house)
    house.expect("repairs.entry\nmovement_no | entry_kind\nTH-1 | 退还", where="entry_kind = '退还'")
    assert balances(house) == {"HT1": ("1100.00", "1100.00")}


def test_the_repair_team_is_owed_what_was_certified_and_paid_what_was_paid(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1200")
    order(house, "B1", "800", order_class="B", contract_no="-")
    settle(house, known_at="2026-11-05 09:00")
    house.given(
        "repairs.team_payment\npayment_no | order_no | amount | paid_on\n"
        "FK-1 | A1 | 1200 | 2026-11-10\nFK-1 | B1 | 300 | 2026-11-10",
        recorded_at="2026-11-11",
    )
    settle(house, "2026-11", known_at="2026-12-05 09:00")
    [owed] = house.query("select -sum(amount) as amount from repairs.entry_line where account = '应付维修队'")
    assert str(owed["amount"]) == "500.00"


def test_a_claim_that_the_contractor_pays_is_closed(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "5000")
    settle(house, known_at="2026-11-05 09:00")
    house.given(
        "repairs.claim_receipt\nreceipt_no | order_no | amount | received_on\nSK-1 | A1 | 2000 | 2026-11-10",
        recorded_at="2026-11-11",
    )
    settle(house, "2026-11", known_at="2026-12-05 09:00")
    [owed] = house.query("select sum(amount) as amount from repairs.entry_line where account = '应收索赔'")
    assert str(owed["amount"]) == "0.00"


def test_running_again_books_nothing(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    run_id = reckon(house)
    assert post(house, run_id, closes=False) == []
    before = house.row_versions("repairs.entry", "repairs.entry_line", "repairs.deposit_account", "repairs.planned")
    carry_out(house.connection, run_id, SETTLE)
    assert post(house, run_id) == []
    again = reckon(house)
    assert post(house, again) == []
    assert (
        house.row_versions("repairs.entry", "repairs.entry_line", "repairs.deposit_account", "repairs.planned")
        == before
    )


def test_a_contractor_that_is_booked_stays_as_he_is_while_the_rest_of_the_month_goes_on(house: Books):
    contract(house, deposit="3000")
    contract(house, "HT2", deposit="4000", contractor_id="FS", project_id="P2")
    order(house, "A1", "1200")
    order(house, "A2", "700", contract_no="HT2", project_id="P2")
    run_id = reckon(house)
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "FS"}
    carry_out(house.connection, run_id, SETTLE)
    for name in ("repairs/post_steps", "repairs/post_entries", "repairs/post_lines"):
        house.run(name, **given)
    order(house, "A3", "100", contract_no="HT2", project_id="P2")
    order(house, "A4", "100")
    settle(house)
    assert sorted(charged(house)) == ["A1", "A2", "A4"]
    settle(house, "2026-11")
    assert sorted(charged(house)) == ["A1", "A2", "A3", "A4"]


def test_what_was_taken_out_of_the_list_waits_and_is_asked_about_again_next_month(house: Books):
    contract(house, deposit="3000")
    for number in ("A1", "A2"):
        order(house, number, "700", certified=False)
    run_id = reckon(house, known_at="2026-11-05 09:00")
    asked = rows(
        house.connection, "repairs/list_to_certify", {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01"}
    )
    assert [row["item_no"] for row in asked] == ["A1", "A2"]
    certify(house, run_id, taken_out=(("A2", "单价偏高"),))
    assert post(house, run_id) == []
    assert (standing(house, "A2")["outcome"], standing(house, "A2")["missing"]) == ("暂停", "副总工程师剔除：单价偏高")
    assert list(charged(house)) == ["A1"]
    reckon(house, "2026-11")
    assert standing(house, "A2")["outcome"] == "待认定"


def test_nothing_is_booked_that_nobody_certified(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700", certified=False)
    run_id = reckon(house)
    assert rows(house.connection, "repairs/list_contractors", {"run_id": run_id}) == []


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ("update repairs.work_order set cause = '业主使用'", "check_class"),
        ("update repairs.work_order set order_class = 'B', class_reason = '保修期外'", "check_class"),
        ("update repairs.contract set supplement_no = null", "check_supplement"),
        ("update repairs.contract set other_security = '履约保函'", "check_security"),
        ("update repairs.contract set accepted_on = '2024-10-01'", "check_security"),
        ("delete from repairs.letter where letter_kind = '维修通知'", "check_notice"),
        ("update repairs.letter set deadline_on = '2026-10-20' where letter_kind = '维修通知'", "check_notice"),
        ("update repairs.audit set audited_amount = 600", "check_audit"),
        ("delete from repairs.final_account", "check_audit"),
        ("update repairs.answer set answer_kind = '异议'", "check_confirmation"),
        ("delete from repairs.answer", "check_confirmation"),
        ("update repairs.letter set amount = 600", "check_confirmation"),
        ("update repairs.certification set certified_amount = 600", "check_certification"),
        ("update repairs.certification set verdict = '剔除'", "check_certification"),
        ("delete from repairs.approval", "check_approval"),
    ],
)
def test_each_precondition_has_a_query_of_offenders_that_is_asked_before_the_booking(house: Books, change, check):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    assert [rows(house.connection, name, given) for name in CHECKS] == [[]] * len(CHECKS)
    house.connection.execute(change)
    assert [name for name in CHECKS if rows(house.connection, name, given)] == [f"repairs/{check}"]
    [offender] = rows(house.connection, f"repairs/{check}", given)
    assert "A1" in offender["problem"] and "重算" in offender["problem"]


def test_a_deposit_that_moved_since_it_was_planned_is_not_booked(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    run_id = reckon(house)
    house.connection.execute("insert into repairs.deposit_account values ('HT1', 100, 0)")
    assert post(house, run_id) == [
        "合同HT1的质保金现为100.00（冻结0.00），与计算时的0.00（冻结0.00）不同，没有入账。请用“重算”重新计算。"
    ]


@pytest.mark.parametrize(
    ("lines", "broken"),
    [
        ({"质保金": 5, "银行存款": -4}, "借贷不平"),
        ({"质保金": 2300.01, "银行存款": -2300.01}, "deposit_account"),
    ],
)
def test_the_ledger_refuses_what_does_not_add_up_or_overdraws(house: Books, lines, broken):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    run_id = settle(house)
    [entry] = house.query(
        """
        insert into repairs.entry (
            entry_no, site_id, base_on, contractor_id, contract_no, entry_kind, order_no, movement_no, business_on,
            booked_on, run_id
        )
        values ('X', 'GS', '2026-10-01', 'JS', 'HT1', '退还', '', 'X', '2026-10-01', '2026-10-01', %(run_id)s)
        returning entry_id
        """,
        run_id=run_id,
    )
    with pytest.raises(psycopg.errors.CheckViolation, match=broken):
        house.connection.execute(
            "insert into repairs.entry_line "
            "select %s, line.* from unnest(%s::text[], %s::text[], %s::numeric[]) as line",
            [entry["entry_id"], list(lines), ["HT1", ""], list(lines.values())],
        )


@pytest.mark.parametrize(
    "change",
    [
        "update repairs.entry set booked_on = '2026-12-31'",
        "delete from repairs.entry_line",
        "truncate repairs.entry cascade",
        "truncate repairs.entry_line",
    ],
)
def test_what_is_booked_is_never_changed(house: Books, change):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    settle(house)
    with pytest.raises(psycopg.errors.RestrictViolation, match="不能修改或删除"):
        house.connection.execute(change)


def test_an_order_that_is_settled_cannot_be_settled_again(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    settle(house)
    with pytest.raises(psycopg.errors.UniqueViolation), house.connection.transaction():
        house.connection.execute(
            """
            insert into repairs.entry (
                entry_no, site_id, base_on, contractor_id, contract_no, entry_kind, order_no, movement_no, business_on,
                booked_on, run_id
            )
            select
                'X', site_id, '2026-12-01', contractor_id, contract_no, entry_kind, order_no, movement_no, business_on,
                booked_on, run_id
            from repairs.entry where entry_kind = '结算'
            """
        )
