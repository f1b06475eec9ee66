"""axe-core finds no violation of WCAG 2.2 A and AA; what it cannot see holds as well: the language of every part."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
TEMPLATES = [
    "demo-final-2022/demo-city-b/report",
    "prop99/california/before_after",
    "prop99/california/difference_in_differences",
    "demo-final-2022/programme",
    "demo-final-2022/data_quality",
    "demo-final-2022/method_check",
    "demo-final-2022/index",
]
ZH, EN = ([f"{name}.{lang}" for name in TEMPLATES] for lang in ("zh", "en"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
# axe gives up on contrast above a gradient, as that which says `more to the side`; this asks every text.
CONTRAST = Path(__file__).with_name("contrast.js")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def opened(tab, site, request):
    name, width, *scheme = request.param
    options = {"bypass_csp": True, "reduced_motion": "reduce", "color_scheme": scheme[0] if scheme else "light"}
    page = tab(site.page(name).path.as_uri(), width, **options)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    return page


def examined(page, *without) -> tuple[dict[str, list[str]], int]:
    """Violations by rule, with their places, and how many rules were kept; some rules may be left out."""
    from axe_playwright_python.sync_playwright import Axe

    left_out = {rule: {"enabled": False} for rule in without}
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"], "rules": left_out}).response
    return {one["id"]: [node["html"][:200] for node in one["nodes"]] for one in found["violations"]}, len(
        found["passes"]
    )


FIRST = [(name, 1280) for name in (*ZH, "index")]
OTHERS = [*((name, 1280) for name in EN), *((name, 320) for name in (*ZH, "index"))]


@pytest.mark.parametrize(
    "opened", [*FIRST, *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)], indirect=True, ids=str
)
def test_axe_finds_no_violation(opened):
    violations, kept = examined(opened)
    assert violations == {}
    assert kept > 20


@pytest.mark.parametrize("opened", OTHERS, indirect=True, ids=str)
def test_axe_finds_no_violation_besides_contrast(opened):
    """The other language and narrow screens without axe's slowest rule; the next test asks for the contrast there."""
    violations, kept = examined(opened, "color-contrast")
    assert violations == {}
    assert kept > 20


LIGHT, DARK = ([(*one, scheme) for one in FIRST] for scheme in ("light", "dark"))


@pytest.mark.parametrize("opened", [*LIGHT, *DARK, *((*one, "light") for one in OTHERS)], indirect=True, ids=str)
def test_every_text_stands_out_from_its_ground(opened):
    seen = opened.evaluate(CONTRAST.read_text(encoding="utf-8"))
    assert len(seen) > 10
    assert [place for stands_out, place in seen if not stands_out] == []


@pytest.mark.parametrize("name", EN)
def test_every_chinese_part_of_an_english_page_says_that_it_is_chinese(site, name):
    body = site.page(name).soup.body
    # A choice of names can hold no element; inside a drawing, its text alternative is what is read.
    texts = [text for text in body.find_all(string=CHINESE) if not text.find_parent(["svg", "option"])]
    assert texts
    unmarked = [str(text) for text in texts if not text.find_parent(lang=True)["lang"].startswith("zh")]
    assert unmarked == []
