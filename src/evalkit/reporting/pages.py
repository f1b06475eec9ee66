"""Which sections each page has and how they are built: the one table to add a section to.

A part is whatever `prose.section` takes: markup, a table, a drawing; a part that has nothing to say is empty, and a
section of empty parts is left out. Pages of a region show their sections in the order of the assessment's stage
(`reporting.language.section_order`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalkit.analysis.bundle import Bundle
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding, useful
from evalkit.reporting.data import diagnosed, quality
from evalkit.reporting.elements import best_estimates, figures, prose, published_table, tables, terms
from evalkit.reporting.elements.charts import indicator_forest
from evalkit.reporting.elements.html import paragraphs
from evalkit.reporting.elements.parts import Heading, Piece
from evalkit.reporting.language.words import Html, language
from evalkit.reporting.overview import pooled, pooled_figures, pooled_regions, published_box, reliability
from evalkit.reporting.region import (
    boxes,
    cascade_figures,
    changes,
    comparison,
    departments,
    evaluator_words,
    goal_tables,
    ledgers,
    members,
    plan,
    problems,
    reform_card,
    scorecard_figures,
    scorecards,
    starts,
    summary,
)

Parts = Callable[[Bundle], Iterable[object]]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds.

    Attributes:
        title: its head.
        lead: what comes before the first section; None where nothing does.
        sections: by code, which is the anchor of the section and names its heading.
    """

    title: Callable[[Bundle], Piece]
    sections: Mapping[str, Parts]
    lead: Callable[[Bundle], Piece] | None = None


def _provenance(bundle: Bundle) -> Iterable[object]:
    return [paragraphs(prose.cutoff(bundle.evaluation)), prose.provenance(bundle.panel, bundle.evaluation)]


def _is_estimated(findings: Sequence[Finding]) -> bool:
    """Whether any effect is estimated; where none is, the answer says why, once."""
    return any(isinstance(finding.effect, Effect) for finding in findings)


def _effects(bundle: Bundle) -> Iterable[object]:
    return (
        indicator_forest.indicators(bundle.findings),
        tables.effects(bundle.findings),
        best_estimates.table(bundle.best, bundle.findings),
        prose.conditions(bundle.findings),
        prose.rule(bundle.findings),
    )


def _each_under_its_name(findings: Sequence[Finding], make: Callable[[Finding], Iterable[object]]) -> Iterable[object]:
    """What there is on each indicator with an estimate, under a heading to jump to."""
    for finding in findings:
        if isinstance(finding.effect, Effect) and (shown := list(filter(None, make(finding)))):
            yield from (Heading(Html.escape(finding.indicator.name[language()])), *shown)


REGION_REPORT: Mapping[str, Parts] = {
    "conclusions": lambda bundle: (
        summary.answer(bundle),
        summary.glance(bundle.goals, bundle.findings, bundle.panel, bundle.evaluation),
        published_box.region(bundle),
    ),
    "needed": lambda bundle: [boxes.not_received(bundle.goals, bundle.findings, bundle.panel, bundle.evaluation)],
    "citizens": lambda bundle: [boxes.for_you(bundle.every, bundle.evaluation)],
    "responsibilities": lambda bundle: [departments.table(bundle.evaluation)],
    "changes": lambda bundle: (
        changes.since(bundle.goals, bundle.panel, bundle.evaluation),
        changes.revised(bundle.panel, bundle.evaluation),
        changes.revisions(bundle.goals, bundle.findings, bundle.panel, bundle.evaluation),
    ),
    "reform": lambda bundle: (
        prose.question(bundle.evaluation),
        reform_card.timeline(bundle.evaluation),
        reform_card.structures(bundle.evaluation),
        reform_card.policies(bundle.evaluation),
    ),
    "goals": lambda bundle: (goal_tables.table(bundle.goals, bundle.panel, bundle.evaluation),),
    "yardsticks": lambda bundle: (
        goal_tables.guards(bundle.guards, bundle.panel, bundle.evaluation),
        goal_tables.references(bundle.references, bundle.panel, bundle.evaluation),
        goal_tables.rules((*bundle.goals, *bundle.guards)),
    ),
    "implementation": lambda bundle: (
        ledgers.tasks(bundle.evaluation),
        ledgers.unmapped(bundle.evaluation),
        ledgers.milestones(bundle.evaluation),
        ledgers.checklists(bundle.evaluation),
        ledgers.duties(bundle.evaluation),
        ledgers.platforms(bundle.evaluation),
        *cascade_figures.cascades(bundle.panel, bundle.evaluation),
    ),
    "effects": lambda bundle: (
        *(_effects(bundle) if _is_estimated(bundle.findings) else ()),
        starts.early(bundle.early_signals),
        starts.reforms(bundle.second_reforms, bundle.evaluation),
    ),
    "indicators": lambda bundle: _each_under_its_name(
        bundle.primary, lambda finding: figures.each([finding], bundle.evaluation, figures.trend)
    ),
    "checks": lambda bundle: (
        *_each_under_its_name(
            bundle.primary,
            lambda finding: (tables.checks(finding), *figures.drawn([finding], bundle.evaluation, figures.event_study)),
        ),
        starts.dates(bundle.other_dates),
    ),
    "quality": lambda bundle: (
        quality.region(bundle.inconsistencies, bundle.every, bundle.evaluation),
        diagnosed.region(bundle.flags, bundle.findings, bundle.every, bundle.evaluation),
    ),
    "published": lambda bundle: [published_table.published(bundle.panel, bundle.evaluation)],
    "appraisal": lambda bundle: (
        scorecards.cards(bundle.evaluation),
        *scorecard_figures.ranks(bundle.evaluation),
        scorecards.years(bundle.evaluation),
        reform_card.incentives(bundle.evaluation),
    ),
    "problems": lambda bundle: (
        "" if evaluator_words.is_silent(bundle.evaluation) else problems.problems(bundle.evaluation),
        problems.recommendations(bundle.evaluation),
        problems.target_changes(bundle.evaluation),
    ),
    "remarks": lambda bundle: (
        evaluator_words.words(bundle.evaluation),
        problems.risks(bundle.evaluation, bundle.goals, bundle.guards),
        evaluator_words.lessons(bundle.evaluation),
    ),
    "evidence": lambda bundle: (
        ()
        if evaluator_words.is_silent(bundle.evaluation)
        else (
            evaluator_words.evidence(bundle.evaluation),
            evaluator_words.comments(bundle.evaluation),
            evaluator_words.signatures(bundle.evaluation),
        )
    ),
    "limits": lambda bundle: [prose.limits(bundle.findings, bundle.evaluation)],
    "plan": lambda bundle: (
        plan.frozen(bundle.evaluation, bundle.panel),
        plan.logic_model(bundle.evaluation, bundle.panel),
        plan.table(bundle.evaluation, _is_estimated(bundle.findings)),
        plan.stakeholders(bundle.evaluation),
    ),
    "members": lambda bundle: (
        members.table(bundle.evaluation, bundle.panel),
        members.overlap(bundle.evaluation),
        members.roll_up(bundle.panel, bundle.evaluation),
    ),
    "definitions": lambda bundle: (
        tables.definitions(bundle.every, bundle.evaluation),
        terms.listed(bundle.panel.exists),
    ),
    "provenance": lambda bundle: (
        published_table.sources(bundle.evaluation),
        prose.citation(bundle.evaluation),
        *_provenance(bundle),
    ),
}
BEFORE_AFTER: Mapping[str, Parts] = {
    "before_after": lambda bundle: (
        prose.readings(bundle.findings),
        *figures.each(bundle.findings, bundle.evaluation, figures.before_after),
    ),
    "methods": lambda bundle: [
        tables.estimates(finding.changes, finding.indicator, f"changes-{finding.indicator.id}")
        for finding in bundle.findings
    ],
    "controlled": lambda bundle: [
        tables.estimates(finding.controlled, finding.indicator, f"controlled-{finding.indicator.id}")
        for finding in bundle.findings
    ],
    "provenance": _provenance,
}
DIFFERENCE_IN_DIFFERENCES: Mapping[str, Parts] = {
    "effects": lambda bundle: (tables.effects(bundle.findings), prose.rule(bundle.findings)),
    "placebos": lambda bundle: figures.each(bundle.primary, bundle.evaluation, figures.placebos),
    "indicators": lambda bundle: figures.each(bundle.primary, bundle.evaluation, figures.event_study),
    "methods": lambda bundle: [
        tables.estimates(
            (finding.useful, *map(useful, finding.others)), finding.indicator, f"did-{finding.indicator.id}"
        )
        for finding in bundle.findings
    ],
    "checks": lambda bundle: (*map(tables.checks, bundle.findings), prose.unchecked(bundle.findings)),
    "specifications": lambda bundle: figures.drawn(bundle.primary, bundle.evaluation, figures.specifications),
    "pool": lambda bundle: (
        *(comparison.pool(finding, bundle.evaluation) for finding in bundle.primary),
        *map(comparison.comparability, bundle.primary),
        *(comparison.donors(finding, bundle.evaluation) for finding in bundle.primary),
    ),
    "provenance": _provenance,
}
PROGRAMME_REPORT: Mapping[str, Parts] = {
    "conclusions": lambda bundle: [
        pooled.conclusions(bundle.programme, bundle.evaluation),
        pooled.judgements(bundle.programme, bundle.evaluation),
        published_box.programme(bundle),
    ],
    "cohorts": lambda bundle: [pooled.cohorts(bundle.programme, bundle.evaluation)],
    "programme": lambda bundle: (pooled.aggregates(bundle.programme), pooled.until(bundle.programme)),
    "path": lambda bundle: pooled_figures.paths(bundle.programme, bundle.evaluation),
    "regression": lambda bundle: [pooled.regression(bundle.programme)],
    "few_clusters": lambda bundle: [pooled.few_clusters(bundle.programme)],
    "regions": lambda bundle: (
        *pooled_figures.forests(bundle.regional, bundle.evaluation, bundle.programme),
        pooled_regions.regions(bundle.regional, bundle.evaluation),
    ),
    "quality": lambda bundle: [diagnosed.table(bundle.flags, bundle.every, bundle.evaluation)],
    "limits": lambda bundle: [pooled.limits()],
    "provenance": _provenance,
}
DATA_QUALITY: Mapping[str, Parts] = {
    "values": lambda bundle: (
        *quality.coverage(bundle.every, bundle.evaluation),
        quality.missing(bundle.every, bundle.evaluation),
    ),
    "unfit": lambda bundle: [quality.table(bundle.inconsistencies, bundle.every, bundle.evaluation)],
    "unusual": lambda bundle: [diagnosed.table(bundle.flags, bundle.every, bundle.evaluation)],
    "received": lambda bundle: [quality.changes(bundle.every, bundle.evaluation)],
    "questions": lambda bundle: [quality.questions(bundle.every, bundle.evaluation)],
}
METHOD_CHECK: Mapping[str, Parts] = {
    "alarms": lambda bundle: [reliability.alarms(), reliability.programmes(), reliability.series()],
    "coverage": lambda bundle: [reliability.coverage()],
    "chip": lambda bundle: [reliability.chip(), reliability.judged()],
    "power": lambda bundle: [reliability.power()],
}
#: By the name of the notebook that publishes the page.
PAGES: Mapping[str, Page] = {
    "region_report": Page(lambda bundle: prose.title(bundle.evaluation), REGION_REPORT),
    "before_after": Page(
        lambda bundle: prose.title(bundle.evaluation), BEFORE_AFTER, lambda bundle: prose.lead("before_after")
    ),
    "difference_in_differences": Page(
        lambda bundle: prose.title(bundle.evaluation),
        DIFFERENCE_IN_DIFFERENCES,
        lambda bundle: prose.lead("difference_in_differences"),
    ),
    "programme_report": Page(
        lambda bundle: pooled.title(bundle.evaluation),
        PROGRAMME_REPORT,
        lambda bundle: prose.question(bundle.evaluation),
    ),
    "data_quality": Page(
        lambda bundle: quality.title(bundle.evaluation),
        DATA_QUALITY,
        lambda bundle: quality.lead(bundle.inconsistencies, bundle.every, bundle.evaluation),
    ),
    "method_check": Page(
        lambda bundle: reliability.title(bundle.evaluation), METHOD_CHECK, lambda bundle: reliability.lead()
    ),
}
