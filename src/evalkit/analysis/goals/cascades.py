"""Cascades: chains of counts, each a part of the one before, with the rates between them."""

import datetime as dt
from dataclasses import dataclass

from evalkit import periods
from evalkit.analysis.goals.attainment import Observation, observations
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import Cascade


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One count of a chain.

    Attributes:
        indicator: what is counted.
        figure: the count in the chain's period; None if missing.
        elsewhere: the latest count of another period, if the chain's period has none.
        of_previous: share of the previous step, as a fraction; None for the first step or if a count is missing.
        of_first: share of the first step, as a fraction.
    """

    indicator: str
    figure: Observation | None
    elsewhere: Observation | None
    of_previous: float | None
    of_first: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """A chain in the (latest) period with most of its counts; `period` is empty if there is no count."""

    cascade: Cascade
    period: str
    steps: tuple[Step, ...]

    @property
    def known(self) -> tuple[Step, ...]:
        """The steps with a count."""
        return tuple(step for step in self.steps if step.figure)


def flow(cascade: Cascade, panel: Panel, evaluation: Evaluation) -> Flow:
    """The chain's counts in a single period, with the rates between them."""
    seen = [_by_period(panel, evaluation.region, name) for name in cascade.steps]
    dates = {period for figures in seen for period in figures}
    period = max(dates, key=lambda date: (sum(date in figures for figures in seen), periods.last_day(date)), default="")
    counts = [figures.get(period) for figures in seen]
    latest = [max(figures.values(), key=_end, default=None) for figures in seen]
    steps = [
        Step(
            name,
            count,
            latest[i] if count is None else None,
            _share(count, counts[i - 1]) if i else None,
            _share(count, counts[0]) if i else None,
        )
        for i, (name, count) in enumerate(zip(cascade.steps, counts, strict=True))
    ]
    return Flow(cascade, period, tuple(steps))


def _by_period(panel: Panel, region: str, indicator: str) -> dict[str, Observation]:
    """The counts of one step, by period; published ones take precedence."""
    numbers = [figure for figure in observations(panel, region, indicator) if figure.value is not None]
    return {figure.period: figure for figure in reversed(numbers)}


def _end(figure: Observation) -> dt.date:
    return periods.last_day(figure.period)


def _share(count: Observation | None, base: Observation | None) -> float | None:
    if count is None or base is None or count.value is None or not base.value:
        return None
    return count.value / base.value
