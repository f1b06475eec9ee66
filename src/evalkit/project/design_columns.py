"""Whether the columns and units that an assessment's design names exist, and columns are filled in as they must be."""

from collections.abc import Sequence

import pandas as pd

from evalkit.errors import Mistake, nearest
from evalkit.project.params import Assessment


def wrong(assessment: Assessment, units: pd.DataFrame, regions: Sequence[str], file: str) -> list[Mistake]:
    """All mistakes about these columns: those of the assessment's `file`, and those of units.csv."""
    where = f"data/{assessment.dataset}/units.csv"
    mistakes = _unknown_in_comparison(assessment, units, f"{file}, design.comparison")
    mistakes += unknown(assessment, units, file) + empty(assessment, units, regions, where)
    return mistakes + _without_numbers(assessment, units, regions, where)


def _unknown_in_comparison(assessment: Assessment, units: pd.DataFrame, where: str) -> list[Mistake]:
    """Columns for the choice of comparison units that units.csv does not have, and excluded units that it does not."""
    rule = assessment.design.comparison
    columns = [*rule.same, *(rule.nearest.by if rule.nearest else ())]
    return [
        Mistake(where, f"units.csv has no column `{name}`", nearest(name, units.columns))
        for name in columns
        if name not in units.columns
    ] + [
        Mistake(f"{where}.exclude", f"there is no unit {name!r}", nearest(name, units.index))
        for name in rule.exclude
        if name not in units.index
    ]


def unknown(assessment: Assessment, units: pd.DataFrame, file: str) -> list[Mistake]:
    """Columns for clusters, subgroups and covariates that units.csv does not have."""
    design, columns = assessment.design, list(units.columns)
    named = {"design.cluster": [design.cluster] if design.cluster else [], "design.subgroups": design.subgroups}
    mistakes = [
        Mistake(f"{file}, {key}", f"units.csv has no column `{name}`", nearest(name, columns))
        for key, names in named.items()
        for name in names
        if name not in columns
    ]
    return mistakes + [
        Mistake(
            f"{file}, design.covariates",
            f"`{name}` is neither a column of units.csv nor an indicator of the assessment",
            nearest(name, [*columns, *assessment.needed]),
        )
        for name in design.covariates
        if name not in columns and name not in assessment.needed
    ]


#: What is written where a word is missing.
BLANK = ("", "na", "n/a", "nan", "null", "none", "-", "—")


def empty(assessment: Assessment, units: pd.DataFrame, regions: Sequence[str], where: str) -> list[Mistake]:
    """Regions with an empty cell in a column by which comparison units are matched, or clusters are formed."""
    design = assessment.design
    columns = dict.fromkeys([*design.comparison.same, *([design.cluster] if design.cluster else [])])
    return [
        Mistake(
            where,
            f"the unit {region!r} has no `{name}`, so no unit agrees with it",
            f"Fill it in, or take `{name}` out of the assessment's design.",
        )
        for name in columns
        if name in units.columns
        for region in regions
        if str(units.at[region, name]).strip().casefold() in BLANK
    ]


def _without_numbers(assessment: Assessment, units: pd.DataFrame, regions: Sequence[str], where: str) -> list[Mistake]:
    """Regions without a number in a column by which `nearest` chooses comparison units."""
    rule = assessment.design.comparison.nearest
    columns = [name for name in (rule.by if rule else ()) if name in units.columns]
    numbers = units[columns].apply(pd.to_numeric, errors="coerce")
    return [
        Mistake(where, f"the unit {region!r} has no number in `{name}`", "Fill it in, or leave it out of `nearest`.")
        for name in columns
        for region in regions
        if pd.isna(numbers.at[region, name])
    ]
