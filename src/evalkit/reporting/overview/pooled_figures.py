"""Figures of the programme page: effect by time since the start, and a forest of the regions' own effects."""

from collections.abc import Sequence

import pandas as pd

from evalkit.analysis.effects.did import Effect
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.programme.pooled_effect import Programme, Regional, Regions
from evalkit.analysis.results import Estimate
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.figures import Drawing, axes_of, drawing, mark_simulated
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import language, say, translate

MANY = 60  # regions; one figure or table with more names is unreadable


def paths(found: Sequence[Programme], evaluation: Evaluation) -> tuple[Drawing, ...]:
    """The event-time figure of every primary indicator that has a band."""
    primary = evaluation.assessment.indicators.primary
    chosen = [one for one in found if one.indicator.id in primary]
    return tuple(path(one, one.headline) for one in chosen if isinstance(one.headline, LongBase))


def path(one: Programme, band: LongBase) -> Drawing:
    """Pooled effect by time since the start with its simultaneous band."""
    indicator = one.indicator
    times, estimates = zip(*band.path, strict=True)
    points = _points(estimates, times, indicator)
    figure, axes = axes_of(indicator)
    axes.fill_between(points["time"], points["low"], points["high"], color=theme.BAND, zorder=0)
    axes.plot(points["time"], points["estimate"], color=theme.REGION, marker="o", markersize=3.5, linewidth=1.8)
    axes.axhline(0, color=theme.INK, linewidth=0.8)
    axes.axvline(-0.5, color=theme.INK, linewidth=1)
    axes.set_xlabel(translate("periods since the start"))
    axes.set_ylabel(_measure(indicator))
    mark_simulated(figure, band.simulated)
    late = [estimate for time, estimate in band.path if time >= 0]
    clear = sum(_is_clear(estimate) for estimate in late)
    heading = say(
        "{name}: in {clear} of {n} periods after the start the band excludes zero",
        name=indicator.name[language()],
        clear=clear,
        n=len(late),
    )
    caption = say(
        "Pooled effect of {n} treated regions by time since the start, against the mean of all observed periods before "
        "it. Band: holds all points at once with 95% confidence; points that a single region carries have none.",
        n=formats.count(band.n_treated),
    )
    table = _path_table(band, indicator, one.region)
    return drawing(figure, f"fig-path-{indicator.id}-{one.sample.kind}", heading, caption, table, band.simulated)


def forests(found: Regions, evaluation: Evaluation) -> tuple[Drawing, ...]:
    """One forest plot per primary indicator for which some region has an estimate."""
    groups = [
        (evaluation.indicators[name], [one for one in found.effects if one.indicator.id == name])
        for name in evaluation.assessment.indicators.primary
    ]
    with_effect = [(about, [one for one in group if isinstance(one.effect, Effect)]) for about, group in groups]
    return tuple(forest(about, group, evaluation) for about, group in with_effect if group)


def forest(indicator: Indicator, listed: Sequence[Regional], evaluation: Evaluation) -> Drawing:
    """Each region's headline with its placebo interval, largest at the top; of many regions without their names."""
    ordered = sorted(listed, key=lambda one: one.effect["att"].estimate or 0.0)
    points = _points([one.effect["att"] for one in ordered], range(len(ordered)), indicator)
    many = len(ordered) > MANY
    figure, axes = axes_of(indicator, height=5 if many else 0.9 + 0.24 * len(ordered))
    if many:
        axes.fill_betweenx(points["time"], points["low"], points["high"], color=theme.POOL, alpha=0.35, linewidth=0)
        axes.plot(points["estimate"], points["time"], color=theme.REGION, linewidth=1.8)
        axes.set_yticks([])
        axes.set_ylabel(translate("regions in the order of their effects"))
    else:
        axes.hlines(points["time"], points["low"], points["high"], color=theme.POOL, linewidth=1.4)
        axes.scatter(points["estimate"], points["time"], color=theme.REGION, marker="D", s=28, zorder=3)
        axes.set_yticks(points["time"], [evaluation.name(one.region, language()) for one in ordered])
        axes.set_ylabel("")
    axes.axvline(0, color=theme.INK, linewidth=0.8)
    axes.set_xlabel(_measure(indicator))
    simulated = any(one.effect.simulated for one in listed)
    mark_simulated(figure, simulated)
    clear = sum(_is_clear(one.effect["att"]) for one in listed)
    heading = say(
        "{name}: the 95% interval excludes zero in {clear} of {n} regions",
        name=indicator.name[language()],
        clear=formats.count(clear),
        n=formats.count(len(listed)),
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
    cells = [
        (evaluation.name(one.region, language()), *_cells(one.effect["att"], indicator)) for one in reversed(ordered)
    ]
    table = Table.of(f"forest-{indicator.id}", say("Values of this figure"), columns, cells, simulated)
    return drawing(figure, f"fig-forest-{indicator.id}", heading, caption, table, simulated)


def _path_table(band: LongBase, indicator: Indicator, region: str) -> Table:
    columns = heads("periods since the start:n", "Estimate:n", "95% interval:n")
    rows = [(str(time).replace("-", formats.MINUS), *_cells(one, indicator)) for time, one in band.path]
    name = f"path-{indicator.id}-{region.strip('_').replace(':', '-')}"
    return Table.of(name, say("Values of this figure"), columns, rows, band.simulated)


def _points(estimates: Sequence[Estimate], times: Sequence[int], indicator: Indicator) -> pd.DataFrame:
    factor = 100.0 if indicator.scale == "log" else 1.0
    cells = [(one.estimate, one.conf_low, one.conf_high) for one in estimates]
    points = pd.DataFrame(cells, columns=["estimate", "low", "high"], dtype=float) * factor
    return points.assign(time=list(times))


def _cells(one: Estimate, indicator: Indicator) -> tuple[str, str]:
    return formats.effect(one.estimate, indicator), formats.interval(one.conf_low, one.conf_high, indicator)


def _is_clear(one: Estimate) -> bool:
    return one.conf_low is not None and one.conf_high is not None and (one.conf_low > 0 or one.conf_high < 0)


def _measure(indicator: Indicator) -> str:
    if indicator.scale == "log":
        return translate("estimate, per cent")
    return translate("estimate, points") if indicator.unit == "percent" else translate("estimate")
