"""A project's own notebook is published as JupyterLab shows it."""

import nbformat
import pandas as pd
import pytest
from nbformat import v4

from evalkit.publishing.page import as_written, exporter
from evalkit.reporting.elements.parts import Paragraph, Section
from evalkit.reporting.language import words
from evalkit.reporting.language.words import Html

ALT = {"image/png": {"alt": "a line"}}
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><circle r='3'/></svg>"


def shown(*cells, own=True):
    return exporter.pieces(v4.new_notebook(cells=list(cells)), own=own)


def code(*outputs, tags=()):
    return v4.new_code_cell("print(1)", outputs=list(outputs), metadata={"tags": list(tags)})


def display(**data):
    return v4.new_output("display_data", {name.replace("_", "/"): value for name, value in data.items()})


def stream(text, name="stdout"):
    return v4.new_output("stream", name=name, text=text)


def text_of(pieces):
    return "".join(str(piece) for piece in pieces)


def test_markdown_that_begins_with_a_heading_opens_a_section():
    first, rest = shown(v4.new_markdown_cell("## 我的一节\n\nA **bold** word\n\n| a | b |\n|---|---|\n| 1 | 2 |"))
    assert first == Section("own-0", "我的一节")
    assert "<strong>bold</strong>" in rest
    assert "<td>2</td>" in rest


def test_markdown_without_a_heading_and_a_heading_without_text():
    [text] = shown(v4.new_markdown_cell("plain"))
    assert "<p>plain</p>" in text
    assert shown(v4.new_markdown_cell("# Title")) == [Section("own-0", "Title")]


@pytest.mark.parametrize(
    ("output", "there"),
    [
        (stream("5 < 6 & more\n"), "5 &lt; 6 &amp; more"),
        (display(text_html=pd.DataFrame({"x": [4]})._repr_html_(), text_plain="x"), "<td>4</td>"),
        (display(text_plain="Effect(+4.0)"), "Effect(+4.0)"),
        (v4.new_output("display_data", {"image/svg+xml": SVG}), "data:image/svg+xml;base64,"),
        (
            v4.new_output("display_data", {"image/png": "aGk="}, metadata={"image/png": {"alt": "a line"}}),
            'alt="a line"',
        ),
    ],
)
def test_print_output_tables_and_figures_are_published(output, there):
    assert there in text_of(shown(code(output)))


def test_values_of_the_package_stay_values():
    part = Paragraph("notice", Html("x"))
    output = v4.new_output("display_data", part._repr_mimebundle_())
    assert shown(code(output)) == [part] == shown(code(output), own=False)


def test_code_warnings_errors_and_explored_cells_stay_in_jupyterlab():
    error = v4.new_output("error", ename="E", evalue="bad", traceback=["bad"])
    assert shown(code(stream("careful", "stderr"), error), code(stream("look"), tags=["explore"])) == []


def test_cells_of_one_language_are_on_its_pages_only():
    cells = code(stream("一"), tags=["zh"]), code(stream("one"), tags=["en"]), code(stream("both"))
    words.use("en")
    assert [name in text_of(shown(*cells)) for name in ("一", "one", "both")] == [False, True, True]


def test_notebooks_of_the_suite_publish_values_only():
    assert text_of(shown(v4.new_markdown_cell("## Notes"), code(stream("5")), own=False)) == ""


@pytest.mark.parametrize(
    ("cells", "lang", "called"),
    [
        ([("# 经验", ["zh"]), ("# What we learnt", ["en"])], "zh", "经验"),
        ([("# 经验", ["zh"]), ("# What we learnt", ["en"])], "en", "What we learnt"),
        ([("No heading", []), ("## Second *year*\n\nText", [])], "zh", "Second *year*"),
        ([("# 经验", ["zh"])], "en", "small"),
        ([], "zh", "small"),
    ],
)
def test_navigation_calls_a_notebook_by_its_first_heading(tmp_path, cells, lang, called):
    made = v4.new_notebook(cells=[v4.new_markdown_cell(text, metadata={"tags": tags}) for text, tags in cells])
    nbformat.write(made, tmp_path / "small.ipynb")
    with words.speaking(lang):
        assert as_written.title(tmp_path / "small.ipynb") == called
