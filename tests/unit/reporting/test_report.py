"""A report: lazy data and results, sections in its own language, messages that name what there is."""

import pytest

import evalkit as ek
from evalkit.errors import InputError
from evalkit.reporting import pages
from evalkit.reporting.language import section_order, vocabulary, words


@pytest.fixture
def made(report):
    """The report on region `a` of a tiny project, in English."""
    one = report()
    return ek.report("a", "a", "en", project=one.evaluation.root)


def test_nothing_is_computed_before_it_is_asked_for_and_then_once(made):
    assert set(vars(made)) == {"evaluation", "lang", "page"}
    assert made.findings is made.findings
    assert made.finding("rate") is made.primary[0]
    assert made.lead() == ""


def test_every_section_of_a_region_is_built_from_the_same_parts(made):
    shown = {code: str(made.section(code)) for code in made.sections}
    assert {code for code, section in shown.items() if section} >= {"conclusions", "goals", "effects", "indicators"}
    for code, section in shown.items():
        assert section == "" or section.startswith(f'<h2 id="{code}">')
        assert section.count("<h2") == bool(section)


def test_every_page_has_sections_with_headings_and_a_place_in_every_stage():
    for name, page in pages.PAGES.items():
        assert [code for code in page.sections if code not in vocabulary.SECTIONS] == [], name
    for stage, front in section_order.FRONT.items():
        assert sorted([*front, *section_order.ANNEXES[stage]]) == sorted(pages.REGION_REPORT)


@pytest.mark.parametrize("page", ["before_after", "difference_in_differences"])
def test_an_annex_shows_its_sections(report, page):
    annex = ek.report("a", "a", "en", page, report().evaluation.root)
    assert str(annex.title()).count("<h1") == 1
    assert str(annex.lead()).startswith("<p>")
    assert [code for code in annex.sections if not annex.section(code)] == []


def test_the_assessment_as_a_whole_has_pages_too(report):
    root = report().evaluation.root
    for page in ("data_quality", "method_check"):
        whole = ek.report("a", lang="en", page=page, project=root)
        assert "<h1>" in str(whole.title())
        assert "<table" in str(whole.section(whole.sections[0]))
    assert ek.report("a", lang="en", project=root).page == "programme_report"


def test_a_section_speaks_the_language_of_its_report_whatever_is_spoken(made):
    chinese = ek.report("a", "a", "zh", project=made.evaluation.root)
    assert words.language() == "zh"
    assert ">Goals" in str(made.section("goals"))
    assert words.language() == "zh"
    words.use("en")
    assert "目标" in str(chinese.section("goals"))
    assert words.language() == "en"


def test_without_a_language_it_is_the_first_of_the_assessment(made):
    assert ek.report("a", "a", project=made.evaluation.root).lang == "zh"


def test_the_record_holds_the_rows_of_the_results(made):
    rows = made.record().content["rows"]
    assert len(rows) == len(made.results) > 10
    assert made.results["estimate"].dtype == float
    att = made.results.query("analysis == 'did' and method == 'did_mean'")["estimate"].item()
    assert att == pytest.approx(made.finding("rate").effect["att"].estimate)


def test_what_there_is_not_is_a_message_with_the_nearest_name(made):
    root = made.evaluation.root
    wrong = {
        "no section 'gaols'\n    Did you mean \"goals\"?": lambda: made.section("gaols"),
        "no indicator 'rtae'\n    Did you mean \"rate\"?": lambda: made.finding("rtae"),
        "there is no indicator 'rtae'": lambda: ek.design.assign(made.panel, made.evaluation, "rtae"),
        "has no region 'aa'": lambda: ek.report("a", "aa", project=root),
        "no language 'cn'\n    Known: en, zh.": lambda: ek.report("a", "a", "cn", project=root),
        "no page 'befor_after'\n    Did you mean \"before_after\"?": lambda: ek.report(
            "a", "a", "en", "befor_after", root
        ),
        "this needs a region\n    Known: a.": lambda: ek.report("a", lang="en", project=root).findings,
    }
    for message, ask in wrong.items():
        with pytest.raises(InputError) as error:
            ask()
        assert message in str(error.value)
        assert error.value._render_traceback_() == [str(error.value)]
