"""The operators of the feeds: what a person reads, and failing only after everything else was taken."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("airflow.sdk")

from airflow.sdk.exceptions import AirflowFailException

from operators.admit_files import AdmitFiles
from operators.land_files import LandFiles

PUNCHES = "考勤号,打卡时间\n7,2026-10-12 08:58:10\n8,2026-10-12 08:59:00\n9,2026-02-30 09:00\n"


class TaskInstance:
    """Keeps what is pushed."""

    def __init__(self) -> None:
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


@pytest.fixture
def connected(own_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Airflow connection leads to a database of this test's own."""
    user, rest = own_dsn.removeprefix("postgresql://").split("@")
    address, database = rest.split("/")
    host, port = address.split(":")
    login, _, password = user.partition(":")
    uri = {
        "conn_type": "postgres",
        "login": login,
        "password": password,
        "host": host,
        "port": int(port),
        "schema": database,
    }
    monkeypatch.setenv("AIRFLOW_CONN_BACKOFFICE_DB", json.dumps(uri))


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """An inbox with a good and a bad file of two sites."""
    for site, content in (("S1", PUNCHES), ("S2", "考勤号,打卡时间,心情\n7,2026-10-12 08:58:10,好\n")):
        (tmp_path / "inbox" / site).mkdir(parents=True)
        (tmp_path / "inbox" / site / "打卡.csv").write_text(content, encoding="utf-8")
    return tmp_path / "inbox"


def land(inbox: Path) -> LandFiles:
    """The step as a workflow has it."""
    return LandFiles(
        task_id="land_files", inbox=str(inbox), archive=str(inbox.parent / "archive"), as_of_on="2026-10-20"
    )


def test_a_refused_file_fails_the_step_without_retry_after_the_others_were_landed(connected, inbox: Path, own_books):
    ti = TaskInstance()
    with pytest.raises(AirflowFailException, match=r"《打卡\.csv》第1行“心情”列：不认识的列：心情。请改成"):
        land(inbox).execute({"ti": ti})
    assert "心情" in ti.pushed["refusal"]
    assert own_books.query("select site_id, state from ops.landing_file order by 1") == [
        {"site_id": "S1", "state": "landed"},
        {"site_id": "S2", "state": "refused"},
    ]


def test_the_steps_say_what_they_took(connected, inbox: Path):
    (inbox / "S2" / "打卡.csv").unlink()
    landed = land(inbox).execute({"ti": TaskInstance()})
    assert landed == {
        "summary": "收到1个文件、3行。", "files": 1, "rows": 3, "same": 0, "waiting": [], "unknown": [],
    }  # fmt: skip
    admitted = AdmitFiles(task_id="admit_files", as_of_on="2026-10-20").execute({"ti": TaskInstance()})
    assert admitted["summary"].startswith("入账1个文件：总行数3=入账2+重复0+更正0+退回1")
    assert {key: admitted[key] for key in ("rows", "admitted", "quarantined", "file_ids")} == {
        "rows": 3, "admitted": 2, "quarantined": 1, "file_ids": [1],
    }  # fmt: skip


def test_a_file_refused_for_its_rows_fails_admission_after_the_others(connected, inbox: Path, own_books):
    (inbox / "S2" / "打卡.csv").unlink()
    head = "制度编号,参数,生效日期,失效日期,规则编号,取值,条款原文\n"
    (inbox / "rules.csv").write_text(head + "a,no_such,2026-01-01,,A,1,x\n", encoding="utf-8")
    land(inbox).execute({"ti": TaskInstance()})
    with pytest.raises(AirflowFailException, match="不认识参数“no_such”"):
        AdmitFiles(task_id="admit_files", as_of_on="2026-10-20").execute({"ti": TaskInstance()})
    own_books.expect("""
        attendance.punch
        badge_no
        7
        8
    """)


def test_a_missing_inbox_fails_without_retry(connected, tmp_path: Path):
    with pytest.raises(AirflowFailException, match="收件夹不存在"):
        land(tmp_path / "nowhere").execute({"ti": TaskInstance()})


@pytest.mark.parametrize("operator", [LandFiles, AdmitFiles])
def test_template_fields_are_parameters_of_the_constructor(operator):
    assert set(operator.template_fields) <= set(operator.__init__.__kwdefaults__ or {}) | set(
        operator.__init__.__annotations__
    )
