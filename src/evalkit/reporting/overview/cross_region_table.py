"""Regions side by side on the index: comparable figures, and why a figure is not comparable."""

from collections.abc import Sequence

from evalkit.analysis.goals.cross_region import Cell, Crossing
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements.html import small
from evalkit.reporting.elements.parts import Fold, Piece, stacked
from evalkit.reporting.elements.table import Column, Table, heads, lines
from evalkit.reporting.language import chips, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate

MOST = 100  # regions; with more the table would be as long as the index itself
OPEN = (12, 8)  # regions and indicators that are still read at a glance; a larger table is folded


def table(crossing: Crossing, evaluation: Evaluation) -> Piece:
    """Latest figures, regions in rows; a figure that may not be compared says why."""
    if len(evaluation.regions) < 2 or len(evaluation.regions) > MOST or not crossing.indicators:
        return Html("")
    simulated = any(
        cell.figure is not None and cell.figure.status == "simulated"
        for cells in crossing.cells.values()
        for cell in cells.values()
    )
    columns, rows = _every(crossing, evaluation) if _is_dense(crossing) else _existing(crossing, evaluation)
    caption = say(
        "Latest figures side by side; only figures of one definition, one kind of region and one period compare"
    )
    notes = [
        say("<li><strong>{name}</strong>: {note}</li>", name=indicator.name[language()], note=note[language()])
        for indicator in crossing.indicators
        if (note := indicator.comparable.note)
    ]
    below = Html("<ul>{}</ul>").format(Html("").join(notes)) if notes else Html("")
    return stacked(Table.of("crossing-table", caption, columns, rows, simulated), below)


def _is_dense(crossing: Crossing) -> bool:
    """Whether at least half of the table would be filled; otherwise only the figures that exist are listed."""
    cells = [cell for row in crossing.cells.values() for cell in row.values()]
    return 2 * sum(cell.figure is not None for cell in cells) >= len(cells)


def _every(crossing: Crossing, evaluation: Evaluation) -> tuple[list[Column], list[Sequence[object]]]:
    """Regions in rows, indicators in columns."""
    columns = [*heads("Region"), *(Column(indicator.name[language()]) for indicator in crossing.indicators)]
    return columns, [
        (
            evaluation.name(region, language()),
            *(_cell(crossing.cells[indicator.id][region], indicator) for indicator in crossing.indicators),
        )
        for region in evaluation.regions
    ]


def _existing(crossing: Crossing, evaluation: Evaluation) -> tuple[list[Column], list[Sequence[object]]]:
    """A row for each figure that exists."""
    rows: list[Sequence[object]] = []
    for indicator in crossing.indicators:
        for region, cell in crossing.cells[indicator.id].items():
            if cell.figure is not None:
                shown = wording.observation(cell.figure, indicator), small(wording.when(cell.figure))
                rows.append(
                    (
                        indicator.name[language()],
                        evaluation.name(region, language()),
                        lines(*shown),
                        _why(cell) or translate("yes"),
                    )
                )
    return heads("Indicator", "Region", "Latest figure", "Comparable?:w"), rows


def folded(crossing: Crossing, evaluation: Evaluation) -> Piece:
    """The same table, behind its size where it is a large one."""
    shown, size = table(crossing, evaluation), (len(evaluation.regions), len(crossing.indicators))
    if not shown or (size[0] <= OPEN[0] and size[1] <= OPEN[1]):
        return shown
    if not _is_dense(crossing):
        return shown
    label = say("Show the table ({regions} regions, {indicators} indicators)", regions=size[0], indicators=size[1])
    return Fold(label, (shown,))


def _cell(cell: Cell, indicator: Indicator) -> object:
    if cell.figure is None:
        return small(_why(cell))
    facts = small(wording.when(cell.figure))
    if cell.figure.status not in ("published", "simulated"):
        facts += Html(" ") + small(chips.data_status(cell.figure.status))
    alone = Html('<small class="alone">{}</small>').format(_why(cell)) if cell.reason is not None else None
    return lines(wording.observation(cell.figure, indicator), facts, alone)


def _why(cell: Cell) -> str:
    return translate(vocabulary.COMPARABLE[cell.reason.code]) if cell.reason else ""
