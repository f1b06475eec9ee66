"""Two sheets: letters large enough on both, texts measured and wrapped, numbers in units that can be read."""

import matplotlib
import pytest

from evalkit.project.params import Indicator
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.sheet import NARROW, WIDE, Margins
from evalkit.reporting.language import words

SHOWN = {"wide": (WIDE, 46 * 16), "narrow": (NARROW, 340)}  # pixels across


def indicator(**more):
    return Indicator(id="visits", name={"zh": "人次", "en": "Visits"}, better="higher", **more)


def value_axis(high, **more):
    figure, axes = sheets.plot(WIDE, 100, Margins())
    axes.set_ylim(0, high)
    _, unit = sheets.value_axis(axes, indicator(**more), WIDE)
    figure.draw_without_rendering()
    return [text.get_text() for text in axes.get_yticklabels()], unit


@pytest.mark.parametrize("name", SHOWN)
def test_letters_are_at_least_11_pixels_where_the_sheet_is_shown(name):
    sheet, pixels = SHOWN[name]
    assert min(sheet.text, sheet.small) * pixels / sheet.width >= 11


@pytest.mark.parametrize(
    "text", ["基层医疗卫生机构门急诊人次占县域内的比例", "Share of outpatient visits in primary care"]
)
def test_a_wrapped_text_has_no_line_that_is_too_wide_and_loses_nothing(text):
    made = sheets.wrapped(text, 80, 9)
    assert made.replace("\n", "").replace(" ", "") == text.replace(" ", "")
    assert "\n" in made
    assert sheets.width_of(made, 9) <= 80


def test_no_line_begins_with_a_closing_sign():
    assert all(
        line[0] not in sheets.CLOSING for line in sheets.wrapped("国卫医函〔2018〕，二十六号。" * 3, 60, 9).split("\n")
    )


@pytest.mark.parametrize(
    ("lang", "high", "last", "unit"),
    [
        ("zh", 1_000_000, "100", "万人次"),
        ("en", 1_000_000, "1,000", "thousand visits"),
        ("en", 5_000_000, "5", "million visits"),
        ("zh", 300_000_000, "30,000", "万人次"),
        ("zh", 80, "80", "人次"),
    ],
)
def test_large_numbers_are_counted_in_larger_units(lang, high, last, unit):
    words.use(lang)
    shown, named = value_axis(high, unit="count", unit_name={"zh": "人次", "en": "visits"})
    assert (shown[-1], named) == (last, unit)


def test_margins_are_in_points_and_the_foot_is_added_below():
    sheet = sheets.for_data(WIDE, simulated=True)
    figure, axes = sheets.plot(sheet, 100, Margins(left=20, right=10, top=15, bottom=25))
    assert figure.get_size_inches()[1] * 72 == pytest.approx(100 + 15 + 25 + sheet.foot)
    left, _, across, up = axes.get_position().bounds
    assert (left * sheet.width, across * sheet.width) == pytest.approx((20, sheet.width - 30))
    assert up * figure.get_size_inches()[1] * 72 == pytest.approx(100)
    assert sheet.foot > 0 == WIDE.foot


def test_a_new_plot_shares_nothing_with_the_one_before():
    _, first = sheets.plot(WIDE, 100, Margins())
    first.plot([0, 1])
    first.set_xlabel("quarter")
    _, second = sheets.plot(WIDE, 100, Margins())
    assert (len(second.lines), second.get_xlabel()) == (0, "")


def test_a_new_plot_follows_the_settings_of_matplotlib():
    sheets.plot(WIDE, 100, Margins())
    with matplotlib.rc_context({"axes.facecolor": "red"}):
        assert sheets.plot(WIDE, 100, Margins())[1].get_facecolor() == (1, 0, 0, 1)
    assert sheets.plot(WIDE, 100, Margins())[1].get_facecolor() == (1, 1, 1, 1)
