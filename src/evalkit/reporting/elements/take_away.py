"""What a reader takes away of a figure: its picture and its data, both inside the page, so that nothing is loaded."""

import csv
import io
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from markupsafe import Markup

from evalkit.reporting.language.words import Html, translate
from evalkit.workbooks.spreadsheet_text import without_formula

BOM = "\ufeff"  # by which spreadsheets recognise UTF-8
# What neither an address nor the attribute that holds it may contain.
UNSAFE = '%#&<>"\r\n\t\ufeff'
ESCAPED = str.maketrans({sign: quote(sign) for sign in UNSAFE})


def links(name: str, svg: str, rows: Iterable[Sequence[object]]) -> Html:
    """Links to the picture and the data of a figure.

    Args:
        name: of both files: letters, digits and hyphens.
        rows: of the data, headings first.
    """
    # Quotes that need no escape; those inside of texts become references before.
    plain = str(svg).replace("'", "&#39;").replace('"', "'")
    link = Markup('<a download="{}" href="{}">{}</a>')
    picture = link.format(f"{name}.svg", _address("image/svg+xml", plain), translate("Picture (SVG)"))
    data = link.format(f"{name}.csv", _address("text/csv", BOM + table(rows)), translate("Data (CSV)"))
    return Html('<p class="take-away">{} {}</p>').format(picture, data)


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, which no spreadsheet reads as formulas."""
    buffer = io.StringIO()
    escaped = ([without_formula(value) if isinstance(value, str) else value for value in row] for row in rows)
    csv.writer(buffer, lineterminator="\r\n").writerows(escaped)
    return buffer.getvalue()


def _address(kind: str, content: str) -> Markup:
    """A file as an address that holds it; single quotes are safe, as the attribute has double ones."""
    return Markup(f"data:{kind};charset=utf-8," + content.translate(ESCAPED))
