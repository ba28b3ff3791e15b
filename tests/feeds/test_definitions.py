"""Definitions and tables say the same: each column, each type, each key, each wall has its rule."""

import re

import pytest

from backoffice.feeds.composing import POSTGRES_TYPES
from backoffice.feeds.definitions import BOOKKEEPING, SQL_CHECKS, feed_of, feeds, normalise, read_definition
from tests.drawing import Books
from tests.feeds.conftest import Office

FEEDS = list(feeds().values())

#: one row per wall of the fact tables (check constraints) that a file can run into, as people would write it
WALLS = {
    "site_fined_share_limit_check": ("案场.csv", "案场编号,案场名称,罚款人数上限比例\nS1,甲,1.5"),
    "employee_check": ("花名册.csv", "工号,姓名,案场编号,入职日期,离职日期\n1,甲,S1,2026-02-01,2026-01-01"),
    "calendar_day_check": ("节假日.csv", "日期,年度,名称,是否放假,法定节假日\n2026-10-10,2026,国庆节,否,是"),
    "recipient_address_check": ("收件人.csv", "单据,案场编号,邮箱,收件人,生效日期\n日报,S1,没有,甲,2026-01-01"),
    "rule_check": (
        "rules.csv",
        "制度编号,参数,生效日期,失效日期,规则编号,取值,条款原文\na,late_limit_minutes,2026-02-01,2026-01-01,A,1,x",
    ),
    "leave_check": (
        "请假.csv",
        "假条号,工号,请假类型,开始时间,结束时间,状态\n1,1,事假,2026-10-02 09:00,2026-10-01 09:00,批准",
    ),
    "leave_status_check": (
        "请假.csv",
        "假条号,工号,请假类型,开始时间,结束时间,状态\n1,1,事假,2026-10-01 09:00,2026-10-02 09:00,不知道",
    ),
    "outing_check": ("外出.csv", "工号,外出时间,返回时间,外出类型\n1,2026-10-02 09:00,2026-10-02 08:00,因公"),
    "outing_outing_kind_check": ("外出.csv", "工号,外出时间,返回时间,外出类型\n1,2026-10-02 09:00,,散步"),
    "missed_punch_punch_kind_check": ("补卡.csv", "单号,工号,日期,补卡类型,状态\n1,1,2026-10-02,午休,批准"),
    "missed_punch_status_check": ("补卡.csv", "单号,工号,日期,补卡类型,状态\n1,1,2026-10-02,上班,不知道"),
    "conduct_slip_amount_check": ("违纪.csv", "单号,工号,日期,事由,金额,签字\n1,1,2026-10-02,x,-1,是"),
    "conduct_slip_call_cost_amount_check": ("违纪.csv", "单号,工号,日期,事由,话费,签字\n1,1,2026-10-02,x,-1,是"),
}


def table_columns(books: Books, table: str) -> dict[str, tuple[str, bool]]:
    """Column name to (type, is not null) of a table, without the bookkeeping."""
    return {
        row["attname"]: (row["type"], row["attnotnull"])
        for row in books.query(
            """select attname, attnotnull,
                regexp_replace(format_type(atttypid, atttypmod), ' without time zone| with time zone', '') as type
            from pg_attribute where attrelid = %(table)s::regclass and attnum > 0""",
            table=table,
        )
        if row["attname"] not in BOOKKEEPING
    }


def test_there_is_something_to_check():
    assert len(FEEDS) == 14


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_a_definition_names_every_column_of_its_table_with_its_type(books: Books, feed):
    found = table_columns(books, feed.table)
    assert {column.name for column in feed.columns} == found.keys()
    for column in feed.columns:
        type_name, is_not_null = found[column.name]
        expected = {"timestamptz": "timestamp", "numeric": "numeric"}.get(
            POSTGRES_TYPES[column.kind], POSTGRES_TYPES[column.kind]
        )
        assert re.sub(r"\(.*\)", "", type_name) == expected, column.name
        if column.kind == "decimal":
            assert type_name.endswith(f",{column.scale})"), column.name
        assert column.is_required == is_not_null, f"{column.name}: required in the one, optional in the other"


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_the_key_of_a_definition_is_the_unique_index_of_its_table(books: Books, feed):
    indexes = books.query(
        """select array(
                select attname from pg_attribute
                where attrelid = indrelid and attnum = any((indkey::smallint[])[0:indnkeyatts - 1]) order by attname
            )::text[] as columns, pg_get_expr(indpred, indrelid) as held
        from pg_index where indrelid = %(table)s::regclass and indisunique""",
        table=feed.table,
    )
    assert {"columns": sorted(column.name for column in feed.key), "held": indexes[0]["held"]} in indexes
    assert ("infinity" in (indexes[0]["held"] or "")) == (feed.kind == "register")


def test_every_wall_of_the_tables_has_its_rule(books: Books):
    walls = books.query(
        "select conname from pg_constraint where contype = 'c' and conrelid = any(%(tables)s::regclass[])",
        tables=[feed.table for feed in FEEDS],
    )
    assert {row["conname"] for row in walls} == WALLS.keys()


@pytest.mark.parametrize("wall", WALLS)
def test_a_row_that_would_hit_a_wall_goes_back_and_the_file_is_admitted(office: Office, wall: str):
    office.drop(*WALLS[wall])
    office.take()
    assert office.totals() == [(1, 0, 0, 0, 0, 1)]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_feed_admits_a_file_with_its_own_titles_and_an_example(office: Office, feed):
    example = {
        "text": "甲", "id": "A1", "date": "2026-10-01", "time": "08:30", "timestamp": "2026-10-01 08:30:00",
        "integer": "2026", "decimal": "0.50", "boolean": "否",
    }  # fmt: skip
    special = {
        "address": "a@example.com", "back_at": "2026-10-01 09:00:00", "ends_at": "2026-10-01 17:00:00",
        "left_on": "2026-10-31", "valid_to": "2026-10-31", "parameter": "late_limit_minutes", "value": "30",
    }  # fmt: skip
    if feed.name == "shifts":
        special["ends_at"] = "18:00"
    if feed.name == "site_rule_sets":
        office.drop("制度清单.csv", "制度编号,制度名称,优先级\nA1,甲,1")
    cells = [
        special.get(column.name) or (next(iter(column.choices)) if column.choices else example[column.kind])
        for column in feed.columns
    ]
    name = next(name for pattern in feed.patterns if feed_of(name := f"{pattern.strip('*')}.csv", FEEDS) is feed)
    office.drop(name, ",".join(column.title for column in feed.columns) + "\n" + ",".join(cells))
    office.take()
    assert office.totals()[-1] == (1, 0, 1, 0, 0, 0)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_no_heading_is_both_meant_and_ignored_by_its_exact_name(feed):
    exact = {normalise(heading) for heading in feed.ignored if "*" not in heading}
    assert not exact & {normalise(heading) for column in feed.columns for heading in column.headings}


def test_every_check_of_a_definition_is_a_statement_and_every_statement_is_used():
    used = {check for feed in FEEDS for check in feed.checks}
    assert used == {path.stem for path in SQL_CHECKS.glob("check_*.sql")}


def test_patterns_of_different_feeds_never_tie():
    for feed in FEEDS:
        for pattern in feed.patterns:
            rivals = [other.name for other in FEEDS if other is not feed and pattern in other.patterns]
            assert not rivals, pattern


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = 'diary'", "kind must be one of"),
        ("kind = 'register'", "a register needs key columns"),
        ("kind = 'event'\nformats = ['csv', 'pdf']", "unknown formats"),
        ("kind = 'event'\nformats = ['csv']\ncolour = 'red'", "unknown keys"),
        ("kind = 'event'\ncolumns = [{name = 'a', type = 'money', headings = ['甲']}]", "type must be one of"),
        (
            "kind = 'event'\n[[columns]]\nname = 'a'\ntype = 'id'\nheadings = ['甲']\n"  # noqa: ISC004
            "[[columns]]\nname = 'b'\ntype = 'id'\nheadings = ['甲']",
            "belongs to both a and b",
        ),
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(tmp_path, text: str, said: str):
    path = tmp_path / "x.toml"
    rest = "" if "formats" in text else "\nformats = ['csv']"
    head = "title = 'x'\ntable = 'a.b'\norder = 1\nfiles = ['x*']\neffect = ''\n"
    path.write_text(f"{head}{rest}\n{text}", encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        read_definition(path)
