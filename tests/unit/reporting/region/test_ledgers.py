"""The ledgers on the page: who does what by when, what is evidenced, and what nobody reported."""

import re
from html import unescape
from pathlib import Path

import pytest

from evalkit.project.evaluation import load
from evalkit.reporting.language import words
from evalkit.reporting.region import ledgers

ROOT = Path(__file__).parents[4]
HEAD = "region: a\n"
NO_EVIDENCE = "No evidence seen (not the same as not done)"
HOSTILE = "<script>alert(1)</script>"


def texts(markup):
    """The cells of every table, row by row, headings of groups included."""
    rows = re.findall("<tr[^>]*>(.*?)</tr>", markup, re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[plain(cell) for cell in row] for row in cells]


def plain(markup):
    return unescape(re.sub("<[^>]*>", "", re.sub("<br>|<li>", " ", markup))).strip()


@pytest.fixture
def page(project):
    """A ledger of a region file with these lines, as of a date."""
    project.indicators("rate: {name: {en: Rate, zh: 就诊率}, unit: percent}")

    def make(ledger, lines: str, as_of: str = "2021-12-31"):
        project.assessment(f"as_of: {as_of}\n")
        project.region("a", HEAD + lines)
        return str(ledger(project.load("a")))

    return make


def tasks_of(*entries):
    return "tasks:\n" + "".join(f"  - {{source: plan, phrase: …, {entry}}}\n" for entry in entries)


FOUR = tasks_of(
    "name: {en: Lists}, group: {en: First}, lead: Health, due: 2019-06, done: 2019-06-10, basis: documented,"
    " evidence: {en: issued}, indicators: [rate]",
    "name: {en: Pay}, group: {en: First}, lead: Health, due: 2019-12",
    "name: {en: Beds}, group: {en: Second}, due: 2020-12, amount: {en: 120 beds}, commitment: 力争,"
    " reports: [{date: 2021-02-01, status: not_done}]",
    "name: {en: Data}, group: {en: Second}, support: IT, done: 2022-01-01",
)


def test_a_task_stands_with_lead_due_date_promise_indicators_and_state(page):
    (head, _, done, silent, _, overdue, _) = texts(page(ledgers.tasks, FOUR))
    assert head == ["Task", "Lead", "Support", "Due", "Commitment", "Amount", "Should show in", "Status"]
    assert done[1:4] == ["Health", "—", "June 2019"]
    assert done[6:] == ["Rate", "✔ Done 10 Jun 2019 (documented) issued"]
    assert silent[-1] == NO_EVIDENCE
    assert overdue[4:6] == ["力争 (an aim)", "120 beds"]
    assert overdue[-1] == "! Overdue reported on 1 Feb 2021 (self-reported)"


def test_each_group_of_tasks_is_counted_in_its_heading(page):
    table = page(ledgers.tasks, FOUR)
    headings = [
        plain(one) for one in re.findall('<tr class="group"><th scope="rowgroup" colspan="8">(.*?)</th>', table)
    ]
    assert headings == [
        "First (2): done according to evidence 1, no evidence seen 1 (not the same as not done).",
        "Second (2): overdue by dated evidence 1, no evidence seen 1 (not the same as not done).",
    ]


def test_a_report_after_the_cut_off_is_not_on_the_page(page):
    table = page(ledgers.tasks, FOUR, "2021-01-31")
    assert "Overdue" not in table
    assert texts(table)[5][-1] == NO_EVIDENCE


def test_columns_in_which_nothing_is_told_are_left_out(page):
    assert texts(page(ledgers.tasks, tasks_of("name: {en: Lists}")))[0] == ["Task", "Status"]


def test_a_note_that_many_tasks_share_stands_once_below_the_table(page):
    table = page(ledgers.tasks, tasks_of(*(f"name: {{en: T{i}}}, note: {{en: no date given}}" for i in range(3))))
    assert table.count("no date given") == 1
    assert [row[0] for row in texts(table)[2:]] == ["T0 …[1]", "T1 …[1]", "T2 …[1]"]
    assert '<p class="note">[1] no date given</p>' in table


def test_without_tasks_that_is_said(page):
    assert page(ledgers.tasks, "") == "<p>The sources used list no tasks for this region.</p>"


def test_tasks_without_an_indicator_are_listed_openly(page):
    told = page(ledgers.unmapped, FOUR)
    assert told.startswith('<p id="unmapped-tasks">')
    assert "(3 of 4): Pay, Beds, Data." in told
    assert page(ledgers.unmapped, tasks_of("name: {en: Lists}, indicators: [rate]")) == ""


def test_where_nobody_reported_on_any_of_many_tasks_that_is_said_once(page):
    many = tasks_of(*(f"name: {{en: T{i}}}, group: {{en: First}}, due: 2020" for i in range(13)))
    table = page(ledgers.tasks, many)
    assert table.count("not the same as not done") == 2  # the caption, and the label that repeats it for the ear
    assert texts(table)[:3] == [["Task", "Due"], ["First (13)"], ["T0 …", "2020"]]


@pytest.mark.parametrize(
    ("as_of", "told"),
    [
        ("2020-12-31", "Tasks listed: 4; done according to evidence 1, no evidence seen 3 "),
        (
            "2021-12-31",
            "Tasks listed: 4; overdue by dated evidence 1, done according to evidence 1, no evidence seen 2 ",
        ),
        (
            "2022-12-31",
            "Tasks listed: 4; overdue by dated evidence 1, done according to evidence 1, "
            "reported as done, not documented 1, no evidence seen 1 ",
        ),
    ],
)
def test_the_sentence_counts_what_was_known(page, as_of, told):
    assert page(ledgers.sentence, FOUR, as_of).startswith(told)


def test_where_nothing_was_seen_of_any_task_the_sentence_has_no_other_count(page):
    silent = tasks_of(*(f"name: {{en: T{i}}}" for i in range(3)))
    told = page(ledgers.sentence, silent)
    assert told == "Tasks listed: 3; no evidence seen for any (which is not the same as not done)."


def test_of_a_single_task_the_sentence_repeats_what_was_said(page):
    single = tasks_of("name: {en: 55 tasks}, done: 2019, evidence: {en: All done according to the press.}")
    assert page(ledgers.sentence, single) == "55 tasks: All done according to the press."


DUTIES = """
duties:
  - id: departments
    name: {en: Departments}
    source: plan
    phrase: 各部门职责分工
    open_list: true
    owners:
      - name: {zh: 市卫生健康委, en: Health Commission}
        aliases: [市卫健委]
        phrase: 牵头负责
        items:
          - {name: {en: Lead the reform}, done: 2020-01-31, evidence: {en: order}}
          - {name: {en: Coordinate}}
      - {name: {en: Finance}}
"""


def test_bodies_whose_duties_no_source_names_are_a_sentence(page):
    named = DUTIES.split("        phrase")[0] + "      - name: {en: Finance}\n"
    told = page(ledgers.duties, named)
    assert "<table" not in told
    assert (
        "Departments</span> (2 bodies): Health Commission, Finance. The sources used do not name their duties." in told
    )


def test_duties_stand_with_the_sources_words_and_an_open_list_is_called_open(page):
    table = page(ledgers.duties, DUTIES)
    (_, health, finance) = texts(table)
    assert 'id="duties-departments"' in table
    assert "2 bodies, evidence for 1 of 2 duties; for the others none was seen" in table
    assert health[1] == "牵头负责 Lead the reform ✔ Done 31 Jan 2020 (self-reported) order Coordinate"
    assert finance[1] == "The source names no duties."
    assert "these are not all" in table
    assert "these are not all" not in page(ledgers.duties, DUTIES.replace("    open_list: true\n", ""))


CHECKLIST = """
checklists:
  - id: seven
    name: {zh: 七统一, en: Seven unifications}
    source: press
    phrase: 实行七统一
    note: {en: The source says that they are carried out.}
    items:
      - {name: {en: Rules}, done: 2019, basis: checked, indicators: [rate]}
      - {name: {en: Training}, evidence: {en: "reported, no date"}}
      - {name: {en: Logistics}}
"""


def test_a_checklist_says_how_many_of_its_items_have_evidence(page):
    table = page(ledgers.checklists, CHECKLIST)
    assert 'id="checklist-seven"' in table
    assert "Seven unifications: evidence for 2 of 3 items" in table
    assert texts(table)[1:] == [
        ["Rules", "✔ Done 2019 (checked on site)", "Rate"],
        ["Training", "… Described without a date (self-reported) reported, no date", "—"],
        ["Logistics", NO_EVIDENCE, "—"],
    ]
    assert "The source says that they are carried out." in table


def test_an_item_done_after_the_cut_off_has_no_evidence_yet(page):
    assert "evidence for 1 of 3 items" in page(ledgers.checklists, CHECKLIST, "2018-12-31")


def test_what_the_source_says_of_the_whole_list_is_evidence_for_every_item_without_its_own(page):
    said = CHECKLIST.replace("    items:", "    evidence: {en: In force according to the press}\n    items:")
    table = page(ledgers.checklists, said)
    assert "evidence for 3 of 3 items" in table
    assert texts(table)[2][1] == "… Described without a date (self-reported) reported, no date"
    assert texts(table)[3][1] == "… Described without a date (self-reported) In force according to the press"


def test_what_is_the_same_of_every_item_is_said_once_and_never_as_none_of_so_many(page):
    alike = CHECKLIST.replace("done: 2019, basis: checked, ", "").replace(
        "    items:", "    evidence: {en: In force according to the press}\n    items:"
    )
    alike = alike.replace(', evidence: {en: "reported, no date"}', "")
    told = page(ledgers.checklists, alike)
    assert "<table" not in told
    assert plain(told).startswith(
        "Source: pressSeven unifications (3): Rules; Training; Logistics. … Described without a date (self-reported) "
        "In force according to the press Should show in: Rate."
    )


@pytest.mark.parametrize(
    ("region", "name", "item", "said"),
    [
        ("qionglai", "“健康邛崃”线上服务", "线上问诊", "媒体报道称已提供"),
        ("yongkang", "医共体“七统一”", "采购配送", "媒体报道称已实行"),
    ],
)
def test_what_the_press_says_of_a_real_region_is_shown_and_not_none_of_so_many(region, name, item, said):
    words.use("zh")
    told = str(ledgers.checklists(load("final-2022", region, ROOT)))
    (entry,) = [one for one in re.split("<p>|<li>", told) if name in one]
    assert item in entry
    assert said in entry
    assert "中 0 项" not in told


def test_checklists_of_which_nothing_is_known_are_lines_under_one_sentence(page):
    bare = CHECKLIST.replace("done: 2019, basis: checked, ", "").replace(', evidence: {en: "reported, no date"}', "")
    told = page(ledgers.checklists, bare)
    assert "<table" not in told
    assert told.count("not the same as not done") == 1
    assert "</span> (3): Rules; Training; Logistics." in told


def milestones_of(*entries):
    return "milestones:\n" + "".join(f"  - {{source: plan, phrase: …, {entry}}}\n" for entry in entries)


def test_a_date_is_as_exact_as_its_source_and_a_phase_is_no_event(page):
    listed = milestones_of(
        "name: {en: Move}, date: 2019-10, date_text: {en: end of October 2019}",
        "name: {en: Start-up}, date: 2020-10, until: 2020-11",
    )
    (_, *rows) = texts(page(ledgers.milestones, listed))
    assert [row[1:3] for row in rows] == [
        ["end of October 2019", "No report seen (not the same as not reached)"],
        ["October 2020 to November 2020", "A phase of the plan, not an event"],
    ]


def test_the_assessment_knows_that_it_is_made_for_the_date_of_the_plan(page):
    listed = milestones_of(
        "name: {en: Final}, date: 2022-12, stage: final", "name: {en: Mid}, date: 2021, stage: midterm"
    )
    (_, mid, final) = texts(page(ledgers.milestones, listed))
    assert mid[2] == "No report seen (not the same as not reached)"
    assert final[2] == "This report is made for this date"


def test_milestones_tell_commitment_and_whether_they_were_reached(page):
    listed = milestones_of(
        "name: {en: Opening}, date: 2019-03, reached: 2019-03-18, commitment: 确保",
        "name: {en: Beds}, date: 2020-12, reached: 2021-08-20, commitment: 力争",
        "name: {en: Silent}, date: 2021-01",
        "name: {en: Final}, date: 2022-12",
        "name: {en: Visit}",
    )
    (_, *rows) = texts(page(ledgers.milestones, listed))
    assert [[row[1], row[0], *row[2:4]] for row in rows] == [
        ["March 2019", "Opening", "确保 (a firm commitment)", "✔ Reached"],
        ["December 2020", "Beds", "力争 (an aim)", "✔ Reached 20 Aug 2021"],
        ["January 2021", "Silent", "—", "No report seen (not the same as not reached)"],
        ["December 2022", "Final", "—", "→ Planned"],
        ["not stated", "Visit", "—", "No report seen (not the same as not reached)"],
    ]


def test_a_platforms_start_is_given_or_said_to_be_unknown(page):
    entry = "  - {{name: {{en: {}}}, source: plan, phrase: …, {}indicators: [rate]}}\n"
    listed = "platforms:\n" + entry.format("Old", "starts: 2019-06, ") + entry.format("New", "")
    table = page(ledgers.platforms, listed + entry.format("Later", "starts: 2022-01, "))
    assert [row[:3] for row in texts(table)[1:]] == [
        ["Old", "June 2019", "Rate"],
        ["New", "not known", "Rate"],
        ["Later", "not known", "Rate"],
    ]
    assert "there are no data, which is not zero" in table


ALL = (ledgers.tasks, ledgers.unmapped, ledgers.duties, ledgers.checklists, ledgers.milestones, ledgers.platforms)


def test_where_the_sources_say_nothing_nothing_is_shown(page):
    assert [bool(page(ledger, "")) for ledger in ALL] == [True, *[False] * 5]


def everything(name):
    named = f'name: {{en: "{name}"}}'
    return (
        tasks_of(
            f'{named}, lead: "{name}", evidence: {{en: "{name}"}}, amount: {{en: "{name}"}}, note: {{en: "{name}"}}'
        )
        + DUTIES.replace("Lead the reform", name).replace("en: Lead", "en: L").replace("牵头负责", name)
        + CHECKLIST.replace("{en: Rules}", f'{{en: "{name}"}}').replace("实行七统一", name)
        + milestones_of(f'{named}, date: 2019, commitment: "{name}"')
        + f"platforms:\n  - {{{named}, source: plan, phrase: …}}\n"
    )


def test_hostile_text_is_shown_as_text(page):
    for ledger in ALL:
        told = page(ledger, everything(HOSTILE))
        assert "<script>" not in told, ledger.__name__
        assert "&lt;script&gt;" in told, ledger.__name__


def test_tables_about_a_fictional_region_say_so(page, project):
    project.table("sources", "source | standing\nplan | fictional\npress | fictional")
    captions = [one for ledger in ALL for one in re.findall("<caption>(.*?)</caption>", page(ledger, everything("x")))]
    assert len(captions) == 5
    assert all("Demonstration data" in one for one in captions)


def test_the_ledger_speaks_chinese(page):
    words.use("zh")
    table = page(ledgers.tasks, FOUR.replace("en: First", "zh: 重点任务"))
    assert "重点任务 2 项：有材料显示完成 1 项，未见完成情况材料 1 项（不等于未完成）。" in table
    assert "✔</span> 已完成</span> 2019年6月10日（有文件佐证）" in table
    assert "逾期</span> 2021年2月1日报告（自报）" in table
