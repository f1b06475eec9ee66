"""Charts of one finding: its trend, its gap to the comparison, its own series, its placebos; a finding as title."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.analysis.effects import before_after as own_series
from evalkit.analysis.effects.before_after import Change
from evalkit.analysis.effects.did import Effect, EventStudy
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.results import ALPHA, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.project.region_file import NUMERIC
from evalkit.reporting.elements import prose, tables, theme
from evalkit.reporting.elements.charts import time_axes
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.placebo_dots import placebos
from evalkit.reporting.elements.charts.sheet import Sheet
from evalkit.reporting.elements.charts.specification_curve import specifications
from evalkit.reporting.elements.charts.time_axes import Line
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import Html, language, say, translate

__all__ = ["Drawing", "before_after", "drawn", "each", "event_study", "placebos", "specifications", "trend"]

Draw = Callable[[Finding, Evaluation], Drawing | Withheld | None]


def each(findings: Sequence[Finding], evaluation: Evaluation, *draw: Draw) -> tuple[Drawing | Html, ...]:
    """Drawings of every finding; what cannot be drawn is said once, with its reason.

    Examples:
        >>> len(ek.figures.each(report.findings, report.evaluation, ek.figures.trend))
        2
    """
    made = [make(finding, evaluation) for finding in findings for make in draw]
    gone = {
        gap.indicator: (evaluation.indicators[gap.indicator], gap.reason) for gap in made if isinstance(gap, Withheld)
    }
    reasons = [
        Html('<p class="withheld"><strong>{}</strong> {}</p>').format(names, why)
        for names, why in wording.reasons(list(gone.values()))
    ]
    return (*(outcome for outcome in made if isinstance(outcome, Drawing)), *reasons)


def drawn(findings: Sequence[Finding], evaluation: Evaluation, draw: Draw) -> tuple[Drawing, ...]:
    """Drawings of the findings that can be drawn, where another figure says why the others cannot.

    Examples:
        >>> ek.figures.drawn([finding], report.evaluation, ek.figures.event_study)
        (Drawing(fig-gaps-county-visit-rate),)
    """
    return tuple(made for finding in findings if isinstance(made := draw(finding, evaluation), Drawing))


def trend(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """The region's values, what was expected without the reform, and the named gap between them.

    Examples:
        >>> ek.figures.trend(finding, report.evaluation).title
        'Within-county visit rate: 1.4 percentage points above what was expected, within chance variation'
    """
    effect, path = finding.useful, finding.path
    if isinstance(path, Withheld):
        return path
    if isinstance(effect, Withheld):
        return effect
    indicator, names = finding.indicator, list(path.gaps["period"])
    own, expected, low, high = _courses(finding, path)
    region = evaluation.name(evaluation.region, language())
    lines = [
        Line(own, theme.REGION, region, True, finding.design.own_breaks),
        Line(expected, theme.POOL, translate("expected without the reform"), False, finding.design.own_breaks),
    ]
    target = _level_wanted(indicator, evaluation)

    def paint(sheet: Sheet) -> Figure:
        figure, axes = time_axes.plot(sheet)
        _range(axes, low, high, names, finding, sheet)
        time_axes.draw(axes, lines, names, finding.design, sheet)
        if target is not None:
            axes.axhline(target, color=theme.GREY, linewidth=1.1, linestyle=(0, (1, 2)))
            time_axes.label(axes, translate("target"), (0, target), "data", (2, 3), sheet, theme.GREY)
        _gap(axes, own, expected, finding, effect, sheet)
        time_axes.finish(axes, lines, names, indicator, sheet)
        return figure

    size = formats.effect(effect["att"].estimate, indicator).lstrip("+" + formats.MINUS)
    words = {"name": indicator.name[language()], "size": size, "chance": _chance(finding, effect)}
    title = say("{name}: {size} below what was expected, {chance}", **words)
    if (effect["att"].estimate or 0.0) >= 0:
        title = say("{name}: {size} above what was expected, {chance}", **words)
    caption = say(
        "{measure}. Dashed: what the region would have had if it had changed like the mean of {n} comparison regions. "
        "Blue area: the difference after the start. Orange area: 95% of the comparison regions stay within this range "
        "of what is expected of them. Grey: periods left out.",
        measure=_measure(indicator),
        n=path.n_comparison,
    )
    columns = {
        "Region": own,
        "Expected without the reform": expected,
        "Normal range, low": low,
        "Normal range, high": high,
    }
    table = _table(f"trend-{indicator.id}", names, columns, list(path.gaps["used"]), path.simulated)
    description = _trend_in_words(own, expected, names, finding, effect)
    return drawing(paint, f"fig-trend-{indicator.id}", title, caption, table, path.simulated, description)


def _courses(finding: Finding, path: EventStudy) -> "tuple[pd.Series[float], ...]":
    """Observed, expected, and the range around what is expected; without a band the range is empty."""
    gaps = path.gaps
    base = float(finding.design.outcome.iloc[0][list(finding.design.pre)].mean())
    half = np.where(gaps["event_time"] < 0, *path.band) if path.band else np.full(len(gaps), np.nan)
    courses = (gaps["region"], gaps["pool"], gaps["pool"] - half, gaps["pool"] + half)
    return tuple(_plain(base + course, finding.indicator) for course in courses)


def _level_wanted(indicator: Indicator, evaluation: Evaluation) -> float | None:
    """The first level that a target sets for an indicator."""
    goals = [target for target in evaluation.targets if target.indicator == indicator.id and target.operator in NUMERIC]
    return next((target.value for target in goals if isinstance(target.value, float)), None)


def _range(
    axes: Axes, low: "pd.Series[float]", high: "pd.Series[float]", names: Sequence[str], finding: Finding, sheet: Sheet
) -> None:
    """What comparison regions show by chance, named in the plot; the two sides of the start each have their own."""
    if low.isna().all():
        return
    is_after = np.array([name >= finding.design.adoption for name in names])
    for side in (~is_after, is_after):
        axes.fill_between(range(len(names)), low.where(side), high.where(side), color=theme.BAND, zorder=0, linewidth=0)
    lowest = float(low[low.notna()].iloc[0])
    text = translate("normal range of unreformed regions")
    time_axes.label(axes, text, (0, lowest), "data", (2, 3), sheet, theme.POOL)


def _gap(
    axes: Axes, own: "pd.Series[float]", expected: "pd.Series[float]", finding: Finding, effect: Effect, sheet: Sheet
) -> None:
    """The area between the two lines after the start, with its size and what it amounts to."""
    places = np.arange(len(own))
    is_after = finding.path.gaps["used"].eq("post") if isinstance(finding.path, EventStudy) else own.notna()
    since = places >= int(np.argmax(is_after.to_numpy()))
    axes.fill_between(places, own.where(since), expected.where(since), color=theme.GAP, zorder=1, linewidth=0)
    seen = is_after & own.notna()
    middle = int(places[seen.to_numpy()][int(seen.sum()) // 2])
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.08 * (high - low), high + 0.3 * (high - low))
    amount = formats.effect(effect["att"].estimate, finding.indicator)
    axes.annotate(
        f"{amount}\n{_in_short(effect)}",
        (middle, (own[middle] + expected[middle]) / 2),
        xytext=(middle, high + 0.27 * (high - low)),
        textcoords="data",
        ha="center",
        va="top",
        fontsize=sheet.text,
        color=theme.REGION,
        arrowprops={"arrowstyle": "-", "color": theme.REGION, "linewidth": 0.8},
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        zorder=5,
    )


def _in_short(effect: Effect) -> str:
    """What a difference amounts to, in a word or two."""
    att = effect["att"]
    if (att.p_value or 1.0) > ALPHA:
        return translate("no clear difference")
    return translate("above expected") if (att.estimate or 0.0) > 0 else translate("below expected")


def _chance(finding: Finding, effect: Effect) -> str:
    """Whether a difference could be chance."""
    if effect.smallest_p > ALPHA:
        return translate("too few comparison regions to tell it from chance")
    if (effect["att"].p_value or 1.0) > ALPHA:
        return translate("within chance variation")
    if finding.primary and finding.conclusion.verdict == "uncertain":
        return translate("beyond chance variation, but not every check is passed")
    return translate("beyond chance variation")


def _trend_in_words(
    own: "pd.Series[float]", expected: "pd.Series[float]", names: Sequence[str], finding: Finding, effect: Effect
) -> Html:
    """From where to where the region went since the last change of definition, what was expected, the difference."""
    indicator = finding.indicator
    first = next((i for i, name in enumerate(names) if name in finding.design.own_breaks[-1:]), 0)
    seen = [i for i in range(first, len(names)) if pd.notna(own[i])]
    return say(
        "From {first} ({first_period}) to {last} ({last_period}); expected without the reform: {expected}. Difference "
        "after the start: {effect} (95% interval {interval}), {chance}.",
        first=formats.mean(own[seen[0]], indicator),
        first_period=formats.period(names[seen[0]]),
        last=formats.mean(own[seen[-1]], indicator),
        last_period=formats.period(names[seen[-1]]),
        expected=formats.mean(expected[seen[-1]], indicator),
        effect=formats.effect(effect["att"].estimate, indicator),
        interval=formats.interval(effect["att"].conf_low, effect["att"].conf_high, indicator),
        chance=_chance(finding, effect),
    )


def event_study(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """Gap between region and comparison group by period, with the simultaneous placebo band.

    Examples:
        >>> ek.figures.event_study(finding, report.evaluation)
        Drawing(fig-gaps-county-visit-rate)
    """
    path = finding.path
    if isinstance(path, Withheld):
        return path
    indicator, names = finding.indicator, list(path.gaps["period"])
    factor = 100.0 if indicator.scale == "log" else 1.0
    lines = [Line(path.gaps["gap"] * factor, theme.REGION)]
    half = np.where(path.gaps["event_time"] < 0, *path.band) * factor if path.band else np.full(len(names), np.nan)

    def paint(sheet: Sheet) -> Figure:
        figure, axes = time_axes.plot(sheet)
        axes.axhline(0, color=theme.INK, linewidth=0.8)
        band = pd.Series(half)
        _range(axes, -band, band, names, finding, sheet)
        time_axes.draw(axes, lines, names, finding.design, sheet)
        time_axes.finish(axes, lines, names, indicator, sheet, _unit_of_gap(indicator))
        return figure

    usual = path.pre_gap_p > ALPHA
    title = say(
        "{name}: before the start the gap stayed within what comparison regions show"
        if usual
        else "{name}: already before the start the gap was unusually large",
        name=indicator.name[language()],
    )
    facts = {
        "gap": formats.effect(path.largest_pre_gap, indicator, signed=False),
        "p": formats.equal_to(path.pre_gap_p),
    }
    caption = say(
        "Difference between the region and the mean of {n} comparison regions, each measured from its own baseline "
        "mean. Band: 95% of the comparison regions stay inside it over all periods of that side. Largest gap before "
        "the start: {gap}, p\u00a0{p}.",
        n=path.n_comparison,
        **facts,
    )
    description = say("Largest gap before the start: {gap}, p\u00a0{p}.", **facts)
    table = _table(f"gaps-{indicator.id}", names, {"Gap": lines[0].values}, list(path.gaps["used"]), path.simulated)
    return drawing(paint, f"fig-gaps-{indicator.id}", title, caption, table, path.simulated, description)


def _unit_of_gap(indicator: Indicator) -> str:
    if indicator.scale == "log":
        return translate("gap, per cent")
    if indicator.unit == "percent":
        return translate("gap, percentage points")
    unit = formats.unit(indicator)
    return translate("gap") + (formats.in_brackets(unit) if unit else "")


def before_after(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """The region's own series with the continued baseline and its interval.

    Examples:
        >>> ek.figures.before_after(finding, report.evaluation).title
        'Within-county visit rate: mean 87.1% before, 90.1% after'
    """
    changes = (change for change in finding.changes if isinstance(change, Change))
    continued = (change for change in changes if change.series["expected"].notna().any())
    change = next(continued, finding.changes[-1])
    main = own_series.reading(finding.changes).main
    if isinstance(main, Withheld) and main.reason.code == "fluctuates_too_much":
        return main
    if isinstance(change, Withheld):
        return change
    indicator, series = finding.indicator, change.series
    names = list(series["period"])
    after = np.array(names) >= finding.design.adoption
    low, high = (_plain(series[side], indicator).where(after) for side in ("low", "high"))
    lines = [
        Line(_plain(series["observed"], indicator), theme.REGION, translate("observed")),
        Line(_plain(series["expected"], indicator).where(after), theme.POOL, translate("continued baseline"), False),
    ]

    def paint(sheet: Sheet) -> Figure:
        figure, axes = time_axes.plot(sheet)
        axes.fill_between(range(len(names)), low, high, color=theme.BAND, zorder=0, linewidth=0)
        time_axes.draw(axes, lines, names, finding.design, sheet)
        time_axes.finish(axes, lines, names, indicator, sheet)
        return figure

    before, later = (_plain(pd.Series([mean]), indicator)[0] for mean in change.means)
    title = say(
        "{name}: mean {before} before, {after} after",
        name=indicator.name[language()],
        before=formats.mean(before, indicator),
        after=formats.mean(later, indicator),
    )
    caption = say(
        "{measure}. Dashed with band: level, trend and season of the baseline continued, with its 95% interval. "
        "A region compared only with itself: a straight trend can find changes that are none.",
        measure=_measure(indicator),
    )
    table = tables.series(change, indicator)
    return drawing(
        paint, f"fig-before-after-{indicator.id}", title, caption, table, change.simulated, prose.reading(finding)
    )


def _measure(indicator: Indicator) -> str:
    name, unit = indicator.name[language()], formats.unit(indicator)
    return name + formats.in_brackets(unit) if unit else name


def _plain(values: "pd.Series[float]", indicator: Indicator) -> "pd.Series[float]":
    return np.exp(values) if indicator.scale == "log" else values  # type: ignore[return-value]


def _table(
    name: str, names: list[str], columns: "dict[str, pd.Series[float]]", used: list[str], simulated: bool
) -> Table:
    headings = [*heads("Period:s"), *(Column(translate(label), "n") for label in columns), *heads("Use")]
    series = [list(values) for values in columns.values()]
    rows = [
        (formats.period(period), *(formats.number(values[i], 2) for values in series), wording.use_of_period(used[i]))
        for i, period in enumerate(names)
    ]
    return Table.of(name, say("Values of this figure"), headings, rows, simulated)
