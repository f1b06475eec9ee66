"""evalkit: evaluate regional reforms, one HTML report per region.

All that a notebook needs, by name (`ek.load`, `ek.did`, …). Modules are imported on first use, so that `evalkit check`
starts fast.
"""

from importlib import import_module as _import_module
from typing import Any as _Any

_HOMES = {
    "attainment": "analysis.goals.attainment",
    "before_after": "analysis.effects.before_after",
    "boxes": "reporting.region.boxes",
    "calibrated": "reporting.overview.reliability",
    "cascade_figures": "reporting.region.cascade_figures",
    "changes": "reporting.region.changes",
    "checks": "analysis.effects.checks",
    "comparison": "reporting.region.comparison",
    "conclusion": "analysis.effects.conclusion",
    "departments": "reporting.region.departments",
    "design": "analysis.effects.design",
    "diagnosed": "reporting.data.diagnosed",
    "diagnostics": "analysis.data_checks.diagnostics",
    "did": "analysis.effects.did",
    "figures": "reporting.elements.figures",
    "findings": "analysis.effects.findings",
    "goals": "reporting.region.goal_tables",
    "ledgers": "reporting.region.ledgers",
    "load": "project.evaluation.load",
    "members": "reporting.region.members",
    "narrative": "reporting.region.evaluator_words",
    "other_starts": "analysis.effects.other_starts",
    "panel": "panel.observations",
    "pitfalls": "analysis.effects.pitfalls",
    "plan": "reporting.region.plan",
    "pooled": "reporting.overview.pooled",
    "pooled_figures": "reporting.overview.pooled_figures",
    "problems": "reporting.region.problems",
    "programme": "analysis.programme.pooled_effect",
    "prose": "reporting.elements.prose",
    "quality": "reporting.data.quality",
    "record": "reporting.elements.record",
    "reform": "reporting.region.reform_card",
    "scorecard_figures": "reporting.region.scorecard_figures",
    "scorecards": "reporting.region.scorecards",
    "staggered": "analysis.programme.staggered",
    "starts": "reporting.region.starts",
    "summary": "reporting.region.summary",
    "synthetic": "analysis.effects.synthetic",
    "tables": "reporting.elements.tables",
    "terms": "reporting.elements.terms",
    "tour": "reporting.overview.tour",
    "words": "reporting.language.words",
}

__all__ = sorted(_HOMES)


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> _Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evalkit' has no attribute {name!r}")
    home = f"evalkit.{_HOMES[name]}"
    if name == "load":
        module, _, attribute = home.rpartition(".")
        return getattr(_import_module(module), attribute)
    return _import_module(home)
