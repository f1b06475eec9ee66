"""The zip archive inside xlsx and ods: refused where it is a bomb or damaged, before anything unpacks it."""

import io
import zipfile

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import file_kind

LARGEST_CONTENT = 200 * 2**20
LARGEST_RATIO = 200
MOST_PARTS = 10_000
# Repetitive tables compress well, so the ratio counts only for parts that are large when unpacked.
RATIO_MATTERS_FROM = 10 * 2**20

# Parts that hold no cell, no format and no comment: damage there changes nothing that is read.
_HARMLESS = (
    "docProps/",
    "xl/theme/",
    "xl/media/",
    "xl/drawings/",
    "xl/charts/",
    "xl/printerSettings/",
    "xl/calcChain.xml",
    "Thumbnails/",
    "Pictures/",
)
_PIECE = 1 << 20


def verified(data: bytes, shown: str) -> zipfile.ZipFile:
    """The opened archive, each part that matters unpacked once and found whole.

    Raises:
        InputError: it unpacks to too much, or a part is damaged, locked or there twice.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        parts = archive.infolist()
    except Exception:  # see file_kind
        raise file_kind.damaged(shown) from None
    _check_size(parts, shown)
    if len({part.filename.casefold() for part in parts}) < len(parts):  # names that differ in case only are one
        raise file_kind.damaged(shown, "it holds a part twice")
    for part in parts:
        if not part.filename.startswith(_HARMLESS):
            _unpack(archive, part, shown)
    return archive


def _check_size(parts: list[zipfile.ZipInfo], shown: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS:
        what = f"holds {len(parts):,} parts, more than {MOST_PARTS:,}"
    elif unpacked > LARGEST_CONTENT:
        what = f"unpacks to {unpacked / 2**20:,.0f} MB, more than {LARGEST_CONTENT // 2**20} MB"
    elif unpacked > RATIO_MATTERS_FROM and unpacked > LARGEST_RATIO * packed:
        what = f"unpacks to more than {LARGEST_RATIO} times its size, as no filled-in workbook does"
    else:
        return
    cure = "Copy the cells that are filled in to a new workbook and hand that in."
    raise InputError([Mistake(shown, what, cure)])


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, shown: str) -> None:
    """Read a part to its end: that checks its name, its length and its checksum."""
    try:
        with archive.open(part) as content:
            while content.read(_PIECE):
                pass
    except Exception:  # zlib, zipfile and the codecs each have their own; all mean the same
        raise file_kind.damaged(shown, f"its part {part.filename!a} cannot be unpacked") from None
