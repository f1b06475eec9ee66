"""Changes since the previous assessment: figures and statuses then and now, and revised figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from evalkit import periods
from evalkit.analysis.goals import stamps
from evalkit.analysis.goals.attainment import Attainment, Status, judge
from evalkit.analysis.goals.observed import Observation, figures, observations
from evalkit.panel import observations as panels
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Text
from evalkit.project.region_file import Target

Note = Literal[
    "same_figure",
    "not_measured_before",
    "other_frequency",
    "definition_break",
    "revised",
    "other_season",
    "other_source",
]
# indicator, target, figure then, figure now, status then, status now
Pair = tuple[str, Target | None, Observation | None, Observation | None, Status | None, Status | None]
SAME = 1e-6  # a smaller difference, absolute or relative, is rounding, not a revision


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """One target, or a primary indicator without target, in the previous assessment and in this one.

    Attributes:
        target: None if the indicator has none.
        then, now: the latest known figure; None if there was none.
        goal_then, goal_now: status of the target; None without a target, or if it was not judged.
        difference: now less then, in the indicator's unit; None if the two are not comparable.
        notes: why there is no difference, or caveats to it.
    """

    indicator: str
    target: Target | None
    then: Observation | None
    now: Observation | None
    goal_then: Status | None
    goal_now: Status | None
    difference: float | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Revision:
    """A figure that has changed since the previous assessment was frozen.

    Attributes:
        old: None where it may not be shown: small numbers are hidden otherwise now than when it was frozen.
        new: None where the data no longer hold a figure of that period.
        why: the evaluator's explanation, where there is one.
    """

    indicator: str
    period: str
    old: float | None
    new: float | None
    why: Text | None


def since(judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation) -> tuple[Since, ...]:
    """Every target and every primary indicator, then and now; empty without a previous assessment of the region."""
    previous = evaluation.previous
    if previous is None:
        return ()
    before = panels.without(panels.read(previous), panel.hidden)
    earlier = judge(before, previous)
    pairs = [_pair(goal, earlier) for goal in judged]
    bare = [name for name in evaluation.assessment.indicators.primary if name not in {pair[0] for pair in pairs}]
    pairs += [
        (name, None, _latest(name, before, previous), _latest(name, panel, evaluation), None, None) for name in bare
    ]
    pairs = [(*pair[:2], _same_season(pair[0], pair[2], pair[3], before, evaluation), *pair[3:]) for pair in pairs]
    return tuple(Since(*pair, *_difference(pair[0], pair[2], pair[3], evaluation)) for pair in pairs)


def revised(panel: Panel, evaluation: Evaluation) -> tuple[Revision, ...] | None:
    """Frozen figures of the previous assessment that differ from the data now; None if it was not frozen."""
    previous = evaluation.previous
    stamped = previous.frozen.regions.get(evaluation.region) if previous and previous.frozen else None
    if previous is None or stamped is None:
        return None
    why = {(revision.indicator, revision.period): revision.why for revision in evaluation.narrative.revised}
    revisions = []
    for name, figure in stamped.figures.items():
        seen = observations(panel, evaluation.region, name)
        new = next((now.value for now in seen if now.period == figure.period and now.value is not None), None)
        if new is None and panel.exists and name not in evaluation.assessment.needed:
            continue  # this assessment does not read the indicator, so its absence means nothing
        if new is None or not math.isclose(new, figure.value, rel_tol=SAME, abs_tol=SAME):
            old = figure.value if stamps.may_show(previous, panel, name) else None
            revisions.append(Revision(name, figure.period, old, new, why.get((name, figure.period))))
    return tuple(revisions)


def _pair(goal: Attainment, earlier: Sequence[Attainment]) -> Pair:
    before = next((other for other in earlier if other.target == goal.target), None)
    if before is None:
        return goal.indicator, goal.target, None, goal.latest, None, goal.goal
    return goal.indicator, goal.target, before.latest, goal.latest, before.goal, goal.goal


def _same_season(
    name: str, then: Observation | None, now: Observation | None, before: Panel, evaluation: Evaluation
) -> Observation | None:
    """The newest figure then known of the season of the figure now, from the same source; else the newest of all."""
    if then is None or now is None or now.value is None or len(now.period) == len("2020"):
        return then
    if periods.frequency(then.period) != periods.frequency(now.period) or then.period[4:] == now.period[4:]:
        return then
    earlier = observations(before, evaluation.region, name)
    alike = [
        other
        for other in earlier
        if other.value is not None and (other.period[4:], other.method) == (now.period[4:], now.method)
    ]
    return alike[-1] if alike else then


def _latest(indicator: str, panel: Panel, evaluation: Evaluation) -> Observation | None:
    return figures(panel, evaluation, evaluation.indicators[indicator], evaluation.region).latest


def _difference(
    indicator: str, then: Observation | None, now: Observation | None, evaluation: Evaluation
) -> tuple[float | None, tuple[Note, ...]]:
    if then is None or now is None:
        return None, ()
    if forbidden := _forbidden(indicator, then, now, evaluation):
        return None, (forbidden,)
    if then.value is None or now.value is None:
        return None, ()
    notes: list[Note] = []
    if then.period == now.period:
        notes.append("revised")
    elif then.period[4:] != now.period[4:]:
        notes.append("other_season")
    if then.method != now.method:
        notes.append("other_source")
    return now.value - then.value, tuple(notes)


def _forbidden(indicator: str, then: Observation, now: Observation, evaluation: Evaluation) -> Note | None:
    """Why the two figures must not be subtracted; None if they may be."""
    if (then.period, then.value, then.text) == (now.period, now.value, now.text):
        return "same_figure"
    if periods.frequency(then.period) != periods.frequency(now.period):
        return "other_frequency"
    first, last = sorted([then.period, now.period])
    platforms = (platform for platform in evaluation.details.platforms if indicator in platform.indicators)
    starts = [platform.starts for platform in platforms if platform.starts]
    if any(periods.first_day(first) < periods.first_day(start) <= periods.last_day(last) for start in starts):
        return "not_measured_before"
    unit = evaluation.units.loc[[evaluation.region]]
    broken = breaks_in(evaluation.indicators[indicator], unit, [first, last]).any(axis=None)
    return "definition_break" if broken else None
