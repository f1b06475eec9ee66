"""The pages around the reports: an index of regions per assessment, and one over all assessments."""

from collections import Counter
from pathlib import Path
from typing import Any

from markupsafe import Markup

from evalkit.analysis.crossing import compare
from evalkit.errors import InputError
from evalkit.inputs.panel import read
from evalkit.inputs.project import Evaluation, assessments, load
from evalkit.publishing import batch, html
from evalkit.publishing.suite import PROGRAMME, WHOLE
from evalkit.publishing.task import PAGES, replace_text
from evalkit.reporting import chips, crossing, formats, prose, vocabulary, words
from evalkit.reporting.html import Column, render
from evalkit.reporting.words import language, say, translate

LANGUAGE_NAMES = {"zh": "中文", "en": "English"}


def write(evaluation: Evaluation) -> None:
    """index.<lang>.html for each language, index.html in the first, and reports/index.html."""
    site = batch.site_folder(evaluation)
    for lang in evaluation.assessment.languages:
        words.use(lang)
        replace_text(site / f"index.{lang}.html", _assessment(evaluation))
    words.use(evaluation.assessment.languages[0])
    replace_text(site / "index.html", _assessment(evaluation))
    _project(evaluation.root)


def _assessment(evaluation: Evaluation) -> str:
    assessment, lang = evaluation.assessment, language()
    manifests = {region: batch.manifest(evaluation, region) for region in evaluation.regions}
    failures = [
        (evaluation.name(region, lang), left["failed"]) for region, left in manifests.items() if left.get("failed")
    ]
    if pooled := batch.manifest(evaluation, PROGRAMME).get("failed"):
        failures.append((translate(vocabulary.PROGRAMME), pooled))
    links = [(translate("All assessments"), "../../index.html")]
    links += [(LANGUAGE_NAMES[other], f"index.{other}.html") for other in assessment.languages if other != lang]
    states = Counter(
        "failed" if left.get("failed") else "published" if left else "missing" for left in manifests.values()
    )
    return (
        html.environment()
        .get_template("assessment_index.html.j2")
        .render(
            page=html.page(prose.heading(evaluation), links),
            kicker=prose.kicker(evaluation),
            cutoff=prose.cutoff(evaluation),
            notices=prose.notices(evaluation),
            question=prose.question(evaluation),
            programme=_whole(evaluation),
            counts=say(
                "{n} regions: {published} published, {failed} failed, {missing} not made yet.",
                n=len(manifests),
                published=states["published"],
                failed=states["failed"],
                missing=states["missing"],
            ),
            table=_regions(evaluation, manifests),
            crossing=_crossing(evaluation),
            failures=failures,
            words={
                "failed": translate("Failed, with the reason"),
                "crossing": translate("Regions side by side"),
                "download": translate("All numbers of these reports (CSV)"),
            },
        )
    )


def _regions(evaluation: Evaluation, manifests: dict[str, dict[str, object]]) -> Markup:
    """One row per region: goals counted, judgement per primary indicator, links."""
    primary = evaluation.assessment.indicators.primary
    columns = [Column(translate("Region")), Column(translate("Goals"))]
    columns += [Column(say("Effect on {name}", name=evaluation.indicators[name].name[language()])) for name in primary]
    columns.append(Column(translate("Pages")))
    rows = [_row(evaluation, region, left, primary) for region, left in manifests.items()]
    simulated = "fictional" in set(evaluation.sources["standing"]) or any(map(_is_simulated, manifests.values()))
    return render("regions-table", say("Regions of this assessment"), columns, rows, simulated)


def _crossing(evaluation: Evaluation) -> Markup:
    """Figures of the regions side by side, where they are few enough to be read."""
    if len(evaluation.regions) > crossing.MOST:
        return Markup("")
    return crossing.table(compare(read(evaluation), evaluation), evaluation)


def _whole(evaluation: Evaluation) -> Markup:
    """Links to the pages of the assessment as a whole, where they were made."""
    names = [name for listed in WHOLE.values() for name in listed]
    pages = [(name, f"{PAGES.get(name, name)}.{language()}.html") for name in names]
    site = batch.site_folder(evaluation)
    links = [
        Markup('<a href="{}">{}</a>').format(page, translate(vocabulary.NOTEBOOKS[name]))
        for name, page in pages
        if (site / page).is_file()
    ]
    return Markup('<p class="programme">{}</p>').format(Markup(" · ").join(links)) if links else Markup("")


def _is_simulated(left: dict[str, Any]) -> bool:
    """Whether a region's report says that any of its numbers rests on simulated values."""
    return bool(left.get("summary", {}).get("simulated"))


def _row(evaluation: Evaluation, region: str, left: dict[str, object], primary: tuple[str, ...]) -> list[object]:
    name = evaluation.name(region, language())
    if not left or left.get("failed"):
        told = translate("report failed") if left else translate("not made yet")
        return [name, told, *[formats.NOTHING] * (len(primary) + 1)]
    summary = left["summary"]
    assert isinstance(summary, dict)
    goals = Counter(goal for _, goal in summary.get("goals", []))
    shown = Markup(" ").join(chips.goal(code, count) for code in chips.GOALS if (count := goals[code]))
    verdicts = dict(summary.get("effects", []))
    effects = [chips.effect(verdicts[one]) if one in verdicts else formats.NOTHING for one in primary]
    links = _links(evaluation, region)
    link = Markup('<a href="{}">{}</a>').format(links[0][1], name) if links else name
    told = Markup(" · ").join(Markup('<a href="{}">{}</a>').format(address, label) for label, address in links)
    return [link, shown or translate("no target of its own"), *effects, told or formats.NOTHING]


def _links(evaluation: Evaluation, region: str) -> list[tuple[str, str]]:
    """Label and address of a region's pages in the language now spoken, as far as they were made."""
    pages = {name: f"{region}/{PAGES.get(name, name)}.{language()}.html" for name in evaluation.assessment.notebooks}
    return [
        (translate(vocabulary.NOTEBOOKS.get(name, name)), page)
        for name, page in pages.items()
        if (batch.site_folder(evaluation) / page).is_file()
    ]


def _project(root: Path) -> None:
    """The page over all assessments that have a site; in Chinese first, English beside it."""
    entries = []
    for name in assessments(root):
        if not (root / "reports" / name / "site/index.html").is_file():
            continue
        try:
            entries.append(_entry(load(name, project=root)))
        except InputError:
            continue  # its parameters are being edited; its own run will say what is wrong
    words.use("zh")
    page = html.page("评估报告总目 · All evaluation reports", [])
    rendered = html.environment().get_template("project_index.html.j2").render(page=page, entries=entries)
    replace_text(root / "reports/index.html", rendered)


def _entry(evaluation: Evaluation) -> dict[str, object]:
    name, languages = evaluation.assessment.name, evaluation.assessment.languages
    titles, told = [], []
    for lang in languages:
        words.use(lang)
        titles.append(prose.heading(evaluation))
        told.append(say("{n} regions, data cut-off {as_of}", n=len(evaluation.regions), as_of=prose.as_of(evaluation)))
    fictional = "fictional" in set(evaluation.sources["standing"])
    return {
        "title": " · ".join(dict.fromkeys(titles)),
        "meta": " · ".join(told),
        "demo": "演示数据（虚构地区） · Demonstration data (fictional regions)" if fictional else "",
        "links": [(LANGUAGE_NAMES[lang], f"{name}/site/index.{lang}.html") for lang in languages],
    }
