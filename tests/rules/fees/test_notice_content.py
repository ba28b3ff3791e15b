"""What the books say reaches the paper: each notice adds up by itself, and to what was booked."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from psycopg.types.range import DateRange

from backoffice.database import rows
from backoffice.notices.render import render
from backoffice.periods import month_of
from tests.house.test_notices import words_of
from tests.rules.fees.conftest import charge, metered, reckon, release
from tests.rules.fees.test_arrears import owing, paid
from tests.rules.fees.test_corrections import correct_reading
from workbooks.notices import notices

KNOWN_AT = datetime(2027, 6, 1, tzinfo=UTC)


def drawn(tower, base_on: date, revision: int = 1, **part):
    period = DateRange(base_on, month_of(base_on).until_on)
    artifact = {"site_id": "WX", "period": period, "revision": revision, "known_at": KNOWN_AT}
    return list(notices(tower.connection, artifact=artifact, **part))


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


@pytest.mark.parametrize(
    ("advance", "first", "corrected"),
    [
        ("0", "107.19", "84.92"),
        ("50", "57.19", "34.92"),  # covered in part, before and after
        ("100", "7.19", "0.00"),  # then covered wholly
        ("500", "0.00", "0.00"),  # covered wholly, before and after
    ],
)
def test_a_corrected_notice_asks_in_print_for_what_the_books_say_whatever_was_paid_in_advance(
    tower, rented, advance, first, corrected
):
    rented("302")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    if advance != "0":
        paid(tower, f"2026-10-05 {advance}", contract="302")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    correct_reading(tower, "D1", "2026-10-20", "1103")
    run = reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct")
    [announced] = rows(tower.connection, "fees/tell_accounts", {"run_id": run})
    release(tower, run, "2026-10", on="2026-10-28")
    booked = tower.query("select payable_amount from fees.notice order by revision")
    assert [str(row["payable_amount"]) for row in booked] == [first, corrected]
    [notice] = drawn(tower, date(2026, 10, 1), revision=2)
    assert str(notice.payable_amount) == corrected == str(announced["new_amount"])
    assert notice.correction.difference == Decimal("-22.27")
    words = words_of(render(notice))
    told = f"更正后金额{first}-107.1984.92-22.27{corrected}"
    assert told in words, words
    assert ("已重新计算预收抵扣" in words) == (Decimal(first) - Decimal("22.27") != Decimal(corrected))


def test_a_second_correction_names_the_first_as_what_it_replaces(tower, rented):
    rented("302")
    metered(tower, "D1", "2026-09-20 1000", "2026-10-20 1130", contract="302")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-20 08:00"), "2026-10")
    correct_reading(tower, "D1", "2026-10-20", "1103")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-28 08:00", mode="correct"), "2026-10", on="2026-10-28")
    tower.connection.execute("update fees.reading set reading = 1110 where read_on = '2026-10-20'")
    release(tower, reckon(tower, "2026-10", known_at="2026-10-29 08:00", mode="correct"), "2026-10", on="2026-10-29")
    [second] = drawn(tower, date(2026, 10, 1), revision=3)
    box = second.correction
    assert (box.original_number, box.original_amount) == ("JK-WX-202610-0001-G1", Decimal("84.92"))
    assert second.payable_amount == box.original_amount + box.difference == Decimal("90.70")


def test_a_notice_over_nothing_says_so_and_not_how_or_when_to_pay(tower, rented):
    rented("301", "302")
    for contract in ("301", "302"):
        charge(tower, contract, "350")
        charge(tower, contract, "106", kind="物业费", vat_rate="0.06")
    paid(tower, "2026-10-05 500")
    tower.given(
        """
        fees.wording
        place    | valid_from | sentence
        付款说明 | 2026-01-01 | 请于应缴期限前转账，款到后凭回单换取收据。
        温馨提示 | 2026-01-01 | 冬季请关好门窗。
        """
    )
    release(tower, reckon(tower, "2026-10"), "2026-10")
    free, owing_notice = drawn(tower, date(2026, 10, 1))
    asks = ("请于应缴期限前转账", "付款附言请注明单号", "请按小计分别付款", "请按期缴纳", "（含当日）")
    words = words_of(render(free))
    assert "本期无须缴款，余额44.00元转下期。" in words and "冬季请关好门窗。" in words
    assert [part for part in asks if part in words] == []
    words = words_of(render(owing_notice))
    assert [part for part in asks if part not in words] == [] and "无须缴款" not in words


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
