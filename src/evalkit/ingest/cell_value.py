"""Convert a cell to an exact number in the indicator's unit, a reason why it is missing, or a question."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from evalkit.ingest.mapping import MappedIndicator
from evalkit.units_of_measure import RATES, WHOLES
from evalkit.workbooks import cell_text
from evalkit.workbooks.cell_text import Reason
from evalkit.workbooks.cells import Cell, Shown
from evalkit.workbooks.labels.measures import Measure

NOUGHT = Decimal(0)
NO_LIMIT = ("log", "index", "other")
UNMEASURED = Measure("", Decimal(1), "")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a cell should hold: the unit, its limits, the measure that headings name, and the rules declared."""

    unit: str
    lowest: Decimal | None
    highest: Decimal | None
    below_one: str = "ask"
    zero_is_missing: bool = False
    fractions: bool = False
    measure: Measure | None = None

    @property
    def needs_percent_rule(self) -> bool:
        """Whether a bare 0.9 may be 0.9 % or 90 %."""
        return self.unit == "percent" and (self.measure is None or self.measure.kind == "percent")


@dataclass(frozen=True, slots=True)
class Value:
    """What a cell gave.

    Attributes:
        value: the number in the indicator's unit, if there is one.
        reason: why there is no number; None if there is one, or a problem.
        rules: what was normalised.
        step: the rounding step of a number written in 万 or 亿; zero otherwise.
        problem: what is wrong, and its cure; the number, if any, must not be used.
        flags: the letters behind the number, as in 607 b.
        doubt: what the cell shows instead of the number that it stores, which was used.
    """

    value: Decimal | None = None
    reason: Reason | None = None
    rules: tuple[str, ...] = ()
    step: Decimal = NOUGHT
    markers: frozenset[str] = frozenset()
    footnote: str = ""
    flags: str = ""
    problem: tuple[str, str] | None = None
    doubt: str = ""


def expected(mapped: MappedIndicator, unit: str, part: str, fractions: bool) -> Expected:
    """What the cells of an indicator should hold; numerators and denominators are counts."""
    if part != "value":
        return Expected("count", NOUGHT, None)
    lowest, highest = None if unit in NO_LIMIT else NOUGHT, WHOLES.get(unit)
    if mapped.range is not None:
        lowest, highest = (None if limit is None else cell_text.exact(limit) for limit in mapped.range)
    return Expected(unit, lowest, highest, mapped.below_one, mapped.zero == "missing", fractions)


def read(cell: Cell, wanted: Expected, declared: dict[str, Reason], accept: bool = False) -> Value:
    """The number in a cell.

    Args:
        cell: the cell.
        wanted: what it should hold.
        declared: marks of missing values that the mapping declares.
        accept: the number has been confirmed as written, so no limits apply.
    """
    if cell.uncached:
        return _wrong(
            "holds a formula without its value", "Open it in a spreadsheet program, save it, and send it again."
        )
    if cell.error:
        return Value(reason="error", rules=(f"error {cell.error}",))
    if isinstance(cell.value, str):
        return _of_text(cell.value, wanted, declared, accept)
    if isinstance(cell.value, (bool, dt.date)) or cell.value is None:
        return _wrong(
            "holds a date or a truth value, not a number", "Format the column as a number and write it again."
        )
    number = cell_text.exact(float(cell.value))
    value = Value(number, rules=() if float(number) == cell.value else ("fifteen significant digits",))
    value = replace(value, doubt=_doubt(number, cell.shown))
    own = _percent_format(wanted) if cell.percent else None
    if cell.shown and cell.shown.suffix and not own:
        own = cell_text.measure(cell.shown.suffix)
    if cell.shown and cell.shown.scale != 1 and not accept:
        return _as_shown(value, cell.shown.scale, own, wanted)
    return _in_unit(value, own, wanted, accept)


def _as_shown(value: Value, scale: int, own: Measure | None, wanted: Expected) -> Value:
    """A number whose format divides it, as 14551800 shown as 1455.2: the unit in sight is that of the number shown."""
    assert value.value is not None
    measure = own or wanted.measure
    shown = value.value / scale
    if measure is None or measure.factor != scale:
        unit = f"the unit {measure.text}" if measure else "no unit"
        what = f"shows {cell_text.plain(round(shown, 2))} but stores {cell_text.plain(value.value)}, with {unit}"
        return _wrong(what, f"Ask which is meant; the unit {scale:,} would fit. Write the answer under `answers`.")
    rules = (*value.rules, f"number format shows it divided by {scale}")
    made = _in_unit(replace(value, value=shown, rules=rules), own, wanted, accept=False)
    return replace(made, step=NOUGHT, rules=tuple(rule for rule in made.rules if not rule.startswith("rounded to")))


def _doubt(number: Decimal, shown: Shown | None) -> str:
    """What a cell shows that is not the number it stores."""
    if shown is None:
        return ""
    if shown.hidden:
        return "show nothing of the number they store"
    if number == 0 and shown.zero is not None:
        return f"show {shown.zero.strip()!r} and store 0"
    return "show no minus sign and store a negative number" if number < 0 and shown.unsigned else ""


def _of_text(text: str, wanted: Expected, declared: dict[str, Reason], accept: bool) -> Value:
    if not text.strip():
        return Value(reason="missing", rules=("blank",))
    if reason := cell_text.missing(text, declared):
        return Value(reason=reason, rules=(f"mark of a missing value: {reason}",))
    number = cell_text.number(text)
    if number is None:
        shown = text if len(text) <= 20 else text[:20] + "…"
        return _wrong(
            f"{shown!r} is not a number", "Write digits only; a further mark of missing values goes under `missing`."
        )
    return _in_unit(
        Value(number.value, None, number.rules, NOUGHT, number.markers, number.footnote, number.flags),
        number.suffix,
        wanted,
        accept,
    )


def _percent_format(wanted: Expected) -> Measure | None:
    return Measure("share", Decimal(1), "percent format") if wanted.unit in RATES else None


def _in_unit(value: Value, own: Measure | None, wanted: Expected, accept: bool) -> Value:
    """The number in the indicator's unit: its own measure goes before that of the heading, and that before none."""
    assert value.value is not None
    measure = own or wanted.measure or UNMEASURED
    if own and not own.kind and wanted.measure:  # 145.5万 under 人次
        measure = replace(own, kind=wanted.measure.kind)
    factor = measure.to(wanted.unit)
    if factor is None:
        what = f"is in {measure.text}, which is no measure of {wanted.unit}"
        return _wrong(what, "Check the heading, or the indicator's `unit` in the mapping.")
    bare = own is None and wanted.needs_percent_rule
    if bare and not accept and (problem := _fraction(value.value, wanted)):
        return Value(problem=problem)
    if bare and (wanted.fractions or (wanted.below_one == "share" and abs(value.value) <= 1)) and not accept:
        factor, measure = Decimal(100), Measure("share", Decimal(1), "share written for a percentage")
    return _checked(_scaled(value, factor, measure, own), wanted, accept)


def _scaled(value: Value, factor: Decimal, measure: Measure, own: Measure | None) -> Value:
    assert value.value is not None
    number, rules, step = value.value * factor, value.rules, NOUGHT
    if factor != 1:
        rules = (*rules, f"{measure.text}: times {cell_text.plain(factor)}")
    elif own:
        rules = (*rules, f"unit of measure {own.text} in the cell")
    if factor > 1 and measure.kind not in RATES:
        step = factor.scaleb(-cell_text.decimals(value.value))
        if step > 1:
            rules = (*rules, f"rounded to {cell_text.plain(step)}")
    return replace(value, value=number, rules=rules, step=step)


def _fraction(number: Decimal, wanted: Expected) -> tuple[str, str] | None:
    if wanted.fractions:
        if 0 <= number <= 1:
            return None
        return (
            f"{cell_text.plain(number)} is no share of 1, but the table declares `fractions`",
            "Ask who filled it in.",
        )
    if wanted.below_one != "ask" or number == 0 or abs(number) > 1:
        return None
    plain = cell_text.plain(number)
    what = f"{plain} in a percent column may be {plain} % or {cell_text.plain(number * 100)} %"
    return what, "Ask who filled it in; write what was answered under `answers` in the mapping."


def _checked(value: Value, wanted: Expected, accept: bool) -> Value:
    number = value.value
    assert number is not None
    if number == 0 and wanted.zero_is_missing:
        return replace(
            value, value=None, doubt="", reason="missing", rules=(*value.rules, "zero is declared to be missing")
        )
    if accept:
        return value
    if wanted.lowest is not None and number < wanted.lowest:
        what = "is negative" if wanted.lowest == 0 else f"is below {cell_text.plain(wanted.lowest)}"
        return _wrong(f"{cell_text.plain(number)} {what}", "Ask who filled it in; write the answer under `answers`.")
    if wanted.highest is not None and number > wanted.highest:
        what = f"{cell_text.plain(number)} is above {cell_text.plain(wanted.highest)}"
        return _wrong(what, "Ask who filled it in; write the answer under `answers`.")
    if wanted.unit == "count" and number != number.to_integral_value():
        what = f"{cell_text.plain(number)} is no whole number, but a count"
        return _wrong(what, "Is it in 万? Ask who filled it in; name the unit of measure in the heading.")
    return value


def _wrong(what: str, cure: str) -> Value:
    return Value(problem=(what, cure))
