"""What contractors are written: letters of a day, the statement of a month, each from the books and adding up."""

from typing import Any

from backoffice import outbox
from tests.drawing import Books
from tests.rules.repairs.conftest import answer, contract, judge, moved, order, post, reckon, settle
from tests.rules.repairs.test_day import NOT_BEGUN, send
from workbooks.papers import letters, papers


def document(books: Books, run_id: int, kind: str, workflow: str, starts_on: str, until_on: str) -> dict[str, Any]:
    """Register a document of the developer's period as its release does; returns its row."""
    books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select %s, %s, 'GS', daterange(%s, %s), 1, 'x', '单据', as_of_on, known_at, run_id
        from ops.run where run_id = %s
        """,
        [workflow, kind, starts_on, until_on, run_id],
    )
    return books.query("select * from ops.artifact order by artifact_id desc limit 1")[0]


def of_the_day(books: Books, run_id: int, day: str) -> dict[str, Any]:
    return document(books, run_id, "repair_daily", "repair_orders", day, day[:8] + f"{int(day[8:]) + 1:02}")


def statement(books: Books, run_id: int, month: str = "2026-10") -> dict[str, Any]:
    given = {"run_id": run_id, "site_id": "GS", "base_on": f"{month}-01", "released_on": "2026-11-05"}
    assert books.run("repairs/number_statements", **given) == 1
    until_on = f"{month[:5]}{int(month[5:]) + 1:02}-01"
    return document(books, run_id, "chargeback_summary", "deposit_chargebacks", f"{month}-01", until_on)


def cells(paper: Any, title: str) -> list[tuple]:
    """Rows of the table whose title begins so."""
    return [
        row
        for section in paper.sections
        for table in section.tables
        if table.title.startswith(title)
        for row in table.rows
    ]


def test_WAR_05_the_notice_names_defect_and_warranty(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", component="屋面防水", **(NOT_BEGUN | {"without": "通知决算发函"}))
    run_id = judge(house, "2026-10-12")
    send(house, run_id, "2026-10-12")
    [paper] = papers(house.connection, artifact=of_the_day(house, run_id, "2026-10-12"))
    assert (paper.number, paper.title, paper.addressee, str(paper.due_on)) == (
        "TZ-GS-20261012-001",
        "维修通知",
        "建安公司",
        "2026-10-19",
    )
    [row] = cells(paper, "缺陷清单")
    assert row[:4] == ("A1", "A1室", "空鼓A1", "2026-10-08")
    assert row[4] == "屋面防水保修期至2030-10-15（建设工程质量管理条例第四十条：五年）"


def test_WAR_08_the_confirmation_asks_for_what_the_contractor_bears_and_says_what_silence_means(house: Books):
    contract(house, deposit="60000", management_rate="0.10", management_clause="补充协议5.2")
    contract(house, "HT2", deposit="60000", silence_clause="专用条款12.3")
    order(house, "A1", "1000", contractor_share="0.6", without="发函", certified=False)
    order(house, "A2", "300", contract_no="HT2", without="发函", certified=False)
    run_id = judge(house, "2026-10-23")
    send(house, run_id, "2026-10-23")
    first, second = papers(house.connection, artifact=of_the_day(house, run_id, "2026-10-23"))
    assert (str(first.amount), str(second.amount)) == ("660.00", "300.00")
    [row] = cells(first, "费用明细")
    assert "承担60%，另加管理费60.00元（补充协议5.2）" in row
    assert "不视为同意" in "".join(first.closing)
    assert "按专用条款12.3的约定视为贵司确认" in "".join(second.closing)


def test_a_letter_about_money_brings_paper_and_sheet_and_one_about_a_defect_the_paper_alone(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "1000", without="发函", certified=False)
    order(house, "A2", "900", **(NOT_BEGUN | {"without": "通知决算发函"}))
    run_id = judge(house, "2026-10-23")
    send(house, run_id, "2026-10-23")
    artifact = of_the_day(house, run_id, "2026-10-23")
    numbers = [paper.number for paper in papers(house.connection, artifact=artifact)]
    for number in numbers:
        outbox.reserve(
            house.connection,
            letter_kind="repair_letter",
            document_key=f"repair_daily/{number}",
            revision=1,
            recipients=[("office@js.example", "建安公司")],
            artifact_id=artifact["artifact_id"],
            run_id=run_id,
        )
    brought = {names[0][:2]: names for _, names, _ in letters(house.connection, artifact)}
    assert brought == {
        number[:2]: [f"{number}.pdf", f"{number}.xlsx"] if number.startswith("QR") else [f"{number}.pdf"]
        for number in numbers
    }
    assert sorted(brought) == ["QR", "TZ"]


def test_a_reminder_says_what_he_was_written_and_has_not_done(house: Books):
    contract(house, deposit="60000")
    order(house, "A1", "900", **(NOT_BEGUN | {"without": "决算发函"}))
    answer(house, "A1", "2026-10-12 09:00", "自行维修", letter="TZ")
    order(house, "A2", "800", confirmed=None, certified=False)
    run_id = judge(house, "2026-10-31")
    send(house, run_id, "2026-10-31")
    [artifact] = [document(house, run_id, "repair_daily", "repair_orders", "2026-10-31", "2026-11-01")]
    [paper] = papers(house.connection, artifact=artifact)
    assert [(row[0], row[3], row[5]) for row in cells(paper, "催办事项")] == [
        ("A1", "TZ-A1", "完成维修"),
        ("A2", "QR-A2", "确认800.00元"),
    ]


def test_WAR_22_the_statement_closes_contract_by_contract(house: Books):
    contract(house, deposit="3000")
    contract(house, "HT2", deposit="4000", project_id="P2", silence_clause="专用条款12.3")
    moved(house, "LZ-1 补缴 2026-10-08 500", "TH-1 退还 2026-10-09 1000", contract_no="HT2")
    order(house, "A1", "5000")
    order(house, "A2", "700", contract_no="HT2", project_id="P2", confirmed=None)
    order(house, "A3", "600", contract_no="HT2", project_id="P2", confirmed=None, disputed="2026-10-28 09:00")
    run_id = settle(house)
    [paper] = papers(house.connection, artifact=statement(house, run_id))
    assert (paper.number, str(paper.amount)) == ("KK-GS-202610-001", "3700.00")
    assert [(row[0], row[3]) for row in cells(paper, "本期扣款")] == [
        ("A1", "QR-A1 2026-10-25确认"),
        ("A2", "QR-A2 按专用条款12.3视为确认"),
    ]
    assert [row[0] for row in cells(paper, "争议冻结")] == ["A3"]
    closing = [
        (str(account.result.amount), account.result.label) for section in paper.sections for account in section.accounts
    ]
    assert closing == [
        ("0.00", "期末余额"),
        ("0.00", "可用余额"),
        ("2000.00", "转索赔"),
        ("2800.00", "期末余额"),
        ("2200.00", "可用余额"),
    ]


def test_WAR_16_a_reversal_stands_on_the_statement_of_the_month_that_booked_it(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "1200")
    settle(house, known_at="2026-11-05 09:00")
    house.connection.execute("update repairs.work_order set cause = '第三方'")
    run_id = reckon(house, "2026-11", known_at="2026-12-05 09:00")
    assert post(house, run_id, "2026-11") == []
    [paper] = papers(house.connection, artifact=statement(house, run_id, "2026-11"))
    [row] = cells(paper, "其他变动")
    assert row[2] == "冲回，派工单A1改由公司承担"
    assert str(row[3]) == "1200.00"
