"""The first sheet of a collection workbook: its region, instructions, and definitions of the indicators."""

from collections.abc import Iterator

from openpyxl.styles import Alignment, Border, Side
from openpyxl.worksheet.pagebreak import Break, RowBreak
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.collection.data_sheet import BOLD, HEAD, PLAIN, SMALL, TITLE, TOP, both, unit_words
from evalkit.collection.form import Layout
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Text
from evalkit.workbooks.spreadsheet_text import wide
from evalkit.workbooks.writing import across, at, text

WIDTHS = {"A": 25, "B": 30, "C": 12, "D": 70, "E": 30}
WIDE = "D"  # the last column that instructions span
NUMBERING = Alignment(horizontal="right", vertical="top")
LINE_HEIGHT = 14.5
SCALE = 66  # per cent: fits all columns on A4 landscape
LINE = Border(bottom=Side("thin", color="A8B2BD"))
HOW = (
    (
        "只填数据表中的浅色格；其他单元格已锁定（无密码），请勿增删、移动或重命名行、列和工作表。",
        "Fill in the light cells of the data sheets only. The others are locked (no password): do not add, remove, "
        "move or rename rows, columns or sheets.",
    ),
    (
        "“数值”按所列单位填写：百分比填 65.3（不填 0.653）；人次填整数，不填“万人次”。单季度指标填当季数，不填累计数。",
        "Enter values in the unit given: 65.3 for a percentage (not 0.653); whole numbers for counts, not tens of "
        "thousands; a quarter's own figure, not the running total of the year.",
    ),
    ("小于 1% 的百分比请带百分号填写，如 0.9%。", "Enter percentages below 1 with the percent sign, such as 0.9%."),
    (
        "有“分子”“分母”行的，请一并填写；只填分子、分母也可以，数值由系统计算。",
        "Where there are rows for numerator and denominator, fill them in as well; with both of them the value may be "
        "left empty and is computed.",
    ),
    (
        "没有数据：数值留空，在“状态”行选“缺失”（应有而没有）或“不适用”（本地没有这项业务）。不要填 0、“无”或“—”。",
        "No figure: leave the value empty and choose 缺失 (should exist, does not) or 不适用 (does not apply here) in "
        "the row Status. Do not enter 0, 无 or —.",
    ),
    (
        "“状态”留空即为上报数；以后还会修订的选“初步数”。",
        "An empty status means a reported figure (上报数); choose 初步数 (provisional) where it will still be revised.",
    ),
    (
        "口径、区划、填报范围有变化的，请在当期“备注”中说明。带 * 的填写要求可以超出，但须在备注中说明原因。",
        "Say in the note of the period where definitions, boundaries or coverage changed. A rule marked * may be "
        "exceeded where the note says why.",
    ),
    (
        "只填汇总数据。请勿填写任何个人信息（姓名、身份证号、电话号码等），含个人信息的表将被退回。",
        "Aggregate figures only. No personal data (names, identity numbers, telephone numbers): such workbooks are "
        "refused.",
    ),
    (
        "填好后以 .xlsx 格式保存并交回；文件名可以改，本页“识别码”请勿改动。",
        "Save as .xlsx and return it. The file may be renamed; please leave the identification on this page as it is.",
    ),
)
COLUMNS = ("编码 Code", "指标 Indicator", "单位 Unit", "口径 Definition", "来源 Source")


def fill(sheet: Worksheet, evaluation: Evaluation, layout: Layout) -> None:
    """Fill the sheet; it has no cells for input."""
    text(at(sheet, 1, 1), f"{evaluation.name(layout.unit, 'zh')} 数据填报表").font = TITLE
    text(at(sheet, 2, 1), f"{evaluation.name(layout.unit, 'en')}: figures for the evaluation").font = BOLD
    row = 3
    for label, words in _facts(evaluation, layout):
        row += 1
        cell = text(at(sheet, row, 1), label)
        cell.font, cell.alignment = BOLD, TOP
        _wide(sheet, row, words)
    at(sheet, row, 2).font = SMALL
    text(at(sheet, row + 2, 1), "填写说明 How to fill in").font = BOLD
    for number, (zh, en) in enumerate(HOW, start=1):
        text(at(sheet, row + 2 + number, 1), f"{number}").alignment = NUMBERING
        _wide(sheet, row + 2 + number, f"{zh}\n{en}")
    row += len(HOW) + 4
    _definitions(sheet, evaluation, layout, row)
    _finish(sheet, row - 1)


def _wide(sheet: Worksheet, row: int, words: str) -> None:
    """A text that spans several columns, in a row high enough for it."""
    cell = text(at(sheet, row, 2), words)
    cell.alignment, cell.font = TOP, PLAIN
    sheet.merge_cells(f"B{row}:{WIDE}{row}")
    sheet.row_dimensions[row].height = LINE_HEIGHT * _lines(words, sum(WIDTHS[name] for name in "BCD")) + 4


def _facts(evaluation: Evaluation, layout: Layout) -> Iterator[tuple[str, str]]:
    assessment = evaluation.assessment
    names = dict.fromkeys(evaluation.name(layout.unit, lang) for lang in ("zh", "en"))
    yield "地区 Region", f"{' / '.join(names)}（{layout.unit}）"
    titles = [both(assessment.title)] if assessment.title else []
    yield "评估 Assessment", "\n".join([*titles, assessment.name])
    yield "数据集 Dataset", layout.dataset
    if assessment.as_of:
        yield "数据截至 Figures up to", assessment.as_of.isoformat()
    if assessment.collection and assessment.collection.due:
        yield "请于此日前交回 Due", assessment.collection.due.isoformat()
    yield "填报表 Sheets", "、".join(form.sheet for form in layout.forms)
    yield "识别码 Identification", layout.marker


def _definitions(sheet: Worksheet, evaluation: Evaluation, layout: Layout, row: int) -> None:
    text(at(sheet, row, 1), "指标口径 Definitions").font = BOLD
    names = dict.fromkeys(line.indicator for form in layout.forms for line in form.lines)
    for number, cells in enumerate([COLUMNS, *(_definition(evaluation, layout.unit, name) for name in names)]):
        row += 1
        for column, words in enumerate(cells, start=1):
            cell = text(at(sheet, row, column), words)
            cell.alignment, cell.border, cell.font = TOP, LINE, PLAIN
            if number == 0:
                cell.font, cell.fill = BOLD, HEAD
        longest = max(_lines(words, width) for words, width in zip(cells, WIDTHS.values(), strict=True))
        sheet.row_dimensions[row].height = LINE_HEIGHT * longest + 4


def _definition(evaluation: Evaluation, unit: str, name: str) -> tuple[str, ...]:
    indicator = evaluation.indicators[name]
    lines = [both(indicator.definition) if indicator.definition else "—"]
    for change in indicator.breaks:
        if all(evaluation.units.at[unit, column] == value for column, value in change.where.items()):
            note = change.note["zh"] if isinstance(change.note, Text) else change.note or ""
            lines.append(f"口径变化 Changed: {change.start} {note}".rstrip())
    return indicator.id, both(indicator.name), unit_words(indicator), "\n".join(lines), indicator.source or "—"


def _lines(words: str, width: float) -> int:
    """Number of lines that a text takes in a column; a Chinese character counts as two."""
    return sum(-(-wide(line) // int(width - 2)) or 1 for line in words.split("\n"))


def _finish(sheet: Worksheet, first_page: int) -> None:
    """Column widths, protection without a password, and a page break before the definitions."""
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    across(sheet, SCALE)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.row_breaks = RowBreak(brk=[Break(id=first_page)])
    sheet.oddFooter.center.text = "— &P / &N —"  # type: ignore[union-attr]
