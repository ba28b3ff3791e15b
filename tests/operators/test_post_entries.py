"""A party's entries are posted after its checks, all of them or none, and once."""

import pytest

PARTY = {"site_id": "GD", "starts_on": "2026-10-01", "contractor_id": "C1", "contractor_name": "甲建筑", "state": "new"}
CHECK = """
    select concat('单', item_no, '没有审批') as problem from public.kept
    where told = '未批' and %(contractor_id)s = 'C1' and %(base_on)s = date '2026-10-01'
"""
POST = """
    insert into public.kept (item_no, told)
    select concat_ws('/', %(site_id)s::text, %(contractor_id)s::text, n), %(as_of_on)s::text || %(run_id)s::text
    from generate_series(1, 2) as n
    on conflict do nothing
"""
#: who waits finds what the one before him wrote
WAITS = """
    insert into public.kept (item_no, told)
    select 'PG-9', '未批' from public.kept where kept.item_no = 'came meanwhile'
"""
BREAK = "alter table public.kept add constraint never_overdrawn check (item_no <> 'GD/C1/2')"


@pytest.fixture
def post(desk, written):
    from operators.post_entries import PostEntries

    check, lock, waits, entries = written(check=CHECK, lock="select 1", waits=WAITS, entries=POST)

    def run(**changes):
        operator = PostEntries(
            task_id="post",
            run_id="1",
            party=PARTY | changes,
            locks=[waits],
            checks=[check],
            statements=[lock, entries],
            named="contractor_name",
        )
        return operator.execute(desk.context)

    desk.post = run
    return desk


def test_it_posts_what_the_statements_say_and_tells_the_rows_of_each(post):
    told = post.post()
    assert told["summary"] == "甲建筑：lock 1行，entries 2行"
    assert list(told["rows"].values()) == [1, 2]
    post.books.expect("""
        public.kept
        item_no | told
        GD/C1/1 | 2026-10-121
        GD/C1/2 | 2026-10-121
    """)


def test_the_checks_see_what_was_written_while_it_waited(post):
    from airflow.sdk.exceptions import AirflowFailException

    post.books.connection.execute("insert into public.kept values ('came meanwhile', 'x')")
    post.books.connection.commit()
    with pytest.raises(AirflowFailException, match="单PG-9没有审批"):
        post.post()
    post.books.expect("public.kept\nitem_no\ncame meanwhile")


def test_posting_again_writes_nothing(post):
    post.post()
    before = post.books.row_versions("public.kept")
    assert list(post.post()["rows"].values()) == [1, 0]
    assert post.books.row_versions("public.kept") == before


def test_a_trial_posts_nothing(post):
    assert post.post(state="trial") == {"summary": "甲建筑：试算不入账", "rows": {}}
    post.books.expect("public.kept\nitem_no")


def test_what_a_check_finds_stops_all_of_it_in_its_own_words(post):
    from airflow.sdk.exceptions import AirflowFailException

    post.books.connection.execute("insert into public.kept values ('PG-1', '未批')")
    post.books.connection.commit()
    with pytest.raises(AirflowFailException, match="甲建筑没有入账：单PG-1没有审批"):
        post.post()
    assert post.pushed["refusal"] == "甲建筑没有入账：单PG-1没有审批"
    post.books.expect("public.kept\nitem_no\nPG-1")


def test_what_the_database_refuses_is_not_tried_again_and_leaves_nothing(post):
    from airflow.sdk.exceptions import AirflowFailException

    post.books.connection.execute(BREAK)
    post.books.connection.commit()
    with pytest.raises(AirflowFailException, match=r"甲建筑没有入账：.*never_overdrawn"):
        post.post()
    post.books.expect("public.kept\nitem_no")


def test_a_run_that_lost_its_scope_posts_nothing(post):
    from airflow.sdk.exceptions import AirflowFailException

    post.books.connection.execute("update ops.run_scope set is_live = false")
    post.books.connection.execute("update ops.run set state = 'taken_over'")
    post.books.connection.commit()
    with pytest.raises(AirflowFailException, match="不能再写入"):
        post.post()
    post.books.expect("public.kept\nitem_no")


def test_a_step_before_that_was_marked_as_success_is_named(post):
    from airflow.sdk.exceptions import AirflowFailException

    from operators.post_entries import PostEntries

    with pytest.raises(AirflowFailException, match="标记成功"):
        PostEntries(task_id="post", run_id="1", party=None, statements=[]).execute(post.context)
