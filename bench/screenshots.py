"""Pictures of published pages into screenshots/ (first screens, whole pages, printed sheets), to be looked at.

With `--readme`, only the two pictures of the README, into docs/pictures/.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import chromium
from PIL import Image
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "screenshots"
PAGES = (
    "demo-final-2022/site/demo-city-b/report",
    "demo-final-2022/site/demo-city-b/before_after",
    "demo-final-2022/site/demo-city-b/difference_in_differences",
    "demo-final-2022/site/programme",
    "demo-final-2022/site/data_quality",
    "demo-final-2022/site/method_check",
    "demo-final-2022/site/index",
    "final-2022/site/jinhua/report",
    "final-2022/site/qionglai/report",
    "prop99/site/california/report",
)
SCREENS = {1280: 900, 375: 800}  # width and height in pixels
DOTS = "80"  # per inch of a printed sheet
README = ("demo-final-2022/site/demo-city-b/report", "demo-final-2022/site/index")
PICTURES = ROOT / "docs/pictures"


def main() -> None:
    if sys.argv[1:] == ["--readme"]:
        _of_the_readme()
        return
    pages = [path for path in _pages() if path.is_file()]
    if not pages:
        sys.exit("no published page found: run `make reports` first")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with chromium.opened() as browser:
        for path in pages:
            _shoot(browser, path)
    print(f"{len(list(FOLDER.iterdir()))} pictures of {len(pages)} pages in {FOLDER.relative_to(ROOT)}/")


def _of_the_readme() -> None:
    """The first screen of a report and of an index; grey levels between few colours keep the files small."""
    PICTURES.mkdir(exist_ok=True)
    with chromium.opened() as browser:
        for name in README:
            for lang in ("en", "zh"):
                page = browser.new_page(viewport={"width": 1100, "height": 760})
                page.goto((ROOT / "reports" / f"{name}.{lang}.html").as_uri())
                target = PICTURES / f"{name.rpartition('/')[2]}.{lang}.png"
                page.screenshot(path=target)
                Image.open(target).convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(target, optimize=True)
                page.close()


def _pages() -> list[Path]:
    reports = ROOT / "reports"
    return [*(reports / f"{name}.{lang}.html" for name in PAGES for lang in ("zh", "en")), reports / "index.html"]


def _shoot(browser: Browser, path: Path) -> None:
    """The first screen and the whole of a page in each width, and its sheets."""
    name = path.relative_to(ROOT / "reports").with_suffix("").as_posix().replace("/site", "").replace("/", "-")
    for width, height in SCREENS.items():
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(path.as_uri())
        page.screenshot(path=FOLDER / f"{name}-{width}.png")
        page.screenshot(path=FOLDER / f"{name}-{width}-whole.png", full_page=True)
        page.close()
    page = browser.new_page()
    page.goto(path.as_uri())
    page.pdf(path=FOLDER / f"{name}-print.pdf", prefer_css_page_size=True)
    page.close()
    if draw := shutil.which("pdftoppm"):
        asked = [draw, "-r", DOTS, "-png", FOLDER / f"{name}-print.pdf", FOLDER / f"{name}-print"]
        subprocess.run(asked, check=True)


if __name__ == "__main__":
    main()
