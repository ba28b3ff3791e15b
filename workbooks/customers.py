"""每日客户跟进表: whom to follow up, what to chase and to hand in (outputs §4.3).

All of it for the manager, and for each consultant only what is his own.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg

from backoffice.artifacts import FIRST_EXCEPTIONS, parameters_of
from backoffice.database import rows
from backoffice.letters import money
from backoffice.workbook.spec import Check, Column, Comparison, Control, Cover, Figure, Fill, Sheet, WorkbookSpec
from backoffice.workbook.wording import moment_text, period_text, revision_text

Row = Mapping[str, Any]
WORKFLOW = "customer_followup"
CONSULTANT = Column("consultant_name", "置业顾问", width=9)
#: whose a row is: never printed, but for whom it is printed
OWNER = "consultant_id"

_WHO = (
    CONSULTANT,
    Column("customer_name", "客户", width=10),
    Column("phone", "电话", width=13),
    Column("source", "来源", align="center", width=6),
    Column("registered_on", "登记日"),
    Column("valid_until_on", "有效期至", blank="不限"),
    Column("protected_until_on", "保护期至", blank="不限"),
    Column("touched_at", "上次接触", width=15),
    Column("last_content", "上次内容", blank="尚未跟进", width=26),
)
_INTENT = Column("intent", "意向", align="center", width=8)
_INK = Column("", "本次内容", kind="ink", width=28)

DUE = Sheet(
    "今日应跟进",
    (*_WHO, Column("due_on", "应跟进日"), _INTENT, _INK),
    statement="sales/sheet_followup_customers",
    hidden=(OWNER, "late_count", "left_count"),
    notes=(
        "应跟进日 ＝ 上次接触（本人接待、来电或按时录入的跟进）＋ 规定天数，来访与来电未到访的客户各按制度。",
        "有效期至、保护期至含当日；保护期满未接触的，次日起为公共客户。",
    ),
    freeze_columns=2,
    row_height=24,
)
LATE = Sheet(
    "已逾期",
    (*_WHO, Column("due_on", "应跟进日"), Column("late_count", "逾期天数", width=8), _INTENT, _INK),
    statement="sales/sheet_followup_customers",
    hidden=(OWNER, "left_count"),
    notes=("逾期天数自应跟进日次日起算。",),
    freeze_columns=2,
    row_height=24,
)
LAPSING = Sheet(
    "即将失效",
    (*_WHO, Column("left_count", "剩余天数", width=8), _INTENT, _INK),
    statement="sales/sheet_followup_customers",
    hidden=(OWNER, "due_on", "late_count"),
    notes=("剩余0天 ＝ 今日24:00失效；来访或来电由本人接待即续期，跟进只延长保护期、不续登记。",),
    freeze_columns=2,
    row_height=24,
)
RECEIVABLES = Sheet(
    "待催款",
    (
        CONSULTANT,
        Column("customer_name", "客户", width=10),
        Column("phone", "电话", width=13),
        Column("unit_text", "房号", kind="id"),
        Column("contract_text", "合同号", kind="id"),
        Column("instalment_kind", "款项", align="center"),
        Column("due_on", "应付日"),
        Column("late_count", "逾期天数", width=8),
        Column("bucket", "账龄", align="center"),
        Column("due_amount", "应付"),
        Column("paid_amount", "已付"),
        Column("open_amount", "待催"),
        _INK,
    ),
    statement="sales/sheet_followup_receivables",
    hidden=(OWNER,),
    notes=("列示今日到期和已逾期的应收款，按现责任人；今日到期的逾期0天。",),
    freeze_columns=2,
    row_height=24,
)
PAPERS = Sheet(
    "当日成交资料未交",
    (
        CONSULTANT,
        Column("deal_kind", "成交", align="center"),
        Column("deal_text", "认购/合同号", kind="id", width=14),
        Column("unit_text", "房号", kind="id"),
        Column("customer_name", "客户", width=10),
        Column("phone", "电话", width=13),
        Column("due_on", "成交日"),
        Column("deal_amount", "成交金额"),
        Column("late_count", "迟交天数", width=8),
        Column("state_text", "状态", align="center"),
    ),
    statement="sales/sheet_followup_papers",
    hidden=(OWNER,),
    fills=(Fill("已逾期", "bad", columns=("state_text",)), Fill("当日须交", "warn", columns=("state_text",))),
    notes=("成交资料当日交销售经理；已签约的催合同资料。",),
    freeze_columns=1,
)
CASH = Sheet(
    "暂存现金",
    (
        Column("holder_kind", "保管人", align="center"),
        Column("consultant_name", "姓名", width=9),
        Column("holding_text", "登记号", kind="id", width=14),
        Column("held_amount", "金额"),
        Column("held_at", "存入时间", width=15),
        Column("due_at", "最迟移交", blank="不得留存", width=15),
        Column("handed_at", "移交财务", blank="未移交", width=15),
        Column("held_hours", "已存小时", width=8),
        Column("verdict", "判定", align="center"),
        Column("state_text", "说明", width=46),
    ),
    statement="sales/sheet_followup_cash",
    hidden=(OWNER,),
    fills=(Fill("不符", "bad", columns=("verdict",)), Fill("正常", "good", columns=("verdict",))),
    notes=(
        "客户款项直接交财务：顾问自留必须为0；经理代管的合计金额与小时数以制度为限。小时数计至移交，未移交的计至当日24:00。",
    ),
    freeze_columns=2,
)
UNCOUNTED = Sheet(
    "未计入跟进",
    (
        CONSULTANT,
        Column("customer_name", "客户", width=10),
        Column("phone", "电话", width=13),
        Column("followed_at", "跟进时间", width=15),
        Column("due_on", "最迟录入日"),
        Column("entered_on", "录入日"),
        Column("late_count", "迟录天数", width=8),
        Column("last_content", "内容", width=36),
    ),
    statement="sales/sheet_followup_uncounted",
    hidden=(OWNER,),
    notes=("录入逾期的跟进不延长保护期，也不算跟进；自录入起列示7天。",),
    freeze_columns=2,
)
#: also of the sales reports, there with names and numbers masked: parameters workflow and is_masked beside the usual
OWNERSHIP = Sheet(
    "客户归属判定",
    (
        Column("customer_name", "客户", width=10),
        Column("phone", "电话", width=13),
        Column("involved", "涉及顾问", width=16),
        Column("owner_name", "判定归属", width=10),
        Column("verdict", "状态", align="center"),
        Column("decision", "判定", align="center"),
        Column("basis", "依据条款", width=40),
        Column("registered_at", "登记时间", width=15),
        Column("valid_until_on", "有效期至", blank="不限"),
        Column("protected_until_on", "保护期至", blank="不限"),
        Column("decided_on", "判定日"),
        Column("decided_by", "判定人(系统/经理)", align="center", width=10),
    ),
    statement="sales/sheet_ownership",
    hidden=(OWNER,),
    fills=(
        Fill("公共", "muted", columns=("verdict",)),
        Fill("登记作废", "bad", columns=("decision",)),
        Fill("同事成交", "warn", columns=("decision",)),
    ),
    notes=(
        "列示涉及两名以上顾问、经理裁定或交接、以及转为公共的客户；首次登记没有争议的不列。",
        "代接：保护期内由同事接待，归登记人。",
        "登记有效期内同事成交的：维护登记＝在规定天数内提出，登记作废＝超过天数才提出，同事成交＝尚未提出。",
    ),
    freeze_columns=1,
)
SHEETS = (DUE, LATE, LAPSING, RECEIVABLES, PAPERS, CASH, UNCOUNTED, OWNERSHIP)
#: columns whose sum stands under a sheet
SUMMED = {
    RECEIVABLES.name: ("due_amount", "paid_amount", "open_amount"),
    PAPERS.name: ("deal_amount",),
    CASH.name: ("held_amount",),
}
#: what a cover and a letter count, and under which key `ops.result` keeps it
COUNTED = (
    (DUE, "今日应跟进", "follow_count"),
    (LATE, "已逾期", "overdue_count"),
    (LAPSING, "即将失效", "lapsing_count"),
    (RECEIVABLES, "待催款笔数", "chase_count"),
    (PAPERS, "成交资料未交", "paper_count"),
)


@dataclass(frozen=True)
class Day:
    """All that the workbooks of a project's day are made of, read once: every consultant's part is cut from it."""

    head: Row
    sheets: Mapping[str, list[Row]]
    exceptions: list[Row]
    grounds: list[Row]

    @classmethod
    def read(cls, connection: psycopg.Connection, artifact: Row) -> "Day":
        """The day of a row of `ops.artifact`, of the project as a whole."""
        parameters = parameters_of(artifact) | {"workflow": WORKFLOW, "is_masked": False}
        [head] = rows(connection, "sales/sheet_followup_cover", parameters)
        return cls(
            head,
            {sheet.name: rows(connection, sheet.statement, parameters | {"kind": sheet.name}) for sheet in SHEETS},
            rows(connection, "sales/sheet_followup_exceptions", parameters),
            rows(connection, "sales/sheet_followup_grounds", parameters),
        )

    def of(self, consultant_id: str) -> "Day":
        """Only what is one consultant's (SAL-21)."""

        def own(found: list[Row]) -> list[Row]:
            return [row for row in found if row[OWNER] == consultant_id]

        return Day(
            self.head,
            {name: own(found) for name, found in self.sheets.items()},
            own(self.exceptions),
            own(self.grounds),
        )

    def count(self, sheet: Sheet) -> int:
        """How many lines a sheet has."""
        return len(self.sheets[sheet.name])

    def total(self, sheet: Sheet, column: str) -> Decimal:
        """The sum of a column, in yuan."""
        return sum((row[column] for row in self.sheets[sheet.name]), Decimal("0.00"))

    @property
    def cash_amount(self) -> Decimal:
        """What is not handed over to finance yet, in yuan."""
        return sum((row["held_amount"] for row in self.sheets[CASH.name] if row["handed_at"] is None), Decimal("0.00"))

    @property
    def wrong_count(self) -> int:
        """How many holdings of cash are against the rules."""
        return sum(row["verdict"] == "不符" for row in self.sheets[CASH.name])


def followup_workbook(connection: psycopg.Connection, artifact: Row) -> WorkbookSpec:
    """Describe the 每日客户跟进表 of one project and day for its manager: all consultants, full names and numbers.

    :param artifact: row of `ops.artifact`; its `known_at` is the cut-off of everything that is read.
    """
    day = Day.read(connection, artifact)
    differences = rows(connection, "sales/sheet_followup_differences", {"artifact_id": artifact["artifact_id"]})
    before = day.head["before_totals"]
    return _workbook(
        artifact,
        day,
        scope=day.head["project_name"],
        differences=differences,
        registered=(
            Figure("登记有效客户", day.head["held_count"], "integer"),
            Figure("已成交客户", day.head["bought_count"], "integer"),
            Figure("今日、昨日转为公共", day.head["public_count"], "integer"),
        ),
        comparisons=tuple(
            Comparison(label, day.count(sheet), before and int(before[key])) for sheet, label, key in COUNTED
        ),
        control=Control(
            **{name: day.head[name] for name in ("received", "admitted", "duplicate", "superseding", "returned")}
        ),
    )


def consultant_books(connection: psycopg.Connection, artifact: Row) -> Iterator[tuple[str, WorkbookSpec]]:
    """The workbooks of a day's letters, in order: name of the file and its content, each with one's own customers only.

    :param artifact: row of `ops.artifact`: the manager's document, or the letters' beside it.
    """
    listed = rows(connection, "sales/mail_consultants", {"artifact_id": artifact["artifact_id"]})
    if not listed:
        return
    day = Day.read(connection, artifact)
    titled = dict(artifact) | {"title": "每日客户跟进表"}
    for row in listed:
        book = _consultant_book(titled, day.of(row[OWNER]), _scope_of(row, listed, day))
        yield book.file_name, book


def letters(connection: psycopg.Connection, artifact: Row) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
    """The letters to consultants that have no words yet: outbox_id, file names, variables of sales/consultant."""
    waiting = rows(connection, "sales/mail_consultant_letters", {"artifact_id": artifact["artifact_id"]})
    if not waiting:
        return
    day = Day.read(connection, artifact)
    titled = dict(artifact) | {"title": "每日客户跟进表"}
    listed = rows(connection, "sales/mail_consultants", {"artifact_id": artifact["artifact_id"]})
    scopes = {row[OWNER]: _scope_of(row, listed, day) for row in listed}
    for letter in waiting:
        own = day.of(letter[OWNER])
        book = _consultant_book(titled, own, scopes[letter[OWNER]])
        yield letter["outbox_id"], [book.file_name], _variables(titled, own, letter)


def _scope_of(row: Row, listed: list[Row], day: Day) -> str:
    """Project and consultant; of two with one name, told apart by their numbers."""
    alike = Counter(each["recipient_name"] for each in listed)[row["recipient_name"]]
    number = f"({row[OWNER]})" if alike > 1 else ""
    return f"{day.head['project_name']}-{row['recipient_name']}{number}"


def _consultant_book(artifact: Row, day: Day, scope: str) -> WorkbookSpec:
    return _workbook(artifact, day, scope=scope, differences=(), is_own=True)


def _workbook(
    artifact: Row,
    day: Day,
    *,
    scope: str,
    differences: Any,
    registered: tuple[Figure, ...] = (),
    comparisons: tuple[Comparison, ...] = (),
    control: Control | None = None,
    is_own: bool = False,
) -> WorkbookSpec:
    due, paid, chased = (day.total(RECEIVABLES, column) for column in SUMMED[RECEIVABLES.name])
    return WorkbookSpec.of(
        artifact,
        scope=scope,
        cover=Cover(
            rules=tuple((name, date.fromisoformat(valid_from)) for name, valid_from in day.head["rules"]),
            totals=(
                Figure("待催款", chased, "amount"),
                Figure("暂存现金未移交", day.cash_amount, "amount"),
            ),
            counts=(
                *(Figure(label, day.count(sheet), "integer") for sheet, label, _ in COUNTED),
                Figure("暂存现金不符", day.wrong_count, "integer"),
                Figure("未计入跟进", day.count(UNCOUNTED), "integer"),
                Figure("客户归属判定", day.count(OWNERSHIP), "integer"),
                *registered,
            ),
            comparisons=comparisons,
            control=control,
            checks=(Check(f"应付{due:,.2f} − 已付{paid:,.2f} ＝ 待催{chased:,.2f}", due - paid == chased),),
            technical=(
                ("运行编号", str(artifact["run_id"])),
                ("单据代码", f"{artifact['document_kind']}/{artifact['site_id']}"),
            ),
            no_approval="本表不需审批",
        ),
        sheets=tuple(_filled(sheet, day, is_own=is_own) for sheet in SHEETS),
        exceptions=_without_owner(day.exceptions),
        grounds=_without_owner(day.grounds),
        differences=differences,
    )


def _filled(sheet: Sheet, day: Day, *, is_own: bool) -> Sheet:
    """The sheet with its rows and totals; in one's own book nobody needs to be told who he is."""
    if is_own and CONSULTANT in sheet.columns:
        sheet = replace(
            sheet,
            columns=tuple(column for column in sheet.columns if column is not CONSULTANT),
            hidden=(*sheet.hidden, CONSULTANT.name),
        )
    totals = {column: day.total(sheet, column) for column in SUMMED.get(sheet.name, ())}
    return replace(sheet, rows=day.sheets[sheet.name], totals=totals if day.count(sheet) else "")


def _without_owner(found: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != OWNER} for row in found]


def _variables(artifact: Row, day: Day, letter: Row) -> dict[str, Any]:
    """What the letter says is counted from the workbook that goes with it."""
    period = artifact["period"]
    chased = day.total(RECEIVABLES, "open_amount")
    revised = f"第{artifact['revision']}版 " if artifact["revision"] > 1 else ""
    found = [f"{row['subject']} {row['problem']}" for row in day.exceptions]
    return {
        "title": "客户跟进",
        "scope_text": letter["recipient_name"],
        "period_text": period_text(period.lower, period.upper),
        "headline": (
            f"{revised}今日应跟进{day.count(DUE)} 逾期{day.count(LATE)} 即将失效{day.count(LAPSING)}"
            f" 待催款{money(chased)}元"
        ),
        "about": (
            f"{letter['recipient_name']}：这是您在{letter['project_name']}{period.lower}要跟进的客户，只含您本人的客户。"
            "含客户全名和电话，请勿转发。"
        ),
        "figures": [
            ["今日应跟进", str(day.count(DUE))],
            ["已逾期", str(day.count(LATE))],
            ["即将失效", str(day.count(LAPSING))],
            ["待催款(元)", f"{day.count(RECEIVABLES)}笔 {money(chased)}"],
            ["成交资料未交", str(day.count(PAPERS))],
            ["暂存现金(元)", f"{day.count(CASH)}笔 {money(day.cash_amount)}"],
        ],
        "exception_count": len(found),
        "exceptions": found[:FIRST_EXCEPTIONS],
        "action": _action(day),
        "revision_text": revision_text(artifact["revision"]),
        "as_of_on": artifact["as_of_on"],
        "known_text": moment_text(artifact["known_at"])[:16],
        "contact": f"{letter['project_name']}案场 {letter['contact']}",
        "correction": _correction(artifact, letter),
    }


def _correction(artifact: Row, letter: Row) -> dict[str, str] | None:
    if artifact["revision"] == 1:
        return None
    # the edition before may have had nothing for anybody
    issued = f"（{letter['replaced_text']}）" if letter["replaced_text"] else ""
    return {
        "replaces": f"第{artifact['revision'] - 1}版{issued}",
        "reason": letter["reason"],
        "asked_by": letter["requested_by"],
    }


def _action(day: Day) -> str:
    asked = [
        "请立即将暂存现金送交财务；" if day.cash_amount else "",
        "请今日把成交资料交销售经理；" if day.count(PAPERS) else "",
        "请今日催收待催款；" if day.count(RECEIVABLES) else "",
    ]
    if day.count(DUE) or day.count(LATE):
        asked.append("请今日跟进以上客户，并于当日录入，逾期录入不计。")
    elif not any(asked):
        asked.append("今日没有须跟进的客户，请核对“即将失效”和“未计入跟进”。")
    return "".join(asked).removesuffix("；") + ("" if asked[-1].endswith("。") else "。")
