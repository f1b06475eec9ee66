"""What a region's file says about its reform (params/regions/<region>.yml): targets, tasks, structure, plan.

Everything cites its source with the words that say it. What nobody reported is absent, and pages say so.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from evalkit.inputs.params import Identifier, Model, PeriodText, Text

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


class Cited(Model):
    """Something that a source says, with its words."""

    source: str
    phrase: str
    note: Text | None = None


class Reading(Model):
    """Another way to read a target that its source leaves ambiguous; what is absent is as in the target."""

    operator: Operator | None = None
    value: float | tuple[float, float] | Text | None = None
    growth: Literal["relative", "points"] | None = None
    deadline: PeriodText | None = None
    note: Text | None = None


class Target(Cited):
    """A goal with its source; a target without a source is an error.

    `value` is a number, `[low, high]` for a range, a text for grades and benchmarks, absent for directions.
    `growth` says whether a growth per year is relative (%) or in points; `relative_to` is the unit whose figure is
    the benchmark; `commitment` is the source's own word (确保, 力争, …); `alternatives` are its other readings.
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
    """A value to look at beside the region's figure that is no target of its own: shown, never judged."""

    name: Text
    indicator: str
    operator: Operator
    value: float
    period: PeriodText | None = None


class Report(Model):
    """What somebody reported about a task on a day."""

    date: dt.date
    status: Literal["started", "done", "not_done"]
    basis: Basis = "self_reported"
    text: Text | None = None


class Task(Cited):
    """A task of the reform plan; `done`, `evidence` and `reports` only where somebody reported them.

    `indicators` are those in which the task should show; `amount` is a number that the task promises; `done` is as
    exact as its source: a year, a month, a day.
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
    """A dated event of the reform; `reached`, as exact as its source, only where somebody reported it."""

    name: Text
    date: PeriodText | None = None
    commitment: str | None = None
    reached: PeriodText | None = None


class Policy(Cited):
    """A measure, rule or document: of the reform itself, its legal basis, or a reform that runs beside it.

    A `concurrent` reform may be the reason for a change as well; a `payment` reform with a date of its own has
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
    """A named list of things to be unified, built or done (七统一, 八统一, …)."""

    id: Identifier
    name: Text
    items: tuple[Item, ...] = Field(min_length=1)


class Owner(Model):
    """Who is responsible, by which names, for what; `phrase` where the source words the duties."""

    name: Text
    aliases: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    phrase: str | None = None


class Duties(Cited):
    """A responsibility list: owners and their duties; `open_list` where the source's list ends in 等."""

    id: Identifier
    name: Text
    owners: tuple[Owner, ...] = Field(min_length=1)
    open_list: bool = False


class Cascade(Cited):
    """A chain of counts, each a part of the one before (screening: enumerated, screened, examined)."""

    id: Identifier
    name: Text
    steps: tuple[str, ...] = Field(min_length=2)
    goal: Text | None = None


class Platform(Cited):
    """A system from which figures come; before `starts` there are none, which is not the same as zero."""

    name: Text
    starts: PeriodText | None = None
    indicators: tuple[str, ...] = ()


class Incentive(Cited):
    """A consequence tied to results, and how it may bend the figures."""

    name: Text
    tied_to: Text
    indicators: tuple[str, ...] = ()
    risk: Text


class Dimension(Model):
    """One dimension of an appraisal; the weight is the evaluator's, never ours."""

    id: Identifier
    name: Text
    weight: float | None = Field(default=None, ge=0)


class Rated(Model):
    """Scores of one unit in one year, 0 to 100 by dimension; a dimension without a score is missing.

    `norms` names the norms by which the unit was appraised, in words that readers know.
    """

    name: Text
    year: PeriodText
    norms: Text | str | None = None
    scores: Mapping[str, float] = {}
    evidence: Text | None = None
    appeal: Text | None = None

    @model_validator(mode="after")
    def _within(self) -> Self:
        wrong = [name for name, score in self.scores.items() if not 0 <= score <= 100]
        if wrong:
            raise ValueError(f"the score of {wrong[0]!r} must lie between 0 and 100")
        return self


class Scorecard(Cited):
    """An appraisal: dimensions, weights as the evaluator's input, and the units appraised.

    Units with different `norms` (TCM hospitals have their own) are never ranked together. `units` names who is to be
    appraised where no score has been received yet.
    """

    id: Identifier
    name: Text
    dimensions: tuple[Dimension, ...] = Field(min_length=1)
    weights_source: Text | None = None
    units: tuple[Text, ...] = ()
    rated: tuple[Rated, ...] = ()
    open_list: bool = False

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = {one.id for one in self.dimensions}
        unknown = sorted({name for one in self.rated for name in one.scores} - known)
        if unknown:
            raise ValueError(f"scores of an unknown dimension {unknown[0]!r}; known: {', '.join(sorted(known))}")
        weighted = [one.weight is not None for one in self.dimensions]
        if any(weighted) and not all(weighted):
            raise ValueError("give every dimension a weight, or none")
        if all(weighted) and not any(one.weight for one in self.dimensions):
            raise ValueError("at least one weight must be above 0")
        rated = [(one.name, one.year) for one in self.rated]
        if len(set(rated)) < len(rated):
            raise ValueError("a unit has two sets of scores in one year; keep the corrected one and fill in `appeal`")
        return self


class Element(Model):
    """A box of the theory of change."""

    text: Text
    indicators: tuple[str, ...] = ()
    source: str | None = None
    phrase: str | None = None


class Question(Model):
    """An evaluation question: was it done (process), did it make a difference (impact), was it worth it (value)."""

    text: Text
    kind: Literal["process", "impact", "value"]
    indicators: tuple[str, ...] = ()


class Stakeholder(Model):
    """Who has a part in the reform, and which."""

    name: Text
    role: Text


class Guard(Cited):
    """An indicator that must not get worse."""

    indicator: str
    operator: Literal["no_increase", "no_decrease"]


class Plan(Model):
    """The evaluation plan: theory of change, questions, stakeholders, guards. HM Treasury (2020), Magenta Book."""

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
    """What a table cannot hold about one region (params/regions/<region>.yml)."""

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
