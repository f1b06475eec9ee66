"""The evaluator's own words (params/narrative/<assessment>/): evalkit places them in the report, and never writes any.

`<region>.<lang>.md` is free text; `<region>.yml` has the entries that later assessments carry forward: problems,
recommendations, evidence.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import model_validator

from evalkit.errors import Collector, Mistake, nearest
from evalkit.files import text_file
from evalkit.files.yaml_file import read
from evalkit.project.params import Assessment, Language, Model, PeriodText, Text
from evalkit.project.region_file import Basis

FOLDER = "params/narrative"
FINAL = ("problems", "recommendations", "signatures")  # what a final report must hold


class Problem(Model):
    """A problem found, with its cause and owner; it stays in the ledger until it is closed."""

    id: str
    name: Text
    cause: Text | None = None
    """what causes the problem."""
    owner: str | None = None
    due: PeriodText | None = None
    closed: dt.date | None = None
    """the day on which it was solved."""
    evidence: Text | None = None


class Recommendation(Model):
    """An action, with its owner and due date."""

    name: Text
    owner: str
    due: PeriodText
    problems: tuple[str, ...] = ()
    """ids of the problems that it addresses."""


class Evidence(Model):
    """A fact that the report relies on, and how it was established."""

    name: Text
    basis: Basis
    date: dt.date | None = None
    document: str | None = None
    """the document that records it."""
    by: str | None = None
    """who established it."""


class Comment(Model):
    """A comment of an assessed body on the draft."""

    by: str
    """who commented."""
    date: dt.date
    text: Text
    reply: Text | None = None
    """the evaluator's answer."""


class Signature(Model):
    """A reviewer who signed the report."""

    name: str
    """the reviewer's name."""
    role: Text | None = None
    """the reviewer's role."""
    date: dt.date | None = None
    conclusion: Text | None = None
    """the result of the review."""


class TargetChange(Model):
    """A change to a target that the evaluator proposes."""

    target: str
    """the target's id, or its indicator."""
    proposal: Text
    """what the target should be."""
    why: Text


class Revised(Model):
    """Why a figure differs from the earlier report."""

    indicator: str
    period: PeriodText
    """the period of the figure."""
    why: Text


class Risk(Model):
    """A risk for the rest of the reform."""

    name: Text
    level: Literal["high", "medium", "low"]
    """how serious it is."""
    response: Text | None = None
    """what to do about it."""


class Narrative(Model):
    """What the evaluator adds to one region's report (params/narrative/<assessment>/<region>.yml)."""

    problems: tuple[Problem, ...] = ()
    """problems found."""
    recommendations: tuple[Recommendation, ...] = ()
    """what should be done about them."""
    evidence: tuple[Evidence, ...] = ()
    """facts that the report relies on."""
    comments: tuple[Comment, ...] = ()
    """comments of the assessed bodies on the draft."""
    signatures: tuple[Signature, ...] = ()
    """reviewers who signed the report."""
    target_changes: tuple[TargetChange, ...] = ()
    """changes to targets that the evaluator proposes."""
    lessons: tuple[Text, ...] = ()
    """what other regions can learn."""
    risks: tuple[Risk, ...] = ()
    """risks for the rest of the reform."""
    revised: tuple[Revised, ...] = ()
    """why figures differ from the earlier report."""
    channel: Text | None = None
    """where citizens can comment on the report."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [problem.id for problem in self.problems]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"duplicate problem {twice[0]!r}; keep one entry per id")
        return self


def read_all(root: Path, assessment: str, regions: Iterable[str], mistakes: Collector) -> dict[str, Narrative]:
    """What the evaluator adds, by region; a file about a region without a report is a mistake."""
    folder, region_ids = root / FOLDER / assessment, tuple(regions)
    files = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    texts = {path.name: path.stem.rpartition(".") for path in sorted(folder.glob("*.md"))}
    mistakes.mistakes += [
        Mistake(f"{FOLDER}/{assessment}", f"has a file about {name!r}, which gets no report", nearest(name, region_ids))
        for name in dict.fromkeys([*files, *(name for name, _, _ in texts.values() if name)])
        if name not in region_ids
    ]
    mistakes.mistakes += [
        Mistake(f"{FOLDER}/{assessment}/{file}", "names no language", "Name it `<region>.zh.md` or `<region>.en.md`.")
        for file, (_, _, lang) in texts.items()
        if lang not in get_args(Language)
    ]
    for file in texts:
        with mistakes():
            text_file.read(folder / file, f"{FOLDER}/{assessment}/{file}")
    narratives: dict[str, Narrative] = {}
    for name in region_ids:
        if name in files:
            with mistakes():
                narratives[name] = read(files[name], Narrative, shown(assessment, name))
    return narratives


def shown(assessment: str, region: str) -> str:
    """The name of a narrative's file in messages."""
    return f"{FOLDER}/{assessment}/{region}.yml"


def dangling(narrative: Narrative, problems: Iterable[str], targets: Iterable[str], where: str) -> list[Mistake]:
    """References to unknown problems or targets."""
    ids = {"problem": set(problems), "target": set(targets)}
    wanted = [("problem", name) for recommendation in narrative.recommendations for name in recommendation.problems]
    wanted += [("target", change.target) for change in narrative.target_changes]
    return [
        Mistake(where, f"there is no {kind} {name!r}", nearest(name, ids[kind], f"Give the {kind} an id."))
        for kind, name in dict.fromkeys(wanted)
        if name not in ids[kind]
    ]


def not_final(
    assessment: Assessment, regions: Iterable[str], narratives: Mapping[str, Narrative], file: str
) -> list[Mistake]:
    """A final report holds problems, recommendations and signatures; one mistake per region that lacks any."""
    if assessment.state != "final":
        return []
    by_region = {region: narratives.get(region) or Narrative() for region in regions}
    lacking = {region: [name for name in FINAL if not getattr(by_region[region], name)] for region in by_region}
    cure = f"Fill them in, or write `state: draft` or `state: review` in {file}."
    return [
        Mistake(shown(assessment.name, region), f"`state: final` needs {', '.join(names)}", cure)
        for region, names in lacking.items()
        if names
    ]
