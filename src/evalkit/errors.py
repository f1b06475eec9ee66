"""User errors: each names its place, its cause and a cure; all of them are reported at once."""

import difflib
import reprlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

LONGEST = 800  # characters of a part of a message
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 120


@dataclass(frozen=True, slots=True)
class Mistake:
    """One user error: its place, what is wrong, and how to fix it.

    >>> print(Mistake("units.csv, line 3", "duplicate unit 'a'", "Keep one row per unit."))
    units.csv, line 3: duplicate unit 'a'
        Keep one row per unit.
    """

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{_cut(self.where)}: {_cut(self.what)}\n    {_cut(self.cure)}"


def shortened(value: object) -> str:
    """What was found, as Python writes it, but short, however large or deep it is."""
    return _SHORT.repr(value)


def _cut(text: str) -> str:
    """A part of a message; of one that repeats a long input, its beginning and its end."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST * 3 // 4]} … {text[-LONGEST // 4 :]}"


class InputError(Exception):
    """Invalid input, with every mistake in it; shown to users without a traceback.

    Attributes:
        mistakes: at least one `Mistake`.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(dict.fromkeys(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    def _render_traceback_(self) -> list[str]:
        """IPython calls this: show the message only, since a stack does not help to fix an input."""
        return [str(self)]


class ResultError(Exception):
    """A finished report does not match the request (wrong region, other parameters, missing parts)."""


def install(extra: str) -> str:
    """The cure where the packages of an extra are missing."""
    return f"Install it from the folder of evalkit: pip install '.[{extra}]'."


def nearest(word: str, names: Iterable[str], none: str = "") -> str:
    """A hint for an unknown word: the closest known word, else the known words, else `none`.

    A code that lost its leading zero (spreadsheets do that) is recognised.

    >>> nearest("cuonty", ["county", "city"])
    'Did you mean "county"?'
    >>> nearest("x", ["county", "city"])
    'Known: city, county.'
    """
    names, word = sorted(set(names)), str(word)  # a notebook parameter may be a number
    padded = [code for code in names if code.lstrip("0") == word.lstrip("0") and code != word]
    if padded and word.isdigit():
        return f'Did you mean "{padded[0]}"? Codes are text: keep the leading zero (format the column as text).'
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"Known: {shown}." if names else none


def as_text(code: object, codes: Iterable[str]) -> str:
    """The cure for a region's code that was parsed as a number, as papermill's `-p` does with 010101."""
    meant = [name for name in codes if isinstance(code, (int, float)) and _as_number(name) == code]
    guess = f'Did you mean "{meant[0]}"? ' if meant else ""
    return f"{guess}Codes are text: with papermill use -r region {meant[0] if meant else 'CODE'}."


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class Collector:
    """Collects the mistakes of several steps, so that a user sees all of them at once.

    >>> mistakes = Collector()
    >>> with mistakes():
    ...     raise InputError([Mistake("a.yml", "is empty", "Fill it in.")])
    >>> mistakes.check()
    Traceback (most recent call last):
    evalkit.errors.InputError: a.yml: is empty
        Fill it in.
    """

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Run one step: its mistakes are collected, and the next step still runs."""
        try:
            yield
        except InputError as error:
            self.mistakes.extend(error.mistakes)

    def check(self) -> None:
        """Raise all collected mistakes, if there are any."""
        if self.mistakes:
            raise InputError(self.mistakes)


def one_line(error: Any) -> str:
    """An error in one line; for a failed notebook cell, the exception without its traceback.

    >>> one_line(ValueError("no rows"))
    'ValueError: no rows'
    """
    if type(error).__name__ == "CellTimeoutError":
        return f"{type(error).__name__}: the notebook exceeded its time limit; --timeout raises the limit"
    if hasattr(error, "ename"):  # papermill's error of a cell
        return f"{error.ename}: {error.evalue} (cell {error.exec_count})".replace("\n", " ")
    return f"{type(error).__name__}: {error}".replace("\n", " ")
