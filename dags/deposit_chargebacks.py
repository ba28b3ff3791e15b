"""
### 维修扣款 Charge-backs against warranty deposits, on the 5th of each month

On the 5th at 09:00 (Asia/Shanghai), about the month before: takes the files of the inbox, settles for each company
which audited work orders are deducted from whose deposit, claimed, borne or held back, has the deputy chief engineer
certify them, posts contractor by contractor, and tells each contractor and the departments.

1. 确定期间 (a whole month that is over), 收取资料, 校验入库, 占用期间: both cut-offs are stamped.
2. 等待上期发布, 核对制度, 计算扣款, 核对结算: a month goes on from the one before, which has to be released.
3. For each company: 登记预览, 生成预览, 发送预览, 等待认定 (with an opinion; single orders may be taken out).
4. 计算认定结果 of all that were certified, 核对认定结果, and for each contractor 登记分录, all of them or none.
5. For each company whose contractors are posted: 发布扣款汇总 (numbers, the close), 生成通知单, 生成汇总表, letters;
   核对结果 and its sheet, 汇总结果: the note of the run, in words.

**If it fails:** open the failed task's log; its last lines say what to do, in Chinese. What was certified, posted or
sent stays; clearing the failed task goes on there (续跑). Who was refused or rejected (驳回) stops his company only.

**To redo a month:** trigger it with 期间 (2026-10), 方式 and 原因. Before the release 重算 takes in what is new. After
it the month is closed: what is found later is settled, or reversed, in the next one.
"""

from airflow.sdk import DAG, TriggerRule, chain, task_group

from backoffice.timetable import DEPOSIT_CHARGEBACKS as DUE
from operators.ask_decision import AskDecision
from operators.check_rows import CheckRows
from operators.finish_run import FinishRun
from operators.list_rows import ListRows
from operators.post_entries import PostEntries
from operators.release_document import ReleaseDocument
from operators.run_statements import RunStatements
from operators.steps import PLACE, RUN_ID, hand_out, render_parts, show, take_in, tell_each, tell_run
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from workbooks import CHARGEBACK_COVER as COVER
from workbooks import CHARGEBACK_PREVIEW, CHARGEBACK_RERUN, CHARGEBACK_STATEMENT, CHARGEBACK_SUMMARY

SETTLE = ["repairs/mark_gaps", "repairs/mark_standing", "repairs/plan_entries", "repairs/record_settlement"]
PRECONDITIONS = [
    "repairs/check_class", "repairs/check_supplement", "repairs/check_security", "repairs/check_notice",
    "repairs/check_audit", "repairs/check_confirmation", "repairs/check_certification", "repairs/check_approval",
    "repairs/check_balance",
]  # fmt: skip

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # on the 5th at 09:00, about the month before
    params=rerun_form(period="一个月，如 2026-10"),
    tags=["repairs", "每月"],
    doc_md=__doc__,
    **WORKFLOW,
):
    intake = take_in(scope="repairs/list_companies", whole="month", waits="repairs/list_waits", keeps_cutoffs=True)
    check_rules = CheckRows(
        task_id="check_rules", task_display_name="核对制度", run_id=RUN_ID, statements=["repairs/check_rules"]
    )
    reckon = RunStatements(
        task_id="reckon",
        task_display_name="计算扣款",
        run_id=RUN_ID,
        statements=[*SETTLE, "ops/stamp_computed"],
        document_kind=CHARGEBACK_SUMMARY.kind,
        account="repairs/tell_orders",
    )
    check_results = CheckRows(
        task_id="check_results", task_display_name="核对结算", run_id=RUN_ID, statements=["repairs/check_settlement"]
    )

    @task_group(group_id="review", group_display_name="逐个公司认定", default_args={"map_index_template": PLACE})
    def review(document):
        confirm = AskDecision(
            task_id="confirm",
            task_display_name="等待认定",
            run_id=RUN_ID,
            document=document,
            subject="维修扣款待认定",
            question="{site_name}：{hold_reason}。请副总工程师认定单价与工艺。意见必填（只签名无效）。"
            "个别工单不认定时，请选择同意并填写“剔除”，每行一单：派工单号 原因。",
            duty="副总工程师",
            items="repairs/list_to_certify",
            heading="派工单号",
            statements=["repairs/certify_orders"],
            retries=0,
        )
        chain(*show(CHARGEBACK_PREVIEW, document, named="预览", suffix="_preview"), confirm)

    settle = RunStatements(
        task_id="settle",
        task_display_name="计算认定结果",
        run_id=RUN_ID,
        statements=[*SETTLE, "repairs/take_steps"],
        document_kind=CHARGEBACK_SUMMARY.kind,
        may_change=True,  # what was certified meanwhile, and nothing else: the cut-offs stand
        goes_on=("new", "unchanged"),
        trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS,  # a company that was rejected stops no other
    )
    recheck = CheckRows(
        task_id="recheck", task_display_name="核对认定结果", run_id=RUN_ID, statements=["repairs/check_settlement"]
    )
    contractors = ListRows(
        task_id="contractors",
        task_display_name="汇总施工单位",
        run_id=RUN_ID,
        statement="repairs/list_contractors",
        documents=settle.output,
    )
    post = PostEntries.partial(
        task_id="post",
        task_display_name="登记分录",
        map_index_template="{{ task.party.contractor_name }}",
        run_id=RUN_ID,
        locks=["repairs/lock_accounts"],
        checks=PRECONDITIONS,
        statements=["repairs/post_steps", "repairs/post_entries", "repairs/post_lines"],
        named="contractor_name",
    ).expand(party=contractors.output)

    @task_group(group_id="company", group_display_name="逐个公司发布", default_args={"map_index_template": PLACE})
    def issue(document):
        release = ReleaseDocument(
            task_id="release",
            task_display_name="发布扣款汇总",
            run_id=RUN_ID,
            document=document,
            document_kind=CHARGEBACK_SUMMARY.kind,
            title=CHARGEBACK_SUMMARY.title,
            checks=["repairs/check_posted"],
            statements=["repairs/number_statements", "ops/close_period"],
            also=[CHARGEBACK_STATEMENT, COVER],
            trigger_rule=TriggerRule.ALL_DONE,  # of contractors who could not be posted, the check knows whose they are
        )
        render = render_parts(release.output, source="workbooks.papers:papers", named="通知单", parts=1)
        chain(release, render, *hand_out([CHARGEBACK_SUMMARY], release.output, named="汇总表"))
        chain(release, *hand_out([COVER], release.output, named="封面", suffix="_cover", is_beside=True))
        chain(render, *tell_each(CHARGEBACK_STATEMENT, release.output, named="扣款单", suffix="_statements"))

    told = tell_run(CHARGEBACK_RERUN, accounts="repairs/tell_orders", places="repairs/tell_companies")
    finish = FinishRun(
        task_id="finish",
        task_display_name="汇总结果",
        compute="reckon",
        wording="扣款{deducted_amount:,.2f} 索赔{claimed_amount:,.2f} 公司{company_amount:,.2f} 暂停{stopped_count}单",
        place="公司",
        document_kind=CHARGEBACK_SUMMARY.kind,
        exceptions=CHARGEBACK_SUMMARY.exceptions,
    )

    chain(intake.hold, check_rules, reckon, check_results)
    chain(check_results, review.expand(document=reckon.output), settle, recheck, contractors, post)
    chain(post, issue.expand(document=settle.output), *told, finish)
    chain(intake.told, finish)  # what is wrong with a file is told even when rules stop the rest
