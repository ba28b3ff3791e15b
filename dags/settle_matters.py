"""
### 处理待办 Settle what waits for a person

By hand, whenever the briefing or a note names a number: a letter whose delivery is unknown (待核实) or that was
refused, a returned line that was mended or may stay out, a document to be printed again. One matter a run.

1. 处理事项: does what the form says, and keeps who did it and why.
2. 发送邮件: sends what became ready by it.

**If it fails:** the log's last line says what the form lacks; nothing was changed.

**To redo a month:** not here; use the form of the workflow concerned.
"""

from airflow.sdk import DAG, Param, chain

from backoffice.matters import ACTIONS
from operators.deliver_mail import DeliverMail
from operators.settle_matter import SettleMatter
from operators.workflow import WORKFLOW

with DAG(
    "settle_matters",
    dag_display_name="处理待办",
    schedule=None,
    params={
        "action": Param(ACTIONS[0], type="string", title="事项", enum=list(ACTIONS)),
        "number": Param(0, type="integer", title="编号", description="简报、备注或清单里的邮件号、退回记录号、文件号"),
        "by": Param(None, type=["null", "string"], title="经办人", description="留空=当前登录用户"),
        "opinion": Param(None, type=["null", "string"], title="意见（必填）"),
        "address": Param(None, type=["null", "string"], title="新地址", description="只用于改地址重发"),
    },
    tags=["ops", "手工"],
    doc_md=__doc__,
    **WORKFLOW,
):
    settle = SettleMatter(task_id="settle", task_display_name="处理事项", retries=0)
    deliver = DeliverMail(task_id="deliver_mail", task_display_name="发送邮件")

    chain(settle, deliver)
