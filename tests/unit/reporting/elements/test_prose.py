"""Sentences: number, unit, period and uncertainty; a reason where there is no number."""

import re

import pytest

from evalkit.analysis.results import reason
from evalkit.project.params import Indicator
from evalkit.project.region_file import Target
from evalkit.reporting.elements import parts, prose
from evalkit.reporting.elements.parts import Head
from evalkit.reporting.language import vocabulary, wording, words
from evalkit.reporting.language.words import Html


def plain(markup):
    return re.sub("<[^>]*>", "", str(markup))


def target(operator, value=None):
    return Target(indicator="rate", operator=operator, value=value, source="plan", phrase="…")


def test_the_title_carries_the_mark_by_which_the_runner_knows_the_page(project):
    evaluation = project.load("a")
    (head,) = [part for part in parts.flat([prose.title(evaluation)]) if isinstance(part, Head)]
    assert (head.region, head.assessment, head.parameters) == ("a", "a", evaluation.key)
    assert f'<header class="report" data-region="a" data-assessment="a" data-parameters="{head.parameters}">' in str(
        head
    )


def test_the_title_says_stage_and_state(project):
    project.assessment("stage: midterm\nstate: draft\nas_of: 2021-03-31\ntitle: {en: An assessment}\n")
    told = str(prose.title(project.load("a")))
    assert "<h1>a</h1>" in told
    assert "Review of public sources (Draft)" in told
    assert "Data cut-off" not in told  # it stands with the sources
    assert "Data cut-off: 31 Mar 2021." in str(prose.head(project.load(), "All regions"))
    assert "An assessment" in told


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("2020-12-31", "Period evaluated: since the start of the reform (2019 Q1)."),
        ("2018-12-31", "Period evaluated: up to the cut-off date; no start of the reform is known by then."),
    ],
)
def test_the_title_says_which_time_is_evaluated_as_far_as_it_was_known(project, as_of, told):
    project.assessment(f"as_of: {as_of}\n")
    assert told in str(prose.title(project.load("a")))


class Picture:
    def _repr_html_(self):
        return "<figure></figure>"


def test_a_section_holds_its_parts_and_leaves_out_what_is_empty():
    told = str(prose.section("goals", Html(""), Html("<p>1</p>"), Picture(), "a < b"))
    assert told == '<h2 id="goals">Were the goals met?</h2><p>1</p><figure></figure>a &lt; b'


def test_a_section_without_content_is_no_section():
    assert str(prose.section("goals", Html(""), Html(""))) == ""
    assert str(prose.section("goals")) == '<h2 id="goals">Were the goals met?</h2>'


@pytest.mark.parametrize(
    ("standing", "told"),
    [("fictional", "every value simulated"), ("press", "not an official evaluation"), ("draft", "not an official")],
)
def test_readers_are_told_at_once_what_the_sources_are(project, standing, told):
    project.write("data/d/sources.csv", f"source,title_en,standing\ns,Title,{standing}\n")
    assert told in str(prose.notices(project.load("a")))


def test_official_sources_need_no_notice(project):
    project.write("data/d/sources.csv", "source,title_en,standing\ns,Title,official\n")
    assert str(prose.notices(project.load("a"))) == ""


@pytest.mark.parametrize(
    ("goal", "en", "zh"),
    [
        (target(">=", 65), "at least 65%", "65%以上"),
        (target("~", 65), "about 65%", "约65%"),
        (target("range", [3, 5]), "3% to 5%", "3%至5%"),
        (target("<~", 40), "just under 40%", "近40%"),
        (target(">~", 40), "just over 40%", "四成以上"),
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
    assert wording.target(points, rate) == "up 10 percentage points a year on average"


def test_a_range_of_things_names_them_once():
    beds = {"id": "beds", "name": {"en": "Beds"}, "unit": "count", "unit_name": {"zh": "张", "en": "beds"}}
    assert wording.target(target("range", [3, 5]), Indicator.model_validate(beds)) == "3 to 5 beds"


def test_indicators_that_share_a_reason_share_its_sentence():
    one, two = (Indicator.model_validate({"id": i, "name": {"en": i.upper()}, "unit": "percent"}) for i in "xy")
    found = wording.reasons([(one, reason("no_panel")), (two, reason("no_panel")), (one, reason("constant_outcome"))])
    assert [names for names, _ in found] == ["X, Y", "X"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_can_be_said_with_its_facts(lang):
    words.use(lang)
    texts = {}
    for code, message in vocabulary.REASONS.items():
        names = re.findall(r"\{(\w+)\}", message)
        facts = {name: "2019Q1" if name in ("adoption", "periods") else "7" for name in names}
        texts[code] = wording.why(reason(code, **facts))
    assert len(texts) > 20
    assert {code: text for code, text in texts.items() if len(text) <= 5 or "{" in text} == {}


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
    told = str(prose.provenance(made.panel, made.evaluation))
    assert made.panel.fingerprint in told
    assert made.evaluation.key in told
    assert "evalkit run a a" in told


def test_a_report_says_how_to_cite_it_and_that_a_draft_is_not_signed(project):
    project.assessment("as_of: 2021-03-31\ntitle: {en: An assessment}\n")
    evaluation = project.load("a")
    told = str(prose.citation(evaluation))
    assert "The evaluators have not signed yet. Draft, not dated; made from what was public on 31 Mar 2021." in told
    assert "a: An assessment (Review of public sources (Draft); data cut-off 31 Mar 2021;" in told
    assert f"parameters <code>{evaluation.key[:12]}</code>)" in told
    assert "Licence" not in told


def test_the_licence_of_a_report_is_printed_as_text(project):
    project.assessment("licence: {en: CC BY 4.0 <b>}\n")
    assert str(prose.citation(project.load("a"))).endswith("<p>Licence of this report: CC BY 4.0 &lt;b&gt;.</p>")


@pytest.mark.parametrize(("lang", "title"), [("zh", "本县经验"), ("en", "What we learnt")])
def test_a_section_of_ones_own_has_its_title_in_the_language_of_the_page(lang, title):
    titles = {"zh": "本县经验", "en": "What we learnt"}
    with words.speaking(lang):
        made = prose.section("learnt", Html("<p>x</p>"), title=titles)
        assert (made.code, made.title) == ("learnt", title)
        assert (
            prose.section("learnt", Html("<p>x</p>"), title="<b>").html().startswith('<h2 id="learnt">&lt;b&gt;</h2>')
        )
        assert not prose.section("learnt", Html(""), title=titles)


@pytest.mark.parametrize(
    ("code", "title", "told"),
    [
        ("my own", None, "there is no section 'my own'"),
        ("gaols", None, 'Did you mean "goals"?'),
        ("learnt", None, 'add its title: title={"zh": "…", "en": "…"}'),
        ("my own", "Ours", "cannot be an anchor"),
        ('x"><script>', "Ours", "cannot be an anchor"),
        ("learnt", {"zh": "本县经验"}, "the section 'learnt' has no title in 'en'"),
    ],
)
def test_a_section_without_a_title_or_an_anchor_says_what_to_write(code, title, told):
    with words.speaking("en"), pytest.raises(ValueError, match=re.escape(told)):
        prose.section(code, Html("<p>x</p>"), title=title)
