import datetime as dt

import pytest

from evalkit import periods


@pytest.mark.parametrize("text", ["2019", "2019Q1", "2019-01", "2020-02-29"])
def test_periods_are_read_and_written_alike(text):
    assert periods.valid(text)
    assert periods.write(periods.parse(text)) == text


@pytest.mark.parametrize("text", ["", "19", "2019Q5", "2019-13", "2019-02-30", "2019-1", "2019/1", " 2019"])
def test_what_is_no_period(text):
    assert not periods.valid(text)


@pytest.mark.parametrize(
    ("text", "frequency", "first", "last"),
    [
        ("2019", "year", dt.date(2019, 1, 1), dt.date(2019, 12, 31)),
        ("2020Q1", "quarter", dt.date(2020, 1, 1), dt.date(2020, 3, 31)),
        ("2020-02", "month", dt.date(2020, 2, 1), dt.date(2020, 2, 29)),
        ("2020-02-14", "day", dt.date(2020, 2, 14), dt.date(2020, 2, 14)),
    ],
)
def test_a_period_has_a_frequency_a_first_and_a_last_day(text, frequency, first, last):
    assert periods.frequency(text) == frequency
    assert periods.first_day(text) == first
    assert periods.last_day(text) == last


@pytest.mark.parametrize(
    ("text", "coarser", "expected"),
    [
        ("2019-02-14", "month", "2019-02"),
        ("2019-02", "quarter", "2019Q1"),
        ("2019-12", "year", "2019"),
        ("2019", "quarter", "2019Q1"),  # the period in which it starts
    ],
)
def test_the_period_that_contains_another(text, coarser, expected):
    assert periods.write(periods.containing(text, coarser)) == expected


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("2020Q1", "2020-03", True),
        ("2020Q1", "2020-04", False),
        ("2020", "2020Q4", True),
        ("2019-12-31", "2020", False),
    ],
)
def test_overlap_is_mutual(one, other, shared):
    assert periods.overlap(one, other) is periods.overlap(other, one) is shared


def test_finer_means_shorter():
    assert periods.is_finer("month", "quarter")
    assert not periods.is_finer("quarter", "quarter")
    assert not periods.is_finer("year", "day")


def test_a_span_has_no_holes():
    assert periods.span(["2019Q4", "2019Q1", "2019Q1"]) == ["2019Q1", "2019Q2", "2019Q3", "2019Q4"]
    assert periods.span(["2019-12", "2020-01"]) == ["2019-12", "2020-01"]
    assert periods.span([]) == []
