"""The published pages of real and demonstration regions: what they say, and that they are sound HTML."""

import base64
import csv
import hashlib
import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

NAMES = ("report", "before_after", "difference_in_differences")
REAL = [f"final-2022/{region}/report.zh" for region in ("qionglai", "lanxi", "jinhua")]
DEMO = [f"demo-midterm-2021/demo-city-d/report.{lang}" for lang in ("zh", "en")]
PROP99 = [f"prop99/california/{name}.{lang}" for lang in ("zh", "en") for name in NAMES]
INDEXES = [
    "index",
    "index.en",
    "final-2022/index.zh",
    *(f"{name}/index.en" for name in ("demo-midterm-2021", "prop99")),
]
SORTABLE = ["final-2022/index.zh", "demo-midterm-2021/index.en"]
REPORTS = [*REAL, *DEMO, *PROP99]
DEMO_LABELS = {"zh": "演示数据", "en": "Demonstration data"}


@pytest.fixture(params=[*REPORTS, *INDEXES])
def page(request, site):
    return site.page(request.param)


@pytest.fixture(params=REPORTS)
def report(request, site):
    return site.page(request.param)


def test_headings_start_with_one_h1_and_skip_no_level(page):
    levels = [int(heading.name[1]) for heading in page.soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


def test_every_id_is_unique_and_every_anchor_leads_somewhere(page):
    ids = [tag["id"] for tag in page.soup.find_all(id=True)]
    assert len(set(ids)) == len(ids)
    anchors = {link["href"][1:] for link in page.soup.find_all("a", href=re.compile("^#"))}
    assert anchors <= set(ids)


def test_every_link_leads_to_a_file(page):
    links = [link["href"] for link in page.soup.find_all("a", href=re.compile("^(?!#|data:)"))]
    files = [(page.path.parent / unquote(urlsplit(link).path)) if urlsplit(link).path else page.path for link in links]
    assert [file for file in files if not file.is_file()] == []
    if page.path.parent.name != "reports":
        assert links


def test_every_drawing_has_a_text_alternative_and_a_table_of_its_data(report):
    for figure in report.soup.find_all("figure"):
        title = "".join(figure.find(class_="figure-title").find_all(string=True, recursive=False)).strip()
        drawings = figure.find_all("svg", recursive=False)
        assert [one["class"] for one in drawings] == [["wide"], ["narrow"]]
        assert {one["role"] for one in drawings} == {"img"}
        assert len({one["aria-label"] for one in drawings}) == 1
        assert re.match(re.escape(title) + r"\. .*\d", drawings[0]["aria-label"], re.DOTALL)
        assert len(figure.find("table").find_all("tr")) > 1


def test_picture_and_data_of_every_drawing_can_be_taken_away(report):
    for figure in report.soup.find_all("figure"):
        links = {link["download"]: link["href"] for link in figure.select(".take-away a")}
        assert list(links) == [f"{figure['id']}.svg", f"{figure['id']}.csv"]
        picture, data = (unquote(href.split(",", 1)[1]) for href in links.values())
        assert ET.fromstring(picture).attrib["aria-label"] == figure.svg["aria-label"]
        rows = list(csv.reader(io.StringIO(data.removeprefix("\ufeff"))))
        assert len(rows) == len(figure.find("table").find_all("tr"))


def cells_of(row):
    return sum(int(cell.get("colspan", 1)) for cell in row.find_all(["th", "td"]))


def test_every_table_has_a_caption_and_header_cells_with_scope(page):
    for table in page.soup.select("table:has(tr)"):  # one without rows is filled by the script
        assert table.caption.get_text(strip=True)
        assert all(cell.get("scope") in ("col", "row", "rowgroup") for cell in table.find_all("th"))
        assert {cells_of(row) for row in table.find_all("tr")} == {len(table.thead.find_all("th"))}


def test_no_page_shows_what_a_program_leaves_behind(page):
    assert re.findall(r"\b(?:NaN|nan|None|Traceback|Warning|inf)\b|\{\w*\}|Html\(|<NA>", page.text) == []


def test_no_page_loads_anything_or_runs_what_its_policy_does_not_name(page):
    assert page.soup.find_all(["link", "iframe", "img", "object", "form"]) == []
    policy = page.soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    nothing = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    scripts = page.soup.find_all("script")
    if page.soup.find(id="find"):  # the index of several regions, which has one script and names it by its hash
        (script,) = scripts
        digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
        assert (script.attrs, policy) == ({}, f"{nothing}; script-src 'sha256-{digest}'")
    else:
        assert (scripts, policy) == ([], nothing)
    addresses = {tag["href"] for tag in page.soup.find_all(href=re.compile(r"^\w+:"))}
    assert addresses == {link["href"] for link in page.soup.select("figure > .take-away > a[download]")}
    assert {href.split(";")[0] for href in addresses} <= {"data:image/svg+xml", "data:text/csv"}
    assert re.findall(r'src="', page.html) == []
    assert [name for tag in page.soup.find_all(True) for name in tag.attrs if name.startswith("on")] == []


def test_only_an_index_of_several_regions_has_a_script(site):
    assert [name for name in [*REPORTS, *INDEXES] if site.page(name).soup.script] == SORTABLE


def test_no_page_shows_code(report):
    assert [text for text in ("import evalkit", "display(", "ek.") if text in report.text] == []


@pytest.mark.parametrize("name", DEMO)
def test_a_demonstration_says_so_in_banner_watermark_and_figures(site, name):
    page, label = site.page(name), DEMO_LABELS[name.rsplit(".", 1)[1]]
    assert label in page.soup.find(class_="notice").get_text()
    assert page.soup.body["class"] == ["marked"]
    assert "--mark: " in page.soup.html["style"]
    figures = page.soup.find_all("figure")
    assert figures
    assert [one["id"] for one in figures if label not in one.get_text()] == []
    assert (
        page.text.count(label) <= 3 * len(figures) + 5
    )  # in both drawings, the caption, and notes above what is neither table nor figure


@pytest.mark.parametrize("name", [*REAL, *PROP99])
def test_no_real_region_is_labelled_as_a_demonstration(site, name):
    assert [label for label in DEMO_LABELS.values() if label in site.page(name).text] == []


@pytest.mark.parametrize("assessment", ["final-2022", "prop99"])
def test_no_real_region_rests_on_simulated_values(site, assessment):
    found = site.results(assessment)
    assert not found.empty
    assert set(found["data_status"]).isdisjoint({"simulated", "mixed"})


def test_every_row_of_a_demonstration_with_a_figure_is_simulated(site):
    found = site.results("demo-midterm-2021")
    assert set(found.loc[found["estimate"] != "", "data_status"]) == {"simulated"}


@pytest.mark.parametrize("figure", ["90.29%", "64.45%", "2,557", "479", "2,078"])
def test_qionglai_prints_its_published_figures(site, figure):
    assert re.search(rf"(?<![\d,.]){re.escape(figure)}", site.page(REAL[0]).section("published"))


@pytest.mark.parametrize("figure", ["1,455,180", "21.63"])
def test_lanxi_prints_its_published_figures(site, figure):
    assert re.search(rf"(?<![\d,.]){re.escape(figure)}", site.page(REAL[1]).section("published"))


@pytest.mark.parametrize("name", REAL[:2])
def test_press_reports_are_called_what_they_are(site, name):
    assert "媒体报道，未经独立核实" in site.page(name).section("published")


@pytest.mark.parametrize("name", REAL)
def test_without_a_panel_the_effect_says_which_data_are_missing(site, name):
    told = site.page(name).section("conclusions")
    assert "不作估计" in told
    assert "至少 19 个对照地区" in told.replace("19个", "19 个")
    assert re.search("改革启动.*4 个|4 个.*时期", told)
    assert "▲" not in told


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (DEMO[0], "改革启动（2020年11月）之后还没有一个完整且已发布数据的时期；至少需要 4 个"),
        (DEMO[1], "no complete, released period after the start (November 2020) exists by the cut-off date"),
    ],
)
def test_a_reform_that_has_just_begun_has_no_effect_yet(site, name, reason):
    page = site.page(name)
    assert page.text.count(reason) == 1
    assert reason in page.section("conclusions")
    assert page.soup.find_all("figure", id=re.compile("^fig-(trend|gaps)")) == []


@pytest.mark.parametrize(
    ("names", "wanted"), [(DEMO, ("responsibilities", "goals", "implementation")), (REAL, ("goals", "implementation"))]
)
def test_a_midterm_report_leads_with_progress_and_a_final_one_with_results(site, names, wanted):
    for name in names:
        contents = site.page(name).soup.find("nav", class_="contents")
        order = [link["href"][1:] for link in contents.find_all("a")]
        assert sorted(wanted, key=order.index) == list(wanted)


def test_a_midterm_report_lists_tasks_and_targets(site):
    page = site.page(DEMO[1])
    assert "Draw up the catalogue of diseases treated at each level" in page.section("implementation")
    assert "No evidence seen (not the same as not done)" in page.section("implementation")
    assert "−3.55 percentage points" in page.section("goals")


def test_prop99_gives_the_published_answer(site):
    found = site.results("prop99").set_index(["method", "term"])
    row = found.loc[("did_mean", "att")]
    assert float(row["estimate"]) == pytest.approx(-27.349, abs=0.01)
    assert (row["inference"], row["n_comparison"], row["status"]) == ("placebo_space", "38", "ok")


@pytest.mark.parametrize(("lang", "figure"), [("zh", "−27.3"), ("en", "−27.3 packs per head")])
def test_prop99_prints_it_in_both_languages(site, lang, figure):
    assert figure in site.page(f"prop99/california/report.{lang}").section("effects")


# What has no Chinese form or is a name: file formats, methods and documents by their authors' names, payment by groups.
FOREIGN = {"XLSX", "DOCX", "CSV", "SVG", "PNG", "Word", "WPS", "SHA", "English", "GRADE", "Magenta Book", "Newey-West"}
FOREIGN |= {"DRG", "DRGs", "APG", "evalkit", "Abadie", "Diamond", "Hainmueller"}  # the last: authors


def said(page):
    """What a page says in its own language: without quotations, code, drawings and what is marked as of another one."""
    soup = BeautifulSoup(page.html, "html.parser")
    for part in soup.body.find_all(["q", "code", "svg", "script", "style"]):
        part.decompose()
    for part in soup.body.find_all(lang=True):
        part.decompose()
    return list(soup.body.stripped_strings)


@pytest.mark.parametrize("name", [name for name in REPORTS if name.endswith(".zh")])
def test_a_chinese_page_holds_no_english_words_and_no_halfwidth_stops(site, name):
    texts = said(site.page(name))
    assert len(texts) > 100
    words = {word for text in texts for word in re.findall("[A-Za-z][A-Za-z-]{2,}(?: [A-Za-z-]+)*", text)}
    assert {word.strip("-") for word in words} - FOREIGN == set()
    stops = [text for text in texts if re.search("[\u4e00-\u9fff）%] ?[:;,] ?[\u4e00-\u9fff]", text)]
    assert stops == []


@pytest.mark.parametrize("name", [name for name in REPORTS if name.endswith(".en")])
def test_an_english_page_holds_chinese_only_where_it_is_marked_as_such(site, name):
    assert [text for text in said(site.page(name)) if re.search("[\u4e00-\u9fff]", text)] == []


def test_the_english_pages_of_california_hold_no_chinese(site):
    texts = {name: site.page(name).text.replace("中文", "") for name in PROP99 if name.endswith(".en")}
    assert {name for name, text in texts.items() if re.search("[\u4e00-\u9fff]", text)} == set()
