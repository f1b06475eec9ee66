"""Results: frozen, tidy, with fixed columns; a number or a reason, never NaN.

The columns are those of results.csv, the public contract.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import pandas as pd

TIDY = ("term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
COLUMNS = (
    "assessment",
    "region",
    "indicator",
    "analysis",
    "method",
    *TIDY,
    "inference",
    "n_obs",
    "n_treated",
    "n_comparison",
    "n_pre",
    "n_post",
    "status",
    "reason",
    "q_value",
    "unit",
    "period",
    "data_status",
)
KEY = ("region", "indicator", "analysis", "method", "term", "inference", "period")
NUMERIC = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high", "q_value")
ALPHA = 0.05  # level of every test and, as 1 - ALPHA, of every interval
STATUS_ORDER = ("published", "derived", "reported", "provisional", "simulated")
Analysis = Literal["attainment", "before_after", "did", "event_study", "check", "programme", "borrowed"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no number: a code with a sentence in the vocabulary, and the facts to fill in."""

    code: str
    facts: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts)
        return f"{self.code}: {facts}" if facts else self.code


def reason(code: str, **facts: object) -> Reason:
    """A `Reason` with its facts as text."""
    return Reason(code, tuple((name, str(value)) for name, value in facts.items()))


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimated term; what the inference does not give is None.

    Attributes:
        estimate: on the analysis scale (the indicator's unit, or log points).
        period: the period that the term is about, where it is about one.
        reason: why a part (say, the interval) is missing.
    """

    term: str
    estimate: float | None
    std_error: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    period: str = ""
    reason: Reason | None = None

    @property
    def is_clear(self) -> bool:
        """Whether zero lies outside the interval."""
        low, high = self.conf_low, self.conf_high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Result:
    """What every result carries: what was measured, how, on how much, and how good the data are.

    Attributes:
        indicator: id of the indicator.
        analysis, method, inference: the fixed names of results.csv.
        unit: `percent`, `count`, … or `log` where the estimates are log points.
        data_status: worst status among the inputs; `mixed` where simulated and real meet.

    Examples:
        >>> finding.effect.method, finding.effect.unit, finding.effect.n_comparison
        ('did_mean', 'percent', 23)
    """

    indicator: str
    analysis: Analysis
    method: str
    unit: str
    data_status: str
    inference: str = ""
    estimates: tuple[Estimate, ...] = ()
    n_obs: int | None = None
    n_treated: int | None = None
    n_comparison: int | None = None
    n_pre: int | None = None
    n_post: int | None = None

    def __repr__(self) -> str:
        first = self.estimates[0] if self.estimates else None
        estimate = f"{first.term} {first.estimate:.3f}" if first and first.estimate is not None else "no number"
        return f"{type(self).__name__}({self.indicator}, {self.method}, {estimate})"

    def _repr_html_(self) -> str:
        return str(self.tidy().to_html(index=False, escape=True, na_rep=""))

    @property
    def simulated(self) -> bool:
        """Whether any input is simulated, which every page or table with this result must state.

        Examples:
            >>> finding.effect.simulated
            True
        """
        return self.data_status in ("simulated", "mixed")

    def tidy(self) -> pd.DataFrame:
        """One row per term, columns `TIDY`.

        Examples:
            >>> finding.effect.tidy().columns.tolist()
            ['term', 'estimate', 'std_error', 'statistic', 'p_value', 'conf_low', 'conf_high']
        """
        return _tidy([getattr(estimate, name) for name in TIDY] for estimate in self.estimates)

    def glance(self) -> pd.DataFrame:
        """One row: names, inference and sizes.

        Examples:
            >>> finding.effect.glance()[["method", "inference", "n_comparison", "n_pre", "n_post"]]
                 method      inference  n_comparison  n_pre  n_post
            0  did_mean  placebo_space            23     11      12
        """
        names = (
            "indicator",
            "analysis",
            "method",
            "inference",
            "n_obs",
            "n_treated",
            "n_comparison",
            "n_pre",
            "n_post",
        )
        return pd.DataFrame([{name: getattr(self, name) for name in names}])

    def __getitem__(self, term: str) -> Estimate:
        return next(estimate for estimate in self.estimates if estimate.term == term)


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Withheld(Result):
    """No number, and why. Every table, figure and sentence accepts it.

    Examples:
        >>> ek.did.att(ek.design.assign(panel, report.evaluation, "county_visit_rate", adoption="2016Q2")).reason.code
        'too_few_pre_periods'
    """

    reason: Reason
    terms: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Withheld({self.indicator}, {self.method}, {self.reason})"

    def tidy(self) -> pd.DataFrame:
        """One row per term that could not be estimated, all numbers empty.

        Examples:
            >>> early = ek.design.assign(panel, report.evaluation, "county_visit_rate", adoption="2016Q2")
            >>> ek.did.att(early).tidy()["term"].item()
            'att'
        """
        return _tidy([term] + [None] * 6 for term in self.terms)


def withheld(result: Result, why: Reason) -> Withheld:
    """A refusal in the place of a result and all its terms.

    Examples:
        >>> from evalkit.analysis.results import withheld
        >>> withheld(finding.effect, "too few hospitals")
        Withheld(county_visit_rate, did_mean, too few hospitals)
    """
    return Withheld(
        indicator=result.indicator,
        analysis=result.analysis,
        method=result.method,
        unit=result.unit,
        reason=why,
        data_status=result.data_status,
        terms=tuple(estimate.term for estimate in result.estimates),
        n_comparison=result.n_comparison,
        n_pre=result.n_pre,
        n_post=result.n_post,
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Check(Result):
    """A finding: it may pass, fail or merely inform (`passed` None)."""

    passed: bool | None = None


def _tidy(cells: Iterable[list[object]]) -> pd.DataFrame:
    table = pd.DataFrame(cells, columns=list(TIDY))
    return table.astype(dict.fromkeys(TIDY[1:], float))  # an empty cell, not the word None


def worst_status(statuses: Iterable[str]) -> str:
    """The worst of some data statuses; `mixed` where simulated values meet real ones."""
    present = {status or "reported" for status in statuses}
    if not present:
        return ""
    if "simulated" in present and len(present) > 1:
        return "mixed"
    return max(present, key=STATUS_ORDER.index)


def rows(assessment: str, region: str, results: Sequence[Result]) -> pd.DataFrame:
    """Rows of results.csv for the results of one region, in the contract's columns and order."""
    records = [record for result in results for record in _records(assessment, region, result)]
    table = pd.DataFrame(records, columns=list(COLUMNS), dtype=object)
    return table.sort_values(list(KEY), kind="stable", ignore_index=True)


def _records(assessment: str, region: str, result: Result) -> list[dict[str, object]]:
    shared: dict[str, object] = {
        **dict.fromkeys(COLUMNS),
        "assessment": assessment,
        "region": region,
        **{f.name: getattr(result, f.name) for f in fields(Result) if f.name != "estimates"},
    }
    if isinstance(result, Withheld):
        gone = {"status": "withheld", "reason": str(result.reason), "period": ""}
        return [{**shared, **gone, "term": term} for term in result.terms]
    return [
        {
            **shared,
            **{name: _stable(getattr(estimate, name)) for name in TIDY},
            "status": "withheld" if estimate.estimate is None else "ok",
            "reason": str(estimate.reason or ""),
            "period": estimate.period,
        }
        for estimate in result.estimates
    ]


def _stable(cell: object) -> object:
    """Twelve significant digits: further ones depend on the machine's arithmetic."""
    return float(f"{cell:.12g}") if isinstance(cell, float) else cell
