"""Tables of goals: what is wanted, where it stands, how fast it moves, and how sure one may be."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from evalkit.analysis.goals import attainment, judging
from evalkit.analysis.results import reason
from evalkit.reporting.language import chips, vocabulary, wording, words
from evalkit.reporting.region import goal_tables

PUBLISHED = "unit | period | indicator | value | text | operator | source | phrase\n"


def told(cell):
    """A cell as a reader sees it, drawings left out."""
    return " ".join(cell.get_text(" ").replace("( ", "(").split())


def head(markup):
    return [told(cell) for cell in BeautifulSoup(markup, "html.parser").thead.find_all("th")]


def row(markup):
    """The one row of a table, by column; `target` is its wording, `below` the line under it."""
    soup = BeautifulSoup(markup, "html.parser")
    cells, below = soup.tbody.find_all("tr")
    by_name = dict(zip(head(markup), map(told, cells.find_all(["th", "td"])), strict=True))
    target = soup.find(class_="target")
    return {**by_name, "target": told(target) if target else None, "below": told(below)}


def figure(value, period, unit="a", operator=""):
    return f"{unit} | {period} | rate | {value} | | {operator} | press | …\n"


@pytest.fixture
def made(project):
    """Targets and published figures in; what is judged, with its evaluation, out."""

    def make(target="", published="", region="", more="", about="percent, better: higher"):
        project.indicators(f"rate: {{name: {{zh: 率, en: Rate}}, unit: {about}}}")
        project.table("units", "unit | adoption | name_en | name_zh\na | 2019 | A | 甲\nb | | Bee | 乙")
        project.table("published", PUBLISHED + published)
        listed = f"targets:\n  - {{indicator: rate, source: plan, phrase: 达到65%, {target}}}\n" if target else ""
        project.region("a", "region: a\n" + listed + region)
        project.assessment(more)
        panel, evaluation = project.read("a"), project.load("a")
        return SimpleNamespace(
            evaluation=evaluation,
            panel=panel,
            judged=attainment.judge(panel, evaluation),
            guards=attainment.guards(panel, evaluation),
            references=attainment.references(panel, evaluation),
        )

    return make


def table(found):
    return str(goal_tables.table(found.judged, found.panel, found.evaluation))


def test_the_table_tells_target_latest_figure_gap_status_and_source(made):
    found = made("operator: '>=', value: 65, deadline: 2020", figure(60, 2018) + figure(64.45, 2020))
    assert row(table(found)) == {
        "Indicator and target": "Rate to reach 65%",
        "target": "to reach 65%",
        "Deadline": "2020",
        "Baseline → latest": "60% → 64.45% 2018 → 2020 64 60",  # and the extremes of the small line
        "Gap": "−0.55 percentage points up 4.45 percentage points since 2018",
        "Status": "○ Target not met",
        "below": "达到65%",
    }
    assert '<table id="goals-table" class="stacked">' in table(found)
    assert '<a class="indicator" href="#def-rate">Rate</a>' in table(found)


def test_no_table_of_goals_has_more_than_six_columns(made):
    published = figure(60, 2018) + figure(61, 2019) + figure(62.6, 2020)
    found = made("operator: '>=', value: 65, deadline: 2022", published, more="as_of: 2020-12-31\n")
    assert head(table(found)) == ["Indicator and target", "Deadline", "Baseline → latest", "Gap", "Pace", "Status"]


def test_a_baseline_of_several_periods_says_that_it_is_a_mean(made):
    quarters = "".join(figure(60 + i, f"2018Q{i}") for i in range(1, 5)) + figure(64, "2019Q1")
    shown = row(table(made("operator: '>=', value: 65", quarters)))
    assert shown["Baseline → latest"] == "62.5% → 64% mean of 2018 → 2019 Q1 64 61"
    some = figure(60, "2018Q3") + figure(61, "2018Q4") + figure(64, "2019Q1")
    shown = row(table(made("operator: '>=', value: 65", some)))
    assert shown["Baseline → latest"] == "60.5% → 64% mean of 2018 Q3 to 2018 Q4 → 2019 Q1 64 60"


def test_a_baseline_that_is_the_latest_figure_itself_stands_there_once(made):
    shown = row(table(made("operator: '>=', value: 65", figure(60, 2018))))
    assert shown["Baseline → latest"] == "60% 2018"


def test_the_course_is_drawn_where_there_are_two_comparable_figures(made):
    drawn = table(made("operator: '>=', value: 65", figure(60, 2018) + figure(64.45, 2020)))
    assert 'aria-label="Rate: from 60% (2018) to 64.45% (2020)"' in drawn
    assert "All on one time axis, 2018 to 2020" in drawn
    alone = table(made("operator: '>=', value: 65", figure(60, 2018)))
    assert "<svg" not in alone
    assert "time axis" not in alone


def test_without_a_target_there_is_a_sentence_and_no_table(made):
    markup = table(made())
    assert "<table" not in markup
    assert "nothing is judged here" in markup


@pytest.mark.parametrize(
    ("word", "strength"),
    [("确保", "a firm commitment"), ("达到", "a firm commitment"), ("力争", "an aim"), ("积极争创", "an aim")],
)
def test_the_commitment_is_quoted_with_its_strength(made, word, strength):
    shown = row(table(made(f"operator: '>=', value: 65, commitment: {word}")))
    assert shown["Indicator and target"] == f"Rate to reach 65% {word} ({strength})"


def test_a_word_of_unknown_strength_is_only_quoted(made):
    shown = row(table(made("operator: '>=', value: 65, commitment: 逐步")))
    assert shown["Indicator and target"] == "Rate to reach 65% 逐步"


def test_the_pace_stands_there_only_where_a_target_has_one(made):
    published = figure(60, 2018) + figure(61, 2019) + figure(62.6, 2020)
    target = "operator: '>=', value: 65, deadline: 2022"
    assert "Pace" not in head(table(made(target, figure(60, 2018), more="as_of: 2018-12-31\n")))
    shown = row(table(made(target, published, more="as_of: 2020-12-31\n")))
    pace = r"needed: \+1\.2 percentage points a year up about 1\.3 percentage points a year on the present trend "
    pace += r"\(95% interval −[\d.]+ to \+[\d.]+ percentage points; "
    pace += r"3 figures, 2018 to 2020\) expected in 2022: 65\.1% \(80% interval [\d.]+% to [\d.]+%\) "
    pace += "at this pace reached in 2022"
    assert re.fullmatch(pace, shown["Pace"])
    assert shown["Status"] == "▷ On track"


def test_a_pace_that_never_gets_there_says_so(made):
    published = figure(62, 2018) + figure(61, 2019) + figure(60.5, 2020)
    shown = row(table(made("operator: '>=', value: 65, deadline: 2022", published, more="as_of: 2020-12-31\n")))
    assert shown["Pace"].endswith("at this pace not reached within 10 years")
    assert shown["Status"] == "▽ Behind schedule"


def test_a_status_that_cannot_be_told_has_its_reason_beside_it(made):
    shown = row(table(made("operator: '>=', value: 65, deadline: 2022", figure(66, 2020), more="as_of: 2022-12-31\n")))
    assert shown["Status"] == (
        "◇ Cannot be determined The latest figure is of 2020; none of the target year 2022 or later is at hand."
    )


def test_the_other_reading_stands_beside_the_chosen_one(made):
    published = figure(10, 2018) + figure(13, 2020)
    note = "note: {zh: 按百分点计, en: Read as points.}"
    target = (
        f"operator: growth, value: 10, alternatives: [{{growth: points, {note}}}, {{growth: points, deadline: 2020}}]"
    )
    found = made(target, published)
    shown = row(table(found))
    assert shown["target"] == "up 10% a year on average"
    assert shown["Gap"] == "+14.02% a year so far +4.02 percentage points against the target"
    assert shown["Status"] == (
        "● Target met Other reading: Read as points. Judged so: Target not met. "
        "Other reading: up 10 percentage points a year on average, deadline 2020. Judged so: Target not met."
    )
    words.use("zh")
    assert "另一读法：按百分点计；判断：未达标。" in row(table(found))["状态"]


def test_a_direction_shows_the_change_and_since_when(made):
    shown = row(table(made("operator: increase", figure(10, 2018) + figure(11.5, 2020))))
    assert shown["Gap"] == "up 1.5 percentage points since 2018"
    assert shown["Status"].startswith("◇ Change unclear Comparable figures since the baseline year")
    assert shown["Status"].endswith("it is shown, not judged.")


def test_a_benchmark_shows_the_figure_it_is_held_against(made):
    target = "operator: benchmark, value: {en: level of Bee}, relative_to: b"
    shown = row(table(made(target, figure(64, 2020) + figure(66, 2020, "b"))))
    assert (shown["Baseline → latest"], shown["Gap"]) == ("64% 2020 Bee: 66%", "−2 percentage points")


def test_a_rough_figure_says_how_exact_it_is(made):
    shown = row(table(made("operator: '>=', value: 65", figure(40, 2020, operator="<~"))))
    assert shown["Baseline → latest"] == "just under 40% 2020"


def test_a_wording_is_shown_in_its_own_language_and_escaped(made):
    published = "a | 2020 | rate | | <b>三乙</b> | | press | …\n"
    shown = table(made("operator: status, value: {en: 3B}", published, about="other"))
    assert '<span lang="zh-CN">“&lt;b&gt;三乙&lt;/b&gt;”</span>' in shown


def test_a_panel_value_beside_the_published_one_shows_the_difference(made, project):
    project.table("panel", "unit | period | indicator | value\na | 2020 | rate | 63")
    shown = row(table(made("operator: '>=', value: 65", figure(64.45, 2020))))
    assert shown["Baseline → latest"] == "64.45% 2020 panel: 63%, difference −1.45 percentage points"


@pytest.mark.parametrize("standing", ["fictional", "press"])
def test_every_table_of_a_fictional_region_says_so(made, project, standing):
    project.write("data/d/sources.csv", f"source,title_en,standing\nplan,Plan,{standing}\n")
    cited = "indicator: rate, source: plan, phrase: …"
    region = f"plan: {{guards: [{{{cited}, operator: no_decrease}}]}}\n"
    region += f"references:\n  - {{{cited}, name: {{en: n}}, operator: '>=', value: 6}}\n"
    found = made("operator: '>=', value: 65", region=region)
    shown = [
        table(found),
        str(goal_tables.guards(found.guards, found.panel, found.evaluation)),
        str(goal_tables.references(found.references, found.panel, found.evaluation)),
    ]
    assert [vocabulary.DEMO in one for one in shown] == [standing == "fictional"] * 3


GUARD = "plan:\n  guards:\n    - {indicator: rate, operator: no_increase, source: plan, phrase: 不增加}\n"


def test_guards_stand_in_a_table_of_their_own(made):
    published = "".join(figure(10 + i, 2018 + i) for i in range(4))
    found = made(published=published, region=GUARD, about="percent, better: lower")
    markup = str(goal_tables.guards(found.guards, found.panel, found.evaluation))
    shown = row(markup)
    assert '<table id="guards-table" class="stacked">' in markup
    assert (shown["target"], shown["Gap"]) == ("no increase", "up 3 percentage points since 2018")
    assert shown["Status"] == "○ Direction not as wanted"
    assert shown["below"] == "不增加"
    assert "Deadline" not in shown


def test_a_guard_that_nobody_published_is_not_judged(made):
    found = made(region=GUARD)
    assert (
        row(str(goal_tables.guards(found.guards, found.panel, found.evaluation)))["Status"]
        == "– Not in the sources used, not judged"
    )


def test_without_guards_or_references_nothing_is_shown(made):
    found = made()
    assert str(goal_tables.guards(found.guards, found.panel, found.evaluation)) == ""
    assert str(goal_tables.references(found.references, found.panel, found.evaluation)) == ""


def test_a_reference_value_carries_no_chip(made):
    given = (
        "{name: {en: national pilot}, indicator: rate, operator: '>=', value: 65, period: 2020, source: s, phrase: …}"
    )
    found = made(published=figure(64.45, 2020), region=f"references:\n  - {given}\n")
    markup = str(goal_tables.references(found.references, found.panel, found.evaluation))
    assert '<table id="references-table" class="stacked">' in markup
    assert "chip" not in markup
    shown = row(markup)
    assert shown["Reference value"] == "at least 65%: national pilot, 2020"
    assert (shown["Latest figure"], shown["Difference from the reference value"]) == (
        "64.45% 2020",
        "−0.55 percentage points",
    )
    words.use("zh")
    assert "参照值" in str(goal_tables.references(found.references, found.panel, found.evaluation))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_rules_name_every_number_they_rest_on(made, lang):
    found = made("operator: '>=', value: 65, deadline: 2020", figure(64.45, 2020))
    words.use(lang)
    markup = str(goal_tables.rules(found.judged))
    assert "{" not in markup
    for number in ("5%", "3 ", "6 ", "12 ", "0.3", "0.6", "0.8"):
        assert number in markup


def test_where_no_target_has_a_figure_no_rule_is_printed(made):
    assert goal_tables.rules(made("operator: '>=', value: 65, deadline: 2020").judged) == ""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_can_be_said_with_its_facts(made, lang):
    platform = "platforms:\n  - {name: {zh: 平台, en: Portal}, source: s, phrase: …}\n"
    evaluation = made(region=platform).evaluation
    words.use(lang)
    facts = {"platform": 0, "unit": "b", "period": 2020, "periods": "2019Q1", "starts": "2019-06"}
    wrong = {}
    for code, message in vocabulary.GOAL_REASONS.items():
        names = re.findall(r"\{(\w+)\}", message)
        text = wording.goal_reason(reason(code, **{name: facts.get(name, 7) for name in names}), evaluation)
        names_it = "Portal" in text or "平台" in text
        if len(text) <= 5 or "{" in text or names_it != ("platform" in names):
            wrong[code] = text
    assert len(vocabulary.GOAL_REASONS) > 10
    assert wrong == {}


def test_every_code_of_a_reason_has_words():
    sources = [Path(judging.__file__).with_name(f"{name}.py").read_text("utf-8") for name in ("judging", "observed")]
    used = {code for text in sources for code in re.findall(r'reason\(\s*"(\w+)"', text)}
    used |= {
        code for text in sources for code in re.findall(r'why = "(\w+)" if .* else "(\w+)"', text) for code in code
    }
    assert used == set(vocabulary.GOAL_REASONS)


def test_no_status_is_told_by_its_code():
    assert {word for _, _, word in chips.GOALS.values()}.isdisjoint(chips.GOALS)
