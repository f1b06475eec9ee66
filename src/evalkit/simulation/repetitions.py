"""Repetitions of a simulation: in blocks, which processes share, and as shares of the outcomes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import pandas as pd

Kind = TypeVar("Kind")


def in_blocks(
    work: Callable[[tuple[Kind, int]], pd.DataFrame], kinds: Sequence[Kind], count: int, block: int, jobs: int
) -> pd.DataFrame:
    """The outcomes of `count` repetitions of every kind, one below the other.

    Args:
        work: the outcomes of a kind's block, named by its first repetition; it seeds itself by both, so that the table
            is the same however many processes there are.
        block: repetitions of one call of `work`.
        jobs: processes; with one, none is started.
    """
    turns = [(kind, first) for kind in kinds for first in range(0, count, block)]
    if jobs == 1:
        return pd.concat(map(work, turns), ignore_index=True)
    with ProcessPoolExecutor(jobs) as pool:
        return pd.concat(list(pool.map(work, turns)), ignore_index=True)


def shares(outcomes: pd.DataFrame) -> pd.DataFrame:
    """One row per scenario, quantity and kind: the mean outcome as `share`, the number of outcomes as `panels`.

    Args:
        outcomes: long table with columns scenario, quantity, kind, value (0 or 1).
    """
    grouped = outcomes.groupby(["scenario", "quantity", "kind"], sort=False)["value"]
    return grouped.agg(share="mean", panels="size").reset_index()
