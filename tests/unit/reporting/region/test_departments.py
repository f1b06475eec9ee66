"""One table says who does what by when, in the words of the page's language."""

import re
from html import unescape

import pytest

from evalkit.reporting.language import vocabulary, words
from evalkit.reporting.region import departments

REGION = """region: a
tasks:
  - {name: {en: Lists}, lead: 市卫健委, due: 2019-06, source: plan, phrase: …}
  - {name: {en: Pay}, lead: 市卫生健康委、市人社局, source: plan, phrase: …, done: 2019-06-30}
duties:
  - id: d
    name: {en: Duties}
    source: plan
    phrase: …
    owners:
      - {name: {zh: 市卫生健康委, en: Health Commission}, aliases: [市卫健委]}
"""
NARRATIVE = """
problems: [{id: p, name: {en: Beds}, owner: 市卫健委, due: 2020-06}]
recommendations: [{name: {en: <b>Recruit</b>}, owner: 市卫健委, due: 2022-12}]
"""


@pytest.fixture
def table(project):
    def make(region=REGION, narrative=NARRATIVE):
        project.region("a", region)
        project.assessment("as_of: 2021-06-30\n")
        project.write("params/narrative/a/a.yml", narrative)
        return str(departments.table(project.load("a")))

    return make


def rows(markup):
    found = re.findall("<tr[^>]*>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", one, re.DOTALL) for one in found]
    return [[unescape(re.sub("<[^>]*>", "", cell)) for cell in row] for row in cells]


def test_everything_that_a_body_owes_stands_under_its_name_by_due_date(table):
    assert rows(table()) == [
        ["What", "Kind", "Due", "Progress"],
        ["Health Commission (3) also: 市卫健委"],
        ["Lists", "task of the plan", "June 2019", "no evidence seen"],
        ["Beds", "open problem", "June 2020", "past its due date; no material received"],
        ["<b>Recruit</b>", "recommendation", "December 2022", "recommended in this report"],
    ]


def test_what_is_done_is_owed_no_more_and_counted_once(table):
    assert table().endswith("<p>Done tasks are not listed here: 1.</p>")
    assert "Pay" not in table()


def test_in_chinese_the_body_has_its_chinese_name(table):
    words.use("zh")
    assert ["市卫生健康委（3 项） 又称：市卫健委"] in rows(table())


def test_where_nobody_owes_anything_there_is_no_table(table):
    assert table("region: a\n", "{}") == ""


def test_a_table_about_a_fictional_region_says_so(table, project):
    project.write("data/d/sources.csv", "source,title_en,standing\nplan,Plan,fictional\n")
    assert vocabulary.DEMO in table()
