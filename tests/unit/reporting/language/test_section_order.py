"""Sections in the order of the stage: nothing lost, nothing doubled, what is unknown stays where it stood."""

from typing import get_args

import pytest

from evalkit.project.params import Stage
from evalkit.reporting.language import section_order, vocabulary
from evalkit.reporting.pages import REGION_REPORT

REPORT = tuple(REGION_REPORT)


def order(codes, stage):
    front, annexes = section_order.arranged(codes, stage)
    return [codes[place] for place in front], [codes[place] for place in annexes]


@pytest.mark.parametrize("stage", get_args(Stage))
def test_nothing_is_lost(stage):
    front, annexes = order(REPORT, stage)
    assert sorted([*front, *annexes]) == sorted(REPORT)
    assert front[0] == "conclusions"


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_section_of_a_report_has_its_place_in_every_stage(stage):
    assert sorted([*section_order.FRONT[stage], *section_order.ANNEXES[stage]]) == sorted(REPORT)
    assert set(REPORT) <= set(vocabulary.SECTIONS)


@pytest.mark.parametrize("stage", get_args(Stage))
def test_the_front_is_for_those_who_decide_and_act(stage):
    assert set(order(REPORT, stage)[0]) == {"conclusions", "goals", "responsibilities", "problems"}


def test_a_mid_term_report_leads_with_progress_and_tells_effects_late():
    front, annexes = order(REPORT, "midterm")
    assert front[1] == "responsibilities"
    assert annexes.index("effects") > annexes.index("indicators")


def test_a_final_report_tells_goals_and_effects_first():
    front, annexes = order(REPORT, "final")
    assert front[1] == "goals"
    assert annexes.index("effects") < annexes.index("implementation")


def test_an_unknown_section_stays_behind_its_neighbour():
    found = order(["ours", "goals", "annex", "implementation", "provenance", "last"], "midterm")
    assert found == (["ours", "goals", "annex"], ["implementation", "provenance", "last"])


def test_no_sections_have_no_order():
    assert order([], "final") == ([], [])


def test_what_a_report_has_nothing_on_is_known():
    assert section_order.lacking(REPORT, "final") == []
    assert section_order.lacking([one for one in REPORT if one not in ("plan", "goals")], "final") == ["goals", "plan"]
