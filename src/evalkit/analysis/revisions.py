"""Which figures of a report are others than in the run published before."""

from collections.abc import Sequence

from evalkit.analysis.effects import before_after
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals.attainment import Attainment
from evalkit.analysis.results import Result, Withheld
from evalkit.project.last_run import Change, Difference, Figure, Run

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


def extended(run: Run | None, data: str, figures: Sequence[Figure]) -> Run:
    """The run that publishes these figures, with all changes so far and its own."""
    if run is None:
        return Run(data=data, figures=tuple(figures))
    found = compare(run.figures, figures)
    own = [Change(before=run.data, after=data, count=len(found), rows=found[:KEPT])] if found else []
    return Run(data=data, figures=tuple(figures), changes=(*run.changes, *own))
