"""Medicaid expansion and insurance: the intervals of relative magnitudes that R's HonestDiD publishes."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.programme import long_base, relative_magnitudes, staggered
from evalkit.panel import observations

PUBLISHED = {0.5: (0.0241, 0.0673), 1.0: (0.0171, 0.0720), 1.5: (0.0086, 0.0796), 2.0: (-0.0011, 0.0883)}
INDICATORS = "insured: {name: {en: Insured}, unit: percent, better: higher}"
BASE = "dataset: d\nregions: ['06']\nindicators: {primary: [insured]}\n"


@pytest.fixture(scope="module")
def sample(project_at, tmp_path_factory):
    """2008-2015; states that expanded in 2014, and those that had not by 2015, as in the published example."""
    rows = pd.read_csv(Path(__file__).parent / "medicaid.csv", dtype=str, keep_default_na=False)
    rows = rows[(rows["year"] < "2016") & (rows["expansion"] != "2015")]
    project = project_at(tmp_path_factory.mktemp("medicaid"))
    project.indicators(INDICATORS)
    project.assessment("programme: true\n", base=BASE)
    states = rows.drop_duplicates("state").assign(
        adoption=lambda row: row["expansion"].where(row["expansion"] == "2014", "")
    )
    project.write(
        "data/d/units.csv", states.rename(columns={"state": "unit"})[["unit", "adoption"]].to_csv(index=False)
    )
    table = rows.assign(insured=100 * rows["insured"].astype(float)).pivot(
        index="state", columns="year", values="insured"
    )
    project.values(table, "insured")
    evaluation = project.load()
    panel = observations.read(evaluation)
    return staggered.sample(panel, evaluation, "insured", staggered.kinds(panel)[0])


def test_intervals_are_those_of_honestdid(sample):
    path = relative_magnitudes.path_of(sample)
    assert (path.before, len(path.weights)) == (5, 2)
    assert path.effects[5:] / 100 == pytest.approx([0.046447, 0.069206], abs=1e-6)
    first = relative_magnitudes.Path(path.effects, path.covariance, path.before, np.array([1.0, 0.0]))
    for multiple, limits in PUBLISHED.items():
        assert np.array(relative_magnitudes.interval(first, multiple)) / 100 == pytest.approx(limits, abs=0.001)
    assert 1.5 < relative_magnitudes.breakdown(first) < 2


def test_the_check_judges_the_mean_from_the_start_on(sample):
    row = relative_magnitudes.check(sample, long_base.estimate(sample))
    assert (row.analysis, row.method, row.inference) == ("check", "sensitivity", "cluster")
    assert [estimate.term for estimate in row.estimates] == ["breakdown", *(f"multiple={m:g}" for m in PUBLISHED)]
    assert row["multiple=1"].estimate / 100 == pytest.approx((0.046447 + 0.069206) / 2, abs=1e-6)
    assert row["multiple=1.5"].conf_low > 0 > row["multiple=2"].conf_low
    assert 1.5 < row["breakdown"].estimate < 2
