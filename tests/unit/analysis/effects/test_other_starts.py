import pytest

from evalkit.analysis.effects import findings, other_starts
from evalkit.reporting.language import words
from evalkit.reporting.region import starts as told

REGION = """
region: a
policies:
  - {name: {en: Budget}, role: payment, date: 2019Q3, indicators: [rate], source: plan, phrase: …}
  - {name: {en: Points}, role: payment, indicators: [rate], source: plan, phrase: …}
  - {name: {en: Centre}, role: concurrent, date: 2018Q1, indicators: [rate], source: plan, phrase: …}
"""


@pytest.fixture
def found(project, make_values):
    """Region a started in 2019Q1, or perhaps in 2018Q3 or 2019Q2; effect of 8 points from 2019Q1 on."""

    def finding(alternatives="2018Q3;2019Q2", effect=8.0, more="", region=REGION):
        values = make_values(effect=effect)
        project.values(values, status="simulated")
        rows = "".join(f"{unit} | |\n" for unit in values.index if unit != "a")
        project.table("units", f"unit | adoption | adoption_alternatives\na | 2019Q1 | {alternatives}\n{rows}")
        project.assessment(more)
        project.region("a", region)
        evaluation, panel = project.load("a"), project.read("a")
        return panel, evaluation, findings.evaluate(panel, evaluation)

    return finding


def test_every_alternative_date_gives_a_judgement_of_its_own(found):
    starts = other_starts.dates(*found())
    # 2019Q2 leaves a treated quarter in the baseline, where it is an unusual gap before the start.
    assert [(one.date, one.moved) for one in starts] == [("2018Q3", False), ("2019Q2", True)]
    assert [one.shifted.design.adoption for one in starts] == ["2018Q3", "2019Q2"]


def test_a_date_that_takes_the_effect_into_the_baseline_moves_the_judgement(found):
    (late,) = other_starts.dates(*found(alternatives="2020Q1"))
    assert (late.usual.conclusion.verdict, late.moved) == ("supported", True)
    words.use("en")
    page = str(told.dates([late]))
    assert "With another possible start the judgement changes in 1 of 1 cases." in page
    assert page.count("<tr>") == 2


def test_a_date_after_the_cut_off_is_not_known_yet(found):
    assert other_starts.dates(*found(alternatives="2020Q4", more="as_of: 2020-09-30\n")) == ()


def test_a_payment_reform_with_a_date_is_estimated_from_its_own_start(found):
    panel, evaluation, usual = found()
    (one,) = other_starts.reforms(panel, evaluation, usual)
    assert (one.date, one.shifted.design.adoption, one.reform["en"]) == ("2019Q3", "2019Q3", "Budget")
    (row,) = other_starts.rows([one])
    assert (row.method, row.estimates[0].term, row.inference) == (
        "adoption_alternative",
        "date=2019Q3",
        "placebo_space",
    )
    words.use("en")
    page = str(told.reforms([one], evaluation))
    assert "Points: the sources give no date" in page
    assert "Demonstration data" in page
    assert "Centre" not in page


def test_too_few_periods_give_an_early_signal_without_a_p_value(found):
    panel, evaluation, usual = found(more="as_of: 2019-09-30\n")
    (signal,) = other_starts.early_signals(panel, evaluation, usual)
    assert (signal.effect.n_post, signal.needed) == (3, 4)
    words.use("en")
    page = str(told.early([signal]))
    assert "Early signal only" in page
    assert "points" in page
    assert "chip" not in page


def test_enough_periods_need_no_early_signal(found):
    assert other_starts.early_signals(*found()) == ()
    assert str(told.early([])) == ""
