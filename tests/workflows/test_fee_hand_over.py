"""收费通知 from the approval to the mailboxes, in real Airflow: the workbook, the bundle, a letter to each tenant."""

from datetime import UTC, datetime

from backoffice import documents
from backoffice.database import connect
from tests.drawing import Books
from tests.rules.fees.conftest import CALENDAR, PAYEES, TARIFFS, TOWER, charge, reckon
from workbooks import FEE_NOTICES

LET = (
    "fees.unit\nsite_id | unit_no | area\nWX | 301 | 100\nWX | 302 | 100",
    "fees.tenant\ntenant_id | tenant_name | address\n301 | 301公司 | 301@tenant.cn\n302 | 302公司 | 302@tenant.cn",
    """
    fees.contract
    contract_no | site_id | unit_no | tenant_id | contract_kind | starts_on  | ends_on
    301         | WX      | 301     | 301       | 租赁          | 2020-01-01 | 2030-12-31
    302         | WX      | 302     | 302       | 租赁          | 2020-01-01 | 2030-12-31
    """,
    """
    book.recipient
    document_kind | site_id | address          | recipient_name | valid_from
    fee_notices   | WX      | fees@house.cn    | 财务部         | 2020-01-01
    fee_handover  | WX      | finance@owner.cn | 业主方财务部   | 2020-01-01
    """,
)


def approved_october(books: Books) -> None:
    """A tower that mails its tenants, and the approval of what its October comes to."""
    books.given(TOWER, PAYEES, TARIFFS, CALENDAR, *LET, is_mailed_to_tenants="yes")
    for contract in ("301", "302"):
        charge(books, contract, "3000")
    run_id = reckon(books, "2026-10", known_at="2026-10-21 08:00")
    [document] = documents.plan(books.connection, run_id, FEE_NOTICES.kind)
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


def test_a_released_tower_reaches_finance_the_owners_finance_and_each_tenant_once(office):
    with connect(office.dsn) as connection:
        approved_october(Books(connection))
    asked = {"period": "2026-10", "send_mail": "是", "requested_by": "demo"}
    first = office.run("fee_notices", **asked, mode="重算", reason="已审批")
    assert str(first.state) == "success", office.states(first)
    told = {letter["To"].addresses[0].addr_spec: letter for letter in office.post.letters}
    assert sorted(told) == ["301@tenant.cn", "302@tenant.cn", "fees@house.cn", "finance@owner.cn"]
    [bundle] = told["finance@owner.cn"].iter_attachments()
    assert bundle.get_filename() == "2026年10月交款通知书-威新国际大厦-第1版.pdf"
    [notice] = told["302@tenant.cn"].iter_attachments()
    assert notice.get_filename() == "JK-WX-202610-0002.pdf"

    files, sent = office.files(), len(office.post.kept)
    assert [path.unlink() for path in (office.folder / "files").rglob("*.pdf")] == [None] * 3
    again = office.run("fee_notices", **asked, mode="续跑", reason="文件丢失")
    assert str(again.state) == "success", office.states(again)
    found = office.files()  # with a new 重跑结果单
    assert {name: found[name][0] for name in files} == {name: code for name, (code, _) in files.items()}
    assert len(office.post.kept) == sent
