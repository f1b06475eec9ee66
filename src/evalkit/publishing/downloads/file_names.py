"""Which files can be taken away of a region's report, and how its page links to them."""

from collections.abc import Iterable

from evalkit.project.evaluation import Evaluation
from evalkit.publishing.preflight import WHOLE
from evalkit.reporting.language.words import translate

REPORT = "region_report"  # the notebook whose pages can be taken away
FOLDER = "downloads"


def workbooks(evaluation: Evaluation, region: str, languages: Iterable[str]) -> dict[str, str]:
    """The file names of a region's workbooks, by language; that of the assessment's first names no language."""
    first = evaluation.assessment.languages[0]
    named = {lang: _book(region) if lang == first else _book(f"{region}.{lang}") for lang in languages}
    return named if _wanted("xlsx", evaluation, region) else {}


def documents(evaluation: Evaluation, region: str, languages: Iterable[str]) -> dict[str, str]:
    """The file names of a region's Word documents, by language."""
    return {lang: _document(region, lang) for lang in languages} if _wanted("docx", evaluation, region) else {}


def names(evaluation: Evaluation, region: str, languages: Iterable[str]) -> list[str]:
    """All files of a region in these languages."""
    languages = tuple(languages)
    books, texts = workbooks(evaluation, region, languages), documents(evaluation, region, languages)
    return [*books.values(), *texts.values()]


def links(evaluation: Evaluation, region: str, lang: str) -> list[tuple[str, str]]:
    """Label and address of a region's files, for its page in one language."""
    labels = {"xlsx": translate("Tables as a workbook (XLSX)"), "docx": translate("Report for Word (DOCX)")}
    files = names(evaluation, region, [lang])
    return [(labels[name.rpartition(".")[2]], f"../{FOLDER}/{name}") for name in files]


def parts(page: str) -> str:
    """The file next to a page in the work folder that holds its parts; downloads are made from it."""
    return page.replace(".html", ".parts.json.gz")


def _book(name: str) -> str:
    return f"{name}.xlsx"


def _document(region: str, lang: str) -> str:
    return f"{region}.{lang}.docx"


def _wanted(kind: str, evaluation: Evaluation, region: str) -> bool:
    assessment = evaluation.assessment
    return region not in WHOLE and REPORT in assessment.notebooks and kind in assessment.downloads
