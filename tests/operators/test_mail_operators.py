"""From an artifact to the letter in the mailbox, through the three operators, on a real database and mail server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from airflow.sdk import Variable
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from backoffice import artifacts, database, outbox
from backoffice.workbook import Column, Cover, Sheet, WorkbookSpec
from operators.deliver_mail import DeliverMail
from operators.enqueue_each import EnqueueEach
from operators.enqueue_mail import EnqueueMail
from operators.make_documents import MakeDocuments
from tests.drawing import Books
from tests.postoffice import PostOffice, post_office
from tests.workbooks import text_of_workbook
from workbooks import Stationery

AMOUNT = [Decimal("10.00")]
FINES = Stationery(
    kind="fines",
    title="罚款表",
    spec="tests.operators.test_mail_operators:build",
    statement="mail_fines",
    template="document",
)


def build(connection: psycopg.Connection, artifact: dict[str, Any]) -> WorkbookSpec:
    """A builder as documents have one: rows from the database, identity from the artifact."""
    found = connection.execute("select 'E1', %s::numeric", AMOUNT).fetchall()
    rows = [{"employee_id": number, "fine_amount": amount} for number, amount in found]
    columns = (Column("employee_id", "工号"), Column("fine_amount", "罚款"))
    return WorkbookSpec.of(artifact, scope="国贸大厦", cover=Cover(), sheets=(Sheet("罚款", columns, rows=rows),))


def letters(
    connection: psycopg.Connection, artifact: dict[str, Any]
) -> Iterator[tuple[int, list[str], dict[str, Any]]]:
    """A source of letters, each with two files of its own."""
    for row in connection.execute("select outbox_id from ops.outbox where state = 'reserved'").fetchall():
        told = {"title": "扣款单", "scope_text": "建安公司", "period_text": "2026年10月", "headline": "见附件",
                "about": "致建安公司", "figures": [], "exception_count": 0, "exceptions": [], "action": "请核对",
                "revision_text": "第1版", "as_of_on": artifact["as_of_on"], "known_text": "", "contact": "李某",
                "correction": None}  # fmt: skip
        yield row[0], ["KK-1.pdf", "KK-1.xlsx"], told


def enqueue_each(artifact: int) -> dict[str, Any]:
    source = f"{__name__}:letters"
    step = EnqueueEach(task_id="enqueue", artifact=artifact, enclosure="fines", source=source, template="document")
    return step.execute({})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder of single papers, with the two that a letter brings."""
    folder = tmp_path / "files" / "fines" / "hq" / "2026-10" / "notices"
    folder.mkdir(parents=True)
    (folder / "KK-1.pdf").write_bytes(b"%PDF")
    (folder / "KK-1.xlsx").write_bytes(b"xlsx")
    return folder


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def artifact(own_books: Books, own_dsn: str, office: PostOffice, tmp_path: Path, monkeypatch) -> Iterator[int]:
    """A released artifact with one reserved letter; Airflow's connections point to the test's servers."""
    own_books.connection.execute(
        """
        insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail)
        values ('fines', 'r1', '[2026-10-01,2026-11-01)', 'normal', '2026-10-31', '2026-11-01 06:00', 'clerk', true)
        """
    )
    own_books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        values ('fines', 'fines', 'hq', '[2026-10-01,2026-11-01)', 1, 'abcdef0123', '罚款表', '2026-10-31',
            '2026-11-01 06:00', 1)
        """
    )
    outbox.reserve(
        own_books.connection,
        letter_kind="fines",
        document_key="fines/hq",
        revision=1,
        recipients=[("wang@house.cn", "王某")],
        artifact_id=1,
        run_id=1,
    )
    own_books.connection.commit()
    address = urlsplit(own_dsn)
    business = {"conn_type": "postgres", "host": address.hostname, "port": address.port, "login": address.username}
    business |= {"password": address.password or "", "schema": address.path.strip("/")}
    plain = {"disable_ssl": True, "disable_tls": True, "from_email": "office@house.cn", "timeout": 10}
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": office.settings.port, "extra": plain}
    monkeypatch.setenv("AIRFLOW_CONN_BACKOFFICE_DB", json.dumps(business))
    monkeypatch.setenv("AIRFLOW_CONN_BACKOFFICE_SMTP", json.dumps(mail))
    monkeypatch.setenv("BACKOFFICE_FILES", str(tmp_path / "files"))
    monkeypatch.setattr(Variable, "get", lambda key, default=None: default)
    monkeypatch.setattr(database, "SQL", tmp_path / "sql")  # one statement and one template of the test's own
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "outbox").symlink_to(database.ROOT / "sql" / "outbox")
    (tmp_path / "sql" / "mail_fines.sql").write_text(
        """
        select
            '罚款表' as title, '国贸大厦' as scope_text, '2026年10月' as period_text, '1人' as headline,
            '供财务' as about, jsonb_build_array(jsonb_build_array('罚款', 10.50)) as figures,
            0 as exception_count, '[]'::jsonb as exceptions, '无' as action,
            file_path as file_name, left(sha256, 8) as file_code,
            '第1版' as revision_text, as_of_on, '' as known_text, '李某' as contact, null as correction
        from ops.artifact where artifact_id = %(artifact_id)s
        """
    )
    AMOUNT[0] = Decimal("10.00")
    database.statement.cache_clear()
    yield 1
    database.statement.cache_clear()


def write(artifact: Any) -> dict[str, Any]:
    """What the step told of the one paper that it made."""
    [told] = MakeDocuments(task_id="write", artifact=artifact, papers=[FINES]).execute({}).values()
    return told


def enqueue(artifact: Any) -> dict[str, Any]:
    return EnqueueMail(task_id="enqueue", artifact=artifact, statement="mail_fines", template="document").execute({})


def deliver(**filters: Any) -> dict[str, Any]:
    return DeliverMail(task_id="deliver", **filters).execute({})


def test_a_document_is_written_registered_composed_and_delivered_once(artifact, own_books, office, tmp_path):
    told = write({"artifact_id": artifact, "state": "new"})
    path = tmp_path / "files" / told["file_path"]
    assert told["file_path"] == "fines/hq/2026-10/2026年10月罚款表-国贸大厦-第1版.xlsx"
    assert text_of_workbook(path)["罚款"] == [["工号", "罚款"], ["E1", "10.00"]]
    [row] = own_books.query("select * from ops.artifact")
    assert (row["sha256"][:8], row["byte_count"], row["row_count"]) == (told["file_code"], path.stat().st_size, 1)

    assert (told["ready"], told["subject"]) == (1, "【罚款表】国贸大厦 2026年10月 1人")
    assert enqueue(str(artifact)) == {"ready": 0, "subject": told["subject"]}
    assert deliver(artifact={"artifact_id": artifact})["sent"] == 1
    assert deliver(run_id="1")["sent"] == 0
    [letter] = office.letters
    [attachment] = letter.iter_attachments()
    assert attachment.get_filename() == path.name
    assert attachment.get_content() == path.read_bytes()
    assert f"文件校验码 {told['file_code']}" in letter.get_body(("plain",)).get_content()
    assert "罚款  10.50" in letter.get_body(("plain",)).get_content()  # JSON numbers come as Decimal, not as float


def test_a_letter_of_its_own_words_brings_its_paper_and_its_sheet_and_lists_both_with_their_codes(
    artifact, office, files
):
    assert enqueue_each(artifact) == {"ready": 1}
    (files / "KK-1.xlsx").unlink()
    assert enqueue_each(artifact) == {"ready": 0}  # it has its words and its files
    (files / "KK-1.xlsx").write_bytes(b"xlsx")
    assert deliver(artifact={"artifact_id": artifact})["sent"] == 1
    [letter] = office.letters
    brought = [(part.get_filename(), part.get_content()) for part in letter.iter_attachments()]
    assert brought == [("KK-1.pdf", b"%PDF"), ("KK-1.xlsx", b"xlsx")]
    text = letter.get_body(("plain",)).get_content()
    for name, content in brought:
        assert f"{name} 文件校验码 {sha256(content).hexdigest()[:8]}" in text.splitlines()


@pytest.mark.parametrize("name", ["KK-1.pdf", "KK-1.xlsx"])
def test_a_letter_of_which_one_file_is_not_there_is_not_composed_and_says_what_to_do(
    artifact, own_books, office, files, name
):
    (files / name).unlink()
    with pytest.raises(AirflowFailException, match=rf"{name}读不到.*续跑"):
        enqueue_each(artifact)
    own_books.expect("ops.outbox\nstate | subject\nreserved | -")


def test_a_document_that_cannot_be_made_stops_no_other_of_its_release_and_is_made_alone_when_tried_again(
    artifact, own_books, tmp_path, monkeypatch
):
    own_books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select workflow, kind, site_id, period, 1, content_hash, kind, as_of_on, known_at, run_id
        from ops.artifact cross join unnest(array['wages', 'import']) as kind
        """
    )
    own_books.connection.commit()
    released = {"artifact_id": artifact, "also": {"wages": 2, "import": 3}}
    papers = [replace(FINES, kind="wages", spec=f"{__name__}:missing"), replace(FINES, kind="import")]
    step = MakeDocuments(task_id="write", artifact=released, papers=papers, is_beside=True)
    with pytest.raises(AttributeError, match="missing"):
        step.execute({})
    own_books.expect("ops.artifact\ndocument_kind | revision | row_count\nfines | 1 | -\nimport | 1 | 1\nwages | 1 | -")
    [sound] = (tmp_path / "files" / "import").rglob("*.xlsx")
    stamp = sound.stat().st_mtime_ns

    monkeypatch.setitem(globals(), "missing", build)
    made = step.execute({})
    assert {kind: told["row_count"] for kind, told in made.items()} == {"wages": 1, "import": 1}
    assert sound.stat().st_mtime_ns == stamp
    assert [path.parts[-4] for path in (tmp_path / "files").rglob("*.xlsx")].count("wages") == 1


def test_letters_of_several_documents_go_out_in_one_step_each_once(artifact, own_books, office):
    own_books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id
        )
        select workflow, 'wages', site_id, period, 1, content_hash, '核对表', as_of_on, known_at, run_id
        from ops.artifact
        """
    )
    outbox.reserve(
        own_books.connection,
        letter_kind="wages",
        document_key="wages/hq",
        revision=1,
        recipients=[("li@house.cn", "李某")],
        artifact_id=2,
        run_id=1,
    )
    own_books.connection.commit()
    released = {"artifact_id": None, "also": {"fines": artifact, "wages": 2, "import": None}}
    papers = [FINES, replace(FINES, kind="wages"), replace(FINES, kind="import")]
    MakeDocuments(task_id="write", artifact=released, papers=papers, is_beside=True).execute({})
    kinds = [paper.kind for paper in papers]
    assert deliver(artifact=released, enclosures=kinds)["sent"] == 2
    assert deliver(artifact=released, enclosures=kinds)["sent"] == 0
    assert sorted(office.addresses) == ["li@house.cn", "wang@house.cn"]


def test_OPS_16_writing_again_changes_neither_the_file_nor_the_row(artifact, own_books, tmp_path):
    first = write(artifact)
    path = tmp_path / "files" / first["file_path"]
    stamp = path.stat().st_mtime_ns
    assert write(artifact) == first | {"ready": 0}
    assert path.stat().st_mtime_ns == stamp
    path.unlink()  # lost: it is built again, and comes out the same
    assert write(artifact) == first | {"ready": 0}
    assert path.is_file()
    assert own_books.query("select sha256 from ops.artifact")[0]["sha256"].startswith(first["file_code"])


def test_OPS_16_other_bytes_than_the_registered_ones_are_refused_and_nothing_is_written(artifact, tmp_path):
    path = tmp_path / "files" / write(artifact)["file_path"]
    path.unlink()
    AMOUNT[0] = Decimal("20.00")
    with pytest.raises(AirflowFailException, match="更正"):
        write(artifact)
    assert not path.exists()


@pytest.mark.parametrize("nothing", [{"state": "trial", "artifact_id": 1}, {"artifact_id": None}])
def test_a_trial_writes_and_mails_nothing(artifact, office, tmp_path, nothing):
    assert write(nothing) == {"state": "无变化"}
    assert enqueue(nothing)["ready"] == 0
    assert deliver(artifact=nothing)["sent"] == 0
    assert not (tmp_path / "files").exists()


def test_letters_that_are_left_fail_the_task_so_that_a_retry_sends_them(artifact, office):
    write(artifact)
    enqueue(artifact)
    office.answers["wang@house.cn"] = "451 try again"
    with pytest.raises(AirflowException, match=r"还有 1 封信没有发出.*451"):
        deliver(run_id=1)
    office.answers.clear()
    assert deliver(run_id=1)["sent"] == 1


def test_a_refused_address_does_not_fail_the_task_but_is_told(artifact, office):
    write(artifact)
    enqueue(artifact)
    office.answers["wang@house.cn"] = "550 no such user"
    told = deliver(run_id=1)
    assert (told["sent"], told["refused"]) == (0, 1)
    assert "550 no such user" in told["problems"][0]


def test_the_trial_setting_is_read_when_the_task_runs(artifact, office, monkeypatch):
    write(artifact)
    enqueue(artifact)
    settings = {"mail_redirect": "trial@house.cn"}
    monkeypatch.setattr(Variable, "get", lambda key, default=None: settings.get(key, default))
    assert deliver()["sent"] == 1
    assert office.addresses == ["trial@house.cn"]


def test_a_mail_statement_that_gives_no_row_stops_the_letter(artifact, tmp_path):
    with pytest.raises(ValueError, match="one row expected, got 0"):
        enqueue(77)


def test_dates_of_the_artifact_reach_the_builder_as_dates(artifact, own_books):
    row = artifacts.read(own_books.connection, artifact)
    assert (row["period"].lower, row["period"].upper, row["as_of_on"]) == (
        date(2026, 10, 1),
        date(2026, 11, 1),
        date(2026, 10, 31),
    )
