"""What a step is mapped over: rows of a query, noted in the same transaction, only of documents that go on."""

import pytest

LIST = """
    select place.site_id, kept.item_no, 1234.5::numeric as amount, %(as_of_on)s::date as noted_on
    from public.kept cross join (values ('GD'), ('GX'), ('GY')) as place (site_id)
    order by place.site_id
"""
NOTE = "insert into public.kept values ('PG-1', %(run_id)s::text) on conflict do nothing"


@pytest.fixture
def listing(desk, written):
    from operators.list_rows import ListRows

    statement, note = written(rows=LIST, note=NOTE)

    def run(**settings):
        return ListRows(task_id="list", run_id="1", statement=statement, notes=[note], **settings).execute(desk.context)

    desk.list = run
    return desk


def test_rows_are_listed_after_they_were_noted_and_again_the_same(listing):
    listed = listing.list()
    assert listed[0] == {
        "site_id": "GD",
        "item_no": "PG-1",
        "amount": "1,234.50",
        "noted_on": "2026-10-12",
        "state": "new",
    }
    assert len(listed) == 3 and listing.list() == listed
    listing.books.expect("public.kept\nitem_no | told\nPG-1 | 1")


def test_a_trial_lists_what_would_be_and_notes_nothing(listing):
    listing.books.connection.execute("update ops.run set mode = 'trial'")
    listing.books.connection.commit()
    assert {row["state"] for row in listing.list()} == {"trial"}
    listing.books.expect("public.kept\nitem_no")


def test_only_documents_that_go_on_are_listed_with_their_days(listing):
    days = {"starts_on": "2026-10-01", "last_on": "2026-10-31"}
    documents = [{"site_id": "GD", "state": "new"} | days, {"site_id": "GX", "state": "rejected"} | days]
    documents.append({"site_id": "GY", "state": "unchanged"} | days)
    [row] = listing.list(documents=documents)
    assert (row["site_id"], row["starts_on"], row["last_on"]) == ("GD", "2026-10-01", "2026-10-31")


def test_a_run_that_lost_its_scope_notes_nothing(listing):
    from airflow.sdk.exceptions import AirflowFailException

    listing.books.connection.execute("update ops.run_scope set is_live = false")
    listing.books.connection.execute("update ops.run set state = 'taken_over'")
    listing.books.connection.commit()
    with pytest.raises(AirflowFailException, match="不能再写入"):
        listing.list()
