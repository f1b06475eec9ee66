"""An executed notebook as one self-contained page that loads and runs nothing."""

import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode

from evalkit.inputs.params import Stage
from evalkit.reporting.stages import arrange
from evalkit.reporting.words import HTML_LANG, language, translate

TEMPLATES = Path(str(files("evalkit.publishing") / "templates"))
HEADING = re.compile(r'<h2 id="([\w-]+)">(.*?)</h2>')
AFTER_HEADER = "</header>"


def render(notebook: NotebookNode, title: str, links: list[tuple[str, str]], stage: Stage | None = None) -> str:
    """The page of a notebook in the language now spoken, with navigation and contents; in the order of a stage."""
    exported, _ = _exporter().from_notebook_node(notebook, resources={"page": page(title, links)})
    body = arrange(str(exported), stage) if stage else str(exported)
    headings = HEADING.findall(body)
    contents = environment().get_template("evalkit/table_of_contents.html.j2")
    listed = contents.render(label=translate("Contents"), headings=headings)
    return body.replace(AFTER_HEADER, AFTER_HEADER + listed, 1)


def page(title: str, links: list[tuple[str, str]]) -> dict[str, Any]:
    """What every page's head needs."""
    words = {"site": "Pages of this assessment", "skip": "Skip to content", "top": "Back to top"}
    return {
        "title": title,
        "lang": HTML_LANG[language()],
        "links": links,
        # Safe as it stands: escaped, its quotes would be no quotes in a style element.
        "style": Markup((TEMPLATES / "evalkit/style.css").read_text(encoding="utf-8")),
        "words": {name: translate(text) for name, text in words.items()},
    }


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
def _exporter() -> TemplateExporter:
    # Not the HTMLExporter: it parses the finished page once more and re-orders what is in it.
    options = {"template_name": "evalkit", "extra_template_basedirs": [str(TEMPLATES)], "file_extension": ".html"}
    return TemplateExporter(**options)  # type: ignore[no-untyped-call]
