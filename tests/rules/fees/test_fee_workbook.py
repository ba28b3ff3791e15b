"""收费通知汇总 and its letters: every sheet adds up to the books, before the release and after it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from psycopg.types.range import DateRange

from backoffice import artifacts, letters
from backoffice.database import rows
from backoffice.periods import parse
from backoffice.workbook import TotalsError, write_workbook
from tests.drawing import Books
from tests.rules.fees.conftest import charge, metered, reckon, release
from tests.rules.fees.test_arrears import paid
from tests.rules.fees.test_corrections import correct_reading
from tests.workbooks import text_of_workbook
from workbooks import FEE_NOTICES, FEE_PREVIEW, Stationery
from workbooks.fees import fee_workbook

ALL_SHEETS = [
    "封面",
    "通知清单",
    "费用明细",
    "抄表明细",
    "应收变动表",
    "账龄",
    "收款单位汇总",
    "增值税",
    "违约金",
    "减免",
    "预收待抵",
    "环比预警",
    "截止后到账",
    "单据号段",
    "红蓝字",
    "移交清单",
    "异常",
    "计算依据",
    "审批记录",
]


def document(tower: Books, run_id: int, month: str, paper: Stationery = FEE_NOTICES, revision: int = 1) -> int:
    """Register the document of a run, as its release does; returns the artifact."""
    period = parse(month)
    return tower.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select 'fee_notices', %s, 'WX', %s, %s, md5(result.base_on::text || result.result_hash), %s, %s, run.known_at,
            run.run_id, %s::date + time '09:00'
        from ops.run
        cross join lateral (
            select * from ops.result where site_id = 'WX' and base_on = %s order by revision desc limit 1
        ) as result
        where run.run_id = %s
        returning artifact_id
        """,
        [
            paper.kind,
            DateRange(period.starts_on, period.until_on),
            revision,
            paper.title,
            period.last_on,
            period.starts_on.replace(day=20),
            period.starts_on,
            run_id,
        ],
    ).fetchone()[0]


def written(tower: Books, artifact_id: int, folder: Path) -> Path:
    book = fee_workbook(tower.connection, artifacts.read(tower.connection, artifact_id))
    return write_workbook(folder / book.file_name, book).path


def table(path: Path, sheet: str) -> list[dict]:
    """The rows of a sheet by heading, down to its 合计, which is the last."""
    head, *body = load_workbook(path)[sheet].iter_rows(values_only=True)
    found = []
    for row in body:
        if row[0] is None and not any(row):
            break
        found.append(dict(zip(head, row, strict=True)))
    return found


def total(path: Path, sheet: str, column: str) -> Decimal:
    """What the row 合计 says, once it is what the rows add up to."""
    *body, last = table(path, sheet)
    assert "合计" in last.values(), sheet
    added = sum((Decimal(str(row[column])) for row in body if isinstance(row[column], int | float)), Decimal(0))
    assert added.quantize(Decimal("0.01")) == Decimal(str(last[column])).quantize(Decimal("0.01")), (sheet, column)
    return Decimal(str(last[column])).quantize(Decimal("0.01"))


def figures(cover: list[list[str]]) -> dict[str, str]:
    """主要合计 and 户数/人数/张数 of the cover: the first line of each label."""
    return {row[1]: row[3] for row in reversed(cover) if row[1]}


def letter(tower: Books, artifact_id: int, paper: Stationery) -> letters.Letter:
    [variables] = rows(tower.connection, paper.statement, {"artifact_id": artifact_id})
    return letters.render(
        paper.template, variables | artifacts.exceptions_of(tower.connection, artifact_id, paper.exceptions)
    )


@pytest.fixture
def busy(tower, rented) -> Books:
    """A tower with every situation: October is released and paid in part, November has all that can happen."""
    rented("301", "302", "303", "304", "305", "306", late_rate="0.0005")
    rented("307")
    for contract, rent in (("301", "30000"), ("302", "12000"), ("303", "8000"), ("304", "1000"), ("305", "9000")):
        charge(tower, contract, rent)
        charge(tower, contract, "1060", kind="物业费", vat_rate="0.06")
    charge(tower, "304", "350", kind="停车费", timing="本月", vat_rate="0.05", vat_method="简易计税", item="地下车位")
    charge(tower, "306", "0")
    tower.connection.execute("update fees.tenant set tenant_name = '=HYPERLINK(\"x\")' where tenant_id = '303'")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="301")
    metered(tower, "D2", "2026-09-20 50", "2026-10-20 90", contract="302")
    metered(tower, "W1", "2026-09-20 10", "2026-10-20 12", utility="水费", contract="303")
    metered(tower, "00045", "2026-09-20 9950", "2026-10-20 9960", contract="304")
    tower.given(
        "fees.meter\nmeter_no | site_id | utility | dials\nG1 | WX | 电费 | 5",
        """
        fees.meter_share
        meter_no | contract_no | starts_on  | ends_on    | share_key
        G1       | 301         | 2020-01-01 | 2030-12-31 | 1
        G1       | 302         | 2020-01-01 | 2030-12-31 | 1
        G1       | 303         | 2020-01-01 | 2030-12-31 | 1
        """,
        "fees.reading\nmeter_no | read_on | reading\nG1 | 2026-09-20 | 0\nG1 | 2026-10-20 | 100",
        """
        fees.opening
        contract_no | charge_kind | base_month | due_on     | amount
        302         | 租金        | 2026-08-01 | 2026-08-31 | 5000
        305         | 租金        | 2022-03-01 | 2022-03-31 | 700
        304         | 预收        | 2026-09-01 | -          | 200
        """,
        """
        fees.payment
        receipt_no | paid_on    | amount | contract_no | payer_name
        R1         | 2026-10-12 | 2000   | 302         | 302公司
        """,
    )
    october = reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    tower.october = document(tower, october, "2026-10", FEE_PREVIEW), october
    release(tower, october, "2026-10")
    later(tower)
    return tower


def later(tower: Books) -> None:
    """What became known between the twentieth of October and that of November."""
    tower.given(
        """
        fees.payment
        receipt_no | paid_on    | amount   | contract_no | payer_name
        R2         | 2026-10-30 | 31277.96 | 301         | 301公司
        R3         | 2026-11-10 | 4000     | 302         | 302公司
        R4         | 2026-11-12 | 20000    | 303         | 303公司
        R5         | 2026-11-13 | 88.88    | -           | 不知名
        R6         | 2026-11-20 | 500      | 302         | 302公司
        """,
        """
        fees.waiver
        waiver_no | contract_no | charge_kind | amount | effective_on | reason   | approver
        J1        | 305         | 租金        | 300    | 2026-11-05   | 装修影响 | 总经理
        """,
        "fees.reading\nmeter_no | read_on | reading\nD1 | 2026-10-31 | 1190\nD1 | 2026-11-20 | 1400",
        "fees.reading\nmeter_no | read_on | reading\nD2 | 2026-11-20 | 130",
        "fees.reading\nmeter_no | read_on | reading\nG1 | 2026-10-31 | 140\nG1 | 2026-11-20 | 200",
        "fees.reading\nmeter_no | read_on | reading | source\nW1 | 2026-11-20 | 14 | 估算",
        "fees.reading\nmeter_no | read_on | reading\n00045 | 2026-10-31 | 9970\n00045 | 2026-11-05 | 9990",
        "fees.meter\nmeter_no | site_id | utility | dials | replaces\n00046 | WX | 电费 | 5 | 00045",
        "fees.meter_share\nmeter_no | contract_no | starts_on | ends_on\n00046 | 304 | 2020-01-01 | 2030-12-31",
        "fees.reading\nmeter_no | read_on | reading\n00046 | 2026-11-05 | 5\n00046 | 2026-11-20 | 35",
        "fees.meter\nmeter_no | site_id | utility | dials\nD5 | WX | 电费 | 5",
        "fees.meter_share\nmeter_no | contract_no | starts_on | ends_on\nD5 | 305 | 2020-01-01 | 2030-12-31",
        "fees.reading\nmeter_no | read_on | reading\nD5 | 2026-10-20 | 7",
        recorded_at="2026-11-20 07:00",
    )


@pytest.fixture
def november(busy) -> tuple[Books, int]:
    return busy, reckon(busy, "2026-11", known_at="2026-11-20 08:00")


def test_every_sheet_adds_up_to_the_books(november, tmp_path):
    tower, run = november
    release(tower, run, "2026-11")
    path = written(tower, document(tower, run, "2026-11"), tmp_path)
    assert path.name == "2026年11月收费通知汇总-威新国际大厦-第1版.xlsx"
    assert load_workbook(path).sheetnames == ALL_SHEETS
    [bill] = tower.query(
        """
        select sum(opening_amount) as opening, sum(charge_amount + late_fee_amount) as asked,
            sum(payable_amount) as payable, sum(late_fee_amount) as late
        from fees.bill where base_on = '2026-11-01' and status = '出单'
        """
    )
    [line] = tower.query(
        "select sum(amount) as amount, sum(net_amount) as net, sum(vat_amount) as vat "
        "from fees.bill_line where base_on = '2026-11-01'"
    )
    assert total(path, "通知清单", "本次应缴总额") == bill["payable"]
    assert total(path, "通知清单", "本期应收合计") == total(path, "收款单位汇总", "金额") == bill["asked"]
    assert total(path, "通知清单", "期初欠费") == bill["opening"]
    assert total(path, "费用明细", "金额(含税)") == total(path, "增值税", "含税") == line["amount"]
    assert total(path, "费用明细", "不含税") == total(path, "增值税", "不含税") == line["net"]
    assert total(path, "费用明细", "税额") == total(path, "增值税", "税额") == line["vat"]
    assert total(path, "违约金", "金额") == bill["late"] > 0
    assert total(path, "应收变动表", "校验(0)") == 0
    assert total(path, "账龄", "合计") == bill["payable"]
    cover = text_of_workbook(path)["封面"]
    said = figures(cover)
    assert said["本次应缴总额"] == f"{bill['payable']:,.2f}"
    assert said["首号 – 末号"] == "JK-WX-202611-0001 – JK-WX-202611-0005"
    assert "✘" not in "".join(cell for row in cover for cell in row)


def test_the_cover_says_the_control_equation_with_its_figures(november, tmp_path):
    tower, run = november
    cover = text_of_workbook(written(tower, document(tower, run, "2026-11", FEE_PREVIEW), tmp_path))["封面"]
    words = "\n".join(cell for row in cover for cell in row)
    assert "✔ 应出单户数7 = 已出单5 + 无需出单1 + 异常未出单1" in words
    assert "2026-11-19 24:00，此后到账未计入" in words


def test_the_movement_tells_apart_what_was_paid_for_the_last_bill_for_older_ones_and_ahead(november, tmp_path):
    tower, run = november
    path = written(tower, document(tower, run, "2026-11", FEE_PREVIEW), tmp_path)
    assert total(path, "应收变动表", "本期实收(收往期)") == Decimal("3000.00")  # what R1 left of August, by R3
    received = sum(total(path, "应收变动表", f"本期实收({kind})") for kind in ("收本期", "收往期", "预收"))
    assert received == Decimal("55277.96")  # R2, R3, R4; neither R6 of the 20th nor the unclaimed R5
    assert total(path, "应收变动表", "减免") == total(path, "减免", "金额") == Decimal("300.00")
    assert total(path, "应收变动表", "预收抵扣") == 0
    *ahead, _ = table(path, "预收待抵")
    assert [row["期末"] for row in ahead] == [pytest.approx(row["期初"] + row["增加"] - row["抵扣"]) for row in ahead]


def test_what_somebody_must_look_at_is_listed_with_who_and_what_to_do(november):
    tower, run = november
    listed = rows(
        tower.connection,
        "fees/sheet_exceptions",
        artifacts.parameters_of(artifacts.read(tower.connection, document(tower, run, "2026-11", FEE_PREVIEW))),
    )
    found = [(row["severity"], row["subject"], row["problem"].split("：")[0], row["department"]) for row in listed]
    assert ("必须处理", "307 307公司", "未出单", "客户服务部") in found
    assert ("必须处理", "305 305公司", "待抄表", "工程部") in found
    assert ("请核对", "到账R5", "未认领", "财务部") in found
    assert ("请核对", "305 305公司", "欠费超过3年", "法务") in found
    assert ("提示", "302 302公司", "截止后到账", "财务部") in found
    assert any("含估算" in row["problem"] for row in listed)
    assert any("环比" in row["problem"] and row["subject"].startswith("301") for row in listed)
    assert all(row["advice"] and row["department"] for row in listed)


def test_every_sheet_counts_units_as_people_do(tower, rented, tmp_path):
    units = ("1001", "301", "A1001", "A501")
    rented(*units, late_rate="0.0005")
    for unit in units:
        charge(tower, unit, "1000")
        metered(tower, f"D{unit}", "2026-09-20 0", "2026-10-20 100", contract=unit)
        tower.given(
            "fees.opening\ncontract_no | charge_kind | base_month | due_on | amount\n"
            f"{unit} | 租金 | 2022-03-01 | 2022-03-31 | 500"
        )
    run = reckon(tower, "2026-10")
    release(tower, run, "2026-10")
    path = written(tower, document(tower, run, "2026-10"), tmp_path)
    for sheet, column in (
        ("通知清单", "房号"), ("费用明细", "房号"), ("抄表明细", "房号"), ("账龄", "房号"), ("违约金", "房号"),
        ("异常", "对象"), ("计算依据", "对象"),
    ):  # fmt: skip
        told = [str(row[column]).split()[0] for row in table(path, sheet) if row[column]]
        listed = [unit for unit in dict.fromkeys(told) if unit in units]
        assert listed == ["301", "1001", "A501", "A1001"], sheet
    accounts = rows(tower.connection, "fees/tell_accounts", {"run_id": run})
    assert [row["unit_no"] for row in accounts] == ["301", "1001", "A501", "A1001"]


def test_a_reading_that_runs_backwards_is_told_from_one_that_is_missing(tower, rented):
    rented("301")
    metered(tower, "D1", "2026-09-20 100", "2026-10-20 90")
    run = reckon(tower, "2026-10")
    [row] = rows(
        tower.connection,
        "fees/sheet_exceptions",
        artifacts.parameters_of(artifacts.read(tower.connection, document(tower, run, "2026-10", FEE_PREVIEW))),
    )
    assert row["problem"].startswith("读数倒退：")


def test_BIL_05_BIL_06_a_reading_that_was_sent_back_is_named_with_file_and_line_to_mend(tower, rented, tmp_path):
    rented("301", "302", "303")
    for unit in ("301", "302", "303"):
        metered(tower, f"D{unit}", "2026-09-20 99980", contract=unit)
    for name, meter, read_on, received_at in (
        ("早先.csv", "D301", "2026-10-18", "2026-10-18 09:00"),
        ("十月抄表.csv", "D301", "2026-10-20", "2026-10-20 07:00"),
        ("九月抄表.csv", "D302", "2026-09-30", "2026-10-01 07:00"),  # not near the 20th
        ("晚到.csv", "D303", "2026-10-20", "2026-10-21 07:00"),  # not known yet
    ):
        tower.connection.execute(
            """
            with file as (
                insert into ops.landing_file (feed, file_name, sha256, byte_count, received_at, state)
                values ('readings', %s, md5(%s), 1, %s, 'landed')
                returning file_id
            )
            insert into ops.quarantine (file_id, line_no, raw, reason, advice, row_key)
            select file_id, 3, '', '读数30小于99980，没有标明过零', '请核对', %s from file
            """,
            [name, name, received_at, f"{meter}\x1f{read_on}"],
        )
    run = reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    told = "表D301在10-20的抄表已退回（十月抄表.csv第3行）：读数30小于99980，没有标明过零，请更正后补报"
    path = written(tower, document(tower, run, "2026-10", FEE_PREVIEW), tmp_path)
    exceptions = {row["对象"]: row for row in table(path, "异常")}
    assert exceptions["301 301公司"]["问题"] == f"读数退回：电费，{told}"
    assert (exceptions["301 301公司"]["来源文件"], exceptions["301 301公司"]["行号"]) == ("十月抄表.csv", 3)
    for unit in ("302", "303"):
        expected = f"待抄表：电费，表D{unit}在10-20前7天内没有抄表，请补抄"
        assert exceptions[f"{unit} {unit}公司"]["问题"] == expected
    assert table(path, "抄表明细")[0]["提示"] == told
    [ground] = [row for row in table(path, "计算依据") if row["对象"].startswith("301")]
    assert (ground["计算过程"], ground["来源文件"], ground["行号"]) == (told, "十月抄表.csv", 3)


def test_months_are_compared_by_what_a_whole_month_costs_and_meters_by_their_amounts(tower, rented):
    rented("301", starts_on="2026-10-17")  # half of October, then all of November
    rented("302", "303", "304", "305", "306")
    charge(tower, "301", "3100", timing="本月", valid_from="2026-10-17")
    charge(tower, "302", "3000", valid_to="2026-12-15")  # all of November, then 15 of 31 days
    charge(tower, "303", "3000", valid_to="2026-12-15")  # a step within the month, by more than half
    charge(tower, "303", "6000", valid_from="2026-12-16")
    charge(tower, "304", "3000")  # free of rent last month
    tower.given("fees.rent_free\ncontract_no | charge_kind | starts_on | ends_on\n304 | 租金 | 2026-11-01 | 2026-11-25")
    charge(tower, "305", "300", kind="停车费", item="车位1")
    charge(tower, "305", "300", kind="停车费", item="车位2", valid_from="2026-12-01")
    metered(tower, "D6", "2026-09-20 0", "2026-10-20 100", "2026-11-20 300", contract="306")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    reckon(tower, "2026-11", known_at="2026-11-20 08:00")
    told = tower.query(
        "select contract_no, before_amount, amount from fees.jumps('WX', '2026-11-01', '2026-11-20 08:00') order by 1"
    )
    assert [tuple(map(str, row.values())) for row in told] == [
        ("303", "3000.00", "6000.00"),
        ("305", "300.00", "600.00"),
        ("306", "82.45", "169.48"),  # 70.97 kWh at 0.8245, 129.03 at 0.86
    ]


def test_the_preview_has_no_numbers_and_stays_the_same_after_the_release(november, tmp_path):
    tower, run = november
    preview = document(tower, run, "2026-11", FEE_PREVIEW)
    before = written(tower, preview, tmp_path / "before")
    assert before.name == "2026年11月收费通知预览-威新国际大厦-第1版.xlsx"
    assert {row["通知书号"] for row in table(before, "通知清单")} == {"待发布", "—", None}
    assert text_of_workbook(before)["单据号段"][1][0] == "本期无"
    release(tower, run, "2026-11")
    tower.connection.execute(
        "insert into ops.decision "
        "(workflow, site_id, period, content_hash, verdict, opinion, decided_by, decided_at, run_id) "
        "select workflow, site_id, period, content_hash, 'approved', '已核对', '王某', known_at, run_id "
        "from ops.artifact where artifact_id = %s",
        [preview],
    )
    assert written(tower, preview, tmp_path / "after").read_bytes() == before.read_bytes()
    issued = written(tower, document(tower, run, "2026-11"), tmp_path)
    assert [row["审批人"] for row in table(issued, "审批记录")] == ["王某"]
    assert table(issued, "审批记录")[0]["所批户数/金额"].startswith("5户，本次应缴")


def test_OPS_16_the_same_books_give_the_same_bytes(november, tmp_path):
    tower, run = november
    release(tower, run, "2026-11")
    artifact = document(tower, run, "2026-11")
    first = written(tower, artifact, tmp_path / "one").read_bytes()
    tower.given(
        "fees.payment\nreceipt_no | paid_on | amount | contract_no\nR9 | 2026-11-02 | 77 | 301",
        recorded_at="2026-12-01",
    )
    assert written(tower, artifact, tmp_path / "two").read_bytes() == first


def test_OPS_14_and_15_names_are_never_formulas_and_numbers_of_meters_keep_their_noughts(november, tmp_path):
    tower, run = november
    path = written(tower, document(tower, run, "2026-11", FEE_PREVIEW), tmp_path)
    book = load_workbook(path)
    tenant = next(cell for row in book["通知清单"].iter_rows() for cell in row if str(cell.value).startswith("=HYP"))
    assert tenant.data_type == "s" and tenant.quotePrefix
    meters = [row[3].value for row in book["抄表明细"].iter_rows(min_row=2)]
    assert "00046" in meters
    dues = [row["应缴期限"] for row in table(path, "通知清单") if row["状态"] == "新开"]
    assert dues and all(isinstance(due_on, date) for due_on in dues)


def test_a_sheet_without_rows_says_so_and_no_programmers_word_gets_out(tower, rented, tmp_path):
    rented("301")
    charge(tower, "301", "3000")
    run = reckon(tower, "2026-10")
    texts = text_of_workbook(written(tower, document(tower, run, "2026-10", FEE_PREVIEW), tmp_path))
    for sheet in (
        "抄表明细",
        "违约金",
        "减免",
        "预收待抵",
        "环比预警",
        "截止后到账",
        "单据号段",
        "红蓝字",
        "异常",
        "审批记录",
    ):
        assert texts[sheet][1][0] == "本期无", sheet
    words = [cell for rows_ in texts.values() for row in rows_ for cell in row]
    assert not {"None", "nan", "NULL", "True", "False"} & set(words)


def test_what_does_not_add_up_is_not_written(november, tmp_path):
    tower, run = november
    tower.connection.execute("update fees.bill set opening_amount = opening_amount + 1 where contract_no = '302'")
    with pytest.raises(TotalsError, match="核对不符"):
        written(tower, document(tower, run, "2026-11", FEE_PREVIEW), tmp_path)


def test_BIL_21_rates_of_collection_leave_money_in_advance_out(tower, rented, tmp_path):
    tower.connection.execute("update fees.tower set opens_with = '2026-09-01'")
    rented("A", "B", "C")
    charge(tower, "A", "82000", timing="本月", valid_to="2026-09-30")
    charge(tower, "B", "18000", timing="本月", valid_to="2026-09-30")
    tower.given(
        "fees.opening\ncontract_no | charge_kind | base_month | due_on | amount\n"
        "C | 租金 | 2026-05-01 | 2026-05-31 | 40000"
    )
    charge(tower, "C", "0")
    release(tower, reckon(tower, "2026-09", known_at="2026-09-20 08:00"), "2026-09")
    tower.given(
        """
        fees.payment
        receipt_no | paid_on    | amount | contract_no
        R1         | 2026-10-02 | 87000  | A
        R2         | 2026-10-05 | 10000  | C
        """,
        recorded_at="2026-10-06",
    )
    run = reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    texts = text_of_workbook(written(tower, document(tower, run, "2026-10", FEE_PREVIEW), tmp_path))
    said = figures(texts["封面"])
    assert (said["当期收缴率"], said["往期清欠率"], said["户数收缴率"]) == ("82.00%", "25.00%", "50.00%")
    notes = "".join(row[0] for row in texts["应收变动表"])
    assert "82,000.00 ÷ 100,000.00" in notes and "10,000.00 ÷（10,000.00 ＋ 30,000.00）" in notes


def test_BIL_22_a_waiver_lowers_the_receivable_and_is_no_collection(tower, rented, tmp_path):
    tower.connection.execute("update fees.tower set opens_with = '2026-09-01'")
    rented("A")
    charge(tower, "A", "100000", timing="本月", valid_to="2026-09-30")
    release(tower, reckon(tower, "2026-09", known_at="2026-09-20 08:00"), "2026-09")
    tower.given(
        """
        fees.waiver
        waiver_no | contract_no | charge_kind | amount | effective_on | reason   | approver
        J1        | A           | 租金        | 300    | 2026-10-10   | 装修影响 | 总经理
        """
    )
    run = reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    path = written(tower, document(tower, run, "2026-10", FEE_PREVIEW), tmp_path)
    assert total(path, "应收变动表", "期末欠费") == Decimal("99700.00")
    assert total(path, "应收变动表", "本期实收(收本期)") == 0
    assert table(path, "减免")[0].items() >= {"批准人": "总经理", "金额": 300}.items()


def test_a_correction_is_an_edition_of_its_own_that_says_what_differs(tower, rented, tmp_path):
    rented("302")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    october = reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    release(tower, october, "2026-10")
    document(tower, october, "2026-10")
    tower.connection.execute(
        "update fees.reading set superseded_at = '2026-10-27 10:00' where meter_no = 'D1' and read_on = '2026-10-20'"
    )
    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-10-20 | 1103", recorded_at="2026-10-27 10:00")
    run = reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct")
    preview = document(tower, run, "2026-10", FEE_PREVIEW, revision=2)
    before = written(tower, preview, tmp_path / "before")
    assert table(before, "差异")[0]["差额"] == -22.27
    release(tower, run, "2026-10", on="2026-10-28")
    issued = document(tower, run, "2026-10", revision=2)
    path = written(tower, issued, tmp_path)
    assert path.name == "2026年10月收费通知汇总-威新国际大厦-第2版(更正).xlsx"
    [row] = table(path, "差异")
    assert (row["单据号"], row["原值"], row["新值"], row["差额"]) == (
        "JK-WX-202610-0001-G1", "130千瓦时，107.19元", "103千瓦时，84.92元", -22.27,
    )  # fmt: skip
    assert table(path, "红蓝字")[0]["入账期间"] == "2026-11"
    assert table(path, "通知清单")[0]["状态"] == "更正"
    assert written(tower, preview, tmp_path / "after").read_bytes() == before.read_bytes()
    assert letter(tower, issued, FEE_NOTICES).subject == "【更正】2026年10月收费通知 第2版 涉及1户 差额-22.27元"


def test_a_corrected_edition_lists_the_corrected_first_and_not_what_the_tower_paid_since(tower, rented, tmp_path):
    rented("301", "302", "303")
    for unit in ("301", "302", "303"):
        charge(tower, unit, "1000")
        metered(tower, f"D{unit}", "2026-09-20 1000", contract=unit)
    paid(tower, "2026-10-20 10", contract="301", recorded_at="2026-10-20 07:00")  # told at the release
    tower.given("fees.reading\nmeter_no | read_on | reading\nD303 | 2026-10-20 | 1130")
    october = reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    release(tower, october, "2026-10")
    first = document(tower, october, "2026-10")
    before = written(tower, first, tmp_path / "before")
    for unit in ("301", "302", "303"):
        paid(tower, "2026-10-25 20", contract=unit, recorded_at="2026-10-26 07:00")
    correct_reading(tower, "D303", "2026-10-20", "1103")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD302 | 2026-10-20 | 1100", recorded_at="2026-10-26 07:00")
    run = reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct")
    preview = document(tower, run, "2026-10", FEE_PREVIEW, revision=2)
    expected = [
        ("302 302公司", "截止后到账"),  # its missing reading came, and is corrected
        ("303 303公司", "截止后到账"),
        ("301 301公司", "待抄表"),
        ("301 301公司", "截止后到账"),  # of the 20th, not that of the 25th
    ]

    def listed(path):
        return [(row["对象"], row["问题"].split("：")[0]) for row in table(path, "异常")]

    assert listed(written(tower, preview, tmp_path / "preview")) == expected
    release(tower, run, "2026-10", on="2026-10-28")
    path = written(tower, document(tower, run, "2026-10", revision=2), tmp_path)
    assert listed(path) == expected
    assert "2026-10-20" in table(path, "异常")[3]["问题"]
    assert written(tower, first, tmp_path / "after").read_bytes() == before.read_bytes(), "what was told stays"
    asked = {"site_id": "WX", "starts_on": date(2026, 10, 1), "known_at": "2026-10-28 08:00"}
    corrected = rows(tower.connection, "fees/list_corrected", asked)
    assert [row["subject"] for row in corrected] == ["302 302公司", "303 303公司"]
    assert rows(tower.connection, "fees/list_corrected", asked | {"known_at": "2026-10-20 08:00"}) == []


def test_the_letters_say_in_their_subject_how_many_how_much_and_until_when(november):
    tower, run = november
    preview = document(tower, run, "2026-11", FEE_PREVIEW)
    [amount] = [
        row["amount"]
        for row in tower.query(
            "select to_char(sum(payable_amount), 'FM999,999,990.00') as amount from fees.bill "
            "where base_on = '2026-11-01' and status = '出单'"
        )
    ]
    asked = letter(tower, preview, FEE_PREVIEW)
    assert asked.subject == f"【待审批】2026年11月收费通知预览 5户 {amount}元 请于11-20 17:00前处理"
    assert "意见必填" in asked.text
    release(tower, run, "2026-11")
    told = letter(tower, document(tower, run, "2026-11"), FEE_NOTICES)
    assert told.subject == f"【收费通知】威新国际大厦 2026年11月 5户 应收{amount}元 异常2户"
    order = ["供财务部存档", "主要数字", "异常", "请您处理", "附件", "版次", "联系人"]
    assert [told.text.index(word) for word in order] == sorted(told.text.index(word) for word in order)
    assert "账款统计至2026-11-19 24:00" in told.text


def test_october_opens_with_what_was_brought_in(busy, tmp_path):
    preview, _ = busy.october
    path = written(busy, preview, tmp_path)
    assert total(path, "应收变动表", "期初欠费") == Decimal("5500.00")  # 5000 + 700 − 200 in advance
    assert total(path, "应收变动表", "本期实收(收往期)") == Decimal("2000.00")
    assert table(path, "预收待抵")[0]["抵扣"] == 200
