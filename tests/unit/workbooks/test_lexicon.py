"""Words by which tables are recognised: spellings, two languages side by side, and a project's own."""

import pytest

from evalkit.workbooks import cell_text, lexicon


@pytest.fixture(autouse=True)
def _shipped_again():
    yield
    lexicon.use({})


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("地  区\nRegion", "unit"),
        ("Country Name", "unit"),
        ("ＡＲＥＡ", "unit"),
        ("Indicator Name", "indicator"),
        ("年　份", "period"),
        ("first.treat", "adoption"),
        ("常住人口", "population"),
        ("门诊人次", ""),
    ],
)
def test_a_heading_says_what_its_column_holds(text, meaning):
    assert lexicon.heading(text) == meaning


def test_a_project_adds_words_that_earlier_readings_do_not_hide():
    assert not cell_text.label("片区汇总").total
    lexicon.use({"total": ("片区汇总",), "counted": ("车次",), "thousand": ("千份装",)})
    assert cell_text.label("片区汇总").total
    assert lexicon.says("counted", "车 次")
    lexicon.use({})
    assert not cell_text.label("片区汇总").total


def test_every_meaning_of_a_heading_has_words_and_no_word_two_meanings():
    """省 heads a column of regions or of provinces; which of them is found out from the others."""
    shared = {
        (one, other): lexicon.of(one) & lexicon.of(other)
        for one in lexicon.HEADINGS
        for other in lexicon.HEADINGS
        if one < other and lexicon.of(one) & lexicon.of(other)
    }
    assert shared == {("province", "unit"): {"省", "省份", "province"}}
    assert set(lexicon.HEADINGS) | {f"likely_{one}" for one in lexicon.LIKELY} <= set(lexicon.meanings())


@pytest.mark.parametrize(
    ("text", "kind", "factor"),
    [
        ("thousands", "", 1000),
        ("'000", "", 1000),
        ("’000s", "", 1000),
        ("in thousands", "", 1000),
        ("million persons", "count", 10**6),
        ("10 000 persons", "count", 10_000),
        ("per 1,000 population", "per_1000", 1),
        ("per 100,000", "per_100000", 1),
        ("£m", "other", 10**6),
        ("USD billion", "other", 10**9),
        ("RMB million", "yuan", 10**6),
        ("per cent", "percent", 1),
    ],
)
def test_english_measures(text, kind, factor):
    found = cell_text.measure(text)
    assert found is not None
    assert (found.kind, found.factor) == (kind, factor)


@pytest.mark.parametrize("text", ["male", "m", "k", "in", "2019", "beds in use", "million dreams"])
def test_what_is_no_english_measure(text):
    assert cell_text.measure(text) is None
