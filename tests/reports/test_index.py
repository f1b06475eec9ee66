"""The index of 2,850 regions: small enough to send, complete without a script, sorted and searched with it.

By default with 300 regions; the slow tests take the whole country.
"""

import json
import re
import runpy
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from evalkit.project.evaluation import load
from evalkit.publishing.site import index_page as index

ROOT = Path(__file__).parents[2]
REGIONS, FEWER, FIRST = 2850, 300, 25  # of the whole country, of one that is quicker to open, on a page of the table
LARGEST = {REGIONS: 3_000_000, FEWER: 350_000}  # bytes
LONGEST = {REGIONS: 200, FEWER: 120}  # milliseconds of processor time
SIZES = [FEWER, pytest.param(REGIONS, marks=pytest.mark.slow)]
ROWS = "document.querySelectorAll('#regions-table tbody tr').length"
COLUMN = "(n) => [...document.querySelectorAll('#regions-table tbody tr')].map((row) => row.cells[n].innerText.trim())"
SORTED = "document.querySelectorAll('#regions-table thead th')[{}].getAttribute('aria-sort')"
NAME, KIND, PROVINCE, TARGETS, FIGURE, EFFECT, COVERAGE = 0, 1, 2, 3, 4, 6, 8


@pytest.fixture(scope="module")
def folder(once):
    """Projects of so many regions with what their runs would have left, and the index in both languages."""

    def of(regions):
        def make(root):
            runpy.run_path(str(ROOT / "bench/index.py"))["lay_out"](root, regions)
            index.write(load("national", project=root))

        return once(f"national-{regions}", make)

    return of


@pytest.fixture(scope="module")
def path(folder):
    """Where an index stands."""
    return lambda lang="en", regions=FEWER: folder(regions) / f"reports/national/site/index.{lang}.html"


@pytest.fixture(scope="module")
def left(folder):
    """The summaries of the regions that were published, by the English name of the region."""
    work = folder(FEWER) / "reports/national/work"
    read = {one.parent.name: json.loads(one.read_text(encoding="utf-8")) for one in work.glob("*/manifest.json")}
    return {name.replace("county-", "Demo county "): one["summary"] for name, one in read.items() if not one["failed"]}


@pytest.fixture
def opened(tab, path):
    page, said = tab("about:blank", height=900), []
    heard = {"console": lambda message: said.append(message.text), "pageerror": lambda error: said.append(str(error))}
    for event, hear in heard.items():
        page.on(event, hear)
    page.goto(path().as_uri())
    yield page
    for event, hear in heard.items():
        page.remove_listener(event, hear)
    assert said == []


@pytest.fixture(scope="module", params=SIZES)
def whole(path, request):
    """The index of all regions, and how many they are."""
    return BeautifulSoup(path(regions=request.param).read_text(encoding="utf-8"), "html.parser"), request.param


def column(page, n):
    return page.evaluate(COLUMN, n)


def head(page, n):
    return page.locator("#regions-table thead th").nth(n).get_by_role("button")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("regions", SIZES)
def test_the_index_of_all_regions_is_small_enough_to_send(path, lang, regions):
    assert len(path(lang, regions).read_bytes()) <= LARGEST[regions]


def test_it_has_every_region_the_failed_and_the_missing_one_among_them(whole):
    page, n = whole
    rows = page.find(id="regions-table").tbody.find_all("tr")
    assert len(rows) == n
    assert rows[7].find_all("td")[TARGETS - 1].get_text() == "report failed; the link leads to an earlier one"
    assert rows[9].find_all("td")[TARGETS - 1].get_text() == "not made yet"
    assert f"{n:,} regions: {n - 2:,} published, 1 failed, 1 not made yet." in page.get_text()
    assert "Demo county 0008: small (zh): ValueError" in page.find(class_="failed").get_text()


def test_the_script_is_no_longer_than_ten_thousand_bytes(whole):
    page, _ = whole
    assert len(page.script.string.encode()) <= 10_000


@pytest.mark.browser
@pytest.mark.parametrize("regions", SIZES)
def test_without_a_script_every_region_is_there_and_no_control(browser, path, regions):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path(regions=regions).as_uri())
    rows = page.locator("#regions-table tbody tr")
    assert rows.count() == regions
    assert rows.last.is_visible()
    assert [page.locator(name).first.is_visible() for name in ("#find", "#more")] == [False, False]
    assert page.locator("#regions-table button").count() == 0
    context.close()


@pytest.mark.browser
def test_a_page_of_the_table_is_listed_and_the_others_on_demand(opened):
    assert opened.evaluate(ROWS) == FIRST
    assert opened.locator("#more span").inner_text() == "1–25 / 300"
    assert opened.get_by_role("button", name="Previous").is_disabled()
    opened.get_by_role("button", name="Next").click()
    assert column(opened, NAME)[0] == "Demo county 0026"
    assert opened.locator("#more span").inner_text() == "26–50 / 300"
    opened.get_by_role("button", name="List all").click()
    assert opened.evaluate(ROWS) == FEWER
    assert not opened.locator("#more").is_visible()


@pytest.mark.browser
def test_paper_has_every_region(opened):
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.evaluate(ROWS) == FEWER
    opened.evaluate("dispatchEvent(new Event('afterprint'))")
    assert opened.evaluate(ROWS) == FIRST


@pytest.mark.browser
def test_figures_are_sorted_as_numbers_both_ways_with_missing_ones_last(opened, left):
    values = sorted(one["latest"]["primary_visit_share"][1] for one in left.values())
    head(opened, FIGURE).click()
    assert opened.evaluate(SORTED.format(FIGURE)) == "ascending"
    assert [float(text.rstrip("%")) for text in column(opened, FIGURE)] == values[:FIRST]
    head(opened, FIGURE).press("Enter")
    assert opened.evaluate(SORTED.format(FIGURE)) == "descending"
    assert [float(text.rstrip("%")) for text in column(opened, FIGURE)] == values[: -FIRST - 1 : -1]
    opened.get_by_role("button", name="List all").click()
    assert column(opened, FIGURE)[-2:] == ["—", "—"]


@pytest.mark.browser
def test_targets_are_sorted_by_how_many_are_not_met(opened, left):
    wanted = sorted((sum(code == "not_met" for _, code in one["goals"]) for one in left.values()), reverse=True)
    head(opened, TARGETS).click()
    told = [re.search(r"not met (\d+)", text) for text in column(opened, TARGETS)]
    assert [int(one[1]) if one else 0 for one in told] == wanted[:FIRST]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("n", "first", "last"),
    [
        (NAME, "Demo county 0001", "Demo county 0300"),
        (KIND, "city", "zone"),
        (EFFECT, "supported", "no judgement"),
        (COVERAGE, "7/8", "8/8"),
    ],
)
def test_every_other_column_is_sorted_as_its_readers_expect(opened, n, first, last):
    head(opened, n).click()
    assert column(opened, n)[0] == first
    head(opened, n).click()
    assert column(opened, n)[0] == last


@pytest.mark.browser
def test_only_one_column_at_a_time_says_that_it_is_sorted(opened):
    head(opened, NAME).click()
    head(opened, KIND).click()
    found = [opened.evaluate(SORTED.format(n)) for n in range(COVERAGE + 1)]
    assert found == ["none", "ascending", *["none"] * 7]


@pytest.mark.browser
def test_search_finds_a_part_of_a_name_and_the_count_is_announced(opened):
    opened.get_by_label("Name contains").fill("COUNTY 028")
    assert column(opened, NAME) == [f"Demo county 028{n}" for n in range(10)]
    status = opened.get_by_role("status").first
    assert status.inner_text() == "Found: 10 of 300 regions."
    opened.get_by_label("Name contains").fill("nowhere")
    assert (column(opened, NAME), status.inner_text()) == ([], "Found: 0 of 300 regions.")


@pytest.mark.browser
def test_filters_hold_together_and_are_cleared_together(opened, folder, left):
    opened.get_by_label("Kind").select_option("zone")
    opened.get_by_label("Province").select_option("南省")
    opened.get_by_label("With a target that is").select_option("Behind schedule")
    opened.get_by_label("With an effect that is").select_option("Evidence supports an effect")
    units = load("national", project=folder(FEWER)).units.set_index("name_en")
    wanted = [
        name
        for name, one in left.items()
        if (units.at[name, "kind"], units.at[name, "province"]) == ("zone", "南省")
        and "behind" in {code for _, code in one["goals"]}
        and "supported" in {code for _, code in one["effects"]}
    ]
    assert column(opened, NAME) == sorted(wanted)[:FIRST]
    assert wanted
    assert opened.get_by_role("status").first.inner_text() == f"Found: {len(wanted)} of 300 regions."
    opened.get_by_role("button", name="Clear").click()
    assert opened.get_by_role("status").first.inner_text() == "Found: 300 of 300 regions."
    assert opened.evaluate(ROWS) == FIRST


@pytest.mark.browser
def test_what_is_found_stays_in_the_order_chosen(opened):
    head(opened, FIGURE).click()
    opened.get_by_label("Name contains").fill("county 02")
    values = [float(text.rstrip("%")) for text in column(opened, FIGURE)]
    assert len(values) == FIRST
    assert values == sorted(values)


@pytest.fixture
def at(browser, path):
    """The index opened at an address."""
    pages = []

    def visit(address, regions=FEWER, lang="en"):
        pages.append(browser.new_page(viewport={"width": 1280, "height": 900}))
        pages[-1].goto(path(lang, regions).as_uri() + address, timeout=120_000)
        return pages[-1]

    yield visit
    for page in pages:
        page.close()


@pytest.mark.browser
def test_what_a_reader_has_set_survives_in_the_address(opened, at):
    opened.get_by_label("Kind").select_option("zone")
    opened.get_by_label("Name contains").fill("county")
    head(opened, FIGURE).click()
    head(opened, FIGURE).click()
    for box in opened.locator("#regions-table tbody input").all()[:2]:
        box.check()
    opened.get_by_role("button", name="Next").click()
    again = at(opened.evaluate("location.search"))
    assert again.evaluate("location.search") == opened.evaluate("location.search")
    for n in (NAME, FIGURE):
        assert column(again, n) == column(opened, n)
    compared = "#compare thead th"
    assert again.locator(compared).all_inner_texts() == opened.locator(compared).all_inner_texts()
    assert again.evaluate(SORTED.format(FIGURE)) == "descending"
    assert again.get_by_label("Kind").input_value() == "zone"
    other = again.evaluate("document.querySelector('nav.site a[hreflang]').search")
    assert other == again.evaluate("location.search")


@pytest.mark.browser
def test_an_address_that_asks_for_what_is_not_there_shows_everything(at):
    page = at("?kind=%22%5D&sort=nothing&page=-7&with=nowhere,,%3Cb%3E&goal=x%2Cy&sort=__proto__")
    assert column(page, NAME)[0] == "Demo county 0001"
    assert page.get_by_role("status").first.inner_text() == "Found: 300 of 300 regions."
    assert not page.locator("#compare").is_visible()


@pytest.mark.browser
def test_two_to_four_regions_stand_side_by_side_and_are_marked_on_the_lines(opened, left):
    boxes = opened.locator("#regions-table tbody input")
    boxes.nth(0).check()
    assert not opened.locator("#compare").is_visible()
    for n in (1, 2, 3):
        boxes.nth(n).check()
    assert boxes.nth(4).is_disabled()
    heads = opened.locator("#compare thead th").all_inner_texts()
    assert [text.split(" ×")[0].strip() for text in heads] == [f"Demo county 000{n}" for n in (1, 2, 3, 4)]
    row = opened.locator("#compare tbody tr").nth(FIGURE - 1)
    told = [text.split("%")[0] for text in row.locator("td").all_inner_texts()]
    latest = [left[f"Demo county 000{n}"]["latest"]["primary_visit_share"][1] for n in (1, 2, 3, 4)]
    assert [float(text) for text in told] == latest
    assert "quarter of" in row.locator("td").first.inner_text()
    strip = opened.locator(".strip").first
    low, high = (float(strip.get_attribute(f"data-{end}")) for end in ("low", "high"))
    place = "(mark) => parseFloat(mark.style.getPropertyValue('--place'))"
    marks = [mark.evaluate(place) for mark in strip.locator(".mark").all()]
    assert marks == pytest.approx([100 * (value - low) / (high - low) for value in latest], abs=0.01)
    opened.get_by_role("button", name="Remove Demo county 0002").click()
    assert opened.locator("#compare thead th").count() == 3
    assert not boxes.nth(1).is_checked()
    assert boxes.nth(4).is_enabled()


@pytest.mark.browser
@pytest.mark.parametrize("regions", SIZES)
def test_all_regions_are_sorted_within_a_fifth_of_a_second(at, regions):
    """In processor time of the page's main thread, which other processes of the machine do not lengthen."""
    page = at("", regions)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration")

    page.wait_for_function(f"() => document.querySelector('#more span').textContent === '1–25 / {regions}'")
    times = {}
    for n in range(COVERAGE + 1):
        before = worked()
        head(page, n).evaluate("(button) => { button.click(); document.body.offsetHeight; }")
        times[n] = worked() - before
    assert 0 < max(times.values()) <= LONGEST[regions], times


@pytest.mark.browser
def test_a_script_that_the_policy_does_not_name_never_runs(browser, path, tmp_path):
    page = browser.new_page()
    changed = tmp_path / "index.html"
    text = path().read_text(encoding="utf-8")
    changed.write_text(text.replace("</body>", "<script>document.title = 'run'</script></body>"), encoding="utf-8")
    page.goto(changed.as_uri())
    assert (page.title() != "run", page.evaluate(ROWS)) == (True, FIRST)
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("lang", "width"), [("zh", 1280), ("en", 320)])
def test_axe_finds_no_violation_and_the_page_is_not_scrolled_sideways(tab, path, lang, width):
    from axe_playwright_python.sync_playwright import Axe

    page = tab(path(lang).as_uri(), width, bypass_csp=True)
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    found = Axe().run(page, options=rules).response
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert {one["id"]: one["nodes"][0]["html"] for one in found["violations"]} == {}
    assert len(found["passes"]) > 20
    assert sizes[0] <= sizes[1]
