"""The demonstration panel is what its specification and its truth say it is."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from evalkit.simulation import simulate
from evalkit.simulation.simulate import Simulation, Specification

FOLDER = Path(__file__).resolve().parents[3] / "data" / "demonstration"
FILES = ("units.csv", "panel.csv", "truth.json")
NULLS = {"op_cost_per_visit", "htn_control_rate", "maternal_mortality", "patient_satisfaction"}
VISIT_SHARES = ["county_visit_rate", "primary_visit_share"]


@pytest.fixture(scope="module")
def specification() -> Specification:
    return simulate.read(FOLDER / "simulation.yml")


@pytest.fixture(scope="module")
def simulation(specification: Specification) -> Simulation:
    return simulate.simulate(specification)


def trap(simulation: Simulation, kind: str) -> dict:
    (one,) = [one for one in simulation.truth["traps"] if one["kind"] == kind]
    return one


def wide(simulation: Simulation, indicator: str, column: str = "value") -> pd.DataFrame:
    rows = simulation.panel[simulation.panel["indicator"] == indicator]
    return rows.pivot(index="unit", columns="period", values=column)


def without(specification: Specification, *kinds: str) -> Simulation:
    traps = tuple(one for one in specification.traps if one.kind not in kinds)
    return simulate.simulate(specification.model_copy(update={"traps": traps}))


# Files


def test_files_are_the_same_to_the_byte_each_time(specification, simulation, tmp_path):
    simulate.write(simulation, tmp_path / "one")
    simulate.write(simulate.simulate(specification), tmp_path / "two")
    for name in FILES:
        written = (tmp_path / "one" / name).read_bytes()
        assert written == (tmp_path / "two" / name).read_bytes()
        assert written == (FOLDER / name).read_bytes(), f"write {name} anew: evalkit simulate demonstration"
        assert b"\r" not in written
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == sorted(FILES)


def test_truth_survives_json(simulation):
    assert json.loads(json.dumps(simulation.truth)) == simulation.truth


def test_another_seed_gives_other_values(specification, simulation):
    other = simulate.simulate(specification, seed=specification.seed + 1)
    assert other.truth["seed"] == specification.seed + 1
    both = wide(simulation, "primary_visit_share").sub(wide(other, "primary_visit_share"))
    assert (both.abs() > 0.01).mean().mean() > 0.9


def test_an_indicator_less_moves_no_other(specification, simulation):
    fewer = {name: one for name, one in specification.indicators.items() if name in VISIT_SHARES[1:]}
    traps = tuple(one for one in specification.traps if not one.indicators and not one.shifts)
    kept = specification.model_copy(update={"indicators": fewer, "traps": traps})
    all_of_them = specification.model_copy(update={"traps": traps})
    pd.testing.assert_frame_equal(
        wide(simulate.simulate(kept), "primary_visit_share"),
        wide(simulate.simulate(all_of_them), "primary_visit_share"),
    )


# Units


def test_cohorts_and_provinces_have_their_sizes(simulation):
    units = simulation.units.assign(
        cohort=[simulation.truth["units"].get(unit, {}).get("cohort", "never") for unit in simulation.units["unit"]]
    )
    assert units.groupby(["cohort", "province"]).size().to_dict() == {
        ("2017Q4", "东省"): 6,
        ("2019Q1", "东省"): 16,
        ("2019Q4", "西省"): 11,
        ("2020Q4", "东省"): 6,
        ("2021Q3", "东省"): 2,
        ("2021Q3", "西省"): 4,
        ("never", "东省"): 24,
        ("never", "西省"): 24,
    }
    assert units["unit"].is_unique
    assert units["population"].between(90_000, 1_200_000).all()


def test_units_in_focus_are_known_as_an_evaluator_would(simulation):
    known = simulation.units.set_index("unit").loc[:, "adoption":]
    assert known.loc["demo-city-a"].tolist() == ["2019", "year", "2019Q1;2019Q2"]
    assert known.loc["demo-city-b"].tolist() == ["2019-02", "month", ""]
    assert known.loc["demo-city-c"].tolist() == ["2019Q4", "quarter", "2019-09"]
    assert known.loc["demo-city-d"].tolist() == ["2020-11", "month", ""]
    assert known.loc["demo-zone-e"].tolist() == ["2020Q4", "unknown", "2020-08"]
    assert simulation.units.set_index("unit").at["demo-zone-e", "parent"] == "demo-city-d"


# The panel


def test_every_value_is_simulated_and_released_after_its_period(simulation):
    panel = simulation.panel
    assert (panel["status"] == "simulated").all()
    assert not panel.duplicated(["unit", "period", "indicator"]).any()
    ends = {period: pd.Period(period).end_time.normalize() for period in panel["period"].unique()}
    assert (panel["released"] - panel["period"].map(ends) == pd.Timedelta(days=45)).all()


def test_values_stay_within_their_range(specification, simulation):
    for name, indicator in specification.indicators.items():
        values = simulation.panel.loc[simulation.panel["indicator"] == name, "value"]
        assert values.notna().all()
        assert values.min() >= 0
        if indicator.process == "percent":
            assert values.min() > 0
            assert values.max() < 100


@pytest.mark.parametrize("indicator", VISIT_SHARES)
def test_visit_shares_follow_from_their_counts(simulation, indicator):
    rows = simulation.panel[simulation.panel["indicator"] == indicator]
    assert (rows["numerator"] % 1 == 0).all()
    assert (rows["denominator"] % 1 == 0).all()
    assert (rows["value"] - 100 * rows["numerator"] / rows["denominator"]).abs().max() <= 0.005 + 1e-9


def test_other_indicators_have_no_counts(simulation):
    rows = simulation.panel[~simulation.panel["indicator"].isin(VISIT_SHARES)]
    assert rows[["numerator", "denominator"]].isna().all(axis=None)


def test_noise_has_the_specified_size_and_memory(specification):
    """Never-treated units, unit and period means removed; ten seeds. T = 28 pulls AR1 down by 0.1."""
    untouched = {"traps": (), "indicators": {"primary_visit_share": specification.indicators["primary_visit_share"]}}
    found = [_noise(simulate.simulate(specification.model_copy(update=untouched), seed)) for seed in range(10)]
    between, residual, ar1 = np.mean(found, axis=0)
    assert between == pytest.approx(6.0, rel=0.15)
    assert residual == pytest.approx(1.2, rel=0.15)
    assert ar1 == pytest.approx(0.5, abs=0.08)


def _noise(simulation: Simulation) -> tuple[float, float, float]:
    never = simulation.units.query("adoption == '' and province == '西省'")["unit"]
    values = wide(simulation, "primary_visit_share").loc[never]
    rest = values - values.mean()
    rest = rest.sub(rest.mean(axis=1), axis=0)
    both = pd.DataFrame({"now": rest.iloc[:, 1:].stack(), "before": rest.shift(axis=1).iloc[:, 1:].stack()})
    return values.mean(axis=1).std(), float(np.sqrt((rest**2).mean(axis=None))), both.corr().iat[0, 1]


# Effects


def test_null_indicators_have_no_effect(simulation):
    about = simulation.truth["indicators"]
    assert {name for name, one in about.items() if one["null"]} == NULLS
    for name in NULLS:
        assert about[name]["simple"] == about[name]["group"] == 0
        assert {size for path in about[name]["effects"].values() for size in path.values()} == {0}


def test_late_cohort_has_no_effect_on_anything(simulation):
    for one in simulation.truth["indicators"].values():
        if one["frequency"] == "quarter":
            assert set(one["effects"]["2021Q3"].values()) == {0}


def test_effect_reaches_its_size_after_the_ramp(simulation):
    path = simulation.truth["indicators"]["primary_visit_share"]["effects"]["2019Q1"]
    assert path["0"] < path["1"] < path["2"] < path["3"]
    assert path["3"] == pytest.approx(2.0, rel=0.25)  # 16 multipliers of SD 0.3
    delayed = simulation.truth["indicators"]["actual_reimbursement_ratio"]["effects"]["2020Q4"]
    assert delayed["3"] == 0
    assert delayed["4"] > 1


def test_estimands_follow_from_the_effects(simulation):
    for one in simulation.truth["indicators"].values():
        sizes, cohorts = one["cohort_units"], one["estimand_cohorts"]
        post = {g: [v for e, v in one["effects"][g].items() if int(e) >= 0] for g in cohorts}
        cells = [(v, sizes[g]) for g in cohorts for v in post[g]]
        effects, weights = zip(*cells, strict=True)
        assert one["simple"] == pytest.approx(np.average(effects, weights=weights), abs=1e-5)
        means = [np.mean(post[g]) for g in cohorts]
        assert one["group"] == pytest.approx(np.average(means, weights=[sizes[g] for g in cohorts]), abs=1e-5)


def test_cohort_without_a_period_before_is_no_part_of_the_estimand(simulation):
    assert "2017Q4" not in simulation.truth["indicators"]["fund_within_county_share"]["estimand_cohorts"]


def test_effect_is_the_difference_from_the_same_unit_without_it(specification, simulation):
    """Take the multiplier away and nothing else: what is left is the truth, up to rounding."""
    none = specification.model_copy(
        update={"multiplier": specification.multiplier.model_copy(update={"mean": 0.0, "sd": 0.0})}
    )
    name = "level4_surgery_share"
    gap = wide(simulation, name) - wide(simulate.simulate(none), name)
    cohorts = pd.Series({unit: one["cohort"] for unit, one in simulation.truth["units"].items()})
    found = gap.loc[cohorts.index[cohorts == "2020Q4"], "2022Q4"].mean()
    assert found == pytest.approx(simulation.truth["indicators"][name]["effects"]["2020Q4"]["8"], abs=0.15)


def test_difference_in_differences_finds_the_planted_effect(simulation):
    """2019Q1 against never-treated units of the same province, inside one definition, within 3 errors."""
    values = wide(simulation, "primary_visit_share")
    periods = values.columns
    post, pre = periods[periods >= "2019Q1"], periods[(periods >= "2018Q1") & (periods < "2019Q1")]
    change = values[post].mean(axis=1) - values[pre].mean(axis=1)
    treated = change[[unit for unit, one in simulation.truth["units"].items() if one["cohort"] == "2019Q1"]]
    never = change[simulation.units.query("adoption == '' and province == '东省'")["unit"]]
    error = np.sqrt(treated.var() / len(treated) + never.var() / len(never))
    path = simulation.truth["indicators"]["primary_visit_share"]["effects"]["2019Q1"]
    true = np.mean([size for event_time, size in path.items() if int(event_time) >= 0])
    assert abs(treated.mean() - never.mean() - true) < 3 * error


# Traps


def test_anticipation_begins_before_adoption(specification, simulation):
    one = trap(simulation, "anticipation")
    (unit,) = one["units"]
    gap = wide(simulation, "county_visit_rate") - wide(without(specification, "anticipation"), "county_visit_rate")
    assert one["periods"] == ["2018Q3", "2018Q4"]
    assert (gap.loc[unit, one["periods"]] > 0).all()
    assert gap.loc[unit, :"2018Q2"].abs().max() == 0
    assert "-2" in simulation.truth["indicators"]["county_visit_rate"]["effects"]["2019Q1"]


def test_spillover_reaches_a_unit_that_never_adopts(specification, simulation):
    one = trap(simulation, "spillover")
    (unit,) = one["units"]
    gap = wide(simulation, "primary_visit_share") - wide(without(specification, "spillover"), "primary_visit_share")
    assert unit not in simulation.truth["units"]
    neighbour = simulation.truth["units"][one["source"]]["multiplier"]
    assert gap.loc[unit, "2020Q1":].mean() == pytest.approx(one["size"] * neighbour * 2.0, rel=0.2)
    assert gap.drop(index=unit).abs().max(axis=None) == 0


def test_merger_raises_counts_and_says_so(specification, simulation):
    one = trap(simulation, "merger")
    (unit,) = one["units"]
    before = without(specification, "merger")
    denominators = wide(simulation, VISIT_SHARES[0], "denominator") / wide(before, VISIT_SHARES[0], "denominator")
    assert np.allclose(denominators.loc[unit, "2020Q1":].dropna(), 1 + one["size"], atol=1e-4)
    gap = wide(simulation, "primary_visit_share") - wide(before, "primary_visit_share")
    assert gap.loc[unit, "2020Q1":].mean() == pytest.approx(one["shifts"]["primary_visit_share"], rel=0.2)
    notes = simulation.panel[simulation.panel["note"] == "区划调整"]
    assert set(notes["unit"]) == {unit}
    assert set(notes["period"]) == {"2020Q1", "2020"}


def test_bunching_units_sit_just_above_the_target(simulation):
    one = trap(simulation, "bunching")
    values = wide(simulation, "county_visit_rate").loc[one["units"], one["periods"]].stack()
    assert len(one["units"]) == 3
    assert values.between(90.0, 90.2).all()


def test_trend_violator_drifts_from_the_start(specification, simulation):
    one = trap(simulation, "trend_violation")
    (unit,) = one["units"]
    gap = wide(simulation, "primary_visit_share") - wide(
        without(specification, "trend_violation"), "primary_visit_share"
    )
    drift = gap.loc[unit].dropna()
    t = [(int(period[:4]) - 2016) * 4 + int(period[5]) - 1 for period in drift.index]
    assert np.polyfit(t, drift, 1)[0] == pytest.approx(one["size"], rel=0.15)


def test_repeated_year_has_the_values_of_the_year_before(simulation):
    one = trap(simulation, "repeated_year")
    (unit,) = one["units"]
    for indicator in ("primary_visit_share", "primary_visits", "op_cost_per_visit"):
        mine = wide(simulation, indicator).loc[unit]
        years = [mine[[f"{year}Q{q}" for q in range(1, 5)]].to_numpy() for year in (2016, 2017, 2018)]
        np.testing.assert_array_equal(years[2], years[1])
        assert not np.array_equal(years[1], years[0])


def test_missing_period_has_no_row(simulation):
    one = trap(simulation, "missing_period")
    rows = simulation.panel[simulation.panel["unit"].isin(one["units"])]
    assert one["periods"] == ["2021Q2"]
    assert rows[rows["period"] == "2021Q2"].empty
    assert len(rows[rows["period"] == "2021Q1"]) >= 10


def test_provisional_figures_are_told_by_the_note_alone(simulation):
    one = trap(simulation, "provisional")
    noted = simulation.panel[simulation.panel["note"] == "初步数（模拟）"]
    assert set(noted["unit"]) == set(one["units"])
    assert set(noted["period"]) == {"2022Q3"}
    assert set(noted["status"]) == {"simulated"}


def test_missing_not_at_random_loses_low_values_after_covid(specification, simulation):
    one = trap(simulation, "missing_not_at_random")
    full, kept = without(specification, "missing_not_at_random"), simulation
    lost = []
    for indicator in one["indicators"]:
        all_values = wide(full, indicator).loc[one["units"]]
        gone = all_values.where(wide(kept, indicator).reindex(index=one["units"]).isna())
        lost.append(gone.loc[:, "2020Q1":].notna().mean().mean())
        assert gone.loc[:, :"2019Q4"].isna().all(axis=None)
    assert len(one["units"]) == 5
    assert np.mean(lost) == pytest.approx(one["size"], abs=0.05)
    shares, after = wide(full, "county_visit_rate").loc[one["units"], "2020Q1":], slice("2020Q1", None)
    seen = wide(kept, "county_visit_rate").loc[one["units"], after]
    assert seen.mean(axis=1).mean() > shares.mean(axis=1).mean()


def test_tiny_count_is_tiny(simulation):
    one = trap(simulation, "tiny_count")
    values = wide(simulation, "primary_discharges").loc[one["units"]]
    assert values.mean(axis=None) == pytest.approx(one["at"], rel=0.35)


def test_definition_breaks_shift_their_province_and_are_noted(simulation):
    breaks = [one for one in simulation.truth["traps"] if one["kind"] == "definition_break"]
    assert [(one["indicators"][0], one["periods"][0], one["size"]) for one in breaks] == [
        ("primary_visit_share", "2018Q1", 6.0),
        ("primary_visit_share", "2021Q1", 9.0),
        ("level4_surgery_share", "2021Q1", -2.0),
        ("level4_surgery_share", "2021Q3", -2.0),
    ]
    for one in breaks:
        values = wide(simulation, one["indicators"][0]).loc[one["units"]].mean()
        at = list(values.index).index(one["periods"][0])
        assert values.iloc[at] - values.iloc[at - 1] == pytest.approx(one["size"], abs=1.5)
        noted = simulation.panel[
            simulation.panel["note"].eq(one["note"]) & simulation.panel["period"].eq(one["periods"][0])
        ]
        assert set(noted["indicator"]) == set(one["indicators"])
        assert set(noted["unit"]) <= set(one["units"])
        assert len(noted) > 0.8 * len(one["units"])


def test_nothing_is_reported_before_it_exists(simulation):
    opened = trap(simulation, "structural_zero")["opened"]
    rows = simulation.panel[simulation.panel["indicator"] == "referrals_down"]
    assert (rows["period"] >= rows["unit"].map(opened)).all()
    funds = simulation.panel[simulation.panel["indicator"] == "fund_within_county_share"]
    assert funds["period"].min() == "2018Q1"


def test_low_baselines_adopt_earlier_and_recover(simulation):
    one = trap(simulation, "regression_to_the_mean")
    values = wide(simulation, "htn_control_rate")
    adopter = values.index.isin(one["units"])
    east = values.index.isin(simulation.units.query("province == '东省'")["unit"])
    gap = values[adopter & east].mean() - values[~adopter & east].mean()
    assert one["size"] < -1
    assert gap["2018"] < 0
    assert gap[["2019", "2020", "2021", "2022"]].mean() > gap["2018"]


def test_ceiling_is_reached_and_not_passed(simulation):
    one = trap(simulation, "ceiling")
    values = wide(simulation, "patient_satisfaction")
    assert values.max(axis=None) == one["size"]
    assert set(values.index[values.eq(one["size"]).any(axis=1)]) == set(one["units"])


# Mistakes in a specification


def test_mistakes_are_told_together():
    given = yaml.safe_load((FOLDER / "simulation.yml").read_text(encoding="utf-8"))
    given["traps"][0]["indicators"] = ["no_such_indicator"]
    given["named_units"][0]["start"] = "2011Q1"
    with pytest.raises(ValidationError) as caught:
        Specification.model_validate(given)
    assert "no_such_indicator" in str(caught.value)
    assert "no cohort starts in 2011Q1" in str(caught.value)


def test_unknown_key_is_an_error():
    given = yaml.safe_load((FOLDER / "simulation.yml").read_text(encoding="utf-8"))
    with pytest.raises(ValidationError, match="Extra inputs"):
        Specification.model_validate(given | {"sead": 1})


def test_fault_in_no_unit_is_an_error(specification):
    lost = specification.traps[0].model_copy(update={"units": ("demo-x99",)})
    with pytest.raises(ValueError, match="demo-x99"):
        simulate.simulate(specification.model_copy(update={"traps": (lost,)}))
