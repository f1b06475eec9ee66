"""Every region as a tile, by province or kind, coloured by how many of its targets were met; never by effect."""

from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from evalkit.reporting.elements.html import link
from evalkit.reporting.language import formats, vocabulary
from evalkit.reporting.language.words import Html, commas, plain, say, translate
from evalkit.reporting.overview.index_table import GROUP_OF, Row, kind_name

NAMED = 100  # regions; with more, tiles have no names, and the counts say the same in words
UNCOUNTED = ("not_measured", "cannot_tell")  # statuses that say nothing about whether a target was met
SHAPES = {"all": "●", "most": "◐", "few": "○", "open": "–", "none": ""}


def standing(row: Row) -> str:
    """How many of a region's judged targets were met: all, most (at least half) or few; none judged; none stated."""
    met, judged = _met(row)
    if not judged:
        return "open" if row.goals else "none"
    return "all" if met == judged else "most" if 2 * met >= judged else "few"


def _met(row: Row) -> tuple[int, int]:
    """How many targets were met, of how many that could be judged."""
    counts: Counter[str] = Counter()
    for code, n in row.goals.items():
        counts[GROUP_OF.get(code, code)] += n
    return counts["met"], counts.total() - sum(counts[code] for code in UNCOUNTED)


def tiles(rows: Sequence[Row]) -> Html:
    """The tiles with their legend; empty where fewer than two regions have a target that could be judged."""
    shown = [row for row in rows if row.state == "published"]
    standings = Counter(map(standing, shown))
    if sum(standings[code] for code in ("all", "most", "few")) < 2:
        return Html("")
    drawn = _named if len(shown) <= NAMED else _unnamed
    groups = [
        Html("<div><h3>{} <small>{}</small></h3>{}</div>").format(
            _heading(*key, len(members)), _counted(map(standing, members)), drawn(members)
        )
        for key, members in _groups(shown)
    ]
    legend = [
        Html("<li>{}{}</li>").format(_tile(code), translate(words))
        for code, words in vocabulary.TILES.items()
        if standings[code]
    ]
    return Html('<ul class="tile-legend">{}</ul><div class="tiles">{}</div>').format(
        Html("").join(legend), Html("").join(groups)
    )


def _groups(rows: Sequence[Row]) -> list[tuple[tuple[str, str], list[Row]]]:
    """Rows by province where there are several, else by kind, best standing first; with the filter's name and value."""
    by = "province" if len({row.province for row in rows}) > 1 else "kind"
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.province if by == "province" else kind_name(row.kind), []).append(row)
    order = list(SHAPES)
    return [((by, name), sorted(groups[name], key=lambda row: order.index(standing(row)))) for name in sorted(groups)]


def _heading(by: str, name: str, n: int) -> Html:
    """The group with a link that lists its regions."""
    if not name:
        return say("regions: {n}", n=formats.count(n))
    return link(f"?{urlencode({by: name})}#find", say("{name} ({n} regions)", name=name, n=formats.count(n)))


def _counted(standings: Iterable[str]) -> Html:
    counts = Counter(standings)
    return commas(
        plain("{words}: {n}", words=translate(words), n=formats.count(counts[code]))
        for code, words in vocabulary.TILES.items()
        if counts[code]
    )


def _named(rows: Sequence[Row]) -> Html:
    """Tiles with the region's name and how many of its targets were met."""
    tiles = []
    for row in rows:
        met, judged = _met(row)
        share = f"{met}/{judged}" if judged else ""
        name = link(row.report, row.name) if row.report else Html.escape(row.name)
        tiles.append(Html("<li>{}{} <small>{}</small></li>").format(_tile(standing(row)), name, share))
    return Html("<ul>{}</ul>").format(Html("").join(tiles))


def _unnamed(rows: Sequence[Row]) -> Html:
    """Tiles alone; the counts in the heading are their alternative."""
    return Html('<p aria-hidden="true">{}</p>').format(Markup("").join(_bare(standing(row)) for row in rows))


def _tile(code: str) -> Html:
    return Html('<b class="{}" aria-hidden="true"></b>').format(code)


def _bare(code: str) -> Markup:
    return Markup("<b class={}></b>").format(code)
