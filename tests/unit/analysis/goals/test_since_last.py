"""Then and now: what may be subtracted, what may not, and which figures were revised since."""

import datetime as dt

import pytest

from evalkit.analysis.goals import attainment, stamps
from evalkit.analysis.goals.since_last import revised, since
from evalkit.panel import observations as panels
from evalkit.project import evaluation as projects
from evalkit.project import frozen

BEFORE = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2021-03-31\n"
TARGET = "{indicator: rate, operator: '>=', value: 65, deadline: 2022-12-31, source: plan, phrase: …}"
OLD = "2020Q4 60 panel"


@pytest.fixture
def compared(project):
    """Since, from figures `period value panel|published [released]`, with a previous assessment of 2021-03-31."""

    def make(*figures, target=TARGET, about="unit: percent, better: higher", more="", previous="previous: before\n"):
        rows = [(*figure.split(), "")[:4] for figure in figures]
        project.indicators(f"rate: {{name: {{en: Rate}}, {about}}}")
        panel = [f"a|{when}|rate|{value}|{day}" for when, value, where, day in rows if where == "panel"]
        project.table("panel", "\n".join(["unit|period|indicator|value|released", "b|2019Q4|rate|50|", *panel]))
        told = [f"a|{when}|rate|{value}|{day}|s|…" for when, value, where, day in rows if where == "published"]
        project.table("published", "\n".join(["unit|period|indicator|value|released|source|phrase", *told]))
        project.region("a", f"region: a\ntargets: [{target}]\n{more}")
        project.write("params/assessments/before.yml", BEFORE)
        project.assessment(f"as_of: 2022-12-31\n{previous}")
        evaluation, known = project.load("a"), project.read("a")
        return since(attainment.judge(known, evaluation), known, evaluation)

    return make


def test_without_a_previous_assessment_there_is_nothing_to_compare(compared):
    assert compared(OLD, previous="") == ()


def test_a_target_is_told_then_and_now_with_the_difference(compared):
    (one,) = compared(OLD, "2022Q4 66 panel")
    assert (one.then.value, one.now.value, one.difference) == (60, 66, 6)
    assert (one.goal_then, one.goal_now) == ("cannot_tell", "met")
    assert one.notes == ()


def test_what_was_released_later_was_not_known_then(compared):
    (one,) = compared("2020Q1 58 panel", "2020Q4 60 panel 2021-04-01", "2022Q1 62 panel")
    assert (one.then.period, one.difference) == ("2020Q1", 4)


def test_a_primary_indicator_without_a_target_is_compared_as_well(compared):
    (one,) = compared(OLD, "2022Q4 66 panel", target="")
    assert (one.target, one.goal_then, one.goal_now, one.difference) == (None, None, None, 6)


@pytest.mark.parametrize(
    ("figures", "about", "more", "note"),
    [
        ((OLD,), "", "", "same_figure"),
        ((OLD, "2022 66 published"), "", "", "other_frequency"),
        ((OLD, "2022Q4 66 panel"), ", breaks: [{from: 2021Q2}]", "", "definition_break"),
        (
            (OLD, "2022Q4 66 panel"),
            "",
            "platforms: [{name: {en: P}, starts: 2021-06, indicators: [rate], source: s, phrase: …}]",
            "not_measured_before",
        ),
    ],
)
def test_figures_that_must_not_be_subtracted_are_not(compared, figures, about, more, note):
    (one,) = compared(*figures, about=f"unit: percent, better: higher{about}", more=more)
    assert (one.difference, one.notes) == (None, (note,))


@pytest.mark.parametrize(
    ("figures", "difference", "notes"),
    [
        ((OLD, "2022Q3 66 panel"), 6, ("other_season",)),
        ((OLD, "2022Q4 66 published"), 6, ("other_source",)),
        ((OLD, "2020Q4 61 published 2021-08-01"), 1, ("revised", "other_source")),
    ],
)
def test_what_a_difference_holds_besides_a_change_is_said(compared, figures, difference, notes):
    (one,) = compared(*figures)
    assert (one.difference, one.notes) == (difference, notes)


def test_a_figure_that_was_not_known_then_leaves_no_difference(compared):
    (one,) = compared("2021Q1 60 panel 2021-05-01")
    assert (one.then, one.now.value, one.difference, one.notes) == (None, 60, None, ())
    assert one.goal_then == "not_measured"


@pytest.fixture
def changed(compared, project):
    """Revised figures, after the previous assessment was frozen with 61.5 for the end of 2020."""

    def make(*figures, narrative="", freeze=True):
        compared("2020Q4 61.5 panel", "2022Q4 66 panel")
        if freeze:
            evaluation = projects.load("before", project=project.root)
            stamped = stamps.freeze(evaluation, panels.read(evaluation), dt.date(2021, 4, 1))
            project.write("params/frozen/before.yml", frozen.as_yaml(stamped))
        if narrative:
            project.write("params/narrative/a/a.yml", narrative)
        compared(*figures)
        return revised(project.read("a"), project.load("a"))

    return make


def test_where_nothing_was_frozen_nobody_can_tell(changed):
    assert changed(OLD, freeze=False) is None


def test_a_figure_that_is_as_it_was_is_not_revised(changed):
    assert changed("2020Q4 61.5 panel", "2022Q4 67 panel") == ()


def test_a_revised_figure_is_told_with_its_explanation(changed):
    why = "revised: [{indicator: rate, period: 2020Q4, why: {en: Late returns}}]"
    (one,) = changed("2020Q4 61.6 panel", narrative=why)
    assert (one.indicator, one.period, one.old, one.new, one.why.en) == ("rate", "2020Q4", 61.5, 61.6, "Late returns")
    (one,) = changed("2020Q4 61.6 panel", narrative=why.replace("2020Q4", "2020Q3"))
    assert one.why is None


def test_a_figure_that_is_gone_is_revised_too(changed):
    (one,) = changed("2020Q3 61.5 panel")
    assert one.new is None


def test_a_figure_that_this_assessment_does_not_read_is_not_missed(changed, project):
    assert changed("2020Q4 61.5 panel") == ()
    project.indicators("rate: {name: {en: Rate}, unit: percent}\nbeds: {name: {en: Beds}, unit: count}")
    project.table("panel", "unit|period|indicator|value\na|2020Q4|rate|61.6\na|2020Q4|beds|5")
    project.region("a", "region: a")
    project.assessment(
        "as_of: 2022-12-31\nprevious: before\n", base="dataset: d\nregions: [a]\nindicators: {primary: [beds]}\n"
    )
    assert revised(project.read("a"), project.load("a")) == ()
