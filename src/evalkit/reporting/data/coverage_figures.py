"""Which values are there: heat maps by region and by period, with their shares as numbers."""

from collections.abc import Mapping, Sequence

import matplotlib.patches as patches
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from evalkit import periods
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.sheet import Margins, Sheet
from evalkit.reporting.elements.table import Column, Table
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import Html, language, plain, say, semicolons, translate

MOST = 8  # regions with one column each; more are shown by group
STEPS = (0.0, 0.5, 0.8, 0.95, 0.9999, 1.1)  # shares between which a colour holds
COLOURS = ListedColormap(["#7a3b04", "#b8690f", "#e3ae6b", "#f5e3c8", "#dfe9f2"])  # the more is missing, the darker
NORM = BoundaryNorm(STEPS, len(STEPS) - 1)
LABELS = ("< 50%", "50–79%", "80–94%", "95–99%", "100%")
DARK = 0.8  # below this share the ground is dark
NAMES = 120.0  # points that names have at most
SPOKEN = 5  # rows that the text alternative names


def by_region(due: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Drawing:
    """Share of due values that are there: indicators by evaluated regions and groups of the others."""
    columns = _columns(due, panel, evaluation)
    headings = {unit: heading for heading, units in columns.items() for unit in units}
    shares = _shares(due, due["unit"].astype(str).map(headings), evaluation).reindex(columns=list(columns))

    def paint(sheet: Sheet) -> Figure:
        return _by_region(shares, list(columns), evaluation, sheet)

    caption = say(
        "Share of the values due that the panel holds, in per cent. Due is every indicator that regions of a kind "
        "report, in every period of the indicator; dash: not reported by this kind."
    )
    rows = [[evaluation.indicators[name].name[language()], *map(_share, values)] for name, values in _rows(shares)]
    table = _table("quality-coverage", translate("Indicator"), list(columns), rows, panel)
    title, description = _finding(due, evaluation), _in_words(shares, evaluation)
    return drawing(paint, "fig-quality-coverage", title, caption, table, simulated(panel), description)


def _by_region(shares: pd.DataFrame, headings: Sequence[str], evaluation: Evaluation, sheet: Sheet) -> Figure:
    """Cells with their numbers; headings that are wider than their column are numbered and listed below."""
    names, cell = _names(shares, evaluation, sheet), _room(shares, evaluation, sheet) / len(headings)
    wrapped = [sheets.wrapped(heading, cell - 4, sheet.small) for heading in headings]
    is_numbered = sheets.widest(wrapped, sheet.small) > cell - 2
    shown = [str(place) for place in range(1, len(headings) + 1)] if is_numbered else wrapped
    key = [f"{number}  {heading}" for number, heading in zip(shown, headings, strict=True)] if is_numbered else []
    figure, axes = _axes(shares, names, key, max(text.count("\n") + 1 for text in shown), sheet)
    for row, values in enumerate(shares.to_numpy(dtype=float)):
        axes.pcolormesh(
            range(len(headings) + 1), _edges(row, sheet), [values], cmap=COLOURS, norm=NORM, edgecolors="white",
            linewidth=1.5,
        )  # fmt: skip
        for column, share in enumerate(values):
            colour = "white" if share < DARK else theme.INK
            at = (column + 0.5, sum(_edges(row, sheet)) / 2)
            axes.text(*at, _share(share), ha="center", va="center", fontsize=sheet.small, color=colour)
    axes.set_xticks(np.arange(len(headings)) + 0.5, shown, fontsize=sheet.small)
    axes.set_xlim(0, len(headings))
    return figure


def by_period(due: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Drawing:
    """Share of regions that report: indicators by period."""
    shares = _shares(due, due["period"].astype(str), evaluation)

    def paint(sheet: Sheet) -> Figure:
        return _by_period(shares, evaluation, sheet)

    by = due.groupby("period")["observed"].mean()
    title = say(
        "The fewest values are there for {period}: {share}%",
        period=formats.period(str(by.idxmin())),
        share=_share(float(by.min())),
    )
    caption = say("Share of the regions that report an indicator in each period, in per cent of those it is due from.")
    turned = shares.T.sort_index()  # a reader looks for a period, and there are more of them than indicators
    rows = [[formats.period(name), *map(_share, values)] for name, values in _rows(turned)]
    headings = [evaluation.indicators[str(name)].name[language()] for name in turned.columns]
    table = _table("quality-coverage-periods", translate("Period"), headings, rows, panel)
    return drawing(paint, "fig-quality-periods", title, caption, table, simulated(panel), _in_words(shares, evaluation))


def _by_period(shares: pd.DataFrame, evaluation: Evaluation, sheet: Sheet) -> Figure:
    figure, axes = _axes(shares, _names(shares, evaluation, sheet), [], 1, sheet)
    for row, (_, values) in enumerate(_rows(shares)):
        cells = [(name, share) for name, share in zip(shares.columns, values, strict=True) if np.isfinite(share)]
        edges = [*(_year(name) for name, _ in cells), _year(cells[-1][0], after=1)]
        axes.pcolormesh(
            edges, _edges(row, sheet), [[share for _, share in cells]], cmap=COLOURS, norm=NORM, edgecolors="white",
            linewidth=0.4,
        )  # fmt: skip
    first, last = int(_year(str(min(shares.columns)))), _year(str(max(shares.columns)), after=1)
    years = list(range(first, int(last)))
    axes.set_xlim(_year(str(min(shares.columns))), last)
    axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years], fontsize=sheet.small)
    return figure


def _in_words(shares: pd.DataFrame, evaluation: Evaluation) -> Html:
    """The rows with the fewest values, for those who do not see the drawing."""
    means = shares.mean(axis=1).head(SPOKEN)
    return semicolons(
        [f"{evaluation.indicators[str(name)].name[language()]}: {_share(float(mean))}%" for name, mean in means.items()]
    )


def _finding(due: pd.DataFrame, evaluation: Evaluation) -> Html:
    """How much is there, and of what the least."""
    if due["observed"].all():
        return say("All values due are there")
    least = due.groupby("indicator")["observed"].mean().idxmin()
    return say(
        "{share}% of the values due are there; the fewest of: {name}",
        share=_share(float(due["observed"].mean())),
        name=evaluation.indicators[str(least)].name[language()],
    )


def simulated(panel: Panel) -> bool:
    """Whether any value of the panel is simulated."""
    return bool((panel.rows["status"] == "simulated").any())


def _shares(due: pd.DataFrame, by: "pd.Series[str]", evaluation: Evaluation) -> pd.DataFrame:
    """Share observed, indicators in rows, the least complete first; equal ones as the assessment lists them."""
    shares = due.groupby([due["indicator"], by.rename("by")])["observed"].mean().unstack()
    chosen = [name for name in evaluation.assessment.chosen if name in shares.index]
    ids = [*chosen, *(name for name in shares.index if name not in chosen)]
    observed = due.groupby("indicator")["observed"].mean()
    return shares.loc[sorted(ids, key=lambda name: observed[name])]


def _columns(due: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Mapping[str, Sequence[str]]:
    """Units of each column, by its heading: evaluated regions by name where they are few, the others by group."""
    present = set(due["unit"].astype(str))
    own = [unit for unit in evaluation.regions if unit in present]
    own = own if len(own) <= MOST else []
    columns = {evaluation.name(unit, language()): [unit] for unit in own}
    rest = panel.units.loc[[unit for unit in panel.units.index if unit in present and unit not in own]]
    by = list(evaluation.assessment.design.comparison.same) or ["kind"]
    for names, members in rest.groupby(by, sort=False):
        words = [translate(vocabulary.KIND_NAMES.get(str(name), str(name))) for name in names if name]
        group = " · ".join(words) or translate("regions")
        heading = plain("{group}, others ({n})" if own else "{group} ({n})", group=group, n=len(members))
        columns[heading] = list(members.index)
    return columns


def _names(shares: pd.DataFrame, evaluation: Evaluation, sheet: Sheet) -> list[str]:
    names = [evaluation.indicators[str(name)].name[language()] for name in shares.index]
    return names if sheet.is_narrow else [sheets.wrapped(name, NAMES, sheet.small) for name in names]


def _room(shares: pd.DataFrame, evaluation: Evaluation, sheet: Sheet) -> float:
    """What is left of the width for cells: on a phone the names are above them."""
    names = _names(shares, evaluation, sheet)
    return sheet.width - 8 - (0 if sheet.is_narrow else sheets.widest(names, sheet.small) + 8)


def _edges(row: int, sheet: Sheet) -> tuple[float, float]:
    """Upper and lower edge of a row of cells."""
    return (row + 0.48 if sheet.is_narrow else row + 0.0, row + 1.0)


def _axes(
    shares: pd.DataFrame, names: Sequence[str], key: Sequence[str], lines: int, sheet: Sheet
) -> tuple[Figure, Axes]:
    """Axes with a row for each indicator, the key of the colours above, the key of numbered columns below."""
    row = sheet.small * sheets.LINE
    high = 2.1 * row if sheet.is_narrow else max(max(name.count("\n") + 1 for name in names) * row, 1.5 * row)
    left = 4.0 if sheet.is_narrow else sheets.widest(names, sheet.small) + 10
    margins = Margins(left, 6, 1.8 * row, row * (lines + len(key)) + 10)
    figure, axes = sheets.plot(sheet, high * len(shares), margins)
    axes.set(ylim=(len(names), 0), yticks=[])
    for place, name in enumerate(names):
        at, side, level = (
            ((0, place + 0.02), "left", "top") if sheet.is_narrow else ((0, place + 0.5), "right", "center")
        )
        axes.annotate(
            name, at, xycoords=("axes fraction", "data"), xytext=(0 if sheet.is_narrow else -6, 0),
            textcoords="offset points", ha=side, va=level, fontsize=sheet.small, annotation_clip=False,
        )  # fmt: skip
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    height = figure.get_size_inches()[1] * sheets.POINTS
    for place, text in enumerate(key):
        _write(figure, text, 4, sheet.foot + row * (len(key) - place - 0.5) + 2, sheet)
    _colours(figure, height - 0.7 * row, sheet)
    return figure, axes


def _colours(figure: Figure, up: float, sheet: Sheet) -> None:
    """The key of the colours, in points from the lower edge."""
    at = 4.0
    for place in range(len(LABELS))[::-1]:
        spot = patches.Rectangle(
            (at / sheets.POINTS, (up - 4) / sheets.POINTS), 8 / sheets.POINTS, 8 / sheets.POINTS,
            facecolor=COLOURS(place), transform=figure.dpi_scale_trans,
        )  # fmt: skip
        figure.add_artist(spot)
        _write(figure, LABELS[place], at + 11, up, sheet)
        at += 11 + sheets.width_of(LABELS[place], sheet.small) + 10


def _write(figure: Figure, text: str, right: float, up: float, sheet: Sheet) -> None:
    at = (right / sheets.POINTS, up / sheets.POINTS)
    figure.text(*at, text, transform=figure.dpi_scale_trans, va="center", fontsize=sheet.small)


def _rows(table: pd.DataFrame) -> list[tuple[str, Sequence[float]]]:
    return [(str(name), list(values)) for name, values in zip(table.index, table.to_numpy(dtype=float), strict=True)]


def _share(share: float) -> str:
    """Per cent; what is not whole never reads as 100."""
    if not np.isfinite(share):
        return formats.NOTHING
    return formats.number(100, 0) if share == 1 else formats.fixed(min(100 * share, 99.9), 1)


def _year(name: str, after: int = 0) -> float:
    """Where a period begins, in years; with `after`, where it ends."""
    first = periods.first_day(periods.write(periods.parse(name) + after))
    return first.year + (first.timetuple().tm_yday - 1) / 365.25


def _table(name: str, first: str, headings: Sequence[str], rows: Sequence[Sequence[str]], panel: Panel) -> Table:
    columns = [Column(first, "s"), *(Column(heading, "n") for heading in headings)]
    return Table.of(name, say("Values of this figure"), columns, rows, simulated(panel))
