"""每日客户跟进表: the whole for the manager, and for each consultant only what is his own (outputs §4.3, SAL-21)."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from psycopg.types.range import DateRange

from backoffice import artifacts, letters, outbox
from backoffice.database import rows
from backoffice.periods import parse
from backoffice.workbook import write_workbook
from tests.drawing import Books
from tests.rules.customers.conftest import claimed, happened, of_day, owes, phone, put, rule, subscribed
from tests.rules.fees.test_fee_workbook import figures, table, total
from tests.workbooks import text_of_workbook
from workbooks import CUSTOMER_FOLLOWUP, CUSTOMER_LETTER, Stationery
from workbooks.customers import SHEETS, consultant_books, followup_workbook
from workbooks.customers import letters as letters_of

DAY = "2026-10-28"
KNOWN = "2026-10-28 08:30"


@pytest.fixture
def busy(site: Books) -> Books:
    """A morning with something of every kind."""
    rule(site, "call_protect_days", "15", rule_id="SA-B3-15", clause="来电客户自最后一次来电或有效跟进起保护十五天")
    rule(site, "visit_protect_days", "30", rule_id="SA-B3-30", clause="来访客户自最后一次来访或有效跟进起保护三十天")
    happened(
        site,
        "visit 2026-10-25 10:00 P1 A",
        "call 2026-10-24 11:00 P2 A",
        "visit 2026-10-12 15:20 P3 A",
        "follow 2026-10-15 10:00 P3 A said 约了周末带家人来看三居",
        "visit 2026-10-20 10:00 P4 B",
        "visit 2026-10-25 16:00 P5 B",
        "call 2026-10-10 09:00 P6 A",
        "visit 2026-10-26 10:00 P6 B",
        "call 2026-10-12 09:00 P7 A",
        "call 2026-10-27 09:00 P7 B",
        "visit 2026-09-26 09:00 P8 C",
        "visit 2026-08-31 09:00 P9 A",
        "visit 2026-10-26 09:00 P10 B",
        "follow 2026-10-21 10:00 P4 B entered 2026-10-24 said 客户在比价",
        intent="A类",
    )
    happened(site, "visit 2026-09-01 14:00 P11 C", "visit 2026-10-02 14:00 P11 C", "visit 2026-10-10 14:00 P12 A")
    subscribed(site, "P12", "B", "2026-10-26", "RG12", papers_on="-")
    subscribed(site, "P10", "B", "2026-10-27", "RG10", papers_on="-")
    claimed(site, "P12", "C", "2026-10-27")
    site.given(
        """
        sales.cash_holding
        site_id | holding_no | holder_kind | holder_id | amount   | held_at          | handed_at        | consented_by
        NH      | XJ-1       | 置业顾问    | B         | 500.00   | 2026-10-27 17:00 | -                | -
        NH      | XJ-2       | 案场经理    | M         | 9500.00  | 2026-10-27 20:30 | -                | 马经理
        NH      | XJ-3       | 案场经理    | M         | 2000.00  | 2026-10-27 09:00 | 2026-10-27 18:00 | 马经理
        """
    )
    owes(site, "P21", "HT-2026-031", "1 首付 2026-10-01 300000 paid 100000.50", keeper="B", unit="3-1202")
    owes(site, "P22", "HT-2026-040", "2 分期 2026-10-28 80000", unit="5-0301")
    return site


def document(
    books: Books, run_id: int, paper: Stationery = CUSTOMER_FOLLOWUP, day: str = DAY, revision: int = 1
) -> int:
    """Register a document of a run, as its release does; returns the artifact."""
    period = parse(day)
    return books.connection.execute(
        """
        insert into ops.artifact (
            workflow, document_kind, site_id, period, revision, content_hash, title, as_of_on, known_at, run_id,
            issued_at
        )
        select 'customer_followup', %s, 'NH', %s, %s, md5(result.base_on::text || result.result_hash), %s,
            result.as_of_on, run.known_at, run.run_id, run.known_at
        from ops.run
        cross join lateral (
            select * from ops.result
            where workflow = 'customer_followup' and base_on = %s order by revision desc limit 1
        ) as result
        where run.run_id = %s
        returning artifact_id
        """,
        [paper.kind, DateRange(period.starts_on, period.until_on), revision, paper.title, period.starts_on, run_id],
    ).fetchone()[0]


def written(books: Books, artifact_id: int, folder: Path) -> Path:
    book = followup_workbook(books.connection, artifacts.read(books.connection, artifact_id))
    path = folder / book.file_name
    write_workbook(path, book)
    return path


def own_books(books: Books, artifact_id: int, folder: Path) -> dict[str, Path]:
    """What operators.write_each writes: the workbook of each consultant by his name."""
    found = {}
    for name, book in consultant_books(books.connection, artifacts.read(books.connection, artifact_id)):
        write_workbook(folder / name, book)
        found[book.scope.split("-")[-1]] = folder / name
    return found


def test_the_manager_sees_everything_with_full_names_and_numbers(busy: Books, tmp_path: Path):
    path = written(busy, document(busy, of_day(busy, DAY, KNOWN)), tmp_path)
    assert path.name == "2026-10-28每日客户跟进表-南湖一号-第1版.xlsx"
    names = load_workbook(path).sheetnames
    assert names[1:9] == [
        "今日应跟进",
        "已逾期",
        "即将失效",
        "待催款",
        "当日成交资料未交",
        "暂存现金",
        "未计入跟进",
        "客户归属判定",
    ]
    due = [(row["置业顾问"], row["客户"], row["电话"]) for row in table(path, "今日应跟进")]
    assert due == [("安一", "客户P2", phone("P2")), ("安一", "客户P1", phone("P1")), ("白二", "客户P5", phone("P5"))]
    late = [(row["置业顾问"], row["客户"], row["逾期天数"], row["上次内容"]) for row in table(path, "已逾期")]
    assert late == [
        ("安一", "客户P3", 10, "10-15 约了周末带家人来看三居"),
        ("白二", "客户P4", 5, "10-21 客户在比价"),
        ("陈三", "客户P11", 23, "尚未跟进"),
    ]
    assert total(path, "待催款", "待催") == sum(row["待催"] for row in table(path, "待催款")[:-1])
    shown = figures(text_of_workbook(path)["封面"])
    assert (shown["今日应跟进"], shown["成交资料未交"], shown["暂存现金不符"]) == ("3", "2", "2")
    decided = [(row["客户"], row["判定归属"], row["判定"], row["涉及顾问"]) for row in table(path, "客户归属判定")]
    assert decided == [("客户P8", "公共客户", "失效", "陈三"), ("客户P7", "公共客户", "失效", "安一、白二")]
    for sheet, lines in text_of_workbook(path).items():
        text = "\n".join("|".join(line) for line in lines)
        assert not any(word in text for word in ("None", "nan", "True", "False", "NULL", "infinity")), sheet


def test_SAL_21_a_consultant_sees_only_his_own(busy: Books, tmp_path: Path):
    found = own_books(busy, document(busy, of_day(busy, DAY, KNOWN)), tmp_path)
    assert set(found) == {"安一", "白二", "陈三"}  # the manager has the whole
    others = {"安一": ("P4", "P5", "P11"), "白二": ("P1", "P2", "P3", "P11"), "陈三": ("P1", "P2", "P3", "P4", "P5")}
    for name, customers in others.items():
        text = str(text_of_workbook(found[name]))
        assert not any(phone(customer) in text or f"'客户{customer}'" in text for customer in customers), name
        assert "置业顾问" not in next(iter(load_workbook(found[name])["今日应跟进"].iter_rows(values_only=True)))
    assert [row["客户"] for row in table(found["安一"], "今日应跟进")] == ["客户P2", "客户P1"]
    assert found["安一"].name == "2026-10-28每日客户跟进表-南湖一号-安一-第1版.xlsx"


def test_the_same_content_is_the_same_bytes(busy: Books, tmp_path: Path):
    artifact_id = document(busy, of_day(busy, DAY, KNOWN))
    first = {name: path.read_bytes() for name, path in own_books(busy, artifact_id, tmp_path).items()}
    again = {name: path.read_bytes() for name, path in own_books(busy, artifact_id, tmp_path).items()}
    assert first == again and first


def test_the_managers_letter_says_the_figures(busy: Books):
    artifact_id = document(busy, of_day(busy, DAY, KNOWN))
    paper = CUSTOMER_FOLLOWUP
    [variables] = rows(busy.connection, paper.statement, {"artifact_id": artifact_id})
    found = letters.render(
        paper.template, variables | artifacts.exceptions_of(busy.connection, artifact_id, paper.exceptions)
    )
    chased = busy.query("select coalesce(sum(amount), 0) as amount from sales.followup where kind = '待催款'")[0][
        "amount"
    ]
    counted = {row["kind"]: row["n"] for row in busy.query("select kind, count(*) as n from sales.followup group by 1")}
    assert found.subject == (
        f"【客户跟进】南湖一号 2026-10-28(周三) 今日应跟进{counted['今日应跟进']} 逾期{counted['已逾期']} "
        f"即将失效{counted.get('即将失效', 0)} 待催款{chased:,.2f}元"
    )
    assert "置业顾问白二：顾问不得留存现金，须为0" in found.text
    assert "请立即处理暂存现金" in found.text and "南湖一号案场 010-6000" in found.text


def released(books: Books, run_id: int, revision: int = 1) -> tuple[int, int]:
    """Both documents of a release and its letters reserved; returns the artifacts."""
    main = document(books, run_id, revision=revision)
    beside = document(books, run_id, CUSTOMER_LETTER, revision=revision)
    assert rows(books.connection, CUSTOMER_LETTER.letters, {"artifact_id": main})
    outbox.reserve_each(books.connection, beside, run_id, CUSTOMER_LETTER.letters)
    return main, beside


def composed(books: Books, artifact_id: int) -> dict[str, letters.Letter]:
    return {
        variables["scope_text"]: letters.render(
            CUSTOMER_LETTER.template, variables | {"files": [[name, "00000000"] for name in names]}
        )
        for _, names, variables in letters_of(books.connection, artifacts.read(books.connection, artifact_id))
    }


def test_each_consultant_gets_one_letter_with_his_figures_and_his_file(busy: Books, tmp_path: Path):
    main, beside = released(busy, of_day(busy, DAY, KNOWN))
    files = {path.name for path in own_books(busy, main, tmp_path).values()}
    made = list(letters_of(busy.connection, artifacts.read(busy.connection, beside)))
    assert {name for _, names, _ in made for name in names} == files
    busy.expect(
        "ops.outbox\nrecipient | recipient_name | revision\na@example.cn | 安一 | 1\nb@example.cn | 白二 | 1",
        where="recipient in ('a@example.cn', 'b@example.cn')",
    )
    busy.expect("ops.outbox\nrecipient", where="recipient = 'm@example.cn'")
    found = composed(busy, beside)["白二"]
    assert found.subject.startswith("【客户跟进】白二 2026-10-28 今日应跟进1 逾期1 即将失效0 待催款")
    assert "客户P1\n" not in found.text and "暂存现金(元)  1笔 500.00" in found.text
    assert "请立即将暂存现金送交财务；请今日把成交资料交销售经理" in found.text


def test_who_has_nothing_to_do_gets_no_letter_and_who_has_no_address_is_named(site: Books):
    happened(site, "visit 2026-10-25 10:00 P1 A", "visit 2026-10-28 08:00 P2 B", "visit 2026-10-25 10:00 P3 C")
    site.connection.execute("update sales.consultant set address = null where consultant_id = 'C'")
    main, _ = released(site, of_day(site, DAY, "2026-10-28 08:31"))
    site.expect("ops.outbox\nrecipient\na@example.cn")
    found = rows(
        site.connection,
        CUSTOMER_FOLLOWUP.exceptions,
        artifacts.parameters_of(artifacts.read(site.connection, main)),
    )
    assert [(row["subject"], row["problem"]) for row in found] == [("陈三", "没有登记邮箱，跟进表没有发给本人")]


def test_OPS_12_a_later_edition_goes_to_those_to_whom_it_says_something_else(site: Books, tmp_path: Path):
    happened(site, "visit 2026-10-25 10:00 P1 A", "visit 2026-10-25 10:00 P2 B", "visit 2026-10-25 10:00 P3 C")
    released(site, of_day(site, DAY, "2026-10-28 08:31"))
    happened(site, "follow 2026-10-27 10:00 P2 B", "visit 2026-10-24 10:00 P4 C")
    main, beside = released(site, of_day(site, DAY, "2026-10-28 11:00"), revision=2)
    site.expect(
        "ops.outbox\nrecipient | revision | state\na@example.cn | 1 | reserved\nb@example.cn | 1 | cancelled\n"
        "b@example.cn | 2 | reserved\nc@example.cn | 1 | cancelled\nc@example.cn | 2 | reserved"
    )
    assert set(own_books(site, main, tmp_path)) == {"白二", "陈三"}
    found = composed(site, beside)
    assert found["白二"].subject == "【更正】【客户跟进】白二 2026-10-28 第2版 今日应跟进0 逾期0 即将失效0 待催款0.00元"
    assert "今日没有须跟进的客户" in found["白二"].text
    assert "更正：本件替代 第1版（2026-10-28 08:31）" in found["陈三"].text
    path = written(site, main, tmp_path)
    assert [(row["项目"], row["原值"], row["新值"]) for row in table(path, "差异")] == [
        ("今日应跟进", "3", "2"),
        ("已逾期", "0", "1"),
    ]


def test_OPS_12_who_was_told_nothing_of_the_first_edition_gets_the_second_though_it_says_the_same(site: Books):
    happened(site, "visit 2026-10-25 10:00 P1 A", "visit 2026-10-25 10:00 P2 B")
    document(site, of_day(site, DAY, "2026-10-28 08:31"))  # a run that was to send nothing
    happened(site, "follow 2026-10-27 10:00 P2 B")
    _, beside = released(site, of_day(site, DAY, "2026-10-28 11:00"), revision=2)
    listed = rows(site.connection, CUSTOMER_LETTER.letters, {"artifact_id": beside})
    assert [row["address"] for row in listed] == ["a@example.cn", "b@example.cn"]


def test_a_quiet_day_has_all_sheets_and_no_letters_to_consultants(site: Books, tmp_path: Path):
    artifact_id = document(site, of_day(site, DAY, KNOWN))
    assert rows(site.connection, CUSTOMER_LETTER.letters, {"artifact_id": artifact_id}) == []
    texts = text_of_workbook(written(site, artifact_id, tmp_path))
    assert all("本期无" in {cell for line in texts[sheet.name] for cell in line} for sheet in SHEETS)


def test_what_became_known_late_is_a_decision_of_the_day_on_which_it_is_seen(site: Books):
    happened(site, "visit 2026-10-05 10:00 P1 A", "visit 2026-10-06 10:00 P2 A", "call 2026-10-07 10:00 P2 B")
    of_day(site, "2026-10-27", "2026-10-27 08:30")
    link = {"site_id": "NH", "visit_no": "V0", "visited_at": "2026-10-04 10:00", "phone": phone("P1")}
    put(site, "sales.visit", link | {"customer_name": "客户P1", "consultant_id": "B"}, recorded_at="2026-10-27 20:00")
    artifact = artifacts.read(site.connection, document(site, of_day(site, DAY, KNOWN)))
    parameters = artifacts.parameters_of(artifact) | {"workflow": "customer_followup"}
    found = rows(site.connection, "sales/sheet_ownership", parameters | {"is_masked": False})
    assert [(row["customer_name"], row["phone"], row["owner_name"]) for row in found] == [
        ("客户P1", phone("P1"), "白二")
    ]
    masked = rows(site.connection, "sales/sheet_ownership", parameters | {"is_masked": True})
    assert [(row["customer_name"], row["phone"]) for row in masked] == [("客**", "138****0001")]
