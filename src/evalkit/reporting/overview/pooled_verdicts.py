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
    verdicts: Verdicts = [] if manifest.get("failed") else manifest.get("summary", {}).get("programme", [])
    return verdicts


def counted(manifest: Mapping[str, Any]) -> Counter[str]:
    """How many of the programme's judgements are which."""
    return Counter(verdict["verdict"] for verdict in left(manifest))


def sentences(manifest: Mapping[str, Any], evaluation: Evaluation) -> Html:
    """The judgements with their estimate, a sentence each; empty where none was estimated."""
    sentences = [_sentence(verdict, evaluation) for verdict in left(manifest) if "estimate" in verdict]
    return Html('<ul class="conclusions verdicts">{}</ul>').format(items(sentences)) if sentences else Html("")


def _sentence(verdict: Mapping[str, Any], evaluation: Evaluation) -> Html:
    indicator = evaluation.indicators[verdict["indicator"]]
    name, kind = indicator.name[language()], verdict["kind"]
    if verdict["several"]:
        name += formats.in_brackets(translate(vocabulary.KINDS.get(kind, kind)))
    wording = vocabulary.POOLED["lower" if verdict["estimate"] < 0 else "higher"]
    effect = formats.size(verdict["estimate"], indicator)
    sentence = say(wording, n=formats.count(verdict["n_treated"]), name=name, effect=effect)
    if verdict["conf_low"] is not None:
        interval = formats.interval(verdict["conf_low"], verdict["conf_high"], indicator)
        sentence = prose.joined(sentence, say("95% interval: {interval}.", interval=interval))
    return prose.joined(chips.effect(verdict["verdict"]) + " ", sentence)
