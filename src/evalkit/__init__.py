"""evalkit: evaluate regional reforms, one HTML report per region.

Everything a notebook needs, by name; modules load when first used, so that `evalkit check` starts fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evalkit.analysis import (
        attainment,
        before_after,
        checks,
        conclusion,
        design,
        diagnostics,
        did,
        findings,
        other_starts,
        pitfalls,
        programme,
        staggered,
        synthetic,
    )
    from evalkit.inputs import panel
    from evalkit.inputs.project import load
    from evalkit.reporting import (
        boxes,
        calibrated,
        cascade_figures,
        changes,
        comparison,
        departments,
        diagnosed,
        figures,
        goals,
        ledgers,
        members,
        narrative,
        plan,
        pooled,
        pooled_figures,
        problems,
        prose,
        quality,
        record,
        reform,
        scorecard_figures,
        scorecards,
        starts,
        summary,
        tables,
        terms,
        tour,
        words,
    )

__all__ = [
    "attainment",
    "before_after",
    "boxes",
    "calibrated",
    "cascade_figures",
    "changes",
    "checks",
    "comparison",
    "conclusion",
    "departments",
    "design",
    "diagnosed",
    "diagnostics",
    "did",
    "figures",
    "findings",
    "goals",
    "ledgers",
    "load",
    "members",
    "narrative",
    "other_starts",
    "panel",
    "pitfalls",
    "plan",
    "pooled",
    "pooled_figures",
    "problems",
    "programme",
    "prose",
    "quality",
    "record",
    "reform",
    "scorecard_figures",
    "scorecards",
    "staggered",
    "starts",
    "summary",
    "synthetic",
    "tables",
    "terms",
    "tour",
    "words",
]

_ANALYSIS = (
    "attainment before_after checks conclusion design diagnostics did "
    "findings other_starts pitfalls programme staggered synthetic"
)
_REPORTING = (
    "boxes calibrated cascade_figures changes comparison departments diagnosed figures goals ledgers members "
    "narrative plan pooled pooled_figures problems prose quality record reform scorecard_figures scorecards starts "
    "summary tables terms tour words"
)
_HOMES = {
    **dict.fromkeys(_ANALYSIS.split(), "evalkit.analysis"),
    "panel": "evalkit.inputs",
    **dict.fromkeys(_REPORTING.split(), "evalkit.reporting"),
}


def __getattr__(name: str) -> Any:
    if name == "load":
        return import_module("evalkit.inputs.project").load
    if name in _HOMES:
        return import_module(f"{_HOMES[name]}.{name}")
    raise AttributeError(f"module 'evalkit' has no attribute {name!r}")
