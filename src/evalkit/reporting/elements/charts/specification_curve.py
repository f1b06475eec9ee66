"""The effect under every reasonable choice: estimates in order of size, and below them a matrix of the choices."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.analysis.effects import specifications as choices
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.effects.placebo import Array
from evalkit.analysis.effects.specifications import Specification
from evalkit.analysis.results import Estimate, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.sheet import LINE, Margins, Sheet
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html, language, say, translate

UPPER = 120.0  # points for the estimates
DOT, SPOT = 5.5, 4.0  # points across, of a choice and of an estimate
INDENT = 8.0  # points of an option under its choice
CHOICES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "window": ("Periods before the start", {"registered": "as registered", "half": "the later half"}),
    "mask": ("Masked periods", {"registered": "left out", "none": "included"}),
    "pool": (
        "Comparison regions",
        {"registered": "as registered", "everybody": "all eligible", "never_treated": "only never reformed"},
    ),
    "estimator": (
        "Method",
        {"did_mean": "difference of means", "synthetic_did": "synthetic DiD", "synthetic_control": "synthetic control"},
    ),
}

Integers = npt.NDArray[np.intp]
Rows = Sequence[tuple[Specification, Estimate]]


def specifications(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld | None:
    """The effect under every reasonable choice of periods, masks, comparison regions and method.

    None where the design leaves no choice.

    Examples:
        >>> ek.figures.specifications(finding, report.evaluation).title
        'Within-county visit rate: 24 of 24 choices agree on the direction; in 2 the effect is beyond chance variation'
    """
    if isinstance(finding.useful, Withheld):
        return finding.useful
    curve = choices.curve(finding.design, evaluation)
    rows = [(choice, choice.result["att"]) for choice in curve if not isinstance(choice.result, Withheld)]
    if len({(choice.window, choice.mask, choice.pool) for choice, _ in rows}) < 2:
        return None
    rows.sort(key=lambda row: row[1].estimate or 0.0)
    indicator = finding.indicator
    table = _table(rows, indicator, finding.effect.simulated)
    registered = next(estimate for choice, estimate in rows if choice.registered)
    sign = np.sign(registered.estimate or 0.0)
    title = say(
        "{name}: {same} of {n} choices agree on the direction; in {clear} the effect is beyond chance variation",
        name=indicator.name[language()],
        same=sum(np.sign(estimate.estimate or 0.0) == sign for _, estimate in rows),
        n=len(rows),
        clear=sum(estimate.is_clear for _, estimate in rows),
    )
    caption = say(
        "Each line is the effect with its 95% interval under one combination of choices, in order of size; the dots "
        "below it show which. Dark: zero lies outside the interval. Diamond: the registered design, which alone is "
        "judged; the others show how much its answer depends on the choices."
    )
    if gone := len(curve) - len(rows):
        caption += Html(" ") + say("Combinations without an estimate: {n}.", n=gone)
    description = say(
        "Estimates from {low} to {high}; the registered design: {effect}.",
        low=formats.effect(rows[0][1].estimate, indicator),
        high=formats.effect(rows[-1][1].estimate, indicator),
        effect=formats.effect(registered.estimate, indicator),
    )

    def paint(sheet: Sheet) -> Figure:
        return _curve(rows, indicator, sheet)

    name = f"fig-specifications-{indicator.id}"
    return drawing(paint, name, title, caption, table, finding.effect.simulated, description)


def _curve(rows: Rows, indicator: Indicator, sheet: Sheet) -> Figure:
    """Estimates above, choices below, in the same columns."""
    shown = _shown(rows)
    labels = [translate(label) for _, options in shown for label in options.values()]
    headings = [translate(CHOICES[name][0]) for name, _ in shown]
    left = max(sheets.widest(headings, sheet.text), sheets.widest(labels, sheet.text) + INDENT) + 10
    step = sheet.text * LINE
    lower = step * (len(labels) + len(headings)) + 4
    over = 2 * sheet.small * LINE + 4
    figure, axes = sheets.plot(sheet, UPPER, Margins(left, 8, over, lower + 6))
    total = UPPER + over + lower + 6 + sheet.foot
    matrix = figure.add_axes(
        (left / sheet.width, sheet.foot / total, (sheet.width - left - 8) / sheet.width, lower / total)
    )
    for part in (axes, matrix):
        part.set(xlim=(-0.7, len(rows) - 0.3), xticks=[])
        part.grid(visible=False)
    _estimates(axes, rows, 100.0 if indicator.scale == "log" else 1.0, sheet)
    sheets.note(axes, sheets.unit_of_estimate(indicator), sheet, left, sheet.small * LINE)
    _matrix(matrix, rows, shown, left, sheet)
    return figure


def _shown(rows: Rows) -> list[tuple[str, Mapping[str, str]]]:
    """The choices that differ, each with the options that occur."""
    used = {name: {getattr(choice, name) for choice, _ in rows} for name in CHOICES}
    return [
        (name, {option: label for option, label in options.items() if option in used[name]})
        for name, (_, options) in CHOICES.items()
        if len(used[name]) > 1
    ]


def _estimates(axes: Axes, rows: Rows, factor: float, sheet: Sheet) -> None:
    axes.axhline(0, color=theme.INK, linewidth=0.9, zorder=1)
    clear = np.array([estimate.is_clear for _, estimate in rows])
    registered = np.array([choice.registered for choice, _ in rows])
    numbers = [(estimate.conf_low, estimate.conf_high, estimate.estimate) for _, estimate in rows]
    low, high, middle = np.array(numbers, dtype=float).T * factor
    for chosen, colour, width in (
        (~clear & ~registered, theme.GREY, 1.2),
        (clear & ~registered, theme.INK, 1.2),
        (registered, theme.REGION, 2.4),
    ):
        places = np.flatnonzero(chosen)
        _bars(axes, places, low[places], high[places], colour, width)
        _dots(axes, places, middle[places], colour, SPOT)
    place = int(np.argmax(registered))
    axes.scatter([place], middle[[place]], marker="D", s=40, color=theme.REGION, zorder=3, linewidth=0)
    _name(axes, place, len(rows), sheet)
    axes.yaxis.set_major_locator(sheets.ticks(5))
    axes.yaxis.set_major_formatter(sheets.signed)
    axes.grid(visible=True, axis="y")
    axes.spines["bottom"].set_visible(False)


def _bars(axes: Axes, places: Integers, low: Array, high: Array, colour: str, width: float) -> None:
    """Upright bars as one path: hundreds of elements would make a page heavy."""
    up = np.column_stack([low, high, np.full(len(low), np.nan)])
    axes.plot(np.repeat(places, 3), up.ravel(), color=colour, linewidth=width, solid_capstyle="butt", zorder=2)


def _dots(axes: Axes, places: Integers, heights: Array, colour: str, size: float) -> None:
    """Dots as one path, too: short strokes with round ends."""
    half = 0.001 * np.ptp(axes.get_xlim())
    across = np.column_stack([places - half, places + half, np.full(len(places), np.nan)])
    axes.plot(across.ravel(), np.repeat(heights, 3), color=colour, linewidth=size, solid_capstyle="round", zorder=3)


def _name(axes: Axes, place: int, n: int, sheet: Sheet) -> None:
    """Which column is the registered design, above it."""
    side = "left" if place < n / 4 else "right" if place > 3 * n / 4 else "center"
    axes.annotate(
        translate("registered design"), (place, 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
        textcoords="offset points", ha=side, fontsize=sheet.small, color=theme.REGION, annotation_clip=False,
    )  # fmt: skip


def _matrix(axes: Axes, rows: Rows, shown: Sequence[tuple[str, Mapping[str, str]]], left: float, sheet: Sheet) -> None:
    """A dot for the option that each estimate rests on; the name of the choice above its options."""
    level, registered = 0, np.array([choice.registered for choice, _ in rows])
    for name, options in shown:
        _write(axes, translate(CHOICES[name][0]), level, 2 - left, sheet, theme.GREY)
        for option, label in options.items():
            level += 1
            made = np.array([getattr(choice, name) == option for choice, _ in rows])
            axes.axhline(level, color=theme.FAINT, linewidth=0.6, zorder=0)
            for chosen, colour in ((made & ~registered, theme.GREY), (made & registered, theme.REGION)):
                places = np.flatnonzero(chosen)
                _dots(axes, places, np.full(len(places), float(level)), colour, DOT)
            _write(axes, translate(label), level, INDENT + 2 - left, sheet, theme.INK)
        level += 1
    axes.set(ylim=(level - 0.4, -0.6), yticks=[])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _write(axes: Axes, text: str, level: int, shift: float, sheet: Sheet, colour: str) -> None:
    axes.annotate(
        text, (0, level), xycoords=("axes fraction", "data"), xytext=(shift, 0), textcoords="offset points",
        va="center", fontsize=sheet.text, color=colour, annotation_clip=False,
    )  # fmt: skip


def _table(rows: Rows, indicator: Indicator, simulated: bool) -> Table:
    columns = heads(
        *(label for label, _ in CHOICES.values()), "Effect:n", "95% interval:n", "p:n", "Registered design:s"
    )
    cells = [
        (
            *(translate(options[getattr(choice, name)]) for name, (_, options) in CHOICES.items()),
            formats.effect(estimate.estimate, indicator),
            formats.interval(estimate.conf_low, estimate.conf_high, indicator),
            formats.probability(estimate.p_value),
            translate("yes") if choice.registered else "",
        )
        for choice, estimate in rows
    ]
    return Table.of(f"specifications-{indicator.id}", say("Values of this figure"), columns, cells, simulated)
