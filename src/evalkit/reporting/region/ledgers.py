"""What was done: tasks, milestones, checklists and duties; unreported items are not called undone."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from evalkit import periods
from evalkit.analysis.goals import ledger
from evalkit.analysis.goals.ledger import Entry, Event, State
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import Checklist, Duties, Item, Milestone, Owner, Task
from evalkit.reporting.elements import prose, shared_cells, tables
from evalkit.reporting.elements.html import bullets, paragraphs, quoted, small, withheld
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, commas, language, say, semicolons, translate


def sentence(evaluation: Evaluation) -> Html:
    """How far the tasks are, by what shows it; empty where the sources list none."""
    entries = ledger.tasks(evaluation)
    if not entries:
        return Html("")
    reported = [entry for entry in entries if entry.state.status != "unknown"]
    if not reported:
        return say("Tasks listed: {n}; no evidence seen for any (which is not the same as not done).", n=len(entries))
    if len(entries) == 1 and (text := reported[0].state.text):
        return say("{name}: {told}.", name=reported[0].task.name[language()], told=text[language()].rstrip("。."))
    return say("Tasks listed: {n}; {list}.", n=len(entries), list=_counted(entries))


def tasks(evaluation: Evaluation) -> Piece:
    """The reform's tasks, grouped as in the source, with who, when, and how far they have come."""
    entries = ledger.tasks(evaluation)
    if not entries:
        return say("<p>The sources used list no tasks for this region.</p>")
    columns = heads("Task", "Lead", "Support", "Due:s", "Commitment", "Amount", "Should show in", "Status:w")
    notes = list(dict.fromkeys(entry.task.note[language()] for entry in entries if entry.task.note))
    is_silent = len(entries) > shared_cells.LONG and all(entry.state.status == "unknown" for entry in entries)
    rows: list[Sequence[object] | Group] = []
    for name, group in _groups(entries).items():
        label = say("{body} ({n})", body=name, n=len(group)) if is_silent else _counts(name, group)
        rows += [Group(label), *(_task_row(entry, notes, evaluation, is_silent) for entry in group)]
    shown = shared_cells.without_empty(columns, rows)
    table = Table.of("tasks-table", _tasks_caption(entries, is_silent), *shown, tables.is_fictional(evaluation))
    above = shared_cells.sources([entry.task.source for entry in entries], evaluation)
    return stacked(above, table, _footnotes(notes))


def _tasks_caption(entries: Sequence[Entry], is_silent: bool) -> Html:
    """If no task was reported on, say so once in the caption."""
    if not is_silent:
        return say("Tasks of the reform plan")
    return say(
        "Tasks of the reform plan: no evidence seen for any of the {n} (not the same as not done)", n=len(entries)
    )


def _groups(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The tasks under the names of their groups, in the order of the source."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.task.group[language()] if entry.task.group else translate("Tasks"), []).append(entry)
    return groups


def _counts(name: str, group: Sequence[Entry]) -> Html:
    """How many tasks a group has, and how far they are."""
    return say("{group} ({n}): {list}.", group=name, n=len(group), list=_counted(group))


def _task_row(entry: Entry, notes: Sequence[str], evaluation: Evaluation, is_silent: bool) -> list[object]:
    task = entry.task
    return [
        _task_name(task, notes),
        shared_cells.bodies(task.lead, evaluation),
        shared_cells.bodies(task.support, evaluation),
        formats.period(task.due or ""),
        shared_cells.commitment(task.commitment),
        task.amount[language()] if task.amount else formats.NOTHING,
        shared_cells.indicators(task.indicators, evaluation),
        formats.NOTHING if is_silent else shared_cells.state(entry.state),
    ]


def _task_name(task: Task, notes: Sequence[str]) -> Html:
    """The task, the source's words if they differ, and the number of its note."""
    name = Html.escape(task.name[language()])
    if task.phrase not in (task.name.zh, task.name[language()]):
        name += Html("<br>") + quoted(task.phrase)
    if task.note:
        name += Html("<sup>[{}]</sup>").format(notes.index(task.note[language()]) + 1)
    return name


def _counted(entries: Sequence[Entry]) -> Html:
    """The number of tasks by progress; one that is only self-reported as done counts as claimed."""
    own_word = [entry.state.status == "done" and entry.state.basis == "self_reported" for entry in entries]
    codes = ("claimed" if own else entry.state.status for entry, own in zip(entries, own_word, strict=True))
    counts: Counter[str] = Counter(codes)
    counted = [say(words, n=counts[code]) for code, words in vocabulary.PROGRESS_COUNTS.items() if counts[code]]
    return commas(counted)


def _footnotes(notes: Sequence[str]) -> Html:
    footnotes = [Html("[{}] {}").format(i, note) for i, note in enumerate(notes, start=1)]
    return Html('<p class="note">{}</p>').format(Html("<br>").join(footnotes)) if footnotes else Html("")


def unmapped(evaluation: Evaluation) -> Html:
    """Tasks in which no indicator could show anything, named openly."""
    unmeasured = [task for task in evaluation.details.tasks if not task.indicators]
    if not unmeasured:
        return Html("")
    sentence = say(
        "No monitored indicator corresponds to these tasks ({n} of {total}): {list}. Whether they achieve anything "
        "cannot be read from the figures.",
        n=len(unmeasured),
        total=len(evaluation.details.tasks),
        list=wording.listed([task.name[language()] for task in unmeasured]),
    )
    return Html('<p id="unmapped-tasks">{}</p>').format(sentence)


def milestones(evaluation: Evaluation) -> Piece:
    """Dated events: announced with which commitment, reached, planned, or not reported."""
    events = ledger.milestones(evaluation)
    if not events:
        return Html("")
    grounds, above = shared_cells.grounds([event.milestone for event in events], evaluation)
    columns = [*heads("Event", "Date:s", "Commitment", "Status"), shared_cells.ground_head(above)]
    rows = [
        [
            event.milestone.name[language()],
            _dated(event.milestone),
            shared_cells.commitment(event.milestone.commitment),
            _reached(event),
            ground,
        ]
        for event, ground in zip(events, grounds, strict=True)
    ]
    shown = shared_cells.without_empty(columns, rows)
    return stacked(above, Table.of("milestones-table", say("Milestones"), *shown, tables.is_fictional(evaluation)))


def _dated(milestone: Milestone) -> str:
    """When it is to be, as exact as its source."""
    if milestone.date_text:
        return milestone.date_text[language()]
    if milestone.date and milestone.until:
        return say("{first} to {last}", first=formats.period(milestone.date), last=formats.period(milestone.until))
    return formats.period(milestone.date) if milestone.date else translate("not stated")


def _reached(event: Event) -> Html:
    """Reached, with the time where it is another than the one announced."""
    word = vocabulary.EVENTS[event.status]
    if event.status not in chips.PROGRESS_SHAPES:
        return withheld(translate(word))
    chip, when, date = chips.progress(event.status, word), event.milestone.reached, event.milestone.date
    if event.status == "planned" or not when or (date and periods.overlap(date, when)):
        return chip
    return chip + Html("<br>{}").format(formats.period(when))


def checklists(evaluation: Evaluation) -> Piece:
    """Each checklist with what is known of its items: a sentence where it is the same of all, else a table."""
    checklists = evaluation.details.checklists
    grounds, above = shared_cells.grounds(checklists, evaluation)
    as_of = evaluation.assessment.as_of
    item_states = [[ledger.item_state(item, as_of) for item in checklist.items] for checklist in checklists]
    silent: list[Html] = []
    parts: list[Piece] = []
    for checklist, states, ground in zip(checklists, item_states, grounds, strict=True):
        if all(state.status == "unknown" for state in states):
            silent.append(_in_a_row(checklist, ground))
        elif len({(state.status, state.text, state.when) for state in states}) == 1:
            parts.append(paragraphs(_alike(checklist, states[0], ground, evaluation)))
        else:
            parts += [_checklist(checklist, states, evaluation), paragraphs(ground)]
    if silent:
        lead = say("Of the items of these checklists no evidence was seen (not the same as not done):")
        parts.append(paragraphs(lead) + bullets(silent, "checklists"))
    return stacked(above, *parts)


def _named(checklist: Checklist) -> dict[str, object]:
    """A checklist and its items, for a sentence."""
    names = semicolons(item.name[language()] for item in checklist.items)
    return {"id": checklist.id, "name": checklist.name[language()], "n": len(checklist.items), "list": names}


def _in_a_row(checklist: Checklist, ground: Html) -> Html:
    """A checklist of which nothing is known, in a line."""
    text = say('<span id="checklist-{id}">{name}</span> ({n}): {list}.', **_named(checklist))
    return text + small(Html("<br>") + ground) if ground else text


def _alike(checklist: Checklist, state: State, ground: Html, evaluation: Evaluation) -> Html:
    """A checklist with the same to say of every item: what it is, the items, where they should show."""
    text = say(
        '<strong id="checklist-{id}">{name}</strong> ({n}): {list}. {state}',
        **_named(checklist),
        state=shared_cells.state(state),
    )
    names = dict.fromkeys(name for item in checklist.items for name in item.indicators)
    if names:
        text += say("<br>Should show in: {list}.", list=shared_cells.indicators(names, evaluation))
    return text + small(Html("<br>") + ground) if ground else text


def _checklist(checklist: Checklist, states: Sequence[State], evaluation: Evaluation) -> Table:
    columns = heads("Item", "Status:w", "Should show in")
    rows = [
        [item.name[language()], shared_cells.state(state), shared_cells.indicators(item.indicators, evaluation)]
        for item, state in zip(checklist.items, states, strict=True)
    ]
    caption = say(
        "{name}: evidence for {known} of {n} items",
        name=checklist.name[language()],
        known=sum(state.status != "unknown" for state in states),
        n=len(states),
    )
    shown = shared_cells.without_empty(columns, rows)
    return Table.of(f"checklist-{checklist.id}", caption, *shown, tables.is_fictional(evaluation))


def duties(evaluation: Evaluation) -> Piece:
    """Each responsibility list: who has to do what, and what is known of it."""
    lists = evaluation.details.duties
    grounds, above = shared_cells.grounds(lists, evaluation)
    pairs = zip(lists, grounds, strict=True)
    parts = ((_duties(duties, evaluation), paragraphs(words)) for duties, words in pairs)
    return stacked(above, *chain.from_iterable(parts))


def _duties(duties: Duties, evaluation: Evaluation) -> Piece:
    if len({owner.phrase for owner in duties.owners}) == 1 and not any(owner.items for owner in duties.owners):
        return _only_named(duties)
    columns = heads("Body", "Duties:w")
    rows = [(_names(owner), _duty(owner, evaluation)) for owner in duties.owners]
    table = Table.of(
        f"duties-{duties.id}", _duties_caption(duties, evaluation), columns, rows, tables.is_fictional(evaluation)
    )
    is_open = say("<p>The source's list ends in “and others”: these are not all.</p>") if duties.open_list else Html("")
    return stacked(table, is_open)


def _only_named(duties: Duties) -> Html:
    """One sentence for a list whose bodies all have the same duties, or none named in the source."""
    sentence = say(
        '<span id="duties-{id}">{name}</span> ({n} bodies): {list}.',
        id=duties.id,
        name=duties.name[language()],
        n=len(duties.owners),
        list=wording.listed([owner.name[language()] for owner in duties.owners]),
    )
    phrase = duties.owners[0].phrase if duties.owners else None
    more = quoted(phrase) if phrase else say("The sources used do not name their duties.")
    return paragraphs(prose.joined(sentence, more))


def _duties_caption(duties: Duties, evaluation: Evaluation) -> Html:
    """How many bodies, and for how many of their duties there is evidence."""
    facts = {"name": duties.name[language()], "n": len(duties.owners)}
    states = [ledger.item_state(item, evaluation.assessment.as_of) for owner in duties.owners for item in owner.items]
    if not states:
        return say("{name}: {n} bodies", **facts)
    reported = sum(state.status != "unknown" for state in states)
    if not reported:
        return say(
            "{name}: {n} bodies, {total} duties; no evidence seen for any (not the same as not done)",
            **facts,
            total=len(states),
        )
    return say(
        "{name}: {n} bodies, evidence for {known} of {total} duties; for the others none was "
        "seen (not the same as not done)",
        **facts,
        known=reported,
        total=len(states),
    )


def _names(owner: Owner) -> Html:
    """A body with the other names that the sources give it."""
    if not owner.aliases:
        return Html.escape(owner.name[language()])
    return say(
        "{name}<br><small>also: {others}</small>", name=owner.name[language()], others=wording.listed(owner.aliases)
    )


def _duty(owner: Owner, evaluation: Evaluation) -> Html:
    """The duties as the source words them, and one by one where it lists them."""
    worded = quoted(owner.phrase) if owner.phrase else Html("")
    as_of = evaluation.assessment.as_of
    silent = all(ledger.item_state(item, as_of).status == "unknown" for item in owner.items)
    if worded and language() == "zh" and silent:
        return worded  # the items repeat these words
    text = worded + bullets(_item(item, evaluation) for item in owner.items)
    return text or say("The source names no duties.")


def _item(item: Item, evaluation: Evaluation) -> Html:
    """A duty, and what is known of it; that nothing is known of many is said once, in the caption."""
    state, name = ledger.item_state(item, evaluation.assessment.as_of), Html.escape(item.name[language()])
    return name if state.status == "unknown" else name + Html("<br>") + shared_cells.state(state)


def platforms(evaluation: Evaluation) -> Piece:
    """Systems that provide figures; before a system starts, its figures are missing, not zero."""
    systems = evaluation.details.platforms
    if not systems:
        return Html("")
    as_of = evaluation.assessment.as_of
    grounds, above = shared_cells.grounds(systems, evaluation)
    columns = [*heads("System", "In use since:s", "Figures that it gives"), shared_cells.ground_head(above)]
    is_silent = not any(ledger.is_known(system.starts, as_of) for system in systems)
    unknown = formats.NOTHING if is_silent else translate("not known")
    rows = [
        (
            system.name[language()],
            formats.period(system.starts) if ledger.is_known(system.starts, as_of) else unknown,
            shared_cells.indicators(system.indicators, evaluation),
            ground,
        )
        for system, ground in zip(systems, grounds, strict=True)
    ]
    caption = say("Systems from which figures come. Before a system is in use there are no data, which is not zero")
    if is_silent:
        caption = say("Systems from which figures come; since when they are in use the sources used do not say")
    shown = shared_cells.without_empty(columns, rows)
    return stacked(above, Table.of("platforms-table", caption, *shown, tables.is_fictional(evaluation)))
