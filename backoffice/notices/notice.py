"""What a payment notice (交款通知书) says, and the sums that must hold before it may be printed.

Money is a Decimal in yuan with whole cents. Months are the first day of the month. Ranges that a tenant reads include
their last day, unlike the half-open ranges of the database.

    payable = opening + charges + late fees + corrections − waivers of this notice − credit applied + credit added

**Who is paid what.** Everything belongs to a charge kind and every charge kind of a notice to exactly one payee, which
lists it in `charge_kinds`. Arrears, late fees, corrections and waivers therefore follow their charge kind; a late fee
goes to whom its principal goes. That gives a payee's *gross*. Credit lies with the payee that received it: whoever
draws the notice up says how much of it each gross takes by giving `subtotal`, from zero up to the gross, and the
difference is printed as 预收抵扣. A gross below zero (a correction larger than the rest) is no discount on the bill of
another payee: its subtotal is 0.00, and the surplus becomes credit (`credit_added`). So the subtotals add up to the
payable amount.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal

from backoffice.notices.threats import threats_in

CENT = Decimal("0.01")
ZERO = Decimal(0)
UNREAD = "待抄表"
MOST_PAYEES = 10  # lines and accounts are matched by the signs ① to ⑩


class NoticeError(ValueError):
    """A notice that must not be printed as it is; the sentence names the notice and what is wrong with it."""


@dataclass(frozen=True)
class Line:
    """One charge of the period.

    :param item: what exactly, e.g. the meter; "" when the charge kind says it all.
    :param starts_on: first day charged for; `ends_on` is the last, included.
    :param previous_reading: of a meter; None for what has no meter.
    :param quantity: in `unit`; None when it is not known yet.
    :param unit_price: yuan per unit, VAT included.
    :param amount: yuan, VAT included; None while the meter is unread (待抄表).
    :param vat_rate: a fraction, 0.09 for 9 %; None for what VAT is not levied on.
    :param mark: 估算, 换表, …; printed behind the item.
    """

    charge_kind: str
    item: str
    starts_on: date
    ends_on: date
    previous_reading: Decimal | None
    current_reading: Decimal | None
    quantity: Decimal | None
    unit: str
    unit_price: Decimal | None
    amount: Decimal | None
    vat_rate: Decimal | None
    payee_id: str
    mark: str = ""


@dataclass(frozen=True)
class Payee:
    """An account to pay into. `subtotal`: yuan to pay into it for this notice, zero or more."""

    payee_id: str
    account_name: str
    bank_name: str
    account_no: str
    subtotal: Decimal
    charge_kinds: tuple[str, ...]


@dataclass(frozen=True)
class Arrear:
    """What is still open of an earlier month, in yuan, after payments and waivers up to `data_until`."""

    month: date
    charge_kind: str
    open_amount: Decimal


@dataclass(frozen=True)
class LateFee:
    """违约金 on one principal over days of one principal and rate.

    :param late_rate: a fraction per day, 0.0005 for 0.05 %.
    :param day_count: days from `counts_from` to `counts_to`, both counted.
    :param clause: the clause of the contract that allows it.
    :param amount: yuan; principal × rate × days, half up, or less where it is capped.
    """

    charge_kind: str
    month: date
    principal: Decimal
    late_rate: Decimal
    day_count: int
    counts_from: date
    counts_to: date
    clause: str
    amount: Decimal


@dataclass(frozen=True)
class Waiver:
    """An approved reduction in yuan (a positive number).

    :param is_in_opening: the arrears (or charges) above are already net of it, and it is only told; else this notice
        takes it off.
    """

    charge_kind: str
    month: date
    amount: Decimal
    reason: str
    approved_by: str
    is_in_opening: bool = True


@dataclass(frozen=True)
class Correction:
    """A reversal or re-issue entry of an earlier month: 红字 is zero or less, 蓝字 zero or more, in yuan."""

    number: str
    kind: Literal["红字", "蓝字"]
    charge_kind: str
    month: date
    original_number: str
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class CorrectionBox:
    """What a corrected notice says first. `difference` = `red` (zero or less) + `blue` (zero or more), in yuan."""

    original_number: str
    original_amount: Decimal
    reason: str
    red: Decimal
    blue: Decimal
    difference: Decimal
    refund_way: str


@dataclass(frozen=True)
class Notice:
    """One tenant's notice of one period; constructing it checks that it may be printed.

    :param title: building and 交款通知书; （更正） is added by the renderer.
    :param revision: counted from 1.
    :param data_until: the day up to whose 24:00 payments are in the account.
    :param known_at: instant up to which papers had come in; with a time zone.
    :param due_on: last day to pay on, included.
    :param credit_left: credit that remains after this notice, `credit_added` included.
    :param objection_days: calendar days after receipt.
    :param wording: sentences of the house's own, printed as they are; a threat to cut water, power, gas, heat or access
        is refused here and in every other sentence somebody words (BIL-16).
    :raises NoticeError: when sums do not add up to the cent or something contradicts itself.
    """

    number: str
    revision: int
    title: str
    is_correction: bool
    tenant_name: str
    unit_no: str
    contract_no: str
    period_text: str
    issued_on: date
    data_until: date
    known_at: datetime
    due_on: date
    lines: tuple[Line, ...]
    payees: tuple[Payee, ...]
    opening_amount: Decimal
    charge_amount: Decimal
    late_fee_amount: Decimal
    correction_amount: Decimal
    credit_applied: Decimal
    credit_left: Decimal
    payable_amount: Decimal
    contact: str
    objection_days: int
    drawn_by: str
    reviewed_by: str
    arrears: tuple[Arrear, ...] = ()
    late_fees: tuple[LateFee, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    corrections: tuple[Correction, ...] = ()
    credit_added: Decimal = ZERO
    wording: tuple[str, ...] = ()
    correction: CorrectionBox | None = None

    def __post_init__(self) -> None:
        """Refuse what does not hold, naming the notice, what was expected and what was found."""
        for complaint in self._complaints():
            raise NoticeError(f"交款通知书 {self.number}：{complaint}")

    @property
    def waived_here(self) -> Decimal:
        """Yuan of waivers that this notice itself takes off."""
        return sum((waiver.amount for waiver in self.waivers if not waiver.is_in_opening), ZERO)

    def gross_of(self, payee: Payee) -> Decimal:
        """What a payee would get without credit: all that belongs to its charge kinds, in yuan; may be negative."""
        mine = set(payee.charge_kinds)
        return sum(
            (amount for charge_kind, amount in self._amounts() if charge_kind in mine),
            ZERO,
        )

    def _amounts(self) -> Iterator[tuple[str, Decimal]]:
        """Every amount with its charge kind and its sign in the payable."""
        yield from ((line.charge_kind, line.amount) for line in self.lines if line.amount is not None)
        yield from ((arrear.charge_kind, arrear.open_amount) for arrear in self.arrears)
        yield from ((fee.charge_kind, fee.amount) for fee in self.late_fees)
        yield from ((entry.charge_kind, entry.amount) for entry in self.corrections)
        yield from ((waiver.charge_kind, -waiver.amount) for waiver in self.waivers if not waiver.is_in_opening)

    def _complaints(self) -> Iterator[str]:
        yield from _wrong_types(self)
        yield from self._contradictions()
        yield from self._wrong_sums()
        yield from self._wrong_payees()
        for where, sentence in self._sentences():
            if found := threats_in(sentence):
                yield f"{where}含有以停水停电等相威胁的措辞“{'”“'.join(found)}”，不得使用（民法典第九百四十四条）"

    def _contradictions(self) -> Iterator[str]:
        if self.is_correction != (self.correction is not None):
            yield "更正通知须有更正说明，非更正通知不得有"
        if self.known_at.tzinfo is None:
            yield "资料入库截止时间缺少时区"
        for line in self.lines:
            if line.ends_on < line.starts_on:
                yield f"“{line.charge_kind}”的期间止于{line.ends_on}，早于起始日{line.starts_on}"
            if line.amount is None and line.current_reading is not None:
                yield f"“{line.charge_kind}”已有本期读数{line.current_reading}，却没有金额"
        for fee in self.late_fees:
            days = (fee.counts_to - fee.counts_from).days + 1
            if fee.day_count != days:
                yield (
                    f"“{fee.charge_kind}”违约金自{fee.counts_from}至{fee.counts_to}为{days}天，而不是{fee.day_count}天"
                )
            most = (fee.principal * fee.late_rate * fee.day_count).quantize(CENT, ROUND_HALF_UP)
            if not ZERO <= fee.amount <= most:
                yield f"“{fee.charge_kind}”违约金{fee.amount}，按本金×日率×天数至多{most}"
        for entry in self.corrections:
            if entry.kind not in ("红字", "蓝字") or (entry.amount > 0 if entry.kind == "红字" else entry.amount < 0):
                yield f"{entry.number}：{entry.kind}金额{entry.amount}的正负号不对"
        if any(waiver.amount < 0 for waiver in self.waivers):
            yield "减免金额须为正数"

    def _wrong_sums(self) -> Iterator[str]:
        sums = {
            "期初欠费": (self.opening_amount, [arrear.open_amount for arrear in self.arrears]),
            "本期费用": (self.charge_amount, [line.amount for line in self.lines if line.amount is not None]),
            "违约金": (self.late_fee_amount, [fee.amount for fee in self.late_fees]),
            "红蓝字": (self.correction_amount, [entry.amount for entry in self.corrections]),
        }
        if self.correction:
            box = self.correction
            sums["更正差额"] = (box.difference, [box.red, box.blue])
            if box.red > 0 or box.blue < 0:
                yield f"更正说明：红字{box.red}、蓝字{box.blue}的正负号不对"
        for name, (told, parts) in sums.items():
            if told != sum(parts, ZERO):
                yield f"{name}{told}，明细合计{sum(parts, ZERO)}，相差{told - sum(parts, ZERO)}"
        for name, amount in (
            ("预收抵扣", self.credit_applied),
            ("转入预收", self.credit_added),
            ("预收余额", self.credit_left),
        ):
            if amount < 0:
                yield f"{name}不能为负：{amount}"
        payable = sum((amount for _, amount in self._amounts()), ZERO) - self.credit_applied + self.credit_added
        if payable != self.payable_amount:
            yield f"本次应缴{self.payable_amount}，各项相加减为{payable}，相差{self.payable_amount - payable}"

    def _wrong_payees(self) -> Iterator[str]:
        owner = {kind: payee.payee_id for payee in self.payees for kind in payee.charge_kinds}
        if len({payee.payee_id for payee in self.payees}) < len(self.payees) or len(self.payees) > MOST_PAYEES:
            yield f"收款单位重复，或超过{MOST_PAYEES}个"
        counts = Counter(kind for payee in self.payees for kind in payee.charge_kinds)
        for kind in (kind for kind, count in counts.items() if count > 1):
            yield f"费项“{kind}”有一个以上收款单位"
        for kind in dict(self._amounts()) | {line.charge_kind: None for line in self.lines}:
            if kind not in owner:
                yield f"费项“{kind}”没有收款单位"
        for line in self.lines:
            if owner[line.charge_kind] != line.payee_id:
                yield f"“{line.charge_kind}”一行的收款单位{line.payee_id}，与账户所列{owner[line.charge_kind]}不一致"
        applied = added = ZERO
        for payee in self.payees:
            gross = self.gross_of(payee)
            if not ZERO <= payee.subtotal <= max(gross, ZERO):
                yield f"{payee.account_name}小计{payee.subtotal}，须在0与其各项合计{gross}之间"
            applied += max(gross, ZERO) - payee.subtotal
            added += max(-gross, ZERO)
        if applied != self.credit_applied:
            yield f"预收抵扣{self.credit_applied}，各收款单位小计所含抵扣为{applied}"
        if added != self.credit_added:
            yield f"转入预收{self.credit_added}，各收款单位多出的红字为{added}"
        total = sum((payee.subtotal for payee in self.payees), ZERO)
        if total != self.payable_amount:
            yield f"本次应缴{self.payable_amount}，各收款单位小计合计{total}，相差{self.payable_amount - total}"

    def _sentences(self) -> Iterator[tuple[str, str]]:
        """What somebody worded for this notice, and where it stands."""
        yield from ((f"第{number}条说明", sentence) for number, sentence in enumerate(self.wording, 1))
        yield "联系方式", self.contact
        yield from ((f"“{line.charge_kind}”的备注", line.mark) for line in self.lines)
        yield from (("违约金条款", fee.clause) for fee in self.late_fees)
        yield from (("减免原因", waiver.reason) for waiver in self.waivers)
        yield from (("红蓝字原因", entry.reason) for entry in self.corrections)
        if self.correction:
            yield "更正原因", self.correction.reason
            yield "多退少补方式", self.correction.refund_way


def _wrong_types(value: Any, path: str = "") -> Iterator[str]:
    """Numbers that are floats, and amounts in fractions of a cent, wherever they stand in a notice."""
    for name, part in parts_of(value, path):
        if isinstance(part, float):
            yield f"{name}是浮点数{part!r}，金额和数量须为十进制数"
        elif isinstance(part, Decimal) and not part.is_finite():
            yield f"{name}不是数：{part}"
        elif isinstance(part, Decimal) and name.rpartition(".")[2] in MONEY and part != round(part, 2):
            yield f"{name}={part}，金额只到分"


MONEY = frozenset({
    "amount", "subtotal", "open_amount", "principal", "original_amount", "red", "blue", "difference", "opening_amount",
    "charge_amount", "late_fee_amount", "correction_amount", "credit_applied", "credit_added", "credit_left",
    "payable_amount",
})  # fmt: skip


def parts_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a notice that is no container, with its path: ("lines[2].item", "1203-A")."""
    if is_dataclass(value):
        for field in fields(value):
            yield from parts_of(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple | list):
        for number, part in enumerate(value, 1):
            yield from parts_of(part, f"{path}[{number}]")
    elif value is not None:
        yield path, value
