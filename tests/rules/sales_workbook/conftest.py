"""A project with a wall of units, and one call each that draws a contract with its plan of instalments."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from psycopg.types.range import DateRange

from backoffice import artifacts
from backoffice.periods import parse
from backoffice.runs import carry_out
from backoffice.workbook import write_workbook
from tests.drawing import Books
from tests.rules.sales.conftest import MONTHLY, WEEKLY, run_of
from workbooks.sales import monthly_workbook, weekly_workbook

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


@pytest.fixture
def busy(house: Books) -> Books:
    """XM1 in November 2026, with every situation that its lists can show; XM2 has a contract and little else."""
    _units(house)
    _traffic(house)
    _deals(house)
    _beside(house)
    return house


def _units(house: Books) -> None:
    for floor in range(1, 7):
        for column in range(1, 5):
            unit(house, f"1-{floor}0{column}")
    for floor in range(1, 5):
        for column in range(1, 7):
            unit(
                house,
                f"2-{floor}0{column}",
                released_on="2026-11-17" if floor < 3 else "-",
                product_type="小高层",
                area="120",
                list_amount="1400000" if floor == 1 else "1200000",
            )
    unit(house, "2-901", floor_no="-", column_no="-", product_type="商铺")
    unit(house, "9-101", site_id="XM2")
    unit(house, "9-102", site_id="XM2")
    house.given(
        "sales.unit_hold\nsite_id | unit_no | hold_kind | starts_on | ends_on | approved_by\n"
        "XM1 | 1-601 | 销控 | 2026-10-01 | -          | 王经理\n"
        "XM1 | 1-602 | 保留 | 2026-10-01 | 2026-11-30 | 王经理\n"
        "XM1 | 1-603 | 抵押 | 2026-10-01 | -          | 王经理\n"
        "XM1 | 1-604 | 保留 | 2026-10-01 | 2026-11-21 | 王经理\n"
        "XM1 | 3-101 | 保留 | 2026-10-01 | -          | 王经理",
        recorded_at=EARLY,
    )


def _traffic(house: Books) -> None:
    for week in range(13):
        for day in range(2 + week % 4):
            moment = f"{date(2026, 8, 31) + timedelta(days=7 * week + day)} 10:{week:02}"
            given = {
                "site_id": "XM1",
                "visit_no": f"V{week:02}{day}",
                "visited_at": moment,
                "customer_name": f"客户{week}",
                "phone": f"1390000{week:02}{day:02}",
                "channel": ["自然到访", "中介", "老带新"][day % 3],
                "region": ["滨江", "萧山"][week % 2],
                "consultant_id": ["Z1", "Z2", "Z3"][day % 3],
                "recorded_at": f"{moment[:10]} 20:00",
            }
            put(house, "sales.visit", given)
    for number in range(7):
        given = {
            "site_id": "XM1",
            "call_no": f"L{number}",
            "called_at": f"2026-11-{16 + number} 09:00",
            "customer_name": "来电人",
            "phone": f"1370000010{number}",
            "channel": "网络",
            "region": "滨江",
            "consultant_id": "Z1",
            "recorded_at": f"2026-11-{16 + number} 20:00",
        }
        put(house, "sales.call", given)


def _deals(house: Books) -> None:
    known = {"recorded_at": "2026-11-22 20:00"}
    plan = ("首付 2026-10-01 360000", "按揭 2026-11-01 840000")
    # signed long ago, paid in full
    sign(house, "HT01", "首付 2026-08-01 1200000", unit_no="1-101", signed_on="2026-07-20", **known)
    pay(house, "S01", "2026-08-01", "1200000", "HT01", **known)
    # down payment overdue in every bucket, by whoever kept the customer
    for number, due_on, keeper in (
        ("HT02", "2026-11-10", "Z1"), ("HT03", "2026-10-10", "Z2"), ("HT04", "2026-09-10", "Z3"),
        ("HT05", "2026-08-10", "Z9"),
    ):  # fmt: skip
        sign(
            house, number, f"首付 {due_on} 360000.10", "尾款 2026-12-05 839999.90", unit_no=f"1-10{number[-1]}"
            if number < "HT05" else "1-201", signed_on="2026-08-05", consultant_id=keeper, customer_name="赵某某",
            phone=f"1350000000{number[-1]}", **known,
        )  # fmt: skip
        pay(house, f"S{number[-2:]}", "2026-11-18", "100000.10", number, receipt_kind="首付", **known)
    house.given(
        "sales.consultant\nconsultant_id | effective_from | consultant_name | site_id | team_name | grade | left_on\n"
        "Z9 | 2026-01-01 | 陈丁 | XM1 | 二组 | 置业顾问 | 2026-10-31",
        "sales.handover\nsite_id | contract_no | to_consultant_id | handed_on\nXM1 | HT05 | Z2 | 2026-11-02",
        recorded_at="2026-10-31",
    )
    # the week's signings: at list price, at wholesale by a consultant, approved, by a supervisor, below the floor
    for number, amount, seller, approved_by, approved_price in (
        ("HT11", "1200000", "Z1", "-", "-"), ("HT12", "1150000", "Z1", "-", "-"),
        ("HT13", "1070000", "Z3", "王经理", "内部"), ("HT14", "1130000", "Z2", "-", "-"),
        ("HT15", "990000", "Z2", "王经理", "底价"),
    ):  # fmt: skip
        sign(
            house, number, f"首付 2026-11-25 {int(amount) * 3 // 10}", f"按揭 2026-12-20 {int(amount) * 7 // 10}",
            unit_no=f"1-30{number[-1]}" if number < "HT15" else "1-401", signed_on="2026-11-18", amount=amount,
            consultant_id=seller, approved_by=approved_by, approved_price=approved_price, customer_name="钱某",
            phone=f"1350000001{number[-1]}", down_amount=str(int(amount) * 3 // 10),
            loan_amount=str(int(amount) * 7 // 10), **known,
        )  # fmt: skip
    house.given(
        "sales.contract_share\nsite_id | contract_no | consultant_id | share\n"
        "XM1 | HT11 | Z1 | 0.5\nXM1 | HT11 | Z3 | 0.5",
        **known,
    )
    # in both registers with another amount; a unit that is none; a plan that does not add up; no plan at all
    put(house, "sales.contract", {"site_id": "XM1", "contract_no": "HT11", "source": "集团", "unit_no": "1-301",
        "customer_name": "钱某", "signed_on": "2026-11-18", "area": "100", "amount": "1180000", "consultant_id": "Z1",
        **known})  # fmt: skip
    sign(house, "HT21", *plan, unit_no="7-777", signed_on="2026-10-09", amount="1200000", phone="13500000021", **known)
    sign(house, "HT22", "首付 2026-12-01 1", unit_no="1-203", signed_on="2026-10-09", phone="13500000022", **known)
    # cancelled, with money still here; swapped; a lower price; one that waits
    sign(house, "HT31", *plan, unit_no="1-204", signed_on="2026-09-09", phone="13500000031", **known)
    pay(house, "S31", "2026-09-10", "360000", "HT31", **known)
    change(house, "B1", "退房", "2026-11-19", "1200000", contract_no="HT31", **known)
    change(house, "B2", "换房", "2026-11-20", "30000", contract_no="HT02", new_unit_no="1-501", **known)
    change(house, "B3", "补充协议", "2026-11-20", "-20000", contract_no="HT03", **known)
    change(house, "B4", "退房", "-", "1150000", contract_no="HT12", applied_on="2026-11-20", **known)
    subscribe(house, "R1", "1-402", subscribed_on="2026-11-02", open_reason="等公积金，电话13900008888", **known)
    subscribe(house, "R2", "1-403", subscribed_on="2026-11-20", sign_by_on="2026-11-30", phone="13800002222", **known)
    subscribe(house, "R3", "1-404", subscribed_on="2026-11-10", phone="13800003333", **known)
    change(
        house,
        "B5",
        "退订",
        "2026-11-20",
        "1200000",
        contract_no="-",
        subscription_no="R3",
        applied_on="2026-11-16",
        **known,
    )
    pay(house, "S40", "2026-11-02", "50000", "-", subscription_no="R1", receipt_kind="定金", **known)
    pay(house, "S41", "2026-11-20", "-50000", "HT31", **known)
    pay(house, "S42", "2026-11-21", "12345.67", "HT99", confirmed_by="李会计", confirmed_on="2026-11-22", **known)
    sign(house, "HT90", "首付 2026-11-01 1200000", unit_no="9-101", site_id="XM2", consultant_id="M2",
         signed_on="2026-10-20", phone="13500000090", **known)  # fmt: skip


def _beside(house: Books) -> None:
    known = {"recorded_at": "2026-11-22 20:00"}
    house.given(
        """
        sales.mortgage
        site_id | contract_no | bank_name | amount | complete_on | submitted_on | approved_on | paid_on    | reason
        XM1     | HT11        | 工商银行  | 840000 | 2026-11-19  | -            | -           | -          | 等流水
        XM1     | HT14        | 建设银行  | 791000 | -           | -            | -           | -          | 待资料
        XM1     | HT21        | 中国银行  | 840000 | 2026-10-10  | 2026-10-12   | 2026-11-05  | -          | 额度紧
        XM1     | HT22        | 农业银行  | 100000 | 2026-10-10  | 2026-10-12   | 2026-10-20  | 2026-11-17 | 已放
        """,
        """
        sales.cash_holding
        site_id | holding_no | holder_kind | holder_id | amount | held_at          | handed_at        | consented_by
        XM1     | X1         | 置业顾问    | Z3        | 5000   | 2026-11-17 15:00 | 2026-11-17 18:00 | -
        XM1     | X2         | 案场经理    | M1        | 9000   | 2026-11-18 15:00 | 2026-11-18 18:00 | 王经理
        """,
        **known,
    )
    for indicator, amount in (("签约金额", "20000000"), ("回款金额", "2000000"), ("来访", "100")):
        put(house, "sales.target", {"site_id": "XM1", "target_month": "2026-11-01", "indicator": indicator,
            "valid_from": "2026-11-01", "amount": amount, **known})  # fmt: skip


#: the statements of the task `reckon` of both DAGs that count
RECKON = (
    "sales/mark_gaps",
    "sales/mark_ownership",
    "sales/mark_tally",
    "sales/mark_late_lines",
    "sales/record_results",
    "ops/stamp_computed",
)
TITLES = {"sales_weekly": "销售周报", "sales_draft": "销售月报", "sales_monthly": "销售月报"}
KNOWN = "2026-11-23 08:00+08"


def reckon(books: Books, period: str = "2026-W47", known_at: str = KNOWN, sites: tuple[str, ...] = ("XM1",)) -> int:
    """Count a week or a month as of its last day; returns the run."""
    run_id = run_of(books, WEEKLY if "W" in period else MONTHLY, period, known_at, sites)
    carry_out(books.connection, run_id, RECKON)
    return run_id


def document(
    books: Books,
    run_id: int,
    kind: str = "sales_weekly",
    period: str = "2026-W47",
    site: str = "XM1",
    revision: int = 1,
) -> int:
    """Register the document of a run, as its release does; returns the artifact."""
    asked = parse(period)
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select run.workflow, %s, %s, %s, %s, md5(result.base_on::text || result.result_hash), %s, %s, run.known_at,
            run.run_id, run.known_at + interval '1 hour'
        from ops.run
        cross join lateral (
            select * from ops.result
            where workflow = run.workflow and site_id = %s and base_on = %s
            order by revision desc limit 1
        ) as result
        where run.run_id = %s
        returning artifact_id
        """,
        [kind, site, DateRange(asked.starts_on, asked.until_on), revision, TITLES[kind], asked.last_on, site,
         asked.starts_on, run_id],
    ).fetchone()[0]  # fmt: skip


def written(books: Books, artifact_id: int, folder: Path) -> Path:
    """The file of a document."""
    artifact = artifacts.read(books.connection, artifact_id)
    build = weekly_workbook if artifact["document_kind"] == "sales_weekly" else monthly_workbook
    book = build(books.connection, artifact)
    return write_workbook(folder / book.file_name, book).path
