"""A ledger of 16,666 leases that nobody here made up becomes a tower; a month of it is billed.

The files are measured, not shipped; where they are absent the tests are skipped (fixture `shared_data`).
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.feeds.conftest import Office
from tests.real.conftest import KNOWN_AT, sent_back, told, write
from tests.rules.fees.conftest import reckon

LEASES = 16_666


@pytest.fixture
def ledger(shared_data: Path) -> list[dict[str, str]]:
    """Every lease of both quarters as it stands in the files; line two of each repeats the heading in English."""
    found = []
    for path in sorted((shared_data / "lease_ledger").glob("*/*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found += list(csv.DictReader(lines))[1:]
    if not found:
        pytest.skip("the ledger of leases is not on this machine")
    return found


def begun(lease: dict[str, str]) -> str:
    """The day of the lease, 1100519 (year 110 of the Republic) as 2021-05-19; a day that is none stays none."""
    told_on = lease["租賃年月日"]
    return f"{int(told_on[:-4]) + 1911}-{told_on[-4:-2]}-{told_on[-2:]}"


def move_in(office: Office, build, ledger: list[dict[str, str]]) -> None:
    """Write the ledger anew: serial number as unit, tenant and contract; area, day and monthly rent as they are.

    Addresses, notes and the rest are left out. All leases are taken for leases of one tower up to the end of 2022.
    """
    build("TW", date(2022, 2, 1))
    serials = [lease["編號"] for lease in ledger]
    write(
        office,
        "房源登记",
        "楼宇编号,房号,建筑面积",
        [("TW", lease["編號"], lease["建物總面積平方公尺"]) for lease in ledger],
    )
    write(office, "租户登记", "租户编号,租户名称", [(serial, f"租户{serial}") for serial in serials])
    write(
        office,
        "合同登记",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期",
        [(lease["編號"], "TW", lease["編號"], lease["編號"], "租赁", begun(lease), "2022-12-31") for lease in ledger],
    )
    write(
        office,
        "固定收费",
        "合同号,费项,开始日期,结束日期,月金额,收取时间,税率",
        [(lease["編號"], "租金", begun(lease), "2022-12-31", lease["總額元"], "本月", "9%") for lease in ledger],
    )
    office.take(date(2022, 2, 20))


def test_the_rents_of_a_real_ledger_are_billed_to_the_cent(office: Office, build, ledger):
    """Every lease runs for the whole of February 2022, so that its line is its rent; no day and no rent is bad."""
    move_in(office, build, ledger)
    for name in ("租户登记", "合同登记", "固定收费"):
        assert told(office, name) == (LEASES, LEASES, 0, 0, 0)
    reckon(office.books, "2022-02", KNOWN_AT, site="TW")
    billed = {
        row["contract_no"]: row["amount"]
        for row in office.books.query("select contract_no, amount from fees.bill_line")
    }
    assert billed == {lease["編號"]: Decimal(lease["總額元"]) for lease in ledger}
    [total] = office.books.query("select sum(net_amount) as net, sum(vat_amount) as vat from fees.bill_line")
    assert total["net"] + total["vat"] == sum(Decimal(lease["總額元"]) for lease in ledger)


def test_areas_of_a_real_ledger_arrive_as_they_are_or_go_back(office: Office, build, ledger):
    """Areas of nothing, and those that a machine wrote as 55.709999999999994, go back: nobody rounds them in silence.

    A lease whose unit went back is charged and counted, but has no notice until its unit is registered.
    """
    move_in(office, build, ledger)
    good = {lease["編號"]: Decimal(lease["建物總面積平方公尺"]) for lease in ledger}
    nothing = {serial for serial, area in good.items() if area == 0}
    drifted = {serial for serial, area in good.items() if area.as_tuple().exponent < -2}
    good = {serial: area for serial, area in good.items() if serial not in nothing | drifted}
    assert (len(nothing), len(drifted)) == (405, 2037)

    assert told(office, "房源登记") == (LEASES, len(good), 0, 0, len(nothing) + len(drifted))
    reasons = {
        "小数" if "小数多于2位" in reason else reason: 0
        for heading, reason in sent_back(office, "房源登记")
        if heading == "面积"
    }
    for (_, reason), count in sent_back(office, "房源登记").items():
        reasons["小数" if "小数多于2位" in reason else reason] += count
    assert reasons == {"小数": 2037, "面积要大于0": 405}
    assert {row["unit_no"]: row["area"] for row in office.books.query("select unit_no, area from fees.unit")} == good

    reckon(office.books, "2022-02", KNOWN_AT, site="TW")
    bills = office.books.query("select contract_no, area, status, reason from fees.bill")
    assert len(bills) == LEASES
    assert {bill["contract_no"]: bill["area"] for bill in bills if bill["status"] == "出单"} == good
    assert {(bill["contract_no"], bill["reason"]) for bill in bills if bill["status"] != "出单"} == {
        (serial, f"房号{serial}没有登记") for serial in nothing | drifted
    }
