"""Guess ids, names and units of measure from a sample workbook, and mark which guesses are certain."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from evalkit.ingest import aliases
from evalkit.project.params import Indicator, Text, Unit
from evalkit.scaffold import recognise
from evalkit.scaffold.collect_names import Collected
from evalkit.workbooks import cell_text, lexicon

#: An id is letters, digits and hyphens; it becomes a folder, a key of YAML and a part of links.
ID = re.compile(r"[^\W_][\w·-]{0,59}")
#: A remark after the name of a region: renamed, merged, raised to a city.
REMARK = re.compile(r"\s*[(\[][^()\[\]]*(?:年|原|更名|撤|设|含|不含)[^()\[\]]*[)\]]$")
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class FirstUnit:
    """A region of the workbook.

    Attributes:
        name: empty if a spreadsheet might read it as a formula.
        written: as spelled in the workbook.
        other: the name in the other language, if the workbook has it.
        alias: whether the mapping must list `written` as an alias of this region.
        adoption: when the reform began; empty if it never did or the date is not given.
    """

    id: str
    name: str
    written: str
    other: str = ""
    alias: bool = False
    adoption: str = ""
    population: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class FirstIndicator:
    """An indicator of the workbook; `measure` is empty where nothing tells it, `sure` where the workbook does."""

    id: str
    name: str
    measure: str
    sure: bool
    unit_name: str = ""


def in_language(name: str) -> tuple[str, str]:
    """The language that a name is likely in, and the other."""
    return ("zh", "en") if CHINESE.search(name) else ("en", "zh")


def units(names: Collected) -> list[FirstUnit]:
    """The regions, each once, with what the workbook tells of them."""
    units_found: list[FirstUnit] = []
    for written in names.units:
        name, other = _names(written)
        key = cell_text.key(written)
        shown = name if name[:1].isalnum() else ""
        own_id = _id(name, [unit.id for unit in units_found], "unit")
        alias = not shown or (not other and cell_text.key(name) not in (key, cell_text.label(written).name))
        facts = (names.adoption.get(key, ""), names.population.get(key, ""), names.provinces.get(key, ""))
        units_found.append(FirstUnit(own_id, shown, written, other, alias, *facts))
    return units_found


def _names(written: str) -> tuple[str, str]:
    """A region's name without remarks such as （2020年撤县设市）, and its name in the other language."""
    plain = " ".join(cell_text.clean(written).split())
    plain = REMARK.sub("", plain) or plain
    if not CHINESE.search(plain):
        return plain, ""
    latin = " ".join(re.sub(r"[\u3400-\u9fff]+", " ", plain).split()).strip("()/-、 ")
    chinese = re.sub(r"\s+", "", plain.replace(latin, "") if latin else plain).strip("()/-")
    return (chinese, latin) if re.search("[A-Za-z]{2}", latin) else (re.sub(r"\s+", "", plain), "")


def indicators(names: Collected, indicators_there: Mapping[str, Indicator]) -> tuple[list[str], list[FirstIndicator]]:
    """Ids of known indicators that the workbook names, and the unknown ones."""
    own = aliases.own_names(indicators_there)
    there: list[str] = []
    new: list[FirstIndicator] = []
    for written in names.indicators:
        label = cell_text.label(written)
        if label.name in own:
            there.append(own[label.name])
            continue
        name, key = cell_text.as_named(written), cell_text.key(written)
        measure = label.measure or names.measures.get(key)
        # A bare multiplier (thousands) is one of counts, unless the name says otherwise.
        kind = measure.kind if measure else ""
        guess = next((unit for unit in lexicon.LIKELY if recognise.likely(name, unit)), "")
        if guess == "count" and key in names.decimals and not measure:
            guess = ""
        taken = [*indicators_there, *(indicator.id for indicator in new)]
        money = re.search(lexicon.pattern("money"), measure.text) if measure and kind == "other" else None
        new.append(
            FirstIndicator(_id(name, taken, "indicator"), name, kind or guess, bool(kind), money[0] if money else "")
        )
    return list(dict.fromkeys(there)), new


def drafted(new: Sequence[FirstIndicator]) -> dict[str, Indicator]:
    """New indicators with what a mapping needs; their unit may still be open, so nothing is validated."""
    return {
        indicator.id: Indicator.model_construct(
            id=indicator.id,
            name=Text.model_validate({in_language(indicator.name)[0]: indicator.name}),
            unit=cast(Unit, indicator.measure),
        )
        for indicator in new
    }


def _id(name: str, taken: Iterable[str], kind: str) -> str:
    """The name itself where it can be an id, else a number behind the kind; never one that is taken."""
    spaced = "_" if kind == "indicator" else "-"
    words = re.split(r"[\s_-]+", name) if in_language(name)[0] == "en" else name.split()
    text = spaced.join(words).casefold() if in_language(name)[0] == "en" else "".join(words)
    used = {other.casefold() for other in taken}  # folders of two regions may not differ in case alone
    if ID.fullmatch(text) and text.casefold() not in used:
        return text
    number = next(n for n in range(1, len(used) + 2) if f"{kind}{spaced}{n}" not in used)
    return f"{kind}{spaced}{number}"
