"""Sections in the order of the stage: nothing lost, nothing doubled, what is unknown stays where it stood."""

from typing import get_args

import pytest

from evalkit.project.params import Stage
from evalkit.reporting.language import section_order, vocabulary

REPORT = (
    *("conclusions", "changes", "reform", "goals", "implementation", "effects", "indicators", "checks", "quality"),
    *("published", "appraisal", "problems", "evidence", "limits", "plan", "members", "definitions", "provenance"),
)


def order(codes, stage):
    return [codes[place] for place in section_order.arranged(codes, stage)]


@pytest.mark.parametrize("stage", get_args(Stage))
def test_nothing_is_lost(stage):
    assert sorted(order(REPORT, stage)) == sorted(REPORT)
    assert order(REPORT, stage)[0] == "conclusions"


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_section_of_a_report_has_its_place_in_every_stage(stage):
    assert sorted(section_order.ORDER[stage]) == sorted(REPORT)
    assert set(REPORT) <= set(vocabulary.SECTIONS)


def test_a_mid_term_report_leads_with_progress_and_tells_effects_late():
    found = order(REPORT, "midterm")
    assert found[:6] == ["conclusions", "changes", "reform", "implementation", "goals", "problems"]
    assert found.index("effects") > found.index("indicators")


def test_a_final_report_tells_goals_and_effects_first():
    found = order(REPORT, "final")
    assert found[:5] == ["conclusions", "changes", "reform", "goals", "effects"]
    assert found.index("effects") < found.index("implementation")


def test_an_unknown_section_stays_behind_its_neighbour():
    found = order(["ours", "goals", "annex", "implementation", "provenance", "last"], "midterm")
    assert found == ["ours", "implementation", "goals", "annex", "provenance", "last"]


def test_no_sections_have_no_order():
    assert order([], "final") == []


def test_to_arrange_twice_changes_nothing_more():
    once = order(REPORT, "midterm")
    assert order(once, "midterm") == once
