"""A workflow takes the periods that it is about, and says in words which those are."""

from types import SimpleNamespace

import pytest

CONTEXT = {"dag_run": SimpleNamespace(dag_id="d", run_id="x", partition_key=None)}


def ask(text, **kinds):
    from operators.ask_period import AskPeriod

    return AskPeriod(task_id="period", asked=text, **kinds).execute(CONTEXT)["key"]


@pytest.mark.parametrize("text", ["2026-10", "2026-W42", "2026-10-12..2026-10-13"])
def test_a_daily_workflow_takes_single_days_only(airflow_home, text):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="不是一天。请在“期间”填写一天，如 2026-10-12"):
        ask(text, is_daily=True)


@pytest.mark.parametrize("text", ["2026-10-12", "2026-10-12..2026-10-12"])
def test_a_range_of_one_day_is_a_day(airflow_home, text):
    assert ask(text, is_daily=True) == "2026-10-12"


def test_a_monthly_workflow_takes_whole_months_only(airflow_home):
    from airflow.sdk.exceptions import AirflowFailException

    assert ask("2026-10-01..2026-10-31", is_monthly=True) == "2026-10"
    with pytest.raises(AirflowFailException, match="不是一个完整的月份"):
        ask("2026-10-12", is_monthly=True)
