"""Pages in Chromium: nothing is loaded, nothing complains, narrow screens and keyboards get everything."""

import pytest

pytestmark = pytest.mark.browser
BOTH = ["demo-final-2022/demo-city-b/report", "prop99/california/before_after", "demo-final-2022/programme"]
BOTH += ["prop99/california/difference_in_differences", "demo-final-2022/data_quality"]
BOTH += ["demo-final-2022/method_check", "demo-final-2022/index"]
PAGES = [
    *(f"{name}.{lang}" for name in BOTH for lang in ("zh", "en")),
    "final-2022/qionglai/report.zh",
    "index",
    "index.en",
]
WIDTHS = (1280, 768, 375, 320)
OPEN_FOLDS = "document.querySelectorAll('details').forEach((one) => (one.open = true))"
# WCAG 1.4.12: what a reader may set by a style of their own.
LOOSE = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"
NUMBER = """
() => {
  const all = document.querySelectorAll("a[href], summary, .scroll, input, select, button");
  const seen = [...all].filter((one) => one.checkVisibility());
  seen.forEach((one, i) => (one.dataset.number = i));
  return seen.length;
}
"""
BOXES = """
[...document.querySelectorAll(".scroll")].filter((one) => one.checkVisibility()).map((one) => [
  one.scrollWidth > one.clientWidth, getComputedStyle(one.querySelector("caption"), "::after").content !== "none",
])
"""
# Whether a box can be scrolled becomes known to the style sheet a frame after it was laid out.
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
FOCUS = """
() => {
  const { dataset } = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
  return [dataset.number ?? "", outlineStyle !== "none" && parseFloat(outlineWidth) >= 2];
}
"""


@pytest.fixture(scope="module", params=PAGES)
def published(request, site):
    return site.page(request.param)


@pytest.fixture
def address(published) -> str:
    return published.path.as_uri()


@pytest.fixture
def page(tab, address):
    return tab(address, WIDTHS[0], bypass_csp=True, reduced_motion="reduce")


def test_a_page_loads_nothing_and_nothing_complains(tab, address):
    page, requests, said = tab("about:blank"), [], []
    heard = {
        "request": lambda request: requests.append(request.url),
        "console": lambda message: said.append(message.text),
        "pageerror": lambda error: said.append(str(error)),
    }
    for event, hear in heard.items():
        page.on(event, hear)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    for event, hear in heard.items():
        page.remove_listener(event, hear)
    assert requests == [address]
    assert said == []


@pytest.mark.parametrize("style", ["* {}", LOOSE], ids=["as it is", "set loosely"])
def test_no_page_has_to_be_scrolled_sideways(page, style):
    page.evaluate(OPEN_FOLDS)
    page.add_style_tag(content=style)
    needed = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        needed[width] = page.evaluate("document.documentElement.scrollWidth")
    assert needed == {width: width for width in WIDTHS}


def test_a_table_too_wide_for_the_screen_scrolls_in_its_box_and_says_so(page):
    page.set_viewport_size({"width": 320, "height": 800})
    page.evaluate(OPEN_FOLDS)
    page.evaluate(FRAMES)
    boxes = page.evaluate(BOXES)
    assert boxes or not page.query_selector("table")
    assert [told for told in boxes if told[0] != told[1]] == []


def test_a_keyboard_reaches_everything_and_shows_where_it_is(page):
    n = page.evaluate(NUMBER)
    reached = []
    for _ in range(n):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUS))
    assert n > 2
    assert reached == [[str(i), True] for i in range(n)]


def test_the_first_stop_skips_to_the_text(page):
    page.keyboard.press("Tab")
    link = page.evaluate("[document.activeElement.hash, document.activeElement.getBoundingClientRect().left >= 0]")
    page.keyboard.press("Enter")
    assert link == ["#main", True]
    assert page.evaluate("document.activeElement.id") == "main"


def test_no_script_is_needed_to_read_a_page(tab, published):
    page = tab(published.path.as_uri(), java_script_enabled=False)
    names = ("h1, h2, h3", "tr", "svg:not(.narrow)")
    shown = {name: page.locator(f"main :is({name}):visible").count() for name in names}
    wanted = {name: published.soup.main.select(name) for name in shown}
    outside = {
        name: [
            one
            for one in found
            if (one.parent.name == "summary" or not one.find_parent("details")) and not one.find_parent(hidden=True)
        ]
        for name, found in wanted.items()
    }
    assert shown == {name: len(found) for name, found in outside.items()}
    assert shown["h1, h2, h3"] > 0
