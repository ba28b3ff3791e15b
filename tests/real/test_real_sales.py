"""Sales that nobody here made up: the open register of presales of Taiwan, two quarters, county by county.

It is a format that a site brought along (feeds/presale_contracts.toml). The files are measured, not shipped; where they
are absent the tests are skipped (fixture `shared_data`). What they hold is counted here once more with the csv module.
"""

import csv
import shutil
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from backoffice.database import connect
from backoffice.feeds import admit_landed, land_inbox
from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.sales.conftest import run_of

QUARTERS = ("1103", "1104")
PATTERN = "?_lvr_land_b.csv"
AS_OF_ON = date(2026, 10, 31)
LEAST_PRICE = 10000

COMMA = "比表头多出了列（表头30列）"
NO_NAME = "没有填"
NO_AREA = "建物面积不大于0"
LOW_PRICE = "总价低于一万元，像是少写了位数"

TOTALS = """
    select
        split_part(contract.site_id, '-', 2) as county,
        to_char(contract.signed_on, 'YYYY-MM') as month,
        count(*) as sold,
        sum(contract.amount) as amount,
        sum(contract.area) as area
    from sales.contract
    where contract.superseded_at = 'infinity'
    group by 1, 2
"""
FILES = """
    select
        file_name,
        row_count,
        admitted_count,
        duplicate_count,
        superseding_count,
        quarantined_count
    from ops.landing_file
    where feed = 'presale_contracts'
    order by file_id
"""
TALLIES = """
    select
        split_part(site_id, '-', 2) as county,
        base_on,
        sum(moved_count) as sold,
        sum(moved_amount) as amount,
        sum(moved_area) as area
    from sales.tally
    where workflow = %(workflow)s and indicator = '签约' and not is_late
    group by 1, 2
"""
RETURNED = """
    select quarantine.column_name, quarantine.reason, count(*) as row_count
    from ops.quarantine inner join ops.landing_file on quarantine.file_id = landing_file.file_id
    where landing_file.feed = 'presale_contracts'
    group by quarantine.column_name, quarantine.reason
"""


@dataclass(frozen=True)
class Sale:
    """One row of the register that can be believed."""

    county: str
    project: str
    serial: str
    signed_on: date
    amount: Decimal
    area: Decimal


@dataclass
class Told:
    """What a file says by a count of our own: its rows, what goes back and why, and its sales."""

    row_count: int
    reasons: Counter[str]
    sales: list[Sale]


def day_of(text: str) -> date | None:
    """1100827 is 27 August 2021; None where there is no such day, or it lies before this century."""
    try:
        found = date(int(text[:-4]) + 1911, int(text[-4:-2]), int(text[-2:]))
    except ValueError:
        return None
    return found if found.year >= 2000 else None


def count(path: Path) -> Told:
    """Read one county's file of a quarter: headings, the same in English, rows."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        heading, _, *rows = csv.reader(stream)
    told, county = Told(len(rows), Counter(), []), path.name[0]
    for row in rows:
        cells = dict(zip(heading, row, strict=False))
        signed_on = day_of(cells["交易年月日"])
        if len(row) > len(heading):
            told.reasons[COMMA] += 1
        elif not cells["建案名稱"].strip():
            told.reasons[NO_NAME] += 1
        elif signed_on is None:
            told.reasons[f"“{cells['交易年月日']}”"] += 1
        elif Decimal(cells["建物移轉總面積平方公尺"]) <= 0:
            told.reasons[NO_AREA] += 1
        elif Decimal(cells["總價元"]) < LEAST_PRICE:
            told.reasons[LOW_PRICE] += 1
        else:
            amount, area = Decimal(cells["總價元"]), Decimal(cells["建物移轉總面積平方公尺"])
            told.sales.append(Sale(county, cells["建案名稱"].strip(), cells["編號"], signed_on, amount, area))
    return told


@dataclass
class Office:
    """Books that took both quarters, and what was counted beside them."""

    books: Books
    inbox: Path
    archive: Path
    told: dict[tuple[str, str], Told]

    @property
    def sales(self) -> list[Sale]:
        return [sale for told in self.told.values() for sale in told.sales]

    def take(self):
        """Land and admit what lies in the inbox; nothing may be refused."""
        self.books.connection.commit()
        landed = land_inbox(self.books.connection, self.inbox, self.archive, as_of_on=AS_OF_ON)
        assert (landed.refused, landed.unknown) == ([], [])
        admitted = admit_landed(self.books.connection, as_of_on=AS_OF_ON)
        assert (admitted.refused, admitted.failed) == ([], [])
        return admitted


def project_lines(sales: list[Sale]) -> list[str]:
    """The register of projects, one group a county: as its labels are coarse, no list of units."""
    names = sorted({(sale.county, sale.project) for sale in sales})
    opens_on = min(sale.signed_on for sale in sales)
    return [
        f'"presale-{county}-{name}","{name}",presale-{county},{county},{opens_on},否,实价登录' for county, name in names
    ]


@pytest.fixture(scope="module")
def office(server, shared_data, tmp_path_factory):
    """Both quarters, landed one after the other into a database of their own."""
    from tests.conftest import _copy_of_template

    folders = {quarter: shared_data / "sales" / f"tw_presale_{quarter}" for quarter in QUARTERS}
    if not all(folder.is_dir() for folder in folders.values()):
        pytest.skip("the register of presales is not on this machine")
    told = {
        (quarter, path.name): count(path)
        for quarter, folder in folders.items()
        for path in sorted(folder.glob(PATTERN))
    }
    place = tmp_path_factory.mktemp("presale")
    inbox = place / "inbox"
    inbox.mkdir()
    for dsn in _copy_of_template(server):
        with connect(dsn) as connection:
            found = Office(Books(connection), inbox, place / "archive", told)
            heading = "项目编号,项目名称,集团编号,集团名称,启用日期,登记房源,联系方式"
            lines = "\n".join([heading, *project_lines(found.sales)])
            (inbox / "案场项目登记.csv").write_text(lines, encoding="utf-8")
            found.take()
            for folder in folders.values():
                for path in sorted(folder.glob(PATTERN)):
                    shutil.copy(path, inbox)
                found.take()
            yield found
            connection.rollback()


def test_every_row_of_every_file_is_admitted_or_comes_back(office: Office):
    found = [tuple(row.values()) for row in office.books.query(FILES)]
    assert found == [
        (name, told.row_count, len(told.sales), 0, 0, told.reasons.total()) for (_, name), told in office.told.items()
    ]
    assert sum(row[1] for row in found) == 31049 + 32686


def test_what_comes_back_is_named(office: Office):
    counted: Counter[str] = Counter()
    for told in office.told.values():
        counted += told.reasons
    returned = {(row["column_name"], row["reason"]): row["row_count"] for row in office.books.query(RETURNED)}
    wrong_days = {f"“{day}”": f"“{day}”不是看得懂的民国日期，或没有这一天" for day in ("1100020",)}
    wrong_days["“190611”"] = "“190611”早于或小于2000-01-01，不合情理"
    columns = {COMMA: "", NO_NAME: "项目编号", NO_AREA: "建物移轉總面積平方公尺", LOW_PRICE: "總價元"}
    assert returned == {
        (columns.get(reason, "交易年月日"), wrong_days.get(reason, reason)): number
        for reason, number in counted.items()
    }
    assert (counted[COMMA], counted[LOW_PRICE], counted["“1100020”"], counted["“190611”"]) == (7, 1, 1, 1)


def test_sales_by_county_and_month_are_those_of_the_files(office: Office):
    counted: dict[tuple[str, str], list[Decimal | int]] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for sale in office.sales:
        total = counted[sale.county, f"{sale.signed_on:%Y-%m}"]
        total[0] += 1
        total[1] += sale.amount
        total[2] += sale.area
    found = {(row["county"], row["month"]): list(row.values())[2:] for row in office.books.query(TOTALS)}
    assert found == counted


@pytest.mark.parametrize(
    ("workflow", "period"),
    [("weekly_sales", "2011-02-28..2022-01-02"), ("monthly_sales", "2011-01-01..2021-12-31")],
)
def test_every_week_and_every_month_counts_the_sales_of_its_days(office: Office, workflow: str, period: str):
    """Of some 2,000 projects, each since the day of the first sale, ten years before most of them."""
    projects = [row["site_id"] for row in office.books.query("select site_id from sales.project order by 1")]
    with office.books.connection.transaction() as attempt:
        run_id = run_of(office.books, workflow, period, "2099-01-01", projects)
        carry_out(office.books.connection, run_id, ["sales/mark_tally"])
        found = {
            (row["county"], row["base_on"]): list(row.values())[2:]
            for row in office.books.query(TALLIES, workflow=workflow)
        }
        raise psycopg.Rollback(attempt)
    counted: dict[tuple[str, date], list[Decimal | int]] = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    for sale in office.sales:
        monday = sale.signed_on - timedelta(days=sale.signed_on.weekday())
        base_on = monday if workflow == "weekly_sales" else sale.signed_on.replace(day=1)
        total = counted[sale.county, base_on]
        total[0] += 1
        total[1] += sale.amount
        total[2] += sale.area
    assert found == counted
    assert sum(sold for sold, *_ in found.values()) == len(office.sales)


def test_the_same_file_again_says_nothing_and_a_corrected_one_supersedes_one_row(office: Office, shared_data: Path):
    source = shared_data / "sales" / "tw_presale_1104" / "x_lvr_land_b.csv"
    shutil.copy(source, office.inbox)
    assert office.take().files == []
    told = office.told["1104", source.name]
    one = told.sales[0]
    text = source.read_text(encoding="utf-8-sig")
    assert text.count(f",{one.amount},") == 1
    corrected = text.replace(f",{one.amount},", f",{one.amount + 10000},")
    (office.inbox / source.name).write_text(corrected, encoding="utf-8-sig")
    [again] = office.take().files
    assert (again.duplicate_count, again.superseding_count) == (len(told.sales) - 1, 1)
    [held] = office.books.query(
        "select amount from sales.contract where contract_no = %(no)s and superseded_at = 'infinity'", no=one.serial
    )
    assert held["amount"] == one.amount + 10000
    (office.inbox / source.name).write_text(f"{text}\n", encoding="utf-8-sig")
    office.take()
