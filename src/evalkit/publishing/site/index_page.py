"""The index of an assessment: all regions in one page, searchable and sortable without a server."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from evalkit import periods
from evalkit.analysis.goals.cross_region import Crossing, compare
from evalkit.files.atomic import write_text
from evalkit.panel.observations import read
from evalkit.project.evaluation import Evaluation
from evalkit.publishing.page import exporter
from evalkit.publishing.preflight import PAGES, PROGRAMME, WHOLE
from evalkit.publishing.run import manifests, site_contents
from evalkit.publishing.site import all_assessments, publication, related
from evalkit.publishing.site.all_assessments import Entry
from evalkit.reporting.elements import parts, prose, tables
from evalkit.reporting.language import audience, formats, vocabulary, words
from evalkit.reporting.language.words import language, say, translate
from evalkit.reporting.overview import cross_region_table, index_strips, index_table, index_tiles, pooled_verdicts
from evalkit.reporting.overview.index_table import Row

Left = dict[str, dict[str, Any]]  # manifests of the last run, by region


def write(*evaluations: Evaluation) -> None:
    """Write index.<lang>.html for each language, index.html in the first one, and reports/index.html.

    If an assessment is internal, indexes of public assessments that link to it are rewritten.

    Args:
        evaluations: assessments of one project.
    """
    root = evaluations[0].root
    by_name = {entry.assessment.name: entry for entry in (*related.published(root), *evaluations)}
    published = list(by_name.values())
    for evaluation in evaluations:
        _write(evaluation, published)
    for evaluation in filter(audience.is_internal, evaluations):
        for other in published:
            if _leads_to(other, evaluation):
                _write(other, published)
    all_assessments.write(root, published)


def _write(evaluation: Evaluation, published: Sequence[Evaluation]) -> None:
    site, languages = manifests.site_folder(evaluation), evaluation.assessment.languages
    left = {region: manifests.current(evaluation, region) for region in evaluation.regions}
    few = 2 <= len(evaluation.regions) <= cross_region_table.MOST  # enough to compare, few enough to read
    compared = compare(read(evaluation), evaluation) if few else None
    for lang in reversed(languages):
        words.use(lang)
        page = _assessment(evaluation, left, compared, all_assessments.others(evaluation, published))
        write_text(site / f"index.{lang}.html", page)
    write_text(site / "index.html", page)
    publication.note_indexes(evaluation, published)


def _leads_to(other: Evaluation, evaluation: Evaluation) -> bool:
    """Whether the index of a public assessment has a link to this one."""
    name = evaluation.assessment.name
    if other.assessment.name == name or not related.is_public(other):
        return False
    pages = [path for path in site_contents.indexes(other) if path.suffix == ".html" and path.is_file()]
    return any(f'"../../{name}/site/' in path.read_text(encoding="utf-8", errors="replace") for path in pages)


def rows(evaluation: Evaluation, left: Left) -> list[Row]:
    """The rows of the index, in the current language."""
    own = evaluation.units.loc[list(evaluation.regions)].to_dict(orient="records")
    given = zip(evaluation.regions, own, strict=True)
    return [_row(evaluation, region, dict(unit), left[region]) for region, unit in given]


def _assessment(evaluation: Evaluation, left: Left, compared: Crossing | None, dated: list[Entry]) -> str:
    table_rows, failures = rows(evaluation, left), _failures(evaluation, left)
    primary = [evaluation.indicators[name] for name in evaluation.assessment.indicators.primary]
    simulated = tables.is_fictional(evaluation) or any(map(_is_simulated, left.values()))
    links = [(translate("All assessments"), f"../../{all_assessments.page_of(evaluation)}")]
    links += [
        (words.NAMES[other], f"index.{other}.html") for other in evaluation.assessment.languages if other != language()
    ]
    return (
        exporter.environment()
        .get_template("assessment_index.html.j2")
        .render(
            page=exporter.index_page(prose.heading(evaluation), links, len(table_rows) > 1, prose.kicker(evaluation)),
            kicker=prose.kicker(evaluation),
            cutoff=prose.cutoff(evaluation),
            notices=parts.drawn([prose.notices(evaluation)]),
            question=parts.drawn([prose.question(evaluation)]),
            programme=_common_pages(evaluation),
            verdicts=pooled_verdicts.sentences(manifests.current(evaluation, PROGRAMME), evaluation),
            overall=index_table.overall(table_rows),
            strips=index_strips.strips(table_rows, primary),
            tiles=index_tiles.tiles(table_rows),
            keys=" ".join(index_table.keys(table_rows, primary)),
            filters=index_table.filters(table_rows, primary),
            legend=index_table.legend(table_rows, primary),
            table=index_table.table(table_rows, primary, simulated).html(),
            crossing=parts.drawn([cross_region_table.folded(compared, evaluation)]) if compared else "",
            archive=dated,
            failures=failures,
            words=_words(len(table_rows), len(failures)),
        )
    )


def _words(n: int, failed: int) -> dict[str, str | Markup]:
    all_of_them = Markup("<b>{}</b>").format(formats.number(n, 0))  # the page's script updates the number
    return {
        "failed": translate("Failed, with the reason"),
        "failures": say("{n} reports", n=formats.number(failed, 0)),
        "crossing": translate("Regions side by side"),
        "regions": translate("Region by region"),
        "find": translate("Search and filter"),
        "name": translate("Name contains"),
        "distribution": translate("Where the regions lie"),
        "tiles": translate("Targets met, region by region"),
        "compare": translate("Chosen regions side by side"),
        "choose": translate("Choose for comparison: "),
        "remove": translate("Remove"),
        "chosen": translate("Tick two to four regions of the table to see them side by side."),
        "quarters": "|".join(map(translate, vocabulary.QUARTERS)),
        "before": translate("Previous"),
        "after": translate("Next"),
        "any": translate("any"),
        "all": translate("Clear"),
        "archive": translate("Assessments of the same data, by date"),
        "downloads": translate("Downloads"),
        "download": translate("Figures, targets and estimates (CSV)"),
        "shown": say("Found: {n} of {of} regions.", n=all_of_them, of=formats.number(n, 0)),
        "list_all": translate("List all"),
        "colon": "：" if language() == "zh" else ": ",
    }


def _failures(evaluation: Evaluation, left: Left) -> list[tuple[str, str]]:
    """Name and reason of every failed report, including the programme's."""
    reasons = {region: summary["failed"] for region, summary in left.items() if summary.get("failed")}
    failures = [(evaluation.name(region, language()), reason) for region, reason in reasons.items()]
    if pooled := manifests.current(evaluation, PROGRAMME).get("failed"):
        failures.append((translate(vocabulary.PROGRAMME), pooled))
    return failures


def _common_pages(evaluation: Evaluation) -> Markup:
    """Links to pages about the whole assessment, if they were made."""
    links = [
        Markup('<a href="{}">{}</a>').format(page, translate(vocabulary.NOTEBOOKS[name]))
        for region, names in WHOLE.items()
        for name in names
        if _there(evaluation, region, page := f"{PAGES.get(name, name)}.{language()}.html")
    ]
    return Markup('<p class="programme">{}</p>').format(Markup(" · ").join(links)) if links else Markup("")


def _there(evaluation: Evaluation, region: str, name: str) -> bool:
    """Whether a file is in site/ and was made from the same parameters as this index."""
    path = manifests.files(evaluation, region, [language()]).get(name)
    return bool(path and path.is_file()) and manifests.fits(
        evaluation, region, manifests.current(evaluation, region), name
    )


def _is_simulated(left: dict[str, Any]) -> bool:
    """Whether any number of a region's report depends on simulated values."""
    return bool(left.get("summary", {}).get("simulated"))


def _row(evaluation: Evaluation, region: str, unit: Mapping[Any, Any], left: dict[str, Any]) -> Row:
    first = evaluation.assessment.notebooks[0]
    page = f"{PAGES.get(first, first)}.{language()}.html"
    return Row(
        name=evaluation.name(region, language()),
        kind=str(unit["kind"]),
        province=str(unit["province"]),
        state=index_table.state(left),
        summary=left.get("summary", {}),
        report=f"{region}/{page}" if left and _there(evaluation, region, page) else "",
        alike=_alike(evaluation, unit, left.get("summary", {}).get("latest", {})),
    )


def _alike(evaluation: Evaluation, unit: Mapping[Any, Any], latest: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """By indicator with a figure: what a unit must share for its figure to compare, with the definitions by then."""
    alike = {}
    for name, (period, _) in latest.items():
        indicator = evaluation.indicators[name]
        if not indicator.comparable.never:
            own = [
                change
                for change in indicator.breaks
                if all(str(unit.get(key, "")) == want for key, want in change.where.items())
            ]
            past = [change for change in own if periods.first_day(change.start) <= periods.first_day(period)]
            definitions = [str(change.note or change.start) for change in past]
            alike[name] = (*(str(unit.get(column, "")) for column in indicator.comparable.same), *definitions)
    return alike
