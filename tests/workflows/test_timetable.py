"""What day a run is about, on the house clock and nowhere else; and the habits of every DAG file."""

import ast
import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from backoffice.database import ROOT
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
    due = Due("x", "x", clock, days_back=1)
    run_after, key = first_tick(due, datetime(2026, 12, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after.astimezone(UTC).day == utc_day
    assert key == "2026-11-30"


def test_OPS_03_the_key_is_the_day_before_though_start_and_end_of_a_tick_are_one(airflow_home):
    from backoffice.timetable import DAILY_ATTENDANCE

    run_after, key = first_tick(DAILY_ATTENDANCE, datetime(2027, 1, 1, 0, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert run_after == datetime(2027, 1, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert key == "2026-12-31"


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


def test_gates_do_not_retry_and_wait_without_a_limit(dag_bag):
    gate = dag_bag.dags["daily_attendance"].get_task("site.confirm")
    partial = gate.partial_kwargs if hasattr(gate, "partial_kwargs") else {}
    assert partial.get("retries", getattr(gate, "retries", None)) == 0
    assert gate.execution_timeout is None and getattr(gate, "response_timeout", None) is None


def test_no_dag_file_loops_decides_or_asks_the_clock():
    for path in DAG_FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.If)]
        assert found == [], path.name
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"now\(\)|\{\{ *ds|logical_date|execution_date", code), path.name
        assert len(code.splitlines()) <= 160, path.name
