"""Where a test run keeps what nobody wants afterwards: in memory, where the machine has some to spare.

The books and Airflow's metadata make and delete a file for every temporary table and every commit; on a disk the run
waits for that longer than it computes. BACKOFFICE_TEST_PLACE names another directory for it.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")
#: bytes that must be free: two workers use half of it
ROOM = 4 << 30
PREFIX = "backoffice-test-"


def fleeting(name: str) -> Path:
    """Return a new directory that goes when this process ends; a run that was killed is tidied up by the next one.

    It lies in memory if there is room, else where the system keeps temporary files.
    """
    _tidy()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-{name}-", dir=_place()))
    folder.chmod(0o755)  # root lends Postgres an account that must get in
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _place() -> Path:
    """The directory for it all."""
    if named := os.environ.get("BACKOFFICE_TEST_PLACE"):
        return Path(named)
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and _free(MEMORY) >= ROOM:
        return MEMORY
    return Path(tempfile.gettempdir())


def _free(place: Path) -> int:
    """Bytes that can be put there; of memory no more than there is without swapping."""
    room = shutil.disk_usage(place).free
    told = Path("/proc/meminfo")
    if told.exists():
        available = next(line for line in told.read_text().splitlines() if line.startswith("MemAvailable"))
        room = min(room, int(available.split()[1]) << 10)
    return room


def _tidy() -> None:
    """Free the memory that runs hold whose process is gone."""
    for left in MEMORY.glob(PREFIX + "*"):
        process = left.name.removeprefix(PREFIX).split("-")[0]
        if left.stat().st_uid == os.geteuid() and not psutil.pid_exists(int(process)):
            shutil.rmtree(left, ignore_errors=True)
