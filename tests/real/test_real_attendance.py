"""Attendance that nobody here made up: a month of 企业微信 with its author's own results, 钉钉 exports, a device's log.

The files are measured, not shipped; where they are absent the tests are skipped (fixture `shared_data`). Three days of
the first are in `wecom/`, for the feed's own tests.
"""

import re
import shutil
import time
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import python_calamine

from tests.feeds.conftest import Office
from tests.real.conftest import KNOWN_AT, write
from tests.rules.attendance.conftest import compute

MARCH = date(2026, 3, 10)
HALVES = {"上午": ("09:00", "12:00"), "下午": ("13:00", "18:00")}
SLIP = re.compile(r"(年假|调休假|事假|出差)([\d.]+)(天|小时)（(.+) - (.+)）")
CORRECTION = re.compile(r"补卡申请（(\d\d)-(\d\d) (\d\d:\d\d)）")
RULES = [
    ("works_calendar", "official"),
    ("is_in_required", "是"),
    ("is_out_required", "是"),
    ("missing_punch_absent_days", "0.5"),
    ("no_show_absent_days", "1"),
    # they work late: what was tapped until four in the morning is the day's; they bound corrections by nothing
    ("window_after_minutes", "600"),
    ("missed_punch_quota", "31"),
]
#: a day on which nobody of the site tapped
SILENT_ON = date(2026, 2, 24)


def sheet(path: Path, name: str) -> list[list]:
    return python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


@pytest.fixture
def wecom(shared_data: Path) -> Path:
    folder = shared_data / "attendance" / "wecom"
    if not folder.is_dir():
        pytest.skip("the month of WeCom is not on this machine")
    return folder


def furnish(office: Office, site: str, shift: tuple[str, str, str, str], rules: list[tuple[str, str]]) -> None:
    """A site with calendar staff, one shift, its rules and the published calendars."""
    write(office, "案场登记表", "案场编号,案场名称,未登记人员照常出表,罚款人数上限比例", [(site, "实测", "是", "1")])
    parameters = [("real", "R-1", *rule, "2018-01-01", "实测") for rule in rules]
    write(office, "制度清单", "制度编号,制度名称,优先级", [("real", "实测制度", 10)])
    write(office, "制度参数", "制度编号,规则编号,参数,取值,生效日期,条款原文", parameters)
    write(office, "案场适用制度", "案场编号,制度编号,生效日期", [(site, "real", "2018-01-01")])
    heading = "案场编号,班次代码,班次名称,上班时间,休息开始,休息结束,下班时间,是否默认,生效日期"
    write(office, "班次表", heading, [(site, "O", "行政班", *shift, "是", "2018-01-01")])


def instant(text: str, *, is_end: bool) -> str:
    """2/13 上午 or 2/5 08:00 as a spreadsheet writes it; of half a day its start or its end."""
    day, when = text.split()
    month_no, number = map(int, day.split("/"))
    return f"2026-{month_no:02}-{number:02} {HALVES[when][is_end] if when in HALVES else when}"


def slips(rows: list[list]) -> tuple[dict[tuple, str], dict[tuple, str]]:
    """Applications of the report, each once: (account, kind, from, until) and (account, day, hour) of corrections."""
    leave, corrections = {}, {}
    for row in rows:
        account, said = row[2], str(row[13])
        for kind, _, _, begins, ends in SLIP.findall(said):
            leave[account, kind, instant(begins, is_end=False), instant(ends, is_end=True)] = said
        for month_no, number, hour in CORRECTION.findall(said):
            corrections[account, f"2026-{month_no}-{number}", hour] = said
    return leave, corrections


def take_month(office: Office, wecom: Path) -> dict[str, str]:
    """Land the report as exported, and its applications as the slips that they are; returns account to name."""
    [report] = wecom.glob("上下班打卡_日报_*.xlsx")
    rows = [row for row in sheet(report, "概况统计与打卡明细")[4:] if row[0]]
    names = {row[2]: row[1] for row in rows}
    furnish(office, "QW", ("09:00", "12:00", "13:00", "18:00"), RULES)
    shutil.copy(wecom.parents[1] / "holidays" / "holiday-cn" / "2026.json", office.inbox)
    write(
        office,
        "花名册",
        "工号,姓名,案场编号,考勤号,入职日期",
        [(account, name, "QW", account, "2026-01-01") for account, name in names.items()],
    )
    leave, corrections = slips(rows)
    kinds = {"年假": "年休假", "调休假": "调休", "事假": "事假", "出差": "公出"}
    write(
        office,
        "请假登记",
        "假条号,工号,请假类型,开始时间,结束时间,状态",
        [
            (f"L{number}", account, kinds[kind], begins, ends, "批准")
            for number, (account, kind, begins, ends) in enumerate(leave)
        ],
    )
    write(
        office,
        "补卡登记",
        "补卡单号,工号,日期,补卡类型,签字人,签字时间,状态",
        [
            (f"B{number}", account, day, "上班" if hour < "12:00" else "下班", "主管", f"{day} 20:00", "批准")
            for number, (account, day, hour) in enumerate(corrections)
        ],
    )
    (office.inbox / "QW").mkdir(exist_ok=True)
    shutil.copy(report, office.inbox / "QW")
    office.take(MARCH)
    return names


def test_a_month_of_wecom_gives_its_authors_results(office: Office, wecom: Path):
    """Fourteen people: taps missing, leave by kind, trips. What differs is said beside it, and nothing else differs."""
    names = take_month(office, wecom)
    [counted] = office.books.query(
        """select row_count, admitted_count, duplicate_count, quarantined_count from ops.landing_file
        where feed = 'punches_wecom'"""
    )
    taps = [row for row in sheet(next(wecom.glob("上下班*")), "打卡详情")[4:] if row[8] not in ("", "--")]
    corrected = [row for row in taps if "补卡" in row[9] or f"{row[0][5:10].replace('/', '-')} {row[8]}" in row[14]]
    twice = len(taps) - len({(row[0], row[2], row[8]) for row in taps})
    assert tuple(counted.values()) == (366, 366 - 2 - 13, 2, 13) == (
        len(taps), len(taps) - twice - len(corrected), twice, len(corrected),
    )  # fmt: skip
    compute(office.books, "2026-02", "QW", known_at=KNOWN_AT)
    days = office.books.query("select * from attendance.attendance_day order by work_on")
    found: dict[str, Counter] = defaultdict(Counter)
    for row in days:
        of = found[names[row["employee_id"]]]
        of[row["leave_type"]] += row["leave_days"]
        of["未打卡"] += row["absent_days"]
        # only here: who has half a day off taps in and out of the other half; they ask for one tap of such a day
        of["半天假"] += row["absent_days"] if row["leave_days"] == Decimal("0.5") else 0
    said = {row[1]: row[2:] for row in sheet(wecom / "expected_2026年2月考勤数据统计.xlsx", "2026.2月统计表")[1:]}
    assert len(said) == 14
    for name, (_, _, trips, _, private, _, annual, _, in_lieu, missing) in said.items():
        of = found[name]
        expected = [Decimal(str(cell or 0)) for cell in (trips, private, annual, in_lieu)]
        assert [of[kind] for kind in ("公出", "事假", "年休假", "调休")] == expected, name
        assert of["未打卡"] - of["半天假"] + 1 == Decimal(str(missing)), name
    assert sum(of["半天假"] for of in found.values()) == Decimal("4.5")
    # theirs counts everybody's silence as missing; here a day of which nothing was heard waits for its files
    assert {row["work_on"] for row in days} == {date(2026, 2, 1) + timedelta(n) for n in range(28)} - {SILENT_ON}
    assert office.books.query("select base_on, missing from ops.run_gap") == [
        {"base_on": SILENT_ON, "missing": "打卡资料"}
    ]
    # flexible hours are no rule of ours: late and early are by the clock, theirs by when somebody came
    [left] = [row for row in days if (row["employee_id"], row["work_on"]) == ("ZhangWei", date(2026, 2, 14))]
    assert (left["status"], left["early_minutes"], said["张伟"][1]) == ("迟到", 99, 1.0)


@pytest.fixture
def dingtalk(shared_data: Path) -> list[Path]:
    found = sorted((shared_data / "attendance" / "dingtalk").glob("考勤报表_*.xlsx"))
    if not found:
        pytest.skip("the weeks of DingTalk are not on this machine")
    return found


def test_every_tap_of_the_weeks_of_dingtalk_is_taken_or_goes_back(office: Office, dingtalk: list[Path]):
    """Rows = taken + repeated + gone back, file by file; what goes back was approved or changed by somebody."""
    (office.inbox / "DD").mkdir()
    counted = {}
    for path in dingtalk:
        heading, *rows = sheet(path, "原始记录")[2:]
        time_, state = heading.index("打卡时间"), heading.index("打卡结果")
        taps = [row for row in rows if row[time_]]
        counted[path.name] = (len(taps), sum("补卡" in row[state] or "改为" in row[state] for row in taps))
        shutil.copy(path, office.inbox / "DD")
    office.take(MARCH)
    landed = office.books.query(
        "select file_name, row_count, admitted_count, duplicate_count, quarantined_count from ops.landing_file"
    )
    assert {row["file_name"]: (row["row_count"], row["quarantined_count"]) for row in landed} == counted
    for row in landed:
        assert row["row_count"] == sum(row[f"{fate}_count"] for fate in ("admitted", "duplicate", "quarantined"))
    [held] = office.books.query("select count(*) as n, count(distinct badge_no) as people from attendance.punch")
    assert held["n"] == sum(row["admitted_count"] for row in landed)
    print(f"{len(landed)} files, {sum(row['row_count'] for row in landed)} taps, {held}")


@pytest.fixture
def logs(shared_data: Path) -> list[Path]:
    found = sorted((shared_data / "attendance" / "zk_cn_company").glob("*_attlog.dat"))
    if not found:
        pytest.skip("the log of the device is not on this machine")
    return found


def test_two_years_of_a_devices_log_are_landed_and_nothing_is_lost(office: Office, logs: list[Path]):
    """Lines = taken + repeated + gone back, counted here once more; broken lines say what is wrong with them."""
    lines: list[list[str]] = []
    (office.inbox / "ZK").mkdir()
    for path in logs:
        text = re.sub(r"\0+", "␀", path.read_bytes().decode("utf-8", "replace"))
        lines += [line.split("\t") for line in re.split(r"\r\n|\n|\r", text) if line.strip()]
        shutil.copy(path, office.inbox / "ZK")
    good, bad = set(), 0
    for cells in lines:
        if len(cells) == 6 and re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", cells[1]) and cells[0].strip():
            good.add((cells[0].strip(), cells[1], cells[2]))
        else:
            bad += 1
    began = time.perf_counter()
    office.take(MARCH)
    took = time.perf_counter() - began
    [total] = office.books.query(
        """select sum(row_count)::integer as rows, sum(admitted_count)::integer as taken,
            sum(duplicate_count)::integer as twice, sum(quarantined_count)::integer as back from ops.landing_file"""
    )
    assert tuple(total.values()) == (len(lines), len(good), len(lines) - len(good) - bad, bad)
    said = office.books.query("select column_name, reason, advice, raw from ops.quarantine")
    assert len(said) == bad and all(row["reason"] and row["advice"] for row in said)
    assert any("1971--10--29" in row["reason"] for row in said)
    print(f"{len(lines)} lines of {len(logs)} files landed and admitted in {took:.2f} s: {total}")
