"""The fee month of the sample lands, is reckoned, and says what its tour (sample/README.md, second part) says.

The figures of the tour are reckoned by hand from the rules. Plain tenants are reckoned here from the script's tables.
"""

import sys
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from backoffice.database import connect, rows
from backoffice.feeds import AdmissionReport
from tests.drawing import Books, as_text
from tests.rules.fees.conftest import reckon, release
from tests.workflows.test_sample import SAMPLE, take_in, tour

sys.path.insert(0, str(SAMPLE))
import make_fees

TOWERS = ("GM01", "WX01", "YX01")
COUNTS = ("row_count", "admitted_count", "duplicate_count", "superseding_count", "quarantined_count")

LINES = """
    select
        contract_no as "合同号",
        charge_kind as "费项",
        starts_on as "起",
        ends_on as "止",
        case when month_days is null then '' else concat(day_count, '/', month_days) end as "天数",
        quantity as "数量",
        case when scale(trim_scale(unit_price)) < 2 then round(unit_price, 2) else trim_scale(unit_price) end as "单价",
        amount as "金额",
        case when amount is not null then concat(trim_scale(vat_rate * 100), '%%') end as "税率",
        net_amount as "不含税",
        vat_amount as "税额",
        mark as "标记"
    from fees.bill_line
    where base_on = %(month)s
"""
ACCOUNTS = """
    select
        contract_no as "合同号",
        concat_ws(' ', unit_no, nullif(tenant_name, '')) as who,
        opening_amount as "期初欠费",
        charge_amount as "本期应收",
        correction_amount as "红蓝字",
        late_fee_amount as "违约金",
        credit_applied as "预收抵扣",
        payable_amount as "本次应缴",
        status as "状态",
        concat_ws(
            '；',
            nullif(reason, ''),
            case when credit_brought > credit_applied then concat('预收余', credit_brought - credit_applied) end,
            case when copied_to <> '' then concat('抄送', copied_to) end
        ) as "说明"
    from fees.bill
    where base_on = %(month)s
"""
LATE_FEES = """
    select
        contract_no as "合同号",
        principal as "本金",
        due_on as "应缴期限",
        counts_from as "计自",
        counts_to as "计至",
        day_count as "天数",
        concat(trim_scale(late_rate * 100), '%%') as "日率",
        amount as "金额",
        hint as "提示"
    from fees.bill_late_fee
    where base_on = %(month)s
    order by contract_no, item_key, stretch_no
"""
TOTALS = """
    select
        site_id as tower,
        count(*) as "户数",
        count(*) filter (where status = '出单') as "出单",
        count(*) filter (where status = '无需出单') as "无需出单",
        count(*) filter (where status = '异常未出单') as "未出单",
        sum(opening_amount) filter (where status = '出单') as "期初欠费",
        sum(charge_amount) filter (where status = '出单') as "本期应收",
        sum(late_fee_amount) filter (where status = '出单') as "违约金",
        sum(credit_applied) filter (where status = '出单') as "预收抵扣",
        sum(payable_amount) filter (where status = '出单') as "本次应缴"
    from fees.bill
    where base_on = %(month)s
    group by site_id
"""
RETURNED = """
    select
        concat_ws('/', site_id, file_name) as "fee file",
        line_no as "行号",
        column_name as "列",
        reason as "原因"
    from ops.quarantine inner join ops.landing_file on quarantine.file_id = landing_file.file_id
    where
        reason not like '%%看得懂的时间%%'
        and column_name not in ('考勤号', '工号')
        and (site_id is null or site_id in ('GM01', 'WX01', 'YX01'))
    order by 1, 2
"""
ENTRIES = """
    select contract_no as "合同号", entry_kind as "红蓝", charge_kind as "费项", amount as "金额"
    from fees.entry
    where entry_kind in ('红字', '蓝字') and base_on = %(month)s
    order by contract_no, amount
"""
JUMPS = """
    select concat_ws(' ', contract_no, charge_kind) as told
    from fees.jumps(%(site)s, '2026-11-01', %(at)s::timestamptz)
"""
Told = dict[str, str]


@dataclass
class Story:
    """What the books said after each step."""

    lines: dict[str, list[Told]] = field(default_factory=dict)
    accounts: dict[str, dict[str, Told]] = field(default_factory=dict)
    late_fees: list[Told] = field(default_factory=list)
    totals: dict[str, Told] = field(default_factory=dict)
    exceptions: list[tuple[str, ...]] = field(default_factory=list)
    returned: list[Told] = field(default_factory=list)
    numbers: dict[str, list[dict]] = field(default_factory=dict)
    entries: list[Told] = field(default_factory=list)
    files: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    jumps: list[str] = field(default_factory=list)


def cells(row: dict) -> Told:
    """A row of the books as the tour writes it."""
    return {
        name: as_text(value).removeprefix("-") if value in (None, "") else as_text(value) for name, value in row.items()
    }


def counted(report: AdmissionReport) -> dict[str, list[int]]:
    return {
        "/".join(filter(None, [file.site_id, file.file_name])): [getattr(file, name) for name in COUNTS]
        for file in report.files
    }


def now(books: Books) -> str:
    """The instant up to which a run knows: after everything that was admitted."""
    books.connection.commit()
    return books.query("select clock_timestamp()::text as at")[0]["at"]


def look(story: Story, books: Books, month: str) -> None:
    first_on = f"{month}-01"
    story.lines[month] = [cells(row) for row in books.query(LINES, month=first_on)]
    story.accounts[month] = {row["合同号"]: cells(row) for row in books.query(ACCOUNTS, month=first_on)}


@pytest.fixture(scope="module")
def story(server, tmp_path_factory):
    """October reckoned and released; what came later; October corrected; November reckoned."""
    from tests.conftest import _copy_of_template

    found = Story()
    for dsn in _copy_of_template(server):
        with connect(dsn) as connection:
            books = Books(connection)
            taken = take_in(books, SAMPLE / "inbox", tmp_path_factory.mktemp("october"))
            assert (taken.landing.refused, taken.landing.unknown, taken.admission.refused) == ([], [], [])
            found.files["inbox"] = counted(taken.admission)
            found.returned = [cells(row) for row in books.query(RETURNED)]
            for tower in TOWERS:
                known_at = now(books)
                run_id = reckon(books, "2026-10", known_at, site=tower)
                document = {"site_id": tower, "starts_on": "2026-10-01", "known_at": known_at}
                listed = rows(connection, "fees/sheet_exceptions", document)
                names = ("severity", "subject", "problem", "impact_amount", "file_name", "line_no")
                found.exceptions += [(tower, *cells({name: row[name] for name in names}).values()) for row in listed]
                release(books, run_id, "2026-10", site=tower)
                found.numbers[tower] = books.query(
                    "select notice_no, unit_no "
                    "from fees.notice inner join fees.bill using (site_id, base_on, contract_no) "
                    "where site_id = %(site)s order by 1",
                    site=tower,
                )
            look(found, books, "2026-10")
            found.late_fees = [cells(row) for row in books.query(LATE_FEES, month="2026-10-01")]
            found.totals = {row["tower"]: cells(row) for row in books.query(TOTALS, month="2026-10-01")}
            taken = take_in(books, SAMPLE / "later", tmp_path_factory.mktemp("later"))
            assert (taken.landing.refused, taken.landing.unknown, taken.admission.refused) == ([], [], [])
            found.files["later"] = counted(taken.admission)
            for tower in ("GM01", "WX01"):
                run_id = reckon(books, "2026-10", now(books), site=tower, mode="correct")
                release(books, run_id, "2026-10", on="2026-11-20", site=tower)
            for tower in TOWERS:
                known_at = now(books)
                reckon(books, "2026-11", known_at, site=tower)
                found.jumps += [row["told"] for row in books.query(JUMPS, site=tower, at=known_at)]
            look(found, books, "2026-11")
            found.entries = [cells(row) for row in books.query(ENTRIES, month="2026-11-01")]
            connection.rollback()
    return found


def told_lines(*headings: str) -> list[Told]:
    """Rows of the tour in the columns that the books have."""
    apart = ("case", "fee file", "November", "November account")
    return [{name: value for name, value in row.items() if name not in apart} for row in tour(*headings)]


def missing(told: list[Told], found: list[Told]) -> list[dict]:
    """Rows of the tour that the books do not have, each as often as it is told."""
    names = list(told[0])
    gone = Counter(tuple(row.items()) for row in told) - Counter(
        tuple((name, row[name]) for name in names) for row in found
    )
    return [dict(row) for row in gone]


def key(row: Told) -> tuple[str, str, str]:
    return row["合同号"], row["费项"], row["起"]


@pytest.mark.parametrize(
    ("month", "headings"), [("2026-10", ("费项", "天数", "税额")), ("2026-11", ("November", "费项"))]
)
def test_the_lines_of_the_stories_are_those_of_the_tour(story, month, headings):
    told = told_lines(*headings)
    assert missing(told, story.lines[month]) == []


def test_every_line_marked_in_the_books_is_in_the_tour(story):
    for month, headings in (("2026-10", ("费项", "天数", "税额")), ("2026-11", ("November", "费项"))):
        marked = {(*key(row), row["标记"]) for row in story.lines[month] if row["标记"]}
        assert marked == {(*key(row), row["标记"]) for row in told_lines(*headings) if row["标记"]}


def test_the_accounts_of_the_stories_are_those_of_the_tour_and_none_is_left_out(story):
    told = told_lines("who", "期初欠费", "说明")
    assert missing(told, list(story.accounts["2026-10"].values())) == []
    # its contract is over and nothing is owed: it has no account at all
    assert {row["合同号"] for row in told} == make_fees.STORIES.keys() - {"WX-1203"}
    assert "WX-1203" not in story.accounts["2026-10"]


def test_plain_tenants_are_asked_for_what_the_script_reckons(story):
    for tower in make_fees.TOWER.values():
        for unit in make_fees.plain_units(tower):
            account = story.accounts["2026-10"][f"{tower.letters}-{unit}"]
            assert Decimal(account["本次应缴"]) == make_fees.plain_amount(tower, account["合同号"]), account


def test_the_totals_of_the_tour_are_the_sums_of_stories_and_plain_tenants(story):
    stories = told_lines("who", "期初欠费", "说明")
    for row in tour("tower", "户数", "未出单"):
        tower = make_fees.TOWER[row["tower"]]
        own = [account for account in stories if account["合同号"].startswith(tower.letters)]
        billed = [account for account in own if account["状态"] == "出单"]
        plain = [make_fees.plain_amount(tower, f"{tower.letters}-{unit}") for unit in make_fees.plain_units(tower)]
        for name in ("期初欠费", "违约金", "预收抵扣", "本期应收", "本次应缴"):
            of_plain = sum(plain) if name in ("本期应收", "本次应缴") else 0
            assert Decimal(row[name]) == sum(Decimal(account[name]) for account in billed) + of_plain, (
                tower.site,
                name,
            )
        assert int(row["户数"]) == len(own) + len(plain)
        assert int(row["出单"]) == len(billed) + len(plain)
        assert int(row["户数"]) == int(row["出单"]) + int(row["无需出单"]) + int(row["未出单"])
        assert Decimal(row["本次应缴"]) == (
            Decimal(row["期初欠费"]) + Decimal(row["本期应收"]) + Decimal(row["违约金"]) - Decimal(row["预收抵扣"])
        )


@pytest.mark.parametrize("tower", TOWERS)
def test_the_totals_of_the_tour_are_those_of_the_books(story, tower):
    [told] = [row for row in tour("tower", "户数", "未出单") if row["tower"] == tower]
    assert {name: value for name, value in story.totals[tower].items() if name in told} == told


def test_late_fees_are_those_of_the_tour_stretch_by_stretch(story):
    told = tour("合同号", "本金", "计自", "提示")
    assert sorted(map(str, story.late_fees)) == sorted(map(str, told))


def test_the_sheets_of_exceptions_list_what_the_tour_says(story):
    told = [tuple(row.values()) for row in tour("tower", "级别", "收费问题")]
    assert story.exceptions == told


def test_what_comes_back_is_what_the_tour_says(story):
    assert story.returned == tour("fee file", "行号", "列", "原因")


@pytest.mark.parametrize(("folder", "heading"), [("inbox", "fee file"), ("later", "later file")])
def test_the_control_totals_of_each_file_are_those_of_the_tour(story, folder, heading):
    headings = ("行数", "入账", "重复", "更正", "退回")
    told = {row[heading]: [int(row[name]) for name in headings] for row in tour(heading, *headings)}
    made = make_fees.inbox() if folder == "inbox" else make_fees.later()
    assert {name: counts for name, counts in story.files[folder].items() if name in made} == told
    assert told.keys() == made.keys()
    assert all(total == sum(parts) for total, *parts in told.values())


def test_every_file_of_the_tour_is_there(story):
    for row in [*tour("费项", "天数", "税额"), *tour("who", "期初欠费", "说明")]:
        assert row["fee file"] in story.files["inbox"], row
    for row in tour("November", "费项"):
        assert row["fee file"] in story.files["later"], row


def test_numbers_go_on_from_where_the_tower_began_and_have_no_gaps(story):
    assert {tower: [row["notice_no"] for row in numbered] for tower, numbered in story.numbers.items()} == {
        "WX01": [f"JK-WX01-202610-{number:04}" for number in range(101, 159)],
        "GM01": [f"JK-GM01-202610-{number:04}" for number in range(1, 40)],
        "YX01": [f"JK-YX01-202610-{number:04}" for number in range(1, 21)],
    }


def test_numbers_follow_the_units_as_people_count_them(story):
    for tower, numbered in story.numbers.items():
        listed = list(make_fees.TOWER[tower].units)
        places = [listed.index(row["unit_no"]) for row in numbered]
        assert places == sorted(places), tower


def test_november_corrects_october_and_goes_on_from_it(story):
    assert story.entries == tour("合同号", "红蓝")
    told = told_lines("who", "红蓝字")
    assert missing(told, list(story.accounts["2026-11"].values())) == []
    # rents of which a month was asked for in part (WX-503, WX-602 …) are no jumps
    assert sorted(story.jumps) == ["WX-1401 电费", "WX-401 电费", "WX-402 电费", "WX-601B 电费"]
