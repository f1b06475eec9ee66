"""In no row of any result do p, interval and estimate contradict each other, and no name has two p-values."""

import numpy as np
import pytest

from evalkit.analysis.effects import findings
from evalkit.analysis.programme import pooled_effect
from evalkit.analysis.results import rows
from evalkit.panel import observations


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
