"""
### 月度考勤 Monthly attendance: a draft on the 1st, final at the close, and then what payroll needs

On the 1st at 10:00 (Asia/Shanghai), about the month before: takes the files of the inbox, draws up each site's month
sheet as a draft (初稿) for the departments to check, waits for the close at the end of the 5th working day (a setting),
judges the month once more as known at that instant, freezes it, and asks the office whether the signed sheets agree.
What it agrees to is issued (定稿), its fines go into the ledger, and payroll and finance alone get their two files.

1. 确定期间 (a whole month that is over), 收取资料, 校验入库, 占用期间: both cut-offs are stamped.
2. 核对制度, 计算月报, 核对初稿; for each site: 登记初稿, 生成初稿, 发送.
3. 等待最后收件 (an hour before the close), 补收资料, 补录入库, 等待关账, 核对关账, 计算定稿, 核对定稿.
4. For each site: 登记签字稿, 生成签字稿, 发送, 等待签字 with an opinion, 发布定稿 with its ledger; 生成月报, 发送 to
   the site, and beside them 生成工资资料, 发送 to payroll and finance.
5. 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. A site with open questions
(待确认) is 待资料: land the answers (考勤认定单, 补卡单, 排班) and run the month again (重算). What was issued stays.
While it waits for the close, the month is held: to draw its draft anew, mark the waiting run as failed, then 重算.

**To redo a month:** trigger it with 期间 (2026-10), 方式 and 原因. Before the issue 重算 takes in what is new. After it
the month is frozen: it comes out the same (无变化), and what is known since is 上月调整 of the next one; but wages that
arrived since make a further edition of 工资扣款核对表.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TriggerRule, chain, task_group

from backoffice.timetable import MONTHLY_ATTENDANCE as DUE
from operators.ask_decision import AskDecision
from operators.check_rows import CheckRows
from operators.close_months import CloseMonths
from operators.finish_run import FinishRun
from operators.list_rows import ListRows
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, show, take_in, take_in_late, wait_until
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import ATTENDANCE_DRAFT as DRAFT
from workbooks import MONTHLY_ATTENDANCE as PAPER
from workbooks import PAYROLL_IMPORT, WAGE_DEDUCTIONS

RECKON = ["timesheets/mark_gaps", "timesheets/mark_lines", "timesheets/record_results", "ops/stamp_computed"]
CHECKS = ["timesheets/check_lines"]
FOR_PAYROLL = [WAGE_DEDUCTIONS, PAYROLL_IMPORT]
LAST_CALL_AT = "{{ ti.xcom_pull(task_ids='when')[0]['last_call_at'] }}"
CLOSES_AT = "{{ ti.xcom_pull(task_ids='when')[0]['closes_at'] }}"

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # on the 1st at 10:00, about the month before
    params=rerun_form(period="一个月，如 2026-10"),
    tags=["attendance", "每月"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="attendance/list_sites", whole="month")
    rules = ["attendance/check_rules_bound", "attendance/check_calendar_announced", "timesheets/check_close_known"]
    check_rules = CheckRows(task_id="check_rules", task_display_name="核对制度", run_id=RUN_ID, statements=rules)
    reckon = RunStatements(
        task_id="reckon", task_display_name="计算月报", run_id=RUN_ID, statements=RECKON, document_kind=DRAFT.kind
    )
    check_draft = CheckRows(task_id="check_draft", task_display_name="核对初稿", run_id=RUN_ID, statements=CHECKS)

    @task_group(group_id="draft", group_display_name="逐个案场出初稿", default_args={"map_index_template": PLACE})
    def show_draft(document):
        chain(*show(DRAFT, document, named="初稿"))

    # whether or not there was a site to draft: a letter that does not go out stops no close
    drafted = EmptyOperator(task_id="drafted", task_display_name="等待各案场初稿", trigger_rule=TriggerRule.ALL_DONE)
    when = ListRows(task_id="when", task_display_name="确定关账时刻", run_id=RUN_ID, statement="timesheets/list_close")
    await_call, land, admit = take_in_late(LAST_CALL_AT, named="最后收件")
    await_close = wait_until(
        CLOSES_AT,
        task_id="await_close",
        task_display_name="等待关账",
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,  # a late file that is refused stops nobody
    )
    close = CloseMonths(task_id="close", task_display_name="核对关账", run_id=RUN_ID, of_period=True)
    settle = RunStatements(
        task_id="settle",
        task_display_name="计算定稿",
        run_id=RUN_ID,
        statements=[*RECKON, "timesheets/renew_results"],
        document_kind=PAPER.kind,
        among="timesheets/list_closed",
        may_change=True,
    )
    check_final = CheckRows(task_id="check_final", task_display_name="核对定稿", run_id=RUN_ID, statements=CHECKS)

    @task_group(group_id="site", group_display_name="逐个案场发布", default_args={"map_index_template": PLACE})
    def issue(document):
        confirm = AskDecision(
            task_id="confirm",
            task_display_name="等待签字",
            run_id=RUN_ID,
            document=document,
            subject="考勤月报表待签字",
            question="{site_name}：{hold_reason}。各部门经理在签字页签字后请同意，有误请驳回。意见必填（只签名无效）。",
            duty="考勤签字",
            retries=0,
        )
        chain(*show(DRAFT, document, named="签字稿", suffix="_again"), confirm)
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布定稿",
            run_id=RUN_ID,
            document=confirm.output,
            document_kind=PAPER.kind,
            title=PAPER.title,
            checks=["payroll/check_fines"],
            statements=["payroll/post_fine_entries", "ops/close_period"],
            also=FOR_PAYROLL,
        )
        chain(release, *hand_out([PAPER], release.output, named="月报"))
        payroll = hand_out(FOR_PAYROLL, release.output, named="工资资料", suffix="_payroll", is_beside=True)
        chain(release, *payroll)  # beside the sheet: neither waits for the other

    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="settle",
        wording="{person_count}人 应出勤{due_days}天 旷工{absent_days}天 请假{leave_days}天 罚款{fine_amount:,.2f}元",
        document_kind=PAPER.kind,
        exceptions=PAPER.exceptions,
        remarks="payroll/remark_editions",
    )

    chain(intake.hold, check_rules, reckon, check_draft, show_draft.expand(document=reckon.output), drafted)
    chain(check_rules, when)
    chain([check_draft, drafted, when], await_call, land, admit, await_close, close, settle, check_final)
    chain(await_call, [admit, await_close])
    chain(check_final, issue.expand(document=settle.output), finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
