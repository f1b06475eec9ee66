"""Placebo estimates as stacked dots, with the tails in which 5 % of them lie and the region's own estimate above."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.effects.placebo import critical
from evalkit.analysis.results import Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.sheet import LINE, Margins, Sheet
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import language, say, translate

DOT = 7.0  # points from one dot to the next
HIGHEST = 16  # dots on top of each other; with more placebos columns and dots are narrower
NARROWEST = 0.3  # of the usual width


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn, in the unit of the axis.

    Attributes:
        placebos: estimates of the comparison regions.
        own, low, high: the region's estimate, and its interval if it has one.
        tail: the size beyond which 5 % of the placebos lie; None where they are too few.
        name, unit: of the region, and of the axis.
    """

    placebos: Sequence[float]
    own: float
    low: float | None
    high: float | None
    tail: float | None
    name: str
    unit: str


def placebos(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """The region's estimate among the same estimate for every comparison region.

    Examples:
        >>> ek.figures.placebos(finding, report.evaluation).title
        'Within-county visit rate: rank 5 of 24 by size of the estimate'
    """
    effect = finding.useful
    if isinstance(effect, Withheld):
        return effect
    indicator, att = finding.indicator, effect["att"]
    factor = 100.0 if indicator.scale == "log" else 1.0
    sizes = effect.placebos.to_numpy(float)
    low, high = (end * factor if end is not None else None for end in (att.conf_low, att.conf_high))
    tail = critical(sizes, effect.weights)
    strip = Strip(
        list(sizes * factor),
        (att.estimate or 0.0) * factor,
        low,
        high,
        tail * factor if tail is not None else None,
        evaluation.name(evaluation.region, language()),
        sheets.unit_of_estimate(indicator),
    )
    facts = {"name": indicator.name[language()], "rank": effect.rank, "n": len(sizes) + 1}
    title = say("{name}: rank {rank} of {n} by size of the estimate", **facts)
    plain_p = formats.probability(effect.judgement.plain_p)
    caption = say(
        "Diamond and line: the region with its 95% interval; each dot: the same estimate for a comparison region, "
        "where no reform started; dots on top of each other are about equal. Shaded: the outer 5%. The p-value of the "
        "plain test is the share of estimates at least as large: {p}; the smallest possible here is {smallest}. The "
        "judgement also asks how noisy each region is.",
        p=plain_p,
        smallest=formats.probability(effect.smallest_p),
    )
    description = say(
        "Estimate {effect} (95% interval {interval}); those of the comparison regions from {low} to {high}.",
        effect=formats.effect(att.estimate, indicator),
        interval=formats.interval(att.conf_low, att.conf_high, indicator),
        low=formats.effect(float(sizes.min()), indicator),
        high=formats.effect(float(sizes.max()), indicator),
    )
    rows = [
        (evaluation.name(str(unit), language()), formats.effect(float(value), indicator))
        for unit, value in effect.placebos.sort_values().items()
    ]
    columns = heads("Region", "Estimate:n")
    table = Table.of(f"placebos-{indicator.id}", say("Values of this figure"), columns, rows, effect.simulated)

    def paint(sheet: Sheet) -> Figure:
        return dots(strip, sheet)

    return drawing(paint, f"fig-placebos-{indicator.id}", title, caption, table, effect.simulated, description)


def dots(given: Strip, sheet: Sheet) -> Figure:
    """The strip on a sheet."""
    values = np.asarray(given.placebos, dtype=float)
    ends = [given.own, *values, *(end for end in (given.low, given.high, given.tail) if end is not None)]
    reach = 1.08 * max(map(abs, ends)) or 1.0
    places, levels, size = _stacked(values, reach, sheet.width - 16)
    height = size * (max(levels, default=0) + 1) + 3 * sheet.text * LINE
    figure, axes = sheets.plot(sheet, height, Margins(8, 8, 4, 2.4 * sheet.text * LINE + 6))
    axes.set(xlim=(-reach, reach), ylim=(0, height), yticks=[])
    if given.tail is not None:
        _tails(axes, given.tail, reach, sheet)
    axes.axvline(0, color=theme.INK, linewidth=0.8)
    axes.scatter(
        places, [size * (level + 0.6) for level in levels], s=(0.73 * size) ** 2, color=theme.POOL, linewidth=0
    )
    _own(axes, given, height - 1.7 * sheet.text * LINE, reach, sheet)
    axes.spines["left"].set_visible(False)
    axes.grid(visible=False)
    axes.set_xlabel(given.unit, fontsize=sheet.text)
    axes.xaxis.set_major_formatter(sheets.signed)
    return figure


def _stacked(
    values: "np.ndarray[tuple[int], np.dtype[np.float64]]", reach: float, across: float
) -> tuple[list[float], list[int], float]:
    """Columns of dots: where each dot lies, how many are below it, and the width of a column in points.

    Args:
        across: the width of the plot in points, which shows values up to `reach` on both sides of zero.
    """
    size = DOT
    while size > NARROWEST * DOT and len(values) and _tallest(values, 2 * reach * size / across) > HIGHEST:
        size *= 0.8
    width = 2 * reach * size / across
    seen: dict[int, int] = {}
    places, levels = [], []
    for value in np.sort(values):
        column = int(np.floor((value + reach) / width))
        levels.append(seen.get(column, 0))
        seen[column] = levels[-1] + 1
        places.append((column + 0.5) * width - reach)
    return places, levels, size


def _tallest(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", width: float) -> int:
    """How many dots are on top of each other at most."""
    return int(np.unique(np.floor(values / width), return_counts=True)[1].max())


def _tails(axes: Axes, tail: float, reach: float, sheet: Sheet) -> None:
    """Where 5 % of the placebos lie, shaded and named."""
    for side in (-1, 1):
        axes.axvspan(*sorted((side * tail, side * reach)), color=theme.BAND, zorder=0, linewidth=0)
    text = translate("outer 5%")
    if (reach - tail) / (2 * reach) * sheet.width > sheets.width_of(text, sheet.small) + 6:
        axes.annotate(
            text, (-reach, 0), xytext=(3, 3), textcoords="offset points", fontsize=sheet.small, color=theme.POOL
        )


def _own(axes: Axes, given: Strip, level: float, reach: float, sheet: Sheet) -> None:
    """The region's estimate with its interval and name, above the dots."""
    if given.low is not None and given.high is not None:
        axes.hlines(level, given.low, given.high, color=theme.REGION, linewidth=2)
    axes.scatter([given.own], [level], color=theme.REGION, marker="D", s=46, zorder=3)
    side = "left" if given.own < -0.5 * reach else "right" if given.own > 0.5 * reach else "center"
    axes.annotate(
        given.name, (given.own, level), xytext=(0, 7), textcoords="offset points", ha=side, fontsize=sheet.text,
        color=theme.REGION,
    )  # fmt: skip
