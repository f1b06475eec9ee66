"""Scorecard appraisals: totals by the evaluator's weights, and the sensitivity of ranks to the weights.

Weights are judgements, and other weights can give another order. So each rank comes with its range over random
weightings near the evaluator's (over all weightings, if none are given) and with the range possible under any weights.
OECD/JRC (2008), Handbook on Constructing Composite Indicators, steps 6 and 7; Saisana, Saltelli and Tarantola (2005),
J. R. Statist. Soc. A 168: 307-323.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from evalkit import periods
from evalkit.project.appraisal import Rated, Scorecard
from evalkit.project.params import Text

Array = npt.NDArray[np.float64]

DRAWS = 10_000
SEED = 168_307
# Dirichlet draws with mean w: a weight of 20 % lies between 14 and 27 % in nine out of ten draws.
CONCENTRATION = 100.0
LIKELY = 0.9
CLEARLY = 0.01  # points by which a total must exceed another to rank above it


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """One unit among those appraised in the same year by the same norms.

    Attributes:
        rated: its scores as received.
        missing: dimensions without a score.
        total: weighted mean of its scores, 0 to 100; None without weights.
        bounds: the total with all missing scores at 0 and at 100; None without weights.
        place: best and worst rank within these bounds; None without weights.
        possible: best and worst rank over all weightings.
        likely: the range of its rank in the central 90 % of the drawn weightings.
        middle: its median rank over the draws.
        shares: share of the draws in which it has rank 1, 2, …
        beats: units that it exceeds in every dimension, hence under any weights.
    """

    rated: Rated
    missing: tuple[str, ...]
    total: float | None
    bounds: tuple[float, float] | None
    place: tuple[int, int] | None
    possible: tuple[int, int]
    likely: tuple[int, int]
    middle: int
    shares: tuple[float, ...]
    beats: tuple[Text, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Units appraised in one year by the same norms: only these are ranked together."""

    year: str
    norms: Text | str | None
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A unit's change since its previous appraisal, by dimensions scored in both years.

    `total` is None without weights, or if the two years scored different dimensions.
    """

    name: Text
    year: str
    since: str
    by_dimension: Mapping[str, float]
    total: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Appraisal:
    """The results of a scorecard.

    Attributes:
        weights: by dimension, summing to 1; empty if the evaluator gave none.
        groups: by year and norms; units without any score are in none.
    """

    card: Scorecard
    weights: Mapping[str, float]
    groups: tuple[Group, ...]
    changes: tuple[Change, ...]

    @property
    def latest(self) -> tuple[Group, ...]:
        """The groups of the last year appraised."""
        return tuple(group for group in self.groups if group.year == self.groups[-1].year)


def appraise(card: Scorecard, as_of: dt.date | None = None) -> Appraisal:
    """Totals, ranks and changes of one scorecard, for years that had ended by `as_of`."""
    scored = [rated for rated in card.rated if rated.scores and (not as_of or periods.last_day(rated.year) <= as_of)]
    weights = _weights(card)
    keys = dict.fromkeys((rated.year, rated.norms) for rated in scored)
    groups = [
        Group(
            year,
            norms,
            _standings([unit for unit in scored if (unit.year, unit.norms) == (year, norms)], card, weights),
        )
        for year, norms in sorted(keys, key=lambda key: periods.last_day(key[0]))
    ]
    return Appraisal(card, weights, tuple(groups), _changes(groups))


def _weights(card: Scorecard) -> dict[str, float]:
    given = {dimension.id: dimension.weight for dimension in card.dimensions if dimension.weight is not None}
    return {name: weight / sum(given.values()) for name, weight in given.items()}


def _standings(units: Sequence[Rated], card: Scorecard, weights: Mapping[str, float]) -> tuple[Standing, ...]:
    names = [dimension.id for dimension in card.dimensions]
    scores = np.array([[unit.scores.get(name, np.nan) for name in names] for unit in units], dtype=float)
    given = np.array([weights[name] for name in names]) if weights else None
    ranks = drawn_ranks(scores, given)
    low, high = np.nan_to_num(scores, nan=0.0), np.nan_to_num(scores, nan=100.0)
    first, middle, last = (
        np.quantile(ranks, at, axis=0, method="inverted_cdf") for at in ((1 - LIKELY) / 2, 0.5, (1 + LIKELY) / 2)
    )
    return tuple(
        Standing(
            rated=unit,
            missing=tuple(name for name in names if name not in unit.scores),
            total=None if given is None else _total(scores[i], given),
            bounds=None if given is None else (float(low[i] @ given), float(high[i] @ given)),
            place=None if given is None else _place(i, low @ given, high @ given),
            possible=possible_ranks(i, low, high),
            likely=(int(first[i]), int(last[i])),
            middle=int(middle[i]),
            shares=tuple(float((ranks[:, i] == rank).mean()) for rank in range(1, len(units) + 1)),
            beats=tuple(other.name for j, other in enumerate(units) if (low[i] > high[j]).all()),
        )
        for i, unit in enumerate(units)
    )


def _total(scores: Array, weights: Array) -> float | None:
    """Weighted mean of the known scores; None if their weights are all zero."""
    scored = ~np.isnan(scores)
    return float(scores[scored] @ weights[scored] / weights[scored].sum()) if weights[scored].sum() else None


def _place(own: int, low: Array, high: Array) -> tuple[int, int]:
    """Best and worst rank, given the bounds of all totals; equal totals share the better rank."""
    others = np.arange(len(low)) != own
    return (1 + int((low[others] > high[own] + CLEARLY).sum()), 1 + int((high[others] > low[own] + CLEARLY).sum()))


def drawn_ranks(scores: Array, weights: Array | None) -> npt.NDArray[np.int64]:
    """Ranks (draws x units) under drawn weightings; a missing score is drawn between 0 and 100.

    Args:
        scores: units x dimensions, 0 to 100; nan where missing.
        weights: mean of the Dirichlet distribution to draw from; None draws uniformly over all weightings.
    """
    random = np.random.default_rng(SEED)
    spread = np.ones(scores.shape[1]) if weights is None else CONCENTRATION * weights
    drawn = np.zeros((DRAWS, len(spread)))
    drawn[:, spread > 0] = random.dirichlet(spread[spread > 0], DRAWS)
    totals = drawn @ np.nan_to_num(scores).T
    for unit, dimension in np.argwhere(np.isnan(scores)):
        totals[:, unit] += drawn[:, dimension] * random.uniform(0, 100, DRAWS)
    ahead = [(totals > totals[:, [unit]] + CLEARLY).sum(axis=1) for unit in range(len(scores))]
    return 1 + np.column_stack(ahead)


def possible_ranks(own: int, low: Array, high: Array) -> tuple[int, int]:
    """Exact best and worst rank of a unit over all weightings.

    Args:
        own: the unit's row.
        low: units x dimensions, missing scores at 0.
        high: the same, missing scores at 100.
    """
    others = np.arange(len(low)) != own
    return (len(low) - _most(high[own] - low[others], 0.0), 1 + _most(high[others] - low[own], CLEARLY))


def _most(leads: Array, margin: float) -> int:
    """The largest number of rows that one weighting can bring to at least `margin` (mixed-integer program)."""
    rows, columns = leads.shape
    if not rows:
        return 0
    # A row's binary is 1 only if its weighted lead reaches the margin; leads are never below -100.
    reach = LinearConstraint(np.hstack([leads, -(100 + margin) * np.eye(rows)]), -100, np.inf)
    sum_to_one = LinearConstraint(np.repeat([1.0, 0.0], [columns, rows]), 1, 1)
    counts = np.repeat([0, 1], [columns, rows])
    solution = milp(-counts, constraints=[reach, sum_to_one], integrality=counts, bounds=Bounds(0, 1))
    return -round(float(solution.fun))


def _changes(groups: Sequence[Group]) -> tuple[Change, ...]:
    """Each unit compared with its previous appraisal by the same norms."""
    before: dict[tuple[Text, Text | str | None], tuple[str, Standing]] = {}
    changes = []
    for group in groups:
        for standing in group.standings:
            key = (standing.rated.name, group.norms)
            if key in before:
                changes.append(_change(standing, group.year, *before[key]))
            before[key] = (group.year, standing)
    return tuple(changes)


def _change(now: Standing, year: str, since: str, then: Standing) -> Change:
    scores, before = now.rated.scores, then.rated.scores
    total = None
    if now.total is not None and then.total is not None and now.missing == then.missing:
        total = now.total - then.total
    by_dimension = {name: scores[name] - before[name] for name in scores if name in before}
    return Change(now.rated.name, year, since, by_dimension, total)
