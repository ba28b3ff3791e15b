"""Workbooks about sales (outputs §4): 销售周报 of a week, 销售月报 of a month (初稿, 定稿); of a project or a group."""

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
    Grid,
    Rows,
    Sheet,
    Tile,
    WorkbookSpec,
)

WEEKLY_KIND, DRAFT_KIND, MONTHLY_KIND = "sales_weekly", "sales_draft", "sales_monthly"
EDITIONS = {DRAFT_KIND: "初稿", MONTHLY_KIND: "定稿"}
CUSTOMER = "客户姓名、电话在本表中掩码；完整资料只给本户责任人（个人信息保护法第六条）。"
Row = Mapping[str, Any]


def _count(name: str, heading: str, **also: Any) -> Column:
    """A count that may be shared between consultants."""
    return Column(name, heading, kind="halves", **also)


FIGURES = Sheet(
    "主要指标",
    (
        Column("item", "指标", width=20),
        Column("unit", "单位", align="center"),
        Column("period_quantity", "本期", kind="mixed", blank="—"),
        Column("late_quantity", "其中补记", kind="mixed", blank="—"),
        Column("before_quantity", "上期", kind="mixed", blank="—"),
        Column("change_rate", "环比", blank="—"),
        Column("month_quantity", "本月累计", kind="mixed", blank="—"),
        Column("year_quantity", "本年累计", kind="mixed", blank="—"),
        Column("total_quantity", "项目累计", kind="mixed", blank="—"),
        Column("target_quantity", "本月目标", kind="mixed", blank="—"),
        Column("completion_rate", "完成率", blank="—"),
        Column("note", "说明", width=30),
    ),
    statement="sales/sheet_figures",
    charts=(
        Chart(
            "漏斗：来电 → 来访 → 认购 → 签约",
            category="step",
            series=("moved_quantity",),
            kind="across",
            is_labelled=True,
            statement="sales/sheet_funnel",
            columns=(Column("step", "环节"), _count("moved_quantity", "数量")),
        ),
        Chart(
            "转化率",
            category="title",
            series=("value_rate",),
            kind="across",
            is_labelled=True,
            statement="sales/sheet_conversions",
            columns=(
                Column("title", "指标", width=20),
                _count("numerator_quantity", "分子"),
                _count("denominator_quantity", "分母"),
                Column("value_rate", "比率", blank="—"),
                Column("note", "说明", width=14),
            ),
        ),
    ),
    notes=("本期含补记；没有数的写“—”并说明原因。",),
    freeze_columns=1,
)

SITUATION = Sheet(
    "销售情况表",
    (
        Column("project_name", "项目", width=11),
        Column("building_name", "楼栋", blank="未注明", width=9),
        Column("product_type", "产品类型", blank="未注明", width=9),
        Column("unit_count", "总套数", blank="—", width=7),
        Column("released_count", "已推套数", blank="—", width=7),
        _count("subscribed_quantity", "认购套数", width=7),
        Column("subscribed_area", "认购面积", width=10),
        Column("subscribed_amount", "认购金额"),
        Column("subscribed_price", "认购均价", blank="—"),
        _count("signed_quantity", "签约套数", width=7),
        Column("signed_area", "签约面积", width=10),
        Column("signed_amount", "签约金额"),
        Column("signed_price", "签约均价", blank="—"),
        _count("cancelled_quantity", "退订套数", width=7),
        _count("returned_quantity", "退房套数", width=7),
        Column("returned_amount", "退房金额"),
        _count("net_quantity", "净签约套数", width=7),
        Column("net_amount", "净签约金额"),
        _count("total_quantity", "累计净签约套数", width=9),
        _count("unsold_quantity", "未售套数", blank="—", width=7),
        Column("unsold_amount", "未售货值", blank="—"),
        Column("released_rate", "去化率(按已推)", blank="—", width=10),
        Column("total_rate", "去化率(按总量)", blank="—", width=10),
        Column("note", "说明", width=20, is_folded_empty=True),
    ),
    hidden=("net_area", "net_price"),
    statement="sales/sheet_situation",
    charts=(
        Chart(
            "去化率：已售、已推未售、未推（占总套数）",
            category="label",
            series=("sold_quantity", "open_quantity", "unreleased_quantity"),
            kind="across",
            is_share=True,
            statement="sales/sheet_sell_through",
            columns=(
                Column("label", "楼栋·产品类型", width=11),
                _count("sold_quantity", "已售"),
                _count("open_quantity", "已推未售"),
                _count("unreleased_quantity", "未推"),
                Column("released_rate", "去化率(按已推)", blank="—"),
                Column("total_rate", "去化率(按总量)", blank="—"),
            ),
        ),
    ),
    notes=("净签约 ＝ 签约 − 退房 ＋ 换房、补充协议差额，按开发商批准日计入。", "未售货值按表价。"),
    freeze_columns=3,
)

CONTROL = Grid(
    "销控表",
    (
        Tile("可售", "可", "good"),
        Tile("认购", "认", "warn"),
        Tile("签约", "签", "bad"),
        Tile("已收全款", "全", "calm"),
        Tile("销控", "控", "clay"),
        Tile("保留", "留", "muted"),
        Tile("抵押", "押", "grape"),
        Tile("未推", "未"),
    ),
    statement="sales/sheet_control",
    notes=(
        "已收全款：到账金额不低于合同价。已成交的房源不再显示销控、保留、抵押。",
        "没有楼层、位置的房源列在本楼栋最下方“其他”行。",
    ),
)

TRAFFIC = Sheet(
    "来电来访",
    (
        Column("day_on", "日期", blank="补记"),
        Column("weekday", "星期", align="center", blank="—"),
        _count("new_call_quantity", "来电(新)"),
        _count("call_quantity", "来电合计"),
        _count("new_visit_quantity", "来访(新)"),
        _count("return_visit_quantity", "复访"),
        _count("visit_quantity", "来访合计"),
        Column("to_visit_rate", "转访率", blank="—"),
        _count("signed_quantity", "签约套数"),
        Column("period_rate", "成交率(期间)", blank="—"),
        Column("cohort_rate", "成交率(同批客户)", blank="—"),
        Column("note", "说明", width=44),
    ),
    statement="sales/sheet_traffic",
    charts=(
        Chart(
            "渠道：来访与成交",
            category="channel",
            series=("visit_quantity", "subscribed_quantity", "signed_quantity"),
            kind="bar",
            statement="sales/sheet_channels",
            columns=(
                Column("channel", "渠道"),
                _count("call_quantity", "来电"),
                _count("new_visit_quantity", "来访(新)"),
                _count("return_visit_quantity", "复访"),
                _count("visit_quantity", "来访合计"),
                _count("subscribed_quantity", "认购"),
                _count("signed_quantity", "签约"),
                Column("to_visit_rate", "转访率", blank="—"),
                Column("period_rate", "成交率(期间)", blank="—"),
                Column("cohort_rate", "成交率(同批客户)", blank="—"),
            ),
        ),
        Chart(
            "区域：来访",
            category="region",
            series=("new_visit_quantity", "return_visit_quantity"),
            kind="bar",
            stacked=True,
            statement="sales/sheet_regions",
            columns=(
                Column("region", "区域"),
                _count("call_quantity", "来电"),
                _count("new_visit_quantity", "来访(新)"),
                _count("return_visit_quantity", "复访"),
                _count("visit_quantity", "来访合计"),
                Column("to_visit_rate", "转访率", blank="—"),
                Column("cohort_rate", "成交率(同批客户)", blank="—"),
            ),
        ),
    ),
    freeze_columns=1,
)

UNSIGNED = Sheet(
    "认购未签约",
    (
        Column("unit_no", "房号"),
        Column("customer", "客户"),
        Column("subscribed_on", "认购日"),
        Column("amount", "认购金额", kind="amount"),
        Column("deposit_amount", "定金"),
        Column("received_amount", "已收定金"),
        Column("sign_by_on", "应签约日", blank="未约定"),
        Column("overdue_days", "超期天数", kind="integer", blank="—"),
        Column("open_reason", "原因", blank="未登记", width=26),
        Column("consultant_name", "置业顾问"),
    ),
    statement="sales/sheet_unsigned",
    notes=("应签约日按认购书；认购书没有写的，按制度规定的天数。", CUSTOMER),
    freeze_columns=1,
)

CONTRACTS = Sheet(
    "签约明细",
    (
        Column("contract_no", "合同号"),
        Column("unit_no", "房号"),
        Column("customer", "客户"),
        Column("signed_on", "签约日"),
        Column("area", "面积", kind="quantity"),
        Column("unit_price", "单价"),
        Column("amount", "总价", kind="amount"),
        Column("reached", "价格档", align="center", blank="—"),
        Column("discount_rate", "折扣", blank="—"),
        Column("verdict", "价格权限", align="center"),
        Column("approved_by", "批准人", blank="—"),
        Column("payment_way", "付款方式", align="center"),
        Column("down_amount", "首付", blank="—"),
        Column("loan_amount", "贷款", blank="—"),
        Column("consultant_name", "置业顾问"),
        Column("share_text", "业绩比例", width=24),
    ),
    statement="sales/sheet_contracts",
    fills=(
        Fill("未经批准", "bad", columns=("verdict",)),
        Fill("无房源价格", "warn", columns=("verdict",)),
        Fill("未定权限", "warn", columns=("verdict",)),
        Fill("低于底价", "bad", columns=("reached",)),
    ),
    notes=(
        "价格档：成交价达到该房源价格表的最高一档；折扣 ＝ 总价 ÷ 表价。低于销售人员权限的价格须经批准。",
        CUSTOMER,
    ),
    freeze_columns=2,
)

CHANGES = Sheet(
    "退订退房换房",
    (
        Column("change_kind", "类型", align="center"),
        Column("deal_no", "原合同/认购号"),
        Column("unit_text", "房号"),
        Column("subscribed_amount", "认购金额变动", blank="—"),
        Column("signed_amount", "签约金额变动", blank="—"),
        Column("pending_amount", "待批金额", blank="—"),
        Column("applied_on", "申请日"),
        Column("approved_on", "开发商批准日", blank="未批准"),
        Column("counted_text", "计入期间", align="center"),
        Column("reason", "原因", width=28),
    ),
    statement="sales/sheet_changes",
    fills=(Fill("待开发商批准，未计入", "warn", columns=("counted_text",)),),
    notes=("在开发商批准的期间计入，以前各期不变；换房的房号为“原→新”。",),
    freeze_columns=2,
)

RECEIPTS = Sheet(
    "回款",
    (
        Column("value_on", "到账日"),
        Column("unit_no", "房号", blank="未登记"),
        Column("receipt_kind", "款项", align="center"),
        Column("amount", "金额", kind="amount"),
        Column("receipt_no", "收据号"),
        Column("deal_no", "合同/认购号"),
        Column("instalment_no", "指明期次", blank="未指明"),
        Column("confirm_text", "财务确认"),
    ),
    statement="sales/sheet_receipts",
    fills=(Fill("未确认", "warn", columns=("confirm_text",)), Fill("退款", "bad", columns=("receipt_kind",))),
    notes=("按银行到账日；退款为负数，计入退款当期。银行已批未放的按揭不是回款。",),
    freeze_columns=1,
)

BUCKETS = (
    Column("open_amount", "应收"),
    Column("current_amount", "未到期"),
    Column("late_30_amount", "1–30天"),
    Column("late_60_amount", "31–60天"),
    Column("late_90_amount", "61–90天"),
    Column("late_over_amount", "90天以上"),
)
AGE_BARS = Chart(
    "应收账龄（元）",
    category="bucket",
    series=("open_amount",),
    kind="across",
    is_labelled=True,
    statement="sales/sheet_age_bars",
    columns=(Column("bucket", "账龄(天)"), Column("open_amount", "应收")),
)
AGE_NOTE = "应收 ＝ 未到期 ＋ 各账龄；当日到期不算逾期。没有到期应收可抵的收款为预收，不冲减未到期的应收。"
AGES = Sheet(
    "应收账龄",
    (
        Column("contract_no", "合同号"),
        Column("unit_no", "房号"),
        Column("customer", "客户"),
        Column("kinds", "款项"),
        *BUCKETS,
        Column("overdue_days", "最长逾期天数", kind="integer", blank="—"),
        Column("next_amount", "下期应收"),
        Column("advance_amount", "预收"),
        Column("consultant_name", "成交顾问"),
        Column("keeper_name", "责任人"),
    ),
    statement="sales/sheet_ages",
    charts=(AGE_BARS,),
    is_list=True,
    notes=(
        AGE_NOTE,
        "付款人指明期次的从其指明，否则先抵最早到期的（民法典第五百六十条）；按揭、公积金放款抵其所贷的一期。",
        "业绩归成交顾问；催款由责任人负责：最近一次交接的接手人，否则仍在本项目的成交顾问，否则案场经理。",
        CUSTOMER,
    ),
    freeze_columns=3,
)
PROJECT_AGES = Sheet(
    "应收账龄",
    (
        Column("project_name", "项目", width=18),
        Column("contract_count", "欠款合同数"),
        *BUCKETS,
        Column("next_amount", "下期应收"),
    ),
    statement="sales/sheet_project_ages",
    charts=(AGE_BARS,),
    notes=(AGE_NOTE,),
    freeze_columns=1,
)

MORTGAGES = Sheet(
    "按揭进度",
    (
        Column("unit_no", "房号"),
        Column("contract_no", "合同号"),
        Column("bank_name", "银行", width=16),
        Column("loan_kind", "类型", align="center"),
        Column("amount", "金额", kind="amount"),
        Column("signed_on", "签约日"),
        Column("complete_on", "资料齐备", blank="—"),
        Column("submitted_on", "送审", blank="—"),
        Column("approved_on", "批贷", blank="—"),
        Column("paid_on", "放款", blank="—"),
        Column("stage", "所处环节", align="center"),
        Column("stay_days", "停留天数", kind="integer", blank="—"),
        Column("unpaid_amount", "未放款", blank="—"),
        Column("reason", "原因", blank="—", width=24),
    ),
    statement="sales/sheet_mortgages",
    fills=(Fill("已放款", "good", columns=("stage",)), Fill("待放款", "warn", columns=("stage",))),
    notes=("批贷而未放款的不计回款，列入应收（按揭）；停留天数自进入所处环节之日起算。",),
    freeze_columns=2,
)

RANKING = Sheet(
    "置业顾问业绩",
    (
        Column("project_name", "项目", width=11),
        Column("consultant_id", "工号"),
        Column("consultant_name", "姓名"),
        Column("team_name", "组别", blank="—"),
        Column("grade", "职级", align="center"),
        Column("turn_count", "接待(计指标)"),
        _count("call_quantity", "来电"),
        _count("visit_quantity", "来访"),
        _count("subscribed_quantity", "认购"),
        _count("signed_quantity", "净签约套数"),
        Column("signed_amount", "净签约金额"),
        Column("received_amount", "回款"),
        Column("conversion_rate", "转化率", blank="—"),
        Column("follow_rate", "跟进完成率", blank="—"),
        Column("rank_number", "排名", kind="serial", blank="—"),
        Column("before_rank_number", "上期排名", kind="serial", blank="—"),
        Column("note", "说明", width=24),
    ),
    statement="sales/sheet_ranking",
    charts=(
        Chart(
            "置业顾问净签约金额（前12名）",
            category="consultant_name",
            series=("signed_amount",),
            kind="across",
            first=12,
            is_labelled=True,
        ),
    ),
    notes=("没有业绩的也列出；共同成交按业绩比例分摊，合计与项目一致。",),
    freeze_columns=3,
)

PROJECTS = Sheet(
    "项目排名",
    (
        Column("", "名次", kind="ordinal"),
        Column("project_name", "项目", width=18),
        _count("visit_quantity", "来访"),
        _count("subscribed_quantity", "认购"),
        _count("net_quantity", "净签约套数"),
        Column("net_amount", "净签约金额"),
        Column("received_amount", "回款"),
    ),
    statement="sales/sheet_projects",
    charts=(
        Chart(
            "各项目净签约金额与回款",
            category="project_name",
            series=("net_amount", "received_amount"),
            kind="across",
            first=12,
        ),
    ),
    freeze_columns=2,
)

OWNERSHIP = Sheet(
    "客户归属判定",
    (
        Column("customer_name", "客户"),
        Column("phone", "电话"),
        Column("involved", "涉及顾问", width=18),
        Column("owner_name", "判定归属"),
        Column("verdict", "状态", align="center"),
        Column("decision", "判定", width=30),
        Column("basis", "依据条款", width=34),
        Column("registered_at", "登记时间"),
        Column("valid_until_on", "有效期至", blank="不限"),
        Column("protected_until_on", "保护期至", blank="—"),
        Column("decided_on", "判定日"),
        Column("decided_by", "判定人", align="center"),
    ),
    statement="sales/sheet_ownership",
    hidden=("consultant_id",),
    notes=(CUSTOMER,),
    freeze_columns=1,
)

TARGETS = Sheet(
    "目标与计划",
    (
        Column("section", "类别", align="center"),
        Column("project_name", "项目", width=14),
        Column("item", "指标"),
        Column("unit", "单位", align="center"),
        Column("target_amount", "本月目标", kind="mixed", blank="—"),
        Column("done_amount", "完成", kind="mixed", blank="—"),
        Column("completion_rate", "完成率", blank="—"),
        Column("plan_amount", "下月计划", kind="mixed", blank="—"),
        Column("version_text", "目标版本", blank="—", width=30),
        Column("note", "说明", width=28),
    ),
    statement="sales/sheet_targets",
    freeze_columns=3,
)

CONTROLS = Sheet(
    "内控",
    (
        Column("project_name", "项目", width=14),
        Column("item", "事项"),
        Column("due_count", "应做", blank="—"),
        Column("done_count", "完成", blank="—"),
        Column("value_rate", "比率", blank="—"),
        Column("quota_text", "要求", width=16),
        Column("verdict", "结论", align="center"),
        Column("rule_id", "规则编号", blank="—"),
        Column("clause", "条款", blank="—", width=26),
        Column("note", "说明", width=24),
    ),
    statement="sales/sheet_controls",
    fills=(Fill("未达标", "bad", columns=("verdict",)), Fill("达标", "good", columns=("verdict",))),
    freeze_columns=2,
)

FAULTS = Sheet(
    "内控问题",
    (
        Column("project_name", "项目", width=14),
        Column("item", "事项"),
        Column("happened_on", "日期", blank="—"),
        Column("subject", "对象", kind="id", blank="—"),
        Column("fault", "问题", width=44),
    ),
    statement="sales/sheet_control_faults",
    notes=("“内控”表各项没有做到的逐条列示。",),
    freeze_columns=2,
)

BRIDGE = Sheet(
    "周月衔接",
    (
        Column("week_text", "周"),
        Column("week_from_on", "自"),
        Column("week_until_on", "至"),
        Column("item", "指标"),
        Column("unit", "单位", align="center"),
        Column("before_days_count", "属上月天数"),
        Column("before_quantity", "属上月", kind="mixed"),
        Column("this_days_count", "属本月天数"),
        Column("this_quantity", "属本月", kind="mixed"),
        Column("after_days_count", "属下月天数"),
        Column("after_quantity", "属下月", kind="mixed"),
        Column("week_quantity", "合计", kind="mixed"),
        Column("issued_quantity", "周报已报", kind="mixed", blank="未报"),
        Column("delta_quantity", "差额", kind="mixed", blank="—"),
        Column("explained_quantity", "其后补记", kind="mixed", blank="—"),
        Column("note", "说明", width=22),
    ),
    statement="sales/sheet_bridge",
    notes=("月报按日归集，不是各周之和；跨月的周按日分到两个月。",),
    freeze_columns=4,
)

LATE = Sheet(
    "补记与更正",
    (
        Column("business_on", "业务日"),
        Column("item", "事项"),
        Column("ref_no", "单号"),
        Column("project_name", "项目", width=12),
        Column("unit_no", "房号", blank="—"),
        Column("consultant_name", "置业顾问", blank="—"),
        _count("moved_quantity", "数量"),
        Column("moved_area", "面积"),
        Column("moved_amount", "金额"),
        Column("line_kind", "类别", align="center"),
        Column("reason", "计入本期原因", width=30),
        Column("recorded_at", "入库时间", blank="—"),
        Column("file_name", "来源文件", width=22, blank="—"),
        Column("line_number", "行号", kind="serial", blank="—"),
    ),
    statement="sales/sheet_late_lines",
    notes=("以前期间的事项在发布后才入库的，按差额计入本期，已发布的各期不变。",),
    freeze_columns=3,
)

MEASURES = Sheet(
    "指标口径",
    (
        Column("title", "指标", width=18),
        Column("definition", "定义", width=42),
        Column("numerator", "分子", blank="—", width=30),
        Column("denominator", "分母", blank="—", width=30),
        Column("source", "数据来源", width=26),
    ),
    statement="sales/sheet_measures",
    freeze_columns=1,
)

#: the chart of the cover: the last thirteen weeks
WEEKS = Chart(
    "近13周：来访、认购、签约",
    category="week_text",
    series=("visit_quantity", "subscribed_quantity", "signed_quantity"),
    statement="sales/sheet_weeks",
    columns=(
        Column("week_text", "周"),
        _count("visit_quantity", "来访"),
        _count("subscribed_quantity", "认购"),
        _count("signed_quantity", "签约"),
    ),
)

#: column of each list → column of sales/sheet_list_totals that holds its total
LIST_TOTALS: dict[str, dict[str, str]] = {
    "sales/sheet_unsigned": {
        "amount": "unsigned_amount",
        "deposit_amount": "unsigned_deposit_amount",
        "received_amount": "unsigned_received_amount",
    },
    "sales/sheet_contracts": {
        "area": "signed_area",
        "amount": "signed_amount",
        "down_amount": "down_amount",
        "loan_amount": "loan_amount",
    },
    "sales/sheet_changes": {
        "subscribed_amount": "changed_subscribed_amount",
        "signed_amount": "changed_signed_amount",
        "pending_amount": "changed_pending_amount",
    },
    "sales/sheet_receipts": {"amount": "received_amount"},
    "sales/sheet_ages": {
        **{name: name for name in ("open_amount", "current_amount", "next_amount", "advance_amount")},
        **{name: name for name in ("late_30_amount", "late_60_amount", "late_90_amount", "late_over_amount")},
    },
    "sales/sheet_project_ages": {
        **{name: name for name in ("contract_count", "open_amount", "current_amount", "next_amount")},
        **{name: name for name in ("late_30_amount", "late_60_amount", "late_90_amount", "late_over_amount")},
    },
    "sales/sheet_mortgages": {"amount": "mortgage_amount", "unpaid_amount": "mortgage_unpaid_amount"},
}
#: sheets whose totals are columns of sales/sheet_totals with this prefix
PREFIX = {SITUATION.name: "situation_", TRAFFIC.name: "traffic_", RANKING.name: "ranking_", LATE.name: "late_"}

#: of a project the week's sheets, in the order of outputs §4.1; those of a month stand before 补记与更正
LISTS = (UNSIGNED, CONTRACTS, CHANGES, RECEIPTS, AGES, MORTGAGES)
PROJECT_SHEETS = (FIGURES, SITUATION, CONTROL, TRAFFIC, *LISTS, RANKING, OWNERSHIP)
GROUP_SHEETS = (FIGURES, PROJECTS, SITUATION, TRAFFIC, PROJECT_AGES, RANKING)
MONTH_SHEETS = (TARGETS, CONTROLS, FAULTS, BRIDGE)
LAST_SHEETS = (LATE, MEASURES)


def weekly_workbook(connection: psycopg.Connection, artifact: Row) -> WorkbookSpec:
    """Describe the 销售周报 of one project or group and ISO week.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    :raises TotalsError: when a total of SQL is not the sum of its rows, or the ages do not make up what is owed.
    """
    return _workbook(connection, artifact, ())


def monthly_workbook(connection: psycopg.Connection, artifact: Row) -> WorkbookSpec:
    """Describe the 销售月报 of one project or group and month: 初稿 before finance has checked the receipts, then 定稿.

    :param artifact: row of `ops.artifact`; its kind tells the edition.
    :raises TotalsError: when a total of SQL is not the sum of its rows, or the ages do not make up what is owed.
    """
    return _workbook(connection, artifact, MONTH_SHEETS)


def _workbook(connection: psycopg.Connection, artifact: Row, month_sheets: tuple[Sheet, ...]) -> WorkbookSpec:
    kind = artifact["document_kind"]
    parameters = parameters_of(artifact) | {
        "workflow": artifact["workflow"],
        "is_preview": kind == DRAFT_KIND,
        "is_masked": True,
    }
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    [head] = rows(connection, "sales/sheet_cover", parameters)
    [listed] = rows(connection, "sales/sheet_list_totals", parameters)
    [counted] = rows(connection, "sales/sheet_totals", parameters)
    figures = rows(connection, "sales/sheet_figures", parameters)
    checks = _checks(listed)
    broken = [check.text for check in checks if not check.holds]
    if broken:
        raise TotalsError(
            f"{head['place_name']}的{artifact['title']}核对不符，没有生成：{'；'.join(broken)}。"
            "请通知管理员查明后用“重算”重新计算。"
        )
    is_group = head["is_group"]
    sheets = (*(GROUP_SHEETS if is_group else tuple(map(_of_one_project, PROJECT_SHEETS))), *month_sheets, *LAST_SHEETS)
    return WorkbookSpec.of(
        artifact,
        scope=head["place_name"],
        edition=EDITIONS.get(kind, ""),
        is_compared=kind == MONTHLY_KIND,
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in head["rules"]),
            totals=_figures(figures, head, listed),
            counts=_counts(figures, listed),
            comparisons=_comparisons(figures),
            control=Control(
                **{name: head[name] for name in ("received", "admitted", "duplicate", "superseding", "returned")}
            ),
            checks=checks,
            charts=(WEEKS.read(connection, parameters),),
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{kind}/{artifact['site_id']}"),
            ),
            no_approval="周报无需审批" if kind == WEEKLY_KIND else "待财务核对",
        ),
        sheets=tuple(_filled(sheet, connection, parameters, listed, counted) for sheet in sheets),
        exceptions=Rows(connection, "sales/sheet_exceptions", parameters),
        grounds=Rows(connection, "sales/sheet_grounds", parameters),
        differences=Rows(connection, "sales/sheet_differences", by_artifact),
        approvals=Rows(connection, "sales/sheet_approvals", by_artifact),
    )


def _of_one_project(sheet: Sheet | Grid) -> Sheet | Grid:
    """Without the column that would say the same project on every line."""
    if isinstance(sheet, Grid) or sheet.columns[0].name != "project_name":
        return sheet
    return replace(
        sheet,
        columns=sheet.columns[1:],
        hidden=(*sheet.hidden, "project_name"),
        freeze_columns=sheet.freeze_columns - 1,
    )


def _filled(
    sheet: Sheet | Grid, connection: psycopg.Connection, parameters: dict[str, Any], listed: Row, counted: Row
) -> Sheet | Grid:
    """The sheet with its rows and the totals that it is held against."""
    if isinstance(sheet, Grid):
        totals = rows(connection, "sales/sheet_control_totals", parameters)
        sheet = replace(
            sheet,
            lead=f"更新时间 {parameters['last_on']} 24:00",
            totals={row["state"]: row["unit_count"] for row in totals},
        )
    elif sheet.statement in LIST_TOTALS:
        sheet = replace(sheet, totals={name: listed[of] for name, of in LIST_TOTALS[sheet.statement].items()})
    elif sheet.name in PREFIX:
        own = {name: f"{PREFIX[sheet.name]}{name}" for name in (column.name for column in sheet.columns)}
        sheet = replace(sheet, totals={name: counted[of] for name, of in own.items() if of in counted})
    return sheet.read(connection, parameters)


def _kind(figure: Row) -> str:
    return "amount" if figure["unit"].endswith("元") else "halves"


def _figures(figures: list[dict[str, Any]], head: Row, listed: Row) -> tuple[Figure, ...]:
    money = [row for row in figures if _kind(row) == "amount"]
    return (
        *(Figure(f"本期{row['item']}", row["period_quantity"], "amount") for row in money),
        *(Figure(f"{row['item']}完成率（本月）", row["completion_rate"], "rate") for row in money),
        Figure("应收未收合计", listed["open_amount"], "amount"),
        Figure("其中逾期", _overdue(listed), "amount"),
        Figure("财务核对状态", head["checked_text"]),
        Figure("目标版本", head["target_text"] or "—"),
        Figure("合同数据来源", head["source_text"] or "—"),
    )


def _overdue(listed: Row) -> Decimal:
    return listed["open_amount"] - listed["current_amount"]


def _counts(figures: list[dict[str, Any]], listed: Row) -> tuple[Figure, ...]:
    return (
        *(
            Figure(f"本期{row['item'].removeprefix('其中')}", row["period_quantity"], "halves")
            for row in figures
            if _kind(row) == "halves"
        ),
        Figure("期末认购未签约", listed["unsigned_count"], "integer"),
        Figure("期末欠款合同", listed["contract_count"], "integer"),
    )


def _comparisons(figures: list[dict[str, Any]]) -> tuple[Comparison, ...]:
    return tuple(Comparison(row["item"], row["period_quantity"], row["before_quantity"], _kind(row)) for row in figures)


def _checks(listed: Row) -> tuple[Check, ...]:
    """Identities that hold, or nothing goes out (SAL-14)."""
    late = [listed[f"late_{bucket}_amount"] for bucket in ("30", "60", "90", "over")]
    return (
        Check(
            f"应收{listed['open_amount']:,.2f} ＝ 未到期{listed['current_amount']:,.2f}"
            f" ＋ 逾期{sum(late):,.2f}（1–30、31–60、61–90、90天以上）",
            listed["open_amount"] == listed["current_amount"] + sum(late),
        ),
    )
