"""A released tower's bundle: its notices bound for the owner's finance, and letters to tenants where that is set."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from airflow.sdk import Variable
from airflow.sdk.exceptions import AirflowException, AirflowFailException
from psycopg.types.range import DateRange
from pypdf import PdfReader

from backoffice import artifacts, documents, outbox
from backoffice.database import rows
from backoffice.matters import MatterRefused, settle
from backoffice.notices import threats_in
from operators.release_document import ReleaseDocument
from operators.render_notices import RenderNotices
from operators.steps import hand_over, render_parts, tell_each
from tests.drawing import Books
from tests.postoffice import PostOffice, post_office
from tests.rules.fees.conftest import CALENDAR, PAYEES, RELEASE, TARIFFS, TOWER, charge, metered, reckon
from tests.rules.fees.test_corrections import correct_reading
from workbooks import FEE_HANDOVER, FEE_NOTICES, FEE_TENANT, STATIONERY
from workbooks.notices import notices

FIRST, SECOND = "JK-WX-202610-0001", "JK-WX-202610-0002"
NAME = "2026年10月交款通知书-威新国际大厦-第1版.pdf"
SOURCE = "workbooks.notices:notices"
MAILED = "update fees.tower set is_mailed_to_tenants = true"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as opened:
        yield opened


@pytest.fixture
def files(own_dsn: str, office: PostOffice, tmp_path: Path, monkeypatch) -> Path:
    """Folder of the files; Airflow's connections point to the test's servers."""
    address = urlsplit(own_dsn)
    business = {"conn_type": "postgres", "host": address.hostname, "port": address.port, "login": address.username}
    business |= {"password": address.password or "", "schema": address.path.strip("/")}
    plain = {"disable_ssl": True, "disable_tls": True, "from_email": "office@house.cn", "timeout": 10}
    mail = {"conn_type": "smtp", "host": "127.0.0.1", "port": office.settings.port, "extra": plain}
    monkeypatch.setenv("AIRFLOW_CONN_BACKOFFICE_DB", json.dumps(business))
    monkeypatch.setenv("AIRFLOW_CONN_BACKOFFICE_SMTP", json.dumps(mail))
    monkeypatch.setenv("BACKOFFICE_FILES", str(tmp_path))
    monkeypatch.setattr(Variable, "get", lambda key, default=None: default)
    return tmp_path


@pytest.fixture
def tower(own_books: Books, files: Path) -> Books:
    """The tower of these rules in books that may commit, with those who receive its bundle."""
    own_books.given(
        TOWER,
        PAYEES,
        TARIFFS,
        CALENDAR,
        """
        book.recipient
        document_kind | site_id | address          | recipient_name | valid_from
        fee_notices   | WX      | fees@house.cn    | 财务部         | 2020-01-01
        fee_handover  | WX      | finance@owner.cn | 业主方财务部   | 2020-01-01
        fee_handover  | *       | cashier@house.cn | 财务部出纳     | 2020-01-01
        """,
    )
    return own_books


@pytest.fixture
def two(tower: Books, rented) -> Books:
    """301 and 302, with rent, property fee and a meter each; 302's owner is copied."""
    rented("301", "302")
    for contract, meter in (("301", "D0"), ("302", "D1")):
        charge(tower, contract, "3000")
        charge(tower, contract, "1060", kind="物业费", vat_rate="0.06")
        metered(tower, meter, "2026-09-20 1000", "2026-10-20 1130", contract=contract)
    tower.connection.execute("update fees.tenant set address = tenant_id || '@tenant.cn'")
    tower.connection.execute("update fees.contract set is_owner_copied = true where contract_no = '302'")
    tower.connection.execute(
        "update fees.unit set owner_name = '赵业主', owner_address = 'Zhao@owner.cn' where unit_no = '302'"
    )
    tower.connection.execute(
        "update fees.unit set owner_name = '钱业主', owner_address = 'qian@owner.cn' where unit_no = '301'"
    )
    return tower


def ready(books: Books, month: str = "2026-10", known_at: str = "2026-10-20 08:00", **also: str) -> int:
    """Reckon a month in a run that holds its tower and wants mail."""
    run_id = reckon(books, month, known_at=known_at, **also)
    books.connection.execute("update ops.run set wants_mail = true where run_id = %s", [run_id])
    books.connection.execute("update ops.run_scope set is_live = run_id = %s", [run_id])
    return run_id


def released(books: Books, run_id: int, statements: tuple[str, ...] = RELEASE) -> dict[str, Any]:
    """Release the run's tower as the DAG does, once it is approved."""
    [document] = documents.plan(books.connection, run_id, FEE_NOTICES.kind)
    if document["state"] == "held":
        documents.decide(
            books.connection,
            run_id,
            document,
            verdict="approved",
            opinion="已核对",
            decided_by="王某",
            decided_at=datetime(2026, 10, 20, 9, tzinfo=UTC),
        )
    books.connection.commit()
    return ReleaseDocument(
        task_id="release",
        run_id=str(run_id),
        document=document,
        document_kind=FEE_NOTICES.kind,
        title=FEE_NOTICES.title,
        statements=statements,
        also=[FEE_HANDOVER, FEE_TENANT],
    ).execute({})


def corrected(books: Books) -> dict[str, Any]:
    """302's meter was misread: release the correction."""
    correct_reading(books, "D1", "2026-10-20", "1103")
    run_id = ready(books, known_at="2026-10-28 08:00", mode="correct")
    books.connection.execute("update ops.run set reason = '读数抄错' where run_id = %s", [run_id])
    return released(books, run_id)


def rendered(document: dict[str, Any]) -> None:
    RenderNotices(task_id="render", artifact=document, source=SOURCE).execute({})


def steps(document: dict[str, Any]) -> list[Any]:
    """The steps behind the rendering, in order: merge, tell the owner's finance, tell the tenants."""
    return [
        *hand_over(FEE_HANDOVER, document, source=SOURCE, listed="fees/list_notices", title="交款通知书"),
        *tell_each(FEE_TENANT, document, named="租户", suffix="_tenants"),
    ]


def merged(document: dict[str, Any]) -> dict[str, Any]:
    return steps(document)[0].execute({})


def handed_out(document: dict[str, Any]) -> list[dict[str, Any]]:
    rendered(document)
    return [step.execute({}) for step in steps(document)]


def words(letter: EmailMessage) -> str:
    return letter.get_body(("plain",)).get_content()


def letters_to(office: PostOffice, address: str) -> list[EmailMessage]:
    return [letter for to, letter in zip(office.addresses, office.letters, strict=True) if to == address]


def due_of(books: Books, number: str) -> date:
    return books.query("select due_on from fees.notice where notice_no = %(number)s", number=number)[0]["due_on"]


def attached(letter: EmailMessage) -> tuple[str, bytes]:
    [file] = letter.iter_attachments()
    return file.get_filename(), file.get_content()


# -- one release ---------------------------------------------------------------------------------------------------


def test_a_release_registers_its_documents_and_reserves_their_letters_together(two):
    two.connection.execute(MAILED)
    document = released(two, ready(two))
    assert sorted(document["also"]) == ["fee_handover", "fee_tenant"]
    assert len({document["artifact_id"], *document["also"].values()}) == 3
    two.expect(
        """
        ops.artifact
        document_kind | title            | revision | file_path
        fee_notices   | 收费通知汇总     | 1        | -
        fee_handover  | 交款通知书移交   | 1        | -
        fee_tenant    | 交款通知书(租户) | 1        | -
        """
    )
    two.expect(
        f"""
        ops.outbox
        letter_kind  | document_key                          | recipient        | state
        fee_notices  | fee_notices/WX/2026-10-01/2026-10-31  | fees@house.cn    | reserved
        fee_handover | fee_handover/WX/2026-10-01/2026-10-31 | finance@owner.cn | reserved
        fee_handover | fee_handover/WX/2026-10-01/2026-10-31 | cashier@house.cn | reserved
        fee_tenant   | fee_tenant/{FIRST}          | 301@tenant.cn    | reserved
        fee_tenant   | fee_tenant/{SECOND}          | 302@tenant.cn    | reserved
        fee_tenant   | fee_tenant/{SECOND}          | zhao@owner.cn    | reserved
        """
    )


def test_a_release_that_fails_at_its_last_letter_leaves_nothing_behind(two, monkeypatch):
    two.connection.execute(MAILED)
    run_id = ready(two)
    monkeypatch.setattr(outbox, "reserve_each", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        released(two, run_id)
    for table in ("ops.artifact", "ops.outbox", "fees.notice", "fees.entry", "ops.period_close"):
        assert two.query(f"select * from {table}") == [], table


def test_OPS_07_releasing_again_returns_the_same_documents_and_reserves_nothing_twice(two):
    two.connection.execute(MAILED)
    run_id = ready(two)
    first = released(two, run_id)
    before = two.row_versions("ops.artifact", "ops.outbox", "fees.notice")
    again = released(two, run_id)
    assert (again["state"], again["is_new"], again["letters"]) == ("unchanged", False, 0)
    assert (again["artifact_id"], again["also"]) == (first["artifact_id"], first["also"])
    assert two.row_versions("ops.artifact", "ops.outbox", "fees.notice") == before


def test_a_release_in_silence_is_mailed_by_the_first_run_that_wants_mail(two):
    two.connection.execute(MAILED)
    run_id = ready(two)
    two.connection.execute("update ops.run set wants_mail = false")
    assert released(two, run_id)["letters"] == 0
    two.connection.execute("update ops.run set wants_mail = true")
    assert released(two, run_id)["letters"] == 6


def test_FE_C1_with_the_setting_off_no_tenant_gets_a_letter(two, office):
    document = released(two, ready(two))
    assert document["also"]["fee_tenant"] is None
    *_, enqueued, delivered = handed_out(document)
    assert (enqueued, delivered["sent"]) == ({"ready": 0, "state": "无变化"}, 0)
    assert sorted(office.addresses) == ["cashier@house.cn", "finance@owner.cn"]


def test_a_setting_that_is_switched_on_later_mails_nothing_of_a_month_that_is_released(two):
    run_id = ready(two)
    released(two, run_id)
    two.connection.execute(MAILED)
    again = released(two, run_id)
    assert (again["also"]["fee_tenant"], again["letters"]) == (None, 0)


def test_a_trial_merges_and_mails_nothing(two, files):
    trial = {"state": "trial", "artifact_id": None, "site_name": "威新国际大厦"}
    assert [step.execute({}).get("sent", 0) for step in steps(trial)] == [0] * 5
    assert list(files.iterdir()) == []


# -- the merged file -----------------------------------------------------------------------------------------------


def test_the_merged_file_has_every_notice_in_order_of_number(two, files):
    document = released(two, ready(two))
    rendered(document)
    told = merged(document)
    assert told["file_path"] == f"fee_handover/WX/2026-10/{NAME}"
    content = (files / told["file_path"]).read_bytes()
    book = PdfReader(BytesIO(content))
    found = [FIRST if FIRST in page.extract_text() else SECOND for page in book.pages if "JK-" in page.extract_text()]
    assert found == sorted(found) and set(found) == {FIRST, SECOND}
    assert [mark.title for mark in book.outline] == ["301 301公司", "302 302公司"]
    [row] = two.query("select * from ops.artifact where document_kind = 'fee_handover'")
    assert (row["sha256"][:8], row["byte_count"], row["row_count"]) == (
        told["file_code"],
        len(content),
        len(book.pages),
    )


def test_OPS_16_merging_again_touches_nothing_and_a_lost_file_comes_back_the_same(two, files):
    document = released(two, ready(two))
    rendered(document)
    told = merged(document)
    path = files / told["file_path"]
    content, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert (merged(document), path.stat().st_mtime_ns) == (told, stamp)
    for single in files.glob("fee_notices/WX/2026-10/notices/*.pdf"):
        single.unlink()
    assert merged(document) == told, "an intact file is not built again"
    path.unlink()
    rendered(document)
    assert (merged(document), path.read_bytes()) == (told, content)


def test_a_notice_that_is_not_there_is_named_with_what_to_do(two, files):
    document = released(two, ready(two))
    rendered(document)
    (files / f"fee_notices/WX/2026-10/notices/{SECOND}.pdf").unlink()
    with pytest.raises(AirflowFailException, match=rf"{SECOND}.pdf读不到.*续跑"):
        merged(document)
    assert not (files / "fee_handover" / "WX" / "2026-10" / NAME).exists()
    two.expect("ops.artifact\nsha256\n-", where="document_kind = 'fee_handover'")


def test_a_notice_that_is_damaged_is_named_with_what_to_do(two, files):
    document = released(two, ready(two))
    rendered(document)
    (files / f"fee_notices/WX/2026-10/notices/{FIRST}.pdf").write_bytes(b"")
    with pytest.raises(AirflowFailException, match=rf"{FIRST}.pdf读不到（内容已损坏）.*续跑"):
        merged(document)


def test_however_many_workers_rendered_the_notices_the_bundle_is_the_same(two, files):
    document = released(two, ready(two))
    rendered(document)
    path = files / merged(document)["file_path"]
    content = path.read_bytes()
    for single in files.glob("fee_notices/WX/2026-10/notices/*.pdf"):
        single.unlink()
    path.unlink()
    for step in render_parts(document, source=SOURCE, parts=2):
        step.execute({})
    merged(document)
    assert path.read_bytes() == content


def test_a_bundle_says_what_its_single_notices_say(two, files):
    document = released(two, ready(two))
    rendered(document)
    book = PdfReader(files / merged(document)["file_path"])
    singles = sorted(files.glob("fee_notices/WX/2026-10/notices/*.pdf"))
    assert [page.extract_text() for page in book.pages] == [
        page.extract_text() for single in singles for page in PdfReader(single).pages
    ]


def test_a_list_that_names_other_notices_than_were_released_is_refused(two, files, monkeypatch):
    document = released(two, ready(two))
    rendered(document)
    monkeypatch.setattr("workbooks.notices.notices", lambda *_, **given: list(notices(*_, **given))[:1])
    with pytest.raises(AirflowFailException, match=f"移交清单上是{SECOND}，已发布的交款通知书是空"):
        merged(document)


def test_other_bytes_than_those_registered_are_refused(two, files):
    document = released(two, ready(two))
    rendered(document)
    path = files / merged(document)["file_path"]
    path.unlink()
    two.connection.execute("update fees.notice set due_on = due_on + 1 where notice_no = %s", [FIRST])
    two.connection.commit()
    with pytest.raises(AirflowFailException, match="校验码"):
        merged(document)
    assert not path.exists()


def test_a_reprint_of_the_bundle_says_that_the_run_is_resumed_instead(two, files):
    document = released(two, ready(two))
    for artifact_id in document["also"].values():
        if artifact_id:
            with pytest.raises(MatterRefused, match="续跑"):
                settle(
                    two.connection,
                    "文件：重印",
                    artifact_id,
                    by="王某",
                    opinion="丢失了",
                    files_root=files,
                    spec_of=lambda kind: STATIONERY[kind].spec,
                )


# -- the letter to the owner's finance -----------------------------------------------------------------------------


def test_the_owners_finance_reads_what_it_is_how_many_how_much_and_until_when(two, office):
    handed_out(released(two, ready(two)))
    [letter] = letters_to(office, "finance@owner.cn")
    assert letter["Subject"] == "【交款通知书移交】威新国际大厦 2026年10月 2份 合计8,334.38元"
    text = words(letter)
    order = ["财务部出纳移交威新置业财务部", "份数  2", "合计金额(元)  8,334.38", f"{FIRST} – {SECOND}",
             "移交部门  财务部出纳", "接收部门  威新置业财务部", "收款单位  户数  金额(元)", "威新置业  2  6,000.00",
             "华清物业  2  2,334.38", "异常 0 条", "请财务部出纳于", "附件", NAME, "文件校验码", "版次 第1版",
             "账款统计至2026-10-19 24:00", "联系人"]  # fmt: skip
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    name, content = attached(letter)
    assert name == NAME
    assert len(PdfReader(BytesIO(content)).outline) == 2


def printed(books: Books, revision: int = 1) -> dict[str, list[Decimal]]:
    """What the notices themselves ask for, by account."""
    found: dict[str, list[Decimal]] = {}
    artifact = {
        "site_id": "WX",
        "period": DateRange(date(2026, 10, 1), date(2026, 11, 1)),
        "revision": revision,
        "known_at": datetime(2027, 6, 1, tzinfo=UTC),
    }
    for notice in notices(books.connection, artifact=artifact):
        for payee in notice.payees:
            found.setdefault(payee.account_name, []).append(payee.subtotal)
    return found


@pytest.mark.parametrize("is_one_payee", [False, True], ids=["two payees", "one payee"])
def test_what_each_payee_gets_is_what_the_notices_print(two, rented, is_one_payee):
    if is_one_payee:
        two.connection.execute("update fees.tower set owner_payee_id = 'WY'")
    rented("303", late_rate="0.0005")
    charge(two, "303", "500")
    two.given(
        """
        fees.opening
        contract_no | charge_kind | base_month | due_on     | amount
        303         | 租金        | 2026-08-01 | 2026-08-31 | 700
        303         | 电费        | 2026-08-01 | 2026-08-31 | 33.33
        301         | 预收        | 2026-09-01 | -          | 1200
        302         | 预收        | 2026-09-01 | -          | 9000
        """
    )
    document = released(two, ready(two))
    [told] = rows(two.connection, FEE_HANDOVER.statement, {"artifact_id": document["also"]["fee_handover"]})
    expected = [
        [name, str(sum(amount > 0 for amount in amounts)), f"{sum(amounts):,.2f}"]
        for name, amounts in printed(two).items()
    ]
    assert sorted(told["payees"]) == sorted(expected)
    [total] = two.query("select sum(payable_amount) as amount from fees.notice")
    assert f"合计{total['amount']:,.2f}元" in told["headline"]


def test_OPS_13_a_bundle_too_large_to_attach_becomes_a_link(two, office, monkeypatch):
    document = released(two, ready(two))
    rendered(document)
    merge, enqueue, deliver, *_ = steps(document)
    merge.execute({})
    enqueue.execute({})
    deliver.max_attachment_bytes = 1000
    with pytest.raises(AirflowException, match="没有设置下载地址"):
        deliver.execute({})
    settings = {"mail_link_base": "https://files.house.cn"}
    monkeypatch.setattr(Variable, "get", lambda key, default=None: settings.get(key, default))
    assert deliver.execute({})["sent"] == 2
    assert list(office.letters[0].iter_attachments()) == []
    assert "https://files.house.cn/fee_handover/WX/2026-10/" in words(office.letters[0])


def test_a_correction_hands_over_only_the_corrected_notices_and_says_which_they_replace(two, office, files):
    handed_out(released(two, ready(two)))
    office.kept.clear()
    document = corrected(two)
    told = handed_out(document)[0]
    assert told["file_path"].endswith("/2026年10月交款通知书-威新国际大厦-第2版(更正).pdf")
    assert [mark.title for mark in PdfReader(files / told["file_path"]).outline] == ["302 302公司"]
    [letter] = letters_to(office, "finance@owner.cn")
    assert letter["Subject"] == "【更正】2026年10月交款通知书移交 第2版 涉及1份 合计4,144.92元"
    first = words(letter).splitlines()[0]
    assert SECOND in first and "读数抄错" in first and "请以本版为准" in first
    assert FIRST not in words(letter) and "其余各份不变" in words(letter)
    [payees] = [printed(two, revision=2)]
    assert f"威新置业  1  {sum(payees['威新置业']):,.2f}" in words(letter)


def test_a_correction_does_not_swallow_a_first_bundle_that_waits_to_go_out(two, office):
    first = released(two, ready(two))
    rendered(first)
    merge, enqueue, deliver, *_ = steps(first)
    merge.execute({})
    enqueue.execute({})
    corrected(two)
    assert deliver.execute({})["sent"] == 2


# -- the letters to tenants ----------------------------------------------------------------------------------------


def test_each_tenant_gets_his_own_notice_and_nobody_elses(two, office, files):
    two.connection.execute(MAILED)
    handed_out(released(two, ready(two)))
    [letter] = letters_to(office, "301@tenant.cn")
    due = due_of(two, FIRST)
    assert letter["Subject"] == f"【交款通知书】威新国际大厦 301 2026年10月 应缴4,167.19元 请于{due}前缴纳"
    name, content = attached(letter)
    assert (name, content) == (f"{FIRST}.pdf", (files / f"fee_notices/WX/2026-10/notices/{FIRST}.pdf").read_bytes())
    text = words(letter)
    order = ["致 301公司", "账款统计至2026-10-19 24:00，此后到账未计入", f"通知书号  {FIRST}", "本次应缴(元)  4,167.19",
             f"应缴期限  {due}", "威新置业  工商银行  0200001001000000001  3,000.00",
             "华清物业  建设银行  1100001001000000002  1,167.19", f"付款附言请注明单号{FIRST}", "不作为发票或收款凭证",
             "收到后5日内", "文件校验码", "版次 第1版", "联系人 物业公司收费处 010-8000"]  # fmt: skip
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "302" not in text and "异常" not in text
    assert threats_in(text) == []
    kept = two.query("select sha256, byte_count from ops.outbox where recipient = '301@tenant.cn'")
    assert f"文件校验码 {kept[0]['sha256'][:8]}" in text and kept[0]["byte_count"] == len(content)


def test_BIL_14_the_owner_who_is_copied_gets_a_copy_that_says_so(two, office):
    two.connection.execute(MAILED)
    handed_out(released(two, ready(two)))
    [copy] = letters_to(office, "zhao@owner.cn")
    assert "致 302公司" in words(copy) and "本件抄送业主赵业主。" in words(copy)
    [original] = letters_to(office, "302@tenant.cn")
    assert attached(copy) == attached(original)
    assert "抄送" not in words(original)
    assert len(office.kept) == 5  # nobody copies the owner of 301


@pytest.mark.parametrize("owner_address", ["广州市天河区1号", "302@tenant.cn", None])
def test_a_copy_needs_a_mailbox_of_its_own(two, owner_address):
    two.connection.execute(MAILED)
    two.connection.execute("update fees.unit set owner_address = %s where unit_no = '302'", [owner_address])
    released(two, ready(two))
    two.expect(
        "ops.outbox\nrecipient | recipient_name\n301@tenant.cn | 301公司\n302@tenant.cn | 302公司",
        where="letter_kind = 'fee_tenant'",
    )


def test_a_tenant_without_an_address_is_named_and_his_notice_goes_with_the_bundle(two, office):
    two.connection.execute(MAILED)
    two.connection.execute("update fees.tenant set address = null where tenant_id = '302'")
    document = released(two, ready(two))
    handed_out(document)
    assert sorted(office.addresses) == ["301@tenant.cn", "cashier@house.cn", "finance@owner.cn", "zhao@owner.cn"]
    listed = rows(
        two.connection,
        "fees/sheet_notices",
        artifacts.parameters_of(artifacts.read(two.connection, document["artifact_id"])) | {"before_run": None},
    )
    assert [(row["handed_text"], row["remark"]) for row in listed] == [
        ("邮件", ""),
        ("业主方统一发放", "租户没有登记邮箱；抄送赵业主"),
    ]


def test_OPS_07_composing_and_delivering_again_changes_no_letter(two, office):
    two.connection.execute(MAILED)
    document = released(two, ready(two))
    handed_out(document)
    before = two.row_versions("ops.outbox")
    assert [told.get("ready", told.get("sent", 0)) for told in handed_out(document)] == [0] * 5
    assert two.row_versions("ops.outbox") == before
    assert len(office.kept) == 5


def test_five_thousand_letters_are_composed_by_as_many_statements_as_two(two, monkeypatch):
    two.connection.execute(MAILED)
    document = released(two, ready(two))
    rendered(document)
    asked: list[str] = []
    original = outbox.database.statement
    monkeypatch.setattr(outbox.database, "statement", lambda name: asked.append(name) or original(name))
    assert steps(document)[3].execute({})["ready"] == 3
    assert len(asked) == len(set(asked)) + 1  # the artifact's row is read for the notices, too


def test_OPS_12_a_correction_goes_to_those_concerned_and_to_whoever_got_the_first(two, office):
    two.connection.execute(MAILED)
    handed_out(released(two, ready(two)))
    office.kept.clear()
    two.connection.execute("update fees.tenant set address = 'new' || address")
    two.connection.execute("update fees.unit set owner_address = 'new' || owner_address where unit_no = '302'")
    handed_out(corrected(two))
    told = {to: words(letter) for to, letter in zip(office.addresses, office.letters, strict=True)}
    copies = {to: "抄送业主赵业主" in text for to, text in told.items() if "致 302公司" in text}
    assert copies == {
        "302@tenant.cn": False,
        "new302@tenant.cn": False,
        "zhao@owner.cn": True,
        "newzhao@owner.cn": True,
    }
    assert two.query("select from ops.outbox where recipient = 'new301@tenant.cn'") == []
    [letter] = letters_to(office, "new302@tenant.cn")
    due = due_of(two, f"{SECOND}-G1")
    assert letter["Subject"] == f"【更正】2026年10月交款通知书 第2版 应缴4,144.92元 请于{due}前缴纳"
    assert attached(letter)[0] == f"{SECOND}-G1.pdf"
    assert words(letter).startswith(f"更正：本件替代 第1版通知书{SECOND}（") and "读数抄错" in words(letter)


def test_OPS_12_who_got_a_notice_by_mail_hears_of_its_correction_though_the_setting_is_off_by_then(two):
    two.connection.execute(MAILED)
    handed_out(released(two, ready(two)))
    two.connection.execute("update fees.tower set is_mailed_to_tenants = false")
    two.connection.execute("update fees.tenant set address = 'new@tenant.cn' where tenant_id = '302'")
    corrected(two)
    two.expect(
        "ops.outbox\nrecipient\n302@tenant.cn\nzhao@owner.cn", where="letter_kind = 'fee_tenant' and revision = 2"
    )


def test_a_correction_cancels_what_waits_for_those_concerned_and_nobody_elses(two, office):
    two.connection.execute(MAILED)
    first = released(two, ready(two))
    rendered(first)
    *_, enqueue, deliver = steps(first)
    enqueue.execute({})
    corrected(two)
    assert deliver.execute({})["sent"] == 1
    assert office.addresses == ["301@tenant.cn"]
    two.connection.rollback()
    two.expect(
        """
        ops.outbox
        recipient     | revision | state     | resolution
        301@tenant.cn | 1        | sent      | -
        302@tenant.cn | 1        | cancelled | 已被新版取代
        302@tenant.cn | 2        | reserved  | -
        zhao@owner.cn | 1        | cancelled | 已被新版取代
        zhao@owner.cn | 2        | reserved  | -
        """,
        where="letter_kind = 'fee_tenant'",
    )


def test_BIL_18_a_notice_that_is_lost_after_its_letter_was_composed_is_rendered_again_and_sent(two, office, files):
    two.connection.execute(MAILED)
    document = released(two, ready(two))
    rendered(document)
    *_, enqueue, deliver = steps(document)
    enqueue.execute({})
    (files / f"fee_notices/WX/2026-10/notices/{FIRST}.pdf").unlink()
    with pytest.raises(AirflowException, match="附件读不到"):
        deliver.execute({})
    rendered(document)
    assert deliver.execute({})["sent"] == 1
    assert sorted(office.addresses) == ["301@tenant.cn", "302@tenant.cn", "zhao@owner.cn"]


def test_a_letter_without_its_notice_is_not_composed(two, files):
    two.connection.execute(MAILED)
    document = released(two, ready(two))
    rendered(document)
    (files / f"fee_notices/WX/2026-10/notices/{SECOND}.pdf").unlink()
    with pytest.raises(AirflowFailException, match=rf"{SECOND}.pdf读不到.*续跑"):
        steps(document)[3].execute({})
    two.expect("ops.outbox\nstate\nreserved\nreserved\nreserved", where="letter_kind = 'fee_tenant'")


def test_a_letter_whose_payable_is_covered_in_advance_asks_for_nothing(two, office):
    two.connection.execute(MAILED)
    two.given(
        "fees.opening\ncontract_no | charge_kind | base_month | due_on | amount\n301 | 预收 | 2026-09-01 | - | 9000"
    )
    handed_out(released(two, ready(two)))
    [letter] = letters_to(office, "301@tenant.cn")
    assert letter["Subject"].endswith("应缴0.00元 本次无需付款")
    assert "请于" not in words(letter)
