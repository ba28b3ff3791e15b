"""Take what lies in the inbox."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.feeds import land_inbox
from operators.books import CONNECTION_ID, open_books


class LandFiles(BaseOperator):
    """Land every complete file of the inbox and move it to the archive; fail afterwards if files were refused.

    A refused file stops no other: those are landed and stay so, and a retry would refuse it again.

    :param inbox: folder with the group's files and one folder per site; by default BACKOFFICE_INBOX (templated)
    :param archive: folder that landed files are moved into; by default ``archive`` in BACKOFFICE_STATE (templated)
    :param as_of_on: business day of the run, ``YYYY-MM-DD`` (templated)
    :param run_id: the run, or empty (templated)
    :param is_trial: not empty for a trial, which takes nothing in (templated)
    :param feeds: names of the feeds to take; all by default
    :returns: ``{"summary": in Chinese, "files": landed, "rows": landed, "same": files,
        "waiting": [file], "unknown": [file]}``
    """

    template_fields: Sequence[str] = ("inbox", "archive", "as_of_on", "run_id", "is_trial")

    def __init__(
        self,
        *,
        as_of_on: str,
        inbox: str | None = None,
        archive: str | None = None,
        run_id: str = "",
        is_trial: str = "",
        feeds: Sequence[str] | None = None,
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.inbox = inbox
        self.archive = archive
        self.as_of_on = as_of_on
        self.run_id = run_id
        self.is_trial = is_trial
        self.feeds = feeds
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        if self.is_trial:
            inbox = Path(self.inbox or os.environ["BACKOFFICE_INBOX"])
            left = sum(1 for path in inbox.rglob("*") if path.is_file() and not path.name.startswith("."))
            return {"summary": f"试算不收取资料，只用已入库的资料；收件箱有{left}个文件。", "left": left}
        try:
            with open_books(self.connection_id) as connection:
                report = land_inbox(
                    connection,
                    self.inbox or os.environ["BACKOFFICE_INBOX"],
                    self.archive or Path(os.environ["BACKOFFICE_STATE"]) / "archive",
                    feeds=self.feeds,
                    run_id=int(self.run_id) if self.run_id else None,
                    as_of_on=date.fromisoformat(self.as_of_on),
                )
        except FileNotFoundError as error:
            raise AirflowFailException(str(error)) from None
        self.log.info(report.summary)
        if report.refused:
            message = "\n".join(file.message for file in report.refused)
            context["ti"].xcom_push(key="refusal", value=message)
            raise AirflowFailException(message)
        return {
            "summary": report.summary,
            "files": len(report.landed),
            "rows": report.row_count,
            "same": len(report.same),
            "waiting": report.waiting,
            "unknown": report.unknown,
        }
