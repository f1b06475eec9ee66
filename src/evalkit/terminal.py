"""Terminal output: messages, errors and the progress bar."""

from collections import Counter

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

MOST_ALIKE = 20  # mistakes with the same cure that are listed; the rest are only counted
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


def progress(*more: ProgressColumn) -> Progress:
    """A progress bar on standard error: done of total, elapsed and remaining time, and further columns."""
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
    """Recent seconds per step, on which the remaining time is based."""

    def render(self, task: ProgressTask) -> Text:
        return Text(f"{1 / task.speed:.1f} s each" if task.speed else "")


def tell(error: InputError) -> None:
    """Print every mistake; of many with the same cure (a wrong unit of measure in a whole column), the first 20."""
    alike = Counter(mistake.cure for mistake in error.mistakes)
    told: Counter[str] = Counter()
    for mistake in error.mistakes:
        told[mistake.cure] += 1
        if told[mistake.cure] <= MOST_ALIKE:
            errors.print(str(mistake), markup=False)
        elif told[mistake.cure] == alike[mistake.cure]:
            errors.print(f"… and {alike[mistake.cure] - MOST_ALIKE} more of this kind: {mistake.cure}", markup=False)
