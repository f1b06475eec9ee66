"""Writes the stamps of an assessment once; replaces them only on request."""

import datetime as dt

from evalkit.analysis.goals import stamps
from evalkit.errors import InputError, Mistake
from evalkit.files.atomic import write_text
from evalkit.panel.observations import read
from evalkit.project import frozen as files
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.frozen import Frozen


def freeze(evaluation: Evaluation, date: dt.date, again: bool = False) -> Frozen:
    """Stamp plan, targets, baseline, primary indicators and design of every region with a date.

    Args:
        evaluation: the assessment as a whole.
        date: the date of the stamps.
        again: whether existing stamps may be replaced.

    Raises:
        InputError: if the assessment is already frozen, with the changes that a new freeze would make.
    """
    name = evaluation.assessment.name
    file, panel = files.file_of(name), read(evaluation)
    if evaluation.frozen and not again:
        parts = {region: stamps.changed(of_region(evaluation, region), panel) for region in evaluation.regions}
        changes = _would_change(evaluation.frozen, parts)
        where = f"was frozen on {evaluation.frozen.date}; a new freeze would change {changes}"
        raise InputError([Mistake(file, where, "Add --again to replace it; reports then show the new date.")])
    frozen = stamps.freeze(evaluation, panel, date)
    write_text(evaluation.root / file, files.as_yaml(frozen))
    return frozen


def _would_change(frozen: Frozen, parts: dict[str, tuple[stamps.Part, ...]]) -> str:
    """Text of the changes: parts by region, and new regions."""
    changes = [f"{region}: {', '.join(changed)}" for region, changed in parts.items() if changed]
    changes += [f"{region}: not stamped yet" for region in parts if region not in frozen.regions]
    return "; ".join(changes) or "nothing but the date"
