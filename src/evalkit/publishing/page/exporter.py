"""An executed notebook as one self-contained page that loads and runs nothing."""

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from evalkit.project.params import Stage
from evalkit.publishing.page import lang_marks
from evalkit.reporting.language.section_order import arrange
from evalkit.reporting.language.words import HTML_LANG, NAMES, language, say, translate

if TYPE_CHECKING:  # seconds to import, and an index needs neither
    from nbconvert.exporters import TemplateExporter
    from nbformat import NotebookNode

TEMPLATES = Path(str(files("evalkit.publishing.page") / "templates"))
HEADING = re.compile(r'<h2 id="([\w-]+)">(.*?)</h2>')
AFTER_HEADER = "</header>"


def render(
    notebook: "NotebookNode",
    title: str,
    links: list[tuple[str, str]],
    stage: Stage | None = None,
    about: str = "",
    files: Sequence[tuple[str, str]] = (),
) -> str:
    """The page of a notebook in the language now spoken, with navigation and contents; in the order of a stage.

    Args:
        about: stage and state, for the head of every printed sheet.
        files: what can be taken away, with its address.
    """
    exported, _ = _exporter().from_notebook_node(notebook, resources={"page": page(title, links, about)})
    body = arrange(str(exported), stage) if stage else str(exported)
    headings = HEADING.findall(body)
    contents = environment().get_template("evalkit/table_of_contents.html.j2")
    listed = contents.render(label=translate("Contents"), headings=headings)
    whole = body.replace(AFTER_HEADER, AFTER_HEADER + _downloads(files) + listed, 1)
    return whole if language() == "zh" else lang_marks.mark(whole)


def _downloads(files: Sequence[tuple[str, str]]) -> str:
    """The line under the head of a page from which its files are taken away; empty where there are none."""
    template = environment().get_template("evalkit/downloads.html.j2")
    return template.render(label=say("Download: "), files=files) if files else ""


def page(title: str, links: list[tuple[str, str]], about: str = "") -> dict[str, Any]:
    """What every page's head needs."""
    words = {"site": "Pages of this assessment", "skip": "Skip to content", "top": "Back to top"}
    return {
        "title": title,
        "lang": HTML_LANG[language()],
        "links": links,
        "tongues": {name: HTML_LANG[lang] for lang, name in NAMES.items()},
        "print": f"--title: {_css_string(title)}; --about: {_css_string(about)}",
        "style": _style("style.css"),
        "words": {name: translate(text) for name, text in words.items()},
    }


def index_page(title: str, links: list[tuple[str, str]], sortable: bool = False, about: str = "") -> dict[str, Any]:
    """The same for an index, with its own style; a sortable one has the one script that its policy names by hash."""
    made = page(title, links, about)
    made["style"] += _style("index.css")
    if sortable:
        script = (TEMPLATES / "evalkit/index.js").read_text(encoding="utf-8").strip()
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        made |= {"script": Markup(script), "script_hash": f"sha256-{digest}"}
    return made


@cache
def _style(name: str) -> Markup:
    """Our own style sheet without comments and needless space: it stands in every page."""
    text = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "evalkit" / name).read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r":\s+", ":", text))
    # Safe as it stands: escaped, its quotes would be no quotes in a style element.
    return Markup(re.sub(r"\s+", " ", text.replace(";}", "}").strip()))


def _css_string(text: str) -> str:
    """A text as a string of CSS: what is no letter or digit is written as its number, so that nothing can end it."""
    return "'{}'".format(re.sub(r"[\W_]", lambda sign: f"\\{ord(sign[0]):x} ", text))


@cache
def environment() -> Environment:
    """Templates for pages that are no notebooks; everything from data is escaped."""
    return Environment(
        loader=FileSystemLoader([TEMPLATES, TEMPLATES / "evalkit"]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _exporter() -> "TemplateExporter":
    from nbconvert.exporters import TemplateExporter

    # Not the HTMLExporter: it parses the finished page once more and re-orders what is in it.
    options = {"template_name": "evalkit", "extra_template_basedirs": [str(TEMPLATES)], "file_extension": ".html"}
    return TemplateExporter(**options)  # type: ignore[no-untyped-call]
