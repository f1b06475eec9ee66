"""What kind of file it is, by its content: the ending of a name is only a claim."""

import io
import re
import zipfile
from pathlib import PurePath

from evalkit.errors import InputError, Mistake
from evalkit.workbooks.cells import Kind

SAVE_AS = "Open it in Excel or WPS, choose “Save as” and the type .xlsx, and hand in that file."
COPY_TABLE = "Only tables in workbooks are read: copy its table into a workbook, save it as .xlsx and hand that in."
ASK_AGAIN = "Open it in Excel or WPS, check its figures and save it as a new .xlsx, or ask for the file again."
UNLOCK = "Open it with its password, take the password off (File, Info, Protect), save it and hand it in again."

ENDINGS = {"xlsx": (".xlsx", ".xlsm"), "xls": (".xls", ".et"), "ods": (".ods",), "csv": (".csv", ".txt", ".tsv")}
ENDINGS |= {kind: (f".{kind}",) for kind in ("xlsb", "dta", "sav", "parquet")}
_DATA_FILES: dict[bytes, Kind] = {b"<stata_dta>": "dta", b"$FL2": "sav", b"$FL3": "sav", b"PAR1": "parquet"}
#: A Stata file before release 13: release, byte order, file type, zero.
_OLD_STATA = re.compile(rb"[\x68-\x73][\x01\x02]\x01\x00", re.DOTALL)
_BEGINNINGS = {
    b"%PDF": ("is a PDF document", COPY_TABLE),
    b"{\\rtf": ("is a Word document (RTF)", COPY_TABLE),
    b"\x89PNG": ("is a picture", COPY_TABLE),
    b"\xff\xd8\xff": ("is a picture", COPY_TABLE),
    b"Rar!": ("is a RAR archive", "Unpack it and hand in the workbooks it holds."),
    b"7z\xbc\xaf": ("is a 7z archive", "Unpack it and hand in the workbooks it holds."),
    b"\x1f\x8b": ("is a gzip archive", "Unpack it and hand in the workbooks it holds."),
    b"SQLite format 3": (
        "is a SQLite database",
        "Name it under `url` in a mapping with a `query`, or save the table as CSV.",
    ),
    b"\0\1\0\0Standard ": ("is an Access database", "Export the table as .xlsx or CSV."),
    b"\0" * 12 + b"\xc2\xea\x81\x60": ("is a SAS file", "Write it as CSV (in SAS: PROC EXPORT)."),
    b"\x89HDF": ("is an HDF5 file", "Write it as Parquet or CSV."),
    b"ARROW1": ("is a Feather file", "Write it as Parquet or CSV."),
    b"RDX": ("is an R data file", "Write it as CSV (in R: write.csv)."),
    b"\x09\x08": ("is a workbook of a very old Excel", SAVE_AS),
    b"\x09\x04": ("is a workbook of a very old Excel", SAVE_AS),
    b"\x09\x02": ("is a workbook of a very old Excel", SAVE_AS),
}
#: What only the ending of the name tells.
_R_DATA = {b"\x1f\x8b": _BEGINNINGS[b"RDX"]}
_DBASE = dict.fromkeys((b"\x03", b"\x30"), ("is a dBase file", SAVE_AS))
_ENDED = {".rds": _R_DATA, ".rda": _R_DATA, ".rdata": _R_DATA, ".dbf": _DBASE}
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|table|meta|style|div|!--)|MIME-Version:", re.IGNORECASE)
_JSON = re.compile(rb'\s*(?:\{\s*"|\[\s*[\[{])')
_XML = re.compile(rb"\s*<\?xml")
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def of(data: bytes, shown: str) -> Kind:
    """Which reader the content needs.

    Raises:
        InputError: the content is neither a workbook nor CSV, or is protected by a password.
    """
    if not data.strip(b"\0 \r\n\t"):
        raise _refused(shown, "is empty", "Ask for the file again.")
    for beginning, data_file in _DATA_FILES.items():
        if data.startswith(beginning):
            return data_file
    if _OLD_STATA.match(data):
        return "dta"
    ending = PurePath(shown).suffix.lower()
    for beginning, (what, cure) in (_BEGINNINGS | _ENDED.get(ending, {})).items():
        if data.startswith(beginning):
            raise _refused(shown, what, cure)
    if data.startswith(b"PK"):
        return _zipped(data, shown)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _compound(data, shown)
    return _text(data, shown)


def notes(kind: Kind, shown: str) -> tuple[str, ...]:
    """Remarks: a file name extension that contradicts the content; what a legacy format does not record."""
    ending = PurePath(shown).suffix.lower()
    said = []
    if ending not in ENDINGS[kind]:
        said.append(f"its content is {kind}, whatever its name says ({ending or 'no ending'}); it was read as {kind}")
    if kind == "xlsb":
        said.append("binary .xlsb: number formats, hidden rows and errors are not seen as in .xlsx; check its figures")
    if kind == "xls":
        said.append(
            "legacy .xls: damage, hidden rows, errors, percentages, number formats and superscripts are not seen as in "
            ".xlsx; check its figures"
        )
    return tuple(said)


def damaged(shown: str, what: str = "") -> InputError:
    """The file cannot be read whole, so nothing of it is used."""
    return _refused(shown, f"is damaged{f' ({what})' if what else ''}", ASK_AGAIN)


def _refused(shown: str, what: str, cure: str) -> InputError:
    return InputError([Mistake(shown, what, cure)])


def _zipped(data: bytes, shown: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            declared = archive.open("mimetype").read(100) if "mimetype" in names else b""
    except Exception:  # a damaged directory makes zipfile raise whatever it stumbles over
        raise damaged(shown, "its end is missing or its list of parts is broken") from None
    folders = {name.split("/")[0].lower() for name in names}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl" in folders:
        return "xlsx"
    if "word" in folders or "ppt" in folders:
        raise _refused(shown, f"is a {'Word' if 'word' in folders else 'PowerPoint'} document", COPY_TABLE)
    if "mimetype" in names or "content.xml" in names:
        if b"opendocument.spreadsheet" in declared:
            return "ods"
        raise _refused(shown, "is an OpenDocument file, but no spreadsheet", COPY_TABLE)
    if any(name.endswith(".iwa") for name in names):
        raise _refused(shown, "is a Numbers document", "Export it as .xlsx (in Numbers: File, Export To).")
    raise _refused(shown, "is a zip archive, not a workbook", "Unpack it and hand in the workbooks it holds.")


def _compound(data: bytes, shown: str) -> Kind:
    """Files of the old Office: a small file system, whose directory names the streams."""
    if _has_stream(data, "EncryptedPackage"):
        raise _refused(shown, "is protected by a password", UNLOCK)
    if _has_stream(data, "Workbook") or _has_stream(data, "Book"):
        return "xls"
    if _has_stream(data, "WordDocument"):
        raise _refused(shown, "is a Word or WPS document", COPY_TABLE)
    raise damaged(shown, "an Office file that holds no workbook")


def _has_stream(data: bytes, name: str) -> bool:
    entry = name.encode("utf-16-le") + b"\0\0"
    at = data.find(entry)
    while at >= 0 and at % 128:  # directory entries start at multiples of 128 bytes
        at = data.find(entry, at + 1)
    return at >= 0


def _text(data: bytes, shown: str) -> Kind:
    start = data[:2000].removeprefix(b"\xef\xbb\xbf")
    if _MARKUP.match(start) or (_XML.match(start) and b"<html" in data[:2000].lower()):
        raise _refused(shown, "is a web page (HTML) under the name of a workbook", SAVE_AS)
    if _JSON.match(start):
        raise _refused(shown, "is JSON, not a table", "Write it as CSV.")
    if _XML.match(start):
        raise _refused(shown, "is XML, not a workbook", SAVE_AS)
    if b"\0" in data and not data.startswith(_BYTE_ORDER_MARKS):
        raise _refused(shown, "is damaged, or is no workbook and no CSV", ASK_AGAIN)
    return "csv"
