"""The tables of a dataset: units, members, published figures, targets, sources. Every cell is read as text first."""

import difflib
import io
import re
from pathlib import Path

import numpy as np
import pandas as pd

from evalkit import periods
from evalkit.errors import InputError, Mistake, nearest
from evalkit.files import text_file
from evalkit.files.yaml_file import build
from evalkit.project.params import Assessment
from evalkit.project.region_file import Target
from evalkit.workbooks import lexicon, period_labels

UNITS = (
    "unit",
    "name_zh",
    "name_en",
    "kind",
    "parent",
    "province",
    "population",
    "adoption",
    "adoption_precision",
    "adoption_alternatives",
)
PUBLISHED = (
    *("unit", "period", "indicator", "value", "text", "operator", "status", "released", "source", "phrase"),
    *("period_zh", "period_en"),  # the period in words, where the source is not as exact as `period`
    *("note_zh", "note_en"),  # a remark on the figure
)
TARGETS = ("unit", "indicator", "operator", "value", "unit_of_value", "deadline", "source", "phrase")
MEMBERS = ("unit", "of", "role", "from", "to", "source", "phrase")
ROLES = ("lead", "member")
SOURCES = (
    *("source", "title_zh", "title_en", "publisher_zh", "publisher_en", "date"),
    *("place_zh", "place_en"),  # where in the publication it is: edition, column, website
    *("standing", "file"),
)
NUMBERS = ("value", "numerator", "denominator")
MOST_COLUMNS = 1_000
QUOTED = re.compile(rb'"[^"]*"')
STATUSES = ("published", "derived", "reported", "provisional", "simulated")


def read_text(path: Path, shown: str) -> pd.DataFrame:
    """A CSV file with every cell as text and empty cells as the empty text.

    Raises:
        InputError: where it is no CSV in UTF-8, or holds control characters, which no page or workbook can show.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError([text_file.unreadable(error, shown)]) from None
    try:
        _check_width(content, shown)
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
        if mistakes := text_file.controls(content, shown):
            raise InputError(mistakes)
    except UnicodeDecodeError:
        raise InputError([Mistake(shown, "is not UTF-8 text", "Save it as “CSV UTF-8”.")]) from None
    except pd.errors.ParserError as error:
        raise InputError([Mistake(shown, f"not readable as CSV: {error}", "Check commas and quotes.")]) from None
    except pd.errors.EmptyDataError:
        raise InputError([Mistake(shown, "is empty", "Write at least the header line.")]) from None
    if not isinstance(table.index, pd.RangeIndex):  # more cells than headings: pandas took the first column as index
        cure = "Remove the commas at the end of the lines, or name every column."
        raise InputError([Mistake(shown, "its rows have more cells than its header", cure)])
    return table


def read_parquet(path: Path, shown: str) -> pd.DataFrame:
    """A Parquet file in the form of `read_text`: text columns hold strings, an empty cell is the empty string.

    Raises:
        InputError: if it is damaged, has too many columns, or has duplicate column names.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            names = file.schema_arrow.names
            _check_columns(names, shown)
            table: pd.DataFrame = file.read().replace_schema_metadata().to_pandas()  # its metadata may be damaged
    except (pa.ArrowException, OSError, ValueError, UnicodeDecodeError, KeyError) as error:
        what = f"is damaged ({' '.join(str(error).split())[:80]})"
        raise InputError([Mistake(shown, what, "Write it again, or use panel.csv instead.")]) from None
    text = [name for name in names if name not in NUMBERS]
    return table.assign(**{name: table[name].astype(str).mask(table[name].isna(), "") for name in text})


def require(table: pd.DataFrame, columns: tuple[str, ...], shown: str) -> None:
    """Raise an InputError with one mistake per required column that is missing."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            Mistake(shown, f"the column `{name}` is missing", nearest(name, table.columns)) for name in missing
        )


def units(folder: Path, shown: str) -> pd.DataFrame:
    """units.csv, indexed by `unit`, with every column of the contract; population is a number, all else text."""
    where = f"{shown}/units.csv"
    if not (folder / "units.csv").is_file():
        simulated = (folder / "simulation.yml").is_file()
        cure = "A dataset needs units.csv with a column `unit`."
        raise InputError(
            [Mistake(where, "does not exist", f"Write it: evalkit simulate {folder.name}" if simulated else cure)]
        )
    table = read_text(folder / "units.csv", where)
    _refuse_misspelt(table, where)
    require(table, ("unit",), where)
    table = table.reindex(columns=[*UNITS, *(c for c in table.columns if c not in UNITS)], fill_value="")
    mistakes = [
        Mistake(at(where, row), f"duplicate unit {name!r}", "Keep one row per unit.")
        for row, name in table["unit"][table["unit"].duplicated()].items()
    ]
    for column in ("adoption", "adoption_alternatives"):
        table[column] = table[column].map(_as_periods)
        mistakes += [
            Mistake(at(where, row), f"`{column}` {text!r} is not a period", _period_cure(text))
            for row, cell in table[column].items()
            for text in map(str.strip, cell.split(";"))
            if (text or (cell and column == "adoption")) and not _is_start(text)
        ]
    for column in ("population",):
        numbers = pd.to_numeric(table[column], errors="coerce")
        wrong = numbers.isna() & (table[column] != "")
        mistakes += [
            Mistake(at(where, row), f"`{column}` {table.at[row, column]!r} is not a number", "Write digits only.")
            for row in table.index[wrong]
        ]
        table[column] = numbers
    if mistakes:
        raise InputError(mistakes)
    return table.set_index("unit", drop=False)


def _refuse_misspelt(table: pd.DataFrame, where: str) -> None:
    """Raise for columns with misspelt names of the contract, which would otherwise count as the user's own columns."""
    absent = [name for name in UNITS if name not in table.columns]
    mistakes: list[Mistake] = []
    for column in table.columns:
        near = difflib.get_close_matches(column.strip().casefold().replace(" ", "_"), UNITS, n=1, cutoff=0.85)
        meant = near[0] if near else lexicon.heading(column, ("adoption", "population"))
        if column not in UNITS and meant in absent:
            cure = f'Did you mean "{meant}"? Rename the column.'
            mistakes.append(Mistake(where, f"unknown column `{column}`", cure))
    if mistakes:
        raise InputError(mistakes)


def _as_periods(cell: str) -> str:
    """Normalise unambiguous Chinese dates: 2019年3月 becomes 2019-03."""
    return ";".join(_as_period(text.strip()) for text in cell.split(";"))


def _as_period(text: str) -> str:
    label = period_labels.reform_date(text) if "年" in text else None
    return label.text if isinstance(label, period_labels.DateLabel) and label.precision != "day" else text


def _is_start(text: str) -> bool:
    return periods.valid(text) and 1900 <= int(text[:4]) <= 2100


def _period_cure(text: str) -> str:
    """The cure for an invalid date: empty the cell for a code of "never"; format it as text for an Excel date."""
    if lexicon.says("never", text) or (text.isdigit() and (len(text) == 4 and int(text) > 2100)):
        return "It seems to mean that the reform never began there: leave the cell empty."
    label = period_labels.reform_date(text)
    if isinstance(label, period_labels.DateLabel):
        month = label.text[:7]
        return (
            f"Excel makes dates of months: if {month} is meant, format the column as text and write {month}, "
            f"or write the quarter ({periods.containing(month, 'quarter')}), which Excel leaves alone."
        )
    if re.fullmatch(r"[^\W\d_]{3,9}\.?[- ]\d{2}|\d{1,2}[- ][^\W\d_]{3,9}\.?|\d{1,2}月\d{1,2}日", text):
        return (
            "Excel has made a date of it, and shows only a part: format the column as text and write 2019-03, "
            "or write the quarter (2019Q1), which Excel leaves alone."
        )
    return "Write 2019, 2019Q1, 2019-02 or 2019-02-14; leave it empty where the reform never began."


def regions(assessment: Assessment, units: pd.DataFrame, file: str) -> tuple[str, ...]:
    """The units that get a report: those that the assessment (in `file`) lists, or those that its rule selects."""
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
    chosen = units[pd.Series(adopted, index=units.index) == rule.adopted]
    chosen = chosen[chosen["kind"] == rule.kind] if rule.kind else chosen
    if chosen.empty:
        raise InputError(
            [Mistake(f"{file}, regions", "the rule selects no unit", "Check `adopted`, `kind` and units.csv.")]
        )
    return tuple(chosen.index)


def published(folder: Path, shown: str) -> pd.DataFrame:
    """published.csv with `value` as a number (NaN if the fact is a text); empty if the file does not exist."""
    where = f"{shown}/published.csv"
    table = optional(folder / "published.csv", where, PUBLISHED, ("unit", "period", "indicator", "source", "phrase"))
    mistakes = cell_mistakes(table, where) + duplicates(table, where)
    mistakes += [
        Mistake(at(where, row), "the source is missing", "Every published figure names its source.")
        for row in table.index[table["source"] == ""]
    ]
    if mistakes:
        raise InputError(mistakes)
    table["value"] = pd.to_numeric(table["value"])
    return table


def targets(folder: Path, shown: str) -> dict[str, list[Target]]:
    """targets.csv, by unit (`*` = all units); the file writes a range as `3;5`."""
    where = f"{shown}/targets.csv"
    table = optional(folder / "targets.csv", where, TARGETS, ("unit", "indicator", "operator", "source", "phrase"))
    by_unit: dict[str, list[Target]] = {}
    mistakes: list[Mistake] = []
    for row, cells in table.iterrows():
        given = {name: cells[name] or None for name in ("indicator", "operator", "deadline", "source", "phrase")}
        value: object = cells["value"] or None
        if ";" in cells["value"]:
            value = cells["value"].split(";")
        try:
            by_unit.setdefault(cells["unit"], []).append(build({**given, "value": value}, Target, at(where, row)))
        except InputError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise InputError(mistakes)
    return by_unit


def members(folder: Path, shown: str, units: pd.Index) -> pd.DataFrame:
    """members.csv: which unit belongs to which, in which role, from when to when; an empty date is open-ended."""
    where = f"{shown}/members.csv"
    table = optional(folder / "members.csv", where, MEMBERS, ("unit", "of"))
    table["role"] = table["role"].mask(table["role"] == "", "member")
    mistakes = [
        Mistake(
            at(where, row), f"`{column}` {table.at[row, column]!r} is not a unit of units.csv", nearest(name, units)
        )
        for column in ("unit", "of")
        for row, name in table.loc[~table[column].isin(units), column].items()
    ]
    mistakes += [
        Mistake(at(where, row), f"unknown role {name!r}", nearest(name, ROLES))
        for row, name in table.loc[~table["role"].isin(ROLES), "role"].items()
    ]
    mistakes += [
        Mistake(at(where, row), f"`{column}` {text!r} is not a period", "Write 2019, 2019Q1, 2019-02 or 2019-02-14.")
        for column in ("from", "to")
        for row, text in table[column].items()
        if text and not periods.valid(text)
    ]
    if mistakes:
        raise InputError(mistakes)
    return table


def sources(folder: Path, shown: str) -> pd.DataFrame:
    """sources.csv, indexed by `source`: title, publisher, date and standing (press, draft, official, data)."""
    where = f"{shown}/sources.csv"
    return optional(folder / "sources.csv", where, SOURCES, ("source",)).set_index("source", drop=False)


def unknown_units(table: pd.DataFrame, units: pd.Index, where: str) -> list[Mistake]:
    """One mistake for each unit that is missing from units.csv, at its first row."""
    first = table.drop_duplicates("unit")
    return [
        Mistake(at(where, row), f"the unit {name!r} is not in units.csv", nearest(str(name), units))
        for row, name in first.loc[~first["unit"].isin(units), "unit"].head(20).items()
    ]


def duplicates(table: pd.DataFrame, where: str) -> list[Mistake]:
    """One mistake per row that repeats a unit, period and indicator."""
    twice = table.duplicated(["unit", "period", "indicator"])
    return [_twice(at(where, row), table.loc[row]) for row in table.index[twice][:20]]


def cell_mistakes(table: pd.DataFrame, where: str) -> list[Mistake]:
    """Report non-numeric values, invalid periods and dates, unknown statuses."""
    mistakes = _bad_periods(table, where)
    for column in ("value", "numerator", "denominator"):
        if column in table:
            mistakes += bad_numbers(table, column, where)
    mistakes += _bad_dates(table, where) if "released" in table else []
    return mistakes + (_bad_statuses(table, where) if "status" in table else [])


def _check_width(content: bytes, shown: str) -> None:
    """Refuse a line with thousands of columns before pandas allocates them; commas in quotes separate nothing."""
    breaks = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    starts, ends = np.append(0, breaks + 1), np.append(breaks, len(content))
    for line in np.flatnonzero(ends - starts >= MOST_COLUMNS):
        if QUOTED.sub(b"", content[starts[line] : ends[line]]).count(b",") >= MOST_COLUMNS:
            raise _too_wide(at(shown, line - 1))


def _check_columns(names: list[str], shown: str) -> None:
    if len(names) > MOST_COLUMNS:
        raise _too_wide(shown)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError([Mistake(shown, f"duplicate column `{twice[0]}`", "Keep one of them.")])


def _too_wide(shown: str) -> InputError:
    cure = "Remove the empty columns at its right."
    return InputError([Mistake(shown, f"has more than {MOST_COLUMNS:,} columns", cure)])


def optional(path: Path, where: str, columns: tuple[str, ...], needed: tuple[str, ...]) -> pd.DataFrame:
    """A table that a dataset need not have, as text with every column; empty where it is missing."""
    if not path.is_file():
        return pd.DataFrame(columns=list(columns), dtype=str)
    table = read_text(path, where)
    require(table, needed, where)
    unknown = [name for name in table.columns if name not in columns]
    if unknown:
        raise InputError(Mistake(where, f"unknown column `{name}`", nearest(name, columns)) for name in unknown)
    return table.reindex(columns=list(columns), fill_value="")


def at(where: str, row: object) -> str:
    """A row of a table as an editor numbers it."""
    return f"{where}, line {int(str(row)) + 2}"


def _twice(where: str, row: "pd.Series[str]") -> Mistake:
    key = f"unit {row['unit']}, period {row['period']}, indicator {row['indicator']}"
    return Mistake(where, f"duplicate row for {key}", "Keep one row for each unit, period and indicator.")


def bad_numbers(table: pd.DataFrame, column: str, where: str) -> list[Mistake]:
    """One mistake per cell that is neither a finite number nor empty."""
    cells = table[column]
    if pd.api.types.is_numeric_dtype(cells):
        wrong = np.isinf(cells.astype(float))
    else:
        wrong = ~np.isfinite(pd.to_numeric(cells, errors="coerce")) & (cells != "")
    return [
        Mistake(at(where, row), f"`{column}` {cells[row]!r} is not a number", "Write digits and a point only.")
        for row in table.index[wrong][:20]
    ]


def _bad_dates(table: pd.DataFrame, where: str) -> list[Mistake]:
    good = {text: not text or periods.valid(text) for text in table["released"].unique()}
    return [
        Mistake(at(where, row), f"`released` {table.at[row, 'released']!r} is not a date", "Write 2019-04-30.")
        for row in table.index[~table["released"].map(good).astype(bool)][:20]
    ]


def _bad_periods(table: pd.DataFrame, where: str) -> list[Mistake]:
    good = {text: periods.valid(text) for text in table["period"].unique()}
    return [
        Mistake(at(where, row), f"{table.at[row, 'period']!r} is not a period", "Write 2019, 2019Q1 or 2019-01.")
        for row in table.index[~table["period"].map(good).astype(bool)][:20]
    ]


def _bad_statuses(table: pd.DataFrame, where: str) -> list[Mistake]:
    wrong = ~table["status"].isin([*STATUSES, ""])
    return [
        Mistake(
            at(where, row),
            f"unknown status {table.at[row, 'status']!r}",
            nearest(str(table.at[row, "status"]), STATUSES),
        )
        for row in table.index[wrong][:20]
    ]
