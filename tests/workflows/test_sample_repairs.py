"""The repairs of the sample land, are judged and settled, and say what their tour (sample/README.md, third part) says.

What is charged is reckoned here once more, from the script's tables, by walking along each deposit in plain decimals.
"""

import re
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

import psycopg
import pytest

from backoffice.database import connect, rows
from tests.drawing import Books
from tests.rules.repairs.conftest import certify, judge, post, reckon
from tests.workflows.test_sample import SAMPLE, take_in, tour
from tests.workflows.test_sample_fees import Told, cells, counted, now

sys.path.insert(0, str(SAMPLE))
import make_repairs
from filing import table

SITE = make_repairs.SITE
CENT = Decimal("0.01")
NOTHING = Decimal("0.00")
#: what the script's tables call what becomes of an order
BECOMES = {
    "扣": "扣款",
    "赔": "索赔",
    "司": "公司承担",
    "冻": "争议冻结",
    "停": "暂停",
    "修": "自修结案",
    "未": "未到结算",
}

RETURNED = """
    select
        concat_ws('/', site_id, file_name) as "repair file",
        line_no as "行号",
        column_name as "列",
        reason as "原因"
    from ops.quarantine inner join ops.landing_file on quarantine.file_id = landing_file.file_id
    where site_id = 'GS01'
    order by 1, 2
"""
STANDING = """
    select
        order_no as "派工单号",
        outcome as "结果",
        stop as "停在",
        stop_rule as "依据",
        missing as "缺什么"
    from repairs.standing
    where workflow = 'repair_orders' and outcome in ('未到结算', '暂停', '争议冻结', '自修结案')
    order by order_no
"""
OUTCOMES = """
    select order_no, outcome from repairs.standing
    where workflow = 'deposit_chargebacks' and base_on = %(month)s
"""
ASKED = """
    select
        level_no as "级别",
        duty as "环节",
        approver_duty as "问谁",
        string_agg(order_no, ' ' order by order_no) as "派工单"
    from repairs.to_approve(%(run_id)s)
    group by level_no, duty, approver_duty
    order by level_no, duty
"""
LETTERS = """
    select
        paper.paper_no as "函件编号",
        paper.contract_no as "施工合同号",
        paper.amount as "函件金额",
        string_agg(letter.order_no, ' ' order by letter.order_no) as "派工单"
    from repairs.paper inner join repairs.letter on paper.paper_no = letter.letter_no
    group by paper.paper_no, paper.contract_no, paper.amount
    order by paper.paper_no
"""
CHARGES = """
    select
        order_no as "派工单号",
        contract_no as "施工合同号",
        case when entry_kind = '冻结' then 0.00 else amount end as "审定",
        management_amount as "管理费",
        -deposit_amount as "扣款",
        claim_amount as "索赔",
        company_amount as "公司承担",
        balance_after as "扣后余额"
    from repairs.planned
    where base_on = %(month)s and entry_kind = '结算'
    order by line_no
"""
#: Month by month, from the lines of the ledger.
DEPOSITS = """
    with booked as (
        select
            entry.base_on,
            entry.entry_kind,
            line.contract_no,
            -line.amount as amount,
            line.account = '冻结质保金' as is_reserved
        from repairs.entry
        inner join repairs.entry_line as line on entry.entry_id = line.entry_id
        where line.account in ('质保金', '冻结质保金') and entry.base_on <= %(month)s
    )

    select
        contract.contract_no as "施工合同号",
        coalesce(
            sum(booked.amount) filter (where booked.base_on < %(month)s or booked.entry_kind = '期初'), 0.00
        ) as "期初",
        coalesce(
            sum(booked.amount) filter (where booked.base_on = %(month)s and booked.entry_kind = '补缴'), 0.00
        ) as "增加",
        coalesce(
            -sum(booked.amount) filter (where booked.base_on = %(month)s and booked.entry_kind = '结算'), 0.00
        ) as "扣款",
        coalesce(
            sum(booked.amount) filter (where booked.base_on = %(month)s and booked.entry_kind = '冲回'), 0.00
        ) as "冲回",
        coalesce(
            -sum(booked.amount) filter (where booked.base_on = %(month)s and booked.entry_kind = '退还'), 0.00
        ) as "退还",
        coalesce(sum(booked.amount), 0.00) as "期末",
        coalesce(sum(booked.amount) filter (where booked.is_reserved), 0.00) as "冻结"
    from repairs.contract
    left join booked on contract.contract_no = booked.contract_no
    where contract.superseded_at = 'infinity'
    group by contract.contract_no
    order by contract.contract_no
"""
ENTRIES = """
    select
        entry_kind as "分录",
        order_no as "派工单号",
        movement_no as "凭证号",
        contract_no as "施工合同号",
        business_on as "业务日期",
        amount as "金额"
    from repairs.planned
    where base_on = %(month)s and entry_kind <> '期初'
    order by line_no
"""
TOTALS = """
    select totals from ops.result
    where workflow = 'deposit_chargebacks' and base_on = %(month)s
    order by revision desc
    limit 1
"""
ACCOUNTS = """
    select general.account, general.amount, coalesce(-sum(line.amount), 0.00) as ledger
    from repairs.general_balance as general
    left join (repairs.entry_line as line inner join repairs.entry on line.entry_id = entry.entry_id)
        on
            case line.account when '冻结质保金' then '质保金' else line.account end = general.account
            and entry.base_on <= general.base_month
    group by general.account, general.amount
    order by general.account
"""
FLOATS = """
    select
        holder as "持有部门",
        sum(amount) filter (where movement_kind = '支用') as "支用",
        sum(amount) filter (where movement_kind = '报销') as "报销补回",
        sum(amount) filter (where movement_kind = '盘点') as "库存"
    from repairs.float_movement
    group by holder
    order by holder
"""
EXCESS = """
    select contract.contract_no, account.balance - round(contract.settled_amount * contract.deposit_rate, 2) as excess
    from repairs.contract inner join repairs.deposit_account as account using (contract_no)
    where contract.superseded_at = 'infinity' and account.balance > contract.settled_amount * contract.deposit_rate
"""


@dataclass
class Story:
    """What the books said after each step."""

    files: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    returned: list[Told] = field(default_factory=list)
    standing: list[Told] = field(default_factory=list)
    outcomes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[Told] = field(default_factory=list)
    letters: list[Told] = field(default_factory=list)
    to_certify: dict[str, list[str]] = field(default_factory=dict)
    charges: dict[str, list[Told]] = field(default_factory=dict)
    deposits: dict[str, list[Told]] = field(default_factory=dict)
    entries: dict[str, list[Told]] = field(default_factory=dict)
    totals: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    accounts: list[dict] = field(default_factory=list)
    floats: list[Told] = field(default_factory=list)
    excess: dict[str, list[Told]] = field(default_factory=dict)


def settled(story: Story, books: Books, month: str) -> None:
    """Plan, certify, book and close a month, and look at what it came to."""
    first_on = f"{month}-01"
    run_id = reckon(books, month, now(books), is_waiting=True, site=SITE)
    listed = rows(books.connection, "repairs/list_to_certify", {"run_id": run_id, "site_id": SITE, "base_on": first_on})
    story.to_certify[month] = [row["item_no"] for row in listed]
    certify(books, run_id, month, site=SITE)
    assert post(books, run_id, month, site=SITE) == []
    story.charges[month] = [cells(row) for row in books.query(CHARGES, month=first_on)]
    story.deposits[month] = [cells(row) for row in books.query(DEPOSITS, month=first_on)]
    story.entries[month] = [cells(row) for row in books.query(ENTRIES, month=first_on)]
    story.outcomes[month] = {row["order_no"]: row["outcome"] for row in books.query(OUTCOMES, month=first_on)}
    story.excess[month] = [cells(row) for row in books.query(EXCESS)]
    [row] = books.query(TOTALS, month=first_on)
    story.totals[month] = {name: Decimal(str(value)) for name, value in row["totals"].items()}


@pytest.fixture(scope="module")
def story(server, tmp_path_factory):
    """31 October judged, its letters drawn up and put back; October settled; what came later; November settled."""
    from tests.conftest import _copy_of_template

    found = Story()
    for dsn in _copy_of_template(server):
        with connect(dsn) as connection:
            books = Books(connection)
            taken = take_in(books, SAMPLE / "inbox", tmp_path_factory.mktemp("october"))
            assert (taken.landing.refused, taken.landing.unknown, taken.admission.refused) == ([], [], [])
            found.files["inbox"] = counted(taken.admission)
            found.returned = [cells(row) for row in books.query(RETURNED)]
            run_id = judge(books, "2026-10-31", now(books), site=SITE)
            found.standing = [cells(row) for row in books.query(STANDING)]
            found.asked = [cells(row) for row in books.query(ASKED, run_id=run_id)]
            with connection.transaction() as attempt:
                books.run(
                    "repairs/send_letters",
                    run_id=run_id,
                    site_id=SITE,
                    base_on="2026-10-31",
                    released_on="2026-11-02",
                )
                found.letters = [cells(row) for row in books.query(LETTERS)]
                raise psycopg.Rollback(attempt)
            settled(found, books, "2026-10")
            found.accounts = books.query(ACCOUNTS)
            found.floats = [cells(row) for row in books.query(FLOATS)]
            taken = take_in(books, SAMPLE / "later", tmp_path_factory.mktemp("later"))
            assert (taken.landing.refused, taken.landing.unknown, taken.admission.refused) == ([], [], [])
            found.files["later"] = counted(taken.admission)
            settled(found, books, "2026-11")
            connection.rollback()
    return found


# Reckoned once more -----------------------------------------------------------------------------------------


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Charge:
    """What an order is charged to: the deposit, a claim, the company."""

    order: make_repairs.Order
    fee: Decimal
    deducted: Decimal
    claimed: Decimal
    company: Decimal
    balance: Decimal | None

    def told(self) -> Told:
        contract = self.order.contract if self.order.row["becomes"] != "司" else ""
        return {
            "派工单号": self.order.number,
            "施工合同号": contract,
            "审定": str(self.order.amounts[2]),
            "管理费": str(self.fee),
            "扣款": str(self.deducted),
            "索赔": str(self.claimed),
            "公司承担": str(self.company),
            "扣后余额": "" if self.balance is None else str(self.balance),
        }


def instant(order: make_repairs.Order) -> tuple[str, str]:
    """When the contractor answered, or the day after his time was over; then the number."""
    if order.answer:
        return order.answer[1], order.number
    return f"{order.asked_on + timedelta(8)} 00:00", order.number


def walk() -> tuple[list[Charge], dict[str, dict[str, Decimal]]]:
    """October, order by order along each deposit; and each deposit from its opening to its closing balance."""
    found = make_repairs.orders(make_repairs.ORDERS)
    added = [row for row in table(make_repairs.MOVEMENTS) if row["凭证号"] != "ZB-2610-02"]
    charges, deposits = [], {}
    for name, contract in make_repairs.CONTRACT.items():
        opening = Decimal(contract["deposit"] or "0.00")
        more = sum((Decimal(row["金额"]) for row in added if row["施工合同号"] == name), NOTHING)
        balance, reserved = opening + more, NOTHING
        rate = Decimal(contract["fee"].rstrip("%") or 0) / 100
        mine = [order for order in found if order.contract == name and order.row["becomes"] in ("扣", "赔", "冻")]
        for order in sorted(mine, key=instant):
            share = Decimal(order.share.rstrip("%") or 100) / 100
            part = half_up(order.amounts[2] * share)
            fee = half_up(part * rate)
            available = NOTHING if order.row["becomes"] == "赔" else balance - reserved
            took = min(part + fee, available)
            if order.row["becomes"] == "冻":
                reserved += took
                continue
            balance -= took
            charges.append(Charge(order, fee, took, part + fee - took, order.amounts[2] - part, balance))
        deposits[name] = {
            "期初": opening,
            "增加": more,
            "扣款": opening + more - balance,
            "期末": balance,
            "冻结": reserved,
        }
    own = [order for order in found if order.row["becomes"] == "司"]
    charges += [Charge(order, NOTHING, NOTHING, NOTHING, order.amounts[2], None) for order in own]
    return charges, deposits


def summed(values) -> Decimal:
    return sum(map(Decimal, values), NOTHING)


def audited(becomes: str) -> Decimal:
    found = make_repairs.orders(make_repairs.ORDERS)
    return summed(order.amounts[2] for order in found if order.row["becomes"] == becomes)


def told(*headings: str) -> list[Told]:
    """Rows of the tour in the columns that the books have."""
    apart = ("case", "who", "repair file")
    return [{name: value for name, value in row.items() if name not in apart} for row in tour(*headings)]


def by_order(found: list[Told]) -> list[Told]:
    return sorted(found, key=lambda row: row["派工单号"])


# What lands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "heading"), [("inbox", "repair file"), ("later", "November repair file")])
def test_the_control_totals_of_each_file_are_those_of_the_tour(story, folder, heading):
    headings = ("行数", "入账", "重复", "更正", "退回")
    drawn = {row[heading]: [int(row[name]) for name in headings] for row in tour(heading, *headings)}
    made = make_repairs.inbox() if folder == "inbox" else make_repairs.later()
    assert {name: counts for name, counts in story.files[folder].items() if name in made} == drawn
    assert drawn.keys() == made.keys()
    assert all(total == sum(parts) for total, *parts in drawn.values())


def test_what_comes_back_is_what_the_tour_says(story):
    assert story.returned == tour("repair file", "行号", "列", "原因")
    assert len(story.returned) == 6


def test_WAR_20_an_order_in_two_files_is_one_order(story):
    assert story.files["inbox"][f"{SITE}/2026-10派工单登记-补报.csv"] == [1, 0, 1, 0, 0]
    assert list(story.outcomes["2026-10"]).count(make_repairs.SENT_TWICE[0]) == 1


def test_no_file_of_the_inbox_knows_of_november():
    known = [order for order in make_repairs.orders(make_repairs.ORDERS) if order.row["class"] != "B"]
    sent = make_repairs.letters(known)
    lines = [make_repairs.order_line(order) for order in known]
    for drawn in (make_repairs.approval_lines, make_repairs.account_lines, make_repairs.audit_lines):
        lines += drawn(known)
    lines += make_repairs.letter_lines(sent) + make_repairs.answer_lines(sent)
    days = {cell[:10] for line in lines for cell in line if re.match(r"2026-\d\d-\d\d", cell)}
    assert max(days) <= "2026-10-31"


# The day ----------------------------------------------------------------------------------------------------


def test_orders_that_wait_stand_where_the_tour_says_and_none_is_left_out(story):
    assert story.standing == told("结果", "停在", "缺什么")


def test_approvers_are_asked_about_the_orders_of_the_tour(story):
    assert story.asked == told("级别", "环节", "问谁")


def test_the_letters_of_the_day_are_those_of_the_tour(story):
    assert story.letters == told("函件编号", "函件金额")
    confirmations = [row for row in story.letters if row["函件编号"].startswith("QR-GS01-20261031-")]
    assert len(confirmations) == 3
    assert sum(len(row["派工单"].split()) for row in confirmations) == 6


# October ----------------------------------------------------------------------------------------------------


def test_every_order_becomes_what_the_script_says(story):
    drawn = {
        order.number: BECOMES[order.row["becomes"]]
        for order in make_repairs.orders(make_repairs.ORDERS)
        if order.row["becomes"]
    }
    assert story.outcomes["2026-10"] == drawn


def test_the_list_to_certify_has_both_classes_and_leaves_out_what_is_certified(story):
    certified = {
        order.number for order in make_repairs.orders(make_repairs.ORDERS) if {"认定", "剔除"} & set(order.words)
    }
    settled_orders = {row["派工单号"] for row in told("审定", "扣后余额")}
    assert set(story.to_certify["2026-10"]) == settled_orders - certified
    assert len(story.to_certify["2026-10"]) == 26


def test_the_charges_of_october_are_those_of_the_tour_and_reckoned_once_more(story):
    reckoned = by_order([charge.told() for charge in walk()[0]])
    assert by_order(story.charges["2026-10"]) == reckoned
    assert by_order(told("审定", "扣后余额")) == reckoned


def test_WAR_09_WAR_10_a_small_deposit_pays_by_the_instant_of_the_answer_and_the_rest_is_claimed(story):
    found = [row for row in story.charges["2026-10"] if row["施工合同号"] == "HT-JC1-03"]
    assert [(row["派工单号"], row["扣款"], row["索赔"], row["扣后余额"]) for row in found] == [
        ("PG-2609-21", "2500.00", "0.00", "500.00"),
        ("PG-2609-20", "500.00", "1500.00", "0.00"),
        ("PG-2609-22", "0.00", "1150.00", "0.00"),
    ]


def test_WAR_22_each_deposit_goes_from_its_opening_to_its_closing_balance_as_the_tour_says(story):
    _, deposits = walk()
    found = {row["施工合同号"]: row for row in story.deposits["2026-10"]}
    drawn = {row["施工合同号"]: row for row in told("增加", "期末", "可用")}
    for name, row in found.items():
        reckoned = deposits[name]
        assert {column: Decimal(row[column]) for column in reckoned} == reckoned, name
        assert {column: Decimal(drawn[name][column]) for column in reckoned} == reckoned, name
        assert Decimal(drawn[name]["可用"]) == reckoned["期末"] - reckoned["冻结"]
    # the contract that came back has none
    assert deposits.keys() - found.keys() == {"HT-JC3-09"}
    total = drawn.pop("合计")
    assert found.keys() == drawn.keys()
    for column in ("期初", "增加", "扣款", "期末", "冻结", "可用"):
        assert Decimal(total[column]) == summed(row[column] for row in drawn.values()), column


def test_the_totals_of_october_add_up_and_are_those_of_the_tour(story):
    charges, _ = walk()
    reckoned = {
        "settled_amount": summed(audited(kind) for kind in "扣赔司冻停"),
        "management_amount": summed(charge.fee for charge in charges),
        "deducted_amount": summed(charge.deducted for charge in charges),
        "claimed_amount": summed(charge.claimed for charge in charges),
        "company_amount": summed(charge.company for charge in charges),
        "disputed_amount": audited("冻"),
        "stopped_amount": audited("停"),
    }
    spent, fee, *treated = reckoned.values()
    assert spent + fee == sum(treated)
    assert {name: story.totals["2026-10"][name] for name in reckoned} == reckoned
    names = ("审定合计", "管理费", "扣款", "索赔", "公司承担", "争议冻结", "暂停")
    [drawn] = [row for row in tour("审定合计", "争议冻结", "暂停") if row["month"] == "2026-10"]
    assert [Decimal(drawn[name]) for name in names] == list(reckoned.values())


def test_the_general_ledger_says_what_the_deposit_ledger_says(story):
    sides = {"质保金": 1, "应付维修队": 1, "应收索赔": -1}
    assert {row["account"] for row in story.accounts} == sides.keys()
    for row in story.accounts:
        assert row["amount"] == sides[row["account"]] * row["ledger"], row


def test_one_float_is_balanced_and_of_the_other_a_difference_is_told(story):
    drawn = told("持有部门", "库存", "差额")
    assert [{name: row[name] for name in ("持有部门", "支用", "报销补回", "库存")} for row in drawn] == story.floats
    short = {
        row["持有部门"]: Decimal(row["库存"]) - (100000 - Decimal(row["支用"]) + Decimal(row["报销补回"]))
        for row in story.floats
    }
    assert {row["持有部门"]: Decimal(row["差额"]) for row in drawn} == short
    assert short == {"客户服务部": NOTHING, "维修队": Decimal("-3.60")}


# November ---------------------------------------------------------------------------------------------------


def test_the_entries_of_november_are_those_of_the_tour(story):
    assert story.entries["2026-11"] == told("分录", "业务日期")


def test_WAR_14_the_release_leaves_what_is_reserved_and_the_dispute_uses_it(story):
    found = {row["派工单号"] or row["凭证号"]: row["金额"] for row in story.entries["2026-11"]}
    assert (found["ZB-2611-01"], found["PG-2609-51"]) == ("39200.00", "1800.00")
    [october] = [row for row in story.deposits["2026-10"] if row["施工合同号"] == "HT-JC2-03"]
    assert (october["期末"], october["冻结"]) == ("41000.00", "1800.00")
    [november] = [row for row in story.deposits["2026-11"] if row["施工合同号"] == "HT-JC2-03"]
    assert (november["期末"], november["冻结"]) == ("0.00", "0.00")


def test_WAR_16_a_charge_of_october_that_was_a_third_partys_comes_back_in_november(story):
    [found] = [row for row in story.entries["2026-11"] if row["分录"] == "冲回"]
    assert (found["派工单号"], found["金额"]) == ("PG-2609-01", "1200.00")


def test_WAR_17_an_order_of_october_that_was_found_late_is_booked_in_november_with_its_own_date(story):
    [found] = [row for row in story.entries["2026-11"] if row["派工单号"] == "PG-2610-79"]
    assert (found["分录"], found["业务日期"], found["金额"]) == ("结算", "2026-10-22", "1640.00")


def test_WAR_22_novembers_deposits_are_those_of_the_tour_and_add_up(story):
    drawn = told("冲回", "退还", "期末")
    assert story.deposits["2026-11"] == drawn
    closing = {row["施工合同号"]: row["期末"] for row in story.deposits["2026-10"]}
    for row in drawn:
        assert row["期初"] == closing[row["施工合同号"]]
        amounts = {name: Decimal(row[name]) for name in ("期初", "增加", "扣款", "冲回", "退还", "期末")}
        assert amounts["期末"] == (
            amounts["期初"] + amounts["增加"] - amounts["扣款"] + amounts["冲回"] - amounts["退还"]
        )


def test_the_totals_of_november_add_up_and_are_those_of_the_tour(story):
    [drawn] = [row for row in tour("审定合计", "争议冻结", "暂停") if row["month"] == "2026-11"]
    amounts = {name: Decimal(value) for name, value in drawn.items() if name != "month"}
    assert amounts == {
        "审定合计": story.totals["2026-11"]["settled_amount"],
        "管理费": story.totals["2026-11"]["management_amount"],
        "扣款": story.totals["2026-11"]["deducted_amount"],
        "索赔": story.totals["2026-11"]["claimed_amount"],
        "公司承担": story.totals["2026-11"]["company_amount"],
        "争议冻结": story.totals["2026-11"]["disputed_amount"],
        "暂停": story.totals["2026-11"]["stopped_amount"],
    }
    spent, fee, *treated = amounts.values()
    assert spent + fee == sum(treated)


def test_WAR_23_a_price_that_was_lowered_leaves_3000_above_the_cap(story):
    assert story.excess["2026-10"] == []
    assert story.excess["2026-11"] == [{"contract_no": "HT-JC2-01", "excess": "3000.00"}]


def test_every_file_of_the_tour_is_there(story):
    for row in tour("审定", "扣后余额"):
        assert row["repair file"] in story.files["inbox"], row
