"""收费通知 from the inbox to the mailbox, in real Airflow: gate, release, rerun."""

from decimal import Decimal
from email.header import decode_header, make_header

import pytest
from pypdf import PdfReader

from backoffice import artifacts
from backoffice.notices.capitals import in_capitals
from backoffice.notices.render import Renderer
from tests.rules.fees.conftest import RECKON, RELEASE
from tests.workbooks import text_of_workbook

TOWER = {
    "楼宇登记": """
        楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话
        WX,威新国际大厦,威新置业,OWN,WY,2026-10,010-80001000
    """,
    "收款单位": """
        收款单位编号,生效日期,户名,开户行,账号
        OWN,2020-01-01,威新置业有限公司,工商银行国贸支行,0200001001000000001
        WY,2020-01-01,华清物业有限公司,建设银行国贸支行,1100001001000000002
    """,
    "收费标准": """
        费项,适用楼宇,生效日期,单价,税率,规则编号,条款原文
        电费,*,2020-01-01,0.8245,13%,FE-C2,电费每度0.8245元
        水费,*,2020-01-01,6.10,9%,FE-C2,水费每吨6.10元
    """,
    "收件人": """
        单据,案场编号,邮箱,姓名,部门,生效日期
        fee_notices,WX,finance@example.cn,财务,财务部,2020-01-01
        fee_preview,WX,approver@example.cn,审批人,财务部,2020-01-01
        fee_rerun,*,admin@example.cn,管理员,运维,2020-01-01
    """,
}
PEOPLE = ("301", "302", "303", "304", "305")


def write(office, name, text):
    """Bring a file, given as lines of CSV."""
    lines = [line.strip() for line in text.strip().splitlines()]
    (office.inbox / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")


@pytest.fixture
def tower(office, dag_bag):
    """An office with one tower of five tenants: rent 1,000.00 a month, and electricity of 100 kWh in October."""
    for name, text in TOWER.items():
        write(office, name, text)
    write(office, "房源登记", "楼宇编号,房号,面积\n" + "".join(f"WX,{unit},100\n" for unit in PEOPLE))
    write(office, "租户登记", "租户编号,租户名称\n" + "".join(f"T{unit},云{unit}有限公司\n" for unit in PEOPLE))
    write(
        office,
        "合同登记",
        "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期,违约金日率,违约金条款\n"
        + "".join(f"HT{unit},WX,{unit},T{unit},租赁,2025-01-01,2027-12-31,0.05%,合同第八条\n" for unit in PEOPLE),
    )
    write(
        office,
        "固定收费",
        "合同号,费项,收费项目,开始日期,结束日期,月金额,税率\n"
        + "".join(f"HT{unit},租金,租金,2025-01-01,2027-12-31,1000,9%\n" for unit in PEOPLE),
    )
    write(office, "表计登记", "表号,楼宇编号,类别,表位数\n" + "".join(f"D{unit},WX,电费,5\n" for unit in PEOPLE))
    write(
        office,
        "表计归属",
        "表号,合同号,开始日期,结束日期\n" + "".join(f"D{unit},HT{unit},2025-01-01,2027-12-31\n" for unit in PEOPLE),
    )
    write(
        office,
        "抄表9月",
        "表号,抄表日期,本期读数\n" + "".join(f"D{unit},2026-09-20,1000\n" for unit in PEOPLE),
    )
    write(
        office,
        "抄表10月",
        "表号,抄表日期,本期读数\n" + "".join(f"D{unit},2026-10-20,1100\n" for unit in PEOPLE),
    )
    return office


def last_run(office):
    return office.query("select state, note from ops.run order by run_id")[-1]


def test_the_rules_are_tested_with_the_statements_that_the_dag_runs(dag_bag):
    dag = dag_bag.dags["fee_notices"]
    assert tuple(dag.get_task("reckon").statements) == RECKON
    assert tuple(dag.get_task("tower.release").statements) == RELEASE


def subjects(office):
    return [str(make_header(decode_header(letter["Subject"]))) for letter in office.post.letters]


def bill(office, unit, month="2026-10"):
    """What the drawn bill of a unit says: (charges, red and blue, payable)."""
    [row] = office.query(
        f"select charge_amount, correction_amount, payable_amount from fees.bill "
        f"where unit_no = '{unit}' and base_on = '{month}-01'"
    )
    return tuple(row.values())


def issued(office):
    """Everything that was told to tenants, finance and approvers and booked, in order; not what operations hear."""
    return (
        office.query("select * from fees.notice order by notice_no"),
        office.query("select * from fees.entry order by site_id, base_on, contract_no, entry_kind, line_no"),
        {name: kept for name, kept in office.files().items() if "fee_notices" in name},
        [subject for subject in subjects(office) if not subject.startswith(("【重跑结果单】", "【失败】"))],
    )


def read_back(office, month, revision=1):
    """Hold cover, sheets, PDFs and letters of a month's first edition against SQL, to the cent; gives the sum."""
    given = office.query(
        f"select notice_no, payable_amount from fees.notice where base_on = '{month}-01' and revision = 1 "
        "order by sequence_no"
    )
    total = sum(row["payable_amount"] for row in given)
    year, number = month.split("-")
    [path] = [
        name for name in office.files() if f"{year}年{int(number)}月收费通知汇总" in name and f"第{revision}版" in name
    ]
    book = text_of_workbook(office.folder / path)
    assert any("本次应缴总额" in row and f"{total:,.2f}" in row for row in book["封面"])
    heading, *lines = [
        row for row in book["通知清单"] if "通知书号" in row or any(cell.startswith("JK-") for cell in row)
    ]
    assert {(line[heading.index("通知书号")], line[heading.index("本次应缴总额")]) for line in lines} == {
        (row["notice_no"], f"{row['payable_amount']:,.2f}") for row in given
    }
    [sums] = [row for row in book["通知清单"] if row[0] == "合计"]
    assert sums[heading.index("本次应缴总额")] == f"{total:,.2f}"
    for row in given:
        page = PdfReader(office.folder / f"files/fee_notices/WX/{month}/notices/{row['notice_no']}.pdf")
        text = "".join("".join(each.extract_text().split()) for each in page.pages)
        assert row["notice_no"] in text
        assert f"{row['payable_amount']:,.2f}" in text and in_capitals(row["payable_amount"]) in text
    letters = [
        letter.get_body(("plain",)).get_content()
        for letter, subject in zip(office.post.letters, subjects(office), strict=True)
        if subject.startswith(f"【收费通知】威新国际大厦 {year}年{int(number)}月")
    ]
    assert letters and all(f"{total:,.2f}" in letter for letter in letters)
    asked = office.query(
        f"select sum(amount) as amount from fees.entry "
        f"where base_on = '{month}-01' and entry_kind in ('应收', '违约金')"
    )
    billed = office.query(
        f"select sum(charge_amount + late_fee_amount) as amount from fees.bill where base_on = '{month}-01'"
    )
    assert asked == billed
    return total


def test_from_20_October_to_20_November_billed_paid_in_part_disputed_corrected_and_billed_again(tower):
    """The story by date; on the way: OPS-06, OPS-12, OPS-16, OPS-17, OPS-21, BIL-19."""
    office = tower
    # 20 October: the meter of 302 was typed as 1130
    write(office, "抄表10月-302", "表号,抄表日期,本期读数\nD302,2026-10-20,1130")
    with office.approver() as asked:
        run = office.run("fee_notices", period="2026-10", requested_by="财务", reason="首月")
    assert str(run.state) == "success", office.states(run)
    assert len(asked) == 1 and "5户" in asked[0]
    assert last_run(office)["state"] == "done"
    assert bill(office, "302") == (Decimal("1107.19"), Decimal(0), Decimal("1107.19"))
    assert read_back(office, "2026-10") == 4 * Decimal("1082.45") + Decimal("1107.19")
    [closed] = office.query("select closed_by from ops.period_close where workflow = 'fee_notices'")
    assert closed["closed_by"] == "财务"

    # the same month again: compared in silence, nothing is written but what the run tells about itself
    october = issued(office)
    again = office.run("fee_notices", period="2026-10", requested_by="管理员", reason="再跑一次")
    assert str(again.state) == "success", office.states(again)
    assert last_run(office)["state"] == "unchanged" and "异常0" in last_run(office)["note"]
    assert issued(office) == october
    assert subjects(office)[-1].startswith("【重跑结果单】1栋楼宇 2026年10月 常规 应出单5户 新开0 替换0 更正0 重复0")

    # 5 November: 302 pays in part, 303 all of it; 302 disputes its meter, it was read anew: 1103
    write(
        office,
        "到账11月",
        """
        收据号,到账日期,到账金额,合同号,付款人
        S1,2026-11-05,500.00,HT302,云302有限公司
        S2,2026-11-05,1082.45,HT303,云303有限公司
        """,
    )
    write(office, "抄表10月-302更正", "表号,抄表日期,本期读数\nD302,2026-10-20,1103")
    # computing a released month anew is refused, and says what would change and what to do
    refused = office.run("fee_notices", period="2026-10", mode="重算", requested_by="管理员", reason="302异议")
    assert str(refused.state) == "failed"
    note = last_run(office)["note"]
    assert "已发布，不能重算" in note and "107.19元应为84.92元" in note and "更正" in note
    assert issued(office) == october

    # a trial says what a correction would do, and does nothing; it does not take files in, and says so
    write(office, "到账11月-3", "收据号,到账日期,到账金额,合同号\nS5,2026-11-06,1.00,HT305")
    trial = office.run("fee_notices", period="2026-10", mode="试算", requested_by="管理员", reason="302异议")
    assert str(trial.state) == "success", office.states(trial)
    assert issued(office) == october
    [account] = [row for row in result_sheet(office, "逐户") if "302" in row]
    assert "已发，如更正将变动" in account and "-22.27" in account
    assert "收件箱有1个文件尚未入库，试算没有计入" in last_run(office)["note"]

    write(
        office,
        "收件人2",
        "单据,案场编号,邮箱,姓名,部门,生效日期\nfee_notices,WX,audit@example.cn,审计,审计部,2020-01-01",
    )
    with office.approver(("同意", "读数已复核")) as asked:
        corrected = office.run(
            "fee_notices", period="2026-10", mode="更正", requested_by="管理员", reason="302读数抄错"
        )
    assert str(corrected.state) == "success", office.states(corrected)
    # 301, 304 and 305 are not concerned, nor is what 302 and 303 paid since the 20th anybody's but the next month's
    note = last_run(office)["note"]
    assert note.startswith("2026-10 | 更正 | 1个楼宇 更正1户 净额-22.27元 | 异常1 |"), note
    assert asked == [
        "威新国际大厦：更正1户，原1,107.19元，改为1,084.92元，净额-22.27元。核对预览后请同意或驳回。意见必填（只签名无效）。"
    ]
    assert [
        tuple(row.values())
        for row in office.query(
            "select entry_no, notice_no, to_char(base_on, 'YYYY-MM'), charge_kind, amount from fees.entry "
            "where entry_kind in ('红字', '蓝字') order by entry_no"
        )
    ] == [
        ("HZ-WX-202611-0001", "JK-WX-202610-0002-G1", "2026-11", "电费", Decimal("-107.19")),
        ("LZ-WX-202611-0001", "JK-WX-202610-0002-G1", "2026-11", "电费", Decimal("84.92")),
    ]
    later = issued(office)
    assert [row for row in later[0] if row["revision"] == 1] == october[0], "what was told stays"
    assert {name: kept for name, kept in later[2].items() if name in october[2]} == october[2]
    told = [
        to
        for to, subject in zip(office.post.addresses, subjects(office), strict=True)
        if subject == "【更正】2026年10月收费通知 第2版 涉及1户 差额-22.27元"
    ]
    assert sorted(told) == ["audit@example.cn", "finance@example.cn"]

    # 20 November; 301 pays on the 20th: known, not counted
    write(office, "抄表11月", "表号,抄表日期,本期读数\n" + "".join(f"D{u},2026-11-20,1203\n" for u in PEOPLE))
    write(office, "到账11月-2", "收据号,到账日期,到账金额,合同号\nS3,2026-11-19,100,HT304\nS4,2026-11-20,1082.45,HT301")
    with office.approver():
        november = office.run("fee_notices", period="2026-11", requested_by="财务")
    assert str(november.state) == "success", office.states(november)
    # arrears 1,107.19 - 500.00, rent 1,000.00, 100 kWh 82.45, red and blue -22.27; not overdue on arrival: no late fee
    assert bill(office, "302", "2026-11") == (Decimal("1082.45"), Decimal("-22.27"), Decimal("1667.37"))
    # 103 kWh 84.92
    assert bill(office, "303", "2026-11") == (Decimal("1084.92"), Decimal(0), Decimal("1084.92"))
    assert bill(office, "304", "2026-11")[2] == Decimal("1082.45") - 100 + Decimal("1084.92")
    assert bill(office, "301", "2026-11")[2] == Decimal("1082.45") + Decimal("1084.92")
    read_back(office, "2026-11")
    assert office.query(
        "select distinct due_on >= released_on + 10 as is_fair from fees.notice where revision = 1"
    ) == [{"is_fair": True}]


def result_sheet(office, sheet):
    """Rows of the newest 重跑结果单."""
    newest = max(
        (path for path in (office.folder / "files" / "fee_rerun").rglob("*.xlsx")),
        key=lambda path: path.stat().st_mtime,
    )
    return text_of_workbook(newest)[sheet]


def test_OPS_09_BIL_19_a_rejected_preview_is_final_and_a_second_one_says_what_differs(tower):
    office = tower
    write(office, "抄表10月-302", "表号,抄表日期,本期读数\nD302,2026-10-20,1130")
    with office.approver(("驳回", "302用量不对")):
        first = office.run("fee_notices", period="2026-10", requested_by="财务", reason="首月")
    assert str(first.state) == "failed"
    assert last_run(office)["state"] == "rejected" and "已驳回" in last_run(office)["note"]
    assert office.query("select * from fees.notice") == [] and office.query("select * from fees.entry") == []

    unsaid = office.run("fee_notices", period="2026-10", requested_by="财务", reason="再来")
    assert str(unsaid.state) == "failed" and office.states(unsaid)["hold"] == "failed"
    assert len(office.query("select * from ops.run")) == 1, "who runs a computed month again has to say how"

    write(office, "抄表10月-302更正", "表号,抄表日期,本期读数\nD302,2026-10-20,1103")
    resumed = office.run("fee_notices", period="2026-10", mode="续跑", requested_by="财务", reason="再来")
    assert str(resumed.state) == "failed" and "已驳回" in last_run(office)["note"], (
        "the first cut-offs: the same content"
    )

    with office.approver(("同意", "用量已更正")) as asked:
        second = office.run("fee_notices", period="2026-10", mode="重算", requested_by="财务", reason="302读数更正")
    assert str(second.state) == "success", office.states(second)
    assert len(asked) == 1 and "5,415" not in asked[0]
    [preview] = [name for name in office.files() if "收费通知预览" in name and "第2版" in name]
    differences = [
        row for row in text_of_workbook(office.folder / preview)["差异"] if any("302" in cell for cell in row)
    ]
    assert any("电费" in row and "107.19" in row and "84.92" in row and "-22.27" in row for row in differences), (
        differences
    )
    assert bill(office, "302") == (Decimal("1084.92"), Decimal(0), Decimal("1084.92"))
    read_back(office, "2026-10")
    decisions = office.query("select verdict, opinion, decided_by from ops.decision order by decision_id")
    assert decisions == [
        {"verdict": "rejected", "opinion": "302用量不对", "decided_by": "finance"},
        {"verdict": "approved", "opinion": "用量已更正", "decided_by": "finance"},
    ]


def test_OPS_11_a_tower_that_waits_for_its_month_before_is_named_and_the_others_go_out(tower):
    office = tower
    write(
        office,
        "楼宇登记2",
        """
        楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话
        GM,国贸大厦,国贸置业,OWN,WY,2026-09,010-80002000
        """,
    )
    with office.approver() as asked:
        run = office.run("fee_notices", period="2026-10", requested_by="财务", reason="首月")
    assert str(run.state) == "failed" and len(asked) == 1 and asked[0].startswith("威新国际大厦")
    note = last_run(office)["note"]
    assert "出单5户" in note and "国贸大厦 2026-10-01（2026年9月的收费通知尚未发布" in note, note
    assert office.query("select distinct site_id from fees.notice") == [{"site_id": "WX"}]
    assert [subject for subject in subjects(office) if subject.startswith("【收费通知】威新国际大厦")]


@pytest.fixture
def many(tower):
    """The tower with so many tenants more, each with rent alone."""

    def let(count):
        units = [f"{floor:02d}{door:02d}" for floor in range(10, 60) for door in range(1, 11)][:count]
        write(tower, "房源登记2", "楼宇编号,房号,面积\n" + "".join(f"WX,{unit},100\n" for unit in units))
        write(tower, "租户登记2", "租户编号,租户名称\n" + "".join(f"T{unit},云{unit}有限公司\n" for unit in units))
        write(
            tower,
            "合同登记2",
            "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期,违约金日率,违约金条款\n"
            + "".join(f"HT{unit},WX,{unit},T{unit},租赁,2025-01-01,2027-12-31,0.05%,合同第八条\n" for unit in units),
        )
        write(
            tower,
            "固定收费2",
            "合同号,费项,收费项目,开始日期,结束日期,月金额,税率\n"
            + "".join(f"HT{unit},租金,租金,2025-01-01,2027-12-31,3000,9%\n" for unit in units),
        )
        write(
            tower,
            "期初欠费",
            "合同号,费项,所属月份,到期日,金额\n"
            + "".join(f"HT{unit},租金,2026-08,2026-09-20,1000\n" for unit in units),
        )
        return units

    return let


def forty_payments(office, units):
    """Forty payments that land two weeks late; the first is dated the 19th of October."""
    days = ["2026-10-19"] + ["2026-10-28"] * 39
    write(
        office,
        "到账补",
        "收据号,到账日期,到账金额,合同号\n"
        + "".join(f"P{unit},{day},1000,HT{unit}\n" for unit, day in zip(units, days, strict=False)),
    )


def test_BIL_18_i_a_released_tower_of_500_goes_on_where_the_processes_died(tower, many, monkeypatch):
    office, units = tower, many(495)
    render, count = Renderer.render, {"notices": 0}

    def die(self, notice):
        count["notices"] += 1
        if notice.number.endswith("-0312"):
            raise OSError("the machine went down")
        return render(self, notice)

    monkeypatch.setattr(Renderer, "render", die)
    with office.approver():
        first = office.run("fee_notices", period="2026-10", requested_by="财务", reason="首月")
    assert str(first.state) == "failed" and count["notices"] >= 250
    told = office.query("select * from fees.notice order by notice_no")
    entries = office.query("select * from fees.entry order by contract_no, entry_kind, line_no")
    drawn = {name: kept[0] for name, kept in office.files().items() if name.endswith(".pdf")}
    assert len(told) == 500 and 0 < len(drawn) < 500
    assert not [subject for subject in subjects(office) if subject.startswith("【收费通知】")]

    # 3 November: forty payments came in meanwhile, one of them dated the 19th
    monkeypatch.setattr(Renderer, "render", render)
    forty_payments(office, units)
    second = office.run("fee_notices", period="2026-10", mode="续跑", requested_by="管理员", reason="补完")
    assert str(second.state) == "success", office.states(second)
    assert office.query("select * from fees.notice order by notice_no") == told
    assert office.query("select * from fees.entry order by contract_no, entry_kind, line_no") == entries
    after = {name: kept[0] for name, kept in office.files().items() if "/notices/" in name}
    assert len(after) == 500 and {name: after[name] for name in drawn} == drawn
    [run] = office.query("select distinct known_at, as_of_on from ops.run")
    assert str(run["as_of_on"]) == "2026-10-20", "one pair of cut-offs"
    mailed = [
        to for to, subject in zip(office.post.addresses, subjects(office), strict=True) if "【收费通知】" in subject
    ]
    assert mailed == ["finance@example.cn"]
    # as first reckoned: 30 days on 1,000.00 at 0.05 % although one of them had paid
    late = office.query("select distinct amount from fees.entry where entry_kind = '违约金'")
    assert late == [{"amount": Decimal("15.00")}]
    [tower_line] = [row for row in result_sheet(office, "证明") if "威新国际大厦" in row[0]]
    assert "是" in tower_line
    assert any(
        "同一租户同一期间同一版次多于一张=0" in cell and "✔" in "".join(row)
        for row in result_sheet(office, "封面")
        for cell in row
    )

    # and once more: nothing happens to anybody
    before = issued(office)
    third = office.run("fee_notices", period="2026-10", mode="续跑", requested_by="管理员", reason="再补")
    assert str(third.state) == "success" and issued(office) == before


def test_BIL_18_ii_iii_before_the_release_resuming_keeps_both_cutoffs_and_recomputing_takes_new_knowledge(
    tower, many, monkeypatch
):
    office, units = tower, many(45)
    write_workbook = artifacts.write

    def die(*arguments):
        raise OSError("the machine went down")

    monkeypatch.setattr(artifacts, "write", die)
    first = office.run("fee_notices", period="2026-10", requested_by="财务", reason="首月")
    assert str(first.state) == "failed"
    with_arrears = "select contract_no, opening_amount, late_fee_amount, payable_amount from fees.bill order by 1"
    reckoned = office.query(with_arrears)
    forty_payments(office, units)

    office.run("fee_notices", period="2026-10", mode="续跑", requested_by="管理员", reason="补完")
    assert office.query(with_arrears) == reckoned, "the forty do not enter; late fee to the 20th"
    assert len(office.query("select distinct known_at from ops.run")) == 1
    assert office.query("select max(revision) as newest from ops.result") == [{"newest": 1}]

    monkeypatch.setattr(artifacts, "write", write_workbook)
    with office.approver(("同意", "按最新到账")):
        third = office.run("fee_notices", period="2026-10", mode="重算", requested_by="管理员", reason="按最新到账")
    assert str(third.state) == "success", office.states(third)
    now = {row["contract_no"]: row for row in office.query(with_arrears)}
    changed = [row["contract_no"] for row in reckoned if now[row["contract_no"]] != row]
    assert changed == [f"HT{units[0]}"], "the one dated the 19th enters, the 39 later ones do not"
    assert now[changed[0]]["opening_amount"] == 0
    # paid on the 19th: 29 days until then; the others 30 days, through the 20th
    assert now[changed[0]]["late_fee_amount"] == Decimal("14.50")
    assert now[f"HT{units[1]}"]["late_fee_amount"] == Decimal("15.00")
    [cutoffs] = office.query("select distinct as_of_on, run_id from fees.notice inner join ops.run using (run_id)")
    assert str(cutoffs["as_of_on"]) == "2026-10-20"
    assert office.query("select distinct due_on >= released_on + 10 as is_fair from fees.notice") == [{"is_fair": True}]
    first_of_unit = [row for row in result_sheet(office, "逐户") if units[0] in row]
    assert first_of_unit and "本次新开" in first_of_unit[0]
