"""What lands late makes the days that it is about late days, and ends where landing early would have ended."""

import pytest

from backoffice.database import statement
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_swaps import rostered

DAYS = "2026-10-05..2026-10-18"
EARLY, LANDED, LATE = "2026-10-19 09:30", "2026-10-19 15:00", "2026-10-20 09:30"

#: a late fact, and at which sites it makes which days of October late
FACTS = {
    "a reception": (
        (
            "attendance.reception\nsite_id | employee_id | came_at | customer | customer_kind | outcome\n"
            "GM | ann | 2026-10-13 10:00 | 甲 | 新客 | 接待"
        ),
        {"GM": [13]},
    ),
    "a roster line": (
        "attendance.roster\nemployee_id | work_on | shift_code\ndan | 2026-10-13 | A",
        {"GM": range(5, 15)},
    ),
    "a swap of one day": (
        (
            "attendance.swap\nswap_no | swap_kind | first_employee_id | second_employee_id | first_on | second_on | "
            "is_first_agreed | is_second_agreed | approver | status | allows_short_rest\n"
            "S1 | 换班 | ann | bob | 2026-10-15 | 2026-10-15 | yes | yes | sun | 批准 | yes"
        ),
        {"GM": range(7, 17)},
    ),
    "a swap of two days and two sites": (
        (
            "attendance.swap\nswap_no | swap_kind | first_employee_id | second_employee_id | first_on | second_on | "
            "is_first_agreed | is_second_agreed | approver | status\n"
            "S1 | 调休 | ann | cat | 2026-10-14 | 2026-10-16 | yes | yes | sun | 批准"
        ),
        {"GM": range(6, 18), "HQ": range(6, 18)},
    ),
    "a roster line beside a swap": (
        # the eve of a day on which eve and fay swap: the other site and the other day of the swap hear of it
        "attendance.roster\nemployee_id | work_on | shift_code\neve | 2026-10-11 | N",
        {"GM": range(5, 18), "HQ": range(5, 18)},
    ),
    "a roster line of who is in the swap beside a swap": (
        # gil's night is eve's on the eve of her other swap's day, once it is known: neither swap leaves her the rest
        "attendance.roster\nemployee_id | work_on | shift_code\ngil | 2026-10-15 | N",
        {"GM": range(5, 18), "HQ": range(5, 18)},
    ),
    "a temporary timetable": (
        (
            "attendance.timetable_change\nsite_id | from_on | to_on | shift_code | new_shift_code | approver\n"
            "GM | 2026-10-08 | 2026-10-09 | A | D | sun"
        ),
        {"GM": range(7, 11)},
    ),
    "a temporary timetable beside a swap": (
        (
            "attendance.timetable_change\nsite_id | from_on | to_on | shift_code | new_shift_code | approver\n"
            "GM | 2026-10-13 | 2026-10-13 | A | N | sun"
        ),
        {"GM": range(5, 18), "HQ": range(5, 18)},
    ),
    "a spot check": (
        "attendance.spot_check\nemployee_id | checked_at | finding | checker\nann | 2026-10-13 10:00 | 不在岗 | sun",
        {"GM": range(12, 14)},
    ),
    "who was due at a meeting": (
        "attendance.gathering_attendee\ngathering_no | employee_id\nM1 | cat",
        {"HQ": range(12, 14)},
    ),
    "a meeting": (
        (
            "attendance.gathering\nsite_id | gathering_no | gathering_kind | gathering_name | starts_at | ends_at\n"
            "GM | M2 | 会议 | 周会 | 2026-10-14 14:00 | 2026-10-14 15:00"
        ),
        {"GM": range(13, 15)},
    ),
    "overtime": (
        (
            "attendance.overtime\nslip_no | employee_id | work_on | starts_at | ends_at | approver | status | "
            "compensation\n"
            "O1 | ann | 2026-10-13 | 2026-10-13 18:00 | 2026-10-13 20:00 | sun | 批准 | 加班费"
        ),
        {"GM": range(12, 14)},
    ),
    "a ruling": (
        (
            "attendance.day_ruling\nruling_no | employee_id | work_on | verdict | reason | approver | decided_on\n"
            "R1 | dan | 2026-10-13 | 出勤 | 漏排 | sun | 2026-10-19"
        ),
        {"GM": range(13, 14)},
    ),
    "leave": (
        (
            "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | asked_at | asked_by | "
            "approver_level | submitted_on | status\n"
            "L1 | ann | 事假 | 2026-10-13 08:30 | 2026-10-13 18:00 | 2026-10-11 | 本人 | 总经理 | 2026-10-13 | 批准"
        ),
        {"GM": range(12, 14)},
    ),
    "an outing": (
        (
            "attendance.outing\nemployee_id | out_at | back_at | outing_kind | approver\n"
            "ann | 2026-10-13 08:00 | 2026-10-13 12:00 | 因公 | sun"
        ),
        {"GM": range(12, 14)},
    ),
    "a punch in the night": (
        "attendance.punch\nsite_id | badge_no | punched_at\nGM | ann | 2026-10-13 23:50",
        {"GM": range(12, 15)},
    ),
}

#: of these, those that planning itself hears
PLANS = {
    "a roster line",
    "a swap of one day",
    "a swap of two days and two sites",
    "a roster line beside a swap",
    "a roster line of who is in the swap beside a swap",
    "a temporary timetable",
    "a temporary timetable beside a swap",
    "leave",
    "an outing",
}

#: what changes no day
SILENT = {
    "a fine waived": "attendance.fine_waiver\nwaiver_no | employee_id | event_on | fine_kind | reason | approver | "
    "approved_on | status\nF1 | ann | 2026-10-13 | 迟到 | 首次 | sun | 2026-10-14 | 批准",
    "a summary of work": "attendance.work_summary\nsite_id | group_name | summary_on | handed_in_at\n"
    "GM | 一组 | 2026-10-13 | 2026-10-13 18:00",
    "praise": "attendance.praise\nslip_no | employee_id | event_on | cause | issued_by\n"
    "P1 | ann | 2026-10-13 | 好 | sun",
}


@pytest.fixture
def team(house, staff):
    """ann on days and bob on nights at GM, cat at HQ, dan without a roster.

    eve and fay, of two sites, swap two days; eve and gil a third, of which nobody knows what gil would do.
    """
    house.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at\n"
        "GM | H | 2026-01-01 | 物业班 | 09:00 | 18:00\nHQ | A | 2026-01-01 | 案场班 | 08:30 | 18:00"
    )
    staff("ann", "bob", "dan", "eve", "gil", shift=None)
    staff("cat", "fay", site="HQ", shift=None)
    for day in range(1, 22):
        for name, code in (("ann", "A"), ("bob", "N"), ("cat", "H"), ("eve", "A"), ("fay", "H")):
            is_rest = (name, day) in {("ann", 16), ("cat", 14), ("eve", 11), ("eve", 16), ("fay", 12)}
            if (name, day) != ("eve", 11):
                rostered(house, f"{name} | 2026-10-{day:02} | {'休' if is_rest else code}")
    house.given(
        "attendance.swap\nswap_no | swap_kind | first_employee_id | second_employee_id | first_on | second_on | "
        "is_first_agreed | is_second_agreed | approver | status\n"
        "S0 | 换班 | eve | fay | 2026-10-12 | 2026-10-16 | yes | yes | sun | 批准\n"
        "S9 | 换班 | eve | gil | 2026-10-15 | 2026-10-15 | yes | yes | sun | 批准",
        "attendance.gathering\nsite_id | gathering_no | gathering_kind | gathering_name | starts_at | ends_at\n"
        "HQ | M1 | 会议 | 周会 | 2026-10-13 14:00 | 2026-10-13 15:00",
        "attendance.gathering_attendee\ngathering_no | employee_id\nM2 | ann",
    )
    punches(house, "\n".join(f"ann | 2026-10-{day:02} 08:47\nann | 2026-10-{day:02} 18:05" for day in range(1, 22)))
    punches(house, "\n".join(f"bob | 2026-10-{day:02} 18:20\nbob | 2026-10-{day + 1:02} 08:05" for day in range(1, 21)))
    return house


def late_days(house, known_at=LATE):
    """Site to its late days of October."""
    found = house.query(
        statement("attendance/find_late_days"),
        starts_on="2026-10-19",
        last_on="2026-10-19",
        known_at=known_at,
        workflow="daily_attendance",
    )
    return {site: [row["base_on"].day for row in found if row["site_id"] == site] for site in ("GM", "HO", "HQ")}


def verdicts(house):
    return house.query("select * from attendance.attendance_day order by employee_id, work_on")


@pytest.mark.parametrize("fact", FACTS)
def test_ATT_22_a_fact_that_lands_late_ends_where_landing_early_would_have_ended(team, fact):
    drawn, expected = FACTS[fact]
    with team.connection.transaction(force_rollback=True):
        team.given(drawn)
        compute(team, DAYS, known_at=LATE)
        early = verdicts(team)
    compute(team, DAYS, known_at=EARLY)
    before = verdicts(team)
    team.given(drawn, recorded_at=LANDED)
    found = late_days(team)
    assert found == {"GM": [], "HO": [], "HQ": []} | {site: list(days) for site, days in expected.items()}
    for site, days in found.items():
        for day in days:
            compute(team, f"2026-10-{day:02}", site, known_at=LATE)
    assert verdicts(team) == early
    if fact in PLANS:
        assert early != before


@pytest.mark.parametrize("fact", SILENT)
def test_what_changes_no_day_makes_no_day_late(team, fact):
    compute(team, DAYS, known_at=EARLY)
    team.given(SILENT[fact], recorded_at=LANDED)
    assert late_days(team) == {"GM": [], "HO": [], "HQ": []}


def test_a_swap_that_was_corrected_is_news_for_the_days_it_left_and_those_it_moved_to(team):
    swap = FACTS["a swap of one day"][0]
    team.given(swap)
    compute(team, DAYS, known_at=EARLY)
    team.connection.execute("update attendance.swap set superseded_at = %s where swap_no = 'S1'", [LANDED])
    team.given(swap.replace("2026-10-15", "2026-10-17"), recorded_at=LANDED)
    assert late_days(team)["GM"] == [*range(7, 19)]
