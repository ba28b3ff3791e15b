"""The environment of every component; docker-compose.yml sets the same names."""

import json
import os
from pathlib import Path

from stack.state import ROBOT, ROOT, USERS, State

TIMEZONE = "Asia/Shanghai"
MAIL_FROM = "backoffice@example.cn"

#: What makes Airflow quick with our short tasks, and quiet; the same on one machine and in production.
COMMON = {
    "AIRFLOW__API__INSTANCE_NAME": "物业集团后台",
    "AIRFLOW__CORE__DEFAULT_TIMEZONE": TIMEZONE,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
    # The supervisor of a task sits in select() for this long after the task is done (default 5 s).
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "AIRFLOW__EMAIL__EMAIL_CONN_ID": "backoffice_smtp",
    "AIRFLOW__EMAIL__FROM_EMAIL": MAIL_FROM,
    # A failed step is told in our own letter, in words; Airflow's own would come on top.
    "AIRFLOW__EMAIL__DEFAULT_EMAIL_ON_FAILURE": "false",
    "AIRFLOW__EMAIL__DEFAULT_EMAIL_ON_RETRY": "false",
    "BACKOFFICE_MAIL_FROM": MAIL_FROM,
    # Who may answer what a workflow asks, by login, the deputies among them.
    "BACKOFFICE_APPROVERS": "finance,admin",
    "TZ": TIMEZONE,
}

#: Settings of the caller that would change what the components do.
FOREIGN = ("AIRFLOW", "BACKOFFICE_", "PYTHON", "PG", "VIRTUAL_ENV")


def dags_folder() -> Path:
    """Return where the workflows are; BACKOFFICE_DAGS names another folder, for trials."""
    return Path(os.environ.get("BACKOFFICE_DAGS") or ROOT / "dags").resolve()


def exported(state: State) -> dict[str, str]:
    """Return what we export to the components, without the caller's own environment."""
    postgres = {"conn_type": "postgres", "host": "127.0.0.1", "port": state.ports["postgres"]}
    smtp = {"conn_type": "smtp", "host": "127.0.0.1", "port": state.ports["mail"]}
    mail_extra = {"disable_tls": True, "disable_ssl": True, "from_email": MAIL_FROM, "timeout": 30}
    airflow_dsn = state.dsn("airflow").replace("postgresql://", "postgresql+psycopg2://", 1)
    users = USERS | {ROBOT: "admin"}
    return COMMON | {
        "BACKOFFICE_STACK_ID": state.stack_id,
        "BACKOFFICE_STATE": str(state.folder),
        "BACKOFFICE_INBOX": str(state.at("inbox")),
        "BACKOFFICE_FILES": str(state.at("files")),
        "BACKOFFICE_DSN": state.dsn("backoffice"),
        "BACKOFFICE_API_URL": state.url,
        "BACKOFFICE_API_USER": ROBOT,
        "BACKOFFICE_API_PASSWORD": state.secrets[ROBOT],
        "AIRFLOW_CONN_BACKOFFICE_API": json.dumps(
            {
                "conn_type": "http",
                "schema": "http",
                "host": "127.0.0.1",
                "port": state.ports["ui"],
                "login": ROBOT,
                "password": state.secrets[ROBOT],
            }
        ),
        "AIRFLOW_CONN_BACKOFFICE_DB": json.dumps(
            postgres | {"login": "backoffice", "password": state.secrets["backoffice"], "schema": "backoffice"}
        ),
        "AIRFLOW_CONN_BACKOFFICE_SMTP": json.dumps(smtp | {"extra": mail_extra}),
        "AIRFLOW_HOME": str(state.at("airflow")),
        "AIRFLOW__API__BASE_URL": state.url,
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(state.ports["ui"]),
        "AIRFLOW__API__SECRET_KEY": state.secrets["secret_key"],
        "AIRFLOW__API_AUTH__JWT_SECRET": state.secrets["jwt_secret"],
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder()),
        # Without the timetable, nothing starts by itself and every workflow can be run by hand. With it,
        # people switch on one workflow after the other, because each begins with its newest missed period.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": str(state.schedules).lower(),
        "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(state.schedules).lower(),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "8",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{state.url}/execution/",
        "AIRFLOW__CORE__FERNET_KEY": state.secrets["fernet_key"],
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in users.items()),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(state.at("airflow", "passwords.json")),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "5",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": airflow_dsn,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(state.at("airflow", "logs")),
        "PYTHONPATH": str(ROOT),
        # File names and logs are Chinese, whatever the locale of the shell is.
        "PYTHONUTF8": "1",
        # Keeps /proc/<pid>/environ legible for the search for left-over processes.
        "SPT_NOENV": "1",
        # A proxy of the machine must not stand between the components.
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def environment(state: State) -> dict[str, str]:
    """Return the whole environment for a component: ours, over what is harmless of the caller's."""
    ours = exported(state)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        inherited.pop(name, None)
    return inherited | ours
