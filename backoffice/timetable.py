"""The week's timetable: which workflow is due when, and about which day. DAGs, briefing and README follow it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backoffice.database import HOUSE_CLOCK


@dataclass(frozen=True)
class Due:
    """A workflow that is due every day, or on one day of every month; a period is such a day or month.

    :param workflow: DAG id.
    :param title: its display name.
    :param at: time of day on the house clock.
    :param periods_back: how many periods before the one it runs in the one lies that it is about.
    :param month_day: day of the month on which it runs; None for a daily one.
    :param is_tracked: whether it leaves results, so that a day or month it never ran for can be told.
    """

    workflow: str
    title: str
    at: time
    periods_back: int = 0
    month_day: int | None = None
    is_tracked: bool = True

    @property
    def cron(self) -> str:
        """The ticks on the house clock."""
        return f"{self.at.minute} {self.at.hour} {self.month_day or '*'} * *"

    @property
    def key_format(self) -> str:
        """How a tick's partition key names what the run is about."""
        return "%Y-%m" if self.month_day else "%Y-%m-%d"

    def latest(self, day: date) -> date:
        """The newest day up to `day` on which it is due."""
        if self.month_day is None:
            return day
        this_month = day.replace(day=self.month_day)
        return (
            this_month if this_month <= day else (this_month.replace(day=1) - timedelta(1)).replace(day=self.month_day)
        )

    def about(self, run_on: date) -> date:
        """The day that the run of `run_on` is about; of a monthly one the first of its month."""
        if self.month_day is None:
            return run_on - timedelta(days=self.periods_back)
        years, months = divmod(run_on.year * 12 + run_on.month - 1 - self.periods_back, 12)
        return date(years, months + 1, 1)

    def due_at(self, run_on: date) -> datetime:
        """The instant at which the run of `run_on` is due."""
        return datetime.combine(run_on, self.at, ZoneInfo(HOUSE_CLOCK))


DAILY_ATTENDANCE = Due("daily_attendance", "每日考勤", time(9, 30), periods_back=1)
DAILY_BRIEFING = Due("daily_briefing", "运行简报", time(9, 50), is_tracked=False)
FEE_NOTICES = Due("fee_notices", "收费通知", time(8, 0), month_day=20)
APPROVAL_REMINDER = Due("approval_reminder", "催办审批", time(16, 0), is_tracked=False)
REPAIR_ORDERS = Due("repair_orders", "维修工单", time(8, 40), periods_back=1)
DEPOSIT_CHARGEBACKS = Due("deposit_chargebacks", "维修扣款", time(9, 0), periods_back=1, month_day=5)
TIMETABLE = (
    FEE_NOTICES,
    REPAIR_ORDERS,
    DEPOSIT_CHARGEBACKS,
    DAILY_ATTENDANCE,
    DAILY_BRIEFING,
    APPROVAL_REMINDER,
)
