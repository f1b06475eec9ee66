"""Did the reform do it: half a sentence, two cards and sentences that claim no more than the verdicts."""

import re
from dataclasses import replace

import pytest

from evalkit.analysis.programme.borrowed import Best
from evalkit.analysis.programme.headlines import Headline
from evalkit.analysis.results import Estimate
from evalkit.reporting.answer import effect_words
from evalkit.reporting.language import words
from evalkit.reporting.language.plain_text import text_of

HEADLINE = Headline("rate", "county", "supported", 43, 1.74, 1.28, 2.2, False)


def with_verdicts(finding, *verdicts):
    return [replace(finding, conclusion=replace(finding.conclusion, verdict=one)) for one in verdicts]


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        (["supported", "supported"], "the evidence supports an effect"),
        (["supported", "uncertain"], "effect supported for 1 of 2 indicators"),
        (["supported", "opposite"], "opposite effect on 1 of 2 indicators"),
        (["uncertain", "cannot_judge"], "whether the reform did it is not clear"),
        (["no_direction"], "no direction counts as better, so no effect is judged"),
        (["cannot_judge"], "no verdict on the reform is possible yet"),
    ],
)
def test_all_verdicts_in_half_a_sentence(report, verdicts, told):
    assert text_of(effect_words.clause(with_verdicts(report().finding, *verdicts), ())) == told


def test_a_target_that_is_met_is_not_put_down_to_the_reform(report):
    made = report()
    uncertain, met = with_verdicts(made.finding, "uncertain"), [replace(made.goals[0], goal="met")]
    assert text_of(effect_words.clause(uncertain, met)) == "whether the reform did this is not clear"
    missed = [*met, replace(made.goals[0], goal="not_met")]
    assert text_of(effect_words.clause(uncertain, missed)) == "whether the reform did it is not clear"


def test_the_own_estimate_has_number_comparison_interval_and_verdict(report):
    told = text_of(effect_words.own([report().finding]))
    size = r"Rate came out \d\.\d percentage points higher than the changes in 40 comparison regions suggest "
    assert re.fullmatch(size + r"\(95% interval \+\d\.\d to .* points\): the evidence supports an effect\.", told)


def test_an_effect_that_chance_explains_is_called_so(report, make_values):
    told = text_of(effect_words.own([report(make_values(effect=0)).finding]))
    assert told.endswith("within what chance explains, so not sufficient to tell.")


def test_a_fall_is_told_without_a_sign(report, make_values):
    told = text_of(effect_words.own([report(make_values(effect=-8)).finding]))
    assert re.match(r"Rate came out \d\.\d percentage points lower", told)


def test_with_few_regions_there_is_no_interval_and_no_verdict(report, make_values):
    told = text_of(effect_words.own([report(make_values(n=10, effect=8)).finding]))
    assert told.endswith("suggest (too few for a 95% interval or a judgement).")


def test_an_exploratory_indicator_gets_no_verdict(report):
    assert effect_words.effect_sentence(replace(report().finding, primary=False)).endswith("points)")


def test_no_sentence_about_an_effect_uses_a_causal_verb(report):
    told = text_of(effect_words.own([report().finding]))
    assert not re.search(r"\b(caused|led to|resulted in|thanks to|because of)\b", told)


def test_a_withheld_effect_says_why_once_and_concludes_nothing(refused):
    primary = [refused.finding] * 2
    card = effect_words.card(primary, (), refused.evaluation)
    assert [text_of(note).count("needed: at least 4.") for note in card.notes] == [1]
    assert effect_words.own(primary) == ""
    sure = effect_words.certainty_card(primary)
    assert (text_of(sure.word), text_of(sure.notes[0])) == (
        "none",
        "Nothing was estimated, so nothing may be concluded, in either direction.",
    )


def test_the_certainty_card_says_why_and_which_effect_goes_unseen(report, make_values):
    card = effect_words.certainty_card([report(make_values(effect=0)).finding])
    assert text_of(card.word) == "very low"
    told = " ".join(map(text_of, card.notes))
    assert "the interval is wide" in told
    assert re.search(r"go unseen here: Rate \d\.\d percentage points\.", told)


def test_certainties_that_differ_are_a_range(report):
    finding = report().finding
    held = [replace(finding, conclusion=replace(finding.conclusion, certainty=one)) for one in ("low", "very_low")]
    assert text_of(effect_words.certainty(held)) == "from very low to low"


def test_the_programme_s_verdict_is_in_the_card_and_its_numbers_in_a_sentence(report):
    made = report()
    card = effect_words.card([made.finding], [HEADLINE], made.evaluation)
    assert text_of(card.notes[-1]) == "All regions that reformed, taken together: the evidence supports an effect."
    told = text_of(effect_words.programme_sentence([HEADLINE], made.evaluation))
    assert told == (
        "Across the 43 counties that reformed, Rate came out 1.7 percentage points higher on average than without the "
        "reform (95% interval +1.3 to +2.2 percentage points): the evidence supports an effect."
    )
    assert effect_words.programme_sentence([], made.evaluation) == ""


def test_programme_verdicts_that_differ_are_told_apart(report):
    made = report()
    other = replace(HEADLINE, verdict="uncertain", estimate=-1.0)
    card = effect_words.card([made.finding], [HEADLINE, other], made.evaluation)
    assert "Rate: the evidence supports an effect; Rate: not sufficient to tell" in text_of(card.notes[-1])
    assert "1.0 percentage points lower on average" in text_of(
        effect_words.programme_sentence([other], made.evaluation)
    )


def test_the_best_estimate_is_told_with_its_interval(report):
    made = report()
    best = Best(
        indicator="rate", analysis="borrowed", method="m", unit="percent", data_status="", own_weight=0.4, centre=1.0,
        regions=12, estimates=(Estimate("att", 1.3, conf_low=0.1, conf_high=2.7),),
    )  # fmt: skip
    told = text_of(effect_words.best_sentence([best], made.evaluation))
    assert told.endswith("best estimate (95% interval): Rate +1.3 percentage points (+0.1 to +2.7 percentage points).")
    assert effect_words.best_sentence([], made.evaluation) == ""


def test_chinese(report, make_values):
    made = report(make_values(effect=0))
    words.use("zh")
    assert text_of(effect_words.clause([made.finding], ())) == "改革是否起了作用，现有证据还不能认定"
    assert "，属偶然波动范围，尚不能判定。" in text_of(effect_words.own([made.finding]))
