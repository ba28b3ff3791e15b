"""A project with a wall of units, and one call each that draws a contract with its plan of instalments."""

import pytest

from tests.drawing import Books

PROJECT = """
    sales.project
    site_id | project_name | group_id | group_name | opens_on   | is_unit_register | manager_id | contact
    XM1     | 江湾一期     | JT       | 江湾集团   | 2026-08-31 | yes              | M1         | 0571-8000
    XM2     | 江湾二期     | JT       | 江湾集团   | 2026-08-31 | yes              | M2         | 0571-8001
"""
BUILDINGS = """
    sales.building
    site_id | building_no | building_name
    XM1     | 1           | 1号楼
    XM1     | 2           | 2号楼
    XM2     | 9           | 9号楼
"""
CONSULTANTS = """
    sales.consultant
    consultant_id | effective_from | consultant_name | site_id | team_name | grade     | address
    Z1            | 2020-01-01     | 周甲            | XM1     | 一组      | 置业顾问  | z1@example.cn
    Z2            | 2020-01-01     | 吴乙            | XM1     | 一组      | 主管      | z2@example.cn
    Z3            | 2020-01-01     | 郑丙            | XM1     | 二组      | 置业顾问  | z3@example.cn
    M1            | 2020-01-01     | 王经理          | XM1     | 案场      | 经理      | m1@example.cn
    M2            | 2020-01-01     | 冯经理          | XM2     | 案场      | 经理      | m2@example.cn
"""
RULES = """
    book.rule
    rule_set | parameter            | value | rule_id | clause
    anchang  | registration_months  | 2     | SA-B3   | 客户登记有效期两个月
    anchang  | visitor_follow_days  | 3     | SA-B4   | 来访客户三天跟进一次
    anchang  | caller_follow_days   | 4     | SA-B4   | 来电客户四天跟进一次
    anchang  | entry_lag_days       | 0     | SAL-09  | 跟进当日录入
    anchang  | reveal_days          | 7     | SA-B3   | 七天内提出
    anchang  | lapse_warning_days   | 7     | SA-B3   | 到期前七天提醒
    anchang  | cash_limit_amount    | 10000 | SA-B6   | 合计不超过一万元
    anchang  | cash_limit_hours     | 12    | SA-B6   | 不超过十二小时
    anchang  | contract_pass_rate   | 0.95  | SA-B8   | 抽检合格率不低于95%
    anchang  | meeting_rate         | 0.95  | SA-B8   | 晨会夕会完成率不低于95%
    anchang  | meetings_per_day     | 2     | SA-B8   | 每天晨会夕会各一次
    anchang  | training_quota       | 4     | SA-B8   | 每月培训不少于四次
    anchang  | survey_quota         | 1     | SA-B8   | 每月竞品调研一次
    anchang  | satisfaction_rate    | 0.85  | SA-B8   | 满意度目标85%
    anchang  | counts_same_day_return | false | SA-B10 | 当日复访不计接待指标
    anchang  | counts_buyer_visit   | false | SA-B10  | 已成交客户来访不计接待指标
    anchang  | counts_on_behalf     | false | SA-B10  | 代接不计接待指标
    anchang  | price_step_low_rate  | 0.05  | SA-B9   | 逐级上浮5%至10%
    anchang  | price_step_high_rate | 0.10  | SA-B9   | 逐级上浮5%至10%
    anchang  | grant_consultant     | 表价  | SA-B9   | 低于本级权限的价格须经批准
    anchang  | grant_supervisor     | 批发  | SA-B9   | 低于本级权限的价格须经批准
    anchang  | grant_manager        | 内部  | SA-B9   | 低于本级权限的价格须经批准
    anchang  | sign_days            | 7     | SA-B1   | 认购后七天内签约
    anchang  | plan_day             | 20    | SA-B9   | 每月20日前报下月计划
    anchang  | target_version       | 月末版本 | SAL-16 | 月内调整按月末版本
    anchang  | contract_source      | 项目  | SAL-20  | 以项目台账为准
"""
EARLY = "2020-01-01 00:00"


@pytest.fixture
def house(books: Books) -> Books:
    """Books with two projects of one group, their consultants and rules; all known since 2020."""
    return furnish(books)


def furnish(books: Books) -> Books:
    """Put the projects into empty books."""
    books.given(PROJECT, BUILDINGS, CONSULTANTS, recorded_at=EARLY)
    books.given("book.rule_set\nrule_set | rule_set_name | rank\nanchang | 案场销售管理制度 | 1", recorded_at=EARLY)
    books.given(
        "book.site_rule_set\nsite_id | rule_set | valid_from\nXM1 | anchang | 2018-01-01\nXM2 | anchang | 2018-01-01\n"
        "JT | anchang | 2018-01-01",
        recorded_at=EARLY,
    )
    books.given(RULES, valid_from="2018-01-01", recorded_at=EARLY)
    return books


def unit(books: Books, number: str = "1-101", **also: str) -> None:
    """A flat of 100 m² at 1.00, 1.06, 1.13 and 1.20 million."""
    building, place = number.split("-")
    given = {
        "site_id": "XM1",
        "unit_no": number,
        "building_no": building,
        "product_type": "高层",
        "floor_no": place[:-2],
        "column_no": place[-2:],
        "area": "100",
        "floor_amount": "1000000",
        "internal_amount": "1060000",
        "wholesale_amount": "1130000",
        "list_amount": "1200000",
        "released_on": "2026-01-01",
        "recorded_at": EARLY,
    }
    put(books, "sales.unit", given | also)


def subscribe(books: Books, number: str = "R1", unit_no: str = "1-101", **also: str) -> None:
    """A subscription of 李某某 by Z1 on 2026-09-20 with a deposit of 50,000."""
    given = {
        "site_id": "XM1",
        "subscription_no": number,
        "unit_no": unit_no,
        "customer_name": "李某某",
        "phone": "13800001111",
        "subscribed_on": "2026-09-20",
        "area": "100",
        "amount": "1200000",
        "deposit_amount": "50000",
        "consultant_id": "Z1",
    }
    put(books, "sales.subscription", given | also)


def sign(books: Books, number: str = "HT1", *instalments: str, **also: str) -> None:
    """A contract of 李某某 signed by Z1 on 2026-09-25, with its plan.

    :param instalments: ``kind due_on amount``, numbered from 1.
    """
    given = {
        "site_id": "XM1",
        "contract_no": number,
        "unit_no": "1-101",
        "customer_name": "李某某",
        "phone": "13800001111",
        "signed_on": "2026-09-25",
        "area": "100",
        "amount": "1200000",
        "consultant_id": "Z1",
    }
    put(books, "sales.contract", given | also)
    for position, line in enumerate(instalments, 1):
        kind, due_on, amount = line.split()
        put(
            books,
            "sales.instalment",
            {
                "site_id": also.get("site_id", "XM1"),
                "contract_no": number,
                "instalment_no": str(position),
                "instalment_kind": kind,
                "due_on": due_on,
                "amount": amount,
            },
        )


def pay(books: Books, number: str, value_on: str, amount: str, contract_no: str = "HT1", **also: str) -> None:
    """Money for a contract by its value date; a negative amount is a refund."""
    given = {
        "site_id": "XM1",
        "receipt_no": number,
        "contract_no": contract_no,
        "receipt_kind": "退款" if amount.startswith("-") else "分期",
        "amount": amount,
        "value_on": value_on,
    }
    put(books, "sales.receipt", given | also)


def change(books: Books, number: str, kind: str, approved_on: str, amount: str, **also: str) -> None:
    """A change of contract HT1 that the developer approved."""
    given = {
        "site_id": "XM1",
        "change_no": number,
        "change_kind": kind,
        "contract_no": "HT1",
        "amount": amount,
        "applied_on": "2026-09-26",
        "approved_on": approved_on,
        "reason": "客户申请",
    }
    put(books, "sales.change", given | also)


def put(books: Books, table: str, given: dict[str, str]) -> None:
    """Insert one drawn row."""
    recorded = {"recorded_at": given.pop("recorded_at")} if "recorded_at" in given else {}
    books.given(f"{table}\n{' | '.join(given)}\n{' | '.join(given.values())}", **recorded)
