"""A case site with two consultants and a manager, and one call each that judges its customers and draws up its day."""

from typing import Any

import pytest

from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.repairs.conftest import run_of

#: the statements of the task `reckon` of the DAG customer_followup
RECKON = ("sales/mark_ownership", "sales/mark_followups", "sales/record_day", "ops/stamp_computed")
KNOWN = "2027-06-01 08:00"

PROJECT = """
    sales.project
    site_id | project_name | group_id | group_name | opens_on   | manager_id | contact
    NH      | 南湖一号     | GROUP    | 锦城集团   | 2026-01-01 | M          | 010-6000
"""
CONSULTANTS = """
    sales.consultant
    consultant_id | effective_from | consultant_name | site_id | team_name | grade    | address
    A             | 2026-01-01     | 安一            | NH      | 一组      | 置业顾问 | a@example.cn
    B             | 2026-01-01     | 白二            | NH      | 一组      | 置业顾问 | b@example.cn
    C             | 2026-01-01     | 陈三            | NH      | 二组      | 置业顾问 | c@example.cn
    M             | 2026-01-01     | 马经理          | NH      | 管理      | 经理     | m@example.cn
"""
#: parameter → value, rule id; the protection of callers and visitors is each test's own
RULES = {
    "registration_months": ("2", "SA-B3"),
    "reveal_days": ("7", "SA-B3"),
    "visitor_follow_days": ("3", "SA-B4"),
    "caller_follow_days": ("4", "SA-B4"),
    "entry_lag_days": ("0", "SAL-09"),
    "lapse_warning_days": ("7", "SA-B3"),
    "counts_same_day_return": ("否", "SA-B10"),
    "counts_buyer_visit": ("否", "SA-B10"),
    "counts_on_behalf": ("否", "SA-B10"),
    "cash_limit_amount": ("10000.00", "SA-B6"),
    "cash_limit_hours": ("12", "SA-B6"),
}
RECEIVABLES = """
    create table drawn_receivable (
        site_id text, contract_no text, instalment_no integer, instalment_kind text, due_on date, due_amount numeric,
        paid_amount numeric, open_amount numeric, overdue_days integer, bucket text, consultant_id text, keeper_id text,
        customer_name text, phone text, unit_no text
    );
    create function sales.receivable_at(of_place text, as_of_on date, known_by timestamptz)
    returns setof drawn_receivable language sql stable
    as 'select * from drawn_receivable where site_id = of_place'
"""


@pytest.fixture
def site(books: Books) -> Books:
    """Books with the project NH, its consultants and rules, all known since 2020."""
    return furnish(books)


def furnish(books: Books) -> Books:
    """Put the project into empty books; where nothing tells yet what is owed, the tests draw it."""
    early = {"recorded_at": "2020-01-01 00:00"}
    books.given(PROJECT, CONSULTANTS, **early)
    books.given("book.rule_set\nrule_set | rule_set_name | rank\nguomao | 案场管理制度 | 1", **early)
    books.given("book.site_rule_set\nsite_id | rule_set | valid_from\nNH | guomao | 2020-01-01", **early)
    for parameter, (value, rule_id) in RULES.items():
        rule(books, parameter, value, rule_id=rule_id)
    [found] = books.query("select to_regproc('sales.receivable_at') is null as is_missing")
    if found["is_missing"]:
        books.connection.execute(RECEIVABLES)
    return books


def rule(books: Books, parameter: str, value: str, since: str = "2020-01-01", **also: str) -> None:
    """A figure of the rule book from a day on; the one before it ends the day before."""
    given = {"since": since, "parameter": parameter}
    books.connection.execute(
        "delete from book.rule where parameter = %(parameter)s and valid_from = %(since)s::date", given
    )
    books.connection.execute(
        "update book.rule set valid_to = %(since)s::date - 1 where parameter = %(parameter)s and valid_to is null",
        given,
    )
    row = {"rule_set": "guomao", "rule_id": "SA-B3", "clause": f"{parameter} {value}"} | also
    put(books, "book.rule", row | {"parameter": parameter, "value": value, "valid_from": since}, "2020-01-01 00:00")


def put(books: Books, table: str, row: dict[str, str], recorded_at: str = "2026-01-01 00:00") -> None:
    """One drawn row."""
    books.given(f"{table}\n{' | '.join(row)}\n{' | '.join(map(str, row.values()))}", recorded_at=recorded_at)


def happened(books: Books, *lines: str, **also: Any) -> None:
    """What happened, a line each: `call 2026-10-10 09:00 P1 A`, `visit …`, `follow … [entered 2026-10-12]`.

    P1, P2 … are customers' numbers, A, B, C who served; `for A` after a visit: on A's behalf.
    """
    for number, line in enumerate(lines):
        kind, day, hour, customer, consultant, *rest = line.split()
        said = dict(zip(rest[::2], rest[1::2], strict=True))
        at, no = f"{day} {hour}", f"{kind}-{day}-{hour}-{customer}-{number}"
        base = {"site_id": "NH", "phone": phone(customer), "consultant_id": consultant}
        named = {"customer_name": f"客户{customer}"}
        if kind == "call":
            put(books, "sales.call", base | named | {"call_no": no, "called_at": at} | also)
        elif kind == "visit":
            served = {"is_on_behalf": "yes", "served_for_id": said["for"]} if "for" in said else {}
            put(books, "sales.visit", base | named | served | {"visit_no": no, "visited_at": at} | also)
        else:
            entered = {"followed_at": at, "entered_on": said.get("entered", day), "content": said.get("said", "已联系")}
            place = {name: value for name, value in also.items() if name == "site_id"}
            put(books, "sales.follow_up", base | entered | place)


def phone(customer: str) -> str:
    """The number of a customer drawn as P1."""
    return f"1380000{int(customer[1:]):04}"


def subscribed(books: Books, customer: str, consultant: str, on: str, number: str = "RG1", **also: str) -> None:
    """A subscription of a unit of its own."""
    row = {
        "site_id": "NH",
        "subscription_no": number,
        "unit_no": f"房{number}",
        "customer_name": f"客户{customer}",
        "phone": phone(customer),
        "subscribed_on": on,
        "area": "100",
        "amount": "1000000",
        "deposit_amount": "50000",
        "consultant_id": consultant,
        "papers_on": on,
    }
    put(books, "sales.subscription", row | also)


def claimed(books: Books, customer: str, consultant: str, on: str, number: str = "ZD1", **also: str) -> None:
    """A claim that a customer was registered by this consultant."""
    row = {"site_id": "NH", "claim_no": number, "phone": phone(customer), "consultant_id": consultant, "raised_on": on}
    put(books, "sales.claim", row | also)


def ruled(books: Books, customer: str, consultant: str, on: str, number: str = "CD1", **also: str) -> None:
    """The manager's ruling for a consultant."""
    row = {"ruled_for_id": consultant, "ruled_by": "马经理", "ruled_on": on, "opinion": "核对登记后裁定"}
    claimed(books, customer, consultant, on, number, **(row | also))


def owner(books: Books, customer: str = "P1", on: str = "2026-10-31", known_at: str = KNOWN) -> dict[str, Any]:
    """What is said of one customer at the end of a day."""
    found = books.query(
        "select * from sales.ownership_at('NH', %(on)s::date, %(known_at)s) where %(phone)s = any(phones)",
        on=on,
        known_at=known_at,
        phone=phone(customer),
    )
    return found[0] if found else {"owner_id": None, "verdict": "未登记"}


def of_day(books: Books, day: str, known_at: str = KNOWN, workflow: str = "customer_followup") -> int:
    """Carry out the statements of the morning's run about a day; returns the run."""
    run_id = run_of(books, workflow, day, known_at, site="NH")
    carry_out(books.connection, run_id, RECKON if workflow == "customer_followup" else RECKON[:1])
    return run_id
