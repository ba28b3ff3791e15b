"""重跑结果单: what a run did to a month, and the proof that nothing was done twice (outputs §6.5)."""

from collections.abc import Mapping
from typing import Any

import psycopg

from backoffice.database import rows
from backoffice.runs import MODE_TITLES
from backoffice.workbook.spec import Check, Column, Cover, Figure, Fill, Sheet, WorkbookSpec

#: columns of the one query that the other of the two sheets shows
PROVEN = (
    "first_no",
    "last_no",
    "gap_count",
    "sent_before_count",
    "sent_now_count",
    "open_count",
    "unclear_count",
    "approved_text",
    "doubled_count",
    "mailed_twice_count",
)
COUNTED = (
    "due_count",
    "kept_count",
    "new_count",
    "replaced_count",
    "corrected_count",
    "waiting_count",
    "idle_count",
    "unbilled_count",
    "differing_count",
    "differing_amount",
    "old_amount",
    "new_amount",
    "delta_amount",
    "missing",
)

TOWERS = Sheet(
    "总览",
    (
        Column("site_name", "楼宇", width=16),
        Column("due_count", "应出单"),
        Column("kept_count", "已发不变"),
        Column("new_count", "本次新开"),
        Column("replaced_count", "本次替换"),
        Column("corrected_count", "更正"),
        Column("waiting_count", "待发布"),
        Column("idle_count", "无需出单"),
        Column("unbilled_count", "异常"),
        Column("old_amount", "合计前"),
        Column("new_amount", "合计后"),
        Column("delta_amount", "差"),
        Column("differing_count", "有差异未改(户)"),
        Column("differing_amount", "有差异未改(元)"),
        Column("missing", "待资料", blank="—", width=24),
    ),
    statement="fees/sheet_rerun_towers",
    hidden=PROVEN,
    freeze_columns=1,
    notes=(
        "应出单 = 已发不变 + 有差异未改 + 本次新开 + 更正 + 待发布（含本次替换）。",
        "有差异未改：已发布的月份与现有资料相比会不同，但没有改动；如需更正，请用重跑单选择“更正”。",
    ),
)

PROOF = Sheet(
    "证明",
    (
        Column("site_name", "楼宇", width=16),
        Column("first_no", "首号", blank="—"),
        Column("last_no", "末号", blank="—"),
        Column("gap_count", "空号"),
        Column("approved_text", "与审批版本一致", align="center"),
        Column("doubled_count", "同户同版多于一张"),
        Column("mailed_twice_count", "同人同版多于一封"),
        Column("sent_before_count", "已发过不再发"),
        Column("sent_now_count", "本次发送"),
        Column("open_count", "待发"),
        Column("unclear_count", "待核实"),
    ),
    statement="fees/sheet_rerun_towers",
    hidden=COUNTED,
    fills=(Fill("否", "bad", columns=("approved_text",)),),
    freeze_columns=1,
    notes=("空号、同户同版多于一张、同人同版多于一封须全部为0；后四列为邮件封数。",),
)

ACCOUNTS = Sheet(
    "逐户",
    (
        Column("", "序号", kind="ordinal"),
        Column("site_name", "楼宇"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", blank="未登记", width=22),
        Column("contract_no", "合同号"),
        Column("notice_no", "通知书号", blank="—"),
        Column("released_on", "首次发布时间", blank="—"),
        Column("action", "本次动作", align="center"),
        Column("old_amount", "原金额", blank="—"),
        Column("new_amount", "现金额", blank="—"),
        Column("delta_amount", "差异", blank="—"),
        Column("mail_text", "邮件状态", blank="—", align="center"),
        Column("reason", "原因", blank="—", width=28),
    ),
    statement="fees/sheet_rerun_accounts",
    fills=(
        Fill("异常未出单", "bad", columns=("action",)),
        Fill("已发，有差异未改", "warn", columns=("action",)),
        Fill("已发，如更正将变动", "warn", columns=("action",)),
        Fill("更正", "calm", columns=("action",)),
    ),
    freeze_columns=4,
)


def rerun_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the result sheet of the run that registered it, from what the run told.

    :param artifact: row of `ops.artifact`.
    """
    given = {"run_id": artifact["run_id"]}
    towers = rows(connection, "fees/sheet_rerun_towers", given)
    run = connection.execute(
        "select mode, requested_by, reason, airflow_run_id from ops.run where run_id = %s", [artifact["run_id"]]
    ).fetchone()
    mode, requested_by, reason, airflow_run_id = run

    def summed(name: str) -> Any:
        return sum(tower[name] for tower in towers)

    would = "将" if mode == "trial" else ""
    return WorkbookSpec.of(
        artifact,
        scope="全部" if len(towers) != 1 else towers[0]["site_name"],
        is_correction=False,  # one sheet per run: the next does not replace the one before
        cover=Cover(
            totals=(
                Figure("方式", MODE_TITLES[mode] + ("（只看不做）" if mode == "trial" else "")),
                Figure("申请人", requested_by),
                Figure("原因", reason or "—"),
                Figure("合计前", summed("old_amount"), "amount"),
                Figure("合计后", summed("new_amount"), "amount"),
                Figure("差", summed("delta_amount"), "amount"),
            ),
            counts=(
                Figure("应出单(户)", summed("due_count"), "integer"),
                Figure("已发不变", summed("kept_count"), "integer"),
                Figure(f"{would}新开", summed("new_count") + (summed("waiting_count") if would else 0), "integer"),
                Figure(f"{would}替换", summed("replaced_count"), "integer"),
                Figure("更正", summed("corrected_count"), "integer"),
                Figure("待发布", 0 if would else summed("waiting_count"), "integer"),
                Figure("异常(未出单)", summed("unbilled_count"), "integer"),
                Figure("邮件：已发过不再发", summed("sent_before_count"), "integer"),
                Figure("邮件：本次发送", summed("sent_now_count"), "integer"),
                Figure("邮件：待核实", summed("unclear_count"), "integer"),
            ),
            checks=(
                Check(
                    "应出单=已发不变+有差异未改+本次新开+更正+待发布",
                    summed("due_count")
                    == sum(
                        summed(name)
                        for name in ("kept_count", "differing_count", "new_count", "corrected_count", "waiting_count")
                    ),
                ),
                Check("同一租户同一期间同一版次多于一张=0", summed("doubled_count") == 0),
                Check("同一收件人同一版次多于一封=0", summed("mailed_twice_count") == 0),
                Check("空号=0", summed("gap_count") == 0),
                Check("已发布的与审批版本一致", all(tower["approved_text"] != "否" for tower in towers)),
            ),
            technical=(("run_id", str(artifact["run_id"])), ("airflow_run_id", airflow_run_id)),
        ),
        sheets=tuple(sheet.read(connection, given) for sheet in (TOWERS, PROOF, ACCOUNTS)),
        has_standard_sheets=False,
    )
