"""The week's timetable: which workflow is due when, and about which day. DAGs, briefing and README follow it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backoffice.database import HOUSE_CLOCK


@dataclass(frozen=True)
class Due:
    """A workflow that is due every day.

    :param workflow: DAG id.
    :param title: its display name.
    :param at: time of day on the house clock.
    :param days_back: how many days before the day it runs on the day lies that it is about.
    :param is_tracked: whether it leaves results by day, so that a day it never ran for can be told.
    """

    workflow: str
    title: str
    at: time
    days_back: int = 0
    is_tracked: bool = True

    def about(self, run_on: date) -> date:
        """The day that the run of `run_on` is about."""
        return run_on - timedelta(days=self.days_back)

    def due_at(self, run_on: date) -> datetime:
        """The instant at which the run of `run_on` is due."""
        return datetime.combine(run_on, self.at, ZoneInfo(HOUSE_CLOCK))


DAILY_ATTENDANCE = Due("daily_attendance", "每日考勤", time(9, 30), days_back=1)
DAILY_BRIEFING = Due("daily_briefing", "运行简报", time(9, 50), is_tracked=False)
TIMETABLE = (DAILY_ATTENDANCE, DAILY_BRIEFING)
