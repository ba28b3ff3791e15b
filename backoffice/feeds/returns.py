"""What goes back to the senders: refused files, quarantined rows, and who signed for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import psycopg
from psycopg.rows import class_row

from backoffice.database import statement

OPINION_LENGTH = 2


@dataclass(frozen=True)
class ReturnedFile:
    """Head of a 资料退回表 (outputs 6.6); its rows are `sheet_returned_rows` of the `file_id`.

    ``row_count = admitted_count + duplicate_count + superseding_count + quarantined_count`` for a file that was
    admitted; a refused file has `refusal` and, if single rows were to blame, those rows.
    """

    file_id: int
    feed: str
    site_id: str | None
    file_name: str
    received_at: datetime
    state: str
    refusal: str
    row_count: int
    admitted_count: int
    duplicate_count: int
    superseding_count: int
    quarantined_count: int
    resend_by: date | None


def returned_files(connection: psycopg.Connection, file_ids: Sequence[int]) -> list[ReturnedFile]:
    """Heads of the 资料退回表 of these files, those with nothing to return left out."""
    with connection.cursor(row_factory=class_row(ReturnedFile)) as cursor:
        return cursor.execute(statement("feeds/list_returned_files"), {"file_ids": list(file_ids)}).fetchall()


def sign_off(connection: psycopg.Connection, quarantine_id: int, by: str, opinion: str) -> None:
    """Sign for a quarantined row, in the caller's transaction: it was mended, or it may stay out.

    :param by: who signs.
    :param opinion: why; obligatory.
    :raises ValueError: without an opinion or a name, or when the row is not open (any more); in Chinese.
    """
    if not by.strip() or len(opinion.strip()) < OPINION_LENGTH:
        raise ValueError("签字须写明签字人和意见（至少两个字），例如“已补正”或“重复单据，不补”。")
    signed = connection.execute(
        statement("feeds/sign_off_row"), {"quarantine_id": quarantine_id, "by": by.strip(), "opinion": opinion.strip()}
    )
    if not signed.rowcount:
        raise ValueError(f"退回记录 {quarantine_id} 不存在或已经签字，请刷新清单后再签。")
