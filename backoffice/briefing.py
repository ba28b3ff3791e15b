"""每日运行简报 (outputs §6.1): what was due, what ran and how, who must do what; sent when all is well, too."""

from collections import Counter
from datetime import date, datetime
from typing import Any

import psycopg

from backoffice import outbox
from backoffice.database import rows
from backoffice.letters import render
from backoffice.runs import STATE_TITLES
from backoffice.timetable import TIMETABLE, Due

LETTER_KIND = "briefing"
TITLES = STATE_TITLES | {"never_ran": "应跑未跑"}
ADVICE = {
    "done": "无须处理",
    "done_with_exceptions": "把异常转给责任部门",
    "unchanged": "无须处理",
    "running": "等待结束",
    "awaiting_decision": "请审批人在运行页面选择同意或驳回，并写意见",
    "awaiting_input": "请责任部门补交资料，到齐后重跑该期间",
    "mail_unclear": "先问收件人，再在“处理待办”选择已收到或重发",
    "rejected": "责任人更正资料后重算",
    "failed": "看失败步骤的日志，处理后重跑该期间",
    "refused": "无须处理",
    "taken_over": "无须处理",
    "never_ran": "在该流程用重跑单补跑该期间",
}
WAITS_FOR = {
    "awaiting_decision": "审批人",
    "awaiting_input": "报送部门",
    "mail_unclear": "系统运维",
    "failed": "系统运维",
}
#: so many numbers of returned lines are named
NAMED = 10
#: states in which nobody has anything to do
QUIET = ("done", "unchanged", "running", "refused", "taken_over", "done_with_exceptions")


def collect(connection: psycopg.Connection, business_on: date, told_at: datetime, ui_url: str) -> dict[str, Any]:
    """The variables of the letter `ops/briefing` for one business day.

    :param told_at: when the briefing is asked for; waiting times are counted up to it.
    """
    outbox.set_aside_vanished(connection)
    due = _due(connection, business_on)
    ticks = [each.latest(business_on) for each in due]
    found = rows(
        connection,
        "briefing/sheet_runs",
        {
            "business_on": business_on,
            "told_at": told_at,
            "workflows": [each.workflow for each in due],
            "titles": [each.title for each in due],
            "about_on": [each.about(tick) for each, tick in zip(due, ticks, strict=True)],
            "due_at": [each.due_at(tick) for each, tick in zip(due, ticks, strict=True)],
            "steps": [each.step for each in due],
            "are_today": [tick == business_on for tick in ticks],
        },
    )
    return {
        "headline": _headline(ticks.count(business_on), found),
        "business_on": business_on,
        "runs": [_line(row) for row in found],
        "problems": [
            f"{row['workflow_name']} {row['period_text']} {TITLES[row['state']]}：{row['note']}"
            for row in found
            if row["state"] not in QUIET or row["unclear_count"] or row["refused_count"]
        ]
        + _open_matters(connection),
        "ui_url": ui_url,
    }


def _due(connection: psycopg.Connection, business_on: date) -> list[Due]:
    """The tracked workflows that have something to be about."""
    tracked = [each for each in TIMETABLE if each.is_tracked]
    about_on = [each.about(each.latest(business_on)) for each in tracked]
    steps = [each.step for each in tracked]
    given = {"workflows": [each.workflow for each in tracked], "about_on": about_on, "steps": steps}
    unused = {row["workflow"] for row in rows(connection, "briefing/list_unused", given)}
    return [each for each in tracked if each.workflow not in unused]


def _open_matters(connection: psycopg.Connection) -> list[str]:
    """What a person settles with 处理待办, by the numbers that its form asks for."""
    letters = [
        f"邮件{row['outbox_id']}（{row['recipient']}，{row['subject']}）"
        + (
            "不知是否送达，请问收件人后在“处理待办”选择"
            if row["state"] == "unclear"
            else f"被退回：{row['last_error']}"
        )
        for row in rows(connection, "briefing/sheet_open_letters")
    ]
    returned = rows(connection, "feeds/sheet_open_quarantine", {"site_id": None})
    if returned:
        named = "、".join(str(row["quarantine_id"]) for row in returned[:NAMED])
        letters.append(
            f"退回资料{len(returned)}行未签字（记录{named}{'等' if len(returned) > NAMED else ''}），补正后请签字"
        )
    return letters


def _headline(due_count: int, found: list[dict[str, Any]]) -> str:
    today = Counter(row["state"] for row in found if row["rank"] == 1)
    done = today["done"] + today["done_with_exceptions"] + today["unchanged"]
    waiting = [row for row in found if row["state"] == "awaiting_decision"]
    longest = f"(最长已等{max(row['hours_since'] for row in waiting)}小时)" if waiting else ""
    failed = sum(row["state"] in ("failed", "rejected") for row in found)
    parts = [
        f"今天应跑{due_count}个：完成{done}",
        f"待审批{len(waiting)}{longest}",
        f"待资料{sum(row['state'] == 'awaiting_input' for row in found)}",
        f"失败{failed}",
        f"应跑未跑{sum(row['state'] == 'never_ran' for row in found)}",
    ]
    return "，".join(parts)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "state_text": TITLES[row["state"]],
        "waits_for": WAITS_FOR.get(row["state"]),
        "advice": ADVICE[row["state"]],
    }


def write(connection: psycopg.Connection, business_on: date, told_at: datetime, ui_url: str) -> dict[str, Any]:
    """Reserve and compose the letters of a business day; one briefing a day and reader, however often it runs.

    :returns: ``{"headline", "letters": newly composed}``
    """
    variables = collect(connection, business_on, told_at, ui_url)
    letter = render("ops/briefing", variables)
    listed = rows(connection, "ops/list_recipients", {"document_kind": LETTER_KIND, "site_id": "*"})
    composed = outbox.write_once(
        connection,
        letter_kind=LETTER_KIND,
        document_key=document_key(business_on),
        recipients=[(row["address"], row["recipient_name"]) for row in listed],
        letter=letter,
    )
    return {"headline": variables["headline"], "letters": composed}


def document_key(business_on: date) -> str:
    """Key of the briefing's letters."""
    return f"{LETTER_KIND}/{business_on}"
