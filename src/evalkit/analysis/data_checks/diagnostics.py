"""Runs every data check over every indicator of the panel.

The checks are not specific to a reform. They compare each unit with the other units of its stratum (the columns of
`design.comparison.same`), and each check flags about `RATE` of the correct units. A flag is a reason to look, not a
finding against a unit; it changes no estimate.
"""

import numpy as np

from evalkit.analysis.data_checks import deviations, irregularities, movements
from evalkit.analysis.data_checks.definition_breaks import definition_breaks
from evalkit.analysis.data_checks.flags import Flag
from evalkit.analysis.data_checks.year_end import year_end
from evalkit.analysis.programme.cohorts import strata
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation

__all__ = ["Flag", "diagnose"]


def diagnose(panel: Panel, evaluation: Evaluation) -> tuple[Flag, ...]:
    """All flags of the panel's units, by check and unit; none if the dataset has no panel.

    Args:
        panel: with every indicator (`panel.read(evaluation, every=True)`) the checks detect most. For one region's
            panel, the checks still compare all units; only flags about that panel's units are returned.
    """
    full_panel = panel.whole or panel
    flags = evaluation.once(f"flags of {full_panel.fingerprint}", lambda: _diagnose(full_panel, evaluation))
    own = panel.digests.keys()
    return flags if full_panel is panel else tuple(flag for flag in flags if not own.isdisjoint(flag.units))


def _diagnose(panel: Panel, evaluation: Evaluation) -> tuple[Flag, ...]:
    series = deviations.gather(panel, evaluation) if panel.exists else ()
    if not series:
        return ()
    stratum = strata(panel.units, evaluation.assessment.design).to_numpy(dtype=str)
    longest = max(series, key=lambda item: len(item.periods))
    groups = movements.Groups(longest.units, stratum, longest.start)
    counts = [item for item in series if item.indicator.unit == "count"]
    flags = [
        *movements.before_start(series, groups, evaluation.assessment.indicators.primary),
        *movements.spillover(series, groups),
        *movements.merger([*counts, *deviations.denominators(panel, evaluation)], groups),
        *irregularities.bunching(series, evaluation),
        *irregularities.missing(series, stratum),
        *irregularities.gap_period(series),
        *irregularities.repeated_year(series),
        *year_end(series),
        *definition_breaks(series, stratum, evaluation),
    ]
    order = {str(unit): k for k, unit in enumerate([*np.unique(stratum), *panel.units.index])}
    return tuple(sorted(flags, key=lambda flag: (flag.check, order.get(flag.unit, -1), flag.indicators, flag.periods)))
