"""Obligations of each responsible body (tasks, recommendations, open problems), across its different names."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from evalkit import periods
from evalkit.analysis.goals import ledger, problem_ledger
from evalkit.analysis.goals.ledger import State
from evalkit.analysis.goals.problem_ledger import Standing
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Text
from evalkit.project.region_file import Owner

Kind = Literal["task", "recommendation", "problem"]


@dataclass(frozen=True, slots=True, eq=False)
class Owed:
    """One obligation of a body.

    Attributes:
        due: the period by whose end it is due; empty if no date is stated.
        state: a task's progress, a problem's standing; None for a recommendation.
    """

    kind: Kind
    name: Text
    due: str
    state: State | Standing | None


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A body and its obligations by due date; `owner` is its entry in a responsibility list, if any."""

    name: str
    owner: Owner | None
    owed: tuple[Owed, ...]


def bodies(evaluation: Evaluation) -> tuple[Body, ...]:
    """Every body with its obligations; joint leads are separated, and alternative names of a body merged."""
    owners = ledger.owners_by_name(evaluation.details)
    by_body: dict[str, list[Owed]] = {}
    for joint, owed in _all(evaluation):
        for name in ledger.named_together(joint):
            owner = owners.get(name)
            by_body.setdefault(owner.name["zh"] if owner else name, []).append(owed)
    all_bodies = [Body(name, owners.get(name), tuple(sorted(owed, key=_last_day))) for name, owed in by_body.items()]
    return tuple(sorted(all_bodies, key=lambda body: _last_day(body.owed[0])))


def _all(evaluation: Evaluation) -> Iterator[tuple[str | None, Owed]]:
    """All obligations, with the body as the source names it."""
    for entry in ledger.tasks(evaluation):
        yield entry.task.lead, Owed("task", entry.task.name, entry.task.due or "", entry.state)
    for recommendation in evaluation.narrative.recommendations:
        yield recommendation.owner, Owed("recommendation", recommendation.name, recommendation.due, None)
    for raised in problem_ledger.ledger(evaluation):
        if raised.standing != "closed":
            problem = raised.problem
            yield problem.owner, Owed("problem", problem.name, problem.due or "", raised.standing)


def _last_day(owed: Owed) -> dt.date:
    return periods.last_day(owed.due) if owed.due else dt.date.max
