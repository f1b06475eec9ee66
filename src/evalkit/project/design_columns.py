"""Whether the columns that an assessment's design names exist, and are filled in where they must be."""

from collections.abc import Sequence

import pandas as pd

from evalkit.errors import Mistake, nearest
from evalkit.project.params import Assessment


def wrong(assessment: Assessment, units: pd.DataFrame, regions: Sequence[str], file: str, where: str) -> list[Mistake]:
    """All mistakes about these columns: those of the assessment's `file`, and those of units.csv (`where`)."""
    return unknown(assessment, units, file) + empty(assessment, units, regions, where)


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
