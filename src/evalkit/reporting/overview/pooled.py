"""The programme page: who started when, pooled effects, why not plain regression, region by region."""

from collections.abc import Mapping, Sequence

from evalkit.analysis.programme import agreement
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
        "{who}: on average over {n} treated regions the effect is {effect} (95% interval {interval}; p\u00a0{p}).",
        who=_who(one),
        n=formats.count(pooled.n_treated),
        effect=formats.effect(effect.estimate, one.indicator),
        interval=formats.interval(effect.conf_low, effect.conf_high, one.indicator),
        p=formats.equal_to(effect.p_value) if effect.p_value is not None else formats.NOTHING,
    )
    return prose.joined(chips.effect(one.conclusion.verdict), told, *_apart(one))


def _apart(one: Programme) -> list[Html]:
    """A sentence for every other estimator that differs from the headline beyond chance."""
    differs = {held.code for held in one.conclusion.conditions if held.holds is False}
    return [
        say(vocabulary.PROGRAMME_APART[code], gap=formats.effect(gap.estimate, one.indicator), p=_p(gap))
        for code, gap in _differences(one).items()
        if code in differs
    ]


def _differences(one: Programme) -> dict[str, Estimate]:
    """The headline less other estimators, by the condition that asks for it."""
    headline = one.headline
    if not isinstance(headline, LongBase):
        return {}
    both = {"other_base": headline.other_base, "other_estimator": headline.other_estimator}
    return {code: gap for code, gap in both.items() if gap is not None and gap.p_value is not None}


def _p(one: Estimate) -> str:
    return formats.equal_to(one.p_value)


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
    return pooled_cohorts.cohorts(found, [_who(one) for one in found], evaluation)


def aggregates(found: Sequence[Programme]) -> Piece:
    """The pooled effect with its judgement, whether the check agrees, other ways of averaging, and what is refused."""
    estimated = [(one, pooled) for one in found if isinstance(pooled := one.headline, Pooled)]
    if not estimated:
        return paragraphs(*_withheld(found))
    columns = heads(
        "Indicator", "Mean over regions (headline):n", "p:n", "Judgement", "Effect estimated / comparison:n"
    )
    rows = [
        [
            interval_matrix.heading(one.indicator, _who(one)),
            interval_matrix.cell(pooled["group"], one.indicator),
            formats.probability(pooled["group"].p_value),
            chips.effect(one.conclusion.verdict),
            f"{formats.count(pooled.n_treated)} / {formats.count(pooled.n_comparison)}",
        ]
        for one, pooled in estimated
    ]
    simulated = any(one.results[0].simulated for one in found)
    caption = say("Pooled effects against the mean of all observed periods before the start")
    return stacked(
        Table.of("programme-table", caption, columns, rows, simulated),
        bullets([told for one, _ in estimated for told in _disagreements(one)], "disagreements"),
        _averages(estimated, simulated),
        _parts(found),
        paragraphs(*_withheld(found)),
    )


def _disagreements(one: Programme) -> list[Html]:
    """A sentence for each check that differs from the headline on whether there is an effect."""
    told = []
    for method, term in CHECKS:
        check = one.by(method)
        if not isinstance(one.headline, Pooled) or check is None or isinstance(check, Withheld):
            continue
        kind = agreement.compare(one.headline["group"], check[term])
        if kind == "agree":
            continue
        code = "judged" if one.conclusion.verdict in ("supported", "opposite") else kind
        interval = formats.interval(check[term].conf_low, check[term].conf_high, one.indicator)
        facts = {
            "name": _who(one),
            "method": wording.method(method),
            "headline": formats.effect(one.headline["group"].estimate, one.indicator),
            "check": formats.effect(check[term].estimate, one.indicator),
            "interval": interval,
        }
        told.append(say(vocabulary.DISAGREEMENTS[code], **facts))
    return told


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
    for one, pooled in estimated:
        check, classic = one.by("imputation"), one.by("callaway_santanna")
        averages = [interval_matrix.cell(pooled[term], one.indicator) for term in ("simple", "dynamic", "calendar")]
        gaps = _differences(one)
        checks = [
            interval_matrix.cell(result[term], one.indicator, _gap(gaps.get(code), one.indicator))
            if result is not None and not isinstance(result, Withheld)
            else formats.NOTHING
            for result, term, code in ((classic, "group", "other_base"), (check, "simple", "other_estimator"))
        ]
        rows.append([interval_matrix.heading(one.indicator, _who(one)), *averages, *checks])
    caption = say(
        "Other ways of averaging, and other estimators, as checks (95% intervals; by how much the mean over regions "
        "differs from Callaway and Sant'Anna, and the mean over region-periods from imputation)"
    )
    return Table.of("averages-table", caption, columns, rows, simulated)


def _gap(one: Estimate | None, indicator: Indicator) -> Html:
    """By how much the headline differs from a check, with its p."""
    if one is None:
        return Html("")
    return small(say("differs by {gap} (p\u00a0{p})", gap=interval_matrix.bare(one.estimate, indicator), p=_p(one)))


def _parts(found: Sequence[Programme]) -> Piece:
    """Effects by cohort and declared subgroup, with the test that subgroups are equal; weighted by residents."""
    listed = {
        (one.region, one.indicator.id): {
            estimate.term: estimate for estimate in pooled.estimates if estimate.term.startswith(PARTS)
        }
        for one in found
        if isinstance(pooled := one.headline, Pooled)
    }
    terms = list(dict.fromkeys(term for estimates in listed.values() for term in estimates))
    if not terms:
        return Html("")
    rows: list[list[object]] = []
    reasons: dict[str, Html] = {}  # one for each kind
    for one in found:
        estimates = listed.get((one.region, one.indicator.id), {})
        cells = [
            interval_matrix.cell(estimates[term], one.indicator, _chance(estimates[term]))
            if term in estimates
            else formats.NOTHING
            for term in terms
        ]
        if estimates:
            rows.append([interval_matrix.heading(one.indicator, _who(one)), *cells])
        reasons |= {each.reason.code: wording.why(each.reason) for each in estimates.values() if each.reason}
    columns = [*heads("Indicator"), *(Column(_part(term), "n") for term in terms)]
    caption = say("Pooled effects by the period of the start, by declared subgroup, and weighted by residents")
    simulated = any(one.results[0].simulated for one in found)
    return stacked(Table.of("programme-parts-table", caption, columns, rows, simulated), bullets(reasons.values()))


def _chance(one: Estimate) -> Html:
    return Html("") if one.p_value is None else small(say("p\u00a0{p}", p=_p(one)))


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


def _with_interval(one: Estimate, indicator: Indicator) -> Cell:
    interval = formats.interval(one.conf_low, one.conf_high, indicator)
    return lines(formats.effect(one.estimate, indicator), interval)


def _withheld(found: Sequence[Programme]) -> list[Html]:
    """Indicators without a pooled effect, a sentence for each reason."""
    groups: dict[Html, list[str]] = {}
    for one in found:
        if isinstance(first := one.results[0], Withheld):
            groups.setdefault(wording.why(first.reason), []).append(_who(one))
    return [
        say("Not estimated ({n}): {list}. {why}", n=len(names), list=wording.listed(names), why=why)
        for why, names in groups.items()
    ]


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
    plain = [(one, result) for one in found for result in one.results if result.method == "twfe"]
    few = [
        (one, result)
        for one, result in plain
        if result.inference in vocabulary.FEW_CLUSTERS and not isinstance(result, Withheld)
    ]
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
