"""The figure of a chain of counts: how many of the first step come through to the last."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from evalkit.analysis.goals import cascades as chains
from evalkit.analysis.goals.cascades import Flow, Step
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation
from evalkit.reporting.elements import prose, tables, theme
from evalkit.reporting.elements.charts import sheet as sheets
from evalkit.reporting.elements.charts.drawing import Drawing, drawing
from evalkit.reporting.elements.charts.sheet import Margins, Sheet
from evalkit.reporting.elements.table import Table, heads
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html, language, plain, say, semicolons

NAMES = 130.0  # points that names have at most
SEPARATOR = "  "


def cascades(panel: Panel, evaluation: Evaluation) -> tuple[Drawing | Html, ...]:
    """A figure for each chain of counts of the region, or why there is none."""
    flows = [chains.flow(chain, panel, evaluation) for chain in evaluation.details.cascades]
    return tuple(cascade(flow, evaluation) for flow in flows)


def cascade(flow: Flow, evaluation: Evaluation) -> Drawing | Html:
    """The counts of a chain as bars from the first step to the last; a sentence where there are fewer than two."""
    if len(flow.known) < 2:
        return _without_figure(flow, evaluation)
    simulated = any(step.figure.status == "simulated" for step in flow.known if step.figure)

    def paint(sheet: Sheet) -> Figure:
        return _bars(flow.known, evaluation, sheet)

    description = semicolons([f"{_name(step, evaluation)}: {_label(step, evaluation)}" for step in flow.known])
    return drawing(
        paint,
        f"cascade-{flow.cascade.id}",
        _title(flow, evaluation),
        _caption(flow, evaluation),
        _table(flow, evaluation, simulated),
        simulated,
        description,
    )


def _bars(steps: Sequence[Step], evaluation: Evaluation, sheet: Sheet) -> Figure:
    """A bar per step with its name left of it, or above it on a phone, and its count behind it."""
    counts = [step.figure.value or 0.0 for step in steps if step.figure]
    names = [sheets.wrapped(_name(step, evaluation), NAMES, sheet.text) for step in steps]
    labels = [_label(step, evaluation) for step in steps]
    row = sheet.text * sheets.LINE
    left = 6.0 if sheet.is_narrow else sheets.widest(names, sheet.text) + 10
    figure, axes = sheets.plot(sheet, len(steps) * 2.6 * row, Margins(left, 6, 4, 6))
    # Room for the widest label behind the longest bar; on a phone that takes too much, and the count joins the name.
    behind = 0.0 if sheet.is_narrow else sheets.widest(labels, sheet.text) + 10
    room = sheet.width - left - 6
    axes.set(xlim=(0, max(counts) * room / (room - behind) or 1), ylim=(len(steps) - 0.5, -0.5), xticks=[], yticks=[])
    axes.barh(
        [place + (0.2 if sheet.is_narrow else 0) for place in range(len(steps))],
        counts,
        height=0.4 if sheet.is_narrow else 0.62,
        color=theme.REGION,
    )
    for place, (step, name, label, count) in enumerate(zip(steps, names, labels, counts, strict=True)):
        if sheet.is_narrow:
            text = f"{_name(step, evaluation)}{SEPARATOR}{label}"
            axes.annotate(
                text, (0, place - 0.42), xytext=(3, 0), textcoords="offset points", va="top", fontsize=sheet.text
            )
            continue
        axes.annotate(
            name, (0, place), xytext=(-8, 0), textcoords="offset points", ha="right", va="center",
            fontsize=sheet.text, annotation_clip=False,
        )  # fmt: skip
        axes.annotate(
            label, (count, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=sheet.text
        )
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    return figure


def _name(step: Step, evaluation: Evaluation) -> str:
    return evaluation.indicators[step.indicator].name[language()]


def _count(step: Step, evaluation: Evaluation) -> str:
    return formats.value(step.figure.value if step.figure else None, evaluation.indicators[step.indicator])


def _label(step: Step, evaluation: Evaluation) -> str:
    """The count, and what part of the step before it is."""
    count = _count(step, evaluation)
    if step.of_previous is None:
        return count
    return plain("{count}, {share} of the step before", count=count, share=formats.percent(step.of_previous))


def _title(flow: Flow, evaluation: Evaluation) -> Html:
    facts = {"name": flow.cascade.name[language()], "period": formats.period(flow.period)}
    last = flow.known[-1]
    if last.of_first is None:
        return say(
            "{name}, {period}: {n} of {total} steps have a figure", **facts, n=len(flow.known), total=len(flow.steps)
        )
    return say(
        "{name}, {period}: of {first}, {last} come to “{step}” ({share})",
        **facts,
        first=_count(flow.steps[0], evaluation),
        last=_count(last, evaluation),
        step=_name(last, evaluation),
        share=formats.percent(last.of_first),
    )


def _caption(flow: Flow, evaluation: Evaluation) -> Html:
    """How to read it, what is missing, the goal, the source."""
    shares = say("Each share has the step before as its denominator; the table also has the shares in the first step.")
    sentences = [shares, *_missing(flow, evaluation)]
    if any((step.of_previous or 0) > 1 for step in flow.steps):
        sentences += [say("A step larger than the one before cannot be a part of it: the definitions need checking.")]
    if flow.cascade.goal:
        sentences.append(say("Goal: {goal}.", goal=flow.cascade.goal[language()].rstrip("。.")))
    cited = tables.cited(flow.cascade.source, flow.cascade.phrase, evaluation, flow.cascade.note)
    return prose.joined(*sentences) + Html("<br>") + cited


def _missing(flow: Flow, evaluation: Evaluation) -> list[Html]:
    """Why a step has no figure."""
    sentences = []
    for step in flow.steps:
        facts = {"step": _name(step, evaluation), "period": formats.period(flow.period)}
        if step.figure is None and step.elsewhere is not None:
            value = formats.value(step.elsewhere.value, evaluation.indicators[step.indicator])
            other = formats.period(step.elsewhere.period)
            sentences.append(
                say(
                    "{step}: no figure for {period}; the latest is {value} ({other}).",
                    **facts,
                    value=value,
                    other=other,
                )
            )
        elif step.figure is None:
            sentences.append(say("{step}: no figure in the sources used.", **facts))
    return sentences


def _table(flow: Flow, evaluation: Evaluation, simulated: bool) -> Table:
    columns = heads("Step", "Figure:n", "Share of the step before:n", "Share of the first step:n", "Source:w")
    rows = [
        (
            _name(step, evaluation),
            _count(step, evaluation),
            formats.percent(step.of_previous),
            formats.percent(step.of_first),
            tables.cited(step.figure.source, step.figure.phrase, evaluation) if step.figure else formats.NOTHING,
        )
        for step in flow.steps
    ]
    caption = say("{name}, {period}", name=flow.cascade.name[language()], period=formats.period(flow.period))
    return Table.of(f"cascade-{flow.cascade.id}-table", caption, columns, rows, simulated)


def _without_figure(flow: Flow, evaluation: Evaluation) -> Html:
    """What is known of a chain of which at most one step has a figure."""
    period = formats.period(flow.period)
    none = say("{name}: no rate can be given.", name=flow.cascade.name[language()])
    figures = [
        say("{step}: {value} ({period}).", step=_name(step, evaluation), value=_count(step, evaluation), period=period)
        for step in flow.known
    ]
    sentence = prose.joined(none, *figures, *_missing(flow, evaluation))
    return Html('<p id="cascade-{}" class="withheld">{}</p>').format(flow.cascade.id, sentence)
