"""考勤月报表: the month sheet of a site (outputs §2): 初稿 on the 1st, 定稿 after the close, for payroll."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg

from backoffice.artifacts import parameters_of
from backoffice.database import rows
from backoffice.workbook.body import TotalsError
from backoffice.workbook.spec import (
    Check,
    Column,
    Comparison,
    Control,
    Cover,
    Figure,
    Fill,
    Rows,
    Sheet,
    Tile,
    WorkbookSpec,
)

DRAFT_KIND, FINAL_KIND = "attendance_draft", "monthly_attendance"
EDITIONS = {DRAFT_KIND: "初稿", FINAL_KIND: "定稿"}
LONGEST_MONTH = 31
DAY_WIDTH = 2.7  # characters: 31 of them fit across A4 beside names and sums
Row = Mapping[str, Any]

#: symbols of 考勤表, in the order of the legend: word and tone
SYMBOLS = {
    "√": ("出勤", ""),
    "迟": ("迟到", "warn"),
    "早": ("早退", "warn"),
    "×": ("旷工", "bad"),
    "半": ("旷工半天(½)", "bad"),
    "事": ("事假", "good"),
    "病": ("病假", "good"),
    "年": ("年休假", "good"),
    "调": ("调休", "good"),
    "婚": ("婚假", "good"),
    "丧": ("丧假", "good"),
    "产": ("产假", "good"),
    "伤": ("工伤", "good"),
    "假": ("其他假", "good"),
    "公": ("公出", "clay"),
    "培": ("培训", "clay"),
    "休": ("公休", "muted"),
    "节": ("法定节假日", "muted"),
    "夜": ("夜班", "grape"),
    "缺": ("缺卡", "warn"),
    "○": ("未在职", "muted"),
    "?": ("待确认", "calm"),
}
ORDER = (
    "一天一个符号，按影响从大到小取一：待确认、节假日与公休、旷工、请假、缺卡、迟到、早退、公出、培训、夜班、出勤；"
    "半天请假、半天旷工以各列天数为准。日期下“节”为法定节假日，“班”为调休上班日。"
    "两段班的人员第二行为下午，此时×为该半天旷工。"
)
DAY_NAMES = tuple(f"day_{number:02}" for number in range(1, LONGEST_MONTH + 1))
MARKS = Sheet(
    "考勤表",
    (
        Column("line_no", "序号", width=4.5, align="center"),
        Column("employee_id", "工号", width=9),
        Column("employee_name", "姓名", width=8.5),
        Column("post", "岗位", width=11),
        *(Column(name, name, kind="mark", width=DAY_WIDTH) for name in DAY_NAMES),
        Column("attended_days", "出勤天数", width=6, align="center"),
        Column("absent_days", "旷工天数", width=6, align="center"),
        Column("late_count", "迟到次数", width=6, align="center"),
        Column("leave_days", "请假天数", width=6, align="center"),
        Column("", "员工签字", kind="ink", width=12),
    ),
    statement="timesheets/sheet_marks",
    fills=tuple(Fill(symbol, tone, columns=DAY_NAMES) for symbol, (_, tone) in SYMBOLS.items() if tone),
    legend=tuple(Tile(word, symbol, tone) for symbol, (word, tone) in SYMBOLS.items()),
    notes=(ORDER,),
    freeze_columns=4,
    row_height=21,
    continues="is_second",
)


def _days(name: str, heading: str, width: float = 5.4) -> Column:
    """Days or hours in a column as narrow as its heading in two lines."""
    return Column(name, heading, kind="days", width=width, align="center")


def _times(name: str, heading: str) -> Column:
    return Column(name, heading, width=5.4, align="center")


MONTH = Sheet(
    "月度汇总",
    (
        Column("employee_id", "工号", width=9),
        Column("employee_name", "姓名", width=8.5),
        Column("department", "部门/案场", width=11),
        Column("post", "岗位", width=11),
        Column("rule_set_name", "适用制度", width=23, blank="—"),
        Column("joined_on", "入职日", width=11, blank="未登记"),
        Column("left_on", "离职日", width=11),
        _days("calendar_days", "日历天数"),
        _days("due_days", "应出勤天数"),
        _days("attended_days", "实际出勤天数"),
        _days("rest_days", "公休"),
        _days("statutory_days", "法定节假日"),
        _days("unemployed_days", "未在职"),
        _days("personal_days", "事假"),
        _days("sick_days", "病假"),
        _days("annual_days", "年休假"),
        _days("lieu_days", "调休"),
        _days("wedding_days", "婚假"),
        _days("funeral_days", "丧假"),
        _days("maternity_days", "产假"),
        _days("injury_days", "工伤"),
        _days("other_days", "其他假"),
        _days("outing_days", "公出/出差"),
        _times("gathering_count", "培训会议"),
        _days("absent_days", "旷工天数"),
        _days("pending_days", "待确认天数"),
        _times("late_count", "迟到次数"),
        _times("late_minutes", "迟到累计分钟"),
        _times("early_count", "早退次数"),
        _times("missing_count", "缺卡次数"),
        _times("signed_count", "补卡次数"),
        _times("night_count", "夜班次数"),
        _days("workday_overtime_hours", "平日加班小时", 6),
        _days("rest_overtime_hours", "休息日加班小时", 6),
        _days("statutory_overtime_hours", "法定节假日加班小时", 6.5),
        _days("adjusted_absent_days", "上月调整旷工(天)", 6),
        _days("adjusted_leave_days", "上月调整请假(天)", 6),
        Column("remark", "备注", width=20),
        _days("control_days", "校验(应为0)", 6),
    ),
    statement="timesheets/sheet_month",
    fills=(),
    notes=(
        "日历天数＝应出勤＋公休＋法定节假日＋未在职；应出勤＝实际出勤＋各类请假＋旷工＋待确认；校验列为两式余数，应为0。",
        "公出/出差、培训会议已计入实际出勤，不另加；迟到不含已转为旷工的部分；上月调整是关账后补到的差异，不在以上等式内。空白为0。",
    ),
    freeze_columns=2,
    paper="A3",
)
FINES = Sheet(
    "制度罚款",
    (
        Column("employee_id", "工号"),
        Column("employee_name", "姓名"),
        Column("late_fine_amount", "迟到罚款"),
        Column("early_fine_amount", "早退罚款"),
        Column("gathering_fine_amount", "会议培训罚款"),
        Column("conduct_fine_amount", "违纪罚款"),
        Column("call_charge_amount", "收费电话费(赔偿)", width=11),
        Column("call_fine_amount", "收费电话罚款", width=10),
        Column("waived_amount", "减免"),
        Column("approvers", "减免批准人", blank="—", align="center", width=12),
        Column("adjusted_fine_amount", "上月调整"),
        Column("fine_amount", "制度罚款合计", width=11),
        Column("state", "状态", align="center", width=17),
    ),
    statement="timesheets/sheet_fines",
    fills=(
        Fill("待人事/法务确认", "calm", columns=("state",)),
        Fill("不执行", "muted", columns=("state",)),
        Fill("已确认", "good", columns=("state",)),
        Fill("已执行", "good", columns=("state",)),
    ),
    notes=(
        "制度罚款合计＝各项罚款－减免＋上月调整；收费电话费是照价赔偿，不是罚款，不在合计内。",
        "罚款须经人事和法务确认方可执行，能否从工资中扣除以工资扣款核对表为准。",
    ),
    freeze_columns=2,
)
LEAVES = Sheet(
    "请假明细",
    (
        Column("slip_id", "假条号"),
        Column("employee_name", "姓名"),
        Column("leave_type", "类型", align="center"),
        Column("starts_at", "起"),
        Column("ends_at", "止"),
        Column("leave_days", "天数"),
        Column("approver", "批准人", blank="—"),
        Column("needed_level", "应批级别", align="center"),
        Column("approver_level", "实批级别", align="center", blank="—"),
        Column("asked_at", "申请时间", blank="未登记"),
        Column("submitted_on", "交条时间", blank="未交"),
        Column("is_late", "是否逾期", align="center"),
        Column("reported_back", "销假时间", align="center"),
        Column("verdict", "判定", align="center"),
    ),
    statement="timesheets/sheet_leaves",
    fills=(
        Fill("逾期", "warn", columns=("is_late",)),
        Fill("未销假", "warn", columns=("reported_back",)),
        Fill("有效", "good", columns=("verdict",)),
        Fill("未批准", "bad", columns=("verdict",)),
        Fill("批准级别不够", "bad", columns=("verdict",)),
        Fill("事后补请", "bad", columns=("verdict",)),
    ),
    notes=("天数为本月在本案场计为请假的天数；被判无效的假条计0天，按旷工列入月度汇总。",),
    freeze_columns=2,
)
CORRECTIONS = Sheet(
    "补卡换班",
    (
        Column("correction_kind", "类型", align="center"),
        Column("employee_name", "姓名"),
        Column("work_on", "日期"),
        Column("old_shift", "原班次", blank="—"),
        Column("new_shift", "新班次", blank="—"),
        Column("approver", "批准人", blank="—"),
        Column("nth_count", "本月第几次", blank="—", align="center"),
        Column("verdict", "判定", align="center"),
        Column("slip_id", "单号"),
    ),
    statement="timesheets/sheet_corrections",
    fills=(
        Fill("超过次数，不计", "warn", columns=("verdict",)),
        Fill("未采用", "warn", columns=("verdict",)),
        Fill("有效", "good", columns=("verdict",)),
        Fill("按换班判定", "good", columns=("verdict",)),
    ),
    freeze_columns=2,
)
ADJUSTMENTS = Sheet(
    "上月调整",
    (
        Column("employee_name", "姓名"),
        Column("event_on", "原日期"),
        Column("old_verdict", "原判", blank="—", align="center"),
        Column("new_verdict", "改判", blank="—", align="center"),
        Column("absent_days", "旷工天数"),
        Column("leave_days", "请假天数"),
        Column("fine_amount", "金额", width=11),
        Column("overtime_text", "加班(小时)", width=16, blank="—"),
        Column("reason", "依据", width=36),
        Column("approver", "批准人", blank="未登记"),
    ),
    statement="timesheets/sheet_adjustments",
    notes=("关账后补到的资料按差额计入本月（正数增加、负数冲减），已关账月份的考勤表不变。",),
    freeze_columns=1,
)
DEPARTMENTS = Sheet(
    "签字页",
    (
        Column("department", "部门", width=20),
        Column("person_count", "人数"),
        Column("", "部门经理签字", kind="ink", width=22),
        Column("", "日期", kind="ink", width=14),
        Column("", "考勤员", kind="ink", width=18),
        Column("", "办公室复核", kind="ink", width=18),
    ),
    statement="timesheets/sheet_departments",
    notes=("请各部门经理核对考勤表后签字，假条附后，交办公室复核。",),
    row_height=38,
)
SHEETS = (MARKS, MONTH, FINES, LEAVES, CORRECTIONS, ADJUSTMENTS, DEPARTMENTS)


def _own(*names: str) -> dict[str, str]:
    return {name: name for name in names}


#: column of each sheet → column of timesheets/sheet_totals that its rows must add up to
TOTALLED = {
    MARKS.name: _own("attended_days", "absent_days", "late_count", "leave_days"),
    MONTH.name: _own(*(column.name for column in MONTH.columns if column.kind in {"days", "integer"})),
    FINES.name: _own(*(column.name for column in FINES.columns if column.kind == "amount")),
    ADJUSTMENTS.name: {name: f"adjusted_{name}" for name in ("absent_days", "leave_days", "fine_amount")},
    DEPARTMENTS.name: _own("person_count"),
}


def timesheet_workbook(connection: psycopg.Connection, artifact: Row) -> WorkbookSpec:
    """Describe the 考勤月报表 of one site and month.

    :param artifact: row of `ops.artifact`; its kind tells the edition, its `known_at` is the cut-off of what is read.
    :raises TotalsError: when the identities of ATT-19 do not hold, or a final edition has days that wait.
    """
    kind = artifact["document_kind"]
    parameters = parameters_of(artifact)
    by_artifact = {"artifact_id": artifact["artifact_id"]}
    [cover] = rows(connection, "attendance/sheet_cover", parameters)
    [totals] = rows(connection, "timesheets/sheet_totals", parameters)
    checks = _checks(totals, is_final=kind == FINAL_KIND)
    broken = [check.text for check in checks if not check.holds]
    if broken:
        raise TotalsError(
            f"{cover['site_name']}的{artifact['title']}核对不符，没有生成：{'；'.join(broken)}。"
            "请按“异常”补齐资料后用“重算”重新计算；仍不符请联系系统管理员。"
        )
    days = rows(connection, "timesheets/list_month_days", parameters)
    return WorkbookSpec.of(
        artifact,
        scope=cover["site_name"],
        edition=EDITIONS[kind],
        is_compared=kind == FINAL_KIND,
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in cover["rules"]),
            totals=(
                Figure("应出勤天数", totals["due_days"], "days"),
                Figure("实际出勤天数", totals["attended_days"], "days"),
                Figure("请假天数", totals["leave_days"], "days"),
                Figure("旷工天数", totals["absent_days"], "days"),
                Figure("待确认天数", totals["pending_days"], "days"),
                Figure("制度罚款合计", totals["fine_amount"], "amount"),
                Figure("收费电话费(赔偿)", totals["call_charge_amount"], "amount"),
            ),
            counts=(
                Figure("人数", totals["person_count"], "integer"),
                Figure("迟到次数", totals["late_count"], "integer"),
                Figure("夜班次数", totals["night_count"], "integer"),
            ),
            comparisons=_comparisons(connection, parameters, totals),
            no_approval="初稿，待各部门核对" if kind == DRAFT_KIND else "尚未审批",
            control=Control(
                **{name: cover[name] for name in ("received", "admitted", "duplicate", "superseding", "returned")}
            ),
            checks=checks,
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{kind}/{artifact['site_id']}"),
            ),
        ),
        sheets=tuple(_filled(sheet, connection, parameters, totals, days) for sheet in SHEETS),
        exceptions=Rows(connection, "timesheets/sheet_exceptions", parameters),
        grounds=Rows(connection, "attendance/sheet_grounds", parameters),
        differences=Rows(connection, "timesheets/sheet_differences", by_artifact),
        approvals=Rows(connection, "timesheets/sheet_approvals", by_artifact),
    )


def _filled(
    sheet: Sheet, connection: psycopg.Connection, parameters: dict[str, Any], totals: Row, days: list[dict[str, Any]]
) -> Sheet:
    """The sheet with its rows, and with the totals that it is held against."""
    if sheet is MARKS:
        sheet = _of_month(sheet, days)
    named = {name: totals[of] for name, of in TOTALLED.get(sheet.name, {}).items()}
    return replace(sheet.read(connection, parameters), totals=named)


def _of_month(sheet: Sheet, days: list[dict[str, Any]]) -> Sheet:
    """With the days that the month has, each above its weekday and what the calendar made of it; days off shaded."""
    by_name = dict(zip(DAY_NAMES, days, strict=False))
    columns = tuple(
        replace(
            column,
            heading=_heading(by_name[column.name]),
            tint="muted" if by_name[column.name]["is_off"] else "",
        )
        if column.name in by_name
        else column
        for column in sheet.columns
        if column.kind != "mark" or column.name in by_name
    )
    return replace(
        sheet,
        columns=columns,
        hidden=("is_second", *DAY_NAMES[len(days) :]),
        fills=tuple(replace(fill, columns=tuple(by_name)) for fill in sheet.fills),
    )


def _heading(day: Row) -> str:
    said = "节" if day["is_statutory"] else "班" if day["weekday"] in "六日" and not day["is_off"] else ""
    return "\n".join(filter(None, (str(day["day_no"]), day["weekday"], said)))


def _shown(days: Any) -> str:
    return f"{days:.1f}" if days == round(days, 1) else f"{days:.2f}"


def _checks(totals: Row, *, is_final: bool) -> tuple[Check, ...]:
    """The identities of ATT-19, which hold for every person, printed with the sums."""
    of = {name: _shown(value) for name, value in totals.items() if name.endswith("_days")}
    return (
        Check(
            f"日历{of['calendar_days']} ＝ 应出勤{of['due_days']} ＋ 公休{of['rest_days']} ＋ "
            f"法定节假日{of['statutory_days']} ＋ 未在职{of['unemployed_days']}（逐人）",
            totals["holds_calendar"],
        ),
        Check(
            f"应出勤{of['due_days']} ＝ 实际出勤{of['attended_days']} ＋ 请假{of['leave_days']} ＋ "
            f"旷工{of['absent_days']} ＋ 待确认{of['pending_days']}（逐人）",
            totals["holds_due"],
        ),
        *([Check("定稿待确认＝0", totals["pending_days"] == 0)] if is_final else []),
    )


def _comparisons(connection: psycopg.Connection, parameters: dict[str, Any], totals: Row) -> tuple[Comparison, ...]:
    """This month beside the one before; “—” where that one has no sheet."""
    last_on = parameters["starts_on"] - timedelta(days=1)
    [before] = rows(
        connection, "timesheets/sheet_totals", parameters | {"starts_on": last_on.replace(day=1), "last_on": last_on}
    )
    has_any = before["person_count"] > 0
    return tuple(
        Comparison(label, totals[name], before[name] if has_any else None, kind)
        for name, label, kind in (
            ("person_count", "人数", "integer"),
            ("attended_days", "实际出勤天数", "days"),
            ("leave_days", "请假天数", "days"),
            ("absent_days", "旷工天数", "days"),
            ("late_count", "迟到次数", "integer"),
            ("fine_amount", "制度罚款合计", "amount"),
        )
    )
