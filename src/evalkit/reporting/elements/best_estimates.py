"""A region's best estimates: its own, that of all regions, and both together."""

from collections.abc import Sequence

from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.programme.borrowed import Best
from evalkit.analysis.results import Estimate, Result
from evalkit.project.params import Indicator
from evalkit.reporting.elements.html import paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Cell, Table, heads, lines
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import Html, language, say, translate


def table(results: Sequence[Result], findings: Sequence[Finding]) -> Piece:
    """On its own, all regions together, both together; nothing where fewer than ten regions have an estimate."""
    by_indicator = {finding.indicator.id: finding for finding in findings}
    rows = [_row(result, by_indicator[result.indicator]) for result in results if isinstance(result, Best)]
    if not rows:
        return Html("")
    columns = heads(
        "Indicator",
        "On its own:n",
        "All regions together:n",
        "Both together (best estimate):n",
        "Weight of its own estimate:n",
    )
    caption = say("Best estimates: strength borrowed from all regions that started the reform")
    shown = Table.of("best-estimates-table", caption, columns, rows, any(result.simulated for result in results))
    return stacked(shown, paragraphs(*map(translate, vocabulary.BEST_ESTIMATE)))


def _row(best: Best, finding: Finding) -> list[object]:
    indicator = finding.indicator
    regions = say("{n} regions that started the reform", n=formats.count(best.regions))
    return [
        indicator.name[language()],
        _with_interval(finding.effect.estimates[0], indicator),
        lines(formats.effect(best.centre, indicator), small(regions)),
        _with_interval(best["att"], indicator),
        formats.fixed(100 * best.own_weight, 0) + "%",
    ]


def _with_interval(estimate: Estimate, indicator: Indicator) -> Cell:
    interval = formats.interval(estimate.conf_low, estimate.conf_high, indicator)
    return lines(formats.effect(estimate.estimate, indicator), interval)
