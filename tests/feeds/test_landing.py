"""What happens to the files themselves: taken once, whole, in any order of crashes, and never lost."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import date

import psycopg
import pytest

from backoffice.feeds import landing
from tests.feeds.conftest import Office

PUNCHES = """
    考勤号,打卡时间,设备号
    7,2026-10-12 08:58:10,A
    7,2026-10-12 08:58:12,B
    8,2026-10-12 08:59:00,A
"""
TAKEN = """
    attendance.punch
    badge_no | device_id
    7        | A
    7        | B
    8        | A
"""


def test_rows_are_landed_as_they_came_with_file_and_line(office: Office):
    office.drop("S1/打卡.csv", "考勤号,打卡时间\n 0７ ,2026/10/12 8:47\n\n8,垃圾\n".encode())
    office.land()
    assert office.books.query("select file_id, line_no, raw from ops.landing_row order by line_no") == [
        {"file_id": 1, "line_no": 2, "raw": " 0７ ,2026/10/12 8:47"},
        {"file_id": 1, "line_no": 4, "raw": "8,垃圾"},
    ]


def test_half_written_files_wait_until_they_are_renamed(office: Office):
    for name in ("S1/打卡.csv.part", "S1/打卡.csv.tmp", "S1/打卡.csv.crdownload", "S1/~$打卡.xlsx", "S1/.打卡.csv"):
        office.drop(name, PUNCHES)
    report = office.land()
    assert (len(report.landed), len(report.waiting)) == (0, 5)
    assert "还在传送5个" in report.summary
    (office.inbox / "S1/打卡.csv.part").rename(office.inbox / "S1/打卡.csv")
    assert [file.file_name for file in office.land().landed] == ["打卡.csv"]


def test_a_file_that_grows_while_it_is_read_waits(office: Office, monkeypatch: pytest.MonkeyPatch):
    path = office.drop("S1/打卡.csv", PUNCHES)
    real = landing.copy_rows

    def grows_meanwhile(cursor, reading):
        counts = real(cursor, reading)
        with path.open("a") as file:
            file.write("9,2026-10-12 09:00:00,A\n")
        return counts

    monkeypatch.setattr(landing, "copy_rows", grows_meanwhile)
    assert office.land().waiting == ["S1/打卡.csv"]
    monkeypatch.undo()
    assert office.land().row_count == 4
    assert office.books.query("select count(*) as n from ops.landing_row") == [{"n": 4}]


def test_unknown_names_are_left_and_reported(office: Office):
    office.drop("S1/照片.jpg", b"x")
    office.drop("读我.txt", "你好")
    report = office.land()
    assert report.unknown == ["S1/照片.jpg", "读我.txt"]
    assert "请改名或移走" in report.summary
    assert office.left() == ["S1/照片.jpg", "读我.txt"]


def test_only_the_feeds_asked_for_are_taken(office: Office):
    office.drop("S1/打卡.csv", PUNCHES)
    office.drop("排班.csv", "工号,日期,班次代码\n1,2026-10-12,D")
    assert [file.feed for file in office.land(feeds=["roster"]).landed] == ["roster"]
    assert office.left() == ["S1/打卡.csv"]
    assert office.land(feeds=["roster"]).unknown == []


def test_landed_files_lie_in_the_archive_under_month_and_hash(office: Office):
    content = office.drop("S1/打卡.csv", PUNCHES).read_bytes()
    office.land()
    (row,) = office.books.query("select archive_path, sha256, received_at from ops.landing_file")
    month, name = row["archive_path"].split("/")
    assert month == row["received_at"].strftime("%Y-%m")
    assert name == f"{row['sha256'][:8]}-打卡.csv"
    assert (office.archive / row["archive_path"]).read_bytes() == content
    assert office.left() == []


def test_nothing_in_the_archive_or_among_the_returned_is_ever_overwritten(office: Office):
    for _ in range(3):
        office.drop("S1/打卡.csv", PUNCHES)
        office.drop("S2/打卡.csv", PUNCHES)
        office.drop("S1/排班.csv", "心情\n好")
        office.land()
    assert office.archived() == sorted(["打卡.csv", *(f"打卡-{n}.csv" for n in range(2, 7))])
    assert office.left() == ["退回/S1/排班-2.csv", "退回/S1/排班-3.csv", "退回/S1/排班.csv"]


def test_a_name_that_is_taken_at_the_last_moment_is_not_overwritten(office: Office, monkeypatch: pytest.MonkeyPatch):
    source, folder = office.drop("S1/打卡.csv", PUNCHES), office.archive
    folder.mkdir()
    (folder / "打卡.csv").write_bytes(b"somebody else's")
    real, asked = landing._next_free, []

    def looks_before_the_other_writes(folder, name):
        asked.append(name)
        return name if len(asked) == 1 else real(folder, name)

    monkeypatch.setattr(landing, "_next_free", looks_before_the_other_writes)
    assert landing.move_to_free_name(source, folder, "打卡.csv").name == "打卡-2.csv"
    assert (folder / "打卡.csv").read_bytes() == b"somebody else's"


def test_a_move_between_file_systems_loses_nothing(office: Office, monkeypatch: pytest.MonkeyPatch):
    def another_file_system(*_):
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", another_file_system)
    content = office.drop("S1/打卡.csv", PUNCHES).read_bytes()
    office.land()
    (path,) = [path for path in office.archive.rglob("*") if path.is_file()]
    assert path.read_bytes() == content
    assert office.left() == []


def test_a_very_long_name_is_shortened_in_the_archive(office: Office):
    office.drop(f"S1/打卡{'长' * 80}.csv", PUNCHES)
    assert len(office.land().landed) == 1
    assert office.left() == []


# Twice -----------------------------------------------------------------------------------------------------------


def test_ATT_13_the_same_file_again_adds_no_row_and_reports_its_duplicates(office: Office):
    office.drop("S1/打卡.csv", PUNCHES)
    office.take()
    before = office.books.row_versions("attendance.punch", "ops.landing_row", "ops.quarantine")
    office.books.connection.rollback()
    office.drop("S1/打卡第二次.csv", PUNCHES)
    report = office.land()
    office.admit()
    assert [(file.file_name, file.row_count) for file in report.same] == [("打卡第二次.csv", 3)]
    assert "不重复入账" in report.summary
    assert office.books.row_versions("attendance.punch", "ops.landing_row", "ops.quarantine") == before
    assert office.totals() == [(3, 0, 3, 0, 0, 0), (3, 0, 0, 3, 0, 0)]
    assert office.left() == []
    assert office.archived() == ["打卡.csv", "打卡第二次.csv"]


def test_ATT_13_two_devices_within_two_seconds_are_two_punches(office: Office):
    office.drop("S1/打卡.csv", PUNCHES)
    office.take()
    office.books.expect(TAKEN)


def test_the_same_content_for_another_site_is_another_file(office: Office):
    office.drop("S1/打卡.csv", PUNCHES)
    office.drop("S2/打卡.csv", PUNCHES)
    office.take()
    assert office.totals() == [(3, 0, 3, 0, 0, 0)] * 2


# Crashes ---------------------------------------------------------------------------------------------------------


class PowerCutError(BaseException):
    """Stops the process where it stands."""


def power_cut(*_, **__):
    raise PowerCutError


@pytest.mark.parametrize("moment", ["copy_rows", "_into_archive", "move_to_free_name"])
def test_a_crash_at_any_moment_of_landing_comes_to_the_same_end(
    office: Office, monkeypatch: pytest.MonkeyPatch, moment: str
):
    office.drop("S1/打卡.csv", PUNCHES)
    real = landing.copy_rows

    def copies_and_dies(cursor, reading):
        real(cursor, reading)
        raise PowerCutError

    monkeypatch.setattr(landing, moment, copies_and_dies if moment == "copy_rows" else power_cut)
    with pytest.raises(PowerCutError):
        office.land()
    assert office.left() == ["S1/打卡.csv"]
    monkeypatch.undo()
    office.take()
    office.books.expect(TAKEN)
    assert office.books.query("select count(*) as n from ops.landing_row") == [{"n": 3}]
    assert office.totals() == [(3, 0, 3, 0, 0, 0)]
    assert office.left() == []
    assert office.archived() == ["打卡.csv"]


def test_a_crash_while_admitting_leaves_the_file_landed_and_the_next_call_admits_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    from backoffice.feeds import admission

    office.drop("S1/打卡.csv", PUNCHES)
    office.land()
    monkeypatch.setattr(admission, "_check", power_cut)
    with pytest.raises(PowerCutError):
        office.admit()
    assert office.books.query("select state from ops.landing_file") == [{"state": "landed"}]
    assert office.books.query("select count(*) as n from attendance.punch") == [{"n": 0}]
    office.books.connection.rollback()
    monkeypatch.undo()
    office.admit()
    office.books.expect(TAKEN)


def test_a_landing_process_killed_in_the_middle_of_its_copy_leaves_no_row(office: Office, feeds_dsn: str):
    office.drop("S1/打卡.csv", PUNCHES)
    program = textwrap.dedent(f"""
        import time
        from datetime import date
        from backoffice.database import connect
        from backoffice.feeds import landing

        real = landing.copy_rows
        def stops_after_copy(cursor, reading):
            real(cursor, reading)
            print("copied", flush=True)
            time.sleep(60)
        landing.copy_rows = stops_after_copy
        landing.land_inbox(connect({feeds_dsn!r}), {str(office.inbox)!r}, {str(office.archive)!r},
                           as_of_on=date(2026, 10, 20))
    """)
    victim = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert victim.stdout.readline() == "copied\n"
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert office.books.query("select count(*) as n from ops.landing_file") == [{"n": 0}]
    office.books.connection.rollback()
    office.take()
    office.books.expect(TAKEN)
    assert office.archived() == ["打卡.csv"]


# Side by side -------------------------------------------------------------------------------------------------------


def test_two_tasks_landing_the_same_inbox_do_not_double_a_file(office: Office, another_connection):
    for site in range(6):
        office.drop(f"S{site}/打卡.csv", PUNCHES)
    start = threading.Barrier(2)
    reports, errors = [], []

    def land(connection: psycopg.Connection) -> None:
        start.wait()
        try:
            reports.append(landing.land_inbox(connection, office.inbox, office.archive, as_of_on=date(2026, 10, 20)))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=land, args=[another_connection()]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(len(report.landed) for report in reports) == 6
    assert office.books.query("select count(*) as files, sum(row_count) as rows from ops.landing_file") == [
        {"files": 6, "rows": 18}
    ]
    assert len(office.archived()) == 6


def test_two_tasks_admitting_at_once_admit_each_file_once(office: Office, another_connection):
    from backoffice.feeds import admit_landed

    for site in range(6):
        office.drop(f"S{site}/打卡.csv", PUNCHES)
    office.land()
    start = threading.Barrier(2)
    reports = []

    def admit(connection: psycopg.Connection) -> None:
        start.wait()
        reports.append(admit_landed(connection, as_of_on=date(2026, 10, 20)))

    threads = [threading.Thread(target=admit, args=[another_connection()]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(report.files) for report in reports) == 6
    assert office.totals() == [(3, 0, 3, 0, 0, 0)] * 6


def test_a_run_waits_for_admissions_in_flight_before_it_stamps_known_at(
    office: Office, another_connection, monkeypatch
):
    from backoffice.feeds import ADMISSION_LOCK, admission

    office.drop("S1/打卡.csv", PUNCHES)
    office.land()
    inside, go_on = threading.Event(), threading.Event()
    real = admission._check

    def dawdle(*arguments):
        inside.set()
        go_on.wait(10)
        return real(*arguments)

    monkeypatch.setattr(admission, "_check", dawdle)
    admitting = threading.Thread(
        target=admission.admit_landed, args=[another_connection()], kwargs={"as_of_on": date(2026, 10, 20)}
    )
    admitting.start()
    assert inside.wait(10)
    run = another_connection()
    stamped = []

    def hold() -> None:
        run.execute("select pg_advisory_xact_lock(%s)", [ADMISSION_LOCK])
        stamped.append(run.execute("select clock_timestamp()").fetchone()[0])
        run.commit()

    holding = threading.Thread(target=hold)
    holding.start()
    time.sleep(0.3)
    assert stamped == []
    go_on.set()
    admitting.join()
    holding.join()
    (row,) = office.books.query("select max(recorded_at) as recorded_at, count(*) as n from attendance.punch")
    assert row["n"] == 3
    assert row["recorded_at"] < stamped[0]


def test_landing_inside_somebody_elses_transaction_is_refused(office: Office):
    office.books.connection.execute("select 1")
    with pytest.raises(RuntimeError, match="committed one by one"):
        landing.land_inbox(office.books.connection, office.inbox, office.archive, as_of_on=date(2026, 10, 20))


def test_an_inbox_that_is_missing_is_said_so(office: Office):
    office.inbox.rmdir()
    with pytest.raises(FileNotFoundError, match="收件夹不存在"):
        office.land()


# The real devices ---------------------------------------------------------------------------------------------------


def test_ATT_13_OPS_10_a_companys_device_log_adds_up_to_the_line(office: Office, shared_data):
    folder = shared_data / "attendance" / "zk_cn_company"
    if not folder.is_dir():
        pytest.skip("the device logs are not on this machine")
    office.drop("ZK/1_attlog.dat", (folder / "1_attlog.dat").read_bytes())
    office.take(date(2021, 1, 7))
    office.drop("ZK/2_attlog.dat", (folder / "2_attlog.dat").read_bytes())
    office.take(date(2021, 1, 7))
    assert office.totals() == [(36516, 0, 34594, 1833, 0, 89), (184, 0, 0, 183, 0, 1)]
    (fragment,) = office.books.query("select raw from ops.quarantine where file_id = 1 and line_no = 1834")
    assert fragment["raw"] == "␀:40\t1\t0\t1\t0"
    assert office.books.query("select count(*) as n from ops.quarantine where starts_with(reason, '“1971--')") == [
        {"n": 88}
    ]
    assert office.books.query("select raw from ops.quarantine where file_id = 2") == [{"raw": "␀"}]
