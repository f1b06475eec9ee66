"""Sentences: number, unit, period and uncertainty; a reason where there is no number."""

import re
from dataclasses import replace
from html import unescape

import pytest

from evalkit.analysis import attainment
from evalkit.analysis.results import reason
from evalkit.inputs.params import Indicator
from evalkit.inputs.reform import Target
from evalkit.publishing.task import MARK
from evalkit.reporting import prose, vocabulary, wording, words
from evalkit.reporting.html import Html


def plain(markup):
    return re.sub("<[^>]*>", "", str(markup))


def target(operator, value=None):
    return Target(indicator="rate", operator=operator, value=value, source="plan", phrase="…")


def test_the_title_carries_the_mark_by_which_the_runner_knows_the_page(project):
    evaluation = project.load("a")
    found = MARK.search(prose.title(evaluation))
    assert found.groups() == ("a", "a", evaluation.key)


def test_the_title_says_stage_state_and_cut_off(project):
    project.assessment("stage: midterm\nstate: draft\nas_of: 2021-03-31\ntitle: {en: An assessment}\n")
    told = prose.title(project.load("a"))
    assert "<h1>a</h1>" in told
    assert "Mid-term assessment report · Draft for comments" in told
    assert "Data cut-off: 31 Mar 2021." in told
    assert "An assessment" in told


class Picture:
    def _repr_html_(self):
        return "<figure></figure>"


def test_a_section_holds_its_parts_and_leaves_out_what_is_empty():
    told = prose.section("goals", Html(""), Html("<p>1</p>"), Picture(), "a < b")
    assert told == '<h2 id="goals">Were the goals met?</h2><p>1</p><figure></figure>a &lt; b'
    assert isinstance(told, Html)


def test_a_section_without_content_is_no_section():
    assert prose.section("goals", Html(""), Html("")) == ""
    assert prose.section("goals") == '<h2 id="goals">Were the goals met?</h2>'


@pytest.mark.parametrize(
    ("standing", "told"),
    [("fictional", "every value simulated"), ("press", "not an official evaluation"), ("draft", "not an official")],
)
def test_readers_are_told_at_once_what_the_sources_are(project, standing, told):
    project.write("data/d/sources.csv", f"source,title_en,standing\ns,Title,{standing}\n")
    assert told in prose.notices(project.load("a"))


def test_official_sources_need_no_notice(project):
    project.write("data/d/sources.csv", "source,title_en,standing\ns,Title,official\n")
    assert prose.notices(project.load("a")) == ""


@pytest.mark.parametrize(
    ("goal", "en", "zh"),
    [
        (target(">=", 65), "at least 65%", "65%以上"),
        (target("~", 65), "about 65%", "65%左右"),
        (target("range", [3, 5]), "3% to 5%", "3%至5%"),
        (target("<~", 40), "just under 40%", "近40%"),
        (target(">~", 40), "just over 40%", "40%余"),
        (target("rank", 3), "rank 3 or better", "第3名以内"),
        (target("growth", 10), "up 10% a year on average", "平均每年提高10%"),
        (target("growth", -5), "down 5% a year on average", "平均每年下降5%"),
        (target("benchmark", {"zh": "全市平均", "en": "the city's average"}), "the city's average", "全市平均"),
        (target("increase"), "increase", "上升"),
        (target("status", {"zh": "县强", "en": "strong county"}), "strong county", "县强"),
    ],
)
def test_a_target_in_words(goal, en, zh):
    rate = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})
    assert wording.target(goal, rate) == en
    words.use("zh")
    assert wording.target(goal, rate).replace(" ", "") == zh


def test_a_growth_in_points_says_so():
    rate = Indicator.model_validate({"id": "rate", "name": {"en": "Rate"}, "unit": "percent"})
    points = target("growth", 10).model_copy(update={"growth": "points"})
    assert wording.target(points, rate) == "up 10 points a year on average"


def test_a_range_of_things_names_them_once():
    beds = {"id": "beds", "name": {"en": "Beds"}, "unit": "count", "unit_name": {"zh": "张", "en": "beds"}}
    assert wording.target(target("range", [3, 5]), Indicator.model_validate(beds)) == "3 to 5 beds"


def test_the_effect_sentence_has_number_interval_p_comparison_and_judgement(report):
    told = plain(prose.effect_sentence(report().finding))
    assert re.match(r"After the start it changed by \+\d\.\d points relative to 40 comparison regions", told)
    assert re.search(r"\(95% interval \+\d\.\d to \+\d+\.\d points; p = 0\.\d{3}\)", told)
    assert told.endswith("Judgement: Evidence supports an effect.")


def test_an_uncertain_effect_says_what_could_not_have_been_seen(report, make_values):
    told = plain(prose.effect_sentence(report(make_values(effect=0)).finding))
    assert re.search(r"An effect smaller than \d+\.\d points could not have been seen with these data\.", told)


def test_with_few_regions_there_is_no_interval(report, make_values):
    told = plain(prose.effect_sentence(report(make_values(n=10, effect=8)).finding))
    assert "too few for a 95% interval" in told
    assert "p =" not in told


def test_a_withheld_effect_is_said_once_with_its_reason(refused):
    told = plain(prose.conclusions(refused.goals, refused.findings, refused.panel, refused.evaluation))
    assert told.count("Whether the reform made a difference cannot be estimated.") == 1
    assert "(2019 Q1) by the cut-off date: 1; needed: at least 4." in told
    assert "After the start it changed" not in told


def test_the_conclusions_tell_goals_and_latest_figure_against_its_target(report, make_values):
    values = make_values(effect=8, noise=0)
    values.loc["a", "2020Q4"] = 64.45
    made = report(values)
    told = unescape(plain(prose.conclusions(made.goals, made.findings, made.panel, made.evaluation)))
    assert told.startswith("Targets (1): Target not met: 1.")
    assert "Rate: 64.45% (2020 Q4), −0.55 points against the target (at least 65%)." in told


def judged_again(made, project, deadline, as_of):
    """What the conclusions say of the same findings under another target and date."""
    target = f"indicator: rate, operator: '>=', value: 99, deadline: {deadline}, source: s, phrase: …"
    project.region("a", f"region: a\ntargets:\n  - {{{target}}}\n")
    project.assessment(f"as_of: {as_of}\n")
    evaluation = project.load("a")
    judged = attainment.judge(made.panel, evaluation)
    return unescape(plain(prose.conclusions(judged, made.findings, made.panel, evaluation)))


def test_a_target_that_cannot_be_judged_is_told_with_its_reason(report, make_values, project):
    told = judged_again(report(make_values(effect=8, noise=0)), project, 2021, "2022-01-31")
    assert "Targets (1): Cannot be told: 1." in told
    assert (
        "Cannot be told: The latest figure is of 2020 Q4; none of the target year 2021 or later was received." in told
    )


def test_before_the_deadline_the_conclusions_say_what_is_to_be_expected(report, make_values, project):
    told = judged_again(report(make_values(effect=8)), project, 2022, "2020-12-31")
    expected = r"Behind schedule: if it goes on like this, \d\d\.\d% is to be expected at the deadline, 2022 Q4 "
    assert re.search(expected + r"\(80% interval \d\d\.\d% to \d\d\.\d%\)\.", told)


def test_without_any_figure_that_is_what_is_said(project):
    from evalkit.analysis import findings

    evaluation, panel = project.load("a"), project.read("a")
    told = prose.conclusions((), findings.evaluate(panel, evaluation), panel, evaluation)
    assert "Rate: no figure has been published." in told


def test_indicators_that_share_a_reason_share_its_sentence():
    one, two = (Indicator.model_validate({"id": i, "name": {"en": i.upper()}, "unit": "percent"}) for i in "xy")
    found = wording.reasons([(one, reason("no_panel")), (two, reason("no_panel")), (one, reason("constant_outcome"))])
    assert [names for names, _ in found] == ["X, Y", "X"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(vocabulary.REASONS))
def test_every_reason_can_be_said_with_its_facts(code, lang):
    words.use(lang)
    names = re.findall(r"\{(\w+)\}", vocabulary.REASONS[code])
    told = wording.why(reason(code, **{name: "2019Q1" if name in ("adoption", "periods") else "7" for name in names}))
    assert len(told) > 5
    assert "{" not in told


def test_no_complete_period_at_all_has_words_of_its_own():
    told = wording.why(reason("too_few_post_periods", have=0, need=4, adoption="2020-11"))
    assert "no complete, released period after the start (November 2020) exists" in told


def test_a_reason_carries_text_of_the_evaluator_as_text():
    assert "&lt;b&gt;" in wording.why(reason("excluded_by_evaluator", why="<b>"))


def test_chinese_sentences_have_no_space_between_them():
    assert prose.joined(words.say("A."), words.say("B.")) == "A. B."
    words.use("zh")
    assert prose.joined(words.say("A."), words.say("B.")) == "A.B."


def test_a_source_is_told_with_its_standing(project):
    project.write("data/d/sources.csv", "source,title_zh,standing\ns,兰溪日报,press\n")
    words.use("zh")
    told = wording.source("s", project.load("a"))
    assert told == '兰溪日报<br><span class="standing">媒体报道，未经独立核实</span>'


def test_limits_follow_what_was_found(report, refused):
    assert "nothing about the effect may be concluded" in prose.limits(refused.findings, refused.evaluation)
    made = report()
    told = prose.limits(made.findings, made.evaluation)
    assert "can show only large effects" in told
    assert "nothing about the effect may be concluded" not in told


def test_nothing_to_check_is_said_only_where_it_is_true(report, refused):
    assert "nothing to check" in prose.unchecked(refused.findings)
    assert prose.unchecked(report().findings) == ""


def test_the_provenance_names_data_parameters_and_the_command(report):
    made = report()
    told = prose.provenance(made.panel, made.evaluation)
    assert made.panel.fingerprint in told
    assert made.evaluation.key in told
    assert "evalkit run a a" in told


def test_no_sentence_about_an_effect_uses_a_causal_verb(report):
    made = report()
    told = plain(prose.conclusions(made.goals, made.findings, made.panel, made.evaluation))
    assert not re.search(r"\b(caused|led to|resulted in|thanks to|because of)\b", told)


def test_a_judgement_that_is_withheld_has_no_sentence(refused):
    assert prose.effect_sentence(replace(refused.finding, primary=False)) == ""
