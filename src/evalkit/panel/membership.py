"""Memberships of units: dated ones (members.csv) and permanent ones (`parent` in units.csv)."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from evalkit import periods
from evalkit.project.evaluation import Evaluation

Span = tuple[dt.date, dt.date]


@dataclass(frozen=True, slots=True)
class Tie:
    """A direct membership of one unit in another.

    Attributes:
        of: the unit that it belongs to.
        role: `lead` or `member`.
        since, until: first and last period as in members.csv; empty if open or not stated.
        source, phrase: the source and its words, as in members.csv.
    """

    unit: str
    of: str
    role: str = "member"
    since: str = ""
    until: str = ""
    source: str = ""
    phrase: str = ""

    @property
    def span(self) -> Span:
        """First and last day, both inclusive."""
        first = periods.first_day(self.since) if self.since else dt.date.min
        return first, periods.last_day(self.until) if self.until else dt.date.max


@dataclass(frozen=True, slots=True)
class Overlap:
    """An institution that belongs to two units at the same time, neither of which contains the other.

    Attributes:
        tie, other: its memberships.
        first, last: the days on which both hold.
    """

    unit: str
    tie: Tie
    other: Tie
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """All ties known on a date, indexed both ways.

    Attributes:
        below: by unit, the ties of its direct members.
        above: by unit, its own ties to the units it belongs to.
    """

    below: Mapping[str, tuple[Tie, ...]]
    above: Mapping[str, tuple[Tie, ...]]

    def is_institution(self, unit: str) -> bool:
        """Whether the unit has no members."""
        return unit not in self.below

    def inside(self, unit: str) -> set[str]:
        """The unit and everything that ever belongs to it, directly or indirectly."""
        return _reached([unit], lambda name: [tie.unit for tie in self.below.get(name, ())])

    def containing(self, units: Iterable[str]) -> set[str]:
        """The units and everything that they ever belong to, directly or indirectly."""
        return _reached(units, lambda name: [tie.of for tie in self.above.get(name, ())])

    def related(self, unit: str) -> set[str]:
        """Units that contain this one, lie inside it, or share an institution with it at any time."""
        return self.containing(self.inside(unit)) - {unit}

    def institutions(self, unit: str) -> Iterator[tuple[Tie, Span]]:
        """Every institution below a unit, with the days on which all ties between them hold.

        An institution with two paths to the unit is yielded twice.
        """
        yield from self._down(unit, (dt.date.min, dt.date.max), frozenset([unit]))

    def _down(self, unit: str, within: Span, passed: frozenset[str]) -> Iterator[tuple[Tie, Span]]:
        for tie in self.below.get(unit, ()):
            both = _common(tie.span, within)
            if both is None or tie.unit in passed:  # a circle of memberships ends here
                continue
            if self.is_institution(tie.unit):
                yield tie, both
            else:
                yield from self._down(tie.unit, both, passed | {tie.unit})


def known(evaluation: Evaluation) -> pd.DataFrame:
    """members.csv as of the assessment's date: later starts are dropped, later ends are open."""
    table, date = evaluation.members, evaluation.assessment.as_of
    if date is None or table.empty:
        return table
    begun = [not text or periods.first_day(text) <= date for text in table["from"]]
    later = [bool(text) and periods.last_day(text) > date for text in table["to"]]
    return table.assign(to=table["to"].mask(pd.Series(later, index=table.index), ""))[begun]


def structure(evaluation: Evaluation) -> Structure:
    """All ties as of the assessment's date; dates in members.csv take precedence over the permanent `parent`."""
    return evaluation.once("ties", lambda: _structure(evaluation))


def _structure(evaluation: Evaluation) -> Structure:
    dated = evaluation.members
    pairs = set(zip(dated["unit"], dated["of"], strict=True))
    ties = [
        Tie(str(unit), str(parent))
        for unit, parent in evaluation.units["parent"].items()
        if parent and (unit, parent) not in pairs
    ]
    columns = (known(evaluation)[name] for name in ("unit", "of", "role", "from", "to", "source", "phrase"))
    ties += [Tie(*map(str, row)) for row in zip(*columns, strict=True)]
    below: dict[str, tuple[Tie, ...]] = {}
    above: dict[str, tuple[Tie, ...]] = {}
    for tie in ties:
        below[tie.of] = (*below.get(tie.of, ()), tie)
        above[tie.unit] = (*above.get(tie.unit, ()), tie)
    return Structure(below, above)


def of(evaluation: Evaluation, unit: str, day: dt.date | None) -> tuple[Tie, ...]:
    """The institutions that belong to a unit on a day, members of members included.

    Args:
        evaluation: the assessment; events after its as-of date are ignored.
        unit: a consortium, a city, …
        day: None for memberships that have not ended.

    Returns:
        One tie per path from an institution to the unit: two, if two consortia of a city share the institution.
    """
    ties = structure(evaluation).institutions(unit)
    wanted = day or dt.date.max
    return tuple(tie for tie, (first, last) in ties if first <= wanted <= last)


def overlaps(evaluation: Evaluation) -> tuple[Overlap, ...]:
    """Institutions that belong to two units at the same time, neither of which contains the other."""
    all_ties = structure(evaluation)
    shared = []
    for unit, ties in all_ties.above.items():
        for first, other in combinations(ties, 2):
            both = _common(first.span, other.span)
            nested = first.of in all_ties.containing([other.of]) or other.of in all_ties.containing([first.of])
            if both is not None and not nested:
                shared.append(Overlap(unit, first, other, *both))
    return tuple(shared)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order; adjacent and overlapping ones are joined, so that a move overnight leaves no gap.

    >>> day = dt.date
    >>> merged([(day(2020, 1, 1), day(2020, 1, 31)), (day(2020, 2, 1), day(2020, 2, 9))])
    [(datetime.date(2020, 1, 1), datetime.date(2020, 2, 9))]
    """
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and (joined[-1][1] == dt.date.max or first <= joined[-1][1] + dt.timedelta(days=1)):
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined


def _common(span: Span, other: Span) -> Span | None:
    first, last = max(span[0], other[0]), min(span[1], other[1])
    return (first, last) if first <= last else None


def _reached(start: Iterable[str], ways: Callable[[str], list[str]]) -> set[str]:
    """The units in `start` and all that can be reached from them."""
    reached = set(start)
    ahead = list(reached)
    while ahead:
        new = set(ways(ahead.pop())) - reached
        reached |= new
        ahead += new
    return reached
