"""Texts that people write: UTF-8, without characters that no page, workbook or terminal can show."""

import re
from pathlib import Path

from evalkit.errors import InputError, Mistake

LARGEST = 10 * 2**20  # bytes of a file of parameters or words
#: Control characters but tab and line ends, what XML forbids, what turns the direction of all that follows.
SIGNS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
#: The same in UTF-8.
CONTROLS = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x84\x86-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbf[\xbe\xbf]"
)
#: How Python spells what is not UTF-8 in the name of a file.
NOT_UTF_8 = re.compile(r"[^\s\"']*[\udc80-\udcff][^\s\"']*")
NAMES = {"\x00": "a null character", "\x0b": "a soft line break, as Word writes it", "\x0c": "a page break"}
DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # not needed by any right-to-left script
NAMED = 20  # of one file


def read(path: Path, shown: str) -> str:
    """The text of a file.

    Raises:
        InputError: where it cannot be read, is too large, is not UTF-8 or holds control characters.
    """
    try:
        if path.stat().st_size > LARGEST:
            what = f"is larger than {LARGEST // 2**20} MB"
            raise InputError([Mistake(shown, what, "Keep data in tables, below data/; this file is read as a whole.")])
        content = path.read_bytes()
    except OSError as error:
        raise InputError([unreadable(error, shown)]) from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Mistake(shown, "is not UTF-8 text", "Save the file as UTF-8.")]) from None
    if mistakes := controls(content, shown):
        raise InputError(mistakes)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def misnamed(name: str) -> Mistake:
    """What is said of a file whose name is not UTF-8, as archives made on Windows bring them."""
    return Mistake(name, "its name is not UTF-8 text", "Rename it; unpack archives from Windows with: unzip -O GBK")


def unreadable(error: OSError, shown: str) -> Mistake:
    """What is said of a file that the disk does not give."""
    return Mistake(shown, f"cannot be read: {error.strerror}", "Check the file and its rights.")


def controls(content: bytes, shown: str) -> list[Mistake]:
    """One mistake per line that holds a control character."""
    by_line: dict[int, bytes] = {}
    line, read_to = 1, 0
    for match in CONTROLS.finditer(content):
        line, read_to = line + content.count(b"\n", read_to, match.start()), match.start()
        by_line.setdefault(line, match[0])
        if len(by_line) == NAMED:
            break
    return [
        Mistake(f"{shown}, line {line}", f"holds {named(sign.decode())}", "Remove it, or write a space for it.")
        for line, sign in by_line.items()
    ]


def named(sign: str) -> str:
    """What a control character is called."""
    if sign in DIRECTIONS:
        return f"a mark that turns the direction of all text after it (U+{ord(sign):04X})"
    return NAMES.get(sign, f"the control character U+{ord(sign):04X}")
