"""Which values a panel should hold, which it holds, and why the others are missing."""

from typing import Literal

import numpy as np
import pandas as pd

from evalkit.panel import ingest_logs
from evalkit.panel.observations import Panel
from evalkit.project.evaluation import Evaluation

KEY = ["unit", "indicator", "period"]
Reason = Literal["hidden", "missing", "not_applicable", "withheld", "error", "stated", "no_row"]
REASONS: tuple[Reason, ...] = ("hidden", "missing", "not_applicable", "withheld", "error", "stated", "no_row")


def grid(panel: Panel) -> pd.DataFrame:
    """Every expected value: each indicator, for all units of the kinds that report it, in every period of its span.

    Returns:
        A table with columns unit, indicator, period (categories) and observed.
    """
    units, kinds = panel.units.index, panel.units["kind"]
    parts = []
    for name in sorted(panel.rows["indicator"].unique()):
        wide = panel.wide(name)
        due = units[kinds.isin(set(kinds[kinds.index.isin(wide.index)]))]
        seen = wide.reindex(due).notna().to_numpy()
        keys = {
            "unit": pd.Categorical.from_codes(np.repeat(units.get_indexer(due), seen.shape[1]), units),
            "indicator": name,
            "period": np.tile(np.array(wide.columns, dtype=object), len(due)),
        }
        parts.append(pd.DataFrame({**keys, "observed": seen.ravel()}))
    if not parts:
        return pd.DataFrame({**{name: pd.Series(dtype=str) for name in KEY}, "observed": pd.Series(dtype=bool)})
    return pd.concat(parts, ignore_index=True)


def gaps(panel: Panel, evaluation: Evaluation, due: pd.DataFrame) -> pd.DataFrame:
    """The missing values of a `grid`, each with a reason and the note of its file.

    Reasons: `hidden` is a suppressed small count; `missing`, `not_applicable`, `withheld` and `error` come from the
    cell of a workbook; `stated` is a row without a value but with a note; `no_row`: the panel has no such row.

    Returns:
        A table with columns unit, indicator, period, reason, note (all text).
    """
    missing = due.loc[~due["observed"], KEY].astype(str)
    reasons = pd.concat([_hidden(panel), _marked(evaluation), _stated(panel)]).drop_duplicates(KEY)
    missing = missing.merge(reasons, "left", KEY)
    return missing.assign(reason=missing["reason"].fillna("no_row"), note=missing["note"].fillna(""))


def _hidden(panel: Panel) -> pd.DataFrame:
    return panel.hidden.loc[~panel.hidden["published"].astype(bool), KEY].assign(reason="hidden", note="")


def _marked(evaluation: Evaluation) -> pd.DataFrame:
    """Workbook cells that state why their value is missing."""
    table = ingest_logs.read(evaluation, "missing")
    reasons = table["reason"].where(table["reason"].isin(REASONS), "missing")
    return table[KEY].assign(reason=reasons, note="")


def _stated(panel: Panel) -> pd.DataFrame:
    """Rows of the panel file without a value; the note may itself be one of the reasons."""
    note = panel.absent["note"].astype(str)
    reasons = note.where(note.isin(REASONS), "stated").mask(note == "", "missing").mask(note == "suppressed", "hidden")
    return panel.absent[KEY].assign(reason=reasons, note=note.where(reasons == "stated", ""))
