"""What a reader of each stage looks for first: a mid-term report leads with progress, a final one with results."""

from collections.abc import Sequence

from evalkit.project.params import Stage

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


def arranged(codes: Sequence[str], stage: Stage) -> list[int]:
    """The places of sections in the order of the stage; one that the order does not name stays behind its neighbour."""
    ranks, order = [-1], ORDER[stage]
    for code in codes:
        ranks.append(order.index(code) if code in order else ranks[-1])
    return sorted(range(len(codes)), key=lambda place: ranks[place + 1])
