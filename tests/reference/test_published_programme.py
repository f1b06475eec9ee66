"""Minimum wage and teen employment: the pooled estimates of R's `did`, from the project folder on."""

import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from evalkit.analysis.programme import staggered
from evalkit.panel import observations
from evalkit.project import evaluation as project

ROOT = Path(__file__).parents[2]
with (Path(__file__).parent / "answers.csv").open(encoding="utf-8", newline="") as file:
    ANSWERS = [row for row in csv.DictReader(file) if row["dataset"] == "min-wage"]
ERRORS = [
    (row, *map(float, found.groups()))
    for row in ANSWERS
    if (found := re.search(r"analytic std_error ([\d.]+) \(tol ([\d.]+)\)", row["source"]))
]


def named(row):
    return f"{row['comparison']}-{row['term']}"


@pytest.fixture(scope="module")
def pooled():
    evaluation = project.load("min-wage", project=ROOT)
    sample = staggered.sample(observations.read(evaluation), evaluation, "log_teen_employment", "county")
    design = sample.parameters

    def compared(eligible):
        comparison = design.comparison.model_copy(update={"eligible": eligible})
        parameters = design.model_copy(update={"comparison": comparison})
        return staggered.callaway_santanna(replace(sample, parameters=parameters))[0]

    return {eligible: compared(eligible) for eligible in ("never_treated", "not_yet_treated")}


def test_all_answers_are_here():
    assert len(ANSWERS) == 15


@pytest.mark.parametrize("row", ANSWERS, ids=named)
def test_the_estimate_is_that_of_r(pooled, row):
    found = pooled[row["comparison"]][row["term"]].estimate
    assert found == pytest.approx(float(row["value"]), abs=float(row["abs_tol"]))


@pytest.mark.parametrize(("row", "error", "tolerance"), ERRORS, ids=[named(row) for row, *_ in ERRORS])
def test_the_standard_error_is_that_of_r(pooled, row, error, tolerance):
    assert pooled[row["comparison"]][row["term"]].std_error == pytest.approx(error, abs=tolerance)
