import dataclasses

import pandas as pd
import pytest

from evalkit.analysis import results
from evalkit.analysis.results import Check, Estimate, Result, Withheld, reason, worst_status

ABOUT = {"indicator": "rate", "analysis": "did", "method": "did_mean", "unit": "percent"}


@pytest.fixture
def effect():
    estimate = Estimate("att", 1.5, p_value=0.02, conf_low=0.5, conf_high=2.5)
    return Result(**ABOUT, data_status="reported", inference="placebo_space", estimates=(estimate,), n_comparison=40)


@pytest.fixture
def withheld():
    why = reason("too_few_post_periods", have=2, need=4)
    return Withheld(**ABOUT, data_status="reported", reason=why, terms=("att",))


def test_a_reason_is_a_code_with_facts():
    assert str(reason("no_panel")) == "no_panel"
    assert str(reason("too_few", have=2, need=4)) == "too_few: have=2, need=4"
    assert reason("too_few", have=2) == reason("too_few", have="2")


def test_every_result_is_tidy_with_the_same_columns(effect, withheld):
    for result in (effect, withheld):
        assert tuple(result.tidy().columns) == results.TIDY
    assert effect.tidy().at[0, "estimate"] == 1.5


def test_what_is_withheld_has_its_terms_and_no_number(withheld):
    table = withheld.tidy()
    assert table["term"].tolist() == ["att"]
    assert table.drop(columns="term").isna().all(axis=None)


def test_a_glance_names_inference_and_sizes(effect):
    glance = effect.glance().iloc[0]
    assert (glance["inference"], glance["n_comparison"]) == ("placebo_space", 40)


def test_a_result_prints_as_one_line(effect, withheld):
    assert repr(effect) == "Result(rate, did_mean, att 1.500)"
    assert repr(withheld) == "Withheld(rate, did_mean, too_few_post_periods: have=2, need=4)"
    assert repr(Result(**ABOUT, data_status="")) == "Result(rate, did_mean, no number)"


def test_a_notebook_shows_the_tidy_table_with_empty_cells(effect):
    shown = effect._repr_html_()
    assert "<td>att</td>" in shown
    assert "NaN" not in shown
    assert "None" not in shown


def test_results_are_frozen_and_compare_by_identity(effect):
    with pytest.raises(dataclasses.FrozenInstanceError):
        effect.unit = "count"
    assert effect != dataclasses.replace(effect)


def test_a_term_is_found_by_its_name(effect):
    assert effect["att"].p_value == 0.02


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ([], ""),
        (["published", "derived"], "derived"),
        (["reported", "provisional", "published"], "provisional"),
        (["simulated", "simulated"], "simulated"),
        (["simulated", "published"], "mixed"),
        ([""], "reported"),  # a panel that says nothing was sent in by somebody
    ],
)
def test_the_worst_status_travels(statuses, worst):
    assert worst_status(statuses) == worst


@pytest.mark.parametrize(("status", "said"), [("simulated", True), ("mixed", True), ("provisional", False)])
def test_a_result_that_rests_on_simulated_values_says_so(status, said):
    assert Result(**ABOUT, data_status=status).simulated is said


def test_rows_have_the_columns_and_the_order_of_the_contract(effect, withheld):
    check = Check(
        indicator="rate", analysis="check", method="detectable", unit="percent", data_status="reported",
        estimates=(Estimate("value", None, reason=reason("unbounded_interval", n=7)),),
    )  # fmt: skip
    other = dataclasses.replace(withheld, indicator="beds")
    table = results.rows("final", "lanxi", [effect, check, other])
    assert tuple(table.columns) == results.COLUMNS
    assert table[["indicator", "analysis", "status", "reason"]].to_numpy().tolist() == [
        ["beds", "did", "withheld", "too_few_post_periods: have=2, need=4"],
        ["rate", "check", "withheld", "unbounded_interval: n=7"],
        ["rate", "did", "ok", ""],
    ]
    assert set(table["assessment"]) == {"final"}
    assert set(table["region"]) == {"lanxi"}
    pd.testing.assert_frame_equal(table, results.rows("final", "lanxi", [other, check, effect]))


def test_no_results_give_a_table_without_rows():
    table = results.rows("final", "lanxi", [])
    assert table.empty
    assert tuple(table.columns) == results.COLUMNS
