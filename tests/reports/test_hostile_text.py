"""Names and texts from data come out as text: in pages, in the index and in spreadsheets."""

import csv
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

SCRIPT = "<script>alert(1)</script>"
HANDLER = 'x\\" onerror=\\"alert(1)'
LINK = "[x](javascript:alert(1)) <a href='javascript:alert(2)'>y</a>"
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


@pytest.fixture(scope="module")
def made(project_at, publish, once, make_values) -> SimpleNamespace:
    """Page, indexes and download of a region whose every text is hostile."""

    def make(folder: Path) -> None:
        project = project_at(folder)
        values = make_values(n=20, pre=8, post=4, effect=5).rename(index={"a": "=cmd()"})
        project.values(values)
        rows = [f"{unit},{'2018Q1' if unit == '=cmd()' else ''},{SCRIPT}{unit}\n" for unit in values.index]
        project.write("data/d/units.csv", "unit,adoption,name_en\n" + "".join(rows))
        project.indicators(f'rate: {{name: {{en: "{HANDLER}"}}, unit: percent, better: higher}}')
        project.region("=cmd()", REGION)
        base = 'dataset: d\nregions: ["=cmd()"]\nindicators: {primary: [rate]}\n'
        project.assessment(f'title: {{en: "{SCRIPT}"}}\nlanguages: [en]\n', base=base)
        publish(project.root, "a")

    reports = once("hostile", make) / "reports"
    pages = {"page": "a/site/=cmd()/report.en.html", "index": "a/site/index.en.html", "over": "index.html"}
    return SimpleNamespace(
        pages={name: (reports / path).read_text(encoding="utf-8") for name, path in pages.items()},
        download=(reports / "a/site/downloads/results.csv").read_text(encoding="utf-8-sig"),
    )


@pytest.mark.parametrize("name", ["page", "index", "over"])
def test_no_text_becomes_an_element_an_attribute_or_a_link(made, name):
    soup = BeautifulSoup(made.pages[name], "html.parser")
    assert soup.find_all(["script", "img", "iframe"]) == []
    assert [key for tag in soup.find_all(True) for key in tag.attrs if key.startswith("on")] == []
    assert [link["href"] for link in soup.find_all("a") if ":" in link["href"]] == []


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


def test_it_is_text_inside_drawings_too(made):
    soup = BeautifulSoup(made.pages["page"], "html.parser")
    drawings = soup.find_all("svg")
    assert len(drawings) == 2
    assert any(SCRIPT in drawing.get_text() for drawing in drawings)


def test_no_cell_of_the_download_can_become_a_formula(made):
    rows = list(csv.DictReader(made.download.splitlines()))
    assert {row["region"] for row in rows} == {"'=cmd()"}
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if re.match(r"[=+@\t\r]|-(?![\d.])", cell)] == []
