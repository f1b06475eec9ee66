"""Terminal output: messages, errors and the progress bar."""

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from evalkit.project.evaluation import Evaluation
    from evalkit.publishing.run.batch import Published

MOST_ALIKE = 20  # mistakes with the same cure that are listed; the rest are only counted
#: Everything that moves the cursor, colours or hides text, or changes the direction of writing; not tab and newline.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with control characters escaped, so that names from files cannot send terminal escapes."""
    return CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class _Console(Console):
    """Prints texts in the user's language and literally: no control characters, markup, or emoji for `:100:`."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True, emoji=False, markup=False)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(localized(text) if isinstance(text, str) else text for text in objects), **how)


console = _Console()
errors = _Console(stderr=True)


def speak(lang: str) -> None:
    """Print messages in this language from now on; if empty, in the language of the environment.

    Raises:
        InputError: if there is no such translation.
    """
    if lang not in ("", *LANGUAGES):
        raise InputError([Mistake("--lang", f"there is no language {lang!r}", nearest(lang, LANGUAGES))])
    use(lang)


def progress(*more: ProgressColumn) -> Progress:
    """A progress bar on standard error: done of total, elapsed and remaining time, and further columns."""
    return Progress(
        TextColumn("{task.description}", markup=False),
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
    printed: Counter[str] = Counter()
    for mistake in error.mistakes:
        printed[mistake.cure] += 1
        if printed[mistake.cure] <= MOST_ALIKE:
            errors.print(str(mistake))
        elif printed[mistake.cure] == alike[mistake.cure]:
            errors.print(f"… and {alike[mistake.cure] - MOST_ALIKE} more of this kind: {mistake.cure}")


def report(evaluation: "Evaluation", published: "Published") -> int:
    """Say what a run did; the exit status."""
    from evalkit.publishing.run import manifests, site_contents

    name, left = evaluation.assessment.name, len(published.left)
    console.print(
        f"{name}: {len(published.made)} made, {len(published.fresh)} up to date, {len(published.failed)} failed. "
        f"Open {evaluation.show(manifests.site_folder(evaluation) / 'index.html')}"
    )
    for line in site_contents.lines(evaluation, published.removed, published.withdrawn):
        console.print(f"  {line}")
    for why, count in Counter(why for why in published.why.values() if why.startswith("stale")).items():
        console.print(f"  {count} {why}")
    for region, reason in published.failed.items():
        errors.print("failed", end=" ", style="red")
        errors.print(f"{region}:", reason)
    if left:
        errors.print(f"Stopped: {left} regions are left. To resume, run the same command without --force.")
    return 128 + published.signal if published.signal else 1 if published.failed or left else 0
