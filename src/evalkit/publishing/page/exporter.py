"""An executed notebook as one self-contained page that loads and runs nothing."""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from evalkit.project.params import Stage
from evalkit.publishing.page import as_written
from evalkit.reporting.answer.card import Answer, beside
from evalkit.reporting.elements import parts
from evalkit.reporting.elements.parts import Annex, Head, Paragraph, Parts, Piece, Section, flat
from evalkit.reporting.elements.table import unstamped
from evalkit.reporting.language import section_order, vocabulary
from evalkit.reporting.language.words import HTML_LANG, NAMES, Html, language, say, semicolons, translate

if TYPE_CHECKING:  # seconds to import, and an index does without
    from nbformat import NotebookNode

TEMPLATES = Path(str(files("evalkit.publishing.page") / "templates"))
EXPLORE = "explore"  # the tag of cells that stay in JupyterLab


def pieces(notebook: "NotebookNode", own: bool = False) -> list[Piece]:
    """What the cells of an executed notebook show: parts come as values, pictures with their text alternative.

    Args:
        own: the notebook is the project's, not the suite's; its markdown and all of its outputs are published.
    """
    if own:
        cells = published(notebook.cells)
        return [piece for place, cell in enumerate(cells) for piece in as_written.pieces(cell, place)]
    outputs = [output for cell in published(notebook.cells) for output in cell.get("outputs", ())]
    shown = (_shown(output.get("data", {}), output.get("metadata", {})) for output in outputs)
    return [piece for piece in shown if piece]


def _shown(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Piece:
    if parts.MEDIA_TYPE in data:
        part: Piece = parts.read(data[parts.MEDIA_TYPE])
        return part
    if "text/html" in data:
        return Html(data["text/html"])
    if "image/png" in data:
        alternative = (metadata.get("image/png") or {}).get("alt", "")
        image = Markup('<img src="data:image/png;base64,{}" alt="{}">')
        return Html(image.format(data["image/png"].replace("\n", ""), alternative))
    return Html("")


def arranged(shown: Iterable[Piece], stage: Stage) -> list[Piece]:
    """Head, front and annexes in the order of a stage; each section with what is shown behind it.

    A last line names the sections that this report has nothing for.
    """
    groups: list[list[Piece]] = [[]]
    for piece in shown:
        if isinstance(piece, Section):
            groups.append([])
        groups[-1].append(piece)
    first, *sections = groups
    codes = [section[0].code for section in sections if isinstance(section[0], Section)]
    front, annexes = section_order.arranged(codes, stage)
    shown = first + [piece for place in front for piece in sections[place]]
    return shown + [_annex(sections[place]) for place in annexes] + _lacking(codes, stage)


def _annex(section: Sequence[Piece]) -> Piece:
    head, *behind = section
    assert isinstance(head, Section)
    return Annex(head.code, head.title, (*head.parts, *behind))


def _lacking(codes: Sequence[str], stage: Stage) -> list[Piece]:
    """What there is nothing about, in one line."""
    titles = [translate(vocabulary.SECTIONS[code]) for code in section_order.lacking(codes, stage)]
    message = say("This report has no material on: {list}.", list=semicolons(titles))
    return [Paragraph("lacking", message)] if titles else []


def render(
    shown: Iterable[Piece],
    title: str,
    links: list[tuple[str, str]],
    stage: str = "",
    files: Sequence[tuple[str, str]] = (),
    programme: str = "",
) -> str:
    """A page in the language now spoken, with navigation, and contents below its head.

    Args:
        stage: stage and state, for the head of every printed sheet.
        files: what can be taken away, with its address.
        programme: address of the page about all regions together; empty without one.
    """
    pieces = [
        part for piece in shown for part in (piece.parts if type(piece) is Parts and not piece.opened else (piece,))
    ]
    sections = [part for part in pieces if isinstance(part, Section)]
    annexes = [part for part in sections if isinstance(part, Annex)]
    contents = environment().get_template("evalkit/table_of_contents.html.j2")
    below = _downloads(files) + contents.render(
        label=translate("Contents"),
        front=[section for section in sections if not isinstance(section, Annex)],
        annexes=annexes,
        words={"annexes": translate("Annexes"), "print": translate("Print the annexes too")},
    )
    answers = [part for part in flat(pieces) if isinstance(part, Answer)]
    # What a reader of an answer wants first is the answer; elsewhere contents follow the head.
    upto = next((place for place, part in enumerate(pieces) if isinstance(part, Section if answers else Head)), -1) + 1
    with beside(programme), unstamped(is_marked := any(getattr(part, "simulated", False) for part in flat(pieces))):
        body = (parts.drawn(pieces[:upto]), Markup(below) if upto else "", parts.drawn(pieces[upto:]))
    head = page(title, links, stage, answers[0].description if answers else "", is_marked)
    return environment().get_template("evalkit/report.html.j2").render(page=head, body=body)


def published(cells: "Sequence[NotebookNode]") -> "list[NotebookNode]":
    """The cells that belong on a page: those tagged `explore` show an analyst the objects behind it."""
    return [cell for cell in cells if EXPLORE not in cell.metadata.get("tags", [])]


def _downloads(files: Sequence[tuple[str, str]]) -> str:
    """The line with download links under the head of a page; empty without files."""
    template = environment().get_template("evalkit/downloads.html.j2")
    return template.render(label=say("Download: "), files=files) if files else ""


def page(
    title: str, links: list[tuple[str, str]], stage: str = "", description: str = "", is_marked: bool = False
) -> dict[str, Any]:
    """What every page's head needs.

    Args:
        stage: stage and state, for the head of every printed sheet.
        description: what the page says in a sentence, for previews of a link to it.
        is_marked: whether the page has the watermark of demonstrations.
    """
    mark = f"; --mark: {_css_string(translate('Demonstration data'))}" if is_marked else ""
    words = {"site": "Pages of this assessment", "skip": "Skip to content", "top": "Back to top"}
    return {
        "title": title,
        "lang": HTML_LANG[language()],
        "links": links,
        "tongues": {name: HTML_LANG[lang] for lang, name in NAMES.items()},
        "description": description or " · ".join(filter(None, (title, stage))),
        "is_marked": is_marked,
        "print": f"--title: {_css_string(title)}; --about: {_css_string(stage)}{mark}",
        "style": _style("style.css"),
        "words": {name: translate(text) for name, text in words.items()},
    }


def index_page(title: str, links: list[tuple[str, str]], sortable: bool = False, stage: str = "") -> dict[str, Any]:
    """The same for an index, with its own style; a sortable one has the one script that its policy names by hash."""
    made = page(title, links, stage)
    made["style"] += _style("index.css")
    if sortable:
        script = (TEMPLATES / "evalkit/index.js").read_text(encoding="utf-8")
        script = re.sub(r"^ *(//.*\n)?", "", script, flags=re.MULTILINE).strip()  # no comments, no indent
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        made |= {"script": Markup(script), "script_hash": f"sha256-{digest}"}
    return made


@cache
def _style(name: str) -> Markup:
    """A style sheet without comments and needless space, as every page contains it."""
    text = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "evalkit" / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r":\s+", ":", text))
    # Marked as safe: a style element does not decode entities, so escaping would break the quotes.
    return Markup(re.sub(r"\s+", " ", text.replace(";}", "}").strip()))


def _css_string(text: str) -> str:
    """A text as a CSS string: all but letters and digits are written as code points, so nothing can end it early."""
    return "'{}'".format(re.sub(r"[\W_]", lambda sign: f"\\{ord(sign[0]):x} ", text))


@cache
def environment() -> Environment:
    """Templates for pages other than notebooks; everything from data is escaped."""
    return Environment(
        loader=FileSystemLoader([TEMPLATES, TEMPLATES / "evalkit"]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
