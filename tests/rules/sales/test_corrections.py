"""What is corrected between the draft and the issue, and what a trial, a renamed project and a short number do."""

import pytest

from backoffice.database import rows
from tests.drawing import Books
from tests.rules.sales.conftest import (
    MONTHLY,
    WEEKLY,
    counted,
    issue,
    put,
    receive,
    reckon,
    run_of,
    sheet,
    sign,
    units,
    visit,
)


def test_a_receipt_that_moves_to_another_contract_is_another_content_for_finance(house: Books):
    units(house, "101", "102")
    sign(house, "HT-1", "2026-10-05")
    sign(house, "HT-2", "2026-10-06", unit_no="102", phone="13800002222")
    receive(house, "SJ-1", "2026-10-12", "300000", contract_no="HT-1")
    reckon(house, "2026-10", "2026-11-01 08:30")
    house.connection.execute("update sales.receipt set superseded_at = '2026-11-01 18:00' where receipt_no = 'SJ-1'")
    receive(house, "SJ-1", "2026-10-12", "300000", contract_no="HT-2", recorded_at="2026-11-01 18:00")
    reckon(house, "2026-10", "2026-11-02 08:30")
    [result] = house.query("select max(revision) as revision from ops.result where workflow = %(of)s", of=MONTHLY)
    assert result["revision"] == 2, "what was rejected as wrong may be asked about again once it is right"


def test_SAL_20_a_contract_with_two_days_of_signing_is_listed_in_the_period_that_counts_it(house: Books):
    units(house, "101")
    sign(house, "HT-1", "2026-11-03")
    sign(house, "HT-1", "2026-10-30", source="集团")
    for period, known_at, count in (("2026-10", "2026-11-04 08:30", 0), ("2026-11", "2026-12-01 08:30", 1)):
        issue(house, period, known_at)
        assert len(sheet(house, "contracts", period, known_at)) == count
        assert counted(house, period).get("signed_count", "0.00") == f"{count}.00"


def test_a_trial_is_not_measured_by_counts_that_were_taken_back(house: Books):
    visit(house, "LF-1", "2026-10-28 10:00")
    run_id = run_of(house, WEEKLY, "2026-W44", "2026-11-02")
    assert rows(house.connection, "sales/check_results", {"run_id": run_id}) != []
    house.connection.execute("update ops.run set mode = 'trial' where run_id = %s", [run_id])
    assert rows(house.connection, "sales/check_results", {"run_id": run_id}) == []


def test_a_group_keeps_its_name_when_a_project_is_corrected(house: Books):
    house.connection.execute("update sales.project set superseded_at = '2026-11-03' where site_id = 'CB'")
    row = {"site_id": "CB", "project_name": "城北二期", "group_id": "JT", "group_name": "锦城集团"}
    put(house, "sales.project", row | {"opens_on": "2026-01-01", "contact": "1"}, recorded_at="2026-11-03")
    house.connection.execute("update sales.project set superseded_at = '2026-11-03' where site_id = 'CN'")
    row = {"site_id": "CN", "project_name": "城南二期", "group_id": "JT", "group_name": "锦城集团"}
    put(house, "sales.project", row | {"opens_on": "2026-01-01", "contact": "1"}, recorded_at="2026-11-03")
    named = house.query(
        "select site_name from book.place where site_id = 'JT' and recorded_at <= '2026-11-02' "
        "and '2026-11-02' < superseded_at"
    )
    assert [row["site_name"] for row in named] == ["锦城集团"]


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800001111", "138****1111"), ("88881234", "****1234"), ("8888123", "****123"), ("1", "****")],
)
def test_SAL_21_a_number_of_any_length_is_masked(house: Books, phone, masked):
    assert house.query("select sales.masked_phone(%(phone)s) as masked", phone=phone) == [{"masked": masked}]


@pytest.mark.parametrize(
    "remark",
    [
        "请打+8613800001111", "8613800001111", "0086 138-0000-1111", "电话13800001111", "138.0000.1111",
        "138-000-01111",
        "1380-000-1111", "138–0000–1111", "138  0000 1111", "(138)00001111", "0571-00001111", "(0571) 0000 1111",
        "改约13800001111或13900001111",
    ],
)  # fmt: skip
def test_SAL_21_a_telephone_number_in_a_remark_is_masked_in_whatever_spelling(house: Books, remark):
    [row] = house.query("select sales.masked_text(%(remark)s) as masked", remark=remark)
    kept = row["masked"].replace("-", "").replace(".", "").replace(" ", "")
    assert "****" in kept and "0000" not in kept and kept.endswith("1111")


@pytest.mark.parametrize(
    "remark", ["合同QY-YQ-120，2026-10-31到账1,000,000.00元", "3-1201，面积118.50", "第2601号收据"]
)
def test_SAL_21_what_is_no_telephone_number_stays_as_it_is(house: Books, remark):
    assert house.query("select sales.masked_text(%(remark)s) as masked", remark=remark) == [
        {"masked": remark.replace("，", "，")}
    ]
