"""Pages on paper: A4, nothing cut in two, folds open, head and number on every sheet, legible without colour."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
PAGES = [
    "demo-final-2022/demo-city-b/report.zh",
    "demo-final-2022/demo-city-b/report.en",
    "final-2022/qionglai/report.zh",
    "prop99/california/before_after.zh",
    "prop99/california/difference_in_differences.en",
    "demo-final-2022/programme.en",
    "demo-final-2022/data_quality.en",
    "demo-final-2022/method_check.zh",
    "demo-final-2022/index.zh",
]
STATES = {True: {"zh": "定稿", "en": "Final version"}, False: {"zh": "草稿", "en": "Draft"}}  # whether it is signed
SIGNED = "demo-final-2022"
A4, LYING = (595, 842), (842, 595)  # points
TEXT_WIDTH = {A4: 672, LYING: 1001}  # CSS pixels: 210 or 297 mm less the margins of the sheet

WIDE = """
[...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 99))
"""
COLOURS = """
[...document.querySelectorAll(".chip, #regions-table i, .legend i")]
  .map((one) => getComputedStyle(one)).map((style) => `${style.color} on ${style.backgroundColor}`)
"""
MARKS = Path(__file__).with_name("print_marks.js")


@dataclass(frozen=True)
class Printed:
    """A page as PDF, with the sheets on which its marked parts came to stand."""

    name: str
    lang: str
    title: str
    sheets: tuple[str, ...]
    size: tuple[int, int]
    counts: dict[str, int]
    found: dict[str, set[int]]
    wide: list[str]
    chips: list[str]

    def cut(self, kind: str) -> list[int]:
        """Parts of a kind that stand on more than one sheet, or on none."""
        return [i for i in range(self.counts[kind]) if len(self.found.get(f"{kind}{i}", ())) != 1]


def sheet_of(name: str) -> tuple[int, int]:
    return LYING if "index" in name else A4  # the index is one wide table


@pytest.fixture(scope="module", params=PAGES)
def printed(request, tab, site, program, tmp_path_factory) -> Printed:
    path = tmp_path_factory.mktemp("print") / "page.pdf"
    page = tab(site.page(request.param).path.as_uri(), TEXT_WIDTH[sheet_of(request.param)], 1000, bypass_csp=True)
    page.evaluate("document.querySelector('#with-annexes')?.click()")
    page.emulate_media(media="print")
    wide, chips = page.evaluate(WIDE), page.evaluate(COLOURS)
    counts = page.evaluate(MARKS.read_text(encoding="utf-8"))
    page.pdf(path=path, prefer_css_page_size=True)
    title = page.title()
    asked = [program("pdftotext"), "-raw", path, "-"]
    sheets = subprocess.run(asked, check=True, capture_output=True, encoding="utf-8").stdout.split("\f")[:-1]
    found: dict[str, set[int]] = {}
    for i, sheet in enumerate(sheets):
        for name in re.findall(r"zz(\w+)-\w+zz", sheet):
            found.setdefault(name, set()).add(i)
    box = re.search(rb"/MediaBox ?\[\s*0 0 ([\d.]+) ([\d.]+)\]", path.read_bytes())
    size = (round(float(box[1])), round(float(box[2])))
    return Printed(
        request.param, request.param[-2:], title, tuple(sheets), size, counts, found, wide, sorted(set(chips))
    )


def test_sheets_are_a4_and_nothing_reaches_beyond_the_margin(printed):
    assert printed.size == sheet_of(printed.name)
    assert printed.wide == []


def test_every_sheet_has_title_state_and_number(printed):
    n = len(printed.sheets)
    for i, sheet in enumerate(printed.sheets):
        told = "".join(sheet.split())
        assert "".join(printed.title.split()) in told
        assert "".join(STATES[printed.name.startswith(SIGNED)][printed.lang].split()) in told
        assert f"{i + 1}/{n}" in told


@pytest.mark.parametrize("kind", ["row", "figure"])
def test_no_row_and_no_figure_is_cut_in_two(printed, kind):
    assert printed.cut(kind) == []


@pytest.mark.parametrize("kind", ["heading", "table"])
def test_headings_and_captions_stand_above_what_follows_them(printed, kind):
    assert printed.cut(kind) == []


def test_what_is_folded_on_the_screen_is_open_on_paper(printed):
    assert printed.cut("fold") == []


@pytest.mark.parametrize("how", ["folded", "one open", "all asked for"])
def test_annexes_are_printed_on_demand(tab, site, program, tmp_path, how):
    """The front alone by default; with it the annexes that a reader has opened, or all."""
    page = tab(site.page(PAGES[0]).path.as_uri(), bypass_csp=True)
    if how == "one open":
        page.evaluate("document.querySelector('#limits').closest('details').open = true")
    if how == "all asked for":
        page.evaluate("document.querySelector('#with-annexes').click()")
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    asked = [program("pdftotext"), "-raw", tmp_path / "page.pdf", "-"]
    told = subprocess.run(asked, check=True, capture_output=True, encoding="utf-8").stdout
    assert "目标完成情况" in told
    assert ("局限与不能得出的结论" in told) == (how != "folded")
    assert ("数据与方法来源" in told) == (how == "all asked for")


def test_status_is_legible_without_colour(printed):
    assert set(printed.chips) <= {"rgb(0, 0, 0) on rgba(0, 0, 0, 0)"}
