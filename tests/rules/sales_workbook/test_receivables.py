"""Receivables: what is due of a contract, what was paid on it, how old the rest is, and who looks after it."""

from decimal import Decimal

from tests.drawing import Books, as_text
from tests.rules.sales_workbook.conftest import change, pay, put, sign, subscribe

LATER = "2027-01-01 00:00+08"


def due(books: Books, as_of_on: str = "2026-11-20", known_by: str = LATER, place: str = "XM1") -> list[str]:
    """Instalments that are not settled: ``contract no: open days bucket``."""
    return [
        " ".join(as_text(value) for value in row.values())
        for row in books.query(
            """
            select contract_no || '/' || instalment_no as at, open_amount, overdue_days, bucket
            from sales.receivable_at(%(place)s, %(as_of_on)s, %(known_by)s)
            where open_amount <> 0
            order by contract_no, instalment_no
            """,
            place=place,
            as_of_on=as_of_on,
            known_by=known_by,
        )
    ]


def advance(books: Books, as_of_on: str = "2026-11-20") -> Decimal:
    [row] = books.query(
        "select advance_amount from sales.advance_at('XM1', %(as_of_on)s, %(known)s) where contract_no = 'HT1'",
        as_of_on=as_of_on,
        known=LATER,
    )
    return row["advance_amount"]


def test_SAL_14_due_today_is_not_overdue_and_thirty_and_thirty_one_days_stand_apart(house: Books):
    sign(
        house, "HT1", "首付 2026-10-20 100", "分期 2026-10-21 200", "分期 2026-11-20 300", "尾款 2026-12-05 400",
        amount="1000",
    )  # fmt: skip
    pay(house, "S1", "2026-11-21", "50")  # after the day: ignored
    assert due(house) == [
        "HT1/1 100.00 31 31–60", "HT1/2 200.00 30 1–30", "HT1/3 300.00 0 未到期", "HT1/4 400.00 0 未到期",
    ]  # fmt: skip


def test_SAL_14_sixty_and_ninety_days_from_both_sides(house: Books):
    sign(house, "HT1", "分期 2026-09-21 1", "分期 2026-09-20 2", "分期 2026-08-22 3", "分期 2026-08-21 4", amount="10")
    assert [line.split()[2:] for line in due(house)] == [
        ["60", "31–60"], ["61", "61–90"], ["90", "61–90"], ["91", "90以上"],
    ]  # fmt: skip


def test_SAL_14_the_buckets_and_what_is_not_due_make_up_all_that_is_open(house: Books):
    sign(house, "HT1", "首付 2026-10-20 100.01", "分期 2026-10-21 200.02", "尾款 2026-12-05 900.03", amount="1200.06")
    pay(house, "S1", "2026-11-01", "150.05")
    [told] = house.query(
        """
        select
            sum(open_amount) as outstanding,
            sum(open_amount) filter (where bucket in ('未到期', '1–30', '31–60', '61–90', '90以上')) as in_buckets,
            sum(due_amount - paid_amount) as unpaid
        from sales.receivable_at('XM1', '2026-11-20', %(known)s)
        """,
        known=LATER,
    )
    assert told["outstanding"] == told["in_buckets"] == told["unpaid"] == Decimal("1050.01")


def test_SAL_15_money_without_a_reference_settles_the_oldest_due_first(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100000", "分期 2026-11-01 200000", amount="300000")
    pay(house, "S1", "2026-11-10", "150000")
    assert due(house) == ["HT1/2 150000.00 19 1–30"]


def test_SAL_15_who_names_the_instalment_is_followed(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100000", "分期 2026-11-01 200000", amount="300000")
    pay(house, "S1", "2026-11-10", "150000", instalment_no="2")
    assert due(house) == ["HT1/1 100000.00 50 31–60", "HT1/2 50000.00 19 1–30"]


def test_what_a_named_instalment_had_too_much_settles_the_oldest_due(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100000", "分期 2026-11-01 200000", amount="300000")
    pay(house, "S1", "2026-11-10", "230000", instalment_no="2")
    assert due(house) == ["HT1/1 70000.00 50 31–60"]


def test_payment_beyond_what_is_due_stays_advance_until_the_due_day(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", "分期 2026-12-01 200", amount="300")
    pay(house, "S1", "2026-11-10", "150")
    assert due(house) == ["HT1/2 200.00 0 未到期"]
    assert advance(house) == 50
    assert due(house, "2026-12-01") == ["HT1/2 150.00 0 未到期"]
    assert advance(house, "2026-12-01") == 0


def test_the_deposit_of_the_subscription_counts_to_its_contract_and_a_refund_takes_away(house: Books):
    subscribe(house)
    sign(house, "HT1", "首付 2026-10-01 100000", "分期 2026-11-01 200000", amount="300000", subscription_no="R1")
    pay(house, "S1", "2026-09-20", "50000", contract_no="-", subscription_no="R1", receipt_kind="定金")
    assert due(house) == ["HT1/1 50000.00 50 31–60", "HT1/2 200000.00 19 1–30"]
    pay(house, "S2", "2026-11-02", "-20000")
    assert due(house)[0] == "HT1/1 70000.00 50 31–60"


def test_a_refund_beyond_the_unnamed_money_takes_from_the_latest_due(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", "分期 2026-11-01 200", amount="300")
    pay(house, "S1", "2026-10-01", "100", instalment_no="1")
    pay(house, "S2", "2026-11-01", "200", instalment_no="2")
    pay(house, "S3", "2026-11-10", "-250")
    assert due(house) == ["HT1/1 50.00 50 31–60", "HT1/2 200.00 19 1–30"]
    assert advance(house) == 0


def test_SAL_12_an_approved_loan_that_was_not_paid_out_is_owed_as_mortgage(house: Books):
    sign(house, "HT1", "首付 2026-10-01 300", "按揭 2026-11-01 700", amount="1000")
    put(
        house,
        "sales.mortgage",
        {"site_id": "XM1", "contract_no": "HT1", "bank_name": "工行", "amount": "700", "approved_on": "2026-11-05"},
    )
    pay(house, "S1", "2026-10-01", "300")
    kinds = house.query(
        "select instalment_kind, open_amount from sales.receivable_at('XM1', '2026-11-20', %(k)s)"
        " where open_amount > 0",
        k=LATER,
    )
    assert kinds == [{"instalment_kind": "按揭", "open_amount": Decimal("700.00")}]


def test_a_loan_settles_the_instalment_that_it_finances_even_before_its_day(house: Books):
    sign(house, "HT1", "首付 2026-10-01 300", "按揭 2026-12-01 700", amount="1000")
    pay(house, "S1", "2026-11-01", "700", receipt_kind="按揭")
    assert due(house) == ["HT1/1 300.00 50 31–60"]


def test_a_cancelled_contract_owes_nothing_from_the_day_of_approval(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", amount="100")
    change(house, "T1", "退房", "2026-11-10", "100")
    assert due(house, "2026-11-09") == ["HT1/1 100.00 39 31–60"]
    assert due(house, "2026-11-10") == []


def test_an_agreement_on_a_lower_price_changes_the_last_instalments(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", "分期 2026-11-01 200", "尾款 2026-12-01 50", amount="350")
    change(house, "B1", "补充协议", "2026-11-10", "-70")
    assert due(house, "2026-11-09")[-1] == "HT1/3 50.00 0 未到期"
    assert due(house) == ["HT1/1 100.00 50 31–60", "HT1/2 180.00 19 1–30"]


def test_a_higher_price_is_due_with_the_last_instalment(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", "尾款 2026-12-01 50", amount="150")
    change(house, "B1", "补充协议", "2026-11-10", "30")
    assert due(house) == ["HT1/1 100.00 50 31–60", "HT1/2 80.00 0 未到期"]


def test_a_plan_that_holds_the_agreement_already_is_not_changed_again(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", "尾款 2026-12-01 80", amount="150")
    change(house, "B1", "补充协议", "2026-11-01", "30")
    assert due(house)[-1] == "HT1/2 80.00 0 未到期"
    change(house, "B2", "补充协议", "2026-11-10", "-10")
    assert due(house)[-1] == "HT1/2 70.00 0 未到期"


def test_a_plan_that_fits_no_price_stands_and_is_told(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", amount="150")
    change(house, "B1", "补充协议", "2026-11-10", "-10")
    [told] = house.query(
        "select is_plan_off, price_amount, planned_amount from sales.contract_at('XM1', '2026-11-20', %(k)s)", k=LATER
    )
    assert told == {"is_plan_off": True, "price_amount": Decimal("140.00"), "planned_amount": Decimal("100.00")}
    assert due(house) == ["HT1/1 100.00 50 31–60"]


def test_SAL_20_a_contract_in_both_registers_owes_once(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", amount="100")
    put(
        house,
        "sales.contract",
        {
            "site_id": "XM1", "contract_no": "HT1", "source": "集团", "unit_no": "1-101", "customer_name": "李某",
            "signed_on": "2026-09-25", "area": "100", "amount": "90", "consultant_id": "Z1",
        },
    )  # fmt: skip
    [told] = house.query(
        "select source, price_amount, is_plan_off from sales.contract_at('XM1', '2026-11-20', %(k)s)", k=LATER
    )
    assert told == {"source": "项目", "price_amount": Decimal("100.00"), "is_plan_off": False}
    assert due(house) == ["HT1/1 100.00 50 31–60"]


def owners(books: Books, as_of_on: str) -> tuple[str, str]:
    [row] = books.query(
        "select consultant_id, keeper_id from sales.receivable_at('XM1', %(day)s, %(k)s)", day=as_of_on, k=LATER
    )
    return row["consultant_id"], row["keeper_id"]


def test_SAL_11_the_deal_stays_with_who_signed_and_the_open_money_follows_who_keeps_it(house: Books):
    sign(house, "HT1", "首付 2026-11-30 100", amount="100")
    house.given(
        "sales.consultant\nconsultant_id | effective_from | consultant_name | site_id | grade\n"
        "Z1 | 2026-10-15 | 周甲 | XM2 | 置业顾问"
    )
    assert owners(house, "2026-10-14") == ("Z1", "Z1")
    assert owners(house, "2026-10-15") == ("Z1", "M1")  # moved away, handed over to nobody: the manager
    house.given("sales.handover\nsite_id | contract_no | to_consultant_id | handed_on\nXM1 | HT1 | Z3 | 2026-10-20")
    assert owners(house, "2026-10-19") == ("Z1", "M1")
    assert owners(house, "2026-10-20") == ("Z1", "Z3")


def test_SAL_11_of_one_who_left_the_manager_keeps_the_open_money(house: Books):
    sign(house, "HT1", "首付 2026-11-30 100", amount="100", consultant_id="Z9")
    house.given(
        "sales.consultant\nconsultant_id | effective_from | consultant_name | site_id | grade | left_on\n"
        "Z9 | 2026-01-01 | 陈丁 | XM1 | 置业顾问 | 2026-10-31"
    )
    assert owners(house, "2026-10-31") == ("Z9", "Z9")
    assert owners(house, "2026-11-01") == ("Z9", "M1")


def test_what_was_recorded_later_is_not_seen_and_a_group_owes_what_its_projects_owe(house: Books):
    sign(house, "HT1", "首付 2026-10-01 100", amount="100")
    sign(house, "HT2", "首付 2026-10-01 70", amount="70", site_id="XM2", unit_no="9-101", consultant_id="M2")
    pay(house, "S1", "2026-10-05", "40", recorded_at="2026-10-08 00:00+08")
    assert due(house, "2026-10-06", "2026-10-07 00:00+08") == ["HT1/1 100.00 5 1–30"]
    assert due(house, "2026-10-06", "2026-10-08 00:00+08", "JT") == ["HT1/1 60.00 5 1–30", "HT2/1 70.00 5 1–30"]
