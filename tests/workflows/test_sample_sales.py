"""The case sites of the sample land, are counted and issued, and say what their tour (sample/README.md, part 4) says.

What moved and what is owed is reckoned by the script from its own tables, in plain decimals; here it is held against
the tour and against the books. Weeks and months are counted and issued by the statements that the workflows run.
"""

import re
import sys
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backoffice.database import connect
from tests.drawing import Books
from tests.rules.sales.conftest import counted as counted_of
from tests.rules.sales.conftest import issue, sheet
from tests.workflows.test_sample import SAMPLE, take_in, tour
from tests.workflows.test_sample_fees import Told, cells, counted, now

sys.path.insert(0, str(SAMPLE))
import make_sales
from filing import table

SITES = make_sales.SITES
WEEK, OCTOBER = "2026-W44", "2026-10"
NOTHING = Decimal("0.00")
#: what the tour calls the measures
MEASURES = {
    "来电": "call_count",
    "来访(新)": "new_visit_count",
    "复访": "return_visit_count",
    "认购套": "subscribed_count",
    "认购金额": "subscribed_amount",
    "退订套": "cancelled_count",
    "签约套": "signed_count",
    "签约金额": "signed_amount",
    "净签约套": "net_signed_count",
    "净签约金额": "net_signed_amount",
    "回款": "received_amount",
}
AGES = {"未到期": "未到期", "1-30": "1–30", "31-60": "31–60", "61-90": "61–90", "90以上": "90以上"}

RETURNED = """
    select
        concat_ws('/', site_id, file_name) as "sales file",
        line_no as "行号",
        column_name as "列",
        reason as "原因"
    from ops.quarantine inner join ops.landing_file on quarantine.file_id = landing_file.file_id
    where site_id = any(array['CH01', 'JN01', 'YQ01'])
    order by 1, 2
"""
OWNER = """
    select owner_id, verdict, rule_id
    from sales.ownership_at(%(site)s, %(day)s, %(known_at)s)
    where %(phone)s = any(phones)
"""
OWED = """
    select bucket, sum(open_amount) as amount
    from sales.receivable_at(%(site)s, %(day)s, %(known_at)s)
    group by bucket
"""
OWED_OF = """
    select instalment_no, open_amount, overdue_days, bucket, keeper_id, consultant_id
    from sales.receivable_at(%(site)s, %(day)s, %(known_at)s)
    where contract_no = %(contract)s and open_amount > 0
    order by instalment_no
"""
TURNS = """
    select visit.phone, visit.visited_at::text as at, turn.reason
    from sales.reception_turns('YQ01', '2026-10-01', '2026-10-31', %(known_at)s) as turn
    inner join sales.visit on turn.site_id = visit.site_id and turn.visit_no = visit.visit_no
    where visit.superseded_at = 'infinity' and not turn.is_counted
"""
LATE = """
    select site_id, indicator, ref_no, business_on::text as day, moved_amount
    from sales.late_line
    where workflow = %(workflow)s and base_on = %(base)s
    order by site_id, ref_no
"""


@dataclass
class Story:
    """What the sample gives, stage by stage."""

    files: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    returned: list[Told] = field(default_factory=list)
    #: (site, period) → what it counted, when it was issued and once more when later files had come
    counts: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    counts_again: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    #: (site, day) → bucket → amount
    owed: dict[tuple[str, date], dict[str, Decimal]] = field(default_factory=dict)
    owners: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    turns: list[dict[str, Any]] = field(default_factory=list)
    sheets: dict[tuple[str, str, str], list[dict[str, Any]]] = field(default_factory=dict)
    shares: dict[str, dict[str, str]] = field(default_factory=dict)
    #: contract → what it owes on a day, by what was known in October and later
    contracts: dict[tuple[str, date], list[dict[str, Any]]] = field(default_factory=dict)
    late: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def look(story: Story, books: Books, known_at: str) -> None:
    """What the books of October say."""
    for period, (_, last_on) in ((OCTOBER, make_sales.OCTOBER), (WEEK, make_sales.WEEK_44)):
        for site in SITES:
            story.counts[site, period] = counted_of(books, period, site)
            found = books.query(OWED, site=site, day=last_on, known_at=known_at)
            story.owed[site, last_on] = {row["bucket"]: row["amount"] for row in found}
            for name in ("channels", "exceptions", "controls", "targets", "bridge", "sell_through"):
                story.sheets[name, site, period] = sheet(books, name, period, known_at, site)
    for row in tour("project", "phone", "as of", "归属"):
        [found] = books.query(OWNER, site=row["project"], day=row["as of"], phone=row["phone"], known_at=known_at)
        story.owners[row["phone"], row["as of"]] = found
    story.turns = books.query(TURNS, known_at=known_at)
    for consultant in ("A05", "C02"):
        story.shares[consultant] = counted_of(books, "2026-W43", "CH01", consultant=consultant)


def owed_of(story: Story, books: Books, name: str, day: date, known_at: str) -> None:
    deal = make_sales.OF_NAME[name]
    found = books.query(OWED_OF, site=deal.site, contract=deal.contract_no, day=day, known_at=known_at)
    story.contracts[name, day] = found


@pytest.fixture(scope="module")
def story(server, tmp_path_factory):
    """The quarter taken in; its months and last weeks issued; what came later; the next week and November issued."""
    from tests.conftest import _copy_of_template

    found = Story()
    for dsn in _copy_of_template(server):
        with connect(dsn) as connection:
            books = Books(connection)
            taken = take_in(books, SAMPLE / "inbox", tmp_path_factory.mktemp("october"))
            assert (taken.landing.refused, taken.landing.unknown) == ([], [])
            assert (taken.admission.refused, taken.admission.failed) == ([], [])
            found.files["inbox"] = counted(taken.admission)
            found.returned = [cells(row) for row in books.query(RETURNED)]
            known_at = now(books)
            for period in ("2026-W43", WEEK, "2026-09", OCTOBER):
                issue(books, period, known_at, [site for site in SITES if period != "2026-09" or site != "CH01"])
            look(found, books, known_at)
            found.counts["JN01", "2026-09"] = counted_of(books, "2026-09", "JN01")
            owed_of(found, books, "YQ-912", date(2026, 10, 31), known_at)
            owed_of(found, books, "YQ-910", date(2026, 10, 31), known_at)
            taken = take_in(books, SAMPLE / "later", tmp_path_factory.mktemp("later"))
            assert (taken.landing.refused, taken.landing.unknown, taken.admission.refused) == ([], [], [])
            found.files["later"] = counted(taken.admission)
            known_at = now(books)
            for period, workflow, base in (
                ("2026-W45", "weekly_sales", "2026-11-02"),
                ("2026-11", "monthly_sales", "2026-11-01"),
            ):
                issue(books, period, known_at, SITES)
                found.late[period] = books.query(LATE, workflow=workflow, base=base)
                for site in SITES:
                    found.counts[site, period] = counted_of(books, period, site)
            for site, period in (("YQ01", OCTOBER), ("YQ01", WEEK), ("JN01", "2026-09")):
                found.counts_again[site, period] = counted_of(books, period, site)
            owed_of(found, books, "YQ-907", date(2026, 11, 20), known_at)
            owed_of(found, books, "CH-902", date(2026, 11, 20), known_at)
            connection.rollback()
    return found


def figure(value: Decimal | int) -> str:
    return f"{Decimal(value):.2f}"


def exceptions_about(story: Story, site: str, what: str, period: str = OCTOBER) -> list[dict[str, Any]]:
    return [row for row in story.sheets["exceptions", site, period] if what in " ".join(map(str, row.values()))]


# What lands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "heading"), [("inbox", "sales file"), ("later", "November sales file")])
def test_the_control_totals_of_each_file_are_those_of_the_tour(story, folder, heading):
    headings = ("行数", "入账", "重复", "更正", "退回")
    drawn = {row[heading]: [int(row[name]) for name in headings] for row in tour(heading, *headings)}
    made = make_sales.inbox() if folder == "inbox" else make_sales.later()
    assert {name: counts for name, counts in story.files[folder].items() if name in made} == drawn
    assert drawn.keys() == made.keys()
    assert all(total == sum(parts) for total, *parts in drawn.values())


def test_SA_B5_what_comes_back_is_what_the_tour_says_a_unit_sold_twice_among_it(story):
    assert story.returned == tour("sales file", "行号", "列", "原因")
    assert len(story.returned) == 4
    assert any("一套房源不能卖两次" in row["原因"] for row in story.returned)


def test_the_files_are_small_and_no_file_of_the_inbox_knows_of_the_months_after():
    made = make_sales.inbox()
    assert sum(map(len, made.values())) < 1_500_000
    days = [deal.signed_on for deal in make_sales.DEALS_MADE if deal.signed_on]
    days += [row["value_on"] for received in make_sales.RECEIVED.values() for row in received]
    days += [row["visited_at"].date() for came in make_sales.CAME.values() for row in came]
    assert max(days) == make_sales.KNOWN_UNTIL


# Counted ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [OCTOBER, WEEK])
@pytest.mark.parametrize("site", SITES)
def test_what_a_project_moved_is_reckoned_once_more_and_is_what_the_tour_says(story, site, period):
    reckoned = make_sales.control(site, *(make_sales.OCTOBER if period == OCTOBER else make_sales.WEEK_44))
    [drawn] = [row for row in tour(*MEASURES) if (row["period"], row["project"]) == (period, site)]
    assert {name: Decimal(drawn[name]) for name in MEASURES} == reckoned
    found = story.counts[site, period]
    assert {name: found.get(measure, "0.00").removeprefix("-") for name, measure in MEASURES.items()} == {
        name: figure(value) for name, value in reckoned.items()
    }


@pytest.mark.parametrize("last_on", [make_sales.OCTOBER[1], make_sales.WEEK_44[1]])
@pytest.mark.parametrize("site", SITES)
def test_SAL_14_SAL_15_what_is_owed_by_age_is_reckoned_once_more_and_is_what_the_tour_says(story, site, last_on):
    reckoned = make_sales.receivables(site, last_on)
    [drawn] = [row for row in tour("as of", *AGES) if (row["as of"], row["project"]) == (str(last_on), site)]
    assert {name: Decimal(drawn[name]) for name in ("应收", *AGES)} == {
        name: reckoned[name] for name in ("应收", *AGES)
    }
    found = story.owed[site, last_on]
    assert {name: found.get(bucket, NOTHING) for name, bucket in AGES.items()} == {
        name: reckoned[name] for name in AGES
    }
    assert sum(reckoned[name] for name in AGES) == reckoned["应收"]
    assert reckoned["预收"] == NOTHING


def test_SAL_02_the_week_has_seven_days_and_the_month_six_of_them(story):
    deals = make_sales.signed_rows("YQ01", *make_sales.WEEK_44)
    sunday = [deal.amount for deal in deals if deal.signed_on == make_sales.KNOWN_UNTIL]
    [bridge] = [row for row in story.sheets["bridge", "YQ01", WEEK] if "净签约金额" in map(str, row.values())]
    amounts = {value for value in bridge.values() if isinstance(value, Decimal)}
    week = sum(deal.amount for deal in deals)
    assert {week, week - sum(sunday), sum(sunday)} <= amounts
    assert make_sales.OF_NAME["YQ-911"].amount in sunday


def test_SAL_03_ten_signings_less_a_return_and_a_swap_are_nine_of_11200000(story):
    found = story.counts["JN01", OCTOBER]
    assert (found["signed_count"], found["signed_amount"]) == ("10.00", "12000000.00")
    assert (found["net_signed_count"], found["net_signed_amount"]) == ("9.00", "11200000.00")
    september = story.counts["JN01", "2026-09"]
    reckoned = make_sales.control("JN01", date(2026, 9, 1), date(2026, 9, 30))
    assert september["net_signed_amount"] == figure(reckoned["签约金额"])
    assert story.counts_again["JN01", "2026-09"] == september


def test_SAL_04_what_was_subscribed_in_october_and_signed_in_november_is_each_months_own(story):
    deal = make_sales.OF_NAME["YQ-901"]
    assert deal.signed_on is None
    assert story.counts["YQ01", "2026-11"]["signed_count"] == "2.00"  # and the one of Sunday 1 November
    assert story.counts_again["YQ01", OCTOBER] == story.counts["YQ01", OCTOBER]


def test_SAL_05_no_visit_is_no_rate_and_one_visit_for_two_signings_is_200_percent(story):
    for period in (OCTOBER, WEEK):
        rates = {
            row["channel"]: (row["visit_quantity"], row["signed_quantity"], row["period_rate"])
            for row in story.sheets["channels", "YQ01", period]
        }
        assert rates["企业团购"] == (0, 2, None)
        assert rates["老带新"] == (1, 2, 2)


@pytest.mark.parametrize(
    "row", tour("project", "phone", "as of", "归属"), ids=lambda row: f"{row['case']} {row['as of']}"
)
def test_SAL_07_SAL_08_SAL_09_whose_a_customer_is_is_what_the_tour_says(story, row):
    found = story.owners[row["phone"], row["as of"]]
    assert (found["owner_id"] or "公共", found["rule_id"]) == (row["归属"], row["依据"])


def test_SAL_06_SA_B10_three_spellings_of_a_day_are_one_turn_and_a_buyer_or_a_colleagues_customer_none(story):
    reasons = {(row["phone"], row["at"][5:16]): row["reason"] for row in story.turns}
    assert reasons["19900020001", "10-17 14:20"] == "当日复访"
    assert reasons["19900020001", "10-17 16:45"] == "当日复访"
    assert ("19900020001", "10-20 11:10") not in reasons
    assert reasons["19900010006", "10-18 10:20"] == "已成交客户"
    assert reasons["19900020007", "10-22 13:40"] == "代接"


def test_SAL_10_a_deal_of_1000000_01_is_shared_to_the_cent(story):
    theirs = {
        consultant: sum(
            (deal.amount for deal in make_sales.signed_rows("CH01", date(2026, 10, 19), date(2026, 10, 25))
             if deal.seller == consultant and deal.name != "CH-901"),
            NOTHING,
        )
        for consultant in ("A05", "C02")
    }  # fmt: skip
    assert Decimal(story.shares["A05"]["signed_amount"]) - theirs["A05"] == Decimal("500000.01")
    assert Decimal(story.shares["C02"]["signed_amount"]) - theirs["C02"] == Decimal("500000.00")
    count = sum(Decimal(found["signed_count"]) for found in story.shares.values())
    assert count == len(make_sales.signed_rows("CH01", date(2026, 10, 19), date(2026, 10, 25)))


def test_SAL_11_the_deal_is_whose_it_was_and_the_receivable_whose_it_is(story):
    found = story.contracts["YQ-912", date(2026, 10, 31)]
    assert {(row["consultant_id"], row["keeper_id"]) for row in found} == {("A05", "A03")}


def test_SAL_12_a_mortgage_that_was_approved_and_not_paid_out_is_owed(story):
    [loan] = story.contracts["YQ-910", date(2026, 10, 31)]
    assert (loan["open_amount"], loan["overdue_days"]) == (Decimal("900000.00"), 1)


def test_SAL_14_31_days_30_days_none_and_not_due(story):
    found = {
        row["instalment_no"]: (row["overdue_days"], row["bucket"])
        for row in story.contracts["CH-902", date(2026, 11, 20)]
    }
    assert found == {2: (31, "31–60"), 3: (30, "1–30"), 4: (0, "未到期"), 5: (0, "未到期")}


def test_SAL_15_money_without_a_reference_settles_the_oldest_first(story):
    [left] = story.contracts["YQ-907", date(2026, 11, 20)]
    assert (left["instalment_no"], left["open_amount"], left["overdue_days"]) == (3, Decimal("150000.00"), 19)


def test_SAL_16_SAL_17_the_months_target_is_the_last_version_and_a_new_project_has_none(story):
    [target] = [
        row
        for row in story.sheets["targets", "YQ01", OCTOBER]
        if row["item"] == "认购套数" and row["section"] == "目标"
    ]
    assert target["target_amount"] == 80
    none = [row for row in story.sheets["targets", "CH01", OCTOBER] if row["section"] == "目标"]
    assert {row["completion_rate"] for row in none} == {None}
    assert none


def test_SAL_19_eighty_units_count_as_released_from_25_october_on():
    released = [unit for (site, _), unit in make_sales.UNITS.items() if site == "YQ01" and unit["building_no"] == "3"]
    assert {unit["released_on"] for unit in released} == {date(2026, 10, 25)}
    assert len(released) == 80


def test_SAL_20_one_number_in_two_lists_is_counted_once_and_told(story):
    [row] = exceptions_about(story, "YQ01", "QY-YQ-906")
    assert "1,388,000.00" in " ".join(map(str, row.values()))
    assert "1,398,000.00" in " ".join(map(str, row.values()))


def test_SA_B6_SA_B9_cash_and_prices_that_nobody_approved_are_told(story):
    assert all(exceptions_about(story, "YQ01", number) for number in ("XJ-YQ-02", "XJ-YQ-03", "XJ-YQ-04"))
    assert not exceptions_about(story, "YQ01", "XJ-YQ-01")
    assert not exceptions_about(story, "JN01", "XJ-JN-01")
    assert exceptions_about(story, "YQ01", "QY-YQ-914")
    assert not exceptions_about(story, "YQ01", "QY-YQ-915")


def test_SA_B8_checks_meetings_and_trainings_of_october_are_those_of_the_tour(story):
    for row in tour("合同抽检", "晨会夕会", "培训", "竞品调研"):
        found = {sheet_row["item"]: sheet_row for sheet_row in story.sheets["controls", row["project"], OCTOBER]}
        for item in ("合同抽检", "晨会夕会", "培训", "竞品调研"):
            done, due = found[item]["done_count"], found[item]["due_count"]
            assert ("—" if due is None else f"{done}/{due}") == row[item], (row["project"], item)


# Later ------------------------------------------------------------------------------------------------------


def test_SAL_13_SAL_18_what_came_to_light_later_is_counted_later_and_nothing_issued_changes(story):
    assert [
        {"site": row["site_id"], "单号": row["ref_no"], "业务日": row["day"], "金额": figure(row["moved_amount"])}
        for row in story.late["2026-W45"]
    ] == [{"site": "YQ01", "单号": "SK-YQ-2611-L-01", "业务日": "2026-10-31", "金额": "80000.00"}]
    assert story.late["2026-11"] == story.late["2026-W45"]
    assert story.counts_again["YQ01", OCTOBER] == story.counts["YQ01", OCTOBER]
    assert story.counts_again["YQ01", WEEK] == story.counts["YQ01", WEEK]


def test_SAL_12_SAL_18_november_has_the_refund_and_the_agreement(story):
    deals = [make_sales.OF_NAME[name] for name in ("YQ-901", "YQ-911")]
    found = story.counts["YQ01", "2026-11"]
    assert found["net_signed_amount"] == figure(sum(deal.amount for deal in deals) - 20000)
    told = make_sales.control("YQ01", date(2026, 11, 1), date(2026, 11, 30))["回款"]
    paid = [Decimal(row["amount"]) for row in table(make_sales.PAID_LATER)]
    assert -50000 in paid
    assert found["received_amount"] == figure(told + sum(paid))
    assert found["cancelled_count"] == "-1.00"


def test_SA_B5_a_unit_that_came_back_is_sold_again(story):
    assert story.files["later"]["JN01/2026-11认购登记.xlsx"] == [1, 1, 0, 0, 0]
    [again] = table(make_sales.DEALS_LATER)
    [change] = [row for row in table(make_sales.CHANGES) if row["deal"] == "JN-881"]
    assert make_sales.OF_NAME[change["deal"]].unit == again["unit"]


def test_every_case_of_the_tour_names_a_file_that_is_there():
    made = {*make_sales.inbox(), *(f"later/{name}" for name in make_sales.later()), "制度参数.csv"}
    cases = tour("case", "what is planted", "where")
    assert {f"SAL-{number:02}" for number in range(1, 22)} <= {
        case for row in cases for case in re.findall(r"SAL-\d\d", row["case"])
    }
    for row in cases:
        assert all(name in made for name in row["where"].split(", ") if name), row


# As the workflows run ---------------------------------------------------------------------------------------


def subjects(office: Any, start: str) -> list[tuple[str, str]]:
    """(subject, address) of the letters that begin so."""
    return [
        (letter["Subject"], str(letter["To"]).rpartition("<")[2].strip(">"))
        for letter in office.post.letters
        if letter["Subject"].startswith(start)
    ]


def test_the_week_goes_out_to_projects_and_group_once_and_the_day_to_each_consultant(sample_office):
    office = sample_office
    asked = {"send_mail": "是", "requested_by": "demo", "reason": "首周"}
    first = office.run("weekly_sales", period=WEEK, **asked)
    assert str(first.state) == "success", office.states(first)
    weekly = subjects(office, "【销售周报】")
    assert len(weekly) == 5
    for site in SITES:
        moved = make_sales.control(site, *make_sales.WEEK_44)
        [subject] = [text for text, _ in weekly if make_sales.PROJECT_NAMES[site] in text]
        visits = moved["来访(新)"] + moved["复访"]
        assert f"来访{visits} 认购{moved['认购套']}套 净签约{moved['净签约套']}套" in subject
        assert f"{moved['净签约金额']:,.2f}元 回款{moved['回款']:,.2f}元" in subject
    sent = len(office.post.kept)
    office.run("weekly_sales", period=WEEK, **asked)
    assert office.query("select state from ops.run order by run_id")[-1]["state"] == "unchanged"
    assert len(office.post.kept) == sent

    day = office.run("customer_followup", period="2026-11-02", **asked)
    assert str(day.state) == "success", office.states(day)
    addresses = {row["address"] for row in table(make_sales.CONSULTANTS)}
    daily = [(text, to) for text, to in subjects(office, "【客户跟进】") if to in addresses]
    assert len(daily) == len(set(daily)) >= 10
    assert {to for _, to in daily} >= {"yq.a03@example.cn", "ch.a05@example.cn", "jn.b03@example.cn"}
