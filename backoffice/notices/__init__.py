"""Payment notices (交款通知书) and other papers: checked as data, set as PDF, merged for the printer.

`notice` says what a notice is and refuses sums that do not add up, `paper` the same of a paper about anything,
`contractor_papers` builds those about warranty deposits, `threats` says what none may ever say, `capitals` writes
amounts in capitals, `render` sets them, `sheet` writes a paper as a workbook, `merge` binds them into one file. Without
Airflow or a database.
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
from backoffice.notices.paper import Paper
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
    "Paper",
    "Payee",
    "Waiver",
    "in_capitals",
    "threats_in",
]
