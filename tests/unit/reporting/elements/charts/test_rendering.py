"""Figures as SVG: the same bytes as matplotlib's own, whatever font a text is in."""

import io

import matplotlib
import pytest
from matplotlib.figure import Figure

from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import rendering

UNWANTED = dict.fromkeys(["Date", "Creator", "Format", "Type"])


def figure_with(text, **style):
    theme.use()
    figure = Figure(figsize=(3, 2))
    axes = figure.add_axes((0.1, 0.1, 0.8, 0.8))
    axes.plot(range(5))
    axes.annotate(text, (1, 1), ha="center", va="top", **style)
    axes.set_xlabel(text)
    return figure


def by_matplotlib(figure, name):
    buffer = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}):
        figure.savefig(buffer, format="svg", metadata=UNWANTED)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("Share of visits, 基层就诊率 −1.5", {}),
        ("two\nlines", {"fontsize": 23, "rotation": 30}),
        ("another font", {"family": "DejaVu Sans", "weight": "bold"}),
        ("not in the font: ᚠ", {}),
        ("$x^2$", {"parse_math": True}),
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_the_bytes_are_those_of_matplotlib(text, style):
    figure = figure_with(text, **style)
    assert rendering.svg(figure, "a") == by_matplotlib(figure, "a")


def test_an_axis_gets_its_label_where_it_was_drawn_without_one():
    figure = figure_with("")
    rendering.svg(figure, "a")
    figure.axes[0].set_xlabel("later")
    expected = by_matplotlib(figure_with(""), "a")
    labelled = figure_with("")
    labelled.axes[0].set_xlabel("later")
    assert rendering.svg(figure, "a") == by_matplotlib(labelled, "a") != expected


def test_a_figure_keeps_its_resolution():
    figure = figure_with("text")
    figure.dpi = 200
    rendering.svg(figure, "a")
    assert figure.dpi == 200
