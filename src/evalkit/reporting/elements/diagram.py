"""A diagram of boxes in columns that lead from one to the next, with lists below: HTML lists, arranged by the style.

A wide page shows the columns side by side with arrows between them, a narrow one below each other. A screen reader and
Word get a numbered list of lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evalkit.reporting.language.words import Html


@dataclass(frozen=True, slots=True)
class Stack:
    """A column or list: its heading and its texts, each with its state where there are any."""

    heading: str
    texts: Sequence[str]
    states: Sequence[str] = ()


def flow(columns: Sequence[Stack], lists: Sequence[Stack]) -> Html:
    """Columns of boxes that lead from one to the next, and lists below them."""
    around = Html('<ul class="around" role="list">{}</ul>').format(_items(lists)) if lists else Html("")
    return Html('<ol class="flow" role="list">{}</ol>').format(_items(columns)) + around


def _items(stacks: Sequence[Stack]) -> Html:
    return Html("").join(
        Html("<li><p><strong>{}</strong></p><ul>{}</ul></li>").format(
            stack.heading, Html("").join(map(_box, stack.texts, stack.states or [""] * len(stack.texts)))
        )
        for stack in stacks
    )


def _box(text: str, state: str) -> Html:
    mark = Html(' <small class="state">{}</small>').format(state) if state else ""
    return Html("<li>{}{}</li>").format(text, mark)
