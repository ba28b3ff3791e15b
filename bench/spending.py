"""What an action costs in a session of its own: the clock, and the backend's CPU, own memory and files."""

import os
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from backoffice.database import connect


@dataclass
class Spent:
    """What an action took, turn by turn."""

    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    megabytes: float = 0
    temp_megabytes: float = 0

    @property
    def wall(self) -> float:
        """Median seconds on the clock."""
        return statistics.median(self.seconds)

    @property
    def cpu(self) -> float:
        """Median CPU seconds of the backend."""
        return statistics.median(self.cpu_seconds)


def spend(dsn: str, spent: Spent, action: Callable[[psycopg.Connection], None]) -> None:
    """Time one action in a session of its own, commit included, and note what it took."""
    with connect(dsn, autocommit=True) as admin:
        admin.execute("checkpoint")
        temp_before = temp_bytes(admin)
    with connect(dsn) as connection:
        backend = connection.info.backend_pid
        cpu, started = cpu_seconds(backend), time.perf_counter()
        with peak_watched(backend, spent):
            action(connection)
            connection.commit()
        spent.seconds.append(time.perf_counter() - started)
        spent.cpu_seconds.append(cpu_seconds(backend) - cpu)
    with connect(dsn, autocommit=True) as admin:
        spent.temp_megabytes = max(spent.temp_megabytes, (temp_bytes(admin) - temp_before) / 1e6)


def temp_bytes(connection: psycopg.Connection) -> int:
    """Bytes of temporary files that this database has written so far, once the sessions before have told."""
    time.sleep(0.1)
    return connection.execute("select temp_bytes from pg_stat_database where datname = current_database()").fetchone()[
        0
    ]


def cpu_seconds(process: int) -> float:
    """CPU seconds of a process of this machine so far; 0 where there is no /proc."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def peak_watched(process: int, spent: Spent) -> Iterator[None]:
    """Note the most memory that a backend has of its own while this lasts; nothing where there is no /proc.

    Shared buffers are left out: the kernel counts each of them to the first backend that touches it.
    """
    ended = threading.Event()

    def look() -> None:
        with suppress(OSError):
            while not ended.wait(0.02):
                lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
                own = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon"))
                spent.megabytes = max(spent.megabytes, own / 1024)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()


def ratio(numerator: float, denominator: float, form: str = ".2f") -> str:
    """A ratio for a table cell."""
    return f"{numerator / denominator:{form}}×" if denominator else "–"


def compare(turns: Mapping[str, Spent]) -> str:
    """The table of ours beside the bare SQL.

    :param turns: what was spent on ``first``, ``again`` and ``bare``.
    """
    ours, again, bare = (turns[name] for name in ("first", "again", "bare"))
    lines = ["| what | clock, s | CPU, s | ratio by clock | by CPU | aim |", "|---|---:|---:|---:|---:|---:|"]
    for what, spent, base, aim in (
        ("bare SQL", bare, bare, ""),
        ("ours, first computation", ours, bare, "≤ 1.5× the bare SQL"),
        ("ours, run again (writes nothing)", again, ours, "(of the first)"),
    ):
        lines.append(
            f"| {what} | {spent.wall:.1f} | {spent.cpu:.1f} "
            f"| {ratio(spent.wall, base.wall)} | {ratio(spent.cpu, base.cpu)} | {aim} |"
        )
    return "\n".join(lines)


def compare_sizes(counted: str, small: tuple[int, Spent], large: tuple[int, Spent]) -> str:
    """The table of ten times the data.

    :param counted: what there is ten times as much of, e.g. contracts.
    :param small, large: how many, and what the first computation took.
    """
    lines = [
        f"| {counted} | clock, s | CPU, s | backend's own peak, MB | temporary files, MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for size, first in (small, large):
        lines.append(
            f"| {size:,} | {first.wall:.1f} | {first.cpu:.1f} | {first.megabytes:.0f} | {first.temp_megabytes:.0f} |"
        )
    few, many = small[1], large[1]
    lines.append(
        f"| ratio (aim ≤ 11×) | {ratio(many.wall, few.wall, '.1f')} | {ratio(many.cpu, few.cpu, '.1f')} "
        f"| {ratio(many.megabytes, few.megabytes, '.1f')} | |"
    )
    return "\n".join(lines)
