"""Placebo strips: every placebo is a dot, equal ones on top of each other; tails and interval where there are any."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from evalkit.reporting.elements.charts.placebo_dots import Strip, dots
from evalkit.reporting.elements.charts.sheet import NARROW, WIDE

STRIP = Strip([-1.0, 0.5, 0.5, 0.51, 2.0], 1.0, -1.5, 3.5, 1.9, "Region a", "points")


def places(strip, sheet=WIDE):
    (axes,) = dots(strip, sheet).axes
    return axes, np.asarray(axes.collections[0].get_offsets())


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_placebo_is_a_dot_and_none_lies_on_another(sheet):
    _, spots = places(STRIP, sheet)
    assert len(spots) == len(STRIP.placebos)
    assert len({tuple(np.round(spot, 6)) for spot in spots}) == len(spots)
    assert np.allclose(np.sort(spots[:, 0]), np.sort(STRIP.placebos), atol=0.2)


def test_equal_placebos_are_stacked():
    _, spots = places(STRIP)
    assert len({round(y, 3) for _, y in spots}) > 1


@pytest.mark.parametrize("n", [200, 400])
def test_many_placebos_make_smaller_dots_and_all_of_them_are_drawn(n):
    _, spots = places(replace(STRIP, placebos=list(np.linspace(-0.4, 0.4, n))))
    _, few = places(STRIP)
    assert len(spots) == n
    step = np.diff(np.unique(np.round(spots[:, 1], 6)))[0]
    assert step < np.diff(np.unique(np.round(few[:, 1], 6)))[0]


def test_equal_placebos_without_end_are_drawn_all_the_same():
    _, spots = places(replace(STRIP, placebos=[0.5] * 50))
    assert len({round(y, 6) for _, y in spots}) == 50


def test_tails_are_shaded_only_where_there_are_enough_placebos():
    for tail, n in ((1.9, 2), (None, 0)):
        axes, _ = places(replace(STRIP, tail=tail))
        assert sum(isinstance(one, Rectangle) for one in axes.patches) == n


def test_the_region_is_named():
    axes, _ = places(STRIP)
    assert "Region a" in [one.get_text() for one in axes.texts]
