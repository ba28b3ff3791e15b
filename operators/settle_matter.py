"""Settle one open matter that waits for a person."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.matters import MatterRefused, settle
from operators.books import CONNECTION_ID, open_books
from operators.notes import write_note
from workbooks import STATIONERY


class SettleMatter(BaseOperator):
    """Do what the form asks: a letter, a returned line, a document to print again; keep who and why.

    :param action: one of `matters.ACTIONS` (templated)
    :param number: number of the matter (templated)
    :param by: who settles it; the user who pressed the button when empty (templated)
    :param opinion: why; obligatory (templated)
    :param address: new address, to send a refused letter elsewhere (templated)
    :returns: what was done, in Chinese
    """

    template_fields: Sequence[str] = ("action", "number", "by", "opinion", "address")

    def __init__(
        self,
        *,
        action: str = "{{ params.action }}",
        number: str = "{{ params.number }}",
        by: str = "{{ params.by or '' }}",
        opinion: str = "{{ params.opinion or '' }}",
        address: str = "{{ params.address or '' }}",
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.action = action
        self.number = number
        self.by = by
        self.opinion = opinion
        self.address = address
        self.connection_id = connection_id

    def execute(self, context: Any) -> str:
        by = self.by or getattr(context["dag_run"], "triggering_user_name", None) or ""
        try:
            with open_books(self.connection_id) as connection:
                done = settle(
                    connection,
                    self.action,
                    int(self.number),
                    by=by,
                    opinion=self.opinion,
                    address=self.address,
                    files_root=Path(os.environ["BACKOFFICE_FILES"]),
                    spec_of=lambda kind: STATIONERY[kind].spec,
                )
                connection.commit()
        except MatterRefused as refusal:
            write_note(context["dag_run"], f"{self.action} {self.number} | 已拒绝：{refusal}")
            raise AirflowFailException(str(refusal)) from None
        write_note(context["dag_run"], f"{self.action} {self.number} | {done}")
        return done
