"""All regions of an assessment in one table, thrifty enough for thousands of rows; what it says in plain words."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from evalkit.project.params import Indicator
from evalkit.reporting.elements import sparklines
from evalkit.reporting.elements.html import link
from evalkit.reporting.elements.sparklines import Axis
from evalkit.reporting.elements.table import Column, Table
from evalkit.reporting.language import chips, formats, vocabulary
from evalkit.reporting.language.words import Html, commas, language, say, translate
from evalkit.reporting.overview import index_lines

State = Literal["published", "failed", "missing"]
# One letter per status: the class name occurs in thousands of rows; index.css has its shape and colour.
GOAL_MARKS = dict(zip(vocabulary.GOALS_IN_SHORT, "obnzcutemyx", strict=True))
EFFECT_MARKS = dict(zip(vocabulary.EFFECTS_IN_SHORT, "rsqjd", strict=True))
GROUP_OF = {"direction_not_met": "not_met", "direction_unclear": "cannot_tell"} | dict.fromkeys(
    ("met_early", "direction_met"), "met"
)
UNJUDGED = ("cannot_judge", "no_direction")
STACKED = 100  # rows; with more, the labels of their cells would make the page half as long again


@dataclass(frozen=True, slots=True)
class Row:
    """A region after its last run.

    Attributes:
        name: in the current language.
        kind: the code in units.csv; empty without one, as for `province`.
        summary: what the region's notebook left for the index.
        report: address of its report, if any; of a failed region that of an earlier run.
        alike: by indicator, what units must share for their figures to compare; an absent one compares with none.
    """

    name: str
    kind: str
    province: str
    state: State
    summary: Mapping[str, Any] = field(default_factory=dict)
    report: str = ""
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def goals(self) -> Counter[str]:
        """How many targets have come to which status."""
        return Counter(goal for _, goal in self.summary.get("goals", ()))

    @property
    def effects(self) -> dict[str, str]:
        """The judgement on each primary indicator."""
        return dict(self.summary.get("effects", ()))

    def series(self, indicator: Indicator) -> list[tuple[str, float]]:
        """Its comparable figures, in order."""
        return [(period, value) for period, value in self.summary.get("series", {}).get(indicator.id, ())]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice among the rows: in which columns to look, and for what (value, label): a text, or the mark of a chip.

    `code` is its name in the address of the page.
    """

    code: str
    label: str
    columns: str
    options: tuple[tuple[str, str], ...]
    marks: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: what it is about, its head, and how a row fills it; `key` is its name in the address of the page."""

    key: str
    head: Column
    cell: Callable[[Row], object]

    @property
    def subject(self) -> str:
        """What the column shows, apart from the indicator."""
        return self.key.partition(":")[0]


def state(manifest: Mapping[str, Any]) -> State:
    """How the last run of a region ended, by what it left."""
    return "failed" if manifest.get("failed") else "published" if manifest else "missing"


def table(rows: Sequence[Row], primary: Sequence[Indicator], simulated: bool) -> Table:
    """One row per region: who, goals counted, latest figures with their course, effects, coverage."""
    columns = _columns(rows, primary)
    filled = ([column.cell(row) for column in columns] for row in rows)
    heads, caption = [column.head for column in columns], say("Regions of this assessment")
    return Table.of("regions-table", caption, heads, filled, simulated, stacked=len(rows) <= STACKED)


def keys(rows: Sequence[Row], primary: Sequence[Indicator]) -> tuple[str, ...]:
    """The name of every column in the address of the page, in order."""
    return tuple(column.key for column in _columns(rows, primary))


def filters(rows: Sequence[Row], primary: Sequence[Indicator]) -> list[Filter]:
    """The choices that leave more than one possibility, each with the columns that they look at."""
    columns = [column.subject for column in _columns(rows, primary)]
    goals, effects = _statuses(rows)
    effects = effects if "effect" in columns else []
    goal_options = tuple((GOAL_MARKS[code], translate(chips.GOALS[code][2])) for code in goals)
    effect_options = tuple((EFFECT_MARKS[code], translate(chips.EFFECTS[code][2])) for code in effects)
    filters = [
        Filter("kind", translate("Kind"), _places("kind", columns), _texts(kind_name(row.kind) for row in rows)),
        Filter("province", translate("Province"), _places("province", columns), _texts(row.province for row in rows)),
        Filter("goal", translate("With a target that is"), _places("goals", columns), goal_options, marks=True),
        Filter("effect", translate("With an effect that is"), _places("effect", columns), effect_options, marks=True),
    ]
    return [choice for choice in filters if len(choice.options) > 1]


def legend(rows: Sequence[Row], primary: Sequence[Indicator]) -> Html:
    """What the short words and the small drawings in the table mean; goals from the worst to the best."""
    goals, effects = _statuses(rows)
    effects = effects if any_judged(rows) else []
    lists = [
        (translate("Targets"), [_meaning(_goal(code), vocabulary.GOALS_IN_SHORT, chips.GOALS, code) for code in goals]),
        (
            translate("Effects"),
            [_meaning(_effect(code), vocabulary.EFFECTS_IN_SHORT, chips.EFFECTS, code) for code in effects],
        ),
    ]
    shown = [(label, Html("").join(meanings)) for label, meanings in lists if meanings]
    entries = [Html("<div><dt>{}</dt>{}</div>").format(label, meanings) for label, meanings in shown]
    chipped = Html('<dl class="legend">{}</dl>').format(Html("").join(entries)) if entries else Html("")
    return chipped + sparklines.legend(_axis(rows, primary))


def overall(rows: Sequence[Row]) -> list[Html]:
    """How many reports there are, how many targets were met, how many effects found, in plain sentences."""
    states = Counter(row.state for row in rows)
    sentences = [say("{n} regions: {list}.", n=formats.count(len(rows)), list=counts(states, vocabulary.STATE_COUNTS))]
    published = [row for row in rows if row.state == "published"]
    goals, effects = counted_goals(published), counted_effects(published)
    if goals.total():
        sentences.append(
            say("Targets ({n}): {list}.", n=formats.count(goals.total()), list=counts(goals, vocabulary.GOAL_COUNTS))
        )
    if effects.total():
        n, kinds = formats.count(effects.total()), counts(effects, vocabulary.EFFECT_COUNTS)
        sentences.append(say("Effects on primary indicators ({n}): {list}.", n=n, list=kinds))
    covered = [share for row in published if (share := row.summary.get("coverage"))]
    if covered:
        full = sum(have == chosen for have, chosen in covered)
        sentences.append(
            say(
                "Regions with a figure for every chosen indicator: {n} of {of}.",
                n=formats.count(full),
                of=formats.count(len(covered)),
            )
        )
    return sentences


def counted_goals(rows: Iterable[Row]) -> Counter[str]:
    """Targets of all regions by what leaders ask for: met, not met, not published and the rest."""
    counted: Counter[str] = Counter()
    for row in rows:
        for code, n in row.goals.items():
            counted[GROUP_OF.get(code, code)] += n
    return counted


def counted_effects(rows: Iterable[Row]) -> Counter[str]:
    """Judgements on the primary indicators of all regions."""
    return Counter(verdict for row in rows for verdict in row.effects.values())


def counts(numbers: Mapping[Any, int], wording: Mapping[str, str]) -> Html:
    """Counts in a row, in the order of the words; those that are zero are left out."""
    return commas(say(text, n=formats.count(numbers[code])) for code, text in wording.items() if numbers.get(code))


def any_judged(rows: Iterable[Row]) -> bool:
    """Whether any region's effect could be judged."""
    shown = (row for row in rows if row.state == "published")
    return any(verdict not in UNJUDGED for row in shown for verdict in row.effects.values())


def _columns(rows: Sequence[Row], primary: Sequence[Indicator]) -> list[_Column]:
    """Who, goals, figures, effects, coverage; what no row has is left out.

    Where no effect can be judged, the columns say instead what the sources hold: years, figures, tasks.
    """
    over = _axis(rows, primary)
    latest = {name for row in rows for name in row.summary.get("latest", {})}
    with_figure = [indicator for indicator in primary if indicator.id in latest]
    usual = {indicator.id: usual_period(rows, indicator) for indicator in with_figure}
    columns = [_Column("name", Column(translate("Region")), _name)]
    if any(row.kind for row in rows):
        columns.append(_Column("kind", Column(translate("Kind")), lambda row: kind_name(row.kind) or formats.NOTHING))
    if any(row.province for row in rows):
        columns.append(_Column("province", Column(translate("Province")), lambda row: row.province or formats.NOTHING))
    columns.append(_Column("goals", Column(translate("Targets"), "w"), _goals))
    columns += [
        _Column(
            f"figure:{indicator.id}",
            _figure_head(indicator, usual[indicator.id]),
            _figure_of(indicator, usual[indicator.id], over),
        )
        for indicator in with_figure
    ]
    if not any_judged(rows):
        return columns + _material_columns(rows)
    columns += [
        _Column(f"effect:{indicator.id}", _effect_head(indicator), _effect_of(indicator)) for indicator in primary
    ]
    columns.append(_Column("coverage", Column(translate("Indicators with a figure")), _fact("coverage", _share)))
    return columns


def _material_columns(rows: Sequence[Row]) -> list[_Column]:
    """What the sources hold of each region, where no effect can be judged: years, indicators, tasks with material."""
    asked = (
        _Column("years", Column(translate("Years of the figures"), "s"), _fact("years", _span)),
        _Column("figures", Column(translate("Indicators with a figure")), _fact("measured", formats.count)),
        _Column("tasks", Column(translate("Tasks with material / listed")), _fact("tasks", _share)),
    )
    return [column for column in asked if any(column.cell(row) != formats.NOTHING for row in rows)]


def _fact(name: str, words: Callable[[Any], str]) -> Callable[[Row], str]:
    """The cell of a fact from a region's summary; a dash without one, or where its report failed."""

    def cell(row: Row) -> str:
        fact = row.summary.get(name) if row.state == "published" else None
        return words(fact) if fact else formats.NOTHING

    return cell


def _span(years: Sequence[str]) -> str:
    return years[0] if years[0] == years[1] else f"{years[0]}–{years[1]}"


def _share(counts: Sequence[int]) -> str:
    return f"{counts[0]}/{counts[1]}" if counts[1] else formats.NOTHING


def _places(subject: str, columns: Sequence[str]) -> str:
    """The positions of the columns about something, in the form that the script reads."""
    return ",".join(str(i) for i, column in enumerate(columns) if column == subject)


def _texts(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((text, text) for text in sorted(set(names)) if text)


def _axis(rows: Sequence[Row], primary: Sequence[Indicator]) -> Axis | None:
    return index_lines.axis(row.series(indicator) for row in rows for indicator in primary)


def _name(row: Row) -> Html | str:
    return link(row.report, row.name) if row.report else row.name


def kind_name(code: str) -> str:
    """A kind of units as the page writes it."""
    return translate(vocabulary.KIND_NAMES[code]) if code in vocabulary.KIND_NAMES else code


def _goals(row: Row) -> Html | str:
    if row.state == "missing":
        return Html('<i class="w">{}</i>').format(translate("not made yet"))
    if row.state == "failed":
        text = (
            translate("report failed; the link leads to an earlier one") if row.report else translate("report failed")
        )
        return Html('<i class="w">{}</i>').format(text)
    counted = row.goals
    text = Html(" ").join(_goal(code, counted[code]) for code in GOAL_MARKS if counted[code])
    return text or translate("no target stated")


def _goal(code: str, n: int | None = None) -> Html:
    number = "" if n is None else f" {n}"
    return Html('<i class="{}">{}{}</i>').format(GOAL_MARKS[code], translate(vocabulary.GOALS_IN_SHORT[code]), number)


def _effect(code: str) -> Html:
    return Html('<i class="{}">{}</i>').format(EFFECT_MARKS[code], translate(vocabulary.EFFECTS_IN_SHORT[code]))


def _meaning(chip: Html, short: Mapping[str, str], full: Mapping[str, tuple[str, str, str]], code: str) -> Html:
    """A chip and its full words, unless these are the same."""
    words = translate(full[code][2])
    return Html("<dd>{} {}</dd>").format(chip, "" if words == translate(short[code]) else words)


def _statuses(rows: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Statuses of goals, and of effects, that any row shows; in the order of the legend."""
    shown = [row for row in rows if row.state == "published"]
    goals = {code for row in shown for code in row.goals}
    effects = {code for row in shown for code in row.effects.values()}
    return [code for code in GOAL_MARKS if code in goals], [code for code in EFFECT_MARKS if code in effects]


def usual_period(rows: Sequence[Row], indicator: Indicator) -> str:
    """The period of most latest figures: said once in the head; a row says it where its own is another."""
    periods = Counter(latest[0] for row in rows if (latest := row.summary.get("latest", {}).get(indicator.id)))
    return periods.most_common(1)[0][0] if periods else ""


def _figure_head(indicator: Indicator, usual: str) -> Column:
    name = indicator.name[language()]
    return Column(say("{name} (latest: {period})", name=name, period=formats.period(usual)) if usual else name)


def _figure_of(indicator: Indicator, usual: str, over: Axis | None) -> Callable[[Row], object]:
    def cell(row: Row) -> object:
        latest = row.summary.get("latest", {}).get(indicator.id)
        if row.state != "published" or not latest:
            return formats.NOTHING
        period, value = latest
        figure = Html.escape(formats.value(value, indicator))
        if period != usual:
            figure += Html(" <small>{}</small>").format(formats.period(period))
        target = row.summary.get("targets", {}).get(indicator.id)
        adoption = row.summary.get("adoption", "")
        return figure + index_lines.line(row.series(indicator), indicator, over, target, adoption)

    return cell


def _effect_head(indicator: Indicator) -> Column:
    return Column(say("Effect of the reform on {name}", name=indicator.name[language()]))


def _effect_of(indicator: Indicator) -> Callable[[Row], object]:
    def cell(row: Row) -> object:
        has_effect = row.state == "published" and indicator.id in row.effects
        return _effect(row.effects[indicator.id]) if has_effect else formats.NOTHING

    return cell
