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


def table(found: Sequence[Result], findings: Sequence[Finding]) -> Piece:
    """On its own, all regions together, both together; nothing where fewer than ten regions have an estimate."""
    known = {one.indicator.id: one for one in findings}
    rows = [_row(one, known[one.indicator]) for one in found if isinstance(one, Best)]
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
    shown = Table.of("best-estimates-table", caption, columns, rows, any(one.simulated for one in found))
    return stacked(shown, paragraphs(*map(translate, vocabulary.BEST_ESTIMATE)))


def _row(one: Best, finding: Finding) -> list[object]:
    about = finding.indicator
    regions = say("{n} regions that started the reform", n=formats.count(one.regions))
    return [
        about.name[language()],
        _with_interval(finding.effect.estimates[0], about),
        lines(formats.effect(one.centre, about), small(regions)),
        _with_interval(one["att"], about),
        formats.fixed(100 * one.own_weight, 0) + "%",
    ]


def _with_interval(one: Estimate, indicator: Indicator) -> Cell:
    interval = formats.interval(one.conf_low, one.conf_high, indicator)
    return lines(formats.effect(one.estimate, indicator), interval)
