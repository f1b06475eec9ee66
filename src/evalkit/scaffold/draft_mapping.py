"""A first mapping from recognised sheets, with `# ?` behind every guess and before everything that is left out."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalkit.files.yaml_file import comment, quoted
from evalkit.ingest import aliases as naming
from evalkit.project import indicators_file
from evalkit.project.params import Indicator
from evalkit.scaffold import guess_names, read_samples
from evalkit.scaffold.choose_layout import OPEN, Form
from evalkit.scaffold.guess_names import FirstUnit
from evalkit.scaffold.read_samples import Samples
from evalkit.workbooks import cell_text

#: The keys of a table, in the order in which they are written.
ORDER = ("sheets", "files", "header", "unit", "period", "indicator", "year", "value", "measure", "note")
#: So many cells or names are listed where something is left out.
LISTED = 8


def draft(paths: Sequence[Path], root: Path) -> str:
    """The text of a mapping for these workbooks, with the project's own indicators and words.

    Raises:
        InputError: a file cannot be read, or holds personal data.
    """
    samples = read_samples.read(paths, root)
    indicators = indicators_file.read(root)
    units = guess_names.units(samples.names)
    return text(samples, units, indicators or guess_names.drafted(guess_names.indicators(samples.names, indicators)[1]))


def text(
    samples: Samples, units: Sequence[FirstUnit], indicators: Mapping[str, Indicator], folder: str = "", more: str = ""
) -> str:
    """The text of a mapping for samples read by `read_samples.read`.

    Args:
        samples: what the sheets seem to hold.
        units: the regions, with their ids.
        indicators: what is known of indicators, by id.
        folder: where below data/raw/ the workbooks lie, with `/` at its end.
        more: further lines.
    """
    return "\n".join(_lines(samples, units, indicators, folder)) + "\n" + more


def _lines(
    samples: Samples, units: Sequence[FirstUnit], indicators: Mapping[str, Indicator], folder: str
) -> Iterator[str]:
    yield "# A first mapping, made from samples. Lines marked `# ?` are only likely: check each, then delete the mark."
    yield "# 由样本生成的初稿：标有 `# ?` 的行只是推测，逐行核对后删去标记。"
    yield "# Keys and their meaning · 各键含义: docs/reference/mapping.md, docs/schemas/mapping.json."
    endings = dict.fromkeys(quoted(f"{folder}*{Path(form.file).suffix}") for form in samples.forms)
    yield f"files: [{', '.join(endings)}]" + ("" if folder else "  # ? below data/raw/")
    ignored = [*samples.unread, *dict.fromkeys(shape.sheet.name for shape in samples.facts_only)]
    if ignored:
        asked = "left out: they hold no values over time"
        yield f"ignore_sheets: [{', '.join(map(quoted, ignored))}]  # ? {asked}"
    yield "tables:"
    nameless = naming.own_names(indicators).get(OPEN, OPEN)
    for form in samples.forms:
        yield from _table(form, nameless)
    yield "indicators:"
    yield from _indicators(samples.names.indicators, indicators)
    aliased = [unit for unit in units if unit.alias]
    if aliased:
        yield "units:"
        yield "  aliases:  # names in the workbook that units.csv writes otherwise"
        yield from (f"    {quoted(unit.written)}: {quoted(unit.id)}{_renamed(unit)}" for unit in aliased)
    yield from _left_out(samples)


def _renamed(unit: FirstUnit) -> str:
    return "  # ? is it the same region throughout?" if unit.name else ""


def _table(form: Form, nameless: str) -> Iterator[str]:
    """A table of the mapping; an indicator that nothing names goes by its id."""
    seen = f"seen in {comment(form.file)}: " if form.spec["layout"] != "adoption" else ""
    yield f"  - layout: {form.spec['layout']}" + _mark(form, "layout", seen)
    for key in (*ORDER, "ignore_columns", "cumulative"):
        if key in form.spec:
            value = {"fixed": nameless} if (key, form.spec[key]) == ("indicator", {"fixed": OPEN}) else form.spec[key]
            yield f"    {key}: {_flow(value)}" + _mark(form, key)


def _mark(form: Form, key: str, more: str = "") -> str:
    return f"  # ? {more}{comment(form.doubts[key])}" if key in form.doubts else ""


def _flow(value: Any) -> str:
    """A value in YAML's flow style; texts are quoted, so that none is read as something else."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return quoted(value) if isinstance(value, str) else str(value)


def _indicators(names: Iterable[str], indicators: Mapping[str, Indicator]) -> Iterator[str]:
    """Names that an indicator carries, then unknown names, for the evaluator to assign."""
    own = naming.own_names(indicators)
    by_indicator: dict[str, list[str]] = {}
    strange: list[str] = []
    for name in dict.fromkeys(names):
        label = cell_text.label(name)
        if label.name in own:
            by_indicator.setdefault(own[label.name], []).append(cell_text.as_named(name))
        elif label.name and not label.total:
            strange.append(cell_text.as_named(name))
    for name, aliases in by_indicator.items():
        unit = indicators[name].unit
        texts = ", ".join(map(quoted, dict.fromkeys(alias for alias in aliases if alias != OPEN)))
        yield f"  {name}: " + (f"{{aliases: [{texts}]}}" if texts else "{}") + (f"  # {unit}" if unit else "")
    for name in dict.fromkeys(strange):
        near = difflib.get_close_matches(name, own, n=1, cutoff=0.5)
        guess = f"is it {own[near[0]]} ({near[0]})?" if near else "which indicator of params/indicators.yml is it?"
        yield f"  # ? {comment(name)}: {guess} Or list it under `ignore_indicators`."
    if not by_indicator:
        yield "  {}"


def _left_out(samples: Samples) -> Iterator[str]:
    """What the mapping does not read, each kind in one line."""
    sums = [f"{comment(name)} ({comment(cell)})" for name, cell in samples.names.sums.items()]
    if sums:
        yield f"# ? left out as sums or larger areas: {_some(sums)}"
    if samples.remarks:
        yield f"# ? left out as titles and notes: {_some([comment(remark) for remark in samples.remarks])}"


def _some(items: Sequence[str]) -> str:
    return "; ".join(items[:LISTED]) + (f"; and {len(items) - LISTED} more" if len(items) > LISTED else "")
