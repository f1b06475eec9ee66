"""Who enters the programme analysis: cohorts by first treated period, strata, the comparison, and who is left out.

Treated units of one kind are pooled; kinds are never mixed. Effects are estimated within strata (the columns of
`design.comparison.same`), because provinces may change a definition or meet a shock at different times.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from evalkit import periods
from evalkit.analysis.effects.design import COVERAGE, ZEROS, adopted
from evalkit.analysis.effects.indicator_values import to_scale, unit_of, without_logarithm
from evalkit.analysis.programme.samples import LEAST_TREATED, NEVER, Array, Flags, Integers, Sample
from evalkit.analysis.results import Reason, reason, worst_status
from evalkit.panel import membership
from evalkit.panel.breaks import breaks_in
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Design as Parameters
from evalkit.project.params import Indicator

LEAST_SAME_KIND = 19  # fewer comparison units of the same kind: untreated units of every kind join them


def kinds(panel: Panel) -> tuple[str, ...]:
    """Kinds of units of which any is treated by the as-of date, in order.

    Examples:
        >>> ek.staggered.kinds(panel)
        ('city', 'county', 'zone')
    """
    treated = panel.units[panel.units["adoption"] != ""]
    return tuple(sorted(treated["kind"].unique()))


def sample(panel: Panel, evaluation: Evaluation, indicator: str, kind: str) -> Sample:
    """Cohorts, strata and comparison of one indicator for the treated units of one kind.

    Returns a `Sample`; where no estimate is possible its `refused` says why.

    Examples:
        >>> ek.staggered.sample(panel, report.evaluation, "county_visit_rate", "county").refused is None
        True
    """
    described = evaluation.indicators[indicator]
    empty = _empty(described, kind, evaluation.assessment.design)
    if not panel.exists:
        return replace(empty, refused=reason("no_panel"))
    rows = panel.rows[panel.rows["indicator"] == indicator]
    if rows.empty:
        return replace(empty, refused=reason("no_observations"))
    values = to_scale(panel.wide(indicator), described, panel.units)
    units = panel.units.loc[[unit for unit in panel.units.index if unit in values.index]]
    chosen, comparison = _who(units, evaluation.assessment.design, kind, [str(name) for name in values.columns])
    table = _cohorts(chosen, values)
    zeros = without_logarithm(panel.wide(indicator), described).loc[table.index]
    left_out = _left_out(table, values.loc[table.index], zeros, described, panel.units, evaluation)
    kept = table.drop(index=list(left_out))
    built = _built(empty, kept, values.loc[kept.index], left_out)
    status = worst_status(rows.loc[rows["unit"].isin(kept.index), "status"])
    return replace(built, comparison=comparison, data_status=status, refused=_refusal(built))


def _empty(indicator: Indicator, kind: str, parameters: Parameters) -> Sample:
    none = np.zeros(0, dtype=np.int64)
    return Sample(indicator, kind, unit_of(indicator), "", parameters, pd.DataFrame(), none, none, none.astype(str), {})


def _who(
    units: pd.DataFrame, parameters: Parameters, kind: str, columns: list[str]
) -> tuple[pd.DataFrame, Literal["same_kind", "all_untreated"]]:
    """Units of the kind; with too few comparison units among them, untreated units of every kind as well."""
    own = units[units["kind"] == kind]
    starts = own["adoption"].map(lambda text: adopted(text, columns)[0] if text else "")
    eligible = starts == ""
    if parameters.comparison.eligible == "not_yet_treated":
        eligible |= starts > min((start for start in starts if start), default="")
    if int(eligible.sum()) >= LEAST_SAME_KIND:
        return own, "same_kind"
    others = units[(units["kind"] != kind) & (units["adoption"] == "")]
    return units.loc[units.index.isin([*own.index, *others.index])], "same_kind" if others.empty else "all_untreated"


def _cohorts(units: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Each unit with its first treated period, as text and as an integer (1 = the panel's first period)."""
    columns = [str(name) for name in values.columns]
    first = periods.number(periods.parse(columns[0]))
    starts = [adopted(text, columns)[0] if text else "" for text in units["adoption"]]
    cohort = [periods.number(periods.parse(start)) - first + 1 if start else NEVER for start in starts]
    return units.assign(start=starts, cohort=np.array(cohort, dtype=np.int64))


def _left_out(
    table: pd.DataFrame,
    values: pd.DataFrame,
    zeros: pd.DataFrame,
    indicator: Indicator,
    units: pd.DataFrame,
    evaluation: Evaluation,
) -> dict[str, Reason]:
    """Units that cannot enter, each with the first reason that applies."""
    design = evaluation.assessment.design
    names = [str(name) for name in values.columns]
    periods_known = ~_masked(names, design) & (values.notna() | zeros).any(axis=0).to_numpy()
    shown, hidden = values.loc[:, periods_known], zeros.loc[:, periods_known]
    times = np.flatnonzero(periods_known) + 1
    cohort, stratum = table["cohort"], strata(table, design)
    seen, start = shown.notna().to_numpy(), cohort.to_numpy()[:, None]
    before = np.any(seen & (times < start - design.anticipation), axis=1)
    after = np.any(seen & (times >= start + design.transition), axis=1)
    starting: Flags = cohort.between(NEVER + 1, times[-1]).to_numpy()
    never_only = design.comparison.eligible == "never_treated"
    reasons = _overlapping(table, membership.structure(evaluation))
    rules: list[tuple[npt.ArrayLike, Callable[[str], Reason]]] = [
        (table.index.isin(list(design.comparison.exclude)), lambda u: _by_evaluator(design, u)),
        ((cohort != NEVER) & (cohort - design.anticipation <= times[0]), lambda u: reason("no_pre_period_of_its_own")),
        ((cohort > len(names)) & never_only, lambda u: reason("treated_in_window", adoption=table.at[u, "start"])),
        (_breaks_apart(indicator, units, names, stratum), lambda u: reason("break_not_shared_in_stratum")),
        (hidden.mean(axis=1) >= ZEROS, lambda u: reason("zeros_on_log_scale_unit", share=f"{ZEROS:.0%}")),
        (shown.notna().mean(axis=1) < COVERAGE, lambda u: reason("too_many_missing", share=f"{COVERAGE:.0%}")),
        (starting & ~before, lambda u: reason("not_observed_before_its_start")),
        (starting & ~after, lambda u: reason("not_observed_after_its_start")),
    ]
    for applies, why in rules:
        for unit in table.index[np.asarray(applies, dtype=bool)]:
            reasons.setdefault(str(unit), why(str(unit)))
    return reasons | _alone(cohort.drop(index=list(reasons)), stratum.drop(index=list(reasons)), never_only, len(names))


def _by_evaluator(design: Parameters, unit: str) -> Reason:
    return reason("excluded_by_evaluator", why=design.comparison.exclude[unit])


def _overlapping(table: pd.DataFrame, structure: membership.Structure) -> dict[str, Reason]:
    """Units of which a part is in the sample already: containers are kept, then treated units, then the first."""
    reasons: dict[str, Reason] = {}
    for unit in map(str, table.index):
        above = structure.containing([unit]) & set(table.index) - {unit}
        if above:
            outermost = min(sorted(above), key=lambda unit_above: len(structure.containing([unit_above])))
            reasons[unit] = reason("lies_inside", unit=outermost)
    kept: set[str] = set()
    for unit in map(str, table.sort_values("cohort", key=lambda cohort: cohort == NEVER, kind="stable").index):
        shared = kept & structure.related(unit)
        if unit not in reasons and shared:
            reasons[unit] = reason("shares_an_institution", unit=min(shared))
        elif unit not in reasons:
            kept.add(unit)
    return reasons


def strata(table: pd.DataFrame, design: Parameters) -> pd.Series:
    """The stratum of each unit: its values in the columns of `design.comparison.same`."""
    columns = list(design.comparison.same)
    texts = [table[name].astype(str).to_numpy() for name in columns]
    named = [" · ".join(row) for row in zip(*texts, strict=True)] if columns else [""] * len(table)
    return pd.Series(named, index=table.index, dtype=str)


def _breaks_apart(indicator: Indicator, units: pd.DataFrame, names: list[str], stratum: pd.Series) -> pd.Series:
    """Units whose definition breaks at other times than in most units of their stratum."""
    flags = breaks_in(indicator, units, names).reindex(stratum.index)
    pattern = pd.Series([str(tuple(row)) for row in flags.to_numpy()], index=stratum.index)
    usual = pattern.groupby(stratum).agg(lambda patterns: patterns.value_counts(sort=True).index[0])
    return pattern != stratum.map(usual)


def _alone(cohort: pd.Series, stratum: pd.Series, never_only: bool, last: int) -> dict[str, Reason]:
    """Treated units of a stratum that never holds a comparison unit."""
    reasons: dict[str, Reason] = {}
    for name, members in cohort.groupby(stratum):
        started = members[(members != NEVER) & (members <= last)]
        waiting = (members == NEVER) | (members > last)
        if not never_only:
            waiting |= members > started.min()
        if not waiting.any():
            reasons |= {str(unit): reason("no_comparison_in_stratum", stratum=name or "–") for unit in started.index}
    return reasons


def _masked(names: list[str], design: Parameters) -> Flags:
    hidden = [text for masks in design.mask.values() for text in masks]
    return np.array([any(periods.overlap(name, text) for text in hidden) for name in names], dtype=bool)


def _built(empty: Sample, table: pd.DataFrame, values: pd.DataFrame, left_out: dict[str, Reason]) -> Sample:
    design = empty.parameters
    keep = ~_masked([str(name) for name in values.columns], design) & values.notna().any(axis=0).to_numpy()
    times = np.arange(1, values.shape[1] + 1)[keep]
    outcome = values.loc[:, keep].astype(float)
    cohort = np.where(table["cohort"].to_numpy() > times[-1], NEVER, table["cohort"].to_numpy()).astype(np.int64)
    starts = {int(number): str(start) for number, start in zip(table["cohort"], table["start"], strict=True)}
    names = strata(table, design).to_numpy(dtype=str)
    return replace(
        empty,
        outcome=outcome.where(_entering(times, cohort, design)),
        whole=outcome,
        cluster=table[design.cluster].to_numpy(dtype=str) if design.cluster else None,
        subgroups=table[list(design.subgroups)].astype(str) if design.subgroups else None,
        population=_population(table) if design.weights else None,
        times=times,
        cohort=cohort,
        stratum=names,
        starts={number: start for number, start in starts.items() if number in cohort and number != NEVER},
        left_out=left_out,
        holes=int(outcome.isna().to_numpy().sum()),
        until=_until(cohort, names, times, [str(name) for name in outcome.columns], design.anticipation),
    )


def _population(table: pd.DataFrame) -> Array | None:
    """Residents of each unit; None if any of them is unknown."""
    residents = table["population"].to_numpy(float)
    return residents if (residents > 0).all() else None


def _entering(times: Integers, cohort: Integers, design: Parameters) -> Flags:
    """Cells that the assessment lets in: no anticipation, no transition, nothing before baseline or after post."""
    since = times[None, :] - cohort[:, None]
    out = (since >= -design.anticipation) & (since < design.transition)
    if design.post_periods:
        out |= since >= design.transition + design.post_periods
    if design.baseline_periods:
        out |= since < -design.anticipation - design.baseline_periods
    kept: Flags = ~(out & (cohort[:, None] != NEVER))
    return kept


def _until(
    cohort: Integers, stratum: npt.NDArray[np.str_], times: Integers, names: list[str], anticipation: int
) -> dict[str, str]:
    """The last period with a unit not yet treated, for each stratum without a never-treated unit."""
    last_periods = {}
    for name in sorted(set(stratum)):
        own = cohort[stratum == name]
        if own.all() and (before := times < own.max() - anticipation).any():
            last_periods[str(name)] = names[int(np.flatnonzero(before)[-1])]
    return last_periods


def _refusal(built: Sample) -> Reason | None:
    treated, gone = built.n_treated, built.left_out or {}
    early = sum(why.code == "no_pre_period_of_its_own" for why in gone.values())
    if treated == 0 and early:
        return reason("no_pre_period", n=early)
    if treated == 0 and any(why.code == "no_comparison_in_stratum" for why in gone.values()):
        return reason("no_comparison_units")
    if treated < LEAST_TREATED:
        return reason("fewer_than_two_treated", n=treated)
    finite = built.outcome.to_numpy()[np.isfinite(built.outcome.to_numpy())]
    return reason("constant_outcome") if np.ptp(finite) == 0 else None
