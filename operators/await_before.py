"""Let a period wait for the release of the one before it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseSensorOperator

from backoffice.database import rows
from backoffice.periods import parse
from operators.books import CONNECTION_ID, open_books
from operators.hold_run import run_type_of


class AwaitBefore(BaseSensorOperator):
    """Wait while somebody works on the week or month before (OPS-06: the months of a backfill run side by side).

    Where nobody does, the run goes on without the places that wait, and says so in the end (待资料). A backfill gives
    the run of the period before a moment to begin.

    :param period: key of the period, from the task that asked for it (templated)
    :param sites: site ids, comma-separated; empty for all (templated)
    :param statement: query of the places that wait: site_name, before_on and is_worked_on
    :param patience: how long after its start a run of a backfill waits for somebody to begin with the period before
    """

    template_fields: Sequence[str] = ("period", "sites")

    def __init__(
        self,
        *,
        period: str,
        statement: str,
        sites: str = "{{ (params.sites or []) | join(',') }}",
        patience: timedelta = timedelta(minutes=10),
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        # a question may wait for days; the slot of the worker is given back between two looks
        fixed = {"mode": "reschedule", "timeout": timedelta(days=30).total_seconds(), "execution_timeout": None}
        super().__init__(**({"poke_interval": 20} | kwargs | fixed))
        self.period = period
        self.sites = sites
        self.statement = statement
        self.patience = patience
        self.connection_id = connection_id

    def poke(self, context: Any) -> bool:
        asked = [site.strip() for site in self.sites.split(",") if site.strip()]
        given = {
            "starts_on": parse(self.period).starts_on,
            "sites": asked or None,
            "workflow": context["dag_run"].dag_id,
        }
        with open_books(self.connection_id) as connection:
            waits = rows(connection, self.statement, given)
        worked_on = [each for each in waits if each["is_worked_on"]]
        if waits and not worked_on and _is_young_backfill(context["dag_run"], self.patience):
            worked_on = waits
        for each in worked_on:
            self.log.info("%s 等待自%s起的一期发布", each["site_name"], each["before_on"])
        return not worked_on


def _is_young_backfill(dag_run: Any, patience: timedelta) -> bool:
    return run_type_of(dag_run) == "backfill" and datetime.now(UTC) - dag_run.start_date < patience
