"""House defaults of every workflow, each with its reason, and the timetables on the house clock."""

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import CronPartitionTimetable, Param

from backoffice.database import HOUSE_CLOCK
from backoffice.timetable import Due
from operators.failure_letter import FailureLetter

#: What every DAG of the house is made with.
WORKFLOW: dict[str, Any] = {
    # A missed tick is reported as 应跑未跑 and run by hand; Airflow starts the newest one by itself.
    "catchup": False,
    # The first day that may be run by the schedule; older periods are run by the form.
    "start_date": pendulum.datetime(2026, 10, 1, tz=HOUSE_CLOCK),
    # Well above one: a second run of a period must say 该期间正在运行 instead of queueing in silence.
    "max_active_runs": 16,
    "max_active_tasks": 8,
    "default_args": {
        "owner": "运维",
        # A worker that dies is tried again; every step is safe to repeat. Refusals do not retry.
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "on_failure_callback": [FailureLetter()],
        "execution_timeout": timedelta(hours=1),
    },
}


def rerun_form(*, period: str = "一天 2026-10-12，一个月 2026-10，或一段 2026-10-01..2026-10-31") -> dict[str, Param]:
    """The rerun form (重跑单, outputs §6.4); made anew for each DAG, because Airflow writes a run's answers into it.

    :param period: what may be entered as the period, in words.
    """
    return {
        "period": Param(
            None,
            type=["null", "string"],
            title="期间",
            description=f"{period}。计划任务自动填写。",
        ),
        "mode": Param(
            "常规",
            type="string",
            title="方式",
            enum=["常规", "试算", "续跑", "重算", "更正"],
            description="试算只看不做；续跑补完未完成的；重算用最新资料；更正用于已发布后。",
        ),
        "sites": Param(
            None,
            type=["null", "array"],
            items={"type": "string"},
            title="范围",
            description="案场或楼宇编号，每行一个；留空=全部。",
        ),
        "reason": Param(None, type=["null", "string"], title="原因", description="已经计算过的期间再次运行时必填。"),
        "requested_by": Param(None, type=["null", "string"], title="申请人", description="留空=当前登录用户。"),
        "send_mail": Param(
            "自动",
            type="string",
            title="是否发邮件",
            enum=["自动", "是", "否"],
            description="自动=单日或单月的单据发，一段期间的汇总不发。已经发过的邮件不会重发。",
        ),
    }


def on_house_clock(due: Due) -> CronPartitionTimetable:
    """A tick a day or a month on the house clock; its partition key is the day or month that the run is about."""
    return CronPartitionTimetable(
        due.cron, timezone=HOUSE_CLOCK, run_offset=-due.periods_back, key_format=due.key_format
    )
