"""Spare every task the time to import what tasks need.

The scheduler, as a Celery worker, loads its plugins before it forks; each task is a fork and parses its DAG file. What
is imported here is there already for all of them: more than half a second of CPU a task.
"""

from importlib import import_module
from pkgutil import iter_modules

from airflow.plugins_manager import AirflowPlugin

import operators
import workbooks

for package in (operators, workbooks):
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)


class WarmWorkers(AirflowPlugin):
    """Nothing but a name: loading the module is what it is for."""

    name = "warm_workers"
