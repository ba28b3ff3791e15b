"""The letters that bring the workbooks: their subjects say the result, without any id."""

import re

from backoffice import artifacts, letters
from backoffice.database import rows
from tests.drawing import Books
from tests.rules.repairs.conftest import contract, judge, order, post, reckon, settle
from tests.rules.repairs_workbook.conftest import KNOWN, PREVIEW_KIND, day_document, document


def letter(books: Books, artifact_id: int, name: str, exceptions: str = "sheet_exceptions") -> letters.Letter:
    [variables] = rows(books.connection, f"repairs/mail_{name}", {"artifact_id": artifact_id})
    return letters.render(
        f"repairs/{name}",
        variables | artifacts.exceptions_of(books.connection, artifact_id, f"repairs/{exceptions}"),
    )


def test_the_summary_says_what_was_charged_claimed_borne_disputed_and_stopped(busy: Books):
    run = reckon(busy, "2026-10", known_at=KNOWN)
    assert post(busy, run) == []
    found = letter(busy, document(busy, run), "summary")
    assert found.subject == (
        "【维修扣款】锦城置业 2026年10月 A类13单 扣款41,244.40元 转索赔7,000.00元 公司承担18,103.33元 争议2单 暂停6单"
    )
    assert "异常 9 条（以下为前5条）" in found.text
    assert "结算工单 A类/B类  13 / 4" in found.text and "质保金期末余额(元)  90,765.60" in found.text
    assert "数据截止 2026-10-31" in found.text and "审计核算部 010-8000" in found.text


def test_the_preview_asks_for_certification_until_the_evening_of_the_fifth(house: Books):
    contract(house, deposit="3000")
    order(house, "A1", "700", certified=False)
    order(house, "B1", "300", certified=False, order_class="B", contract_no="-")
    found = letter(house, document(house, reckon(house, known_at=KNOWN), PREVIEW_KIND), "preview")
    assert found.subject == "【待审批】锦城置业 2026年10月维修扣款预览 2单 1,000.00元 请于11-05 17:00前处理"
    assert "只签名无效" in found.text
    late = letter(
        house, document(house, reckon(house, known_at="2026-11-09 16:30"), PREVIEW_KIND, revision=2), "preview"
    )
    assert "请于11-10 17:00前处理" in late.subject


def test_a_second_edition_says_what_it_replaces(house: Books):
    run = settle(house, known_at=KNOWN)
    document(house, run)
    house.connection.execute("update ops.run set reason = '补报', requested_by = '王某'")
    found = letter(house, document(house, run, revision=2), "summary")
    assert found.subject.startswith("【更正】锦城置业 2026年10月维修扣款 第2版 A类0单")
    assert "更正：本件替代 第1版（2026-11-05 09:00）。原因：补报。提出人：王某。请以本版为准。" in found.text


def test_the_daily_letter_counts_what_waits(busy: Books):
    run = judge(busy, "2026-10-29", "2026-10-30 08:00")
    found = letter(busy, day_document(busy, run, "2026-10-29"), "daily", "sheet_day_exceptions")
    assert found.subject == "【维修日报】锦城置业 2026-10-29(周四) 在办27单 待审批4单 超时效21单 待发函0份"
    assert "待审批(元)  4单 12,900.00" in found.text


def test_letters_carry_no_id(busy: Books):
    run = reckon(busy, "2026-10", known_at=KNOWN)
    for name, kind in (("preview", PREVIEW_KIND), ("summary", "chargeback_summary")):
        found = letter(busy, document(busy, run, kind), name)
        assert not re.search(r"\bGS\b|[0-9a-f]{32}", found.subject + found.text.replace("PZ-GS", ""))
