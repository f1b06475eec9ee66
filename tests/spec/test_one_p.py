"""In no row of any result do p, interval and estimate contradict each other, and no name has two p-values."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from evalkit.analysis.bundle import Bundle
from evalkit.analysis.effects import findings
from evalkit.analysis.programme import pooled_effect
from evalkit.analysis.results import KEY, rows
from evalkit.panel import observations
from evalkit.project.evaluation import load


def contradictions(table) -> list[str]:
    """Rows with an interval and a p of which one finds something and the other does not."""
    known = table.dropna(subset=["p_value", "conf_low", "conf_high"])
    found = []
    for _, row in known.iterrows():
        inside = row["conf_low"] <= 0 <= row["conf_high"]
        # The interval of synthetic control lies around the estimate with an intercept.
        if row["method"] != "synthetic_control" and not row["conf_low"] <= row["estimate"] <= row["conf_high"]:
            found.append(f"{row['method']} {row['term']}: estimate outside its interval")
        if inside != (row["p_value"] > 0.05):
            found.append(f"{row['analysis']} {row['method']} {row['term']}: p {row['p_value']}, interval {inside}")
    return found


BASE = """
dataset: d
regions: [a, u001, u002, u003]
indicators: {primary: [rate]}
languages: [en]
"""


@pytest.fixture
def many(project, make_values):
    """Thirty units, four of them treated in two cohorts, two indicators with and without an effect."""
    values = make_values(n=33, pre=12, post=8, seed=3)
    for place, size in enumerate((4.0, 2.0, 0.5, 0.0)):
        values.iloc[place, 12:] += size
    started = dict(zip(values.index[:4], ["2019Q1", "2019Q1", "2019Q2", "2019Q2"], strict=True))
    project.indicators("rate: {name: {en: Rate}, unit: percent, better: higher}")
    project.table("units", "unit|adoption\n" + "".join(f"{unit}|{started.get(unit, '')}\n" for unit in values.index))
    project.values(values)
    project.assessment("", BASE)
    return project


def test_no_row_contradicts_itself_and_the_chip_follows_the_estimates_own_p(many):
    evaluation = many.load()
    panel = observations.read(evaluation)
    for region in evaluation.regions:
        own = many.load(region)
        found = findings.evaluate(observations.read(own), own)
        table = rows("a", region, [result for one in found for result in one.results])
        assert contradictions(table) == []
        for one in found:
            att = one.effect["att"]
            assert one.conclusion.p_value == att.p_value
            if one.conclusion.verdict in ("supported", "opposite"):
                assert att.p_value <= 0.05
                assert not att.conf_low <= 0 <= att.conf_high
        keys = table[table["p_value"].notna()].groupby(["analysis", "method", "term", "inference"]).size()
        assert (keys == 1).all()
    programme = pooled_effect.evaluate(panel, evaluation)
    for one in programme:
        table = rows("a", one.region, one.results)
        assert contradictions(table) == []
        headline = table[(table["method"] == "did_long_base") & (table["term"] == "group")]
        assert len(headline) == 1
        assert np.isclose(float(headline["p_value"].iloc[0]), one.conclusion.p_value)


ROOT, DEMONSTRATION = Path(__file__).parents[2], "demo-final-2022"
CLAIMS = ("supported", "opposite")


@cache
def demonstrated(region: str | None) -> Bundle:
    """Everything found about a region of the demonstration, or about its programme."""
    return Bundle(load(DEMONSTRATION, region, project=ROOT))


@pytest.mark.slow
@pytest.mark.parametrize("region", [None, *load(DEMONSTRATION, project=ROOT).regions])
def test_no_row_of_the_demonstration_contradicts_itself_or_another(region):
    table = demonstrated(region).results
    assert contradictions(table) == []
    assert not table.duplicated(list(KEY)).any()
    named = ["region", "indicator", "analysis", "method", "term", "inference", "period"]
    assert (table.groupby(named, dropna=False)["p_value"].nunique() <= 1).all()
    # What has no inference at all carries no p, and what is withheld carries no number.
    assert table.loc[table["inference"].isna() | (table["inference"] == ""), "p_value"].isna().all()
    assert (
        table.loc[table["status"] == "withheld", ["estimate", "p_value", "conf_low", "conf_high"]].isna().all(axis=None)
    )


@pytest.mark.slow
@pytest.mark.parametrize("region", load(DEMONSTRATION, project=ROOT).regions)
def test_every_verdict_of_a_region_follows_its_printed_p_and_interval(region):
    bundle = demonstrated(region)
    table = bundle.results
    printed = table[(table["method"] == "did_mean") & (table["term"] == "att")].set_index("indicator")
    for one in bundle.primary:
        row, drawn = printed.loc[one.indicator.id], one.conclusion
        excludes = bool(row["conf_low"] > 0 or row["conf_high"] < 0)
        assert excludes == (row["p_value"] <= 0.05)
        if drawn.verdict in CLAIMS:
            favourable = (row["estimate"] > 0) == (one.indicator.better == "higher")
            assert excludes
            assert favourable == (drawn.verdict == "supported")
        elif drawn.verdict == "uncertain" and excludes:
            assert any(condition.holds is False for condition in drawn.conditions)


@pytest.mark.slow
def test_every_verdict_of_the_programme_follows_its_printed_p_and_interval():
    bundle = demonstrated(None)
    table = bundle.results
    printed = table[(table["method"] == "did_long_base") & (table["term"] == "group")].set_index(
        ["region", "indicator"]
    )
    for one in bundle.programme:
        row, drawn = printed.loc[(one.region, one.indicator.id)], one.conclusion
        if drawn.verdict in CLAIMS:
            assert row["p_value"] <= 0.05
            assert row["conf_low"] > 0 or row["conf_high"] < 0
        if drawn.p_value is not None:
            assert float(row["p_value"]) == pytest.approx(drawn.p_value)
