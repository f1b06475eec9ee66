"""A page holds what the cells show as HTML, and nothing else: no code, no streams, no scripts, no loads."""

import json
import re

import nbformat.v4 as nb
import pytest

from evalkit.publishing.page import exporter
from evalkit.reporting.answer.card import Answer, Card
from evalkit.reporting.elements.parts import Annex, Head, Paragraph, Section, stacked
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import section_order, vocabulary, words
from evalkit.reporting.language.words import Html

HEAD = Head("r", "a", "key", "Kicker", "Region", "Title", Html("Meta"))


def shows(part):
    """A cell with an output of every kind; only the first is for readers."""
    return nb.new_code_cell(
        "secret_code()",
        outputs=[
            nb.new_output("stream", name="stderr", text="a warning"),
            nb.new_output("stream", name="stdout", text="printed"),
            nb.new_output("display_data", json.loads(json.dumps(part._repr_mimebundle_()))),
            nb.new_output("display_data", {"application/vnd.evalkit.record+json": {"rows": ["a row"]}}),
            nb.new_output("display_data", {"application/javascript": "alert(1)"}),
        ],
    )


def rendered(*cells, **known):
    return exporter.render(exporter.pieces(nb.new_notebook(cells=list(cells))), "A <title>", [], **known)


@pytest.fixture
def page():
    cells = [
        nb.new_markdown_cell("for the evaluator only"),
        shows(stacked(HEAD, Paragraph("notice", Html("Please note")))),
        shows(Section("goals", "Were the goals met?", (Html("<p>Yes</p>"),))),
    ]
    shown = exporter.pieces(nb.new_notebook(cells=cells))
    return exporter.render(shown, "A <title>", [("All & more", "../index.en.html")])


def test_a_notebook_of_ones_own_may_show_other_html():
    cell = nb.new_code_cell(
        "", outputs=[nb.new_output("execute_result", {"text/html": "<table></table>"}, execution_count=1)]
    )
    assert "<table></table>" in rendered(cell)


def test_a_picture_of_a_notebook_of_ones_own_enters_the_page_with_its_alternative():
    data = {"image/png": "aGVs\nbG8=\n", "text/plain": "<Figure size 640x480 with 1 Axes>"}
    told = {"image/png": {"alt": 'Visits & "costs"'}}
    cell = nb.new_code_cell("", outputs=[nb.new_output("display_data", data, metadata=told)])
    page = rendered(cell)
    assert '<img src="data:image/png;base64,aGVsbG8=" alt="Visits &amp; &#34;costs&#34;">' in page
    assert "Figure size" not in page


def test_cells_to_explore_with_do_not_enter_the_page():
    cells = [shows(Paragraph("note", Html(text))) for text in ("published", "explored")]
    cells[1].metadata["tags"] = ["explore"]
    page = rendered(*cells)
    assert "published" in page
    assert "explored" not in page


def test_a_page_shows_html_and_nothing_else(page):
    assert "<h1>Region</h1>" in page
    hidden = ["secret_code", "a warning", "printed", "Section(", "a row", "alert", "for the evaluator only"]
    assert [text for text in hidden if text in page] == []


def test_a_page_loads_and_runs_nothing(page):
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in page
    assert not re.search(r"<(script|link|iframe|img)\b", page)
    assert not re.search(r"(?:src|href|url\()\W*https?:", page)


def test_title_and_links_are_escaped(page):
    assert "<title>A &lt;title&gt;</title>" in page
    assert '<a href="../index.en.html">All &amp; more</a>' in page


def test_the_contents_stand_after_the_header_and_point_to_the_sections(page):
    contents = page.index('<nav class="contents"')
    assert page.index("</header>") < contents < page.index("Please note") < page.index('<h2 id="goals">')
    assert '<li><a href="#goals">Were the goals met?</a></li>' in page


def of_stage(stage, *codes):
    return exporter.arranged([HEAD, *(Section(code, code) for code in codes)], stage)


@pytest.mark.parametrize(("stage", "first"), [("midterm", "responsibilities"), ("final", "goals")])
def test_sections_and_contents_are_in_the_order_of_the_stage(stage, first):
    made = exporter.render(of_stage(stage, "goals", "responsibilities"), "t", [])
    assert re.search('<h2 id="([a-z]+)">', made)[1] == first
    assert re.search('<li><a href="#([a-z]+)">', made)[1] == first


def test_annexes_are_folded_and_their_anchor_is_inside_so_that_a_link_opens_them():
    made = exporter.render(of_stage("final", "goals", "effects"), "t", [])
    assert '<details class="annex"><summary><h2>effects</h2></summary><div class="inside" id="effects">' in made
    assert '<ol class="annexes" aria-labelledby="annexes"><li><a href="#effects">effects</a></li></ol>' in made
    assert 'id="with-annexes"' in made


def test_a_page_without_annexes_has_no_choice_to_print_them(page):
    assert "with-annexes" not in page[page.index("<body") :]


def test_what_is_shown_behind_a_section_stays_with_it():
    parts = [HEAD, Section("goals", "Goals"), Html("<p>of goals</p>"), Section("plan", "Plan"), Html("<p>of plan</p>")]
    arranged = exporter.arranged(parts, "midterm")
    assert arranged[:-1] == [*parts[:3], Annex("plan", "Plan", (parts[4],))]


def test_what_a_report_has_nothing_on_is_one_line():
    every = (*section_order.FRONT["final"], *section_order.ANNEXES["final"])
    assert isinstance(of_stage("final", *every)[-1], Annex)
    line = str(of_stage("final", *(code for code in every if code not in ("plan", "members")))[-1])
    assert "This report has no material on: The evaluation plan; Members." in line


ANSWER = Answer(Html("Ten <b>of</b> 12; not told."), Html("Certainty: low."), (Card("effect", "Did it?", Html("no")),))


def answered(programme=""):
    shown = [HEAD, Section("conclusions", "In brief", (ANSWER,)), Section("goals", "Goals")]
    return exporter.render(shown, "t", [], "draft", programme=programme)


def test_the_answer_stands_before_the_contents_and_describes_the_page():
    made = answered()
    assert made.index('class="answer"') < made.index('<nav class="contents"') < made.index('<h2 id="goals">')
    for name in ('name="description"', 'property="og:description"'):
        assert f'<meta {name} content="Ten of 12; not told. Certainty: low.">' in made


def test_without_an_answer_title_and_state_describe_the_page():
    assert '<meta name="description" content="t · draft">' in exporter.render([], "t", [], "draft")


def test_the_card_on_the_effect_leads_to_the_programme_where_it_is_published():
    assert "programme.en.html" not in answered()
    assert '<a href="../programme.en.html">Programme: all regions together</a>' in answered("../programme.en.html")


@pytest.mark.parametrize("simulated", [True, False])
def test_a_page_of_simulated_values_has_one_watermark_instead_of_a_stamp_per_table(simulated):
    table = Table.of("t", "About", heads("A"), [["1"]], simulated)
    made = exporter.render([HEAD, Section("goals", "Goals", (table,))], "t", [])
    assert ('class="marked"' in made) == ("--mark: " in made) == simulated
    assert vocabulary.DEMO not in made
    assert (vocabulary.DEMO in str(table)) == simulated


@pytest.mark.parametrize(("lang", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_a_page_says_its_language(lang, tag):
    words.use(lang)
    assert f'<html lang="{tag}" ' in exporter.render([], "t", [])


def test_the_style_is_the_same_on_report_and_index():
    style = exporter.page("t", [])["style"]
    index = exporter.environment().get_template("project_index.html.j2").render(page=exporter.page("t", []), table="")
    assert "--blue:" in style
    assert "/*" not in style
    assert style in index
    assert style in exporter.render([], "t", [])


def test_the_head_of_printed_sheets_is_a_string_that_no_title_can_end():
    found = exporter.page('县\'s \\ "A"; } </style>', [], "定稿")["print"]
    assert found == (r"--title: '县\27 s\20 \5c \20 \22 A\22 \3b \20 \7d \20 \3c \2f style\3e '; --about: '定稿'")


def test_a_link_to_the_other_language_is_in_that_language():
    made = exporter.render([], "t", [("English", "t.en.html"), ("中文", "t.zh.html"), ("All", "i.html")])
    assert '<a href="t.en.html" lang="en" hreflang="en">English</a>' in made
    assert '<a href="t.zh.html" lang="zh-CN" hreflang="zh-CN">中文</a>' in made
    assert '<a href="i.html">All</a>' in made


def test_an_index_escapes_what_comes_from_data():
    text = "<script>alert(1)</script>"
    template = exporter.environment().get_template("project_index.html.j2")
    index = template.render(page=exporter.index_page(text, []), table="", nothing=text)
    assert "<script>" not in index
    assert index.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 7


def test_a_piece_of_html_is_short_in_a_notebook_file():
    assert repr(Html("<p>long</p>")) == "Html(11 characters)"
    assert Html("<p>long</p>")._repr_html_() == "<p>long</p>"
