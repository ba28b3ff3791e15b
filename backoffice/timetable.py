"""The timetable: which workflow is due when, and about which day. DAGs, briefing and README follow it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backoffice.database import HOUSE_CLOCK
from backoffice.periods import week_of


@dataclass(frozen=True)
class Due:
    """A workflow that is due every day, on one day of every week, or on one of every month; its period is as long.

    :param workflow: DAG id.
    :param title: its display name.
    :param at: time of day on the house clock.
    :param periods_back: how many periods before the one it runs in the one lies that it is about.
    :param month_day: day of the month on which a monthly one runs.
    :param weekday: day of the ISO week on which a weekly one runs, 1 for Monday.
    :param is_tracked: whether it leaves results, so that a day, week or month it never ran for can be told.
    """

    workflow: str
    title: str
    at: time
    periods_back: int = 0
    month_day: int | None = None
    weekday: int | None = None
    is_tracked: bool = True

    @property
    def cron(self) -> str:
        """The ticks on the house clock."""
        return f"{self.at.minute} {self.at.hour} {self.month_day or '*'} * {self.weekday or '*'}"

    @property
    def key_format(self) -> str:
        """How a tick's partition key names what the run is about; Airflow wants the day of a week, too."""
        return "%Y-%m" if self.month_day else "%G-W%V-%u" if self.weekday else "%Y-%m-%d"

    @property
    def step(self) -> str:
        """The length of a period, as Postgres reads it."""
        return "1 month" if self.month_day else "7 days" if self.weekday else "1 day"

    def latest(self, day: date) -> date:
        """The newest day up to `day` on which it is due."""
        if self.weekday:
            return day - timedelta(days=(day.isoweekday() - self.weekday) % 7)
        if self.month_day is None:
            return day
        this_month = day.replace(day=self.month_day)
        return (
            this_month if this_month <= day else (this_month.replace(day=1) - timedelta(1)).replace(day=self.month_day)
        )

    def about(self, run_on: date) -> date:
        """The day that the run of `run_on` is about; of a weekly one its Monday, of a monthly one its first day."""
        if self.weekday:
            return week_of(run_on).starts_on - timedelta(weeks=self.periods_back)
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
WEEKLY_SALES = Due("weekly_sales", "销售周报", time(8, 0), periods_back=1, weekday=1)
MONTHLY_SALES = Due("monthly_sales", "销售月报", time(8, 30), periods_back=1, month_day=1)
MONTHLY_ATTENDANCE = Due("monthly_attendance", "月度考勤", time(10, 0), periods_back=1, month_day=1)
WEEKLY_REWARDS = Due("weekly_rewards", "一周奖罚公布", time(10, 0), periods_back=1, weekday=1)
CUSTOMER_FOLLOWUP = Due("customer_followup", "每日客户跟进", time(8, 30))
TIMETABLE = (
    FEE_NOTICES,
    WEEKLY_SALES,
    CUSTOMER_FOLLOWUP,
    MONTHLY_SALES,
    REPAIR_ORDERS,
    DEPOSIT_CHARGEBACKS,
    DAILY_ATTENDANCE,
    DAILY_BRIEFING,
    WEEKLY_REWARDS,
    MONTHLY_ATTENDANCE,
    APPROVAL_REMINDER,
)
