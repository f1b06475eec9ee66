"""What is taken away of a figure is inside the page: whole, and no formula for a spreadsheet."""

import csv
import io
import xml.etree.ElementTree as ET
from urllib.parse import unquote

from bs4 import BeautifulSoup

from evalkit.reporting.elements import take_away

LABEL = "region's &quot;100%&quot; &amp; #1"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" aria-label="{LABEL}"><text>甲 &lt;b&gt;</text></svg>'
ROWS = [["Period", "Rate, %"], ["2019", 60.5], ["=1+1", "—"], ['a "quoted"', "two\nlines"]]


def taken(svg=SVG, rows=ROWS):
    links = BeautifulSoup(take_away.links("fig-rate", svg, rows), "html.parser").find_all("a")
    return {link["download"]: link["href"] for link in links}


def content(href):
    return unquote(href.split(",", 1)[1])


def test_the_picture_is_the_drawing():
    href = taken()["fig-rate.svg"]
    assert href.startswith("data:image/svg+xml;charset=utf-8,")
    made = ET.fromstring(content(href))
    assert made.attrib["aria-label"] == 'region\'s "100%" & #1'
    assert made[0].text == "甲 <b>"


def test_the_data_are_the_table_for_a_spreadsheet_without_formulas():
    href = taken()["fig-rate.csv"]
    assert href.startswith("data:text/csv;charset=utf-8,")
    assert content(href).startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(content(href)[1:])))
    assert rows == [["Period", "Rate, %"], ["2019", "60.5"], ["'=1+1", "—"], ['a "quoted"', "two\nlines"]]


def test_an_address_holds_nothing_that_ends_it():
    assert all(not set('"<>#\n\r') & set(href.split(",", 1)[1]) for href in taken().values())
