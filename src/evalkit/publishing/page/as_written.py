"""Cells of a project's own notebook, published as JupyterLab shows them: markdown, print output, tables, figures.

The suite's notebooks publish values only; their markdown explains the notebook to analysts.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.reporting.elements import parts
from evalkit.reporting.elements.parts import Piece, Section
from evalkit.reporting.elements.record import MEDIA_TYPE as RECORD
from evalkit.reporting.language.words import LANGUAGES, Html, language

if TYPE_CHECKING:  # takes a second to import, and most projects add no notebooks
    from nbconvert.exporters import HTMLExporter
    from nbformat import NotebookNode

TITLE = re.compile(r"#{1,2}\s+(.+?)\s*#*\s*(?:\n|$)")


def pieces(cell: "NotebookNode", place: int) -> list[Piece]:
    """What one cell shows; its code, errors and warnings stay in JupyterLab.

    A markdown cell that begins with a heading opens a section with this title. A cell with the tag `zh` or `en` is
    published on the pages of that language only.

    Args:
        place: position of the cell, for the anchor of its section.
    """
    tags = set(cell.metadata.get("tags", ()))
    if tags & set(LANGUAGES) and language() not in tags:
        return []
    if cell.cell_type == "markdown":
        return _markdown(cell, place)
    return [piece for output in cell.get("outputs", ()) if (piece := _output(cell, output))]


def title(path: Path) -> str:
    """What navigation calls a notebook: its first heading in the language now spoken, or its name if it has none."""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        tags = set(cell["metadata"].get("tags", ()))
        spoken = cell["cell_type"] == "markdown" and (language() in tags or not tags & set(LANGUAGES))
        if spoken and (heading := TITLE.match("".join(cell["source"]))):
            return heading[1]
    return path.stem


def _markdown(cell: "NotebookNode", place: int) -> list[Piece]:
    heading = TITLE.match(cell.source)
    text = cell.source[heading.end() :] if heading else cell.source
    shown: list[Piece] = [Section(f"own-{place}", heading[1])] if heading else []
    return [*shown, _html(type(cell)(cell, source=text))] if text.strip() else shown


def _output(cell: "NotebookNode", output: "NotebookNode") -> Piece:
    data = output.get("data", {})
    if parts.MEDIA_TYPE in data:
        part: Piece = parts.read(data[parts.MEDIA_TYPE])
        return part
    if output.output_type == "error" or output.get("name") == "stderr" or RECORD in data:
        return Html("")
    return _html(type(cell)(cell, outputs=[output]))


def _html(cell: "NotebookNode") -> Html:
    from nbformat import v4

    notebook = v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    body, _ = _exporter().from_notebook_node(notebook)
    return Html(f'<div class="own">{body.strip()}</div>')


@cache
def _exporter() -> "HTMLExporter":
    from nbconvert.exporters import HTMLExporter

    # The page's content security policy keeps scripts and addresses from outside from doing anything.
    return HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", exclude_input=True, exclude_output_prompt=True, exclude_anchor_links=True
    )
