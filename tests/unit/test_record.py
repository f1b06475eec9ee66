"""What a notebook leaves for the runner: rows under the contract's columns, and a summary."""

import json

import pandas as pd

from evalkit.analysis.results import COLUMNS, KEY
from evalkit.reporting.record import MEDIA_TYPE, record


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


def test_the_figures_that_the_report_leads_with_are_left_for_the_next_run(report):
    figures = content(report())["figures"]
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
