"""Every figure of the sources is a row of results.csv, once, unless disclosure control hides it."""

import pandas as pd
import pytest

from evalkit.analysis.bundle import Bundle
from evalkit.reporting.elements import record

FIGURES = """
unit | period | indicator | value | text        | status    | source | phrase
a    | 2019   | rate      | 60    |             | published | p      | sixty
a    | 2020   | rate      | 64.5  |             | derived   | p      | 129 of 200
a    | 2020   | rank      |       | among first | published | p      | among the first
b    | 2020   | rate      | 50    |             | published | p      | fifty
"""
INDICATORS = "rate: {name: {en: Rate}, unit: percent, better: higher}\nrank: {name: {en: Rank}, unit: count}\n"


def shown(table):
    """Rows of published figures as lists: indicator, period, term, estimate, …"""
    chosen = table[(table["analysis"] == "attainment") & (table["method"] == "published")]
    names = ["indicator", "period", "term", "estimate", "unit", "data_status", "status", "reason"]
    return chosen[names].fillna("").values.tolist()


@pytest.fixture
def rows(project):
    """Rows of results.csv on figures of region `a`."""

    def found(table=FIGURES, region="", more=""):
        project.indicators(INDICATORS)
        project.assessment(more)
        project.table("published", table)
        project.region("a", "region: a\n" + region)
        bundle = Bundle(project.load("a"))
        left = record.record(bundle.evaluation, bundle.goals, bundle.findings, panel=bundle.panel).content["rows"]
        own, run = (shown(pd.DataFrame(one)) for one in (bundle.results, left))
        assert own == run  # what an analyst sees is what the run writes
        return own

    return found


def test_published_and_derived_figures_are_rows_with_their_status(rows):
    assert rows() == [
        ["rank", "2020", "value", "", "count", "published", "withheld", "only_words: period=2020"],
        ["rate", "2019", "value", 60.0, "percent", "published", "ok", ""],
        ["rate", "2020", "value", 64.5, "percent", "derived", "ok", ""],
    ]


def test_the_figure_that_a_target_is_judged_by_is_there_once(rows):
    target = "targets: [{indicator: rate, operator: '>=', value: 65, deadline: 2020, source: p, phrase: x}]\n"
    found = [row[1:4] for row in rows(region=target) if row[0] == "rate"]
    assert found == [["2020", "gap", -0.5], ["2020", "target", 65.0], ["2019", "value", 60.0], ["2020", "value", 64.5]]


def test_a_figure_after_the_cut_off_is_no_row(rows):
    assert [row[1] for row in rows(more="as_of: 2019-12-31\n")] == ["2019"]


def test_a_hidden_count_is_no_row(rows):
    small = FIGURES.replace("rank      |       | among first", "rank      | 3     |            ")
    assert [row[0] for row in rows(small, more="disclosure: {threshold: 10}\n")] == ["rate", "rate"]
