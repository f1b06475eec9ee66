"""What the command says: to the user, of mistakes, and while it works."""

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as ProgressTask
from rich.text import Text

from evalkit.errors import InputError

if TYPE_CHECKING:
    from evalkit.project.evaluation import Evaluation
    from evalkit.publishing.run.batch import Published

MOST_ALIKE = 20  # mistakes that one answer mends are listed; of more, the number is told
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def progress(*more: ProgressColumn) -> Progress:
    """A bar on standard error: done of all, since when, how long yet, and further columns."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        _Rate(),
        *more,
        console=errors,
    )


class _Rate(ProgressColumn):
    """Seconds for each step of late, as the remaining time is reckoned from it."""

    def render(self, task: ProgressTask) -> Text:
        return Text(f"{1 / task.speed:.1f} s each" if task.speed else "")


def tell(error: InputError) -> None:
    """Every mistake; of many that one answer mends, such as a wrong unit of measure in a whole column, the first."""
    alike = Counter(mistake.cure for mistake in error.mistakes)
    told: Counter[str] = Counter()
    for mistake in error.mistakes:
        told[mistake.cure] += 1
        if told[mistake.cure] <= MOST_ALIKE:
            errors.print(str(mistake), markup=False)
        elif told[mistake.cure] == alike[mistake.cure]:
            errors.print(f"… and {alike[mistake.cure] - MOST_ALIKE} more of this kind: {mistake.cure}", markup=False)


def report(evaluation: "Evaluation", published: "Published") -> int:
    """Say what a run did; the exit status."""
    from evalkit.publishing.run import manifests, site_contents

    name, left = evaluation.assessment.name, len(published.left)
    console.print(
        f"{name}: {len(published.made)} made, {len(published.fresh)} up to date, {len(published.failed)} failed. "
        f"Open {evaluation.show(manifests.site_folder(evaluation) / 'index.html')}"
    )
    for line in site_contents.lines(evaluation, published.removed, published.withdrawn):
        console.print(f"  {line}", markup=False)
    for why, count in Counter(why for why in published.why.values() if why.startswith("stale")).items():
        console.print(f"  {count} {why}")
    for region, reason in published.failed.items():
        errors.print(f"[red]failed[/red] {region}: ", end="")
        errors.print(reason, markup=False)
    if left:
        errors.print(f"Stopped: {left} regions are left. To go on, run the same again without --force.")
    return 128 + published.signal if published.signal else 1 if published.failed or left else 0
