"""重跑结果单 of charge-backs: what a run did to each order, and that nothing was done twice."""

from decimal import Decimal
from pathlib import Path

from psycopg.types.range import DateRange

from backoffice import letters, run_lines
from backoffice.database import rows
from backoffice.periods import parse
from tests.drawing import Books
from tests.rules.fees.test_fee_workbook import figures, table
from tests.rules.repairs.conftest import contract, order, post, reckon, run_of, settle
from tests.rules.repairs_workbook.conftest import KNOWN, written
from tests.workbooks import text_of_workbook
from workbooks.reruns import rerun_workbook


def told(books: Books, run_id: int, folder: Path, month: str = "2026-10") -> tuple[Path, letters.Letter]:
    """The sheet and the letter of a run, as its last tasks make them."""
    run_lines.keep(books.connection, run_id, "逐户", run_lines.gather(books.connection, run_id, "repairs/tell_orders"))
    run_lines.keep(
        books.connection, run_id, "总览", run_lines.gather(books.connection, run_id, "repairs/tell_companies")
    )
    period = parse(month)
    [artifact] = books.query(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select workflow, 'chargeback_rerun', '*', %(period)s, run_id, md5(run_id::text), '重跑结果单', as_of_on,
            known_at, run_id
        from ops.run
        where run_id = %(run_id)s
        returning artifact_id
        """,
        period=DateRange(period.starts_on, period.until_on),
        run_id=run_id,
    )
    [variables] = rows(books.connection, "repairs/mail_rerun", artifact)
    path = written(books, artifact["artifact_id"], folder, rerun_workbook)
    return path, letters.render("repairs/rerun", variables)


def test_a_run_tells_what_it_booked_and_what_waits(busy: Books, tmp_path):
    run = reckon(busy, "2026-10", known_at=KNOWN)
    assert post(busy, run) == []
    path, letter = told(busy, run, tmp_path)
    orders = {row["派工单号"]: row for row in table(path, "逐单")}
    assert (orders["JC-1013"]["本次动作"], orders["JC-1013"]["现金额"]) == ("本次入账", 3333.33)
    assert [orders[number]["本次动作"] for number in ("JC-1016", "JC-1021", "JC-1034", "JC-1024")] == [
        "争议冻结",
        "暂停",
        "未到结算",
        "自修结案",
    ]
    [company] = table(path, "总览")
    assert [company[name] for name in ("应入账", "已入账不变", "本次入账", "待入账", "争议冻结", "暂停")] == [
        17,
        0,
        17,
        0,
        2,
        6,
    ]
    assert Decimal(str(company["合计后"])) == Decimal("65107.33")
    [proof] = table(path, "证明")
    assert proof["与认定一致"] == "是"
    assert [proof[name] for name in ("同单重复入账", "借贷不平分录", "空号", "同人同版多于一封")] == [0, 0, 0, 0]
    cover = text_of_workbook(path)["封面"]
    assert figures(cover)["本次入账"] == "17"
    assert "✘" not in "".join(cell for row in cover for cell in row)
    assert letter.subject == "【重跑结果单】锦城置业 2026年10月 常规 应入账17单 入账17 冲回0 重复0"
    assert "无需处理，请存档。" in letter.text


def test_a_second_run_tells_that_it_booked_nothing(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    settle(house, known_at=KNOWN)
    again = reckon(house, known_at="2026-11-05 10:00")
    path, letter = told(house, again, tmp_path)
    [row] = table(path, "逐单")
    assert (row["本次动作"], row["原金额"], row["现金额"]) == ("已入账不变", 700, 700)
    assert table(path, "总览")[0]["差"] == 0
    assert "入账0 冲回0 重复0" in letter.subject


def test_a_trial_says_what_would_be(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    order(house, "A2", "300", certified=False)
    run = reckon(house, known_at=KNOWN)
    house.connection.execute("update ops.run set mode = 'trial' where run_id = %s", [run])
    path, letter = told(house, run, tmp_path)
    assert [row["本次动作"] for row in table(path, "逐单")] == ["将入账", "将提交认定"]
    assert figures(text_of_workbook(path)["封面"])["将入账"] == "2"
    assert "试算只看不做" in letter.text and "将入账2" in letter.subject


def test_a_reversal_is_told_as_one(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    settle(house, known_at=KNOWN)
    house.connection.execute("update repairs.work_order set cause = '第三方'")
    run = settle(house, "2026-11", known_at="2026-12-05 08:00")
    [row] = table(told(house, run, tmp_path, "2026-11")[0], "逐单")
    assert (row["本次动作"], row["凭证号"][:12]) == ("本次冲回", "PZ-GS-202611")


def test_what_was_booked_without_its_certification_is_told(house: Books, tmp_path):
    contract(house, deposit="3000")
    order(house, "A1", "700")
    run = settle(house, known_at=KNOWN)
    house.connection.execute("update repairs.certification set certified_amount = 600")
    path, letter = told(house, run, tmp_path)
    assert table(path, "证明")[0]["与认定一致"] == "否"
    assert "请立即联系系统管理员" in letter.text


def test_a_company_that_waits_for_its_month_before_says_so(house: Books, tmp_path):
    run = run_of(house, "deposit_chargebacks", "2026-10", KNOWN)
    house.run("repairs/mark_gaps", run_id=run, known_at=KNOWN)
    path, letter = told(house, run, tmp_path)
    assert "2026年9月的维修扣款尚未入账" in table(path, "总览")[0]["待资料"]
    assert "2026年9月的维修扣款尚未入账" in letter.text
