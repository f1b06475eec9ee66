"""A diagram of boxes in columns that lead from one to the next, with lists below: HTML lists, arranged by the style.

A wide page shows the columns side by side with arrows between them, a narrow one below each other. A screen reader and
Word get a numbered list of lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Stack:
    """A column or list: its heading and its texts."""

    heading: str
    texts: Sequence[str]


def flow(columns: Sequence[Stack], lists: Sequence[Stack]) -> Markup:
    """Columns of boxes that lead from one to the next, and lists below them."""
    around = Markup('<ul class="around" role="list">{}</ul>').format(_items(lists)) if lists else Markup("")
    return Markup('<ol class="flow" role="list">{}</ol>').format(_items(columns)) + around


def _items(stacks: Sequence[Stack]) -> Markup:
    return Markup("").join(
        Markup("<li><p><strong>{}</strong></p><ul>{}</ul></li>").format(
            stack.heading, Markup("").join(Markup("<li>{}</li>").format(text) for text in stack.texts)
        )
        for stack in stacks
    )
