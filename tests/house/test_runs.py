"""Runs hold their scope alone, know what they may know, and say who asked and why."""

import threading
from datetime import date, timedelta

import pytest

from backoffice import documents, outbox, runs
from backoffice.database import connect
from backoffice.periods import parse
from tests.drawing import Books

SITES = """
    book.site
    site_id | site_name | fined_share_limit
    GM      | 国贸大厦  | 0.5
    HO      | 总部      | 0.5
"""
BOUND = """
    book.site_rule_set
    site_id | rule_set | valid_from
    GM      | guomao   | 2026-01-01
    HO      | office   | 2026-01-01
"""


@pytest.fixture
def office(own_books: Books) -> Books:
    own_books.given(SITES, BOUND)
    own_books.connection.commit()
    return own_books


def ask(books, airflow_run_id, period="2026-10-12", *, running=(), late=None, keeps_cutoffs=False, **changes):
    request = runs.Request(
        **{"workflow": "daily_attendance", "airflow_run_id": airflow_run_id, "period": parse(period), **changes}
    )
    run = runs.hold(
        books.connection,
        request,
        scope_statement="attendance/list_sites",
        late_statement=late,
        keeps_cutoffs=keeps_cutoffs,
        is_running=lambda name: name in running,
    )
    books.connection.commit()
    return run


def result(books, run, site="GM", day="2026-10-12", revision=1, content="a", state="computed"):
    books.connection.execute(
        "insert into ops.result (workflow, site_id, base_on, revision, result_hash, state, hold_reason, run_id, "
        "as_of_on, known_at, row_count, totals) "
        "values ('daily_attendance', %s, %s, %s, %s, %s, %s, %s, %s, clock_timestamp(), 1, "
        "'{\"fine_amount\": 10.00}')",
        [site, day, revision, content, state, "太多" if state == "held" else "", run.run_id, day],
    )
    books.run("ops/stamp_computed", run_id=run.run_id)
    books.connection.commit()


def test_OPS_05_a_second_run_of_the_same_period_is_refused_while_the_first_works(office):
    first = ask(office, "manual-1")
    with pytest.raises(runs.PeriodBusy, match="正在运行"):
        ask(office, "manual-2", running=["manual-1"])
    office.connection.rollback()
    office.expect("ops.run\nairflow_run_id | state\nmanual-1 | running\nmanual-2 | refused")
    runs.guard(office.connection, first.run_id)


def test_OPS_05_ranges_that_overlap_in_one_day_and_site_are_refused_and_others_go_on(office):
    ask(office, "manual-1", "2026-10-01..2026-10-12", sites=["GM"])
    ask(office, "manual-2", "2026-10-12", sites=["HO"], running=["manual-1"])
    ask(office, "manual-3", "2026-10-13", sites=["GM"], running=["manual-1"])
    with pytest.raises(runs.PeriodBusy):
        ask(office, "manual-4", "2026-10-12..2026-10-20", sites=["GM"], running=["manual-1", "manual-3"])


def test_OPS_05_of_two_runs_at_the_same_instant_exactly_one_holds_the_period(own_dsn, office):
    barrier, outcomes = threading.Barrier(6), []

    def race(number):
        with connect(own_dsn) as connection:
            barrier.wait()
            try:
                ask(Books(connection), f"manual-{number}", running=[f"manual-{other}" for other in range(6)])
                outcomes.append("held")
            except runs.PeriodBusy:
                outcomes.append("refused")

    threads = [threading.Thread(target=race, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held"] + ["refused"] * 5


def test_a_holder_that_airflow_calls_finished_is_taken_over_and_may_not_write_any_more(office):
    first = ask(office, "manual-1")
    second = ask(office, "manual-2", running=[])
    runs.guard(office.connection, second.run_id)
    with pytest.raises(runs.RunRefused, match="已被接管"):
        runs.guard(office.connection, first.run_id)
    office.expect("ops.run\nairflow_run_id | state\nmanual-1 | taken_over\nmanual-2 | running")
    office.expect("ops.event\nkind\ntake_over")


def test_a_cleared_run_that_finds_its_period_busy_keeps_the_end_it_had(office):
    first = ask(office, "manual-1")
    result(office, first)
    runs.end(office.connection, first.run_id, "done", "完成")
    ask(office, "manual-2", reason="再跑")
    with pytest.raises(runs.RunRefused):
        ask(office, "manual-1", running=["manual-2"])
    office.connection.rollback()
    office.expect("ops.run\nairflow_run_id | state | note\nmanual-1 | done | 完成\nmanual-2 | running | -")


def test_clearing_a_run_is_refused_after_a_later_one_even_if_that_one_changed_nothing(office):
    first = ask(office, "manual-1")
    result(office, first)
    runs.end(office.connection, first.run_id, "done", "")
    second = ask(office, "manual-2", reason="再跑")
    office.run("ops/stamp_computed", run_id=second.run_id)
    runs.end(office.connection, second.run_id, "unchanged", "")
    with pytest.raises(runs.RunRefused, match="重算"):
        ask(office, "manual-1")


def test_resume_looks_at_every_site_it_would_compute(office):
    first = ask(office, "manual-1", sites=["GM"])
    result(office, first)
    runs.end(office.connection, first.run_id, "done", "")
    second = ask(office, "manual-2", sites=["HO"], reason="总部")
    result(office, second, site="HO")
    runs.end(office.connection, second.run_id, "done", "")
    with pytest.raises(runs.RunRefused, match="续跑会改变结果"):
        ask(office, "manual-3", mode="resume", reason="补完")


def test_a_run_refused_as_busy_leaves_the_new_files_to_the_next_one(office):
    office.connection.execute(
        "insert into ops.landing_file (feed, site_id, file_name, sha256, byte_count, state) "
        "values ('punches', 'GM', 'x.csv', 'x', 1, 'admitted')"
    )
    office.connection.execute("update ops.landing_file set row_count = 1, quarantined_count = 1")
    ask(office, "manual-0", "2026-10-20")
    office.connection.execute("update ops.landing_file set run_id = null")
    office.connection.commit()
    with pytest.raises(runs.PeriodBusy):
        ask(office, "manual-1", "2026-10-20", running=["manual-0"])
    office.connection.rollback()
    office.expect("ops.landing_file\nfile_name | run_id\nx.csv | -")
    third = ask(office, "manual-2", "2026-10-21")
    office.expect(f"ops.landing_file\nrun_id\n{third.run_id}")


def test_a_take_over_waits_for_a_writer_and_the_next_writer_is_refused(own_dsn, office):
    first = ask(office, "manual-1")
    with connect(own_dsn) as writer:
        runs.guard(writer, first.run_id)
        outcome = []
        with connect(own_dsn) as other:
            thread = threading.Thread(target=lambda: outcome.append(ask(Books(other), "manual-2", running=[])))
            thread.start()
            thread.join(timeout=0.5)
            assert not outcome, "the scope was taken over while its holder was writing"
            writer.commit()
            thread.join(timeout=10)
        assert outcome
        with pytest.raises(runs.RunRefused, match="已被接管"):
            runs.guard(writer, first.run_id)


def test_a_retried_task_gets_the_run_and_the_cut_off_it_had_once_results_rest_on_it(office):
    first = ask(office, "manual-1")
    result(office, first)
    again = ask(office, "manual-1")
    assert (again.run_id, again.known_at, again.is_again) == (first.run_id, first.known_at, True)


def test_a_run_that_computed_nothing_yet_may_know_what_arrived_meanwhile(office):
    first = ask(office, "manual-1")
    again = ask(office, "manual-1")
    assert again.run_id == first.run_id and again.known_at > first.known_at


def test_clearing_an_old_run_is_refused_once_a_later_one_computed_otherwise(office):
    first = ask(office, "manual-1")
    result(office, first)
    runs.end(office.connection, first.run_id, "done", "")
    second = ask(office, "manual-2", reason="补打卡")
    result(office, second, revision=2, content="b")
    runs.end(office.connection, second.run_id, "done", "")
    with pytest.raises(runs.RunRefused, match="重算"):
        ask(office, "manual-1")


def test_resume_takes_both_cut_offs_of_the_first_run_and_recompute_takes_new_knowledge(office):
    first = ask(office, "manual-1")
    result(office, first)
    runs.end(office.connection, first.run_id, "failed", "")
    resumed = ask(office, "manual-2", mode="resume", reason="中断后补完")
    assert resumed.known_at == first.known_at
    runs.end(office.connection, resumed.run_id, "done", "")
    recomputed = ask(office, "manual-3", mode="recompute", reason="补打卡")
    assert recomputed.known_at > first.known_at


def test_there_is_nothing_to_resume_where_nothing_ran(office):
    with pytest.raises(runs.RunRefused, match="没有可续跑"):
        ask(office, "manual-1", mode="resume", reason="试试")


def ask_month(books, airflow_run_id, **changes):
    """Ask for October of one site, in a workflow whose first cut-offs stand."""
    return ask(books, airflow_run_id, "2026-10", sites=["GM"], keeps_cutoffs=True, **changes)


def close_october(books, run):
    books.connection.execute(
        "insert into ops.period_close (workflow, site_id, period, closed_at, closed_by, run_id) "
        "values ('daily_attendance', 'GM', '[2026-10-01,2026-11-01)', clock_timestamp(), 'x', %s)",
        [run.run_id],
    )
    books.connection.commit()


def test_BIL_18_the_first_cut_off_of_a_month_stands_even_if_its_run_died_before_it_computed(office):
    first = ask_month(office, "manual-1")
    again = ask_month(office, "manual-1")  # cleared
    resumed = ask_month(office, "manual-2", mode="resume", reason="补完")
    assert again.known_at == resumed.known_at == first.known_at
    assert ask_month(office, "manual-3", mode="recompute", reason="按最新资料").known_at > first.known_at


def test_BIL_18_resuming_goes_on_with_the_cut_off_of_what_stands(office):
    first = ask_month(office, "manual-1")
    result(office, first, day="2026-10-01")
    second = ask_month(office, "manual-2", mode="recompute", reason="按最新资料")
    result(office, second, day="2026-10-01", revision=2, content="b")
    assert ask_month(office, "manual-3", mode="resume", reason="补完").known_at == second.known_at


def test_OPS_21_who_runs_a_computed_month_again_says_how_until_it_is_closed(office):
    first = ask_month(office, "manual-1")
    result(office, first, day="2026-10-01")
    with pytest.raises(runs.RunRefused, match="请在重跑单选择方式：“续跑”"):
        ask_month(office, "manual-2", reason="再跑")
    office.connection.rollback()
    close_october(office, first)
    assert ask_month(office, "manual-3", reason="再跑").mode == "normal", "compared in silence"


def test_OPS_06_a_backfill_resumes_what_is_open_and_mails_nothing_of_what_is_closed(office):
    first = ask_month(office, "manual-1")
    result(office, first, day="2026-10-01")
    assert ask_month(office, "backfill-1", is_backfill=True, reason="回填").mode == "resume"
    close_october(office, first)
    assert ask_month(office, "backfill-2", is_backfill=True, reason="回填").mode == "normal"
    wants = {row["airflow_run_id"]: row["wants_mail"] for row in office.query("select * from ops.run")}
    assert wants == {"manual-1": True, "backfill-1": True, "backfill-2": False}


def test_what_only_goes_on_may_not_change_a_result(office):
    first = ask_month(office, "manual-1")
    result(office, first, day="2026-10-01")
    resumed = ask_month(office, "manual-2", mode="resume", reason="补完")
    office.connection.execute(
        "insert into ops.result (workflow, site_id, base_on, revision, result_hash, run_id, as_of_on, known_at, "
        "row_count) values ('daily_attendance', 'GM', '2026-10-01', 2, 'b', %s, '2026-10-31', clock_timestamp(), 1)",
        [resumed.run_id],
    )
    runs.refuse_changes(office.connection, resumed.run_id, False)
    with pytest.raises(runs.RunRefused, match="国贸大厦 2026-10-01 的结果与先前不同，续跑不能改变结果"):
        runs.refuse_changes(office.connection, resumed.run_id, True)


def test_a_step_that_is_cleared_after_the_end_goes_on_unless_somebody_wrote_since(office):
    first = ask(office, "manual-1")
    result(office, first)
    runs.end(office.connection, first.run_id, "failed", "停在：发布")
    runs.guard(office.connection, first.run_id)
    office.connection.commit()
    office.expect("ops.run\nairflow_run_id | state\nmanual-1 | running")
    runs.end(office.connection, first.run_id, "done", "完成")
    second = ask(office, "manual-2", reason="再跑")
    with pytest.raises(runs.RunRefused, match="不能再写入"):
        runs.guard(office.connection, first.run_id)
    office.connection.rollback()
    result(office, second, revision=2, content="b")
    runs.end(office.connection, second.run_id, "done", "完成")
    with pytest.raises(runs.RunRefused, match="不能再写入"):
        runs.guard(office.connection, first.run_id)
    office.connection.rollback()
    office.expect("ops.run\nairflow_run_id | state | note\nmanual-1 | done | 完成\nmanual-2 | done | 完成")


def test_a_month_whose_day_has_not_come_may_only_be_tried(office):
    far = {"keeps_cutoffs": True, "sites": ["GM"], "as_of_on": date(2199, 10, 20)}
    with pytest.raises(runs.RunRefused, match="还没有到，不能提前运行"):
        ask(office, "manual-1", "2199-10", **far)
    office.connection.rollback()
    assert ask(office, "manual-2", "2199-10", mode="trial", **far).mode == "trial"


def test_a_month_that_speaks_for_its_last_day_may_run_once_that_day_is_over(office):
    today = office.connection.execute("select current_date").fetchone()[0]
    settled = {"keeps_cutoffs": True, "sites": ["GM"], "must_be_over": True}
    with pytest.raises(runs.RunRefused, match="还没有过完，不能提前运行"):
        ask(office, "manual-1", "2026-10-12", as_of_on=today, **settled)
    office.connection.rollback()
    assert ask(office, "manual-2", "2026-10-12", mode="trial", as_of_on=today, **settled).mode == "trial"
    office.connection.rollback()
    assert ask(office, "manual-3", "2026-10-12", as_of_on=today - timedelta(days=1), **settled)


def test_OPS_17_a_rerun_needs_a_reason_and_keeps_who_when_and_why(office):
    first = ask(office, "manual-1", requested_by="admin", reason="")
    result(office, first)
    runs.end(office.connection, first.run_id, "done", "")
    with pytest.raises(runs.RunRefused, match="原因"):
        ask(office, "manual-2", requested_by="admin", reason="  ")
    office.connection.rollback()
    ask(office, "manual-3", requested_by="admin", reason="补交假条")
    office.expect("ops.run\nairflow_run_id | requested_by | reason\nmanual-1 | admin | -\nmanual-3 | admin | 补交假条")


def test_a_trial_holds_nothing_and_is_held_up_by_nothing(office):
    ask(office, "manual-1")
    trial = ask(office, "manual-2", mode="trial", running=["manual-1"])
    runs.guard(office.connection, trial.run_id)
    office.expect("ops.run_scope\nsite_id\nGM\nHO", where="is_live")


def test_a_site_that_does_not_exist_is_named_and_no_site_at_all_is_refused(office):
    with pytest.raises(runs.RunRefused, match="XX"):
        ask(office, "manual-1", sites=["GM", "XX"])
    office.connection.rollback()
    with pytest.raises(runs.RunRefused, match="没有应处理的案场"):
        ask(office, "manual-2", "2020-01-01")


def test_facts_admitted_before_the_cut_off_are_committed_when_the_run_reads(own_dsn, office):
    """The stamp waits for an admission that has taken its time but not yet committed."""
    with connect(own_dsn) as admission:
        admission.execute("select pg_advisory_xact_lock_shared(%s)", [runs.ADMISSION_LOCK])
        recorded_at = admission.execute("select clock_timestamp()").fetchone()[0]
        held = []
        with connect(own_dsn) as other:
            thread = threading.Thread(target=lambda: held.append(ask(Books(other), "manual-1")))
            thread.start()
            thread.join(timeout=0.3)
            assert not held, "the run stamped its cut-off while an admission was open"
            admission.commit()
            thread.join(timeout=10)
        assert held[0].known_at > recorded_at


def test_OPS_08_a_run_of_the_schedule_asks_for_late_days_and_a_manual_one_does_not(office):
    first = ask(office, "scheduled-1", is_scheduled=True)
    result(office, first)
    runs.end(office.connection, first.run_id, "done", "")
    office.given(
        "book.employee\nemployee_id | effective_from | employee_name | site_id | joined_on\n"
        "ann | 2020-01-01 | ann | GM | 2020-01-01",
        recorded_at=str(first.known_at - timedelta(days=1)),
    )
    office.given(
        "attendance.roster\nemployee_id | work_on | shift_code\nann | 2026-10-12 | A",
        recorded_at=str(first.known_at + timedelta(milliseconds=1)),
    )
    office.connection.commit()
    late = "attendance/find_late_days"
    scheduled = ask(office, "scheduled-2", "2026-10-14", is_scheduled=True, late=late)
    office.expect(
        "ops.run_scope\nsite_id | period | cause\nGM | [2026-10-14, 2026-10-15) | asked\n"
        "HO | [2026-10-14, 2026-10-15) | asked\nGM | [2026-10-12, 2026-10-13) | late_facts",
        where=f"run_id = {scheduled.run_id}",
    )
    runs.end(office.connection, scheduled.run_id, "done", "")
    manual = ask(office, "manual-3", "2026-10-15", late=late)
    office.expect("ops.run_scope\ncause\nasked\nasked", where=f"run_id = {manual.run_id}")


def test_a_decision_needs_an_opinion_is_final_and_binds_to_the_content(office):
    run = ask(office, "manual-1")
    result(office, run, state="held")
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    assert document["state"] == "held"
    answer = {"decided_by": "hr", "decided_at": run.known_at}
    with pytest.raises(runs.RunRefused, match="意见必填"):
        documents.decide(office.connection, run.run_id, document, verdict="approved", opinion=" ", **answer)
    documents.decide(office.connection, run.run_id, document, verdict="rejected", opinion="设备坏了", **answer)
    with pytest.raises(runs.RunRefused, match="以先作出的为准"):
        documents.decide(office.connection, run.run_id, document, verdict="approved", opinion="再看", **answer)
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    assert document["state"] == "rejected"
    result(office, run, revision=2, content="b", state="held")
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    assert document["state"] == "held", "another content asks anew"


def test_an_approved_content_passes_in_every_later_run(office):
    run = ask(office, "manual-1")
    result(office, run, state="held")
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    with pytest.raises(runs.RunRefused, match="尚未获得同意"):
        documents.release(office.connection, run.run_id, document, document_kind="daily_attendance", title="考勤日报")
    documents.decide(
        office.connection,
        run.run_id,
        document,
        verdict="approved",
        opinion="已核实",
        decided_by="hr",
        decided_at=run.known_at,
    )
    runs.end(office.connection, run.run_id, "done", "")
    later = ask(office, "manual-2", reason="再跑")
    [document] = documents.plan(office.connection, later.run_id, "daily_attendance")
    assert document["state"] == "new"


def test_a_document_is_issued_once_for_one_content_and_gets_a_revision_for_another(office):
    kind = {"document_kind": "daily_attendance", "title": "考勤日报"}
    run = ask(office, "manual-1")
    result(office, run)
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    first = documents.release(office.connection, run.run_id, document, **kind)
    again = documents.release(office.connection, run.run_id, document, **kind)
    assert (first["is_new"], again["is_new"], again["artifact_id"]) == (True, False, first["artifact_id"])
    result(office, run, revision=2, content="b")
    with pytest.raises(runs.RunRefused, match="又有变化"):
        documents.release(office.connection, run.run_id, document, **kind)
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    documents.release(office.connection, run.run_id, document, **kind)
    office.expect(
        "ops.artifact\nrevision | content_hash\n1 | " + first["content_hash"] + "\n2 | " + document["content_hash"]
    )
    office.expect("ops.result\nrevision | state\n1 | issued\n2 | issued")


def test_a_revision_overtaken_before_it_was_written_is_neither_written_nor_mailed(office, tmp_path):
    from backoffice import artifacts, outbox
    from backoffice.workbook import DocumentChangedError

    kind = {"document_kind": "daily_attendance", "title": "考勤日报"}
    run = ask(office, "manual-1")
    result(office, run)
    [document] = documents.plan(office.connection, run.run_id, "daily_attendance")
    first = documents.release(office.connection, run.run_id, document, **kind)
    outbox.reserve(
        office.connection,
        letter_kind="daily_attendance",
        document_key="x",
        revision=1,
        recipients=[("a@example.cn", "a")],
        artifact_id=first["artifact_id"],
        run_id=run.run_id,
    )
    office.connection.commit()
    runs.end(office.connection, run.run_id, "failed", "")
    later = ask(office, "manual-2", reason="补资料")
    result(office, later, revision=2, content="b")
    with pytest.raises(DocumentChangedError, match="重跑单"):
        artifacts.write(office.connection, first["artifact_id"], lambda *_: None, tmp_path)
    office.connection.rollback()
    [document] = documents.plan(office.connection, later.run_id, "daily_attendance")
    second = documents.release(office.connection, later.run_id, document, **kind)
    assert second["revision"] == 2
    office.expect("ops.outbox\nrevision | state | resolution\n1 | cancelled | 已被新版取代")


def test_the_note_says_period_mode_sums_exceptions_and_state(office):
    from backoffice.summaries import sum_up

    run = ask(office, "manual-1")
    result(office, run)
    words = {"wording": "罚款{fine_amount:,.2f}元", "exception_count": 3}
    summary = sum_up(office.connection, run.run_id, failed_tasks=[], **words)
    assert summary.note == "2026-10-12 | 常规 | 2个案场 罚款10.00元 | 异常3 | 完成(有异常)"
    summary = sum_up(office.connection, run.run_id, failed_tasks=["生成日报"], refusal="磁盘已满", **words)
    assert summary.state == "failed" and "停在：生成日报（磁盘已满）" in summary.note
    runs.end(office.connection, run.run_id, "done", "")
    later = ask(office, "manual-2", reason="再跑")
    assert sum_up(office.connection, later.run_id, failed_tasks=[], **words).state == "unchanged"


def test_the_note_of_a_correction_sums_up_its_own_corrections_and_tells_other_exceptions_apart(office):
    from backoffice.summaries import sum_up

    words = {"wording": "出单{notice_count}户", "exception_count": 1, "failed_tasks": [], "apart_count": 8}
    words |= {"correction": "更正{corrected_count}户 净额{corrected_amount:+,.2f}元"}
    run = ask(office, "manual-1")
    result(office, run)
    office.connection.execute(
        """update ops.result set totals = '{"notice_count": 97, "corrected_count": 2, "corrected_amount": -22.27}'"""
    )
    assert "2个案场 出单97户 | 异常1" in sum_up(office.connection, run.run_id, **words).note, "no correction itself"
    office.connection.execute("update ops.run set mode = 'correct'")
    summary = sum_up(office.connection, run.run_id, **words)
    assert "2个案场 更正2户 净额-22.27元 | 异常1（另有未更正户的异常8）" in summary.note
    runs.end(office.connection, run.run_id, "done", "")
    later = ask(office, "manual-2", reason="再更正")
    office.connection.execute("update ops.run set mode = 'correct' where run_id = %s", [later.run_id])
    # the earlier one is not its own
    assert "更正0户 净额+0.00元" in sum_up(office.connection, later.run_id, **words).note


def test_the_note_counts_a_letter_in_hand_as_not_sent_and_one_that_a_person_knows_of_as_sent(office):
    from backoffice.summaries import sum_up

    run = ask(office, "manual-1")
    result(office, run)
    office.connection.execute(
        "insert into ops.outbox (letter_kind, document_key, revision, recipient, run_id, state, message_id, subject, "
        "body_html) values ('x', 'x', 1, 'x', %s, 'sending', 'x', 'x', 'x')",
        [run.run_id],
    )
    summary = sum_up(office.connection, run.run_id, wording="", exception_count=0, failed_tasks=["发送邮件"])
    assert "邮件待发1" in summary.note
    office.connection.execute("update ops.outbox set state = 'unclear'")
    outbox_id = office.query("select outbox_id from ops.outbox")[0]["outbox_id"]
    outbox.resolve(office.connection, outbox_id, "received", "运维", "收件人来电确认")
    summary = sum_up(office.connection, run.run_id, wording="", exception_count=0, failed_tasks=[])
    assert "邮件已发1" in summary.note


def test_silent_days_of_a_range_are_exceptions_and_a_silent_period_waits(office):
    from backoffice.summaries import sum_up

    run = ask(office, "manual-1", "2026-10-12..2026-10-13", sites=["GM"])
    result(office, run)
    words = {"wording": "", "exception_count": 0, "failed_tasks": []}
    office.given(f"ops.run_gap\nrun_id | site_id | base_on | missing\n{run.run_id} | GM | 2026-10-13 | 打卡资料")
    summary = sum_up(office.connection, run.run_id, **words)
    assert summary.state == "done_with_exceptions" and "国贸大厦 2026-10-13" in summary.note
    office.connection.execute("delete from ops.result")
    assert sum_up(office.connection, run.run_id, **words).state == "awaiting_input"
