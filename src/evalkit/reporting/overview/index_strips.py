"""The latest figures of all regions as dots on a line, with the target: where a region lies among the others."""

import json
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evalkit.project.params import Indicator
from evalkit.reporting.language import formats
from evalkit.reporting.language.words import Html, language, plain, say
from evalkit.reporting.overview.index_table import Row, keys, kind_name, usual_period

WIDTH, TALLEST, DOT, LANES = 1000, 88, 6, 160  # units of the drawing, pixels, pixels, places side by side
FEWEST = 2  # regions; one has nothing to be compared with


@dataclass(frozen=True, slots=True)
class Strip:
    """The figures of one indicator that compare: those of one period, one definition and, where asked for, one kind.

    Attributes:
        shown_by: the texts that rows of this strip have in columns of the table, by the column's place.
        label: what these regions have in common; empty where the indicator asks for nothing.
        target: the level that most of these regions have as target.
    """

    indicator: Indicator
    period: str
    label: str
    values: tuple[float, ...]
    target: float | None
    column: int
    shown_by: Mapping[int, str]

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest number of the line, target included."""
        numbers = [*self.values, *([] if self.target is None else [self.target])]
        low, high = min(numbers), max(numbers)
        room = 0.04 * (high - low) or 1.0
        return low - room, high + room

    def place(self, value: float) -> float:
        """Where a value lies, in per cent from the left."""
        low, high = self.ends
        return 100 * (value - low) / (high - low)


def strips(rows: Sequence[Row], primary: Sequence[Indicator]) -> Html:
    """A strip for every primary indicator and every group of regions that compare; empty where none do."""
    drawn = [strip for indicator in primary for strip in _strips_of(rows, indicator, primary)]
    if not drawn:
        return Html("")
    note = say("A line holds only figures that compare: of one period, one definition and one kind of region.")
    return Html('<div class="strips">{}</div><p class="note">{}</p>').format(Html("").join(map(_drawn, drawn)), note)


def _strips_of(rows: Sequence[Row], indicator: Indicator, primary: Sequence[Indicator]) -> list[Strip]:
    """The largest group first; figures of another period than most are not drawn."""
    period, groups = usual_period(rows, indicator), {}  # type: str, dict[tuple[str, ...], list[Row]]
    for row in rows:
        latest = row.summary.get("latest", {}).get(indicator.id)
        if row.state == "published" and latest and latest[0] == period and indicator.id in row.alike:
            groups.setdefault(row.alike[indicator.id], []).append(row)
    large = [group for group in groups.values() if len(group) >= FEWEST]
    return [_strip(group, indicator, period, keys(rows, primary)) for group in sorted(large, key=len, reverse=True)]


def _strip(group: Sequence[Row], indicator: Indicator, period: str, columns: Sequence[str]) -> Strip:
    targets = Counter(level for row in group if (level := row.summary.get("targets", {}).get(indicator.id)) is not None)
    level, n = targets.most_common(1)[0] if targets else (None, 0)
    shared = {"kind": kind_name(group[0].kind), "province": group[0].province}
    asked = [name for name in indicator.comparable.same if name in shared]
    return Strip(
        indicator,
        period,
        " · ".join(filter(None, (shared[name] for name in asked))),
        tuple(row.summary["latest"][indicator.id][1] for row in group),
        level if 2 * n > len(group) else None,
        columns.index(f"figure:{indicator.id}"),
        {columns.index(name): shared[name] for name in asked if name in columns},
    )


def _drawn(strip: Strip) -> Html:
    finding, (low, high) = _finding(strip), strip.ends
    height, dots = _dots(strip)
    target = ""
    if strip.target is not None:
        x = round(strip.place(strip.target) * WIDTH / 100)
        target = Markup('<path class="t" d="M{} 0v{}"/>').format(x, height)
    svg = Markup(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none" height="{}">{}{}</svg>'
    ).format(finding, WIDTH, height, height, target, dots)
    opened = Markup('<div class="strip" data-column="{}" data-low="{}" data-high="{}" data-same="{}">').format(
        strip.column, f"{low:.6g}", f"{high:.6g}", json.dumps(strip.shown_by, ensure_ascii=False)
    )
    scale = Html('<p class="scale"><span>{}</span><span>{}</span></p>').format(
        formats.value(min(strip.values), strip.indicator), formats.value(max(strip.values), strip.indicator)
    )
    frame = Html('<div><p class="finding">{}</p>{}{}{}</div>{}</div>')
    return frame.format(finding, Html(opened), Html(svg), _named(strip), scale)


def _named(strip: Strip) -> Html:
    """The target's label at its line."""
    if strip.target is None:
        return Html("")
    label, place = say("target {value}", value=formats.value(strip.target, strip.indicator)), strip.place(strip.target)
    side = "left" if place <= 50 else "right"  # the label stays within the line
    opened = Markup('<span class="target" style="{}:{}%">').format(side, f"{min(place, 100 - place):.1f}")
    return Html(opened) + label + Html("</span>")


def _dots(strip: Strip) -> tuple[int, Markup]:
    """The height of the drawing, and the dots: figures that lie close to each other are stacked."""
    lanes = Counter(round(strip.place(value) * LANES / 100) for value in strip.values)
    tallest = max(lanes.values())
    step = min(DOT, TALLEST / tallest)
    height = round(step * (tallest - 1)) + DOT + 2
    parts = [
        f"M{round(lane * WIDTH / LANES)} {height - DOT / 2 - 1 - i * step:.4g}h0"
        for lane, n in sorted(lanes.items())
        for i in range(n)
    ]
    return height, Markup('<path d="{}"/>').format("".join(parts))


def _finding(strip: Strip) -> str:
    """How many regions, from where to where, and how many reach the target."""
    indicator, values = strip.indicator, strip.values
    facts = {
        "name": indicator.name[language()] + (formats.in_brackets(strip.label) if strip.label else ""),
        "period": formats.period(strip.period),
        "n": formats.count(len(values)),
        "median": formats.value(statistics.median(values), indicator),
    }
    if strip.target is None or indicator.better == "none":
        return plain("{name}, {period}: {n} regions, median {median}", **facts)
    sign = 1 if indicator.better == "higher" else -1
    reach = sum(sign * value >= sign * strip.target for value in values)
    target = formats.value(strip.target, indicator)
    return plain(
        "{name}, {period}: {reach} of {n} regions reach {target}, median {median}",
        **facts,
        reach=formats.count(reach),
        target=target,
    )
