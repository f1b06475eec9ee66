"""Random tables in the common forms, with noise around them: what `new` and `ingest` make of them is right or asked."""

import re
import runpy
import unicodedata
from pathlib import Path
from types import SimpleNamespace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from evalkit.ingest import pipeline, read_workbook
from evalkit.scaffold import draft_mapping, guess_names, preview, read_samples
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Cell, Shown
from evalkit.workbooks.log import Reading

forms = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "data" / "make_forms.py")))

CHINESE = ["清河县", "白云县", "东湖区", "山阳市", "石桥镇", "江　县", "临川县", "南浦州"]
ENGLISH = ["Northmoor", "Southmere", "Eastfold", "Westlea", "Ashby Vale", "St. Corfe", "Denholm", "Port Elstow"]
COUNTED = ["门诊人次（万人次）", "住院人次（人次）", "次均费用（元）", "基层就诊率（%）", "每千人床位数（张）"]
NAMED = ["Visits (thousands)", "Admission rate (%)", "Beds per 1,000 population", "Spending (£m)", "Doctors"]
HEADINGS = {
    "zh": ["地区", "县（市、区）", "县", "区县名称", "单位名"],
    "en": ["Region", "District", "State", "Area name", "Name"],
}


CHANGES = ["", "", "total", "total above", "area", "unmerged", "remarks", "codes", "no heading", "measures"]
#: How some of the cells are written.
WRITTEN = ["", "", "full width", "thousands", "flag", "footnote", "dash", "withheld", "percent format", "scale", "sign"]
WIDE_DIGITS = str.maketrans("0123456789.", "０１２３４５６７８９．")
#: Where a blank row and a blank column are: so many rows below the headings, before this column; zero for none.
BLANKS = [(0, 0), (0, 0), (0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2)]
LOST = ("—", "..", "<5", "c", "x", ":")


def written(value, name, how, mark):
    """A value as some workbook writes it, or what stands there instead of it."""
    measure = cell_text.label(name).measure
    factor = int(measure.factor) if measure else 1
    text = f"{value:g}" if how != "thousands" else f"{value:,}"
    if how == "percent format" and measure and measure.kind == "percent":
        return Cell(1, 1, value / 100, percent=True)
    if how == "scale" and factor > 1:
        return Cell(1, 1, value * factor, shown=Shown(factor))
    if how in ("dash", "withheld"):
        return mark
    return {
        "full width": text.translate(WIDE_DIGITS),
        "thousands": text,
        "flag": f"{text} b",
        "footnote": f"{text}①",
        "sign": f"{text}%" if measure and measure.kind == "percent" else value,
    }.get(how, value)


def changed(page, change, form):
    """A table with sums, remarks, codes, or headings that say less."""
    by_region = not ("region" in form or form in ("tidy", "World Bank"))
    if change in ("total", "total above", "area") and by_region:
        return forms.with_total(page, "全 国 Total" if change == "area" else "合计", first=change != "total")
    if change == "unmerged":
        return forms.unmerged(page)
    if change in ("remarks", "codes"):
        return forms.beside_text(
            page, "备注" if change == "remarks" else "Code", ["停电两日" if change == "remarks" else "A17"]
        )
    if change == "measures" and form in ("indicators across", "a sheet per period"):
        return forms.measures_below(page)
    return forms.without_heading(page) if change == "no heading" and form != "World Bank" else page


@st.composite
def truths(draw):
    """What a workbook says: names in one language, periods, values with at most one decimal."""
    lang = draw(st.sampled_from(["zh", "en"]))
    units = draw(st.lists(st.sampled_from(CHINESE if lang == "zh" else ENGLISH), min_size=3, max_size=6, unique=True))
    named = COUNTED if lang == "zh" else NAMED
    indicators = draw(st.lists(st.sampled_from(named), min_size=2, max_size=3, unique=True))
    first, number = draw(st.integers(2005, 2018)), draw(st.integers(2, 5))
    keys = [(u, str(p), i) for u in units for p in range(first, first + number) for i in indicators]
    whole = draw(st.lists(st.integers(11, 2400), min_size=len(keys), max_size=len(keys)))
    values = {}
    for key, number_drawn in zip(keys, whole, strict=True):
        percent = "%" in key[2] or "1,000" in key[2] or "千" in key[2]
        values[key] = number_drawn % 90 + 2.5 if percent else float(number_drawn)
    how, mark = draw(st.sampled_from(WRITTEN)), draw(st.sampled_from(LOST))
    for key in draw(st.lists(st.sampled_from(keys), max_size=6, unique=True)) if how else []:
        values[key] = written(values[key], key[2], how, mark)
    word, period = draw(st.sampled_from(HEADINGS[lang])), {"zh": "年份", "en": "Year"}[lang]
    return forms.Truth(units, list(range(first, first + number)), indicators, values, word, period)


@st.composite
def workbooks(draw):
    """A workbook in one of the forms, with noise around its tables; and what it says."""
    truth, form = draw(truths()), draw(st.sampled_from(sorted(forms.FORMS)))
    if form in forms.SINGLE:
        kept = {key: value for key, value in truth.values.items() if key[2] == truth.indicators[0]}
        truth = forms.Truth(truth.units, truth.periods, truth.indicators[:1], kept, truth.unit_word, truth.period_word)
    cut = draw(st.sampled_from(["whole", "whole", "two parts", "beside"])) if form != "World Bank" else "whole"
    serial = draw(st.booleans()) and cut != "beside" and form != "World Bank"
    above = draw(st.sampled_from([[], [["监测情况表"], []], [["Table 3: Regional statistics"]]]))
    below = draw(st.sampled_from([[], [[], ["Source: Regional health statistics"]], [["注：来源于统计年报"]]]))
    change = draw(st.sampled_from(CHANGES)) if form != "World Bank" else ""
    blanks = (0, 0) if form == "World Bank" else draw(st.sampled_from(BLANKS))
    pages = []
    for made in forms.FORMS[form](truth):
        page = forms.with_blanks(changed(made, change, form), *blanks)
        page = forms.shifted(page, serial=serial)
        if cut == "two parts":
            page = forms.in_two_parts(page, draw(st.sampled_from([[["续表"]], [[], ["(continued)"]], [[]]])))
        elif cut == "beside":
            page = forms.side_by_side(page)
        pages.append(forms.shifted(page, above if form != "World Bank" else [], below))
    return truth, pages, form, change == "no heading" and cut == "beside"


def drafted(pages):
    """The draft and what `ingest` reads by it: values by names as written, questions, refusals."""
    book = forms.as_workbook(pages)
    found = read_samples.recognised([book])
    units, (_, new) = guess_names.units(found.names), guess_names.indicators(found.names, {})
    indicators = guess_names.drafted(new)
    text = draft_mapping.text(found, units, indicators)
    doubts = [line for line in text.splitlines() if "# ?" in line][1:]
    doubts += preview.of(found, text, units, indicators).doubts
    if not found.forms:
        return {}, doubts or ["# ? no table"], []
    context = pipeline.context_of(preview.mapping_of(text), preview.table_of(units), preview.usable(indicators), {})
    reading = read_workbook.sheets(context, book, Reading(book.name))
    shown = {one.id: cell_text.key(one.written) for one in units}
    names = {one.id: cell_text.label(one.name).name for one in new}
    rows, twice = {}, set()
    for row in reading.rows:
        key = (shown[row.unit], row.period, names[row.indicator])
        twice |= {key} if rows.setdefault(key, float(row.value)) != float(row.value) else set()
    return {key: value for key, value in rows.items() if key not in twice}, doubts, reading.refused


def meant(truth):
    """The same of what was written: values in the indicators' units."""
    found = {}
    for (unit, period, indicator), value in truth.values.items():
        about = cell_text.label(indicator)
        factor = float(about.measure.factor) if about.measure else 1.0
        if value in LOST:
            continue
        if isinstance(value, Cell):
            value, factor = float(value.value), 100.0 if value.percent else 1.0
        elif isinstance(value, str):
            value = float(re.sub("[^0-9.]", "", unicodedata.normalize("NFKC", value.rstrip("① b%"))))
        found[cell_text.key(unit), period, about.name] = value * factor
    return found


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workbooks())
def test_every_value_of_a_draft_is_right_and_every_other_is_asked_about(made):
    truth, pages, form, _ = made
    rows, doubts, refused = drafted(pages)
    wanted = meant(truth)
    wrong = {key: (value, wanted.get(key)) for key, value in rows.items() if abs(value - wanted.get(key, -1)) > 1e-6}
    assert wrong == {}, form
    assert rows.keys() == wanted.keys() or any("refuses" in one or "not read" in one for one in doubts) or refused, form
    assert any("layout" in one for one in doubts), "the form itself is a guess"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(workbooks())
def test_a_table_in_a_common_form_is_read_whole(made):
    truth, pages, form, blank = made
    assume(not blank)  # two tables beside each other cannot be told apart without a heading
    rows, doubts, refused = drafted(pages)
    assert [str(one) for one in refused] == [], form
    assert rows.keys() == meant(truth).keys(), form
    assert [one for one in doubts if "not read" in one] == []
