"""Whatever an evaluator writes, only harmless elements come out of it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from evalkit.reporting.elements.markdown import parts
from evalkit.reporting.elements.parts import drawn
from evalkit.reporting.elements.table import Table

ALLOWED = "p|h[3-6]|ul|ol|li|strong|em|code|blockquote|hr|br|s|div|table|caption|thead|tbody|tr|th|td"
SIGNS = st.sampled_from("ahref=#[]()<>!`*_|-:\n /&\"'\\\u4e2d")


@given(st.text(SIGNS, max_size=60))
def test_only_harmless_elements_come_out_and_no_heading_above_h3(text):
    told = drawn(parts(text, "zh", lambda number, columns, rows: Table.of(f"t-{number}", "", columns, rows, False)))
    tags = re.findall(r"</?([a-z]\w*)", told)
    assert [tag for tag in tags if not re.fullmatch(ALLOWED, tag)] == []
    assert re.findall(r"<[^>]* (?:href|src|on\w+)=", told) == []
