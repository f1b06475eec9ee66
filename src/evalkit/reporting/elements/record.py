"""What a notebook leaves for the runner: its rows of results.csv, a summary for the index, figures to compare.

It travels as an output of the notebook under a media type of our own, so that a notebook writes no file
and does the same under plain papermill and in JupyterLab.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals import ledger, observed, published_rows
from evalkit.analysis.goals.attainment import Attainment
from evalkit.analysis.results import Result, Withheld, rows
from evalkit.analysis.revisions import headline, origin
from evalkit.panel.observations import Panel, read
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import NUMERIC

if TYPE_CHECKING:  # slow to load, and workers only read records
    from evalkit.analysis.programme.pooled_effect import Programme

MEDIA_TYPE = "application/vnd.evalkit.record+json"
DRAWN = 28  # values of an indicator that the index draws: seven years of quarters


@dataclass(frozen=True, slots=True)
class Record:
    """Rows and summary of one region; shown as one line in JupyterLab."""

    content: dict[str, Any]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {MEDIA_TYPE: self.content, "text/plain": f"{len(self.content['rows'])} rows for results.csv"}


def record(
    evaluation: Evaluation,
    judged: Sequence[Attainment],
    findings: Sequence[Finding],
    *more: Sequence[Result],
    panel: Panel | None = None,
) -> Record:
    """Collect what was found; show the result as the last cell of a notebook.

    Args:
        panel: the data, if the index is to show the region's figures with the judgements.
    """
    data = panel or read(evaluation)
    all_results = [*judged, *published_rows.rows(judged, data, evaluation)]
    all_results += [result for finding in findings for result in finding.results]
    results: list[Result] = [*all_results, *(result for group in more for result in group)]
    table = rows(evaluation.assessment.name, evaluation.region, results)
    summary = {
        "goals": [[goal.indicator, goal.goal] for goal in judged],
        "effects": [[finding.indicator.id, finding.conclusion.verdict] for finding in findings if finding.primary],
        "simulated": any(result.simulated for result in results),
        **(_figures(panel, evaluation, judged) if panel else {}),
    }
    figures = [figure.model_dump() for figure in headline(judged, findings)]
    rests_on = origin(data, evaluation)
    hashes = {"data": data.fingerprint, "inputs": rests_on.inputs, "hidden": sorted(map(list, rests_on.hidden))}
    return Record({"rows": table.to_dict(orient="records"), "summary": summary, "figures": figures, **hashes})


def programme(evaluation: Evaluation, programmes: "Sequence[Programme]") -> Record:
    """The pooled rows; if several kinds are pooled, each has its own code as region."""
    tables = [rows(evaluation.assessment.name, programme.region, programme.results) for programme in programmes]
    simulated = any(result.simulated for programme in programmes for result in programme.results)
    records = [record for table in tables for record in table.to_dict(orient="records")]
    primary = evaluation.assessment.indicators.primary
    verdicts = [_pooled(programme) for programme in programmes if programme.indicator.id in primary]
    summary = {"goals": [], "effects": [], "simulated": simulated, "programme": verdicts}
    return Record({"rows": records, "summary": summary})


def _pooled(programme: "Programme") -> dict[str, Any]:
    """The programme's judgement on a primary indicator, with the headline estimate where there is one."""
    headline, verdict = programme.headline, programme.conclusion.verdict
    facts: dict[str, Any] = {"indicator": programme.indicator.id, "kind": programme.sample.kind, "verdict": verdict}
    if isinstance(headline, Withheld):
        return facts
    effect = headline["group"]
    numbers = {name: getattr(effect, name) for name in ("estimate", "conf_low", "conf_high", "p_value")}
    return facts | {"several": ":" in programme.region, "n_treated": headline.n_treated} | numbers


def _figures(panel: Panel, evaluation: Evaluation, judged: Sequence[Attainment]) -> dict[str, Any]:
    """What the index draws, so that it need not read the panel again for every region.

    Series are for drawing and have four digits; the latest figure is the report's own, in full.
    """
    rows, published = (table[table["unit"] == evaluation.region] for table in (panel.rows, panel.published))
    own = replace(panel, rows=rows, published=published)
    primary = [evaluation.indicators[name] for name in evaluation.assessment.indicators.primary]
    courses = [observed.figures(own, evaluation, indicator, evaluation.region) for indicator in primary]
    filled = [table.loc[table["value"].notna(), ["indicator", "period"]] for table in (rows, published)]
    measured = {name for table in filled for name in table["indicator"]}
    years = [period[:4] for table in filled for period in table["period"].unique()]
    tasks = [task.state.status for task in ledger.tasks(evaluation)]
    chosen = evaluation.assessment.chosen
    return {
        "series": {figure.indicator.id: [_point(seen) for seen in figure.comparable[-DRAWN:]] for figure in courses},
        "latest": {seen.indicator.id: [seen.latest.period, seen.latest.value] for seen in courses if seen.latest},
        "targets": _levels(judged),
        "adoption": str(panel.units.at[evaluation.region, "adoption"]),
        "coverage": [len(measured.intersection(chosen)), len(chosen)],
        "years": [min(years), max(years)] if years else [],
        "measured": len(measured),
        "tasks": [len(tasks) - tasks.count("unknown"), len(tasks)],
    }


def _point(seen: observed.Observation) -> list[object]:
    return [seen.period, float(f"{seen.value:.4g}")]


def _levels(judged: Sequence[Attainment]) -> dict[str, float]:
    """The first target of each indicator that is a single level, not a growth, a range or another unit's figure."""
    first = reversed([goal.target for goal in judged if goal.target.operator in NUMERIC])
    return {target.indicator: target.value for target in first if isinstance(target.value, float)}
