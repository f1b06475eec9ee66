"""The page of all assessments, and the dated archive of one dataset's assessments, with stable links."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from evalkit.errors import InputError
from evalkit.files.atomic import write_text
from evalkit.project.evaluation import Evaluation, assessments, load
from evalkit.publishing.page import exporter
from evalkit.publishing.run import manifests, site_contents
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.language import audience, vocabulary, words
from evalkit.reporting.language.words import language, say, translate
from evalkit.reporting.overview import index_table
from evalkit.reporting.overview.index_table import Row

PAGE = "index.html"
INTERNAL_PAGE = "index.internal.html"  # the same with what is not for publication


@dataclass(frozen=True, slots=True)
class Entry:
    """An assessment listed on another one's page; `address` is empty for the page's own."""

    date: str
    title: str
    about: str
    address: str


def write(root: Path, known: Iterable[Evaluation]) -> None:
    """Write reports/index.html: every published public assessment, in Chinese and English.

    If some are internal, reports/index.internal.html lists all: a public page never links to an internal one.
    """
    shown = [one for one in known if _has_site(one)]
    public = [one for one in shown if is_public(one)]
    write_text(root / "reports" / PAGE, _page(public))
    if len(public) < len(shown):
        write_text(root / "reports" / INTERNAL_PAGE, _page(shown))
    else:
        (root / "reports" / INTERNAL_PAGE).unlink(missing_ok=True)


def page_of(evaluation: Evaluation) -> str:
    """The page over all assessments to which the pages of this one may lead."""
    return PAGE if is_public(evaluation) else INTERNAL_PAGE


def is_public(evaluation: Evaluation) -> bool:
    """Whether an assessment is for the public, and so is what its last run has made."""
    return not audience.is_internal(evaluation) and site_contents.is_for_its_readers(evaluation)


def _page(shown: Sequence[Evaluation]) -> str:
    groups = {code: [one for one in shown if _group(one) == code] for code in vocabulary.GROUPS}
    words.use("zh")
    title = f"评估报告总目 · {_in('en', lambda: translate('All evaluation reports'))}"
    return (
        exporter.environment()
        .get_template("project_index.html.j2")
        .render(
            page=exporter.index_page(title, []),
            heading=_both(lambda: translate("All evaluation reports")),
            heads=[_both(head) for head in _HEADS],
            groups=[_shown(code, listed) for code, listed in groups.items() if listed],
            nothing=_both(lambda: say("No assessment has been published yet.")),
        )
    )


def others(evaluation: Evaluation, known: Iterable[Evaluation]) -> list[Entry]:
    """Published assessments of the same dataset by date, including this one; empty if there are no others.

    Internal ones are listed only on pages of internal assessments.
    """
    name, data, lang = evaluation.assessment.name, evaluation.assessment.dataset, language()
    same = [one for one in known if one.assessment.dataset == data]
    same = [one for one in same if audience.is_internal(evaluation) or is_public(one)]
    found = [one for one in same if one.assessment.name != name and _has_site(one)]
    if not found:
        return []
    return [
        Entry(
            prose.as_of(one),
            prose.heading(one),
            prose.kicker(one),
            "" if one.assessment.name == name else f"../../{_address(one, lang)}",
        )
        for one in _by_date([evaluation, *found])
    ]


def readable(root: Path) -> list[Evaluation]:
    """Every assessment of the project that loads without mistakes."""
    found = []
    for name in assessments(root):
        try:
            found.append(load(name, project=root))
        except InputError:
            continue  # its parameters may be in the middle of an edit; its own run reports the mistakes
    return found


def _has_site(evaluation: Evaluation) -> bool:
    return (manifests.site_folder(evaluation) / PAGE).is_file()


def _address(evaluation: Evaluation, lang: str) -> str:
    """Address of its index relative to reports/, in this language if it has it, else in its first one."""
    known = evaluation.assessment.languages
    return f"{evaluation.assessment.name}/site/index.{lang if lang in known else known[0]}.html"


def _group(evaluation: Evaluation) -> str:
    if tables.is_fictional(evaluation):
        return "demonstration"
    return "example" if evaluation.assessment.example else "real"


def _by_date(listed: Iterable[Evaluation]) -> list[Evaluation]:
    """Newest first; an assessment without as-of date uses all data, so it counts as the newest."""
    return sorted(listed, key=lambda one: (one.assessment.as_of or dt.date.max, one.assessment.name), reverse=True)


def _shown(code: str, listed: list[Evaluation]) -> dict[str, Any]:
    """A group of assessments: its title, and a table per dataset."""
    datasets: dict[str, list[Evaluation]] = {}
    for one in _by_date(listed):
        datasets.setdefault(one.assessment.dataset, []).append(one)
    return {
        "id": code,
        "title": _both(lambda: translate(vocabulary.GROUPS[code])),
        "demo": _both(lambda: translate(vocabulary.DEMO)) if code == "demonstration" else "",
        "datasets": [_dataset(name, found) for name, found in datasets.items()],
    }


def _dataset(name: str, listed: list[Evaluation]) -> dict[str, Any]:
    return {
        "label": say("Dataset {name}", name=name),
        "caption": _both(lambda: say("Dataset {name}", name=name)),
        "rows": [_row(one) for one in listed],
    }


_HEADS: tuple[Callable[[], str], ...] = (
    lambda: translate("Assessment"),
    lambda: translate("Data cut-off"),
    lambda: translate("Stage and state"),
    lambda: translate("Reports"),
    lambda: translate("Targets"),
    lambda: translate("Effects on primary indicators"),
)


def _row(evaluation: Evaluation) -> list[Markup]:
    found = [_left(manifests.current(evaluation, region)) for region in evaluation.regions]
    known = [one for one in found if one.state == "published"]
    goals, effects = index_table.counted_goals(known), index_table.counted_effects(known)
    return [
        _title(evaluation),
        _both(lambda: prose.as_of(evaluation)),
        _both(lambda: prose.kicker(evaluation)),
        _both(lambda: say("{n} of {of} published", n=len(known), of=len(found))),
        _both(lambda: index_table.counts(goals, vocabulary.GOAL_COUNTS) if goals else translate("no target stated")),
        _both(lambda: index_table.counts(effects, vocabulary.EFFECT_COUNTS) if effects else "—"),
    ]


def _left(manifest: dict[str, Any]) -> Row:
    return Row("", "", "", index_table.state(manifest), manifest.get("summary", {}))


def _title(evaluation: Evaluation) -> Markup:
    """The title in each language of the assessment, linked to the page in that language."""
    told = []
    for lang in evaluation.assessment.languages:
        title = _in(lang, lambda: prose.heading(evaluation))
        link = Markup('<a href="{}" hreflang="{}">{}</a>').format(
            _address(evaluation, lang), words.HTML_LANG[lang], title
        )
        told.append(Markup('<span class="en" lang="en">{}</span>').format(link) if lang == "en" else link)
    if audience.is_internal(evaluation):
        told.append(Markup('<small class="internal">{}</small>').format(_both(lambda: audience.label(evaluation))))
    return Markup("").join(told)


def _both(tell: Callable[[], object]) -> Markup:
    """A text in Chinese and, if it differs, in English."""
    chinese, english = escape(_in("zh", tell)), escape(_in("en", tell))
    if chinese == english:
        return chinese
    return Markup('{} <span class="en" lang="en">{}</span>').format(chinese, english)


def _in(lang: str, tell: Callable[[], object]) -> object:
    """The result of `tell` in another language; the page's own language is restored."""
    own = language()
    words.use(lang)
    told = tell()
    words.use(own)
    return told
