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
    if all(goal.goal == "not_measured" for goal in judged):
        return say("{n} targets, none can be judged", n=len(judged))
    count = partial(_count, judged)
    facts = {"n": len(judged), "met": count(*MET)}
    if not any(goal.met is not None or goal.goal in ("on_track", "behind") for goal in judged):
        return say("{n} targets, none can be judged yet", n=len(judged))
    if ahead := count("on_track"):
        return say("{met} of {n} targets met, {ahead} on track", **facts, ahead=ahead)
    return say("{met} of {n} targets met", **facts)


def card(judged: Sequence[Attainment], references: Sequence[Referenced], evaluation: Evaluation) -> Card:
    """How many targets have which status, worst first; what is wanting by name."""
    title = translate("Goals")
    if not judged:
        return Card("goals", title, say("none found"), tuple(_references(references, evaluation)))
    if all(goal.goal == "not_measured" for goal in judged):
        return Card("goals", title, say("none of {n} can be judged", n=len(judged)))
    statuses = (_status(code, judged, evaluation) for code in ORDER if code not in MET)
    word = say("{met} of {n} met", met=_count(judged, *MET), n=len(judged))
    return Card("goals", title, word, tuple(filter(None, statuses)))


def _count(judged: Sequence[Attainment], *codes: str) -> int:
    return sum(goal.goal in codes for goal in judged)


def _status(code: str, judged: Sequence[Attainment], evaluation: Evaluation) -> Html:
    """How many have a status, with the names of those that are to be looked at."""
    own = [goal for goal in judged if goal.goal == code]
    if not own:
        return Html("")
    text = say("{status}: {n}", n=len(own), status=translate(chips.GOALS[code][2]))
    names = list(dict.fromkeys(evaluation.indicators[goal.indicator].name[language()] for goal in own))
    if code in UNNAMED:
        return text
    if len(names) > NAMED:
        return text + say(" ({list} and others)", list=wording.listed(names[:NAMED]))
    if len(own) == 1:
        return text + formats.in_brackets(_with_change(own[0], evaluation))
    if len(names) == 1:
        return text + say(" (all of {indicator})", indicator=names[0])
    return text + say(" ({list})", list=wording.listed(names))


def _with_change(goal: Attainment, evaluation: Evaluation) -> Html:
    """A goal with how far it is off, or how it moved."""
    indicator = evaluation.indicators[goal.indicator]
    name = Html.escape(indicator.name[language()])
    if goal.gap is None and goal.change is None:
        return name
    off = wording.gap(goal, indicator) if goal.growth is None else Html("")
    return say("{indicator}, {gap}", indicator=name, gap=off) if off else name


def _references(references: Sequence[Referenced], evaluation: Evaluation) -> list[Html]:
    """Without targets: the latest figures against reference values, which judge nothing."""
    comparisons = []
    for referenced in references:
        if referenced.latest is None or referenced.difference is None:
            continue
        indicator = evaluation.indicators[referenced.reference.indicator]
        comparisons.append(
            say(
                "{indicator} {value}, {gap} above"
                if referenced.difference >= 0
                else "{indicator} {value}, {gap} below",
                indicator=indicator.name[language()],
                value=wording.observation(referenced.latest, indicator),
                gap=formats.difference(abs(referenced.difference), indicator, signed=False),
            )
        )
    if not comparisons:
        return []
    return [say("Against national reference values, which are not its targets: {list}.", list=semicolons(comparisons))]
