"""Workbooks written as no spreadsheet writes them, beside openpyxl: read as it reads them, asked about, or refused."""

import io
import random
import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from evalkit.errors import InputError
from evalkit.workbooks import reading
from evalkit.workbooks.cells import Workbook

SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Parts = dict[str, bytes]
Change = Callable[[Parts, random.Random], None]


def original() -> Parts:
    values, made, stream = random.Random(7), openpyxl.Workbook(), io.BytesIO()
    made.active.append(["县", "2018年", "2019年", "2020年"])
    for name in "甲乙丙丁戊":
        made.active.append([f"{name}县", *(round(values.uniform(30, 95), 2) for _ in range(3))])
    made.active.append(["合计", 250, True, "—"])
    made.save(stream)
    with zipfile.ZipFile(stream) as archive:
        return with_shared_texts({name: archive.read(name) for name in archive.namelist()})


def with_shared_texts(parts: Parts) -> Parts:
    """The same workbook as Excel writes it: texts in a part of their own."""
    texts = re.findall(rb't="inlineStr"><is><t>(.*?)</t></is>', parts[SHEET])
    for number, text in enumerate(texts):
        inline = b't="inlineStr"><is><t>' + text + b"</t></is>"
        parts[SHEET] = parts[SHEET].replace(inline, b't="s"><v>%d</v>' % number, 1)
    items = b"".join(b"<si><t>" + text + b"</t></si>" for text in texts)
    parts[STRINGS] = b'<sst xmlns="%s">' % MAIN + items + b"</sst>"
    kinds = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = b'<Relationship Id="rId99" Type="%s" Target="/xl/sharedStrings.xml"/></Relationships>' % kinds
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", relation)
    media = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % media
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", override)
    return parts


def within(part: str, pattern: bytes, make: Callable[[re.Match[bytes], random.Random], bytes]) -> Change:
    """Replace one match of a pattern in a part, chosen by chance."""

    def change(parts: Parts, chance: random.Random) -> None:
        if matches := list(re.finditer(pattern, parts[part])):
            match = chance.choice(matches)
            parts[part] = parts[part][: match.start()] + make(match, chance) + parts[part][match.end() :]

    return change


def split(match: re.Match[bytes], chance: random.Random, between: bytes) -> bytes:
    at = chance.randrange(len(match[2]) + 1)
    return match[1] + match[2][:at] + between + match[2][at:] + match[3]


def encoded(encoding: str) -> Change:
    def change(parts: Parts, chance: random.Random) -> None:
        part = chance.choice([SHEET, STRINGS])
        text = re.sub(r"<\?xml[^>]*\?>", "", parts[part].decode())
        declared = f'<?xml version="1.0" encoding="{encoding}"?>' if chance.random() < 0.5 else ""
        parts[part] = (declared + text).encode(encoding, errors="xmlcharrefreplace")

    return change


def twin(parts: Parts, chance: random.Random) -> None:
    part = chance.choice([SHEET, STRINGS])
    changed = parts[part].replace(b"5", b"7")
    parts[chance.choice([part.upper(), part.replace("xl/", "XL/"), part.replace(".xml", ".XML")])] = changed


def moved(parts: Parts, chance: random.Random) -> None:
    """Two rows, or the addresses of two cells, change places."""
    rows = re.findall(rb"<row .*?</row>", parts[SHEET])
    one, other = chance.sample(rows, 2)
    parts[SHEET] = parts[SHEET].replace(one, b"@@").replace(other, one).replace(b"@@", other)


TYPES, COLUMNS = [b"n", b"str", b"s", b"b", b"e", b"d", b"x"], [b"A", b"b", b"C", b"AA"]
RAISED = b'<r><rPr><vertAlign val="superscript"/></rPr><t>2</t></r>'
V, T = rb"(<v>)([^<]+)(</v>)", rb"(<t[^>]*>)([^<]+)(</t>)"
CHANGES: dict[str, Change] = {
    "comment": within(SHEET, V, lambda m, c: split(m, c, b"<!-- x -->")),
    "comment in t": within(STRINGS, T, lambda m, c: split(m, c, b"<!-- x -->")),
    "processing instruction": within(SHEET, V, lambda m, c: split(m, c, b"<?x y?>")),
    "CDATA": within(SHEET, V, lambda m, c: m[1] + b"<![CDATA[" + m[2] + b"]]>" + m[3]),
    "CDATA in t": within(STRINGS, T, lambda m, c: m[1] + b"<![CDATA[" + m[2] + b"]]>" + m[3]),
    "reference": within(SHEET, V, lambda m, c: m[1] + b"&#%d;" % m[2][0] + m[2][1:] + m[3]),
    "reference in t": within(STRINGS, rb"(<t[^>]*>)([^<]+)(</t>)", lambda m, c: m[1] + b"&#50;" + m[2] + m[3]),
    "white space": within(SHEET, V, lambda m, c: split(m, c, c.choice([b" ", b"\n", b"\t"]))),
    "element inside": within(SHEET, V, lambda m, c: split(m, c, b"<x>1</x>")),
    "two values": within(SHEET, V, lambda m, c: m[0] + b"<v>7</v>"),
    "exponent": within(SHEET, V, lambda m, c: m[1] + m[2] + b"e0" + m[3]),
    "other digits": within(SHEET, V, lambda m, c: m[1] + "６１".encode() + m[3]),
    "another type": within(SHEET, rb't="[a-z]+"', lambda m, c: b't="%s"' % c.choice(TYPES)),
    "no type": within(SHEET, rb' t="s"', lambda m, c: b""),
    "another address": within(SHEET, rb'<c r="[A-Z]+', lambda m, c: b'<c r="' + c.choice(COLUMNS)),
    "no address": within(SHEET, rb'<c r="[A-Z]+[0-9]+"', lambda m, c: b"<c"),
    "another row": within(SHEET, rb'<row r="[0-9]+"', lambda m, c: b'<row r="%d"' % c.randint(1, 9)),
    "empty element": within(SHEET, rb"<v>[^<]+</v>", lambda m, c: b"<v/>"),
    "formula": within(SHEET, rb"<v>", lambda m, c: b"<f>1+1</f><v>"),
    "inline text": within(SHEET, rb' t="s"><v>[0-9]+</v>', lambda m, c: b' t="inlineStr"><is><t>61</t></is>'),
    "run": within(STRINGS, rb"<t>([^<]+)</t>", lambda m, c: b"<r>" + m[0] + b"</r>" + RAISED),
    "phonetic": within(STRINGS, rb"<t>([^<]+)</t>", lambda m, c: m[0] + b'<rPh sb="0" eb="1"><t>x</t></rPh>'),
    "prefix": within(SHEET, rb"<v>([^<]+)</v>", lambda m, c: b'<x:v xmlns:x="%s">' % MAIN + m[1] + b"</x:v>"),
    "another namespace": within(SHEET, rb"<v>([^<]+)</v>", lambda m, c: b'<v xmlns="urn:x">' + m[1] + b"</v>"),
    "UTF-16": encoded("utf-16"),
    "Latin 1": encoded("iso-8859-1"),
    "GB18030": encoded("gb18030"),
    "twin part": twin,
    "moved": moved,
}  # fmt: skip


def packed(parts: Parts, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def plain(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    return "".join(unicodedata.normalize("NFKC", str(value)).split()) or None


def other_readers_cells(path: Path) -> dict[tuple[int, int], object] | None:
    """What openpyxl reads; None where it refuses the file."""
    try:
        sheet = openpyxl.load_workbook(path, data_only=True).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
    except Exception:  # whatever it stumbles over
        return None
    return {(cell.row, cell.column): plain(cell.value) for cell in cells}


def differences(book: Workbook, path: Path) -> str:
    """Cells that two readers read otherwise although nobody is asked; empty where there are none."""
    other = other_readers_cells(path)
    if other is None or book.doubts:
        return ""
    cells = book.sheets[0].cells
    own = {at: plain(cell.value) for at, cell in cells.items()}
    unclear = {at for at, cell in cells.items() if cell.error or cell.uncached}
    differing = [at for at in {*own, *other} - unclear if own.get(at) != other.get(at)]
    return ", ".join(f"{at}: {own.get(at)!r} or {other.get(at)!r}" for at in differing)


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.slow)])
def test_nothing_is_read_otherwise_without_a_question_and_nothing_crashes(tmp_path, count):
    chance, wrong, read, names = random.Random(20260501), {}, 0, list(CHANGES)
    for number in range(count):
        parts = original()
        chosen = [names[number % len(names)], *chance.sample(names, chance.choice([0, 0, 1]))]
        for name in chosen:
            CHANGES[name](parts, chance)
        path = tmp_path / f"{number}.xlsx"
        packed(parts, path)
        try:
            book = reading.read(path, path.name)
        except InputError:
            continue
        read += 1
        if told := differences(book, path):
            wrong[f"{number}: {', '.join(chosen)}"] = told
    assert wrong == {}
    assert read > count / 10
