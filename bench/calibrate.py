"""Simulate, estimate, count: the calibration of every method; prints the table and stores it design by design.

Usage: python bench/calibrate.py [PANELS] [regions] [programmes] [series] [--missing] [--jobs N]
(default: 1000 panels of each kind of all three, on all cores). What is stored of other designs stays, so that a run
that was stopped goes on with `--missing`.
"""

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})

from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from evalkit.files import atomic
from evalkit.simulation import calibration, programmes, untouched

TABLE = Path(calibration.__file__).with_name(calibration.STORED)


def designs(chosen: set[str]) -> Iterator[tuple[str, Callable[[int, int], pd.DataFrame]]]:
    """Every design with what measures it, given panels and processes."""
    if "regions" in chosen:
        for one in (*calibration.SCENARIOS, *calibration.JUDGED):
            yield one.name, lambda panels, jobs, one=one: calibration.calibrate((one,), panels=panels, jobs=jobs)
    if "programmes" in chosen:
        for each in programmes.PROGRAMMES:
            yield each.name, lambda n, jobs, each=each: programmes.calibrate(panels=n, jobs=jobs, designs=(each,))
    if "series" in chosen:
        for kind in untouched.SERIES:
            yield kind.name, lambda n, jobs, kind=kind: untouched.calibrate(panels=n, jobs=jobs, kinds=(kind,))


def store(name: str, found: pd.DataFrame, order: list[str]) -> None:
    """Put the rows of one design into the table, in the order of the designs."""
    table = calibration.stored()
    whole = pd.concat([table[table["scenario"] != name], found], ignore_index=True)
    rank = whole["scenario"].map({name: place for place, name in enumerate(order)})
    whole = whole[rank.notna()].assign(rank=rank).sort_values("rank", kind="stable").drop(columns="rank")
    text = whole.round({"share": 4, "nominal": 4}).to_csv(index=False, lineterminator="\n")
    atomic.write_text(TABLE, text)


def main() -> None:
    parser = ArgumentParser()
    parser.add_argument("words", nargs="*")
    parser.add_argument("--missing", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    panels = next((int(word) for word in chosen.words if word.isdigit()), 1000)
    parts = {"regions", "programmes", "series"}
    order = [name for name, _ in designs(parts)]
    for name, measure in designs(parts & set(chosen.words) or parts):
        if chosen.missing and (calibration.stored()["scenario"] == name).any():
            continue
        found = measure(panels, chosen.jobs)
        store(name, found, order)
        shares = zip(found["quantity"], found["kind"], found["share"], strict=True)
        print(name, ", ".join(f"{quantity} {kind} {share:.1%}" for quantity, kind, share in shares), flush=True)


if __name__ == "__main__":
    main()
