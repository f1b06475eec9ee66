"""What site/ may hold: a public one nothing internal, an internal one nothing that does not say so."""

from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat import v4

CELLS = (
    'assessment = "a"\nregion = "a"\nlang = "en"',
    "import evalkit as ek\nek.words.use(lang)\nevaluation = ek.load(assessment, region)",
    "panel = ek.panel.read(evaluation)",
    "ek.prose.title(evaluation)",
    'ek.prose.section("evidence", ek.narrative.evidence(evaluation), ek.narrative.comments(evaluation),'
    " ek.narrative.signatures(evaluation))",
    "ek.record.record(evaluation, ek.attainment.judge(panel, evaluation), [])",
)
TOLD = """
evidence: [{name: {zh: 自评, en: Own report}, basis: self_reported, document: 内部自评底稿.docx}]
comments:
  - {by: Insurance bureau, date: 2023-01-05, text: {en: Secretly we disagree}, reply: {en: We take note of it}}
signatures: [{name: Reviewer Wang}]
"""
KEPT = ("Insurance bureau", "Secretly we disagree", "We take note of it", "内部自评底稿", "Reviewer Wang")
LABELS = ("内部资料，不得公开", "nternal: not for publication")
REGION = "region: a\ntargets: [{indicator: rate, operator: '>=', value: 65, source: s, phrase: …}]\n"


@pytest.fixture(scope="module")
def made(project_at, publish, once, everything_in) -> SimpleNamespace:
    """All files of site/ with their text: first internal, then the same assessment in public."""

    def make(folder: Path) -> None:
        project = project_at(folder)
        project.write("notebooks/region_report.ipynb", notebook())
        project.write("params/narrative/a/a.yml", TOLD)
        project.region("a", REGION)
        project.table("published", "unit|period|indicator|value|source|phrase\na|2022|rate|60|s|…")
        for audience in ("internal", "public"):
            project.assessment(f"audience: {audience}\nstate: review\nas_of: 2022-12-31\n")
            publish(project.root, "a")
            for path in (folder / "reports/a/site").rglob("*"):
                if path.is_file():
                    project.write(f"{audience}/{path.name}.txt", everything_in(path))

    root = once("audience", make)
    kinds = ("internal", "public")
    return SimpleNamespace(
        **{kind: {path.stem: path.read_text(encoding="utf-8") for path in (root / kind).iterdir()} for kind in kinds}
    )


def notebook() -> str:
    cells = [v4.new_code_cell(text, id=f"cell-{i}") for i, text in enumerate(CELLS)]
    cells[0].metadata["tags"] = ["parameters"]
    made = v4.new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.writes(made)


def test_both_hold_the_same_files(made):
    assert set(made.internal) == set(made.public)
    assert {"report.zh.html", "index.html", "a.xlsx", "a.en.docx", "results.csv"} <= set(made.public)


def test_nothing_internal_stands_in_a_public_site(made):
    found = [(name, text) for name, content in made.public.items() for text in (*KEPT, *LABELS) if text in content]
    assert found == []


@pytest.mark.parametrize("name", ["report.zh.html", "report.en.html", "a.xlsx", "a.zh.docx", "a.en.docx"])
def test_an_internal_site_holds_everything(made, name):
    assert [text for text in KEPT if text not in made.internal[name]] == []


def test_every_internal_file_says_what_it_is(made):
    assert [name for name, text in made.internal.items() if not any(label in text for label in LABELS)] == []
