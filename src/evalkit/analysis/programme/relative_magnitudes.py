"""How far parallel trends may fail before a pooled effect can no longer be distinguished from zero.

Relative magnitudes of Rambachan & Roth (2023): from one period to the next, the bias after the start changes by at
most M times its largest change before the start. The interval for a given M inverts the hybrid of the conditional and
the least favourable test of Andrews, Roth & Pakes (2023), like method C-LF of the authors' R package, which it equals.

The package solves a linear program for every value tested. The restrictions here form a chain, so that the vertices of
the dual are few and can be written down: the effect is too large, it is too small, or the bound is negative.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from evalkit.analysis.programme import group_time, long_base
from evalkit.analysis.programme.few_clusters import FEW_TREATED, sums_by_cluster
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.programme.samples import Array, Flags, Sample
from evalkit.analysis.results import ALPHA, Estimate, Reason, Result, reason

METHOD = "sensitivity"  # of the row in results.csv
MULTIPLES = (0.5, 1.0, 1.5, 2.0)  # whose intervals are given
FIRST_STAGE = ALPHA / 10  # size of the least favourable test, as in the R package
DRAWS, SEED = 10_000, 20220101
GRID, ERRORS = 1001, 8  # values tested at first; standard errors beyond which none can be accepted
STEPS = 12  # halvings: of a step of the grid, and of the range of multiples
SAME = 1e-9  # moments whose covariances differ by no more than this share move together
LARGEST = 16.0  # multiple up to which the breakdown is searched


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Effects by event time against the last period before the start, in order, without that period itself.

    Attributes:
        effects: of all event times before, then of all from the start on.
        covariance: of these effects.
        before: how many of them are before the start.
        weights: of those from the start on in the effect that is judged; they add up to 1.

    Examples:
        >>> path = Path(np.array([0.1, -0.1, 1.0, 1.2]), np.diag([0.01] * 4), 2, np.array([0.5, 0.5]))
        >>> [round(limit, 1) for limit in interval(path, 0.5)]
        [0.7, 1.5]
        >>> round(breakdown(path), 1)
        1.7
    """

    effects: Array
    covariance: Array
    before: int
    weights: Array


def check(sample: Sample, headline: LongBase) -> Result:
    """The breakdown of a pooled effect, and its intervals for some multiples, as a row of checks.

    With many treated clusters by relative magnitudes, of the mean over event times. With few, whose covariance cannot
    be estimated, by the nearer limit of the headline's interval, as a multiple of the largest gap before the start.
    """
    effect = headline["group"]
    if effect.p_value is None or effect.conf_low is None or effect.conf_high is None:
        estimates = [Estimate("breakdown", None, reason=effect.reason)]
    elif effect.p_value > ALPHA:
        estimates = [Estimate("breakdown", None, reason=reason("not_told_from_zero"))]
    elif headline.inference == "randomization":
        estimates = [_multiple_of_gap(headline, min(abs(effect.conf_low), abs(effect.conf_high)))]
    else:
        estimates = _by_relative_magnitudes(path_of(sample))
    return replace(sample.result(METHOD, headline.inference, estimates), analysis="check")


def _multiple_of_gap(headline: LongBase, limit: float) -> Estimate:
    gaps = [abs(point.estimate) for time, point in headline.path if time < 0 and point.estimate is not None]
    if len(gaps) < group_time.LEAST_BEFORE:
        return Estimate("breakdown", None, reason=reason("too_few_pre_periods", have=len(gaps), need=2))
    return Estimate("breakdown", limit / max(gaps)) if max(gaps) > 0 else Estimate("breakdown", LARGEST)


def _by_relative_magnitudes(path: Path | Reason) -> list[Estimate]:
    if isinstance(path, Reason):
        return [Estimate("breakdown", None, reason=path)]
    mean = float(path.weights @ path.effects[path.before :])
    limits = [(multiple, *interval(path, multiple)) for multiple in MULTIPLES]
    intervals = [Estimate(f"multiple={m:g}", mean, conf_low=low, conf_high=high) for m, low, high in limits]
    return [Estimate("breakdown", breakdown(path)), *intervals]


def path_of(sample: Sample) -> Path | Reason:
    """Event times around the start that at least half of the treated clusters carry, and their covariance.

    Event times that fewer carry are about other regions, so that a change between them is none of the bias.
    """
    effects = long_base.att_gt(sample, "last")
    bases = group_time.event_times([cell for cell in effects.cells if not cell.influence.any()])
    if len(bases) != 1:
        return reason("bases_differ")
    sums, times = group_time.events(effects), group_time.event_times(effects.cells)
    least = max(FEW_TREATED, sample.n_clusters(sample.compared) / 2)
    usable = np.array([total.carried >= least for total in sums])
    base, start = times.index(bases[0]), int(np.searchsorted(times, 0))
    first = base - _run(usable[:base][::-1])
    last = start + _run(usable[start:])
    if first == base or start == last:
        return reason("too_few_pre_periods", have=base - first, need=1)
    chosen = [*sums[first:base], *sums[start:last]]
    scores = sums_by_cluster(np.array([total.influence for total in chosen]).T, sample)
    covariance = len(scores) / (len(scores) - 1) * scores.T @ scores
    weights = np.full(last - start, 1 / (last - start))
    return Path(np.array([total.estimate for total in chosen]), covariance, base - first, weights)


def _run(flags: Flags) -> int:
    """How many flags are set before the first that is not."""
    return int(np.argmin(flags)) if not flags.all() else len(flags)


def interval(path: Path, multiple: float) -> tuple[float, float]:
    """95 % interval of the effect where the bias may change by `multiple` times its largest change before the start.

    Raises:
        ValueError: where no value is accepted.
    """
    mean, changes = _contrasts(path)
    largest = np.abs(changes[: path.before] @ path.effects) + ERRORS * _errors(changes[: path.before], path.covariance)
    reach = multiple * _left(path).sum() * largest.max()
    span = float(ERRORS * _errors(mean[None, :], path.covariance)[0] + reach)
    values = float(mean @ path.effects) + span * np.linspace(-1, 1, GRID)
    tests = list(_tests(path, multiple))
    accepted = np.flatnonzero(_accepted(tests, values))
    if not len(accepted):
        raise ValueError(f"no value is accepted for the multiple {multiple}")
    first, last = int(accepted[0]), int(accepted[-1])
    low = _edge(tests, values[max(first - 1, 0)], values[first])
    return low, _edge(tests, values[min(last + 1, GRID - 1)], values[last])


def breakdown(path: Path) -> float:
    """The largest multiple whose interval leaves out zero; 0 where none does, 16 where it is 16 or more."""
    low, high = 0.0, LARGEST
    if not _holds_zero(path, high):
        return high
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _holds_zero(path, middle) else (middle, high)
    return low


def _holds_zero(path: Path, multiple: float) -> bool:
    return bool(_accepted(list(_tests(path, multiple)), np.zeros(1))[0])


def _edge(tests: "Sequence[_Test]", outside: float, inside: float) -> float:
    """The last accepted value between a rejected one and an accepted one."""
    for _ in range(STEPS):
        middle = (outside + inside) / 2
        if _accepted(tests, np.array([middle]))[0]:
            inside = middle
        else:
            outside = middle
    return float(inside)


def _accepted(tests: "Sequence[_Test]", values: Array) -> Flags:
    """Which values one of the tests accepts."""
    accepted: Flags = np.any([test.accepts(values) for test in tests], axis=0)
    return accepted


@dataclass(frozen=True, slots=True, eq=False)
class _Test:
    """Moments that are at most zero on average if the effect is `value`: `at_zero - slope * value`.

    Attributes:
        covariance: of the moments.
        critical: that of the least favourable test.
    """

    at_zero: Array
    slope: Array
    covariance: Array
    critical: float

    def accepts(self, values: Array) -> Flags:
        """Which effects the hybrid test does not reject: the largest moment, given that it is the largest."""
        moments = self.at_zero[:, None] - self.slope[:, None] * values
        top, columns = moments.argmax(axis=0), np.arange(len(values))
        largest, variance = moments[top, columns], np.diag(self.covariance)[top]
        with np.errstate(divide="ignore", invalid="ignore"):
            share, error = self.covariance[:, top] / variance, np.sqrt(variance)
            bounds = (moments - share * largest) / (1 - share)
            low = np.where(share < 1 - SAME, bounds, -np.inf).max(axis=0) / error
            high = np.minimum(np.where(share > 1 + SAME, bounds, np.inf).min(axis=0), self.critical) / error
            needed = np.maximum(_quantile((1 - ALPHA) / (1 - FIRST_STAGE), low, high), 0.0)
            accepted: Flags = (largest <= self.critical) & ~(largest / error > needed)
        return accepted


def _tests(path: Path, multiple: float) -> Iterator[_Test]:
    """One test for each change before the start, up or down, that may be the largest; the set of each M is a union."""
    mean, changes = _contrasts(path)
    before, after = changes[: path.before], changes[path.before :]
    left = _left(path)
    normal = np.random.default_rng(SEED).standard_normal((2, DRAWS))
    for largest in (*before, *-before):
        bound = multiple * largest
        errors = [_errors(sign * after - bound, path.covariance) for sign in (1, -1)]
        negative = errors[0] + errors[1]  # of the bound, by period; only the extremes can be the largest moment
        scale = np.array([left @ errors[0], left @ errors[1], negative.min(), negative.max()])
        pair = np.vstack([mean, bound])
        factors = np.array([[1, -left.sum()], [-1, -left.sum()], [0, -2], [0, -2]]) / scale[:, None]
        both = pair @ path.covariance @ pair.T
        values, vectors = np.linalg.eigh(both)
        noise = factors @ (vectors * np.sqrt(np.maximum(values, 0.0))) @ normal
        critical = float(np.quantile(noise.max(axis=0), 1 - FIRST_STAGE))
        yield _Test(factors @ pair @ path.effects, factors[:, 0], factors @ both @ factors.T, critical)


def _contrasts(path: Path) -> tuple[Array, Array]:
    """Of the effects: the mean from the start on, and every change from one period to the next."""
    before, after = path.before, len(path.weights)
    # The base period, whose effect is zero, is put between the two parts and taken out again.
    changes = np.delete(np.diff(np.eye(before + 1 + after), axis=0), before, axis=1)
    return np.concatenate([np.zeros(before), path.weights]), changes


def _left(path: Path) -> Array:
    """How far the mean moves if the bias changes by 1 in each period: the weight of all periods from that one on."""
    left: Array = np.cumsum(path.weights[::-1])[::-1]
    return left


def _errors(rows: Array, covariance: Array) -> Array:
    errors: Array = np.sqrt(np.einsum("ij,jk,ik->i", rows, covariance, rows))
    return errors


def _quantile(share: float, low: Array, high: Array) -> Array:
    """Quantile of a standard normal between two limits, from whichever tail keeps its digits."""
    below = ndtri(ndtr(low) + share * (ndtr(high) - ndtr(low)))
    above = -ndtri(ndtr(-low) - share * (ndtr(-low) - ndtr(-high)))
    quantile: Array = np.maximum(np.where(low > 0, above, below), low)
    return quantile
