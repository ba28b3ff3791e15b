"""What each document contains: sheets, columns, cover. One module per subject; the engine is backoffice.workbook.

`STATIONERY` is the one list of documents: workflows issue by it, and a reprint finds by it how one was made.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Stationery:
    """How a kind of document is made.

    :param kind: `ops.artifact.document_kind`, and the kind under which recipients are listed.
    :param title: 单据名称.
    :param range_title: 单据名称 of one that is about more than a day, where that is another.
    :param spec: ``module:function`` that builds the workbook; "" for what is no workbook: 续跑 makes it again.
    :param statement: `mail_…` query with the variables of its letter.
    :param template: its letter in templates/.
    :param exceptions: query of its sheet 异常.
    :param letters: of one that says something else to each recipient, the query of its letters.
    :param source: then ``module:function`` that gives what each letter says.
    :param content: of one released beside another that says more than it, the query of that; see `documents.Enclosure`.
    """

    kind: str
    title: str
    spec: str = ""
    statement: str = ""
    template: str = ""
    exceptions: str = ""
    range_title: str = ""
    letters: str = ""
    source: str = ""
    content: str = ""


DAILY_ATTENDANCE = Stationery(
    kind="daily_attendance",
    title="考勤日报",
    spec="workbooks.attendance:daily_workbook",
    statement="attendance/mail_daily",
    template="attendance/daily",
    exceptions="attendance/sheet_exceptions",
    range_title="考勤汇总",
)
RETURNED_ROWS = Stationery(kind="returned_rows", title="资料退回表", spec="workbooks.returns:returned_rows_workbook")
FEE_NOTICES = Stationery(
    kind="fee_notices",
    title="收费通知汇总",
    spec="workbooks.fees:fee_workbook",
    statement="fees/mail_notices",
    template="fees/notices",
    exceptions="fees/sheet_exceptions",
)
FEE_PREVIEW = Stationery(
    kind="fee_preview",
    title="收费通知预览",
    spec="workbooks.fees:fee_workbook",
    statement="fees/mail_preview",
    template="fees/preview",
    exceptions="fees/sheet_exceptions",
)
FEE_HANDOVER = Stationery(
    kind="fee_handover",
    title="交款通知书移交",
    statement="fees/mail_handover",
    template="fees/handover",
    exceptions="fees/sheet_exceptions",
)
FEE_TENANT = Stationery(
    kind="fee_tenant",
    title="交款通知书(租户)",
    template="fees/tenant",
    letters="fees/mail_tenants",
    source="workbooks.tenants:letters",
)
FEE_RERUN = Stationery(
    kind="fee_rerun",
    title="重跑结果单",
    spec="workbooks.reruns:rerun_workbook",
    statement="fees/mail_rerun",
    template="fees/rerun",
)
REPAIR_DAILY = Stationery(
    kind="repair_daily",
    title="维修工单日报",
    spec="workbooks.repairs:daily_workbook",
    statement="repairs/mail_daily",
    template="repairs/daily",
    exceptions="repairs/sheet_day_exceptions",
)
REPAIR_LETTER = Stationery(
    kind="repair_letter",
    title="施工单位函件",
    template="repairs/letter",
    letters="repairs/mail_letters",
    source="workbooks.papers:letters",
)
CHARGEBACK_PREVIEW = Stationery(
    kind="chargeback_preview",
    title="维修扣款预览",
    spec="workbooks.repairs:chargeback_workbook",
    statement="repairs/mail_preview",
    template="repairs/preview",
    exceptions="repairs/sheet_exceptions",
)
CHARGEBACK_SUMMARY = Stationery(
    kind="chargeback_summary",
    title="维修扣款汇总",
    spec="workbooks.repairs:chargeback_workbook",
    statement="repairs/mail_summary",
    template="repairs/summary",
    exceptions="repairs/sheet_exceptions",
)
CHARGEBACK_COVER = Stationery(
    kind="chargeback_cover",
    title="维修扣款汇总封面",
    spec="workbooks.repairs:chargeback_workbook",
    statement="repairs/mail_summary",
    template="repairs/summary",
    exceptions="repairs/sheet_exceptions",
)
CHARGEBACK_STATEMENT = Stationery(
    kind="chargeback_statement",
    title="质保金扣款通知单",
    template="repairs/statement",
    letters="repairs/mail_statements",
    source="workbooks.papers:letters",
)
CHARGEBACK_RERUN = Stationery(
    kind="chargeback_rerun",
    title="重跑结果单",
    spec="workbooks.reruns:rerun_workbook",
    statement="repairs/mail_rerun",
    template="repairs/rerun",
)
SALES_WEEKLY = Stationery(
    kind="sales_weekly",
    title="销售周报",
    spec="workbooks.sales:weekly_workbook",
    statement="sales/mail_weekly",
    template="sales/weekly",
    exceptions="sales/sheet_exceptions",
)
SALES_DRAFT = Stationery(
    kind="sales_draft",
    title="销售月报",
    spec="workbooks.sales:monthly_workbook",
    statement="sales/mail_draft",
    template="sales/draft",
    exceptions="sales/sheet_exceptions",
)
SALES_MONTHLY = Stationery(
    kind="sales_monthly",
    title="销售月报",
    spec="workbooks.sales:monthly_workbook",
    statement="sales/mail_monthly",
    template="sales/monthly",
    exceptions="sales/sheet_exceptions",
)
CUSTOMER_FOLLOWUP = Stationery(
    kind="customer_followup",
    title="每日客户跟进表",
    spec="workbooks.customers:followup_workbook",
    statement="sales/mail_followup",
    template="sales/followup",
    exceptions="sales/sheet_followup_exceptions",
)
CUSTOMER_LETTER = Stationery(
    kind="customer_letter",
    title="每日客户跟进表(顾问)",
    template="sales/consultant",
    letters="sales/mail_consultants",
    source="workbooks.customers:letters",
)
ATTENDANCE_DRAFT = Stationery(
    kind="attendance_draft",
    title="考勤月报表",
    spec="workbooks.timesheets:timesheet_workbook",
    statement="timesheets/mail_draft",
    template="timesheets/draft",
    exceptions="timesheets/sheet_exceptions",
)
MONTHLY_ATTENDANCE = Stationery(
    kind="monthly_attendance",
    title="考勤月报表",
    spec="workbooks.timesheets:timesheet_workbook",
    statement="timesheets/mail_monthly",
    template="timesheets/monthly",
    exceptions="timesheets/sheet_exceptions",
)
WAGE_DEDUCTIONS = Stationery(
    kind="wage_deductions",
    title="工资扣款核对表",
    spec="workbooks.payroll:deductions_workbook",
    statement="payroll/mail_deductions",
    template="payroll/deductions",
    exceptions="payroll/sheet_exceptions",
    content="payroll/find_content",
)
PAYROLL_IMPORT = Stationery(
    kind="payroll_import",
    title="薪资导入表",
    spec="workbooks.payroll:import_workbook",
    statement="payroll/mail_import",
    template="payroll/import",
)
WEEKLY_REWARDS = Stationery(
    kind="weekly_rewards",
    title="一周奖罚公布",
    spec="workbooks.rewards:rewards_workbook",
    statement="rewards/mail_weekly",
    template="rewards/weekly",
    exceptions="rewards/sheet_exceptions",
)
STATIONERY = {
    paper.kind: paper
    for paper in (
        DAILY_ATTENDANCE,
        RETURNED_ROWS,
        FEE_NOTICES,
        FEE_PREVIEW,
        FEE_HANDOVER,
        FEE_TENANT,
        FEE_RERUN,
        REPAIR_DAILY,
        REPAIR_LETTER,
        CHARGEBACK_PREVIEW,
        CHARGEBACK_SUMMARY,
        CHARGEBACK_COVER,
        CHARGEBACK_STATEMENT,
        CHARGEBACK_RERUN,
        SALES_WEEKLY,
        SALES_DRAFT,
        SALES_MONTHLY,
        CUSTOMER_FOLLOWUP,
        CUSTOMER_LETTER,
        ATTENDANCE_DRAFT,
        MONTHLY_ATTENDANCE,
        WAGE_DEDUCTIONS,
        PAYROLL_IMPORT,
        WEEKLY_REWARDS,
    )
}
