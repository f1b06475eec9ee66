"""What a design cannot carry is refused in words, in both languages, and never estimated."""

import numpy as np
import pytest

from evalkit.analysis.effects import findings
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.results import Withheld
from evalkit.reporting.language import wording, words


@pytest.fixture
def found(project, make_values):
    """What is found about region `a`, given who adopted when and a change to the panel."""

    def finding(adoptions=None, change=lambda values: values, n=25):
        values = change(make_values(n=n, effect=6))
        adoptions = {"a": "2019Q1", **(adoptions or {})}
        rows = "".join(f"{unit} | {adoptions.get(unit, adoptions.get('*', ''))}\n" for unit in values.index)
        project.table("units", "unit | adoption\n" + rows)
        project.values(values)
        return findings.find(project.read("a"), project.load("a"), "rate")

    return finding


def told(one):
    """The reason in both languages."""
    assert isinstance(one.effect, Withheld)
    assert one.conclusion.verdict == "cannot_judge"
    said = {}
    for lang in words.LANGUAGES:
        words.use(lang)
        said[lang] = str(wording.why(one.effect.reason))
    return said


def no_pool(values):
    return values.iloc[:1]


def one_pre_period(values):
    return values.iloc[:, 11:]


def constant(values):
    return values * 0 + 7


def region_missing(values):
    values.loc["a"] = np.nan
    return values


@pytest.mark.parametrize(
    ("adoptions", "change", "en", "zh"),
    [
        ({}, no_pool, "no region is left to compare with", "没有可供比较的地区"),
        ({}, one_pre_period, "usable periods before the start: 1; needed: at least 2", "启动前可用的时期仅 1 个"),
        (
            {"a": "2030Q1"},
            None,
            "no complete, released period after the start (2030 Q1)",
            "还没有一个完整且已发布数据的时期",
        ),
        ({"a": "2001Q1"}, None, "usable periods before the start: 0", "启动前可用的时期仅 0 个"),
        ({"*": "2018Q1"}, None, "no region is left to compare with", "没有可供比较的地区"),
        ({}, constant, "the value never changes", "数值始终不变"),
        ({}, region_missing, "No value was observed", "没有已观测并发布的数据"),
    ],
    ids=["no pool", "one pre-period", "adoption after the data", "adoption before the data", "everyone treated",
         "constant outcome", "all-missing region"],
)  # fmt: skip
def test_a_design_that_carries_nothing_is_refused_in_words(found, adoptions, change, en, zh):
    said = told(found(adoptions, change or (lambda values: values)))
    assert en in said["en"]
    assert zh in said["zh"]


def test_a_pool_of_three_prints_the_smallest_p_and_draws_no_verdict(found):
    one = found(n=3)
    assert isinstance(one.effect, Effect)
    assert one.effect.smallest_p == 0.25
    assert one.conclusion.verdict == "cannot_judge"
    att = one.effect["att"]
    assert (att.conf_low, att.conf_high, str(att.reason)) == (None, None, "unbounded_interval: n=3")
    smallest = next(check for check in one.checks if check.method == "smallest_p")
    assert smallest["value"].estimate == 0.25
    detectable = next(check for check in one.checks if check.method == "detectable")
    assert detectable["value"].estimate is None


def test_an_all_missing_comparison_unit_is_left_out_by_name(found):
    def hole(values):
        values.loc["u003"] = np.nan
        return values

    one = found(change=hole)
    assert isinstance(one.effect, Effect)
    assert str(one.design.excluded["u003"]) == "no_observations"
