"""The habits of the house, policed: names keep their promise, nothing lies about unused, every rule says its grain."""

import re

import pytest

from backoffice.database import ROOT

STATEMENTS = sorted(path for path in (ROOT / "sql").rglob("*.sql") if "schema" not in path.parts)
WRITES = re.compile(
    r"\b(insert\s+into|update\s+\w+\.|delete\s+from|merge\s+into|create\s+(temp\s+)?table|drop\s)", re.IGNORECASE
)
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("dags", "operators", "backoffice", "workbooks", "stack", "feeds")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".toml")
)

#: queries that statements name in their headings, for `carry_out`
NAMED_IN_HEADINGS = {
    found
    for path in STATEMENTS
    for found in re.findall(r"^ *Parts:  (\S+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def named(path):
    return path.relative_to(ROOT / "sql").with_suffix("").as_posix()


def without_comments(text):
    return re.sub(r"/\*.*?\*/|--[^\n]*", "", text, flags=re.DOTALL)


def test_there_is_something_to_police():
    assert len(STATEMENTS) > 40


@pytest.mark.parametrize("path", STATEMENTS, ids=named)
def test_what_only_reads_says_so_and_what_writes_does_not_pretend(path):
    writes = WRITES.search(without_comments(path.read_text(encoding="utf-8")))
    if path.stem.startswith(("check_", "sheet_", "mail_", "list_", "find_", "remark_")):
        assert not writes, f"{named(path)} writes: {writes[0]}"


@pytest.mark.parametrize("path", STATEMENTS, ids=named)
def test_every_statement_names_its_grain_and_asks_no_clock(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("/*") and "Grain:" in text
    assert not re.search(r"\bnow\s*\(\)|current_date|current_timestamp", without_comments(text)), named(path)


@pytest.mark.parametrize("path", STATEMENTS, ids=named)
def test_every_statement_is_used(path):
    assert is_named(path) or named(path) in NAMED_IN_HEADINGS, f"nothing uses {named(path)}"


def is_named(path, code=CODE):
    """Whether code names a statement, by its folder or, where the folder is put before it, alone."""
    return re.search(rf'(?<![\w/]){named(path)}(?!\w)|["/]{path.stem}(?!\w)', code) is not None


def test_a_name_within_a_longer_one_is_no_use_of_it():
    path = ROOT / "sql" / "sales" / "list_run.sql"
    assert is_named(path, 'among="sales/list_run"') and is_named(path, 'f"{subject}/list_run"')
    assert not is_named(path, 'among="sales/list_run_projects"') and not is_named(path, '"wholesales/list_runs"')


def test_every_template_is_used():
    for path in (ROOT / "templates").rglob("*.j2"):
        name = path.relative_to(ROOT / "templates").as_posix()
        others = "\n".join(
            other.read_text(encoding="utf-8") for other in (ROOT / "templates").rglob("*.j2") if other != path
        )
        assert name.removesuffix(".html.j2") in CODE or name in others, name
