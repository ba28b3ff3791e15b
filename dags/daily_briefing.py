"""
### 运行简报 The morning briefing

Every day at 09:50 (Asia/Shanghai), also when all is well: which workflows were due, for which period, with what
result, what waits for whom, and which periods were due and never ran. For operations (recipients of kind briefing).

1. 确定期间: the business day.
2. 汇总运行情况: one letter, its first line says it all.
3. 发送邮件: one letter a day and reader, however often this runs.

**If it fails:** the other workflows are not affected; open the failed task's log and run it again.

**To redo a month:** trigger it for single days with 期间; a day that was mailed is not mailed again.
"""

from airflow.sdk import DAG, chain

from backoffice.timetable import DAILY_BRIEFING as DUE
from operators.ask_period import AskPeriod
from operators.deliver_mail import DeliverMail
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from operators.write_daily import WriteDaily

BUSINESS_ON = "{{ ti.xcom_pull(task_ids='period')['last_on'] }}"

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # every day at 09:50, about the same day
    params={"period": rerun_form()["period"]},
    tags=["ops", "每日"],
    doc_md=__doc__,
    **WORKFLOW,
):
    period = AskPeriod(task_id="period", task_display_name="确定期间")
    write = WriteDaily(
        task_id="write_briefing",
        task_display_name="汇总运行情况",
        writer="backoffice.briefing:write",
        business_on=BUSINESS_ON,
    )
    deliver = DeliverMail(task_id="deliver_mail", task_display_name="发送邮件", document_key="briefing/" + BUSINESS_ON)

    chain(period, write, deliver)
