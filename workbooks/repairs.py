"""Workbooks about repairs: 维修扣款汇总 of a company's month and its preview, 维修工单日报 of a day (outputs §5.1)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from backoffice.artifacts import parameters_of
from backoffice.database import rows
from backoffice.workbook.body import TotalsError
from backoffice.workbook.spec import (
    Chart,
    Check,
    Column,
    Comparison,
    Control,
    Cover,
    Figure,
    Fill,
    Rows,
    Sheet,
    WorkbookSpec,
)

PREVIEW_KIND = "chargeback_preview"
#: the group's leaders get the cover alone (outputs §5.1)
COVER_KIND = "chargeback_cover"
MONTHLY, DAILY = "deposit_chargebacks", "repair_orders"
Row = Mapping[str, Any]

CHARGED = Sheet(
    "扣款明细(A类)",
    (
        Column("order_no", "派工单号"),
        Column("project_name", "项目"),
        Column("place_text", "房号/部位"),
        Column("contractor_name", "施工单位", width=14),
        Column("contract_no", "施工合同号"),
        Column("supplement_no", "售后维修补充协议号", blank="—", width=13),
        Column("defect", "缺陷", width=16),
        Column("cause_text", "责任认定(现场勘察会签表号)", width=18),
        Column("reported_on", "报修日"),
        Column("inspected_on", "勘察日"),
        Column("approved_text", "审批级别/人", width=24),
        Column("started_on", "开工"),
        Column("completed_on", "完工"),
        Column("signed_on", "客户签认", blank="—"),
        Column("called_back_on", "回访日", blank="未回访"),
        Column("estimate_amount", "估算"),
        Column("account_amount", "决算"),
        Column("settled_amount", "审定"),
        Column("audited_by", "审核部门"),
        Column("asked_on", "通知日(审计核算部)", width=13),
        Column("confirm_text", "施工单位确认日/方式", width=18),
        Column("certified_on", "副总工程师认定日", blank="待认定", width=13),
        Column("management_amount", "管理费", is_folded_empty=True),
        Column("deducted_amount", "扣款"),
        Column("claimed_amount", "索赔"),
        Column("company_amount", "公司承担", is_folded_empty=True),
        Column("before_amount", "扣前余额"),
        Column("after_amount", "扣后余额"),
        Column("entry_no", "凭证号", blank="待入账"),
    ),
    statement="repairs/sheet_charged",
    notes=(
        "审定 ＋ 管理费 ＝ 扣款 ＋ 索赔 ＋ 公司承担。",
        "按施工单位答复时间、再按派工单号的次序从该合同质保金扣除，不足部分转索赔。",
        "扣前、扣后余额含冻结金额；各合同单独计算，不跨合同抵扣。",
    ),
    freeze_columns=1,
)

BORNE = Sheet(
    "公司承担(B类)",
    (
        Column("order_no", "派工单号"),
        Column("project_name", "项目"),
        Column("place_text", "房号/部位"),
        Column("component", "部位类别"),
        Column("defect", "缺陷", width=16),
        Column("cause_text", "责任认定(现场勘察会签表号)", width=18),
        Column("reason_text", "原因", width=16),
        Column("reported_on", "报修日"),
        Column("inspected_on", "勘察日"),
        Column("approved_text", "审批级别/人", width=24),
        Column("started_on", "开工"),
        Column("completed_on", "完工"),
        Column("signed_on", "客户签认", blank="—"),
        Column("called_back_on", "回访日", blank="未回访"),
        Column("estimate_amount", "估算"),
        Column("account_amount", "决算"),
        Column("settled_amount", "审定"),
        Column("audited_by", "审核部门"),
        Column("certified_on", "副总工程师认定日", blank="待认定", width=13),
        Column("company_amount", "公司承担"),
        Column("entry_no", "凭证号", blank="待入账"),
    ),
    statement="repairs/sheet_borne",
    notes=("A类工单中按责任比例由公司承担的部分列在“扣款明细(A类)”的“公司承担”栏，不在本表。",),
    freeze_columns=1,
)

DISPUTED = Sheet(
    "争议冻结",
    (
        Column("order_no", "派工单号"),
        Column("contractor_name", "施工单位", width=16),
        Column("contract_no", "合同号"),
        Column("settled_amount", "金额"),
        Column("reserved_amount", "已冻结"),
        Column("dispute_reason", "争议理由", width=28),
        Column("disputed_on", "提出日"),
        Column("confirm_deadline_on", "期限"),
        Column("handler", "处理人"),
        Column("effect_text", "余额影响", width=40),
    ),
    statement="repairs/sheet_disputed",
    notes=("有异议的金额只冻结、不扣款；可用 ＝ 余额 − 冻结。金额为审定金额，冻结按施工单位应承担部分。",),
    freeze_columns=1,
)

STOPPED = Sheet(
    "暂停清单",
    (
        Column("order_no", "派工单号"),
        Column("order_class", "类别", align="center"),
        Column("place_text", "房号/部位"),
        Column("contractor_name", "施工单位", blank="—", width=14),
        Column("outcome", "状态", align="center"),
        Column("step_text", "所处步骤", width=18),
        Column("missing", "缺什么", width=36),
        Column("clause_text", "依据条款", width=32),
        Column("department", "责任部门"),
        Column("since_on", "自何日起", blank="—"),
        Column("stopped_count", "已停工作日"),
        Column("settled_amount", "审定金额", blank="未审定"),
    ),
    statement="repairs/sheet_stopped",
    fills=(Fill("暂停", "warn", columns=("outcome",)), Fill("未到结算", "muted", columns=("outcome",))),
    notes=("暂停：已审定而不能扣款或支付；未到结算：尚未审定，金额不计入合计。",),
    freeze_columns=1,
)

CLAIMS = Sheet(
    "索赔台账",
    (
        Column("contractor_name", "施工单位", width=18),
        Column("contract_no", "合同号"),
        Column("order_no", "工单"),
        Column("claimed_amount", "索赔金额"),
        Column("received_amount", "已收回", blank="—"),
        Column("taken_back_amount", "冲回", is_folded_empty=True),
        Column("open_amount", "未收金额"),
        Column("arisen_on", "发生日"),
        Column("age_count", "账龄(天)"),
        Column("progress", "进展", width=26),
    ),
    statement="repairs/sheet_claims",
    notes=("发生日为入账月份的最后一日，账龄自该日起算；未收金额 ＝ 索赔 − 已收回 − 冲回。冲回扣款不自动抵销索赔。",),
    freeze_columns=3,
)

SPLITS = Sheet(
    "拆单预警",
    (
        Column("group_no", "组号"),
        Column("order_no", "工单"),
        Column("place_text", "部位"),
        Column("defect", "缺陷", width=18),
        Column("contractor_name", "施工单位", blank="—", width=16),
        Column("reported_on", "报修日"),
        Column("amount", "金额", kind="amount"),
        Column("amount_basis", "金额口径", align="center"),
        Column("group_amount", "组合计"),
        Column("level_text", "应批级别", align="center"),
        Column("approved_text", "实批级别", align="center"),
        Column("hint", "提示", width=18),
    ),
    statement="repairs/sheet_splits",
    fills=(Fill("已按合计审批", "good", columns=("hint",)),),
    notes=("规定天数内同部位、同缺陷、同施工单位的工单为一组，按合计金额定审批级别；组合计按组列示，不相加。",),
    freeze_columns=2,
)

OVERDUE = Sheet(
    "超时效",
    (
        Column("order_no", "工单"),
        Column("place_text", "房号/部位"),
        Column("contractor_name", "施工单位", blank="—", width=16),
        Column("span", "环节", align="center"),
        Column("due_on", "应完成"),
        Column("done_on", "实际", blank="未完成"),
        Column("late_count", "超工作日"),
        Column("extended_text", "客户是否同意延长", align="center", width=16),
        Column("department", "责任部门"),
    ),
    statement="repairs/sheet_overdue",
    notes=(
        "按工作日计算（节假日按日历，调休上班日算工作日）；勘察视为已答复；客户事先同意延长的，以同意日期为应完成日。",
    ),
    freeze_columns=1,
)

DEPOSITS = Sheet(
    "质保金台账",
    (
        Column("project_name", "项目"),
        Column("contractor_name", "施工单位", width=14),
        Column("contract_no", "合同号"),
        Column("price_amount", "结算价"),
        Column("deposit_rate", "比例"),
        Column("due_amount", "应留"),
        Column("held_amount", "实留"),
        Column("held_on", "留置日", blank="—"),
        Column("accepted_on", "竣工验收日"),
        Column("liability_until_on", "缺陷责任期至"),
        Column("opening_amount", "期初余额"),
        Column("added_amount", "本期增加"),
        Column("deducted_amount", "本期扣款"),
        Column("reversed_amount", "冲回"),
        Column("returned_amount", "本期退还"),
        Column("closing_amount", "期末余额"),
        Column("reserved_amount", "冻结"),
        Column("available_amount", "可用"),
        Column("cap_text", "上限提示(3%)", width=24),
        Column("until_text", "到期提示", width=14),
    ),
    statement="repairs/sheet_deposits",
    notes=(
        "实留为历次留置、补缴、更正与接账期初之和；可用 ＝ 期末余额 − 冻结。",
        "余额超过结算价规定比例的部分应退还，台账不自动调整。",
    ),
    freeze_columns=3,
)

MOVEMENT = Sheet(
    "质保金变动核对",
    (
        Column("contractor_name", "施工单位", width=18),
        Column("contract_no", "合同号"),
        Column("opening_amount", "期初余额"),
        Column("deducted_amount", "本期扣款"),
        Column("reversed_amount", "冲回"),
        Column("added_amount", "本期增加"),
        Column("returned_amount", "本期退还"),
        Column("closing_amount", "期末余额"),
        Column("proof_amount", "校验(0)"),
    ),
    statement="repairs/sheet_movement",
    freeze_columns=2,
)
MOVEMENT_NOTE = "期初 − 扣款 ＋ 冲回 ＋ 增加 − 退还 ＝ 期末。"

FLOATS = Sheet(
    "周转金",
    (
        Column("holder", "持有部门", width=16),
        Column("float_amount", "定额"),
        Column("opening_transit_amount", "期初在途"),
        Column("spent_amount", "支用"),
        Column("repaid_amount", "报销补回"),
        Column("transit_amount", "在途单据"),
        Column("counted_on", "盘点日", blank="未盘点"),
        Column("cash_amount", "库存", blank="未盘点"),
        Column("delta_amount", "差额(0)", blank="—"),
    ),
    statement="repairs/sheet_floats",
    notes=(
        "在途单据 ＝ 期初在途 ＋ 支用 − 报销补回；差额 ＝ 定额 − 库存 − 在途单据，须为0。",
        "库存为最近一次盘点数，盘点以后的支用与报销已推算在内。",
    ),
)

TEAM = Sheet(
    "维修工程款支付表",
    (
        Column("payee_name", "收款单位", width=16),
        Column("order_no", "工单"),
        Column("order_class", "A/B", align="center"),
        Column("place_text", "房号/部位"),
        Column("audited_amount", "审定", blank="—"),
        Column("certifier", "认定人", blank="待认定"),
        Column("owed_amount", "应付"),
        Column("paid_amount", "已付"),
        Column("open_amount", "未付"),
        Column("paid_on", "付款日", blank="—"),
        Column("opinion", "支付申请意见", width=42),
    ),
    statement="repairs/sheet_team",
    notes=("列示本月入账、本月支付及以前月份未付清的工单；收款单位为物业公司（维修队）。",),
    freeze_columns=2,
)

VOUCHERS = Sheet(
    "凭证建议",
    (
        Column("summary", "摘要", width=34),
        Column("account_code", "科目编码", align="center"),
        Column("account_name", "科目名称", width=36),
        Column("auxiliary", "辅助核算(施工单位/合同)", width=34),
        Column("debit_amount", "借方"),
        Column("credit_amount", "贷方"),
    ),
    statement="repairs/sheet_vouchers",
    notes=(
        "借贷合计相等；科目编码为一级科目，明细科目以本公司会计科目表为准。",
        "维修成本计入开发成本或销售费用，由财务按项目阶段确定；接账期初不作凭证。",
    ),
)

#: column of each sheet → column of repairs/sheet_totals that holds its total
TOTALS: dict[str, dict[str, str]] = {
    CHARGED.name: {
        "settled_amount": "a_settled_amount",
        "management_amount": "management_amount",
        "deducted_amount": "deducted_amount",
        "claimed_amount": "claimed_amount",
        "company_amount": "a_company_amount",
    },
    BORNE.name: {"settled_amount": "b_settled_amount", "company_amount": "b_company_amount"},
    DISPUTED.name: {"settled_amount": "disputed_amount"},
    STOPPED.name: {"settled_amount": "stopped_amount"},
    CLAIMS.name: {"claimed_amount": "claim_listed_amount", "open_amount": "claim_open_amount"},
    DEPOSITS.name: {
        "opening_amount": "moved_opening_amount",
        "added_amount": "moved_added_amount",
        "deducted_amount": "ledger_deducted_amount",
        "reversed_amount": "moved_reversed_amount",
        "returned_amount": "moved_returned_amount",
        "closing_amount": "moved_closing_amount",
        "reserved_amount": "moved_reserved_amount",
        "available_amount": "available_amount",
    },
    MOVEMENT.name: {
        "opening_amount": "moved_opening_amount",
        "deducted_amount": "ledger_deducted_amount",
        "reversed_amount": "moved_reversed_amount",
        "added_amount": "moved_added_amount",
        "returned_amount": "moved_returned_amount",
        "closing_amount": "moved_closing_amount",
        "proof_amount": "proof_amount",
    },
    TEAM.name: {"owed_amount": "owed_amount", "paid_amount": "paid_amount", "open_amount": "unpaid_amount"},
    VOUCHERS.name: {"debit_amount": "debit_amount", "credit_amount": "credit_amount"},
}
SHEETS = (
    CHARGED,
    BORNE,
    DISPUTED,
    STOPPED,
    CLAIMS,
    SPLITS,
    OVERDUE,
    DEPOSITS,
    MOVEMENT,
    FLOATS,
    TEAM,
    VOUCHERS,
)


WAITING = Sheet(
    "待审批",
    (
        Column("level_text", "级别", align="center"),
        Column("duty", "职务", width=18),
        Column("order_no", "派工单号"),
        Column("order_class", "类别", align="center"),
        Column("place_text", "房号/部位"),
        Column("contractor_name", "施工单位", blank="—", width=16),
        Column("amount", "金额", kind="amount"),
        Column("amount_basis", "金额口径", align="center"),
        Column("reason", "事由", width=36),
        Column("approved_text", "已签批", blank="—", width=24),
        Column("since_on", "自何日起"),
        Column("stopped_count", "已等工作日"),
    ),
    statement="repairs/sheet_waiting",
    notes=("金额含税；同组工单按合计金额定级；审批须签署意见，只签名无效。",),
    freeze_columns=3,
)

OPEN = Sheet(
    "在办工单",
    (
        Column("order_no", "派工单号"),
        Column("order_class", "类别", align="center"),
        Column("project_name", "项目"),
        Column("place_text", "房号/部位"),
        Column("defect", "缺陷", width=18),
        Column("contractor_name", "施工单位", blank="—", width=16),
        Column("reported_on", "报修日"),
        Column("step", "已完成步骤", align="center"),
        Column("stop_text", "所处环节", align="center"),
        Column("missing", "缺什么", blank="—", width=34),
        Column("department", "责任部门", blank="—"),
        Column("since_on", "自何日起", blank="—"),
        Column("stopped_count", "已停工作日", blank="—"),
        Column("amount", "金额", kind="amount"),
        Column("amount_basis", "金额口径", align="center"),
    ),
    statement="repairs/sheet_open",
    fills=(Fill("待月末入账", "good", columns=("stop_text",)),),
    freeze_columns=1,
)

TO_SEND = Sheet(
    "待发函",
    (
        Column("letter_kind", "函件", align="center"),
        Column("order_no", "派工单号"),
        Column("contractor_name", "施工单位", width=18),
        Column("contract_no", "合同号"),
        Column("place_text", "房号/部位"),
        Column("defect", "缺陷", width=18),
        Column("amount", "金额", kind="amount"),
        Column("department", "由谁发出"),
        Column("state_text", "现在", width=30),
        Column("since_on", "自何日起", blank="—"),
        Column("waiting_count", "已等工作日"),
    ),
    statement="repairs/sheet_to_send",
    fills=(Fill("可发函", "warn", columns=("state_text",)),),
    notes=("维修通知在开工前发出并给足响应期；扣款确认函在审定后由审计核算部发出，金额含合同约定的管理费。",),
    freeze_columns=2,
)

UNANSWERED = Sheet(
    "待答复",
    (
        Column("letter_kind", "函件", align="center"),
        Column("letter_no", "函号"),
        Column("order_no", "派工单号"),
        Column("contractor_name", "施工单位", width=18),
        Column("contract_no", "合同号"),
        Column("amount", "金额", kind="amount"),
        Column("sent_on", "发出日"),
        Column("deadline_on", "期限"),
        Column("left_count", "剩余天数"),
        Column("state", "状态", align="center"),
        Column("reach_text", "联系人", blank="未登记", width=18),
        Column("consequence", "期满后", width=34),
    ),
    statement="repairs/sheet_unanswered",
    fills=(Fill("已升级", "bad", columns=("state",)),),
    notes=("期限为自然日，期限当日仍可答复；剩余天数为负的已逾期。",),
    freeze_columns=3,
)

RELEASES = Sheet(
    "质保金退还时限",
    (
        Column("request_no", "申请编号"),
        Column("contractor_name", "施工单位", width=14),
        Column("contract_no", "合同号"),
        Column("received_on", "收到日"),
        Column("verify_by_on", "核实期限"),
        Column("pay_by_on", "返还期限"),
        Column("pay_basis", "期限依据", width=18),
        Column("reminded_on", "催告日", blank="—"),
        Column("deemed_on", "视为认可日", blank="—"),
        Column("balance_amount", "余额"),
        Column("reserved_amount", "冻结"),
        Column("disputed_amount", "争议未冻结"),
        Column("charged_amount", "待扣"),
        Column("payable_amount", "应退"),
        Column("missing_text", "尚缺意见", blank="已齐", width=22),
        Column("quality_text", "质量情况", width=26),
        Column("cooperation_text", "配合状况", width=26),
        Column("state_text", "状态", width=16),
        Column("late_clause", "逾期责任", width=16),
    ),
    statement="repairs/sheet_releases",
    notes=(
        "收到申请后按规定天数核实，核实期满后按规定天数返还；合同约定返还日的从其约定。",
        "催告后同样天数内没有书面意见的，视为认可；应退 ＝ 余额 − 冻结 − 争议未冻结 − 已确认待扣。",
    ),
    freeze_columns=3,
)
DAY_SHEETS = (WAITING, OPEN, OVERDUE, SPLITS, TO_SEND, UNANSWERED, RELEASES)


def chargeback_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the 维修扣款汇总 of one company and month, or its preview before the month is certified and booked.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read, but for what was
        certified and decided about the month itself. Of the kind `chargeback_preview` it knows nothing of that, and of
        no voucher; of the kind `chargeback_cover` it is the cover alone.
    :raises TotalsError: when the month or a deposit does not add up (WAR-22); nothing may go out then.
    """
    is_preview = artifact["document_kind"] == PREVIEW_KIND
    is_cover_only = artifact["document_kind"] == COVER_KIND
    parameters = parameters_of(artifact) | {"workflow": MONTHLY, "is_preview": is_preview}
    by_artifact = {"artifact_id": artifact["artifact_id"], "is_preview": is_preview}
    [head] = rows(connection, "repairs/sheet_cover", parameters)
    [found] = rows(connection, "repairs/sheet_totals", parameters)
    totals = found | {
        "available_amount": found["moved_closing_amount"] - found["moved_reserved_amount"],
        "unpaid_amount": found["owed_amount"] - found["paid_amount"],
        "proof_amount": Decimal(0),
    }
    general = rows(connection, "repairs/sheet_general", parameters)
    checks = _checks(totals)
    broken = [check.text for check in checks if not check.holds]
    if broken:
        raise TotalsError(
            f"{head['company_name']}的{artifact['title']}核对不符，没有生成：{'；'.join(broken)}。"
            "请停止认定与入账，通知管理员查明后用“重算”重新计算。"
        )
    return WorkbookSpec.of(
        artifact,
        scope=head["company_name"],
        as_of_on=head["as_of_on"],
        is_correction=False if is_preview else None,
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in head["rules"]),
            totals=_figures(totals, general),
            counts=_counts(totals, is_preview),
            comparisons=_comparisons(totals),
            control=_control(head),
            checks=checks,
            charts=(_contractor_chart(connection, parameters),),
            exception_count=len(rows(connection, "repairs/sheet_exceptions", parameters)) if is_cover_only else None,
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
            ),
        ),
        sheets=()
        if is_cover_only
        else tuple(_filled(sheet, connection, parameters, totals, general) for sheet in SHEETS),
        is_cover_only=is_cover_only,
        exceptions=Rows(connection, "repairs/sheet_exceptions", parameters),
        grounds=Rows(connection, "repairs/sheet_grounds", parameters),
        differences=Rows(connection, "repairs/sheet_differences", by_artifact),
        approvals=Rows(connection, "repairs/sheet_approvals", by_artifact),
    )


def _filled(
    sheet: Sheet, connection: psycopg.Connection, parameters: dict[str, Any], totals: Row, general: list[dict[str, Any]]
) -> Sheet:
    """The sheet with its rows, the totals that it is held against, and notes that carry figures."""
    if sheet.name in TOTALS:
        sheet = replace(sheet, totals={name: totals[of] for name, of in TOTALS[sheet.name].items()})
    if sheet.name == MOVEMENT.name:
        sheet = replace(sheet, notes=(MOVEMENT_NOTE, *map(_general_text, general)))
    return sheet.read(connection, parameters)


def _general_text(row: Row) -> str:
    """与总账科目余额核对 of one account."""
    if row["general_amount"] is None:
        return f"与总账核对　{row['account']}：台账{row['ledger_amount']:,.2f}，总账{row['verdict']}。"
    return (
        f"与总账核对　{row['account']}：台账{row['ledger_amount']:,.2f}，总账{row['general_amount']:,.2f}，"
        f"差额{row['delta_amount']:,.2f}，{row['verdict']}。"
    )


def _control(head: Row) -> Control:
    names = ("received", "admitted", "duplicate", "superseding", "returned")
    return Control(**{name: head[name] for name in names})


def _figures(totals: Row, general: list[dict[str, Any]]) -> tuple[Figure, ...]:
    return (
        Figure("审定金额", totals["settled_amount"], "amount"),
        Figure("管理费", totals["management_amount"], "amount"),
        Figure("已扣质保金", totals["deducted_amount"], "amount"),
        Figure("转索赔", totals["claimed_amount"], "amount"),
        Figure("公司承担", totals["company_amount"], "amount"),
        Figure("争议冻结", totals["disputed_amount"], "amount"),
        Figure("暂停", totals["stopped_amount"], "amount"),
        Figure("质保金期末余额", totals["moved_closing_amount"], "amount"),
        Figure("其中可用", totals["available_amount"], "amount"),
        Figure("索赔未收金额", totals["claim_open_amount"], "amount"),
        Figure("与总账核对", "；".join(f"{row['account']}{row['verdict']}" for row in general)),
    )


def _counts(totals: Row, is_preview: bool) -> tuple[Figure, ...]:
    would = "拟" if is_preview else ""
    return (
        Figure(f"{would}结算工单 A类", totals["a_count"], "integer"),
        Figure(f"{would}结算工单 B类", totals["b_count"], "integer"),
        Figure("其中待认定", totals["certify_count"], "integer"),
        Figure("争议冻结", totals["disputed_count"], "integer"),
        Figure("暂停", totals["stopped_count"], "integer"),
        Figure("未到结算", totals["open_count"], "integer"),
        Figure("施工单位自修结案", totals["self_count"], "integer"),
        Figure("在册合同", totals["contract_count"], "integer"),
    )


def _comparisons(totals: Row) -> tuple[Comparison, ...]:
    """This month beside the one before it; “—” where that one was not settled here."""
    has_any = totals["has_before"]
    return tuple(
        Comparison(label, totals[name], totals[f"before_{name}"] if has_any else None, kind)
        for label, name, kind in (
            ("结算工单 A类", "a_count", "integer"),
            ("结算工单 B类", "b_count", "integer"),
            ("已扣质保金", "deducted_amount", "amount"),
            ("转索赔", "claimed_amount", "amount"),
            ("公司承担", "company_amount", "amount"),
        )
    )


def _checks(totals: Row) -> tuple[Check, ...]:
    """Identities that hold, or nothing goes out (WAR-22)."""
    asked = totals["settled_amount"] + totals["management_amount"]
    treated = sum(
        totals[name]
        for name in ("deducted_amount", "claimed_amount", "company_amount", "disputed_amount", "stopped_amount")
    )
    closing = (
        totals["moved_opening_amount"]
        - totals["moved_deducted_amount"]
        + totals["moved_reversed_amount"]
        + totals["moved_added_amount"]
        - totals["moved_returned_amount"]
    )
    return (
        Check(
            f"审定{totals['settled_amount']:,.2f} ＋ 管理费{totals['management_amount']:,.2f}"
            f" ＝ 扣款{totals['deducted_amount']:,.2f} ＋ 索赔{totals['claimed_amount']:,.2f}"
            f" ＋ 公司承担{totals['company_amount']:,.2f} ＋ 冻结{totals['disputed_amount']:,.2f}"
            f" ＋ 暂停{totals['stopped_amount']:,.2f}",
            asked == treated,
        ),
        Check(
            f"质保金：期初{totals['moved_opening_amount']:,.2f} − 扣款{totals['moved_deducted_amount']:,.2f}"
            f" ＋ 冲回{totals['moved_reversed_amount']:,.2f} ＋ 增加{totals['moved_added_amount']:,.2f}"
            f" − 退还{totals['moved_returned_amount']:,.2f} ＝ 期末{totals['moved_closing_amount']:,.2f}",
            closing == totals["moved_closing_amount"],
        ),
        Check(f"逐份合同期初至期末不符的合同数 {totals['broken_count']} ＝ 0", totals["broken_count"] == 0),
        Check(f"余额低于冻结金额的合同数 {totals['overdrawn_count']} ＝ 0", totals["overdrawn_count"] == 0),
        Check(
            f"扣款明细{totals['deducted_amount']:,.2f} ＝ 台账扣款{totals['ledger_deducted_amount']:,.2f}"
            f" ＝ 变动表扣款{totals['moved_deducted_amount']:,.2f}",
            totals["deducted_amount"] == totals["ledger_deducted_amount"] == totals["moved_deducted_amount"],
        ),
        Check(
            f"凭证借方{totals['debit_amount']:,.2f} ＝ 贷方{totals['credit_amount']:,.2f}",
            totals["debit_amount"] == totals["credit_amount"],
        ),
    )


def _contractor_chart(connection: psycopg.Connection, parameters: dict[str, Any]) -> Chart:
    return Chart(
        "本月各施工单位：扣款、索赔与争议",
        category="contractor_name",
        series=("deducted_amount", "claimed_amount", "disputed_amount"),
        kind="bar",
        stacked=True,
        statement="repairs/sheet_contractors",
        columns=(
            Column("contractor_name", "施工单位"),
            Column("deducted_amount", "扣款"),
            Column("claimed_amount", "索赔"),
            Column("disputed_amount", "争议"),
        ),
    ).read(connection, parameters)


def daily_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the 维修工单日报 of one company and day: what is open, whose turn it is, and until when.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    """
    parameters = parameters_of(artifact) | {"workflow": DAILY, "is_preview": True}
    [head] = rows(connection, "repairs/sheet_day_cover", parameters)
    return WorkbookSpec.of(
        artifact,
        scope=head["company_name"],
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in head["rules"]),
            totals=(
                Figure("待审批金额", head["waiting_amount"], "amount"),
                Figure("待月末入账金额", head["booking_amount"], "amount"),
            ),
            counts=(
                Figure("在办工单", head["order_count"], "integer"),
                Figure("其中 A类", head["a_count"], "integer"),
                Figure("其中 B类", head["b_count"], "integer"),
                Figure("待审批 第1级（客户服务部经理）", head["level_1_count"], "integer"),
                Figure("待审批 第2级（副总工程师、副总经理）", head["level_2_count"], "integer"),
                Figure("待审批 第3级（总经理）", head["level_3_count"], "integer"),
                Figure("超时效工单", head["overdue_count"], "integer"),
                Figure("拆单预警组数", head["group_count"], "integer"),
                Figure("可发函件", head["to_send_count"], "integer"),
                Figure("待答复函件", head["unanswered_count"], "integer"),
                Figure("其中已升级", head["escalated_count"], "integer"),
                Figure("待月末入账", head["booking_count"], "integer"),
            ),
            comparisons=tuple(
                Comparison(label, head[name], head[f"before_{name}"])
                for label, name in (("在办工单", "order_count"), ("其中 A类", "a_count"), ("其中 B类", "b_count"))
            ),
            control=_control(head),
            checks=(
                Check(
                    f"在办工单{head['order_count']} ＝ A类{head['a_count']} ＋ B类{head['b_count']}",
                    head["order_count"] == head["a_count"] + head["b_count"],
                ),
            ),
            charts=(_step_chart(connection, parameters),),
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
            ),
            no_approval="当日没有审批",
        ),
        sheets=tuple(
            sheet.read(connection, parameters)
            for sheet in (
                replace(WAITING, totals={"amount": head["waiting_amount"]}),
                *DAY_SHEETS[1:],
            )
        ),
        exceptions=Rows(connection, "repairs/sheet_day_exceptions", parameters),
        grounds=Rows(connection, "repairs/sheet_grounds", parameters),
        differences=Rows(
            connection, "repairs/sheet_differences", {"artifact_id": artifact["artifact_id"], "is_preview": True}
        ),
        approvals=Rows(connection, "repairs/sheet_day_approvals", parameters),
    )


def _step_chart(connection: psycopg.Connection, parameters: dict[str, Any]) -> Chart:
    return Chart(
        "在办工单所处环节",
        category="stop_text",
        series=("a_count", "b_count"),
        kind="bar",
        stacked=True,
        statement="repairs/sheet_steps",
        columns=(Column("stop_text", "所处环节"), Column("a_count", "A类"), Column("b_count", "B类")),
    ).read(connection, parameters)
