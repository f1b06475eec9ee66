"""Who enters the programme: of units that overlap, at most one."""

import numpy as np
import pandas as pd
import pytest

from evalkit.analysis.programme import cohorts

PERIODS = [str(p) for p in pd.period_range("2018Q1", periods=12, freq="Q")]
NAMES = ["w", "a", "b", "c", *(f"u{i:02}" for i in range(24))]
ADOPTION = {"a": "2019Q1", "b": "2019Q4", "c": "2019Q4"}


@pytest.fixture
def sample(project):
    """28 units of a kind, three of them treated, and two institutions without values."""

    def make(members, more=""):
        units = [f"{name} | {ADOPTION.get(name, '')} | county |\n" for name in NAMES]
        project.table(
            "units", "unit | adoption | kind | parent\n" + "".join(units) + "x | | house |\ny | | house |\n" + more
        )
        project.table("members", "unit | of\n" + members)
        values = np.random.default_rng(3).normal(50, 1, (len(NAMES), 12))
        project.values(pd.DataFrame(values, index=NAMES, columns=PERIODS))
        found = cohorts.sample(project.read(), project.load(), "rate", "county")
        return {unit: str(why) for unit, why in found.left_out.items()}, found

    return make


def test_a_treated_unit_is_kept_and_the_comparison_unit_that_shares_with_it_left_out(sample):
    left_out, found = sample("x | w\nx | b")  # w stands first, but is not treated
    assert left_out == {"w": "shares_an_institution: unit=b"}
    assert "b" in found.outcome.index


def test_of_two_units_alike_the_first_is_kept(sample):
    assert sample("x | a\nx | b")[0] == {"b": "shares_an_institution: unit=a"}
    assert sample("x | u05\nx | u03")[0] == {"u05": "shares_an_institution: unit=u03"}


def test_who_shares_only_with_one_left_out_stays(sample):
    assert sample("x | a\nx | b\ny | b\ny | c")[0] == {"b": "shares_an_institution: unit=a"}


def test_what_lies_inside_another_unit_by_membership_is_left_out(sample):
    assert sample("u03 | a\nu04 | u03")[0] == dict.fromkeys(["u03", "u04"], "lies_inside: unit=a")


def test_without_memberships_everybody_enters(sample):
    assert sample("")[0] == {}
