"""Refuses workbooks with personal data: evaluation needs sums, never persons. No message repeats a value."""

import datetime as dt
import re
from collections import defaultdict

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Sheet, Workbook, address, place

WHO = "患者|病人|居民|户主|参保人|签约对象|联系人|填报人|填表人|负责人|产妇|孕妇|死者|本人"
HEADING = re.compile(
    rf"(?:{WHO})?(?:的)?(?:姓名|名字|身份证(?:件)?(?:号码?)?|证件号码?|公民身份号码|社会保障号码?|社保卡号|医保卡号|"
    r"(?:联系|手机|移动|家庭|联络)?电话(?:号码?)?|手机号?码?|联系方式|家庭住址|住院号|病案号|就诊卡号)"
)
IDENTITY = re.compile(r"(?<!\d)\d{6}((?:19|20)\d{2})(\d{2})(\d{2})\d{3}[\dXx](?!\d)")
PHONE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)")
#: A single number of eleven digits may be an amount of money; a column of them is none.
PHONES_IN_A_COLUMN = 3
CURE = "Evaluation needs aggregate data only: ask for the file again without it, and delete this copy."


def refuse(book: Workbook) -> None:
    """Let no personal data pass.

    Raises:
        InputError: with one mistake per sheet that holds any; it says of which kind, never what.
    """
    mistakes = [
        Mistake(place(book.name, sheet.name, cell), f"looks like personal data ({kind}); the file was not read", CURE)
        for sheet in book.sheets
        for cell, kind in filter(None, [found(sheet)])
    ]
    if mistakes:
        raise InputError(mistakes)


def found(sheet: Sheet) -> tuple[str, str] | None:
    """The cell and kind of the first personal data in a sheet; None where there is none."""
    numbers: dict[int, list[tuple[int, bool]]] = defaultdict(list)
    for (row, column), cell in sorted(sheet.cells.items()):
        if isinstance(cell.value, str):
            if kind := _in_text(cell.value):
                return address(row, column), kind
        elif isinstance(cell.value, float):
            if _is_identity(f"{cell.value:.0f}"):
                return address(row, column), "identity numbers"
            numbers[column].append((row, 13e9 <= cell.value < 20e9 and cell.value.is_integer()))
    for column, listed in numbers.items():
        phones = [row for row, like in listed if like]
        if len(phones) >= PHONES_IN_A_COLUMN and len(phones) >= 0.8 * len(listed):
            return address(phones[0], column), "telephone numbers"
    return None


def _in_text(text: str) -> str:
    name = re.sub(r"[(\[].*?[)\]]|[*:]", "", cell_text.key(text))
    if len(name) <= 12 and HEADING.fullmatch(name):
        return "a heading of personal data"
    if len(text) < 11:
        return ""
    plain = re.sub(r"\s", "", cell_text.clean(text))
    if any(_is_identity(match[0]) for match in IDENTITY.finditer(plain)):
        return "identity numbers"
    return "telephone numbers" if PHONE.search(cell_text.clean(text)) else ""


def _is_identity(text: str) -> bool:
    match = IDENTITY.fullmatch(text)
    if not match:
        return False
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) <= dt.date.today()
    except ValueError:
        return False
