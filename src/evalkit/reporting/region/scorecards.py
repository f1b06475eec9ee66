"""Appraisals by scorecard: scores, totals, how ranks depend on the weights; an empty form before any score."""

from collections.abc import Sequence

from evalkit.analysis.goals.scorecard import CONCENTRATION, DRAWS, Appraisal, Change, Group, Standing, appraise
from evalkit.project.appraisal import Dimension, Rated, Scorecard
from evalkit.project.evaluation import Evaluation
from evalkit.project.params import Text
from evalkit.reporting.elements import prose, tables
from evalkit.reporting.elements.html import bullets, paragraphs, small
from evalkit.reporting.elements.parts import OnlyInWorkbook, Piece, stacked
from evalkit.reporting.elements.table import Cell, Column, Table, heads, lines
from evalkit.reporting.language import formats, wording
from evalkit.reporting.language.words import Html, language, say, translate


def appraisals(evaluation: Evaluation) -> list[Appraisal]:
    """Every scorecard of the region, as known on the cut-off date."""
    return [appraise(card, evaluation.assessment.as_of) for card in evaluation.details.scorecards]


def cards(evaluation: Evaluation) -> Piece:
    """Every scorecard with the scores of its last year, or as an empty form, and the remarks on it."""
    parts = [
        part
        for card in appraisals(evaluation)
        for part in (_shown(card, _card(card, evaluation)), _form(card), bullets(_remarks(card, evaluation)))
    ]
    apart = say(
        "<p>Appraisal scores say how units were rated. They are no estimate of what the reform changed, and enter "
        "none.</p>"
    )
    return stacked(*parts, apart) if parts else Html("")


def years(evaluation: Evaluation) -> Piece:
    """Every scorecard year by year: each score with its change, evidence, and appeals or corrections."""
    return stacked(*(_shown(appraisal, _years(appraisal, evaluation)) for appraisal in appraisals(evaluation)))


def _shown(appraisal: Appraisal, table: Table) -> Piece:
    """A table of scores; as an empty form it is only in the workbook."""
    return table if appraisal.groups else OnlyInWorkbook((table,))


def _form(appraisal: Appraisal) -> Html:
    """What a form without any score asks for: dimensions, and units to be appraised."""
    if appraisal.groups:
        return Html("")
    card = appraisal.card
    text = say(
        '<strong id="scorecard-{id}">{name}</strong>: {n} dimensions ({list}).',
        id=card.id,
        name=card.name[language()],
        n=len(card.dimensions),
        list=wording.listed([dimension.name[language()] for dimension in card.dimensions]),
    )
    units = [name[language()] for name in _waiting(card, []) if name]
    if units:
        text = prose.joined(text, say("Units to be appraised: {list}.", list=wording.listed(units)))
    return paragraphs(prose.joined(text, say("The form to be filled in is in the workbook.")))


def _card(appraisal: Appraisal, evaluation: Evaluation) -> Table:
    """Dimensions in rows, units in columns; totals and ranks below if there are scores."""
    card, placed = appraisal.card, [(standing, group) for group in appraisal.latest for standing in group.standings]
    scored = [standing.rated for standing, _ in placed]
    waiting = _waiting(card, scored)
    columns = heads("Dimension", "Weight:n")
    columns += [Column(rated.name[language()], "n") for rated in scored]
    columns += [Column(name[language()] if name else translate("Score"), "n") for name in waiting]
    blank = [translate("not at hand")] * len(waiting)
    rows: list[list[object]] = [
        [part.name[language()], _weight(part, appraisal), *(_score(rated, part) for rated in scored), *blank]
        for part in card.dimensions
    ]
    if any(rated.norms for rated in scored):
        rows.append([translate("Norms of appraisal"), "", *(norms(rated.norms) for rated in scored), *blank])
    if placed and appraisal.weights:
        rows.append([translate("Total score"), "", *(_total(standing) for standing, _ in placed), *blank])
        rows.append([translate("Rank with these weights"), "", *(_place(*pair) for pair in placed), *blank])
    if placed:
        rows.append([translate("Ranks in 90% of weightings"), "", *(_likely(*pair) for pair in placed), *blank])
        rows.append([translate("Ranks over all weightings"), "", *(_possible(*pair) for pair in placed), *blank])
    return Table.of(f"scorecard-{card.id}", _caption(appraisal), columns, rows, tables.is_fictional(evaluation))


def norms(given: Text | str | None) -> str:
    """Norms as their author names them."""
    return given[language()] if isinstance(given, Text) else given or formats.NOTHING


def _caption(appraisal: Appraisal) -> Html:
    if not appraisal.groups:
        return say("{name}: form to be filled in; no score is at hand", name=appraisal.card.name[language()])
    return say(
        "{name}: scores of {year}, 0 to 100",
        name=appraisal.card.name[language()],
        year=formats.period(appraisal.latest[0].year),
    )


def _waiting(card: Scorecard, scored: Sequence[Rated]) -> list[Text | None]:
    """Units to be appraised without a score; one nameless column if no unit is named."""
    there = {rated.name for rated in scored}
    named = dict.fromkeys([*card.units, *(rated.name for rated in card.rated)])
    missing: list[Text | None] = [name for name in named if name not in there]
    return missing if missing or there else [None]


def _weight(dimension: Dimension, appraisal: Appraisal) -> str:
    weights = appraisal.weights
    return formats.number(100 * weights[dimension.id], 1, unit="%") if weights else translate("not set")


def _score(rated: Rated, dimension: Dimension) -> str:
    score = rated.scores.get(dimension.id)
    return translate("not at hand") if score is None else formats.fixed(score)


def _total(standing: Standing) -> Cell | str:
    if standing.bounds is None or not standing.missing:
        return formats.fixed(standing.total)
    low, high = (formats.fixed(bound) for bound in standing.bounds)
    return lines(formats.fixed(standing.total), small(say("{low} to {high}", low=low, high=high)))


def _place(standing: Standing, group: Group) -> Html:
    return _ranks(standing.place or standing.possible, group)


def _likely(standing: Standing, group: Group) -> Html:
    return _ranks(standing.likely, group)


def _possible(standing: Standing, group: Group) -> Html:
    return _ranks(standing.possible, group)


def _ranks(ranks: tuple[int, int], group: Group) -> Html:
    """First to last rank of so many; a unit alone under its norms has none."""
    first, last = ranks
    n = len(group.standings)
    if n == 1:
        return say("not ranked<br><small>the only one by its norms</small>")
    return (
        say("{rank} of {n}", rank=first, n=n)
        if first == last
        else say("{first} to {last} of {n}", first=first, last=last, n=n)
    )


def _remarks(appraisal: Appraisal, evaluation: Evaluation) -> list[Html]:
    """Where the card and its weights come from, what is missing, and how to read the ranks."""
    card = appraisal.card
    remarks = [say("Source: {source}", source=tables.cited(card.source, card.phrase, evaluation, card.note))]
    if card.open_list:
        remarks.append(
            say(
                "The source ends its list of dimensions with an open “{word}” (and others); there may be more.",
                word="等",
            )
        )
    remarks.append(_origin_of_weights(appraisal))
    if not appraisal.groups:
        remarks.append(
            say("No scores are at hand, which is not the same as a poor result. Nothing is estimated in their place.")
        )
    standings = [standing for group in appraisal.latest for standing in group.standings]
    remarks += [_missing(standing, card) for standing in standings if standing.missing]
    if any(len(group.standings) > 1 for group in appraisal.latest):
        remarks += [*_dominance(appraisal.latest), _reading(appraisal)]
    if len({group.norms for group in appraisal.latest}) > 1:
        remarks.append(say("Units appraised by different norms are not ranked together."))
    return remarks


def _origin_of_weights(appraisal: Appraisal) -> Html:
    if not appraisal.weights:
        return say(
            "The source sets no weights and the evaluator has filled in none, so no total is computed and no rank "
            "is claimed."
        )
    text = say("Weights were filled in by the evaluator; the source sets none.")
    origin = appraisal.card.weights_source
    return prose.joined(text, say("The evaluator on them: {why}", why=origin[language()])) if origin else text


def _missing(standing: Standing, card: Scorecard) -> Html:
    names = wording.listed([part.name[language()] for part in card.dimensions if part.id in standing.missing])
    return say(
        "{unit}: no score at hand for {names}. Ranks and the bounds of the total take a missing "
        "score as anything from 0 to 100; the total itself is the mean over the other dimensions.",
        unit=standing.rated.name[language()],
        names=names,
    )


def _dominance(groups: Sequence[Group]) -> list[Html]:
    """Which units lead others under every weighting; stated also if none does."""
    leads = [
        say(
            "{unit} is ahead of {others} in every dimension, so with any weights.",
            unit=standing.rated.name[language()],
            others=wording.listed([name[language()] for name in standing.beats]),
        )
        for group in groups
        for standing in group.standings
        if standing.beats
    ]
    return leads or [say("No unit is ahead of another in every dimension: who comes first hangs on the weights.")]


def _reading(appraisal: Appraisal) -> Html:
    """How the ranks were found (the constants of the analysis, in words)."""
    drawn = (
        say(
            "Ranks in 90% of weightings: from {draws} weightings drawn around the evaluator's (Dirichlet, "
            "concentration {concentration}).",
            draws=formats.number(DRAWS, 0),
            concentration=formats.number(CONCENTRATION, 0),
        )
        if appraisal.weights
        else say(
            "Ranks in 90% of weightings: from {draws} weightings drawn evenly from all there are.",
            draws=formats.number(DRAWS, 0),
        )
    )
    return prose.joined(drawn, say("Method: OECD/JRC (2008), Handbook on Constructing Composite Indicators."))


def _years(appraisal: Appraisal, evaluation: Evaluation) -> Table:
    card = appraisal.card
    columns = [
        *heads("Unit appraised", "Year appraised:s"),
        *(Column(dimension.name[language()], "n") for dimension in card.dimensions),
        *(heads("Total score:n") if appraisal.weights else []),
        *heads("Evidence received:w", "Appeal or correction:w"),
    ]
    changes = {(change.name, change.year): change for change in appraisal.changes}
    placed = [(standing, group.year) for group in appraisal.groups for standing in group.standings]
    order = [rated.name for rated in card.rated]
    placed.sort(key=lambda pair: order.index(pair[0].rated.name))
    rows = [_year(standing, year, appraisal, changes.get((standing.rated.name, year))) for standing, year in placed]
    gone = [translate("not at hand")] * (len(columns) - 2)
    rows += [
        [name[language()] if name else translate("Unit appraised"), formats.NOTHING, *gone]
        for name in _waiting(card, [standing.rated for standing, _ in placed])
    ]
    caption = say("{name}: year by year, change against the year appraised before", name=card.name[language()])
    return Table.of(f"scorecard-years-{card.id}", caption, columns, rows, tables.is_fictional(evaluation))


def _year(standing: Standing, year: str, appraisal: Appraisal, change: Change | None) -> list[object]:
    rated = standing.rated
    moved = change.by_dimension if change else {}
    row: list[object] = [rated.name[language()], formats.period(year)]
    row += [_moved(_score(rated, dimension), moved.get(dimension.id)) for dimension in appraisal.card.dimensions]
    row += [_moved(_total(standing), change.total if change else None)] if appraisal.weights else []
    row.append(rated.evidence[language()] if rated.evidence else translate("not at hand"))
    row.append(rated.appeal[language()] if rated.appeal else translate("none"))
    return row


def _moved(shown: Cell | str, change: float | None) -> Cell | str:
    if change is None:
        return shown
    return lines(shown, small(formats.fixed(change, signed=True)))
