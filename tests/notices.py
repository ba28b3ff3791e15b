"""Made-up notices for tests, benches and pictures. All names, numbers and accounts are invented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from backoffice.notices import Arrear, Correction, CorrectionBox, LateFee, Line, Notice, Payee, Waiver

OWNER, MANAGER = "YZ01", "WY01"
ZERO = Decimal(0)
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 30))
KINDS = {
    OWNER: ("租金",),
    MANAGER: ("物业费", "电费", "水费", "停车费"),
}
ACCOUNTS = {
    OWNER: ("青屿置业有限公司", "示例银行青屿支行", "6200 0000 0000 0001 234"),
    MANAGER: ("青屿物业服务有限公司", "示例银行城东支行", "6200 0000 0000 0005 678"),
}


def money(value: str | int | Decimal) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def rent(amount: str = "3000.00") -> Line:
    return Line(
        "租金", "", *NOVEMBER, None, None, Decimal(50), "㎡", Decimal("60.00"), money(amount), Decimal("0.09"), OWNER
    )


def property_fee(amount: str = "1060.00") -> Line:
    return Line(
        "物业费", "", *NOVEMBER, None, None, Decimal(50), "㎡", Decimal("21.20"), money(amount), Decimal("0.06"),
        MANAGER,
    )  # fmt: skip


def electricity(usage: str = "130", amount: str | None = "107.19", meter: str = "D-1203-1", mark: str = "") -> Line:
    last = Decimal("10250.4")
    is_read = amount is not None
    return Line(
        "电费", meter, *OCTOBER, last, last + Decimal(usage) if is_read else None, Decimal(usage) if is_read else None,
        "kWh", Decimal("0.8245"), money(amount) if is_read else None, Decimal("0.13"), MANAGER, mark,
    )  # fmt: skip


def water(usage: str = "2.75", amount: str = "16.78") -> Line:
    last = Decimal("318.20")
    return Line(
        "水费", "S-1203-1", *OCTOBER, last, last + Decimal(usage), Decimal(usage), "t", Decimal("6.10"), money(amount),
        Decimal("0.03"), MANAGER,
    )  # fmt: skip


def notice(lines: tuple[Line, ...] | None = None, *, credit: dict[str, str] | None = None, **told: Any) -> Notice:
    """A notice whose sums hold: what is not told follows from lines, arrears, late fees, corrections and waivers.

    :param credit: yuan of credit that each payee's gross takes.
    """
    lines = (rent(), property_fee(), electricity(), water()) if lines is None else lines
    parts = {name: told.get(name, ()) for name in ("arrears", "late_fees", "corrections", "waivers")}
    amounts = [
        *((line.charge_kind, line.amount) for line in lines if line.amount is not None),
        *((arrear.charge_kind, arrear.open_amount) for arrear in parts["arrears"]),
        *((fee.charge_kind, fee.amount) for fee in parts["late_fees"]),
        *((entry.charge_kind, entry.amount) for entry in parts["corrections"]),
        *((waiver.charge_kind, -waiver.amount) for waiver in parts["waivers"] if not waiver.is_in_opening),
    ]
    used = {kind for kind, _ in amounts} | {line.charge_kind for line in lines}
    payees, applied, added = [], ZERO, ZERO
    for payee_id, kinds in KINDS.items():
        if not used & set(kinds):
            continue
        gross = sum((amount for kind, amount in amounts if kind in kinds), ZERO)
        taken = money((credit or {}).get(payee_id, 0))
        applied, added = applied + taken, added + max(-gross, ZERO)
        payees.append(
            Payee(
                payee_id,
                *ACCOUNTS[payee_id],
                max(gross, ZERO) - taken,
                tuple(kind for kind in kinds if kind in used),
            )
        )
    facts = {
        "number": "JK-QY-202610-0012",
        "revision": 1,
        "title": "青屿国际大厦交款通知书",
        "is_correction": "correction" in told,
        "tenant_name": "星河贸易有限公司",
        "unit_no": "1203",
        "contract_no": "QY-ZL-2025-0417",
        "period_text": "2026年11月（水电为2026年10月）",
        "issued_on": date(2026, 10, 20),
        "data_until": date(2026, 10, 19),
        "known_at": datetime(2026, 10, 20, 1, 30, tzinfo=UTC),
        "due_on": date(2026, 10, 31),
        "lines": lines,
        "payees": tuple(payees),
        "opening_amount": sum((arrear.open_amount for arrear in parts["arrears"]), ZERO),
        "charge_amount": sum((line.amount for line in lines if line.amount is not None), ZERO),
        "late_fee_amount": sum((fee.amount for fee in parts["late_fees"]), ZERO),
        "correction_amount": sum((entry.amount for entry in parts["corrections"]), ZERO),
        "credit_applied": applied,
        "credit_added": added,
        "credit_left": added,
        "payable_amount": sum((payee.subtotal for payee in payees), ZERO),
        "contact": "收费处 林女士 010-5555 0123",
        "objection_days": 7,
        "wording": ("逾期付款的，按合同约定的标准计收违约金。",),
        "drawn_by": "周一鸣",
        "reviewed_by": "郑书言",
    }
    return Notice(**facts | told)


def full() -> Notice:
    """Everything at once that an ordinary month can bring."""
    return notice(
        (rent(), property_fee(), electricity(), electricity("45", "37.10", "D-1203-2", "估算"), water()),
        credit={OWNER: "200.00"},
        credit_left=money(0),
        arrears=(
            Arrear(date(2026, 8, 1), "物业费", money("500.00")),
            Arrear(date(2026, 9, 1), "物业费", money("500.00")),
        ),
        late_fees=(
            LateFee(
                "物业费", date(2026, 8, 1), money(500), Decimal("0.0005"), 49, date(2026, 9, 1), date(2026, 10, 19),
                "合同第8.2条", money("12.25"),
            ),
        ),
        waivers=(Waiver("物业费", date(2026, 9, 1), money("300.00"), "电梯停运补偿", "总经理 何知远"),),
        corrections=(
            Correction(
                "HZ-QY-202610-0001", "红字", "电费", date(2026, 9, 1), "JK-QY-202609-0012", money("-107.19"),
                "抄表误记130度，应为103度",
            ),
            Correction(
                "LZ-QY-202610-0001", "蓝字", "电费", date(2026, 9, 1), "JK-QY-202609-0012", money("84.92"),
                "按103度补开",
            ),
        ),
    )  # fmt: skip


def corrected() -> Notice:
    """The notice that replaces one whose electricity was read wrongly (BIL-19)."""
    return notice(
        (rent(), property_fee(), electricity("103", "84.92"), water()),
        number="JK-QY-202610-0012-G1",
        revision=2,
        correction=CorrectionBox(
            "JK-QY-202610-0012",
            money("4183.97"),
            "1203室电表10月读数误记，用电量由130度更正为103度。",
            money("-107.19"),
            money("84.92"),
            money("-22.27"),
            "已按原单付款的，多付的22.27元转为预收，抵扣下期费用；要求退回的，请联系收费处办理。",
        ),
    )


def long(count: int = 60) -> Notice:
    """As many electricity meters as a whole floor has."""
    return notice(tuple(electricity(meter=f"D-12{number:02}-1") for number in range(1, count + 1)), unit_no="12层")


def awkward() -> Notice:
    """A meter that was not read, a charge of nothing, a name that looks like code, credit that covers all."""
    return notice(
        (
            electricity(amount=None),
            electricity("0", "0.00", "D-1204-1"),
            property_fee("200.00"),
        ),
        credit={MANAGER: "200.00"},
        credit_left=money("35.50"),
        tenant_name='#read("x") *a* _b_ $x$ @y <z> `c` \\n [贸易]有限公司',
    )


def surplus() -> Notice:
    """A correction larger than what its payee gets this month."""
    twice = Correction(
        "HZ-QY-202610-0002", "红字", "电费", date(2026, 9, 1), "JK-QY-202609-0012", money("-107.19"), "重复计费"
    )
    return notice((rent(), electricity("10", "8.25")), corrections=(twice,))


EXAMPLES = {
    "plain": notice,
    "full": full,
    "corrected": corrected,
    "long": long,
    "awkward": awkward,
    "surplus": surplus,
}
