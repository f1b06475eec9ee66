"""The front of a report: the answer first and in sight, few screens, annexes folded and opened by their links."""

import pytest

pytestmark = pytest.mark.browser
DEMO, JINHUA, QIONGLAI = "demo-final-2022/demo-city-b/report", "final-2022/jinhua/report", "final-2022/qionglai/report"
LONGEST = {f"{QIONGLAI}.zh": 6, f"{JINHUA}.zh": 12, f"{DEMO}.zh": 12, f"{DEMO}.en": 12}  # screens
SIZES = {"wide": (1280, 800), "phone": (375, 812)}
BOTTOM = "(names) => document.querySelector(names).getBoundingClientRect().bottom"
FRONT_ENDS = "() => document.querySelector('.annex').getBoundingClientRect().top"
TOP = "(name) => document.getElementById(name).getBoundingClientRect().top"


@pytest.fixture
def opened(tab, site):
    def open_(name, size="wide", anchor="", **known):
        return tab(site.page(name).path.as_uri() + anchor, *SIZES[size], reduced_motion="reduce", **known)

    return open_


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", LONGEST)
def test_answer_and_verdict_are_seen_without_scrolling(opened, name, size):
    page = opened(name, size, bypass_csp=True)
    for part in (".answer .line", ".answer .basis", ".answer .effect strong"):
        assert page.evaluate(BOTTOM, part) <= SIZES[size][1]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", LONGEST)
def test_a_report_is_a_few_screens_with_its_annexes_folded(opened, name, size):
    page = opened(name, size, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollHeight") <= LONGEST[name] * SIZES[size][1]


@pytest.mark.parametrize("name", [f"{JINHUA}.zh", f"{DEMO}.zh"])
def test_goals_responsibilities_problems_and_recommendations_are_within_four_screens(opened, name):
    page = opened(name, bypass_csp=True)
    assert page.evaluate(TOP, "goals") < page.evaluate(FRONT_ENDS) <= 4 * SIZES["wide"][1]


def test_what_is_met_is_folded_under_its_names_and_what_is_not_is_shown(opened):
    page = opened(f"{DEMO}.zh", bypass_csp=True)
    assert page.locator("#goals-table .chip").all_inner_texts() == ["○ 方向不一致", "◇ 变化不明确"]
    met = page.locator("details:has(#goals-met-table)")
    assert met.locator("summary").inner_text().startswith("已达标目标10项：")
    assert not page.locator("#goals-met-table").is_visible()
    met.locator("summary").click()
    assert page.locator("#goals-met-table tbody tr:not(.below) > th").count() == 10


def test_a_link_to_an_annex_opens_it_without_a_script(opened):
    page = opened(f"{DEMO}.zh", java_script_enabled=False)
    assert not page.locator("#limits").is_visible()
    page.locator("nav.contents a[href='#limits']").click()
    assert page.locator("#limits").is_visible()
    assert page.locator("#limits").bounding_box()["y"] < SIZES["wide"][1]


def test_an_address_with_an_anchor_opens_its_annex(opened):
    assert opened(f"{DEMO}.zh", anchor="#limits").locator("#limits").is_visible()


def test_a_term_is_explained_in_place(opened):
    page = opened(f"{DEMO}.zh", java_script_enabled=False)
    meaning = page.locator("#means-interval")
    assert not meaning.is_visible()
    page.locator("[popovertarget=means-interval]").click()
    assert meaning.is_visible()
    page.keyboard.press("Escape")
    assert not meaning.is_visible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_floats_over_the_text(opened, size):
    page = opened(f"{DEMO}.zh", size, bypass_csp=True)
    fixed = """() => [...document.querySelectorAll("body *")]
      .filter((one) => ["fixed", "sticky"].includes(getComputedStyle(one).position))
      .filter((one) => !one.closest("table, .scroll, nav.contents, figure, [popover]")).map((one) => one.outerHTML)"""
    assert page.evaluate(fixed) == []


def test_numbers_are_not_broken_in_two(opened):
    page = opened(f"{DEMO}.zh", "phone", bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    broken = """() => {
      const range = document.createRange(), found = [];
      const all = document.evaluate("//main//text()[normalize-space()]", document, null, 7);
      for (let i = 0; i < all.snapshotLength; i++) {
        const node = all.snapshotItem(i);
        if (node.parentElement.closest("svg, code, [popover]") || !node.parentElement.checkVisibility()) continue;
        for (const match of node.data.matchAll(/[0-9][0-9,.]*[0-9]/g)) {
          range.setStart(node, match.index);
          range.setEnd(node, match.index + match[0].length);
          const tops = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
          const where = `${node.data.slice(0, 99)} of ${node.parentElement.outerHTML.slice(0, 99)}`;
          if (tops.size > 1) found.push(`${match[0]} in ${where}`);
        }
      }
      return found;
    }"""
    assert page.evaluate(broken) == []
