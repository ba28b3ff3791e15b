"""Registers that wages rest on: what is taken, what goes back with its words, and what nobody else may read."""

import pytest

from backoffice import returning
from tests.feeds.conftest import Office
from tests.feeds.test_fee_feeds import advice, sent_back

SITES = """
    案场编号,案场名称,城市,未登记人员照常出表
    S1,甲案场,云州,否
    S2,乙案场,江州,否
    ZK,打卡机直连,云州,是
"""
PEOPLE = """
    工号,姓名,案场编号,部门,入职日期,生效日期
    1,甲,S1,销售一组,2026-01-01,
    2,乙,S1,销售二组,2026-01-01,
    3,丙,S2,客服组,2026-01-01,
    2,乙,S2,客服组,2026-01-01,2026-10-16
"""
SHIFTS = """
    案场编号,班次代码,班次名称,上班时间,下班时间,休息开始,休息结束,两段班,巡查岗,生效日期,失效日期
    S1,A,两段班,08:30,18:00,12:00,14:30,是,否,2026-01-01,
    S1,K,开盘班,07:30,20:00,12:00,13:00,否,否,2026-01-01,2026-10-25
"""
SLIPS = """
    单号,工号,日期,事由,签字
    W1,1,2026-10-12,前台坐着接待客户,是
"""
MEETINGS = """
    案场编号,编号,类型,名称,开始时间,结束时间
    S1,M1,例会,周一例会,2026-10-12 08:40,2026-10-12 09:20
"""
TIMETABLE = "案场编号,开始日期,结束日期,原班次,岗位,临时班次,原因,批准人"
SWAP = "换班单号,类型,申请人工号,对方工号,换班日期,对方日期,申请时间,申请人签字,对方签字,批准人,状态,间隔不足特批"
ATTENDEE = "会议编号,工号,签到时间,离开时间,是否准假"
OVERTIME = "加班单号,工号,加班日期,开始时间,结束时间,状态,补偿方式"
RULING = "认定单号,工号,考勤日期,认定结果,理由,批准人,签字日期"
WAIVER = "减免单号,工号,发生日,罚款类型,违纪单号,减免金额,减免原因,批准人,批准日期,状态"
WAGE = "工号,月份,月工资标准,应发工资"
LIMIT = "地区,生效日期,失效日期,扣款方式,最低工资,扣款上限,依据"


@pytest.fixture
def site(office: Office) -> Office:
    """An office that knows three sites, three people, two shifts, a conduct slip and a meeting."""
    for name, content in (
        ("案场登记表", SITES),
        ("花名册", PEOPLE),
        ("班次表", SHIFTS),
        ("违纪单", SLIPS),
        ("会议培训安排", MEETINGS),
    ):
        office.drop(f"{name}.csv", content)
    office.take()
    assert sent_back(office) == []
    return office


def bring(office: Office, name: str, heading: str, *lines: str) -> None:
    """Bring lines in one file of their own."""
    office.drop(f"{name}{len(office.totals())}.csv", "\n".join([heading, *lines]))
    office.take()


#: a good line of each register, as a site would write it, and the table that takes it
GOOD = {
    "临时作息": (TIMETABLE, "S1,2026-10-17,2026-10-18,,,K,开盘,甲总", "timetable_change"),
    "换班登记": (SWAP, "H1,互换班次,1,2,2026-10-12,,2026-10-10 09:00,√,√,甲总,同意,", "swap"),
    "查岗记录": ("工号,查岗时间,结果,查岗人,情况", "1,2026-10-12 15:10,脱岗,甲总,工位无人", "spot_check"),
    "会议培训签到": (ATTENDEE, "M1,1,,,", "gathering_attendee"),
    "工作小结": ("案场编号,组别,日期,提交时间,归档人", "S1,销售一组,2026-10-12,2026-10-12 18:20,丁", "work_summary"),
    "接待轮位登记": (
        "案场编号,工号,时间,客户,客户类型,结果",
        "S1,1,2026-10-12 09:15,王先生,老客,推托",
        "reception",
    ),
    "加班单": (OVERTIME, "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:30,同意,补休", "overtime"),
    "考勤认定单": (RULING, "R1,1,2026-10-12,正常,当日主持开盘，有照片,甲总,2026-10-13", "day_ruling"),
    "表扬单": ("单号,工号,日期,事由,奖金,开单人", "B1,1,2026-10-12,拾金不昧,,甲总", "praise"),
    "罚款减免单": (WAIVER, "F1,1,2026-10-12,违纪,W1,,首次,甲总,2026-10-13,批准", "fine_waiver"),
    "罚款执行登记": (
        "执行单号,工号,罚款月份,决定,金额,确认人,确认日期",
        "Z1,1,2026年9月,确认,,丁,2026-10-12",
        "fine_execution",
    ),
    "工资标准": (WAGE, "1,2026-10,3050,", "wage"),
    "工资扣款参数": (LIMIT, "云州,2026-01-01,,限额,2490,20%,江苏省工资支付条例", "wage_limit"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_good_line_of_each_register_is_taken(site: Office, name: str):
    heading, line, table = GOOD[name]
    bring(site, name, heading, line)
    assert site.totals()[-1] == (1, 0, 1, 0, 0, 0)
    assert site.books.query(f"select count(*) as n from attendance.{table}") == [{"n": 1}]


@pytest.mark.parametrize(
    "name", [name for name, (heading, _, _) in GOOD.items() if "工号" in heading and name != "换班登记"]
)
def test_ATT_20_a_line_about_a_number_that_is_not_on_the_roll_goes_back(site: Office, name: str):
    heading, line, _ = GOOD[name]
    place = heading.split(",").index("工号")
    cells = line.split(",")
    bring(site, name, heading, ",".join([*cells[:place], "99", *cells[place + 1 :]]))
    [(_, column, reason)] = sent_back(site)
    assert (column, reason) == ("工号", "花名册里没有工号“99”")
    assert "员工花名册" in advice(site)


def test_where_unknown_badges_are_people_their_numbers_are_known(site: Office):
    bring(
        site,
        "查岗记录",
        "工号,查岗时间,结果,查岗人",
        "ZK-583,2026-10-12 15:10,在岗,甲总",
        "S1-9,2026-10-12 15:10,在岗,甲总",
    )
    assert [reason for _, _, reason in sent_back(site)] == ["花名册里没有工号“S1-9”"]


@pytest.mark.parametrize(
    ("name", "old", "new", "column", "said"),
    [
        ("换班登记", "1,2,", "1,98,", "对方工号", "花名册里没有工号“98”"),
        ("换班登记", "1,2,", "98,2,", "申请人工号", "花名册里没有工号“98”"),
        ("换班登记", "1,2,", "1,3,", "对方工号", "2026-10-12 1在案场S1，3在案场S2，不能换班"),
        # 2 moves to S2 on the 16th
        ("换班登记", "2026-10-12,,", "2026-10-12,2026-10-16,", "对方工号", "2026-10-16 1在案场S1，2在案场S2，不能换班"),
        ("临时作息", ",K,", ",X,", "临时班次代码", "案场S1在 2026-10-17 没有班次“X”"),
        ("临时作息", "2026-10-18,,", "2026-10-18,B,", "原班次代码", "案场S1在 2026-10-17 没有班次“B”"),
        # K is no shift any more on the 26th
        ("临时作息", "2026-10-18", "2026-10-26", "临时班次代码", "案场S1在 2026-10-17 没有班次“K”"),
        ("会议培训签到", "M1", "M9", "会议编号", "没有登记会议（培训）“M9”"),
        ("工作小结", "销售一组", "策划组", "组别", "案场S1的花名册里没有组别“策划组”"),
        ("罚款减免单", "W1", "W9", "违纪单号", "没有登记违纪单“W9”"),
        ("罚款减免单", "F1,1", "F1,2", "违纪单号", "违纪单W1是工号1的，不是2的"),
        ("罚款减免单", "2026-10-12,违纪", "2026-10-11,违纪", "违纪单号",
            "违纪单W1的发生日是2026-10-12，不是2026-10-11"),
        ("罚款减免单", "违纪,W1", "违纪,", "违纪单号", "减免违纪单的罚款，没有写是哪一张"),
        ("工资扣款参数", "云州", "云州市", "地区", "没有案场在地区“云州市”"),
        ("考勤认定单", "当日主持开盘，有照片", "同意", "理由", "“同意”不是理由"),
        ("考勤认定单", "2026-10-13", "2026-10-11", "签字日期", "签字日期早于考勤日期"),
        ("加班单", "2026-10-12,2026-10-12 18:00", "2026-10-13,2026-10-12 18:00", "加班日期",
            "加班日期与开始时间不是同一班"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_right_goes_back_named(
    site: Office, name: str, old: str, new: str, column: str, said: str
):
    heading, line, _ = GOOD[name]
    assert line.count(old) == 1
    bring(site, name, heading, line.replace(old, new))
    assert [(heading, reason) for _, heading, reason in sent_back(site)] == [(column, said)]


def test_a_line_that_went_back_is_taken_once_its_meeting_is_known(site: Office):
    late = "M2,1,2026-10-13 09:05,,"
    bring(site, "会议培训签到", ATTENDEE, late)
    assert len(sent_back(site)) == 1
    heading = "案场编号,编号,类型,名称,开始时间,结束时间"
    bring(site, "会议培训安排", heading, "S1,M2,培训,礼仪,2026-10-13 09:00,2026-10-13 10:00")
    bring(site, "会议培训签到", ATTENDEE, "M1,1,2026-10-12 08:45,,", late)
    assert site.totals()[-1] == (2, 0, 2, 0, 0, 0)
    assert site.books.query("select mended_line_no from ops.quarantine") == [{"mended_line_no": 3}]


def test_meetings_of_the_sales_register_and_of_attendance_do_not_mix(site: Office):
    bring(site, "会议培训签到", ATTENDEE, "M1,1,2026-10-12 08:45,,")
    assert site.books.query("select gathering_no from attendance.gathering_attendee") == [{"gathering_no": "M1"}]
    assert site.books.query("select count(*) as n from sales.training") == [{"n": 0}]


@pytest.mark.parametrize(
    ("name", "heading", "first", "second", "said"),
    [
        ("临时作息", TIMETABLE, "S1,2026-10-17,2026-10-18,A,,K,,甲", "S1,2026-10-18,,A,,K,,甲", "临时作息重叠"),
        ("临时作息", TIMETABLE, "S1,2026-10-17,2026-10-18,A,,K,,甲", "S1,2026-10-19,,A,,K,,甲", None),
        ("临时作息", TIMETABLE, "S1,2026-10-17,2026-10-18,A,,K,,甲", "S1,2026-10-18,,A,置业顾问,K,,甲", None),
        ("临时作息", TIMETABLE, "S1,2026-10-18,,A,,K,,甲", "S1,2026-10-17,2026-10-18,A,,K,,甲", "临时作息重叠"),
        ("临时作息", TIMETABLE, "S1,2026-10-18,,A,,K,,甲", "S1,2026-10-16,2026-10-17,A,,K,,甲", None),
        ("工资扣款参数", LIMIT, "云州,2026-01-01,,待确认,,,x", "云州,2026-07-01,,待确认,,,x", "云州：2026-07-01起与"),
        ("工资扣款参数", LIMIT, "云州,2026-07-01,,待确认,,,x", "云州,2026-01-01,2026-07-01,待确认,,,x", "重叠"),
        ("工资扣款参数", LIMIT, "云州,2026-01-01,2026-06-30,待确认,,,x", "云州,2026-07-01,,待确认,,,x", None),
        ("工资扣款参数", LIMIT, "云州,2026-01-01,2026-07-01,待确认,,,x", "云州,2026-07-01,,待确认,,,x", "重叠"),
        ("工资扣款参数", LIMIT, "云州,2026-01-01,,待确认,,,x", "江州,2026-07-01,,待确认,,,x", None),
        (
            "加班单", OVERTIME,
            "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,批准,调休",
            "J2,1,2026-10-12,2026-10-12 19:59,2026-10-12 21:00,批准,调休", "时间重叠",
        ),
        (
            "加班单", OVERTIME,
            "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,批准,调休",
            "J2,1,2026-10-12,2026-10-12 20:00,2026-10-12 21:00,批准,调休", None,
        ),
        (
            "加班单", OVERTIME,
            "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,未批准,调休",
            "J2,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,批准,调休", None,
        ),
        (
            "加班单", OVERTIME,
            "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,批准,调休",
            "J2,2,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,批准,调休", None,
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_one_file", [True, False])
def test_of_two_lines_for_one_time_the_later_goes_back(site: Office, name, heading, first, second, said, in_one_file):
    if in_one_file:
        bring(site, name, heading, first, second)
    else:
        bring(site, name, heading, first)
        bring(site, name, heading, second)
    found = sent_back(site)
    assert [said in reason for _, _, reason in found] == ([True] if said else [])
    assert sum(total[5] for total in site.totals()) == len(found)


def test_ATT_21_a_corrected_slip_does_not_stand_in_its_own_way(site: Office):
    bring(site, "加班单", OVERTIME, "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 20:00,批准,调休")
    bring(site, "加班单", OVERTIME, "J1,1,2026-10-12,2026-10-12 18:00,2026-10-12 19:00,批准,调休")
    assert site.totals()[-1] == (1, 0, 0, 0, 1, 0)


def test_the_hours_of_two_spells_and_of_a_patrol_are_shifts(site: Office):
    found = site.books.query("select shift_code, is_split, is_patrol from attendance.shift order by 1")
    assert [tuple(row.values()) for row in found] == [("A", True, False), ("K", False, False)]
    bring(
        site,
        "班次表",
        "案场编号,班次代码,班次名称,上班时间,下班时间,是否巡查,生效日期",
        "S2,P,主管,09:00,17:00,是,2026-01-01",
    )
    assert site.books.query("select is_patrol from attendance.shift where shift_code = 'P'") == [{"is_patrol": True}]


def test_an_outing_for_lunch_and_a_private_one_with_its_slip_are_told_apart(site: Office):
    heading = "工号,外出时间,返回时间,外出类型,批准人,批准人级别,假条号"
    lines = (
        "1,2026-10-12 12:00,2026-10-12 12:45,午餐,,,",
        "1,2026-10-13 15:00,2026-10-13 16:00,因私,甲总,销售部经理,Y1",
    )
    bring(site, "外出登记", heading, *lines)
    found = site.books.query("select outing_kind, approver_level, slip_no from attendance.outing order by out_at")
    assert [tuple(row.values()) for row in found] == [("用餐", None, None), ("因私", "销售部经理", "Y1")]


def test_when_somebody_reported_back_and_when_the_supervisor_was_told_is_read(site: Office):
    heading = "假条号,工号,请假类型,开始时间,结束时间,销假时间,告知时间,状态"
    bring(
        site, "请假登记", heading, "Q1,1,病假,2026-10-12 08:30,2026-10-12 18:00,2026-10-13 08:20,2026-10-12 08:05,批准"
    )
    found = site.books.query(
        """select to_char(reported_back_at, 'DD HH24:MI') as back, to_char(told_at, 'DD HH24:MI') as told
        from attendance.leave"""
    )
    assert found == [{"back": "13 08:20", "told": "12 08:05"}]


# Wages --------------------------------------------------------------------------------------------------


def test_what_goes_back_of_wages_shows_no_amount_anywhere(site: Office):
    bring(
        site,
        "工资标准",
        WAGE,
        "1,2026-10,八千六,",
        "2,2026-10,8600,-8601",
        "1,2026-11,8602,",
        "1,2026-11,8603,",
        "99,2026-10,8604,",
    )
    assert site.totals()[-1] == (5, 0, 1, 0, 0, 4)
    found = site.books.query("select * from ops.quarantine order by line_no")
    assert not [row for row in found if "86" in f"{row['raw']}{row['reason']}{row['effect']}" or "八千" in str(row)]
    assert {row["raw"] for row in found} == {"（保密资料，原内容请按行号查报送的文件）"}
    # line and column are enough for whoever has the file
    assert [(row["line_no"], row["column_name"]) for row in found] == [
        (2, "月工资标准"), (3, "应发工资"), (5, "工号"), (6, "工号"),
    ]  # fmt: skip


def test_a_bad_line_of_another_register_is_shown_as_it_came(site: Office):
    bring(site, "表扬单", "单号,工号,日期,事由,奖金,开单人", "B1,1,2026-10-12,拾金不昧,八千六,甲总")
    [row] = site.books.query("select raw, reason from ops.quarantine")
    assert "八千六" in row["raw"] and "八千六" in row["reason"]


def test_what_goes_back_of_wages_is_told_to_payroll_and_nobody_else(site: Office):
    lines = (
        "returned_rows,*,clerk@example.com,资料员,2026-01-01",
        "payroll_import,*,payroll@example.com,薪酬专员,2026-01-01",
    )
    bring(site, "收件人", "单据,案场编号,邮箱,收件人,生效日期", *lines)
    bring(site, "工资标准", WAGE, "1,2026-10,八千六,")
    bring(site, "表扬单", GOOD["表扬单"][0], "B1,99,2026-10-12,拾金不昧,,甲总")
    [run] = site.books.query(
        """
        insert into ops.run (workflow, airflow_run_id, period, mode, as_of_on, known_at, requested_by, wants_mail)
        values ('daily_attendance', 'wages', '[2026-10-20,2026-10-21)', 'normal', '2026-10-20', now(), 'x', true)
        returning run_id
        """
    )
    site.books.connection.execute(
        "update ops.landing_file set run_id = %s where quarantined_count > 0", [run["run_id"]]
    )
    assert len(returning.register(site.books.connection, run["run_id"])) == 2
    told = site.books.query(
        """
        select landing_file.feed, outbox.recipient
        from ops.outbox
        inner join ops.artifact on outbox.artifact_id = artifact.artifact_id
        inner join ops.landing_file on artifact.content_hash = landing_file.sha256
        order by landing_file.file_id
        """
    )
    assert [tuple(row.values()) for row in told] == [("wages", "payroll@example.com"), ("praises", "clerk@example.com")]
