"""The state folder: everything that one office of ours keeps lies in it (or is linked from it).

```
STATE/stack.json      id, ports, settings                 STATE/inbox    files to be taken in
STATE/secrets.json    passwords and keys, 0600            STATE/files    workbooks and notices
STATE/airflow         AIRFLOW_HOME with the task logs     STATE/mail     letters sent, one .eml each
STATE/postgres        the databases (maybe a link)        STATE/backups  what `make backup` wrote
STATE/archive         files that were taken in
STATE/logs            the components' output
```
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Who may log in to the UI, and with which role (docs/operations.md says what a role may do).
USERS = {
    "admin": "admin",
    "finance": "user",
    "service": "user",  # 客户服务部经理
    "engineer": "user",  # 副总工程师
    "deputy": "user",  # 副总经理
    "manager": "user",  # 总经理
    "viewer": "viewer",
}
#: The account through which tasks and this launcher call the REST API.
ROBOT = "robot"
PORTS = ["ui", "postgres", "mail"]
FOLDERS = ["airflow", "inbox", "archive", "files", "mail", "logs", "backups"]


class StackError(RuntimeError):
    """The office cannot do what was asked; the message says what to do next."""


def write_private(path: Path, text: str) -> None:
    """Write `text` to `path` in one step, readable by its owner only."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)


def short_path(wished: Path, name: str) -> Path:
    """Return a path for a Unix socket, whose length is limited to about 100 bytes.

    :param wished: taken when short enough; else a socket in a private directory called `name` under the
        system's temporary one.
    """
    if len(os.fsencode(wished)) < 85:
        return wished
    directory = Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o077 or directory.is_symlink():
        raise StackError(f"{directory} belongs to somebody else: remove it, or choose a shorter STATE.")
    return directory / wished.name


@dataclass
class State:
    """One state folder; made by `open_state`.

    :param folder: absolute path.
    :param settings: content of stack.json: `id`, `ports` {name: port}, `schedules` bool.
    :param secrets: content of secrets.json: passwords by user, keys by name.
    """

    folder: Path
    settings: dict
    secrets: dict

    @property
    def stack_id(self) -> str:
        """Return the marker that every process of this stack carries in BACKOFFICE_STACK_ID."""
        return self.settings["id"]

    @property
    def short_id(self) -> str:
        """Return the name for what must lie outside of the folder."""
        return f"backoffice-{self.stack_id[:12]}"

    @property
    def ports(self) -> dict[str, int]:
        """Return the TCP ports on 127.0.0.1 by name (`ui`, `postgres`, `mail`)."""
        return self.settings["ports"]

    @property
    def url(self) -> str:
        """Return the address of the UI and REST API, without a slash at its end."""
        return f"http://127.0.0.1:{self.ports['ui']}"

    @property
    def socket(self) -> Path:
        """Return the control socket of the process manager."""
        return short_path(self.folder / "supervisor.sock", self.short_id)

    @property
    def schedules(self) -> bool:
        """Tell whether the timetable runs; off until `make up SCHEDULES=on`."""
        return self.settings.get("schedules", False)

    def at(self, *parts: str) -> Path:
        """Return a path in the folder."""
        return self.folder.joinpath(*parts)

    def dsn(self, database: str = "backoffice", user: str | None = None) -> str:
        """Return the DSN of `database` as its owner (a role of the same name), or as `user`."""
        user = user or database
        return f"postgresql://{user}:{self.secrets[user]}@127.0.0.1:{self.ports['postgres']}/{database}"

    def save(self) -> None:
        """Keep the settings."""
        write_private(self.at("stack.json"), json.dumps(self.settings, indent=2, ensure_ascii=False) + "\n")

    def save_secrets(self) -> None:
        """Keep the secrets."""
        write_private(self.at("secrets.json"), json.dumps(self.secrets, indent=2) + "\n")

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second start or stop of the same stack waiting until this one is through."""
        with self.at(".lock").open("w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def new_people(kept: dict[str, str]) -> dict[str, str]:
    """Return fresh passwords for who may log in and has none in `kept`: an office may be older than a login."""
    return {name: secrets.token_urlsafe(9) for name in USERS if name not in kept}


def new_secrets() -> dict[str, str]:
    """Return fresh random passwords and keys."""
    people = new_people({})
    roles = {name: secrets.token_urlsafe(24) for name in (ROBOT, "postgres", "airflow", "backoffice")}
    keys = {
        "jwt_secret": secrets.token_urlsafe(48),
        "secret_key": secrets.token_urlsafe(48),
        "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    return people | roles | keys


def open_state(folder: str | Path, *, create: bool = True) -> State:
    """Return the state in `folder`, making it with new secrets when it is new.

    :param create: False only reads.
    :raises StackError: when it is not there and shall not be made, or its files are damaged.
    """
    folder = Path(folder).expanduser().resolve()
    settings_file, secrets_file = folder / "stack.json", folder / "secrets.json"
    if not settings_file.exists():
        if not create:
            raise StackError(f"There is no office in {folder}: `make up STATE={folder}` makes one.")
        # The folder itself may be entered by others, as Postgres may run under another account; what is
        # in it is private.
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        state = State(folder, {"id": uuid.uuid4().hex, "ports": {}}, new_secrets())
        state.save_secrets()
        state.save()
        return state
    try:
        settings = json.loads(settings_file.read_text(encoding="utf-8"))
        kept = json.loads(secrets_file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StackError(
            f"{folder} is damaged ({error}): put stack.json and secrets.json back, "
            "or restore a backup into another STATE."
        ) from error
    state = State(folder, settings, new_people(kept) | kept)
    if create and state.secrets != kept:
        state.save_secrets()
    return state
