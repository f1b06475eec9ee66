"""Every fault planted in the demonstration panel is found in its unit, and units in order are left alone."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.data_checks.diagnostics import Flag, diagnose
from evalkit.analysis.effects import findings
from evalkit.panel import observations as panels
from evalkit.panel.observations import Panel
from evalkit.project import evaluation as projects
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.data import diagnosed
from evalkit.simulation import simulate

ROOT = Path(__file__).parents[4]
DATA = ROOT / "data" / "demonstration"
CHECKS = {
    "anticipation": "anticipation",
    "spillover": "spillover",
    "merger": "merger",
    "bunching": "bunching",
    "trend_violation": "trend",
    "missing_not_at_random": "missing",
    "missing_period": "gap_period",
    "repeated_year": "repeated_year",
}
ALL_CHECKS = {*CHECKS.values(), "definition_break", "year_end"}
AS_OF = (None, dt.date(2022, 12, 31))
# At least this share of planted units is found over the other seeds.
DETECTED = {
    "anticipation": 0.75,
    "spillover": 0.65,
    "merger": 0.95,
    "bunching": 0.75,
    "trend": 0.3,
    "missing": 0.95,
    "gap_period": 0.95,
    "repeated_year": 0.95,
}
Pairs = set[tuple[str, str]]


@cache
def committed(as_of: dt.date | None) -> tuple[Panel, Evaluation]:
    evaluation = projects.load("demo-final-2022", project=ROOT)
    evaluation = replace(evaluation, assessment=evaluation.assessment.model_copy(update={"as_of": as_of}))
    return panels.read(evaluation, every=True), evaluation


@cache
def flags_of(as_of: dt.date | None) -> tuple[Flag, ...]:
    return diagnose(*committed(as_of))


@cache
def planted_here() -> Pairs:
    return planted(simulate.simulate(simulate.read(DATA / "simulation.yml")).truth)


def planted(truth: dict) -> Pairs:
    return {(CHECKS[t["kind"]], unit) for t in truth["traps"] if t["kind"] in CHECKS for unit in t["units"]}


def flagged(flags: tuple[Flag, ...]) -> Pairs:
    return {(flag.check, unit) for flag in flags if not flag.declared for unit in flag.units}


def without_breaks(evaluation: Evaluation) -> Evaluation:
    silent = {name: about.model_copy(update={"breaks": ()}) for name, about in evaluation.indicators.items()}
    return replace(evaluation, indicators=silent)


def simulated(seed: int) -> tuple[Panel, Evaluation, dict]:
    made = simulate.simulate(simulate.read(DATA / "simulation.yml"), seed=seed)
    here, evaluation = committed(None)
    rows = made.panel.assign(released=made.panel["released"].dt.strftime("%Y-%m-%d"), source="")
    units = made.units.set_index("unit").reindex(columns=here.units.columns, fill_value="")
    return replace(here, rows=rows, units=units), replace(evaluation, units=units), made.truth


@pytest.mark.parametrize("as_of", AS_OF)
@pytest.mark.parametrize("kind", sorted(CHECKS))
def test_a_planted_fault_is_flagged_with_its_unit(kind: str, as_of: dt.date | None) -> None:
    wanted = {pair for pair in planted_here() if pair[0] == CHECKS[kind]}
    assert wanted
    assert wanted - flagged(flags_of(as_of)) == set()


@pytest.mark.parametrize("as_of", AS_OF)
def test_at_most_a_twentieth_of_the_pairs_in_order_is_flagged(as_of: dt.date | None) -> None:
    units = committed(as_of)[0].units.index
    pairs = {(check, unit) for check in ALL_CHECKS for unit in units} - planted_here()
    share = len(flagged(flags_of(as_of)) & pairs) / len(pairs)
    assert share <= 0.05, f"{share:.2%} of {len(pairs)} unit-check pairs in order are flagged"


def test_a_fault_is_told_with_its_period_and_indicators() -> None:
    by_unit = {(flag.check, flag.unit): flag for flag in flags_of(None)}
    assert set(by_unit["anticipation", "demo-e12"].periods) <= {"2018Q2", "2018Q3", "2018Q4"}
    assert by_unit["merger", "demo-e40"].periods == ("2020Q1",)
    assert "primary_visits" in by_unit["merger", "demo-e40"].indicators
    assert by_unit["bunching", "demo-e38"].indicators == ("county_visit_rate",)
    assert by_unit["trend", "demo-e27"].indicators == ("primary_visit_share",)
    assert by_unit["trend", "demo-e27"].consequence == "trend_taken_for_effect"
    assert by_unit["gap_period", "demo-w08"].periods == ("2021Q2",)
    assert by_unit["repeated_year", "demo-w20"].periods == ("2018",)


def test_declared_breaks_are_information() -> None:
    declared = {(flag.unit, *flag.indicators, *flag.periods) for flag in flags_of(None) if flag.declared}
    assert declared == {
        ("东省", "primary_visit_share", "2018Q1"),
        ("西省", "primary_visit_share", "2021Q1"),
        ("东省", "level4_surgery_share", "2021Q1"),
        ("西省", "level4_surgery_share", "2021Q3"),
    }


@pytest.mark.parametrize("as_of", AS_OF)
def test_an_undeclared_break_is_found_with_all_its_units(as_of: dt.date | None) -> None:
    panel, evaluation = committed(as_of)
    found = {
        (flag.unit, *flag.indicators, *flag.periods): flag.units
        for flag in diagnose(panel, without_breaks(evaluation))
        if flag.check == "definition_break"
    }
    assert {("东省", "primary_visit_share", "2018Q1"), ("西省", "primary_visit_share", "2021Q1")} <= set(found)
    east = set(panel.units.index[panel.units["province"] == "东省"])
    assert set(found["东省", "primary_visit_share", "2018Q1"]) == east


@pytest.mark.parametrize("seeds", [5, pytest.param(20, marks=pytest.mark.slow)])
def test_over_other_seeds_faults_are_found_and_units_in_order_left_alone(
    seeds: int, slack: Callable[[float, int, int], float]
) -> None:
    found: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    clean = 0
    for seed in range(1, seeds + 1):
        panel, evaluation, truth = simulated(seed)
        told, wanted = flagged(diagnose(panel, evaluation)), planted(truth)
        asked.update(check for check, _ in wanted)
        found.update(check for check, _ in wanted & told)
        wrong.update(check for check, _ in told - wanted)
        clean += len(ALL_CHECKS) * len(panel.units) - len(wanted)
    share = sum(wrong.values()) / clean
    assert share <= 0.05, f"{share:.2%} of {clean} pairs in order are flagged"
    each = {check: count / seeds / len(panel.units) for check, count in wrong.items()}
    assert max(each.values()) <= 0.05, each
    rates = {check: found[check] / asked[check] for check in asked}
    least = {check: rate - slack(rate, asked[check], asked[check] * 20 // seeds) for check, rate in DETECTED.items()}
    assert {check: rate for check, rate in rates.items() if rate < least[check]} == {}


def test_a_dataset_without_a_panel_has_no_flags(project) -> None:
    assert diagnose(project.read(), project.load()) == ()


@pytest.fixture
def tiny(project, make_values) -> Callable[..., dict[str, Flag]]:
    """Flags of a tiny project with one indicator, by unit; of checks that one indicator hardly feeds, if asked for."""

    def run(values: pd.DataFrame, without: tuple[str, ...] = ("trend", "year_end")) -> dict[str, Flag]:
        project.table("units", "unit | adoption\n" + "".join(f"{u} | {'2019Q1' * (u == 'a')}\n" for u in values.index))
        project.values(values)
        return {flag.unit: flag for flag in diagnose(project.read(), project.load()) if flag.check not in without}

    return run


def test_noise_alone_is_not_flagged_in_a_tiny_panel(tiny, make_values) -> None:
    assert len(tiny(make_values())) <= 2


def test_a_copied_year_is_found_in_a_single_indicator(tiny, make_values) -> None:
    values = make_values()
    values.loc["u003", "2017Q1":"2017Q4"] = values.loc["u003", "2016Q1":"2016Q4"].to_numpy()
    assert tiny(values)["u003"].check == "repeated_year"


def test_a_unit_that_stops_reporting_is_found_in_a_single_indicator(tiny, make_values) -> None:
    values = make_values()
    values.loc["u003", "2019Q2":"2020Q3"] = np.nan
    assert tiny(values)["u003"].check == "missing"


def test_a_year_that_nobody_observed_before_a_start_is_no_early_move(project) -> None:
    random = np.random.default_rng(2)
    names = [str(year) for year in range(2006, 2019)]
    values = random.normal(50, 5, (30, 1)) + random.normal(0, 0.4, (30, 13))
    values[:8, names.index("2014") :] += 5
    values[:, names.index("2013")] = np.nan
    table = pd.DataFrame(values, index=[f"u{n:02d}" for n in range(30)], columns=names)
    starts = "".join(f"{unit} | {'2014' * (n < 8)}\n" for n, unit in enumerate(table.index))
    project.table("units", "unit | adoption\n" + starts)
    project.assessment(base="dataset: d\nregions: [u00]\nindicators: {primary: [rate]}\n")
    project.values(table)
    early = [flag for flag in diagnose(project.read(), project.load()) if flag.check == "anticipation"]
    assert [flag for flag in early if "2013" in flag.periods] == []
    assert len(early) <= 1


@pytest.mark.parametrize(("step", "found"), [(4, True), (-4, False)])
def test_a_unit_that_stands_better_at_every_years_end_is_found(tiny, make_values, step, found) -> None:
    values = make_values()
    values.loc["u003", [name for name in values.columns if name.endswith("Q4")]] += step
    flags = [flag for flag in tiny(values, ("trend",)).values() if flag.check == "year_end"]
    assert ("u003" in {flag.unit for flag in flags}) is found
    assert not found or flags[0].periods == ("2016Q4", "2017Q4", "2018Q4", "2019Q4")


def test_too_few_units_are_not_compared(tiny, make_values) -> None:
    assert tiny(make_values(n=4)) == {}


@pytest.mark.parametrize("region", ["demo-city-b", "demo-city-c"])
def test_a_region_is_told_of_itself_and_of_those_it_is_compared_with(region: str) -> None:
    evaluation = projects.load("demo-final-2022", region, project=ROOT)
    wide = panels.read(evaluation, every=True)
    told = diagnosed.region(diagnose(wide, evaluation), findings.evaluate(wide, evaluation), wide, evaluation)
    assert "Demonstration data" in told
    assert ("Demo County E40: Counts another area than before" in told) == (region == "demo-city-b")
    assert "Step shared by a whole stratum" in told


def test_the_programme_gets_a_row_for_each_flag() -> None:
    panel, evaluation = committed(None)
    shown = str(diagnosed.table(flags_of(None), panel, evaluation))
    assert shown.count("<tr>") == len(flags_of(None)) + 1
    assert "Demonstration data" in shown
    assert "Repeats the year before" in shown


def test_nothing_unusual_is_said_in_words(project, make_values) -> None:
    project.values(make_values(n=2).set_axis(["a", "b", "c"]))
    panel, evaluation = project.read(), project.load("a")
    assert "No check of the data found anything unusual." in str(diagnosed.table((), panel, evaluation))
    assert "Nothing unusual in the region's own data." in diagnosed.region((), (), panel, evaluation)
