"""What must be in order before a kernel starts."""

from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from evalkit.errors import InputError
from evalkit.publishing import preflight

PANEL = "unit | period | indicator | value\na | 2019Q1 | rate | 1\nb | 2019Q1 | rate | 2\n"


def told(project):
    with pytest.raises(InputError) as caught:
        preflight.check(project.load())
    return [f"{mistake.where}: {mistake.what}" for mistake in caught.value.mistakes]


def test_a_project_in_order_passes(project):
    project.table("panel", PANEL)
    assert preflight.check(project.load()) is None


def test_mistakes_in_panel_and_notebooks_are_told_at_once(project):
    project.table("panel", PANEL + "z | 2019Q1 | rate | 1")
    project.assessment("notebooks: [regoin_report, before_aftr]\n")
    assert told(project) == [
        "data/d/panel.csv, line 4: the unit 'z' is not in units.csv",
        "notebooks: there is no notebook 'regoin_report'",
        "notebooks: there is no notebook 'before_aftr'",
    ]


@pytest.mark.parametrize("unit", ["../up", "a/b", "a b", ".hidden", "_programme", "javascript:x", "a#b", "a?b", "a%2e"])
def test_a_region_that_cannot_be_a_folder_is_refused(project, unit):
    project.write("data/d/units.csv", f"unit\n{unit}\n")
    project.assessment(base=f"dataset: d\nregions: ['{unit}']\nindicators: {{primary: [rate]}}\n")
    assert told(project) == [
        f"data/d/units.csv: the unit {unit!r} cannot be the folder of a report: use letters, digits and hyphens"
    ]


def test_a_template_of_word_documents_must_be_readable_and_load_nothing(project):
    project.table("panel", PANEL)
    path = project.root / preflight.TEMPLATE
    made = docx.Document()
    made.save(str(path))
    assert preflight.check(project.load()) is None
    made.sections[0].header.part.relate_to("https://example.org/logo.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    made.save(str(path))
    assert told(project) == ["params/reference.docx: would load https://example.org/logo.png"]
    path.write_bytes(path.read_bytes()[:2000])
    (mistake,) = told(project)
    assert mistake.startswith("params/reference.docx: is not readable as a Word document")


def test_word_documents_without_their_extra_are_refused_with_both_ways_out(project, monkeypatch):
    monkeypatch.setattr(preflight, "find_spec", lambda name: None if name == "pypandoc" else name)
    project.table("panel", PANEL)
    with pytest.raises(InputError, match=r"pip install '\.\[word\]'; or make no Word documents"):
        preflight.check(project.load())
    assert told(project) == ["params/assessments/a.yml, downloads: Word documents need the extra `word`"]
    project.assessment("downloads: [xlsx]\n")
    assert preflight.check(project.load()) is None


def test_a_notebook_of_the_project_stands_before_the_suites_own(project):
    own = preflight.notebook_path(project.root, "region_report")
    assert own.is_file()
    project.write("notebooks/region_report.ipynb", "{}")
    assert (
        preflight.notebook_path(project.root, "region_report") == project.root / "notebooks/region_report.ipynb" != own
    )


def test_a_mistyped_notebook_is_recognised():
    with pytest.raises(InputError, match='Did you mean "region_report"'):
        preflight.notebook_path(Path("nowhere"), "region_raport")


def test_data_that_the_previous_assessment_cannot_have_had_are_told_before_a_run(project):
    project.table("panel", "unit|period|indicator|value\na|2019Q1|rate|1\nb|2019Q1|rate|2")
    before = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2018-12-31\n"
    project.write("params/assessments/before.yml", before)
    project.assessment("previous: before\n")
    with pytest.raises(InputError, match=r"before\.yml, as_of: nothing of dataset `d` was observed"):
        preflight.check(project.load())


def test_the_page_on_the_data_is_made_with_all_regions_where_there_are_data(project):
    assert preflight.to_make(project.load()) == ["a"]
    project.table("panel", PANEL)
    assert preflight.to_make(project.load()) == ["a", "_quality", "_methods"]
    assert preflight.to_make(project.load(), ["a"]) == ["a", "_methods"]
