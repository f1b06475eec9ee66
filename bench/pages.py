"""Size of a report and of an index, and milliseconds until Chromium has painted them first."""

import shutil
import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
ROUNDS = 7
PAGES = (
    "demo-final-2022/site/demo-city-b/report.zh.html",
    "demo-final-2022/site/demo-city-b/report.en.html",
    "demo-final-2022/site/index.zh.html",
    "national/site/index.zh.html",  # made by `evalkit simulate national --units 2850` and `evalkit run national`
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
PAINTED = """
() => new Promise((tell) => {
  const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
  const ask = () => (seen() ? tell(seen().startTime) : setTimeout(ask, 5));
  ask();
})
"""


def main() -> None:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("no Chromium found: install it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        _first_paint(browser, ROOT / "reports/index.html")  # the first page of all pays for the browser's start
        for name in PAGES:
            path = ROOT / "reports" / name
            if not path.is_file():
                print(f"{name:55} not there")
                continue
            times = [_first_paint(browser, path) for _ in range(ROUNDS)]
            size = path.stat().st_size / 1000
            print(f"{name:55} {size:7.0f} kB  first paint {median(times):5.0f} ms (worst {max(times):.0f})")
        browser.close()


def _first_paint(browser: Browser, path: Path) -> float:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page.goto(path.as_uri())
    found = float(page.evaluate(PAINTED))
    page.close()
    return found


if __name__ == "__main__":
    main()
