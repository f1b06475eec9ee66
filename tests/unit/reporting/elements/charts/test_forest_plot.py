"""Forest plots: half a row of room at both ends, one colour, arrows where an interval leaves the plot."""

import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts.forest_plot import Forest, Row, better_right, forest
from evalkit.reporting.elements.charts.sheet import NARROW, WIDE

ROWS = [Row("Rate", 1.0, -1.0, 3.0, "+1", "unclear"), Row("Stay", -0.5, -2.0, 1.0), Row("Cost", 0.2, None, None)]


def drawn(rows=ROWS, sheet=WIDE, **more):
    (axes,) = forest(Forest(rows, "points", **more), sheet).axes
    return axes


def texts(axes):
    return [one.get_text() for one in axes.texts]


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_row_lies_on_the_frame(sheet):
    axes = drawn(sheet=sheet)
    low, high = sorted(axes.get_ylim())
    places = [y for one in axes.collections if not isinstance(one, LineCollection) for _, y in one.get_offsets()]
    assert (low, high) == (-0.5, len(ROWS) - 0.5)
    assert len(places) == len(ROWS)
    assert min(places) >= low + 0.2
    assert max(places) <= high - 0.1


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
def test_names_amounts_and_verdicts_are_written(sheet):
    told = "\n".join(texts(drawn(sheet=sheet)))
    assert all(one in told for one in ("Rate", "Stay", "Cost", "+1", "unclear"))


def test_estimate_and_interval_have_one_colour():
    colours = {to_hex(colour) for one in drawn().collections for colour in one.get_edgecolor()}
    assert colours <= {theme.REGION}


def test_the_better_side_is_named_only_where_there_is_one():
    left, right = better_right()
    assert {left, right} <= set(texts(drawn(sides=better_right())))
    assert right.endswith("→")
    assert not any("→" in one for one in texts(drawn()))


def test_an_interval_far_wider_than_the_others_is_cut_with_an_arrow():
    wide = Row("Wild", 1.0, -90.0, 80.0)
    axes = drawn([*ROWS, wide])
    assert axes.get_xlim()[1] < 20
    marks = [one for one in axes.collections if not isinstance(one, LineCollection)]
    assert len(marks) == len(ROWS) + 1 + 2
