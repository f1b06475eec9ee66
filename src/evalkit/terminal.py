"""What the command says: to the user, of mistakes, and while it works."""

from collections import Counter
from typing import Any

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

from evalkit.errors import InputError, Mistake, nearest
from evalkit.localized import LANGUAGES, localized, use

MOST_ALIKE = 20  # mistakes that one answer mends are listed; of more, the number is told


class _Speaking(Console):
    """Prints texts in the language of messages."""

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(localized(one) if isinstance(one, str) else one for one in objects), **how)


console = _Speaking(highlight=False, soft_wrap=True)
errors = _Speaking(stderr=True, highlight=False, soft_wrap=True)


def speak(lang: str) -> None:
    """Print messages in this language from now on; without one, in that of the environment.

    Raises:
        InputError: there are no messages in it.
    """
    if lang not in ("", *LANGUAGES):
        raise InputError([Mistake("--lang", f"there is no language {lang!r}", nearest(lang, LANGUAGES))])
    use(lang)


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
