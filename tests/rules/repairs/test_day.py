"""What a day's run asks, sends and writes down."""

from datetime import date

from psycopg.types.json import Jsonb

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.repairs.conftest import answer, approve, contract, judge, order, standing

NOT_BEGUN = {"started_on": "-", "completed_on": "-", "signed_on": "-", "without": "审批通知决算发函"}


def questions(books: Books, run_id: int) -> list[tuple]:
    return [
        (row["level_no"], row["duty"], row["approver_duty"], row["item_count"], str(row["amount"]))
        for row in rows(books.connection, "repairs/list_questions", {"run_id": run_id})
    ]


def reply(books: Books, run_id: int, level_no: int, duty: str, verdict: str = "同意", taken_out: tuple = ()) -> int:
    """Answer one question; returns the number of orders that it was about."""
    books.run("repairs/note_asked", run_id=run_id)
    return books.run(
        "repairs/record_approvals",
        run_id=run_id,
        site_id="GS",
        level_no=level_no,
        duty=duty,
        verdict=verdict,
        opinion="属保修范围，价格合理",
        decided_by="某经理",
        decided_on=date(2026, 10, 12),
        taken_out=Jsonb([{"item_no": number, "reason": reason} for number, reason in taken_out]),
    )


def send(books: Books, run_id: int, day: str) -> int:
    given = {"run_id": run_id, "site_id": "GS", "base_on": day, "released_on": day}
    return books.run("repairs/send_letters", **given)


def test_each_level_is_asked_by_its_own_people(house: Books):
    contract(house, deposit="60000")
    for number, amount in (("A1", "1000.00"), ("A2", "1000.01"), ("A3", "10000.00"), ("A4", "10000.01")):
        order(house, number, amount, **NOT_BEGUN)
    run_id = judge(house, "2026-10-12")
    assert questions(house, run_id) == [
        (1, "审批", "客户服务部经理", 1, "1000.00"),
        (2, "审核", "副总工程师", 2, "11000.01"),
        (3, "审批", "总经理", 1, "10000.01"),
    ]
    assert reply(house, run_id, 2, "审核") == 2
    assert questions(house, judge(house, "2026-10-13"))[1] == (2, "审批", "副总经理", 2, "11000.01")


def test_an_order_is_not_asked_about_twice_while_a_question_is_open(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", **NOT_BEGUN)
    run_id = judge(house, "2026-10-12")
    house.run("repairs/note_asked", run_id=run_id)
    house.connection.execute("update ops.run set state = 'awaiting_decision'")
    house.connection.execute("update ops.run_scope set is_live = true")
    tomorrow = judge(house, "2026-10-13")
    assert questions(house, tomorrow) == []
    house.connection.execute("update ops.run_scope set is_live = false")
    assert len(questions(house, tomorrow)) == 1


def test_what_is_taken_out_or_refused_is_asked_about_again_when_the_order_has_changed(house: Books):
    contract(house, deposit="60000")
    for number in ("A1", "A2"):
        order(house, number, "900", **NOT_BEGUN)
    run_id = judge(house, "2026-10-12")
    assert reply(house, run_id, 1, "审批", taken_out=(("A2", "估算偏高"),)) == 2
    assert reply(house, run_id, 1, "审批") == 0
    tomorrow = judge(house, "2026-10-13")
    assert questions(house, tomorrow) == []
    assert standing(house, "A2", "repair_orders")["missing"] == "审批未通过：某经理：估算偏高"
    assert standing(house, "A1", "repair_orders")["stop"] == "待维修通知"
    house.connection.execute("update repairs.work_order set recorded_at = clock_timestamp() where order_no = 'A2'")
    assert questions(house, judge(house, "2026-10-14")) == [(1, "审批", "客户服务部经理", 1, "900.00")]


def test_an_answer_after_the_repair_began_is_kept_as_given_late(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", without="审批决算")
    run_id = judge(house, "2026-10-22")
    reply(house, run_id, 1, "审批")
    house.expect("repairs.approval\norder_no | is_late | verdict\nA1 | yes | 同意")


def test_an_approval_that_came_too_late_is_asked_for_as_a_late_one(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "5000", without="审批决算")
    approve(house, "A1", 2, "5000", on="2026-10-22")
    run_id = judge(house, "2026-10-23")
    assert questions(house, run_id) == [(2, "审核", "副总工程师", 1, "5000.00")]
    reply(house, run_id, 2, "审核")
    run_id = judge(house, "2026-10-24")
    assert questions(house, run_id) == [(2, "审批", "副总经理", 1, "5000.00")]
    reply(house, run_id, 2, "审批")
    assert questions(house, judge(house, "2026-10-25")) == []
    assert standing(house, "A1", "repair_orders")["stop"] == "待审核"


def test_WAR_05_a_contractor_gets_one_notice_for_all_his_orders_of_the_day(house: Books):
    contract(house, deposit="60000")
    contract(house, "HT2", deposit="60000", contractor_id="FS", project_id="P2")
    for number, also in (("A1", {}), ("A2", {}), ("A3", {"contract_no": "HT2", "project_id": "P2"})):
        order(house, number, "900", **(NOT_BEGUN | {"without": "通知决算发函"} | also))
    run_id = judge(house, "2026-10-12")
    assert send(house, run_id, "2026-10-12") == 3
    house.expect(
        """
        repairs.letter
        letter_no          | order_no | letter_kind | sent_on    | deadline_on
        TZ-GS-20261012-001 | A3       | 维修通知    | 2026-10-12 | 2026-10-19
        TZ-GS-20261012-002 | A1       | 维修通知    | 2026-10-12 | 2026-10-19
        TZ-GS-20261012-002 | A2       | 维修通知    | 2026-10-12 | 2026-10-19
        """
    )
    assert send(house, run_id, "2026-10-12") == 0
    assert send(house, judge(house, "2026-10-13"), "2026-10-13") == 0
    assert standing(house, "A1", "repair_orders")["notice_state"] == "待响应"


def test_WAR_08_the_confirmation_asks_for_share_and_management_charge_and_is_followed_by_one_reminder(house: Books):
    contract(house, deposit="60000", management_rate="0.10", management_clause="补充协议5.2")
    order(house, "A1", "1000", contractor_share="0.6", without="发函", certified=False, levels="1,2,3")
    run_id = judge(house, "2026-10-23")
    assert send(house, run_id, "2026-10-23") == 1
    house.expect(
        "repairs.letter\nletter_no | amount | deadline_on\nQR-GS-20261023-001 | 660.00 | 2026-10-30",
        where="letter_kind = '扣款确认函'",
    )
    assert send(house, judge(house, "2026-10-30"), "2026-10-30") == 0
    assert send(house, judge(house, "2026-10-31"), "2026-10-31") == 1
    assert send(house, judge(house, "2026-11-01"), "2026-11-01") == 0
    house.expect("repairs.paper\npaper_no | paper_kind\nCB-GS-20261031-001 | CB", where="paper_kind = 'CB'")
    # the reminder is no new notice: the order stands where it stood
    assert standing(house, "A1", "repair_orders")["confirm_state"] == "已升级"


def test_who_said_he_would_repair_and_did_not_is_reminded_and_then_the_company_may(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", **(NOT_BEGUN | {"without": "决算发函"}))
    answer(house, "A1", "2026-10-12 09:00", "自行维修", letter="TZ")
    assert send(house, judge(house, "2026-10-17"), "2026-10-17") == 0
    assert send(house, judge(house, "2026-10-18"), "2026-10-18") == 1
    assert standing(house, "A1", "repair_orders")["notice_state"] == "自行维修"
    judge(house, "2026-10-26")
    assert standing(house, "A1", "repair_orders")["notice_state"] == "可代修"


def test_a_contract_without_the_agreement_is_not_asked_to_confirm(house: Books):
    contract(house, deposit="60000", supplement_no="-", supplement_on="-")
    order(house, "A1", "900", without="发函", certified=False)
    assert send(house, judge(house, "2026-10-23"), "2026-10-23") == 0


def test_a_day_is_recorded_once_and_loses_no_order(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", **NOT_BEGUN)
    run_id = judge(house, "2026-10-12")
    given = {"run_id": run_id, "as_of_on": date(2026, 10, 12), "known_at": "2027-06-01 08:00"}
    assert [house.run("repairs/record_day", **given) for _ in range(2)] == [1, 0]
    assert rows(house.connection, "repairs/check_day", {"run_id": run_id}) == []
    house.connection.execute("delete from repairs.standing")
    [lost] = rows(house.connection, "repairs/check_day", {"run_id": run_id})
    assert "A1" in lost["problem"]


def test_a_request_for_the_deposit_gets_one_form(house: Books):
    contract(house, deposit="41000")
    house.given(
        "repairs.release_request\nrequest_no | contract_no | requested_on | received_on\n"
        "SQ-1 | HT1 | 2026-10-18 | 2026-10-20"
    )
    for day, count in (("2026-10-19", 0), ("2026-10-20", 1), ("2026-10-21", 0)):
        run_id = judge(house, day)
        given = {"run_id": run_id, "site_id": "GS", "base_on": day, "released_on": day}
        assert house.run("repairs/number_forms", **given) == count
    house.expect("repairs.paper\npaper_no | request_no\nTH-GS-20261020-001 | SQ-1")
