"""Reported progress of tasks, milestones and checklists on the as-of date.

One rule of evidence: a source that says something exists or is in force is evidence without a date (`told`,
self-reported); a plan, an aim or a trial is none.

Absence of a report is not evidence: an unreported task is unknown, and only a dated report makes it overdue.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeGuard, get_args

from evalkit import periods
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Text
from evalkit.project.region_file import Basis, Item, Milestone, Owner, Region, Report, Task

Status = Literal["done", "done_late", "overdue", "not_done", "started", "told", "unknown"]
DONE: frozenset[Status] = frozenset({"done", "done_late"})


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """Progress of a task or item.

    Attributes:
        status: `overdue` only if a report dated after the due date says that it was not done; `told` if there is
            evidence without a date; `unknown` if there is none.
        when: the period in which it was done, or the date of the report; may be empty.
        exact: whether `when` is the time of completion, not of a report.
        basis: how it was established.
        text: the evidence in words.
    """

    status: Status
    when: str = ""
    exact: bool = False
    basis: Basis | None = None
    text: Text | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """A task and its progress."""

    task: Task
    state: State


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """A milestone, and whether it was reached; `planned` while its date lies ahead.

    A `phase` has nothing to reach. An assessment that the plan sets for a date is no news if this report, or the
    previous one, was made for that date.
    """

    milestone: Milestone
    status: Literal["reached", "planned", "unknown", "phase", "this_report", "previous_report"]


def tasks(evaluation: Evaluation) -> tuple[Entry, ...]:
    """Every task of the region, in the order of its file."""
    as_of = evaluation.assessment.as_of
    return tuple(Entry(task, task_state(task, as_of)) for task in evaluation.details.tasks)


def task_state(task: Task, as_of: dt.date | None) -> State:
    """The state of a task by its latest dated evidence."""
    reports = [report for report in task.reports if as_of is None or report.date <= as_of]
    reports.sort(key=lambda report: report.date)
    if not reports:
        return _with_lateness(item_state(task, as_of), task)
    latest = reports[-1]
    if is_known(task.done, as_of) and (latest.status == "done" or latest.date <= periods.last_day(task.done)):
        basis = _firmest(task.basis, reports)
        return _with_lateness(State("done", task.done, True, basis, task.evidence or latest.text), task)
    return _as_reported(task, latest, reports)


def _as_reported(task: Task, latest: Report, reports: Iterable[Report]) -> State:
    """The state by reports alone. A report proves completion by its date, not on it, so it never proves lateness."""
    due = periods.last_day(task.due) if task.due else None
    undone = [report for report in reports if report.status != "done" and due and report.date > due]
    status: Status = latest.status
    if latest.status == "done" and undone:
        status = "done_late"
    elif latest in undone:
        status = "overdue"
    return State(status, latest.date.isoformat(), False, latest.basis, latest.text)


def _with_lateness(state: State, task: Task) -> State:
    is_late = task.due and state.when and periods.first_day(state.when) > periods.last_day(task.due)
    return replace(state, status="done_late") if is_late else state


def _firmest(basis: Basis, reports: Iterable[Report]) -> Basis:
    order = get_args(Basis)
    return max([basis, *(report.basis for report in reports if report.status == "done")], key=order.index)


def item_state(item: Item | Task, as_of: dt.date | None) -> State:
    """The state of one item of a checklist."""
    if item.done is None:
        return State("told", basis=item.basis, text=item.evidence) if item.evidence else State("unknown")
    if not is_known(item.done, as_of):
        return State("unknown")
    return State("done", item.done, True, item.basis, item.evidence)


def milestones(evaluation: Evaluation) -> tuple[Event, ...]:
    """Milestones by date, undated ones last, without those first reported after the as-of date."""
    as_of = evaluation.assessment.as_of
    made = _made_for(evaluation)
    events = [
        Event(milestone, made[milestone.stage]) if milestone.stage in made else _event(milestone, as_of)
        for milestone in evaluation.details.milestones
    ]
    return tuple(sorted((event for event in events if event), key=lambda event: event.milestone.date or "9999"))


def _made_for(evaluation: Evaluation) -> dict[str | None, Literal["this_report", "previous_report"]]:
    """For which stages of the plan there is a report of this project."""
    made: dict[str | None, Literal["this_report", "previous_report"]] = {}
    if evaluation.previous:
        made[evaluation.previous.assessment.stage] = "previous_report"
    made[evaluation.assessment.stage] = "this_report"
    return made


def _event(milestone: Milestone, as_of: dt.date | None) -> Event | None:
    if milestone.until:
        return Event(milestone, "phase")
    if is_known(milestone.reached, as_of):
        return Event(milestone, "reached")
    if milestone.reached and not milestone.commitment:
        return None
    is_ahead = bool(milestone.date and as_of and periods.last_day(milestone.date) > as_of)
    return Event(milestone, "planned" if is_ahead else "unknown")


def owners_by_name(details: Region) -> dict[str, Owner]:
    """Owners in the responsibility lists, and other bodies, by each of their names."""
    owners = [Owner(name=name) for name in details.bodies]
    owners += [owner for duties in details.duties for owner in duties.owners]
    return {name: owner for owner in owners for name in (*owner.aliases, owner.name.zh, owner.name.en) if name}


def named_together(joint: str | None) -> Iterator[str]:
    """The bodies named jointly in one cell.

    >>> list(named_together("卫健局、医保局"))
    ['卫健局', '医保局']
    """
    names = (name.strip() for name in re.split("[、，,；;]", joint or ""))
    return (name for name in dict.fromkeys(names) if name)


def is_known(when: str | None, as_of: dt.date | None) -> TypeGuard[str]:
    """Whether something dated `when` had happened by the as-of date (a period must have ended)."""
    return when is not None and (as_of is None or periods.last_day(when) <= as_of)
