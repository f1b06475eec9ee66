"""Everything that is found about the programme as a whole, per kind of unit and indicator."""

from dataclasses import dataclass, replace

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.findings import useful
from evalkit.analysis.programme import agreement, long_base, relative_magnitudes, staggered, verdict
from evalkit.analysis.programme.long_base import LongBase
from evalkit.analysis.programme.multiplicity import benjamini_hochberg, smallest_q
from evalkit.analysis.programme.samples import Sample
from evalkit.analysis.programme.verdict import Conclusion
from evalkit.analysis.results import Result, Withheld
from evalkit.panel.observations import Panel, part
from evalkit.project.evaluation import Evaluation, of_region
from evalkit.project.params import Indicator

REGION = "_programme"


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """One indicator pooled over the treated units of one kind.

    Attributes:
        region: `_programme`, or `_programme:<kind>` where several kinds are treated.
        results: headline, Callaway and Sant'Anna, imputation, regression with its decomposition; each may be withheld.
            Last the checks, where there is a headline: differences of the estimators, sensitivity.
        conclusion: the chip by the programme's rule.
    """

    region: str
    sample: Sample
    results: tuple[Result, ...]
    conclusion: Conclusion

    @property
    def indicator(self) -> Indicator:
        """What is pooled."""
        return self.sample.indicator

    @property
    def headline(self) -> LongBase | Withheld:
        """The effect against the mean of all periods before the start."""
        return next(result for result in self.results if isinstance(result, LongBase | Withheld))

    def by(self, method: str, inference: str = "analytic") -> Result | None:
        """The result of one method and inference, if there is one."""
        wanted = (method, inference)
        return next((result for result in self.results if (result.method, result.inference) == wanted), None)


@dataclass(frozen=True, slots=True, eq=False)
class Regional:
    """The headline effect of one region among all regions.

    Attributes:
        q_value: Benjamini-Hochberg over regions x indicators; None without a p-value.
    """

    region: str
    indicator: Indicator
    effect: Result
    q_value: float | None

    @property
    def useful(self) -> Result:
        """The effect; withheld where it is a factor whose interval spans so much that it says nothing."""
        return useful(self.effect)


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """All regional headlines, and the smallest q that they could have shown; None without any p-value."""

    effects: tuple[Regional, ...]
    smallest_q: float | None


def evaluate(panel: Panel, evaluation: Evaluation) -> tuple[Programme, ...]:
    """Every chosen indicator for every treated kind, primary indicators first."""
    kinds = staggered.kinds(panel) or ("",)
    regions = {kind: REGION if len(kinds) == 1 else f"{REGION}:{kind}" for kind in kinds}
    return tuple(
        find(staggered.sample(panel, evaluation, name, kind), regions[kind])
        for name in evaluation.assessment.chosen
        for kind in kinds
    )


def find(sample: Sample, region: str) -> Programme:
    """All pooled results of one sample."""
    headline, imputation = long_base.estimate(sample), staggered.imputation(sample)
    results = (
        headline,
        *staggered.callaway_santanna(sample),
        imputation,
        *staggered.twfe(sample),
        staggered.bacon(sample),
        *_checks(sample, headline),
    )
    return Programme(region, sample, results, verdict.draw(sample.indicator, headline, imputation))


def _checks(sample: Sample, headline: LongBase | Withheld) -> tuple[Result, ...]:
    """The headline less other estimators, and how far trends may differ, as rows of checks."""
    if isinstance(headline, Withheld):
        return ()
    estimates = [estimate for estimate in (headline.other_base, headline.other_estimator) if estimate]
    differences = replace(sample.result(agreement.METHOD, headline.inference, estimates), analysis="check")
    return differences, relative_magnitudes.check(sample, headline)


def regional(panel: Panel, evaluation: Evaluation) -> Regions:
    """The headline of every region and indicator, with q-values across them."""
    by_region = {region: _headlines(panel, of_region(evaluation, region)) for region in evaluation.regions}
    chosen = evaluation.assessment.chosen
    effects = [(region, by_region[region][name]) for name in chosen for region in evaluation.regions]
    tested = [effect for _, effect in effects if isinstance(effect, did.Effect)]
    adjusted = iter(benjamini_hochberg([effect["att"].p_value or 0.0 for effect in tested]))
    regions = tuple(
        Regional(
            region,
            evaluation.indicators[effect.indicator],
            effect,
            next(adjusted) if isinstance(effect, did.Effect) else None,
        )
        for region, effect in effects
    )
    return Regions(regions, smallest_q([effect.smallest_p for effect in tested]) if tested else None)


def _headlines(panel: Panel, evaluation: Evaluation) -> dict[str, did.Effect | Withheld]:
    """By indicator; from those units alone on which they can rest, as a nation has thousands of others."""
    own = part(panel, evaluation)
    own = replace(own, units=own.units[own.units.index.isin(list(own.digests))])
    return {name: did.att(assign(own, evaluation, name)) for name in evaluation.assessment.chosen}
