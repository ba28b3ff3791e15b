"""Answers to a question about a list: who may give them, what they take out, and what makes them void."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from backoffice.database import HOUSE_CLOCK, rows
from backoffice.documents import says_something

#: so many items are shown in the question itself
SHOWN = 30
NO_OPINION = "意见必填（只签名无效）。请重新答复并写明意见。"

_SEPARATOR = re.compile(r"[\s,，、:：;；]+")
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~])")

Item = dict[str, Any]


class AnswerVoid(ValueError):
    """The answer does not count and the question is asked again; the text is Chinese and says what to write instead."""


@dataclass(frozen=True)
class Answer:
    """An answer that counts.

    :param is_approved: 同意, or else 驳回 of everything.
    :param decided_by: the name that the books have for the login, else the login.
    :param taken_out: ``{"item_no", "reason"}`` of each item that the approval does not cover.
    """

    is_approved: bool
    opinion: str
    decided_by: str
    decided_at: datetime
    taken_out: Sequence[dict[str, str]] = ()

    @property
    def decided_on(self) -> date:
        """The day of the answer on the house clock."""
        return self.decided_at.astimezone(ZoneInfo(HOUSE_CLOCK)).date()

    @property
    def words(self) -> str:
        """The opinion with what was taken out and why, as it is kept beside the decision."""
        if not self.taken_out:
            return self.opinion
        each = "；".join(f"{out['item_no']} {out['reason']}" for out in self.taken_out)
        return f"{self.opinion}（剔除{len(self.taken_out)}项：{each}）"


def read(
    *, is_approved: bool, opinion: str, decided_by: str, decided_at: datetime, taken_out: str, items: Iterable[Item]
) -> Answer:
    """Judge what somebody answered.

    :param taken_out: a line for each item that is taken out: its number, then the reason, between them a space, a tab,
        a comma or a colon, full-width ones too.
    :param items: what the question is about, with ``item_no``.
    :raises AnswerVoid: without an opinion, for a number that was not asked about or comes twice, without a reason, or
        when everything is rejected and single items are taken out as well.
    """
    if not says_something(opinion):
        raise AnswerVoid(NO_OPINION)
    found = _taken_out(taken_out, [item["item_no"] for item in items])
    if found and not is_approved:
        raise AnswerVoid("驳回就是全部不同意，不必再填“剔除”。只有个别不同意时，请选择同意，并在“剔除”中写明。")
    return Answer(is_approved, opinion.strip(), decided_by, decided_at, found)


def _taken_out(text: str, item_nos: Sequence[str]) -> list[dict[str, str]]:
    asked = {_plain(item_no): item_no for item_no in item_nos}
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        written, *rest = _SEPARATOR.split(line, maxsplit=1)
        item_no, reason = asked.get(_plain(written)), (rest or [""])[0].strip()
        if item_no is None:
            raise AnswerVoid(f"“剔除”中的“{written}”不在本次所问的清单里。请照清单填写，每行一项：编号 原因。")
        if item_no in found:
            raise AnswerVoid(f"“剔除”中的“{item_no}”写了两次。请每项只写一行：编号 原因。")
        if not says_something(reason):
            raise AnswerVoid(f"“剔除”中的“{item_no}”没有写原因。请每行一项：编号 原因，原因至少两个字。")
        found[item_no] = reason
    return [{"item_no": item_no, "reason": reason} for item_no, reason in found.items()]


def _plain(number: str) -> str:
    """A number as it compares: full-width letters and digits are those of the keyboard, small letters are capitals."""
    return unicodedata.normalize("NFKC", number).upper()


def table(items: Sequence[Item], *, heading: str, whole: str) -> str:
    """The list as a Markdown table, its beginning only if it is long.

    :param heading: what the number of an item is called.
    :param whole: where the rest is found, e.g. 预览工作簿.
    """
    lines = [f"| {heading} | 内容 |", "| :-- | :-- |"]
    lines += [f"| {_text(item['item_no'])} | {_text(item['line'])} |" for item in items[:SHOWN]]
    if len(items) > SHOWN:
        lines += ["", f"以上为前{SHOWN}项，另有{len(items) - SHOWN}项，{whole}里全部列出。"]
    return "\n".join(lines)


def _text(value: Any) -> str:
    """What somebody entered, as text and never as markup."""
    return _MARKUP.sub(r"\\\1", " ".join(str(value).split()))


def approvers(connection: psycopg.Connection, site_id: str, duty: str) -> dict[str, str]:
    """Logins with the names of those who hold a duty for a place today; none when the books name nobody."""
    today = connection.execute("select current_date").fetchone()[0]
    given = {"site_id": site_id, "duty": duty, "asked_on": today}
    return {row["login"]: row["approver_name"] for row in rows(connection, "ops/list_approvers", given)}
