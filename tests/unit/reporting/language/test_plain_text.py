"""The text of a piece of markup is what a reader sees, and a plain text stays as it is."""

import pytest

from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html


@pytest.mark.parametrize(
    ("markup", "seen"),
    [
        ("one<br>two", "one\ntwo"),
        ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
        ("<span aria-hidden='true'>●</span> met", "● met"),
        ("a <!-- hidden --> b", "a b"),
        ("&lt;script&gt;", "<script>"),
        ("x\u00a0\n y", "x\u00a0 y"),
        ("Source: <q>达到65%</q>", "Source: “达到65%”"),
        ('<svg aria-label="It &lt;rose"><text>no</text></svg> 1', "It <rose 1"),
        ("<style>p {}</style>a", "a"),
    ],
)
def test_the_text_is_what_a_reader_sees(markup, seen):
    assert text_of(Html(markup)) == seen


def test_a_plain_text_is_no_markup():
    assert text_of("a <b> &amp; c") == "a <b> &amp; c"
    assert text_of(3) == "3"
