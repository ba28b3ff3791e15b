"""
### 维修工单 Work orders, every morning

Every day at 08:40 (Asia/Shanghai), about the day before: takes the files of the inbox, finds where each open work
order stands, which step it may take and what keeps it from the next, writes to the contractors concerned (维修通知,
扣款确认函, 催办函), mails each company its list, and asks who has to approve repairs of which level.

1. 确定期间: one day; never today by default.
2. 收取资料, 校验入库: files land as they came; bad lines go back to their sender.
3. 占用期间: nobody else writes these companies and this day meanwhile; both cut-offs are stamped.
4. 核对制度, 计算工单进度, 核对工单: set-based statements, all or none; checks are queries that find offenders.
5. For each company: 发布工单日报 (and, with it, the numbers of letters), 生成函件, 生成工单日报, and the letters.
6. Beside that 登记待审工单 and, for each company, level and duty, 等待审批: 同意 or 驳回 with an opinion; single orders
   may be taken out. The list of the day does not wait for the answers; nothing is approved by waiting.
7. 汇总结果: the note of the run, in words, once all questions are answered.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. Letters that were sent and
answers that were given stay; clearing the failed task goes on where it stopped (续跑).

**To redo a month:** trigger it day by day with 期间 (2026-10-12), 方式 and 原因. The same facts write and mail nothing
(无变化); a letter is never sent twice, and nobody is asked twice about the same order and amount.
"""

from airflow.sdk import DAG, chain, task_group

from backoffice.timetable import REPAIR_ORDERS as DUE
from operators.ask_items import AskItems
from operators.check_rows import CheckRows
from operators.finish_run import FinishRun
from operators.list_rows import ListRows
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, render_parts, take_in, tell_each
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import REPAIR_DAILY as DAILY
from workbooks import REPAIR_LETTER as LETTER

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # every day at 08:40, about the day before
    params=rerun_form(period="一天，如 2026-10-12"),
    tags=["repairs", "每日"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="repairs/list_companies", whole="day")
    check_rules = CheckRows(
        task_id="check_rules",
        task_display_name="核对制度",
        run_id=RUN_ID,
        statements=["repairs/check_rules"],
    )
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算工单进度",
        run_id=RUN_ID,
        statements=["repairs/mark_standing", "repairs/take_steps", "repairs/record_day", "ops/stamp_computed"],
        document_kind=DAILY.kind,
    )
    check_results = CheckRows(
        task_id="check_results",
        task_display_name="核对工单",
        run_id=RUN_ID,
        statements=["repairs/check_day"],
    )

    @task_group(group_id="company", group_display_name="逐个公司发布", default_args={"map_index_template": PLACE})
    def issue(document):
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布工单日报",
            run_id=RUN_ID,
            document=document,
            document_kind=DAILY.kind,
            title=DAILY.title,
            statements=["repairs/send_letters", "repairs/number_forms"],
            also=[LETTER],
        )
        render = render_parts(release.output, source="workbooks.papers:papers", named="函件", parts=1)
        chain(release, render, *tell_each(LETTER, release.output, named="施工单位", suffix="_contractors"))
        chain(release, *hand_out([DAILY], release.output, named="工单日报"))

    questions = ListRows(
        task_id="questions",
        task_display_name="登记待审工单",
        run_id=RUN_ID,
        notes=["repairs/note_asked"],
        statement="repairs/list_questions",
    )
    ask = AskItems.partial(
        task_id="ask",
        task_display_name="等待审批",
        map_index_template="{{ task.asked.site_name }} {{ task.asked.approver_duty }}{{ task.asked.duty }}",
        run_id=RUN_ID,
        subject="维修工单待审批",
        question="{site_name}：{item_count}单，合计{amount}元，请{approver_duty}{duty}（第{level_no}级）。意见必填（只签名无效）。"
        "个别工单不同意时，请选择同意并填写“剔除”，每行一单：派工单号 原因。",
        items="repairs/list_asked",
        heading="派工单号",
        whole="维修工单日报",
        statements=["repairs/record_approvals"],
        questions="repairs/list_questions",
        retries=0,
        execution_timeout=None,
    ).expand(asked=questions.output)
    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="reckon",
        wording="在办{order_count}单 待审批{approval_count}单 待发函{letter_count}单 异议{disputed_count}单 "
        "待认定{certify_count}单",
        place="公司",
        document_kind=DAILY.kind,
        exceptions=DAILY.exceptions,
        remarks="repairs/remark_answers",
    )

    chain(intake.hold, check_rules, reckon, check_results)
    chain(check_results, issue.expand(document=reckon.output), finish)
    chain(check_results, questions, ask, finish)  # the day's list is out, whenever the answers come
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
