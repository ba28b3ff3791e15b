"""A question about a list: who is asked, what it shows, what may be taken out, and what an answer writes."""

import pytest

from tests.operators.conftest import APPROVERS, answer

ASKED = {
    "site_id": "GD",
    "site_name": "国贸地产",
    "level_no": 2,
    "duty": "审批",
    "approver_duty": "副总经理",
    "item_count": 3,
    "amount": "12,345.60",
    "state": "new",
}
#: three orders, of which those that were answered are no longer asked about
ITEMS = """
    select asked.item_no, asked.line
    from (
        values ('PG-1', '3-201 | 空鼓 1,000.00'), ('PG-2', '3-202 *渗水* 2,000.00'), ('PG-3', '外墙')
    ) as asked (item_no, line)
    where not exists (select from public.kept where kept.item_no = asked.item_no) and %(site_id)s = 'GD'
        and %(level_no)s = 2
    order by asked.item_no
"""
QUESTIONS = """
    select '国贸地产' as site_name, '副总经理审批3单 12,345.60元' as waiting_text
    where not exists (select from public.kept)
"""
RECORD = """
    insert into public.kept (item_no, told)
    select
        asked.item_no,
        concat_ws(' ', coalesce('剔除 ' || (taken ->> 'reason'), %(verdict)s), %(opinion)s::text, %(decided_by)s::text,
            %(decided_on)s::date, %(site_id)s::text, %(base_on)s::date, %(level_no)s::int, %(duty)s::text,
            %(run_id)s::int)
    from (values ('PG-1'), ('PG-2'), ('PG-3')) as asked (item_no)
    left join jsonb_array_elements(%(taken_out)s::jsonb) as taken on taken ->> 'item_no' = asked.item_no
"""


@pytest.fixture
def gate(desk, written):
    from operators.ask_items import AskItems

    items, questions, record = written(items=ITEMS, questions=QUESTIONS, record=RECORD)
    desk.books.given(APPROVERS)
    desk.books.connection.commit()
    desk.operator = AskItems(
        task_id="ask",
        run_id="1",
        asked=dict(ASKED),
        questions=questions,
        items=items,
        statements=[record],
        heading="派工单号",
        whole="维修工单日报",
        subject="工单待审批",
        question="{site_name}：{item_count}单 合计{amount}元，请{approver_duty}{duty}",
        retries=0,
    )
    return desk


def asks(gate, event=None):
    """Let the question be put, or put again after an answer; gives what Airflow was told to show."""
    from airflow.sdk.exceptions import TaskAwaitingInput

    with pytest.raises(TaskAwaitingInput):
        gate.operator.execute_complete(gate.context, event) if event else gate.operator.execute(gate.context)
    return gate.details[-1]


def test_the_question_lists_the_orders_as_text_and_the_run_says_since_when_it_waits(gate):
    shown = asks(gate)
    assert shown["body"] == (
        "国贸地产：3单 合计12,345.60元，请副总经理审批\n\n"
        "| 派工单号 | 内容 |\n| :-- | :-- |\n"
        "| PG-1 | 3-201 \\| 空鼓 1,000.00 |\n| PG-2 | 3-202 \\*渗水\\* 2,000.00 |\n| PG-3 | 外墙 |"
    )
    assert shown["options"] == ["同意", "驳回"] and set(shown["params"]) == {"opinion", "taken_out"}
    note = "2026-10-12 | 待审批1项（自2026-10-13 09:30起） | 国贸地产：副总经理审批3单 12,345.60元"
    assert gate.notes == [note]
    assert gate.books.query("select state, note from ops.run") == [{"state": "awaiting_decision", "note": note}]


def test_those_are_asked_who_hold_the_duty_for_the_place_on_the_day_of_asking(gate):
    assert asks(gate)["assigned_users"] == [{"id": "deputy", "name": "王副总"}, {"id": "standin", "name": "李代理"}]
    gate.operator.asked["approver_duty"] = "总经理"
    assert asks(gate)["assigned_users"] == [{"id": "manager", "name": "周总"}]


def test_where_the_books_name_nobody_the_approvers_of_the_house_are_asked_and_else_whoever_may_write(gate, monkeypatch):
    gate.operator.asked["approver_duty"] = "客户服务部经理"
    assert asks(gate)["assigned_users"] is None
    monkeypatch.setenv("BACKOFFICE_APPROVERS", "finance, admin")
    assert [user["id"] for user in asks(gate)["assigned_users"]] == ["finance", "admin"]


def test_an_approval_is_written_with_who_when_and_what_was_taken_out(gate):
    told = gate.operator.execute_complete(gate.context, answer("同意", "已核实", "PG-2：先勘察"))
    assert told == {
        "verdict": "同意",
        "approved": 2,
        "rejected": 0,
        "taken_out": 1,
        "decided_by": "王副总",
        "opinion": "已核实",
    }
    words = "已核实 王副总 2026-10-14 GD 2026-10-12 2 审批 1"
    gate.books.expect(f"""
        public.kept
        item_no | told
        PG-1    | 同意 {words}
        PG-2    | 剔除 先勘察 {words}
        PG-3    | 同意 {words}
    """)


def test_a_rejection_is_an_answer_and_no_failure(gate):
    told = gate.operator.execute_complete(gate.context, answer("驳回", "预算不符", by="nobody"))
    assert (told["verdict"], told["approved"], told["rejected"], told["taken_out"]) == ("驳回", 0, 3, 0)
    assert told["decided_by"] == "nobody", "a login that the books do not name is kept as it is"
    assert {row["told"].split()[0] for row in gate.books.query("select told from public.kept")} == {"驳回"}


@pytest.mark.parametrize(
    ("opinion", "taken_out", "because"),
    [
        ("同意", None, "意见必填（只签名无效）"),
        ("已核实", "PG-9 没有", "“PG-9”不在本次所问的清单里"),
        ("已核实", "PG-2", "“PG-2”没有写原因"),
        ("已核实", "PG-2 x", "“PG-2”没有写原因"),
        ("已核实", "PG-2 不符\nPG-2 重复", "“PG-2”写了两次"),
    ],
)
def test_a_void_answer_writes_nothing_is_asked_again_and_the_note_says_why(gate, opinion, taken_out, because):
    shown = asks(gate, answer("同意", opinion, taken_out))
    assert "上次答复无效：" in gate.notes[-1] and because in gate.notes[-1]
    assert "| PG-1 |" in shown["body"]
    gate.books.expect("public.kept\nitem_no")


def test_an_answer_of_a_wrong_form_is_void_and_fails_nothing(gate):
    asks(gate, answer("同意", "已核实") | {"params_input": None})
    assert "意见必填" in gate.notes[-1]
    asks(gate, answer("同意", "已核实", 7, unknown=["x"]))
    assert "“7”不在" in gate.notes[-1]


def test_an_answer_to_a_run_that_lost_its_scope_is_refused_in_words(gate):
    from airflow.sdk.exceptions import AirflowFailException

    gate.books.connection.execute("update ops.run_scope set is_live = false")
    gate.books.connection.execute("update ops.run set state = 'taken_over'")
    gate.books.connection.commit()
    with pytest.raises(AirflowFailException, match="已被接管，不能再写入"):
        gate.operator.execute_complete(gate.context, answer("同意", "已核实"))
    assert "已被接管" in gate.pushed["refusal"]
    gate.books.expect("public.kept\nitem_no")


def test_what_was_answered_is_not_asked_again_when_the_step_is_cleared(gate):
    gate.operator.execute_complete(gate.context, answer("同意", "已核实"))
    assert gate.operator.execute(gate.context)["verdict"] == "已答复"
    assert gate.details == []


def test_a_trial_asks_nobody(gate):
    gate.operator.asked["state"] = "trial"
    assert gate.operator.execute(gate.context)["verdict"] == "试算不询问"
    assert gate.details == [] and gate.notes == []


def test_a_long_list_is_shown_in_part_and_says_where_the_rest_is(gate, written):
    gate.operator.items, *_ = written(
        many="select 'PG-' || n as item_no, 'x' as line from generate_series(1, 33) as n order by n"
    )
    body = asks(gate)["body"]
    assert "| PG-30 |" in body and "| PG-31 |" not in body
    assert body.endswith("以上为前30项，另有3项，维修工单日报里全部列出。")
