"""Reconcile values of several workbooks: choose between duplicates, turn running totals into single periods."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

import pandas as pd

from evalkit import periods
from evalkit.errors import Mistake
from evalkit.ingest.mapping import Mapping as FileMapping
from evalkit.units_of_measure import RATES
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import place

Record = Mapping[Hashable, Any]
KEY = ["unit", "indicator", "part", "period"]
PLACE = ["file", "sheet", "cell"]
REVISIONS = ("unit", "period", "indicator", "part", "before", "before_at", "after", "after_at")
#: So many mistakes of one kind are shown; who made them twenty times made them throughout.
MOST = 20


@dataclass(slots=True)
class Reconciled:
    """Values without duplicates.

    Attributes:
        rows: as collected, one per unit, indicator, part and period; `value` exact, as text.
        log: what was changed here (file, sheet, cell, before, after, rule).
        revisions: values that a later report replaced.
    """

    rows: pd.DataFrame
    refused: list[Mistake] = field(default_factory=list)
    questions: list[Mistake] = field(default_factory=list)
    log: list[tuple[str, ...]] = field(default_factory=list)
    revisions: list[tuple[str, ...]] = field(default_factory=list)


def reconcile(rows: pd.DataFrame, mapping: FileMapping, units: Mapping[str, str]) -> Reconciled:
    """Reduce duplicate values to one row each.

    Args:
        rows: what `collecting.Collection.take("rows")` gives.
        mapping: says which reports are later, and what each indicator's frequency is.
        units: the unit of each indicator.
    """
    made = Reconciled(rows)
    if not rows.empty:
        _one_frequency(made, mapping, units)
        _claims(made, units)
        _latest(made)
        _difference(made, units)
    return made


def where(row: Record) -> str:
    """The cell of a row, as messages name it."""
    return place(row["file"], row["sheet"], row["cell"])


def records(rows: pd.DataFrame) -> list[Record]:
    """The rows as plain dictionaries, with `at`, the row's label in the table."""
    return rows.assign(at=rows.index).to_dict("records")  # type: ignore[return-value]


def _one_frequency(made: Reconciled, mapping: FileMapping, units: Mapping[str, str]) -> None:
    """Set sums of whole years aside, read January to December as the year, and refuse what does not fit."""
    rows = made.rows
    by_row = by_text(rows["period"], periods.frequency)
    most = by_row.groupby(rows["indicator"], observed=True).agg(lambda column: column.value_counts().index[0])
    frequencies: dict[str, str] = {str(name): str(frequency) for name, frequency in most.items()}
    frequencies |= {name: indicator.frequency for name, indicator in mapping.indicators.items() if indicator.frequency}
    wanted = by_text(rows["indicator"], frequencies.__getitem__)
    ends = rows["period"].str.endswith(("Q4", "H2"))
    to_december = (wanted == "year") & ends & (rows["running"] != "")
    if to_december.any():
        rows = rows.astype({"period": str, "running": str})
        rows["period"] = rows["period"].mask(to_december, rows["period"].str[:4])
        rows["running"] = rows["running"].mask(to_december, "")
    aside = rows["whole_year"].astype(bool) & (wanted != "year")
    wrong = (by_row.mask(to_december, "year") != wanted) & ~aside
    for row in records(rows.assign(wanted=wanted)[wrong].head(MOST)):
        what = f"{row['period']} stands among values of {row['indicator']} by the {row['wanted']}"
        cure = f"Say under `periods` in the mapping which {row['wanted']} it stands for, or set `frequency`."
        made.refused.append(Mistake(where(row), what, cure))
    made.rows = rows[~aside & ~wrong]
    made.questions += _years_against_parts(rows[aside], made.rows, mapping.totals.tolerance, units)


def _years_against_parts(
    years: pd.DataFrame, rows: pd.DataFrame, tolerance: float, units: Mapping[str, str]
) -> Iterator[Mistake]:
    """Compare totals of whole years (全年) with their quarters: counts only, and only if no quarter is missing."""
    if years.empty:
        return
    keys = ["unit", "indicator", "part", "year", "file"]
    parts = rows[rows["running"] == ""].assign(year=rows["period"].str[:4], number=numbers(rows))
    sums = parts.groupby(keys, observed=True)["number"].agg(["sum", "size"]).to_dict("index")
    for row in records(years):
        parts_sum = sums.get((row["unit"], row["indicator"], row["part"], row["period"], row["file"]))
        counted = units[row["indicator"]] == "count" or row["part"] != "value"
        total = float(row["value"])
        if not (counted and parts_sum and parts_sum["size"] in (4, 12)):
            continue
        if abs(parts_sum["sum"] - total) > tolerance * abs(total):
            what = f"the whole year is {row['value']}, its parts add up to {parts_sum['sum']:.12g}"
            yield Mistake(where(row), what, "Ask which of them is right; the parts were read.")


def by_text(column: pd.Series, function: Callable[[str], Any]) -> pd.Series:
    """A function of every text of a column, computed once for each text."""
    texts = column.astype("category").cat
    results = pd.Series([function(str(text)) for text in texts.categories], dtype=object).infer_objects()
    return pd.Series(results.to_numpy()[texts.codes], index=column.index)


def numbers(rows: pd.DataFrame) -> "pd.Series[float]":
    """The values as numbers, for comparisons; the exact ones are text."""
    return by_text(rows["value"], float)


def _claims(made: Reconciled, units: Mapping[str, str]) -> None:
    """Refuse what a label calls a running total, unless it is declared; in the first quarter both are one."""
    first = made.rows["period"].str.endswith(("Q1", "-01"))
    for row in records(made.rows[(made.rows["running"] == "claimed") & ~first].head(MOST)):
        what = f"{row['indicator']} runs from January to {row['period']}, which the mapping does not declare"
        cure = "Add the indicator to the table's `cumulative`, or say under `periods` what the label stands for."
        if units[row["indicator"]] in RATES and row["part"] == "value":
            cure = (
                "A rate since January tells no single quarter: ask for the quarters, or list it in `ignore_indicators`."
            )
        made.refused.append(Mistake(where(row), what, cure))


def _latest(made: Reconciled) -> None:
    """Of two values for one unit, period and indicator the later report counts; which is later must be declared."""
    twice = made.rows.duplicated(KEY, keep=False)
    if not twice.any():
        return
    kept: list[Hashable] = []
    order = itemgetter("unit", "indicator", "part", "period", "reported", "edition", "file", "sheet", "cell")
    repeated: list[Record] = sorted(records(made.rows[twice]), key=order)
    for _, group in groupby(repeated, key=itemgetter(*KEY)):
        *others, latest = group
        kept.append(latest["at"])
        for other in others:
            if other["value"] != latest["value"]:
                _revised(made, other, latest)
    made.rows = pd.concat([made.rows[~twice], made.rows.loc[kept]])


def _revised(made: Reconciled, other: Record, latest: Record) -> None:
    key = f"{other['unit']}, {other['period']}, {other['indicator']}"
    if (other["reported"], other["edition"]) == (latest["reported"], latest["edition"]):
        what = f"{key} is {other['value']} here and {latest['value']} in {where(latest)}"
        cure = "Say under `revision` in the mapping which report is the later one, or take one out."
        made.refused.append(Mistake(where(other), what, cure))
        return
    names = (other["unit"], other["period"], other["indicator"], other["part"])
    made.revisions.append((*names, other["value"], where(other), latest["value"], where(latest)))
    made.log.append((*_place(other), other["value"], latest["value"], f"revised in {where(latest)}"))


def _place(row: Record) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in PLACE)


def _difference(made: Reconciled, units: Mapping[str, str]) -> None:
    """Turn running totals into single periods: each less the previous one of the same year."""
    running = made.rows["running"] == "declared"
    if not running.any():
        return
    changed: dict[Hashable, str] = {}
    lost: list[Hashable] = []
    running_rows = sorted(records(made.rows[running]), key=itemgetter(*KEY))
    for (_, indicator, part), group in groupby(running_rows, key=itemgetter("unit", "indicator", "part")):
        rows = list(group)
        if units[indicator] in RATES and part == "value":
            what = f"{indicator} is a rate: the difference of two is not that of a quarter"
            cure = "Take it out of `cumulative`; ask for the quarters, or for both counts."
            made.refused.append(Mistake(where(rows[0]), what, cure))
        else:
            _differenced(made, rows, changed, lost)
    values = made.rows["value"].astype(str)
    values.update(pd.Series(changed, dtype=str))
    made.rows = made.rows.assign(value=values).drop(index=lost)


def _differenced(made: Reconciled, rows: Iterable[Record], changed: dict[Hashable, str], lost: list[Hashable]) -> None:
    totals: dict[str, Decimal] = {}
    for row in rows:
        period, before = row["period"], periods.write(periods.parse(row["period"]) - 1)
        totals[period] = Decimal(row["value"])
        if before[:4] != period[:4]:
            continue
        if before not in totals:
            lost.append(row["at"])
            what = f"{row['indicator']} of {period} cannot be determined: the running total to {before} is missing"
            made.questions.append(Mistake(where(row), what, "Ask for it; the value is left out."))
            made.log.append((*_place(row), row["value"], "", f"running total without {before}"))
            continue
        single = totals[period] - totals[before]
        changed[row["at"]] = cell_text.plain(single)
        made.log.append((*_place(row), row["value"], cell_text.plain(single), f"running total: {period} less {before}"))
        if single < 0:
            peak = cell_text.plain(totals[before])
            what = f"{row['indicator']} runs from January, but falls from {peak} to {row['value']}"
            made.refused.append(Mistake(where(row), what, "Ask whether it is a running total."))
