"""Parts of a page: they draw themselves, and come back from JSON as they were."""

import json

import pandas as pd
import pytest
from matplotlib.figure import Figure

from evalkit.reporting.elements import parts
from evalkit.reporting.elements.parts import Facts, Fold, Head, Heading, Paragraph, Parts, Section, Spark, stacked
from evalkit.reporting.elements.table import Below, Column, Group, Picture, Table, lines
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html

SPARK = Spark(Html('<svg aria-label="up"></svg>'), "up")
TABLE = Table.of(
    "t",
    Html("<b>Goals</b>"),
    [Column("Goal"), Column("Value", "n")],
    [Group("Care"), ("Visits", lines(formats.fixed(65.25, 1, unit="%"), "2022", SPARK)), Below(Html("Source"))],
    simulated=True,
)
EVERY = (
    TABLE,
    Picture("f", "It <rose", Html("<svg></svg>"), Html("How to read it"), TABLE),
    Section("goals", "Goals", (Html("<p>1</p>"), Heading(Html("One"), 4))),
    Fold(Html("More"), (Html("inside"),), name="more"),
    Parts((Html("a"), Html("b")), Html("<div>"), Html("</div>")),
    Paragraph("notice", Html("Please")),
    Head("r", "a", "key", "Kicker", "Name", "Title", Html("Meta")),
    Facts(((Html("Dataset"), Html("d")),)),
)


@pytest.mark.parametrize("part", EVERY, ids=lambda part: type(part).__name__)
def test_a_part_travels_as_json(part):
    sent = json.loads(json.dumps(part._repr_mimebundle_()[parts.MEDIA_TYPE]))
    assert parts.read(sent) == part
    assert parts.read(sent).html() == part.html()


def test_a_number_comes_back_with_its_format_and_unrounded():
    (cell,) = [row[1] for row in parts.read(parts.written(TABLE)).rows if isinstance(row, tuple)]
    assert (cell.number, cell.shown, cell.form) == (65.25, 65.2, '0.0"%";"−"0.0"%";0.0"%"')
    assert cell.note == "2022\nup"


def test_a_section_without_anything_in_it_is_left_out():
    assert stacked("", Html(""), None or "") == ""
    assert stacked(Html("a")) == "a"
    assert isinstance(stacked(Html("a"), TABLE), Parts)


def test_other_objects_draw_themselves_and_plain_text_is_escaped():
    frame = pd.DataFrame({"a": [1]})
    shown = stacked(frame, "a < b")
    assert [str(part) for part in shown.parts] == [frame._repr_html_(), "a &lt; b"]


def test_all_parts_are_found_in_their_order():
    kinds = [type(part).__name__ for part in parts.flat([Section("s", "S", (Fold(Html("x"), (TABLE,)), Html("y")))])]
    assert kinds == ["Section", "Fold", "Table", "Html"]


def test_a_figure_of_matplotlib_is_a_picture_with_its_title_as_alternative():
    figure = Figure(figsize=(2, 1))
    figure.subplots().set_title('Air "in" <zones>')
    shown = stacked(figure)
    assert shown.startswith('<p class="figure"><img src="data:image/png;base64,iVBOR')
    assert 'alt="Air &#34;in&#34; &lt;zones&gt;"' in shown
    assert shown == stacked(figure)
