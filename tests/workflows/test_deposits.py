"""Work orders and charge-backs, as Airflow runs them: asked, written, certified, booked, mailed, and run again."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from email.header import decode_header, make_header
from typing import Any

import pytest
from pypdf import PdfReader

from backoffice.database import connect
from tests.drawing import Books
from tests.rules.repairs.conftest import contract, furnish, order
from tests.workbooks import text_of_workbook
from tests.workflows.conftest import Answer, Office, Question

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

#: what a run writes down about itself is not what it changed
LOG = {"ops.event", "ops.run_line"}


class September(Books):
    """Books in which what is drawn for October happened a month earlier."""

    def given(self, *drawn: str, **defaults: Any) -> None:
        earlier = [text.replace("2026-10-", "2026-09-") for text in drawn]
        super().given(
            *earlier, **{name: str(value).replace("2026-10-", "2026-09-") for name, value in defaults.items()}
        )


@pytest.fixture
def developer(office: Office, dag_bag: Any) -> Office:
    """An office with the developer GS, whose first month is September, and two contractors with a deposit each."""
    with connect(office.dsn) as connection:
        books = furnish(Books(connection))
        books.given(PEOPLE, RECIPIENTS, recorded_at="2020-01-01")
        books.given("repairs.contractor\ncontractor_id | contractor_name | address\nZS | 装饰公司 | zs@example.cn")
        connection.execute("update repairs.company set opens_with = '2026-09-01'")
        contract(books, "HT1", deposit="3000")
        contract(books, "HT2", deposit="5000", contractor_id="FS", project_id="P2")
        connection.commit()
    return office


@contextmanager
def registers(office: Office, of: type[Books] = September) -> Iterator[Books]:
    """The registers of an office, to write into."""
    with connect(office.dsn) as connection:
        yield of(connection)
        connection.commit()


def last_run(office: Office) -> tuple[str, str]:
    """State and note of the newest run."""
    row = office.query("select state, note from ops.run order by run_id")[-1]
    return row["state"], row["note"]


def mailed(office: Office, since: int = 0) -> list[tuple[str, str]]:
    """Who was written to and about what, in the order of names; without what operations hear."""
    subjects = [str(make_header(decode_header(letter["Subject"]))) for letter in office.post.letters]
    found = list(zip(office.post.addresses, subjects, strict=True))[since:]
    return sorted(each for each in found if not each[1].startswith(("【重跑结果单】", "【失败】")))


def papers(office: Office) -> dict[str, tuple[str, int]]:
    """Every file but what a run tells about itself."""
    return {name: kept for name, kept in office.files().items() if "chargeback_rerun" not in name}


def booked(office: Office, month: str) -> list[tuple[str, str, str, str]]:
    """What a month booked of orders: kind, order, business day and the change of the deposit."""
    return [
        tuple(map(str, row.values()))
        for row in office.query(
            f"""
            select entry_kind, order_no, business_on, coalesce(-sum(line.amount), 0.00) as amount
            from repairs.entry
            left join repairs.entry_line as line
                on entry.entry_id = line.entry_id and line.account in ('质保金', '冻结质保金')
            where base_on = '{month}-01' and order_no <> ''
            group by entry.entry_id
            order by order_no, entry_kind
            """
        )
    ]


def deposits(office: Office) -> dict[str, str]:
    """Balance and reserved part of each deposit, as `balance/reserved`."""
    return {
        row["contract_no"]: f"{row['balance']}/{row['reserved']}"
        for row in office.query("select * from repairs.deposit_account order by contract_no")
    }


def result_sheet(office: Office) -> dict[str, list[list[str]]]:
    """The newest 重跑结果单, sheet by sheet."""
    found = (office.folder / "files" / "chargeback_rerun").rglob("*.xlsx")
    return text_of_workbook(max(found, key=lambda path: path.stat().st_mtime_ns))


# The day ----------------------------------------------------------------------------------------------------


def test_WAR_01_the_approvers_of_each_level_are_asked_and_only_who_is_due_a_letter_gets_one(developer: Office):
    """WA-D6, WAR-01, WAR-05, OPS-16."""
    office = developer
    new = {"started_on": "", "completed_on": "", "signed_on": "", "certified": False}
    with registers(office, Books) as books:
        contract(books, "HT3", deposit="1000", contractor_id="ZS")
        for number, estimate in (("A1", "480"), ("A2", "990"), ("A3", "3600"), ("A4", "12600")):
            order(books, number, estimate, **new, without="审批通知决算")
        order(books, "A5", "800", **new, without="通知决算")
        order(books, "F6", "1500", contract_no="HT2", project_id="P2", without="发函", certified=False)
        order(books, "Z7", "700", contract_no="HT3", certified=False)

    signed: list[Question] = []

    def answering(question: Question) -> Answer:
        """The manager of customer service at first only signs."""
        if "第1级" not in question:
            return "同意", "估算合理"
        signed.append(question)
        return ("同意", "同意") if len(signed) == 1 else ("同意", "属保修范围", "a2 先核对责任")

    day = {"period": "2026-10-31", "requested_by": "客服", "reason": "补看"}
    with office.approver(answering=answering) as asked:
        first = office.run("repair_orders", **day)
    assert str(first.state) == "success", office.states(first)
    level_1, again = (each for each in asked if "第1级" in each)
    assert "2单，合计1,470.00元，请客户服务部经理审批（第1级）" in level_1 and level_1.people == ("service",)
    assert "A1" in level_1 and "A2" in level_1 and "A3" not in level_1 and "A5" not in level_1
    assert again == level_1, "a bare signature is void: the same is asked again"
    assert [each.people for each in asked if "1单，合计3,600.00元，请副总工程师审核（第2级）" in each] == [
        ("engineer",)
    ]
    assert [each.people for each in asked if "1单，合计12,600.00元，请总经理审批（第3级）" in each] == [("manager",)]
    assert len(asked) == 4
    state, note = last_run(office)
    assert state == "done" and "审批同意3单、剔除1单" in note, note

    # the deputy general manager is asked after the deputy chief engineer; of the day itself nothing changed
    letters, files = mailed(office), office.files()
    with office.approver(("同意", "照审核意见办")) as asked:
        second = office.run("repair_orders", **day)
    assert str(second.state) == "success", office.states(second)
    [question] = asked
    assert "请副总经理审批（第2级）" in question and "A3" in question and question.people == ("deputy",)
    assert mailed(office) == letters and office.files() == files
    with registers(office, Books) as books:
        books.expect(
            """
            repairs.approval
            order_no | level_no | duty | verdict | opinion      | approver | approved_amount
            A1       | 1        | 审批 | 同意    | 属保修范围   | 贺某     | 480.00
            A2       | 1        | 审批 | 剔除    | 先核对责任   | 贺某     | 990.00
            A3       | 2        | 审核 | 同意    | 估算合理     | 梁某     | 3600.00
            A3       | 2        | 审批 | 同意    | 照审核意见办 | 曹某     | 3600.00
            A4       | 3        | 审批 | 同意    | 估算合理     | 陶某     | 12600.00
            """,
            where="run_id is not null",
        )
        books.expect(
            """
            repairs.letter
            letter_no          | order_no | letter_kind | amount
            TZ-GS-20261031-001 | A5       | 维修通知    | -
            QR-GS-20261031-001 | F6       | 扣款确认函  | 1500.00
            """,
            where="run_id is not null",
        )

    # nobody but who is concerned was written to, and each got his own paper
    told = {to: subject.split("】")[0].lstrip("【") for to, subject in letters}
    assert told == {"js@example.cn": "维修通知", "fs@example.cn": "维修费用确认通知单", "kefu@example.cn": "维修日报"}
    assert len(letters) == 3
    enclosed = {
        to: [part.get_filename() for part in letter.iter_attachments()]
        for to, letter in zip(office.post.addresses, office.post.letters, strict=True)
    }
    assert enclosed["js@example.cn"] == ["TZ-GS-20261031-001.pdf"]
    assert enclosed["fs@example.cn"] == ["QR-GS-20261031-001.pdf", "QR-GS-20261031-001.xlsx"]
    drawn = {name.rpartition("/")[2]: office.folder / name for name in files}
    assert {"TZ-GS-20261031-001.pdf", "QR-GS-20261031-001.pdf", "QR-GS-20261031-001.xlsx"} <= drawn.keys()
    page = "".join("".join(each.extract_text().split()) for each in PdfReader(drawn["QR-GS-20261031-001.pdf"]).pages)
    assert "QR-GS-20261031-001" in page and "F6" in page and "1,500.00" in page and "防水公司" in page

    # and now that all have answered the day says the same once more
    versions = {name: found for name, found in office.row_versions().items() if name not in LOG}
    third = office.run("repair_orders", **day)
    assert str(third.state) == "success", office.states(third)
    state, note = last_run(office)
    assert state == "unchanged" and "无变化" in note, note
    assert {name: found for name, found in office.row_versions().items() if name not in LOG} == versions
    assert mailed(office) == letters and office.files() == files


# The month --------------------------------------------------------------------------------------------------


MONTH = {"period": "2026-09", "requested_by": "财务", "reason": "九月结算"}


def certifying(office: Office, *answers: Answer, **conf: str) -> tuple[Any, list[Question]]:
    """Run the month with somebody who certifies; the run and what he was asked."""
    with office.approver(*answers or (("同意", "价格工艺属实"),)) as asked:
        run = office.run("deposit_chargebacks", **MONTH | conf)
    return run, asked


def test_WAR_16_WAR_17_a_month_is_tried_rejected_booked_and_closed_and_what_comes_later_is_of_the_next(
    developer: Office,
):
    """The story by date: WAR-09, WAR-16, WAR-17, WA-D8, OPS-09, OPS-16, OPS-21."""
    office = developer
    with registers(office) as books:
        order(books, "A1", "1200", certified=False)
        order(books, "A2", "2500", confirmed="2026-10-25 11:00", certified=False)
        order(books, "F1", "900", contract_no="HT2", project_id="P2", certified=False)
        order(books, "B1", "500", order_class="B", contract_no="", certified=False)

    # a trial tells what would be, and does nothing
    kept = {name: found for name, found in office.row_versions().items() if name.startswith("repairs.")}
    trial = office.run("deposit_chargebacks", **MONTH, mode="试算")
    assert str(trial.state) == "success", office.states(trial)
    assert "试算 | 1个公司 扣款3,900.00 索赔700.00 公司500.00 暂停0单" in last_run(office)[1]
    assert {name: found for name, found in office.row_versions().items() if name.startswith("repairs.")} == kept
    assert office.query("select * from ops.result") == []
    assert (mailed(office), papers(office)) == ([], {})
    assert any("将入账" in cell for rows in result_sheet(office).values() for row in rows for cell in row)

    # the deputy chief engineer says no: nothing is booked, nothing is out but what he was shown
    rejected, asked = certifying(office, ("驳回", "A2单价不实"))
    assert str(rejected.state) == "failed"
    [question] = asked
    assert question.people == ("engineer",)
    assert "待认定4单 5,100.00元，拟扣质保金3,900.00元，转索赔700.00元，公司承担500.00元" in question
    state, note = last_run(office)
    assert state == "rejected" and "已驳回（梁某）：A2单价不实" in note, note
    assert [to for to, _ in mailed(office)] == ["audit@example.cn"]
    assert office.query("select * from repairs.entry") == [] and deposits(office) == {}
    assert [name.rpartition("/")[2] for name in papers(office)] == ["2026年9月维修扣款预览-锦城置业-第1版.xlsx"]

    # the price of A2 is put right, F2 was found: computed anew, F2 is taken out and the rest is booked
    with registers(office) as books:
        books.connection.execute("update repairs.audit set superseded_at = clock_timestamp() where order_no = 'A2'")
        books.connection.execute(
            "update repairs.letter set superseded_at = clock_timestamp() where letter_no = 'QR-A2'"
        )
        books.given(
            """
            repairs.audit
            order_no | audited_amount | department | auditor | audited_on | opinion
            A2       | 2400.00        | 客户服务部 | 审核员  | 2026-09-24 | 单价已核减
            """,
            """
            repairs.letter
            letter_no | order_no | letter_kind | sent_on    | amount
            QR-A2     | A2       | 扣款确认函  | 2026-09-23 | 2400.00
            """,
            recorded_at="2026-10-05",
        )
        order(books, "F2", "650", contract_no="HT2", project_id="P2", certified=False)
    before = len(office.post.letters)
    approved, asked = certifying(office, ("同意", "价格工艺属实", "F2 先核实单价"), mode="重算")
    assert str(approved.state) == "success", office.states(approved)
    assert len(asked) == 1 and "待认定5单 5,650.00元" in asked[0]
    assert booked(office, "2026-09") == [
        ("结算", "A1", "2026-09-21", "-1200.00"),
        ("结算", "A2", "2026-09-21", "-1800.00"),
        ("结算", "B1", "2026-09-21", "0.00"),
        ("结算", "F1", "2026-09-21", "-900.00"),
    ]
    assert deposits(office) == {"HT1": "0.00/0.00", "HT2": "4100.00/0.00"}
    assert office.query(
        "select order_no, amount from repairs.entry_line inner join repairs.entry using (entry_id) "
        "where account = '应收索赔'"
    ) == [{"order_no": "A2", "amount": Decimal("600.00")}]
    with registers(office, Books) as books:
        books.expect(
            """
            repairs.certification
            order_no | verdict | certified_amount | certifier | opinion
            A1       | 认定    | 1200.00          | 梁某      | 价格工艺属实
            A2       | 认定    | 2400.00          | 梁某      | 价格工艺属实
            B1       | 认定    | 500.00           | 梁某      | 价格工艺属实
            F1       | 认定    | 900.00           | 梁某      | 价格工艺属实
            F2       | 剔除    | 650.00           | 梁某      | 先核实单价
            """
        )
    sent = mailed(office, before)
    assert [(to, subject.split("】")[0].lstrip("【")) for to, subject in sent] == [
        ("audit@example.cn", "待审批"),
        ("fs@example.cn", "质保金扣款通知单（对账单）"),
        ("js@example.cn", "质保金扣款通知单（对账单）"),
        ("money@example.cn", "维修扣款"),
    ]
    assert "A类3单 扣款3,900.00元 转索赔600.00元 公司承担500.00元 争议0单 暂停1单" in sent[-1][1]
    enclosed = {
        to: [part.get_filename() for part in letter.iter_attachments()]
        for to, letter in zip(office.post.addresses, office.post.letters, strict=True)
    }
    assert enclosed["fs@example.cn"] == ["KK-GS-202609-001.pdf", "KK-GS-202609-001.xlsx"]
    assert enclosed["js@example.cn"] == ["KK-GS-202609-002.pdf", "KK-GS-202609-002.xlsx"]
    names = {name.rpartition("/")[2] for name in papers(office)}
    assert {name for each in enclosed.values() for name in each if name.startswith("KK")} <= names
    assert "2026年9月维修扣款汇总-锦城置业-第1版.xlsx" in names
    [closed] = office.query("select closed_by from ops.period_close where workflow = 'deposit_chargebacks'")
    assert closed == {"closed_by": "财务"}

    # the same month again: nothing is booked, written or mailed, and nobody is asked
    files, letters, versions = papers(office), mailed(office), standing_still(office)
    again, asked = certifying(office)
    assert str(again.state) == "success" and asked == [], office.states(again)
    assert last_run(office)[0] == "unchanged", last_run(office)
    assert (papers(office), mailed(office), standing_still(office)) == (files, letters, versions)

    # in November an order of September turns up, and A1 was a third party's: the closed month does not take them in
    with registers(office) as books:
        order(books, "L1", "300", certified=False, recorded_at="2026-11-06")
        books.connection.execute(
            """
            with changed as (
                update repairs.work_order set superseded_at = clock_timestamp()
                where order_no = 'A1'
                returning *
            )

            insert into repairs.work_order
            select (
                jsonb_populate_record(null::repairs.work_order, to_jsonb(changed) || jsonb_build_object(
                    'cause', '第三方', 'recorded_at', changed.superseded_at, 'superseded_at', 'infinity'
                ))
            ).*
            from changed
            """
        )
    versions = standing_still(office)
    corrected, asked = certifying(office, mode="更正")
    assert str(corrected.state) == "success" and asked == [], office.states(corrected)
    state, note = last_run(office)
    assert state == "unchanged" and "无变化" in note, note
    assert (papers(office), mailed(office), standing_still(office)) == (files, letters, versions)

    # October goes on at once: the late order with its own day, the charge given back, what was taken out asked again
    before = len(office.post.letters)
    october, asked = certifying(office, period="2026-10", reason="十月结算")
    assert str(october.state) == "success", office.states(october)
    assert len(asked) == 1 and "待认定2单 950.00元" in asked[0]
    assert booked(office, "2026-10") == [
        ("冲回", "A1", "2026-09-08", "1200.00"),
        ("结算", "F2", "2026-09-21", "-650.00"),
        ("结算", "L1", "2026-09-21", "-300.00"),
    ]
    assert office.query("select distinct booked_on::text from repairs.entry where base_on = '2026-10-01'") == [
        {"booked_on": "2026-10-31"}
    ]
    assert deposits(office) == {"HT1": "900.00/0.00", "HT2": "3450.00/0.00"}
    assert {name: kept for name, kept in papers(office).items() if name in files} == files
    assert [to for to, _ in mailed(office, before)] == [
        "audit@example.cn",
        "fs@example.cn",
        "js@example.cn",
        "money@example.cn",
    ]


def standing_still(office: Office) -> dict[str, list[tuple]]:
    """Row versions of all that a run may not touch in a closed month: what it keeps about itself is left out."""
    told = {*LOG, "ops.artifact", "ops.outbox", "ops.mail_attempt"}
    return {name: found for name, found in office.row_versions().items() if name not in told}


def test_WAR_07_a_dispute_after_the_certification_stops_its_contractor_and_no_other(developer: Office):
    office = developer
    with registers(office) as books:
        order(books, "A1", "1200", certified=False)
        order(books, "A2", "700", confirmed="2026-10-25 11:00", certified=False)
        order(books, "F1", "900", contract_no="HT2", project_id="P2", certified=False)

    def answering(question: Question) -> Answer:
        """While the list lies before the deputy chief engineer the contractor objects."""
        with registers(office, Books) as books:
            books.given(
                """
                repairs.answer
                letter_no | order_no | answer_kind | answered_at      | reason
                QR-A1     | A1       | 异议        | 2026-10-04 17:00 | 非我方原因
                """,
                recorded_at=books.query("select clock_timestamp() as now")[0]["now"],
            )
        return "同意", "价格工艺属实"

    with office.approver(answering=answering) as asked:
        run = office.run("deposit_chargebacks", **MONTH)
    assert str(run.state) == "failed" and len(asked) == 1
    state, note = last_run(office)
    assert "建安公司没有入账" in note and "A1" in note and "有异议（非我方原因）" in note, (state, note)
    assert booked(office, "2026-09") == [("结算", "F1", "2026-09-21", "-900.00")]
    assert deposits(office) == {"HT2": "4100.00/0.00"}
    assert office.query("select * from ops.period_close") == []
    assert [subject for _, subject in mailed(office) if not subject.startswith("【待审批】")] == []

    # computed anew the dispute is reserved, the rest of the contractor is booked and the month goes out
    again, asked = certifying(office, mode="重算")
    assert str(again.state) == "success", office.states(again)
    assert booked(office, "2026-09") == [
        ("冻结", "A1", "2026-10-04", "0.00"),
        ("结算", "A2", "2026-09-21", "-700.00"),
        ("结算", "F1", "2026-09-21", "-900.00"),
    ]
    assert deposits(office) == {"HT1": "2300.00/1200.00", "HT2": "4100.00/0.00"}
    assert len(office.query("select * from ops.period_close")) == 1
    assert [to for to, subject in mailed(office) if not subject.startswith("【待审批】")] == [
        "fs@example.cn",
        "js@example.cn",
        "money@example.cn",
    ]
