"""Which values are there: heat maps by region and by period, with their shares as numbers."""

from collections.abc import Mapping, Sequence

import matplotlib.patches as patches
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure

from evalkit import periods
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import figures, theme
from evalkit.reporting.elements.figures import Drawing
from evalkit.reporting.elements.table import Column, Table
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import Html, language, plain, say, translate

LEVEL = 4  # headings side by side; more are rotated
MOST = 8  # regions with one column each; more are shown by group
STEPS = (0.0, 0.5, 0.8, 0.95, 0.9999, 1.1)  # shares between which a colour holds
COLOURS = ListedColormap(["#7a3b04", "#b8690f", "#e3ae6b", "#f5e3c8", "#dfe9f2"])  # the more is missing, the darker
NORM = BoundaryNorm(STEPS, len(STEPS) - 1)
LABELS = ("< 50%", "50–79%", "80–94%", "95–99%", "100%")
DARK = 0.8  # below this share the ground is dark
ROW = 0.26  # inches of a row
AROUND = 1.1  # inches above and below the rows


def by_region(due: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Drawing:
    """Share of due values that are there: indicators by evaluated regions and groups of the others."""
    columns = _columns(due, panel, evaluation)
    headings = {unit: heading for heading, units in columns.items() for unit in units}
    shares = _shares(due, due["unit"].astype(str).map(headings), evaluation).reindex(columns=list(columns))
    figure, axes = _axes(shares, evaluation)
    axes.pcolormesh(shares.to_numpy(dtype=float), cmap=COLOURS, norm=NORM, edgecolors="white", linewidth=1.5)
    for (row, column), share in np.ndenumerate(shares.to_numpy(dtype=float)):
        colour = "white" if share < DARK else theme.INK
        axes.text(column + 0.5, row + 0.5, _share(share), ha="center", va="center", fontsize=8, color=colour)
    axes.set_xticks(np.arange(len(columns)) + 0.5, list(columns), fontsize=8)
    if len(columns) > LEVEL:
        plt.setp(axes.get_xticklabels(), rotation=25, ha="right", rotation_mode="anchor")
    figures.mark_simulated(figure, simulated(panel))
    caption = say(
        "Share of the values due that the panel holds, in per cent. Due is every indicator that regions of a kind "
        "report, in every period of the indicator; dash: not reported by this kind."
    )
    rows = [[evaluation.indicators[name].name[language()], *map(_share, values)] for name, values in _rows(shares)]
    table = _table("quality-coverage", translate("Indicator"), list(columns), rows, panel)
    return figures.drawing(figure, "fig-quality-coverage", _finding(due, evaluation), caption, table, simulated(panel))


def by_period(due: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Drawing:
    """Share of regions that report: indicators by period."""
    shares = _shares(due, due["period"].astype(str), evaluation)
    figure, axes = _axes(shares, evaluation)
    for row, (_, values) in enumerate(_rows(shares)):
        known = [(name, share) for name, share in zip(shares.columns, values, strict=True) if np.isfinite(share)]
        edges = [*(_year(name) for name, _ in known), _year(known[-1][0], after=1)]
        cells = np.array([[share for _, share in known]])
        axes.pcolormesh(edges, [row, row + 1], cells, cmap=COLOURS, norm=NORM, edgecolors="white", linewidth=0.6)
    figures.mark_simulated(figure, simulated(panel))
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
    return figures.drawing(figure, "fig-quality-periods", title, caption, table, simulated(panel))


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
    """Share observed, indicators in rows: those of the assessment first, as it lists them."""
    shares = due.groupby([due["indicator"], by.rename("by")])["observed"].mean().unstack()
    chosen = [name for name in evaluation.assessment.chosen if name in shares.index]
    return shares.loc[[*chosen, *(name for name in shares.index if name not in chosen)]]


def _columns(due: pd.DataFrame, panel: Panel, evaluation: Evaluation) -> Mapping[str, Sequence[str]]:
    """Units of each column, by its heading: evaluated regions by name where they are few, the others by group."""
    present = set(due["unit"].astype(str))
    own = [unit for unit in evaluation.regions if unit in present]
    own = own if len(own) <= MOST else []
    found = {evaluation.name(unit, language()): [unit] for unit in own}
    rest = panel.units.loc[[unit for unit in panel.units.index if unit in present and unit not in own]]
    by = list(evaluation.assessment.design.comparison.same) or ["kind"]
    for names, listed in rest.groupby(by, sort=False):
        words = [translate(vocabulary.KIND_NAMES.get(str(name), str(name))) for name in names if name]
        group = " · ".join(words) or translate("regions")
        heading = plain("{group}, others ({n})" if own else "{group} ({n})", group=group, n=len(listed))
        found[heading] = list(listed.index)
    return found


def _axes(shares: pd.DataFrame, evaluation: Evaluation) -> tuple[Figure, Axes]:
    """Axes with a row for each indicator, the first on top, and the key of the colours above."""
    theme.use()
    figure, axes = plt.subplots(figsize=(theme.WIDTH, AROUND + ROW * len(shares)))
    plt.close(figure)  # shown by the page, not by the notebook's backend as well
    names = [evaluation.indicators[str(name)].name[language()] for name in shares.index]
    axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=8.5)
    axes.set_ylim(len(names), 0)
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    key = [patches.Patch(color=COLOURS(k), label=label) for k, label in enumerate(LABELS)]
    figure.legend(handles=key[::-1], loc="outside upper right", ncols=len(key), frameon=False, fontsize=8)
    return figure, axes


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
