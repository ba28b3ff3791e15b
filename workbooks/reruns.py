"""重跑结果单: what a run did to a month, and the proof that nothing was done twice (outputs §6.5)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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

#: columns of repairs/sheet_rerun_companies that the other of its two sheets shows
COMPANY_PROVEN = (
    "paper_count",
    "gap_count",
    "doubled_count",
    "unbalanced_count",
    "sent_before_count",
    "sent_now_count",
    "open_count",
    "unclear_count",
    "mailed_twice_count",
    "approved_text",
)
COMPANY_COUNTED = (
    "missing",
    "due_count",
    "kept_count",
    "new_count",
    "waiting_count",
    "reversed_count",
    "disputed_count",
    "stopped_count",
    "unready_count",
    "old_amount",
    "new_amount",
    "delta_amount",
)

COMPANIES = Sheet(
    "总览",
    (
        Column("site_name", "公司", width=16),
        Column("due_count", "应入账"),
        Column("kept_count", "已入账不变"),
        Column("new_count", "本次入账"),
        Column("waiting_count", "待入账"),
        Column("reversed_count", "冲回"),
        Column("disputed_count", "争议冻结"),
        Column("stopped_count", "暂停"),
        Column("unready_count", "未到结算"),
        Column("old_amount", "合计前"),
        Column("new_amount", "合计后"),
        Column("delta_amount", "差"),
        Column("missing", "待资料", blank="—", width=24),
    ),
    statement="repairs/sheet_rerun_companies",
    hidden=COMPANY_PROVEN,
    freeze_columns=1,
    notes=("应入账 = 已入账不变 + 本次入账 + 待入账（含待认定）；金额为审定金额，不含管理费与冲回。",),
)

COMPANY_PROOF = Sheet(
    "证明",
    (
        Column("site_name", "公司", width=16),
        Column("approved_text", "与认定一致", align="center"),
        Column("doubled_count", "同单重复入账"),
        Column("unbalanced_count", "借贷不平分录"),
        Column("paper_count", "单据张数"),
        Column("gap_count", "空号"),
        Column("mailed_twice_count", "同人同版多于一封"),
        Column("sent_before_count", "已发过不再发"),
        Column("sent_now_count", "本次发送"),
        Column("open_count", "待发"),
        Column("unclear_count", "待核实"),
    ),
    statement="repairs/sheet_rerun_companies",
    hidden=COMPANY_COUNTED,
    fills=(Fill("否", "bad", columns=("approved_text",)),),
    freeze_columns=1,
    notes=("同单重复入账、借贷不平分录、空号、同人同版多于一封须全部为0；后四列为邮件封数。",),
)

ORDERS = Sheet(
    "逐单",
    (
        Column("", "序号", kind="ordinal"),
        Column("site_name", "公司"),
        Column("order_no", "派工单号"),
        Column("order_class", "类别", align="center"),
        Column("contractor_name", "施工单位", blank="公司承担", width=20),
        Column("contract_no", "合同号", blank="—"),
        Column("entry_no", "凭证号", blank="—"),
        Column("booked_on", "首次入账时间", blank="—"),
        Column("action", "本次动作", align="center"),
        Column("old_amount", "原金额", blank="—"),
        Column("new_amount", "现金额", blank="—"),
        Column("reason", "原因", blank="—", width=34),
    ),
    statement="repairs/sheet_rerun_orders",
    fills=(
        Fill("暂停", "warn", columns=("action",)),
        Fill("争议冻结", "warn", columns=("action",)),
        Fill("本次冲回", "calm", columns=("action",)),
    ),
    freeze_columns=3,
)

Summed = Callable[[str], Any]


@dataclass(frozen=True)
class Layout:
    """How the result sheet of a workflow looks.

    :param places: query of the places as the run told them.
    :param sheets: 总览, 证明, and the single households or orders.
    :param counts: 户数/人数/张数 of the cover; given how to sum a column over the places, and 将 for a trial.
    :param checks: what must hold; given how to sum, and the places.
    """

    places: str
    sheets: tuple[Sheet, ...]
    counts: Callable[[Summed, str], tuple[Figure, ...]]
    checks: Callable[[Summed, list[dict[str, Any]]], tuple[Check, ...]]


def _fee_counts(summed: Summed, would: str) -> tuple[Figure, ...]:
    return (
        Figure("应出单(户)", summed("due_count"), "integer"),
        Figure("已发不变", summed("kept_count"), "integer"),
        Figure(f"{would}新开", summed("new_count") + (summed("waiting_count") if would else 0), "integer"),
        Figure(f"{would}替换", summed("replaced_count"), "integer"),
        Figure("更正", summed("corrected_count"), "integer"),
        Figure("待发布", 0 if would else summed("waiting_count"), "integer"),
        Figure("异常(未出单)", summed("unbilled_count"), "integer"),
        *_mail_counts(summed),
    )


def _fee_checks(summed: Summed, places: list[dict[str, Any]]) -> tuple[Check, ...]:
    parts = ("kept_count", "differing_count", "new_count", "corrected_count", "waiting_count")
    return (
        Check(
            "应出单=已发不变+有差异未改+本次新开+更正+待发布",
            summed("due_count") == sum(summed(name) for name in parts),
        ),
        Check("同一租户同一期间同一版次多于一张=0", summed("doubled_count") == 0),
        Check("同一收件人同一版次多于一封=0", summed("mailed_twice_count") == 0),
        Check("空号=0", summed("gap_count") == 0),
        Check("已发布的与审批版本一致", all(place["approved_text"] != "否" for place in places)),
    )


def _order_counts(summed: Summed, would: str) -> tuple[Figure, ...]:
    return (
        Figure("应入账(单)", summed("due_count"), "integer"),
        Figure("已入账不变", summed("kept_count"), "integer"),
        Figure(f"{would or '本次'}入账", summed("new_count") + (summed("waiting_count") if would else 0), "integer"),
        Figure("待入账", 0 if would else summed("waiting_count"), "integer"),
        Figure(f"{would}冲回", summed("reversed_count"), "integer"),
        Figure("争议冻结", summed("disputed_count"), "integer"),
        Figure("暂停", summed("stopped_count"), "integer"),
        *_mail_counts(summed),
    )


def _order_checks(summed: Summed, places: list[dict[str, Any]]) -> tuple[Check, ...]:
    parts = ("kept_count", "new_count", "waiting_count")
    return (
        Check(
            "应入账=已入账不变+本次入账+待入账",
            summed("due_count") == sum(summed(name) for name in parts),
        ),
        Check("同一工单重复入账=0", summed("doubled_count") == 0),
        Check("借贷不平的分录=0", summed("unbalanced_count") == 0),
        Check("同一收件人同一版次多于一封=0", summed("mailed_twice_count") == 0),
        Check("空号=0", summed("gap_count") == 0),
        Check("已入账的与认定一致", all(place["approved_text"] != "否" for place in places)),
    )


def _mail_counts(summed: Summed) -> tuple[Figure, ...]:
    return (
        Figure("邮件：已发过不再发", summed("sent_before_count"), "integer"),
        Figure("邮件：本次发送", summed("sent_now_count"), "integer"),
        Figure("邮件：待核实", summed("unclear_count"), "integer"),
    )


LAYOUTS = {
    "fee_notices": Layout("fees/sheet_rerun_towers", (TOWERS, PROOF, ACCOUNTS), _fee_counts, _fee_checks),
    "deposit_chargebacks": Layout(
        "repairs/sheet_rerun_companies", (COMPANIES, COMPANY_PROOF, ORDERS), _order_counts, _order_checks
    ),
}


def rerun_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the result sheet of the run that registered it, from what the run told.

    :param artifact: row of `ops.artifact`; its workflow gives the layout (`LAYOUTS`).
    """
    layout = LAYOUTS[artifact["workflow"]]
    given = {"run_id": artifact["run_id"]}
    places = rows(connection, layout.places, given)
    run = connection.execute(
        "select mode, requested_by, reason, airflow_run_id from ops.run where run_id = %s", [artifact["run_id"]]
    ).fetchone()
    mode, requested_by, reason, airflow_run_id = run

    def summed(name: str) -> Any:
        return sum(place[name] for place in places)

    return WorkbookSpec.of(
        artifact,
        scope="全部" if len(places) != 1 else places[0]["site_name"],
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
            counts=layout.counts(summed, "将" if mode == "trial" else ""),
            checks=layout.checks(summed, places),
            technical=(("run_id", str(artifact["run_id"])), ("airflow_run_id", airflow_run_id)),
        ),
        sheets=tuple(sheet.read(connection, given) for sheet in layout.sheets),
        has_standard_sheets=False,
    )
