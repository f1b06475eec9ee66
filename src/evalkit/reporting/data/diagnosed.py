"""What the checks of the data found: a table for the programme, sentences for one region and its comparison group."""

from collections.abc import Sequence

from evalkit.analysis.data_checks.flags import RATE, SCREENED, Flag
from evalkit.analysis.effects.findings import Finding
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.data.coverage_figures import simulated
from evalkit.reporting.elements.html import bullets, demo, paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, plain, say, translate

BY_CHANCE = ("bunching", "missing", "gap_period", "repeated_year")  # their statistic is a probability


def table(flags: Sequence[Flag], panel: Panel, evaluation: Evaluation) -> Piece:
    """Every flag in a row, by what was seen and what that does: who, in what and when, how strong."""
    if not panel.exists:
        return paragraphs(_no_panel())
    if not flags:
        return paragraphs(_method(panel), say("No check of the data found anything unusual."))
    columns = heads("Region", "Indicator", "Periods:s", "Strength / limit:n")
    rows: list[Sequence[object] | Group] = []
    for check, consequence in dict.fromkeys((flag.check, flag.consequence) for flag in flags):
        alike = [flag for flag in flags if (flag.check, flag.consequence) == (check, consequence)]
        heading = plain("{kind} ({n})", kind=translate(vocabulary.FLAGS[check]), n=len(alike))
        effect = small(translate(vocabulary.CONSEQUENCES[consequence]))
        rows.append(Group(Html("{}<br>{}").format(heading, effect)))
        rows += [
            (_who(flag, evaluation), wording.indicators(flag.indicators, evaluation), _periods(flag), _strength(flag))
            for flag in alike
        ]
    caption = say(
        "Data that are unusual among the regions of their stratum: reasons to look, not findings against a region"
    )
    return stacked(paragraphs(_method(panel)), Table.of("flags-table", caption, columns, rows, simulated(panel)))


def region(flags: Sequence[Flag], findings: Sequence[Finding], panel: Panel, evaluation: Evaluation) -> Html:
    """A sentence for each flag of the region, and for each of those it is compared with on primary indicators."""
    if not panel.exists:
        return paragraphs(_no_panel())
    pool = {unit for finding in findings if finding.primary for unit in finding.design.pool}
    shown = paragraphs((demo() + " " if simulated(panel) else "") + _method(panel))
    own = [flag for flag in flags if evaluation.region in flag.units]
    sentences = [_sentence(flag, evaluation) for flag in own] or [say("Nothing unusual in the region's own data.")]
    shown += bullets(sentences, "flags-own")
    others = [flag for flag in flags if flag not in own and pool & set(flag.units)]
    if others:
        lead = say("Comparison regions of the primary indicators whose data are flagged:")
        shown += paragraphs(lead)
        shown += bullets((_sentence(flag, evaluation) for flag in others), "flags-pool")
    return shown


def _sentence(flag: Flag, evaluation: Evaluation) -> Html:
    return say(
        "{name}: {what} ({indicators}; {periods}). {consequence}",
        name=_who(flag, evaluation),
        what=translate(vocabulary.FLAGS[flag.check]),
        indicators=wording.indicators(flag.indicators, evaluation),
        periods=_periods(flag),
        consequence=translate(vocabulary.CONSEQUENCES[flag.consequence]),
    )


def _who(flag: Flag, evaluation: Evaluation) -> str:
    if flag.units == (flag.unit,):
        return evaluation.name(flag.unit, language())
    return translate("all regions") if flag.unit == "*" else plain("all regions of {name}", name=flag.unit)


def _periods(flag: Flag) -> str:
    first, last = flag.periods[0], flag.periods[-1]
    if first == last:
        return formats.period(first)
    return plain("{first} to {last}", first=formats.period(first), last=formats.period(last))


def _strength(flag: Flag) -> Html:
    if flag.statistic is None or flag.threshold is None:
        return say("declared")
    if flag.check in BY_CHANCE:
        chance, limit = formats.probability(flag.statistic), formats.probability(flag.threshold)
        return say("p {chance} (at most {limit})", chance=chance, limit=limit)
    statistic, limit = formats.fixed(flag.statistic, 1, signed=True), formats.fixed(flag.threshold, 1)
    return say("{found} (beyond {limit})", found=statistic, limit=limit)


def _method(panel: Panel) -> Html:
    return say(
        "The checks compare each region with the others of its stratum over the panel's "
        "indicators ({n}); each check is made to flag about {rate}% of regions whose data are in "
        "order (the one for comparison regions that gain too, {screened}%), so some flags are "
        "false. No estimate is changed by them.",
        n=panel.rows["indicator"].nunique(),
        rate=formats.number(100 * RATE),
        screened=formats.number(100 * SCREENED),
    )


def _no_panel() -> Html:
    return say("No time series is available, so the data cannot be checked against other regions.")
