"""Backup of everything that cannot be computed again, and its way back.

A backup is one tar.gz, readable by its owner only: both databases (`pg_dump -Fc`), the roles without their
passwords, the documents, the inbox, the files that were taken in, and a manifest. It holds personal data: keep
it like the originals.
"""

import contextlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from stack import postgres
from stack.control import DATABASES, make_databases, place_of, say
from stack.environment import TIMEZONE
from stack.ports import free_port
from stack.state import StackError, State
from stack.supervision import Manager

FORMAT = 1
CARRIED = ["files", "inbox", "archive"]


def now() -> str:
    """Return the moment for names of files, to the second, in the house's time zone."""
    return datetime.now(ZoneInfo(TIMEZONE)).strftime("%Y%m%d-%H%M%S")


@contextlib.contextmanager
def server(state: State) -> Iterator[tuple[str, Path]]:
    """Give a superuser's DSN and the binaries: of the running stack, else of a server started for the while."""
    if Manager(state).states().get("postgres") == "RUNNING":
        yield state.dsn("postgres"), postgres.find_binaries(place_of(state))
        return
    place_of(state)  # refuses when the databases are gone
    cluster = postgres.start_cluster(
        state.at("postgres").resolve(),
        durable=True,
        port=free_port(),
        password=state.secrets["postgres"],
        name=state.short_id,
    )
    try:
        yield cluster.dsn(), cluster.binaries
    finally:
        cluster.stop()


def connection_settings(dsn: str) -> dict[str, str]:
    """Return a DSN as libpq's environment variables: arguments are seen by every user of the machine."""
    parts = conninfo_to_dict(dsn)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    return {variable: str(parts[key]) for key, variable in names.items()}


def call(command: list[str | Path], dsn: str, *, may_warn: bool = False) -> None:
    """Run one of Postgres' tools; StackError with its words when it fails."""
    environment = os.environ | connection_settings(dsn)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode and not may_warn:
        raise StackError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-1500:]}. Nothing was changed.")


def backup(state: State) -> Path:
    """Write STATE/backups/<date>-<time>.tar.gz and return its path. The office may run meanwhile.

    Databases first, then documents: every document that the books name is in the archive, or can be made again.
    """
    target = state.at("backups", f"{now()}.tar.gz")
    with tempfile.TemporaryDirectory(dir=state.at("backups"), prefix=".") as scratch, server(state) as (dsn, binaries):
        folder = Path(scratch)
        for name in DATABASES:
            dump = folder / f"{name}.dump"
            call([binaries / "pg_dump", "--format=custom", "--file", dump, name], dsn)
        roles = [binaries / "pg_dumpall", "--roles-only", "--no-role-passwords", "--file", folder / "roles.sql"]
        call(roles, dsn)
        manifest = {"format": FORMAT, "made_at": now(), "fernet_key": state.secrets["fernet_key"]}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        unfinished = folder / "archive"
        with tarfile.open(unfinished, "w:gz", compresslevel=3) as archive:
            for member in ("manifest.json", "roles.sql", *(f"{name}.dump" for name in DATABASES)):
                archive.add(folder / member, member)
            for name in CARRIED:
                archive.add(state.at(name), name)
        unfinished.chmod(0o600)
        unfinished.rename(target)
    say(f"备份: {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return target


def restore(state: State, file: Path) -> None:
    """Put a backup into a stopped or new state; what it replaces is kept aside and named.

    Passwords and addresses of the state stay its own.

    :raises StackError: while the stack runs, or when the file is no backup of ours.
    """
    if Manager(state).answers():
        raise StackError(f"{state.folder} is running: `make down STATE={state.folder}` first.")
    if not file.is_file():
        raise StackError(f"There is no {file}: name a file of STATE/backups with FILE=.")
    stamp = now()
    with state.locked(), tempfile.TemporaryDirectory(dir=state.at("backups"), prefix=".") as scratch:
        folder = Path(scratch)
        manifest = unpack(file, folder)
        make_cluster_if_new(state)
        with server(state) as (dsn, binaries):
            aside = set_aside(dsn, stamp)
            try:
                fill_databases(state, dsn, binaries, folder)
            except StackError:
                put_back(dsn, aside)
                raise
        kept_folders = []
        for name in CARRIED:
            if any(state.at(name).iterdir()):
                kept = state.at(f"{name}.before-{stamp}")
                state.at(name).rename(kept)
                kept_folders.append(str(kept))
            else:
                state.at(name).rmdir()
            shutil.move(folder / name, state.at(name))
        state.secrets["fernet_key"] = manifest["fernet_key"]
        state.save_secrets()
        # Makes the next start bring the metadata of an older Airflow to this one.
        state.settings.pop("airflow_version", None)
        state.save()
    kept_names = [*aside.values(), *kept_folders]
    say(f"已恢复 {file} → {state.folder}" + (f"\n原有内容保留为: {', '.join(kept_names)}" if kept_names else ""))


def unpack(file: Path, folder: Path) -> dict:
    """Unpack a backup into `folder` and return its manifest."""
    try:
        with tarfile.open(file) as archive:
            # Python before 3.11.4 knows no filters, so what they would refuse is refused here.
            archive.extraction_filter = getattr(tarfile, "data_filter", None)
            for member in archive.getmembers():
                parts = Path(member.name).parts
                if not (member.isfile() or member.isdir()) or member.name.startswith("/") or ".." in parts:
                    raise StackError(f"{file} would write outside of the office ({member.name}): do not trust it.")
            archive.extractall(folder)  # noqa: S202 - checked above
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, ValueError, EOFError) as error:
        raise StackError(f"{file} is no whole backup of ours ({error}): take another one.") from error
    if manifest.get("format") != FORMAT:
        raise StackError(f"{file} has format {manifest.get('format')}, this program reads {FORMAT}: update it.")
    return manifest


def make_cluster_if_new(state: State) -> None:
    """Make an empty cluster for a state that never ran."""
    place = place_of(state)
    postgres.initialise(postgres.find_binaries(place), place / "data", state.secrets["postgres"], durable=True)
    state.settings["has_databases"] = True
    state.save()


def fill_databases(state: State, dsn: str, binaries: Path, folder: Path) -> None:
    """Make both databases from the dumps in `folder`; StackError when one cannot be read to its end."""
    make_databases(dsn, state.secrets)
    # Says that our own roles are there already, and makes the others.
    call([binaries / "psql", "--quiet", "--file", folder / "roles.sql"], dsn, may_warn=True)
    for name in DATABASES:
        command = [binaries / "pg_restore", "--exit-on-error", "--no-owner", f"--role={name}"]
        call([*command, f"--dbname={name}", folder / f"{name}.dump"], dsn)


def set_aside(dsn: str, stamp: str) -> dict[str, str]:
    """Rename the databases that are there and return their new names by the old ones."""
    renamed = {}
    with psycopg.connect(dsn, autocommit=True) as admin:
        for name in DATABASES:
            if admin.execute("select from pg_database where datname = %s", [name]).rowcount:
                kept = f"{name}_before_{stamp}"
                rename = sql.SQL("alter database {} rename to {}")
                admin.execute(rename.format(sql.Identifier(name), sql.Identifier(kept)))
                renamed[name] = kept
    return renamed


def put_back(dsn: str, renamed: dict[str, str]) -> None:
    """Drop what a failed restore made and give the databases set aside their names again."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        for name in DATABASES:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        for name, kept in renamed.items():
            rename = sql.SQL("alter database {} rename to {}")
            admin.execute(rename.format(sql.Identifier(kept), sql.Identifier(name)))
