"""Regions side by side on the index: comparable figures, and why a figure is not comparable."""

from markupsafe import Markup

from evalkit.analysis.goals.cross_region import Cell, Crossing
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements.html import Column, Html, heads, render
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import language, say, translate

MOST = 100  # regions; with more the table would be as long as the index itself
OPEN = (12, 8)  # regions and indicators that are still read at a glance; a larger table is folded


def table(found: Crossing, evaluation: Evaluation) -> Html:
    """Latest figures, regions in rows; a figure that may not be compared says why."""
    if len(evaluation.regions) < 2 or len(evaluation.regions) > MOST or not found.indicators:
        return Html("")
    columns = [*heads("Region"), *(Column(one.name[language()]) for one in found.indicators)]
    rows = [
        (evaluation.name(region, language()), *(_cell(found.cells[one.id][region], one) for one in found.indicators))
        for region in evaluation.regions
    ]
    simulated = any(
        cell.figure is not None and cell.figure.status == "simulated"
        for cells in found.cells.values()
        for cell in cells.values()
    )
    caption = say(
        "Latest figures side by side; only figures of one definition, one kind of region and one period compare"
    )
    notes = [
        say("<li><strong>{name}</strong>: {note}</li>", name=one.name[language()], note=one.comparable.note[language()])
        for one in found.indicators
        if one.comparable.note
    ]
    told = Markup("<ul>{}</ul>").format(Markup("").join(notes)) if notes else Markup("")
    return Html(render("crossing-table", caption, columns, rows, simulated) + told)


def folded(found: Crossing, evaluation: Evaluation) -> Html:
    """The same table, behind its size where it is a large one."""
    shown, size = table(found, evaluation), (len(evaluation.regions), len(found.indicators))
    if not shown or (size[0] <= OPEN[0] and size[1] <= OPEN[1]):
        return shown
    told = say("Show the table ({regions} regions, {indicators} indicators)", regions=size[0], indicators=size[1])
    return Html(Markup("<details><summary>{}</summary>{}</details>").format(told, shown))


def _cell(cell: Cell, indicator: Indicator) -> Markup:
    if cell.figure is None:
        return Markup("<small>{}</small>").format(_why(cell))
    shown = say(
        "{value}<br><small>{period}</small>",
        value=wording.observation(cell.figure, indicator),
        period=formats.period(cell.figure.period),
    )
    if cell.figure.status not in ("published", "simulated"):
        shown += Markup(" <small>{}</small>").format(chips.data_status(cell.figure.status))
    if cell.reason is not None:
        shown += Markup('<br><small class="alone">{}</small>').format(_why(cell))
    return shown


def _why(cell: Cell) -> str:
    return translate(vocabulary.COMPARABLE[cell.reason.code]) if cell.reason else ""
