"""Ask, once, which period a run is about."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.periods import PeriodRefused, month_of, resolve
from operators.notes import write_note


class AskPeriod(BaseOperator):
    """Resolve the period from the form, else from the partition key; refuse when there is none.

    Every later task reads the answer from here; nobody asks the clock.

    :param asked: period as entered in the form, may be empty (templated)
    :param is_monthly: whether only whole months are taken
    :param is_daily: whether only single days are taken
    :returns: ``{"key", "title", "starts_on", "last_on"}``
    """

    template_fields: Sequence[str] = ("asked",)

    def __init__(
        self,
        *,
        asked: str = "{{ params.period or '' }}",
        is_monthly: bool = False,
        is_daily: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.asked = asked
        self.is_monthly = is_monthly
        self.is_daily = is_daily

    def execute(self, context: Any) -> dict[str, str]:
        try:
            period = resolve(self.asked, context["dag_run"].partition_key)
            if self.is_monthly and period != month_of(period.starts_on):
                raise PeriodRefused(
                    f"本流程按月运行，“{period.key}”不是一个完整的月份。请在“期间”填写一个月，如 2026-10。"
                )
            if self.is_daily and period.starts_on != period.last_on:
                raise PeriodRefused(
                    f"本流程按天运行，“{period.key}”不是一天。请在“期间”填写一天，如 2026-10-12；多天请逐天触发。"
                )
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
