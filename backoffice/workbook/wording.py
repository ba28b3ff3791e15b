"""Words that name a document: its period, its revision, its file (outputs §0)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backoffice.database import HOUSE_CLOCK

HOUSE = ZoneInfo(HOUSE_CLOCK)
#: what Windows refuses in a file name, and the look-alike that people accept
FILE_SAFE = str.maketrans('/\\:*?"<>|\n\r\t', "／＼：＊？＂＜＞｜   ")


def period_text(first_on: date, end_on: date) -> str:
    """Name a period as people do: 2026-10-12, 2026年10月, 2026年第44周 (ISO) or 2026-10-01至2026-10-15.

    :param first_on: first day.
    :param end_on: the day after the last (half-open, as in the database).
    :raises ValueError: when the period holds no day.
    """
    last_on = end_on - timedelta(days=1)
    if last_on < first_on:
        raise ValueError(f"The period from {first_on} to {end_on} (exclusive) holds no day.")
    if last_on == first_on:
        return first_on.isoformat()
    if first_on.day == 1 and end_on.day == 1 and (first_on.year, first_on.month) == (last_on.year, last_on.month):
        return f"{first_on.year}年{first_on.month}月"
    if first_on.isoweekday() == 1 and (end_on - first_on).days == 7:
        return f"{first_on:%G}年第{first_on:%V}周"
    return f"{first_on}至{last_on}"


def span_text(first_on: date, end_on: date) -> str:
    """Both ends of a period as the cover prints them: 2026-10-01 至 2026-10-31; a single day stands alone."""
    last_on = end_on - timedelta(days=1)
    return str(first_on) if last_on == first_on else f"{first_on} 至 {last_on}"


def revision_text(revision: int, *, edition: str = "", is_correction: bool | None = None) -> str:
    """Name a revision: 第1版, 第2版(更正), 初稿, 定稿.

    :param revision: counted from 1 within the document.
    :param edition: 初稿 or 定稿 for documents that have a draft and a final version; a correction of the final version
        is named by its number, because two files called 定稿 could not be told apart.
    :param is_correction: whether an issued revision is replaced; by default every revision after the first.
    """
    corrects = revision > 1 if is_correction is None else is_correction
    if corrects and edition != "初稿":
        return f"第{revision}版(更正)"
    if edition and revision == 1:
        return edition
    return f"{edition}第{revision}版" if edition else f"第{revision}版"


def file_name(period: str, title: str, scope: str, revision: str, suffix: str = ".xlsx") -> str:
    """Compose `{期间}{单据名}-{范围}-{版次}.xlsx`; characters that Windows refuses become full-width."""
    return f"{period}{title}-{scope}-{revision}{suffix}".translate(FILE_SAFE)


def house_time(moment: datetime) -> datetime:
    """The naive time on the house clock of an instant; naive times are taken to be on it already."""
    return moment.astimezone(HOUSE).replace(tzinfo=None) if moment.tzinfo else moment


def moment_text(moment: datetime) -> str:
    """An instant as people read it: 2026-10-12 08:05, on the house clock."""
    return house_time(moment).strftime("%Y-%m-%d %H:%M")
