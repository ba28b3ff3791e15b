"""Papers about repairs and deposits: from the rows of `sql/repairs/paper_*` to what each says (outputs §5.2, §5.3)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg

from backoffice.database import rows
from backoffice.letters import money
from backoffice.notices import Paper
from backoffice.notices.contractor_papers import (
    Audited,
    Deducted,
    Defect,
    Deposit,
    Letterhead,
    Moved,
    Reminded,
    Reserved,
    confirmation,
    deduction_statement,
    release_form,
    reminder,
    repair_notice,
)
from backoffice.notices.paper import Opinion
from backoffice.workbook.wording import moment_text, period_text, revision_text

ZERO = Decimal(0)
Row = Mapping[str, Any]
#: days in which a contractor may object to a statement of his account
OBJECTION_DAYS = 14


@dataclass
class Books:
    """What the papers of one document are filled from, by paper, contractor or contract."""

    artifact: Row
    orders: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    deposits: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    moves: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    disputes: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    releases: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    opinions: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))


def papers(connection: psycopg.Connection, *, artifact: Row, part: int = 0, parts: int = 1) -> Iterator[Paper]:
    """The papers of one part of a document, in order of number: of a day the letters, of a month the statements.

    :param artifact: row of `ops.artifact`.
    :param part: which of `parts`, counted from 0.
    :raises backoffice.notices.NoticeError: when a paper does not add up; nothing of it may be printed.
    """
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    heads = rows(connection, "repairs/paper_heads", by_artifact | {"part": part, "parts": parts})
    kinds = {head["paper_kind"] for head in heads}
    books = Books(artifact)
    if kinds & {"TZ", "QR", "CB"}:
        _sort(books.orders, rows(connection, "repairs/paper_orders", by_artifact), "paper_no")
    if "KK" in kinds:
        _sort(books.deposits, rows(connection, "repairs/paper_deposits", by_artifact), "contractor_id")
        _sort(books.moves, rows(connection, "repairs/paper_moves", by_artifact), "contract_no")
        _sort(books.disputes, rows(connection, "repairs/paper_disputes", by_artifact), "contract_no")
    if "TH" in kinds:
        _sort(books.releases, rows(connection, "repairs/paper_releases", by_artifact), "request_no")
        _sort(books.disputes, rows(connection, "repairs/paper_withheld", by_artifact), "contract_no")
        _sort(books.opinions, rows(connection, "repairs/paper_opinions", by_artifact), "request_no")
    for head in heads:
        yield BUILDERS[head["paper_kind"]](head, books)


def letters(connection: psycopg.Connection, artifact: Row) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
    """The letters to contractors that have no words yet: outbox_id, file names, variables of their template."""
    waiting: defaultdict[str, list[Row]] = defaultdict(list)
    _sort(waiting, rows(connection, "repairs/mail_paper_letters", {"artifact_id": artifact["artifact_id"]}), "paper_no")
    if not waiting:
        return
    for paper in papers(connection, artifact=artifact):
        names = [f"{paper.number}.pdf", *([f"{paper.number}.xlsx"] if paper.has_sheet else [])]
        for letter in waiting[paper.number]:
            yield letter["outbox_id"], names, _variables(paper, artifact)


def _sort(into: defaultdict[str, list[Row]], found: list[dict[str, Any]], by: str) -> None:
    for row in found:
        into[row[by]].append(row)


def _letterhead(head: Row) -> Letterhead:
    return Letterhead(
        number=head["paper_no"],
        revision=1,
        issued_on=head["issued_on"],
        company=head["company_name"],
        contractor=head["contractor_name"],
        contact=head["contact"],
        project=head["project_name"],
        contract_no=head["contract_no"],
        work_title=head["work_title"],
    )


def _channel(head: Row) -> str:
    return f"书面盖章后送达或邮件回复，{head['contact']}"


def _repair_notice(head: Row, books: Books) -> Paper:
    return repair_notice(
        _letterhead(head),
        [
            Defect(
                order_no=row["order_no"],
                place=row["place_text"],
                defect=row["defect"],
                reported_on=row["reported_on"],
                basis=row["basis"],
                evidence=row["evidence"],
            )
            for row in books.orders[head["paper_no"]]
        ],
        answer_by=head["deadline_on"],
        supplement_no=head["supplement_no"],
        channel=_channel(head),
    )


def _confirmation(head: Row, books: Books) -> Paper:
    return confirmation(
        _letterhead(head),
        [
            Audited(
                order_no=row["order_no"],
                place=row["place_text"],
                defect=row["defect"],
                liability=f"现场勘察会签表{row['inspection_no']}",
                completed_on=row["completed_on"],
                audited_amount=row["audited_amount"],
                charged_amount=row["charged_amount"],
                reckoning=row["reckoning"],
            )
            for row in books.orders[head["paper_no"]]
        ],
        total=head["amount"],
        answer_by=head["deadline_on"],
        supplement_no=head["supplement_no"],
        silence_clause=head["silence_clause"],
        channel=_channel(head),
    )


def _reminder(head: Row, books: Books) -> Paper:
    return reminder(
        _letterhead(head),
        [
            Reminded(
                order_no=row["order_no"],
                place=row["place_text"],
                defect=row["defect"],
                original_no=row["original_no"],
                original_on=row["original_on"],
                amount=row["original_amount"],
            )
            for row in books.orders[head["paper_no"]]
        ],
        answer_by=head["deadline_on"],
        channel=_channel(head),
    )


def _statement(head: Row, books: Books) -> Paper:
    period = books.artifact["period"]
    deposits = [_deposit(row, books) for row in books.deposits[head["contractor_id"]]]
    return deduction_statement(
        _letterhead(head),
        deposits,
        period_text=period_text(period.lower, period.upper),
        deducted_total=head["amount"],
        objection_by=head["issued_on"] + timedelta(days=OBJECTION_DAYS),
    )


def _deposit(row: Row, books: Books) -> Deposit:
    moves = books.moves[row["contract_no"]]
    return Deposit(
        contract_no=row["contract_no"],
        project=row["project_name"],
        work_title=row["work_title"],
        liability_ends_on=row["liability_until_on"],
        opening=row["opening_amount"],
        additions=row["added_amount"],
        deductions=row["deducted_amount"],
        reversals=row["reversed_amount"],
        releases=row["returned_amount"],
        closing=row["closing_amount"],
        reserved=row["reserved_amount"],
        available=row["closing_amount"] - row["reserved_amount"],
        claimed=row["claimed_amount"],
        deducted=[
            Deducted(
                order_no=move["order_no"],
                place=move["place_text"],
                defect=move["defect"],
                confirmed=move["confirmed"],
                charged_amount=move["claim_amount"] - move["deposit_amount"],
                deducted_amount=-move["deposit_amount"],
                claimed_amount=move["claim_amount"],
            )
            for move in moves
            if move["entry_kind"] == "结算"
        ],
        moved=[_moved(move) for move in moves if move["entry_kind"] != "结算"],
        disputed=_reserved(books, row["contract_no"]),
        remark=row["remark"],
    )


def _moved(move: Row) -> Moved:
    kind = {"退还": "退还", "冲回": "冲回"}.get(move["entry_kind"], "增加")
    told = move["reason"] or (f"派工单{move['order_no']}改由公司承担" if kind == "冲回" else "")
    return Moved(
        moved_on=move["business_on"],
        number=move["movement_no"] or move["entry_no"],
        reason="，".join(part for part in (move["entry_kind"], told) if part),
        kind=kind,
        amount=-move["deposit_amount"] if kind == "退还" else move["deposit_amount"],
    )


def _reserved(books: Books, contract_no: str) -> list[Reserved]:
    return [
        Reserved(
            order_no=row["order_no"],
            place=row["place_text"],
            reason=row["reason"],
            disputed_on=row["since_on"],
            amount=row["amount"],
        )
        for row in books.disputes[contract_no]
    ]


def _release_form(head: Row, books: Books) -> Paper:
    [terms] = books.releases[head["request_no"]]
    withheld = _reserved(books, head["contract_no"])
    late = f"；逾期返还按{terms['late_return_clause']}" if terms["late_return_clause"] else ""
    return release_form(
        _letterhead(head),
        settled_amount=head["settled_amount"],
        accepted_on=head["accepted_on"],
        liability_ends_on=head["liability_until_on"],
        request_no=terms["request_no"],
        requested_on=terms["requested_on"],
        received_on=terms["received_on"],
        verify_by=terms["verify_by_on"],
        return_by=terms["pay_by_on"],
        return_basis=terms["pay_basis"] + late,
        closing_balance=terms["balance_amount"],
        reserved=sum((each.amount for each in withheld), ZERO),
        payable=terms["payable_amount"],
        quality=terms["quality_text"],
        cooperation=terms["cooperation_text"],
        disputed=withheld,
        opinions=[
            Opinion(
                department=row["department"],
                verdict=row["verdict"],
                opinion=row["opinion"],
                signer=row["signer"],
                signed_on=row["signed_on"],
            )
            for row in books.opinions[head["request_no"]]
        ],
    )


BUILDERS = {"TZ": _repair_notice, "QR": _confirmation, "CB": _reminder, "KK": _statement, "TH": _release_form}


def _variables(paper: Paper, artifact: Row) -> dict[str, Any]:
    """What the letter says is taken from the paper, so that it cannot say anything else."""
    period = artifact["period"]
    due = f"{paper.due_label}：{paper.due_on}" if paper.due_on else ""
    amount = f"{paper.amount_label}{money(paper.amount)}元" if paper.amount is not None else ""
    return {
        "title": paper.title,
        "scope_text": paper.addressee or paper.sender,
        "period_text": period_text(period.lower, period.upper),
        "headline": " ".join(part for part in (amount, due) if part),
        "about": (
            f"致 {paper.addressee or '各会签部门'}：{paper.sender}的{paper.title}（{paper.number}）见附件。"
            + "".join(paper.opening)
        ),
        "figures": [
            ["单号", paper.number],
            *([label, value] for label, value in paper.facts if value),
            *([[f"{paper.amount_label}(元)", money(paper.amount)]] if paper.amount is not None else []),
            *([[paper.due_label, str(paper.due_on)]] if paper.due_on else []),
        ],
        "action": paper.closing[0],
        "objection": "".join(paper.closing[1:]),
        "revision_text": revision_text(1),
        "as_of_on": artifact["as_of_on"],
        "known_text": moment_text(artifact["known_at"])[:16],
        "contact": f"{paper.sender} {paper.contact}",
        "correction": None,
    }
