import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.effects.comparability import compare


@pytest.fixture
def table(design_of, make_values):
    def making(values=None, **facts):
        values = make_values(n=30) if values is None else values
        return compare(design_of(values, **facts)).table.set_index("aspect")

    return making


def test_levels_and_trends_are_those_of_the_baseline_only(table, make_values):
    values = make_values(n=30, noise=0.0)
    values.loc["a"] += 3 * np.arange(20)
    values.iloc[0, 12:] += 1000
    found = table(values)
    assert found.at["level", "region"] == pytest.approx(values.iloc[0, :12].mean())
    pool = values.iloc[1:, :12].mean(axis=1)
    assert found.at["level", "difference"] == pytest.approx((values.iloc[0, :12].mean() - pool.mean()) / pool.std())
    assert found.at["trend", "region"] - found.at["trend", "pool"] == pytest.approx(3)


def test_the_dip_is_the_masked_periods_against_the_year_before(table, make_values):
    values = make_values(n=30, noise=0.0)
    values = values - values.mean(axis=0) + 50
    values.loc["a", ["2018Q1", "2018Q2"]] -= 7
    found = table(values, masked={"2018Q1": "covid", "2018Q2": "covid"})
    assert found.at["dip:covid", "region"] - found.at["dip:covid", "pool"] == pytest.approx(-7)


def test_sizes_and_populations_enter_where_they_are_known(table, make_values):
    values = make_values(n=30)
    people = pd.Series(np.arange(1.0, 32.0), index=values.index)
    found = table(values, population=people)
    assert found.at["population", "region"] == 1.0
    assert "size" not in found.index


def test_without_a_pool_there_is_nothing_to_compare(design_of, make_values):
    assert compare(design_of(make_values().iloc[:1])) is None


def test_a_pool_that_does_not_vary_gives_no_standardised_difference(table, make_values):
    values = make_values(n=30) * 0 + 5
    assert table(values).at["level", "difference"] is None or np.isnan(table(values).at["level", "difference"])
