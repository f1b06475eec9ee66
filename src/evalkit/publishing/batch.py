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
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalkit.analysis.revisions import extended
from evalkit.inputs import published_run
from evalkit.inputs.panel import read
from evalkit.inputs.project import Evaluation, of_region
from evalkit.inputs.published_run import Figure
from evalkit.publishing import kernels, results, task
from evalkit.publishing.suite import WHOLE, notebook_path
from evalkit.publishing.task import Outcome, Task, notebooks_of, replace_text


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
    data = read(evaluation).fingerprint
    keys = run_keys(evaluation, regions, data)
    todo = [region for region in regions if force or not is_fresh(evaluation, region, keys[region], languages)]
    tasks = [
        Task(evaluation.root, evaluation.assessment.name, region, notebook, lang)
        for region in todo
        for notebook in notebooks_of(evaluation, region)
        for lang in languages
    ]
    tell(None, len(tasks))
    outcomes: dict[str, list[Outcome]] = {region: [] for region in todo}
    pages = {region: len(notebooks_of(evaluation, region)) * len(languages) for region in todo}
    failed: dict[str, str] = {}
    for outcome in _run(tasks, jobs):
        done = outcomes[outcome.task.region]
        done.append(outcome)
        tell(outcome, len(tasks))
        region = outcome.task.region
        if len(done) == pages[region] and (reason := _finish(evaluation, region, done, keys[region], data)):
            failed[region] = reason
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
    site = pages_folder(evaluation, region)
    wanted = [
        Task(evaluation.root, evaluation.assessment.name, region, notebook, lang).page
        for notebook in notebooks_of(evaluation, region)
        for lang in languages
    ]
    made = left.get("pages", {})
    return not left.get("failed") and all(made.get(page) == key and (site / page).is_file() for page in wanted)


def state(evaluation: Evaluation, region: str, key: str) -> str:
    """One of: up to date, stale, failed (with the reason), missing."""
    left = manifest(evaluation, region)
    if not left:
        return "missing"
    if left["failed"]:
        return f"failed: {left['failed']}"
    fresh = is_fresh(evaluation, region, key, evaluation.assessment.languages)
    return "up to date" if fresh else "stale: parameters, data, notebooks or code have changed"


def site_folder(evaluation: Evaluation) -> Path:
    """Where the published pages of an assessment stand."""
    return evaluation.root / "reports" / evaluation.assessment.name / "site"


def pages_folder(evaluation: Evaluation, region: str) -> Path:
    """Where a region's pages stand; the programme's stand beside the index."""
    site = site_folder(evaluation)
    return site if region in WHOLE else site / region


def run_keys(evaluation: Evaluation, regions: Sequence[str], data: str = "") -> dict[str, str]:
    """What each region's pages depend on: parameters, data as of the date and of the one before, notebooks, code.

    Args:
        data: fingerprint of the panel, where it has been read already.
    """
    names = {name for region in regions for name in notebooks_of(evaluation, region)}
    notebooks = {name: notebook_path(evaluation.root, name).read_bytes() for name in sorted(names)}
    shared = [(data or read(evaluation).fingerprint).encode(), task.source_hash().encode()]
    shared += [read(evaluation.earlier).fingerprint.encode()] if evaluation.earlier else []
    keys = {}
    for region in regions:
        own = evaluation if region in WHOLE else of_region(evaluation, region)
        parts = [own.key.encode(), *shared, *(notebooks[name] for name in notebooks_of(evaluation, region))]
        keys[region] = hashlib.sha256(b"\n".join(parts)).hexdigest()
    return keys


def _run(tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    if not tasks:
        return
    with kernels.warm_parent() as address, _pool(min(jobs, len(tasks)), address) as pool:
        asked = {pool.submit(task.run, one): one for one in tasks}
        for future in as_completed(asked):
            try:
                yield future.result()
            except BrokenProcessPool:  # killed from outside, say for want of memory; every page still asked for is lost
                yield Outcome(asked[future], "the process that made the page was killed; run again with fewer --jobs")


def _pool(jobs: int, address: str | None) -> Executor:
    """Worker processes with one numerical thread each, forked from a server that has papermill imported."""
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"})
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(["papermill", "evalkit.publishing.task", "evalkit.publishing.html"])
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=kernels.use, initargs=(address,))


def _finish(evaluation: Evaluation, region: str, outcomes: Sequence[Outcome], key: str, data: str) -> str:
    """Move a whole region into site/, or keep what was published before; returns why it failed."""
    errors = {f"{one.task.notebook} ({one.task.lang})": one.error for one in outcomes if one.error}
    rows = results.merge([one.rows for one in outcomes if one.rows]) if not errors else None
    if rows is not None and rows.conflict:
        errors["results"] = rows.conflict
    failed = "; ".join(f"{name}: {error}" for name, error in sorted(errors.items()))
    if not failed and rows is not None:
        for one in outcomes:
            target = pages_folder(evaluation, region) / one.task.page
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(one.task.work / one.task.page, target)
        table = rows.table
        _log(evaluation, region, outcomes, data)
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


def _log(evaluation: Evaluation, region: str, outcomes: Sequence[Outcome], data: str) -> None:
    """Keep the figures now published, and which of them were others before."""
    found = next((one.figures for one in outcomes if one.figures is not None), None)
    if found is not None:
        before = published_run.read(evaluation.root, evaluation.assessment.name, region)
        run = extended(before, data, [Figure.model_validate(one) for one in found])
        replace_text(_work(evaluation, region) / published_run.FILE, run.model_dump_json(indent=1) + "\n")


def _work(evaluation: Evaluation, region: str) -> Path:
    return published_run.folder(evaluation.root, evaluation.assessment.name, region)
