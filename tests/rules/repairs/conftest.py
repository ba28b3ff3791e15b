"""A developer with two contractors to charge, and one call each that judges orders, settles a month and books it."""

from datetime import date
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from psycopg.types.range import DateRange

from backoffice.database import rows
from backoffice.periods import parse
from backoffice.runs import carry_out
from tests.drawing import Books

#: the statements of the task `reckon` of the DAG deposit_chargebacks, in order
RECKON = (
    "repairs/mark_gaps",
    "repairs/mark_standing",
    "repairs/plan_entries",
    "repairs/record_settlement",
    "ops/stamp_computed",
)
#: the statements of its task `settle`, after the certification
SETTLE = ("repairs/mark_standing", "repairs/plan_entries", "repairs/record_settlement", "repairs/take_steps")
#: what has to be empty before a contractor's month is booked
CHECKS = (
    "repairs/check_class",
    "repairs/check_supplement",
    "repairs/check_security",
    "repairs/check_notice",
    "repairs/check_audit",
    "repairs/check_confirmation",
    "repairs/check_certification",
    "repairs/check_approval",
    "repairs/check_balance",
)
#: what books it
POST = ("repairs/post_steps", "repairs/post_entries", "repairs/post_lines")

HOUSE = """
    repairs.company
    site_id | company_name | opens_with | payee_name | contact
    GS      | 锦城置业     | 2026-01-01 | 华清物业   | 010-8000
"""
PROJECTS = """
    repairs.project
    project_id | site_id | project_name
    P1         | GS      | 锦城一期
    P2         | GS      | 锦城二期
"""
CONTRACTORS = """
    repairs.contractor
    contractor_id | contractor_name | address
    JS            | 建安公司        | js@example.cn
    FS            | 防水公司        | fs@example.cn
"""
RULES = """
    book.rule
    rule_set | parameter                    | value    | rule_id | clause
    kefu     | approval_limit_1             | 1000.00  | WA-D6   | 千元以下由客户服务部经理审批
    kefu     | approval_limit_2             | 10000.00 | WA-D6   | 万元以下由副总经理审批
    kefu     | audit_limit                  | 20000.00 | WA-D7   | 两万元以下由客户服务部审核
    kefu     | contractor_inspection_amount | 500.00   | WA-D2   | 五百元以下施工单位可不参加
    kefu     | answer_days                  | 3        | WA-D1   | 三个工作日内答复
    kefu     | inspection_days              | 1        | WA-D2   | 一个工作日内勘察
    kefu     | one_trade_days               | 3        | WA-D3   | 单工种三个工作日
    kefu     | several_trades_days          | 7        | WA-D3   | 多工种七个工作日
    kefu     | callback_days                | 1        | WA-D5   | 一个工作日内回访
    kefu     | notice_days                  | 7        | WAR-05  | 七日内响应
    kefu     | confirm_days                 | 7        | WAR-08  | 七日内答复
    kefu     | split_window_days            | 30       | WAR-03  | 三十日内
    kefu     | split_floor_amount           | 1000.00  | WAR-03  | 合计千元以上
    kefu     | deposit_cap_rate             | 0.03     | WAR-13  | 不超过结算价的百分之三
    kefu     | verify_days                  | 14       | WAR-14  | 十四日内核实
    kefu     | return_days                  | 14       | WAR-14  | 十四日内返还
    kefu     | float_amount                 | 100000   | WA-D10  | 周转金十万元
"""


@pytest.fixture
def house(books: Books) -> Books:
    """Books with the developer GS, its projects, contractors and rules; all known since 2020."""
    return furnish(books)


def furnish(books: Books) -> Books:
    """Put the developer into empty books."""
    early = {"recorded_at": "2020-01-01 00:00"}
    books.given(HOUSE, PROJECTS, CONTRACTORS, **early)
    books.given("book.rule_set\nrule_set | rule_set_name | rank\nkefu | 客户服务管理工作程序 | 1", **early)
    books.given("book.site_rule_set\nsite_id | rule_set | valid_from\nGS | kefu | 2018-01-01", **early)
    books.given(RULES, valid_from="2018-01-01", **early)
    books.given(
        "book.calendar_day\nday_on | year_no | day_name | is_off | is_statutory\n"
        "2026-10-01 | 2026 | 国庆节 | yes | yes\n2026-10-02 | 2026 | 国庆节 | yes | yes\n"
        "2026-10-10 | 2026 | 国庆节 | no | no\n2027-01-01 | 2027 | 元旦 | yes | yes",
        **early,
    )
    return books


def contract(books: Books, number: str = "HT1", deposit: str | None = None, **also: str) -> None:
    """A contract of JS in project P1, accepted 2025-10-15 for 24 months, and what is held of its deposit."""
    given = {
        "project_id": "P1",
        "contractor_id": "JS",
        "work_title": "总包",
        "settled_amount": "2000000",
        "accepted_on": "2025-10-15",
        "liability_months": "24",
        "deposit_rate": "0.03",
        "supplement_no": "BC-1",
        "supplement_on": "2025-10-15",
    } | also
    _put(books, "repairs.contract", {"contract_no": number} | given)
    if deposit:
        moved(books, f"{number}-期初 期初 2026-01-01 {deposit}", contract_no=number)


def moved(books: Books, *lines: str, contract_no: str = "HT1", recorded_at: str = "2026-01-01") -> None:
    """Movements of a deposit drawn as `number kind day amount`."""
    for line in lines:
        number, kind, day, amount = line.split()
        row = {
            "movement_no": number,
            "movement_kind": kind,
            "moved_on": day,
            "amount": amount,
            "contract_no": contract_no,
        }
        _put(books, "repairs.deposit_movement", row, recorded_at=recorded_at)


def order(
    books: Books,
    number: str,
    amount: str,
    *,
    confirmed: str | None = "2026-10-25 10:00",
    disputed: str | None = None,
    certified: bool = True,
    levels: str | None = None,
    without: str = "",
    estimate: str | None = None,
    recorded_at: str = "2026-10-26 00:00",
    **also: str,
) -> None:
    """A repair of October that went its way to the confirmation; `without` names what it lacks.

    :param amount: audited; the estimate, too, unless given.
    :param levels: approval levels granted, e.g. "2" or "2,3"; by default what the estimate takes.
    :param without: of 勘察, 审批, 通知, 决算, 审核, 发函 (words in one text).
    """
    given = {
        "project_id": "P1",
        "order_class": "A",
        "place_text": f"{number}室",
        "component": "装修",
        "trades": "瓦工",
        "defect": f"空鼓{number}",
        "cause": "施工质量",
        "contract_no": "HT1",
        "estimate_amount": estimate or amount,
        "reported_on": "2026-10-08",
        "inspected_on": "2026-10-09",
        "inspection_no": f"KC-{number}",
        "is_contractor_present": "yes",
        "started_on": "2026-10-20",
        "completed_on": "2026-10-21",
        "signed_on": "2026-10-21",
    } | also
    if given["order_class"] == "B":
        given["class_reason"] = given.get("class_reason", "保修期外")
    if "勘察" in without:
        given["inspection_no"] = "-"
    _put(books, "repairs.work_order", {"order_no": number} | given, recorded_at=recorded_at)
    if "审批" not in without:
        for level in (levels or str(level_of(estimate or amount))).split(","):
            approve(books, number, int(level), estimate or amount, recorded_at=recorded_at)
    if given["order_class"] == "A" and "通知" not in without:
        row = {"letter_no": f"TZ-{number}", "order_no": number, "letter_kind": "维修通知", "sent_on": "2026-10-10"}
        _put(books, "repairs.letter", row, recorded_at=recorded_at)
    if "决算" not in without:
        row = {"order_no": number, "amount": amount, "captain": "队长", "submitted_on": "2026-10-21"}
        _put(books, "repairs.final_account", row, recorded_at=recorded_at)
    if "审核" not in without and "决算" not in without:
        department = "审计核算部" if float(amount) > 20000 else "客户服务部"
        row = {"order_no": number, "audited_amount": amount, "department": department, "auditor": "审核员"}
        _put(books, "repairs.audit", row | {"audited_on": "2026-10-22", "opinion": "金额属实"}, recorded_at=recorded_at)
    if given["order_class"] == "A" and "发函" not in without:
        ask(books, number, also.get("asked") or amount, recorded_at=recorded_at)
        if confirmed:
            answer(books, number, confirmed, "确认", recorded_at=recorded_at)
        if disputed:
            answer(books, number, disputed, "异议", recorded_at=recorded_at)
    if certified:
        row = {
            "order_no": number,
            "verdict": "认定",
            "certified_amount": amount,
            "certifier": "副总工",
            "opinion": "价格合理",
        }
        _put(books, "repairs.certification", row | {"certified_on": "2026-10-30"}, recorded_at=recorded_at)


def level_of(amount: str) -> int:
    """The level that approves an amount, by the limits of `RULES`."""
    return 1 if float(amount) <= 1000 else 2 if float(amount) <= 10000 else 3


def approve(
    books: Books,
    number: str,
    level: int,
    amount: str,
    on: str = "2026-10-10",
    recorded_at: str = "2026-10-26",
    **also: str,
) -> None:
    """All signatures that a level takes."""
    for duty in ("审核", "审批") if level == 2 else ("审批",):
        row = {"order_no": number, "level_no": str(level), "duty": duty, "verdict": "同意", "opinion": "属保修范围"}
        row |= {"approver": "某经理", "approved_on": on, "approved_amount": amount} | also
        _put(books, "repairs.approval", row, recorded_at=recorded_at)


def ask(
    books: Books, number: str, amount: str, sent_on: str = "2026-10-23", recorded_at: str = "2026-10-26", **also
) -> None:
    """A 扣款确认函 about one order."""
    row = {
        "letter_no": f"QR-{number}",
        "order_no": number,
        "letter_kind": "扣款确认函",
        "sent_on": sent_on,
        "amount": amount,
    }
    _put(books, "repairs.letter", row | also, recorded_at=recorded_at)


def answer(books: Books, number: str, at: str, kind: str, recorded_at: str = "2026-10-26", letter: str = "QR") -> None:
    """What the contractor answered to a letter about an order."""
    row = {"letter_no": f"{letter}-{number}", "order_no": number, "answer_kind": kind, "answered_at": at}
    _put(books, "repairs.answer", row | ({"reason": "非我方原因"} if kind == "异议" else {}), recorded_at=recorded_at)


def _put(books: Books, table: str, row: dict[str, str], **defaults: str) -> None:
    row = {name: value for name, value in row.items() if name != "asked"}
    books.given(f"{table}\n{' | '.join(row)}\n{' | '.join(value or '-' for value in row.values())}", **defaults)


def run_of(books: Books, workflow: str, period: str, known_at: str, mode: str = "normal", site: str = "GS") -> int:
    """Register a run of a developer's period that holds nothing."""
    asked = parse(period)
    days = DateRange(asked.starts_on, asked.until_on)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        values (%s, gen_random_uuid()::text, %s, %s, %s, %s, 'test', true, 'done')
        returning run_id
        """,
        [workflow, days, mode, asked.last_on, known_at],
    ).fetchone()[0]
    books.connection.execute(
        "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
        "values (%s, %s, %s, %s, 'asked', false)",
        [run_id, workflow, site, days],
    )
    return run_id


def judge(books: Books, day: str, known_at: str = "2027-06-01 08:00", site: str = "GS") -> int:
    """Run the daily workflow's statements as of a day; returns the run."""
    run_id = run_of(books, "repair_orders", day, known_at, site=site)
    carry_out(books.connection, run_id, ("repairs/mark_standing", "repairs/take_steps"))
    return run_id


def reckon(
    books: Books,
    month: str = "2026-10",
    known_at: str = "2027-06-01 08:00",
    is_waiting: bool = False,
    site: str = "GS",
) -> int:
    """Plan a month's settlement as of its last day; returns the run.

    Unless it shall wait (mark_gaps), a month is planned whether or not the one before it was settled.
    """
    run_id = run_of(books, "deposit_chargebacks", month, known_at, site=site)
    carry_out(books.connection, run_id, RECKON if is_waiting else RECKON[1:])
    assert rows(books.connection, "repairs/check_rules", {"run_id": run_id}) == []
    assert rows(books.connection, "repairs/check_settlement", {"run_id": run_id}) == []
    return run_id


def certify(
    books: Books,
    run_id: int,
    month: str = "2026-10",
    taken_out: tuple[tuple[str, str], ...] = (),
    site: str = "GS",
) -> None:
    """What follows when the deputy chief engineer answers 同意."""
    books.run(
        "repairs/certify_orders",
        run_id=run_id,
        site_id=site,
        base_on=parse(month).starts_on,
        opinion="价格工艺属实",
        decided_by="副总工",
        decided_on=date(2026, 11, 5),
        taken_out=Jsonb([{"item_no": number, "reason": reason} for number, reason in taken_out]),
    )


def post(books: Books, run_id: int, month: str = "2026-10", closes: bool = True, site: str = "GS") -> list[str]:
    """Book the month, contractor by contractor, and close it; returns what the checks found."""
    carry_out(books.connection, run_id, SETTLE)
    given = {"run_id": run_id, "site_id": site, "base_on": parse(month).starts_on}
    found: list[str] = []
    for contractor in rows(books.connection, "repairs/list_contractors", {"run_id": run_id}):
        mine = given | {"contractor_id": contractor["contractor_id"]}
        books.run("repairs/lock_accounts", **mine)
        problems = [row["problem"] for name in CHECKS for row in rows(books.connection, name, mine)]
        found += problems
        if not problems:
            for name in POST:
                books.run(name, **mine)
    if closes and not found:
        assert rows(books.connection, "repairs/check_posted", given) == []
        books.run("ops/close_period", **given, until_on=parse(month).until_on)
    return found


def settle(books: Books, month: str = "2026-10", known_at: str = "2027-06-01 08:00") -> int:
    """Plan, book and close a month of which everything is certified; nothing may stand in its way."""
    run_id = reckon(books, month, known_at)
    assert post(books, run_id, month) == []
    return run_id


def standing(books: Books, number: str, workflow: str = "deposit_chargebacks") -> dict[str, Any]:
    """Where an order stands in the newest period that was drawn."""
    [row] = books.query(
        "select * from repairs.standing where order_no = %(number)s and workflow = %(workflow)s "
        "order by base_on desc limit 1",
        number=number,
        workflow=workflow,
    )
    return row


def balances(books: Books) -> dict[str, tuple[str, str]]:
    """Balance and reserved part of every deposit."""
    return {
        row["contract_no"]: (str(row["balance"]), str(row["reserved"]))
        for row in books.query("select * from repairs.deposit_account")
    }


def charged(books: Books) -> dict[str, tuple[str, str, str]]:
    """Of each booked settlement: what was deducted, claimed, and borne by the company."""
    return {
        row["order_no"]: (str(row["deducted"]), str(row["claimed"]), str(row["borne"]))
        for row in books.query(
            """
            select entry.order_no,
                coalesce(sum(line.amount) filter (where line.account in ('质保金', '冻结质保金')), 0.00) as deducted,
                coalesce(sum(line.amount) filter (where line.account = '应收索赔'), 0.00) as claimed,
                coalesce(sum(line.amount) filter (where line.account = '维修成本'), 0.00) as borne
            from repairs.entry inner join repairs.entry_line as line on entry.entry_id = line.entry_id
            where entry.entry_kind = '结算'
            group by entry.entry_id
            """
        )
    }
