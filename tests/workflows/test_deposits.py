"""Work orders and charge-backs from files in the inbox to letters, as Airflow runs them."""

import pytest

from tests.workflows.conftest import Office

#: what the run writes down about itself is not what it changed
LOG = {"ops.event", "ops.run_line"}


@pytest.fixture
def office(sample_office: Office) -> Office:
    return sample_office


def note_of(office: Office, workflow: str) -> tuple[str, str]:
    """State and note of the newest run of a workflow."""
    [row] = office.query(f"select state, note from ops.run where workflow = '{workflow}' order by run_id desc limit 1")
    return row["state"], row["note"]


def test_a_day_of_orders_is_asked_about_written_and_mailed(office: Office):
    with office.approver(("同意", "属保修范围，估算合理")) as asked:
        run = office.run("repair_orders", period="2026-10-31", requested_by="客服", reason="")
    print(office.states(run), note_of(office, run.dag_id), asked)
    assert str(run.state) == "success"


def test_a_month_is_certified_booked_and_mailed(office: Office):
    with office.approver(("同意", "价格工艺属实")) as asked:
        run = office.run("deposit_chargebacks", period="2026-10", requested_by="财务", reason="")
    print(office.states(run), note_of(office, run.dag_id), asked)
    assert str(run.state) == "success"
