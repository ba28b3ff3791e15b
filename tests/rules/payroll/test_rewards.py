"""一周奖罚公布: what everybody may read of a week, who stands in it, and what never does."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from psycopg.types.range import DateRange

from backoffice import artifacts, letters
from backoffice.database import rows
from backoffice.periods import parse
from backoffice.runs import carry_out
from backoffice.workbook import write_workbook
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import table, total
from tests.rules.payroll.conftest import day, hire, put, slip
from tests.workbooks import text_of_workbook
from workbooks.rewards import rewards_workbook

WORKFLOW = "weekly_rewards"
#: the statements of the task `reckon`, in order
RECKON = ("rewards/record_results", "ops/stamp_computed")
WEEK = "2026-W42"  # 12 to 18 October
KNOWN = "2026-10-19 10:00"


def reckon(books: Books, period: str = WEEK, *sites: str, known_at: str = KNOWN) -> int:
    """Record a week; returns the run."""
    asked = parse(period)
    days = DateRange(asked.starts_on, asked.until_on)
    run_id = books.connection.execute(
        """
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, reason, wants_mail, state
        )
        values (%s, gen_random_uuid()::text, %s, 'normal', %s, %s, 'test', '', false, 'done')
        returning run_id
        """,
        [WORKFLOW, days, asked.last_on, known_at],
    ).fetchone()[0]
    for site in sites or ("GM",):
        books.connection.execute(
            "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
            "values (%s, %s, %s, %s, 'asked', false)",
            [run_id, WORKFLOW, site, days],
        )
    carry_out(books.connection, run_id, RECKON)
    return run_id


def document(books: Books, run_id: int, revision: int = 1, site: str = "GM") -> int:
    """Register the document of a run, as its release does; returns the artifact."""
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select
            workflow, workflow, %s, period, %s, md5(run_id::text), '一周奖罚公布', as_of_on, known_at, run_id,
            known_at + interval '5 minutes'
        from ops.run where run_id = %s
        returning artifact_id
        """,
        [site, revision, run_id],
    ).fetchone()[0]


def written(books: Books, artifact_id: int, folder: Path) -> Path:
    """The file of a document."""
    book = rewards_workbook(books.connection, artifacts.read(books.connection, artifact_id))
    return write_workbook(folder / book.file_name, book).path


def present(books: Books, name: str, on: str = "2026-10-12", site: str = "GM", **also: str) -> None:
    day(books, name, on, "0", site, **({"status": "出勤", "late_minutes": "0", "rule_id": ""} | also))


def praise(books: Books, number: str, name: str, on: str, **also: str) -> None:
    put(books, "attendance.praise", {"slip_no": number, "employee_id": name, "event_on": on, "cause": "主动帮客户",
        "issued_by": "王经理"} | also)  # fmt: skip


def receive(books: Books, name: str, at: str, outcome: str = "接待", site: str = "GM", **also: str) -> None:
    put(books, "attendance.reception", {"site_id": site, "employee_id": name, "came_at": at, "customer": "李某",
        "customer_kind": "新客", "outcome": outcome}, **also)  # fmt: skip


def sell(books: Books, *consultants: str) -> None:
    """A project and its consultants, who bear the numbers of employees."""
    put(books, "sales.project", {"site_id": "XM", "project_name": "江湾一期", "group_id": "JT", "group_name": "集团",
        "opens_on": "2026-01-01", "is_unit_register": "no", "contact": "0571-8000"})  # fmt: skip
    for name in consultants:
        put(books, "sales.consultant", {"consultant_id": name, "effective_from": "2026-01-01", "consultant_name": name,
            "site_id": "XM", "grade": "置业顾问"})  # fmt: skip


def sign(books: Books, number: str, name: str, on: str, **also: str) -> None:
    put(books, "sales.contract", {"site_id": "XM", "contract_no": number, "unit_no": number, "customer_name": "李某",
        "signed_on": on, "area": "100", "amount": "1000000", "consultant_id": name} | also)  # fmt: skip


def test_a_week_counts_lateness_absence_conduct_fines_and_praise_of_each(house: Books):
    hire(house, "ann", "bob")
    day(house, "ann", "2026-10-12")
    day(house, "ann", "2026-10-13", "0", late_minutes="45", absent_days="0.5", status="旷工半天")
    slip(house, "1", "ann", "2026-10-18", "12.70", "6.35")
    present(house, "bob", absent_days="1", status="旷工")
    praise(house, "P1", "bob", "2026-10-18")
    praise(house, "P2", "bob", "2026-10-14")
    run = reckon(house)
    house.expect(
        """
        attendance.reward_line
        base_on    | revision | employee_id | late_count | absent_days | conduct_count | fine_amount | praise_count
        2026-10-12 | 1        | ann         | 1          | 0.50        | 1             | 22.70       | 0
        2026-10-12 | 1        | bob         | 0          | 1.00        | 0             | 0.00        | 2
        """
    )
    [result] = house.query("select * from ops.result where workflow = 'weekly_rewards'")
    assert (result["state"], result["run_id"], result["row_count"], str(result["as_of_on"])) == (
        "computed", run, 2, "2026-10-18")  # fmt: skip
    assert result["totals"] == {"person_count": 2, "late_count": 1, "absent_days": 1.5, "conduct_count": 1,
        "fine_amount": 22.7, "praise_count": 2}  # fmt: skip


def test_the_days_before_and_after_the_week_and_other_sites_are_not_in_it(house: Books):
    hire(house, "ann")
    hire(house, "far", site="HO")
    present(house, "ann")
    for on in ("2026-10-11", "2026-10-19"):
        day(house, "ann", on)
        slip(house, on, "ann", on, "50.00")
        praise(house, f"P{on}", "ann", on)
        receive(house, "ann", f"{on} 10:00")
    day(house, "far", "2026-10-12", site="HO")
    praise(house, "P1", "far", "2026-10-12")
    reckon(house)
    house.expect(
        """
        attendance.reward_line
        employee_id | late_count | conduct_count | fine_amount | praise_count | reception_count
        ann         | 0          | 0             | 0.00        | 0            | 0
        """
    )


def test_a_slip_that_waits_and_praise_that_came_later_are_not_announced(house: Books):
    hire(house, "ann")
    present(house, "ann")
    slip(house, "1", "ann", "2026-10-12", "0.00")
    house.connection.execute("update attendance.conduct_fine set state = '待确认'")
    put(house, "attendance.praise", {"slip_no": "P1", "employee_id": "ann", "event_on": "2026-10-12", "cause": "热心",
        "issued_by": "王经理"}, recorded_at="2026-10-20")  # fmt: skip
    reckon(house)
    house.expect("attendance.reward_line\nconduct_count | praise_count\n0 | 0")


def test_receptions_count_where_the_site_keeps_a_register_of_them_and_are_a_dash_elsewhere(house: Books, tmp_path):
    hire(house, "ann", "bob")
    present(house, "ann")
    present(house, "bob")
    present(house, "far", site="HO")
    receive(house, "ann", "2026-10-12 09:00")
    receive(house, "ann", "2026-10-18 23:59")
    receive(house, "ann", "2026-10-13 09:00", "拒接")
    receive(house, "bob", "2026-10-13 10:00", "未上位")
    receive(house, "bob", "2026-10-13 11:00", recorded_at="2026-10-20")
    run = reckon(house, WEEK, "GM", "HO")
    house.expect(
        """
        attendance.reward_line
        employee_id | reception_count
        ann         | 2
        bob         | 0
        far         | -
        """
    )
    assert table(written(house, document(house, run, site="HO"), tmp_path), "一周奖罚")[0]["接待"] == "—"


def test_deals_are_the_signings_of_a_consultant_shared_ones_in_parts_and_a_dash_for_anybody_else(house: Books):
    hire(house, "ann", "bob", "cyd")
    for name in ("ann", "bob", "cyd", "eve"):
        present(house, name)
    sell(house, "ann", "bob", "cyd")
    sign(house, "H1", "ann", "2026-10-12")
    sign(house, "H2", "ann", "2026-10-18")
    for name in ("ann", "bob"):
        put(house, "sales.contract_share", {"site_id": "XM", "contract_no": "H2", "consultant_id": name,
            "share": "0.5"})  # fmt: skip
    sign(house, "H3", "ann", "2026-10-19")
    sign(house, "H4", "ann", "2026-10-11")
    reckon(house)
    house.expect(
        """
        attendance.reward_line
        employee_id | deal_count
        ann         | 1.50
        bob         | 0.50
        cyd         | 0.00
        eve         | -
        """
    )


def test_namesakes_are_told_apart_by_their_numbers(house: Books):
    present(house, "007", employee_name="张伟")
    present(house, "008", employee_name="张伟")
    present(house, "009", employee_name="李娜")
    reckon(house)
    house.expect("attendance.reward_line\nemployee_name\n张伟（007）\n张伟（008）\n李娜")


def test_the_same_week_again_writes_nothing_and_another_content_is_a_further_revision(house: Books):
    present(house, "ann")
    reckon(house)
    before = house.row_versions("attendance.reward_line", "ops.result")
    reckon(house)
    assert house.row_versions("attendance.reward_line", "ops.result") == before
    day(house, "ann", "2026-10-13")
    reckon(house, known_at="2026-10-20 10:00")
    house.expect(
        """
        attendance.reward_line
        revision | employee_id | late_count
        1        | ann         | 0
        2        | ann         | 1
        """
    )


def test_a_closed_week_is_left_as_it_was_announced(house: Books):
    present(house, "ann")
    run = reckon(house)
    house.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id) "
        "select workflow, 'GM', period, known_at, 'test', run_id from ops.run where run_id = %s",
        [run],
    )
    day(house, "ann", "2026-10-13")
    reckon(house, known_at="2026-10-20 10:00")
    house.expect("attendance.reward_line\nrevision | late_count\n1 | 0")


def test_several_weeks_at_once_are_a_result_each(house: Books):
    present(house, "ann", "2026-10-12")
    present(house, "ann", "2026-10-19")
    reckon(house, "2026-10-12..2026-10-25", known_at="2026-10-26 10:00")
    house.expect("ops.result\nbase_on | as_of_on\n2026-10-12 | 2026-10-18\n2026-10-19 | 2026-10-25")


def test_a_week_without_anybody_has_no_result(house: Books):
    reckon(house)
    house.expect("ops.result\nbase_on")


@pytest.fixture
def week(house: Books) -> tuple[Books, int]:
    hire(house, "ann", "bob")
    day(house, "ann", "2026-10-12")
    slip(house, "1", "ann", "2026-10-14", "20.00")
    present(house, "bob", "2026-10-13", status="请假", leave_days="1", absent_days="0")
    house.connection.execute("update attendance.attendance_day set leave_type = '病假' where employee_id = 'bob'")
    present(house, "bob", "2026-10-14", status="旷工", absent_days="1")
    house.connection.execute(
        "update attendance.attendance_day set reason = '假条逾期', slip_verdict = '假条逾期' where absent_days = 1"
    )
    praise(house, "P1", "bob", "2026-10-15", amount="100.00")
    receive(house, "ann", "2026-10-12 09:00")
    return house, reckon(house)


def test_the_announcement_has_its_columns_its_totals_and_a_readable_name(week, tmp_path):
    books, run = week
    path = written(books, document(books, run), tmp_path)
    assert path.name == "2026年第42周一周奖罚公布-国贸大厦-第1版.xlsx"
    assert load_workbook(path).sheetnames == ["封面", "一周奖罚", "表扬", "异常", "计算依据", "审批记录"]
    sheets = text_of_workbook(path)
    assert sheets["一周奖罚"][0][1:] == ["姓名", "迟到", "旷工", "违纪", "罚款", "表扬", "接待", "成交"]
    assert total(path, "一周奖罚", "罚款") == 30
    assert table(path, "表扬")[0]["奖励"] == 100
    assert [row["计算过程"] for row in table(path, "计算依据")] == ["迟到12分钟，罚款10.00元", "违纪，罚款20.00元"]
    assert not {"None", "nan", "True", "False"} & {cell for sheet in sheets.values() for row in sheet for cell in row}


def test_nobody_reads_why_somebody_was_absent_nor_that_he_was_ill(week, tmp_path):
    books, run = week
    artifact = document(books, run)
    path = written(books, artifact, tmp_path)
    words = "".join(cell for sheet in text_of_workbook(path).values() for row in sheet for cell in row)
    words += letter(books, artifact).text
    assert not [word for word in ("病假", "请假", "事假", "假条", "工资") if word in words]


def letter(books: Books, artifact_id: int) -> letters.Letter:
    [variables] = rows(books.connection, "rewards/mail_weekly", {"artifact_id": artifact_id})
    variables |= artifacts.exceptions_of(books.connection, artifact_id, "rewards/sheet_exceptions")
    return letters.render("rewards/weekly", variables)


def test_the_letter_says_the_figures_of_the_sheet(week, tmp_path):
    books, run = week
    artifact = document(books, run)
    written(books, artifact, tmp_path)
    assert letter(books, artifact).subject == (
        "【一周奖罚公布】国贸大厦 2026年第42周（10-12至10-18） 2人 迟到1次 旷工1天 违纪1次 罚款30.00元 表扬1次"
    )


def test_days_without_a_result_and_verdicts_that_wait_are_listed_without_names(week, tmp_path):
    books, run = week
    present(books, "cyd", "2026-10-16", status="待确认")
    listed = [(row["对象"], row["问题"]) for row in table(written(books, document(books, run), tmp_path), "异常")]
    assert listed[0] == ("2026-10-12", "当日没有考勤结果，未计入")
    assert listed[-1] == ("2026-10-16", "1人次待确认或进行中，未计入")
    assert len(listed) == 8


def test_a_corrected_announcement_says_what_differs(week, tmp_path):
    books, run = week
    document(books, run)
    books.connection.execute(
        "update attendance.attendance_day set late_minutes = 0, fine_amount = 0 where employee_id = 'ann'"
    )
    again = document(books, reckon(books, known_at="2026-10-20 10:00"), revision=2)
    path = written(books, again, tmp_path)
    assert path.name == "2026年第42周一周奖罚公布-国贸大厦-第2版(更正).xlsx"
    assert [(row["对象"], row["项目"], row["原值"], row["新值"]) for row in table(path, "差异")] == [
        ("ann", "迟到", "1", "0"),
        ("ann", "罚款", "30", "20"),
    ]
    assert letter(books, again).subject.startswith("【更正】【一周奖罚公布】")
