"""Letters: escaped, complete, in the order that readers know, the same words as plain text (outputs §0)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2 import TemplateAssertionError, UndefinedError

from backoffice.letters import LINK_MARK, day, environment, money, month, plain_text, render

DOCUMENT = {
    "title": "考勤日报",
    "scope_text": "国贸大厦",
    "period_text": "2026-10-12(周一)",
    "headline": "应到11 实到9 迟到1",
    "about": "这是国贸大厦的考勤日报，供案场经理核对。",
    "figures": [["应到人数", 11], ["当日罚款", "10.00"]],
    "exception_count": 6,
    "exceptions": ["安某 缺卡", "乙", "丙", "丁", "戊"],
    "action": "请于10-13 17:00前补签，找人事行政。",
    "file_name": "2026-10-12考勤日报-国贸大厦-第1版.xlsx",
    "file_code": "a1b2c3d4",
    "revision_text": "第1版",
    "as_of_on": date(2026, 10, 12),
    "known_text": "2026-10-13 08:05",
    "contact": "人事行政 李某",
    "correction": None,
}
FAILURE = {
    "workflow_name": "每日考勤",
    "task_name": "校验入库",
    "period_text": "2026-10-12",
    "failed_at": datetime(2026, 10, 12, 22, 1, tzinfo=UTC),
    "error": "文件 a&b<1>.csv 没有“房号”这一列",
    "advice": "请改正文件后重跑“校验入库”。",
    "ui_url": "http://127.0.0.1:8080/dags?a=1&b=2",
}
RETURNED = {
    "file_name": "punches.csv",
    "received_at": "2026-10-13 07:55",
    "row_count": 120,
    "admitted_count": 100,
    "superseding_count": 0,
    "duplicate_count": 18,
    "returned_count": 2,
    "returned": [
        {"line_no": 7, "raw": "ann,2026-13-01", "column_name": "日期", "reason": "没有13月", "advice": "改成真实日期"},
        {"line_no": 9, "raw": "=1+1", "column_name": "工号", "reason": "查无此人", "advice": "核对工号"},
    ],
    "impact": "安某当日考勤待确认",
    "resubmit_by": date(2026, 10, 14),
    "contact": "系统运维",
}
RUN = {
    "workflow_name": "收费通知",
    "period_text": "2026年10月",
    "due_at": "09:00",
    "state_text": "待审批",
    "started_at": datetime(2026, 10, 20, 1, 0, tzinfo=UTC),
    "finished_at": None,
    "processed_count": 497,
    "total_amount": Decimal("1234567.8"),
    "exception_count": 3,
    "mail_text": "待发3",
    "waits_for": "财务王某，已等2小时",
    "advice": "请王某处理",
}
BRIEFING = {
    "headline": "今天应跑4个：完成3，待审批1(财务王某，已等2小时)，失败0，应跑未跑0",
    "business_on": date(2026, 10, 20),
    "runs": [RUN],
    "problems": ["收费通知 2026年10月 待审批"],
    "ui_url": "http://127.0.0.1:8080/",
}
REMINDER = {
    "headline": "待审批1项（最长已等8小时），1项须在今天24:00前发布",
    "business_on": date(2026, 10, 20),
    "matters": [
        {
            "workflow_name": "收费通知",
            "site_name": "威新国际大厦",
            "period_text": "2026年10月",
            "state_text": "待审批",
            "hold_reason": "本次应缴5,412.25元",
            "hours_waiting": 8,
            "due_on": date(2026, 10, 20),
            "is_late": False,
        },
        {
            "workflow_name": "收费通知",
            "site_name": "国贸大厦",
            "period_text": "2026年9月",
            "state_text": "尚未运行",
            "hold_reason": "",
            "hours_waiting": None,
            "due_on": date(2026, 9, 20),
            "is_late": True,
        },
    ],
    "ui_url": "http://127.0.0.1:8080/",
}
CONTRACTOR = {key: value for key, value in DOCUMENT.items() if key not in ("exception_count", "exceptions")} | {
    "title": "维修费用确认",
    "scope_text": "建安公司",
    "period_text": "2026年10月",
    "headline": "3单 12,345.00元 请于2026-11-12前答复",
    "about": "这是建安公司2026年10月的维修费用确认通知单。",
    "figures": [["工单数", 3], ["审定金额(元)", "12,345.00"]],
    "action": "请于2026-11-12前书面确认，或书面提出异议并附依据。",
    "objection": "逾期未答复的，按合同专用条款12.3视为确认。",
}
EVERY = {
    "document": DOCUMENT,
    "repairs/letter": CONTRACTOR,
    "repairs/statement": CONTRACTOR,
    "ops/failure": FAILURE,
    "ops/returned_rows": RETURNED,
    "ops/briefing": BRIEFING,
    "ops/reminder": REMINDER,
}


def test_money_is_grouped_and_rounded_half_up():
    assert money(Decimal("1234567.885")) == "1,234,567.89"
    assert money(Decimal("-22.27")) == "-22.27"
    assert (money(0), money("3.5"), money(None)) == ("0.00", "3.50", "—")
    with pytest.raises(TypeError, match="not money"):
        money(1.5)


def test_days_and_months_are_those_of_the_house_clock():
    assert day(date(2026, 10, 12)) == "2026-10-12(周一)"
    assert day("2026-10-18") == "2026-10-18(周日)"
    assert day(datetime(2026, 10, 12, 16, 30, tzinfo=UTC)) == "2026-10-13(周二)"
    assert (month(date(2026, 10, 12)), month("2026-03"), month(None)) == ("2026年10月", "2026年3月", "—")


def test_there_are_exactly_three_filters_so_nothing_can_be_marked_safe():
    assert set(environment().filters) == {"money", "day", "month"}
    with pytest.raises(TemplateAssertionError, match="safe"):
        environment().from_string("{{ x | safe }}")


@pytest.mark.parametrize("name", EVERY)
def test_every_letter_renders_to_one_line_of_subject_html_and_plain_text(name):
    letter = render(name, EVERY[name])
    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.subject.startswith("【")
    assert letter.html.count(LINK_MARK) == 1
    for words in (letter.html, letter.text):
        assert not any(word in words for word in ("None", "True", "UTC", "+00:00", "{{", "Undefined"))
    assert "<" not in letter.text.replace("a&b<1>.csv", "")


@pytest.mark.parametrize("name", EVERY)
def test_every_variable_is_needed(name):
    """A variable that could be dropped unseen would be one that nobody reads."""
    for missing in EVERY[name]:
        rest = {key: value for key, value in EVERY[name].items() if key != missing}
        with pytest.raises(UndefinedError, match=missing):
            render(name, rest)


def test_every_template_of_the_house_is_tried_here():
    folder = Path(environment().loader.searchpath[0])
    ours = {
        str(path.relative_to(folder)).removesuffix(".html.j2")
        for path in [*folder.glob("*.j2"), *folder.glob("ops/*.j2")]
    }
    assert ours - {"base", "parts", "link"} == {name for name in EVERY if not name.startswith("repairs/")}


def test_a_document_letter_says_things_in_the_order_readers_know():
    text = render("document", DOCUMENT).text
    order = ["供案场经理核对", "应到人数  11", "异常 6 条（以下为前5条）", "安某 缺卡", "请于10-13 17:00前补签",
             "文件校验码 a1b2c3d4", "版次 第1版", "数据截止 2026-10-12", "联系人 人事行政 李某"]  # fmt: skip
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_letter_with_several_files_lists_each_with_its_code():
    files = [["KK-1.pdf", "a1b2c3d4"], ["KK-1.xlsx", "e5f60718"]]
    text = render("document", DOCUMENT | {"files": files}).text
    assert "附件\nKK-1.pdf 文件校验码 a1b2c3d4\nKK-1.xlsx 文件校验码 e5f60718\n" in text
    assert DOCUMENT["file_name"] not in text


def test_a_correction_says_what_it_replaces_why_and_who_asked():
    correction = {"replaces": "2026-10-13 第1版", "reason": "补卡", "asked_by": "王某"}
    letter = render("document", DOCUMENT | {"correction": correction, "revision_text": "第2版(更正)"})
    assert letter.subject.startswith("【更正】【考勤日报】")
    first_line = letter.text.splitlines()[0]
    assert first_line == "更正：本件替代 2026-10-13 第1版。原因：补卡。提出人：王某。请以本版为准。"
    assert "更正" not in render("document", DOCUMENT).subject


def test_what_people_typed_is_escaped_in_the_body_and_plain_in_the_subject():
    letter = render("ops/failure", FAILURE | {"task_name": "<b>核对</b>&\n结果"})
    assert letter.subject == "【失败】每日考勤 2026-10-12 <b>核对</b>& 结果 未完成"
    assert "<b>核对" not in letter.html
    assert "a&amp;b&lt;1&gt;.csv" in letter.html
    assert "文件 a&b<1>.csv 没有“房号”这一列" in letter.text
    assert "打开这次运行 http://127.0.0.1:8080/dags?a=1&b=2" in letter.text


def test_a_failure_is_told_on_the_house_clock_with_one_action():
    assert "时间  2026-10-13 06:01" in render("ops/failure", FAILURE).text


def test_the_briefing_begins_with_a_sentence_and_shows_who_is_waited_for():
    lines = render("ops/briefing", BRIEFING).text.splitlines()
    assert lines[0] == BRIEFING["headline"]
    assert lines[2] == (
        "收费通知  2026年10月  09:00  待审批  2026-10-20 09:00 至 —  497  1,234,567.80  3  待发3  "
        "财务王某，已等2小时  请王某处理"
    )


def test_OPS_24_the_reminder_says_who_waits_since_when_and_that_waiting_approves_nothing():
    text = render("ops/reminder", REMINDER).text
    assert "系统不会因为等待而自动同意" in text
    assert "收费通知  威新国际大厦  2026年10月  待审批  8小时  2026-10-20  本次应缴5,412.25元" in text
    assert "收费通知  国贸大厦  2026年9月  尚未运行  —  2026-09-20  —" in text


def test_the_briefing_is_also_written_when_nothing_ran():
    assert "今天没有应跑的流程。" in render("ops/briefing", BRIEFING | {"runs": [], "problems": []}).text


def test_returned_rows_are_listed_with_what_to_do():
    letter = render("ops/returned_rows", RETURNED)
    assert letter.subject == "【资料退回】punches.csv 退回2行 请于2026-10-14(周三)前重交"
    assert "7  ann,2026-13-01  日期  没有13月  改成真实日期" in letter.text


@pytest.mark.parametrize("count", [0, 120])
def test_a_file_of_which_nothing_was_admitted_goes_back_whole_and_nobody_is_told_otherwise(count):
    counts = {"row_count": count, "admitted_count": 0, "duplicate_count": 0, "returned_count": count}
    letter = render("ops/returned_rows", RETURNED | counts)
    assert letter.subject == "【资料退回】punches.csv 整份退回 请于2026-10-14(周三)前重交"
    assert "没有一行入账" in letter.text and "重交整份文件" in letter.text
    assert "其余各行已入账" not in letter.text and "有 0 行" not in letter.text


def test_a_float_never_reaches_a_letter():
    with pytest.raises(TypeError, match="float"):
        render("document", DOCUMENT | {"figures": [["出勤率", 0.1]]})


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一</p><p>二</p>", "一\n二\n"),
        ("<table><tr><td>a</td><td> b </td></tr><tr><td>c</td></tr></table>", "a  b\nc\n"),
        ("一<br>二", "一\n二\n"),
        ("<ul><li>甲</li><li>乙</li></ul>", "· 甲\n· 乙\n"),
        ('看<a href="http://x/?a=1&amp;b=2">这里</a>吧', "看这里 http://x/?a=1&b=2 吧\n"),
        ('<a href="http://x/">http://x/</a>', "http://x/\n"),
        ("<head><title>标题</title><style>p {}</style></head><body>正文</body>", "正文\n"),
        ("<p>a &lt;b&gt; &amp; c</p>", "a <b> & c\n"),
        ("<p>\n  很  长\n  的句子\n</p>", "很 长 的句子\n"),
    ],
)
def test_html_becomes_plain_words(html, text):
    assert plain_text(html) == text


def test_a_contractor_reads_what_to_do_how_to_dispute_and_no_exceptions():
    letter = render("repairs/letter", CONTRACTOR)
    assert letter.subject == "【维修费用确认】建安公司 2026年10月 3单 12,345.00元 请于2026-11-12前答复"
    assert (
        letter.text.index("书面提出异议") < letter.text.index("按合同专用条款12.3视为确认") < letter.text.index("附件")
    )
    assert "异常" not in letter.text
    assert "异议方式\n逾期未答复的" in render("repairs/statement", CONTRACTOR).text
