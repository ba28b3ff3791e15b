"""The sales of a month through its DAG: a draft, what comes late, finance's word, and what is frozen by it."""

import shutil
import threading
from decimal import Decimal

import pytest

from tests.workflows.conftest import SAMPLE, Office

GROUP_FILES = (
    "案场项目登记",
    "置业顾问名单",
    "制度清单",
    "制度参数",
    "案场适用制度",
    "收件人",
    "审批人名单",
    "销售目标",
)
HEADING = "收据号,合同号,款项,回款金额,到账日期,财务确认人,财务确认日期\n"
AGREED = ("同意", "回款已逐笔核对")


@pytest.fixture
def sites(office: Office) -> Office:
    """An office with the registers of two projects of the sample, both open since August."""
    for name in GROUP_FILES:
        shutil.copy(SAMPLE / f"{name}.csv", office.inbox)
    for site in ("YQ01", "JN01"):
        shutil.copytree(SAMPLE / site, office.inbox / site)
    return office


def bring_receipt(office: Office, site: str, number: str, amount: str, value_on: str) -> None:
    """A receipt of some contract of the project, complete under its own name at once."""
    (office.inbox / site).mkdir(exist_ok=True)
    [contract] = office.query(
        f"select contract_no from sales.contract where site_id = '{site}' and signed_on < '2026-09-01' "
        "and superseded_at = 'infinity' order by contract_no limit 1"
    )
    line = f"{number},{contract['contract_no']},分期,{amount},{value_on},宋若谷,{value_on}\n"
    part = office.inbox / site / f"{number}回款登记.csv.part"
    part.write_text(HEADING + line, encoding="utf-8")
    part.rename(part.with_suffix(""))


def when_drafts_are_out(office: Office, count: int, happens) -> threading.Thread:
    """Something that happens in the world once so many drafts have been mailed."""
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(0.05):
            if len(subjects(office, "初稿")) >= count:
                happens()
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    watcher.stop = is_over.set
    return watcher


def subjects(office: Office, part: str) -> list[str]:
    return [letter["Subject"] for letter in office.post.letters if part in letter["Subject"]]


def files(office: Office, part: str) -> list[str]:
    return sorted(name.rsplit("/", 1)[-1] for name in office.files() if part in name)


def received(office: Office, site: str, base_on: str) -> Decimal:
    [result] = office.query(
        f"""
        select (totals ->> 'received_amount')::numeric as amount from ops.result
        where workflow = 'monthly_sales' and site_id = '{site}' and base_on = '{base_on}'
        order by revision desc limit 1
        """
    )
    return result["amount"]


def test_SAL_13_OPS_09_a_month_is_drafted_completed_rejected_for_one_project_issued_and_frozen(sites: Office):
    office = sites
    asked = {"period": "2026-09", "requested_by": "运维"}

    def answering(question):
        return ("驳回", "缺9月30日一笔回款") if question.startswith("云栖台") else AGREED

    late = when_drafts_are_out(office, 4, lambda: bring_receipt(office, "JN01", "SK-A", "111.11", "2026-09-30"))
    with office.approver(answering=answering) as questions:
        run = office.run("monthly_sales", **asked)
    late.stop()
    late.join()
    states = office.states(run)

    # what came between draft and issue is in the month, and finance was asked about it (SAL-13 a)
    assert states["admit_late"] == "success" and states["settle"] == "success", states
    first = {row["site_id"]: row["hold_reason"] for row in revisions(office, 1)}
    again = {row["site_id"]: row["hold_reason"] for row in revisions(office, 2)}
    assert list(again) == ["GS01", "JN01"], "only what the late receipt changed has a second edition"
    assert again["JN01"] != first["JN01"]
    [of_jn] = [question for question in questions if question.startswith("江南府")]
    assert again["JN01"] in of_jn
    assert files(office, "sales_draft/JN01") == [
        "2026年9月销售月报-江南府-初稿.xlsx",
        "2026年9月销售月报-江南府-初稿第2版.xlsx",
    ]
    assert files(office, "sales_draft/YQ01") == ["2026年9月销售月报-云栖台-初稿.xlsx"]

    # one project is rejected; the other is issued, the group waits for both (OPS-09)
    assert files(office, "sales_monthly/") == ["2026年9月销售月报-江南府-定稿.xlsx"]
    assert office.query("select state from ops.run")[0]["state"] == "rejected"
    assert "已驳回" in office.query("select note from ops.run")[0]["note"]

    # the missing receipt arrives: the project is drawn up anew
    bring_receipt(office, "YQ01", "SK-B", "222.22", "2026-09-30")
    before = received(office, "YQ01", "2026-09-01")
    with office.approver(AGREED) as questions:
        run = office.run("monthly_sales", **asked, mode="重算", reason="补录回款", sites=["YQ01"])
    assert str(run.state) == "success", office.states(run)
    assert len(questions) == 1 and questions[0].startswith("云栖台") and questions[0].people == ("finance",)
    assert received(office, "YQ01", "2026-09-01") == before + Decimal("222.22")
    assert len(files(office, "sales_monthly/")) == 2

    # and the group, whose projects are all issued now, by itself
    run = office.run("monthly_sales", **asked, mode="重算", reason="集团补出", sites=["GS01"])
    assert str(run.state) == "success", office.states(run)
    assert len(files(office, "sales_monthly/")) == 3
    assert len(subjects(office, "【销售月报】云州锦城")) == 2, "finance and the general manager's office"

    # what is known after the issue changes nothing in it: the same comes out, nothing is written or mailed
    bring_receipt(office, "JN01", "SK-C", "333.33", "2026-09-29")
    letters = len(office.post.kept)
    issued, kept = office.files(), frozen(office)
    with office.approver(AGREED) as questions:
        run = office.run("monthly_sales", **asked, mode="重算", reason="看看")
    assert str(run.state) == "success", office.states(run)
    assert questions == [] and len(office.post.kept) == letters
    assert office.query("select state from ops.run order by run_id")[-1]["state"] == "unchanged"
    assert office.files() == issued and frozen(office) == kept

    # a trial of the month that follows says what it would count, waits for nothing and leaves nothing behind
    trial = office.run("monthly_sales", period="2026-10", requested_by="运维", mode="试算", reason="先看")
    assert str(trial.state) == "success", office.states(trial)
    assert office.query("select note from ops.run order by run_id")[-1]["note"].startswith("2026-10 | 试算")
    assert office.files() == issued and len(office.post.kept) == letters

    # it then counts the late receipt by name (SAL-13 b)
    with office.approver(AGREED):
        run = office.run("monthly_sales", period="2026-10", requested_by="运维")
    assert str(run.state) == "success", office.states(run)
    [line] = office.query("select * from sales.late_line where workflow = 'monthly_sales'")
    assert (line["site_id"], line["ref_no"], line["moved_amount"]) == ("JN01", "SK-C", Decimal("333.33"))
    assert str(line["business_on"]) == "2026-09-29" and str(line["base_on"]) == "2026-10-01"


def revisions(office: Office, revision: int) -> list[dict]:
    return office.query(
        f"select site_id, hold_reason from ops.result where workflow = 'monthly_sales' and revision = {revision} "
        "order by site_id"
    )


def frozen(office: Office) -> dict:
    """Row versions of what was issued."""
    tables = (
        "sales.tally",
        "sales.late_line",
        "ops.result",
        "ops.artifact",
        "ops.outbox",
        "ops.decision",
        "ops.period_close",
    )
    versions = office.row_versions()
    return {table: versions[table] for table in tables}
