"""Did the reform do it, and how sure is that? In half a sentence, as two cards, and as sentences."""

from collections.abc import Sequence

from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals.attainment import MET, Attainment
from evalkit.analysis.programme.borrowed import Best
from evalkit.analysis.programme.headlines import Headline
from evalkit.analysis.results import Result, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.answer.card import Card
from evalkit.reporting.elements import prose
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, semicolons, translate

CERTAINTIES = tuple(vocabulary.CERTAINTIES)  # from the highest to the lowest


def clause(primary: Sequence[Finding], judged: Sequence[Attainment]) -> Html:
    """Whether the reform did it, over all primary indicators."""
    code = _overall(primary)
    if code == "uncertain" and _met(primary, judged):
        return say("whether the reform did this is not clear")
    return say(vocabulary.ANSWERS[code], n=_count(primary, code), of=len(primary))


def _overall(primary: Sequence[Finding]) -> str:
    """The verdicts of all primary indicators in one: the worst news first."""
    verdicts = [finding.conclusion.verdict for finding in primary]
    if "opposite" in verdicts:
        return "opposite"
    if "supported" in verdicts:
        return "supported" if len(set(verdicts)) == 1 else "partly"
    for code in ("uncertain", "no_direction"):
        if code in verdicts:
            return code
    return "no_data" if _lacks_series(primary) else "cannot_judge"


def _count(primary: Sequence[Finding], code: str) -> int:
    return sum(finding.conclusion.verdict == ("supported" if code == "partly" else code) for finding in primary)


def _lacks_series(primary: Sequence[Finding]) -> bool:
    return all(isinstance(finding.effect, Withheld) and finding.effect.reason.code == "no_panel" for finding in primary)


def _met(primary: Sequence[Finding], judged: Sequence[Attainment]) -> bool:
    """Whether every primary indicator has targets, all of them met."""
    goals = {
        finding.indicator.id: [MET.get(goal.goal) for goal in judged if goal.indicator == finding.indicator.id]
        for finding in primary
    }
    return all(met and all(met) for met in goals.values())


def card(primary: Sequence[Finding], programme: Sequence[Headline], evaluation: Evaluation) -> Card:
    """The verdict in a few words; why there is none; what all regions together say."""
    code = _overall(primary)
    word = say(vocabulary.ANSWERS_IN_SHORT[code], n=_count(primary, code), of=len(primary))
    together = _verdict_of_programme(programme, evaluation)
    return Card("effect", translate("Did the reform work?"), word, tuple(filter(None, (*_reasons(primary), together))))


def _reasons(primary: Sequence[Finding]) -> list[Html]:
    """Why there is no estimate, once for indicators that share the reason; where some have one, with their names."""
    withheld = [
        (finding.indicator, finding.effect.reason) for finding in primary if isinstance(finding.effect, Withheld)
    ]
    groups = wording.reasons(withheld)
    if len(groups) == 1 and len(withheld) == len(primary):
        return [why for _, why in groups]
    return [say("{indicator}: {told}", indicator=names, told=why) for names, why in groups]


def certainty(primary: Sequence[Finding]) -> Html:
    """How sure the verdicts are: one word, or from the lowest to the highest; none without a verdict."""
    certainties = {finding.conclusion.certainty for finding in primary} - {None}
    if not certainties:
        return say("none")
    words = [translate(vocabulary.CERTAINTIES[code]) for code in reversed(CERTAINTIES) if code in certainties]
    return Html.escape(words[0]) if len(words) == 1 else say("from {low} to {high}", low=words[0], high=words[-1])


def certainty_card(primary: Sequence[Finding]) -> Card:
    """How sure one may be, and why not surer."""
    reasons = dict.fromkeys(code for finding in primary for code in finding.conclusion.reasons)
    why = wording.listed([translate(vocabulary.DOWNGRADES[code]) for code in reasons])
    notes = [say("Because {why}.", why=why)] if why else []
    if smallest := _detectable(primary):
        notes.append(say("Effects below these would go unseen here: {list}.", list=semicolons(smallest)))
    if not notes and all(isinstance(finding.effect, Withheld) for finding in primary):
        notes = [say("Nothing was estimated, so nothing may be concluded, in either direction.")]
    return Card("certainty", translate("How sure?"), certainty(primary), tuple(notes))


def _detectable(primary: Sequence[Finding]) -> list[Html]:
    """The effect that each verdict could have found at all."""
    return [
        say(
            "{indicator} {size}",
            indicator=finding.indicator.name[language()],
            size=formats.effect(check["value"].estimate, finding.indicator, signed=False),
        )
        for finding in primary
        for check in finding.checks
        if check.method == "detectable" and finding.conclusion.certainty
    ]


def own(primary: Sequence[Finding]) -> Html:
    """The region's own estimates with period, interval and verdict."""
    sentences = [sentence for finding in primary if (sentence := effect_sentence(finding))]
    return say("{told}.", told=semicolons(sentences)) if sentences else Html("")


def effect_sentence(finding: Finding) -> Html:
    """One estimate in words: size, comparison, interval, verdict; empty without one."""
    if not isinstance(finding.effect, Effect):
        return Html("")
    att = finding.effect["att"]
    estimate = att.estimate or 0.0
    facts = {
        "indicator": finding.indicator.name[language()],
        "size": formats.size(estimate, finding.indicator),
        "n": finding.effect.n_comparison,
    }
    if att.conf_low is None:
        return say(
            "{indicator} came out {size} higher than the changes in {n} comparison regions suggest (too few for a 95% "
            "interval or a judgement)"
            if estimate >= 0
            else "{indicator} came out {size} lower than the changes in {n} comparison regions suggest (too few for a "
            "95% interval or a judgement)",
            **facts,
        )
    sentence = say(
        "{indicator} came out {size} higher than the changes in {n} comparison regions suggest (95% interval "
        "{interval})"
        if estimate >= 0
        else "{indicator} came out {size} lower than the changes in {n} comparison regions suggest (95% interval "
        "{interval})",
        **facts,
        interval=formats.interval(att.conf_low, att.conf_high, finding.indicator),
    )
    return say("{told}: {verdict}", told=sentence, verdict=_verdict(finding)) if finding.primary else sentence


def _verdict(finding: Finding) -> str:
    """The verdict as it ends a sentence: an effect that chance explains is called so."""
    by_chance = finding.conclusion.verdict == "uncertain" and (finding.conclusion.p_value or 1.0) > 0.05
    code = "chance" if by_chance else finding.conclusion.verdict
    return translate(vocabulary.VERDICTS[code])


def _verdict_of_programme(programme: Sequence[Headline], evaluation: Evaluation) -> Html:
    """In the card: only whether all regions together show an effect."""
    verdicts = {headline.verdict for headline in programme}
    if not verdicts:
        return Html("")
    if len(verdicts) == 1:
        verdict = Html.escape(translate(vocabulary.VERDICTS[verdicts.pop()]))
    else:
        verdict = semicolons(
            say("{indicator}: {verdict}", indicator=_name(headline, evaluation), verdict=_of_programme(headline))
            for headline in programme
        )
    return say("All regions that reformed, taken together: {list}.", list=verdict)


def _of_programme(headline: Headline) -> str:
    return translate(vocabulary.VERDICTS[headline.verdict])


def _name(headline: Headline, evaluation: Evaluation) -> str:
    """The name that all regions share: a region's own term says nothing of the others."""
    return (evaluation.common.get(headline.indicator) or evaluation.indicators[headline.indicator]).name[language()]


def programme_sentence(programme: Sequence[Headline], evaluation: Evaluation, with_verdict: bool = True) -> Html:
    """What all regions of a kind show together, with its interval; the verdict only if asked for."""
    sentences = [_headline(headline, evaluation) for headline in programme]
    if with_verdict:
        sentences = [
            say("{told}: {verdict}", told=words, verdict=_of_programme(headline))
            for headline, words in zip(programme, sentences, strict=True)
        ]
    return prose.joined(*(say("{told}.", told=words) for words in sentences))


def _headline(headline: Headline, evaluation: Evaluation) -> Html:
    indicator = evaluation.indicators[headline.indicator]
    return say(
        "Across the {n} {kinds} that reformed, {indicator} came out {size} higher on average than without the reform "
        "(95% interval {interval})"
        if headline.estimate >= 0
        else "Across the {n} {kinds} that reformed, {indicator} came out {size} lower on average than without the "
        "reform (95% interval {interval})",
        n=formats.count(headline.regions),
        kinds=translate(vocabulary.KINDS.get(headline.kind, headline.kind)),
        indicator=_name(headline, evaluation),
        size=formats.size(headline.estimate, indicator),
        interval=formats.interval(headline.conf_low, headline.conf_high, indicator),
    )


def best_sentence(best: Sequence[Result], evaluation: Evaluation) -> Html:
    """The best estimates, which borrow strength from all regions; empty without one."""
    estimates = [
        say(
            "{indicator} {effect} ({interval})",
            indicator=(indicator := evaluation.indicators[result.indicator]).name[language()],
            effect=formats.effect(result["att"].estimate, indicator),
            interval=formats.interval(result["att"].conf_low, result["att"].conf_high, indicator),
        )
        for result in best
        if isinstance(result, Best)
    ]
    if not estimates:
        return Html("")
    return say("Both together give this region's best estimate (95% interval): {list}.", list=semicolons(estimates))
