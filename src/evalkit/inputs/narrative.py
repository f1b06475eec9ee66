"""The evaluator's own words (params/narrative/<assessment>/): read and placed in the report, never written.

`<region>.<lang>.md` is free text; `<region>.yml` holds what is carried on: problems, recommendations, evidence.
"""

import datetime as dt
from typing import Literal

from evalkit.inputs.params import Model, PeriodText, Text
from evalkit.inputs.reform import Basis


class Problem(Model):
    """A problem found, with its cause and owner; it stays in the ledger until it is closed."""

    id: str
    name: Text
    cause: Text | None = None
    owner: str | None = None
    due: PeriodText | None = None
    closed: dt.date | None = None
    evidence: Text | None = None


class Recommendation(Model):
    """What should be done, by whom, by when."""

    name: Text
    owner: str
    due: PeriodText
    problems: tuple[str, ...] = ()


class Evidence(Model):
    """Something that the report rests on, and how it was established."""

    name: Text
    basis: Basis
    date: dt.date | None = None
    document: str | None = None
    by: str | None = None


class Comment(Model):
    """What the assessed body said about the draft, and the evaluator's reply."""

    by: str
    date: dt.date
    text: Text
    reply: Text | None = None


class Signature(Model):
    """A reviewer who signed the report."""

    name: str
    role: Text | None = None
    date: dt.date | None = None
    conclusion: Text | None = None


class TargetChange(Model):
    """A change of a target that the evaluator suggests."""

    target: str
    proposal: Text
    why: Text


class Revised(Model):
    """Why a figure is another than in the earlier report."""

    indicator: str
    period: PeriodText
    why: Text


class Risk(Model):
    """A risk for the rest of the reform, and what to do about it."""

    name: Text
    level: Literal["high", "medium", "low"]
    response: Text | None = None


class Narrative(Model):
    """What the evaluator adds to one region's report."""

    problems: tuple[Problem, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    comments: tuple[Comment, ...] = ()
    signatures: tuple[Signature, ...] = ()
    target_changes: tuple[TargetChange, ...] = ()
    lessons: tuple[Text, ...] = ()
    risks: tuple[Risk, ...] = ()
    revised: tuple[Revised, ...] = ()
