"""收费通知 from the inbox to the mailbox, in real Airflow: gate, release, rerun."""

import pytest

from tests.rules.fees.conftest import RECKON, RELEASE

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
def tower(office):
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


def test_a_month_is_shown_approved_numbered_and_mailed_and_running_again_changes_nothing(tower):
    office = tower
    with office.approver() as asked:
        run = office.run("fee_notices", period="2026-10", requested_by="财务", reason="首月")
    assert str(run.state) == "success", office.states(run)
    print(office.states(run), last_run(office), asked)
    for name in office.files():
        print(name)
    for letter in office.post.letters:
        print(letter["Subject"], letter["To"])
