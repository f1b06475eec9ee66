"""Counts of a panel and the sums that hold between them: institutions to units, units to larger units."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from evalkit import periods
from evalkit.panel import membership, roll_up
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import CountSum, Indicator
from evalkit.units_of_measure import WHOLES

KEY = ["unit", "indicator", "period"]
PARTS = ("value", "numerator", "denominator", "rest")
FACTORS = {unit: float(size) for unit, size in WHOLES.items()} | {"ratio": 1.0}
PER_PEOPLE = ("per_1000", "per_10000", "per_100000")
OF_A_WHOLE = ("percent", "share")  # denominator less numerator ("rest") is a count of people as well


class Cell(NamedTuple):
    """One count: the value of a count, or a part of a share."""

    unit: str
    indicator: str
    period: str
    part: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A count that is the sum of others."""

    total: Cell
    parts: tuple[Cell, ...]


def counted(rows: pd.DataFrame, indicators: Mapping[str, Indicator], population: "pd.Series[float]") -> pd.DataFrame:
    """Every count in the rows, or derivable from one row alone; NaN if there is none.

    Args:
        population: of each unit; rates without counts are assumed to refer to it.

    Returns:
        One row per row of `rows`, with columns value, numerator, denominator, rest. A missing numerator is derived
        from value and denominator, a missing denominator from value and numerator.
    """
    unit = rows["indicator"].map({name: indicator.unit for name, indicator in indicators.items()})
    factor = unit.map(FACTORS).astype(float)
    numbers = {name: pd.to_numeric(rows[name]) for name in ("value", "numerator", "denominator")}
    above = numbers["numerator"].fillna((numbers["value"] * numbers["denominator"] / factor).round())
    of_people = (numbers["value"] * rows["unit"].map(population).astype(float) / factor).round()
    above = above.fillna(of_people.where(unit.isin(PER_PEOPLE)))
    implied = (factor * numbers["numerator"] / numbers["value"].where(numbers["value"] != 0)).round()
    below = numbers["denominator"].fillna(implied)
    return rows[KEY].assign(
        value=numbers["value"].where(unit == "count"),
        numerator=above.where(factor.notna()),
        denominator=below,
        rest=(below - above).where(unit.isin(OF_A_WHOLE) & (below >= above)),
    )


def amounts(table: pd.DataFrame) -> dict[Cell, float]:
    """The counts of a table made by `counted`, by cell."""
    by_cell: dict[Cell, float] = {}
    for part in PARTS:
        present = table[table[part].notna()]
        columns = (present[name].to_numpy(dtype=object) for name in (*KEY, part))
        by_cell.update({Cell(u, i, p, part): float(n) for u, i, p, n in zip(*columns, strict=True)})
    return by_cell


def related(names: Iterable[str], evaluation: Evaluation) -> set[str]:
    """The indicators, and all that share counts with them through `from_members`, directly or indirectly."""
    families = [{name, *roll_up.parts(indicator)} for name, indicator in evaluation.indicators.items()]
    families += [{addition.total, *addition.parts} for addition in declared(evaluation)]
    names_related, before = set(names), -1
    while before != len(names_related):
        before = len(names_related)
        for family in families:
            names_related |= family if family & names_related else set()
    return names_related


def declared(evaluation: Evaluation) -> Sequence[CountSum]:
    """The sums between indicators that the assessment names."""
    rule = evaluation.assessment.disclosure
    return rule.sums if rule else ()


def sums(cells: Mapping[Cell, float], evaluation: Evaluation, slack: float) -> list[Sum]:
    """All sums that hold between the counts: each term of a sum can be derived from the others.

    Args:
        slack: a total that differs from its parts by less than this counts as their sum.
    """
    candidates = [*_within(cells), *by_rule(cells, evaluation), *_alike(cells, evaluation), *_nested(cells, evaluation)]
    candidates += _between(cells, evaluation)
    # Who reported nothing may have had nothing: the total is then the sum of the others all the same.
    present = (Sum(addition.total, tuple(cell for cell in addition.parts if cell in cells)) for addition in candidates)
    return [addition for addition in dict.fromkeys(present) if addition.parts and _holds(addition, cells, slack)]


def by_rule(counts: Iterable[Cell], evaluation: Evaluation) -> Iterator[Sum]:
    """Sums by `from_members`: the parts of a unit's value, and the counts of its institutions."""
    cells = pd.DataFrame(list(counts), columns=Cell._fields)
    for name in sorted(set(cells["indicator"]) & set(evaluation.indicators)):
        rule = evaluation.indicators[name].from_members
        if rule is None:
            continue
        own = cells[cells["indicator"] == name]
        members = roll_up.composed(evaluation, rule, own["unit"].unique(), own["period"].unique())
        sources = {"value": rule.numerator, "numerator": rule.numerator, "denominator": rule.denominator}
        wanted = set(zip(own["unit"], own["period"], own["part"], strict=True))
        for (unit, when), composing in members.groupby(["unit", "period"]):
            period = str(when)
            for part, source in sources.items():
                chosen = composing if part == "denominator" else composing[composing["counted"]]
                if (unit, period, part) in wanted and len(chosen):
                    parts = tuple(Cell(member, str(source), period, "value") for member in chosen["member"])
                    yield Sum(Cell(str(unit), name, period, part), parts)


def _between(cells: Iterable[Cell], evaluation: Evaluation) -> Iterator[Sum]:
    """What the assessment says of counts of one unit and period."""
    for cell in cells:
        for addition in declared(evaluation):
            if (cell.indicator, cell.part) == (addition.total, "value"):
                yield Sum(cell, tuple(cell._replace(indicator=part) for part in addition.parts))


def _holds(addition: Sum, by_cell: Mapping[Cell, float], slack: float) -> bool:
    return abs(by_cell[addition.total] - sum(by_cell[cell] for cell in addition.parts)) < slack


def _within(counts: Iterable[Cell]) -> Iterator[Sum]:
    """Denominators are numerator plus rest."""
    for unit, name, period, part in counts:
        if part == "rest":
            cells = [Cell(unit, name, period, other) for other in ("denominator", "numerator", "rest")]
            yield Sum(cells[0], (cells[1], cells[2]))


def _alike(cells: Iterable[Cell], evaluation: Evaluation) -> Iterator[Sum]:
    """Equal counts under several names: a share's numerator, and a count of the same members."""
    names = _names(evaluation)
    groups: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        for what in names.get((cell.indicator, cell.part), ()):
            groups.setdefault((cell.unit, cell.period, what), []).append(cell)
    for equal in groups.values():
        yield from (Sum(first, (other,)) for first, other in combinations(sorted(equal), 2))


def _names(evaluation: Evaluation) -> dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]]:
    """What each part of an indicator counts: a members' indicator, and the kinds of members counted."""
    counted_as: dict[tuple[str, str], list[tuple[str, tuple[str, ...]]]] = {}
    for name, indicator in evaluation.indicators.items():
        if (rule := indicator.from_members) is None:
            continue
        part = "numerator" if rule.denominator else "value"
        counted_as.setdefault((name, part), []).append((rule.numerator, rule.kinds))
        counted_as.setdefault((rule.numerator, "value"), []).append((rule.numerator, ()))
        if rule.denominator:
            counted_as.setdefault((name, "denominator"), []).append((rule.denominator, ()))
            counted_as.setdefault((rule.denominator, "value"), []).append((rule.denominator, ()))
    return {key: list(dict.fromkeys(meanings)) for key, meanings in counted_as.items()}


def _nested(cells: Iterable[Cell], evaluation: Evaluation) -> Iterator[Sum]:
    """A unit and its direct members throughout the period, in the same indicator."""
    below = membership.structure(evaluation).below
    days: dict[str, membership.Span] = {}
    for cell in cells:
        if cell.unit not in below:
            continue
        if cell.period not in days:
            days[cell.period] = periods.first_day(cell.period), periods.last_day(cell.period)
        first, last = days[cell.period]
        inside = {tie.unit for tie in below[cell.unit] if tie.span[0] <= first and last <= tie.span[1]}
        if inside:
            yield Sum(cell, tuple(cell._replace(unit=unit) for unit in sorted(inside)))
