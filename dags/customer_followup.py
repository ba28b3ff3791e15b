"""
### 每日客户跟进 Customers to follow up, every morning

Every day at 08:30 (Asia/Shanghai), about today: takes the files of the inbox, judges by the dated rules whose each
customer is, finds who must be followed up and who is overdue, what lapses within the week, which payments are to be
chased, which deal papers were not handed in and which cash lies outside finance; mails each consultant only his own
customers, and the manager all.

1. 确定期间: one day; the schedule names it.
2. 收取资料, 校验入库: files land as they came; bad lines go back to their sender.
3. 占用期间: nobody else writes these projects and this day meanwhile; both cut-offs are stamped.
4. 核对制度, 计算跟进: set-based statements, all or none.
5. For each project: 发布跟进表, 生成跟进表 for the manager, 生成个人跟进表, letters to the consultants.
6. 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. Letters that were sent stay;
clearing the failed task goes on where it stopped (续跑).

**To redo a month:** trigger it day by day with 期间 (2026-10-12), 方式 and 原因. The same facts write and mail nothing
(无变化).
"""

from airflow.sdk import DAG, chain, task_group

from backoffice.timetable import CUSTOMER_FOLLOWUP as DUE
from operators.check_rows import CheckRows
from operators.finish_run import FinishRun
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, take_in, tell_each
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from operators.write_each import WriteEach
from workbooks import CUSTOMER_FOLLOWUP as PAPER
from workbooks import CUSTOMER_LETTER as LETTER

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # every day at 08:30, about that day
    params=rerun_form(period="一天，如 2026-10-12"),
    tags=["sales", "每日"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="sales/list_projects", whole="day")
    check_rules = CheckRows(
        task_id="check_rules", task_display_name="核对制度", run_id=RUN_ID, statements=["sales/check_rules"]
    )
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算跟进",
        run_id=RUN_ID,
        statements=["sales/mark_ownership", "sales/mark_followups", "sales/record_day", "ops/stamp_computed"],
        document_kind=PAPER.kind,
    )

    @task_group(group_id="project", group_display_name="逐个项目发布", default_args={"map_index_template": PLACE})
    def issue(document):
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布跟进表",
            run_id=RUN_ID,
            document=document,
            document_kind=PAPER.kind,
            title=PAPER.title,
            also=[LETTER],
        )
        chain(release, *hand_out([PAPER], release.output, named="跟进表"))
        write_each = WriteEach(
            task_id="write_each",
            task_display_name="生成个人跟进表",
            artifact=release.output,
            source="workbooks.customers:consultant_books",
        )
        chain(release, write_each, *tell_each(LETTER, release.output, named="置业顾问", suffix="_consultants"))

    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="reckon",
        wording="今日应跟进{follow_count} 逾期{overdue_count} 即将失效{lapsing_count} 待催款{chase_amount:,.2f} "
        "资料未交{paper_count} 暂存现金异常{cash_count}",
        place="项目",
        document_kind=PAPER.kind,
        exceptions=PAPER.exceptions,
    )

    chain(intake.hold, check_rules, reckon, issue.expand(document=reckon.output), finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
