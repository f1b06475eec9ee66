"""Who belongs to the region, who belongs elsewhere as well, and how members' counts add up to its figures."""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from evalkit.panel import membership
from evalkit.panel.membership import Overlap, Tie
from evalkit.panel.observations import Panel
from evalkit.panel.roll_up import institutions
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import FromMembers, Indicator
from evalkit.reporting.elements.html import paragraphs
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.elements.tables import cited, is_fictional
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate

PARTS = ("member", "counted", "numerator", "denominator")


def table(evaluation: Evaluation, panel: Panel) -> Piece:
    """The institutions that belong to the region on the as-of date; empty where it has no members.

    Marked are those that belong to another unit as well, and those whose kind does not count in a share.
    """
    date = evaluation.assessment.as_of
    ties = _by_institution(membership.of(evaluation, evaluation.region, date), evaluation)
    if not ties:
        return Html("")
    dated = any(tie.since or tie.until for group in ties for tie in group)
    nested = any(tie.of != evaluation.region for group in ties for tie in group)
    columns = heads("Institution", "Kind of institution", "Role")
    columns += heads("Belongs to") if nested else []
    columns += heads("Since:s", "Until:s") if dated else []
    elsewhere = _elsewhere(evaluation)
    rows = [_row(group, evaluation, panel, elsewhere.get(group[0].unit, []), nested, dated) for group in ties]
    caption = say("Members on {date}", date=formats.date(date)) if date else say("Members")
    shown = Table.of("members-table", caption, columns, rows, is_fictional(evaluation))
    return stacked(_counted(ties), shown, _origin(ties, dated, evaluation))


def overlap(evaluation: Evaluation) -> Piece:
    """Institutions of the region that belong to another unit at the same time, and what follows from that."""
    overlaps = _overlaps(evaluation)
    if not overlaps:
        has_members = not membership.structure(evaluation).is_institution(evaluation.region)
        return Html(say("<p>No member belongs to another unit at the same time.</p>") if has_members else "")
    columns = heads("Institution", "Belongs to", "Belongs to as well", "Days on which both hold:s", "Source:w")
    rows = [
        (
            *(_name(unit, evaluation) for unit in (both.unit, tie.of, other.of)),
            _when(both),
            _said(tie, other, evaluation),
        )
        for both, tie, other in overlaps
    ]
    follows = say(
        "<p>Units that share an institution are never compared with each other. Where a larger unit contains both, the "
        "institution is counted once.</p>"
    )
    caption = say("Institutions that belong to two units at the same time")
    return stacked(Table.of("overlap-table", caption, columns, rows, is_fictional(evaluation)), follows)


def roll_up(panel: Panel, evaluation: Evaluation) -> Piece:
    """How the counts of the region's institutions add up to its primary indicators, and on to what contains it.

    For the latest period in which all institutions reported; a sentence where none did, or later ones are incomplete.
    """
    if membership.structure(evaluation).is_institution(evaluation.region):
        return Html("")
    chosen = [evaluation.indicators[name] for name in evaluation.assessment.indicators.primary]
    pairs = [(indicator, indicator.from_members) for indicator in chosen]
    return stacked(*(_added_up(panel, evaluation, indicator, rule) for indicator, rule in pairs if rule))


def _added_up(panel: Panel, evaluation: Evaluation, indicator: Indicator, rule: FromMembers) -> Piece:
    names = sorted(set(panel.rows.loc[panel.rows["indicator"] == rule.numerator, "period"]), reverse=True)
    late: list[tuple[str, pd.DataFrame]] = []
    for period in names:
        parts = institutions(panel.rows, evaluation, evaluation.region, rule, period)
        if not len(missing := _missing(parts, rule)):
            return stacked(_sum_table(parts, period, panel, evaluation, indicator), _incomplete(late, evaluation))
        late.append((period, missing))
    if not names:
        message = "<p>{name}: no count of a member institution is at hand, so nothing can be added up.</p>"
        return say(message, name=indicator.name[language()])
    message = "<p>{name}: in no period did all member institutions report, so nothing is added up.</p>"
    return say(message, name=indicator.name[language()])


def _missing(parts: pd.DataFrame, rule: FromMembers) -> pd.DataFrame:
    """Institutions whose count is needed and was not reported."""
    needed = parts["counted"] & parts["numerator"].isna()
    if rule.denominator:
        needed |= parts["denominator"].isna()
    return parts[needed]


def _incomplete(late: Sequence[tuple[str, pd.DataFrame]], evaluation: Evaluation) -> Html:
    received = "<p>{period} is not added up: no count of {names} is at hand.</p>"
    shown = "<p>{period} is not added up: no count was received from these, or none may be shown: {names}.</p>"
    sentences = [
        say(
            shown if evaluation.assessment.disclosure else received,
            period=formats.period(period),
            names=wording.listed([_name(unit, evaluation) for unit in missing["member"]]),
        )
        for period, missing in late
    ]
    return Html("").join(sentences)


def _sum_table(parts: pd.DataFrame, period: str, panel: Panel, evaluation: Evaluation, indicator: Indicator) -> Table:
    """One row per institution, then the region, then what contains it."""
    share = bool(indicator.from_members and indicator.from_members.denominator)
    columns = [
        *heads("Institution", "Kind of institution", "Counted:n"),
        *(heads("Of all:n") if share else []),
        Column(indicator.name[language()], "n"),
    ]
    rows: list[Sequence[object]] = []
    for member, counted, above, below in zip(*(parts[name] for name in PARTS), strict=True):
        shown = formats.count(above) if counted else translate("not counted")
        of_all = [formats.count(below)] if share else []
        rows.append((_name(member, evaluation), _kind(member, panel), shown, *of_all, formats.NOTHING))
    for unit in (evaluation.region, *_containers(evaluation)):
        rows.append(_total(_own_row(panel, unit, indicator, period), unit, evaluation, panel, indicator, share))
    caption = say(
        "{name}, {period}: from the counts of the institutions to the total",
        name=indicator.name[language()],
        period=formats.period(period),
    )
    return Table.of(f"roll-up-{indicator.id}", caption, columns, rows, _is_simulated(parts, period, panel, evaluation))


def _total(
    row: "pd.Series[float] | None", unit: str, evaluation: Evaluation, panel: Panel, indicator: Indicator, share: bool
) -> Sequence[object]:
    head = Html("<strong>{}</strong>").format(say("Total: {name}", name=_name(unit, evaluation)))
    if row is None:  # of what contains the region: the region itself is complete
        return (head, _kind(unit, panel), *[formats.NOTHING] * (1 + share), translate("incomplete reports, no total"))
    counted = row["numerator"] if share else row["value"]
    below = [formats.count(row["denominator"])] if share else []
    return (head, _kind(unit, panel), formats.count(counted), *below, formats.value(row["value"], indicator))


def _own_row(panel: Panel, unit: str, indicator: Indicator, period: str) -> "pd.Series[float] | None":
    rows = panel.rows
    own = rows[(rows["unit"] == unit) & (rows["indicator"] == indicator.id) & (rows["period"] == period)]
    return None if own.empty else own.iloc[0]


def _containers(evaluation: Evaluation) -> list[str]:
    """What contains the region, in the order of units.csv."""
    above = membership.structure(evaluation).containing([evaluation.region]) - {evaluation.region}
    return [str(unit) for unit in evaluation.units.index if unit in above]


def _is_simulated(parts: pd.DataFrame, period: str, panel: Panel, evaluation: Evaluation) -> bool:
    rows = panel.rows
    used = rows["unit"].isin(list(parts["member"])) & (rows["period"] == period)
    return is_fictional(evaluation) or "simulated" in set(rows.loc[used, "status"])


def _by_institution(ties: Sequence[Tie], evaluation: Evaluation) -> list[list[Tie]]:
    """The ways in which each institution belongs, leads first, then as units.csv has them."""
    order = {str(unit): k for k, unit in enumerate(evaluation.units.index)}
    groups: dict[str, list[Tie]] = {}
    for tie in sorted(ties, key=lambda tie: (tie.role != "lead", order[tie.unit])):
        groups.setdefault(tie.unit, []).append(tie)
    return list(groups.values())


def _row(
    ties: Sequence[Tie], evaluation: Evaluation, panel: Panel, others: Sequence[str], nested: bool, dated: bool
) -> Sequence[object]:
    first = ties[0]
    return (
        _marked(first.unit, evaluation, panel, others),
        _kind(first.unit, panel),
        translate(vocabulary.MEMBER_ROLES[first.role]),
        *([wording.listed([_name(tie.of, evaluation) for tie in ties])] if nested else []),
        *([_dates([tie.since for tie in ties]), _dates([tie.until for tie in ties])] if dated else []),
    )


def _dates(given: Sequence[str]) -> str:
    return wording.listed(list(dict.fromkeys(formats.period(text) for text in given)))


def _marked(unit: str, evaluation: Evaluation, panel: Panel, others: Sequence[str]) -> Html:
    """The institution's name, and below it what a reader must know of it."""
    remarks = []
    if names := _not_counted_in(str(panel.units.at[unit, "kind"]), evaluation):
        remarks.append(say("not counted in: {names}", names=wording.listed(names)))
    if others:
        names = [_name(other, evaluation) for other in others]
        remarks.append(say("belongs to {names} as well", names=wording.listed(names)))
    notes = [Html('<br><span class="note">{}</span>').format(remark) for remark in remarks]
    return Html("{}{}").format(_name(unit, evaluation), Html("").join(notes))


def _not_counted_in(kind: str, evaluation: Evaluation) -> list[str]:
    """Shares of the assessment whose numerator leaves out institutions of a kind."""
    chosen = [evaluation.indicators[name] for name in evaluation.assessment.chosen]
    rules = [(indicator, indicator.from_members) for indicator in chosen if indicator.from_members]
    return [
        indicator.name[language()]
        for indicator, rule in rules
        if rule.denominator and rule.kinds and kind not in rule.kinds
    ]


def _overlaps(evaluation: Evaluation) -> list[tuple[Overlap, Tie, Tie]]:
    """Overlaps that concern the region, the membership inside it first."""
    inside = membership.structure(evaluation).inside(evaluation.region)
    pairs = []
    for overlap in membership.overlaps(evaluation):
        if overlap.tie.of in inside:
            pairs.append((overlap, overlap.tie, overlap.other))
        elif overlap.other.of in inside:
            pairs.append((overlap, overlap.other, overlap.tie))
    return pairs


def _elsewhere(evaluation: Evaluation) -> dict[str, list[str]]:
    """The units outside the region to which its institutions also belong on the as-of date."""
    date = evaluation.assessment.as_of
    inside = membership.structure(evaluation).inside(evaluation.region)
    others: dict[str, list[str]] = {}
    for overlap, _, other in _overlaps(evaluation):
        if other.of not in inside and (date is None or overlap.first <= date <= overlap.last):
            others.setdefault(overlap.unit, []).append(other.of)
    return others


def _counted(ties: Sequence[Sequence[Tie]]) -> Html:
    leads = sum(group[0].role == "lead" for group in ties)
    if not leads:
        return say("<p>Institutions that the sources name as belonging here; the list may be incomplete.</p>")
    return say("<p>Lead institutions: {leads}; other members: {others}.</p>", leads=leads, others=len(ties) - leads)


def _origin(ties: Sequence[Sequence[Tie]], dated: bool, evaluation: Evaluation) -> Html:
    """The source of the list, and whether it is undated."""
    sentences = [] if dated else [say("The list gives no dates; membership is taken to hold throughout.")]
    named = [
        wording.source(code, evaluation)
        for code in dict.fromkeys(tie.source for group in ties for tie in group)
        if code
    ]
    sentences += [say("Source: {source}", source=source) for source in named]
    return paragraphs(*sentences)


def _when(overlap: Overlap) -> str:
    """The days of an overlap; an open end was not stated."""
    first, last = overlap.first > dt.date.min, overlap.last < dt.date.max
    if first and last:
        return say("{first} to {last}", first=formats.date(overlap.first), last=formats.date(overlap.last))
    if first:
        return say("since {date}", date=formats.date(overlap.first))
    return say("until {date}", date=formats.date(overlap.last)) if last else translate("not stated")


def _said(tie: Tie, other: Tie, evaluation: Evaluation) -> Html:
    """The sources of both memberships, each once."""
    sources = dict.fromkeys((side.source, side.phrase) for side in (tie, other) if side.source)
    shown = Html("<br>").join(cited(source, phrase, evaluation) for source, phrase in sources)
    return shown or Html.escape(formats.NOTHING)


def _name(unit: str, evaluation: Evaluation) -> str:
    return evaluation.name(unit, language())


def _kind(unit: str, panel: Panel) -> str:
    kind = str(panel.units.at[unit, "kind"])
    return translate(vocabulary.KIND_NAMES.get(kind, kind)) or formats.NOTHING
