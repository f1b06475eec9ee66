"""The gallery of forms in docs/reference/mapping.md and mapping.zh.md: each, read by its mapping, gives its values."""

import re
from pathlib import Path

import pandas as pd
import pytest

from evalkit.files import yaml_file
from evalkit.ingest import pipeline, read_workbook
from evalkit.ingest.mapping import Mapping
from evalkit.project import dataset
from evalkit.project.params import Indicator
from evalkit.workbooks.cells import Cell, Sheet, Workbook
from evalkit.workbooks.log import Reading

DOCS = Path(__file__).parents[2] / "docs/reference"
NAMES = {"mapping.md": ["Northmoor", "Southmere"], "mapping.zh.md": ["甲县", "乙县"]}
VALUES = [10, 60.1, 11, 61.2, 20, 50.3, 21, 51.4]


def sections():
    """Page, number and text of each form."""
    for name in NAMES:
        text = (DOCS / name).read_text(encoding="utf-8")
        shared = re.search(r"```yaml\n(indicators:.*?)```", text, re.DOTALL)
        for number, part in enumerate(re.split(r"^### \d+\. .*$", text, flags=re.MULTILINE)[1:], 1):
            yield pytest.param(name, part, shared[1] if shared else "", id=f"{name} {number}")


def sheets(part):
    for name, table in re.findall(r"`([^`]+)`[:：]\n\n((?:\|.*\n)+)", part):
        lines = [line for line in table.splitlines() if not re.fullmatch(r"\|( --- \|)+", line)]
        cells = {}
        for row, line in enumerate(lines, 1):
            for column, text in enumerate(re.split(r" \| |^\| | \|$", line)[1:-1], 1):
                if text.strip():
                    number = re.fullmatch(r"[\d.]+", text)
                    cells[row, column] = Cell(row, column, float(text) if number else text)
        yield Sheet(name, cells)


@pytest.mark.parametrize(("page", "part", "indicators"), list(sections()))
def test_each_form_of_the_gallery_gives_the_same_eight_values(page, part, indicators):
    tables = re.search(r"```yaml\n(tables:.*?)```", part, re.DOTALL)
    assert tables
    content, _ = yaml_file.parse(f"files: ['*']\n{indicators}\n{tables[1]}", page)
    mapping = yaml_file.build({**content, "dataset": "d"}, Mapping, page)
    rows = [{"unit": name, "name_en": name} for name in NAMES[page]]
    units = pd.DataFrame(rows, columns=list(dataset.UNITS), dtype=str).fillna("").set_index("unit", drop=False)
    known = {
        name: Indicator.model_validate({"id": name, "name": {"en": name}, "unit": unit})
        for name, unit in (("visits", "count"), ("rate", "percent"))
    }
    book = Workbook("w.xlsx", "", "xlsx", "", tuple(sheets(part)))
    context = pipeline.context_of(mapping, units, known, {})
    found = read_workbook.sheets(context, book, Reading("w.xlsx"))
    assert [str(one) for one in found.refused] == []
    keys = [(u, p, i) for u in NAMES[page] for p in ("2018", "2019") for i in ("visits", "rate")]
    got = {(row.unit, row.period, row.indicator): float(row.value) for row in found.rows}
    assert got == dict(zip(keys, VALUES, strict=True))


def test_both_languages_show_ten_forms():
    assert len(list(sections())) == 20
