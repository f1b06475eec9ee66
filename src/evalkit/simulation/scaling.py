"""Scales a simulated panel to another number of units, keeping the proportions of its specification."""

from collections.abc import Sequence

import numpy as np

from evalkit.errors import InputError, Mistake
from evalkit.simulation.specification import Specification


def scaled(specification: Specification, units: int, where: str) -> Specification:
    """The specification with `units` units, divided among provinces and cohorts in its proportions.

    No province gets fewer than `least_in_province` units, so few units use only the first provinces.

    Args:
        where: the specification's name in messages.

    Raises:
        InputError: if the specification names units, or if there are too few for one province.
    """
    if specification.named_units or specification.traps or specification.members:
        what = "names units, faults or members, so its size is fixed"
        raise InputError([Mistake(where, what, "Leave --units out.")])
    least = specification.least_in_province
    if units < least:
        what = f"{units} units are fewer than the minimum of {least} per province"
        raise InputError([Mistake(where, what, f"Ask for {least} or more with --units.")])
    provinces = list(specification.provinces)[: units // least]
    sizes = {name: [cohort.size_in(name) for cohort in specification.cohorts] for name in provinces}
    totals = _divided(units, [sum(own) for own in sizes.values()])
    parts = {name: _divided(total, sizes[name]) for name, total in zip(provinces, totals, strict=True)}
    cohorts = tuple(
        cohort.model_copy(update={"size": {name: parts[name][number] for name in provinces}})
        for number, cohort in enumerate(specification.cohorts)
    )
    kept = {name: specification.provinces[name] for name in provinces}
    return specification.model_copy(update={"provinces": kept, "cohorts": cohorts})


def _divided(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number in proportion to weights, by largest remainders; ties go to the first.

    >>> _divided(10, [1, 1, 1])
    [4, 3, 3]
    """
    exact = total * np.array(weights) / sum(weights)
    parts = np.floor(exact).astype(int)
    for place in np.argsort(parts - exact, kind="stable")[: total - parts.sum()]:
        parts[place] += 1
    return [int(part) for part in parts]
