"""Run every bench, one after the other, on one throw-away Postgres; print the tables below the commands that made them.

make bench          (or: python -m bench)
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from stack.postgres import start_cluster

#: (module, whether it wants the server's address)
BENCHES = (
    ("bench.bench_landing", True),
    ("bench.bench_attendance", True),
    ("bench.bench_timesheets", True),
    ("bench.bench_fees", True),
    ("bench.bench_sales", True),
    ("bench.bench_workbook", False),
    ("bench.bench_notices", False),
)


def run(module: str, server: str | None) -> str:
    """Run one bench in a process of its own and return what it printed, as markdown."""
    command = [sys.executable, "-m", module] + (["--dsn", server] if server else [])
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return told if "|---" in told else f"```\n{told}\n```"


def main() -> None:
    """Start a cluster, run the benches, stop it."""
    with tempfile.TemporaryDirectory() as folder:
        cluster = start_cluster(Path(folder) / "postgres")
        try:
            for module, wants_server in BENCHES:
                print(f"\n`python -m {module}`\n", flush=True)
                print(run(module, cluster.dsn("postgres") if wants_server else None), flush=True)
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
