"""Payment notices (交款通知书): checked as data, set as PDF, merged for the printer; without Airflow or a database.

`notice` says what a notice is and refuses sums that do not add up, `threats` what it must never say, `capitals` writes
amounts in capitals, `render` sets it, `merge` binds a tower's notices into one file.
"""

from backoffice.notices.capitals import CapitalsError, in_capitals
from backoffice.notices.notice import (
    Arrear,
    Correction,
    CorrectionBox,
    LateFee,
    Line,
    Notice,
    NoticeError,
    Payee,
    Waiver,
)
from backoffice.notices.threats import threats_in

__all__ = [
    "Arrear",
    "CapitalsError",
    "Correction",
    "CorrectionBox",
    "LateFee",
    "Line",
    "Notice",
    "NoticeError",
    "Payee",
    "Waiver",
    "in_capitals",
    "threats_in",
]
