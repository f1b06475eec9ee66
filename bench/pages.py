"""Size of a report and of an index, and milliseconds until Chromium has painted them first."""

from pathlib import Path
from statistics import median

import chromium
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
ROUNDS = 7
PAGES = (
    "demo-final-2022/site/demo-city-b/report.zh.html",
    "demo-final-2022/site/demo-city-b/report.en.html",
    "demo-final-2022/site/index.zh.html",
    "national/site/index.zh.html",  # made by `evalkit simulate national --units 2850` and `evalkit run national`
)
PAINTED = """
() => new Promise((tell) => {
  const seen = () => performance.getEntriesByName("first-contentful-paint")[0];
  const ask = () => (seen() ? tell(seen().startTime) : setTimeout(ask, 5));
  ask();
})
"""


def main() -> None:
    with chromium.opened() as browser:
        _first_paint(browser, ROOT / "reports/index.html")  # the first page of all pays for the browser's start
        for name in PAGES:
            path = ROOT / "reports" / name
            if not path.is_file():
                print(f"{name:55} not there")
                continue
            times = [_first_paint(browser, path) for _ in range(ROUNDS)]
            size = path.stat().st_size / 1000
            print(f"{name:55} {size:7.0f} kB  first paint {median(times):5.0f} ms (worst {max(times):.0f})")


def _first_paint(browser: Browser, path: Path) -> float:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    page.goto(path.as_uri())
    found = float(page.evaluate(PAINTED))
    page.close()
    return found


if __name__ == "__main__":
    main()
