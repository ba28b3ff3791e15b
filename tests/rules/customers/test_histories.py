"""Random histories of many customers, judged in one statement and by a plain reading of the rules, one by one.

Each example is written into a real Postgres, in a savepoint that is rolled back; BACKOFFICE_EXAMPLES asks for more.
"""

import os
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.drawing import Books
from tests.rules.customers.conftest import phone, put, rule

FIRST = date(2026, 8, 20)
LAST = FIRST + timedelta(days=60)
CONSULTANTS = "ABC"
EXAMPLES = int(os.environ.get("BACKOFFICE_EXAMPLES", "40"))
CALM = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="BACKOFFICE_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass
class Customer:
    """The state of one customer, as a person would keep it on a card."""

    owner: str | None = None
    valid_until: date | None = None
    protected_until: date | None = None
    has_visited: bool = False
    live_deals: int = 0
    by_manager: bool = False
    registered_at: datetime | None = None
    contested: set[str] = field(default_factory=set)

    def is_held(self, day: date) -> bool:
        return self.live_deals > 0 or (self.owner is not None and day <= self.protected_until)


@dataclass(frozen=True)
class Rules:
    months: int
    call_days: int | None
    visit_days: int | None
    lag_days: int
    reveal_days: int


def judge(events: list[dict[str, Any]], rules: Rules) -> Customer:
    """Read the events of one customer in order and keep his card."""
    card = Customer()
    for event in events:
        day, who, kind = event["day"], event["who"], event["kind"]
        until = day + relativedelta(months=rules.months)
        held = card.is_held(day)
        if kind in ("visit", "call"):
            whose = event.get("for") or (who if held else event.get("word") or who)
            if not held:
                card.contested = {card.owner} - {None, whose}
                card.has_visited = kind == "visit"
                card.owner, card.registered_at, card.by_manager = whose, event["at"], False
                card.valid_until = until
            elif whose == card.owner:
                card.valid_until = max(card.valid_until, until)
                card.has_visited |= kind == "visit"
            else:
                card.has_visited |= kind == "visit"
                card.contested |= {who, whose} - {card.owner}
                continue
            card.protected_until = reach(card, day, rules)
        elif kind == "follow":
            if held and who == card.owner and (event["entered"] - day).days <= rules.lag_days:
                card.protected_until = max(card.protected_until, reach(card, day, rules))
        elif kind == "deal":
            card.has_visited = True
            if held and who != card.owner:
                claims = [raised for by, raised in event["claims"] if by == card.owner and raised >= day]
                in_time = any(raised <= day + timedelta(days=rules.reveal_days) for raised in claims)
                if card.by_manager or in_time:
                    card.contested.add(who)
                    card.live_deals += 1
                    continue
                card.contested = (card.contested | {card.owner}) - {who}
                card.owner, card.valid_until = who, until
                card.registered_at, card.by_manager = midnight(day), False
            elif held:
                card.valid_until = max(card.valid_until, until)
            else:
                card.contested = {card.owner} - {None, who}
                card.owner, card.valid_until = who, until
                card.registered_at, card.by_manager = midnight(day), False
            card.live_deals += 1
            card.protected_until = reach(card, day, rules)
        elif kind == "undone":
            card.live_deals -= 1
        else:
            card.contested = (card.contested | {card.owner}) - {None, who}
            card.owner, card.valid_until = who, until
            card.registered_at, card.by_manager = midnight(day), True
            card.protected_until = reach(card, day, rules)
    return card


def reach(card: Customer, day: date, rules: Rules) -> date:
    days = rules.visit_days if card.has_visited else rules.call_days
    return card.valid_until if days is None else min(card.valid_until, day + timedelta(days=days))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


customers = st.integers(1, 4).map(lambda number: f"P{number}")
whom = st.sampled_from(CONSULTANTS)
days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))
minutes = st.integers(0, 24 * 60 - 1)
contact = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["visit", "visit", "call"]),
        "customer": customers,
        "who": whom,
        "day": days,
        "minute": minutes,
        "for": st.one_of(st.none(), st.none(), whom),
    }
)
follow = st.fixed_dictionaries(
    {
        "kind": st.just("follow"),
        "customer": customers,
        "who": whom,
        "day": days,
        "minute": minutes,
        "lag": st.integers(0, 2),
    }
)
deal = st.fixed_dictionaries(
    {
        "kind": st.just("deal"),
        "customer": customers,
        "who": whom,
        "day": days,
        "undone": st.one_of(st.none(), st.integers(0, 30)),
        "claims": st.lists(st.tuples(whom, st.integers(0, 15)), max_size=2, unique_by=lambda claim: claim[0]),
    }
)
ruling = st.fixed_dictionaries({"kind": st.just("ruling"), "customer": customers, "who": whom, "day": days})
words = st.lists(
    st.fixed_dictionaries({"customer": customers, "who": whom, "day": days, "minute": minutes}),
    max_size=2,
    unique_by=lambda word: (word["customer"], word["who"]),
)
histories = st.lists(st.one_of(contact, contact, contact, follow, follow, deal, ruling), min_size=4, max_size=24)
figures = st.builds(
    Rules,
    months=st.integers(1, 2),
    call_days=st.one_of(st.none(), st.integers(1, 20)),
    visit_days=st.one_of(st.none(), st.integers(1, 20)),
    lag_days=st.integers(0, 1),
    reveal_days=st.integers(0, 7),
)
RANK = {"deal": 1, "undone": 2, "ruling": 4, "call": 6, "visit": 7, "follow": 8}


def write(books: Books, rules: Rules, history: list[dict], left: list[dict]) -> dict[str, list[dict]]:
    """Put a history into the registers; returns each customer's events in the order in which they are to be judged."""
    for name, value in (
        ("registration_months", rules.months),
        ("call_protect_days", rules.call_days),
        ("visit_protect_days", rules.visit_days),
        ("entry_lag_days", rules.lag_days),
        ("reveal_days", rules.reveal_days),
    ):
        if value is not None:
            rule(books, name, str(value))
    events: dict[str, list[dict]] = {}
    claims: dict[str, list[tuple[str, date]]] = {}
    for number, told in enumerate(history):
        at = midnight(told["day"]) + timedelta(minutes=told.get("minute", 0))
        event = {**told, "at": at, "no": f"{number:03}"}
        row = {"site_id": "NH", "phone": phone(told["customer"]), "consultant_id": told["who"]}
        named = {"customer_name": told["customer"]}
        match told["kind"]:
            case "visit":
                served = {"is_on_behalf": "yes", "served_for_id": told["for"]} if told["for"] else {}
                put(books, "sales.visit", row | named | served | {"visit_no": event["no"], "visited_at": at})
            case "call":
                event["for"] = None
                put(books, "sales.call", row | named | {"call_no": event["no"], "called_at": at})
            case "follow":
                event["no"] = told["who"]
                event["entered"] = told["day"] + timedelta(days=told["lag"])
                if event["entered"] > LAST or any(
                    (other["kind"], other["who"], other["at"]) == ("follow", told["who"], at)
                    for other in events.get(told["customer"], [])
                ):
                    continue
                put(
                    books,
                    "sales.follow_up",
                    row | {"followed_at": at, "entered_on": event["entered"], "content": "联系"},
                )
            case "deal":
                put(
                    books,
                    "sales.subscription",
                    row
                    | named
                    | {
                        "subscription_no": event["no"],
                        "unit_no": event["no"],
                        "subscribed_on": told["day"],
                        "area": 1,
                        "amount": 1,
                        "deposit_amount": 0,
                    },
                )
                event["at"] = midnight(told["day"] + timedelta(days=1))
                for turn, (by, lag) in enumerate(told["claims"]):
                    raised = told["day"] + timedelta(days=lag)
                    put(
                        books,
                        "sales.claim",
                        row | {"claim_no": f"{number}-{turn}", "consultant_id": by, "raised_on": raised},
                    )
                    if raised <= LAST:
                        claims.setdefault(told["customer"], []).append((by, raised))
                if told["undone"] is not None:
                    on = told["day"] + timedelta(days=told["undone"])
                    put(
                        books,
                        "sales.change",
                        {
                            "site_id": "NH",
                            "change_no": event["no"],
                            "change_kind": "退订",
                            "subscription_no": event["no"],
                            "amount": 1,
                            "applied_on": on,
                            "approved_on": on,
                            "reason": "退",
                        },
                    )
                    if on <= LAST:
                        events.setdefault(told["customer"], []).append(
                            event | {"kind": "undone", "day": on, "at": midnight(on + timedelta(days=1))}
                        )
            case "ruling":
                put(
                    books,
                    "sales.claim",
                    row
                    | {
                        "claim_no": event["no"],
                        "raised_on": told["day"],
                        "ruled_for_id": told["who"],
                        "ruled_by": "经理",
                        "ruled_on": told["day"],
                        "opinion": "裁",
                    },
                )
                claims.setdefault(told["customer"], []).append((told["who"], told["day"]))
                event["at"] = midnight(told["day"] + timedelta(days=1))
        events.setdefault(told["customer"], []).append(event)
    for told in left:
        at = midnight(told["day"]) + timedelta(minutes=told["minute"])
        put(
            books,
            "sales.left_word",
            {
                "site_id": "NH",
                "consultant_id": told["who"],
                "friend_phone": phone(told["customer"]),
                "friend_name": "友",
                "left_at": at,
            },
        )
    for customer, told in events.items():
        told.sort(key=lambda event: (event["at"], RANK[event["kind"]], event["no"]))
        for event in told:
            event["claims"] = claims.get(customer, [])
        visits = [event for event in told if event["kind"] == "visit"]
        for word in sorted(
            (word for word in left if word["customer"] == customer),
            key=lambda word: (word["day"], word["minute"], word["who"]),
        ):
            at = midnight(word["day"]) + timedelta(minutes=word["minute"])
            following = [event for event in visits if event["at"] > at]
            if following:
                following[0].setdefault("word", word["who"])
    return events


@CALM
@given(rules=figures, history=histories, left=words)
def test_SA_B3_any_history_is_judged_as_one_reads_the_rules(
    site: Books, rules: Rules, history: list[dict], left: list[dict]
):
    site.connection.execute("savepoint before")
    try:
        events = write(site, rules, history, left)
        found = {
            row["customer_key"]: row
            for row in site.query("select * from sales.ownership_at('NH', %(last)s::date, '2027-01-01')", last=LAST)
        }
        for customer, told in events.items():
            card = judge(told, rules)
            row = found.pop(phone(customer), None)
            if card.owner is None:
                assert row is None
                continue
            verdict = "已成交" if card.live_deals else "登记有效" if card.is_held(LAST) else "公共"
            assert (
                row["verdict"],
                row["owner_id"] or row["former_id"],
                row["valid_until"],
                row["protected_until"],
                row["has_visited"],
                row["registered_at"].replace(tzinfo=None),
                set(row["contested_with"]),
            ) == (
                verdict,
                card.owner,
                card.valid_until,
                card.protected_until,
                card.has_visited,
                card.registered_at,
                card.contested,
            ), told
        assert found == {}
    finally:
        site.connection.execute("rollback to savepoint before")
