"""Figures: inline SVG with a text alternative; the same data, the same bytes; a reason instead of an empty chart."""

import re
import warnings
from html import unescape

import pytest

from evalkit.analysis.results import Withheld
from evalkit.reporting.elements import figures
from evalkit.reporting.elements.figures import Drawing
from evalkit.reporting.language import words

KINDS = [figures.trend, figures.event_study, figures.before_after, figures.placebos]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


def ids(page):
    return re.findall(r'\bid="([^"]*)"', page)


def texts(svg):
    return [unescape(one) for one in re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)]


def lines(drawing):
    """The lines that a figure draws, as lists of y values without gaps."""
    return [[y for y in line.get_ydata() if y == y] for line in drawing.figure.axes[0].get_lines()]


def test_a_drawing_is_an_image_whose_alternative_is_the_finding_and_what_is_seen(report, kind):
    made = report()
    drawing = kind(made.finding, made.evaluation)
    head = re.match("<svg[^>]*>", drawing.svg()).group()
    assert 'role="img"' in head
    alternative = unescape(re.search('aria-label="([^"]*)"', head).group(1))
    assert alternative == f"{drawing.title}. {drawing.description}"
    assert re.search(r"\d", alternative)
    assert drawing.title.startswith("Rate: ")


def test_two_drawings_on_a_page_share_no_id(report):
    made = report()
    found = ids("".join(kind(made.finding, made.evaluation)._repr_html_() for kind in KINDS))
    assert len(found) > 4 * len(KINDS)
    assert len(set(found)) == len(found)


def test_every_reference_inside_a_drawing_is_met(report, kind):
    made = report()
    svg = kind(made.finding, made.evaluation).svg()
    assert set(re.findall(r'(?:href="#|url\(#)([^")]*)', svg)) <= set(ids(svg))


def test_the_same_data_give_the_same_bytes(report, kind):
    first, second = report(), report()
    drawn = [kind(made.finding, made.evaluation)._repr_html_() for made in (first, second)]
    assert drawn[0] == drawn[1]


def test_a_part_that_is_named_by_its_last_digits_is_named_by_its_order(report):
    drawings = [figures.trend(made.finding, made.evaluation) for made in (report(), report())]
    for drawing, noise in zip(drawings, (0, 1e-14), strict=True):  # as a layout may leave it
        drawing.figure.set_layout_engine("none")
        drawing.figure.axes[0].set_position((0.1, 0.1 + noise, 0.8, 0.8))
    first, second = (drawing.svg() for drawing in drawings)
    assert first == second
    assert set(re.findall(r"url\(#([^)]*)\)", first)) <= set(ids(first))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("status", ["simulated", "reported"])
def test_the_label_of_simulated_data_stands_inside_the_drawing(report, kind, status, lang):
    words.use(lang)
    made = report(status=status)
    drawing = kind(made.finding, made.evaluation)
    label = {"zh": "演示数据", "en": "Demonstration data"}[lang]
    caption = re.search("<figcaption>(.*?)</figcaption>", drawing._repr_html_()).group(1)
    simulated = status == "simulated"
    assert any(label in text for text in texts(drawing.svg())) is simulated
    assert (label in caption) is simulated


def test_chinese_is_drawn_without_a_missing_glyph(report, kind):
    words.use("zh")
    made = report(name="基层就诊率（邛崃）")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = kind(made.finding, made.evaluation).svg()
    assert any(re.search("[\u4e00-\u9fff]", text) for text in texts(svg))


def test_numbers_below_zero_have_the_minus_sign_of_the_text(report, make_values):
    made = report(make_values(effect=-8))
    ticks = texts(figures.event_study(made.finding, made.evaluation).svg())
    assert any(re.fullmatch("\N{MINUS SIGN}[0-9.]+", one) for one in ticks)
    assert not any(one.startswith("-") for one in ticks)


@pytest.mark.parametrize("kind", [figures.trend, figures.event_study, figures.placebos])
def test_what_is_withheld_is_a_reason_and_not_an_empty_chart(refused, kind):
    told = kind(refused.finding, refused.evaluation)
    assert isinstance(told, Withheld)
    assert told.reason.code == "too_few_post_periods"


def test_figures_of_what_is_withheld_are_one_sentence(refused):
    (told,) = figures.each(refused.findings, refused.evaluation, figures.trend, figures.event_study)
    assert not isinstance(told, Drawing)
    assert "<svg" not in told
    assert re.match('<p class="withheld"><strong>Rate</strong> Not estimated: complete, released periods', told)


def test_a_line_breaks_at_a_change_of_definition(report):
    about = "unit: percent, better: higher, breaks: [{from: 2018Q1}]"
    whole, broken = (report(about=one) for one in ("unit: percent, better: higher", about))
    parts = [[len(line) for line in lines(figures.trend(made.finding, made.evaluation))] for made in (whole, broken)]
    assert parts[0].count(20) == 2  # region and comparison
    assert parts[1].count(20) == 0
    assert parts[1].count(8) == 2  # 2016Q1 to 2017Q4
    assert parts[1].count(12) == 2  # 2018Q1 to 2020Q4
    assert "new definition" in texts(figures.trend(broken.finding, broken.evaluation).svg())


def test_periods_left_out_are_named_in_the_data_of_the_figure(report):
    made = report(more="design: {mask: {covid: [2020Q1]}, transition: 1}\n")
    table = str(figures.trend(made.finding, made.evaluation).table)
    assert "masked: COVID-19" in table
    assert "left out: transition" in table


def test_a_target_is_drawn_and_a_rate_of_growth_is_not(report, project):
    made = report()
    assert [65.0, 65.0] in lines(figures.trend(made.finding, made.evaluation))
    growth = "region: a\ntargets:\n  - {indicator: rate, operator: growth, value: 5, source: plan, phrase: …}\n"
    project.region("a", growth)
    assert [5.0, 5.0] not in lines(figures.trend(made.finding, project.load("a")))


def test_a_name_with_dollars_and_markup_stays_text(report, kind):
    made = report(name='Cost in $ <b>per $ "x"')
    page = kind(made.finding, made.evaluation)._repr_html_()
    assert "<b>" not in page
    assert 'Cost in $ <b>per $ "x"' in unescape(page)


def test_a_dollar_in_a_name_is_no_formula_in_the_drawing(report):
    made = report(name="US$ per visit, US$", about="unit: index, better: higher")
    assert "US$ per visit, US$" in texts(figures.trend(made.finding, made.evaluation).svg())


def test_the_data_stand_below_the_figure(report):
    made = report()
    page = figures.trend(made.finding, made.evaluation)._repr_html_()
    assert page.count("<tr>") == 1 + 20
    assert "<summary>Data of this figure</summary>" in page


def test_means_of_a_share_are_not_rounded_away(report, make_values):
    made = report(make_values(effect=8) / 100, about="unit: share, better: higher")
    assert re.fullmatch(
        r"Rate: mean 0\.\d{3} before, 0\.\d{3} after", figures.before_after(made.finding, made.evaluation).title
    )
