"""What the command says: to the user, of mistakes, and while it works."""

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

MOST_ALIKE = 20  # mistakes that one answer mends are listed; of more, the number is told
#: Everything that moves the cursor, colours or hides text, or changes the direction of writing; not tab and newline.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with control characters written out (ESC as x1b), as names from files must not steer a terminal."""
    return CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class _Console(Console):
    """Prints texts in the language of messages, literally: no control characters, `:100:` does not become an emoji."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True, emoji=False)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(localized(text) if isinstance(text, str) else text for text in objects), **how)


console = _Console()
errors = _Console(stderr=True)


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
