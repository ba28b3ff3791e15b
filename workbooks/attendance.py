"""考勤日报表: the daily attendance workbook of a site (outputs §1)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import psycopg

from backoffice.artifacts import parameters_of
from backoffice.database import rows
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

SECONDS = {
    "minute_floor": "打卡时间舍去秒数",
    "exact_second": "打卡时间精确到秒",
    None: "打卡时间舍去秒数",
}

SUMMARY = Sheet(
    "汇总",
    (
        Column("work_on", "日期"),
        Column("due_count", "应到人数"),
        Column("present_count", "实到"),
        Column("late_count", "迟到"),
        Column("early_count", "早退"),
        Column("absent_days", "旷工(天)"),
        Column("leave_count", "请假"),
        Column("leave_days", "请假(天)"),
        Column("rest_count", "休息"),
        Column("outing_count", "外出/公出"),
        Column("missing_count", "缺卡"),
        Column("open_count", "进行中(夜班)"),
        Column("pending_count", "待确认"),
        Column("fine_amount", "当日罚款"),
        Column("present_rate", "出勤率", blank="—"),
    ),
    statement="attendance/sheet_summary",
    totals="attendance/sheet_summary_totals",
    charts=(
        Chart(
            "近14天出勤",
            category="day_text",
            series=("due_count", "present_count", "late_count"),
            statement="attendance/sheet_recent_days",
            columns=(
                Column("day_text", "日期"),
                Column("due_count", "应到"),
                Column("present_count", "实到"),
                Column("late_count", "迟到"),
                Column("absent_days", "旷工(天)"),
            ),
        ),
    ),
    notes=("应到、实到、请假按人次计；旷工、请假天数以天计，半天为0.5；当日罚款含违纪单罚款，不含赔偿话费。",),
)

DAYS = Sheet(
    "出勤明细",
    (
        Column("work_on", "日期"),
        Column("weekday", "星期", align="center"),
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("post", "部门/岗位"),
        Column("rule_set_name", "适用制度"),
        Column("shift_name", "班次", align="center"),
        Column("due_time", "应到时间", align="center", width=8),
        Column("in_time", "上班打卡", align="center"),
        Column("out_time", "下班打卡", align="center"),
        Column("second_in_time", "第二段到", align="center", is_folded_empty=True),
        Column("second_out_time", "第二段离", align="center", is_folded_empty=True),
        Column("status", "状态", align="center"),
        Column("late_minutes", "迟到分钟", width=7),
        Column("early_minutes", "早退分钟", width=7),
        Column("absent_days", "旷工天数", width=7),
        Column("leave_type", "请假类型", align="center", width=8),
        Column("leave_slip_id", "假条号"),
        Column("slip_verdict", "假条是否按时交", align="center", width=13),
        Column("fine_amount", "制度罚款", width=10),
        Column("overtime_kind", "加班类别", align="center", width=10, is_folded_empty=True),
        Column("overtime_hours", "加班小时", width=8, is_folded_empty=True),
        Column("remark", "说明", width=26),
        Column("handled", "人工处理", width=19),
    ),
    statement="attendance/sheet_days",
    totals="attendance/sheet_days_totals",
    fills=(
        Fill("旷工", "bad", columns=("status",)),
        Fill("旷工半天", "bad", columns=("status",)),
        Fill("迟到", "warn", columns=("status",)),
        Fill("早退", "warn", columns=("status",)),
        Fill("缺卡", "warn", columns=("status",)),
        Fill("待确认", "calm", columns=("status",)),
        Fill("进行中", "calm", columns=("status",)),
        Fill("请假", "good", columns=("status",)),
        Fill("休息", "muted", columns=("status",)),
        Fill("法定节假日", "muted", columns=("status",)),
    ),
    freeze_columns=4,
)

PENDING = Sheet(
    "待确认",
    (
        Column("employee_name", "姓名"),
        Column("employee_id", "工号"),
        Column("work_on", "日期"),
        Column("matter", "事项"),
        Column("verdict_otherwise", "若不补正将判为"),
        Column("due_at", "补正截止", blank="—"),
        Column("signer", "需谁签字"),
    ),
    statement="attendance/sheet_pending",
)

OUTINGS = Sheet(
    "外出登记",
    (
        Column("employee_name", "姓名"),
        Column("outing_kind", "因公/因私/用餐", align="center"),
        Column("approver", "批准人", blank="—"),
        Column("out_at", "外出时间", blank="—"),
        Column("back_at", "返回时间", blank="—"),
        Column("destination", "去向", width=30),
        Column("check_result", "查岗结果", width=30),
        Column("verdict", "判定", width=20),
    ),
    statement="attendance/sheet_outings",
    notes=(
        "查岗另有记录的，写明日期、时间、结果和查岗人；没有外出登记的查岗单列一行。返回时间为“—”的，未登记返回。",
        "“仅登记”指本制度不计旷工，或时长不明。",
    ),
)

CONDUCT = Sheet(
    "违纪单",
    (
        Column("slip_id", "单号"),
        Column("event_on", "发生日"),
        Column("employee_name", "姓名"),
        Column("cause", "事由", width=34),
        Column("clause", "条款"),
        Column("fine_amount", "金额"),
        Column("charge_amount", "赔偿话费"),
        Column("issued_by", "开单人"),
        Column("is_signed", "当事人签字", words={True: "有", False: "无"}, align="center"),
        Column("state", "状态", align="center"),
        Column("remark", "说明", width=30),
    ),
    statement="attendance/sheet_conduct",
    totals="attendance/sheet_conduct_totals",
    fills=(Fill("待确认", "calm", columns=("state",)), Fill("同因重复", "warn", columns=("state",))),
)

RECEPTION = Sheet(
    "接待轮位",
    (
        Column("turn_no", "顺位"),
        Column("employee_name", "姓名"),
        Column("signed_in_at", "签到时间", blank="未签到"),
        Column("passed_over_count", "轮空剩余次数"),
        Column("stop_reason", "停接原因", width=34),
        Column("reception_count", "当日接待次数"),
        Column("not_counted", "不计指标次数及原因", width=34),
    ),
    statement="attendance/sheet_reception",
    notes=(
        "顺位按当日签到先后，次日重新排；轮空剩余次数是当日最后一位客户之后还剩的，不带入次日。接待次数含不计指标的。",
    ),
)

MEETINGS = Sheet(
    "会议培训",
    (
        Column("held_at", "时间"),
        Column("meeting_name", "名称"),
        Column("due_count", "应到"),
        Column("present_count", "实到"),
        Column("missed_by", "迟到/缺席人", width=44),
    ),
    statement="attendance/sheet_gatherings",
    notes=("应到不含准假的人；“不计”指本制度不计、当日休息、请假或公出。",),
)


def daily_workbook(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> WorkbookSpec:
    """Describe the 考勤日报表 of one site and period; of more than one day it is called 考勤汇总.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    """
    parameters = parameters_of(artifact)
    [cover] = rows(connection, "attendance/sheet_cover", parameters)
    [totals] = rows(connection, "attendance/sheet_summary_totals", parameters)
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    return WorkbookSpec.of(
        artifact,
        title=artifact["title"],
        scope=cover["site_name"],
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in cover["rules"]),
            totals=(
                Figure("罚款合计", totals["fine_amount"], "amount"),
                Figure("旷工天数合计", totals["absent_days"], "days"),
                Figure("迟到人次", totals["late_count"], "integer"),
                Figure("秒数口径", SECONDS[cover["seconds_mode"]]),
            ),
            counts=(
                Figure("人数", cover["person_count"], "integer"),
                Figure("应到人次", totals["due_count"], "integer"),
                Figure("实到人次", totals["present_count"], "integer"),
            ),
            comparisons=_comparisons(connection, parameters, totals),
            no_approval="无须审批（未超过设定比例）",
            control=Control(
                received=cover["received"],
                admitted=cover["admitted"],
                duplicate=cover["duplicate"],
                superseding=cover["superseding"],
                returned=cover["returned"],
            ),
            checks=(
                Check(
                    "出勤明细罚款 + 违纪单罚款 = 汇总罚款", _fines_agree(connection, parameters, totals["fine_amount"])
                ),
            ),
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
            ),
        ),
        sheets=tuple(
            sheet.read(connection, parameters) if sheet.statement else sheet
            for sheet in (SUMMARY, DAYS, PENDING, OUTINGS, CONDUCT, RECEPTION, MEETINGS)
        ),
        exceptions=Rows(connection, "attendance/sheet_exceptions", parameters),
        grounds=Rows(connection, "attendance/sheet_grounds", parameters),
        differences=Rows(connection, "attendance/sheet_differences", by_artifact),
        approvals=Rows(connection, "ops/sheet_decisions", by_artifact),
    )


def _comparisons(
    connection: psycopg.Connection, parameters: dict[str, Any], totals: Mapping[str, Any]
) -> tuple[Comparison, ...]:
    """This period beside the one of the same length before it; “—” where that one has no results."""
    length = parameters["last_on"] - parameters["starts_on"] + timedelta(days=1)
    before = parameters | {
        "starts_on": parameters["starts_on"] - length,
        "last_on": parameters["starts_on"] - timedelta(days=1),
    }
    [previous] = rows(connection, "attendance/sheet_summary_totals", before)
    has_any = previous["due_count"] > 0
    return tuple(
        Comparison(label, totals[name], previous[name] if has_any else None, kind)
        for name, label, kind in (
            ("present_count", "实到人次", "integer"),
            ("late_count", "迟到人次", "integer"),
            ("fine_amount", "罚款合计", "amount"),
        )
    )


def _fines_agree(connection: psycopg.Connection, parameters: dict[str, Any], fine_amount: Any) -> bool:
    [days] = rows(connection, "attendance/sheet_days_totals", parameters)
    [conduct] = rows(connection, "attendance/sheet_conduct_totals", parameters)
    return days["fine_amount"] + conduct["fine_amount"] == fine_amount
