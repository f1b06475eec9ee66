"""Who a region is compared with, and how alike they were before."""

from evalkit.analysis.effects.comparability import compare
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.effects.gaps import comparable_levels
from evalkit.analysis.effects.synthetic import Synthetic
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements.parts import Piece
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import Html, language, say, translate

SHOWN = 5  # donors named
MANY = 60  # units named of one group; institutions can be hundreds


def pool(finding: Finding, evaluation: Evaluation) -> Table:
    """Who was compared, and who was not and why."""
    excluded = finding.design.excluded or {}
    groups: dict[Html, list[str]] = {}
    for unit, reason in excluded.items():
        groups.setdefault(wording.why(reason), []).append(evaluation.name(unit, language()))
    members = [evaluation.name(unit, language()) for unit in finding.design.pool]
    columns = heads("Group", "Number:n", "Units")
    rows = [(translate("Comparison group"), len(members), _some(members))]
    rows += [(why, len(units), _some(units)) for why, units in groups.items()]
    caption = say("Comparison group for {name}, and who was left out", name=finding.indicator.name[language()])
    return Table.of(f"pool-{finding.indicator.id}", caption, columns, rows, finding.effect.simulated)


def _some(names: list[str]) -> str:
    """Names in a row, as many as can be read."""
    if len(names) <= MANY:
        return wording.listed(names)
    return say("{names} and {n} more", names=wording.listed(names[:MANY]), n=len(names) - MANY)


def comparability(finding: Finding) -> Piece:
    """Region and comparison group before the start, with the difference in SDs of the group."""
    levels = comparable_levels(finding.design)
    balance = compare(levels) if levels else None
    if balance is None:
        return Html("")
    columns = heads("Aspect", "Region:n", "Comparison group:n", "SD of the group:n", "Difference in SD:n")
    rows = [
        (wording.aspect(str(row.aspect)), *(formats.number(size, 2) for size in row[2:]))
        for row in balance.table.itertuples()
    ]
    caption = say("Before the start: {name}, on the scale of the estimates", name=finding.indicator.name[language()])
    if breaks := finding.design.own_breaks:
        caption += say(" (since the definition changed: {period})", period=formats.period(max(breaks)))
    return Table.of(f"alike-{finding.indicator.id}", caption, columns, rows, finding.effect.simulated)


def donors(finding: Finding, evaluation: Evaluation) -> Piece:
    """Whom the weighted comparisons rest on: the five largest weights, how many in effect, how well they fit before."""
    comparisons = [estimate for estimate in finding.others if isinstance(estimate, Synthetic)]
    if not comparisons:
        return Html("")
    columns = heads(
        "Method", "Largest weights:w", "Effective number of comparison regions:n", "Misfit before:n", "Cells filled:n"
    )
    rows = [
        (
            wording.method(estimate.method),
            wording.listed([_weight(str(unit), n, evaluation) for unit, n in estimate.donors.head(SHOWN).items()]),
            formats.number(estimate.effective_donors, 1),
            formats.effect(estimate.pre_fit, finding.indicator, signed=False),
            estimate.filled,
        )
        for estimate in comparisons
    ]
    caption = say("Weighted comparison for {name}", name=finding.indicator.name[language()])
    return Table.of(f"donors-{finding.indicator.id}", caption, columns, rows, finding.effect.simulated)


def _weight(unit: str, weight: float, evaluation: Evaluation) -> str:
    return f"{evaluation.name(unit, language())} {formats.fixed(100 * weight, 0)}%"
