"""Documents as files: where a file lies, and its registration beside the document (`ops.artifact`)."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from backoffice import database
from backoffice.workbook import DocumentChangedError, WorkbookSpec, Written, write_workbook
from backoffice.workbook.wording import FILE_SAFE

CODE_LENGTH = 8  # characters of the file's SHA-256 that letters print as 文件校验码

NOTICES = "notices"  # folder of single notices beside the file of their document

FIRST_EXCEPTIONS = 5  # lines of the sheet 异常 that a letter repeats

Build = Callable[[psycopg.Connection, Mapping[str, Any]], WorkbookSpec]
#: from the artifact's row: the file's name, and what writes the file to a path
Make = Callable[[Mapping[str, Any]], tuple[str, Callable[[Path], Written]]]


def id_of(artifact: Any, enclosure: str = "") -> int | None:
    """The artifact id in what travels between tasks: an id, its text, or a document that carries it; None if none.

    :param enclosure: kind of the document meant, where it is not the one released but one beside it (`also`).
    """
    if isinstance(artifact, Mapping):
        if artifact.get("state") == "trial":
            return None
        artifact = artifact.get("also", {}).get(enclosure) if enclosure else artifact.get("artifact_id")
    return int(artifact) if artifact not in (None, "", "None") else None


def read(connection: psycopg.Connection, artifact_id: int) -> dict[str, Any]:
    """The row of `ops.artifact`.

    :raises LookupError: when there is none.
    """
    found = database.rows(connection, "outbox/mail_artifact", {"artifact_id": artifact_id})
    if not found:
        raise LookupError(f"There is no artifact {artifact_id}.")
    return found[0]


def _is_overtaken(connection: psycopg.Connection, artifact: Mapping[str, Any]) -> bool:
    """Whether later runs recorded other results of the document's days: its sheets would mix both."""
    return connection.execute(
        """
        select exists (
            select from ops.result
            where workflow = %s and site_id = %s and %s::daterange @> base_on and known_at > %s
        )
        """,
        [artifact["workflow"], artifact["site_id"], artifact["period"], artifact["known_at"]],
    ).fetchone()[0]


def parameters_of(artifact: Mapping[str, Any]) -> dict[str, Any]:
    """What the sheets of a document are asked by: site, first and last day, and the knowledge of its run."""
    return {
        "site_id": artifact["site_id"],
        "starts_on": artifact["period"].lower,
        "last_on": artifact["period"].upper - timedelta(days=1),
        "known_at": artifact["known_at"],
    }


def exceptions_of(connection: psycopg.Connection, artifact_id: int, statement: str) -> dict[str, Any]:
    """What a letter says of the document's sheet 异常: how many lines, and the first five by name (outputs §0).

    :param statement: query of the sheet, with columns subject and problem.
    """
    listed = database.rows(connection, statement, parameters_of(read(connection, artifact_id)))
    return {
        "exception_count": len(listed),
        "exceptions": [f"{row['subject']} {row['problem']}" for row in listed[:FIRST_EXCEPTIONS]],
    }


def relative_path(artifact: Mapping[str, Any], file_name: str) -> str:
    """Where a file lies below the files folder: `<kind>/<site>/<month>/<file name>`."""
    month = f"{artifact['period'].lower:%Y-%m}"
    place = "全部" if artifact["site_id"] == "*" else artifact["site_id"].translate(FILE_SAFE)
    return "/".join([artifact["document_kind"], place, month, file_name])


def write(connection: psycopg.Connection, artifact_id: int, build: Build, files_root: Path) -> dict[str, Any]:
    """Write the workbook of an artifact and stamp it.

    A registered file that lies there intact is not built again; a lost one is, and must come out the same.

    :param build: makes the spec from the connection and the artifact's row.
    :returns: file_path (relative), file_code (文件校验码), byte_count, row_count.
    :raises DocumentChangedError: the data now give other bytes than those that are registered.
    """

    def make(artifact: Mapping[str, Any]) -> tuple[str, Callable[[Path], Written]]:
        if artifact["sha256"] is None and _is_overtaken(connection, artifact):
            raise DocumentChangedError(
                f"{artifact['title']}第{artifact['revision']}版还没有写成，结果就已更新，不能再按旧版生成。"
                "请用重跑单重新触发该期间，将直接出下一版；旧版未发出的邮件随之取消。"
            )
        book = build(connection, artifact)
        return book.file_name, lambda path: write_workbook(path, book, recorded_sha256=artifact["sha256"])

    return keep(connection, artifact_id, make, files_root)


def keep(connection: psycopg.Connection, artifact_id: int, make: Make, files_root: Path) -> dict[str, Any]:
    """Have the file of an artifact written and stamp it; see `write`.

    :param make: gives the file's name and what writes it; only asked when the registered file does not lie there.
    """
    artifact = read(connection, artifact_id)
    if artifact["sha256"] and _is_intact(files_root / artifact["file_path"], artifact["sha256"]):
        return _told(artifact)
    file_name, write_to = make(artifact)
    file_path = artifact["file_path"] or relative_path(artifact, file_name)
    written = write_to(files_root / file_path)
    stamp = {
        "artifact_id": artifact_id,
        "file_path": file_path,
        "sha256": written.sha256,
        "byte_count": written.byte_count,
        "row_count": written.row_count,
    }
    if not database.execute(connection, "outbox/stamp_artifact", stamp):
        raise DocumentChangedError(
            f"《{file_path}》另一次运行同时登记了不同的内容（本次校验码 {written.sha256[:CODE_LENGTH]}）。"
            "请先查看该期间的运行记录，再用重跑单重新触发。"
        )
    return _told(stamp)


def _is_intact(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _told(stamp: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: stamp[name] for name in ("file_path", "byte_count", "row_count")}
    return {**told, "file_code": stamp["sha256"][:CODE_LENGTH]}
