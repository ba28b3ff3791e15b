"""
### 一周奖罚公布 Weekly announcement of rewards and penalties

Every Monday at 10:00 (Asia/Shanghai), about the ISO week before: for each site who was late, absent, fined or praised,
how many customers each received and how many deals were closed. For the sites' managers, who read it out.

1. 确定期间 (a whole week that is over), 收取资料, 校验入库, 占用期间: both cut-offs are stamped.
2. 计算奖罚: sums of what daily attendance has judged; a day it has not judged yet is named.
3. For each site: 发布公布, 生成公布, 发送.
4. 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. What was sent stays sent.

**To redo a month:** (or a week) trigger it with 期间 (2026-W44), 方式 and 原因. The same content writes and mails
nothing (无变化); a changed one gives a new revision.
"""

from airflow.sdk import DAG, chain, task_group

from backoffice.timetable import WEEKLY_REWARDS as DUE
from operators.finish_run import FinishRun
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, take_in
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import WEEKLY_REWARDS as PAPER

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # on Mondays at 10:00, about the week before
    params=rerun_form(period="一周，如 2026-W44"),
    tags=["attendance", "每周"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="attendance/list_sites", whole="week")
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算奖罚",
        run_id=RUN_ID,
        statements=["rewards/record_results", "ops/stamp_computed"],
        document_kind=PAPER.kind,
    )

    @task_group(group_id="site", group_display_name="逐个案场发布", default_args={"map_index_template": PLACE})
    def issue(document):
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布公布",
            run_id=RUN_ID,
            document=document,
            document_kind=PAPER.kind,
            title=PAPER.title,
        )
        chain(release, *hand_out([PAPER], release.output, named="公布"))

    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="reckon",
        wording="迟到{late_count} 旷工{absent_days}天 罚款{fine_amount:,.2f}元 表扬{praise_count}",
        document_kind=PAPER.kind,
        exceptions=PAPER.exceptions,
    )

    chain(intake.hold, reckon, issue.expand(document=reckon.output), finish)
    chain(intake.told, finish)
