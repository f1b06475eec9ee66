"""The programme page: who started when, pooled effects, why not plain regression, region by region."""

from collections.abc import Mapping, Sequence

from evalkit.analysis.programme import agreement, relative_magnitudes
from evalkit.analysis.programme.group_time import Pooled
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.programme.pooled_effect import Programme
from evalkit.analysis.results import Estimate, Result, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.html import bullets, paragraphs, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Cell, Column, Table, heads, lines
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate
from evalkit.reporting.overview import interval_matrix, pooled_cohorts

CHECKS = (("callaway_santanna", "group"), ("imputation", "simple"))  # methods, and the term that compares
PARTS = ("subgroup=", "cohort=", "weighted=")  # terms about a part of the regions
BACON = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier")


def title(evaluation: Evaluation) -> Piece:
    """Head of the page."""
    return prose.head(evaluation, translate(vocabulary.PROGRAMME))


def conclusions(programmes: Sequence[Programme], evaluation: Evaluation) -> Html:
    """The headline of every primary indicator in a sentence each."""
    primary = evaluation.assessment.indicators.primary
    headlines = filter(None, (_headline(programme) for programme in programmes if programme.indicator.id in primary))
    none = [say("No pooled effect can be estimated; the reasons stand below.")]
    return bullets(list(headlines) or none, "conclusions")


def _headline(programme: Programme) -> Html:
    pooled = programme.headline
    if not isinstance(pooled, Pooled):
        return Html("")
    effect = pooled["group"]
    sentence = say(
        "{who}: on average over {n} treated regions the effect is {effect} (95% interval {interval}; p\u00a0{p}).",
        who=_who(programme),
        n=formats.count(pooled.n_treated),
        effect=formats.effect(effect.estimate, programme.indicator),
        interval=formats.interval(effect.conf_low, effect.conf_high, programme.indicator),
        p=formats.equal_to(effect.p_value) if effect.p_value is not None else formats.NOTHING,
    )
    return prose.joined(chips.effect(programme.conclusion.verdict), sentence, *_apart(programme))


def _apart(programme: Programme) -> list[Html]:
    """A sentence for every other estimator that differs from the headline beyond chance."""
    differs = {condition.code for condition in programme.conclusion.conditions if condition.holds is False}
    return [
        say(vocabulary.PROGRAMME_APART[code], gap=formats.effect(gap.estimate, programme.indicator), p=_p(gap))
        for code, gap in _differences(programme).items()
        if code in differs
    ]


def _differences(programme: Programme) -> dict[str, Estimate]:
    """The headline less other estimators, by the condition that asks for it."""
    headline = programme.headline
    if not isinstance(headline, LongBase):
        return {}
    both = {"other_base": headline.other_base, "other_estimator": headline.other_estimator}
    return {code: gap for code, gap in both.items() if gap is not None and gap.p_value is not None}


def _p(estimate: Estimate) -> str:
    return formats.equal_to(estimate.p_value)


def judgements(programmes: Sequence[Programme], evaluation: Evaluation) -> Piece:
    """The programme's rule applied: every condition and the judgement, per primary indicator, and the rule itself."""
    primary = evaluation.assessment.indicators.primary
    chosen = (programme for programme in programmes if programme.indicator.id in primary)
    judged = [programme for programme in chosen if programme.conclusion.conditions]
    if not judged:
        return Html("")
    columns = [Column(translate("Condition")), *(Column(_who(programme)) for programme in judged)]
    rows: list[list[object]] = [
        [
            translate(vocabulary.PROGRAMME_CONDITIONS[row[0].code]),
            *(chips.outcome(condition.holds) for condition in row),
        ]
        for row in zip(*(programme.conclusion.conditions for programme in judged), strict=True)
    ]
    rows.append([translate("Judgement"), *(chips.effect(programme.conclusion.verdict) for programme in judged)])
    caption = say("The rule of the programme's judgement, condition by condition")
    simulated = any(programme.headline.simulated for programme in judged)
    shown = Table.of("programme-conditions-table", caption, columns, rows, simulated)
    sentences = bullets(filter(None, map(_sensitivity, judged)), "sensitivity")
    return stacked(shown, sentences, paragraphs(*map(translate, vocabulary.PROGRAMME_RULE)))


def _sensitivity(programme: Programme) -> Html:
    """How far trends may differ before the effect is indistinguishable from zero; nothing where it is already."""
    check = programme.by(relative_magnitudes.METHOD, programme.headline.inference)
    if check is None or (multiple := check["breakdown"].estimate) is None:
        return Html("")
    text = vocabulary.PROGRAMME_SENSITIVITY[check.inference if multiple else "none"]
    return say(text, who=_who(programme), x=formats.number(multiple, 1))


def cohorts(programmes: Sequence[Programme], evaluation: Evaluation) -> Piece:
    """Units by first treated period, how many are compared, and who does not enter, by name."""
    return pooled_cohorts.cohorts(programmes, [_who(programme) for programme in programmes], evaluation)


def aggregates(programmes: Sequence[Programme]) -> Piece:
    """The pooled effect with its judgement, whether the check agrees, other ways of averaging, and what is refused."""
    estimated = [(programme, pooled) for programme in programmes if isinstance(pooled := programme.headline, Pooled)]
    if not estimated:
        return paragraphs(*_withheld(programmes))
    columns = heads(
        "Indicator", "Mean over regions (headline):n", "p:n", "Judgement", "Effect estimated / comparison:n"
    )
    rows = [
        [
            interval_matrix.heading(programme.indicator, _who(programme)),
            interval_matrix.cell(pooled["group"], programme.indicator),
            formats.probability(pooled["group"].p_value),
            chips.effect(programme.conclusion.verdict),
            f"{formats.count(pooled.n_treated)} / {formats.count(pooled.n_comparison)}",
        ]
        for programme, pooled in estimated
    ]
    simulated = any(programme.results[0].simulated for programme in programmes)
    caption = say("Pooled effects against the mean of all observed periods before the start")
    return stacked(
        Table.of("programme-table", caption, columns, rows, simulated),
        bullets([sentence for programme, _ in estimated for sentence in _disagreements(programme)], "disagreements"),
        _averages(estimated, simulated),
        _parts(programmes),
        paragraphs(*_withheld(programmes)),
    )


def _disagreements(programme: Programme) -> list[Html]:
    """A sentence for each check that differs from the headline on whether there is an effect."""
    sentences = []
    for method, term in CHECKS:
        check = programme.by(method)
        if not isinstance(programme.headline, Pooled) or check is None or isinstance(check, Withheld):
            continue
        kind = agreement.compare(programme.headline["group"], check[term])
        if kind == "agree":
            continue
        code = "judged" if programme.conclusion.verdict in ("supported", "opposite") else kind
        interval = formats.interval(check[term].conf_low, check[term].conf_high, programme.indicator)
        facts = {
            "name": _who(programme),
            "method": wording.method(method),
            "headline": formats.effect(programme.headline["group"].estimate, programme.indicator),
            "check": formats.effect(check[term].estimate, programme.indicator),
            "interval": interval,
        }
        sentences.append(say(vocabulary.DISAGREEMENTS[code], **facts))
    return sentences


def _averages(estimated: Sequence[tuple[Programme, Pooled]], simulated: bool) -> Table:
    """The same effects averaged in other ways, and by estimators built differently."""
    columns = heads(
        "Indicator",
        "Mean over region-periods:n",
        "Mean over time since the start:n",
        "Mean over calendar periods:n",
        "Check: Callaway and Sant'Anna:n",
        "Check: imputation:n",
    )
    rows = []
    for programme, pooled in estimated:
        check, classic = programme.by("imputation"), programme.by("callaway_santanna")
        terms = ("simple", "dynamic", "calendar")
        averages = [interval_matrix.cell(pooled[term], programme.indicator) for term in terms]
        gaps = _differences(programme)
        checks = [
            interval_matrix.cell(result[term], programme.indicator, _gap(gaps.get(code), programme.indicator))
            if result is not None and not isinstance(result, Withheld)
            else formats.NOTHING
            for result, term, code in ((classic, "group", "other_base"), (check, "simple", "other_estimator"))
        ]
        rows.append([interval_matrix.heading(programme.indicator, _who(programme)), *averages, *checks])
    caption = say(
        "Other ways of averaging, and other estimators, as checks (95% intervals; by how much the mean over regions "
        "differs from Callaway and Sant'Anna, and the mean over region-periods from imputation)"
    )
    return Table.of("averages-table", caption, columns, rows, simulated)


def _gap(difference: Estimate | None, indicator: Indicator) -> Html:
    """By how much the headline differs from a check, with its p."""
    if difference is None:
        return Html("")
    gap = interval_matrix.bare(difference.estimate, indicator)
    return small(say("differs by {gap} (p\u00a0{p})", gap=gap, p=_p(difference)))


def _parts(programmes: Sequence[Programme]) -> Piece:
    """Effects by cohort and declared subgroup, with the test that subgroups are equal; weighted by residents."""
    parts = {
        (programme.region, programme.indicator.id): {
            estimate.term: estimate for estimate in pooled.estimates if estimate.term.startswith(PARTS)
        }
        for programme in programmes
        if isinstance(pooled := programme.headline, Pooled)
    }
    terms = list(dict.fromkeys(term for estimates in parts.values() for term in estimates))
    if not terms:
        return Html("")
    rows: list[list[object]] = []
    reasons: dict[str, Html] = {}  # one for each kind
    for programme in programmes:
        estimates = parts.get((programme.region, programme.indicator.id), {})
        cells = [
            interval_matrix.cell(estimates[term], programme.indicator, _chance(estimates[term]))
            if term in estimates
            else formats.NOTHING
            for term in terms
        ]
        if estimates:
            rows.append([interval_matrix.heading(programme.indicator, _who(programme)), *cells])
        gone = (estimate.reason for estimate in estimates.values() if estimate.reason)
        reasons |= {reason.code: wording.why(reason) for reason in gone}
    columns = [*heads("Indicator"), *(Column(_part(term), "n") for term in terms)]
    caption = say("Pooled effects by the period of the start, by declared subgroup, and weighted by residents")
    simulated = any(programme.results[0].simulated for programme in programmes)
    return stacked(Table.of("programme-parts-table", caption, columns, rows, simulated), bullets(reasons.values()))


def _chance(estimate: Estimate) -> Html:
    return Html("") if estimate.p_value is None else small(say("p\u00a0{p}", p=_p(estimate)))


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


def _with_interval(estimate: Estimate, indicator: Indicator) -> Cell:
    interval = formats.interval(estimate.conf_low, estimate.conf_high, indicator)
    return lines(formats.effect(estimate.estimate, indicator), interval)


def _withheld(programmes: Sequence[Programme]) -> list[Html]:
    """Indicators without a pooled effect, a sentence for each reason."""
    groups: dict[Html, list[str]] = {}
    for programme in programmes:
        if isinstance(first := programme.results[0], Withheld):
            groups.setdefault(wording.why(first.reason), []).append(_who(programme))
    return [
        say("Not estimated ({n}): {list}. {why}", n=len(names), list=wording.listed(names), why=why)
        for why, names in groups.items()
    ]


def until(programmes: Sequence[Programme]) -> Html:
    """Up to which period effects are identified where everybody starts in the end."""
    sentences = [
        say(
            "{who}{stratum}: every region starts in the end; effects are identified up to {period} only, the last "
            "period before the last regions start.",
            who=_who(programme),
            stratum=formats.in_brackets(wording.listed(strata)) if any(strata) else "",
            period=formats.period(period),
        )
        for programme in programmes
        if not programme.sample.refused
        for period, strata in _by_period(programme.sample.until or {}).items()
    ]
    if not sentences and any(not programme.sample.refused for programme in programmes):
        sentences = [say("Some regions never start, so effects are identified in every period observed.")]
    return bullets(list(dict.fromkeys(sentences)), "until")


def _by_period(until: Mapping[str, str]) -> dict[str, list[str]]:
    """The strata whose effects are identified up to the same period."""
    groups: dict[str, list[str]] = {}
    for stratum, period in until.items():
        groups.setdefault(period, []).append(stratum)
    return groups


def regression(programmes: Sequence[Programme]) -> Piece:
    """The plain two-way fixed effects estimate, and what it averages (Goodman-Bacon)."""
    columns = [
        *heads("Indicator", "Mean over region-periods:n", "Plain regression:n"),
        *(Column(translate(vocabulary.COMPARISONS[name]), "n") for name in BACON),
    ]
    rows = [row for programme in programmes if (row := _regression_row(programme))]
    if not rows:
        return Html("")
    caption = say(
        "Why not plain regression: two-way fixed effects and the comparisons that it averages (weight; estimate)"
    )
    simulated = any(programme.results[0].simulated for programme in programmes)
    return Table.of("regression-table", caption, columns, rows, simulated)


def _regression_row(programme: Programme) -> list[object]:
    pooled, plain, parts = programme.headline, programme.by("twfe", "cluster"), programme.by("bacon", "")
    if not pooled or not plain or not parts or any(isinstance(r, Withheld) for r in (pooled, plain, parts)):
        return []
    cells = [
        lines(
            formats.percent(parts[f"weight:{name}"].estimate or 0.0),
            small(formats.effect(parts[f"estimate:{name}"].estimate, programme.indicator)),
        )
        for name in BACON
    ]
    return [
        _who(programme),
        formats.effect(pooled["simple"].estimate, programme.indicator),
        _with_interval(plain["att"], programme.indicator),
        *cells,
    ]


def few_clusters(programmes: Sequence[Programme]) -> Piece:
    """Inference that does not lean on many clusters; a sentence where there are enough."""
    pairs = [(programme, result) for programme in programmes for result in programme.results if result.method == "twfe"]
    few = [pair for pair in pairs if pair[1].inference in vocabulary.FEW_CLUSTERS and not isinstance(pair[1], Withheld)]
    if not few:
        estimated = any(isinstance(programme.results[0], Pooled) for programme in programmes)
        enough = say(
            "At least 40 regions enter and at least 8 of them are treated: the plain regression's clustered errors "
            "need no company. Headlines with fewer than 20 treated regions rest on randomization inference."
        )
        return Html(paragraphs(enough) if estimated else "")
    columns = heads("Indicator", "Method", "Estimate:n", "p:n")
    rows = [
        (
            _who(programme),
            translate(vocabulary.FEW_CLUSTERS[result.inference]),
            *_estimate_and_p(result, programme.indicator),
        )
        for programme, result in few
    ]
    caption = say("Few regions: p-values of the plain regression that do not lean on many clusters")
    return Table.of("few-clusters-table", caption, columns, rows, any(result.simulated for _, result in few))


def _estimate_and_p(result: Result, indicator: Indicator) -> tuple[str, str]:
    estimate = result.estimates[0]
    return formats.effect(estimate.estimate, indicator), formats.probability(estimate.p_value)


def limits() -> Html:
    """What the pooled page cannot say."""
    return bullets([translate(limit) for limit in vocabulary.PROGRAMME_LIMITS], "limits")


def _who(programme: Programme) -> str:
    """The indicator, and the kind of regions where several are pooled apart."""
    name = programme.indicator.name[language()]
    if ":" not in programme.region:
        return name
    kind = translate(vocabulary.KINDS.get(programme.sample.kind, programme.sample.kind))
    return name + formats.in_brackets(kind)
