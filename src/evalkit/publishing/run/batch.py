"""The batch run: makes the pages of all regions, notebooks and languages; a failure affects its own region only."""

import datetime as dt
import importlib.metadata
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evalkit.analysis.data_checks import diagnostics
from evalkit.analysis.revisions import extended
from evalkit.errors import InputError, one_line
from evalkit.files import atomic, run_cache
from evalkit.files.atomic import write_text
from evalkit.files.hashes import sha256
from evalkit.panel import consistency, observations
from evalkit.project import last_run
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.last_run import Figure
from evalkit.publishing.downloads import file_names, region_files
from evalkit.publishing.downloads.region_files import Delivery, Parcel
from evalkit.publishing.run import kernels, results_csv, task
from evalkit.publishing.run.results_csv import Merged
from evalkit.publishing.run.run_keys import PARTS, Key
from evalkit.publishing.run.signals import Interruption, interruptible
from evalkit.publishing.run.task import Outcome, Task, notebooks_of
from evalkit.publishing.run.workers import LOST, Workers, workers

PUBLISHED = "published"  # folder in a region's work folder: the parts of its published reports
MANIFEST = {"pages", "downloads", "key", "failed", "results"}  # required keys of a manifest
FRESH = "up to date"
AUDIENCE = "_audience"  # file in the work folder with the audience of the site


@dataclass(frozen=True, slots=True)
class Published:
    """The result of a run, by region.

    Attributes:
        made, fresh, failed: made, already up to date, failed with the reason.
        left: not made, because the run was stopped.
        signal: the number of the signal that stopped it, else 0.
        why: the previous `state` of every region that was to be made.
    """

    made: tuple[str, ...]
    fresh: tuple[str, ...]
    failed: dict[str, str]
    left: tuple[str, ...] = ()
    signal: int = 0
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a run.

    Attributes:
        timeout: seconds per notebook.
        memory: GiB per notebook (Linux).
        failures: number of failed regions after which the run stops; None for no limit.
    """

    timeout: float = task.TIMEOUT
    memory: float = 4.0
    failures: int | None = None


@dataclass(slots=True)
class _Region:
    """Progress of one region in a run: pages, result rows, errors, timings."""

    name: str
    outcomes: list[Outcome] = field(default_factory=list)
    merged: Merged | None = None
    errors: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def merge(self) -> None:
        """Merge the result rows of all pages, once all are made."""
        self.errors = {f"{one.task.notebook} ({one.task.lang})": one.error for one in self.outcomes if one.error}
        self.seconds = {f"{one.task.notebook}.{one.task.lang}": round(one.seconds, 2) for one in self.outcomes}
        if not self.errors:
            self.merged = results_csv.merge([one.rows for one in self.outcomes if one.rows])
            self.errors = {"results": self.merged.conflict} if self.merged.conflict else {}


def publish(
    evaluation: Evaluation,
    keys: Mapping[str, Key],
    languages: Sequence[str],
    jobs: int,
    force: bool = False,
    tell: Callable[[Outcome | None, int], None] = lambda outcome, total: None,
    limits: Limits = Limits(),
    scheduler: str = "",
) -> Published:
    """Make every page that is not up to date, move complete regions into site/, write results.csv.

    On a signal to stop, the current write is completed; the same call resumes from there.

    Args:
        keys: hashes of the inputs of each region's pages (`run_keys`), by region.
        languages: languages to make.
        jobs: number of local worker processes.
        force: make pages that are up to date as well.
        tell: progress callback, called once with None and the number of pages, then with each outcome.
        scheduler: address of a Dask cluster that makes the pages; if empty, local processes do.
    """
    atomic.remove_unfinished(evaluation.reports.parent)  # the index of all assessments
    atomic.remove_unfinished(evaluation.reports, "**/.*")
    _keep_one_audience(evaluation)
    states = {region: state(evaluation, region, key, languages) for region, key in keys.items()}
    todo = [region for region, found in states.items() if force or found != FRESH]
    tasks = [
        Task(evaluation.root, evaluation.assessment.name, region, notebook, lang, tuple(languages), limits.timeout)
        for region in todo
        for notebook in notebooks_of(evaluation, region)
        for lang in languages
    ]
    tell(None, len(tasks))
    done: dict[str, str] = {}  # by region: the reason of its failure, empty on success
    came = Interruption()
    if tasks:
        os.environ[kernels.MEMORY] = str(limits.memory)
        processes = _pool(evaluation, min(jobs, len(tasks)), scheduler)
        with run_cache.for_a_while(), _shared(evaluation), processes as pool, interruptible(pool.stop) as came:
            for made in _regions(pool, tasks, evaluation, keys, lambda outcome: tell(outcome, len(tasks))):
                try:
                    done[made.name] = _finish(evaluation, made, keys[made.name])
                except OSError as error:
                    done[made.name] = f"cannot be written: {one_line(error)}"
                if limits.failures and sum(map(bool, done.values())) >= limits.failures:
                    pool.stop()
    results_csv.assemble(evaluation)
    return Published(
        tuple(region for region in todo if done.get(region) == ""),
        tuple(region for region in keys if region not in todo),
        {region: reason for region, reason in done.items() if reason},
        tuple(region for region in todo if region not in done),
        came.number,
        {region: states[region] for region in todo},
    )


def manifest(evaluation: Evaluation, region: str) -> dict[str, Any]:
    """The manifest that the last run wrote for a region; empty if there is none or it is damaged."""
    path = _work(evaluation, region) / "manifest.json"
    try:
        left = json.loads(path.read_bytes()) if path.is_file() else {}
    except ValueError:
        return {}
    return left if isinstance(left, dict) and left.keys() >= MANIFEST else {}


def state(evaluation: Evaluation, region: str, key: Key, languages: Iterable[str]) -> str:
    """The state of a region: up to date, stale (and why), failed (with the reason) or missing."""
    left = manifest(evaluation, region)
    if not left:
        return "missing"
    if left["failed"]:
        return f"failed: {left['failed']}"
    path = _work(evaluation, region) / results_csv.FILE
    rows_are_whole = path.is_file() and sha256(path.read_bytes()) == left["results"]
    if rows_are_whole and _stands(evaluation, region, key, left, tuple(languages)):
        return FRESH
    if changed := [part for part in PARTS if left["key"].get(part) != getattr(key, part)]:
        return f"stale: {', '.join(changed)} changed"
    if not rows_are_whole:
        return "stale: its rows of results.csv are missing or damaged"
    return "stale: a page or a download is missing"


def _stands(evaluation: Evaluation, region: str, key: Key, left: dict[str, Any], languages: Sequence[str]) -> bool:
    """Whether all pages and files of a region exist in site/ and were made from the same inputs by the same code."""
    made = {**left["pages"], **left["downloads"]}
    wanted = {
        one.page: one.published / one.page
        for notebook in notebooks_of(evaluation, region)
        for lang in languages
        for one in [Task(evaluation.root, evaluation.assessment.name, region, notebook, lang)]
    }
    folder = site_folder(evaluation) / file_names.FOLDER
    wanted |= {name: folder / name for name in file_names.names(evaluation, region, languages)}
    return all(made.get(name) == key.whole and path.is_file() for name, path in wanted.items())


def site_folder(evaluation: Evaluation) -> Path:
    """The folder of an assessment's published pages."""
    return evaluation.reports / "site"


def _keep_one_audience(evaluation: Evaluation) -> None:
    """Delete a site made for another audience, so that no internal page remains in a public site."""
    file = evaluation.reports / "work" / AUDIENCE
    before = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else "public"
    if before != evaluation.assessment.audience and site_folder(evaluation).is_dir():
        shutil.rmtree(site_folder(evaluation))
    write_text(file, f"{evaluation.assessment.audience}\n")


def _shared(evaluation: Evaluation) -> AbstractContextManager[None]:
    """Fill the run cache with the data of all pages and the findings of data checks, for all processes."""
    evaluation.once(run_cache.PARAMETERS, lambda: evaluation)
    for one in filter(None, (evaluation, evaluation.earlier)):
        for region in one.regions[:1]:
            observations.read(of_region(one, region))
    every = observations.read(evaluation, every=True)
    diagnostics.diagnose(every, evaluation)
    consistency.findings(every, evaluation)
    return run_cache.shared(evaluation.reports / "work" / f".held.{os.getpid()}")


def _pool(evaluation: Evaluation, jobs: int, scheduler: str) -> AbstractContextManager[Workers]:
    if not scheduler:
        return workers(jobs)
    from evalkit.publishing.run import cluster

    return cluster.workers(scheduler, evaluation.reports)


def _regions(
    pool: Workers,
    tasks: Sequence[Task],
    evaluation: Evaluation,
    keys: Mapping[str, Key],
    tell: Callable[[Outcome], None],
) -> Iterator[_Region]:
    """Yield regions in completion order; once all pages of a region are made, its downloads are made from them.

    Regions are not kept after that: the rows of thousands of reports would fill the memory.
    """
    awaited = Counter(one.region for one in tasks)
    regions: dict[str, _Region] = {name: _Region(name) for name in awaited}
    for one in tasks:
        pool.ask(task.run, one, lost=Outcome(one, LOST))
    for answer in pool.answers():
        if isinstance(answer, Delivery):
            made = regions[answer.parcel.region]
            made.seconds["downloads"] = round(answer.seconds, 2)
            made.errors |= {"downloads": answer.error} if answer.error else {}
            yield regions.pop(made.name)
            continue
        tell(answer)
        made = regions[answer.task.region]
        made.outcomes.append(answer)
        if len(made.outcomes) == awaited[made.name]:
            made.merge()
            if parcel := _parcel(evaluation, made, keys[made.name]):
                pool.ask(region_files.make, parcel, lost=Delivery(parcel, LOST), first=True)
            else:
                yield regions.pop(made.name)


def _parcel(evaluation: Evaluation, made: _Region, key: Key) -> Parcel | None:
    """The downloads to make for a region; None if it failed."""
    if made.errors or made.merged is None:
        return None
    reports = [one.task for one in made.outcomes if one.task.notebook == file_names.REPORT]
    pages = {one.lang: one.work / file_names.parts(one.page) for one in reports}
    left = manifest(evaluation, made.name).get("pages", {})
    for lang in evaluation.assessment.languages:  # languages that this run does not make
        page = f"{task.PAGES[file_names.REPORT]}.{lang}.html"
        if lang not in pages and left.get(page) == key.whole:
            pages[lang] = reports[0].work / PUBLISHED / file_names.parts(page)
    ordered: dict[str, Path] = {lang: pages[lang] for lang in evaluation.assessment.languages if lang in pages}
    wanted = [one.lang for one in reports]
    return region_files.parcel(evaluation, made.name, wanted, ordered, results_csv.as_csv(made.merged.table))


def _finish(evaluation: Evaluation, made: _Region, key: Key) -> str:
    """Move a complete region into site/, or keep the published one; return the reason of a failure, else ""."""
    log = _log(evaluation, made)
    failed = "; ".join(f"{name}: {error}" for name, error in sorted(made.errors.items()))
    files: list[str] = []
    if not failed and made.merged is not None:
        files = _move(evaluation, made)
        table = made.merged.table
        if log:
            write_text(_work(evaluation, made.name) / last_run.FILE, log)
    else:
        table = results_csv.failure(evaluation, made.name, failed)
    rows = results_csv.as_csv(table)
    write_text(_work(evaluation, made.name) / results_csv.FILE, rows)
    before = manifest(evaluation, made.name)
    left = {
        "assessment": evaluation.assessment.name,
        "region": made.name,
        # Pages of other languages may be from an earlier run, so each keeps the key of its own inputs.
        "pages": {**before.get("pages", {}), **{one.task.page: key.whole for one in made.outcomes if not failed}},
        "downloads": {**before.get("downloads", {}), **dict.fromkeys(files, key.whole)},
        "key": asdict(key),
        "failed": failed,
        "results": sha256(rows),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": made.seconds,
        "software": {
            name: importlib.metadata.version(name) for name in ("evalkit", "pandas", "statsmodels", "papermill")
        },
        "summary": next((one.summary for one in made.outcomes if one.summary), {}),
    }
    text = json.dumps(left, ensure_ascii=False, indent=1, sort_keys=True)
    write_text(_work(evaluation, made.name) / "manifest.json", text + "\n")
    _note(evaluation, made, str(left["finished"]))
    return failed


def _note(evaluation: Evaluation, made: _Region, when: str) -> None:
    """Append a line per page to the region's log: time, duration, errors."""
    lines = [f"{when} {name}: {seconds} s" for name, seconds in made.seconds.items()]
    lines += [f"{when} {name} failed: {error}" for name, error in made.errors.items()]
    with (_work(evaluation, made.name) / "log.txt").open("a", encoding="utf-8") as log:
        log.writelines(f"{line}\n" for line in lines)


def _move(evaluation: Evaluation, made: _Region) -> list[str]:
    """Move pages and downloads into site/; return the names of the downloads."""
    for one in made.outcomes:
        target = one.task.published / one.task.page
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(one.task.work / one.task.page, target)
        if (parts := one.task.work / file_names.parts(one.task.page)).is_file():
            (one.task.work / PUBLISHED).mkdir(exist_ok=True)
            shutil.move(parts, one.task.work / PUBLISHED / parts.name)
    folder = site_folder(evaluation) / file_names.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    wanted = file_names.names(evaluation, made.name, dict.fromkeys(one.task.lang for one in made.outcomes))
    for name in wanted:
        shutil.move(_work(evaluation, made.name) / file_names.FOLDER / name, folder / name)
    for name in file_names.unwanted(evaluation, made.name):
        (folder / name).unlink(missing_ok=True)
    return wanted


def _log(evaluation: Evaluation, made: _Region) -> str:
    """The figures to publish with their revisions, as JSON; if the region's revision log is damaged, it fails."""
    found = next((one for one in made.outcomes if one.figures is not None), None)
    if found is None or found.figures is None:
        return ""
    try:
        before = last_run.read(evaluation.root, evaluation.assessment.name, made.name)
    except InputError as error:
        made.errors["revisions"] = " ".join(str(error).split())
        return ""
    run = extended(before, found.data, [Figure.model_validate(one) for one in found.figures])
    return run.model_dump_json(indent=1) + "\n"


def _work(evaluation: Evaluation, region: str) -> Path:
    return last_run.folder(evaluation.root, evaluation.assessment.name, region)
