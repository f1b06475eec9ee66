"""Which figures may be held against each other: one source, one definition, the same season, the platform running."""

import pytest

from evalkit.analysis.goals import observed
from evalkit.analysis.goals.observed import figures

PUBLISHED = "unit | period | indicator | value | operator | status | source | phrase\n"


@pytest.fixture
def known(project):
    """Published figures and a panel in, all that is known of the indicator out."""

    def knowing(published="", panel="", about="", adoption="2019Q1", region=""):
        project.indicators(f"rate: {{name: {{en: Rate}}, unit: percent{about}}}")
        project.table("units", f"unit | adoption\na | {adoption}\nb |")
        project.table("published", PUBLISHED + published)
        if panel:
            project.table("panel", "unit | period | indicator | value\n" + panel)
        project.region("a", "region: a\n" + region)
        evaluation = project.load("a")
        return figures(project.read("a"), evaluation, evaluation.indicators["rate"], "a")

    return knowing


def published(*periods, value=1.0):
    return "".join(f"a | {period} | rate | {value} | | | press | …\n" for period in periods)


def panel(*periods):
    return "".join(f"a | {period} | rate | {i} | \n".replace("| \n", "\n") for i, period in enumerate(periods))


def periods_of(listed):
    return [one.period for one in listed]


def test_comparable_figures_are_of_the_source_and_frequency_of_the_latest(known):
    found = known(published("2017", "2018", "2020") + published("2018Q1"), panel("2018Q1", "2018Q2"))
    assert periods_of(found.comparable) == ["2017", "2018", "2020"]
    assert {one.method for one in found.comparable} == {"published"}


def test_another_source_stands_in_where_the_latest_figure_is_alone(known):
    found = known(published("2020"), panel("2018Q1", "2018Q2"))
    assert found.latest.period == "2020"
    assert periods_of(found.comparable) == ["2018Q1", "2018Q2"]


def test_a_figure_keeps_how_exact_it_is(known):
    found = known("a | 2020 | rate | 40 | <~ | | press | …\n")
    assert found.latest.operator == "<~"


def test_the_baseline_year_is_the_last_before_adoption(known):
    names = [f"{year}Q{quarter}" for year in (2017, 2018, 2019) for quarter in (1, 2, 3, 4)]
    found = known(panel=panel(*names), adoption="2018Q3")
    assert periods_of(found.baseline_year) == ["2017Q3", "2017Q4", "2018Q1", "2018Q2"]
    assert found.baseline == 3.5
    assert (found.start.period, next(iter(found.line))) == ("2017Q4", "2017Q3")


def test_a_hole_in_the_baseline_year_is_not_filled_from_the_year_before(known):
    found = known(panel=panel("2017Q3", "2018Q1", "2018Q4", "2019Q1"))
    assert periods_of(found.baseline_year) == ["2018Q1", "2018Q4"]


def test_without_adoption_there_is_no_baseline_and_the_earliest_figure_starts(known):
    found = known(published("2017", "2018", "2020"), adoption="")
    assert (found.baseline, found.start.period) == (None, "2017")


def test_figures_before_a_change_of_definition_are_left_out_and_told(known):
    about = ", breaks: [{from: 2018Q3, note: new}, {from: 2030, note: later}]"
    found = known(panel=panel("2018Q1", "2018Q2", "2018Q3", "2018Q4"), about=about, adoption="2018Q3")
    assert periods_of(found.comparable) == ["2018Q3", "2018Q4"]
    assert [str(one) for one in found.caveats] == ["definition_changed: periods=2018Q3"]


def test_a_change_of_definition_long_before_is_not_told(known):
    found = known(panel=panel("2017Q4", "2018Q1", "2018Q4", "2019Q1"), about=", breaks: [{from: 2018Q1, note: new}]")
    assert (found.caveats, periods_of(found.before)) == ((), ["2018Q1", "2018Q4"])


@pytest.mark.parametrize(
    ("starts", "kept"),
    [("2018Q2", ["2018Q2", "2018Q3"]), ("2018-05", ["2018Q3"]), ("2018", ["2018Q1", "2018Q2", "2018Q3"])],
)
def test_a_platform_measures_from_its_first_whole_period_on(known, starts, kept):
    platform = f"platforms:\n  - {{name: {{en: P}}, source: s, phrase: …, indicators: [rate], starts: {starts}}}\n"
    found = known(panel=panel("2018Q1", "2018Q2", "2018Q3"), region=platform, adoption="2018Q1")
    assert periods_of(found.comparable) == kept


def test_a_platform_of_other_indicators_says_nothing(known):
    platform = "platforms:\n  - {name: {en: P}, source: s, phrase: …}\n"
    assert known(published("2018"), region=platform).caveats == ()


def test_the_rows_of_a_unit_are_read_once_per_panel(project, monkeypatch):
    project.table("units", "unit\na\nb")
    project.table("panel", "unit | period | indicator | value\na | 2020 | rate | 2\na | 2019 | rate | 1")
    whole, read, by_indicator = project.read(), [], observed._by_indicator
    monkeypatch.setattr(observed, "_by_indicator", lambda of, unit: read.append(unit) or by_indicator(of, unit))
    values = {name: [one.value for one in observed.observations(whole, "a", name)] for name in ("rate", "none")}
    assert values == {"rate": [1, 2], "none": []}
    assert observed.observations(whole, "b", "rate") == ()
    assert read == ["a", "b"]
