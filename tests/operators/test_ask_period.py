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
        ask(text, whole="day")


@pytest.mark.parametrize("text", ["2026-10-12", "2026-10-12..2026-10-12"])
def test_a_range_of_one_day_is_a_day(airflow_home, text):
    assert ask(text, whole="day") == "2026-10-12"


def test_a_monthly_workflow_takes_whole_months_only(airflow_home):
    from airflow.sdk.exceptions import AirflowFailException

    assert ask("2026-10-01..2026-10-31", whole="month") == "2026-10"
    with pytest.raises(AirflowFailException, match="不是一个完整的月份"):
        ask("2026-10-12", whole="month")


@pytest.mark.parametrize("text", ["2026-W53", "2026-W53-1", "2026-12-28..2027-01-03"])
def test_SAL_01_a_weekly_workflow_takes_iso_weeks_across_the_turn_of_the_year(airflow_home, text):
    assert ask(text, whole="week") == "2026-W53"


@pytest.mark.parametrize("text", ["2026-10-12", "2026-12-29..2027-01-04", "2026-W44..2026-W45"])
def test_a_weekly_workflow_takes_whole_weeks_only(airflow_home, text):
    from airflow.sdk.exceptions import AirflowFailException

    with pytest.raises(AirflowFailException, match="不是一周（周一至周日）。请在“期间”填写一周，如 2026-W44"):
        ask(text, whole="week")
