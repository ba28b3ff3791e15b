"""Whose a customer is: registration, protection, colleagues, families, friends, rulings (SA-B3, SAL-06 to 09)."""

import pytest

from tests.drawing import Books
from tests.rules.customers.conftest import (
    claimed,
    happened,
    of_day,
    owner,
    phone,
    put,
    rule,
    ruled,
    subscribed,
)
from tests.rules.repairs.conftest import run_of


def stand(books: Books, on: str, customer: str = "P1", known_at: str = "2027-06-01 08:00") -> str:
    """`A 登记有效`: owner and verdict at the end of a day."""
    found = owner(books, customer, on, known_at)
    return f"{found['owner_id'] or '-'} {found['verdict']}"


def test_SAL_06_a_number_in_any_spelling_is_one_customer_and_one_turn_a_day(site: Books):
    spellings = ["13800001111", "+86 138-0000-1111", "１３８００００１１１１", "0086 138 0000 1111"]
    read = [site.query("select ops.read_phone(%(number)s) as phone", number=text)[0]["phone"] for text in spellings]
    assert set(read) == {"13800001111"}
    for number, (at, text) in enumerate(
        zip(["2026-10-10 09:00", "2026-10-10 15:00", "2026-10-13 10:00"], read, strict=False)
    ):
        put(
            site,
            "sales.visit",
            {
                "site_id": "NH",
                "visit_no": f"V{number}",
                "visited_at": at,
                "phone": text,
                "customer_name": "客户",
                "consultant_id": "A",
            },
        )
    [kept] = site.query("select * from sales.ownership_at('NH', '2026-10-31', '2027-01-01')")
    assert (kept["customer_key"], kept["owner_id"], str(kept["valid_until"])) == ("13800001111", "A", "2026-12-13")
    assert [(row["visit_no"], row["is_counted"], row["reason"]) for row in turns(site)] == [
        ("V0", True, ""),
        ("V1", False, "当日复访"),
        ("V2", True, ""),
    ]


def turns(books: Books, first_on: str = "2026-10-01", last_on: str = "2026-10-31") -> list[dict]:
    return books.query(
        "select * from sales.reception_turns('NH', %(first_on)s::date, %(last_on)s::date, '2027-06-01') "
        "order by visited_at, visit_no",
        first_on=first_on,
        last_on=last_on,
    )


@pytest.mark.parametrize(("days", "expected"), [("15", "A"), ("10", "A"), ("9", "B"), ("7", "B")])
def test_SAL_07_the_rule_set_decides_whether_the_caller_is_still_protected(site: Books, days: str, expected: str):
    rule(site, "call_protect_days", days, rule_id=f"来电{days}天", clause=f"来电客户保护{days}天")
    happened(site, "call 2026-10-10 09:00 P1 A", "visit 2026-10-20 10:00 P1 B")
    found = owner(site, on="2026-10-20")
    assert (found["owner_id"], found["rule_id"], found["rule_text"]) == (
        expected,
        f"来电{days}天",
        f"来电客户保护{days}天",
    )
    assert found["contested_with"] == ["B" if expected == "A" else "A"]
    assert (found["rule_set"], found["decided_by"], str(found["decided_on"])) == ("guomao", "系统", "2026-10-20")


def test_SAL_07_two_houses_two_answers_each_with_its_rule(site: Books):
    put(
        site,
        "sales.project",
        {
            "site_id": "BH",
            "project_name": "北湖",
            "group_id": "GROUP",
            "group_name": "锦城集团",
            "opens_on": "2026-01-01",
            "contact": "-1",
        },
    )
    site.given("book.rule_set\nrule_set | rule_set_name | rank\nyijing | 售楼部管理制度 | 1")
    site.given("book.site_rule_set\nsite_id | rule_set | valid_from\nBH | yijing | 2020-01-01")
    rule(site, "call_protect_days", "15", rule_id="一")
    put(
        site,
        "book.rule",
        {
            "rule_set": "yijing",
            "parameter": "call_protect_days",
            "value": "7",
            "rule_id": "二",
            "clause": "七天",
            "valid_from": "2020-01-01",
        },
    )
    put(
        site,
        "book.rule",
        {
            "rule_set": "yijing",
            "parameter": "registration_months",
            "value": "2",
            "rule_id": "二",
            "clause": "两个月",
            "valid_from": "2020-01-01",
        },
    )
    history = ("call 2026-10-10 09:00 P1 A", "visit 2026-10-20 10:00 P1 B")
    happened(site, *history)
    happened(site, *history, site_id="BH")
    found = site.query(
        "select site_id, owner_id, rule_id, rule_set_name from sales.ownership_at('NH', '2026-10-20', '2027-01-01') "
        "union all select site_id, owner_id, rule_id, rule_set_name "
        "from sales.ownership_at('BH', '2026-10-20', '2027-01-01')"
    )
    assert [tuple(row.values()) for row in found] == [
        ("NH", "A", "一", "案场管理制度"),
        ("BH", "B", "二", "售楼部管理制度"),
    ]


@pytest.mark.parametrize(("on", "expected"), [("2026-10-08", "A 登记有效"), ("2026-10-09", "- 公共")])
def test_SAL_08_the_owner_keeps_him_until_the_end_of_the_last_day(site: Books, on: str, expected: str):
    rule(site, "visit_protect_days", "7")
    happened(site, "visit 2026-09-28 09:00 P1 A", "follow 2026-10-01 23:59 P1 A")
    assert stand(site, on) == expected
    found = owner(site, on=on)
    assert str(found["protected_until"]) == "2026-10-08"
    assert found["former_id"] == (None if expected.startswith("A") else "A")
    assert ("2026-10-09起为公共客户" in found["grounds"]) == (expected == "- 公共")


@pytest.mark.parametrize(("visit", "expected"), [("2026-10-08 23:59", "A"), ("2026-10-09 00:00", "B")])
def test_SAL_08_the_next_who_meets_him_is_the_owner_only_from_the_day_after(site: Books, visit: str, expected: str):
    rule(site, "visit_protect_days", "7")
    happened(site, "visit 2026-09-28 09:00 P1 A", "follow 2026-10-01 10:00 P1 A", f"visit {visit} P1 B")
    assert owner(site, on="2026-10-09")["owner_id"] == (expected if expected == "B" else None)
    assert owner(site, on="2026-10-08")["owner_id"] == "A"


def test_SAL_09_a_follow_up_that_was_entered_late_extends_nothing_and_is_listed(site: Books):
    rule(site, "visit_protect_days", "7")
    happened(site, "visit 2026-10-02 09:00 P1 A", "follow 2026-10-05 10:00 P1 A entered 2026-10-12 said 约周末再来")
    assert str(owner(site, on="2026-10-09")["protected_until"]) == "2026-10-09"
    assert stand(site, "2026-10-10") == "- 公共"
    of_day(site, "2026-10-12")
    site.expect(
        """
        sales.followup
        kind       | consultant_id | phones      | due_on     | late_days | last_content | rule_id
        未计入跟进 | A             | 13800000001 | 2026-10-05 | 7         | 约周末再来   | SAL-09
        """,
        where="kind = '未计入跟进'",
    )
    # listed for a week from its entry, not for ever
    of_day(site, "2026-10-18")
    of_day(site, "2026-10-19")
    site.expect(
        "sales.followup\nbase_on | kind\n2026-10-12 | 未计入跟进\n2026-10-18 | 未计入跟进",
        where="kind = '未计入跟进'",
    )


@pytest.mark.parametrize(
    ("lag", "entered", "until"),
    [("0", "2026-10-05", "2026-10-12"), ("0", "2026-10-06", "2026-10-09"), ("1", "2026-10-06", "2026-10-12")],
)
def test_SAL_09_in_time_is_as_many_days_as_the_rules_allow(site: Books, lag: str, entered: str, until: str):
    rule(site, "visit_protect_days", "7")
    rule(site, "entry_lag_days", lag, rule_id="SAL-09")
    happened(site, "visit 2026-10-02 09:00 P1 A", f"follow 2026-10-05 10:00 P1 A entered {entered}")
    assert str(owner(site, on="2026-10-06")["protected_until"]) == until


@pytest.mark.parametrize(
    ("visited", "until"),
    [
        ("2026-10-10", "2026-12-10"),
        ("2026-12-31", "2027-02-28"),
        ("2026-08-31", "2026-10-31"),
        ("2026-06-30", "2026-08-30"),
    ],
)
def test_SA_B3_a_registration_ends_on_the_same_numbered_day_two_months_on_or_the_months_last(
    site: Books, visited: str, until: str
):
    happened(site, f"visit {visited} 10:00 P1 A")
    assert str(owner(site, on=visited)["valid_until"]) == until
    assert stand(site, until) == "A 登记有效"
    [after] = site.query("select (%(until)s::date + 1)::text as day", until=until)
    assert stand(site, after["day"]) == "- 公共"


def test_SA_B3_the_earlier_registration_wins_while_it_is_valid(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A", "visit 2026-12-10 20:00 P1 B", "visit 2026-12-11 09:00 P2 B")
    assert stand(site, "2026-12-10") == "A 登记有效"
    assert stand(site, "2026-12-11") == "- 公共"
    assert owner(site, on="2026-12-10")["contacts"] == [
        ["2026-10-10 10:00", "来访", "A", "A", "登记"],
        ["2026-12-10 20:00", "来访", "B", "A", "代接"],
    ]


def test_SA_B3_the_owners_own_contact_renews_from_its_day_a_colleagues_does_not(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A", "visit 2026-10-20 10:00 P1 B", "call 2026-11-05 10:00 P1 A")
    found = owner(site, on="2026-11-05")
    assert (str(found["registered_at"])[:16], str(found["valid_until"])) == ("2026-10-10 10:00", "2027-01-05")


def test_SA_B3_after_it_lapsed_the_owner_registers_anew_by_meeting_him_again(site: Books):
    rule(site, "visit_protect_days", "7")
    happened(site, "visit 2026-10-01 10:00 P1 A", "follow 2026-10-20 10:00 P1 A", "visit 2026-10-25 10:00 P1 A")
    assert stand(site, "2026-10-20") == "- 公共"  # a follow-up revives nothing
    found = owner(site, on="2026-10-25")
    assert (found["owner_id"], str(found["registered_at"])[:10], found["contested_with"]) == ("A", "2026-10-25", [])


def test_SA_B3_protection_never_outlasts_the_registration(site: Books):
    rule(site, "visit_protect_days", "90")
    happened(site, "visit 2026-10-10 10:00 P1 A", "follow 2026-12-01 10:00 P1 A")
    found = owner(site, on="2026-12-01")
    assert (str(found["valid_until"]), str(found["protected_until"])) == ("2026-12-10", "2026-12-10")


def test_SA_B3_a_contact_protects_by_the_rules_of_its_own_day(site: Books):
    rule(site, "call_protect_days", "15", rule_id="旧")
    rule(site, "call_protect_days", "7", since="2026-10-15", rule_id="新")
    happened(site, "call 2026-10-10 09:00 P1 A", "visit 2026-10-20 10:00 P1 B")
    happened(site, "call 2026-10-15 09:00 P2 A", "visit 2026-10-23 10:00 P2 B")
    first, second = owner(site, "P1", "2026-10-23"), owner(site, "P2", "2026-10-23")
    assert (first["owner_id"], first["rule_id"], str(first["rule_from"])) == ("A", "旧", "2020-01-01")
    assert (second["owner_id"], second["rule_id"], str(second["rule_from"])) == ("B", "新", "2026-10-15")


def test_SA_B3_a_rule_is_as_old_as_it_is_whatever_else_changed(site: Books):
    rule(site, "call_protect_days", "15")
    rule(site, "visitor_follow_days", "2", since="2026-05-01")
    happened(site, "call 2026-10-10 09:00 P1 A", "visit 2026-10-20 10:00 P1 B")
    assert str(owner(site)["rule_from"]) == "2020-01-01"


@pytest.mark.parametrize(
    ("raised", "deposit", "expected", "decision"),
    [
        ("2026-10-27", None, "A", "维护登记"),
        ("2026-10-28", None, "B", "登记作废"),
        ("2026-10-28", "2026-10-21", "A", "维护登记"),
        ("2026-10-29", "2026-10-21", "B", "登记作废"),
        ("2026-10-25", "2026-10-18", "A", "维护登记"),
        ("2026-10-26", "2026-10-18", "B", "登记作废"),
        (None, None, "B", "同事成交"),
    ],
)
def test_SA_B3_a_colleagues_deal_must_come_to_light_within_7_days_of_the_deposit(
    site: Books, raised: str | None, deposit: str | None, expected: str, decision: str
):
    happened(site, "visit 2026-10-10 10:00 P1 A")
    subscribed(site, "P1", "B", "2026-10-20")
    if deposit:
        receipt = {"site_id": "NH", "receipt_no": "S1", "subscription_no": "RG1", "receipt_kind": "定金"}
        put(site, "sales.receipt", receipt | {"amount": "20000", "value_on": deposit})
        put(site, "sales.receipt", receipt | {"receipt_no": "S2", "amount": "30000", "value_on": "2026-10-30"})
    if raised:
        claimed(site, "P1", "A", raised)
    found = owner(site, on="2026-10-31")
    assert (found["owner_id"], found["verdict"], found["decision"]) == (expected, "已成交", decision)
    assert found["contested_with"] == ["A" if expected == "B" else "B"]
    assert found["rule_id"] == "SA-B3" and found["rule_text"] == "reveal_days 7"
    # before it came to light it was the closer's
    assert stand(site, "2026-10-24") == "B 已成交"


def test_SA_B3_of_a_public_customer_the_closer_is_the_owner_and_no_claim_helps(site: Books):
    happened(site, "visit 2026-08-10 10:00 P1 A")
    subscribed(site, "P1", "B", "2026-10-20")
    claimed(site, "P1", "A", "2026-10-21")
    found = owner(site)
    assert (found["owner_id"], found["decision"], found["contested_with"]) == ("B", "成交", ["A"])


def test_SA_B3_a_claim_of_who_was_not_the_owner_changes_nothing(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A")
    subscribed(site, "P1", "B", "2026-10-20")
    claimed(site, "P1", "C", "2026-10-21")
    assert owner(site)["decision"] == "同事成交"


def test_SA_B3_a_managers_ruling_beats_all(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A")
    subscribed(site, "P1", "B", "2026-10-20")
    ruled(site, "P1", "C", "2026-10-29", raised_on="2026-10-22", consultant_id="A")
    assert stand(site, "2026-10-28") == "A 已成交"
    found = owner(site)
    assert (found["owner_id"], found["decided_by"], found["decision"]) == ("C", "经理", "裁定")
    assert found["contested_with"] == ["A", "B"]
    assert "经理裁定归陈三（马经理：核对登记后裁定）" in found["grounds"]


def test_SA_B3_a_ruling_that_holds_is_not_undone_by_a_colleagues_deal(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A")
    ruled(site, "P1", "A", "2026-10-12")
    subscribed(site, "P1", "B", "2026-10-20")
    found = owner(site)
    assert (found["owner_id"], found["decision"], found["decided_by"]) == ("A", "裁定在先", "经理")


def test_SA_B3_after_a_deal_was_undone_it_is_again_as_the_last_contact_says(site: Books):
    happened(site, "visit 2026-08-10 10:00 P1 A")
    subscribed(site, "P1", "A", "2026-09-01")
    change = {
        "site_id": "NH",
        "change_no": "T1",
        "change_kind": "退订",
        "subscription_no": "RG1",
        "amount": "1000000",
        "applied_on": "2026-09-10",
        "approved_on": "2026-10-20",
        "reason": "贷款不批",
    }
    put(site, "sales.change", change)
    assert [stand(site, day) for day in ("2026-10-19", "2026-10-20", "2026-11-01", "2026-11-02")] == [
        "A 已成交",
        "A 登记有效",
        "A 登记有效",
        "- 公共",
    ]


def test_SA_B3_a_direct_family_is_one_customer_over_any_number_of_links(site: Books):
    happened(site, "visit 2026-10-10 10:00 P4 A", "visit 2026-10-12 10:00 P1 B", "call 2026-10-13 10:00 P9 C")
    for one, other, relation in (("P4", "P3", "夫妻"), ("P2", "P3", "父母子女"), ("P1", "P2", "兄弟姐妹")):
        link = {"site_id": "NH", "phone": phone(one), "other_phone": phone(other), "relation": relation}
        put(site, "sales.family_link", link | {"noted_on": "2026-10-14"})
    assert (stand(site, "2026-10-13", "P1"), stand(site, "2026-10-13", "P4")) == ("B 登记有效", "A 登记有效")
    found = owner(site, "P1", "2026-10-14")
    assert (found["owner_id"], found["customer_key"]) == ("A", phone("P1"))
    assert found["phones"] == [phone("P1"), phone("P4")]
    assert stand(site, "2026-10-14", "P9") == "C 登记有效"


@pytest.mark.parametrize(("left_at", "expected"), [("2026-10-11 18:00", "A"), ("2026-10-12 10:30", "B"), (None, "B")])
def test_SA_B3_a_friend_is_the_old_owners_if_a_word_was_left_before_else_of_whoever_serves(
    site: Books, left_at: str | None, expected: str
):
    happened(site, "visit 2026-10-01 10:00 P1 A")
    if left_at:
        word = {"site_id": "NH", "consultant_id": "A", "friend_phone": phone("P2"), "friend_name": "友"}
        put(site, "sales.left_word", word | {"left_at": left_at})
    happened(site, "visit 2026-10-12 10:00 P2 B", referrer_phone=phone("P1"))
    assert owner(site, "P2")["owner_id"] == expected
    [turn] = turns(site, "2026-10-12")
    assert (turn["consultant_id"], turn["counted_for_id"], turn["is_counted"]) == ("B", expected, expected == "B")


def test_SA_B3_a_word_is_about_the_next_visit_and_not_about_later_ones(site: Books):
    rule(site, "visit_protect_days", "3")
    word = {"site_id": "NH", "consultant_id": "A", "friend_phone": phone("P2"), "friend_name": "友"}
    put(site, "sales.left_word", word | {"left_at": "2026-10-01 10:00"})
    happened(site, "visit 2026-10-02 10:00 P2 B", "visit 2026-10-12 10:00 P2 B")
    assert [owner(site, "P2", day)["owner_id"] for day in ("2026-10-02", "2026-10-12")] == ["A", "B"]


def test_a_visit_served_on_behalf_counts_for_whom_it_was_served(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 B for A", "visit 2026-11-20 10:00 P1 B for A")
    found = owner(site, on="2026-11-20")
    assert (found["owner_id"], str(found["valid_until"]), found["contested_with"]) == ("A", "2027-01-20", [])


def test_the_customer_of_a_contract_follows_its_handover(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A")
    contract = {
        "site_id": "NH",
        "contract_no": "HT1",
        "unit_no": "1-101",
        "customer_name": "客户P1",
        "phone": phone("P1"),
        "signed_on": "2026-10-12",
        "area": "100",
        "amount": "1000000",
        "consultant_id": "A",
    }
    put(site, "sales.contract", contract)
    put(
        site,
        "sales.handover",
        {"site_id": "NH", "contract_no": "HT1", "to_consultant_id": "B", "handed_on": "2026-10-15"},
    )
    assert [stand(site, day) for day in ("2026-10-14", "2026-10-15")] == ["A 已成交", "B 已成交"]


def test_what_was_not_known_yet_and_what_comes_later_is_not_seen(site: Books):
    happened(site, "visit 2026-10-10 10:00 P1 A", "visit 2026-12-24 10:00 P1 B")
    visit = {"site_id": "NH", "visit_no": "V9", "visited_at": "2026-10-09 10:00", "phone": phone("P1")}
    put(site, "sales.visit", visit | {"customer_name": "客户", "consultant_id": "C"}, recorded_at="2026-10-15 09:00")
    assert stand(site, "2026-10-31", known_at="2026-10-15 08:59") == "A 登记有效"
    assert stand(site, "2026-10-31", known_at="2026-10-15 09:00") == "C 登记有效"


def test_running_again_touches_no_row_and_follows_what_is_new(site: Books):
    rule(site, "visit_protect_days", "7")
    happened(site, "visit 2026-10-10 10:00 P1 A", "visit 2026-10-11 10:00 P2 B", "call 2026-09-01 10:00 P3 C")
    tables = ("sales.ownership", "sales.followup", "ops.result", "sales.letter_content")
    of_day(site, "2026-10-13")
    before = site.row_versions(*tables)
    assert len(before["sales.ownership"]) == 3 and before["sales.followup"]
    of_day(site, "2026-10-13", "2027-06-02 08:00")
    assert site.row_versions(*tables) == before
    site.connection.execute("update sales.visit set superseded_at = '2027-06-03' where phone = %s", [phone("P2")])
    of_day(site, "2026-10-13", "2027-06-04 08:00")
    assert [row["customer_key"] for row in site.query("select customer_key from sales.ownership")] == [
        phone("P1"),
        phone("P3"),
    ]


def test_a_week_that_is_closed_stays_as_it_was_known_when_it_was_issued(site: Books):
    happened(site, "visit 2026-10-06 10:00 P1 A")
    run_id = of_day(site, "2026-W41", "2026-10-12 08:00", workflow="weekly_sales")
    site.connection.execute(
        "insert into ops.result (workflow, site_id, base_on, revision, result_hash, state, run_id, as_of_on, known_at, "
        "row_count) values "
        "('weekly_sales', 'NH', '2026-10-05', 1, 'x', 'issued', %s, '2026-10-11', '2026-10-12 08:00', 1)",
        [run_id],
    )
    site.connection.execute(
        "insert into ops.period_close values ('weekly_sales', 'NH', '[2026-10-05,2026-10-12)', '2026-10-12', 'x', %s)",
        [run_id],
    )
    visit = {"site_id": "NH", "visit_no": "V9", "visited_at": "2026-10-05 10:00", "phone": phone("P1")}
    put(site, "sales.visit", visit | {"customer_name": "客户", "consultant_id": "C"}, recorded_at="2026-10-13 09:00")
    before = site.row_versions("sales.ownership")
    of_day(site, "2026-W41", "2026-10-14 08:00", workflow="weekly_sales")
    assert site.row_versions("sales.ownership") == before
    of_day(site, "2026-W42", "2026-10-19 08:00", workflow="weekly_sales")
    site.expect("sales.ownership\nbase_on | owner_id\n2026-10-05 | A\n2026-10-12 | C")


def test_a_project_that_waits_stays_as_it_is_and_a_group_has_no_customers(site: Books):
    from backoffice.runs import carry_out

    happened(site, "visit 2026-10-06 10:00 P1 A")
    run_id = run_of(site, "weekly_sales", "2026-W41", "2026-10-12 08:00", site="NH")
    site.connection.execute("insert into ops.run_gap values (%s, 'NH', '2026-10-05', '上一期')", [run_id])
    assert carry_out(site.connection, run_id, ["sales/mark_ownership"]) == {"sales/mark_ownership": 0}
    group = run_of(site, "weekly_sales", "2026-W41", "2026-10-12 08:00", site="GROUP")
    assert carry_out(site.connection, group, ["sales/mark_ownership"]) == {"sales/mark_ownership": 0}


def test_SA_B10_who_has_bought_and_who_was_served_for_a_colleague_is_no_turn(site: Books):
    happened(
        site,
        "visit 2026-10-06 09:00 P1 A",
        "visit 2026-10-06 16:00 P1 A",
        "visit 2026-10-08 10:00 P1 A",
        "visit 2026-10-09 10:00 P1 A",
        "visit 2026-10-10 10:00 P2 B for A",
        "visit 2026-10-11 10:00 P2 B",
        "visit 2026-10-12 10:00 P3 B",
    )
    subscribed(site, "P1", "A", "2026-10-08")
    found = [(str(row["visited_at"])[5:16], row["counted_for_id"], row["reason"]) for row in turns(site)]
    assert found == [
        ("10-06 09:00", "A", ""),
        ("10-06 16:00", "A", "当日复访"),
        ("10-08 10:00", "A", ""),  # at which he bought
        ("10-09 10:00", "A", "已成交客户"),
        ("10-10 10:00", "A", "代接"),
        ("10-11 10:00", "A", "代接"),
        ("10-12 10:00", "B", ""),
    ]
    assert all(row["is_counted"] == (row["reason"] == "") for row in turns(site))


def test_SA_B10_another_house_counts_what_its_rules_do_not_exclude(site: Books):
    rule(site, "counts_on_behalf", "是", since="2026-10-11", rule_id="SA-B10")
    happened(site, "visit 2026-10-10 10:00 P1 B for A", "visit 2026-10-11 10:00 P1 B for A")
    assert [(row["is_counted"], row["rule_id"]) for row in turns(site)] == [(False, "SA-B10"), (True, "")]
