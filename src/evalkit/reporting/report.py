"""A report in one language: the data and results of an evaluation, and the sections of its pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalkit.analysis.bundle import Bundle
from evalkit.analysis.effects import other_starts
from evalkit.errors import InputError, Mistake, nearest
from evalkit.project.evaluation import load
from evalkit.reporting.elements import prose, record
from evalkit.reporting.elements.parts import Piece
from evalkit.reporting.elements.record import Record
from evalkit.reporting.language import words
from evalkit.reporting.language.words import Html
from evalkit.reporting.pages import PAGES

__all__ = ["Report", "report"]

FOR_REGION, FOR_ALL = "region_report", "programme_report"  # the page shown where none is named


@dataclass(frozen=True, eq=False, repr=False)
class Report(Bundle):
    """An evaluation's data and results, and the sections of one of its pages.

    Attributes:
        lang: the language of its sections.
        page: the page whose sections are meant, by the name of the notebook that publishes it.

    Examples:
        >>> report
        Report(demo-final-2022, demo-city-b, en, region_report)
    """

    lang: str
    page: str

    def __repr__(self) -> str:
        region = self.evaluation.region or "all regions"
        mark = f", what if {self.evaluation.what_if}" if self.evaluation.what_if else ""
        return f"Report({self.evaluation.assessment.name}, {region}, {self.lang}, {self.page}{mark})"

    @property
    def sections(self) -> tuple[str, ...]:
        """The codes that `section` takes.

        Examples:
            >>> report.sections[:3]
            ('conclusions', 'needed', 'citizens')
        """
        return tuple(PAGES[self.page].sections)

    def title(self) -> Piece:
        """The head of the page.

        Examples:
            >>> report.title()
            Parts(2)
        """
        with words.speaking(self.lang):
            return PAGES[self.page].title(self)

    def lead(self) -> Piece:
        """What the page says before its first section; empty where it says nothing.

        Examples:
            >>> ek.report("demo-final-2022", "demo-city-b", "en", "difference_in_differences").lead()
            Html(153 characters)
        """
        page = PAGES[self.page]
        with words.speaking(self.lang):
            return page.lead(self) if page.lead else Html("")

    def section(self, code: str) -> Piece:
        """A section as the page publishes it; empty where there is nothing to say.

        Raises:
            InputError: where the page has no such section.

        Examples:
            >>> report.section("goals")
            Section(goals)
        """
        build = PAGES[self.page].sections.get(code)
        if build is None:
            raise InputError([_unknown(f"page {self.page}", "section", code, self.sections)])
        with words.speaking(self.lang):
            mark = [prose.what_if(self.evaluation)] if self.evaluation.what_if else []
            return prose.section(code, "", *mark, *build(self))  # a section of nothing is empty

    def record(self) -> Record:
        """What the runner takes from the page's notebook: rows of results.csv, and the summary for the index.

        Examples:
            >>> len(report.record().content["rows"]) > 100
            True
        """
        if not self.evaluation.region:
            return record.programme(self.evaluation, self.programme)
        more = other_starts.rows(self.second_reforms)
        return record.record(self.evaluation, self.goals, self.findings, more, self.best, panel=self.panel)


def report(
    assessment: str,
    region: str | None = None,
    lang: str | None = None,
    page: str | None = None,
    project: Path | str | None = None,
    design: Mapping[str, object] | None = None,
) -> Report:
    """A report of a region, or of the assessment as a whole; nothing is computed before it is asked for.

    Args:
        assessment: name of a file in params/assessments/.
        region: a unit of the assessment; None for the assessment as a whole.
        lang: `zh` or `en`, for everything shown from now on; None for the assessment's first.
        page: a page with its own sections, such as `difference_in_differences`; None for the report itself.
        project: the project folder, if it is not a parent of the working directory.
        design: other values for keys of `design`: a what-if analysis; every section is marked as one.

    Raises:
        InputError: with every mistake found, each with its cure.

    Examples:
        >>> report = ek.report("demo-final-2022", "demo-city-b", "en")
        >>> report.section("goals")
        Section(goals)
        >>> ek.report("demo-final-2022", "demo-city-b", "en", design={"transition": 2})  # a what-if
        Report(demo-final-2022, demo-city-b, en, region_report, what if transition=2)
    """
    evaluation = load(assessment, region, project, design)
    lang = lang or evaluation.assessment.languages[0]
    page = page or (FOR_REGION if region else FOR_ALL)
    given = (("language", lang, words.LANGUAGES), ("page", page, PAGES))
    mistakes = [_unknown("ek.report", what, name, names) for what, name, names in given if name not in names]
    if mistakes:
        raise InputError(mistakes)
    words.use(lang)
    return Report(evaluation, lang, page)


def _unknown(where: str, what: str, name: str, names: Iterable[str]) -> Mistake:
    return Mistake(where, f"there is no {what} {name!r}", nearest(name, names))
