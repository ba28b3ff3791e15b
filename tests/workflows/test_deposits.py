"""Work orders and charge-backs, as Airflow runs them: asked, written, certified, booked, mailed, and run again."""

from typing import Any

import pytest

from backoffice.database import connect
from tests.drawing import Books
from tests.rules.repairs.conftest import answer, contract, furnish, order
from tests.workflows.conftest import Office, Question

PEOPLE = """
    book.approver
    site_id | duty           | login    | approver_name | valid_from
    GS      | 客户服务部经理 | service  | 贺某          | 2020-01-01
    GS      | 副总工程师     | engineer | 梁某          | 2020-01-01
    GS      | 副总经理       | deputy   | 曹某          | 2020-01-01
    GS      | 总经理         | manager  | 陶某          | 2020-01-01
"""
RECIPIENTS = """
    book.recipient
    document_kind      | site_id | address          | recipient_name | valid_from
    repair_daily       | GS      | kefu@example.cn  | 客户服务部     | 2020-01-01
    chargeback_preview | GS      | audit@example.cn | 审计核算部     | 2020-01-01
    chargeback_summary | GS      | money@example.cn | 财务计统部     | 2020-01-01
    chargeback_rerun   | *       | admin@example.cn | 管理员         | 2020-01-01
"""


class September(Books):
    """Books in which what is drawn for October happened a month earlier."""

    def given(self, *drawn: str, **defaults: Any) -> None:
        earlier = [text.replace("2026-10-", "2026-09-") for text in drawn]
        super().given(*earlier, **{name: str(value).replace("2026-10-", "2026-09-") for name, value in defaults.items()})


@pytest.fixture
def developer(office: Office, dag_bag: Any) -> Office:
    """An office with the developer GS, whose first month is September, and two contractors with a deposit each."""
    with connect(office.dsn) as connection:
        books = furnish(Books(connection))
        books.given(PEOPLE, RECIPIENTS, recorded_at="2020-01-01")
        connection.execute("update repairs.company set opens_with = '2026-09-01'")
        contract(books, "HT1", deposit="3000")
        contract(books, "HT2", deposit="5000", contractor_id="FS", project_id="P2")
        connection.commit()
    return office


def test_probe_day(developer):
    office = developer
    with connect(office.dsn) as connection:
        books = Books(connection)
        fresh = {"started_on": "", "completed_on": "", "signed_on": "", "without": "审批通知决算", "certified": False}
        order(books, "A1", "480", **fresh)
        order(books, "A2", "990", **fresh)
        order(books, "A3", "3600", **fresh)
        order(books, "A4", "12600", **fresh)
        order(books, "A5", "800", **fresh | {"without": "通知决算"})
        order(books, "F6", "1500", contract_no="HT2", project_id="P2", without="发函", certified=False)
        connection.commit()
    said = []

    def answering(question: Question):
        if "第1级" in question and not said:
            said.append(question)
            return "同意", "同意"
        if "第1级" in question:
            return "同意", "属保修范围", "A2 先核对责任"
        return "同意", "估算合理"

    for n in range(3):
        with office.approver(answering=answering) as asked:
            run = office.run("repair_orders", period="2026-10-31", requested_by="客服", reason="再看")
        print(n, run.state, [(q, q.people) for q in asked])
        tell(office, run)
    print(office.query("select order_no, level_no, duty, verdict, opinion, approver, approved_amount from repairs.approval where run_id is not null"))
    print(office.query("select * from repairs.paper"))


def tell(office, run):
    print(office.query("select state, note from ops.run order by run_id desc limit 1"))
    print({k: v for k, v in office.states(run).items() if v != "success"})
    print(list(zip(office.post.addresses, [l["Subject"] for l in office.post.letters])))
    print(list(office.files()))


def test_probe_month(developer):
    office = developer
    with connect(office.dsn) as connection:
        books = September(connection)
        order(books, "A1", "1200", certified=False)
        order(books, "A2", "2500", confirmed="2026-10-25 11:00", certified=False)
        order(books, "F1", "900", contract_no="HT2", project_id="P2", certified=False)
        order(books, "B1", "500", order_class="B", contract_no="", certified=False)
        connection.commit()
    ask = dict(period="2026-09", requested_by="财务", reason="因")
    run = office.run("deposit_chargebacks", **ask, mode="试算")
    print("TRIAL", run.state); tell(office, run)
    with office.approver(("驳回", "A2单价不实")) as asked:
        run = office.run("deposit_chargebacks", **ask)
    print("REJECT", run.state, asked); tell(office, run)
    with connect(office.dsn) as connection:
        books = September(connection)
        order(books, "F2", "650", contract_no="HT2", project_id="P2", certified=False)
        order(books, "F3", "700", contract_no="HT2", project_id="P2", certified=False)
        connection.commit()
    with office.approver(("同意", "价格工艺属实", "F2 先核实单价")) as asked:
        run = office.run("deposit_chargebacks", **ask, mode="重算")
    print("APPROVE", run.state, asked); tell(office, run)
    for mode in ("常规", "重算", "更正"):
        with office.approver() as asked:
            run = office.run("deposit_chargebacks", **ask, mode=mode)
        print(mode, run.state, asked); tell(office, run)
    with connect(office.dsn) as connection:
        books = September(connection)
        order(books, "L1", "300", certified=False, recorded_at="2026-11-06")
        connection.execute("update repairs.work_order set superseded_at = clock_timestamp() where order_no = 'A1'")
        connection.execute("insert into repairs.work_order select (jsonb_populate_record(w, jsonb_build_object('cause', '第三方', 'recorded_at', superseded_at, 'superseded_at', 'infinity'))).* from repairs.work_order w where order_no = 'A1'")
        connection.commit()
    with office.approver() as asked:
        run = office.run("deposit_chargebacks", period="2026-10", requested_by="财务", reason="")
    print("OCT", run.state, asked); tell(office, run)
    print(office.query("select entry_kind, order_no, movement_no, base_on, booked_on, business_on, contractor_id from repairs.entry order by entry_id"))
    print(office.query("select * from repairs.deposit_account"))
