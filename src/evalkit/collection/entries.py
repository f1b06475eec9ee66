"""Reads the figures of a returned form, one indicator and period at a time; unclear cells are refused by address."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalkit import periods
from evalkit.collection import form as forms
from evalkit.collection.form import Line, Part, Rule
from evalkit.errors import Mistake, nearest
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Cell, Sheet, address, place

CLOSE = 0.01  # relative tolerance for a value to agree with numerator over denominator
WORDS = {"missing": "缺失", "not_applicable": "不适用"}
Rules = Mapping[Part, Rule]
Rows = Mapping[Part, int]


class Unclear(Exception):  # noqa: N818 (not an error: a question to the sender)
    """A cell that only the sender can clarify: its row and column, what is wrong, and how to fix it."""

    def __init__(self, where: tuple[int, int], what: str, cure: str) -> None:
        super().__init__(what)
        self.where, self.what, self.cure = where, what, cure


@dataclass(frozen=True, slots=True)
class Figure:
    """The content of a cell for a number.

    Attributes:
        value: None if the cell has no number.
        reason: the form's word for why there is none, if the cell gives it.
        signed: whether it has a percent sign, so that 0.9 cannot mean 90.
    """

    value: float | None = None
    reason: str = ""
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The entries for one indicator in one period.

    Attributes:
        row: the panel's columns value, numerator, denominator, status and note; None if empty or refused.
        reason: why there is no figure, if the form says so: `missing` or `not_applicable`.
        mark: the form's words for the reason, with the note.
        open: number of cells still to be filled in.
    """

    row: dict[str, object] | None = None
    reason: str = ""
    mark: str = ""
    open: int = 0


def text(cell: Cell | None) -> str:
    """A cell's content as trimmed text."""
    return cell_text.as_text(cell.value).strip() if cell else ""


class Reader:
    """Reads the cells of one sheet; logs what it normalises, and collects what it refuses."""

    def __init__(self, file: str, sheet: Sheet, log: list[tuple[str, ...]], refused: list[Mistake]) -> None:
        self.file, self.sheet, self.log, self.refused = file, sheet, log, refused

    def date(self, row: int, column: int) -> str:
        """A date in the panel's format; empty if none is given, or if it is refused."""
        cell = self.sheet.cells.get((row, column))
        if cell is not None and isinstance(cell.value, dt.date):
            return cell.value.strftime("%Y-%m-%d")
        written = cell_text.clean(text(cell))
        if written and not (len(written) == len("2022-05-15") and periods.valid(written)):
            self._refuse(Unclear((row, column), f"{written!r} is not a date", "Write the date as 2022-05-15."))
            return ""
        return written

    def figures(self, first: int, lines: Sequence[Line], column: int) -> Said:
        """Read the rows of one indicator in one period."""
        rows: Rows = {line.part: first + i for i, line in enumerate(lines)}
        rules = {line.part: forms.RULES[line.rule] for line in lines if line.part in forms.NUMBERS}
        try:
            return self._figures(rows, rules, column)
        except Unclear as unclear:
            self._refuse(unclear)
            return Said()

    def _figures(self, rows: Rows, rules: Rules, column: int) -> Said:
        word, note = self._status(rows["status"], column), text(self.sheet.cells.get((rows["note"], column)))
        figures = {part: self._figure(rows[part], column, rule) for part, rule in rules.items()}
        given = {part: figure.value for part, figure in figures.items() if figure.value is not None}
        reason = word if word in forms.REASONS else figures["value"].reason
        where = (rows["value"], column)
        if reason and given:
            raise Unclear(where, f"has a figure, and is marked {reason}", "Delete one of the two.")
        if reason:
            return Said(reason=forms.REASONS[reason], mark=f"{reason}；{note}" if note else reason)
        if not given:
            return Said(open=len(rules))
        empty = sum(figure == Figure() for figure in figures.values())
        if "value" in given:
            given["value"] = self._in_unit(figures["value"], given, rules["value"], where, note)
        else:
            given["value"] = self._computed(given, rules["value"], where)
            empty -= 1
        self._check(given, rules, rows, column, note)
        row: dict[str, object] = {part: given.get(part, math.nan) for part in forms.NUMBERS}
        return Said(row | {"status": forms.STATUSES.get(word, "reported"), "note": note}, open=empty)

    def _status(self, row: int, column: int) -> str:
        """One of the form's words for a status; empty if none was chosen."""
        word = cell_text.clean(text(self.sheet.cells.get((row, column))))
        words = [*forms.STATUSES, *forms.REASONS]
        if word and word not in words:
            raise Unclear((row, column), f"{word!r} is not a status of the form", nearest(word, words))
        return word

    def _figure(self, row: int, column: int, rule: Rule) -> Figure:
        cell = self.sheet.cells.get((row, column))
        if cell is None:
            return Figure()
        where = (row, column)
        if cell.uncached or cell.error:
            what = f"contains the error {cell.error}" if cell.error else "is a formula without a result"
            raise Unclear(where, what, "Type the figure itself.")
        if isinstance(cell.value, bool | dt.date):
            raise Unclear(where, f"{cell.value} is not a number", "Type the figure; format the cell as a number.")
        if isinstance(cell.value, str):
            return self._from_text(cell, rule, where)
        exact = cell_text.exact(float(cell.value or 0))
        if not (cell.percent and rule.percent):
            return Figure(float(exact))
        self._note(where, cell_text.plain(exact), cell_text.plain(exact * 100), "cell formatted as a percentage")
        return Figure(float(exact * 100), signed=True)

    def _from_text(self, cell: Cell, rule: Rule, where: tuple[int, int]) -> Figure:
        """A number stored as text, or a mark for a missing figure."""
        written = text(cell)
        mark = "missing" if written in forms.REASONS else cell_text.missing(written, {})
        if not cell_text.clean(written):
            return Figure()
        if mark in WORDS:
            reason = written if written in forms.REASONS else WORDS[mark]
            self._note(where, written, reason, "mark for a missing figure")
            return Figure(reason=reason)
        number = cell_text.number(written)
        signed = rule.percent and number is not None and number.suffix is not None and number.suffix.kind == "percent"
        if number is None or number.markers or number.flags or (number.suffix and not signed):
            cure = "Type digits only, in the unit of the form; 初步数 is chosen in the row 状态 Status."
            raise Unclear(where, f"{written!r} is not a plain number", cure)
        self._note(where, written, cell_text.plain(number.value), ", ".join(["number stored as text", *number.rules]))
        return Figure(float(number.value), signed=signed)

    def _in_unit(
        self, figure: Figure, given: Mapping[Part, float], rule: Rule, where: tuple[int, int], note: str
    ) -> float:
        """The value in percent. 0.9 may mean 0.9 or 90: only a percent sign, the counts or a note can decide."""
        value = given["value"]
        if not rule.percent or figure.signed or not 0 < value <= 1:
            return value
        exact = _quotient(given, rule)
        if exact is not None and math.isclose(value * 100, exact, rel_tol=CLOSE):
            self._note(where, f"{value:.12g}", f"{value * 100:.12g}", "fraction, by numerator and denominator")
            return float(cell_text.exact(value) * 100)
        if note or (exact is not None and math.isclose(value, exact, rel_tol=CLOSE)):
            return value
        cure = f"Type {value:.12g}% or {value * 100:.12g}%, with the percent sign."
        raise Unclear(where, f"{value:.12g} in a percent row can be {value:.12g}% or {value * 100:.12g}%", cure)

    def _computed(self, given: Mapping[Part, float], rule: Rule, where: tuple[int, int]) -> float:
        exact = _quotient(given, rule)
        if exact is None:
            cure = "Enter the value, or numerator and denominator (not zero)."
            raise Unclear(where, "has no value, and it cannot be computed from the other cells", cure)
        self._note(where, "", f"{exact:.12g}", "computed from numerator and denominator")
        return exact

    def _check(self, given: Mapping[Part, float], rules: Rules, rows: Rows, column: int, note: str) -> None:
        for part, value in given.items():
            rule = rules[part]
            if not rule.allows(value) and not (rule.soft and note):
                cure = "Correct it" + (", or explain in the note why it is correct." if rule.soft else ".")
                raise Unclear((rows[part], column), f"{value:.12g} breaks the form's rule {rule.text}", cure)
        if given.get("numerator", 0) > given.get("denominator", math.inf) and not rules["value"].soft:
            raise Unclear((rows["numerator"], column), "the numerator is larger than the denominator", "Correct one.")

    def _refuse(self, unclear: Unclear) -> None:
        where = place(self.file, self.sheet.name, address(*unclear.where))
        self.refused.append(Mistake(where, unclear.what, unclear.cure))

    def _note(self, where: tuple[int, int], before: str, after: str, rule: str) -> None:
        self.log.append((self.file, self.sheet.name, address(*where), before, after, rule))


def _quotient(given: Mapping[Part, float], rule: Rule) -> float | None:
    """Numerator over denominator in the value's unit; None if either is missing or the denominator is zero."""
    if "numerator" not in given or not given.get("denominator"):
        return None
    return given["numerator"] / given["denominator"] * (100 if rule.percent else 1)
