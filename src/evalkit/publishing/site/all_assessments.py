"""The page of all assessments, and the dated archive of one dataset's assessments, with stable links."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalkit.files.atomic import write_text
from evalkit.project.evaluation import Evaluation
from evalkit.publishing.page import exporter
from evalkit.publishing.preflight import PROGRAMME
from evalkit.publishing.run import manifests
from evalkit.publishing.site import related
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.elements.html import demo, link, small
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import audience, formats, vocabulary, words
from evalkit.reporting.language.words import Html, language, say, translate
from evalkit.reporting.overview import index_table, pooled_verdicts
from evalkit.reporting.overview.index_table import Row

PAGES = {"zh": "index.html", "en": "index.en.html"}
INTERNAL_PAGES = {"zh": "index.internal.html", "en": "index.internal.en.html"}  # with what is not for publication


@dataclass(frozen=True, slots=True)
class Entry:
    """An assessment listed on another one's page; `address` is empty for the page's own."""

    date: str
    title: str
    kicker: str
    address: str


def write(root: Path, shown: Sequence[Evaluation]) -> None:
    """Write reports/index.html and index.en.html: every published public assessment, in Chinese and in English.

    If some are internal, reports/index.internal.html lists all: a public page never links to an internal one.
    """
    public = [evaluation for evaluation in shown if related.is_public(evaluation)]
    for lang in words.LANGUAGES:
        with words.speaking(lang):
            write_text(root / "reports" / PAGES[lang], _page(public, PAGES))
            if len(public) < len(shown):
                write_text(root / "reports" / INTERNAL_PAGES[lang], _page(shown, INTERNAL_PAGES))
            else:
                (root / "reports" / INTERNAL_PAGES[lang]).unlink(missing_ok=True)


def page_of(evaluation: Evaluation) -> str:
    """The page over all assessments to which the pages of this one may lead, in the language now spoken."""
    return (PAGES if related.is_public(evaluation) else INTERNAL_PAGES)[language()]


def _page(shown: Sequence[Evaluation], pages: Mapping[str, str]) -> str:
    title = translate("All evaluation reports")
    links = [(words.NAMES[other], pages[other]) for other in words.LANGUAGES if other != language()]
    return (
        exporter.environment()
        .get_template("project_index.html.j2")
        .render(
            page=exporter.index_page(title, links),
            table=_table(shown).html() if shown else "",
            nothing=say("No assessment has been published yet."),
        )
    )


def _table(shown: Sequence[Evaluation]) -> Table:
    """One row per assessment: real regions first, then demonstrations and examples, each dataset newest first."""
    rows: list[Sequence[object] | Group] = []
    for code, words_for in vocabulary.GROUPS.items():
        group = sorted(
            (evaluation for evaluation in related.by_date(shown) if _group(evaluation) == code),
            key=lambda evaluation: evaluation.assessment.dataset,
        )
        if group:
            label = Html.escape(translate(words_for))
            rows.append(Group(demo() + " " + label if code == "demonstration" else label))
            rows += map(_row, group)
    columns = heads(
        "Assessment:w",
        "Data cut-off",
        "Stage and state",
        "Reports",
        "Targets",
        "Effects on primary indicators, region by region",
        "Effects on primary indicators, all regions together",
    )
    return Table.of("assessments-table", say("Assessments"), columns, rows, simulated=False, stacked=True)


def others(evaluation: Evaluation, assessments: Iterable[Evaluation]) -> list[Entry]:
    """Published assessments of the same dataset by date, including this one; empty if there are no others.

    Internal ones are listed only on pages of internal assessments.
    """
    name, lang = evaluation.assessment.name, language()
    return [
        Entry(
            prose.as_of(other),
            prose.heading(other),
            prose.kicker(other),
            "" if other.assessment.name == name else f"../../{_address(other, lang)}",
        )
        for other in related.others(evaluation, assessments)
    ]


def _address(evaluation: Evaluation, lang: str) -> str:
    """Address of its index relative to reports/, in this language if it has it, else in its first one."""
    languages = evaluation.assessment.languages
    return f"{evaluation.assessment.name}/site/index.{lang if lang in languages else languages[0]}.html"


def _group(evaluation: Evaluation) -> str:
    if tables.is_fictional(evaluation):
        return "demonstration"
    return "example" if evaluation.assessment.example else "real"


def _row(evaluation: Evaluation) -> Sequence[object]:
    rows = [_left(manifests.current(evaluation, region)) for region in evaluation.regions]
    published = [row for row in rows if row.state == "published"]
    goals, effects = index_table.counted_goals(published), index_table.counted_effects(published)
    pooled = pooled_verdicts.counted(manifests.current(evaluation, PROGRAMME))
    return [
        _title(evaluation),
        prose.as_of(evaluation),
        prose.kicker(evaluation),
        say("{n} of {of} published", n=len(published), of=len(rows)),
        index_table.counts(goals, vocabulary.GOAL_COUNTS) or translate("no target stated"),
        index_table.counts(effects, vocabulary.EFFECT_COUNTS) or formats.NOTHING,
        index_table.counts(pooled, vocabulary.EFFECT_COUNTS) or formats.NOTHING,
    ]


def _left(manifest: dict[str, Any]) -> Row:
    return Row("", "", "", index_table.state(manifest), manifest.get("summary", {}))


def _title(evaluation: Evaluation) -> Html:
    """The title, linked to the assessment's index in the reader's language, else in its own with the name of that."""
    address, lang = _address(evaluation, language()), language()
    own = lang if lang in evaluation.assessment.languages else evaluation.assessment.languages[0]
    title = link(address, prose.heading(evaluation))
    if own != lang:
        title += Html(" ") + small(formats.in_brackets(words.NAMES[own]).strip())
    if audience.is_internal(evaluation):
        title += Html('<small class="internal">{}</small>').format(audience.label(evaluation))
    return title
