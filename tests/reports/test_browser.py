"""Pages in Chromium: nothing is loaded, nothing complains, nothing has to be scrolled sideways."""

import os
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAGES = [
    "prop99/california/report.zh",
    "prop99/california/report.en",
    "prop99/california/difference_in_differences.en",
    "demo-midterm-2021/demo-city-d/report.zh",
    "final-2022/qionglai/report.zh",
    "prop99/index.en",
    "index",
]


@pytest.fixture(scope="module")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        missing = "no Chromium found: install it, or leave the tests marked `browser` out"
        if os.environ.get("EVALKIT_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing}; EVALKIT_REQUIRE_BROWSER=1 asks for them", pytrace=False)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(params=PAGES)
def address(request, site) -> str:
    path: Path = site.page(request.param).path
    return path.as_uri()


def test_a_page_loads_nothing_and_nothing_complains(browser, address):
    page = browser.new_page()
    requests, said = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.close()
    assert requests == [address]
    assert said == []


@pytest.mark.parametrize("width", [1280, 375])
def test_no_page_has_to_be_scrolled_sideways(browser, address, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    page.close()
    assert size[0] <= size[1]
