"""The init job of docker-compose.yml: databases, schemas and logins, before anything else starts.

Run as `python -m stack.production`; safe to run at every start.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from stack.control import DATABASES, make_databases
from stack.state import ROBOT, USERS, write_private


def main() -> None:
    """Make what is missing and bring both schemas to their newest version; fails with the first command that does."""
    make_databases(os.environ["POSTGRES_DSN"], {name: os.environ[f"{name.upper()}_DB_PASSWORD"] for name in DATABASES})
    for module in (["airflow", "db", "migrate"], ["backoffice.migrate"]):
        subprocess.run([sys.executable, "-m", *module], check=True)
    passwords = {name: os.environ[f"{name.upper()}_PASSWORD"] for name in (*USERS, ROBOT)}
    write_private(Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]), json.dumps(passwords))


if __name__ == "__main__":
    main()
