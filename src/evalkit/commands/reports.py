"""`evalkit check`, `run`, `status`, `publish` and `freeze`: from parameters and data to published reports."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import TextColumn

from evalkit import terminal
from evalkit.commands import planning
from evalkit.files import run_cache
from evalkit.project.evaluation import load, locate
from evalkit.publishing import preflight
from evalkit.scaffold import open_questions
from evalkit.terminal import console

if TYPE_CHECKING:
    from evalkit.publishing.run.page_task import Outcome


@dataclass(frozen=True, slots=True)
class Options:
    """Options of `evalkit run`, as the command line describes them."""

    jobs: int
    force: bool
    retry_failed: bool
    timeout: float
    memory: float
    max_failures: int | None
    scheduler: str


def check(assessment: str, project: Path | None) -> None:
    """Print open questions, notes and a forecast.

    Raises:
        InputError: for all mistakes in parameters, data and notebooks.
    """
    for asked in open_questions.left(locate(project), assessment):
        console.print(f"question: {asked}")
    evaluation = load(assessment, project=project)
    for asked in open_questions.of_data(evaluation):
        console.print(f"question: {asked}")
    preflight.check(evaluation)
    for path in preflight.changed_notebooks(evaluation):
        console.print(f"note: {path} has other cells than the notebook of evalkit; a run uses yours.")
    console.print(f"{assessment}: {len(evaluation.regions)} regions, no mistakes found.")
    planning.forecast(evaluation)


def run(assessment: str, regions: list[str], languages: Sequence[str], options: Options, project: Path | None) -> int:
    """Make the reports that are not up to date; the exit status."""
    from evalkit.publishing.run import batch, manifests, run_lock, site_contents
    from evalkit.publishing.run.run_keys import run_keys
    from evalkit.publishing.site import index_page

    evaluation = load(assessment, project=project)
    chosen = preflight.to_make(evaluation, preflight.known_regions(evaluation, regions))
    known = preflight.known_languages(evaluation, list(languages))
    if options.retry_failed:
        chosen = [region for region in chosen if manifests.read(evaluation, region).get("failed")]
    chosen = site_contents.with_whole(evaluation, chosen)
    with run_cache.for_a_while():
        keys = run_keys(evaluation, chosen)  # reads data and notebooks, so it reports their mistakes
        with run_lock.taken(evaluation.root), terminal.progress(TextColumn("{task.fields[failed]}")) as progress:
            bar = progress.add_task(assessment, total=None, failed="")
            failed: set[str] = set()

            def tell(outcome: "Outcome | None", total: int) -> None:
                if outcome and outcome.error:
                    failed.add(outcome.task.region)
                text = f"{len(failed)} failed" if failed else ""
                progress.update(bar, total=total, advance=0 if outcome is None else 1, failed=text)

            limits = batch.Limits(options.timeout, options.memory, options.max_failures)
            published = batch.publish(
                evaluation, keys, known, options.jobs, options.force, tell, limits, options.scheduler
            )
            index_page.write(evaluation)
    return terminal.report(evaluation, published)


def status(assessment: str, project: Path | None) -> None:
    """Print the state of every region and of the site."""
    from evalkit.publishing.run.run_keys import run_keys
    from evalkit.publishing.site import publication

    evaluation = load(assessment, project=project)
    with run_cache.for_a_while():
        keys = run_keys(evaluation, [*evaluation.regions, *preflight.whole(evaluation)])
    for line in publication.states(evaluation, keys):
        console.print(line)


def publish(assessment: str, folder: Path, project: Path | None) -> None:
    """Copy the checked site to a folder."""
    from evalkit.publishing.run import run_lock
    from evalkit.publishing.run.run_keys import run_keys
    from evalkit.publishing.site import publication

    evaluation = load(assessment, project=project)
    with run_cache.for_a_while():
        keys = run_keys(evaluation, [*evaluation.regions, *preflight.whole(evaluation)])
    with run_lock.taken(evaluation.root):
        copied = publication.publish(evaluation, keys, folder)
    settings = evaluation.assessment
    text = f"{assessment}: {copied} files in {folder}, {settings.audience}, state {settings.state}."
    console.print(text)
    console.print(f"Check them at any time: sha256sum --check {folder.name}.sha256")


def freeze(assessment: str, date: dt.date, again: bool, project: Path | None) -> None:
    """Write the stamps of an assessment and print what they hold."""
    from evalkit.publishing.run import freezing

    evaluation = load(assessment, project=project)
    frozen = freezing.freeze(evaluation, date, again)
    console.print(f"{assessment}: frozen as of {frozen.date}; primary: {', '.join(frozen.primary)}")
    for region, own in frozen.regions.items():
        figures = f"{len(own.values)} baselines, {len(own.figures)} latest figures"
        console.print(f"{region}: SHA-256 {frozen.fingerprint(region)[:12]}, {figures}")
