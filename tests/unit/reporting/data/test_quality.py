"""The page on the quality of the data says what is there, what does not fit, what was changed and what is open."""

import pytest
from bs4 import BeautifulSoup

from evalkit.panel import observations as panels
from evalkit.reporting.data import quality
from evalkit.reporting.language import words

INDICATORS = """
rate: {name: {en: Rate <b>, zh: 率}, unit: percent}
cases: {name: {en: Cases}, unit: count}
"""
PANEL = """
unit | indicator | period | value | numerator | denominator | note
a    | rate      | 2020Q1 | 40    | 500 | 1000 |
a    | rate      | 2020Q2 | 50    |     |      |
b    | rate      | 2020Q1 | 50    |     |      | 初步数
b    | rate      | 2020Q3 | 50    |     |      |
a    | cases     | 2020Q1 | 40    |     |      |
b    | cases     | 2020Q1 | 4     |     |      |
"""
LOG = "file,sheet,cell,before,after,rule\n"
LOG += "a.xlsx,s,A1,６,6,full-width signs\na.xlsx,s,A2,７,7,full-width signs\n"
LOG += "b.xlsx,s,A1,-,,mark of a missing value: missing\nb.xlsx,s,A9,x,y,a rule <new>\n"
BOOKS = "file,units\na.xlsx,a c\nb.xlsx,b\n"
QUESTIONS = 'kind,where,what,cure\nquestion,"a.xlsx, s!B7",0.9 <i> in a percent column,Ask.\n'


@pytest.fixture
def shown(project):
    """The pieces of the page as parsed HTML."""

    def show(more="", region=None, files=True, panel=PANEL):
        project.indicators(INDICATORS)
        project.assessment(more, base="dataset: d\nregions: [a]\nindicators: {primary: [rate], exploratory: [cases]}\n")
        project.table("units", "unit | kind | name_en\na | county | <A>\nb | county | B\n")
        if panel:
            project.table("panel", panel)
        for name, text in {"log": LOG, "questions": QUESTIONS, "workbooks": BOOKS}.items() if files else ():
            project.write(f"data/d/ingest/{name}.csv", text)
        evaluation = project.load(region)
        data = panels.read(evaluation, every=True)
        found = quality.findings(data, evaluation)
        pieces = {
            "lead": quality.lead(found, data, evaluation),
            "missing": str(quality.missing(data, evaluation)),
            "table": str(quality.table(found, data, evaluation)),
            "changes": str(quality.changes(data, evaluation)),
            "questions": str(quality.questions(data, evaluation)),
            "region": str(quality.region(found, data, evaluation)) if region else "",
            "coverage": "".join(one._repr_html_() for one in quality.coverage(data, evaluation)),
        }
        return {name: BeautifulSoup(str(html), "html.parser") for name, html in pieces.items()}

    return show


def rows(table):
    return [[cell.get_text(" ") for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]


def test_the_map_tells_shares_by_region_and_by_period_with_their_data(shown):
    page = shown()["coverage"]
    by_region = page.find("table", id="quality-coverage")
    assert rows(by_region) == [["Rate <b>", "66.7", "66.7"], ["Cases", "100", "100"]]
    assert [cell.get_text() for cell in by_region.thead.find_all("th")][1:] == ["<A>", "county, others (1)"]
    by_period = page.find("table", id="quality-coverage-periods")
    assert ["2020 Q2", "50.0", "—"] in rows(by_period)
    assert [figure.find(class_="figure-title").get_text() for figure in page.find_all("figure")] == [
        "75.0% of the values due are there; the fewest of: Rate <b>",
        "The fewest values are there for 2020 Q2: 50.0%",
    ]


def test_what_is_missing_is_counted_by_reason(shown):
    assert rows(shown()["missing"].find(id="quality-missing")) == [["Rate <b>", "6", "2", "2"]]
    hidden = shown("disclosure: {threshold: 10}\n")["missing"].find(id="quality-missing")
    assert ["Cases", "2", "1", "1", "0"] in rows(hidden)


SOUND = "unit | indicator | period | value\n" + "".join(
    f"{unit} | {name} | 2020 | 50\n" for unit in "ab" for name in ("rate", "cases")
)


def test_a_complete_panel_says_so(shown):
    page = shown(panel=SOUND)
    assert "No figure contradicts another" in page["table"].get_text()
    assert "No value that is due is missing." in page["missing"].get_text()
    assert page["coverage"].find(class_="figure-title").get_text() == "All values due are there"


def test_without_a_panel_there_is_nothing_to_check(shown):
    page = shown(panel="")
    assert "nothing to check" in page["lead"].get_text()
    assert page["coverage"].get_text() == ""


def test_every_finding_names_region_indicator_period_figures_and_consequence(shown):
    found = rows(shown()["table"].find(id="quality-findings"))
    assert found[0][0].startswith("Value is not that of numerator and denominator (1) The estimates use the value")
    assert found[1] == ["<A>", "Rate <b>", "2020 Q1", "40% reported, 50% computed"]
    assert [row[0].split(" (1)")[0] for row in found[2:]] == ["Provisional value", "B", "No value", "<A>"]


def test_changes_are_counted_by_rule_and_show_no_value(shown):
    table = shown()["changes"].find(id="quality-changes")
    assert rows(table) == [
        ["full-width signs", "2", "1"],
        ["a rule <new>", "1", "1"],
        ["mark of a missing value", "1", "1"],
    ]
    assert "4 cells of 2 workbooks" in table.caption.get_text()


def test_open_questions_are_listed_inside_and_only_counted_for_the_public_or_where_numbers_are_hidden(shown):
    assert shown()["questions"].get_text() == "Questions about the workbooks still open: 1."
    listed = shown("audience: internal\n")["questions"]
    assert rows(listed.find(id="quality-questions")) == [["a.xlsx, s!B7", "0.9 <i> in a percent column", "Ask."]]
    assert (
        shown("disclosure: {threshold: 10}\n")["questions"].get_text() == "Questions about the workbooks still open: 1."
    )


def test_without_workbooks_nothing_was_changed_or_asked(shown):
    page = shown(files=False)
    assert "not read from workbooks" in page["changes"].get_text()
    assert "No question" in page["questions"].get_text()


def test_hidden_numbers_are_counted_and_their_effect_is_told(shown):
    told = shown("disclosure: {threshold: 10, round_to: 5}\n")["lead"].get_text()
    assert "counts from 1 to 9" in told
    assert "Hidden here: 1 values." in told
    assert "multiples of 5" in told
    assert "somewhat too high" in told


def test_a_region_is_told_its_own_findings_only(shown):
    own = shown(region="a")["region"].find(id="quality-own")
    told = [item.get_text() for item in own.find_all("li")]
    assert [one.split(":")[0] for one in told[:-1]] == ["Value is not that of numerator and denominator", "No value"]
    assert told[-1].startswith("2 cells of the workbooks that hold this region's figures (1)")
    assert "Rate <b>, 2020 Q1 (40% reported, 50% computed)" in told[0]


def test_a_region_with_sound_figures_is_told_so_and_what_is_hidden_of_it(shown):
    assert "contradicts another" in shown(region="a", panel=SOUND)["region"].get_text()
    assert "Hidden here: 0 values." in shown("disclosure: {threshold: 10}\n", "a", panel=SOUND)["region"].get_text()


def test_the_page_speaks_chinese(shown):
    words.use("zh")
    page = shown()
    assert page["table"].caption.get_text().startswith("与本地区其他数字对不上的数字")
    assert "全角字符" in page["changes"].get_text()
    assert "应报数值" in page["missing"].get_text()
