"""What a reader of each stage looks for first: a mid-term report leads with progress, a final one with results.

The front is for readers who decide and act; all else are annexes, which stay folded until they are asked for.
"""

from collections.abc import Sequence

from evalkit.project.params import Stage

_NEXT = ("needed", "citizens", "yardsticks", "remarks")
_BEHIND = ("limits", "plan", "members", "definitions", "provenance")
FRONT: dict[Stage, tuple[str, ...]] = {
    "baseline": ("conclusions", "goals", "responsibilities", "problems"),
    "midterm": ("conclusions", "responsibilities", "goals", "problems"),
    "final": ("conclusions", "goals", "responsibilities", "problems"),
    "annual": ("conclusions", "goals", "responsibilities", "problems"),
}
# fmt: off
ANNEXES: dict[Stage, tuple[str, ...]] = {
    "baseline": (
        *_NEXT, "changes", "reform", "published", "indicators", "quality", "implementation", "effects", "checks",
        "appraisal", "evidence", *_BEHIND,
    ),
    "midterm": (
        *_NEXT, "changes", "implementation", "reform", "indicators", "appraisal", "effects", "checks", "evidence",
        "published", "quality", *_BEHIND,
    ),
    "final": (
        *_NEXT, "changes", "reform", "effects", "indicators", "checks", "implementation", "appraisal", "evidence",
        "published", "quality", *_BEHIND,
    ),
    "annual": (
        *_NEXT, "changes", "reform", "indicators", "implementation", "appraisal", "effects", "checks", "evidence",
        "published", "quality", *_BEHIND,
    ),
}
# fmt: on


def arranged(codes: Sequence[str], stage: Stage) -> tuple[list[int], list[int]]:
    """The places of sections in the order of the stage: front and annexes.

    A section that the order does not name stays behind its neighbour.
    """
    order, ranks = (*FRONT[stage], *ANNEXES[stage]), [-1]
    for code in codes:
        ranks.append(order.index(code) if code in order else ranks[-1])
    places = sorted(range(len(codes)), key=lambda place: ranks[place + 1])
    is_front = [ranks[place + 1] < len(FRONT[stage]) for place in places]
    front = [place for place, first in zip(places, is_front, strict=True) if first]
    return front, places[len(front) :]


def lacking(codes: Sequence[str], stage: Stage) -> list[str]:
    """Sections of a report that have nothing to say, in their order."""
    return [code for code in (*FRONT[stage], *ANNEXES[stage]) if code not in codes]
