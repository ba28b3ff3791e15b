"""After the release nothing is overwritten: what was wrong is taken back and said anew in the open month."""

from tests.drawing import Books
from tests.rules.fees.conftest import charge, metered, reckon, release


def correct_reading(tower: Books, meter: str, read_on: str, reading: str) -> None:
    """A second file with another number for the same meter and day."""
    tower.connection.execute(
        "update fees.reading set superseded_at = '2026-10-27 10:00' where meter_no = %s and read_on = %s",
        [meter, read_on],
    )
    tower.given(
        f"fees.reading\nmeter_no | read_on | reading\n{meter} | {read_on} | {reading}", recorded_at="2026-10-27 10:00"
    )


def test_BIL_19_not_released_the_bill_is_simply_drawn_anew(tower, rented):
    rented("302")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    reckon(tower, "2026-10", known_at="2026-10-20 08:00")
    correct_reading(tower, "D1", "2026-10-20", "1103")
    reckon(tower, "2026-10", known_at="2026-10-28 08:00")
    tower.expect("fees.bill_line\nquantity | amount\n103.00 | 84.92")
    tower.expect("ops.result\nrevision | state\n1 | held\n2 | held")


def test_BIL_19_released_it_is_taken_back_in_red_and_said_anew_in_blue_in_the_open_month(tower, rented):
    rented("301", "302")
    for meter, contract in (("D0", "301"), ("D1", "302")):
        metered(tower, meter, "2026-09-20 1000", "2026-10-20 1130", contract=contract)
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    correct_reading(tower, "D1", "2026-10-20", "1103")

    again = reckon(tower, "2026-10", known_at="2026-10-28 08:00")
    tower.expect("fees.bill_line\ncontract_no | quantity | amount\n301 | 130.00 | 107.19\n302 | 130.00 | 107.19")
    assert tower.query("select * from ops.result where run_id = %(run_id)s", run_id=again) == []

    run = reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct")
    assert tower.query("select hold_reason from ops.result where run_id = %(run_id)s", run_id=run) == [
        {"hold_reason": "更正1户，原107.19元，改为84.92元，净额-22.27元"}
    ]
    release(tower, run, "2026-10", on="2026-10-28")
    tower.expect(
        """
        fees.notice
        notice_no            | contract_no | revision | payable_amount
        JK-WX-202610-0001    | 301         | 1        | 107.19
        JK-WX-202610-0002    | 302         | 1        | 107.19
        JK-WX-202610-0002-G1 | 302         | 2        | 84.92
        """
    )
    tower.expect(
        """
        fees.entry
        contract_no | base_on    | entry_kind | about_on   | amount  | notice_no
        301         | 2026-10-01 | 应收       | 2026-10-01 | 107.19  | JK-WX-202610-0001
        302         | 2026-10-01 | 应收       | 2026-10-01 | 107.19  | JK-WX-202610-0002
        302         | 2026-11-01 | 红字       | 2026-10-01 | -107.19 | JK-WX-202610-0002-G1
        302         | 2026-11-01 | 蓝字       | 2026-10-01 | 84.92   | JK-WX-202610-0002-G1
        """
    )
    for meter in ("D0", "D1"):
        tower.given(
            f"fees.reading\nmeter_no | read_on | reading\n{meter} | 2026-10-31 | 1130\n{meter} | 2026-11-20 | 1130"
        )
    reckon(tower, "2026-11")
    tower.expect(
        """
        fees.bill
        contract_no | opening_amount | charge_amount | correction_amount | payable_amount
        301         | 107.19         | 0.00          | 0.00              | 107.19
        302         | 107.19         | 22.26         | -22.27            | 107.18
        """,
        "base_on = '2026-11-01'",
    )


def test_a_correction_that_is_asked_for_again_is_neither_recorded_nor_booked_twice(tower, rented):
    rented("302")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    correct_reading(tower, "D1", "2026-10-20", "1103")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct"), "2026-10", on="2026-10-28")
    before = tower.row_versions("fees.notice", "fees.entry", "ops.result")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-29 08:00", mode="correct"), "2026-10", on="2026-10-29")
    assert tower.row_versions("fees.notice", "fees.entry", "ops.result") == before


def test_a_correction_gives_back_the_late_fee_that_ran_on_what_is_taken_back(tower, rented):
    rented("302", late_rate="0.0005")
    charge(tower, "302", "1000")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    release(tower, reckon(tower, "2026-11"), "2026-11")
    tower.expect("fees.bill_late_fee\nbase_month | day_count | principal | amount\n2026-10-01 | 21 | 1000.00 | 10.50")
    tower.connection.execute("update fees.charge set month_amount = 600")
    release(tower, reckon(tower, "2026-10", mode="correct"), "2026-10", on="2026-11-25")
    tower.expect(
        """
        fees.entry
        base_on    | entry_kind | charge_kind | amount
        2026-12-01 | 红字       | 租金        | -1000.00
        2026-12-01 | 蓝字       | 租金        | 600.00
        2026-12-01 | 红字       | 违约金（租金） | -4.20
        """,
        "base_on = '2026-12-01'",
    )


def test_a_contract_that_turns_out_to_owe_nothing_is_taken_back_whole_and_once(tower, rented):
    rented("302")
    charge(tower, "302", "1000")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    tower.connection.execute("update fees.charge set superseded_at = '2026-10-27 10:00' where contract_no = '302'")

    run = reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct")
    assert tower.query("select hold_reason from ops.result where run_id = %(run_id)s", run_id=run) == [
        {"hold_reason": "更正1户，原1,000.00元，改为0.00元，净额-1,000.00元"}
    ]
    release(tower, run, "2026-10", on="2026-10-28")
    tower.expect("fees.entry\nentry_kind | amount | entry_no\n应收 | 1000.00 | -\n红字 | -1000.00 | HZ-WX-202611-0001")

    again = reckon(tower, "2026-10", known_at="2026-10-29 08:00", mode="correct")
    assert tower.query("select * from ops.result where run_id = %(run_id)s", run_id=again) == []
    assert tower.query("select * from fees.found_difference where run_id = %(run_id)s", run_id=again) == []


def test_a_correction_gives_back_no_late_fee_that_is_only_drawn_and_names_later_months_that_may_move(tower, rented):
    rented("302", late_rate="0.0005")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-10-31 | 1130\nD1 | 2026-11-20 | 1130")
    release(tower, reckon(tower, "2026-11", known_at="2026-11-20 08:00"), "2026-11")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-12-20 | 1130")
    reckon(tower, "2026-12", known_at="2026-12-20 08:00")
    assert tower.query("select sum(amount) as amount from fees.bill_late_fee where base_on = '2026-12-01'") != []
    tower.connection.execute("update fees.reading set superseded_at = '2026-12-21' where read_on = '2026-10-20'")
    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-10-20 | 1103", recorded_at="2026-12-21 00:00")

    run = reckon(tower, "2026-10", known_at="2026-12-22 08:00", mode="correct")
    [told] = tower.query("select hold_reason from ops.result where run_id = %(run_id)s", run_id=run)
    assert told["hold_reason"].endswith(
        "；其后已发布的2026年11月可能随之变动，发布后请对其再作“试算”，有差异的一并更正"
    )
    charged = tower.query("select coalesce(sum(amount), 0) as amount from fees.entry where entry_kind = '违约金'")
    release(tower, run, "2026-10", on="2026-12-22")
    given_back = tower.query(
        "select coalesce(sum(-amount), 0) as amount from fees.entry "
        "where entry_kind = '红字' and left(charge_kind, 3) = '违约金'"
    )
    assert given_back[0]["amount"] <= charged[0]["amount"]
