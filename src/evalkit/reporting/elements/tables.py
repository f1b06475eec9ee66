"""Tables as pages show them: a caption that says what they rest on, header cells with scope, escaped text."""

import math
from collections.abc import Sequence

import pandas as pd

from evalkit.analysis.effects.before_after import Change
from evalkit.analysis.effects.checks import INFORMATION
from evalkit.analysis.effects.did import Effect
from evalkit.analysis.effects.findings import Finding
from evalkit.analysis.goals.observed import observations
from evalkit.analysis.results import Check, Result, Withheld
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Indicator, Text
from evalkit.reporting.elements.html import quoted, small, withheld
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads, lines
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate

__all__ = ["checks", "definitions", "effects", "estimates", "series"]


def effects(findings: Sequence[Finding]) -> Piece:
    """The headline estimate of each indicator, or why there is none.

    Examples:
        >>> ek.tables.effects(report.findings).frame[["Indicator", "p"]].round(2)
                          Indicator     p
        0  Within-county visit rate  0.21
        1       Primary-care visits  0.79
    """
    columns = heads(
        "Indicator", "Judgement", "Effect, 95% interval:n", "p:n", "Smallest detectable effect:n", "Before → after:n"
    )
    caption = say(
        "Difference-in-differences against the comparison group, exact placebo inference; p is the larger of the plain "
        "and the studentised one, and the interval holds exactly the effects that this p does not reject"
    )
    rows = [_effect_row(finding, finding.effect) for finding in findings if isinstance(finding.effect, Effect)]
    simulated = any(finding.effect.simulated for finding in findings)
    shown = Table.of("effects-table", caption, columns, rows, simulated) if rows else Html("")
    return stacked(shown, _withheld_list(findings))


def _withheld_list(findings: Sequence[Finding]) -> Piece:
    """Indicators without an estimate, by reason."""
    withheld = [
        (finding.indicator, finding.effect.reason) for finding in findings if isinstance(finding.effect, Withheld)
    ]
    columns = heads("Indicator", "Judgement", "Why there is no estimate")
    rows = [(names, chips.effect("cannot_judge"), why) for names, why in wording.reasons(withheld)]
    return (
        Table.of("withheld-table", say("Effects that are not estimated"), columns, rows, simulated=False)
        if rows
        else Html("")
    )


def _effect_row(finding: Finding, effect: Effect) -> list[object]:
    att, means = effect["att"], effect.means
    since: Html | str = ""
    if finding.design.own_breaks and means.notna().all(axis=None):
        changed = formats.period(max(finding.design.own_breaks))
        since = small(say("since the definition changed ({period})", period=changed))
    smallest = next((check for check in finding.checks if check.method == "detectable"), None)
    interval = formats.interval(att.conf_low, att.conf_high, finding.indicator)
    shown: object = lines(formats.effect(att.estimate, finding.indicator), interval)
    if isinstance(finding.useful, Withheld):
        shown, smallest = wording.withheld(finding.useful.reason), None
    return [
        _indicator(finding.indicator),
        chips.effect(finding.conclusion.verdict) if finding.primary else say("exploratory, no judgement"),
        shown,
        formats.probability(att.p_value),
        formats.effect(smallest["value"].estimate, finding.indicator, signed=False) if smallest else formats.NOTHING,
        lines(
            _before_after(means, "region", finding.indicator),
            since,
            small(say("{n} comparison regions:", n=effect.n_comparison)),
            small(_before_after(means, "pool", finding.indicator)),
        ),
    ]


def _before_after(means: pd.DataFrame, who: str, indicator: Indicator) -> str | Html:
    """Levels with as many decimals as the larger asks for; a reason where a definition break parts them."""
    if means.loc[who].isna().any():
        return withheld(say("the definition changed in between; levels are not comparable"))
    before, after = (_plain(float(means[name][who]), indicator) for name in ("pre", "post"))
    decimals = formats.decimals_of(max(abs(before), abs(after)))
    return f"{formats.fixed(before, decimals)} → {formats.fixed(after, decimals)}"


def _plain(amount: float, indicator: Indicator) -> float:
    return math.exp(amount) if indicator.scale == "log" else amount


def _on_reader_scale(amount: float, indicator: Indicator) -> str:
    plain = _plain(amount, indicator)
    return formats.fixed(plain, formats.decimals_of(plain))


def checks(finding: Finding) -> Piece:
    """What was checked about one effect, and how it came out.

    Examples:
        >>> ek.tables.checks(finding).frame[["Check", "Outcome"]].head(2)
                                         Check            Outcome
        0  Smallest p that this group can give           ✓ passed
        1           Smallest detectable effect  i for information
    """
    columns = heads("Check", "What it asks", "Result:n", "p:n", "Outcome")
    rows = [
        (
            *wording.check_words(check),
            _check_value(check, finding.indicator),
            formats.probability(check.estimates[0].p_value),
            chips.outcome(check.passed, check.method in INFORMATION),
        )
        for check in finding.checks
    ]
    if not rows:
        return Html("")
    caption = say("Checks of the effect on {name}", name=finding.indicator.name[language()])
    return Table.of(f"checks-{finding.indicator.id}", caption, columns, rows, finding.effect.simulated)


def _check_value(check: Check, indicator: Indicator) -> str:
    if check.estimates[0].estimate is None:
        return formats.NOTHING
    if check.method in ("smallest_p", "effective_donors", "sensitivity"):
        return formats.number(check.estimates[0].estimate, 3 if check.method == "smallest_p" else 1)
    texts = [
        formats.effect(estimate.estimate, indicator, check.method not in ("detectable", "pre_gap", "equivalence"))
        for estimate in check.estimates
    ]
    if len(texts) == 1:
        return texts[0]
    return formats.Interval(str(say("{low} to {high}", low=texts[0], high=texts[1])), texts[0], texts[1])


def estimates(results: Sequence[Result], indicator: Indicator, name: str) -> Piece:
    """Methods side by side, one row per term, for the technical annexes.

    Examples:
        >>> ek.tables.estimates([finding.effect, *finding.others], finding.indicator, "my-methods")
        Table(my-methods, 3 rows)
    """
    if all(isinstance(result, Withheld) for result in results):
        return Html("")
    columns = heads(
        "Method", "Term", "Estimate:n", "Standard error:n", "95% interval:n", "p:n", "Periods before / after"
    )
    rows: list[Sequence[object]] = []
    for result in results:
        method = wording.method(result.method)
        if isinstance(result, Withheld):
            rows.append((method, wording.withheld(result.reason), *[formats.NOTHING] * 5))
        sizes = f"{result.n_pre or 0} / {result.n_post or 0}"
        rows += [
            (
                method,
                wording.term(estimate.term),
                formats.effect(estimate.estimate, indicator),
                formats.error(estimate.std_error, estimate.estimate, indicator),
                formats.interval(estimate.conf_low, estimate.conf_high, indicator),
                formats.probability(estimate.p_value),
                sizes,
            )
            for estimate in result.estimates
        ]
    caption = say("Estimates for {name}", name=indicator.name[language()])
    return Table.of(name, caption, columns, rows, any(result.simulated for result in results))


def series(change: Change, indicator: Indicator) -> Table:
    """The region's values with the continued baseline.

    Examples:
        >>> table = ek.tables.series(finding.changes[1], finding.indicator)
        >>> table.frame[["Period", "Observed", "95% interval"]].tail(1)
             Period Observed  95% interval
        26  2022 Q3    91.31  88.8 to 92.6
    """
    columns = heads("Period:s", "Observed:n", "Expected:n", "95% interval:n", "Use")
    rows = [
        (
            formats.period(str(row["period"])),
            _on_reader_scale(row["observed"], indicator) if pd.notna(row["observed"]) else formats.NOTHING,
            _on_reader_scale(row["expected"], indicator) if pd.notna(row["expected"]) else formats.NOTHING,
            _between(row["low"], row["high"], indicator),
            wording.use_of_period(str(row["used"])),
        )
        for _, row in change.series.iterrows()
    ]
    return Table.of(f"series-{indicator.id}", say("Values of this figure"), columns, rows, change.simulated)


def _between(low: float, high: float, indicator: Indicator) -> str:
    if pd.isna(low) or pd.isna(high):
        return formats.NOTHING
    ends = _on_reader_scale(low, indicator), _on_reader_scale(high, indicator)
    return formats.Interval(str(say("{low} to {high}", low=ends[0], high=ends[1])), *ends)


def definitions(panel: Panel, evaluation: Evaluation) -> Piece:
    """What each indicator of the report means, where that comes from and how well it is verified.

    Examples:
        >>> ek.tables.definitions(panel, report.evaluation).labels
        ('Indicator', 'Definition', 'Data source', 'Verification')
    """
    columns = heads("Indicator", "Definition", "Data source", "Verification")
    rows = [
        (
            Html('<span id="def-{}">{}</span>').format(indicator.id, indicator.name[language()]),
            indicator.definition[language()] if indicator.definition else formats.NOTHING,
            wording.bilingual(indicator.source) or formats.NOTHING,
            indicator.verification[language()] if indicator.verification else formats.NOTHING,
        )
        for indicator in _defined(panel, evaluation)
    ]
    caption = say("What the indicators of this report mean")
    grouped = by_domain(_defined(panel, evaluation), rows)
    return Table.of("definitions-table", caption, columns, grouped, simulated=False)


def by_domain(indicators: Sequence[Indicator], rows: Sequence[Sequence[object]]) -> list[Group | Sequence[object]]:
    """The row of each indicator under the name of its domain, where there are several; domains as they first come."""
    domains = dict.fromkeys(indicator.domain for indicator in indicators)
    if len(domains) < 2:
        return list(rows)
    grouped: list[Group | Sequence[object]] = []
    for domain in domains:
        grouped.append(Group(translate(vocabulary.DOMAINS.get(domain, domain) if domain else "Other indicators")))
        grouped += [row for indicator, row in zip(indicators, rows, strict=True) if indicator.domain == domain]
    return grouped


def _defined(panel: Panel, evaluation: Evaluation) -> list[Indicator]:
    """Every indicator that a table of results leads from to its definition; citizens' ones where there is a figure."""
    assessment, details = evaluation.assessment, evaluation.details
    parts = (evaluation.targets, details.plan.guards, details.references)
    judged = [entry.indicator for part in parts for entry in part]
    citizens = [name for name in assessment.citizens if observations(panel, evaluation.region, name)]
    return [evaluation.indicators[name] for name in dict.fromkeys([*assessment.chosen, *citizens, *judged])]


def _indicator(indicator: Indicator) -> Html:
    return Html('<span class="indicator">{}</span>').format(indicator.name[language()])


def cited(source: str, phrase: str, evaluation: Evaluation, note: Text | None = None) -> Html:
    """Source, its standing and its wording; the wording stays in the source's language."""
    text = wording.source(source, evaluation)
    if phrase:
        text += Html("<br>") + quoted(phrase)
    if note is not None:
        text += Html('<br><span class="note">{}</span>').format(note[language()])
    return text


def is_fictional(evaluation: Evaluation) -> bool:
    """Whether the region is fictional, which every table about it must state."""
    return bool((evaluation.sources["standing"] == "fictional").any())
