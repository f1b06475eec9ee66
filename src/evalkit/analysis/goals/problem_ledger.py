"""The problem ledger: problems are carried forward from one assessment to the next until closed."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from evalkit import periods
from evalkit.project.evaluation import Evaluation
from evalkit.project.narrative_file import Problem

Standing = Literal["overdue", "open", "closed"]
ORDER: tuple[Standing, ...] = ("overdue", "open", "closed")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A problem and its standing on the as-of date.

    Attributes:
        problem: the latest entry; fields that it omits are taken from the earlier one.
        standing: `overdue` if its due date has passed and it is not closed.
        raised: as-of date of the assessment that raised it.
        silent: whether it was raised earlier, is not closed, and is not mentioned now.
    """

    problem: Problem
    standing: Standing
    raised: dt.date | None
    silent: bool


def ledger(evaluation: Evaluation) -> tuple[Entry, ...]:
    """All problems of this and earlier assessments, overdue ones first."""
    as_of = evaluation.assessment.as_of
    before = {entry.problem.id: entry for entry in ledger(evaluation.previous)} if evaluation.previous else {}
    own = {problem.id: problem for problem in evaluation.narrative.problems}
    entries = []
    for name in dict.fromkeys([*own, *before]):
        earlier = before.get(name)
        problem = _latest_version(own.get(name), earlier.problem if earlier else None)
        standing, raised = _standing(problem, as_of), earlier.raised if earlier else as_of
        entries.append(Entry(problem, standing, raised, silent=name not in own and standing != "closed"))
    return tuple(sorted(entries, key=lambda entry: ORDER.index(entry.standing)))


def _latest_version(now: Problem | None, before: Problem | None) -> Problem:
    versions = [version for version in (before, now) if version is not None]
    fields = {name: getattr(version, name) for version in versions for name in version.model_fields_set}
    return Problem.model_validate(fields)


def _standing(problem: Problem, as_of: dt.date | None) -> Standing:
    if problem.closed is not None and (as_of is None or problem.closed <= as_of):
        return "closed"
    is_past = problem.due is not None and as_of is not None and periods.last_day(problem.due) < as_of
    return "overdue" if is_past else "open"
