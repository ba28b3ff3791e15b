"""The sheets of the sales reports: what they print, and that they add up."""

from decimal import Decimal

import pytest

from tests.drawing import Books
from tests.rules.sales.conftest import (
    call,
    change,
    issue,
    put,
    receive,
    reckon,
    replaced,
    sheet,
    sign,
    subscribe,
    units,
    visit,
)

#: sheet → prefix of its totals
ADDED_UP = {"situation": "situation_", "traffic": "traffic_", "ranking": "ranking_", "late_lines": "late_"}
ALL = (
    "cover",
    "figures",
    "projects",
    "channels",
    "regions",
    "conversions",
    "targets",
    "controls",
    "control_faults",
    "bridge",
    "measures",
    *ADDED_UP,
)
SUNDAY, MONDAY, NEXT_MONDAY = "2026-11-01", "2026-11-02 08:00", "2026-11-09 08:00"
GROUP = ("CN", "CB", "JT")


def target(
    books: Books, indicator: str, amount: str, valid_from: str = "2026-10-01", month: str = "2026-10-01"
) -> None:
    row = {"site_id": "CN", "target_month": month, "indicator": indicator, "valid_from": valid_from, "amount": amount}
    put(books, "sales.target", row)


@pytest.fixture
def autumn(house: Books) -> Books:
    """Two projects with a bit of everything, W44 issued, W45 reckoned; late facts in W45."""
    units(house, "101", "102", "103")
    units(house, "201", building="2")
    units(house, "101", site="CB")
    call(house, "LD-1", "2026-10-27 10:00", "13800002222", channel="网络", region="滨江")
    visit(house, "LF-1", "2026-10-28 10:00", channel="自然", region="滨江")
    visit(house, "LF-2", "2026-10-30 10:00", "13800002222", channel="网络", consultant_id="B")
    visit(house, "LF-3", "2026-10-30 10:00", site_id="CB", consultant_id="C", region="西湖")
    subscribe(house, "RG-1", "2026-10-28")
    sign(house, "HT-1", "2026-10-29", "1000000.01", subscription_no="RG-1", channel="自然")
    put(house, "sales.contract_share", {"site_id": "CN", "contract_no": "HT-1", "consultant_id": "A", "share": "0.5"})
    put(house, "sales.contract_share", {"site_id": "CN", "contract_no": "HT-1", "consultant_id": "B", "share": "0.5"})
    sign(house, "HT-9", "2026-10-29", "2000000", site_id="CB", consultant_id="C")
    receive(house, "SK-1", "2026-10-31", "300000", contract_no="HT-1")
    issue(house, "2026-W44", MONDAY, GROUP)
    visit(house, "LF-4", "2026-10-29 10:00", "13900003333", recorded_at="2026-11-03 09:00", region="萧山")
    receive(house, "SK-2", "2026-10-31", "50000", contract_no="HT-1", recorded_at="2026-11-03 09:00")
    change(house, "TF-1", "退房", "2026-11-04", "1000000.01", contract_no="HT-1")
    sign(house, "HT-2", "2026-11-05", "1200000", unit_no="201", consultant_id="B")
    visit(house, "LF-5", "2026-11-06 10:00", "13900003333")
    reckon(house, "2026-W45", NEXT_MONDAY, GROUP)
    return house


@pytest.mark.parametrize("site", ["CN", "JT"])
@pytest.mark.parametrize(("period", "known_at"), [("2026-W44", MONDAY), ("2026-W45", NEXT_MONDAY)])
def test_every_sheet_adds_up_to_the_totals_of_the_tables(autumn: Books, period: str, known_at: str, site: str):
    [totals] = sheet(autumn, "totals", period, known_at, site)
    compared = 0
    for name, prefix in ADDED_UP.items():
        found = sheet(autumn, name, period, known_at, site)
        for total, amount in totals.items():
            column = total.removeprefix(prefix)
            if total.startswith(prefix) and not column.endswith(("_rate", "_price")) and column != "count":
                added = sum((row[column] or 0 for row in found), Decimal(0)) if found else 0
                if column in (found[0] if found else {}):
                    assert added == amount, (name, column)
                    compared += 1
    assert compared > 25


@pytest.mark.parametrize("period", ["2026-W45", "2026-11"])
def test_every_statement_serves_week_and_month_project_and_group(autumn: Books, period: str):
    reckon(autumn, "2026-11", "2026-12-01 08:30", GROUP)
    for site in ("CN", "JT"):
        for name in ALL:
            assert sheet(autumn, name, period, "2026-12-01 08:30", site) or name in ("late_lines", "control_faults")


def test_an_issued_week_prints_the_same_whatever_becomes_known_later(autumn: Books):
    before = {name: sheet(autumn, name, "2026-W44", MONDAY, "JT") for name in ALL}
    sign(autumn, "HT-5", "2026-10-30", unit_no="102", recorded_at="2026-11-12 09:00")
    replaced(autumn, "sales.contract", "contract_no = 'HT-9'", "2026-11-12 09:00", amount="2500000")
    reckon(autumn, "2026-W45", "2026-11-16 08:00", GROUP)
    assert {name: sheet(autumn, name, "2026-W44", MONDAY, "JT") for name in ALL} == before


def test_SAL_02_a_month_is_the_sum_of_its_days_and_the_bridge_shows_both_parts_of_a_week(house: Books):
    units(house, *[str(number) for number in range(101, 112)])
    for number, day in enumerate(("10-01", "10-25", "10-26", "10-31", "11-01")):
        sign(house, f"HT-{number}", f"2026-{day}", "1000000", unit_no=str(101 + number))
    issue(house, "2026-W44", MONDAY)
    reckon(house, "2026-10", "2026-11-02 08:30")
    bridge = [row for row in sheet(house, "bridge", "2026-10", "2026-11-02 08:30") if row["item"] == "净签约金额"]
    assert [(row["week_from_on"].isoformat(), row["this_days_count"], row["after_days_count"]) for row in bridge] == [
        ("2026-09-28", 4, 0),
        ("2026-10-05", 7, 0),
        ("2026-10-12", 7, 0),
        ("2026-10-19", 7, 0),
        ("2026-10-26", 6, 1),
    ]
    last = bridge[-1]
    assert last["week_text"] == "2026年第44周（10-26至11-01）"
    assert (last["before_quantity"], last["this_quantity"], last["after_quantity"]) == (0, 2000000, 1000000)
    assert (last["week_quantity"], last["issued_quantity"], last["delta_quantity"]) == (3000000, 3000000, 0)
    assert sum(row["this_quantity"] for row in bridge) == 4000000
    [totals] = sheet(house, "totals", "2026-10", "2026-11-02 08:30")
    assert totals["situation_net_amount"] == 4000000
    assert bridge[0]["issued_quantity"] is None
    assert bridge[0]["note"] == "该周周报尚未发布"


def test_SAL_01_the_last_week_of_2026_ends_in_january_and_is_week_53(house: Books):
    units(house, "101", "102")
    sign(house, "HT-1", "2026-12-28")
    sign(house, "HT-2", "2027-01-03", unit_no="102")
    reckon(house, "2026-W53", "2027-01-04 08:00")
    house.expect("sales.tally\nbase_on | moved_count\n2026-12-28 | 2.00")
    bridge = sheet(house, "bridge", "2026-W53", "2027-01-04 08:00")
    assert bridge[0]["week_text"] == "2026年第53周（12-28至01-03）"
    assert (bridge[0]["before_days_count"], bridge[0]["this_days_count"]) == (4, 3)


def test_the_bridge_explains_what_the_weekly_report_did_not_say_by_late_lines(house: Books):
    units(house, "101", "102", "103")
    sign(house, "HT-1", "2026-10-28", "1000000")
    issue(house, "2026-W44", MONDAY)
    sign(house, "HT-2", "2026-10-29", "1100000", unit_no="102", recorded_at="2026-11-04 09:00")
    issue(house, "2026-W45", NEXT_MONDAY)
    sign(house, "HT-3", "2026-10-30", "700000", unit_no="103", recorded_at="2026-11-12 09:00")
    [row] = [
        row
        for row in sheet(house, "bridge", "2026-10", "2026-11-13 08:30")
        if row["item"] == "净签约金额" and row["week_from_on"].isoformat() == "2026-10-26"
    ]
    assert (row["week_quantity"], row["issued_quantity"], row["delta_quantity"]) == (2800000, 1000000, 1800000)
    assert row["explained_quantity"] == 1100000
    assert row["note"] == "差额中700000元将在下一期周报补记"


def test_SAL_04_period_rate_and_cohort_rate_are_two_columns(house: Books):
    units(house, "101", "102")
    subscribe(house, "RG-1", "2026-10-28")
    sign(house, "HT-1", "2026-11-03", subscription_no="RG-1")
    subscribe(house, "RG-2", "2026-11-10", unit_no="102")
    reckon(house, "2026-10", "2026-11-02 08:30")
    reckon(house, "2026-11", "2026-12-01 08:30")
    october = {row["title"]: row for row in sheet(house, "conversions", "2026-10", "2026-11-02 08:30")}
    november = {row["title"]: row for row in sheet(house, "conversions", "2026-11", "2026-12-01 08:30")}
    assert october["认购转签约率（同批认购）"]["value_rate"] == 0
    assert october["认购转签约率（期间）"]["value_rate"] == 0
    assert november["认购转签约率（期间）"]["value_rate"] == 1
    assert november["认购转签约率（同批认购）"]["value_rate"] == 0
    assert november["认购转签约率（同批认购）——上期客户截至本期末"]["value_rate"] == 1
    [first] = [row for row in sheet(house, "figures", "2026-10", "2026-11-02 08:30") if row["item"] == "认购套数"]
    [second] = [row for row in sheet(house, "figures", "2026-11", "2026-12-01 08:30") if row["item"] == "净签约套数"]
    assert (first["period_quantity"], second["period_quantity"]) == (1, 1)


def test_SAL_05_no_visits_no_rate_and_more_signings_than_visits_are_flagged(house: Books):
    units(house, "101", "102", "103", "104")
    sign(house, "HT-1", "2026-10-28")
    sign(house, "HT-2", "2026-10-28", unit_no="102")
    visit(house, "LF-1", "2026-11-04 10:00")
    sign(house, "HT-3", "2026-11-04", unit_no="103")
    sign(house, "HT-4", "2026-11-04", unit_no="104")
    reckon(house, "2026-W44", MONDAY)
    reckon(house, "2026-W45", NEXT_MONDAY)
    [none] = [row for row in sheet(house, "conversions", "2026-W44", MONDAY) if row["title"] == "成交率（期间）"]
    [above] = [row for row in sheet(house, "conversions", "2026-W45", NEXT_MONDAY) if row["title"] == "成交率（期间）"]
    assert (none["value_rate"], none["note"]) == (None, "无来访，不计算")
    assert (above["value_rate"], above["note"]) == (2, "200.00%，超过100%，请核对")
    quiet = sheet(house, "traffic", "2026-W44", MONDAY)[0]
    assert (quiet["period_rate"], quiet["to_visit_rate"], quiet["cohort_rate"]) == (None, None, None)


def test_SAL_06_one_telephone_one_day_one_visit_and_later_days_are_returns(house: Books):
    visit(house, "LF-1", "2026-10-26 10:00")
    visit(house, "LF-2", "2026-10-26 16:00")
    visit(house, "LF-3", "2026-10-29 10:00")
    visit(house, "LF-4", "2026-10-29 10:00", site_id="CB", consultant_id="C")
    reckon(house, "2026-W44", MONDAY, GROUP)
    house.expect("""
        sales.tally
        site_id | indicator | moved_count
        CN      | 来访新    | 1.00
        CN      | 复访      | 1.00
        CB      | 来访新    | 1.00
    """)


def test_who_called_first_and_came_later_counts_for_the_rate_of_calls_that_became_visits(house: Books):
    call(house, "LD-1", "2026-10-26 10:00", "13800001111")
    call(house, "LD-2", "2026-10-26 11:00", "13800002222")
    call(house, "LD-3", "2026-10-28 11:00", "13800002222")
    visit(house, "LF-1", "2026-10-29 10:00", "13800001111")
    reckon(house, "2026-W44", MONDAY)
    rates = {row["title"]: row for row in sheet(house, "conversions", "2026-W44", MONDAY)}
    assert rates["转访率"]["value_rate"] == Decimal("0.5")
    [figure] = [row for row in sheet(house, "figures", "2026-W44", MONDAY) if row["item"] == "来电"]
    assert figure["period_quantity"] == 3


def test_SAL_10_a_shared_deal_is_split_to_the_cent_and_consultants_add_up_to_the_project(house: Books):
    units(house, "101", "102")
    sign(house, "HT-1", "2026-10-28", "1000000.01")
    for consultant in ("A", "B"):
        row = {"site_id": "CN", "contract_no": "HT-1", "consultant_id": consultant, "share": "0.5"}
        put(house, "sales.contract_share", row)
    reckon(house, "2026-W44", MONDAY)
    found = {row["consultant_id"]: row for row in sheet(house, "ranking", "2026-W44", MONDAY)}
    assert (found["A"]["signed_amount"], found["B"]["signed_amount"]) == (Decimal("500000.01"), Decimal("500000.00"))
    assert (found["A"]["signed_quantity"], found["B"]["signed_quantity"]) == (Decimal("0.5"), Decimal("0.5"))
    [totals] = sheet(house, "totals", "2026-W44", MONDAY)
    assert totals["ranking_signed_amount"] == Decimal("1000000.01")


def test_what_is_taken_back_of_a_shared_deal_cancels_each_part_to_the_cent(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-10-27", "1000000.01")
    for consultant, share in (("A", "0.333333"), ("B", "0.333333"), ("C", "0.333333")):
        row = {"site_id": "CN", "contract_no": "HT-1", "consultant_id": consultant, "share": share}
        put(house, "sales.contract_share", row)
    change(house, "TF-1", "退房", "2026-10-28", "1000000.01", contract_no="HT-1")
    reckon(house, "2026-W44", MONDAY)
    house.expect("""
        sales.tally
        indicator | consultant_id | moved_count | moved_area | moved_amount
        签约      | A             | 0.34        | 33.34      | 333333.34
        签约      | B             | 0.33        | 33.33      | 333333.34
        签约      | C             | 0.33        | 33.33      | 333333.33
        退房      | A             | -0.34       | -33.34     | -333333.34
        退房      | B             | -0.33       | -33.33     | -333333.34
        退房      | C             | -0.33       | -33.33     | -333333.33
    """)


def test_SAL_12_a_refund_counts_in_its_own_month_and_an_approved_loan_is_no_receipt(house: Books):
    units(house, "101")
    subscribe(house, "RG-1", "2026-10-12")
    receive(house, "SK-1", "2026-10-12", "50000", subscription_no="RG-1", receipt_kind="定金")
    sign(house, "HT-1", "2026-10-13", subscription_no="RG-1")
    row = {"site_id": "CN", "contract_no": "HT-1", "bank_name": "建行", "amount": "700000", "approved_on": "2026-10-20"}
    put(house, "sales.mortgage", row)
    issue(house, "2026-10", "2026-11-02 08:30")
    receive(house, "SK-2", "2026-11-10", "-50000", subscription_no="RG-1")
    reckon(house, "2026-11", "2026-12-01 08:30")
    house.expect("""
        sales.tally
        base_on    | indicator | is_late | moved_amount
        2026-10-01 | 认购      | no      | 1000000.00
        2026-10-01 | 签约      | no      | 1000000.00
        2026-10-01 | 回款      | no      | 50000.00
        2026-11-01 | 退款      | no      | -50000.00
    """)


def test_SAL_16_the_week_uses_the_version_of_its_sunday_the_month_its_last_or_as_the_rule_weighs_it(house: Books):
    target(house, "签约套数", "100")
    target(house, "签约套数", "80", "2026-10-15")

    def told(period: str, known_at: str) -> tuple[str, str]:
        [row] = [row for row in sheet(house, "targets", period, known_at) if row["item"] == "签约套数"]
        return str(row["target_amount"]), row["version_text"]

    assert told("2026-W41", "2026-10-12 08:00") == ("100.00", "周日当天版本（2026-10-01起）")
    assert told("2026-W41", "2026-11-20 08:00") == ("100.00", "周日当天版本（2026-10-01起）")
    assert told("2026-W42", "2026-10-19 08:00") == ("80.00", "周日当天版本（2026-10-15起）")
    assert told("2026-10", "2026-11-01 08:30") == ("80.00", "月末版本（2026-10-15起）")
    [cover] = sheet(house, "cover", "2026-10", "2026-11-01 08:30")
    assert cover["target_text"] == "月末版本（2026-10-15起）"
    replaced(house, "book.rule", "parameter = 'target_version'", "2026-10-20", value="按天数加权")
    # 14 days of 100 and 17 of 80
    assert told("2026-10", "2026-11-01 08:30") == ("89.03", "按天数加权")


def test_SAL_17_without_a_target_there_is_no_completion_and_who_did_nothing_stays_with_zeros(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-10-28")
    reckon(house, "2026-W44", MONDAY)
    for row in sheet(house, "figures", "2026-W44", MONDAY):
        assert row["completion_rate"] is None
        assert row["item"] == "其中首次来访" or "未下达目标" in row["note"]
    idle = {row["consultant_id"]: row for row in sheet(house, "ranking", "2026-W44", MONDAY)}["B"]
    assert (idle["signed_quantity"], idle["visit_quantity"], idle["conversion_rate"]) == (0, 0, None)
    assert idle["rank_number"] == 2


def test_completion_of_a_week_is_the_month_to_date_and_of_a_month_what_it_counts(house: Books):
    units(house, "101", "102")
    target(house, "签约套数", "4")
    sign(house, "HT-1", "2026-10-06")
    sign(house, "HT-2", "2026-10-14", unit_no="102")
    reckon(house, "2026-W42", "2026-10-19 08:00")
    [row] = [row for row in sheet(house, "figures", "2026-W42", "2026-10-19 08:00") if row["item"] == "净签约套数"]
    assert (row["period_quantity"], row["month_quantity"], row["completion_rate"]) == (1, 2, Decimal("0.5"))
    reckon(house, "2026-10", "2026-11-01 08:30")
    [row] = [row for row in sheet(house, "figures", "2026-10", "2026-11-01 08:30") if row["item"] == "净签约套数"]
    assert (row["period_quantity"], row["completion_rate"]) == (2, Decimal("0.5"))


def test_SAL_19_a_building_changes_the_rate_on_what_is_released_from_its_day(house: Books):
    units(house, *[f"1{number:02}" for number in range(20)])
    units(house, *[f"2{number:02}" for number in range(80)], building="2", released_on="2026-10-25")
    for number in range(10):
        sign(house, f"HT-{number}", "2026-10-12", unit_no=f"1{number:02}")
    reckon(house, "2026-W42", "2026-10-19 08:00")
    reckon(house, "2026-W43", "2026-10-26 08:00")
    [before] = sheet(house, "totals", "2026-W42", "2026-10-19 08:00")
    [after] = sheet(house, "totals", "2026-W43", "2026-10-26 08:00")
    assert (before["situation_released_rate"], before["situation_total_rate"]) == (Decimal("0.5"), Decimal("0.1"))
    assert (after["situation_released_rate"], after["situation_total_rate"]) == (Decimal("0.1"), Decimal("0.1"))
    second = sheet(house, "situation", "2026-W42", "2026-10-19 08:00")[1]
    assert (second["released_count"], second["released_rate"]) == (0, None)
    assert second["note"] == "尚未推盘，不算按已推去化率"
    # 25 October is the last day of its week, and counts
    released = sheet(house, "situation", "2026-W43", "2026-10-26 08:00")[1]
    assert (released["released_count"], released["released_rate"], released["unsold_quantity"]) == (80, 0, 80)
    first = sheet(house, "situation", "2026-W42", "2026-10-19 08:00")[0]
    assert (first["unsold_quantity"], first["unsold_amount"]) == (10, 15000000)


def test_an_opening_balance_counts_in_what_was_ever_sold_and_never_in_a_period(house: Books):
    units(house, "101", "102", "103", "104")
    row = {"site_id": "CN", "indicator": "签约", "building_no": "1", "product_type": "住宅", "moved_count": "2"}
    put(house, "sales.opening", row | {"area": "200", "amount": "1800000"})
    sign(house, "HT-0", "2025-12-20", unit_no="101")
    sign(house, "HT-1", "2026-10-12", unit_no="102")
    reckon(house, "2026-10", "2026-11-01 08:30")
    [row] = sheet(house, "situation", "2026-10", "2026-11-01 08:30")
    assert (row["net_quantity"], row["total_quantity"], row["released_rate"]) == (1, 3, Decimal("0.75"))
    assert (row["unsold_amount"], row["note"]) == (None, "期初已售的房号不明，不算未售货值")
    [figure] = [row for row in sheet(house, "figures", "2026-10", "2026-11-01 08:30") if row["item"] == "净签约金额"]
    assert (figure["period_quantity"], figure["year_quantity"], figure["total_quantity"]) == (1000000, 1000000, 2800000)


@pytest.mark.parametrize(("source", "amount"), [("项目", "1000000.00"), ("集团", "990000.00")])
def test_SAL_20_a_contract_in_two_registers_counts_once_and_the_conflict_is_listed(
    house: Books, source: str, amount: str
):
    replaced(house, "book.rule", "parameter = 'contract_source'", "2026-01-01", value=source)
    units(house, "101")
    sign(house, "HT-1", "2026-10-12", "1000000")
    sign(house, "HT-1", "2026-10-12", "990000", source="集团")
    reckon(house, "2026-10", "2026-11-01 08:30")
    house.expect(f"sales.tally\nindicator | moved_count | moved_amount\n签约 | 1.00 | {amount}")
    [conflict] = house.query("select * from sales.contract_conflict(array['JT'], '2026-10-31', '2026-11-01')")
    assert (conflict["counted_source"], conflict["is_differing"]) == (source, True)
    [cover] = sheet(house, "cover", "2026-10", "2026-11-01 08:30")
    assert cover["source_text"].startswith(f"{source}台账为准（SAL-20")


def test_the_cover_says_whether_finance_has_checked(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-10-12")
    receive(house, "SK-1", "2026-10-29", "1000", contract_no="HT-1", confirmed_by="财务甲")
    receive(house, "SK-2", "2026-11-03", "1000", contract_no="HT-1")
    for period, at, text in (
        ("2026-W43", "2026-10-26 08:00", "本期没有回款"),
        ("2026-W44", MONDAY, "已核对（财务甲）"),
        ("2026-W45", NEXT_MONDAY, "未核对1笔"),
        ("2026-10", "2026-11-01 08:30", "未核对"),
    ):
        [cover] = sheet(house, "cover", period, at)
        assert cover["checked_text"] == text
        assert cover["place_name"] == "城南壹号"


def test_the_change_to_the_period_before_is_none_where_the_registers_do_not_reach(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-01-12")
    reckon(house, "2026-01", "2026-02-01 08:30")
    row = sheet(house, "figures", "2026-01", "2026-02-01 08:30")[4]
    assert (row["before_quantity"], row["change_rate"]) == (None, None)
    assert "没有上期资料" in row["note"]


def test_a_consultant_who_moved_keeps_his_deals_and_is_listed_where_he_works(house: Books):
    units(house, "101")
    row = {"consultant_id": "A", "effective_from": "2026-10-15", "consultant_name": "甲一", "site_id": "CB"}
    put(house, "sales.consultant", row | {"grade": "置业顾问"})
    sign(house, "HT-1", "2026-10-12")
    change(house, "BC-1", "补充协议", "2026-10-28", "-20000", contract_no="HT-1")
    reckon(house, "2026-W44", MONDAY, GROUP)
    there = {row["consultant_id"]: row for row in sheet(house, "ranking", "2026-W44", MONDAY, "CN")}
    assert there["A"]["signed_amount"] == -20000
    assert there["A"]["note"].startswith("本期不在本项目")
    assert {row["consultant_id"] for row in sheet(house, "ranking", "2026-W44", MONDAY, "CB")} == {"A", "C"}


def test_quotas_are_those_of_the_rule_book_and_what_fell_short_is_listed(house: Books):
    for number, passed in enumerate(("yes", "yes", "no")):
        row = {"site_id": "CN", "check_no": f"CJ-{number}", "contract_no": f"HT-{number}", "checked_on": "2026-10-20"}
        fault = {} if passed == "yes" else {"fault": "面积有误"}
        put(house, "sales.contract_check", row | {"is_passed": passed} | fault)
    for day in range(1, 32):
        for kind in ("晨会", "夕会"):
            row = {"site_id": "CN", "meeting_on": f"2026-10-{day:02}", "meeting_kind": kind, "is_held": "yes"}
            put(house, "sales.meeting", row | {"minutes_no": "" if (day, kind) == (5, "夕会") else f"{kind}{day}"})
    for number in range(4):
        row = {"site_id": "CN", "training_no": f"PX-{number}", "training_kind": "培训", "held_on": "2026-10-08"}
        put(house, "sales.training", row | {"topic": "礼仪"})
    visit(house, "LF-1", "2026-10-12 10:00", feedback="不满意")
    visit(house, "LF-2", "2026-10-12 10:00", "13900001111")
    found = {row["item"]: row for row in sheet(house, "controls", "2026-10", "2026-11-01 08:30")}
    told = {
        name: (row["due_count"], row["done_count"], row["quota_text"], row["verdict"]) for name, row in found.items()
    }
    assert told == {
        "合同抽检": (3, 2, "≥95%", "未达标"),
        "晨会夕会": (62, 61, "≥95%", "达标"),
        "培训": (4, 4, "≥4次", "达标"),
        "竞品调研": (1, 0, "≥1次", "未达标"),
        "客户满意度": (1, 0, "≥85%", "未达标"),
    }
    faults = [
        (row["item"], row["subject"], row["fault"]) for row in sheet(house, "control_faults", "2026-10", "2026-11-01")
    ]
    assert faults == [
        ("合同抽检", "合同HT-2", "面积有误"),
        ("晨会夕会", "夕会", "没有会议记录"),
        ("客户满意度", "来访LF-1", "客户评价不满意"),
    ]
    nothing = {row["item"]: row for row in sheet(house, "controls", "2026-09", "2026-10-01 08:30")}
    assert (nothing["合同抽检"]["value_rate"], nothing["合同抽检"]["verdict"]) == (None, "—")
    assert (nothing["晨会夕会"]["value_rate"], nothing["晨会夕会"]["note"]) == (None, "本期没有会议登记")


def test_plans_for_the_next_month_are_listed_and_who_handed_in_none_is_named(house: Books):
    row = {"site_id": "CN", "plan_month": "2026-11-01", "plan_kind": "销售", "item": "签约金额", "amount": "9000000"}
    put(house, "sales.plan", row | {"reported_on": "2026-10-22"})
    found = sheet(house, "targets", "2026-10", "2026-11-01 08:30")
    [plan] = [row for row in found if row["section"] == "下月计划"]
    assert (plan["item"], plan["plan_amount"], plan["note"]) == ("签约金额", 9000000, "逾期报送（应于10-20前）")
    [money] = [row for row in found if row["section"] == "资金使用计划"]
    assert (money["item"], money["plan_amount"]) == ("未报", None)


def test_every_measure_of_the_catalogue_is_reckoned_and_nothing_else_is_published(house: Books):
    told = {row["measure"]: row["told_by"] for row in house.query("select measure, told_by from sales.measure")}
    parts = {row["measure"] for row in house.query("select distinct measure from sales.measure_part")}
    assert {measure for measure, by in told.items() if by == "measure_part"} == parts
    relations = {
        row["name"]
        for row in house.query(
            "select relname as name from pg_class where relnamespace = 'sales'::regnamespace "
            "union select proname from pg_proc where pronamespace = 'sales'::regnamespace"
        )
    }
    assert set(told.values()) <= relations
    columns = {
        row["name"]: set(row["columns"])
        for row in house.query(
            "select proname as name, proargnames as columns from pg_proc where pronamespace = 'sales'::regnamespace "
            "and proname in ('stock', 'goal', 'cohort')"
        )
    }
    assert {"released_rate", "total_rate"} <= columns["stock"]
    # every indicator that a movement can have is added up by some measure
    moved = {
        *("来电新", "再次来电", "来访新", "复访", "认购", "退订", "签约"),
        *("退房", "换房", "补充协议", "回款", "退款"),
    }
    assert {row["indicator"] for row in house.query("select indicator from sales.measure_part")} == moved
    text = house.query("select prosrc from pg_proc where proname = 'cohort' and pronamespace = 'sales'::regnamespace")
    for measure, by in told.items():
        if by == "cohort":
            assert f"'{measure}'" in text[0]["prosrc"]
    printed = sheet(house, "measures", "2026-10", "2026-11-01 08:30")
    assert len(printed) == len(told)
    assert all(row["definition"] and row["numerator"] and row["denominator"] and row["source"] for row in printed)
