"""Status chips: shape, word and colour together, goals and effects never in the same colours."""

from evalkit.reporting.language.words import Html, translate

GOALS = {
    "met": ("●", "met", "Target met"),
    "met_early": ("●", "met", "Met ahead of time"),
    "near": ("◐", "near", "Near the target"),
    "not_met": ("○", "not-met", "Target not met"),
    "on_track": ("▷", "track", "On track"),
    "behind": ("▽", "not-met", "Behind schedule"),
    "cannot_tell": ("◇", "none", "Cannot be determined"),
    "direction_met": ("●", "met", "Direction as wanted"),
    "direction_not_met": ("○", "not-met", "Direction not as wanted"),
    "direction_unclear": ("◇", "none", "Change unclear"),
    "not_measured": ("–", "none", "Not in the sources used, not judged"),
}
EFFECTS = {
    "supported": ("▲", "supported", "Evidence supports an effect"),
    "opposite": ("▼", "opposite", "Opposite of what was expected"),
    "uncertain": ("◆", "uncertain", "Evidence not sufficient to tell"),
    "cannot_judge": ("□", "cannot", "Conditions for a judgement not met"),
    "no_direction": ("□", "cannot", "No direction is better; not judged"),
}
PROGRESS_SHAPES = {
    "done": "✔",
    "done_late": "✔",
    "reached": "✔",
    "overdue": "!",
    "not_done": "✗",
    "started": "…",
    "told": "…",
    "planned": "→",
}
OUTCOMES = {
    "passed": ("✓", "passed", "passed"),
    "failed": ("✗", "failed", "not passed"),
    "informs": ("i", "info", "for information"),
    "not_applicable": ("–", "info", "not applicable"),
}
STATUSES = {
    "published": "Published",
    "derived": "Derived from published figures",
    "reported": "Reported",
    "provisional": "Provisional",
    "simulated": "Simulated",
    "mixed": "Mixed",
}


def goal(status: str, count: int | None = None) -> Html:
    """Whether a target was met; with a count, how many were."""
    return _chip("goal", *GOALS[status], count)


def effect(verdict: str) -> Html:
    """Whether the data support an effect."""
    return _chip("effect", *EFFECTS[verdict])


def outcome(passed: bool | None, informs: bool = False) -> Html:
    """How a check came out; one that neither passed nor failed either informs or does not apply."""
    neither = "informs" if informs else "not_applicable"
    return _chip("check", *OUTCOMES[neither if passed is None else "passed" if passed else "failed"])


def progress(status: str, word: str) -> Html:
    """How far a task, an item or a milestone is."""
    return _chip("task", PROGRESS_SHAPES[status], status.replace("_", "-"), word)


def data_status(status: str) -> str:
    """A value's status in words."""
    return translate(STATUSES[status])


def _chip(family: str, shape: str, kind: str, word: str, count: int | None = None) -> Html:
    number = Html(" {}").format(count) if count is not None else ""
    return Html('<span class="chip {} {}"><span aria-hidden="true">{}</span> {}{}</span>').format(
        family, kind, shape, translate(word), number
    )
