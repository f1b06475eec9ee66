"""Real data, published answers: the whole way from the project folder to the estimate."""

import csv
from pathlib import Path

import pytest

from evalkit.analysis.effects import design as designs
from evalkit.analysis.effects import did, synthetic
from evalkit.panel import observations
from evalkit.project import evaluation as project

ROOT = Path(__file__).parents[2]
with (Path(__file__).parent / "answers.csv").open(encoding="utf-8", newline="") as file:
    ANSWERS = [row for row in csv.DictReader(file) if row["dataset"] == "prop99"]


@pytest.fixture(scope="module")
def california():
    evaluation = project.load("prop99", "california", project=ROOT)
    return designs.assign(observations.read(evaluation), evaluation, "cigarette_sales")


@pytest.fixture(scope="module")
def estimates(california):
    weighted = ("synthetic_did", "synthetic_control")
    return {"did_mean": did.att(california)} | {name: synthetic.estimate(california, name) for name in weighted}


def answer(estimates, method, term):
    att = estimates[method]["att"]
    return {"att": att.estimate, "placebo_std_error": att.std_error}[term]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row['dataset']}-{row['method']}-{row['term']}")
def test_the_estimate_is_the_published_one(estimates, row):
    assert answer(estimates, row["method"], row["term"]) == pytest.approx(
        float(row["value"]), abs=float(row["abs_tol"])
    )


def test_the_comparison_is_that_of_the_paper(california, estimates):
    assert (california.pre[0], california.pre[-1], california.post[0], california.post[-1]) == (
        "1970", "1988", "1989", "2000",
    )  # fmt: skip
    for result in estimates.values():
        assert (result.n_treated, result.n_comparison) == (1, 38)
        assert (result.n_pre, result.n_post) == (19, 12)
        assert result.inference == "placebo_space"


def test_the_donors_of_the_synthetic_control_are_known(estimates):
    # Abadie, Diamond & Hainmueller (2010), Table 2: Utah and Nevada are the two largest of five donors.
    # Here only lagged sales are matched, which keeps them among the largest.
    assert {"utah", "nevada"} <= set(estimates["synthetic_control"].donors.index[:3])
