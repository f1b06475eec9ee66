"""Which assessments of a project are published, for whom, and which rest on the same dataset; draws nothing."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from evalkit.errors import InputError
from evalkit.files.yaml_file import read
from evalkit.project.evaluation import Evaluation, assessments, load
from evalkit.project.params import Assessment
from evalkit.publishing.run import site_contents
from evalkit.reporting.language import audience

INDEX = "index.html"  # of a site


def published(root: Path, dataset: str = "") -> list[Evaluation]:
    """Every assessment of the project that has a site and loads without mistakes; with `dataset`, only those of it."""
    loaded = []
    for name in assessments(root):
        if not (root / "reports" / name / "site" / INDEX).is_file():
            continue
        try:
            file = f"params/assessments/{name}.yml"
            if not dataset or read(root / file, Assessment, file, name=name).dataset == dataset:
                loaded.append(load(name, project=root))
        except InputError:
            continue  # its parameters may be in the middle of an edit; its own run reports the mistakes
    return loaded


def is_public(evaluation: Evaluation) -> bool:
    """Whether an assessment is for the public, and so is what its last run has made."""
    return not audience.is_internal(evaluation) and site_contents.is_for_its_readers(evaluation)


def others(evaluation: Evaluation, assessments: Iterable[Evaluation]) -> list[Evaluation]:
    """Published assessments of the same dataset by date, including this one; empty if there are no others.

    Internal ones are among them only for an internal assessment.
    """
    name, data = evaluation.assessment.name, evaluation.assessment.dataset
    same = [other for other in assessments if other.assessment.dataset == data]
    same = [other for other in same if audience.is_internal(evaluation) or is_public(other)]
    published = [other for other in same if other.assessment.name != name]
    return by_date([evaluation, *published]) if published else []


def by_date(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """Newest first; an assessment without as-of date uses all data, so it counts as the newest."""
    by_name = sorted(evaluations, key=lambda evaluation: evaluation.assessment.name, reverse=True)
    return sorted(by_name, key=lambda evaluation: evaluation.assessment.as_of or dt.date.max, reverse=True)
