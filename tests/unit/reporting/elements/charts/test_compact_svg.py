"""Matplotlib's SVG made small: what is seen stays, what nothing refers to goes, ids are short and of the drawing."""

import re

import pytest
from matplotlib.figure import Figure

from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts.compact_svg import compact
from evalkit.reporting.elements.charts.rendering import svg


@pytest.fixture(scope="module")
def written():
    theme.use()
    figure = Figure(figsize=(3, 2))
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    axes.plot(range(20), [place % 7 for place in range(20)], marker="o")
    axes.fill_between(range(20), 0, 5)
    axes.set_title('A "title" & <more>')
    return svg(figure, "plain")


def test_a_drawing_takes_less_than_half_of_what_matplotlib_writes(written):
    assert len(compact(written, "a", "told")) < len(written) / 2


def test_texts_stay_and_are_escaped(written):
    assert 'A "title" &amp; &lt;more&gt;</text>' in compact(written, "a", "told")


def test_the_alternative_is_escaped_and_the_element_is_an_image(written):
    made = compact(written, "a", 'rises "by" <b>', "wide")
    assert re.match(r'<svg [^>]*role="img" aria-label="rises &quot;by&quot; &lt;b&gt;" class="wide"', made)


def test_no_style_reaches_the_page_around(written):
    assert "<style" in written
    assert "<style" not in compact(written, "a", "told")
    assert "style=" not in compact(written, "a", "told")


def test_every_reference_is_met_and_ids_differ_between_drawings(written):
    found = [set(re.findall(r'\bid="([^"]*)"', compact(written, name, "told"))) for name in ("a", "b")]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]*)', compact(written, "a", "told")))
    assert used == found[0]
    assert not found[0] & found[1]


def test_points_are_those_of_the_drawing_to_a_tenth(written):
    line = next(d for d in re.findall(r' d="(M[^"Cz]*)"', compact(written, "a", "told")) if d.count(" ") > 30)
    points = [float(one) for one in re.findall(r"-?[\d.]+", line)]
    exact = next(d for d in re.findall(r' d="(M[^"Cz]*)"', written) if d.count("L") == 19)
    assert points == pytest.approx([float(one) for one in re.findall(r"-?[\d.]+", exact)], abs=0.051)
