"""Registers of repairs and deposits: what is taken, what goes back, what refuses a file, each with its words."""

from datetime import date
from decimal import Decimal

import pytest

from backoffice.feeds.definitions import feed_of, feeds
from tests.drawing import Books
from tests.feeds.conftest import Office
from tests.feeds.test_fee_feeds import advice, sent_back

COMPANIES = """
    公司编号,公司名称,首个扣款月,维修队收款单位,联系电话
    K1,甲置业,2026年10月,甲物业,010-8000
    K2,乙置业,2026年10月,乙物业,010-9000
"""
PROJECTS = """
    项目编号,公司编号,项目名称
    P1,K1,一期
    P2,K2,二期
"""
CONTRACTORS = """
    施工单位编号,施工单位名称,邮箱
    S1,某建设公司,repairs@example.com
"""
CONTRACT_HEADING = "施工合同号,项目编号,施工单位编号,工程名称,结算价,竣工验收日期,缺陷责任期（月）,质保金比例"
CONTRACTS = f"""
    {CONTRACT_HEADING},其他担保
    C1,P1,S1,土建,2000000,2024-10-15,24,3%,无
    C2,P1,S1,防水,2000000,2024-10-15,24,3%,履约保函
    C3,P2,S1,土建,500000,2024-10-15,24,3%,无
"""
ORDER_HEADING = "派工单号,项目编号,派工单类别,房号/部位,保修部位,工种,缺陷,施工合同号,估算金额,报修日期"
ORDER = "P1,A,1栋301,装修,瓦工,空鼓,C1,800,2026-10-12"
ORDERS = f"""
    {ORDER_HEADING}
    W1,{ORDER}
    W2,{ORDER}
"""
LETTERS = """
    函件编号,派工单号,函件类型,发出日期,答复期限,确认金额
    T1,W1,维修通知,2026-10-12,2026-10-19,
    Q1,W1,扣款确认函,2026-10-14,2026-10-19,800
"""
REQUESTS = """
    申请单号,施工合同号,申请日期,收到日期
    TH1,C1,2026-10-15,2026-10-16
"""
MOVEMENT_HEADING = "凭证号,施工合同号,收支类型,金额,日期,申请单号,原因"
ANSWER_HEADING = "函件编号,派工单号,答复时间,答复,理由"
APPROVAL_HEADING = "派工单号,审批级别,审批环节,结论,意见,审批人,审批日期,审批金额（含税）"
REQUEST_HEADING = "申请单号,施工合同号,申请日期,收到日期"
APPROVER_HEADING = "公司编号,岗位,登录名,姓名,生效日期,失效日期"

#: a row of each register that carries an opinion: heading, and line with a place for it
SIGNED = {
    "维修审批": (APPROVAL_HEADING, "W1,1,审批,同意,{},甲,2026-10-12,800"),
    "决算审核": ("派工单号,审定金额,审核部门,审核人,审核日期,意见", "W1,800,客服部,甲,2026-10-15,{}"),
    "结算认定": ("派工单号,结论,认定金额,认定人,意见,认定日期", "W1,认定,800,甲,{},2026-10-16"),
    "质保金退还意见": ("申请单号,部门,结论,意见,签字人,签字日期", "TH1,财务部,同意,{},甲,2026-10-17"),
}


@pytest.fixture
def company(office: Office) -> Office:
    """An office that knows two companies, their contracts, two orders, two letters and a request."""
    office.drop("公司登记.csv", COMPANIES)
    office.drop("项目登记.csv", PROJECTS)
    office.drop("施工单位登记.csv", CONTRACTORS)
    office.drop("施工合同登记.csv", CONTRACTS)
    office.drop("派工单登记.csv", ORDERS)
    office.drop("施工单位函件.csv", LETTERS)
    office.drop("质保金退还申请.csv", REQUESTS)
    office.take()
    assert sent_back(office) == []
    return office


def bring(office: Office, name: str, heading: str, *lines: str) -> None:
    """Bring lines in one file of their own."""
    office.drop(f"{name}{len(office.totals())}.csv", "\n".join([heading, *lines]))
    office.take()


def move(office: Office, *lines: str) -> None:
    """Bring movements of deposits in one file of their own; cells that are not needed may be left out at the end."""
    bring(office, "质保金收支", MOVEMENT_HEADING, *(line + "," * (6 - line.count(",")) for line in lines))


def contract(office: Office, line: str, **more: str) -> None:
    """Bring a contract; `more` are further columns."""
    bring(
        office,
        "施工合同登记",
        ",".join([CONTRACT_HEADING, *more]),
        ",".join([line, *more.values()]),
    )


def held(office: Office, table: str, key: str) -> list[str]:
    """Keys of a register that hold."""
    rows = office.books.query(f"select {key} as key from {table} where superseded_at = 'infinity' order by 1")
    return [str(row["key"]) for row in rows]


# Who and where -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "heading", "line", "said"),
    [
        ("项目登记", "项目编号,公司编号,项目名称", "P9,K9,x", "公司K9"),
        ("周转金收支", "凭证号,公司编号,部门,收支类型,金额,日期", "1,K9,维修队,支用,5,2026-10-01", "公司K9"),
        ("总账余额", "公司编号,月份,科目,余额", "K9,2026-10,质保金,5", "公司K9"),
        ("审批人名单", APPROVER_HEADING, "K9,总经理,gm,甲,2026-01-01,", "案场、公司、项目或集团K9"),
        ("保修期约定", "项目编号,保修部位,保修期（月）", "P9,装修,24", "项目P9"),
        ("施工合同登记", CONTRACT_HEADING, "C9,P9,S1,x,1,2024-10-15,24,3%", "项目P9"),
        ("施工合同登记", CONTRACT_HEADING, "C9,P1,S9,x,1,2024-10-15,24,3%", "施工单位S9"),
        ("派工单登记", ORDER_HEADING, f"W9,{ORDER.replace('P1', 'P9')}", "项目P9"),
        ("派工单登记", ORDER_HEADING, f"W9,{ORDER.replace('C1', 'C9')}", "施工合同C9"),
        ("质保金收支", MOVEMENT_HEADING, "1,C9,留置,5,2026-10-01,,", "施工合同C9"),
        ("质保金收支", MOVEMENT_HEADING, "1,C1,留置,5,2026-10-01,TH9,", "退还申请TH9"),
        ("质保金退还申请", REQUEST_HEADING, "TH9,C9,2026-10-15,2026-10-16", "施工合同C9"),
        ("质保金退还意见", *SIGNED["质保金退还意见"], "退还申请TH9"),
        ("维修审批", *SIGNED["维修审批"], "派工单W9"),
        ("决算审核", *SIGNED["决算审核"], "派工单W9"),
        ("结算认定", *SIGNED["结算认定"], "派工单W9"),
        ("决算", "派工单号,金额（含税）,维修队长,提交日期", "W9,5,甲,2026-10-12", "派工单W9"),
        ("施工单位函件", "函件编号,派工单号,函件类型,发出日期", "T9,W9,维修通知,2026-10-12", "派工单W9"),
        ("施工单位答复", ANSWER_HEADING, "Q1,W9,2026-10-15 09:00,确认,", "派工单W9"),
        ("维修工程款支付", "付款单号,派工单号,金额,付款日期", "1,W9,5,2026-10-12", "派工单W9"),
        ("索赔收款", "收据号,派工单号,金额,收款日期", "1,W9,5,2026-10-12", "派工单W9"),
        (
            "周转金收支",
            "凭证号,公司编号,部门,收支类型,金额,日期,派工单号",
            "1,K1,维修队,支用,5,2026-10-01,W9",
            "派工单W9",
        ),
    ],
)
def test_OPS_10_a_row_about_something_unknown_goes_back_named(company: Office, name, heading, line, said):
    bring(company, name, heading, line.format("单价合理").replace("W1", "W9").replace("TH1", "TH9"))
    [(line_no, _, reason)] = sent_back(company)
    assert line_no == 2
    assert reason.replace("“", "").replace("”", "") == f"没有登记{said}"
    assert "请先报《" in advice(company)


def test_a_row_that_went_back_is_taken_once_its_order_has_come(company: Office):
    final = ("决算", "派工单号,金额（含税）,维修队长,提交日期", "W9,5,甲,2026-10-12")
    bring(company, *final)
    bring(company, "派工单登记", ORDER_HEADING, f"W9,{ORDER}")
    bring(company, *final, "W1,5,甲,2026-10-12")
    assert held(company, "repairs.final_account", "order_no") == ["W1", "W9"]
    [row] = company.books.query("select mended_line_no, effect from ops.quarantine")
    assert row == {"mended_line_no": 2, "effect": "派工单号W9 该派工单的决算没有入账，不能审核和扣款"}


def test_everything_about_one_order_may_come_at_once_in_any_file(office: Office):
    for name, content in {
        "施工单位函件": LETTERS,
        "派工单登记": ORDERS,
        "施工合同登记": CONTRACTS,
        "公司登记": COMPANIES,
        "施工单位登记": CONTRACTORS,
        "项目登记": PROJECTS,
        "施工单位答复": f"{ANSWER_HEADING}\nQ1,W1,2026-10-15 09:00,确认,",
        "质保金收支": f"{MOVEMENT_HEADING}\nV1,C1,留置,60000,2024-10-15,,",
    }.items():
        office.drop(f"{name}.csv", content)
    office.take()
    assert sent_back(office) == []


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("K1,总经理,gm,甲,2026-01-01,2026-06-30", "K1,总经理,gm,甲,2026-07-01,", None),
        ("K1,总经理,gm,甲,2026-01-01,2026-06-30", "K1,总经理,gm,甲,2026-06-30,", "与第2行 2026-01-01起的重叠"),
        ("K1,总经理,gm,甲,2026-01-01,", "K1,总经理,gm,甲,2026-07-01,2026-12-31", "与第2行 2026-01-01起的重叠"),
        ("K1,总经理,gm,甲,2026-01-01,", "K1,总经理,deputy,乙,2026-07-01,", None),
        ("K1,总经理,gm,甲,2026-01-01,", "K1,副总经理,gm,甲,2026-07-01,", None),
        ("K1,总经理,gm,甲,2026-01-01,", "K2,总经理,gm,甲,2026-07-01,", None),
    ],
)
def test_an_approver_holds_a_duty_once_on_a_day(company: Office, first: str, second: str, said: str | None):
    bring(company, "审批人名单", APPROVER_HEADING, first, second)
    if said is None:
        assert sent_back(company) == []
    else:
        assert sent_back(company) == [(3, "生效日期", f"K1的总经理 gm：{second.split(',')[4]}起{said}")]


def test_an_approver_who_is_known_may_be_ended_and_begin_anew_in_one_file(company: Office):
    bring(company, "审批人名单", APPROVER_HEADING, "K1,总经理,gm,甲,2026-01-01,")
    bring(company, "审批人名单", APPROVER_HEADING, "K1,总经理,gm,甲,2026-07-01,")
    assert sent_back(company) == [(2, "生效日期", "K1的总经理 gm：2026-07-01起与已入账的 2026-01-01起的重叠")]
    assert "前一段的失效日期应填 2026-06-30" in advice(company)
    bring(
        company, "审批人名单", APPROVER_HEADING, "K1,总经理,gm,甲,2026-07-01,", "K1,总经理,gm,甲,2026-01-01,2026-06-30"
    )
    assert company.totals()[-1] == (2, 0, 1, 0, 1, 0)


# Contracts and what the law allows them ------------------------------------------------------------------


@pytest.mark.parametrize(("months", "is_taken"), [(1, True), (24, True), (25, False), (30, False)])
def test_WAR_12_a_period_of_liability_beyond_two_years_goes_back_with_the_law(company: Office, months, is_taken):
    contract(company, f"C9,P1,S1,土建,100,2024-10-15,{months},3%")
    assert ("C9" in held(company, "repairs.contract", "contract_no")) == is_taken
    if not is_taken:
        assert sent_back(company) == [
            (2, "缺陷责任期(月)", "缺陷责任期超过24个月（建质〔2017〕138号第二条：最长不超过2年）")
        ]
        assert "报《保修期约定》" in advice(company)


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        ("3%", None),
        ("0.03", None),
        ("0", None),
        ("3.01%", "质保金比例超过结算价的3%（建质〔2017〕138号第七条）"),
        ("5%", "质保金比例超过结算价的3%（建质〔2017〕138号第七条）"),
        ("3", "质保金比例超过结算价的3%（建质〔2017〕138号第七条）"),
        ("-1%", "质保金比例不能小于0"),
    ],
)
def test_WAR_13_a_deposit_rate_above_three_per_cent_goes_back_with_the_law(company: Office, rate, said):
    contract(company, f"C9,P1,S1,土建,100,2024-10-15,24,{rate}")
    assert sent_back(company) == ([(2, "质保金比例", said)] if said else [])


@pytest.mark.parametrize(
    ("rate", "clause", "is_taken"),
    [
        ("10%", "第八条", True),
        ("", "", True),
        ("0", "无", True),
        ("10%", "", False),
        ("10%", "无", False),
        ("10%", "-", False),
    ],
)
def test_WAR_21_a_management_charge_needs_its_clause(company: Office, rate: str, clause: str, is_taken: bool):
    contract(company, "C9,P1,S1,土建,100,2024-10-15,24,3%", 管理费率=rate, 管理费条款=clause)
    assert sent_back(company) == ([] if is_taken else [(2, "管理费条款", "有管理费率，但没有填合同条款")])


@pytest.mark.parametrize(
    ("number", "day", "is_taken"),
    [("X1", "2025-01-05", True), ("", "", True), ("无", "", True), ("X1", "", False), ("", "2025-01-05", False)],
)
def test_a_supplementary_agreement_has_number_and_date_or_neither(company: Office, number, day, is_taken):
    contract(company, "C9,P1,S1,土建,100,2024-10-15,24,3%", 补充协议号=number, 补充协议日期=day)
    assert [row[1] for row in sent_back(company)] == ([] if is_taken else ["售后维修补充协议号"])


def test_WAR_08_no_clause_is_no_clause_however_it_is_written(company: Office):
    contract(company, "C8,P1,S1,土建,100,2024-10-15,24,3%", 默认条款="无")
    contract(company, "C9,P1,S1,土建,100,2024-10-15,24,3%", 默认条款="第九条")
    company.books.expect(
        """
        repairs.contract
        contract_no | silence_clause
        C8          | -
        C9          | 第九条
        """,
        where="contract_no in ('C8', 'C9')",
    )


@pytest.mark.parametrize(
    ("component", "months", "said"),
    [
        ("屋面防水", 60, None),
        ("屋面防水", 59, "屋面防水的保修期59个月，短于法定最低的60个月（建设工程质量管理条例第四十条：五年）"),
        (
            "卫生间防水",
            24,
            "有防水要求的房间的保修期24个月，短于法定最低的60个月（建设工程质量管理条例第四十条：五年）",
        ),
        ("装修", 24, None),
        ("装修", 36, None),
        ("电气管线", 12, "电气管线的保修期12个月，短于法定最低的24个月（建设工程质量管理条例第四十条：二年）"),
    ],
)
def test_E11_a_warranty_shorter_than_the_law_goes_back_with_the_least_term(company: Office, component, months, said):
    bring(company, "保修期约定", "项目编号,保修部位,保修期（月）,条款", f"P1,{component},{months},第五条")
    assert sent_back(company) == ([(2, "保修期(月)", said)] if said else [])


@pytest.mark.parametrize(
    ("name", "heading", "line"),
    [
        ("保修期约定", "项目编号,保修部位,保修期（月）", "P1,花园,24"),
        ("派工单登记", ORDER_HEADING, f"W9,{ORDER.replace('装修', '花园')}"),
    ],
)
def test_an_unknown_component_goes_back_with_the_known_ones(company: Office, name: str, heading: str, line: str):
    bring(company, name, heading, line)
    assert sent_back(company) == [(2, "保修部位", "“花园”不在可填的内容里")]
    known = company.books.query("select component from repairs.statutory_term")
    assert all(row["component"] in advice(company) for row in known)


@pytest.mark.parametrize("name", ["warranty_terms", "work_orders"])
def test_the_components_of_a_feed_are_those_that_the_law_knows(books: Books, name: str):
    known = {row["component"] for row in books.query("select component from repairs.statutory_term")}
    assert set(feeds()[name].column("component").choices) == known


# What a deposit may hold ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "bad"),
    [
        (["V1,C1,留置,60000,2024-10-15"], []),
        (["V1,C1,留置,60000.01,2024-10-15"], [2]),
        (["V1,C1,留置,100000,2024-10-15"], [2]),
        (["V1,C1,期初,100000,2026-09-30"], [2]),
        (["V1,C1,期初,40000,2026-09-30", "V2,C1,补缴,20000,2026-10-10"], []),
        (["V1,C1,期初,40000,2026-09-30", "V2,C1,补缴,20000.01,2026-10-10"], [3]),
        # without the one that goes back, the ones behind it are right
        (["V1,C1,留置,100000,2024-10-15", "V2,C1,留置,60000,2024-10-16", "V3,C1,补缴,1,2024-10-17"], [2, 4]),
        (["V1,C1,留置,60000,2024-10-15", "V2,C1,退还,20000,2026-10-01", "V3,C1,补缴,20000,2026-10-02"], []),
        # a file may be written with the newest first
        (["V2,C1,退还,60000,2026-10-01", "V1,C1,留置,60000,2024-10-15"], []),
        (["V2,C1,退还,60000,2026-10-01", "V1,C1,留置,60000,2026-10-01"], []),
        (["V1,C1,留置,60000,2024-10-15", "V2,C1,退还,60000.01,2026-10-01"], [3]),
        (["V1,C1,退还,1,2026-10-01"], [2]),
        (["V1,C1,留置,60000,2024-10-15", "V2,C1,更正,-60000.01,2026-10-01,,凭证V1记错"], [3]),
        (["V1,C1,留置,60000,2024-10-15", "V2,C1,更正,-1,2026-10-01,,记错", "V3,C1,补缴,1,2026-10-02"], []),
        (["V1,C1,留置,60000,2024-10-15", "V2,C1,更正,1,2026-10-01,,凭证V1记错"], [3]),
        # each contract for itself
        (["V1,C1,留置,60000,2024-10-15", "V2,C3,留置,15000,2024-10-15"], []),
        (["V1,C3,留置,15000.01,2024-10-15"], [2]),
    ],
)  # fmt: skip
def test_WAR_13_a_deposit_stays_between_nothing_and_three_per_cent_of_the_price(company: Office, lines, bad):
    move(company, *lines)
    assert sorted(line for line, _, _ in sent_back(company)) == bad


def test_WAR_13_the_cap_is_told_with_its_figures_and_the_law(company: Office):
    move(company, "V1,C1,留置,100000,2024-10-15")
    assert sent_back(company) == [
        (
            2,
            "金额",
            "合同C1的质保金将达到100,000.00元，超过上限60,000.00元（结算价2,000,000.00元的3%，建质〔2017〕138号第七条）",
        )
    ]
    assert advice(company) == "请核对金额，最多还能留60,000.00元；结算价有变的，请先更正《施工合同登记》"


def test_WAR_13_no_deposit_beside_another_security(company: Office):
    move(company, "V1,C2,留置,1,2024-10-15", "V2,C1,留置,1,2024-10-15")
    assert sent_back(company) == [(2, "施工合同号", "合同C2已有履约保函，不得再预留质保金（建质〔2017〕138号第六条）")]
    assert "更正《施工合同登记》的其他担保" in advice(company)
    assert held(company, "repairs.deposit_movement", "movement_no") == ["V2"]


def test_WAR_13_what_is_known_counts_with_what_comes(company: Office):
    move(company, "V1,C1,留置,50000,2024-10-15")
    move(company, "V2,C1,补缴,10000.01,2026-10-01")
    assert [line for line, _, _ in sent_back(company)] == [2]
    assert "最多还能留10,000.00元" in advice(company)
    move(company, "V2,C1,补缴,10000,2026-10-01")
    move(company, "V3,C1,退还,60000.01,2026-10-02")
    assert sent_back(company)[-1] == (2, "金额", "合同C1的质保金只有60,000.00元，不够60,000.01元")
    assert held(company, "repairs.deposit_movement", "movement_no") == ["V1", "V2"]


def test_WAR_13_a_correction_of_a_movement_counts_instead_of_what_it_corrects(company: Office):
    move(company, "V1,C1,留置,50000,2024-10-15")
    move(company, "V1,C1,留置,60000,2024-10-15")
    assert company.totals()[-1] == (1, 0, 0, 0, 1, 0)
    move(company, "V2,C1,退还,60000,2026-10-01")
    move(company, "V1,C1,留置,50000,2024-10-15,,记错")
    assert sent_back(company) == [(2, "金额", "合同C1的质保金将成为负数：更正后只有50,000.00元，退还的比它多")]


def test_WAR_13_a_correction_that_goes_back_leaves_the_known_movement_counted(company: Office):
    move(company, "V1,C1,留置,50000,2024-10-15")
    move(company, "V1,C1,留置,70000,2024-10-15", "V2,C1,补缴,20000,2026-10-01")
    assert [line for line, _, _ in sorted(sent_back(company))] == [2, 3]


def booked(company: Office, kind: str, amount: int, movement_no: str = "", order_no: str = "") -> None:
    """Book an entry on the deposit of C1, as a settlement does; below 0 it takes."""
    given = {"kind": kind, "amount": -amount, "movement_no": movement_no, "order_no": order_no}
    given["run_id"] = company.books.connection.execute(
        """
        insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail)
        values ('deposit_chargebacks', gen_random_uuid()::text, '[2026-10-01,2026-11-01)', 'normal', '2026-10-31',
            clock_timestamp(), 'test', false)
        returning run_id
        """
    ).fetchone()[0]
    for written in (
        """
        insert into repairs.order_step (order_no, step_no, order_class, previous_no, taken_on, run_id)
        select %(order_no)s, step_no, order_class, previous_no, '2026-10-31', %(run_id)s
        from repairs.way
        where order_class = 'A' and %(order_no)s <> ''
        """,
        """
        insert into repairs.entry (
            entry_no, site_id, base_on, contractor_id, contract_no, entry_kind, order_no, movement_no, business_on,
            booked_on, run_id
        )
        values (
            %(kind)s, 'K1', '2026-10-01', 'S1', 'C1', %(kind)s, %(order_no)s, %(movement_no)s, '2026-10-20',
            '2026-10-31', %(run_id)s
        )
        """,
        """
        insert into repairs.entry_line (entry_id, account, contract_no, amount)
        select entry.entry_id, line.account, line.contract_no, line.amount
        from repairs.entry
        cross join (
            values ('质保金', 'C1', %(amount)s), ('银行存款', '', -%(amount)s)
        ) as line (account, contract_no, amount)
        where entry.run_id = %(run_id)s
        """,
    ):
        company.books.connection.execute(written, given)
    company.books.connection.commit()


def test_WAR_13_what_was_deducted_may_be_filled_up_again_and_not_be_paid_out(company: Office):
    move(company, "V1,C1,留置,60000,2024-10-15")
    booked(company, "留置", 60000, movement_no="V1")
    booked(company, "结算", -1500, order_no="W1")
    move(company, "V2,C1,退还,58500.01,2026-11-01")
    assert sent_back(company)[-1] == (2, "金额", "合同C1的质保金只有58,500.00元，不够58,500.01元")
    move(company, "V3,C1,补缴,1500,2026-11-02")
    assert held(company, "repairs.deposit_movement", "movement_no") == ["V1", "V3"]


def test_a_movement_that_is_booked_is_corrected_by_another_one(company: Office):
    move(company, "V1,C1,留置,50000,2024-10-15")
    booked(company, "留置", 50000, movement_no="V1")
    move(company, "V1,C1,留置,40000,2024-10-15")
    assert sent_back(company) == [(2, "凭证号", "凭证V1已在2026年10月入账，不能更改")]
    assert advice(company) == "请另报一笔“更正”（可为负数，写明原因），不要改原来的凭证"
    move(company, "V1,C1,留置,50000,2024-10-15", "V2,C1,更正,-10000,2026-11-02,,金额多记")
    assert held(company, "repairs.deposit_movement", "movement_no") == ["V1", "V2"]


@pytest.mark.parametrize(("kind", "of"), [("留置", {"movement_no": "V1"}), ("转公司承担", {"order_no": "W1"})])
def test_WAR_22_a_project_whose_deposits_are_booked_stays_with_its_company(company: Office, kind, of):
    bring(company, "项目登记", "项目编号,公司编号,项目名称", "P2,K1,二期")
    assert sent_back(company) == []
    booked(company, kind, 60000, **of)
    bring(company, "项目登记", "项目编号,公司编号,项目名称", "P1,K2,一期")
    assert sent_back(company) == [(2, "公司编号", "项目P1在公司K1已有入账的质保金或工单，不能改属公司K2")]


def test_WAR_23_a_lower_price_is_taken_while_more_than_its_cap_is_held(company: Office):
    move(company, "V1,C1,留置,60000,2024-10-15")
    contract(company, "C1,P1,S1,土建,1900000,2024-10-15,24,3%")
    assert sent_back(company) == []
    assert company.totals()[-1] == (1, 0, 0, 0, 1, 0)
    company.books.expect(
        """
        repairs.deposit_movement
        movement_no | amount
        V1          | 60000.00
        """
    )
    # what is known and comes again was lawful when it came; something more is not
    move(company, "V1,C1,留置,60000,2024-10-15", "V2,C1,退还,1000,2026-10-15")
    assert company.totals()[-1] == (2, 0, 1, 1, 0, 0)
    move(company, "V3,C1,补缴,0.01,2026-10-16")
    assert "超过上限57,000.00元" in sent_back(company)[-1][2]


@pytest.mark.parametrize(
    ("moved_on", "amount", "is_taken"),
    [("2026-10-14", "60000", True), ("2026-10-15", "40000", True), ("2026-10-15", "40000.01", False)],
)
def test_WAR_13_the_rules_of_the_company_may_be_stricter_from_a_day_on(company: Office, moved_on, amount, is_taken):
    company.books.given(
        """
        book.rule_set
        rule_set | rule_set_name | rank
        strict   | x             | 1
        """,
        """
        book.site_rule_set
        site_id | rule_set | valid_from
        K1      | strict   | 2020-01-01
        """,
        """
        book.rule
        rule_set | parameter        | valid_from | rule_id | value | clause
        strict   | deposit_cap_rate | 2026-10-15 | WAR-13  | 0.02  | x
        """,
    )
    move(company, f"V1,C1,留置,{amount},{moved_on}", "V2,C3,留置,15000,2026-10-16")
    assert [line for line, _, _ in sent_back(company)] == ([] if is_taken else [2])
    if not is_taken:
        assert "超过上限40,000.00元（结算价2,000,000.00元的2%" in sent_back(company)[0][2]


def test_what_is_paid_back_answers_a_request_of_its_own_contract(company: Office):
    move(company, "V1,C1,留置,60000,2024-10-15", "V2,C3,留置,15000,2024-10-15")
    move(company, "V3,C1,退还,100,2026-10-17,TH1", "V4,C3,退还,100,2026-10-17,TH1", "V5,C1,退还,100,2026-10-17,TH9")
    assert sorted(sent_back(company)) == [
        (3, "申请单号", "申请TH1退还的是合同C1的质保金，不是合同C3的"),
        (4, "申请单号", "没有登记退还申请“TH9”"),
    ]


@pytest.mark.parametrize("reason", ["", "-", "无"])
def test_a_correction_of_a_deposit_says_why(company: Office, reason: str):
    move(company, "V1,C1,留置,100,2024-10-15", f"V2,C1,更正,-1,2026-10-01,,{reason}")
    assert sent_back(company) == [(3, "原因", "更正没有写明原因")]


# Work orders ---------------------------------------------------------------------------------------------


def test_WAR_20_the_same_order_in_two_files_is_one_order(company: Office):
    bring(company, "派工单登记", ORDER_HEADING, f"W2,{ORDER}", f"W3,{ORDER}")
    assert company.totals()[-1] == (2, 0, 1, 1, 0, 0)
    assert held(company, "repairs.work_order", "order_no") == ["W1", "W2", "W3"]


def test_WAR_20_the_same_order_with_other_content_goes_back_in_one_file_and_corrects_in_the_next(company: Office):
    dearer = ORDER.replace("800", "900")
    bring(company, "派工单登记", ORDER_HEADING, f"W3,{ORDER}", f"W3,{dearer}")
    assert sent_back(company) == [(3, "派工单号", "与第2行是同一派工单号，但内容不同")]
    bring(company, "派工单登记", ORDER_HEADING, f"W3,{dearer}")
    assert company.totals()[-1] == (1, 0, 0, 0, 1, 0)


def test_WAR_11_an_order_names_a_contract_of_its_own_project(company: Office):
    bring(company, "派工单登记", ORDER_HEADING, f"W9,{ORDER.replace('C1', 'C3')}")
    assert sent_back(company) == [(2, "施工合同号", "施工合同C3属于项目P2，不属于本行的项目P1")]


@pytest.mark.parametrize(
    ("contract_no", "order_class", "reason", "said"),
    [
        ("C1", "A", "", None),
        ("C1", "A类", "-", None),
        ("", "B", "保修期外", None),
        ("C1", "B类", "业主使用不当", None),
        ("", "保修期外", "第三方", None),
        ("", "B", "不在补充协议内", None),
        ("", "A", "", "A类派工单没有填施工合同号"),
        ("无", "A", "", "A类派工单没有填施工合同号"),
        ("", "B", "", "B类派工单没有填原因"),
        ("", "B", "看情况", "“看情况”不在可填的内容里"),
        ("C1", "A", "保修期外", "A类派工单填了B类的原因"),
    ],
)
def test_WA_D4_class_A_names_its_contract_and_class_B_its_reason(
    company: Office, contract_no: str, order_class: str, reason: str, said: str | None
):
    line = ORDER.replace("A", order_class, 1).replace("C1", contract_no)
    bring(company, "派工单登记", f"{ORDER_HEADING},B类原因", f"W9,{line},{reason}")
    assert [row[2] for row in sent_back(company)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("urgent", "evidence", "is_taken"),
    [
        ("否", "", True),
        ("", "", True),
        ("是", "照片3张", True),
        ("是", "", False),
        ("√", "无", False),
        ("是", "-", False),
    ],
)
def test_WAR_05_an_emergency_needs_its_evidence(company: Office, urgent: str, evidence: str, is_taken: bool):
    bring(company, "派工单登记", f"{ORDER_HEADING},是否紧急,紧急依据", f"W9,{ORDER},{urgent},{evidence}")
    assert sent_back(company) == ([] if is_taken else [(2, "紧急依据", "紧急维修没有填依据")])


DAYS = "部门答复日期,勘察日期,开工日期,完工日期,客户签认日期,回访日期,同意延长至"


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("10-12,10-12,10-12,10-12,10-12,10-12,10-12", None),
        (",,,,,,", None),
        (",,10-13,10-14,10-14,10-15,10-31", None),
        ("10-11,,,,,,", "答复日期早于报修日期"),
        (",10-11,,,,,", "勘察日期早于报修日期"),
        (",,10-11,,,,", "开工日期早于报修日期"),
        (",,10-14,10-13,,,", "完工日期早于开工日期"),
        (",,,10-11,,,", "完工日期早于报修日期"),
        (",,10-12,,10-13,,", "有客户签认日期，没有完工日期"),
        (",,10-12,10-14,10-13,,", "客户签认日期早于完工日期"),
        (",,10-12,,,10-13,", "有回访日期，没有完工日期"),
        (",,10-12,10-14,,10-13,", "回访日期早于完工日期"),
        (",,,,,,10-11", "同意延长至的日期早于报修日期"),
    ],
)
def test_the_days_of_an_order_follow_each_other(company: Office, days: str, said: str | None):
    cells = ",".join(day and f"2026-{day}" for day in days.split(","))
    bring(company, "派工单登记", f"{ORDER_HEADING},{DAYS}", f"W9,{ORDER},{cells}")
    assert [row[2] for row in sent_back(company)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("name", "heading", "line", "column"),
    [
        ("派工单登记", ORDER_HEADING, f"W9,{ORDER.replace('2026', '2126')}", "报修日期"),
        ("派工单登记", f"{ORDER_HEADING},完工日期", f"W9,{ORDER},2126-10-12", "完工日期"),
        ("质保金收支", MOVEMENT_HEADING, "V1,C1,留置,100,2126-10-15,,", "日期"),
        ("维修审批", APPROVAL_HEADING, "W1,1,审批,同意,估算合理,甲,2126-10-12,800", "审批日期"),
        ("施工单位答复", ANSWER_HEADING, "Q1,W1,2126-10-15 09:00,确认,", "答复时间"),
        ("施工单位函件", "函件编号,派工单号,函件类型,发出日期", "T9,W1,维修通知,2126-10-12", "发出日期"),
    ],
)
def test_what_has_happened_lies_in_no_future(company: Office, name: str, heading: str, line: str, column: str):
    bring(company, name, heading, line)
    [(_, found, reason)] = sent_back(company)
    assert found == column
    assert "在将来，不合情理" in reason


def test_OPS_23_an_order_is_known_by_the_headings_that_people_write(company: Office):
    company.drop(
        "10月派工单.csv",
        "序号,工单号,项目编号,项目名称,工单类别,原因,房号,工程部位,维修工种,报修内容,合同编号,责任比例,估价,抢修,抢修依据,"
        "维修方,报修日,勘察日,会签单号,施工单位到场,状态,备注\n"
        '1,００１２,P1,一期,A类,质量问题,1-301,卫生间,瓦工、水电,渗水,C1,60％,"1,200.00",否,,物业维修队,10月12日,46308,HQ-7,'
        "有,正常,x",
        "gb18030",
    )
    company.take()
    company.books.expect(
        """
        repairs.work_order
        order_no | order_class | cause    | trades     | contract_no | reported_on | inspected_on | inspection_no
        0012     | A           | 施工质量 | 瓦工、水电 | C1          | 2026-10-12  | 2026-10-13   | HQ-7
        """,
        where="order_no = '0012' and is_contractor_present",
    )


def test_OPS_23_the_spellings_of_an_order_become_its_facts(company: Office):
    sheet = {
        "工单编号": "0012", "项目编号": "P1", "类型": "B类", "B类原因": "过保", "责任认定": "使用不当", "部位": "1-301",
        "保修项目": "卫生间", "工种": "瓦工", "缺陷描述": "渗水", "合同号": "无", "责任比例": "60%",
        "估算金额（元）": "1,200.5", "报修日期": date(2026, 10, 12),
    }  # fmt: skip
    company.drop_sheet("派工单.xlsx", list(sheet), list(sheet.values()))
    company.take()
    company.books.expect(
        """
        repairs.work_order
        order_no | order_class | class_reason | cause    | component        | contract_no | contractor_share
        0012     | B           | 保修期外     | 业主使用 | 有防水要求的房间 | -           | 0.600000
        """,
        where="order_no = '0012' and estimate_amount = 1200.50 and done_by = '维修队' and status = '有效'",
    )


# Opinions, amounts, letters ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize(
    ("opinion", "is_taken"),
    [
        ("估算合理", True),
        ("同意，请尽快维修", True),
        ("合理", True),
        ("", False),
        ("同意", False),
        ("同意。", False),
        ("驳回", False),
        ("不同意！", False),
        ("好", False),
        ("——", False),
        ("√", False),
    ],
)
def test_WA_D6_WA_D11_a_bare_signature_goes_back_with_the_rule(
    company: Office, name: str, opinion: str, is_taken: bool
):
    heading, line = SIGNED[name]
    bring(company, name, heading, line.format(opinion))
    if is_taken:
        assert sent_back(company) == []
        return
    [(line_no, column, reason)] = sent_back(company)
    assert (line_no, column) == (2, "意见")
    assert "只签名无效" in (reason if opinion else advice(company))


@pytest.mark.parametrize(
    ("level", "duty", "said"),
    [
        ("1", "审批", None),
        ("2", "审核", None),
        ("2", "审批", None),
        ("3", "审批", None),
        ("1", "审核", "只有第2级有审核（WA-D6：副总工程师审核、副总经理审批）"),
        ("3", "审核", "只有第2级有审核（WA-D6：副总工程师审核、副总经理审批）"),
        ("0", "审批", "审批级别要是1、2或3"),
        ("4", "审批", "审批级别要是1、2或3"),
        ("二", "审批", "“二”不是整数"),
    ],
)
def test_WA_D6_only_the_second_level_is_reviewed(company: Office, level: str, duty: str, said: str | None):
    bring(company, "维修审批", APPROVAL_HEADING, f"W1,{level},{duty},同意,估算合理,甲,2026-10-12,800")
    assert [row[2] for row in sent_back(company)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("verdict", "amount", "is_taken"),
    [("同意", "0", False), ("同意", "0.01", True), ("驳回", "0", True), ("驳回", "-1", False)],
)
def test_what_is_approved_has_an_amount(company: Office, verdict: str, amount: str, is_taken: bool):
    bring(company, "维修审批", APPROVAL_HEADING, f"W1,1,审批,{verdict},估算另议,甲,2026-10-12,{amount}")
    assert [row[1] for row in sent_back(company)] == ([] if is_taken else ["审批金额(含税)"])


@pytest.mark.parametrize("heading", ["金额（含税）", "价税合计", "含税金额", "决算金额", "决算金额（元）", "金额(元)"])
def test_WAR_02_a_final_account_is_taken_with_its_tax(company: Office, heading: str):
    bring(company, "决算", f"派工单号,{heading},维修队长,提交日期", 'W1,"10,355.00",甲,2026-10-15')
    assert company.books.query("select amount from repairs.final_account") == [{"amount": Decimal("10355.00")}]


@pytest.mark.parametrize(
    "headings",
    ["不含税金额,税率", "金额（不含税）", "决算金额（元，未税）", "决算金额,税率", "金额（含税）,税额", "金额（万元）"],
)
def test_WAR_02_a_net_amount_is_never_taken_for_one_with_tax(company: Office, headings: str):
    company.drop_sheet(
        "决算.xlsx",
        ["派工单号", "维修队长", "提交日期", *headings.split(",")],
        ["W1", "甲", "2026-10-15", "9500", "9%"],
    )
    [refused] = company.land().refused
    assert headings.rsplit(",", maxsplit=1)[-1] in refused.message
    assert "金额(含税)" in refused.message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Q9,W1,扣款确认函,2026-10-14,2026-10-19,800", None),
        ("T9,W1,维修通知,2026-10-14,,", None),
        ("T9,W1,维修通知书,2026-10-14,2026-10-14,", None),
        ("Q9,W1,扣款确认函,2026-10-14,,", "扣款确认函没有填请施工单位确认的金额"),
        ("Q9,W1,确认函,2026-10-14,,0", "扣款确认函没有填请施工单位确认的金额"),
        ("T9,W1,维修通知,2026-10-14,2026-10-13,", "答复期限早于发出日期"),
    ],
)
def test_WAR_08_a_letter_of_confirmation_states_its_amount(company: Office, line: str, said: str | None):
    bring(company, "施工单位函件", "函件编号,派工单号,函件类型,发出日期,答复期限,确认金额", line)
    assert [row[2] for row in sent_back(company)] == ([said] if said else [])


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("Q1,W1,2026-10-14 00:00,确认,", "", None),
        ("Q1,W1,2026-10-15 09:00,异议,不是我方施工", "", None),
        ("T1,W1,2026-10-13 09:00,自行维修,", "", None),
        ("T1,W1,2026-10-13 09:00,委托维修,", "", None),
        ("Q9,W1,2026-10-15 09:00,确认,", "函件编号", "没有登记函件“Q9”"),
        ("Q1,W2,2026-10-15 09:00,确认,", "派工单号", "函件Q1里没有派工单W2"),
        ("T1,W1,2026-10-15 09:00,确认,", "答复内容", "T1是维修通知，不能答复“确认”"),
        ("T1,W1,2026-10-15 09:00,异议,不是我方施工", "答复内容", "T1是维修通知，不能答复“异议”"),
        ("Q1,W1,2026-10-15 09:00,自行维修,", "答复内容", "Q1是扣款确认函，不能答复“自行维修”"),
        ("Q1,W1,2026-10-15 09:00,委托维修,", "答复内容", "Q1是扣款确认函，不能答复“委托维修”"),
        ("Q1,W1,2026-10-13 23:59,确认,", "答复时间", "答复早于函件Q1的发出日期2026-10-14"),
        ("Q1,W1,2026-10-15 09:00,异议,", "理由", "异议没有写明理由"),
        ("Q1,W1,2026-10-15 09:00,异议,无", "理由", "异议没有写明理由"),
    ],
)
def test_WAR_07_WAR_18_an_answer_fits_a_letter_that_was_sent(company: Office, line, column, said):
    bring(company, "施工单位答复", ANSWER_HEADING, line)
    assert sent_back(company) == ([(2, column, said)] if said else [])


def test_a_date_alone_is_no_moment_of_an_answer_and_the_advice_says_what_to_write(company: Office):
    bring(company, "施工单位答复", ANSWER_HEADING, "Q1,W1,2026-10-15,确认,", "Q1,W1,2026年10月15日 下午2:05,确认,")
    assert sent_back(company) == [(2, "答复时间", "“2026-10-15”不是看得懂的时间，或没有这个时刻")]
    assert "时间填 23:59" in advice(company)
    company.books.expect("""
        repairs.answer
        letter_no | answer_kind | answered_at
        Q1        | 确认        | 2026-10-15 14:05
    """)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("2026-10-15,2026-10-15,2026-10-15", None),
        ("2026-10-15,2026-10-14,", "收到日期早于申请日期"),
        ("2026-10-15,2026-10-16,2026-10-15", "催告日期早于收到日期"),
    ],
)
def test_WAR_14_a_request_is_received_after_it_is_made_and_reminded_of_after_that(company: Office, days, said):
    bring(company, "质保金退还申请", "申请单号,施工合同号,申请日期,收到日期,催告日期", f"TH9,C1,{days}")
    assert [row[2] for row in sent_back(company)] == ([said] if said else [])


# File names ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "feed"),
    [
        ("施工合同登记", "construction_contracts"),
        ("施工合同台账", "construction_contracts"),
        ("合同登记", "contracts"),
        ("租户合同", "contracts"),
        ("收费项目登记", "charges"),
        ("收费项目清单", "charges"),
        ("项目登记表", "projects"),
        ("期初余额", "openings"),
        ("质保金期初余额", "deposit_movements"),
        ("质保金退还申请", "release_requests"),
        ("质保金退还意见", "release_opinions"),
        ("2026年10月派工单", "work_orders"),
        ("派工单审批", "repair_approvals"),
        ("维修审批人", "approvers"),
        ("维修决算", "final_accounts"),
        ("维修决算审核", "audits"),
        ("决算认定", "certifications"),
        ("扣款确认函", "contractor_letters"),
        ("扣款确认函答复", "contractor_answers"),
        ("索赔收款登记", "claim_receipts"),
        ("收款登记", "payments"),
        ("施工单位登记", "contractors"),
        ("contractors", "contractors"),
        ("contracts", "contracts"),
        ("周转金期初余额", "float_movements"),
    ],
)
def test_a_name_that_fits_fees_and_repairs_goes_to_the_one_that_says_more(name: str, feed: str):
    assert feed_of(f"{name}.xlsx", list(feeds().values())).name == feed
