"""The diagram: text wraps inside its box in both languages, and everything given is drawn."""

import pytest

from evalkit.reporting.elements import diagram
from evalkit.reporting.elements.diagram import Stack, flow, wide, wrap

CHINESE = "开展医保支付方式改革（DRG、APG点数法、按床日支付），完善“总额预算、结余留用、合理超支分担”机制。"
ENGLISH = (
    "Lead hospitals are willing to send patients with common, stable chronic diseases to primary care (2020-2022)."
)


@pytest.mark.parametrize("ems", [6, 9, 11.3, 26])
@pytest.mark.parametrize("text", [CHINESE, ENGLISH])
def test_no_line_is_wider_than_its_box_and_nothing_is_lost(text, ems):
    lines = wrap(text, ems)
    assert max(wide(line) for line in lines) <= ems
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_chinese_breaks_anywhere_but_not_before_a_comma_or_after_an_opening_bracket():
    for ems in (5, 6, 7, 8, 9, 10, 11):
        lines = wrap(CHINESE, ems)
        assert [line for line in lines if line[0] in "，、。）”"] == []
        assert [line for line in lines if line[-1] in "（“"] == []


def test_english_breaks_between_words_and_after_a_hyphen():
    assert wrap("family-doctor contracts", 8) == ["family-doctor", "contracts"]
    assert wrap("Appointment-referral rate", 8) == ["Appointment-", "referral rate"]


def test_a_word_longer_than_a_line_is_broken():
    assert wrap("a" * 30, 10) == ["a" * 16, "a" * 14]


def test_nothing_is_no_line():
    assert wrap("", 10) == []


def drawn(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def test_every_text_is_drawn_and_every_column_but_the_first_has_an_arrow():
    columns = [Stack("In", ["money", "staff"]), Stack("Done", ["work"], more="3 more"), Stack("Out", ["care"])]
    figure = flow(columns, [Stack("Assumed", ["trust"])], note="a note")
    assert {"In", "money", "staff", "Done", "work", "3 more", "Out", "care", "Assumed", "trust", "a note"} <= set(
        drawn(figure)
    )
    arrows = [patch for patch in figure.axes[0].patches if type(patch).__name__ == "FancyArrow"]
    assert len(arrows) == 2


@pytest.mark.parametrize("text", [CHINESE, ENGLISH])
def test_measured_in_the_figure_s_own_font_no_text_leaves_its_box(text):
    figure = flow(
        [Stack("A", [text]), Stack("B", [text] * 3), Stack("C", []), Stack("D", [text])], [Stack("E", [text])]
    )
    figure.canvas.draw()
    axes = figure.axes[0]
    to_points = axes.transData.inverted()
    width = (diagram.WIDTH - 3 * diagram.GAP) / 4
    for one in axes.texts:
        box = one.get_window_extent().transformed(to_points)
        left = max(x for x in [i * (width + diagram.GAP) for i in range(4)] if x <= box.x0)
        is_below = box.y0 > axes.get_ylim()[0] * 0.8
        assert box.x1 <= (diagram.WIDTH if is_below else left + width - diagram.PAD)


def test_a_longer_column_makes_a_taller_figure():
    short, tall = (flow([Stack("A", ["word"] * n)], []).get_size_inches()[1] for n in (1, 5))
    assert tall > short
