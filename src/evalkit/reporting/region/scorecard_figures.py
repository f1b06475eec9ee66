"""Figures of scorecards: which ranks a unit holds when the weights change."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evalkit.analysis.goals.scorecard import Appraisal, Group, Standing
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import tables, theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.sheet import Margins, Sheet
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html, language, plain, say, semicolons, translate
from evalkit.reporting.region.scorecards import appraisals, norms

NAMES = 130.0  # points that names have at most


def ranks(evaluation: Evaluation) -> tuple[Drawing | Html, ...]:
    """One figure per scorecard with ranks; nothing where no two units were scored by the same norms."""
    cards, simulated = appraisals(evaluation), tables.is_fictional(evaluation)
    ranked = [(card, [group for group in card.latest if len(group.standings) > 1]) for card in cards]
    return tuple(_ranks(card, groups, simulated) for card, groups in ranked if groups) or (Html(""),)


def _ranks(appraisal: Appraisal, groups: Sequence[Group], simulated: bool) -> Drawing:
    """Median rank, the ranks of 90 % of the weightings, and every rank there is, per unit."""
    standings = [(group, standing) for group in groups for standing in _ordered(group)]

    def paint(sheet: Sheet) -> Figure:
        return _rows(standings, groups, sheet)

    firm = sum(standing.likely[0] == standing.likely[1] for _, standing in standings)
    title = say(
        "{name}: {firm} of {n} units keep one rank in 90% of weightings",
        name=appraisal.card.name[language()],
        firm=firm,
        n=len(standings),
    )
    caption = say(
        "Dot: the median rank; thick line: the ranks that hold in 90% of the drawn weightings; thin line: all ranks "
        "that any weighting can give. Scores of {year}. Only units appraised by the same norms are ranked together.",
        year=formats.period(groups[0].year),
    )
    description = semicolons(
        [
            plain(
                "{unit}: rank {low} to {high}",
                unit=_label(group, standing, len(groups)),
                low=formats.number(standing.likely[0], 0),
                high=formats.number(standing.likely[1], 0),
            )
            for group, standing in standings
        ]
    )
    table = _shares(appraisal, groups, simulated)
    return drawing(paint, f"fig-ranks-{appraisal.card.id}", title, caption, table, simulated, description)


def _rows(standings: Sequence[tuple[Group, Standing]], groups: Sequence[Group], sheet: Sheet) -> Figure:
    """A row for each unit, its name left of it or above it on a phone."""
    names = [sheets.wrapped(_label(group, standing, len(groups)), NAMES, sheet.text) for group, standing in standings]
    row = sheet.text * sheets.LINE
    lines = 2.3 if sheet.is_narrow else max(name.count("\n") + 1 for name in names) + 0.5
    left = 8.0 if sheet.is_narrow else sheets.widest(names, sheet.text) + 12
    figure, axes = sheets.plot(sheet, lines * row * len(standings), Margins(left, 8, 4, 2.3 * row + 6))
    for place, (group, standing) in enumerate(standings):
        _draw(axes, place + (0.2 if sheet.is_narrow else 0), standing)
        text = _label(group, standing, len(groups)) if sheet.is_narrow else names[place]
        at, side = (place - 0.45, "left") if sheet.is_narrow else (place, "right")
        axes.annotate(
            text, (0, at), xycoords=("axes fraction", "data"), xytext=(4 if sheet.is_narrow else -8, 0),
            textcoords="offset points", ha=side, va="top" if sheet.is_narrow else "center", fontsize=sheet.text,
            annotation_clip=False,
        )  # fmt: skip
    most = max(len(group.standings) for group in groups)
    axes.set(xlim=(0.7, most + 0.3), xticks=range(1, most + 1), yticks=[])
    axes.set_xlabel(translate("rank (1 is first)"), fontsize=sheet.text)
    axes.set_ylim(len(standings) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    return figure


def _ordered(group: Group) -> list[Standing]:
    return sorted(group.standings, key=lambda standing: (standing.middle, standing.likely, standing.possible))


def _draw(axes: Axes, row: float, standing: Standing) -> None:
    axes.hlines(row, *standing.possible, color=theme.POOL, linewidth=1.2)
    axes.hlines(row, *standing.likely, color=theme.REGION, linewidth=4)
    axes.scatter([standing.middle], [row], color=theme.REGION, edgecolor="white", linewidth=1.2, s=64, zorder=3)


def _label(group: Group, standing: Standing, groups: int) -> str:
    """The unit's name; with its norms where there are several."""
    name = standing.rated.name[language()]
    if not group.norms or groups == 1:
        return name
    return plain("{unit} ({norms})", unit=name, norms=norms(group.norms))


def _shares(appraisal: Appraisal, groups: Sequence[Group], simulated: bool) -> Table:
    """The share of weightings in which a unit holds each rank."""
    most = max(len(group.standings) for group in groups)
    columns = heads("Unit appraised")
    columns += [Column(say("Rank {rank}", rank=rank), "n") for rank in range(1, most + 1)]
    rows = [
        [
            _label(group, standing, len(groups)),
            *map(formats.percent, standing.shares),
            *[formats.NOTHING] * (most - len(standing.shares)),
        ]
        for group in groups
        for standing in _ordered(group)
    ]
    caption = say("Share of the drawn weightings in which a unit holds each rank")
    return Table.of(f"ranks-{appraisal.card.id}", caption, columns, rows, simulated)
