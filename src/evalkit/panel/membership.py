"""Who belongs to whom, and when: dated memberships (members.csv) and what lies inside what (`parent` in units.csv)."""

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
    """One unit's belonging to another, directly.

    Attributes:
        of: the unit that it belongs to.
        role: `lead` or `member`.
        since, until: first and last period as members.csv has them; empty where open or not stated.
        source, phrase: where members.csv has it from, in which words.
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
        """First and last day, both included."""
        first = periods.first_day(self.since) if self.since else dt.date.min
        return first, periods.last_day(self.until) if self.until else dt.date.max


@dataclass(frozen=True, slots=True)
class Overlap:
    """An institution that belongs to two units at the same time, neither of which contains the other.

    Attributes:
        one, other: its memberships.
        first, last: the days on which both hold.
    """

    unit: str
    one: Tie
    other: Tie
    first: dt.date
    last: dt.date


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """All ties known on a date, from below and from above.

    Attributes:
        below: the ties of every unit's own members.
        above: the ties of every unit to those that it belongs to.
    """

    below: Mapping[str, tuple[Tie, ...]]
    above: Mapping[str, tuple[Tie, ...]]

    def is_institution(self, unit: str) -> bool:
        """Whether nobody belongs to the unit, so that it stands for itself."""
        return unit not in self.below

    def inside(self, unit: str) -> set[str]:
        """The unit and everything that ever belongs to it, through however many others."""
        return _reached([unit], lambda name: [tie.unit for tie in self.below.get(name, ())])

    def containing(self, units: Iterable[str]) -> set[str]:
        """The units and everything that they ever belong to."""
        return _reached(units, lambda name: [tie.of for tie in self.above.get(name, ())])

    def related(self, unit: str) -> set[str]:
        """Units that contain this one, lie inside it, or share an institution with it at any time."""
        return self.containing(self.inside(unit)) - {unit}

    def institutions(self, unit: str) -> Iterator[tuple[Tie, Span]]:
        """Every institution below a unit with the days on which its way up to the unit holds.

        An institution that belongs in two ways comes twice.
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
    """members.csv as of the assessment's date: no later start, no later end."""
    table, date = evaluation.members, evaluation.assessment.as_of
    if date is None or table.empty:
        return table
    begun = [not text or periods.first_day(text) <= date for text in table["from"]]
    later = [bool(text) and periods.last_day(text) > date for text in table["to"]]
    return table.assign(to=table["to"].mask(pd.Series(later, index=table.index), ""))[begun]


def structure(evaluation: Evaluation) -> Structure:
    """All ties as of the assessment's date; where members.csv dates a tie, `parent` does not make it permanent."""
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
        evaluation: the assessment; nothing after its as-of date is known.
        unit: a consortium, a city, …
        day: None for those whose membership has not ended.

    Returns:
        One tie for each way in which an institution belongs: where two consortia of a city share one, two.
    """
    found = structure(evaluation).institutions(unit)
    wanted = day or dt.date.max
    return tuple(tie for tie, (first, last) in found if first <= wanted <= last)


def overlaps(evaluation: Evaluation) -> tuple[Overlap, ...]:
    """Institutions that belong to two units at the same time, neither of which contains the other."""
    all_ties = structure(evaluation)
    found = []
    for unit, ties in all_ties.above.items():
        for one, other in combinations(ties, 2):
            both = _common(one.span, other.span)
            nested = one.of in all_ties.containing([other.of]) or other.of in all_ties.containing([one.of])
            if both is not None and not nested:
                found.append(Overlap(unit, one, other, *both))
    return tuple(found)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap joined: who moves overnight has belonged all the time."""
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and (found[-1][1] == dt.date.max or first <= found[-1][1] + dt.timedelta(days=1)):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _common(one: Span, other: Span) -> Span | None:
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


def _reached(start: Iterable[str], ways: Callable[[str], list[str]]) -> set[str]:
    """All that can be reached from some units, and they themselves."""
    found = set(start)
    ahead = list(found)
    while ahead:
        new = set(ways(ahead.pop())) - found
        found |= new
        ahead += new
    return found
