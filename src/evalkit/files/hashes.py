"""Content hashes per unit, for incremental re-runs."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

BETWEEN_CELLS, BETWEEN_COLUMNS = "\x1f", b"\x1e"


def of_units(units: Iterable[str], *tables: pd.DataFrame) -> dict[str, str]:
    """SHA-256 of each unit's rows, over tables with a column `unit`; the order of a unit's own rows matters."""
    digests = {unit: hashlib.sha256() for unit in units}
    for number, table in enumerate(tables):
        if table.empty:
            continue
        ordered = table.iloc[np.argsort(table["unit"].to_numpy(dtype=object), kind="stable")]
        names = ordered["unit"].to_numpy(dtype=object)
        columns = [_column(ordered[name]) for name in ordered.columns]
        starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]])
        for first, last in zip(starts, [*starts[1:], len(names)], strict=True):
            digest = digests.setdefault(names[first], hashlib.sha256())
            digest.update(f"{number} {last - first}".encode())
            for column in columns:
                digest.update(BETWEEN_COLUMNS)
                digest.update(_bytes(column[first:last]))
    return {unit: digest.hexdigest() for unit, digest in digests.items()}


def of_tables(*tables: pd.DataFrame) -> str:
    """SHA-256 of whole tables, in their order."""
    return sha256(*(table.to_csv(index=False, lineterminator="\n") for table in tables))


def sha256(*parts: str | bytes) -> str:
    """SHA-256 (hexadecimal) of texts and bytes, joined by newlines.

    >>> sha256("a", b"b")[:8]
    '7e18f737'
    """
    return hashlib.sha256(b"\n".join(part.encode() if isinstance(part, str) else part for part in parts)).hexdigest()


def _column(cells: "pd.Series[str]") -> "np.ndarray[tuple[int], np.dtype[np.float64]] | list[str]":
    return cells.to_numpy(dtype=float) if pd.api.types.is_numeric_dtype(cells) else cells.astype(str).tolist()


def _bytes(cells: "np.ndarray[tuple[int], np.dtype[np.float64]] | list[str]") -> bytes:
    return BETWEEN_CELLS.join(cells).encode() if isinstance(cells, list) else cells.tobytes()
