"""The rules of the fee notices are tested, and measured, with the statements that the DAG runs."""

from tests.rules.fees.conftest import RECKON


def test_the_rules_and_the_bench_run_the_statements_that_the_dag_runs(dag_bag):
    assert tuple(dag_bag.dags["fee_notices"].get_task("reckon").statements) == RECKON
