"""Take the scope of a run, so that nobody else writes it meanwhile."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException

from backoffice.periods import Period, parse
from backoffice.runs import Request, RunRefused, hold, mode_named
from operators.books import CONNECTION_ID, open_books

AUTOMATIC = ("自动", "", "None")


class HoldRun(BaseOperator):
    """Register the run with who asked and why, stamp both cut-offs, and hold its sites and days.

    :param period: key of the period, from the task that asked for it (templated)
    :param scope: statement that lists the sites due, column site_id
    :param as_of_day: day of the month for which a monthly run speaks; by default a run speaks for its last day
    :param whole: what a run is always about, if anything: a ``day``, which may not lie ahead, a ``week`` or ``month``,
        which must be over unless `as_of_day` speaks for it; a trial may look ahead
    :param keeps_cutoffs: see `runs.hold`
    :param late: statement that lists computed days with late facts; asked for scheduled runs only
    :param mode: 方式 of the rerun form (templated)
    :param sites: site ids, comma-separated or a list; empty for all (templated)
    :param reason: why a period is run again (templated)
    :param requested_by: who asks; the user who pressed the button when empty (templated)
    :param send_mail: 是, 否, or 自动: yes for a single day or a whole week or month, no for a range (templated)
    :returns: ``{"run_id", "mode", "known_at", "sites"}``
    """

    template_fields: Sequence[str] = ("period", "mode", "sites", "reason", "requested_by", "send_mail")

    def __init__(
        self,
        *,
        period: str,
        scope: str,
        as_of_day: int | None = None,
        whole: str = "",
        late: str | None = None,
        keeps_cutoffs: bool = False,
        mode: str = "{{ params.mode or '' }}",
        sites: str = "{{ (params.sites or []) | join(',') }}",
        reason: str = "{{ params.reason or '' }}",
        requested_by: str = "{{ params.requested_by or '' }}",
        send_mail: str = "{{ params.send_mail }}",
        connection_id: str = CONNECTION_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.period = period
        self.scope = scope
        self.as_of_day = as_of_day
        self.whole = whole
        self.late = late
        self.keeps_cutoffs = keeps_cutoffs
        self.mode = mode
        self.sites = sites
        self.reason = reason
        self.requested_by = requested_by
        self.send_mail = send_mail
        self.connection_id = connection_id

    def execute(self, context: Any) -> dict[str, Any]:
        ti, dag_run = context["ti"], context["dag_run"]
        try:
            with open_books(self.connection_id) as connection:
                run = hold(
                    connection,
                    self._request(dag_run),
                    scope_statement=self.scope,
                    late_statement=self.late,
                    keeps_cutoffs=self.keeps_cutoffs,
                    is_running=lambda run_id: _is_running(ti, dag_run.dag_id, run_id),
                )
                connection.commit()
        except RunRefused as refusal:
            ti.xcom_push(key="refusal", value=str(refusal))
            raise AirflowFailException(str(refusal)) from None
        self.log.info("第%s号运行，案场 %s，资料入库截止 %s", run.run_id, run.sites, run.known_at)
        return {
            "run_id": run.run_id,
            "mode": run.mode,
            "known_at": run.known_at.isoformat(),
            "sites": list(run.sites),
        }

    def _request(self, dag_run: Any) -> Request:
        period = parse(self.period)
        is_one_document = period.starts_on == period.last_on or bool(self.whole)
        run_type = run_type_of(dag_run)
        is_scheduled, is_backfill = run_type == "scheduled", run_type == "backfill"
        asker = self.requested_by or getattr(dag_run, "triggering_user_name", None)
        return Request(
            workflow=dag_run.dag_id,
            airflow_run_id=dag_run.run_id,
            period=period,
            as_of_on=self._as_of_on(period),
            must_be_over=self.whole in ("week", "month") and self.as_of_day is None,
            sites=[site.strip() for site in self.sites.split(",") if site.strip()] or None,
            mode=mode_named(self.mode),
            is_scheduled=is_scheduled,
            is_backfill=is_backfill,
            requested_by=asker or ("计划任务" if is_scheduled else "未署名"),
            reason=self.reason or ("回填" if is_backfill else ""),
            wants_mail=is_one_document if self.send_mail in AUTOMATIC else self.send_mail in ("True", "是"),
        )

    def _as_of_on(self, period: Period) -> date | None:
        if self.as_of_day:
            return period.starts_on.replace(day=self.as_of_day)
        return period.last_on if self.whole else None


def run_type_of(dag_run: Any) -> str:
    """Who made Airflow start a run: manual, scheduled or backfill."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type))


def _is_running(ti: Any, dag_id: str, run_id: str) -> bool:
    """Whether Airflow still works on a run; one it no longer knows is not running."""
    try:
        return str(ti.get_dagrun_state(dag_id=dag_id, run_id=run_id)) not in ("success", "failed")
    except Exception as error:  # the supervisor answers a missing run with an error of varying type
        if "not found" in str(error).lower() or "404" in str(error):
            return False
        raise
