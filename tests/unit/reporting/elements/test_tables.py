"""Tables of a report: what they rest on stands in the caption, and what is withheld has a reason."""

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.effects import did
from evalkit.analysis.results import Withheld
from evalkit.reporting.elements import tables
from evalkit.reporting.elements.table import Column, Table
from evalkit.reporting.language import words
from evalkit.reporting.region import comparison, goal_tables

DEMO = "Demonstration data"


def texts(markup):
    """The cells of a table, row by row."""
    rows = re.findall("<tr>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub("<[^>]*>", "", cell.replace("<br>", " ")) for cell in row] for row in cells]


def shown(made):
    """Every table of a region that can be shown with these findings, by name."""
    return {
        "goals": str(goal_tables.table(made.goals, made.panel, made.evaluation)),
        "effects": str(tables.effects(made.findings)),
        "checks": str(tables.checks(made.finding)),
        "estimates": str(
            tables.estimates((made.finding.effect, *made.finding.others), made.finding.indicator, "did-rate")
        ),
        "series": str(tables.series(made.finding.changes[-1], made.finding.indicator)),
        "pool": str(comparison.pool(made.finding, made.evaluation)),
    }


def test_cells_are_escaped_unless_they_are_markup():
    table = str(Table.of("t", "<b>", [Column("<i>")], [("<script>",)], simulated=False))
    assert "<script>" not in table
    assert "&lt;script&gt;" in table
    assert "<i>" not in table
    assert "<caption>&lt;b&gt;</caption>" in table


def test_a_table_has_header_cells_with_scope_and_can_be_scrolled_by_keyboard():
    table = str(Table.of("t", "Caption", [Column("A"), Column("B", "n")], [("x", 1)], simulated=False))
    assert '<div class="scroll" tabindex="0" role="group" aria-label="Caption">' in table
    assert '<th scope="col">A</th><th scope="col" class="n">B</th>' in table
    assert '<th scope="row">x</th><td class="n">1</td>' in table


@pytest.mark.parametrize(("status", "labelled"), [("simulated", True), ("reported", False)])
def test_a_table_that_rests_on_simulated_values_says_so_in_its_caption(report, status, labelled):
    for name, table in shown(report(status=status)).items():
        captions = re.findall("<caption>(.*?)</caption>", table)
        assert captions, name
        assert [DEMO in caption for caption in captions] == [labelled] * len(captions), name


def test_an_effect_stands_with_interval_p_and_what_could_be_seen(report):
    made = report()
    (head, row) = texts(str(tables.effects(made.findings)))
    found = dict(zip(head, row, strict=True))
    assert re.fullmatch(
        r"\+\d\.\d percentage points \+\d\.\d to \+\d+\.\d percentage points", found["Effect, 95% interval"]
    )
    assert found["p"] == "0.024"
    assert found["Judgement"] == "▲ Evidence supports an effect"
    assert re.fullmatch(r"[\d.]+ → [\d.]+ 40 comparison regions: [\d.]+ → [\d.]+", found["Before → after"])


def test_an_exploratory_indicator_gets_no_chip(report):
    exploratory = replace(report().finding, primary=False)
    assert texts(str(tables.effects([exploratory])))[1][1] == "exploratory, no judgement"


def test_a_withheld_effect_has_a_reason_and_no_number(refused):
    table = str(tables.effects(refused.findings))
    assert "effects-table" not in table
    (_, row) = texts(table)
    assert row[:2] == ["Rate", "□ Conditions for a judgement not met"]
    assert row[2].startswith("Not estimated: complete, released periods after the start (2019 Q1)")
    assert row[2].endswith("1; needed: at least 4.")


def test_without_an_effect_there_is_no_table_of_checks(refused):
    assert str(tables.checks(refused.finding)) == ""


def test_where_every_estimate_is_withheld_there_is_no_table_of_estimates(refused):
    assert isinstance(refused.finding.effect, Withheld)
    assert str(tables.estimates((refused.finding.effect,), refused.finding.indicator, "x")) == ""


def test_before_and_after_of_a_share_keep_three_decimals(report, make_values):
    made = report(make_values(effect=8) / 100, about="unit: share, better: higher")
    found = texts(str(tables.effects(made.findings)))[1]
    assert re.fullmatch(r"0\.\d{3} → 0\.\d{3} 40 comparison regions: 0\.\d{3} → 0\.\d{3}", found[5])


def test_the_pool_names_who_is_compared_and_who_is_not_and_why(report):
    made = report(more="design: {comparison: {exclude: {u001: merged in 2018}}}\n")
    told = texts(str(comparison.pool(made.finding, made.evaluation)))
    assert told[1][:2] == ["Comparison group", "39"]
    assert any("left out by the evaluator: merged in 2018" in row[0] and row[2] == "Region u001" for row in told)


def test_of_a_large_group_the_first_units_are_named_and_the_others_counted(report, make_values):
    made = report(make_values(n=70))
    told = texts(str(comparison.pool(made.finding, made.evaluation)))
    assert told[1][1] == "70"
    assert told[1][2].endswith("Region u060 and 10 more")


def test_definitions_speak_the_language_of_the_page(project):
    project.indicators("rate: {name: {zh: 率, en: Rate}, unit: percent, definition: {zh: 口径, en: Meaning}}")
    assert texts(str(tables.definitions(project.read("a"), project.load("a"))))[1][:2] == ["Rate", "Meaning"]
    words.use("zh")
    assert texts(str(tables.definitions(project.read("a"), project.load("a"))))[1][:2] == ["率", "口径"]


def test_definitions_are_grouped_by_domain_where_there_are_several(project):
    entries = {"rate": "outcomes", "cost": "insurance_cost", "beds": "our own <group>", "died": "outcomes"}
    project.indicators(
        "".join(
            f'{name}: {{name: {{en: {name}}}, unit: percent, domain: "{domain}"}}\n' for name, domain in entries.items()
        )
    )
    project.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [rate, cost, beds, died]}\n")
    page = BeautifulSoup(str(tables.definitions(project.read("a"), project.load("a"))), "html.parser")
    first = [row.find(["th", "td"]).get_text() for row in page.select("tbody tr")]
    assert first == ["Health outcomes", "rate", "died", "Insurance fund and costs", "cost", "our own <group>", "beds"]


def test_a_reason_in_the_evaluators_words_is_escaped_once(report):
    made = report(more='design: {comparison: {exclude: {u001: "<b> & more"}}}\n')
    table = str(comparison.pool(made.finding, made.evaluation))
    assert "left out by the evaluator: &lt;b&gt; &amp; more" in table


def test_the_largest_donors_of_the_weighted_comparisons_are_named(report):
    made = report()
    head, did, control = texts(str(comparison.donors(made.finding, made.evaluation)))
    assert head == [
        "Method",
        "Largest weights",
        "Effective number of comparison regions",
        "Misfit before",
        "Cells filled",
    ]
    synthetic = made.finding.others[0]
    largest, weight = next(iter(synthetic.donors.items()))
    assert did[1].startswith(f"Region {largest} {100 * weight:.0f}%")
    assert did[1].count("%") == 5
    assert control[0] == "Synthetic control"


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        ((), None),
        (("2018Q1",), "since the definition changed (2018 Q1)"),
        (("2020Q1",), "the definition changed in between"),
    ],
)
def test_no_level_is_a_mean_across_a_change_of_definition(report, breaks, told):
    made = report()
    design = replace(made.finding.design, own_breaks=breaks)
    finding = replace(made.finding, design=design, effect=did.att(design))
    row = texts(str(tables.effects([finding])))[1]
    if told is None:
        assert row[5].count("→") == 2
    else:
        assert told in row[5]
        assert ("→" in row[5]) is ("since" in told)
    plain = texts(str(tables.effects([made.finding])))[1]
    assert (row[5].split(" since")[0] == plain[5]) is (not breaks)
