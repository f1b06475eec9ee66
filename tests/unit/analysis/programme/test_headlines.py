"""The programme's verdict in short is that of the programme's page, for the kinds of regions that have one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.programme import pooled_effect
from evalkit.analysis.programme.headlines import headlines

QUARTERS = [str(one) for one in pd.period_range("2016Q1", periods=20, freq="Q")]


@pytest.fixture
def programme(project):
    """Twenty treated counties with an effect of 4, thirty others, one treated zone."""

    def make(effect=4.0, noise=0.5):
        random = np.random.default_rng(2)
        treated = ["a", *(f"t{i:02}" for i in range(19))]
        names = [*treated, *(f"c{i:02}" for i in range(30)), "z"]
        starts = {name: ("2018Q1", "2019Q1")[i % 2] for i, name in enumerate(treated)} | {"z": "2019Q1"}
        values = pd.DataFrame(50 + random.normal(0, noise, (len(names), 20)), index=names, columns=QUARTERS)
        for name in treated:
            values.loc[name, starts[name] :] += effect
        rows = "".join(f"{name} | {starts.get(name, '')} | {'zone' if name == 'z' else 'county'}\n" for name in names)
        project.table("units", "unit | adoption | kind\n" + rows)
        project.values(values)
        project.assessment(base="dataset: d\nregions: [a, z]\nindicators: {primary: [rate]}\n")
        return project

    return make


def test_a_headline_is_what_the_programme_s_page_says(programme):
    project = programme()
    (found,) = headlines(project.read("a"), project.load("a"))
    pooled = next(one for one in pooled_effect.evaluate(project.read(), project.load()) if one.sample.kind == "county")
    effect = pooled.headline["group"]
    assert (found.kind, found.regions, found.verdict) == ("county", 20, pooled.conclusion.verdict)
    assert found.verdict == "supported"
    told = [found.estimate, found.conf_low, found.conf_high]
    assert told == [float(f"{one:.4g}") for one in (effect.estimate, effect.conf_low, effect.conf_high)]


def test_a_kind_without_a_verdict_gets_those_of_the_others(programme):
    project = programme()
    assert headlines(project.read("z"), project.load("z")) == headlines(project.read("a"), project.load("a"))


def test_simulated_values_are_called_so(programme):
    project = programme()
    panel = project.read("a")
    made_up = replace(panel.whole, rows=panel.whole.rows.assign(status="simulated"))
    (found,) = headlines(replace(panel, whole=made_up), project.load("a"))
    assert found.simulated


def test_one_treated_region_alone_makes_no_programme(project, make_values):
    values = make_values(effect=8)
    project.table("units", "unit | adoption\n" + "".join(f"{u} | {'2019Q1' * (u == 'a')}\n" for u in values.index))
    project.values(values)
    assert headlines(project.read("a"), project.load("a")) == ()


def test_without_a_panel_there_is_none(project):
    assert headlines(project.read("a"), project.load("a")) == ()
