"""Figures as SVG by matplotlib's renderer, which measures each text once for all figures and sizes of a process."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import LoadFlags

from evalkit.reporting.elements import font
from evalkit.reporting.elements.charts import sheet as sheets

UNWANTED = dict.fromkeys(["Date", "Creator", "Format", "Type"])  # metadata that would differ from run to run


def svg(figure: Figure, name: str) -> str:
    """The figure as matplotlib writes it; the ids inside depend on `name`."""
    buffer, dpi = io.StringIO(), figure.dpi
    figure.dpi = sheets.POINTS
    try:
        width, height = figure.get_size_inches() * sheets.POINTS
        with matplotlib.rc_context({"svg.hashsalt": name}), _unlabelled(figure):
            renderer: Any = _Renderer(width, height, buffer, image_dpi=dpi, metadata=UNWANTED)  # type: ignore[no-untyped-call]
            figure.draw(renderer)
            renderer.finalize()
    finally:
        figure.dpi = dpi
    return buffer.getvalue()


@contextmanager
def _unlabelled(figure: Figure) -> Iterator[None]:
    """Spare matplotlib the search for a place for empty axis labels: it lays out all numbers of an axis once more."""
    every: list[Any] = [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]
    empty = [axis for axis in every if axis._autolabelpos and not axis.get_label_text()]
    try:
        for axis in empty:
            axis._autolabelpos = False
        yield
    finally:
        for axis in empty:
            axis._autolabelpos = True


class _Renderer(RendererSVG):
    """Measures in memory what is in the house font; matplotlib does the same through the font's file, per figure."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        size = None if ismath or not _is_house(prop) else _measured(s)
        if size is None:
            return super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
        scale = prop.get_size_in_points() / sheets.MEASURED
        return size[0] * scale, size[1] * scale, size[2] * scale

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float, float, float] | tuple[None, None, None]:
        """Ascent, descent and gap of lines; where this gives None, matplotlib reads the font's tables for each text."""
        if not _is_house(prop):
            return None, None, None
        ascender, descender, gap, units = _line()
        scale = 1 / units * prop.get_size_in_points() * sheets.POINTS / 72
        return ascender * scale, -descender * scale, gap * scale


def _is_house(prop: FontProperties) -> bool:
    """Whether matplotlib would take the house font."""
    return prop.get_family() == ["sans-serif"] and matplotlib.rcParams["font.sans-serif"] == [font.NAME]


@cache
def _measured(text: str) -> tuple[float, float, float] | None:
    """Width, height and descent; None if the font lacks one of the characters."""
    letters = sheets.letters()
    if not all(letters.get_char_index(ord(character)) for character in text):
        return None
    letters.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    width, height = letters.get_width_height()
    return width / 64, height / 64, letters.get_descent() / 64


@cache
def _line() -> tuple[int, int, int, int]:
    """Ascender, descender and gap of the house font's lines, and in how many units to the size of letters."""
    lines, head = sheets.letters().get_sfnt_table("OS/2"), sheets.letters().get_sfnt_table("head")
    assert lines is not None
    assert head is not None
    return lines["sTypoAscender"], lines["sTypoDescender"], lines["sTypoLineGap"], head["unitsPerEm"]
