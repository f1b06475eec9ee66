"""Many pages: every region, notebook and language of an assessment, isolated from each other."""

import datetime as dt
import hashlib
import importlib.metadata
import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalkit.inputs.panel import read
from evalkit.inputs.project import Evaluation, of_region
from evalkit.publishing import results, task
from evalkit.publishing.suite import notebook_path
from evalkit.publishing.task import Outcome, Task, replace_text


@dataclass(frozen=True, slots=True)
class Published:
    """What one run did, by region: made, already up to date, failed with the reason."""

    made: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: dict[str, str]


def publish(
    evaluation: Evaluation,
    regions: Sequence[str],
    languages: Sequence[str],
    jobs: int,
    force: bool = False,
    tell: Callable[[Outcome | None, int], None] = lambda outcome, total: None,
) -> Published:
    """Make every page that is not up to date, move whole regions into site/, write results.csv.

    Args:
        tell: called once with the number of pages to make, then with each outcome.
    """
    keys = {region: _key(of_region(evaluation, region)) for region in regions}
    todo = [region for region in regions if force or not is_fresh(evaluation, region, keys[region], languages)]
    tasks = [
        Task(evaluation.root, evaluation.assessment.name, region, notebook, lang)
        for region in todo
        for notebook in evaluation.assessment.notebooks
        for lang in languages
    ]
    tell(None, len(tasks))
    outcomes: dict[str, list[Outcome]] = {region: [] for region in todo}
    pages = len(evaluation.assessment.notebooks) * len(languages)
    failed: dict[str, str] = {}
    for outcome in _run(tasks, jobs):
        done = outcomes[outcome.task.region]
        done.append(outcome)
        tell(outcome, len(tasks))
        if len(done) == pages and (reason := _finish(evaluation, outcome.task.region, done, keys[outcome.task.region])):
            failed[outcome.task.region] = reason
    results.assemble(evaluation)
    return Published(
        tuple(region for region in todo if region not in failed),
        tuple(region for region in regions if region not in todo),
        failed,
    )


def manifest(evaluation: Evaluation, region: str) -> dict[str, Any]:
    """What the last run left for a region; empty where there was none."""
    path = _work(evaluation, region) / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def is_fresh(evaluation: Evaluation, region: str, key: str, languages: Iterable[str]) -> bool:
    """Whether all pages of a region stand in site/ and were made from the same inputs by the same code."""
    left = manifest(evaluation, region)
    site = site_folder(evaluation) / region
    wanted = [
        Task(evaluation.root, evaluation.assessment.name, region, notebook, lang).page
        for notebook in evaluation.assessment.notebooks
        for lang in languages
    ]
    made = left.get("pages", {})
    return not left.get("failed") and all(made.get(page) == key and (site / page).is_file() for page in wanted)


def state(evaluation: Evaluation, region: str) -> str:
    """One of: up to date, stale, failed (with the reason), missing."""
    left = manifest(evaluation, region)
    if not left:
        return "missing"
    if left["failed"]:
        return f"failed: {left['failed']}"
    fresh = is_fresh(evaluation, region, _key(of_region(evaluation, region)), evaluation.assessment.languages)
    return "up to date" if fresh else "stale: parameters, data, notebooks or code have changed"


def site_folder(evaluation: Evaluation) -> Path:
    """Where the published pages of an assessment stand."""
    return evaluation.root / "reports" / evaluation.assessment.name / "site"


def _key(evaluation: Evaluation) -> str:
    """What a region's pages depend on: parameters, data as of the date, notebooks, code."""
    notebooks = [notebook_path(evaluation.root, name).read_bytes() for name in evaluation.assessment.notebooks]
    parts = [evaluation.key.encode(), read(evaluation).fingerprint.encode(), task.source_hash().encode(), *notebooks]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _run(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    if not tasks:
        return
    with _pool(min(jobs, len(tasks))) as pool:
        for future in as_completed([pool.submit(task.run, one) for one in tasks]):
            yield future.result()


def _pool(jobs: int) -> Executor:
    """Worker processes with one numerical thread each, forked from a server that has papermill imported."""
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["evalkit.publishing.task"])
    return ProcessPoolExecutor(jobs, mp_context=context)


def _finish(evaluation: Evaluation, region: str, outcomes: Sequence[Outcome], key: str) -> str:
    """Move a whole region into site/, or keep what was published before; returns why it failed."""
    errors = {f"{one.task.notebook} ({one.task.lang})": one.error for one in outcomes if one.error}
    rows = results.merge([one.rows for one in outcomes if one.rows]) if not errors else None
    if rows is not None and rows.conflict:
        errors["results"] = rows.conflict
    failed = "; ".join(f"{name}: {error}" for name, error in sorted(errors.items()))
    if not failed and rows is not None:
        for one in outcomes:
            target = site_folder(evaluation) / region / one.task.page
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(one.task.work / one.task.page, target)
        table = rows.table
    else:
        table = results.failure(evaluation, region, failed)
    results.write(table, _work(evaluation, region) / "results.csv")
    before = manifest(evaluation, region)
    left = {
        "assessment": evaluation.assessment.name,
        "region": region,
        # Pages of another language may stand from an earlier run; each keeps the key of its own inputs.
        "pages": {**before.get("pages", {}), **{one.task.page: key for one in outcomes if not failed}},
        "failed": failed,
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": {f"{one.task.notebook}.{one.task.lang}": round(one.seconds, 2) for one in outcomes},
        "software": {
            name: importlib.metadata.version(name) for name in ("evalkit", "pandas", "statsmodels", "papermill")
        },
        "summary": next((one.summary for one in outcomes if one.summary), {}),
    }
    text = json.dumps(left, ensure_ascii=False, indent=1, sort_keys=True)
    replace_text(_work(evaluation, region) / "manifest.json", text + "\n")
    return failed


def _work(evaluation: Evaluation, region: str) -> Path:
    return evaluation.root / "reports" / evaluation.assessment.name / "work" / region
