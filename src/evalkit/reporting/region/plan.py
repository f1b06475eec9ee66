"""The evaluation plan: how the reform is meant to work, what is asked and where it is answered, what was frozen when.

After HM Treasury (2020), Magenta Book: process, impact and value are asked apart, on a theory of change.
"""

from collections.abc import Sequence

from evalkit.analysis.goals import observed, stamps
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.project.frozen import Frozen
from evalkit.project.region_file import Element, Plan, Question
from evalkit.reporting.elements import diagram, prose, shared_cells, tables
from evalkit.reporting.elements.diagram import Stack
from evalkit.reporting.elements.html import demo
from evalkit.reporting.elements.parts import Fold, Parts, Piece, stacked
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats, vocabulary, wording
from evalkit.reporting.language.words import Html, language, say, translate

COLUMNS = ("inputs", "activities", "outputs", "outcomes")
LISTS = ("assumptions", "outside")


def table(evaluation: Evaluation, is_estimated: bool = True) -> Piece:
    """The evaluation questions with their indicators and where the report answers them; then the guard indicators."""
    asked = evaluation.details.plan.questions
    if evaluation.details.plan == Plan():
        return say("<p>The evaluation plan has not been filled in.</p>")
    if not asked:
        return say("<p>The evaluation plan names no questions yet.</p>")
    columns = heads("Evaluation question", "Kind of question:s", "Indicators", "Answered in")
    rows = [
        (
            question.text[language()],
            translate(vocabulary.QUESTIONS[question.kind]),
            shared_cells.indicators(question.indicators, evaluation),
            _answered(question, evaluation, is_estimated),
        )
        for question in asked
    ]
    asked_in = Table.of("plan-table", say("Evaluation questions"), columns, rows, tables.is_fictional(evaluation))
    return stacked(asked_in, _guards(evaluation))


def _answered(question: Question, evaluation: Evaluation, is_estimated: bool) -> Html:
    """Links to the sections that answer a question; a question that no analysis takes up is called open."""
    effects, series = ("effects", "indicators") if is_estimated else ("conclusions", "conclusions")
    goals = {target.indicator for target in evaluation.targets} & set(question.indicators)
    estimated = set(evaluation.assessment.chosen) & set(question.indicators)
    sections = {
        "process": ["implementation", *(["goals"] if goals else [])],
        "impact": [*([effects] if estimated else []), *(["goals"] if goals else [])],
        "value": [*(["goals"] if goals else []), *([series] if estimated else [])],
    }[question.kind]
    if not sections:
        return say("Not answered here: the data at hand hold no figure that could answer it.")
    links = [Html('<a href="#{}">{}</a>').format(code, translate(vocabulary.SECTIONS[code])) for code in sections]
    return Html("<br>").join(links)


def _guards(evaluation: Evaluation) -> Html:
    """Indicators that must not get worse; whether they did is judged with the goals."""
    guards = [
        say(
            "{indicator}: {direction}",
            indicator=evaluation.indicators[guard.indicator].name[language()],
            direction=translate(vocabulary.DIRECTIONS[guard.operator]),
        )
        for guard in evaluation.details.plan.guards
    ]
    if not guards:
        return Html("")
    return say("<p>Guard indicators, which must not get worse: {list}.</p>", list=wording.listed(guards))


def stakeholders(evaluation: Evaluation) -> Piece:
    """Who has a part in the reform, and which."""
    parties = evaluation.details.plan.stakeholders
    if not parties:
        return Html("")
    columns = heads("Stakeholder", "Part in the reform")
    rows = [(party.name[language()], party.role[language()]) for party in parties]
    caption = say("Who has a part in the reform")
    return Table.of("stakeholders-table", caption, columns, rows, tables.is_fictional(evaluation))


def logic_model(evaluation: Evaluation, panel: Panel | None = None) -> Piece:
    """The theory of change as a diagram, with every element, its source and its indicators below.

    Args:
        panel: whose figures give every box its state; without one the boxes have none.
    """
    plan = evaluation.details.plan
    parts = {code: _elements(plan, code) for code in (*COLUMNS, *LISTS)}
    if not any(parts.values()):
        return Html("")
    title = say(
        "How the reform is meant to work: {inputs} inputs, {activities} activities, {outputs} outputs, {outcomes} "
        "intended outcomes",
        **{code: len(parts[code]) for code in COLUMNS},
    )
    caption = say(
        "Logic model, read in the order of the arrows: what goes in, what is done with it, what comes of that "
        "directly, and what should change in the end. It shows what is intended; whether it came about is judged in "
        "the other sections. After HM Treasury (2020), Magenta Book."
    )
    picture = diagram.flow(
        [_stack(code, parts[code], [_state(part, evaluation, panel) for part in parts[code]]) for code in COLUMNS],
        [_stack(code, parts[code]) for code in LISTS if parts[code]],
    )
    label = demo() + " " if tables.is_fictional(evaluation) else Html("")
    shown = Html('<p class="figure-title">{}</p>{}<p class="caption">{}{}</p>').format(title, picture, label, caption)
    cited = dict.fromkeys(element.source for elements in parts.values() for element in elements if element.source)
    above = shared_cells.sources(cited, evaluation) if len(cited) == 1 else Html("")
    data = Fold(Html.escape(translate("Data of this figure")), (above, _table(parts, evaluation, bool(above))))
    return Parts((shown, data), Html('<div class="logic-model" id="fig-logic-model">'), Html("</div>"))


def _elements(plan: Plan, code: str) -> Sequence[Element]:
    elements: Sequence[Element] = getattr(plan, code)
    return elements


def _stack(code: str, elements: Sequence[Element], states: Sequence[str] = ()) -> Stack:
    texts = [element.text[language()] for element in elements]
    return Stack(translate(vocabulary.LOGIC[code]), texts or [translate("not filled in")], states)


def _state(element: Element, evaluation: Evaluation, panel: Panel | None) -> str:
    """Whether there is any figure by which an element of the model could be judged."""
    if panel is None:
        return ""
    if not element.indicators:
        return "– " + translate("no indicator")
    has_figures = any(observed.observations(panel, evaluation.region, name) for name in element.indicators)
    return "● " + translate("has figures") if has_figures else "○ " + translate("no figures")


def _ground(element: Element, evaluation: Evaluation, is_above: bool) -> Html:
    """Source and words of an element; its words only where the source is named above."""
    if not element.source:
        return say("evaluator; no source given")
    if is_above:
        return shared_cells.words(element.phrase or "")
    return tables.cited(element.source, element.phrase or "", evaluation)


def _table(parts: dict[str, Sequence[Element]], evaluation: Evaluation, is_above: bool) -> Table:
    columns = [
        *heads("Element", "Part of the model:s", "Indicators"),
        shared_cells.ground_head(Html("above") if is_above else Html("")),
    ]
    rows = [
        (
            element.text[language()],
            translate(vocabulary.LOGIC[code]),
            shared_cells.indicators(element.indicators, evaluation),
            _ground(element, evaluation, is_above),
        )
        for code, elements in parts.items()
        for element in elements
    ]
    caption = say("Elements of the logic model, each with its source and indicators")
    return Table.of("logic-model-table", caption, columns, rows, tables.is_fictional(evaluation))


def frozen(evaluation: Evaluation, panel: Panel) -> Html:
    """When plan, baseline and primary indicators were frozen, and what has changed since."""
    laid_down = evaluation.frozen
    if laid_down is None or evaluation.region not in laid_down.regions:
        sentences = [
            say("Plan, baseline and primary indicators were not frozen, so they cannot count as registered beforehand.")
        ]
    else:
        sentences = [_laid_down(laid_down, evaluation, panel), _too_late(laid_down, evaluation)]
    return Html('<p id="frozen">{}</p>').format(prose.joined(*sentences))


def _laid_down(laid_down: Frozen, evaluation: Evaluation, panel: Panel) -> Html:
    facts = {"date": formats.date(laid_down.date), "hash": laid_down.fingerprint(evaluation.region)[:12]}
    changed = stamps.changed(evaluation, panel)
    if not changed:
        return say(
            "Evaluation plan, targets, baseline, primary indicators and design were frozen on {date} (SHA-256 {hash}…) "
            "and have not been changed since.",
            **facts,
        )
    return prose.joined(
        say(
            "Evaluation plan, targets, baseline, primary indicators and design were frozen on {date} "
            "(SHA-256 {hash}…). Changed since then: {parts}.",
            **facts,
            parts=wording.listed([translate(vocabulary.FROZEN[part]) for part in changed]),
        ),
        *(_primary(laid_down, evaluation) if "primary" in changed else []),
        *(_baselines(laid_down, evaluation, panel) if "baseline" in changed else []),
    )


def _primary(laid_down: Frozen, evaluation: Evaluation) -> list[Html]:
    """The primary indicators as they were frozen."""
    names = [
        evaluation.indicators[name].name[language()] if name in evaluation.indicators else name
        for name in laid_down.primary
    ]
    return [say("Primary indicators as frozen: {names}.", names=wording.listed(names))]


def _baselines(laid_down: Frozen, evaluation: Evaluation, panel: Panel) -> list[Html]:
    """Each baseline value that is another now."""
    then, now = laid_down.regions[evaluation.region].values, stamps.of(evaluation, panel).values
    changed = [name for name in evaluation.indicators if name in then and then[name] != now.get(name)]
    shown = [name for name in changed if stamps.may_show(evaluation, panel, name)]
    sentences = [
        say(
            "Baseline of {indicator}: frozen {then}, now {now}.",
            indicator=evaluation.indicators[name].name[language()],
            then=formats.value(then[name], evaluation.indicators[name]),
            now=formats.value(now.get(name), evaluation.indicators[name]),
        )
        for name in shown
    ]
    names = [evaluation.indicators[name].name[language()] for name in changed if name not in shown]
    hidden = say(
        "Not shown, as small numbers are hidden otherwise now than when it was frozen: the baseline of {names}.",
        names=wording.listed(names),
    )
    return [*sentences, hidden] if names else sentences


def _too_late(laid_down: Frozen, evaluation: Evaluation) -> Html:
    as_of = evaluation.assessment.as_of
    if as_of is None or laid_down.date <= as_of:
        return Html("")
    return say("This is later than the data cut-off and cannot count as registered beforehand.")
