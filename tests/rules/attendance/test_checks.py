"""Checks: queries that return offenders, each seen to find one."""

from backoffice.database import statement
from tests.rules.attendance.conftest import compute


def problems(house, name, run_id):
    return [row["problem"] for row in house.query(statement(name), run_id=run_id)]


def test_OPS_19_a_day_in_a_year_never_announced_stops_the_run_by_name(house, staff):
    staff("ann", site="HO", shift=None)
    run_id = compute(house, "2027-01-04", "HO", known_at="2027-01-05 09:30")
    [problem] = problems(house, "attendance/check_calendar_announced", run_id)
    assert "2027年" in problem and "2027.json" in problem


def test_OPS_19_roster_sites_do_not_need_the_calendar_for_their_days(house, staff):
    staff("ann", site="GM", on="2027-01-04")
    run_id = compute(house, "2027-01-04", "GM", known_at="2027-01-05 09:30")
    assert problems(house, "attendance/check_calendar_announced", run_id) == []


def test_OPS_19_but_the_close_of_december_is_counted_in_working_days_of_january(house, staff):
    staff("ann", site="GM", on="2026-12-20")
    for known_at, count in (("2027-01-05 23:59", 0), ("2027-01-06 00:00", 1)):
        run_id = compute(house, "2026-12-20", "GM", known_at=known_at)
        assert len(problems(house, "attendance/check_calendar_announced", run_id)) == count


def test_a_site_without_rules_on_a_day_is_named(house):
    house.connection.execute("update book.site_rule_set set valid_to = '2026-10-12' where site_id = 'GM'")
    run_id = compute(house, "2026-10-12..2026-10-14", "GM")
    [problem] = problems(house, "attendance/check_rules_bound", run_id)
    assert "GM" in problem and "2026-10-13" in problem and "2天" in problem


def test_totals_that_do_not_add_up_are_named(house, staff):
    staff("ann")
    run_id = compute(house, "2026-10-12", "GM")
    assert problems(house, "attendance/check_fines_add_up", run_id) == []
    house.connection.execute("update attendance.attendance_day set fine_amount = 10 where employee_id = 'ann'")
    [problem] = problems(house, "attendance/check_fines_add_up", run_id)
    assert "10" in problem


def test_a_person_without_a_verdict_is_found_and_so_is_an_empty_run(house, staff):
    staff("ann")
    run_id = compute(house, "2026-10-12", "GM")
    assert problems(house, "attendance/check_every_person_once", run_id) == []
    house.connection.execute("delete from attendance.attendance_day where employee_id = 'ann'")
    [problem] = problems(house, "attendance/check_every_person_once", run_id)
    assert "1人" in problem
    house.connection.execute("delete from attendance.attendance_day")
    assert any("没有得到任何人" in problem for problem in problems(house, "attendance/check_every_person_once", run_id))


def test_OPS_20_the_last_working_day_of_a_month_follows_the_announced_calendar(books):
    books.given(
        """
        book.calendar_day
        day_on     | year_no | day_name | is_off | is_statutory
        2026-02-28 | 2026    | 春节     | no     | no
        2026-09-25 | 2026    | 中秋节   | yes    | yes
        """
    )
    last_days = books.query(
        """
        select book.last_workday(month_on, '2026-06-01') as last_on
        from unnest(array['2026-02-03', '2026-09-30', '2026-10-01', '2026-12-31']::date[]) as month_on
        """
    )
    assert [str(row["last_on"]) for row in last_days] == ["2026-02-28", "2026-09-30", "2026-10-30", "2026-12-31"]
