"""Starts the office, tells how it is, and stops it without leaving a process behind."""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import time
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path

import httpx
import psycopg
from psycopg import sql

from stack import ports, postgres, processes
from stack.environment import TIMEZONE, environment, exported
from stack.rest import Airflow
from stack.state import FOLDERS, PORTS, ROBOT, ROOT, USERS, StackError, State, write_private
from stack.supervision import Manager, Program, write_configuration

#: The databases, each owned by a role of its name, with the time zone of its sessions.
DATABASES = {"airflow": "UTC", "backoffice": TIMEZONE}
#: From the first component to all healthy; a slow disk needs most of it on the very first start.
PATIENCE_SECONDS = 180


#: what is told side by side with other things names itself before each line
speaker: ContextVar[str] = ContextVar("speaker", default="")


def say(text: str) -> None:
    """Print a line of progress."""
    named = speaker.get()
    print(f"{named} {text}" if named else text, flush=True)


def place_of(state: State) -> Path:
    """Return the directory that holds the databases of `state`, with STATE/postgres leading to it.

    :raises StackError: when databases were there once and are gone.
    """
    link = state.at("postgres")
    if state.settings.get("has_databases") and not (link.resolve() / "data" / "PG_VERSION").exists():
        raise StackError(
            f"The databases of {state.folder} are gone from {link.resolve() / 'data'}: put them back, "
            "or `make restore FILE=… STATE=another folder`."
        )
    place = postgres.find_place(link.resolve(), state.short_id)
    if place != link.resolve():
        link.rmdir()
        link.symlink_to(place)
    return place


def programs(state: State, place: Path, binaries: Path) -> list[Program]:
    """Return the components in the order in which they start."""
    python, borrowed = sys.executable, postgres.account()
    # The database server needs none of our secrets in its environment, only the marker.
    bare = ["/usr/bin/env", "-i", f"{processes.MARKER}={state.stack_id}", f"PATH={os.defpath}", "LC_ALL=C"]
    airflow = [python, "-m", "airflow"]
    return [
        Program(
            "postgres",
            "数据库",
            [*bare, str(binaries / "postgres"), "-D", str(place / "data")],
            stop_signal="INT",  # fast shutdown: ends sessions, keeps what was committed
            stop_seconds=30,
            alone=True,
            user=borrowed.name if borrowed else None,
        ),
        Program(
            "mail",
            "邮箱",
            [python, "-m", "stack.mailbox", str(state.ports["mail"]), str(state.at("mail"))],
        ),
        # Its log server would listen on 0.0.0.0, so `-s`; the UI reads the logs from the folder.
        Program("scheduler", "调度", [python, "-m", "stack.scheduler", "-s"]),
        Program("dag-processor", "流程解析", [*airflow, "dag-processor"]),
        Program("api-server", "界面", [*airflow, "api-server"]),
        # No triggerer: no workflow defers, and approvals wait in the state awaiting_input without one.
    ]


def fingerprint(state: State) -> str:
    """Return what a running stack must be restarted for when it changes."""
    told = json.dumps([exported(state), (ROOT / "requirements.lock").read_text(encoding="utf-8")], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def up(state: State, *, schedules: bool | None = None, renew: bool = True) -> None:
    """Start what does not run yet and wait until all is healthy. Running it again is harmless.

    :param schedules: switches the timetable on or off, and keeps that.
    :param renew: restart a running stack whose settings have changed since.
    :raises StackError: when a component does not become healthy, with the end of its log.
    """
    began = time.monotonic()
    with state.locked():
        turned_on = schedules is True and not state.schedules
        if schedules is not None:
            state.settings["schedules"] = schedules
        manager = Manager(state)
        if manager.answers() and renew and state.settings.get("running_as") != fingerprint(state):
            say("设置已变更，重新启动 …")
            stop(state)
        fresh = not manager.answers()
        started_at = time.time()
        if fresh:
            launch(state, manager)
        manager.start("postgres")
        manager.start("mail")
        prepare_databases(state, manager)
        for name in ("api-server", "scheduler", "dag-processor"):
            manager.start(name)
        wait_healthy(state, manager, since=started_at if fresh else None)
        if turned_on:
            with Airflow(state) as airflow:
                airflow.pause_all()
    timetable = "开" if state.schedules else "关 (make up SCHEDULES=on 打开)"
    say(f"后台已就绪 ({time.monotonic() - began:.0f} 秒): {state.url}  定时运行: {timetable}")
    if turned_on:
        say("所有流程现为停用: 请在界面逐个启用；每个流程启用后会立即补跑最近一期。")


def launch(state: State, manager: Manager) -> None:
    """Clear away what an earlier stack left, choose ports, make the cluster, start the process manager."""
    place = place_of(state)
    processes.end(state.stack_id, place / "data")
    state.socket.unlink(missing_ok=True)
    state.settings["ports"] = ports.choose(PORTS, str(state.folder), state.ports)
    for name in FOLDERS:
        state.at(name).mkdir(mode=0o700, exist_ok=True)
    say(f"数据库: {place / 'data'}")
    binaries = postgres.find_binaries(place)
    postgres.initialise(binaries, place / "data", state.secrets["postgres"], durable=True)
    postgres.configure(place / "data", state.ports["postgres"], durable=True)
    passwords = {name: state.secrets[name] for name in (*USERS, ROBOT)}
    write_private(state.at("airflow", "passwords.json"), json.dumps(passwords))
    state.settings |= {"has_databases": True, "running_as": fingerprint(state)}
    state.save()
    manager.launch(write_configuration(state, programs(state, place, binaries)), environment(state))


def prepare_databases(state: State, manager: Manager) -> None:
    """Make roles and databases that are missing and bring both schemas to their newest version."""
    admin = state.dsn("postgres")
    postgres.wait_ready(admin, lambda: manager.states().get("postgres") in ("RUNNING", "STARTING", "BACKOFF"))
    make_databases(admin, state.secrets)
    version = importlib.metadata.version("apache-airflow-core")
    metadata = None
    if state.settings.get("airflow_version") != version:
        say("准备 Airflow 元数据库 …")
        metadata = start_job(state, "airflow-migrate", ["airflow", "db", "migrate"])
    finish_job(state, "backoffice-migrate", start_job(state, "backoffice-migrate", ["backoffice.migrate"]))
    if metadata:
        finish_job(state, "airflow-migrate", metadata)
        state.settings["airflow_version"] = version
        state.save()


def make_databases(admin_dsn: str, passwords: dict[str, str]) -> None:
    """Make each of `DATABASES` and its owner unless they are there; passwords are set in any case."""
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        for name, zone in DATABASES.items():
            identifier = sql.Identifier(name)
            known = admin.execute("select from pg_roles where rolname = %s", [name]).rowcount
            statement = sql.SQL("alter role {} login password {}" if known else "create role {} login password {}")
            admin.execute(statement.format(identifier, sql.Literal(passwords[name])))
            if not admin.execute("select from pg_database where datname = %s", [name]).rowcount:
                admin.execute(sql.SQL("create database {} owner {}").format(identifier, identifier))
            admin.execute(sql.SQL("alter database {} set timezone to {}").format(identifier, sql.Literal(zone)))
            admin.execute(sql.SQL("revoke connect, temporary on database {} from public").format(identifier))


def start_job(state: State, name: str, module: list[str]) -> subprocess.Popen:
    """Start `python -m module…` in the components' environment, its output going to STATE/logs."""
    with state.at("logs", f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=environment(state),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )


def finish_job(state: State, name: str, job: subprocess.Popen) -> None:
    """Wait for a job. Raises StackError with the end of its output when it failed."""
    if job.wait():
        raise StackError(f"{name} failed; mend what its log says and run `make up` again:\n{tail(state, name)}")


def tail(state: State, name: str, lines: int = 25) -> str:
    """Return the last lines of a component's log, with the path above them."""
    log = state.at("logs", f"{name}.log")
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    return "\n".join([f"--- {log}", *text.splitlines()[-lines:]])


def wait_healthy(state: State, manager: Manager, since: float | None) -> None:
    """Wait until the UI answers as ours and scheduler and DAG processor beat.

    :param since: POSIX time; heartbeats before it are of an earlier start and do not count.
    """
    limit = time.monotonic() + PATIENCE_SECONDS
    began, said = time.monotonic(), set()
    titles = {"api-server": "界面", "scheduler": "调度", "dag-processor": "流程解析"}
    while True:
        healthy = ask_health(state, since)
        for name, title in titles.items():
            if name in healthy and name not in said:
                said.add(name)
                if since is not None:
                    say(f"{title} 就绪 ({time.monotonic() - began:.0f} 秒)")
        if len(healthy) == len(titles):
            return
        fatal = [name for name, status in manager.states().items() if status == "FATAL"]
        if fatal:
            raise StackError(
                f"{', '.join(fatal)} stops as soon as it starts; mend what the log says, then `make up` again.\n"
                + "\n".join(tail(state, name) for name in fatal)
            )
        if time.monotonic() > limit:
            missing = [name for name in titles if name not in healthy]
            raise StackError(
                f"Not healthy after {PATIENCE_SECONDS} s: {', '.join(missing)}. See the logs, `make down`, try again.\n"
                + "\n".join(tail(state, name) for name in missing)
            )
        time.sleep(0.25)


def ask_health(state: State, since: float | None = None) -> set[str]:
    """Return which of `api-server`, `scheduler`, `dag-processor` are healthy."""
    try:
        with Airflow(state) as airflow:
            # Logging in proves that it is our server which answers at that port.
            health = airflow.health()
    except (httpx.HTTPError, StackError):
        return set()
    healthy = {"api-server"}
    for key, name in (("scheduler", "scheduler"), ("dag_processor", "dag-processor")):
        told = health.get(key) or {}
        beat = told.get(f"latest_{key}_heartbeat")
        fresh = beat and (since is None or datetime.fromisoformat(beat).timestamp() > since)
        if told.get("status") == "healthy" and fresh:
            healthy.add(name)
    return healthy


def down(state: State) -> None:
    """Stop everything; afterwards no process of this stack is left."""
    with state.locked():
        killed = stop(state)
    say("后台已停止。" + (f" 强制结束: {'; '.join(killed)}" if killed else ""))


def stop(state: State) -> list[str]:
    """Ask the process manager to stop all, then end what is left; return the names of what was killed."""
    data = (state.at("postgres") / "data").resolve()
    known = processes.find(state.stack_id, data)
    manager = Manager(state)
    if manager.answers():
        # All at once and the database last: supervisord by itself would stop one after the other.
        names = [name for name in manager.states() if name != "postgres"]
        manager.ask_to_stop(names)
        wait_stopped(manager, names, seconds=15)
        own = manager.pid()
        ordered = {process for process in known if processes.is_postgres(process) or process.pid == own}
        manager.shut_down()
        processes.wait_gone(ordered, 40)
    killed = processes.end(state.stack_id, data, known)
    with contextlib.suppress(OSError):
        state.socket.unlink(missing_ok=True)
    return killed


def wait_stopped(manager: Manager, names: list[str], seconds: float) -> None:
    """Wait until the components have stopped or were killed by the manager."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        states = manager.states()
        if all(states.get(name, "STOPPED") in ("STOPPED", "EXITED", "FATAL") for name in names):
            return
        time.sleep(0.1)


def purge(state: State) -> None:
    """Delete a stopped stack's state: what we made in the folder, and what we placed elsewhere."""
    place = state.at("postgres").resolve()
    if place.name == state.short_id:
        shutil.rmtree(place)
    ours = [*FOLDERS, "postgres", "stack.json", "secrets.json", "supervisord.conf", "supervisor.pid", ".lock"]
    for name in ours:
        path = state.at(name)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something of the user's is in it
        state.folder.rmdir()
    say(f"已删除 {state.folder}")


def status(state: State) -> bool:
    """Print components, addresses and logins; return whether all is healthy."""
    states = Manager(state).states()
    healthy = ask_health(state) if states else set()
    for name in ("postgres", "mail", "api-server", "scheduler", "dag-processor"):
        beat = (
            ""
            if name in ("postgres", "mail") or states.get(name) != "RUNNING"
            else "健康"
            if name in healthy
            else "未应答"
        )
        say(f"  {name:14}{states.get(name, 'STOPPED'):10}{beat}")
    say(f"  界面 {state.url}   定时运行: {'开' if state.schedules else '关'}")
    for name, role in USERS.items():
        say(f"  登录 {name:8} 密码 {state.secrets[name]:14} 角色 {role}")
    say(f"  资料入口 {state.at('inbox')}\n  文件 {state.at('files')}\n  邮件 {state.at('mail')}")
    return len(healthy) == 3
