"""What a reader takes away of a report: a workbook and a document that say what the page says."""

import os
import re
import shutil
import subprocess

import docx
import openpyxl
import pytest

from evalkit.project.evaluation import load
from evalkit.reporting.language import vocabulary, words

REPORTS = [("final-2022", "jinhua", "zh"), ("demo-final-2022", "demo-city-d", "en"), ("prop99", "california", "zh")]
LARGEST = {"xlsx": 300_000, "docx": 1_000_000}
RESULTS = ("数据", "Results")
NUMERIC = ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")


@pytest.fixture(params=REPORTS, ids=lambda one: "/".join(one))
def report(request, site):
    """The assessment, the region, the page and the files made from it."""
    assessment, region, lang = request.param
    page = site.page(f"{assessment}/{region}/report.{lang}")
    folder = site.root / "reports" / assessment / "site/downloads"
    first = load(assessment, project=site.root).assessment.languages[0]
    book = folder / (f"{region}.xlsx" if lang == first else f"{region}.{lang}.xlsx")
    return assessment, region, page, book, folder / f"{region}.{lang}.docx"


def plain(text):
    """A text without blanks: lines are broken and words spaced in every format by its own rules."""
    return re.sub(r"\s", "", text)


def captions(page):
    """Captions with the numbers of the tables."""
    return [table.caption.get_text().strip() for table in page.soup.find_all("table")]


def in_print(page):
    """Captions and titles of a document: the data of its figures are in the workbook only."""
    drawn = [table for figure in page.soup.find_all("figure") for table in figure("table")]
    tables = [table for table in page.soup.find_all("table") if not any(table is one for one in drawn)]
    return [*(table.caption.get_text().strip() for table in tables), *figures(page)]


def unlabelled(text, page):
    """A text without the label of demonstration data, which the document has at every table."""
    words.use(page.soup.html["lang"][:2])
    return plain(text).replace(plain(words.translate(vocabulary.DEMO)), "")


def figures(page):
    """Titles with the numbers of the figures."""
    return [figure.find(class_="figure-title").get_text() for figure in page.soup.find_all("figure")]


def test_every_published_report_can_be_taken_away(site):
    for folder in (site.root / "reports").glob("*/site"):
        reports = {(path.parent.name, path.name.split(".")[1]) for path in folder.glob("*/report.*.html")}
        first = load(folder.parent.name, project=site.root).assessment.languages[0]
        wanted = {f"{region}.xlsx" if lang == first else f"{region}.{lang}.xlsx" for region, lang in reports}
        wanted |= {f"{region}.{lang}.docx" for region, lang in reports}
        assert wanted
        assert {path.name for path in (folder / "downloads").iterdir()} == {"results.csv", *wanted}


def test_the_page_leads_to_its_files(report):
    _, _, page, *files = report
    links = [page.path.parent / link["href"] for link in page.soup.select(".downloads a")]
    assert [link.resolve() for link in links] == [file.resolve() for file in files]


def test_files_are_small_enough_to_be_sent(report):
    *_, book, document = report
    assert book.stat().st_size < LARGEST["xlsx"]
    assert document.stat().st_size < LARGEST["docx"]


@pytest.fixture
def book(report):
    return openpyxl.load_workbook(report[3])


def test_the_workbook_has_every_table_of_the_page(report, book):
    page = report[2]
    drawn = [table for figure in page.soup.find_all("figure") for table in figure.find_all("table")]
    told = [plain(sheet["A2"].value) for sheet in book.worksheets]
    missing = [text for text in captions(page) if plain(text) not in told]
    assert len(missing) == len(drawn)  # their data share one sheet, under the titles of the figures
    cells = {plain(str(cell)) for sheet in book.worksheets for row in sheet.values for cell in row if cell}
    assert [title for title in figures(page) if plain(title) not in cells] == []


def rows_of(table):
    return [
        row for body in table.find_all("tbody") for row in body.find_all("tr") if "below" not in row.get("class", [])
    ]


def test_a_sheet_has_the_rows_of_its_table(report, book):
    sheets = {plain(sheet["A2"].value): sheet for sheet in book.worksheets}
    compared = 0
    for caption, table in zip(captions(report[2]), report[2].soup.find_all("table"), strict=True):
        if plain(caption) not in sheets or table.find_parent("figure"):
            continue
        first = [row[0] for row in sheets[plain(caption)].iter_rows(min_row=4, values_only=True)]
        for written, row in zip(first, rows_of(table), strict=True):
            q_marks = str.maketrans("", "", "“”")
            cell = row.find(["th", "td"])
            assert plain(str(written or "").translate(q_marks)) == plain(cell.get_text().translate(q_marks))
            compared += 1
    assert compared >= 10


def shown(cell):
    """A number as a spreadsheet shows it by its format."""
    form = cell.number_format.split(";")[0 if cell.value > 0 else 1 if cell.value < 0 else 2]
    before, digits, decimals, after = re.fullmatch(r'("."|)(#,##0|0)(\.0+|)("[^"]*"|)', form).groups()
    size = f"{abs(cell.value):{',' if '#' in digits else ''}.{max(len(decimals) - 1, 0)}f}"
    return f"{before}{size}{after}".replace('"', "")


def digits(number):
    """A number without its unit, which an interval on a page shows once, and its sign, which may be a word there."""
    return re.search(r"\d[\d,.]*", number)[0]


def test_targets_and_intervals_are_numbers(report, book):
    if report[0] != "demo-final-2022":
        pytest.skip("the real reports have no series")
    wanted = {"Target from", "Baseline", "Latest", "Gap", "Interval from", "Interval to"}
    numeric = set()
    for sheet in book.worksheets:
        heading = [cell.value for cell in sheet[3]]
        for row in sheet.iter_rows(min_row=4):
            numeric |= {name for name, cell in zip(heading, row, strict=True) if cell.data_type == "n" and cell.value}
    assert wanted <= numeric


def test_a_number_reads_as_on_the_pages(report, book, site):
    names = [path.stem for path in report[2].path.parent.glob("report.*.html")]
    pages = [site.page(f"{report[0]}/{report[1]}/{name}") for name in names]
    cells = [cell.get_text("\n") for page in pages for cell in page.soup.find_all(["td", "th", "small"])]
    told = "\n".join(cells)
    sheets = [sheet for sheet in book.worksheets if sheet.title not in RESULTS]
    filled = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "n"]
    numbers = [shown(cell) for cell in filled if cell.value is not None]
    assert len(numbers) >= {"demo-final-2022": 100, "prop99": 50}.get(report[0], 0)
    assert sorted(number for number in set(numbers) if number not in told and digits(number) not in told) == []


def test_the_results_are_those_of_the_region(report, book, site):
    assessment, region, *_ = report
    wanted = site.results(assessment).drop(columns="q_value")
    wanted = wanted[wanted["region"] == region].reset_index(drop=True)
    (results,) = [sheet for sheet in book.worksheets if sheet.title in RESULTS]
    heading, *rows = results.iter_rows(min_row=3, values_only=True)
    assert list(heading) == list(wanted.columns)
    assert len(rows) == len(wanted) > 0
    for name, *found in zip(heading, *rows, strict=True):
        if name in NUMERIC:
            assert [one is None for one in found] == [text == "" for text in wanted[name]]
            known = [float(text) for text in wanted[name] if text]
            assert [one for one in found if one is not None] == pytest.approx(known, rel=1e-11)
        else:
            assert ["" if one is None else str(one) for one in found] == wanted[name].tolist()


def test_no_cell_of_any_workbook_is_a_formula_or_an_error(site):
    files = list((site.root / "reports").glob("*/site/downloads/*.xlsx"))
    assert len(files) > 5
    for file in files:
        cells = (cell for sheet in openpyxl.load_workbook(file) for row in sheet.iter_rows() for cell in row)
        assert {cell.data_type for cell in cells} <= {"s", "n"}


@pytest.fixture
def document(report):
    return docx.Document(report[4])


def test_the_document_has_every_table_and_figure_under_the_number_of_the_page(report, document):
    page = report[2]
    styles = ("Table Title", "Table Title Across", "Figure Title")
    told = [unlabelled(one.text, page) for one in document.paragraphs if one.style.name in styles]
    wanted = [plain(text) for text in in_print(page)]
    assert len(wanted) > 5
    assert sorted(set(wanted) - set(told)) == []


def test_every_picture_keeps_its_alternative(report, document):
    alternatives = {svg["aria-label"] for svg in report[2].soup.select("svg[aria-label]:not(.narrow)")}
    titles = {title.partition("\N{EM SPACE}")[2] for title in figures(report[2])}
    shown = {one._inline.docPr.get("descr") for one in document.inline_shapes}
    assert shown <= alternatives | titles


def test_the_main_text_is_short_and_begins_with_the_answer(report, document):
    styles = [one.style.name for one in document.paragraphs]
    assert styles.index("Answer") == styles.index("Heading 1") + 1
    assert styles.index("Annex Mark") > styles.index("Attachments") > styles.index("Answer")


@pytest.fixture
def printed(report, tmp_path):
    """The document as LibreOffice prints it: its text, and how many pictures it holds."""
    office = shutil.which("soffice")
    reader, pictures = shutil.which("pdftotext"), shutil.which("pdfimages")
    if not (office and reader and pictures):
        told = "LibreOffice and poppler are needed; EVALKIT_REQUIRE_OFFICE=1 asks for them"
        pytest.fail(told) if os.environ.get("EVALKIT_REQUIRE_OFFICE") == "1" else pytest.skip(told)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    asked = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, report[4]]
    subprocess.run(asked, check=True, capture_output=True, timeout=240)
    (file,) = tmp_path.glob("*.pdf")
    text = subprocess.run([reader, "-raw", file, "-"], check=True, capture_output=True).stdout.decode()
    listed = subprocess.run([pictures, "-list", file], check=True, capture_output=True).stdout.decode()
    return text, len(listed.splitlines()) - 2


@pytest.mark.office
def test_it_converts_to_paper_with_every_table_every_figure_and_every_letter(report, document, printed):
    page, (text, pictures) = report[2], printed
    told = unlabelled(text, page)
    wanted = [*in_print(page), *(one.get_text() for one in page.soup.find_all("h2"))]
    assert len(wanted) > 10
    assert [one for one in wanted if plain(one) not in told] == []
    assert pictures >= len(document.inline_shapes)
    letters = {sign for one in document.paragraphs for sign in one.text if "\u4e00" <= sign <= "\u9fff"}
    assert letters - set(told) == set()
    assert "\ufffd" not in told
