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
    about = evaluation.assessment
    return f"{about.audience} {about.hides}".strip()


def changed(before: Mapping[str, str], evaluation: Evaluation, region: str) -> list[str]:
    """Names of the shared parameters that have changed since."""
    now = of(evaluation, region)
    return [name for name in now if before.get(name) != now[name]]


@lru_cache(maxsize=4)
def _hashes(evaluation: Evaluation, whole: bool) -> Mapping[str, str]:
    about, frozen = evaluation.assessment, evaluation.frozen
    found = {name: _hash(about.model_dump_json(include={name})) for name in _shared(whole)}
    described = [one.model_dump_json() for _, one in sorted(evaluation.indicators.items())]
    found["indicators"] = _hash(about.indicators.model_dump_json(), *described)
    if frozen:
        found["frozen"] = _hash(frozen.date.isoformat(), *frozen.primary, frozen.design)
    if evaluation.earlier:
        found["previous"] = combined(of(evaluation.earlier, ""))
    return found


def _shared(whole: bool) -> Iterable[str]:
    fields = Assessment.model_fields.items()
    return [name for name, one in fields if not one.exclude and name != "name" and (whole or name != "regions")]


def _hash(*texts: str) -> str:
    return sha256(*texts)[:DIGITS]
