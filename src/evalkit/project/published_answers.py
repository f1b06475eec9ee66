"""published_answers.csv of a dataset: estimates that others have published, to be shown with the report's own."""

from dataclasses import dataclass

import pandas as pd

from evalkit.errors import InputError, Mistake, nearest
from evalkit.project import dataset
from evalkit.project.evaluation import Evaluation

FILE = "published_answers.csv"
COLUMNS = ("region", "indicator", "method", "term", "value", "source")


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    """An estimate as published.

    Attributes:
        region: the unit that it is about; `_programme` for all regions together.
        method, term: the names of results.csv under which the report has its own estimate.
        value: on the analysis scale of the indicator, as results.csv has it.
        decimals: how many the source gives, so that rounding is not taken for a difference.
        source: where it was published, in words.
    """

    region: str
    indicator: str
    method: str
    term: str
    value: float
    decimals: int
    source: str


def read(evaluation: Evaluation) -> tuple[PublishedAnswer, ...]:
    """Every published answer of the dataset, in the order of the file; empty without one.

    Raises:
        InputError: with every mistake of the file.
    """
    name = evaluation.assessment.dataset
    where = f"data/{name}/{FILE}"
    table = dataset.optional(evaluation.root / "data" / name / FILE, where, COLUMNS, COLUMNS)
    if mistakes := _mistakes(table, evaluation, where):
        raise InputError(mistakes)
    return tuple(
        PublishedAnswer(
            region=str(row["region"]),
            indicator=str(row["indicator"]),
            method=str(row["method"]),
            term=str(row["term"]),
            value=float(row["value"]),
            decimals=len(str(row["value"]).partition(".")[2]),
            source=str(row["source"]),
        )
        for row in table.to_dict(orient="records")
    )


def _mistakes(table: pd.DataFrame, evaluation: Evaluation, where: str) -> list[Mistake]:
    names_of = {"region": [*evaluation.units.index, "_programme"], "indicator": list(evaluation.indicators)}
    mistakes = [
        Mistake(dataset.at(where, row), f"there is no {column} {name!r}", nearest(name, names))
        for column, names in names_of.items()
        for row, name in table.loc[~table[column].isin(names), column].items()
    ]
    mistakes += [
        Mistake(dataset.at(where, row), f"`{column}` is empty", "Fill it in, or remove the row.")
        for column in ("method", "term", "source")
        for row in table.index[table[column] == ""]
    ]
    mistakes += dataset.bad_numbers(table, "value", where)
    mistakes += [
        Mistake(dataset.at(where, row), "`value` is empty", "A published answer is a number; remove the row.")
        for row in table.index[table["value"] == ""]
    ]
    twice = table.duplicated(["region", "indicator", "method", "term"])
    return mistakes + [
        Mistake(dataset.at(where, row), "the same answer is given twice", "Keep one of them.")
        for row in table.index[twice]
    ]
