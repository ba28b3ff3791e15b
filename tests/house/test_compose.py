"""docker-compose.yml without an engine: against its specification, our rules, and the local stack."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from stack import environment, postgres
from stack.state import USERS, State, new_secrets

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
AIRFLOW_SERVICES = ["init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"]

#: Exported by the local stack only, and why.
LOCAL_ONLY = {
    "BACKOFFICE_STACK_ID",  # marks processes; containers have walls
    "SPT_NOENV",  # keeps that marker legible
    "NO_PROXY",  # a container inherits no proxy from a shell
    "no_proxy",
}
#: Set in compose only: Celery, and the health checks of containers.
COMPOSE_ONLY = {
    "AIRFLOW__CELERY__BROKER_URL",
    "AIRFLOW__CELERY__RESULT_BACKEND",
    "AIRFLOW__CELERY__WORKER_CONCURRENCY",
    "AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT",
    "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK",
}
SECRET_NAME = re.compile(
    r"PASSWORD|SECRET|FERNET|_DSN$|SQL_ALCHEMY_CONN|BROKER_URL|RESULT_BACKEND|AUTH$|^AIRFLOW_CONN_"
)

#: The sender and the approvers are the house's own in production.
SENDER = {"BACKOFFICE_MAIL_FROM", "AIRFLOW__EMAIL__FROM_EMAIL", "BACKOFFICE_APPROVERS"}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the local stack exports."""
    folder = tmp_path_factory.mktemp("state")
    settings = {"id": "0" * 32, "ports": {"ui": 1, "postgres": 2, "mail": 3}}
    return environment.exported(State(folder, settings, new_secrets()))


def test_the_file_meets_the_compose_specification():
    command = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, ROOT / "docker-compose.yml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_containers_get_the_names_that_the_local_stack_exports(exported):
    names = set(COMPOSE["x-environment"])
    assert names - COMPOSE_ONLY == set(exported) - LOCAL_ONLY
    assert names >= COMPOSE_ONLY


@pytest.mark.parametrize("name", sorted(set(environment.COMMON) - SENDER))
def test_a_common_setting_has_the_same_value_in_both(name):
    assert COMPOSE["x-environment"][name] == environment.COMMON[name]


def test_the_same_people_with_the_same_roles_can_log_in(exported):
    name = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"
    assert COMPOSE["x-environment"][name] == exported[name]
    assert {f"{user.upper()}_PASSWORD" for user in (*USERS, "robot")} <= set(SERVICES["init"]["environment"])


def test_every_airflow_service_shares_one_environment():
    for name in AIRFLOW_SERVICES:
        missing = set(COMPOSE["x-environment"]) - set(SERVICES[name]["environment"])
        assert not missing, f"{name} lacks {missing}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_comes_from_the_environment_and_its_absence_stops(service):
    for name, value in SERVICES[service].get("environment", {}).items():
        if SECRET_NAME.search(name) and not name.endswith(("PASSWORDS_FILE", "BACKOFFICE_SMTP")):
            assert re.search(r"\$\{[A-Z_]+:\?[^}]+\}", str(value)), f"{service}: {name} must be ${{…:?…}}"


def test_no_secret_is_written_in_the_file():
    # What stands between `://user:` and `@`, or after "password": must be a variable.
    for password in re.findall(r"://\w*:([^@\s]+)@", TEXT) + re.findall(r'"password": "([^"]*)"', TEXT):
        assert password.startswith("${"), password


def test_the_example_names_every_required_variable_and_leaves_it_empty():
    required = set(re.findall(r"\$\{([A-Z_]+):\?", TEXT))
    optional = set(re.findall(r"\$\{([A-Z_]+):-", TEXT))
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    empty = {line[:-1] for line in lines if re.fullmatch(r"[A-Z_]+=", line)}
    hinted = {line[1:].split("=")[0] for line in lines if re.match(r"#[A-Z_]+=", line)}
    assert empty == required
    assert hinted <= optional


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_health_check_or_says_why_not(service):
    definition = SERVICES[service]
    assert ("healthcheck" in definition) != bool(definition.get("x-no-healthcheck"))


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_published_beyond_the_loopback(service):
    for port in SERVICES[service].get("ports", []):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("service", SERVICES)
def test_every_image_is_pinned_and_ours_is_the_lock(service):
    image = SERVICES[service]["image"]
    assert not image.endswith(":latest")
    assert image.startswith("backoffice:") == (service in AIRFLOW_SERVICES)


def test_the_images_airflow_is_the_locks():
    base = re.search(
        r"^FROM apache/airflow:slim-([0-9.]+)-python3\.11$", (ROOT / "Dockerfile").read_text(), re.MULTILINE
    )
    locked = re.search(r"^apache-airflow==([0-9.]+) ", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert base.group(1) == locked.group(1)


def test_postgres_is_tuned_like_the_local_one():
    given = dict(option[2:].split("=") for option in SERVICES["postgres"]["command"][1:])
    local = {name: str(value) for name, value in postgres.SETTINGS.items()}
    assert given.items() <= local.items()
    assert set(local) - set(given) == {
        "listen_addresses",
        "log_checkpoints",
        "log_line_prefix",
        "update_process_title",
    }


@pytest.mark.parametrize("name", [f"AIRFLOW_CONN_BACKOFFICE_{name}" for name in ("API", "DB", "SMTP")])
def test_a_connection_is_json_with_the_fields_of_the_local_one(name, exported):
    filled = re.sub(
        r"\$\{[A-Z_]+:([-?])([^}]*)\}", lambda m: m[2] if m[1] == "-" else "x", COMPOSE["x-environment"][name]
    )
    connection, local = json.loads(filled), json.loads(exported[name])
    assert local.keys() <= connection.keys()
    assert connection.get("extra", {}).keys() == local.get("extra", {}).keys()


def test_nobody_starts_before_the_init_job_is_through():
    for name in set(AIRFLOW_SERVICES) - {"init"}:
        assert SERVICES[name]["depends_on"]["init"]["condition"] == "service_completed_successfully"
