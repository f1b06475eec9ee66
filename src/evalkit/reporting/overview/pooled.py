"""The programme page: who started when, pooled effects, why not plain regression, region by region."""

from collections.abc import Mapping, Sequence

from evalkit.analysis.effects.did import Effect
from evalkit.analysis.programme.group_time import SMALL_COHORT, Pooled
from evalkit.analysis.programme.multiplicity import RESOLVABLE
from evalkit.analysis.programme.pooled_effect import Programme, Regional, Regions
from evalkit.analysis.results import Estimate, Reason, Result, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.html import bullets, paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Cell, Column, Group, Table, heads, lines
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, language, plain, say, semicolons, translate
from evalkit.reporting.overview.pooled_figures import MANY

BACON = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier")


def title(evaluation: Evaluation) -> Piece:
    """Head of the page."""
    return prose.head(evaluation, translate(vocabulary.PROGRAMME))


def conclusions(found: Sequence[Programme], evaluation: Evaluation) -> Html:
    """The headline of every primary indicator in a sentence each."""
    primary = [one for one in found if one.indicator.id in evaluation.assessment.indicators.primary]
    told = [sentence for one in primary if (sentence := _headline(one))]
    if not told:
        told = [say("No pooled effect can be estimated; the reasons stand below.")]
    return bullets(told, "conclusions")


def _headline(one: Programme) -> Html:
    pooled = one.headline
    if not isinstance(pooled, Pooled):
        return Html("")
    effect = pooled["group"]
    told = say(
        "{who}: on average over {n} treated regions the effect is {effect} (95% interval {interval}; p {p}).",
        who=_who(one),
        n=formats.count(pooled.n_treated),
        effect=formats.effect(effect.estimate, one.indicator),
        interval=formats.interval(effect.conf_low, effect.conf_high, one.indicator),
        p=formats.equal_to(effect.p_value) if effect.p_value is not None else formats.NOTHING,
    )
    judged = chips.effect(one.conclusion.verdict)
    differs = any(held.code == "other_base" and held.holds is False for held in one.conclusion.conditions)
    apart = say("With the last period before the start alone as base it differs beyond chance: no conclusion is drawn.")
    return prose.joined(judged, told, apart if differs else Html(""))


def judgements(found: Sequence[Programme], evaluation: Evaluation) -> Piece:
    """The programme's rule applied: every condition and the judgement, per primary indicator, and the rule itself."""
    primary = evaluation.assessment.indicators.primary
    judged = [one for one in found if one.indicator.id in primary and one.conclusion.conditions]
    if not judged:
        return Html("")
    columns = [Column(translate("Condition")), *(Column(_who(one)) for one in judged)]
    rows: list[list[object]] = [
        [translate(vocabulary.PROGRAMME_CONDITIONS[held[0].code]), *(chips.outcome(one.holds) for one in held)]
        for held in zip(*(one.conclusion.conditions for one in judged), strict=True)
    ]
    rows.append([translate("Judgement"), *(chips.effect(one.conclusion.verdict) for one in judged)])
    caption = say("The rule of the programme's judgement, condition by condition")
    simulated = any(one.headline.simulated for one in judged)
    shown = Table.of("programme-conditions-table", caption, columns, rows, simulated)
    return stacked(shown, paragraphs(*map(translate, vocabulary.PROGRAMME_RULE)))


def cohorts(found: Sequence[Programme], evaluation: Evaluation) -> Piece:
    """Units by first treated period, how many are compared, and who does not enter, by name."""
    columns = heads("First treated period", "Regions:n", "Note:w")
    rows = [row for one in found for row in _cohort_rows(one, evaluation)]
    if not rows:
        return Html("")
    caption = say("Regions by the period in which they started")
    return Table.of("cohorts-table", caption, columns, rows, any(one.results[0].simulated for one in found))


def _cohort_rows(one: Programme, evaluation: Evaluation) -> list[Sequence[object] | Group]:
    pooled = one.headline
    if not isinstance(pooled, Pooled):
        return []
    small = say("fewer than {n} regions: read with care", n=SMALL_COHORT)
    last = say("no region is left to compare with: no effect is estimated; comparison for the others until then")
    alone = {
        start for number, start in one.sample.starts.items() if number not in one.sample.cohort[one.sample.compared]
    }
    rows: list[Sequence[object] | Group] = [Group(_who(one))]
    for start, units in pooled.cohorts.items():
        told = [note for note, applies in ((small, units < SMALL_COHORT), (last, start in alone)) if applies]
        rows.append((formats.period(start), formats.count(units), semicolons(told)))
    never = int((~one.sample.treated).sum())
    rows.append((translate("not treated"), formats.count(never), _comparison(one)))
    for why, names in _left_out(one.sample.left_out or {}, evaluation):
        rows.append((translate("does not enter"), formats.count(len(names)), f"{why}: {wording.listed(names)}"))
    return rows


def _comparison(one: Programme) -> Html:
    told = [translate(vocabulary.POOLS[one.sample.comparison])]
    if one.sample.parameters.comparison.eligible == "not_yet_treated":
        told.append(translate("regions not yet treated serve as comparison as well"))
    if one.sample.holes:
        told.append(plain("{n} values missing; they are left out, not filled", n=one.sample.holes))
    return semicolons(told)


def _left_out(gone: "dict[str, Reason] | object", evaluation: Evaluation) -> list[tuple[str, list[str]]]:
    assert isinstance(gone, dict)
    groups: dict[str, list[str]] = {}
    for unit, reason in gone.items():
        groups.setdefault(text_of(wording.why(reason)), []).append(evaluation.name(unit, language()))
    return list(groups.items())


def aggregates(found: Sequence[Programme]) -> Piece:
    """The pooled effect by four ways of averaging, and the imputation estimator as a check."""
    columns = heads(
        "Indicator",
        "Mean over regions (headline):n",
        "p:n",
        "Mean over region-periods:n",
        "Mean over time since the start:n",
        "Mean over calendar periods:n",
        "Check: Callaway and Sant'Anna:n",
        "Check: imputation:n",
        "Effect estimated / comparison:n",
    )
    rows = [_aggregate_row(one, pooled) for one in found if isinstance(pooled := one.headline, Pooled)]
    shown: Piece = Html("")
    if rows:
        caption = say("Pooled effects against the mean of all observed periods before the start")
        shown = Table.of("programme-table", caption, columns, rows, any(one.results[0].simulated for one in found))
    return stacked(shown, _parts(found), _withheld(found))


def _parts(found: Sequence[Programme]) -> Piece:
    """Effects by cohort and declared subgroup, with the test that subgroups are equal; weighted by residents."""
    columns = heads("Indicator", "Regions", "Effect, 95% interval:n", "p:n", "Note:w")
    rows = [
        (
            _who(one),
            _part(estimate.term),
            _with_interval(estimate, one.indicator),
            formats.probability(estimate.p_value),
            wording.why(estimate.reason) if estimate.reason else "",
        )
        for one in found
        if isinstance(one.headline, Pooled)
        for estimate in one.headline.estimates
        if estimate.term.startswith(("subgroup=", "cohort=", "weighted="))
    ]
    if not rows:
        return Html("")
    caption = say("Pooled effects by the period of the start, by declared subgroup, and weighted by residents")
    return Table.of("programme-parts-table", caption, columns, rows, any(one.results[0].simulated for one in found))


def _part(term: str) -> Html:
    """Which regions a term is about."""
    kind, _, name = term.partition("=")
    if kind == "cohort":
        return say("started {period}", period=formats.period(name))
    if kind == "weighted":
        return say("all, weighted by residents")
    column, _, value = name.partition(":")
    if value:
        return say("{column}: {value}", column=column, value=value)
    return say("{column}: largest less smallest, with the test that all are equal", column=column)


def _aggregate_row(one: Programme, pooled: Pooled) -> list[object]:
    check, classic = one.by("imputation"), one.by("callaway_santanna")
    cells = [_with_interval(pooled[term], one.indicator) for term in ("group", "simple", "dynamic", "calendar")]
    imputed = formats.NOTHING if check is None or isinstance(check, Withheld) else ""
    return [
        _who(one),
        cells[0],
        formats.probability(pooled["group"].p_value),
        *cells[1:],
        _with_interval(classic["group"], one.indicator) if isinstance(classic, Pooled) else formats.NOTHING,
        imputed or _with_interval(check["simple"], one.indicator),  # type: ignore[index]
        f"{formats.count(pooled.n_treated)} / {formats.count(pooled.n_comparison)}",
    ]


def _with_interval(one: Estimate, indicator: Indicator) -> Cell:
    interval = formats.interval(one.conf_low, one.conf_high, indicator)
    return lines(formats.effect(one.estimate, indicator), interval)


def _withheld(found: Sequence[Programme]) -> Piece:
    """Indicators without a pooled effect, by reason."""
    groups: dict[Html, list[str]] = {}
    for one in found:
        if isinstance(first := one.results[0], Withheld):
            groups.setdefault(wording.why(first.reason), []).append(_who(one))
    columns = heads("Indicator", "Why there is no estimate")
    rows = [(wording.listed(names), why) for why, names in groups.items()]
    caption = say("Pooled effects that are not estimated")
    return Table.of("programme-withheld-table", caption, columns, rows, simulated=False) if rows else Html("")


def until(found: Sequence[Programme]) -> Html:
    """Up to which period effects are identified where everybody starts in the end."""
    told = [
        say(
            "{who}{stratum}: every region starts in the end; effects are identified up to {period} only, the last "
            "period before the last regions start.",
            who=_who(one),
            stratum=formats.in_brackets(wording.listed(strata)) if any(strata) else "",
            period=formats.period(period),
        )
        for one in found
        if not one.sample.refused
        for period, strata in _by_period(one.sample.until or {}).items()
    ]
    if not told and any(not one.sample.refused for one in found):
        told = [say("Some regions never start, so effects are identified in every period observed.")]
    return bullets(list(dict.fromkeys(told)), "until")


def _by_period(until: Mapping[str, str]) -> dict[str, list[str]]:
    """The strata whose effects are identified up to the same period."""
    found: dict[str, list[str]] = {}
    for stratum, period in until.items():
        found.setdefault(period, []).append(stratum)
    return found


def regression(found: Sequence[Programme]) -> Piece:
    """The plain two-way fixed effects estimate, and what it averages (Goodman-Bacon)."""
    columns = [
        *heads("Indicator", "Mean over region-periods:n", "Plain regression:n"),
        *(Column(translate(vocabulary.COMPARISONS[name]), "n") for name in BACON),
    ]
    rows = [row for one in found if (row := _regression_row(one))]
    if not rows:
        return Html("")
    caption = say(
        "Why not plain regression: two-way fixed effects and the comparisons that it averages (weight; estimate)"
    )
    return Table.of("regression-table", caption, columns, rows, any(one.results[0].simulated for one in found))


def _regression_row(one: Programme) -> list[object]:
    pooled, plain, parts = one.headline, one.by("twfe", "cluster"), one.by("bacon", "")
    if not pooled or not plain or not parts or any(isinstance(r, Withheld) for r in (pooled, plain, parts)):
        return []
    cells = [
        lines(
            formats.percent(parts[f"weight:{name}"].estimate or 0.0),
            small(formats.effect(parts[f"estimate:{name}"].estimate, one.indicator)),
        )
        for name in BACON
    ]
    return [
        _who(one),
        formats.effect(pooled["simple"].estimate, one.indicator),
        _with_interval(plain["att"], one.indicator),
        *cells,
    ]


def few_clusters(found: Sequence[Programme]) -> Piece:
    """Inference that does not lean on many clusters; a sentence where there are enough."""
    few = [(one, result) for one in found for result in one.results if result.inference in vocabulary.FEW_CLUSTERS]
    few = [(one, result) for one, result in few if not isinstance(result, Withheld)]
    if not few:
        estimated = any(isinstance(one.results[0], Pooled) for one in found)
        enough = say(
            "At least 40 regions enter and at least 8 of them are treated: the plain regression's clustered errors "
            "need no company. Headlines with fewer than 20 treated regions rest on randomization inference."
        )
        return Html(paragraphs(enough) if estimated else "")
    columns = heads("Indicator", "Method", "Estimate:n", "p:n")
    rows = [
        (_who(one), translate(vocabulary.FEW_CLUSTERS[result.inference]), *_estimate_and_p(result, one.indicator))
        for one, result in few
    ]
    caption = say("Few regions: p-values of the plain regression that do not lean on many clusters")
    return Table.of("few-clusters-table", caption, columns, rows, any(result.simulated for _, result in few))


def _estimate_and_p(result: Result, indicator: Indicator) -> tuple[str, str]:
    estimate = result.estimates[0]
    return formats.effect(estimate.estimate, indicator), formats.probability(estimate.p_value)


def regions(found: Regions, evaluation: Evaluation) -> Piece:
    """Every region's headline with its p and q, and what multiplicity leaves of it; of many regions the numbers."""
    effects = [one for one in found.effects if isinstance(one.effect, Effect)]
    if not effects:
        return paragraphs(say("No region's own effect can be estimated."))
    listed = _by_indicator if len(evaluation.regions) > MANY else _by_region
    return stacked(listed(effects, evaluation), paragraphs(_resolution(found)))


def _by_region(effects: Sequence[Regional], evaluation: Evaluation) -> Table:
    columns = heads("Region", "Indicator", "Effect, 95% interval:n", "p:n", "q:n")
    rows = [
        [
            evaluation.name(one.region, language()),
            one.indicator.name[language()],
            _with_interval(one.effect["att"], one.indicator),
            formats.probability(one.effect["att"].p_value),
            formats.probability(one.q_value),
        ]
        for one in effects
    ]
    caption = say("Region by region: p unadjusted, q adjusted for all {n} estimates (Benjamini-Hochberg)", n=len(rows))
    return Table.of("regions-q-table", caption, columns, rows, any(one.effect.simulated for one in effects))


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
        own = [one for one in effects if one.indicator.id == name]
        clear = [one.effect["att"].estimate or 0.0 for one in own if (one.q_value or 0.0) <= RESOLVABLE]
        above = sum(estimate > 0 for estimate in clear)
        about = evaluation.indicators[name].name[language()]
        counts = len(own), above, len(clear) - above, len(own) - len(clear)
        rows.append([about, *map(formats.count, counts)])
    caption = say(
        "Regions by what remains of their effects when q is adjusted for all {n} estimates (Benjamini-Hochberg); each "
        "region's own p and q stand in results.csv",
        n=formats.count(len(effects)),
    )
    return Table.of("regions-q-table", caption, columns, rows, any(one.effect.simulated for one in effects))


def _resolution(found: Regions) -> Html:
    """The smallest q attainable, and what follows from it."""
    smallest = found.smallest_q or 1.0
    told = say("The smallest q that these comparison groups can give is {q}.", q=formats.probability(smallest))
    if smallest <= RESOLVABLE:
        return told
    unresolved = say(
        "That is above 0.05: with these comparison groups multiplicity cannot be resolved, which does not mean that "
        "there is no effect."
    )
    return prose.joined(told, unresolved)


def limits() -> Html:
    """What the pooled page cannot say."""
    return bullets([translate(one) for one in vocabulary.PROGRAMME_LIMITS], "limits")


def _who(one: Programme) -> str:
    """The indicator, and the kind of regions where several are pooled apart."""
    name = one.indicator.name[language()]
    if ":" not in one.region:
        return name
    kind = translate(vocabulary.KINDS.get(one.sample.kind, one.sample.kind))
    return name + formats.in_brackets(kind)
