"""The programme's judgements as the index and the page over all assessments say them, from what its run left."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import prose
from evalkit.reporting.elements.html import items
from evalkit.reporting.language import chips, formats, vocabulary
from evalkit.reporting.language.words import Html, language, say, translate

Verdicts = Sequence[Mapping[str, Any]]


def left(manifest: Mapping[str, Any]) -> Verdicts:
    """The programme's judgement on every primary indicator; none where its page failed or was not made."""
    found: Verdicts = [] if manifest.get("failed") else manifest.get("summary", {}).get("programme", [])
    return found


def counted(manifest: Mapping[str, Any]) -> Counter[str]:
    """How many of the programme's judgements are which."""
    return Counter(one["verdict"] for one in left(manifest))


def sentences(manifest: Mapping[str, Any], evaluation: Evaluation) -> Html:
    """The judgements with their estimate, a sentence each; empty where none was estimated."""
    told = [_sentence(one, evaluation) for one in left(manifest) if "estimate" in one]
    return Html('<ul class="conclusions verdicts">{}</ul>').format(items(told)) if told else Html("")


def _sentence(one: Mapping[str, Any], evaluation: Evaluation) -> Html:
    indicator = evaluation.indicators[one["indicator"]]
    name, kind = indicator.name[language()], one["kind"]
    if one["several"]:
        name += formats.in_brackets(translate(vocabulary.KINDS.get(kind, kind)))
    wording = vocabulary.POOLED["lower" if one["estimate"] < 0 else "higher"]
    known = {"n": formats.count(one["n_treated"]), "name": name, "effect": formats.size(one["estimate"], indicator)}
    told = say(wording, **known)
    if one["conf_low"] is not None:
        interval = formats.interval(one["conf_low"], one["conf_high"], indicator)
        told = prose.joined(told, say("95% interval: {interval}.", interval=interval))
    return prose.joined(chips.effect(one["verdict"]) + " ", told)
