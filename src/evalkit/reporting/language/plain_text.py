"""The text of a piece of markup as a reader sees it: for cells of a workbook, attributes, names."""

import re
from html import unescape
from html.parser import HTMLParser

BLOCKS = ("br", "div", "li", "p", "ul", "ol", "dd", "dt")
SILENT = ("style", "script", "svg")
BLANKS = re.compile(r"[ \t\r\f\u3000]+")
QUOTES = ("“", "”")  # of a <q>, which the browser draws


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.inside = 0  # elements whose text is not visible

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self.inside += 1
            self.pieces.append(dict(attrs).get("aria-label") or "")
        self._edge(tag, QUOTES[0])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._edge(tag, "")

    def handle_endtag(self, tag: str) -> None:
        self.inside -= tag in SILENT
        self._edge(tag, QUOTES[1])

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.pieces.append(data.replace("\n", " "))

    def _edge(self, tag: str, quote: str) -> None:
        self.pieces.append("\n" if tag in BLOCKS else quote if tag == "q" else "")


def _visible(markup: str) -> str:
    if "<" not in markup:  # most cells: the parser would cost more than all the rest of a row
        return unescape(markup.replace("\n", " "))
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.pieces)


def text_of(shown: object) -> str:
    """The visible text, one line per block; of a drawing its text alternative. Plain text stays unchanged."""
    if not hasattr(shown, "__html__"):
        return str(shown)
    markup = str(shown.__html__())
    lines = (BLANKS.sub(" ", line).strip() for line in _visible(markup).split("\n"))
    return "\n".join(line for line in lines if line)
