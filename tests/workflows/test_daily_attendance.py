"""每日考勤 from the inbox to the mailbox, in real Airflow."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from email.header import decode_header, make_header
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from backoffice.attendance import JUDGE
from backoffice.database import ROOT, connect
from backoffice.runs import carry_out
from tests.workflows.conftest import SAMPLE

OCTOBER = "2026-10-01..2026-10-31"


def subjects(office):
    return [str(make_header(decode_header(letter["Subject"]))) for letter in office.post.letters]


def test_the_rules_are_tested_with_the_statements_that_the_dag_runs(dag_bag):
    assert tuple(dag_bag.dags["daily_attendance"].get_task("compute").statements) == JUDGE


def test_OPS_07_the_last_retry_of_a_delivery_comes_when_the_lease_of_a_letter_is_over(dag_bag):
    senders = [task for dag in dag_bag.dags.values() for task in dag.tasks if task.task_type == "DeliverMail"]
    assert len(senders) >= 3
    for task in senders:
        assert task.retries * task.retry_delay.total_seconds() > task.lease_seconds, task.task_id


def test_a_month_is_one_run_with_a_workbook_and_letters_for_each_site_and_running_again_writes_nothing(sample_office):
    office = sample_office
    first = office.run("daily_attendance", period=OCTOBER, send_mail="是", requested_by="demo", reason="首月")
    assert str(first.state) == "success", office.states(first)
    made = [name for name in office.files() if "daily_attendance" in name]
    assert len(made) == 6 and all("2026年10月考勤汇总" in name for name in made)
    assert len([subject for subject in subjects(office) if subject.startswith("【考勤汇总】")]) >= 3
    for name in made:
        heading, *lines = load_workbook(office.folder / name)["汇总"].iter_rows(values_only=True)
        [total] = [line for line in lines if line[0] == "合计"]
        assert None not in total[: len([word for word in heading if word])], name
        assert load_workbook(office.folder / name)["封面"]["A1"].value == "考勤汇总"
    [run] = office.query("select state, note, requested_by, reason from ops.run")
    assert run["state"] == "done_with_exceptions" and run["requested_by"] == "demo"
    assert run["note"].startswith("2026-10 | 常规 | 6个案场")

    before, files, letters = office.row_versions(), office.files(), len(office.post.kept)
    second = office.run("daily_attendance", period=OCTOBER, send_mail="是", requested_by="demo", reason="再跑一次")
    assert str(second.state) == "success", office.states(second)
    assert office.row_versions() == before
    assert office.files() == files
    assert len(office.post.kept) == letters
    assert office.query("select state from ops.run order by run_id")[-1]["state"] == "unchanged"

    office.run("daily_attendance", period=OCTOBER, send_mail="是", requested_by="demo", reason="第三次")
    assert office.row_versions() == before
    assert office.files() == files and len(office.post.kept) == letters


def test_OPS_04_without_a_period_nothing_is_taken_in_and_the_refusal_is_in_words(sample_office):
    run = sample_office.run("daily_attendance")
    states = sample_office.states(run)
    assert str(run.state) == "failed"
    assert states["period"] == "failed" and states["land"] == "upstream_failed"
    assert states["admit"] == "upstream_failed" and states["hold"] == "upstream_failed"
    assert sample_office.query("select * from ops.landing_file") == []
    assert any("没有指定期间" in letter.get_body().get_content() for letter in sample_office.post.letters)


def test_a_trial_says_what_would_be_issued_and_writes_nothing(sample_office):
    office = sample_office
    office.run("daily_attendance", period="2026-10-12", requested_by="demo")
    before, files, letters = office.row_versions(), office.files(), len(office.post.kept)
    trial = office.run("daily_attendance", period="2026-10-13", mode="试算", requested_by="demo", reason="看看")
    assert str(trial.state) == "success", office.states(trial)
    assert (office.row_versions(), office.files(), len(office.post.kept)) == (before, files, letters)
    note = office.query("select note from ops.run order by run_id")[-1]["note"]
    real = office.run("daily_attendance", period="2026-10-13", requested_by="demo")
    assert str(real.state) == "success"
    sums = office.query("select note from ops.run order by run_id")[-1]["note"].split(" | ")[2]
    assert "试算" in note and sums in note and "应到0" not in note, "a trial says what the real run then does"


def test_ATT_22_OPS_12_late_punches_make_a_second_edition_with_differences_for_all_who_had_the_first(office):
    """About yesterday, whose month is open; the punches of one person come after the first edition."""
    day = (datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=1)).date()
    bring_group_files(office)
    people = ("G002", "G003", "G004", "G005")
    (office.inbox / "GM01").mkdir()
    (office.inbox / "GM01" / "排班表.csv").write_text(
        "工号,日期,班次\n" + "".join(f"{person},{day},A\n" for person in people), encoding="utf-8"
    )
    badges = {row["employee_id"]: row["badge_no"] for row in read_badges(office)}
    punch = "考勤号,打卡时间\n" + "".join(f"{badges[person]},{day} 08:20\n" for person in people[1:])
    (office.inbox / "GM01" / "打卡记录.csv").write_text(punch, encoding="utf-8")
    first = office.run("daily_attendance", period=str(day), sites=["GM01"], requested_by="demo")
    assert str(first.state) == "success", office.states(first)
    sent = list(office.post.addresses)
    readers = {to for to, subject in zip(sent, subjects(office), strict=True) if subject.startswith("【考勤日报】")}
    assert readers

    (office.inbox / "收件人-换人.csv").write_text(
        "单据,案场编号,邮箱,姓名,部门,生效日期\ndaily_attendance,GM01,new-manager@example.cn,新经理,案场,2026-01-01\n",
        encoding="utf-8",
    )
    late = f"考勤号,打卡时间\n{badges[people[0]]},{day} 08:25\n"
    (office.inbox / "GM01" / "打卡记录-补.csv").write_text(late, encoding="utf-8")
    again = office.run("daily_attendance", period=str(day), sites=["GM01"], requested_by="demo", reason="补打卡")
    assert str(again.state) == "success", office.states(again)
    names = [name for name in office.files() if "daily_attendance/GM01" in name]
    assert sorted(name.rsplit("-", 1)[1] for name in names) == ["第1版.xlsx", "第2版(更正).xlsx"]
    corrections = [
        to
        for to, subject in zip(office.post.addresses, subjects(office), strict=True)
        if subject.startswith("【更正】")
    ]
    assert set(corrections) == readers | {"new-manager@example.cn"} and len(corrections) == len(set(corrections))
    [second] = [name for name in names if "第2版" in name]
    differences = load_workbook(office.folder / second)["差异"]
    cells = [str(cell.value) for row in differences.iter_rows() for cell in row if cell.value is not None]
    assert any("G002" in cell for cell in cells) and any("状态" in cell for cell in cells) and "旷工" in cells
    assert any(cell.startswith("打卡记录-补.csv 第2行（") for cell in cells) and "考勤设备" in cells
    corrected = [subject.split()[0] for subject in subjects(office) if subject.startswith("【更正】")]
    assert set(corrected) == {"【更正】【考勤日报】国贸大厦"}

    third = office.run("daily_attendance", period=str(day), sites=["GM01"], requested_by="demo", reason="再跑")
    assert str(third.state) == "success"
    assert len([subject for subject in subjects(office) if subject.startswith("【更正】")]) == len(corrections)


def bring_group_files(office):
    """The sample's group: sites, people, rules, recipients, calendar; no site's own files."""
    for path in SAMPLE.iterdir():
        if path.is_file():
            (office.inbox / path.name).write_bytes(path.read_bytes())


def read_badges(office):
    """Badge of each employee in the sample's 花名册."""
    [sheet] = [load_workbook(path).active for path in SAMPLE.glob("花名册*.xlsx")]
    headings, *lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    while "工号" not in headings:
        headings, *lines = lines
    number, badge = headings.index("工号"), headings.index("考勤号")
    return [{"employee_id": str(line[number]), "badge_no": str(line[badge])} for line in lines if line[number]]


def test_a_refused_file_is_named_and_stops_nobody_else(sample_office):
    office = sample_office
    (office.inbox / "HO01" / "打卡2026-10-30.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    run = office.run("daily_attendance", period="2026-10-12", requested_by="demo")
    states = office.states(run)
    assert str(run.state) == "failed" and states["land"] == "failed"
    assert states["site.deliver_mail[0]"] == "success"
    [kept] = office.query("select state, note from ops.run")
    assert kept["state"] == "failed" and "收取资料" in kept["note"]
    assert (office.inbox / "HO01" / "退回").exists() or (office.inbox / "退回").exists()


def test_lines_that_cannot_be_admitted_go_back_to_their_sender(sample_office):
    office = sample_office
    office.run("daily_attendance", period="2026-10-12", requested_by="demo")
    returned = [subject for subject in subjects(office) if subject.startswith("【资料退回】")]
    assert returned
    assert [name for name in office.files() if "资料退回表" in name]


def test_a_worker_killed_in_the_middle_of_computing_leaves_nothing_and_the_retry_ends_the_same(sample_office, own_dsn):
    office = sample_office
    office.run("daily_attendance", period="2026-10-12", requested_by="demo")
    expected = office.query("select site_id, base_on, result_hash from ops.result order by 1, 2")
    with connect(own_dsn) as connection:
        connection.execute("delete from attendance.attendance_day")
        connection.execute("update ops.run set state = 'running'")
        connection.execute("update ops.run_scope set is_live = true")
        connection.execute("delete from ops.outbox")
        connection.execute("delete from ops.artifact")
        connection.execute("delete from ops.result")
        connection.commit()
    script = (
        "import sys, time, psycopg\n"
        "from backoffice.database import connect\n"
        "from backoffice.runs import carry_out\n"
        f"connection = connect({own_dsn!r})\n"
        f"carry_out(connection, 1, {JUDGE!r})\n"
        "print('computed', flush=True)\n"
        "time.sleep(60)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT)
    assert worker.stdout.readline() == b"computed\n"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert office.query("select * from ops.result") == []
    with connect(own_dsn) as connection:
        carry_out(connection, 1, JUDGE)
        connection.commit()
    assert office.query("select site_id, base_on, result_hash from ops.result order by 1, 2") == expected


def test_the_zkteco_log_of_a_real_company_runs_from_its_punches_alone(office, shared_data):
    office.take_in(ROOT / "sample" / "new_site")
    log = shared_data / "attendance" / "zk_cn_company"
    (office.inbox / "ZK01" / "1_attlog.dat").write_bytes((log / "1_attlog.dat").read_bytes())
    run = office.run("daily_attendance", period="2019-01-15..2021-01-06", requested_by="demo")
    assert str(run.state) == "success", office.states(run)
    first = office.query("select * from ops.landing_file where feed = 'punches'")[-1]
    assert (first["row_count"], first["admitted_count"], first["duplicate_count"], first["quarantined_count"]) == (
        36516,
        34594,
        1833,
        89,
    )
    assert office.query("select line_no from ops.quarantine where line_no = 1834") != []
    [made] = office.query("select count(distinct employee_id) as people from attendance.attendance_day")
    assert made["people"] == 180
    # 2020-01-19 was a Sunday on which people worked in lieu
    [day] = office.query("select totals ->> 'due_count' as due from ops.result where base_on = '2020-01-19'")
    assert int(day["due"]) > 0
    [sunday] = office.query("select totals ->> 'due_count' as due from ops.result where base_on = '2020-01-12'")
    assert int(sunday["due"]) == 0

    (office.inbox / "ZK01" / "2_attlog.dat").write_bytes((log / "2_attlog.dat").read_bytes())
    again = office.run("daily_attendance", period="2021-01-01..2021-01-06", requested_by="demo", reason="第二份")
    assert str(again.state) == "success", office.states(again)
    second = office.query("select * from ops.landing_file where feed = 'punches' order by file_id")[-1]
    assert (second["row_count"], second["admitted_count"], second["duplicate_count"], second["quarantined_count"]) == (
        184,
        0,
        183,
        1,
    )
