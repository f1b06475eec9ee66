"""A diagram of boxes in columns that lead from one to the next, with lists below; text wraps inside the boxes."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrow, FancyBboxPatch

from evalkit.reporting.elements import theme

# All sizes in points; the page shows a drawing of this width at about twice its size.
WIDTH = theme.WIDTH * 72
SIZE, HEADING, LINE = 8.6, 9.6, 12.2
GAP, PAD, SPACE, HEAD = 17.0, 5.0, 5.5, 20.0

# A Latin word up to its hyphen, or a single sign of any other script, with the brackets before and the punctuation
# after it: no line starts with a comma or ends with an opening bracket.
TOKEN = re.compile(
    r"[(\[（“‘《〈〔「『]*(?:[^\W\u2e80-\uffef]+(?:[./’'%&+][^\W\u2e80-\uffef]*)*|\S)[^\w\s(\[（“‘《〈〔「『]*\s*"
)

NARROW = frozenset(" ijlftrI.,:;'!|()[]-/")


@dataclass(frozen=True, slots=True)
class Stack:
    """A column or list: its heading, its texts, and what is said below them."""

    heading: str
    texts: Sequence[str]
    more: str = ""


def flow(columns: Sequence[Stack], lists: Sequence[Stack], note: str = "") -> Figure:
    """Columns of boxes from left to right with arrows between them, lists side by side and a note below."""
    theme.use()
    wide, half = _share(len(columns)), _share(len(lists))
    top = max((_height(stack, wide) for stack in columns), default=0.0)
    below = max((_height(stack, half, boxed=False) for stack in lists), default=0.0)
    total = top + below + (GAP if lists else 0) + (LINE if note else 0)
    figure = plt.figure(figsize=(theme.WIDTH, total / 72))
    figure.set_layout_engine("none")  # of the existing one: a figure without any is given the default when it is saved
    plt.close(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-1, WIDTH + 1), ylim=(total + 1, -1))  # a line on the edge would lose half its width
    axes.axis("off")
    for i, stack in enumerate(columns):
        _column(axes, stack, i * (wide + GAP), wide, top)
        if i:
            _arrow(axes, i * (wide + GAP) - GAP, top / 2)
    for i, stack in enumerate(lists):
        _list(axes, stack, i * (half + GAP), top + GAP, half, below)
    axes.text(WIDTH, total, note, fontsize=7.5, ha="right", va="bottom", color=theme.GREY)
    return figure


def _share(n: int) -> float:
    return (WIDTH - GAP * (n - 1)) / n if n else 0.0


def _height(stack: Stack, width: float, boxed: bool = True) -> float:
    lines = [len(_lines(text, width, boxed)) for text in stack.texts]
    between = (2 * PAD + SPACE if boxed else 0.3 * SPACE) * len(lines)
    return HEAD + LINE * sum(lines) + between + (LINE + SPACE if stack.more else SPACE)


def _lines(text: str, width: float, boxed: bool) -> list[str]:
    """The text of a box (set in twice) or of a list's line (set in once, after its bullet)."""
    return wrap(text, (width - (4 if boxed else 3) * PAD) / SIZE - (0 if boxed else 1))


def _column(axes: Axes, stack: Stack, left: float, width: float, height: float) -> None:
    _box(axes, left, 0, width, height, theme.BAND, theme.BAND)
    _text(axes, stack.heading, left + width / 2, PAD, HEADING, "center")
    y = HEAD
    for text in stack.texts:
        lines = _lines(text, width, boxed=True)
        tall = LINE * len(lines) + 2 * PAD
        _box(axes, left + PAD, y, width - 2 * PAD, tall, "white", theme.FAINT)
        for i, line in enumerate(lines):
            _text(axes, line, left + 2 * PAD, y + PAD + i * LINE)
        y += tall + SPACE
    _text(axes, stack.more, left + 2 * PAD, y)


def _list(axes: Axes, stack: Stack, left: float, top: float, width: float, height: float) -> None:
    _box(axes, left, top, width, height, "white", theme.GREY, dashed=True)
    _text(axes, stack.heading, left + PAD, top + PAD, HEADING)
    y = top + HEAD
    for text in stack.texts:
        _text(axes, "·", left + 1.5 * PAD, y)
        for line in _lines(text, width, boxed=False):
            _text(axes, line, left + 1.5 * PAD + SIZE, y)
            y += LINE
        y += 0.3 * SPACE
    _text(axes, stack.more, left + 1.5 * PAD + SIZE, y)


def _box(
    axes: Axes, left: float, top: float, width: float, height: float, fill: str, edge: str, dashed: bool = False
) -> None:
    style = "round,pad=0,rounding_size=3"
    line = (0, (3, 2)) if dashed else "-"
    axes.add_patch(
        FancyBboxPatch((left, top), width, height, boxstyle=style, facecolor=fill, edgecolor=edge, linestyle=line)
    )


def _arrow(axes: Axes, left: float, middle: float) -> None:
    axes.add_patch(
        FancyArrow(
            left + 2.5,
            middle,
            GAP - 5,
            0,
            width=3,
            head_width=9,
            head_length=6,
            length_includes_head=True,
            color=theme.REGION,
            linewidth=0,
        )
    )


def _text(axes: Axes, text: str, x: float, y: float, size: float = SIZE, align: str = "left") -> None:
    if text:
        axes.text(x, y, text, fontsize=size, ha=align, va="top", color=theme.INK if size == SIZE else theme.REGION)


def wrap(text: str, ems: float) -> list[str]:
    """Lines no wider than so many ems, broken between words or, in Chinese, between any two characters."""
    lines, line = [], ""
    for token in _tokens(" ".join(text.split()), ems):
        if line and wide(line + token.rstrip()) > ems:
            lines.append(line.rstrip())
            line = ""
        line += token
    return [*lines, line.rstrip()] if line else lines


def _tokens(text: str, ems: float) -> list[str]:
    """What is not broken; a word longer than a line has to be."""
    return [part for token in TOKEN.findall(text) for part in ([token] if wide(token.strip()) <= ems else list(token))]


def wide(text: str) -> float:
    """The width of a text in ems, not too small for the fonts a page may be shown in."""
    return sum(_width(sign) for sign in text)


def _width(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WFA":
        return 1.0
    if sign in NARROW:
        return 0.38
    return 0.74 if sign.isupper() else 0.6
