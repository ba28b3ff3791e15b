"""
### 收费通知 Fee notices, on the 20th of each month

On the 20th at 08:00 (Asia/Shanghai), about that month: takes the files of the inbox, reckons for every tenant of every
tower what is owed as of the 20th (payments through the 19th, 24:00), shows the approver a preview, and after the
approval gives each notice its number, books what it asks for, and hands the tower's bundle to the owner's finance.

1. 确定期间: one whole month; never this month by default.
2. 收取资料, 校验入库: files land as they came; bad lines go back to their sender.
3. 占用期间: nobody else writes these towers and this month meanwhile; both cut-offs are stamped.
4. 核对单价与上月, 计算账单, 核对账单: a month goes on from the one before, which has to be released.
5. For each tower: 登记预览, 生成预览, 发送预览, 等待审批 (with an opinion), 发布编号 (numbers and entries, all or
   none), 生成通知书 in parts; then side by side 生成汇总表, 合并通知书 for the hand-over, and 登记租户邮件 where the
   tower mails its tenants; each with its letters.
6. 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. What was numbered, booked or
sent stays as it is; clearing the failed task goes on where it stopped (续跑).

**To redo a month:** trigger it with 期间 (2026-10), 方式 and 原因. Before the release 重算 takes new knowledge into a
new revision, which needs a new approval. After the release the month is closed and stays as it is.
"""

from airflow.sdk import DAG, chain, task_group

from backoffice.timetable import FEE_NOTICES as DUE
from operators.ask_decision import AskDecision
from operators.check_rows import CheckRows
from operators.finish_run import FinishRun
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, hand_over, render_parts, show, take_in, tell_each, tell_run
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import FEE_HANDOVER, FEE_TENANT
from workbooks import FEE_NOTICES as FEES
from workbooks import FEE_PREVIEW as PREVIEW
from workbooks import FEE_RERUN as RESULT

NOTICES = "workbooks.notices:notices"

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # on the 20th at 08:00, about that month
    params=rerun_form(period="一个月，如 2026-10"),
    tags=["fees", "每月"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(
        scope="fees/list_towers",
        whole="month",
        as_of_day=DUE.month_day,
        waits="fees/list_waits",
        keeps_cutoffs=True,
    )
    check_rules = CheckRows(
        task_id="check_rules",
        task_display_name="核对单价",
        run_id=RUN_ID,
        statements=["fees/check_tariffs"],
    )
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算账单",
        run_id=RUN_ID,
        statements=[
            "fees/mark_gaps",
            "fees/keep_told",
            "fees/draw_fixed_lines",
            "fees/draw_metered_lines",
            "fees/compare_released",
            "fees/mark_lines",
            "fees/mark_corrections",
            "fees/reckon_arrears",
            "fees/mark_arrears",
            "fees/mark_late_fees",
            "fees/mark_bills",
            "fees/record_results",
            "fees/record_changes",
            "fees/record_corrections",
            "ops/stamp_computed",
        ],
        document_kind=FEES.kind,
        account="fees/tell_accounts",
    )
    check_results = CheckRows(
        task_id="check_results",
        task_display_name="核对账单",
        run_id=RUN_ID,
        statements=["fees/check_bills_add_up", "fees/check_released"],
    )

    @task_group(group_id="tower", group_display_name="逐栋发布", default_args={"map_index_template": PLACE})
    def issue(document):
        preview = show(PREVIEW, document, named="预览", suffix="_preview")
        confirm = AskDecision(
            task_id="confirm",
            task_display_name="等待审批",
            run_id=RUN_ID,
            document=document,
            subject="收费通知待审批",
            question="{site_name}：{hold_reason}。核对预览后请同意或驳回。意见必填（只签名无效）。",
            retries=0,
        )
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布编号",
            run_id=RUN_ID,
            document=confirm.output,
            document_kind=FEES.kind,
            title=FEES.title,
            checks=["fees/check_still_stands"],
            statements=["fees/give_numbers", "fees/book_entries", "fees/book_corrections", "ops/close_period"],
            also=[FEE_HANDOVER, FEE_TENANT],
        )
        render = render_parts(release.output, source=NOTICES)
        chain(*preview, confirm, release, render)
        chain(render, *hand_out([FEES], release.output, named="汇总表"))
        bundle = hand_over(FEE_HANDOVER, release.output, source=NOTICES, listed="fees/list_notices", title="交款通知书")
        chain(render, *bundle)
        chain(render, *tell_each(FEE_TENANT, release.output, named="租户", suffix="_tenants"))

    told = tell_run(RESULT, accounts="fees/tell_accounts", places="fees/tell_towers")
    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="reckon",
        wording="出单{notice_count}户 无需出单{idle_count}户 未出单{unbilled_count}户 本次应缴{payable_amount:,.2f}元",
        correction="更正{corrected_count}户 净额{corrected_amount:+,.2f}元",
        corrected="fees/list_corrected",
        place="楼宇",
        document_kind=FEES.kind,
        exceptions=FEES.exceptions,
    )

    chain(intake.hold, check_rules, reckon, check_results)
    chain(check_results, issue.expand(document=reckon.output), *told, finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
