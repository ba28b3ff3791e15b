"""What a run is about: a period, asked once, never taken from the clock.

One parser for people, partition keys and backfills. All dates are days of the house clock; ranges are half-open.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta


class PeriodRefused(ValueError):
    """No period, two that disagree, or one that is none; the text is Chinese and says what to enter."""


EXAMPLES = "请在“期间”填写：一天 2026-10-12，一周 2026-W42，一个月 2026-10，或一段 2026-10-01..2026-10-31"

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})(?:-[1-7])?", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")


@dataclass(frozen=True)
class Period:
    """Days `starts_on` up to but not including `until_on`."""

    starts_on: date
    until_on: date

    @property
    def last_on(self) -> date:
        """Last day of the period, inclusive."""
        return self.until_on - timedelta(days=1)

    @property
    def key(self) -> str:
        """Normalised text: `2026-10-12`, `2026-W44`, `2026-10` or `2026-10-01..2026-10-15`; `parse` reads it back."""
        if self.starts_on == self.last_on:
            return self.starts_on.isoformat()
        if self == week_of(self.starts_on):
            return f"{self.starts_on:%G-W%V}"
        if self == month_of(self.starts_on):
            return f"{self.starts_on:%Y-%m}"
        return f"{self.starts_on}..{self.last_on}"

    @property
    def title(self) -> str:
        """The period in the words of a document (outputs §0)."""
        if self == month_of(self.starts_on):
            return f"{self.starts_on:%Y}年{self.starts_on:%m}月"
        if self == week_of(self.starts_on):
            return f"{self.starts_on:%G}年第{self.starts_on:%V}周"
        return self.key.replace("..", "至")


def day_of(day: date) -> Period:
    """A single day."""
    return Period(day, day + timedelta(days=1))


def month_of(day: date) -> Period:
    """The calendar month in which `day` lies."""
    starts_on = day.replace(day=1)
    return Period(starts_on, (starts_on + timedelta(days=32)).replace(day=1))


def week_of(day: date) -> Period:
    """The ISO week (Monday to Sunday) in which `day` lies."""
    starts_on = day - timedelta(days=day.weekday())
    return Period(starts_on, starts_on + timedelta(days=7))


def parse(text: str) -> Period:
    """Read a day, an ISO week, a month or a range of two of them (`a..b`).

    :raises PeriodRefused: for anything else, month 0 or 13, a day that does not exist, a range that runs backwards.
    """
    text = text.strip()
    if ".." in text:
        first, _, last = text.partition("..")
        starts_on, until_on = parse(first).starts_on, parse(last).until_on
        if until_on <= starts_on:
            raise PeriodRefused(f"期间“{text}”的起日晚于止日。{EXAMPLES}")
        return Period(starts_on, until_on)
    try:
        if match := _DAY.fullmatch(text):
            return day_of(date(*map(int, match.groups())))
        if match := _WEEK.fullmatch(text):
            return week_of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        if match := _MONTH.fullmatch(text):
            return month_of(date(int(match[1]), int(match[2]), 1))
    except ValueError:
        pass
    raise PeriodRefused(f"期间“{text}”不存在或无法识别。{EXAMPLES}")


def resolve(asked: str | None, partition_key: str | None) -> Period:
    """The one period of a run: the form's, else the partition key's (a schedule's tick or a backfill's).

    :raises PeriodRefused: when there is none (OPS-04), or when the two disagree.
    """
    given = [parse(text) for text in (asked, partition_key) if text and text.strip()]
    if not given:
        raise PeriodRefused(f"没有指定期间，本次运行已拒绝（系统从不默认“今天”）。{EXAMPLES}")
    if len(set(given)) > 1:
        raise PeriodRefused(
            f"表单期间 {given[0].key} 与分区键 {given[1].key} 不一致，本次运行已拒绝。请只填写其中一个后重新触发。"
        )
    return given[0]
