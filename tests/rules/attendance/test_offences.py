"""What people did beside the clock: left the post, lunch, private swaps (GM-A6, GM-A8, YJ-A3, YJ-A4)."""

import pytest

from tests.rules.attendance.conftest import compute, punches

GUOMAO = """
    book.rule
    rule_set | rule_id | parameter              | value       | valid_from | clause
    guomao   | GM-A8   | left_post_absent_days  | 1           | 2026-01-01 | 擅自离岗记旷工
    guomao   | GM-A8   | lunch_limit_minutes    | 40          | 2026-01-01 | 外出用餐不超过40分钟
    guomao   | GM-A6   | private_swap           | both_absent | 2026-01-01 | 私自换班双方旷工
"""

#: the sales office of 售楼部管理制度: two spells a day, both punches, spot checks
YIJING = (
    "book.rule_set\nrule_set | rule_set_name | rank\nyijing | 售楼部管理制度 | 10",
    "book.site\nsite_id | site_name | fined_share_limit\nYJ | 怡景 | 1",
    "book.site_rule_set\nsite_id | rule_set | valid_from\nYJ | yijing | 2026-01-01",
    """
    book.rule
    rule_set | rule_id | parameter             | value  | valid_from | clause
    yijing   | YJ-A2   | works_calendar        | roster | 2026-01-01 | 排班轮休
    yijing   | YJ-A1   | is_in_required        | 是     | 2026-01-01 | 上班签到
    yijing   | YJ-A1   | is_out_required       | 是     | 2026-01-01 | 下班签退
    yijing   | YJ-A3   | left_post_absent_days | 1      | 2026-01-01 | 查岗不在又无登记按旷工
    yijing   | YJ-A3   | private_outing_slip   | 是     | 2026-01-01 | 因私外出凭销售经理批准的外出单
    yijing   | YJ-A4   | gatherings_count      | 是     | 2026-01-01 | 会议培训计考勤
    yijing   | YJ-A4   | rest_swap_absent      | 是     | 2026-01-01 | 调休须事先说明
    yijing   | YJ-A4   | requires_work_summary | 是     | 2026-01-01 | 各组每日交工作小结
    """,
    """
    attendance.shift
    site_id | shift_code | valid_from | shift_name | starts_at | ends_at | break_starts_at | break_ends_at | is_split
    YJ      | Y          | 2026-01-01 | 两段班     | 08:30     | 18:00   | 12:00           | 14:30         | yes
    """,
)


@pytest.fixture
def guomao(house):
    """Site GM where leaving the post is a day's absence, lunch has forty minutes, private swaps cost both a day."""
    house.given(GUOMAO)
    return house


@pytest.fixture
def yijing(house):
    """Site YJ: two spells a day, private outings by slip, meetings count, rest days are swapped with a word before."""
    house.given(*YIJING)
    return house


def check(books, *drawn: str) -> None:
    """Spot checks drawn as `who date time finding`."""
    for line in drawn:
        who, day, time, finding = line.split()
        books.given(
            "attendance.spot_check\nemployee_id | checked_at | finding | checker\n"
            f"{who} | {day} {time} | {finding} | 孙经理"
        )


def out(books, drawn: str) -> None:
    """Outings drawn as `who | out | back | kind | approver | level | slip`."""
    books.given(
        "attendance.outing\nemployee_id | out_at | back_at | outing_kind | approver | approver_level | slip_no\n"
        + drawn
    )


def found(books) -> list[tuple[str, ...]]:
    """Offences as (who, day, kind, days of absence)."""
    return [
        (row["employee_id"], f"{row['work_on']:%d}", row["offence_kind"], str(row["absent_days"]))
        for row in books.query(
            "select * from attendance.offence order by employee_id, work_on, offence_kind, source_no"
        )
    ]


# Spot checks --------------------------------------------------------------------------------------------


def test_GM_A8_who_is_found_away_at_a_spot_check_has_left_the_post(guomao, staff):
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    check(guomao, "ann 2026-10-12 10:20 不在岗", "bob 2026-10-12 10:20 在岗", "bob 2026-10-12 11:00 违纪")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(
        """
        attendance.offence
        employee_id | work_on    | offence_kind | source_no               | absent_days | rule_id | rule_from
        ann         | 2026-10-12 | 脱岗         | 查岗2026-10-12 10:20:00 | 1.00        | GM-A8   | 2026-01-01
        """
    )
    [row] = guomao.query("select reason, rule_version, file_id, line_no from attendance.offence")
    assert row["reason"] == "10:20查岗不在岗（查岗人孙经理），无外出登记"
    assert len(row["rule_version"]) == 8
    assert (row["file_id"], row["line_no"]) == (1, 1)


@pytest.mark.parametrize(
    ("time", "days"),
    [
        ("08:29:59", None),  # before the shift
        ("08:30:00", "1.00"),
        ("11:59:59", "1.00"),
        ("12:00:00", None),  # the break
        ("13:29:59", None),
        ("13:30:00", "1.00"),
        ("17:59:59", "1.00"),
        ("18:00:00", None),  # over
    ],
)
def test_GM_A8_a_check_counts_within_the_shift_and_outside_its_break(guomao, staff, time, days):
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    check(guomao, f"ann 2026-10-12 {time} 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == ([("ann", "12", "脱岗", days)] if days else [])


def test_YJ_A3_between_two_spells_nobody_has_to_be_there(yijing, staff):
    staff("ann", "bob", site="YJ", shift="Y")
    for who in ("ann", "bob"):
        punches(yijing, f"{who} | 2026-10-12 08:20\n{who} | 2026-10-12 18:10", site="YJ")
    check(yijing, "ann 2026-10-12 14:29 不在岗", "bob 2026-10-12 14:30 不在岗")
    compute(yijing, "2026-10-12", "YJ")
    assert found(yijing) == [("bob", "12", "脱岗", "1.00")]


def test_GM_A8_who_had_not_come_yet_is_late_and_has_left_nothing(guomao, staff):
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 08:50\nbob | 2026-10-12 08:50")
    check(guomao, "ann 2026-10-12 08:40 不在岗", "bob 2026-10-12 08:50 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("bob", "12", "脱岗", "1.00")]


def test_GM_A8_a_day_of_no_show_of_rest_or_of_leave_knows_no_leaving_of_the_post(guomao, staff):
    staff("ann", "bob", "cid", "dan")
    guomao.connection.execute("update attendance.roster set shift_code = '休' where employee_id = 'bob'")
    punches(guomao, "bob | 2026-10-12 08:20\ncid | 2026-10-12 08:20\ndan | 2026-10-12 08:20")
    for who, status in (("cid", "批准"), ("dan", "未批准")):
        guomao.given(
            "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | asked_at | asked_by"
            " | approver | approver_level | submitted_on | status\n"
            f"L-{who} | {who} | 事假 | 2026-10-12 13:30 | 2026-10-12 18:00 | 2026-10-11 10:00 | 本人 | sun"
            f" | 部门经理 | 2026-10-12 | {status}"
        )
    check(guomao, *(f"{who} 2026-10-12 15:00 不在岗" for who in ("ann", "bob", "cid", "dan")))
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("dan", "12", "脱岗", "1.00")]


def test_a_check_at_night_belongs_to_the_day_on_which_the_shift_began(guomao, staff):
    staff("ann", shift="N", on="2026-10-12")
    punches(guomao, "ann | 2026-10-12 18:20\nann | 2026-10-13 08:05")
    check(guomao, "ann 2026-10-13 03:00 不在岗")
    compute(guomao, "2026-10-12", "GM")
    compute(guomao, "2026-10-13", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")]


def test_patrol_times_are_no_shift_and_nobody_leaves_them(guomao, staff):
    guomao.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at | is_patrol\n"
        "GM | P | 2026-01-01 | 巡查 | 09:00 | 17:00 | yes"
    )
    staff("ann", shift="P")
    punches(guomao, "ann | 2026-10-12 08:20")
    check(guomao, "ann 2026-10-12 15:00 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == []


def test_a_house_without_the_rule_lists_it_and_counts_nothing(house, staff):
    staff("ann")
    punches(house, "ann | 2026-10-12 08:20")
    check(house, "ann 2026-10-12 10:20 不在岗")
    compute(house, "2026-10-12", "GM")
    house.expect(
        "attendance.offence\nemployee_id | offence_kind | absent_days | rule_id | rule_from\nann | 脱岗 | 0.00 | - | -"
    )


@pytest.mark.parametrize(("known_at", "count"), [("2026-10-14 08:59", 0), ("2026-10-14 09:00", 1)])
def test_a_check_told_later_is_not_known_before(guomao, staff, known_at, count):
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    guomao.given(
        "attendance.spot_check\nemployee_id | checked_at | finding | checker\nann | 2026-10-12 10:20 | 不在岗 | 孙经理",
        recorded_at="2026-10-14 09:00",
    )
    compute(guomao, "2026-10-12", "GM", known_at=known_at)
    assert len(found(guomao)) == count


def test_a_check_that_was_taken_back_takes_the_offence_back(guomao, staff):
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    check(guomao, "ann 2026-10-12 10:20 不在岗")
    compute(guomao, "2026-10-12", "GM", known_at="2026-10-14 09:00")
    before = guomao.row_versions("attendance.offence")
    compute(guomao, "2026-10-12", "GM", known_at="2026-10-14 09:30")
    assert guomao.row_versions("attendance.offence") == before
    guomao.connection.execute("update attendance.spot_check set superseded_at = '2026-10-15 09:00'")
    compute(guomao, "2026-10-12", "GM", known_at="2026-10-15 09:00")
    assert found(guomao) == []


# Outings ------------------------------------------------------------------------------------------------


def test_YJ_A3_an_outing_on_business_needs_a_word_and_a_private_one_a_slip(yijing, staff):
    names = ("ann", "bob", "cid", "dan", "eve", "fay", "gus", "hal")
    staff(*names, site="YJ", shift="Y")
    for who in names:
        punches(yijing, f"{who} | 2026-10-12 08:20\n{who} | 2026-10-12 18:10", site="YJ")
    out(
        yijing,
        """
        gus | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | 组长 | 组长       | W13
        hal | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | 老总 | 董事长     | -
        ann | 2026-10-12 10:00 | 2026-10-12 11:00 | 因公 | 组长 | -          | -
        bob | 2026-10-12 10:00 | 2026-10-12 11:00 | 因公 | -    | -          | -
        cid | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | -    | -          | -
        dan | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | 组长 | -          | -
        eve | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | 经理 | 销售部经理 | -
        fay | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | 经理 | -          | W12
        """,
    )
    compute(yijing, "2026-10-12", "YJ")
    yijing.expect(
        """
        attendance.offence
        employee_id | offence_kind | absent_days | rule_id | reason
        bob         | 脱岗         | 1.00        | YJ-A3   | 10:00因公外出至11:00，无批准人
        cid         | 脱岗         | 1.00        | YJ-A3   | 10:00因私外出至11:00，无批准人
        dan         | 脱岗         | 1.00        | YJ-A3   | 10:00因私外出至11:00，无批准的外出单
        gus         | 脱岗         | 1.00        | YJ-A3   | 10:00因私外出至11:00，无批准的外出单
        """
    )


def test_GM_A8_the_managers_consent_is_enough_where_no_slip_is_asked(guomao, staff):
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    out(guomao, "ann | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | 孙经理 | - | -")
    check(guomao, "ann 2026-10-12 10:30 不在岗", "ann 2026-10-12 11:00 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")], "only the check at 11:00, after the return"


def test_one_leaving_is_one_offence_though_it_is_logged_and_checked(guomao, staff):
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    out(guomao, "ann | 2026-10-12 10:00 | 2026-10-12 11:00 | 因私 | - | - | -")
    check(guomao, "ann 2026-10-12 10:30 不在岗")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("ann", "12", "脱岗", "1.00")]


def test_GM_A8_an_outing_before_arrival_is_lateness_and_one_in_the_break_is_nothing(guomao, staff):
    staff("ann", "bob", "cid")
    punches(guomao, "ann | 2026-10-12 09:10\nbob | 2026-10-12 08:20\ncid | 2026-10-12 08:20")
    out(
        guomao,
        """
        ann | 2026-10-12 08:30 | 2026-10-12 09:10 | 因私 | - | - | -
        bob | 2026-10-12 12:00 | 2026-10-12 13:30 | 因私 | - | - | -
        cid | 2026-10-12 12:00 | 2026-10-12 13:31 | 因私 | - | - | -
        """,
    )
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [("cid", "12", "脱岗", "1.00")]


def test_who_was_out_on_business_from_the_morning_is_found_missing_in_the_afternoon(guomao, staff):
    staff("ann")
    out(guomao, "ann | 2026-10-12 08:00 | 2026-10-12 12:00 | 因公 | 孙经理 | - | -")
    check(guomao, "ann 2026-10-12 11:00 不在岗", "ann 2026-10-12 15:00 不在岗")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect("attendance.offence\nsource_no\n查岗2026-10-12 15:00:00")


# Lunch --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "back", "reason"),
    [
        ("minute_floor", "12:40:59", None),
        ("minute_floor", "12:41:00", "12:00外出用餐，12:41返回，共41分钟，超过40分钟"),
        ("exact_second", "12:40:00", None),
        ("exact_second", "12:40:01", "12:00外出用餐，12:40返回，共41分钟，超过40分钟"),
    ],
)
def test_GM_A8_lunch_outside_has_forty_minutes(guomao, staff, mode, back, reason):
    guomao.connection.execute("update book.rule set value = %s where parameter = 'seconds_mode'", [mode])
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    out(guomao, f"ann | 2026-10-12 12:00 | 2026-10-12 {back} | 用餐 | 孙经理 | - | -")
    compute(guomao, "2026-10-12", "GM")
    rows = guomao.query("select offence_kind, absent_days, rule_id, reason from attendance.offence")
    assert [(r["offence_kind"], str(r["absent_days"]), r["rule_id"], r["reason"]) for r in rows] == (
        [("用餐超时", "0.00", "GM-A8", reason)] if reason else []
    )


def test_GM_A8_a_long_lunch_costs_what_the_house_says_and_one_without_return_nothing(guomao, staff):
    guomao.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | GM-A8 | lunch_over_absent_days | 0.5 | 2026-01-01 | 超时半天"
    )
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 08:20\nbob | 2026-10-12 08:20")
    out(
        guomao,
        """
        ann | 2026-10-12 12:03 | 2026-10-12 13:01 | 用餐 | 孙经理 | - | -
        bob | 2026-10-12 12:03 | -                | 用餐 | 孙经理 | - | -
        """,
    )
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(
        """
        attendance.offence
        employee_id | offence_kind | absent_days | reason
        ann         | 用餐超时     | 0.50        | 12:03外出用餐，13:01返回，共58分钟，超过40分钟
        bob         | 用餐超时     | 0.00        | 12:03外出用餐，无返回时间，时长不明，不计
        """
    )


def test_GM_A8_lunch_nobody_was_told_of_is_leaving_the_post_even_in_the_break(guomao, staff):
    staff("ann")
    punches(guomao, "ann | 2026-10-12 08:20")
    out(guomao, "ann | 2026-10-12 12:03 | 2026-10-12 13:20 | 用餐 | - | - | -")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(
        "attendance.offence\nemployee_id | offence_kind | absent_days | reason\n"
        "ann | 脱岗 | 1.00 | 12:03用餐外出至13:20，未事先告知"
    )


def test_a_house_without_a_rule_of_lunch_leaves_the_break_to_people(yijing, staff):
    staff("ann", site="YJ", shift="Y")
    punches(yijing, "ann | 2026-10-12 08:20\nann | 2026-10-12 18:10", site="YJ")
    out(
        yijing,
        """
        ann | 2026-10-12 12:03 | 2026-10-12 14:20 | 用餐 | - | - | -
        """,
    )
    compute(yijing, "2026-10-12", "YJ")
    assert found(yijing) == []


# Swaps --------------------------------------------------------------------------------------------------


def swap(books, drawn: str) -> None:
    """Swaps drawn as `no | kind | first | second | its day | its day | asked | agreed | agreed | approver | status`."""
    books.given(
        "attendance.swap\nswap_no | swap_kind | first_employee_id | second_employee_id | first_on | second_on"
        " | asked_at | is_first_agreed | is_second_agreed | approver | status\n" + drawn
    )


@pytest.mark.parametrize(("agreed", "status", "verdict"), [("no", "批准", "缺对方同意"), ("yes", "未批准", "未获批准")])
def test_GM_A6_a_private_swap_that_was_carried_out_makes_both_absent(guomao, staff, agreed, status, verdict):
    staff("ann", shift="A")
    staff("bob", shift="N")
    punches(
        guomao,
        "ann | 2026-10-12 18:25\nann | 2026-10-13 08:05\nbob | 2026-10-12 08:20\nbob | 2026-10-12 18:05",
    )
    swap(
        guomao,
        f"H1 | 换班 | ann | bob | 2026-10-12 | 2026-10-12 | 2026-10-10 09:00 | yes | {agreed} | 孙经理 | {status}",
    )
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(
        f"""
        attendance.offence
        employee_id | offence_kind | source_no | absent_days | rule_id | reason
        ann         | 私自换班     | H1        | 1.00        | GM-A6   | 换班单H1{verdict}仍自行换班，双方当日按旷工
        bob         | 私自换班     | H1        | 1.00        | GM-A6   | 换班单H1{verdict}仍自行换班，双方当日按旷工
        """
    )


def test_GM_A6_a_swap_that_was_only_asked_for_costs_nothing(guomao, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    staff("cid", shift="A")
    staff("dan", shift="N")
    punches(
        guomao,
        "ann | 2026-10-12 08:20\nann | 2026-10-12 18:05\nbob | 2026-10-12 18:25\nbob | 2026-10-13 08:05\n"
        "dan | 2026-10-12 18:25\ndan | 2026-10-13 08:05",
    )
    swap(
        guomao,
        """
        H1 | 换班 | ann | bob | 2026-10-12 | 2026-10-12 | 2026-10-10 09:00 | yes | yes | - | 未批准
        H2 | 换班 | cid | dan | 2026-10-12 | 2026-10-12 | 2026-10-10 09:00 | yes | yes | - | 未批准
        """,
    )
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == [], "dan did his own night; that cid did not come is no swap, but a no-show"


def test_GM_A6_who_comes_when_the_other_does_has_swapped_nothing_while_that_one_is_there_himself(guomao, staff):
    guomao.given(
        "attendance.shift\nsite_id | shift_code | valid_from | shift_name | starts_at | ends_at\n"
        "GM | L | 2026-01-01 | 晚班 | 10:00 | 19:30"
    )
    staff("ann", shift="A")
    staff("bob", shift="L")
    punches(guomao, "ann | 2026-10-12 10:05\nann | 2026-10-12 19:20\nbob | 2026-10-12 09:55\nbob | 2026-10-12 19:35")
    swap(guomao, "H1 | 换班 | ann | bob | 2026-10-12 | 2026-10-12 | 2026-10-10 09:00 | yes | yes | - | 未批准")
    compute(guomao, "2026-10-12", "GM")
    assert found(guomao) == []


def test_GM_A6_of_a_shift_swapped_for_rest_each_owes_the_day_of_his_own_shift(guomao, staff):
    staff("ann", shift="A", on="2026-10-12")
    staff("bob", shift="A", on="2026-10-13")
    guomao.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | 休\nbob | 2026-10-12 | 休")
    punches(guomao, "bob | 2026-10-12 08:20\nann | 2026-10-13 08:20")
    swap(guomao, "H1 | 换班 | ann | bob | 2026-10-12 | 2026-10-13 | 2026-10-10 09:00 | yes | yes | - | 未批准")
    compute(guomao, "2026-10-12..2026-10-13", "GM")
    assert found(guomao) == [
        ("ann", "12", "私自换班", "1.00"),
        ("ann", "13", "私自换班", "0.00"),
        ("bob", "12", "私自换班", "0.00"),
        ("bob", "13", "私自换班", "1.00"),
    ]


def test_a_house_that_ignores_private_swaps_judges_each_by_the_roster(house, staff):
    staff("ann", shift="A")
    staff("bob", shift="N")
    punches(house, "ann | 2026-10-12 18:25\nann | 2026-10-13 08:05\nbob | 2026-10-12 08:20\nbob | 2026-10-12 18:05")
    swap(house, "H1 | 换班 | ann | bob | 2026-10-12 | 2026-10-12 | 2026-10-10 09:00 | yes | yes | - | 未批准")
    compute(house, "2026-10-12", "GM")
    assert found(house) == []


@pytest.mark.parametrize(
    ("asked_at", "offences"),
    [
        ("2026-10-12 08:29", []),
        ("2026-10-12 08:30", [("ann", "12", "未告知调休", "0.00"), ("bob", "13", "未告知调休", "0.00")]),
    ],
)
def test_YJ_A4_a_swap_of_rest_days_nobody_told_of_makes_the_absent_one_absent_once(yijing, staff, asked_at, offences):
    staff("ann", site="YJ", shift="Y", on="2026-10-12")
    staff("bob", site="YJ", shift="Y", on="2026-10-13")
    yijing.given("attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-13 | 休\nbob | 2026-10-12 | 休")
    punches(yijing, "bob | 2026-10-12 08:20\nbob | 2026-10-12 18:05", site="YJ")
    punches(yijing, "ann | 2026-10-13 08:20\nann | 2026-10-13 18:05", site="YJ")
    swap(yijing, f"T1 | 调休 | ann | bob | 2026-10-12 | 2026-10-13 | {asked_at} | yes | yes | 孙经理 | 批准")
    compute(yijing, "2026-10-12..2026-10-13", "YJ")
    assert found(yijing) == offences
    absent = "1.00" if offences else "0.00"
    yijing.expect(
        f"attendance.attendance_day\nemployee_id | work_on | absent_days\n"
        f"ann | 2026-10-12 | {absent}\nbob | 2026-10-13 | {absent}",
        where="(employee_id, work_on) in (('ann', '2026-10-12'), ('bob', '2026-10-13'))",
    )


def test_GM_A8_the_day_bears_the_absence_but_never_more_than_one_day(guomao, staff):
    staff("ann", "bob")
    punches(guomao, "ann | 2026-10-12 08:50\nbob | 2026-10-12 09:20")
    check(guomao, "ann 2026-10-12 10:20 不在岗", "bob 2026-10-12 10:20 不在岗", "bob 2026-10-12 15:20 不在岗")
    compute(guomao, "2026-10-12", "GM")
    guomao.expect(
        """
        attendance.attendance_day
        employee_id | status | absent_days | fine_amount | due_days | attended_days
        ann         | 旷工   | 1.00        | 10.00       | 1.00     | 0.00
        bob         | 旷工   | 1.00        | 0.00        | 1.00     | 0.00
        """,
        where="employee_id in ('ann', 'bob')",
    )
