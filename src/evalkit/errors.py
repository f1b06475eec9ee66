"""What went wrong, where, and what to write instead: all mistakes at once."""

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
    """One mistake of the user: where it stands, what it is, how to mend it."""

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{_cut(self.where)}: {_cut(self.what)}\n    {_cut(self.cure)}"


def shortened(found: object) -> str:
    """What was found, as Python writes it, but short, however large or deep it is."""
    return _SHORT.repr(found)


def _cut(text: str) -> str:
    """A part of a message; of one that repeats a long input, its beginning and its end."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST * 3 // 4]} … {text[-LONGEST // 4 :]}"


class InputError(Exception):
    """The input is wrong. Carries every mistake found; shown without a traceback.

    Attributes:
        mistakes: at least one `Mistake`.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(dict.fromkeys(mistakes))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))

    def _render_traceback_(self) -> list[str]:
        """What IPython shows: the message, as a user's mistake has no use for a stack."""
        return [str(self)]


class ResultError(Exception):
    """A finished report is not what was asked for (wrong region, other parameters, missing parts)."""


def nearest(word: str, known: Iterable[str], none: str = "") -> str:
    """The sentence "Did you mean …?" for a mistyped word, or what is known where nothing is near.

    A code whose leading zero was lost (spreadsheets do that) is recognised as such.
    """
    known, word = sorted(set(known)), str(word)  # a notebook may be given a number
    padded = [code for code in known if code.lstrip("0") == word.lstrip("0") and code != word]
    if padded and word.isdigit():
        return f'Did you mean "{padded[0]}"? Codes are text: keep the leading zero (format the column as text).'
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"Known: {shown}." if known else none


def as_text(code: object, known: Iterable[str]) -> str:
    """The cure for a region's code that became a number on its way, as 010101 does behind papermill's `-p`."""
    meant = [name for name in known if isinstance(code, (int, float)) and _as_number(name) == code]
    guess = f'Did you mean "{meant[0]}"? ' if meant else ""
    return f"{guess}Codes are text: with papermill use -r region {meant[0] if meant else 'CODE'}."


def _as_number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


class Collector:
    """Gathers the mistakes of several steps, so that a user sees all of them at once."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Run one step; its mistakes are kept and the next step goes on."""
        try:
            yield
        except InputError as error:
            self.mistakes.extend(error.mistakes)

    def check(self) -> None:
        """Raise everything that was gathered, if anything was."""
        if self.mistakes:
            raise InputError(self.mistakes)


def one_line(error: Any) -> str:
    """The cause in one line: of a failed cell the exception, not the traceback."""
    if type(error).__name__ == "CellTimeoutError":
        return f"{type(error).__name__}: took longer than the notebook may take; --timeout sets how long that is"
    if hasattr(error, "ename"):  # papermill's error of a cell
        return f"{error.ename}: {error.evalue} (cell {error.exec_count})".replace("\n", " ")
    return f"{type(error).__name__}: {error}".replace("\n", " ")
