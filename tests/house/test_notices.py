"""Payment notices: sums hold, words are right, nothing threatens, same notice same bytes (BIL-16, 19, 24)."""

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from backoffice.database import ROOT
from backoffice.notices import Arrear, CapitalsError, LateFee, NoticeError, Waiver, in_capitals, threats_in
from backoffice.notices import render as rendering
from backoffice.notices.merge import bind
from backoffice.notices.render import RenderError, document_of, missing_glyphs, pages_of, qr_payload, render, renderer
from tests.notices import (
    EXAMPLES,
    MANAGER,
    OWNER,
    awkward,
    corrected,
    electricity,
    full,
    long,
    notice,
    property_fee,
    rent,
    surplus,
    water,
)

D = Decimal


def words_of(pdf):
    """The text of a PDF without blanks and line ends: what is printed, whatever the columns."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def read_capitals(text):
    """An independent reader: from the left, a unit multiplies what it closes."""
    yuan, _, rest = text.removeprefix("人民币").removesuffix("整").rpartition("元")
    total = section = digit = 0
    for sign in yuan:
        if sign in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign)
        elif sign in "拾佰仟":
            section, digit = section + digit * 10 ** ("拾佰仟".index(sign) + 1), 0
        else:
            total, section, digit = total + (section + digit) * {"万": 10**4, "亿": 10**8}[sign], 0, 0
    cents = {"角": 0, "分": 0}
    for number, unit in re.findall("([壹贰叁肆伍陆柒捌玖])([角分])", rest):
        cents[unit] = "零壹贰叁肆伍陆柒捌玖".index(number)
    return D(total + section + digit) + D(cents["角"]) / 10 + D(cents["分"]) / 100


# --- amounts in capitals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        ("107.19", "人民币壹佰零柒元壹角玖分"),
        ("1000.00", "人民币壹仟元整"),
        ("10050.60", "人民币壹万零伍拾元陆角整"),
        ("0.82", "人民币捌角贰分"),
        ("0.00", "人民币零元整"),
        ("0.05", "人民币伍分"),
        ("10.00", "人民币壹拾元整"),
        ("1005.05", "人民币壹仟零伍元零伍分"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("100000000.00", "人民币壹亿元整"),
        ("100000001.01", "人民币壹亿零壹元零壹分"),
        ("100001000.00", "人民币壹亿零壹仟元整"),
        ("1000100000.00", "人民币壹拾亿零壹拾万元整"),
    ],
)
def test_BIL_24_amounts_are_written_in_capitals_as_banks_do(amount, capitals):
    assert in_capitals(D(amount)) == capitals


@given(st.integers(min_value=0, max_value=10**14 - 1))
def test_capitals_read_back_are_the_amount(cents):
    amount = D(cents) / 100
    text = in_capitals(amount)
    assert read_capitals(text) == amount
    assert "零零" not in text
    assert text.endswith(("整", "分"))


@pytest.mark.parametrize("amount", [D("-0.01"), D("0.001"), D("1E12"), D("NaN"), 1.5, 3])
def test_what_has_no_capitals_is_refused(amount):
    with pytest.raises(CapitalsError):
        in_capitals(amount)


# --- sums ------------------------------------------------------------------------------------------------------------


def test_every_example_adds_up_by_payee_and_in_all():
    for make in EXAMPLES.values():
        made = make()
        assert sum(payee.subtotal for payee in made.payees) == made.payable_amount
        assert made.payable_amount == (
            made.opening_amount + made.charge_amount + made.late_fee_amount + made.correction_amount
            - made.waived_here - made.credit_applied + made.credit_added
        )  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"payable_amount": D("4183.98")}, "本次应缴4183.98，各项相加减为4183.97，相差0.01"),
        ({"charge_amount": D("4183.96")}, "本期费用4183.96，明细合计4183.97，相差-0.01"),
        ({"opening_amount": D("0.01")}, "期初欠费0.01，明细合计0，相差0.01"),
        ({"late_fee_amount": D("0.01")}, "违约金0.01，明细合计0"),
        ({"correction_amount": D("0.01")}, "红蓝字0.01，明细合计0"),
        ({"credit_applied": D("0.01")}, "本次应缴4183.97，各项相加减为4183.96"),
        ({"credit_left": D("-1.00")}, "预收余额不能为负"),
        ({"payable_amount": 4183.97}, "payable_amount是浮点数"),
        ({"credit_left": D("0.001")}, "credit_left=0.001，金额只到分"),
        ({"known_at": datetime(2026, 10, 20, 9, 30)}, "缺少时区"),  # noqa: DTZ001 - that is the fault
        ({"is_correction": True}, "更正通知须有更正说明"),
    ],
)
def test_a_notice_that_does_not_add_up_is_refused_by_name(wrong, sentence):
    with pytest.raises(NoticeError, match=r"^交款通知书 JK-QY-202610-0012：") as refused:
        replace(notice(), **wrong)
    assert sentence in str(refused.value)


def test_a_cent_moved_from_one_payee_to_the_other_is_refused():
    made = notice()
    owner, manager = made.payees
    moved = (
        replace(owner, subtotal=owner.subtotal - D("0.01")),
        replace(manager, subtotal=manager.subtotal + D("0.01")),
    )
    with pytest.raises(NoticeError, match=r"青屿物业服务有限公司小计1183.98，须在0与其各项合计1183.97之间"):
        replace(made, payees=moved)


def test_a_line_goes_to_the_payee_of_its_charge_kind_and_a_kind_to_one_payee():
    with pytest.raises(NoticeError, match="收款单位WY01，与账户所列YZ01不一致"):
        notice((replace(rent(), payee_id=MANAGER), property_fee()))
    made = notice()
    with pytest.raises(NoticeError, match="有一个以上收款单位"):
        replace(made, payees=(made.payees[0], replace(made.payees[1], charge_kinds=("租金", "物业费", "电费", "水费"))))
    with pytest.raises(NoticeError, match="收款单位重复"):
        replace(made, payees=(*made.payees, replace(made.payees[0], charge_kinds=())))
    with pytest.raises(NoticeError, match="费项“水费”没有收款单位"):
        replace(made, payees=(made.payees[0], replace(made.payees[1], charge_kinds=("物业费", "电费"))))


def test_arrears_and_late_fees_go_to_whom_their_charge_kind_goes_and_credit_is_taken_off_there():
    made = notice(
        (rent(), property_fee()),
        arrears=(Arrear(date(2026, 9, 1), "租金", D("1000.00")),),
        late_fees=(
            LateFee("租金", date(2026, 9, 1), D("1000.00"), D("0.0005"), 20, date(2026, 9, 30), date(2026, 10, 19),
                    "合同第8.2条", D("10.00")),
        ),
        credit={MANAGER: "60.00"},
    )  # fmt: skip
    assert [(payee.payee_id, payee.subtotal) for payee in made.payees] == [
        (OWNER, D("4010.00")),
        (MANAGER, D("1000.00")),
    ]


def test_a_red_entry_larger_than_the_charges_of_its_payee_becomes_credit_not_a_discount_elsewhere():
    made = surplus()
    assert [payee.subtotal for payee in made.payees] == [D("3000.00"), D("0.00")]
    assert made.credit_added == made.credit_left == D("98.94")
    assert "红字多出的98.94元已转入预收；此账户本次无需付款。" in words_of(render(made))


def test_a_waiver_counts_once():
    waiver = Waiver("物业费", date(2026, 11, 1), D("300.00"), "电梯停运补偿", "总经理 何知远", is_in_opening=False)
    assert notice(waivers=(waiver,)).payable_amount == notice().payable_amount - 300
    assert notice(waivers=(replace(waiver, is_in_opening=True),)).payable_amount == notice().payable_amount


def test_late_fees_count_both_ends_and_never_exceed_principal_by_rate_by_days():
    fee = full().late_fees[0]
    with pytest.raises(NoticeError, match="为49天，而不是48天"):
        replace(full(), late_fees=(replace(fee, day_count=48),))
    with pytest.raises(NoticeError, match=r"违约金12\.26，按本金×日率×天数至多12\.25"):
        notice(arrears=full().arrears, late_fees=(replace(fee, amount=D("12.26")),))


# --- threats ---------------------------------------------------------------------------------------------------------

THREATS = [
    "逾期停水停电",
    "逾期未缴的，将采取停水、停电措施",
    "逾期不缴，我司有权切断供水",
    "欠费满一个月的，断电处理",
    "如不按时缴清，将限电",
    "否则停供热水",
    "我司将暂停供暖",
    "将中断对贵户的供电",
    "不缴费的不予供电",
    "逾期将停止供应燃气",
    "逾期将拉闸",
    "未缴清前禁止进入大厦",
    "逾期将停用门禁卡",
    "逾期将锁门",
    "逾期将按检修停电处理",
    "停 水 停 电",
    "逾期将“断水”",
    "届时关闭您的水阀",
    "我公司保留停气的权利",
    "不得不停电",
    "逾期者断其用水",
    "逾期将停电梯",
    "停掉空调",
    "拒绝其人员进入办公区，直至缴清欠费",
    "逾期，水电将被切断",
    "将限制用电",
    "将停止一切水电供应",
    "逾期将切断贵司的电力供应",
    "欠费者届时停止供水",
    "届时停止供水",
    "届时按检修停水处理",
    "请于11月8日前缴清，届时检修停水",
    "11月8日前仍不处理的，届时检修停水",
    "11月8日检修水管，欠费单位届时停水",
    "11月8日检修水管，未交物业费的届时停水",
    "11月8日检修，租金未到的届时不予供电",
    "物业费请于11月8日前交清。届时检修停水",
    "11月8日届时停水停电",
    "11月8日起届时锁门，检修期间不得进入",
]

HARMLESS = [
    "停电检修通知请见公告栏。",
    "因市政施工，10月25日9:00至11:00停水，请提前储水。",
    "如遇停电请联系物业服务中心",
    "我司不会因欠费停水、停电",
    "物业服务企业不得以停止供水、供电等方式催交费用",
    "节假日请关闭电源和水阀",
    "下班后请切断电源",
    "电费按抄表读数计收",
    "请于10月31日前缴清水费、电费",
    "停车费按月计收，电费按表计收",
    "停车场用电另计",
    "禁止进入配电房，注意安全",
    "逾期付款的，按合同第8.2条每日万分之五计收违约金",
    "应缴期限水电费一并缴纳",
    "如有疑问请致电客服，电话同上",
    "供电公司计划停电期间电梯停运，请谅解",
    "退租时请交回门禁卡",
    "限电话预约",
    "判断水表读数有误的请提出异议",
    "请在收到本通知后停止使用旧账户付款",
    "旧账户已停用，请勿再汇入",
    "电梯停运补偿",
    "11月8日上午检修12层水管，届时该层暂停供水两小时，请提前储水。",
    "11月8日9:00—11:00电网检修，届时本楼停电，请提前保存资料",
    "本周六下午清洗水箱，届时全楼停水，不便之处敬请谅解",
    "明日凌晨空调主机维护，届时停供空调一小时",
    "11月8日上午检修电梯，届时停梯两小时",
]


@pytest.mark.parametrize("sentence", THREATS)
def test_a_threat_to_cut_somebody_off_is_found(sentence):
    assert threats_in(sentence)


@pytest.mark.parametrize("sentence", HARMLESS)
def test_what_threatens_nobody_is_let_through(sentence):
    assert threats_in(sentence) == []


def test_no_sentence_of_a_notice_may_threaten_whoever_worded_it():
    with pytest.raises(NoticeError, match="第1条说明含有以停水停电等相威胁的措辞“停水”“停电”"):
        notice(wording=("逾期停水停电",))
    box = replace(corrected().correction, refund_way="逾期不补的停电")
    with pytest.raises(NoticeError, match="多退少补方式"):
        replace(corrected(), correction=box)


def test_the_form_itself_threatens_nobody():
    assert threats_in((ROOT / "templates/notices/notice.typ").read_text(encoding="utf-8")) == []


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_says_every_sum_and_who_is_paid_what():
    made = full()
    words = words_of(render(made))
    for told in (
        "青屿国际大厦交款通知书", "No.JK-QY-202610-0012", "第1版", "致：星河贸易有限公司", "QY-ZL-2025-0417",
        "¥5,011.05", "人民币伍仟零壹拾壹元零伍分", "2026年10月31日（含当日）",
        "账款统计至2026年10月19日24:00，此后到账未计入", "资料入库截止2026-10-2009:30",
        "①小计¥2,800.00", "②小计¥2,211.05", "已扣除预收抵扣200.00元", "6200000000000001234", "示例银行城东支行",
        "本期费用合计4,221.07", "期初欠费合计1,000.00", "违约金合计12.25", "0.05%", "49", "合同第8.2条",
        "HZ-QY-202610-0001", "-107.19", "84.92", "更正净额-22.27", "电梯停运补偿", "300.00", "9%", "6%", "13%",
        "10,250.4", "10,380.4", "130kWh", "0.8245", "估算",
        "付款附言请注明单号：JK-QY-202610-0012", "收到之日起7日内", "收费处林女士", "本通知不作为发票或收款凭证",
        "周一鸣", "郑书言", "盖章处",
    ):  # fmt: skip
        assert told in words, told


def test_a_correction_says_first_what_it_replaces_and_what_becomes_of_the_difference():
    words = words_of(render(corrected()))
    assert "交款通知书（更正）No.JK-QY-202610-0012-G1第2版(更正)" in words
    box = words.index("更正说明本通知替代原单JK-QY-202610-0012，请以本通知为准")
    assert box < words.index("致：")
    for told in ("4,183.97", "-107.19", "84.92", "-22.27", "4,161.70", "多付的22.27元转为预收"):
        assert box < words.index(told) < words.index("致："), told


def test_an_unread_meter_is_told_and_not_charged_and_nothing_is_printed_as_zero():
    words = words_of(render(awkward()))
    assert "待抄表：D-1203-1本期尚无读数，未计入本次应缴" in words
    assert "0.8245待抄表13%" in words
    assert "10,250.410,250.40kWh0.82450.00" in words
    assert "本次无需付款" in words
    assert "人民币零元整" in words
    assert "付款附言" not in words


def test_a_name_that_looks_like_code_is_printed_as_it_is():
    assert '致：#read("x")*a*_b_$x$@y<z>`c`\\n[贸易]有限公司' in words_of(render(awkward()))


def test_sixty_lines_take_two_pages_with_the_head_repeated_and_pages_counted():
    pages = [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(BytesIO(render(long(60)))).pages]
    assert len(pages) == 2
    assert all("费项期间上期读数本期读数" in page for page in pages)
    assert [f"第{number}页/共2页" in page for number, page in enumerate(pages, 1)] == [True, True]
    assert sum(page.count("D-12") for page in pages) == 60
    assert "本期费用合计6,431.40" in pages[1]


def test_pages_are_a4_and_carry_only_their_own_fonts():
    reader = PdfReader(BytesIO(render(notice())))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert {font.split("+")[1].removesuffix("-Identity-H") for font in fonts} == {
        "NotoSansSC-Regular",
        "NotoSerifSC-Regular",
    }


def test_the_qr_code_says_number_and_amount():
    assert qr_payload(full()) == "JK-QY-202610-0012 CNY 5011.05"
    assert document_of(full())["qr"].count("<path") == 1


@pytest.mark.parametrize("cents", [0, 82, 10719, 501105, 99999999, 10**12 - 1])
def test_the_qr_code_is_drawn_as_its_library_draws_it(cents):
    payload = f"JK-QY-202610-{cents % 9973:04} CNY {D(cents) / 100:.2f}"
    code = segno.make(payload, error="m", micro=False, mask=3)
    assert rendering._qr_svg(payload) == code.svg_inline(border=0, omitsize=True, svgclass=None, lineclass=None)


def test_a_character_without_glyph_is_refused_with_field_and_code_point():
    assert missing_glyphs("星河贸易有限公司 ①㎡×") == ""
    assert missing_glyphs("星\u200b河😀😀\n") == "\u200b😀\n"
    with pytest.raises(
        NoticeError, match=r"交款通知书 JK-QY-202610-0012：租户\(tenant_name\)中有字体无法显示的字符“😀”\(U\+1F600\)"
    ):
        render(notice(tenant_name="星河😀贸易"))
    with pytest.raises(NoticeError, match=r"费用明细\(lines\[4\]\.item\).*字符U\+000A"):
        render(notice((rent(), property_fee(), electricity(), replace(water(), item="S-1\n2"))))


def test_every_character_of_the_form_itself_can_be_shown():
    source = (ROOT / "templates/notices/notice.typ").read_text(encoding="utf-8").replace("\n", "")
    assert missing_glyphs(source) == ""


# --- bytes -----------------------------------------------------------------------------------------------------------

PRINT_HASH = (
    "import hashlib; from tests.notices import full; from backoffice.notices.render import render;"
    "print(hashlib.sha256(render(full())).hexdigest())"
)


def test_the_same_notice_gives_the_same_bytes_again_and_in_another_process():
    first = render(full())
    render(corrected())
    assert render(full()) == first
    other = subprocess.run(
        [sys.executable, "-c", PRINT_HASH], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()
    assert other == hashlib.sha256(first).hexdigest()


def test_a_cent_changes_the_bytes():
    assert render(notice()) != render(notice((rent("3000.01"), property_fee(), electricity(), water())))


# --- the bundle ------------------------------------------------------------------------------------------------------


def paired(*made):
    return [(one, pages_of(render(one))) for one in made]


def pages_as_printed(pdf):
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def pictures(documents, **told):
    """What Typst paints of prepared documents, a PNG a page."""
    inputs = {"notices": json.dumps(documents, ensure_ascii=False)} | told
    found = renderer()._compiler.compile(sys_inputs=inputs, format="png", ppi=60)
    return found if isinstance(found, list) else [found]


def test_a_tower_is_one_file_with_a_bookmark_for_each_unit():
    pairs = paired(notice(), long(60), corrected())
    bound = bind(iter(pairs))
    assert bound == bind(pairs)
    reader = PdfReader(BytesIO(bound))
    assert len(reader.pages) == 4
    assert reader.metadata.title == "青屿国际大厦交款通知书"
    assert [(mark.title, reader.get_destination_page_number(mark)) for mark in reader.outline] == [
        ("1203 星河贸易有限公司", 0),
        ("12层 星河贸易有限公司", 1),
        ("1203 星河贸易有限公司", 3),
    ]


@pytest.mark.parametrize("sheaf", [1, 2, 100])
def test_a_page_of_the_bundle_says_what_the_single_notice_says(sheaf, monkeypatch):
    monkeypatch.setattr(rendering, "SHEAF", sheaf)
    made = [make() for make in EXAMPLES.values()]
    assert pages_as_printed(bind(paired(*made))) == [page for one in made for page in pages_as_printed(render(one))]


def test_a_page_of_the_bundle_looks_like_the_single_notice():
    documents, singles = [], []
    for one, pages in paired(*(make() for make in EXAMPLES.values())):
        documents.append(document_of(one) | {"pages": pages, "first": len(singles) + 1})
        singles += pictures([documents[-1] | {"first": 1}])
    assert pictures(documents, bundle="") == singles


def test_notices_of_a_bundle_share_their_fonts():
    made = [replace(notice(), number=f"JK-QY-202610-{number:04}") for number in range(1, 31)]
    assert len(bind(paired(*made))) < sum(len(render(one)) for one in made) / 5


def test_a_bundle_with_more_pages_than_the_single_notices_is_refused():
    with pytest.raises(RenderError, match="2 pages, not 1"):
        bind([(long(60), 1)])


def test_a_bundle_shows_every_character_or_is_refused():
    with pytest.raises(NoticeError, match="字体无法显示的字符“😀”"):
        bind([(notice(tenant_name="星河😀贸易"), 1)])


def test_nothing_cannot_be_bound():
    with pytest.raises(ValueError, match="no notices"):
        bind([])


def test_what_is_no_notice_has_no_pages():
    with pytest.raises(ValueError, match="no page tree"):
        pages_of(b"%PDF-1.7")
