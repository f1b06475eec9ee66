"""Status of the collection, from the workbooks in data/raw/: who has returned theirs, who is late, what is missing."""

import datetime as dt
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from evalkit.collection import requested
from evalkit.collection import returned as template
from evalkit.collection.form import Layout
from evalkit.errors import InputError, Mistake
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import RAW
from evalkit.workbooks import personal_data, reading
from evalkit.workbooks.cells import Workbook


@dataclass(frozen=True, slots=True)
class Return:
    """One region's workbook, returned or not.

    Attributes:
        region: empty for a file that belongs to no region of the assessment.
        file: as shown to users; empty if nothing was returned.
        returned_on: the file's modification date.
        complete, incomplete, empty: number of indicators (per member institution) in this state.
        missing: number of cells neither filled in nor explained.
        late: days after the due date, until its return or until today.
        questions: questions to the sender.
    """

    region: str
    file: str = ""
    returned_on: dt.date | None = None
    complete: int = 0
    incomplete: int = 0
    empty: int = 0
    missing: int = 0
    late: int = 0
    questions: tuple[Mistake, ...] = ()

    @property
    def state(self) -> str:
        """`nothing returned`, `not readable`, `incomplete`, `questions` or `complete`."""
        if not self.file:
            return "nothing returned"
        if not self.complete + self.incomplete + self.empty:
            return "not readable"
        if self.incomplete + self.empty:
            return "incomplete"
        return "questions" if self.questions else "complete"


@dataclass(frozen=True, slots=True)
class Collected:
    """The status of the collection.

    Attributes:
        returns: by region, outstanding ones first; a region that returned two workbooks is listed twice.
        others: files that are not a collection workbook of a region of this assessment, and why.
        due: the due date; None if the assessment has none.
    """

    returns: tuple[Return, ...]
    others: tuple[Return, ...]
    due: dt.date | None


def status(evaluation: Evaluation, today: dt.date, tell: Callable[[int, int], None] | None = None) -> Collected:
    """Compare the files in data/raw/<dataset>/ with the assessment's regions.

    Args:
        today: the date up to which days late are counted for outstanding workbooks.
        tell: progress callback (files read, files in total).

    Raises:
        InputError: if the requested cells cannot be determined (see `requested.layouts`).
    """
    wanted = requested.layouts(evaluation)
    folder = evaluation.root / RAW / evaluation.assessment.dataset
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith((".", "~$")))
    returns = []
    for number, path in enumerate(files, start=1):
        returns.append(_returned(evaluation, path, wanted))
        if tell:
            tell(number, len(files))
    due = evaluation.assessment.collection.due if evaluation.assessment.collection else None
    all_returns = (*_missing(wanted, returns), *_repeated(returns))
    of_regions = [_late(returned, due, today) for returned in all_returns if returned.region]
    order = {region: place for place, region in enumerate(wanted)}
    of_regions.sort(key=lambda returned: (bool(returned.file), order[returned.region], returned.file))
    return Collected(tuple(of_regions), tuple(returned for returned in returns if not returned.region), due)


def _returned(evaluation: Evaluation, path: Path, wanted: dict[str, Layout]) -> Return:
    shown = evaluation.show(path)
    result = Return("", shown, dt.date.fromtimestamp(path.stat().st_mtime))
    try:
        read = reading.read_guarded(path, shown)
        if not template.is_template(read):
            raise InputError(
                [Mistake(shown, "is not a collection workbook", "`evalkit ingest` reads it with a mapping.")]
            )
        result = replace(result, region=_region(evaluation, read, wanted))
        personal_data.refuse(read)
        returned = template.read_template(read)
    except InputError as error:
        return replace(result, questions=error.mistakes)
    outdated = _outdated(returned.layout, wanted[result.region], shown)
    questions = (*_misnamed(evaluation, path, result, wanted), *outdated, *returned.refused, *returned.questions)
    return replace(_counted(result, returned.progress), questions=questions)


def _region(evaluation: Evaluation, read: Workbook, wanted: Container[str]) -> str:
    """The region for which the workbook was made, independent of the file's name.

    Raises:
        InputError: if its marker is missing, or names another assessment or a region that is not in this one.
    """
    marked, assessment = template.marker(read), evaluation.assessment
    if (marked.assessment, marked.dataset) != (assessment.name, assessment.dataset):
        what = f"was made for assessment {marked.assessment} and dataset {marked.dataset}"
        raise InputError([Mistake(read.name, what, f"Send out the workbook of {assessment.name}, or move this file.")])
    if marked.unit not in wanted:
        what = f"was made for {marked.unit}, which is not a region of {assessment.name}"
        raise InputError([Mistake(read.name, what, "A comparison unit's figures are read by `evalkit ingest`.")])
    return marked.unit


def _counted(returned: Return, progress: pd.DataFrame) -> Return:
    missing, asked = progress["missing"], progress["asked"]
    return replace(
        returned,
        complete=int((missing == 0).sum()),
        incomplete=int(((missing > 0) & (missing < asked)).sum()),
        empty=int((missing == asked).sum()),
        missing=int(missing.sum()),
    )


def _misnamed(evaluation: Evaluation, path: Path, returned: Return, wanted: Iterable[str]) -> Iterable[Mistake]:
    """A question if the file has another region's name."""
    if _named(evaluation, returned.region, path.stem):
        return
    for region in sorted(wanted, key=len, reverse=True):
        if _named(evaluation, region, path.stem):
            what = f"is named after {region}, but is the workbook of {returned.region}"
            yield Mistake(returned.file, what, "Ask which region's figures it holds, and request the other workbook.")
            return


def _named(evaluation: Evaluation, region: str, stem: str) -> bool:
    return any(name in stem for name in (region, evaluation.name(region, "zh"), evaluation.name(region, "en")))


def _outdated(layout: Layout, wanted: Layout, shown: str) -> Iterable[Mistake]:
    """A question if the assessment has requested more since the workbook was sent out."""
    more = _asked(wanted) - _asked(layout)
    if more:
        names = sorted({code for code, _ in more})
        what = f"does not request {len(more)} figures that the assessment now needs ({', '.join(names[:3])}…)"
        yield Mistake(shown, what, "Send out a fresh workbook (`evalkit template`) to collect the new figures.")


def _asked(layout: Layout) -> set[tuple[str, str]]:
    return {(line.code, period) for form in layout.forms for line in form.lines for period in form.periods}


def _missing(wanted: Iterable[str], returns: Iterable[Return]) -> list[Return]:
    regions = {returned.region for returned in returns}
    return [Return(region) for region in wanted if region not in regions]


def _repeated(returns: Iterable[Return]) -> list[Return]:
    """The returned workbooks, with a question about duplicates if a region returned several."""
    all_returns = list(returns)
    files: dict[str, list[str]] = {}
    for returned in all_returns:
        files.setdefault(returned.region, []).append(returned.file)
    return [
        replace(returned, questions=(*returned.questions, _twice(returned, files[returned.region])))
        if len(files[returned.region]) > 1
        else returned
        for returned in all_returns
    ]


def _twice(returned: Return, files: list[str]) -> Mistake:
    others = ", ".join(name for name in files if name != returned.file)
    what = f"{returned.region} returned another workbook as well: {others}"
    return Mistake(returned.file, what, "Keep the valid one.")


def _late(returned: Return, due: dt.date | None, today: dt.date) -> Return:
    if due is None:
        return returned
    return replace(returned, late=max(0, ((returned.returned_on or today) - due).days))
