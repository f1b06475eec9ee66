"""The reminder list of outstanding collection workbooks (催报清单), as a workbook and as rows for the terminal."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from evalkit.collection.blank_forms import save
from evalkit.collection.data_sheet import BOLD, HEAD, PLAIN, TITLE, TOP
from evalkit.collection.status import Collected, Return
from evalkit.project.evaluation import Evaluation
from evalkit.workbooks.writing import across, at, text

HEADING = (
    ("地区代码 Region", 20),
    ("名称 Name", 20),
    ("情况 State", 24),
    ("文件 File", 44),
    ("交回日期 Returned", 13),
    ("完整指标 Complete", 11),
    ("不完整指标 Incomplete", 12),
    ("空白指标 Empty", 11),
    ("缺项 Missing cells", 11),
    ("逾期天数 Days late", 10),
    ("待核问题 Questions", 11),
)
QUESTIONS = (("地区代码 Region", 20), ("位置 Where", 60), ("问题 What", 60), ("请 Please", 60))
STATES = {
    "nothing returned": "未交回",
    "not readable": "无法读取",
    "incomplete": "不完整",
    "questions": "待核实",
    "complete": "完整",
}
SHADES = {
    "nothing returned": PatternFill("solid", fgColor="F4B6AE"),
    "not readable": PatternFill("solid", fgColor="F4B6AE"),
    "incomplete": PatternFill("solid", fgColor="FFE8A3"),
    "questions": PatternFill("solid", fgColor="FFF7D6"),
    "complete": PatternFill("solid", fgColor="DCEFDC"),
}
FIRST_ROW = 4


def write(evaluation: Evaluation, collected: Collected) -> Path:
    """Write reports/<assessment>/collection.xlsx atomically and return its path."""
    made = Workbook()
    first = made.active
    assert isinstance(first, Worksheet)
    first.title = "催报清单 Collection"
    _head(first, evaluation, collected, HEADING)
    for row, returned in enumerate(collected.returns, start=FIRST_ROW + 1):
        _put(first, row, cells(evaluation, returned))
        at(first, row, 3).fill = SHADES[returned.state]
    _finish(first, len(collected.returns))
    asked = [returned for returned in collected.returns if returned.questions]
    _list_questions(made.create_sheet("问题 Questions"), evaluation, collected, asked)
    _list_questions(made.create_sheet("其他文件 Other files"), evaluation, collected, collected.others)
    path = evaluation.reports / "collection.xlsx"
    save(made, path)
    return path


def cells(evaluation: Evaluation, returned: Return) -> list[str | int]:
    """A region's row; unknown cells are empty."""
    region = returned.region
    counts: list[str | int] = [returned.complete, returned.incomplete, returned.empty, returned.missing]
    if returned.state in ("nothing returned", "not readable"):
        counts = [""] * len(counts)
    return [
        *(region, evaluation.name(region, "zh"), f"{STATES[returned.state]} {returned.state}", returned.file),
        returned.returned_on.isoformat() if returned.returned_on else "",
        *counts,
        returned.late or "",
        len(returned.questions) or "",
    ]


def _list_questions(sheet: Worksheet, evaluation: Evaluation, collected: Collected, asked: Sequence[Return]) -> None:
    _head(sheet, evaluation, collected, QUESTIONS)
    pairs = [(returned.region, question) for returned in asked for question in returned.questions]
    lines = [(region, question.where, question.what, question.cure) for region, question in pairs]
    for row, line in enumerate(lines, start=FIRST_ROW + 1):
        _put(sheet, row, line)
    _finish(sheet, len(lines))


def _head(sheet: Worksheet, evaluation: Evaluation, collected: Collected, heading: Sequence[tuple[str, int]]) -> None:
    text(at(sheet, 1, 1), f"{sheet.title} · {evaluation.assessment.name}").font = TITLE
    due = f"请于 {collected.due} 前交回 Due by {collected.due}" if collected.due else "未定交回日期 No due date"
    text(at(sheet, 2, 1), due).font = PLAIN
    sheet.row_dimensions[FIRST_ROW].height = 32  # two lines
    for column, (words, width) in enumerate(heading, start=1):
        cell = text(at(sheet, FIRST_ROW, column), words)
        cell.font, cell.fill, cell.alignment = BOLD, HEAD, TOP
        sheet.column_dimensions[get_column_letter(column)].width = width


def _put(sheet: Worksheet, row: int, line: Sequence[str | int]) -> None:
    for column, content in enumerate(line, start=1):
        cell = at(sheet, row, column)
        if isinstance(content, int):
            cell.value = content
        else:
            text(cell, content)
        cell.font, cell.alignment = PLAIN, TOP


def _finish(sheet: Worksheet, lines: int) -> None:
    sheet.freeze_panes = f"A{FIRST_ROW + 1}"
    sheet.auto_filter.ref = f"A{FIRST_ROW}:{get_column_letter(sheet.max_column)}{FIRST_ROW + lines}"
    sheet.print_title_rows = f"{FIRST_ROW}:{FIRST_ROW}"
    across(sheet)
