"""One data sheet of a collection workbook: a block of rows per indicator, a column per period."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break, ColBreak, RowBreak
from openpyxl.worksheet.worksheet import Worksheet

from evalkit import periods
from evalkit.collection import form as forms
from evalkit.collection.form import Form, Line, Rule
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, Text
from evalkit.workbooks.spreadsheet_text import CONTROLS
from evalkit.workbooks.writing import across, at, text

WIDTHS = {forms.CODE: 13, forms.NAME: 31, forms.UNIT: 9, forms.PART: 17, forms.RULE: 14}
PERIOD_WIDTH, COLUMNS_A_PAGE = 10.5, 8
LINE_HEIGHT, NOTE_HEIGHT = 18, 24
PAGE_HEIGHT = 620  # points below the headings, at the scale
SCALE = 63  # per cent: fits the heading columns and eight periods on A4 landscape
LONGEST_DEFINITION = 70
# Colours that remain distinct in greyscale print.
OPEN, CHOSEN, HEAD = (PatternFill("solid", fgColor=colour) for colour in ("FFF7D6", "E6F0FA", "D9DFE6"))
WRONG = PatternFill("solid", bgColor="F4B6AE")
THIN, THICK = Side("thin", color="A8B2BD"), Side("medium", color="5B6773")
FONT = "Microsoft YaHei"
PLAIN, SMALL = Font(name=FONT, size=10), Font(name=FONT, size=8, color="5B6773")
BOLD, TITLE = Font(name=FONT, size=10, bold=True), Font(name=FONT, size=15, bold=True)
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT, RIGHT = Alignment(vertical="center", wrap_text=True), Alignment(horizontal="right", vertical="center")
TOP, SHRUNK = Alignment(vertical="top", wrap_text=True), Alignment(vertical="center", shrink_to_fit=True)
TITLES = {
    "半年": ("半年数据填报表", "Half-yearly figures"),
    "季度": ("季度数据填报表", "Quarterly figures"),
    "年度": ("年度数据填报表", "Annual figures"),
    "月度": ("月度数据填报表", "Monthly figures"),
    "成员": ("成员单位数据填报表", "Figures of member institutions"),
}
SHORT = (
    "只填浅色格。没有数据：数值留空，在“状态”行选“缺失”或“不适用”。请勿增删、移动行列。",
    "Fill in the light cells only. No figure: leave it empty and choose 缺失 (missing) or 不适用 (not applicable) in "
    "the row Status. Please do not add, remove or move rows and columns.",
)
UNITS = {
    "percent": "%",
    "share": "比例\nshare",
    "count": "数\ncount",
    "ratio": "比值\nratio",
    "days": "天\ndays",
    "per_1000": "‰\nper 1,000",
    "per_10000": "每万\nper 10,000",
    "per_100000": "每10万\nper 100,000",
    "yuan": "元\nyuan",
    "years": "年\nyears",
    "index": "指数\nindex",
    "log": "对数\nlog",
    "other": "—",
}


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet under construction."""

    target: Worksheet
    evaluation: Evaluation
    form: Form

    @property
    def columns(self) -> range:
        return range(forms.FIRST_PERIOD, forms.FIRST_PERIOD + len(self.form.periods))

    def across(self, row: int) -> str:
        """The cells of all periods in a row, such as F7:AG7."""
        first, last = self.columns[0], self.columns[-1]
        return f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}"


def fill(target: Worksheet, evaluation: Evaluation, unit: str, form: Form, statuses: Sequence[str]) -> None:
    """Fill one sheet: headings are locked, cells to fill in are not."""
    sheet = _Sheet(target, evaluation, form)
    title = TITLES.get(form.sheet[:2], ("数据填报表", "Figures"))
    for row, lang, words in ((1, "zh", title[0]), (2, "en", title[1])):
        text(at(target, row, 1), f"{evaluation.name(unit, lang)} · {words}").font = TITLE if row == 1 else BOLD
    text(at(target, 3, 1), "\n".join(SHORT)).alignment = TOP
    at(target, 3, 1).font = PLAIN
    target.merge_cells(start_row=3, end_row=3, start_column=1, end_column=forms.RULE)  # columns repeated on every page
    target.row_dimensions[3].height = 72
    _headings(sheet)
    for first, lines in form.blocks():
        _block(sheet, first, lines)
    for column in (*WIDTHS, *sheet.columns):  # closes the last block
        target.cell(forms.FIRST_LINE + len(form.lines), column).border = Border(top=THICK)
    _checks(sheet, statuses)
    _finish(sheet, evaluation.name(unit, "zh"))


def period_label(text: str) -> str:
    r"""A period in Chinese.

    >>> period_label("2021-03")
    '2021年\n3月'
    """
    year, frequency = text[:4], periods.frequency(text)
    if frequency == "half":
        return f"{year}年\n{'上' if text.endswith('1') else '下'}半年"
    if frequency == "quarter":
        return f"{year}年\n第{text[-1]}季度"
    return f"{year}年" if frequency == "year" else f"{year}年\n{int(text[5:7])}月" + text[7:].replace("-", "")


def unit_words(indicator: Indicator) -> str:
    """The unit of measure in both languages."""
    return UNITS[indicator.unit] if indicator.unit_name is None else both(indicator.unit_name)


def both(texts: Text) -> str:
    """A text in both languages, one below the other; once if they are equal."""
    return "\n".join(dict.fromkeys([texts["zh"], texts["en"]]))


def _headings(sheet: _Sheet) -> None:
    for column, heading in forms.HEADINGS.items():
        sheet.target.merge_cells(start_row=forms.HEADING, end_row=forms.PERIODS, start_column=column, end_column=column)
        _head(at(sheet.target, forms.HEADING, column), heading)
    _head(at(sheet.target, forms.RELEASED, forms.PART), forms.RELEASED_WORDS)
    _head(at(sheet.target, forms.RELEASED, forms.RULE), forms.WRITE)
    for column, period in zip(sheet.columns, sheet.form.periods, strict=True):
        _head(at(sheet.target, forms.HEADING, column), period_label(period))
        _head(at(sheet.target, forms.PERIODS, column), period).font = SMALL
        _opened(at(sheet.target, forms.RELEASED, column), CHOSEN).number_format = "yyyy-mm-dd"
    sheet.target.row_dimensions[forms.HEADING].height = LINE_HEIGHT * 1.6
    sheet.target.row_dimensions[forms.RELEASED].height = LINE_HEIGHT


def _head(cell: Cell, words: str) -> Cell:
    text(cell, words)
    cell.font, cell.fill, cell.alignment, cell.border = BOLD, HEAD, CENTRE, Border(THIN, THIN, THIN, THIN)
    return cell


def _block(sheet: _Sheet, first: int, lines: Sequence[Line]) -> None:
    """All rows of one indicator: its name and unit once, its code in every row."""
    indicator = sheet.evaluation.indicators[lines[0].indicator]
    for row, line in enumerate(lines, start=first):
        top = THICK if row == first else THIN
        for column, words in ((forms.CODE, line.code), (forms.PART, forms.PARTS[line.part]), (forms.RULE, line.rule)):
            cell = text(at(sheet.target, row, column), words)
            cell.alignment = SHRUNK if column == forms.CODE else LEFT
            cell.border = Border(THIN, THIN, top, THIN)
            cell.font = SMALL if column == forms.CODE else BOLD if line.part == "value" else PLAIN
        for column in sheet.columns:
            _entry(at(sheet.target, row, column), line, top)
        sheet.target.row_dimensions[row].height = NOTE_HEIGHT if line.part == "note" else LINE_HEIGHT
    last = first + len(lines) - 1
    for column in (forms.NAME, forms.UNIT):
        sheet.target.merge_cells(start_row=first, end_row=last, start_column=column, end_column=column)
        for row in range(first, last + 1):
            sheet.target.cell(row, column).border = Border(THIN, THIN, THICK if row == first else None, None)
    at(sheet.target, first, forms.NAME).value = _name(sheet.evaluation, lines[0], indicator)
    at(sheet.target, first, forms.NAME).alignment = TOP
    text(at(sheet.target, first, forms.UNIT), unit_words(indicator)).alignment = CENTRE
    at(sheet.target, first, forms.UNIT).font = PLAIN


def _entry(cell: Cell, line: Line, top: Side) -> None:
    number = line.part in forms.NUMBERS
    _opened(cell, OPEN if number else CHOSEN).border = Border(THIN, THIN, top, THIN)
    cell.alignment, cell.font = (RIGHT if number else CENTRE), PLAIN
    if number and forms.RULES[line.rule].whole:
        cell.number_format = "#,##0"
    elif line.part == "note":
        cell.number_format, cell.font = "@", SMALL


def _opened(cell: Cell, colour: PatternFill) -> Cell:
    cell.fill, cell.protection, cell.border = colour, Protection(locked=False), Border(THIN, THIN, THIN, THIN)
    cell.alignment = CENTRE
    return cell


def _name(evaluation: Evaluation, line: Line, indicator: Indicator) -> CellRichText:
    """The institution's name (on member sheets), the indicator's in bold, and the start of its definition."""
    member = line.unit("")
    who = f"{evaluation.name(member, 'zh')}\n" if member else ""
    definition = (indicator.definition["zh"] if indicator.definition else "").split("。")[0]
    if len(definition) > LONGEST_DEFINITION:
        definition = definition[: LONGEST_DEFINITION - 1] + "…"
    blocks = [TextBlock(InlineFont(rFont=FONT, b=True, sz=10), CONTROLS.sub("", who + both(indicator.name)))]
    if definition and not member:  # a member's block has no room; the notes sheet has all definitions
        blocks.append(
            TextBlock(InlineFont(rFont=FONT, sz=8, color=Color("005B6773")), CONTROLS.sub("", "\n" + definition))
        )
    return CellRichText(*blocks)


def _checks(sheet: _Sheet, statuses: Sequence[str]) -> None:
    """Input validation for typed values, and red marks for pasted ones, which validation does not catch."""
    rows: dict[str, list[int]] = {}
    for i, line in enumerate(sheet.form.lines):
        rows.setdefault(line.rule, []).append(forms.FIRST_LINE + i)
    for rule_text, numbers in rows.items():
        if rule_text == forms.WRITE:
            continue
        check = _choice(statuses) if rule_text == forms.CHOOSE else _bounds(forms.RULES[rule_text])
        for row in numbers:
            check.add(sheet.across(row))
        sheet.target.add_data_validation(check)
        if (rule := forms.RULES.get(rule_text)) and rule.low is not None:
            _mark(sheet, rule, numbers)
    day = DataValidation("date", "DATE(1990,1,1)", operator="greaterThan", allow_blank=True)
    _says(day, "日期 Date", "请填日期，如 2022-05-15。\nPlease enter a date, such as 2022-05-15.").add(
        sheet.across(forms.RELEASED)
    )
    sheet.target.add_data_validation(day)


def _choice(statuses: Sequence[str]) -> DataValidation:
    check = DataValidation("list", '"' + ",".join(statuses) + '"', allow_blank=True)
    return _says(check, "状态 Status", f"请从列表中选择：{'、'.join(statuses)}。\nPlease choose from the list.")


def _bounds(rule: Rule) -> DataValidation:
    low, high = (
        ("-1E+15" if rule.low is None else f"{rule.low:g}"),
        ("1E+15" if rule.high is None else f"{rule.high:g}"),
    )
    check = DataValidation("whole" if rule.whole else "decimal", low, high, operator="between", allow_blank=True)
    check.errorStyle = "warning" if rule.soft else "stop"
    wanted = f"应填：{rule.text.rstrip(' *')}。"
    if rule.soft:
        return _says(
            check, "请核对 Please check", f"{wanted}如确认无误，请在“备注”行说明。\nIf it is right, say why in Note."
        )
    return _says(
        check, "填写有误 Not accepted", f"{wanted}没有数据请留空。\nLeave the cell empty where there is no figure."
    )


def _says(check: DataValidation, title: str, message: str) -> DataValidation:
    check.errorTitle, check.error, check.showErrorMessage = title, message, True
    return check


def _mark(sheet: _Sheet, rule: Rule, rows: Sequence[int]) -> None:
    operator, bounds = ("lessThan", [f"{rule.low:g}"])
    if rule.high is not None:
        operator, bounds = ("notBetween", [f"{rule.low:g}", f"{rule.high:g}"])
    cells = " ".join(sheet.across(row) for row in rows)
    sheet.target.conditional_formatting.add(cells, CellIsRule(operator=operator, formula=bounds, fill=WRONG))  # type: ignore[no-untyped-call]


def _finish(sheet: _Sheet, name: str) -> None:
    """Column widths, frozen headings, protection without a password, and page breaks for A4 landscape."""
    target = sheet.target
    for column in (*WIDTHS, *sheet.columns):
        target.column_dimensions[get_column_letter(column)].width = WIDTHS.get(column, PERIOD_WIDTH)
    target.freeze_panes = f"{get_column_letter(forms.FIRST_PERIOD)}{forms.FIRST_LINE}"
    target.protection.sheet = True
    target.protection.formatColumns = target.protection.formatRows = False  # widths and heights may be changed
    target.print_title_rows = f"1:{forms.RELEASED}"
    target.print_title_cols = f"A:{get_column_letter(forms.RULE)}"
    across(target, SCALE)
    target.col_breaks = ColBreak(brk=[Break(id=column - 1) for column in sheet.columns[COLUMNS_A_PAGE::COLUMNS_A_PAGE]])
    target.row_breaks = RowBreak(brk=[Break(id=row - 1) for row in _page_tops(sheet.form)])
    margins = target.page_margins
    margins.left = margins.right = margins.top = 0.4
    target.oddFooter.left.text = name.replace("&", "&&")[:100]  # type: ignore[union-attr]
    target.oddFooter.center.text = "— &P / &N —"  # type: ignore[union-attr]


def _page_tops(form: Form) -> Iterator[int]:
    """First rows of pages, chosen so that no indicator's block is split."""
    used = 0
    for first, lines in form.blocks():
        height = LINE_HEIGHT * (len(lines) - 1) + NOTE_HEIGHT
        if used and used + height > PAGE_HEIGHT:
            yield first
            used = 0
        used += height
