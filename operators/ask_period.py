"""Ask, once, which period a run is about."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.periods import PeriodRefused, day_of, month_of, resolve, week_of
from operators.notes import write_note

WHOLE = {"day": day_of, "week": week_of, "month": month_of}
REFUSALS = {
    "day": "本流程按天运行，“{}”不是一天。请在“期间”填写一天，如 2026-10-12；多天请逐天触发。",
    "week": "本流程按周运行，“{}”不是一周（周一至周日）。请在“期间”填写一周，如 2026-W44；多周请逐周触发。",
    "month": "本流程按月运行，“{}”不是一个完整的月份。请在“期间”填写一个月，如 2026-10。",
}


class AskPeriod(BaseOperator):
    """Resolve the period from the form, else from the partition key; refuse when there is none.

    Every later task reads the answer from here; nobody asks the clock.

    :param asked: period as entered in the form, may be empty (templated)
    :param whole: what alone is taken: ``day``, ``week`` or ``month``; by default any period
    :returns: ``{"key", "title", "starts_on", "last_on"}``
    """

    template_fields: Sequence[str] = ("asked",)

    def __init__(
        self,
        *,
        asked: str = "{{ params.period or '' }}",
        whole: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.asked = asked
        self.whole = whole

    def execute(self, context: Any) -> dict[str, str]:
        try:
            period = resolve(self.asked, context["dag_run"].partition_key)
            if self.whole and period != WHOLE[self.whole](period.starts_on):
                raise PeriodRefused(REFUSALS[self.whole].format(period.key))
        except PeriodRefused as refusal:
            write_note(context["dag_run"], f"未指定 | 已拒绝：{refusal}")
            raise AirflowFailException(str(refusal)) from None
        write_note(context["dag_run"], f"{period.key} | 正在运行")
        return {
            "key": period.key,
            "title": period.title,
            "starts_on": period.starts_on.isoformat(),
            "last_on": period.last_on.isoformat(),
        }
