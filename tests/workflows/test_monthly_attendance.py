"""The attendance of a month through its DAG: a draft, the close, open questions, the office's word, payroll's files."""

import shutil
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from tests.workflows.conftest import SAMPLE, Office

#: what the two sites need of the group's files
GROUP_FILES = (
    "案场登记表.csv",
    "制度清单.csv",
    "制度参数.csv",
    "案场适用制度.csv",
    "班次表.csv",
    "收件人.csv",
    "审批人名单.csv",
    "花名册.xlsx",
    "2026.json",
)
RULINGS = "认定单号,工号,考勤日期,认定结果,理由,批准人,签字日期\n"
ASKED = {"period": "2026-10", "requested_by": "人事", "sites": ["GM01", "WX01"]}


@pytest.fixture
def sites(office: Office) -> Office:
    """An office with October of two sites judged: 国贸, where nothing is open, and 威新, where questions are."""
    for name in GROUP_FILES:
        shutil.copy(SAMPLE / name, office.inbox)
    for site in ("GM01", "WX01"):
        (office.inbox / site).mkdir()
        for pattern in ("*打卡*", "*排班*", "*请假*", "*外出*", "*违纪*", "*补卡*"):
            for file in (SAMPLE / site).glob(pattern):
                shutil.copy(file, office.inbox / site)
    october = {"period": "2026-10-01..2026-10-31", "send_mail": "否", "reason": "首月", "requested_by": "demo"}
    run = office.run("daily_attendance", **october, sites=["GM01", "WX01"])
    assert str(run.state) == "success", office.states(run)
    return office


def names(office: Office, part: str) -> list[str]:
    return sorted(name.rsplit("/", 1)[-1] for name in office.files() if part in name)


def told(office: Office, kind: str) -> set[str]:
    """Whom the documents of a kind went to."""
    return {
        row["recipient"]
        for row in office.query(
            "select recipient from ops.outbox inner join ops.artifact on outbox.artifact_id = artifact.artifact_id "
            f"where artifact.document_kind = '{kind}' and outbox.state = 'sent'"
        )
    }


def test_ATT_19_a_month_is_drafted_closed_asked_about_issued_and_frozen(sites: Office):
    office = sites
    with office.approver(("同意", "各部门已签字，同意")) as questions:
        run = office.run("monthly_attendance", **ASKED)
    states = office.states(run)

    # both sites have a draft; only the one without open questions becomes final
    assert len(names(office, "attendance_draft/GM01")) == len(names(office, "attendance_draft/WX01")) == 1
    assert names(office, "monthly_attendance/") == ["2026年10月考勤月报表-国贸大厦-定稿.xlsx"], states
    assert len(questions) == 1 and questions[0].startswith("国贸大厦")
    [waiting] = office.query("select state, note from ops.run where workflow = 'monthly_attendance'")
    assert waiting["state"] == "done_with_exceptions", waiting
    assert "待补资料：威新国际大厦" in waiting["note"] and "待确认4天" in waiting["note"], waiting
    assert office.query("select * from attendance.fine_entry where site_id = 'WX01'") == []

    # payroll and finance alone get what wages are paid by; the site's manager gets the sheet
    assert names(office, "wage_deductions/") == ["2026年10月工资扣款核对表-国贸大厦-定稿.xlsx"]
    assert names(office, "payroll_import/") == ["2026年10月薪资导入表-国贸大厦-定稿.xlsx"]
    assert any("manager" in address for address in told(office, "monthly_attendance"))
    payroll = told(office, "wage_deductions") | told(office, "payroll_import")
    assert payroll and not [address for address in payroll if "manager" in address], payroll

    # the sheet's sums are the ledger's and the days'
    [sheet] = office.query("select * from ops.result where workflow = 'monthly_attendance' and state = 'issued'")
    [ledger] = office.query("select sum(amount) as amount from attendance.fine_entry where entry_kind = '罚款'")
    assert ledger["amount"] == levied(office, "GM01") > 0
    assert Decimal(str(sheet["totals"]["pending_days"])) == 0

    # the answers arrive: the second site is closed and issued, the first is frozen and not touched
    issued, before = office.files(), frozen(office)
    open_days = office.query(
        "select employee_id, work_on from attendance.attendance_day "
        "where site_id = 'WX01' and pending_days > 0 order by 1, 2"
    )
    assert open_days
    (office.inbox / "WX01").mkdir(exist_ok=True)
    lines = "".join(
        f"RD-{number},{row['employee_id']},{row['work_on']},出勤,现场核实到岗,项目总监,2026-11-05\n"
        for number, row in enumerate(open_days, 1)
    )
    (office.inbox / "WX01" / "2026-10考勤认定单.csv").write_text(RULINGS + lines, encoding="utf-8")
    with office.approver(("同意", "各部门已签字，同意")) as questions:
        run = office.run("monthly_attendance", **ASKED, mode="重算", reason="补认定")
    assert str(run.state) == "success", office.states(run)
    assert [question[:4] for question in questions] == ["威新国际"]
    assert len(names(office, "monthly_attendance/")) == 2
    assert {name: office.files()[name] for name in issued} == issued
    assert {key: rows for key, rows in frozen(office).items() if key == "GM01"} == {"GM01": before["GM01"]}

    # again: nothing is asked, written, booked or mailed
    letters, files, versions = len(office.post.kept), office.files(), office.row_versions()
    with office.approver() as questions:
        run = office.run("monthly_attendance", **ASKED, mode="重算", reason="看看")
    assert str(run.state) == "success", office.states(run)
    assert questions == [] and len(office.post.kept) == letters and office.files() == files
    assert office.query("select state from ops.run order by run_id")[-1]["state"] == "unchanged"
    changed = {table for table, rows in office.row_versions().items() if rows != versions[table]}
    assert changed <= {"ops.landing_file", "ops.result"}, changed

    # what is known later is borne by the month then open (ATT-10 b)
    heading = "假条号,工号,请假类型,开始时间,结束时间,申请时间,申请人,批准人,批准人级别,交条日期,状态\n"
    leave = "QJ-X1,G008,事假,2026-10-14 08:30,2026-10-14 18:00,2026-10-13 10:00,本人,周怀山,总经理,2026-10-15,批准\n"
    (office.inbox / "GM01").mkdir(exist_ok=True)
    (office.inbox / "GM01" / "2026-10请假登记-补.csv").write_text(heading + leave, encoding="utf-8")
    day = {"period": "2026-10-14", "send_mail": "否", "reason": "补假条", "requested_by": "人事", "sites": ["GM01"]}
    run = office.run("daily_attendance", **day)
    assert str(run.state) == "success", office.states(run)
    [moved] = office.query("select employee_id, work_on, counted_in, absent_days_delta from attendance.adjustment")
    assert (moved["employee_id"], str(moved["work_on"]), moved["absent_days_delta"]) == ("G008", "2026-10-14", -1)
    assert str(moved["counted_in"]) > "2026-10-31"
    assert office.files() == files | {name: at for name, at in office.files().items() if "daily_attendance" in name}


def test_ATT_19_the_sheet_that_is_issued_adds_up_as_it_lies_there(sites: Office):
    office = sites
    with office.approver():
        office.run("monthly_attendance", **ASKED | {"sites": ["GM01"]})
    [name] = [name for name in office.files() if "monthly_attendance/" in name]
    book = load_workbook(office.folder / name, data_only=True)
    listed = [row for row in book["异常"].iter_rows(values_only=True) if isinstance(row[0], int | float)]
    [told] = office.query("select note from ops.run where workflow = 'monthly_attendance'")
    assert listed and f"| 异常{len(listed)} |" in told["note"], told
    heading, *lines = book["月度汇总"].iter_rows(values_only=True)
    at = {word: heading.index(word) for word in heading if word}
    people = [line for line in lines if line[at["工号"]] and line[at["校验"]] is not None] if "校验" in at else lines
    leaves = ("事假", "病假", "年休假", "调休", "婚假", "丧假", "产假", "工伤")
    assert len(people) > 5
    for line in people:
        if line[0] in ("合计", None) or line[at["姓名"]] is None:
            continue
        cell = {word: line[place] or 0 for word, place in at.items()}
        assert cell["日历天数"] == 31, line
        assert cell["日历天数"] == cell["应出勤天数"] + cell["公休"] + cell["法定节假日"] + cell["未在职"], line
        leave = sum(cell[word] for word in leaves)
        assert cell["应出勤天数"] == cell["实际出勤天数"] + leave + cell["旷工天数"] + cell["待确认天数"], line


def test_wages_that_land_after_the_final_make_one_further_edition_for_payroll_and_nothing_else(sites: Office):
    office, asked = sites, ASKED | {"sites": ["GM01"]}
    with office.approver(("同意", "各部门已签字，同意")) as questions:
        office.run("monthly_attendance", **asked)
    [people] = office.query("select count(*) as n from attendance.month_line where site_id = 'GM01' and revision = 1")
    assert f"其中{people['n']}人没有本月工资标准" in questions[0], questions
    before, sheet = frozen(office), names(office, "monthly_attendance/")

    # the wages arrive: the sheet that speaks of them once more, to payroll and finance, and nothing is asked or booked
    for name in ("2026-10工资标准.csv", "工资扣款参数.csv"):
        shutil.copy(SAMPLE / name, office.inbox)
    with office.approver() as questions:
        run = office.run("monthly_attendance", **asked, mode="重算", reason="补报工资标准")
    assert str(run.state) == "success" and questions == [], office.states(run)
    assert names(office, "wage_deductions/") == [
        "2026年10月工资扣款核对表-国贸大厦-定稿.xlsx",
        "2026年10月工资扣款核对表-国贸大厦-第2版(更正).xlsx",
    ]
    assert len(names(office, "payroll_import/")) == 1  # it names no wage: who imports it twice pays twice
    assert names(office, "monthly_attendance/") == sheet and frozen(office) == before
    assert editions(office, 2) == [row for row in editions(office, 1) if row["document_kind"] == "wage_deductions"]
    last_run = "run_id = (select max(run_id) from ops.run)"
    mailed = office.query(f"select letter_kind from ops.outbox where {last_run} and letter_kind <> 'returned_rows'")
    assert len(mailed) == len(editions(office, 2)) == 2, mailed
    assert {row["document_kind"] for row in editions(office, 2)} == {"wage_deductions"}
    [last] = office.query(f"select state, note from ops.run where {last_run}")
    assert "国贸大厦工资扣款核对表出第2版" in last["note"] and last["state"].startswith("done"), last
    known, unknown = (sheet_of(office, edition, "工资扣款核对") for edition in ("第2版(更正)", "定稿"))
    assert {row["月工资标准"] for row in unknown} == {"—"}
    assert all(isinstance(row["月工资标准"], int | float) for row in known), known
    # as the sample's tour reckons: fines of 20.00, and 15.00 between the wage due and the minimum
    [limited] = [row for row in known if row["工号"] == "G004"]
    assert (limited["制度罚款合计"], limited["可扣"], limited["不得扣"]) == (20, 15, 5), limited
    assert any(row["项目"].endswith("月工资标准") for row in sheet_of(office, "第2版(更正)", "差异"))
    decided = [
        (row["步骤"], row["意见"], row["所批户数/金额"].split("，")[0])
        for row in sheet_of(office, "第2版(更正)", "审批记录")
    ]
    assert decided == [("考勤月报核对", "各部门已签字，同意", f"{people['n']}人")]

    # again: nothing
    kept, files = len(office.post.kept), office.files()
    run = office.run("monthly_attendance", **asked, mode="重算", reason="看看")
    assert str(run.state) == "success" and len(office.post.kept) == kept and office.files() == files
    assert office.query("select state from ops.run order by run_id")[-1]["state"] == "unchanged"


def editions(office: Office, revision: int) -> list[dict]:
    """Whom an edition of payroll's documents went to."""
    return office.query(
        "select artifact.document_kind, outbox.recipient from ops.outbox "
        "inner join ops.artifact on outbox.artifact_id = artifact.artifact_id where outbox.state = 'sent' "
        f"and document_kind in ('wage_deductions', 'payroll_import') and artifact.revision = {revision} order by 1, 2"
    )


def sheet_of(office: Office, edition: str, sheet: str) -> list[dict]:
    """The lines of a sheet of an edition of the 工资扣款核对表, without its totals and notes."""
    [name] = [name for name in office.files() if "wage_deductions/" in name and edition in name]
    heading, *lines = load_workbook(office.folder / name, data_only=True)[sheet].iter_rows(values_only=True)
    told = [line for line in lines if line[0] != "合计" and sum(value is not None for value in line) > 2]
    return [dict(zip(heading, line, strict=True)) for line in told]


def levied(office: Office, site: str) -> Decimal:
    [days] = office.query(f"select sum(fine_amount) as fines from attendance.attendance_day where site_id = '{site}'")
    [slips] = office.query(
        f"select sum(fine_amount + charge_amount) as fines from attendance.conduct_fine where site_id = '{site}' "
        "and counted_in = '2026-10-01'"
    )
    return (days["fines"] or 0) + (slips["fines"] or 0)


def frozen(office: Office) -> dict:
    """What was computed and booked for a site, row by row."""
    return {
        site: [
            office.query(f"select * from {table} where site_id = '{site}' order by 1, 2, 3")
            for table in ("attendance.attendance_day", "attendance.month_line", "attendance.fine_entry")
        ]
        for site in ("GM01",)
    }
