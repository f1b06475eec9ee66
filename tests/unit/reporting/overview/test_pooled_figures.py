"""Figures of the programme page: time in quarters, what one cohort carries is grey, a panel for each cohort."""

import pytest
from matplotlib.patches import Rectangle

from evalkit.analysis.programme import staggered
from evalkit.analysis.programme.pooled_effect import find
from evalkit.reporting.overview import pooled_figures


@pytest.fixture
def programme(project, make_values):
    """One indicator pooled over six regions that start in two periods, and twenty that never do."""
    values = make_values(n=25, pre=12, post=8)
    starts = dict(zip(values.index, ["2018Q1"] * 3 + ["2019Q3"] * 3, strict=False))
    for unit, start in starts.items():
        values.loc[unit, start:] += 4 if start == "2018Q1" else 0
    project.values(values)
    rows = [f"{unit} | {starts.get(unit, '')}" for unit in values.index]
    project.table("units", "\n".join(["unit | adoption", *rows]))
    return find(
        staggered.sample(project.read(), project.load(), "rate", staggered.kinds(project.read())[0]), "_programme"
    )


def test_time_is_counted_in_the_periods_of_the_panel(programme):
    assert pooled_figures.since(programme) == "quarters from the start"
    drawing = pooled_figures.path(programme, programme.headline)
    assert drawing.figure.axes[0].get_xlabel() == "quarters from the start"
    assert "quarters from the start" in drawing.svg()


def test_points_that_one_cohort_carries_are_grey_and_each_has_its_number_of_regions(programme):
    drawing = pooled_figures.path(programme, programme.headline)
    carried = {int(row[0].replace("\N{MINUS SIGN}", "-")): row[-1] for row in drawing.table.flat[1:]}
    assert carried[0] == 6
    assert carried[11] == 3  # only the first cohort is observed so long
    spans = [one for one in drawing.figure.axes[0].patches if isinstance(one, Rectangle)]
    grey = [(one.get_x(), one.get_x() + one.get_width()) for one in spans]
    assert any(low < 11 < high for low, high in grey)
    assert not any(low < 0 < high for low, high in grey)


def test_every_cohort_has_a_panel_on_the_same_axes(programme):
    drawing = pooled_figures.cohorts(programme, programme.headline)
    for figure in (drawing.figure, drawing.narrow):
        assert len(figure.axes) == 2
        assert len({axes.get_ylim() for axes in figure.axes}) == 1
        assert len({axes.get_xlim() for axes in figure.axes}) == 1
    assert drawing.title.startswith("Rate by cohort: +")
    first, last = (row[2] for row in drawing.table.flat[1:])
    assert first > 2 > abs(last)


def test_the_course_of_a_cohort_is_its_effect(programme):
    first, last = pooled_figures._courses(programme).values()
    assert first[first.index >= 0].mean() == pytest.approx(programme.headline["cohort=2018Q1"].estimate, abs=0.01)
    assert last[last.index >= 0].mean() == pytest.approx(programme.headline["cohort=2019Q3"].estimate, abs=0.01)
