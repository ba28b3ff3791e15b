"""Meters that nobody here made up: a year of 22 buildings' electricity, and readings that were meant to be refused.

The files are measured, not shipped; where they are absent the tests are skipped (fixture `shared_data`).
"""

import csv
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.feeds.conftest import Office
from tests.real.conftest import KNOWN_AT, sent_back, told, write
from tests.rules.fees.conftest import reckon, release

PRICE = Decimal("0.8245")
CENT = Decimal("0.01")
#: hours of zeros on end from which a gap is one: no building of the archive rests for a whole day
GAP_HOURS = 24
READING_DAYS = [date(2018, month, 20) for month in range(1, 13)]


def hours(path: Path) -> list[tuple[date, Decimal]]:
    """(day, kWh) of every hour of a building's year."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [(date.fromisoformat(at[:10]), Decimal(used)) for at, used in list(csv.reader(lines))[1:]]


def gap_days(used: list[tuple[date, Decimal]]) -> set[date]:
    """Days on which a run of zeros of a day or longer stood still."""
    days: set[date] = set()
    run: list[date] = []
    for day, kwh in [*used, (date.max, Decimal(1))]:
        if kwh == 0:
            run.append(day)
            continue
        if len(run) >= GAP_HOURS:
            days.update(run)
        run = []
    return days


@pytest.fixture
def buildings(shared_data: Path) -> dict[str, list[tuple[date, Decimal]]]:
    """Hourly values by building."""
    found = {
        path.name.split("_")[0]: hours(path)
        for path in sorted((shared_data / "meters" / "cambridge_2018").glob("*_electricity_2018.csv"))
    }
    if not found:
        pytest.skip("the hourly readings of the Cambridge archive are not on this machine")
    return found


def registers(buildings: dict[str, list[tuple[date, Decimal]]]) -> dict[str, dict[date, Decimal]]:
    """What each meter showed at the end of each 20th on which it was read."""
    shown: dict[str, dict[date, Decimal]] = {}
    for building, used in buildings.items():
        gaps = gap_days(used)
        shown[building] = {
            day: sum((kwh for on, kwh in used if on <= day), Decimal(0)) for day in READING_DAYS if day not in gaps
        }
    return shown


def move_in(office: Office, build, shared_data: Path, shown: dict[str, dict[date, Decimal]]) -> None:
    """Land one tenant, one contract and one meter for each building, and its readings."""
    with (shared_data / "meters" / "cambridge_2018" / "building_floor_roof_areas.csv").open(encoding="utf-8") as lines:
        areas = {row["Building ID"]: row["GIA (m2)"] for row in csv.DictReader(lines)}
    build("CB", date(2018, 2, 1))
    write(office, "房源登记", "楼宇编号,房号,建筑面积", [("CB", name, areas[name]) for name in shown])
    write(office, "租户登记", "租户编号,租户名称", [(name, f"{name}公司") for name in shown])
    write(
        office,
        "合同登记",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期",
        [(f"HT-{name}", "CB", name, name, "租赁", "2018-01-01", "2018-12-31") for name in shown],
    )
    write(office, "表计登记", "表号,楼宇编号,类别,表位数", [(f"D-{name}", "CB", "电费", 8) for name in shown])
    write(
        office,
        "表计归属",
        "表号,合同号,开始日期,结束日期",
        [(f"D-{name}", f"HT-{name}", "2018-01-01", "2018-12-31") for name in shown],
    )
    write(
        office,
        "抄表",
        "表号,抄表日期,本期读数,抄表方式",
        [(f"D-{name}", day, reading, "远传") for name, read in shown.items() for day, reading in read.items()],
    )
    office.take(date(2019, 1, 1))


def bill_2018(office: Office) -> None:
    """Reckon and release February to December."""
    for month in range(2, 13):
        base = f"2018-{month:02}"
        release(office.books, reckon(office.books, base, KNOWN_AT, site="CB"), base, site="CB")


def test_a_year_of_22_buildings_is_billed_to_the_kilowatt_hour(office: Office, build, buildings, shared_data):
    """What the notices of a building bill from a reading to the next is the sum of its hourly values in between.

    The hours are summed into a register that is read at the end of each 20th. Upstream a missing hour was written as 0;
    a run of zeros of a day or longer is a gap. A reading that falls on a day of a gap was not delivered: its month is
    待抄表, without an amount, and the next reading bills both months. A gap between two readings (b3, b6, b51) cannot
    be seen in registers: a real one counts on, the one summed here stands still, and so does the expectation.
    """
    shown = registers(buildings)
    move_in(office, build, shared_data, shown)
    assert told(office, "抄表") == (sum(map(len, shown.values())), sum(map(len, shown.values())), 0, 0, 0)
    bill_2018(office)

    expected = set()
    for name, read in shown.items():
        for (before, _), (day, _) in pairwise(read.items()):
            used = sum((kwh for on, kwh in buildings[name] if before < on <= day), Decimal(0))
            amount = (used * PRICE).quantize(CENT, ROUND_HALF_UP)
            expected.add((f"HT-{name}", day.replace(day=1), before + timedelta(1), day, used.quantize(CENT), amount))
    assert len(expected) == 22 * 11 - 3  # each reading that was not delivered takes one stretch away
    billed = office.books.query(
        "select contract_no, base_on, starts_on, ends_on, quantity, amount from fees.bill_line where mark = ''"
    )
    assert {tuple(line.values()) for line in billed} == expected

    for name, used in buildings.items():
        days = list(shown[name])
        whole = sum((kwh for on, kwh in used if days[0] < on <= days[-1]), Decimal(0))
        assert sum(line["quantity"] for line in billed if line["contract_no"] == f"HT-{name}") == whole, name


def test_a_gap_waits_for_its_reading_and_is_never_a_small_bill(office: Office, build, buildings, shared_data):
    """b78 stands still from 14 September to 1 October, b18 from 16 November on (see the test above)."""
    move_in(office, build, shared_data, registers(buildings))
    bill_2018(office)
    waiting = office.books.query(
        "select contract_no, to_char(base_on, 'MM') as month, quantity, amount from fees.bill_line "
        "where mark = '待抄表'"
    )
    assert sorted(tuple(line.values()) for line in waiting) == [
        ("HT-b18", "11", None, None),
        ("HT-b18", "12", None, None),
        ("HT-b78", "09", None, None),
    ]
    [after] = office.books.query(
        "select starts_on, ends_on from fees.bill_line where contract_no = 'HT-b78' and base_on = '2018-10-01'"
    )
    assert tuple(after.values()) == (date(2018, 8, 21), date(2018, 10, 20))


def test_months_that_leap_are_flagged_and_no_others(office: Office, build, buildings, shared_data):
    """A bill that differs by more than half from the month before is on the list of jumps (环比预警)."""
    shown = registers(buildings)
    move_in(office, build, shared_data, shown)
    bill_2018(office)
    leaps = set()
    for name, read in shown.items():
        amounts = {
            day.month: ((reading - before) * PRICE).quantize(CENT, ROUND_HALF_UP)
            for (_, before), (day, reading) in pairwise(read.items())
        }
        leaps |= {
            (f"HT-{name}", month)
            for month, amount in amounts.items()
            if (last := amounts.get(month - 1)) and abs(amount - last) > last / 2
        }
    flagged = set()
    for month in range(3, 13):
        flagged |= {
            (row["contract_no"], month)
            for row in office.books.query(
                "select contract_no from fees.jumps('CB', %(base_on)s, %(known_at)s)",
                base_on=date(2018, month, 1),
                known_at=KNOWN_AT,
            )
        }
    assert leaps
    assert flagged == leaps


def test_every_bad_reading_of_the_published_exercise_goes_back_with_its_reason(office: Office, build, shared_data):
    """The ENSEK file as it is has headings that no feed knows and days like 22/04/2019: it is refused as a whole.

    Written anew for the feed, nothing but this changes: the headings AccountId, MeterReadingDateTime, MeterReadValue
    and the nameless fourth become 表号, 抄表日期, 本期读数, 备注, and the day is written 2019-04-22 without its time.
    Each account of the exercise has one meter of five dials, which is what it asks readings to have. Account 2344 was
    read twice on one day and showed the same: a duplicate. 1235 is unknown, but its reading is missing already.
    """
    folder = shared_data / "meters" / "ensek_readings"
    if not folder.is_dir():
        pytest.skip("the readings of the ENSEK exercise are not on this machine")
    with (folder / "Test_Accounts.csv").open(encoding="utf-8-sig") as lines:
        accounts = [row["AccountId"] for row in csv.DictReader(lines)]
    with (folder / "Meter_Reading.csv").open(encoding="utf-8-sig", newline="") as lines:
        readings = list(csv.reader(lines))[1:]
    build("EN", date(2019, 6, 1))
    write(office, "表计登记", "表号,楼宇编号,类别,表位数", [(account, "EN", "电费", 5) for account in accounts])
    office.take()

    office.drop("抄表原件.csv", (folder / "Meter_Reading.csv").read_bytes())
    refused = office.land()
    [file] = refused.refused
    assert "AccountId" in str(file)

    def spelled(at: str) -> str:
        day, month, year = at[:10].split("/")
        return f"{year}-{month}-{day}"

    write(office, "抄表", "表号,抄表日期,本期读数,备注", [(row[0], spelled(row[1]), *row[2:]) for row in readings])
    office.take()
    assert told(office, "抄表") == (35, 24, 1, 0, 10)
    assert sent_back(office, "抄表") == {
        ("本期读数", "没有填"): 2,
        ("本期读数", "“VOID”不是数字"): 1,
        ("本期读数", "“0X765”不是数字"): 1,
        ("本期读数", "读数小于0"): 1,
        ("本期读数", "读数999999超出表2346的5位表盘"): 1,
        ("表号", "没有登记表“1236”"): 1,
        ("表号", "没有登记表“1237”"): 1,
        ("表号", "没有登记表“1238”"): 1,
        ("表号", "没有登记表“2354”"): 1,
    }
