"""The chart of all reasonable choices: a column for each, in order of size, with the dots of its own choices."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import same_color

from evalkit.analysis.effects import did, findings, specifications
from evalkit.analysis.results import Estimate
from evalkit.panel import observations
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import specification_curve
from evalkit.reporting.elements.charts.sheet import NARROW, WIDE
from evalkit.reporting.elements.charts.specification_curve import DOT, SPOT
from evalkit.reporting.language import words

DESIGN = """
design:
  comparison: {same: [province]}
  mask: {covid: [2018Q1]}
"""


@pytest.fixture(params=["en", "zh"])
def lang(request):
    words.use(request.param)
    return request.param


@pytest.fixture
def found(project, make_values):
    """A region with 8 comparison regions in its province and 6 elsewhere."""
    values = make_values(n=14, pre=8, post=4, effect=4.0, start="2017Q1")
    units = "\n".join(
        f"{unit} | {'2019Q1' if unit == 'a' else ''} | {'x' if number <= 8 else 'y'}"
        for number, unit in enumerate(values.index)
    )
    project.table("units", f"unit | adoption | province\n{units}")
    project.values(values)
    project.assessment(DESIGN)
    evaluation = project.load("a")
    return findings.find(observations.read(evaluation), evaluation, "rate"), evaluation


def dots(axes, levels):
    """The columns with a dot in each row of the matrix, by any colour."""
    seen = {level: set() for level in levels}
    for line in axes.lines:
        across, heights = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
        if line.get_linewidth() == DOT:
            for x, y in zip(across, heights, strict=True):
                if np.isfinite(x):
                    seen[round(y)].add(round(x))
    return seen


def test_every_combination_has_one_dot_in_each_choice(found):
    words.use("en")
    drawing = specification_curve.specifications(*found)
    curve = specifications.frame(specifications.curve(found[0].design, found[1]))
    for figure in (drawing.figure, drawing.narrow):
        upper, matrix = figure.axes
        # Rows: windows 1-2, masks 4-5, pools 7-8 (nobody starts later), methods 10-12; names of choices between.
        seen = dots(matrix, range(13))
        for rows in ((1, 2), (4, 5), (7, 8, 9), (10, 11, 12)):
            placed = [column for row in rows for column in seen[row]]
            assert sorted(placed) in ([], list(range(len(curve))))
        middle = [y for line in upper.lines if line.get_linewidth() == SPOT for y in line.get_ydata()[::3]]
        assert sorted(middle) == pytest.approx(curve["estimate"].tolist())


def test_the_registered_design_is_the_marked_one(found, lang):
    drawing = specification_curve.specifications(*found)
    (diamond,) = [one for one in drawing.figure.axes[0].collections if one.get_sizes().max() == 40]
    assert diamond.get_offsets()[0][1] == pytest.approx(did.att(found[0].design)["att"].estimate)
    assert same_color(diamond.get_facecolor()[0], theme.REGION)
    marked = [row for row in drawing.table.flat[1:] if row[-1]]
    assert len(marked) == 1
    assert marked[0][-1] == ("yes" if lang == "en" else "是")


def test_title_and_table_say_what_is_drawn(found):
    words.use("en")
    drawing = specification_curve.specifications(*found)
    n = len(specifications.curve(found[0].design, found[1]))
    assert drawing.title.startswith(f"Rate: {n} of {n} choices agree on the direction; in ")
    assert len(drawing.table.rows) == n
    estimates = [row[4] for row in drawing.table.flat[1:]]
    assert estimates == sorted(estimates)


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_is_written_outside_of_the_sheet(found, lang, sheet):
    drawing = specification_curve.specifications(*found)
    figure = drawing.narrow if sheet is NARROW else drawing.figure
    figure.canvas.draw()
    edge = figure.bbox
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= edge.x0 - 0.5
            assert box.x1 <= edge.x1 + 0.5


def test_a_combination_without_an_interval_is_drawn_and_is_not_called_clear(found, monkeypatch):
    words.use("en")
    bare = [
        replace(one, result=replace(one.result, estimates=(Estimate("att", one.result["att"].estimate),)))
        for one in specifications.curve(found[0].design, found[1])
    ]
    monkeypatch.setattr(specifications, "curve", lambda *_: tuple(bare))
    assert "in 0 the effect" in specification_curve.specifications(*found).title


def test_there_is_no_chart_without_a_choice_or_without_an_effect(found):
    finding, evaluation = found
    refused = finding.design.withheld("did", "did_mean", "why", "att")
    assert specification_curve.specifications(replace(finding, effect=refused), evaluation) is refused
    by_hand = replace(finding, design=replace(finding.design, again=None))
    assert specification_curve.specifications(by_hand, evaluation) is None
