"""What is still open in an assessment's files: lines marked `# ?`, and cells of its tables that hold a `?`."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from evalkit import periods
from evalkit.errors import InputError
from evalkit.files import yaml_file
from evalkit.ingest.mapping import FOLDER
from evalkit.project import indicators_file
from evalkit.project.dataset import read_text
from evalkit.project.evaluation import Evaluation

MARK = re.compile(r"#\s*\?(?=\s|$)\s*(?P<asked>[^#]*)")
TABLES = ("units.csv", "sources.csv")


def left(root: Path, assessment: str) -> list[str]:
    """The open questions marked in the files, one text per place: file, line, and question.

    Args:
        root: the project folder.
        assessment: a file in params/assessments/, without .yml; if it cannot be read, only its own marks are listed.
    """
    questions: list[str] = []
    dataset, regions = _of(root, assessment)
    files = [f"params/assessments/{assessment}.yml", indicators_file.FILE]
    files += [f"params/regions/{region}.yml" for region in regions]
    for file in [*files, f"{FOLDER}/{dataset}.yml"]:
        questions += _in_yaml(root / file, file)
    for name in TABLES:
        questions += _in_table(root / "data" / dataset / name, f"data/{dataset}/{name}")
    return questions


def of_data(evaluation: Evaluation) -> Iterator[str]:
    """Questions about the data: starts after the last period, regions with an unknown comparison column."""
    shown, units = f"data/{evaluation.assessment.dataset}/units.csv", evaluation.units
    for column in evaluation.assessment.design.comparison.same:
        if others := int((units[column].astype(str).str.strip() == "").sum()):  # of a region it is a mistake
            yield f"{shown}: the `{column}` of {others} other regions is unknown; they agree with no region"
    last = _last_day(evaluation)
    late = [name for name, text in units["adoption"].items() if last and text and periods.first_day(text) > last]
    if late:
        named = ", ".join(map(str, late[:5])) + (", …" if len(late) > 5 else "")
        yield (
            f"{shown}: {len(late)} regions start after the last period of the data ({named}); "
            "leave `adoption` empty where the reform never begins"
        )


def _last_day(evaluation: Evaluation) -> dt.date | None:
    path = evaluation.panel_file
    if path is None:
        return None
    try:
        read = pd.read_parquet(path, columns=["period"]) if path.suffix == ".parquet" else read_text(path, path.name)
        named = [text for text in read["period"].astype(str).unique() if periods.valid(text)]
    except (InputError, KeyError, ValueError, OSError):
        return None  # loading the panel says what is wrong with it
    return max(map(periods.last_day, named), default=None)


def _of(root: Path, assessment: str) -> tuple[str, list[str]]:
    """Dataset and regions, if they can be read; loading the file reports what is wrong with it."""
    path = root / f"params/assessments/{assessment}.yml"
    try:
        content: Any = yaml_file.parse(yaml_file.text_of(path, path.name), path.name)[0] if path.is_file() else None
    except InputError:
        content = None
    given = content if isinstance(content, dict) else {}
    regions_given = given.get("regions")
    regions = [str(region) for region in regions_given if region] if isinstance(regions_given, list) else []
    return str(given.get("dataset") or assessment), regions


def _in_yaml(path: Path, shown: str) -> Iterator[str]:
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines() if path.is_file() else []
    for number, line in enumerate(lines, start=1):
        mark = next((match for match in MARK.finditer(line) if _is_comment(line[: match.start()])), None)
        if mark:
            written = line[: mark.start()].strip()
            asked = mark["asked"] or "is it right?"
            yield f"{shown}, line {number}: {asked}" + (f"  [{written}]" if written else "")


def _is_comment(before: str) -> bool:
    """Whether a comment can begin after this text: not within quotes."""
    return before.replace('\\"', "").count('"') % 2 == 0


def _in_table(path: Path, shown: str) -> Iterator[str]:
    try:
        table = read_text(path, shown) if path.is_file() else None
    except InputError:
        return
    if table is not None:
        for column in table.columns:
            for row in table.index[table[column].str.strip() == "?"]:
                yield f"{shown}, line {int(row) + 2}: `{column}` is not filled in"
