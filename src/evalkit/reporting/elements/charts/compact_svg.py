"""Matplotlib's SVG made small: one decimal, no groups and names that nothing refers to, styles said once."""

import hashlib
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping

from evalkit.reporting.elements import font, theme

NAMESPACE = "http://www.w3.org/2000/svg"
NUMBER = re.compile(r"-?\d+\.\d+")
STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
UNTURNED = re.compile(r"\s*rotate\(-?0(?:\.0+)?(?: [^)]*)?\)$")
# What the root says for all of its text.
INHERITED = {"font-family": f"'{font.NAME}', sans-serif", "fill": theme.INK}
LETTERS = 6  # of the hash of a drawing's name, in front of its ids: drawings of a page must not share any


def compact(svg: str, name: str, label: str, kind: str = "") -> str:
    """The drawing of a figure as an element for a page.

    Args:
        svg: what matplotlib wrote.
        name: unique on the page; the same name and drawing give the same bytes.
        label: the text alternative.
        kind: class of the element.
    """
    root = ET.fromstring(_plain(svg))
    drawn = [part for part in root if part.tag not in ("metadata", "style")]
    _unwrap_all(drawn, _referred(root))
    made = ET.Element("svg", {"xmlns": NAMESPACE, "role": "img", "aria-label": label})
    if kind:
        made.set("class", kind)
    made.set("viewBox", _rounded(root.attrib["viewBox"]))
    for key, value in INHERITED.items():
        made.set(key, value)
    made.set("stroke-linejoin", "round")
    made.extend(drawn)
    for part in made.iter():
        if part is not made:
            _tidy(part)
    _hoist(made)
    _rename(made, name)
    for part in made.iter():
        part.tail = None
        part.text = part.text if part.tag == "text" else None
    return ET.tostring(made, encoding="unicode")


def _plain(svg: str) -> str:
    """The element without its declarations and namespaces."""
    text = svg[svg.index("<svg") :].replace("xlink:href", "href")
    return re.sub(r' xmlns(?::\w+)?="[^"]*"', "", re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL))


def _referred(root: ET.Element) -> set[str]:
    """The ids that something uses."""
    values = [value for part in root.iter() for value in part.attrib.values()]
    return {value[1:] for value in values if value.startswith("#")} | {
        name for value in values for name in REFERENCE.findall(value)
    }


def _unwrap_all(parts: list[ET.Element], used: set[str]) -> None:
    """Groups that say nothing are replaced by what is in them, in place."""
    parts[:] = [inner for part in parts for inner in _unwrapped(part, used)]


def _unwrapped(part: ET.Element, used: set[str]) -> Iterator[ET.Element]:
    if part.attrib.get("id") not in used:
        part.attrib.pop("id", None)
    inside = [inner for child in part if child.tag != "style" for inner in _unwrapped(child, used)]
    if part.tag == "g" and not part.attrib:
        yield from inside
    elif part.tag not in ("g", "defs") or inside:
        part[:] = inside
        yield part


def _tidy(part: ET.Element) -> None:
    """Attributes instead of styles, rounded, without what is inherited or has no effect."""
    style = part.attrib.pop("style", "")
    for declaration in filter(None, map(str.strip, style.split(";"))):
        key, _, value = declaration.partition(":")
        part.set(key.strip(), value.strip())
    for key, value in list(part.attrib.items()):
        if key == "d":
            part.set(key, _path(value))
        elif key not in ("id", "href", "clip-path"):
            part.set(key, _rounded(value).removesuffix("px"))
    for key, value in INHERITED.items():
        if part.tag == "text" and part.attrib.get(key) == value:
            del part.attrib[key]
    if UNTURNED.match(part.attrib.get("transform", "")):
        del part.attrib["transform"]


def _rounded(text: str) -> str:
    return NUMBER.sub(lambda number: f"{round(float(number[0]), 1) or 0:g}", text)


def _path(text: str) -> str:
    """A path without needless space, letters and points."""
    steps: list[str] = []
    letter, point = "", ""
    for step in STEP.finditer(_rounded(text)):
        drawn, place = step[1], " ".join(step[2].split())
        if drawn == "L" and place == point:
            continue
        steps.append(" " + place if drawn == "L" and letter in "ML" and letter else drawn + place)
        letter, point = drawn, place
    return "".join(steps)


def _hoist(made: ET.Element) -> None:
    """What all children of a group say is said by the group."""
    for group in made.iter("g"):
        children = list(group)
        if len(children) < 2:
            continue
        for key in ("fill", "stroke", "stroke-width", "stroke-linecap", "clip-path"):
            values = Counter(child.attrib.get(key) for child in children)
            (value, n), *_ = values.most_common(1)
            if value is not None and n == len(children) and key not in group.attrib:
                group.set(key, value)
                for child in children:
                    del child.attrib[key]


def _rename(made: ET.Element, name: str) -> None:
    """Short ids in the order in which they occur: matplotlib's hold a hash that differs from layout to layout."""
    prefix = "f" + hashlib.sha256(name.encode()).hexdigest()[:LETTERS]
    ids = [part.attrib["id"] for part in made.iter() if "id" in part.attrib]
    short: Mapping[str, str] = {long_id: f"{prefix}-{n}" for n, long_id in enumerate(ids)}
    for part in made.iter():
        for key, value in part.attrib.items():
            if key == "id":
                part.set(key, short[value])
            elif value.startswith("#") and value[1:] in short:
                part.set(key, "#" + short[value[1:]])
            elif REFERENCE.search(value):
                part.set(key, REFERENCE.sub(lambda match: f"url(#{short[match[1]]})", value))
