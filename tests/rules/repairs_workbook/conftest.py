"""A developer with every situation that a month of repairs can show, and documents of its runs."""

from pathlib import Path

import pytest
from psycopg.types.range import DateRange

from backoffice import artifacts
from backoffice.periods import parse
from backoffice.workbook import write_workbook
from tests.drawing import Books
from tests.rules.repairs.conftest import answer, approve, contract, furnish, moved, order, settle
from workbooks.repairs import DAILY, MONTHLY, PREVIEW_KIND, chargeback_workbook, daily_workbook

SUMMARY_KIND = "chargeback_summary"
DAILY_KIND = "repair_daily"
TITLES = {DAILY_KIND: "维修工单日报", PREVIEW_KIND: "维修扣款预览", SUMMARY_KIND: "维修扣款汇总"}
KNOWN = "2026-11-05 08:00"


@pytest.fixture
def house(books: Books) -> Books:
    """Books with the developer GS, its projects, contractors and rules."""
    return furnish(books)


@pytest.fixture
def busy(house: Books) -> Books:
    """September is settled; October has some thirty orders of every kind."""
    house.given(
        "repairs.contractor\ncontractor_id | contractor_name\nMC | 门窗公司\nLH | 景观绿化工程有限责任公司",
        recorded_at="2020-01-01",
    )
    contract(house, deposit="60000", management_rate="0.10", management_clause="补充协议5.2")
    contract(house, "HT2", deposit="3000", contractor_id="FS", silence_clause="专用条款12.3", project_id="P2")
    contract(house, "HT3", contractor_id="MC", accepted_on="2024-11-20", settled_amount="1000000", work_title="门窗")
    contract(house, "HT4", deposit="45000", contractor_id="LH", settled_amount="1400000", project_id="P2")
    moved(house, "HT3-LZ 留置 2026-10-12 30000", contract_no="HT3", recorded_at="2026-10-13")
    september = {"reported_on": "2026-08-25", "inspected_on": "2026-08-26", "started_on": "2026-09-08",
                 "completed_on": "2026-09-09", "signed_on": "2026-09-09", "without": "审批通知决算发函",
                 "recorded_at": "2026-09-28"}  # fmt: skip
    for number, amount, contract_no in (("JC-0901", "4500", "HT2"), ("JC-0902", "900", "HT1")):
        project_id = "P2" if contract_no == "HT2" else "P1"
        order(house, number, amount, contract_no=contract_no, project_id=project_id, **september)
        approve(house, number, 2 if float(amount) > 1000 else 1, amount, on="2026-09-01", recorded_at="2026-09-28")
        asked = "990" if contract_no == "HT1" else amount
        house.given(
            "repairs.letter\nletter_no | order_no | letter_kind | sent_on | amount\n"
            f"TZ-{number} | {number} | 维修通知   | 2026-08-27 | -\n"
            f"QR-{number} | {number} | 扣款确认函 | 2026-09-12 | {asked}",
            "repairs.final_account\norder_no | amount | captain | submitted_on\n"
            f"{number} | {amount} | 队长 | 2026-09-10",
            "repairs.audit\norder_no | audited_amount | department | auditor | audited_on | opinion\n"
            f"{number} | {amount} | 客户服务部 | 审核员 | 2026-09-11 | 属实",
            "repairs.answer\nletter_no | order_no | answer_kind | answered_at\n"
            f"QR-{number} | {number} | 确认 | 2026-09-20 10:00",
            recorded_at="2026-09-28",
        )
    settle(house, "2026-09", known_at="2026-10-05 08:00")
    _october(house)
    return house


def _october(house: Books) -> None:
    for number in range(1, 9):
        amount = f"{320 * number + 0.5:.2f}"
        order(house, f"JC-10{number:02}", amount, asked=f"{float(amount) * 1.1:.2f}", place_text=f"{number}01室",
              trades="瓦工、油工" if number % 3 == 0 else "瓦工",
              defect="外墙渗水，内墙面大面积空鼓开裂" if number == 5 else "墙面空鼓",
              completed_on="2026-10-27" if number == 3 else "2026-10-21", called_back_on="2026-10-28",
              signed_on="2026-10-27", confirmed=f"2026-10-25 10:0{number}")  # fmt: skip
    order(house, "JC-1011", "6200", contract_no="HT2", project_id="P2", defect="屋面渗漏", component="屋面防水")
    order(house, "JC-1012", "800", contract_no="HT2", project_id="P2", confirmed=None)  # silent, with a clause
    order(house, "JC-1013", "3333.33", contract_no="HT3", contractor_share="0.6", asked="2000.00", defect="窗扇变形")
    order(house, "JC-1014", "25600", contract_no="HT3", defect="幕墙漏水", place_text="1号楼西立面")
    order(house, "JC-1015", "700", contract_no="HT3", confirmed=None)  # silent, without a clause
    order(house, "JC-1016", "1200", contract_no="HT3", confirmed=None, disputed="2026-10-28 09:00")
    order(house, "JC-1017", "2600", contract_no="HT1", asked="2860.00", confirmed=None, disputed="2026-10-27 09:00")
    for number in ("JC-1018", "JC-1019", "JC-1020"):
        order(
            house, number, "900", place_text="东区地下车库B2层集水坑", defect="渗漏", contract_no="HT4", project_id="P2"
        )
    order(house, "JC-1021", "10200", estimate="9800", contract_no="HT4", project_id="P2")
    order(house, "JC-1022", "650", without="通知", contract_no="HT4", project_id="P2")
    order(house, "JC-1023", "500", cause="待定", contract_no="HT4", project_id="P2", without="决算", completed_on="-",
          signed_on="-", started_on="-")  # fmt: skip
    order(
        house,
        "JC-1024",
        "560",
        done_by="施工单位",
        without="决算发函",
        certified=False,
        contract_no="HT4",
        project_id="P2",
    )
    answer(house, "JC-1024", "2026-10-12 09:00", "自行维修", letter="TZ")
    order(house, "JC-1025", "450", cause="业主使用", contract_no="HT1")
    order(house, "JC-1026", "880", without="审批", contract_no="HT1", asked="968.00")
    approve(house, "JC-1026", 1, "880", on="2026-10-22", is_late="yes", opinion="抢修时经理出差，次日补批")
    for number, amount, reason in (
        ("JC-1031", "760", "保修期外"),
        ("JC-1032", "15300", "业主使用"),
        ("JC-1033", "260", "第三方"),
    ):
        order(house, number, amount, order_class="B", contract_no="-", class_reason=reason, defect="管道堵塞")
    order(house, "JC-1034", "990", order_class="B", contract_no="-", signed_on="-", without="决算")
    house.given(
        "repairs.team_payment\npayment_no | order_no | amount | paid_on | opinion\n"
        "FK-1 | JC-0901 | 4500 | 2026-10-12 | 已认定，同意支付\nFK-1 | JC-0902 | 950 | 2026-10-12 | 已认定，同意支付",
        "repairs.claim_receipt\nreceipt_no | order_no | amount | received_on\nSK-1 | JC-0901 | 500 | 2026-10-20",
        """
        repairs.float_movement
        movement_no | site_id | holder     | movement_kind | amount   | moved_on
        Z1          | GS      | 维修队     | 支用          | 3200.00  | 2026-09-11
        Z2          | GS      | 维修队     | 报销          | 3200.00  | 2026-10-09
        Z3          | GS      | 维修队     | 支用          | 5600.50  | 2026-10-15
        Z4          | GS      | 维修队     | 盘点          | 94399.50 | 2026-10-28
        Z5          | GS      | 维修队     | 支用          | 300.00   | 2026-10-30
        Z6          | GS      | 客户服务部 | 支用          | 1000.00  | 2026-10-16
        Z7          | GS      | 客户服务部 | 盘点          | 98950.00 | 2026-10-31
        """,
        "repairs.general_balance\nsite_id | base_month | account | amount\nGS | 2026-10-01 | 应收索赔 | 1.00",
        recorded_at="2026-11-02",
    )
    moved(house, "HT4-TH 退还 2026-10-24 2000", contract_no="HT4", recorded_at="2026-10-25")
    moved(house, "HT2-TH 退还 2026-10-26 99999", contract_no="HT2", recorded_at="2026-10-27")


def document(books: Books, run_id: int, kind: str = SUMMARY_KIND, month: str = "2026-10", revision: int = 1) -> int:
    """Register the document of a run, as its release does; returns the artifact."""
    period = parse(month)
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select %s, %s, 'GS', %s, %s, md5(result.base_on::text || result.result_hash), %s, %s, run.known_at, run.run_id,
            run.known_at + interval '1 hour'
        from ops.run
        cross join lateral (
            select * from ops.result
            where workflow = 'deposit_chargebacks' and site_id = 'GS' and base_on = %s
            order by revision desc limit 1
        ) as result
        where run.run_id = %s
        returning artifact_id
        """,
        [MONTHLY, kind, DateRange(period.starts_on, period.until_on), revision, TITLES[kind], period.last_on,
         period.starts_on, run_id],
    ).fetchone()[0]  # fmt: skip


def written(books: Books, artifact_id: int, folder: Path, build=chargeback_workbook) -> Path:
    """The file of a document."""
    book = build(books.connection, artifacts.read(books.connection, artifact_id))
    return write_workbook(folder / book.file_name, book).path


def day_document(books: Books, run_id: int, day: str) -> int:
    """Register the 维修工单日报 of a run; returns the artifact."""
    period = parse(day)
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select %s, %s, 'GS', %s, 1, md5(run_id::text), %s, as_of_on, known_at, run_id, known_at
        from ops.run
        where run_id = %s
        returning artifact_id
        """,
        [DAILY, DAILY_KIND, DateRange(period.starts_on, period.until_on), TITLES[DAILY_KIND], run_id],
    ).fetchone()[0]


def written_day(books: Books, run_id: int, day: str, folder: Path) -> Path:
    """The 维修工单日报 of a run."""
    return written(books, day_document(books, run_id, day), folder, daily_workbook)
