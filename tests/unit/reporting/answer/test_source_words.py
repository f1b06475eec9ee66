"""What an answer rests on: how old, how few sources, what a region reports of itself."""

import pytest

from evalkit.reporting.answer import source_words
from evalkit.reporting.language.plain_text import text_of

PUBLISHED = """
unit | period | indicator | value | status    | source | phrase
a    | 2018   | rate      | 60    | published | press  | 60%
a    | 2019   | rate      | 64    | published | press  | 64%
a    | 2019   | beds      | 12    | published | press  | 12
a    | 2019   | visits    | 900   | published | press  | 900
a    | 2020   | derived   | 3     | derived   | press  | 1 + 2
"""
SOURCES = "source | title_zh | title_en | standing\npress | 报道 | A report | press\n"
NAMES = "\n".join(f"{name}: {{name: {{en: {name.title()}}}, unit: count}}" for name in ("beds", "visits", "derived"))


@pytest.fixture
def desk(project):
    """A region of which one press report tells a few figures."""
    project.indicators(f"rate: {{name: {{en: Rate}}, unit: percent, domain: care}}\n{NAMES}")
    project.table("published", PUBLISHED)
    project.table("sources", SOURCES)
    project.assessment("requested: false\n")
    return project.load("a"), project.read("a")


def test_the_newest_figure_of_the_region_is_dated(desk):
    evaluation, panel = desk
    assert source_words.newest(panel, evaluation) == "2020"


def test_without_any_figure_there_is_no_newest_one(project):
    assert source_words.newest(project.read("a"), project.load("a")) == "none"


def test_a_desk_review_says_on_how_few_documents_it_rests(desk):
    evaluation, _ = desk
    told = text_of(source_words.sources(evaluation))
    assert told == "This report rests on a single document: A report. What came later was not looked into."


def test_a_report_on_a_panel_does_not(report):
    assert source_words.sources(report().evaluation) == ""


def test_achievements_are_published_figures_by_when_they_were(desk):
    evaluation, panel = desk
    told = text_of(source_words.achievements(panel, evaluation))
    assert told.startswith("Results that the sources report (self-reported; not to be put down to the reform): ")
    assert told.endswith("2019: Rate 64%, Beds 12, Visits 900.")


def test_what_the_answer_names_anyway_is_no_further_achievement(desk):
    evaluation, panel = desk
    assert "Rate" not in text_of(source_words.achievements(panel, evaluation, ["rate"]))
    assert source_words.achievements(panel, evaluation, ["rate", "beds", "visits"]) == ""


def test_the_next_step_leads_to_the_list():
    assert '<a href="#list">' in source_words.needed("#list")
