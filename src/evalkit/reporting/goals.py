"""Tables of goals: targets with where they stand, guards that must not get worse, values to look at beside."""

from collections.abc import Sequence

from markupsafe import Markup

from evalkit.analysis import bounds, trajectory
from evalkit.analysis.attainment import Attainment, Observation, Referenced
from evalkit.inputs.params import Indicator
from evalkit.inputs.project import Evaluation
from evalkit.reporting import cells, chips, formats, tables, vocabulary, wording
from evalkit.reporting.html import Column, Html, render
from evalkit.reporting.words import language, say, translate

PACE = 6  # place of that column


def table(judged: Sequence[Attainment], evaluation: Evaluation) -> Html:
    """Every target with its latest figure, gap, pace, status and source; not met first."""
    if not judged:
        return Html(say("<p>The sources name no target of this region's own; nothing is judged here.</p>"))
    columns = [
        Column(translate("Indicator")),
        Column(translate("Target")),
        Column(translate("Deadline"), "s"),
        Column(translate("Baseline"), "n"),
        Column(translate("Latest figure"), "n"),
        Column(translate("Gap"), "n"),
        Column(translate("Pace"), "w"),
        Column(translate("Status"), "w"),
        Column(translate("Source of the target"), "w"),
    ]
    rows = [_row(one, evaluation, _wanted(one, evaluation)) for one in judged]
    caption = say("Goals and the latest figures known on the cut-off date")
    return Html(render("goals-table", caption, *_with_pace(columns, rows), _is_demo(judged, evaluation)))


def guards(judged: Sequence[Attainment], evaluation: Evaluation) -> Html:
    """Indicators that the plan wants to get no worse, judged like directions."""
    if not judged:
        return Html("")
    columns = [
        Column(translate("Indicator")),
        Column(translate("Wanted")),
        Column(translate("Deadline"), "s"),  # a guard has none; columns without a word are left out
        Column(translate("Baseline"), "n"),
        Column(translate("Latest figure"), "n"),
        Column(translate("Change so far"), "n"),
        Column(translate("Pace"), "w"),
        Column(translate("Status"), "w"),
        Column(translate("Source"), "w"),
    ]
    rows = [_row(one, evaluation, wording.target(one.target, evaluation.indicators[one.indicator])) for one in judged]
    shown = cells.without_empty(columns, rows)
    caption = say("Indicators that must not get worse")
    return Html(render("guards-table", caption, *shown, _is_demo(judged, evaluation)))


def references(found: Sequence[Referenced], evaluation: Evaluation) -> Html:
    """Values that are no targets of the region's own, beside its latest figures; without any judgement."""
    if not found:
        return Html("")
    columns = [
        Column(translate("Indicator")),
        Column(translate("Reference value"), "w"),
        Column(translate("Latest figure"), "n"),
        Column(translate("Difference from the reference value"), "n"),
        Column(translate("Source"), "w"),
    ]
    caption = say("Reference values: no targets of this region's own, so nothing is judged by them")
    rows = [_reference_row(one, evaluation) for one in found]
    return Html(render("references-table", caption, columns, rows, tables.is_fictional(evaluation)))


def rules() -> Html:
    """The rules by which targets are judged, printed beside the result."""
    minimum, persistence = trajectory.MINIMUM, trajectory.PERSISTENCE
    facts = {
        "about": f"{bounds.ABOUT:.0%}",
        "horizon": trajectory.HORIZON,
        **{f"least_{name}s": minimum[name] for name in ("year", "quarter", "month")},
        **{f"after_{name}s": persistence[name] for name in ("year", "quarter", "month")},
    }
    told = Markup("").join(Markup("<li>{}</li>").format(say(one, **facts)) for one in vocabulary.GOAL_RULES)
    return Html(
        Markup('<details id="goal-rules"><summary>{}</summary><ul>{}</ul></details>').format(
            translate("How targets are judged"), told
        )
    )


def _row(one: Attainment, evaluation: Evaluation, wanted: Markup | str) -> list[object]:
    indicator = evaluation.indicators[one.indicator]
    return [
        _name(indicator),
        wanted,
        formats.period(one.target.deadline or ""),
        formats.value(one.baseline, indicator),
        _latest(one, evaluation),
        wording.gap(one, indicator),
        _pace(one, indicator),
        _status(one, evaluation),
        tables.cited(one.target.source, one.target.phrase, evaluation, one.target.note),
    ]


def _reference_row(one: Referenced, evaluation: Evaluation) -> list[object]:
    value, indicator = one.reference, evaluation.indicators[one.reference.indicator]
    wanted = wording.exactness(value.operator, value.value, indicator)
    told = say("{value}: {name}", value=wanted, name=value.name[language()])
    if value.period:
        told = say(
            "{value}: {name}, {period}", value=wanted, name=value.name[language()], period=formats.period(value.period)
        )
    return [
        _name(indicator),
        told,
        _observed(one.latest, indicator),
        formats.difference(one.difference, indicator),
        tables.cited(value.source, value.phrase, evaluation, value.note),
    ]


def _name(indicator: Indicator) -> Markup:
    return Markup('<span class="indicator">{}</span>').format(indicator.name[language()])


def _wanted(one: Attainment, evaluation: Evaluation) -> Markup:
    """The target, and how firmly the source promises it in which word."""
    told = Markup("{}").format(wording.target(one.target, evaluation.indicators[one.indicator]))
    if one.target.commitment:
        told += Markup("<br><small>{}</small>").format(cells.commitment(one.target.commitment))
    return told


def _observed(one: Observation | None, indicator: Indicator) -> Markup:
    if one is None:
        return Markup("{}").format(formats.NOTHING)
    return say(
        "{value}<br><small>{period}</small>",
        value=wording.observation(one, indicator),
        period=formats.period(one.period),
    )


def _latest(one: Attainment, evaluation: Evaluation) -> Markup:
    """The figure that counts; beside it the panel's, and that of the unit that the target is relative to."""
    indicator = evaluation.indicators[one.indicator]
    shown = _observed(one.latest, indicator)
    if one.latest is not None and one.also is not None and one.latest.value is not None and one.also.value is not None:
        shown += say(
            "<br>panel: {value}, difference {difference}",
            value=formats.value(one.also.value, indicator),
            difference=formats.difference(one.also.value - one.latest.value, indicator),
        )
    if one.benchmark is not None:
        unit = evaluation.name(one.target.relative_to or "", language())
        shown += say("<br>{unit}: {value}", unit=unit, value=wording.observation(one.benchmark, indicator))
    return shown


def _pace(one: Attainment, indicator: Indicator) -> Markup:
    """Pace needed, own pace, the figure to be expected at the deadline, and when the target would be reached."""
    ahead = one.trajectory
    if ahead is None:
        return Markup("{}").format(formats.NOTHING)
    told = [
        say(
            "own: {pace} a year (95% interval {low} to {high}; {n} figures, {first} to {last})",
            pace=_rate(ahead.pace, indicator),
            low=_rate(ahead.pace_low, indicator),
            high=_rate(ahead.pace_high, indicator),
            n=ahead.n,
            first=formats.period(ahead.first),
            last=formats.period(ahead.last),
        )
    ]
    if ahead.needed is not None:
        told.insert(0, say("needed: {pace} a year", pace=_rate(ahead.needed, indicator)))
    if ahead.expected is not None:
        # Held against another unit, it is the difference between the two that is drawn on.
        figure = formats.difference if one.benchmark else formats.mean
        amounts = (ahead.expected, ahead.expected_low or 0.0, ahead.expected_high or 0.0)
        value, low, high = (figure(amount, indicator) for amount in amounts)
        message = "expected in {period}: {value} (80% interval {low} to {high})"
        told.append(say(message, period=formats.period(ahead.deadline), value=value, low=low, high=high))
    if ahead.reached:
        told.append(say("at this pace reached in {period}", period=formats.period(ahead.reached)))
    elif ahead.needed is not None:
        told.append(say("at this pace not reached within {n} years", n=trajectory.HORIZON))
    return Markup("<br>").join(told)


def _rate(amount: float, indicator: Indicator) -> str:
    return formats.difference(round(amount, min(2, formats.decimals_of(amount))), indicator)


def _status(one: Attainment, evaluation: Evaluation) -> Markup:
    told = [chips.goal(one.goal)]
    told += [wording.goal_reason(why, evaluation) for why in one.reasons]
    others = zip(one.readings, one.target.alternatives, strict=True)
    told += [wording.reading(other, one.target, reading, evaluation) for other, reading in others]
    return Markup("<br>").join(told)


def _with_pace(columns: list[Column], rows: list[list[object]]) -> tuple[list[Column], list[list[object]]]:
    """The table, less the column of paces where no target has one."""
    if any(row[PACE] != formats.NOTHING for row in rows):
        return columns, rows
    return [*columns[:PACE], *columns[PACE + 1 :]], [[*row[:PACE], *row[PACE + 1 :]] for row in rows]


def _is_demo(judged: Sequence[Attainment], evaluation: Evaluation) -> bool:
    return tables.is_fictional(evaluation) or any(one.simulated for one in judged)
