"""What goes on may change no result, unless a person decided meanwhile; and only documents that may go on do."""

import pytest

RECORD = """
    insert into ops.result (workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, as_of_on,
        known_at, row_count)
    select
        'x', 'GD', '2026-10-12', 1 + count(*), 'hash' || count(*), case count(*) when 0 then 'held' else 'computed' end,
        '', %(run_id)s::int, %(as_of_on)s::date, %(known_at)s::timestamptz, 1
    from ops.result
"""


@pytest.fixture
def reckon(desk, written, monkeypatch):
    """Runs a statement that gives another result each time, the first of them held."""
    from operators import ask_people, run_statements

    monkeypatch.setattr(run_statements, "open_books", ask_people.open_books)
    statements = [*written(record=RECORD), "ops/stamp_computed"]

    def run(**settings):
        operator = run_statements.RunStatements(
            task_id="reckon", run_id="1", statements=statements, document_kind="x", **settings
        )
        return [(each["site_id"], each["state"]) for each in operator.execute(desk.context)]

    desk.run = run
    return desk


def test_a_step_that_only_goes_on_may_not_change_a_result(reckon):
    from airflow.sdk.exceptions import AirflowFailException

    assert reckon.run() == [("GD", "held")]
    with pytest.raises(AirflowFailException, match="续跑不能改变结果"):
        reckon.run()


def test_a_step_after_a_decision_may(reckon):
    reckon.run()
    assert reckon.run(may_change=True) == [("GD", "new")]


def test_a_document_that_still_waits_does_not_go_on(reckon):
    assert reckon.run(goes_on=("new", "unchanged")) == []
    assert reckon.run(goes_on=("new", "unchanged"), may_change=True) == [("GD", "new")]
