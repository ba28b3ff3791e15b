"""README and docs say what is there: timetable, feeds, commands, settings, links."""

import re
import tomllib
from pathlib import Path

import pytest

from backoffice.matters import ACTIONS
from backoffice.runs import MODE_TITLES, STATE_TITLES
from backoffice.timetable import TIMETABLE

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = [README, *sorted((ROOT / "docs").glob("*.md")), ROOT / "sample" / "README.md"]
LARGEST_IMAGE = 250_000

README_TEXT = README.read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
#: what the Makefile passes on, and what it reads itself
VARIABLES = set(re.search(r"^export (DAG .*)$", MAKEFILE, re.MULTILINE)[1].split()) | {"STATE", "PYTHON", "PYTEST_ARGS"}


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def table(heading: str) -> list[list[str]]:
    """The cells of the README's first table under a heading, without its head."""
    section = re.split(r"^## ", README_TEXT.split(f"## {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = re.search(r"(?:^\|.*\|\n)+", section, re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def code_of(text: str) -> list[str]:
    """Fenced blocks line by line, and what stands in backticks."""
    fenced = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in fenced for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_links_lead_to_files_that_exist(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    gone = [link for link in links if not link.startswith("http") and not (page.parent / link).exists()]
    assert not gone


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_paths_named_in_words_exist(page):
    folders = "backoffice|bench|dags|docs|feeds|operators|sample|sql|stack|templates|tests|workbooks"
    a_path = re.compile(rf"(?:{folders})/[\w./*-]*")
    named = [code for code in code_of(page.read_text(encoding="utf-8")) if a_path.fullmatch(code)]
    gone = [path for path in named if not list(ROOT.glob(path.rstrip("/")))]
    assert not gone


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_commands_have_the_targets_and_variables_of_the_makefile(page):
    commands = [code.split("#")[0] for code in code_of(page.read_text(encoding="utf-8")) if "make " in code]
    for command in commands:
        for target in re.findall(r"\bmake ([a-z]+)", command):
            assert target in TARGETS, command
        if re.match(r"make [a-z]", command):
            assert set(re.findall(r"\b([A-Z]+)=", command)) <= VARIABLES, command


def test_the_commands_of_the_readme_are_there_at_all():
    told = set(re.findall(r"\bmake ([a-z]+)", README_TEXT))
    assert {"demo", "test", "run", "answer", "up", "down", "psql", "status", "lock"} <= told


def told_of(due):
    """When a workflow is due and what it is about, in the words of the README."""
    if due.month_day:
        nth = {1: "1st"}.get(due.month_day, f"{due.month_day}th")
        return f"on the {nth} {due.at:%H:%M}", ("that month", "the month before")[due.periods_back]
    if due.weekday:
        return f"every Monday {due.at:%H:%M}", ("that week", "the week before")[due.periods_back]
    return f"every day {due.at:%H:%M}", ("the same day", "the day before")[due.periods_back]


def test_the_timetable_is_the_one_that_runs():
    told = {row[0].strip("`"): row[1:4] for row in table("The timetable")}
    for due in TIMETABLE:
        when, what = told_of(due)
        assert told.pop(due.workflow) == [due.title, when, what]
    by_hand = {page.stem for page in (ROOT / "dags").glob("*.py")} - {due.workflow for due in TIMETABLE}
    assert set(told) == by_hand
    for workflow, (title, when, _) in told.items():
        source = (ROOT / "dags" / f"{workflow}.py").read_text(encoding="utf-8")
        assert when == "by hand"
        assert f'dag_display_name="{title}"' in source
        assert "schedule=None" in source


def test_the_feeds_are_those_that_are_defined():
    told = {row[0].strip("`"): row[1:] for row in table("Files that go in")}
    defined = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "feeds").glob("*.toml")}
    assert len(defined) > 10
    assert told == {
        name: [feed["title"], " ".join(f"`{pattern}`" for pattern in feed["files"]), " ".join(feed["formats"])]
        for name, feed in defined.items()
    }


def test_states_and_modes_are_named_as_users_read_them():
    told = {row[0] for row in table("States, and what to do")}
    assert told == set(STATE_TITLES.values()) - {STATE_TITLES["running"]} | {"应跑未跑"}
    form = dict(table("To do a period again"))
    assert all(title in form["方式"] for title in MODE_TITLES.values())


def test_every_action_of_the_matters_is_named():
    assert all(action in README_TEXT for action in ACTIONS)


def test_settings_are_read_somewhere():
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("operators", "backoffice", "stack")
        for path in (ROOT / folder).rglob("*.py")
    )
    named = set(re.findall(r"`(mail_[a-z_]+|BACKOFFICE_[A-Z_]+)`", README_TEXT))
    assert len(named) > 5
    assert [name for name in named if name not in source] == []


def test_every_dependency_has_its_reason():
    asked = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in ("requirements.in", "requirements-uv.in"))
    packages = re.findall(r"^([a-z][a-z0-9-]*)", asked, re.MULTILINE)
    section = README_TEXT.split("## Dependencies, and why")[1].split("\n## ")[0]
    assert len(packages) > 20
    missing = [name for name in packages if name.removeprefix("apache-airflow-providers") not in section]
    assert not missing


#: where the statements of attendance lie
ABOUT_ATTENDANCE = ("attendance", "timesheets", "payroll", "rewards")
#: where the parameters of attendance are defined, beside 0004
ATTENDANCE_SCHEMA = ("0015", "0016", "0017", "0018", "0019", "0020")


def test_every_parameter_of_the_rule_book_is_explained():
    schema = {path.name[:4]: path.read_text(encoding="utf-8") for path in (ROOT / "sql" / "schema").glob("*.sql")}
    of_attendance = "".join(text for number, text in schema.items() if number in ("0004", *ATTENDANCE_SCHEMA))
    page = (ROOT / "docs/attendance.md").read_text(encoding="utf-8")
    known = dict(re.findall(r"^\('(\w+)', '(choice|boolean|integer|amount|days|text)', ", of_attendance, re.MULTILINE))
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", page, re.MULTILINE))
    assert set(told) == set(known)
    assert all(kind == "choice" or told[name] == kind for name, kind in known.items())


def test_every_status_that_can_be_judged_is_explained():
    folder = ROOT / "sql" / "attendance"
    judging = "".join((folder / f"{name}.sql").read_text(encoding="utf-8") for name in ("judge_leave", "judge_days"))
    words = set(re.findall(r"(?:then|else) '([^'；、]+)'", judging)) - {"休"}
    page = (ROOT / "docs/attendance.md").read_text(encoding="utf-8")
    assert "旷工半天" in words
    assert sorted(word for word in words if re.search("[一-龥]", word) and word not in page) == []


def test_the_parts_of_statements_that_carry_a_rule_exist():
    page = (ROOT / "docs/attendance.md").read_text(encoding="utf-8")
    named = re.findall(r"`?(\w+)`? → ((?:`\w+`(?:, )?)+)", page)
    assert len(named) > 10
    schema = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "sql" / "schema").glob("*.sql")))
    for statement, parts in named:
        paths = [
            path for path in sorted((ROOT / "sql").glob(f"*/{statement}.sql")) if path.parent.name in ABOUT_ATTENDANCE
        ]
        assert paths or f"function attendance.{statement}(" in schema, statement
        sql = paths[0].read_text(encoding="utf-8") if paths else schema
        for part in re.findall(r"`(\w+)`", parts):
            assert re.search(rf"^\s*(?:with )?{part} (?:\([^)]*\) )?as ", sql, re.MULTILINE), f"{statement} → {part}"


def test_pictures_are_small_enough_to_load():
    pictures = list((ROOT / "docs" / "images").glob("*"))
    assert len(pictures) > 2
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST_IMAGE] == []
    assert [picture.name for picture in pictures if f"docs/images/{picture.name}" not in README_TEXT] == []
