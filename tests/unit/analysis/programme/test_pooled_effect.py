"""All regions' own headlines: the same as in their reports; of many regions the numbers instead of the names."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from evalkit.analysis.effects import did
from evalkit.analysis.effects.design import assign
from evalkit.analysis.programme import pooled_effect
from evalkit.analysis.results import Withheld
from evalkit.project.evaluation import of_region
from evalkit.reporting.overview import pooled, pooled_figures, pooled_regions


@pytest.fixture
def nation(project, make_values):
    """64 regions that began, 120 that did not, in two provinces; half of those that began gained eight points."""
    values = make_values(n=183)
    values.iloc[:32, 12:] += 8
    project.values(values)
    begun = [f"{unit} | {'2019Q1' if i < 64 else ''} | {'xy'[i % 2]}" for i, unit in enumerate(values.index)]
    project.table("units", "\n".join(["unit | adoption | province", *begun]))
    project.assessment(
        "design: {comparison: {same: [province]}}\n",
        base="dataset: d\nregions: {adopted: true}\nindicators: {primary: [rate]}\n",
    )
    return project


def test_a_headline_rests_on_comparable_units_and_is_that_of_all(nation):
    panel, evaluation = nation.read(), nation.load()
    found = pooled_effect.regional(panel, evaluation)
    assert [one.region for one in found.effects] == list(evaluation.regions)
    for one in found.effects[::9]:
        whole = did.att(assign(panel, of_region(evaluation, one.region), "rate"))
        assert one.effect.estimates == whole.estimates
        assert one.effect.placebos.equals(whole.placebos)
    assert not any(isinstance(one.effect, Withheld) for one in found.effects)


def test_of_many_regions_the_table_gives_numbers(nation):
    evaluation = nation.load()
    found = pooled_effect.regional(nation.read(), evaluation)
    cells = re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", pooled_regions.regions(found, evaluation)._repr_html_())
    clear = [one.effect["att"].estimate > 0 for one in found.effects if one.q_value <= 0.05]
    assert 25 <= sum(clear) <= 36  # of the 32 that gained
    assert cells[-5:] == ["Rate", "64", str(sum(clear)), str(clear.count(False)), str(64 - len(clear))]


def test_a_factor_whose_interval_spans_too_much_is_in_no_table_and_is_listed_with_the_reason(nation, monkeypatch):
    monkeypatch.setattr(pooled_regions, "MANY", 100)
    evaluation = nation.load()
    found = pooled_effect.regional(nation.read(), evaluation)
    first = found.effects[0]
    wild = replace(first.effect["att"], conf_low=-1.0, conf_high=1.0)
    effect = replace(first.effect, unit="log", estimates=(wild,))
    changed = replace(found, effects=(replace(first, effect=effect), *found.effects[1:]))
    shown = pooled_regions.regions(changed, evaluation)._repr_html_()
    assert f'<th scope="row">{first.region}</th>' not in shown
    assert "adjusted for all 64 estimates" in shown
    assert "Not estimated (1): Rate (a). The series fluctuates too much for a useful estimate" in shown


def test_of_many_regions_the_forest_names_a_few(nation):
    evaluation = nation.load()
    found = pooled_effect.regional(nation.read(), evaluation)
    (drawing,) = pooled_figures.forests(found, evaluation)
    estimates = sorted(one.effect["att"].estimate for one in found.effects)
    axes = drawing.figure.axes[0]
    assert np.allclose(axes.get_lines()[0].get_xdata(), estimates)
    assert axes.get_yticklabels() == []
    named = re.findall(r"<tr><t[hd][^>]*>(a|u\d+)</t[hd]>", str(drawing.table))
    order = sorted(found.effects, key=lambda one: one.effect["att"].estimate)
    assert named == [order[round(tenth * 6.3)].region for tenth in reversed(range(11))]
    assert drawing.figure.get_figheight() <= 5


def test_strata_that_are_identified_up_to_the_same_period_share_a_sentence(nation):
    until = {"x": "2019Q1", "y": "2019Q1", "z": "2020Q1"}
    sample = SimpleNamespace(refused=None, until=until)
    one = SimpleNamespace(indicator=nation.load().indicators["rate"], region="_programme", sample=sample)
    told = re.findall("<li>(.*?): every region", pooled.until([one])._repr_html_())
    assert told == ["Rate (x, y)", "Rate (z)"]
