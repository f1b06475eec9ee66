"""What a notebook leaves for the runner: rows under the contract's columns, and a summary."""

import json

import pandas as pd
import pytest

from evalkit.analysis.goals import attainment
from evalkit.analysis.results import COLUMNS, KEY
from evalkit.reporting.elements.record import MEDIA_TYPE, record


def content(made):
    return record(made.evaluation, made.goals, made.findings).content


def test_rows_have_the_columns_of_the_contract_in_order(report):
    rows = content(report())["rows"]
    assert rows
    assert all(tuple(row) == COLUMNS for row in rows)


def test_a_missing_number_is_none_and_never_nan(report, refused):
    for made in (report(), refused):
        cells = [cell for row in content(made)["rows"] for cell in row.values()]
        assert None in cells
        assert not any(isinstance(cell, float) and pd.isna(cell) for cell in cells)
        json.dumps(cells, allow_nan=False)


def test_no_row_stands_twice(report):
    keys = [tuple(row[name] for name in KEY) for row in content(report())["rows"]]
    assert len(set(keys)) == len(keys)


def test_a_withheld_row_has_a_reason_and_no_number(refused):
    rows = [row for row in content(refused)["rows"] if row["analysis"] == "did"]
    assert {row["status"] for row in rows} == {"withheld"}
    assert all(row["reason"] and row["estimate"] is None for row in rows)


def test_the_figures_that_the_report_leads_with_are_left_for_the_next_run(report, make_values):
    figures = content(report(make_values(effect=16)))["figures"]
    assert {one["analysis"] for one in figures} == {"attainment", "did", "before_after"}
    assert all(set(one) == {"indicator", "analysis", "method", "term", "period", "value"} for one in figures)
    json.dumps(figures, allow_nan=False)


def test_the_summary_counts_goals_and_primary_judgements(report):
    made = report(status="simulated")
    assert content(made)["summary"] == {
        "goals": [["rate", made.goals[0].goal]],
        "effects": [["rate", "supported"]],
        "simulated": True,
    }


def test_it_travels_as_an_output_of_its_own_kind(report):
    made = report()
    bundle = record(made.evaluation, made.goals, made.findings)._repr_mimebundle_()
    assert set(bundle) == {MEDIA_TYPE, "text/plain"}
    assert bundle["text/plain"] == f"{len(bundle[MEDIA_TYPE]['rows'])} rows for results.csv"


def test_with_the_panel_the_summary_holds_what_the_index_draws(report, make_values):
    made = report(make_values(pre=24, post=12, effect=8, seed=3))
    summary = record(made.evaluation, made.goals, made.findings, panel=made.panel).content["summary"]
    values = made.panel.wide("rate").loc["a"]
    assert len(values) == 36
    assert summary["series"]["rate"] == [[one, float(f"{value:.4g}")] for one, value in values.iloc[-28:].items()]
    assert summary["latest"]["rate"] == [values.index[-1], values.iloc[-1]]
    assert summary["targets"] == {"rate": 65.0}
    assert (summary["adoption"], summary["coverage"]) == ("2019Q1", [1, 1])
    json.dumps(summary, allow_nan=False)


def test_the_index_draws_comparable_figures_and_names_the_one_that_the_report_leads_with(project, report):
    made = report()
    project.table("published", "unit|period|indicator|value|source|phrase\na|2030|rate|70|s|…")
    panel = project.read("a")
    summary = record(made.evaluation, made.goals, made.findings, panel=panel).content["summary"]
    assert summary["latest"]["rate"] == ["2030", 70.0]
    assert [period for period, _ in summary["series"]["rate"]] == list(panel.wide("rate").columns)


def test_an_indicator_without_a_figure_of_this_region_is_not_covered(project):
    project.indicators("rate: {name: {en: Rate}, unit: percent}\nbeds: {name: {en: Beds}, unit: count}")
    project.table("panel", "unit|period|indicator|value\na|2019Q1|rate|50\nb|2019Q1|beds|9")
    project.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [beds, rate]}\n")
    summary = record(project.load("a"), [], [], panel=project.read("a")).content["summary"]
    assert summary["coverage"] == [1, 2]
    assert (summary["series"]["beds"], set(summary["latest"])) == ([], {"rate"})


@pytest.mark.parametrize(
    ("target", "drawn"),
    [
        ("{operator: '>=', value: 65}", {"rate": 65.0}),
        ("{operator: growth, value: 5}", {}),
        ("{operator: range, value: [60, 70]}", {}),
        ("{operator: increase}", {}),
    ],
)
def test_only_a_level_of_its_own_is_drawn_as_a_target(project, report, target, drawn):
    made = report()
    told = target.replace("{", "{indicator: rate, source: plan, phrase: …, ", 1)
    project.region("a", f"region: a\ntargets:\n  - {told}\n")
    evaluation, panel = project.load("a"), project.read("a")
    goals = attainment.judge(panel, evaluation)
    assert record(evaluation, goals, made.findings, panel=panel).content["summary"]["targets"] == drawn
