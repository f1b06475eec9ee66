"""The effect under every combination of reasonable choices: a specification curve.

Simonsohn, Simmons & Nelson (2020), "Specification curve analysis", Nature Human Behaviour 4. The registered design
stays the answer; the curve shows how much that answer depends on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import pandas as pd

from evalkit.analysis.effects import did, synthetic
from evalkit.analysis.effects.design import MINIMUM_PRE, Design
from evalkit.analysis.results import Result, Withheld
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Comparison

__all__ = ["Specification", "curve", "frame"]

ESTIMATORS = ("did_mean", "synthetic_did", "synthetic_control")
NUMBERS = ("estimate", "conf_low", "conf_high", "p_value")
REGISTERED = "registered"


@dataclass(frozen=True, slots=True)
class Specification:
    """One combination of choices and its estimate.

    Attributes:
        window: periods before the start: `registered`, or `half` of them, the latest.
        mask: `registered`, or `none`: no period is masked.
        pool: `registered`; `everybody` eligible; `never_treated` regions only.
        estimator: the method of the estimate.
        result: the estimate, or why there is none.

    Examples:
        >>> ek.specifications.Specification("half", "registered", "everybody", "did_mean", finding.effect).registered
        False
    """

    window: str
    mask: str
    pool: str
    estimator: str
    result: Result | Withheld

    @property
    def registered(self) -> bool:
        """Whether this is the registered design with the headline's estimator.

        Examples:
            >>> choices = ("registered", "registered", "registered")
            >>> ek.specifications.Specification(*choices, "did_mean", finding.effect).registered
            True
        """
        return {self.window, self.mask, self.pool} == {REGISTERED} and self.estimator == ESTIMATORS[0]


def curve(design: Design, evaluation: Evaluation) -> tuple[Specification, ...]:
    """Estimate every combination of window, masks, comparison pool and estimator that differs from the others.

    Args:
        design: the registered design of one indicator, made by `ek.design.assign`.
        evaluation: whose parameters the choices vary.

    Returns:
        The registered specification first; only that one where the design is refused or was made by hand.

    Examples:
        >>> len(ek.specifications.curve(design, report.evaluation))
        24
    """
    made: list[Specification] = []
    for (window, mask, pool), varied in _designs(design, evaluation):
        made += [Specification(window, mask, pool, name, _estimate(varied, name)) for name in ESTIMATORS]
    return tuple(made)


def frame(specifications: tuple[Specification, ...]) -> pd.DataFrame:
    """One row per specification, in order of the estimates.

    Columns: window, mask, pool, estimator, registered, estimate, conf_low, conf_high, p_value. A withheld specification
    has no numbers.

    Examples:
        >>> table = ek.specifications.frame(ek.specifications.curve(design, report.evaluation))
        >>> table[["mask", "pool", "estimator", "estimate", "p_value"]].head(2).round(2)
                 mask        pool          estimator  estimate  p_value
        ...
    """
    rows = [
        {
            "window": specification.window,
            "mask": specification.mask,
            "pool": specification.pool,
            "estimator": specification.estimator,
            "registered": specification.registered,
            **_numbers(specification.result),
        }
        for specification in specifications
    ]
    table = pd.DataFrame(rows).astype(dict.fromkeys(NUMBERS, float))
    return table.sort_values("estimate", kind="stable", ignore_index=True)


def _numbers(result: Result | Withheld) -> dict[str, float | None]:
    if isinstance(result, Withheld):
        return dict.fromkeys(NUMBERS)
    return {name: getattr(result["att"], name) for name in NUMBERS}


def _estimate(design: Design, estimator: str) -> Result | Withheld:
    if estimator == "did_mean":
        return did.att(design)
    return synthetic.estimate(design, "synthetic_did" if estimator == "synthetic_did" else "synthetic_control")


def _designs(design: Design, evaluation: Evaluation) -> Iterator[tuple[tuple[str, str, str], Design]]:
    """The design under each combination; one with the same cells as an earlier one is left out."""
    if design.refused or design.again is None:
        yield (REGISTERED, REGISTERED, REGISTERED), design
        return
    seen: list[pd.DataFrame] = []
    for window, mask, pool in product(
        _windows(design), _masks(design), _pools(evaluation.assessment.design.comparison)
    ):
        changes = {**window[1], **mask[1], **pool[1]}
        varied = design.with_(**changes) if changes else design
        used = varied.outcome[[*varied.pre, *varied.post]] if not varied.refused else pd.DataFrame()
        if not any(used.equals(earlier) for earlier in seen):
            seen.append(used)
            yield (window[0], mask[0], pool[0]), varied


def _windows(design: Design) -> list[tuple[str, Mapping[str, object]]]:
    half = len(design.pre) // 2
    return [(REGISTERED, {}), *([("half", {"baseline_periods": half})] if half >= 2 * MINIMUM_PRE else [])]


def _masks(design: Design) -> list[tuple[str, Mapping[str, object]]]:
    return [(REGISTERED, {}), *([("none", {"mask": {}})] if design.masked else [])]


def _pools(registered: Comparison) -> list[tuple[str, Mapping[str, object]]]:
    pools: list[tuple[str, Mapping[str, object]]] = [(REGISTERED, {})]
    if registered.same or registered.nearest:
        pools.append(("everybody", {"comparison": {"same": (), "nearest": None}}))
    if registered.eligible != "never_treated":
        pools.append(("never_treated", {"comparison": {"eligible": "never_treated"}}))
    return pools
