"""Figures of one run against those published before: what differs, what is gone, what is new."""

import pytest

from evalkit.analysis.revisions import KEPT, Origin, compare, extended, headline
from evalkit.project.last_run import Difference, Figure, Run


def figure(value, indicator="rate", analysis="attainment", method="panel", period="2020Q4"):
    return Figure(indicator=indicator, analysis=analysis, method=method, term="value", period=period, value=value)


def test_a_report_leads_with_its_latest_figures_and_its_effects(report, make_values):
    made = report(make_values(effect=16))  # in so short a series a smaller change is not claimed
    found = {(one.analysis, one.method, one.term): one for one in headline(made.goals, made.findings)}
    assert {key[0] for key in found} == {"attainment", "did", "before_after"}
    latest = found["attainment", "panel", "value"]
    assert (latest.period, latest.value) == ("2020Q4", float(f"{made.goals[0].latest.value:.6g}"))
    att = made.finding.effect["att"].estimate
    assert found["did", "did_mean", "att"].value == float(f"{att:.6g}")


def test_a_withheld_effect_is_no_figure(refused):
    assert {one.analysis for one in headline(refused.goals, refused.findings)} == {"attainment"}


def test_a_change_that_two_models_contradict_is_no_figure(report, monkeypatch):
    from evalkit.analysis.effects import before_after

    made = report()
    read = before_after.reading(made.finding.changes)
    monkeypatch.setattr(before_after, "reading", lambda found: before_after.Reading(read.main, read.twin, False))
    assert "before_after" not in {one.analysis for one in headline(made.goals, made.findings)}


def test_equal_figures_do_not_differ():
    assert compare([figure(1), figure(2, "beds")], [figure(2, "beds"), figure(1)]) == ()


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([figure(1)], [figure(2)], (Difference(old=figure(1), new=figure(2)),)),
        ([figure(1)], [figure(1, period="2021Q1")], (Difference(old=figure(1), new=figure(1, period="2021Q1")),)),
        ([figure(1)], [], (Difference(old=figure(1)),)),
        ([], [figure(1)], (Difference(new=figure(1)),)),
        (
            [figure(1), figure(2, "beds")],
            [figure(2, "beds"), figure(3, "cost")],
            (Difference(old=figure(1)), Difference(new=figure(3, "cost"))),
        ),
        (
            [figure(1, analysis="did")],
            [figure(1)],
            (Difference(old=figure(1, analysis="did")), Difference(new=figure(1))),
        ),
    ],
)
def test_what_differs_is_paired_by_indicator_and_analysis(before, after, found):
    assert compare(before, after) == found


def test_the_first_run_has_no_changes():
    assert extended(None, "x", [figure(1)]) == Run(data="x", figures=(figure(1),))


def test_the_same_figures_again_change_nothing():
    run = extended(extended(None, "x", [figure(1)]), "y", [figure(1)])
    assert run == Run(data="y", figures=(figure(1),))


def test_a_changed_figure_is_kept_with_its_data_and_stays():
    run = extended(Run(data="x", figures=(figure(1),)), "y", [figure(2)])
    (change,) = run.changes
    assert (change.before, change.after, change.count) == ("x", "y", 1)
    assert change.rows == (Difference(old=figure(1), new=figure(2), reasons=("data",)),)
    assert extended(run, "y", [figure(2)]) == run


def test_of_many_changes_the_first_are_kept_and_all_are_counted():
    many = range(KEPT + 5)
    before, after = ([figure(step, f"i{i}") for i in many] for step in (1, 2))
    (change,) = extended(Run(data="x", figures=tuple(before)), "y", after).changes
    assert (change.count, len(change.rows)) == (KEPT + 5, KEPT)


def origin(hidden=(), disclosure="", **inputs):
    return Origin({name.replace("_", "."): told for name, told in inputs.items()}, disclosure, frozenset(hidden))


BEFORE = origin(data_rate="1", data_beds="1", parameters="1", code="1")


@pytest.mark.parametrize(
    ("now", "rate", "beds"),
    [
        (origin(data_rate="2", data_beds="1", parameters="1", code="1"), ("data",), ("data",)),
        (origin(data_rate="2", data_beds="1", parameters="2", code="1"), ("data", "parameters"), ("parameters",)),
        (origin(data_rate="1", data_beds="1", parameters="1", code="2"), ("code",), ("code",)),
        (origin(data_rate="1", data_beds="2", parameters="1", code="2"), ("code",), ("data", "code")),
    ],
)
def test_the_reason_names_what_changed_by_indicator(now, rate, beds):
    first = extended(None, "x", [figure(1), figure(1, "beds")], BEFORE)
    (change,) = extended(first, "y", [figure(2), figure(2, "beds")], now).changes
    assert {one.new.indicator: one.reasons for one in change.rows} == {"rate": rate, "beds": beds}


def test_only_the_data_of_the_others_changed():
    """An effect rests on more than the indicator's own figures: units.csv, say."""
    first = extended(None, "x", [figure(1)], BEFORE)
    assert extended(first, "y", [figure(2)], BEFORE).changes[0].rows[0].reasons == ("data",)
    assert extended(first, "x", [figure(2)], origin(data_rate="1", parameters="2")).changes[0].rows[0].reasons == (
        "parameters",
    )


def test_under_another_rule_of_disclosure_the_log_begins_anew():
    run = extended(extended(None, "x", [figure(3)]), "y", [figure(70_000)])
    assert len(run.changes) == 1
    under = extended(run, "y", [figure(70_000)], origin(disclosure="rule"))
    assert (under.changes, under.restarted, under.figures) == ((), True, (figure(70_000),))
    again = extended(under, "z", [figure(80_000)], origin(disclosure="rule"))
    assert (len(again.changes), again.restarted) == (1, True)


def test_a_figure_that_is_hidden_now_is_listed_no_more():
    run = extended(extended(None, "x", [figure(1)]), "y", [figure(2, period="2021Q1")])
    for hidden, kept in (("2020Q4", (None, 2)), ("2021Q1", (1, None))):
        now = extended(run, "y", [figure(2, period="2021Q1")], origin(hidden=[("rate", hidden)]))
        assert [(one.old and one.old.value, one.new and one.new.value) for one in now.changes[0].rows] == [kept]
    both = origin(hidden=[("rate", "2020Q4"), ("rate", "2021Q1")])
    assert extended(run, "y", [figure(2, period="2021Q1")], both).changes[0].rows == ()
