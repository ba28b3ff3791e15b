"""维修工单日报: what is open, whose turn it is, and until when."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from backoffice import artifacts
from backoffice.database import rows
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table, total
from tests.rules.repairs.conftest import answer, approve, contract, judge, moved, order, settle
from tests.rules.repairs_workbook.conftest import day_document, written_day
from tests.workbooks import text_of_workbook

NOTHING_DONE = {"started_on": "-", "completed_on": "-", "signed_on": "-"}


def day(house: Books, folder: Path, on: str = "2026-10-29", known_at: str = "2026-10-30 08:00") -> Path:
    return written_day(house, judge(house, on, known_at), on, folder)


def terms(house: Books, on: str, known_at: str = "2027-01-01") -> dict:
    [row] = house.query(
        "select * from repairs.release_terms('GS', %(on)s::date, %(known_at)s)", on=on, known_at=known_at
    )
    return row


@pytest.fixture
def asked_back(house: Books) -> Books:
    """HT1 holds 41,000, of which 1,800 are reserved for a dispute; its return was asked for on 20 October."""
    contract(house, deposit="41000", late_return_clause="专用条款15.2")
    days = {"reported_on": "2026-08-25", "inspected_on": "2026-08-26", "started_on": "2026-09-08",
            "completed_on": "2026-09-09", "signed_on": "2026-09-09", "recorded_at": "2026-09-28"}  # fmt: skip
    order(house, "A1", "1800", without="审批通知决算发函", **days)
    approve(house, "A1", 2, "1800", on="2026-09-01", recorded_at="2026-09-28")
    house.given(
        "repairs.letter\nletter_no | order_no | letter_kind | sent_on | amount\n"
        "TZ-A1 | A1 | 维修通知   | 2026-08-27 | -\nQR-A1 | A1 | 扣款确认函 | 2026-09-12 | 1800",
        "repairs.final_account\norder_no | amount | captain | submitted_on\nA1 | 1800 | 队长 | 2026-09-10",
        "repairs.audit\norder_no | audited_amount | department | auditor | audited_on | opinion\n"
        "A1 | 1800 | 客户服务部 | 审核员 | 2026-09-11 | 属实",
        "repairs.answer\nletter_no | order_no | answer_kind | answered_at | reason\n"
        "QR-A1 | A1 | 异议 | 2026-09-15 | 非我方",
        recorded_at="2026-09-28",
    )
    settle(house, "2026-09", known_at="2026-10-05 08:00")
    house.given(
        "repairs.release_request\nrequest_no | contract_no | requested_on | received_on\n"
        "TS-1 | HT1 | 2026-10-18 | 2026-10-20",
        recorded_at="2026-10-20",
    )
    return house


def test_WAR_14_a_return_is_verified_in_14_days_and_paid_in_14_more(asked_back: Books, tmp_path):
    [row] = table(day(asked_back, tmp_path, "2026-10-21", "2026-10-22 08:00"), "质保金退还时限")[:1]
    assert [str(row[name])[:10] for name in ("收到日", "核实期限", "返还期限")] == [
        "2026-10-20",
        "2026-11-03",
        "2026-11-17",
    ]
    assert [row[name] for name in ("余额", "冻结", "争议未冻结", "待扣", "应退")] == [41000, 1800, 0, 0, 39200]
    assert row["状态"] == "核实中，还有13天"
    assert row["尚缺意见"] == "客户服务部、工程材料部、审计核算部、财务计统部、公司领导"
    assert row["逾期责任"] == "专用条款15.2"


@pytest.mark.parametrize(
    ("on", "reminded_on", "opinion_on", "is_deemed"),
    [
        ("2026-11-17", "2026-11-04", None, False),
        ("2026-11-18", "2026-11-04", None, True),
        ("2026-11-18", None, None, False),
        ("2026-11-18", "2026-11-04", "2026-11-10", False),
        ("2026-11-19", "2026-11-04", "2026-11-19", True),
    ],
)
def test_WAR_14_no_answer_to_a_reminder_is_consent_after_14_days(
    asked_back: Books, on, reminded_on, opinion_on, is_deemed
):
    asked_back.connection.execute("update repairs.release_request set reminded_on = %s", [reminded_on])
    if opinion_on:
        asked_back.given(
            "repairs.release_opinion\nrequest_no | department | verdict | opinion | signer | signed_on\n"
            f"TS-1 | 审计核算部 | 同意 | 无未结扣款 | 审核员 | {opinion_on}"
        )
    found = terms(asked_back, on)
    assert found["is_deemed_accepted"] is is_deemed
    assert str(found["deemed_on"]) == ("2026-11-18" if reminded_on else "None")


def test_WAR_14_the_contracts_own_day_of_return_goes_first(asked_back: Books):
    asked_back.connection.execute("update repairs.contract set return_on = '2026-12-01'")
    found = terms(asked_back, "2026-10-21")
    assert (str(found["pay_by_on"]), found["pay_basis"]) == ("2026-12-01", "合同约定日期")


def test_WAR_14_what_is_disputed_or_confirmed_and_not_booked_yet_stays(asked_back: Books):
    order(asked_back, "A2", "500", confirmed=None, disputed="2026-10-28 09:00")
    order(asked_back, "A3", "700")
    judge(asked_back, "2026-10-29")
    found = terms(asked_back, "2026-10-29")
    assert [str(found[name]) for name in ("disputed_amount", "charged_amount", "payable_amount")] == [
        "500.00",
        "700.00",
        "38000.00",
    ]


def test_WAR_14_what_was_paid_back_already_is_off_the_balance(asked_back: Books):
    moved(asked_back, "TH-1 退还 2026-10-25 39200", recorded_at="2026-10-26")
    asked_back.connection.execute("update repairs.deposit_movement set request_no = 'TS-1' where movement_no = 'TH-1'")
    assert str(terms(asked_back, "2026-10-24")["payable_amount"]) == "39200.00"
    found = terms(asked_back, "2026-10-29")
    assert (str(found["payable_amount"]), str(found["paid_on"])) == ("0.00", "2026-10-25")


def test_WAR_14_a_return_that_is_late_must_be_dealt_with(asked_back: Books, tmp_path):
    told = table(day(asked_back, tmp_path, "2026-11-18", "2026-11-19 08:00"), "异常")
    [row] = [row for row in told if str(row["对象"]).startswith("TS-1")]
    assert (row["严重程度"], row["影响金额"]) == ("必须处理", 39200)
    assert row["问题"] == "质保金应于2026-11-17前退还（收到后14日核实，核实期满后14日返还），已逾期"
    assert row["建议处理"] == "请立即办理退还；逾期责任：专用条款15.2"


def test_the_contractors_quality_and_cooperation_are_told_from_what_is_known(asked_back: Books):
    order(asked_back, "A2", "500", place_text="301室", defect="漏水")
    order(asked_back, "A3", "600", place_text="301室", defect="漏水", done_by="施工单位", without="决算发函")
    answer(asked_back, "A3", "2026-10-12 09:00", "自行维修", letter="TZ")
    found = terms(asked_back, "2026-10-31")
    assert found["quality_text"] == "保修期内施工质量原因工单3单，其中同部位同缺陷重复报修1单；未结索赔0.00元。"
    assert found["cooperation_text"] == "发函5次，按期答复3次，逾期未答复2次；自行维修1单，提出异议1单。"


def test_every_sheet_is_there_and_the_cover_counts_what_is_open(busy: Books, tmp_path):
    path = day(busy, tmp_path)
    assert path.name == "2026-10-29维修工单日报-锦城置业-第1版.xlsx"
    assert load_workbook(path).sheetnames == [
        "封面", "待审批", "在办工单", "超时效", "拆单预警", "待发函", "待答复", "质保金退还时限",
        "异常", "计算依据", "审批记录",
    ]  # fmt: skip
    said = figures(text_of_workbook(path)["封面"])
    assert (said["在办工单"], said["其中 A类"], said["其中 B类"]) == ("27", "22", "5")
    assert said["待审批金额"] == f"{total(path, '待审批', '金额'):,.2f}" == "12,900.00"
    assert len(table(path, "在办工单")) == 27
    words = [cell for sheet in text_of_workbook(path).values() for row in sheet for cell in row]
    assert not {"None", "nan", "NULL", "True", "False"} & set(words)


def test_what_waits_for_approval_says_whose_level_and_why(busy: Books, tmp_path):
    waiting = {row["派工单号"]: row for row in table(day(busy, tmp_path), "待审批")}
    assert (waiting["JC-1021"]["级别"], waiting["JC-1021"]["职务"]) == ("第3级", "总经理")
    assert waiting["JC-1018"]["职务"] == "副总工程师审核、副总经理审批"
    assert waiting["JC-1018"]["事由"] == "与同组工单合计2700.00元，须第2级审批"
    assert waiting["JC-1021"]["已签批"] == "第2级：某经理（审核）、某经理（审批）"


@pytest.mark.parametrize(
    ("given", "letter", "state"),
    [
        ({"without": "通知决算", **NOTHING_DONE}, "维修通知", "可发函"),
        ({"without": "审批通知决算", **NOTHING_DONE}, "维修通知", "先完成：待审批"),
        ({"without": "通知"}, "维修通知", "已开工而没有通知，请核对函件登记"),
        ({"without": "发函"}, "扣款确认函", "可发函"),
        ({"without": "发函", "contract_no": "HT9"}, "扣款确认函", "没有售后维修补充协议，不得扣款"),
    ],
)
def test_letters_that_are_to_be_sent_say_who_sends_them_and_whether_they_may_go(
    house: Books, tmp_path, given, letter, state
):
    contract(house, deposit="60000")
    contract(house, "HT9", deposit="60000", supplement_no="-", supplement_on="-")
    order(house, "A1", "900", certified=False, **given)
    rows_ = [row for row in table(day(house, tmp_path), "待发函") if row["函件"] == letter]
    assert [(row["派工单号"], row["现在"]) for row in rows_] == [("A1", state)]
    assert rows_[0]["由谁发出"] == {"维修通知": "客户服务部", "扣款确认函": "审计核算部"}[letter]


@pytest.mark.parametrize(
    ("on", "clause", "state", "left"),
    [
        ("2026-10-29", "-", "待答复", 1),
        ("2026-10-30", "-", "待答复", 0),
        ("2026-10-31", "-", "已升级", -1),
        ("2026-10-31", "专用条款12.3", None, None),
    ],
)
def test_WAR_08_letters_that_are_out_count_their_days_and_are_escalated(
    house: Books, tmp_path, on, clause, state, left
):
    contract(house, deposit="60000", silence_clause=clause)
    order(house, "A1", "900", confirmed=None)
    told = [row for row in table(day(house, tmp_path, on, "2026-11-01 08:00"), "待答复") if row["派工单号"]]
    assert [(row["状态"], row["剩余天数"]) for row in told] == ([(state, left)] if state else [])


def test_a_day_without_orders_says_so(house: Books, tmp_path):
    texts = text_of_workbook(day(house, tmp_path))
    for sheet in ("待审批", "在办工单", "超时效", "拆单预警", "待发函", "待答复", "质保金退还时限", "异常", "计算依据"):
        assert texts[sheet][1][0] == "本期无", sheet
    assert figures(texts["封面"])["在办工单"] == "0"


def test_exceptions_of_a_day_name_what_to_do_and_who(busy: Books):
    order(busy, "JC-1040", "300", contract_no="HT3", without="通知决算", recorded_at="2026-10-29", **NOTHING_DONE)
    artifact = artifacts.read(
        busy.connection, day_document(busy, judge(busy, "2026-10-31", "2026-11-01 08:00"), "2026-10-31")
    )
    listed = rows(busy.connection, "repairs/sheet_day_exceptions", artifacts.parameters_of(artifact))
    assert all(row["advice"] and row["department"] for row in listed)
    told = [(row["severity"], row["subject"]) for row in listed]
    assert ("必须处理", "JC-1022 景观绿化工程有限责任公司") in told
    assert ("请核对", "JC-1015 门窗公司") in told and ("请核对", "JC-1016 门窗公司") in told
    assert ("请核对", "同组 JC-1018") in told and ("请核对", "门窗公司") in told
