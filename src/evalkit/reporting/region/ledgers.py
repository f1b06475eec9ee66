"""What was done: tasks, milestones, checklists and duties; unreported items are not called undone."""

from collections import Counter
from collections.abc import Sequence

from evalkit import periods
from evalkit.analysis.goals import ledger
from evalkit.analysis.goals.ledger import Entry, Event, State
from evalkit.project.evaluation import Evaluation
from evalkit.project.region_file import Checklist, Duties, Item, Milestone, Owner, Task
from evalkit.reporting.elements import prose, shared_cells, tables
from evalkit.reporting.elements.html import bullets, paragraphs, quoted, small
from evalkit.reporting.elements.parts import Piece, stacked
from evalkit.reporting.elements.table import Group, Table, heads
from evalkit.reporting.language import chips, formats, vocabulary, wording
from evalkit.reporting.language.words import Html, commas, language, say, semicolons, translate


def sentence(evaluation: Evaluation) -> Html:
    """How far the tasks are, by what shows it; empty where the sources list none."""
    entries = ledger.tasks(evaluation)
    if not entries:
        return Html("")
    known = [one for one in entries if one.state.status != "unknown"]
    if not known:
        return say("Tasks listed: {n}; no evidence seen for any (which is not the same as not done).", n=len(entries))
    if len(entries) == 1 and (text := known[0].state.text):
        return say("{name}: {told}.", name=known[0].task.name[language()], told=text[language()].rstrip("。."))
    return say("Tasks listed: {n}; {list}.", n=len(entries), list=_counted(entries))


def tasks(evaluation: Evaluation) -> Piece:
    """The reform's tasks, grouped as in the source, with who, when, and how far they have come."""
    entries = ledger.tasks(evaluation)
    if not entries:
        return say("<p>The sources used list no tasks for this region.</p>")
    columns = heads("Task", "Lead", "Support", "Due:s", "Commitment", "Amount", "Should show in", "Status:w")
    notes = list(dict.fromkeys(one.task.note[language()] for one in entries if one.task.note))
    is_silent = len(entries) > shared_cells.LONG and all(one.state.status == "unknown" for one in entries)
    rows: list[Sequence[object] | Group] = []
    for name, group in _groups(entries).items():
        label = say("{body} ({n})", body=name, n=len(group)) if is_silent else _counts(name, group)
        rows += [Group(label), *(_task_row(one, notes, evaluation, is_silent) for one in group)]
    shown = shared_cells.without_empty(columns, rows)
    table = Table.of("tasks-table", _tasks_caption(entries, is_silent), *shown, tables.is_fictional(evaluation))
    above = shared_cells.sources([one.task.source for one in entries], evaluation)
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
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.task.group[language()] if one.task.group else translate("Tasks"), []).append(one)
    return found


def _counts(name: str, group: Sequence[Entry]) -> Html:
    """How many tasks a group has, and how far they are."""
    return say("{group} ({n}): {list}.", group=name, n=len(group), list=_counted(group))


def _task_row(one: Entry, notes: Sequence[str], evaluation: Evaluation, is_silent: bool) -> list[object]:
    task = one.task
    return [
        _task_name(task, notes),
        shared_cells.bodies(task.lead, evaluation),
        shared_cells.bodies(task.support, evaluation),
        formats.period(task.due or ""),
        shared_cells.commitment(task.commitment),
        task.amount[language()] if task.amount else formats.NOTHING,
        shared_cells.indicators(task.indicators, evaluation),
        formats.NOTHING if is_silent else shared_cells.state(one.state),
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
    own_word = [one.state.status == "done" and one.state.basis == "self_reported" for one in entries]
    codes = ("claimed" if own else one.state.status for one, own in zip(entries, own_word, strict=True))
    counts: Counter[str] = Counter(codes)
    told = [say(words, n=counts[code]) for code, words in vocabulary.PROGRESS_COUNTS.items() if counts[code]]
    return commas(told)


def _footnotes(notes: Sequence[str]) -> Html:
    told = [Html("[{}] {}").format(i, note) for i, note in enumerate(notes, start=1)]
    return Html('<p class="note">{}</p>').format(Html("<br>").join(told)) if told else Html("")


def unmapped(evaluation: Evaluation) -> Html:
    """Tasks in which no indicator could show anything, named openly."""
    listed = [one for one in evaluation.details.tasks if not one.indicators]
    if not listed:
        return Html("")
    told = say(
        "No monitored indicator corresponds to these tasks ({n} of {total}): {list}. Whether they achieve anything "
        "cannot be read from the figures.",
        n=len(listed),
        total=len(evaluation.details.tasks),
        list=wording.listed([one.name[language()] for one in listed]),
    )
    return Html('<p id="unmapped-tasks">{}</p>').format(told)


def milestones(evaluation: Evaluation) -> Piece:
    """Dated events: announced with which commitment, reached, planned, or not reported."""
    listed = ledger.milestones(evaluation)
    if not listed:
        return Html("")
    grounds, above = shared_cells.grounds([one.milestone for one in listed], evaluation)
    columns = [*heads("Event", "Date:s", "Commitment", "Status"), shared_cells.ground_head(above)]
    rows = [
        [
            one.milestone.name[language()],
            _dated(one.milestone),
            shared_cells.commitment(one.milestone.commitment),
            _reached(one),
            ground,
        ]
        for one, ground in zip(listed, grounds, strict=True)
    ]
    shown = shared_cells.without_empty(columns, rows)
    return stacked(above, Table.of("milestones-table", say("Milestones"), *shown, tables.is_fictional(evaluation)))


def _dated(one: Milestone) -> str:
    """When it is to be, as exact as its source."""
    if one.date_text:
        return one.date_text[language()]
    if one.date and one.until:
        return say("{first} to {last}", first=formats.period(one.date), last=formats.period(one.until))
    return formats.period(one.date) if one.date else translate("not stated")


def _reached(one: Event) -> Html:
    """Reached, with the time where it is another than the one announced."""
    word = vocabulary.EVENTS[one.status]
    if one.status not in chips.PROGRESS_SHAPES:
        return Html('<span class="withheld">{}</span>').format(translate(word))
    told, when, date = chips.progress(one.status, word), one.milestone.reached, one.milestone.date
    if one.status == "planned" or not when or (date and periods.overlap(date, when)):
        return told
    return told + Html("<br>{}").format(formats.period(when))


def checklists(evaluation: Evaluation) -> Piece:
    """Each checklist with what is known of its items: a sentence where it is the same of all, else a table."""
    listed = evaluation.details.checklists
    grounds, above = shared_cells.grounds(listed, evaluation)
    as_of = evaluation.assessment.as_of
    known = [[ledger.item_state(item, as_of) for item in one.items] for one in listed]
    silent: list[Html] = []
    told: list[Piece] = []
    for one, states, ground in zip(listed, known, grounds, strict=True):
        if all(state.status == "unknown" for state in states):
            silent.append(_in_a_row(one, ground))
        elif len({(state.status, state.text, state.when) for state in states}) == 1:
            told.append(paragraphs(_alike(one, states[0], ground, evaluation)))
        else:
            told += [_checklist(one, states, evaluation), paragraphs(ground)]
    if silent:
        lead = say("Of the items of these checklists no evidence was seen (not the same as not done):")
        told.append(paragraphs(lead) + bullets(silent, "checklists"))
    return stacked(above, *told)


def _named(one: Checklist) -> dict[str, object]:
    """A checklist and its items, for a sentence."""
    names = semicolons(item.name[language()] for item in one.items)
    return {"id": one.id, "name": one.name[language()], "n": len(one.items), "list": names}


def _in_a_row(one: Checklist, ground: Html) -> Html:
    """A checklist of which nothing is known, in a line."""
    told = say('<span id="checklist-{id}">{name}</span> ({n}): {list}.', **_named(one))
    return told + small(Html("<br>") + ground) if ground else told


def _alike(one: Checklist, state: State, ground: Html, evaluation: Evaluation) -> Html:
    """A checklist with the same to say of every item: what it is, the items, where they should show."""
    told = say(
        '<strong id="checklist-{id}">{name}</strong> ({n}): {list}. {state}',
        **_named(one),
        state=shared_cells.state(state),
    )
    names = dict.fromkeys(name for item in one.items for name in item.indicators)
    if names:
        told += say("<br>Should show in: {list}.", list=shared_cells.indicators(names, evaluation))
    return told + small(Html("<br>") + ground) if ground else told


def _checklist(one: Checklist, states: Sequence[State], evaluation: Evaluation) -> Table:
    columns = heads("Item", "Status:w", "Should show in")
    rows = [
        [item.name[language()], shared_cells.state(state), shared_cells.indicators(item.indicators, evaluation)]
        for item, state in zip(one.items, states, strict=True)
    ]
    caption = say(
        "{name}: evidence for {known} of {n} items",
        name=one.name[language()],
        known=sum(state.status != "unknown" for state in states),
        n=len(states),
    )
    shown = shared_cells.without_empty(columns, rows)
    return Table.of(f"checklist-{one.id}", caption, *shown, tables.is_fictional(evaluation))


def duties(evaluation: Evaluation) -> Piece:
    """Each responsibility list: who has to do what, and what is known of it."""
    listed = evaluation.details.duties
    grounds, above = shared_cells.grounds(listed, evaluation)
    pairs = zip(listed, grounds, strict=True)
    return stacked(above, *(part for one, words in pairs for part in (_duties(one, evaluation), paragraphs(words))))


def _duties(one: Duties, evaluation: Evaluation) -> Piece:
    if len({owner.phrase for owner in one.owners}) == 1 and not any(owner.items for owner in one.owners):
        return _only_named(one)
    columns = heads("Body", "Duties:w")
    rows = [(_names(owner), _duty(owner, evaluation)) for owner in one.owners]
    table = Table.of(
        f"duties-{one.id}", _duties_caption(one, evaluation), columns, rows, tables.is_fictional(evaluation)
    )
    is_open = say("<p>The source's list ends in “and others”: these are not all.</p>") if one.open_list else Html("")
    return stacked(table, is_open)


def _only_named(one: Duties) -> Html:
    """The bodies of a list of whom the source says the same, or names no duties, in a sentence."""
    told = say(
        '<span id="duties-{id}">{name}</span> ({n} bodies): {list}.',
        id=one.id,
        name=one.name[language()],
        n=len(one.owners),
        list=wording.listed([owner.name[language()] for owner in one.owners]),
    )
    phrase = one.owners[0].phrase if one.owners else None
    more = quoted(phrase) if phrase else say("The sources used do not name their duties.")
    return paragraphs(prose.joined(told, more))


def _duties_caption(one: Duties, evaluation: Evaluation) -> Html:
    """How many bodies, and for how many of their duties there is evidence."""
    about = {"name": one.name[language()], "n": len(one.owners)}
    states = [ledger.item_state(item, evaluation.assessment.as_of) for owner in one.owners for item in owner.items]
    if not states:
        return say("{name}: {n} bodies", **about)
    known = sum(state.status != "unknown" for state in states)
    if not known:
        return say(
            "{name}: {n} bodies, {total} duties; no evidence seen for any (not the same as not done)",
            **about,
            total=len(states),
        )
    return say(
        "{name}: {n} bodies, evidence for {known} of {total} duties; for the others none was "
        "seen (not the same as not done)",
        **about,
        known=known,
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
    if worded and language() == "zh" and all(ledger.item_state(one, as_of).status == "unknown" for one in owner.items):
        return worded  # the items repeat these words
    told = worded + bullets(_item(item, evaluation) for item in owner.items)
    return told or say("The source names no duties.")


def _item(item: Item, evaluation: Evaluation) -> Html:
    """A duty, and what is known of it; that nothing is known of many is said once, in the caption."""
    state, name = ledger.item_state(item, evaluation.assessment.as_of), Html.escape(item.name[language()])
    return name if state.status == "unknown" else name + Html("<br>") + shared_cells.state(state)


def platforms(evaluation: Evaluation) -> Piece:
    """Systems from which figures come; before their start there are none, which is not zero."""
    listed = evaluation.details.platforms
    if not listed:
        return Html("")
    as_of = evaluation.assessment.as_of
    grounds, above = shared_cells.grounds(listed, evaluation)
    columns = [*heads("System", "In use since:s", "Figures that it gives"), shared_cells.ground_head(above)]
    is_silent = not any(ledger.is_known(one.starts, as_of) for one in listed)
    unknown = formats.NOTHING if is_silent else translate("not known")
    rows = [
        (
            one.name[language()],
            formats.period(one.starts) if ledger.is_known(one.starts, as_of) else unknown,
            shared_cells.indicators(one.indicators, evaluation),
            ground,
        )
        for one, ground in zip(listed, grounds, strict=True)
    ]
    caption = say("Systems from which figures come. Before a system is in use there are no data, which is not zero")
    if is_silent:
        caption = say("Systems from which figures come; since when they are in use the sources used do not say")
    shown = shared_cells.without_empty(columns, rows)
    return stacked(above, Table.of("platforms-table", caption, *shown, tables.is_fictional(evaluation)))
