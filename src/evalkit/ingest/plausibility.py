"""Values that look wrong next to others: misplaced decimal points, hidden running totals, sums, renamed indicators."""

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby, pairwise
from operator import itemgetter

import pandas as pd

from evalkit.errors import Mistake
from evalkit.ingest.mapping import Mapping as FileMapping
from evalkit.ingest.reconcile import Record, numbers, records, where

#: A slip moves the point by one or two places; these are the limits of value over median.
SLIPS = ((10, 7.0, 14.0), (100, 70.0, 140.0), (0.1, 0.07, 0.14), (0.01, 0.007, 0.014))
#: The other values of the series lie within these multiples of their median.
QUIET = (0.4, 2.5)
FEWEST = 5
#: Second, third and fourth quarter over the first, where running totals pass for quarters.
RAMP = ((1.4, 2.7), (2.1, 4.0), (2.7, 5.5))
#: Fewer regions may add up by chance.
FEWEST_SUMMED = 4
SMALL = 1e-6
Place = tuple[str, str, str]
STEADY = ("percent", "share", "days", "yuan")


def slips(rows: pd.DataFrame, units: Mapping[str, str], accepted: Collection[Place]) -> Iterator[Mistake]:
    """Values ten or a hundred times larger or smaller than all others of their series, which lie close together.

    Args:
        rows: reconciled rows.
        units: the unit of each indicator.
        accepted: file, sheet and cell of values that the mapping accepts.
    """
    values = rows[rows["part"] == "value"].assign(number=numbers(rows))
    values = values[values["number"] > 0]
    few = values.groupby(["unit", "indicator"], observed=True)["number"].transform("size") < FEWEST
    steady = values["indicator"].astype(str).map(units).isin(STEADY)
    suspects = [*_slips(values[~few], ["unit", "indicator"]), *_slips(values[steady], ["indicator"], few)]
    for row, median, shift in suspects:
        if (row["file"], row["sheet"], row["cell"]) not in accepted:
            meant = f"{row['number'] / shift:.6g}"
            what = f"{row['value']} is among values around {median:.4g}: a slip of the decimal point ({meant})?"
            cure = "Ask who filled it in; it was read as it stands. `answers` in the mapping settles it."
            yield Mistake(where(row), what, cure)


def _slips(
    values: pd.DataFrame, series: list[str], only: "pd.Series[bool] | None" = None
) -> Iterator[tuple[Record, float, float]]:
    """Values off by a power of ten in a series that is quiet without them, with its median and the power."""
    median = values.groupby(series, observed=True)["number"].transform("median")
    ratio = values["number"] / median
    shift = pd.Series(1.0, index=values.index)
    for power, least, most in SLIPS:
        shift = shift.mask(ratio.between(least, most), power)
    keys = [values[name] for name in series]
    calm = ((shift != 1) | ratio.between(*QUIET)).groupby(keys, observed=True).transform("all")
    enough = (shift == 1).groupby(keys, observed=True).transform("sum") >= FEWEST - 1
    wrong = (shift != 1) & calm & enough
    if only is not None:
        wrong &= only.reindex(values.index)
    for row in records(values.assign(median=median, shift=shift)[wrong]):
        yield row, row["median"], row["shift"]


def hidden_running_totals(rows: pd.DataFrame, units: Mapping[str, str], mapping: FileMapping) -> Iterator[Mistake]:
    """Counts labelled as quarters that grow through every year and restart in the next one."""
    counted = (rows["part"] != "value") | (rows["indicator"].astype(str).map(units) == "count")
    plain = rows[counted & (rows["running"] == "") & rows["period"].str.contains("Q")]
    plain = plain.assign(number=numbers(plain), year=plain["period"].str[:4], quarter=plain["period"].str[5:])
    keys = ["unit", "indicator", "part"]
    wide = plain.pivot(index=[*keys, "year"], columns="quarter", values="number")
    wide = wide.reindex(columns=list("1234")).dropna()
    if wide.empty:
        return
    ratios = [wide[quarter] / wide["1"] for quarter in "234"]
    ramp = pd.concat([ratio.between(*limits) for ratio, limits in zip(ratios, RAMP, strict=True)], axis=1).all(axis=1)
    rising = (wide["4"] > wide["3"]) & (wide["3"] > wide["2"]) & (wide["2"] > wide["1"])
    by_series = pd.DataFrame({"ramp": ramp, "rising": rising}).groupby(level=keys, observed=True).mean()
    single = {name for name, indicator in mapping.indicators.items() if indicator.single_quarters}
    for unit, indicator, part in by_series.index[(by_series["rising"] == 1) & (by_series["ramp"] >= 0.5)]:
        if indicator not in single:
            alike = (plain["unit"] == unit) & (plain["indicator"] == indicator) & (plain["part"] == part)
            yield _hidden(records(plain[alike].sort_values("period"))[1])


def _hidden(row: Mapping[object, object]) -> Mistake:
    what = f"{row['indicator']} of {row['unit']} grows from quarter to quarter in every year: a running total?"
    cure = "Declare it in the table's `cumulative`, or `single_quarters: true` at the indicator, after asking."
    return Mistake(where(row), what, cure)


def totals(rows: pd.DataFrame, units: Mapping[str, str]) -> Iterator[Mistake]:
    """Regions whose counts are the sum of all others in every period: a total under a name that no list has."""
    counted = rows[(rows["part"] == "value") & (rows["indicator"].astype(str).map(units) == "count")]
    counted = counted.assign(number=numbers(counted))
    parts_of: dict[str, int] = {}
    for _, counts in counted.groupby("indicator", observed=True):
        wide = counts.pivot(index="period", columns="unit", values="number").dropna()
        if len(wide) < 2 or len(wide.columns) < FEWEST_SUMMED:
            continue
        twice = (2 * wide).sub(wide.sum(axis="columns"), axis="index").abs() < SMALL
        for unit in wide.columns[twice.all() & (wide > 0).all()]:
            parts_of.setdefault(str(unit), len(wide.columns) - 1)
    for unit, others in parts_of.items():
        what = f"{unit} is the sum of the {others} other regions in every period: a total?"
        cure = "Then write its name under `totals: {labels: […]}` in the mapping, and take it out of units.csv."
        yield Mistake(where(records(counted[counted["unit"] == unit])[0]), what, cure)


def renames(rows: pd.DataFrame) -> Iterator[Mistake]:
    """Indicators whose name changes from one period to the next: the definition may have changed with it."""
    values = rows[(rows["part"] == "value") & (rows["label"] != "")]
    several = values.groupby(["unit", "indicator"], observed=True)["label"].transform("nunique") > 1
    by_change: dict[tuple[str, str, str, str], list[str]] = {}
    places: dict[tuple[str, str, str, str], str] = {}
    renamed = sorted(records(values[several]), key=itemgetter("unit", "indicator", "period"))
    for (unit, indicator), group in groupby(renamed, key=itemgetter("unit", "indicator")):
        runs = [(name, list(run)) for name, run in groupby(group, key=itemgetter("label"))]
        if len(runs) == len({name for name, _ in runs}):  # no name comes back: it changed for good
            for (old, _), (new, run) in pairwise(runs):
                key = (indicator, old, new, run[0]["period"])
                by_change.setdefault(key, []).append(unit)
                places.setdefault(key, where(run[0]))
    for key, units in by_change.items():
        indicator, old, new, period = key
        what = f"{indicator} is called {old} before {period} and {new} from then on ({len(units)} units)"
        cure = f"Did the definition change? Then write `breaks: [{{from: {period}}}]` in params/indicators.yml."
        yield Mistake(places[key], what, cure)
