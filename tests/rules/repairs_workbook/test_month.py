"""维修扣款汇总: every sheet adds up to the books, before the booking and after it."""

from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from backoffice import artifacts
from backoffice.database import rows
from backoffice.workbook import TotalsError
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table, total
from tests.rules.repairs.conftest import approve, certify, contract, moved, order, post, reckon, settle
from tests.rules.repairs_workbook.conftest import KNOWN, PREVIEW_KIND, document, written
from tests.workbooks import text_of_workbook

ALL_SHEETS = [
    "封面",
    "扣款明细(A类)",
    "公司承担(B类)",
    "争议冻结",
    "暂停清单",
    "索赔台账",
    "拆单预警",
    "超时效",
    "质保金台账",
    "质保金变动核对",
    "周转金",
    "维修工程款支付表",
    "凭证建议",
    "异常",
    "计算依据",
    "审批记录",
]


def by(path, sheet: str, heading: str) -> dict[Any, dict]:
    """The rows of a sheet by one of its columns."""
    return {row[heading]: row for row in table(path, sheet)}


def exceptions(books: Books, run_id: int, month: str = "2026-10") -> list[tuple[str, str, str]]:
    listed = rows(
        books.connection,
        "repairs/sheet_exceptions",
        artifacts.parameters_of(artifacts.read(books.connection, document(books, run_id, PREVIEW_KIND, month))),
    )
    assert all(row["advice"] and row["department"] for row in listed)
    return [(row["severity"], row["subject"], row["problem"]) for row in listed]


@pytest.fixture
def october(busy: Books) -> tuple[Books, int]:
    return busy, reckon(busy, "2026-10", known_at=KNOWN)


def test_every_sheet_adds_up_to_the_books(october, tmp_path):
    house, run = october
    assert post(house, run) == []
    path = written(house, document(house, run), tmp_path)
    assert path.name == "2026年10月维修扣款汇总-锦城置业-第1版.xlsx"
    assert load_workbook(path).sheetnames == ALL_SHEETS
    [booked] = house.query(
        """
        select sum(line.amount) filter (where line.account in ('质保金', '冻结质保金')) as deducted,
            sum(line.amount) filter (where line.account = '应收索赔') as claimed,
            sum(line.amount) filter (where line.account = '维修成本') as borne
        from repairs.entry inner join repairs.entry_line as line on entry.entry_id = line.entry_id
        where entry.base_on = '2026-10-01' and entry.entry_kind = '结算'
        """
    )
    [held] = house.query("select sum(balance) as balance, sum(reserved) as reserved from repairs.deposit_account")
    assert total(path, "扣款明细(A类)", "扣款") == booked["deducted"] == total(path, "质保金台账", "本期扣款")
    assert total(path, "扣款明细(A类)", "索赔") == booked["claimed"]
    assert total(path, "扣款明细(A类)", "公司承担") + total(path, "公司承担(B类)", "公司承担") == booked["borne"]
    assert total(path, "质保金台账", "期末余额") == held["balance"] == total(path, "质保金变动核对", "期末余额")
    assert total(path, "质保金台账", "冻结") == held["reserved"]
    assert total(path, "质保金变动核对", "校验(0)") == 0
    assert total(path, "索赔台账", "未收金额") == Decimal("8000.00")
    assert total(path, "凭证建议", "借方") == total(path, "凭证建议", "贷方")
    cover = text_of_workbook(path)["封面"]
    said = figures(cover)
    assert said["审定金额"] == "83,157.33"
    assert (said["已扣质保金"], said["转索赔"], said["公司承担"]) == ("41,244.40", "7,000.00", "18,103.33")
    assert (said["争议冻结"], said["暂停"]) == ("3,800.00", "14,250.00")
    assert said["与总账核对"] == "质保金—(未报)；应收索赔不一致；应付维修队—(未报)"
    words = [cell for sheet in text_of_workbook(path).values() for row in sheet for cell in row]
    assert "✘" not in "".join(words)
    assert not {"None", "nan", "NULL", "True", "False"} & set(words)


def test_the_cover_says_the_identity_with_its_figures(october, tmp_path):
    house, run = october
    cover = "".join(
        cell
        for row in text_of_workbook(written(house, document(house, run, PREVIEW_KIND), tmp_path))["封面"]
        for cell in row
    )
    assert (
        "✔ 审定83,157.33 ＋ 管理费1,240.40 ＝ 扣款41,244.40 ＋ 索赔7,000.00 ＋ 公司承担18,103.33"
        " ＋ 冻结3,800.00 ＋ 暂停14,250.00" in cover
    )


def test_WAR_09_WAR_10_charges_say_the_balance_before_and_after_in_the_order_of_booking(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "2000", confirmed="2026-10-25 10:05")
    order(house, "A2", "2500", confirmed="2026-10-25 10:00")
    run = settle(house, known_at=KNOWN)
    told = [
        (row["派工单号"], row["扣款"], row["索赔"], row["扣前余额"], row["扣后余额"])
        for row in table(written(house, document(house, run), tmp_path), "扣款明细(A类)")[:-1]
    ]
    assert told == [("A2", 2500, 0, 3000, 500), ("A1", 500, 1500, 500, 0)]


def test_a_preview_has_no_vouchers_and_knows_no_certification_of_its_month(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "700", certified=False)
    order(house, "B1", "300", certified=False, order_class="B", contract_no="-")
    run = reckon(house, known_at=KNOWN)
    preview = document(house, run, PREVIEW_KIND)
    before = written(house, preview, tmp_path / "before")
    assert before.name == "2026年10月维修扣款预览-锦城置业-第1版.xlsx"
    for sheet in ("扣款明细(A类)", "公司承担(B类)"):
        [row, _] = table(before, sheet)
        assert (row["凭证号"], row["副总工程师认定日"]) == ("待入账", "待认定")
    assert [row["结论"] for row in table(before, "审批记录")] == ["同意", "待认定"]
    certify(house, run)
    assert post(house, run) == []
    assert written(house, preview, tmp_path / "after").read_bytes() == before.read_bytes()
    issued = written(house, document(house, run), tmp_path)
    [row, _] = table(issued, "扣款明细(A类)")
    assert row["凭证号"].startswith("PZ-GS-202610-") and str(row["副总工程师认定日"])[:10] == "2026-11-05"
    assert [(row["审批人"], row["意见"]) for row in table(issued, "审批记录")][1:] == [("副总工", "价格工艺属实")]


def test_what_was_taken_out_of_the_list_is_told_with_its_reason(house: Books, tmp_path):
    contract(house, deposit="3000")
    for number in ("A1", "A2"):
        order(house, number, "700", certified=False)
    run = reckon(house, known_at=KNOWN)
    certify(house, run, taken_out=(("A2", "单价偏高"),))
    assert post(house, run) == []
    path = written(house, document(house, run), tmp_path)
    assert by(path, "暂停清单", "派工单号")["A2"]["缺什么"] == "副总工程师剔除：单价偏高"
    [row] = [row for row in table(path, "审批记录") if row["结论"] == "剔除"]
    assert (row["意见"], row["所批户数/金额"]) == ("单价偏高", "1单，700.00元：A2")


def test_WAR_07_a_dispute_shows_balance_reserved_and_available(october, tmp_path):
    house, run = october
    path = written(house, document(house, run, PREVIEW_KIND), tmp_path)
    row = by(path, "争议冻结", "派工单号")["JC-1016"]
    assert row["余额影响"] == "余额2,400.00不变，冻结1,200.00，合同可用1,200.00"
    assert row["争议理由"] == "非我方原因"


def test_what_is_stopped_says_what_it_lacks_by_which_clause_and_whose_turn_it_is(october, tmp_path):
    house, run = october
    stopped = by(written(house, document(house, run, PREVIEW_KIND), tmp_path), "暂停清单", "派工单号")
    row = stopped["JC-1021"]
    assert row["缺什么"] == "审定10200.00元须第3级审批，现有第2级，须重新审批"
    assert row["依据条款"] == "审定金额超过已批级别的须重新审批 WAR-04"
    assert row["责任部门"] == "客户服务部"
    assert stopped["JC-1034"]["审定金额"] == "未审定" and stopped["JC-1034"]["状态"] == "未到结算"


def test_WAR_09_a_claim_is_aged_and_what_came_in_is_off_it(october, tmp_path):
    house, run = october
    claims = by(written(house, document(house, run, PREVIEW_KIND), tmp_path), "索赔台账", "工单")
    old, new = claims["JC-0901"], claims["JC-1011"]
    assert (old["索赔金额"], old["已收回"], old["未收金额"], old["账龄(天)"]) == (1500, 500, 1000, 31)
    assert (new["未收金额"], new["账龄(天)"], new["进展"]) == (6200, 0, "本月新增，待收")


def test_WAR_03_a_group_is_listed_with_the_level_of_its_sum(october, tmp_path):
    house, run = october
    path = written(house, document(house, run, PREVIEW_KIND), tmp_path)
    told = [(row["组号"], row["工单"], row["组合计"], row["应批级别"]) for row in table(path, "拆单预警")]
    assert told == [("JC-1018", number, 2700, "第2级") for number in ("JC-1018", "JC-1019", "JC-1020")]


@pytest.mark.parametrize(
    ("also", "expected"),
    [
        # Thursday 8 Oct; Saturday 10 Oct is a working day
        ({"inspected_on": "2026-10-09"}, None),
        ({"inspected_on": "2026-10-10"}, ("1日勘察", "2026-10-09", 1)),
        ({"trades": "瓦工", "completed_on": "2026-10-23"}, None),
        ({"trades": "瓦工", "completed_on": "2026-10-26"}, ("3日单工种", "2026-10-23", 1)),
        ({"trades": "瓦工、油工", "completed_on": "2026-10-29"}, None),
        ({"trades": "瓦工 油工,木工", "completed_on": "2026-10-30"}, ("7日多工种", "2026-10-29", 1)),
        ({"completed_on": "2026-10-28", "extended_until": "2026-10-28"}, None),
        ({"completed_on": "2026-10-28", "extended_until": "2026-10-27"}, ("3日单工种", "2026-10-27", 1)),
        ({"inspected_on": "2026-10-14", "answered_on": "2026-10-13"}, ("3日部门答复", "2026-10-12", 1)),
        ({"called_back_on": "2026-10-22"}, None),
        ({"called_back_on": "2026-10-26"}, ("1日回访", "2026-10-22", 2)),
        ({"called_back_on": "-"}, ("1日回访", "2026-10-22", 6)),
    ],
)
def test_times_are_counted_in_working_days_up_to_the_day_that_was_agreed(house: Books, tmp_path, also, expected):
    contract(house, deposit="3000")
    given = {"called_back_on": also.get("completed_on", "2026-10-21"), "signed_on": "2026-10-30"} | also
    order(house, "A1", "700", **given)
    run = reckon(house, known_at=KNOWN)
    found = table(written(house, document(house, run, PREVIEW_KIND), tmp_path), "超时效")
    told = [(row["环节"], str(row["应完成"])[:10], row["超工作日"]) for row in found if row["工单"] == "A1"]
    if "answered_on" in also or also.get("inspected_on") == "2026-10-14":
        told = [row for row in told if row[0].endswith("答复")]
    assert told == ([expected] if expected else [])


def test_WAR_22_a_deposit_is_told_from_its_opening_to_its_closing(october, tmp_path):
    house, run = october
    path = written(house, document(house, run, PREVIEW_KIND), tmp_path)
    told = {
        row["合同号"]: tuple(
            row[name] for name in ("期初余额", "本期扣款", "冲回", "本期增加", "本期退还", "期末余额", "校验(0)")
        )
        for row in table(path, "质保金变动核对")[:-1]
        if row["合同号"]
    }
    assert told == {
        "HT1": (59010, 13644.4, 0, 0, 0, 45365.6, 0),
        "HT3": (0, 27600, 0, 30000, 0, 2400, 0),
        "HT4": (45000, 0, 0, 0, 2000, 43000, 0),
    }
    notes = "".join(row[0] for row in text_of_workbook(path)["质保金变动核对"])
    assert "应收索赔：台账8,000.00，总账1.00，差额7,999.00，不一致" in notes
    assert "质保金：台账90,765.60，总账—(未报)" in notes


def test_WAR_22_the_opening_of_a_month_is_the_closing_of_the_month_before(house: Books, tmp_path):
    contract(house, deposit="5000")
    order(house, "A1", "1200")
    first = settle(house, known_at=KNOWN)
    house.connection.execute("update repairs.work_order set cause = '第三方'")
    contract(house, "HT2", deposit="800")
    second = settle(house, "2026-11", known_at="2026-12-05 08:00")
    october = written(house, document(house, first), tmp_path)
    november = written(house, document(house, second, month="2026-11"), tmp_path)
    assert total(october, "质保金变动核对", "期初余额") == Decimal("5000.00")
    assert total(october, "质保金变动核对", "期末余额") == Decimal("3800.00")
    assert total(november, "质保金变动核对", "期初余额") == Decimal("3800.00")
    row = by(november, "质保金变动核对", "合同号")["HT1"]
    assert (row["冲回"], row["期末余额"]) == (1200, 5000)
    assert by(november, "质保金变动核对", "合同号")["HT2"]["本期增加"] == 800


DEDUCTED = "update repairs.planned set deposit_amount = deposit_amount - 1 where order_no = 'JC-1013'"
CLOSED = "update repairs.planned set balance_after = balance_after + 1"
BORNE = "update repairs.planned set company_amount = company_amount + 1 where order_no = 'JC-1031'"
OWED = "update repairs.planned set amount = amount + 1 where order_no = 'JC-1031'"


@pytest.mark.parametrize(
    ("tampered", "is_booked", "said"),
    [
        (DEDUCTED, False, "质保金：期初"),
        (DEDUCTED, True, "逐份合同期初至期末不符的合同数 1 ＝ 0"),
        (CLOSED, False, "逐份合同期初至期末不符的合同数 4 ＝ 0"),
        (BORNE, False, "审定83,157.33"),
        (BORNE, True, "审定83,157.33"),
        (OWED, False, "凭证借方"),
    ],
)
def test_WAR_22_what_does_not_add_up_is_not_written(october, tmp_path, tampered, is_booked, said):
    house, run = october
    if is_booked:
        assert post(house, run) == []
    house.connection.execute(tampered)
    with pytest.raises(TotalsError, match="核对不符") as refused:
        written(house, document(house, run), tmp_path)
    assert said in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_WAR_23_what_is_held_above_the_cap_is_shown_and_nothing_is_booked(house: Books, tmp_path):
    contract(house, deposit="60000", settled_amount="1900000")
    run = settle(house, known_at=KNOWN)
    path = written(house, document(house, run), tmp_path)
    [row, _] = table(path, "质保金台账")
    assert row["上限提示(3%)"] == "上限57,000.00，超出3,000.00，应退还"
    assert (row["期末余额"], row["可用"]) == (60000, 60000)
    [found] = [row for row in table(path, "异常") if "上限" in row["问题"]]
    assert (found["严重程度"], found["影响金额"], found["责任部门"]) == ("必须处理", 3000, "财务计统部")


def test_a_deposit_up_to_the_cap_is_not_flagged(house: Books, tmp_path):
    contract(house, deposit="57000", settled_amount="1900000")
    run = settle(house, known_at=KNOWN)
    [row, _] = table(written(house, document(house, run), tmp_path), "质保金台账")
    assert row["上限提示(3%)"] is None


def test_the_floats_are_what_was_counted_and_what_is_under_way(october, tmp_path):
    house, run = october
    floats = by(written(house, document(house, run, PREVIEW_KIND), tmp_path), "周转金", "持有部门")
    team, service = floats["维修队"], floats["客户服务部"]
    assert (team["期初在途"], team["支用"], team["报销补回"], team["在途单据"]) == (3200, 5900.5, 3200, 5900.5)
    assert (team["库存"], team["差额(0)"], service["差额(0)"]) == (94099.5, 0, 50)


def test_the_repair_team_is_paid_what_is_certified(october, tmp_path):
    house, run = october
    path = written(house, document(house, run, PREVIEW_KIND), tmp_path)
    team = by(path, "维修工程款支付表", "工单")
    assert (team["JC-0902"]["应付"], team["JC-0902"]["已付"], team["JC-0902"]["未付"]) == (900, 950, -50)
    assert team["JC-1031"]["A/B"] == "B" and team["JC-1031"]["收款单位"] == "华清物业"
    assert team["JC-0901"]["支付申请意见"] == "已认定，同意支付"


def test_vouchers_are_the_same_before_and_after_the_booking(october, tmp_path):
    house, run = october
    before = table(written(house, document(house, run, PREVIEW_KIND), tmp_path), "凭证建议")
    assert post(house, run) == []
    assert table(written(house, document(house, run), tmp_path), "凭证建议") == before
    assert any(row["科目名称"] == "其他应付款—工程质量保证金" and row["借方"] == 13644.4 for row in before)
    assert not any("期初" in row["摘要"] for row in before[:-1])


def test_exceptions_name_what_to_do_and_who(october):
    house, run = october
    told = exceptions(house, run)
    assert [(severity, subject) for severity, subject, _ in told] == [
        ("必须处理", "HT2 HT2-TH"),
        ("必须处理", "客户服务部周转金"),
        ("必须处理", "总账应收索赔"),
        ("必须处理", "HT4 景观绿化工程有限责任公司"),
        ("必须处理", "JC-0902"),
        ("请核对", "同组 JC-1018"),
        ("请核对", "JC-1015 门窗公司"),
        ("请核对", "JC-1026"),
        ("提示", "HT3 门窗公司"),
    ]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ("update repairs.audit set audited_amount = 650", "入账（2026-10-31）后审定金额由700.00元改为650.00元"),
        ("update repairs.work_order set status = '作废'", "入账（2026-10-31）后工单作废，已入账700.00元"),
    ],
)
def test_WAR_16_what_changes_after_its_booking_must_be_dealt_with(house: Books, changed, problem):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    settle(house, known_at=KNOWN)
    house.connection.execute(changed)
    run = reckon(house, "2026-11", known_at="2026-12-05 08:00")
    assert ("必须处理", "A1", problem) in exceptions(house, run, "2026-11")


def test_WAR_16_a_reversal_is_told_and_its_order_is_not_flagged_as_changed(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    settle(house, known_at=KNOWN)
    house.connection.execute("update repairs.work_order set cause = '第三方'")
    house.connection.execute("update repairs.audit set audited_amount = 650")
    run = settle(house, "2026-11", known_at="2026-12-05 08:00")
    told = exceptions(house, run, "2026-11")
    assert told == [("提示", "A1", "入账后改为B类（第三方），本月冲回，由公司承担须另行认定")]


def test_WAR_20_a_second_charge_for_one_defect_is_flagged(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "200", place_text="301室", defect="漏水")
    settle(house, known_at=KNOWN)
    order(house, "A2", "300", place_text="301室", defect="漏水", recorded_at="2026-11-20", confirmed="2026-11-10 10:00")
    run = reckon(house, "2026-11", known_at="2026-12-05 08:00")
    problem = "同部位同缺陷（301室 漏水）已有A1入账，疑似重复扣款"
    assert ("请核对", "A2", problem) in exceptions(house, run, "2026-11")


def test_grounds_say_in_a_sentence_why_by_which_rule_and_from_which_line(october, tmp_path):
    house, run = october
    grounds = by(written(house, document(house, run, PREVIEW_KIND), tmp_path), "计算依据", "对象")
    shared, claimed, stopped = (grounds[number] for number in ("JC-1013", "JC-1011", "JC-1021"))
    assert shared["结果"] == "扣款2,000.00元，公司承担1,333.33元"
    assert "责任比例60%：3333.33元中施工单位2000.00元、公司1333.33元" in shared["计算过程"]
    assert (claimed["规则编号"], claimed["日期/费项"]) == ("WAR-09", "A类 索赔")
    assert claimed["计算过程"].endswith("质保金可用余额不足，6,200.00元转索赔。")
    assert (stopped["规则编号"], stopped["行号"]) == ("WAR-04", 1)
    assert all(row["条款原文摘要"] and row["制度名称"] for row in grounds.values())


def test_OPS_16_the_same_books_give_the_same_bytes_whatever_comes_later(october, tmp_path):
    house, run = october
    assert post(house, run) == []
    artifact = document(house, run)
    first = written(house, artifact, tmp_path / "one").read_bytes()
    approve(house, "JC-1021", 3, "10200", on="2026-11-10", recorded_at="2026-11-20")
    moved(house, "HT4-TH2 退还 2026-10-30 500", contract_no="HT4", recorded_at="2026-11-20")
    settle(house, "2026-11", known_at="2026-12-05 08:00")
    assert written(house, artifact, tmp_path / "two").read_bytes() == first


def test_a_sheet_without_rows_says_so(house: Books, tmp_path):
    run = settle(house, known_at=KNOWN)
    texts = text_of_workbook(written(house, document(house, run), tmp_path))
    for sheet in ALL_SHEETS[1:]:
        if sheet != "周转金":
            assert texts[sheet][1][0] == "本期无", sheet


def test_a_preview_drawn_up_again_says_which_totals_changed(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "700", certified=False)
    document(house, reckon(house, known_at=KNOWN), PREVIEW_KIND)
    order(house, "A2", "300", certified=False, recorded_at="2026-11-05 09:00")
    run = reckon(house, known_at="2026-11-05 10:00")
    path = written(house, document(house, run, PREVIEW_KIND, revision=2), tmp_path)
    differences = by(path, "差异", "项目")
    assert (differences["扣款"]["原值"], differences["扣款"]["新值"]) == ("700.00", "1,000.00")
