"""Numeric targets and inexact figures as intervals (lowest and highest value)."""

import math

from evalkit.project.params import Indicator
from evalkit.project.region_file import Target

ABOUT = 0.05  # "about 65" is 65 ± 5 % of it, "just under 65" the lower half of this interval, "just over 65" the upper
INFINITE = float("inf")

Bounds = tuple[float, float]


def around(operator: str, value: float) -> Bounds:
    """The interval of a figure given as about (`~`), just under (`<~`), just over (`>~`) a value, or exactly.

    >>> around("~", 20)
    (19.0, 21.0)
    """
    slack = ABOUT * abs(value)
    low = {"~": value - slack, "<~": value - slack, ">~": math.nextafter(value, INFINITE)}.get(operator, value)
    high = {"~": value + slack, ">~": value + slack, "<~": math.nextafter(value, -INFINITE)}.get(operator, value)
    return low, high


def bounds_of(target: Target, indicator: Indicator) -> Bounds:
    """Lowest and highest value that meet a numeric target; better values also meet an “about” target."""
    if isinstance(target.value, tuple):
        return target.value
    value = target.value if isinstance(target.value, float) else 0.0
    if target.operator in ("~", "<~", ">~"):
        return _open(around(target.operator, value), indicator)
    return {
        ">=": (value, INFINITE),
        ">": (math.nextafter(value, INFINITE), INFINITE),
        "<=": (-INFINITE, value),
        "<": (-INFINITE, math.nextafter(value, -INFINITE)),
        "rank": (-INFINITE, value),
    }.get(target.operator, (value, value))


def _open(bounds: Bounds, indicator: Indicator) -> Bounds:
    low, high = bounds
    return (-INFINITE if indicator.better == "lower" else low, INFINITE if indicator.better == "higher" else high)


def beyond(value: float, indicator: Indicator) -> Bounds:
    """At least `value`; at most `value` if lower is better."""
    return (-INFINITE, value) if indicator.better == "lower" else (value, INFINITE)
