"""The design gate: which region, which periods, which comparison pool; and what the design does not allow.

Everything that an estimator needs to know about adoption, windows, masks, definition breaks and the
comparison pool is decided here, once, from parameters; an estimator only computes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit import periods
from evalkit.analysis.effects.design_views import DesignViews
from evalkit.analysis.results import Analysis, Reason, Withheld, reason, worst_status
from evalkit.panel import membership
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel, part
from evalkit.project.evaluation import Evaluation, with_design
from evalkit.project.params import Design as Parameters
from evalkit.project.params import Indicator

__all__ = ["Design", "assign", "regrouped"]

COVERAGE = 0.8  # share of the pre and of the post periods that a comparison unit must observe
ZEROS = 0.05  # share of zeros on the log scale from which on a unit cannot be estimated
MINIMUM_PRE = 2  # with one pre-period, a change is indistinguishable from the period's own noise


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Design(DesignViews):
    """One region, one indicator, ready to be estimated.

    Attributes:
        outcome: analysis-scale values; the region in the first row, the pool below; every period of the
            window in columns, masked and left-out ones included.
        pre, post: periods that enter, in order (left-out and masked ones are in neither).
        left_out: transition, anticipation and the incomplete first period, by reason.
        masked: periods that the assessment masks, by the mask's name.
        adoption: first treated period at the panel's frequency.
        excluded: every unit that is not in the pool, with the reason.
        own_breaks: the region's definition breaks inside the window (pool units share them all).
        own: the region's raw value, numerator and denominator by period; None in a design made by hand.
        sizes: mean denominator of every unit of `outcome` over the baseline; None where denominators are not known.
        population: of every unit of `outcome`, where units.csv gives it for all; else None.
        clusters: the cluster of every unit of `outcome` at which the reform was assigned; None: unit by unit.
        baseline: covariates (columns) of every unit of `outcome`, known before the start; None where none are named.
        zeros: cells of region and pool that have no value because a zero has no logarithm.
        covariates: the region's covariates by period; None where the assessment names none.
        alternatives: the same design with each alternative adoption date, by date.
        refused: why no estimate may be made at all; estimators return it as `Withheld`.
        what_if: the parameters that are not those of the registered design, in words; empty where all are.
        again: makes the same design with other parameters; None in a design made by hand.

    Examples:
        >>> design
        Design(demo-city-b, county_visit_rate, start 2019Q1, 11 periods before, 12 after, 23 comparison regions)
    """

    region: str
    indicator: Indicator
    unit: str
    data_status: str
    outcome: pd.DataFrame
    pre: tuple[str, ...] = ()
    post: tuple[str, ...] = ()
    left_out: Mapping[str, str] | None = None
    masked: Mapping[str, str] | None = None
    adoption: str = ""
    excluded: Mapping[str, Reason] | None = None
    own_breaks: tuple[str, ...] = ()
    own: pd.DataFrame | None = None
    sizes: "pd.Series[float] | None" = None
    population: "pd.Series[float] | None" = None
    clusters: "pd.Series[str] | None" = None
    baseline: pd.DataFrame | None = None
    zeros: int = 0
    covariates: pd.DataFrame | None = None
    alternatives: "Mapping[str, Design] | None" = None
    refused: Reason | None = None
    what_if: str = ""
    again: "Callable[[Mapping[str, object]], Design] | None" = None

    def withheld(self, analysis: Analysis, method: str, why: Reason, *terms: str) -> Withheld:
        """This design's refusal of one method.

        Examples:
            >>> design.withheld("did", "my_method", "too few hospitals", "att")
            Withheld(county_visit_rate, my_method, too few hospitals)
        """
        return Withheld(
            indicator=self.indicator.id,
            analysis=analysis,
            method=method,
            unit=self.unit,
            reason=why,
            data_status=self.data_status,
            terms=terms,
            n_comparison=len(self.pool) or None,
            n_pre=len(self.pre) or None,
            n_post=len(self.post),
        )


def assign(panel: Panel, evaluation: Evaluation, indicator: str, adoption: str | None = None) -> Design:
    """Decide window, left-out periods and pool for one region and indicator.

    Returns a `Design`; where no estimate is possible at all its `refused` says why (no panel, nothing
    observed, not adopted, too few periods). An empty or small pool is the DiD's own business.

    Args:
        adoption: another start than that of units.csv: a date in doubt, or a second reform with its own.

    Examples:
        >>> ek.design.assign(panel, report.evaluation, "county_visit_rate", adoption="2020Q3").pre[-1]
        '2019Q4'
    """
    about = evaluation.indicators[indicator]
    rows = panel.rows[panel.rows["indicator"] == indicator]
    empty = Design(
        evaluation.region,
        about,
        unit_of(about),
        worst_status(rows["status"]),
        pd.DataFrame(),
        what_if=evaluation.what_if,
        again=lambda changes: _what_if(panel, with_design(evaluation, changes), indicator, adoption),
    )
    if not panel.exists:
        return replace(empty, refused=reason("no_panel"))
    values = panel.wide(indicator)
    if evaluation.region not in values.index:
        return replace(empty, refused=reason("no_observations"))
    text = adoption or str(panel.units.at[evaluation.region, "adoption"])
    if not text:
        return replace(empty, refused=reason("no_adoption", as_of=evaluation.assessment.as_of or ""))
    scaled = _Scaled(to_scale(values, about, panel.units), without_logarithm(values, about))
    others = str(panel.units.at[evaluation.region, "adoption_alternatives"]).split(";")
    alternatives = {
        other: _with_window(empty, panel, evaluation, scaled, other)
        for other in (part.strip() for part in others)
        if other
    }
    return replace(_with_window(empty, panel, evaluation, scaled, text), alternatives=alternatives)


def _what_if(panel: Panel, evaluation: Evaluation, indicator: str, adoption: str | None) -> Design:
    """Another design may compare units that the panel of this region does not hold."""
    return assign(part(panel.whole, evaluation) if panel.whole else panel, evaluation, indicator, adoption)


def regrouped(design: Design, pre: tuple[str, ...], post: tuple[str, ...]) -> Design:
    """The same region and pool with other baseline and post periods.

    Examples:
        >>> ek.did.att(ek.design.regrouped(design, design.pre[4:], design.post)).n_pre
        7
    """
    return replace(design, pre=pre, post=post)


def _sizes(rows: pd.DataFrame, units: list[str]) -> "pd.Series[float] | None":
    return _complete(pd.to_numeric(rows["denominator"]).groupby(rows["unit"]).mean().reindex(units))


def _complete(sizes: "pd.Series[float]") -> "pd.Series[float] | None":
    """Sizes that are known for all and positive; else None."""
    return sizes if (sizes > 0).all() else None


def _raw(rows: pd.DataFrame, window: list[str]) -> pd.DataFrame:
    columns = ["value", "numerator", "denominator"]
    raw: pd.DataFrame = rows.set_index("period")[columns].apply(pd.to_numeric).reindex(window)
    return raw


def unit_of(indicator: Indicator) -> str:
    """The unit of estimates: `log` for log points, else the indicator's own."""
    return "log" if indicator.scale == "log" else indicator.unit


def without_logarithm(values: pd.DataFrame, indicator: Indicator) -> pd.DataFrame:
    """Which cells the analysis scale drops: a zero has no logarithm."""
    return (values <= 0) & (indicator.scale == "log")


def to_scale(values: pd.DataFrame, indicator: Indicator, units: pd.DataFrame) -> pd.DataFrame:
    """Values on the analysis scale; what has no logarithm has no value (`without_logarithm` marks it)."""
    if indicator.scale == "log":
        return values.where(values > 0).map(np.log)
    if indicator.scale == "per_capita":
        return values.div(units["population"].reindex(values.index), axis=0)
    return values


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Values on the analysis scale, and the cells that it drops."""

    values: pd.DataFrame
    dropped: pd.DataFrame


def _with_window(design: Design, panel: Panel, evaluation: Evaluation, scaled: _Scaled, text: str) -> Design:
    parameters, values = evaluation.assessment.design, scaled.values
    columns = [str(name) for name in values.columns]
    adoption, unclear = adopted(text, columns)
    known_to_some = [name for name in columns if values[name].notna().any() or scaled.dropped[name].any()]
    split = _split(columns, known_to_some, adoption, unclear, parameters)
    observed = values.loc[evaluation.region].notna()
    pre = [p for p in split.pre if observed[p]]
    post = [p for p in split.post if observed[p]]
    design = replace(
        design, adoption=adoption, left_out=split.left_out, masked=split.masked, pre=tuple(pre), post=tuple(post)
    )
    lost = scaled.dropped.loc[evaluation.region, [*split.pre, *split.post]]
    if lost.mean() >= ZEROS:
        why = reason("zeros_on_log_scale", n=int(lost.to_numpy().sum()), of=len(lost))
        return replace(design, refused=why)
    if len(pre) < MINIMUM_PRE:
        return replace(design, refused=reason("too_few_pre_periods", have=len(pre), need=MINIMUM_PRE))
    need = parameters.minimum_post_periods
    if len(post) < need:
        why = reason("too_few_post_periods", have=len(post), need=need, adoption=text, last=columns[-1])
        return replace(design, refused=why)
    window = split.window
    breaks = breaks_in(design.indicator, panel.units, window)
    excluded = _excluded(panel, evaluation, scaled, pre, post, window, breaks)
    pool = [str(unit) for unit in values.index if unit != evaluation.region and unit not in excluded]
    pool = _nearest(pool, panel.units, evaluation, excluded)
    own = [start for start in breaks.columns if breaks.at[evaluation.region, start]]
    rows = panel.rows[panel.rows["indicator"] == design.indicator.id]
    entered = rows["unit"].isin([evaluation.region, *pool]) & rows["period"].isin(window)
    covariates = evaluation.assessment.covariates.get(design.indicator.id, ())
    wide = [panel.wide(name).reindex(index=[evaluation.region], columns=window).iloc[0] for name in covariates]
    return replace(
        design,
        outcome=values.loc[[evaluation.region, *pool], window],
        excluded=excluded,
        data_status=worst_status(rows.loc[entered, "status"]),
        own_breaks=tuple(str(start) for start in own),
        sizes=_sizes(rows[rows["period"].isin(pre)], [evaluation.region, *pool]),
        population=_complete(panel.units["population"].reindex([evaluation.region, *pool])),
        clusters=panel.units.loc[[evaluation.region, *pool], parameters.cluster] if parameters.cluster else None,
        baseline=_baseline(panel, parameters, [evaluation.region, *pool], pre),
        zeros=int(scaled.dropped.loc[[evaluation.region, *pool], [*pre, *post]].to_numpy().sum()),
        own=_raw(rows[rows["unit"] == evaluation.region], window),
        covariates=pd.DataFrame(dict(zip(covariates, wide, strict=True)), index=window) if covariates else None,
    )


def adopted(text: str, columns: list[str]) -> tuple[str, set[str]]:
    """First treated period at the panel's frequency, and the periods in which treatment is not complete.

    An adoption written more finely than the panel falls inside a period that is only partly treated;
    one written more coarsely leaves every period that it spans unclear.
    """
    frequency = periods.frequency(columns[0])
    given = periods.frequency(text)
    first = periods.write(periods.containing(text, frequency))
    if given == frequency:
        return first, set()
    if periods.is_finer(given, frequency):
        whole = periods.first_day(text) == periods.first_day(first)
        return first, set() if whole else {first}
    end = periods.last_day(text)
    return first, {p for p in columns if p >= first and periods.first_day(p) <= end}


@dataclass(frozen=True, slots=True)
class _Split:
    pre: list[str]
    post: list[str]
    left_out: dict[str, str]
    masked: dict[str, str]
    window: list[str]


def _split(columns: list[str], known: list[str], adoption: str, unclear: set[str], parameters: Parameters) -> _Split:
    """Baseline and post periods, before the region's own missing values are considered.

    Args:
        columns: every period from the first to the last.
        known: the periods in which any unit was observed; a survey every second year leaves the others empty.
    """
    before = [p for p in known if p < adoption]
    after = [p for p in known if p >= adoption]
    left_out = {p: "incomplete" for p in after if p in unclear}
    complete = [p for p in after if p not in unclear]
    if parameters.transition:
        left_out |= dict.fromkeys(after[: parameters.transition], "transition")
    if parameters.anticipation:
        left_out |= dict.fromkeys(before[-parameters.anticipation :], "anticipation")
    pre = [p for p in before if p not in left_out]
    pre = pre[-parameters.baseline_periods :] if parameters.baseline_periods else pre
    post = [p for p in complete if p not in left_out][: parameters.post_periods]
    # The window keeps masked periods at its ends, as the check without the mask puts them back.
    window = [p for p in columns if pre and post and pre[0] <= p <= post[-1]]
    masked = {
        p: name
        for name, listed in parameters.mask.items()
        for p in window
        if any(p == hidden or periods.overlap(p, hidden) for hidden in listed)
    }
    kept_pre, kept_post = ([p for p in part if p not in masked] for part in (pre, post))
    return _Split(kept_pre, kept_post, left_out, masked, window)


def _excluded(
    panel: Panel,
    evaluation: Evaluation,
    scaled: _Scaled,
    pre: list[str],
    post: list[str],
    window: list[str],
    breaks: pd.DataFrame,
) -> dict[str, Reason]:
    """Every unit that may not be compared, with the first reason that applies."""
    parameters, region, units = evaluation.assessment.design, evaluation.region, panel.units
    values = scaled.values
    comparison, own, every = parameters.comparison, panel.units.loc[evaluation.region], panel.units.index
    related = membership.structure(evaluation).related(region)
    end = periods.write(periods.parse(window[-1]) + parameters.anticipation)
    if not parameters.post_periods and evaluation.assessment.as_of:
        end = max(end, evaluation.assessment.as_of.isoformat(), key=periods.last_day)
    started = {text: bool(text) and periods.first_day(text) <= periods.last_day(end) for text in set(units["adoption"])}
    adopted_in = units["adoption"].map(started)
    if comparison.eligible == "never_treated":
        adopted_in = units["adoption"] != ""
    seen = values.notna()
    zeros = scaled.dropped[[*pre, *post]].mean(axis=1) >= ZEROS
    covered = (seen[pre].mean(axis=1) >= COVERAGE) & (seen[post].mean(axis=1) >= COVERAGE)
    adoption = units["adoption"].to_dict()
    treated = cache(lambda text: reason("treated_in_window", adoption=text))
    rules: list[tuple[npt.ArrayLike, Callable[[str], Reason]]] = [
        (every.isin(list(comparison.exclude)), lambda u: reason("excluded_by_evaluator", why=comparison.exclude[u])),
        (every.isin(list(related)), _always("overlaps_region")),
        (adopted_in, lambda u: treated(adoption[u])),
        *((units[column] == "", _always("unknown", column=column)) for column in comparison.same),
        *((units[column] != own[column], _always("differs", column=column)) for column in comparison.same),
        *(
            (units[column] == own[column], _always("same_cluster", column=column))
            for column in _given(parameters.cluster)
        ),
        (~every.isin(values.index), _always("no_observations")),
        ((breaks != breaks.loc[region]).any(axis=1), _always("break_not_shared")),
        (zeros.reindex(every, fill_value=False), _always("zeros_on_log_scale_unit", share=f"{ZEROS:.0%}")),
        (~covered.reindex(every, fill_value=False), _always("too_many_missing", share=f"{COVERAGE:.0%}")),
    ]
    open_to = every != region  # units not excluded so far
    found: dict[str, Reason] = {}
    for applies, why in rules:
        gone = open_to & np.asarray(applies, dtype=bool)
        open_to &= ~gone
        found |= {unit: why(unit) for unit in every[gone].tolist()}
    return found


def _given(column: str | None) -> list[str]:
    return [column] if column else []


def _baseline(panel: Panel, parameters: Parameters, units: list[str], pre: list[str]) -> pd.DataFrame | None:
    """Columns of units.csv, and means of other indicators before the start; a constant one separates no units."""
    columns = {}
    for name in parameters.covariates:
        if name in panel.units.columns:
            columns[name] = pd.to_numeric(panel.units[name], errors="coerce").reindex(units)
        else:
            wide = panel.wide(name)
            columns[name] = wide[[period for period in wide.columns if period <= pre[-1]]].mean(axis=1).reindex(units)
    table = pd.DataFrame(columns, index=units, dtype=float)
    table = table.loc[:, table.notna().all() & (table.nunique() > 1)]
    return None if table.empty or len(units) < table.shape[1] + 4 else (table - table.mean()) / table.std()


def _always(code: str, **known: object) -> Callable[[str], Reason]:
    made = reason(code, **known)
    return lambda _: made


def _nearest(pool: list[str], units: pd.DataFrame, evaluation: Evaluation, excluded: dict[str, Reason]) -> list[str]:
    """Keep the n units nearest in standardised columns of units.csv; the others are excluded by name.

    A unit with an unknown value counts as the furthest; a constant column separates no units.
    """
    rule = evaluation.assessment.design.comparison.nearest
    if rule is None or len(pool) <= rule.n:
        return pool
    columns = units.loc[[evaluation.region, *pool], list(rule.by)].apply(pd.to_numeric, errors="coerce")
    columns = columns.loc[:, columns.nunique() > 1]
    distance = (((columns - columns.iloc[0]) / columns.std()) ** 2).sum(axis=1, skipna=False).iloc[1:]
    kept = set(distance.sort_values(kind="stable").index[: rule.n])
    excluded |= {unit: reason("not_among_nearest", n=rule.n) for unit in pool if unit not in kept}
    return [unit for unit in pool if unit in kept]
