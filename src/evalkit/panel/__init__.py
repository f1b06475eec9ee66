"""The panel, one row per unit, period and indicator: read as of a date, totals, disclosure control, coverage."""

# `ek.panel` is this package: the names below are what analysts need of it.
from evalkit.panel.observations import Panel, part, read

__all__ = ["Panel", "part", "read"]


def __dir__() -> list[str]:
    return __all__
