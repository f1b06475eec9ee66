"""The regions' own effects on the programme page: a matrix of intervals; of many regions the numbers."""

from collections.abc import Mapping, Sequence

from evalkit.analysis.effects.did import Effect
from evalkit.analysis.programme.multiplicity import RESOLVABLE
from evalkit.analysis.programme.pooled_effect import Regional, Regions
from evalkit.analysis.results import Estimate, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.html import paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import Html, language, say
from evalkit.reporting.overview import interval_matrix
from evalkit.reporting.overview.pooled_figures import MANY

NAMED = 6  # regions that a sentence names


def regions(results: Regions, evaluation: Evaluation) -> Piece:
    """Every region's headline with its p and q, and what multiplicity leaves of it; of many regions the numbers."""
    effects = [effect for effect in results.effects if isinstance(effect.effect, Effect)]
    if not effects:
        return paragraphs(say("No region's own effect can be estimated."))
    shown = _by_indicator if len(evaluation.regions) > MANY else _matrix
    return stacked(shown(effects, evaluation), paragraphs(*_refused(results, evaluation), _resolution(results)))


def _matrix(effects: Sequence[Regional], evaluation: Evaluation) -> Table:
    """Regions and indicators, the fewer of them in columns; empty cells have no estimate."""
    useful = [effect for effect in effects if isinstance(effect.useful, Effect)]
    cells = _cells(useful)
    names = {effect.region: Html.escape(evaluation.name(effect.region, language())) for effect in useful}
    asked = {effect.indicator.id: interval_matrix.heading(effect.indicator) for effect in useful}
    upright = len(names) <= len(asked)  # regions in columns
    rows, across = (asked, names) if upright else (names, asked)
    columns = [*heads("Indicator" if upright else "Region"), *(Column(label, "n") for label in across.values())]
    filled = [
        [label, *(cells.get((other, code) if upright else (code, other), formats.NOTHING) for other in across)]
        for code, label in rows.items()
    ]
    caption = say(
        "Region by region: estimate, 95% interval, p unadjusted, q adjusted for all {n} estimates "
        "(Benjamini-Hochberg); the upright line is no effect",
        n=len(effects),
    )
    return Table.of("regions-q-table", caption, columns, filled, any(effect.effect.simulated for effect in effects))


def _cells(effects: Sequence[Regional]) -> Mapping[tuple[str, str], object]:
    """A cell for each region and indicator; those of one indicator are drawn on one scale."""
    by_indicator: dict[str, list[Estimate]] = {}
    for effect in effects:
        by_indicator.setdefault(effect.indicator.id, []).append(effect.effect["att"])
    scales = {name: interval_matrix.scale_of(estimates) for name, estimates in by_indicator.items()}
    return {
        (effect.region, effect.indicator.id): interval_matrix.drawn(
            effect.effect["att"], effect.indicator, scales[effect.indicator.id], _chances(effect)
        )
        for effect in effects
    }


def _chances(effect: Regional) -> Html:
    p, q = formats.equal_to(effect.effect["att"].p_value), formats.equal_to(effect.q_value)
    return small(say("p\u00a0{p}, q\u00a0{q}", p=p, q=q))


def _refused(results: Regions, evaluation: Evaluation) -> list[Html]:
    """Which regions have no estimate of which indicators, a sentence for each reason."""
    groups: dict[Html, dict[str, list[str]]] = {}
    for effect in results.effects:
        if isinstance(effect.useful, Withheld):
            names = groups.setdefault(wording.why(effect.useful.reason), {})
            names.setdefault(effect.indicator.name[language()], []).append(evaluation.name(effect.region, language()))
    return [
        say("Not estimated ({n}): {list}. {why}", n=sum(map(len, names.values())), list=_places(names), why=why)
        for why, names in groups.items()
    ]


def _places(names: Mapping[str, Sequence[str]]) -> str:
    """Indicators with the regions that lack an estimate; of many regions their number."""
    return wording.listed([name + formats.in_brackets(_few(units)) for name, units in names.items()])


def _few(names: Sequence[str]) -> str:
    return wording.listed(names) if len(names) <= NAMED else formats.count(len(names))


def _by_indicator(effects: Sequence[Regional], evaluation: Evaluation) -> Table:
    """How many regions' effects remain; the index has their names, results.csv their p and q."""
    columns = heads(
        "Indicator",
        "Regions with an estimate:n",
        "above zero, q at most 0.05:n",
        "below zero, q at most 0.05:n",
        "q above 0.05:n",
    )
    rows = []
    for name in evaluation.assessment.chosen:
        own = [effect for effect in effects if effect.indicator.id == name]
        clear = [effect.effect["att"].estimate or 0.0 for effect in own if (effect.q_value or 0.0) <= RESOLVABLE]
        above = sum(estimate > 0 for estimate in clear)
        heading = evaluation.indicators[name].name[language()]
        counts = len(own), above, len(clear) - above, len(own) - len(clear)
        rows.append([heading, *map(formats.count, counts)])
    caption = say(
        "Regions by what remains of their effects when q is adjusted for all {n} estimates (Benjamini-Hochberg); each "
        "region's own p and q stand in results.csv",
        n=formats.count(len(effects)),
    )
    return Table.of("regions-q-table", caption, columns, rows, any(effect.effect.simulated for effect in effects))


def _resolution(results: Regions) -> Html:
    """The smallest q attainable, and what follows from it."""
    smallest = results.smallest_q or 1.0
    sentence = say("The smallest q that these comparison groups can give is {q}.", q=formats.probability(smallest))
    if smallest <= RESOLVABLE:
        return sentence
    unresolved = say(
        "That is above 0.05: with these comparison groups multiplicity cannot be resolved, which does not mean that "
        "there is no effect."
    )
    return prose.joined(sentence, unresolved)
