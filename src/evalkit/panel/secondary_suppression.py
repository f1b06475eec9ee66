"""Secondary suppression: which further counts must be hidden, so that no hidden count can be derived from the rest.

An attacker who knows the sums, and that counts are not negative, can compute the largest possible value of a hidden
count with a linear programme (the attacker's problem of cell suppression; Fischetti and Salazar 2001). While that
bound is below the threshold, the smallest visible count in one of the binding sums is hidden too.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from evalkit.panel.totals import Cell, Sum

TOLERANCE = 1e-6
UNBOUNDED = 3  # status code of `linprog`


def hidden(sums: Sequence[Sum], known: Mapping[Cell, float], sensitive: Iterable[Cell], threshold: int) -> set[Cell]:
    """The sensitive counts, and further counts that would disclose one of them.

    Args:
        sums: all sums that hold between the counts.
        known: the value of every count.
        sensitive: counts that must be hidden.
        threshold: from the visible counts, a hidden count must appear able to reach this value.
    """
    touching: dict[Cell, list[Sum]] = {}
    for one in sums:
        for cell in (one.total, *one.parts):
            touching.setdefault(cell, []).append(one)
    own = sorted(sensitive)
    found = {cell for one in own for cell in with_row(one)}
    for cell in own:  # hiding more counts never narrows a bound, so one pass is enough
        while told := _telling(cell, touching, known, found, threshold):
            spare = _smallest(told, known, found)
            if spare is None:
                break
            found |= with_row(spare)
    return found


def with_row(cell: Cell) -> set[Cell]:
    """The cells hidden together with a count: a share discloses its numerator, a denominator its whole row."""
    if cell.part == "value":
        return {cell}
    parts = ("numerator", "rest", "denominator") if cell.part == "denominator" else ("numerator", "rest")
    return {cell._replace(part=part) for part in parts}


def _telling(
    cell: Cell, touching: Mapping[Cell, list[Sum]], known: Mapping[Cell, float], found: set[Cell], threshold: int
) -> list[Sum]:
    """The sums that bound a hidden count below the threshold; empty if it could reach the threshold."""
    from scipy.optimize import linprog  # half a second to load, which every command would pay

    linked, unknown = _linked(cell, touching, found)
    if not linked:
        return []
    table = np.zeros((len(linked), len(unknown)))
    for row, one in enumerate(linked):
        for part, sign in [(one.total, -1.0), *((part, 1.0) for part in one.parts)]:
            if part in unknown:
                table[row, unknown[part]] += sign
    wanted = np.zeros(len(unknown))
    wanted[unknown[cell]] = -1  # linprog minimises: maximise by the negative
    counts = np.array([known[one] for one in unknown])
    largest = linprog(wanted, A_eq=table, b_eq=table @ counts, bounds=(0, None))
    if largest.status == UNBOUNDED or -largest.fun > threshold - TOLERANCE:
        return []
    weights = np.abs(largest.eqlin.marginals)
    return [one for one, weight in zip(linked, weights, strict=True) if weight > TOLERANCE]


def _linked(cell: Cell, touching: Mapping[Cell, list[Sum]], found: set[Cell]) -> tuple[list[Sum], dict[Cell, int]]:
    """All sums connected to a hidden count through hidden counts, and the column number of each hidden count."""
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
    """The smallest visible count to hide next: parts before totals, and zeros (which hide nothing) last."""
    parts = {part for one in told for part in one.parts}
    free = {*parts, *(one.total for one in told)} - found
    return min(free, key=lambda cell: (known[cell] == 0, cell not in parts, known[cell], cell), default=None)
