"""A region's best estimates: its own, that of all regions, and both together."""

from collections.abc import Sequence

from evalkit.analysis.data_checks.flags import Flag
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.programme.borrowed import Best
from evalkit.analysis.results import Estimate, Result
from evalkit.project.params import Indicator
from evalkit.reporting.elements.html import Column, Html, paragraphs, render
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import language, say, translate

SPOILING = ("anticipation", "merger", "trend")  # faults of the data that make an own estimate another one


def flagged(flags: Sequence[Flag]) -> frozenset[str]:
    """Regions whose own estimates do not count for the others."""
    return frozenset(unit for flag in flags if flag.check in SPOILING and not flag.declared for unit in flag.units)


def table(found: Sequence[Result], findings: Sequence[Finding]) -> Html:
    """On its own, all regions together, both together; nothing where fewer than ten regions have an estimate."""
    known = {one.indicator.id: one for one in findings}
    rows = [_row(one, known[one.indicator]) for one in found if isinstance(one, Best)]
    if not rows:
        return Html("")
    columns = [
        Column(translate("Indicator")),
        Column(translate("On its own"), "n"),
        Column(translate("All regions together"), "n"),
        Column(translate("Both together (best estimate)"), "n"),
        Column(translate("Weight of its own estimate"), "n"),
    ]
    caption = say("Best estimates: strength borrowed from all regions that started the reform")
    shown = render("best-estimates-table", caption, columns, rows, any(one.simulated for one in found))
    return Html(shown + paragraphs(*map(translate, vocabulary.BEST_ESTIMATE)))


def _row(one: Best, finding: Finding) -> list[object]:
    about = finding.indicator
    regions = say("{n} regions", n=formats.count(one.regions))
    return [
        about.name[language()],
        _with_interval(finding.effect.estimates[0], about),
        say("{values}<br><small>{n}</small>", values=formats.effect(one.centre, about), n=regions),
        _with_interval(one["att"], about),
        formats.fixed(100 * one.own_weight, 0) + "%",
    ]


def _with_interval(one: Estimate, indicator: Indicator) -> object:
    return say(
        "{effect}<br><small>{interval}</small>",
        effect=formats.effect(one.estimate, indicator),
        interval=formats.interval(one.conf_low, one.conf_high, indicator),
    )
