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


def hidden(sums: Sequence[Sum], amounts: Mapping[Cell, float], sensitive: Iterable[Cell], threshold: int) -> set[Cell]:
    """The sensitive counts, and further counts that would disclose one of them.

    Args:
        sums: all sums that hold between the counts.
        amounts: the value of every count.
        sensitive: counts that must be hidden.
        threshold: from the visible counts, a hidden count must appear able to reach this value.
    """
    touching: dict[Cell, list[Sum]] = {}
    for addition in sums:
        for cell in (addition.total, *addition.parts):
            touching.setdefault(cell, []).append(addition)
    own = sorted(sensitive)
    secret = {hidden for cell in own for hidden in with_row(cell)}
    for cell in own:  # hiding more counts never narrows a bound, so one pass is enough
        while telling := _telling(cell, touching, amounts, secret, threshold):
            spare = _smallest(telling, amounts, secret)
            if spare is None:
                break
            secret |= with_row(spare)
    return secret


def with_row(cell: Cell) -> set[Cell]:
    """The cells hidden together with a count: a share discloses its numerator, a denominator its whole row."""
    if cell.part == "value":
        return {cell}
    parts = ("numerator", "rest", "denominator") if cell.part == "denominator" else ("numerator", "rest")
    return {cell._replace(part=part) for part in parts}


def _telling(
    cell: Cell, touching: Mapping[Cell, list[Sum]], amounts: Mapping[Cell, float], secret: set[Cell], threshold: int
) -> list[Sum]:
    """The sums that bound a hidden count below the threshold; empty if it could reach the threshold."""
    from scipy.optimize import linprog  # half a second to load, which every command would pay

    linked, unknown = _linked(cell, touching, secret)
    if not linked:
        return []
    table = np.zeros((len(linked), len(unknown)))
    for row, addition in enumerate(linked):
        for part, sign in [(addition.total, -1.0), *((part, 1.0) for part in addition.parts)]:
            if part in unknown:
                table[row, unknown[part]] += sign
    wanted = np.zeros(len(unknown))
    wanted[unknown[cell]] = -1  # linprog minimises: maximise by the negative
    counts = np.array([amounts[cell] for cell in unknown])
    largest = linprog(wanted, A_eq=table, b_eq=table @ counts, bounds=(0, None))
    if largest.status == UNBOUNDED or -largest.fun > threshold - TOLERANCE:
        return []
    weights = np.abs(largest.eqlin.marginals)
    return [addition for addition, weight in zip(linked, weights, strict=True) if weight > TOLERANCE]


def _linked(cell: Cell, touching: Mapping[Cell, list[Sum]], secret: set[Cell]) -> tuple[list[Sum], dict[Cell, int]]:
    """All sums connected to a hidden count through hidden counts, and the column number of each hidden count."""
    unknown, linked, ahead = {cell: 0}, dict[Sum, None](), [cell]
    while ahead:
        for addition in touching.get(ahead.pop(), ()):
            if addition in linked:
                continue
            linked[addition] = None
            new = [part for part in (addition.total, *addition.parts) if part in secret and part not in unknown]
            for part in new:
                unknown[part] = len(unknown)
            ahead += new
    return list(linked), unknown


def _smallest(telling: Sequence[Sum], amounts: Mapping[Cell, float], secret: set[Cell]) -> Cell | None:
    """The smallest visible count to hide next: parts before totals, and zeros (which hide nothing) last."""
    parts = {part for addition in telling for part in addition.parts}
    free = {*parts, *(addition.total for addition in telling)} - secret
    return min(free, key=lambda cell: (amounts[cell] == 0, cell not in parts, amounts[cell], cell), default=None)
