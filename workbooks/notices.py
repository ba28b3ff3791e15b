"""交款通知书 of a tower's month: from the rows of `sql/fees/notice_*` to what each notice says (outputs §3.2)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg

from backoffice.database import rows
from backoffice.notices import Arrear, Correction, CorrectionBox, LateFee, Line, Notice, Payee
from backoffice.periods import month_of

ZERO = Decimal(0)
REFUND = "多收部分抵扣下期应缴，少收部分随下期一并收取。"


def notices(
    connection: psycopg.Connection, *, artifact: Mapping[str, Any], part: int = 0, parts: int = 1
) -> Iterator[Notice]:
    """The notices of one part of a tower's month, in order of number.

    :param artifact: of the released month: site_id, period, revision and known_at.
    :param part: which of `parts`, counted from 0; parts are told apart by the notice's number.
    :raises backoffice.notices.NoticeError: when a notice does not add up; nothing of it may be printed.
    """
    given = {
        "site_id": artifact["site_id"],
        "base_on": artifact["period"].lower,
        "revision": artifact["revision"],
        "known_at": artifact["known_at"],
        "part": part,
        "parts": parts,
    }
    lines, arrears, late_fees, corrections, corrected = (
        _by_contract(rows(connection, name, given))
        for name in (
            "fees/notice_lines",
            "fees/notice_arrears",
            "fees/notice_late_fees",
            "fees/notice_corrections",
            "fees/notice_corrected",
        )
    )
    accounts = {row["payee_id"]: row for row in rows(connection, "fees/notice_payees", given)}
    for head in rows(connection, "fees/notice_heads", given):
        contract = head["contract_no"]
        yield _notice(
            head | {"known_at": given["known_at"]},
            tuple(_line(row) for row in lines[contract]),
            tuple(Arrear(row["base_month"], row["charge_kind"], row["open_amount"]) for row in arrears[contract]),
            tuple(_late_fee(row) for row in late_fees[contract]),
            tuple(_correction(row) for row in corrections[contract]),
            next(iter(corrected[contract]), None),
            accounts,
        )


def _by_contract(found: list[dict[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    grouped: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        grouped[row.pop("contract_no")].append(row)
    return grouped


def _line(row: dict[str, Any]) -> Line:
    return Line(**row)


def _late_fee(row: dict[str, Any]) -> LateFee:
    return LateFee(
        charge_kind=row["charge_kind"],
        month=row["base_month"],
        principal=row["principal"],
        late_rate=row["late_rate"],
        day_count=row["day_count"],
        counts_from=row["first_on"],
        counts_to=row["last_on"],
        clause=row["late_clause"],
        amount=row["amount"],
    )


def _correction(row: dict[str, Any]) -> Correction:
    return Correction(
        number=row["number"],
        kind=row["entry_kind"],
        charge_kind=row["charge_kind"],
        month=row["about_on"],
        original_number=row["original_no"],
        amount=row["amount"],
        reason=row["reason"],
    )


def _notice(
    head: dict[str, Any],
    lines: tuple[Line, ...],
    arrears: tuple[Arrear, ...],
    late_fees: tuple[LateFee, ...],
    corrections: tuple[Correction, ...],
    corrected: dict[str, Any] | None,
    accounts: dict[str, dict[str, Any]],
) -> Notice:
    charged = sum((line.amount for line in lines if line.amount is not None), ZERO)
    gross = _gross_by_payee(head, lines, arrears, late_fees, corrections)
    applied, added = _credit(head, gross)
    return Notice(
        number=head["notice_no"],
        revision=head["revision"],
        title=f"{head['tower_name']}交款通知书",
        is_correction=corrected is not None,
        tenant_name=head["tenant_name"],
        unit_no=head["unit_no"],
        contract_no=head["contract_no"],
        period_text=month_of(head["base_on"]).title,
        issued_on=head["released_on"],
        data_until=head["base_on"] + timedelta(days=18),
        known_at=head["known_at"],
        due_on=head["due_on"],
        lines=lines,
        payees=_payees(gross, applied, lines, arrears, late_fees, corrections, accounts, head),
        opening_amount=head["opening_amount"],
        charge_amount=charged,
        late_fee_amount=head["late_fee_amount"],
        correction_amount=head["correction_amount"],
        credit_applied=applied,
        credit_added=added,
        credit_left=head["credit_brought"] - applied + added,
        # what was given with the number, not what adds up here: the notice itself holds it against its parts
        payable_amount=head["payable_amount"],
        contact=head["contact"],
        objection_days=head["objection_days"],
        drawn_by="财务部",
        reviewed_by="",
        arrears=arrears,
        late_fees=late_fees,
        corrections=corrections,
        wording=tuple(head["sentences"]),
        correction=corrected
        and CorrectionBox(
            original_number=head["original_no"],
            original_amount=head["original_amount"],
            reason=corrected["reason"],
            red=corrected["red_amount"] or ZERO,
            blue=corrected["blue_amount"] or ZERO,
            difference=(corrected["red_amount"] or ZERO) + (corrected["blue_amount"] or ZERO),
            refund_way=REFUND,
        ),
    )


def _payee_of(head: dict[str, Any], charge_kind: str) -> str:
    """Rent, and what rent's lateness costs, goes to the owner; everything else to the property company."""
    return head["owner_payee_id"] if "租金" in charge_kind else head["property_payee_id"]


def _amounts(*groups: Any) -> Iterator[tuple[str, Decimal]]:
    for group in groups:
        for part in group:
            amount = part.open_amount if isinstance(part, Arrear) else part.amount
            if amount is not None:
                yield part.charge_kind, amount


def _gross_by_payee(head: dict[str, Any], *groups: Any) -> dict[str, Decimal]:
    gross = {head["owner_payee_id"]: ZERO, head["property_payee_id"]: ZERO}
    for charge_kind, amount in _amounts(*groups):
        gross[_payee_of(head, charge_kind)] += amount
    return gross


def _credit(head: dict[str, Any], gross: dict[str, Decimal]) -> tuple[Decimal, Decimal]:
    """What of the money in advance this notice takes, and what a payee's surplus adds to it."""
    owed = sum((max(amount, ZERO) for amount in gross.values()), ZERO)
    added = sum((max(-amount, ZERO) for amount in gross.values()), ZERO)
    return min(head["credit_brought"] + added, owed), added


def _payees(
    gross: dict[str, Decimal],
    applied: Decimal,
    lines: tuple[Line, ...],
    arrears: tuple[Arrear, ...],
    late_fees: tuple[LateFee, ...],
    corrections: tuple[Correction, ...],
    accounts: dict[str, dict[str, Any]],
    head: dict[str, Any],
) -> tuple[Payee, ...]:
    """Money in advance goes to the property company's part first: most of it comes in for what meters count."""
    kinds: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for part in (*lines, *arrears, *late_fees, *corrections):
        kinds[_payee_of(head, part.charge_kind)][part.charge_kind] = None
    found = []
    for payee_id in dict.fromkeys((head["property_payee_id"], head["owner_payee_id"])):
        if payee_id not in kinds:
            continue
        taken = min(applied, max(gross[payee_id], ZERO))
        applied -= taken
        found.append(
            Payee(
                payee_id=payee_id,
                account_name=accounts[payee_id]["account_name"],
                bank_name=accounts[payee_id]["bank_name"],
                account_no=accounts[payee_id]["account_no"],
                subtotal=max(gross[payee_id], ZERO) - taken,
                charge_kinds=tuple(kinds[payee_id]),
            )
        )
    return tuple(sorted(found, key=lambda payee: payee.payee_id != head["owner_payee_id"]))
