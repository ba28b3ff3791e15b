"""A gate asks only where a document is held, wants an opinion, and tells a refusal from a failure."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

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
def gate(airflow_home, own_books, monkeypatch):
    """The gate of a held document in books of its own, and what it asked and noted."""
    from contextlib import contextmanager

    from airflow.providers.standard.operators import hitl
    from airflow.sdk.exceptions import TaskAwaitingInput

    from operators import ask_decision

    own_books.connection.execute(
        "insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail) "
        "values ('daily_attendance', 'x', '[2026-10-12,2026-10-13)', 'normal', '2026-10-12', '2026-10-13', 'x', false)"
    )
    own_books.connection.commit()

    @contextmanager
    def books_at_hand(connection_id):
        yield own_books.connection

    asked = []
    monkeypatch.setattr(ask_decision, "open_books", books_at_hand)
    monkeypatch.setattr(ask_decision, "write_note", lambda run, note: asked.append(note))
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **detail: asked.append(detail["body"]))
    operator = ask_decision.AskDecision(
        task_id="confirm", run_id="1", document=dict(DOCUMENT), subject="待确认", question="{site_name}：{hold_reason}"
    )
    context = {
        "task_instance": SimpleNamespace(id="x"),
        "dag_run": SimpleNamespace(dag_id="d", run_id="x"),
        "ti": SimpleNamespace(
            start_date=datetime(2026, 10, 13, 1, 30, tzinfo=UTC),
            xcom_push=lambda key, value: asked.append(f"{key}: {value}"),
        ),
    }
    return SimpleNamespace(operator=operator, context=context, asked=asked, books=own_books, waits=TaskAwaitingInput)


def answer(choice, opinion):
    return {
        "chosen_options": [choice],
        "params_input": {"opinion": opinion},
        "responded_at": datetime(2026, 10, 13, 3, 0, tzinfo=UTC),
        "responded_by_user": {"id": "finance", "name": "finance"},
    }


def test_a_held_document_is_asked_about_and_the_run_says_so(gate):
    with pytest.raises(gate.waits):
        gate.operator.execute(gate.context)
    assert "国贸大厦：应到4人，其中2人将被罚款" in gate.asked
    gate.books.expect("ops.run\nstate\nawaiting_decision")


@pytest.mark.parametrize("state", ["new", "unchanged", "trial"])
def test_what_is_not_held_passes_unasked(gate, state):
    gate.operator.document["state"] = state
    assert gate.operator.execute(gate.context)["state"] == state
    assert gate.asked == []


def test_an_approval_with_an_opinion_lets_the_document_through(gate):
    passed = gate.operator.execute_complete(gate.context, answer("同意", "已核实"))
    assert passed["state"] == "new"
    gate.books.expect("ops.decision\nverdict | opinion | decided_by | content_hash\napproved | 已核实 | finance | abc")


def test_a_bare_signature_is_void_and_the_question_is_asked_again(gate):
    with pytest.raises(gate.waits):
        gate.operator.execute_complete(gate.context, answer("同意", " "))
    gate.books.expect("ops.decision\nverdict")


@pytest.mark.parametrize("opinion", ["..", "同意", "\u200b\u200b", "好"])
def test_an_opinion_without_words_of_its_own_is_no_opinion(gate, opinion):
    with pytest.raises(gate.waits):
        gate.operator.execute_complete(gate.context, answer("同意", opinion))


def test_OPS_09_a_rejection_is_final_for_its_content_and_says_so(gate):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="已驳回（finance）：设备坏了"):
        gate.operator.execute_complete(gate.context, answer("驳回", "设备坏了"))
    assert any(said.startswith("refusal: 已驳回") for said in gate.asked)
    gate.operator.document |= {"state": "rejected", "hold_reason": "设备坏了"}
    with pytest.raises(AirflowFailException, match="已驳回：设备坏了"):
        gate.operator.execute(gate.context)
