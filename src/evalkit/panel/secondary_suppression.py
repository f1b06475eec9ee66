"""Which more counts must be hidden, so that no hidden one follows from those that stay.

Who knows the sums, and that no count is below 0, can work out how large a hidden count may be at most: a linear
programme (Fischetti and Salazar 2001, the attacker's problem of cell suppression). Where that is less than the
threshold, the smallest count that stays in one of the sums that bound it is hidden too, until nothing follows any more.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from scipy.optimize import linprog

from evalkit.panel.totals import Cell, Sum

TOLERANCE = 1e-6
UNBOUNDED = 3  # of `linprog`


def hidden(sums: Sequence[Sum], known: Mapping[Cell, float], sensitive: Iterable[Cell], threshold: int) -> set[Cell]:
    """The sensitive counts and those that would give one of them away.

    Args:
        sums: those that hold between the counts.
        known: every count.
        sensitive: counts that nobody may see.
        threshold: a hidden count must be able to reach it.
    """
    touching: dict[Cell, list[Sum]] = {}
    for one in sums:
        for cell in (one.total, *one.parts):
            touching.setdefault(cell, []).append(one)
    own = sorted(sensitive)
    found = {cell for one in own for cell in with_row(one)}
    for cell in own:  # hiding more never tells more, so one pass is enough
        while told := _telling(cell, touching, known, found, threshold):
            spare = _smallest(told, known, found)
            if spare is None:
                break
            found |= with_row(spare)
    return found


def with_row(cell: Cell) -> set[Cell]:
    """What goes with a count: a share says its numerator, a hidden denominator leaves nothing of its row."""
    if cell.part == "value":
        return {cell}
    parts = ("numerator", "rest", "denominator") if cell.part == "denominator" else ("numerator", "rest")
    return {cell._replace(part=part) for part in parts}


def _telling(
    cell: Cell, touching: Mapping[Cell, list[Sum]], known: Mapping[Cell, float], found: set[Cell], threshold: int
) -> list[Sum]:
    """The sums that bound a hidden count below the threshold; none where it could be as large as that, or larger."""
    linked, unknown = _linked(cell, touching, found)
    if not linked:
        return []
    table = np.zeros((len(linked), len(unknown)))
    for row, one in enumerate(linked):
        for part, sign in [(one.total, -1.0), *((part, 1.0) for part in one.parts)]:
            if part in unknown:
                table[row, unknown[part]] += sign
    wanted = np.zeros(len(unknown))
    wanted[unknown[cell]] = -1  # the largest is the least with its sign turned
    counts = np.array([known[one] for one in unknown])
    largest = linprog(wanted, A_eq=table, b_eq=table @ counts, bounds=(0, None))
    if largest.status == UNBOUNDED or -largest.fun > threshold - TOLERANCE:
        return []
    weights = np.abs(largest.eqlin.marginals)
    return [one for one, weight in zip(linked, weights, strict=True) if weight > TOLERANCE]


def _linked(cell: Cell, touching: Mapping[Cell, list[Sum]], found: set[Cell]) -> tuple[list[Sum], dict[Cell, int]]:
    """All sums that a hidden count is linked to through hidden counts, and the place of each of these."""
    unknown, linked, ahead = {cell: 0}, dict[Sum, None](), [cell]
    while ahead:
        for one in touching.get(ahead.pop(), ()):
            if one in linked:
                continue
            linked[one] = None
            new = [part for part in (one.total, *one.parts) if part in found and part not in unknown]
            for part in new:
                unknown[part] = len(unknown)
            ahead += new
    return list(linked), unknown


def _smallest(told: Sequence[Sum], known: Mapping[Cell, float], found: set[Cell]) -> Cell | None:
    """The smallest count that stays and can be spared: a part before a total, and a zero (which hides nothing) last."""
    parts = {part for one in told for part in one.parts}
    free = {*parts, *(one.total for one in told)} - found
    return min(free, key=lambda cell: (known[cell] == 0, cell not in parts, known[cell], cell), default=None)
