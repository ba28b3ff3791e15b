"""The process manager: supervisor, because it restarts, rotates logs, stops whole process groups and can be asked.

(honcho, the other candidate, stops all when one stops and has no way to be asked.)
"""

import contextlib
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path

from supervisor.xmlrpc import SupervisorTransport

from stack.state import StackError, State


@dataclass(frozen=True)
class Program:
    """One component.

    :param command: executable and arguments.
    :param title: its name in progress lines.
    :param stop_signal: what asks it to stop; the whole group gets it unless `alone`.
    :param stop_seconds: patience before its group is killed.
    :param user: account, when the manager runs as root.
    """

    name: str
    title: str
    command: list[str]
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    alone: bool = False
    user: str | None = None
    directory: str = "/"


def write_configuration(state: State, programs: list[Program]) -> Path:
    """Write supervisord.conf and return its path. Components start only when asked (their order matters)."""

    def plain(value: object) -> str:
        return str(value).replace("%", "%%")

    logs = state.at("logs")
    lines = [
        "[supervisord]",
        "nodaemon=true",
        f"logfile={plain(logs / 'supervisor.log')}",
        "logfile_maxbytes=5MB",
        "logfile_backups=1",
        f"pidfile={plain(state.at('supervisor.pid'))}",
        f"childlogdir={plain(logs)}",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[unix_http_server]",
        f"file={plain(state.socket)}",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for program in programs:
        lines += [
            f"[program:{program.name}]",
            f"command={plain(shlex.join(map(str, program.command)))}",
            f"directory={plain(program.directory)}",
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=5",
            f"stopsignal={program.stop_signal}",
            f"stopwaitsecs={program.stop_seconds}",
            f"stopasgroup={str(not program.alone).lower()}",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={plain(logs / program.name)}.log",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=3",
            *([f"user={program.user}"] if program.user else []),
        ]
    path = state.at("supervisord.conf")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Manager:
    """Talks to the supervisord of one state folder."""

    def __init__(self, state: State) -> None:
        self.state = state

    @contextlib.contextmanager
    def calls(self):
        """Give supervisord's XML-RPC interface for a few calls."""
        transport = SupervisorTransport(None, None, f"unix://{self.state.socket}")
        try:
            yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport).supervisor
        finally:
            transport.close()

    def answers(self) -> bool:
        """Tell whether the manager runs."""
        try:
            with self.calls() as supervisor:
                return supervisor.getState()["statename"] == "RUNNING"
        except (OSError, xmlrpc.client.Error):
            return False

    def states(self) -> dict[str, str]:
        """Return the state of each component: RUNNING, STARTING, BACKOFF, STOPPED, FATAL …; {} when not running."""
        try:
            with self.calls() as supervisor:
                return {info["name"]: info["statename"] for info in supervisor.getAllProcessInfo()}
        except (OSError, xmlrpc.client.Error):
            return {}

    def pid(self) -> int | None:
        """Return the manager's process number, None when it does not run."""
        try:
            with self.calls() as supervisor:
                return supervisor.getPID()
        except (OSError, xmlrpc.client.Error):
            return None

    def launch(self, configuration: Path, environment: dict[str, str]) -> subprocess.Popen:
        """Start supervisord, detached from the terminal, and wait until it can be asked."""
        log = self.state.at("logs", "supervisord.out")
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "supervisor.supervisord", "--silent", "--configuration", configuration],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        limit = time.monotonic() + 20
        while not self.answers():
            if process.poll() is not None or time.monotonic() > limit:
                raise StackError(f"The process manager did not start: see {log}, then try again.")
            time.sleep(0.05)
        return process

    def start(self, name: str) -> None:
        """Start a component unless it runs; does not wait for it."""
        with self.calls() as supervisor:
            try:
                supervisor.startProcess(name, False)
            except xmlrpc.client.Fault as fault:
                if "ALREADY_STARTED" not in fault.faultString:
                    raise StackError(
                        f"{name} could not be started ({fault.faultString}): see {self.state.at('logs', name)}.log"
                    ) from fault

    def ask_to_stop(self, names: list[str]) -> None:
        """Ask components to stop, all at once; does not wait."""
        with self.calls() as supervisor:
            for name in names:
                with contextlib.suppress(xmlrpc.client.Fault):
                    supervisor.stopProcess(name, False)

    def shut_down(self) -> None:
        """Stop all that runs, then the manager itself; does not wait."""
        with contextlib.suppress(OSError, xmlrpc.client.Error), self.calls() as supervisor:
            supervisor.shutdown()
