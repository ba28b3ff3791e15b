"""一周奖罚公布: what a site's manager announces of the week (outputs §2d); read by everybody there."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import psycopg

from backoffice.artifacts import parameters_of
from backoffice.database import rows
from backoffice.workbook.spec import Column, Comparison, Cover, Figure, Rows, Sheet, WorkbookSpec

LINES = Sheet(
    "一周奖罚",
    (
        Column("", "序号", kind="ordinal"),
        Column("employee_name", "姓名", width=14),
        Column("late_count", "迟到", width=8),
        Column("absent_days", "旷工", width=8),
        Column("conduct_count", "违纪", width=8),
        Column("fine_amount", "罚款", width=11),
        Column("praise_count", "表扬", width=8),
        Column("reception_count", "接待", blank="—", width=8),
        Column("deal_quantity", "成交", kind="halves", blank="—", width=8),
    ),
    statement="rewards/sheet_lines",
    totals="rewards/sheet_totals",
    notes=(
        "迟到、违纪、表扬以次计，旷工以天计；迟到超过规定已按旷工计的不再计迟到；罚款不含赔偿话费，减免以考勤月报表定稿为准。",
        "接待按接待登记；成交按签约登记，共同成交按业绩比例。“—”：本案场没有接待登记，或本人不是置业顾问。",
    ),
    freeze_columns=2,
)

PRAISES = Sheet(
    "表扬",
    (
        Column("event_on", "日期"),
        Column("employee_name", "姓名"),
        Column("cause", "事由", width=44),
        Column("amount", "奖励", kind="amount", blank="—"),
        Column("issued_by", "提出人"),
    ),
    statement="rewards/sheet_praises",
)


def rewards_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the 一周奖罚公布 of one site and ISO week.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    :raises TotalsError: when a total of SQL is not the sum of its rows.
    """
    parameters = parameters_of(artifact)
    [head] = rows(connection, "rewards/sheet_cover", parameters)
    [totals] = rows(connection, "rewards/sheet_totals", parameters)
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    return WorkbookSpec.of(
        artifact,
        scope=head["site_name"],
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in head["rules"]),
            totals=(
                Figure("罚款合计", totals["fine_amount"], "amount"),
                Figure("旷工天数合计", totals["absent_days"], "days"),
                Figure("表扬合计", totals["praise_count"], "integer"),
            ),
            counts=(Figure("人数", head["person_count"], "integer"),),
            comparisons=_comparisons(connection, parameters, totals, has_before=head["has_before"]),
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
            ),
            no_approval="周公布无需审批",
        ),
        sheets=(LINES.read(connection, parameters), PRAISES.read(connection, parameters)),
        exceptions=Rows(connection, "rewards/sheet_exceptions", parameters),
        grounds=Rows(connection, "rewards/sheet_grounds", parameters),
        differences=Rows(connection, "rewards/sheet_differences", by_artifact),
        approvals=Rows(connection, "ops/sheet_decisions", by_artifact),
    )


def _comparisons(
    connection: psycopg.Connection, parameters: dict[str, Any], totals: Mapping[str, Any], *, has_before: bool
) -> tuple[Comparison, ...]:
    """This week beside the one before; “—” where that one has no result."""
    before = parameters | {"starts_on": parameters["starts_on"] - timedelta(weeks=1)}
    [previous] = rows(connection, "rewards/sheet_totals", before)
    return tuple(
        Comparison(label, totals[name], previous[name] if has_before else None, kind)
        for name, label, kind in (
            ("late_count", "迟到人次", "integer"),
            ("absent_days", "旷工天数", "days"),
            ("fine_amount", "罚款合计", "amount"),
            ("praise_count", "表扬", "integer"),
        )
    )
