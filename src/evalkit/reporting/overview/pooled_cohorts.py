"""Who started when, in one matrix for all indicators; those with the same numbers share a column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalkit.analysis.programme.group_time import SMALL_COHORT, Pooled
from evalkit.analysis.programme.pooled_effect import Programme
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements.parts import Piece
from evalkit.reporting.elements.table import Column, Table, heads
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.plain_text import text_of
from evalkit.reporting.language.words import Html, language, plain, say, semicolons, translate

FEW = 12  # names that are listed openly


@dataclass(frozen=True, slots=True)
class _Counts:
    """Regions by start, those never treated, and those that do not enter by reason, with their names."""

    starts: Mapping[str, int]
    never: int
    left_out: Mapping[str, tuple[str, ...]]


def cohorts(programmes: Sequence[Programme], names: Sequence[str], evaluation: Evaluation) -> Piece:
    """Units by first treated period, how many are compared, and who does not enter, by name.

    Args:
        names: what the page calls each programme.
    """
    groups: list[tuple[_Counts, list[str], list[Programme]]] = []
    for programme, name in zip(programmes, names, strict=True):
        if isinstance(programme.headline, Pooled):
            counts = _counts(programme, programme.headline, evaluation)
            same = next((group for group in groups if group[0] == counts), None)
            if same is None:
                groups.append((counts, [name], [programme]))
            else:
                same[1].append(name)
                same[2].append(programme)
    if not groups:
        return Html("")
    alone = len(groups) == 1
    columns = heads("First treated period:s", "Regions:n") if alone else heads("First treated period:s")
    columns += [] if alone else [Column(wording.listed(shared_by), "n") for _, shared_by, _ in groups]
    every = [programme for *_, members in groups for programme in members]
    caption = say("Regions by the period in which they started")
    if alone and len(every) > 1:
        caption = say("Regions by the period in which they started; the same for all {n} indicators", n=len(every))
    rows = _rows([counts for counts, *_ in groups], every)
    simulated = any(programme.results[0].simulated for programme in programmes)
    return Table.of("cohorts-table", caption, [*columns, *heads("Note:w")], rows, simulated)


def _counts(programme: Programme, pooled: Pooled, evaluation: Evaluation) -> _Counts:
    left_out: dict[str, list[str]] = {}
    for unit, why in (programme.sample.left_out or {}).items():
        left_out.setdefault(text_of(wording.why(why)), []).append(evaluation.name(unit, language()))
    never = int((~programme.sample.treated).sum())
    return _Counts(dict(pooled.cohorts), never, {why: tuple(names) for why, names in left_out.items()})


def _rows(counts: Sequence[_Counts], programmes: Sequence[Programme]) -> list[list[object]]:
    """Starts in their order, then who is compared, then who does not enter and why."""
    rows: list[list[object]] = []
    for start in sorted({start for group in counts for start in group.starts}):
        numbers = [group.starts.get(start) for group in counts]
        rows.append([formats.period(start), *map(formats.count, numbers), _note(start, numbers, programmes)])
    rows.append([translate("not treated"), *(formats.count(group.never) for group in counts), _comparison(programmes)])
    for why in dict.fromkeys(why for group in counts for why in group.left_out):
        names = dict.fromkeys(name for group in counts for name in group.left_out.get(why, ()))
        numbers = [len(group.left_out.get(why, ())) or None for group in counts]
        note = say("{why}: {names}", why=why, names=_named(list(names)))
        rows.append([translate("does not enter"), *map(formats.count, numbers), note])
    return rows


def _note(start: str, numbers: Sequence[int | None], programmes: Sequence[Programme]) -> Html:
    small = say("fewer than {n} regions: read with care", n=SMALL_COHORT)
    last = say("no region is left to compare with: no effect is estimated; comparison for the others until then")
    few = any(n is not None and n < SMALL_COHORT for n in numbers)
    alone = any(start in _alone(programme) for programme in programmes)
    return semicolons([note for note, applies in ((small, few), (last, alone)) if applies])


def _alone(programme: Programme) -> set[str]:
    """Starts of cohorts for which no region is left to compare with."""
    compared = programme.sample.cohort[programme.sample.compared]
    return {start for number, start in programme.sample.starts.items() if number not in compared}


def _named(names: Sequence[str]) -> Html:
    """Names; many are folded behind their number."""
    text = Html.escape(wording.listed(names))
    if len(names) <= FEW:
        return text
    return Html("<details><summary>{}</summary>{}</details>").format(say("regions: {n}", n=len(names)), text)


def _comparison(programmes: Sequence[Programme]) -> Html:
    """Who is compared, and how many values are missing of all indicators."""
    remarks = list(dict.fromkeys(translate(vocabulary.POOLS[programme.sample.comparison]) for programme in programmes))
    if any(programme.sample.parameters.comparison.eligible == "not_yet_treated" for programme in programmes):
        remarks.append(translate("regions not yet treated serve as comparison as well"))
    if holes := sum(programme.sample.holes for programme in programmes):
        remarks.append(plain("{n} values missing; they are left out, not filled", n=formats.count(holes)))
    return semicolons(remarks)
