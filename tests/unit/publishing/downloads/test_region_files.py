"""What a page leaves for its downloads is what comes back."""

from evalkit.publishing.downloads import region_files
from evalkit.reporting.elements.parts import Section
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html


def test_the_parts_of_a_page_come_back_and_give_the_same_bytes(tmp_path):
    table = Table.of("t", "Caption", heads("Indicator", "Figure:n"), [("甲", formats.count(3))], simulated=False)
    page = (Html("<p>1</p>"), Section("goals", "Goals", (table,)))
    first, second = tmp_path / "a", tmp_path / "b"
    region_files.leave(page, first)
    region_files.leave(page, second)
    assert region_files.read(first) == page
    assert first.read_bytes() == second.read_bytes()
