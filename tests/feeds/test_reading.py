"""Files as people keep them are read alike: encodings, headings, dates, sheets, matrices, device logs."""

import json
from datetime import date, time

import pytest

from backoffice.feeds.definitions import feed_of, feeds
from backoffice.feeds.reading import statutory_days
from tests.feeds.conftest import Office, at

ROSTER = """
    attendance.roster
    employee_id | work_on    | shift_code
    0012        | 2026-10-03 | D
"""

SLIP_COLUMNS = "违纪单号,工号,发生日期,事由,金额,当事人签字"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("heading", ["工号,日期,班次代码", "员工编号;出勤日期;班次", "工 号\t排班日期\t代码"])
def test_OPS_23_encodings_delimiters_and_headings_are_read_alike(office: Office, encoding: str, heading: str):
    sign = next(sign for sign in ",;\t" if sign in heading)
    office.drop("排班.csv", f"{heading}\n0012{sign}2026-10-03{sign}D", encoding)
    office.take()
    office.books.expect(ROSTER)


@pytest.mark.parametrize(
    "written",
    ["2026/10/3", "2026-10-03", "2026.10.3", "20261003", "10月3日", "2026年10月3日", "46298", "46298.0",
     "２０２６／１０／３", "2026-10-03 00:00:00", "2026/10/3 星期六", " 2026-10-03　"],
)  # fmt: skip
def test_OPS_23_every_spelling_of_a_date_is_the_same_day(office: Office, written: str):
    office.drop("排班.csv", f"工号,日期,班次代码\n００１２,{written},Ｄ")
    office.take()
    office.books.expect(ROSTER)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("2026/10/12 8:47", 0), ("2026-10-12 08:47:10", 10), ("2026年10月12日 8：47", 0), ("10月12日 08:47", 0),
     ("46307.3659722222", 0), ("2026-10-12T08:47:10", 10), ("2026/10/12 星期一 8:47:10", 10),
     ("2026/10/12 上午 8:47:10", 10)],
)  # fmt: skip
def test_OPS_23_every_spelling_of_a_moment_is_the_same_moment(office: Office, written: str, seconds: int):
    office.drop("S1/打卡.csv", f"考勤号,打卡时间\n7,{written}")
    office.take()
    office.books.expect(f"""
        attendance.punch
        site_id | badge_no | punched_at             | device_id
        S1      | 7        | 2026-10-12 08:47{f":{seconds}" if seconds else ""} | -
    """)


@pytest.mark.parametrize("written", ["8:47", "08:47:00", "8：47", "0.365972222222222", "8点47分"])
def test_OPS_23_every_spelling_of_a_time_is_the_same_time(office: Office, written: str):
    office.drop("S1/班次.csv", f"班次代码,班次名称,生效日期,上班时间,下班时间\nD,白班,2026-01-01,{written},18:00")
    office.take()
    assert office.books.query("select starts_at from attendance.shift") == [{"starts_at": time(8, 47)}]


def test_a_day_without_a_year_is_the_one_nearest_to_the_business_day(office: Office):
    office.drop("排班.csv", "工号,日期,班次代码\n1,12月31日,D\n2,1月2日,D")
    office.take(date(2027, 1, 5))
    office.books.expect("""
        attendance.roster
        employee_id | work_on
        1           | 2026-12-31
        2           | 2027-01-02
    """)


def test_OPS_23_an_unknown_heading_is_named_and_never_an_empty_column(office: Office):
    office.drop("S1/打卡.csv", "考勤号,打卡时间,心情\n7,2026-10-12 08:47,好")
    report = office.land()
    assert "心情" in report.refused[0].message
    assert "《打卡.csv》第1行“心情”列" in report.refused[0].message
    assert (report.refused[0].line, report.refused[0].heading) == (1, "心情")
    assert office.left() == ["退回/S1/打卡.csv"]
    assert office.books.query("select count(*) as n from ops.landing_row") == [{"n": 0}]


def test_a_missing_heading_is_named_with_what_to_do(office: Office):
    office.drop("S1/打卡.csv", "考勤号,设备号\n7,D1")
    office.drop("打卡.csv", "考勤号,打卡时间\n7,2026-10-12 08:47")
    report = office.land()
    group, site = report.refused
    assert "缺少必需的列：案场编号" in group.message
    assert "收件夹/案场编号/" in group.message
    assert "缺少必需的列：打卡时间" in site.message


def test_of_several_headings_for_one_column_the_best_counts(office: Office):
    office.drop("S1/打卡.csv", "姓名,工号,考勤号,打卡时间\n张伟,0012,7,2026-10-12 08:47")
    office.drop("S2/打卡.csv", "姓名,打卡时间\n张伟,2026-10-12 08:47")
    office.take()
    office.books.expect("""
        attendance.punch
        site_id | badge_no
        S1      | 7
        S2      | 张伟
    """)


def test_ATT_20_an_export_with_names_only_keeps_the_names_and_guesses_nothing(office: Office):
    office.drop(
        "S1/打卡.csv",
        """
        姓名,打卡时间
        张伟,2026-10-12 08:20
        张伟,2026-10-12 08:25
        李娜,2026-10-12 08:26
        """,
    )
    office.take()
    office.books.expect("""
        attendance.punch
        badge_no | punched_at
        张伟     | 2026-10-12 08:20
        张伟     | 2026-10-12 08:25
        李娜     | 2026-10-12 08:26
    """)


def test_a_title_above_and_notes_under_the_table_are_no_rows(office: Office):
    office.drop(
        "排班.csv",
        """
        国贸大厦排班,,
        制表日期：2026-10-01,,

        工号,日期,班次代码
        0012,2026-10-03,D
        ,,

        注：休为公休,,
        制表人：某某,审核：,
        """,
    )
    office.take()
    office.books.expect(ROSTER)
    assert office.totals() == [(1, 4, 1, 0, 0, 0)]


def test_a_cut_last_line_is_a_bad_row_and_not_a_note(office: Office):
    office.drop("排班.csv", "工号,日期,班次代码\n0012,2026-10-03,D\n0013,2026-1")
    office.take()
    assert office.totals() == [(2, 0, 1, 0, 0, 1)]


def test_quoted_cells_hold_delimiters_and_line_breaks_and_lines_are_still_counted(office: Office):
    office.drop(
        "违纪单.csv",
        f'{SLIP_COLUMNS}\n1,0012,2026-10-03,"坐着,接待\n客户",10,是\n2,0012,2026-10-04,"他说""好""",10.00,否\n',
    )
    office.take()
    assert office.books.query("select line_no, cause, amount::text from attendance.conduct_slip order by 1") == [
        {"line_no": 2, "cause": "坐着,接待\n客户", "amount": "10.00"},
        {"line_no": 4, "cause": '他说"好"', "amount": "10.00"},
    ]


def test_an_unclosed_quote_is_refused_with_its_line(office: Office):
    office.drop("违纪单.csv", f'{SLIP_COLUMNS}\n1,0012,2026-10-03,迟,10,是\n2,0012,2026-10-03,"迟,10,是\n3,1,1,1,1,1\n')
    assert "《违纪单.csv》第3行：引号没有成对" in office.land().refused[0].message


def test_a_backslash_is_nothing_special(office: Office):
    office.drop("违纪单.csv", f"{SLIP_COLUMNS}\n1,0012,2026-10-03,C:\\new\\N,10,是")
    office.take()
    assert office.books.query("select cause from attendance.conduct_slip") == [{"cause": "C:\\new\\N"}]


def test_carriage_returns_in_every_fashion_end_a_line(office: Office):
    office.drop("a排班.csv", "工号,日期,班次代码\r\n1,2026-10-03,D\r\n".encode())
    office.drop("b排班.csv", "工号,日期,班次代码\r2,2026-10-03,D\r".encode())
    office.take()
    office.books.expect("""
        attendance.roster
        employee_id | shift_code
        1           | D
        2           | D
    """)


def test_more_cells_than_headings_send_the_row_back_instead_of_shifting_it(office: Office):
    office.drop("排班.csv", "工号,日期,班次代码\n1,2026-10-03,D\n2,2026-10-03,D,夜\n3,2026-10-03,D,\n")
    office.take()
    assert [row["line_no"] for row in office.books.query("select line_no from ops.quarantine")] == [3]


def test_OPS_15_ids_stay_text_with_their_zeros_and_all_their_digits(office: Office):
    office.drop_sheet(
        "花名册.xlsx",
        ["工号", "姓名", "案场编号", "考勤号", "入职日期"],
        ["000012", "甲", "S1", "440301199001011234", at("2026-01-05")],
        [13, "乙", "S1", 7, 46027],
        ["14", "丙", "S1", 440301199001011234, at("2026-01-05")],
    )
    office.take()
    office.books.expect("""
        book.employee
        employee_id | badge_no           | joined_on
        000012      | 440301199001011234 | 2026-01-05
        13          | 7                  | 2026-01-05
    """)
    assert "科学计数法" in office.books.query("select reason from ops.quarantine")[0]["reason"]


def test_OPS_15_ids_that_a_spreadsheet_was_kept_from_calculating_lose_only_the_trick(office: Office):
    office.drop("排班.csv", '工号,日期,班次代码\n="0012",2026-10-03,D\n\'0013,2026-10-03,D')
    office.drop("b排班.csv", "工号,日期,班次代码\n'0013,2026-10-03,D")
    office.land()
    office.admit()
    assert office.books.query("select employee_id from attendance.roster order by 1") == [
        {"employee_id": "0012"},
        {"employee_id": "0013"},
    ]


def test_OPS_14_texts_that_look_like_formulas_and_negative_amounts_are_taken_as_they_are(office: Office):
    office.drop(
        "违纪单.csv",
        f"""
        {SLIP_COLUMNS}
        1,0012,2026-10-03,=HYPERLINK(x),1.00,是
        2,0012,2026-10-03,+8613800001111,2.00,是
        3,0012,2026-10-03,@x,"1,234.50",是
        4,0012,2026-10-03,-,￥4,是
        5,0012,2026-10-03,迟到,-22.27,是
        6,0012,2026-10-03,迟到,1.005,是
        """,
    )
    office.take()
    causes = office.books.query("select slip_no, cause, amount::text from attendance.conduct_slip order by slip_no")
    assert [tuple(row.values()) for row in causes] == [
        ("1", "=HYPERLINK(x)", "1.00"),
        ("2", "+8613800001111", "2.00"),
        ("3", "@x", "1234.50"),
        ("4", "-", "4.00"),
    ]
    reasons = office.books.query("select line_no, reason from ops.quarantine order by line_no")
    assert [row["line_no"] for row in reasons] == [6, 7]
    assert "-22.27" in reasons[0]["reason"]
    assert "小数" in reasons[1]["reason"]


# Workbooks -------------------------------------------------------------------------------------------------------


def test_a_workbook_is_read_like_a_csv_and_keeps_its_row_numbers(office: Office):
    office.drop_sheet(
        "S1/打卡.xlsx",
        ["十月打卡"],
        [],
        ["工号", "打卡时间", "设备号"],
        [12, at("2026-10-12 08:47:10"), 3],
        ["0013", at("2026-10-13"), None],
        [],
        ["0014", "2026/10/12 8:47", None],
    )
    office.take()
    assert [tuple(row.values()) for row in office.books.query(
        "select line_no, badge_no, to_char(punched_at, 'YYYY-MM-DD HH24:MI:SS') as punched_at, device_id"
        " from attendance.punch order by 1"
    )] == [
        (4, "12", "2026-10-12 08:47:10", "3"),
        (5, "0013", "2026-10-13 00:00:00", ""),
        (7, "0014", "2026-10-12 08:47:00", ""),
    ]  # fmt: skip


def test_an_amount_is_not_spoilt_by_binary_fractions(office: Office):
    office.drop_sheet("违纪单.xlsx", SLIP_COLUMNS.split(","), [118, "0012", at("2026-10-12"), "迟到", 0.1 + 0.2, "是"])
    office.take()
    assert office.books.query("select amount::text from attendance.conduct_slip") == [{"amount": "0.30"}]


def test_two_sheets_with_the_same_heading_are_refused_by_name(office: Office, tmp_path):
    import openpyxl

    path = office.drop_sheet("S1/打卡.xlsx", ["工号", "打卡时间"], ["1", at("2026-10-12 08:00")], title="甲")
    book = openpyxl.load_workbook(path)
    book.create_sheet("乙").append(["工号", "打卡时间"])
    book.create_sheet("说明").append(["怎么填"])
    book.save(path)
    assert "有2张工作表都像《打卡记录》：甲、乙" in office.land().refused[0].message


def test_a_column_of_formulas_without_values_is_refused_by_cell(office: Office):
    office.drop_sheet("S1/打卡.xlsx", ["工号", "打卡时间"], ["1", "=NOW()"], ["2", "=NOW()"])
    message = office.land().refused[0].message
    assert "整列只有公式" in message
    assert "B2" in message


@pytest.mark.parametrize("name", ["S1/打卡.xlsx", "S1/打卡.csv", "S1/attlog.dat"])
def test_an_empty_file_is_refused(office: Office, name: str):
    office.drop(name, b"")
    assert "文件是空的" in office.land().refused[0].message


def test_a_broken_workbook_and_an_unreadable_text_are_refused_and_the_others_land(office: Office):
    office.drop("S1/打卡.xlsx", b"PK\x03\x04 no workbook")
    office.drop("S2/打卡.csv", "工号,打卡时间\n1,2026-10-12 08:00\n".encode() + b"\xff\xff\xff,2026-10-12 08:01\n")
    office.drop("S3/打卡.csv", "工号,打卡时间\n1,2026-10-12 08:00")
    report = office.land()
    assert [file.site_id for file in report.refused] == ["S1", "S2"]
    assert "第3行：有无法识别的文字" in report.refused[1].message
    assert [file.site_id for file in report.landed] == ["S3"]
    office.admit()
    office.books.expect("""
        attendance.punch
        site_id
        S3
    """)


# One column per day -----------------------------------------------------------------------------------------------


def test_a_roster_with_one_column_per_day_makes_one_row_per_day_of_its_line(office: Office):
    office.drop(
        "2026-10排班.csv",
        "国贸大厦,,,,,,,,,\n工号,姓名,"
        + ",".join(map(str, range(1, 9)))
        + "\n0012,甲,D,D,休,,N,N,D,D\n0013,乙,休,,,,,,,\n",
    )
    office.take()
    rows = office.books.query("select line_no, employee_id, work_on::text, shift_code from attendance.roster")
    assert len(rows) == 8
    assert {"line_no": 3, "employee_id": "0012", "work_on": "2026-10-03", "shift_code": "休"} in rows
    assert {"line_no": 4, "employee_id": "0013", "work_on": "2026-10-01", "shift_code": "休"} in rows
    assert office.totals() == [(8, 0, 8, 0, 0, 0)]


def test_the_month_of_a_matrix_may_stand_in_a_column_or_in_the_title(office: Office):
    days = [f"{day}日" for day in range(1, 31)]
    office.drop_sheet("排班.xlsx", ["工号", "月份", *days], ["1", "2026-9", *["D"] * 30])
    office.drop_sheet("b排班.xlsx", ["2026年11月排班表"], ["工号", *days], ["1", *["D"] * 30])
    office.take()
    assert office.books.query("select min(work_on), max(work_on), count(*) from attendance.roster") == [
        {"min": date(2026, 9, 1), "max": date(2026, 11, 30), "count": 60}
    ]


def test_a_matrix_without_a_month_is_refused(office: Office):
    office.drop("排班.csv", "工号," + ",".join(map(str, range(1, 32))) + "\n1" + ",D" * 31)
    assert "看不出是哪个月的排班" in office.land().refused[0].message


def test_a_shift_on_a_day_that_the_month_has_not_goes_back(office: Office):
    office.drop("2026-09排班.csv", "工号," + ",".join(map(str, range(1, 32))) + "\n1" + ",D" * 31)
    office.take()
    assert office.totals() == [(31, 0, 30, 0, 0, 1)]


# Calendars --------------------------------------------------------------------------------------------------------


def calendar(year: int, *days: tuple[str, str, bool]) -> str:
    """A year as holiday-cn publishes it."""
    return json.dumps(
        {"year": year, "papers": [], "days": [{"name": n, "date": d, "isOffDay": off} for d, n, off in days]},
        ensure_ascii=False,
        indent=4,
    )


def test_E13_statutory_holidays_are_told_from_days_off_in_lieu(office: Office):
    office.drop(
        "2026.json",
        calendar(
            2026,
            ("2026-10-01", "国庆节", True),
            ("2026-10-05", "国庆节", True),
            ("2026-10-10", "国庆节", False),
            ("2026-04-06", "清明节", True),
        ),
    )
    office.take()
    office.books.expect("""
        book.calendar_day
        day_on     | year_no | is_off | is_statutory
        2026-10-01 | 2026    | yes    | yes
        2026-10-05 | 2026    | yes    | no
        2026-10-10 | 2026    | no     | no
        2026-04-06 | 2026    | yes    | no
    """)


@pytest.mark.parametrize(("year", "count"), [("2023", 11), ("2024", 11), ("2025", 13), ("2026", 13)])
def test_E13_there_are_thirteen_statutory_holidays_since_2025_and_eleven_before(year: str, count: int):
    assert len(statutory_days(year)) == count


def test_OPS_19_a_year_that_is_not_announced_lands_nothing_and_says_so(office: Office):
    office.drop("2027.json", calendar(2027))
    report = office.land()
    assert "2027年放假安排尚未公布" in report.summary
    office.admit()
    assert office.books.query("select count(*) as n from book.calendar_day") == [{"n": 0}]
    assert office.totals() == [(0, 0, 0, 0, 0, 0)]


def test_OPS_20_the_real_calendars_land_with_their_make_up_days(office: Office, shared_data):
    for path in (shared_data / "holidays" / "holiday-cn").glob("20*.json"):
        office.drop(path.name, path.read_bytes())
    office.take()
    assert office.books.query(
        "select year_no, count(*) filter (where is_statutory) as statutory from book.calendar_day"
        " where year_no in (2024, 2026, 2027) group by 1 order by 1"
    ) == [{"year_no": 2024, "statutory": 11}, {"year_no": 2026, "statutory": 13}]
    assert [
        row["day_on"].isoformat()
        for row in office.books.query(
            "select day_on from book.calendar_day where year_no = 2026 and not is_off order by 1"
        )
    ] == ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def test_a_broken_calendar_is_refused_with_its_line(office: Office):
    office.drop("2026.json", '{\n"year": 2026,\n"days": [')
    assert "《2026.json》第4行：不是完整的 JSON 文件" in office.land().refused[0].message


# Names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "feed"),
    [("国贸10月打卡.csv", "punches"), ("1_attlog.dat", "punches"), ("漏打卡10月.xlsx", "missed_punches"),
     ("案场.csv", "sites"), ("案场适用制度.csv", "site_rule_sets"), ("rules.csv", "rules"),
     ("rule_sets.csv", "rule_sets"), ("site_rule_sets.csv", "site_rule_sets"), ("2026.json", "calendar"),
     ("2026-10排班.xlsx", "roster"), ("打卡.pdf", None), ("新建文本文档.txt", None)],
)  # fmt: skip
def test_the_name_says_the_feed_and_the_longest_pattern_wins(name: str, feed: str | None):
    found = feed_of(name, list(feeds().values()))
    assert (found and found.name) == feed


# A format that a site brought along -------------------------------------------------------------------------------

PRESALE = "\ufeff土地位置建物門牌,交易年月日,建物移轉總面積平方公尺,總價元,編號,建案名稱,棟及號"
IN_ENGLISH = "land sector,transaction date,area,total price NTD,serial number,build case,buildings"


def presale_office(office: Office, *lines: str) -> list[str]:
    """Reasons why rows of county a come back; its projects are registered."""
    office.drop(
        "案场项目登记.csv",
        "项目编号,项目名称,集团编号,集团名称,启用日期,登记房源,联系方式\n"
        "presale-a-早安．國揚,早安．國揚,presale-a,a,2021-01-01,否,8000",
    )
    office.drop("a_lvr_land_b.csv", "\n".join([PRESALE, IN_ENGLISH, *lines]))
    office.take()
    return [row["reason"] for row in office.books.query("select reason from ops.quarantine order by line_no")]


@pytest.mark.parametrize(
    ("written", "is_day"),
    [
        ("1100827", True), ("110/8/27", True), ("110.08.27", True), ("民國110年8月27日", True), ("110-08-27", True),
        ("1100020", False), ("1100832", False), ("1101327", False), ("2021-08-27", False), ("827", False),
    ],
)  # fmt: skip
def test_years_of_the_republic_are_counted_from_1911(office: Office, written: str, is_day: bool):
    returned = presale_office(office, f"信義路,{written},100,9000000,S1,早安．國揚,A1")
    assert bool(returned) == (not is_day)
    held = office.books.query("select signed_on::text from sales.contract")
    assert held == ([{"signed_on": "2021-08-27"}] if is_day else [])


def test_an_adapter_drops_the_second_heading_and_numbers_projects_within_their_county(office: Office):
    assert presale_office(office, "信義路,1100827,100,9000000,S1,早安．國揚,A1") == []
    office.books.expect("""
        sales.contract
        site_id             | contract_no | unit_no | signed_on  | amount     | area
        presale-a-早安．國揚 | S1          | A1      | 2021-08-27 | 9000000.00 | 100.00
    """)
    [file] = office.books.query("select row_count from ops.landing_file where feed = 'presale_contracts'")
    assert file["row_count"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "信義路,1100827,100,9000000,S1,早安．國揚,A1棟187-11,187-4號",
        # what lies beyond the headings is empty, and every cell would be read as its neighbour's
        "信義路,3號,1100827,100,9000000,S1,早安．國揚,",
    ],
)
def test_a_comma_that_nobody_quoted_sends_the_row_back_by_name(office: Office, line: str):
    returned = presale_office(office, line)
    assert returned == ["比表头多出了列（表头7列）"]
    [row] = office.books.query("select advice from ops.quarantine")
    assert "逗号" in row["advice"]


def test_a_price_of_662_and_a_sale_without_a_building_go_back(office: Office):
    returned = presale_office(
        office,
        "信義路,1100827,144.65,662,S1,早安．國揚,A1",
        "信義路,1100827,144.65,9999,S2,早安．國揚,A2",
        "信義路,1100827,144.65,10000,S3,早安．國揚,A3",
        "信義路,1100827,0,9000000,S4,早安．國揚,A4",
        "信義路,1100827,100,9000000,S5,,A5",
    )
    assert returned == [*["总价低于一万元，像是少写了位数"] * 2, "建物面积不大于0", "没有填"]
    office.books.expect("""
        sales.contract
        contract_no
        S3
    """)
