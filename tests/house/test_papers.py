"""Papers to contractors: they add up or do not exist, say what the rules ask, and are the same bytes every time."""

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from backoffice.database import ROOT
from backoffice.notices import NoticeError, in_capitals, threats_in
from backoffice.notices.contractor_papers import Defect
from backoffice.notices.merge import bind
from backoffice.notices.paper import Account, Column, Opinion, Section, Table, Term
from backoffice.notices.render import missing_glyphs, pages_of, render
from tests.house.test_notices import words_of
from tests.notices import notice
from tests.papers import (
    EAST,
    EXAMPLES,
    LEAK,
    ORDERS,
    WEST,
    asked,
    confirmed,
    deducted,
    head,
    many,
    released,
    shared,
)

D = Decimal


def pages_as_printed(pdf):
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


# --- sums ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: confirmed(total=D("22147.24")),
            "QR-QY-202611-0003：费用明细（4项）“审定金额(元)”合计22,147.24，各行相加为22,147.23，相差0.01",
        ),
        (
            lambda: replace(confirmed(), amount=D("22147.22")),
            "维修费用确认通知单 QR-QY-202611-0003：审定金额合计22,147.22，明细合计22,147.23，相差-0.01",
        ),
        (
            lambda: deducted(deducted_total=D("25147.24")),
            "质保金扣款通知单（对账单） KK-QY-202610-0003：本期扣款25,147.24，明细合计25,147.23，相差0.01",
        ),
        (
            lambda: released(payable=D("39200.01")),
            "TH-QY-202610-0001：期末余额41,000.00−冻结1,800.00=39,200.00，而应退金额为39,200.01，相差0.01",
        ),
        (lambda: replace(confirmed(), amount_label="应付"), "应付22,147.23，没有明细"),
        (lambda: confirmed(orders=(replace(ORDERS[0], audited_amount=4860.0),), total=D(0)), "是浮点数4860.0"),
        (
            lambda: confirmed(orders=(replace(ORDERS[0], charged_amount=D("0.001")),), total=D("0.001")),
            "=0.001，金额只到分",
        ),
    ],
)
def test_a_paper_that_does_not_add_up_is_refused_by_name_and_figures(make, sentence):
    with pytest.raises(NoticeError) as refused:
        make()
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            {"closing": D("39052.78"), "available": D("37252.78")},
            "期初余额58,200.00+本期增加1,800.00−本期扣款22,147.23+冲回1,200.00−退还0.00=39,052.77，而期末余额为39,052.78",
        ),
        ({"available": D("39052.77")}, "期末余额39,052.77−冻结1,800.00=37,252.77，而可用余额为39,052.77，相差1,800.00"),
        ({"moved": WEST.moved[1:]}, "本期增加1,800.00，明细合计0.00，相差1,800.00"),
        ({"moved": WEST.moved[:1]}, "冲回1,200.00，明细合计0.00"),
        ({"moved": ()}, "本期增加1,800.00，明细合计0.00"),
        ({"deducted": ()}, "本期扣款“扣款(元)”合计22,147.23，各行相加为0.00"),
        ({"disputed": ()}, "冻结1,800.00，明细合计0.00"),
        ({"reserved": D("0.00"), "available": D("39052.77")}, "争议冻结“冻结(元)”合计0.00，各行相加为1,800.00"),
        ({"claimed": D("0.01")}, "“转索赔(元)”合计0.01，各行相加为0.00"),
    ],
)
def test_WAR_22_a_contract_whose_balance_does_not_roll_forward_is_refused_by_its_number(wrong, sentence):
    with pytest.raises(NoticeError, match=r"^质保金扣款通知单（对账单） KK-QY-202610-0003：QY-SG-2022-031") as refused:
        deducted((EAST, replace(WEST, **wrong)))
    assert sentence in str(refused.value)


def test_WAR_09_an_order_is_deducted_and_claimed_to_the_cent_of_what_the_contractor_bears():
    moved = (EAST.deducted[0], replace(EAST.deducted[1], claimed_amount=D("1499.99")))
    with pytest.raises(NoticeError, match=r"PG-202610-0102应承担2,000\.00，扣款500\.00与转索赔1,499\.99之和不等"):
        deducted((replace(EAST, deducted=moved, claimed=D("1499.99")),))


def test_a_name_stands_for_one_figure():
    twice = Section(
        accounts=(
            Account((Term("期初余额", "", D("5.00")),), Term("期末余额", "", D("5.00"))),
            Account((Term("期末余额", "", D("4.00")),), Term("可用余额", "", D("4.00"))),
        )
    )
    with pytest.raises(NoticeError, match=r"期末余额有两个数：5\.00和4\.00"):
        replace(confirmed(), sections=(*confirmed().sections, twice))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (Table("甲", (Column("项目"),), (("一", "二"),)), "甲第1行有2格，应为1格"),
        (Table("甲", (Column("项目"),), ((D("1.00"),),)), "甲第1行“项目”不是金额栏，却有金额1.00"),
        (Table("甲", (Column("金额", is_money=True, is_total=True),), ()), "甲有1个合计栏，却给出0个合计"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(table, sentence):
    with pytest.raises(NoticeError, match=re.escape(sentence)):
        replace(confirmed(), sections=(*confirmed().sections, Section(tables=(table,))))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"due_on": date(2026, 11, 4)}, "书面确认或提出异议的期限2026-11-04，早于开单日期2026-11-05"),
        ({"due_on": None}, "金额、期限须与其名称同时给出"),
        ({"amount": None}, "金额、期限须与其名称同时给出"),
        ({"amount": D("-1.00")}, "须为零或正数且能大写"),
        ({"number": "QR/1"}, "单号“QR/1”不能用作文件名"),
        ({"number": ""}, "单号“”不能用作文件名"),
    ],
)
def test_a_paper_that_contradicts_itself_is_refused(wrong, sentence):
    with pytest.raises(NoticeError, match=re.escape(sentence)):
        replace(confirmed(), **wrong)


# --- words -----------------------------------------------------------------------------------------------------------


def test_no_sentence_of_the_house_may_threaten_and_a_defect_may_speak_of_water_and_power():
    assert "全楼断电" in words_of(render(asked()))
    with pytest.raises(NoticeError, match="说明第1句含有以停水停电等相威胁的措辞“停水”“停电”"):
        replace(asked(), closing=("逾期停水停电",))
    with pytest.raises(NoticeError, match="正文第1句"):
        replace(asked(), opening=("逾期不来的，停止供电",))
    with pytest.raises(NoticeError, match="联系方式第1句"):
        replace(asked(), contact="逾期断水 010-5555 0166")


@pytest.mark.parametrize("name", ["paper.typ", "stationery.typ"])
def test_the_form_itself_threatens_nobody_and_every_character_of_it_can_be_shown(name):
    source = (ROOT / "templates/notices" / name).read_text(encoding="utf-8")
    assert threats_in(source) == []
    assert missing_glyphs(source.replace("\n", "")) == ""


def test_a_character_without_glyph_is_refused_with_field_and_code_point():
    with pytest.raises(
        NoticeError, match=r"维修费用确认通知单 QR-QY-202611-0003：致\(addressee\)中有.*“😀”\(U\+1F600\)"
    ):
        render(replace(confirmed(), addressee="鼎固😀建设"))
    with pytest.raises(NoticeError, match=r"明细\(sections\[1\]\.tables\[1\]\.rows\[1\]\[3\]\)中有.*字符U\+000A"):
        render(confirmed(orders=(replace(ORDERS[0], defect="渗漏\n两处"),)))


def test_a_text_that_looks_like_code_is_printed_as_it_is():
    looks = '#read("x") *a* _b_ $x$ @y <z> `c` [渗漏]'
    assert re.sub(r"\s", "", looks) in words_of(render(confirmed(orders=(replace(ORDERS[0], defect=looks),))))


def test_a_number_wider_than_its_column_gives_way_and_loses_nothing():
    number = "KC2026090086" * 4
    [page] = PdfReader(BytesIO(render(confirmed(orders=(replace(ORDERS[0], liability=number),))))).pages
    assert "KC2026090086\n" * 4 in page.extract_text().replace("\u200b", "")


# --- the four papers -------------------------------------------------------------------------------------------------


def test_WAR_05_a_notice_before_the_repair_says_what_why_until_when_and_what_happens_otherwise():
    words = words_of(render(asked()))
    for told in (
        "青屿置业有限公司", "维修通知", "No.TZ-QY-202611-0002", "第1版", "致：鼎固建设工程有限公司", "青屿花园二期",
        "QY-SG-2022-031", "QY-SG-2022-031-补2", "请于此日前维修或书面答复2026年11月12日（含当日）", "PG-202610-0117",
        "7号楼2单元1502室卫生间", "2026-10-27", "建设工程质量管理条例第四十条",
        "（建质〔2017〕138号）第九条、施工合同第12.3条", "从本合同质保金中扣除", "派工单PG-202611-0004属紧急抢修",
        "业主使用不当或第三方", "weixiu@qingyu.example", "丁先生010-5555", "□自行维修", "□委托贵公司维修",
        "签收人及日期", "盖章处", "第1页/共1页",
    ):  # fmt: skip
        assert told in words, told


def test_WAR_05_without_a_supplementary_agreement_nothing_is_said_of_a_deduction():
    words = words_of(render(asked(supplement_no=None)))
    assert "补充协议无" in words
    assert "本通知不作为从质保金扣款的依据" in words
    assert "从本合同质保金中扣除" not in words


def test_WAR_05_emergencies_alone_call_nobody_to_a_repair_that_is_done():
    made = asked(
        defects=(Defect("PG-202611-0004", "7号楼", "立管脱落", date(2026, 11, 2), "保修期内", "照片6张"),),
    )
    words = words_of(render(made))
    assert "因情况紧急已先行抢修" in words and "请于此日前书面答复2026年11月12日" in words
    assert "派员到现场维修" not in words and "自行维修" not in words and "逾期" not in words


def test_WAR_08_a_confirmation_says_order_by_order_what_is_asked_in_figures_and_capitals():
    words = words_of(render(confirmed()))
    for told in (
        "维修费用确认通知单", "No.QR-QY-202611-0003", "致：鼎固建设工程有限公司",
        "派工单号部位缺陷责任依据完工日审定金额(元)附件",
        "审定金额合计(小写)¥22,147.23", "大写人民币贰万贰仟壹佰肆拾柒元贰角叁分", "2026年11月20日（含当日）",
        "2026-10-094,860.00", "12,735.50", "1,218.40", "3,333.33", "合计22,147.23", "客户签认",
        "请于2026年11月20日前（含当日）书面确认，或对金额、责任、分摊提出异议", "□同意上述金额",
        "□部分有异议（附书面说明）", "签收日期", "盖章处",
    ):  # fmt: skip
        assert told in words, told
    assert LEAK in words
    assert in_capitals(confirmed().amount) in words


def test_WAR_08_silence_is_consent_only_by_a_clause_and_otherwise_escalated():
    told, untold = words_of(render(confirmed())), words_of(render(confirmed(silence_clause=None)))
    assert "逾期未书面答复的，按施工合同第12.4条的约定视为贵司确认上述金额" in told
    assert "不视为同意" not in told
    assert "逾期未答复不视为同意" in untold
    assert "报公司领导处理，在此之前不扣款" in untold
    assert "视为贵司确认" not in untold
    assert confirmed(silence_clause="").closing == confirmed(silence_clause=None).closing


def test_WAR_19_21_a_shared_cause_and_a_management_charge_say_how_they_are_reckoned():
    words = words_of(render(shared()))
    for told in ("应承担金额合计(小写)¥20,935.74", "责任分摊60%", "2,000.00", "另加管理费10%", "1,340.24", "22,147.23",
                 "各单均附：照片、会签表、客户签认"):  # fmt: skip
        assert told in words, told
    assert "承担计算" not in words_of(render(confirmed()))


def test_WAR_07_09_a_statement_shows_each_contract_with_its_balance_what_is_reserved_and_what_is_claimed():
    words = words_of(render(deducted()))
    for told in (
        "质保金扣款通知单（对账单）", "No.KK-QY-202610-0003", "期间2026年10月", "本期扣款(小写)¥25,147.23",
        "QY-SG-2022-031", "缺陷责任期至2026年12月31日", "58,200.00", "39,052.77", "37,252.77", "期初余额", "本期增加",
        "冲回", "退还", "期末余额", "冻结", "可用余额", "CH-202610-0001", "PZ-202610-0231", "争议冻结",
        "合计4,500.003,000.001,500.00", "转索赔合计1,500.00元", "互不抵扣", "本期无", "26,500.00",
        "请于2026年11月20日前（含当日）书面提出", "制单沈知夏", "复核韩松年", "认定", "财务",
    ):  # fmt: skip
        assert told in words, told
    assert words.index("QY-SG-2022-031") < words.index("QY-SG-2023-008") < words.index("QY-SG-2024-019")


def test_WAR_14_a_release_says_what_is_due_by_when_and_asks_each_department_for_its_opinion():
    words = words_of(render(released()))
    for told in (
        "质保金退还审批表", "No.TH-QY-202610-0001", "到期日2026年10月15日", "收到日2026年10月20日",
        "核实期限2026年11月3日（收到后14日）", "返还期限2026年11月17日（含当日）", "应退金额(小写)¥39,200.00",
        "人民币叁万玖仟贰佰元整", "41,000.00", "1,800.00", "客户服务部保修期质量情况、配合状况", "工程材料部",
        "审计核算部", "财务计统部", "公司领导", "同意。保修期内共报修63件",
        "签名丁一帆日期2026年10月26日", "只签名无效",
    ):  # fmt: skip
        assert told in words, told
    assert "致：" not in words
    assert words.count("签名") == 6


def test_a_signature_without_a_written_opinion_is_refused():
    with pytest.raises(NoticeError, match="TH-QY-202610-0001：审计核算部没有书面意见，只签名无效"):
        released(opinions=(Opinion("审计核算部", "", "同意", " ", "沈知夏", date(2026, 10, 28)),))
    with pytest.raises(NoticeError, match="审计核算部的意见没有签名或日期"):
        released(opinions=(Opinion("审计核算部", opinion="核对无误", signed_on=date(2026, 10, 28)),))
    with pytest.raises(ValueError, match="保安部 gives no opinion"):
        released(opinions=(Opinion("保安部"),))


# --- pages and bytes -------------------------------------------------------------------------------------------------


def test_twenty_four_orders_take_two_pages_with_the_head_repeated_and_pages_counted():
    pages = pages_as_printed(render(many(24)))
    assert len(pages) == 2
    assert all("派工单号部位缺陷责任依据完工日审定金额(元)附件" in page for page in pages)
    assert [f"第{number}页/共2页" in page for number, page in enumerate(pages, 1)] == [True, True]
    assert pages[1].startswith("维修费用确认通知单QR-QY-202611-0003鼎固建设工程有限公司")
    assert sum(page.count("PG-202610-00") for page in pages) == 24
    assert "合计132,883.38" in pages[1] and "合计132,883.38" not in pages[0].partition("派工单号")[2]


def test_a_defect_longer_than_a_page_is_torn_and_not_cut():
    torn = replace(ORDERS[0], defect=LEAK * 30)
    pages = pages_as_printed(render(confirmed(orders=(torn,))))
    found = [page.count("闭水试验") for page in pages]
    assert sum(found) > 55 and max(found) < 50, found  # a word may itself be torn


def test_pages_are_a4_and_carry_only_their_own_fonts():
    reader = PdfReader(BytesIO(render(confirmed())))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert {font.split("+")[1].removesuffix("-Identity-H") for font in fonts} == {
        "NotoSansSC-Regular",
        "NotoSerifSC-Regular",
    }
    assert reader.metadata.title == "维修费用确认通知单 QR-QY-202611-0003"


PRINT_HASH = (
    "import hashlib; from tests.papers import deducted; from backoffice.notices.render import render;"
    "print(hashlib.sha256(render(deducted())).hexdigest())"
)


def test_the_same_paper_gives_the_same_bytes_again_and_in_another_process():
    first = {name: render(make()) for name, make in EXAMPLES.items()}
    render(notice())
    assert {name: render(make()) for name, make in EXAMPLES.items()} == first
    other = subprocess.run(
        [sys.executable, "-c", PRINT_HASH], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    assert other == hashlib.sha256(first["deducted"]).hexdigest()


def test_a_cent_changes_the_bytes():
    dearer = (replace(ORDERS[0], audited_amount=D("4860.01"), charged_amount=D("4860.01")), *ORDERS[1:])
    assert render(confirmed(orders=dearer)) != render(confirmed())


def test_papers_and_notices_are_bound_into_one_file_and_look_as_they_do_alone():
    made = [confirmed(), many(24), notice(), deducted()]
    pairs = [(one, pages_of(render(one))) for one in made]
    bound = bind(pairs)
    assert pages_as_printed(bound) == [page for one in made for page in pages_as_printed(render(one))]
    reader = PdfReader(BytesIO(bound))
    assert [(mark.title, reader.get_destination_page_number(mark)) for mark in reader.outline] == [
        ("QR-QY-202611-0003 鼎固建设工程有限公司", 0),
        ("QR-QY-202611-0003 鼎固建设工程有限公司", 1),
        ("1203 星河贸易有限公司", 3),
        ("KK-QY-202610-0003 鼎固建设工程有限公司", 4),
    ]


def test_a_revision_is_called_so():
    assert "第2版(更正)" in words_of(render(confirmed(head=head("QR-QY-202611-0003", revision=2))))
