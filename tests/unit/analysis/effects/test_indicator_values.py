"""What the designs of all regions share of one indicator."""

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects import indicator_values

INDICATORS = "rate: {name: {en: R}, unit: percent}\nbare: {name: {en: B}, unit: count}"


@pytest.fixture
def many(project, make_values):
    project.indicators(INDICATORS)
    project.values(make_values(n=8))
    project.table("units", "unit | adoption\na | 2019Q1\n" + "".join(f"u{n:03d} |\n" for n in range(1, 9)))
    return project


def test_an_indicator_without_a_row_is_refused(many):
    assert str(many.design(indicator="bare").refused) == "no_observations"
    assert str(many.design().refused) == "None"


def test_values_are_read_once_for_a_panel(many):
    panel, about = many.read(), many.load().indicators["rate"]
    assert indicator_values.of(panel, about) is indicator_values.of(panel, about)
    assert indicator_values.of(many.read(), about) is not indicator_values.of(panel, about)


def test_a_wide_table_is_a_callers_own(many):
    panel = many.read()
    panel.wide("rate").iloc[:, :] = np.nan
    assert panel.wide("rate").notna().all(axis=None)


def test_status_and_sizes_are_those_of_the_units_and_periods_asked_for(project, make_values):
    values = make_values(n=3)
    project.values(values)
    project.table("units", "unit | adoption\na | 2019Q1\nu001 |\nu002 |\nu003 |\n")
    rows = pd.read_csv(project.root / "data/d/panel.csv", dtype=str)
    rows["status"] = np.where(rows["unit"] == "u002", "provisional", "reported")
    project.write("data/d/panel.csv", rows.to_csv(index=False))
    found = indicator_values.of(project.read(), project.load().indicators["rate"])
    every = list(range(len(found.columns)))
    assert found.worst_status([found.rows["a"], found.rows["u001"]], every) == "reported"
    assert found.worst_status([found.rows["a"], found.rows["u002"]], every) == "provisional"
    assert np.isnan(found.sizes([found.rows["a"]], every).to_numpy()).all()
    own = found.own(found.rows["a"], list(found.columns))
    assert own["value"].to_numpy() == pytest.approx(values.loc["a"].to_numpy(), abs=1e-6)
