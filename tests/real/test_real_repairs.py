"""Repairs that nobody here made up: what a council that is a landlord paid its contractors in 24 months.

The files are measured, not shipped; where they are absent the test is skipped (fixture `shared_data`).
"""

import csv
import hashlib
import itertools
import os
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from backoffice.periods import parse
from tests.drawing import Books
from tests.rules.repairs.conftest import PROJECTS, RULES, certify, level_of, post, reckon

#: a payment is one for a repair if its expenditure code or the code of its service has one of these words
REPAIR_WORDS = re.compile("repair|maint|contractor", re.IGNORECASE)
MONTHS = [f"{year}-{month:02}" for year, month in itertools.product((2018, 2019, 2020), range(1, 13))][3:27]
#: all of them take a minute and a half; without BACKOFFICE_ALL_MONTHS the first six are settled
SETTLED_MONTHS = 24 if os.environ.get("BACKOFFICE_ALL_MONTHS") else 6
CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
#: the deposit is so much of what a contractor was paid in the first year, held again at the beginning of the second
DEPOSIT_RATE = Decimal("0.03")
ACCEPTED_ON = date(2018, 2, 15)
#: words of an expenditure code → component and the law's months of warranty; what has none of them is fitting-out
COMPONENTS = {"heating": ("供热供冷", 24), "electr": ("电气管线", 24), "roof": ("屋面防水", 60), "": ("装修", 24)}


@dataclass
class Line:
    """One line of the council's payments: one work order."""

    order_no: str
    month: str
    supplier: str
    code: str
    narrative: str
    paid_on: date
    amount: Decimal

    @property
    def lot(self) -> int:
        """0 to 99, by the order's number and nothing else: what becomes of the order."""
        return int(hashlib.sha256(self.order_no.encode()).hexdigest(), 16) % 100

    @property
    def fate(self) -> str:
        """公司, 异议, 沉默 (without a clause), 未审核 or 确认."""
        for limit, fate in ((5, "公司"), (8, "异议"), (10, "沉默"), (12, "未审核")):
            if self.lot < limit:
                return fate
        return "确认"

    @property
    def component(self) -> tuple[str, int]:
        """Component and months of warranty."""
        return next(value for word, value in COMPONENTS.items() if word in self.code.lower())

    @property
    def reported_on(self) -> date:
        """Thirty days before it was paid."""
        return self.paid_on - timedelta(30)

    @property
    def answered_at(self) -> datetime:
        """When the contractor first answered, at a minute of the day before it was paid."""
        return datetime.combine(self.paid_on, datetime.min.time()) - timedelta(minutes=60 + self.lot)


@dataclass
class Contract:
    """A contractor's one contract, whose deposit is kept beside the books in plain arithmetic."""

    number: str
    liability_months: int
    deposit: Decimal
    balance: Decimal = NOTHING
    reserved: dict[str, Decimal] = field(default_factory=dict)


def payments(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a month's file under the headings of most of them.

    Six months are in Windows' Latin alphabet, the others in UTF-8. Two months call some columns `…(T)`: where a column
    is there in both spellings the plain one is an account number, and the text is in the other.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    heading, *body = csv.reader(text.splitlines(keepends=True))
    texts = {name.removesuffix("(T)"): place for place, name in enumerate(heading) if name.endswith("(T)")}
    places = {name: place for place, name in enumerate(heading) if not name.endswith("(T)")} | texts
    for row in body:
        yield {name: row[place].strip() for name, place in places.items()}


def repairs(folder: Path) -> dict[str, list[Line]]:
    """Month → its payments for repairs. Lines of one invoice that are alike are separate lines, and all count."""
    found: dict[str, list[Line]] = {}
    for month in MONTHS:
        found[month] = [
            Line(
                order_no=f"{month.replace('-', '')}-{number:05}",
                month=month,
                supplier=row["Supplier Name"].upper(),
                code=row["Expenditure Code"],
                narrative=row["Narrative"],
                paid_on=date.fromisoformat(row["Payment Date"]),
                amount=Decimal(row["Net Amount"]).quantize(CENT),
            )
            for number, row in enumerate(payments(folder / f"{month}.csv"), start=2)
            if REPAIR_WORDS.search(row["Expenditure Code"]) or REPAIR_WORDS.search(row["Service Code"])
        ]
    return found


@pytest.fixture
def spent(shared_data: Path) -> dict[str, list[Line]]:
    """The council's payments for repairs by month."""
    folder = shared_data / "repairs" / "harrogate_spend"
    if not folder.is_dir():
        pytest.skip("the council's payments are not on this machine")
    return repairs(folder)


def contracts_of(spent: dict[str, list[Line]]) -> dict[str, Contract]:
    """Supplier → contract. Every other one is liable for a year only; then a charge is a claim while warranty lasts."""
    first_year: dict[str, Decimal] = defaultdict(Decimal)
    for month, line in ((month, line) for month, lines in spent.items() for line in lines):
        first_year[line.supplier] += line.amount if month < "2019-04" else 0
    return {
        supplier: Contract(f"HT-{number:04}", 24 if number % 2 else 12, (paid * DEPOSIT_RATE).quantize(CENT))
        for number, (supplier, paid) in enumerate(sorted(first_year.items()))
    }


def copy(connection: psycopg.Connection, table: str, columns: str, lines: Iterable[tuple], known_from: str) -> None:
    """Put rows into a register as a feed does, known from a day on."""
    target = f"copy {table} ({columns}, recorded_at, file_id, line_no) from stdin"
    with connection.cursor() as cursor, cursor.copy(target) as sink:
        for number, line in enumerate(lines, start=1):
            sink.write_row((*line, known_from, 1, number))


def move_in(books: Books, contracts: dict[str, Contract]) -> None:
    """The house, its rules, contractors, contracts and what was held of their deposits."""
    early = {"recorded_at": "2018-01-01 00:00"}
    books.given(
        "repairs.company\nsite_id | company_name | opens_with | payee_name | contact\n"
        "GS | 测试置业 | 2018-04-01 | 测试物业 | 010-8000",
        PROJECTS,
        "book.rule_set\nrule_set | rule_set_name | rank\nkefu | 客户服务管理工作程序 | 1",
        "book.site_rule_set\nsite_id | rule_set | valid_from\nGS | kefu | 2018-01-01",
        "book.calendar_day\nday_on | year_no | day_name | is_off | is_statutory\n"
        "2018-10-01 | 2018 | 国庆节 | yes | yes\n2019-10-01 | 2019 | 国庆节 | yes | yes\n"
        "2020-01-01 | 2020 | 元旦 | yes | yes",
        **early,
    )
    books.given(RULES, valid_from="2018-01-01", **early)
    known_from = early["recorded_at"]
    copy(
        books.connection,
        "repairs.contractor",
        "contractor_id, contractor_name",
        [(contract.number, supplier) for supplier, contract in contracts.items()],
        known_from,
    )
    copy(
        books.connection,
        "repairs.contract",
        "contract_no, project_id, contractor_id, work_title, settled_amount, accepted_on, liability_months,"
        " deposit_rate, supplement_no, supplement_on",
        [
            (held.number, "P1", held.number, "维修", held.deposit / DEPOSIT_RATE + 1, ACCEPTED_ON,
             held.liability_months, DEPOSIT_RATE, "BC-1", ACCEPTED_ON)
            for held in contracts.values()
        ],
        known_from,
    )  # fmt: skip
    for kind, moved_on in (("期初", "2018-01-01"), ("补缴", "2019-04-01")):
        copy(
            books.connection,
            "repairs.deposit_movement",
            "movement_no, contract_no, movement_kind, amount, moved_on",
            [
                (f"{kind}-{held.number}", held.number, kind, held.deposit, moved_on)
                for held in contracts.values()
                if held.deposit
            ],
            known_from,
        )


def bring(books: Books, lines: list[Line], contracts: dict[str, Contract]) -> None:
    """A month's orders with their papers, known since the last day of that month."""
    connection, known_from = books.connection, f"{parse(lines[0].month).last_on} 20:00"
    charged = [line for line in lines if line.fate != "公司"]
    copy(
        connection,
        "repairs.work_order",
        "order_no, project_id, order_class, class_reason, place_text, component, trades, defect, cause, contract_no,"
        " estimate_amount, reported_on, inspected_on, inspection_no, is_contractor_present, started_on, completed_on,"
        " signed_on",
        [
            (line.order_no, "P1", *(("B", "补充协议外") if line.fate == "公司" else ("A", "")), line.order_no,
             line.component[0], "维修", line.narrative or line.code, "施工质量", contracts[line.supplier].number,
             line.amount, line.reported_on, line.paid_on - timedelta(29), f"KC-{line.order_no}", True,
             line.paid_on - timedelta(14), line.paid_on - timedelta(13), line.paid_on - timedelta(13))
            for line in lines
        ],
        known_from,
    )  # fmt: skip
    copy(
        connection,
        "repairs.approval",
        "order_no, level_no, duty, verdict, opinion, approver, approved_on, approved_amount",
        [
            (line.order_no, level, duty, "同意", "属保修范围", "某经理", line.paid_on - timedelta(29), line.amount)
            for line in lines
            for level in [level_of(str(line.amount))]
            for duty in (("审核", "审批") if level == 2 else ("审批",))
        ],
        known_from,
    )
    copy(
        connection,
        "repairs.letter",
        "letter_no, order_no, letter_kind, sent_on, amount",
        [
            paper
            for line in charged
            for paper in (
                (f"TZ-{line.order_no}", line.order_no, "维修通知", line.paid_on - timedelta(28), None),
                (f"QR-{line.order_no}", line.order_no, "扣款确认函", line.paid_on - timedelta(10), line.amount),
            )
        ],
        known_from,
    )
    copy(
        connection,
        "repairs.final_account",
        "order_no, amount, captain, submitted_on",
        [(line.order_no, line.amount, "队长", line.paid_on - timedelta(12)) for line in lines],
        known_from,
    )
    copy(
        connection,
        "repairs.audit",
        "order_no, audited_amount, department, auditor, audited_on, opinion",
        [
            (line.order_no, line.amount, "审计核算部" if line.amount > 20000 else "客户服务部", "审核员",
             line.paid_on - timedelta(11), "属实")
            for line in lines
            if line.fate != "未审核"
        ],
        known_from,
    )  # fmt: skip
    copy(
        connection,
        "repairs.answer",
        "letter_no, order_no, answered_at, answer_kind",
        [
            (f"QR-{line.order_no}", line.order_no, line.answered_at, line.fate)
            for line in lines
            if line.fate in ("确认", "异议")
        ],
        known_from,
    )


def months_after(day: date, months: int) -> date:
    """The same day so many months later; only for days that every month has."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)


def expected_of(
    month: str, lines: list[Line], waiting: list[Line], contracts: dict[str, Contract]
) -> dict[str, Decimal]:
    """What becomes of a month's money, in plain arithmetic; keeps the deposits, and who waits, for the next month.

    :param waiting: disputed orders of all months that may yet be deducted; reserved as far as the deposit reaches.
    """
    becomes = dict.fromkeys(("扣款", "索赔", "公司承担", "争议冻结", "暂停", "未到结算"), NOTHING)
    if month in ("2018-04", "2019-04"):
        for contract in contracts.values():
            contract.balance += contract.deposit
    by_contract: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        contract = contracts[line.supplier]
        if line.fate == "未审核":
            becomes["未到结算"] += line.amount
        elif line.fate == "公司":
            becomes["公司承担"] += line.amount
        elif line.reported_on > months_after(ACCEPTED_ON, max(contract.liability_months, line.component[1])):
            becomes["公司承担"] += line.amount  # beyond every promise, whatever the contractor says
        elif line.fate == "沉默":
            becomes["暂停"] += line.amount
        elif line.fate == "异议":
            becomes["争议冻结"] += line.amount
            if line.reported_on <= months_after(ACCEPTED_ON, contract.liability_months):
                waiting.append(line)  # what could never be deducted is not reserved
        elif line.reported_on > months_after(ACCEPTED_ON, contract.liability_months):
            becomes["索赔"] += line.amount
        else:
            by_contract[line.supplier].append(line)
    for line in waiting:
        by_contract[line.supplier].append(line)
    for supplier, mine in by_contract.items():
        contract = contracts[supplier]
        for line in sorted(mine, key=lambda line: (line.answered_at, line.order_no)):
            held = contract.reserved.get(line.order_no, NOTHING)
            takes = min(line.amount - held, contract.balance - sum(contract.reserved.values()))
            if line.fate == "异议":
                contract.reserved[line.order_no] = held + takes
            else:
                contract.balance -= takes
                becomes["扣款"] += takes
                becomes["索赔"] += line.amount - takes
    return becomes


def booked(books: Books, month: str) -> dict[str, Decimal]:
    """What the ledger says became of a month's money."""
    [row] = books.query(
        """
        select
            coalesce(sum(line.amount) filter (where line.account in ('质保金', '冻结质保金')), 0) as deducted,
            coalesce(sum(line.amount) filter (where line.account = '应收索赔'), 0) as claimed,
            coalesce(sum(line.amount) filter (where line.account = '维修成本'), 0) as borne
        from repairs.entry inner join repairs.entry_line as line on entry.entry_id = line.entry_id
        where entry.entry_kind = '结算' and entry.base_on = %(base_on)s
        """,
        base_on=parse(month).starts_on,
    )
    return {"扣款": row["deducted"], "索赔": row["claimed"], "公司承担": row["borne"]}


def still_open(books: Books, month: str) -> dict[str, Decimal]:
    """What waits at the end of a month, of this and of all months before, by outcome."""
    return {
        row["outcome"]: row["amount"]
        for row in books.query(
            """
            select standing.outcome, sum(coalesce(standing.settled_amount, final_account.amount)) as amount
            from repairs.standing inner join repairs.final_account on standing.order_no = final_account.order_no
            where standing.base_on = %(base_on)s and standing.outcome in ('争议冻结', '暂停', '未到结算')
            group by standing.outcome
            """,
            base_on=parse(month).starts_on,
        )
    }


def test_month_by_month_a_landlords_repairs_add_up_to_the_penny(own_books: Books, spent: dict[str, list[Line]]):
    """Each line of each month is charged, claimed, borne, disputed or stopped, and nothing is lost in between.

    A line is a repair if its expenditure code or its service has a word of `REPAIR_WORDS`. It is one work order, paid
    thirty days after it was reported; lines that repeat within an invoice are all counted. The supplier is a
    contractor with one contract, of which 3 % of the first year's payments are held, and as much again in the second.
    By a hash of the order's number 5 of 100 are of class B, 3 disputed, 2 not answered without a clause, 2 not audited.
    No line lacks a supplier, and none has an amount of zero or below, which the registers would refuse by name; where a
    line has no narrative, the defect is what its expenditure code says.
    The registers are filled with COPY, each month as it would have been known on its last day. All 24 months:
    ``BACKOFFICE_ALL_MONTHS=1 make test PYTEST_ARGS='-s tests/real/test_real_repairs.py'``.
    """
    contracts = contracts_of(spent)
    connection = own_books.connection
    connection.prepare_threshold = None  # a task has a connection of its own: no plan of an earlier month is kept
    every = [line for lines in spent.values() for line in lines]
    assert all(line.amount > 0 and line.supplier for line in every)
    assert all(line.paid_on.strftime("%Y-%m") == line.month for line in every)
    move_in(own_books, contracts)
    connection.commit()

    waiting: list[Line] = []
    open_since: dict[str, Decimal] = defaultdict(Decimal)
    total: dict[str, Decimal] = defaultdict(Decimal)
    for month, lines in itertools.islice(spent.items(), SETTLED_MONTHS):
        bring(own_books, lines, contracts)
        connection.commit()
        connection.execute("analyze")
        connection.commit()
        began = time.perf_counter()
        known_at = f"{parse(month).until_on.replace(day=5)} 09:00"
        run_id = reckon(own_books, month, known_at, is_waiting=True)
        reckoned = time.perf_counter()
        certify(own_books, run_id, month)
        assert post(own_books, run_id, month) == []
        connection.commit()
        posted = time.perf_counter()

        becomes = expected_of(month, lines, waiting, contracts)
        assert sum(becomes.values()) == sum(line.amount for line in lines)
        charged = {name: becomes[name] for name in ("扣款", "索赔", "公司承担")}
        assert booked(own_books, month) == charged
        for name in ("争议冻结", "暂停", "未到结算"):
            open_since[name] += becomes[name]
        assert still_open(own_books, month) == {name: amount for name, amount in open_since.items() if amount}
        for name, amount in becomes.items():
            total[name] += amount
        held = {
            row["contract_no"]: (row["balance"], row["reserved"])
            for row in own_books.query("select * from repairs.deposit_account")
        }
        assert held == {
            contract.number: (contract.balance, sum(contract.reserved.values(), NOTHING))
            for contract in contracts.values()
            if contract.deposit
        }
        print(
            month, f"{len(lines)} orders", *(f"{name} {amount}" for name, amount in becomes.items()),
            f"reckoned in {reckoned - began:.2f} s, certified and posted in {posted - reckoned:.2f} s",
        )  # fmt: skip
    settled = [line for lines in itertools.islice(spent.values(), SETTLED_MONTHS) for line in lines]
    assert sum(total.values()) == sum(line.amount for line in settled)
    print(
        f"{len(settled)} orders of {len(contracts)} contractors:", *(f"{name} {sum_}" for name, sum_ in total.items())
    )
