"""Disclosure control: hides small counts, so that no person can be identified.

Applied when the panel is read, so that one rule covers all output. A count from 1 to below the threshold is hidden as
a value, a numerator, the rest of a denominator, or the denominator of any figure; so is every other count from which
it could be derived (`secondary_suppression`). 0 and the threshold itself are shown. A rate without counts is assumed
to refer to the unit's population.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from evalkit.errors import InputError, Mistake, nearest
from evalkit.panel import secondary_suppression, totals
from evalkit.panel.totals import KEY, PARTS, Cell
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Disclosure

NOTE = "suppressed"  # in the column `note`; the same for every reason, since the reason would disclose the size
ABOUT = 0.06  # within this distance, a value printed with one decimal agrees with its counts
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Disclosed:
    """Panel and published figures after disclosure control.

    Attributes:
        rows: the panel; hidden values and numerators are missing, with the note `suppressed`.
        published: published figures, without the hidden ones.
        hidden: unit, indicator and period of every hidden figure; the column `published` names its table.
    """

    rows: pd.DataFrame
    published: pd.DataFrame
    hidden: pd.DataFrame


def nothing() -> pd.DataFrame:
    """An empty table of hidden figures."""
    return pd.DataFrame({**{name: pd.Series(dtype=str) for name in KEY}, "published": pd.Series(dtype=bool)})


def apply(rows: pd.DataFrame, published: pd.DataFrame, evaluation: Evaluation) -> Disclosed:
    """Apply the assessment's disclosure rule to panel and published figures.

    Args:
        rows: all indicators of the panel as of the date, with values computed from members' counts. Totals that are
            missing here are not protected against.

    Raises:
        InputError: where the rule names an indicator that does not exist, or a sum of what is no count.
    """
    rule = evaluation.assessment.disclosure
    if rule is None:
        return Disclosed(rows, published, nothing())
    _check(rule, evaluation)
    both = pd.concat([rows, _alone(published, rows)], ignore_index=True)
    counts = totals.counted(both, evaluation.indicators, evaluation.units["population"])
    gone = _gone(counts, small(counts, rule), evaluation)
    keys = {_key(cell) for cell in gone if cell.part != "denominator"}
    hidden = _among(rows, keys)
    without = hidden & _among(rows, {_key(cell) for cell in gone if cell.part == "denominator"})
    shown = rows.assign(note=rows["note"].mask(hidden, NOTE), denominator=rows["denominator"].mask(without))
    shown[["value", "numerator"]] = shown[["value", "numerator"]].mask(hidden)
    left = _among(published, keys) | _small_figure(published, rule, evaluation)
    cells = [rows.loc[hidden, KEY].assign(published=False), published.loc[left, KEY].assign(published=True)]
    return Disclosed(_rounded(shown, rule, evaluation), _rounded(published[~left], rule, evaluation), pd.concat(cells))


def small(counts: pd.DataFrame, rule: Disclosure) -> pd.DataFrame:
    """Which counts are sensitive: those from 1 to below the threshold, unless exempt."""
    exempt = counts["indicator"].isin(rule.exempt)
    sensitive = {name: (counts[name] > 0) & (counts[name] < rule.threshold) & ~exempt for name in PARTS}
    return counts[KEY].assign(**sensitive)


def _check(rule: Disclosure, evaluation: Evaluation) -> None:
    where = f"params/assessments/{evaluation.assessment.name}.yml, disclosure"
    summed = [name for declared in rule.sums for name in (declared.total, *declared.parts)]
    indicators = evaluation.indicators
    mistakes = [
        Mistake(f"{where}.{key}", f"{name!r} is not in params/indicators.yml", nearest(name, indicators))
        for key, names in (("exempt", rule.exempt), ("sums", summed))
        for name in names
        if name not in indicators
    ]
    mistakes += [
        Mistake(f"{where}.sums", f"{name!r} has the unit {indicators[name].unit}: only counts add up", "Name counts.")
        for name in summed
        if name in indicators and indicators[name].unit != "count"
    ]
    if mistakes:
        raise InputError(mistakes)


def _alone(published: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Published figures that are not in the panel: they too are totals or parts of sums."""
    own = published[published["value"].notna()]
    if own.empty:
        return own[[*KEY, "value"]]
    in_panel = pd.MultiIndex.from_frame(own[KEY]).isin(pd.MultiIndex.from_frame(rows[KEY]))
    return own.loc[~in_panel, [*KEY, "value"]].assign(numerator=np.nan, denominator=np.nan)


def _gone(counts: pd.DataFrame, tiny: pd.DataFrame, evaluation: Evaluation) -> set[Cell]:
    """Every hidden count: small ones, and those from which one could be derived."""
    rule = evaluation.assessment.disclosure
    assert rule is not None
    sensitive = totals.amounts(counts.assign(**{name: counts[name].where(tiny[name]) for name in PARTS}))
    if not sensitive:
        return set()
    # Sums hold within a period and a family of indicators: without a hidden count in it, nothing can be derived.
    names = totals.related({cell.indicator for cell in sensitive}, evaluation)
    near = counts["period"].isin({cell.period for cell in sensitive}) & counts["indicator"].isin(names)
    amounts = totals.amounts(counts[near])
    # A total that differs from its parts by less than the threshold would almost disclose a part.
    sums = totals.sums(amounts, evaluation, slack=rule.threshold)
    return secondary_suppression.hidden(sums, amounts, sensitive, rule.threshold)


def _key(cell: Cell) -> Key:
    return cell.unit, cell.indicator, cell.period


def _among(table: pd.DataFrame, keys: set[Key]) -> "pd.Series[bool]":
    """Which rows of a table have one of these keys."""
    matches = pd.MultiIndex.from_frame(table[KEY]).isin(list(keys)) if keys and len(table) else False
    return pd.Series(matches, index=table.index, dtype=bool)


def _small_figure(published: pd.DataFrame, rule: Disclosure, evaluation: Evaluation) -> "pd.Series[bool]":
    """Published counts that are small, regardless of the panel's value for the same period."""
    table = published.assign(numerator=np.nan, denominator=np.nan)
    counts = small(totals.counted(table, evaluation.indicators, evaluation.units["population"]), rule)
    return counts["value"] | counts["numerator"]


def _rounded(table: pd.DataFrame, rule: Disclosure, evaluation: Evaluation) -> pd.DataFrame:
    """Counts rounded to multiples of `round_to`, and shares recomputed from them."""
    if rule.round_to == 1:
        return table
    unit = table["indicator"].map({name: indicator.unit for name, indicator in evaluation.indicators.items()})
    ours = ~table["indicator"].isin(rule.exempt)
    shown = table.copy()
    shown["value"] = _multiple(table["value"], rule).where((unit == "count") & ours, table["value"])
    if "denominator" not in table:
        return shown
    factor = unit.map(totals.FACTORS).astype(float)
    shown["denominator"] = _multiple(table["denominator"], rule).where(ours, table["denominator"])
    shown["numerator"] = _multiple(table["numerator"], rule).where(ours & factor.notna(), table["numerator"])
    before, after = (factor * figures["numerator"] / figures["denominator"] for figures in (table, shown))
    # A value that contradicts its counts is kept: the consistency checks report it.
    shown["value"] = shown["value"].mask((before - table["value"]).abs() < ABOUT, after)
    return shown


def _multiple(counts: "pd.Series[float]", rule: Disclosure) -> "pd.Series[float]":
    """The nearest multiple of `round_to`; halves round up."""
    return (counts + rule.round_to / 2) // rule.round_to * rule.round_to
