"""Totals of a sheet (合计, 小计 and 其中： rows): compared with their parts, never written to a panel."""

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import takewhile
from typing import Literal

SUBTOTAL = re.compile(r"小计$|sub-?totals?", re.IGNORECASE)
Role = Literal["part", "total", "of_which"]


@dataclass(slots=True)
class Entry:
    """A row of a sheet: its place in the hierarchy, and its counts by what they count."""

    row: int
    role: Role
    level: int
    label: str
    values: dict[Hashable, tuple[Decimal, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """One total: what it says, what its parts add up to; `agrees` is None if parts are missing."""

    entry: Entry
    cell: str
    value: Decimal
    parts: Decimal
    agrees: bool | None


def check(entries: Sequence[Entry], tolerance: float) -> list[Checked]:
    """Compare every total of a sheet with its parts.

    Args:
        entries: the rows in order.
        tolerance: by how much of the total it may differ from its parts.
    """
    return [
        total
        for place, entry in enumerate(entries)
        if entry.role != "part"
        for total in _checked(entry, _parts(entries, place), tolerance)
    ]


def _checked(entry: Entry, parts: Sequence[Entry], tolerance: float) -> Iterator[Checked]:
    for key, (value, cell) in entry.values.items():
        numbers = [part.values[key][0] for part in parts if key in part.values]
        if not parts or not numbers:
            yield Checked(entry, cell, value, Decimal(0), None)
            continue
        total, slack = sum(numbers, Decimal(0)), abs(value) * Decimal(str(tolerance))
        if entry.role == "of_which":  # here the one "part" is the sum it belongs to
            yield Checked(entry, cell, value, total, value <= total + slack)
        elif len(numbers) < len(parts):
            yield Checked(entry, cell, value, total, None if total <= value + slack else False)
        else:
            yield Checked(entry, cell, value, total, abs(total - value) <= slack)


def _parts(entries: Sequence[Entry], place: int) -> list[Entry]:
    """The rows that a total adds up; for 其中： the row that it is a part of."""
    entry = entries[place]
    if entry.role == "of_which":
        return _above(entries, place)
    inside = _inside(entries, place)
    if inside:
        nearest = min(row.level for row in inside)
        return [row for row in inside if row.level == nearest and row.role != "of_which"]
    return _flat(entries, place)


def _above(entries: Sequence[Entry], place: int) -> list[Entry]:
    own = entries[place]
    for row in reversed(entries[:place]):
        if row.role != "of_which" and (row.level < own.level or row.level == 0):
            return [row]
    return []


def _inside(entries: Sequence[Entry], place: int) -> list[Entry]:
    return list(takewhile(lambda row: row.level > entries[place].level, entries[place + 1 :]))


def _flat(entries: Sequence[Entry], place: int) -> list[Entry]:
    """Without indentation: 小计 (Subtotal) sums the parts since the previous total, 合计 every part of the sheet."""
    if not SUBTOTAL.search(entries[place].label):
        return [row for row in entries if row.role == "part"]
    above = takewhile(lambda row: row.role != "total", reversed(entries[:place]))
    return [row for row in above if row.role == "part"]
