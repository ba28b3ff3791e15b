"""The way of a work order: who approves, what it waits for, and what stops it."""

import psycopg
import pytest

from tests.drawing import Books
from tests.rules.repairs.conftest import (
    answer,
    approve,
    ask,
    balances,
    charged,
    contract,
    judge,
    level_of,
    order,
    post,
    reckon,
    settle,
    standing,
)


@pytest.mark.parametrize(
    ("amount", "level", "audited_by"),
    [
        ("1000.00", 1, "客户服务部"),
        ("1000.01", 2, "客户服务部"),
        ("10000.00", 2, "客户服务部"),
        ("10000.01", 3, "客户服务部"),
        ("20000.00", 3, "客户服务部"),
        ("20000.01", 3, "审计核算部"),
    ],
)
def test_WAR_01_levels_and_audit_change_at_the_exact_boundaries(house: Books, amount, level, audited_by):
    contract(house, deposit="60000")
    order(house, "A1", amount, without="审核")
    reckon(house)
    found = standing(house, "A1")
    assert (found["level_no"], found["department"]) == (level, audited_by)
    assert level_of(amount) == level


def test_WAR_01_an_audit_by_customer_service_above_the_limit_is_none(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "20000.01")
    house.connection.execute("update repairs.audit set department = '客户服务部'")
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["stop"], found["missing"]) == (
        "暂停",
        "待审核",
        "决算20000.01元，超过20000.00元须审计核算部审核",
    )


def test_WAR_02_the_level_is_by_the_amount_with_vat(house: Books):
    """9,500 net and 9 % VAT are 10,355.00: beyond what the deputy general manager may approve."""
    contract(house, deposit="60000")
    order(house, "A1", "10355.00", levels="2")
    reckon(house)
    found = standing(house, "A1")
    assert (found["level_no"], found["stop"], found["missing"]) == (3, "待审批", "缺第3级审批（估算10355.00元）")


def test_WAR_03_three_repairs_of_one_defect_within_30_days_go_to_the_level_of_their_sum(house: Books):
    contract(house, deposit="60000")
    for number, reported_on in (("A1", "2026-10-01"), ("A2", "2026-10-15"), ("A3", "2026-10-31")):
        order(house, number, "900", place_text="301室", defect="漏水", reported_on=reported_on, without="决算",
              inspected_on="2026-10-31", started_on="-", completed_on="-", signed_on="-")  # fmt: skip
    order(house, "A4", "900", place_text="301室", defect="漏水", reported_on="2026-11-01", without="决算",
          inspected_on="2026-11-01", started_on="-", completed_on="-", signed_on="-")  # fmt: skip
    judge(house, "2026-11-02")
    for number, amount in (("A1", "2700.00"), ("A2", "2700.00"), ("A3", "2700.00")):
        found = standing(house, number, "repair_orders")
        assert (found["level_no"], found["group_no"], str(found["group_amount"])) == (2, "A1", amount)
        assert found["missing"] == "与同组工单合计2700.00元，须第2级审批"
    # the window slides: the fourth is in a group with the second and third, not with the first
    found = standing(house, "A4", "repair_orders")
    assert (found["group_no"], str(found["group_amount"])) == ("A2", "2700.00")


@pytest.mark.parametrize(
    ("also", "is_grouped"),
    [({}, True), ({"place_text": "302室"}, False), ({"defect": "开裂"}, False), ({"reported_on": "2026-11-09"}, False)],
)
def test_WAR_03_another_place_defect_or_time_is_no_group(house: Books, also, is_grouped):
    contract(house, deposit="60000")
    order(house, "A1", "900", place_text="301室", defect="漏水", reported_on="2026-10-09", inspected_on="2026-10-09")
    given = {"place_text": "301室", "defect": "漏水", "reported_on": "2026-11-08", "inspected_on": "2026-11-09"} | also
    order(house, "A2", "900", started_on="-", completed_on="-", signed_on="-", without="决算", **given)
    judge(house, "2026-11-10")
    assert (standing(house, "A2", "repair_orders")["group_no"] == "A1") is is_grouped


def test_WAR_03_a_group_up_to_the_floor_is_not_flagged(house: Books):
    contract(house, deposit="60000")
    for number in ("A1", "A2"):
        order(house, number, "500", place_text="301室", defect="漏水")
    reckon(house)
    assert standing(house, "A1")["group_no"] is None


def test_WAR_04_a_settlement_above_the_approved_level_waits_for_a_new_approval(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "10200", estimate="9800")
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["stop_rule"]) == ("暂停", "WAR-04")
    assert found["missing"] == "审定10200.00元须第3级审批，现有第2级，须重新审批"
    assert house.query("select * from repairs.planned where entry_kind = '结算'") == []
    approve(house, "A1", 3, "10200", on="2026-10-29")
    settle(house)
    assert charged(house) == {"A1": ("10200.00", "0.00", "0.00")}


def test_WAR_04_a_lower_settlement_needs_no_new_approval(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "800", estimate="9800")
    settle(house)
    assert charged(house) == {"A1": ("800.00", "0.00", "0.00")}


@pytest.mark.parametrize(
    ("day", "sent_on", "state", "missing"),
    [
        ("2026-10-12", None, "待通知", "尚未向施工单位发维修通知"),
        ("2026-10-17", "2026-10-10", "待响应", "维修通知TZ-A1的期限2026-10-17未满"),
        ("2026-10-18", "2026-10-10", "可代修", "尚未完工"),
    ],
)
def test_WAR_05_the_contractor_is_told_and_given_seven_days_before_the_repair(
    house: Books, day, sent_on, state, missing
):
    contract(house, deposit="60000")
    order(house, "A1", "900", without="通知决算", started_on="-", completed_on="-", signed_on="-")
    if sent_on:
        house.given(f"repairs.letter\nletter_no | order_no | letter_kind | sent_on\nTZ-A1 | A1 | 维修通知 | {sent_on}")
    judge(house, day)
    found = standing(house, "A1", "repair_orders")
    assert (found["notice_state"], found["missing"]) == (state, missing)


def test_WAR_05_an_emergency_may_be_repaired_at_once_with_its_notice(house: Books):
    contract(house, deposit="60000")
    order(
        house,
        "A1",
        "900",
        is_emergency="yes",
        emergency_evidence="爆管照片",
        started_on="2026-10-08",
        inspected_on="2026-10-08",
    )
    reckon(house)
    assert (standing(house, "A1")["notice_state"], standing(house, "A1")["outcome"]) == ("紧急", "扣款")


def test_WAR_05_a_repair_begun_before_the_time_was_over_is_stopped_unless_he_asked_for_it(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", started_on="2026-10-17")
    reckon(house)
    found = standing(house, "A1")
    assert (found["outcome"], found["missing"]) == ("暂停", "维修通知TZ-A1的期限2026-10-17未满即开工")
    answer(house, "A1", "2026-10-12 09:00", "委托维修", letter="TZ")
    reckon(house)
    assert standing(house, "A1")["outcome"] == "扣款"


@pytest.mark.parametrize("cause", ["业主使用", "第三方"])
def test_WAR_06_others_causes_are_the_companys_cost(house: Books, cause):
    contract(house, deposit="60000")
    order(house, "A1", "900", cause=cause)
    settle(house)
    assert standing(house, "A1")["class_reason"] == cause
    assert charged(house) == {"A1": ("0.00", "0.00", "900.00")}
    assert balances(house) == {"HT1": ("60000.00", "0.00")}


def test_WAR_08_silence_is_escalated_and_consent_only_by_a_clause(house: Books):
    contract(house, deposit="60000")
    contract(house, "HT2", deposit="60000", silence_clause="专用条款12.3")
    for number, contract_no in (("A1", "HT1"), ("A2", "HT2")):
        order(house, number, "900", confirmed=None, contract_no=contract_no)
    reckon(house)  # asked on the 23rd, seven days are over with the 30th
    found = standing(house, "A1")
    assert (found["confirm_state"], found["outcome"], found["stop_rule"]) == ("已升级", "暂停", "WAR-08")
    assert "合同没有默认条款，已升级" in found["missing"]
    found = standing(house, "A2")
    assert (found["confirm_state"], found["outcome"]) == ("默认确认", "扣款")
    assert "按专用条款12.3视为确认" in found["grounds"]


def test_WAR_08_within_the_time_nothing_is_concluded(house: Books):
    contract(house, deposit="60000", silence_clause="专用条款12.3")
    order(house, "A1", "900", confirmed=None)
    house.connection.execute("update repairs.letter set deadline_on = '2026-10-31' where letter_kind = '扣款确认函'")
    reckon(house)
    assert (standing(house, "A1")["confirm_state"], standing(house, "A1")["outcome"]) == ("待答复", "暂停")


def test_WAR_18_a_contractor_who_repairs_himself_pays_nothing(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", done_by="施工单位", without="决算发函", certified=False)
    answer(house, "A1", "2026-10-12 09:00", "自行维修", letter="TZ")
    settle(house)
    found = standing(house, "A1")
    assert (found["outcome"], str(found["contractor_amount"]), found["stop"]) == ("自修结案", "0.00", "")
    assert charged(house) == {}


def test_his_word_to_repair_holds_until_he_was_urged_in_vain(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", without="决算", started_on="-", completed_on="-", signed_on="-")
    answer(house, "A1", "2026-10-12 09:00", "自行维修", letter="TZ")
    judge(house, "2026-10-25")
    assert standing(house, "A1", "repair_orders")["notice_state"] == "自行维修"
    house.given(
        "repairs.letter\nletter_no | order_no | letter_kind | sent_on | deadline_on\n"
        "CB-A1 | A1 | 催办函 | 2026-10-20 | 2026-10-24"
    )
    judge(house, "2026-10-25")
    assert standing(house, "A1", "repair_orders")["notice_state"] == "可代修"


@pytest.mark.parametrize(
    ("given", "stop", "rule"),
    [
        ({"without": "勘察"}, "待勘察", "WA-D2"),
        ({"without": "审批"}, "待审批", "WA-D6"),
        ({"without": "通知"}, "待维修通知", "WAR-05"),
        ({"completed_on": "-", "signed_on": "-"}, "待完工", "WA-D3"),
        ({"signed_on": "-"}, "待验收", "WA-D5"),
        ({"without": "决算"}, "待审核", "WA-D7"),
        ({"without": "审核"}, "待审核", "WA-D7"),
        ({"without": "发函"}, "待扣款确认", "WA-D8"),
        ({"certified": False}, "待认定", "WA-D8"),
        ({"cause": "待定"}, "待勘察", "WA-D2"),
        ({"is_contractor_present": "no"}, "待勘察", "WA-D2"),
        ({"contract_no": "HT9"}, "待扣款确认", "WA-D4a"),
    ],
)
def test_an_order_that_may_not_take_a_step_says_which_rule_stops_it(house: Books, given, stop, rule):
    contract(house, deposit="60000")
    contract(house, "HT9", deposit="60000", supplement_no="-", supplement_on="-")
    order(house, "A1", "900", **given)
    reckon(house)
    found = standing(house, "A1")
    assert (found["stop"], found["stop_rule"]) == (stop, rule)
    assert found["missing"]
    assert post(house, reckon(house), closes=False) == []
    assert charged(house) == {}


def test_an_approval_given_after_the_repair_began_is_none_unless_it_says_why(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", without="审批")
    approve(house, "A1", 1, "900", on="2026-10-21")
    reckon(house)
    assert standing(house, "A1")["missing"] == "审批晚于开工日2026-10-20，须补批并写明原因"
    house.connection.execute("update repairs.approval set is_late = true")
    reckon(house)
    assert standing(house, "A1")["outcome"] == "扣款"


def test_level_two_takes_the_review_and_the_approval(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "5000")
    house.connection.execute("delete from repairs.approval where duty = '审核'")
    reckon(house)
    assert standing(house, "A1")["stop"] == "待审批"


def test_the_database_refuses_a_step_whose_predecessor_is_missing(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900")
    run_id = judge(house, "2026-10-31")
    taken = [row["step_no"] for row in house.query("select step_no from repairs.order_step order by step_no")]
    assert taken == [10, 20, 30, 40, 50, 60, 70, 80, 90]
    with pytest.raises(psycopg.errors.ForeignKeyViolation), house.connection.transaction():
        house.connection.execute(
            "insert into repairs.order_step values ('A2', 20, 'A', 10, '2026-10-31', %s)", [run_id]
        )
    with pytest.raises(psycopg.errors.ForeignKeyViolation), house.connection.transaction():
        house.connection.execute(
            "insert into repairs.order_step values ('A1', 100, 'A', 70, '2026-10-31', %s)", [run_id]
        )


def test_a_step_that_no_longer_holds_is_taken_back_by_the_next_days_run(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900")
    judge(house, "2026-10-30")
    house.connection.execute("delete from repairs.certification")
    house.connection.execute("update repairs.work_order set inspection_no = null")
    judge(house, "2026-10-29")  # an older day takes nothing back
    assert len(house.query("select * from repairs.order_step")) == 9
    judge(house, "2026-10-31")
    assert [row["step_no"] for row in house.query("select * from repairs.order_step")] == [10]


def test_another_amount_than_he_was_asked_about_has_to_be_asked_anew(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900")
    house.connection.execute("update repairs.letter set amount = 850 where letter_kind = '扣款确认函'")
    reckon(house)
    assert standing(house, "A1")["missing"] == "金额与扣款确认函QR-A1（850.00元）不同，须重新发函"
    ask(house, "A1", "900", sent_on="2026-10-24", letter_no="QR-B")
    house.given("repairs.answer\nletter_no | order_no | answer_kind | answered_at\nQR-B | A1 | 确认 | 2026-10-26 10:00")
    reckon(house)
    assert standing(house, "A1")["outcome"] == "扣款"
