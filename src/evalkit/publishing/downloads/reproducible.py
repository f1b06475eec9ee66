"""Reproducible XLSX and DOCX: strip timestamps from the package, so that the same report gives the same bytes."""

import io
import re
import zipfile

WHEN = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")
START = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say
PROPERTIES = "docProps/core.xml"


def steady(content: bytes) -> bytes:
    """The same package without the times of its making."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            entry = zipfile.ZipInfo(name, START)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, WHEN.sub(b"", part) if name == PROPERTIES else part)
    return buffer.getvalue()
