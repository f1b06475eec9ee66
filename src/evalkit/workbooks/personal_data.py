"""Refuses workbooks with personal data: evaluation needs sums, never persons. No message repeats a value."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePath

from evalkit.errors import InputError, Mistake
from evalkit.workbooks import cell_text
from evalkit.workbooks.cells import Cell, Sheet, Workbook, address, place

WHO = "患者|病人|居民|户主|家属|监护人|参保人|签约对象|联系人|填报人|填表人|负责人|产妇|孕妇|死者|本人"
HEADING = re.compile(
    rf"(?:{WHO})?(?:的)?(?:(?:联系|手机|移动|家庭|联络)?电话(?:号码?)?|手机号?码?|联系方式|电子邮[箱件](?:地址)?)"
    r"|[\u4e00-\u9fff]{0,6}(?:姓名|名字|身份证(?:件)?(?:号码?)?|证件号码?|公民身份号码|社会保障号码?|社保卡号|医保卡号|"
    r"家庭[住地]址|住址|银行(?:卡号?|账号)|护照号码?|军官证号码?|微信号|出生(?:日期|年月日?)|住院号码?|门诊号码?|病历号码?|病案号码?|就诊卡号码?)"
    r"|(?:患者|病人|居民|参保人)(?:id|编号|号码?)|dob|tel|idno|idnumber|patientno|hospital(?:number|no)"
    r"|(?:patient|resident|insured|client)(?:'s)?(?:full|sur|first|last)?(?:name|id|identifier|number)|nameof(?:the)?patient"
    r"|(?:full|first|last|sur|family|given)name|(?:national|personal)(?:id|identity)(?:number)?|identity(?:card)?number"
    r"|idcard(?:number|no\.?)?|socialsecuritynumber|ssn|nhsnumber|passportnumber|medicalrecord(?:number|no\.?)|mrn"
    r"|(?:home|mobile|cell)?(?:tele)?phone(?:number|no\.?)?|e-?mail(?:address)?|homeaddress|dateofbirth"
)
#: Who signs a table, if a person's name and not an office follows the colon, and telephone numbers of any form.
SIGNED = re.compile(
    r"(?:填报人|填表人|联系人|负责人|制表人?|审核人?|经办人):"
    r"(?!填报|填表|审核|制表|联系|负责|经办|单位|日期|电话)(?![^:,;]*(?:局|科|处|股|办|室|院|中心|委|部|站|组)\b)[^\W\d_]{2}"
    r"|(?:电话|手机|phone|\btel\.?):[+(\d]"
)
PARTS = re.compile(r"[/、,，;；&+]|及|和|与")
LONGEST_HEADING = 60
DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){13,16}[ -]?[\dXx](?!\d)")
PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])"
IDENTITY = re.compile(rf"{PROVINCE}\d{{4}}((?:19|20)\d{{2}})(\d{{2}})(\d{{2}})\d{{3}}[\dXx]")
OLD_IDENTITY = re.compile(rf"{PROVINCE}\d{{4}}(\d{{2}})(\d{{2}})(\d{{2}})\d{{3}}")
PHONE = re.compile(r"(?<![\d.,])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}[- ]?|\.\d{4}\.)\d{4}(?![\d.,])")
E_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}", re.ASCII)
#: A number of eleven digits below or next to one of these words is an amount.
AMOUNT = re.compile(
    r"元|gdp|总值|产值|收入|支出|费用|金额|资产|贷款|存款|投资|预算|经费|yuan|rmb|cny|usd|revenue|income|expenditure|"
    r"cost|budget|product"
)
#: A single number of eleven digits may be an amount of money; a column with so many is not.
PHONES_IN_A_COLUMN = 3
CURE = "Evaluation needs aggregate data only: ask for the file again without it, and delete this copy."


def refuse(book: Workbook) -> None:
    """Refuse a workbook with personal data.

    Raises:
        InputError: with one mistake per sheet that holds any; it says of which kind, never what.
    """
    mistakes = [
        _mistake(place(book.name, "" if cell == NAME else sheet.name, cell), kind)
        for sheet in book.sheets
        for cell, kind in filter(None, [found(sheet)])
    ]
    if kind := _in_text(PurePath(book.name).stem):
        folder = PurePath(book.name).parent.as_posix()
        mistakes = [_mistake(f"a file in {folder}/", f"{kind} in its name")]
    if mistakes:
        raise InputError(mistakes)


#: Used instead of a cell if the personal data are in the name of a sheet.
NAME = "(name of a sheet)"


def found(sheet: Sheet) -> tuple[str, str] | None:
    """The cell and kind of the first personal data in a sheet; None without any."""
    if kind := _in_text(sheet.name):
        return NAME, kind
    for at, text in sorted(sheet.comments.items()):
        if kind := _in_text(text):
            return address(*at), f"{kind} in a comment"
    numbers: dict[int, list[Cell]] = defaultdict(list)
    amounts = _Amounts(sheet)
    for (row, column), cell in sorted(sheet.cells.items()):
        if isinstance(cell.value, str):
            kind = _in_text(cell.value)
            if kind and not (_is_plain(cell.value) and cell in amounts):
                return address(row, column), kind
        elif isinstance(cell.value, float):
            if _is_identity(f"{cell.value:.0f}"):
                return address(row, column), "identity numbers"
            numbers[column].append(cell)
    return next(_columns(numbers, amounts), None)


def _mistake(where: str, kind: str) -> Mistake:
    return Mistake(where, f"looks like personal data ({kind}); the file was not read", CURE)


def _columns(numbers: dict[int, list[Cell]], amounts: "_Amounts") -> Iterator[tuple[str, str]]:
    """Columns of numbers that are telephone or old identity numbers almost throughout."""
    for cells in numbers.values():
        for kind, is_like in (("telephone numbers", _is_phone), ("identity numbers", _is_old_identity)):
            alike = [cell for cell in cells if is_like(cell)]
            if len(alike) >= max(PHONES_IN_A_COLUMN, 0.8 * len(cells)) and alike[0] not in amounts:
                yield alike[0].address, kind


def _is_phone(cell: Cell) -> bool:
    return isinstance(cell.value, float) and 13e9 <= cell.value < 20e9 and cell.value.is_integer()


def _is_old_identity(cell: Cell) -> bool:
    return isinstance(cell.value, float) and 1e14 <= cell.value < 1e15 and _is_identity(f"{cell.value:.0f}", old=True)


def _in_text(text: str) -> str:
    """The kind of personal data in a text; empty without any. Takes time linear in its length."""
    if len(text) <= LONGEST_HEADING and _is_heading(text):
        return "a heading of personal data"
    if "@" in text and E_MAIL.search(text):
        return "e-mail addresses"
    if len(text) < 11:
        return ""
    plain = cell_text.clean(text)
    for match in DIGITS.finditer(plain):
        digits = re.sub("[ -]", "", match[0])
        if _is_identity(digits) or (digits == match[0] and _is_identity(digits, old=True)):
            return "identity numbers"
    return "telephone numbers" if PHONE.search(plain) else ""


def _is_heading(text: str) -> bool:
    name = cell_text.key(text)
    if SIGNED.search(name):
        return True
    name = re.sub(r"[*_.]|:$", "", re.sub(r"[(\[][^()\[\]]*[)\]]", "", name))
    return any(HEADING.fullmatch(part) for part in PARTS.split(name))


def _is_plain(text: str) -> bool:
    """Nothing but digits, which may be an amount."""
    return cell_text.clean(text).isdecimal()


class _Amounts:
    """Which cells of a sheet are amounts of money: by their row, their column, or the sheet's title and unit line."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __contains__(self, cell: Cell) -> bool:
        rows, columns = self._words
        return cell.row in rows or columns.get(cell.column, cell.row) < cell.row or not rows.isdisjoint({1, 2, 3})

    @cached_property
    def _words(self) -> tuple[set[int], dict[int, int]]:
        """The rows with a word for money, and the first such row of each column."""
        rows, columns = set[int](), dict[int, int]()
        for (row, column), cell in self.sheet.cells.items():
            if isinstance(cell.value, str) and AMOUNT.search(cell_text.key(cell.value)):
                rows.add(row)
                columns[column] = min(row, columns.get(column, row))
        return rows, columns


def _is_identity(text: str, old: bool = False) -> bool:
    match = (OLD_IDENTITY if old else IDENTITY).fullmatch(text)
    if not match:
        return False
    try:
        return dt.date(int(f"19{match[1]}" if old else match[1]), int(match[2]), int(match[3])) <= dt.date.today()
    except ValueError:
        return False
