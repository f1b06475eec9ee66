"""docs/coverage.md: every system that the sources describe is shown where the table says, with the named fact."""

import re
from pathlib import Path

import pytest

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def rows():
    """System, page, element and fact of every row of the table."""
    for line in COVERAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if re.fullmatch(r"S\d\d", cells[0]):
            yield cells[0], cells[2], cells[3], cells[4]


@pytest.mark.parametrize(("system", "page", "element", "fact"), list(rows()))
def test_a_system_of_the_sources_is_shown(site, system, page, element, fact):
    found = site.page(page).soup.find(id=element)
    assert found is not None
    text = (found if found.name in ("table", "figure", "dl") else found.parent).get_text(" ")
    assert re.sub(r"\s", "", fact) in re.sub(r"\s", "", text)


def test_every_system_has_a_row():
    assert {system for system, *_ in rows()} == {f"S{number:02}" for number in range(1, 40)}
