"""Workbooks: the bytes follow from the data (OPS-16), nothing is evaluated (OPS-14), figures are figures (OPS-15)."""

import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook

from backoffice import database
from backoffice.workbook import (
    Chart,
    Check,
    Column,
    Comparison,
    Control,
    Cover,
    DocumentChangedError,
    Figure,
    Fill,
    Grid,
    Rows,
    Sheet,
    Tile,
    TotalsError,
    WorkbookSpec,
    body,
    file_name,
    period_text,
    revision_text,
    write_workbook,
)
from backoffice.workbook.cells import clean_text, display_width
from tests.drawing import Books
from tests.workbooks import text_of_workbook

LANDED = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)  # 06:00 on the house clock, a day later
DAYS = Sheet(
    "出勤明细",
    (
        Column("", "序号", kind="ordinal"),
        Column("work_on", "日期"),
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("due_at", "应到时间", kind="time"),
        Column("punched_at", "打卡", blank="本岗不要求"),
        Column("status", "状态"),
        Column("late_minutes", "迟到分钟"),
        Column("absent_days", "旷工天数"),
        Column("is_handed_in", "假条是否交"),
        Column("fine_amount", "罚款"),
        Column("share_rate", "占比", blank="—"),
        Column("", "签字", kind="ink"),
    ),
    fills=(Fill("旷工", "bad", ("status",)),),
    notes=("图例：√出勤 ×旷工",),
    freeze_columns=4,
)
ANN = {
    "work_on": date(2026, 10, 12),
    "employee_id": "000123",
    "employee_name": "安某",
    "due_at": datetime(2026, 10, 12, 0, 30, tzinfo=UTC),
    "punched_at": datetime(2026, 10, 12, 0, 47, tzinfo=UTC),
    "status": "迟到",
    "late_minutes": 1017,
    "absent_days": Decimal("0.5"),
    "is_handed_in": True,
    "fine_amount": Decimal("1234.50"),
    "share_rate": Decimal("0.8182"),
}
BOB = ANN | {
    "employee_id": "440301199001011234",
    "punched_at": None,
    "status": "旷工",
    "fine_amount": Decimal("-22.27"),
    "share_rate": None,
    "is_handed_in": False,
}


def book(*sheets: Sheet, **changes: Any) -> WorkbookSpec:
    """A monthly document with a cover."""
    fields = {
        "title": "考勤月报表",
        "scope": "国贸大厦",
        "first_on": date(2026, 10, 1),
        "end_on": date(2026, 11, 1),
        "revision": 1,
        "as_of_on": date(2026, 10, 31),
        "known_at": LANDED,
        "content_hash": "a1b2c3d4e5f6",
        "sheets": sheets,
        "cover": Cover(),
    }
    return WorkbookSpec(**{**fields, **changes})


def days(*rows: dict[str, Any], **changes: Any) -> Sheet:
    return replace(DAYS, rows=rows, **changes)


def one_column(*values: Any, name: str = "remark", heading: str = "说明", **declared: Any) -> Sheet:
    """A sheet of a single column."""
    return Sheet("表", (Column(name, heading, **declared),), rows=[{name: value} for value in values])


def read(path: Path, spec: WorkbookSpec) -> dict[str, list[list[str]]]:
    return text_of_workbook(write_workbook(path / "book.xlsx", spec).path)


def cells(path: Path, spec: WorkbookSpec, sheet: str = "表") -> list[Any]:
    """The cells of the first column, below the heading."""
    written = write_workbook(path / "book.xlsx", spec).path
    return [row[0] for row in load_workbook(written)[sheet].iter_rows(min_row=2)]


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


# -- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first_on", "end_on", "words"),
    [
        (date(2026, 10, 12), date(2026, 10, 13), "2026-10-12"),
        (date(2026, 10, 1), date(2026, 11, 1), "2026年10月"),
        (date(2026, 12, 1), date(2027, 1, 1), "2026年12月"),
        (date(2026, 10, 1), date(2026, 10, 31), "2026-10-01至2026-10-30"),
        (date(2026, 10, 1), date(2026, 12, 1), "2026-10-01至2026-11-30"),
        (date(2026, 10, 26), date(2026, 11, 2), "2026年第44周"),
        (date(2026, 12, 28), date(2027, 1, 4), "2026年第53周"),
        (date(2026, 10, 27), date(2026, 11, 3), "2026-10-27至2026-11-02"),
    ],
)
def test_a_period_is_named_as_people_do(first_on, end_on, words):
    assert period_text(first_on, end_on) == words


def test_an_empty_period_has_no_name():
    with pytest.raises(ValueError, match="no day"):
        period_text(date(2026, 10, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"revision": 1}, "第1版"),
        ({"revision": 2}, "第2版(更正)"),
        ({"revision": 2, "is_correction": False}, "第2版"),
        ({"revision": 1, "edition": "初稿"}, "初稿"),
        ({"revision": 3, "edition": "初稿"}, "初稿第3版"),
        ({"revision": 1, "edition": "定稿"}, "定稿"),
        ({"revision": 2, "edition": "定稿"}, "第2版(更正)"),
    ],
)
def test_a_revision_is_named_as_people_do(arguments, words):
    assert revision_text(**arguments) == words


def test_the_file_is_named_after_period_document_scope_and_revision():
    assert book().file_name == "2026年10月考勤月报表-国贸大厦-第1版.xlsx"
    assert book(edition="定稿").file_name == "2026年10月考勤月报表-国贸大厦-定稿.xlsx"
    assert file_name("2026-10-12", "日报", 'A/B:"座"', "第1版") == "2026-10-12日报-A／B：＂座＂-第1版.xlsx"


# -- cells ---------------------------------------------------------------------------------------------------------


def test_OPS_15_ids_are_text_dates_are_dates_and_amounts_are_numbers_with_two_decimals(tmp_path):
    written = write_workbook(tmp_path / "book.xlsx", book(days(ANN, BOB))).path
    sheet = load_workbook(written)["出勤明细"]
    assert [cell.value for cell in sheet["C"][1:3]] == ["000123", "440301199001011234"]
    assert {cell.number_format for cell in sheet["C"][1:3]} == {"@"}
    assert (sheet["B2"].value, sheet["B2"].is_date, sheet["B2"].number_format) == (
        datetime(2026, 10, 12),  # noqa: DTZ001 -- Excel's days have no zone
        True,
        "yyyy-mm-dd",
    )
    assert (sheet["K2"].value, sheet["K2"].data_type, sheet["K2"].number_format) == (1234.5, "n", "#,##0.00")
    assert text_of_workbook(written)["出勤明细"][1:3] == [
        ["1", "2026-10-12", "000123", "安某", "08:30", "2026-10-12 08:47", "迟到", "1,017", "0.5", "是", "1,234.50",
         "81.82%", ""],
        ["2", "2026-10-12", "440301199001011234", "安某", "08:30", "本岗不要求", "旷工", "1,017", "0.5", "否", "-22.27",
         "—", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+8613800001111", "@x", "-", "-1", "\t=1", "\r=1", "=1+1"])
def test_OPS_14_text_that_looks_like_a_formula_is_stored_unchanged_and_never_evaluated(tmp_path, text):
    spec = book(one_column(text, heading=text), cover=None)
    written = write_workbook(tmp_path / "book.xlsx", spec).path
    xml = part(written, "xl/worksheets/sheet1.xml")
    assert "<f>" not in xml
    assert xml.count('t="inlineStr"') >= 2
    for cell in load_workbook(written)["表"]["A"][:2]:  # the heading, and the cell
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_OPS_14_a_negative_amount_stays_a_number(tmp_path):
    [cell] = cells(tmp_path, book(one_column(Decimal("-22.27"), name="delta_amount")))
    assert (cell.value, cell.data_type, cell.quotePrefix) == (-22.27, "n", False)


def test_OPS_14_sheet_titles_and_the_cover_are_safe_too(tmp_path):
    spec = book(one_column("x"), scope="=1+1", cover=Cover(totals=(Figure("=A1", "@x"),)))
    written = write_workbook(tmp_path / "book.xlsx", spec).path
    assert "<f>" not in part(written, "xl/worksheets/sheet1.xml")
    assert any("=1+1" in row for row in text_of_workbook(written)["封面"])


def test_no_cell_says_none_true_nan_or_an_exponent(tmp_path):
    columns = (Column("a", "甲"), Column("is_b", "乙"), Column("c_amount", "丙"), Column("d_at", "丁", blank="—"))
    rows = [
        {"a": None, "is_b": None, "c_amount": Decimal("1E+5"), "d_at": None},
        {"a": "x", "is_b": True, "c_amount": Decimal("100000.00"), "d_at": LANDED},
    ]
    shown = read(tmp_path, book(Sheet("表", columns, rows=rows)))["表"]
    assert shown[1:3] == [["", "", "100,000.00", "—"], ["x", "是", "100,000.00", "2026-11-01 06:00"]]
    xml = part(tmp_path / "book.xlsx", "xl/worksheets/sheet2.xml")
    assert not re.search(r"None|NULL|nan|True|False|E\+|UTC|\+00:00", xml.split("<sheetData>")[1])


def test_a_value_has_the_words_its_column_declares_and_no_others(tmp_path):
    words = {"late": "迟到", "absent": "旷工"}
    assert [cell.value for cell in cells(tmp_path, book(one_column("late", "absent", None, words=words)))] == [
        "迟到",
        "旷工",
        None,
    ]
    with pytest.raises(ValueError, match="no word is declared for 'present'"):
        write_workbook(tmp_path / "other.xlsx", book(one_column("present", words=words)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fine_amount", "10.00"),
        ("fine_amount", 10.5),
        ("work_on", "2026-10-12"),
        ("work_on", LANDED),
        ("late_count", Decimal("1.5")),
        ("remark", 17),
        ("remark", Decimal("1.5")),
        ("remark", date(2026, 10, 12)),
    ],
)
def test_a_value_that_does_not_fit_its_column_is_an_error_that_names_the_column(tmp_path, name, value):
    with pytest.raises(TypeError, match=name):
        write_workbook(tmp_path / "book.xlsx", book(one_column(value, name=name)))


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("fine_amount", Decimal("0.005"), "more than 2 decimals"),
        ("fine_amount", Decimal("NaN"), "not a number"),
        ("seen_count", 10**15, "longer than 15 digits"),
        ("work_on", date(1900, 2, 28), "before the calendar"),
    ],
)
def test_a_number_that_excel_would_change_is_an_error(tmp_path, name, value, complaint):
    with pytest.raises(ValueError, match=complaint):
        write_workbook(tmp_path / "book.xlsx", book(one_column(value, name=name)))


def test_a_quotient_is_kept_to_the_fifteen_digits_excel_has(tmp_path):
    [cell] = cells(tmp_path, book(one_column(Decimal(2) / Decimal(3), name="share_rate")))
    assert cell.value == 0.666666666666667


def test_control_characters_are_shown_and_too_much_text_is_cut_and_said(tmp_path):
    values = ["a\x00b\x1fc\x7f", "x" * 40_000, "_x0041_", "第一行\n第二行"]
    read_back = [cell.value for cell in cells(tmp_path, book(one_column(*values)))]
    assert read_back[0] == "a␀b␟c␡"
    assert len(read_back[1]) == 32_767
    assert read_back[1].endswith("（超长，以下从略）")
    assert read_back[3] == "第一行\n第二行"
    # Excel would read _x0041_ as A; the escape of its underscore keeps it as it is.
    assert "_x005F_x0041_" in part(tmp_path / "book.xlsx", "xl/worksheets/sheet2.xml")
    assert clean_text("好\ud800") == "好\ufffd"


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("考勤", 4), ("A座\n考勤表", 6), ("√𠮷", 4), ("", 0)])
def test_a_chinese_character_is_two_wide(text, width):
    assert display_width(text) == width


def test_times_of_day_and_instants_show_the_house_clock(tmp_path):
    shown = [cell.value for cell in cells(tmp_path, book(one_column(time(8, 30), name="due", kind="time")))]
    assert shown == [time(8, 30)]
    [cell] = cells(tmp_path, book(one_column(LANDED, name="landed_at")))
    assert f"{cell.value:%Y-%m-%d %H:%M}" == "2026-11-01 06:00"


# -- sheets --------------------------------------------------------------------------------------------------------


def test_OPS_15_the_total_row_carries_the_sums_of_sql(tmp_path):
    totals = {"fine_amount": Decimal("1212.23"), "late_minutes": 2034, "share_rate": Decimal("0.9")}
    shown = read(tmp_path, book(days(ANN, BOB, totals=totals)))["出勤明细"]
    assert shown[3] == ["合计", "", "", "", "", "", "", "2,034", "", "", "1,212.23", "90.00%", ""]


@pytest.mark.parametrize("wrong", [Decimal("1212.24"), Decimal("1212.22"), 0, None])
def test_OPS_15_a_total_that_is_not_the_sum_of_the_rows_stops_the_document(tmp_path, wrong):
    with pytest.raises(TotalsError, match="fine_amount"):
        write_workbook(tmp_path / "book.xlsx", book(days(ANN, BOB, totals={"fine_amount": wrong})))
    assert list(tmp_path.iterdir()) == []


def test_OPS_15_a_total_over_no_rows_stops_the_document(tmp_path):
    with pytest.raises(TotalsError):
        write_workbook(tmp_path / "book.xlsx", book(days(totals={"fine_amount": Decimal(1)})))


def test_an_empty_sheet_stays_and_says_so(tmp_path):
    shown = read(tmp_path, book(days(totals={"fine_amount": None})))["出勤明细"]
    assert shown[1][0] == "本期无"
    assert not any("合计" in row for row in shown)


def test_a_query_and_its_sheet_must_name_the_same_columns(tmp_path):
    with pytest.raises(ValueError, match=r"lacks \['remark'\], and gives \['note'\]"):
        write_workbook(tmp_path / "book.xlsx", book(Sheet("表", (Column("remark", "说明"),), rows=[{"note": "x"}])))
    hidden = Sheet("表", (Column("remark", "说明"),), rows=[{"remark": "x", "note": "y"}], hidden=("note",))
    assert read(tmp_path, book(hidden))["表"] == [["说明"], ["x"]]


@pytest.mark.parametrize("name", ["", "一" * 32, "a/b", "封面"])
def test_a_sheet_name_that_excel_refuses_is_refused_here(tmp_path, name):
    with pytest.raises(ValueError, match="Sheet name"):
        write_workbook(tmp_path / "book.xlsx", book(Sheet(name, (Column("a", "甲"),))))


def test_a_sheet_that_is_longer_than_excel_can_show_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(body, "MAX_ROWS", 3)
    with pytest.raises(ValueError, match="do not fit"):
        write_workbook(tmp_path / "book.xlsx", book(one_column("a", "b", "c")))
    write_workbook(tmp_path / "book.xlsx", book(one_column("a", "b"), has_standard_sheets=False))


def test_the_sheet_is_set_up_for_reading_and_for_printing(tmp_path):
    sheet = load_workbook(write_workbook(tmp_path / "book.xlsx", book(days(ANN, BOB))).path)["出勤明细"]
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref == "A1:M3"
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddFooter.left.text == "制表日期 2026-10-31"  # the as-of day, not today
    assert sheet.oddFooter.right.text == "第 &P 页 / 共 &N 页"
    assert sheet.column_dimensions["C"].width > 18  # as wide as its 18 digits
    [fill] = sheet.conditional_formatting
    assert (str(fill.sqref), fill.rules[0].formula) == ("G2:G3", ['$G2="旷工"'])


def test_every_other_row_of_a_longer_table_is_shaded_and_the_words_are_heard_first(tmp_path):
    sheet = load_workbook(write_workbook(tmp_path / "book.xlsx", book(days(ANN, BOB, ANN, BOB))).path)["出勤明细"]
    word, shade = sheet.conditional_formatting
    assert (str(shade.sqref), shade.rules[0].formula) == ("A2:M5", ["MOD(ROW()-2,2)=1"])
    assert word.rules[0].priority < shade.rules[0].priority


MONTH = Sheet(
    "考勤表",
    (
        Column("employee_name", "姓名"),
        Column("day_01", "1\n四", kind="mark", width=2.7, tint="muted"),
        Column("day_02", "2\n五\n班", kind="mark", width=2.7),
        Column("absent_days", "旷工"),
    ),
    rows=[
        {"is_second": False, "employee_name": "安某", "day_01": "√", "day_02": "休", "absent_days": Decimal("0.5")},
        {"is_second": True, "employee_name": None, "day_01": "×", "day_02": "", "absent_days": None},
        {"is_second": False, "employee_name": "白某", "day_01": "√", "day_02": "√", "absent_days": Decimal(0)},
    ],
    hidden=("is_second",),
    totals={"absent_days": Decimal("0.5")},
    continues="is_second",
    fills=(Fill("×", "bad", columns=("day_01", "day_02")),),
    legend=(Tile("出勤", "√"), Tile("旷工", "×", "bad"), Tile("公休", "休", "muted")),
)


def test_a_second_line_shares_the_cells_of_the_first_where_it_has_nothing_of_its_own(tmp_path):
    sheet = load_workbook(write_workbook(tmp_path / "book.xlsx", book(MONTH)).path)["考勤表"]
    assert {"A2:A3", "C2:C3", "D2:D3"} <= {str(cells) for cells in sheet.merged_cells.ranges}
    assert (sheet["B2"].value, sheet["B3"].value) == ("√", "×")
    assert not [rule for rule in sheet.conditional_formatting if "MOD" in rule.rules[0].formula[0]]


def test_a_mark_is_never_broken_and_one_rule_colours_all_days(tmp_path):
    sheet = load_workbook(write_workbook(tmp_path / "book.xlsx", book(MONTH)).path)["考勤表"]
    assert (sheet["B2"].alignment.wrap_text, sheet["B2"].alignment.horizontal) == (None, "center")
    assert sheet.column_dimensions["B"].width < 4 and sheet.row_dimensions[1].height == 8 + 16 * 3
    [rule] = sheet.conditional_formatting
    assert (str(rule.sqref), rule.rules[0].formula) == ("B2:C4", ['B2="×"'])
    assert sheet["B1"].fill.fgColor.rgb == sheet["B2"].fill.fgColor.rgb != sheet["C1"].fill.fgColor.rgb


def test_the_legend_stands_under_the_table_in_rows_no_wider_than_it(tmp_path):
    path = write_workbook(tmp_path / "book.xlsx", book(MONTH)).path
    sheet = load_workbook(path)["考勤表"]
    legend = [[cell.value for cell in row if cell.value] for row in sheet.iter_rows(min_row=7)]
    assert [word for row in legend for word in row] == ["√ 出勤", "× 旷工", "休 公休"] and len(legend) == 2
    assert max(cells.max_col for cells in sheet.merged_cells.ranges) <= 4


def test_a_table_that_nobody_could_read_on_a4_is_printed_on_a3(tmp_path):
    written = write_workbook(tmp_path / "book.xlsx", book(replace(MONTH, paper="A3"))).path
    assert load_workbook(written)["考勤表"].page_setup.paperSize == 8
    with pytest.raises(ValueError, match="no paper 'A5'; there are A3, A4"):
        replace(MONTH, paper="A5")


def test_a_column_that_asks_for_it_is_folded_away_while_it_is_empty(tmp_path):
    columns = (Column("status", "状态"), Column("second_in_time", "第二段到", is_folded_empty=True))
    rows = [{"status": "出勤", "second_in_time": None}]
    for number, (last, is_folded) in enumerate([(None, True), ("13:30", False)]):
        sheet = Sheet("表", columns, rows=[*rows, {"status": "出勤", "second_in_time": last}])
        written = write_workbook(tmp_path / f"{number}.xlsx", book(sheet)).path
        assert load_workbook(written)["表"].column_dimensions["B"].hidden == is_folded
    empty = write_workbook(tmp_path / "empty.xlsx", book(Sheet("表", columns))).path
    assert not load_workbook(empty)["表"].column_dimensions["B"].hidden


def test_a_declared_width_leaves_room_for_the_edges_and_wraps_what_does_not_fit(tmp_path):
    written = write_workbook(tmp_path / "book.xlsx", book(one_column("考勤考勤", "考勤考勤考", width=10))).path
    sheet = load_workbook(written)["表"]
    assert (sheet["A2"].alignment.wrap_text, sheet["A3"].alignment.wrap_text) == (None, True)


@pytest.mark.parametrize(
    ("row_count", "orientation", "pages", "area"),
    [(1, "portrait", 1, ""), (31, "portrait", 1, ""), (90, "portrait", 0, "'汇总'!$A$1:$B$91")],
)
def test_a_chart_is_printed_with_its_table_or_stays_on_the_screen(tmp_path, row_count, orientation, pages, area):
    trend = [{"work_on": date(2026, 1, 1), "late_count": number} for number in range(row_count)]
    columns = (Column("work_on", "日期"), Column("late_count", "迟到"))
    chart = Chart("近14天", "work_on", ("late_count",), last=14)
    written = write_workbook(tmp_path / "book.xlsx", book(Sheet("汇总", columns, rows=trend, charts=(chart,)))).path
    sheet = load_workbook(written)["汇总"]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (orientation, pages)
    assert (sheet.print_area or "") == area


def test_a_wide_month_with_its_chart_is_printed_upright_and_a_wide_day_across(tmp_path):
    columns = (Column("work_on", "日期"), *(Column(f"n{at}_count", "应到人次合计") for at in range(10)))
    row = {"work_on": date(2026, 10, 1)} | {f"n{at}_count": 1 for at in range(10)}
    chart = Chart("近14天", "work_on", ("n0_count",), last=14)
    for count, orientation in ((1, "landscape"), (31, "portrait")):
        sheet = Sheet("汇总", columns, rows=[row] * count, charts=(chart,))
        written = write_workbook(tmp_path / f"{count}.xlsx", book(sheet)).path
        assert load_workbook(written)["汇总"].page_setup.orientation == orientation


def test_a_list_beside_a_chart_is_printed_large_and_the_chart_only_while_it_is_short(tmp_path):
    columns = (Column("work_on", "日期"), Column("n_count", "应到人次合计"))
    chart = Chart("近14天", "work_on", ("n_count",), last=14)
    for count, area, pages in ((5, None, 1), (40, "'汇总'!$A$1:$B$41", 0)):
        rows = [{"work_on": date(2026, 10, 1), "n_count": 1}] * count
        sheet = Sheet("汇总", columns, rows=rows, charts=(chart,), is_list=True)
        printed = load_workbook(write_workbook(tmp_path / f"{count}.xlsx", book(sheet)).path)["汇总"]
        assert (printed.print_area or None, printed.page_setup.fitToHeight) == (area, pages)


def test_the_cover_of_a_letter_to_one_sender_leaves_out_what_only_the_standard_sheets_could_fill(tmp_path):
    labels = [row[0] for row in read(tmp_path, book(days(ANN), has_standard_sheets=False))["封面"]]
    assert not {"异常条数", "与上期对比", "审批情况", "适用制度及生效日", "制表/复核/审批"} & set(labels)
    assert {"单据名称", "控制总数", "校验码"} <= set(labels)


def test_long_text_is_wrapped_and_its_row_made_high_enough(tmp_path):
    written = write_workbook(tmp_path / "book.xlsx", book(one_column("迟到" * 40, "短"))).path
    sheet = load_workbook(written)["表"]
    assert sheet["A2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height >= 4 * 15
    assert sheet.row_dimensions[3].height is None
    assert sheet.column_dimensions["A"].width < 50


def test_a_chart_shows_the_last_rows_or_a_query_of_its_own(tmp_path):
    trend = [{"work_on": date(2026, 10, day), "late_count": day} for day in range(1, 21)]
    columns = (Column("work_on", "日期"), Column("late_count", "迟到"))
    own = Chart("近14天", "work_on", ("late_count",), last=14)
    other = Chart("按日", "work_on", ("late_count",), kind="bar", columns=columns, rows=trend[:3])
    spec = book(Sheet("汇总", columns, rows=trend, charts=(own, other)), cover=None)
    written = write_workbook(tmp_path / "book.xlsx", spec).path
    assert "'汇总'!$B$8:$B$21" in part(written, "xl/charts/chart1.xml")
    shown = text_of_workbook(written)["汇总"]
    assert shown[-4:] == [["日期", "迟到"], ["2026-10-01", "1"], ["2026-10-02", "2"], ["2026-10-03", "3"]]
    last = len(shown)
    assert f"'汇总'!$B${last - 2}:$B${last}" in part(written, "xl/charts/chart2.xml")


def test_the_standard_sheets_come_last_and_in_order(tmp_path):
    names = ["封面", "出勤明细", "异常", "计算依据", "审批记录"]
    assert list(read(tmp_path, book(days(ANN)))) == names
    corrected = read(tmp_path, book(days(ANN), revision=2, differences=[]))
    assert list(corrected) == ["封面", "出勤明细", "异常", "计算依据", "差异", "审批记录"]
    headings = {name: "·".join(rows[0]) for name, rows in corrected.items()}
    assert headings["异常"] == (
        "序号·严重程度·对象·问题·影响金额·建议处理·责任部门·责任人·截止处理日·首次出现日·已持续天数·状态·来源文件·行号"
    )
    assert headings["计算依据"] == (
        "对象·日期/费项·结果·计算过程·制度名称·条款原文摘要·规则编号·规则生效日·来源文件·行号·人工调整人·调整时间"
    )
    assert headings["差异"] == ("对象·单据号·项目·原值·新值·差额·变动类型·变动原因·来源·提出人·批准人·是否已通知对方")
    assert headings["审批记录"] == "步骤·审批人·职务·结论·意见·时间·所批户数/金额·所批版本校验码"


def test_a_revision_must_say_what_differs(tmp_path):
    with pytest.raises(ValueError, match="差异"):
        write_workbook(tmp_path / "book.xlsx", book(days(ANN), revision=2))


def test_a_flat_file_for_another_program_is_one_table_and_nothing_else(tmp_path):
    assert list(read(tmp_path, book(days(ANN), cover=None, has_standard_sheets=False))) == ["出勤明细"]


def test_a_flat_sheet_without_records_is_its_heading(tmp_path):
    spec = book(days(is_flat=True, fills=(), notes=()), cover=None, has_standard_sheets=False)
    [sheet] = load_workbook(write_workbook(tmp_path / "book.xlsx", spec).path).worksheets
    assert (sheet.max_row, sheet.merged_cells.ranges) == (1, set())


# -- the cover -----------------------------------------------------------------------------------------------------


def test_the_cover_says_who_what_when_and_how_much_in_the_order_readers_know(tmp_path):
    cover = Cover(
        rules=(("考勤管理制度", date(2026, 7, 1)),),
        totals=(Figure("罚款合计", Decimal("1212.23"), "amount"),),
        counts=(Figure("应到人数", 11, "integer"),),
        comparisons=(Comparison("迟到人次", 11, 9), Comparison("旷工人次", 1, None)),
        control=Control(received=120, admitted=95, superseding=5, duplicate=15, returned=5),
        checks=(Check("日历=应出勤+公休", True), Check("待确认=0", False)),
        technical=(("run", "42"),),
    )
    approval = {
        "step": "终审", "approver_name": "王某", "duty": "财务经理", "verdict": "同意", "opinion": "已核对",
        "decided_at": LANDED, "approved_text": "11人", "version_code": "a1b2c3d4",
    }  # fmt: skip
    problem = dict.fromkeys(
        ("severity", "subject", "problem", "impact_amount", "advice", "department", "person", "due_on",
         "first_seen_on", "lasting_days", "state", "file_name", "line_no")
    )  # fmt: skip
    shown = read(tmp_path, book(days(ANN), cover=cover, approvals=[approval], exceptions=[problem] * 3))["封面"]
    labels = [row[0] for row in shown[3:] if row[0]]
    assert labels == [
        "单据名称", "范围", "期间", "版次", "数据截止", "资料入库截止", "编制时间", "适用制度及生效日", "主要合计",
        "户数/人数/张数", "异常条数", "与上期对比", "控制总数", "核对",
        "审批情况", "制表/复核/审批", "校验码", "技术信息", "run", "内容校验(全)",
    ]  # fmt: skip
    words = ["|".join(filter(None, row)) for row in shown]
    for line in (
        "期间|2026-10-01 至 2026-10-31",
        "数据截止|业务日期至 2026-10-31",
        "资料入库截止|2026-11-01 06:00",
        "编制时间|2026-11-01 06:00",
        "适用制度及生效日|考勤管理制度|自 2026-07-01 起",
        "主要合计|罚款合计|1,212.23",
        "户数/人数/张数|应到人数|11",
        "异常条数|3 条，见“异常”表",
        "与上期对比|项目|本期|上期|环比",
        "迟到人次|11|9|22.22%",
        "旷工人次|1|—|—",
        "控制总数|✔ 收到120行 = 入账95 + 更正5 + 重复15 + 退回5",
        "核对|✔ 日历=应出勤+公休",
        "✘ 待确认=0",
        "审批情况|何人|何时|结论|意见",
        "王某（财务经理）|2026-11-01 06:00|同意|已核对",
        "校验码|a1b2c3d4",
    ):
        assert line in words


def test_control_totals_that_do_not_add_up_are_shown_as_such(tmp_path):
    cover = Cover(control=Control(received=120, admitted=100, duplicate=15, returned=4))
    shown = read(tmp_path, book(days(ANN), cover=cover))["封面"]
    assert any("✘ 收到120行 = 入账100 + 重复15 + 退回4" in row for row in shown)


# -- the file ------------------------------------------------------------------------------------------------------


def test_OPS_16_the_same_data_give_the_same_bytes_whatever_the_day(tmp_path, monkeypatch):
    import openpyxl.writer.excel

    def full() -> WorkbookSpec:
        chart = Chart("图", "work_on", ("late_minutes",))
        return book(days(ANN, BOB, totals={"late_minutes": 2034}, charts=(chart,)))

    first = write_workbook(tmp_path / "a.xlsx", full())

    class AnotherDay(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2031, 5, 6, tzinfo=tz)

    monkeypatch.setattr(openpyxl.writer.excel.datetime, "datetime", AnotherDay)
    monkeypatch.setattr("time.time", lambda: 1_900_000_000.0)
    second = write_workbook(tmp_path / "b.xlsx", full())
    assert (first.sha256, first.byte_count) == (second.sha256, second.byte_count)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_OPS_16_another_figure_gives_other_bytes(tmp_path):
    first = write_workbook(tmp_path / "a.xlsx", book(days(ANN)))
    second = write_workbook(tmp_path / "b.xlsx", book(days(ANN | {"late_minutes": 18})))
    assert first.sha256 != second.sha256


def test_OPS_16_writing_again_does_not_touch_the_file(tmp_path):
    path = tmp_path / "book.xlsx"
    first = write_workbook(path, book(days(ANN)))
    before = path.stat()
    again = write_workbook(path, book(days(ANN)), recorded_sha256=first.sha256)
    assert again == first
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]


def test_OPS_16_a_registered_document_is_never_silently_replaced(tmp_path):
    path = tmp_path / "book.xlsx"
    first = write_workbook(path, book(days(ANN)))
    content = path.read_bytes()
    with pytest.raises(DocumentChangedError, match=rf"{first.sha256[:8]}.*更正"):
        write_workbook(path, book(days(BOB)), recorded_sha256=first.sha256)
    assert path.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_half_written_file_of_a_crash_is_replaced(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK half")
    written = write_workbook(path, book(days(ANN)))
    assert (written.row_count, written.byte_count) == (1, path.stat().st_size)
    load_workbook(path)


# -- from a query --------------------------------------------------------------------------------------------------


@pytest.fixture
def statements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of statements of the test's own."""
    monkeypatch.setattr(database, "SQL", tmp_path / "sql")
    database.statement.cache_clear()
    (tmp_path / "sql").mkdir()
    yield tmp_path / "sql"
    database.statement.cache_clear()


def test_a_document_is_built_from_queries_and_its_totals_from_sql(books: Books, statements, tmp_path):
    (statements / "sheet_fines.sql").write_text(
        "select number as line_no, 'E' || number as employee_id, number * 1.50::numeric(14, 2) as fine_amount, "
        "timestamptz '2026-10-12 08:30+08' as punched_at from generate_series(1, %(count)s) as number order by number"
    )
    (statements / "sheet_fine_totals.sql").write_text(
        "select sum(number * 1.50::numeric(14, 2)) as fine_amount from generate_series(1, %(count)s) as number"
    )
    fines = Sheet(
        "罚款",
        (
            Column("line_no", "行号"),
            Column("employee_id", "工号"),
            Column("fine_amount", "罚款"),
            Column("punched_at", "打卡"),
        ),
        statement="sheet_fines",
        totals="sheet_fine_totals",
    )
    artifact = {
        "title": "考勤月报表", "revision": 1, "as_of_on": date(2026, 10, 31), "known_at": LANDED,
        "content_hash": "abcdefgh",
        "period": psycopg.types.range.DateRange(date(2026, 10, 1), date(2026, 11, 1)),
    }  # fmt: skip
    spec = WorkbookSpec.of(
        artifact, scope="国贸大厦", cover=Cover(), sheets=(fines.read(books.connection, {"count": 5000}),)
    )
    written = write_workbook(tmp_path / spec.file_name, spec)
    shown = text_of_workbook(written.path)["罚款"]
    assert (written.row_count, len(shown)) == (5000, 5002)
    assert shown[1] == ["1", "E1", "1.50", "2026-10-12 08:30"]
    assert shown[-1] == ["合计", "", "18,753,750.00", ""]


def test_rows_are_walked_again_as_often_as_they_are_asked_for(books: Books, statements):
    (statements / "sheet_numbers.sql").write_text("select number as line_no from generate_series(1, 3) as number")
    rows = Rows(books.connection, "sheet_numbers")
    for _ in range(2):
        with rows.walk() as (names, records):
            assert (names, list(records)) == (["line_no"], [(1,), (2,), (3,)])


def test_a_sheet_that_fails_half_way_lets_go_of_the_connection(books: Books, statements):
    (statements / "sheet_numbers.sql").write_text("select number as line_no from generate_series(1, 100000) as number")

    def fail_half_way() -> None:
        with Rows(books.connection, "sheet_numbers").walk() as (_, records):
            next(records)
            raise LookupError("a column that does not fit")

    with pytest.raises(LookupError, match="does not fit"):
        fail_half_way()
    assert not books.connection.lock.locked()
    books.connection.rollback()  # would wait for ever on a stream that nobody closed
    assert books.connection.execute("select 1").fetchone() == (1,)


def test_totals_must_be_one_row(books: Books, statements):
    (statements / "sheet_two_totals.sql").write_text(
        "select number as fine_amount from generate_series(1, 2) as number"
    )
    sheet = Sheet("表", (Column("fine_amount", "罚款"),), statement="x", totals="sheet_two_totals")
    with pytest.raises(ValueError, match="one row expected, got 2"):
        sheet.read(books.connection, {})


# -- plans of cells ------------------------------------------------------------------------------------------------

WALL = Grid(
    "销控表",
    (Tile("可售", "可", "good"), Tile("签约", "签", "bad"), Tile("未推", "未")),
    lead="更新时间 2026-10-31 24:00",
    notes=("说明",),
)


def units(*drawn: str) -> list[dict[str, Any]]:
    """Cells drawn as ``block row column label state``."""
    names = ("block", "row_no", "column_no", "label", "state")
    told = [dict(zip(names, line.split(), strict=True)) for line in drawn]
    return [row | {"row_no": int(row["row_no"]), "column_no": int(row["column_no"]),
                   "row_label": f"{row['row_no']}层"} for row in told]  # fmt: skip


def test_a_grid_shows_its_blocks_side_by_side_with_the_highest_row_on_top(tmp_path):
    cells = units("甲 1 1 101 可售", "甲 1 2 102 签约", "甲 3 1 301 未推", "乙 2 1 201 可售")
    shown = read(tmp_path, book(replace(WALL, rows=cells, totals={"可售": 2, "签约": 1, "未推": 1})))["销控表"]
    assert [row[:6] for row in shown[:3]] == [
        ["更新时间 2026-10-31 24:00", "", "", "", "", ""],
        ["可 可售　2", "", "签 签约　1", "", "未 未推　1", ""],
        ["", "", "", "", "", ""],
    ]
    assert [row[:5] for row in shown[3:7]] == [
        ["甲", "", "", "乙", ""],
        ["3层", "301 未", "", "", ""],
        ["", "", "", "2层", "201 可"],
        ["1层", "101 可", "102 签", "", ""],
    ]
    assert shown[8][0] == "说明"


def test_the_colour_of_a_cell_is_the_tone_of_its_state(tmp_path):
    spec = book(replace(WALL, rows=units("甲 1 1 101 可售", "甲 1 2 102 签约", "甲 1 3 103 未推")))
    sheet = load_workbook(write_workbook(tmp_path / "book.xlsx", spec).path)["销控表"]
    colours = [sheet.cell(5, column).fill.fgColor.rgb[-6:] for column in (2, 3, 4)]
    assert colours == ["DDEFDD", "F8D7DA", "000000"]  # the last one has no fill
    assert sheet.page_setup.fitToWidth == 1


def test_a_block_that_finds_no_room_starts_below(tmp_path):
    cells = units("甲 1 1 101 可售", "甲 1 2 102 可售", "乙 1 1 201 可售")
    shown = read(tmp_path, book(replace(WALL, rows=cells, across=4)))["销控表"]
    assert [row[0] for row in shown[3:9]] == ["甲", "1层", "", "乙", "1层", ""]


def test_a_grid_is_held_against_the_counts_of_sql_and_asks_for_a_tile_for_every_state(tmp_path):
    def write(**changes):
        write_workbook(tmp_path / "book.xlsx", book(replace(WALL, rows=units("甲 1 1 101 可售"), **changes)))

    write(totals={"可售": 1, "签约": 0})
    with pytest.raises(TotalsError, match="销控表"):
        write(totals={"可售": 2})
    with pytest.raises(ValueError, match="no tile is declared for '可售'"):
        write(tiles=WALL.tiles[1:])
    with pytest.raises(ValueError, match="101 and 102 stand in one cell"):
        write_workbook(tmp_path / "book.xlsx", book(replace(WALL, rows=units("甲 1 1 101 可售", "甲 1 1 102 可售"))))
    with pytest.raises(ValueError, match="a grid is made of"):
        write_workbook(tmp_path / "book.xlsx", book(replace(WALL, rows=[{"block": "甲"}])))
    with pytest.raises(ValueError, match="no tone 'pink'"):
        Tile("可售", "可", "pink")


def test_an_empty_grid_says_so_and_counts_no_rows(tmp_path):
    spec = book(replace(WALL, rows=[]))
    assert write_workbook(tmp_path / "book.xlsx", spec).row_count == 0
    assert "本期无" in [row[0] for row in read(tmp_path, spec)["销控表"]]


def test_a_lying_chart_has_its_first_category_on_top_and_says_its_figures(tmp_path):
    trend = [{"step_name": name, "seen_count": count} for name, count in (("来电", 9), ("来访", 5), ("认购", 2))]
    columns = (Column("step_name", "环节"), Column("seen_count", "数量"))
    chart = Chart("漏斗", "step_name", ("seen_count",), kind="across", is_labelled=True, first=2)
    spec = book(Sheet("表", columns, rows=trend, charts=(chart,)), cover=None)
    drawn = part(write_workbook(tmp_path / "book.xlsx", spec).path, "xl/charts/chart1.xml")
    assert '<barDir val="bar"' in drawn and '<orientation val="maxMin"' in drawn and '<showVal val="1"' in drawn
    assert "'表'!$B$2:$B$3" in drawn
    assert "<legend>" not in drawn


def test_shares_fill_the_bar(tmp_path):
    columns = (Column("name", "楼栋"), Column("sold_count", "已售"), Column("open_count", "未售"))
    rows = [{"name": "1号楼", "sold_count": 3, "open_count": 1}]
    chart = Chart("去化率", "name", ("sold_count", "open_count"), kind="bar", is_share=True)
    spec = book(Sheet("表", columns, rows=rows, charts=(chart,)), cover=None)
    drawn = part(write_workbook(tmp_path / "book.xlsx", spec).path, "xl/charts/chart1.xml")
    assert '<grouping val="percentStacked"' in drawn and '<overlap val="100"' in drawn and 'formatCode="0%"' in drawn


def test_a_chart_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no kind 'pie'"):
        Chart("饼", "a", ("b",), kind="pie")


def test_counts_that_may_be_shared_and_figures_of_two_units_are_numbers(tmp_path):
    columns = (Column("signed_quantity", "套数", kind="halves"), Column("period_quantity", "本期", kind="mixed"))
    rows = [
        {"signed_quantity": Decimal("0.50"), "period_quantity": Decimal("12.00")},
        {"signed_quantity": Decimal("2.00"), "period_quantity": Decimal("1234567.80")},
    ]
    sheet = Sheet("表", columns, rows=rows, totals={"signed_quantity": Decimal("2.50")})
    written = load_workbook(write_workbook(tmp_path / "book.xlsx", book(sheet)).path)["表"]
    assert [cell.value for cell in written["A"][1:4]] == [0.5, 2, 2.5]
    assert [cell.value for cell in written["B"][1:4]] == [12, 1234567.8, "合计"]
    assert written["A2"].number_format == "General" and written["B3"].number_format.startswith("[>=10000]#,##0.00")


def test_a_final_edition_is_held_against_its_draft_in_its_first_revision(tmp_path):
    spec = book(days(ANN), edition="定稿", is_compared=True, differences=[])
    assert list(read(tmp_path, spec)) == ["封面", "出勤明细", "异常", "计算依据", "差异", "审批记录"]
    with pytest.raises(ValueError, match="差异"):
        write_workbook(tmp_path / "b.xlsx", book(days(ANN), is_compared=True))
