"""Problems, what should be done about them, and what may go wrong next."""

from collections.abc import Sequence

from evalkit.analysis.goals import ledger
from evalkit.analysis.goals import problem_ledger as carried
from evalkit.analysis.goals.attainment import Attainment
from evalkit.analysis.goals.problem_ledger import Entry
from evalkit.analysis.goals.risks import Sign, signs
from evalkit.project.evaluation import Evaluation
from evalkit.project.narrative_file import Recommendation, Risk, TargetChange
from evalkit.reporting.elements import shared_cells, tables
from evalkit.reporting.elements.parts import Fold, Piece, stacked
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, semicolons, translate
from evalkit.reporting.region import evaluator_words

UNDER_WAY = ("midterm", "annual")  # stages after which the reform continues


def problems(evaluation: Evaluation) -> Piece:
    """The problem ledger, carried forward from earlier assessments: cause, owner, due date, state."""
    entries = carried.ledger(evaluation)
    if not entries:
        return Html('<p class="withheld">{}</p>').format(_without(evaluation))
    closed = [entry for entry in entries if entry.standing == "closed"]
    others = [entry for entry in entries if entry.standing != "closed"]
    if not others or not closed:
        return _ledger("problems-table", say("Problem ledger"), entries, evaluation)
    names = semicolons(entry.problem.name[language()] for entry in closed)
    summary = say("Problems closed ({n}): {list}", n=len(closed), list=names)
    folded = _ledger("problems-closed-table", say("Problems closed"), closed, evaluation)
    return stacked(
        _ledger("problems-table", say("Problem ledger"), others, evaluation),
        Fold(summary, (folded,), kind="fold", in_main_text=True),
    )


def _ledger(name: str, caption: Html, entries: Sequence[Entry], evaluation: Evaluation) -> Table:
    columns = heads("Problem:w", "Cause:w", "Owner", "Raised with data up to:s", "Due:s", "How it stands:w")
    shown = shared_cells.without_empty(columns, [_problem_row(entry, evaluation) for entry in entries])
    return Table.of(name, caption, *shown, tables.is_fictional(evaluation))


def _without(evaluation: Evaluation) -> Html:
    if evaluator_words.is_silent(evaluation):
        return say("The evaluator has not filled in problems, recommendations and evidence yet.")
    return say("The evaluator has entered no problem in the ledger.")


def _problem_row(one: Entry, evaluation: Evaluation) -> list[object]:
    problem = one.problem
    return [
        problem.name[language()],
        problem.cause[language()] if problem.cause else formats.NOTHING,
        shared_cells.bodies(problem.owner, evaluation),
        formats.date(one.raised),
        formats.period(problem.due or ""),
        _standing(one),
    ]


def _standing(one: Entry) -> Html:
    told = [say(vocabulary.STANDINGS[one.standing], date=formats.date(one.problem.closed))]
    if one.silent:
        told.append(say(vocabulary.SILENT))
    # The evidence of a closing is shown only once the closing itself is known.
    if one.problem.evidence and (one.standing == "closed" or one.problem.closed is None):
        told.append(Html.escape(one.problem.evidence[language()]))
    return Html("<br>").join(told)


def recommendations(evaluation: Evaluation) -> Piece:
    """Recommended actions with owner, due date and the problems they address."""
    listed = evaluation.narrative.recommendations
    if not listed:
        return Html("")
    columns = heads("Recommendation:w", "Owner", "Due:s", "Problems addressed:w")
    names = {one.problem.id: one.problem.name[language()] for one in carried.ledger(evaluation)}
    shown = shared_cells.without_empty(columns, [_recommendation_row(one, names, evaluation) for one in listed])
    caption = say("Recommendations with owner and date")
    return Table.of("recommendations-table", caption, *shown, tables.is_fictional(evaluation))


def _recommendation_row(one: Recommendation, names: dict[str, str], evaluation: Evaluation) -> list[object]:
    addressed = Html("<br>").join(Html.escape(names.get(problem, problem)) for problem in one.problems)
    owner = shared_cells.bodies(one.owner, evaluation)
    return [one.name[language()], owner, formats.period(one.due), addressed or formats.NOTHING]


def risks(evaluation: Evaluation, judged: Sequence[Attainment], guards: Sequence[Attainment] = ()) -> Piece:
    """What may go wrong: first what figures and ledgers show while the reform goes on, then what the evaluator says."""
    found = signs(evaluation, judged, guards) if evaluation.assessment.stage in UNDER_WAY else ()
    rows = [_sign_row(one, evaluation) for one in found] + [_risk_row(one) for one in evaluation.narrative.risks]
    if not rows:
        return Html("")
    columns = heads("Risk:w", "Found by", "Level:s", "Response:w")
    shown = shared_cells.without_empty(columns, rows)
    return Table.of("risks-table", say("Risks for the rest of the reform"), *shown, tables.is_fictional(evaluation))


def _sign_row(one: Sign, evaluation: Evaluation) -> list[object]:
    told = say(vocabulary.RISKS[one.code], **_facts(one.about, evaluation))
    return [told, translate("figures and ledgers"), formats.NOTHING, formats.NOTHING]


def _facts(about: Attainment | ledger.Entry | Entry, evaluation: Evaluation) -> dict[str, object]:
    if isinstance(about, ledger.Entry):
        task, state = about.task, about.state
        due, reported = formats.period(task.due or ""), formats.period(state.when)
        return {"name": task.name[language()], "due": due, "date": reported}
    if isinstance(about, Entry):
        return {"name": about.problem.name[language()], "due": formats.period(about.problem.due or "")}
    indicator = evaluation.indicators[about.indicator]
    return {
        "name": indicator.name[language()],
        "value": wording.observation(about.latest, indicator) if about.latest else formats.NOTHING,
        "change": wording.gap(about, indicator),
        "target": wording.target(about.target, indicator),
        "deadline": formats.period(about.target.deadline or ""),
    }


def _risk_row(one: Risk) -> list[object]:
    level = translate(vocabulary.RISK_LEVELS[one.level])
    return [
        one.name[language()],
        translate("evaluator"),
        level,
        one.response[language()] if one.response else formats.NOTHING,
    ]


def target_changes(evaluation: Evaluation) -> Piece:
    """Changes of targets that the evaluator suggests half-way."""
    listed = evaluation.narrative.target_changes
    if evaluation.assessment.stage != "midterm" or not listed:
        return Html("")
    columns = heads("Target:w", "Proposal:w", "Why:w")
    rows = [(_target(one, evaluation), one.proposal[language()], one.why[language()]) for one in listed]
    caption = say("Changes of targets that the evaluator suggests; the targets themselves stand as they are")
    return Table.of("target-changes-table", caption, columns, rows, tables.is_fictional(evaluation))


def _target(change: TargetChange, evaluation: Evaluation) -> Html:
    found = next(one for one in evaluation.targets if change.target in (one.id, one.indicator))
    indicator = evaluation.indicators[found.indicator]
    return say("{indicator}: {target}", indicator=indicator.name[language()], target=wording.target(found, indicator))
