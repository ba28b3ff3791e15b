"""A paper (函件, 单据) to a contractor or for signing inside the house: checked as data, whatever it is about.

Where a `Notice` knows what a bill is, a `Paper` knows only what every paper of finance has: a number, an addressee, an
amount, tables that add up, a balance that rolls forward, sentences, and room for signatures and stamps.
`contractor_papers` builds those about repairs and warranty deposits from it.

Text is printed as it is. **Every Decimal is yuan with whole cents**, so what counts can be told from what is only
said, and the paper checks three things before it exists:

* the total of a table is the sum of its column;
* an account closes: opening + additions − deductions + reversals − releases = closing, by any names;
* **a name stands for one figure.** Terms of one name are equal within a section; a column that `counts_as` 本期扣款
  adds up to the term 本期扣款 of its section; a headline called like a figure is that figure, summed over sections.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal

from backoffice.letters import money
from backoffice.notices.capitals import LARGEST, in_capitals
from backoffice.notices.notice import NoticeError, parts_of
from backoffice.notices.threats import threats_in
from backoffice.workbook.wording import FILE_SAFE

ZERO = Decimal(0)
CENT_PLACES = 2
SIGNS = {"": 1, "+": 1, "-": -1}

Cell = str | Decimal


def day_text(on: date | None) -> str:
    """2026年11月5日; "—" for no day."""
    return f"{on.year}年{on.month}月{on.day}日" if on else "—"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :param heading: unique in its table.
    :param share: how much of the width it takes beside other columns of text; 0 for numbers, days and money, which are
        as wide as what they hold.
    :param counts_as: of money: the figure of its section (or the headline) that its sum is; "" when it is none.
    :param is_total: of money: the sum stands below it.
    """

    heading: str
    share: int = 0
    is_money: bool = False
    counts_as: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of as many cells as there are columns: text, or a Decimal where the column is money.

    :param totals: the sums below the columns with `is_total`, in their order; as the books have them, not as they add
        up here.
    :param empty: what stands instead of a table without rows.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Decimal, ...] = ()
    total_label: str = "合计"
    empty: str = "本期无"

    def sum_of(self, at: int) -> Decimal:
        """What column `at`, counted from 0, adds up to; a cell of text there ("—") counts nothing."""
        return sum((row[at] for row in self.rows if isinstance(row[at], Decimal)), ZERO)


@dataclass(frozen=True)
class Term:
    """One figure of an account: added or taken off.

    :param amount: yuan; what is taken off is a positive number.
    :param is_itemised: the section's columns that `counts_as` this label must add up to it, without one it is zero.
    """

    label: str
    sign: Literal["", "+", "-"]
    amount: Decimal
    is_itemised: bool = False


@dataclass(frozen=True)
class Account:
    """Terms and what they make: a roll-forward of a balance, or 期末余额 − 冻结 = 可用."""

    terms: tuple[Term, ...]
    result: Term


@dataclass(frozen=True)
class Section:
    """What belongs together under one heading, e.g. one contract. `remarks` stand small below its tables."""

    heading: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    accounts: tuple[Account, ...] = ()
    tables: tuple[Table, ...] = ()
    remarks: tuple[str, ...] = ()

    def figure(self, name: str) -> Decimal | None:
        """What the section says the figure is: by its accounts, else by its columns; None if it says nothing."""
        for account in self.accounts:
            for term in (*account.terms, account.result):
                if term.label == name:
                    return term.amount
        return self.itemised(name)

    def itemised(self, name: str) -> Decimal | None:
        """What the section's columns of that name add up to; None without such a column."""
        sums = [
            table.sum_of(at)
            for table in self.tables
            for at, column in enumerate(table.columns)
            if column.counts_as == name
        ]
        return sum(sums, ZERO) if sums else None


@dataclass(frozen=True)
class Opinion:
    """A department's written opinion, given or still to be written by hand.

    :param asks: what it has to speak about, in small print; "" when that is plain.
    :param opinion: "" leaves room for ink, and then nobody may have signed: a bare signature is void (WA-D11).
    """

    department: str
    asks: str = ""
    verdict: str = ""
    opinion: str = ""
    signer: str = ""
    signed_on: date | None = None


@dataclass(frozen=True)
class Block:
    """Where somebody signs at the foot of the paper.

    :param title: whose block it is; "" for none.
    :param says: a sentence above the lines, e.g. what is received.
    :param choices: boxes to tick.
    :param lines: label and what stands there; "" leaves a line for ink.
    :param has_stamp: with room for a stamp.
    """

    title: str
    lines: tuple[tuple[str, str], ...]
    says: str = ""
    choices: tuple[str, ...] = ()
    has_stamp: bool = False


@dataclass(frozen=True)
class Paper:
    """One paper; constructing it checks that it may be printed.

    :param number: also the file's name.
    :param revision: how the revision is called, e.g. 第1版.
    :param sender: who issues it, above the title.
    :param addressee: behind 致：; "" for a paper that stays in the house.
    :param facts: label and value, two beside each other.
    :param amount_label: what the large amount is called; "" for a paper without one.
    :param amount: yuan, zero or more; printed large and in capitals (BIL-24).
    :param due_label: what the emphasised day is called; "" for none.
    :param due_on: the last day, included.
    :param opening: paragraphs before the sections; closing: numbered sentences behind them. Both are refused with a
        threat to cut water, power, gas, heat or access; what tables say of a defect (断电, 停水) is no threat.
    :param opinions: a form of approval.
    :param blocks: for signing, two beside each other, four if there are more than two and none has a stamp.
    :param footer: stands small on every page, before number and revision.
    :raises NoticeError: when sums do not hold or something contradicts itself, by title, number and figures.
    """

    number: str
    title: str
    revision: str
    sender: str
    addressee: str
    issued_on: date
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    blocks: tuple[Block, ...]
    contact: str
    opening: tuple[str, ...] = ()
    amount_label: str = ""
    amount: Decimal | None = None
    due_label: str = ""
    due_on: date | None = None
    opinions: tuple[Opinion, ...] = ()
    footer: str = ""

    #: what a clerk calls the fields in which a character may be unknown
    FIELDS: ClassVar[Mapping[str, str]] = {
        "number": "单号", "title": "标题", "revision": "版次", "sender": "出具单位", "addressee": "致",
        "facts": "基本信息", "sections": "明细", "closing": "说明", "blocks": "签章栏", "contact": "联系方式",
        "opening": "正文", "opinions": "审批意见", "footer": "页脚",
    }  # fmt: skip

    def __post_init__(self) -> None:
        """Refuse what does not hold, naming the paper, what was expected and what was found."""
        for complaint in self._complaints():
            raise NoticeError(f"{self.name()}：{complaint}")

    def name(self) -> str:
        """What people call this very paper: title and number."""
        return f"{self.title} {self.number}"

    @property
    def has_sheet(self) -> bool:
        """Whether its tables go out as a workbook, too (`sheet`): there is an amount, and somebody outside books it."""
        return self.amount is not None and bool(self.addressee)

    def _complaints(self) -> Iterator[str]:
        yield from self._wrong_types()
        if not self.number or self.number != self.number.translate(FILE_SAFE):
            yield f"单号“{self.number}”不能用作文件名"
        if bool(self.amount_label) != (self.amount is not None) or bool(self.due_label) != (self.due_on is not None):
            yield "金额、期限须与其名称同时给出"
        if self.amount is not None and not ZERO <= self.amount <= LARGEST:
            yield f"{self.amount_label}{self.amount}，须为零或正数且能大写"
        if self.due_on and self.due_on < self.issued_on:
            yield f"{self.due_label}{self.due_on}，早于开单日期{self.issued_on}"
        for number, section in enumerate(self.sections, 1):
            where = section.heading or (f"第{number}部分" if len(self.sections) > 1 else "")
            for complaint in _wrong_section(section):
                yield f"{where}{'，' if where else ''}{complaint}"
        yield from self._wrong_amount()
        for opinion in self.opinions:
            if not opinion.opinion.strip() and (opinion.verdict or opinion.signer or opinion.signed_on):
                yield f"{opinion.department}没有书面意见，只签名无效"
            if opinion.opinion.strip() and not (opinion.signer and opinion.signed_on):
                yield f"{opinion.department}的意见没有签名或日期"
        for where, sentences in (("正文", self.opening), ("说明", self.closing), ("联系方式", (self.contact,))):
            for number, sentence in enumerate(sentences, 1):
                if found := threats_in(sentence):
                    yield f"{where}第{number}句含有以停水停电等相威胁的措辞“{'”“'.join(found)}”，不得使用"

    def _wrong_types(self) -> Iterator[str]:
        for path, part in parts_of(self):
            if isinstance(part, float):
                yield f"{path}是浮点数{part!r}，金额须为十进制数"
            elif isinstance(part, Decimal) and not part.is_finite():
                yield f"{path}不是数：{part}"
            elif isinstance(part, Decimal) and part != round(part, CENT_PLACES):
                yield f"{path}={part}，金额只到分"

    def _wrong_amount(self) -> Iterator[str]:
        if self.amount is None:
            return
        told = [figure for section in self.sections if (figure := section.figure(self.amount_label)) is not None]
        if not told:
            yield f"{self.amount_label}{money(self.amount)}，没有明细"
        elif (total := sum(told, ZERO)) != self.amount:
            yield f"{self.amount_label}{money(self.amount)}，明细合计{money(total)}，相差{money(self.amount - total)}"

    def document(self) -> dict[str, Any]:
        """All words of the paper as its template prints them: text, lists of text, booleans and shares of width."""
        return {
            "number": self.number,
            "title": self.title,
            "revision": self.revision,
            "sender": self.sender,
            "summary": f"{self.number} {self.addressee}".strip(),
            "addressee": self.addressee,
            "facts": [list(fact) for fact in self.facts],
            "amount_label": self.amount_label,
            "amount": "" if self.amount is None else money(self.amount),
            "capitals": "" if self.amount is None else in_capitals(self.amount),
            "due_label": self.due_label,
            "due": day_text(self.due_on) if self.due_on else "",
            "opening": list(self.opening),
            "sections": [_section(section) for section in self.sections],
            "closing": list(self.closing),
            "opinions": [
                {
                    "department": opinion.department,
                    "asks": opinion.asks,
                    "verdict": opinion.verdict,
                    "opinion": opinion.opinion,
                    "signer": opinion.signer,
                    "signed": day_text(opinion.signed_on) if opinion.signed_on else "",
                }
                for opinion in self.opinions
            ],
            "blocks": [
                {
                    "title": block.title,
                    "says": block.says,
                    "choices": list(block.choices),
                    "lines": [list(line) for line in block.lines],
                    "has_stamp": block.has_stamp,
                }
                for block in self.blocks
            ],
            "contact": self.contact,
            "footer": self.footer,
        }


def _wrong_section(section: Section) -> Iterator[str]:
    for table in section.tables:
        yield from _wrong_table(table)
    for account in section.accounts:
        total = sum((SIGNS[term.sign] * term.amount for term in account.terms), ZERO)
        if total != account.result.amount:
            reckoned = "".join(f"{_SHOWN[term.sign]}{term.label}{money(term.amount)}" for term in account.terms)
            yield (
                f"{reckoned}={money(total)}，而{account.result.label}为{money(account.result.amount)}，"
                f"相差{money(account.result.amount - total)}"
            )
        for term in (*account.terms, account.result):
            if term.amount != (first := section.figure(term.label)):
                yield f"{term.label}有两个数：{money(first)}和{money(term.amount)}"
            told = section.itemised(term.label)
            if told is None and not term.is_itemised:
                continue
            if term.amount != (told or ZERO):
                yield (
                    f"{term.label}{money(term.amount)}，明细合计{money(told or ZERO)}，"
                    f"相差{money(term.amount - (told or ZERO))}"
                )


#: how signs are printed: a minus as wide as a plus
_SHOWN = {"": "", "+": "+", "-": "−"}


def _wrong_table(table: Table) -> Iterator[str]:
    where = table.title or "明细表"
    for number, row in enumerate(table.rows, 1):
        if len(row) != len(table.columns):
            yield f"{where}第{number}行有{len(row)}格，应为{len(table.columns)}格"
            return
        for column, cell in zip(table.columns, row, strict=True):
            if isinstance(cell, Decimal) and not column.is_money:
                yield f"{where}第{number}行“{column.heading}”不是金额栏，却有金额{cell}"
    summed = [at for at, column in enumerate(table.columns) if column.is_total]
    if len(summed) != len(table.totals):
        yield f"{where}有{len(summed)}个合计栏，却给出{len(table.totals)}个合计"
        return
    for at, told in zip(summed, table.totals, strict=True):
        if told != (total := table.sum_of(at)):
            heading = table.columns[at].heading
            yield f"{where}“{heading}”合计{money(told)}，各行相加为{money(total)}，相差{money(told - total)}"


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "facts": [list(fact) for fact in section.facts],
        "accounts": [
            {
                "terms": [[term.label, _SHOWN[term.sign], money(term.amount)] for term in account.terms],
                "result": [account.result.label, money(account.result.amount)],
            }
            for account in section.accounts
        ],
        "tables": [_table(table) for table in section.tables],
        "remarks": list(section.remarks),
    }


def _table(table: Table) -> dict[str, Any]:
    totals = iter(table.totals)
    return {
        "title": table.title,
        "empty": table.empty,
        "columns": [[column.heading, column.share, column.is_money] for column in table.columns],
        "rows": [[money(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in table.rows],
        "total_label": table.total_label,
        "totals": [money(next(totals)) if column.is_total else "" for column in table.columns] if table.totals else [],
    }
