"""What a period counts, and that it counts it once: SAL-03, SAL-13, SAL-18, and what waits for what."""

from backoffice.runs import carry_out
from tests.drawing import Books
from tests.rules.sales.conftest import (
    KEPT,
    RECKON,
    change,
    counted,
    issue,
    receive,
    reckon,
    replaced,
    run_of,
    sign,
    units,
    visit,
    withdrawn,
)

WEEK_44 = "2026-11-02 08:00"


def test_SAL_03_what_was_cancelled_counts_in_the_month_of_the_approval_and_september_stays(house: Books):
    units(house, *[str(number) for number in range(101, 115)])
    sign(house, "HT-0", "2026-09-10", "1100000", unit_no="101")
    issue(house, "2026-09", "2026-10-01 08:30")
    for number in range(10):
        sign(house, f"HT-{number + 1}", "2026-10-12", "1200000", unit_no=str(102 + number))
    change(house, "TF-1", "退房", "2026-10-20", "1100000", contract_no="HT-0")
    change(house, "HF-1", "换房", "2026-10-21", "300000", contract_no="HT-1", new_unit_no="114")
    reckon(house, "2026-10", "2026-11-01 08:30")
    month = counted(house, "2026-10")
    assert month["net_signed_count"] == "9.00"
    assert month["net_signed_amount"] == "11200000.00"
    assert month["returned_count"] == "-1.00"
    assert counted(house, "2026-09")["net_signed_amount"] == "1100000.00"


def test_a_swap_takes_the_deal_from_one_building_to_the_other_at_its_value(house: Books):
    units(house, "101")
    units(house, "201", building="2")
    sign(house, "HT-1", "2026-10-12", "1000000")
    change(house, "BC-1", "补充协议", "2026-10-13", "-20000", contract_no="HT-1")
    change(house, "HF-1", "换房", "2026-10-14", "300000", contract_no="HT-1", new_unit_no="201", area="5")
    change(house, "TF-1", "退房", "2026-10-15", "1280000", contract_no="HT-1")
    reckon(house, "2026-10", "2026-11-01 08:30")
    house.expect("""
        sales.tally
        indicator | building_no | moved_count | moved_area | moved_amount
        签约      | 1           | 1.00        | 100.00     | 1000000.00
        补充协议  | 1           | 0.00        | 0.00       | -20000.00
        换房      | 1           | -1.00       | -100.00    | -980000.00
        换房      | 2           | 1.00        | 105.00     | 1280000.00
        退房      | 2           | -1.00       | -105.00    | -1280000.00
    """)


def test_SAL_18_a_supplementary_agreement_counts_in_its_own_month_with_its_sign(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-10-12", "1000000")
    issue(house, "2026-10", "2026-11-02 08:30")
    change(house, "BC-1", "补充协议", "2026-11-05", "-20000", contract_no="HT-1")
    reckon(house, "2026-11", "2026-12-01 08:30")
    assert counted(house, "2026-11") == {"net_signed_amount": "-20000.00"}
    assert counted(house, "2026-10")["net_signed_amount"] == "1000000.00"


def test_SAL_13_a_receipt_entered_before_the_issue_is_octobers_one_entered_later_is_novembers_late_line(
    house: Books,
):
    units(house, "101")
    sign(house, "HT-1", "2026-10-12")
    receive(house, "SK-1", "2026-10-31", "300000", contract_no="HT-1", recorded_at="2026-11-02 08:00")
    issue(house, "2026-10", "2026-11-02 08:30")
    receive(house, "SK-2", "2026-10-31", "70000", contract_no="HT-1", recorded_at="2026-11-05 09:00")
    assert counted(house, "2026-10")["received_amount"] == "300000.00"
    reckon(house, "2026-11", "2026-12-01 08:30")
    assert counted(house, "2026-11", late=True) == {"received_amount": "70000.00", "receipt_count": "1.00"}
    house.expect("""
        sales.late_line
        base_on    | indicator | ref_no | business_on | moved_amount | line_kind | learnt_at
        2026-11-01 | 回款      | SK-2   | 2026-10-31  | 70000.00     | 新增      | 2026-11-05 09:00
    """)


def test_a_correction_of_an_issued_week_counts_its_signed_difference_in_the_next(house: Books):
    units(house, "101", "102", "103")
    sign(house, "HT-1", "2026-10-28", "1000000")
    sign(house, "HT-2", "2026-10-29", "1000000", unit_no="102")
    sign(house, "HT-3", "2026-10-30", "1000000", unit_no="103")
    issue(house, "2026-W44", WEEK_44)
    replaced(house, "sales.contract", "contract_no = 'HT-1'", "2026-11-03 09:00", amount="1080000")
    replaced(house, "sales.contract", "contract_no = 'HT-2'", "2026-11-03 09:00", signed_on="2026-11-04")
    withdrawn(house, "sales.contract", "contract_no = 'HT-3'", "2026-11-03 09:00")
    reckon(house, "2026-W45", "2026-11-09 08:00")
    house.expect("""
        sales.late_line
        ref_no | business_on | moved_count | moved_amount | line_kind | reason
        HT-1   | 2026-10-28  | 0.00        | 80000.00     | 更正      | 业务日所属期间已发布；发布后更正
        HT-2   | 2026-10-29  | -1.00       | -1000000.00  | 更正      | 业务日所属期间已发布；业务日更正为2026-11-04
        HT-3   | 2026-10-30  | -1.00       | -1000000.00  | 撤销      | 业务日所属期间已发布；该笔已不再计入，冲回
    """)
    week = counted(house, "2026-W45")
    assert (week["net_signed_count"], week["net_signed_amount"]) == ("-1.00", "-920000.00")
    assert counted(house, "2026-W44")["net_signed_amount"] == "3000000.00"


def test_a_visit_found_late_makes_the_later_one_a_return(house: Books):
    visit(house, "LF-2", "2026-10-30 15:00")
    issue(house, "2026-W44", WEEK_44)
    visit(house, "LF-1", "2026-10-28 15:00", recorded_at="2026-11-04 09:00")
    reckon(house, "2026-W45", "2026-11-09 08:00")
    house.expect("""
        sales.late_line
        ref_no | indicator | moved_count | line_kind | reason
        LF-1   | 来访新    | 1.00        | 新增      | 业务日所属期间已发布；发布后才入账
        LF-2   | 来访新    | -1.00       | 更正      | 业务日所属期间已发布；改计复访
        LF-2   | 复访      | 1.00        | 更正      | 业务日所属期间已发布；关联资料（业绩比例、房源、合同或制度）更正
    """)


def test_of_what_was_never_issued_nothing_is_late(house: Books):
    units(house, "101", "102")
    sign(house, "HT-1", "2026-10-12")
    sign(house, "HT-2", "2026-10-28", unit_no="102")
    reckon(house, "2026-W44", WEEK_44)
    assert counted(house, "2026-W44")["net_signed_count"] == "1.00"
    assert house.query("select * from sales.late_line") == []
    [result] = house.query("select totals from ops.result where workflow = 'weekly_sales'")
    assert result["totals"]["total_signed_count"] == 2


def test_a_week_whose_predecessor_is_not_issued_waits_and_names_it(house: Books):
    issue(house, "2026-W43", "2026-10-26 08:00")
    reckon(house, "2026-W45", "2026-11-09 08:00")
    house.expect("""
        ops.run_gap
        site_id | base_on    | missing
        CN      | 2026-11-02 | 2026年第44周（10-26至11-01）的销售报表尚未发布，请先完成该期间，再用“重算”重跑本期间
    """)
    assert house.query("select from ops.result where base_on = '2026-11-02'") == []


def test_a_week_before_the_first_that_was_issued_can_no_longer_come(house: Books):
    issue(house, "2026-W44", WEEK_44)
    reckon(house, "2026-W43", "2026-11-09 08:00")
    [gap] = house.query("select missing from ops.run_gap")
    assert "已经发布" in gap["missing"] and "第44周" in gap["missing"]


def test_a_group_waits_for_each_of_its_projects(house: Books):
    issue(house, "2026-W43", "2026-10-26 08:00", ("CN",))
    reckon(house, "2026-W45", "2026-11-09 08:00", ("CN", "CB", "JT"))
    found = {row["site_id"]: row["missing"] for row in house.query("select * from ops.run_gap")}
    assert set(found) == {"CN", "JT"}
    assert "城南壹号" in found["JT"]
    assert [row["site_id"] for row in house.query("select * from ops.result where base_on = '2026-11-02'")] == ["CB"]


def test_a_group_alone_waits_until_its_projects_are_reckoned(house: Books):
    reckon(house, "2026-W44", WEEK_44, ("JT",))
    assert [row["site_id"] for row in house.query("select * from ops.run_gap")] == ["JT"]


def test_a_group_counts_what_its_projects_count(house: Books):
    units(house, "101")
    units(house, "101", site="CB")
    sign(house, "HT-1", "2026-10-28", "1000000")
    sign(house, "HT-2", "2026-10-28", "2000000", site_id="CB", consultant_id="C")
    reckon(house, "2026-W44", WEEK_44, ("CN", "CB", "JT"))
    assert counted(house, "2026-W44", "JT")["net_signed_amount"] == "3000000.00"
    house.expect(
        """
        ops.result
        site_id | state    | row_count
        CN      | computed | 1
        CB      | computed | 1
        JT      | computed | 2
        """
    )


def test_several_weeks_of_one_run_count_each_day_once_and_only_the_first_has_late_lines(house: Books):
    units(house, "101", "102", "103")
    sign(house, "HT-1", "2026-10-21")
    issue(house, "2026-W43", "2026-10-26 08:00")
    sign(house, "HT-2", "2026-10-22", unit_no="102", recorded_at="2026-11-03 09:00")
    sign(house, "HT-3", "2026-11-05", unit_no="103")
    run_id = run_of(house, "weekly_sales", "2026-10-26..2026-11-08", "2026-11-09 08:00")
    carry_out(house.connection, run_id, RECKON)
    house.expect(
        """
        sales.tally
        base_on    | is_late | moved_count
        2026-10-26 | yes     | 1.00
        2026-11-02 | no      | 1.00
        """,
        "base_on > '2026-10-19'",
    )


def test_running_again_touches_no_row_and_a_closed_week_stays_whatever_becomes_known(house: Books):
    units(house, "101", "102")
    sign(house, "HT-1", "2026-10-28")
    visit(house, "LF-1", "2026-10-28 10:00")
    reckon(house, "2026-W44", WEEK_44)
    before = house.row_versions(*KEPT)
    reckon(house, "2026-W44", WEEK_44)
    assert house.row_versions(*KEPT) == before
    issue(house, "2026-W44", WEEK_44)
    house.connection.execute("update ops.result set state = 'issued'")
    issued = house.row_versions(*KEPT)
    sign(house, "HT-2", "2026-10-29", unit_no="102", recorded_at="2026-11-04 09:00")
    reckon(house, "2026-W44", "2026-11-20 08:00")
    assert house.row_versions(*KEPT) == issued


def test_before_the_issue_what_came_since_is_counted_and_makes_a_new_revision(house: Books):
    units(house, "101", "102")
    sign(house, "HT-1", "2026-10-28")
    reckon(house, "2026-10", "2026-11-01 08:30")
    sign(house, "HT-2", "2026-10-29", unit_no="102", recorded_at="2026-11-01 20:00")
    reckon(house, "2026-10", "2026-11-02 08:30")
    house.expect("""
        ops.result
        revision | state | hold_reason
        1        | held  | 2026年10月回款0笔 0.00元待财务核对
        2        | held  | 2026年10月回款0笔 0.00元待财务核对
    """)
    assert counted(house, "2026-10")["net_signed_count"] == "2.00"


def test_a_month_is_held_for_finance_with_the_receipts_it_asks_about(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-10-12")
    receive(house, "SK-1", "2026-10-13", "300000.50", contract_no="HT-1")
    receive(house, "SK-2", "2026-10-14", "-1000", contract_no="HT-1")
    reckon(house, "2026-10", "2026-11-01 08:30")
    [result] = house.query("select hold_reason from ops.result")
    assert result["hold_reason"] == "2026年10月回款2笔 299,000.50元待财务核对"
