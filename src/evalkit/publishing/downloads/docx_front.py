"""What pandoc cannot lay out of a Word document: contents, page numbers from the first page of text, numbered lists."""

import itertools
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from evalkit.publishing.downloads.docx_style import wml
from evalkit.reporting.language.words import language

CONTENTS = "toc 1"  # the style of the entries of the contents, and of the paragraph that they replace
CHAPTERS = ("Heading1", "AnnexTitle")  # ids of the styles of what the contents list
# Styles of text, by id, and what takes their place in the annexes.
SMALLER = {"BodyText": "AnnexText", "FirstParagraph": "AnnexText", "Compact": "AnnexText", "Lead": "AnnexLead"}
FIELD = ' TOC \\o "1-1" \\h \\z \\t "Annex Title,1" '


def arrange(made: Document) -> None:
    """Number lists as official reports do, set the annexes smaller, fill the contents."""
    body = made.element.body
    if language() == "zh":
        _number_lists(body)
    _set_smaller(body)
    _list_contents(body)


def paginate(made: Document) -> None:
    """No page numbers on cover and contents; the first page of text is page 1."""
    body = made.element.body
    last = _of_style(body, CONTENTS)[-1].get_or_add_pPr()
    if last.find(qn("w:sectPr")) is None:
        last.append(deepcopy(body.sectPr))
    front, text, *_ = body.iter(qn("w:sectPr"))
    for footer in front.findall(qn("w:footerReference")):
        front.remove(footer)
    text.find(qn("w:pgMar")).addnext(wml("pgNumType", start="1"))


def _of_style(body: Any, name: str) -> list[Any]:
    paragraphs, style = body.iterchildren(qn("w:p")), name.replace(" ", "")
    return [paragraph for paragraph in paragraphs if str(paragraph.style or "") == style]


def _set_smaller(body: Any) -> None:
    """The text of the annexes, in the smaller size."""
    for mark in _of_style(body, "Annex Mark")[:1]:
        for paragraph in mark.itersiblings(qn("w:p")):
            paragraph.style = SMALLER.get(str(paragraph.style or ""), paragraph.style)


def _list_contents(body: Any) -> None:
    """A contents field whose entries are filled in, each with a link to its chapter."""
    place = _of_style(body, CONTENTS)[0]
    chapters = [paragraph for paragraph in body.iterchildren(qn("w:p")) if str(paragraph.style or "") in CHAPTERS]
    begin = [wml("fldChar", fldCharType="begin"), _said("instrText", FIELD)]
    opened = [_run(part) for part in [*begin, wml("fldChar", fldCharType="separate")]]
    for run in place.findall(qn("w:r")):
        place.remove(run)
    entries = [place, *(deepcopy(place) for _ in chapters[1:])]
    for before, entry in itertools.pairwise(entries):
        before.addnext(entry)
    for run in opened:
        place.append(run)
    for n, (entry, chapter) in enumerate(zip(entries, chapters, strict=False)):
        anchor = f"_Toc{n + 1}"
        chapter.get_or_add_pPr().addnext(wml("bookmarkStart", id=str(90_000 + n), name=anchor))
        chapter.append(wml("bookmarkEnd", id=str(90_000 + n)))
        link = wml("hyperlink", anchor=anchor, history="1")
        link.append(_run(_said("t", "".join(text.text or "" for text in chapter.iter(qn("w:t"))))))
        entry.append(link)
    entries[-1].append(_run(wml("fldChar", fldCharType="end")))


def _said(name: str, text: str) -> Any:
    made = wml(name)
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def _run(content: Any) -> Any:
    made = wml("r")
    made.append(content)
    return made


def _number_lists(body: Any) -> None:
    """1. and （1） in place of bullets; a list of one entry is a paragraph."""
    for entries in _lists(body):
        counts = [0, 0]
        for paragraph, level in entries:
            counts = [counts[0] + 1, 0] if level == 0 else [counts[0], counts[1] + 1]
            number = f"{counts[0]}. " if level == 0 else f"（{counts[1]}）"
            properties = paragraph.pPr
            properties.remove(properties.numPr)
            if len(entries) > 1:
                properties.addnext(_run(_said("t", number)))


def _lists(body: Any) -> Iterator[list[tuple[Any, int]]]:
    """Every list outside of tables: its paragraphs, each with its level."""
    entries: list[tuple[Any, int]] = []
    for child in [*body.iterchildren(), None]:
        numbered = None if child is None or child.tag != qn("w:p") or child.pPr is None else child.pPr.numPr
        if numbered is not None:
            entries.append((child, min(numbered.ilvl.val if numbered.ilvl is not None else 0, 1)))
        elif entries:
            yield entries
            entries = []
