"""
### 催办审批 What waits for an approver

Every day at 16:00 (Asia/Shanghai): reminds approvers of what waits for them and, on the 20th, says which towers'
notices have to be released before the day is over; after the 20th it says so every day until they are. Nothing is ever
approved by waiting. When nothing waits, nobody is written to.

1. 确定期间: the business day.
2. 汇总待审批: one letter to all who are asked.
3. 发送邮件: one letter a day and reader, however often this runs.

**If it fails:** the other workflows are not affected; open the failed task's log and run it again.

**To redo a month:** trigger it for single days with 期间; a day that was mailed is not mailed again.
"""

from airflow.sdk import DAG, chain

from backoffice.timetable import APPROVAL_REMINDER as DUE
from operators.ask_period import AskPeriod
from operators.deliver_mail import DeliverMail
from operators.workflow import WORKFLOW, on_house_clock, rerun_form
from operators.write_daily import WriteDaily

BUSINESS_ON = "{{ ti.xcom_pull(task_ids='period')['last_on'] }}"

with DAG(
    DUE.workflow,
    dag_display_name=DUE.title,
    schedule=on_house_clock(DUE),  # every day at 16:00, about the same day
    params={"period": rerun_form()["period"]},
    tags=["ops", "每日"],
    doc_md=__doc__,
    **WORKFLOW,
):
    period = AskPeriod(task_id="period", task_display_name="确定期间")
    write = WriteDaily(
        task_id="write_reminder",
        task_display_name="汇总待审批",
        writer="backoffice.reminders:write",
        business_on=BUSINESS_ON,
    )
    deliver = DeliverMail(
        task_id="deliver_mail", task_display_name="发送邮件", document_key="approval_reminder/" + BUSINESS_ON
    )

    chain(period, write, deliver)
