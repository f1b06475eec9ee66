"""Figures of the programme page: effect by time since the start and by cohort, a forest of the regions' own effects."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit import periods
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.programme import long_base
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.programme.pooled_effect import Programme, Regional, Regions
from evalkit.analysis.results import Estimate
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.forest_plot import Forest, Row, better_right, forest
from evalkit.reporting.elements.charts.sheet import LINE, Margins, Sheet
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import Html, language, plain, say, semicolons, translate

MANY = 60  # regions; one figure or table with more names is unreadable
HEIGHT = 165.0  # points of a plot
PANEL = 74.0  # points of a panel of small multiples


def paths(programmes: Sequence[Programme], evaluation: Evaluation) -> tuple[Drawing, ...]:
    """The event-time figure of every primary indicator that has a band, each followed by its cohorts."""
    primary = evaluation.assessment.indicators.primary
    chosen = [(programme, programme.headline) for programme in programmes if programme.indicator.id in primary]
    made = [
        draw(programme, band) for programme, band in chosen if isinstance(band, LongBase) for draw in (path, cohorts)
    ]
    return tuple(figure for figure in made if figure)


def path(programme: Programme, band: LongBase) -> Drawing:
    """Pooled effect by time since the start with its simultaneous band; grey where a single cohort carries it."""
    indicator = programme.indicator
    times, estimates = zip(*band.path, strict=True)
    points = _points(estimates, times, indicator)
    carried = [_carried(programme, time) for time in times]
    alone = [len(starts) == 1 for starts in carried]

    def paint(sheet: Sheet) -> Figure:
        return _path(points, alone, programme, sheet)

    late = [estimate for time, estimate in band.path if time >= 0]
    clear = sum(estimate.is_clear for estimate in late)
    heading = say(
        "{name}: in {clear} of {n} periods after the start the band excludes zero",
        name=indicator.name[language()],
        clear=clear,
        n=len(late),
    )
    caption = say(
        "Pooled effect of {n} treated regions by time since the start, against the mean of all observed periods before "
        "it. Band: holds all points at once with 95% confidence; points that too few regions carry have none. Grey: "
        "carried by one cohort only. How many regions carry a point is in the data.",
        n=formats.count(band.n_treated),
    )
    description = say(
        "{first} right at the start, {last} at the end; mean over regions {mean}.",
        first=formats.effect(late[0].estimate, indicator) if late else formats.NOTHING,
        last=formats.effect(late[-1].estimate, indicator) if late else formats.NOTHING,
        mean=formats.effect(band["group"].estimate, indicator),
    )
    table = _path_table(band, indicator, programme.region, [sum(starts.values()) for starts in carried])
    name = f"fig-path-{indicator.id}-{programme.sample.kind}"
    return drawing(paint, name, heading, caption, table, band.simulated, description)


def _path(points: pd.DataFrame, alone: Sequence[bool], programme: Programme, sheet: Sheet) -> Figure:
    figure, axes = sheets.plot(sheet, HEIGHT, Margins())
    for is_alone, group in groupby(zip(points["time"], alone, strict=True), key=lambda pair: pair[1]):
        if is_alone:
            run = [time for time, _ in group]
            axes.axvspan(run[0] - 0.5, run[-1] + 0.5, color=theme.MASK, zorder=0, linewidth=0)
    axes.fill_between(points["time"], points["low"], points["high"], color=theme.GAP, alpha=0.6, zorder=1, linewidth=0)
    axes.plot(points["time"], points["estimate"], color=theme.REGION, marker="o", markersize=3.5, linewidth=1.8)
    axes.axhline(0, color=theme.INK, linewidth=0.8)
    axes.axvline(-0.5, color=theme.INK, linewidth=1)
    _start(axes, sheet)
    axes.set_xlabel(since(programme), fontsize=sheet.text)
    axes.xaxis.set_major_locator(sheets.ticks(6 if sheet.is_narrow else 10))
    axes.xaxis.set_major_formatter(sheets.signed)
    left = _effect_axis(axes, sheet)
    sheets.note(axes, sheets.unit_of_estimate(programme.indicator), sheet, left)
    margins = Margins(left, 8, sheet.small * LINE + 8, 2.3 * sheet.text * LINE + 4)
    sheets.place(axes, sheet, HEIGHT, margins)
    return figure


def _start(axes: Axes, sheet: Sheet) -> None:
    axes.annotate(
        translate("start"), (-0.5, 1), xycoords=("data", "axes fraction"), xytext=(3, -3), textcoords="offset points",
        va="top", fontsize=sheet.small,
    )  # fmt: skip


def _effect_axis(axes: Axes, sheet: Sheet) -> float:
    """Number an upright axis of effects; returns the room that the numbers need."""
    axes.yaxis.set_major_locator(sheets.ticks(5))
    axes.yaxis.set_major_formatter(sheets.signed)
    shown = [sheets.signed(value) for value in axes.get_yticks()]
    return sheets.widest(shown, sheet.text) + 8


def since(programme: Programme) -> str:
    """What time since the start is counted in."""
    start = next(iter(programme.sample.starts.values()))
    return translate(vocabulary.FROM_START[periods.frequency(start)])


def _carried(programme: Programme, time: int) -> dict[int, int]:
    """How many regions of each cohort are observed so long after their start."""
    sample = programme.sample
    column = {int(number): place for place, number in enumerate(sample.times)}
    seen = np.isfinite(sample.outcome.to_numpy(float))
    starts = sorted(set(map(int, sample.cohort[sample.compared])))
    places = {start: column[start + time] for start in starts if start + time in column}
    counts = {start: int(seen[sample.cohort == start, place].sum()) for start, place in places.items()}
    return {start: n for start, n in counts.items() if n}


def cohorts(programme: Programme, band: LongBase) -> Drawing | None:
    """The path of every cohort in a panel of its own; none where all started together."""
    indicator, factor = programme.indicator, 100.0 if programme.indicator.scale == "log" else 1.0
    courses = _courses(programme)
    means = {
        start: band[f"cohort={start}"] for start in courses if f"cohort={start}" in {e.term for e in band.estimates}
    }
    if len(means) < 2:
        return None
    amounts = {start: formats.effect(mean.estimate, indicator) for start, mean in means.items()}
    sizes = {
        start: plain("{start}: {n} regions", start=formats.period(start), n=band.cohorts[start]) for start in means
    }
    panels = [((sizes[start], amounts[start]), courses[start] * factor) for start in means]

    def paint(sheet: Sheet) -> Figure:
        return _panels(panels, programme, sheet)

    first, last = (list(amounts.items())[place] for place in (0, -1))
    heading = say(
        "{name} by cohort: {first} of those that started in {first_period}, {last} of those of {last_period}",
        name=indicator.name[language()],
        first=first[1],
        first_period=formats.period(first[0]),
        last=last[1],
        last_period=formats.period(last[0]),
    )
    caption = say(
        "A panel for each group of regions that started together: its effect by time since the start, and on top its "
        "mean after the start. All panels have the same axes."
    )
    rows = [
        (formats.period(start), formats.count(band.cohorts[start]), *_cells(mean, indicator))
        for start, mean in means.items()
    ]
    columns = heads("First treated period:s", "Regions:n", "Estimate:n", "95% interval:n")
    name = f"cohort-effects-{indicator.id}-{programme.region.strip('_').replace(':', '-')}"
    table = Table.of(name, say("Values of this figure"), columns, rows, band.simulated)
    description = semicolons([f"{sizes[start]}, {amounts[start]}" for start in means])
    where = f"fig-cohorts-{indicator.id}-{programme.sample.kind}"
    return drawing(paint, where, heading, caption, table, band.simulated, description)


def _courses(programme: Programme) -> "dict[str, pd.Series[float]]":
    """The effect of every cohort by time since its start, over all strata."""
    cells = [
        (programme.sample.starts[cell.cohort], cell.time - cell.cohort, cell.estimate * cell.n_treated, cell.n_treated)
        for cell in long_base.att_gt(programme.sample).cells
    ]
    table = pd.DataFrame(cells, columns=["start", "time", "sum", "n"]).groupby(["start", "time"]).sum()
    means = table["sum"] / table["n"]
    return {str(start): means.loc[start] for start in sorted(means.index.get_level_values("start").unique())}


def _panels(panels: "Sequence[tuple[tuple[str, str], pd.Series[float]]]", programme: Programme, sheet: Sheet) -> Figure:
    """Panels with common axes, as many side by side as their headings have room for."""
    across = 2 if sheet.is_narrow else 3
    width = sheet.width / across
    texts = ["\n".join(sheets.wrapped(line, width - 10, sheet.small) for line in head) for head, _ in panels]
    row = sheet.small * LINE
    top = row * max(text.count("\n") + 1 for text in texts) + 8
    down = math.ceil(len(panels) / across)
    figure, first = sheets.plot(sheet, 0.1, Margins(top=(PANEL + top) * down, bottom=2 * row + 10))
    first.remove()
    height = figure.get_size_inches()[1] * sheets.POINTS
    ends = [float(value) for _, course in panels for value in (course.min(), course.max(), 0.0)]
    times = [int(time) for _, course in panels for time in course.index]
    edge = 0.08 * (max(ends) - min(ends))
    for place, (text, (_, course)) in enumerate(zip(texts, panels, strict=True)):
        left = (place % across) * width + 34
        up = height - (place // across + 1) * (PANEL + top)
        axes = figure.add_axes((left / sheet.width, up / height, (width - 42) / sheet.width, PANEL / height))
        axes.set(xlim=(min(times) - 0.5, max(times) + 0.5), ylim=(min(ends) - edge, max(ends) + edge))
        axes.axhline(0, color=theme.INK, linewidth=0.8)
        axes.axvline(-0.5, color=theme.INK, linewidth=0.8)
        axes.plot(course.index, course, color=theme.REGION, linewidth=1.6)
        axes.annotate(
            text, (0, 1), xycoords="axes fraction", xytext=(-28, 4), textcoords="offset points", fontsize=sheet.small,
            annotation_clip=False, linespacing=1.2,
        )  # fmt: skip
        axes.tick_params(labelsize=sheet.small, length=0, pad=3)
        axes.yaxis.set_major_locator(sheets.ticks(3))
        axes.xaxis.set_major_locator(sheets.ticks(4))
        axes.xaxis.set_major_formatter(sheets.signed)
        axes.yaxis.set_major_formatter(sheets.signed)
        if place + across < len(panels):
            axes.set_xticklabels([])
    figure.text(
        0.06, (sheet.foot + 3) / sheets.POINTS, f"{since(programme)}; {sheets.unit_of_estimate(programme.indicator)}",
        transform=figure.dpi_scale_trans, fontsize=sheet.small, color=theme.GREY,
    )  # fmt: skip
    return figure


def forests(results: Regions, evaluation: Evaluation, programme: Sequence[Programme] = ()) -> tuple[Drawing, ...]:
    """A forest plot per primary indicator for which some region has an estimate, the pooled effect at its end."""
    useful = [region for region in results.effects if isinstance(region.useful, Effect)]
    groups = [
        (evaluation.indicators[name], [region for region in useful if region.indicator.id == name])
        for name in evaluation.assessment.indicators.primary
    ]
    pooled = {result.indicator.id: result.headline for result in programme if isinstance(result.headline, LongBase)}
    return tuple(
        regional_forest(indicator, group, evaluation, pooled.get(indicator.id)) for indicator, group in groups if group
    )


def regional_forest(
    indicator: Indicator, regions: Sequence[Regional], evaluation: Evaluation, pooled: LongBase | None = None
) -> Drawing:
    """Each region's headline with its placebo interval, largest at the top; of many regions without their names."""
    ordered = sorted(regions, key=lambda region: region.effect["att"].estimate or 0.0)
    points = _points([region.effect["att"] for region in ordered], range(len(ordered)), indicator)
    many, names = len(ordered) > MANY, {region.region: evaluation.name(region.region, language()) for region in regions}
    # On the axis of effects as they are, the better side may be the left one.
    sides = better_right() if indicator.better == "higher" else ("", "")
    rows = [_row(names[region.region], region.effect["att"], indicator) for region in reversed(ordered)]
    if pooled:
        name = plain("all {n} regions together", n=formats.count(pooled.n_treated))
        rows.append(replace(_row(name, pooled["group"], indicator), is_pooled=True))
    given = Forest(rows, sheets.unit_of_estimate(indicator), sides)

    def paint(sheet: Sheet) -> Figure:
        return _ranked(points, indicator, sheet) if many else forest(given, sheet)

    simulated = any(region.effect.simulated for region in regions)
    clear = sum(region.effect["att"].is_clear for region in regions)
    heading = say(
        "{name}: the 95% interval excludes zero in {clear} of {n} regions",
        name=indicator.name[language()],
        clear=formats.count(clear),
        n=formats.count(len(regions)),
    )
    caption = say(
        "Each region against its own comparison group, 95% placebo interval, not adjusted for the number of regions; "
        "a region without a line has too few comparison regions for an interval."
    )
    if many:
        caption = say(
            "Each region against its own comparison group. Line: estimates in order; shaded: 95% placebo intervals, "
            "not adjusted for the number of regions. The table names a region at every tenth part of the order; all "
            "of them stand in the index and in results.csv."
        )
        ordered = [ordered[round(tenth * (len(ordered) - 1) / 10)] for tenth in range(11)]
    columns = heads("Region", "Estimate:n", "95% interval:n")
    cells = [(names[region.region], *_cells(region.effect["att"], indicator)) for region in reversed(ordered)]
    table = Table.of(f"forest-{indicator.id}", say("Values of this figure"), columns, cells, simulated)
    description = _from_to(ordered[0].effect["att"], ordered[-1].effect["att"], indicator)
    return drawing(paint, f"fig-forest-{indicator.id}", heading, caption, table, simulated, description)


def _row(name: str, att: Estimate, indicator: Indicator) -> Row:
    factor = 100.0 if indicator.scale == "log" else 1.0
    low, high = (None if end is None else end * factor for end in (att.conf_low, att.conf_high))
    return Row(name, (att.estimate or 0.0) * factor, low, high, formats.effect(att.estimate, indicator))


def _from_to(low: Estimate, high: Estimate, indicator: Indicator) -> Html:
    return say(
        "Estimates from {low} to {high}.",
        low=formats.effect(low.estimate, indicator),
        high=formats.effect(high.estimate, indicator),
    )


def _ranked(points: pd.DataFrame, indicator: Indicator, sheet: Sheet) -> Figure:
    """The estimates of many regions in their order, without names."""
    row = sheet.text * LINE
    figure, axes = sheets.plot(sheet, 300, Margins(8, 8, row + 8, 2.3 * row + 4))
    axes.fill_betweenx(points["time"], points["low"], points["high"], color=theme.GAP, alpha=0.6, linewidth=0)
    axes.plot(points["estimate"], points["time"], color=theme.REGION, linewidth=1.8)
    axes.axvline(0, color=theme.INK, linewidth=0.8)
    edge = 0.02 * len(points)
    axes.set(yticks=[], ylim=(-edge, len(points) - 1 + edge))
    sheets.note(axes, translate("regions in the order of their effects"), sheet, 2)
    axes.set_xlabel(sheets.unit_of_estimate(indicator), fontsize=sheet.text)
    axes.xaxis.set_major_locator(sheets.ticks(5))
    axes.xaxis.set_major_formatter(sheets.signed)
    axes.grid(visible=True, axis="x")
    return figure


def _path_table(band: LongBase, indicator: Indicator, region: str, carried: Sequence[int]) -> Table:
    columns = heads("periods since the start:n", "Estimate:n", "95% interval:n", "Regions:n")
    rows = [
        (str(time).replace("-", formats.MINUS), *_cells(estimate, indicator), formats.count(n))
        for (time, estimate), n in zip(band.path, carried, strict=True)
    ]
    name = f"path-{indicator.id}-{region.strip('_').replace(':', '-')}"
    return Table.of(name, say("Values of this figure"), columns, rows, band.simulated)


def _points(estimates: Sequence[Estimate], times: Sequence[int], indicator: Indicator) -> pd.DataFrame:
    factor = 100.0 if indicator.scale == "log" else 1.0
    cells = [(estimate.estimate, estimate.conf_low, estimate.conf_high) for estimate in estimates]
    points = pd.DataFrame(cells, columns=["estimate", "low", "high"], dtype=float) * factor
    return points.assign(time=list(times))


def _cells(estimate: Estimate, indicator: Indicator) -> tuple[str, str]:
    interval = formats.interval(estimate.conf_low, estimate.conf_high, indicator)
    return formats.effect(estimate.estimate, indicator), interval
