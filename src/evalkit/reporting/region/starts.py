"""What becomes of the judgement with another start, what a second reform shows, and an early look."""

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
    moved = [one for one in starts if one.moved]
    told = (
        say("With another possible start the judgement changes in {n} of {all} cases.", n=len(moved), all=len(starts))
        if moved
        else say("With every other possible start of the reform the judgement stays the same.")
    )
    columns = [*_columns(translate("Start taken as")), *heads("Judgement changes?")]
    rows = [[*_row(one), translate("yes") if one.moved else translate("no")] for one in starts]
    caption = say("The same analysis with other possible starts of the reform")
    table = Table.of("start-dates-table", caption, columns, rows, any(one.usual.effect.simulated for one in starts))
    return stacked(paragraphs(told), table)


def reforms(starts: Sequence[OtherStart], evaluation: Evaluation) -> Piece:
    """Second reforms: an effect from their own date on, or why there is none."""
    undated = [one.name[language()] for one in second_reforms(evaluation) if not one.date]
    told = Html("")
    if undated:
        told = say(
            "<p>{names}: the sources give no date, so no effect of its own can be told apart from that of the "
            "reorganisation.</p>",
            names=wording.listed(undated),
        )
    if not starts:
        return Html(told)
    rows = [[one.reform[language()] if one.reform else "", *_row(one)] for one in starts]
    columns = [*heads("Second reform"), *_columns(translate("Its start"))]
    caption = say("Changes from the start of the payment reform; its baseline is the time before that start")
    simulated = any(one.usual.effect.simulated for one in starts)
    return stacked(told, Table.of("second-start-table", caption, columns, rows, simulated))


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
            one.indicator.name[language()],
            one.effect.n_post,
            one.needed,
            *(_change(one, who) for who in ("region", "pool")),
        )
        for one in signals
    ]
    caption = say("Early signal only: too few complete periods for a judgement of the effect")
    return Table.of("early-signal-table", caption, columns, rows, any(one.effect.simulated for one in signals))


def _change(one: EarlySignal, who: str) -> str:
    before, after = (float(one.effect.means[name][who]) for name in ("pre", "post"))
    return formats.effect(after - before, one.indicator)


def _columns(start: str) -> list[Column]:
    return [*heads("Indicator"), Column(start, "s"), *heads("Effect, 95% interval:n", "p:n", "Judgement")]


def _row(one: OtherStart) -> list[object]:
    effect, indicator = one.found.effect, one.found.indicator
    about: list[object] = [indicator.name[language()], formats.period(one.date)]
    if isinstance(effect, Withheld):
        return [*about, wording.withheld(effect.reason), formats.NOTHING, formats.NOTHING]
    att = effect["att"]
    interval = formats.interval(att.conf_low, att.conf_high, indicator)
    shown = lines(formats.effect(att.estimate, indicator), interval)
    judged = chips.effect(one.found.conclusion.verdict) if one.usual.primary else say("exploratory, no judgement")
    return [*about, shown, formats.probability(att.p_value), judged]
