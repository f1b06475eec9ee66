"""Which unit and which indicator a name in a workbook means: codes, names, aliases, prefixes; never a guess."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from evalkit.errors import InputError, Mistake, nearest
from evalkit.ingest.mapping import FOLDER, MappedIndicator
from evalkit.ingest.mapping import Mapping as FileMapping
from evalkit.project.params import Indicator
from evalkit.workbooks import cell_text, lexicon

PARTS = ("value", "numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a mapping, units.csv and indicators.yml know.

    Attributes:
        units: the units that a name may mean; more than one is an ambiguity.
        prefixes: texts that may precede a unit's name.
        shown: names of units as people write them, to suggest from.
        indicators: indicator and part (`value`, `numerator`, `denominator`) by name.
    """

    units: Mapping[str, tuple[str, ...]]
    prefixes: tuple[str, ...]
    shown: tuple[str, ...]
    indicators: Mapping[str, tuple[str, str]]

    def unit(self, text: str) -> tuple[str, ...]:
        """The units that a text may name: none, one, or several."""
        name = cell_text.key(text)
        candidates = [name, *(name.removeprefix(prefix) for prefix in self.prefixes if name.startswith(prefix))]
        units = next((self.units[name] for name in candidates if name in self.units), ())
        return units or self._in_two_languages(text)

    def _in_two_languages(self, text: str) -> tuple[str, ...]:
        """北 京 Beijing: what its parts mean; two units where they do not mean the same."""
        parts = map(cell_text.key, lexicon.spellings(text)[1:])
        return tuple(dict.fromkeys(unit for part in parts for unit in self.units.get(part, ())))

    def indicator(self, text: str) -> tuple[str, str] | None:
        """The indicator, and its part, that a text names; the whole text goes before the text without brackets."""
        label = cell_text.label(text)
        written = (cell_text.key(text), *([f"其中:{label.name}"] if label.of_which else []), label.name)
        return next((self.indicators[name] for name in written if name in self.indicators), None)

    def suggest_unit(self, text: str) -> str:
        """The cure for an unknown unit."""
        return _suggest(cell_text.clean(text), self.shown, "units: {aliases: {…}}")

    def suggest_indicator(self, text: str) -> str:
        """The cure for an unknown indicator."""
        return _suggest(cell_text.label(text).name, self.indicators, "indicators: {…: {aliases: […]}}")


def names(mapping: FileMapping, units: pd.DataFrame, indicators: Mapping[str, Indicator]) -> Names:
    """All names of a mapping.

    Raises:
        InputError: with every name that has two meanings, and every one whose unit, column or indicator does not exist.
    """
    shown = f"{FOLDER}/{mapping.dataset}.yml"
    mistakes = [
        Mistake(f"{shown}, indicators", f"`{name}` is not in params/indicators.yml", nearest(name, indicators))
        for name in mapping.indicators
        if name not in indicators
    ]
    mistakes += [
        Mistake(f"{shown}, units.columns", f"units.csv has no column `{name}`", nearest(name, units.columns))
        for name in mapping.units.columns
        if name not in units.columns
    ]
    mistakes += [
        Mistake(
            f"{shown}, units.aliases",
            f"{alias!r} stands for {unit!r}, no unit of units.csv",
            nearest(unit, units["unit"]),
        )
        for alias, unit in mapping.units.aliases.items()
        if unit not in units.index
    ]
    by_name, twice = _indicator_names(mapping.indicators, indicators)
    mistakes += [
        Mistake(f"{shown}, indicators", f"the name {name!r} stands for {first} and {other}", "Keep it at one of them.")
        for name, first, other in twice
    ]
    if mistakes:
        raise InputError(mistakes)
    by_unit_name = _unit_names(mapping, units)
    prefixes = tuple(cell_text.key(prefix) for prefix in mapping.units.prefixes)
    written = [*units["name_zh"], *units["name_en"], *mapping.units.aliases]
    return Names(by_unit_name, prefixes, tuple(dict.fromkeys(filter(None, written))) or tuple(units["unit"]), by_name)


def own_names(indicators: Mapping[str, Indicator]) -> dict[str, str]:
    """Indicators by the `key` of their names and ids."""
    named = {name: (indicator.name.zh, indicator.name.en, name) for name, indicator in indicators.items()}
    return {cell_text.key(text): name for name, texts in named.items() for text in texts if text}


def _unit_names(mapping: FileMapping, units: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    units_by_name: dict[str, tuple[str, ...]] = {}
    columns = ["unit", "name_zh", "name_en", *mapping.units.columns]
    pairs = [(text, unit) for column in columns for text, unit in zip(units[column], units["unit"], strict=True)]
    for text, unit in pairs:
        if text:
            key = cell_text.key(text)
            units_by_name[key] = tuple(dict.fromkeys([*units_by_name.get(key, ()), unit]))
    return units_by_name | {cell_text.key(alias): (unit,) for alias, unit in mapping.units.aliases.items()}


def _indicator_names(
    mapped: Mapping[str, MappedIndicator], indicators: Mapping[str, Indicator]
) -> tuple[dict[str, tuple[str, str]], list[tuple[str, str, str]]]:
    """Names with what they mean, and names declared for two things; declared ones go before the indicators' own."""
    by_name: dict[str, tuple[str, str]] = {}
    twice: list[tuple[str, str, str]] = []
    for name, entry in mapped.items():
        for part, aliases in zip(PARTS, (entry.aliases, entry.numerator, entry.denominator), strict=True):
            for alias in aliases:
                meant = by_name.setdefault(cell_text.key(alias), (name, part))
                if meant != (name, part):
                    twice.append((alias, " ".join(meant), f"{name} {part}"))
    for name in (name for name in mapped if name in indicators):
        own = indicators[name].name
        for text in (name, own.zh, own.en):
            if text:
                by_name.setdefault(cell_text.key(text), (name, "value"))
    return by_name, twice


def _suggest(word: str, candidates: Iterable[str], key: str) -> str:
    """All names that are equally near: one of several would be a guess."""
    candidates = list(candidates)
    near = difflib.get_close_matches(word, candidates, n=20, cutoff=0.6)
    ratios = {name: difflib.SequenceMatcher(None, name, word).ratio() for name in near}
    best = [name for name in near if ratios[name] == max(ratios.values())][:8]
    hint = f"Did you mean {' or '.join(best)}? " if best else ""
    return f"{hint}Ask who filled it in; a further name goes under `{key}` in the mapping."
