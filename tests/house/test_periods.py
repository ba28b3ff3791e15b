"""A period is asked once, by one parser, and never taken from the clock."""

from datetime import date

import pytest

from backoffice.periods import Period, PeriodRefused, parse, resolve


@pytest.mark.parametrize(
    ("text", "starts_on", "last_on"),
    [
        ("2026-10-12", date(2026, 10, 12), date(2026, 10, 12)),
        ("2026-10-2", date(2026, 10, 2), date(2026, 10, 2)),
        ("2026/10/12", date(2026, 10, 12), date(2026, 10, 12)),
        ("2026年10月12日", date(2026, 10, 12), date(2026, 10, 12)),
        ("2026-3", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2026-W44-1", date(2026, 10, 26), date(2026, 11, 1)),
        ("2026-10-01..2026-10-31", date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-09..2026-10", date(2026, 9, 1), date(2026, 10, 31)),
    ],
)
def test_a_period_is_read_in_every_spelling(text, starts_on, last_on):
    period = parse(text)
    assert (period.starts_on, period.last_on) == (starts_on, last_on)
    assert parse(period.key) == period


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "0", "13", "2026-02-30", "今天", "2026-W54", "2026-10-05..2026-10-01", "2026"]
)
def test_what_is_no_period_is_refused_with_an_example(text):
    with pytest.raises(PeriodRefused, match="2026-10-12"):
        parse(text)


def test_OPS_04_a_run_without_a_period_is_refused_and_never_means_today():
    for nothing in (None, "", "  "):
        with pytest.raises(PeriodRefused, match="没有指定期间"):
            resolve(nothing, None)


def test_OPS_02_OPS_03_the_period_is_the_partition_key_not_an_interval_of_the_clock():
    assert resolve(None, "2026-11").key == "2026-11"
    assert resolve(None, "2026-10-12") == Period(date(2026, 10, 12), date(2026, 10, 13))


def test_two_periods_that_disagree_are_refused_and_two_spellings_of_one_are_not():
    assert resolve("2026-3", "2026-03").key == "2026-03"
    with pytest.raises(PeriodRefused, match="不一致"):
        resolve("2026-10-11", "2026-10-12")


def test_a_period_is_named_as_on_a_document():
    assert parse("2026-10").title == "2026年10月"
    assert parse("2026-10-12").title == "2026-10-12"
    assert parse("2026-W44").title == "2026年第44周"
    assert parse("2026-10-01..2026-10-15").title == "2026-10-01至2026-10-15"


def test_SAL_01_the_week_of_new_years_eve_is_the_53rd_and_the_next_begins_on_4_january():
    assert parse("2026-12-28..2027-01-03").key == "2026-W53"
    assert parse("2026-12-28..2027-01-03").title == "2026年第53周"
    assert parse("2027-W01").starts_on == date(2027, 1, 4)
