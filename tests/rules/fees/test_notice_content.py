"""What the books say reaches the paper: each notice adds up by itself, and to what was booked."""

from datetime import UTC, date, datetime
from decimal import Decimal

from tests.rules.fees.conftest import charge, metered, reckon, release
from tests.rules.fees.test_arrears import owing, paid
from tests.rules.fees.test_corrections import correct_reading
from workbooks.notices import notices

KNOWN_AT = datetime(2027, 6, 1, tzinfo=UTC)


def drawn(tower, base_on: date, revision: int = 1, **part):
    return list(notices(tower.connection, site_id="WX", base_on=base_on, revision=revision, known_at=KNOWN_AT, **part))


def test_a_notice_shows_lines_arrears_late_fees_and_credit_and_each_account_its_share(tower, rented):
    rented("301", late_rate="0.0005")
    charge(tower, "301", "3000")
    charge(tower, "301", "1060", kind="物业费", vat_rate="0.06")
    metered(tower, "D1", "2026-09-20 0", "2026-10-20 130")
    owing(tower, "租金 2026-09 2026-09-30 1000")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    [notice] = drawn(tower, date(2026, 10, 1))
    assert (notice.number, notice.title) == ("JK-WX-202610-0001", "威新国际大厦交款通知书")
    assert notice.payable_amount == Decimal("5177.19")
    assert [(payee.payee_id, payee.subtotal) for payee in notice.payees] == [
        ("OWN", Decimal("4010.00")),
        ("WY", Decimal("1167.19")),
    ]
    assert str(notice.data_until) == "2026-10-19"


def test_money_in_advance_is_shown_and_taken_off_one_account_after_the_other(tower, rented):
    rented("301")
    charge(tower, "301", "3000")
    charge(tower, "301", "1060", kind="物业费", vat_rate="0.06")
    paid(tower, "2026-10-05 1200")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    [notice] = drawn(tower, date(2026, 10, 1))
    assert (notice.credit_applied, notice.credit_left) == (Decimal("1200.00"), Decimal("0.00"))
    assert [payee.subtotal for payee in notice.payees] == [Decimal("2860.00"), Decimal("0.00")]


def test_BIL_19_a_corrected_notice_says_what_it_replaces_and_the_next_one_shows_red_and_blue(tower, rented):
    rented("302")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    correct_reading(tower, "D1", "2026-10-20", "1103")
    run = reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct")
    tower.connection.execute("update ops.run set reason = '读数抄错' where run_id = %s", [run])
    release(tower, run, "2026-10", on="2026-10-28")
    [corrected] = drawn(tower, date(2026, 10, 1), revision=2)
    assert (corrected.number, corrected.payable_amount) == ("JK-WX-202610-0001-G1", Decimal("84.92"))
    assert corrected.correction.difference == Decimal("-22.27")
    assert (corrected.correction.original_amount, corrected.correction.reason) == (Decimal("107.19"), "读数抄错")

    tower.given("fees.reading\nmeter_no | read_on | reading\nD1 | 2026-10-31 | 1103\nD1 | 2026-11-20 | 1203")
    release(tower, reckon(tower, "2026-11"), "2026-11")
    [following] = drawn(tower, date(2026, 11, 1))
    assert [(entry.kind, entry.amount) for entry in following.corrections] == [
        ("红字", Decimal("-107.19")),
        ("蓝字", Decimal("84.92")),
    ]
    assert following.payable_amount == Decimal("170.92")


def test_the_parts_of_a_tower_make_up_the_whole(tower, rented):
    names = [f"3{number:02}" for number in range(1, 8)]
    rented(*names)
    for name in names:
        charge(tower, name, "100")
    release(tower, reckon(tower, "2026-10"), "2026-10")
    whole = [notice.number for notice in drawn(tower, date(2026, 10, 1))]
    parts = [notice.number for part in range(3) for notice in drawn(tower, date(2026, 10, 1), part=part, parts=3)]
    assert len(whole) == 7
    assert sorted(parts) == whole
    told = tower.query("select sum(payable_amount) as amount from fees.notice")[0]["amount"]
    assert told == sum(notice.payable_amount for notice in drawn(tower, date(2026, 10, 1)))
