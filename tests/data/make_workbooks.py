"""Makes workbooks as counties send them: one per case of the raw-input fixtures, and one per unit of the demonstration.

    python tests/data/make_workbooks.py demonstration PROJECT   # 93 workbooks that ingest to the committed panel
    python tests/data/make_workbooks.py many PROJECT 500        # 500 plain ones, 28 quarters x 16 indicators each

All names are fictional, and identity numbers fail their own checksum.
"""

import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.comments import Comment

ROOT = Path(__file__).parents[2]
DEMONSTRATION = ROOT / "data/demonstration"
QUARTERS = [f"{year}Q{quarter}" for year in range(2016, 2023) for quarter in range(1, 5)]
YEARS = [str(year) for year in range(2016, 2023)]
NUMERALS = "〇一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789.,%-", "０１２３４５６７８９．，％－")

#: The indicators of the demonstration as authorities call them: name, unit of measure, decimals.
QUARTERLY: dict[str, tuple[str, str]] = {
    "county_visit_rate": ("县域就诊率", "%"),
    "primary_visit_share": ("基层就诊率", "%"),
    "primary_visits": ("基层门急诊人次", "人次"),
    "primary_discharges": ("基层出院人次", "人次"),
    "referrals_down": ("下转人次", "人次"),
    "level4_surgery_share": ("四级手术占比", "%"),
    "fd_contract_rate": ("家庭医生签约率", "%"),
    "fund_within_county_share": ("县域内医保基金支出占比", "%"),
    "fund_primary_share": ("基层医保基金占比", "%"),
    "op_cost_per_visit": ("门诊次均费用", "元"),
    "ip_cost_per_discharge": ("住院次均费用", "元"),
    "actual_reimbursement_ratio": ("住院实际报销比", "%"),
    "alos": ("平均住院日", "天"),
}
ANNUAL: dict[str, tuple[str, str]] = {
    "htn_control_rate": ("高血压控制率", "%"),
    "maternal_mortality": ("孕产妇死亡率", "1/10万"),
    "patient_satisfaction": ("患者满意度", "%"),
}
COUNTS: dict[str, tuple[str, str]] = {
    "county_visit_rate": ("县域内就诊人次", "参保居民就诊总人次"),
    "primary_visit_share": ("其中：基层诊疗人次", "总诊疗人次"),
}
INDICATORS = {**QUARTERLY, **ANNUAL}
PERCENT = [name for name, (_, unit) in INDICATORS.items() if unit == "%"]
BREAKS = {"口径调整：纳入村卫生站": "①", "手术目录调整": "②", "区划调整": "③"}
MARKS = ["—", "－", "／", "…", "无", "暂无", "未统计", None, "", "N/A"]
SIGNED = {"初步数（模拟）": "（初步）"}

MAPPING = """
files: ["demonstration/*"]
status: simulated
released: {days_after: 45}
provisional: {status: simulated, note: 初步数（模拟）}
comments: note
revision: {order: [上报, 修订]}
units:
  prefixes: [东省, 西省]
  aliases: {演示丙: demo-city-c, 演示丁市: demo-city-d}
ignore_sheets: [填报说明]
tables:
  - {layout: long, files: ["*.csv"], unit: {column: 地区}, period: {column: 期间}, indicator: {column: 指标},
     value: 数值, numerator: 分子, denominator: 分母, note: 备注, measure: 计量单位, ignore_columns: [序号]}
  - {layout: periods_wide, sheets: ["*累计*"], unit: {cell: A1, pattern: "(.+?)医共体"}, indicator: {column: 指标名称},
     cumulative: [primary_visits]}
  - {layout: periods_wide, sheets: ["*季度监测*"], unit: {file: "^(.+?)_"}, indicator: {column: 指标名称},
     header: {levels: 2}, ignore_columns: [序号]}
  - {layout: periods_wide, sheets: ["20??"], unit: {file: "^(.+?)_"}, indicator: {column: 指标名称},
     year: {sheet: "20.."}, ignore_columns: [序号]}
  - {layout: periods_wide, sheets: [季度, 年度*], unit: {file: "^(.+?)_"}, indicator: {column: 指标名称},
     ignore_columns: [序号]}
  - {layout: indicators_wide, sheets: [汇总*], unit: {column: 地区}, period: {column: 期间}, header: {levels: 2}}
indicators:
"""


def mapping() -> str:
    """The mapping of the demonstration workbooks."""
    lines = []
    for name, (label, _) in INDICATORS.items():
        above, below = COUNTS.get(name, ("", ""))
        counts = f", numerator: [{above}], denominator: [{below}]" if above else ""
        aliases = "[基层就诊率, 基层诊疗量占比]" if name == "primary_visit_share" else f"[{label}]"
        frequency = "year" if name in ANNUAL else "quarter"
        places = {"primary_visits": 0, "primary_discharges": 0, "referrals_down": 0}.get(name)
        lines.append(
            f"  {name}: {{aliases: {aliases}{counts}, frequency: {frequency}, decimals: {_places(name, places)}}}"
        )
    return MAPPING.lstrip() + "\n".join(lines) + "\n"


def _places(name: str, known: int | None) -> int:
    one = {"fd_contract_rate", "op_cost_per_visit", "ip_cost_per_discharge", "actual_reimbursement_ratio"}
    one |= {"htn_control_rate", "patient_satisfaction"}
    return known if known is not None else 1 if name in one else 2


class Book:
    """A workbook in the making: sheets of cells, written as xlsx, xls, ods or csv."""

    def __init__(self) -> None:
        self.sheets: dict[str, dict[tuple[int, int], Any]] = {}
        self.percent: set[tuple[str, int, int]] = set()
        self.merged: list[tuple[str, str]] = []
        self.hidden_rows: list[tuple[str, int]] = []
        self.hidden_sheets: list[str] = []
        self.comments: dict[tuple[str, int, int], str] = {}

    def put(self, sheet: str, row: int, column: int, value: Any, percent: bool = False) -> None:
        if value is not None:
            self.sheets.setdefault(sheet, {})[row, column] = value
            if percent:
                self.percent.add((sheet, row, column))

    def row(self, sheet: str, row: int, values: Iterable[Any], first: int = 1) -> None:
        for column, value in enumerate(values, start=first):
            self.put(sheet, row, column, value)

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        {".xlsx": self._xlsx, ".xls": self._xls, ".ods": self._ods}[path.suffix](path)

    def _xlsx(self, path: Path) -> None:
        book = Workbook()
        book.remove(book.active)
        for name, cells in self.sheets.items():
            sheet = book.create_sheet(name)
            for (row, column), value in cells.items():
                cell = sheet.cell(row, column, value)
                if (name, row, column) in self.percent:
                    cell.number_format = "0.00%"
        for name, area in self.merged:
            book[name].merge_cells(area)
        for name, row in self.hidden_rows:
            book[name].row_dimensions[row].hidden = True
        for (name, row, column), text in self.comments.items():
            book[name].cell(row, column).comment = Comment(text, "演示")
        for name in self.hidden_sheets:
            book[name].sheet_state = "hidden"
        book.save(path)

    def _xls(self, path: Path) -> None:
        book = xlwt.Workbook(encoding="utf-8")
        for name, cells in self.sheets.items():
            sheet = book.add_sheet(name)
            for (row, column), value in cells.items():
                sheet.write(row - 1, column - 1, value)
        book.save(str(path))

    def _ods(self, path: Path) -> None:
        book = OpenDocumentSpreadsheet()
        for name, cells in self.sheets.items():
            table = Table(name=name)
            for row in range(1, max(row for row, _ in cells) + 1):
                line = TableRow()
                for column in range(1, max(column for _, column in cells) + 1):
                    line.addElement(_ods_cell(cells.get((row, column)), (name, row, column) in self.percent))
                table.addElement(line)
            book.spreadsheet.addElement(table)
        book.save(str(path))


def _ods_cell(value: Any, percent: bool) -> Any:
    if isinstance(value, (int, float)):
        cell = TableCell(valuetype="percentage" if percent else "float", value=repr(value))
        cell.addElement(P(text=str(value)))
        return cell
    cell = TableCell(valuetype="string") if value is not None else TableCell()
    if value is not None:
        cell.addElement(P(text=str(value)))
    return cell


class Demonstration:
    """The committed demonstration panel, unit by unit, written in the habits of whoever fills in such forms."""

    def __init__(self) -> None:
        text = {"dtype": str, "keep_default_na": False}
        panel = pd.read_csv(DEMONSTRATION / "panel.csv", **text)
        self.units = pd.read_csv(DEMONSTRATION / "units.csv", **text)
        self.rows = {
            (u, i, p): row
            for u, i, p, *row in panel[
                ["unit", "indicator", "period", "value", "numerator", "denominator", "note"]
            ].itertuples(index=False)
        }

    def write(self, folder: Path) -> list[Path]:
        """One workbook per unit; which habit a unit has follows from its place."""
        made = []
        whole = [u for u in self.units["unit"] if all((u, "primary_visits", q) in self.rows for q in QUARTERS)]
        for place, about in enumerate(self.units.itertuples(index=False)):
            habit = HABITS[place % len(HABITS)]
            if habit is Demonstration.running and about.unit not in whole:
                habit = Demonstration.wide
            path = habit(self, about.unit, self._name(place, about), folder, place)
            made.append(path)
        return made

    def _name(self, place: int, about: Any) -> str:
        """A county has many names: with its province, short, by its code."""
        if about.unit in ("demo-city-c", "demo-city-d"):
            return {"demo-city-c": "演示丙", "demo-city-d": "演示丁市"}[about.unit]
        return [about.name_zh, f"{about.province}{about.name_zh}", about.name_en, about.unit][place % 4]

    def cell(self, unit: str, name: str, period: str, place: int, formats: bool = True) -> tuple[Any, bool]:
        """What stands in a cell, and whether it is formatted as a percentage."""
        row = self.rows.get((unit, name, period))
        turn = place + len(name) + 3 * int(period[:4]) + int(period[-1])
        if row is None:
            return MARKS[turn % len(MARKS)], False
        value, _, _, note = row
        mark = SIGNED.get(note, "") or BREAKS.get(note, "")
        if mark:
            return value + mark, False
        if name in PERCENT:
            return self._percent(value, turn, formats)
        if name == "primary_visits" and turn % 9 == 0:
            return f"{int(value):,}".translate(FULL_WIDTH), False
        return (float(value) if "." in value else int(value)), False

    def _percent(self, value: str, turn: int, formats: bool) -> tuple[Any, bool]:
        if turn % 5 == 0:
            return f"{value}%", False
        if turn % 5 == 1 and formats:
            return float(Decimal(value) / 100), True
        if turn % 11 == 3:
            return f"{value}％".translate(FULL_WIDTH), False
        return float(value), False

    def count(self, unit: str, name: str, period: str, part: int) -> Any:
        row = self.rows.get((unit, name, period))
        return int(row[part]) if row else None

    def _lines(self, names: dict[str, tuple[str, str]], place: int) -> list[tuple[str, str, int]]:
        """Rows of a form: label, indicator, and which number of it (0 value, 1 numerator, 2 denominator)."""
        made: list[tuple[str, str, int]] = []
        for name, (label, unit) in names.items():
            if name in COUNTS:
                made.append((f"{COUNTS[name][1]}（人次）", name, 2))
                made.append((f"　　{COUNTS[name][0]}（人次）", name, 1))
            brackets = [f"（{unit}）", f"({unit})", ""][place % 3]
            made.append((label + (brackets or ("（1/10万）" if unit == "1/10万" else "")), name, 0))
        return made

    def _fill(
        self,
        book: Book,
        sheet: str,
        lines: Sequence[tuple[str, str, int]],
        periods: Sequence[str],
        unit: str,
        place: int,
        first: tuple[int, int],
        formats: bool = True,
    ) -> None:
        for row, (label, name, part) in enumerate(lines, start=first[0]):
            book.put(sheet, row, first[1] - 1, label)
            for column, period in enumerate(periods, start=first[1]):
                if part:
                    book.put(sheet, row, column, self.count(unit, name, period, part))
                else:
                    book.put(sheet, row, column, *self.cell(unit, name, period, place, formats))

    def _notes(self, book: Book, sheet: str, row: int, unit: str) -> None:
        """Footnotes that explain the marks of this unit."""
        used = {row[3] for (u, _, _), row in self.rows.items() if u == unit} & set(BREAKS)
        told = "；".join(f"{mark}{text}" for text, mark in BREAKS.items() if text in used)
        book.put(sheet, row, 1, f"注：{told}" if told else "注：数据来源于直报系统。")
        book.put(sheet, row + 1, 1, "填报单位：演示卫生健康局")

    def _annual(self, book: Book, unit: str, place: int, formats: bool, sheet: str = "年度监测表") -> None:
        book.put(sheet, 1, 1, "年度监测指标")
        headings = [f"{year}年" for year in YEARS] if place % 2 else [_chinese(year) for year in YEARS]
        book.row(sheet, 2, ["指标名称", *headings])
        lines = self._lines(ANNUAL, place)
        self._fill(book, sheet, lines, YEARS, unit, place, (3, 2), formats)
        self._notes(book, sheet, 3 + len(lines), unit)

    def two_levels(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """Merged title, years over quarters with a total of the year, 单位 line, footnotes, a hidden row."""
        book, sheet = Book(), "季度监测表"
        book.put(sheet, 1, 1, f"{name}医共体运行监测表")
        book.merged.append((sheet, "A1:AK1"))
        book.put(sheet, 2, 1, "单位：人次、%、元")
        book.row(sheet, 3, ["序号", "指标名称"])
        book.merged += [(sheet, "A3:A4"), (sheet, "B3:B4")]
        columns, column = {}, 3
        for year in YEARS:
            book.put(sheet, 3, column, f"{year}年")
            book.merged.append((sheet, f"{_letters(column)}3:{_letters(column + 4)}3"))
            book.row(sheet, 4, ["一季度", "二季度", "三季度", "四季度", "全年"], column)
            columns |= {f"{year}Q{quarter}": column + quarter - 1 for quarter in range(1, 5)}
            column += 5
        lines = self._lines(QUARTERLY, place)
        for row, (label, indicator, part) in enumerate(lines, start=5):
            book.row(sheet, row, [row - 4, label])
            for period, at in columns.items():
                if part:
                    book.put(sheet, row, at, self.count(unit, indicator, period, part))
                else:
                    book.put(sheet, row, at, *self.cell(unit, indicator, period, place))
            for year in YEARS:
                known = [self.rows.get((unit, indicator, f"{year}Q{q}")) for q in range(1, 5)]
                if (part or INDICATORS[indicator][1] == "人次") and all(known):
                    total = sum(int(one[part]) for one in known if one)
                    book.put(sheet, row, columns[f"{year}Q4"] + 1, total)
        book.hidden_rows.append((sheet, 7))
        self._notes(book, sheet, 5 + len(lines), unit)
        self._annual(book, unit, place, True)
        book.put("填报说明", 1, 1, "请于季后45日内报送。")
        path = folder / f"{name}_医共体监测表_{place:02}.xlsx"
        book.save(path)
        return path

    def wide(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """One row of headings in mixed spellings; visits in 万人次; remarks as comments on cells."""
        book, sheet = Book(), "季度"
        book.put(sheet, 1, 1, "医共体季度监测")
        headings = [[q, f"{q[:4]}年{q[5]}季度", f"{q[:4]}年第{NUMERALS[int(q[5])]}季度"][place % 3] for q in QUARTERS]
        book.row(sheet, 2, ["指标名称", *headings])
        lines = self._lines(QUARTERLY, place)
        self._fill(book, sheet, lines, QUARTERS, unit, place, (3, 2))
        row = next(at for at, (_, indicator, part) in enumerate(lines, 3) if (indicator, part) == ("primary_visits", 0))
        book.put(sheet, row, 1, "基层门急诊人次（万人次）")
        for column, period in enumerate(QUARTERS, start=2):
            known = self.rows.get((unit, "primary_visits", period))
            if known and not known[3]:
                book.put(sheet, row, column, float(Decimal(known[0]) / 10000))
        for at, (_, indicator, part) in enumerate(lines, start=3):
            for column, period in enumerate(QUARTERS, start=2):
                known = self.rows.get((unit, indicator, period))
                if known and not part and known[3] in BREAKS and indicator != "primary_visits":
                    book.sheets[sheet][at, column] = float(known[0]) if "." in known[0] else int(known[0])
                    book.comments[sheet, at, column] = known[3]
        self._annual(book, unit, place, True)
        self._notes(book, sheet, 3 + len(lines), unit)
        path = folder / f"{name}_监测_{place:02}.xlsx"
        book.save(path)
        return path

    def legacy(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """Excel 97: the same wide form, without formats."""
        book, sheet = Book(), "季度"
        book.row(sheet, 1, ["序号", "指标名称", *QUARTERS])
        lines = self._lines(QUARTERLY, place)
        self._fill(book, sheet, lines, QUARTERS, unit, place, (2, 3), formats=False)
        self._notes(book, sheet, 2 + len(lines), unit)
        self._annual(book, unit, place, False)
        path = folder / f"{name}_季报_{place:02}.xls"
        book.save(path)
        return path

    def summary(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """Indicators in columns under a row of domains; periods in rows; an OpenDocument or an Excel file."""
        book = Book()
        for sheet, names, periods in (("汇总表", QUARTERLY, QUARTERS), ("汇总年表", ANNUAL, YEARS)):
            lines = self._lines(names, place)
            book.put(sheet, 1, 1, "医共体监测汇总")
            book.row(sheet, 2, ["地区", "期间", "有序就医"])
            book.row(sheet, 3, ["", "", *(label.strip() for label, _, _ in lines)])
            for row, period in enumerate(periods, start=4):
                book.row(sheet, row, [name if row == 4 or place % 2 else f" {name}　", _quarter(period, place)])
                for column, (_, indicator, part) in enumerate(lines, start=3):
                    if part:
                        book.put(sheet, row, column, self.count(unit, indicator, period, part))
                    else:
                        book.put(sheet, row, column, *self.cell(unit, indicator, period, place, place % 2 == 1))
            self._notes(book, sheet, 4 + len(periods), unit)
        path = folder / f"{name}_汇总_{place:02}.{'ods' if place % 2 == 0 else 'xlsx'}"
        book.save(path)
        return path

    def text(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """A long table as CSV, in GB18030 or UTF-8, values as text, remarks in a column."""
        lines = ["序号,地区,期间,指标,计量单位,数值,分子,分母,备注"]
        for indicator, (label, measure) in INDICATORS.items():
            for period in YEARS if indicator in ANNUAL else QUARTERS:
                row = self.rows.get((unit, indicator, period))
                value, above, below, note = row or (str(MARKS[place % 8] or ""), "", "", "")
                value, note = value + SIGNED.get(note, ""), "" if note in SIGNED else note
                lines.append(
                    ",".join(
                        [str(len(lines)), name, _quarter(period, place), label, measure, value, above, below, note]
                    )
                )
        path = folder / f"{name}_直报_{place:02}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        encoding = ["gb18030", "utf-8-sig", "utf-8"][place % 3]
        path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
        return path

    def yearly(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """A sheet per year; from 2019 on in another order of columns and with an indicator renamed."""
        book = Book()
        for year in YEARS:
            lines = self._lines(QUARTERLY, place)
            quarters = [f"{year}Q{quarter}" for quarter in (range(1, 5) if year < "2019" else range(4, 0, -1))]
            book.row(year, 1, ["指标名称", *(f"第{NUMERALS[int(q[5])]}季度" for q in quarters)])
            if year >= "2019":
                lines = [(label.replace("基层就诊率", "基层诊疗量占比"), *rest) for label, *rest in reversed(lines)]
            self._fill(book, year, lines, quarters, unit, place, (2, 2))
            self._notes(book, year, 2 + len(lines), unit)
        self._annual(book, unit, place, True)
        path = folder / f"{name}_分年_{place:02}.xlsx"
        book.save(path)
        return path

    def running(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """Visits run from January on, on a sheet of their own; the rest is the wide form."""
        book = Book()
        quarterly = {indicator: about for indicator, about in QUARTERLY.items() if indicator != "primary_visits"}
        book.row("季度", 1, ["指标名称", *QUARTERS])
        lines = self._lines(quarterly, place)
        self._fill(book, "季度", lines, QUARTERS, unit, place, (2, 2))
        self._notes(book, "季度", 2 + len(lines), unit)
        book.put("门诊累计", 1, 1, f"{name}医共体门诊累计")
        book.row("门诊累计", 2, ["指标名称", *(f"{q[:4]}年1-{3 * int(q[5])}月" for q in QUARTERS)])
        book.put("门诊累计", 3, 1, "基层门急诊人次")
        for column, period in enumerate(QUARTERS, start=2):
            so_far = [self.rows[unit, "primary_visits", f"{period[:4]}Q{q}"][0] for q in range(1, int(period[5]) + 1)]
            note = BREAKS.get(self.rows[unit, "primary_visits", period][3], "")
            total = sum(map(int, so_far))
            book.put("门诊累计", 3, column, f"{total}{note}" if note else total)
        self._notes(book, "门诊累计", 4, unit)
        self._annual(book, unit, place, True)
        path = folder / f"{name}_累计_{place:02}.xlsx"
        book.save(path)
        return path

    def revised(self, unit: str, name: str, folder: Path, place: int) -> Path:
        """Reported first, revised later: the second sheet of the same form has the values that count."""
        book = Book()
        for sheet in ("季度监测表上报", "季度监测表修订"):
            book.row(sheet, 1, ["指标名称", *(f"{q[:4]}年" for q in QUARTERS)])
            book.row(sheet, 2, ["", *(f"{q[5]}季度" for q in QUARTERS)])
            lines = self._lines(QUARTERLY, place)
            self._fill(book, sheet, lines, QUARTERS, unit, place, (3, 2))
            self._notes(book, sheet, 3 + len(lines), unit)
        for (row, column), value in list(book.sheets["季度监测表上报"].items()):
            if isinstance(value, int) and row > 2 and column % 7 == 2:
                book.sheets["季度监测表上报"][row, column] = value + 1
        self._annual(book, unit, place, True)
        path = folder / f"{name}_监测修改_{place:02}.xlsx"
        book.save(path)
        return path


HABITS: list[Callable[[Demonstration, str, str, Path, int], Path]] = [
    Demonstration.two_levels,
    Demonstration.wide,
    Demonstration.text,
    Demonstration.summary,
    Demonstration.yearly,
    Demonstration.running,
    Demonstration.legacy,
    Demonstration.revised,
    Demonstration.wide,
]


def demonstration(project: Path) -> list[Path]:
    """Write the 93 workbooks and their mapping into a project folder that holds data/demonstration/units.csv."""
    made = Demonstration().write(project / "data/raw/demonstration")
    target = project / "params/mappings/demonstration.yml"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(mapping(), encoding="utf-8")
    return made


def many(project: Path, number: int) -> list[Path]:
    """Write plain workbooks of 28 quarters x 16 indicators, one per unit, with units.csv, indicators.yml, mapping."""
    names = [f"x{place:02}" for place in range(16)]
    units = [f"u{place:04}" for place in range(number)]
    for file, text in {
        "params/indicators.yml": "".join(f"{name}: {{name: {{zh: 指标{name}}}, unit: percent}}\n" for name in names),
        "data/many/units.csv": "unit,name_zh\n" + "".join(f"{unit},演示县{unit}\n" for unit in units),
        "params/mappings/many.yml": "files: ['many/*']\ntables:\n  - {layout: periods_wide, unit: {file: '(.+)'}, "
        "indicator: {column: 指标名称}}\nindicators:\n" + "".join(f"  {name}: {{}}\n" for name in names),
    }.items():
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        (project / file).write_text(text, encoding="utf-8")
    made = []
    for place, unit in enumerate(units):
        book = Book()
        book.row("季度", 1, ["指标名称", *(f"{q[:4]}年{q[5]}季度" for q in QUARTERS)])
        for row, name in enumerate(names, start=2):
            values = [round(40 + (place * 7 + row * 13 + column * 3) % 400 / 10, 1) for column in range(len(QUARTERS))]
            mixed = [f"{value}%" if column % 4 == 0 else value for column, value in enumerate(values)]
            book.row("季度", row, [f"指标{name}（%）", *mixed])
        made.append(project / f"data/raw/many/演示县{unit}.xlsx")
        book.save(made[-1])
    return made


def _chinese(year: str) -> str:
    return "".join(NUMERALS[int(digit)] for digit in year) + "年"


def _quarter(period: str, place: int) -> str:
    if "Q" not in period:
        return f"{period}年"
    return [period, f"{period[:4]}年{period[5]}季度", f"{period[:4]}年第{NUMERALS[int(period[5])]}季度"][place % 3]


def _letters(column: int) -> str:
    return (chr(64 + (column - 1) // 26) if column > 26 else "") + chr(65 + (column - 1) % 26)


# ---- one workbook, or a few, for each case of raw_input_fixtures.csv ----

NAMES = ("演示市甲", "演示市乙", "演示市丙", "演示市丁")


def _table(path: Path, rows: Iterable[Sequence[Any]], sheet: str = "表", **more: Any) -> None:
    book = Book()
    for number, row in enumerate(rows, start=1):
        book.row(sheet, number, row)
    for name, value in more.items():
        setattr(book, name, value)
    book.save(path)


def f01(folder: Path) -> None:
    book, sheet = Book(), "监测表"
    book.put(sheet, 1, 1, "演示市乙医共体运行监测表")
    book.put(sheet, 2, 1, "单位：人次、%")
    book.row(sheet, 3, ["指标名称", "2018年", None, None, None, "2019年"])
    book.row(sheet, 4, [None, *["一季度", "二季度", "三季度", "四季度"] * 2])
    book.row(sheet, 5, ["基层就诊率", 60.1, 60.2, 60.3, 60.4, 61.1, 61.2, 61.3, 61.4])
    book.row(sheet, 6, ["门急诊人次", 1001, 1002, 1003, 1004, 1101, 1102, 1103, 1104])
    book.put(sheet, 7, 1, "注：基层就诊率不含村卫生站。")
    book.put(sheet, 8, 1, "填报单位：演示卫生健康局")
    book.merged = [(sheet, area) for area in ("A1:N1", "A3:A4", "B3:E3", "F3:I3")]
    book.save(folder / "演示市乙_医共体监测表_2019年.xlsx")


def f02(folder: Path) -> None:
    heading = ["指标名称", *(f"{year}年" for year in range(2016, 2019)), "2019年（预计）", "2020年"]
    _table(folder / "演示市甲_年报.xlsx", [heading, ["县域就诊率", 85.1, 86.2, 87.3, 88.4, 89.5]])


def f03(folder: Path, doubtful: bool = False) -> None:
    values = [("2018", 65.3), ("2019", "65.3%"), ("2020", 0.653), ("2021", 0.9 if doubtful else 66.0)]
    rows: list[list[Any]] = [["地区", "年份", "基层就诊率"], *(["演示市甲", year, value] for year, value in values)]
    _table(folder / "百分比.xlsx", rows, percent={("表", 4, 3)})


def f04(folder: Path) -> None:
    for name, value in (("演示市甲", 145.518), ("演示市乙", 145.52)):
        _table(folder / f"{name}_门诊.xlsx", [["指标名称", "2019年"], ["门急诊人次（万人次）", value]])


def f05(folder: Path) -> None:
    rows = [
        ["地区", "年份", "基层就诊率", "门急诊人次"],
        ["演示市甲", "２０１９年", "６４．４５％", "１，４５５，１８０"],
    ]
    _table(folder / "全角.xlsx", [*rows, ["演示市乙", "2019年", "－", "－５"]])


def f06(folder: Path) -> None:
    marks = ["—", "－", "／", "…", "..", "无", "暂无", "未统计", "不适用", "N/A", None, "#DIV/0!", "#REF!", 0]
    rows: list[list[Any]] = [["地区", "年份", "基层就诊率", "门急诊人次"]]
    rows += [["演示市甲", str(2001 + place), mark, 10] for place, mark in enumerate(marks)]
    _table(folder / "缺失.xlsx", rows)


def f07(folder: Path) -> None:
    text = "地区,年份,基层就诊率\r\n演示市甲,2019年,64.45\r\n演示䶮县,2019年,61.2\r\n"
    for name, encoding in (("国标", "gb18030"), ("统一码", "utf-8-sig")):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "直报.csv").write_bytes(text.encode(encoding))


def f08(folder: Path, typo: bool = False) -> None:
    names = ["演示市丙", "西省演示市丙", "演示丙", 990183, "990183", *(["演示市柄"] if typo else [])]
    rows: list[list[Any]] = [["地区", "年份", "基层就诊率"]]
    rows += [[name, str(2016 + place), 60 + place] for place, name in enumerate(names)]
    _table(folder / "名称.xlsx", rows)


def f09(folder: Path, cached: bool = False) -> None:
    book, sheet = Book(), "表"
    book.row(sheet, 1, ["地区", "年份", "基层就诊率", "门急诊人次"])
    book.row(sheet, 2, ["演示市甲", "2018", 60.5, 100])
    book.row(sheet, 3, ["演示市乙", "2018", 61.5, 110])
    book.row(sheet, 4, ["演示市丙", "2018", 62.5, 120 if cached else "=SUM(D2:D3)"])
    book.hidden_rows = [(sheet, 3)]
    book.comments = {(sheet, 2, 3): "与年报不一致"}
    book.row("旧表", 1, ["废弃"])
    book.hidden_sheets = ["旧表"]
    book.save(folder / "公式.xlsx")


def f10(folder: Path, labels: Sequence[Any] = ()) -> None:
    written = labels or ["2020Q1", "2020年2季度", "2020年第三季度", "2020年10-12月"]
    rows: list[list[Any]] = [["指标名称", *written], ["门急诊人次", *(100 + 10 * n for n in range(len(written)))]]
    _table(folder / "演示市甲_期间.xlsx", rows)


def f11(folder: Path) -> None:
    book = Book()
    book.row("2019", 1, ["地区", "期间", "基层就诊率", "门急诊人次"])
    book.row("2020", 1, ["门急诊人次", "地区", "基层诊疗量占比", "期间"])
    for quarter in range(1, 5):
        book.row("2019", quarter + 1, ["演示市甲", f"2019Q{quarter}", 60 + quarter, 1000 + quarter])
        book.row("2020", quarter + 1, [2000 + quarter, "演示市甲", 63 + quarter, f"2020Q{quarter}"])
    book.save(folder / "两年.xlsx")


def f12(folder: Path, total: int = 600) -> None:
    rows = [["地区", "2019Q1", "2019Q2"], ["合计", total, 660], ["　西省小计", 300, 330], ["　　演示市甲", 100, 110]]
    rows += [
        ["　　演示市乙", 200, 220],
        ["　东省小计", 300, 330],
        ["　　演示市丙", 300, 330],
        ["　　其中：中医", 50, 400],
    ]
    _table(folder / "合计.xlsx", rows, "门急诊人次")


def f13(folder: Path, dates: tuple[str, str] = ("2020-04-10", "2020-07-01")) -> None:
    for mark, date, value in (("上报", dates[0], 64.4), ("修订", dates[1], 66.1)):
        rows = [["填报日期", date], ["指标名称", "2019年"], ["基层就诊率", value], ["县域就诊率", 90.5]]
        _table(folder / f"演示市丙_{mark}.xlsx", rows)


def f14(folder: Path) -> None:
    rows = [["地区", "年份", "基层就诊率"], ["演示市甲", "2019", 64.5]]
    _table(folder / "旧版.xls", rows)
    html = "<html><body><table><tr><td>地区</td></tr></table></body></html>"
    (folder / "网页.xlsx").write_text(html, encoding="utf-8")
    (folder / "文本.xlsx").write_text("地区,年份,基层就诊率\n演示市乙,2019,65.5\n", encoding="utf-8")


def f15(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "说明.docx", "w") as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<document/>")
    (folder / "说明.wps").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(3000))


def f16(folder: Path, doubtful: bool = False) -> None:
    dates: list[Any] = ["2019.2", "2019年2月", 43497, "2019-02-14", *(["二月份"] if doubtful else [])]
    names = [*NAMES, "演示䶮县"]
    rows = [["地区", "启动时间"], *([name, date] for name, date in zip(names, dates, strict=False))]
    _table(folder / "启动时间.xlsx", rows)


def f17(folder: Path, blocking: bool = True) -> None:
    rows: list[list[Any]] = [["地区", "期间", "县域就诊率", "基层就诊率", "门急诊人次"]]
    for place in range(8):
        share = 6.445 if place == 4 else 61.0 + place
        rows.append(["演示市甲", f"{2018 + place // 4}Q{place % 4 + 1}", 91 + place / 10, share, 1000 + place])
    if blocking:
        rows[2][2], rows[3][4] = 102.3, -5
    _table(folder / "超范围.xlsx", rows)


def f18(folder: Path, kind: str = "headings") -> None:
    lines = {
        "headings": "姓名,身份证号,基层就诊率\n演示人,110101190001010000,64\n",
        "numbers": "编号,年份,数\n110101190001010000,2019,64\n",
        "phones": "联系,年份,数\n13900000000,2019,64\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "名单.csv").write_bytes(lines[kind].encode("gb18030"))


CASES: dict[str, Callable[..., None]] = {
    name: globals()[name.lower()] for name in (f"F{number:02}" for number in range(1, 19))
}


if __name__ == "__main__":
    what, target, *rest = sys.argv[1:]
    made = demonstration(Path(target)) if what == "demonstration" else many(Path(target), int(rest[0]))
    print(f"{len(made)} workbooks below {target}")
