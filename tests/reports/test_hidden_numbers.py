"""A small number that is hidden stands in nothing that a run leaves: no page, figure, table or download."""

import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest

SECRETS = (4321, 3987, 3989)  # a value of the panel; published figures without one, and with a large one
PEOPLE, SHARE = 7654, 57.13  # of these people 4,373 are the numerator, 3,281 the rest
FORMS = [form for n in SECRETS for form in (str(n), f"{n:,}", f"{n / 10000:g}万")] + [f"{SHARE}"]


@pytest.fixture(scope="module")
def left(project_at, publish, once, make_values) -> Path:
    """The reports of a region with small counts; what is small is written in four digits, so that it can be found."""

    def make(folder: Path) -> None:
        project = project_at(folder)
        cases = (make_values(n=22, pre=8, post=6, start="2017Q1") * 1000).round()
        cases.loc["a", "2018Q2"] = SECRETS[0]
        share = pd.DataFrame(50.0, index=cases.index, columns=cases.columns)
        rows = [
            f"{unit},{period},cases,{cases.at[unit, period]:.0f},,\n{unit},{period},share,{share.at[unit, period]},,\n"
            for unit in cases.index
            for period in cases.columns
            if (unit, period) != ("a", "2019Q2")
        ]
        rows += [f"a,2019Q2,share,{SHARE},{PEOPLE - 3281},{PEOPLE}\n", "a,2019Q2,cases,50000,,\n"]
        project.write("data/d/panel.csv", "unit,period,indicator,value,numerator,denominator\n" + "".join(rows))
        head = "unit,period,indicator,value,text,source,phrase\n"
        published = "".join(
            f"a,{period},cases,{number},,press,共{number}例\n"
            for period, number in zip(("2016", "2019Q2"), SECRETS[1:], strict=True)
        )
        project.write("data/d/published.csv", head + published + "a,2015,cases,60001,,press,共60001例\n")
        units = [f"{unit},{'2019Q1' if unit == 'a' else ''}\n" for unit in cases.index]
        project.write("data/d/units.csv", "unit,adoption\n" + "".join(units))
        project.indicators("cases: {name: {en: Cases}, unit: count}\nshare: {name: {en: Share}, unit: percent}\n")
        more = "disclosure: {threshold: 5000}\nlanguages: [en]\nnotebooks: [region_report, before_after]\n"
        project.assessment(more, base="dataset: d\nregions: [a]\nindicators: {primary: [cases, share]}\n")
        publish(project.root, "a")

    return once("hidden", make) / "reports"


def texts(path: Path) -> str:
    """What a file says: of an archive (xlsx, docx, zip) every part of it."""
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8", errors="replace")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist())


def test_no_file_of_a_run_holds_a_hidden_number(left):
    files = [path for path in left.rglob("*") if path.is_file()]
    wanted = re.compile("|".join(rf"(?<![\d.,]){re.escape(form)}(?!\d)" for form in FORMS))
    assert len(files) > 8
    assert [(path.name, found) for path in files if (found := wanted.findall(texts(path)))] == []


def test_what_is_not_small_is_there(left):
    assert "60,001" in (left / "a/site/a/report.en.html").read_text(encoding="utf-8")


def test_the_page_on_the_data_says_how_many_are_hidden(left):
    page = (left / "a/site/data_quality.en.html").read_text(encoding="utf-8")
    assert "counts from 1 to 4999" in page
    assert "Hidden here: 4 values." in page
    assert 'href="data_quality.en.html"' in (left / "a/site/index.en.html").read_text(encoding="utf-8")
