"""The judgement with other start dates, the effect of a second reform, and early signals."""

from collections.abc import Sequence

from evalkit.analysis.effects.other_starts import EarlySignal, OtherStart, second_reforms
from evalkit.analysis.results import Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements.html import paragraphs
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Column, Table, heads, lines
from evalkit.reporting.language import chips, formats, wording
from evalkit.reporting.language.words import Html, language, say, translate


def dates(starts: Sequence[OtherStart]) -> Piece:
    """Every alternative date with its effect and judgement, and whether the judgement moves."""
    if not starts:
        return Html("")
    moved = [start for start in starts if start.moved]
    sentence = (
        say("With another possible start the judgement changes in {n} of {all} cases.", n=len(moved), all=len(starts))
        if moved
        else say("With every other possible start of the reform the judgement stays the same.")
    )
    columns = [*_columns(translate("Start taken as")), *heads("Judgement changes?")]
    rows = [[*_row(start), translate("yes") if start.moved else translate("no")] for start in starts]
    caption = say("The same analysis with other possible starts of the reform")
    table = Table.of("start-dates-table", caption, columns, rows, any(start.usual.effect.simulated for start in starts))
    return stacked(paragraphs(sentence), table)


def reforms(starts: Sequence[OtherStart], evaluation: Evaluation) -> Piece:
    """Second reforms: an effect from their own date on, or why there is none."""
    undated = [policy.name[language()] for policy in second_reforms(evaluation) if not policy.date]
    sentence = Html("")
    if undated:
        sentence = say(
            "<p>{names}: the sources give no date, so no effect of its own can be told apart from that of the "
            "reorganisation.</p>",
            names=wording.listed(undated),
        )
    if not starts:
        return Html(sentence)
    rows = [[start.reform[language()] if start.reform else "", *_row(start)] for start in starts]
    columns = [*heads("Second reform"), *_columns(translate("Its start"))]
    caption = say("Changes from the start of the payment reform; its baseline is the time before that start")
    simulated = any(start.usual.effect.simulated for start in starts)
    return stacked(sentence, Table.of("second-start-table", caption, columns, rows, simulated))


def early(signals: Sequence[EarlySignal]) -> Piece:
    """An early look where there are too few periods for a judgement; no p-value, no chip."""
    if not signals:
        return Html("")
    columns = heads(
        "Indicator",
        "Periods since the start:n",
        "Needed:n",
        "Change of the region:n",
        "Change of the comparison group:n",
    )
    rows = [
        (
            signal.indicator.name[language()],
            signal.effect.n_post,
            signal.needed,
            *(_change(signal, who) for who in ("region", "pool")),
        )
        for signal in signals
    ]
    caption = say("Early signal only: too few complete periods for a judgement of the effect")
    return Table.of("early-signal-table", caption, columns, rows, any(signal.effect.simulated for signal in signals))


def _change(signal: EarlySignal, who: str) -> str:
    before, after = (float(signal.effect.means[name][who]) for name in ("pre", "post"))
    return formats.effect(after - before, signal.indicator)


def _columns(start: str) -> list[Column]:
    return [*heads("Indicator"), Column(start, "s"), *heads("Effect, 95% interval:n", "p:n", "Judgement")]


def _row(start: OtherStart) -> list[object]:
    effect, indicator = start.shifted.effect, start.shifted.indicator
    head: list[object] = [indicator.name[language()], formats.period(start.date)]
    if isinstance(effect, Withheld):
        return [*head, wording.withheld(effect.reason), formats.NOTHING, formats.NOTHING]
    att = effect["att"]
    interval = formats.interval(att.conf_low, att.conf_high, indicator)
    shown = lines(formats.effect(att.estimate, indicator), interval)
    judged = chips.effect(start.shifted.conclusion.verdict) if start.usual.primary else say("exploratory, no judgement")
    return [*head, shown, formats.probability(att.p_value), judged]
