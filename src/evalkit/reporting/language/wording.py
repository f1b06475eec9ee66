"""Words for codes: reasons, methods, terms, checks, sources, targets; sentences are made in prose."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from evalkit.analysis.goals.attainment import Attainment, Observation
from evalkit.analysis.results import Check, Reason
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.project.region_file import DIRECTIONS, Reading, Target
from evalkit.reporting.language import chips, formats, vocabulary
from evalkit.reporting.language.words import Html, commas, language, plain, rewriting, say, translate

FEW = 4  # indicators that are named
CHINESE = re.compile("[\u4e00-\u9fff]")
TENTHS = "〇一二三四五六七八九"
OR_MORE = re.compile("以上|不低于|不少于|至少|≥")


def why(reason: Reason | None) -> Html:
    """A reason in words."""
    if reason is None:
        return Html("")
    facts = dict(reason.facts)
    code = "no_post_period" if reason.code == "too_few_post_periods" and facts.get("have") == "0" else reason.code
    if facts.get("adoption"):
        facts["adoption"] = formats.period(facts["adoption"])
    if facts.get("periods"):
        facts["periods"] = "; ".join(formats.period(text) for text in facts["periods"].split("; "))
    if reason.code == "differs":
        column = facts["column"]
        facts["column"] = translate(vocabulary.COLUMNS.get(column, column))
    if facts.get("mask"):
        facts["mask"] = mask(facts["mask"])
    return say(vocabulary.REASONS[code], **facts)


def withheld(reason: Reason | None) -> Html:
    """A reason in the place of a number: a sentence that breaks into lines as no number does."""
    return Html('<span class="withheld">{}</span>').format(why(reason))


def reasons(withheld: Sequence[tuple[Indicator, Reason]]) -> list[tuple[str, Html]]:
    """Reasons in words, each with the names of the indicators that share it."""
    groups: dict[str, list[tuple[Indicator, Reason]]] = {}
    with rewriting(str):  # a term that is linked at its first use must not part equal reasons
        for indicator, reason in withheld:
            groups.setdefault(why(reason), []).append((indicator, reason))
    return [
        (listed([indicator.name[language()] for indicator, _ in alike]), why(alike[0][1])) for alike in groups.values()
    ]


def indicators(named: Sequence[str], evaluation: Evaluation) -> str:
    """The names of a few indicators; of more, only their number."""
    if len(named) > FEW:
        return plain("{n} indicators", n=len(named))
    return listed([evaluation.indicators[name].name[language()] for name in named])


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
        return plain("Change in the masked periods: {name}", name=mask(code.removeprefix("dip:")))
    return translate(vocabulary.ASPECTS[code])


def check_words(check: Check) -> tuple[str, str]:
    """A check's name and its question."""
    name, question = (translate(text) for text in vocabulary.CHECKS[check.method])
    dated = check.estimates[0].term.removeprefix("date=")
    if dated != check.estimates[0].term:
        name = say("{name}: {date}", name=name, date=formats.period(dated))
    return name, question


def source(code: str, evaluation: Evaluation, between: str = "<br>") -> Html:
    """A source's title and its standing, separated by `between`, which must be trusted markup."""
    if code not in evaluation.sources.index:
        return Html.escape(code)
    title = Html.escape(source_title(code, evaluation))
    if standing := vocabulary.STANDING.get(str(evaluation.sources.at[code, "standing"])):
        title += Html(between) + Html('<span class="standing">{}</span>').format(translate(standing))
    return title


def source_title(code: str, evaluation: Evaluation) -> str:
    """A source's title in the current language; its code if it has none."""
    row = evaluation.sources.loc[code]
    first, second = ("title_zh", "title_en") if language() == "zh" else ("title_en", "title_zh")
    return str(row[first] or row[second] or code)


def bilingual(text: str | None) -> str:
    """The half of a `中文 / English` text that belongs to the current language."""
    if not text or " / " not in text:
        return text or ""
    first, second = text.split(" / ", 1)
    return first if language() == "zh" else second


def target(goal: Target, indicator: Indicator) -> str:
    """A target in words: at least 65%, 3 to 5, rank 3 or better, +10% a year on average, increase."""
    if isinstance(goal.value, tuple):
        low, high = (formats.value(bound, indicator) for bound in goal.value)
        if formats.unit(indicator) not in ("%", "‰"):  # a unit in words is written only once
            low = low.removesuffix(formats.unit(indicator)).rstrip()
        return say("{low} to {high}", low=low, high=high)
    if goal.operator == "growth" and isinstance(goal.value, float):
        size = growth(abs(goal.value), goal, indicator, signed=False)
        return say("down {size} a year on average" if goal.value < 0 else "up {size} a year on average", size=size)
    if isinstance(goal.value, float):
        return wanted(goal.operator, goal.value, goal.phrase, indicator)
    if goal.value is not None:
        return goal.value[language()]
    return translate(vocabulary.DIRECTIONS[goal.operator])


def wanted(operator: str, value: float, phrase: str, indicator: Indicator) -> str:
    """A level as its source words it: 达到 differs from 以上, 100% is full coverage, at most 0 is none."""
    shown = formats.value(value, indicator)
    if operator in (">=", "=") and value == 100 and indicator.unit == "percent":
        return say("full coverage ({value})", value=shown)
    if operator == "<=" and value == 0:
        return say("none ({value})", value=shown)
    if operator == ">=" and CHINESE.search(phrase) and not OR_MORE.search(phrase):
        return say("to reach {value}", value=shown)
    return exactness(operator, value, indicator)


def exactness(operator: str, value: float, indicator: Indicator) -> str:
    """A number with how exact it is, or which side of it is meant: about 40%, just under 40%, at least 40%."""
    shown = formats.number(value, 0) if operator == "rank" else formats.value(value, indicator)
    if operator == ">~" and language() == "zh":
        return _and_more(value, indicator)
    return formats.phrased(vocabulary.OPERATORS.get(operator, "{value}"), shown)


def _and_more(value: float, indicator: Indicator) -> str:
    """More than so many, as Chinese writes it: 六成以上, 16万余份, 120余人."""
    if indicator.unit == "percent" and value % 10 == 0 and 0 < value < 100:
        return f"{TENTHS[int(value / 10)]}成以上"
    is_round = value >= 10_000 and value % 10_000 == 0
    number = formats.number(value / 10_000, 2) + "万" if is_round else formats.number(value, 2)
    return f"{number}余{formats.unit(indicator)}"


def growth(amount: float, goal: Target, indicator: Indicator, signed: bool = True) -> str:
    """A growth per year as the target reads it: in % or in the indicator's unit."""
    relative = goal.growth == "relative"
    return formats.number(amount, 2, signed, "%") if relative else formats.difference(amount, indicator, signed)


def observation(figure: Observation, indicator: Indicator) -> str:
    """An observed figure with how exact it is; where the fact is a wording, the wording."""
    if figure.value is not None:
        return exactness(figure.operator, figure.value, indicator)
    return Html(Markup('<span lang="zh-CN">“{}”</span>').format(figure.text))


def when(figure: Observation) -> str:
    """The period of a figure, in words where its source is not as exact."""
    return figure.dated[language()] if figure.dated else formats.period(figure.period)


def since(change: float, indicator: Indicator, period: str) -> Html:
    """By how much something rose or fell since a period."""
    size, named = formats.difference(abs(change), indicator, signed=False), formats.period(period)
    if not change:
        return say("no change since {period}", period=named)
    return say("up {size} since {period}" if change > 0 else "down {size} since {period}", size=size, period=named)


def gap(goal: Attainment, indicator: Indicator) -> Html:
    """The distance to a target; for a yearly growth also the growth so far, for a direction only the change so far."""
    if goal.growth is not None:
        so_far = growth(goal.growth, goal.target, indicator)
        off = formats.difference(goal.gap, indicator)
        if goal.target.growth == "relative":
            off = say("{n} percentage points", n=formats.number(goal.gap, signed=True))
        return say("{growth} a year so far<br>{gap} against the target", growth=so_far, gap=off)
    if goal.target.operator in DIRECTIONS and goal.change is not None and goal.start is not None:
        return since(goal.change, indicator, goal.start.period)
    return Html.escape(formats.difference(goal.gap, indicator))


def goal_reason(reason: Reason, evaluation: Evaluation) -> Html:
    """Why a target cannot be judged (yet), or what a reader has to know about its status."""
    facts = dict(reason.facts)
    for name in {"period", "periods", "starts"} & set(facts):
        facts[name] = formats.period(facts[name])
    if "platform" in facts:
        facts["platform"] = evaluation.details.platforms[int(facts["platform"])].name[language()]
    if "unit" in facts:
        facts["unit"] = evaluation.name(facts["unit"], language())
    return say(vocabulary.GOAL_REASONS[reason.code], **facts)


def reading(other: Attainment, chosen: Target, reading: Reading, evaluation: Evaluation) -> Html:
    """Another reading of an ambiguous target, in the words of its note, and its status under that reading."""
    status = translate(chips.GOALS[other.goal][2])
    differs = _differs(other.target, chosen, evaluation.indicators[chosen.indicator])
    words = reading.note[language()].rstrip("。.") if reading.note else differs
    return say("Other reading: {reading}. Judged so: {status}.", reading=words, status=status)


def _differs(read: Target, chosen: Target, indicator: Indicator) -> Html:
    differences = []
    if (read.operator, read.value, read.growth) != (chosen.operator, chosen.value, chosen.growth):
        differences.append(target(read, indicator))
    if read.deadline != chosen.deadline:
        differences.append(say("deadline {period}", period=formats.period(read.deadline or "")))
    return commas(differences)
