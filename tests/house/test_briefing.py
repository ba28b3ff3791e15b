"""The morning briefing names what ran, what waits, and what never ran; open matters are settled by a person."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from backoffice import briefing, matters, outbox

SHANGHAI = ZoneInfo("Asia/Shanghai")
RECIPIENTS = """
    book.recipient
    document_kind | site_id | address        | recipient_name | valid_from
    briefing      | *       | ops@example.cn | 运维           | 2026-01-01
"""


def a_run(books, period, state="done", note="", started_at="2026-10-13 09:30", workflow="daily_attendance"):
    return books.connection.execute(
        """
        insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail,
            state, note, started_at, finished_at, totals)
        values (%s, gen_random_uuid()::text, %s, 'normal', '2026-10-12', %s, 'x', true,
            %s, %s, %s, %s, '{"due_count": "38", "fine_amount": "20.00", "exception_count": "2"}')
        returning run_id
        """,
        [workflow, period, started_at, state, note, started_at, started_at],
    ).fetchone()[0]


def a_result(books, run_id, *days, workflow="daily_attendance"):
    for day in days:
        books.connection.execute(
            "insert into ops.result (workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, "
            "row_count) values (%s, 'GM', %s, 1, 'x', %s, %s, '2026-10-13', 1)",
            [workflow, day, run_id, day],
        )


def tell(books, day=date(2026, 10, 13), hour=9):
    told_at = datetime(day.year, day.month, day.day, hour, 50, tzinfo=SHANGHAI)
    return briefing.collect(books.connection, day, told_at, "http://127.0.0.1/")


def test_the_briefing_says_so_when_all_is_well(books):
    run_id = a_run(books, "[2026-10-12,2026-10-13)")
    a_result(books, run_id, "2026-10-12")
    told = tell(books)
    assert told["headline"] == "今天应跑1个：完成1，待审批0，待资料0，失败0，应跑未跑0"
    [line] = told["runs"]
    assert (line["workflow_name"], line["period_text"], line["state_text"]) == ("每日考勤", "2026-10-12", "完成")
    assert (line["processed_count"], str(line["total_amount"]), line["exception_count"]) == (38, "20.00", 2)
    assert told["problems"] == []


def test_OPS_08_periods_that_were_due_and_never_ran_are_named_however_long_ago(books):
    run_id = a_run(books, "[2026-10-01,2026-10-02)", started_at="2026-10-02 09:30")
    a_result(books, run_id, "2026-10-01", "2026-10-05")
    told = tell(books)
    missing = [line["period_text"] for line in told["runs"] if line["state_text"] == "应跑未跑"]
    assert missing == ["2026-10-02至2026-10-04", "2026-10-06至2026-10-12"]
    assert "应跑未跑2" in told["headline"] and len(told["problems"]) == 2
    assert "补跑" in told["runs"][-1]["advice"]


def test_OPS_08_a_workflow_that_never_ran_at_all_is_named(books):
    [line] = tell(books)["runs"]
    assert (line["period_text"], line["state_text"]) == ("2026-10-12", "应跑未跑")


COMPANY = """
    repairs.company
    site_id | company_name | opens_with | payee_name | contact
    GD      | 国贸地产     | 2026-09-01 | 华清物业   | 010-8002
"""


def test_a_house_without_repairs_is_told_of_none_and_one_with_a_company_of_both_workflows(books):
    assert [line["workflow_name"] for line in tell(books, date(2026, 11, 5))["runs"]] == ["每日考勤"]
    books.given(COMPANY)
    told = tell(books, date(2026, 11, 5))
    assert [(line["workflow_name"], line["period_text"], line["due_at"]) for line in told["runs"]] == [
        ("维修工单", "2026-11-04", "11-05 08:40"),
        ("维修扣款", "2026-10", "11-05 09:00"),
        ("每日考勤", "2026-11-04", "11-05 09:30"),
    ]
    before_its_first_month = tell(books, date(2026, 9, 1))
    assert [line["workflow_name"] for line in before_its_first_month["runs"]] == ["每日考勤", "月度考勤"]


def test_OPS_08_a_month_that_was_not_settled_is_named_with_the_5th_on_which_it_was_due(books):
    books.given(COMPANY)
    run_id = a_run(books, "[2026-09-01,2026-10-01)", started_at="2026-10-05 09:00", workflow="deposit_chargebacks")
    a_result(books, run_id, "2026-09-01", workflow="deposit_chargebacks")
    settled = [line for line in tell(books, date(2026, 12, 4))["runs"] if line["workflow_name"] == "维修扣款"]
    assert [(line["period_text"], line["due_at"]) for line in settled] == [("2026-10", "11-05 09:00")]


def test_a_run_that_waits_for_a_person_says_since_when(books):
    run_id = a_run(books, "[2026-10-12,2026-10-13)", state="awaiting_decision", note="国贸大厦 待审批")
    a_result(books, run_id, "2026-10-12")
    told = tell(books, hour=13)
    assert "待审批1(最长已等4小时)" in told["headline"]
    assert told["runs"][0]["waits_for"] == "审批人"


def test_a_failure_is_shown_until_a_later_run_of_the_days_has_settled_it(books):
    a_run(books, "[2026-10-11,2026-10-12)", state="failed", note="停在：校验入库")
    run_id = a_run(books, "[2026-10-12,2026-10-13)")
    a_result(books, run_id, "2026-10-11", "2026-10-12")
    assert any("停在：校验入库" in problem for problem in tell(books)["problems"])
    a_run(books, "[2026-10-10,2026-10-13)", started_at="2026-10-13 09:40")
    assert tell(books)["problems"] == []


def test_one_briefing_a_day_and_reader_however_often_it_is_written(books):
    books.given(RECIPIENTS)
    told_at = datetime(2026, 10, 13, 9, 50, tzinfo=SHANGHAI)
    assert briefing.write(books.connection, date(2026, 10, 13), told_at, "")["letters"] == 1
    assert briefing.write(books.connection, date(2026, 10, 13), told_at, "")["letters"] == 0
    books.expect("ops.outbox\nletter_kind | recipient | state\nbriefing | ops@example.cn | ready")


def settle(books, tmp_path, action, number, **changes):
    words = {"by": "admin", "opinion": "收件人来电确认", **changes}
    return matters.settle(books.connection, action, number, files_root=tmp_path, spec_of=lambda kind: "x:y", **words)


@pytest.fixture
def letter(own_books):
    """Number of a letter whose delivery is unknown."""
    outbox.reserve(
        own_books.connection,
        letter_kind="briefing",
        document_key="briefing/x",
        revision=1,
        recipients=[("ops@example.cn", "运维")],
        artifact_id=None,
        run_id=None,
    )
    number = own_books.connection.execute(
        "update ops.outbox set state = 'unclear', subject = 'x', body_html = 'x' returning outbox_id"
    ).fetchone()[0]
    own_books.connection.commit()
    return number


@pytest.mark.parametrize(
    ("action", "state"), [("邮件：已收到", "sent"), ("邮件：重发", "ready"), ("邮件：取消", "cancelled")]
)
def test_OPS_07_a_letter_that_nobody_knows_of_is_settled_by_a_person_and_kept(
    own_books, letter, tmp_path, action, state
):
    settle(own_books, tmp_path, action, letter)
    own_books.expect(f"ops.outbox\nstate | resolved_by\n{state} | admin")
    own_books.expect("ops.event\nactor\nadmin")


def test_a_matter_is_settled_only_with_a_name_and_an_opinion(own_books, letter, tmp_path):
    for missing in ({"by": " "}, {"opinion": ""}, {"opinion": "好"}):
        with pytest.raises(matters.MatterRefused, match="经办人和意见"):
            settle(own_books, tmp_path, "邮件：重发", letter, **missing)
    with pytest.raises(matters.MatterRefused):
        settle(own_books, tmp_path, "邮件：重发", letter + 1)
    with pytest.raises(matters.MatterRefused, match="请选择"):
        settle(own_books, tmp_path, "扔掉", letter)
    own_books.expect("ops.outbox\nstate\nunclear")


def test_the_briefing_names_the_numbers_that_a_person_settles(own_books, letter):
    own_books.connection.execute(
        "insert into ops.landing_file (feed, file_name, sha256, byte_count, state) "
        "values ('punches', 'x', 'x', 1, 'landed')"
    )
    own_books.connection.execute(
        "insert into ops.quarantine (file_id, line_no, raw, reason, advice) select file_id, 7, 'x', 'x', 'x' "
        "from ops.landing_file"
    )
    problems = " ".join(tell(own_books)["problems"])
    assert f"邮件{letter}（ops@example.cn" in problems and "退回资料1行未签字" in problems


def test_OPS_07_the_briefing_names_a_letter_whose_deliverer_vanished(own_books, letter):
    own_books.connection.execute("update ops.outbox set state = 'sending', lease_until = clock_timestamp()")
    own_books.connection.commit()
    assert f"邮件{letter}（ops@example.cn" in " ".join(tell(own_books)["problems"])
