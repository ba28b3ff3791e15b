"""What a day asks of each consultant: follow-ups, lapses, payments, papers and cash (SA-B4, SA-B6, SA-B7)."""

import pytest

from tests.drawing import Books
from tests.rules.customers.conftest import happened, of_day, owes, phone, put, rule, ruled, subscribed


def kinds(books: Books, day: str, kind: str) -> list[tuple]:
    of_day(books, day)
    found = books.query(
        "select * from sales.followup where base_on = %(day)s and kind = %(kind)s order by item_no", day=day, kind=kind
    )
    return [(row["consultant_id"], row["phones"][-1], str(row["due_on"]), row["late_days"]) for row in found]


@pytest.mark.parametrize(
    ("first", "due_on"), [("visit 2026-10-10 10:00 P1 A", "2026-10-13"), ("call 2026-10-10 10:00 P1 A", "2026-10-14")]
)
def test_SA_B4_a_visitor_is_due_after_3_days_a_caller_after_4(site: Books, first: str, due_on: str):
    happened(site, first)
    day = int(due_on[-2:])
    assert kinds(site, f"2026-10-{day - 1}", "今日应跟进") == []
    assert kinds(site, due_on, "今日应跟进") == [("A", "1", due_on, 0)]
    assert kinds(site, f"2026-10-{day + 1}", "今日应跟进") == []
    assert kinds(site, due_on, "已逾期") == []
    assert kinds(site, f"2026-10-{day + 1}", "已逾期") == [("A", "1", due_on, 1)]


def test_SA_B4_a_caller_is_a_visitor_once_he_came_and_every_timely_follow_up_starts_anew(site: Books):
    happened(
        site,
        "call 2026-10-10 10:00 P1 A",
        "visit 2026-10-12 10:00 P1 A",
        "follow 2026-10-14 10:00 P1 A",
        "follow 2026-10-16 10:00 P1 A entered 2026-10-17",
        "follow 2026-10-16 10:00 P1 B",
    )
    assert kinds(site, "2026-10-17", "今日应跟进") == [("A", "1", "2026-10-17", 0)]


def test_SA_B4_the_days_are_those_of_the_last_contact(site: Books):
    rule(site, "visitor_follow_days", "5", since="2026-10-12", rule_id="SA-B4")
    happened(site, "visit 2026-10-11 10:00 P1 A", "visit 2026-10-12 10:00 P2 A")
    assert kinds(site, "2026-10-14", "今日应跟进") == [("A", "1", "2026-10-14", 0)]
    assert kinds(site, "2026-10-17", "今日应跟进") == [("A", "2", "2026-10-17", 0)]


def test_SA_B4_nobody_follows_up_who_has_bought_or_is_public(site: Books):
    rule(site, "visit_protect_days", "3")
    happened(site, "visit 2026-10-10 10:00 P1 A", "visit 2026-10-10 11:00 P2 A", "visit 2026-10-10 12:00 P3 A")
    subscribed(site, "P1", "A", "2026-10-11")
    ruled(site, "P3", "B", "2026-10-12")
    assert kinds(site, "2026-10-13", "今日应跟进") == [("A", "2", "2026-10-13", 0)]
    assert kinds(site, "2026-10-14", "已逾期") == []
    assert kinds(site, "2026-10-15", "今日应跟进") == [("B", "3", "2026-10-15", 0)]


@pytest.mark.parametrize(
    ("day", "left"), [("2026-12-02", None), ("2026-12-03", 7), ("2026-12-10", 0), ("2026-12-11", None)]
)
def test_SA_B3_who_lapses_within_7_days_is_shown_until_the_last(site: Books, day: str, left: int | None):
    happened(site, "visit 2026-10-10 10:00 P1 A")
    assert kinds(site, day, "即将失效") == ([] if left is None else [("A", "1", "2026-12-10", 0)])
    if left is not None:
        [row] = site.query("select detail from sales.followup where kind = '即将失效'")
        assert row["detail"] == {"left_days": left}


def test_papers_are_asked_for_from_the_day_of_the_deal_until_they_are_there(site: Books):
    subscribed(site, "P1", "A", "2026-10-12", "RG1", papers_on="2026-10-15")
    subscribed(site, "P2", "B", "2026-10-12", "RG2", papers_on="-")
    subscribed(site, "P3", "B", "2026-10-13", "RG3", papers_on="-")
    change = {
        "site_id": "NH",
        "change_no": "T1",
        "change_kind": "退订",
        "subscription_no": "RG3",
        "amount": "1",
        "applied_on": "2026-10-14",
        "approved_on": "2026-10-14",
        "reason": "不买",
    }
    put(site, "sales.change", change)
    contract = {
        "site_id": "NH",
        "contract_no": "HT2",
        "subscription_no": "RG2",
        "unit_no": "房RG2",
        "customer_name": "客户",
        "phone": phone("P2"),
        "signed_on": "2026-10-15",
        "area": "100",
        "amount": "1000000",
    }
    put(site, "sales.contract", contract | {"consultant_id": "B"})
    put(site, "sales.contract", contract | {"consultant_id": "B", "source": "集团"})

    def lacking(day: str) -> list[tuple]:
        of_day(site, day)
        return [
            (row["item_no"], row["late_days"])
            for row in site.query(
                "select * from sales.followup where base_on = %(day)s and kind = '资料未交' order by item_no", day=day
            )
        ]

    assert lacking("2026-10-12") == [("认购RG1", 0), ("认购RG2", 0)]
    assert lacking("2026-10-13") == [("认购RG1", 1), ("认购RG2", 1), ("认购RG3", 0)]
    assert lacking("2026-10-14") == [("认购RG1", 2), ("认购RG2", 2)]
    assert lacking("2026-10-15") == [("签约HT2", 0)]


def cash(books: Books, day: str) -> list[tuple]:
    found = books.query("select * from sales.cash_at('NH', %(day)s::date, '2027-01-01') order by holding_no", day=day)
    return [(row["holding_no"], row["is_wrong"], row["state_text"]) for row in found]


def holding(books: Books, number: str, amount: str, held_at: str, handed_at: str = "-", **also: str) -> None:
    row = {
        "site_id": "NH",
        "holding_no": number,
        "holder_kind": "案场经理",
        "holder_id": "M",
        "amount": amount,
        "held_at": held_at,
        "handed_at": handed_at,
        "consented_by": "马经理",
    }
    put(books, "sales.cash_holding", row | also)


def test_SA_B6_a_consultant_keeps_nothing(site: Books):
    holding(site, "X1", "0.01", "2026-10-12 09:00", holder_kind="置业顾问", holder_id="A")
    holding(site, "X2", "500", "2026-10-12 09:00", "2026-10-12 09:05", holder_kind="置业顾问", holder_id="B")
    assert cash(site, "2026-10-12") == [
        ("X1", True, "顾问不得留存现金，须为0"),
        ("X2", True, "顾问不得留存现金，须为0；已移交财务"),
    ]
    assert [number for number, _, _ in cash(site, "2026-10-14")] == ["X1"]


def test_SA_B6_a_manager_keeps_at_most_10000_in_all(site: Books):
    holding(site, "X1", "6000", "2026-10-12 09:00", "2026-10-12 12:00")
    holding(site, "X2", "4000", "2026-10-12 10:00", "2026-10-12 13:00")
    holding(site, "X3", "0.01", "2026-10-12 11:00", "2026-10-12 13:00")
    holding(site, "X4", "6000", "2026-10-12 12:00", "2026-10-12 13:00")  # X1 went the same minute
    assert [(number, wrong) for number, wrong, _ in cash(site, "2026-10-12")] == [
        ("X1", False),
        ("X2", False),
        ("X3", True),
        ("X4", True),
    ]
    assert cash(site, "2026-10-12")[2][2] == "存入时合计10,000.01元，超过10,000.00元；已移交财务"


@pytest.mark.parametrize(
    ("handed_at", "day", "is_wrong", "said"),
    [
        ("2026-10-12 21:00", "2026-10-12", False, "已移交财务"),
        ("2026-10-12 21:01", "2026-10-12", True, "超过12小时才移交；已移交财务"),
        ("2026-10-12 21:00", "2026-10-13", False, "已移交财务"),
        ("-", "2026-10-12", True, "当日21:00满12小时，须在此前移交"),
        ("-", "2026-10-13", True, "超过12小时未移交"),
        ("2026-10-13 08:00", "2026-10-12", True, "当日21:00满12小时，须在此前移交"),
    ],
)
def test_SA_B6_and_for_12_hours(site: Books, handed_at: str, day: str, is_wrong: bool, said: str):
    holding(site, "X1", "100", "2026-10-12 09:00", handed_at)
    assert cash(site, day) == [("X1", is_wrong, said)]


def test_SA_B6_what_came_in_at_night_is_asked_for_in_time_and_with_consent(site: Books):
    holding(site, "X1", "100", "2026-10-12 18:00")
    holding(site, "X2", "100", "2026-10-12 18:00", consented_by="-")
    assert cash(site, "2026-10-12") == [
        ("X1", False, "须于10-13 06:00前移交"),
        ("X2", True, "未见经理同意；须于10-13 06:00前移交"),
    ]


def test_SA_B7_what_is_due_is_chased_by_who_keeps_the_customer_now(site: Books):
    owes(
        site,
        "P1",
        "HT1",
        "1 首付 2026-10-01 300000 paid 100000",
        "2 按揭 2026-10-20 699999",
        "3 尾款 2026-10-21 1",
        keeper="B",
    )
    owes(site, "P2", "HT2", "1 首付 2026-10-01 300000 paid 300000", unit="1-102")
    assert kinds(site, "2026-10-20", "待催款") == [("B", "1", "2026-10-01", 19), ("B", "1", "2026-10-20", 0)]


def test_the_result_counts_what_there_is_and_only_a_change_makes_a_new_revision(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A", "visit 2026-10-09 10:00 P2 B", "visit 2026-10-12 09:00 P3 B")
    of_day(site, "2026-10-13")
    of_day(site, "2026-10-13", "2027-06-01 09:00")
    [result] = site.query("select revision, row_count, totals from ops.result")
    assert (result["revision"], result["row_count"]) == (1, 2)
    assert result["totals"] == {
        "follow_count": 1,
        "overdue_count": 1,
        "lapsing_count": 0,
        "chase_count": 0,
        "chase_amount": 0,
        "paper_count": 0,
        "cash_count": 0,
        "uncounted_count": 0,
        "decision_count": 0,
    }
    happened(site, "follow 2026-10-12 10:00 P2 B")
    of_day(site, "2026-10-13", "2027-06-01 10:00")
    site.expect("ops.result\nrevision | row_count\n1 | 2\n2 | 1")
    site.expect(
        "sales.letter_content\nrevision | consultant_id\n1 | A\n1 | B\n2 | A",
    )
