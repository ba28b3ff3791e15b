"""Rows: admitted, duplicate, superseding or quarantined, always one of them, and said so."""

from datetime import date, timedelta

import pytest

from backoffice.feeds import sign_off
from tests.feeds.conftest import Office

ROSTER = "工号,日期,班次代码\n"


def test_OPS_10_one_bad_row_stops_no_other_and_the_totals_add_up(office: Office):
    rows = [f"{number:04},2026-10-{number % 28 + 1:02},D" for number in range(500)]
    rows[17] = "0017,2026-02-30,D"
    rows[230] = "0230,1100020,D"
    rows[499] = ",2026-10-01,D"
    office.drop("排班.csv", ROSTER + "\n".join(rows))
    report = office.take()
    assert office.totals() == [(500, 0, 497, 0, 0, 3)]
    assert "总行数500=入账497+重复0+更正0+退回3" in report.summary
    office.books.expect("""
        ops.quarantine
        line_no | column_name | reason
        19      | 日期        | “2026-02-30”不是看得懂的日期，或没有这一天
        232     | 日期        | “1100020”不是看得懂的日期，或没有这一天
        501     | 工号        | 没有填
    """)


def test_impossible_and_implausible_punches_go_back_with_a_reason(office: Office):
    office.drop(
        "S1/打卡.csv",
        """
        考勤号,打卡时间
        1,1971--10--29 -23:-59:-53
        2,1999-12-31 23:59:59
        3,2000-01-01 00:00:00
        4,2097-10-21 23:59:59
        5,2097-10-22 00:00:00
        6,2026-10-12
        """,
    )
    office.take(date(2097, 10, 20))  # later than any day on which this is run
    office.books.expect("""
        attendance.punch
        badge_no
        3
        4
    """)
    reasons = office.books.query("select line_no, reason from ops.quarantine order by 1")
    assert [row["line_no"] for row in reasons] == [2, 3, 6, 7]
    assert "早于" in reasons[1]["reason"]
    assert "将来" in reasons[2]["reason"]


def test_duplicates_are_counted_within_a_file_and_across_files(office: Office):
    office.drop("S1/a打卡.csv", "考勤号,打卡时间\n7,2026-10-12 08:00:00\n 7 ,2026/10/12 8:00\n8,2026-10-12 08:00:00")
    office.drop("S1/b打卡.csv", "考勤号,打卡时间\n8,2026-10-12 08:00:00\n9,2026-10-12 08:00:00")
    office.take()
    assert office.totals() == [(3, 0, 2, 1, 0, 0), (2, 0, 1, 1, 0, 0)]
    office.books.expect("""
        attendance.punch
        badge_no | file_id | line_no
        7        | 1       | 2
        8        | 1       | 4
        9        | 2       | 3
    """)


def test_a_later_file_supersedes_and_the_old_row_says_when(office: Office):
    office.drop("a排班.csv", ROSTER + "1,2026-10-12,D\n2,2026-10-12,D\n3,2026-10-12,D")
    office.take()
    office.drop("b排班.csv", ROSTER + "1,2026-10-12,D\n2,2026-10-12,N\n4,2026-10-12,D")
    report = office.take()
    assert office.totals() == [(3, 0, 3, 0, 0, 0), (3, 0, 1, 1, 1, 0)]
    assert "更正1" in report.summary
    (old, new) = office.books.query("""
        select shift_code, recorded_at, nullif(superseded_at, 'infinity') as superseded_at
        from attendance.roster where employee_id = '2' order by recorded_at
    """)
    assert (old["shift_code"], new["shift_code"]) == ("D", "N")
    assert old["superseded_at"] == new["recorded_at"]
    seen = """select employee_id, shift_code from attendance.roster
        where recorded_at <= %(known_at)s and %(known_at)s < superseded_at order by 1"""
    assert [tuple(row.values()) for row in office.books.query(seen, known_at=old["recorded_at"])] == [
        ("1", "D"),
        ("2", "D"),
        ("3", "D"),
    ]
    assert [tuple(row.values()) for row in office.books.query(seen, known_at=new["recorded_at"])] == [
        ("1", "D"),
        ("2", "N"),
        ("3", "D"),
        ("4", "D"),
    ]


def test_a_corrected_row_may_be_corrected_back(office: Office):
    for name, code in (("a", "D"), ("b", "N"), ("c", "D")):
        office.drop(f"{name}排班.csv", f"{ROSTER}1,2026-10-12,{code}\n{name},2026-10-01,D")
        office.take()
    assert office.totals()[2] == (2, 0, 1, 0, 1, 0)
    assert office.books.query(
        "select shift_code from attendance.roster where employee_id = '1' order by recorded_at"
    ) == [{"shift_code": "D"}, {"shift_code": "N"}, {"shift_code": "D"}]


def test_all_rows_of_a_file_become_known_at_one_instant(office: Office):
    office.drop("a排班.csv", ROSTER + "\n".join(f"{n},2026-10-12,D" for n in range(300)))
    office.take()
    assert office.books.query("select count(distinct recorded_at) as n from attendance.roster") == [{"n": 1}]


def test_one_key_with_two_payloads_in_one_file_sends_the_later_line_back_naming_both(office: Office):
    office.drop("排班.csv", ROSTER + "1,2026-10-12,D\n2,2026-10-12,D\n1,2026-10-12,N\n1,2026/10/12,D")
    office.take()
    assert office.totals() == [(4, 0, 2, 1, 0, 1)]
    office.books.expect("""
        ops.quarantine
        line_no | reason                                     | raw
        4       | 与第2行是同一工号、日期，但内容不同        | 1,2026-10-12,N
    """)
    office.books.expect("""
        attendance.roster
        employee_id | shift_code | line_no
        1           | D          | 2
        2           | D          | 3
    """)


def test_ATT_14_a_slip_that_comes_twice_counts_once_and_may_be_mended(office: Office):
    head = "违纪单号,工号,发生日期,事由,金额,当事人签字\n"
    office.drop("违纪a.csv", head + "118,0012,2026-10-12,坐着接待,50.00,否\n118,0012,2026-10-12,坐着接待,50.00,否")
    office.take()
    office.drop("违纪b.csv", head + "118,0012,2026-10-12,坐着接待,50,有")
    office.take()
    assert office.totals() == [(2, 0, 1, 1, 0, 0), (1, 0, 0, 0, 1, 0)]
    office.books.expect(
        """
        attendance.conduct_slip
        slip_no | amount | is_signed
        118     | 50.00  | yes
        """,
        where="superseded_at = 'infinity'",
    )


def test_spellings_of_choices_are_folded_and_others_named(office: Office):
    office.drop(
        "请假.csv",
        """
        假条号,工号,请假类型,开始时间,结束时间,状态
        1,0012,年假,2026-10-12 09:00,2026-10-12 18:00,同意
        2,0012,病,2026-10-13 09:00,2026-10-13 18:00,已撤销
        3,0012,郊游,2026-10-14 09:00,2026-10-14 18:00,同意
        4,0012,事假,2026-10-14 18:00,2026-10-14 09:00,同意
        """,
    )
    office.take()
    office.books.expect("""
        attendance.leave
        slip_no | leave_type | status
        1       | 年休假     | 批准
        2       | 病假       | 撤销
    """)
    office.books.expect("""
        ops.quarantine
        line_no | column_name | reason
        4       | 请假类型    | “郊游”不在可填的内容里
        5       | 结束时间    | 结束时间不晚于开始时间
    """)


def test_the_folder_is_the_site_and_a_row_that_says_otherwise_goes_back(office: Office):
    office.drop(
        "S1/打卡.csv", "案场编号,考勤号,打卡时间\n,7,2026-10-12 08:00\nS1,8,2026-10-12 08:00\nS2,9,2026-10-12 08:00"
    )
    office.drop("打卡.csv", "案场编号,考勤号,打卡时间\nS2,7,2026-10-12 08:00\n,8,2026-10-12 08:00")
    office.take()
    office.books.expect("""
        attendance.punch
        site_id | badge_no
        S1      | 7
        S1      | 8
        S2      | 7
    """)
    office.books.expect("""
        ops.quarantine
        line_no | column_name | reason
        4       | 案场编号    | “S2”与所在文件夹（S1）不一致
        3       | 案场编号    | 没有填
    """)


def test_an_empty_cell_takes_what_stands_in_for_it(office: Office):
    office.drop(
        "花名册.csv",
        "工号,姓名,案场编号,入职日期,生效日期,离职日期\n1,甲,S1,2026-01-05,,--\n2,乙,S1,2026-01-05,2026-03-01,",
    )
    office.take()
    office.books.expect("""
        book.employee
        employee_id | effective_from | left_on
        1           | 2026-01-05     | -
        2           | 2026-03-01     | -
    """)


# Rules over several rows --------------------------------------------------------------------------------------------

RULES = "制度编号,参数,生效日期,失效日期,规则编号,取值,条款原文\n"


def rule(valid_from: str, valid_to: str = "", value: str = "30", parameter: str = "late_limit_minutes") -> str:
    """One line of a rule file."""
    return f"guomao,{parameter},{valid_from},{valid_to},GM-A2,{value},迟到三十分钟以内\n"


def refusal(office: Office) -> str:
    """Land and admit; the words of the one refusal."""
    office.land()
    report = office.admit()
    assert len(report.refused) == 1, report.summary
    return report.refused[0].message


def test_OPS_25_versions_that_follow_each_other_day_by_day_are_taken(office: Office):
    office.drop("rules.csv", RULES + rule("2026-01-01", "2026-10-31") + rule("2026-11-01", "", "15"))
    office.take()
    assert office.totals() == [(2, 0, 2, 0, 0, 0)]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (("2026-01-01", "2026-11-01"), ("2026-11-01",), "重叠"),
        (("2026-01-01",), ("2026-11-01",), "重叠"),
        (("2026-01-01", "2026-10-30"), ("2026-11-01",), "空档"),
    ],
)
def test_OPS_25_overlaps_and_gaps_of_a_rule_are_refused_with_the_line(office: Office, first, second, said: str):
    office.drop("rules.csv", RULES + rule(*first) + rule(*second))
    message = refusal(office)
    assert "第3行" in message
    assert said in message
    assert "失效日期应填 2026-10-31" in message
    assert office.books.query("select count(*) as n from book.rule") == [{"n": 0}]


def test_OPS_25_an_overlap_with_what_is_known_is_refused_and_the_known_stays(office: Office):
    office.drop("a_rules.csv", RULES)  # not a name of the feed: stays
    office.drop("rules1.csv", RULES + rule("2026-01-01"))
    office.take()
    office.drop("rules2.csv", RULES + rule("2026-11-01", "", "15"))
    assert "重叠" in refusal(office)
    office.books.expect("""
        book.rule
        valid_from | valid_to | value
        2026-01-01 | -        | 30
    """)
    office.drop("rules3.csv", RULES + rule("2026-01-01", "2026-10-31") + rule("2026-11-01", "", "15"))
    office.take()
    assert office.totals()[-1] == (2, 0, 1, 0, 1, 0)


@pytest.mark.parametrize(
    ("parameter", "value", "said"),
    [("late_limit", "30", "不认识参数“late_limit”"), ("late_limit_minutes", "半小时", "“半小时”不能用"),
     ("seconds_mode", "floor", "“floor”不能用"), ("is_in_required", "随便", "“随便”不能用"),
     ("late_fine_amount", "-1", "“-1”不能用")],
)  # fmt: skip
def test_OPS_25_a_rule_that_nothing_can_be_judged_by_is_refused(office: Office, parameter: str, value: str, said: str):
    office.drop("rules.csv", RULES + rule("2026-01-01", "", value, parameter))
    assert said in refusal(office)


def test_a_refused_file_is_listed_row_by_row_and_may_come_again(office: Office):
    office.drop("rules.csv", RULES + rule("2026-01-01") + rule("2026-11-01"))
    refusal(office)
    (state,) = office.books.query("select state, row_count, quarantined_count from ops.landing_file")
    assert state == {"state": "refused", "row_count": 2, "quarantined_count": 2}
    (row,) = returned_rows(office, 1)
    assert (row["line_no"], row["effect"]) == (3, "整份文件没有入账")
    office.drop("rules.csv", RULES + rule("2026-01-01") + rule("2026-11-01"))
    assert len(office.land().landed) == 1


def test_two_rule_sets_of_equal_rank_may_not_hold_at_a_site_at_once(office: Office):
    office.drop("rule_sets.csv", "制度编号,制度名称,优先级\nguomao,国贸,10\nyijing,易景,10\nmanual,手册,20")
    office.take()
    head = "案场编号,制度编号,生效日期,失效日期\n"
    office.drop(
        "site_rule_sets1.csv", head + "S1,guomao,2026-01-01,2026-06-30\nS1,yijing,2026-07-01,\nS1,manual,2026-01-01,"
    )
    office.take()
    office.drop("site_rule_sets2.csv", head + "S1,guomao,2026-07-01,")
    assert "同时适用 yijing 和 guomao" in refusal(office)
    office.drop("site_rule_sets3.csv", head + "S1,unheard,2026-07-01,")
    assert "制度 unheard 没有登记" in refusal(office)


def test_a_shift_may_not_have_two_versions_on_one_day(office: Office):
    head = "案场编号,班次代码,班次名称,生效日期,失效日期,上班时间,下班时间\n"
    office.drop("班次1.csv", head + "S1,D,白班,2026-01-01,2026-06-30,08:30,18:00\nS1,D,白班,2026-07-01,,09:00,18:00")
    office.take()
    office.drop("班次2.csv", head + "S1,D,白班,2026-06-30,2026-06-30,08:00,18:00")
    assert "两个版本重叠" in refusal(office)


def test_one_badge_may_not_belong_to_two_people_of_a_site_at_once(office: Office):
    head = "工号,姓名,案场编号,考勤号,入职日期,离职日期\n"
    office.drop("花名册1.csv", head + "1,甲,S1,7,2026-01-05,2026-06-30\n2,乙,S1,7,2026-07-01,\n3,丙,S2,7,2026-01-05,")
    office.take()
    office.drop("花名册2.csv", head + "4,丁,S1,7,2026-09-01,")
    assert "考勤号 7 同时属于工号 2 和 4" in refusal(office)


# Back to the sender ---------------------------------------------------------------------------------------------------


def returned_rows(office: Office, file_id: int) -> list[dict]:
    """The 资料退回表 of a file."""
    from backoffice.database import rows

    return rows(office.books.connection, "feeds/sheet_returned_rows", {"file_id": file_id})


def test_the_return_sheet_says_line_column_reason_advice_effect_and_deadline(office: Office):
    office.drop("排班.csv", ROSTER + "1,2026-10-12,D\n0012,2026-02-30,D")
    report = office.take()
    (head,) = report.returned
    assert (head.file_name, head.row_count, head.admitted_count, head.quarantined_count) == ("排班.csv", 2, 1, 1)
    (row,) = returned_rows(office, head.file_id)
    assert row["raw"] == "0012,2026-02-30,D"
    assert row["line_no"] == 3
    assert row["column_name"] == "日期"
    assert row["advice"] == "请写成 2026-10-03 这样的日期"
    assert row["effect"] == "工号0012 日期2026-02-30 这一天的排班没有入账，当天考勤无法判定"
    # the sender is given time from the day the file came in, though the run is about 20 October
    assert row["resend_on"] == head.received_at.date() + timedelta(days=1)
    assert row["state"] == "未处理"


def test_a_mended_row_is_shown_as_mended_and_still_signed_by_a_person(office: Office):
    head = "违纪单号,工号,发生日期,事由,金额,当事人签字\n"
    office.drop("违纪a.csv", head + "118,0012,2026-10-12,坐着接待,五十,否\n119,0012,2026-10-12,坐着接待,六十,否")
    office.take()
    office.drop("违纪b.csv", head + "118,0012,2026-10-12,坐着接待,50,否")
    office.take()
    mended, other = returned_rows(office, 1)
    assert (mended["state"], other["state"]) == ("已补正，待签字", "未处理")
    sign_off(office.books.connection, mended["quarantine_id"], "王会计", "已补正")
    mended, other = returned_rows(office, 1)
    assert (mended["state"], mended["signed_off_by"], mended["opinion"]) == ("已签字", "王会计", "已补正")
    from backoffice.database import rows

    still_open = rows(office.books.connection, "feeds/sheet_open_quarantine", {"site_id": None})
    assert [row["quarantine_id"] for row in still_open] == [other["quarantine_id"]]


@pytest.mark.parametrize(("by", "opinion"), [("王会计", ""), ("王会计", " 阅 "), ("", "已补正")])
def test_nobody_signs_without_a_name_and_an_opinion(office: Office, by: str, opinion: str):
    office.drop("排班.csv", ROSTER + "1,2026-02-30,D")
    office.take()
    with pytest.raises(ValueError, match="签字须写明"):
        sign_off(office.books.connection, 1, by, opinion)
    assert office.books.query("select state from ops.quarantine") == [{"state": "open"}]


def test_a_row_is_signed_once(office: Office):
    office.drop("排班.csv", ROSTER + "1,2026-02-30,D")
    office.take()
    sign_off(office.books.connection, 1, "王会计", "重复的行")
    with pytest.raises(ValueError, match="已经签字"):
        sign_off(office.books.connection, 1, "李会计", "不同意见")


def test_a_month_file_landed_for_a_run_about_one_of_its_days_is_admitted_whole(office: Office):
    """What is in the future is told by the day of admission, not by the day that the run happens to be about."""
    office.drop("S1/打卡.csv", "考勤号,打卡时间\n1,2026-10-12 08:00\n1,2026-10-31 08:00")
    office.take(date(2026, 10, 12))
    office.books.expect("ops.landing_file\nadmitted_count | quarantined_count\n2 | 0")
