"""Words for codes: reasons, methods, terms, checks, sources, targets; sentences are made in prose."""

from collections.abc import Sequence

from markupsafe import Markup

from evalkit.analysis.results import Check, Reason
from evalkit.inputs.params import Indicator
from evalkit.inputs.project import Evaluation
from evalkit.inputs.reform import Target
from evalkit.reporting import formats, vocabulary
from evalkit.reporting.words import language, say, translate


def why(reason: Reason | None) -> Markup:
    """A reason in words."""
    if reason is None:
        return Markup("")
    facts = dict(reason.facts)
    code = "no_post_period" if reason.code == "too_few_post_periods" and facts.get("have") == "0" else reason.code
    if facts.get("adoption"):
        facts["adoption"] = formats.period(facts["adoption"])
    if facts.get("periods"):
        facts["periods"] = "; ".join(formats.period(text) for text in facts["periods"].split("; "))
    if facts.get("mask"):
        facts["mask"] = mask(facts["mask"])
    return say(vocabulary.REASONS[code], **facts)


def reasons(withheld: Sequence[tuple[Indicator, Reason]]) -> list[tuple[str, Markup]]:
    """Reasons in words, each with the names of the indicators that share it."""
    groups: dict[Markup, list[str]] = {}
    for indicator, reason in withheld:
        groups.setdefault(why(reason), []).append(indicator.name[language()])
    return [(listed(names), told) for told, names in groups.items()]


def listed(names: Sequence[str]) -> str:
    """Names in a row."""
    return ("、" if language() == "zh" else ", ").join(names)


def mask(name: str) -> str:
    """What a mask is for."""
    return translate(vocabulary.MASKS.get(name, name))


def method(name: str) -> str:
    """A method's name in words."""
    name = name.removeprefix("controlled_")
    return translate(vocabulary.METHODS.get(name, name))


def term(name: str) -> str:
    """A term's name in words."""
    if name.startswith("event_time="):
        return say("event time {t}", t=name.removeprefix("event_time=").replace("-", formats.MINUS))
    return translate(vocabulary.TERMS.get(name, name))


def use_of_period(code: str) -> str:
    """How a period enters: baseline, after the start, or why not."""
    return (
        translate(vocabulary.PERIOD_USES[code])
        if code in vocabulary.PERIOD_USES
        else say("masked: {name}", name=mask(code))
    )


def aspect(code: str) -> str:
    """What region and comparison group are compared by."""
    if code.startswith("dip:"):
        return str(say("Change in the masked periods: {name}", name=mask(code.removeprefix("dip:"))))
    return translate(vocabulary.ASPECTS[code])


def check_words(check: Check) -> tuple[str, str]:
    """A check's name and its question."""
    name, question = (translate(text) for text in vocabulary.CHECKS[check.method])
    dated = check.estimates[0].term.removeprefix("date=")
    if dated != check.estimates[0].term:
        name = say("{name}: {date}", name=name, date=formats.period(dated))
    return name, question


def source(code: str, evaluation: Evaluation) -> Markup:
    """A source's title and its standing."""
    if code not in evaluation.sources.index:
        return Markup("{}").format(code)
    row = evaluation.sources.loc[code]
    first, second = ("title_zh", "title_en") if language() == "zh" else ("title_en", "title_zh")
    told = Markup("{}").format(row[first] or row[second] or code)
    if standing := vocabulary.STANDING.get(str(row["standing"])):
        told += Markup('<br><span class="standing">{}</span>').format(translate(standing))
    return told


def bilingual(text: str | None) -> str:
    """The half of a `中文 / English` text that belongs to the language now spoken."""
    if not text or " / " not in text:
        return text or ""
    first, second = text.split(" / ", 1)
    return first if language() == "zh" else second


def target(goal: Target, indicator: Indicator) -> str:
    """A target in words: at least 65%, 3 to 5, increase."""
    if isinstance(goal.value, tuple):
        low, high = goal.value
        return say("{low} to {high}", low=formats.value(low, indicator), high=formats.value(high, indicator))
    if goal.operator == "growth" and isinstance(goal.value, float):
        return say("+{value}% a year (unit as in the source, ambiguous)", value=formats.number(goal.value))
    if isinstance(goal.value, float):
        words = {
            ">=": "at least {value}",
            "<=": "at most {value}",
            ">": "above {value}",
            "<": "below {value}",
            "=": "{value}",
            "~": "about {value}",
        }
        return say(words[goal.operator], value=formats.value(goal.value, indicator))
    if goal.value is not None:
        return goal.value[language()]
    return translate(vocabulary.DIRECTIONS[goal.operator])
