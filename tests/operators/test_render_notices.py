"""One step sets whatever its source yields: notices, papers, or both."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from psycopg.types.range import DateRange

from backoffice.notices.render import render
from backoffice.notices.sheet import sheet_of
from tests.notices import notice
from tests.papers import confirmed, released

ARTIFACT = {
    "artifact_id": 7, "document_kind": "contractor_letters", "site_id": "QY", "revision": 1, "known_at": None,
    "period": DateRange(date(2026, 10, 1), date(2026, 11, 1)),
}  # fmt: skip


def papers(connection, *, artifact, part, parts):
    """A source: told the artifact and the part, as `operators.render_notices` calls it."""
    assert (connection, artifact) == ("books", ARTIFACT)
    yield from [confirmed(), notice(), released()][part::parts]


@pytest.fixture
def put(airflow_home, tmp_path, monkeypatch):
    """Sets one part; what the step returned."""
    from operators import render_notices

    @contextmanager
    def books_at_hand(connection_id):
        yield "books"

    monkeypatch.setattr(render_notices, "open_books", books_at_hand)
    monkeypatch.setattr(render_notices.artifacts, "read", lambda *_: ARTIFACT)

    def execute(**part):
        step = render_notices.RenderNotices(
            task_id="render", artifact=7, source=f"{__name__}:papers", files_root=str(tmp_path), **part
        )
        return step.execute({})

    return execute


def test_notices_and_papers_of_one_source_lie_beside_each_other_under_their_numbers(put, tmp_path):
    folder = "contractor_letters/QY/2026-10/notices"
    assert put() == {"notices": 3, "written": 4, "folder": folder}
    made = {f"{sheet.number}.pdf": render(sheet) for sheet in (confirmed(), notice(), released())}
    made[f"{confirmed().number}.xlsx"] = sheet_of(confirmed())  # a bill has none, nor a paper that stays in the house
    assert {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} == made


def test_setting_them_again_writes_nothing_and_parts_share_them(put):
    assert [put(part=part, parts=2)["written"] for part in (0, 1)] == [3, 1]
    assert put()["written"] == 0


def test_a_paper_that_cannot_be_shown_stops_the_step_in_words(put, monkeypatch):
    from airflow.sdk.exceptions import AirflowFailException

    monkeypatch.setattr(f"{__name__}.papers", lambda *_, **given: iter([replace(confirmed(), addressee="鼎固😀建设")]))
    with pytest.raises(AirflowFailException, match=r"QR-QY-202611-0003：致.*请更正资料后用重跑单处理"):
        put()
