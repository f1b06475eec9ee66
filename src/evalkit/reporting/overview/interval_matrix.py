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
    found = NUMBER.match(formats.effect(amount, indicator))
    return found[0] if found else formats.NOTHING


def interval(one: Estimate, indicator: Indicator) -> str:
    """A 95 % interval without its unit; a dash without one."""
    if one.conf_low is None or one.conf_high is None:
        return formats.NOTHING
    ends = {"low": bare(one.conf_low, indicator), "high": bare(one.conf_high, indicator)}
    return plain("{low} to {high}", **ends)


def cell(one: Estimate, indicator: Indicator, *more: object) -> Cell:
    """A number and below it its interval."""
    return lines(bare(one.estimate, indicator), small(interval(one, indicator)), *more)


def drawn(one: Estimate, indicator: Indicator, scale: tuple[float, float], *more: object) -> Cell:
    """A number, its interval in figures, and the interval drawn on the indicator's scale."""
    return cell(one, indicator, *more, _drawing(one, indicator, scale))


def scale_of(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """From the lowest to the highest end of all intervals, zero included."""
    ends = [end for one in estimates for end in (one.estimate, one.conf_low, one.conf_high) if end is not None]
    return min(0.0, *ends), max(0.0, *ends)


def _drawing(one: Estimate, indicator: Indicator, scale: tuple[float, float]) -> Spark | str:
    if one.estimate is None:
        return ""
    low, high = scale

    def at(value: float) -> str:
        return f"{EDGE + (WIDTH - 2 * EDGE) * (value - low) / ((high - low) or 1.0):.1f}"

    middle, zero = HEIGHT / 2, Markup('<path d="M{} 0v{}" stroke="{}"/>').format(at(0.0), HEIGHT, theme.GREY)
    line = Markup("")
    if one.conf_low is not None and one.conf_high is not None:
        path = Markup('<path d="M{} {}H{}" stroke="{}" stroke-width="1.6"/>')
        line = path.format(at(one.conf_low), middle, at(one.conf_high), theme.REGION)
    label = f"{bare(one.estimate, indicator)} ({interval(one, indicator)})"
    whole = Markup(
        '<svg class="spark" role="img" aria-label="{}" width="{}" height="{}" viewBox="0 0 {} {}" fill="none">'
        '{}{}<circle cx="{}" cy="{}" r="2.6" fill="{}"/></svg>'
    )
    svg = whole.format(label, WIDTH, HEIGHT, WIDTH, HEIGHT, zero, line, at(one.estimate), middle, theme.REGION)
    return Spark(Html(svg), label)
