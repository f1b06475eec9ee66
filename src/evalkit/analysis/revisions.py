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
    found = [_figure(one, "value", one.latest.value, one.latest.period) for one in judged if one.latest]
    for one in findings:
        if isinstance(one.effect, Effect):
            found.append(_figure(one.effect, "att", one.effect["att"].estimate))
        found.append(_claimed(one))
    return tuple(dict.fromkeys(figure.rounded for figure in found if figure is not None))


def _claimed(finding: Finding) -> Figure | None:
    """The change that the report reads from the region's own series, where it reads any."""
    read = before_after.reading(finding.changes)
    if isinstance(read.main, Withheld) or not read.main.inference or read.agree is False:
        return None
    at = {one.term: one.estimate for one in read.main.estimates}
    term = next(term for term in before_after.READ_AT if term in at)
    return _figure(read.main, term, at[term])


def _figure(result: Result, term: str, value: float | None, period: str = "") -> Figure | None:
    if value is None:
        return None
    about = {"indicator": result.indicator, "analysis": result.analysis, "method": result.method}
    return Figure(**about, term=term, period=period, value=value)


def compare(before: Sequence[Figure], after: Sequence[Figure]) -> tuple[Difference, ...]:
    """Figures that differ, that are gone, and that are new; paired by indicator and analysis."""
    gone, new = [one for one in before if one not in after], [one for one in after if one not in before]
    found = []
    for old in gone:
        follows = next((one for one in new if (one.indicator, one.analysis) == (old.indicator, old.analysis)), None)
        new = [one for one in new if one is not follows]
        found.append(Difference(old=old, new=follows))
    return (*found, *(Difference(new=one) for one in new))


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
    about = {"data": data, "inputs": now.inputs, "disclosure": now.disclosure, "figures": tuple(figures)}
    if run is None:
        return Run.model_validate(about)
    emptied = run.restarted and not run.figures
    if emptied or run.disclosure != now.disclosure:
        return Run.model_validate({**about, "restarted": emptied or bool(run.figures)})
    found = [one.model_copy(update={"reasons": _reasons(one, run, data, now)}) for one in compare(run.figures, figures)]
    changes = list(run.changes)
    if found:
        changes.append(Change(before=run.data, after=data, count=len(found), rows=tuple(found[:KEPT])))
    shown = tuple(_without(change, now.hidden) for change in changes)
    return Run.model_validate({**about, "restarted": run.restarted, "changes": shown})


def _reasons(one: Difference, run: Run, data: str, now: Origin) -> tuple[Reason, ...]:
    """What has changed of all that a figure rests on; the data of others where its own are the same."""
    own = f"data.{one.figures[0].indicator}"
    names: dict[Reason, str] = {"data": own, "parameters": "parameters", "code": "code"}
    known = run.inputs.keys() & now.inputs.keys()
    found = [reason for reason, name in names.items() if name in known and run.inputs[name] != now.inputs[name]]
    if not known or not found:
        found = ["data"] if run.data != data else found
    return tuple(found)


def _without(change: Change, hidden: frozenset[tuple[str, str]]) -> Change:
    """A change without the figures that are hidden now."""
    rows = [
        one.model_copy(
            update={
                name: None
                for name in ("old", "new")
                if (figure := getattr(one, name)) and (figure.indicator, figure.period) in hidden
            }
        )
        for one in change.rows
    ]
    return change.model_copy(update={"rows": tuple(one for one in rows if one.figures)})
