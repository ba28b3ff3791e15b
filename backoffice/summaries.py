"""How a run ended, in the words of outputs §6.2 and §6.3: its state and the note that operations read."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg

from backoffice.database import rows
from backoffice.periods import Period
from backoffice.runs import MODE_TITLES, STATE_TITLES


@dataclass(frozen=True)
class Summary:
    """State (a key of runs.STATE_TITLES), note (Chinese, one line) and totals of a run."""

    state: str
    note: str
    totals: dict[str, Any]


class _Amounts(dict):
    """Totals for a note's wording; what was never summed is zero."""

    def __missing__(self, key: str) -> Decimal:
        return Decimal(0)


def what_would_be(connection: psycopg.Connection, run_id: int) -> dict[str, Any]:
    """The sums of a trial, read before it is rolled back; JSON-safe, for `sum_up`."""
    [run] = rows(connection, "ops/sum_up_run", {"run_id": run_id})
    return {
        "totals": {key: str(value) for key, value in run["totals"].items()},
        "gap_text": run["gap_text"],
        "gap_count": run["gap_count"],
        "new_result_count": run["new_result_count"],
    }


def sum_up(
    connection: psycopg.Connection,
    run_id: int,
    *,
    wording: str,
    correction: str = "",
    place: str = "案场",
    exception_count: int,
    apart_count: int = 0,
    failed_tasks: list[str],
    refusal: str = "",
    is_rejected: bool = False,
    remarks: Sequence[str] = (),
    trial: dict[str, Any] | None = None,
) -> Summary:
    """Tell how the run stands now.

    :param wording: sums of the note, a format string over the result totals, e.g. ``罚款{fine_amount:,.2f}元``
    :param correction: the same for a run that corrects, over the totals of the corrections that are its own; without it
        such a run is worded as any other
    :param place: what the scope's places are called: 案场, 楼宇
    :param exception_count: lines on the 异常 sheets of what the run computed
    :param apart_count: lines on those sheets that were there before and are not about what the run corrects
    :param failed_tasks: display names of tasks that failed
    :param refusal: the sentence with which a task stopped, if one did
    :param is_rejected: whether somebody's no (已驳回) is all that failed
    :param remarks: what else the run wrote, beside its results
    :param trial: what a trial would have left behind (`what_would_be`); it has left nothing
    """
    [run] = rows(connection, "ops/sum_up_run", {"run_id": run_id})
    if trial:
        run |= trial
        remarks = [*remarks, f"只算未写：将新出或改变{trial['new_result_count']}项结果"]
    exceptions = exception_count + int(run["quarantined_count"]) + int(run["refused_count"]) + int(run["gap_count"])
    state = _state(run, exceptions, failed_tasks, is_rejected, bool(remarks))
    is_correction = bool(correction) and run["mode"] == "correct"
    told = run["own_totals"] if is_correction else run["totals"]
    totals = _Amounts({key: Decimal(str(value)) for key, value in told.items()})
    parts = [
        Period(run["starts_on"], _day_after(run["last_on"])).key,
        MODE_TITLES[run["mode"]],
        f"{run['site_count']}个{place} " + (correction if is_correction else wording).format_map(totals),
        f"异常{exceptions}" + (f"（另有未更正户的异常{apart_count}）" if apart_count else ""),
        f"其中未发布{run['unissued_count']}项"
        if run["unissued_count"] and run["mode"] != "trial" and failed_tasks
        else "",
        *remarks,
        _mail_words(run),
        STATE_TITLES[state],
    ]
    if run["gap_text"]:
        parts.append(f"待补资料：{run['gap_text']}")
    if failed_tasks:
        parts.append(f"停在：{'、'.join(failed_tasks[:3])}" + (f"（{refusal}）" if refusal else ""))
    return Summary(state, " | ".join(part for part in parts if part), {**totals, "exception_count": exceptions})


def _state(run: dict[str, Any], exceptions: int, failed_tasks: list[str], is_rejected: bool, has_remarks: bool) -> str:
    if is_rejected:
        return "rejected"
    if failed_tasks:
        return "failed"
    if run["waiting_site_count"]:
        return "awaiting_input"
    if run["unclear_count"]:
        return "mail_unclear"
    wrote = run["new_result_count"] or run["new_artifact_count"] or run["sent_count"] or has_remarks
    if run["mode"] != "trial" and not wrote:
        return "unchanged"
    return "done_with_exceptions" if exceptions else "done"


def _mail_words(run: dict[str, Any]) -> str:
    words = {
        "已发": run["sent_count"],
        "待发": run["waiting_count"],
        "待核实": run["unclear_count"],
        "退回": run["refused_count"],
    }
    return "邮件" + " ".join(f"{word}{count}" for word, count in words.items() if count) if any(words.values()) else ""


def _day_after(day: Any) -> Any:
    return day.fromordinal(day.toordinal() + 1)
