"""催办审批: tells approvers every afternoon what waits for them, and what has to be released today (OPS-24)."""

from datetime import date, datetime
from typing import Any

import psycopg

from backoffice import outbox
from backoffice.database import rows
from backoffice.letters import render
from backoffice.timetable import TIMETABLE

LETTER_KIND = "approval_reminder"
#: who is asked by a preview is reminded, too
PREVIEW_KINDS = ("fee_preview", "chargeback_preview")


def collect(connection: psycopg.Connection, business_on: date, told_at: datetime, ui_url: str) -> dict[str, Any]:
    """The variables of the letter `ops/reminder`.

    :param told_at: when the reminder is asked for; waiting times are counted up to it.
    """
    due = [each for each in TIMETABLE if each.is_tracked]
    ticks = [each.latest(business_on) for each in due]
    found = rows(
        connection,
        "briefing/sheet_waiting",
        {
            "business_on": business_on,
            "told_at": told_at,
            "workflows": [each.workflow for each in due],
            "titles": [each.title for each in due],
            "about_on": [each.about(tick) for each, tick in zip(due, ticks, strict=True)],
            "due_on": ticks,
        },
    )
    return {
        "business_on": business_on,
        "headline": _headline(business_on, found),
        "matters": found,
        "ui_url": ui_url,
    }


def _headline(business_on: date, found: list[dict[str, Any]]) -> str:
    waiting = [row for row in found if row["state_text"] == "待审批"]
    today = [row for row in found if row["due_on"] == business_on]
    late = [row for row in found if row["is_late"]]
    longest = f"（最长已等{max(row['hours_waiting'] for row in waiting)}小时）" if waiting else ""
    parts = [f"待审批{len(waiting)}项{longest}"]
    if today:
        parts.append(f"{len(today)}项须在今天24:00前发布")
    if late:
        parts.append(f"{len(late)}项已过应发布日")
    return "，".join(parts)


def write(connection: psycopg.Connection, business_on: date, told_at: datetime, ui_url: str) -> dict[str, Any]:
    """Reserve and compose the reminders of a day; none when nothing waits, one a day and reader however often it runs.

    :returns: ``{"headline", "letters": newly composed}``
    """
    variables = collect(connection, business_on, told_at, ui_url)
    if not variables["matters"]:
        return {"headline": "没有待审批的事项", "letters": 0}
    letter = render("ops/reminder", variables)
    listed = {
        row["address"]: row["recipient_name"]
        for kind in (LETTER_KIND, *PREVIEW_KINDS)
        for site_id in sorted({row["site_id"] for row in variables["matters"]})
        for row in rows(connection, "ops/list_recipients", {"document_kind": kind, "site_id": site_id})
    }
    composed = outbox.write_once(
        connection,
        letter_kind=LETTER_KIND,
        document_key=document_key(business_on),
        recipients=listed.items(),
        letter=letter,
    )
    return {"headline": variables["headline"], "letters": composed}


def document_key(business_on: date) -> str:
    """Key of a day's reminders."""
    return f"{LETTER_KIND}/{business_on}"
