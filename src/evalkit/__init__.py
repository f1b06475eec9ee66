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
        programme,
        staggered,
        synthetic,
    )
    from evalkit.inputs import panel
    from evalkit.inputs.project import load
    from evalkit.reporting import (
        calibrated,
        comparison,
        diagnosed,
        figures,
        pooled,
        pooled_figures,
        prose,
        record,
        tables,
        words,
    )

__all__ = [
    "attainment",
    "before_after",
    "calibrated",
    "checks",
    "comparison",
    "conclusion",
    "design",
    "diagnosed",
    "diagnostics",
    "did",
    "figures",
    "findings",
    "load",
    "panel",
    "pooled",
    "pooled_figures",
    "programme",
    "prose",
    "record",
    "staggered",
    "synthetic",
    "tables",
    "words",
]

_HOMES = {
    **dict.fromkeys(
        [
            "attainment",
            "before_after",
            "checks",
            "conclusion",
            "design",
            "diagnostics",
            "did",
            "findings",
            "programme",
            "staggered",
            "synthetic",
        ],
        "evalkit.analysis",
    ),
    "panel": "evalkit.inputs",
    **dict.fromkeys(
        [
            "calibrated",
            "comparison",
            "diagnosed",
            "figures",
            "pooled",
            "pooled_figures",
            "prose",
            "record",
            "tables",
            "words",
        ],
        "evalkit.reporting",
    ),
}


def __getattr__(name: str) -> Any:
    if name == "load":
        return import_module("evalkit.inputs.project").load
    if name in _HOMES:
        return import_module(f"{_HOMES[name]}.{name}")
    raise AttributeError(f"module 'evalkit' has no attribute {name!r}")
