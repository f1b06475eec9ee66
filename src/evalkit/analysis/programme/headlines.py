"""The programme's verdict in short, for the report of every region: one region alone shows only large effects."""

from dataclasses import dataclass

from evalkit.analysis.effects.conclusion import Verdict
from evalkit.analysis.programme import long_base, staggered, verdict
from evalkit.analysis.programme.long_base import LongBase
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation

DIGITS = 4  # of an estimate: a change behind them changes no report


@dataclass(frozen=True, slots=True)
class Headline:
    """One primary indicator pooled over all regions of one kind that started the reform.

    Attributes:
        regions: how many of them enter.
        estimate, conf_low, conf_high: mean effect over these regions, on the analysis scale.
    """

    indicator: str
    kind: str
    verdict: Verdict
    regions: int
    estimate: float
    conf_low: float
    conf_high: float
    simulated: bool


def headlines(panel: Panel, evaluation: Evaluation) -> tuple[Headline, ...]:
    """The verdicts on a region's kind; where its kind has none, or without a region, those on every kind."""
    full_panel = panel.whole or panel
    name = f"headlines, {full_panel.fingerprint}, {evaluation.what_if}"
    all_kinds = evaluation.once(name, lambda: _headlines(full_panel, evaluation))
    kind = str(panel.units.at[evaluation.region, "kind"]) if evaluation.region else ""
    return tuple(headline for headline in all_kinds if headline.kind == kind) or all_kinds


def _headlines(panel: Panel, evaluation: Evaluation) -> tuple[Headline, ...]:
    if not panel.exists:
        return ()
    made = (
        _headline(panel, evaluation, name, kind)
        for kind in staggered.kinds(panel)
        for name in evaluation.assessment.indicators.primary
    )
    return tuple(headline for headline in made if headline)


def _headline(panel: Panel, evaluation: Evaluation, indicator: str, kind: str) -> Headline | None:
    """One verdict; None where nothing can be estimated."""
    sample = staggered.sample(panel, evaluation, indicator, kind)
    pooled = long_base.estimate(sample)
    if not isinstance(pooled, LongBase) or pooled["group"].conf_low is None:
        return None
    drawn = verdict.draw(sample.indicator, pooled, staggered.imputation(sample))
    effect = pooled["group"]
    mean, low, high = (float(f"{value:.{DIGITS}g}") for value in (effect.estimate, effect.conf_low, effect.conf_high))
    return Headline(indicator, kind, drawn.verdict, pooled.n_treated or 0, mean, low, high, pooled.simulated)
