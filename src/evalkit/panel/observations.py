"""The panel: one row per unit x period x indicator, cut at the assessment's as-of date."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

import pandas as pd

from evalkit import periods
from evalkit.errors import InputError, Mistake, nearest
from evalkit.files import hashes
from evalkit.files.run_cache import Made
from evalkit.panel import disclosure, membership, roll_up
from evalkit.panel.totals import KEY
from evalkit.project import dataset
from evalkit.project.evaluation import Evaluation

COLUMNS = ("unit", "period", "indicator", "value", "numerator", "denominator", "status", "released", "source", "note")
NEEDED = ("unit", "period", "indicator", "value")
ABSENT = ("unit", "period", "indicator", "status", "released", "note")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Panel:
    """The data known on the as-of date.

    Attributes:
        rows: panel rows (columns as in `COLUMNS`) of the assessment's indicators, or of all if requested, with values
            computed from members' counts (and those counts); empty if the dataset has no panel. Under disclosure
            control, rows of hidden figures have no value.
        units: units.csv, with adoptions after the as-of date blanked.
        published: published figures up to the as-of date.
        exists: whether the dataset has a panel.
        common: SHA-256 of `units`, memberships and sources.
        digests: SHA-256 of the data of each unit.
        absent: rows of the file without a value, with their status and note.
        parts: in a panel of every indicator, the rows that only serve to compute others.
        hidden: unit, indicator and period of every figure hidden by disclosure control.
        whole: for one region's panel, that of all units, which data checks compare with; else None.

    Examples:
        >>> panel
        Panel(2517 rows, 48 units, 7288de78f306)
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
        """SHA-256 of the whole panel; pages print it to identify their data.

        Examples:
            >>> panel.fingerprint[:12]
            '7288de78f306'
        """
        return self.fingerprint_of(self.digests)

    def fingerprint_of(self, units: Iterable[str]) -> str:
        """The fingerprint of a panel of these units only.

        Examples:
            >>> panel.fingerprint_of(panel.digests) == panel.fingerprint
            True
        """
        return hashes.sha256(self.common, *(f"{unit} {self.digests[unit]}" for unit in sorted(units)))

    def __repr__(self) -> str:
        return f"Panel({len(self.rows)} rows, {self.rows['unit'].nunique()} units, {self.fingerprint[:12]})"

    def _repr_html_(self) -> str:
        """By indicator: number of values, first and last period, statuses; then the first rows."""
        by_indicator = self.rows.groupby("indicator", sort=False).agg(
            rows=("value", "size"),
            units=("unit", "nunique"),
            first=("period", "min"),
            last=("period", "max"),
            status=("status", lambda status: ", ".join(sorted(set(status)))),
        )
        return f"<p>{self!r}</p>{by_indicator.to_html()}{self.rows.head().to_html(index=False, na_rep='')}"

    def wide(self, indicator: str) -> pd.DataFrame:
        """Values of one indicator: units in rows, every period of its span in columns, NaN where missing.

        Examples:
            >>> panel.wide("county_visit_rate").iloc[:2, :3]
            period       2016Q1  2016Q2  2016Q3
            unit
            demo-city-a   91.00   92.07   91.81
            demo-city-b   85.47   86.33   86.43
        """
        return self.once(("wide", indicator), lambda: self._wide(indicator)).copy(deep=False)

    def _wide(self, indicator: str) -> pd.DataFrame:
        rows = self.rows[self.rows["indicator"] == indicator]
        table = rows.pivot(index="unit", columns="period", values="value")
        return table.reindex(columns=periods.span(rows["period"]))

    def once(self, key: tuple[str, str], make: Callable[[], Made]) -> Made:
        """The first result of `make` under this key, for as long as the panel is in use.

        Examples:
            >>> panel.once(("periods", "county_visit_rate"), lambda: panel.wide("county_visit_rate").shape[1])
            27
        """
        results = _KEPT.setdefault(self, {})
        if key not in results:
            results[key] = make()
        result: Made = results[key]
        return result


_KEPT: "WeakKeyDictionary[Panel, dict[tuple[str, str], Any]]" = WeakKeyDictionary()


def read(evaluation: Evaluation, every: bool = False) -> Panel:
    """Read a dataset's panel as of the assessment's date.

    Args:
        evaluation: the assessment, of one region or as a whole. For a region, only data of the units that its report
            can use (`near`) are returned; the table `units` stays complete.
        every: read all indicators in indicators.yml, not only the assessment's; data checks find more in more
            indicators. Indicators that only serve to compute others are returned as `parts`.

    Raises:
        InputError: with all mistakes in the panel and the units.

    Examples:
        >>> ek.panel.read(ek.load("demo-final-2022")).units.shape[0]  # of all regions
        93
    """
    full_panel = evaluation.once(f"panel, every: {every}", lambda: _read(evaluation, every))
    return part(full_panel, evaluation) if evaluation.region else full_panel


def part(full_panel: Panel, evaluation: Evaluation) -> Panel:
    """The part of the panel of all units that one region's report can use.

    Examples:
        >>> ek.panel.part(panel.whole, report.evaluation)
        Panel(2517 rows, 48 units, 7288de78f306)
    """
    units = near(evaluation)
    named = ("rows", "published", "absent", "parts", "hidden")
    chosen: dict[str, Any] = {name: _of_units(getattr(full_panel, name), units) for name in named}
    digests = {unit: digest for unit, digest in full_panel.digests.items() if unit in units}
    return replace(full_panel, **chosen, digests=digests, whole=full_panel)


def without(panel: Panel, hidden: pd.DataFrame) -> Panel:
    """A panel without the figures that another one hides, since an earlier panel would disclose them."""
    keys = pd.MultiIndex.from_frame(hidden[KEY])
    kept: dict[str, Any] = {
        name: table[~pd.MultiIndex.from_frame(table[KEY]).isin(keys)]
        for name, table in (("rows", panel.rows), ("published", panel.published))
    }
    return replace(panel, **kept) if len(keys) else panel


def near(evaluation: Evaluation) -> Set[str]:
    """The units whose figures a region's report can use.

    These are units eligible for comparison (same values in the columns of `same`, and not adopted before the earliest
    start that the report considers), units related to them by membership, and benchmarks.
    """
    alike = evaluation.once("units alike", lambda: _alike(evaluation))[evaluation.region]
    begun = evaluation.once("first days", lambda: _first_days(evaluation))
    own, dates = evaluation.units.loc[evaluation.region], [policy.date for policy in evaluation.details.policies]
    if evaluation.region in begun:
        dates += [str(own["adoption"]), *str(own["adoption_alternatives"]).split(";")]
    first = min((periods.first_day(text.strip()) for text in dates if text and text.strip()), default=dt.date.min)
    compared = {unit for unit in alike if begun.get(unit, dt.date.max) > first} | {evaluation.region}
    ties = membership.structure(evaluation)
    neighbours = {other for unit in compared for other in ties.related(unit)} if ties.below else set()
    benchmarks = {goal.relative_to for goal in evaluation.targets if goal.relative_to}
    # A parent or benchmark need not be a unit.
    return (compared | neighbours | benchmarks) & set(evaluation.units.index)


def _first_days(evaluation: Evaluation) -> dict[str, dt.date]:
    """First day of adoption, by unit that has adopted."""
    adoption = units_as_of(evaluation)["adoption"]
    return {str(unit): periods.first_day(text) for unit, text in adoption.items() if text}


def _alike(evaluation: Evaluation) -> dict[str, frozenset[str]]:
    """By unit, all units with the same values in the columns of `design.comparison.same`."""
    units, columns = evaluation.units, list(evaluation.assessment.design.comparison.same)
    groups = [group for _, group in units.groupby(columns, dropna=False)] if columns else [units]
    return {unit: alike for group in groups for alike in [frozenset(group.index)] for unit in alike}


def _of_units(table: pd.DataFrame, units: Set[str]) -> pd.DataFrame:
    return table[table["unit"].isin(units)].reset_index(drop=True)


def _read(evaluation: Evaluation, every: bool) -> Panel:
    wanted = evaluation.indicators if every else evaluation.assessment.needed
    # A small count could be derived from any total in the panel, so disclosure control needs all indicators.
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
    digests = hashes.of_units(units.index, rows, shown.published, absent, parts, shown.hidden)
    return Panel(rows, units, shown.published, exists, common, digests, absent, parts, shown.hidden)


def stored(evaluation: Evaluation) -> pd.DataFrame | None:
    """The dataset's panel file, unchecked; every CSV cell is text. None if there is no file.

    Raises:
        InputError: if the file cannot be read or lacks a column.
    """
    path = evaluation.panel_file
    if path is None:
        return None
    shown = evaluation.show(path)
    table = dataset.read_parquet(path, shown) if path.suffix == ".parquet" else dataset.read_text(path, shown)
    dataset.require(table, NEEDED, shown)
    return table


def _read_rows(evaluation: Evaluation, wanted: Iterable[str]) -> pd.DataFrame | None:
    """The rows of the wanted indicators, checked; None if the dataset has no panel."""
    table = evaluation.once("rows of the panel", lambda: _checked(evaluation))
    if table is None:
        return None
    table = table[table["indicator"].isin(list(wanted))]
    # Sorted, so that the order of rows in the file does not change the last bit of a sum.
    return table.sort_values(["indicator", "unit", "period"], ignore_index=True)


def _checked(evaluation: Evaluation) -> pd.DataFrame | None:
    """Every row of the panel file, checked; None if the dataset has no panel."""
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
        Mistake(shown, f"has no row of the indicator `{name}`", nearest(name, present, "Add its rows."))
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
        Mistake(shown, f"the indicator `{name}` mixes {' and '.join(frequencies)}", "Keep one frequency per indicator.")
        for name, frequencies in kinds.items()
        if len(frequencies) > 1
    ]


def _as_of(table: pd.DataFrame, evaluation: Evaluation) -> pd.DataFrame:
    """Rows whose period had ended, and which had been released, by the as-of date."""
    date = evaluation.assessment.as_of
    if date is None:
        return table
    ended = {text: periods.last_day(text) <= date for text in table["period"].unique()}
    released = {text: not text or periods.last_day(text) <= date for text in table["released"].unique()}
    is_public = table["period"].map(ended).astype(bool) & table["released"].map(released).astype(bool)
    return table[is_public].reset_index(drop=True)


def units_as_of(evaluation: Evaluation) -> pd.DataFrame:
    """Units as known on the as-of date: later adoptions are blanked."""
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
