"""Every report of every assessment begins with its answer: goals, effect, certainty and age in 120 characters."""

import re
from html import unescape

import pytest

from evalkit.analysis.bundle import Bundle
from evalkit.analysis.effects import findings
from evalkit.files import run_cache
from evalkit.project.evaluation import assessments, load, locate, of_region
from evalkit.reporting.language import words
from evalkit.reporting.region import summary

ROOT = locate()
NAMES = [name for name in assessments(ROOT) if name != "national"]  # its data are made by a command
FIRST = 120
GOALS = {
    "zh": r"^(未见自定目标|\d+ 项目标(中 \d+ 项达标|是否达到，所用资料均未载明|，目前均不能判定))",
    "en": r"^(No targets found|\d+ of \d+ targets met|\d+ targets, none can be judged)",
}
EFFECT = {
    "zh": "不能回答|还不能认定|还不能评价|改革起了作用|不判断改革成效|与预期相反",
    "en": "whether .* (is not clear|cannot be answered)|no verdict on the reform|effect",
}
SURE = {"zh": "把握：(无|高|中|低|极低)", "en": "Certainty: (none|high|moderate|low|very low|from)"}
AGE = {"zh": "最新数据：(无|[0-9]{4}年)", "en": "Newest figure: (none|.*[0-9]{4})"}


def lacking(told, lang):
    """Of the four parts of an answer, those that the first characters do not give."""
    return [part[lang] for part in (GOALS, EFFECT, SURE, AGE) if not re.search(part[lang], told[:FIRST])]


def test_the_first_120_characters_of_every_published_report_answer(site):
    paths = sorted((site.root / "reports").glob("*/site/*/report.*.html"))
    assert len(paths) > 15
    descriptions = {
        path: re.search('<meta name="description" content="(.*?)">', path.read_text("utf-8")) for path in paths
    }
    assert {
        path: found[1] for path, found in descriptions.items() if lacking(unescape(found[1]), path.name.split(".")[1])
    } == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_first_120_characters_answer(name):
    with run_cache.for_a_while():
        evaluation = load(name, project=ROOT)
        for region in evaluation.regions:
            found = Bundle(of_region(evaluation, region))
            # The answer speaks of primary indicators only; the others would cost most of the time.
            primary = evaluation.assessment.indicators.primary
            found.__dict__["findings"] = tuple(findings.find(found.panel, found.evaluation, one) for one in primary)
            for lang in evaluation.assessment.languages:
                with words.speaking(lang):
                    told = summary.answer(found).description
                assert lacking(told, lang) == [], (region, told)
