"""A pooled effect and its path under the actual assignment and under every draw of it."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property

import numpy as np

from evalkit.analysis.effects.gaps import two_way
from evalkit.analysis.effects.placebo import critical, rank_p
from evalkit.analysis.programme import draw_test, group_time, imputed, randomize
from evalkit.analysis.programme.draw_test import Draws
from evalkit.analysis.programme.randomize import Arms, Base, Effects, Panel, Statistic
from evalkit.analysis.programme.samples import LEAST_TREATED, NEVER, Array, Flags, Integers, Sample
from evalkit.analysis.results import Estimate, reason


def levelled(sample: Sample) -> tuple[Array, Flags]:
    """Values less the period effects of untreated cells in their stratum, so that missing cells shift no mean."""
    table = sample.outcome if sample.whole is None else sample.whole
    values, seen = table.to_numpy(float).copy(), table.notna().to_numpy()
    if seen.all():
        return values, seen
    untreated = seen & ((sample.cohort[:, None] == NEVER) | (sample.times < sample.cohort[:, None]))
    for name in set(sample.stratum):
        rows = sample.stratum == name
        fitted = two_way(values[rows], untreated[rows])
        values[rows] -= fitted[:1] - fitted[0, :1]
    return values, seen


class Runs:
    """The effects of a panel under the actual assignment and every draw, and those of a unit effect on the treated."""

    def __init__(self, sample: Sample, arms: Arms, base: Base = "all", weights: Array | None = None) -> None:
        self.sample, self.base, self.weights = sample, base, weights
        self.values, self.seen = levelled(sample)
        self.places = randomize.draws(arms)
        self.arms, self.times = arms, sample.times
        self.panel = self._panel(self.values, None)
        self.dosed: dict[int, list[Effects]] = {}  # shared by all that subtract effects from the same panel

    def _panel(self, values: Array, start: int | None) -> Panel:
        return Panel(self.sample, self.arms, values, self.seen, self.base, self.weights, start)

    def less(self, effects: Array, start: int | None = None) -> "Runs":
        """The same without some effects, so that draws show the noise alone; `start` for one cohort only."""
        other = copy(self)
        for shown in ("actual", "drawn"):
            other.__dict__.pop(shown, None)
        other.values = self.values - effects
        other.panel = self._panel(other.values, start)
        return other

    def imputed(self, places: Integers) -> Array:
        """The imputation estimate under some assignments, as `randomize.draws` gives them."""
        return imputed.effects(self.sample, self.arms, self.values, self.seen, places)

    @cached_property
    def actual(self) -> list[Effects]:
        """Effects under the actual assignment."""
        return self.panel.effects(self.arms.treated[None, :])

    @cached_property
    def drawn(self) -> list[Effects]:
        """Effects under every draw."""
        return self.panel.effects(self.places)

    @property
    def doses(self) -> list[Effects]:
        """What every draw would show of a unit effect in the units that are really treated."""
        if not self.dosed:
            sample = self.sample
            treated = (sample.cohort[:, None] != NEVER) & (sample.times >= sample.cohort[:, None])
            for effect in self._panel(treated.astype(float), None).effects(self.places):
                self.dosed.setdefault(effect.cohort, []).append(effect)
        return [effect for start in self.panel.starts for effect in self.dosed[int(start)]]

    def of(self, statistic: Statistic, start: int | None = None) -> Draws:
        """One aggregate under the actual assignment and every draw; `start` for that of one cohort."""
        own, drawn = (self.panel.spreads(places, start) for places in (self.arms.treated[None, :], self.places))
        spreads = None if own is None or drawn is None else np.concatenate([own, drawn])
        return Draws(float(statistic(self.actual)[0]), statistic(self.drawn), statistic(self.doses), spreads)

    def test(self, term: str, statistic: Statistic, carried: int, start: int | None = None) -> Estimate:
        """One aggregate with its p and interval; bare where one cluster carries it."""
        value = float(statistic(self.actual)[0])
        if carried < LEAST_TREATED:
            return Estimate(term, value, reason=reason("one_treated_cluster", n=carried))
        estimate = draw_test.tested(term, self.of(statistic, start))
        return estimate if estimate.conf_low is not None else replace(estimate, reason=reason("too_few_assignments"))

    def band(self, sums: Sequence[group_time.Sum], values: Mapping[str, float]) -> list[Estimate]:
        """Event times, by term, with a band that holds all of them at once."""
        _, drawn, spread, usable = self._path(sums)
        largest = _largest(drawn[usable], spread[usable])
        half = critical(largest) if len(largest) else None
        return [
            _point(event, values[event.term], None if half is None or not shown else half * float(error), float(error))
            for event, error, shown in zip(sums, spread, usable, strict=True)
        ]

    def pre_path_p(self, sums: Sequence[group_time.Sum]) -> float | None:
        """P of the largest effect before the start; None with fewer than two periods there."""
        values, drawn, spread, usable = self._path(sums)
        usable &= np.array([_event(event) for event in sums]) < 0
        if usable.sum() < group_time.LEAST_BEFORE:
            return None
        own = _largest(values[usable, None], spread[usable])
        return rank_p(float(own[0]), _largest(drawn[usable], spread[usable]))

    def _path(self, sums: Sequence[group_time.Sum]) -> tuple[Array, Array, Array, Flags]:
        """Values, draws and spread of every event time, and which have at least two treated clusters."""
        parts = [randomize.at_event(_event(event), self.times) for event in sums]
        values = np.array([float(part(self.actual)[0]) for part in parts])
        drawn = np.array([part(self.drawn) for part in parts])
        spread = np.nanstd(drawn, axis=1, ddof=1)
        usable = (np.array([event.carried for event in sums]) >= LEAST_TREATED) & (spread > 0)
        return values, drawn, spread, usable


def _event(event: group_time.Sum) -> int:
    return int(event.term.removeprefix("event_time="))


def _largest(values: Array, spread: Array) -> Array:
    """The largest ratio of every column, of columns in which all are known."""
    if not len(values):
        return np.zeros(0)
    ratios: Array = (np.abs(values) / spread[:, None]).max(axis=0)
    return ratios[np.isfinite(ratios)]


def _point(event: group_time.Sum, value: float, half: float | None, error: float) -> Estimate:
    if half is not None:
        return Estimate(event.term, value, std_error=error, conf_low=value - half, conf_high=value + half)
    few = event.carried < LEAST_TREATED
    why = reason("one_treated_cluster", n=event.carried) if few else reason("too_few_assignments")
    return Estimate(event.term, value, reason=why)
