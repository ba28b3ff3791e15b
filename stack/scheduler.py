"""Starts Airflow's scheduler, after ending what one before it left behind. Run as `python -m stack.scheduler`.

The workers of a scheduler that was killed outlive it and hold its database session open: the runs that it had locked
stay locked, and every later scheduler passes them over. A task that ends with its worker is tried again.
"""

import os
import signal
import sys

import psutil

from stack import processes


def end_workers(stack_id: str) -> list[int]:
    """Kill the workers of earlier schedulers, and their tasks; returns their numbers."""
    left = {process for process in processes.find(stack_id) if is_worker(process)}
    processes.send(left, signal.SIGKILL)
    processes.wait_gone(left, 5)
    return sorted(process.pid for process in left)


def is_worker(process: psutil.Process) -> bool:
    """Tell whether it is a worker, or one of its tasks, by the title that Airflow gives them."""
    try:
        return " ".join(process.cmdline()).startswith("airflow worker")
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


if __name__ == "__main__":
    if ended := end_workers(os.environ[processes.MARKER]):
        print(f"scheduler: ended what an earlier one left: {ended}", flush=True)
    os.execv(sys.executable, [sys.executable, "-m", "airflow", "scheduler", *sys.argv[1:]])  # noqa: S606
