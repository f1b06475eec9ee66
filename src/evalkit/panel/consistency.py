"""Consistency checks of a panel that need only each unit's own rows. They check data, not people.

`analysis.data_checks` holds the checks that compare units (bunching at targets, breaks shared by a stratum, copied
years). No finding changes a value: each states its consequence for the evaluation.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import pandas as pd

from evalkit.panel import breaks, coverage, ingest_logs, outliers, roll_up, totals
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation

Kind = Literal[
    "above_whole", "negative", "ratio", "total", "outlier", "revised", "provisional", "never", "gap", "hidden"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Consequence = Literal[
    "impossible",
    "one_of_three_is_wrong",
    "total_as_reported",
    "moves_the_mean",
    "later_one_used",
    "may_be_revised",
    "no_estimate",
    "rests_on_the_others",
    "small_ones_gone",
]
MOST_DECIMALS = 3  # more are an unrounded computation
PRELIMINARY = ("provisional", "preliminary", "初步", "预计", "快报")


@dataclass(frozen=True, slots=True)
class Finding:
    """One error or provisional value in a unit's figures.

    Attributes:
        indicators, periods: the figures concerned.
        consequence: what it means for the evaluation.
        facts: the numbers that show it, by name.
    """

    kind: Kind
    unit: str
    indicators: tuple[str, ...]
    periods: tuple[str, ...]
    consequence: Consequence
    facts: Mapping[str, float | str] = field(default_factory=dict)


def findings(panel: Panel, evaluation: Evaluation) -> tuple[Finding, ...]:
    """All findings about the panel's units, primary indicators first, then by kind, unit and period.

    Args:
        panel: with every indicator (`panel.read(evaluation, every=True)`) the checks find most. For one region's
            panel, the checks still run on all units; only that panel's units are returned.

    Raises:
        InputError: if a table written by `evalkit ingest` cannot be read.
    """
    if not panel.exists:
        return ()
    full_panel = panel.whole or panel
    found_in_all = evaluation.once(f"quality of {full_panel.fingerprint}", lambda: _findings(full_panel, evaluation))
    own = tuple(finding for finding in found_in_all if finding.unit in panel.digests)
    return found_in_all if full_panel is panel else own


def _findings(panel: Panel, evaluation: Evaluation) -> tuple[Finding, ...]:
    unsorted = [
        *_counts(panel, evaluation),
        *_totals(panel, evaluation),
        *_outliers(panel, evaluation),
        *_revised(panel, evaluation),
        *_provisional(panel),
        *_gaps(panel, evaluation),
    ]
    primary = set(evaluation.assessment.indicators.primary)
    place = {str(unit): k for k, unit in enumerate(panel.units.index)}

    def order(finding: Finding) -> tuple[object, ...]:
        first = primary.isdisjoint(finding.indicators)
        return first, KINDS.index(finding.kind), place.get(finding.unit, -1), finding.indicators, finding.periods

    return tuple(sorted(unsorted, key=order))


def _tuples(rows: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples."""
    yield from rows.itertuples()


def _finding(kind: Kind, row: Any, consequence: Consequence, **facts: float | str) -> Finding:
    """A finding about one row of the panel."""
    return Finding(kind, str(row.unit), (str(row.indicator),), (str(row.period),), consequence, facts)


def _counts(panel: Panel, evaluation: Evaluation) -> Iterator[Finding]:
    """Contradictions between numerator, denominator and value of a row."""
    rows = panel.rows.dropna(subset="value")
    unit = rows["indicator"].map({name: indicator.unit for name, indicator in evaluation.indicators.items()})
    above, below, value = (pd.to_numeric(rows[name]) for name in ("numerator", "denominator", "value"))
    for row in _tuples(rows[unit.isin(totals.OF_A_WHOLE) & (above > below)]):
        facts = {"numerator": float(row.numerator), "denominator": float(row.denominator)}
        yield _finding("above_whole", row, "impossible", **facts)
    for row in _tuples(rows[(unit == "count") & (value < 0)]):
        yield _finding("negative", row, "impossible", value=float(row.value))
    factor = unit.map(totals.FACTORS).astype(float)
    computed = factor * above / below.where(below > 0)
    for row in _tuples(rows.assign(computed=computed)[(computed - value).abs() > _half_digit(rows)]):
        facts = {"value": float(row.value), "computed": float(row.computed)}
        yield _finding("ratio", row, "one_of_three_is_wrong", **facts)


def _half_digit(rows: pd.DataFrame) -> "pd.Series[float]":
    """Half a unit of the last decimal in which an indicator is reported; computed values are not rounded."""
    decimals = rows["value"].map(lambda value: len(f"{value:.6f}".rstrip("0").partition(".")[2])).astype(float)
    written = decimals.where(decimals <= MOST_DECIMALS).groupby(rows["indicator"]).transform("max")
    return 0.5000001 * 10.0 ** -written.fillna(decimals)


def _totals(panel: Panel, evaluation: Evaluation) -> Iterator[Finding]:
    """Unit totals that differ from the sum of their institutions, if all of these reported."""
    rule = evaluation.assessment.disclosure
    if rule and rule.round_to > 1:  # rounded parts no longer add up to their total
        return
    every = pd.concat([panel.rows, panel.parts], ignore_index=True)
    for name in sorted(panel.rows["indicator"].unique()):
        if evaluation.indicators[name].from_members is None:
            continue
        own = panel.rows[panel.rows["indicator"] == name].dropna(subset="value")
        made = roll_up.from_parts(every, evaluation, evaluation.indicators[name])
        both = own.merge(made, on=coverage.KEY, suffixes=("", "_parts"))
        for row in _tuples(both[(both["value"] - both["value_parts"]).abs() > _half_digit(both)]):
            facts = {"value": float(row.value), "parts": float(row.value_parts)}
            yield _finding("total", row, "total_as_reported", **facts)


def _outliers(panel: Panel, evaluation: Evaluation) -> Iterator[Finding]:
    """Values far from their neighbours; masked periods are known to be unusual and are skipped."""
    masked = {text for masked_periods in evaluation.assessment.design.mask.values() for text in masked_periods}
    wides = {name: panel.wide(name) for name in sorted(panel.rows["indicator"].unique())}
    tests = sum(wide.shape[1] for wide in wides.values())
    for name, wide in wides.items():
        names, indicator = [str(text) for text in wide.columns], evaluation.indicators[name]
        flags = breaks.breaks_in(indicator, panel.units.loc[wide.index], names)
        flags = flags.reindex(columns=names, fill_value=False).astype(bool)
        unmasked = wide.assign(**dict.fromkeys(masked & set(names), math.nan))
        for outlier in outliers.find(unmasked, indicator, flags, tests):
            facts = {"value": outlier.value, "expected": outlier.expected, "score": outlier.score}
            yield _finding("outlier", outlier, "moves_the_mean", **facts)


def _revised(panel: Panel, evaluation: Evaluation) -> Iterator[Finding]:
    """Values that a later report replaced; without the numbers under disclosure control."""
    table = ingest_logs.read(evaluation, "revisions")
    table = table[table["unit"].isin(panel.units.index) & table["indicator"].isin(set(panel.rows["indicator"]))]
    for row in _tuples(table):
        shown = evaluation.assessment.disclosure is None
        facts = {"before": str(row.before), "after": str(row.after)} if shown else {}
        yield _finding("revised", row, "later_one_used", part=str(row.part), **facts)


def _provisional(panel: Panel) -> Iterator[Finding]:
    """Values that are provisional by status or note."""
    rows = panel.rows
    said = rows["note"].astype(str).str.lower().str.startswith(PRELIMINARY)
    for (unit, period), provisional in rows[(rows["status"] == "provisional") | said].groupby(["unit", "period"]):
        yield Finding("provisional", str(unit), tuple(provisional["indicator"]), (str(period),), "may_be_revised")


def _gaps(panel: Panel, evaluation: Evaluation) -> Iterator[Finding]:
    """Missing values of the evaluated regions in the assessment's indicators."""
    due = coverage.grid(panel)
    due = due[due["unit"].isin(evaluation.regions) & due["indicator"].isin(evaluation.assessment.chosen)]
    seen = due.astype({"unit": str}).groupby(["unit", "indicator"])["observed"].any()
    silent = set(seen.index[~seen])
    gaps = coverage.gaps(panel, evaluation, due)
    for (unit, indicator, reason), missing in gaps.groupby(["unit", "indicator", "reason"]):
        finding_kind: tuple[Kind, Consequence] = ("gap", "rests_on_the_others")
        if (unit, indicator) in silent:
            finding_kind = ("never", "no_estimate")
        elif reason == "hidden":
            finding_kind = ("hidden", "small_ones_gone")
        when = tuple(sorted(missing["period"]))
        yield Finding(finding_kind[0], str(unit), (str(indicator),), when, finding_kind[1], {"reason": str(reason)})
