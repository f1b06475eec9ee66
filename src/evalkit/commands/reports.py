"""`evalkit check`, `run`, `status`, `publish` and `freeze`: from parameters and data to published reports."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import TextColumn

from evalkit import terminal
from evalkit.commands import planning
from evalkit.errors import InputError
from evalkit.files import run_cache
from evalkit.project.evaluation import Evaluation, load, locate
from evalkit.publishing import preflight
from evalkit.terminal import console

if TYPE_CHECKING:
    from evalkit.publishing.run.batch import Order
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
    from evalkit.scaffold import open_questions

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


def run(
    assessments: Sequence[str], regions: list[str], languages: Sequence[str], options: Options, project: Path | None
) -> int:
    """Make the reports that are not up to date; the exit status, the highest if there are several assessments."""
    from evalkit.publishing.run import batch, run_lock
    from evalkit.publishing.site import index_page

    orders, status = [], 0
    with run_cache.for_a_while():
        for name in dict.fromkeys(assessments):
            try:
                orders.append(_order(load(name, project=project), regions, languages, options))
            except InputError as error:  # the other assessments are made
                terminal.tell(error)
                status = 2
        if not orders:
            return status
        with (
            run_lock.taken(orders[0].evaluation.root),
            terminal.progress(TextColumn("{task.fields[failed]}")) as progress,
        ):
            more = f" + {len(orders) - 1}" if len(orders) > 1 else ""
            bar = progress.add_task(f"{orders[0].evaluation.assessment.name}{more}", total=None, failed="")
            failed: set[tuple[str, str]] = set()

            def tell(outcome: "Outcome | None", total: int) -> None:
                if outcome and outcome.error:
                    failed.add((outcome.task.assessment, outcome.task.region))
                text = f"{len(failed)} failed" if failed else ""
                progress.update(bar, total=total, advance=0 if outcome is None else 1, failed=text)

            limits = batch.Limits(options.timeout, options.memory, options.max_failures)
            published = batch.publish(orders, options.jobs, options.force, tell, limits, options.scheduler)
            index_page.write(*(order.evaluation for order in orders))
    reported = [terminal.report(order.evaluation, made) for order, made in zip(orders, published, strict=True)]
    return max(status, *reported)


def _order(evaluation: Evaluation, regions: list[str], languages: Sequence[str], options: Options) -> "Order":
    """What to publish of an assessment; reads data and notebooks, so it reports their mistakes."""
    from evalkit.publishing.run import manifests, site_contents
    from evalkit.publishing.run.batch import Order
    from evalkit.publishing.run.run_keys import run_keys

    chosen = preflight.to_make(evaluation, preflight.known_regions(evaluation, regions))
    wanted = preflight.known_languages(evaluation, list(languages))
    if options.retry_failed:
        chosen = [region for region in chosen if manifests.read(evaluation, region).get("failed")]
    order = Order(evaluation, run_keys(evaluation, site_contents.with_whole(evaluation, chosen)), wanted)
    site_contents.refuse_mixture(evaluation, tuple(order.keys), wanted)
    return order


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
