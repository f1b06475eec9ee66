"""Sites that kept, showed or ran what they should not: each case folder, as a user runs it, with real pages."""

import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from evalkit.ingest import mapping as mappings
from evalkit.ingest import pipeline
from evalkit.project import evaluation as projects
from evalkit.publishing import preflight
from evalkit.publishing.run import batch, freezing, site_contents
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.site import index_page, publication

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warm")]
CASES = Path(__file__).parents[1] / "cases"
HIDDEN = re.compile(r"(?<![\d.,])(4,?32[12]|3,?98[78])(?!\d)")
RULE = "disclosure: {threshold: 5000}\n"


class Case:
    """A copy of a case, in which an assessment is edited and run."""

    def __init__(self, root):
        self.root = root
        self.assessment = root / "params/assessments/a.yml"

    def load(self):
        return projects.load("a", project=self.root)

    def rule(self, text):
        """Write the assessment with this rule of disclosure, or none."""
        lines = [line for line in self.assessment.read_text("utf-8").splitlines() if not line.startswith("disclosure")]
        self.assessment.write_text("\n".join([*lines, text]), encoding="utf-8")

    def run(self, *regions):
        evaluation = self.load()
        preflight.check(evaluation)
        chosen = site_contents.with_whole(evaluation, preflight.to_make(evaluation, regions))
        keys = run_keys(evaluation, chosen)
        [made] = batch.publish([batch.Order(evaluation, keys, evaluation.assessment.languages)], jobs=1)
        index_page.write(evaluation)
        assert made.failed == {}
        return made

    def status(self):
        evaluation = self.load()
        keys = run_keys(evaluation, [*evaluation.regions, *preflight.whole(evaluation)])
        return [told for told in publication.states(evaluation, keys) if not told.endswith(": up to date")]

    def site(self):
        """Every file of the site, and all that is in it."""
        site = self.root / "reports/a/site"
        return {path.relative_to(site).as_posix(): texts(path) for path in site.rglob("*") if path.is_file()}

    def hidden(self):
        return {name: HIDDEN.findall(text) for name, text in self.site().items() if HIDDEN.search(text)}


def texts(path):
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8", errors="replace")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.fixture
def case(tmp_path):
    def open_case(name):
        shutil.copytree(CASES / name, tmp_path / name)
        return Case(tmp_path / name)

    return open_case


@pytest.mark.parametrize("name", ["disclosure-frozen", "disclosure-revisions"])
def test_a_rule_that_is_added_hides_what_was_frozen_and_what_was_published(case, name):
    opened = case(name)
    opened.rule("")
    if name == "disclosure-frozen":
        freezing.freeze(opened.load(), dt.date(2020, 1, 1), again=True)
    else:
        opened.run()
        assert opened.hidden()
    opened.rule(RULE)
    opened.run()
    assert "Cases" in opened.site()["a/report.en.html"]
    assert opened.hidden() == {}


def test_a_run_of_one_region_leaves_no_page_or_index_that_was_made_without_the_rule(case):
    opened = case("disclosure-some-regions-only")
    opened.rule("")
    opened.run()
    assert {"b/report.en.html", "index.en.html"} <= opened.hidden().keys()
    opened.rule(RULE)
    opened.run("a")
    assert opened.hidden() == {}
    assert "b/report.en.html" not in opened.site()
    assert [told for told in opened.status() if told.startswith("b: ")]


def test_declared_sums_and_rates_of_the_population_are_hidden_with_what_they_would_reveal(case):
    opened = case("disclosure-undeclared-sum-and-rate")
    opened.rule("disclosure: {threshold: 10, sums: [{total: total, parts: [men, women]}]}")
    opened.run()
    shown = " ".join(re.sub("<[^>]*>", " ", opened.site()["a/report.en.html"]).split())
    assert not re.search(r"42\.8|42\.9", shown)
    assert not ("6,100" in shown and "6,097" in shown)


def test_regions_languages_and_files_that_were_taken_out_leave_the_site(case):
    opened = case("site-keeps-removed-regions")
    base = "dataset: d\nindicators: {primary: [rate]}\n"
    opened.assessment.write_text(f"{base}regions: [a, b]\nlanguages: [zh, en]\n", encoding="utf-8")
    opened.run()
    assert {"b/report.zh.html", "a/report.en.html", "index.en.html", "downloads/b.xlsx"} <= opened.site().keys()
    opened.assessment.write_text(f"{base}regions: [a]\nlanguages: [zh]\ndownloads: []\n", encoding="utf-8")
    told = "\n".join(opened.status())
    assert all(f"site/{name}" in told for name in ("b/report.zh.html", "a/report.en.html", "downloads/b.xlsx"))
    opened.run()
    assert not [name for name in opened.site() if name.startswith("b/") or ".en." in name or name.endswith(".xlsx")]
    assert opened.status() == []


def test_notebooks_downloads_and_whole_pages_that_were_taken_out_leave_the_site(case):
    opened = case("site-keeps-removed-regions")
    base = "dataset: d\nregions: [a]\nindicators: {primary: [rate]}\nlanguages: [en]\n"
    whole = "notebooks: [region_report, before_after]\nprogramme: true\n"
    for more, gone in (
        (whole, []),
        ("notebooks: [region_report]\nprogramme: true\n", ["a/before_after.en.html"]),
        ("notebooks: [region_report]\nprogramme: false\n", ["programme.en.html"]),
        ("notebooks: [region_report]\nprogramme: false\ndownloads: [xlsx]\n", ["downloads/a.en.docx"]),
    ):
        opened.assessment.write_text(base + more, encoding="utf-8")
        told = "\n".join(opened.status())
        assert [name for name in gone if f"site/{name}" not in told] == []
        opened.run()
        assert [name for name in gone if name in opened.site()] == []
        assert opened.status() == []
        if more == whole:
            expected = {"a/before_after.en.html", "programme.en.html", "downloads/a.en.docx"}
            assert expected <= opened.site().keys(), opened.site().keys()


def test_what_a_run_left_and_was_damaged_is_made_again(case):
    opened = case("damaged-leftovers")
    opened.run()
    plain, work = opened.site(), opened.root / "reports/a/work"
    manifest = json.loads((work / "a/manifest.json").read_text("utf-8")) | {"pages": [], "summary": []}
    damages = [
        {"_assembled": b"\xff\xfe", "a/manifest.json": json.dumps(manifest).encode()},
        {"_data.json": b"[" * 200_000, "_index.json": b"\0\0", "a/results.csv": b"region\n\xff"},
    ]
    for together in damages:
        for name, content in together.items():
            (work / name).write_bytes(content)
        opened.run()
        assert opened.site() == plain, together.keys()
        assert opened.status() == [], together.keys()


def test_links_under_names_that_a_run_may_write_lead_nowhere(case, tmp_path):
    opened = case("temporary-names-follow-links")
    opened.run()
    outside, site = tmp_path / "outside.html", opened.root / "reports/a/site"
    for number in range(2000):
        (site / f".index.en.html.{number}").symlink_to(outside)
    opened.run()
    assert not outside.exists()
    assert not (site / "index.en.html").is_symlink()
    assert [path for path in site.rglob("*") if path.is_symlink()] == []


def test_a_title_of_246_characters_is_a_page_with_its_files(case):
    opened = case("title-too-long-for-downloads")
    opened.run()
    assert [name for name in opened.site() if name.endswith(".docx")]


def test_a_public_site_names_no_workbook_of_a_county(case):
    opened = case("public-page-names-internal-files")
    opened.run()
    assert "data_quality.en.html" in opened.site()
    assert [name for name, text in opened.site().items() if "内部底稿" in text] == []


SECRET = ("机密", "保密底表", "隐藏底表", "张局", "form-from-county", "记录者")


@pytest.mark.parametrize("rule", ["", "disclosure: {threshold: 10}\n"])
def test_a_public_site_names_no_file_sheet_comment_or_author_of_what_was_ingested(case, tmp_path, rule):
    opened = case("public-page-names-internal-files")
    book = openpyxl.Workbook()
    book.properties.creator = "记录者"
    sheet = book.active
    sheet.title = "保密底表"
    for row in (["县", *range(2012, 2024)], *([unit, *(60 + (7 * n) % 5 for n in range(12))] for unit in "ab")):
        sheet.append(row)
    sheet["C2"], sheet["D2"], sheet["E2"] = "缺", "48.3*", 5.0
    sheet["F2"].comment = Comment("张局说再核", "记录者")
    sheet.row_dimensions[3].hidden = True
    book.create_sheet("隐藏底表").append(["x", 1])
    book["隐藏底表"].sheet_state = "hidden"
    (opened.root / "data/d/units.csv").write_text("unit,adoption\na,2019\nb,\n", encoding="utf-8")
    folder = opened.root / "data/raw/机密"
    folder.mkdir(parents=True)
    book.save(folder / "form-from-county.xlsx")
    mapping = opened.root / "params/mappings/d.yml"
    mapping.parent.mkdir()
    mapping.write_text(
        "files: [机密/*.xlsx]\nignore_sheets: [隐藏底表]\ncomments: note\nmissing: {缺: missing}\n"
        "tables: [{layout: periods_wide, unit: {column: 县}, indicator: {sheet: (.+)}}]\n"
        "indicators: {rate: {aliases: [保密底表]}}\n",
        encoding="utf-8",
    )
    root, found = opened.root, mappings.read(opened.root, "d")
    read = pipeline.ingest(root, found, pipeline.files(root, found), lambda done, total: None)
    assert (read.refused, len(read.questions) > 1) == ((), True)
    pipeline.write(root, found, read)
    assert any(word in path.read_text("utf-8") for path in (root / "data/d").rglob("*.csv") for word in SECRET)
    opened.rule(rule)
    opened.run()
    assert {(name, word) for name, text in opened.site().items() for word in SECRET if word in text} == set()


def started(opened, *arguments, **environment):
    """The command, started in the folder of the project, as README says."""
    command = [sys.executable, "-P", "-c", "from evalkit.cli import main; main()", *arguments]
    return subprocess.Popen(
        command,
        cwd=opened.root,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_python_files_beside_params_are_never_executed(case):
    opened = case("exec-python-file-beside-params")
    process = started(opened, "run", "a", "--jobs", "1")
    told = process.communicate()
    assert process.returncode == 0, told
    assert list(opened.root.rglob("EXECUTED*")) == []


def doing(opened, temporary, *arguments):
    """A command of which the terminal can be closed, with a folder for temporary files of its own."""
    temporary.mkdir()
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        return started(opened, *arguments, TMPDIR=str(temporary))
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a terminal as Unix has it")
@pytest.mark.parametrize("number", ["SIGHUP", "SIGTERM"])
def test_blank_forms_that_are_being_written_leave_no_part_behind(case, tmp_path, number):
    opened, number = case("sighup-leaves-held"), getattr(signal, number)
    with (opened.root / "data/d/units.csv").open("a", encoding="utf-8") as units:
        units.writelines(f"more{place}\n" for place in range(400))
    opened.rule("as_of: 2022-12-31\n")
    process = doing(opened, tmp_path / "t", "template", "a")
    while len(list(opened.root.glob("reports/a/templates/*"))) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    process.send_signal(number)
    told = process.communicate()
    assert process.returncode == 128 + number, told
    assert "Traceback" not in told[1]
    assert list(opened.root.glob("reports/a/templates/.*")) == []
    assert list((tmp_path / "t").iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a terminal as Unix has it")
def test_a_closed_terminal_leaves_no_data_behind(case, tmp_path):
    opened, temporary = case("sighup-leaves-held"), tmp_path / "t"
    process = doing(opened, temporary, "run", "a", "--jobs", "1")
    work = opened.root / "reports/a/work"
    while not (work / "a").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGHUP)
    told = process.communicate()
    assert process.returncode == 128 + signal.SIGHUP, told
    assert "To resume, run the same command" in told[1]
    assert list(opened.root.rglob(".held*")) == []
    assert list(temporary.iterdir()) == []
