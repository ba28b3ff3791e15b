"""An office in miniature: an inbox, an archive and books of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest

from backoffice.database import connect
from backoffice.feeds import AdmissionReport, LandingReport, admit_landed, land_inbox
from tests.conftest import _copy_of_template
from tests.drawing import Books

AS_OF_ON = date(2026, 10, 20)
EMPTY = """
    truncate
        ops.landing_file, ops.landing_row, ops.quarantine, book.site, book.employee, book.calendar_day, book.recipient,
        book.rule_set, book.rule, book.site_rule_set, attendance.shift, attendance.roster,
        attendance.punch, attendance.leave, attendance.outing, attendance.missed_punch, attendance.conduct_slip,
        attendance.timetable_change, attendance.swap, attendance.spot_check, attendance.gathering,
        attendance.gathering_attendee, attendance.work_summary, attendance.reception, attendance.overtime,
        attendance.day_ruling, attendance.praise, attendance.fine_waiver, attendance.fine_execution, attendance.wage,
        attendance.wage_limit,
        fees.tower, fees.payee, fees.unit, fees.tenant, fees.contract, fees.charge, fees.rent_free, fees.meter,
        fees.meter_share, fees.reading, fees.tariff, fees.payment, fees.waiver, fees.opening, fees.wording,
        fees.number_start, book.approver, repairs.company, repairs.project, repairs.warranty_term, repairs.contractor,
        repairs.contract, repairs.deposit_movement, repairs.work_order, repairs.approval, repairs.final_account,
        repairs.audit, repairs.letter, repairs.answer, repairs.certification, repairs.team_payment,
        repairs.claim_receipt, repairs.release_request, repairs.release_opinion, repairs.float_movement,
        repairs.general_balance, repairs.entry, repairs.entry_line, repairs.deposit_account, repairs.order_step,
        sales.project, sales.building, sales.unit, sales.unit_hold, sales.consultant, sales.visit, sales.call,
        sales.follow_up, sales.left_word, sales.family_link, sales.claim, sales.subscription, sales.contract,
        sales.contract_share, sales.change, sales.instalment, sales.receipt, sales.mortgage, sales.handover,
        sales.cash_holding, sales.contract_check, sales.meeting, sales.training, sales.target, sales.plan,
        sales.opening, sales.occupancy
    restart identity
"""


@dataclass
class Office:
    """Drop files, land and admit them, look at the books."""

    books: Books
    inbox: Path
    archive: Path

    def drop(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        """Put a file into the inbox; text is drawn with its left margin removed."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            lines = [line.strip(" ") for line in content.strip("\n ").split("\n")]
            content = ("\n".join(lines) + "\n").encode(encoding)
        path.write_bytes(content)
        return path

    def drop_sheet(self, name: str, *rows: list[Any], title: str = "Sheet1") -> Path:
        """Put a workbook with one sheet into the inbox."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        book = openpyxl.Workbook()
        book.active.title = title
        for row in rows:
            book.active.append(row)
        book.save(path)
        return path

    def land(self, as_of_on: date = AS_OF_ON, **options: Any) -> LandingReport:
        """Land the inbox."""
        self.books.connection.commit()
        return land_inbox(self.books.connection, self.inbox, self.archive, as_of_on=as_of_on, **options)

    def admit(self, as_of_on: date = AS_OF_ON, **options: Any) -> AdmissionReport:
        """Admit what was landed."""
        self.books.connection.commit()
        return admit_landed(self.books.connection, as_of_on=as_of_on, **options)

    def take(self, as_of_on: date = AS_OF_ON) -> AdmissionReport:
        """Land and admit; nothing may be refused."""
        landed = self.land(as_of_on)
        assert not landed.refused, landed.summary
        report = self.admit(as_of_on)
        assert not report.refused, report.summary
        assert not report.failed, report.summary
        return report

    def totals(self) -> list[tuple]:
        """(rows, blank, admitted, duplicate, superseding, quarantined) of every file, in the order of landing."""
        return [
            tuple(row.values())
            for row in self.books.query(
                """select row_count, blank_count, admitted_count, duplicate_count, superseding_count, quarantined_count
                from ops.landing_file order by file_id"""
            )
        ]

    def left(self) -> list[str]:
        """Files in the inbox, with their folders."""
        return sorted(path.relative_to(self.inbox).as_posix() for path in self.inbox.rglob("*") if path.is_file())

    def archived(self) -> list[str]:
        """Names of the files in the archive without month and hash."""
        return sorted(path.name.split("-", 1)[1] for path in self.archive.rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def feeds_dsn(server: str) -> Iterator[str]:
    """One database for all tests of the feeds, as landing commits; `office` empties it."""
    yield from _copy_of_template(server)


@pytest.fixture
def another_connection(feeds_dsn: str) -> Iterator[Callable[[], psycopg.Connection]]:
    """Open further connections to the office's books."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(connect(feeds_dsn))


@pytest.fixture
def office(feeds_dsn: str, tmp_path: Path) -> Iterator[Office]:
    """An empty office."""
    (tmp_path / "inbox").mkdir()
    with connect(feeds_dsn) as connection:
        yield Office(Books(connection), tmp_path / "inbox", tmp_path / "archive")
        connection.rollback()
        connection.execute("set local session_replication_role = replica")  # the ledger refuses to forget
        connection.execute(EMPTY)
        connection.commit()


def at(text: str) -> datetime:
    """A moment as a spreadsheet holds it, without zone."""
    return datetime.fromisoformat(text)
