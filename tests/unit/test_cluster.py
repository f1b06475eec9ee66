"""The pages on a Dask cluster: the same as without one, whatever becomes of its workers."""

import builtins
import os
import signal
import sys
from pathlib import Path

import pandas as pd
import pytest

from evalkit.errors import InputError
from evalkit.publishing import batch, cluster, site

distributed = pytest.importorskip("distributed", reason="the extra `cluster`")
REGIONS = [f"r{i}" for i in range(6)]
BASE = f"dataset: d\nregions: [{', '.join(REGIONS)}]\nindicators: {{primary: [rate]}}\ndownloads: []\n"
CELLS = (
    "ek.prose.title(evaluation)",
    "panel = ek.panel.read(evaluation)\ngoals = ek.attainment.judge(panel, evaluation)",
    "ek.record.record(evaluation, goals, [], panel=panel)",
)


@pytest.fixture(scope="module")
def two():
    """A cluster of two processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    ) as made:
        yield made


@pytest.fixture
def counties(project, notebook):
    """Six regions, two years and a target each; a small notebook that says whether they meet it."""
    notebook(*CELLS)
    project.table("units", "\n".join(["unit", *REGIONS]))
    values = pd.DataFrame({"2019": range(60, 66), "2020": range(62, 68)}, index=REGIONS, dtype=float)
    project.values(values)
    for region in REGIONS:
        target = f"{{indicator: rate, operator: '>=', value: {values.loc[region, '2020'] - 1}, source: plan, phrase: p}}"
        project.region(region, f"region: {region}\ntargets:\n  - {target}\n")
    project.assessment("notebooks: [small]\nlanguages: [zh, en]\n", base=BASE)
    return project.load()


def publish(evaluation, scheduler="", tell=lambda outcome, total: None):
    languages = evaluation.assessment.languages
    done = batch.publish(
        evaluation, evaluation.regions, languages, jobs=2, force=True, tell=tell, scheduler=scheduler
    )
    site.write(evaluation)
    return done


def published(root: Path) -> dict[str, bytes]:
    folder = root / "reports/a"
    paths = [folder / "results.csv", *(folder / "site").rglob("*.*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def test_pages_and_results_are_the_same_bytes_also_when_a_worker_is_killed(counties, two):
    assert publish(counties).failed == {}
    plain = published(counties.root)
    assert len([name for name in plain if name.endswith("small.zh.html")]) == len(REGIONS)
    assert len(plain["results.csv"].splitlines()) > len(REGIONS)

    assert publish(counties, two.scheduler_address).made == tuple(REGIONS)
    assert published(counties.root) == plain

    victims = [two.workers[0].pid]

    def kill(outcome, total):
        if outcome and victims:
            os.kill(victims.pop(), signal.SIGKILL)

    assert publish(counties, two.scheduler_address, kill).made == tuple(REGIONS)
    assert victims == []
    assert published(counties.root) == plain
