"""What meets a target: every numeric target is a lowest and a highest value, and every figure is one as well."""

import math

from evalkit.project.params import Indicator
from evalkit.project.region_file import Target

ABOUT = 0.05  # "about 65" reaches 5 % of the value to either side, "just under 65" below it, "just over 65" above it
INFINITE = float("inf")

Bounds = tuple[float, float]


def around(operator: str, value: float) -> Bounds:
    """What a figure may be that is given as about, just under, just over a value, or exactly."""
    slack = ABOUT * abs(value)
    low = {"~": value - slack, "<~": value - slack, ">~": math.nextafter(value, INFINITE)}.get(operator, value)
    high = {"~": value + slack, ">~": value + slack, "<~": math.nextafter(value, -INFINITE)}.get(operator, value)
    return low, high


def bounds_of(target: Target, indicator: Indicator) -> Bounds:
    """Lowest and highest value that meets a numeric target; “about” is met by what is better as well."""
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
    """At least a value; at most, where lower is better."""
    return (-INFINITE, value) if indicator.better == "lower" else (value, INFINITE)
