"""Statements of a test's own, and operators on books of their own."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., list[str]]:
    """Writes statements to files and gives their names, as operators take them."""

    def write(**texts: str) -> list[str]:
        for name, text in texts.items():
            (tmp_path / f"{name}.sql").write_text(text, encoding="utf-8")
        return [str(tmp_path / name) for name in texts]

    return write


@pytest.fixture
def desk(airflow_home: Path, own_books: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A run of 12 October that holds its scope, in books of its own; what operators asked, noted and pushed."""
    from airflow.providers.standard.operators import hitl

    from operators import ask_people, list_rows, post_entries

    own_books.connection.execute(
        "insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail) "
        "values ('x', 'x', '[2026-10-12,2026-10-13)', 'normal', '2026-10-12', '2026-10-13', 'x', false)"
    )
    own_books.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "select run_id, workflow, 'GD', period, 'asked', true from ops.run"
    )
    own_books.connection.execute("create table public.kept (item_no text primary key, told text not null)")
    own_books.connection.commit()

    @contextmanager
    def books_at_hand(connection_id):
        yield own_books.connection

    details: list[dict[str, Any]] = []
    notes: list[str] = []
    pushed: dict[str, Any] = {}
    for module in (ask_people, list_rows, post_entries):
        monkeypatch.setattr(module, "open_books", books_at_hand)
    from operators import ask_items

    monkeypatch.setattr(ask_items, "open_books", books_at_hand)
    monkeypatch.setattr(ask_people, "write_note", lambda run, note: notes.append(note))
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **detail: details.append(detail))
    monkeypatch.delenv("BACKOFFICE_APPROVERS", raising=False)
    context = {
        "task_instance": SimpleNamespace(id="x"),
        "dag_run": SimpleNamespace(dag_id="d", run_id="x"),
        "ti": SimpleNamespace(
            start_date=datetime(2026, 10, 13, 1, 30, tzinfo=UTC),
            xcom_push=lambda key, value: pushed.update({key: value}),
        ),
    }
    return SimpleNamespace(books=own_books, context=context, details=details, notes=notes, pushed=pushed)


def answer(choice: str, opinion: str, taken_out: str | None = None, by: str = "deputy", **more: Any) -> dict[str, Any]:
    """What Airflow hands to a question that was answered on 13 October, 16:30 UTC, which is the 14th in the house."""
    return {
        "chosen_options": [choice],
        "params_input": {"opinion": opinion, "taken_out": taken_out} | more,
        "responded_at": datetime(2026, 10, 13, 16, 30, tzinfo=UTC),
        "responded_by_user": {"id": by, "name": by},
    }


APPROVERS = """
    book.approver
    site_id | duty     | login   | approver_name | valid_from | valid_to
    GD      | 副总经理 | deputy  | 王副总        | 2026-01-01 | -
    *       | 副总经理 | standin | 李代理        | 2026-01-01 | 2199-12-31
    GD      | 副总经理 | former  | 张前任        | 2025-01-01 | 2025-12-31
    GD      | 副总经理 | next    | 赵后任        | 2199-01-01 | -
    GX      | 副总经理 | other   | 孙外司        | 2026-01-01 | -
    GD      | 总经理   | manager | 周总          | 2026-01-01 | -
"""
