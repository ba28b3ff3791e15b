"""One PDF for the printer: a tower's notices behind each other, each with a bookmark, fonts shared by a hundred."""

from collections.abc import Iterable
from io import BytesIO
from typing import IO

from pypdf import PdfReader, PdfWriter

from backoffice.notices.render import Sheet, renderer


def bind(notices: Iterable[tuple[Sheet, int]]) -> bytes:
    """Bind notices or papers into one PDF; see `bind_into`."""
    bound = BytesIO()
    bind_into(bound, notices)
    return bound.getvalue()


def bind_into(out: IO[bytes], notices: Iterable[tuple[Sheet, int]]) -> int:
    """Set notices in the order given into one file; returns the number of pages.

    They are set anew instead of joining the single PDFs: nine tenths of a single one are the outlines of its
    characters, which a bundle needs once. The bookmark is unit and tenant (“1203 星河贸易有限公司”), of a paper its
    number and addressee. Same notices, same bytes: nothing of the moment enters.

    :param notices: each with the pages it takes alone; at least one.
    :raises ValueError: when there is nothing to bind.
    :raises backoffice.notices.NoticeError: when a character cannot be shown.
    """
    writer = PdfWriter()
    for sheaf in renderer().bind(notices):
        reader = PdfReader(BytesIO(sheaf))
        if not writer.pages:
            writer.add_metadata({"/Title": reader.metadata.title})
        writer.append(reader)
    if not writer.pages:
        raise ValueError("There are no notices to bind.")
    writer.write(out)
    return len(writer.pages)
