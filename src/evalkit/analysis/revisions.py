"""Which figures of a report differ from the previously published run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from evalkit.analysis.effects import before_after
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals.attainment import Attainment
from evalkit.analysis.results import Result, Withheld
from evalkit.files import hashes, source_code
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.last_run import Change, Difference, Figure, Reason, Run

KEPT = 20  # differences of one run that are kept; the others are counted


def headline(judged: Sequence[Attainment], findings: Sequence[Finding]) -> tuple[Figure, ...]:
    """What a report leads with: latest figures, effects against the comparison group, changes before to after."""
    figures = [_figure(goal, "value", goal.latest.value, goal.latest.period) for goal in judged if goal.latest]
    for finding in findings:
        if isinstance(finding.effect, Effect):
            figures.append(_figure(finding.effect, "att", finding.effect["att"].estimate))
        figures.append(_claimed(finding))
    return tuple(dict.fromkeys(figure.rounded for figure in figures if figure is not None))


def _claimed(finding: Finding) -> Figure | None:
    """The change that the report reads from the region's own series, where it reads any."""
    read = before_after.reading(finding.changes)
    if isinstance(read.main, Withheld) or not read.main.inference or read.agree is False:
        return None
    at = {estimate.term: estimate.estimate for estimate in read.main.estimates}
    term = next(term for term in before_after.READ_AT if term in at)
    return _figure(read.main, term, at[term])


def _figure(result: Result, term: str, value: float | None, period: str = "") -> Figure | None:
    if value is None:
        return None
    facts = {"indicator": result.indicator, "analysis": result.analysis, "method": result.method}
    return Figure(**facts, term=term, period=period, value=value)


def compare(before: Sequence[Figure], after: Sequence[Figure]) -> tuple[Difference, ...]:
    """Figures that differ, that are gone, and that are new; paired by indicator and analysis."""
    gone, new = [old for old in before if old not in after], [figure for figure in after if figure not in before]
    differences = []
    for old in gone:
        key = old.indicator, old.analysis
        follows = next((figure for figure in new if (figure.indicator, figure.analysis) == key), None)
        new = [figure for figure in new if figure is not follows]
        differences.append(Difference(old=old, new=follows))
    return (*differences, *(Difference(new=figure) for figure in new))


@dataclass(frozen=True, slots=True)
class Origin:
    """What the figures of a report rest on.

    Attributes:
        inputs: as in `Run`.
        disclosure: the rule under which small numbers are hidden.
        hidden: indicator and period of every figure of the region that is hidden now.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    disclosure: str = ""
    hidden: frozenset[tuple[str, str]] = frozenset()


def origin(panel: Panel, evaluation: Evaluation) -> Origin:
    """Fingerprints of all that the figures of a region's report rest on."""
    inputs = {"parameters": evaluation.key, "code": source_code.own_hash()}
    for name in evaluation.assessment.needed:
        tables = (table[table["indicator"] == name] for table in (panel.rows, panel.published))
        inputs[f"data.{name}"] = hashes.of_tables(*tables)
    own = panel.hidden[panel.hidden["unit"] == evaluation.region]
    return Origin(inputs, evaluation.assessment.hides, frozenset(zip(own["indicator"], own["period"], strict=True)))


def extended(run: Run | None, data: str, figures: Sequence[Figure], now: Origin = Origin()) -> Run:
    """The run that publishes these figures, with all changes so far and its own.

    Figures shown under another disclosure rule, or hidden now, are no longer listed: that would disclose them.
    """
    facts = {"data": data, "inputs": now.inputs, "disclosure": now.disclosure, "figures": tuple(figures)}
    if run is None:
        return Run.model_validate(facts)
    emptied = run.restarted and not run.figures
    if emptied or run.disclosure != now.disclosure:
        return Run.model_validate({**facts, "restarted": emptied or bool(run.figures)})
    differences = [
        pair.model_copy(update={"reasons": _reasons(pair, run, data, now)}) for pair in compare(run.figures, figures)
    ]
    changes = list(run.changes)
    if differences:
        changes.append(Change(before=run.data, after=data, count=len(differences), rows=tuple(differences[:KEPT])))
    shown = tuple(_without(change, now.hidden) for change in changes)
    return Run.model_validate({**facts, "restarted": run.restarted, "changes": shown})


def _reasons(difference: Difference, run: Run, data: str, now: Origin) -> tuple[Reason, ...]:
    """What has changed of all that a figure rests on; the data of others where its own are the same."""
    own = f"data.{difference.figures[0].indicator}"
    names: dict[Reason, str] = {"data": own, "parameters": "parameters", "code": "code"}
    shared = run.inputs.keys() & now.inputs.keys()
    reasons = [reason for reason, name in names.items() if name in shared and run.inputs[name] != now.inputs[name]]
    if not shared or not reasons:
        reasons = ["data"] if run.data != data else reasons
    return tuple(reasons)


def _without(change: Change, hidden: frozenset[tuple[str, str]]) -> Change:
    """A change without the figures that are hidden now."""
    rows = [
        row.model_copy(
            update={
                name: None
                for name in ("old", "new")
                if (figure := getattr(row, name)) and (figure.indicator, figure.period) in hidden
            }
        )
        for row in change.rows
    ]
    return change.model_copy(update={"rows": tuple(row for row in rows if row.figures)})
