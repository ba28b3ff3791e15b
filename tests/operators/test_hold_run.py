"""For which business day a run speaks, whether that day must be over, and whether the run is one document."""

from datetime import date
from types import SimpleNamespace

import pytest

DAG_RUN = SimpleNamespace(dag_id="d", run_id="x", run_type="manual", triggering_user_name="admin")


def requested(period, send_mail="自动", **kinds):
    from operators.hold_run import HoldRun

    asked = {"mode": "", "sites": "", "reason": "", "requested_by": "", "send_mail": send_mail}
    return HoldRun(task_id="hold", period=period, scope="x", **asked, **kinds)._request(DAG_RUN)


@pytest.mark.parametrize(
    ("period", "kinds", "as_of_on", "must_be_over", "wants_mail"),
    [
        ("2026-10", {"whole": "month"}, date(2026, 10, 31), True, True),
        ("2026-02", {"whole": "month"}, date(2026, 2, 28), True, True),
        ("2026-10", {"whole": "month", "as_of_day": 20}, date(2026, 10, 20), False, True),
        ("2026-10-12", {"whole": "day"}, date(2026, 10, 12), False, True),
        ("2026-W44", {"whole": "week"}, date(2026, 11, 1), True, True),
        ("2026-10-12", {}, None, False, True),
        ("2026-10", {}, None, False, False),
    ],
)
def test_a_run_speaks_for_the_last_day_of_its_period_or_the_day_that_its_workflow_names(
    airflow_home, period, kinds, as_of_on, must_be_over, wants_mail
):
    request = requested(period, **kinds)
    assert (request.as_of_on, request.must_be_over, request.wants_mail) == (as_of_on, must_be_over, wants_mail)
