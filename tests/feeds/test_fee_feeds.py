"""Registers of the fee notices: what is taken, what goes back row by row, what refuses a file, each with its words."""

from datetime import date
from decimal import Decimal

import pytest

from tests.feeds.conftest import Office

TOWERS = """
    楼宇编号,楼宇名称,业主方,租金收款单位编号,物业费收款单位编号,首个出单月,咨询电话
    WX,威新国际大厦,威新置业,OWN,WY,2026年10月,010-8000
"""
CONTRACT_HEADING = "合同号,楼宇编号,房号,租户编号,合同类型,开始日期,到期日期"
CONTRACTS = f"""
    {CONTRACT_HEADING}
    HT01,WX,301,Z1,租赁,2026-01-01,2026-12-31
    HT02,WX,302,Z2,租赁,2026-01-01,2026-12-31
"""
METERS = """
    表号,楼宇编号,类别,表位数
    D1,WX,电费,5
    D2,WX,电费,5
"""
CHARGE_HEADING = "合同号,费项,收费项目,开始日期,结束日期,月金额,税率"
READING_HEADING = "表号,抄表日期,本期读数,过零"
TARIFF_HEADING = "费项,适用楼宇,生效日期,失效日期,单价,加价率,税率,规则编号,条款原文"


@pytest.fixture
def tower(office: Office) -> Office:
    """An office that knows one tower, two contracts and two meters."""
    office.drop("楼宇登记.csv", TOWERS)
    office.drop("合同登记.csv", CONTRACTS)
    office.drop("表计登记.csv", METERS)
    office.take()
    return office


def sent_back(office: Office) -> list[tuple[int, str, str]]:
    """(line, heading, reason) of every quarantined row."""
    return [
        tuple(row.values())
        for row in office.books.query("select line_no, column_name, reason from ops.quarantine order by line_no")
    ]


def advice(office: Office) -> str:
    """What the sender of the last quarantined row is told to do."""
    return office.books.query("select advice from ops.quarantine order by line_no desc limit 1")[0]["advice"]


def read(office: Office, *lines: str) -> None:
    """Bring readings in one file of their own."""
    office.drop(f"抄表{len(office.totals())}.csv", "\n".join([READING_HEADING, *lines]))
    office.take()


def known_readings(office: Office) -> list[tuple[str, str, int]]:
    """(meter, day, whole units) of every reading that holds."""
    return [
        tuple(row.values())
        for row in office.books.query(
            "select meter_no, to_char(read_on, 'MM-DD') as day, trunc(reading)::integer as reading from fees.reading "
            "where superseded_at = 'infinity' order by 1, 2"
        )
    ]


# Months and rates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["2026-10", "2026/10", "2026.10", "202610", "2026年10月", "2026年10月份", "2026-10-01", "46296",
                "２０２６年１０月", "2026/10/1"]
)  # fmt: skip
def test_OPS_23_every_spelling_of_a_month_is_its_first_day(tower: Office, written: str):
    tower.drop("号段.csv", f"楼宇编号,月份,起始号\nWX,{written},101")
    tower.take()
    tower.books.expect("""
        fees.number_start
        site_id | base_month | first_number
        WX      | 2026-10-01 | 101
    """)


@pytest.mark.parametrize("written", ["0", "13", "2026-13", "2026-00", "2026-0", "10月", "2026-10-20", "2026.1", ""])
def test_BIL_25_a_month_that_is_none_goes_back(tower: Office, written: str):
    tower.drop("号段.csv", f"楼宇编号,月份,起始号\nWX,{written},101")
    tower.take()
    [(line, heading, reason)] = sent_back(tower)
    assert (line, heading) == (2, "月份")
    assert reason == ("“" + written + "”不是看得懂的月份，或没有这个月" if written else "没有填")


def test_a_month_in_a_workbook_is_read_from_the_date_that_excel_made_of_it(tower: Office):
    tower.drop_sheet("号段.xlsx", ["楼宇编号", "月份", "起始号"], ["WX", date(2026, 10, 1), 101])
    tower.take()
    assert tower.books.query("select base_month from fees.number_start") == [{"base_month": date(2026, 10, 1)}]


@pytest.mark.parametrize("written", ["9%", "9％", "0.09", "９％", "9.00%", "9 %", "百分之九"])
def test_BIL_23_every_spelling_of_a_tax_rate_is_the_same_rate(tower: Office, written: str):
    tower.drop("固定收费.csv", f"{CHARGE_HEADING}\nHT01,租金,,2026-01-01,2026-12-31,3000,{written}")
    tower.take()
    tower.books.expect("""
        fees.charge
        contract_no | charge_kind | item | month_amount | timing | vat_rate | vat_method
        HT01        | 租金        | 租金 | 3000.00      | 下月   | 0.0900   | 一般计税
    """)


@pytest.mark.parametrize("written", ["0.05%", "每日万分之五", "万分之5", "0.05%/日", "0.5‰", "0.0005"])
def test_every_spelling_of_a_late_fee_is_the_same_rate(tower: Office, written: str):
    tower.drop(
        "合同登记2.csv",
        f"{CONTRACT_HEADING},违约金日率,违约金条款\nHT03,WX,303,Z3,租赁,2026-01-01,2026-12-31,{written},第八条",
    )
    tower.take()
    assert tower.books.query("select late_rate from fees.contract where late_rate > 0") == [
        {"late_rate": Decimal("0.000500")}
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("9%/6%", "不是一个看得懂的比率"),
        ('"9%,6%"', "不是一个看得懂的比率"),
        ("9%、6%", "不是一个看得懂的比率"),
        ("", "没有填"),
        ("9", "税率要在0到100%之间"),
        ("-9%", "税率要在0到100%之间"),
    ],
)
def test_BIL_23_mixed_or_missing_tax_rates_go_back_and_the_other_rows_are_taken(tower: Office, written, said):
    tower.drop(
        "固定收费.csv",
        f"{CHARGE_HEADING}\n"
        f"HT01,租金,,2026-01-01,2026-12-31,3000,{written}\n"
        "HT01,物业费,,2026-01-01,2026-12-31,1060,6%",
    )
    tower.take()
    [(line, heading, reason)] = sent_back(tower)
    assert (line, heading) == (2, "税率")
    assert said in reason
    if "比率" in said or said == "没有填":
        assert "不同税率的费用分行填写" in advice(tower)
        assert "增值税法第12条" in advice(tower)
    assert tower.totals()[-1] == (2, 0, 1, 0, 0, 1)


def test_a_heading_in_per_cent_is_refused_by_name_as_its_numbers_would_be_read_a_hundredfold(tower: Office):
    tower.drop("固定收费.csv", f"{CHARGE_HEADING}（%）\nHT01,租金,,2026-01-01,2026-12-31,3000,9")
    [refused] = tower.land().refused
    assert "税率" in refused.message


def test_a_rate_of_the_site_register_may_be_written_in_per_cent(office: Office):
    office.drop("案场.csv", "案场编号,案场名称,罚款人数上限比例\nS1,甲,30%")
    office.take()
    assert office.books.query("select fined_share_limit from book.site") == [{"fined_share_limit": Decimal("0.3000")}]


# No mark-up, no threats ----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["2%", "0.02", "-1%"])
def test_BIL_15_a_mark_up_on_the_price_of_electricity_refuses_the_rule_book_with_the_law(tower: Office, written: str):
    tower.drop("收费标准.csv", f"{TARIFF_HEADING}\n电费,,2020-01-01,,0.8245,{written},13%,FE-C2,电费每度0.8245元")
    tower.land()
    report = tower.admit()
    [refused] = report.refused
    assert "不得加价或另收手续费（物业管理条例第44条、电力法第44条）" in refused.message
    assert refused.line == 2
    assert tower.books.query("select count(*) as n from fees.tariff") == [{"n": 0}]


@pytest.mark.parametrize("heading", ["加价率", "手续费率", "附加费率", "服务费率", "上浮比例", "损耗率", "加收比例"])
def test_BIL_15_a_mark_up_is_known_by_every_name_of_its_column(tower: Office, heading: str):
    tower.drop(
        "收费标准.csv",
        f"{TARIFF_HEADING.replace('加价率', heading)}\n水费,,2020-01-01,,6.10,5%,9%,FE-C2,水费每吨6.10元",
    )
    tower.land()
    [refused] = tower.admit().refused
    assert "水费加价5%" in refused.message
    assert "物业管理条例第44条）" in refused.message


@pytest.mark.parametrize(
    ("clause", "is_refused"),
    [
        ("电费每度0.8245元，另加2%手续费", True),
        ("电费每度0.8245元，含线损", True),
        ("电费每度0.8245元；代收服务费0.02元", True),
        ("电费每度0.8245元，不得收取手续费", False),
        ("按供电局公布的电价执行", False),
    ],
)
def test_BIL_15_a_mark_up_in_the_words_of_a_clause_is_refused(tower: Office, clause: str, is_refused: bool):
    tower.drop("收费标准.csv", f"{TARIFF_HEADING}\n电费,,2020-01-01,,0.8245,,13%,FE-C2,{clause}")
    tower.land()
    assert bool(tower.admit().refused) == is_refused


def test_BIL_15_a_mark_up_that_is_no_number_goes_back_with_the_law(tower: Office):
    tower.drop("收费标准.csv", f"{TARIFF_HEADING}\n电费,,2020-01-01,,0.8245,每度2分,13%,FE-C2,电费每度0.8245元")
    tower.take()
    assert sent_back(tower) == [(2, "加价率", "“每度2分”不是一个看得懂的比率")]
    assert "物业管理条例第44条" in advice(tower)


@pytest.mark.parametrize(
    "item",
    ["电费手续费", "水电服务费", "电损加价", "水费附加费", "代收电费手续费", "公摊损耗（电）", "线损", "水电费管理费",
     "用电管理费", "抄表费", "手续费（水电）", "电费上浮", "电 费 服 务 费", "水电代收代缴费", "电费加收5%"],
)  # fmt: skip
def test_BIL_15_a_fee_on_top_of_electricity_or_water_goes_back_with_the_law(tower: Office, item: str):
    tower.drop("固定收费.csv", f"{CHARGE_HEADING}\nHT01,其他,{item},2026-01-01,2026-12-31,30,6%")
    tower.take()
    [(line, heading, reason)] = sent_back(tower)
    assert (line, heading) == (2, "收费项目")
    assert "物业管理条例第44条、电力法第44条" in reason


def test_BIL_15_a_fee_on_electricity_stated_as_a_kind_goes_back_with_the_law(tower: Office):
    tower.drop("固定收费.csv", f"{CHARGE_HEADING}\nHT01,水电服务费,,2026-01-01,2026-12-31,30,6%")
    tower.take()
    assert sent_back(tower) == [(2, "费项", "“水电服务费”不在可填的内容里")]
    assert "物业管理条例第44条" in advice(tower)


@pytest.mark.parametrize(
    "item",
    ["电梯维护费", "电动汽车充电服务费", "二次供水设备维护管理费", "水电维修服务费", "停车管理费", "装修管理费",
     "电子发票手续费", "污水处理费", "电视费", "公共服务费", "空调费", "垃圾清运费"],
)  # fmt: skip
def test_BIL_15_fees_that_only_sound_alike_are_taken(tower: Office, item: str):
    tower.drop("固定收费.csv", f"{CHARGE_HEADING}\nHT01,其他,{item},2026-01-01,2026-12-31,30,6%")
    tower.take()
    assert sent_back(tower) == []


@pytest.mark.parametrize(
    "sentence",
    ["逾期停水停电", "逾期未缴的，我公司将停止供水、供电", "欠费用户将采取限电措施", "如不按期交费，将中断供应自来水",
     "拖欠物业费的，门禁卡停用", "未缴清费用前不得进入大厦", "届时停水停电。", "水、电一律停供", "逾期将拉闸断电",
     "结清欠费后方可恢复供电", "不交费的，不再供电", "停电检修；逾期不交者停电", "不得不停水停电", "逾期者停 水",
     "将依法切断燃气", "逾期不缴，停暖", "对欠费户断水断电，检修另行通知", "缴清费用后方可通行", "逾期停气",
     "请按期交费。否则，本公司有权关闭水阀。", "欠费者暂停热力供应"],
)  # fmt: skip
def test_BIL_16_a_sentence_that_threatens_to_cut_supply_or_entry_goes_back_with_the_law(tower: Office, sentence: str):
    tower.drop("通知单文字.csv", f"位置,生效日期,文字\n温馨提示,2026-10-01,{sentence}")
    tower.take()
    [(line, heading, reason)] = sent_back(tower)
    assert (line, heading) == (2, "文字")
    assert "民法典第944条" in reason


@pytest.mark.parametrize(
    "sentence",
    ["停电检修通知请见公告栏", "本楼10月25日停水检修，请提前储水", "请按期交纳电费、水费", "逾期按合同约定计收违约金",
     "我公司不会因欠费停水停电", "停车费、电费请分别缴纳", "对账单有异议的，请于5日内提出", "禁止携带宠物进入电梯",
     "逾期未交按合同计违约金。停电检修通知请见公告栏。", "严禁以停水停电方式催交", "下班后请切断电源",
     "请在到期日前将款项汇入上列账户，电话010-8000", "关于水费调价，请见公告"],
)  # fmt: skip
def test_BIL_16_harmless_sentences_are_taken(tower: Office, sentence: str):
    tower.drop("通知单文字.csv", f"位置,生效日期,文字\n温馨提示,2026-10-01,{sentence}")
    tower.take()
    assert tower.books.query("select site_id, sentence from fees.wording") == [{"site_id": "*", "sentence": sentence}]


# Prices --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_to", "second_from", "said"),
    [
        ("2026-10-31", "2026-11-01", None),
        ("2026-11-01", "2026-11-01", "两个版本重叠"),
        ("", "2026-11-01", "两个版本重叠"),
        ("2026-10-30", "2026-11-01", "有空档"),
    ],
)
def test_versions_of_a_price_follow_each_other_day_by_day(tower: Office, first_to, second_from, said):
    tower.drop(
        "收费标准.csv",
        f"{TARIFF_HEADING}\n"
        f"电费,,2020-01-01,{first_to},0.8245,,13%,FE-C2,电费每度0.8245元\n"
        f"电费,,{second_from},,0.8600,0,13%,FE-C2,电费每度0.86元\n"
        "电费,WX,2020-01-01,,0.8000,0,13%,FE-C2,大厦电费\n"
        "水费,*,2020-01-01,,6.10,0,9%,FE-C2,水费每吨6.10元",
    )
    tower.land()
    refused = tower.admit().refused
    if said is None:
        assert not refused
    else:
        assert said in refused[0].message
        assert "前一版本的失效日期应填 2026-10-31" in refused[0].message


# Readings ------------------------------------------------------------------------------------------------


def test_BIL_05_a_reading_below_the_one_before_it_goes_back_and_passing_zero_is_taken(tower: Office):
    read(tower, "D1,2026-09-20,99980,", "D2,2026-09-20,99980,")
    read(tower, "D1,2026-10-19,00030,是", "D2,2026-10-19,00030,")
    assert sent_back(tower) == [(3, "本期读数", "表D2的读数30小于2026-09-20的99980，没有标明过零")]
    assert "过零填 是" in advice(tower)
    assert known_readings(tower) == [("D1", "09-20", 99980), ("D1", "10-19", 30), ("D2", "09-20", 99980)]


def test_BIL_05_equal_readings_are_taken_and_one_less_is_not(tower: Office):
    read(tower, "D1,2026-09-20,100,", "D1,2026-10-10,100,", "D1,2026-10-19,99,")
    assert [line for line, _, _ in sent_back(tower)] == [4]


def test_BIL_05_the_order_of_the_lines_does_not_matter(tower: Office):
    read(tower, "D1,2026-10-19,150,", "D1,2026-09-20,100,", "D1,2026-10-01,90,")
    assert [line for line, _, _ in sent_back(tower)] == [4]


def test_BIL_05_an_earlier_reading_that_comes_late_must_fit_below_the_later_one(tower: Office):
    read(tower, "D1,2026-08-20,100,", "D1,2026-10-19,150,")
    read(tower, "D1,2026-09-20,160,")
    assert sent_back(tower) == [(2, "本期读数", "表D1的读数160大于后来2026-10-19的150")]
    read(tower, "D1,2026-09-20,120,")
    assert known_readings(tower) == [("D1", "08-20", 100), ("D1", "09-20", 120), ("D1", "10-19", 150)]


def test_BIL_05_one_wrong_reading_does_not_drag_the_right_ones_with_it(tower: Office):
    read(tower, "D1,2026-08-20,100,", "D1,2026-10-19,150,")
    read(tower, "D1,2026-09-01,5000,", "D1,2026-09-20,120,")
    assert [line for line, _, _ in sent_back(tower)] == [2]
    assert ("D1", "09-20", 120) in known_readings(tower)


def test_BIL_05_after_a_backward_reading_the_next_one_is_held_against_the_last_good_one(tower: Office):
    read(tower, "D1,2026-08-20,100,", "D1,2026-09-20,50,", "D1,2026-10-19,60,")
    assert [line for line, _, _ in sent_back(tower)] == [3, 4]


def test_BIL_05_a_correction_counts_and_what_it_corrects_does_not(tower: Office):
    read(tower, "D1,2026-08-20,100,", "D1,2026-09-20,1500,")
    read(tower, "D1,2026-09-20,150,", "D1,2026-10-19,200,")
    assert sent_back(tower) == []
    assert known_readings(tower) == [("D1", "08-20", 100), ("D1", "09-20", 150), ("D1", "10-19", 200)]


def test_BIL_05_a_correction_that_goes_back_leaves_the_known_reading_as_a_bound(tower: Office):
    read(tower, "D1,2026-08-20,90,", "D1,2026-09-20,100,")
    read(tower, "D1,2026-09-20,50,", "D1,2026-10-19,95,")
    assert [line for line, _, _ in sent_back(tower)] == [2, 3]
    assert known_readings(tower) == [("D1", "08-20", 90), ("D1", "09-20", 100)]


def test_BIL_05_passing_zero_without_running_backwards_goes_back(tower: Office):
    read(tower, "D1,2026-09-20,100,", "D1,2026-10-19,150,是")
    assert sent_back(tower) == [(3, "过零", "表D1标明过零，读数150却没有小于上一次的读数")]


def test_a_reading_beyond_the_dials_of_an_unknown_meter_or_of_tomorrow_goes_back(tower: Office):
    read(tower, "D1,2026-10-19,100000,", "D9,2026-10-19,1,", "D2,2126-10-19,1,", "D2,2026-10-19,99999.99,")
    assert sorted(sent_back(tower)) == [
        (2, "本期读数", "读数100000超出表D1的5位表盘"),
        (3, "表号", "没有登记表“D9”"),
        (4, "抄表日期", "“2126-10-19”在将来，不合情理"),
    ]
    assert known_readings(tower) == [("D2", "10-19", 99999)]


@pytest.mark.parametrize("heading", ["表号,抄表日期,读数", "电表号,抄表日,示数", "水表号,本期抄表日,本次读数"])
def test_OPS_23_readings_are_known_by_the_headings_that_people_write(tower: Office, heading: str):
    tower.drop("10月抄表.csv", f"序号,{heading},上期读数,用量,备注\n1,D1,2026/10/19,１２０,100,20,x", "gb18030")
    tower.take()
    assert known_readings(tower) == [("D1", "10-19", 120)]


# What speaks of something unknown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "heading"),
    [
        ("固定收费", f"{CHARGE_HEADING}\nHT09,租金,,2026-01-01,2026-12-31,1,9%", "合同号"),
        ("免租期", "合同号,开始日期,结束日期\nHT09,2026-01-01,2026-01-31", "合同号"),
        ("表计归属", "表号,合同号,开始日期,结束日期\nD1,HT09,2026-01-01,2026-12-31", "合同号"),
        ("表计归属", "表号,合同号,开始日期,结束日期\nD9,HT01,2026-01-01,2026-12-31", "表号"),
        ("到账登记", "收据号,到账日期,金额,合同号\nS1,2026-10-19,100,HT09", "合同号"),
        ("期初余额", "合同号,费项,所属月份,到期日,金额\nHT09,租金,2026-09,2026-09-30,5", "合同号"),
        ("减免登记", "减免单号,合同号,费项,金额,生效日期,原因,批准人\nJ1,HT09,租金,5,2026-10-01,x,甲", "合同号"),
        ("房源登记", "楼宇编号,房号,面积\nXX,301,100", "楼宇编号"),
        ("合同登记", f"{CONTRACT_HEADING}\nH3,XX,9,Z1,租赁,2026-01-01,2026-12-31", "楼宇编号"),
        ("表计登记", "表号,楼宇编号,类别,表位数\nD3,XX,电费,5", "楼宇编号"),
        ("收费标准", f"{TARIFF_HEADING}\n电费,XX,2020-01-01,,0.8,,13%,FE-C2,x", "适用楼宇"),
        ("通知单文字", "适用楼宇,位置,生效日期,文字\nXX,温馨提示,2026-10-01,x", "适用楼宇"),
        ("号段", "楼宇编号,月份,起始号\nXX,2026-10,1", "楼宇编号"),
    ],
)  # fmt: skip
def test_a_row_about_something_unknown_goes_back_named(tower: Office, name: str, content: str, heading: str):
    tower.drop(f"{name}.csv", content)
    tower.take()
    [(line, column, reason)] = sent_back(tower)
    assert (line, column) == (2, heading)
    assert reason.startswith("没有登记")


def test_OPS_10_a_contract_of_an_unknown_unit_or_tenant_is_taken_as_billing_names_it(tower: Office):
    tower.drop("合同登记2.csv", f"{CONTRACT_HEADING}\nHT03,WX,399,Z99,租赁,2026-01-01,2026-12-31")
    tower.take()
    assert sent_back(tower) == []


def test_OPS_10_three_bad_rows_of_five_hundred_leave_the_others(tower: Office):
    lines = [f"HT01,其他,项目{number},2026-01-01,2026-12-31,10,6%" for number in range(500)]
    lines[10] = lines[10].replace("HT01", "HT09")
    lines[20] = lines[20].replace("6%", "9%/6%")
    lines[30] = lines[29].replace("2026-01-01", "2026-06-01")
    tower.drop("固定收费.csv", "\n".join([CHARGE_HEADING, *lines]))
    tower.take()
    assert tower.totals()[-1] == (500, 0, 497, 0, 0, 3)
    assert sorted(line for line, _, _ in sent_back(tower)) == [12, 22, 32]


def test_a_row_that_went_back_is_known_as_mended_when_its_contract_has_come(tower: Office):
    row = f"{CHARGE_HEADING}\nHT03,租金,,2026-01-01,2026-12-31,1,9%"
    tower.drop("固定收费.csv", row)
    tower.take()
    tower.drop("合同登记2.csv", f"{CONTRACT_HEADING}\nHT03,WX,303,Z3,租赁,2026-01-01,2026-12-31")
    tower.drop("固定收费2.csv", row + "\nHT03,物业费,,2026-01-01,2026-12-31,1,6%")
    tower.take()
    [mended] = tower.books.query("select state, mended_line_no, effect, row_key from ops.quarantine")
    assert (mended["state"], mended["mended_line_no"]) == ("open", 2)
    assert mended["effect"] == "合同号HT03 费项租金 这项收费没有更新，账单可能少收或按原来的金额收"


# What contradicts what is there --------------------------------------------------------------------------


def test_two_contracts_for_a_unit_on_one_day_send_the_later_back_naming_both(tower: Office):
    tower.drop(
        "合同登记2.csv",
        f"{CONTRACT_HEADING}\n"
        "HT11,WX,301,Z3,租赁,2026-12-31,2027-12-31\n"
        "HT12,WX,302,Z3,租赁,2027-01-01,2027-12-31\n"
        "HT13,WX,302,Z4,业主自用,2027-12-31,2028-12-31\n"
        "HT14,WX,301,KF,未售,2026-01-01,2028-12-31",
    )
    tower.take()
    assert [reason for _, _, reason in sent_back(tower)] == [
        "楼宇WX房号301：合同HT11（2026-12-31至2027-12-31）与已入账的合同HT01（2026-01-01至2026-12-31）重叠",
        "楼宇WX房号302：合同HT13（2027-12-31至2028-12-31）与第3行合同HT12（2027-01-01至2027-12-31）重叠",
    ]
    assert "前一份合同HT12的到期日期应填 2027-12-30" in advice(tower)


def test_BIL_08_a_change_of_tenant_ends_one_contract_and_begins_the_other_in_one_file(tower: Office):
    tower.drop(
        "合同登记2.csv",
        f"{CONTRACT_HEADING}\nHT11,WX,301,Z3,租赁,2026-10-17,2027-12-31\nHT01,WX,301,Z1,租赁,2026-01-01,2026-10-16",
    )
    tower.take()
    assert sent_back(tower) == []
    assert tower.totals()[-1] == (2, 0, 1, 0, 1, 0)


def test_a_known_row_that_comes_again_is_not_sent_back_because_of_a_new_one(tower: Office):
    tower.drop(
        "合同登记2.csv",
        f"{CONTRACT_HEADING}\nHT11,WX,301,Z3,租赁,2026-06-01,2027-12-31\nHT01,WX,301,Z1,租赁,2026-01-01,2026-12-31",
    )
    tower.take()
    assert [line for line, _, _ in sent_back(tower)] == [2]


def test_a_row_that_goes_back_itself_accuses_no_other(tower: Office):
    tower.drop(
        "固定收费.csv",
        f"{CHARGE_HEADING}\n"
        "HT01,租金,,2026-01-01,2026-06-30,3000,9%\n"
        "HT01,租金,,2026-06-30,2026-09-30,3100,9%\n"
        "HT01,租金,,2026-09-30,2026-12-31,3200,9%\n"
        "HT01,租金,另一项,2026-01-01,2026-12-31,50,9%",
    )
    tower.take()
    assert sent_back(tower) == [(3, "开始日期", "合同HT01的租金与第2行 2026-01-01至2026-06-30的重叠")]
    assert advice(tower).startswith("前一段的结束日期应填 2026-06-29")


@pytest.mark.parametrize(
    ("name", "heading", "rows"),
    [
        ("免租期", "合同号,开始日期,结束日期", ["HT01,2026-01-01,2026-01-31", "HT01,2026-01-31,2026-02-28"]),
        (
            "表计归属",
            "表号,合同号,开始日期,结束日期",
            ["D1,HT01,2026-01-01,2026-06-30", "D1,HT02,2026-01-01,2026-12-31", "D1,HT01,2026-06-30,2026-12-31"],
        ),
    ],
)
def test_days_that_would_count_twice_send_the_later_row_back(tower: Office, name: str, heading: str, rows: list[str]):
    tower.drop(f"{name}.csv", "\n".join([heading, *rows]))
    tower.take()
    assert [line for line, _, _ in sent_back(tower)] == [len(rows) + 1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("D3,WX,电费,5,D1", None),
        ("D3,WX,电费,5,D9", "换下的旧表“D9”没有登记"),
        ("D3,WX,水费,5,D1", "换下的旧表“D1”是楼宇WX的电表，与本行不同"),
        ("D3,WX,电费,5,D3", "换下的旧表号就是本表的表号"),
        ("D4,WX,电费,5,D2\nD3,WX,电费,5,D2", "旧表“D2”已登记由表“D4”换下"),
    ],
)
def test_BIL_04_a_meter_replaces_one_that_is_known_of_its_tower_and_kind(tower: Office, line: str, said):
    tower.drop("表计登记2.csv", f"表号,楼宇编号,类别,表位数,换下的旧表号\n{line}")
    tower.take()
    assert [reason for _, _, reason in sent_back(tower)] == ([said] if said else [])


# Money that came in, and what was let off ----------------------------------------------------------------


@pytest.mark.parametrize("contract", ["", "-", "/", "无"])
def test_a_receipt_without_a_contract_waits_to_be_claimed(tower: Office, contract: str):
    tower.drop("到账登记.csv", f'收据号,到账日期,金额,合同号,付款人\n0001,2026-10-19,"1,000.00",{contract},某公司')
    tower.take()
    tower.books.expect("""
        fees.payment
        receipt_no | paid_on    | amount  | contract_no | payer_name | status
        0001       | 2026-10-19 | 1000.00 | -           | 某公司     | 有效
    """)


def test_a_receipt_that_comes_again_with_other_content_corrects_the_first(tower: Office):
    tower.drop("到账登记.csv", "收据号,到账日期,金额,合同号\n0001,2026-10-19,1000,")
    tower.take()
    tower.drop("到账登记2.csv", "收据号,到账日期,金额,合同号\n0001,2026-10-19,1000,HT01")
    tower.take()
    tower.drop("到账登记3.csv", "收据号,到账日期,金额,合同号,状态\n0001,2026-10-19,1000,HT01,作废")
    tower.take()
    assert [total[-2] for total in tower.totals()[-3:]] == [0, 1, 1]
    assert tower.books.query(
        "select contract_no, status from fees.payment where superseded_at = 'infinity'"
    ) == [{"contract_no": "HT01", "status": "作废"}]  # fmt: skip


@pytest.mark.parametrize("approver", ["", "无", "-", "待批", "未批准"])
def test_BIL_22_a_waiver_that_nobody_approved_goes_back(tower: Office, approver: str):
    tower.drop(
        "减免登记.csv", f"减免单号,合同号,费项,金额,生效日期,原因,批准人\nJ1,HT01,租金,300,2026-10-01,漏水,{approver}"
    )
    tower.take()
    [(line, heading, _)] = sent_back(tower)
    assert (line, heading) == (2, "批准人")


def test_money_in_advance_needs_no_due_day_and_a_debt_does(tower: Office):
    tower.drop(
        "期初余额.csv",
        "合同号,费项,所属月份,到期日,金额\n"
        "HT01,预收,2026-09,,200\n"
        "HT01,租金,2026-09,2026-09-30,3000\n"
        "HT01,物业费,2026-09,,500",
    )
    tower.take()
    assert sent_back(tower) == [(4, "到期日", "欠费没有填到期日")]
