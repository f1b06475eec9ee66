"""The evaluator's own words (params/narrative/<assessment>/): read and placed in the report, never written.

`<region>.<lang>.md` is free text; `<region>.yml` holds what is carried on: problems, recommendations, evidence.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import model_validator

from evalkit.errors import Collector, Mistake, nearest
from evalkit.files import text_file
from evalkit.files.yaml_file import read
from evalkit.project.params import Language, Model, PeriodText, Text
from evalkit.project.region_file import Basis

FOLDER = "params/narrative"


class Problem(Model):
    """A problem found, with its cause and owner; it stays in the ledger until it is closed.

    cause: why there is one.
    closed: the day on which it was solved.
    """

    id: str
    name: Text
    cause: Text | None = None
    owner: str | None = None
    due: PeriodText | None = None
    closed: dt.date | None = None
    evidence: Text | None = None


class Recommendation(Model):
    """What should be done, by whom, by when.

    problems: ids of the problems that it is to solve.
    """

    name: Text
    owner: str
    due: PeriodText
    problems: tuple[str, ...] = ()


class Evidence(Model):
    """Something that the report rests on, and how it was established.

    document: where it is written.
    by: who established it.
    """

    name: Text
    basis: Basis
    date: dt.date | None = None
    document: str | None = None
    by: str | None = None


class Comment(Model):
    """What the assessed body said about the draft.

    by: who said so.
    reply: the evaluator's answer.
    """

    by: str
    date: dt.date
    text: Text
    reply: Text | None = None


class Signature(Model):
    """A reviewer who signed the report.

    name: of the reviewer.
    role: of the reviewer.
    conclusion: of the review.
    """

    name: str
    role: Text | None = None
    date: dt.date | None = None
    conclusion: Text | None = None


class TargetChange(Model):
    """A change of a target that the evaluator suggests.

    target: its id, or its indicator.
    proposal: what it should be.
    """

    target: str
    proposal: Text
    why: Text


class Revised(Model):
    """Why a figure is another than in the earlier report.

    period: of the figure.
    """

    indicator: str
    period: PeriodText
    why: Text


class Risk(Model):
    """A risk for the rest of the reform.

    level: how grave it is.
    response: what to do about it.
    """

    name: Text
    level: Literal["high", "medium", "low"]
    response: Text | None = None


class Narrative(Model):
    """What the evaluator adds to one region's report (params/narrative/<assessment>/<region>.yml).

    problems, recommendations: what was found, and what should be done.
    evidence: what the report rests on.
    comments: what the assessed bodies said about the draft.
    signatures: who reviewed the report.
    target_changes: changes of targets that the evaluator suggests.
    lessons: what others can learn.
    risks: for the rest of the reform.
    revised: why figures are others than in the earlier report.
    channel: where citizens can comment on it.
    """

    problems: tuple[Problem, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    comments: tuple[Comment, ...] = ()
    signatures: tuple[Signature, ...] = ()
    target_changes: tuple[TargetChange, ...] = ()
    lessons: tuple[Text, ...] = ()
    risks: tuple[Risk, ...] = ()
    revised: tuple[Revised, ...] = ()
    channel: Text | None = None

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [one.id for one in self.problems]
        if twice := sorted({name for name in ids if ids.count(name) > 1}):
            raise ValueError(f"the problem {twice[0]!r} stands twice; keep one entry per id")
        return self


def read_all(root: Path, assessment: str, regions: Iterable[str], mistakes: Collector) -> dict[str, Narrative]:
    """What the evaluator adds, by region; a file about a region that is not reported on is a mistake."""
    folder, known = root / FOLDER / assessment, tuple(regions)
    files = {path.stem: path for path in sorted(folder.glob("*.yml"))}
    texts = {path.name: path.stem.rpartition(".") for path in sorted(folder.glob("*.md"))}
    mistakes.mistakes += [
        Mistake(
            f"{FOLDER}/{assessment}", f"holds a file about {name!r}, which is not reported on", nearest(name, known)
        )
        for name in dict.fromkeys([*files, *(name for name, _, _ in texts.values() if name)])
        if name not in known
    ]
    mistakes.mistakes += [
        Mistake(f"{FOLDER}/{assessment}/{file}", "names no language", "Call it `<region>.zh.md` or `<region>.en.md`.")
        for file, (_, _, lang) in texts.items()
        if lang not in get_args(Language)
    ]
    for file in texts:
        with mistakes():
            text_file.read(folder / file, f"{FOLDER}/{assessment}/{file}")
    found: dict[str, Narrative] = {}
    for name in known:
        if name in files:
            with mistakes():
                found[name] = read(files[name], Narrative, shown(assessment, name))
    return found


def shown(assessment: str, region: str) -> str:
    """A narrative's file as messages print it."""
    return f"{FOLDER}/{assessment}/{region}.yml"


def dangling(told: Narrative, problems: Iterable[str], targets: Iterable[str], where: str) -> list[Mistake]:
    """Recommendations for a problem that nobody raised, changes of a target that there is not."""
    known = {"problem": set(problems), "target": set(targets)}
    wanted = [("problem", name) for one in told.recommendations for name in one.problems]
    wanted += [("target", one.target) for one in told.target_changes]
    return [
        Mistake(where, f"there is no {kind} {name!r}", nearest(name, known[kind], f"Give the {kind} an id."))
        for kind, name in dict.fromkeys(wanted)
        if name not in known[kind]
    ]
