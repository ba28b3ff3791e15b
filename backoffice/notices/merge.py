"""One PDF for the printer: a tower's notices behind each other, each with a bookmark."""

from collections.abc import Iterable
from io import BytesIO
from typing import IO

from pypdf import PdfReader, PdfWriter


def merge(pdfs: Iterable[bytes]) -> bytes:
    """Bind PDFs into one; see `merge_into`."""
    merged = BytesIO()
    merge_into(merged, pdfs)
    return merged.getvalue()


def merge_into(out: IO[bytes], pdfs: Iterable[bytes]) -> int:
    """Bind PDFs into one file, in the order given, with one bookmark each; returns the number of pages.

    The bookmark is the PDF's own subject, which the renderer sets to unit and tenant (“1203 星河贸易有限公司”), else
    its title, else its ordinal. The files are taken one by one, so a generator keeps only the merged pages in memory.
    Same files, same bytes: nothing of the moment enters.

    :param pdfs: files as `render` gives them; at least one.
    :raises ValueError: when there is nothing to merge.
    """
    writer = PdfWriter()
    for number, pdf in enumerate(pdfs, 1):
        reader = PdfReader(BytesIO(pdf))
        told = reader.metadata
        bookmark = (told and (told.subject or told.title)) or f"第{number}份"
        writer.append(reader, outline_item=bookmark, import_outline=False)
    if not writer.pages:
        raise ValueError("There are no notices to merge.")
    writer.write(out)
    return len(writer.pages)
