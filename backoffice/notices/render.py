"""Notices and papers as PDF: `notice.typ` and `paper.typ` of `templates/notices/`, set by Typst.

Everything a template prints reaches it as text in one JSON document: it computes nothing and evaluates nothing, so a
tenant called `#read("x")` is printed as that. Same notice, same bytes: the only fonts are those of a wheel, the PDF's
date is the day of issue, and nothing else of the machine or the moment enters. `FORMS` says how each type is set.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import segno
import typst
from fontTools.ttLib import TTFont

from backoffice.database import ROOT
from backoffice.letters import money, month
from backoffice.notices.capitals import in_capitals
from backoffice.notices.notice import UNREAD, Notice, NoticeError, parts_of
from backoffice.notices.paper import Paper, day_text
from backoffice.workbook.wording import HOUSE, moment_text, revision_text

TEMPLATES = ROOT / "templates" / "notices"
TEMPLATE = TEMPLATES / "notice.typ"
NO_VALUE = "—"
RUNS = re.compile(rb"\x01+")
PAGES = re.compile(rb"/Type\s*/Pages\s*/Count (\d+)")
#: notices of a bundle set at once: more share their fonts better (250: 5 % less), but each page takes 2 MB meanwhile
SHEAF = 100
#: Typst keeps what it has laid out for so many compiles more
KEPT = 10
#: tell lines and accounts of one payee apart
PAYEE_SIGNS = "①②③④⑤⑥⑦⑧⑨⑩"
#: what a clerk calls the fields of a notice in which a character may be unknown
FIELDS = {
    "number": "单号", "title": "标题", "tenant_name": "租户", "unit_no": "房号", "contract_no": "合同号",
    "period_text": "计费期间", "lines": "费用明细", "payees": "收款账户", "arrears": "期初欠费", "late_fees": "违约金",
    "waivers": "减免", "corrections": "红蓝字", "correction": "更正说明", "contact": "联系方式", "wording": "说明",
    "drawn_by": "制单人", "reviewed_by": "复核人",
}  # fmt: skip


Sheet = Notice | Paper


class RenderError(RuntimeError):
    """The template is at fault, not the notice."""


@dataclass(frozen=True)
class Form:
    """How one type of sheet is set; `FORMS` has one for each.

    :param template: reads a list of documents from the input `notices`.
    :param document_of: every word that the template prints of one sheet.
    :param name_of: what a refusal calls the sheet.
    :param fields: what a clerk calls its fields.
    """

    template: Path
    document_of: Callable[[Any], dict[str, Any]]
    name_of: Callable[[Any], str]
    fields: Mapping[str, str]


@cache
def glyphs() -> frozenset[str]:
    """The characters that both fonts of a notice can show."""
    with (
        TTFont(pylopdf_fonts_zh_cn.sans_path(), lazy=True) as sans,
        TTFont(pylopdf_fonts_zh_cn.serif_path(), lazy=True) as serif,
    ):
        return frozenset(map(chr, sans.getBestCmap().keys() & serif.getBestCmap().keys()))


def missing_glyphs(text: str) -> str:
    """Characters of a text that a notice cannot show, each once, in order; "" when all can be shown.

    Typst would leave them out without a word. Line breaks and other control characters count as missing.
    """
    shown = glyphs()
    if shown.issuperset(text):
        return ""
    return "".join(dict.fromkeys(character for character in text if character not in shown))


def check_glyphs(sheet: Sheet) -> None:
    """Refuse a notice or paper with characters that the fonts lack.

    :raises NoticeError: naming the sheet, the field and each character with its code point.
    """
    for path, text in parts_of(sheet):
        if isinstance(text, str) and (missing := missing_glyphs(text)):
            form = FORMS[type(sheet)]
            named = "、".join(map(_named, missing))
            field = form.fields.get(path.partition("[")[0].partition(".")[0], "内容")
            raise NoticeError(f"{form.name_of(sheet)}：{field}({path})中有字体无法显示的字符{named}，请改用其他写法")


def _named(character: str) -> str:
    """A character and its code point; of invisible ones only that."""
    code = f"U+{ord(character):04X}"
    return f"“{character}”({code})" if character.isprintable() else code


def qr_payload(notice: Notice) -> str:
    """What the QR code says: number and amount in yuan, for checking; it is no payment code."""
    return f"{notice.number} CNY {notice.payable_amount:.2f}"


def _qr_svg(payload: str) -> str:
    """The QR code as one vector path, without a quiet zone: the template leaves it the room."""
    # One of the eight masks that are all valid: to look for the prettiest takes five times as long as the code itself.
    code = segno.make(payload, error="m", micro=False, mask=3)
    # segno can draw it, too, to the same path; that takes as long again as the code.
    size, x, y, path = len(code.matrix), 0, 0, []
    for line, row in enumerate(code.matrix):
        for run in RUNS.finditer(row):
            path.append(f"m{run.start() - x} {line - y}h{run.end() - run.start()}")
            x, y = run.end(), line
    path[0] = path[0].replace("m0 0", "M0 0.5")  # a finder pattern begins the first row
    drawn = "".join(path)
    return f'<svg viewBox="0 0 {size} {size}"><path stroke="#000" d="{drawn}"/></svg>'


def _span(first: date, last: date) -> str:
    """2026-10-01 至 10-31: the year is said again only when it is another."""
    if first == last:
        return f"{first}"
    return f"{first} 至 {last:%m-%d}" if first.year == last.year else f"{first} 至 {last}"


def _number(value: Decimal | None) -> str:
    """A reading or quantity: as exact as it is, without zeros behind the last digit."""
    if value is None:
        return NO_VALUE
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _price(value: Decimal | None) -> str:
    """A unit price: two decimals at least, more where it has them."""
    if value is None:
        return NO_VALUE
    whole, _, decimals = _number(value).partition(".")
    return f"{whole}.{decimals:0<2}"


def _rate(value: Decimal | None, sign: str = "%") -> str:
    return "不征税" if value is None else f"{_number(value * 100)}{sign}"


def document_of(notice: Notice) -> dict[str, Any]:
    """All words of a notice as the template prints them: text, lists of text and booleans.

    Rows are lists in the order of the columns of their table. The rule of BIL-24 (capitals) and the signs of the
    account (what is added, what is taken off) are applied here, nothing else is computed.
    """
    signs = {payee.payee_id: sign for payee, sign in zip(notice.payees, PAYEE_SIGNS, strict=False)}
    owner = {kind: signs[payee.payee_id] for payee in notice.payees for kind in payee.charge_kinds}
    account = [("期初欠费", "", notice.opening_amount), ("本期费用", "+", notice.charge_amount)]
    if notice.late_fees:
        account.append(("违约金", "+", notice.late_fee_amount))
    if notice.corrections:
        account.append(("更正净额", "-" if notice.correction_amount < 0 else "+", abs(notice.correction_amount)))
    if notice.waived_here:
        account.append(("减免", "-", notice.waived_here))
    account.append(("预收抵扣", "-", notice.credit_applied))
    if notice.credit_added:
        account.append(("转入预收", "+", notice.credit_added))
    unread = [line.item or line.charge_kind for line in notice.lines if line.amount is None]
    box = notice.correction
    return {
        "number": notice.number,
        "title": notice.title + ("（更正）" if notice.is_correction else ""),
        "revision": revision_text(notice.revision, is_correction=notice.is_correction),
        "summary": f"{notice.unit_no} {notice.tenant_name}",
        "tenant": notice.tenant_name,
        "facts": [
            ["房号", notice.unit_no],
            ["合同号", notice.contract_no],
            ["计费期间", notice.period_text],
            ["开单日期", day_text(notice.issued_on)],
        ],
        "due": day_text(notice.due_on),
        "until": f"账款统计至{day_text(notice.data_until)}24:00，此后到账未计入",
        "known": moment_text(notice.known_at),
        "payable": money(notice.payable_amount),
        "capitals": in_capitals(notice.payable_amount),
        "is_free": notice.payable_amount == 0,
        "account": [[name, sign, money(amount)] for name, sign, amount in account],
        "credit_left": money(notice.credit_left) if notice.credit_left or notice.credit_applied else "",
        "qr": _qr_svg(qr_payload(notice)),
        "lines": [
            {
                "kind": line.charge_kind,
                "item": "　".join(
                    part for part in (line.item if line.item != line.charge_kind else "", line.mark) if part
                ),
                "span": _span(line.starts_on, line.ends_on),
                "readings": [_number(line.previous_reading), _number(line.current_reading)],
                "quantity": NO_VALUE if line.quantity is None else f"{_number(line.quantity)} {line.unit}".strip(),
                "price": _price(line.unit_price),
                "amount": UNREAD if line.amount is None else money(line.amount),
                "is_unread": line.amount is None,
                "rate": _rate(line.vat_rate),
                "payee": owner[line.charge_kind],
            }
            for line in notice.lines
        ],
        "charges": money(notice.charge_amount),
        "unread": "、".join(dict.fromkeys(unread)),
        "arrears": [
            [month(arrear.month), arrear.charge_kind, money(arrear.open_amount), owner[arrear.charge_kind]]
            for arrear in notice.arrears
        ],
        "opening": money(notice.opening_amount),
        "late_fees": [
            [
                f"{month(fee.month)}{fee.charge_kind}",
                money(fee.principal),
                _rate(fee.late_rate),
                _span(fee.counts_from, fee.counts_to),
                str(fee.day_count),
                fee.clause,
                money(fee.amount),
                owner[fee.charge_kind],
            ]
            for fee in notice.late_fees
        ],
        "late_fee": money(notice.late_fee_amount),
        "corrections": [
            [
                entry.kind,
                entry.number,
                entry.original_number,
                f"{month(entry.month)}{entry.charge_kind}",
                entry.reason,
                money(entry.amount),
                owner[entry.charge_kind],
            ]
            for entry in notice.corrections
        ],
        "corrected": money(notice.correction_amount),
        "waivers": [
            [
                f"{month(waiver.month)}{waiver.charge_kind}",
                waiver.reason,
                waiver.approved_by,
                "已在期初欠费或本期费用中扣减" if waiver.is_in_opening else "本通知扣减",
                money(waiver.amount),
                owner.get(waiver.charge_kind, ""),
            ]
            for waiver in notice.waivers
        ],
        "payees": [
            {
                "sign": signs[payee.payee_id],
                "name": payee.account_name,
                "bank": payee.bank_name,
                "account": payee.account_no,
                "kinds": "、".join(payee.charge_kinds),
                "subtotal": money(payee.subtotal),
                "is_free": payee.subtotal == 0,
                "credit": money(credit) if (credit := notice.gross_of(payee) - payee.subtotal) > 0 else "",
                "surplus": money(-credit) if credit < 0 else "",
            }
            for payee in notice.payees
        ],
        "contact": notice.contact,
        "objection_days": str(notice.objection_days),
        "wording": list(notice.wording),
        "drawn_by": notice.drawn_by,
        "reviewed_by": notice.reviewed_by,
        "correction": box
        and {
            "number": box.original_number,
            "amount": money(box.original_amount),
            "reason": box.reason,
            "red": money(box.red),
            "blue": money(box.blue),
            "difference": money(box.difference),
            "now": money(box.original_amount + box.difference),
            "refund": box.refund_way,
        },
    }


FORMS: Mapping[type, Form] = {
    Notice: Form(TEMPLATE, document_of, lambda notice: f"交款通知书 {notice.number}", FIELDS),
    Paper: Form(TEMPLATES / "paper.typ", Paper.document, Paper.name, Paper.FIELDS),
}


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of `Renderer` has, read off its page tree: to parse the file takes a hundred times as long.

    :raises ValueError: when it is no such PDF.
    """
    if not (found := PAGES.search(pdf)):
        raise ValueError("There is no page tree: this is no notice as Typst writes it.")
    return int(found[1])


class Renderer:
    """Sets notices and papers; keeps one Typst compiler, so a process makes one Renderer (see `renderer`) for all."""

    def __init__(self) -> None:
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        )
        self._compiler = typst.Compiler(input=str(TEMPLATE), root=str(TEMPLATES), font_paths=fonts)

    def render(self, sheet: Sheet) -> bytes:
        """Set one notice or paper on as many A4 pages as it takes.

        A page prints how many there are. Typst can find that out, by laying everything out twice; almost all notices
        take one page, so that is what is assumed, and the few that take more are set again.

        :return: the PDF; the same sheet gives the same bytes on every machine with the same lock.
        :raises NoticeError: when a character cannot be shown.
        :raises RenderError: when Typst complains about the template.
        """
        check_glyphs(sheet)
        document = FORMS[type(sheet)].document_of(sheet)
        pdf, pages = self._typeset(sheet, [document | {"pages": 1, "first": 1}])
        if pages > 1:
            told = pages
            pdf, pages = self._typeset(sheet, [document | {"pages": told, "first": 1}])
            if pages != told:
                raise RenderError(f"{_fault(sheet)}: {pages} pages, numbered as {told}.")
        return pdf

    def bind(self, sheets: Iterable[tuple[Sheet, int]]) -> Iterator[bytes]:
        """Set many sheets as PDFs of `SHEAF` sheets each, whose pages share their fonts, with a bookmark for each.

        Where notices and papers follow each other, a new PDF begins.

        :param sheets: each with the pages it takes alone (`pages_of`); a page shows what it shows there.
        :raises NoticeError: when a character cannot be shown.
        :raises RenderError: when Typst complains, or when there are more or fewer pages than were told.
        """
        for kind, alike in groupby(sheets, key=lambda pair: type(pair[0])):
            form = FORMS[kind]
            while sheaf := list(islice(alike, SHEAF)):
                documents, told = [], 0
                for sheet, pages in sheaf:
                    check_glyphs(sheet)
                    documents.append(form.document_of(sheet) | {"pages": pages, "first": told + 1})
                    told += pages
                first = sheaf[0][0]
                pdf, pages = self._typeset(first, documents, is_bundle=True)
                if pages != told:
                    raise RenderError(f"{_fault(first)} and {len(sheaf) - 1} more: {pages} pages, not {told}.")
                yield pdf
                # What was laid out would be kept through ten more sheaves, 2 MB a page.
                for _ in range(KEPT):
                    self._compiler.compile(input=str(form.template), sys_inputs={"notices": "[]"}, format="pdf")

    def _typeset(self, first: Sheet, documents: list[dict[str, Any]], *, is_bundle: bool = False) -> tuple[bytes, int]:
        """Set prepared documents as one PDF, as of the first one's day; how many pages it has."""
        issued_at = datetime.combine(first.issued_on, time(), HOUSE)
        told = {"notices": json.dumps(documents, ensure_ascii=False)} | ({"bundle": ""} if is_bundle else {})
        try:
            pdf, warnings = self._compiler.compile_with_warnings(
                input=str(FORMS[type(first)].template),
                sys_inputs=told,
                format="pdf",
                timestamp=int(issued_at.timestamp()),
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise RenderError(f"{_fault(first)}: {error.diagnostic or error}") from error
        if warnings:
            raise RenderError(f"{_fault(first)}: {warnings[0].message}")
        return bytes(pdf), pages_of(pdf)


def _fault(sheet: Sheet) -> str:
    """Where a fault of the form showed: its template and the sheet."""
    return f"{FORMS[type(sheet)].template.name}, {sheet.number}"


@cache
def renderer() -> Renderer:
    """The one Renderer of this process; made when it is first asked for."""
    return Renderer()


def render(sheet: Sheet) -> bytes:
    """Set one notice or paper with this process's Renderer; see `Renderer.render`."""
    return renderer().render(sheet)
