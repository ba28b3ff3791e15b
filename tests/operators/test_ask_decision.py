"""A gate asks only where a document is held, wants an opinion, and tells a refusal from a failure."""

import pytest

from tests.operators.conftest import answer

DOCUMENT = {
    "site_id": "GM",
    "site_name": "国贸大厦",
    "starts_on": "2026-10-12",
    "last_on": "2026-10-12",
    "content_hash": "abc",
    "state": "held",
    "hold_reason": "应到4人，其中2人将被罚款",
}


@pytest.fixture
def gate(desk):
    """The gate of a held document, and what it asked and noted."""
    from airflow.sdk.exceptions import TaskAwaitingInput

    from operators.ask_decision import AskDecision

    desk.operator = AskDecision(
        task_id="confirm", run_id="1", document=dict(DOCUMENT), subject="待确认", question="{site_name}：{hold_reason}"
    )
    desk.waits = TaskAwaitingInput
    return desk


def test_a_held_document_is_asked_about_and_the_run_says_so(gate):
    with pytest.raises(gate.waits):
        gate.operator.execute(gate.context)
    [asked] = gate.details
    assert asked["body"] == "国贸大厦：应到4人，其中2人将被罚款"
    assert list(asked["params"]) == ["opinion"], "where no list is asked about, nothing can be taken out"
    assert gate.notes == ["2026-10-12 | 待审批1项（自2026-10-13 09:30起） | 国贸大厦：应到4人，其中2人将被罚款"]
    gate.books.expect("ops.run\nstate\nawaiting_decision")


@pytest.mark.parametrize("state", ["new", "unchanged", "trial"])
def test_what_is_not_held_passes_unasked(gate, state):
    gate.operator.document["state"] = state
    assert gate.operator.execute(gate.context)["state"] == state
    assert gate.details == []


def test_an_approval_with_an_opinion_lets_the_document_through(gate):
    passed = gate.operator.execute_complete(gate.context, answer("同意", "已核实", by="finance"))
    assert passed["state"] == "new"
    gate.books.expect("ops.decision\nverdict | opinion | decided_by | content_hash\napproved | 已核实 | finance | abc")


def test_a_bare_signature_is_void_and_the_question_is_asked_again(gate):
    with pytest.raises(gate.waits):
        gate.operator.execute_complete(gate.context, answer("同意", " "))
    assert "上次答复无效：意见必填（只签名无效）。请重新答复并写明意见。" in gate.notes[-1]
    gate.books.expect("ops.decision\nverdict")


@pytest.mark.parametrize("opinion", ["..", "同意", "\u200b\u200b", "好"])
def test_an_opinion_without_words_of_its_own_is_no_opinion(gate, opinion):
    with pytest.raises(gate.waits):
        gate.operator.execute_complete(gate.context, answer("同意", opinion))


def test_OPS_09_a_rejection_is_final_for_its_content_and_says_so(gate):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="已驳回（finance）：设备坏了"):
        gate.operator.execute_complete(gate.context, answer("驳回", "设备坏了", by="finance"))
    assert gate.pushed["refusal"].startswith("已驳回")
    gate.operator.document |= {"state": "rejected", "hold_reason": "设备坏了"}
    with pytest.raises(AirflowFailException, match="已驳回：设备坏了"):
        gate.operator.execute(gate.context)


ITEMS = "select 'PG-' || n as item_no, 'x' as line from generate_series(1, 2) as n"
CERTIFY = """
    insert into public.kept (item_no, told)
    select
        'PG-' || n,
        concat_ws(' ', case when %(taken_out)s::jsonb @> jsonb_build_array(jsonb_build_object('item_no', 'PG-' || n))
            then '剔除' else '认定' end, %(opinion)s::text, %(decided_by)s::text, %(decided_on)s::date,
            %(site_id)s::text, %(base_on)s::date, %(run_id)s::int)
    from generate_series(1, 2) as n
"""


@pytest.fixture
def certifying(gate, written):
    """The same gate, with a list of orders and what an approval of them writes."""
    from operators.ask_decision import AskDecision

    items, certify = written(items=ITEMS, certify=CERTIFY)
    gate.books.given(
        """
        book.approver
        site_id | duty       | login    | approver_name | valid_from
        GM      | 副总工程师 | engineer | 陈总工        | 2026-01-01
        """
    )
    gate.books.connection.commit()
    gate.operator = AskDecision(
        task_id="confirm",
        run_id="1",
        document=dict(DOCUMENT),
        subject="待认定",
        question="{site_name}：{hold_reason}",
        duty="副总工程师",
        items=items,
        statements=[certify],
    )
    return gate


def test_a_list_is_shown_to_the_duty_that_decides_on_it(certifying):
    with pytest.raises(certifying.waits):
        certifying.operator.execute(certifying.context)
    [asked] = certifying.details
    assert asked["assigned_users"] == [{"id": "engineer", "name": "陈总工"}]
    assert "| PG-1 | x |" in asked["body"] and list(asked["params"]) == ["opinion", "taken_out"]


def test_an_approval_writes_its_statements_in_the_transaction_of_the_decision(certifying):
    told = certifying.operator.execute_complete(
        certifying.context, answer("同意", "单价合理", "pg-2\t重复计价", by="engineer")
    )
    assert told["state"] == "new"
    words = "单价合理 陈总工 2026-10-14 GM 2026-10-12 1"
    certifying.books.expect(f"public.kept\nitem_no | told\nPG-1 | 认定 {words}\nPG-2 | 剔除 {words}")
    certifying.books.expect("ops.decision\nopinion | decided_by\n单价合理（剔除1项：PG-2 重复计价） | 陈总工")


def test_when_a_statement_fails_there_is_no_decision_either(certifying):
    from psycopg.errors import UniqueViolation

    certifying.books.connection.execute("insert into public.kept values ('PG-2', 'x')")
    certifying.books.connection.commit()
    with pytest.raises(UniqueViolation):
        certifying.operator.execute_complete(certifying.context, answer("同意", "单价合理"))
    certifying.books.expect("ops.decision\nverdict")
    certifying.books.expect("public.kept\nitem_no\nPG-2")


def test_a_rejection_writes_no_statement_and_takes_nothing_out(certifying):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(certifying.waits):
        certifying.operator.execute_complete(certifying.context, answer("驳回", "资料不全", "PG-1 重复计价"))
    assert "驳回就是全部不同意" in certifying.notes[-1]
    with pytest.raises(AirflowFailException, match="已驳回"):
        certifying.operator.execute_complete(certifying.context, answer("驳回", "资料不全"))
    certifying.books.expect("public.kept\nitem_no")
    certifying.books.expect("ops.decision\nverdict | opinion\nrejected | 资料不全")


def test_a_content_that_was_decided_otherwise_is_asked_about_again_and_says_by_whom(certifying):
    certifying.books.connection.execute(
        "insert into ops.decision (workflow, site_id, period, content_hash, verdict, opinion, decided_by, decided_at, "
        "run_id) "
        "values ('x', 'GM', '[2026-10-12,2026-10-13)', 'abc', 'rejected', '资料不全', '陈总工', '2026-10-13', 1)"
    )
    certifying.books.connection.commit()
    with pytest.raises(certifying.waits):
        certifying.operator.execute_complete(certifying.context, answer("同意", "单价合理"))
    assert "上次答复无效：陈总工 已就同一内容作出相反的决定" in certifying.notes[-1]
    certifying.books.expect("public.kept\nitem_no")
