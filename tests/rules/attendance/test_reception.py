"""Reception order (GM-A10, SL-A2, SA-B10): whose turn a customer was, what uses a turn up, who is passed over."""

import pytest

from backoffice.database import statement
from tests.rules.attendance.conftest import compute, punches
from tests.rules.attendance.test_offences import out

HOUSE = """
    book.rule
    rule_set | rule_id | parameter           | value | valid_from | clause
    guomao   | GM-A10  | refusal_pass_rounds | 2     | 2026-01-01 | 推托客户的轮空两轮
"""


@pytest.fixture
def desk(house, staff):
    """Consultants ann, bob, cid, dan, who signed in in this order on the 12th; a manager who receives nobody."""
    house.given(HOUSE)
    staff("ann", "bob", "cid", "dan", "max")
    house.connection.execute("update book.employee set post = '置业顾问' where length(employee_id) = 3")
    house.connection.execute("update book.employee set post = '案场经理' where employee_id = 'max'")
    punches(
        house,
        "max | 2026-10-12 08:00\nann | 2026-10-12 08:10\nbob | 2026-10-12 08:11\ncid | 2026-10-12 08:12\n"
        "dan | 2026-10-12 08:13",
    )
    return house


def received(books, *drawn: str, day: str = "2026-10-12") -> None:
    """Receptions in the order of the day, one every ten minutes from nine: `who [customer [kind [outcome]]]`."""
    for number, line in enumerate(drawn):
        who, customer, kind, outcome = [*line.split(), *["-", "-", "-"]][:4]
        books.given(
            "attendance.reception\nsite_id | employee_id | came_at | customer | customer_kind | outcome\n"
            f"GM | {who} | {day} {9 + number // 6:02d}:{number % 6}0 | {number if customer == '-' else customer}"
            f" | {'新客' if kind == '-' else kind} | {'接待' if outcome == '-' else outcome}"
        )


def due(books, day: str = "2026-10-12") -> str:
    """Whose turn each customer was, in order; `.` where no turn was at stake or nobody was there."""
    rows = books.query(
        "select due_employee_id from attendance.reception_turn where work_on = %(day)s order by event_no", day=day
    )
    return " ".join(row["due_employee_id"] or "." for row in rows)


def sheet(books, name: str, day: str = "2026-10-12", known_at: str = "2026-11-03 09:30") -> list[dict]:
    return books.query(statement(f"attendance/{name}"), site_id="GM", starts_on=day, last_on=day, known_at=known_at)


def test_GM_A10_the_order_of_signing_in_is_the_order_of_the_day_and_goes_round(desk):
    received(desk, "ann", "bob", "cid", "dan", "ann", "bob")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob cid dan ann bob"
    desk.expect(
        """
        attendance.reception_place
        turn_no | employee_id | signed_in_at     | passed_over_count
        1       | ann         | 2026-10-12 08:10 | 0
        2       | bob         | 2026-10-12 08:11 | 0
        3       | cid         | 2026-10-12 08:12 | 0
        4       | dan         | 2026-10-12 08:13 | 0
        """
    )


def test_GM_A10_within_a_minute_the_seconds_decide_and_then_the_employee_number(house, staff):
    staff("ann", "bob", "cid")
    house.connection.execute("update book.employee set post = '置业顾问' where length(employee_id) = 3")
    punches(house, "cid | 2026-10-12 08:10:05\nbob | 2026-10-12 08:10:20\nann | 2026-10-12 08:10:20")
    received(house, "cid", "ann", "bob")
    compute(house, "2026-10-12", "GM")
    assert due(house) == "cid ann bob"


def test_GM_A10_who_refuses_is_passed_over_for_two_rounds_more(desk):
    received(
        desk,
        *("ann", "bob 张三 新客 拒接", "cid 张三", "dan"),
        *("ann", "cid", "dan"),  # first round without bob
        *("ann", "cid", "dan"),  # second
        *("ann", "bob"),
    )
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob cid dan ann cid dan ann cid dan ann bob"
    desk.expect("attendance.reception_place\nemployee_id | passed_over_count\nann | 0\nbob | 0\ncid | 0\ndan | 0")


def test_GM_A10_the_next_day_begins_anew_whatever_was_left_over(desk, staff):
    staff_on_13th = ("ann", "bob", "cid", "dan")
    for who in staff_on_13th:
        desk.given(f"attendance.roster\nemployee_id | work_on | shift_code\n{who} | 2026-10-13 | A")
    punches(desk, "bob | 2026-10-13 08:01\nann | 2026-10-13 08:02\ncid | 2026-10-13 08:03\ndan | 2026-10-13 08:04")
    received(desk, "ann 张三 新客 拒接", "bob 张三")
    received(desk, "bob", "ann", day="2026-10-13")
    compute(desk, "2026-10-12..2026-10-13", "GM")
    assert (due(desk), due(desk, "2026-10-13")) == ("ann bob", "bob ann")
    desk.expect(
        """
        attendance.reception_place
        work_on    | employee_id | passed_over_count
        2026-10-12 | ann         | 2
        2026-10-13 | ann         | 0
        """,
        where="employee_id = 'ann'",
    )


def test_GM_A10_if_all_have_refused_the_one_with_fewest_rounds_left_serves(desk):
    received(
        desk,
        *("ann 张三 新客 拒接", "bob 张三 新客 拒接", "cid 张三 新客 拒接", "dan 张三 新客 拒接", "ann 张三", "bob"),
    )
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob cid dan ann bob"


def test_a_house_without_the_rule_takes_the_turn_away_and_no_more(desk):
    desk.connection.execute("delete from book.rule where parameter = 'refusal_pass_rounds'")
    received(desk, "ann 张三 新客 拒接", "bob 张三", "cid", "dan", "ann")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob cid dan ann"


def test_a_turn_out_of_order_is_flagged_once_and_the_round_goes_on_from_there(desk):
    received(desk, "ann", "cid", "dan", "ann", "bob")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob dan ann bob"
    [line] = [row for row in sheet(desk, "sheet_exceptions") if "轮位不符" in row["problem"]]
    assert (line["severity"], line["subject"], line["problem"], line["line_no"]) == (
        "请核对",
        "cid cid",
        "2026-10-12 09:10 轮位不符：轮到bob，实由cid接待",
        1,
    )


def test_SL_A2_who_was_told_and_did_not_step_up_answers_by_name(desk):
    received(desk, "ann", "bob 张三 新客 未上位", "cid 张三", "dan", "ann", "bob")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob cid dan ann bob", "the turn is used up, but nobody is passed over"
    problems = [row["problem"] for row in sheet(desk, "sheet_exceptions") if row["subject"] == "bob bob"]
    assert problems == ["2026-10-12 09:10 轮到接待而未上位，由本人负责"]


@pytest.mark.parametrize("kind", ["未下定老客", "已下定老客", "已成交", "代接"])
def test_SA_B10_a_visit_that_does_not_count_uses_up_no_turn(desk, kind):
    received(desk, "ann", f"dan 李四 {kind}", "bob", "cid")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann . bob cid"
    desk.expect(
        f"attendance.reception_turn\nemployee_id | is_counted | not_counted_reason\ndan | no | {kind}",
        where="employee_id = 'dan'",
    )


def test_SL_A2_a_returning_customer_without_a_deposit_counts_where_the_house_says_so(desk):
    desk.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | SL-A2 | counts_undeposited_return | 是 | 2026-01-01 | 未下定老客计轮次"
    )
    received(desk, "ann", "bob 李四 未下定老客", "cid", "ann 王五 未下定老客", "dan", "bob", "cid", "dan", "ann")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann bob cid . dan bob cid dan ann", "out of order it is ann's next turn that is used up"
    assert not [row for row in sheet(desk, "sheet_exceptions") if "轮位不符" in row["problem"]]


@pytest.mark.parametrize(("counts_again", "next_one"), [("否", "ann"), ("是", "bob")])
def test_SA_B10_the_same_customer_several_times_a_day_counts_once_or_each_time(desk, counts_again, next_one):
    desk.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        f"guomao | SA-B10 | counts_repeat_visit | {counts_again} | 2026-01-01 | 当日复访"
    )
    received(desk, "ann 李四", "ann 李四", "bob", "cid", "dan", next_one)
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == f"ann . bob cid dan {next_one}"


def test_a_customer_whom_one_refused_and_the_next_received_came_once(desk):
    received(desk, "ann 张三 新客 拒接", "bob 张三", "cid")
    compute(desk, "2026-10-12", "GM")
    desk.expect("attendance.reception_turn\nemployee_id | is_counted\nann | yes\nbob | yes\ncid | yes")


def test_who_is_out_on_leave_gone_or_not_there_yet_misses_the_turn_and_does_not_get_it_back(desk, staff):
    staff("eve")
    desk.connection.execute("update book.employee set post = '置业顾问' where employee_id = 'eve'")
    punches(desk, "eve | 2026-10-12 09:15\ndan | 2026-10-12 17:00")
    out(desk, "bob | 2026-10-12 09:05 | 2026-10-12 09:25 | 因公 | 孙经理 | - | -")
    received(desk, "ann", "cid", "dan", "eve", "ann", "bob")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann cid dan eve ann bob"


def test_leaving_ends_the_turns_of_a_day(desk):
    punches(desk, "ann | 2026-10-12 17:00")
    desk.given(
        "attendance.reception\nsite_id | employee_id | came_at | customer | customer_kind | outcome\n"
        "GM | bob | 2026-10-12 17:01 | 1 | 新客 | 接待"
    )
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "bob"


def test_who_never_signed_in_stands_behind_all_and_is_due_no_turn(desk, staff):
    staff("abe")
    received(desk, "abe", "ann")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann ann"
    desk.expect("attendance.reception_place\nturn_no | signed_in_at\n5 | -", where="employee_id = 'abe'")


def test_OPS_16_turns_computed_again_write_no_row_and_go_when_the_register_takes_them_back(desk):
    tables = ("attendance.reception_turn", "attendance.reception_place")
    received(desk, "ann", "bob 张三 新客 拒接", "cid 张三")
    compute(desk, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    before = desk.row_versions(*tables)
    compute(desk, "2026-10-12", "GM", known_at="2026-10-13 15:00")
    assert desk.row_versions(*tables) == before
    desk.connection.execute("update attendance.reception set superseded_at = '2026-10-14 09:00'")
    compute(desk, "2026-10-12", "GM", known_at="2026-10-14 09:30")
    assert desk.row_versions(*tables) == {table: [] for table in tables}


def test_OPS_21_the_turns_of_a_closed_month_stay(desk):
    received(desk, "ann", "bob")
    compute(desk, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    desk.connection.execute("update attendance.reception set superseded_at = '2026-11-09 09:00'")
    compute(desk, "2026-10-12", "GM", known_at="2026-11-10 09:30")
    assert due(desk) == "ann bob"


def test_the_sheet_tells_the_order_the_stops_and_what_did_not_count(desk):
    out(desk, "cid | 2026-10-12 09:35 | 2026-10-12 09:55 | 因公 | 孙经理 | - | -")
    received(desk, "ann 李四", "bob 张三 新客 拒接", "cid 张三", "dan", "ann 李四", "ann 钱七 代接")
    compute(desk, "2026-10-12", "GM")
    rows = sheet(desk, "sheet_reception")
    assert [tuple(str(value) for value in row.values()) for row in rows] == [
        ("1", "ann", "2026-10-12 08:10:00+08:00", "0", "None", "3", "2次：代接1次、当日重复来访1次"),
        ("2", "bob", "2026-10-12 08:11:00+08:00", "2", "09:10拒接", "0", "None"),
        ("3", "cid", "2026-10-12 08:12:00+08:00", "0", "09:35至09:55外出", "1", "None"),
        ("4", "dan", "2026-10-12 08:13:00+08:00", "0", "None", "1", "None"),
    ]


def on_leave(books, slip: str, who: str, starts_at: str, ends_at: str, status: str = "批准", **also) -> None:
    """A slip of leave within the 12th."""
    books.given(
        "attendance.leave\nslip_no | employee_id | leave_type | starts_at | ends_at | approver | status\n"
        f"{slip} | {who} | 事假 | 2026-10-12 {starts_at} | 2026-10-12 {ends_at} | 王经理 | {status}",
        **also,
    )


def came(books, who: str, at: str, customer: str = "王五", kind: str = "新客", outcome: str = "接待", **also) -> None:
    """One customer at an instant."""
    books.given(
        "attendance.reception\nsite_id | employee_id | came_at | customer | customer_kind | outcome\n"
        f"GM | {who} | {at} | {customer} | {kind} | {outcome}",
        **also,
    )


@pytest.mark.parametrize("known", [{"recorded_at": "2026-10-14 09:00"}, {"superseded_at": "2026-10-13 09:00"}])
def test_what_came_later_or_was_taken_back_of_customers_outings_and_leave_moves_no_turn(desk, known):
    received(desk, "ann", "bob", "cid")
    came(desk, "max", "2026-10-12 08:50", **known)
    desk.given(
        "attendance.outing\nemployee_id | out_at | back_at | outing_kind | approver\n"
        "bob | 2026-10-12 09:05 | 2026-10-12 09:55 | 因公 | 孙经理",
        **known,
    )
    on_leave(desk, "L1", "cid", "09:05", "09:55", **known)
    compute(desk, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    assert due(desk) == "ann bob cid"
    desk.expect("attendance.reception_place\nemployee_id\nann\nbob\ncid\ndan")
    rows = sheet(desk, "sheet_reception", known_at="2026-10-13 09:30")
    assert [row["stop_reason"] for row in rows] == [None] * 4


def test_leave_that_was_approved_takes_the_turns_of_its_hours_and_no_other_does(desk):
    on_leave(desk, "L1", "bob", "09:05", "09:15")
    on_leave(desk, "L2", "cid", "09:05", "09:55", "未批准")
    received(desk, "ann", "cid", "dan", "ann", "bob")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann cid dan ann bob"
    stops = {row["employee_name"]: row["stop_reason"] for row in sheet(desk, "sheet_reception")}
    assert stops == {"ann": None, "bob": "请假", "cid": None, "dan": None}


def test_who_went_out_and_is_not_back_is_away_until_midnight_and_who_came_back_in_the_morning_is_there(desk):
    out(
        desk,
        "ann | 2026-10-11 20:00 | - | 因公 | 孙经理 | - | -\n"
        "bob | 2026-10-11 20:00 | 2026-10-12 09:15 | 因公 | 孙经理 | - | -\n"
        "cid | 2026-10-12 09:05 | - | 因公 | 孙经理 | - | -",
    )
    received(desk, "ann", "dan", "ann", "bob", "dan")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann dan ann bob dan"


def test_who_signs_in_or_leaves_in_the_instant_in_which_a_customer_comes_is_there(desk):
    punches(desk, "ann | 2026-10-12 17:00")
    came(desk, "ann", "2026-10-12 08:10")
    came(desk, "ann", "2026-10-12 17:00", "钱七")
    for who in ("bob", "cid", "dan"):  # gone before
        punches(desk, f"{who} | 2026-10-12 16:59")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann ann"


def test_SA_B10_a_customer_is_the_same_one_within_a_day_and_after_a_visit_that_counted(desk):
    for who in ("ann", "bob"):
        desk.given(f"attendance.roster\nemployee_id | work_on | shift_code\n{who} | 2026-10-13 | A")
    punches(desk, "ann | 2026-10-13 08:10\nbob | 2026-10-13 08:11")
    received(desk, "ann 李四 代接", "ann 李四", "bob 李四", "bob 王五")
    received(desk, "ann 李四", "bob", day="2026-10-13")
    compute(desk, "2026-10-12..2026-10-13", "GM")
    assert (due(desk), due(desk, "2026-10-13")) == (". ann . bob", "ann bob")


@pytest.mark.parametrize("kind", ["未下定老客", "已下定老客"])
def test_SA_B10_who_served_a_visit_that_does_not_count_is_due_like_before(desk, kind):
    received(desk, "ann", f"cid 李四 {kind}", f"ann 王五 {kind}", "bob", "cid", "dan", "ann")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann . . bob cid dan ann"


def test_GM_A10_who_refuses_a_customer_is_passed_over_though_the_visit_does_not_count(desk):
    received(desk, "ann", "dan 李四 已下定老客 拒接", "bob", "cid", "ann", "bob", "cid", "ann", "bob", "cid", "dan")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann . bob cid ann bob cid ann bob cid dan"


def test_SL_A2_who_refuses_a_returning_customer_out_of_order_is_passed_over_for_two_rounds(desk):
    desk.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | SL-A2 | counts_undeposited_return | 是 | 2026-01-01 | 未下定老客计轮次"
    )
    received(desk, "ann", "dan 李四 未下定老客 拒接", "bob", "cid", "ann", "bob", "cid", "ann", "bob", "cid", "dan")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "ann . bob cid ann bob cid ann bob cid dan"


def test_SL_A2_a_returning_customer_when_nobody_is_there_is_nobodys_turn_and_takes_the_next_of_who_came(desk):
    desk.given(
        "book.rule\nrule_set | rule_id | parameter | value | valid_from | clause\n"
        "guomao | SL-A2 | counts_undeposited_return | 是 | 2026-01-01 | 未下定老客计轮次"
    )
    came(desk, "bob", "2026-10-12 07:50", kind="未下定老客")
    received(desk, "ann", "cid", "dan", "ann", "bob")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == ". ann cid dan ann bob"


def test_GM_A10_who_is_in_the_order_of_one_day_and_why_somebody_stopped_is_of_that_day_alone(desk):
    for who in ("ann", "bob", "max"):
        desk.given(f"attendance.roster\nemployee_id | work_on | shift_code\n{who} | 2026-10-13 | A")
    punches(desk, "max | 2026-10-13 08:00\nbob | 2026-10-13 08:01\nann | 2026-10-13 08:02")
    received(desk, "max", "ann 张三 新客 拒接", "bob 张三")
    out(desk, "bob | 2026-10-13 08:30 | 2026-10-13 09:05 | 因公 | 孙经理 | - | -")
    received(desk, "ann", "bob", day="2026-10-13")
    compute(desk, "2026-10-12..2026-10-13", "GM")
    assert due(desk, "2026-10-13") == "ann bob", "bob was out, wherever he stood the day before"
    places = "attendance.reception_place\nturn_no | employee_id"
    desk.expect(f"{places}\n1 | bob\n2 | ann", where="work_on = '2026-10-13'")
    rows = desk.query(
        statement("attendance/sheet_reception"),
        site_id="GM", starts_on="2026-10-12", last_on="2026-10-13", known_at="2026-11-03 09:30",
    )  # fmt: skip
    stops = [(row["employee_name"], row["stop_reason"]) for row in rows if row["employee_name"] in ("ann", "bob")]
    assert stops == [("ann", "09:10拒接"), ("bob", None), ("bob", "08:30至09:05外出"), ("ann", None)]


def test_a_corrected_name_of_a_customer_is_kept(desk):
    came(desk, "ann", "2026-10-12 09:00", "张山", superseded_at="2026-10-14 09:00")
    compute(desk, "2026-10-12", "GM", known_at="2026-10-13 09:30")
    came(desk, "ann", "2026-10-12 09:00", "张三", recorded_at="2026-10-14 09:00")
    compute(desk, "2026-10-12", "GM", known_at="2026-10-14 09:30")
    desk.expect("attendance.reception_turn\nemployee_id | customer\nann | 张三")


def test_who_has_one_tap_alone_is_there_from_it_on_though_it_is_taken_for_the_leaving(desk, staff):
    desk.connection.execute("update book.rule set value = '是' where parameter = 'is_out_required'")
    staff("eve")
    desk.connection.execute("update book.employee set post = '置业顾问' where employee_id = 'eve'")
    punches(desk, "eve | 2026-10-12 16:00")
    for who in ("ann", "bob", "cid", "dan"):
        punches(desk, f"{who} | 2026-10-12 16:10")
    came(desk, "eve", "2026-10-12 16:30")
    compute(desk, "2026-10-12", "GM")
    assert due(desk) == "eve"
