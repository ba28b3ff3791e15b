"""Finds and ends the processes of one stack, and of no other.

A process is ours when it carries our marker in its environment, when it descends from one that does, or when
it works in our data directory (Postgres overwrites the environment of its children). Daemons that called
setsid or lost their parent keep the marker.
"""

import signal
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

MARKER = "BACKOFFICE_STACK_ID"


def find(stack_id: str, data: Path | None = None) -> set[psutil.Process]:
    """Return the living processes of a stack, without the caller and its ancestors.

    :param stack_id: value of the marker.
    :param data: Postgres data directory of the stack.
    """
    here = psutil.Process()
    spared = {here, *here.parents()}
    data = data.resolve() if data else None
    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARKER) == stack_id or (data and Path(process.cwd()) == data):
                found.add(process)
                found.update(process.children(recursive=True))
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess, OSError):
            continue  # gone meanwhile, or of another user and so not ours
    return {process for process in found - spared if is_alive(process)}


def is_alive(process: psutil.Process) -> bool:
    """Tell whether this very process (not another with its number) still runs."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def send(processes: Iterable[psutil.Process], request: signal.Signals) -> None:
    """Send a signal to those that still run."""
    for process in processes:
        try:
            process.send_signal(request)
        except psutil.NoSuchProcess:
            continue


def wait_gone(processes: Iterable[psutil.Process], seconds: float) -> set[psutil.Process]:
    """Wait until all are gone; return those that are not after `seconds`."""
    limit = time.monotonic() + seconds
    left = {process for process in processes if is_alive(process)}
    while left and time.monotonic() < limit:
        time.sleep(0.05)
        left = {process for process in left if is_alive(process)}
    return left


def is_postgres(process: psutil.Process) -> bool:
    """Tell whether it is a server process of Postgres."""
    try:
        return Path(process.exe()).name == "postgres"
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def end(stack_id: str, data: Path | None = None, known: Iterable[psutil.Process] = ()) -> list[str]:
    """End every process of the stack; return the names of those that had to be killed.

    Postgres is asked to stop after the others (SIGINT: fast, loses nothing), so that nobody works on it then.

    :param known: processes seen earlier as ours, which may have shed the marker since.
    :raises RuntimeError: when some cannot be ended, with their numbers.
    """
    killed = []
    for _ in range(5):  # what is killed may just have started something
        ours = find(stack_id, data) | {process for process in known if is_alive(process)}
        if not ours:
            return killed
        servers = {process for process in ours if is_postgres(process)}
        send(ours - servers, signal.SIGTERM)
        left = wait_gone(ours - servers, 3)
        killed += [describe(process) for process in left]
        send(left, signal.SIGKILL)
        wait_gone(left, 5)
        # Only the postmaster: its children end with it, and one killed by itself would start a recovery.
        masters = {process for process in servers if not is_postgres_child(process, servers)}
        send(masters, signal.SIGINT)
        left = wait_gone(servers, 20)
        killed += [describe(process) for process in left]
        send(left, signal.SIGKILL)
        wait_gone(left, 5)
    ours = find(stack_id, data)
    if ours:
        numbers = ", ".join(str(process.pid) for process in sorted(ours, key=lambda process: process.pid))
        raise RuntimeError(f"These processes cannot be ended: {numbers}. End them as their owner or as root.")
    return killed


def is_postgres_child(process: psutil.Process, servers: set[psutil.Process]) -> bool:
    """Tell whether the parent is among `servers`."""
    try:
        return process.parent() in servers
    except psutil.NoSuchProcess:
        return True


def describe(process: psutil.Process) -> str:
    """Return a short name for messages."""
    try:
        return f"{process.pid} {' '.join(process.cmdline())[:60]}".strip()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return str(process.pid)
