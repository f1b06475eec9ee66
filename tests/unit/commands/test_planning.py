"""`evalkit check` says what an assessment will be able to say; `evalkit power` does before the reform."""

import numpy as np
import pytest

from evalkit.commands import planning
from evalkit.localized import use
from evalkit.simulation import power


@pytest.fixture(autouse=True)
def _english():
    use("en")
    yield
    use("")


@pytest.fixture
def nation(project, make_values):
    """Region `a` with 25 untreated others, `u001` that starts too late for an estimate."""
    project.values(make_values(n=25))
    units = "".join(f"u{n:03d} | {'2020Q4' if n == 1 else ''}\n" for n in range(1, 26))
    project.table("units", f"unit | adoption\na | 2019Q1\n{units}")
    project.assessment(base="dataset: d\nregions: [a, u001]\nindicators: {primary: [rate]}\n")
    return project


def test_check_forecasts_who_gets_a_judgement_and_what_the_others_lack(nation, capsys):
    planning.forecast(nation.load())
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "forecast of rate: 1 of 2 regions will get a judgement"
    assert "the judgement finds effects from" in said[1]
    assert said[2].startswith(
        "forecast of rate: no judgement of u001 (1): Not estimated: complete, released periods after"
    )
    use("zh")
    planning.forecast(nation.load())
    assert capsys.readouterr().out.splitlines()[0] == "rate 的预测：2 个地区中有 1 个能得出判断"


def test_regions_that_start_by_prefecture_raise_the_question_of_the_level(project, make_values, capsys):
    project.values(make_values(n=25))
    starts = {0: "2019Q1", 1: "2019Q1", 2: "2019Q3"}
    rows = [("a", 0), *((f"u{n:03d}", n // 4) for n in range(1, 26))]
    units = "".join(f"{unit} | p{place} | {starts.get(place, '')}\n" for unit, place in rows)
    project.table("units", f"unit | prefecture | adoption\n{units}")
    asked = "Regions with the same `prefecture` always start together."
    planning.forecast(project.load())
    assert asked in capsys.readouterr().out.replace("\n", " ")
    project.table("units", f"unit | prefecture | adoption\n{units.replace('u009 | p2 | 2019Q3', 'u009 | p2 | ')}")
    planning.forecast(project.load())
    assert "start together" not in capsys.readouterr().out


def test_zeros_without_logarithm_are_announced(project, make_values, capsys):
    values = make_values(n=25).round(0)
    values.iloc[3, 5] = 0
    project.indicators("rate: {name: {en: Rate}, unit: count, better: higher}")
    project.table("units", "unit | adoption\na | 2019Q1\n" + "".join(f"u{n:03d} |\n" for n in range(1, 26)))
    project.values(values)
    planning.forecast(project.load())
    assert "forecast of rate: 1 zeros have no logarithm and are left out" in capsys.readouterr().out


def test_without_a_panel_nothing_is_forecast(project, capsys):
    planning.forecast(project.load())
    assert capsys.readouterr().out == ""


def test_power_shows_sizes_and_marks_those_that_find_the_wanted_effect(nation, capsys, monkeypatch):
    monkeypatch.setattr(power, "of_one_region", lambda found: np.full((5, 4), 3.0))
    monkeypatch.setattr(power, "of_programme", lambda found: np.array([[np.nan, 3.0, 2.0, 1.0, 0.5]] * 5))
    planning.power("a", 2.0, nation.root)
    said = capsys.readouterr().out
    assert "rate: fluctuates by" in said
    last = [line.replace("│", " ").split() for line in said.splitlines() if "16 + 8" in line][-1]
    assert last == ["16", "+", "8", "–", "3", "2*", "1*", "0.5*"]
    assert "Marked with *: finds an effect of 2." in said
