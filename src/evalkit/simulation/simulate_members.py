"""Splits simulated units into member institutions whose counts add up to theirs exactly.

Institutions have fixed sizes; each period, a unit's count is divided at random among its members in proportion to
size. The panel then holds institutions only, and the units' values are computed from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evalkit.simulation.processes import Array, Calendar, Mask, Reported, Roster, stream
from evalkit.simulation.specification import Count, Indicator, Members, Specification


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Simulated units with their institutions.

    Attributes:
        units: rows of units.csv: containers, simulated units, institutions.
        members: rows of members.csv.
        institutions: codes of the institutions, in the order of the rows of `reported`.
        reported: their reported values, by member indicator.
        truth: institutions that joined later, are shared, or did not report.
    """

    units: pd.DataFrame
    members: pd.DataFrame
    institutions: list[str]
    reported: dict[str, Reported]
    truth: dict[str, Any]


def split(
    specification: Specification, units: pd.DataFrame, roster: Roster, reported_units: Mapping[str, Reported], seed: int
) -> Split:
    """Split the simulated units into institutions.

    Args:
        specification: with `members`.
        units: the simulated units' rows of units.csv.
        roster: the same units as arrays.
        reported_units: their simulated values, by indicator.
    """
    rules = specification.members
    assert rules is not None
    ties = _ties(rules, units, seed)
    reported = {
        name: _reported(name, count, rules, ties, roster, reported_units[count.of], seed)
        for name, count in rules.counts.items()
    }
    placed, containers = _placed(rules, units)
    institutions = ties.drop_duplicates("unit")
    columns = ["unit", "name_zh", "name_en", "kind", "province"]
    table = pd.concat([containers, placed, institutions[columns]]).reindex(columns=units.columns)
    text = [name for name in table.columns if name != "population"]
    table[text] = table[text].astype(object).fillna("")
    return Split(
        table.astype({"population": "Int64"}),
        ties[["unit", "of", "role", "from"]].assign(to="", source="", phrase=""),
        list(institutions["unit"]),
        reported,
        _truth(rules, ties, list(institutions["unit"]), reported),
    )


def with_numerators(
    specification: Specification, reported: Mapping[str, Reported]
) -> tuple[Specification, dict[str, Reported]]:
    """Add numerators as indicators of their own; their effect is derived from that on the share."""
    assert specification.members is not None
    indicators, more = dict(specification.indicators), dict(reported)
    for count in specification.members.counts.values():
        if count.numerator is not None:
            drawn = reported[count.of].drawn
            effect = np.log(drawn.value) - np.log(drawn.value - drawn.effect)
            more[count.numerator] = replace(reported[count.of], drawn=replace(drawn, effect=effect))
            indicators[count.numerator] = Indicator(process="count", decimals=0, level=1.0)
    return specification.model_copy(update={"indicators": indicators}), more


def _placed(rules: Members, units: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The simulated units with their parents, and the containers with the population of their units."""
    placed, made = units.copy(), [container.model_dump() for container in rules.containers]
    free = placed.index[placed["parent"] == ""]
    if rules.grouped is not None:
        names, size = rules.grouped, rules.grouped.size
        for n, start in enumerate(range(0, len(free), size), 1):
            inside = free[start : start + size]
            filled = {key: getattr(names, key).format(n=n) for key in ("unit", "name_zh", "name_en")}
            made.append({**filled, "kind": names.kind, "province": placed.at[inside[0], "province"]})
            placed.loc[inside, "parent"] = filled["unit"]
    containers = pd.DataFrame(made)
    population = placed.groupby("parent")["population"].sum()
    return placed, containers.assign(population=containers["unit"].map(population))


def _ties(rules: Members, units: pd.DataFrame, seed: int) -> pd.DataFrame:
    """One row per membership: institution, unit, role, start and relative size."""
    rows = []
    for _, unit in units.iterrows():
        random = stream(seed, f"members/{unit['unit']}")
        for institution in rules.institutions:
            low, high = institution.number
            for n in range(1, int(random.integers(low, high + 1)) + 1):
                code = f"{unit['unit']}-{institution.code}" + (f"-{n}" if high > 1 else "")
                rows.append(
                    {
                        "unit": code,
                        "of": unit["unit"],
                        "role": institution.role,
                        "from": rules.joins.get(code, ""),
                        "name_zh": institution.name_zh.format(unit=unit["name_zh"], n=n),
                        "name_en": institution.name_en.format(unit=unit["name_en"], n=n),
                        "kind": institution.kind,
                        "province": unit["province"],
                        "weight": institution.weight * float(np.exp(rules.sd_log * random.standard_normal())),
                    }
                )
    own = pd.DataFrame(rows)
    unknown = sorted({*rules.joins, *rules.shared} - set(own["unit"]))
    if unknown:
        raise ValueError(f"the specification names {unknown[0]}, which is not one of its institutions")
    second = own[own["unit"].isin(list(rules.shared))]
    return pd.concat([own, second.assign(of=second["unit"].map(rules.shared))], ignore_index=True)


def _reported(
    name: str, count: Count, rules: Members, ties: pd.DataFrame, roster: Roster, report: Reported, seed: int
) -> Reported:
    """The reported values of every institution for one member indicator."""
    parts = _parts(count, ties, roster, report)
    codes = list(ties["unit"].unique())
    counts = np.full((len(codes), len(report.calendar)), np.nan)
    random = stream(seed, f"{name}/shared")
    for code in rules.shared:
        counts[codes.index(code)] = _shared(code, parts, random)
    for part, total in parts:
        rows = [codes.index(code) for code in part["unit"]]
        unit = f"{part['of'].iloc[0]}/{part['kind'].iloc[0]}"
        counts[rows] = _fall(part, total, counts[rows], report.calendar, stream(seed, f"{name}/{unit}"))
    present = np.isfinite(counts)
    for row, unit in enumerate(roster.units):
        own = ties[(ties["of"] == unit) & ties["kind"].isin(count.kinds) & (ties["from"] == "")]
        able = [codes.index(code) for code in own["unit"] if code not in rules.shared]
        _silence(present, able, ~report.present[row], stream(seed, f"{name}/{unit}/missing"))
    empty = np.full(counts.shape, np.nan)
    note: NDArray[np.object_] = np.full(counts.shape, "", dtype=object)
    return Reported(report.calendar, report.drawn, counts, empty, empty, present, np.zeros(len(codes), np.int64), note)


def _parts(count: Count, ties: pd.DataFrame, roster: Roster, report: Reported) -> list[tuple[pd.DataFrame, Array]]:
    """Groups of institutions with the count to divide among them: the numerator (or count), and the rest of a share."""
    parts = []
    for row, unit in enumerate(roster.units):
        own = ties[ties["of"] == unit]
        counted = own["kind"].isin(count.kinds)
        total_count = report.denominator[row]
        if np.isfinite(total_count).all():
            parts.append((own[counted], report.numerator[row]))
            parts.append((own[~counted], total_count - report.numerator[row]))
        else:
            parts.append((own[counted], report.value[row]))
    return [(part, total) for part, total in parts if len(part)]


def _shared(code: str, parts: list[tuple[pd.DataFrame, Array]], random: np.random.Generator) -> Array:
    """Counts of an institution in two units: drawn from the smaller unit's count, so that it fits both."""
    own = [(part, total) for part, total in parts if code in set(part["unit"])]
    weight = min(float(part.loc[part["unit"] == code, "weight"].iloc[0] / part["weight"].sum()) for part, _ in own)
    smaller = np.min([total for _, total in own], axis=0).astype(np.int64)
    return np.asarray(random.binomial(smaller, weight), dtype=np.float64)


def _fall(part: pd.DataFrame, total: Array, given: Array, calendar: Calendar, random: np.random.Generator) -> Array:
    """A unit's counts divided among its institutions (institutions x periods); those of shared ones are given.

    Institutions that join later also have counts before, which are not part of the unit's.
    """
    weight = part["weight"].to_numpy(dtype=float)
    joined = np.array([calendar.position(text) if text else 0 for text in part["from"]])
    fixed = np.isfinite(given).all(axis=1)
    counts = given.copy()
    for t in range(len(calendar)):
        inside = joined <= t
        drawn = inside & ~fixed
        rest = int(total[t] - counts[fixed, t].sum())
        counts[drawn, t] = random.multinomial(rest, weight[drawn] / weight[drawn].sum())
        counts[~inside, t] = random.poisson(total[t] * weight[~inside] / weight.sum())
    return counts


def _silence(present: Mask, able: list[int], missing: Mask, random: np.random.Generator) -> None:
    """Drop one institution's report in each period in which the unit's value is missing; shared ones always report."""
    for t in np.flatnonzero(missing):
        present[able[int(random.integers(len(able)))], t] = False


def _truth(rules: Members, ties: pd.DataFrame, codes: list[str], reported: Mapping[str, Reported]) -> dict[str, Any]:
    """The planted events among the members."""
    of = ties.groupby("unit")["of"].agg(list)
    return {
        "joins": [
            {
                "unit": unit,
                "of": of[unit][0],
                "from": start,
                "note": "reports from the first period; counted from this one on, when the unit's count falls on one "
                "institution more and its own total stays as simulated",
            }
            for unit, start in rules.joins.items()
        ],
        "shared": [
            {
                "unit": unit,
                "of": of[unit],
                "note": "belongs to both at the same time: its counts are in both, and neither may be compared with "
                "the other",
            }
            for unit in rules.shared
        ],
        "not_reported": [
            {"unit": codes[row], "of": of[codes[row]][0], "indicator": name, "period": report.calendar.labels[t]}
            for name, report in reported.items()
            for row, t in np.argwhere(~report.present & np.isfinite(report.value))
        ],
    }
