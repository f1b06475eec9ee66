"""Markdown that somebody else wrote, as markup that is safe on a page: no HTML, no links, no images."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from evalkit.reporting.elements.html import Column

HIGHEST, LOWEST = 3, 6  # headings: below the page's sections, and as far as HTML goes
EXTERNAL = ("link", "image", "autolink", "reference")  # pages have no address outside of themselves
CODE = ("code", "fence")  # a paragraph set in from the margin is no program
WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]")  # no space stands between these and a broken line

Draw = Callable[[int, Sequence[Column], Sequence[Sequence[Markup]]], Markup]


def markup(text: str, table: Draw) -> Markup:
    """The text as markup; headings start at h3 and skip no level.

    Args:
        table: draws a table from its number (from 1), columns and rows.
    """
    parser = MarkdownIt("js-default", {"html": False}).disable([*EXTERNAL, *CODE])
    tokens = _with_tables(_shifted(parser.parse(text)), table, parser)
    return Markup(RendererHTML().render([_rejoined(token) for token in tokens], parser.options, {}))


def _shifted(tokens: Iterable[Token]) -> Iterator[Token]:
    """Every heading one below the one that it stands under, whatever level its author gave it."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
            above = [*(one for one in above if one < level), level]
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(HIGHEST + len(above) - 1, LOWEST)}"
        yield token


def _with_tables(tokens: Iterable[Token], table: Draw, parser: MarkdownIt) -> Iterator[Token]:
    """Tables drawn like those of the report: with caption, scopes, and room to scroll."""
    inside: list[Token] | None = None
    number = 0
    for token in tokens:
        if token.type == "table_open":
            inside, number = [], number + 1
        elif token.type == "table_close":
            yield Token("html_block", "", 0, content=str(_table(number, inside or [], table, parser)))
            inside = None
        elif inside is not None:
            inside.append(token)
        else:
            yield token


def _table(number: int, tokens: Sequence[Token], table: Draw, parser: MarkdownIt) -> Markup:
    rows: list[list[Markup]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(Markup(RendererHTML().renderInline(token.children or [], parser.options, {})))
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
