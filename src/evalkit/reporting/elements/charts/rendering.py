"""Figures as SVG by matplotlib's renderer, which measures each text once for all figures and sizes of a process."""

import io
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
        with matplotlib.rc_context({"svg.hashsalt": name}):
            renderer: Any = _Renderer(width, height, buffer, image_dpi=dpi, metadata=UNWANTED)  # type: ignore[no-untyped-call]
            figure.draw(renderer)
            renderer.finalize()
    finally:
        figure.dpi = dpi
    return buffer.getvalue()


class _Renderer(RendererSVG):
    """Measures in memory what is in the house font; matplotlib does the same through the font's file, per figure."""

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> Any:
        size = None if ismath or not _is_house(prop) else _measured(s)
        if size is None:
            return super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
        scale = prop.get_size_in_points() / sheets.MEASURED
        return size[0] * scale, size[1] * scale, size[2] * scale


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
