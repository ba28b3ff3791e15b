"""工资扣款核对表 and 薪资导入表: what payroll and finance get of a final month sheet (outputs §2b, §2c)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from backoffice.artifacts import parameters_of
from backoffice.database import rows
from backoffice.workbook import TotalsError
from backoffice.workbook.spec import (
    Check,
    Column,
    Control,
    Cover,
    Figure,
    Fill,
    Rows,
    Sheet,
    WorkbookSpec,
)

Row = Mapping[str, Any]

EDITION = "定稿"

DEDUCTIONS = Sheet(
    "工资扣款核对",
    (
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("monthly_wage_amount", "月工资标准", blank="—", width=10),
        Column("payable_wage_amount", "应发工资", blank="—", width=10),
        Column("daily_wage_amount", "日工资", blank="—", width=9),
        Column("absent_days", "旷工天数", width=6),
        Column("absence_amount", "缺勤减发", blank="—", width=9),
        Column("adjusted_absent_days", "上月调整旷工(天)", width=8, is_folded_empty=True),
        Column("adjusted_absence_amount", "上月调整减发", blank="—", width=9),
        Column("fine_amount", "制度罚款合计", width=10),
        Column("adjusted_fine_amount", "其中上月调整", width=9),
        Column("settled_amount", "不执行或已缴", width=9, is_folded_empty=True),
        Column("charge_amount", "赔偿话费(非罚款)", width=9, is_folded_empty=True),
        Column("region", "地区", blank="—", align="center"),
        Column("minimum_wage_amount", "当地最低工资", blank="—", width=9),
        Column("cap_amount", "扣款上限", blank="—", width=9),
        Column("deductible_amount", "可扣", blank="—", width=9),
        Column("withheld_amount", "不得扣", blank="—", width=9),
        Column("pending_amount", "制度罚款—待人事/法务确认", blank="—", width=14),
        Column("opinion", "处理意见", width=30, blank="无扣款"),
        Column("confirmed_text", "法务确认", width=14, blank="—"),
    ),
    statement="payroll/sheet_deductions",
    notes=(
        "缺勤减发＝月工资标准×旷工天数÷月计薪天数，一次取整到分；日工资只供参考。事假等其他未出勤见薪资导入表，由薪酬按工资制度处理。",
        "扣款上限＝应发工资×上限比例 与 应发工资－当地最低工资 取小，不低于0；赔偿话费不是罚款，先占上限。",
        "可扣＋不得扣＋待人事/法务确认＝制度罚款合计－不执行或已缴（合计为负的不扣）。“—”表示资料不全，没有计算，见“异常”。",
    ),
    freeze_columns=2,
)

ENTRIES = Sheet(
    "罚款明细",
    (
        Column("event_on", "发生日"),
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("entry_kind", "入账类别", align="center"),
        Column("fine_kind", "罚款类别", align="center"),
        Column("entry_amount", "金额"),
        Column("slip_number", "单号", blank="—"),
        Column("reason", "事由", width=40, blank="—"),
        Column("approver", "批准人", blank="—"),
        Column("rule_id", "规则编号", blank="—"),
    ),
    statement="payroll/sheet_entries",
    fills=(
        Fill("减免", "good", columns=("entry_kind",)),
        Fill("上月调整", "calm", columns=("entry_kind",)),
        Fill("不执行", "muted", columns=("entry_kind",)),
        Fill("已执行", "muted", columns=("entry_kind",)),
    ),
    notes=("收费电话费是赔偿，不是罚款。",),
    freeze_columns=3,
)

BALANCES = Sheet(
    "罚款结转",
    (
        Column("account", "科目", align="center"),
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("opening_amount", "上月结转"),
        Column("levied_amount", "本月罚款"),
        Column("waived_amount", "减免"),
        Column("adjusted_amount", "上月调整"),
        Column("withdrawn_amount", "不执行"),
        Column("executed_amount", "已执行"),
        Column("closing_amount", "结转下月"),
    ),
    statement="payroll/sheet_balances",
    fills=(Fill("赔偿话费", "clay", columns=("account",)),),
    notes=("上月结转＋本月各项＝结转下月；赔偿话费与制度罚款分开结转。",),
    freeze_columns=3,
)

TERMS = Sheet(
    "扣款口径",
    (
        Column("item", "项目"),
        Column("value_text", "取值", blank="—（没有登记，不采用默认值）", align="center"),
        Column("basis", "依据", width=44, blank="—"),
        Column("valid_from_on", "自", blank="—"),
        Column("valid_until_on", "至", blank="—"),
    ),
    statement="payroll/sheet_terms",
    notes=("月中变动的，按该月最后一天的取值。",),
)

#: columns of 工资扣款核对 that add up, named as in payroll/sheet_deduction_totals
ADDED = (
    "absent_days",
    "absence_amount",
    "adjusted_absent_days",
    "adjusted_absence_amount",
    "fine_amount",
    "adjusted_fine_amount",
    "settled_amount",
    "charge_amount",
    "deductible_amount",
    "withheld_amount",
    "pending_amount",
)

IMPORT = Sheet(
    "薪资导入",
    (
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("period_text", "期间"),
        Column("due_days", "应出勤"),
        Column("attended_days", "实出勤"),
        Column("private_leave_days", "事假"),
        Column("sick_leave_days", "病假"),
        Column("absent_days", "旷工"),
        Column("late_count", "迟到次数"),
        Column("night_count", "夜班次数"),
        Column("workday_overtime_hours", "平日加班"),
        Column("rest_overtime_hours", "休息日加班"),
        Column("statutory_overtime_hours", "法定加班"),
        Column("adjusted_days", "上月调整"),
        Column("adjusted_workday_hours", "上月平日加班"),
        Column("adjusted_rest_hours", "上月休息日加班"),
        Column("adjusted_statutory_hours", "上月法定加班"),
    ),
    statement="payroll/sheet_import",
    is_flat=True,
)


def deductions_workbook(connection: psycopg.Connection, artifact: Row) -> WorkbookSpec:
    """Describe the 工资扣款核对表 of one site and month.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    :raises TotalsError: when the month sheet is not final, or the ledger or the parts of the fines do not add up.
    """
    parameters = parameters_of(artifact)
    head = _final_head(connection, artifact, parameters)
    [totals] = rows(connection, "payroll/sheet_deduction_totals", parameters)
    entered = sum((row["entry_amount"] for row in rows(connection, ENTRIES.statement, parameters)), Decimal(0))
    carried = rows(connection, BALANCES.statement, parameters)
    checks = _checks(head, totals, entered, carried)
    broken = [check.text for check in checks if not check.holds]
    if broken:
        raise TotalsError(
            f"{head['site_name']}的{artifact['title']}核对不符，没有生成：{'；'.join(broken)}。请通知管理员查明罚款台账。"
        )
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    return WorkbookSpec.of(
        artifact,
        scope=head["site_name"],
        edition=EDITION,
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in head["rules"]),
            totals=(
                Figure("缺勤减发合计", totals["absence_amount"], "amount"),
                Figure("制度罚款合计", totals["fine_amount"], "amount"),
                Figure("可扣合计", totals["deductible_amount"], "amount"),
                Figure("不得扣合计", totals["withheld_amount"], "amount"),
                Figure("待人事/法务确认合计", totals["pending_amount"], "amount"),
                Figure("赔偿话费合计（非罚款）", totals["charge_amount"], "amount"),
                Figure("罚款台账结转下月", head["closing_amount"], "amount"),
                Figure("地区与扣款口径", f"{head['region_text']}  {head['profile_text']}"),
            ),
            counts=(
                Figure("人数", totals["person_count"], "integer"),
                Figure("资料不全、没有计算的人数", totals["fault_count"], "integer"),
                Figure("旷工天数", totals["absent_days"], "days"),
            ),
            control=Control(
                **{name: head[name] for name in ("received", "admitted", "duplicate", "superseding", "returned")}
            ),
            checks=checks,
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
                ("考勤月报表版本", str(head["sheet_revision"])),
            ),
            no_approval="随考勤月报表定稿审批",
        ),
        sheets=(
            _headed(replace(DEDUCTIONS, totals={name: totals[name] for name in ADDED}), head).read(
                connection, parameters
            ),
            replace(ENTRIES, totals={"entry_amount": entered}).read(connection, parameters),
            replace(BALANCES, totals=_carried_totals(carried)).read(connection, parameters),
            TERMS.read(connection, parameters),
        ),
        exceptions=Rows(connection, "payroll/sheet_exceptions", parameters),
        grounds=Rows(connection, "payroll/sheet_grounds", parameters),
        differences=Rows(connection, "payroll/sheet_differences", by_artifact),
        approvals=Rows(connection, "timesheets/sheet_approvals", by_artifact),
    )


def import_workbook(connection: psycopg.Connection, artifact: Row) -> WorkbookSpec:
    """Describe the 薪资导入表 of one site and month: a bare table for the payroll program.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    :raises TotalsError: when the month sheet is not final.
    """
    parameters = parameters_of(artifact)
    head = _final_head(connection, artifact, parameters)
    return WorkbookSpec.of(
        artifact,
        scope=head["site_name"],
        edition=EDITION,
        has_standard_sheets=False,
        sheets=(IMPORT.read(connection, parameters),),
    )


def _final_head(connection: psycopg.Connection, artifact: Row, parameters: dict[str, Any]) -> dict[str, Any]:
    """The cover's row, of a month sheet that is final (the schema lets none be while days wait)."""
    [head] = rows(connection, "payroll/sheet_cover", parameters)
    if not head["is_issued"]:
        raise TotalsError(
            f"{head['site_name']}的考勤月报表还没有定稿，不能编制{artifact['title']}。请先完成月度考勤的发布。"
        )
    return head


def _headed(sheet: Sheet, head: Row) -> Sheet:
    """The headings with the figures that are settings: 日工资(÷21.75), 扣款上限(20%)."""
    share = "" if head["cap_rate"] is None else f"({(head['cap_rate'] * 100).normalize():f}%)"
    said = {
        "daily_wage_amount": f"日工资(÷{head['wage_days'].normalize():f})",
        "cap_amount": f"扣款上限{share}",
    }
    return replace(
        sheet,
        columns=tuple(
            replace(column, heading=said.get(column.name, column.heading)) if column.name in said else column
            for column in sheet.columns
        ),
    )


def _carried_totals(carried: list[dict[str, Any]]) -> dict[str, Decimal]:
    names = [column.name for column in BALANCES.columns if column.kind == "amount"]
    return {name: sum((row[name] for row in carried), Decimal(0)) for name in names}


def _checks(head: Row, totals: Row, entered: Decimal, carried: list[dict[str, Any]]) -> tuple[Check, ...]:
    """Identities that hold, or nothing goes out."""
    closing = sum((row["closing_amount"] for row in carried), Decimal(0))
    parts = [totals[f"{name}_amount"] for name in ("deductible", "withheld", "pending", "unknown")]
    unknown = f" ＋ 没有计算{parts[3]:,.2f}" if parts[3] else ""
    return (
        Check(
            f"应执行罚款{totals['open_amount']:,.2f} ＝ 可扣{parts[0]:,.2f} ＋ 不得扣{parts[1]:,.2f}"
            f" ＋ 待确认{parts[2]:,.2f}{unknown}",
            totals["open_amount"] == sum(parts),
        ),
        Check(
            f"罚款台账：上月结转{head['opening_amount']:,.2f} ＋ 本月入账{entered:,.2f}"
            f" ＝ 结转下月{head['closing_amount']:,.2f}",
            head["opening_amount"] + entered == head["closing_amount"] == head["entered_amount"] == closing,
        ),
        Check("每人上月结转下月＝本月上月结转，逐项相加无差", head["is_carried"]),
        Check("减免不超过该日该项罚款", head["is_waived_within"]),
    )
