"""What a month of attendance costs, beside bare SQL for the same answer and beside a script that asks row by row.

    python -m bench.bench_attendance [--dsn postgresql://…/database] [--people 10000] [--days 30] [--repeat 3]
                                     [--sample 2000]

Twenty sites, three sets of rules, made-up people and punches (see attendance/books.sql; the same on every machine).
*Ours* are all statements of the task `compute` of the DAG daily_attendance, as it runs them, in one transaction.
*Bare* is one hand-written `insert … select` (attendance/bare.sql) into a table of the same columns and indexes; the
bench stops if status, minutes, days, fines or punches differ anywhere. *By the row* is a psycopg loop that asks for
each fact of a person's day when it needs it, inserts and commits; it judges less than the others do (no leave in part,
no levels, no quotas), is run on a sample and multiplied. All take turns in one run. CPU seconds are those of the
Postgres backend, which other tenants of the machine disturb less than the clock; they are read from /proc where there
is one.
"""

import argparse
import itertools
import resource
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg.types.range import DateRange

from backoffice.attendance import JUDGE
from backoffice.database import HOUSE_CLOCK, connect
from backoffice.runs import carry_out
from bench.scratch import scratch_database, scratch_server
from bench.spending import Spent, ratio, spend

HERE = Path(__file__).resolve().parent / "attendance"
FIRST_ON = date(2026, 10, 1)
HOUSE_TIME = ZoneInfo(HOUSE_CLOCK)
#: the answers that must be equal
ANSWERS = (
    "site_id, shift_code, due_in_at, due_out_at, in_at, out_at, status, late_minutes, early_minutes, absent_days, "
    "leave_days, leave_type, leave_slip_no, slip_verdict, missed_punch_slip_no, fine_amount, day_kind, due_days, "
    "attended_days, pending_days, is_night, overtime_kind, overtime_hours"
)
DERIVED = (
    "attendance.attendance_day, attendance.day_change, attendance.conduct_fine, attendance.adjustment, "
    "attendance.offence, attendance.stray_punch, "
    "ops.run, ops.run_scope, ops.result, ops.run_gap, ops.period_close"
)
#: a month of runs before this one, for the planner to know how many sites a run has; they found nothing
EARLIER_RUNS = """
    with earlier as (
        insert into ops.run (
            workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
        )
        select 'daily_attendance', 'earlier ' || day_no, daterange(day_on, day_on + 1), 'normal', day_on, day_on + 1,
            'bench', true, 'done'
        from generate_series(1, 30) as day_no
        cross join lateral (select date '2026-08-31' + day_no as day_on) as day
        returning run_id, period
    )
    insert into ops.run_scope (run_id, workflow, site_id, period, cause, is_live)
    select earlier.run_id, 'daily_attendance', site.site_id, earlier.period, 'asked', false
    from earlier cross join book.site
"""
#: what a script asks that takes one person's day after the other, and looks every fact up when it needs it
ROSTERED = "select shift_code from attendance.roster where employee_id = %s and work_on = %s"
CALENDAR = "select is_off from book.calendar_day where day_on = %s"
SHIFT = "select starts_at, ends_at from attendance.shift where site_id = %s and shift_code = %s"
RULES = """
    select rule.parameter, rule.value
    from book.site_rule_set inner join book.rule on site_rule_set.rule_set = rule.rule_set
    where site_rule_set.site_id = %s
"""
LEAVE = "select 1 from attendance.leave where employee_id = %s and starts_at < %s and ends_at > %s and status = '批准'"
OUTING = "select 1 from attendance.outing where employee_id = %s and out_at < %s and back_at > %s"
SIGNED = """
    select punch_kind from attendance.missed_punch
    where employee_id = %s and work_on = %s and status = '批准' order by signed_at
"""
PUNCHES_OF_A_DAY = """
    select min(punched_at), max(punched_at) from attendance.punch
    where site_id = %s and badge_no = %s and punched_at >= %s and punched_at < %s
"""
INSERT_A_DAY = """
    insert into bench.by_the_row (employee_id, work_on, in_at, out_at, status, late_minutes, fine_amount)
    values (%s, %s, %s, %s, %s, %s, %s)
"""


class Books:
    """One scratch database, filled, and what was measured on it."""

    def __init__(self, dsn: str, people: int, days: int) -> None:
        self.dsn, self.people, self.days = dsn, people, days
        self.spent: dict[str, Spent] = {}
        with connect(dsn, autocommit=True) as admin:
            admin.execute("select set_config('bench.people', %s, false)", [str(people)])
            admin.execute("select set_config('bench.days', %s, false)", [str(days)])
            admin.execute((HERE / "books.sql").read_text(encoding="utf-8"))
            admin.execute(
                """
                create schema bench;
                create table bench.attendance_day (like attendance.attendance_day including all);
                create table bench.by_the_row (
                    employee_id text, work_on date, in_at timestamptz, out_at timestamptz, status text,
                    late_minutes integer, fine_amount numeric, primary key (employee_id, work_on)
                )
                """
            )
            admin.execute("vacuum analyze")

    @property
    def until_on(self) -> date:
        """The day after the last."""
        return FIRST_ON + timedelta(self.days)

    def time(self, name: str, action: Callable[[psycopg.Connection], None]) -> None:
        """Time one action in a session of its own, commit included."""
        spend(self.dsn, self.spent.setdefault(name, Spent()), action)

    def forget(self) -> None:
        """Empty what was derived, so that every turn starts alike."""
        with connect(self.dsn) as connection:
            connection.execute(
                "set local session_replication_role = replica"
            )  # empty ledgers refuse to be emptied, too
            connection.execute(f"truncate {DERIVED}, bench.attendance_day, bench.by_the_row restart identity cascade")
            connection.execute(EARLIER_RUNS)
            connection.execute("analyze ops.run, ops.run_scope")

    def compute(self, connection: psycopg.Connection) -> None:
        """Compute as the DAG does."""
        days = DateRange(FIRST_ON, self.until_on)
        run_id = connection.execute(
            """
            insert into ops.run (
                workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail, state
            )
            values ('daily_attendance', gen_random_uuid()::text, %s, 'normal', %s, %s, 'bench', false, 'done')
            returning run_id
            """,
            [days, self.until_on - timedelta(1), self.until_on + timedelta(3)],
        ).fetchone()[0]
        connection.execute(
            "insert into ops.run_scope select %s, 'daily_attendance', site_id, %s, 'asked', false from book.site",
            [run_id, days],
        )
        carry_out(connection, run_id, JUDGE)

    def compute_bare(self, connection: psycopg.Connection) -> None:
        """Compute by one statement that knows nothing but this month."""
        connection.execute(
            (HERE / "bare.sql").read_text(encoding="utf-8"),
            {"starts_on": FIRST_ON, "last_on": self.until_on - timedelta(1)},
        )

    def compute_by_the_row(self, connection: psycopg.Connection, count: int) -> None:
        """Ask for each fact, insert and commit, person by person and day by day, for the first `count` of them."""

        def ask(query: str, *given: object) -> list[tuple]:
            return connection.execute(query, given).fetchall()

        people = ask("select employee_id, site_id, badge_no from book.employee order by employee_id")
        days = [FIRST_ON + timedelta(number) for number in range(self.days)]
        for (employee_id, site_id, badge_no), work_on in itertools.islice(itertools.product(people, days), count):
            rostered = ask(ROSTERED, employee_id, work_on)
            is_off = next((row[0] for row in ask(CALENDAR, work_on)), work_on.isoweekday() > 5)
            shift = ask(SHIFT, site_id, rostered[0][0]) if rostered else [] if is_off else ask(SHIFT, site_id, "O")
            rules = dict(ask(RULES, site_id))
            starts_at, ends_at = (
                datetime.combine(work_on, hour, HOUSE_TIME)
                for hour in (shift[0] if shift else (clock(8, 30), clock(17, 30)))
            )
            opens_at = starts_at - timedelta(hours=4, minutes=30)
            [(first_at, last_at)] = ask(PUNCHES_OF_A_DAY, site_id, badge_no, opens_at, opens_at + timedelta(1))
            signed = [kind for (kind,) in ask(SIGNED, employee_id, work_on)]
            is_excused = ask(LEAVE, employee_id, ends_at, starts_at) or ask(OUTING, employee_id, ends_at, starts_at)
            late = max((first_at.replace(second=0) - starts_at).total_seconds() // 60, 0) if first_at else 0
            if not shift:
                status, late = "休息", 0
            elif is_excused:
                status, late = "请假", 0
            elif first_at is None and not signed:
                status = "旷工"
            else:
                status = "迟到" if late else "出勤"
            fine = rules.get("late_fine_amount", 0) if 0 < late <= int(rules.get("late_limit_minutes", 0)) else 0
            connection.execute(INSERT_A_DAY, [employee_id, work_on, first_at, last_at, status, late, fine])
            connection.commit()

    def check_nothing_written(self) -> None:
        """The second run may leave neither a revision nor a change behind.

        :raises AssertionError: if it did.
        """
        with connect(self.dsn) as connection:
            found = connection.execute(
                "select count(*) filter (where revision > 1), (select count(*) from attendance.day_change) "
                "from ops.result"
            ).fetchone()
        assert found == (0, 0), f"the second run wrote {found[0]} revisions and {found[1]} changes"

    def check_answers(self) -> int:
        """Count the days of which both say the same.

        :raises AssertionError: if they differ on one.
        """
        with connect(self.dsn) as connection:
            differing, count = connection.execute(
                f"""
                with ours as (select employee_id, work_on, row({ANSWERS}) as answer from attendance.attendance_day),
                bare as (select employee_id, work_on, row({ANSWERS}) as answer from bench.attendance_day)
                select count(*) filter (where ours.answer is distinct from bare.answer), count(*)
                from ours full join bare using (employee_id, work_on)
                """
            ).fetchone()
        assert count, "nothing was compared"
        assert not differing, f"{differing} of {count} answers differ"
        return count

    def count(self, table: str) -> int:
        """Rows of a table."""
        with connect(self.dsn) as connection:
            return connection.execute(f"select count(*) from {table}").fetchone()[0]


def measure(books: Books, repeat: int, sample: int) -> None:
    """Let ours, bare and by-the-row take turns."""
    for _ in range(repeat):
        books.forget()
        books.time("first", books.compute)
        books.time("again", books.compute)
        books.check_nothing_written()
        books.time("bare", books.compute_bare)
        books.check_answers()
        if sample:
            books.time("by the row", lambda connection: books.compute_by_the_row(connection, sample))


def compare(books: Books, sample: int) -> str:
    """The table of ours beside the others."""
    spent, rows = books.spent, books.people * books.days
    ours, scale = spent["first"], rows / sample
    looped = spent["by the row"].wall * scale
    lines = ["| what | clock, s | CPU, s | ratio by clock | by CPU | aim |", "|---|---:|---:|---:|---:|---:|"]
    for what, wall, cpu, by_clock, by_cpu, aim in (
        ("bare SQL", spent["bare"].wall, spent["bare"].cpu, "1", "1", ""),
        (
            "ours, first computation", ours.wall, ours.cpu,
            ratio(ours.wall, spent["bare"].wall), ratio(ours.cpu, spent["bare"].cpu), "≤ 1.5× the bare SQL",
        ),
        (
            "ours, run again (writes nothing)", spent["again"].wall, spent["again"].cpu,
            ratio(spent["again"].wall, ours.wall), ratio(spent["again"].cpu, ours.cpu), "(of the first)",
        ),
        (
            f"by the row, {sample:,} × {scale:,.0f}", looped, spent["by the row"].cpu * scale,
            ratio(looped, ours.wall, ".0f"), ratio(spent["by the row"].cpu * scale, ours.cpu, ".0f"), "≥ 100× ours",
        ),
    ):  # fmt: skip
        lines.append(f"| {what} | {wall:.1f} | {cpu:.1f} | {by_clock} | {by_cpu} | {aim} |")
    return "\n".join(lines)


def compare_sizes(small: Books, large: Books) -> str:
    """The table of ten times the data."""
    lines = [
        "| people × days | clock, s | CPU, s | backend's own peak, MB | temporary files, MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for books in (small, large):
        first = books.spent["first"]
        lines.append(
            f"| {books.people:,} × {books.days} | {first.wall:.1f} | {first.cpu:.1f} | {first.megabytes:.0f} "
            f"| {first.temp_megabytes:.0f} |"
        )
    few, many = small.spent["first"], large.spent["first"]
    lines.append(
        f"| ratio (aim ≤ 11×) | {ratio(many.wall, few.wall, '.1f')} | {ratio(many.cpu, few.cpu, '.1f')} "
        f"| {ratio(many.megabytes, few.megabytes, '.1f')} | |"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--dsn", help="server to measure on; databases bench_attendance… are made and dropped there")
    asked.add_argument("--people", type=int, default=10_000)
    asked.add_argument("--days", type=int, default=30)
    asked.add_argument("--repeat", type=int, default=3)
    asked.add_argument("--sample", type=int, default=2_000, help="person-days of the script that asks row by row")
    given = asked.parse_args()
    with (
        scratch_server(given.dsn) as server,
        scratch_database(server, "bench_attendance_tenth") as tenth_dsn,
        scratch_database(server, "bench_attendance") as dsn,
    ):
        tenth = Books(tenth_dsn, given.people // 10, given.days)
        measure(tenth, given.repeat, 0)
        books = Books(dsn, given.people, given.days)
        measure(books, given.repeat, given.sample)
        print(
            f"{books.people:,} people × {books.days} days, {books.count('attendance.punch'):,} punches, "
            f"{books.check_answers():,} answers compared and equal\n"
        )
        print(compare(books, given.sample))
        print()
        print(compare_sizes(tenth, books))
        print(
            f"\nPeak memory of the Python process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB."
        )


if __name__ == "__main__":
    main()
