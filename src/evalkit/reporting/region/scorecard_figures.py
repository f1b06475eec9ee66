"""Figures of scorecards: which ranks a unit holds when the weights change."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from evalkit.analysis.goals.scorecard import Appraisal, Group, Standing
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import tables, theme
from evalkit.reporting.elements.figures import Drawing, drawing, mark_simulated
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html, language, plain, say, translate
from evalkit.reporting.region.scorecards import appraisals, norms


def ranks(evaluation: Evaluation) -> tuple[Drawing | Html, ...]:
    """One figure per scorecard with ranks; nothing where no two units were scored by the same norms."""
    found = [(one, [group for group in one.latest if len(group.standings) > 1]) for one in appraisals(evaluation)]
    return tuple(_ranks(one, groups, tables.is_fictional(evaluation)) for one, groups in found if groups) or (Html(""),)


def _ranks(one: Appraisal, groups: Sequence[Group], simulated: bool) -> Drawing:
    """Median rank, the ranks of 90 % of the weightings, and every rank there is, per unit."""
    theme.use()
    standings = [(group, standing) for group in groups for standing in _ordered(group)]
    figure, axes = plt.subplots(figsize=(theme.WIDTH, 0.9 + 0.32 * len(standings)))
    plt.close(figure)  # shown by the page, not by the notebook's backend as well
    for row, (_, standing) in enumerate(standings):
        _draw(axes, row, standing)
    axes.set_yticks(range(len(standings)), [_label(group, each, len(groups)) for group, each in standings])
    most = max(len(group.standings) for group in groups)
    axes.set(xlim=(0.7, most + 0.3), xticks=range(1, most + 1), xlabel=translate("rank (1 is first)"), ylabel="")
    axes.set_ylim(len(standings) - 0.5, -0.5)
    axes.tick_params(labelsize=9.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    mark_simulated(figure, simulated)
    firm = sum(standing.likely[0] == standing.likely[1] for _, standing in standings)
    title = say(
        "{name}: {firm} of {n} units keep one rank in 90% of weightings",
        name=one.card.name[language()],
        firm=firm,
        n=len(standings),
    )
    caption = say(
        "Dot: the median rank; thick line: the ranks that hold in 90% of the drawn weightings; thin line: all ranks "
        "that any weighting can give. Scores of {year}. Only units appraised by the same norms are ranked together.",
        year=formats.period(groups[0].year),
    )
    return drawing(figure, f"fig-ranks-{one.card.id}", title, caption, _shares(one, groups, simulated), simulated)


def _ordered(group: Group) -> list[Standing]:
    return sorted(group.standings, key=lambda one: (one.middle, one.likely, one.possible))


def _draw(axes: Axes, row: int, one: Standing) -> None:
    axes.hlines(row, *one.possible, color=theme.POOL, linewidth=1.2)
    axes.hlines(row, *one.likely, color=theme.REGION, linewidth=4)
    axes.scatter([one.middle], [row], color=theme.REGION, edgecolor="white", linewidth=1.2, s=64, zorder=3)


def _label(group: Group, one: Standing, groups: int) -> str:
    """The unit's name; with its norms where there are several."""
    name = one.rated.name[language()]
    if not group.norms or groups == 1:
        return name
    return plain("{unit} ({norms})", unit=name, norms=norms(group.norms))


def _shares(one: Appraisal, groups: Sequence[Group], simulated: bool) -> Table:
    """The share of weightings in which a unit holds each rank."""
    most = max(len(group.standings) for group in groups)
    columns = heads("Unit appraised")
    columns += [Column(say("Rank {rank}", rank=rank), "n") for rank in range(1, most + 1)]
    rows = [
        [
            _label(group, each, len(groups)),
            *map(formats.percent, each.shares),
            *[formats.NOTHING] * (most - len(each.shares)),
        ]
        for group in groups
        for each in _ordered(group)
    ]
    caption = say("Share of the drawn weightings in which a unit holds each rank")
    return Table.of(f"ranks-{one.card.id}", caption, columns, rows, simulated)
