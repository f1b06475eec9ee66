"""Sparklines of the index: few bytes, one time axis, and the same figures as the table."""

import datetime as dt
import re

import pytest

from evalkit.project.params import Indicator
from evalkit.reporting.elements.sparklines import EDGE, HEIGHT, WIDTH
from evalkit.reporting.overview import index_lines

RATE = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})
QUARTERS = [(f"{2016 + i // 4}Q{i % 4 + 1}", 50.0 + (-1) ** i * i) for i in range(28)]


def points(svg):
    """The corners of the line, as a browser reads the path; a gap starts a new part."""
    told = re.search(r'<path d="([^"]*)"', svg).group(1)
    parts, at, letter = [], (0, 0), ""
    for command, x, y in re.findall(r"([Mml]?) ?(-?\d+) ?(-?\d+)", told):
        letter = command or {"M": "L", "m": "l"}.get(letter, letter)
        at = (int(x), int(y)) if letter in "ML" else (at[0] + int(x), at[1] + int(y))
        parts = [*parts, [at]] if letter in "Mm" else [*parts[:-1], [*parts[-1], at]]
    return parts


def line(values, target=None, adoption=""):
    return index_lines.line(values, RATE, index_lines.axis([values]), target, adoption)


def test_the_line_runs_through_every_figure_with_the_highest_on_top():
    (part,) = points(line(QUARTERS))
    assert len(part) == 28
    assert [x for x, _ in part] == sorted({x for x, _ in part})
    heights = [y for _, y in part]
    assert (min(heights), max(heights)) == (EDGE, HEIGHT - EDGE)
    values = [value for _, value in QUARTERS]
    assert heights.index(EDGE) == values.index(max(values))
    assert heights.index(HEIGHT - EDGE) == values.index(min(values))


def test_a_missing_period_is_a_gap():
    parts = points(line([one for one in QUARTERS if one[0] != "2018Q2"]))
    assert [len(part) for part in parts] == [9, 18]


def test_rows_of_one_table_share_a_time_axis():
    early, late = QUARTERS[:8], QUARTERS[20:]
    over = index_lines.axis([early, late, QUARTERS[3:4]])
    assert (over.first, over.last) == (dt.date(2016, 1, 1), dt.date(2022, 12, 31))
    drawn = [points(index_lines.line(values, RATE, over, None, ""))[0] for values in (early, late)]
    assert drawn[0][-1][0] < WIDTH / 3
    assert drawn[1][0][0] > 2 * WIDTH / 3


def test_target_and_start_are_drawn_where_they_lie():
    drawn = line([("2019", 50.0), ("2020", 60.0), ("2021", 60.0)], target=55.0, adoption="2020-07")
    assert f'<path class="t" d="M0 {HEIGHT // 2}h{WIDTH}"/>' in drawn
    assert f'<path class="a" d="M{WIDTH // 2} 0v{HEIGHT}"/>' in drawn


def test_a_target_beyond_the_figures_stretches_the_scale():
    drawn = line([("2019", 50.0), ("2020", 60.0)], target=70.0)
    assert f'd="M0 {EDGE}h' in drawn
    assert points(drawn)[0][-1][1] == HEIGHT // 2


@pytest.mark.parametrize("adoption", ["", "2015", "2023-01"])
def test_a_start_that_is_unknown_or_outside_is_not_drawn(adoption):
    assert 'class="a"' not in line(QUARTERS, adoption=adoption)


def test_the_alternative_says_from_what_to_what():
    assert 'role="img" aria-label="50 → 23%"' in line(QUARTERS)


@pytest.mark.parametrize("values", [[], [("2020", 50.0)]])
def test_one_figure_is_no_course(values):
    assert line(values) == ""
    assert index_lines.axis([values]) is None


def test_figures_that_never_change_lie_in_the_middle():
    (part,) = points(line([("2019", 50.0), ("2020", 50.0)]))
    assert {y for _, y in part} == {HEIGHT // 2}


def test_seven_years_of_quarters_take_300_bytes_at_most():
    assert len(line(QUARTERS, target=65.0, adoption="2019Q1").encode()) <= 300
