"""Real names carry real figures only: a walk over everything that was published."""

import csv
import re

import docx
import openpyxl
import pytest
from bs4 import BeautifulSoup

REAL = ("永康", "兰溪", "邛崃", "金华", "Yongkang", "Lanxi", "Qionglai", "Jinhua")
DEMO_LABELS = ("演示数据", "Demonstration data", "演示市", "演示县", "Demo City", "Demo County")
EFFECTS = "supported", "opposite", "uncertain"


def published(site, real):
    """Every file that may be published, of assessments about real regions of the sources or about fictional ones."""
    for folder in sorted((site.root / "reports").glob("*/site")):
        name = folder.parent.name
        if name in ("final-2022", "midterm-2021") if real else name.startswith("demo-"):
            yield from (path for path in folder.rglob("*") if path.is_file())


def text_of(path):
    return path.read_text(encoding="utf-8-sig")


def kinds(files):
    return {path.suffix for path in files}


@pytest.fixture
def real_files(site):
    found = list(published(site, real=True))
    assert len(found) > 10
    assert kinds(found) == {".html", ".csv", ".xlsx", ".docx"}
    return found


@pytest.fixture
def fictional_files(site):
    found = list(published(site, real=False))
    assert len(found) > 10
    assert kinds(found) == {".html", ".csv", ".xlsx", ".docx"}
    return found


def test_nothing_fictional_stands_under_a_real_name(real_files, everything_in):
    assert [path for path in real_files if any(map(everything_in(path).__contains__, DEMO_LABELS))] == []


def test_no_fictional_file_names_a_real_place(fictional_files, everything_in):
    assert [path.name for path in fictional_files if any(map(everything_in(path).__contains__, REAL))] == []


def test_every_sheet_about_a_fictional_region_says_so_first(fictional_files):
    books = [openpyxl.load_workbook(path) for path in fictional_files if path.suffix == ".xlsx"]
    sheets = [sheet for book in books for sheet in book.worksheets]
    assert len(sheets) > 50
    assert [sheet.title for sheet in sheets if not any(label in sheet["A1"].value for label in DEMO_LABELS[:2])] == []


def test_every_page_of_a_document_about_a_fictional_region_says_so(fictional_files):
    documents = [docx.Document(path) for path in fictional_files if path.suffix == ".docx"]
    heads = [section.header.paragraphs[0].text for one in documents for section in one.sections]
    assert len(heads) > 5
    assert [head for head in heads if not head.startswith(DEMO_LABELS[:2])] == []


def test_no_real_page_judges_an_effect(real_files):
    pages = [BeautifulSoup(text_of(path), "html.parser") for path in real_files if path.suffix == ".html"]
    chips = [chip for page in pages for chip in page.find_all(class_="chip") if "effect" in chip["class"]]
    answers = [card.strong.get_text() for page in pages for card in page.select(".answer .effect")]
    assert answers
    assert set(answers) == {"不能回答"}
    assert [chip.get_text() for chip in chips if set(EFFECTS) & set(chip["class"])] == []


def test_no_real_page_shows_a_score_or_rank(real_files):
    pages = [BeautifulSoup(text_of(path), "html.parser") for path in real_files if path.suffix == ".html"]
    cards = [card for page in pages for card in page.find_all(id=re.compile("^scorecard-"))]
    assert cards
    assert [card for card in cards if card.name == "table"] == []  # forms to be filled in are in the workbook only
    assert [figure["id"] for page in pages for figure in page.find_all("figure", id=re.compile("^fig-ranks"))] == []


def test_no_real_download_holds_a_simulated_value(real_files):
    tables = [path for path in real_files if path.suffix == ".csv"]
    assert tables
    rows = [row for path in tables for row in csv.DictReader(text_of(path).splitlines())]
    assert rows
    assert {row["data_status"] for row in rows} <= {"", "published", "derived", "reported"}
    assert {row["note"] for row in rows} == {""}


def test_no_real_workbook_holds_a_simulated_value_or_an_effect(real_files):
    books = [openpyxl.load_workbook(path) for path in real_files if path.suffix == ".xlsx"]
    tables = [list(book["数据"].iter_rows(min_row=3, values_only=True)) for book in books]
    rows = [dict(zip(heading, row, strict=True)) for heading, *rows in tables for row in rows]
    assert rows
    assert {row["data_status"] for row in rows} <= {None, "published", "derived", "reported"}
    effects = [row for row in rows if row["analysis"] != "attainment"]
    assert effects
    assert [row for row in effects if row["estimate"] is not None] == []
