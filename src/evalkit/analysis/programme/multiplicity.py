"""Many regions times many indicators: q-values, and whether they can say anything at all."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

RESOLVABLE = 0.05  # if the smallest attainable q is larger, these pools cannot resolve multiplicity
HEADLINE = {"analysis": "did", "method": "did_mean", "term": "att"}


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """q-values of Benjamini & Hochberg (1995): the smallest false discovery rate at which each row is found."""
    p = np.asarray(p_values, dtype=float)
    if not len(p):
        return []
    order = np.argsort(p, kind="stable")
    ordered = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(ordered[::-1])[::-1], 1.0)
    return q.tolist()


def smallest_q(smallest_p: Sequence[float]) -> float:
    """The smallest q that these tests can give: every one of them at its own smallest p.

    Args:
        smallest_p: 1/(N+1) of each test, N its comparison units.
    """
    return min(benjamini_hochberg(smallest_p), default=1.0)


def q_values(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of results.csv with `q_value` filled for the headline of every region and indicator.

    Rows of other analyses, and those without a p-value, keep an empty q. Cells may be text, as read from a file.
    """
    chosen = headline(rows)
    filled = rows.assign(q_value=rows["q_value"].astype(object))
    adjusted = benjamini_hochberg(pd.to_numeric(rows.loc[chosen, "p_value"]).tolist())
    filled.loc[chosen, "q_value"] = [float(f"{q:.12g}") for q in adjusted]
    return filled


def headline(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Rows that hold a region's headline estimate with a p-value."""
    p_values = pd.to_numeric(rows["p_value"], errors="coerce")
    chosen = p_values.notna()
    for column, value in HEADLINE.items():
        chosen &= rows[column] == value
    return chosen
