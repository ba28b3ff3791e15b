"""Letters on their way: reserved with the release, composed, each delivered at most once (OPS-07, OPS-12, OPS-13).

The key (letter kind, document, revision, recipient) says that nothing is mailed twice. Delivering is three short
transactions a letter: claim (state `sending`, with a lease) → send → stamp. If the deliverer vanishes in between,
nobody knows whether the letter arrived: it becomes 待核实 and waits for a person (:func:`resolve`). It is never sent
again blindly.

Trial setting: with `redirect_to` every letter goes to that one address, with 【试运行→原收件人】 before its subject. It
counts as sent, and `sent_to` says where it really went; to send it to its recipient later, correct the document.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from psycopg.types.json import Jsonb, set_json_loads

from backoffice import database
from backoffice.envelope import Envelopes, Post
from backoffice.letters import Letter
from backoffice.mailer import LeftBehindError, Mailer, RefusedError, SmtpSettings, UnclearError

POLL_SECONDS = 0.25
GIVE_UP_AFTER = 3  # letters left in a row: the server is in trouble, the rest waits for the next try
OVERTAKEN = "已被新版取代"
VANISHED = "发送过程中断，不知对方是否收到。请询问收件人后选择：已收到 / 重发 / 取消。"
RESOLUTIONS = {
    "received": ("sent", "已收到", ("unclear",)),
    "resend": ("ready", "重发", ("unclear", "refused")),
    "cancel": ("cancelled", "取消", ("unclear", "refused", "ready", "reserved")),
}
STATE_WORDS = {
    "reserved": "待生成",
    "ready": "待发",
    "sending": "正在发送",
    "sent": "已发",
    "unclear": "待核实",
    "refused": "退回",
    "cancelled": "已取消",
}


class LetterRefusedError(RuntimeError):
    """What was asked of a letter cannot be done; the text is Chinese, for the person who asked."""


class Recipient(NamedTuple):
    """Where a letter goes, and whom it is for."""

    address: str
    name: str = ""


@dataclass
class DeliveryReport:
    """What a delivery did, in letters; unclear, refused and left as they stand afterwards.

    :param sent: sent by this call.
    :param unclear: 待核实, wait for a person.
    :param refused: parked, the server does not take them (wrong address).
    :param left: still to be sent: try again.
    :param problems: reasons, one line each.
    """

    sent: int = 0
    unclear: int = 0
    refused: int = 0
    left: int = 0
    problems: list[str] = field(default_factory=list)

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        """What both deliveries did."""
        return DeliveryReport(
            self.sent + other.sent,
            self.unclear + other.unclear,
            self.refused + other.refused,
            self.left + other.left,
            self.problems + other.problems,
        )


def reserve(
    connection: psycopg.Connection,
    *,
    letter_kind: str,
    document_key: str,
    revision: int,
    recipients: Iterable[Recipient | tuple[str, str]],
    artifact_id: int | None,
    run_id: int | None,
) -> int:
    """Reserve one letter per recipient, and per person who got or may yet get an earlier revision (OPS-12).

    Call it in the transaction that releases the document. Returns how many letters are new.
    """
    listed = [(document_key, *Recipient(*one)) for one in recipients]
    return _reserve(connection, letter_kind, {document_key: revision}, listed, artifact_id, run_id)


def _reserve(
    connection: psycopg.Connection,
    letter_kind: str,
    revisions: Mapping[str, int],
    listed: Sequence[tuple[str, str, str]],
    artifact_id: int | None,
    run_id: int | None,
) -> int:
    """Reserve letters of documents of one kind.

    :param revisions: by document key.
    :param listed: document key, address and name of each recipient.
    """
    return database.execute(
        connection,
        "outbox/reserve_letters",
        {
            "letter_kind": letter_kind,
            "document_keys": list(revisions),
            "revisions": list(revisions.values()),
            "listed_keys": [key for key, _, _ in listed],
            "addresses": [address for _, address, _ in listed],
            "names": [name for _, _, name in listed],
            "artifact_id": artifact_id,
            "run_id": run_id,
        },
    )


def reserve_each(connection: psycopg.Connection, artifact_id: int, run_id: int, statement: str) -> int:
    """Reserve the letters of a document that says something else to each recipient; none if the run wants no mail.

    Each letter is a document of its own: a later revision goes to those whom it concerns, and to everyone who got an
    earlier one (OPS-12). What of an earlier one waits to go out is overtaken and cancelled, with or without new mail.

    :param statement: with ``%(artifact_id)s``; document_key, revision, address, recipient_name. Without an address
        nobody is listed, and only those get the letter who got an earlier one.
    :returns: how many letters are new.
    """
    found = database.rows(connection, statement, {"artifact_id": artifact_id})
    letter_kind = connection.execute(
        "select document_kind from ops.artifact where artifact_id = %s", [artifact_id]
    ).fetchone()[0]
    revisions = {row["document_key"]: row["revision"] for row in found}
    overtaking = {"document_keys": list(revisions), "revisions": list(revisions.values())}
    database.execute(
        connection, "outbox/cancel_overtaken", {"letter_kind": letter_kind, "reason": OVERTAKEN, **overtaking}
    )
    if not _wants_mail(connection, run_id):
        return 0
    listed = [(row["document_key"], row["address"], row["recipient_name"]) for row in found if row["address"]]
    return _reserve(connection, letter_kind, revisions, listed, artifact_id, run_id)


def _wants_mail(connection: psycopg.Connection, run_id: int) -> bool:
    wants = connection.execute("select wants_mail from ops.run where run_id = %s", [run_id]).fetchone()
    return bool(wants and wants[0])


def write_once(
    connection: psycopg.Connection,
    *,
    letter_kind: str,
    document_key: str,
    recipients: Iterable[Recipient | tuple[str, str]],
    letter: Letter,
) -> int:
    """Reserve and compose a letter that brings no document, in one transaction; one a key and recipient.

    :returns: how many letters became ready; those that have their words keep them.
    """
    with connection.transaction():
        reserve(
            connection,
            letter_kind=letter_kind,
            document_key=document_key,
            revision=1,
            recipients=recipients,
            artifact_id=None,
            run_id=None,
        )
        ids = [
            row[0]
            for row in connection.execute(
                "select outbox_id from ops.outbox where document_key = %s and state = 'reserved'", [document_key]
            )
        ]
        return compose(connection, lambda _: letter, outbox_ids=ids) if ids else 0


def reserve_for_artifact(connection: psycopg.Connection, artifact_id: int, run_id: int) -> int:
    """Reserve the letters of a document to the recipients that the books list for it, and to those who got an earlier
    revision (OPS-12), even when nobody is listed any more; none if the run wants no mail."""
    if not _wants_mail(connection, run_id):
        return 0
    listed = database.rows(connection, "outbox/mail_recipients", {"artifact_id": artifact_id, "run_id": run_id})
    [key] = database.rows(connection, "outbox/mail_key", {"artifact_id": artifact_id})
    return reserve(
        connection,
        **key,
        recipients=[(row["address"], row["recipient_name"]) for row in listed],
        artifact_id=artifact_id,
        run_id=run_id,
    )


def has_letters(connection: psycopg.Connection, artifact_id: int) -> bool:
    """Whether letters of this document were reserved before."""
    return connection.execute(
        "select exists (select from ops.outbox where artifact_id = %s)", [artifact_id]
    ).fetchone()[0]


def compose(
    connection: psycopg.Connection,
    render: Callable[[Mapping[str, Any]], Letter],
    *,
    artifact_id: int | None = None,
    run_id: int | None = None,
    letter_kind: str | None = None,
    outbox_ids: Sequence[int] | None = None,
) -> int:
    """Put the words into reserved letters; a letter that has its words already keeps them.

    :param render: makes the letter for a row of `mail_reserved` (outbox_id, letter_kind, document_key, revision,
        recipient, recipient_name, artifact_id).
    :returns: how many letters became ready.
    """
    waiting = database.rows(
        connection,
        "outbox/mail_reserved",
        {
            "artifact_id": artifact_id,
            "run_id": run_id,
            "letter_kind": letter_kind,
            "outbox_ids": None if outbox_ids is None else list(outbox_ids),
        },
    )
    if not waiting:
        return 0
    letters = [render(row) for row in waiting]
    first = [letter.files[0] if letter.files else None for letter in letters]
    return database.execute(
        connection,
        "outbox/compose_letters",
        {
            "outbox_ids": [row["outbox_id"] for row in waiting],
            "subjects": [letter.subject for letter in letters],
            "bodies_html": [letter.html for letter in letters],
            "bodies_text": [letter.text for letter in letters],
            "file_paths": [file and file.file_path for file in first],
            "sha256s": [file and file.sha256 for file in first],
            "byte_counts": [file and file.byte_count for file in first],
            "further_files": [Jsonb([asdict(file) for file in letter.files[1:]]) for letter in letters],
        },
    )


def variables(connection: psycopg.Connection, statement: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The one row of a `mail_…` query, as the variables of a template; numbers in JSON come as Decimal, not float.

    :raises ValueError: when the query does not return exactly one row.
    """
    set_json_loads(partial(json.loads, parse_float=Decimal), connection)
    found = database.rows(connection, statement, dict(parameters))
    if len(found) != 1:
        raise ValueError(f"{statement} feeds a letter: one row expected, got {len(found)} for {dict(parameters)}.")
    return found[0]


def deliver(
    connect: str | Callable[[], psycopg.Connection],
    smtp: SmtpSettings,
    post: Post,
    *,
    run_id: int | None = None,
    document_key: str | None = None,
    artifact_id: int | None = None,
) -> DeliveryReport:
    """Send what is ready, each letter at most once; several deliverers may work side by side.

    :param connect: DSN, or a function that opens a connection to the business database.
    :param run_id: only letters of this run; likewise the other filters.
    """
    asked = {"run_id": run_id, "document_key": document_key, "artifact_id": artifact_id}
    report = DeliveryReport()
    opened = database.connect(connect) if isinstance(connect, str) else connect()
    with opened as connection, Mailer(smtp) as mailer:
        connection.rollback()
        connection.autocommit = True  # each statement is a transaction of its own
        envelopes = Envelopes(post, smtp)
        set_aside_vanished(connection)
        left_in_a_row = 0
        for claim in _claims(connection, asked, post.lease_seconds):
            outcome = _try_to_send(claim, mailer, envelopes)
            _settle(connection, claim.letter, outcome, report)
            left_in_a_row = left_in_a_row + 1 if outcome.state == "ready" else 0
            if left_in_a_row == GIVE_UP_AFTER:
                break
        standing = _standing(connection, asked, post.patience_seconds)
    report.unclear, report.refused = standing["unclear_count"], standing["refused_count"]
    report.left = standing["left_count"]
    return report


def set_aside_vanished(connection: psycopg.Connection) -> int:
    """Call letters 待核实 whose deliverer vanished, whichever run it worked for; returns how many."""
    return database.execute(connection, "outbox/expire_leases", {"reason": VANISHED})


def _standing(connection: psycopg.Connection, asked: Mapping[str, Any], patience_seconds: float) -> Mapping[str, int]:
    """How the letters stand, once others have had a moment to finish those in their hands."""
    deadline = time.monotonic() + patience_seconds
    while True:
        [standing] = database.rows(connection, "outbox/mail_states", asked)
        if not standing["sending_count"] or time.monotonic() >= deadline:
            return standing
        time.sleep(POLL_SECONDS)


@dataclass(frozen=True)
class _Claim:
    """A letter that this deliverer alone may send, until the lease runs out."""

    letter: Mapping[str, Any]
    since: float

    def age(self) -> float:
        return time.monotonic() - self.since


@dataclass(frozen=True)
class _Outcome:
    """What became of a claimed letter."""

    state: str
    sent_to: str | None = None
    reason: str = ""


def _claims(connection: psycopg.Connection, asked: Mapping[str, Any], lease_seconds: float) -> Iterator[_Claim]:
    """Claim one letter after the other, each at most once in this call."""
    after_id = 0
    while True:
        since = time.monotonic()
        parameters = {**asked, "after_id": after_id, "lease_seconds": lease_seconds}
        found = database.rows(connection, "outbox/claim_letter", parameters)
        if not found:
            return
        after_id = found[0]["outbox_id"]
        yield _Claim(found[0], since)


def _try_to_send(claim: _Claim, mailer: Mailer, envelopes: Envelopes) -> _Outcome:
    post = envelopes.post
    to = post.redirect_to or claim.letter["recipient"]
    try:
        message = envelopes.message(claim.letter)
        # After a slow disk or a machine asleep the lease may be over, and a person may be deciding about the letter.
        if claim.age() > post.lease_seconds / 2:
            raise LeftBehindError("准备发送的时间过长，留待下次发送。")
        mailer.send(message, to)
    except LeftBehindError as error:
        return _Outcome("ready", reason=str(error))
    except RefusedError as error:
        return _Outcome("refused", reason=str(error))
    except UnclearError as error:
        return _Outcome("unclear", reason=f"{error}请询问收件人后选择：已收到 / 重发 / 取消。")
    return _Outcome("sent", sent_to=to)


def _settle(
    connection: psycopg.Connection, letter: Mapping[str, Any], outcome: _Outcome, report: DeliveryReport
) -> None:
    if outcome.state == "sent":
        report.sent += 1
    if outcome.reason:
        report.problems.append(f"{letter['recipient']}：{outcome.reason}")
    stamped = database.execute(
        connection,
        "outbox/settle_letter",
        {
            "outbox_id": letter["outbox_id"],
            "lease_until": letter["lease_until"],
            "state": outcome.state,
            "sent_to": outcome.sent_to,
            "reason": outcome.reason,
        },
    )
    if not stamped:
        report.problems.append(f"{letter['recipient']}：发送期间已由他人处理，本次结果未登记。")


def resolve(connection: psycopg.Connection, outbox_id: int, choice: str, by: str, opinion: str) -> None:
    """Keep what a person decided about a letter; logged, in one transaction.

    :param choice: ``received`` (已收到, only when unclear), ``resend`` (重发, with the same Message-ID) or
        ``cancel`` (取消).
    :param by: who decides.
    :param opinion: obligatory, in their words.
    :raises LetterRefusedError: no such letter, its state does not allow the choice, or name or opinion are missing.
    """
    if choice not in RESOLUTIONS:
        raise LetterRefusedError("请选择：已收到、重发或取消。")
    state, word, expected = RESOLUTIONS[choice]
    _resolve(connection, outbox_id, word=word, state=state, expected=expected, by=by, opinion=opinion)


def readdress(connection: psycopg.Connection, outbox_id: int, new_address: str, by: str, opinion: str) -> None:
    """Send a refused letter to a mended address; logged, in one transaction.

    :raises LetterRefusedError: the letter is not refused, the address is none, or has this letter already.
    """
    address = new_address.strip().lower()
    if "@" not in address or address != "".join(address.split()):
        raise LetterRefusedError(f"“{new_address}”不是邮箱地址。")
    _resolve(
        connection,
        outbox_id,
        word="改地址重发",
        state="ready",
        expected=("refused",),
        by=by,
        opinion=opinion,
        recipient=address,
    )


def _resolve(
    connection: psycopg.Connection,
    outbox_id: int,
    *,
    word: str,
    state: str,
    expected: Sequence[str],
    by: str,
    opinion: str,
    recipient: str | None = None,
) -> None:
    by, opinion = by.strip(), opinion.strip()
    if not by or len(opinion) < 2:
        raise LetterRefusedError("处理人和说明必填。")
    try:
        with connection.transaction():
            set_aside_vanished(connection)
            found = database.rows(connection, "outbox/mail_letter", {"outbox_id": outbox_id})
            if not found:
                raise LetterRefusedError(f"没有编号为 {outbox_id} 的信。")
            [letter] = found
            where = f"{letter['recipient']} → {recipient}" if recipient else letter["recipient"]
            decision = {
                "outbox_id": outbox_id,
                "expected": list(expected),
                "state": state,
                "recipient": recipient,
                "resolved_by": by,
                "resolution": f"{word}：{opinion}",
            }
            if not database.execute(connection, "outbox/resolve_letter", decision):
                raise LetterRefusedError(f"这封信现在是“{STATE_WORDS[letter['state']]}”，不能选择“{word}”。")
            document = f"{letter['document_key']} 第{letter['revision']}版"
            event = {
                "outbox_id": outbox_id,
                "actor": by,
                "kind": "letter_resolved",
                "detail": f"信 {outbox_id}（{document}，{where}）：{word}。{opinion}",
            }
            database.execute(connection, "outbox/log_resolution", event)
    except errors.UniqueViolation:
        raise LetterRefusedError(f"{recipient} 已有同一份单据的同一封信，请取消这一封。") from None
