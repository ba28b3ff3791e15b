"""The sheets that every document ends with, in this order and with these columns (outputs §0)."""

from dataclasses import replace

from backoffice.workbook.spec import Column, Fill, Sheet, WorkbookSpec

EXCEPTIONS = Sheet(
    "异常",
    (
        Column("", "序号", kind="ordinal"),
        Column("severity", "严重程度", align="center"),
        Column("subject", "对象", kind="id"),
        Column("problem", "问题", width=38),
        Column("impact_amount", "影响金额", blank="—"),
        Column("advice", "建议处理", width=34),
        Column("department", "责任部门"),
        Column("person", "责任人"),
        Column("due_on", "截止处理日"),
        Column("first_seen_on", "首次出现日"),
        Column("lasting_days", "已持续天数", kind="integer", width=8),
        Column("state", "状态", align="center"),
        Column("file_name", "来源文件", width=24),
        Column("line_no", "行号"),
    ),
    fills=(
        Fill("必须处理", "bad", columns=("severity",)),
        Fill("请核对", "warn", columns=("severity",)),
        Fill("已关闭", "muted", columns=("state",), whole_row=True),
    ),
    freeze_columns=3,
)
GROUNDS = Sheet(
    "计算依据",
    (
        Column("subject", "对象", kind="id"),
        Column("item", "日期/费项"),
        Column("outcome", "结果", width=20),
        Column("reasoning", "计算过程", width=44),
        Column("rule_book", "制度名称", width=16),
        Column("clause", "条款原文摘要", width=32),
        Column("rule_id", "规则编号"),
        Column("rule_from_on", "规则生效日"),
        Column("file_name", "来源文件", width=24),
        Column("line_no", "行号"),
        Column("adjusted_by", "人工调整人", width=9),
        Column("adjusted_at", "调整时间"),
    ),
    freeze_columns=2,
)
DIFFERENCES = Sheet(
    "差异",
    (
        Column("subject", "对象", kind="id"),
        Column("slip_number", "单据号"),
        Column("item", "项目"),
        Column("old_value", "原值", blank="—", align="center", width=30),
        Column("new_value", "新值", blank="—", align="center", width=30),
        Column("delta_amount", "差额", blank="—"),
        Column("change_kind", "变动类型", align="center"),
        Column("reason", "变动原因", width=20),
        Column("source", "来源", blank="未记录", width=54),
        Column("proposed_by", "提出人", blank="未记录"),
        Column("approved_by", "批准人", blank="未记录"),
        Column("is_notified", "是否已通知对方"),
    ),
    fills=(Fill("红字", "bad", columns=("change_kind",)), Fill("蓝字", "calm", columns=("change_kind",))),
    freeze_columns=2,
)
APPROVALS = Sheet(
    "审批记录",
    (
        Column("step", "步骤"),
        Column("approver_name", "审批人"),
        Column("duty", "职务"),
        Column("verdict", "结论"),
        Column("opinion", "意见"),
        Column("decided_at", "时间"),
        Column("approved_text", "所批户数/金额"),
        Column("version_code", "所批版本校验码"),
    ),
    fills=(Fill("驳回", "bad", columns=("verdict",)),),
)


def standard_sheets(book: WorkbookSpec) -> list[Sheet]:
    """异常, 计算依据, 差异 (after the first revision, or against a draft), 审批记录, filled from the workbook.

    :raises ValueError: when a later revision does not say what differs.
    """
    if book.is_cover_only or not book.has_standard_sheets:
        return []
    if (book.revision > 1 or book.is_compared) and book.differences is None:
        raise ValueError(f"{book.title}, revision {book.revision}: the rows of the sheet 差异 are missing.")
    return [
        replace(EXCEPTIONS, rows=book.exceptions),
        replace(GROUNDS, rows=book.grounds),
        *([replace(DIFFERENCES, rows=book.differences)] if book.revision > 1 or book.is_compared else []),
        replace(APPROVALS, rows=book.approvals),
    ]
