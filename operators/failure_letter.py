"""Tell operations that a task failed, in a letter that names one action."""

import os
from typing import Any
from zoneinfo import ZoneInfo

from airflow.providers.smtp.notifications.smtp import SmtpNotifier
from airflow.sdk import Variable

from backoffice.database import HOUSE_CLOCK, rows
from backoffice.letters import render
from operators.books import CONNECTION_ID, open_books
from operators.deliver_mail import SMTP_CONNECTION_ID

#: who is told when the list of recipients cannot be read
FALLBACK = "ops@example.cn"
ADVICE = "请打开本次运行，看失败步骤的日志；按上面的出错信息处理后，用重跑单重新触发同一期间。已发出的邮件不会重发。"


class FailureLetter(SmtpNotifier):
    """Write the house's failure letter and send it to the recipients of kind ``failure``.

    Not through the outbox: a failure must be told when the books themselves cannot be reached.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(to=FALLBACK, smtp_conn_id=SMTP_CONNECTION_ID, **kwargs)

    def notify(self, context: Any) -> None:
        letter = render("ops/failure", _variables(context))
        self.to = _recipients()
        self.subject, self.html_content = letter.subject, letter.html
        # one notifier serves all runs of a process: the connection is looked up for each letter
        self.__dict__.pop("hook", None)
        super().notify(context)


def _variables(context: Any) -> dict[str, Any]:
    ti, dag_run, dag = context["ti"], context["dag_run"], context["dag"]
    asked = ti.xcom_pull(task_ids="period") if ti.task_id != "period" else None
    base = os.environ.get("AIRFLOW__API__BASE_URL", "")
    return {
        "workflow_name": dag.dag_display_name,
        "task_name": context["task"].task_display_name,
        "period_text": asked["title"] if asked else (dag_run.partition_key or "未指定期间"),
        "failed_at": f"{dag_run.start_date.astimezone(ZoneInfo(HOUSE_CLOCK)):%Y-%m-%d %H:%M} 启动的运行",
        "error": str(context.get("exception") or "没有留下出错信息，请看日志"),
        "advice": ADVICE,
        "ui_url": f"{base}/dags/{dag_run.dag_id}/runs/{dag_run.run_id}",
    }


def _recipients() -> list[str]:
    redirect = Variable.get("mail_redirect", default=None)
    if redirect:
        return [redirect]
    try:
        with open_books(CONNECTION_ID) as connection:
            listed = rows(connection, "ops/list_recipients", {"document_kind": "failure", "site_id": "*"})
    except Exception:  # the books may be what failed
        return [FALLBACK]
    return [row["address"] for row in listed] or [FALLBACK]
