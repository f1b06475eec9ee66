"""The diagram: lists of lists in order, with every text escaped."""

from bs4 import BeautifulSoup

from evalkit.reporting.elements.diagram import Stack, flow


def test_columns_are_an_ordered_list_of_lists_and_lists_follow():
    drawn = BeautifulSoup(
        flow([Stack("In", ["a", "b"]), Stack("Out", ["c"])], [Stack("Outside", ["d"])]), "html.parser"
    )
    columns, around = drawn.find("ol", class_="flow"), drawn.find("ul", class_="around")
    shown = [
        [part.get_text() for part in column.find_all(["strong", "li"])]
        for column in columns.find_all("li", recursive=False)
    ]
    assert shown == [["In", "a", "b"], ["Out", "c"]]
    assert [part.get_text() for part in around.select("strong, li li")] == ["Outside", "d"]
    assert columns.find_next_sibling() is around


def test_without_lists_there_are_columns_only():
    assert "around" not in flow([Stack("In", ["a"])], [])


def test_text_never_becomes_markup():
    assert "<b>" not in flow([Stack("<b>In", ["<b>a"])], [Stack("x", ["<b>c"])])


def test_a_box_has_its_state_where_there_is_one():
    shown = BeautifulSoup(flow([Stack("In", ["a", "b"], ["● data", ""])], []), "html.parser")
    assert [box.get_text() for box in shown.select("li li")] == ["a ● data", "b"]
