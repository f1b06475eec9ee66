"""How long reports are: screens, sheets of A4, where the officer's part is, and whether the verdict needs scrolling.

Prints a table of the reports that exist; `bench/screens.py demo-final-2022/demo-city-b` only those whose path has it.
"""

import re
import sys
from pathlib import Path

import chromium
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[1]
SCREENS = {"wide": (1280, 800), "phone": (375, 812)}
OFFICER = ("goals", "responsibilities", "problems")
PLACES = """
(names) => {
  const at = (one) => one.getBoundingClientRect();
  const heads = [...document.querySelectorAll("main > h2, .annex, .lacking")];
  const places = heads.map((one) => [one.id, at(one).top, one.matches("h2")]);
  const own = names.map((name) => places.findIndex(([id]) => id === name)).filter((place) => place >= 0);
  const verdict = document.querySelector(".answer .card.effect strong");
  const line = document.querySelector(".answer .basis");
  return {
    height: document.documentElement.scrollHeight,
    line: line ? at(line).bottom : null,
    verdict: verdict ? at(verdict).bottom : null,
    begin: own.length ? places[own[0]][1] : null,
    end: own.length && places[own.at(-1) + 1] ? places[own.at(-1) + 1][1] : null,
  };
}
"""


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    pages = [path for path in sorted(ROOT.glob("reports/*/site/*/report.*.html")) if wanted in path.as_posix()]
    if not pages:
        sys.exit("no published report found: run `make reports` first")
    print(f"{'':46}{'screens':>16}{'A4':>10}{'officer, in screens':>22}{'answer, verdict: px':>28}{'kB':>6}")
    print(
        f"{'report':46}{'wide':>8}{'phone':>8}{'front':>5}{'all':>5}{'wide':>11}{'phone':>11}{'wide':>14}{'phone':>14}"
    )
    with chromium.opened() as browser:
        for path in pages:
            print(_row(browser, path), flush=True)


def _row(browser: Browser, path: Path) -> str:
    found = {name: _measured(browser, path, size) for name, size in SCREENS.items()}
    name = path.relative_to(ROOT / "reports").as_posix().replace("/site/", "/").removesuffix(".html")
    tall = {screen: SCREENS[screen][1] for screen in SCREENS}
    told = f"{name:46}" + "".join(f"{found[one]['height'] / tall[one]:8.1f}" for one in SCREENS)
    told += "".join(f"{_sheets(browser, path, with_annexes):5}" for with_annexes in (False, True))
    told += "".join(f"{_span(found[one], tall[one]):>11}" for one in SCREENS)
    told += "".join(f"{found[one]['line'] or 0:8.0f},{found[one]['verdict'] or 0:5.0f}" for one in SCREENS)
    return told + f"{path.stat().st_size / 1000:6.0f}"


def _span(found: dict[str, float | None], tall: int) -> str:
    begin, end = found["begin"], found["end"]
    return "—" if begin is None or end is None else f"{begin / tall:.1f}–{end / tall:.1f}"


def _opened(browser: Browser, path: Path, size: tuple[int, int]) -> Page:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, bypass_csp=True)
    page.goto(path.as_uri())
    return page


def _measured(browser: Browser, path: Path, size: tuple[int, int]) -> dict[str, float | None]:
    page = _opened(browser, path, size)
    found: dict[str, float | None] = page.evaluate(PLACES, OFFICER)
    page.close()
    return found


def _sheets(browser: Browser, path: Path, with_annexes: bool) -> int:
    """Sheets of A4, as a reader prints them."""
    page = _opened(browser, path, SCREENS["wide"])
    if with_annexes and page.query_selector("#with-annexes"):
        page.evaluate("document.querySelector('#with-annexes').checked = true")
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    page.close()
    return sheets


if __name__ == "__main__":
    main()
