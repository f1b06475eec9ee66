"""Tiles are coloured by how many judged targets were met, and say it without colour."""

import pytest
from bs4 import BeautifulSoup

from evalkit.reporting.overview import index_tiles
from evalkit.reporting.overview.index_table import Row


def row(name, *goals, kind="county", province="", state="published", **more):
    summary = {"goals": [[f"goal{i}", code] for i, code in enumerate(goals)], **more}
    return Row(name, kind, province, state, summary, f"{name}/report.en.html")


@pytest.mark.parametrize(
    ("goals", "standing"),
    [
        (["met", "met_early", "direction_met"], "all"),
        (["met", "not_met"], "most"),
        (["met", "not_met", "behind"], "few"),
        (["direction_not_met"], "few"),
        (["met", "not_measured", "cannot_tell", "direction_unclear"], "all"),
        (["not_measured", "cannot_tell"], "open"),
        ([], "none"),
    ],
)
def test_a_tile_counts_judged_targets_alone(goals, standing):
    assert index_tiles.standing(row("A", *goals)) == standing


def test_no_effect_changes_a_tile():
    rows = [row(name, "met", effects=[["rate", verdict]]) for name, verdict in (("A", "supported"), ("B", "opposite"))]
    assert {index_tiles.standing(one) for one in rows} == {"all"}


def test_tiles_stand_by_province_best_first_with_counts_in_words():
    rows = [row("A", "not_met", province="P"), row("B", "met", province="P"), row("C", "met", province="Q & R")]
    page = BeautifulSoup(str(index_tiles.tiles(rows)), "html.parser")
    assert [head.get_text() for head in page.find_all("h3")] == [
        "P (2 regions) all judged targets met: 1, fewer than half met: 1",
        "Q & R (1 regions) all judged targets met: 1",
    ]
    assert [one.get_text() for one in page.select(".tiles li")] == ["B 1/1", "A 0/1", "C 1/1"]
    assert [link["href"] for link in page.select("h3 a")] == ["?province=P#find", "?province=Q+%26+R#find"]


def test_of_one_province_they_stand_by_kind():
    rows = [row("A", "met"), row("B", "not_met", kind="city")]
    links = [one["href"] for one in BeautifulSoup(str(index_tiles.tiles(rows)), "html.parser").select("h3 a")]
    assert links == ["?kind=city#find", "?kind=county#find"]


def test_of_many_regions_the_tiles_have_no_names_and_no_links():
    rows = [row(f"county {i}", "met" if i % 3 else "not_met") for i in range(index_tiles.NAMED + 1)]
    page = BeautifulSoup(str(index_tiles.tiles(rows)), "html.parser")
    assert [len(page.select(f".tiles p b.{code}")) for code in ("all", "few")] == [67, 34]
    assert page.select_one(".tiles p")["aria-hidden"] == "true"
    assert not page.select(".tiles p a")


def test_there_are_none_where_nothing_could_be_judged():
    assert index_tiles.tiles([row("A", "not_measured"), row("B"), row("C", "met", state="failed")]) == ""


def test_a_hostile_name_is_text():
    rows = [row("<b onload=alert(1)>", "met", province="<script>"), row("B", "met", province="Q")]
    made = str(index_tiles.tiles(rows))
    assert "<b onload" not in made
    assert "<script>" not in made
