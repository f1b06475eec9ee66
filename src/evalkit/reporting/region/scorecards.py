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
    told = [
        part
        for one in appraisals(evaluation)
        for part in (_shown(one, _card(one, evaluation)), _form(one), bullets(_remarks(one, evaluation)))
    ]
    apart = say(
        "<p>Appraisal scores say how units were rated. They are no estimate of what the reform changed, and enter "
        "none.</p>"
    )
    return stacked(*told, apart) if told else Html("")


def years(evaluation: Evaluation) -> Piece:
    """Every scorecard year by year: each score with its change, evidence, and appeals or corrections."""
    return stacked(*(_shown(one, _years(one, evaluation)) for one in appraisals(evaluation)))


def _shown(one: Appraisal, table: Table) -> Piece:
    """A table of scores; as an empty form it is only in the workbook."""
    return table if one.groups else OnlyInWorkbook((table,))


def _form(one: Appraisal) -> Html:
    """What a form without any score asks for: dimensions, and units to be appraised."""
    if one.groups:
        return Html("")
    card = one.card
    told = say(
        '<strong id="scorecard-{id}">{name}</strong>: {n} dimensions ({list}).',
        id=card.id,
        name=card.name[language()],
        n=len(card.dimensions),
        list=wording.listed([each.name[language()] for each in card.dimensions]),
    )
    units = [name[language()] for name in _waiting(card, []) if name]
    if units:
        told = prose.joined(told, say("Units to be appraised: {list}.", list=wording.listed(units)))
    return paragraphs(prose.joined(told, say("The form to be filled in is in the workbook.")))


def _card(one: Appraisal, evaluation: Evaluation) -> Table:
    """Dimensions in rows, units in columns; totals and ranks below if there are scores."""
    card, placed = one.card, [(standing, group) for group in one.latest for standing in group.standings]
    scored = [standing.rated for standing, _ in placed]
    waiting = _waiting(card, scored)
    columns = heads("Dimension", "Weight:n")
    columns += [Column(rated.name[language()], "n") for rated in scored]
    columns += [Column(name[language()] if name else translate("Score"), "n") for name in waiting]
    blank = [translate("not at hand")] * len(waiting)
    rows: list[list[object]] = [
        [each.name[language()], _weight(each, one), *(_score(rated, each) for rated in scored), *blank]
        for each in card.dimensions
    ]
    if any(rated.norms for rated in scored):
        rows.append([translate("Norms of appraisal"), "", *(norms(rated.norms) for rated in scored), *blank])
    if placed and one.weights:
        rows.append([translate("Total score"), "", *(_total(standing) for standing, _ in placed), *blank])
        rows.append([translate("Rank with these weights"), "", *(_place(*each) for each in placed), *blank])
    if placed:
        rows.append([translate("Ranks in 90% of weightings"), "", *(_likely(*each) for each in placed), *blank])
        rows.append([translate("Ranks over all weightings"), "", *(_possible(*each) for each in placed), *blank])
    return Table.of(f"scorecard-{card.id}", _caption(one), columns, rows, tables.is_fictional(evaluation))


def norms(given: Text | str | None) -> str:
    """Norms as their author names them."""
    return given[language()] if isinstance(given, Text) else given or formats.NOTHING


def _caption(one: Appraisal) -> Html:
    if not one.groups:
        return say("{name}: form to be filled in; no score is at hand", name=one.card.name[language()])
    return say(
        "{name}: scores of {year}, 0 to 100", name=one.card.name[language()], year=formats.period(one.latest[0].year)
    )


def _waiting(card: Scorecard, scored: Sequence[Rated]) -> list[Text | None]:
    """Units to be appraised without a score; one nameless column if no unit is named."""
    there = {rated.name for rated in scored}
    named = dict.fromkeys([*card.units, *(rated.name for rated in card.rated)])
    missing: list[Text | None] = [name for name in named if name not in there]
    return missing if missing or there else [None]


def _weight(dimension: Dimension, one: Appraisal) -> str:
    return formats.number(100 * one.weights[dimension.id], 1, unit="%") if one.weights else translate("not set")


def _score(rated: Rated, dimension: Dimension) -> str:
    score = rated.scores.get(dimension.id)
    return translate("not at hand") if score is None else formats.fixed(score)


def _total(one: Standing) -> Cell | str:
    if one.bounds is None or not one.missing:
        return formats.fixed(one.total)
    low, high = (formats.fixed(bound) for bound in one.bounds)
    return lines(formats.fixed(one.total), small(say("{low} to {high}", low=low, high=high)))


def _place(one: Standing, group: Group) -> Html:
    return _ranks(one.place or one.possible, group)


def _likely(one: Standing, group: Group) -> Html:
    return _ranks(one.likely, group)


def _possible(one: Standing, group: Group) -> Html:
    return _ranks(one.possible, group)


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


def _remarks(one: Appraisal, evaluation: Evaluation) -> list[Html]:
    """Where the card and its weights come from, what is missing, and how to read the ranks."""
    card = one.card
    told = [say("Source: {source}", source=tables.cited(card.source, card.phrase, evaluation, card.note))]
    if card.open_list:
        told.append(
            say(
                "The source ends its list of dimensions with an open “{word}” (and others); there may be more.",
                word="等",
            )
        )
    told.append(_origin_of_weights(one))
    if not one.groups:
        told.append(
            say("No scores are at hand, which is not the same as a poor result. Nothing is estimated in their place.")
        )
    told += [_missing(standing, card) for group in one.latest for standing in group.standings if standing.missing]
    if any(len(group.standings) > 1 for group in one.latest):
        told += [*_dominance(one.latest), _reading(one)]
    if len({group.norms for group in one.latest}) > 1:
        told.append(say("Units appraised by different norms are not ranked together."))
    return told


def _origin_of_weights(one: Appraisal) -> Html:
    if not one.weights:
        return say(
            "The source sets no weights and the evaluator has filled in none, so no total is computed and no rank "
            "is claimed."
        )
    told = say("Weights were filled in by the evaluator; the source sets none.")
    origin = one.card.weights_source
    return prose.joined(told, say("The evaluator on them: {why}", why=origin[language()])) if origin else told


def _missing(one: Standing, card: Scorecard) -> Html:
    names = wording.listed([each.name[language()] for each in card.dimensions if each.id in one.missing])
    return say(
        "{unit}: no score at hand for {names}. Ranks and the bounds of the total take a missing "
        "score as anything from 0 to 100; the total itself is the mean over the other dimensions.",
        unit=one.rated.name[language()],
        names=names,
    )


def _dominance(groups: Sequence[Group]) -> list[Html]:
    """Which units lead others under every weighting; stated also if none does."""
    found = [
        say(
            "{unit} is ahead of {others} in every dimension, so with any weights.",
            unit=one.rated.name[language()],
            others=wording.listed([name[language()] for name in one.beats]),
        )
        for group in groups
        for one in group.standings
        if one.beats
    ]
    return found or [say("No unit is ahead of another in every dimension: who comes first hangs on the weights.")]


def _reading(one: Appraisal) -> Html:
    """How the ranks were found (the constants of the analysis, in words)."""
    drawn = (
        say(
            "Ranks in 90% of weightings: from {draws} weightings drawn around the evaluator's (Dirichlet, "
            "concentration {concentration}).",
            draws=formats.number(DRAWS, 0),
            concentration=formats.number(CONCENTRATION, 0),
        )
        if one.weights
        else say(
            "Ranks in 90% of weightings: from {draws} weightings drawn evenly from all there are.",
            draws=formats.number(DRAWS, 0),
        )
    )
    return prose.joined(drawn, say("Method: OECD/JRC (2008), Handbook on Constructing Composite Indicators."))


def _years(one: Appraisal, evaluation: Evaluation) -> Table:
    card = one.card
    columns = [
        *heads("Unit appraised", "Year appraised:s"),
        *(Column(each.name[language()], "n") for each in card.dimensions),
        *(heads("Total score:n") if one.weights else []),
        *heads("Evidence received:w", "Appeal or correction:w"),
    ]
    changes = {(change.name, change.year): change for change in one.changes}
    placed = [(standing, group.year) for group in one.groups for standing in group.standings]
    order = [rated.name for rated in card.rated]
    placed.sort(key=lambda each: order.index(each[0].rated.name))
    rows = [_year(standing, year, one, changes.get((standing.rated.name, year))) for standing, year in placed]
    gone = [translate("not at hand")] * (len(columns) - 2)
    rows += [
        [name[language()] if name else translate("Unit appraised"), formats.NOTHING, *gone]
        for name in _waiting(card, [standing.rated for standing, _ in placed])
    ]
    caption = say("{name}: year by year, change against the year appraised before", name=card.name[language()])
    return Table.of(f"scorecard-years-{card.id}", caption, columns, rows, tables.is_fictional(evaluation))


def _year(one: Standing, year: str, appraisal: Appraisal, change: Change | None) -> list[object]:
    rated = one.rated
    moved = change.by_dimension if change else {}
    row: list[object] = [rated.name[language()], formats.period(year)]
    row += [_moved(_score(rated, each), moved.get(each.id)) for each in appraisal.card.dimensions]
    row += [_moved(_total(one), change.total if change else None)] if appraisal.weights else []
    row.append(rated.evidence[language()] if rated.evidence else translate("not at hand"))
    row.append(rated.appeal[language()] if rated.appeal else translate("none"))
    return row


def _moved(shown: Cell | str, change: float | None) -> Cell | str:
    if change is None:
        return shown
    return lines(shown, small(formats.fixed(change, signed=True)))
