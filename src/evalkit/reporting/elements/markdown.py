"""Untrusted Markdown as parts that are safe on a page: no HTML, no links, no images."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from evalkit.reporting.elements.parts import Heading, Piece
from evalkit.reporting.elements.table import Column, Table
from evalkit.reporting.language.words import Html, language

HIGHEST, LOWEST = 3, 6  # headings: below the page's sections, down to the lowest of HTML
EXTERNAL = ("link", "image", "autolink", "reference")  # pages link to nothing outside
CODE = ("code", "fence")  # an indented paragraph is not code
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]")  # a line break next to these is not a space

Draw = Callable[[int, Sequence[Column], Sequence[Sequence[Html]]], Table]


class _Marking(RendererHTML):
    """Mark Chinese words in a text of another language with `lang`."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return str(Html.escape(tokens[idx].content))


def parts(text: str, lang: str, table: Draw) -> tuple[Piece, ...]:
    """The text as parts of a page; headings start at h3 and skip no level.

    Args:
        lang: of the text, which may be another than the page's.
        table: draws a table from its number (from 1), columns and rows.
    """
    parser = MarkdownIt("js-default", {"html": False}).disable([*EXTERNAL, *CODE])
    renderer = _Marking() if lang == language() else RendererHTML()
    tokens = [_rejoined(token) for token in _shifted(parser.parse(text))]

    def html(some: Sequence[Token]) -> Html:
        return Html(renderer.render(some, parser.options, {}))

    pieces: list[Piece] = []
    number = start = 0
    for place, token in enumerate(tokens):
        if token.type in ("heading_open", "table_open"):
            pieces.append(html(tokens[start:place]))
            start = place
        elif token.type == "heading_close":
            pieces.append(Heading(html(tokens[start + 1 : place]), int(token.tag[1:])))
            start = place + 1
        elif token.type == "table_close":
            number += 1
            pieces.append(_table(number, tokens[start:place], table, html))
            start = place + 1
    return tuple(piece for piece in (*pieces, html(tokens[start:])) if piece)


def _shifted(tokens: Iterable[Token]) -> Iterator[Token]:
    """Every heading one level below its parent, whatever level its author gave it."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
            above = [*(level_above for level_above in above if level_above < level), level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(HIGHEST + len(above) - 1, LOWEST)}"
        yield token


def _table(number: int, tokens: Sequence[Token], table: Draw, html: Callable[[Sequence[Token]], Html]) -> Table:
    """A table drawn like those of the report: with caption, scopes, and room to scroll."""
    rows: list[list[Html]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(html([token]))
    right = [token.attrGet("style") == "text-align:right" for token in tokens if token.type == "th_open"]
    columns = [Column(label, "n" if is_right else "") for label, is_right in zip(rows[0], right, strict=True)]
    return table(number, columns, rows[1:])


def _rejoined(token: Token) -> Token:
    """Chinese lines that were broken in the file go on without a space."""
    children = token.children or []
    for before, between, after in zip(children, children[1:], children[2:], strict=False):
        broken = between.type == "softbreak" and before.content and after.content
        if broken and WIDE.match(before.content[-1]) and WIDE.match(after.content[0]):
            between.type, between.content = "text", ""
    return token
