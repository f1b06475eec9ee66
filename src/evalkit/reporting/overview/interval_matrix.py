"""Effects with their intervals in a matrix: the unit is at the indicator, a cell holds a number and a drawing."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from evalkit.analysis.results import Estimate
from evalkit.project.params import Indicator
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.html import small
from evalkit.reporting.elements.parts import Spark
from evalkit.reporting.elements.table import Cell, lines
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html, language, plain

WIDTH, HEIGHT, EDGE = 96, 14, 5  # pixels
NUMBER = re.compile(rf"[+{formats.MINUS}]?[\d.,]+")


def heading(indicator: Indicator, name: str = "") -> Html:
    """The indicator's name with the unit of its effects."""
    unit = NUMBER.sub("", formats.effect(1.0, indicator), count=1).strip()
    shown = name or indicator.name[language()]
    return Html.escape(shown) + (Html(" ") + small(formats.in_brackets(unit).strip()) if unit else Html(""))


def bare(amount: float | None, indicator: Indicator) -> str:
    """An effect without its unit; a dash without one."""
    number = NUMBER.match(formats.effect(amount, indicator))
    return number[0] if number else formats.NOTHING


def interval(estimate: Estimate, indicator: Indicator) -> str:
    """A 95 % interval without its unit; a dash without one."""
    if estimate.conf_low is None or estimate.conf_high is None:
        return formats.NOTHING
    ends = {"low": bare(estimate.conf_low, indicator), "high": bare(estimate.conf_high, indicator)}
    return plain("{low} to {high}", **ends)


def cell(estimate: Estimate, indicator: Indicator, *more: object) -> Cell:
    """A number and below it its interval."""
    return lines(bare(estimate.estimate, indicator), small(interval(estimate, indicator)), *more)


def drawn(estimate: Estimate, indicator: Indicator, scale: tuple[float, float], *more: object) -> Cell:
    """A number, its interval in figures, and the interval drawn on the indicator's scale."""
    return cell(estimate, indicator, *more, _drawing(estimate, indicator, scale))


def scale_of(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """From the lowest to the highest end of all intervals, zero included."""
    bounds = ((estimate.estimate, estimate.conf_low, estimate.conf_high) for estimate in estimates)
    ends = [end for part in bounds for end in part if end is not None]
    return min(0.0, *ends), max(0.0, *ends)


def _drawing(estimate: Estimate, indicator: Indicator, scale: tuple[float, float]) -> Spark | str:
    if estimate.estimate is None:
        return ""
    low, high = scale

    def at(value: float) -> str:
        return f"{EDGE + (WIDTH - 2 * EDGE) * (value - low) / ((high - low) or 1.0):.1f}"

    middle, zero = HEIGHT / 2, Markup('<path d="M{} 0v{}" stroke="{}"/>').format(at(0.0), HEIGHT, theme.GREY)
    line = Markup("")
    if estimate.conf_low is not None and estimate.conf_high is not None:
        path = Markup('<path d="M{} {}H{}" stroke="{}" stroke-width="1.6"/>')
        line = path.format(at(estimate.conf_low), middle, at(estimate.conf_high), theme.REGION)
    label = f"{bare(estimate.estimate, indicator)} ({interval(estimate, indicator)})"
    frame = Markup(
        '<svg class="spark" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}" fill="none">'
        '{}{}<circle cx="{}" cy="{}" r="2.6" fill="{}"/></svg>'
    )
    svg = frame.format(label, WIDTH, HEIGHT, WIDTH, HEIGHT, zero, line, at(estimate.estimate), middle, theme.REGION)
    return Spark(Html(svg), label)
