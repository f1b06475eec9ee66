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


def _provenance(found: Bundle) -> Iterable[object]:
    return [paragraphs(prose.cutoff(found.evaluation)), prose.provenance(found.panel, found.evaluation)]


def _is_estimated(findings: Sequence[Finding]) -> bool:
    """Whether any effect is estimated; where none is, the answer says why, once."""
    return any(isinstance(one.effect, Effect) for one in findings)


def _effects(found: Bundle) -> Iterable[object]:
    return (
        indicator_forest.indicators(found.findings),
        tables.effects(found.findings),
        best_estimates.table(found.best, found.findings),
        prose.conditions(found.findings),
        prose.rule(found.findings),
    )


def _each_under_its_name(findings: Sequence[Finding], make: Callable[[Finding], Iterable[object]]) -> Iterable[object]:
    """What there is on each indicator with an estimate, under a heading to jump to."""
    for one in findings:
        if isinstance(one.effect, Effect) and (shown := list(filter(None, make(one)))):
            yield from (Heading(Html.escape(one.indicator.name[language()])), *shown)


REGION_REPORT: Mapping[str, Parts] = {
    "conclusions": lambda found: (
        summary.answer(found),
        summary.glance(found.goals, found.findings, found.panel, found.evaluation),
        published_box.region(found),
    ),
    "needed": lambda found: [boxes.not_received(found.goals, found.findings, found.panel, found.evaluation)],
    "citizens": lambda found: [boxes.for_you(found.every, found.evaluation)],
    "responsibilities": lambda found: [departments.table(found.evaluation)],
    "changes": lambda found: (
        changes.since(found.goals, found.panel, found.evaluation),
        changes.revised(found.panel, found.evaluation),
        changes.revisions(found.goals, found.findings, found.panel, found.evaluation),
    ),
    "reform": lambda found: (
        prose.question(found.evaluation),
        reform_card.timeline(found.evaluation),
        reform_card.structures(found.evaluation),
        reform_card.policies(found.evaluation),
    ),
    "goals": lambda found: (goal_tables.table(found.goals, found.panel, found.evaluation),),
    "yardsticks": lambda found: (
        goal_tables.guards(found.guards, found.panel, found.evaluation),
        goal_tables.references(found.references, found.panel, found.evaluation),
        goal_tables.rules((*found.goals, *found.guards)),
    ),
    "implementation": lambda found: (
        ledgers.tasks(found.evaluation),
        ledgers.unmapped(found.evaluation),
        ledgers.milestones(found.evaluation),
        ledgers.checklists(found.evaluation),
        ledgers.duties(found.evaluation),
        ledgers.platforms(found.evaluation),
        *cascade_figures.cascades(found.panel, found.evaluation),
    ),
    "effects": lambda found: (
        *(_effects(found) if _is_estimated(found.findings) else ()),
        starts.early(found.early_signals),
        starts.reforms(found.second_reforms, found.evaluation),
    ),
    "indicators": lambda found: _each_under_its_name(
        found.primary, lambda one: figures.each([one], found.evaluation, figures.trend)
    ),
    "checks": lambda found: (
        *_each_under_its_name(
            found.primary,
            lambda one: (tables.checks(one), *figures.drawn([one], found.evaluation, figures.event_study)),
        ),
        starts.dates(found.other_dates),
    ),
    "quality": lambda found: (
        quality.region(found.inconsistencies, found.every, found.evaluation),
        diagnosed.region(found.flags, found.findings, found.every, found.evaluation),
    ),
    "published": lambda found: [published_table.published(found.panel, found.evaluation)],
    "appraisal": lambda found: (
        scorecards.cards(found.evaluation),
        *scorecard_figures.ranks(found.evaluation),
        scorecards.years(found.evaluation),
        reform_card.incentives(found.evaluation),
    ),
    "problems": lambda found: (
        "" if evaluator_words.is_silent(found.evaluation) else problems.problems(found.evaluation),
        problems.recommendations(found.evaluation),
        problems.target_changes(found.evaluation),
    ),
    "remarks": lambda found: (
        evaluator_words.words(found.evaluation),
        problems.risks(found.evaluation, found.goals, found.guards),
        evaluator_words.lessons(found.evaluation),
    ),
    "evidence": lambda found: (
        ()
        if evaluator_words.is_silent(found.evaluation)
        else (
            evaluator_words.evidence(found.evaluation),
            evaluator_words.comments(found.evaluation),
            evaluator_words.signatures(found.evaluation),
        )
    ),
    "limits": lambda found: [prose.limits(found.findings, found.evaluation)],
    "plan": lambda found: (
        plan.frozen(found.evaluation, found.panel),
        plan.logic_model(found.evaluation, found.panel),
        plan.table(found.evaluation, _is_estimated(found.findings)),
        plan.stakeholders(found.evaluation),
    ),
    "members": lambda found: (
        members.table(found.evaluation, found.panel),
        members.overlap(found.evaluation),
        members.roll_up(found.panel, found.evaluation),
    ),
    "definitions": lambda found: (tables.definitions(found.every, found.evaluation), terms.listed(found.panel.exists)),
    "provenance": lambda found: (
        published_table.sources(found.evaluation),
        prose.citation(found.evaluation),
        *_provenance(found),
    ),
}
BEFORE_AFTER: Mapping[str, Parts] = {
    "before_after": lambda found: (
        prose.readings(found.findings),
        *figures.each(found.findings, found.evaluation, figures.before_after),
    ),
    "methods": lambda found: [
        tables.estimates(finding.changes, finding.indicator, f"changes-{finding.indicator.id}")
        for finding in found.findings
    ],
    "controlled": lambda found: [
        tables.estimates(finding.controlled, finding.indicator, f"controlled-{finding.indicator.id}")
        for finding in found.findings
    ],
    "provenance": _provenance,
}
DIFFERENCE_IN_DIFFERENCES: Mapping[str, Parts] = {
    "effects": lambda found: (tables.effects(found.findings), prose.rule(found.findings)),
    "placebos": lambda found: figures.each(found.primary, found.evaluation, figures.placebos),
    "indicators": lambda found: figures.each(found.primary, found.evaluation, figures.event_study),
    "methods": lambda found: [
        tables.estimates(
            (finding.useful, *map(useful, finding.others)), finding.indicator, f"did-{finding.indicator.id}"
        )
        for finding in found.findings
    ],
    "checks": lambda found: (*map(tables.checks, found.findings), prose.unchecked(found.findings)),
    "specifications": lambda found: figures.drawn(found.primary, found.evaluation, figures.specifications),
    "pool": lambda found: (
        *(comparison.pool(finding, found.evaluation) for finding in found.primary),
        *map(comparison.comparability, found.primary),
        *(comparison.donors(finding, found.evaluation) for finding in found.primary),
    ),
    "provenance": _provenance,
}
PROGRAMME_REPORT: Mapping[str, Parts] = {
    "conclusions": lambda found: [
        pooled.conclusions(found.programme, found.evaluation),
        pooled.judgements(found.programme, found.evaluation),
        published_box.programme(found),
    ],
    "cohorts": lambda found: [pooled.cohorts(found.programme, found.evaluation)],
    "programme": lambda found: (pooled.aggregates(found.programme), pooled.until(found.programme)),
    "path": lambda found: pooled_figures.paths(found.programme, found.evaluation),
    "regression": lambda found: [pooled.regression(found.programme)],
    "few_clusters": lambda found: [pooled.few_clusters(found.programme)],
    "regions": lambda found: (
        *pooled_figures.forests(found.regional, found.evaluation, found.programme),
        pooled_regions.regions(found.regional, found.evaluation),
    ),
    "quality": lambda found: [diagnosed.table(found.flags, found.every, found.evaluation)],
    "limits": lambda found: [pooled.limits()],
    "provenance": _provenance,
}
DATA_QUALITY: Mapping[str, Parts] = {
    "values": lambda found: (
        *quality.coverage(found.every, found.evaluation),
        quality.missing(found.every, found.evaluation),
    ),
    "unfit": lambda found: [quality.table(found.inconsistencies, found.every, found.evaluation)],
    "unusual": lambda found: [diagnosed.table(found.flags, found.every, found.evaluation)],
    "received": lambda found: [quality.changes(found.every, found.evaluation)],
    "questions": lambda found: [quality.questions(found.every, found.evaluation)],
}
METHOD_CHECK: Mapping[str, Parts] = {
    "alarms": lambda found: [reliability.alarms(), reliability.programmes(), reliability.series()],
    "coverage": lambda found: [reliability.coverage()],
    "chip": lambda found: [reliability.chip(), reliability.judged()],
    "power": lambda found: [reliability.power()],
}
#: By the name of the notebook that publishes the page.
PAGES: Mapping[str, Page] = {
    "region_report": Page(lambda found: prose.title(found.evaluation), REGION_REPORT),
    "before_after": Page(
        lambda found: prose.title(found.evaluation), BEFORE_AFTER, lambda found: prose.lead("before_after")
    ),
    "difference_in_differences": Page(
        lambda found: prose.title(found.evaluation),
        DIFFERENCE_IN_DIFFERENCES,
        lambda found: prose.lead("difference_in_differences"),
    ),
    "programme_report": Page(
        lambda found: pooled.title(found.evaluation), PROGRAMME_REPORT, lambda found: prose.question(found.evaluation)
    ),
    "data_quality": Page(
        lambda found: quality.title(found.evaluation),
        DATA_QUALITY,
        lambda found: quality.lead(found.inconsistencies, found.every, found.evaluation),
    ),
    "method_check": Page(
        lambda found: reliability.title(found.evaluation), METHOD_CHECK, lambda found: reliability.lead()
    ),
}
