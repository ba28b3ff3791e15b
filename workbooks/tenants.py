"""Letters that bring each tenant his 交款通知书, and the owner who is copied his copy (BIL-14, FE-C1).

What a letter says is taken from the notice itself, so that it cannot say anything else than the paper.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import psycopg

from backoffice.database import rows
from backoffice.letters import money
from backoffice.notices import Notice
from backoffice.workbook import revision_text
from backoffice.workbook.wording import moment_text
from workbooks.notices import notices


def letters(
    connection: psycopg.Connection, artifact: Mapping[str, Any]
) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
    """The letters of a tower's month that have no words yet: outbox_id, file names, variables of fees/tenant."""
    waiting: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows(connection, "fees/mail_tenant_letters", {"artifact_id": artifact["artifact_id"]}):
        waiting[row["notice_no"]].append(row)
    if not waiting:
        return
    for notice in notices(connection, artifact=artifact):
        for letter in waiting[notice.number]:
            yield letter["outbox_id"], [f"{notice.number}.pdf"], _variables(notice, letter)


def _variables(notice: Notice, letter: Mapping[str, Any]) -> dict[str, Any]:
    tower = notice.title.removesuffix("交款通知书")
    payable = money(notice.payable_amount)
    due = f"请于{notice.due_on}前缴纳" if notice.payable_amount else "本次无需付款"
    copied = f"本件抄送业主{letter['recipient_name']}。" if letter["is_copy"] else ""
    return {
        "title": "交款通知书",
        "scope_text": f"{tower} {notice.unit_no}",
        "period_text": notice.period_text,
        "headline": f"{_revised(notice)}应缴{payable}元 {due}",
        "about": (
            f"致 {notice.tenant_name}：这是{tower}{notice.unit_no}（合同{notice.contract_no}）{notice.period_text}的"
            f"交款通知书，明细见附件。{copied}账款统计至{notice.data_until} 24:00，此后到账未计入；如已付款，谨致谢意。"
        ),
        "figures": [
            ["通知书号", notice.number],
            ["计费期间", notice.period_text],
            ["期初欠费(元)", money(notice.opening_amount)],
            ["本期费用(元)", money(notice.charge_amount)],
            ["本次应缴(元)", payable],
            ["应缴期限", notice.due_on],
        ],
        "payees": [
            [payee.account_name, payee.bank_name, payee.account_no, money(payee.subtotal)] for payee in notice.payees
        ],
        "action": (
            f"{due}，按上表分别付入各收款账户，付款附言请注明单号{notice.number}。"
            if notice.payable_amount
            else "预收款已抵扣本期账款，本次无需付款。"
        )
        + "本通知不作为发票或收款凭证。",
        "objection": f"对账单有异议的，请在收到后{notice.objection_days}日内向下列联系人提出，我们逐项核对答复。",
        "revision_text": revision_text(notice.revision),
        "as_of_on": f"{notice.data_until + timedelta(days=1)}（账款统计至{notice.data_until} 24:00）",
        "known_text": moment_text(notice.known_at)[:16],
        "contact": f"物业公司收费处 {notice.contact}",
        "correction": notice.correction
        and {
            "replaces": f"第{letter['replaced_revision']}版通知书{letter['replaced_no']}（{letter['replaced_on']}）",
            "reason": notice.correction.reason or "资料更正",
            "asked_by": letter["requested_by"],
        },
    }


def _revised(notice: Notice) -> str:
    return f"第{notice.revision}版 " if notice.correction else ""
