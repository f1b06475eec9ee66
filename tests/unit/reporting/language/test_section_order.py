"""Sections in the order of the stage: nothing lost, nothing doubled, what is unknown stays where it stood."""

import re
from typing import get_args

import pytest

from evalkit.project.params import Stage
from evalkit.reporting.language import section_order, vocabulary

REPORT = (
    *("conclusions", "changes", "reform", "goals", "implementation", "effects", "indicators", "checks", "quality"),
    *("published", "appraisal", "problems", "evidence", "limits", "plan", "members", "definitions", "provenance"),
)


def page(*codes):
    sections = "".join(f'<h2 id="{code}">Title</h2>\n<p>{code} text</p>\n' for code in codes)
    return f'<main id="main">\n<header>Head</header><p>Notice</p>\n{sections}</main><footer>Foot</footer>'


def order(arranged):
    return re.findall(r'<h2 id="(\w+)">', arranged)


@pytest.mark.parametrize("stage", get_args(Stage))
def test_nothing_is_lost_and_head_and_foot_keep_their_place(stage):
    arranged = section_order.arrange(page(*REPORT), stage)
    assert sorted(order(arranged)) == sorted(REPORT)
    assert len(arranged) == len(page(*REPORT))
    assert arranged.startswith('<main id="main">\n<header>Head</header><p>Notice</p>\n<h2 id="conclusions">')
    assert arranged.endswith("</p>\n</main><footer>Foot</footer>")
    for code in REPORT:
        assert f'<h2 id="{code}">Title</h2>\n<p>{code} text</p>' in arranged


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_section_of_a_report_has_its_place_in_every_stage(stage):
    assert sorted(section_order.ORDER[stage]) == sorted(REPORT)
    assert set(REPORT) <= set(vocabulary.SECTIONS)


def test_a_mid_term_report_leads_with_progress_and_tells_effects_late():
    found = order(section_order.arrange(page(*REPORT), "midterm"))
    assert found[:6] == ["conclusions", "changes", "reform", "implementation", "goals", "problems"]
    assert found.index("effects") > found.index("indicators")


def test_a_final_report_tells_goals_and_effects_first():
    found = order(section_order.arrange(page(*REPORT), "final"))
    assert found[:5] == ["conclusions", "changes", "reform", "goals", "effects"]
    assert found.index("effects") < found.index("implementation")


def test_a_section_that_nobody_knows_stays_behind_its_neighbour():
    arranged = section_order.arrange(page("ours", "goals", "annex", "implementation", "provenance", "last"), "midterm")
    assert order(arranged) == ["ours", "implementation", "goals", "annex", "provenance", "last"]


def test_a_page_without_sections_is_left_alone():
    assert section_order.arrange("<main><p>Text</p></main>", "final") == "<main><p>Text</p></main>"


def test_to_arrange_twice_changes_nothing_more():
    once = section_order.arrange(page(*REPORT), "midterm")
    assert section_order.arrange(once, "midterm") == once
