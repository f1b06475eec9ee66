"""What a notebook leaves for the runner: its rows of results.csv, a summary for the index, figures to compare.

It travels as an output of the notebook under a media type of our own, so that a notebook writes no file
and does the same under plain papermill and in JupyterLab.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evalkit.analysis.attainment import Attainment
from evalkit.analysis.findings import Finding
from evalkit.analysis.programme import Programme
from evalkit.analysis.results import Result, rows
from evalkit.analysis.revisions import headline
from evalkit.inputs.project import Evaluation

MEDIA_TYPE = "application/vnd.evalkit.record+json"


@dataclass(frozen=True, slots=True)
class Record:
    """Rows and summary of one region; shown as one line in JupyterLab."""

    content: dict[str, Any]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return {MEDIA_TYPE: self.content, "text/plain": f"{len(self.content['rows'])} rows for results.csv"}


def record(
    evaluation: Evaluation, judged: Sequence[Attainment], findings: Sequence[Finding], *more: Sequence[Result]
) -> Record:
    """Collect what was found; show the result as the last cell of a notebook."""
    found = [*judged, *(result for finding in findings for result in finding.results)]
    results: list[Result] = [*found, *(result for listed in more for result in listed)]
    table = rows(evaluation.assessment.name, evaluation.region, results)
    summary = {
        "goals": [[one.indicator, one.goal] for one in judged],
        "effects": [[one.indicator.id, one.conclusion.verdict] for one in findings if one.primary],
        "simulated": any(result.simulated for result in results),
    }
    figures = [figure.model_dump() for figure in headline(judged, findings)]
    return Record({"rows": table.to_dict(orient="records"), "summary": summary, "figures": figures})


def programme(evaluation: Evaluation, found: Sequence[Programme]) -> Record:
    """The pooled rows, each kind under a region of its own where several are pooled."""
    tables = [rows(evaluation.assessment.name, one.region, one.results) for one in found]
    simulated = any(result.simulated for one in found for result in one.results)
    records = [record for table in tables for record in table.to_dict(orient="records")]
    return Record({"rows": records, "summary": {"goals": [], "effects": [], "simulated": simulated}})
