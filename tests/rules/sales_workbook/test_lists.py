"""The lists of the sales reports, line by line, and the exceptions that they call for."""

from typing import Any

import pytest

from backoffice.database import rows
from backoffice.periods import parse
from tests.drawing import Books, as_text
from tests.rules.sales.conftest import WEEKLY, run_of
from tests.rules.sales_workbook.conftest import change, pay, put, sign, subscribe, unit

LATER = "2027-01-01 00:00+08"


def sheet(books: Books, name: str, period: str = "2026-W47", site: str = "XM1") -> list[dict[str, Any]]:
    asked = parse(period)
    parameters = {"site_id": site, "starts_on": asked.starts_on, "last_on": asked.last_on, "known_at": LATER}
    return rows(books.connection, f"sales/sheet_{name}", parameters)


def told(books: Books, name: str, *columns: str, **also: str) -> list[str]:
    """The rows of a sheet in the drawn columns, as text."""
    return [" ".join(as_text(row[column]) for column in columns) for row in sheet(books, name, **also)]


def problems(books: Books, about: str = "", period: str = "2026-W47") -> list[str]:
    """Severity, subject and problem of the exceptions that say a word."""
    listed = sheet(books, "exceptions", period)
    assert all(row["advice"] and row["department"] for row in listed)
    lines = [f"{row['severity']} {row['subject']} {row['problem']}" for row in listed]
    return [line for line in lines if about in line]


# -- 认购未签约 ----------------------------------------------------------------------------------------------------


def test_SAL_04_subscribed_in_october_and_signed_in_november_is_unsigned_only_in_between(house: Books):
    unit(house)
    subscribe(house, subscribed_on="2026-10-28")
    sign(house, signed_on="2026-11-03", subscription_no="R1")
    assert told(house, "unsigned", "unit_no", period="2026-10") == ["1-101"]
    assert told(house, "unsigned", "unit_no", period="2026-11") == []


def test_the_day_to_sign_is_the_one_agreed_else_that_of_the_rules(house: Books):
    subscribe(house, "R1", "1-101", subscribed_on="2026-11-15")  # seven days by the rules: due on the last day
    subscribe(house, "R2", "1-102", subscribed_on="2026-11-14", phone="13800002222")
    subscribe(house, "R3", "1-103", subscribed_on="2026-11-01", sign_by_on="2026-11-30", phone="13800003333")
    subscribe(house, "R4", "1-104", subscribed_on="2026-11-20", sign_by_on="2026-11-21", phone="13800004444")
    assert told(house, "unsigned", "unit_no", "sign_by_on", "overdue_days") == [
        "1-102 2026-11-21 1",
        "1-104 2026-11-21 1",
        "1-101 2026-11-22 -",
        "1-103 2026-11-30 -",
    ]
    assert [line.split("，")[2] for line in problems(house, "认购于")] == ["已超期1天", "已超期1天"]


def test_a_cancelled_subscription_is_unsigned_no_more_from_the_day_of_approval(house: Books):
    subscribe(house, subscribed_on="2026-11-01")
    change(house, "T1", "退订", "2026-11-23", "1200000", contract_no="-", subscription_no="R1")
    assert len(sheet(house, "unsigned")) == 1
    assert sheet(house, "unsigned", "2026-W48") == []


# -- 签约明细 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "reached"),
    [
        ("1200000", "表价"), ("1199999.99", "批发"), ("1130000", "批发"), ("1129999.99", "内部"), ("1060000", "内部"),
        ("1059999.99", "底价"), ("1000000", "底价"), ("999999.99", "低于底价"),
    ],
)  # fmt: skip
def test_SA_B9_a_contract_reaches_the_highest_step_that_its_price_covers(house: Books, amount, reached):
    unit(house)
    sign(house, amount=amount, signed_on="2026-11-18")
    assert told(house, "contracts", "reached") == [reached]


@pytest.mark.parametrize(
    ("seller", "amount", "approved_by", "approved_price", "verdict"),
    [
        ("Z1", "1200000", "-", "-", "权限内"),  # a consultant may grant the list price
        ("Z1", "1199999", "-", "-", "未经批准"),
        ("Z2", "1130000", "-", "-", "权限内"),  # a supervisor wholesale
        ("Z2", "1129999", "-", "-", "未经批准"),
        ("M1", "1060000", "-", "-", "权限内"),  # a manager internal
        ("M1", "1059999", "-", "-", "未经批准"),
        ("Z1", "1060000", "王经理", "内部", "已批准至内部"),
        ("Z1", "1059999", "王经理", "内部", "未经批准"),  # below what was approved
        ("Z1", "1060000", "王经理", "-", "未经批准"),  # a signature that says no step
    ],
)
def test_SA_B9_below_what_the_sellers_grade_may_grant_needs_approval(
    house: Books, seller, amount, approved_by, approved_price, verdict
):
    unit(house)
    sign(
        house, amount=amount, signed_on="2026-11-18", consultant_id=seller, approved_by=approved_by,
        approved_price=approved_price,
    )  # fmt: skip
    assert told(house, "contracts", "verdict") == [verdict]
    assert bool(problems(house, "可给到")) == (verdict == "未经批准")


def test_the_grade_is_that_of_the_day_of_signing(house: Books):
    house.given(
        "sales.consultant\nconsultant_id | effective_from | consultant_name | site_id | team_name | grade\n"
        "Z1 | 2026-11-19 | 周甲 | XM1 | 一组 | 主管"
    )
    unit(house)
    unit(house, "1-102")
    sign(house, "HT1", amount="1130000", signed_on="2026-11-18")
    sign(house, "HT2", amount="1130000", signed_on="2026-11-19", unit_no="1-102")
    assert told(house, "contracts", "contract_no", "verdict") == ["HT1 未经批准", "HT2 权限内"]


def test_the_list_of_contracts_says_discount_price_and_shares(busy: Books):
    [row] = [row for row in sheet(busy, "contracts") if row["contract_no"] == "HT11"]
    assert (row["customer"], row["share_text"]) == ("钱*", "周甲50.00%、郑丙50.00%")
    assert (row["unit_price"], row["discount_rate"]) == (12000, 1)


# -- 退订退房换房, 回款, 按揭进度 ------------------------------------------------------------------------------------


def test_SAL_03_SAL_18_changes_count_on_the_day_of_approval_and_those_that_wait_count_nowhere(busy: Books):
    assert told(busy, "changes", "change_kind", "deal_no", "unit_text", "signed_amount", "pending_amount") == [
        "退房 HT31 1-204 -1200000.00 -",
        "换房 HT02 1-102→1-501 30000.00 -",
        "补充协议 HT03 1-103 -20000.00 -",
        "退订 R3 1-404 - -",
        "退房 HT12 1-302 - -1150000.00",
    ]
    assert told(busy, "changes", "deal_no", "signed_amount", "approved_on", period="2026-W46") == [
        "HT31 - -", "HT02 - -", "HT03 - -",
    ]  # fmt: skip


def test_receipts_are_listed_by_value_date_with_the_confirmation_of_finance(busy: Books):
    assert told(busy, "receipts", "value_on", "receipt_no", "amount", "confirm_text")[-2:] == [
        "2026-11-20 S41 -50000.00 未确认",
        "2026-11-21 S42 12345.67 李会计 2026-11-22",
    ]


def test_SAL_12_a_loan_lies_in_the_stage_that_it_reached_by_the_last_day(busy: Books):
    assert told(busy, "mortgages", "contract_no", "stage", "stay_days", "unpaid_amount") == [
        "HT21 待放款 17 840000.00",
        "HT14 待资料 4 791000.00",
        "HT11 待送审 3 840000.00",
        "HT22 已放款 - -",
    ]
    by_october = told(busy, "mortgages", "contract_no", "stage", "stay_days", period="2026-10")
    assert by_october == ["HT21 待批贷 19", "HT22 待放款 11"]


# -- 应收账龄, 销控表 -----------------------------------------------------------------------------------------------


def test_SAL_11_both_who_closed_the_deal_and_who_keeps_it_stand_in_the_list(busy: Books):
    assert told(busy, "ages", "contract_no", "overdue_days", "late_over_amount", "consultant_name", "keeper_name")[
        0
    ] == ("HT05 104 260000.00 陈丁 吴乙")


def test_every_unit_stands_on_the_wall_once_in_one_state(busy: Books):
    states = {row["label"]: row["state"] for row in sheet(busy, "control")}
    assert len(states) == 49
    assert {
        "1-101": "已收全款",
        "1-102": "可售",  # swapped for 1-501
        "1-501": "签约",
        "1-204": "可售",  # cancelled
        "1-402": "认购",
        "1-404": "可售",  # subscription cancelled
        "1-601": "销控",
        "1-602": "保留",
        "1-603": "抵押",
        "1-604": "可售",  # held until the day before
        "2-101": "可售",
        "2-301": "未推",
    }.items() <= states.items()
    counted = {row["state"]: row["unit_count"] for row in sheet(busy, "control_totals")}
    assert counted == {state: list(states.values()).count(state) for state in states.values()}


def test_a_unit_without_a_place_stands_below_its_building(busy: Books):
    [row] = [row for row in sheet(busy, "control") if row["label"] == "2-901"]
    assert (row["block"], row["row_label"], row["row_no"]) == ("2号楼", "其他", 0)


def test_two_units_on_one_place_both_stand_on_the_wall(house: Books):
    unit(house, "1-101")
    unit(house, "1-101A", floor_no="1", column_no="01", building_no="1")
    placed = [(row["label"], row["row_label"]) for row in sheet(house, "control")]
    assert placed == [("1-101", "1层"), ("1-101A", "其他")]


def test_a_unit_is_released_on_its_day(house: Books):
    unit(house, released_on="2026-11-22")
    unit(house, "1-102", released_on="2026-11-23")
    assert told(house, "control", "state") == ["可售", "未推"]


# -- 异常, 计算依据 -------------------------------------------------------------------------------------------------


def test_SAL_20_two_registers_that_differ_are_listed_with_both_amounts_and_the_priority(busy: Books):
    [line] = problems(busy, "集团台账")
    assert line == (
        "请核对 HT11 项目台账1,200,000.00元（2026-11-18签约），集团台账1,180,000.00元（2026-11-18签约），"
        "不一致；按项目台账计一次"
    )


def test_a_label_that_is_no_unit_is_listed_where_units_are_registered(busy: Books):
    assert [line.split()[1] for line in problems(busy, "不在江湾一期房源表中")] == ["3-101", "7-777"]
    busy.connection.execute("update sales.project set is_unit_register = false where site_id = 'XM1'")
    assert problems(busy, "房源表中") == []


def test_a_plan_that_does_not_add_up_is_listed(busy: Books):
    assert problems(busy, "应收计划") == [
        "必须处理 HT22 应收计划合计1.00元，合同价1,200,000.00元，相差1,199,999.00元，应收按计划列示"
    ]
    sign(busy, "HT78", unit_no="1-502", signed_on="2026-11-20")
    assert "必须处理 HT78 合同价1,200,000.00元，没有应收计划，未列入应收账龄" in problems(busy, "应收计划")


def test_SA_B6_cash_with_a_consultant_is_listed_and_with_the_manager_only_beyond_the_limits(busy: Books):
    [kept] = problems(busy, "暂存现金")
    assert kept.startswith("必须处理 暂存现金 X1 郑丙（置业顾问）暂存5,000.00元") and "顾问不得留存现金" in kept


def test_SA_B9_ladders_outside_the_bounds_are_listed_by_building(house: Books):
    unit(house, "1-101")  # 6 %, 6.6 %, 6.19 %
    unit(house, "2-101", internal_amount="1050000", wholesale_amount="1155000", list_amount="1270500")  # 5, 10, 10 %
    assert problems(house, "价格档上浮") == []
    unit(house, "2-102", internal_amount="1049000", wholesale_amount="1153900", list_amount="1280000")
    assert problems(house, "价格档上浮") == [
        "请核对 2号楼 底价→内部 1套的价格档上浮不在5%至10%之间：最低4.90%，最高4.90%，如2-102",
        "请核对 2号楼 批发→表价 1套的价格档上浮不在5%至10%之间：最低10.93%，最高10.93%，如2-102",
    ]


def test_SAL_05_a_rate_above_one_hundred_per_cent_is_listed_and_one_without_visits_is_not(house: Books):
    unit(house)
    unit(house, "1-102")
    sign(house, "HT1", signed_on="2026-11-18")
    sign(house, "HT2", signed_on="2026-11-18", unit_no="1-102")
    assert problems(house, "成交率") == []
    put(house, "sales.visit", {"site_id": "XM1", "visit_no": "V1", "visited_at": "2026-11-17 10:00",
        "customer_name": "客", "phone": "13900000001", "consultant_id": "Z1"})  # fmt: skip
    assert problems(house, "成交率") == ["请核对 成交率（期间） 签约2套 ÷ 来访1批 ＝ 200.00%，超过100%"]


def test_money_that_belongs_to_nothing_or_waits_for_a_refund_is_listed(busy: Books):
    assert problems(busy, "不在台账中") == [
        "必须处理 收据 S42 2026-11-21到账12,345.67元，登记的合同HT99不在台账中，未抵任何应收"
    ]
    assert problems(busy, "尚未退还") == ["请核对 HT31 退房已于2026-11-19经开发商批准，已收310,000.00元尚未退还"]
    pay(busy, "S43", "2026-11-22", "-310000", "HT31")
    assert problems(busy, "尚未退还") == []


def test_unconfirmed_receipts_must_be_dealt_with_before_a_month_goes_out(busy: Books):
    assert problems(busy, "未经财务确认")[0].startswith("请核对 回款 江湾一期 本期5笔回款合计350,000.40元")
    [row] = [row for row in sheet(busy, "exceptions", "2026-11") if "未经财务确认" in row["problem"]]
    assert (row["severity"], as_text(row["due_on"])) == ("必须处理", "2026-12-02")


def test_shares_that_are_not_the_whole_are_listed(busy: Books):
    house = busy
    house.connection.execute("update sales.contract_share set share = 0.4 where consultant_id = 'Z3'")
    assert problems(house, "业绩比例") == ["必须处理 HT11 业绩比例合计90.00%，应为100%"]


def test_grounds_say_one_sentence_with_the_figures_the_rule_and_the_line(busy: Books):
    grounds = {(row["subject"], row["item"]): row for row in sheet(busy, "grounds")}
    price = grounds["HT12", "价格档"]
    assert price["reasoning"] == (
        "成交1,150,000.00元，表价1,200,000.00元，折扣95.83%；达到批发档（1,130,000.00元）；"
        "置业顾问可给到表价档（1,200,000.00元），低于权限，没有批准人。"
    )
    assert (price["rule_id"], price["rule_book"], price["line_no"]) == ("SA-B9", "案场销售管理制度", 1)
    assert grounds["R1", "应签约日"]["reasoning"] == (
        "2026-11-02认购，认购后7天内签约，应于2026-11-09前签约；截至2026-11-22超期13天。"
    )
    assert grounds["HT02", "第1期 首付"]["reasoning"] == (
        "应收360,000.10元，2026-11-10到期；已收100,000.10元，余260,000.00元；"
        "2026-11-22 − 2026-11-10 ＝ 12天（当日到期不算逾期）。"
    )
    assert grounds["HT05", "第1期 首付"]["reasoning"].endswith("；成交顾问已不负责本户，由现责任人催收。")
    assert grounds["HT31", "退房"]["outcome"] == "计入本期 -1,200,000.00元"


def test_SAL_14_the_check_finds_nothing_where_ages_and_money_add_up(busy: Books):
    run = run_of(busy, WEEKLY, "2026-W47", LATER, ("XM1", "JT"))
    assert rows(busy.connection, "sales/check_receivables", {"run_id": run}) == []


def test_SAL_14_the_check_names_the_contract_whose_ages_do_not_make_up_what_is_open(busy: Books):
    run = run_of(busy, WEEKLY, "2026-W47", LATER, ("XM1",))
    [body] = busy.query("select pg_get_functiondef('sales.receivable_at'::regproc) as text")
    busy.connection.execute(body["text"].replace("'61–90'", "'六十至九十'"))
    [found] = rows(busy.connection, "sales/check_receivables", {"run_id": run})
    assert found["problem"].startswith("合同HT04截至2026-11-22的应收不平：应收1200000.00，已收100000.10，")
