"""Tables of goals: targets with their status, guards that must not get worse, reference values."""

from collections.abc import Sequence

from evalkit.analysis.goals import bounds, observed, trajectory
from evalkit.analysis.goals.attainment import Attainment, Referenced
from evalkit.analysis.goals.attainment import judge as judge
from evalkit.analysis.goals.observed import Figures
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import shared_cells, sparklines, tables
from evalkit.reporting.elements.html import items
from evalkit.reporting.elements.parts import Fold, Piece, stacked
from evalkit.reporting.elements.sparklines import Axis
from evalkit.reporting.elements.table import Below, Column, Group, Table, datum, heads, lines, with_data
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate
from evalkit.reporting.region import goal_cells
from evalkit.reporting.region.spreadsheet import goal_values

__all__ = ["guards", "judge", "references", "rules", "table"]

MANY = 5  # goals met that are folded, so that a reader sees first what is not met


def table(judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation) -> Piece:
    """Every target with baseline and latest figure, gap, pace, status and source.

    What is not met is shown; many targets that are met are folded below it, under their names.

    Examples:
        >>> ek.goals.table(report.goals, panel, report.evaluation)  # its sources, two tables, a legend
        Parts(4)
    """
    if not judged:
        return say("<p>The sources used state no target of this region's own; nothing is judged here.</p>")
    met, others = [goal for goal in judged if goal.met], [goal for goal in judged if not goal.met]
    shown, folded = (others, met) if others and len(met) >= MANY else (judged, [])
    caption = say("Goals and the latest figures known on the cut-off date")
    first = translate("Indicator and target")
    return _goals("goals-table", caption, first, shown, panel, evaluation, folded)


def guards(judged: Sequence[Attainment], panel: Panel, evaluation: Evaluation) -> Piece:
    """Indicators that the plan wants to get no worse, judged like directions.

    Examples:
        >>> ek.goals.guards(report.guards, panel, report.evaluation)
        Parts(3)
    """
    if not judged:
        return Html("")
    caption = say("Indicators that must not get worse")
    return _goals("guards-table", caption, translate("Indicator and what is wanted"), judged, panel, evaluation)


def _goals(
    name: str,
    caption: Html,
    first: str,
    shown: Sequence[Attainment],
    panel: Panel,
    evaluation: Evaluation,
    met: Sequence[Attainment] = (),
) -> Piece:
    """A table of goals, and a folded one of those that are met."""
    judged = (*shown, *met)
    seen = figures([goal.indicator for goal in judged], panel, evaluation)
    over = sparklines.axis(seen.values())
    codes = dict.fromkeys(goal.target.source for goal in judged)
    columns = [Column(first), *heads("Deadline:s", "Baseline → latest", "Gap", "Pace", "Status")]

    def drawn(name: str, caption: Html, goals: Sequence[Attainment]) -> Table:
        filled = shared_cells.without_empty(
            columns, [_row(goal, seen[goal.indicator], over, evaluation) for goal in goals]
        )
        rows = _with_sources(filled[1], [_source(goal, evaluation, len(codes) == 1) for goal in goals])
        return Table.of(name, caption, filled[0], rows, _is_demo(judged, evaluation), stacked=True)

    parts: list[Piece] = [drawn(name, caption, shown)]
    if met:
        names = wording.listed([evaluation.indicators[goal.indicator].name[language()] for goal in met])
        summary = say("Goals met ({n}): {list}", n=len(met), list=names)
        folded = drawn("goals-met-table", say("Goals met, with the latest figures"), met)
        parts.append(Fold(summary, (folded,), kind="fold", in_main_text=True))
    above = shared_cells.sources(codes, evaluation) if len(codes) == 1 else ""
    return stacked(above, *parts, sparklines.legend(over))


def references(references: Sequence[Referenced], panel: Panel, evaluation: Evaluation) -> Piece:
    """Reference values, which are not the region's targets, next to its latest figures; without judgement.

    Examples:
        >>> ek.goals.references(report.references, panel, report.evaluation)
        Table(references-table, 2 rows)
    """
    if not references:
        return Html("")
    columns = heads("Indicator", "Reference value", "Latest figure", "Difference from the reference value:n")
    seen = figures([referenced.reference.indicator for referenced in references], panel, evaluation)
    over = sparklines.axis(seen.values())
    rows = [
        _reference_row(referenced, seen[referenced.reference.indicator], over, evaluation) for referenced in references
    ]
    sources = [
        goal_cells.source(
            referenced.reference.source, referenced.reference.phrase, referenced.reference.note, evaluation
        )
        for referenced in references
    ]
    caption = say("Reference values: no targets of this region's own, so nothing is judged by them")
    cells, is_demo = _with_sources(rows, sources), tables.is_fictional(evaluation)
    return Table.of("references-table", caption, columns, cells, is_demo, stacked=True)


def rules(judged: Sequence[Attainment]) -> Piece:
    """The rules by which targets are judged, printed with the result; empty where nothing is judged.

    Examples:
        >>> str(ek.goals.rules(report.goals).summary)
        'How targets are judged'
    """
    if all(goal.goal == "not_measured" for goal in judged):
        return Html("")
    minimum, persistence = trajectory.MINIMUM, trajectory.PERSISTENCE
    facts = {
        "about": f"{bounds.ABOUT:.0%}",
        "horizon": trajectory.HORIZON,
        **{f"least_{name}s": minimum[name] for name in ("year", "quarter", "month")},
        **{f"after_{name}s": persistence[name] for name in ("year", "quarter", "month")},
    }
    points = items(say(rule, **facts) for rule in vocabulary.GOAL_RULES)
    body = Html("<ul>{}</ul>").format(points)
    return Fold(Html.escape(translate("How targets are judged")), (body,), name="goal-rules")


def figures(indicators: Sequence[str], panel: Panel, evaluation: Evaluation) -> dict[str, Figures]:
    """What is known of some indicators of the region, by id."""
    return {
        name: observed.figures(panel, evaluation, evaluation.indicators[name], evaluation.region)
        for name in dict.fromkeys(indicators)
    }


def _row(goal: Attainment, seen: Figures, over: Axis | None, evaluation: Evaluation) -> list[object]:
    indicator = evaluation.indicators[goal.indicator]
    wanted, drawn = goal_cells.goal(goal, evaluation), sparklines.sparkline(seen, over, goal.target)
    return [
        with_data(wanted, [datum("", wanted), *goal_values.bounds(goal.target, indicator)]),
        formats.period(goal.target.deadline or ""),
        with_data(goal_cells.from_to(goal, seen, drawn, evaluation), goal_values.course(goal, seen, indicator)),
        with_data(goal_cells.gap(goal, seen, indicator), goal_values.gap(goal, seen, indicator)),
        with_data(goal_cells.pace(goal, indicator), goal_values.pace(goal, indicator)),
        goal_cells.status(goal, evaluation),
    ]


def _source(goal: Attainment, evaluation: Evaluation, is_above: bool) -> Html:
    target = goal.target
    return goal_cells.source("" if is_above else target.source, target.phrase, target.note, evaluation)


def _with_sources(
    rows: Sequence[Sequence[object] | Group], sources: Sequence[Html]
) -> list[Sequence[object] | Group | Below]:
    """Every row with its source below it."""
    pairs = zip(rows, sources, strict=True)
    return [part for row, source in pairs for part in ((row, Below(source)) if source else (row,))]


def _reference_row(referenced: Referenced, seen: Figures, over: Axis | None, evaluation: Evaluation) -> list[object]:
    value, indicator = referenced.reference, evaluation.indicators[referenced.reference.indicator]
    wanted = wording.wanted(value.operator, value.value, value.phrase, indicator)
    words = say("{value}: {name}", value=wanted, name=value.name[language()])
    if value.period:
        words = say(
            "{value}: {name}, {period}", value=wanted, name=value.name[language()], period=formats.period(value.period)
        )
    drawn = sparklines.sparkline(seen, over)
    return [
        goal_cells.name(indicator),
        with_data(words, [datum("", words), *goal_values.reference(referenced, indicator)]),
        with_data(
            lines(goal_cells.observed(referenced.latest, indicator), drawn),
            goal_values.latest(referenced.latest, indicator),
        ),
        formats.difference(referenced.difference, indicator),
    ]


def _is_demo(judged: Sequence[Attainment], evaluation: Evaluation) -> bool:
    return tables.is_fictional(evaluation) or any(goal.simulated for goal in judged)
