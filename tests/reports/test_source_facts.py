"""Every target and figure that the source documents state stands in its region's report, with source and wording."""

import csv
import re
from pathlib import Path

import pytest

FACTS = Path(__file__).parents[1] / "data" / "source_facts.csv"
PUBLISHED = Path(__file__).parents[2] / "data/medical-communities/published.csv"
DIRECTIONS = {"increase": "上升", "decrease": "下降", "no increase": "不上升", "no loss": "只进不退"}


with PUBLISHED.open(encoding="utf-8", newline="") as table:
    PRINTED = {row["text"] for row in csv.DictReader(table) if row["text"]}


def facts(kind):
    with FACTS.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


def bare(text):
    """Without white space, emphasis and the quotation marks that frame a quotation."""
    return re.sub(r"[\s*]", "", text)


def rows_that_quote(table, phrase):
    """Rows by column, of those whose quotation is the fact's, or a longer or shorter cut of the same sentence.

    In a table of goals the target stands with its indicator, and its source in a line of its own below the row.
    """
    names = [cell.get_text(strip=True) for cell in table.thead.find_all("th")]
    bodies = [body.find_all("tr") for body in table.find_all("tbody")]
    quoting = (lines for lines in bodies if bare(phrase) in bare("".join(line.get_text() for line in lines)))
    lines = next(quoting, bodies[0])
    for row, following in zip(lines, [*lines[1:], None], strict=True):
        if "below" in row.get("class", []):
            continue
        below = following if following is not None and "below" in following.get("class", []) else None
        quotes = [quote for line in (row, below) if line is not None for quote in line.find_all("q")]
        quoted = [bare(quote.get_text()) for quote in quotes or row.find_all("td")]
        if any(bare(phrase) in one or one in bare(phrase) for one in quoted):
            found = dict(zip(names, row.find_all(["th", "td"]), strict=True))
            yield found | {"目标": row.find(class_="target"), "目标来源": below}


def source_of(table, below):
    """Where a row is from: in the line below it, else in the line above the table, where all rows have one source."""
    if below is not None and below.get_text().startswith("来源："):
        return below.get_text()
    return table.find_parent(class_="scroll").find_previous_sibling("p", class_="source").get_text()


def numbers(text):
    return re.findall(r"\d[\d,]*\.?\d*", text)


def printed(value):
    """A figure as the page prints it: thousands separated, no trailing zeros."""
    plain = value.strip("~<>=")
    return f"{float(plain):,.10f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize("fact", facts("target"), ids=lambda fact: f"{fact['unit']}-{fact['item']}")
def test_every_target_is_printed_with_its_source(site, fact):
    table = site.page(f"final-2022/{fact['unit']}/report.zh").soup.find(id="goals-table")
    found = list(rows_that_quote(table, fact["phrase"]))
    assert found
    told = [row["目标"].get_text() for row in found]
    if wanted := numbers(fact["value"]):
        assert any([printed(number) for number in wanted] == numbers(text)[: len(wanted)] for text in told)
    elif fact["value"] in DIRECTIONS:
        assert any(DIRECTIONS[fact["value"]] in text for text in told)
    else:
        assert all(told)
    assert all(re.match("来源：[^·]+ · ", source_of(table, row["目标来源"])) for row in found)


@pytest.mark.parametrize("fact", facts("observed_value"), ids=lambda fact: f"{fact['unit']}-{fact['item']}")
def test_every_published_figure_is_printed_with_its_source(site, fact):
    table = site.page(f"final-2022/{fact['unit']}/report.zh").soup.find(id="published-table")
    (found,) = list(rows_that_quote(table, fact["phrase"]))
    told = found["数值"].get_text()
    if told in PRINTED:  # the source's own words: 16万余份
        return
    if re.fullmatch(r"[~<>=]*[\d.]+", fact["value"]) and fact["unit_of_value"] != "list size":
        name = found["指标"].get_text()  # a circle of 15 minutes has its number in its name
        assert printed(fact["value"]) in numbers(told) + numbers(name)
    else:
        assert re.search("[\u4e00-\u9fff]", told)
    assert "媒体报道，未经独立核实" in source_of(table, None)


def test_the_list_of_facts_is_whole():
    assert (len(facts("target")), len(facts("observed_value"))) == (46, 65)
