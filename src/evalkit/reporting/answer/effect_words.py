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
    verdicts = [one.conclusion.verdict for one in primary]
    if "opposite" in verdicts:
        return "opposite"
    if "supported" in verdicts:
        return "supported" if len(set(verdicts)) == 1 else "partly"
    for code in ("uncertain", "no_direction"):
        if code in verdicts:
            return code
    return "no_data" if _lacks_series(primary) else "cannot_judge"


def _count(primary: Sequence[Finding], code: str) -> int:
    return sum(one.conclusion.verdict == ("supported" if code == "partly" else code) for one in primary)


def _lacks_series(primary: Sequence[Finding]) -> bool:
    return all(isinstance(one.effect, Withheld) and one.effect.reason.code == "no_panel" for one in primary)


def _met(primary: Sequence[Finding], judged: Sequence[Attainment]) -> bool:
    """Whether every primary indicator has targets, all of them met."""
    goals = {
        one.indicator.id: [MET.get(goal.goal) for goal in judged if goal.indicator == one.indicator.id]
        for one in primary
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
    withheld = [(one.indicator, one.effect.reason) for one in primary if isinstance(one.effect, Withheld)]
    groups = wording.reasons(withheld)
    if len(groups) == 1 and len(withheld) == len(primary):
        return [why for _, why in groups]
    return [say("{indicator}: {told}", indicator=names, told=why) for names, why in groups]


def certainty(primary: Sequence[Finding]) -> Html:
    """How sure the verdicts are: one word, or from the lowest to the highest; none without a verdict."""
    held = {one.conclusion.certainty for one in primary} - {None}
    if not held:
        return say("none")
    words = [translate(vocabulary.CERTAINTIES[code]) for code in reversed(CERTAINTIES) if code in held]
    return Html.escape(words[0]) if len(words) == 1 else say("from {low} to {high}", low=words[0], high=words[-1])


def certainty_card(primary: Sequence[Finding]) -> Card:
    """How sure one may be, and why not surer."""
    reasons = dict.fromkeys(code for one in primary for code in one.conclusion.reasons)
    why = wording.listed([translate(vocabulary.DOWNGRADES[code]) for code in reasons])
    notes = [say("Because {why}.", why=why)] if why else []
    if smallest := _detectable(primary):
        notes.append(say("Effects below these would go unseen here: {list}.", list=semicolons(smallest)))
    if not notes and all(isinstance(one.effect, Withheld) for one in primary):
        notes = [say("Nothing was estimated, so nothing may be concluded, in either direction.")]
    return Card("certainty", translate("How sure?"), certainty(primary), tuple(notes))


def _detectable(primary: Sequence[Finding]) -> list[Html]:
    """The effect that each verdict could have found at all."""
    return [
        say(
            "{indicator} {size}",
            indicator=one.indicator.name[language()],
            size=formats.effect(check["value"].estimate, one.indicator, signed=False),
        )
        for one in primary
        for check in one.checks
        if check.method == "detectable" and one.conclusion.certainty
    ]


def own(primary: Sequence[Finding]) -> Html:
    """The region's own estimates with period, interval and verdict."""
    told = [sentence for one in primary if (sentence := effect_sentence(one))]
    return say("{told}.", told=semicolons(told)) if told else Html("")


def effect_sentence(one: Finding) -> Html:
    """One estimate in words: size, comparison, interval, verdict; empty without one."""
    if not isinstance(one.effect, Effect):
        return Html("")
    att = one.effect["att"]
    estimate = att.estimate or 0.0
    known = {
        "indicator": one.indicator.name[language()],
        "size": formats.size(estimate, one.indicator),
        "n": one.effect.n_comparison,
    }
    if att.conf_low is None:
        return say(
            "{indicator} came out {size} higher than the changes in {n} comparison regions suggest (too few for a 95% "
            "interval or a judgement)"
            if estimate >= 0
            else "{indicator} came out {size} lower than the changes in {n} comparison regions suggest (too few for a "
            "95% interval or a judgement)",
            **known,
        )
    told = say(
        "{indicator} came out {size} higher than the changes in {n} comparison regions suggest (95% interval "
        "{interval})"
        if estimate >= 0
        else "{indicator} came out {size} lower than the changes in {n} comparison regions suggest (95% interval "
        "{interval})",
        **known,
        interval=formats.interval(att.conf_low, att.conf_high, one.indicator),
    )
    return say("{told}: {verdict}", told=told, verdict=_verdict(one)) if one.primary else told


def _verdict(one: Finding) -> str:
    """The verdict as it ends a sentence: an effect that chance explains is called so."""
    by_chance = one.conclusion.verdict == "uncertain" and (one.conclusion.p_value or 1.0) > 0.05
    code = "chance" if by_chance else one.conclusion.verdict
    return translate(vocabulary.VERDICTS[code])


def _verdict_of_programme(programme: Sequence[Headline], evaluation: Evaluation) -> Html:
    """In the card: only whether all regions together show an effect."""
    verdicts = {one.verdict for one in programme}
    if not verdicts:
        return Html("")
    if len(verdicts) == 1:
        told = Html.escape(translate(vocabulary.VERDICTS[verdicts.pop()]))
    else:
        told = semicolons(
            say("{indicator}: {verdict}", indicator=_name(one, evaluation), verdict=_of_programme(one))
            for one in programme
        )
    return say("All regions that reformed, taken together: {list}.", list=told)


def _of_programme(one: Headline) -> str:
    return translate(vocabulary.VERDICTS[one.verdict])


def _name(one: Headline, evaluation: Evaluation) -> str:
    """The name that all regions share: a region's own term says nothing of the others."""
    return (evaluation.common.get(one.indicator) or evaluation.indicators[one.indicator]).name[language()]


def programme_sentence(programme: Sequence[Headline], evaluation: Evaluation, with_verdict: bool = True) -> Html:
    """What all regions of a kind show together, with its interval; the verdict only if asked for."""
    told = [_headline(one, evaluation) for one in programme]
    if with_verdict:
        told = [
            say("{told}: {verdict}", told=words, verdict=_of_programme(one))
            for one, words in zip(programme, told, strict=True)
        ]
    return say("{told}.", told=semicolons(told)) if told else Html("")


def _headline(one: Headline, evaluation: Evaluation) -> Html:
    indicator = evaluation.indicators[one.indicator]
    return say(
        "Across the {n} {kinds} that reformed, {indicator} came out {size} higher on average than without the reform "
        "(95% interval {interval})"
        if one.estimate >= 0
        else "Across the {n} {kinds} that reformed, {indicator} came out {size} lower on average than without the "
        "reform (95% interval {interval})",
        n=formats.count(one.regions),
        kinds=translate(vocabulary.KINDS.get(one.kind, one.kind)),
        indicator=_name(one, evaluation),
        size=formats.size(one.estimate, indicator),
        interval=formats.interval(one.conf_low, one.conf_high, indicator),
    )


def best_sentence(best: Sequence[Result], evaluation: Evaluation) -> Html:
    """The best estimates, which borrow strength from all regions; empty without one."""
    told = [
        say(
            "{indicator} {effect} ({interval})",
            indicator=(indicator := evaluation.indicators[one.indicator]).name[language()],
            effect=formats.effect(one["att"].estimate, indicator),
            interval=formats.interval(one["att"].conf_low, one["att"].conf_high, indicator),
        )
        for one in best
        if isinstance(one, Best)
    ]
    if not told:
        return Html("")
    return say("Both together give this region's best estimate (95% interval): {list}.", list=semicolons(told))
