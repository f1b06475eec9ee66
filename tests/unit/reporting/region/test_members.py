"""Pages show who belongs to a region, who belongs elsewhere too, and how counts add up."""

import pytest
from bs4 import BeautifulSoup

from evalkit.reporting.language import words
from evalkit.reporting.region import members

INDICATORS = """
rate: {name: {en: Rate, zh: 率}, unit: percent,
       from_members: {numerator: visits, denominator: visits, kinds: [community_health_centre]}}
visits: {name: {en: Visits}, unit: count}
"""
UNITS = """
unit | name_en    | kind                    | parent | adoption
city | City       | city                    |        |
a    | Consortium | consortium              | city   | 2019Q1
b    | Other      | consortium              | city   |
far  | Far        | consortium              |        |
c    | Centre     | community_health_centre |        |
h    | House      | hospital                |        |
d    | <Dale>     | community_health_centre |        |
e    | Elm        | community_health_centre |        |
z    | Zone       | zone                    |        |
"""
MEMBERS = """
unit | of  | role   | from   | to      | source | phrase
c    | a   | member |        |         | plan   | Centre joins
h    | a   | lead   |        |         | plan   | House leads
d    | a   | member | 2019Q2 |         | plan   | …
d    | far | member |        |         | press  | Dale is theirs
e    | b   | member |        |         |        |
e    | z   | member |        |         |        |
e    | a   | member | 2017   | 2017Q2  |        |
"""
PANEL = """
unit | period | indicator | value | status
h    | 2019Q3 | visits    | 6000  | reported
c    | 2019Q3 | visits    | 2500  | reported
d    | 2019Q3 | visits    | 1500  | reported
e    | 2019Q3 | visits    | 1000  | reported
h    | 2019Q4 | visits    | 1     | reported
c    | 2019Q4 | visits    | 1     | reported
e    | 2019Q4 | visits    | 1     | reported
"""
SOURCES = "source | title_en | standing\nplan | The plan | draft\npress | The paper | press\n"


@pytest.fixture
def shown(project):
    """The three pieces of a region's page as parsed HTML."""

    def show(region="a", more="", panel=PANEL):
        project.indicators(INDICATORS)
        project.table("units", UNITS)
        project.table("members", MEMBERS)
        project.table("sources", SOURCES)
        if panel:
            project.table("panel", panel)
        project.assessment(more, base=f"dataset: d\nregions: [{region}]\nindicators: {{primary: [rate]}}\n")
        evaluation, read = project.load(region), project.read(region)
        pieces = (
            str(members.table(evaluation, read)),
            str(members.overlap(evaluation)),
            str(members.roll_up(read, evaluation)),
        )
        return [BeautifulSoup(piece, "html.parser") for piece in pieces]

    return show


def rows(soup):
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")]


def test_members_stand_with_kind_role_and_dates_leads_first(shown):
    table, _, _ = shown(more="as_of: 2019-12-31\n")
    assert rows(table) == [
        ["House not counted in: Rate", "hospital", "lead institution", "—", "—"],
        ["Centre", "community health centre", "member", "—", "—"],
        ["<Dale> belongs to Far as well", "community health centre", "member", "2019 Q2", "—"],
    ]
    assert table.select_one("table")["id"] == "members-table"
    assert table.caption.get_text() == "Members on 31 Dec 2019"
    assert "Lead institutions: 1; other members: 2." in table.get_text()
    assert "The plan" in table.get_text()


def test_nobody_is_a_member_before_joining(shown):
    table, overlap, _ = shown(more="as_of: 2016-12-31\n", panel="")
    assert [row[0] for row in rows(table)] == ["House not counted in: Rate", "Centre"]
    assert "No member belongs to another unit at the same time." in overlap.get_text()


def test_a_city_says_to_which_of_its_units_each_belongs(shown):
    table, overlap, _ = shown("city", more="as_of: 2019-12-31\n")
    assert "Belongs to" in [cell.get_text() for cell in table.select("thead th")]
    assert [(row[0], row[3]) for row in rows(table)] == [
        ("House not counted in: Rate", "Consortium"),
        ("Centre", "Consortium"),
        ("<Dale> belongs to Far as well", "Consortium"),
        ("Elm belongs to Zone as well", "Other"),
    ]
    assert [row[0] for row in rows(overlap)] == ["<Dale>", "Elm", "Elm", "Elm"]


def test_a_list_without_dates_says_so(shown):
    table, _, _ = shown("b", panel="", more="as_of: 2019-12-31\n")
    assert "The list gives no dates" in table.get_text()
    assert rows(table) == [["Elm belongs to Zone as well", "community health centre", "member"]]


def test_a_list_without_a_lead_is_not_called_complete(shown):
    table, _, _ = shown("z", panel="")
    assert "the list may be incomplete" in table.get_text()


def test_an_overlap_stands_with_both_sources(shown):
    _, overlap, _ = shown()
    assert overlap.select_one("table")["id"] == "overlap-table"
    name, here, there, when, source = rows(overlap)[0]
    assert (name, here, there, when) == ("<Dale>", "Consortium", "Far", "since 1 Apr 2019")
    assert "The plan" in source
    assert "The paper" in source
    assert "Dale is theirs" in source
    assert "not independently verified" in source
    assert "never compared with each other" in overlap.get_text()


def test_an_overlap_that_has_ended_says_so(shown):
    table, overlap, _ = shown()
    assert ["Elm", "Consortium", "Other", "1 Jan 2017 to 30 Jun 2017"] in [row[:4] for row in rows(overlap)]
    assert "Elm" not in table.get_text()


def test_counts_add_up_to_the_consortium_and_its_city(shown):
    _, _, added = shown()
    assert added.select_one("table")["id"] == "roll-up-rate"
    assert rows(added) == [
        ["Centre", "community health centre", "2,500", "2,500", "—"],
        ["House", "hospital", "not counted", "6,000", "—"],
        ["<Dale>", "community health centre", "1,500", "1,500", "—"],
        ["Total: Consortium", "consortium", "4,000", "10,000", "40%"],
        ["Total: City", "city", "5,000", "11,000", "45.45%"],
    ]
    assert added.caption.get_text() == "Rate, 2019 Q3: from the counts of the institutions to the total"


def test_a_period_that_is_not_complete_is_named_with_who_is_missing(shown):
    _, _, added = shown()
    assert "2019 Q4 is not added up: no count of <Dale> is at hand." in added.get_text()


def test_a_total_of_the_city_is_not_formed_where_others_did_not_report(shown):
    _, _, added = shown(panel=PANEL.replace("e    | 2019Q3 | visits    | 1000  | reported\n", ""))
    assert rows(added)[-1] == ["Total: City", "city", "—", "—", "incomplete reports, no total"]


def test_without_counts_nothing_is_added_up_and_that_is_said(shown):
    _, _, added = shown(panel="")
    assert added.get_text() == "Rate: no count of a member institution is at hand, so nothing can be added up."
    _, _, added = shown(panel="unit | period | indicator | value\nc | 2019Q3 | visits | 5\n")
    assert added.get_text() == "Rate: in no period did all member institutions report, so nothing is added up."


def test_a_region_without_members_has_none_of_it(shown):
    pieces = shown("h", panel="")
    assert [piece.get_text() for piece in pieces] == ["", "", ""]


def test_simulated_counts_are_called_so_in_the_caption(shown):
    _, _, added = shown(panel=PANEL.replace("reported", "simulated"))
    assert added.caption.get_text().startswith("Demonstration data")
    _, _, added = shown()
    assert "Demonstration" not in added.get_text()


def test_it_is_chinese_on_a_chinese_page(shown):
    words.use("zh")
    table, overlap, added = shown(more="as_of: 2019-12-31\n")
    assert rows(table)[0] == ["House 不计入率", "医院", "牵头单位", "—", "—"]
    assert "牵头单位1家，成员单位2家。" in table.get_text()
    assert "同时属于两个单位的机构" in overlap.caption.get_text()
    assert "2019年第四季度未汇总：未见<Dale>的数据。" in added.get_text()
    assert rows(added)[-1][0] == "合计：City"
