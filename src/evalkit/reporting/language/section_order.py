"""What a reader of each stage looks for first: a mid-term report leads with progress, a final one with results."""

import re
from collections.abc import Sequence

from evalkit.project.params import Stage

HEADING = re.compile(r'<h2 id="([\w-]+)">')
END = "</main>"
_BEHIND = ("limits", "plan", "members", "definitions", "provenance")
# fmt: off
ORDER: dict[Stage, tuple[str, ...]] = {
    "baseline": (
        "conclusions", "changes", "reform", "goals", "published", "indicators", "quality", "implementation",
        "effects", "checks", "appraisal", "problems", "evidence", *_BEHIND,
    ),
    "midterm": (
        "conclusions", "changes", "reform", "implementation", "goals", "problems", "indicators", "appraisal",
        "effects", "checks", "evidence", "published", "quality", *_BEHIND,
    ),
    "final": (
        "conclusions", "changes", "reform", "goals", "effects", "indicators", "checks", "implementation",
        "appraisal", "problems", "evidence", "published", "quality", *_BEHIND,
    ),
    "annual": (
        "conclusions", "changes", "reform", "goals", "indicators", "implementation", "appraisal", "problems",
        "effects", "checks", "evidence", "published", "quality", *_BEHIND,
    ),
}
# fmt: on


def arrange(page: str, stage: Stage) -> str:
    """The page with its sections (from one `<h2 id=…>` to the next) in the order of the stage.

    What stands before the first section and after the last keeps its place; a section that the order does not name
    stays behind the one that it stood behind.
    """
    headings = list(HEADING.finditer(page))
    if not headings:
        return page
    starts = [heading.start() for heading in headings]
    end = page.find(END, starts[-1])
    ends = [*starts[1:], end if end >= 0 else len(page)]
    ranks = _ranks([heading[1] for heading in headings], ORDER[stage])
    order = sorted(range(len(starts)), key=lambda i: ranks[i])
    return page[: starts[0]] + "".join(page[starts[i] : ends[i]] for i in order) + page[ends[-1] :]


def _ranks(codes: Sequence[str], order: Sequence[str]) -> list[int]:
    """Each section's place in the order; one that it does not name has that of the section before it."""
    ranks = [-1]
    for code in codes:
        ranks.append(order.index(code) if code in order else ranks[-1])
    return ranks[1:]
