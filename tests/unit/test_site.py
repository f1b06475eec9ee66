"""The pages around the reports: what is published, what failed and why, what was not made yet."""

import json
import re

import pytest

from evalkit.publishing import site
from evalkit.reporting import words

LANGUAGES = ("zh", "en")


@pytest.fixture
def left(project):
    """What a run leaves of region `a`, without the run."""

    def leave(failed="", **summary):
        about = {"goals": [["rate", "met"], ["rate", "not_met"], ["rate", "met"]], "effects": [["rate", "uncertain"]]}
        manifest = {"failed": failed, "pages": {}, "summary": about | {"simulated": False} | summary}
        project.write("reports/a/work/a/manifest.json", json.dumps(manifest))
        project.write("reports/a/site/a/report.en.html", "the page")
        site.write(project.load())
        return (project.root / "reports/a/site/index.en.html").read_text(encoding="utf-8")

    return leave


def test_there_is_an_index_in_each_language_and_one_in_the_first(project, left):
    left()
    folder = project.root / "reports/a/site"
    assert sorted(path.name for path in folder.glob("*.html")) == ["index.en.html", "index.html", "index.zh.html"]
    assert (folder / "index.html").read_bytes() == (folder / "index.zh.html").read_bytes()


def test_goals_are_counted_and_effects_judged_in_one_row(left):
    row = re.search('<tr><th scope="row">.*?</tr>', left()).group()
    assert re.sub("<[^>]*>", "|", row).replace("|", "").startswith("a● Target met 2 ○ Target not met 1◆ Evidence not")
    assert '<a href="a/report.en.html">a</a>' in row


def test_only_pages_that_stand_are_linked(project, left):
    left()
    chinese = (project.root / "reports/a/site/index.zh.html").read_text(encoding="utf-8")
    assert "report.zh.html" not in chinese


def test_a_region_without_a_report_is_named_without_a_link(project):
    site.write(project.load())
    index = (project.root / "reports/a/site/index.en.html").read_text(encoding="utf-8")
    assert "1 regions: 0 published, 0 failed, 1 not made yet." in index
    assert "a/report.en.html" not in index


def test_a_failed_region_stands_with_its_reason_as_text(left):
    index = left(failed="small (en): <b>broken</b> onerror=alert(1)")
    assert "<b>" not in index
    assert "<li><strong>a</strong>: small (en): &lt;b&gt;broken&lt;/b&gt; onerror=alert(1)</li>" in index


@pytest.mark.parametrize("simulated", [True, False])
def test_a_table_of_simulated_regions_says_so(left, simulated):
    caption = re.search("<caption>(.*?)</caption>", left(simulated=simulated)).group(1)
    assert ("Demonstration data" in caption) is simulated


def test_names_and_titles_are_text(project, left):
    project.write("data/d/units.csv", "unit,name_en\na,<script>alert(1)</script>\n")
    project.indicators('rate: {name: {en: "x\\" onerror=\\"alert(1)"}, unit: percent}')
    project.assessment('title: {en: "<img src=x onerror=alert(1)>"}\nquestion: {en: "<b>why</b>"}\n')
    index = left()
    assert not re.search("<(script|img|b)[ >]", index)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in index
    assert 'onerror="' not in index


def test_the_page_over_all_assessments_lists_those_with_a_site(project, left):
    project.write("params/assessments/other.yml", "dataset: d\nregions: [b]\nindicators: {primary: [rate]}\n")
    left()
    over = (project.root / "reports/index.html").read_text(encoding="utf-8")
    assert re.findall("<h2>(.*?)</h2>", over) == ["a"]
    assert [f'href="a/site/index.{lang}.html"' in over for lang in LANGUAGES] == [True, True]


def test_an_assessment_that_is_being_edited_does_not_break_the_others(project, left):
    left()
    project.write("reports/broken/site/index.html", "")
    project.write("params/assessments/broken.yml", "dataset: d\nregoins: [b]\n")
    left()
    assert "broken" not in (project.root / "reports/index.html").read_text(encoding="utf-8")


def test_every_index_speaks_its_language(project, left):
    left()
    for lang in LANGUAGES:
        words.use(lang)
        page = (project.root / f"reports/a/site/index.{lang}.html").read_text(encoding="utf-8")
        assert words.translate("All numbers of these reports (CSV)") in page
