"""What a region's file says about its reform (params/regions/<region>.yml): targets, tasks, structure, plan.

Everything cites its source with the words that say it. What nobody reported is absent, and pages say so.
"""

import datetime as dt
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from evalkit.errors import Collector, InputError, Mistake
from evalkit.files.yaml_file import read
from evalkit.project.appraisal import Scorecard
from evalkit.project.params import Cited, Identifier, Model, PeriodText, Text

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
Basis = Literal["self_reported", "documented", "checked"]  # how sure one may be that something was done


class Reading(Model):
    """Another way to read a target that its source leaves ambiguous; what is absent is as in the target.

    growth: relative (%) or in points.
    """

    operator: Operator | None = None
    value: float | tuple[float, float] | Text | None = None
    growth: Literal["relative", "points"] | None = None
    deadline: PeriodText | None = None
    note: Text | None = None


class Target(Cited):
    """A goal with its source; a target without a source is an error.

    operator: a comparison with `value`, a direction without one, or a grade, benchmark or growth per year.
    value: a number, `[low, high]` for a range, a text for grades and benchmarks, absent for directions.
    growth: whether a growth per year is relative (%) or in points.
    relative_to: the unit whose figure is the benchmark.
    alternatives: other ways to read it, where the source is ambiguous.
    """

    id: str | None = None
    indicator: str
    operator: Operator
    value: float | tuple[float, float] | Text | None = None
    growth: Literal["relative", "points"] = "relative"
    relative_to: str | None = None
    deadline: PeriodText | None = None
    commitment: str | None = None
    alternatives: tuple[Reading, ...] = ()

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
            self.read_as(reading)  # one that does not fit the target is refused here, with its own words
        return self

    def read_as(self, reading: Reading) -> "Target":
        """The same target, read the other way."""
        changes = {name: getattr(reading, name) for name in reading.model_fields_set if name != "note"}
        return Target.model_validate({**dict(self), **changes, "alternatives": ()})


class Reference(Cited):
    """A value to look at beside the region's figure that is no target of its own: shown, never judged.

    period: for which it holds.
    """

    name: Text
    indicator: str
    operator: Operator
    value: float
    period: PeriodText | None = None


class Report(Model):
    """What somebody reported about a task on a day.

    status: what the task had come to.
    """

    date: dt.date
    status: Literal["started", "done", "not_done"]
    basis: Basis = "self_reported"
    text: Text | None = None


class Task(Cited):
    """A task of the reform plan; `done`, `evidence` and `reports` only where somebody reported them.

    group: under which pages list it.
    lead, support: who is responsible, and who helps.
    amount: a number that the task promises.
    done: when it was done, as exact as its source: a year, a month, a day.
    reports: what was reported about it, by day.
    """

    id: str | None = None
    name: Text
    group: Text | None = None
    due: PeriodText | None = None
    lead: str | None = None
    support: str | None = None
    commitment: str | None = None
    amount: Text | None = None
    indicators: tuple[str, ...] = ()
    done: PeriodText | None = None
    evidence: Text | None = None
    basis: Basis = "self_reported"
    reports: tuple[Report, ...] = ()


class Milestone(Cited):
    """A dated event of the reform.

    date: when it is planned.
    reached: when it happened, as exact as its source; only where somebody reported it.
    """

    name: Text
    date: PeriodText | None = None
    commitment: str | None = None
    reached: PeriodText | None = None


class Policy(Cited):
    """A measure, rule or document: of the reform itself, its legal basis, or a reform that runs beside it.

    role: a `concurrent` reform may be the reason for a change as well; a `payment` reform with a date of its own has
        effects of its own on `indicators`.
    """

    name: Text
    role: Literal["reform", "basis", "concurrent", "payment"] = "reform"
    date: PeriodText | None = None
    indicators: tuple[str, ...] = ()


class Structure(Cited):
    """A fact about how the reform is built: how many, who, where."""

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
    """A named list of things to be unified, built or done (七统一, 八统一, …).

    items: the things, in the source's order.
    """

    id: Identifier
    name: Text
    items: tuple[Item, ...] = Field(min_length=1)


class Owner(Model):
    """Who is responsible, by which names, for what.

    aliases: other names under which tasks name this owner.
    items: the duties.
    phrase: the source's own words, where it words the duties.
    """

    name: Text
    aliases: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    phrase: str | None = None


class Duties(Cited):
    """A responsibility list: owners and their duties.

    owners: who has which duties.
    open_list: whether the source's list ends in 等.
    """

    id: Identifier
    name: Text
    owners: tuple[Owner, ...] = Field(min_length=1)
    open_list: bool = False


class Cascade(Cited):
    """A chain of counts, each a part of the one before (screening: enumerated, screened, examined).

    steps: ids of params/indicators.yml, from the whole to the smallest part.
    goal: what the chain is for.
    """

    id: Identifier
    name: Text
    steps: tuple[str, ...] = Field(min_length=2)
    goal: Text | None = None


class Platform(Cited):
    """A system from which figures come; before it starts there are none, which is not the same as zero.

    starts: its first period.
    """

    name: Text
    starts: PeriodText | None = None
    indicators: tuple[str, ...] = ()


class Incentive(Cited):
    """A consequence tied to results, and how it may bend the figures.

    tied_to: the results.
    risk: how it may bend them.
    """

    name: Text
    tied_to: Text
    indicators: tuple[str, ...] = ()
    risk: Text


class Element(Model):
    """A box of the theory of change."""

    text: Text
    indicators: tuple[str, ...] = ()
    source: str | None = None
    phrase: str | None = None


class Question(Model):
    """An evaluation question.

    kind: was it done (process), did it make a difference (impact), was it worth it (value).
    """

    text: Text
    kind: Literal["process", "impact", "value"]
    indicators: tuple[str, ...] = ()


class Stakeholder(Model):
    """Who has a part in the reform.

    role: which part.
    """

    name: Text
    role: Text


class Guard(Cited):
    """An indicator that must not get worse."""

    indicator: str
    operator: Literal["no_increase", "no_decrease"]


class Plan(Model):
    """The evaluation plan: theory of change, questions, stakeholders, guards. HM Treasury (2020), Magenta Book.

    inputs, activities, outputs, outcomes: boxes of the theory of change, in its order.
    assumptions, outside: what it takes for granted, and what else may be at work.
    questions: what the evaluation asks.
    stakeholders: who has a part in the reform.
    guards: indicators that must not get worse.
    """

    inputs: tuple[Element, ...] = ()
    activities: tuple[Element, ...] = ()
    outputs: tuple[Element, ...] = ()
    outcomes: tuple[Element, ...] = ()
    assumptions: tuple[Element, ...] = ()
    outside: tuple[Element, ...] = ()
    questions: tuple[Question, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    guards: tuple[Guard, ...] = ()


class Region(Model):
    """What a table cannot hold about one region (params/regions/<region>.yml).

    region: the unit in units.csv; also the name of the file.
    targets, references: goals of the region, and values to look at beside its figures.
    tasks, milestones: what is to be done, and dated events.
    policies, structures: measures and documents of the reform, and how it is built.
    checklists, duties: things to be unified or built, and who is responsible for what.
    cascades: chains of counts, each a part of the one before.
    platforms, incentives: systems from which figures come, and what may bend figures.
    scorecards: appraisals of the region's institutions.
    plan: the evaluation plan.
    """

    region: Identifier
    targets: tuple[Target, ...] = ()
    references: tuple[Reference, ...] = ()
    tasks: tuple[Task, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    policies: tuple[Policy, ...] = ()
    structures: tuple[Structure, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    duties: tuple[Duties, ...] = ()
    cascades: tuple[Cascade, ...] = ()
    platforms: tuple[Platform, ...] = ()
    incentives: tuple[Incentive, ...] = ()
    scorecards: tuple[Scorecard, ...] = ()
    plan: Plan = Plan()


def read_all(root: Path, regions: tuple[str, ...], mistakes: Collector) -> dict[str, Region]:
    """The files of the regions that have one, by region."""
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
