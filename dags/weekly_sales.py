"""
### 销售周报 Weekly sales, on Mondays

On Mondays at 08:00 (Asia/Shanghai), about the ISO week before: takes the files of the inbox, counts what moved at each
project in the week (visits, calls, subscriptions, signings, receipts), adds what came to be known of earlier weeks
(补记), and mails each project and the group its 销售周报 before the meeting at 09:30.

1. 确定期间: one ISO week that is over; never this week by default.
2. 收取资料, 校验入库: files land as they came; bad lines, a unit sold twice among them, go back to their sender.
3. 等待上期发布, 占用期间: a week goes on from the one before; both cut-offs are stamped.
4. 核对制度, 计算周报, 核对结果: set-based statements, all or none; checks are queries that find offenders.
5. For each project: 发布周报 (the close of the week), 生成周报, 发送; then for the group over them.
6. 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. Reports that went out stay;
clearing the failed task goes on where it stopped (续跑).

**To redo a month:** trigger it week by week with 期间 (2026-W44), 方式 and 原因. An issued week is frozen: it comes out
the same (无变化), and what has become known since is in the next week as 补记.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TriggerRule, chain, task_group

from backoffice.timetable import WEEKLY_SALES as DUE
from operators.check_rows import CheckRows
from operators.finish_run import FinishRun
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, take_in
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import SALES_WEEKLY as PAPER

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # on Mondays at 08:00, about the week before
    params=rerun_form(period="一周，如 2026-W44"),
    tags=["sales", "每周"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="sales/list_places", whole="week", waits="sales/list_waits")
    check_rules = CheckRows(
        task_id="check_rules", task_display_name="核对制度", run_id=RUN_ID, statements=["sales/check_rules"]
    )
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算周报",
        run_id=RUN_ID,
        statements=[
            "sales/mark_gaps",
            "sales/mark_ownership",
            "sales/mark_tally",
            "sales/mark_late_lines",
            "sales/record_results",
            "ops/stamp_computed",
        ],
        document_kind=PAPER.kind,
        among="sales/list_run_projects",
    )
    check_results = CheckRows(
        task_id="check_results",
        task_display_name="核对结果",
        run_id=RUN_ID,
        statements=["sales/check_results", "sales/check_receivables"],
    )

    def issue(document):
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布周报",
            run_id=RUN_ID,
            document=document,
            document_kind=PAPER.kind,
            title=PAPER.title,
            statements=["ops/close_period"],
        )
        chain(release, *hand_out([PAPER], release.output, named="周报"))

    @task_group(group_id="project", group_display_name="逐个项目发布", default_args={"map_index_template": PLACE})
    def issue_project(document):
        issue(document)

    @task_group(group_id="group", group_display_name="发布集团周报", default_args={"map_index_template": PLACE})
    def issue_group(document):
        issue(document)

    total = RunStatements(
        task_id="total",
        task_display_name="汇总集团",
        run_id=RUN_ID,
        statements=[],
        document_kind=PAPER.kind,
        among="sales/list_run_groups",
    )
    # whether or not there was a project to issue, and whether or not its letter went out
    issued = EmptyOperator(task_id="issued", task_display_name="等待各项目", trigger_rule=TriggerRule.ALL_DONE)
    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="reckon",
        wording="来访{visit_count} 认购{subscribed_count} 净签约{signed_count}套{signed_amount:,.2f} "
        "回款{received_amount:,.2f}",
        place="项目及集团",
        document_kind=PAPER.kind,
        exceptions=PAPER.exceptions,
        among="sales/list_run_projects",
    )

    chain(intake.hold, check_rules, reckon, check_results)
    chain(check_results, issue_project.expand(document=reckon.output), issued, total)
    chain(check_results, total)
    chain(issue_group.expand(document=total.output), finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
