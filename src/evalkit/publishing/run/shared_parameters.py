"""What all pages of a site must agree on: hashes of the parameters that regions share, by name.

A region's own file, narrative and data are no part of it: they change that region's pages and no others.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from evalkit.files.hashes import sha256
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Assessment
from evalkit.publishing.preflight import WHOLE

DIGITS = 16  # of each hash: enough to tell versions apart


def of(evaluation: Evaluation, region: str) -> Mapping[str, str]:
    """A hash of each shared parameter on which a region's pages rest; which regions there are changes no region's."""
    return _hashes(evaluation, region in WHOLE)


def digest(evaluation: Evaluation, region: str) -> str:
    """All of them in one."""
    return combined(of(evaluation, region))


def combined(hashes: Mapping[str, str]) -> str:
    """Such hashes in one."""
    return sha256(*(f"{name} {own}" for name, own in sorted(hashes.items())))[:DIGITS]


def readers(evaluation: Evaluation) -> str:
    """Audience and disclosure rule of the site in one line: pages made for another one must be removed at once."""
    assessment = evaluation.assessment
    return f"{assessment.audience} {assessment.hides}".strip()


def changed(before: Mapping[str, str], evaluation: Evaluation, region: str) -> list[str]:
    """Names of the shared parameters that have changed since."""
    now = of(evaluation, region)
    return [name for name in now if before.get(name) != now[name]]


@lru_cache(maxsize=4)
def _hashes(evaluation: Evaluation, with_regions: bool) -> Mapping[str, str]:
    assessment, frozen = evaluation.assessment, evaluation.frozen
    hashes = {name: _hash(assessment.model_dump_json(include={name})) for name in _shared(with_regions)}
    described = [indicator.model_dump_json() for _, indicator in sorted(evaluation.indicators.items())]
    hashes["indicators"] = _hash(assessment.indicators.model_dump_json(), *described)
    if frozen:
        hashes["frozen"] = _hash(frozen.date.isoformat(), *frozen.primary, frozen.design)
    if evaluation.earlier:
        hashes["previous"] = combined(of(evaluation.earlier, ""))
    return hashes


def _shared(with_regions: bool) -> Iterable[str]:
    fields = Assessment.model_fields.items()
    left_out = {"name"} if with_regions else {"name", "regions"}
    return [name for name, field in fields if not field.exclude and name not in left_out]


def _hash(*texts: str) -> str:
    return sha256(*texts)[:DIGITS]
