"""SA-B5: of a registered unit no two deals hold the same day, whoever writes the registers, in whatever order."""

import pytest
from psycopg import errors

PROJECTS = """
    sales.project
    site_id | project_name | group_id | group_name | opens_on   | is_unit_register | contact
    P1      | 云栖台       | G1       | 锦城       | 2026-08-01 | yes              | 010-1
    P2      | 老街坊       | G1       | 锦城       | 2026-08-01 | no               | 010-2
"""
#: what a row needs that is not drawn
ANY = {
    "customer_name": "苏某",
    "phone": "13800001111",
    "area": 100,
    "amount": 1_000_000,
    "deposit_amount": 20_000,
    "consultant_id": "A01",
    "reason": "客户要求",
    "applied_on": "2026-08-01",
}


@pytest.fixture
def site(own_books):
    own_books.given(PROJECTS)
    return own_books


def given(site, drawn, **more):
    site.given(drawn, **(ANY | more))
    site.connection.execute("set constraints all immediate")
    site.connection.execute("set constraints all deferred")


SOLD = """
    sales.subscription
    site_id | subscription_no | unit_no | subscribed_on
    P1      | S1              | 1-101   | 2026-10-01
"""
SIGNED = """
    sales.contract
    site_id | contract_no | subscription_no | unit_no | signed_on
    P1      | C1          | S1              | 1-101   | 2026-10-05
"""
AGAIN = """
    sales.subscription
    site_id | subscription_no | unit_no | subscribed_on
    P1      | S2              | 1-101   | {day}
"""


def holds(site):
    return {
        (row["unit_no"], row["deal_no"], row["held"])
        for row in site.query("select unit_no, deal_no, held::text as held from sales.occupancy")
    }


def test_SA_B5_a_second_live_subscription_of_a_unit_is_refused_by_the_database(site):
    given(site, SOLD)
    with pytest.raises(errors.ExclusionViolation, match="unit_sold_once"):
        given(site, AGAIN.format(day="2026-11-08"))


def test_SA_B5_a_contract_that_came_of_the_subscription_is_the_same_deal(site):
    given(site, SOLD)
    given(site, SIGNED)
    assert holds(site) == {("1-101", "S1", "[2026-10-01,)")}


@pytest.mark.parametrize("with_number", ["S1", "-"])
def test_SAL_20_the_groups_copy_of_a_contract_is_no_second_deal_whatever_unit_it_names(site, with_number):
    given(site, SOLD)
    given(
        site,
        f"""
        sales.contract
        site_id | contract_no | source | subscription_no | unit_no | signed_on
        P1      | C1          | 项目   | S1              | 1-101   | 2026-10-05
        P1      | C1          | 集团   | {with_number}   | 1-102   | 2026-10-06
        """,
    )
    assert holds(site) == {("1-101", "S1", "[2026-10-01,)")}


@pytest.mark.parametrize(("day", "is_free"), [("2026-10-19", False), ("2026-10-20", True)])
def test_SA_B5_a_unit_is_free_from_the_day_of_the_developers_approval(site, day, is_free):
    given(site, SOLD)
    given(
        site,
        """
        sales.change
        site_id | change_no | change_kind | subscription_no | approved_on
        P1      | H1        | 退订        | S1              | 2026-10-20
        """,
    )
    if is_free:
        given(site, AGAIN.format(day=day))
    else:
        with pytest.raises(errors.ExclusionViolation):
            given(site, AGAIN.format(day=day))


def test_SA_B5_a_deal_that_is_exchanged_twice_holds_one_unit_at_a_time(site):
    given(site, SOLD)
    given(site, SIGNED)
    given(
        site,
        """
        sales.change
        site_id | change_no | change_kind | contract_no | new_unit_no | approved_on
        P1      | H1        | 换房        | C1          | 1-103       | 2026-10-10
        P1      | H2        | 换房        | C1          | 1-102       | 2026-10-20
        P1      | H3        | 换房        | C1          | 1-101       | 2026-10-30
        """,
    )
    assert holds(site) == {
        ("1-101", "S1", "[2026-10-01,2026-10-10)"),
        ("1-103", "S1", "[2026-10-10,2026-10-20)"),
        ("1-102", "S1", "[2026-10-20,2026-10-30)"),
        ("1-101", "S1", "[2026-10-30,)"),
    }


def test_SA_B5_an_exchange_into_a_unit_that_is_held_is_refused(site):
    given(site, SOLD)
    given(site, SIGNED.replace("S1", "-").replace("1-101", "1-102"))
    with pytest.raises(errors.ExclusionViolation):
        given(
            site,
            """
            sales.change
            site_id | change_no | change_kind | contract_no | new_unit_no | approved_on
            P1      | H1        | 换房        | C1          | 1-101       | 2026-10-10
            """,
        )


def test_SA_B5_what_is_corrected_lets_go_of_the_unit_that_it_named_by_mistake(site):
    given(site, SOLD)
    site.connection.execute("update sales.subscription set superseded_at = '2026-10-02' where subscription_no = 'S1'")
    given(site, SOLD.replace("1-101", "1-102"), recorded_at="2026-10-02")
    assert holds(site) == {("1-102", "S1", "[2026-10-01,)")}


def test_SA_B5_coarse_labels_are_no_units_until_the_project_registers_each(site):
    two = SOLD.replace("P1", "P2"), AGAIN.format(day="2026-10-03").replace("P1", "P2")
    given(site, two[0])
    given(site, two[1])
    assert holds(site) == set()
    site.connection.execute("update sales.project set superseded_at = '2026-10-05' where site_id = 'P2'")
    with pytest.raises(errors.ExclusionViolation):
        given(
            site,
            """
            sales.project
            site_id | project_name | group_id | group_name | opens_on   | is_unit_register | contact
            P2      | 老街坊       | G1       | 锦城       | 2026-08-01 | yes              | 010-2
            """,
            recorded_at="2026-10-05",
        )
