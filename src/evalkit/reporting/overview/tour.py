"""What the guided tour (`notebooks/start_here.ipynb`) shows and the reports do not."""

from collections.abc import Sequence

from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.effects.pitfalls import Comparison, typical
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements.parts import Piece
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import language, say, translate

NUMBERS = ("value", "numerator", "denominator")
GLIMPSED = ("unit", "period", "indicator", *NUMBERS, "status", "released")
SHOWN = 8  # enough rows to see how a panel is built


def glimpse(panel: Panel, evaluation: Evaluation, indicator: str) -> Table:
    """The region's last rows of the panel: one per unit, period and indicator."""
    own = panel.rows[(panel.rows["unit"] == evaluation.region) & (panel.rows["indicator"] == indicator)].tail(SHOWN)
    columns = [Column(name, "n" if name in NUMBERS else "s") for name in GLIMPSED]
    rows = [[_cell(name, cell) for name, cell in row.items()] for _, row in own[list(GLIMPSED)].iterrows()]
    caption = say(
        "The last {n} of {all} rows of the panel for this region and indicator", n=len(own), all=len(panel.rows)
    )
    return Table.of("glimpse-table", caption, columns, rows, "simulated" in set(own["status"]))


def _cell(name: object, cell: object) -> str:
    return formats.number(float(str(cell))) if name in NUMBERS else str(cell)


def designs(comparisons: Sequence[Comparison], finding: Finding, evaluation: Evaluation) -> Piece:
    """Five designs on one region where no reform started, and how often each raises a false alarm over all of them."""
    if not comparisons:
        return say("<p>Too few comparison regions for this demonstration.</p>")
    unit = typical(tuple(comparisons))
    name = evaluation.name(unit, language())
    columns = heads("Common design", "Estimate:n", "p:n", "p at most 0.05 although no reform started:n")
    rows = [_row(comparison, unit, finding.indicator) for comparison in comparisons]
    caption = say(
        "{name}: no reform started there, but we pretend that one did; last column: the same for all {n} such regions",
        name=name,
        n=len(comparisons[0].claims),
    )
    return Table.of("designs-table", caption, columns, rows, finding.effect.simulated)


def _row(comparison: Comparison, unit: str, indicator: Indicator) -> list[object]:
    claim = comparison.claims[unit]
    counted = say("{n} of {all} regions", n=comparison.alarms, all=len(comparison.claims))
    return [
        translate(vocabulary.COMMON_DESIGNS[comparison.name]),
        formats.effect(claim.estimate, indicator),
        formats.probability(claim.p_value),
        counted,
    ]
