"""
### 销售月报 Monthly sales: a draft on the 1st, issued when finance has checked the receipts

On the 1st at 08:30 (Asia/Shanghai), about the month before: takes the files of the inbox, counts what moved at each
project, mails the draft (初稿), waits for the 2nd, takes in what came meanwhile, and asks finance project by project
whether the receipts are right. What finance agrees to is issued (定稿) and frozen.

1. 确定期间 (a whole month that is over), 收取资料, 校验入库, 等待上期发布, 占用期间: both cut-offs are stamped.
2. 核对制度, 计算月报, 核对结果; for each project: 登记初稿, 生成初稿, 发送.
3. 等待核对日 (the 2nd, 08:30), 补收资料, 补录入库, 计算定稿 with all that is known by then, 核对定稿.
4. For each project: 登记核对稿 (where it differs), 等待财务核对 with an opinion, 发布月报, 生成月报, letters.
5. 汇总集团 and its report, once every project's is issued; 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. What was agreed to and issued
stays; clearing the failed task goes on there (续跑). A project that finance rejects (驳回) holds up the group's only.

**To redo a month:** trigger it with 期间 (2026-10), 方式 and 原因. Before the issue 重算 takes in what is new. After it
the month is frozen: it comes out the same (无变化), and what is known since is in the next month as 补记.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TriggerRule, chain, task_group

from backoffice.timetable import MONTHLY_SALES as DUE
from operators.ask_decision import AskDecision
from operators.check_rows import CheckRows
from operators.finish_run import FinishRun
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, show, take_in, take_in_late
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import SALES_DRAFT as DRAFT
from workbooks import SALES_MONTHLY as PAPER

RECKON = [
    "sales/mark_gaps", "sales/mark_ownership", "sales/mark_tally", "sales/mark_late_lines", "sales/record_results",
    "ops/stamp_computed"]  # fmt: skip
CHECKS = ["sales/check_results", "sales/check_receivables"]
#: the 2nd of the month in which it is drawn up
CHECKED_FROM = "{{ macros.ds_add(ti.xcom_pull(task_ids='period')['last_on'], 2) }}T08:30:00+08:00"

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # on the 1st at 08:30, about the month before
    params=rerun_form(period="一个月，如 2026-10"),
    tags=["sales", "每月"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="sales/list_places", whole="month", waits="sales/list_waits")
    rules = ["sales/check_rules"]
    check_rules = CheckRows(task_id="check_rules", task_display_name="核对制度", run_id=RUN_ID, statements=rules)
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算月报",
        run_id=RUN_ID,
        statements=RECKON,
        document_kind=DRAFT.kind,
        among="sales/list_run_projects",
    )
    check_draft = CheckRows(task_id="check_draft", task_display_name="核对初稿", run_id=RUN_ID, statements=CHECKS)

    @task_group(group_id="draft", group_display_name="逐个项目出初稿", default_args={"map_index_template": PLACE})
    def show_draft(document):
        chain(*show(DRAFT, document, named="初稿"))

    await_check, land, admit = take_in_late(CHECKED_FROM, named="核对日")
    settle = RunStatements(
        task_id="settle",
        task_display_name="计算定稿",
        run_id=RUN_ID,
        statements=[*RECKON, "sales/renew_results"],
        document_kind=PAPER.kind,
        among="sales/list_run_projects",
        renews=True,
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,  # a late file that is refused stops nobody
    )
    check_final = CheckRows(task_id="check_final", task_display_name="核对定稿", run_id=RUN_ID, statements=CHECKS)

    @task_group(group_id="review", group_display_name="逐个项目发布", default_args={"map_index_template": PLACE})
    def review(document):
        confirm = AskDecision(
            task_id="confirm",
            task_display_name="等待财务核对",
            run_id=RUN_ID,
            document=document,
            subject="销售月报待财务核对",
            question="{site_name}：{hold_reason}。请核对回款后同意或驳回。意见必填（只签名无效）。",
            duty="财务核对",
            retries=0,
        )
        chain(*show(DRAFT, document, named="核对稿", suffix="_again"), confirm)
        issue(confirm.output)

    def issue(document):
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布月报",
            run_id=RUN_ID,
            document=document,
            document_kind=PAPER.kind,
            title=PAPER.title,
            statements=["ops/close_period"],
        )
        chain(release, *hand_out([PAPER], release.output, named="月报"))

    total = RunStatements(
        task_id="total",
        task_display_name="汇总集团",
        run_id=RUN_ID,
        statements=[],
        document_kind=PAPER.kind,
        among="sales/list_run_groups",
    )
    # whether or not there was a project to draft or issue: one that was rejected stops no other
    drafted = EmptyOperator(task_id="drafted", task_display_name="等待各项目初稿", trigger_rule=TriggerRule.ALL_DONE)
    issued = EmptyOperator(task_id="issued", task_display_name="等待各项目发布", trigger_rule=TriggerRule.ALL_DONE)

    @task_group(group_id="group", group_display_name="发布集团月报", default_args={"map_index_template": PLACE})
    def issue_group(document):
        issue(document)

    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="settle",
        wording="来访{visit_count} 认购{subscribed_count} 净签约{signed_count}套{signed_amount:,.2f} "
        "回款{received_amount:,.2f}",
        place="项目及集团",
        document_kind=PAPER.kind,
        exceptions=PAPER.exceptions,
        among="sales/list_run_projects",
    )

    chain(intake.hold, check_rules, reckon, check_draft, show_draft.expand(document=reckon.output), drafted)
    chain([check_draft, drafted], await_check, land, admit, settle, check_final)
    chain(await_check, [admit, settle])
    chain(check_final, review.expand(document=settle.output), issued)
    chain([check_final, issued], total)
    chain(issue_group.expand(document=total.output), finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
