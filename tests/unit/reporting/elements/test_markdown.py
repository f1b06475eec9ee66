"""Markdown of the evaluator: structure is kept, and nothing in it can load, run, link or break out of its place."""

import re

import pytest

from evalkit.reporting.elements import parts
from evalkit.reporting.elements.markdown import parts as parts_of
from evalkit.reporting.elements.table import Table
from evalkit.reporting.language import words

TABLE = "| Measure | Number |\n|---|--:|\n| <b> | 1 |\n| **two** |\n"


def drawn(text, lang="zh"):
    def table(number, columns, rows):
        return Table.of(f"t-{number}", f"Table {number}", columns, rows, simulated=False)

    return str(parts.drawn(parts_of(text, lang, table)))


def headings(text):
    return re.findall(r"<(h\d)>", drawn(text))


def test_paragraphs_lists_and_emphasis_are_kept():
    told = drawn("One **bold** word.\n\n- first\n- second\n\n1. third\n")
    assert "<p>One <strong>bold</strong> word.</p>" in told
    assert "<ul>\n<li>first</li>\n<li>second</li>\n</ul>" in told
    assert "<ol>\n<li>third</li>\n</ol>" in told


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# One\n## Two\n### Three", ["h3", "h4", "h5"]),
        ("## Two\n#### Four\n## Two again", ["h3", "h4", "h3"]),
        ("### Three\n# One\n### Three", ["h3", "h3", "h4"]),
        ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", ["h3", "h4", "h5", "h6", "h6", "h6"]),
        ("Title\n=====\n\nPart\n----\n", ["h3", "h4"]),
    ],
)
def test_headings_start_at_h3_and_skip_no_level(text, levels):
    assert headings(text) == levels


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=alert(1)>b</b>",
        "<div>\n\n# inside\n\n</div>",
        "```html\n<script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "# <script>alert(1)</script>",
        f"{TABLE}| <script>alert(1)</script> | 2 |",
    ],
)
def test_html_is_shown_as_text(text):
    told = drawn(text)
    assert not re.search(r"<(script|img|b|div(?! class=.scroll))\b", told)
    assert "&lt;" in told


@pytest.mark.parametrize(
    "text",
    [
        "[a](https://example.com)",
        "[a](javascript:alert(1))",
        "![a](https://example.com/x.png)",
        "<https://example.com>",
        "https://example.com",
        "[a]\n\n[a]: https://example.com",
    ],
)
def test_there_are_no_links_and_no_images(text):
    assert not re.search(r"<(a|img)\b|(?:src|href)=", drawn(text))


def test_a_table_is_drawn_like_those_of_the_report():
    told = drawn(f"{TABLE}\ntext\n\n{TABLE}")
    assert re.findall(r'<table id="([\w-]+)">', told) == ["t-1", "t-2"]
    assert '<th scope="col">Measure</th><th scope="col" class="n">Number</th>' in told
    assert '<th scope="row">&lt;b&gt;</th><td class="n">1</td>' in told
    assert '<th scope="row"><strong>two</strong></th><td class="n"></td>' in told


def test_a_paragraph_that_is_set_in_is_no_program():
    assert drawn("    两字缩进的段落。") == "<p>两字缩进的段落。</p>\n"


def test_broken_chinese_lines_go_on_without_a_space_and_english_ones_with_one():
    assert drawn("改革实施\n以来，\n进展顺利") == "<p>改革实施以来，进展顺利</p>\n"
    assert drawn("two\nlines") == "<p>two\nlines</p>\n"


@pytest.mark.parametrize(("lang", "marked"), [("en", True), ("zh", False)])
def test_chinese_words_in_an_english_text_say_that_they_are(lang, marked):
    words.use("en")
    assert ('<span lang="zh-CN">甲乡</span>' in drawn("The town 甲乡 and **乙乡**", lang)) == marked


def test_headings_and_tables_are_parts_of_their_own():
    def table(number, columns, rows):
        return Table.of(f"t-{number}", "T", columns, rows, simulated=False)

    kinds = [type(part).__name__ for part in parts_of("Before\n\n# One\n\n" + TABLE + "\nAfter", "en", table)]
    assert kinds == ["Html", "Heading", "Table", "Html"]
