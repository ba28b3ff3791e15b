"""考勤月报表 as people see it: its sheets, what each says, the draft against the final edition, and the letters."""

import re
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from backoffice import artifacts, letters
from backoffice.database import rows
from backoffice.workbook.body import TotalsError
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table
from tests.rules.timesheets.conftest import FINAL_AT, close, day, document, fill, gaps, heard, reckon, written
from tests.workbooks import text_of_workbook
from workbooks import ATTENDANCE_DRAFT, MONTHLY_ATTENDANCE
from workbooks.timesheets import SYMBOLS

OWN_SHEETS = [
    "封面",
    "考勤表",
    "月度汇总",
    "制度罚款",
    "请假明细",
    "补卡换班",
    "上月调整",
    "签字页",
    "异常",
    "计算依据",
]


def draft(books: Books, folder: Path) -> Path:
    return written(books, document(books, reckon(books)), folder)


def final(books: Books, folder: Path) -> Path:
    close(books)
    return written(books, document(books, reckon(books, known_at=FINAL_AT), "monthly_attendance"), folder)


def letter(books: Books, artifact_id: int, paper) -> letters.Letter:
    [variables] = rows(books.connection, paper.statement, {"artifact_id": artifact_id})
    return letters.render(
        paper.template, variables | artifacts.exceptions_of(books.connection, artifact_id, paper.exceptions)
    )


def test_a_draft_and_a_final_edition_have_their_sheets_in_order_and_readable_names(busy: Books, tmp_path):
    paths = [draft(busy, tmp_path), final(busy, tmp_path)]
    assert [path.name for path in paths] == [
        "2026年10月考勤月报表-国贸大厦-初稿.xlsx",
        "2026年10月考勤月报表-国贸大厦-定稿.xlsx",
    ]
    assert [load_workbook(path).sheetnames for path in paths] == [
        [*OWN_SHEETS, "审批记录"],
        [*OWN_SHEETS, "差异", "审批记录"],
    ]
    for path in paths:
        words = {text for sheet in text_of_workbook(path).values() for row in sheet for text in row}
        assert not {"None", "nan", "NULL", "True", "False"} & words


def test_the_month_is_a_symbol_a_day_under_its_weekday_and_what_the_calendar_made_of_it(busy: Books, tmp_path):
    sheet = load_workbook(draft(busy, tmp_path))["考勤表"]
    head = [cell.value for cell in sheet[1]]
    assert head[:4] + head[35:] == [
        "序号",
        "工号",
        "姓名",
        "岗位",
        "出勤天数",
        "旷工天数",
        "迟到次数",
        "请假天数",
        "员工签字",
    ]
    assert (head[4], head[7], head[8], head[13], head[34]) == ("1\n四\n节", "4\n日", "5\n一", "10\n六\n班", "31\n六")
    by_id = {row[1].value: row for row in sheet.iter_rows(min_row=2) if row[1].value}
    assert "".join(cell.value for cell in by_id["E01"][4:35]) == "√√√√休迟√√√√√休√√病√√√休√√√√√√休√√√√√"
    assert [cell.value for cell in by_id["E01"][35:39]] == [26, 0, 1, 1]
    off, plain = sheet["E1"].fill.fgColor.rgb, sheet["J1"].fill.fgColor.rgb
    assert off != plain and sheet["H1"].fill.fgColor.rgb == off  # 1st and 4th are days off, the 6th is none


def test_somebody_with_two_spells_has_a_line_for_the_afternoons_and_shares_the_rest(busy: Books, tmp_path):
    sheet = load_workbook(draft(busy, tmp_path))["考勤表"]
    [row] = [row[0].row for row in sheet.iter_rows(min_row=2) if row[1].value == "E08"]
    morning, afternoon = sheet[row], sheet[row + 1]
    assert [morning[4 + n].value for n in (7, 8, 9)] == ["迟", "√", "√"]
    assert [afternoon[4 + n].value for n in (7, 8, 9)] == ["√", "×", "√"]
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {f"B{row}:B{row + 1}", f"I{row}:I{row + 1}", f"AN{row}:AN{row + 1}"} <= merged
    assert f"L{row}:L{row + 1}" not in merged


def test_every_symbol_has_its_colour_and_its_place_in_the_legend(busy: Books, tmp_path):
    path = draft(busy, tmp_path)
    shown = {text for row in text_of_workbook(path)["考勤表"] for text in row}
    assert {f"{symbol} {word}" for symbol, (word, _) in SYMBOLS.items()} <= shown
    rules = {
        rule.formula[0]: rule.dxf.fill.bgColor.rgb
        for cells in load_workbook(path)["考勤表"].conditional_formatting
        for rule in cells.rules
    }
    assert rules['E2="×"'] == rules['E2="半"'] != rules['E2="事"']
    assert len(rules) == sum(1 for _, tone in SYMBOLS.values() if tone)


def test_thirty_one_days_fit_across_a_page(busy: Books, tmp_path):
    book = load_workbook(draft(busy, tmp_path))
    marks, month = book["考勤表"], book["月度汇总"]
    assert (marks.page_setup.orientation, marks.page_setup.fitToWidth, marks.page_setup.paperSize) == (
        "landscape", 1, 9,
    )  # fmt: skip
    assert month.page_setup.paperSize == 8
    assert sum(each.width for each in marks.column_dimensions.values()) < 200
    assert marks.print_title_rows == "$1:$1"


def test_a_month_of_thirty_days_has_thirty_columns(house: Books, tmp_path):
    heard(house, "2026-11")
    fill(house, "ann", "√", "2026-11")
    run = reckon(house, "2026-11", "2026-12-01 10:30+08")
    sheet = load_workbook(written(house, document(house, run, period="2026-11"), tmp_path))["考勤表"]
    assert [cell.value for cell in sheet[1]][33:35] == ["30\n一", "出勤天数"]


def test_the_sums_of_a_month_stand_by_columns_and_nothing_is_left_over(busy: Books, tmp_path):
    path = draft(busy, tmp_path)
    by_id = {row["工号"]: row for row in table(path, "月度汇总") if row["工号"] != "合计"}
    told = by_id["E05"]
    assert (told["入职日"].date(), told["日历天数"], told["应出勤天数"], told["公休"], told["未在职"]) == (
        date(2026, 10, 15), 31, 15, 2, 14,
    )  # fmt: skip
    assert (by_id["E07"]["离职日"].date(), by_id["E07"]["未在职"], by_id["E07"]["夜班次数"]) == (
        date(2026, 10, 27), 4, 23,
    )  # fmt: skip
    assert (by_id["E03"]["事假"], by_id["E03"]["年休假"], by_id["E03"]["病假"]) == (1, 1, None)
    assert (by_id["E06"]["法定节假日加班小时"], by_id["E01"]["平日加班小时"]) == (12, 2.5)
    assert (by_id["E06"]["补卡次数"], by_id["E04"]["缺卡次数"], by_id["E04"]["公出/出差"]) == (1, 1, 1)
    assert (by_id["E02"]["上月调整旷工(天)"], by_id["E02"]["上月调整请假(天)"]) == (-1, 1)
    assert {row["校验(应为0)"] for row in by_id.values()} == {0}
    assert by_id["E01"]["适用制度"] == "国贸大厦案场管理制度"


def test_fines_by_kind_with_waivers_and_whether_anybody_confirmed_them(busy: Books, tmp_path):
    path = draft(busy, tmp_path)
    told = {
        row["姓名"]: [value for value in row.values() if value not in (0, "—")][2:] for row in table(path, "制度罚款")
    }
    assert told["张晓"] == [10, 5, "王总", 10, 15, "待人事/法务确认"]
    assert told["王敏"] == [10, 10, "王总", "不执行"]
    assert told["赵凯"] == [12.8, 25.6, 25.6, "待人事/法务确认"]
    assert figures(text_of_workbook(path)["封面"])["制度罚款合计"] == "55.60"


def test_leave_is_shown_by_type_with_the_level_it_needed_and_had(busy: Books, tmp_path):
    busy.given(
        """
        book.rule
        rule_set | rule_id | parameter            | value | valid_from | clause
        guomao   | GM-A4   | leave_checks_request | 是    | 2026-01-01 | 请假须事先批准
        guomao   | OF-A2   | leave_reports_back   | 是    | 2026-01-01 | 事后销假
        """
    )
    busy.connection.execute(
        "update attendance.leave set reported_back_at = '2026-10-16 09:00+08' where slip_no = '101'"
    )
    told = {row["假条号"]: row for row in table(draft(busy, tmp_path), "请假明细")}
    assert [(number, row["类型"], row["天数"], row["应批级别"], row["判定"]) for number, row in told.items()] == [
        ("102", "事假", 1, "总经理", "有效"),
        ("104", "事假", 0, "总经理", "事后补请"),
        ("101", "病假", 1, "总经理", "有效"),
        ("103", "年假", 1, "总经理", "有效"),
        ("105", "调休", 0.5, "部门经理、销售部经理", "有效"),
    ]
    assert (told["101"]["销假时间"], told["102"]["销假时间"], told["102"]["是否逾期"]) == (
        "2026-10-16 09:00", "未销假", "按时",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parameter", "words", "slip_no", "expected"),
    [
        ("leave_level1_approvers", "案场主管、组长", "105", "案场主管、组长"),
        (
            "leave_level1_approvers",
            "案场主管、总经理",
            "105",
            "案场主管",
        ),  # who stands in two lists has the higher level
        ("leave_level1_approvers", "总经理", "105", "第1级"),
        ("leave_level2_approvers", "副总经理", "102", "副总经理"),
        ("leave_level2_days", "0.75", "102", "董事长"),
    ],
)
def test_who_may_approve_so_much_leave_is_named_as_the_rule_set_has_it(
    busy: Books, tmp_path, parameter, words, slip_no, expected
):
    busy.given(
        f"""
        book.rule
        rule_set | rule_id | parameter            | value   | valid_from | clause
        guomao   | GM-A4   | leave_checks_request | 是      | 2026-01-01 | 请假须事先批准
        guomao   | GM-A4   | {parameter}          | {words} | 2026-01-01 | 请假审批级别
        """
    )
    told = {row["假条号"]: row["应批级别"] for row in table(draft(busy, tmp_path), "请假明细")}
    assert told[slip_no] == expected


def test_signed_punches_and_swaps_say_what_became_of_them(busy: Books, tmp_path):
    told = [
        (row["类型"], row["姓名"], f"{row['日期']:%m-%d}", row["本月第几次"], row["判定"])
        for row in table(draft(busy, tmp_path), "补卡换班")
    ]
    assert ("补卡(下班)", "孙宁", "10-12", 1, "有效") in told
    assert ("补卡(上班)", "赵凯", "10-14", "—", "未批准") in told
    assert ("换班", "孙宁", "10-13", "—", "按换班判定") in told
    assert ("换班", "张晓", "10-21", "—", "未批准") in told


def test_what_september_left_behind_is_told_line_by_line_and_adds_up(busy: Books, tmp_path):
    *told, total = table(draft(busy, tmp_path), "上月调整")
    assert [
        (row["姓名"], row["改判"], row["旷工天数"], row["请假天数"], row["金额"], row["批准人"]) for row in told
    ] == [
        ("李越", "请假", -1, 1, 0, "未登记"),
        ("张晓", "违纪单W0", 0, 0, 10, "王主管"),
    ]
    assert (total["旷工天数"], total["请假天数"], total["金额"]) == (-1, 1, 10)


def test_each_department_has_a_line_to_sign(busy: Books, tmp_path):
    *told, total = table(draft(busy, tmp_path), "签字页")
    assert sorted((row["部门"], row["人数"]) for row in told) == [("客服部", 2), ("工程部", 2), ("销售部", 4)]
    assert {row["部门经理签字"] for row in told} == {None} and total["人数"] == 8


def test_ATT_19_the_identities_are_printed_on_the_cover(busy: Books, tmp_path):
    said = {text for row in text_of_workbook(final(busy, tmp_path))["封面"] for text in row}
    assert "✔ 日历248.0 ＝ 应出勤198.0 ＋ 公休32.0 ＋ 法定节假日0.0 ＋ 未在职18.0（逐人）" in said
    assert "✔ 应出勤198.0 ＝ 实际出勤192.5 ＋ 请假3.5 ＋ 旷工2.0 ＋ 待确认0.0（逐人）" in said
    assert "✔ 定稿待确认＝0" in said


def test_ATT_19_a_final_edition_with_something_pending_is_not_made(house: Books, tmp_path):
    fill(house, "ann", "√" * 30 + "?")
    artifact = document(house, reckon(house), "monthly_attendance")
    with pytest.raises(TotalsError, match=r"定稿待确认＝0.*请按“异常”补齐资料后用“重算”重新计算"):
        written(house, artifact, tmp_path)


def test_a_month_without_anything_special_says_so_on_every_sheet(house: Books, tmp_path):
    fill(house, "ann", "√")
    told = text_of_workbook(final(house, tmp_path))
    for name in ("制度罚款", "请假明细", "补卡换班", "上月调整", "异常", "计算依据", "差异", "审批记录"):
        assert told[name][1][0] == "本期无", name


def test_a_final_edition_tells_what_differs_from_its_draft_even_after_the_draft_was_renewed(busy: Books, tmp_path):
    draft(busy, tmp_path)
    busy.connection.execute(
        "update attendance.attendance_day set status = '请假', absent_days = 0, leave_days = 1, leave_type = '事假', "
        "slip_verdict = '有效' where employee_id = 'E02' and work_on = '2026-10-10'"
    )
    told = [
        (row["对象"], row["项目"], row["原值"], row["新值"], row["来源"])
        for row in table(final(busy, tmp_path), "差异")
    ]
    assert told == [
        ("E02 李越", "10-10", "×", "事", "假条104，现判请假"),
        ("E02 李越", "旷工天数", "1.5", "0.5", "由各日结果汇总"),
        ("E02 李越", "请假天数", "0.0", "1.0", "由各日结果汇总"),
    ]


def test_the_same_content_differs_in_nothing_although_its_result_was_renewed(busy: Books, tmp_path):
    draft(busy, tmp_path)
    close(busy)
    run = reckon(busy, known_at=FINAL_AT)
    given = {"run_id": run, "known_at": FINAL_AT}
    assert busy.run("timesheets/renew_results", **given) == 1
    path = written(busy, document(busy, run, "monthly_attendance"), tmp_path)
    assert text_of_workbook(path)["差异"][1][0] == "本期无"


def test_what_waits_comes_first_among_the_exceptions(busy: Books, tmp_path):
    day(busy, "E09", "2026-10-31", "?", employee_name="郑新", pending_until="2026-11-03 00:00+08")
    told = [
        (row["严重程度"], row["对象"], row["问题"], row["影响金额"]) for row in table(draft(busy, tmp_path), "异常")
    ]
    assert told == [
        ("必须处理", "E09 郑新", "待确认1.0天：10-31未排班", "—"),
        ("必须处理", "违纪单W2", "2026-10-16 李越当事人未签字，暂不计罚", 20),
        ("请核对", "E08 吴桐", "旷工0.5天：10-09旷工半天", "—"),
        ("请核对", "E02 李越", "旷工1.5天：10-10旷工（事后补请）、10-21旷工半天", "—"),
        ("请核对", "减免单J2", "2026-10-12 王敏违纪罚款只有10.00元，按此减免", 89),
    ]


def test_sheets_for_sites_say_neither_wages_nor_why_somebody_was_ill(busy: Books, tmp_path):
    busy.connection.execute("alter table attendance.leave add column if not exists cause text default '肺炎'")
    busy.given("attendance.wage\nemployee_id | month_on | monthly_wage_amount\nE01 | 2026-10-01 | 8765.43")
    words = "".join(text for sheet in text_of_workbook(draft(busy, tmp_path)).values() for row in sheet for text in row)
    assert "肺炎" not in words and "8,765.43" not in words and "工资标准" not in words


def test_who_agreed_stands_on_the_cover_and_in_the_record(busy: Books, tmp_path):
    close(busy)
    artifact_id = document(busy, reckon(busy, known_at=FINAL_AT), "monthly_attendance")
    found = artifacts.read(busy.connection, artifact_id)
    busy.connection.execute(
        "insert into ops.decision (workflow, site_id, period, content_hash, verdict, opinion, decided_by, decided_at, "
        "run_id) values ('monthly_attendance', 'GM', %s, %s, 'approved', '各部门已签字', '人事李', "
        "'2026-11-09 11:10+08', %s)",
        [found["period"], found["content_hash"], found["run_id"]],
    )
    [row] = table(written(busy, artifact_id, tmp_path), "审批记录")
    assert (row["步骤"], row["审批人"], row["结论"], row["意见"]) == ("考勤月报核对", "人事李", "同意", "各部门已签字")
    assert row["所批户数/金额"] == "8人，应出勤198.0天，罚款55.60元"


def test_the_draft_asks_the_departments_until_the_close(busy: Books):
    brought = letter(busy, document(busy, reckon(busy)), ATTENDANCE_DRAFT)
    assert re.fullmatch(
        r"【考勤月报】国贸大厦 2026年10月 初稿 8人 应出勤198\.0天 旷工2\.0天 请假3\.5天 罚款55\.60元 待确认0天",
        brought.subject,
    )
    assert "不得用于发薪" in brought.text and "请于2026-11-06 24:00关账前交人事行政" in brought.text
    assert brought.text.count("必须处理") == 0 and "违纪单W2" in brought.text


def test_the_final_letter_says_that_wages_are_paid_by_it_and_what_earlier_months_left(busy: Books):
    close(busy)
    brought = letter(busy, document(busy, reckon(busy, known_at=FINAL_AT), "monthly_attendance"), MONTHLY_ATTENDANCE)
    assert brought.subject.startswith("【考勤月报】国贸大厦 2026年10月 定稿 8人 ")
    assert "发薪以本版为准" in brought.text and "有2人的上月调整计入本月" in brought.text


def test_the_figures_of_the_gate_the_letter_and_the_cover_are_the_same(busy: Books, tmp_path):
    run = reckon(busy)
    [held] = busy.query("select hold_reason from ops.result where workflow = 'monthly_attendance'")
    brought = letter(busy, document(busy, run), ATTENDANCE_DRAFT)
    sums, _, waiting = held["hold_reason"].partition("；")
    assert gaps(busy, run) == [] and brought.subject.endswith(sums)
    assert waiting == "其中8人没有本月工资标准，工资扣款核对表不能计算，到后重算出更正版"


def test_what_is_signed_and_what_is_booked_are_one_figure(busy: Books):
    close(busy)
    run = reckon(busy, known_at=FINAL_AT)
    given = {"run_id": run, "site_id": "GM", "base_on": date(2026, 10, 1)}
    busy.run("payroll/post_fine_entries", **given)
    [booked] = busy.query(
        "select sum(amount) filter (where fine_kind <> '收费电话费') as fines, sum(amount) as everything "
        "from attendance.fine_entry where fine_kind <> '制度罚款'"
    )
    [said] = busy.query(
        "select (totals ->> 'fine_amount')::numeric as fines from ops.result where workflow = 'monthly_attendance'"
    )
    assert (said["fines"], booked["fines"], str(booked["everything"])) == (booked["fines"], said["fines"], "68.40")
