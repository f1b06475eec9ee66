"""What an answer rests on: the sources, the newest figure, what the region reports of itself, what is still needed."""

from collections.abc import Sequence

from evalkit import periods
from evalkit.analysis.goals import observed
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator
from evalkit.reporting.elements.html import link
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import Html, commas, language, say, semicolons, translate

REPORTED = 5  # achievements that a first screen names


def newest(panel: Panel, evaluation: Evaluation) -> Html:
    """How old the newest figure of the region is."""
    tables = (table.loc[table["unit"] == evaluation.region] for table in (panel.published, panel.rows))
    dated = [period for own in tables for period in own.loc[own["value"].notna(), "period"].unique()]
    if not dated:
        return say("none")
    return Html.escape(formats.period(max(dated, key=periods.last_day)))


def sources(evaluation: Evaluation) -> Html:
    """On how few documents a desk review rests."""
    used = evaluation.own_sources if evaluation.is_desk_review else ()
    if not used:
        return Html("")
    message = (
        "This report rests on a single document: {list}. What came later was not looked into."
        if len(used) == 1
        else "This report rests on {n} documents only: {list}. What came later was not looked into."
    )
    return say(message, n=len(used), list=wording.listed([wording.source_title(code, evaluation) for code in used]))


def achievements(panel: Panel, evaluation: Evaluation, named: Sequence[str] = ()) -> Html:
    """What the region reports of itself, as few figures as a first screen takes: one of every domain first.

    Args:
        named: indicators that the answer speaks of anyway.
    """
    own = panel.published[(panel.published["unit"] == evaluation.region) & (panel.published["status"] == "published")]
    ids = [name for name in dict.fromkeys(own.loc[own["value"].notna(), "indicator"]) if name not in named]
    chosen = sorted(_of_many_domains(ids, evaluation), key=ids.index)
    by_period: dict[str, list[Html]] = {}
    for name in chosen:
        when, what = _achievement(evaluation.indicators[name], panel, evaluation)
        by_period.setdefault(when, []).append(what)
    if not by_period:
        return Html("")
    dated = (say("{indicator}: {told}", indicator=when, told=commas(what)) for when, what in by_period.items())
    return say(
        "Results that the sources report (self-reported; not to be put down to the reform): {list}.",
        list=semicolons(dated),
    )


def _of_many_domains(ids: Sequence[str], evaluation: Evaluation) -> list[str]:
    """The first of every domain, then others in their order."""
    first = {evaluation.indicators[name].domain: name for name in reversed(ids)}
    return [*sorted(first.values(), key=ids.index), *(name for name in ids if name not in first.values())][:REPORTED]


def _achievement(indicator: Indicator, panel: Panel, evaluation: Evaluation) -> tuple[str, Html]:
    """When, and what: the last published figure."""
    seen = observed.observations(panel, evaluation.region, indicator.id)
    shown = [observation for observation in seen if observation.status == "published"][-1]
    return wording.when(shown), say(
        "{indicator} {size}", indicator=indicator.name[language()], size=wording.observation(shown, indicator)
    )


def needed(address: str) -> Html:
    """The next step where figures or materials are missing; `address` leads to their list."""
    what = link(address, translate("list of what is missing"))
    return say("Next step: supply the missing figures and materials ({what}); then more can be judged.", what=what)
