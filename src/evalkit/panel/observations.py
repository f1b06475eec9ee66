"""The panel contract: one row per unit x period x indicator, sliced as of the assessment's date."""

import datetime as dt
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from evalkit import periods
from evalkit.errors import InputError, Mistake, nearest
from evalkit.files import hashes
from evalkit.panel import disclosure, membership, roll_up
from evalkit.panel.totals import KEY
from evalkit.project import dataset
from evalkit.project.evaluation import Evaluation

COLUMNS = ("unit", "period", "indicator", "value", "numerator", "denominator", "status", "released", "source", "note")
NEEDED = ("unit", "period", "indicator", "value")
ABSENT = ("unit", "period", "indicator", "status", "released", "note")


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """What may be known on the as-of date.

    Attributes:
        rows: panel rows of the assessment's indicators, or of every one where asked for, with values that follow
            from members' counts (and those counts); empty where the dataset has no panel. Small numbers are hidden
            where the assessment says so (`disclosure`): such a row has no value.
        units: units.csv with adoptions after the as-of date read as empty.
        published: figures as published, up to the as-of date.
        exists: whether the dataset has a panel at all.
        common: sha256 of `units`, of who belongs to whom, and of what the sources are.
        digests: sha256 by unit of what is known of it.
        absent: rows of the file that have no value, with what the file says about it (status, note).
        parts: of a panel of every indicator, the rows of those that only serve to compute others.
        hidden: unit, indicator and period of every figure that is hidden as a small number would follow from it.
        whole: of one region's panel, that of all units, which the checks of the data compare; None where this is it.
    """

    rows: pd.DataFrame
    units: pd.DataFrame
    published: pd.DataFrame
    exists: bool
    common: str
    digests: Mapping[str, str]
    absent: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(ABSENT)))
    parts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COLUMNS)))
    hidden: pd.DataFrame = field(default_factory=disclosure.nothing)
    whole: "Panel | None" = None

    @property
    def fingerprint(self) -> str:
        """sha256 of everything here, so that a page can name the data it rests on."""
        return self.fingerprint_of(self.digests)

    def fingerprint_of(self, units: Iterable[str]) -> str:
        """The same of a panel that holds these units only."""
        return hashes.sha256(self.common, *(f"{unit} {self.digests[unit]}" for unit in sorted(units)))

    def __repr__(self) -> str:
        return f"Panel({len(self.rows)} rows, {self.rows['unit'].nunique()} units, {self.fingerprint[:12]})"

    def _repr_html_(self) -> str:
        """By indicator: how much there is, from when to when, and of which status; then the first rows."""
        held = self.rows.groupby("indicator", sort=False).agg(
            rows=("value", "size"),
            units=("unit", "nunique"),
            first=("period", "min"),
            last=("period", "max"),
            status=("status", lambda status: ", ".join(sorted(set(status)))),
        )
        return f"<p>{self!r}</p>{held.to_html()}{self.rows.head().to_html(index=False, na_rep='')}"

    def wide(self, indicator: str) -> pd.DataFrame:
        """Values of one indicator: units in rows, every period of its span in columns."""
        rows = self.rows[self.rows["indicator"] == indicator]
        return rows.pivot(index="unit", columns="period", values="value").reindex(columns=periods.span(rows["period"]))


def read(evaluation: Evaluation, every: bool = False) -> Panel:
    """Read a dataset's panel as of the assessment's date.

    Args:
        evaluation: the assessment, of one region or as a whole. For a region, what its report can rest on (`near`):
            rows, published figures and whatever else is known by unit; `units` stays whole.
        every: all indicators of the panel that indicators.yml describes, not only the assessment's; for checks of
            the data, which see more in more indicators. What only serves to compute others stays out.

    Raises:
        InputError: with every mistake found in the panel or the units.
    """
    whole = evaluation.once(f"panel, every: {every}", lambda: _read(evaluation, every))
    return part(whole, evaluation) if evaluation.region else whole


def part(whole: Panel, evaluation: Evaluation) -> Panel:
    """Of the panel of all units, what a region's report can rest on."""
    units = near(evaluation)
    named = ("rows", "published", "absent", "parts", "hidden")
    chosen: dict[str, Any] = {name: _of_units(getattr(whole, name), units) for name in named}
    known = {unit: digest for unit, digest in whole.digests.items() if unit in units}
    return replace(whole, **chosen, digests=known, whole=whole)


def without(panel: Panel, hidden: pd.DataFrame) -> Panel:
    """A panel without figures that another one hides: what an earlier one shows of them would tell them."""
    keys = pd.MultiIndex.from_frame(hidden[KEY])
    kept: dict[str, Any] = {
        name: table[~pd.MultiIndex.from_frame(table[KEY]).isin(keys)]
        for name, table in (("rows", panel.rows), ("published", panel.published))
    }
    return replace(panel, **kept) if len(keys) else panel


def near(evaluation: Evaluation) -> Set[str]:
    """The units on whose figures a region's report can rest.

    These are the units that may be compared with it (alike, and not begun by any date from which its report counts),
    what belongs to any of these or contains it, and benchmarks.
    """
    alike = evaluation.once("units alike", lambda: _alike(evaluation))[evaluation.region]
    begun = evaluation.once("first days", lambda: _first_days(evaluation))
    own, dates = evaluation.units.loc[evaluation.region], [policy.date for policy in evaluation.details.policies]
    if evaluation.region in begun:
        dates += [str(own["adoption"]), *str(own["adoption_alternatives"]).split(";")]
    first = min((periods.first_day(text.strip()) for text in dates if text and text.strip()), default=dt.date.min)
    compared = {unit for unit in alike if begun.get(unit, dt.date.max) > first} | {evaluation.region}
    ties = membership.structure(evaluation)
    found = {other for unit in compared for other in ties.related(unit)} if ties.below else set()
    benchmarks = {goal.relative_to for goal in evaluation.targets if goal.relative_to}
    return (compared | found | benchmarks) & set(evaluation.units.index)  # a parent or benchmark need not be a unit


def _first_days(evaluation: Evaluation) -> dict[str, dt.date]:
    """By unit, the first day of its adoption, where it has adopted."""
    known = units_as_of(evaluation)["adoption"]
    return {str(unit): periods.first_day(text) for unit, text in known.items() if text}


def _alike(evaluation: Evaluation) -> dict[str, frozenset[str]]:
    """By unit, all that are like it in the columns that make units comparable."""
    units, columns = evaluation.units, list(evaluation.assessment.design.comparison.same)
    groups = [group for _, group in units.groupby(columns, dropna=False)] if columns else [units]
    return {unit: alike for group in groups for alike in [frozenset(group.index)] for unit in alike}


def _of_units(table: pd.DataFrame, units: Set[str]) -> pd.DataFrame:
    return table[table["unit"].isin(units)].reset_index(drop=True)


def _read(evaluation: Evaluation, every: bool) -> Panel:
    wanted = evaluation.indicators if every else evaluation.assessment.needed
    # A small number can follow from any total of the panel, so that rule has to see all of it.
    seen = evaluation.indicators if evaluation.assessment.disclosure else wanted
    table = _read_rows(evaluation, roll_up.with_parts(seen, evaluation))
    exists = table is not None
    if table is None:
        rows = pd.DataFrame({name: pd.Series(dtype="str") for name in COLUMNS}).astype({"value": float})
        absent = rows
    else:
        table = _as_of(table, evaluation)
        absent, rows = table[table["value"].isna()], table.dropna(subset="value").reset_index(drop=True)
        if rows.empty:
            raise InputError([_before_data(evaluation)])
        rows = roll_up.add(rows, evaluation, seen)
    shown = disclosure.apply(rows, _as_of(evaluation.published, evaluation), evaluation)
    kept, only = set(roll_up.with_parts(wanted, evaluation)), roll_up.only_parts(evaluation) if every else set()
    rows, parts, absent = (
        table[table["indicator"].isin(names)].reset_index(drop=True)
        for table, names in ((shown.rows, kept - only), (shown.rows, kept & only), (absent[list(ABSENT)], kept - only))
    )
    units = units_as_of(evaluation)
    common = hashes.of_tables(units, membership.known(evaluation), evaluation.sources)
    known = hashes.of_units(units.index, rows, shown.published, absent, parts, shown.hidden)
    return Panel(rows, units, shown.published, exists, common, known, absent, parts, shown.hidden)


def stored(evaluation: Evaluation) -> pd.DataFrame | None:
    """The dataset's panel as it lies in its file, every cell as text; None where there is none.

    Raises:
        InputError: where the file cannot be read or lacks a column.
    """
    path = evaluation.panel_file
    if path is None:
        return None
    shown = evaluation.show(path)
    table = dataset.read_parquet(path, shown) if path.suffix == ".parquet" else dataset.read_text(path, shown)
    dataset.require(table, NEEDED, shown)
    return table


def _read_rows(evaluation: Evaluation, wanted: Iterable[str]) -> pd.DataFrame | None:
    """The rows of the wanted indicators, checked; None where the dataset has no panel."""
    table = evaluation.once("rows of the panel", lambda: _checked(evaluation))
    if table is None:
        return None
    table = table[table["indicator"].isin(list(wanted))]
    # Order of rows in the file must not matter, to the last bit of a sum.
    return table.sort_values(["indicator", "unit", "period"], ignore_index=True)


def _checked(evaluation: Evaluation) -> pd.DataFrame | None:
    """Every row of the panel's file, checked; None where the dataset has no panel."""
    table, path = stored(evaluation), evaluation.panel_file
    if table is None or path is None:
        return None
    shown = evaluation.show(path)
    unknown = [name for name in table.columns if name not in COLUMNS]
    if unknown:
        raise InputError(Mistake(shown, f"unknown column `{name}`", nearest(name, COLUMNS)) for name in unknown)
    mistakes = _mistakes(table, evaluation, shown)
    if mistakes:
        raise InputError(mistakes)
    table = table.reindex(columns=list(COLUMNS), fill_value="")
    for name in ("value", "numerator", "denominator"):
        table[name] = pd.to_numeric(table[name])
    return table


def _mistakes(table: pd.DataFrame, evaluation: Evaluation, shown: str) -> list[Mistake]:
    present = set(table["indicator"].unique())
    mistakes = [
        Mistake(shown, f"holds no row of the indicator `{name}`", nearest(name, present, "Add its rows."))
        for name in evaluation.assessment.needed
        if name not in present and not roll_up.is_possible(evaluation.indicators[name], present)
    ]
    mistakes += dataset.unknown_units(table, evaluation.units.index, shown)
    mistakes += dataset.duplicates(table, shown)
    mistakes += dataset.cell_mistakes(table, shown)
    if not mistakes:
        mistakes += _mixed_frequencies(table, shown)
    return mistakes


def _mixed_frequencies(table: pd.DataFrame, shown: str) -> list[Mistake]:
    pairs = table[["indicator", "period"]].drop_duplicates()
    kinds = pairs.assign(frequency=pairs["period"].map(periods.frequency)).groupby("indicator")["frequency"].unique()
    return [
        Mistake(shown, f"the indicator `{name}` mixes {' and '.join(found)}", "Keep one frequency per indicator.")
        for name, found in kinds.items()
        if len(found) > 1
    ]


def _as_of(table: pd.DataFrame, evaluation: Evaluation) -> pd.DataFrame:
    """Rows whose period has ended, and which were released, by the as-of date."""
    date = evaluation.assessment.as_of
    if date is None:
        return table
    ended = {text: periods.last_day(text) <= date for text in table["period"].unique()}
    released = {text: not text or periods.last_day(text) <= date for text in table["released"].unique()}
    known = table["period"].map(ended).astype(bool) & table["released"].map(released).astype(bool)
    return table[known].reset_index(drop=True)


def units_as_of(evaluation: Evaluation) -> pd.DataFrame:
    """Units as known on the as-of date: a later adoption has not happened yet."""
    units, date = evaluation.units, evaluation.assessment.as_of
    if date is None:
        return units
    later = units["adoption"].map(lambda text: bool(text) and periods.first_day(text) > date)
    columns = ["adoption", "adoption_precision", "adoption_alternatives"]
    return units.assign(**{name: units[name].mask(later, "") for name in columns})


def _before_data(evaluation: Evaluation) -> Mistake:
    file = f"params/assessments/{evaluation.assessment.name}.yml"
    return Mistake(
        f"{file}, as_of",
        f"nothing of dataset `{evaluation.assessment.dataset}` was observed and released by "
        f"{evaluation.assessment.as_of}",
        "Write a later date, or leave as_of out to use all data.",
    )
