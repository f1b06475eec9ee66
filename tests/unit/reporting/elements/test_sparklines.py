"""Small drawings: one time axis per table, gaps stay gaps, and the first and last figure in words."""

import re

import pytest

from evalkit.analysis.goals import observed
from evalkit.project.region_file import Target
from evalkit.reporting.elements import sparklines

PUBLISHED = "unit | period | indicator | value | source | phrase\n"


@pytest.fixture
def course(project):
    """What is known of one indicator of region `a`, from its published figures."""

    def make(*pairs, adoption="2019Q1"):
        project.table("units", f"unit | adoption\na | {adoption}")
        project.table(
            "published", PUBLISHED + "".join(f"a | {period} | rate | {value} | s | …\n" for period, value in pairs)
        )
        panel, evaluation = project.read("a"), project.load("a")
        return observed.figures(panel, evaluation, evaluation.indicators["rate"], "a")

    return make


def paths(drawn):
    return re.findall(r'<path d="([^"]*)"', drawn)


def draw(figures, target=None):
    return str(sparklines.sparkline(figures, sparklines.axis([figures]), target) or "")


def target(operator, value=None):
    return Target(indicator="rate", operator=operator, value=value, source="plan", phrase="…")


def test_one_figure_is_no_course(course):
    figures = course((2019, 60))
    assert draw(figures) == ""
    assert sparklines.axis([figures]) is None
    assert sparklines.legend(None) == ""


def test_first_and_last_figure_are_told_with_their_periods(course):
    drawn = draw(course(("2018Q4", 60), ("2019Q1", 61.5)))
    assert 'role="img" aria-label="Rate: from 60% (2018 Q4) to 61.5% (2019 Q1)"' in drawn


def test_the_line_is_broken_where_a_period_is_missing(course):
    line = paths(draw(course(*((f"201{year}Q1", 60 + year) for year in (6, 7)), ("2017Q2", 63), adoption="")))[-1]
    assert (line.count("M"), line.count("L")) == (2, 1)
    assert line.count("h0") == 2  # without a neighbour, a dot


def test_higher_values_lie_higher_and_time_goes_to_the_right(course):
    line = paths(draw(course((2016, 60), (2017, 70), (2018, 80), adoption="")))[-1]
    points = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", line)]
    across, down = zip(*points, strict=True)
    assert list(across) == sorted(across)
    assert list(down) == sorted(down, reverse=True)


def test_rows_of_a_table_share_their_time(course):
    early, late = course((2010, 1), (2011, 2)), course((2018, 1), (2019, 2))
    over = sparklines.axis([early, late])
    assert (over.first.year, over.last.year) == (2010, 2019)
    first, last = (
        float(re.search(r'cx="([\d.]+)"', str(sparklines.sparkline(one, over) or ""))[1]) for one in (early, late)
    )
    assert first < sparklines.WIDTH / 4
    assert last > sparklines.WIDTH * 0.9
    assert "2010 to 2019" in sparklines.legend(over)


def test_the_start_is_drawn_only_where_it_lies_in_the_time_shown(course):
    assert len(paths(draw(course((2018, 60), (2019, 61))))) == 2
    assert len(paths(draw(course((2018, 60), (2019, 61), adoption="2021")))) == 1


@pytest.mark.parametrize(
    ("goal", "lines"),
    [(target(">=", 65), 1), (target("range", [60, 65]), 2), (target("increase"), 0), (target("growth", 10), 0)],
)
def test_a_target_that_is_a_level_is_drawn(course, goal, lines):
    drawn = draw(course((2018, 60), (2019, 61)), goal)
    assert drawn.count("stroke-dasharray") == lines


def test_figures_that_never_change_lie_in_the_middle(course):
    drawn = draw(course((2018, 60), (2019, 60)))
    assert f'cy="{sparklines.HEIGHT / 2:.1f}"' in drawn


def written(drawn):
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn)


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ((60, 72.4, 61), ["72", "60"]),
        ((60.1, 60.4, 60.2), ["60.4", "60.1"]),
        ((5_432_450, 4_980_000), ["5.4 million", "5 million"]),
        ((543_245, 498_000), ["543,245", "498,000"]),
        ((60, 60), ["60"]),
    ],
)
def test_the_highest_and_the_lowest_figure_are_beside_the_line(course, values, ends):
    drawn = draw(course(*((2016 + place, value) for place, value in enumerate(values))))
    assert written(drawn) == ends


def test_a_target_far_from_the_figures_does_not_press_the_course_flat(course):
    figures = course((2018, 60), (2019, 61))
    near, far = (draw(figures, target(">=", value)) for value in (61.5, 90))
    assert "M0 4.0H" in far
    assert paths(far)[-1] == paths(draw(figures))[-1]
    assert paths(near)[-1] != paths(far)[-1]


def test_a_drawing_is_small(course):
    figures = course(*((f"20{year}Q{quarter}", 60 + quarter) for year in range(16, 23) for quarter in range(1, 5)))
    assert len(draw(figures)) < 1000
