"""The two sheets on which every chart is drawn, the page's and the phone's, and plots with margins in points.

Margins come from the measured width of their contents: a layout engine would draw everything twice.
"""

import io
import pickle
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from matplotlib.ft2font import FT2Font
from matplotlib.ticker import FuncFormatter, MaxNLocator

from evalkit.project.params import Indicator
from evalkit.reporting.elements import font, theme
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import language, translate

if TYPE_CHECKING:  # slow to load, and an index only measures text
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 72  # per inch
MEASURED = 100  # points: the size at which texts are measured, for all sizes
LINE = 1.35  # of the size of letters, from one line to the next
TICKS = 7  # of each axis of an empty plot
WITHOUT_EFFECT = ("backend", "interactive")  # settings that change no figure
CLOSING = "，。、；：！？）》〕」』’”…%％"  # begin no line
# From which value on an axis counts in a larger unit, by language: the smallest value, and the unit.
LARGE = {"zh": ((1e9, 1e8), (1e5, 1e4)), "en": ((2e6, 1e6), (1e5, 1e3))}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a chart is drawn on.

    Attributes:
        width: in points.
        text, small: sizes of letters in points; neither is under 11 pixels where the sheet is shown.
        is_narrow: for phones.
        foot: room at the bottom for the mark of simulated data, in points.
    """

    width: float
    text: float
    small: float
    is_narrow: bool
    foot: float = 0.0


WIDE = Sheet(theme.WIDTH * POINTS, 9.5, 8.5, False)
NARROW = Sheet(255, 9, 9, True)  # 340 pixels


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around a plot, in points."""

    left: float = 4
    right: float = 8
    top: float = 8
    bottom: float = 18


def plot(sheet: Sheet, height: float, margins: Margins) -> "tuple[Figure, Axes]":
    """An empty plot in the house style.

    Args:
        height: of the plot without its margins, in points.
    """
    theme.use()
    figure: Figure = pickle.loads(_empty(sheet.text))
    axes = figure.axes[0]
    place(axes, sheet, height, margins)
    return figure, axes


_EMPTY: dict[float, tuple[object, bytes]] = {}


def _empty(text: float) -> bytes:
    """An empty plot with labels of this size, pickled: a copy takes a quarter of the time that making one takes.

    It has as many ticks as most plots need. It is made again after matplotlib's settings have changed.
    """
    import matplotlib
    from matplotlib.figure import Figure

    settings = {name: value for name, value in dict.copy(matplotlib.rcParams).items() if name not in WITHOUT_EFFECT}
    if text not in _EMPTY or _EMPTY[text][0] != settings:
        figure = Figure()
        axes = figure.add_axes((0, 0, 1, 1))
        axes.tick_params(labelsize=text, length=0, pad=4)
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_major_ticks(TICKS)
        _EMPTY[text] = settings, pickle.dumps(figure, pickle.HIGHEST_PROTOCOL)
    return _EMPTY[text][1]


def place(axes: "Axes", sheet: Sheet, height: float, margins: Margins) -> None:
    """Put a plot between its margins, and make the figure as high as both need."""
    bottom = margins.bottom + sheet.foot
    total = height + margins.top + bottom
    across = sheet.width - margins.left - margins.right
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.set_size_inches(sheet.width / POINTS, total / POINTS)
    axes.set_position((margins.left / sheet.width, bottom / total, across / sheet.width, height / total))


def for_data(sheet: Sheet, simulated: bool) -> Sheet:
    """The sheet with room for the mark of simulated data, where they are."""
    return replace(sheet, foot=sheet.small * LINE) if simulated else sheet


def stamp(figure: "Figure", sheet: Sheet) -> None:
    """Write into the drawing that its data are simulated, so that a copied picture keeps the mark."""
    if sheet.foot:
        at, label = (sheet.width - 3, 3.0), translate(vocabulary.DEMO)
        figure.text(
            at[0] / POINTS,
            at[1] / POINTS,
            label,
            transform=figure.dpi_scale_trans,
            ha="right",
            va="bottom",
            fontsize=sheet.small,
            color=theme.GREY,
        )


@cache
def letters() -> FT2Font:
    """The font at the size `MEASURED`."""
    made = FT2Font(io.BytesIO(font.content()))
    made.set_size(MEASURED, POINTS)
    return made


@cache
def width_of(text: str, size: float) -> float:
    """The width of a text's longest line, in points."""
    widths = []
    for line in text.split("\n"):
        letters().set_text(line, 0)
        widths.append(letters().get_width_height()[0] / 64)
    return max(widths) * size / MEASURED


def widest(texts: Sequence[str], size: float) -> float:
    """The width of the widest text, in points."""
    return max((width_of(text, size) for text in texts), default=0.0)


def wrapped(text: str, width: float, size: float) -> str:
    """A text in lines no wider than `width` points: Chinese breaks between characters, other words at spaces."""
    lines, line = [], ""
    for piece in re.findall(r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+", text):
        if line and width_of((line + piece).rstrip(), size) > width and piece[0] not in CLOSING:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return "\n".join([*lines, line.rstrip()])


def value_axis(axes: "Axes", indicator: Indicator, sheet: Sheet, sideways: bool = False) -> tuple[float, str]:
    """Number the axis of values; returns the widest number in points, and the unit that the numbers are in."""
    axis = axes.xaxis if sideways else axes.yaxis
    low, high = axis.get_view_interval()
    factor, name = large(max(abs(low), abs(high)))
    axis.set_major_locator(ticks(4 if sideways and sheet.is_narrow else 5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: formats.number(value / factor, 3)))
    shown = [formats.number(value / factor, 3) for value in axis.get_major_locator().tick_values(low, high)]
    unit = formats.unit(indicator)
    return widest(shown, sheet.text), name + ("" if language() == "zh" or not name else " ") + unit


def unit_of_estimate(indicator: Indicator) -> str:
    """What the axis of an estimate is in."""
    if indicator.scale == "log":
        return translate("estimate, per cent")
    return translate("estimate, percentage points") if indicator.unit == "percent" else translate("estimate")


def large(most: float) -> tuple[float, str]:
    """The unit in which an axis counts, and its name; 1 for values that are no long numbers."""
    factor = next((unit for least, unit in LARGE[language()] if most >= least), 1.0)
    return factor, translate(vocabulary.LARGE[factor]) if factor > 1 else ""


def ticks(most: int) -> MaxNLocator:
    """Round numbers on an axis, so many at most."""
    return MaxNLocator(most, steps=[1, 2, 2.5, 5, 10])


@FuncFormatter
def signed(value: float, place: int | None = None) -> str:
    """A difference on an axis."""
    return formats.number(value, 3, signed=True)


def note(axes: "Axes", text: str, sheet: Sheet, left: float, over: float = 0.0) -> None:
    """What the numbers of the upright axis are, above it."""
    axes.annotate(
        text,
        (0, 1),
        xycoords="axes fraction",
        xytext=(2 - left, 5 + over),
        textcoords="offset points",
        fontsize=sheet.small,
        color=theme.GREY,
        annotation_clip=False,
    )
