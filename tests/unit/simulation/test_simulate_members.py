"""Institutions report what adds up to the simulated consortia, and the pages find the planted effect in it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.effects.findings import find
from evalkit.panel import membership
from evalkit.panel import observations as panels
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation, load, of_region
from evalkit.simulation import simulate
from evalkit.simulation.simulate import Simulation, Specification

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "data" / "demonstration-members"
FILES = ("units.csv", "members.csv", "panel.csv", "truth.json")
FOCUS = [f"demo-consortium-{n}" for n in (1, 2, 3)]
LATE, SHARED, OTHER = "demo-consortium-1-township-2", "demo-consortium-2-township-1", "demo-consortium-c35"
KINDS = ["community_health_centre", "township_hospital"]


@pytest.fixture(scope="module")
def specification() -> Specification:
    return simulate.read(FOLDER / "simulation.yml")


@pytest.fixture(scope="module")
def simulation(specification: Specification) -> Simulation:
    return simulate.simulate(specification)


@pytest.fixture(scope="module")
def consortia(specification: Specification) -> Simulation:
    """The same consortia before they are taken apart."""
    return simulate.simulate(specification.model_copy(update={"members": None}))


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    return load("demo-consortia-final-2022", project=ROOT)


@pytest.fixture(scope="module")
def panel(evaluation: Evaluation) -> Panel:
    return panels.read(evaluation)


def cells(rows: pd.DataFrame, indicator: str, column: str = "value") -> pd.Series:
    return rows[rows["indicator"] == indicator].set_index(["unit", "period"])[column].sort_index()


# Files


def test_files_are_the_same_to_the_byte_each_time(specification, simulation, tmp_path):
    simulate.write(simulation, tmp_path)
    for name in FILES:
        written = (tmp_path / name).read_bytes()
        assert written == (FOLDER / name).read_bytes(), f"write {name} anew: evalkit simulate demonstration-members"
        assert b"\r" not in written
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(simulation.files) == sorted(FILES)


def test_the_panel_is_small_enough_for_a_repository():
    assert (FOLDER / "panel.csv").stat().st_size < 3_000_000


def test_truth_survives_json(simulation):
    assert json.loads(json.dumps(simulation.truth)) == simulation.truth


def test_another_seed_splits_as_well(specification):
    other = simulate.simulate(specification, seed=7)
    assert other.truth["seed"] == 7
    assert other.members is not None
    assert SHARED in set(other.members["unit"])


def test_later_units_change_no_value_drawn_before(specification, simulation):
    first = simulate.simulate(specification.model_copy(update={"later_units": ()}))
    for name in ("panel", "members"):
        table, before = getattr(simulation, name), getattr(first, name)
        kept = table[~table["unit"].str.contains("consortium-[45]")]
        pd.testing.assert_frame_equal(kept.reset_index(drop=True), before, check_dtype=False)
    path = simulation.truth["indicators"]["primary_visit_share"]["effects"]
    assert path["2020Q4"] == first.truth["indicators"]["primary_visit_share"]["effects"]["2020Q4"]
    assert path["2020Q3"]["6"] > 3
    assert path["2021Q1"]["6"] < -2


def test_later_units_share_the_shocks_of_their_province(consortia):
    """Without them a comparison with the others would rest on nothing."""
    wide = cells(consortia.panel, "primary_visit_share").unstack("period")
    changes = wide.loc[:, :"2019Q4"].diff(axis=1).iloc[:, 1:]
    later = changes.index.isin(["demo-consortium-4", "demo-consortium-5"])
    assert np.corrcoef(changes[later].mean(), changes[~later].mean())[0, 1] > 0.5


# Who there is


def test_every_consortium_has_its_institutions(simulation):
    tied = simulation.members.merge(simulation.units[["unit", "kind"]], on="unit")
    numbers = tied.groupby(["of", "kind"]).size().unstack(fill_value=0)
    leads = tied[tied["role"] == "lead"].groupby("of").size()
    assert len(numbers) == 41
    assert (leads == 1).all()
    assert (numbers["hospital"] - leads).between(0, 2).all()
    primary = numbers[KINDS].sum(axis=1)
    assert primary.drop(OTHER).between(3, 6).all()
    assert 4 <= primary[OTHER] <= 7  # one of them shared


def test_comparison_consortia_are_never_treated_and_lie_in_other_cities_of_the_province(simulation):
    units = simulation.units.set_index("unit")
    compared = units[(units["kind"] == "consortium") & (units["adoption"] == "")]
    assert len(compared) >= 24
    assert compared["parent"].nunique() >= 8
    assert "demo-city-d" not in set(compared["parent"])
    assert set(units["province"]) == {"南省"}
    assert units.loc[FOCUS, "parent"].eq("demo-city-d").all()
    assert units.loc[FOCUS, "adoption"].eq("2020-11").all()


def test_institutions_have_no_adoption_and_report_everything_there_is(simulation):
    units = simulation.units.set_index("unit")
    reporting = set(simulation.panel["unit"])
    assert units.loc[list(reporting), "adoption"].eq("").all()
    assert set(units.loc[list(reporting), "kind"]) == {"hospital", *KINDS}
    assert set(simulation.panel["status"]) == {"simulated"}
    assert set(simulation.panel["indicator"]) == {"member_visits", "member_referrals_down", "member_discharges"}


# The roll-up gives back what was simulated


@pytest.fixture(scope="module")
def whole() -> Panel:
    """Everything that was simulated, without an as-of date."""
    given = load("demo-consortia-final-2022", project=ROOT)
    assessment = given.assessment.model_copy(update={"as_of": None})
    return panels.read(replace(given, assessment=assessment))


def test_the_roll_up_gives_back_the_shares_counts_exactly(whole, consortia):
    for column in ("numerator", "denominator"):
        given = cells(consortia.panel, "primary_visit_share", column)
        found = cells(whole.rows, "primary_visit_share", column)
        pd.testing.assert_series_equal(found.loc[list(given.index.unique("unit"))], given, check_dtype=False)


def test_the_roll_up_gives_back_the_shares_to_their_last_digit(whole, consortia):
    given = cells(consortia.panel, "primary_visit_share")
    found = cells(whole.rows, "primary_visit_share").reindex(given.index)
    np.testing.assert_allclose(found, given, atol=0.005 + 1e-9)


@pytest.mark.parametrize("indicator", ["referrals_down", "primary_discharges"])
def test_the_roll_up_gives_back_the_counts_and_the_gaps_exactly(whole, consortia, indicator):
    given, found = cells(consortia.panel, indicator), cells(whole.rows, indicator)
    units = list(given.index.unique("unit"))
    pd.testing.assert_series_equal(found.loc[units], given, check_dtype=False)


def test_primary_visits_are_the_numerators_of_the_share(whole, consortia):
    given = cells(consortia.panel, "primary_visit_share", "numerator")
    found = cells(whole.rows, "primary_visits").reindex(given.index)
    np.testing.assert_array_equal(found, given)


def test_a_city_is_the_sum_of_its_consortia(whole):
    for column in ("numerator", "denominator"):
        found = cells(whole.rows, "primary_visit_share", column).unstack("unit")
        total = found[FOCUS].sum(axis=1, skipna=False).dropna()
        np.testing.assert_array_equal(found["demo-city-d"].dropna(), total)
        assert len(total) > 20


def test_every_gap_is_an_institution_that_did_not_report(whole, simulation):
    told = pd.DataFrame(simulation.truth["members"]["not_reported"])
    visits = told[told["indicator"] == "member_visits"]
    gaps = cells(whole.rows, "primary_visit_share").unstack("period").loc[lambda t: t.index.str.contains("consortium")]
    empty = {(str(unit), str(period)) for unit, period in gaps.isna().stack().loc[lambda s: s].index}
    assert empty == set(zip(visits["of"], visits["period"], strict=True))
    reported = set(
        zip(simulation.panel["unit"], simulation.panel["period"], simulation.panel["indicator"], strict=True)
    )
    assert not reported & set(zip(told["unit"], told["period"], told["indicator"], strict=True))


# Dated and shared members


def test_who_joins_later_reports_before_and_is_counted_from_then_on(whole, simulation, evaluation):
    (joined,) = simulation.truth["members"]["joins"]
    assert (joined["unit"], joined["of"], joined["from"]) == (LATE, FOCUS[0], "2019Q1")
    reported = cells(whole.rows, "member_visits").loc[LATE]
    assert (reported.loc[:"2018Q4"] > 0).all()
    others = [tie.unit for tie in membership.of(evaluation, FOCUS[0], None) if tie.unit != LATE]
    visits = cells(whole.rows, "member_visits").unstack("unit")
    total = cells(whole.rows, "primary_visit_share", "denominator").loc[FOCUS[0]]
    rest = (total - visits[others].sum(axis=1, skipna=False)).dropna()
    assert (rest.loc[:"2018Q4"] == 0).all()
    np.testing.assert_array_equal(rest.loc["2019Q1":], reported.reindex(rest.loc["2019Q1":].index))


def test_a_shared_institution_forbids_the_comparison_and_nothing_else(panel, evaluation, simulation):
    (shared,) = simulation.truth["members"]["shared"]
    assert (shared["unit"], shared["of"]) == (SHARED, [FOCUS[1], OTHER])
    for region in FOCUS:
        design = assign(panel, of_region(evaluation, region), "primary_visit_share")
        assert (OTHER in design.pool) is (region != FOCUS[1])
    design = assign(panel, of_region(evaluation, FOCUS[1]), "primary_visit_share")
    assert design.excluded[OTHER].code == "overlaps_region"


# Estimates


@pytest.mark.parametrize("region", FOCUS)
def test_only_consortia_are_compared_and_enough_of_them(panel, evaluation, region):
    design = assign(panel, of_region(evaluation, region), "primary_visit_share")
    assert set(panel.units.loc[design.pool, "kind"]) == {"consortium"}
    assert len(design.pool) >= 19


@pytest.mark.parametrize("region", FOCUS)
def test_the_interval_holds_the_planted_effect(panel, evaluation, simulation, consortia, region):
    effect = did.att(assign(panel, of_region(evaluation, region), "primary_visit_share"))["att"]
    gain = simulation.truth["units"]
    mean = np.mean([gain[unit]["multiplier"] for unit in FOCUS])
    path = simulation.truth["indicators"]["primary_visit_share"]["effects"]["2020Q4"]
    true = np.mean([path[str(t)] for t in range(1, 8)]) * gain[region]["multiplier"] / mean
    assert true == pytest.approx(2.0, abs=0.4)
    assert effect.conf_low < true < effect.conf_high


def test_every_verdict_is_shown_once(panel, evaluation):
    """A strong effect is supported, harm is opposite; the others are uncertain, or too early to judge."""
    verdicts = {
        region: find(panel, of_region(evaluation, region), "primary_visit_share").conclusion.verdict
        for region in evaluation.regions
    }
    assert verdicts["demo-consortium-3"] == "uncertain"
    assert verdicts["demo-consortium-4"] == "supported"
    assert verdicts["demo-consortium-5"] == "opposite"
    early = of_region(load("demo-consortia-midterm-2021", project=ROOT), "demo-consortium-3")
    assert find(panels.read(early), early, "primary_visit_share").conclusion.verdict == "cannot_judge"


def test_the_truth_of_the_numerator_follows_from_that_of_the_share(simulation):
    told = simulation.truth["indicators"]
    assert told["primary_visits"]["scale"] == "log points"
    share, visits = (told[name]["effects"]["2020Q4"]["8"] for name in ("primary_visit_share", "primary_visits"))
    assert visits == pytest.approx(np.log(62 / (62 - share)), rel=0.15)


# Mistakes in a specification


def test_a_count_of_an_unknown_indicator_is_told(specification):
    given = specification.model_dump()
    given["members"]["counts"]["member_visits"]["of"] = "no_such"
    with pytest.raises(ValidationError, match="member_visits: unknown indicator no_such"):
        Specification.model_validate(given)


def test_an_institution_that_does_not_exist_cannot_join(specification):
    rules = specification.members.model_copy(update={"joins": {"demo-x99": "2019Q1"}})
    with pytest.raises(ValueError, match="demo-x99"):
        simulate.simulate(specification.model_copy(update={"members": rules}))
