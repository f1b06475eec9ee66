"""Were the goals met? In half a sentence, and as the first card."""

from collections.abc import Sequence
from functools import partial

from evalkit.analysis.goals.attainment import ORDER, Attainment, Referenced
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.answer.card import Card
from evalkit.reporting.language import chips, formats, wording
from evalkit.reporting.language.words import Html, language, say, semicolons, translate

MET = ("met", "met_early", "direction_met")
NAMED = 3  # goals that a card names for one status
UNNAMED = (*MET, "on_track", "not_measured")  # statuses of which the number is enough


def clause(judged: Sequence[Attainment]) -> Html:
    """How many of the targets are met; without a figure, that nothing can be said."""
    if not judged:
        return say("No targets found")
    if all(one.goal == "not_measured" for one in judged):
        return say("{n} targets, none can be judged", n=len(judged))
    count = partial(_count, judged)
    known = {"n": len(judged), "met": count(*MET)}
    if not any(one.met is not None or one.goal in ("on_track", "behind") for one in judged):
        return say("{n} targets, none can be judged yet", n=len(judged))
    if ahead := count("on_track"):
        return say("{met} of {n} targets met, {ahead} on track", **known, ahead=ahead)
    return say("{met} of {n} targets met", **known)


def card(judged: Sequence[Attainment], references: Sequence[Referenced], evaluation: Evaluation) -> Card:
    """How many targets have which status, worst first; what is wanting by name."""
    title = translate("Goals")
    if not judged:
        return Card("goals", title, say("none found"), tuple(_references(references, evaluation)))
    if all(one.goal == "not_measured" for one in judged):
        return Card("goals", title, say("none of {n} can be judged", n=len(judged)))
    told = (_status(code, judged, evaluation) for code in ORDER if code not in MET)
    word = say("{met} of {n} met", met=_count(judged, *MET), n=len(judged))
    return Card("goals", title, word, tuple(filter(None, told)))


def _count(judged: Sequence[Attainment], *codes: str) -> int:
    return sum(one.goal in codes for one in judged)


def _status(code: str, judged: Sequence[Attainment], evaluation: Evaluation) -> Html:
    """How many have a status, with the names of those that are to be looked at."""
    own = [one for one in judged if one.goal == code]
    if not own:
        return Html("")
    told = say("{status}: {n}", n=len(own), status=translate(chips.GOALS[code][2]))
    names = list(dict.fromkeys(evaluation.indicators[one.indicator].name[language()] for one in own))
    if code in UNNAMED:
        return told
    if len(names) > NAMED:
        return told + say(" ({list} and others)", list=wording.listed(names[:NAMED]))
    if len(own) == 1:
        return told + formats.in_brackets(_with_change(own[0], evaluation))
    if len(names) == 1:
        return told + say(" (all of {indicator})", indicator=names[0])
    return told + say(" ({list})", list=wording.listed(names))


def _with_change(one: Attainment, evaluation: Evaluation) -> Html:
    """A goal with how far it is off, or how it moved."""
    indicator = evaluation.indicators[one.indicator]
    name = Html.escape(indicator.name[language()])
    if one.gap is None and one.change is None:
        return name
    off = wording.gap(one, indicator) if one.growth is None else Html("")
    return say("{indicator}, {gap}", indicator=name, gap=off) if off else name


def _references(references: Sequence[Referenced], evaluation: Evaluation) -> list[Html]:
    """Without targets: the latest figures against reference values, which judge nothing."""
    told = []
    for one in references:
        if one.latest is None or one.difference is None:
            continue
        indicator = evaluation.indicators[one.reference.indicator]
        told.append(
            say(
                "{indicator} {value}, {gap} above" if one.difference >= 0 else "{indicator} {value}, {gap} below",
                indicator=indicator.name[language()],
                value=wording.observation(one.latest, indicator),
                gap=formats.difference(abs(one.difference), indicator, signed=False),
            )
        )
    if not told:
        return []
    return [say("Against national reference values, which are not its targets: {list}.", list=semicolons(told))]
