"""
### 每日考勤 Daily attendance and fines

Every morning at 09:30 (Asia/Shanghai), about the day before: takes the files of the inbox, judges everybody's day
by the roster, the punches, the slips and the rules in force, and mails each site its workbook 考勤日报.
For the sites' managers, 人事行政 and the group's HR. A range of days is one run; it mails only when asked.

1. 确定期间: the form's period, else the schedule's; never today by default.
2. 收取资料, 校验入库: files land as they came; bad lines go back to their sender.
3. 占用期间: nobody else writes these sites and days meanwhile; both cut-offs are stamped.
4. 核对制度与日历, 核对关账 (a month whose day has come is judged once more and frozen), 计算, 核对结果:
   set-based statements, all or none; checks are queries that find offenders.
5. For each site: 等待确认 (only where more than a set share of the people would be fined), 发布, 生成日报, 发送邮件.
6. 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. What was sent stays sent.

**To redo a month:** (or a day) trigger it with 期间 (2026-10-12, 2026-10 or 2026-10-01..2026-10-31), 方式 and 原因.
The same inputs write and mail nothing (无变化); changed ones give a new revision with the sheet 差异. A closed month
stays as it is: differences become 上月调整 of the open one.
"""

from airflow.sdk import DAG, chain, task_group

from backoffice.attendance import JUDGE
from backoffice.timetable import DAILY_ATTENDANCE as DUE
from operators.ask_decision import AskDecision
from operators.check_rows import CheckRows
from operators.close_months import CloseMonths
from operators.finish_run import FinishRun
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, take_in
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import DAILY_ATTENDANCE as DAILY

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # every day at 09:30, about the day before
    params=rerun_form(),
    tags=["attendance", "每日"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="attendance/list_sites", late="attendance/find_late_days")
    check_rules = CheckRows(
        task_id="check_rules",
        task_display_name="核对制度与日历",
        run_id=RUN_ID,
        statements=["attendance/check_rules_bound", "attendance/check_calendar_announced"],
    )
    close = CloseMonths(task_id="close", task_display_name="核对关账", run_id=RUN_ID)
    compute = RunStatements(
        task_id="compute",
        task_display_name="计算考勤与罚款",
        run_id=RUN_ID,
        statements=JUDGE,
        document_kind=DAILY.kind,
    )
    check_results = CheckRows(
        task_id="check_results",
        task_display_name="核对结果",
        run_id=RUN_ID,
        statements=["attendance/check_every_person_once", "attendance/check_fines_add_up"],
    )

    @task_group(group_id="site", group_display_name="逐个案场发布", default_args={"map_index_template": PLACE})
    def issue(document):
        confirm = AskDecision(
            task_id="confirm",
            task_display_name="等待确认",
            run_id=RUN_ID,
            document=document,
            subject="考勤待确认：罚款或旷工人数超过设定比例",
            question="{site_name}：{hold_reason}。设备故障或资料不全时请驳回；确认属实请同意。意见必填。",
            retries=0,
        )
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布",
            run_id=RUN_ID,
            document=confirm.output,
            document_kind=DAILY.kind,
            title=DAILY.title,
            range_title=DAILY.range_title,
        )
        chain(confirm, release, *hand_out([DAILY], release.output, named="日报"))

    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="compute",
        wording="应到{due_count}人次 迟到{late_count} 旷工{absent_days}天 罚款{fine_amount:,.2f}元 "
        "违纪{conduct_fine_amount:,.2f}元",
        document_kind=DAILY.kind,
        exceptions=DAILY.exceptions,
        remarks="attendance/remark_adjustments",
    )

    chain(intake.hold, check_rules, close, compute, check_results)
    chain(check_results, issue.expand(document=compute.output), finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
