"""Orders and registers as nobody wants them: each is judged sensibly, or stops and says why."""

import pytest

from backoffice.database import rows
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.repairs.conftest import (
    CHECKS,
    SETTLE,
    answer,
    approve,
    ask,
    balances,
    certify,
    charged,
    contract,
    judge,
    moved,
    order,
    post,
    reckon,
    settle,
    standing,
)


def owed(books: Books, account: str) -> str:
    """The balance of an account of the ledger, credit above 0."""
    [row] = books.query(
        "select coalesce(-sum(amount), 0.00) as amount from repairs.entry_line where account = %(account)s",
        account=account,
    )
    return str(row["amount"])


def change(books: Books, text: str) -> None:
    """What an office corrects in a register, without the story of its supersession."""
    books.connection.execute(text)


@pytest.mark.parametrize(
    ("contract_no", "missing"),
    [
        ("HT7", "派工单写的合同HT7没有登记"),
        ("HT2", "派工单写的合同HT2不属于本项目（P1）"),
    ],
)
def test_WAR_11_an_unknown_contract_or_one_of_another_project_stops_the_order(house: Books, contract_no, missing):
    contract(house, "HT2", deposit="60000", project_id="P2")
    order(house, "A1", "900", contract_no=contract_no)
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["stop"], found["missing"]) == ("暂停", "待勘察", missing)
    assert house.query("select * from repairs.planned where entry_kind = '结算'") == []


def test_WAR_13_beside_another_security_a_charge_is_a_claim_and_touches_no_deposit(house: Books):
    contract(house, deposit="3000", other_security="履约保函")
    order(house, "A1", "900")
    order(house, "A2", "300", certified=False)
    run_id = reckon(house)
    assert "合同另有履约保函" in standing(house, "A1")["grounds"]
    certify(house, run_id)
    assert post(house, run_id) == []
    assert charged(house) == {"A1": ("0.00", "900.00", "0.00"), "A2": ("0.00", "300.00", "0.00")}
    assert balances(house) == {"HT1": ("3000.00", "0.00")}


def test_WA_D4a_an_agreement_of_which_nobody_knows_since_when_is_none(house: Books):
    contract(house, deposit="3000", supplement_on="-")
    order(house, "A1", "900")
    reckon(house)
    assert standing(house, "A1")["stop_rule"] == "WA-D4a"


def test_WA_D4a_an_agreement_of_the_day_of_the_report_is_in_force_one_of_the_next_day_is_not(house: Books):
    contract(house, deposit="3000", supplement_on="2026-10-08")
    contract(house, "HT2", deposit="3000", supplement_on="2026-10-09")
    order(house, "A1", "900")
    order(house, "A2", "900", contract_no="HT2")
    reckon(house)
    assert (standing(house, "A1")["outcome"], standing(house, "A2")["stop_rule"]) == ("扣款", "WA-D4a")


def test_a_repair_of_which_nobody_knows_when_it_began_waits_for_the_day(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900", started_on="-")
    order(house, "A2", "700")
    assert post(house, reckon(house)) == []  # nor does it keep the others from being booked
    assert (standing(house, "A1")["outcome"], standing(house, "A1")["missing"]) == ("暂停", "缺开工日")
    assert list(charged(house)) == ["A2"]


@pytest.mark.parametrize(
    ("amount", "duties", "is_granted"),
    [
        ("900", ("审批",), True),
        ("900", ("审核", "审批"), True),
        ("900", ("审核",), False),
        ("9000", ("审核", "审批"), True),
        ("9000", ("审批",), False),
        ("9000", ("审核",), False),
        ("19000", ("审批",), True),
        ("19000", ("审核", "审批"), True),
        ("19000", ("审核",), False),
    ],
)
def test_WA_D6_who_reviews_does_not_approve(house: Books, amount, duties, is_granted):
    contract(house, deposit="60000")
    order(house, "A1", amount)
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    level = standing(house, "A1")["level_no"]
    change(house, "delete from repairs.approval")
    for duty in duties:
        approve(house, "A1", level, amount, duty=duty) if level != 2 else house.given(
            "repairs.approval\n"
            "order_no | level_no | duty | verdict | opinion | approver | approved_on | approved_amount\n"
            f"A1 | 2 | {duty} | 同意 | 属实 | 某总 | 2026-10-10 | {amount}"
        )
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    assert (rows(house.connection, "repairs/check_approval", given) == []) is is_granted
    reckon(house)
    assert (standing(house, "A1")["outcome"] == "扣款") is is_granted


def test_WA_D6_a_bare_signature_is_void(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900")
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    change(house, "update repairs.approval set opinion = ' '")
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    assert len(rows(house.connection, "repairs/check_approval", given)) == 1
    reckon(house)
    assert standing(house, "A1")["stop"] == "待审批"


def test_WAR_05_urging_somebody_who_never_answered_does_not_prolong_his_time(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900")
    house.given(
        "repairs.letter\nletter_no | order_no | letter_kind | sent_on | deadline_on\n"
        "CB-A1 | A1 | 催办函 | 2026-10-18 | 2026-10-25"
    )
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["notice_no"], str(found["notice_deadline_on"])) == ("扣款", "TZ-A1", "2026-10-17")


def test_WAR_05_urged_after_his_word_he_has_the_time_of_the_urging(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900")
    answer(house, "A1", "2026-10-12 09:00", "自行维修", letter="TZ")
    house.given(
        "repairs.letter\nletter_no | order_no | letter_kind | sent_on | deadline_on\n"
        "CB-A1 | A1 | 催办函 | 2026-10-15 | 2026-10-20"
    )
    reckon(house)
    assert standing(house, "A1")["missing"] == "维修通知CB-A1的期限2026-10-20未满即开工"
    change(house, "update repairs.letter set deadline_on = '2026-10-19' where letter_no = 'CB-A1'")
    reckon(house)
    assert standing(house, "A1")["outcome"] == "扣款"


@pytest.mark.parametrize("sent_on", ["2026-10-08", None])
def test_WAR_05_an_emergency_is_repaired_at_once_but_not_without_a_notice(house: Books, sent_on):
    contract(house, deposit="3000")
    days = {"started_on": "2026-10-08", "inspected_on": "2026-10-08"}
    order(house, "A1", "900", is_emergency="yes", emergency_evidence="照片", without="通知", **days)
    if sent_on:
        house.given(f"repairs.letter\nletter_no | order_no | letter_kind | sent_on\nTZ-A1 | A1 | 维修通知 | {sent_on}")
    reckon(house)
    assert standing(house, "A1")["notice_state"] == ("紧急" if sent_on else "待通知")
    assert standing(house, "A1")["outcome"] == ("扣款" if sent_on else "暂停")


@pytest.mark.parametrize(("first", "then"), [("A", "B"), ("B", "A")])
def test_an_order_that_changes_its_class_on_its_way_goes_the_way_of_the_new_one(house: Books, first, then):
    contract(house, deposit="3000")
    order(house, "A1", "900", order_class=first, without="决算", certified=False)
    if first == "B":
        house.given("repairs.letter\nletter_no | order_no | letter_kind | sent_on\nTZ-A1 | A1 | 维修通知 | 2026-10-10")
    judge(house, "2026-10-28")
    for day, wanted in (("2026-10-29", then), ("2026-10-30", first)):
        change(house, f"update repairs.work_order set order_class = '{wanted}'")
        judge(house, day)
        way = house.query("select step_no from repairs.way where order_class = %(wanted)s", wanted=wanted)
        taken = house.query("select step_no, order_class from repairs.order_step order by step_no")
        assert {row["order_class"] for row in taken} == {wanted}
        assert [row["step_no"] for row in taken] == sorted(row["step_no"] for row in way if row["step_no"] <= 60)


def test_an_order_that_changes_its_class_before_a_settlement_is_settled_as_what_it_is(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900")
    order(house, "B1", "800", order_class="B")
    judge(house, "2026-10-30")
    change(house, "update repairs.work_order set order_class = 'B', class_reason = '保修期外' where order_no = 'A1'")
    settle(house)
    assert charged(house) == {"A1": ("0.00", "0.00", "900.00"), "B1": ("0.00", "0.00", "800.00")}


def test_WAR_16_an_order_that_is_void_after_its_booking_is_reversed_and_borne_by_the_company(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    order(house, "A2", "300")
    settle(house, known_at="2026-11-05 09:00")
    change(house, "update repairs.work_order set status = '作废'")
    change(house, "update repairs.work_order set status = '有效' where order_no = 'A2'")
    settle(house, "2026-11", known_at="2026-12-05 09:00")
    assert balances(house) == {"HT1": ("2700.00", "0.00")}
    assert owed(house, "待处理维修费") == "-1200.00"
    run_id = reckon(house, "2026-12", known_at="2027-01-05 09:00")
    assert (standing(house, "A1")["outcome"], standing(house, "A1")["class_reason"]) == ("待认定", "作废")
    certify(house, run_id, "2026-12")
    assert post(house, run_id, "2026-12") == []
    assert (owed(house, "待处理维修费"), owed(house, "维修成本"), owed(house, "应付维修队")) == (
        "0.00",
        "-1200.00",
        "1500.00",
    )


def test_an_order_that_is_void_before_its_booking_is_nobodys(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    reckon(house)
    change(house, "update repairs.work_order set status = '作废'")
    settle(house)
    assert house.query("select * from repairs.standing") == []
    assert charged(house) == {}


@pytest.mark.parametrize(
    ("share", "first", "second"),
    [
        ("1", ("1100.00", "0.00", "0.00"), ("1100.00", "0.00", "0.00")),
        ("0.6", ("660.00", "0.00", "400.00"), ("660.00", "0.00", "0.00")),
    ],
)
def test_WAR_16_what_is_the_contractors_after_all_is_charged_again_and_the_team_is_owed_once(
    house: Books, share, first, second
):
    contract(house, deposit="3000", management_rate="0.10", management_clause="补充协议5.2")
    order(house, "A1", "1000", contractor_share=share, asked=first[0])
    settle(house, known_at="2026-11-05 09:00")
    assert charged(house) == {"A1": first}
    change(house, "update repairs.work_order set cause = '第三方'")
    settle(house, "2026-11", known_at="2026-12-05 09:00")
    assert balances(house) == {"HT1": ("3000.00", "0.00")}
    change(house, "update repairs.work_order set cause = '施工质量'")
    run_id = reckon(house, "2026-12", known_at="2027-01-05 09:00")
    assert standing(house, "A1")["outcome"] == "待认定"  # what he was charged is certified again
    certify(house, run_id, "2026-12")
    assert post(house, run_id, "2026-12") == []
    assert charged(house)["A1"] == second
    assert balances(house) == {"HT1": (f"{3000 - float(second[0]):.2f}", "0.00")}
    assert (owed(house, "待处理维修费"), owed(house, "应付维修队")) == ("0.00", "1000.00")
    settle(house, "2027-01", known_at="2027-02-05 09:00")
    assert house.query("select * from repairs.entry where base_on = '2027-01-01'") == []


@pytest.mark.parametrize(
    "becomes",
    [
        "order_class = 'B', class_reason = '保修期外'",
        "cause = '第三方'",
        "contract_no = 'HT2', project_id = 'P2'",
        "status = '作废'",
    ],
)
def test_what_changes_while_half_of_the_month_is_booked_waits_for_the_next_month(house: Books, becomes):
    contract(house, deposit="3000")
    contract(house, "HT2", deposit="3000", contractor_id="FS", project_id="P2")
    order(house, "A1", "900")
    order(house, "A2", "500", contract_no="HT2", project_id="P2")
    order(house, "B1", "800", order_class="B")
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    for name in ("repairs/post_steps", "repairs/post_entries", "repairs/post_lines"):
        house.run(name, **given)
    change(house, f"update repairs.work_order set {becomes} where order_no = 'A1'")
    assert post(house, reckon(house)) == []
    assert charged(house) == {
        "A1": ("900.00", "0.00", "0.00"),
        "A2": ("500.00", "0.00", "0.00"),
        "B1": ("0.00", "0.00", "800.00"),
    }


@pytest.mark.parametrize("booked", ["JS", ""])
def test_what_becomes_anothers_while_his_part_is_booked_is_settled_once(house: Books, booked):
    """The order was the company's, or his, when that part was booked without it; next month it is the other's."""
    contract(house, deposit="3000")
    first, then = ("A", "B") if booked else ("B", "A")
    order(house, "X1", "900", order_class=first, without="发函" if booked else "", certified=False)
    order(house, "A2", "500")
    order(house, "B2", "800", order_class="B")
    change(house, "delete from repairs.audit where order_no = 'X1'")
    run_id = reckon(house)
    carry_out(house.connection, run_id, SETTLE)
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": booked}
    for name in ("repairs/post_steps", "repairs/post_entries", "repairs/post_lines"):
        house.run(name, **given)
    change(house, f"update repairs.work_order set order_class = '{then}' where order_no = 'X1'")
    assert post(house, reckon(house)) == []
    assert standing(house, "X1")["order_class"] == first
    reckon(house, "2026-11")
    assert standing(house, "X1")["order_class"] == then


def test_a_contractors_booked_month_is_not_checked_against_what_came_to_light_since(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    run_id = reckon(house)
    assert post(house, run_id, closes=False) == []
    for text in (
        "update repairs.work_order set cause = '业主使用'",
        "update repairs.contract set supplement_no = null, accepted_on = '2020-01-01'",
        "delete from repairs.letter",
        "delete from repairs.final_account",
        "delete from repairs.certification",
        "delete from repairs.approval",
    ):
        change(house, text)
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    assert [rows(house.connection, name, given) for name in CHECKS] == [[]] * len(CHECKS)
    assert post(house, run_id) == []


def test_two_companies_in_one_run_do_not_mix(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    house.given(
        "repairs.company\nsite_id | company_name | opens_with | payee_name | contact\n"
        "GT | 锦江置业 | 2026-01-01 | 华清物业 | 010-8001",
        "repairs.project\nproject_id | site_id | project_name\nT1 | GT | 锦江一期",
        "book.site_rule_set\nsite_id | rule_set | valid_from\nGT | kefu | 2018-01-01",
    )
    contract(house, "HT9", deposit="200", project_id="T1")
    order(house, "T1-1", "900", project_id="T1", contract_no="HT9")
    order(house, "T1-2", "900", project_id="T1", contract_no="HT1")  # a contract of the other company
    run_id = reckon(house)
    house.run(
        "repairs/mark_standing", run_id=run_id, known_at="2027-06-01", as_of_on="2026-10-31", first_on="2026-10-01"
    )
    change(house, "delete from repairs.standing; delete from repairs.planned; delete from ops.result")
    change(
        house,
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "select run_id, workflow, 'GT', period, cause, is_live from ops.run_scope",
    )
    assert post(house, run_id, closes=False) == []
    house.connection.execute("set constraints all immediate")
    for row in rows(house.connection, "repairs/list_contractors", {"run_id": run_id}):
        given = {key: row[key] for key in ("site_id", "contractor_id")} | {"run_id": run_id, "base_on": "2026-10-01"}
        assert [rows(house.connection, name, given) for name in CHECKS] == [[]] * len(CHECKS)
        for name in ("repairs/post_steps", "repairs/post_entries", "repairs/post_lines"):
            house.run(name, **given)
    assert charged(house) == {"A1": ("700.00", "0.00", "0.00"), "T1-1": ("200.00", "700.00", "0.00")}
    assert balances(house) == {"HT1": ("2300.00", "0.00"), "HT9": ("0.00", "0.00")}
    assert standing(house, "T1-2")["missing"] == "派工单写的合同HT1不属于本项目（T1）"


def test_WAR_12_nothing_is_reserved_for_a_dispute_that_can_only_end_in_a_claim(house: Books):
    contract(house, deposit="3000", accepted_on="2024-09-01")
    order(house, "A1", "900", component="屋面防水", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    assert standing(house, "A1")["outcome"] == "争议冻结"
    assert balances(house) == {"HT1": ("3000.00", "0.00")}
    answer(house, "A1", "2026-11-20 09:00", "确认")
    settle(house, "2026-11")
    assert charged(house) == {"A1": ("0.00", "900.00", "0.00")}


def test_WAR_11_a_reservation_ends_when_its_order_turns_out_to_be_another_contracts(house: Books):
    contract(house, deposit="3000")
    contract(house, "HT2", deposit="2000")
    order(house, "A1", "900", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    assert balances(house) == {"HT1": ("3000.00", "900.00"), "HT2": ("2000.00", "0.00")}
    change(house, "update repairs.work_order set contract_no = 'HT2'")
    settle(house, "2026-11")
    assert balances(house) == {"HT1": ("3000.00", "0.00"), "HT2": ("2000.00", "900.00")}


def test_a_letter_that_is_sent_after_the_month_does_not_keep_its_charges_from_being_booked(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900")
    ask(house, "A1", "950", sent_on="2026-11-02", letter_no="QR-B")
    settle(house)
    assert charged(house) == {"A1": ("900.00", "0.00", "0.00")}


def test_WAR_07_a_dispute_of_the_newer_letter_counts_too(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900")
    ask(house, "A1", "900", sent_on="2026-11-02", letter_no="QR-B")
    house.given("repairs.answer\nletter_no | order_no | answered_at | answer_kind\nQR-B | A1 | 2026-11-03 10:00 | 异议")
    settle(house)
    assert balances(house) == {"HT1": ("3000.00", "900.00")}


@pytest.mark.parametrize("second_amount", ["900", "800"])
def test_of_several_letters_the_newest_is_what_he_has_to_answer(house: Books, second_amount):
    contract(house, deposit="3000")
    order(house, "A1", "900")
    ask(house, "A1", second_amount, sent_on="2026-10-26", letter_no="QR-B")
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["confirm_no"]) == ("暂停", "QR-B")
    assert found["confirm_state"] == ("待答复" if second_amount == "900" else "待发函")


def test_what_is_corrected_below_what_is_reserved_is_said_before_anybody_certifies(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200", confirmed=None, disputed="2026-10-28 09:00")
    settle(house, known_at="2026-11-05 09:00")
    moved(house, "GZ-1 更正 2026-11-10 -2000", recorded_at="2026-11-11")
    with pytest.raises(AssertionError, match=r"低于冻结的1200\.00"):
        reckon(house, "2026-11")


def test_more_than_9999_entries_of_a_month_have_numbers_of_their_own(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    order(house, "A2", "100")
    run_id = reckon(house)
    change(house, "update repairs.planned set line_no = line_no + 99990 where order_no <> ''")
    given = {"run_id": run_id, "site_id": "GS", "base_on": "2026-10-01", "contractor_id": "JS"}
    carry_out(house.connection, run_id, ("repairs/take_steps",))
    for name in ("repairs/post_steps", "repairs/post_entries", "repairs/post_lines"):
        house.run(name, **given)
    house.expect("repairs.entry\nentry_no\nPZ-GS-202610-0001\nPZ-GS-202610-99992\nPZ-GS-202610-99993")


def test_an_order_audited_at_nothing_costs_nobody_anything(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "900", asked="0")
    change(house, "update repairs.audit set audited_amount = 0; update repairs.certification set certified_amount = 0")
    settle(house)
    house.expect("repairs.entry\nentry_kind | order_no\n期初 | -\n结算 | A1")
    assert charged(house) == {}
    assert balances(house) == {"HT1": ("3000.00", "0.00")}


def test_WAR_12_a_project_cannot_promise_less_than_the_law(house: Books):
    contract(house, deposit="3000", accepted_on="2024-09-01")
    house.given("repairs.warranty_term\nproject_id | component | term_months\nP1 | 屋面防水 | 12\nP1 | 装修 | 36")
    order(house, "A1", "900", component="屋面防水")
    order(house, "A2", "700", component="装修")
    reckon(house)
    assert str(standing(house, "A1")["warranty_until_on"]) == "2029-09-01"
    assert str(standing(house, "A2")["warranty_until_on"]) == "2027-09-01"


def test_the_silence_of_a_month_end_counts_from_the_day_after_the_deadline(house: Books):
    contract(house, deposit="3000", silence_clause="专用条款12.3")
    order(house, "A1", "900", confirmed=None)
    change(house, "update repairs.letter set deadline_on = '2026-10-30' where letter_kind = '扣款确认函'")
    settle(house)
    assert standing(house, "A1")["answered_at"].isoformat()[:19] == "2026-10-31T00:00:00"
    assert charged(house) == {"A1": ("900.00", "0.00", "0.00")}
