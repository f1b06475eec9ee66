"""A first mapping from sample workbooks: what was found in them, and `# ?` behind everything that is only likely."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from evalkit.files.yaml_file import comment, quoted
from evalkit.ingest import aliases as naming
from evalkit.project.params import Indicator
from evalkit.scaffold import samples
from evalkit.scaffold.samples import Sample
from evalkit.workbooks import cell_text


def draft(paths: Sequence[Path], indicators: Mapping[str, Indicator]) -> str:
    """The text of a mapping for these workbooks.

    Raises:
        InputError: a file cannot be read, or holds personal data.
    """
    return text(*samples.read(paths), indicators)


def text(found: Sequence[Sample], unread: Sequence[str], indicators: Mapping[str, Indicator], folder: str = "") -> str:
    """The text of a mapping for what `samples.read` found.

    Args:
        found: what the sheets seem to hold.
        unread: sheets without a table.
        indicators: what is known of indicators, by id.
        folder: where below data/raw/ the workbooks lie, with `/` at its end.
    """
    return "\n".join(_lines(found, unread, indicators, folder)) + "\n"


def _lines(
    found: Sequence[Sample], unread: Sequence[str], indicators: Mapping[str, Indicator], folder: str
) -> Iterator[str]:
    yield "# A first mapping, made from samples. Lines marked `# ?` are only likely: check each, then delete the mark."
    yield "# 由样本生成的初稿：标有 `# ?` 的行只是推测，逐行核对后删去标记。"
    yield "# Keys and their meaning · 各键含义: docs/schemas/mapping.json (`evalkit schema`)."
    endings = dict.fromkeys(quoted(f"{folder}*{Path(one.file).suffix}") for one in found)
    yield f"files: [{', '.join(endings)}]  # ? below data/raw/"
    if unread:
        yield f"ignore_sheets: [{', '.join(map(quoted, unread))}]  # ? no table was found in them"
    yield "tables:"
    alike: dict[tuple[object, ...], list[Sample]] = {}
    for one in found:
        form = (one.layout, one.levels, one.year_in_name, one.cumulative, one.is_text, one.names == [samples.OPEN])
        alike.setdefault((*form, *one.columns.items()), []).append(one)
    for listed in alike.values():
        yield from _table(listed[0], list(dict.fromkeys(one.sheet for one in listed)))
    yield "indicators:"
    yield from _indicators([name for one in found for name in one.names], indicators)


def _table(one: Sample, sheets: Sequence[str]) -> Iterator[str]:
    yield f"  - layout: {one.layout}  # ? seen in {comment(one.file)}"
    yield '    files: ["*.csv"]' if one.is_text else f"    sheets: [{', '.join(map(quoted, sheets))}]  # ?"
    if one.levels > 1:
        yield f"    header: {{levels: {one.levels}}}  # ? headings from row {one.row}"
    needed = {"long": ("unit", "period", "indicator"), "periods_wide": ("unit", "indicator")}.get(
        one.layout, ("unit", "period")
    )
    yield from (f"    {what}: {_where(one, what)}" for what in needed)
    for what in ("value", "measure", "note") if one.layout == "long" else ("measure", "note"):
        if what in one.columns:
            yield f"    {what}: {quoted(one.columns[what])}"
    if one.unread:
        yield f"    ignore_columns: [{', '.join(map(quoted, one.unread))}]"
    if one.year_in_name:
        yield '    year: {sheet: "20.."}  # ? the headings name no year'
    if one.cumulative:
        yield '    cumulative: ["*"]  # ? labels such as 1-6月 run from January'


def _where(one: Sample, what: str) -> str:
    if what in one.columns:
        return f"{{column: {quoted(one.columns[what])}}}"
    if what == "unit":
        return '{file: "^(.+?)_"}  # ? no column names it; is it in the name of the file?'
    if what == "indicator" and one.names == [samples.OPEN]:
        return f"{{fixed: {quoted(samples.OPEN)}}}  # ? neither a column nor the sheet names it: write its name or id"
    return '{sheet: "(.+)"}  # ? no column names it'


def _indicators(names: Iterable[str], indicators: Mapping[str, Indicator]) -> Iterator[str]:
    """Names that an indicator carries, then names that nobody knows, for the evaluator to place."""
    own = naming.own_names(indicators)
    found: dict[str, list[str]] = {}
    strange: list[str] = []
    for text in dict.fromkeys(names):
        label = cell_text.label(text)
        if label.name in own:
            found.setdefault(own[label.name], []).append(cell_text.as_named(text))
        elif label.name and not label.total:
            strange.append(cell_text.as_named(text))
    for name, aliases in found.items():
        unit = indicators[name].unit
        yield f"  {name}: {{aliases: [{', '.join(map(quoted, dict.fromkeys(aliases)))}]}}" + (
            f"  # {unit}" if unit else ""
        )
    for text in dict.fromkeys(strange):
        near = difflib.get_close_matches(text, own, n=1, cutoff=0.5)
        guess = f"is it {own[near[0]]} ({near[0]})?" if near else "which indicator of params/indicators.yml is it?"
        yield f"  # ? {comment(text)}: {guess} Or list it under `ignore_indicators`."
    if not found:
        yield "  {}"
