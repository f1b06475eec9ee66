"""Observations of one indicator: every figure with its source, and the comparable ones."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from evalkit import periods
from evalkit.analysis.goals import trajectory
from evalkit.analysis.results import Reason, reason
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, Text

Method = Literal["published", "panel"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One observed value and its source.

    Attributes:
        text: the fact in words, if it is not a number or if its wording matters.
        operator: precision of the figure (`~` about, `<~` just under, `>~` just over); empty if exact.
        dated: the period in words, if the source is less exact than `period`.
    """

    period: str
    value: float | None
    text: str
    status: str
    source: str
    phrase: str
    method: Method
    operator: str = ""
    dated: Text | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """All observations of one indicator in one unit.

    Attributes:
        every: all observations in order of period, including those in words.
        latest: the last figure, published before panel; None if there is none.
        also: the other figure for that period (from the panel).
        comparable: figures of one source and frequency, under the definition of the latest of them, and since the
            start of the platform that measures them.
        adoption: the unit's adoption; empty if unknown.
        masked: periods that the assessment excludes from trends.
        caveats: why earlier figures are not comparable.
    """

    indicator: Indicator
    every: tuple[Observation, ...]
    latest: Observation | None
    also: Observation | None
    comparable: tuple[Observation, ...]
    adoption: str
    masked: tuple[str, ...]
    caveats: tuple[Reason, ...]

    @property
    def before(self) -> tuple[Observation, ...]:
        """Comparable figures from before adoption."""
        return before(self.adoption, self.comparable)

    @property
    def baseline_year(self) -> tuple[Observation, ...]:
        """Comparable figures of the last year before adoption."""
        if not self.before:
            return ()
        last = self.before[-1].period
        return tuple(figure for figure in self.before if trajectory.years_between(figure.period, last) < 1)

    @property
    def baseline(self) -> float | None:
        """The mean of `baseline_year`, in the indicator's unit."""
        year = [figure.value for figure in self.baseline_year if figure.value is not None]
        return sum(year) / len(year) if year else None

    @property
    def start(self) -> Observation | None:
        """The figure from which changes are counted, in the same season as the last one.

        The last one before adoption, else (adoption unknown) the earliest.
        """
        if not self.comparable:
            return None
        season = self.comparable[-1].period[4:]
        alike = [figure for figure in self.comparable[:-1] if figure.period[4:] == season]
        earlier = before(self.adoption, alike)[-1:] if self.adoption else alike[:1]
        return earlier[0] if earlier else None

    @property
    def line(self) -> dict[str, float]:
        """Comparable figures since the baseline year (else since the first), without masked periods."""
        first = (self.baseline_year or self.comparable)[:1]
        return {
            figure.period: figure.value
            for figure in self.comparable
            if figure.value is not None
            and figure.period >= first[0].period
            and not any(periods.overlap(figure.period, hidden) for hidden in self.masked)
        }


def before(adoption: str, figures: Iterable[Observation]) -> tuple[Observation, ...]:
    """The observations whose period ended before adoption; none if adoption is unknown."""
    if not adoption:
        return ()
    return tuple(figure for figure in figures if periods.last_day(figure.period) < periods.first_day(adoption))


def observations(panel: Panel, region: str, indicator: str) -> tuple[Observation, ...]:
    """All observations of one indicator in order of period, published before panel."""
    return panel.once(("observations", region), lambda: _by_indicator(panel, region)).get(indicator, ())


def _by_indicator(panel: Panel, unit: str) -> dict[str, tuple[Observation, ...]]:
    tables: dict[Method, pd.DataFrame] = {"published": panel.published, "panel": panel.rows}
    by_name: dict[str, list[Observation]] = {}
    for method, table in tables.items():
        for row in table[table["unit"] == unit].to_dict("records"):
            by_name.setdefault(str(row["indicator"]), []).append(_observation(row, method))
    return {name: tuple(sorted(figures, key=_in_order)) for name, figures in by_name.items()}


def _in_order(figure: Observation) -> tuple[dt.date, bool]:
    return periods.last_day(figure.period), figure.method == "panel"


def figures(panel: Panel, evaluation: Evaluation, indicator: Indicator, unit: str) -> Figures:
    """The figures of an indicator in a unit, as known on the as-of date."""
    every = observations(panel, unit, indicator.id)
    numbers = [figure for figure in every if figure.value is not None]
    latest = _latest(numbers)
    same = (figure for figure in numbers if latest and figure.period == latest.period)
    also = (figure for figure in same if latest and figure.method != latest.method)
    platforms = evaluation.details.platforms if unit == evaluation.region else ()
    measured = [(i, platform.starts) for i, platform in enumerate(platforms) if indicator.id in platform.indicators]
    started, not_before = _since_platforms(numbers, measured)
    comparable, not_across = _comparable(started, latest, panel.units.loc[[unit]], indicator)
    adoption = str(panel.units.at[unit, "adoption"])
    caveats = (*not_before, *not_across)
    if before(adoption, comparable):  # there is a baseline, so breaks and platforms before it do not matter
        caveats = tuple(caveat for caveat in caveats if caveat.code == "platform_start_unknown")
    return Figures(
        indicator,
        every,
        latest,
        next(also, None),
        comparable,
        adoption,
        tuple(period for masked in evaluation.assessment.design.mask.values() for period in masked),
        caveats,
    )


def _observation(row: Mapping[Hashable, Any], method: Method) -> Observation:
    value = None if pd.isna(row["value"]) else float(row["value"])
    status = row["status"] or ("published" if method == "published" else "reported")
    text, phrase, operator = (str(row.get(name, "")) for name in ("text", "phrase", "operator"))
    words = {lang: row.get(f"period_{lang}") or None for lang in ("zh", "en")}
    dated = Text(**words) if any(words.values()) else None
    return Observation(row["period"], value, text, status, row["source"], phrase, method, operator, dated)


def _latest(numbers: Sequence[Observation]) -> Observation | None:
    """The last figure, published before panel."""
    if not numbers:
        return None
    last = max(periods.last_day(figure.period) for figure in numbers)
    return next(figure for figure in numbers if periods.last_day(figure.period) == last)


def _since_platforms(
    numbers: Sequence[Observation], platforms: Sequence[tuple[int, str | None]]
) -> tuple[list[Observation], tuple[Reason, ...]]:
    """Figures of periods in which all platforms ran from the first day.

    Args:
        platforms: position in the region's list, and start.
    """
    caveats = tuple(
        reason("not_measured_before", platform=place, starts=starts)
        if starts
        else reason("platform_start_unknown", platform=place)
        for place, starts in platforms
    )
    days = [periods.first_day(starts) for _, starts in platforms if starts]
    return [figure for figure in numbers if all(periods.first_day(figure.period) >= day for day in days)], caveats


def _comparable(
    numbers: Sequence[Observation], latest: Observation | None, unit: pd.DataFrame, indicator: Indicator
) -> tuple[tuple[Observation, ...], tuple[Reason, ...]]:
    """Figures of one source and definition: the latest figure's source, unless only another has enough for a trend."""
    groups: dict[tuple[Method, str], list[Observation]] = {}
    for figure in numbers:
        groups.setdefault((figure.method, periods.frequency(figure.period)), []).append(figure)
    if not groups or latest is None:
        return (), ()
    cut = [_since_break(group, unit, indicator) for group in groups.values()]
    cut.sort(key=lambda part: (latest not in part[0], -len(part[0])))
    return next((part for least in (_enough, _two) for part in cut if least(part[0])), cut[0])


def _enough(group: Sequence[Observation]) -> bool:
    return len(group) >= trajectory.MINIMUM[periods.frequency(group[0].period)]


def _two(group: Sequence[Observation]) -> bool:
    return len(group) >= 2


def _since_break(
    group: Sequence[Observation], unit: pd.DataFrame, indicator: Indicator
) -> tuple[tuple[Observation, ...], tuple[Reason, ...]]:
    flags = breaks_in(indicator, unit, [group[0].period, group[-1].period])
    starts = [str(name) for name in flags.columns if flags[name].iloc[0]]
    if not starts:
        return tuple(group), ()
    return tuple(figure for figure in group if figure.period >= max(starts)), (
        reason("definition_changed", periods=max(starts)),
    )
