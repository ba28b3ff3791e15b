"""Made-up weeks, sent as files: in whatever order and in however many files they land, the days and the month agree.

The facts of a week are written as the sites send them (CSV in three encodings, XLSX, a roster with one column per
day), dealt out to files and to five landings, and computed in between as the daily workflow does, late days and all.
The other books get one file a register, landed together before anything is computed. What may differ is left out by
name: files and lines, runs, revisions and instants of recording. Instants of recording are those of
a clock that the test sets; BACKOFFICE_EXAMPLES asks for more.

Facts are independent here: one row a key, people and meetings known before what is said of them. Which of two rows
with one key wins is another rule, drawn at the end.
"""

import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.types.range import DateRange

from backoffice.attendance import JUDGE, close_months
from backoffice.database import ROOT, connect, rows
from backoffice.periods import parse
from backoffice.runs import carry_out
from tests.conftest import _copy_of_template
from tests.drawing import Books
from tests.feeds.conftest import Office
from tests.rules.timesheets.conftest import RECKON, register

CALM = settings(
    max_examples=int(os.environ.get("BACKOFFICE_EXAMPLES", "2")),
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking would take hours; the facts are few as they are
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

# The office ---------------------------------------------------------------------------------------------

#: what is known before anything happens: 甲案场 by its roster, 乙案场 by the calendar and with people nobody registered
KIT = {
    "案场登记表": """
        案场编号,案场名称,城市,未登记人员照常出表,罚款人数上限比例
        S1,甲案场,云州,否,1
        S2,乙案场,云州,是,1
    """,
    "制度清单": """
        制度编号,制度名称,优先级
        one,甲案场制度,10
        two,乙案场制度,10
    """,
    "制度参数": """
        制度编号,规则编号,参数,取值,生效日期,条款原文
        one,X-1,works_calendar,roster,2026-01-01,轮休
        one,X-1,late_limit_minutes,30,2026-01-01,迟到
        one,X-1,late_fine_amount,10,2026-01-01,迟到
        one,X-1,early_fine_amount,5,2026-01-01,早退
        one,X-1,late_over_absent_days,0.5,2026-01-01,迟到
        one,X-2,missed_punch_quota,1,2026-01-01,补卡
        one,X-2,missed_punch_deadline_days,2,2026-01-01,补卡
        one,X-3,leave_checks_request,是,2026-01-01,请假
        one,X-4,left_post_absent_days,1,2026-01-01,脱岗
        one,X-4,lunch_limit_minutes,40,2026-01-01,用餐
        one,X-4,lunch_over_absent_days,0.5,2026-01-01,用餐
        one,X-5,private_swap,both_absent,2026-01-01,换班
        one,X-6,gatherings_count,是,2026-01-01,会议
        one,X-7,refusal_pass_rounds,2,2026-01-01,接待
        one,X-8,seated_slip_amount,10,2026-01-01,坐着
        one,X-8,late_work_slip_amount,20,2026-01-01,其他
        two,Y-1,works_calendar,official,2026-01-01,日历
        two,Y-1,late_fine_amount,10,2026-01-01,迟到
    """,
    "案场适用制度": """
        案场编号,制度编号,生效日期
        S1,one,2026-01-01
        S2,two,2026-01-01
    """,
    "班次表": """
        案场编号,班次代码,班次名称,上班时间,下班时间,休息开始,休息结束,是否默认,两段班,生效日期
        S1,A,日班,08:30,18:00,12:00,13:30,是,否,2026-01-01
        S1,N,夜班,18:30,08:00,,,否,否,2026-01-01
        S1,S,两段,08:30,18:00,12:00,14:30,否,是,2026-01-01
        S2,O,行政班,08:30,17:30,12:00,13:00,是,否,2026-01-01
    """,
    "花名册": """
        工号,姓名,案场编号,部门,岗位,考勤号,入职日期
        1,甲,S1,销售部,置业顾问,101,2026-01-01
        2,乙,S1,销售部,置业顾问,102,2026-01-01
        3,丙,S1,销售部,置业顾问,103,2026-10-13
        9,常在,S1,行政部,行政,109,2026-01-01
        4,丁,S2,销售部,行政,104,2026-01-01
        8,常到,S2,行政部,行政,108,2026-01-01
    """,
    "会议培训安排": """
        案场编号,编号,类型,名称,开始时间,结束时间
        S1,M1,会议,周会,2026-10-13 08:40,2026-10-13 09:20
    """,
}
PEOPLE = ("1", "2", "3")
WEEK = [date(2026, 10, number) for number in range(12, 18)]
#: days on which nobody of 甲案场 works
OTHERS = [date(2026, 10, 1) + timedelta(number) for number in range(32) if number not in range(11, 17)]
WORKDAYS = [date(2026, 10, number) for number in (*range(8, 11), *range(12, 17), *range(19, 24), *range(26, 31))]


@dataclass
class ClockedOffice(Office):
    """An office whose instants of recording are those of a clock that the test sets."""

    def at(self, moment: str) -> "ClockedOffice":
        self.books.connection.execute("select set_config('clock.at', %s, false)", [f"{moment}+08"])
        self.books.connection.commit()
        return self

    def bring(self) -> None:
        """Take in what lies in the inbox; nothing is refused, nothing goes back."""
        [now] = self.books.query("select clock_timestamp()::date as today")
        report = self.take(now["today"])
        assert report.total("quarantined_count") == 0, report.summary


CLOCK = """
    create schema clock;
    create function clock.clock_timestamp() returns timestamptz language sql volatile
    as $$ select current_setting('clock.at')::timestamptz $$;
    set search_path = clock, pg_catalog, public;
"""
#: back to the kit: what was landed since, and all that was computed
FORGET = """
    set local session_replication_role = replica;
    truncate
        ops.run, ops.run_scope, ops.run_gap, ops.result, ops.period_close, attendance.punch, attendance.leave,
        attendance.missed_punch, attendance.swap, attendance.outing, attendance.spot_check, attendance.conduct_slip,
        attendance.gathering_attendee, attendance.reception, attendance.overtime, attendance.day_ruling,
        attendance.fine_waiver, attendance.attendance_day, attendance.stray_punch, attendance.offence,
        attendance.conduct_fine, attendance.reception_place, attendance.reception_turn, attendance.adjustment,
        attendance.month_line
        cascade;
    delete from attendance.roster where file_id > {kit};
    delete from ops.quarantine where file_id > {kit};
    delete from ops.landing_row where file_id > {kit};
    delete from ops.landing_file where file_id > {kit};
"""


@pytest.fixture(scope="module")
def known(server, tmp_path_factory) -> Iterator[ClockedOffice]:
    """An office that knows the kit; `clock_timestamp()` of its session is the test's."""
    folder = tmp_path_factory.mktemp("any-order")
    (folder / "inbox").mkdir()
    for dsn in _copy_of_template(server):
        with connect(dsn) as connection:
            connection.execute(CLOCK)
            office = ClockedOffice(Books(connection), folder / "inbox", folder / "archive").at("2026-01-02 08:00")
            for name, content in KIT.items():
                office.drop(f"{name}.csv", content)
            shutil.copy(ROOT / "sample" / "inbox" / "2026.json", office.inbox)
            lines = [f"{person},{on},休" for person in (*PEOPLE, "9") for on in OTHERS]
            lines += [f"9,{on},A" for on in WEEK]
            office.drop("排班表-常年.csv", "\n".join(["工号,日期,班次代码", *lines]))
            office.bring()
            yield office
            connection.rollback()


@pytest.fixture(scope="module")
def offices(known):
    """Call for the office as it was when it knew nothing but the kit."""
    [kit] = known.books.query("select max(file_id) as last from ops.landing_file")

    def anew() -> ClockedOffice:
        known.books.connection.rollback()
        known.books.connection.execute(FORGET.format(kit=kit["last"]))
        known.books.connection.commit()
        shutil.rmtree(known.archive)
        return known

    return anew


# The facts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One row of a register, and the day before which nobody can have written it down."""

    register: str
    cells: tuple[str, ...]
    on: date


HEADINGS = {
    "打卡记录": "案场编号,考勤号,打卡时间",
    "排班表": "工号,日期,班次代码",
    "请假登记": "假条号,工号,请假类型,开始时间,结束时间,申请时间,申请人,批准人级别,交条日期,状态",
    "补卡登记": "补卡单号,工号,日期,补卡类型,签字人,签字人级别,签字时间,状态",
    "换班登记": "换班单号,类型,申请人工号,对方工号,换班日期,对方日期,申请时间,申请人签字,对方签字,批准人,状态,特批连班",
    "外出登记": "工号,外出时间,返回时间,外出类型,批准人",
    "查岗记录": "工号,查岗时间,结果,查岗人",
    "违纪单": "单号,工号,日期,事由,金额,签字",
    "会议培训签到": "会议编号,工号,签到时间",
    "接待轮位登记": "案场编号,工号,时间,客户,客户类型,结果",
    "加班单": "加班单号,工号,加班日期,开始时间,结束时间,批准人,状态,补偿方式",
    "考勤认定单": "认定单号,工号,考勤日期,认定结果,理由,批准人,签字日期",
    "罚款减免单": "减免单号,工号,发生日,罚款类型,减免金额,减免原因,批准人,批准日期,状态",
}
LAST = date(2026, 11, 2)
#: half past eight, noon, … and minutes around them
HOURS = (8.5, 12, 13.5, 14.5, 18, 18.5, 32)

day = st.sampled_from(WEEK)
who = st.sampled_from(PEOPLE)
yes = st.sampled_from(["是", "是", "是", "否"])
heard = st.sampled_from(["批准", "批准", "批准", "未批准"])
minutes = st.builds(lambda hour, off: int(hour * 60) + off, st.sampled_from(HOURS), st.integers(-30, 50))
instant = st.tuples(day, minutes)


def clock(on: date, minute: int) -> str:
    return f"{on + timedelta(minute // 1440)} {minute % 1440 // 60:02}:{minute % 60:02}"


def punch(site: str, badge: str, at: tuple[date, int]) -> Fact:
    written = clock(*at)
    return Fact("打卡记录", (site, badge, written), date.fromisoformat(written[:10]))


def leave(number: int, person: str, on: date, kind: str, length: int, asked: int, level: str, filed: int, state: str):
    halves = (("08:30", "12:00"), ("13:30", "18:00"))
    begins, ends = halves[length % 2][0], halves[(length + length // 2) % 2][1]
    if begins > ends:
        begins, ends = "08:30", "18:00"
    cells = (
        f"L{number}", person, kind, f"{on} {begins}", f"{on + timedelta(length // 3)} {ends}",
        clock(on - timedelta(asked), 600), "本人", level, str(on + timedelta(filed)), state,
    )  # fmt: skip
    return Fact("请假登记", cells, on + timedelta(filed))


def at_once(drawn: tuple) -> tuple:
    """Who and when: what makes two rows of a register one."""
    return drawn[0], clock(*drawn[1])


def by_minute(drawn: tuple) -> tuple:
    return drawn[:3]


def by_day(drawn: tuple) -> tuple:
    return drawn[:2]


def by_person(drawn: tuple) -> str:
    return drawn[0]


def numbered(*parts: st.SearchStrategy, most: int, by: Callable | None = None) -> st.SearchStrategy:
    """Up to so many tuples of these parts, with their numbers in front."""
    drawn = st.lists(st.tuples(*parts), min_size=most // 3, max_size=most, **({"unique_by": by} if by else {}))
    return drawn.map(lambda found: list(enumerate(found, start=1)))


@st.composite
def weeks(draw) -> list[Fact]:
    """The papers of a week: everything but rosters, taps and the punches of who is always there is sparse."""
    found = [
        Fact("排班表", (person, str(on), code), date(2026, 10, 1))
        for person in PEOPLE
        for on in WEEK
        if (code := draw(st.sampled_from(["A", "A", "A", "N", "S", "休", ""])))
    ]
    badges = st.sampled_from([("S1", "101"), ("S1", "102"), ("S1", "103"), ("S2", "104"), ("S2", "777")])
    taps = draw(st.lists(st.tuples(badges, instant), min_size=6, max_size=30, unique_by=at_once))
    found += [punch(*badge, at) for badge, at in taps]
    found += [punch("S1", "109", (on, minute)) for on in WEEK for minute in (500, 1090)]
    found += [punch("S2", "108", (on, minute)) for on in WORKDAYS for minute in (500, 1070)]
    found += [
        leave(number, *told)
        for number, told in draw(
            numbered(
                who, day, st.sampled_from(["事假", "病假", "调休", "年休假"]), st.integers(0, 4), st.integers(-1, 2),
                st.sampled_from(["部门经理", "总经理", "董事长"]), st.integers(0, 3), heard, most=3,
            )
        )
    ]  # fmt: skip
    found += [
        Fact(
            "补卡登记",
            (f"B{number}", person, str(on), kind, "甲总", "总经理", clock(on + timedelta(later), 600), state),
            on + timedelta(later),
        )
        for number, (person, on, kind, later, state) in draw(
            numbered(who, day, st.sampled_from(["上班", "下班"]), st.integers(0, 4), heard, most=3)
        )
    ]
    found += [
        Fact(
            "换班登记",
            (f"H{number}", kind, *pair, str(on), str(back), clock(on, -900), *agreed, "甲总", state, short),
            on - timedelta(1),
        )
        for number, (kind, pair, on, back, agreed, state, short) in draw(
            numbered(
                st.sampled_from(["换班", "调休"]), st.sampled_from([("1", "2"), ("2", "3"), ("3", "1")]), day, day,
                st.tuples(yes, yes), heard, yes, most=2,
            )
        )
    ]  # fmt: skip
    found += [
        Fact("外出登记", (person, clock(*at), clock(at[0], at[1] + long), kind, agreed), at[0] + timedelta(2))
        for _, (person, at, long, kind, agreed) in draw(
            numbered(
                who, instant, st.integers(20, 300), st.sampled_from(["因公", "因私", "用餐"]),
                st.sampled_from(["甲总", ""]), most=2, by=at_once,
            )
        )
    ]  # fmt: skip
    found += [
        Fact("查岗记录", (person, clock(*at), result, "甲总"), at[0] + timedelta(2))
        for _, (person, at, result) in draw(
            numbered(who, instant, st.sampled_from(["在岗", "不在岗"]), most=2, by=at_once)
        )
    ]
    found += [
        Fact("违纪单", (f"W{number}", person, str(on), cause, amount, signed), on)
        for number, (person, on, cause, amount, signed) in draw(
            numbered(
                who,
                day,
                st.sampled_from(["迟到", "前台坐着接待", "资料延误"]),
                st.sampled_from(["", "15"]),
                yes,
                most=3,
            )
        )
    ]
    found += [
        Fact("会议培训签到", ("M1", person, came), date(2026, 10, 13))
        for _, (person, came) in draw(
            numbered(who, st.sampled_from(["", "2026-10-13 08:35", "2026-10-13 08:52"]), most=3, by=by_person)
        )
    ]
    found += [
        Fact("接待轮位登记", ("S1", person, clock(on, 540 + minute), guest, kind, end), on)
        for _, (person, on, minute, guest, kind, end) in draw(
            numbered(
                who, st.sampled_from(WEEK[:2]), st.integers(0, 400), st.sampled_from(["赵", "钱", "孙"]),
                st.sampled_from(["新客", "老客", "代接"]), st.sampled_from(["接待", "接待", "拒接", "未上位"]), most=4,
                by=by_minute,
            )
        )
    ]  # fmt: skip
    found += [
        Fact(
            "加班单",
            (f"J{number}", person, str(on), clock(on, 1080), clock(on, 1080 + long), "甲总", state, "加班费"),
            on,
        )
        for number, (person, on, long, state) in draw(
            numbered(who, day, st.sampled_from([60, 150]), heard, most=2, by=by_day)
        )
    ]
    found += [
        Fact(
            "考勤认定单", (f"R{number}", person, str(on), verdict, "当日有交接记录", "甲总", str(on + timedelta(1))), on
        )
        for number, (person, on, verdict) in draw(
            numbered(who, day, st.sampled_from(["出勤", "休息", "旷工"]), most=2, by=by_day)
        )
    ]
    found += [
        Fact(
            "罚款减免单",
            (f"F{number}", person, str(on), "迟到", amount, "首次", "甲总", str(on + timedelta(1)), state),
            on,
        )
        for number, (person, on, amount, state) in draw(
            numbered(who, day, st.sampled_from(["", "4"]), heard, most=2, by=by_day)
        )
    ]
    return found


# Landing and computing ----------------------------------------------------------------------------------

#: when files are brought, and what is computed next: (landed at, asked for, known at)
MOMENTS = (
    ("2026-10-11 12:00", "2026-10-01..2026-10-11", "2026-10-12 09:30"),
    ("2026-10-14 12:00", "2026-10-12..2026-10-14", "2026-10-15 09:30"),
    ("2026-10-16 12:00", "2026-10-15..2026-10-16", "2026-10-17 09:30"),
    ("2026-10-20 12:00", "2026-10-17..2026-10-30", "2026-10-31 09:30"),
    ("2026-11-03 12:00", "2026-10-31", "2026-11-04 09:30"),
)
DRAFT_AT, FINAL_AT = "2026-11-04 10:30+08", "2026-11-09 10:30+08"
INSTANT = re.compile(r"20\d\d-\d\d-\d\d( \d\d:\d\d)?$")


def write(office: Office, kind: str, cells: list[tuple[str, ...]], number: int, random: Random) -> None:
    """Write rows as one file, in one of the ways in which sites do."""
    heading = HEADINGS[kind].split(",")
    folder = ""
    if heading[0] == "案场编号" and random.random() < 0.7 and len({line[0] for line in cells}) == 1:
        folder, heading, cells = f"{cells[0][0]}/", heading[1:], [line[1:] for line in cells]
    name = f"{folder}2026-10{kind}-{number}"
    if kind == "排班表" and random.random() < 0.5:
        codes = {(person, int(on[-2:])): code for person, on, code in cells}
        heading = ["工号", *map(str, range(1, 32))]
        names = sorted({person for person, _ in codes})
        cells = [(name, *(codes.get((name, number), "") for number in range(1, 32))) for name in names]
    if random.random() < 0.3:
        office.drop_sheet(f"{name}.xlsx", heading, *([_cell(text) for text in line] for line in cells))
    else:
        lines = "\n".join(",".join(line) for line in [heading, *cells])
        office.drop(f"{name}.csv", lines, random.choice(["utf-8", "utf-8-sig", "gb18030"]))


def _cell(text: str) -> object:
    return datetime.fromisoformat(text) if INSTANT.fullmatch(text) else text


def deal(facts: list[Fact], how: str, random: Random) -> dict[int, dict[str, list[list[Fact]]]]:
    """Landing → register → files. A few rows are sent twice; nothing is sent before it happened."""
    moments = [date.fromisoformat(landed[:10]) for landed, _, _ in MOMENTS]
    dealt: dict[int, dict[str, list[list[Fact]]]] = defaultdict(lambda: defaultdict(list))
    facts = random.sample(facts, len(facts))
    if how != "one by one":
        facts += random.sample(facts, min(4, len(facts)))
    for fact in facts:
        first = next(number for number, on in enumerate(moments) if on > fact.on or number == len(moments) - 1)
        # a late punch or 补卡 has the whole site looked at again: only alone a register shows that it is heard
        is_in_time = how in HEADINGS and fact.register != how
        landing = first if is_in_time else random.randint(first, len(moments) - 1)
        files = dealt[landing][fact.register]
        if not files or how == "one by one" or (len(files) < 3 and random.random() < 0.2):
            files.append([])
        files[random.randrange(len(files)) if how != "one by one" else -1].append(fact)
    return dealt


def bring(office: ClockedOffice, files: dict[str, list[list[Fact]]], numbers: Iterator[int], random: Random) -> None:
    """Land files together, or one at a time."""
    alone = random.random() < 0.3
    every = [(name, facts) for name, found in files.items() for facts in found]
    for name, facts in random.sample(every, len(every)):
        write(office, name, list(dict.fromkeys(fact.cells for fact in facts)), next(numbers), random)
        if alone:
            office.bring()
    office.bring()


def compute(office: ClockedOffice, period: str, known_at: str) -> None:
    """Judge a period and the days before it that became late, as the daily workflow does."""
    books, asked = office.at(known_at).books, parse(period)
    run_id = register(books, "daily_attendance", period, f"{known_at}+08", ("S1", "S2"))
    given = {
        "starts_on": asked.starts_on, "last_on": asked.last_on, "known_at": f"{known_at}+08",
        "workflow": "daily_attendance",
    }  # fmt: skip
    for late in rows(books.connection, "attendance/find_late_days", given):
        books.connection.execute(
            "insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live) "
            "values (%s, 'daily_attendance', %s, %s, 'late_facts', false)",
            [run_id, late["site_id"], DateRange(late["base_on"], late["until_on"])],
        )
    books.connection.execute("update ops.run_scope set is_live = true where run_id = %s", [run_id])
    carry_out(books.connection, run_id, JUDGE)
    books.connection.execute("update ops.run_scope set is_live = false where run_id = %s", [run_id])
    books.connection.execute("discard temp")
    books.connection.commit()


def month(office: ClockedOffice, known_at: str, *, is_final: bool) -> list[dict[str, Any]]:
    """The lines of the month as the monthly workflow marks them, and what it waits for."""
    books = office.at(known_at[:16]).books
    run_id = register(books, "monthly_attendance", "2026-10", known_at, ("S1", "S2"))
    if is_final:
        close_months(books.connection, run_id, of_period=True)
        books.connection.execute("discard temp")
    carry_out(books.connection, run_id, RECKON)
    books.connection.commit()
    gaps = books.query(
        "select site_id, base_on, missing from ops.run_gap where run_id = %(run)s order by 1, 2, 3", run=run_id
    )
    lines = books.query(
        """
        select to_jsonb(month_line) - 'revision' as line from attendance.month_line
        where revision = (
            select max(newest.revision) from attendance.month_line as newest
            where newest.site_id = month_line.site_id
        )
        order by site_id, employee_id
        """
    )
    return [*gaps, *lines]


#: every table that judging days writes; what may differ is named
KEPT = {
    "attendance_day": "employee_id, work_on",
    "stray_punch": "employee_id, punched_at",
    "offence": "employee_id, work_on, offence_kind, source_no",
    "conduct_fine": "slip_no",
    "reception_place": "site_id, work_on, employee_id",
    "reception_turn": "site_id, employee_id, came_at",
    "adjustment": "employee_id, work_on",
}
MAY_DIFFER = "'{run_id, file_id, line_no}'::text[]"


def verdicts(books: Books) -> dict[str, list]:
    """What was judged, table by table."""
    return {
        table: [
            row["told"]
            for row in books.query(
                f"select to_jsonb(it) - {MAY_DIFFER} as told from attendance.{table} as it order by {key}"
            )
        ]
        for table, key in KEPT.items()
    }


def ends_at_once(office: ClockedOffice, facts: list[Fact]) -> tuple:
    """All facts in one file a register, landed together, then computed."""
    by_register: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for fact in facts:
        by_register[fact.register].append(fact.cells)
    office.at("2026-11-03 12:00")
    for register_name, cells in by_register.items():
        office.drop(f"{register_name}.csv", "\n".join([HEADINGS[register_name], *(",".join(it) for it in cells)]))
    office.bring()
    compute(office, "2026-10", "2026-11-04 09:30")
    return _ends(office)


def ends_dealt(office: ClockedOffice, facts: list[Fact], how: str, random: Random) -> tuple:
    """The same facts in any order, in any number of files and landings, with the days computed in between."""
    numbers = iter(random.sample(range(1000), 1000))
    dealt = deal(facts, how, random)
    for number, (landed_at, period, known_at) in enumerate(MOMENTS):
        bring(office.at(landed_at), dealt[number], numbers, random)
        compute(office, period, known_at)
    return _ends(office)


def _ends(office: ClockedOffice) -> tuple:
    days, draft = verdicts(office.books), month(office, DRAFT_AT, is_final=False)
    final = month(office, FINAL_AT, is_final=True)
    return days, draft, verdicts(office.books), final


def differing(said: Any, wanted: Any) -> list:
    """The rows that only one of both has, table by table."""
    if isinstance(said, dict):
        return [row for table in said for row in differing(said[table], wanted[table])]
    return [row for row in said if row not in wanted] + [row for row in wanted if row not in said]


@pytest.mark.parametrize("how", ["at random", "one by one", "请假登记", "补卡登记", "换班登记", "外出登记"])
@CALM
@given(facts=weeks(), random=st.randoms())
def test_in_whatever_order_and_number_of_files_a_week_lands_its_days_and_its_month_are_the_same(
    offices, how, facts, random
):
    expected = ends_at_once(offices(), facts)
    found = ends_dealt(offices(), facts, how, random)
    for said, wanted in zip(found, expected, strict=True):
        assert differing(said, wanted) == []


# Two rows with one key ----------------------------------------------------------------------------------

ASKED = ("L1", "1", "事假", "2026-10-12 08:30", "2026-10-12 18:00", "2026-10-10 09:00", "本人", "总经理", "2026-10-12")
SAYS = {"approved": ("批准", "请假"), "refused": ("未批准", "旷工"), "approved again": ("同意", "请假")}


@pytest.mark.parametrize(
    ("brought", "wins"),
    [
        # what lands later corrects what landed before, whatever the files are called
        ([{"请假登记": "approved"}, {"请假登记-更正": "refused"}], "refused"),
        ([{"请假登记-更正": "refused"}, {"请假登记": "approved"}], "approved"),
        # of files that lie there together the one whose name sorts later counts as the later one
        ([{"请假登记-更正": "refused", "请假登记": "approved"}], "refused"),
        ([{"请假登记-更正": "approved", "请假登记": "refused"}], "approved"),
        # the same row again is no correction: it is counted as a repetition of what stands
        ([{"请假登记": "approved"}, {"请假登记-重发": "approved"}], "approved"),
        # a row that was corrected and is said again is the newest word,
        ([{"请假登记": "approved"}, {"请假登记-更正": "refused"}, {"请假登记-再更正": "approved again"}], "approved"),
        # but not by the very file that came before: that one is known, and adds nothing
        ([{"请假登记": "approved"}, {"请假登记-更正": "refused"}, {"请假登记-再更正": "approved"}], "refused"),
    ],
)
def test_of_two_rows_with_one_key_the_one_that_landed_later_counts(offices, brought, wins):
    office = offices()
    office.at("2026-10-11 12:00")
    office.drop("排班表.csv", "\n".join([HEADINGS["排班表"], "1,2026-10-12,A", "1,2026-10-13,A", "1,2026-10-11,A"]))
    office.drop("S1/打卡记录.csv", "考勤号,打卡时间\n109,2026-10-12 08:20\n109,2026-10-12 18:10")
    for number, files in enumerate(brought):
        office.at(f"2026-10-{13 + number} 12:00")
        for name, says in files.items():
            office.drop(f"{name}.csv", "\n".join([HEADINGS["请假登记"], ",".join([*ASKED, SAYS[says][0]])]))
        office.bring()
        compute(office, "2026-10-12", f"2026-10-{13 + number} 13:00")
    [judged] = office.books.query(
        "select status from attendance.attendance_day where employee_id = '1' and work_on = '2026-10-12'"
    )
    assert judged["status"] == SAYS[wins][1]


def test_of_two_rows_with_one_key_in_one_file_the_first_is_taken_and_the_other_goes_back(offices):
    office = offices().at("2026-10-13 12:00")
    lines = [",".join([*ASKED, SAYS[says][0]]) for says in ("approved", "refused")]
    office.drop("请假登记.csv", "\n".join([HEADINGS["请假登记"], *lines]))
    office.take(date(2026, 10, 13))
    [held] = office.books.query("select status, superseded_at::text as until from attendance.leave")
    assert (held["status"], held["until"]) == ("批准", "infinity")
    [returned] = office.books.query("select line_no, reason from ops.quarantine")
    assert returned["line_no"] == 3
