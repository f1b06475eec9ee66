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


def _problem_row(entry: Entry, evaluation: Evaluation) -> list[object]:
    problem = entry.problem
    return [
        problem.name[language()],
        problem.cause[language()] if problem.cause else formats.NOTHING,
        shared_cells.bodies(problem.owner, evaluation),
        formats.date(entry.raised),
        formats.period(problem.due or ""),
        _standing(entry),
    ]


def _standing(entry: Entry) -> Html:
    parts = [say(vocabulary.STANDINGS[entry.standing], date=formats.date(entry.problem.closed))]
    if entry.silent:
        parts.append(say(vocabulary.SILENT))
    # The evidence of a closing is shown only once the closing itself is known.
    if entry.problem.evidence and (entry.standing == "closed" or entry.problem.closed is None):
        parts.append(Html.escape(entry.problem.evidence[language()]))
    return Html("<br>").join(parts)


def recommendations(evaluation: Evaluation) -> Piece:
    """Recommended actions with owner, due date and the problems they address."""
    recommended = evaluation.narrative.recommendations
    if not recommended:
        return Html("")
    columns = heads("Recommendation:w", "Owner", "Due:s", "Problems addressed:w")
    names = {entry.problem.id: entry.problem.name[language()] for entry in carried.ledger(evaluation)}
    rows = [_recommendation_row(recommendation, names, evaluation) for recommendation in recommended]
    shown = shared_cells.without_empty(columns, rows)
    caption = say("Recommendations with owner and date")
    return Table.of("recommendations-table", caption, *shown, tables.is_fictional(evaluation))


def _recommendation_row(recommendation: Recommendation, names: dict[str, str], evaluation: Evaluation) -> list[object]:
    addressed = Html("<br>").join(Html.escape(names.get(problem, problem)) for problem in recommendation.problems)
    owner = shared_cells.bodies(recommendation.owner, evaluation)
    return [recommendation.name[language()], owner, formats.period(recommendation.due), addressed or formats.NOTHING]


def risks(evaluation: Evaluation, judged: Sequence[Attainment], guards: Sequence[Attainment] = ()) -> Piece:
    """What may go wrong: first what figures and ledgers show while the reform goes on, then what the evaluator says."""
    warnings = signs(evaluation, judged, guards) if evaluation.assessment.stage in UNDER_WAY else ()
    rows = [_sign_row(sign, evaluation) for sign in warnings] + [_risk_row(risk) for risk in evaluation.narrative.risks]
    if not rows:
        return Html("")
    columns = heads("Risk:w", "Found by", "Level:s", "Response:w")
    shown = shared_cells.without_empty(columns, rows)
    return Table.of("risks-table", say("Risks for the rest of the reform"), *shown, tables.is_fictional(evaluation))


def _sign_row(sign: Sign, evaluation: Evaluation) -> list[object]:
    text = say(vocabulary.RISKS[sign.code], **_facts(sign.subject, evaluation))
    return [text, translate("figures and ledgers"), formats.NOTHING, formats.NOTHING]


def _facts(subject: Attainment | ledger.Entry | Entry, evaluation: Evaluation) -> dict[str, object]:
    if isinstance(subject, ledger.Entry):
        task, state = subject.task, subject.state
        due, reported = formats.period(task.due or ""), formats.period(state.when)
        return {"name": task.name[language()], "due": due, "date": reported}
    if isinstance(subject, Entry):
        return {"name": subject.problem.name[language()], "due": formats.period(subject.problem.due or "")}
    indicator = evaluation.indicators[subject.indicator]
    return {
        "name": indicator.name[language()],
        "value": wording.observation(subject.latest, indicator) if subject.latest else formats.NOTHING,
        "change": wording.gap(subject, indicator),
        "target": wording.target(subject.target, indicator),
        "deadline": formats.period(subject.target.deadline or ""),
    }


def _risk_row(risk: Risk) -> list[object]:
    level = translate(vocabulary.RISK_LEVELS[risk.level])
    return [
        risk.name[language()],
        translate("evaluator"),
        level,
        risk.response[language()] if risk.response else formats.NOTHING,
    ]


def target_changes(evaluation: Evaluation) -> Piece:
    """Changes of targets that the evaluator suggests half-way."""
    proposals = evaluation.narrative.target_changes
    if evaluation.assessment.stage != "midterm" or not proposals:
        return Html("")
    columns = heads("Target:w", "Proposal:w", "Why:w")
    rows = [
        (_target(change, evaluation), *(text[language()] for text in (change.proposal, change.why)))
        for change in proposals
    ]
    caption = say("Changes of targets that the evaluator suggests; the targets themselves stand as they are")
    return Table.of("target-changes-table", caption, columns, rows, tables.is_fictional(evaluation))


def _target(change: TargetChange, evaluation: Evaluation) -> Html:
    target = next(target for target in evaluation.targets if change.target in (target.id, target.indicator))
    indicator = evaluation.indicators[target.indicator]
    return say("{indicator}: {target}", indicator=indicator.name[language()], target=wording.target(target, indicator))
