"""What frames every page: its state, its twin in the other language, the way around, and how large it may be."""

import re

import pytest

TEMPLATES = [
    "demo-final-2022/demo-city-b/report",
    "prop99/california/report",
    "prop99/california/before_after",
    "prop99/california/difference_in_differences",
    "demo-final-2022/programme",
    "demo-final-2022/data_quality",
    "demo-final-2022/method_check",
    "demo-final-2022/index",
]
LANGUAGES = {"zh": "zh-CN", "en": "en"}
BOTH = [(name, lang) for name in TEMPLATES for lang in LANGUAGES]
PAGES = [*(f"{name}.{lang}" for name, lang in BOTH), "final-2022/jinhua/report.zh", "index"]
STATES = {True: {"zh": "定稿", "en": "Final version"}, False: {"zh": "草稿", "en": "Draft"}}  # whether it is signed
SIGNED = "demo-final-2022"
LARGEST_PAGE, LARGEST_STYLE, LARGEST_OF_INDEX = 400_000, 17_000, 25_000  # bytes


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_small(site, name):
    page = site.page(name)
    assert page.path.stat().st_size <= LARGEST_PAGE
    largest = LARGEST_OF_INDEX if "index" in name else LARGEST_STYLE  # an index has two style sheets
    assert sum(len(style.string.encode()) for style in page.soup.head.find_all("style")) <= largest


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_the_state_stands_in_the_head_and_above_every_printed_sheet(site, name, lang):
    page, state = site.page(f"{name}.{lang}"), STATES[name.startswith(SIGNED)][lang]
    assert state in page.soup.header.find(class_="kicker").get_text()
    about = re.search(r"--about: '(.*)'", page.soup.html["style"])[1]
    assert state in re.sub(r"\\(\w+) ", lambda sign: chr(int(sign[1], 16)), about)


@pytest.mark.parametrize(("name", "lang"), BOTH)
def test_a_page_leads_to_its_twin_and_back(site, name, lang):
    (other,) = set(LANGUAGES) - {lang}
    page, twin = (site.page(f"{name}.{one}") for one in (lang, other))
    assert page.soup.html["lang"] == LANGUAGES[lang]
    (link,) = page.soup.find_all("a", hreflang=True)
    assert (link["hreflang"], link["lang"]) == (LANGUAGES[other], LANGUAGES[other])
    assert (page.path.parent / link["href"]).samefile(twin.path)


def test_a_page_in_one_language_has_no_link_to_a_twin(site):
    assert site.page("final-2022/qionglai/report.zh").soup.find_all("a", hreflang=True) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_can_be_found_one_s_way_on(site, name):
    soup = site.page(name).soup
    assert soup.body["id"] == "top"
    assert soup.body.a["href"] == "#main"
    assert soup.footer.a["href"] == "#top"
    assert soup.main["aria-label"]
    labels = [nav["aria-label"] for nav in soup.find_all("nav")]
    assert all(labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", [name for name in PAGES if "index" not in name])
def test_the_contents_name_every_section(site, name):
    soup = site.page(name).soup
    sections = [(f"#{heading['id']}", heading.get_text()) for heading in soup.main.find_all("h2", recursive=False)]
    sections += [(f"#{one.div['id']}", one.h2.get_text()) for one in soup.find_all("details", class_="annex")]
    listed = [(link["href"], link.get_text()) for link in soup.find("nav", class_="contents").find_all("a")]
    assert listed == sections
    assert len(sections) > 2
