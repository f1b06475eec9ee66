"""Which regions an assessment is about, and what their files say."""

from pathlib import Path

import pandas as pd

from evalkit import periods
from evalkit.errors import Collector, InputError, Mistake, nearest
from evalkit.files.yaml_file import read
from evalkit.project.params import Assessment
from evalkit.project.region_file import Region


def chosen(assessment: Assessment, units: pd.DataFrame, file: str) -> tuple[str, ...]:
    """The units that the assessment names, or those that its rule selects."""
    rule = assessment.regions
    if isinstance(rule, tuple):
        mistakes = [
            Mistake(
                f"{file}, regions",
                f"there is no unit {name!r} in data/{assessment.dataset}/units.csv",
                nearest(name, units.index),
            )
            for name in rule
            if name not in units.index
        ]
        if mistakes:
            raise InputError(mistakes)
        return rule
    date = assessment.as_of
    adopted = [bool(text) and (date is None or periods.first_day(text) <= date) for text in units["adoption"]]
    found = units[pd.Series(adopted, index=units.index) == rule.adopted]
    found = found[found["kind"] == rule.kind] if rule.kind else found
    if found.empty:
        raise InputError(
            [Mistake(f"{file}, regions", "the rule selects no unit", "Check `adopted`, `kind` and units.csv.")]
        )
    return tuple(found.index)


def files(root: Path, regions: tuple[str, ...], mistakes: Collector) -> dict[str, Region]:
    """The files of these regions, by region; a region needs none."""
    found: dict[str, Region] = {}
    for name in regions:
        file = f"params/regions/{name}.yml"
        if (root / file).is_file():
            with mistakes():
                found[name] = read(root / file, Region, file)
                if found[name].region != name:
                    cure = f"Write `region: {name}` or rename the file."
                    raise InputError([Mistake(file, f"`region` says {found[name].region!r}", cure)])
    return found
