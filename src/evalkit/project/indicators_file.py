"""params/indicators.yml: every indicator of a project."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from evalkit.errors import Collector, InputError, Mistake, nearest
from evalkit.files.yaml_file import build, parse, text_of
from evalkit.project.params import Indicator

FILE = "params/indicators.yml"


class Indicators(dict[str, Indicator]):
    """Indicators by id; looking up an unknown id raises an InputError."""

    def __missing__(self, name: str) -> Indicator:
        raise InputError([Mistake(FILE, f"there is no indicator {name!r}", nearest(name, self))])


def read(root: Path) -> Indicators:
    """Every indicator of a project, by id.

    Raises:
        InputError: with all mistakes in params/indicators.yml.
    """
    if not (root / FILE).is_file():
        raise InputError([Mistake(FILE, "does not exist", "Describe each indicator there: name and unit.")])
    return Indicators(_indicators(text_of(root / FILE, FILE)))


@lru_cache(maxsize=8)
def _indicators(text: str) -> Mapping[str, Indicator]:
    content, node = parse(text, FILE)
    indicators: dict[str, Indicator] = {}
    mistakes = Collector()
    if content is not None and not isinstance(content, dict):
        raise InputError([Mistake(FILE, "must hold one key per indicator", "Write `name: {unit: …}` lines.")])
    for key, entry in (content or {}).items():
        with mistakes():
            given = {**entry, "id": key} if isinstance(entry, dict) else entry
            child = next((value for name, value in node.value if name.value == key), None) if node else None
            indicators[key] = build(given, Indicator, FILE, child, under=key)
    mistakes.check()
    return indicators
