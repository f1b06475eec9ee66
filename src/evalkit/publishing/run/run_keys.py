"""Hashes of the inputs of each region's pages: pages with unchanged inputs are not made again."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from evalkit.files import source_code
from evalkit.files.atomic import write_text
from evalkit.files.hashes import sha256
from evalkit.panel import consistency, ingest_logs, observations
from evalkit.project import evaluation as project
from evalkit.project import published_answers
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.publishing import preflight
from evalkit.publishing.preflight import WHOLE, notebook_path, notebooks_of

KNOWN = "_data.json"  # file in the work folder: cache of data hashes


@dataclass(frozen=True, slots=True)
class Key:
    """SHA-256 of the inputs of a region's pages, by kind."""

    parameters: str
    data: str
    notebooks: str
    code: str

    @property
    def whole(self) -> str:
        """One hash of all parts."""
        return sha256(*(getattr(self, part) for part in PARTS))


PARTS = tuple(Key.__dataclass_fields__)


def run_keys(evaluation: Evaluation, regions: Sequence[str]) -> dict[str, Key]:
    """The key of each region: parameters, data (of this and the previous assessment), notebooks, code.

    Data are those of the units that its report can use (`observations.near`), with the findings of data checks and what
    all regions show together.

    Raises:
        InputError: with every mistake in data and notebooks that were not read before; where a folder is a link.
    """
    preflight.refuse_links(evaluation)  # this is the first to write there
    parameters = project.keys(evaluation, [region for region in regions if region not in WHOLE])
    code = source_code.source_hash()
    parameters |= {region: evaluation.key for region in regions if region in WHOLE}
    if (template := evaluation.root / preflight.TEMPLATE).is_file():
        parameters = {region: sha256(key, _of_file(template)) for region, key in parameters.items()}
    if (answers := evaluation.root / "data" / evaluation.assessment.dataset / published_answers.FILE).is_file():
        parameters = {region: sha256(key, _of_file(answers)) for region, key in parameters.items()}
    data = _data(evaluation, parameters, sha256(code, *_files(evaluation)))
    names = {name for region in regions for name in notebooks_of(evaluation, region)}
    notebooks = {name: notebook_path(evaluation.root, name).read_bytes() for name in sorted(names)}
    return {
        region: Key(
            parameters[region],
            data[region],
            sha256(*(notebooks[name] for name in notebooks_of(evaluation, region))),
            code,
        )
        for region in regions
    }


def _data(evaluation: Evaluation, parameters: Mapping[str, str], files: str) -> dict[str, str]:
    """Data hash by region: from the cache if files and parameters are unchanged, else computed."""
    path = evaluation.reports / "work" / KNOWN
    hashes = _cached(path, files)
    left = [region for region, key in parameters.items() if region not in hashes or hashes[region][0] != key]
    if left:
        preflight.check(evaluation)
        hashes |= {region: (parameters[region], digest) for region, digest in _computed(evaluation, left).items()}
        write_text(path, json.dumps({"files": files, "regions": hashes}))
    return {region: hashes[region][1] for region in parameters}


def _cached(path: Path, files: str) -> dict[str, tuple[str, str]]:
    """Cached hashes of parameters and data by region; empty if the files have changed or the cache is damaged."""
    try:
        left = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): (str(key), str(data)) for name, (key, data) in left["regions"].items() if left["files"] == files
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _files(evaluation: Evaluation) -> list[str]:
    """SHA-256 of each file of the datasets."""
    datasets = [source.assessment.dataset for source in (evaluation, evaluation.earlier) if source]
    paths = [path for name in datasets for path in sorted((evaluation.root / "data" / name).rglob("*"))]
    return [f"{path.relative_to(evaluation.root)} {_of_file(path)}" for path in paths if path.is_file()]


def _of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _computed(evaluation: Evaluation, regions: Iterable[str]) -> dict[str, str]:
    from evalkit.analysis.programme.headlines import headlines  # imports statsmodels, which unchanged data do not need

    own, every = observations.read(evaluation), observations.read(evaluation, every=True)
    before = observations.read(evaluation.earlier) if evaluation.earlier else None
    checks_of = _by_unit(evaluation, every)
    cells = ingest_logs.normalised(evaluation)

    @cache
    def near(units: frozenset[str]) -> str:
        checks = sorted({check for unit in units for check in checks_of.get(unit, ())})
        return sha256(own.fingerprint_of(units), every.fingerprint_of(units), *checks)

    hashes = {}
    for region in regions:
        if region in WHOLE:
            fingerprints = [own.fingerprint, every.fingerprint, ingest_logs.fingerprint(evaluation)]
            hashes[region] = sha256(*fingerprints, *([before.fingerprint] if before else []))
            continue
        regional = of_region(evaluation, region)
        then = [before.fingerprint_of(observations.near(regional.previous))] if before and regional.previous else []
        together = headlines(own, regional)  # every region's report says what all of them show together
        own_data = near(frozenset(observations.near(regional)))
        hashes[region] = sha256(own_data, repr(cells.get(region)), repr(together), *then)
    return hashes


def _by_unit(evaluation: Evaluation, every: observations.Panel) -> dict[str, list[str]]:
    """Findings of the data checks, by unit."""
    from evalkit.analysis.data_checks import diagnostics  # imports scipy, which unchanged data do not need

    by_unit: dict[str, list[str]] = {}
    for flag in diagnostics.diagnose(every, evaluation):
        for unit in flag.units:
            by_unit.setdefault(unit, []).append(repr(flag))
    for finding in consistency.findings(every, evaluation):
        by_unit.setdefault(finding.unit, []).append(repr(finding))
    return by_unit
