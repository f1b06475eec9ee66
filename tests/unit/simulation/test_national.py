"""The nation of the benchmark: any number of counties, the same each time, each with a report and units to compare."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest

from evalkit import cli
from evalkit.analysis.effects import design, did
from evalkit.errors import InputError
from evalkit.panel import observations
from evalkit.project.evaluation import load, of_region
from evalkit.simulation import scaling, simulate

ROOT = Path(__file__).resolve().parents[3]
COMMITTED = ("simulation.yml", "sources.csv", "targets.csv")
WRITTEN = ("units.csv", "panel.csv", "truth.json")
FROZEN = "8bbd3d963db0c04322f519002885139695682594438805b1722ae5b7eadbe905"  # sha256
LEAST_COMPARED = 19  # with fewer, no exact p can be as low as 5%


@pytest.fixture(scope="module")
def specification():
    return simulate.read(ROOT / "data/national/simulation.yml")


@pytest.fixture
def nation(tmp_path):
    """A project with the benchmark's parameters, as git has them: without its data."""
    for folder in ("params/assessments", "data/national"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("params/indicators.yml", "params/assessments/national.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in COMMITTED:
        shutil.copy(ROOT / "data/national" / name, tmp_path / "data/national" / name)
    return tmp_path


@pytest.fixture
def evalkit(nation, monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["evalkit", *arguments, "--project", str(nation)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


def test_without_its_data_the_assessment_says_how_to_write_them(evalkit):
    assert evalkit("check", "national") == (
        2,
        "",
        "data/national/units.csv: does not exist\n    Write it: evalkit simulate national\n",
    )


def test_data_are_written_the_same_each_time_and_pass_the_check(nation, evalkit):
    told = "Written: data/national/units.csv, panel.csv, truth.json (60 units)\n"
    assert evalkit("simulate", "national", "--units", "60") == (0, told, "")
    once = {name: (nation / "data/national" / name).read_bytes() for name in WRITTEN}
    evalkit("simulate", "national", "--units", "50")
    assert len(load("national", project=nation).regions) == 50
    evalkit("simulate", "national", "--units", "60")
    assert {name: (nation / "data/national" / name).read_bytes() for name in WRITTEN} == once
    status, said, errors = evalkit("check", "national")
    assert (status, said.splitlines()[0], errors) == (0, "national: 60 regions, no mistakes found.", "")


@pytest.mark.parametrize(
    ("name", "units", "message"),
    [
        ("national", "49", "49 units are fewer than the minimum of 50 per province"),
        ("national", "0", "Invalid value"),
        ("demonstration", "60", "names units, faults or members, so its size is fixed"),
    ],
)
def test_a_number_that_cannot_be_is_a_message(nation, evalkit, name, units, message):
    shutil.copytree(ROOT / "data/demonstration", nation / "data/demonstration")
    status, out, err = evalkit("simulate", name, "--units", units)
    assert (status, out) == (2, "")
    assert message in err


@pytest.mark.parametrize(("units", "provinces"), [(50, 1), (200, 4), (800, 16), (2850, 30), (2851, 30)])
def test_units_keep_the_proportions_in_as_many_provinces_as_they_fill(specification, units, provinces):
    cohorts = scaling.scaled(specification, units, "").cohorts
    sizes = pd.DataFrame({cohort.start: pd.Series(cohort.size) for cohort in cohorts})
    assert len(sizes) == provinces
    assert sizes.to_numpy().sum() == units
    assert sizes.sum(axis=1).max() - sizes.sum(axis=1).min() <= 1
    own = pd.Series({cohort.start: cohort.size_in("演示01省") for cohort in specification.cohorts})
    exact = pd.DataFrame({start: sizes.sum(axis=1) * size / own.sum() for start, size in own.items()})
    assert ((sizes - exact).abs() < 1).all().all()


def test_its_own_number_changes_nothing(specification):
    whole = simulate.simulate(scaling.scaled(specification, 2850, "")).units
    pd.testing.assert_frame_equal(whole, simulate.simulate(specification).units)
    assert whole["unit"].is_unique
    assert whole["name_zh"].str.startswith("演示").all()


def test_named_units_are_not_multiplied():
    with pytest.raises(InputError, match="its size is fixed"):
        scaling.scaled(simulate.read(ROOT / "data/demonstration/simulation.yml"), 2850, "")


@pytest.mark.parametrize("units", [50, 110])
def test_every_county_has_enough_to_compare_with_in_its_province(nation, evalkit, units):
    evalkit("simulate", "national", "--units", str(units))
    evaluation = load("national", project=nation)
    assert set(evaluation.sources["standing"]) == {"fictional"}
    seen = observations.read(evaluation)
    assert set(seen.rows["status"]) == {"simulated"}
    province, adoption = evaluation.units["province"], evaluation.units["adoption"]
    for region in [*evaluation.regions[:: units // 10], evaluation.regions[-1]]:
        for indicator in evaluation.assessment.indicators.primary:
            found = design.assign(seen, of_region(evaluation, region), indicator)
            assert found.refused is None
            assert {province[unit] for unit in found.pool} <= {province[region]}
            last_wave = adoption[region] == adoption.max()
            assert found.pool == [] if last_wave else len(found.pool) >= LEAST_COMPARED
            assert type(did.att(found)).__name__ == ("Withheld" if last_wave else "Effect")


def test_the_frozen_report_is_frozen():
    """With another content, times measured before could not be compared with later ones."""
    cells = json.loads((ROOT / "bench/frozen_report.ipynb").read_text(encoding="utf-8"))["cells"]
    source = "\n\n".join("".join(cell["source"]) for cell in cells)
    assert len(cells) == 21
    assert hashlib.sha256(source.encode()).hexdigest() == FROZEN
