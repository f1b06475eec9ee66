"""A walk through one XML part of a workbook that builds no tree: memory does not grow with the part."""

import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

from evalkit.workbooks import file_kind

Attributes = dict[str, str]

# Sheets of a million formatted but empty rows are common; taking them out here is ten times faster than parsing them.
_EMPTY_CELL = rb'<c r="[A-Z]{1,3}[0-9]{1,7}"[^<>]*/>'
_EMPTY = re.compile(rb'<row r="[0-9]{1,7}"[^<>]*(?:/>|>(?:%b)*+</row>)|%b' % (_EMPTY_CELL, _EMPTY_CELL))
_PIECE = 1 << 20
_NOT_UTF8 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def parse(
    archive: zipfile.ZipFile,
    path: str,
    shown: str,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk through one XML part; names of elements come without their prefix.

    Raises:
        InputError: the part is missing, is not XML, is not in UTF-8, or holds entities, comments or CDATA, which no
            spreadsheet writes and which readers interpret differently.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    plain = _WithoutPrefix()
    parser.StartElementHandler = lambda name, attributes: start(plain[name], attributes)
    if end:
        parser.EndElementHandler = lambda name: end(plain[name])
    if text:
        parser.CharacterDataHandler = text
    for event in ("StartDoctypeDecl", "StartCdataSection", "ProcessingInstruction"):
        setattr(parser, f"{event}Handler", _refuse)
    parser.XmlDeclHandler = _refuse_encodings
    if text:
        parser.CommentHandler = _refuse
    try:
        with archive.open(path) as content:
            for piece in _pieces(content):
                parser.Parse(piece)
            parser.Parse(b"", True)
    except KeyError:
        raise file_kind.damaged(shown, f"its part {path!a} is missing") from None
    except (expat.ExpatError, ValueError):
        raise file_kind.damaged(shown, f"its part {path!a} is not readable") from None


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    """The part piece by piece, each cut at the end of a tag, without cells and rows that are empty."""
    rest = b""
    if (beginning := content.read(_PIECE)).startswith(_NOT_UTF8):
        raise ValueError("not UTF-8")
    while piece := beginning or content.read(_PIECE):
        beginning = b""
        piece = rest + piece
        end = piece.rfind(b">") + 1 or len(piece)
        rest = piece[end:]
        yield _EMPTY.sub(b"", piece[:end])
    yield rest


class _WithoutPrefix(dict[str, str]):
    """Names of elements without the prefix of their namespace; each is taken apart once."""

    def __missing__(self, name: str) -> str:
        self[name] = plain = name.rpartition(":")[2]
        return plain


def _refuse(*_: Any) -> None:
    raise ValueError("a document type, CDATA, comment or processing instruction")


def _refuse_encodings(_: str, encoding: str | None, *__: Any) -> None:
    if encoding and encoding.lower() not in ("utf-8", "us-ascii", "ascii"):
        raise ValueError("not UTF-8")
