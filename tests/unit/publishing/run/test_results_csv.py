"""results.csv and its download: every number of every report, and nothing that a spreadsheet would run."""

import csv

import pandas as pd
import pytest

from evalkit.analysis.results import COLUMNS
from evalkit.publishing.run import manifests, results_csv, shared_parameters

ROW = dict.fromkeys(COLUMNS) | {
    "assessment": "a", "region": "a", "indicator": "rate", "analysis": "did", "method": "did_mean", "term": "att",
    "estimate": -1.5, "inference": "placebo_space", "n_comparison": 38, "status": "ok", "reason": "", "period": "",
    "data_status": "reported",
}  # fmt: skip


@pytest.fixture
def published(project):
    """results.csv and its download, for the rows of region `a`."""

    def publish(*rows):
        folder, evaluation = project.root / "reports/a", project.load()
        vouch(evaluation, "a")
        results_csv.write(results_csv.merge([list(rows)]).table, folder / "work/a/results.csv")
        results_csv.assemble(evaluation)
        return (folder / "results.csv").read_bytes(), (folder / "site/downloads/results.csv").read_bytes()

    return publish


def vouch(evaluation, region):
    """Leave the manifest of a region that was made with today's parameters."""
    left = dict.fromkeys(manifests.NEEDED, "") | {"shared": dict(shared_parameters.of(evaluation, region))}
    manifests.write(evaluation, region, left)


def rows_of(content):
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def test_notebooks_and_languages_that_agree_give_one_row():
    merged = results_csv.merge([[ROW], [dict(ROW)]])
    assert len(merged.table) == 1
    assert merged.conflict == ""


def test_notebooks_that_differ_are_named_by_their_key():
    merged = results_csv.merge([[ROW], [ROW | {"estimate": -1.6}]])
    assert merged.conflict == "two notebooks differ in a, rate, did, did_mean, att, placebo_space"


def test_rows_stand_in_the_order_of_the_contract():
    merged = results_csv.merge([[ROW, ROW | {"term": "a_first"}, ROW | {"indicator": "beds"}]])
    assert merged.table[["indicator", "term"]].to_numpy().tolist() == [
        ["beds", "att"], ["rate", "a_first"], ["rate", "att"],
    ]  # fmt: skip


def test_no_rows_are_still_a_table():
    assert tuple(results_csv.merge([]).table.columns) == COLUMNS
    assert results_csv.merge([]).conflict == ""


def test_the_file_has_the_columns_of_the_contract_and_no_byte_order_mark(published):
    plain, _ = published(ROW)
    assert plain.decode("utf-8").splitlines() == [
        ",".join(COLUMNS),
        "a,a,rate,did,did_mean,att,-1.5,,,,,,placebo_space,,,38,,,ok,,,,,reported",
    ]


def test_the_download_has_a_byte_order_mark_and_a_note(published):
    _, download = published(
        ROW | {"data_status": "simulated"}, ROW | {"term": "x"}, ROW | {"term": "y", "data_status": "mixed"}
    )
    assert download.startswith(b"\xef\xbb\xbf")
    notes = {row["term"]: row["note"] for row in rows_of(download)}
    assert notes == {"att": results_csv.DEMO, "x": "", "y": results_csv.DEMO}


def test_every_row_of_an_internal_download_says_so(project, published):
    project.assessment("audience: internal\n")
    plain, download = published(ROW | {"data_status": "simulated"}, ROW | {"term": "x"})
    notes = {row["term"]: row["note"] for row in rows_of(download)}
    assert notes == {"att": f"{results_csv.INTERNAL}; {results_csv.DEMO}", "x": results_csv.INTERNAL}
    assert "内部" not in plain.decode("utf-8")


def test_numbers_stay_numbers_in_the_download(published):
    (row,) = rows_of(published(ROW | {"conf_low": -0.000012345678901, "estimate": 1455180.25})[1])
    assert (row["estimate"], row["conf_low"], row["n_comparison"]) == ("1455180.25", "-1.2345678901e-05", "38")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_a_text_that_a_spreadsheet_would_run_is_made_text(sign):
    assert results_csv.without_formula(f"{sign}cmd()") == f"'{sign}cmd()"


def test_other_texts_stay_as_they_are():
    assert [results_csv.without_formula(text) for text in ("", "兰溪市", "event_time=-8", "a=b")] == [
        "", "兰溪市", "event_time=-8", "a=b",
    ]  # fmt: skip


def test_no_cell_of_the_download_can_become_a_formula(published):
    rows = rows_of(published(ROW | {"region": "=cmd()", "reason": "@SUM(A1)", "unit": "+1", "period": "-1"})[1])
    assert [rows[0][name] for name in ("region", "reason", "unit", "period")] == ["'=cmd()", "'@SUM(A1)", "'+1", "'-1"]


def test_a_failed_region_has_one_row_per_primary_indicator(project):
    table = results_csv.failure(project.load(), "a", "KeyError: 'x'")
    assert tuple(table.columns) == COLUMNS
    assert table[["region", "indicator", "status", "reason"]].to_numpy().tolist() == [
        ["a", "rate", "failed", "KeyError: 'x'"]
    ]


def test_regions_that_were_not_run_keep_their_rows(project):
    project.assessment(base="dataset: d\nregions: [a, b]\nindicators: {primary: [rate]}\n")
    folder = project.root / "reports/a"
    for region in "ab":
        results_csv.write(results_csv.merge([[ROW | {"region": region}]]).table, folder / f"work/{region}/results.csv")
        vouch(project.load(), region)
    results_csv.assemble(project.load())
    results_csv.write(results_csv.merge([[ROW | {"estimate": 2.0}]]).table, folder / "work/a/results.csv")
    results_csv.assemble(project.load())
    table = pd.read_csv(folder / "results.csv")
    assert table[["region", "estimate"]].to_numpy().tolist() == [["a", 2.0], ["b", -1.5]]


def test_what_no_region_wrote_again_is_not_put_together_again(project, monkeypatch):
    project.assessment(base="dataset: d\nregions: [a]\nindicators: {primary: [rate]}\n")
    folder = project.root / "reports/a"
    results_csv.write(results_csv.merge([[ROW]]).table, folder / "work/a/results.csv")
    results_csv.assemble(project.load())
    with monkeypatch.context() as without:
        without.setattr(results_csv, "q_values", lambda *_: pytest.fail("made again"))
        results_csv.assemble(project.load())
    before = (folder / "results.csv").read_bytes()
    (folder / "results.csv").write_text("half", encoding="utf-8")
    results_csv.assemble(project.load())
    assert (folder / "results.csv").read_bytes() == before
