"""The design gate: which region, which periods, which comparison pool; and what the design does not allow.

Everything that an estimator needs to know about adoption, windows, masks, definition breaks and the
comparison pool is decided here, once, from parameters; an estimator only computes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit import periods
from evalkit.analysis.effects import indicator_values
from evalkit.analysis.effects.design_views import DesignViews
from evalkit.analysis.effects.indicator_values import Values, unit_of
from evalkit.analysis.results import Analysis, Reason, Withheld, reason, worst_status
from evalkit.panel import membership
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
    described = evaluation.indicators[indicator]
    empty = Design(
        evaluation.region,
        described,
        unit_of(described),
        "",
        pd.DataFrame(),
        what_if=evaluation.what_if,
        again=lambda changes: _what_if(panel, with_design(evaluation, changes), indicator, adoption),
    )
    if not panel.exists:
        return replace(empty, refused=reason("no_panel"))
    values = indicator_values.of(panel, described)
    empty = replace(empty, data_status=worst_status(values.statuses))
    if evaluation.region not in values.rows:
        return replace(empty, refused=reason("no_observations"))
    text = adoption or str(panel.units.at[evaluation.region, "adoption"])
    if not text:
        return replace(empty, refused=reason("no_adoption", as_of=evaluation.assessment.as_of or ""))
    others = str(panel.units.at[evaluation.region, "adoption_alternatives"]).split(";")
    alternatives = {
        other: _with_window(empty, panel, evaluation, values, other)
        for other in (part.strip() for part in others)
        if other
    }
    return replace(_with_window(empty, panel, evaluation, values, text), alternatives=alternatives)


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


def _complete(sizes: "pd.Series[float]") -> "pd.Series[float] | None":
    """Sizes that are known for all and positive; else None."""
    return sizes if (sizes > 0).all() else None


def _with_window(design: Design, panel: Panel, evaluation: Evaluation, values: Values, text: str) -> Design:
    parameters, columns = evaluation.assessment.design, list(values.columns)
    adoption, unclear = adopted(text, columns)
    split = _split(columns, values.observed, adoption, unclear, parameters)
    row = values.rows[evaluation.region]
    pre, post = ([p for p in side if values.seen[row, values.columns[p]]] for side in (split.pre, split.post))
    design = replace(
        design, adoption=adoption, left_out=split.left_out, masked=split.masked, pre=tuple(pre), post=tuple(post)
    )
    lost = values.dropped[row, values.places([*split.pre, *split.post])]
    if len(lost) and lost.mean() >= ZEROS:
        return replace(design, refused=reason("zeros_on_log_scale", n=int(lost.sum()), of=len(lost)))
    if len(pre) < MINIMUM_PRE:
        return replace(design, refused=reason("too_few_pre_periods", have=len(pre), need=MINIMUM_PRE))
    need = parameters.minimum_post_periods
    if len(post) < need:
        why = reason("too_few_post_periods", have=len(post), need=need, adoption=text, last=columns[-1])
        return replace(design, refused=why)
    return _with_pool(design, panel, evaluation, values, split.window)


def _with_pool(design: Design, panel: Panel, evaluation: Evaluation, values: Values, window: list[str]) -> Design:
    parameters = evaluation.assessment.design
    breaks = values.breaks_in(panel.units, window)
    excluded = _excluded(design, panel, evaluation, values, window, breaks)
    pool = [unit for unit in values.rows if unit != evaluation.region and unit not in excluded]
    units = [evaluation.region, *_nearest(pool, panel.units, evaluation, excluded)]
    rows, pre, every = [values.rows[unit] for unit in units], values.places(design.pre), values.places(window)
    own = breaks.columns[breaks.loc[evaluation.region].to_numpy(dtype=bool)]
    covariates = evaluation.assessment.covariates.get(design.indicator.id, ())
    wide = [panel.wide(name).reindex(index=[evaluation.region], columns=window).iloc[0] for name in covariates]
    outcome = values.scaled.iloc[rows, every]
    return replace(
        design,
        outcome=outcome,
        excluded=excluded,
        data_status=values.worst_status(rows, every),
        own_breaks=tuple(str(start) for start in own),
        sizes=_complete(values.sizes(rows, pre).set_axis(outcome.index)),
        population=_complete(panel.units["population"].reindex(units)),
        clusters=panel.units.loc[units, parameters.cluster] if parameters.cluster else None,
        baseline=_baseline(panel, parameters, units, list(design.pre)) if parameters.covariates else None,
        zeros=int(values.dropped[np.ix_(rows, values.places([*design.pre, *design.post]))].sum()),
        own=values.own(values.rows[evaluation.region], window),
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
        is_start = periods.first_day(text) == periods.first_day(first)
        return first, set() if is_start else {first}
    end = periods.last_day(text)
    return first, {p for p in columns if p >= first and periods.first_day(p) <= end}


@dataclass(frozen=True, slots=True)
class _Split:
    pre: list[str]
    post: list[str]
    left_out: dict[str, str]
    masked: dict[str, str]
    window: list[str]


def _split(columns: list[str], observed: list[str], adoption: str, unclear: set[str], parameters: Parameters) -> _Split:
    """Baseline and post periods, before the region's own missing values are considered.

    Args:
        columns: every period from the first to the last.
        observed: the periods in which any unit was observed; a survey every second year leaves the others empty.
    """
    before = [p for p in observed if p < adoption]
    after = [p for p in observed if p >= adoption]
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
        for name, masks in parameters.mask.items()
        for p in window
        if any(p == hidden or periods.overlap(p, hidden) for hidden in masks)
    }
    kept_pre, kept_post = ([p for p in part if p not in masked] for part in (pre, post))
    return _Split(kept_pre, kept_post, left_out, masked, window)


def _excluded(
    design: Design, panel: Panel, evaluation: Evaluation, values: Values, window: list[str], breaks: pd.DataFrame
) -> dict[str, Reason]:
    """Every unit that may not be compared, with the first reason that applies."""
    parameters, region, units = evaluation.assessment.design, evaluation.region, panel.units
    comparison, every = parameters.comparison, units.index.to_numpy()
    names: list[str] = every.tolist()
    mine = names.index(region)
    adoption: list[str] = units["adoption"].to_numpy().tolist()
    if comparison.eligible == "never_treated":
        started = {text: bool(text) for text in adoption}
    else:
        end = periods.last_day(_end(evaluation, window))
        started = {text: bool(text) and periods.first_day(text) <= end for text in set(adoption)}
    treated = {text: reason("treated_in_window", adoption=text) for text in started}
    related, text = membership.structure(evaluation).related(region), dict(zip(names, adoption, strict=True))
    alike = {column: units[column].to_numpy() for column in (*comparison.same, *_given(parameters.cluster))}
    parts = [values.places(side) for side in (design.pre, design.post)]
    covered = np.all([values.seen[:, part].mean(axis=1) >= COVERAGE for part in parts], axis=0)
    zeros = values.dropped[:, parts[0] + parts[1]].mean(axis=1) >= ZEROS
    place = np.array([values.rows.get(name, -1) for name in names])
    rules: list[tuple[npt.ArrayLike, Callable[[str], Reason]]] = [
        (
            [name in comparison.exclude for name in names],
            lambda u: reason("excluded_by_evaluator", why=comparison.exclude[u]),
        ),
        ([name in related for name in names], _always("overlaps_region")),
        ([started[text] for text in adoption], lambda u: treated[text[u]]),
        *((alike[column] == "", _always("unknown", column=column)) for column in comparison.same),
        *((alike[column] != alike[column][mine], _always("differs", column=column)) for column in comparison.same),
        *(
            (alike[column] == alike[column][mine], _always("same_cluster", column=column))
            for column in _given(parameters.cluster)
        ),
        (place < 0, _always("no_observations")),
        ((breaks != breaks.loc[region]).any(axis=1) if len(breaks.columns) else False, _always("break_not_shared")),
        (np.append(zeros, False)[place], _always("zeros_on_log_scale_unit", share=f"{ZEROS:.0%}")),
        (~np.append(covered, False)[place], _always("too_many_missing", share=f"{COVERAGE:.0%}")),
    ]
    open_to = every != region  # units not excluded so far
    reasons: dict[str, Reason] = {}
    for applies, why in rules:
        gone = open_to & np.asarray(applies, dtype=bool)
        open_to &= ~gone
        reasons |= {unit: why(unit) for unit in every[gone].tolist()}
    return reasons


def _end(evaluation: Evaluation, window: list[str]) -> str:
    """The last period in which a comparison unit must be untreated."""
    parameters, as_of = evaluation.assessment.design, evaluation.assessment.as_of
    end = periods.write(periods.parse(window[-1]) + parameters.anticipation)
    return end if parameters.post_periods or not as_of else max(end, as_of.isoformat(), key=periods.last_day)


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


def _always(code: str, **facts: object) -> Callable[[str], Reason]:
    made = reason(code, **facts)
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
