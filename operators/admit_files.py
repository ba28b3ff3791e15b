"""Turn landed files into facts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.feeds import admit_landed
from operators.books import CONNECTION_ID, open_books


class AdmitFiles(BaseOperator):
    """Admit every landed file; bad rows go to quarantine, a file whose rows contradict each other is refused.

    Fails afterwards if a file was refused: the others are admitted and stay so, and a retry would refuse it again.

    :param as_of_on: business day of the run, ``YYYY-MM-DD`` (templated)
    :param run_id: the run, or empty (templated)
    :param is_trial: not empty for a trial, which takes nothing in (templated)
    :param feeds: names of the feeds to admit; all by default
    :returns: ``{"summary": in Chinese, "rows", "admitted", "duplicates", "superseding", "quarantined",
        "file_ids": files with rows to return}``
    """

    template_fields: Sequence[str] = ("as_of_on", "run_id", "is_trial")

    def __init__(
        self,
        *,
        as_of_on: str,
        run_id: str = "",
        is_trial: str = "",
        feeds: Sequence[str] | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.as_of_on = as_of_on
        self.run_id = run_id
        self.is_trial = is_trial
        self.feeds = feeds
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        if self.is_trial:
            return {"summary": "试算不收取资料，只用已入库的资料。"}
        with open_books(self.connection_id) as connection:
            report = admit_landed(
                connection,
                as_of_on=date.fromisoformat(self.as_of_on),
                run_id=int(self.run_id) if self.run_id else None,
                feeds=self.feeds,
            )
        self.log.info(report.summary)
        if turned_away := [*report.refused, *report.failed]:
            message = "\n".join(file.message for file in turned_away)
            context["ti"].xcom_push(key="refusal", value=message)
            raise AirflowFailException(message)
        return {
            "summary": report.summary,
            "rows": report.total("row_count"),
            "admitted": report.total("admitted_count"),
            "duplicates": report.total("duplicate_count"),
            "superseding": report.total("superseding_count"),
            "quarantined": report.total("quarantined_count"),
            "file_ids": [file.file_id for file in report.returned],
        }
