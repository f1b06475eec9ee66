"""A mid-term report made again later says what it said: nothing after the as-of date may enter."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from bs4 import BeautifulSoup

DEMONSTRATION = Path(__file__).parents[2] / "data/demonstration"
AS_OF = "2020-12-31"
LATER = "2021-01-01"
ASSESSMENT = f"""
stage: midterm
as_of: {AS_OF}
dataset: d
regions: [demo-city-b]
indicators: {{primary: [primary_visit_share]}}
design: {{comparison: {{same: [province]}}, mask: {{covid: [2020Q1, 2020Q2]}}}}
"""
REGION = """
region: demo-city-b
targets:
  - {indicator: primary_visit_share, operator: ">=", value: 65, source: demonstration-plan, phrase: 达到65%（虚构）}
"""
INDICATORS = "primary_visit_share: {name: {zh: 基层就诊率, en: Primary-care share}, unit: percent, better: higher}"


def csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False)


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(DEMONSTRATION / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def twice(project_at, publish, once) -> SimpleNamespace:
    """The demonstration cut to 24 units, evaluated, and evaluated again after the data went on."""

    def make(folder: Path) -> None:
        project = project_at(folder)
        project.indicators(INDICATORS)
        project.assessment(base=ASSESSMENT)
        project.region("demo-city-b", REGION)
        units, panel = read("units.csv"), read("panel.csv")
        east = units[(units["province"] == "东省") & (units["adoption"] == "")].head(23)
        units = pd.concat([units[units["unit"] == "demo-city-b"], east])
        panel = panel[panel["unit"].isin(units["unit"]) & (panel["indicator"] == "primary_visit_share")]
        project.write("data/d/units.csv", csv(units))
        project.write("data/d/panel.csv", csv(panel))
        shutil.copy(DEMONSTRATION / "sources.csv", project.root / "data/d")

        runs = [publish(project.root, "a")]
        shutil.copytree(project.root / "reports/a", project.root / "before")
        project.write("data/d/units.csv", csv(adopted_later(units)))
        project.write("data/d/panel.csv", csv(gone_on(panel)))
        runs += [publish(project.root, "a"), publish(project.root, "a", force=True)]
        project.write("made.txt", " ".join(str(len(run.made)) for run in runs))

    root = once("as_of", make)
    return SimpleNamespace(
        made=(root / "made.txt").read_text(), before=files(root / "before"), after=files(root / "reports/a")
    )


def files(folder: Path) -> dict[str, bytes]:
    """Everything but the working folders, whose manifests hold the times."""
    found = [folder / "results.csv", *(folder / "site").rglob("*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found if path.is_file()}


def adopted_later(units: pd.DataFrame) -> pd.DataFrame:
    """A comparison unit starts the reform after the as-of date."""
    last = units.index[-1]
    return units.assign(adoption=units["adoption"].where(units.index != last, LATER))


def gone_on(panel: pd.DataFrame) -> pd.DataFrame:
    """Later values are other values, and an early one is released only now."""
    late = (panel["period"] > "2020Q4") | (panel["released"] > AS_OF)
    assert late.sum() > 24
    changed = panel.assign(value=panel["value"].where(~late, "99.99"))
    early = panel.drop_duplicates("unit").head(3).assign(period="2015Q4", value="1.11", released=LATER)
    return pd.concat([changed, early])


def test_the_data_that_went_on_leave_the_pages_up_to_date(twice):
    assert twice.made == "3 0 3"  # the region, and the pages on data and on reliability


def test_made_again_every_file_is_equal_to_the_byte(twice):
    assert sorted(twice.before) == sorted(twice.after)
    assert [name for name, content in twice.before.items() if twice.after[name] != content] == []


def test_the_files_are_pages_and_results_with_an_effect(twice):
    assert {"results.csv", "demo-city-b/report.zh.html", "demo-city-b/report.en.html"} <= {
        name.removeprefix("site/") for name in twice.before
    }
    assert b"demo-city-b,primary_visit_share,did,did_mean,att," in twice.before["results.csv"]
    assert b",placebo_space," in twice.before["results.csv"]


@pytest.mark.parametrize(("lang", "label"), [("zh", "演示数据"), ("en", "Demonstration data")])
def test_a_page_that_rests_on_simulated_values_and_its_figures_say_so(twice, lang, label):
    page = BeautifulSoup(twice.before[f"site/demo-city-b/report.{lang}.html"], "html.parser")
    assert page.body["class"] == ["marked"]
    assert label in page.find(class_="notice").get_text()
    figures = page.find_all("figure")
    assert len(figures) == 2
    assert all(label in figure.figcaption.get_text() and label in figure.svg.get_text() for figure in figures)


def test_every_row_says_that_it_is_simulated(twice):
    lines = twice.before["site/downloads/results.csv"].decode("utf-8-sig").splitlines()[1:]
    assert len(lines) > 30
    assert {line.rsplit(",", 2)[1] for line in lines if ",ok," in line} == {"simulated"}
    assert all(line.endswith("demonstration data") for line in lines if ",simulated," in line)
