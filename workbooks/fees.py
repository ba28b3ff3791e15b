"""收费通知汇总: what a tower's fee notices of a month say together (outputs §3.1); before the release, its preview."""

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

PREVIEW_KIND = "fee_preview"
Row = Mapping[str, Any]

NOTICES = Sheet(
    "通知清单",
    (
        Column("", "序号", kind="ordinal"),
        Column("notice_no", "通知书号", blank="—"),
        Column("tower_name", "楼宇"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", blank="未登记", width=18),
        Column("contract_no", "合同号"),
        Column("area", "面积", kind="quantity", blank="—"),
        Column("month_text", "计费期间", align="center"),
        Column("opening_amount", "期初欠费", blank="—"),
        Column("credit_amount", "预收抵扣", is_folded_empty=True),
        Column("rent_amount", "本期租金", blank="—"),
        Column("property_amount", "物业费", blank="—"),
        Column("power_amount", "电费", blank="—"),
        Column("water_amount", "水费", blank="—"),
        Column("parking_amount", "停车费", is_folded_empty=True),
        Column("other_amount", "其他", is_folded_empty=True),
        Column("late_fee_amount", "违约金", blank="—"),
        Column("correction_amount", "红蓝字", is_folded_empty=True),
        Column("waived_amount", "减免", is_folded_empty=True),
        Column("asked_amount", "本期应收合计", blank="—"),
        Column("payable_amount", "本次应缴总额", blank="—"),
        Column("due_on", "应缴期限", blank="—"),
        Column("released_on", "开单日期", blank="—"),
        Column("revision_text", "版次", blank="—", align="center"),
        Column("state", "状态", align="center"),
        Column("handed_text", "发放方式", blank="—"),
        Column("remark", "备注", width=26),
    ),
    statement="fees/sheet_notices",
    fills=(
        Fill("异常未出单", "bad", columns=("state",)),
        Fill("无需出单", "muted", columns=("state",)),
        Fill("更正", "calm", columns=("state",)),
        Fill("待更正", "calm", columns=("state",)),
    ),
    notes=(
        "本次应缴总额 = 期初欠费 + 本期应收合计 − 预收抵扣；本期应收合计 = 各费项 + 违约金 + 红蓝字。",
        "减免自生效日起已冲减期初欠费，此列仅列示金额，不再扣减；未出单的户金额不计入合计，见备注与“异常”。",
    ),
    freeze_columns=5,
)

LINES = Sheet(
    "费用明细",
    (
        Column("notice_no", "通知书号"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", width=20),
        Column("charge_kind", "费项"),
        Column("item", "说明"),
        Column("timing", "计费方式", align="center"),
        Column("starts_on", "起"),
        Column("ends_on", "止"),
        Column("days_text", "天数/应计天数", blank="—", align="center"),
        Column("quantity", "数量", kind="quantity", blank="—"),
        Column("unit", "单位", align="center"),
        Column("unit_price", "单价", blank="—"),
        Column("amount", "金额(含税)", kind="amount", blank="待抄表"),
        Column("vat_rate", "税率", blank="—"),
        Column("net_amount", "不含税", blank="—"),
        Column("vat_amount", "税额", blank="—"),
        Column("account_name", "收款单位", blank="未登记", width=18),
        Column("mark", "估算/待抄表", align="center"),
        Column("rule_id", "规则编号"),
    ),
    statement="fees/sheet_lines",
    fills=(Fill("待抄表", "bad", columns=("mark",)), Fill("估算", "warn", columns=("mark",))),
    freeze_columns=3,
)

METERS = Sheet(
    "抄表明细",
    (
        Column("tower_name", "楼宇"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", width=20),
        Column("meter_no", "表号"),
        Column("charge_kind", "类别", align="center"),
        Column("previous_on", "上期抄表日", blank="—"),
        Column("previous_reading", "上期读数", kind="quantity", blank="—"),
        Column("current_on", "本期抄表日", blank="未抄"),
        Column("current_reading", "本期读数", kind="quantity", blank="未抄"),
        Column("multiplier", "倍率", kind="price", blank="—"),
        Column("replaced_quantity", "换表前用量", blank="—"),
        Column("quantity", "用量", kind="quantity", blank="待抄表"),
        Column("shared_quantity", "公摊用量", blank="—"),
        Column("share_text", "公摊系数", blank="—", align="center"),
        Column("unit_price", "单价", blank="—"),
        Column("amount", "金额", kind="amount", blank="待抄表"),
        Column("reading_source", "抄表方式", blank="—", align="center"),
        Column("reader", "抄表人", blank="—"),
        Column("before_quantity", "上月用量", blank="—"),
        Column("change_rate", "环比", blank="—"),
        Column("hint", "提示", width=30),
    ),
    statement="fees/sheet_meters",
    freeze_columns=4,
)

MOVEMENT = Sheet(
    "应收变动表",
    (
        Column("tower_name", "楼宇"),
        Column("charge_kind", "费项"),
        Column("opening_amount", "期初欠费"),
        Column("restated_amount", "期初更正", is_folded_empty=True),
        Column("asked_amount", "本期应收"),
        Column("current_received_amount", "本期实收(收本期)", width=17),
        Column("earlier_received_amount", "本期实收(收往期)", width=17),
        Column("advance_amount", "本期实收(预收)"),
        Column("credit_amount", "预收抵扣"),
        Column("waived_amount", "减免"),
        Column("red_amount", "红字"),
        Column("blue_amount", "蓝字"),
        Column("closing_amount", "期末欠费"),
        Column("proof_amount", "校验(0)"),
    ),
    statement="fees/sheet_movement",
    freeze_columns=2,
)
RATES = (
    "当期收缴率 {current} ＝ 上次通知以来收回的上期账单 ÷ 上期账单应收（扣除减免与预收抵扣）。",
    "往期清欠率 {arrears} ＝ 同期收回的更早账单 ÷（收回的 ＋ 仍未收的更早账单）。",
    "户数收缴率 {households} ＝ 上期账单已结清的户数 ÷ 上期账单有应收的户数。三率的实收均不含预收款与减免。",
    "当期 {current_received} ÷ {current_due}；往期 {earlier_received} ÷（{earlier_received} ＋ {earlier_open}）。",
)
MOVEMENT_NOTES = (
    "期初欠费 ＋ 本期应收 − 本期实收 − 预收抵扣 − 减免 ＋ 红字 ＋ 蓝字 ＝ 期末欠费。",
    "红字、预收款以负数列示；预收抵扣是预收款转入各费项，合计为零。",
    "收本期指收回上期账单，收往期指收回更早账单，预收指暂无账单可核销的款项；本期账单到账从下次通知起统计。",
)

AGES = Sheet(
    "账龄",
    (
        Column("tower_name", "楼宇"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", blank="未登记", width=20),
        Column("not_due_amount", "未到期"),
        Column("to_30_amount", "1–30天"),
        Column("to_60_amount", "31–60"),
        Column("to_90_amount", "61–90"),
        Column("to_180_amount", "91–180"),
        Column("to_365_amount", "181–365"),
        Column("to_3_years_amount", "1–3年"),
        Column("over_3_years_amount", "3年以上(时效)"),
        Column("all_amount", "合计"),
        Column("reminded_on", "最近催收日", blank="未记录"),
        Column("paid_on", "最近付款日", blank="—"),
    ),
    statement="fees/sheet_ages",
    totals="fees/sheet_age_totals",
    notes=("天数自应缴期限次日起算至数据截止日；本期应收在应缴期限之前列入未到期；预收抵扣后的净额。",),
    freeze_columns=3,
)
STRETCHES = AGES.columns[3:11]

PAYEES = Sheet(
    "收款单位汇总",
    (
        Column("account_name", "收款单位", blank="未登记", width=24),
        Column("bank_name", "开户行", width=24),
        Column("account_number", "账号", width=26),
        Column("charge_kind", "费项"),
        Column("household_count", "户数"),
        Column("asked_amount", "金额"),
    ),
    statement="fees/sheet_payees",
    notes=("金额为本期应收合计，不含期初欠费，未减预收抵扣；户数按费项统计，同一户可有多个费项，不合计。",),
)

VAT = Sheet(
    "增值税",
    (
        Column("account_name", "纳税主体", blank="未登记", width=24),
        Column("vat_rate", "税率/征收率"),
        Column("vat_method", "计税方法", align="center"),
        Column("line_amount", "含税"),
        Column("net_amount", "不含税"),
        Column("vat_amount", "税额"),
    ),
    statement="fees/sheet_vat",
    notes=("税额 ＝ 含税价 ÷（1＋税率）× 税率，逐行四舍五入到分后相加；不含违约金。",),
)

LATE_FEES = Sheet(
    "违约金",
    (
        Column("notice_no", "通知书号"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", width=20),
        Column("charge_kind", "费项"),
        Column("month_text", "账期", align="center"),
        Column("principal_amount", "本金"),
        Column("due_on", "应缴期限"),
        Column("counted_on", "计至日"),
        Column("late_count", "天数"),
        Column("rate_text", "日率", align="right"),
        Column("late_clause", "合同条款", width=18),
        Column("late_fee_amount", "金额"),
        Column("is_capped", "是否触顶"),
        Column("hint", "提示", width=26),
    ),
    statement="fees/sheet_late_fees",
    notes=("应缴期限当日不计，计至日当日计入；同一本金连续的天数为一段，逐段四舍五入；违约金不再计违约金。",),
    freeze_columns=3,
)

WAIVERS = Sheet(
    "减免",
    (
        Column("waiver_no", "批准单号"),
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", width=20),
        Column("charge_kind", "费项"),
        Column("waiver_amount", "金额"),
        Column("reason", "原因", width=28),
        Column("approver", "批准人"),
        Column("effective_on", "日期"),
    ),
    statement="fees/sheet_waivers",
    notes=("减免自生效日起冲减应收，不计入实收。",),
)

CREDITS = Sheet(
    "预收待抵",
    (
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", width=24),
        Column("opening_amount", "期初"),
        Column("advance_amount", "增加"),
        Column("credit_amount", "抵扣"),
        Column("closing_amount", "期末"),
    ),
    statement="fees/sheet_credits",
)

JUMPS = Sheet(
    "环比预警",
    (
        Column("unit_no", "房号"),
        Column("tenant_name", "租户", width=24),
        Column("charge_kind", "费项"),
        Column("before_amount", "上月"),
        Column("current_amount", "本月"),
        Column("change_rate", "变动"),
        Column("limit_rate", "阈值"),
        Column("", "是否已核", kind="ink"),
        Column("", "核对人", kind="ink"),
    ),
    statement="fees/sheet_jumps",
    notes=("电费、水费按两个月的金额比较；租金、物业费等固定收费按整月金额比较，不足月或一次收几个月的不算变动。",),
)

LATE_RECEIPTS = Sheet(
    "截止后到账",
    (
        Column("paid_on", "到账日"),
        Column("payer_name", "付款人", blank="—", width=22),
        Column("receipt_no", "流水号"),
        Column("paid_amount", "金额"),
        Column("unit_no", "房号"),
        Column("tenant_name", "对应租户", width=22),
        Column("notice_no", "通知书号", blank="—"),
        Column("treatment", "处理", width=24),
    ),
    statement="fees/sheet_late_receipts",
)

NUMBERS = Sheet(
    "单据号段",
    (
        Column("first_number", "首号"),
        Column("last_number", "末号"),
        Column("notice_count", "张数"),
        Column("cancelled_numbers", "作废号"),
        Column("cancelled_reason", "作废原因", blank="—"),
        Column("gap_count", "空号(须为0)"),
    ),
    statement="fees/sheet_numbers",
)

CORRECTIONS = Sheet(
    "红蓝字",
    (
        Column("original_no", "原单号"),
        Column("notice_no", "更正单号"),
        Column("unit_no", "房号"),
        Column("about_text", "原期间", align="center"),
        Column("charge_kind", "费项"),
        Column("red_amount", "红字金额"),
        Column("blue_amount", "蓝字金额"),
        Column("net_amount", "净额"),
        Column("booked_text", "入账期间", align="center"),
        Column("reason", "原因", width=26),
        Column("approver", "批准人", blank="—"),
    ),
    statement="fees/sheet_corrections",
    notes=("列示入账于本期的，以及更正本期、入账于以后期间的；后者不影响本期应收变动表。",),
)

HANDOVER = Sheet(
    "移交清单",
    (
        Column("notice_count", "份数"),
        Column("payable_amount", "合计金额"),
        Column("from_department", "移交部门"),
        Column("to_department", "接收部门", width=24),
        Column("", "移交人", kind="ink"),
        Column("", "接收人", kind="ink"),
        Column("", "时间", kind="ink", width=20),
    ),
    statement="fees/sheet_handover",
    notes=("每月20日由财务部出纳移交业主方财务部，由业主方财务部统一发放。",),
    row_height=42,
)

#: column of each sheet → column of fees/sheet_totals that holds its total
TOTALS: dict[str, dict[str, str]] = {
    NOTICES.name: {
        "area": "area",
        "opening_amount": "opening_amount",
        "credit_amount": "credit_amount",
        "rent_amount": "rent_amount",
        "property_amount": "property_amount",
        "power_amount": "power_amount",
        "water_amount": "water_amount",
        "parking_amount": "parking_amount",
        "other_amount": "other_amount",
        "late_fee_amount": "late_fee_amount",
        "correction_amount": "correction_amount",
        "waived_amount": "moved_waived_amount",
        "asked_amount": "asked_amount",
        "payable_amount": "payable_amount",
    },
    LINES.name: {"amount": "line_amount", "net_amount": "net_amount", "vat_amount": "vat_amount"},
    METERS.name: {"amount": "metered_amount"},
    MOVEMENT.name: {
        "opening_amount": "moved_opening_amount",
        "asked_amount": "moved_asked_amount",
        "current_received_amount": "moved_current_amount",
        "earlier_received_amount": "moved_earlier_amount",
        "advance_amount": "moved_advance_amount",
        "credit_amount": "moved_credit_amount",
        "waived_amount": "moved_waived_amount",
        "red_amount": "moved_red_amount",
        "blue_amount": "moved_blue_amount",
        "closing_amount": "moved_closing_amount",
        "proof_amount": "proof_amount",
    },
    PAYEES.name: {"asked_amount": "asked_amount"},
    VAT.name: {"line_amount": "line_amount", "net_amount": "net_amount", "vat_amount": "vat_amount"},
    LATE_FEES.name: {"late_fee_amount": "late_fee_amount"},
    WAIVERS.name: {"waiver_amount": "waiver_amount"},
    CREDITS.name: {
        "opening_amount": "credit_opening_amount",
        "advance_amount": "moved_advance_amount",
        "closing_amount": "credit_closing_amount",
    },
    LATE_RECEIPTS.name: {"paid_amount": "late_receipt_amount"},
    CORRECTIONS.name: {"red_amount": "red_amount", "blue_amount": "blue_amount"},
}
SHEETS = (
    NOTICES,
    LINES,
    METERS,
    MOVEMENT,
    AGES,
    PAYEES,
    VAT,
    LATE_FEES,
    WAIVERS,
    CREDITS,
    JUMPS,
    LATE_RECEIPTS,
    NUMBERS,
    CORRECTIONS,
    HANDOVER,
)


def fee_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the 收费通知汇总 of one tower and month, or its preview before numbers are given.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read. Of the kind
        `fee_preview` it shows the bills as its run found them, whatever was released since.
    :raises TotalsError: when the bills do not add up; nothing may go out then.
    """
    is_preview = artifact["document_kind"] == PREVIEW_KIND
    parameters = parameters_of(artifact) | {"before_run": artifact["run_id"] if is_preview else None}
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    [head] = rows(connection, "fees/sheet_cover", parameters)
    [found] = rows(connection, "fees/sheet_totals", parameters)
    [ages] = rows(connection, "fees/sheet_age_totals", parameters)
    totals = found | {
        "asked_amount": found["charge_amount"] + found["late_fee_amount"] + found["correction_amount"],
        "proof_amount": Decimal(0),
    }
    numbers = rows(connection, "fees/sheet_numbers", parameters)
    checks = _checks(totals, ages, numbers)
    broken = [check.text for check in checks if not check.holds]
    if broken:
        raise TotalsError(f"{head['tower_name']}的{artifact['title']}核对不符，没有生成：{'；'.join(broken)}。")
    return WorkbookSpec.of(
        artifact,
        scope=head["tower_name"],
        as_of_on=head["as_of_on"],
        is_correction=False if is_preview else None,
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in head["rules"]),
            totals=_figures(head, totals),
            counts=_counts(totals, numbers),
            comparisons=_comparisons(totals),
            control=Control(
                received=head["received"],
                admitted=head["admitted"],
                duplicate=head["duplicate"],
                superseding=head["superseding"],
                returned=head["returned"],
            ),
            checks=checks,
            charts=(_kind_chart(connection, parameters), _age_chart(ages)),
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
            ),
        ),
        sheets=tuple(_filled(sheet, connection, parameters, totals) for sheet in SHEETS),
        exceptions=Rows(connection, "fees/sheet_exceptions", parameters),
        grounds=Rows(connection, "fees/sheet_grounds", parameters),
        differences=Rows(connection, "fees/sheet_differences", by_artifact),
        # a preview is what was decided on: written again, it must not know of the decision
        approvals=() if is_preview else Rows(connection, "fees/sheet_approvals", by_artifact),
    )


def _filled(sheet: Sheet, connection: psycopg.Connection, parameters: dict[str, Any], totals: Row) -> Sheet:
    """The sheet with its rows, the totals that it is held against, and notes that carry figures."""
    if sheet.name in TOTALS:
        sheet = replace(sheet, totals={name: totals[of] for name, of in TOTALS[sheet.name].items()})
    if sheet.name != MOVEMENT.name:
        return sheet.read(connection, parameters)
    rates = {
        "current": _percent(totals["current_rate"]),
        "arrears": _percent(totals["arrears_rate"]),
        "households": _percent(totals["household_rate"]),
        "current_received": f"{totals['moved_current_amount']:,.2f}",
        "current_due": f"{totals['current_due_amount']:,.2f}",
        "earlier_received": f"{totals['moved_earlier_amount']:,.2f}",
        "earlier_open": f"{totals['earlier_open_amount']:,.2f}",
    }
    notes = (*(line.format(**rates) for line in RATES), *MOVEMENT_NOTES)
    return replace(sheet, notes=notes).read(connection, parameters)


def _percent(rate: Decimal | None) -> str:
    return "—（没有应收）" if rate is None else f"{rate:.2%}"


def _received(totals: Row) -> Decimal:
    return totals["moved_current_amount"] + totals["moved_earlier_amount"] + totals["moved_advance_amount"]


def _figures(head: Row, totals: Row) -> tuple[Figure, ...]:
    return (
        Figure("账款统计至", f"{head['paid_through_text']} 24:00，此后到账未计入"),
        Figure("通知书期初欠费", totals["opening_amount"], "amount"),
        Figure("本期应收合计", totals["asked_amount"], "amount"),
        Figure("其中违约金", totals["late_fee_amount"], "amount"),
        Figure("预收抵扣", totals["credit_amount"], "amount"),
        Figure("本次应缴总额", totals["payable_amount"], "amount"),
        Figure("本期实收（上次通知以来）", _received(totals), "amount"),
        Figure("本期减免（不计入实收）", totals["moved_waived_amount"], "amount"),
        Figure("截止后到账金额", totals["late_receipt_amount"], "amount"),
        Figure("当期收缴率", totals["current_rate"], "rate"),
        Figure("往期清欠率", totals["arrears_rate"], "rate"),
        Figure("户数收缴率", totals["household_rate"], "rate"),
    )


def _counts(totals: Row, numbers: list[dict[str, Any]]) -> tuple[Figure, ...]:
    span = f"{numbers[0]['first_number']} – {numbers[0]['last_number']}" if numbers else "待发布"
    return (
        Figure("应出单户数", totals["expected_count"], "integer"),
        Figure("已出单" if numbers else "拟出单", totals["notice_count"], "integer"),
        Figure("无需出单", totals["idle_count"], "integer"),
        Figure("异常未出单", totals["unbilled_count"], "integer"),
        Figure("待抄表户数", totals["missing_count"], "integer"),
        Figure("首号 – 末号", span),
        Figure("作废张数", 0, "integer"),
        Figure("截止后到账笔数", totals["late_receipt_count"], "integer"),
    )


def _comparisons(totals: Row) -> tuple[Comparison, ...]:
    """This month beside the one before it; “—” where that one was not drawn up here."""
    has_any = totals["before_notice_count"] > 0
    return tuple(
        Comparison(label, totals[name], totals[before] if has_any else None, kind)
        for label, name, before, kind in (
            ("出单户数", "notice_count", "before_notice_count", "integer"),
            ("本期应收合计", "asked_amount", "before_asked_amount", "amount"),
            ("本次应缴总额", "payable_amount", "before_payable_amount", "amount"),
        )
    )


def _checks(totals: Row, ages: Row, numbers: list[dict[str, Any]]) -> tuple[Check, ...]:
    """Identities that hold, or nothing goes out."""
    received, corrected = _received(totals), totals["moved_red_amount"] + totals["moved_blue_amount"]
    restated = totals["moved_restated_amount"]
    closing = (
        totals["moved_opening_amount"]
        + restated
        + totals["moved_asked_amount"]
        - received
        - totals["moved_credit_amount"]
        - totals["moved_waived_amount"]
        + corrected
    )
    owed = totals["payable_amount"] - totals["refund_amount"] + totals["unbilled_amount"]
    given = numbers[0] if numbers else {"notice_count": 0, "gap_count": 0}
    return (
        Check(
            f"应出单户数{totals['expected_count']} = 已出单{totals['notice_count']} + 无需出单{totals['idle_count']}"
            f" + 异常未出单{totals['unbilled_count']}",
            totals["expected_count"] == totals["notice_count"] + totals["idle_count"] + totals["unbilled_count"],
        ),
        Check(
            f"期初欠费{totals['moved_opening_amount']:,.2f}"
            + (f" + 期初更正{restated:,.2f}" if restated else "")
            + f" + 本期应收{totals['moved_asked_amount']:,.2f} − 本期实收{received:,.2f}"
            f" − 减免{totals['moved_waived_amount']:,.2f} ± 红蓝字{corrected:,.2f}"
            f" = 期末应收{totals['moved_closing_amount']:,.2f}（均已减预收款）",
            closing == totals["moved_closing_amount"],
        ),
        Check(
            f"本次应缴总额{totals['payable_amount']:,.2f} + 未出单户欠费{totals['unbilled_amount']:,.2f}"
            + (f" − 应退{totals['refund_amount']:,.2f}" if totals["refund_amount"] else "")
            + f" = 期末欠费{totals['owed_closing_amount']:,.2f} = 账龄合计{ages['all_amount']:,.2f}",
            owed == totals["owed_closing_amount"] == ages["all_amount"],
        ),
        Check(
            f"费用明细{totals['line_amount']:,.2f} = 通知清单各费项 = 不含税{totals['net_amount']:,.2f}"
            f" + 税额{totals['vat_amount']:,.2f}",
            totals["line_amount"] == totals["charge_amount"] == totals["net_amount"] + totals["vat_amount"],
        ),
        Check(
            f"单据号段：张数{given['notice_count']} = 已出单{totals['numbered_count']}，空号{given['gap_count']}",
            given["notice_count"] == totals["numbered_count"]
            and given["gap_count"] == 0
            and totals["numbered_count"] in (0, totals["notice_count"]),
        ),
    )


def _kind_chart(connection: psycopg.Connection, parameters: dict[str, Any]) -> Chart:
    return Chart(
        "本期应收（按费项）",
        category="charge_kind",
        series=("asked_amount",),
        kind="bar",
        statement="fees/sheet_kinds",
        columns=(Column("charge_kind", "费项"), Column("asked_amount", "本期应收")),
    ).read(connection, parameters)


def _age_chart(ages: Row) -> Chart:
    return Chart(
        "期末欠费（按账龄）",
        category="age_text",
        series=("age_amount",),
        kind="bar",
        columns=(Column("age_text", "账龄"), Column("age_amount", "期末欠费")),
        rows=[{"age_text": column.heading, "age_amount": ages[column.name]} for column in STRETCHES],
    )
