"""Odd turns that an order, a contract or a letter takes: nobody is charged for what another was told, nothing jams."""

from datetime import date
from typing import Any

import pytest

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.repairs.conftest import (
    balances,
    certify,
    contract,
    judge,
    order,
    post,
    reckon,
    settle,
    standing,
)
from tests.rules.repairs.test_day import NOT_BEGUN, send
from tests.rules.repairs.test_papers import of_the_day, statement
from workbooks.papers import papers

LATER = {"reported_on": "2026-10-15", "inspected_on": "2026-10-15", "confirmed": "2026-11-02 10:00",
         "recorded_at": "2026-11-20"}  # fmt: skip


def amend(books: Books, table: str, key: str, at: str, **to: str) -> None:
    """What a later file says of a row drawn as `column=value`: the old version ends at an instant, a new one begins."""
    column, value = key.split("=")
    names = [
        row["attname"]
        for row in books.query(
            "select attname from pg_attribute where attrelid = %(table)s::regclass and attnum > 0 order by attnum",
            table=table,
        )
    ]
    new = ", ".join(
        "%(at)s" if name == "recorded_at" else "'infinity'" if name == "superseded_at" else f"%({name})s" if name in to
        else name
        for name in names
    )  # fmt: skip
    given = {"at": at, "value": value, **to}
    current = f"{column} = %(value)s and superseded_at"
    books.connection.execute(f"update {table} set superseded_at = %(at)s where {current} = 'infinity'", given)
    books.connection.execute(
        f"insert into {table} ({', '.join(names)}) select {new} from {table} where {current} = %(at)s", given
    )


def letters(books: Books, kind: str) -> list[tuple[str, str]]:
    return [
        (row["letter_no"], row["order_no"])
        for row in books.query(
            "select letter_no, order_no from repairs.letter where letter_kind = %(kind)s and run_id > 0 order by 1, 2",
            kind=kind,
        )
    ]


@pytest.mark.parametrize(
    ("table", "key", "to"),
    [
        ("repairs.work_order", "order_no=A1", {"contract_no": "HT2"}),
        ("repairs.contract", "contract_no=HT1", {"contractor_id": "FS"}),
    ],
)
def test_WAR_08_what_one_contractor_confirmed_is_never_taken_from_another(house: Books, table, key, to):
    contract(house, deposit="60000")
    contract(house, "HT2", deposit="60000", contractor_id="FS")
    order(house, "A1", "1200")
    amend(house, table, key, "2026-10-28", **to)
    reckon(house, known_at="2026-11-05 09:00")
    assert (standing(house, "A1")["outcome"], standing(house, "A1")["notice_state"]) == ("暂停", "待通知")


def test_WAR_08_a_confirmation_about_one_deposit_is_none_about_the_contractors_other_one(house: Books):
    contract(house, deposit="60000")
    contract(house, "HT2", deposit="60000")
    order(house, "A1", "1200")
    amend(house, "repairs.work_order", "order_no=A1", "2026-10-28", contract_no="HT2")
    reckon(house, known_at="2026-11-05 09:00")
    assert (standing(house, "A1")["outcome"], standing(house, "A1")["confirm_state"]) == ("暂停", "待发函")


def test_WAR_05_whose_the_order_turns_out_to_be_is_written_himself(house: Books):
    contract(house, deposit="60000")
    contract(house, "HT2", contractor_id="FS")
    order(house, "A1", "900", **(NOT_BEGUN | {"without": "通知决算发函"}))
    assert send(house, judge(house, "2026-10-12"), "2026-10-12") == 1
    amend(house, "repairs.work_order", "order_no=A1", "2026-12-31", contract_no="HT2")
    assert send(house, judge(house, "2026-10-13"), "2026-10-13") == 1
    assert send(house, judge(house, "2026-10-14"), "2026-10-14") == 0
    assert [row["contractor_id"] for row in house.query("select * from repairs.paper order by base_on")] == ["JS", "FS"]


def test_WAR_11_an_order_that_names_another_contract_since_the_reckoning_is_not_booked(house: Books):
    contract(house, deposit="60000")
    contract(house, "HT2", contractor_id="FS")
    order(house, "A1", "1200")
    run_id = reckon(house, known_at="2026-11-05 09:00")
    amend(house, "repairs.work_order", "order_no=A1", "2026-11-05 10:00", contract_no="HT2")
    [problem] = post(house, run_id)
    assert "合同HT2（施工单位FS），不能向施工单位JS扣款" in problem


def test_WAR_05_no_repair_is_asked_of_who_would_come_too_late(house: Books):
    contract(house, deposit="60000")
    begun = {"without": "通知决算发函", "started_on": "2026-10-11", "completed_on": "-", "signed_on": "-"}
    order(house, "A1", "900", **begun)
    order(house, "A2", "900", is_emergency="yes", emergency_evidence="照片3张", **begun)
    order(house, "A3", "900", **(NOT_BEGUN | {"without": "通知决算发函"}))
    order(house, "A4", "900", **(NOT_BEGUN | {"without": "通知决算发函"}))
    run_id = judge(house, "2026-10-12")
    amend(house, "repairs.work_order", "order_no=A4", "2026-12-31", status="作废")
    send(house, run_id, "2026-10-12")
    assert letters(house, "维修通知") == [("TZ-GS-20261012-001", "A2"), ("TZ-GS-20261012-001", "A3")]


def test_WAR_08_a_run_without_mail_sends_no_letter_and_the_next_one_does(house: Books):
    contract(house, deposit="60000", silence_clause="专用条款12.3")
    order(house, "A1", "900", without="发函", confirmed=None)
    run_id = judge(house, "2026-10-22")
    house.connection.execute("update ops.run set wants_mail = false")
    assert send(house, run_id, "2026-10-22") == 0
    assert send(house, judge(house, "2026-10-23"), "2026-10-23") == 1


def test_WAR_08_a_paper_that_nobody_handed_over_is_no_letter_until_the_register_says_so(house: Books):
    house.connection.execute("update repairs.contractor set address = null")
    contract(house, deposit="60000", silence_clause="专用条款12.3")
    order(house, "A1", "900", without="发函", confirmed=None)
    assert send(house, judge(house, "2026-10-22"), "2026-10-22") == 1
    assert send(house, judge(house, "2026-10-23"), "2026-10-23") == 0  # it has its number, and waits
    reckon(house)
    assert standing(house, "A1")["confirm_state"] == "待发函"
    [(number, _)] = letters(house, "扣款确认函")
    house.connection.execute("update repairs.letter set superseded_at = '2027-02-01' where run_id is not null")
    house.given(
        "repairs.letter\nletter_no | order_no | letter_kind | sent_on | amount | channel | evidence\n"
        f"{number} | A1 | 扣款确认函 | 2026-10-24 | 900 | 专人 | 签收单",
        recorded_at="2027-02-01",
    )
    assert (judge(house, "2026-10-31"), standing(house, "A1", "repair_orders")["confirm_state"])[1] == "待答复"
    reckon(house, "2026-11")
    assert standing(house, "A1")["confirm_state"] == "默认确认"


@pytest.mark.parametrize(
    ("state", "confirm_state"), [("sent", "默认确认"), ("unclear", "待发函"), ("refused", "待发函")]
)
def test_WAR_08_silence_about_a_letter_that_the_mail_did_not_take_is_no_consent(house: Books, state, confirm_state):
    contract(house, deposit="60000", silence_clause="专用条款12.3")
    order(house, "A1", "900", without="发函", confirmed=None)
    send(house, judge(house, "2026-10-22"), "2026-10-22")
    house.connection.execute(
        """
        insert into ops.outbox (
            letter_kind, document_key, revision, recipient, recipient_name, subject, body_html, state, message_id
        )
        values ('repair_letter', 'repair_letter/QR-GS-20261022-001', 1, 'js@example.cn', '建安', '函', '函', %s, 'x')
        """,
        [state],
    )
    reckon(house, "2026-10")
    assert standing(house, "A1")["confirm_state"] == confirm_state


@pytest.mark.parametrize("since", ["作废", "改审", "补登凭据"])
def test_WAR_08_a_letter_says_the_same_when_it_is_written_again(house: Books, since):
    contract(house, deposit="60000")
    order(house, "A1", "900", without="发函", confirmed=None)
    order(house, "A2", "700", without="发函", confirmed=None)
    run_id = judge(house, "2026-10-22")
    send(house, run_id, "2026-10-22")
    [sent] = papers(house.connection, artifact=of_the_day(house, run_id, "2026-10-22"))
    if since == "作废":
        amend(house, "repairs.work_order", "order_no=A1", "2027-06-02", status="作废")
    elif since == "改审":
        amend(house, "repairs.audit", "order_no=A1", "2027-06-02", audited_amount="600")
    else:
        amend(
            house, "repairs.letter", "order_no=A1", "2027-06-02", run_id=None, file_id="1", line_no="1", evidence="EMS1"
        )
    again = judge(house, "2026-10-22", known_at="2027-06-03 08:00")
    house.connection.execute("delete from ops.artifact")
    [written] = papers(house.connection, artifact=of_the_day(house, again, "2026-10-22"))
    assert written == sent


def test_WAR_14_a_request_that_comes_later_on_a_day_gets_the_next_number(house: Books):
    contract(house, deposit="60000")
    for number in ("R2", "R1"):
        house.given(
            "repairs.release_request\nrequest_no | contract_no | requested_on | received_on\n"
            f"{number} | HT1 | 2026-10-12 | 2026-10-12"
        )
        day = {"site_id": "GS", "base_on": date(2026, 10, 12), "released_on": date(2026, 10, 13)}
        house.run("repairs/number_forms", run_id=judge(house, "2026-10-12"), **day)
    house.expect(
        """
        repairs.paper
        paper_no           | request_no
        TH-GS-20261012-001 | R2
        TH-GS-20261012-002 | R1
        """
    )


def test_WAR_16_a_contract_that_went_to_another_contractor_is_reversed_and_charged_in_one_month(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1200")
    settle(house, known_at="2026-11-05 09:00")
    amend(house, "repairs.contract", "contract_no=HT1", "2026-11-10", contractor_id="FS")
    amend(house, "repairs.work_order", "order_no=A1", "2026-11-10", cause="业主使用")
    order(house, "A2", "900", **LATER)
    run_id = reckon(house, "2026-11", known_at="2026-12-05 09:00")
    certify(house, run_id, "2026-11")
    assert post(house, run_id, "2026-11") == []
    assert balances(house) == {"HT1": ("59100.00", "0.00")}


def test_WAR_22_who_takes_a_contract_over_is_told_its_whole_deposit(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1200")
    settle(house, known_at="2026-11-05 09:00")
    amend(house, "repairs.contract", "contract_no=HT1", "2026-11-10", contractor_id="FS")
    order(house, "A2", "900", **LATER)
    run_id = settle(house, "2026-11", known_at="2026-12-05 09:00")
    artifact = statement(house, run_id, "2026-11")
    [deposit] = rows(house.connection, "repairs/paper_deposits", {"artifact_id": artifact["artifact_id"]})
    assert (deposit["contractor_id"], str(deposit["opening_amount"]), str(deposit["closing_amount"])) == (
        "FS", "58800.00", "57900.00",
    )  # fmt: skip
    [paper] = papers(house.connection, artifact=artifact)
    assert paper.addressee == "防水公司"


def test_WAR_11_an_order_that_was_charged_to_the_wrong_contract_is_on_the_list(house: Books):
    contract(house, deposit="60000")
    contract(house, "HT2", contractor_id="FS")
    order(house, "A1", "1200")
    settle(house, known_at="2026-11-05 09:00")
    amend(house, "repairs.work_order", "order_no=A1", "2026-11-10", contract_no="HT2")
    reckon(house, "2026-11", known_at="2026-12-05 09:00")
    given: dict[str, Any] = {"site_id": "GS", "starts_on": date(2026, 11, 1), "last_on": date(2026, 11, 30)}
    [found] = rows(house.connection, "repairs/sheet_exceptions", given | {"known_at": "2026-12-05 09:00+08"})
    assert found["severity"] == "必须处理"
    assert found["problem"] == "入账（2026-10-31）时合同为HT1，派工单现写合同HT2，已入账1200.00元".replace(
        "1200", "1,200"
    )


@pytest.mark.parametrize("letter", ["维修通知", "扣款确认函"])
def test_WAR_08_of_a_day_without_rules_no_time_is_over(house: Books, letter):
    house.connection.execute("update book.rule set valid_from = '2026-10-09'")
    contract(house, deposit="60000", silence_clause="专用条款12.3")
    order(house, "A1", "900", confirmed=None, started_on="2026-10-30", completed_on="2026-10-30",
          signed_on="2026-10-30", levels="3")  # fmt: skip
    if letter == "扣款确认函":  # the notice is in order, the silence is not
        house.connection.execute("update repairs.letter set deadline_on = '2026-10-17' where letter_kind = '维修通知'")
    reckon(house)
    assert standing(house, "A1")["notice_state" if letter == "维修通知" else "confirm_state"] in ("待响应", "待答复")
