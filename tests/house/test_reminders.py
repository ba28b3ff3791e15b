"""Approvers are told every afternoon what waits for them; nothing is approved by waiting (OPS-24)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from backoffice import reminders

SHANGHAI = ZoneInfo("Asia/Shanghai")
TOWERS = """
    fees.tower
    site_id | tower_name   | owner_name | owner_payee_id | property_payee_id | opens_with | contact
    WX      | 威新国际大厦 | 威新置业   | OWN            | WY                | 2026-10-01 | 010-8000
    GM      | 国贸大厦     | 国贸置业   | OWN            | WY                | 2026-11-01 | 010-8001
"""
RECIPIENTS = """
    book.recipient
    document_kind     | site_id | address             | recipient_name | valid_from
    fee_preview       | WX      | wx@example.cn       | 威新审批人     | 2026-01-01
    fee_preview       | GM      | gm@example.cn       | 国贸审批人     | 2026-01-01
    approval_reminder | *       | director@example.cn | 财务总监       | 2026-01-01
"""


@pytest.fixture
def towers(books):
    books.given(TOWERS, RECIPIENTS)
    return books


def a_month(books, month, state, started_at, site="WX", is_released=False, workflow="fee_notices"):
    """A run of a tower's month that was reckoned, and released if it is."""
    run_id = books.connection.execute(
        """
        insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail,
            state, started_at)
        values (%(workflow)s, gen_random_uuid()::text,
            daterange(%(month)s, (%(month)s::date + interval '1 month')::date), 'normal',
            %(month)s, %(at)s, 'x', true, %(state)s, %(at)s)
        returning run_id
        """,
        {"workflow": workflow, "month": month, "at": started_at, "state": state},
    ).fetchone()[0]
    books.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "select run_id, workflow, %s, period, 'asked', false from ops.run where run_id = %s",
        [site, run_id],
    )
    books.connection.execute(
        "insert into ops.result (workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, "
        "as_of_on, known_at, row_count) "
        "values (%s, %s, %s, 1, 'x', %s, '本次应缴5,412.25元', %s, %s, %s, 1)",
        [workflow, site, month, "issued" if is_released else "held", run_id, month, started_at],
    )
    if is_released:
        books.connection.execute(
            "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id) "
            "select workflow, %s, period, started_at, 'x', run_id from ops.run where run_id = %s",
            [site, run_id],
        )


def tell(books, day, hour=16):
    told_at = datetime(day.year, day.month, day.day, hour, 0, tzinfo=SHANGHAI)
    return reminders.collect(books.connection, day, told_at, "http://127.0.0.1/")


def lines(told):
    return [(row["site_name"], row["period_text"], row["state_text"], row["hours_waiting"]) for row in told["matters"]]


def test_OPS_24_on_the_20th_what_is_not_released_is_told_whether_or_not_anybody_ran_it(towers):
    assert lines(tell(towers, date(2026, 10, 20))) == [("威新国际大厦", "2026年10月", "尚未运行", None)]
    a_month(towers, "2026-10-01", "awaiting_decision", "2026-10-20 08:00+08")
    told = tell(towers, date(2026, 10, 20))
    assert lines(told) == [("威新国际大厦", "2026年10月", "待审批", 8)]
    assert told["headline"] == "待审批1项（最长已等8小时），1项须在今天24:00前发布"


@pytest.mark.parametrize(
    ("state", "word"), [("rejected", "已驳回，待更正"), ("failed", "运行失败"), ("done", "尚未发布")]
)
def test_a_month_that_went_wrong_is_told_until_it_is_released(towers, state, word):
    a_month(towers, "2026-10-01", state, "2026-10-20 08:00+08")
    told = tell(towers, date(2026, 10, 22))
    assert [(row["state_text"], row["is_late"]) for row in told["matters"]] == [(word, True)]
    assert told["headline"] == "待审批0项，1项已过应发布日"


def test_what_is_released_or_not_yet_due_is_not_told_and_nobody_is_written_to(towers):
    a_month(towers, "2026-10-01", "done", "2026-10-20 08:00+08", is_released=True)
    told_at = datetime(2026, 11, 19, 16, 0, tzinfo=SHANGHAI)
    assert tell(towers, date(2026, 11, 19))["matters"] == []
    assert reminders.write(towers.connection, date(2026, 11, 19), told_at, "")["letters"] == 0
    assert towers.query("select * from ops.outbox") == []
    assert [line[0] for line in lines(tell(towers, date(2026, 11, 20)))] == ["国贸大厦", "威新国际大厦"]


def test_one_letter_a_day_goes_to_the_approvers_concerned_and_to_those_who_are_always_told(towers):
    told_at = datetime(2026, 10, 20, 16, 0, tzinfo=SHANGHAI)
    for _ in range(2):
        reminders.write(towers.connection, date(2026, 10, 20), told_at, "")
    letters = towers.query("select recipient, subject, state from ops.outbox order by recipient")
    assert [letter["recipient"] for letter in letters] == ["director@example.cn", "wx@example.cn"]
    assert {letter["state"] for letter in letters} == {"ready"}
    assert letters[0]["subject"] == "【催办】2026-10-20(周二) 待审批0项，1项须在今天24:00前发布"


ORDERS = (
    """
    repairs.company
    site_id | company_name | opens_with | payee_name | contact
    GD      | 国贸地产     | 2026-09-01 | 华清物业   | 010-8002
    """,
    """
    repairs.project
    project_id | site_id | project_name
    P1         | GD      | 国贸一期
    """,
    """
    repairs.work_order
    order_no | project_id | order_class | place_text | component | trades | defect | estimate_amount | reported_on
    PG-1     | P1         | B           | 3-201      | 装修      | 瓦工   | 空鼓   | 1200.00         | 2026-10-08
    PG-2     | P1         | B           | 3-202      | 装修      | 瓦工   | 空鼓   | 8800.00         | 2026-10-08
    PG-3     | P1         | B           | 3-203      | 装修      | 瓦工   | 空鼓   | 9000.00         | 2026-10-08
    """,
)


def ask_about_orders(books, state="awaiting_decision"):
    """A run of 12 October that asks two duties about orders, three of one and one of the other; one is answered."""
    books.given(*ORDERS)
    run_id = books.connection.execute(
        "insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, "
        "state, started_at) values ('repair_orders', 'x', '[2026-10-12,2026-10-13)', 'normal', '2026-10-12', "
        "'2026-10-13 08:40+08', 'x', true, %s, '2026-10-13 08:40+08') returning run_id",
        [state],
    ).fetchone()[0]
    books.given(
        """
        repairs.asked
        level_no | duty | order_no | asked_amount
        2        | 审核 | PG-1     | 1200.00
        2        | 审核 | PG-2     | 8800.00
        2        | 审批 | PG-2     | 8800.00
        2        | 审核 | PG-3     | 9000.00
        """,
        run_id=run_id,
    )
    books.given(
        """
        repairs.approval
        order_no | level_no | duty | verdict | opinion | approver | approved_on | approved_amount | file_id | line_no
        PG-3     | 2        | 审核 | 剔除    | 先勘察  | 副总工  | 2026-10-13  | 9000.00         | -       | -
        """,
        run_id=run_id,
    )


def test_orders_that_an_approver_was_asked_about_are_told_until_each_is_answered(books):
    ask_about_orders(books)
    told = tell(books, date(2026, 10, 13))
    assert [(row["workflow_name"], row["site_name"], row["period_text"]) for row in told["matters"]] == [
        ("维修工单", "国贸地产", "2026-10-12")
    ] * 2
    assert sorted(row["hold_reason"] for row in told["matters"]) == [
        "第2级审批：1单 8,800.00元",
        "第2级审核：2单 10,000.00元",
    ]
    assert told["headline"] == "待审批2项（最长已等7小时）"


def test_questions_of_a_run_that_has_ended_are_not_told(books):
    ask_about_orders(books, state="failed")
    assert tell(books, date(2026, 10, 13))["matters"] == []


def test_a_month_of_charge_backs_that_waits_is_told_to_whom_its_preview_goes(books):
    books.given(
        ORDERS[0],
        """
        book.recipient
        document_kind      | site_id | address          | recipient_name | valid_from
        chargeback_preview | GD      | chief@example.cn | 副总工程师     | 2026-01-01
        """,
    )
    a_month(books, "2026-10-01", "awaiting_decision", "2026-11-05 09:00+08", site="GD", workflow="deposit_chargebacks")
    [row] = tell(books, date(2026, 11, 6))["matters"]
    assert (row["workflow_name"], row["period_text"], row["state_text"]) == ("维修扣款", "2026年10月", "待审批")
    told_at = datetime(2026, 11, 6, 16, 0, tzinfo=SHANGHAI)
    assert reminders.write(books.connection, date(2026, 11, 6), told_at, "")["letters"] == 1
    books.expect("ops.outbox\nrecipient\nchief@example.cn")
