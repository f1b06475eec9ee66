"""One look for every figure: colours that survive colour blindness and a copier, one CJK font."""

from functools import cache
from typing import Any

from evalkit.reporting.elements import font

INK = "#1f2933"
GREY = "#566270"
FAINT = "#c9d1d9"
REGION = "#0b5394"  # the region: strong blue
POOL = "#b45f06"  # the comparison: dark orange; both differ in lightness as well
BAND = "#fbe9d7"  # what comparison regions show by chance: a pale orange, as their line
GAP = "#a9c9e8"  # between the region and what was expected: a pale blue
MASK = "#e3e6ea"
WIDTH = 7.2  # inches; the page's text column


@cache
def use() -> None:
    """Set fonts and style once per process."""
    import matplotlib  # slow to load, and an index only needs the colours
    import seaborn as sns
    from matplotlib import font_manager

    font_manager.fontManager.addfont(font.path())
    style: dict[str, Any] = {
        "font.family": "sans-serif",
        "font.sans-serif": [font.NAME],
        "font.size": 9.5,
        "svg.fonttype": "none",
        "text.parse_math": False,  # a $ in a name is a dollar
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "grid.color": "#e6eaee",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
    }
    sns.set_theme(style="whitegrid", rc=style)
    matplotlib.rcParams["axes.grid.axis"] = "y"
