"""Mutated ods, xls and CSV files next to a second reader: pandas with odfpy, the records of an xls, the csv module.

What both read they read alike, or a question is asked; what only evalkit refuses is refused in one message.
"""

import csv
import io
import random
import re
import struct
import unicodedata
import warnings
import zipfile

import pandas as pd
import pytest
import xlwt
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet

from evalkit.errors import InputError
from evalkit.workbooks import reading

NAMES = ["甲县", "乙县", "丙县", "丁县", "戊县"]
HEAD = ["县", "2018年", "2019年", "2020年"]


def rows(chance):
    body = [[name, *(round(chance.uniform(30, 95), 2) for _ in range(3))] for name in NAMES]
    return [HEAD, *body, ["合计", 250.0, 1234567.0, "—"]]


def plain(value):
    """A value as both readers can have it: numbers, truth values and text without white space."""
    if value is None or value != value or isinstance(value, bool):
        return None if value != value else value
    if isinstance(value, int | float):
        return float(value)
    return "".join(unicodedata.normalize("NFKC", str(value)).split()) or None


def cells_of(book):
    """What was read, by place; cells with an error or without a computed value are known as such."""
    cells = book.sheets[0].cells
    unclear = {at for at, cell in cells.items() if cell.error or cell.uncached}
    return {at: plain(cell.value) for at, cell in cells.items() if plain(cell.value) is not None}, unclear


def differing(book, other):
    own, unclear = cells_of(book)
    other = {at: value for at, value in other.items() if value is not None}
    return {at: (own.get(at), other.get(at)) for at in {*own, *other} - unclear if own.get(at) != other.get(at)}


def run(count, folder, kind, make, second):
    """Read `count` mutations with both; what differed without a question, and how many were read."""
    chance, wrong, read = random.Random(20261130), {}, 0
    for number in range(count):
        path = folder / f"{number}.{kind}"
        what, data, known = make(chance, number)
        path.write_bytes(data)
        try:
            book = reading.read(path, path.name)
        except InputError as error:
            if len(error.mistakes) != 1 or not str(error).startswith(path.name):
                wrong[f"{number}: {what}"] = str(error)
            continue
        read += 1
        other = second(path, known)
        if other is not None and not book.doubts and (told := differing(book, other)):
            wrong[f"{number}: {what}"] = told
    return wrong, read


# ods

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
VALUE = rb'(office:value=")([0-9.]+)(")'
PARAGRAPH = rb"(<text:p>)([^<]+)(</text:p>)"
CELL = rb"<table:table-cell([^>]*)>(<text:p>[^<]*</text:p>)</table:table-cell>"


def ods(chance):
    book, sheet = OpenDocumentSpreadsheet(), table.Table(name="表")
    for row in rows(chance):
        line = table.TableRow()
        for value in row:
            kind = {"valuetype": "float", "value": value} if isinstance(value, float) else {"valuetype": "string"}
            cell = table.TableCell(**kind)
            cell.addElement(text.P(text=str(value)))
            line.addElement(cell)
        sheet.addElement(line)
    book.spreadsheet.addElement(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def within(pattern, make):
    def change(content, chance):
        match = chance.choice(list(re.finditer(pattern, content)))
        return content[: match.start()] + make(match, chance) + content[match.end() :]

    return change


def parted(match, chance, between):
    at = chance.randrange(len(match[2]) + 1)
    return match[1] + match[2][:at] + between + match[2][at:] + match[3]


def encoded(encoding):
    def change(content, chance):
        body = re.sub(r"<\?xml[^>]*\?>", "", content.decode())
        declared = f'<?xml version="1.0" encoding="{encoding}"?>' if chance.random() < 0.7 else ""
        return (declared + body).encode(encoding, errors="xmlcharrefreplace")

    return change


def moved(content, chance):
    one, other = chance.sample(re.findall(rb"<table:table-row>.*?</table:table-row>", content), 2)
    return content.replace(one, b"@@").replace(other, one).replace(b"@@", other)


KINDS = [b"float", b"percentage", b"currency", b"string", b"boolean", b"date"]
CHANGES = {
    "comment": within(PARAGRAPH, lambda m, c: parted(m, c, b"<!-- x -->")),
    "processing instruction": within(PARAGRAPH, lambda m, c: parted(m, c, b"<?x y?>")),
    "CDATA": within(PARAGRAPH, lambda m, c: m[1] + b"<![CDATA[" + m[2] + b"]]>" + m[3]),
    "reference": within(VALUE, lambda m, c: m[1] + b"&#%d;" % m[2][0] + m[2][1:] + m[3]),
    "white space": within(VALUE, lambda m, c: m[1] + c.choice([b" ", b"\n"]) + m[2] + b" " + m[3]),
    "exponent": within(VALUE, lambda m, c: m[1] + m[2] + b"E0" + m[3]),
    "other digits": within(VALUE, lambda m, c: m[1] + "６１".encode() + m[3]),
    "no number": within(VALUE, lambda m, c: m[1] + c.choice([b"", b"1,5", b"NaN", b"x"]) + m[3]),
    "another type": within(rb'(value-type=")([a-z]+)(")', lambda m, c: m[1] + c.choice(KINDS) + m[3]),
    "no value": within(rb' office:value="[^"]*"', lambda m, c: b""),
    "no text": within(PARAGRAPH, lambda m, c: b""),
    "two paragraphs": within(PARAGRAPH, lambda m, c: m[0] + b"<text:p>7</text:p>"),
    "span": within(PARAGRAPH, lambda m, c: m[1] + b"<text:span>" + m[2] + b"</text:span>" + m[3]),
    "line break": within(PARAGRAPH, lambda m, c: parted(m, c, c.choice([b"<text:line-break/>", b"<text:s/>"]))),
    "repeated cell": within(CELL, lambda m, c: m[0].replace(b"cell", b'cell table:number-columns-repeated="2"', 1)),
    "repeated row": within(rb"<table:table-row>", lambda m, c: b'<table:table-row table:number-rows-repeated="2">'),
    "cell taken out": within(CELL, lambda m, c: b""),
    "moved": moved,
    "UTF-16": encoded("utf-16"),
    "Latin 1": encoded("iso-8859-1"),
    "cut": lambda content, chance: content[: chance.randrange(len(content))],
}


def mutated_ods(chance, number):
    data, names, stream = ods(chance), list(CHANGES), io.BytesIO()
    chosen = [names[number % len(names)], *chance.sample(names[:-3], chance.choice([0, 0, 1]))]
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            for change in sorted(chosen, key=lambda one: one in names[-3:]) if name == "content.xml" else ():
                content = CHANGES[change](content, chance)
            new.writestr(name, content)
    return ", ".join(chosen), stream.getvalue(), None


def by_odfpy(path, _):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            frame = pd.read_excel(path, engine="odf", header=None, dtype=object, keep_default_na=False, na_values=[])
    except Exception:  # whatever it stumbles over
        return None
    return {(r, c): plain(value) for r, row in enumerate(frame.to_numpy(), 1) for c, value in enumerate(row, 1)}


# CSV


def mutated_csv(chance, number):
    """A table written in one of the ways that programs write it, with cells that are easily misread."""
    grid = [[str(value) for value in row] for row in rows(chance)]
    odd = [
        "6 1.5",
        "６１.５",
        '6"1',
        "61,5",
        "6\n1",
        "0061",
        "1e3",
        " 61 ",
        "—",
        "",
        "<5",
        "=1+1",
        "#N/A",
        "县,乡",
        "'61",
    ]
    for _ in range(chance.choice([0, 1, 2])):
        grid[chance.randrange(1, len(grid))][chance.randrange(1, 4)] = chance.choice(odd)
    separator, ends = chance.choice([",", ",", ";", "\t"]), chance.choice(["\n", "\r\n"])
    encoding = chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator=ends, quoting=quoting).writerows(grid)
    written = stream.getvalue()
    damage = chance.choice(["", "", "", "cut", "separator", "quote", "no end"])
    at = chance.randrange(len(written))
    if damage in ("separator", "quote"):
        written = written[:at] + {"separator": separator, "quote": '"'}[damage] + written[at:]
    written = {"cut": written[:at], "no end": written.rstrip()}.get(damage, written)
    what = f"{encoding} {separator!r} {damage}"
    return what, written.encode(encoding), None if damage not in ("", "no end") else (encoding, separator)


def by_csv(path, known):
    if known is None:
        return None  # what a damaged one means is anybody's guess: it is read or refused
    encoding, separator = known
    lines = csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline=""), delimiter=separator)
    return {(r, c): plain(value) for r, row in enumerate(lines, 1) for c, value in enumerate(row, 1)}


# xls


def xls(chance):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("t")
    for r, row in enumerate(rows(chance)):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


#: Records of a BIFF8 stream that hold cells, by what follows row, column and format.
RK, MULTIPLE_RK, LABEL, NUMBER, SHARED = 0x27E, 0xBD, 0xFD, 0x203, 0xFC
STREAM = 512  # xlwt writes the stream behind the header of the file, in one piece


def records(data):
    """Number, place and content of each record."""
    at = STREAM
    while at + 4 <= len(data):
        number, size = struct.unpack_from("<HH", data, at)
        if number == 0:
            return
        yield number, at + 4, data[at + 4 : at + 4 + size]
        at += 4 + size


def mutated_xls(chance, number):
    """Bits of cells are changed: where they are, what they hold, how they look."""
    data = bytearray(xls(chance))
    cells = [(at, len(held)) for kind, at, held in records(bytes(data)) if kind in (RK, MULTIPLE_RK, LABEL, NUMBER)]
    for _ in range(chance.choice([1, 1, 2])):
        at, size = chance.choice(cells)
        data[at + chance.randrange(size)] ^= 1 << chance.randrange(8)
    return "bits of a cell", bytes(data), None


def by_records(path, _):
    """What the records say; None where a text is not among the shared ones."""
    texts, cells, data = [], {}, path.read_bytes()
    for kind, _at, held in records(data):
        if kind == SHARED:
            texts = shared_texts(held)
        elif kind in (RK, LABEL, NUMBER):
            row, column, _format = struct.unpack_from("<HHH", held)
            rest = held[6:]
            if kind == LABEL:
                (index,) = struct.unpack("<I", rest)
                if index >= len(texts):
                    return None
                cells[row + 1, column + 1] = plain(texts[index])
            else:
                cells[row + 1, column + 1] = struct.unpack("<d", rest)[0] if kind == NUMBER else number_of(rest)
        elif kind == MULTIPLE_RK:
            row, column = struct.unpack_from("<HH", held)
            for place in range((len(held) - 6) // 6):
                cells[row + 1, column + 1 + place] = number_of(held[4 + 6 * place + 2 : 4 + 6 * place + 6])
    return cells


def number_of(rk):
    """A number as RK records pack it: an integer or the upper half of a float, perhaps times a hundred."""
    (bits,) = struct.unpack("<i", rk)
    whole = float(bits >> 2) if bits & 2 else struct.unpack("<d", b"\0" * 4 + struct.pack("<i", bits & ~3))[0]
    return whole / 100 if bits & 1 else whole


def shared_texts(held):
    texts, at = [], 8
    for _ in range(struct.unpack_from("<I", held, 4)[0]):
        length, wide = struct.unpack_from("<HB", held, at)
        size = length * (1 + (wide & 1))
        texts.append(held[at + 3 : at + 3 + size].decode("utf-16-le" if wide & 1 else "latin-1"))
        at += 3 + size
    return texts


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("kind", "make", "second"),
    [("ods", mutated_ods, by_odfpy), ("xls", mutated_xls, by_records), ("csv", mutated_csv, by_csv)],
    ids=["ods", "xls", "csv"],
)
def test_nothing_is_read_otherwise_without_a_question(tmp_path, kind, make, second, count):
    wrong, read = run(count, tmp_path, kind, make, second)
    assert wrong == {}
    assert read > count / 4
