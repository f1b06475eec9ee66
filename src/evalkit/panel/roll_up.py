"""Roll-up: values of a unit from the counts that its members report (members to consortium to city).

A value is computed only for periods in which every institution that belonged to the unit throughout reported;
institutions that joined or left during the period do not enter. Values in the panel itself are never replaced.
"""

from collections.abc import Container, Iterable

import pandas as pd

from evalkit import periods
from evalkit.panel import membership
from evalkit.project.dataset import STATUSES
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import FromMembers, Indicator

KEY = ["unit", "period"]


def parts(indicator: Indicator) -> tuple[str, ...]:
    """The members' indicators from which a value is computed; none without a rule `from_members`."""
    rule = indicator.from_members
    if rule is None:
        return ()
    return (rule.numerator, rule.denominator) if rule.denominator else (rule.numerator,)


def is_possible(indicator: Indicator, present: Container[str]) -> bool:
    """Whether the indicator can be computed from the indicators that a panel has."""
    needed = parts(indicator)
    return bool(needed) and all(name in present for name in needed)


def only_parts(evaluation: Evaluation) -> set[str]:
    """Indicators that only serve to compute others: the assessment names none of them."""
    every = {name for indicator in evaluation.indicators.values() for name in parts(indicator)}
    return every - set(evaluation.assessment.needed)


def with_parts(wanted: Iterable[str], evaluation: Evaluation) -> list[str]:
    """The wanted indicators and the members' indicators that they are computed from."""
    names = list(wanted)
    indicators = (evaluation.indicators[name] for name in names if name in evaluation.indicators)
    return list(dict.fromkeys([*names, *(part for indicator in indicators for part in parts(indicator))]))


def add(rows: pd.DataFrame, evaluation: Evaluation, wanted: Iterable[str]) -> pd.DataFrame:
    """The rows, plus rows computed from members' counts.

    Args:
        rows: panel rows as of the date, including members' rows.
        evaluation: provides the memberships.
        wanted: the indicators to compute; those without a rule `from_members` are skipped.
    """
    present = set(rows["indicator"])
    indicators = [evaluation.indicators[name] for name in wanted if name in evaluation.indicators]
    possible = [indicator for indicator in indicators if is_possible(indicator, present)]
    if not possible:
        return rows
    belonging = _belonging(evaluation, rows["unit"].unique())
    made = [_values(rows, indicator, belonging) for indicator in possible]
    table = pd.concat([rows, *(piece for piece in made if not piece.empty)], ignore_index=True)
    return table.sort_values(["indicator", *KEY], ignore_index=True)


def institutions(rows: pd.DataFrame, evaluation: Evaluation, unit: str, rule: FromMembers, period: str) -> pd.DataFrame:
    """The components of a unit's value in a period, one row per institution.

    Returns:
        A table with columns member, counted (whether its kind enters the numerator), numerator, denominator (NaN
        if not reported, or if the rule has no denominator).
    """
    belonging = _belonging(evaluation, [unit])
    members = _throughout(belonging[belonging["unit"] == unit], [period], rule)
    for name in ("numerator", "denominator"):
        members[name] = _cells(members, rows, getattr(rule, name))["value"].to_numpy()
    return members[["member", "counted", "numerator", "denominator"]]


def composed(evaluation: Evaluation, rule: FromMembers, units: Iterable[str], names: Iterable[str]) -> pd.DataFrame:
    """Institutions that belong to the units, or to units that contain them, throughout each of these periods.

    Returns:
        A table with columns unit, period, member, counted (whether its kind enters the numerator).
    """
    return _throughout(_belonging(evaluation, units), names, rule)


def _belonging(evaluation: Evaluation, needed: Iterable[str]) -> pd.DataFrame:
    """First and last day (as ordinals) of institutions in the needed units and all units that contain them."""
    structure = membership.structure(evaluation)
    units = structure.containing(needed) & set(evaluation.units.index)
    rows_found = []
    for unit in sorted(name for name in units if not structure.is_institution(name)):
        spans: dict[str, list[membership.Span]] = {}
        for tie, span in structure.institutions(unit):
            spans.setdefault(tie.unit, []).append(span)
        for member, ways in spans.items():
            days = membership.merged(ways)
            rows_found += [(unit, member, first.toordinal(), last.toordinal()) for first, last in days]
    table = pd.DataFrame(rows_found, columns=["unit", "member", "first", "last"])
    return table.assign(kind=table["member"].map(evaluation.units["kind"]))


def _throughout(belonging: pd.DataFrame, names: Iterable[str], rule: FromMembers) -> pd.DataFrame:
    """Institutions that belonged to each unit from the first to the last day of each period."""
    days = [(name, periods.first_day(name).toordinal(), periods.last_day(name).toordinal()) for name in names]
    cells = belonging.merge(pd.DataFrame(days, columns=["period", "start", "end"]), how="cross")
    cells = cells[(cells["first"] <= cells["start"]) & (cells["end"] <= cells["last"])]
    counted = cells["kind"].isin(rule.kinds) | (not rule.kinds)
    return cells.assign(counted=counted)[[*KEY, "member", "counted"]].reset_index(drop=True)


def _cells(members: pd.DataFrame, rows: pd.DataFrame, indicator: str | None) -> pd.DataFrame:
    """Each member's reported value of one indicator, with the rank of its status; NaN if not reported."""
    own = rows.loc[rows["indicator"] == indicator, [*KEY, "value", "status", "released"]]
    ranks = {status: STATUSES.index(status or "reported") for status in own["status"].unique()}
    days = {text: periods.last_day(text).isoformat() if text else "" for text in own["released"].unique()}
    own = own.assign(status=own["status"].map(ranks), released=own["released"].map(days))
    return members.merge(own.rename(columns={"unit": "member"}), "left", ["member", "period"])


def from_parts(rows: pd.DataFrame, evaluation: Evaluation, indicator: Indicator) -> pd.DataFrame:
    """Rows of an indicator computed from members' counts, even if the panel has its own rows."""
    if indicator.from_members is None or not is_possible(indicator, set(rows["indicator"])):
        return rows.iloc[:0]
    belonging = _belonging(evaluation, rows["unit"].unique())
    return _as_rows(_sums(rows, indicator, indicator.from_members, belonging), indicator)


def _values(rows: pd.DataFrame, indicator: Indicator, belonging: pd.DataFrame) -> pd.DataFrame:
    """The rows of one indicator computed from members' counts, where the panel has no row of its own."""
    rule = indicator.from_members
    assert rule is not None
    own = rows[rows["indicator"] == indicator.id]
    table = _sums(rows, indicator, rule, belonging)
    return _as_rows(table[~table.index.isin(pd.MultiIndex.from_frame(own[KEY]))], indicator)


def _sums(rows: pd.DataFrame, indicator: Indicator, rule: FromMembers, belonging: pd.DataFrame) -> pd.DataFrame:
    """Numerator and denominator by unit and period, with the worst status and the latest release of the inputs."""
    # If the panel has the indicator, compute only its frequency.
    kept = set(rows.loc[rows["indicator"] == indicator.id, "period"].map(periods.frequency))
    names = sorted(rows.loc[rows["indicator"] == rule.numerator, "period"].unique())
    members = _throughout(belonging, [name for name in names if not kept or periods.frequency(name) in kept], rule)
    cells = _cells(members[members["counted"]], rows, rule.numerator).assign(part="numerator")
    if rule.denominator:
        cells = pd.concat([cells, _cells(members, rows, rule.denominator).assign(part="denominator")])
    cells = cells[cells["value"].notna().groupby([cells[name] for name in KEY]).transform("all")]
    table = cells.groupby(KEY)[["status", "released"]].max()
    sums = cells.pivot_table(values="value", index=KEY, columns="part", aggfunc="sum")
    table = table.join(sums.reindex(columns=["numerator", "denominator"])).dropna(subset="numerator")
    return table[table["denominator"] > 0] if rule.denominator else table


def _as_rows(table: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Sums as panel rows. The status is at best `derived`, since no source prints the sum itself."""
    value = table["numerator"]
    if indicator.unit != "count":
        value = value / table["denominator"] * (100 if indicator.unit == "percent" else 1)
    status = table["status"].clip(lower=STATUSES.index("derived")).map(lambda rank: STATUSES[int(rank)])
    filled = table.assign(indicator=indicator.id, value=value, status=status, source="", note="")
    if indicator.unit == "count":
        filled["numerator"] = float("nan")
    return filled.reset_index()
