"""Figures: inline SVG with selectable text, a finding as title, a text alternative and the data below."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from markupsafe import escape
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.analysis.effects.before_after import Change
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.results import Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.project.region_file import NUMERIC
from evalkit.reporting.elements import tables, theme, time_axes
from evalkit.reporting.elements.parts import Part
from evalkit.reporting.elements.table import Column, Picture, Table, heads
from evalkit.reporting.elements.time_axes import Line
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, language, say, translate

__all__ = ["Drawing", "before_after", "each", "event_study", "placebos", "trend"]

FRAME = re.compile(r'(?:(?<=\bid=")|(?<=url\(#))p[0-9a-f]{10}\b')


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Drawing(Part):
    """A figure ready for a page.

    Attributes:
        figure: the matplotlib figure, for those who want to change it.
        name: unique on a page; prefixes the ids inside the SVG.
        title: the finding.
        caption: measure, periods, how to read it.
        table: the data behind it.
    """

    figure: Figure
    name: str
    title: str
    caption: Html
    table: Table
    simulated: bool

    def __repr__(self) -> str:
        return f"Drawing({self.name})"

    @property
    def picture(self) -> Picture:
        """The figure as a part of a page."""
        return Picture(self.name, self.title, Html(self.svg()), self.caption, self.table, self.simulated)

    def html(self) -> Html:
        """The drawing with title, caption and data."""
        return self.picture.html()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return self.picture._repr_mimebundle_() | {"text/plain": repr(self)}

    def svg(self) -> str:
        """The drawing as an SVG element whose text alternative is the finding; the same data give the same bytes."""
        buffer = io.StringIO()
        with plt.rc_context({"svg.hashsalt": self.name}):
            self.figure.savefig(buffer, format="svg", metadata=dict.fromkeys(["Date", "Creator", "Format", "Type"]))
        svg = buffer.getvalue()
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
        # A page has several drawings, and matplotlib uses the same ids in each of them. It names clip paths by a hash
        # of all digits of the frame, and the last digits differ from layout to layout.
        frames = {name: f"p{number}" for number, name in enumerate(dict.fromkeys(FRAME.findall(svg)))}
        svg = FRAME.sub(lambda name: frames[name[0]], svg)
        svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{self.name}-", svg)
        svg = re.sub(r'^<svg([^>]*?) (?:width|height)="[^"]*"([^>]*?) (?:width|height)="[^"]*"', r"<svg\1\2", svg)
        return svg.replace("<svg", f'<svg role="img" aria-label="{escape(self.title)}"', 1)


def each(
    findings: Sequence[Finding], evaluation: Evaluation, *draw: Callable[[Finding, Evaluation], Drawing | Withheld]
) -> tuple[Drawing | Html, ...]:
    """Drawings of every finding; what cannot be drawn is said once, with its reason."""
    made = [make(one, evaluation) for one in findings for make in draw]
    drawings = [one for one in made if isinstance(one, Drawing)]
    gone = {
        one.indicator: (evaluation.indicators[one.indicator], one.reason) for one in made if isinstance(one, Withheld)
    }
    told = [
        Html('<p class="withheld"><strong>{}</strong> {}</p>').format(names, why)
        for names, why in wording.reasons(list(gone.values()))
    ]
    return (*drawings, *told)


def trend(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """The region's values and the path they would have followed with the comparison group's changes."""
    if isinstance(finding.path, Withheld):
        return finding.path
    if isinstance(finding.effect, Withheld):
        return finding.effect
    indicator, gaps = finding.indicator, finding.path.gaps
    base = float(finding.design.outcome.iloc[0][list(finding.design.pre)].mean())
    own, other = _plain(base + gaps["region"], indicator), _plain(base + gaps["pool"], indicator)
    figure, axes = axes_of(indicator)
    names = list(gaps["period"])
    if finding.path.band is not None:
        half = np.where(gaps["event_time"] < 0, *finding.path.band)
        low, high = (_plain(base + gaps["pool"] + sign * half, indicator) for sign in (-1, 1))
        axes.fill_between(range(len(names)), low, high, color=theme.BAND, step="mid", zorder=0, linewidth=0)
    told, breaks = evaluation.name(evaluation.region, language()), finding.design.own_breaks
    course = translate("with the comparison group's changes")
    lines = [Line(own, theme.REGION, told, True, breaks), Line(other, theme.POOL, course, False, breaks)]
    goals = [one for one in evaluation.targets if one.indicator == indicator.id and one.operator in NUMERIC]
    for goal in [one.value for one in goals if isinstance(one.value, float)][:1]:
        axes.axhline(goal, color=theme.GREY, linewidth=0.9, linestyle=(0, (1, 2)))
        time_axes.label(axes, translate("target"), (0, goal), "data", (2, 3), theme.GREY)
    time_axes.draw(axes, lines, names, finding.design)
    mark_simulated(figure, finding.path.simulated)
    title = say(
        "{name}: {effect} against the comparison group after the start",
        name=indicator.name[language()],
        effect=formats.effect(finding.effect["att"].estimate, indicator),
    )
    caption = say(
        "{measure}. Dashed: what the region would have had if it had changed like the "
        "mean of {n} comparison regions; band: how far 95% of the comparison regions stay from their own course over "
        "all periods of that side. Vertical line: start of the reform; grey: periods left out.",
        measure=_measure(indicator),
        n=finding.path.n_comparison,
    )
    table = _table(
        f"trend-{indicator.id}",
        names,
        {"Region": own, "With the comparison group's changes": other},
        list(gaps["used"]),
        finding.path.simulated,
    )
    return drawing(figure, f"fig-trend-{indicator.id}", title, caption, table, finding.path.simulated)


def event_study(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """Gap between region and comparison group by period, with the simultaneous placebo band."""
    path = finding.path
    if isinstance(path, Withheld):
        return path
    indicator, gaps = finding.indicator, path.gaps
    factor = 100.0 if indicator.scale == "log" else 1.0
    figure, axes = axes_of(indicator)
    names = list(gaps["period"])
    axes.axhline(0, color=theme.INK, linewidth=0.8)
    if path.band is not None:
        half = np.where(gaps["event_time"] < 0, path.band[0], path.band[1]) * factor
        axes.fill_between(range(len(names)), -half, half, color=theme.BAND, step="mid", zorder=0)
    time_axes.draw(axes, [Line(gaps["gap"] * factor, theme.REGION)], names, finding.design)
    axes.set_ylabel(
        translate("gap, per cent")
        if indicator.scale == "log"
        else translate("gap, points")
        if indicator.unit == "percent"
        else translate("gap")
    )
    mark_simulated(figure, path.simulated)
    usual = path.pre_gap_p > 0.05
    title = say(
        "{name}: before the start the gap stayed within what comparison regions show"
        if usual
        else "{name}: already before the start the gap was unusually large",
        name=indicator.name[language()],
    )
    caption = say(
        "Difference between the region and the mean of {n} comparison regions, each "
        "measured from its own baseline mean. "
        "Band: 95% of the comparison regions stay inside it over all periods of that "
        "side. Largest gap before the start: "
        "{gap}, p {p}.",
        n=path.n_comparison,
        gap=formats.effect(path.largest_pre_gap, indicator, signed=False),
        p=formats.equal_to(path.pre_gap_p),
    )
    table = _table(f"gaps-{indicator.id}", names, {"Gap": gaps["gap"] * factor}, list(gaps["used"]), path.simulated)
    return drawing(figure, f"fig-gaps-{indicator.id}", title, caption, table, path.simulated)


def before_after(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """The region's own series with the continued baseline and its interval."""
    continued = [one for one in finding.changes if isinstance(one, Change) and one.series["expected"].notna().any()]
    change = continued[0] if continued else finding.changes[-1]
    if isinstance(change, Withheld):
        return change
    indicator, series = finding.indicator, change.series
    figure, axes = axes_of(indicator)
    names = list(series["period"])
    low, high = _plain(series["low"], indicator), _plain(series["high"], indicator)
    after = np.array(names) >= finding.design.adoption
    axes.fill_between(range(len(names)), low.where(after), high.where(after), color=theme.BAND, zorder=0)
    observed = Line(_plain(series["observed"], indicator), theme.REGION, translate("observed"))
    expected = _plain(series["expected"], indicator).where(after)
    lines = [observed, Line(expected, theme.POOL, translate("continued baseline"), dots=False)]
    time_axes.draw(axes, lines, names, finding.design)
    mark_simulated(figure, change.simulated)
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
    return drawing(
        figure, f"fig-before-after-{indicator.id}", title, caption, tables.series(change, indicator), change.simulated
    )


def placebos(finding: Finding, evaluation: Evaluation) -> Drawing | Withheld:
    """The region's estimate among the same estimate for every comparison region."""
    effect = finding.effect
    if isinstance(effect, Withheld):
        return effect
    indicator, own = finding.indicator, effect["att"].estimate or 0.0
    factor = 100.0 if indicator.scale == "log" else 1.0
    figure, axes = axes_of(indicator, height=2.2)
    points = pd.DataFrame({"effect": effect.placebos.to_numpy() * factor, "row": 0.0})
    jitter = np.linspace(-0.3, 0.3, len(points))  # a fixed spread: the same data, the same picture
    sns.scatterplot(
        x=points["effect"], y=points["row"] + jitter, color=theme.POOL, s=28, alpha=0.75, ax=axes, legend=False
    )
    axes.scatter([own * factor], [0], color=theme.REGION, marker="D", s=60, zorder=3)
    axes.annotate(
        evaluation.name(evaluation.region, language()),
        (own * factor, 0),
        xytext=(0, 12),
        textcoords="offset points",
        ha="center",
        color=theme.REGION,
    )
    axes.axvline(0, color=theme.INK, linewidth=0.8)
    axes.set(ylim=(-0.8, 0.8), yticks=[], ylabel="")
    axes.set_xlabel(
        translate("estimate, per cent")
        if indicator.scale == "log"
        else translate("estimate, points")
        if indicator.unit == "percent"
        else translate("estimate")
    )
    axes.grid(visible=False, axis="y")
    mark_simulated(figure, effect.simulated)
    title = say(
        "{name}: rank {rank} of {n} by size of the estimate",
        name=indicator.name[language()],
        rank=effect.rank,
        n=len(effect.placebos) + 1,
    )
    caption = say(
        "Diamond: the region; dots: the same estimate for each comparison region, where "
        "no reform started. The p-value "
        "of the plain test is the share of estimates at least as large: {p}; the smallest possible here is {smallest}. "
        "The judgement also asks how noisy each region is.",
        p=formats.probability(effect.judgement.plain_p),
        smallest=formats.probability(effect.smallest_p),
    )
    listed = effect.placebos.sort_values()
    columns = heads("Region", "Estimate:n")
    rows = [
        (evaluation.name(str(unit), language()), formats.effect(float(value), indicator))
        for unit, value in listed.items()
    ]
    table = Table.of(f"placebos-{indicator.id}", say("Values of this figure"), columns, rows, effect.simulated)
    return drawing(figure, f"fig-placebos-{indicator.id}", title, caption, table, effect.simulated)


def axes_of(indicator: Indicator, height: float = 3.1) -> tuple[Figure, Axes]:
    """An empty drawing in the house style, its axis named by the indicator's unit."""
    theme.use()
    figure, axes = plt.subplots(figsize=(theme.WIDTH, height))
    plt.close(figure)  # shown by the page, not by the notebook's backend as well
    axes.set_ylabel(formats.unit(indicator) or indicator.name[language()])
    return figure, axes


def mark_simulated(figure: Figure, simulated: bool) -> None:
    """Write the label into the drawing itself, so that a copied picture keeps it."""
    if simulated:
        figure.text(0.995, 0.005, translate(vocabulary.DEMO), ha="right", va="bottom", fontsize=7.5, color=theme.GREY)
        figure.set_layout_engine("constrained", rect=(0, 0.05, 1, 0.95))


def _measure(indicator: Indicator) -> str:
    name, unit = indicator.name[language()], formats.unit(indicator)
    return name + formats.in_brackets(unit) if unit else name


def _plain(values: "pd.Series[float]", indicator: Indicator) -> "pd.Series[float]":
    return np.exp(values) if indicator.scale == "log" else values  # type: ignore[return-value]


def _table(
    name: str, names: list[str], columns: dict[str, "pd.Series[float]"], used: list[str], simulated: bool
) -> Table:
    headings = [*heads("Period:s"), *(Column(translate(label), "n") for label in columns), *heads("Use")]
    listed = [list(values) for values in columns.values()]
    rows = [
        (formats.period(period), *(formats.number(values[i], 2) for values in listed), wording.use_of_period(used[i]))
        for i, period in enumerate(names)
    ]
    return Table.of(name, say("Values of this figure"), headings, rows, simulated)


def drawing(figure: Figure, name: str, title: Html, caption: Html, table: Table, simulated: bool) -> Drawing:
    """A finished drawing; `title` and `caption` come from `say`."""
    # The name becomes part of every id in the SVG: letters, digits and hyphens only.
    return Drawing(figure, re.sub(r"[\W_]+", "-", name), text_of(title), caption, table, simulated)
