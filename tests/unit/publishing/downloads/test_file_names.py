"""Which files belong to a region's report, and how its page leads to them."""

import pytest

from evalkit.publishing.downloads import file_names


@pytest.fixture
def asked(project):
    def ask(more=""):
        project.assessment(more)
        return project.load()

    return ask


def test_both_formats_unless_the_assessment_says_otherwise(asked):
    evaluation = asked()
    assert file_names.names(evaluation, "a", ["zh", "en"]) == ["a.xlsx", "a.en.xlsx", "a.zh.docx", "a.en.docx"]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("downloads: [xlsx]", ["a.xlsx", "a.en.xlsx"]),
        ("downloads: [docx]\nlanguages: [zh]", ["a.zh.docx"]),
        ("downloads: []", []),
        ("notebooks: [before_after]", []),
    ],
)
def test_only_what_the_assessment_asks_for(asked, more, wanted):
    evaluation = asked(f"{more}\n")
    assert file_names.names(evaluation, "a", evaluation.assessment.languages) == wanted


@pytest.mark.parametrize("whole", ["_programme", "_methods"])
def test_pages_about_no_region_have_no_files(asked, whole):
    assert file_names.names(asked(), whole, ["zh"]) == []


def test_a_page_links_to_the_files_of_its_own_language(asked):
    links = file_names.links(asked(), "a", "en")
    assert [address for _, address in links] == ["../downloads/a.en.xlsx", "../downloads/a.en.docx"]
    assert [label for label, _ in links] == ["Tables as a workbook (XLSX)", "Report for Word (DOCX)"]


def test_an_unknown_format_is_a_mistake(project):
    project.assessment("downloads: [pdf]\n")
    assert "downloads" in project.mistakes()
