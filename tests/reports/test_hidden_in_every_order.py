"""A rule of disclosure that is added later: no file below site/ holds a hidden number, in whatever order it came."""

import datetime as dt
import re
import zipfile
from pathlib import Path

import pytest

from evalkit.publishing.run import batch, freezing
from evalkit.publishing.run.run_keys import run_keys
from evalkit.publishing.site import index_page

pytestmark = pytest.mark.usefixtures("warm")
SECRETS = (4321, 3987, 4322, 3988)  # by region: in the panel, as published
FORMS = "|".join(rf"(?<![\d.,]){form}(?!\d)" for n in SECRETS for form in (str(n), f"{n:,}", rf"{n // 10}\.{n % 10}"))
RULE = "disclosure: {threshold: 5000}\n"
REGION = """region: NAME
targets: [{indicator: cases, operator: '>=', value: 60000, source: plan, phrase: …}]
"""
#: What a final report must hold; only final ones keep a log of what they have published.
SIGNED = """problems: [{id: p, name: {en: Beds}}]
recommendations: [{name: {en: Beds}, owner: Bureau, due: 2023}]
signatures: [{name: Reviewer}]
"""


@pytest.fixture
def small(project):
    """Two regions without a panel with small figures; `revise` makes the later ones large, `revise all` all."""
    project.indicators("cases: {name: {en: Cases}, unit: count}\n")
    project.table("units", "unit | adoption\na | 2020\nb | 2020")
    for name in "ab":
        project.region(name, REGION.replace("NAME", name))
        project.write(f"params/narrative/a/{name}.yml", SIGNED)
    return project


def published(project, revised=()):
    values = dict(zip([("a", 2019), ("a", 2020), ("b", 2019), ("b", 2020)], SECRETS, strict=True))
    values |= {at: 70_001 + place for place, at in enumerate(values) if at[1] in revised}
    rows = [(*at, value) for at, value in values.items()]
    lines = [f"{unit},{period},cases,{value},press,phrase" for unit, period, value in rows]
    project.write("data/d/published.csv", "\n".join(["unit,period,indicator,value,source,phrase", *lines]))


def assess(project, rule):
    base = (
        "dataset: d\nregions: [a, b]\nindicators: {primary: [cases]}\nlanguages: [en]\nprogramme: false\nstate: final\n"
    )
    project.assessment(rule, base=base)


def run(project, regions=("a", "b")):
    evaluation = project.load()
    [made] = batch.publish([batch.Order(evaluation, run_keys(evaluation, regions), ["en"])], jobs=1)
    index_page.write(evaluation)
    assert made.failed == {}


def hidden_numbers(folder: Path) -> list[tuple[str, str]]:
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                texts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
        else:
            texts = [path.read_text(encoding="utf-8", errors="replace")]
        found += [(path.relative_to(folder).as_posix(), one) for text in texts for one in re.findall(FORMS, text)]
    return found


def do(project, steps, then):
    published(project)
    assess(project, "")
    for step in steps:
        if step == "run":
            run(project)
        elif step == "freeze":
            freezing.freeze(project.load(), dt.date(2020, 1, 1), again=True)
        elif step.startswith("revise"):
            published(project, revised=(2019, 2020) if step == "revise all" else (2020,))
        else:
            assess(project, RULE)
    assess(project, RULE)
    run(project, then)


ALL, ONE = ("a", "b"), ("a",)


@pytest.mark.parametrize(
    ("steps", "then"),
    [
        (("run", "rule"), ONE),
        pytest.param(("freeze", "run", "rule"), ALL, marks=pytest.mark.slow),
        (("run", "freeze", "revise", "rule"), ALL),
        pytest.param(("run", "rule", "freeze", "revise"), ONE, marks=pytest.mark.slow),
        (("freeze", "revise all", "rule"), ALL),  # nothing is hidden now, and what was frozen was
    ],
    ids=lambda given: "-".join(given),
)
def test_nothing_that_may_be_published_holds_a_hidden_number(small, steps, then):
    do(small, steps, then)
    site = small.root / "reports/a/site"
    assert "Cases" in (site / "a/report.en.html").read_text(encoding="utf-8")
    assert (site / "b").exists() == (then == ALL)
    assert hidden_numbers(small.root / "reports/a/site") == []
    assert hidden_numbers(small.root / "reports") == []


def test_without_the_rule_they_are_there(small):
    published(small)
    assess(small, "")
    run(small, ("a",))
    assert hidden_numbers(small.root / "reports/a/site") != []
