"""Five common designs on a region where no reform started: what each would have claimed.

For teaching only. Two of the p-values here come from `ordinary` and `clustered`, which are here to fail: nothing in
this module is a `Result`, so nothing of it can reach results.csv or a page.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evalkit.analysis.effects import did, synthetic, two_way
from evalkit.analysis.effects.design import Design
from evalkit.analysis.results import ALPHA, Withheld


@dataclass(frozen=True, slots=True)
class Claim:
    """What one design says about a region.

    Attributes:
        estimate: on the analysis scale.
        p_value: as that design computes it; None where it refuses.
    """

    estimate: float
    p_value: float | None

    @property
    def alarm(self) -> bool:
        """Whether a reader who asks only for p at most 0.05 would see an effect."""
        return self.p_value is not None and self.p_value <= ALPHA


@dataclass(frozen=True, slots=True)
class Comparison:
    """One design applied to every region of the pool in turn.

    Attributes:
        name: code of the design, a key of `DESIGNS`.
        claims: by region; in none of them a reform started within the window.
    """

    name: str
    claims: dict[str, Claim]

    @property
    def alarms(self) -> int:
        """Regions for which it would have claimed an effect."""
        return sum(claim.alarm for claim in self.claims.values())


def pretend(design: Design, unit: str) -> Design:
    """The design of a comparison region taken for the treated one, from the same start; the true region is left out.

    Args:
        unit: one of `design.pool`.
    """
    others = [name for name in design.pool if name != unit]
    return replace(
        design,
        region=unit,
        outcome=design.outcome.loc[[unit, *others]],
        own_breaks=(),
        own=None,
        alternatives=None,
        sizes=None,
        population=None,
        covariates=None,
    )


def side_by_side(design: Design) -> tuple[Comparison, ...]:
    """Every design of `DESIGNS` on every region of the pool, each taken for the treated one.

    Empty where the design refuses an estimate or fewer than three comparison regions are left.
    """
    if design.refused or len(design.pool) < 3:
        return ()
    turns = {unit: pretend(design, unit) for unit in design.pool}
    return tuple(
        Comparison(name, {unit: claim(pretended) for unit, pretended in turns.items()})
        for name, claim in DESIGNS.items()
    )


def typical(comparisons: tuple[Comparison, ...]) -> str:
    """The region in the middle of the clustered p-values: as many have a smaller one as have a larger one."""
    clustered_ones = next(comparison for comparison in comparisons if comparison.name == "twfe_clustered").claims
    ordered = sorted(clustered_ones, key=lambda unit: (clustered_ones[unit].p_value or 0.0, unit))
    return ordered[(len(ordered) - 1) // 2]


def before_after(design: Design) -> Claim:
    """Mean after less mean before of the region alone, with the ordinary t-test."""
    return ordinary(design.outcome.iloc[0], design)


def gap(design: Design) -> Claim:
    """Region less the mean of the others, after less before, with the ordinary t-test."""
    return ordinary(design.outcome.iloc[0] - design.outcome.iloc[1:].mean(axis=0), design)


def ordinary(series: "pd.Series[float]", design: Design) -> Claim:
    """After less before in one series, treating its periods as independent draws. It is here to fail.

    Neighbouring quarters are correlated, so the data hold far less information than the t-test assumes.
    """
    import statsmodels.api as sm  # a second to load, and most processes of a run fit nothing

    used = series[[*design.pre, *design.post]].dropna()
    after = sm.add_constant(np.asarray(used.index.isin(list(design.post)), dtype=float))
    fit = sm.OLS(used.to_numpy(), after).fit()
    return Claim(float(fit.params[1]), float(fit.pvalues[1]))


def clustered(design: Design) -> Claim:
    """Two-way fixed effects with errors clustered at the unit. It is here to fail.

    Unit effects count as parameters, as common software has it; `two_way` says why the error means nothing here.
    """
    values = design.outcome[[*design.pre, *design.post]].to_numpy()
    fit = two_way.of_region(values, len(design.pre), parameters=sum(values.shape))
    return Claim(fit.estimate, fit.p_value)


def placebo(design: Design) -> Claim:
    """The report's own headline: difference-in-differences with exact placebo inference."""
    return _claim(did.att(design))


def weighted(design: Design) -> Claim:
    """Synthetic difference-in-differences with placebo inference."""
    return _claim(synthetic.estimate(design))


def _claim(result: did.Effect | synthetic.Synthetic | Withheld) -> Claim:
    if isinstance(result, Withheld):
        return Claim(float("nan"), None)
    att = result["att"]
    return Claim(float("nan") if att.estimate is None else att.estimate, att.p_value)


DESIGNS: dict[str, Callable[[Design], Claim]] = {
    "before_after": before_after,
    "twfe_clustered": clustered,
    "did_ordinary": gap,
    "did_placebo": placebo,
    "synthetic_did": weighted,
}
