"""Names and texts from data come out as text: in pages, in the index, in spreadsheets and in documents."""

import csv
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from bs4 import BeautifulSoup

SCRIPT = "<script>alert(1)</script>"
HANDLER = 'x\\" onerror=\\"alert(1)'
LINK = "[x](javascript:alert(1)) <a href='javascript:alert(2)'>y</a>"
ODD = "]]> \U0001f3e5 &amp; ${{x}}"
FORMULAS = ("=cmd()", "+1+1", "-1+1", "@SUM(A1)", "＝1+1")
REGION = f"""
region: =cmd()
targets:
  - indicator: rate
    operator: ">="
    value: 65
    source: "<img src=x onerror=alert(3)>"
    phrase: "{LINK}"
    note: {{en: "{LINK}"}}
tasks:
  - {{name: {{en: "{SCRIPT}"}}, source: plan, phrase: "…", lead: "<svg onload=alert(4)>"}}
"""
PROBLEMS = "problems:\n" + "".join(
    f'  - {{id: p{i}, name: {{en: "{text}"}}, owner: "{text}"}}\n' for i, text in enumerate((*FORMULAS, ODD))
)
WORDS = f"{SCRIPT} {LINK}\n\n| a |\n|---|\n| =cmd() |\n"


@pytest.fixture(scope="module")
def made(project_at, publish, once, make_values) -> SimpleNamespace:
    """Pages, indexes and downloads of a region whose every text is hostile."""

    def make(folder: Path) -> None:
        project = project_at(folder)
        values = make_values(n=20, pre=8, post=4, effect=5).rename(index={"a": "=cmd()"})
        project.values(values)
        rows = [f"{unit},{'2018Q1' if unit == '=cmd()' else ''},{SCRIPT}{unit}\n" for unit in values.index]
        project.write("data/d/units.csv", "unit,adoption,name_en\n" + "".join(rows))
        project.indicators(f'rate: {{name: {{en: "{HANDLER}"}}, unit: percent, better: higher}}')
        project.region("=cmd()", REGION)
        project.write("params/narrative/a/=cmd().yml", PROBLEMS)
        project.write("params/narrative/a/=cmd().en.md", WORDS)
        base = 'dataset: d\nregions: ["=cmd()"]\nindicators: {primary: [rate]}\n'
        project.assessment(f'title: {{en: "{SCRIPT}"}}\nlanguages: [en]\n', base=base)
        publish(project.root, "a")

    reports = once("hostile", make) / "reports"
    pages = {"page": "a/site/=cmd()/report.en.html", "index": "a/site/index.en.html", "over": "index.html"}
    downloads = reports / "a/site/downloads"
    return SimpleNamespace(
        pages={name: (reports / path).read_text(encoding="utf-8") for name, path in pages.items()},
        download=(downloads / "results.csv").read_text(encoding="utf-8-sig"),
        book=downloads / "=cmd().xlsx",
        document=downloads / "=cmd().en.docx",
    )


@pytest.mark.parametrize("name", ["page", "index", "over"])
def test_no_text_becomes_an_element_an_attribute_or_a_link(made, name):
    soup = BeautifulSoup(made.pages[name], "html.parser")
    assert soup.find_all(["script", "img", "iframe"]) == []
    assert [key for tag in soup.find_all(True) for key in tag.attrs if key.startswith("on")] == []
    links = [link for link in soup.find_all("a") if ":" in link["href"]]
    assert [
        link["href"] for link in links if not (link["href"].startswith("data:") and link.has_attr("download"))
    ] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("page", SCRIPT),
        ("page", 'x" onerror="alert(1)'),
        ("page", "<a href='javascript:alert(2)'>y</a>"),
        ("page", "<img src=x onerror=alert(3)>"),
        ("page", "<svg onload=alert(4)>"),
        ("index", SCRIPT),
        ("index", 'x" onerror="alert(1)'),
        ("over", SCRIPT),
    ],
)
def test_it_is_shown_as_it_was_written(made, name, text):
    assert text in BeautifulSoup(made.pages[name], "html.parser").get_text()


SPARK = ("class", "role", "width", "height", "viewbox", "fill")


def test_it_is_text_inside_drawings_too(made):
    soup = BeautifulSoup(made.pages["page"], "html.parser")
    drawings = soup.select("figure svg")
    assert len(drawings) == 2 * len(soup.find_all("figure"))  # for pages and for phones
    # A long name is broken into lines.
    assert any(SCRIPT in "".join(drawing.get_text().split()) for drawing in drawings)
    small = soup.find_all(class_="spark")
    assert small
    assert all(set(drawing.attrs) <= {*SPARK, "aria-label"} for drawing in small)


def test_no_cell_of_the_download_can_become_a_formula(made):
    rows = list(csv.DictReader(made.download.splitlines()))
    assert {row["region"] for row in rows} == {"'=cmd()"}
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])", cell)] == []


def cells_of(file):
    book = openpyxl.load_workbook(file)
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_no_cell_of_the_workbook_is_a_formula_a_link_or_an_error(made):
    cells = cells_of(made.book)
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [cell.hyperlink.target for cell in cells if cell.hyperlink and cell.hyperlink.target] == []
    starting = [cell for cell in cells if cell.data_type == "s" and cell.value.startswith(("=", "+", "-", "@", "＝"))]
    assert {cell.value for cell in starting} >= set(FORMULAS)
    assert [cell.value for cell in starting if not cell.quotePrefix] == []


@pytest.mark.parametrize("text", [SCRIPT, "<svg onload=alert(4)>", ODD, *FORMULAS])
def test_the_workbook_shows_it_as_it_was_written(made, text):
    assert [cell for cell in cells_of(made.book) if text in str(cell.value)]


@pytest.mark.parametrize("text", [SCRIPT, "<img src=x onerror=alert(3)>", "<svg onload=alert(4)>", ODD, *FORMULAS])
def test_the_document_shows_it_as_it_was_written(made, text):
    document = docx.Document(made.document)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert [told for told in (*cells, *(one.text for one in document.paragraphs)) if text in told]


@pytest.mark.parametrize("kind", ["book", "document"])
def test_no_office_file_fetches_or_runs_anything(made, kind):
    with zipfile.ZipFile(getattr(made, kind)) as parts:
        relations = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels"))
        text = parts.read("word/document.xml").decode() if kind == "document" else ""
        assert [name for name in parts.namelist() if re.search("vba|embeddings|activeX|externalLink", name)] == []
    assert 'TargetMode="External"' not in relations
    text = re.sub(r"<w:instrText[^>]*> *(TOC|PAGEREF) [^<]*</w:instrText>", "", text)  # the table of contents
    assert re.findall("instrText|altChunk|oleObject|w:object", text) == []
