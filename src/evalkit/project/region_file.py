"""The file of a region (params/regions/<region>.yml): its reform's targets, tasks, structure, evaluation plan.

Every entry cites its source with the source's own words. What was not reported is absent, and pages say so.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from evalkit.errors import Collector, InputError, Mistake
from evalkit.files.yaml_file import read
from evalkit.project.appraisal import Scorecard
from evalkit.project.params import Cited, Identifier, Model, PeriodText, Stage, Text

Operator = Literal[
    ">=",
    "<=",
    ">",
    "<",
    "=",
    "~",
    "<~",
    ">~",
    "range",
    "rank",
    "increase",
    "decrease",
    "no_increase",
    "no_decrease",
    "status",
    "benchmark",
    "growth",
]
NUMERIC: frozenset[Operator] = frozenset({">=", "<=", ">", "<", "=", "~", "<~", ">~", "range", "rank"})
DIRECTIONS: frozenset[Operator] = frozenset({"increase", "decrease", "no_increase", "no_decrease"})
Basis = Literal["self_reported", "documented", "checked"]  # how it was established that something was done


class Reading(Model):
    """Another reading of a target that its source leaves ambiguous; absent keys are as in the target."""

    operator: Operator | None = None
    value: float | tuple[float, float] | Text | None = None
    growth: Literal["relative", "points"] | None = None
    """whether a growth per year is relative (%) or in points."""
    deadline: PeriodText | None = None
    note: Text | None = None


class Target(Cited):
    """A target with its source; a target without a source is an error."""

    id: str | None = None
    indicator: str
    operator: Operator
    """a comparison with `value`, a direction without one, or a grade, benchmark or growth per year."""
    value: float | tuple[float, float] | Text | None = None
    """a number, `[low, high]` for a range, a text for grades and benchmarks, absent for directions."""
    growth: Literal["relative", "points"] = "relative"
    """whether a growth per year is relative (%) or in points."""
    relative_to: str | None = None
    """the unit whose figure is the benchmark."""
    deadline: PeriodText | None = None
    commitment: str | None = None
    alternatives: tuple[Reading, ...] = ()
    """other readings, if the source is ambiguous."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.operator == "range":
            fits, wanted = isinstance(self.value, tuple), "[low, high]"
        elif self.operator in NUMERIC or self.operator == "growth":
            fits, wanted = isinstance(self.value, float), "a number"
        elif self.operator in DIRECTIONS:
            fits, wanted = self.value is None, "nothing (a direction has no value)"
        else:
            fits, wanted = isinstance(self.value, Text), "a text: {zh: …, en: …}"
        if not fits:
            raise ValueError(f"with operator {self.operator!r}, `value` must be {wanted}")
        for reading in self.alternatives:
            self.read_as(reading)  # raises for a reading that does not fit the target
        return self

    def read_as(self, reading: Reading) -> "Target":
        """The target under another reading."""
        changes = {name: getattr(reading, name) for name in reading.model_fields_set if name != "note"}
        return Target.model_validate({**dict(self), **changes, "alternatives": ()})


class Reference(Cited):
    """A value shown next to the region's figure that is not its own target: it is never judged."""

    name: Text
    indicator: str
    operator: Operator
    value: float
    period: PeriodText | None = None
    """the period for which it holds."""


class Report(Model):
    """A dated report on a task."""

    date: dt.date
    status: Literal["started", "done", "not_done"]
    """the state of the task on that date."""
    basis: Basis = "self_reported"
    text: Text | None = None


class Task(Cited):
    """A task of the reform plan; `done`, `evidence` and `reports` only if they were reported."""

    id: str | None = None
    name: Text
    group: Text | None = None
    """the heading under which pages list it."""
    due: PeriodText | None = None
    lead: str | None = None
    """who is responsible."""
    support: str | None = None
    """who assists."""
    commitment: str | None = None
    amount: Text | None = None
    """a number that the task promises."""
    indicators: tuple[str, ...] = ()
    done: PeriodText | None = None
    """when it was done, as exact as its source: a year, a month, a day."""
    evidence: Text | None = None
    basis: Basis = "self_reported"
    reports: tuple[Report, ...] = ()
    """reports on the task, by date."""


class Milestone(Cited):
    """A dated event of the reform."""

    name: Text
    date: PeriodText | None = None
    """the planned date."""
    commitment: str | None = None
    date_text: Text | None = None
    """the date as the source words it, where `date` is not as exact ("end of October 2019")."""
    until: PeriodText | None = None
    """the end of a phase that starts at `date`; nothing is to be reached in it."""
    stage: Stage | None = None
    """the assessment that the plan sets for this date: midterm, final, …"""
    reached: PeriodText | None = None
    """when it happened, as exact as its source; only if that was reported."""


class Policy(Cited):
    """A measure, rule or document: of the reform itself, its legal basis, or a concurrent reform."""

    name: Text
    role: Literal["reform", "basis", "concurrent", "payment"] = "reform"
    """a `concurrent` reform may also explain a change; a `payment` reform with its own date has its own effects on
    `indicators`.
    """
    date: PeriodText | None = None
    indicators: tuple[str, ...] = ()


class Structure(Cited):
    """A fact about the organisation of the reform: how many, who, where."""

    name: Text
    value: Text | None = None


class Item(Model):
    """One item of a checklist."""

    name: Text
    done: PeriodText | None = None
    basis: Basis = "self_reported"
    evidence: Text | None = None
    indicators: tuple[str, ...] = ()


class Checklist(Cited):
    """A named list of things to be unified, built or done (七统一, 八统一, …)."""

    id: Identifier
    name: Text
    evidence: Text | None = None
    """what the source says of all of them at once; an item with words or a date of its own keeps these."""
    items: tuple[Item, ...] = Field(min_length=1)
    """the items, in the source's order."""

    @model_validator(mode="before")
    @classmethod
    def _of_all(cls, given: object) -> object:
        """One sentence about the whole list is evidence for each of its items."""
        if not isinstance(given, dict) or not given.get("evidence") or not isinstance(given.get("items"), list):
            return given
        shared = {"evidence": given["evidence"]}
        return {**given, "items": [shared | item if isinstance(item, dict) else item for item in given["items"]]}


class Owner(Model):
    """A responsible body, its other names and its duties."""

    name: Text
    aliases: tuple[str, ...] = ()
    """other names for this owner in tasks."""
    items: tuple[Item, ...] = ()
    """the duties."""
    phrase: str | None = None
    """the source's own words for the duties."""


class Duties(Cited):
    """A responsibility list: owners and their duties."""

    id: Identifier
    name: Text
    owners: tuple[Owner, ...] = Field(min_length=1)
    """the owners and their duties."""
    open_list: bool = False
    """whether the source's list ends in 等."""


class Cascade(Cited):
    """A chain of counts, each a part of the one before (screening: enumerated, screened, examined)."""

    id: Identifier
    name: Text
    steps: tuple[str, ...] = Field(min_length=2)
    """ids in params/indicators.yml, from the whole to the smallest part."""
    goal: Text | None = None
    """the purpose of the chain."""


class Platform(Cited):
    """A system that supplies figures; before it starts, figures are missing, not zero."""

    name: Text
    starts: PeriodText | None = None
    """its first period."""
    indicators: tuple[str, ...] = ()


class Incentive(Cited):
    """A reward or sanction tied to results, and how it may distort the figures."""

    name: Text
    tied_to: Text
    """the results that it depends on."""
    indicators: tuple[str, ...] = ()
    risk: Text
    """how it may distort the figures."""


class Element(Model):
    """A box of the theory of change."""

    text: Text
    indicators: tuple[str, ...] = ()
    source: str | None = None
    phrase: str | None = None


class Question(Model):
    """An evaluation question."""

    text: Text
    kind: Literal["process", "impact", "value"]
    """whether it was done (process), made a difference (impact), was worth its cost (value)."""
    indicators: tuple[str, ...] = ()


class Stakeholder(Model):
    """A person or body involved in the reform."""

    name: Text
    role: Text
    """their role."""


class Guard(Cited):
    """An indicator that must not get worse."""

    indicator: str
    operator: Literal["no_increase", "no_decrease"]


class Plan(Model):
    """The evaluation plan: theory of change, questions, stakeholders, guards. HM Treasury (2020), Magenta Book."""

    inputs: tuple[Element, ...] = ()
    """theory of change: resources."""
    activities: tuple[Element, ...] = ()
    """theory of change: what the reform does."""
    outputs: tuple[Element, ...] = ()
    """theory of change: direct results."""
    outcomes: tuple[Element, ...] = ()
    """theory of change: changes for patients and the system."""
    assumptions: tuple[Element, ...] = ()
    """what the theory of change takes for granted."""
    outside: tuple[Element, ...] = ()
    """outside factors that may also cause change."""
    questions: tuple[Question, ...] = ()
    """the evaluation questions."""
    stakeholders: tuple[Stakeholder, ...] = ()
    """persons and bodies involved in the reform."""
    guards: tuple[Guard, ...] = ()
    """indicators that must not get worse."""


class Region(Model):
    """What the tables do not hold about one region (params/regions/<region>.yml)."""

    region: Identifier
    """the unit in units.csv; also the name of the file."""
    names: Mapping[str, Text] = {}
    """what the region's sources call an indicator, by id, where it is another name than that of indicators.yml."""
    start: Text | None = None
    """what happened at the `adoption` of units.csv, where it was not the start itself ("named a national pilot")."""
    targets: tuple[Target, ...] = ()
    """the region's targets."""
    references: tuple[Reference, ...] = ()
    """values shown next to its figures, never judged."""
    tasks: tuple[Task, ...] = ()
    """tasks of the reform plan."""
    milestones: tuple[Milestone, ...] = ()
    """dated events of the reform."""
    policies: tuple[Policy, ...] = ()
    """measures and documents of the reform, and concurrent reforms."""
    structures: tuple[Structure, ...] = ()
    """facts about the organisation of the reform."""
    checklists: tuple[Checklist, ...] = ()
    """lists of things to be unified, built or done."""
    duties: tuple[Duties, ...] = ()
    """responsibility lists: owners and their duties."""
    bodies: tuple[Text, ...] = ()
    """names in both languages of bodies that tasks or problems name and no responsibility list has."""
    cascades: tuple[Cascade, ...] = ()
    """chains of counts, each a part of the one before."""
    platforms: tuple[Platform, ...] = ()
    """systems that supply figures."""
    incentives: tuple[Incentive, ...] = ()
    """rewards and sanctions that may distort figures."""
    scorecards: tuple[Scorecard, ...] = ()
    """appraisals of the region's institutions."""
    plan: Plan = Plan()
    """the evaluation plan."""


def read_all(root: Path, regions: tuple[str, ...], mistakes: Collector) -> dict[str, Region]:
    """The region files that exist, by region."""
    files: dict[str, Region] = {}
    for name in regions:
        file = f"params/regions/{name}.yml"
        if (root / file).is_file():
            with mistakes():
                files[name] = read(root / file, Region, file)
                if files[name].region != name:
                    cure = f"Write `region: {name}` or rename the file."
                    raise InputError([Mistake(file, f"`region` says {files[name].region!r}", cure)])
    return files
