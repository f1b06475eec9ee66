"""Tables as LaTeX: texts that stay texts, numbers set right, units in the headings."""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from evalkit.publishing.downloads.blocks import Entry, block
from evalkit.reporting.elements.html import demo
from evalkit.reporting.elements.table import Table
from evalkit.reporting.language.formats import in_brackets
from evalkit.reporting.language.plain_text import text_of
from evalkit.workbooks.spreadsheet_text import CONTROLS

UNIT = re.compile(r'"([^"+]*)"$')  # at the end of a number format
PAIR = re.compile(r"([-'`])(?=\1)|([?!])(?=`)")  # two characters that would be set as another one
#: Commands, and what would be one behind the end of a row (`\\[`, `\\*`).
SPECIAL = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    **{sign: f"{{{sign}}}" for sign in "[*"},
    "\\": r"\textbackslash{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
}
ESCAPES = str.maketrans(SPECIAL)


def escaped(text: str) -> str:
    """A text in which nothing is a command, in one paragraph."""
    plain = " ".join(CONTROLS.sub("", text).split())
    return PAIR.sub(r"\g<0>{}", plain.translate(ESCAPES))


def tables(given: Iterable[Table]) -> str:
    """Each table as a float with caption and label."""
    return "\n".join(["% \\usepackage{booktabs}; Chinese needs XeLaTeX or LuaLaTeX", *map(_table, given)])


def _table(given: Table) -> str:
    made = block(given)
    width = len(made.heading)
    rows = [_across(row, width) if isinstance(row, str) else row for row in made.rows]
    columns = [[row[i] if i < len(row) else Entry("") for row in rows] for i in range(width)]
    units = [_unit(column) for column in columns]
    heading = [label + (in_brackets(unit) if unit else "") for label, unit in zip(made.heading, units, strict=True)]
    cells = [[_bare(entry, unit) for entry in column] for column, unit in zip(columns, units, strict=True)]
    frame = pd.DataFrame(dict(enumerate(cells))).set_axis(list(map(escaped, heading)), axis=1)
    sides = "".join("r" if any(entry.kind == "n" for entry in column) else "l" for column in columns)
    label = f"{text_of(demo()) if given.simulated else ''} {text_of(given.caption)}"
    return str(
        frame.to_latex(
            index=False,
            escape=False,  # `escaped` does more: a row may begin with a bracket
            column_format=sides,
            caption=escaped(label) or None,
            label="tab:" + re.sub(r"[\W_]+", "-", given.name),
            position="htbp",
        )
    )


def _across(text: str, width: int) -> tuple[Entry, ...]:
    """A heading over the rows that follow."""
    return (Entry(text), *[Entry("")] * (width - 1))


def _unit(column: Sequence[Entry]) -> str:
    """The unit that all numbers of a column share; empty where they differ."""
    units = {
        unit[1] if (unit := UNIT.search(entry.form.split(";")[0])) else "" for entry in column if entry.kind == "n"
    }
    return units.pop().strip() if len(units) == 1 else ""


def _bare(entry: Entry, unit: str) -> str:
    """A cell, a number without the unit that its heading names."""
    return escaped(entry.text.removesuffix(unit) if entry.kind == "n" else entry.text)
