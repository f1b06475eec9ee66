"""The reform card: structure, measures over time with what ran beside them, and what hangs on results."""

import re
import warnings
from html import unescape

import pytest
from matplotlib.collections import PathCollection

from evalkit.reporting.elements.figures import Drawing
from evalkit.reporting.language import words
from evalkit.reporting.region import reform_card

HEAD = "region: a\n"
HOSTILE = "<script>alert(1)</script>"


def plain(markup):
    return unescape(re.sub("<[^>]*>", "", re.sub("<br>", " ", markup))).strip()


def texts(markup):
    rows = re.findall("<tr>(.*?)</tr>", markup, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in rows]


def labels(drawing):
    return [unescape(one) for one in re.findall(r"<text[^>]*>(.*?)</text>", drawing.svg(), re.DOTALL)]


@pytest.fixture
def page(project):
    """A part of the card of a region file with these lines, as of a date."""
    project.indicators("rate: {name: {en: Rate, zh: 就诊率}, unit: percent}\ncost: {name: {en: Cost}, unit: yuan}")

    def make(part, lines: str, as_of: str = "2021-12-31", more: str = ""):
        project.assessment(f"as_of: {as_of}\n{more}")
        project.region("a", HEAD + lines)
        made = part(project.load("a"))
        return made if isinstance(made, Drawing) else str(made)

    return make


def listed(kind, *entries):
    return f"{kind}:\n" + "".join(f"  - {{source: plan, phrase: …, {entry}}}\n" for entry in entries)


POLICIES = listed(
    "policies",
    "name: {en: Undated}, indicators: [rate]",
    "name: {en: Plan}, date: 2019-02",
    "name: {en: Purchasing}, date: 2020-01, role: concurrent, indicators: [cost]",
    "name: {en: Decree}, date: 2018, role: basis",
    "name: {en: Groups}, date: 2021-01, role: payment",
    "name: {en: Later}, date: 2022-01, role: concurrent",
)
MILESTONES = listed(
    "milestones",
    "name: {en: Opening}, date: 2019-03, reached: 2019-03-18",
    "name: {en: Silent}, date: 2020",
    "name: {en: Final}, date: 2022-12",
)


def test_structures_tell_what_the_source_says_with_its_words(page):
    lines = listed("structures", "name: {en: Consortia}, value: {en: '3'}, note: {en: members may join}")
    (_, row) = texts(page(reform_card.structures, lines))
    assert row == ["Consortia", "3", "… members may join"]


def test_a_common_source_is_named_once_below_and_several_each_in_its_row(page):
    one = listed("structures", "name: {en: A}", "name: {en: B}")
    assert page(reform_card.structures, one).count("plan") == 1
    two = page(reform_card.structures, one.replace("plan", "press", 1))
    assert [row[1] for row in texts(two)[1:]] == ["press …", "plan …"]


@pytest.mark.parametrize(("count", "is_folded"), [(12, False), (13, True)])
@pytest.mark.parametrize("part", [reform_card.policies, reform_card.structures])
def test_a_table_of_more_than_twelve_rows_is_folded_and_says_how_many(page, part, count, is_folded):
    told = page(part, listed(part.__name__, *(f"name: {{en: N{i}}}" for i in range(count))))
    assert ('<details class="fold"><summary>' in told) is is_folded
    assert (f"({count} rows)</summary>" in told) is is_folded
    assert len(texts(told)) == count + 1


def test_policies_stand_by_date_with_their_kind_and_undated_ones_last(page):
    rows = texts(page(reform_card.policies, POLICIES))[1:]
    assert [row[:4] for row in rows] == [
        ["Decree", "2018", "Policy basis", "—"],
        ["Plan", "February 2019", "Measures of the reform", "—"],
        ["Purchasing", "January 2020", "Concurrent reform", "Cost"],
        ["Groups", "January 2021", "Payment reform", "—"],
        ["Undated", "—", "Measures of the reform", "Rate"],
    ]
    assert "No date in the source (1)" in page(reform_card.policies, POLICIES)


def test_reforms_beside_the_reform_are_named_as_a_possible_reason(page):
    told = page(reform_card.policies, POLICIES)
    assert "may be a reason for a change in the figures as well: Purchasing, Groups." in told
    alone = page(reform_card.policies, listed("policies", "name: {en: Plan}, date: 2019-02"))
    assert "may be a reason" not in alone


@pytest.mark.parametrize(("as_of", "known"), [("2019-12-31", False), ("2020-01-31", True)])
def test_a_reform_after_the_cut_off_is_not_known(page, as_of, known):
    assert ("Purchasing" in page(reform_card.policies, POLICIES, as_of)) is known
    assert ("Purchasing" in page(reform_card.timeline, POLICIES + MILESTONES, as_of).table.html()) is known


def test_the_timeline_numbers_entries_by_date_and_lists_them_in_full(page):
    drawn = page(reform_card.timeline, POLICIES + MILESTONES)
    assert isinstance(drawn, Drawing)
    assert drawn.name == "fig-timeline"
    assert [row[:5] for row in texts(str(drawn.table))[1:]] == [
        ["—", "2018", "Decree", "Policy basis", "reported"],
        ["1", "February 2019", "Plan", "Measures of the reform", "reported"],
        ["2", "March 2019", "Opening", "Milestones", "reported"],
        ["3", "January 2020", "Purchasing", "Concurrent reform", "reported"],
        ["—", "2020", "Silent", "Milestones", "planned, or nothing reported"],
        ["4", "January 2021", "Groups", "Payment reform", "reported"],
        ["5", "December 2022", "Final", "Milestones", "planned, or nothing reported"],
    ]
    assert drawn.title == "7 dated entries from 2018 to 2022; 2 of them are other reforms of the same time"
    assert "Measures without a date in the sources are not drawn: 1." in drawn.caption
    assert {str(i) for i in range(1, 6)} <= set(labels(drawn))
    assert {"6", "7"} & set(labels(drawn)) == set()


def test_an_entry_of_which_only_the_year_is_known_is_listed_under_its_year_and_not_drawn(page):
    drawn = page(reform_card.timeline, POLICIES + MILESTONES)
    told = labels(drawn)
    assert told.index("Silent") > told.index("2020", told.index("Decree"))
    marks = [one for one in drawn.figure.axes[0].collections if isinstance(one, PathCollection)]
    assert len(marks) == 5
    assert "Entries of which only the year is known are in the list and not drawn." in drawn.caption


def test_the_timeline_names_start_masks_and_cut_off(page):
    mask = "design: {mask: {covid: [2020Q1, 2020Q2]}}\n"
    told = labels(page(reform_card.timeline, POLICIES + MILESTONES, more=mask))
    assert {"start of the reform: 2019 Q1", "COVID-19", "cut-off"} <= set(told)
    assert "COVID-19" not in labels(page(reform_card.timeline, POLICIES + MILESTONES))


def test_a_start_of_which_only_the_year_is_known_is_said_to_be_a_band(page, project):
    project.table("units", "unit | adoption\na | 2019")
    drawn = page(reform_card.timeline, POLICIES)
    assert "start of the reform: 2019" in labels(drawn)
    assert "Of the start only the year is known: the band is that year." in drawn.caption


def test_a_start_after_the_cut_off_is_not_drawn(page):
    ahead = listed("milestones", *(f"name: {{en: M}}, date: {year}" for year in (2018, 2019, 2020)))
    told = labels(page(reform_card.timeline, ahead, "2018-12-31"))
    assert "cut-off" in told
    assert [one for one in told if one.startswith("start of the reform")] == []


def test_marks_of_one_period_never_lie_on_each_other(page):
    many = listed("milestones", *(f"name: {{en: M{i}}}, date: {2018 + i % 2}Q1" for i in range(24)))
    drawn = page(reform_card.timeline, many)
    axes = drawn.figure.axes[0]
    marks = [one for one in axes.collections if isinstance(one, PathCollection)]
    spots = [tuple(map(float, point)) for one in marks for point in one.get_offsets()]
    assert len(spots) == 24
    days = 0.03 * (axes.get_xlim()[1] - axes.get_xlim()[0])  # a mark takes 3 hundredths of the axis
    close = [(a, b) for i, a in enumerate(spots) for b in spots[:i] if a[1] == b[1] and abs(a[0] - b[0]) < days]
    assert close == []


def test_a_name_too_long_for_a_line_of_the_list_is_wrapped_and_whole_there_as_well(page):
    name = "关于印发 “Very long” plan " * 8 + "No. 26 of 2018"
    drawn = page(reform_card.timeline, MILESTONES.replace("Silent", name))
    for figure in (drawn.figure, drawn.narrow):
        lines = [text.get_text() for text in figure.texts if text.get_ha() == "left"]  # numbers are set right
        assert name.replace(" ", "") in "".join(lines).replace(" ", "")
    assert name in unescape(str(drawn.table.flat[2][2]))


def test_fewer_than_three_dated_entries_make_no_timeline(page):
    two = listed("milestones", "name: {en: A}, date: 2019", "name: {en: B}, date: 2020", "name: {en: C}")
    assert page(reform_card.timeline, two) == ""


def test_the_same_entries_give_the_same_bytes(page):
    first, second = (page(reform_card.timeline, POLICIES + MILESTONES)._repr_html_() for _ in range(2))
    assert first == second


def test_the_timeline_is_drawn_in_chinese_without_a_missing_glyph(page):
    words.use("zh")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = labels(
            page(reform_card.timeline, (POLICIES + MILESTONES).replace("en: Plan", "zh: 〔2018〕26号“七统一”方案"))
        )
    assert "改革启动：2019年第一季度" in told
    assert "2019年2月 〔2018〕26号“七统一”方案" in [re.sub(" +", " ", one) for one in told]


INCENTIVES = listed(
    "incentives",
    "name: {en: Salary}, tied_to: {en: Rate of 90%}, indicators: [rate], risk: {en: bunching}",
    "name: {en: Grant}, tied_to: {en: Appraisal}, risk: {en: none known}",
)


def test_what_hangs_on_results_stands_with_its_risk_and_apart_from_effects(page):
    told = page(reform_card.incentives, INCENTIVES)
    assert [row[:4] for row in texts(told)[1:]] == [
        ["Salary", "Rate of 90%", "Rate", "bunching"],
        ["Grant", "Appraisal", "—", "none known"],
    ]
    assert "Appraisal scores and estimates of effects are kept apart" in told


def test_where_the_sources_say_nothing_nothing_is_shown(page):
    assert [
        page(part, "")
        for part in (reform_card.structures, reform_card.policies, reform_card.timeline, reform_card.incentives)
    ] == [""] * 4


def test_hostile_text_is_shown_as_text(page):
    lines = {
        reform_card.structures: listed("structures", f'name: {{en: "{HOSTILE}"}}, value: {{en: "{HOSTILE}"}}'),
        reform_card.policies: listed("policies", f'name: {{en: "{HOSTILE}"}}, role: concurrent'),
        reform_card.incentives: INCENTIVES.replace("Salary", HOSTILE).replace("bunching", HOSTILE),
        reform_card.timeline: MILESTONES.replace("Opening", HOSTILE),
    }
    for part, text in lines.items():
        made = page(part, text)
        told = str(made)
        assert "<script>" not in told, part.__name__
        assert "&lt;script&gt;" in told, part.__name__


def test_the_card_of_a_fictional_region_says_so(page, project):
    project.table("sources", "source | standing\nplan | fictional")
    lines = POLICIES + MILESTONES + INCENTIVES + listed("structures", "name: {en: A}")
    for part in (reform_card.structures, reform_card.policies, reform_card.incentives):
        assert "Demonstration data" in re.search("<caption>(.*?)</caption>", page(part, lines)).group(1)
    assert "Demonstration data (fictional regions)." in labels(page(reform_card.timeline, lines))
