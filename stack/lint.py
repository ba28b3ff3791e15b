"""All checks that need no running program; every one is run, also after one found something."""

import subprocess
import sys
from pathlib import Path

from stack.state import ROOT

SOURCES = ["backoffice", "operators", "stack", "dags", "plugins", "tests", "bench", "feeds"]


def lint() -> bool:
    """Run the checks and return whether all passed."""
    python, tools = sys.executable, Path(sys.executable).parent
    folders = [name for name in SOURCES if any((ROOT / name).rglob("*.py"))]
    checks = {
        "ruff": [tools / "ruff", "check", "."],
        "format": [tools / "ruff", "format", "--check", "."],
        "compile": [python, "-m", "compileall", "-q", *folders],
        "compose": [
            tools / "check-jsonschema",
            "--builtin-schema",
            "vendor.compose-spec",
            "docker-compose.yml",
        ],
    }
    if any((ROOT / "sql").rglob("*.sql")):
        checks["sql"] = [tools / "sqlfluff", "lint", "--processes", "2", "--disable-progress-bar", "sql"]
    failed = []
    for name, command in checks.items():
        print(f"== {name}", flush=True)
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"lint: {'failed: ' + ', '.join(failed) if failed else 'all passed'}")
    return not failed
