"""The cycle of a report: what the evaluator wrote is never lost, and what was revised is told from then on."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat import v4

CELLS = (
    'assessment = "a"\nregion = "a"\nlang = "en"',
    "import evalkit as ek\nfrom evalkit.reporting.region import changes, problems",
    "from evalkit.reporting.region import evaluator_words as narrative",
    "ek.words.use(lang)\nevaluation = ek.load(assessment, region)\npanel = ek.panel.read(evaluation)",
    "goals = ek.attainment.judge(panel, evaluation)\nfindings = ek.findings.evaluate(panel, evaluation)",
    "ek.prose.title(evaluation)",
    'ek.prose.section("evidence", narrative.evidence(evaluation), narrative.signatures(evaluation))',
    'ek.prose.section("problems", narrative.words(evaluation), problems.problems(evaluation))',
    'ek.prose.section("appraisal", narrative.lessons(evaluation))',
    'ek.prose.section("changes", changes.since(goals, panel, evaluation),'
    " changes.revised(panel, evaluation), changes.revisions(goals, findings, panel, evaluation))",
    "ek.record.record(evaluation, goals, findings)",
)
BEFORE = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nas_of: 2021-03-31\n"
REGION = "region: a\ntargets: [{indicator: rate, operator: '>=', value: 65, deadline: 2022, source: s, phrase: …}]\n"
PROBLEMS = "problems: [{id: p, name: {zh: 信息不通, en: Systems apart}, due: 2021-06}]\n"
FINAL = """problems: [{id: q, name: {zh: 人员不足, en: Too few staff}}]
recommendations: [{name: {zh: 增配全科医生, en: More doctors}, owner: 甲, due: 2023-06, problems: [q]}]
signatures: [{name: 甲, role: {zh: 组长, en: Head}, date: 2023-03-14, conclusion: {zh: 同意, en: Agrees}}]
"""
WORDS = "# 主要做法\n\n统一信息系统。\n"


@pytest.fixture(scope="module")
def made(project_at, publish, once) -> SimpleNamespace:
    """Published, published again, then twice with a changed figure; and what stood in params/ before and after."""

    def make(folder: Path) -> None:
        project = project_at(folder)
        project.assessment("stage: midterm\nas_of: 2022-12-31\nprevious: before\nstate: final\n")
        project.write("params/assessments/before.yml", BEFORE)
        project.region("a", REGION)
        project.write("params/narrative/before/a.yml", PROBLEMS)
        project.write("params/narrative/a/a.zh.md", WORDS)
        project.write("params/narrative/a/a.yml", FINAL)
        project.write("notebooks/region_report.ipynb", notebook())
        before = hashes(project.root / "params")
        for number, value in enumerate((64, 64, 66, 66), start=1):
            rows = f"a|2020|rate|60|s|…\na|2022|rate|{value}|s|…"
            project.table("published", f"unit|period|indicator|value|source|phrase\n{rows}")
            publish(project.root, "a", force=True)
            for lang in ("zh", "en"):
                page = project.root / f"reports/a/site/a/report.{lang}.html"
                project.write(f"pages/{number}.{lang}.html", page.read_text(encoding="utf-8"))
        project.write("kept.txt", str(hashes(project.root / "params") == before and len(before)))

    root = once("cycle", make)
    pages = {path.stem: path.read_bytes() for path in (root / "pages").iterdir()}
    return SimpleNamespace(pages=pages, kept=(root / "kept.txt").read_text())


def notebook() -> str:
    cells = [v4.new_code_cell(text, id=f"cell-{i}") for i, text in enumerate(CELLS)]
    cells[0].metadata["tags"] = ["parameters"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.writes(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}))


def hashes(folder: Path) -> dict[str, str]:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def soup(made, name):
    return BeautifulSoup(made.pages[name], "html.parser")


def test_to_publish_loses_nothing_that_the_evaluator_wrote(made):
    assert made.kept == "7"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_published_again_from_the_same_data_a_page_is_equal_to_the_byte(made, lang):
    assert made.pages[f"1.{lang}"] == made.pages[f"2.{lang}"]
    assert made.pages[f"3.{lang}"] == made.pages[f"4.{lang}"]
    assert made.pages[f"2.{lang}"] != made.pages[f"3.{lang}"]


def test_a_report_that_was_not_revised_says_so(made):
    assert "本报告发布以来，数字没有修订。" in soup(made, "2.zh").get_text()
    assert soup(made, "2.en").find(id="revisions-table") is None


@pytest.mark.parametrize(("lang", "told"), [("zh", "数据有变动"), ("en", "the data changed")])
def test_a_revised_figure_stands_there_as_it_was_and_as_it_is(made, lang, told):
    (row,) = soup(made, f"4.{lang}").find(id="revisions-table").tbody.find_all("tr")
    cells = [cell.get_text(" ") for cell in row.find_all(["th", "td"])]
    assert [cell.split("%")[0] for cell in cells[3:5]] == ["64", "66"]
    assert cells[-1] == told


def test_the_evaluators_words_and_the_problems_of_the_assessment_before_stand_in_the_page(made):
    page = soup(made, "4.zh")
    assert page.find(id="own-words").h3.get_text() == "主要做法"
    rows = page.find(id="problems-table").tbody.find_all("tr")
    (row,) = (row for row in rows if "信息不通" in row.get_text())
    assert "已过期限，未收到销号材料" in row.get_text()
    assert "上次评估提出，本次未收到整改情况" in row.get_text()


def test_sections_are_in_the_order_of_the_stage_and_empty_ones_are_left_out(made):
    page = soup(made, "4.en")
    links = page.find("nav", class_="contents").find_all("a")
    assert [link["href"] for link in links] == ["#problems", "#changes", "#evidence"]


def test_since_the_previous_assessment_the_figure_moved_by_points(made):
    (row,) = soup(made, "4.en").find(id="since-table").tbody.find_all("tr")
    assert "+6 percentage points" in row.get_text(" ")
