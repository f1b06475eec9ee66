"""Before a reform: the noise of untreated cells, and what the judgement finds in such noise."""

import numpy as np
import pandas as pd
import pytest

from evalkit.project.params import Indicator
from evalkit.simulation import power

NAMES = [str(p) for p in pd.period_range("2014Q1", periods=24, freq="Q")]


@pytest.fixture
def noisy(project):
    """Forty regions with AR(0.6) noise of SD 2; `a` starts in 2019Q1 and gains a lot."""
    random = np.random.default_rng(3)
    noise = random.normal(size=(40, 24))
    for t in range(1, 24):
        noise[:, t] = 0.6 * noise[:, t - 1] + 0.8 * noise[:, t]
    values = random.normal(50, 5, (40, 1)) + random.normal(0, 3, 24) + 2 * noise
    values[0, NAMES.index("2019Q1") :] += 100
    table = pd.DataFrame(values, index=["a", *(f"u{n:02d}" for n in range(39))], columns=NAMES)
    rows = "".join(
        f"{unit} | {'2019Q1' if unit == 'a' else ''} | {'x' if n % 2 else 'y'}\n" for n, unit in enumerate(table.index)
    )
    project.table("units", "unit | adoption | province\n" + rows)
    project.assessment()
    return project, table


def test_noise_is_that_of_untreated_cells(noisy):
    project, table = noisy
    project.values(table)
    found = power.noise(project.read(), project.load().indicators["rate"])
    assert (found.spread, found.rho) == (pytest.approx(2, rel=0.1), pytest.approx(0.6, abs=0.1))
    assert (found.regions, found.periods) == (40, 24)


def test_a_change_of_definition_is_no_noise(noisy):
    project, table = noisy
    table.iloc[1::2, 12:] += 30
    project.values(table)
    about = "rate: {name: {en: Rate}, unit: percent, better: higher, breaks: [{from: 2017Q1, where: {province: x}}]}"
    project.indicators(about)
    found = power.noise(project.read(), project.load().indicators["rate"])
    assert found.spread == pytest.approx(2, rel=0.1)


def test_too_few_values_tell_nothing(noisy):
    project, table = noisy
    project.values(table.iloc[:, :3])
    project.assessment("design: {minimum_post_periods: 1}\n")
    assert power.noise(project.read(), project.load().indicators["rate"]) is None
    other = Indicator.model_validate({"id": "other", "name": {"en": "Other"}, "unit": "percent"})
    assert power.noise(project.read(), other) is None


def test_more_periods_and_more_treated_regions_find_smaller_effects(monkeypatch):
    monkeypatch.setattr(power, "SPANS", ((3, 3), (12, 8)))
    monkeypatch.setattr(power, "POOLS", (19,))
    monkeypatch.setattr(power, "TREATED", (3, 20))
    found = power.Noise(2.0, 0.5, 40, 20)
    one, pooled = power.of_one_region(found), power.of_programme(found)
    assert one[0, 0] > one[1, 0] > 2
    assert (pooled[:, 0] > pooled[:, 1]).all()
    assert one[1, 0] > pooled[1, 0]
    np.testing.assert_allclose(power.of_one_region(power.Noise(1.0, 0.5, 40, 20)), one / 2)
