"""What day a run is about, on the house clock and nowhere else; and the habits of every DAG file."""

import ast
import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from backoffice.database import ROOT
from backoffice.periods import parse
from backoffice.timetable import TIMETABLE, Due

DAG_FILES = sorted((ROOT / "dags").glob("*.py"))
VERBS = (
    "确定", "收取", "校验", "占用", "退回", "发送", "核对", "计算", "等待", "发布", "生成", "登记", "汇总", "处理",
    "合并",
)  # fmt: skip


def first_tick(due, after):
    """The first tick of a timetable after an instant, as the scheduler computes it: (run_after, partition key)."""
    from airflow.serialization.decoders import decode_timetable
    from airflow.serialization.encoders import encode_timetable
    from airflow.timetables.base import TimeRestriction

    from operators.workflow import on_house_clock

    timetable = decode_timetable(encode_timetable(on_house_clock(due)))
    import pendulum

    earliest = pendulum.instance(after)
    info = timetable.next_dagrun_info_v2(
        last_dagrun_info=None, restriction=TimeRestriction(earliest=earliest, latest=None, catchup=True)
    )
    return info.run_after, info.partition_key


def test_OPS_01_half_past_midnight_on_the_20th_is_the_20th_whatever_the_utc_date_says(airflow_home):
    nightly = Due("x", "x", time(0, 30))
    run_after, key = first_tick(nightly, datetime(2026, 11, 19, 16, 0, tzinfo=UTC))
    assert run_after == datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert key == "2026-11-20"


@pytest.mark.parametrize(("clock", "utc_day"), [(time(6, 0), 30), (time(9, 0), 1)])
def test_OPS_02_before_and_after_eight_in_the_morning_the_run_is_about_the_same_day(airflow_home, clock, utc_day):
    due = Due("x", "x", clock, periods_back=1)
    run_after, key = first_tick(due, datetime(2026, 12, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after.astimezone(UTC).day == utc_day
    assert key == "2026-11-30"


def test_OPS_03_the_key_is_the_day_before_though_start_and_end_of_a_tick_are_one(airflow_home):
    from backoffice.timetable import DAILY_ATTENDANCE

    run_after, key = first_tick(DAILY_ATTENDANCE, datetime(2027, 1, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after == datetime(2027, 1, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert key == "2026-12-31"


def test_the_5th_is_about_the_month_before_and_its_key_names_that_month(airflow_home):
    from backoffice.timetable import DEPOSIT_CHARGEBACKS

    run_after, key = first_tick(DEPOSIT_CHARGEBACKS, datetime(2027, 1, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after == datetime(2027, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert key == "2026-12"


def test_SAL_01_on_monday_the_key_names_the_iso_week_before_across_the_turn_of_the_year(airflow_home):
    from backoffice.timetable import WEEKLY_SALES

    run_after, key = first_tick(WEEKLY_SALES, datetime(2027, 1, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after == datetime(2027, 1, 4, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert parse(key).key == "2026-W53"


def test_the_sales_of_a_month_are_drafted_on_the_1st_of_the_next(airflow_home):
    from backoffice.timetable import MONTHLY_SALES

    run_after, key = first_tick(MONTHLY_SALES, datetime(2026, 10, 31, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after == datetime(2026, 11, 1, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert key == "2026-10"


def test_the_work_orders_of_a_day_are_looked_at_the_morning_after(airflow_home):
    from backoffice.timetable import REPAIR_ORDERS

    run_after, key = first_tick(REPAIR_ORDERS, datetime(2026, 11, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after == datetime(2026, 11, 1, 8, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert key == "2026-10-31"


@pytest.mark.parametrize(
    ("month_day", "periods_back", "run_on", "about_on"),
    [
        (None, 0, "2026-11-01", "2026-11-01"),
        (None, 1, "2026-11-01", "2026-10-31"),
        (20, 0, "2026-11-20", "2026-11-01"),
        (5, 1, "2026-11-05", "2026-10-01"),
        (5, 1, "2027-01-05", "2026-12-01"),
        (5, 2, "2027-01-05", "2026-11-01"),
    ],
)
def test_a_run_is_about_so_many_days_or_months_before(month_day, periods_back, run_on, about_on):
    due = Due("x", "x", time(9, 0), periods_back=periods_back, month_day=month_day)
    assert due.about(date.fromisoformat(run_on)) == date.fromisoformat(about_on)


@pytest.mark.parametrize(
    ("day", "latest"),
    [("2026-11-04", "2026-10-05"), ("2026-11-05", "2026-11-05"), ("2027-01-04", "2026-12-05")],
)
def test_until_the_5th_the_newest_settlement_is_that_of_the_5th_before(day, latest):
    due = Due("x", "x", time(9, 0), periods_back=1, month_day=5)
    assert due.latest(date.fromisoformat(day)) == date.fromisoformat(latest)


@pytest.mark.parametrize(
    ("day", "latest", "about_on"),
    [
        ("2026-11-01", "2026-10-26", "2026-10-19"),
        ("2026-11-02", "2026-11-02", "2026-10-26"),
        ("2027-01-06", "2027-01-04", "2026-12-28"),
    ],
)
def test_from_monday_to_sunday_the_newest_weekly_report_is_about_the_week_before(day, latest, about_on):
    due = Due("x", "x", time(8, 0), periods_back=1, weekday=1)
    assert due.latest(date.fromisoformat(day)) == date.fromisoformat(latest)
    assert due.about(due.latest(date.fromisoformat(day))) == date.fromisoformat(about_on)


def test_the_bag_is_what_the_folder_holds_and_imports_cleanly(dag_bag):
    assert dag_bag.import_errors == {}
    assert sorted(dag_bag.dags) == [path.stem for path in DAG_FILES]
    assert {due.workflow for due in TIMETABLE} <= set(dag_bag.dags)


def test_every_dag_says_what_to_do_in_its_docstring_and_names_everything_in_chinese(dag_bag):
    for name, dag in dag_bag.dags.items():
        assert "**If it fails:**" in dag.doc_md and "**To redo a month:**" in dag.doc_md, name
        assert re.search(r"[\u4e00-\u9fff]", dag.dag_display_name), name
        assert not dag.catchup and dag.max_active_runs > 1, name
        for task in dag.tasks:
            assert task.task_display_name.startswith(VERBS), f"{name}.{task.task_id}: {task.task_display_name}"


@pytest.mark.parametrize(
    ("workflow", "name"),
    [
        ("daily_attendance", "site.confirm"),
        ("fee_notices", "tower.confirm"),
        ("deposit_chargebacks", "review.confirm"),
        ("repair_orders", "ask"),
        ("monthly_sales", "review.confirm"),
        ("monthly_attendance", "site.confirm"),
    ],
)
def test_gates_do_not_retry_and_wait_without_a_limit(dag_bag, workflow, name):
    gate = dag_bag.dags[workflow].get_task(name)
    partial = gate.partial_kwargs if hasattr(gate, "partial_kwargs") else {}
    assert partial.get("retries", getattr(gate, "retries", None)) == 0
    assert gate.execution_timeout is None and getattr(gate, "response_timeout", None) is None


def test_a_late_file_that_is_refused_holds_up_no_month(dag_bag):
    month = dag_bag.dags["monthly_sales"]
    for name, before in (("admit_late", "land_late"), ("settle", "admit_late")):
        step = month.get_task(name)
        assert step.upstream_task_ids == {"await_late", before}, name
        assert step.trigger_rule == "all_done_min_one_success", name


def test_no_dag_file_loops_decides_or_asks_the_clock():
    for path in DAG_FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.If)]
        assert found == [], path.name
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"now\(\)|\{\{ *ds|logical_date|execution_date", code), path.name
        assert len(code.splitlines()) <= 160, path.name
