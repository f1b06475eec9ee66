"""Ids, names and units of measure for what a sample workbook names, each as sure as the workbook is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from evalkit.ingest import aliases
from evalkit.project.params import Indicator, Text, Unit
from evalkit.scaffold.samples import Sample
from evalkit.workbooks import cell_text

#: An id is letters, digits and hyphens; it becomes a folder, a key of YAML and a part of links.
ID = re.compile(r"[^\W_][\w·-]{0,59}")
#: What a unit of measure is likely to be by the words of a name, the first that fits.
LIKELY = (
    ("percent", r"率|占比|比例|比重|构成比|\brate|\bshare|percent|proportion"),
    ("yuan", r"费用|收入|支出|金额|医疗费|药费|\bcosts?\b|expen|income"),
    ("days", r"住院日|天数|床日|\bdays\b|length of stay"),
    ("years", r"寿命|年龄|life expectancy"),
    ("count", r"人次|人数|例数|次数|数量|台次|数$|\bvisits|\bnumber|\bcount|referrals|admissions"),
)
CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class FirstUnit:
    """A region of the workbook; `name` is empty where no spreadsheet should show it (it may be read as a formula)."""

    id: str
    name: str
    written: str


@dataclass(frozen=True, slots=True)
class FirstIndicator:
    """An indicator of the workbook; `measure` is empty where nothing tells it, `sure` where the workbook does."""

    id: str
    name: str
    measure: str
    sure: bool


def in_language(name: str) -> tuple[str, str]:
    """The language that a name is likely in, and the other."""
    return ("zh", "en") if CHINESE.search(name) else ("en", "zh")


def units(samples: Iterable[Sample]) -> list[FirstUnit]:
    """The regions, each once; sums (合计) are none. A file is named after its region where no column names it."""
    written: list[str] = []
    for one in samples:
        stem = one.file.rpartition(".")[0]
        written += one.units or ([stem.split("_")[0]] if "unit" not in one.columns and "_" in stem else [])
    found: list[FirstUnit] = []
    for name in _distinct(written):
        shown = name if name[0].isalnum() else ""
        found.append(FirstUnit(_id(name, [one.id for one in found], "unit"), shown, name))
    return found


def indicators(samples: Iterable[Sample], known: Mapping[str, Indicator]) -> tuple[list[str], list[FirstIndicator]]:
    """Ids of known indicators that the workbook names, and those that nobody knows yet."""
    own = aliases.own_names(known)
    measures = {cell_text.key(name): told for one in samples for name, told in one.measures.items()}
    there: list[str] = []
    new: list[FirstIndicator] = []
    for written in _distinct(name for one in samples for name in one.names):
        about = cell_text.label(written)
        if about.name in own:
            there.append(own[about.name])
            continue
        name = cell_text.as_named(written)
        told = (about.measure or measures.get(cell_text.key(written))) or None
        kind = told.kind if told else ""
        likely = next((unit for unit, words in LIKELY if re.search(words, name, re.IGNORECASE)), "")
        taken = [*known, *(one.id for one in new)]
        new.append(FirstIndicator(_id(name, taken, "indicator"), name, kind or likely, bool(kind)))
    return list(dict.fromkeys(there)), new


def drafted(found: Sequence[FirstIndicator]) -> dict[str, Indicator]:
    """New indicators as far as a mapping needs them; their unit may still be open, so nothing is validated."""
    return {
        one.id: Indicator.model_construct(
            id=one.id, name=Text.model_validate({in_language(one.name)[0]: one.name}), unit=cast(Unit, one.measure)
        )
        for one in found
    }


def _distinct(names: Iterable[str]) -> list[str]:
    """Names that differ in more than their spelling; sums and parts (合计, 其中：) are left out."""
    found: dict[str, str] = {}
    for name in names:
        about = cell_text.label(name)
        if about.name and not about.total:
            found.setdefault(about.name, name)
    return list(found.values())


def _id(name: str, taken: Iterable[str], kind: str) -> str:
    """The name itself where it can be an id, else a number behind the kind; never one that is taken."""
    spaced = "_" if kind == "indicator" else "-"
    words = re.split(r"[\s_-]+", name) if in_language(name)[0] == "en" else name.split()
    text = spaced.join(words).casefold() if in_language(name)[0] == "en" else "".join(words)
    used = {one.casefold() for one in taken}  # folders of two regions may not differ in case alone
    if ID.fullmatch(text) and text.casefold() not in used:
        return text
    number = next(n for n in range(1, len(used) + 2) if f"{kind}{spaced}{n}" not in used)
    return f"{kind}{spaced}{number}"
