"""A page taken apart: what a reader sees of its tables, and drawings as they were written."""

import pytest

from evalkit.publishing.downloads import page_tables

PAGE = """
<!DOCTYPE html><html><body><nav>away</nav><main>
<div class="scroll"><table id="t"><caption><strong class="demo">Demonstration data.</strong> Goals,
of all</caption>
<thead><tr><th scope="col">Goal</th><th scope="col" class="n">Value</th></tr></thead>
<tbody>
<tr class="group"><th scope="rowgroup" colspan="2">First group</th></tr>
<tr><th scope="row">Visits<br><small>in all</small></th><td class="n">65.3%</td></tr>
</tbody><tbody>
<tr class="below"><td colspan="2">Source: <q>达到65%</q></td></tr>
</tbody></table></div>
<figure><p class="figure-title">It rose</p><svg viewBox="0 0 9 3" role="img" aria-label="It &lt;rose"><clipPath/></svg>
<details><table id="d"><caption>Values</caption><thead><tr><th>Period</th></tr></thead>
<tbody><tr><th>2020</th></tr></tbody></table></details></figure>
</main></body></html>
"""


@pytest.fixture
def page():
    return page_tables.parsed(PAGE)


@pytest.fixture
def table(page):
    return page_tables.tables(page.main)[0]


def text(html):
    return page_tables.text_of(page_tables.parsed(f"<main><p>{html}</p></main>").main.p)


def test_tables_come_in_their_order_with_the_figure_to_which_they_belong(page):
    assert [(one.name, one.figure) for one in page_tables.tables(page.main)] == [("t", ""), ("d", "It rose")]


def test_the_caption_leaves_the_label_out_and_is_one_line(table):
    assert table.caption == "Goals, of all"


def test_cells_keep_their_lines_their_kind_and_their_width(table):
    assert [(one.text, one.kind) for one in table.header] == [("Goal", ""), ("Value", "n")]
    group, row, below = table.rows
    assert [(one.text, one.span, one.heading) for one in group] == [("First group", 2, True)]
    assert [(one.text, one.kind, one.heading) for one in row] == [("Visits\nin all", "", True), ("65.3%", "n", False)]
    assert [(one.text, one.span) for one in below] == [("Source: “达到65%”", 2)]


def test_a_drawing_keeps_its_capitals_and_stands_for_its_alternative(page):
    svg = page.main.find("svg")
    assert page.drawing(svg) == '<svg viewBox="0 0 9 3" role="img" aria-label="It &lt;rose"><clipPath/></svg>'
    assert page_tables.text_of(page.main.figure).split("\n")[1].startswith("It <rose")


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("one<br>two", "one\ntwo"),
        ("<span aria-hidden='true'>●</span> met", "● met"),
        ("a <!-- hidden --> b", "a b"),
        ("&lt;script&gt;", "<script>"),
        ("x\u00a0\n y", "x\u00a0 y"),
        ("bell\x07 and \x0bmore", "bell and more"),
    ],
)
def test_the_text_is_what_a_reader_sees(html, seen):
    assert text(html) == seen


def test_a_page_without_a_main_part_is_refused():
    with pytest.raises(ValueError, match="no <main>"):
        page_tables.parsed("<p>nothing</p>")
