"""A group with two case sites, and one call each that draws facts, reckons a week or a month, and issues it."""

from typing import Any

import pytest
from psycopg.types.range import DateRange

from backoffice.database import rows
from backoffice.periods import parse
from backoffice.runs import carry_out
from tests.drawing import Books

WEEKLY, MONTHLY = "weekly_sales", "monthly_sales"
#: the statements of the task `reckon` of both DAGs that count
RECKON = (
    "sales/mark_gaps",
    "sales/mark_tally",
    "sales/mark_late_lines",
    "sales/record_results",
    "ops/stamp_computed",
)
KEPT = ("sales.tally", "sales.late_line", "ops.result", "ops.run_gap")

HOUSE = """
    sales.project
    site_id | project_name | group_id | group_name | opens_on   | contact
    CN      | 城南壹号     | JT       | 锦城集团   | 2026-01-01 | 0571-8000
    CB      | 城北花园     | JT       | 锦城集团   | 2026-01-01 | 0571-9000
"""
BUILDINGS = """
    sales.building
    site_id | building_no | building_name
    CN      | 1           | 1号楼
    CN      | 2           | 2号楼
    CB      | 1           | 1号楼
"""
CONSULTANTS = """
    sales.consultant
    consultant_id | effective_from | consultant_name | site_id | team_name | grade
    A             | 2026-01-01     | 甲一            | CN      | 一组      | 置业顾问
    B             | 2026-01-01     | 乙二            | CN      | 一组      | 主管
    C             | 2026-01-01     | 丙三            | CB      | 二组      | 置业顾问
"""
RULES = """
    book.rule
    rule_set | parameter          | value    | rule_id | clause
    anchang  | contract_source    | 项目     | SAL-20  | 以项目台账为准
    anchang  | target_version     | 月末版本 | SAL-16  | 以月末有效的目标为准
    anchang  | contract_pass_rate | 0.95     | SA-B8   | 合同抽检合格率不低于95%
    anchang  | meeting_rate       | 0.95     | SA-B8   | 晨会夕会完成率不低于95%
    anchang  | meetings_per_day   | 2        | SA-B8   | 每天晨会、夕会各一次
    anchang  | training_quota     | 4        | SA-B8   | 每月培训不少于四次
    anchang  | survey_quota       | 1        | SA-B8   | 每月竞品调研不少于一次
    anchang  | satisfaction_rate  | 0.85     | SA-B8   | 客户满意度85%
    anchang  | plan_day           | 20       | SA-B9   | 每月20日前报下月计划
    anchang  | registration_months | 2       | SA-B3   | 登记有效期两个月
    anchang  | reveal_days        | 7        | SA-B3   | 七日内提出
    anchang  | visitor_follow_days | 3       | SA-B4   | 来访三天跟进一次
    anchang  | caller_follow_days | 4        | SA-B4   | 来电四天跟进一次
    anchang  | entry_lag_days     | 0        | SAL-09  | 当天录入
    anchang  | lapse_warning_days | 7        | SA-B3   | 失效前七天提醒
    anchang  | counts_same_day_return | 否   | SA-B10  | 当日复访不计
    anchang  | counts_buyer_visit | 否       | SA-B10  | 已成交客户不计
    anchang  | counts_on_behalf   | 否       | SA-B10  | 代接不计
    anchang  | cash_limit_amount  | 10000    | SA-B6   | 不超过一万元
    anchang  | cash_limit_hours   | 12       | SA-B6   | 不超过十二小时
    anchang  | price_step_low_rate | 0.05    | SA-B9   | 逐级上浮5%
    anchang  | price_step_high_rate | 0.10   | SA-B9   | 至10%
    anchang  | grant_consultant   | 表价     | SA-B9   | 置业顾问按表价
    anchang  | grant_supervisor   | 批发     | SA-B9   | 主管可至批发价
    anchang  | grant_manager      | 内部     | SA-B9   | 经理可至内部价
"""


@pytest.fixture
def house(books: Books) -> Books:
    """Books with the group JT, its projects CN and CB, consultants and rules; all known since 2020."""
    return furnish(books)


def furnish(books: Books) -> Books:
    """Put the group into empty books."""
    early = {"recorded_at": "2020-01-01 00:00"}
    books.given(HOUSE, BUILDINGS, CONSULTANTS, **early)
    books.given("book.rule_set\nrule_set | rule_set_name | rank\nanchang | 案场管理制度 | 1", **early)
    books.given(
        "book.site_rule_set\nsite_id | rule_set | valid_from\nCN | anchang | 2020-01-01\nCB | anchang | 2020-01-01",
        **early,
    )
    books.given(RULES, valid_from="2020-01-01", **early)
    return books


def units(books: Books, *numbers: str, site: str = "CN", building: str = "1", **also: str) -> None:
    """Units of 100 m² at a list price of 1,500,000, released since January."""
    given = {
        "site_id": site,
        "building_no": building,
        "product_type": "住宅",
        "area": "100",
        "floor_amount": "1000000",
        "internal_amount": "1100000",
        "wholesale_amount": "1300000",
        "list_amount": "1500000",
        "released_on": "2026-01-01",
    } | also
    recorded_at = given.pop("recorded_at", "2020-01-01")
    for number in numbers:
        put(books, "sales.unit", given | {"unit_no": number}, recorded_at=recorded_at)


def put(books: Books, table: str, row: dict[str, str], **defaults: str) -> None:
    """One row, as drawn."""
    books.given(f"{table}\n{' | '.join(row)}\n{' | '.join(value or '-' for value in row.values())}", **defaults)


def subscribe(books: Books, number: str, day: str, amount: str = "1000000", **also: str) -> None:
    """A subscription of unit 101 by A, known at noon of its day."""
    given = {
        "site_id": "CN",
        "unit_no": "101",
        "customer_name": "张先生",
        "phone": "13800001111",
        "area": "100",
        "deposit_amount": "50000",
        "consultant_id": "A",
    } | also
    recorded_at = given.pop("recorded_at", f"{day} 12:00")
    put(
        books,
        "sales.subscription",
        given | {"subscription_no": number, "subscribed_on": day, "amount": amount},
        recorded_at=recorded_at,
    )


def sign(books: Books, number: str, day: str, amount: str = "1000000", **also: str) -> None:
    """A contract about unit 101 by A, known at noon of its day."""
    given = {
        "site_id": "CN",
        "unit_no": "101",
        "customer_name": "张先生",
        "phone": "13800001111",
        "area": "100",
        "consultant_id": "A",
    } | also
    recorded_at = given.pop("recorded_at", f"{day} 12:00")
    put(
        books,
        "sales.contract",
        given | {"contract_no": number, "signed_on": day, "amount": amount},
        recorded_at=recorded_at,
    )


def change(books: Books, number: str, kind: str, day: str, amount: str, **also: str) -> None:
    """A change that the developer approved on a day; contract_no or subscription_no says of what."""
    given = {
        "site_id": "CN",
        "change_no": number,
        "change_kind": kind,
        "applied_on": day,
        "approved_on": day,
        "amount": amount,
        "reason": "客户原因",
    } | also
    recorded_at = given.pop("recorded_at", f"{day} 12:00")
    put(books, "sales.change", given, recorded_at=recorded_at)


def receive(books: Books, number: str, day: str, amount: str, **also: str) -> None:
    """Money by value date; negative is a refund."""
    given = {
        "site_id": "CN",
        "receipt_no": number,
        "value_on": day,
        "amount": amount,
        "receipt_kind": "退款" if amount.startswith("-") else "首付",
    } | also
    recorded_at = given.pop("recorded_at", f"{day} 12:00")
    put(books, "sales.receipt", given, recorded_at=recorded_at)


def visit(books: Books, number: str, at: str, phone: str = "13800001111", **also: str) -> None:
    """A visitor, received by A."""
    given = {
        "site_id": "CN",
        "visit_no": number,
        "visited_at": at,
        "customer_name": "张先生",
        "phone": phone,
        "consultant_id": "A",
    } | also
    recorded_at = given.pop("recorded_at", f"{at[:10]} 20:00")
    put(books, "sales.visit", given, recorded_at=recorded_at)


def call(books: Books, number: str, at: str, phone: str = "13800001111", **also: str) -> None:
    """A caller, answered by A."""
    given = {
        "site_id": "CN",
        "call_no": number,
        "called_at": at,
        "customer_name": "张先生",
        "phone": phone,
        "consultant_id": "A",
    } | also
    recorded_at = given.pop("recorded_at", f"{at[:10]} 20:00")
    put(books, "sales.call", given, recorded_at=recorded_at)


def replaced(books: Books, table: str, where: str, at: str, **changes: str) -> None:
    """What a correction does: the row that holds is superseded by a copy with changes, known from an instant on."""
    columns = [
        row["name"]
        for row in books.query(
            "select attname as name from pg_attribute where attrelid = %(table)s::regclass and attnum > 0", table=table
        )
    ]
    new = {"recorded_at": at, "line_no": "2"} | changes
    told = ", ".join(f"%({name})s" if name in new else name for name in columns if name != "superseded_at")
    names = ", ".join(name for name in columns if name != "superseded_at")
    books.connection.execute(
        f"""
        with old as (
            update {table} set superseded_at = %(recorded_at)s where {where} and superseded_at = 'infinity' returning *
        )
        insert into {table} ({names}) select {told} from old
        """,
        new,
    )


def withdrawn(books: Books, table: str, where: str, at: str) -> None:
    """A row that holds no more, without another in its place."""
    books.connection.execute(
        f"update {table} set superseded_at = %s where {where} and superseded_at = 'infinity'", [at]
    )


def run_of(books: Books, workflow: str, period: str, known_at: str, sites: tuple[str, ...] = ("CN",)) -> int:
    """Register a run of a period that holds nothing."""
    asked = parse(period)
    days = DateRange(asked.starts_on, asked.until_on)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values (%s, gen_random_uuid()::text, %s, 'normal', %s, %s, 'test', true, 'done')
        returning run_id
        """,
        [workflow, days, asked.last_on, known_at],
    ).fetchone()[0]
    for site in sites:
        books.connection.execute(
            "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
            "values (%s, %s, %s, %s, 'asked', false)",
            [run_id, workflow, site, days],
        )
    return run_id


def reckon(books: Books, period: str, known_at: str, sites: tuple[str, ...] = ("CN",)) -> int:
    """Count a week (2026-W44) or a month (2026-10) as of its last day; returns the run."""
    run_id = run_of(books, WEEKLY if "W" in period else MONTHLY, period, known_at, sites)
    carry_out(books.connection, run_id, RECKON)
    assert rows(books.connection, "sales/check_rules", {"run_id": run_id}) == []
    assert rows(books.connection, "sales/check_results", {"run_id": run_id}) == []
    return run_id


def issue(books: Books, period: str, known_at: str, sites: tuple[str, ...] = ("CN",)) -> int:
    """Count and issue a week or a month: its results are issued, the period is closed."""
    run_id = reckon(books, period, known_at, sites)
    asked = parse(period)
    books.connection.execute(
        "update ops.result set state = 'issued', issued_at = %s where run_id = %s", [known_at, run_id]
    )
    for site in sites:
        if not books.query(
            "select from ops.run_gap where run_id = %(run)s and site_id = %(site)s", run=run_id, site=site
        ):
            books.run(
                "ops/close_period",
                run_id=run_id,
                site_id=site,
                base_on=asked.starts_on,
                until_on=asked.until_on,
            )
    return run_id


def counted(books: Books, period: str, site: str = "CN", **where: Any) -> dict[str, str]:
    """What a period counts, its late facts among it: the measures that are not zero."""
    asked = parse(period)
    found = books.query(
        """
        select measure, sum(quantity) as quantity
        from sales.counted(%(workflow)s, %(site)s, %(base)s, '2099-01-01')
        where (%(late)s::boolean is null or is_late = %(late)s)
            and (%(consultant)s::text is null or consultant_id = %(consultant)s)
        group by measure having sum(quantity) <> 0
        """,
        workflow=WEEKLY if "W" in period else MONTHLY,
        site=site,
        base=asked.starts_on,
        late=where.get("late"),
        consultant=where.get("consultant"),
    )
    return {row["measure"]: f"{row['quantity']:.2f}" for row in found}


def sheet(books: Books, name: str, period: str, known_at: str, site: str = "CN") -> list[dict[str, Any]]:
    """The rows of a sheet's statement."""
    asked = parse(period)
    return rows(
        books.connection,
        f"sales/sheet_{name}",
        {
            "workflow": WEEKLY if "W" in period else MONTHLY,
            "site_id": site,
            "starts_on": asked.starts_on,
            "last_on": asked.last_on,
            "known_at": known_at,
            "is_preview": False,
        },
    )
