"""Made-up quarters of repairs: whatever is charged, disputed, taken back or run again, the ledger adds up.

Each example is settled on a real Postgres, in a savepoint that is rolled back; BACKOFFICE_EXAMPLES asks for more.
"""

import os
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.repairs.conftest import RECKON, certify, level_of, post, reckon

CENT = Decimal("0.01")
MONTHS = ("2026-10", "2026-11", "2026-12")
KEPT = ("repairs.entry", "repairs.entry_line", "repairs.deposit_account", "repairs.planned", "repairs.standing")
EXAMPLES = int(os.environ.get("BACKOFFICE_EXAMPLES", "25"))
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

amounts = st.one_of(
    st.sampled_from(["0.01", "999.99", "1000.00", "1000.01", "3333.33", "10000.01"]),
    st.integers(1, 600_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}"),
)
months = st.integers(0, 2)


@dataclass(frozen=True)
class Held:
    """A contract and what is held of its deposit."""

    deposit: str
    management_rate: str
    has_silence_clause: bool
    accepted_on: str
    other_security: str


@dataclass(frozen=True)
class Repair:
    """An order, and what comes of it; `changes` are (number of the action before which it happens, what is set)."""

    month: int
    amount: str
    share: str
    contract: int
    is_class_b: bool
    cause: str
    component: str
    answer: str
    minute: int
    answers_again: bool
    is_audited: bool
    is_taken_out: bool
    changes: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Moved:
    """A movement of a deposit, a receipt of a claim or a payment to the team."""

    kind: str
    month: int
    about: int
    amount: str


CONTRACTORS = ("JS", "JS", "FS")
contracts = st.tuples(
    *[
        st.builds(
            Held,
            deposit=st.integers(0, 500_000).map(lambda cents: f"{Decimal(cents) / 100:.2f}"),
            management_rate=st.sampled_from(["0", "0", "0.10", "0.0725"]),
            has_silence_clause=st.booleans(),
            accepted_on=st.sampled_from(["2025-10-15", "2025-10-15", "2024-11-03"]),
            other_security=st.sampled_from(["无", "无", "无", "无", "工程质量保险"]),
        )
        for _ in CONTRACTORS
    ]
)
SETS = (
    "cause = '第三方'",
    "cause = '施工质量'",
    "order_class = 'B', class_reason = '保修期外'",
    "order_class = 'A', class_reason = ''",
    "status = '作废'",
    "contract_no = 'HT1'",
)
repairs = st.lists(
    st.builds(
        Repair,
        month=months,
        amount=amounts,
        share=st.sampled_from(["1", "1", "1", "0.6", "0.5", "0.333333", "0.000001", "0.999999"]),
        contract=st.integers(0, len(CONTRACTORS) - 1),
        is_class_b=st.sampled_from([False, False, False, True]),
        cause=st.sampled_from(["施工质量"] * 5 + ["业主使用", "自然损耗", "待定"]),
        component=st.sampled_from(["装修", "屋面防水"]),
        answer=st.sampled_from(["确认", "确认", "确认", "异议", "异议", ""]),
        minute=st.integers(0, 3),
        answers_again=st.booleans(),
        is_audited=st.sampled_from([True] * 5 + [False]),
        is_taken_out=st.sampled_from([False] * 5 + [True]),
        changes=st.lists(st.tuples(st.integers(0, 6), st.sampled_from(SETS)), max_size=2).map(tuple),
    ),
    min_size=1,
    max_size=8,
)
movements = st.lists(
    st.builds(
        Moved,
        kind=st.sampled_from(["补缴", "退还", "退还", "留置", "索赔收回", "支付"]),
        month=months,
        about=st.integers(0, 7),
        amount=amounts,
    ),
    max_size=5,
)
#: months that are run before all are run in order: in any order, and repeatedly
actions = st.lists(months, max_size=3)


def day(month: int, number: int) -> str:
    """A day of one of the months."""
    return f"{MONTHS[month]}-{number:02}"


def parts(repair: Repair, rate: str, clause: bool = True) -> tuple[Decimal, Decimal]:
    """What the contractor bears of the audited amount, and the management charge on it, in plain arithmetic."""
    amount, share = Decimal(repair.amount), Decimal(repair.share)
    his, ours = amount * share, amount * (1 - share)
    floors = his.quantize(CENT, ROUND_FLOOR), ours.quantize(CENT, ROUND_FLOOR)
    part = amount - floors[1] if his - floors[0] > ours - floors[1] else floors[0]
    return part, (part * Decimal(rate)).quantize(CENT, ROUND_HALF_UP) if clause else Decimal(0)


def land(books: Books, held: tuple[Held, ...], orders: list[Repair], moved: list[Moved], is_backwards: bool = False):
    """Put the facts of the quarter into the registers; backwards as if the files had come in the other order."""
    books.connection.execute("update repairs.company set opens_with = '2026-10-01'")
    tables: list[tuple[str, list[dict[str, str]]]] = []

    def put(table: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            tables.append((table, rows))

    put(
        "repairs.contract",
        [
            {
                "contract_no": f"HT{number}", "project_id": "P1", "contractor_id": contractor, "work_title": "总包",
                "settled_amount": "2000000", "accepted_on": contract.accepted_on, "liability_months": "24",
                "deposit_rate": "0.03", "other_security": contract.other_security, "supplement_no": "BC-1",
                "supplement_on": "2024-01-01", "silence_clause": "专用条款12.3" if contract.has_silence_clause else "-",
                "management_rate": contract.management_rate, "management_clause": "补充协议5.2",
            }
            for number, (contract, contractor) in enumerate(zip(held, CONTRACTORS, strict=True))
        ],
    )  # fmt: skip
    put(
        "repairs.deposit_movement",
        [
            {"movement_no": f"期初-{number}", "contract_no": f"HT{number}", "movement_kind": "期初",
             "amount": contract.deposit, "moved_on": "2026-01-01"}
            for number, contract in enumerate(held)
            if Decimal(contract.deposit)
        ]
        + [
            {"movement_no": f"{move.kind}-{number}", "contract_no": f"HT{move.about % len(held)}",
             "movement_kind": move.kind, "amount": move.amount, "moved_on": day(move.month, 20)}
            for number, move in enumerate(moved)
            if move.kind in ("补缴", "退还", "留置")
        ],
    )  # fmt: skip
    for table, kind, number_of, on in (
        ("repairs.claim_receipt", "索赔收回", "receipt_no", "received_on"),
        ("repairs.team_payment", "支付", "payment_no", "paid_on"),
    ):
        put(
            table,
            [
                {number_of: f"{kind}-{number}", "order_no": f"W{move.about}", "amount": move.amount,
                 on: day(move.month, 21)}
                for number, move in enumerate(moved)
                if move.kind == kind and move.about < len(orders)
            ],
        )  # fmt: skip
    classed = {True: {"order_class": "B", "class_reason": "补充协议外"}, False: {"order_class": "A"}}
    for number, repair in enumerate(orders):
        order_no, contract, month = f"W{number}", held[repair.contract], repair.month
        put(
            "repairs.work_order",
            [
                {
                    "order_no": order_no, "project_id": "P1", **classed[repair.is_class_b],
                    "place_text": order_no,
                    "component": repair.component, "trades": "瓦工", "defect": order_no, "cause": repair.cause,
                    "contract_no": f"HT{repair.contract}", "contractor_share": repair.share,
                    "estimate_amount": repair.amount, "reported_on": day(month, 3), "inspected_on": day(month, 4),
                    "inspection_no": "KC-1", "is_contractor_present": "yes", "started_on": day(month, 14),
                    "completed_on": day(month, 15), "signed_on": day(month, 15),
                }
            ],
        )  # fmt: skip
        level = level_of(repair.amount)
        put(
            "repairs.approval",
            [
                {"order_no": order_no, "level_no": level, "duty": duty, "verdict": "同意", "opinion": "属保修范围",
                 "approver": "某总", "approved_on": day(month, 5), "approved_amount": repair.amount}
                for duty in (("审核", "审批") if level == 2 else ("审批",))
            ],
        )  # fmt: skip
        asked = sum(parts(repair, contract.management_rate))
        put(
            "repairs.letter",
            [
                {"letter_no": f"TZ-{order_no}", "order_no": order_no, "letter_kind": "维修通知",
                 "sent_on": day(month, 5), "amount": "-"},
                {"letter_no": f"QR-{order_no}", "order_no": order_no, "letter_kind": "扣款确认函",
                 "sent_on": day(month, 17), "amount": asked},
            ],
        )  # fmt: skip
        put(
            "repairs.final_account",
            [{"order_no": order_no, "amount": repair.amount, "captain": "队长", "submitted_on": day(month, 15)}],
        )
        if repair.is_audited:
            put(
                "repairs.audit",
                [{"order_no": order_no, "audited_amount": repair.amount, "department": "客户服务部", "auditor": "某",
                  "audited_on": day(month, 16), "opinion": "属实"}],
            )  # fmt: skip
        said = [(repair.answer, f"{day(month, 18)} 10:0{repair.minute}")] if repair.answer else []
        if repair.answers_again and month < 2:
            other = {"确认": "异议", "异议": "确认", "": "确认"}[repair.answer]
            said.append((other, f"{day(month + 1, 10)} 09:0{repair.minute}"))
        put(
            "repairs.answer",
            [
                {"letter_no": f"QR-{order_no}", "order_no": order_no, "answer_kind": kind, "answered_at": at}
                for kind, at in said
            ],
        )
    for number, (table, rows) in enumerate(reversed(tables) if is_backwards else tables):
        lines = [" | ".join(f"{value}" for value in row.values()) for row in (rows[::-1] if is_backwards else rows)]
        drawn = "\n".join([table, " | ".join(rows[0]), *lines])
        books.given(drawn, recorded_at=f"2026-01-02 00:{number:02}", file_id=number)


def run_month(books: Books, month: int, orders: list[Repair]) -> str:
    """Run a month as the workflow does: reckon, certify, reckon, book, close; one that has to wait books nothing."""
    name = MONTHS[month]
    run_id = reckon(books, name, is_waiting=True)
    if books.query("select from ops.run_gap where run_id = %(run_id)s", run_id=run_id):
        return "waits"
    before = books.row_versions(*KEPT)
    if books.query(
        "select from ops.period_close where workflow = 'deposit_chargebacks' and lower(period) = %(on)s::date",
        on=f"{name}-01",
    ):
        return "closed"
    carry_out(books.connection, run_id, RECKON[1:])
    assert books.row_versions(*KEPT) == before, "the same facts were drawn or planned otherwise"
    asked = [
        row["order_no"]
        for row in books.query(
            "select order_no from repairs.standing where outcome = '待认定' and base_on = %(on)s", on=f"{name}-01"
        )
    ]
    disliked = {f"W{number}" for number, repair in enumerate(orders) if repair.is_taken_out and repair.month == month}
    out = tuple((number, "单价偏高") for number in asked if number in disliked)
    certify(books, run_id, name, taken_out=out)
    assert post(books, run_id, name, closes=False) == []
    booked = books.row_versions(*KEPT)
    assert post(books, run_id, name) == []
    assert books.row_versions(*KEPT) == booked, "what was booked was booked again"
    return "settled"


def prove(books: Books, held: tuple[Held, ...], orders: list[Repair]) -> None:
    """What holds of the ledger whatever happened."""
    [unbalanced] = books.query(
        "select count(*) from (select from repairs.entry_line group by entry_id having sum(amount) <> 0) as off"
    )
    assert unbalanced["count"] == 0
    # WAR-22: each month opens with what the one before closed with, and closes with what its entries make of it
    closing: dict[str, Decimal] = {}
    reserved: Counter[str] = Counter()
    for row in books.query(
        """
        select entry.base_on, line.contract_no,
            -coalesce(sum(line.amount) filter (where entry.entry_kind in ('期初', '留置', '补缴', '更正')), 0) as added,
            coalesce(sum(line.amount) filter (where entry.entry_kind = '结算'), 0) as deducted,
            -coalesce(sum(line.amount) filter (where entry.entry_kind = '冲回'), 0) as reversed,
            coalesce(sum(line.amount) filter (where entry.entry_kind = '退还'), 0) as returned,
            -coalesce(sum(line.amount) filter (where line.account = '冻结质保金'), 0) as reserved,
            (select (array_agg(planned.balance_before order by planned.line_no))[1] from repairs.planned
                where planned.base_on = entry.base_on and planned.contract_no = line.contract_no) as opens,
            (select (array_agg(planned.balance_after order by planned.line_no desc))[1] from repairs.planned
                where planned.base_on = entry.base_on and planned.contract_no = line.contract_no) as closes
        from repairs.entry inner join repairs.entry_line as line on entry.entry_id = line.entry_id
        where line.account in ('质保金', '冻结质保金')
        group by entry.base_on, line.contract_no
        order by entry.base_on
        """
    ):
        number = row["contract_no"]
        assert row["opens"] == closing.get(number, 0)
        closing[number] = (
            row["opens"] + row["added"] - row["deducted"] + row["reversed"] - row["returned"]
        )  # fmt: skip
        assert row["closes"] == closing[number] >= 0
        assert min(row["added"], row["deducted"], row["reversed"], row["returned"]) >= 0
        reserved[number] += row["reserved"]
        assert 0 <= reserved[number] <= closing[number]
    for row in books.query("select * from repairs.deposit_account"):
        assert row["balance"] == closing[row["contract_no"]]
        assert row["reserved"] == reserved[row["contract_no"]]
    prove_months(books)
    prove_orders(books, held, orders)


def prove_months(books: Books) -> None:
    """Settled and management = deducted + claimed + company + disputed + stopped, from what was booked."""
    for row in books.query(
        """
        select closed.base_on, coalesce(stood.settled, 0) as settled, coalesce(stood.waiting, 0) as waiting,
            coalesce(booked.treated, 0) as treated, coalesce(booked.management, 0) as management
        from (select lower(period) as base_on from ops.period_close) as closed
        cross join lateral (
            select sum(settled_amount) filter (where outcome not in ('未到结算', '已入账', '自修结案')) as settled,
                sum(settled_amount) filter (where outcome in ('争议冻结', '暂停')) as waiting
            from repairs.standing where standing.base_on = closed.base_on and workflow = 'deposit_chargebacks'
        ) as stood
        cross join lateral (
            select sum(amount) filter (where account in ('质保金', '冻结质保金', '应收索赔', '维修成本')) as treated,
                -sum(amount) filter (where account = '管理费收入') as management
            from repairs.entry inner join repairs.entry_line using (entry_id)
            where entry.base_on = closed.base_on and entry_kind in ('结算', '转公司承担')
        ) as booked
        """
    ):
        assert row["settled"] + row["management"] == row["treated"] + row["waiting"], row


def prove_orders(books: Books, held: tuple[Held, ...], orders: list[Repair]) -> None:
    """Each order is settled once per turn, for its whole amount, and the team is owed it once."""
    owed = Decimal(0)
    for row in books.query(
        """
        select entry.order_no, entry.contractor_id, entry.contract_no, entry.turn_no,
            count(distinct entry.entry_id) as entries,
            coalesce(sum(line.amount) filter (where account in ('质保金', '冻结质保金', '应收索赔')), 0) as charged,
            coalesce(sum(line.amount) filter (where account = '维修成本'), 0) as borne,
            -coalesce(sum(line.amount) filter (where account = '应付维修队'), 0) as owed
        from repairs.entry left join repairs.entry_line as line on entry.entry_id = line.entry_id
        where entry.entry_kind = '结算'
        group by entry.order_no, entry.contractor_id, entry.contract_no, entry.turn_no
        """
    ):
        repair = orders[int(row["order_no"][1:])]
        amount = Decimal(repair.amount)
        assert row["entries"] == 1
        owed += row["owed"]
        assert row["owed"] == (amount if row["turn_no"] == 1 else 0)
        if row["contractor_id"] == "":
            assert (row["charged"], row["borne"]) == (0, amount)
            continue
        part, management = parts(repair, held[int(row["contract_no"][2:])].management_rate)
        assert row["charged"] == part + management
        assert row["borne"] == (amount - part if row["turn_no"] == 1 else 0)
    [turns] = books.query(
        "select count(*) from (select from repairs.entry where order_no <> '' group by order_no "
        "having count(*) filter (where entry_kind = '结算') > 1 + count(*) filter (where entry_kind = '冲回')) as off"
    )
    assert turns["count"] == 0
    [ledger] = books.query(
        """
        select -coalesce(sum(amount) filter (where account = '应付维修队' and entry_kind <> '支付'), 0) as owed,
            coalesce(sum(amount) filter (where account = '待处理维修费'), 0) as pending
        from repairs.entry inner join repairs.entry_line using (entry_id)
        """
    )
    assert ledger["owed"] == owed
    assert ledger["pending"] >= 0


@given(held=contracts, orders=repairs, moved=movements, early=actions)
@CALM
def test_WAR_22_whatever_happens_in_a_quarter_the_ledger_adds_up(house: Books, held, orders, moved, early):
    with house.connection.transaction(force_rollback=True):
        land(house, held, orders, moved)
        for number, month in enumerate([*early, 0, 1, 2, 0, 1, 2]):
            for order_no, repair in enumerate(orders):
                for when, what in repair.changes:
                    if when == number:
                        house.connection.execute(
                            f"update repairs.work_order set {what} where order_no = %s",
                            [f"W{order_no}"],
                        )
            event(run_month(house, month, orders))
        prove(house, held, orders)
        for row in house.query("select entry_kind, count(*) from repairs.entry group by entry_kind"):
            event(row["entry_kind"])
        closed = house.query("select count(*) from ops.period_close where workflow = 'deposit_chargebacks'")
        assert closed[0]["count"] == 3


@given(held=contracts, orders=repairs, moved=movements)
@CALM
def test_the_order_in_which_files_come_changes_nothing(house: Books, held, orders, moved):
    drawn = []
    for is_backwards in (False, True):
        with house.connection.transaction(force_rollback=True):
            land(house, held, orders, moved, is_backwards)
            for month in MONTHS[:2]:
                reckon(house, month)
            drawn.append(
                [
                    house.query(f"select * from {table} order by base_on, {key}")
                    for table, key in (("repairs.planned", "line_no"), ("repairs.standing", "order_no"))
                ]
            )
    assert drawn[0] == drawn[1]


def test_what_is_made_up_has_every_kind_of_entry_in_it(house: Books):
    """The strategies are no use if they never reach what they are to prove: one example of each kind, by hand."""
    held = (Held("3000.00", "0.10", True, "2025-10-15", "无"),) * 3
    common = {"share": "0.6", "is_class_b": False, "cause": "施工质量", "component": "装修", "minute": 0,
              "answers_again": False, "is_audited": True, "is_taken_out": False}  # fmt: skip
    orders = [
        Repair(0, "1000.00", contract=0, answer="确认", changes=((1, "cause = '第三方'"),), **common),
        Repair(0, "9000.00", contract=1, answer="确认", changes=(), **common),
        Repair(0, "500.00", contract=0, answer="异议", changes=(), **(common | {"answers_again": True})),
        Repair(1, "700.00", contract=2, answer="异议", changes=((2, "status = '作废'"),), **common),
    ]
    moved = [Moved("退还", 2, 0, "100.00"), Moved("索赔收回", 1, 1, "10.00"), Moved("支付", 1, 1, "10.00"),
             Moved("补缴", 1, 0, "5.00")]  # fmt: skip
    land(house, held, orders, moved)
    for number in range(3):
        for order_no, repair in enumerate(orders):
            for when, what in repair.changes:
                if when == number:
                    house.connection.execute(
                        f"update repairs.work_order set {what} where order_no = %s",
                        [f"W{order_no}"],
                    )
        assert run_month(house, number, orders) == "settled"
    prove(house, held, orders)
    kinds = {row["entry_kind"] for row in house.query("select entry_kind from repairs.entry")}
    assert kinds == {"期初", "补缴", "退还", "结算", "冻结", "解冻", "冲回", "转公司承担", "索赔收回", "支付"}


@pytest.mark.parametrize(
    ("amount", "share", "expected"),
    [
        ("3333.33", "0.6", "2000.00"),
        ("0.01", "0.5", "0.00"),
        ("0.03", "0.5", "0.01"),
        ("0.01", "0.999999", "0.01"),
        ("100.00", "0.333333", "33.33"),
    ],
)
def test_WAR_19_the_plain_arithmetic_of_the_shares_is_what_the_case_says(amount, share, expected):
    repair = Repair(0, amount, share, 0, False, "", "", "", 0, False, True, False, ())
    assert str(parts(repair, "0")[0]) == expected
