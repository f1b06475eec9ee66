"""The panel, one row per unit, period and indicator: read as of a date, totals, disclosure control, coverage."""

# `import evalkit as ek; ek.panel` is this room: what an analyst needs of it stands at its door.
from evalkit.panel.observations import Panel, part, read

__all__ = ["Panel", "part", "read"]


def __dir__() -> list[str]:
    return __all__
