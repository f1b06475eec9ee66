"""evalkit: evaluate regional reforms, one HTML report per region.

    import evalkit as ek

    report = ek.report("demo-final-2022", "demo-city-b", "en")
    report.section("goals")                                  # a section of the published page
    visits = ek.design.assign(report.panel, report.evaluation, "county_visit_rate")
    ek.did.att(visits).tidy()                                # an effect as a DataFrame

`dir(ek)` lists what an analysis needs; every function has an example (`help(ek.did.att)`), in which `finding` is
`report.finding("county_visit_rate")`, `design` its design and `panel` the report's panel. Modules are imported on first
use, so that `evalkit check` starts fast.
"""

from importlib import import_module as _import_module
from pathlib import Path as _Path
from typing import Any as _Any

#: `from HOME import NAME as OFFERED`, line by line: the stub that editors and mypy read is the one list.
_STUB = _Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8")
_OFFERED = {line.split()[5]: line.split()[1:4:2] for line in _STUB.splitlines() if line.startswith("from ")}
#: Names of earlier versions, kept for notebooks of existing projects; completion does not offer them.
_EARLIER = {
    "Report": "reporting.report.Report",
    "attainment": "analysis.goals.attainment",
    "best_estimates": "reporting.elements.best_estimates",
    "borrowed": "analysis.programme.borrowed",
    "boxes": "reporting.region.boxes",
    "calibrated": "reporting.overview.reliability",
    "cascade_figures": "reporting.region.cascade_figures",
    "changes": "reporting.region.changes",
    "comparison": "reporting.region.comparison",
    "departments": "reporting.region.departments",
    "diagnosed": "reporting.data.diagnosed",
    "diagnostics": "analysis.data_checks.diagnostics",
    "ledgers": "reporting.region.ledgers",
    "members": "reporting.region.members",
    "narrative": "reporting.region.evaluator_words",
    "other_starts": "analysis.effects.other_starts",
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
    "starts": "reporting.region.starts",
    "summary": "reporting.region.summary",
    "terms": "reporting.elements.terms",
    "tour": "reporting.overview.tour",
    "words": "reporting.language.words",
}

__all__ = [*sorted(_OFFERED), "__version__"]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> _Any:
    if name == "__version__":
        return _import_module("importlib.metadata").version(__name__)
    if name in _OFFERED:
        home, attribute = _OFFERED[name]
    elif name in _EARLIER:
        home, _, attribute = f"{__name__}.{_EARLIER[name]}".rpartition(".")
    else:
        cure = _import_module("evalkit.errors").nearest(name, __all__)
        raise AttributeError(f"evalkit offers no {name!r}. {cure}")
    offered = vars(_import_module(home)).get(attribute) or _import_module(f"{home}.{attribute}")
    if hasattr(offered, "__all__"):
        offered.__dir__ = lambda: offered.__all__  # completion shows what it offers, not what it imports
    return offered
