"""Pooled, staggered effects: who enters, what is estimated, what is refused."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from diff_diff import BaconDecomposition, CallawaySantAnna
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from evalkit.analysis.programme import long_base, multiplicity, pooled_effect, staggered
from evalkit.analysis.programme.samples import Sample
from evalkit.analysis.results import Withheld
from evalkit.project.params import Design, Indicator

PERIODS = [str(p) for p in pd.period_range("2018Q1", periods=12, freq="Q")]
ABOUT = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})
METHODS = ("did_long_base", "callaway_santanna", "imputation", "twfe", "bacon")


def made(n=60, effect=2.0, seed=1, strata=1, holes=0.0, cohorts=(0, 0, 5, 8)) -> Sample:
    random = np.random.default_rng(seed)
    cohort = np.resize(np.array(cohorts), n)
    stratum = (np.arange(n) // len(cohorts) % strata).astype(str)
    times = np.arange(1, 13)
    shocks = random.normal(0, 3, (strata, 12))[stratum.astype(int)]
    values = random.normal(50, 5, (n, 1)) + shocks + random.normal(0, 1, (n, 12))
    values += effect * ((cohort[:, None] > 0) & (times >= cohort[:, None]))
    values[random.random(values.shape) < holes] = np.nan
    starts = {int(c): PERIODS[c - 1] for c in set(cohorts) - {0}}
    return Sample(ABOUT, "", "percent", "reported", Design(), pd.DataFrame(values, columns=PERIODS), times,
                  cohort.astype(np.int64), stratum, starts)  # fmt: skip


def numbers(sample: Sample) -> dict[str, float]:
    return {
        f"{one.method} {one.inference} {e.term}": e.estimate
        for one in pooled_effect.find(sample, "_programme").results
        for e in one.estimates
    }


@pytest.fixture
def many(project):
    """Project with 24 comparison units and four treated ones in two cohorts."""
    names = ["a", "b", "c", "d", *(f"u{i:02}" for i in range(24))]
    adoption = dict.fromkeys(names, "") | {"a": "2019Q1", "b": "2019-02", "c": "2019Q4", "d": "2019Q4"}
    random = np.random.default_rng(3)
    project.values(pd.DataFrame(random.normal(50, 1, (28, 12)), index=names, columns=PERIODS))

    def write(changes=None, extra=None, text=""):
        table = pd.DataFrame(
            {"unit": names, "adoption": list(adoption.values()), "kind": "county", "parent": "", "province": "x"}
        )
        for (unit, column), value in (changes or {}).items():
            table.loc[table["unit"] == unit, column] = value
        project.write("data/d/units.csv", table.to_csv(index=False))
        project.assessment(text)
        evaluation = project.load()
        return staggered.sample(project.read(), evaluation, "rate", "county")

    return write


# Who enters


def test_an_adoption_belongs_to_the_period_that_contains_it(many):
    assert many().starts == {5: "2019Q1", 8: "2019Q4"}
    assert many().cohort[:4].tolist() == [5, 5, 8, 8]


def test_an_adoption_after_the_as_of_date_is_never(many):
    sample = many(text="as_of: 2019-09-30\n")
    assert sample.cohort[:4].tolist() == [5, 5, 0, 0]


def test_of_overlapping_units_the_container_stays(many):
    sample = many({("a", "parent"): "b"})
    assert {unit: why.code for unit, why in sample.left_out.items()} == {"a": "lies_inside"}


def test_with_enough_of_the_same_kind_other_kinds_stay_out(many):
    sample = many({("u00", "kind"): "city"})
    assert sample.comparison == "same_kind"
    assert "u00" not in sample.outcome.index


def test_with_too_few_of_the_same_kind_every_untreated_unit_is_compared(many):
    sample = many({(f"u{i:02}", "kind"): "city" for i in range(10)})
    assert sample.comparison == "all_untreated"
    assert int((~sample.treated).sum()) == 24


def test_masked_periods_do_not_enter_and_leave_a_gap(many):
    sample = many(text="design: {mask: {covid: [2019Q2]}}\n")
    assert sample.times.tolist() == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]


def test_always_treated_units_are_left_out_by_name(many):
    assert many({("a", "adoption"): "2018Q1"}).left_out["a"].code == "no_pre_period_of_its_own"


def test_units_with_too_few_periods_are_left_out_and_holes_counted(many, project):
    values = many().outcome.copy()
    values.iloc[5, :4] = np.nan
    values.iloc[6, :2] = np.nan
    project.values(values)
    sample = many()
    assert sample.left_out["u01"].code == "too_many_missing"
    assert sample.holes == 2


def test_a_break_that_the_stratum_does_not_share_is_left_out(many, project):
    text = "rate: {name: {en: R}, unit: percent, breaks: [{from: 2019Q3, where: {province: y}}]}"
    project.indicators(text)
    assert many({("c", "province"): "y"}).left_out["c"].code == "break_not_shared_in_stratum"


def test_treated_units_without_a_comparison_in_their_stratum_are_left_out(many):
    sample = many({("c", "province"): "y", ("d", "province"): "y"}, text="design: {comparison: {same: [province]}}\n")
    assert {unit: why.code for unit, why in sample.left_out.items()} == dict.fromkeys("cd", "no_comparison_in_stratum")


# What is refused


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({("b", "adoption"): "", ("c", "adoption"): "", ("d", "adoption"): ""}, "fewer_than_two_treated"),
        ({(unit, "adoption"): "2018Q1" for unit in "abcd"}, "no_pre_period"),
    ],
)
def test_a_refused_sample_withholds_every_method(many, changes, code):
    sample = many(changes)
    found = pooled_effect.find(sample, "_programme").results
    assert all(isinstance(one, Withheld) and one.reason.code == code for one in found)
    assert {one.method for one in found} == set(METHODS)


def test_a_constant_outcome_is_refused(many, project):
    project.values(many().outcome * 0 + 7)
    assert many().refused.code == "constant_outcome"


def test_when_everyone_is_treated_effects_end_before_the_last_cohort(many):
    changes = {(f"u{i:02}", "adoption"): "2020Q2" for i in range(24)}
    sample = many(changes)
    assert sample.until == {"": "2020Q1"}
    pooled = staggered.callaway_santanna(sample)[0]
    assert pooled["group"].reason.code == "few_treated_clusters"
    assert long_base.estimate(sample)["group"].reason.code == "identified_until"
    assert (pooled.n_treated, pooled.n_comparison) == (4, 24)  # the last cohort has no effect of its own
    assert max(cell.time for cell in staggered.att_gt(sample).cells) == 9
    assert all(np.isfinite(e) for e in numbers(sample).values() if e is not None)


@pytest.mark.parametrize(
    ("rule", "treated"), [("", 4), ("design: {anticipation: 2}\n", 2), ("design: {transition: 2}\n", 2)]
)
def test_whose_effect_no_comparison_outlasts_is_comparison_only(many, rule, treated):
    sample = many({(f"u{i:02}", "adoption"): "2020Q2" for i in range(24)}, text=rule)
    found = staggered.att_gt(sample).cells
    estimated = {cell.cohort for cell in found if cell.time >= cell.cohort}
    assert sample.n_treated == treated == sum(cohort in estimated for cohort in sample.cohort)


def test_when_everyone_else_is_treated_later_at_once_one_unit_gets_no_pooled_effect(many):
    sample = many({(unit, "adoption"): "2020Q2" for unit in ("b", "c", "d", *(f"u{i:02}" for i in range(24)))})
    assert (int(sample.treated.sum()), sample.refused.code) == (28, "fewer_than_two_treated")


def test_one_treated_unit_gets_no_clustered_p():
    with pytest.raises(staggered.OneTreatedUnitError, match=r"did\.att"):
        staggered.clustered("simple", 1.0, 0.1, n_treated=1)


# What is estimated


@pytest.mark.parametrize("holes", [0.0, 0.05])
@pytest.mark.parametrize("eligible", ["never_treated", "not_yet_treated"])
@pytest.mark.filterwarnings("ignore:Unbalanced panel")
def test_without_strata_the_cells_are_those_of_diff_diff(holes, eligible):
    sample = made(holes=holes)
    design = Design.model_validate({"comparison": {"eligible": eligible}})
    sample = replace(sample, parameters=design)
    theirs = CallawaySantAnna(control_group=eligible).fit(sample.long, "value", "unit", "period", "first_treated")
    ours = {(cell.cohort, cell.time): cell for cell in staggered.att_gt(sample).cells}
    assert ours.keys() == {(int(g), int(t)) for g, t in theirs.group_time_effects}
    for key, cell in ours.items():
        assert cell.estimate == pytest.approx(theirs.group_time_effects[key]["effect"], abs=1e-10)
        error = float(np.sqrt((cell.influence**2).sum()))
        assert error == pytest.approx(theirs.group_time_effects[key]["se"], rel=1e-6)
    simple = staggered.callaway_santanna(sample)[0]["simple"]
    # With holes the library weights cells by the units seen in them, we by the cohort's.
    assert simple.std_error == pytest.approx(theirs.overall_se, rel=1e-2 if holes else 1e-6)


def test_strata_take_out_shocks_of_their_own():
    errors = [
        replace(sample, stratum=stratum)
        for sample in [made(strata=3, n=120)]
        for stratum in (sample.stratum, np.zeros(120, dtype=int).astype(str))
    ]
    within, across = (staggered.callaway_santanna(one)[0]["simple"] for one in errors)
    assert within.estimate == pytest.approx(2.0, abs=4 * within.std_error)
    assert within.std_error < across.std_error


def test_every_method_finds_a_constant_effect():
    found = numbers(made(n=400, strata=2))
    for name in ("callaway_santanna analytic group", "imputation analytic simple", "twfe cluster att"):
        assert found[name] == pytest.approx(2.0, abs=0.3)


def test_imputation_compares_with_never_treated_units_alone_where_no_others_are_eligible():
    """The later cohort moves before its start, which spoils it as a comparison for the earlier one."""
    sample = made(n=400)
    values = sample.outcome.to_numpy().copy()
    values[sample.cohort == 8, 4:7] += 6.0
    moved = replace(sample, outcome=pd.DataFrame(values, columns=PERIODS))
    never = replace(moved, parameters=Design.model_validate({"comparison": {"eligible": "never_treated"}}))

    def alone(start):
        kept = np.isin(moved.cohort, [0, start])
        of_one = {"cohort": moved.cohort[kept], "stratum": moved.stratum[kept], "starts": {start: PERIODS[start - 1]}}
        return staggered.imputation(replace(moved, outcome=moved.outcome[kept], **of_one))["simple"].estimate

    assert alone(5) == pytest.approx(2.0, abs=0.3)
    cells = {5: 8, 8: 5}  # treated periods of each
    wanted = sum(count * alone(start) for start, count in cells.items()) / sum(cells.values())
    assert staggered.imputation(never)["simple"].estimate == pytest.approx(wanted)
    assert abs(staggered.imputation(moved)["simple"].estimate - wanted) > 0.2


def test_bacon_adds_up_to_the_regression():
    sample = made(strata=2)
    found = staggered.bacon(sample)
    parts = ("treated_vs_never", "earlier_vs_later", "later_vs_earlier")
    weights = [found[f"weight:{name}"].estimate for name in parts]
    total = sum(w * found[f"estimate:{name}"].estimate for w, name in zip(weights, parts, strict=True))
    assert sum(weights) == pytest.approx(1.0)
    assert total == pytest.approx(staggered.twfe(sample)[0]["att"].estimate, abs=1e-8)
    one = replace(sample, stratum=np.zeros(60, dtype=int).astype(str))
    theirs = BaconDecomposition().fit(one.long, "value", "unit", "period", "first_treated")
    assert staggered.twfe(one)[0]["att"].estimate == pytest.approx(theirs.twfe_estimate, abs=1e-8)


def test_the_simultaneous_band_is_wider_than_single_intervals():
    single, band = staggered.callaway_santanna(made(n=200))
    assert band.inference == "multiplier_bootstrap"
    assert all(one.conf_high > single[one.term].conf_high for one in band.estimates)


def test_few_clusters_bring_their_own_inference():
    few = [one.inference for one in staggered.twfe(made(n=24))]
    assert few == ["cluster", "wild_bootstrap", "randomization"]
    assert [one.inference for one in staggered.twfe(made(n=60))] == ["cluster"]


@pytest.mark.parametrize("draws", [10, pytest.param(40, marks=pytest.mark.slow)])
def test_few_cluster_p_values_hold_their_level(draws):
    found = [staggered.twfe(made(n=24, effect=0.0, seed=seed))[1:] for seed in range(draws)]
    for place in (0, 1):
        rejected = sum(results[place]["att"].p_value <= 0.05 for results in found)
        assert rejected <= binom.isf(0.004, draws, 0.05)  # 2 of 40 are expected; 7 or more have probability 0.3 %


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(-100, 100), st.sampled_from([0.0, 0.05]))
def test_unit_and_period_constants_change_nothing(seed, size, holes):
    sample = made(n=40, seed=seed, strata=2, holes=holes)
    random = np.random.default_rng(seed)
    shift = size * (random.normal(size=(40, 1)) + random.normal(size=(1, 12)))
    before, after = numbers(sample), numbers(replace(sample, outcome=sample.outcome + shift))
    assert after == pytest.approx(before, abs=1e-6)


# Many regions


def test_q_values_are_benjamini_hochberg():
    assert multiplicity.benjamini_hochberg([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_the_smallest_q_of_equal_pools_is_their_smallest_p():
    assert multiplicity.smallest_q([1 / 41] * 8) == pytest.approx(1 / 41)


def test_only_headline_rows_get_a_q():
    rows = pd.DataFrame(
        [
            ("did", "did_mean", "att", "0.01"),
            ("did", "synthetic_did", "att", "0.01"),
            ("did", "did_mean", "att", ""),
            ("did", "did_mean", "att", "0.5"),
        ],
        columns=["analysis", "method", "term", "p_value"],
    ).assign(q_value="")
    assert multiplicity.q_values(rows)["q_value"].tolist() == [0.02, "", "", 0.5]
    assert rows["q_value"].tolist() == [""] * 4
